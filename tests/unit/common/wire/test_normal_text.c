/* tests/unit/common/wire/test_normal_text.c */
#include "support/test.h"
#include "wire/normal_text.h"

static struct slice taken(struct slice raw)
{
    struct slice text;
    return normal_text(test_arena(), raw, &text) ? text : SLICE("refused");
}

TEST(text_is_composed_trimmed_and_on_one_line)
{
    CHECK_TEXT(taken(SLICE("  Alder Systems ")), "Alder Systems");
    CHECK_TEXT(taken(SLICE("Mu\xCC\x88ller")), "M\xC3\xBCller");
    CHECK_TEXT(taken(SLICE("M\xC3\xBCller\n")), "M\xC3\xBCller");
    CHECK_TEXT(taken(SLICE("a\nb\r\nc\rd")), "a b c d");
    CHECK_TEXT(taken(SLICE("")), "");
}

TEST(bytes_that_are_no_text_are_refused)
{
    CHECK_TEXT(taken(SLICE("a\xC3")), "refused");
    CHECK_TEXT(taken(SLICE("a\xED\xA0\x80")), "refused");
    CHECK_TEXT(taken(SLICE("a\x01")), "refused");
    CHECK_TEXT(taken(slice_of("a\0b", 3)), "refused");
    CHECK_TEXT(taken(SLICE("a\xE2\x80\x8B")), "refused");
}
