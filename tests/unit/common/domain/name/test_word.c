/* tests/unit/common/domain/name/test_word.c: what the table of words says, list by list (screening.md 6.1). */
#include "domain/name/word.h"

#include "support/table.h"

TEST(the_table_says_of_a_word_what_its_lists_say)
{
    struct table t = TABLE("word           | classes  nicknames  short  of_short  synonym",
                           "AND            | 1        0          0      0         0",
                           "DR             | 2        0          0      0         0",
                           "PRESIDENT      | 4        0          0      0         0",
                           "TRADING        | 8        0          0      2         1",
                           "INTERNATIONAL  | 24       0          0      2         1", /* folding has put it in place of
                                                                                         INTL; it names no trade */
                           "CHEM           | 8        0          20     0         0",
                           "CHEMICALS      | 8        0          0      2         1",
                           "COMMODITIES    | 8        0          0      1         0",
                           "WILLIAM        | 0        2          0      0         0",
                           "ZHANG          | 0        1          0      0         0", /* of family_name.def */
                           "TED            | 0        2          0      0         0", /* of EDWARD and of THEODORE */
                           "BEIRUT         | 32       0          0      0         0",
                           "SHANGHAI       | 40       0          0      0         0",
                           "GMBH           | 64       0          0      0         0",
                           "QUARRYSTONE    | 0        0          0      0         0",
                           "-              | 0        0          0      0         0");
    while (table_next(&t)) {
        uint16_t rows[WORD_NICKNAME_ROWS_MAX];
        uint8_t short_forms[WORD_SHORT_FORM_ROWS_MAX];
        struct slice word = cell(&t, "word");
        CHECK_CELL_INT(&t, "classes", word_classes(word));
        CHECK_CELL_INT(&t, "nicknames", word_nicknames(word, rows));
        CHECK_CELL_INT(&t, "short", word_short_form(word));
        CHECK_CELL_INT(&t, "of_short", word_of_short_forms(word, short_forms));
        CHECK_CELL_INT(&t, "synonym", word_synonym(word) > 0);
    }
}

TEST(two_names_of_one_row_share_its_number)
{
    uint16_t bill[WORD_NICKNAME_ROWS_MAX], william[WORD_NICKNAME_ROWS_MAX];
    CHECK_INT(word_nicknames(SLICE("BILL"), bill), 1);
    CHECK_INT(word_nicknames(SLICE("WILLIAM"), william), 2);            /* and of its forms in other languages */
    CHECK_INT(bill[0], william[0]);
}
