/* Texts that grow and slices that are cut. */
#include "base/str.h"
#include "support/test.h"

TEST(whole_numbers_are_written_to_the_ends_of_their_range)
{
    static const struct { int64_t value; struct slice text;
    } rows[] = {
        { 0, SLICE_INIT("0") },
        { 9, SLICE_INIT("9") },
        { 10, SLICE_INIT("10") },
        { 99, SLICE_INIT("99") },
        { 100, SLICE_INIT("100") },
        { 101, SLICE_INIT("101") },
        { 20260331, SLICE_INIT("20260331") },
        { -1, SLICE_INIT("-1") },
        { -10, SLICE_INIT("-10") },
        { INT64_MAX, SLICE_INIT("9223372036854775807") },
        { INT64_MIN, SLICE_INIT("-9223372036854775808") },
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char buffer[24];
        struct text t = text_over(buffer, sizeof buffer);
        text_put_int(&t, rows[i].value);
        CHECK_SLICE(text_slice(&t), rows[i].text);
        CHECK(!t.full);
        CHECK_SLICE(slice_of_int(test_arena(), rows[i].value), rows[i].text);
    }
    for (int64_t n = 0; n < 20000; n++) {
        char buffer[24], expected[24];
        struct text t = text_over(buffer, sizeof buffer);
        text_put_int(&t, n);
        snprintf(expected, sizeof expected, "%lld", (long long)n);
        CHECK_SLICE(text_slice(&t), slice_from(expected));
    }
}

TEST(a_number_that_does_not_fit_is_cut_and_says_so)
{
    char buffer[3];
    struct text t = text_over(buffer, sizeof buffer);
    text_put_int(&t, 12345);
    CHECK(t.full);
    CHECK_INT(t.size, 3);
}

TEST(a_cut_takes_what_stands_before_the_separator)
{
    struct slice rest = SLICE("a,,bc");
    CHECK_TEXT(slice_cut(&rest, ','), "a");
    CHECK_TEXT(slice_cut(&rest, ','), "");
    CHECK(rest.bytes != NULL);
    CHECK_TEXT(slice_cut(&rest, ','), "bc");
    CHECK(rest.bytes == NULL && rest.size == 0);
    CHECK_TEXT(slice_cut(&rest, ','), "");
    rest = SLICE("a,");
    CHECK_TEXT(slice_cut(&rest, ','), "a");
    CHECK(rest.bytes != NULL && rest.size == 0);        /* an empty part stands after the last separator */
}

TEST(a_list_has_the_separator_between_its_texts_alone)
{
    const struct slice items[] = { SLICE("a"), SLICE(""), SLICE("bc") };
    CHECK_TEXT(slice_list(test_arena(), items, 3, SLICE(", ")), "a, , bc");
    CHECK_TEXT(slice_list(test_arena(), items, 1, SLICE(", ")), "a");
    CHECK_TEXT(slice_list(test_arena(), NULL, 0, SLICE(", ")), "");
}
