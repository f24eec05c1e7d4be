/* Rows in runs: whatever was saved in whatever order, each key has the value that was saved last, and runs stay few. */
#include "base/assert.h"
#include "runtime/lmdb_walk.h"
#include "support/scratch.h"
#include "support/test.h"

#include <stdio.h>
#include <unistd.h>

enum { TABLES = 3, KEYS = 600, LONG = 520, MAP_BYTES = 256 << 20 };

/* The machine that the test runs on, for LMDB, too; 0: as it is. */
static long page_bytes;

long __sysconf(int name);                           /* the C library's own */

/* Before whatever watches threads is there, too. */
__attribute__((no_sanitize("thread"))) long sysconf(int name)
{
    return name == _SC_PAGESIZE && page_bytes ? page_bytes : __sysconf(name);
}

/* An environment, and what it should hold: 0: no such row. */
struct desk {
    char             dir[SCRATCH_PATH_MAX];
    struct lmdb_disk disk;
    struct lmdb_meta meta;
    unsigned         model[TABLES][KEYS];
};

static void open_disk(struct desk *d, size_t map_bytes)
{
    CHECK_INT(lmdb_disk_open(&d->disk, d->dir, map_bytes, false), 0);
}

static void desk_make(struct desk *d, size_t map_bytes)
{
    *d = (struct desk){ .meta = { .stage = "payout", .partition_count = 1 } };
    scratch_make(d->dir);
    open_disk(d, map_bytes);
}

static void desk_drop(struct desk *d)
{
    lmdb_disk_close(&d->disk);
    scratch_remove(d->dir);
}

/* Every fifth is longer than LMDB takes, and those begin alike. */
static struct slice name_of(char bytes[LONG + 16], unsigned key)
{
    memset(bytes, 'x', LONG);
    int size = key % 5 ? 0 : LONG;
    return slice_of(bytes, (size_t)(size + snprintf(bytes + size, 16, "%u", key)));
}

static void put(struct desk *d, struct rows *rows, unsigned table, unsigned key, unsigned value)
{
    char bytes[LONG + 16], digits[16];
    struct slice name = name_of(bytes, key);
    size_t size = value ? (size_t)snprintf(digits, sizeof digits, "%u", value) : 0;
    rows_write(rows, rows_hash(name), (uint8_t)table, name, slice_of(digits, size), true);
    d->model[table][key] = value;
}

static int save(struct desk *d, struct rows *rows, size_t part_rows)
{
    rows_merge(rows);
    d->meta.changelog_offset++;
    int rc = lmdb_disk_save(&d->disk, rows, &d->meta, part_rows);
    rows_clear(rows);
    CHECK_INT(lmdb_disk_renew(&d->disk), 0);
    return rc;
}

static unsigned number_in(struct slice value)
{
    uint64_t number = 0;
    CHECK(value.size == 0 || slice_to_uint(value, UINT32_MAX, &number));
    return (unsigned)number;
}

static void check_gets(struct desk *d)
{
    char bytes[LONG + 16];
    for (unsigned table = 0; table < TABLES; table++)
        for (unsigned key = 0; key < KEYS; key++) {
            struct slice name = name_of(bytes, key), value;
            CHECK_INT(lmdb_disk_get(&d->disk, rows_hash(name), (uint8_t)table, name, &value), 0);
            CHECK_INT(number_in(value), d->model[table][key]);
        }
}

static unsigned key_in(struct slice name)
{
    return number_in(name.size > LONG ? slice_skip(name, LONG) : name);
}

static unsigned count_model(const struct desk *d, unsigned table)
{
    unsigned count = 0;
    for (unsigned key = 0; key < KEYS; key++) count += d->model[table][key] > 0;
    return count;
}

/* In order, each once, none that was removed. */
static void check_walk(struct desk *d, unsigned table)
{
    struct lmdb_walk w;
    char before[LONG + 16] = "";
    size_t before_size = 0;
    unsigned count = 0;
    lmdb_walk_begin(&w, &d->disk, (uint8_t)table, SLICE(""));
    for (; w.key.bytes; lmdb_walk_next(&w), count++) {
        CHECK(slice_compare(slice_of(before, before_size), w.key) < 0);
        CHECK_INT(number_in(w.value), d->model[table][key_in(w.key)]);
        before_size = w.key.size;
        memcpy(before, w.key.bytes, w.key.size);
    }
    CHECK_INT(w.err, 0);
    CHECK_INT(count, count_model(d, table));
    lmdb_walk_end(&w);
}

static void check_count(struct desk *d)
{
    uint64_t count, expected = 0;
    for (unsigned table = 0; table < TABLES; table++) expected += count_model(d, table);
    CHECK_INT(lmdb_disk_count(&d->disk, &count), 0);
    CHECK_INT(count, expected);
}

static void check_all(struct desk *d)
{
    check_gets(d);
    check_count(d);
    for (unsigned table = 0; table < TABLES; table++) check_walk(d, table);
}

TEST(each_key_has_what_was_saved_last_however_saves_came)
{
    static struct desk d;
    struct rows rows = { 0 };
    uint64_t seed = test_seed();
    desk_make(&d, MAP_BYTES);
    for (unsigned round = 1; round <= 60; round++) {
        unsigned changes = (unsigned)(test_random(&seed) % (round % 7 ? 50 : 1500));
        for (unsigned i = 0; i < changes; i++)
            put(&d, &rows, (unsigned)(test_random(&seed) % TABLES), (unsigned)(test_random(&seed) % KEYS),
                  test_random(&seed) % 3 ? round : 0);
        CHECK_INT(save(&d, &rows, 1 + test_random(&seed) % 300), 0);
        if (round % 10 == 0) check_all(&d);
        if (round % 17) continue;
        lmdb_disk_close(&d.disk);                   /* a merge under way is started over */
        open_disk(&d, MAP_BYTES);
        check_all(&d);
    }
    desk_drop(&d);
}

/* Many rows whose keys lie anywhere, none twice. */
static void save_new(struct desk *d, unsigned from, unsigned count)
{
    struct rows rows = { 0 };
    char key[24];
    for (unsigned i = from; i < from + count; i++) {
        int size = snprintf(key, sizeof key, "%08x-%u", i * 2654435761u, i);
        struct slice name = slice_of(key, (size_t)size);
        rows_write(&rows, rows_hash(name), 0, name, SLICE("value"), true);
    }
    CHECK_INT(save(d, &rows, 0), 0);
}

TEST(a_filter_stands_by_itself_on_machines_of_larger_pages)
{
    static struct desk d;
    static const long sizes[] = { 4096, 16384, 65536 };
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        page_bytes = sizes[i];
        desk_make(&d, MAP_BYTES);
        save_new(&d, 0, 100);
        save_new(&d, 100, 3000);
        CHECK_INT(d.disk.seen.count, 2);
        CHECK(d.disk.filters[0].blocks && d.disk.filters[1].blocks);
        desk_drop(&d);
    }
    page_bytes = 0;
}

TEST(runs_stay_few_and_a_save_writes_no_more_than_its_share)
{
    static struct desk d;
    unsigned most = 0;
    desk_make(&d, MAP_BYTES);
    for (unsigned i = 0; i < 200; i++) {
        save_new(&d, i * 600, 600);
        if (d.disk.seen.count > most) most = d.disk.seen.count;
    }
    CHECK(most >= 4 && most <= 20);                 /* 120 000 rows are of four sizes */
    uint64_t rows = 0;
    for (unsigned i = 0; i < d.disk.seen.count; i++) rows += d.disk.seen.at[i].rows;
    CHECK_INT(rows, 120000);
    CHECK(d.disk.seen.at[d.disk.seen.count - 1].rows >= 32768);
    desk_drop(&d);
}

TEST(runs_stay_few_when_large_and_small_saves_take_turns)
{
    static struct desk d;
    unsigned most = 0, rows = 0;
    desk_make(&d, MAP_BYTES);
    for (unsigned i = 0; i < 240; i++) {
        unsigned count = i % 16 == 0 ? 9000 : i % 4 == 0 ? 2100 : 30;
        save_new(&d, rows, count);
        rows += count;
        if (d.disk.seen.count > most) most = d.disk.seen.count;
    }
    CHECK(most >= 4 && most <= 24);
    desk_drop(&d);
}

TEST(a_merge_of_all_runs_forgets_what_was_removed)
{
    static struct desk d;
    struct rows rows = { 0 };
    desk_make(&d, MAP_BYTES);
    for (unsigned round = 0; round < 4; round++) {
        for (unsigned key = 0; key < KEYS; key++) put(&d, &rows, 1, key, round == 3 ? 0 : round + 1);
        CHECK_INT(save(&d, &rows, 0), 0);
    }
    CHECK_INT(d.disk.seen.count, 0);
    check_all(&d);
    desk_drop(&d);
}

TEST(where_a_merge_finds_no_room_the_runs_stay_and_saves_go_on)
{
    static struct desk d;
    desk_make(&d, 576 << 10);
    unsigned rows = 0, saves = 0;
    for (; saves < 9; saves++, rows += 1200) save_new(&d, rows, 1200);
    CHECK(d.disk.seen.count > 4);                   /* with room four became one */
    uint64_t kept = 0;
    for (unsigned i = 0; i < d.disk.seen.count; i++) kept += d.disk.seen.at[i].rows;
    CHECK_INT(kept, rows);
    desk_drop(&d);
}

TEST(a_list_of_runs_that_cannot_be_is_refused)
{
    static struct desk d;
    static const struct slice lists[] = { SLICE_INIT("\x40\0\0\0\0\0\0\0\1"),
                                          SLICE_INIT("\1\0\0\0\0\0\0\0\1\1\0\0\0\0\0\0\0\2"), SLICE_INIT("\1\0") };
    desk_make(&d, MAP_BYTES);
    for (unsigned i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        MDB_txn *txn;
        struct lmdb_runs runs;
        MDB_val key = { 4, "runs" }, value = lmdb_val_of(lists[i]);
        ASSERT(mdb_txn_begin(d.disk.env, NULL, 0, &txn) == 0);
        ASSERT(mdb_put(txn, d.disk.bases.meta, &key, &value, 0) == 0);
        CHECK_INT(lmdb_runs_get(&d.disk.bases, txn, &runs), MDB_CORRUPTED);
        mdb_txn_abort(txn);
    }
    desk_drop(&d);
}
