/* Slots shared by all roots: taken once, given back by their holder only, away when it is away. */
#include "stage/memory_registry.h"

#include "support/test.h"

static struct registry_request asks(enum registry_family family, const char *key, const char *line)
{
    return (struct registry_request){
        .family = family,
        .key = slice_from(key),
        .claim = { .root_id = SLICE("root"), .line_id = slice_from(line), .received_at_unix_ms = 1 }
    };
}

static struct registry_request answered(struct memory_registry *m, struct registry_request q)
{
    CHECK(registry_ask(memory_registry_base(m), &q, 1) == OK);
    return q;
}

TEST(a_serial_is_taken_by_the_first_and_by_it_again)
{
    struct memory_registry *m = memory_registry_open();
    struct registry *r = memory_registry_base(m);
    struct registry_request both[] = { asks(REGISTRY_SERIAL, "P/1", "a"), asks(REGISTRY_SERIAL, "P/1", "b") };
    CHECK(registry_ask(r, both, 2) == OK);
    CHECK_TEXT(both[0].holders[0].line_id, "a");
    CHECK_TEXT(both[1].holders[0].line_id, "a");
    CHECK(both[0].place == 0 && both[1].place == both[1].holder_count);
    CHECK_INT(answered(m, asks(REGISTRY_SERIAL, "P/1", "a")).place, 0);
    CHECK(registry_release(r, REGISTRY_SERIAL, SLICE("P/1"), SLICE("b")) == OK);      /* not his to give */
    CHECK_TEXT(answered(m, asks(REGISTRY_SERIAL, "P/1", "b")).holders[0].line_id, "a");
    CHECK(registry_release(r, REGISTRY_SERIAL, SLICE("P/1"), SLICE("a")) == OK);
    CHECK_TEXT(answered(m, asks(REGISTRY_SERIAL, "P/1", "b")).holders[0].line_id, "b");
    CHECK(registry_release(r, REGISTRY_SERIAL, SLICE("P/1"), SLICE("a")) == OK);
    CHECK_INT(answered(m, asks(REGISTRY_SERIAL, "P/1", "b")).holder_count, 1);
    memory_registry_close(m);
}

TEST(a_serial_passes_from_its_line_to_another_and_from_nobody_else)
{
    struct memory_registry *m = memory_registry_open();
    struct registry *r = memory_registry_base(m);
    struct registry_claim to = { .root_id = SLICE("other"), .line_id = SLICE("b"), .received_at_unix_ms = 2 };
    CHECK(registry_hand_over(r, SLICE("P/1"), SLICE("a"), &to) == OK);                /* nobody stood there */
    CHECK_TEXT(answered(m, asks(REGISTRY_SERIAL, "P/1", "a")).holders[0].line_id, "a");
    CHECK(registry_hand_over(r, SLICE("P/1"), SLICE("c"), &to) == OK);                /* not his to give */
    CHECK_TEXT(answered(m, asks(REGISTRY_SERIAL, "P/1", "b")).holders[0].line_id, "a");
    CHECK(registry_hand_over(r, SLICE("P/1"), SLICE("a"), &to) == OK);
    CHECK_TEXT(answered(m, asks(REGISTRY_SERIAL, "P/1", "a")).holders[0].root_id, "other");
    CHECK(registry_hand_over(r, SLICE("P/1"), SLICE("a"), &to) == OK);                /* said again */
    CHECK_INT(answered(m, asks(REGISTRY_SERIAL, "P/1", "b")).place, 0);
    memory_registry_set_away(m, true);
    CHECK(registry_hand_over(r, SLICE("P/1"), SLICE("b"), &to) == ERR_REGISTRY_AWAY);
    memory_registry_close(m);
}

TEST(deals_stand_in_the_order_they_came)
{
    struct memory_registry *m = memory_registry_open();
    struct registry *r = memory_registry_base(m);
    CHECK_INT(answered(m, asks(REGISTRY_DEAL, "k", "a")).place, 0);
    CHECK_INT(answered(m, asks(REGISTRY_DEAL, "k", "b")).place, 1);
    CHECK_INT(answered(m, asks(REGISTRY_DEAL, "k", "a")).holder_count, 2);
    CHECK(registry_close_deal(r, SLICE("k"), SLICE("a"), 20260401) == OK);
    CHECK_INT(answered(m, asks(REGISTRY_DEAL, "k", "b")).holders[0].closed_on, 20260401);
    CHECK(registry_release(r, REGISTRY_DEAL, SLICE("k"), SLICE("a")) == OK);
    CHECK_INT(answered(m, asks(REGISTRY_DEAL, "k", "b")).place, 0);
    CHECK_INT(answered(m, asks(REGISTRY_SERIAL, "k", "c")).place, 0);                 /* families do not meet */
    memory_registry_close(m);
}

TEST(a_look_takes_nothing_and_nothing_is_answered_while_it_is_away)
{
    struct memory_registry *m = memory_registry_open();
    struct registry_request q = asks(REGISTRY_SERIAL, "s", "a");
    q.only_looks = true;
    CHECK_INT(answered(m, q).holder_count, 0);
    CHECK_INT(answered(m, asks(REGISTRY_SERIAL, "s", "b")).holder_count, 1);
    memory_registry_set_away(m, true);
    CHECK(registry_ask(memory_registry_base(m), &q, 1) == ERR_REGISTRY_AWAY);
    CHECK(registry_release(memory_registry_base(m), REGISTRY_SERIAL, SLICE("s"), SLICE("b")) == ERR_REGISTRY_AWAY);
    CHECK(registry_close_deal(memory_registry_base(m), SLICE("s"), SLICE("b"), 1) == ERR_REGISTRY_AWAY);
    memory_registry_set_away(m, false);
    CHECK_TEXT(answered(m, q).holders[0].line_id, "b");
    memory_registry_close(m);
}
