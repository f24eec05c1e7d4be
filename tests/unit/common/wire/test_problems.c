/* tests/unit/common/wire/test_problems.c */
#include "support/table.h"
#include "wire/problems.h"

TEST(the_nearest_word_is_named_and_a_far_one_is_not)
{
    static const struct slice words[] = { SLICE_INIT("valid_from"), SLICE_INIT("valid_to"), SLICE_INIT("rank"),
                                          SLICE_INIT("DUP-03") };
    struct table t = TABLE(
        "word        | nearest",
        "valid_form  | valid_from",
        "valid_too   | valid_to",
        "VALID_TO    | valid_to",
        "rnk         | rank",
        "rk          | -",
        "dup-03      | DUP-03",
        "currency    | -",
        "-           | -");
    while (table_next(&t)) CHECK_CELL(&t, "nearest", problems_nearest(cell(&t, "word"), words, 4));
}

TEST(a_problem_is_printed_with_code_place_and_fix)
{
    struct problems all = problems_in(test_arena());
    struct text t = text_in(test_arena(), 1024);
    problems_add(&all, &(struct problem){ ERR_TERMS_INVALID,
                                          SLICE("a.yaml"),
                                          { 3, 7 },
                                          SLICE("claim"),
                                          SLICE("\"x\" is bad"),
                                          SLICE("mend it"),
                                          NULL });
    problems_add(&all, &(struct problem){
                           ERR_FILE_UNREADABLE, SLICE("b.yaml"), { 0, 0 }, SLICE(""), SLICE("gone"), SLICE(""), NULL });
    problems_put(&t, &all);
    CHECK_TEXT(text_slice(&t), "error[TERMS_INVALID 3001]: \"x\" is bad\n  at a.yaml:3:7  claim\n  mend it\n"
                               "error[FILE_UNREADABLE 5101]: gone\n  at b.yaml\n");
}

TEST(problems_of_a_file_stand_in_the_order_of_the_file)
{
    struct problems all = problems_in(test_arena());
    struct problem p = { .code = ERR_TERMS_INVALID, .file = SLICE("a"), .at = { 2, 9 }, .message = SLICE("second") };
    problems_add(&all, &p);
    p.at = (struct position){ 2, 3 };
    p.message = SLICE("first");
    problems_add(&all, &p);
    p.file = SLICE("b");
    p.at = (struct position){ 1, 1 };
    problems_add(&all, &p);
    p.file = SLICE("a");
    p.at = (struct position){ 2, 9 };
    p.message = SLICE("third");
    problems_add(&all, &p);
    CHECK_TEXT(all.first->message, "first");
    CHECK_TEXT(all.first->next->message, "second");
    CHECK_TEXT(all.first->next->next->message, "third");
    CHECK_TEXT(all.first->next->next->next->file, "b");
}

TEST(what_cannot_be_printed_is_not)
{
    struct problems all = problems_in(test_arena());
    problems_add(&all, &(struct problem){ .code = ERR_TERMS_INVALID,
                                          .file = SLICE("a\nb"),
                                          .message = SLICE("\x1B[2J \xC3\xBC \xC3 \xE2\x80\xAE") });
    CHECK_TEXT(all.first->file, "a?b");
    CHECK_TEXT(all.first->message, "?[2J \xC3\xBC ? ???");
}

TEST(more_problems_than_are_kept_are_counted)
{
    struct problems all = problems_in(test_arena());
    struct text t = text_in(test_arena(), 1 << 16);
    for (unsigned i = 0; i < PROBLEMS_MAX + 3; i++)
        problems_add(&all, &(struct problem){ .code = ERR_TERMS_INVALID, .message = SLICE("x") });
    problems_put(&t, &all);
    CHECK_INT(all.count, PROBLEMS_MAX + 3);
    CHECK(slice_ends_with(text_slice(&t), SLICE("and 3 errors more\n")));
}
