/* UTF-8 one code point at a time. */
#include "base/utf8.h"

#include "support/test.h"

static uint32_t first(const char *bytes, size_t size, size_t *taken)
{
    struct slice rest = slice_of(bytes, size);
    uint32_t point = utf8_next(&rest);
    *taken = size - rest.size;
    return point;
}

TEST(reads_sequences_of_every_length_at_both_ends)
{
    static const struct { const char *bytes; uint32_t point;
    } rows[] = { { "\x01", 1 },
                 { "\x7f", 0x7F },
                 { "\xc2\x80", 0x80 },
                 { "\xdf\xbf", 0x7FF },
                 { "\xe0\xa0\x80", 0x800 },
                 { "\xed\x9f\xbf", 0xD7FF },
                 { "\xee\x80\x80", 0xE000 },
                 { "\xef\xbf\xbf", 0xFFFF },
                 { "\xf0\x90\x80\x80", 0x10000 },
                 { "\xf4\x8f\xbf\xbf", 0x10FFFF } };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t taken;
        CHECK_INT(first(rows[i].bytes, strlen(rows[i].bytes), &taken), rows[i].point);
        CHECK_INT(taken, strlen(rows[i].bytes));
    }
}

TEST(takes_one_byte_of_what_is_malformed)
{
    static const char *const rows[] = { "\x80",
                                        "\xbf",
                                        "\xc0\x80",
                                        "\xc1\xbf",
                                        "\xe0\x9f\xbf",
                                        "\xed\xa0\x80",
                                        "\xed\xbf\xbf",
                                        "\xf0\x8f\xbf\xbf",
                                        "\xf4\x90\x80\x80",
                                        "\xf5\x80\x80\x80",
                                        "\xff",
                                        "\xc2",
                                        "\xe2\x82",
                                        "\xc2x" };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t taken;
        CHECK_INT(first(rows[i], strlen(rows[i]), &taken), UTF8_REPLACEMENT);
        CHECK_INT(taken, 1);
    }
}

TEST(a_text_is_valid_when_no_byte_of_it_is_malformed)
{
    static const char *const valid[] = {
        "", "a", "12345678", "123456789", "M\xc3\xbcller", "\xef\xbf\xbd", "1234567\xf0\x90\x80\x80"
    };
    static const char *const malformed[] = { "\x80",         "1234567\xc3", "12345678\xff",
                                             "\xed\xa0\x80", "\xc0\x80",    "a\xe2\x82z" };
    for (unsigned i = 0; i < sizeof valid / sizeof valid[0]; i++) CHECK(utf8_is_valid(slice_from(valid[i])));
    for (unsigned i = 0; i < sizeof malformed / sizeof malformed[0]; i++)
        CHECK(!utf8_is_valid(slice_from(malformed[i])));
    CHECK(utf8_is_valid((struct slice){ NULL, 0 }));
}

TEST(a_text_is_ascii_wherever_its_odd_byte_would_be)
{
    char text[50];
    memset(text, 'a', sizeof text);
    for (size_t size = 0; size <= sizeof text; size++) {
        CHECK(utf8_is_ascii(slice_of(text, size)));
        for (size_t at = 0; at < size; at++) {
            text[at] = '\x80';
            if (utf8_is_ascii(slice_of(text, size))) CHECK_INT(at, size);
            text[at] = 'a';
        }
    }
}

TEST(a_text_is_printable_ascii_when_every_byte_is)
{
    char text[17];
    for (size_t size = 0; size <= sizeof text; size++)
        for (size_t at = 0; at < size; at++)
            for (unsigned byte = 0; byte < 256; byte++) {
                memset(text, '~', sizeof text);
                text[at] = (char)byte;
                if (at + 1 < size) text[at + 1] = ' ';
                bool is_printable = byte >= 0x20 && byte < 0x7f;
                if (utf8_is_printable_ascii(slice_of(text, size)) != is_printable) CHECK_INT(byte, 256);
            }
    CHECK(utf8_is_printable_ascii((struct slice){ NULL, 0 }));
}

TEST(what_cannot_be_read_in_a_record_is_one_sign_a_byte)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        { "pos.csv", "pos.csv" },     { "\xc3\xbc.csv", "\xc3\xbc.csv" },  { "a\xff\xfe" "b", "a__b" },
        { "a\nb\x1b[31m", "a_b_[31m" }, { "\xef\xbf\xbd", "\xef\xbf\xbd" }, { "a\xc2\x85", "a_" },
        { "\xc3", "_" },              { "", "" },
    };
    char room[64];
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text t = text_over(room, sizeof room);
        utf8_put_readable(&t, slice_from(rows[i].text));
        CHECK(slice_equal(text_slice(&t), slice_from(rows[i].want)));
        CHECK(utf8_is_valid(text_slice(&t)));
    }
}
