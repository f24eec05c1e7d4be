#include "intake/plain.h"

#include "support/test.h"

static struct plain plain_of(struct slice sent)
{
    struct plain p = { 0 };
    CHECK_INT(plain_text(test_arena(), sent, &p), PLAIN_FINE);
    return p;
}

TEST(text_becomes_nfc)
{
    CHECK_TEXT(plain_of(SLICE("Cafe\xcc\x81")).text, "Caf\xc3\xa9");
    CHECK_TEXT(plain_of(SLICE("a\xcc\xa8\xcc\x81")).text, "\xc4\x85\xcc\x81");
    CHECK_TEXT(plain_of(SLICE("a\xcc\x81\xcc\xa8")).text, "\xc4\x85\xcc\x81");
    CHECK_TEXT(plain_of(SLICE("\xea\xb0\x80")).text, "\xea\xb0\x80");
    CHECK_TEXT(plain_of(SLICE("\xe1\x84\x80\xe1\x85\xa1")).text, "\xea\xb0\x80");
}

TEST(a_line_break_is_one_blank_and_outer_blanks_go)
{
    CHECK_TEXT(plain_of(SLICE("  Main St 5\r\nSuite 2\n")).text, "Main St 5 Suite 2");
    CHECK_TEXT(plain_of(SLICE("a\rb\xe2\x80\xa8" "c\xc2\x85" "d")).text, "a b c d");
    CHECK_TEXT(plain_of(SLICE("\xc2\xa0x\xe3\x80\x80")).text, "x");
}

TEST(format_characters_are_removed_and_told)
{
    struct plain p = plain_of(SLICE("\xef\xbb\xbf" "A\xe2\x80\x8b-1\xc2\xad\xe2\x80\xae"));
    CHECK_TEXT(p.text, "A-1");
    CHECK(p.removed);
    CHECK(!plain_of(SLICE("A-1")).removed);
}

TEST(a_text_of_blanks_and_format_characters_is_none)
{
    CHECK(plain_is_blank(SLICE("")) && plain_is_blank(SLICE("  \n")) && plain_is_blank(SLICE("\xe2\x80\xae")));
    CHECK(!plain_is_blank(SLICE("\xe2\x80\xae"
                                "A"))
          && !plain_is_blank(SLICE("\x01")) && !plain_is_blank(SLICE("\xff")));
}

TEST(other_controls_and_broken_bytes_are_faults)
{
    struct plain p;
    CHECK_INT(plain_text(test_arena(), SLICE("a\tb"), &p), PLAIN_CONTROL);
    CHECK_INT(plain_text(test_arena(), SLICE("a\0b"), &p), PLAIN_CONTROL);
    CHECK_INT(plain_text(test_arena(), SLICE("a\x1b[0m"), &p), PLAIN_CONTROL);
    CHECK_INT(plain_text(test_arena(), SLICE("a\xff"), &p), PLAIN_ENCODING);
    CHECK_INT(plain_text(test_arena(), SLICE("\xed\xa0\x80"), &p), PLAIN_ENCODING);
    CHECK_TEXT(plain_text_leniently(test_arena(), SLICE("a\tb\xff")), "a b\xef\xbf\xbd");
}

TEST(ids_have_their_letters)
{
    CHECK(plain_is_id(SLICE("N-100._:/#")) && !plain_is_id(SLICE("N 100")) && !plain_is_id(SLICE("N\xc3\xa9")));
    CHECK(plain_is_code(SLICE("AD_ONLINE")) && !plain_is_code(SLICE("a/b")));
}
