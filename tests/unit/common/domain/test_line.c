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

TEST(a_field_is_found_by_its_name_in_text)
{
    CHECK(line_field_find(SLICE("qty")) != NULL);
    CHECK(line_field_find(SLICE("qty_milli")) == NULL);
    CHECK(line_field_find(SLICE("")) == NULL);
}
