/* tests/unit/common/domain/test_decimal.c: domain.md 2.5. */
#include "domain/decimal.h"
#include "support/table.h"

TEST(reads_decimal_text_and_nothing_else)
{
    struct table t = TABLE(
        "text                  scale  excess | error                written",
        "12.5                  2      refuse | OK                   12.5",
        ".5                    2      refuse | OK                   0.5",
        "150.                  2      refuse | OK                   150",
        "-3                    2      refuse | OK                   -3",
        "+7                    0      refuse | OK                   7",
        "007                   0      refuse | OK                   7",
        "-0                    2      refuse | OK                   0",
        "1.2300000             2      refuse | OK                   1.23",
        "1.235                 2      refuse | DECIMAL_TOO_FINE     -",
        "1.235                 2      round  | OK                   1.24",
        "1.2349                2      round  | OK                   1.23",
        "-1.235                2      round  | OK                   -1.24",
        "0.004                 2      round  | OK                   0",
        "9223372036854775807   0      refuse | OK                   9223372036854775807",
        "9223372036854775808   0      refuse | ARITHMETIC_OVERFLOW  -",
        "-9223372036854775808  0      refuse | OK                   -9223372036854775808",
        "-9223372036854775809  0      refuse | ARITHMETIC_OVERFLOW  -",
        "92233720368547758.07  2      refuse | OK                   92233720368547758.07",
        "92233720368547758.08  2      refuse | ARITHMETIC_OVERFLOW  -",
        ".                     2      refuse | DECIMAL_MALFORMED    -",
        "-                     2      refuse | DECIMAL_MALFORMED    -",
        "1e3                   2      refuse | DECIMAL_MALFORMED    -",
        "1,5                   2      refuse | DECIMAL_MALFORMED    -",
        "1.2.3                 2      refuse | DECIMAL_MALFORMED    -",
        "--1                   2      refuse | DECIMAL_MALFORMED    -",
        "12O                   2      refuse | DECIMAL_MALFORMED    -");
    while (table_next(&t)) {
        int64_t value;
        char buffer[32];
        struct text written = text_over(buffer, sizeof buffer);
        struct slice text = slice_equal(slice_from("-"), cell(&t, "text")) ? SLICE("-") : cell(&t, "text");
        unsigned scale = (unsigned)cell_int(&t, "scale");
        enum err e =
            decimal_parse(text, scale, (enum decimal_excess)cell_word(&t, "excess", "refuse round"), &value, NULL);
        CHECK_CELL(&t, "error", slice_from(err_name(e)));
        if (e == OK) decimal_put(&written, value, scale);
        CHECK_CELL(&t, "written", text_slice(&written));
    }
}

TEST(refuses_blanks_and_foreign_digits)
{
    int64_t value = 9;
    CHECK(decimal_parse(SLICE(" 1"), 0, DECIMAL_EXCESS_REFUSE, &value, NULL) == ERR_DECIMAL_MALFORMED);
    CHECK(decimal_parse(SLICE("\xd9\xa1"), 0, DECIMAL_EXCESS_REFUSE, &value, NULL) == ERR_DECIMAL_MALFORMED);
    CHECK(decimal_parse(SLICE(""), 0, DECIMAL_EXCESS_REFUSE, &value, NULL) == ERR_DECIMAL_MALFORMED);
    CHECK_INT(value, 9);
}

TEST(says_whether_digits_were_lost)
{
    int64_t value;
    bool rounded;
    CHECK(decimal_parse(SLICE("1.230"), 2, DECIMAL_EXCESS_ROUND, &value, &rounded) == OK && !rounded);
    CHECK(decimal_parse(SLICE("1.231"), 2, DECIMAL_EXCESS_ROUND, &value, &rounded) == OK && rounded);
}

TEST(writes_money_with_all_its_digits)
{
    char buffer[32];
    struct text t = text_over(buffer, sizeof buffer);
    decimal_put_fixed(&t, -5, 2);
    CHECK_TEXT(text_slice(&t), "-0.05");
    t = text_over(buffer, sizeof buffer);
    decimal_put_fixed(&t, 123400, 3);
    CHECK_TEXT(text_slice(&t), "123.400");
    t = text_over(buffer, sizeof buffer);
    decimal_put_fixed(&t, 1235, 0);
    CHECK_TEXT(text_slice(&t), "1235");
}
