/* Two trees member by member. */
#include "claimctl/node_diff.h"

#include "support/test.h"
#include "wire/yaml.h"

static void note(void *context, struct slice path, const struct node *before, const struct node *after)
{
    struct text *t = context;
    text_put(t, path);
    text_put_byte(t, '=');
    text_put(t, before ? before->text : SLICE("-"));
    text_put_byte(t, '>');
    text_put(t, after ? after->text : SLICE("-"));
    text_put_byte(t, ' ');
}

static struct slice diff_of(const char *before, const char *after)
{
    struct problems problems = problems_in(test_arena());
    struct text_source s = { .arena = test_arena(), .file = SLICE("t.yaml"), .problems = &problems };
    struct text t = text_in(test_arena(), 1024);
    node_diff(yaml_read(&s, slice_from(before)), yaml_read(&s, slice_from(after)), note, &t);
    return text_slice(&t);
}

TEST(equal_trees_do_not_differ)
{
    CHECK_TEXT(diff_of("{a: 1, b: [x, {c: 2}]}", "{b: [x, {c: 2}], a: 1}"), "");
}

TEST(each_member_that_differs_is_named_by_its_path)
{
    CHECK_TEXT(diff_of("{a: 1, b: [x, {c: 2}], d: 4}", "{a: 2, b: [x, {c: 3}, y], e: 5}"),
               "a=1>2 b[2].c=2>3 b[3]=->y d=4>- e=->5 ");
}

TEST(a_member_of_another_type_goes_and_comes)
{
    CHECK_TEXT(diff_of("{a: 1}", "{a: [x, y]}"), "a=1>- a[1]=->x a[2]=->y ");
    CHECK_TEXT(diff_of("{a: {b: 1}}", "{a: 2}"), "a.b=1>- a=->2 ");
}
