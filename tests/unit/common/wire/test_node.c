/* tests/unit/common/wire/test_node.c */
#include "support/test.h"
#include "wire/node.h"

static const struct position nowhere;

TEST(a_map_takes_each_key_once)
{
    struct arena *a = test_arena();
    struct node *map = node_map(a, nowhere), *list = node_list(a, (struct position){ 2, 5 });
    node_append(a, list, node_scalar(a, nowhere, SLICE("one")));
    CHECK(node_put(a, map, SLICE("x"), (struct position){ 1, 3 }, list));
    CHECK(!node_put(a, map, SLICE("x"), nowhere, list));
    CHECK(node_put(a, map, SLICE("y"), nowhere, node_scalar(a, nowhere, SLICE("two"))));
    CHECK_INT(map->count, 2);
    CHECK_INT(node_entry(map, SLICE("x"))->at.column, 3);
    CHECK_TEXT(node_find(map, SLICE("x"))->first->value->text, "one");
    CHECK_TEXT(node_find(map, SLICE("y"))->text, "two");
}

TEST(a_member_is_asked_for_as_a_text_or_a_number)
{
    struct arena *a = test_arena();
    struct node *map = node_map(a, nowhere);
    CHECK(node_put(a, map, SLICE("row"), nowhere, node_scalar(a, nowhere, SLICE("17"))));
    CHECK(node_put(a, map, SLICE("rows"), nowhere, node_list(a, nowhere)));
    CHECK_TEXT(node_text(map, "row"), "17");
    CHECK_INT(node_number(map, "row"), 17);
    CHECK_TEXT(node_text(map, "rows"), "");
    CHECK_TEXT(node_text(map, "absent"), "");
    CHECK_INT(node_number(map, "absent"), 0);
    CHECK_TEXT(node_text(NULL, "row"), "");
}

TEST(what_is_no_map_has_no_members)
{
    CHECK(node_find(NULL, SLICE("x")) == NULL);
    CHECK(node_find(node_scalar(test_arena(), nowhere, SLICE("x")), SLICE("x")) == NULL);
    CHECK(node_find(node_map(test_arena(), nowhere), SLICE("x")) == NULL);
}
