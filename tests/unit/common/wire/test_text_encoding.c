/* Bytes of files without a word about how they were written. */
#include "wire/text_encoding.h"

#include "support/test.h"

TEST(tells_where_utf8_ends)
{
    static const struct { const char *text; size_t end; } rows[] = {
        { "", 0 }, { "KESTREL", 7 }, { "Caf\xc3\xa9", 5 }, { "Caf\xe9", 3 }, { "\xc0\xaf", 0 }, { "a\xe2\x82", 1 },
        { "a\xed\xa0\x80", 1 }, { "\xf0\x9f\x98\x80z", 5 },
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        CHECK_INT(text_utf8_end(slice_from(rows[i].text)), rows[i].end);
}

TEST(reads_the_letters_of_windows)
{
    CHECK_TEXT(text_of_windows(test_arena(), SLICE("Caf\xe9 \x80 \x9a\x8a \xff\xa0.")), "Café € šŠ ÿ\xc2\xa0.");
    CHECK_TEXT(text_of_windows(test_arena(), SLICE("a\x81" "b\x8d\x8f\x90\x9d")), "a b    ");
    for (unsigned byte = 1; byte < 256; byte++) {
        char one = (char)byte;
        struct slice s = text_of_windows(test_arena(), slice_of(&one, 1));
        CHECK(s.size >= 1 && text_utf8_end(s) == s.size);
    }
}
