/* Options out of a call: what is left are its words. */
#include "claimctl/option.h"

#include "support/test.h"

enum { WORDS_MAX = 12 };

struct words { int count; char *at[WORDS_MAX + 1]; };

static struct words words_of(const char *const *words)
{
    struct words w = { 0 };
    while (words[w.count]) w.at[w.count] = (char *)words[w.count], w.count++;
    return w;
}
#define WORDS(...) words_of((const char *const[]){ __VA_ARGS__, NULL })

/* What is left, each after a blank; a call ends with NULL. */
static void check_left(const struct words *w, const char *want)
{
    char room[256];
    struct text t = text_over(room, sizeof room);
    for (int i = 0; i < w->count; i++) {
        PUT(&t, " ");
        text_put(&t, slice_from(w->at[i]));
    }
    CHECK_SLICE(text_slice(&t), slice_from(want));
    CHECK(w->at[w->count] == NULL);
}

TEST(own_options_are_taken_wherever_they_stand_and_the_last_one_counts)
{
    struct slice since = { 0 };
    bool all = false;
    const struct option_slot slots[] = { { "--since", &since, NULL }, { "--all", NULL, &all } };
    struct words w = WORDS("list", "--since", "3d", "HOLD", "--all", "--since=4d");
    option_take(&w.count, w.at, slots, 2);
    check_left(&w, " list HOLD");
    CHECK_TEXT(since, "4d");
    CHECK(all);
}

TEST(behind_two_dashes_all_are_words)
{
    struct slice since = { 0 };
    const struct option_slot slot = { "--since", &since, NULL };
    struct words w = WORDS("show", "--since=", "--", "--since", "--");
    option_pick(&w.count, w.at, &slot, 1);
    check_left(&w, " show -- --since --");
    CHECK(since.bytes && since.size == 0);
    option_take(&w.count, w.at, NULL, 0);
    check_left(&w, " show --since --");
}

TEST(one_option_is_a_text_or_a_flag_or_stands_several_times)
{
    const char *sets[2] = { NULL };
    struct words w = WORDS("run", "--set", "a=1", "--seed=7", "--set=b=2", "--explain", "--set", "c=3");
    CHECK_TEXT(slice_from(option_pick_text(&w.count, w.at, "--seed")), "7");
    CHECK(option_pick_text(&w.count, w.at, "--state") == NULL);
    CHECK(option_pick_flag(&w.count, w.at, "--explain") && !option_pick_flag(&w.count, w.at, "--wait"));
    CHECK_INT(option_pick_each(&w.count, w.at, "--set", sets, 2), 2);
    CHECK_TEXT(slice_from(sets[0]), "a=1");
    CHECK_TEXT(slice_from(sets[1]), "b=2");
    check_left(&w, " run --set c=3");
}
