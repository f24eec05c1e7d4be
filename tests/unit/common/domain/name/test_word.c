/* tests/unit/common/domain/name/test_word.c: what the table of words says, list by list (screening.md 6.1). */
#include "domain/name/word.h"

#include "support/table.h"

TEST(the_table_says_of_a_word_what_its_lists_say)
{
    struct table t = TABLE(
        "word           | classes  nicknames  short  of_short",
        "AND            | 1        0          0      0",
        "DR             | 2        0          0      0",
        "PRESIDENT      | 4        0          0      0",
        "TRADING        | 8        0          0      0",
        "INTERNATIONAL  | 8        0          0      0",    /* folding has put it in place of INTL */
        "CHEM           | 8        0          1      0",
        "CHEMICALS      | 8        0          0      1",
        "COMMODITIES    | 8        0          0      2",
        "WILLIAM        | 0        1          0      0",
        "TED            | 0        2          0      0",    /* of EDWARD and of THEODORE */
        "QUARRYSTONE    | 0        0          0      0",
        "-              | 0        0          0      0");
    while (table_next(&t)) {
        uint8_t rows[WORD_NICKNAME_ROWS_MAX];
        struct slice word = cell(&t, "word");
        CHECK_CELL_INT(&t, "classes", word_classes(word));
        CHECK_CELL_INT(&t, "nicknames", word_nicknames(word, rows));
        CHECK_CELL_INT(&t, "short", word_short_form(word));
        CHECK_CELL_INT(&t, "of_short", word_of_short_form(word));
    }
}

TEST(two_names_of_one_row_share_its_number)
{
    uint8_t bill[WORD_NICKNAME_ROWS_MAX], william[WORD_NICKNAME_ROWS_MAX];
    CHECK_INT(word_nicknames(SLICE("BILL"), bill), 1);
    CHECK_INT(word_nicknames(SLICE("WILLIAM"), william), 1);
    CHECK_INT(bill[0], william[0]);
}
