/* tests/unit/common/domain/test_claim_value.c: domain.md 5.0 R7. */
#include "domain/claim_value.h"
#include "domain/currency.h"
#include "domain/decimal.h"
#include "support/table.h"

static bool read_cell(const struct table *t, const char *column, unsigned scale, int64_t *value)
{
    if (cell(t, column).size == 0) return false;
    CHECK(decimal_parse(cell(t, column), scale, DECIMAL_EXCESS_REFUSE, value, NULL) == OK);
    return true;
}

TEST(takes_the_amount_else_unit_times_quantity_and_the_lesser_of_both)
{
    struct table t = TABLE(
        "kind              qty   amount   unit  currency | stated  claimed  mismatch",
        "SHIP_DEBIT_CLAIM  240   -        1.80  USD      | yes     432.00   no",
        "SHIP_DEBIT_CLAIM  240   400.00   -     USD      | yes     400.00   no",
        "SHIP_DEBIT_CLAIM  240   432.01   1.80  USD      | yes     432.01   no",
        "SHIP_DEBIT_CLAIM  240   432.02   1.80  USD      | yes     432.00   yes",
        "SHIP_DEBIT_CLAIM  240   400.00   1.80  USD      | yes     400.00   yes",
        "SHIP_DEBIT_CLAIM  -10   -        1.75  USD      | yes     -17.50   no",
        "SHIP_DEBIT_CLAIM  -10   -20.00   1.75  USD      | yes     -17.50   yes",
        "SHIP_DEBIT_CLAIM  1.5   -        0.01  USD      | yes     0.02     no",
        "SHIP_DEBIT_CLAIM  240   -        -     USD      | no      0.00     no",
        "SPIFF_CLAIM       3     -        45    JPY      | yes     135      no",
        "POS_SALE          10    17.50    -     USD      | no      0.00     no");
    while (table_next(&t)) {
        struct line l = { .kind = kind_find(cell(&t, "kind")), .currency = cell(&t, "currency") };
        CHECK(read_cell(&t, "qty", 3, &l.qty_milli));
        l.has_claimed_amount_minor = read_cell(&t, "amount", currency_exponent(l.currency), &l.claimed_amount_minor);
        l.has_claimed_debit_unit_micros = read_cell(&t, "unit", 6, &l.claimed_debit_unit_micros);
        int64_t claimed;
        char buffer[32];
        struct text money = text_over(buffer, sizeof buffer);
        CHECK_INT(claim_value_stated(&l, &claimed), cell_yes(&t, "stated"));
        money_put(&money, claimed, l.currency);
        CHECK_CELL(&t, "claimed", text_slice(&money));
        if (kind_is_claim(l.kind)) CHECK_INT(claim_value_of(&l).mismatch, cell_yes(&t, "mismatch"));
    }
}
