/* What the filter of keys promises, and what it may get wrong; and that a store never misses a row because of it. */
#include "runtime/key_filter.h"

#include "runtime/lmdb_store.h"
#include "support/scratch.h"
#include "support/test.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { KEYS = 100000, TABLE = 9, ROWS = 30000, LONG_EVERY = 1000, KEY_MAX = 560 };

static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

TEST(a_key_that_was_added_is_never_lacking)
{
    struct key_filter *f;
    CHECK_INT(key_filter_open(KEYS / 10, &f), OK);  /* far beyond what it is for, too */
    for (uint64_t i = 0; i < KEYS; i++) {
        key_filter_add(f, mix(test_seed() + i));
        CHECK(key_filter_may_have(f, mix(test_seed() + i)));
    }
    unsigned lacking = 0;
    for (uint64_t i = 0; i < KEYS; i++) lacking += !key_filter_may_have(f, mix(test_seed() + i));
    CHECK_INT(lacking, 0);
    key_filter_close(f);
}

TEST(one_in_a_hundred_others_seems_to_be_there_when_it_is_full)
{
    struct key_filter *f;
    unsigned wrong = 0;
    CHECK_INT(key_filter_open(KEYS, &f), OK);
    for (uint64_t i = 0; i < KEYS; i++) key_filter_add(f, mix(test_seed() + i));
    for (uint64_t i = 0; i < KEYS; i++) wrong += key_filter_may_have(f, mix(test_seed() + (1ull << 40) + i));
    CHECK(wrong < KEYS / 100);
    key_filter_close(f);
}

TEST(an_empty_one_has_nothing)
{
    struct key_filter *f;
    CHECK_INT(key_filter_open(10, &f), OK);
    CHECK(!key_filter_may_have(f, 1));
    key_filter_close(f);
    key_filter_close(NULL);
}

/* --- under a store ---------------------------------------------------------------------------------------------- */

static const struct state_identity identity = {
    .cluster_id = SLICE_INIT("cluster"), .stage = SLICE_INIT("payout"), .changelog = SLICE_INIT("payout.changelog.v1"),
    .partition_count = 1, .schema_version = STATE_SCHEMA_VERSION, .seed_check = SLICE_INIT("seed"),
};

struct desk { char dir[SCRATCH_PATH_MAX]; struct state_writer *writer; struct lmdb_store *lmdb; int64_t now; };

static void desk_open(struct desk *d)
{
    struct lmdb_options options = { .dir = d->dir, .writer = d->writer, .map_bytes = 256 << 20, .boot_id = "boot-1" };
    struct lmdb_opened opened;
    CHECK_INT(lmdb_store_open(&options, &identity, 0, 1000, d->now, &d->lmdb, &opened), OK);
}

static void desk_rest(struct desk *d, unsigned times, int64_t passed_ms)
{
    bool may_pull;
    for (; times > 0; times--) {
        d->now += passed_ms;
        CHECK_INT(lmdb_stores_rest(&d->lmdb, 1, 0, d->now, &may_pull), OK);
        if (d->writer) usleep(2000);
    }
}

/* Some are longer than LMDB's keys. */
static struct slice key_of(char *bytes, unsigned n)
{
    int size = snprintf(bytes, KEY_MAX, "%08x-%06u", (unsigned)mix(n), n);
    if (n % LONG_EVERY) return slice_of(bytes, (size_t)size);
    memset(bytes + size, 'x', (size_t)(KEY_MAX - size));
    return slice_of(bytes, KEY_MAX);
}

static void put_rows(struct desk *d, unsigned from, unsigned to)
{
    struct store *s = lmdb_store_base(d->lmdb);
    char key[KEY_MAX];
    for (unsigned n = from; n < to; n++) CHECK_INT(store_put(s, TABLE, key_of(key, n), SLICE("value")), OK);
    store_merge(s, 10);
}

static unsigned rows_found(struct desk *d, uint8_t table, unsigned from, unsigned to)
{
    unsigned found = 0;
    char key[KEY_MAX];
    struct slice value;
    for (unsigned n = from; n < to; n++) {
        CHECK_INT(store_get(lmdb_store_base(d->lmdb), table, key_of(key, n), &value), OK);
        found += value.size > 0;
    }
    return found;
}

static void a_store_finds_all_of_its_rows(struct desk *d)
{
    scratch_make(d->dir);
    d->now = 1000;
    desk_open(d);
    put_rows(d, 0, ROWS);
    desk_rest(d, 10, 2000);
    CHECK_INT(rows_found(d, TABLE, 0, ROWS), ROWS);
    CHECK_INT(rows_found(d, TABLE + 1, 0, ROWS), 0);
    lmdb_store_close(d->lmdb, false, d->now, 10000);        /* as a kill leaves it */
    desk_open(d);
    for (unsigned i = 0; i < 8; i++) {              /* runs that are merged meanwhile */
        put_rows(d, ROWS + 100 * i, ROWS + 100 * (i + 1));
        desk_rest(d, 1, 2000);
        CHECK_INT(rows_found(d, TABLE, 0, ROWS + 100 * (i + 1)), ROWS + 100 * (i + 1));
    }
    CHECK_INT(rows_found(d, TABLE, 2 * ROWS, 3 * ROWS), 0);
    lmdb_store_close(d->lmdb, true, d->now, 10000);
    scratch_remove(d->dir);
}

TEST(a_store_finds_its_rows_in_whatever_run_they_are)
{
    struct desk d = { 0 };
    a_store_finds_all_of_its_rows(&d);
}

TEST(a_store_finds_its_rows_while_a_writer_of_its_own_saves_and_merges)
{
    struct desk d = { 0 };
    CHECK_INT(state_writer_open(&d.writer), OK);
    a_store_finds_all_of_its_rows(&d);
    state_writer_close(d.writer);
}

TEST(a_row_that_was_removed_and_written_again_is_found)
{
    struct desk d = { 0 };
    char key[KEY_MAX];
    scratch_make(d.dir);
    d.now = 1000;
    desk_open(&d);
    put_rows(&d, 1, 2);
    desk_rest(&d, 2, 2000);
    CHECK_INT(store_remove(lmdb_store_base(d.lmdb), TABLE, key_of(key, 1)), OK);
    store_merge(lmdb_store_base(d.lmdb), 11);
    desk_rest(&d, 2, 2000);
    CHECK_INT(rows_found(&d, TABLE, 1, 2), 0);
    put_rows(&d, 1, 2);
    desk_rest(&d, 2, 2000);
    CHECK_INT(rows_found(&d, TABLE, 1, 2), 1);
    lmdb_store_close(d.lmdb, true, d.now, 10000);
    scratch_remove(d.dir);
}
