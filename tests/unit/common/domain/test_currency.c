/* tests/unit/common/domain/test_currency.c */
#include "domain/currency.h"
#include "domain/rounding.h"
#include "support/table.h"

TEST(knows_iso_4217_and_its_exponents)
{
    struct table t = TABLE(
        "code  known  exponent  | minor    text",
        "USD   yes    2         | 29750    297.50",
        "EUR   yes    2         | -1       -0.01",
        "JPY   yes    0         | 44409    44409",
        "KWD   yes    3         | 1234568  1234.568",
        "CLF   yes    4         | 12345    1.2345",
        "AED   yes    2         | 0        0.00",
        "ZWG   yes    2         | 100      1.00",
        "usd   no     0         | 0        0.00",
        "XYZ   no     0         | 0        0.00",
        "US    no     0         | 0        0.00");
    while (table_next(&t)) {
        const struct currency *c = currency_find(cell(&t, "code"));
        char buffer[32];
        struct text text = text_over(buffer, sizeof buffer);
        CHECK_INT(c != NULL, cell_yes(&t, "known"));
        if (c) CHECK_CELL_INT(&t, "exponent", c->exponent);
        money_put(&text, cell_int(&t, "minor"), cell(&t, "code"));
        CHECK_CELL(&t, "text", text_slice(&text));
    }
}

TEST(sums_stay_inside_the_bound)
{
    int64_t sum = 3;
    CHECK(money_add(AMOUNT_MINOR_MAX - 1, 1, &sum) == OK);
    CHECK_INT(sum, AMOUNT_MINOR_MAX);
    CHECK(money_add(AMOUNT_MINOR_MAX, 1, &sum) == ERR_ARITHMETIC_OVERFLOW);
    CHECK(money_add(-AMOUNT_MINOR_MAX, -1, &sum) == ERR_ARITHMETIC_OVERFLOW);
    CHECK_INT(sum, AMOUNT_MINOR_MAX);
}
