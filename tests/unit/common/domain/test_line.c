/* What every stage derives from a line: domain.md 1.1. */
#include "domain/line.h"

#include "support/table.h"

TEST(an_invoice_key_keeps_letters_and_digits_after_nfkc_and_upper_case)
{
    struct table t = TABLE(
        "invoice_no        | key",
        "INV-00812         | INV00812",
        "inv 812/a         | INV812A",
        "ＩＮＶ－８１２        | INV812",
        "№ 17              | NO17",
        "①②                | 12",
        "ﬁ-9               | FI9",
        "straße            | STRASSE",
        "Rés-7             | RS7",
        "Re\u0301s-7       | RS7",
        "R\u0315s-7        | RS7",
        "x²                | X2",
        "--                | -");
    while (table_next(&t)) CHECK_CELL(&t, "key", line_invoice_key(test_arena(), cell(&t, "invoice_no")));
    CHECK_TEXT(line_invoice_key(test_arena(), SLICE("A\xff" "1")), "A1");
}

TEST(a_line_number_is_the_same_with_leading_zeros_and_a_fraction_of_zeros)
{
    struct table t = TABLE(
        "invoice_line | key",
        "1            | 1",
        "01           | 1",
        "0001         | 1",
        "1.0          | 1",
        "01,00        | 1",
        "10           | 10",
        "0            | 0",
        "000          | 0",
        "1.           | 1.",
        "1.5          | 1.5",
        "1.05         | 1.05",
        "01-2         | 01-2",
        "A01          | A01",
        "-            | -");
    while (table_next(&t)) CHECK_CELL(&t, "key", line_invoice_line_key(cell(&t, "invoice_line")));
}

TEST(a_field_is_found_by_its_name_in_text)
{
    CHECK(line_field_find(SLICE("qty")) != NULL);
    CHECK(line_field_find(SLICE("qty_milli")) == NULL);
    CHECK(line_field_find(SLICE("")) == NULL);
}
