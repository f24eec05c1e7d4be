/* State in memory: one transaction's changes, order, and the changelog as its other form. */
#include "runtime/memory_store.h"

#include "support/test.h"

#include <stdio.h>

enum { TABLE = 7, ROWS = 300 };

static struct slice got(struct store *s, struct slice key)
{
    struct slice value;
    CHECK(store_get(s, TABLE, key, &value) == OK);
    return value;
}

static enum err list(void *context, struct slice key, struct slice value)
{
    struct text *t = context;
    text_put(t, key);
    PUT(t, "=");
    text_put(t, value);
    PUT(t, " ");
    return OK;
}

static struct slice scanned(struct store *s, const char *prefix, const char *from)
{
    struct text t = text_in(test_arena(), 4096);
    CHECK(store_scan(s, TABLE, slice_from(prefix), slice_from(from), list, &t) == OK);
    return text_slice(&t);
}

TEST(changes_are_seen_at_once_merged_on_commit_and_dropped_on_abort)
{
    struct memory_store *m = memory_store_open(NULL);
    struct store *s = memory_store_base(m);
    CHECK(store_put(s, TABLE, SLICE("a"), SLICE("1")) == OK);
    store_merge(s, 0);
    CHECK(store_put(s, TABLE, SLICE("a"), SLICE("2")) == OK && store_put(s, TABLE, SLICE("b"), SLICE("3")) == OK);
    CHECK_TEXT(got(s, SLICE("a")), "2");
    store_drop(s);
    CHECK_TEXT(got(s, SLICE("a")), "1");
    CHECK_TEXT(got(s, SLICE("b")), "");
    CHECK(store_remove(s, TABLE, SLICE("a")) == OK);
    CHECK_TEXT(got(s, SLICE("a")), "");
    store_drop(s);
    CHECK_TEXT(got(s, SLICE("a")), "1");
    CHECK(store_remove(s, TABLE, SLICE("a")) == OK && store_remove(s, TABLE, SLICE("never")) == OK);
    store_merge(s, 0);
    CHECK_TEXT(got(s, SLICE("a")), "");
    CHECK_INT(memory_store_size(m), 0);
    memory_store_close(m);
}

TEST(a_value_that_was_read_stays_until_the_batch_ends_whatever_is_written_over_it)
{
    struct memory_store *m = memory_store_open(NULL);
    struct store *s = memory_store_base(m);
    CHECK(store_put(s, TABLE, SLICE("a"), SLICE("first")) == OK);
    struct slice first = got(s, SLICE("a"));
    CHECK(store_put(s, TABLE, SLICE("a"), SLICE("second")) == OK);
    struct slice second = got(s, SLICE("a"));
    CHECK(store_remove(s, TABLE, SLICE("a")) == OK);
    CHECK_TEXT(first, "first");
    CHECK_TEXT(second, "second");
    store_merge(s, 0);
    memory_store_close(m);
}

TEST(rows_are_walked_in_order_of_their_keys_within_a_prefix)
{
    struct memory_store *m = memory_store_open(NULL);
    struct store *s = memory_store_base(m);
    CHECK(store_put(s, TABLE, SLICE("b2"), SLICE("x")) == OK && store_put(s, TABLE, SLICE("a"), SLICE("x")) == OK);
    CHECK_TEXT(scanned(s, "", ""), "a=x b2=x ");
    CHECK(store_put(s, TABLE, SLICE("b1"), SLICE("y")) == OK && store_put(s, TABLE, SLICE("c"), SLICE("x")) == OK);
    CHECK(store_put(s, TABLE + 1, SLICE("b0"), SLICE("other")) == OK);
    CHECK_TEXT(scanned(s, "b", ""), "b1=y b2=x ");
    CHECK_TEXT(scanned(s, "b", "b2"), "b2=x ");
    CHECK_TEXT(scanned(s, "", "b2"), "b2=x c=x ");
    CHECK(store_remove(s, TABLE, SLICE("b1")) == OK);
    CHECK_TEXT(scanned(s, "b", ""), "b2=x ");
    store_drop(s);
    CHECK_TEXT(scanned(s, "", ""), "");
    memory_store_close(m);
}

static enum err stop_at_once(void *context, struct slice key, struct slice value)
{
    (void)key;
    (void)value;
    ++*(unsigned *)context;
    return ERR_STATE_MALFORMED;
}

TEST(a_visitor_ends_the_walk)
{
    struct memory_store *m = memory_store_open(NULL);
    struct store *s = memory_store_base(m);
    unsigned visits = 0;
    CHECK(store_put(s, TABLE, SLICE("a"), SLICE("1")) == OK && store_put(s, TABLE, SLICE("b"), SLICE("2")) == OK);
    CHECK(store_scan(s, TABLE, SLICE(""), SLICE(""), stop_at_once, &visits) == ERR_STATE_MALFORMED);
    CHECK_INT(visits, 1);
    memory_store_close(m);
}

struct changes { struct text t; unsigned count; };

static enum err note(void *context, uint8_t table, struct slice key, struct slice value)
{
    struct changes *c = context;
    text_put_int(&c->t, table);
    text_put(&c->t, key);
    PUT(&c->t, "=");
    text_put(&c->t, value);
    PUT(&c->t, " ");
    c->count++;
    return OK;
}

TEST(a_changelog_has_each_key_once_with_the_value_it_ends_with)
{
    struct memory_store *m = memory_store_open(NULL);
    struct store *s = memory_store_base(m);
    CHECK(store_put(s, 1, SLICE("gone"), SLICE("1")) == OK);
    store_merge(s, 0);
    for (unsigned i = 0; i < 500; i++) CHECK(store_put(s, 1, SLICE("fund"), SLICE("n")) == OK);
    CHECK(store_put(s, 1, SLICE("fund"), SLICE("last")) == OK && store_remove(s, 1, SLICE("gone")) == OK);
    CHECK(store_put(s, 1, SLICE("brief"), SLICE("x")) == OK && store_remove(s, 1, SLICE("brief")) == OK);
    struct changes c = { .t = text_in(test_arena(), 256) };
    CHECK(store_changes(s, note, &c) == OK);
    CHECK_TEXT(text_slice(&c.t), "1fund=last 1gone= ");
    memory_store_close(m);
}

/* Random puts, removes, merges and drops against a plain array. */
TEST(behaves_as_a_plain_array_does)
{
    uint64_t seed = test_seed();
    struct memory_store *m = memory_store_open(NULL);
    struct store *s = memory_store_base(m);
    int now[ROWS] = { 0 }, committed[ROWS] = { 0 };
    for (unsigned step = 0; step < 20000; step++) {
        unsigned key_of = (unsigned)(test_random(&seed) % ROWS), what = (unsigned)(test_random(&seed) % 100);
        char key[8], value[8];
        snprintf(key, sizeof key, "%u", key_of);
        snprintf(value, sizeof value, "%d", 1 + (int)(step % 9999));
        if (what < 55) {
            CHECK(store_put(s, TABLE, slice_from(key), slice_from(value)) == OK);
            now[key_of] = 1 + (int)(step % 9999);
        } else if (what < 90) {
            CHECK(store_remove(s, TABLE, slice_from(key)) == OK);
            now[key_of] = 0;
        } else if (what < 95) {
            store_merge(s, 0);
            memcpy(committed, now, sizeof now);
        } else if (what < 99) {
            store_drop(s);
            memcpy(now, committed, sizeof now);
        } else {
            unsigned present = 0, count = 0;
            for (unsigned i = 0; i < ROWS; i++) present += now[i] != 0;
            struct slice all = scanned(s, "", "");
            for (size_t i = 0; i < all.size; i++) count += all.bytes[i] == '=';
            CHECK_INT(count, present);
        }
        char want[8] = "";
        if (now[key_of]) snprintf(want, sizeof want, "%d", now[key_of]);
        if (!slice_equal(got(s, slice_from(key)), slice_from(want))) CHECK_SLICE(got(s, slice_from(key)), slice_from(want));
    }
    memory_store_close(m);
}
