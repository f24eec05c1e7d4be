/* The known name that a person may have meant. */
#include "claimctl/nearest.h"

#include "support/table.h"

static struct slice name_of(const struct nearest *n)
{
    return slice_of(n->name, n->name_size);
}

static struct slice nearest(const char *word)
{
    static const struct slice names[] = {
        SLICE_INIT("N-100"), SLICE_INIT("R-200"), SLICE_INIT("03-northgate-pos.csv:198"), SLICE_INIT(""),
        SLICE_INIT("03-northgate-pos.csv:19"), SLICE_INIT("788048e77e1e2d7b7cf5ff17b9355d44"),
    };
    static struct nearest n;
    n = nearest_of(slice_from(word), names, sizeof names / sizeof names[0]);
    return name_of(&n);
}

TEST(a_misspelt_name_finds_the_one_that_was_meant)
{
    struct table t = TABLE(
        "word                      | name",
        "N-101                     | N-100",
        "n-100                     | N-100",
        "R200                      | R-200",
        "03-northgat-pos.csv:198   | 03-northgate-pos.csv:198",
        "03-northgate-pos.csv:19x  | 03-northgate-pos.csv:198",
        "03-northgate-pos.csv:1    | 03-northgate-pos.csv:19",
        "788048e77e1e              | 788048e77e1e2d7b7cf5ff17b9355d44",
        "788                       | -",
        "X-999-Z                   | -",
        "03-northgate-pos.csv      | 03-northgate-pos.csv:19");
    while (table_next(&t)) {
        char word[128];
        snprintf(word, sizeof word, "%.*s", SLICE_ARGS(cell(&t, "word")));
        struct slice found = nearest(word);
        CHECK_CELL(&t, "name", found);
    }
}

TEST(what_is_only_begun_counts_behind_what_is_misspelt)
{
    struct nearest n = nearest_to(SLICE("SD-26"));
    nearest_offer(&n, SLICE("SD-26-distribution"));
    CHECK_SLICE(name_of(&n), SLICE("SD-26-distribution"));
    nearest_offer(&n, SLICE("SD-27"));
    CHECK_SLICE(name_of(&n), SLICE("SD-27"));
    nearest_offer(&n, SLICE("SD-26-europe"));
    CHECK_SLICE(name_of(&n), SLICE("SD-27"));
}

TEST(nothing_is_near_to_no_word_and_a_name_too_long_to_be_kept_is_passed_over)
{
    char longest[NEAREST_NAME_MAX + 1];
    memset(longest, 'x', sizeof longest);
    struct nearest none = nearest_to(SLICE("")), n = nearest_to(SLICE("xxxx"));
    nearest_offer(&none, SLICE("a"));
    CHECK_INT(name_of(&none).size, 0);
    nearest_offer(&n, slice_of(longest, sizeof longest));
    CHECK_INT(name_of(&n).size, 0);
    nearest_offer(&n, slice_of(longest, NEAREST_NAME_MAX));
    CHECK_INT(name_of(&n).size, NEAREST_NAME_MAX);
}
