/* What every store does: in memory, and on disk with its rows unsaved, being saved, saved, or read again after a
 * restart. */
#include "runtime/store.h"

#include "base/assert.h"
#include "base/hash.h"
#include "runtime/lmdb_store.h"
#include "runtime/memory_store.h"
#include "support/scratch.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

enum { TABLE = 7, ROWS = 300, LONG_KEY = 560 };

/* --- the stores ------------------------------------------------------------------------------------------------- */

/* How rows travel to the disk between two transactions. */
enum travel { IN_MEMORY, UNSAVED, SAVED_AT_ONCE, SAVED_BY_THREAD, READ_AGAIN, TRAVEL_COUNT };
static const char *const travels[] = { "in memory", "unsaved", "saved at once", "saved by a thread", "read again" };

struct subject {
    enum travel          travel;
    struct memory_store *memory;
    struct lmdb_store   *lmdb;
    struct state_writer *writer;
    int64_t              offset, now;
    char                 dir[SCRATCH_PATH_MAX];
    struct store        *store;
};

static void open_lmdb(struct subject *s)
{
    struct lmdb_options o = {
        .dir = s->dir, .writer = s->writer, .map_bytes = 64 << 20, .save_interval_ms = 1, .boot_id = "boot"
    };
    struct state_identity i = { .cluster_id = SLICE("c"),
                                .stage = SLICE("stage"),
                                .changelog = SLICE("changelog"),
                                .partition_count = 1,
                                .schema_version = STATE_SCHEMA_VERSION };
    struct lmdb_opened opened;
    CHECK_INT(lmdb_store_open(&o, &i, 0, s->offset, s->now, &s->lmdb, &opened), OK);
    CHECK_INT(opened.changelog_offset, s->offset);
    s->store = lmdb_store_base(s->lmdb);
}

static void open_subject(struct subject *s, enum travel travel)
{
    *s = (struct subject){ .travel = travel, .now = 1000 };
    if (travel == IN_MEMORY) {
        s->memory = memory_store_open(NULL);
        s->store = memory_store_base(s->memory);
        return;
    }
    scratch_make(s->dir);
    if (travel == SAVED_BY_THREAD) CHECK_INT(state_writer_open(&s->writer), OK);
    open_lmdb(s);
}

static void close_subject(struct subject *s)
{
    memory_store_close(s->memory);
    if (s->travel == IN_MEMORY) return;
    lmdb_store_close(s->lmdb, false, s->now, 10000);
    state_writer_close(s->writer);
    scratch_remove(s->dir);
}

/* Between two transactions. */
static void travel_on(struct subject *s)
{
    bool may_pull;
    s->now += 10;
    if (s->travel == READ_AGAIN) {
        CHECK(lmdb_store_close(s->lmdb, true, s->now, 10000));
        open_lmdb(s);
    }
    if (s->travel == SAVED_AT_ONCE || s->travel == SAVED_BY_THREAD)
        CHECK_INT(lmdb_stores_rest(&s->lmdb, 1, 0, s->now, &may_pull), OK);
}

static void commit(struct subject *s)
{
    store_merge(s->store, ++s->offset);
    travel_on(s);
}

static void abort_it(struct subject *s)
{
    store_drop(s->store);
    travel_on(s);
}

/* A failing check of a test that runs over all stores says which one it was. */
static void for_all(void (*test)(struct subject *))
{
    for (enum travel travel = IN_MEMORY; travel < TRAVEL_COUNT; travel++) {
        struct subject s;
        unsigned failures = CU_get_number_of_failures();
        open_subject(&s, travel);
        test(&s);
        close_subject(&s);
        if (CU_get_number_of_failures() > failures) printf("  store %s\n", travels[travel]);
    }
}

/* --- words of the tests ----------------------------------------------------------------------------------------- */

static void put(struct subject *s, const char *key, const char *value)
{
    CHECK_INT(store_put(s->store, TABLE, slice_from(key), slice_from(value)), OK);
}

static void take_away(struct subject *s, const char *key)
{
    CHECK_INT(store_remove(s->store, TABLE, slice_from(key)), OK);
}

static struct slice got(struct subject *s, const char *key)
{
    struct slice value;
    CHECK_INT(store_get(s->store, TABLE, slice_from(key), &value), OK);
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

static struct slice scanned(struct subject *s, const char *prefix, const char *from)
{
    struct text t = text_in(test_arena(), 1 << 16);
    CHECK_INT(store_scan(s->store, TABLE, slice_from(prefix), slice_from(from), list, &t), OK);
    return text_slice(&t);
}

static enum err note(void *context, uint8_t table, struct slice key, struct slice value)
{
    struct text *t = context;
    text_put_int(t, table);
    return list(t, key, value);
}

static struct slice changed(struct subject *s)
{
    struct text t = text_in(test_arena(), 4096);
    CHECK_INT(store_changes(s->store, note, &t), OK);
    return text_slice(&t);
}

/* --- one transaction -------------------------------------------------------------------------------------------- */

static void sees_its_own_changes(struct subject *s)
{
    put(s, "a", "1");
    commit(s);
    put(s, "a", "2");
    put(s, "b", "3");
    CHECK_TEXT(got(s, "a"), "2");
    abort_it(s);
    CHECK_TEXT(got(s, "a"), "1");
    CHECK_TEXT(got(s, "b"), "");
    take_away(s, "a");
    CHECK_TEXT(got(s, "a"), "");
    abort_it(s);
    CHECK_TEXT(got(s, "a"), "1");
    take_away(s, "a");
    take_away(s, "never");
    commit(s);
    CHECK_TEXT(got(s, "a"), "");
    put(s, "a", "back");
    abort_it(s);
    CHECK_TEXT(got(s, "a"), "");
    put(s, "a", "back");
    commit(s);
    CHECK_TEXT(got(s, "a"), "back");
}

TEST(changes_are_seen_at_once_merged_on_commit_and_dropped_on_abort)
{
    for_all(sees_its_own_changes);
}

static void keeps_what_was_read(struct subject *s)
{
    put(s, "a", "committed");
    commit(s);
    struct slice committed = got(s, "a");
    put(s, "a", "first");
    struct slice first = got(s, "a");
    put(s, "a", "second");
    struct slice second = got(s, "a");
    take_away(s, "a");
    CHECK_TEXT(committed, "committed");
    CHECK_TEXT(first, "first");
    CHECK_TEXT(second, "second");
    commit(s);
}

TEST(a_value_that_was_read_stays_until_the_batch_ends_whatever_is_written_over_it)
{
    for_all(keeps_what_was_read);
}

static void changes_once(struct subject *s)
{
    put(s, "gone", "1");
    commit(s);
    for (unsigned i = 0; i < 500; i++) put(s, "fund", "n");
    put(s, "fund", "last");
    take_away(s, "gone");
    put(s, "brief", "x");
    take_away(s, "brief");
    take_away(s, "never");
    CHECK_TEXT(changed(s), "7fund=last 7gone= ");
    commit(s);
    CHECK_TEXT(changed(s), "");
    take_away(s, "gone");
    put(s, "gone", "again");
    take_away(s, "gone");
    CHECK_TEXT(changed(s), "");
    put(s, "gone", "for good");
    take_away(s, "fund");
    put(s, "fund", "after all");
    CHECK_TEXT(changed(s), "7gone=for good 7fund=after all ");
    abort_it(s);
    CHECK_TEXT(changed(s), "");
}

TEST(a_changelog_has_each_key_once_with_the_value_it_ends_with)
{
    for_all(changes_once);
}

static void keeps_tables_apart(struct subject *s)
{
    struct slice value;
    CHECK_INT(store_put(s->store, 0, SLICE("k"), SLICE("first")), OK);
    CHECK_INT(store_put(s->store, 255, SLICE("k"), SLICE("last")), OK);
    CHECK_INT(store_put(s->store, TABLE, SLICE(""), SLICE("no key")), OK);
    commit(s);
    CHECK_TEXT(got(s, "k"), "");
    CHECK_TEXT(got(s, ""), "no key");
    CHECK_INT(store_get(s->store, 255, SLICE("k"), &value), OK);
    CHECK_TEXT(value, "last");
    CHECK_TEXT(scanned(s, "", ""), "=no key ");
}

TEST(tables_are_apart_and_the_empty_key_is_a_key)
{
    for_all(keeps_tables_apart);
}

/* --- walks ------------------------------------------------------------------------------------------------------ */

struct lot { unsigned rows; uint64_t sum; };

static enum err add_to_lot(void *context, struct slice key, struct slice value)
{
    struct lot *lot = context;
    lot->rows++;
    lot->sum += hash_short(key) ^ hash_short(value) << 1;
    return lot->rows == 1000 ? ERR_USAGE : OK;
}

static void check_each(struct subject *s, unsigned rows)
{
    struct lot in_order = { 0 }, in_none = { 0 };
    struct slice all = { 0 };
    CHECK_INT(store_each(s->store, TABLE, add_to_lot, &in_none), OK);
    CHECK_INT(store_scan(s->store, TABLE, all, all, add_to_lot, &in_order), OK);
    CHECK_INT(in_none.rows, rows);
    CHECK(in_none.rows == in_order.rows && in_none.sum == in_order.sum);
}

static void shows_each_once(struct subject *s)
{
    put(s, "a", "1");
    put(s, "b", "1");
    put(s, "c", "1");
    commit(s);
    check_each(s, 3);
    put(s, "a", "2");
    take_away(s, "b");
    put(s, "d", "1");
    check_each(s, 3);
    commit(s);
    check_each(s, 3);
    put(s, "b", "back");
    commit(s);
    check_each(s, 4);
    struct lot stopped = { .rows = 998 };
    CHECK_INT(store_each(s->store, TABLE, add_to_lot, &stopped), ERR_USAGE);
    CHECK_INT(stopped.rows, 1000);
}

TEST(each_row_of_a_table_is_shown_once_as_the_uppermost_layer_has_it)
{
    for_all(shows_each_once);
}

static void walks_in_order(struct subject *s)
{
    put(s, "b2", "x");
    put(s, "a", "x");
    CHECK_TEXT(scanned(s, "", ""), "a=x b2=x ");
    commit(s);
    put(s, "b1", "y");
    put(s, "c", "x");
    CHECK_INT(store_put(s->store, TABLE + 1, SLICE("b0"), SLICE("other")), OK);
    CHECK_INT(store_put(s->store, TABLE - 1, SLICE("z"), SLICE("other")), OK);
    commit(s);
    CHECK_TEXT(scanned(s, "", ""), "a=x b1=y b2=x c=x ");
    CHECK_TEXT(scanned(s, "b", ""), "b1=y b2=x ");
    CHECK_TEXT(scanned(s, "b", "b2"), "b2=x ");
    CHECK_TEXT(scanned(s, "b", "a"), "b1=y b2=x ");
    CHECK_TEXT(scanned(s, "b", "c"), "");
    CHECK_TEXT(scanned(s, "", "b2"), "b2=x c=x ");
    take_away(s, "b1");
    put(s, "b2", "new");
    put(s, "b3", "new");
    CHECK_TEXT(scanned(s, "b", ""), "b2=new b3=new ");
    abort_it(s);
    CHECK_TEXT(scanned(s, "b", ""), "b1=y b2=x ");
    take_away(s, "b1");
    take_away(s, "c");
    commit(s);
    CHECK_TEXT(scanned(s, "", ""), "a=x b2=x ");
}

TEST(rows_are_walked_in_order_of_their_keys_within_a_prefix)
{
    for_all(walks_in_order);
}

static enum err stop_at_once(void *context, struct slice key, struct slice value)
{
    (void)key, (void)value;
    ++*(unsigned *)context;
    return ERR_STATE_MALFORMED;
}

static void ends_a_walk(struct subject *s)
{
    unsigned visits = 0;
    put(s, "a", "1");
    put(s, "b", "2");
    commit(s);
    CHECK_INT(store_scan(s->store, TABLE, SLICE(""), SLICE(""), stop_at_once, &visits), ERR_STATE_MALFORMED);
    CHECK_INT(visits, 1);
    CHECK_TEXT(scanned(s, "", ""), "a=1 b=2 ");
}

TEST(a_visitor_ends_the_walk)
{
    for_all(ends_a_walk);
}

struct nested { struct subject *subject; struct text text; };

static enum err walk_again(void *context, struct slice key, struct slice value)
{
    struct nested *n = context;
    (void)value;
    text_put(&n->text, key);
    PUT(&n->text, ":");
    text_put(&n->text, scanned(n->subject, "", "b"));
    return OK;
}

static void nests_walks(struct subject *s)
{
    struct nested n = { s, text_in(test_arena(), 4096) };
    put(s, "a", "1");
    put(s, "b", "2");
    commit(s);
    put(s, "c", "3");
    CHECK_INT(store_scan(s->store, TABLE, SLICE(""), SLICE(""), walk_again, &n), OK);
    CHECK_TEXT(text_slice(&n.text), "a:b=2 c=3 b:b=2 c=3 c:b=2 c=3 ");
}

TEST(a_visitor_may_read_and_walk_himself)
{
    for_all(nests_walks);
}

/* Keys around the length from which LMDB keeps them under a digest: alike up to their last bytes. */
static const char *long_key(size_t size, char last)
{
    char *key = arena_alloc(test_arena(), size + 1);
    memset(key, 'k', size);
    key[size - 1] = last;
    return key;
}

static void keeps_long_keys(struct subject *s)
{
    static const size_t sizes[] = { 477, 478, 479, 480, 509, 510, 511, LONG_KEY, STORE_KEY_MAX };
    enum { SIZES = sizeof sizes / sizeof sizes[0] };
    unsigned count = 0;
    for (unsigned i = 0; i < SIZES; i++)
        for (char last = 'a'; last <= 'z'; last += 5) put(s, long_key(sizes[i], last), "v");
    commit(s);
    put(s, "kz", "after");
    for (unsigned i = 0; i < SIZES; i++) {
        CHECK_TEXT(got(s, long_key(sizes[i], 'f')), "v");
        CHECK_TEXT(got(s, long_key(sizes[i], 'g')), "");
        take_away(s, long_key(sizes[i], 'u'));
    }
    commit(s);
    struct slice all = scanned(s, "", ""), before = { 0 };
    while (all.size) {
        struct slice row = slice_cut(&all, ' '), key = slice_cut(&row, '=');
        CHECK(count == 0 || slice_compare(before, key) < 0);
        before = key;
        count++;
    }
    CHECK_INT(count, SIZES * 5 + 1);
    CHECK_TEXT(before, "kz");
    CHECK_SLICE(slice_head(scanned(s, "", long_key(510, 'g')), 510), slice_from(long_key(510, 'k')));
    CHECK_SLICE(slice_head(scanned(s, long_key(LONG_KEY, 'k'), ""), LONG_KEY), slice_from(long_key(LONG_KEY, 'k')));
    CHECK_INT(scanned(s, long_key(LONG_KEY, 'u'), "").size, 0);
}

TEST(keys_longer_than_lmdb_takes_are_found_and_walked_in_their_order)
{
    for_all(keeps_long_keys);
}

/* --- at random -------------------------------------------------------------------------------------------------- */

struct model { unsigned now[ROWS], committed[ROWS]; };

/* A third of the keys begins alike for longer than LMDB tells keys apart. */
static const char *key_of(unsigned row)
{
    char *key = arena_alloc(test_arena(), STORE_KEY_MAX + 1);
    size_t size = row % 3 ? 0 : row % 2 ? 505 : 474;
    memset(key, 'x', size);
    snprintf(key + size, 8, "%u", row);
    return key;
}

static struct slice value_of(unsigned value)
{
    char *text = arena_alloc(test_arena(), 16);
    if (value) snprintf(text, 16, "%u", value);
    return slice_from(text);
}

static int by_key(const void *a, const void *b)
{
    return slice_compare(slice_from(*(const char *const *)a), slice_from(*(const char *const *)b));
}

static struct slice expected(const struct model *m)
{
    const char *keys[ROWS];
    unsigned count = 0;
    struct text t = text_in(test_arena(), 1 << 18);
    for (unsigned i = 0; i < ROWS; i++)
        if (m->now[i]) keys[count++] = key_of(i);
    qsort(keys, count, sizeof *keys, by_key);
    for (unsigned i = 0; i < count; i++) {
        const char *digits = keys[i] + strspn(keys[i], "x");
        list(&t, slice_from(keys[i]), value_of(m->now[strtoul(digits, NULL, 10)]));
    }
    return text_slice(&t);
}

static void check_walk(struct subject *s, const struct model *m)
{
    struct text t = text_in(test_arena(), 1 << 18);
    CHECK_INT(store_scan(s->store, TABLE, SLICE(""), SLICE(""), list, &t), OK);
    if (!slice_equal(text_slice(&t), expected(m))) CHECK_SLICE(text_slice(&t), expected(m));
}

static void step_at_random(struct subject *s, struct model *m, unsigned step, uint64_t *seed)
{
    unsigned row = (unsigned)(test_random(seed) % ROWS), what = (unsigned)(test_random(seed) % 1000);
    if (what < 550) {
        CHECK_INT(store_put(s->store, TABLE, slice_from(key_of(row)), value_of(step + 1)), OK);
        m->now[row] = step + 1;
    } else if (what < 940) {
        take_away(s, key_of(row));
        m->now[row] = 0;
    } else if (what < 980) {
        commit(s);
        memcpy(m->committed, m->now, sizeof m->now);
    } else if (what < 995) {
        abort_it(s);
        memcpy(m->now, m->committed, sizeof m->now);
    } else {
        check_walk(s, m);
    }
    if (!slice_equal(got(s, key_of(row)), value_of(m->now[row])))
        CHECK_SLICE(got(s, key_of(row)), value_of(m->now[row]));
}

static void is_an_array(struct subject *s)
{
    static struct model m;
    uint64_t seed = test_seed();
    m = (struct model){ 0 };
    for (unsigned step = 0; step < 10000; step++) {
        size_t mark = arena_mark(test_arena());
        step_at_random(s, &m, step, &seed);
        arena_rewind(test_arena(), mark);
    }
    check_walk(s, &m);
}

TEST(behaves_as_a_plain_array_does)
{
    for_all(is_an_array);
}
