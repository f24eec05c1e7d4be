/* State in memory: what it holds is what its changelog says. What it does as a store: test_store.c. */
#include "runtime/memory_store.h"

#include "support/test.h"

enum { TABLE = 7 };

static void append(struct memory_log *log, const char *key, const char *value)
{
    char record[16] = { TABLE };
    size_t size = strlen(key);
    memcpy(record + 1, key, size);
    memory_log_append(log, TOPIC_PAYOUT_CHANGELOG, 0, slice_of(record, size + 1), slice_from(value));
}

static struct slice got(struct memory_store *m, const char *key)
{
    struct slice value;
    CHECK(store_get(memory_store_base(m), TABLE, slice_from(key), &value) == OK);
    return value;
}

TEST(a_store_is_filled_from_its_changelog_where_an_empty_value_removes)
{
    struct memory_log *log = memory_log_open(&(struct memory_log_options){ .partitions = 1, .keep = true });
    struct memory_store *m = memory_store_open(NULL);
    append(log, "a", "1");
    append(log, "b", "2");
    append(log, "a", "3");
    append(log, "b", "");
    memory_store_restore(m, log, TOPIC_PAYOUT_CHANGELOG, 0);
    CHECK_TEXT(got(m, "a"), "3");
    CHECK_TEXT(got(m, "b"), "");
    CHECK_INT(memory_store_size(m), 1);
    memory_store_replay(m, log, TOPIC_PAYOUT_CHANGELOG, 0, 1);  /* a suffix again */
    CHECK_TEXT(got(m, "a"), "3");
    CHECK_INT(memory_store_size(m), 1);
    memory_store_close(m);
    memory_log_close(log);
}

TEST(rows_that_went_take_no_memory)
{
    struct memory_store *m = memory_store_open(NULL);
    struct store *s = memory_store_base(m);
    CHECK(store_put(s, TABLE, SLICE("a"), SLICE("1")) == OK && store_put(s, TABLE, SLICE("b"), SLICE("1")) == OK);
    store_merge(s, 0);
    CHECK_INT(memory_store_size(m), 2);
    CHECK(store_remove(s, TABLE, SLICE("a")) == OK);
    store_merge(s, 0);
    CHECK_INT(memory_store_size(m), 1);
    CHECK(store_put(s, TABLE, SLICE("c"), SLICE("1")) == OK);
    store_drop(s);
    CHECK_INT(memory_store_size(m), 1);
    memory_store_close(m);
}

/* The first value stands beside its key, later ones elsewhere; what a transaction read or may come back to stays. */
TEST(a_value_that_changes_again_and_again_comes_back_as_it_was)
{
    struct memory_store *m = memory_store_open(NULL);
    struct store *s = memory_store_base(m);
    CHECK(store_put(s, TABLE, SLICE("k"), SLICE("first")) == OK);
    store_merge(s, 0);
    struct slice first = got(m, "k");
    CHECK(store_put(s, TABLE, SLICE("k"), SLICE("second")) == OK
          && store_put(s, TABLE, SLICE("k"), SLICE("third")) == OK);
    CHECK_TEXT(first, "first");
    store_drop(s);
    CHECK_TEXT(got(m, "k"), "first");
    CHECK(store_put(s, TABLE, SLICE("k"), SLICE("far longer than the first")) == OK);
    store_merge(s, 0);
    struct slice elsewhere = got(m, "k");
    CHECK(store_put(s, TABLE, SLICE("k"), SLICE("short")) == OK
          && store_put(s, TABLE, SLICE("k"), SLICE("tiny")) == OK);
    CHECK_TEXT(elsewhere, "far longer than the first");
    CHECK_TEXT(got(m, "k"), "tiny");
    store_drop(s);
    CHECK_TEXT(got(m, "k"), "far longer than the first");
    CHECK(store_put(s, TABLE, SLICE("k"), SLICE("short")) == OK);
    store_merge(s, 0);
    CHECK_TEXT(got(m, "k"), "short");
    CHECK(store_remove(s, TABLE, SLICE("k")) == OK);
    store_merge(s, 0);
    CHECK_INT(memory_store_size(m), 0);
    memory_store_close(m);
}

enum { KEYS = 500, STEPS = 20000 };

static struct slice numbered(unsigned number)
{
    struct text t = text_in(test_arena(), 16);
    text_put_int(&t, number);
    return text_slice(&t);
}

static enum err count_row(void *context, struct slice key, struct slice value)
{
    (void)key;
    (void)value;
    ++*(unsigned *)context;
    return OK;
}

/* Rows that leave make room for others without hiding those behind them. */
TEST(rows_come_and_go_at_random_and_each_is_found_as_it_was_written_last)
{
    struct memory_store *m = memory_store_open(NULL);
    struct store *s = memory_store_base(m);
    struct slice kept[KEYS] = { { 0 } };
    uint64_t seed = test_seed();
    unsigned there = 0, visits = 0, wrong = 0;
    for (unsigned step = 0; step < STEPS; step++) {
        unsigned key = (unsigned)(test_random(&seed) % KEYS);
        bool goes = kept[key].size && test_random(&seed) % 2;
        kept[key] = goes ? (struct slice){ 0 } : numbered(step + 1);
        enum err e = goes ? store_remove(s, TABLE, numbered(key)) : store_put(s, TABLE, numbered(key), kept[key]);
        wrong += e != OK;
        if (step % 7 == 0) store_merge(s, 0);
    }
    store_merge(s, 0);
    for (unsigned key = 0; key < KEYS; key++) {
        struct slice value;
        wrong += store_get(s, TABLE, numbered(key), &value) != OK || !slice_equal(value, kept[key]);
        there += kept[key].size > 0;
    }
    CHECK(store_each(s, TABLE, count_row, &visits) == OK);
    CHECK_INT(wrong, 0);
    CHECK_INT(visits, there);
    CHECK_INT(memory_store_size(m), there);
    memory_store_close(m);
}
