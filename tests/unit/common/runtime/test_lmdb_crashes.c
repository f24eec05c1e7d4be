/* State on disk of a process that is killed, again and again: a prefix of what it committed, and it says which. */
#include "lmdb_rig.h"

#include "base/assert.h"
#include "runtime/lmdb_disk.h"

#include <stdatomic.h>
#include <sys/mman.h>

/* --- killed ----------------------------------------------------------------------------------------------------- */

enum { CRASH_KEYS = 400, CRASHES = 15, CRASHES_MAX = 300, CRASH_HIGH = 1 << 30 };

/* What transaction n does, the same in every process: some puts, some removals. Offsets are numbers of transactions. */
static void transact(unsigned n, void (*write)(void *context, unsigned key, unsigned value), void *context)
{
    uint64_t seed = 77 * n;
    for (unsigned i = 0; i < 20; i++) {
        unsigned key = (unsigned)(test_random(&seed) % CRASH_KEYS);
        write(context, key, test_random(&seed) % 4 ? n : 0);
    }
}

static void write_store(void *context, unsigned key, unsigned value)
{
    char name[600], text[16];
    memset(name, 'x', sizeof name);
    int size = key % 5 == 0 ? 520 : 0;              /* some longer than LMDB takes */
    size += snprintf(name + size, 16, "%u", key);
    int digits = snprintf(text, sizeof text, "%u", value);
    ASSERT(store_put(context, TABLE, slice_of(name, (size_t)size), slice_of(text, (size_t)digits)) == OK);
    if (!value) ASSERT(store_remove(context, TABLE, slice_of(name, (size_t)size)) == OK);
}

static void write_model(void *context, unsigned key, unsigned value)
{
    ((unsigned *)context)[key] = value;
}

struct sum { const unsigned *model; unsigned rows, wrong; };

static enum err compare(void *context, struct slice key, struct slice value)
{
    struct sum *sum = context;
    uint64_t number = CRASH_KEYS, has = 0;
    struct slice digits = key.size > 500 ? slice_skip(key, 520) : key;
    sum->rows++;
    if (!slice_to_uint(digits, CRASH_KEYS - 1, &number) || !slice_to_uint(value, UINT32_MAX, &has)
        || sum->model[number] != has)
        sum->wrong++;
    return OK;
}

/* The store is what the first n transactions make. */
static void check_state(struct store *store, unsigned n)
{
    unsigned model[CRASH_KEYS] = { 0 }, present = 0;
    struct sum sum = { .model = model };
    for (unsigned i = 1; i <= n; i++) transact(i, write_model, model);
    for (unsigned i = 0; i < CRASH_KEYS; i++) present += model[i] != 0;
    CHECK_INT(store_scan(store, TABLE, SLICE(""), SLICE(""), compare, &sum), OK);
    CHECK_INT(sum.rows, present);
    CHECK_INT(sum.wrong, 0);
}

/* Works until it is killed, saving as fast as it can. */
static void work(struct desk *d, unsigned from, _Atomic unsigned *committed)
{
    ASSERT(state_writer_open(&d->options.writer) == OK);
    desk_open(d);
    for (unsigned n = from + 1; ; n++) {
        transact(n, write_store, d->store);
        store_merge(d->store, n);
        atomic_store(committed, n);
        d->now += 1000;
        ASSERT(lmdb_stores_rest(&d->lmdb, 1, 0, d->now, &d->may_pull) == OK);
    }
}

/* True when the process was killed between two parts of a save or of a merge: rows stand in a slot of no run. */
static bool is_in_part(struct desk *d)
{
    struct lmdb_disk disk;
    MDB_stat stat;
    bool in_part = false;
    CHECK_INT(lmdb_disk_open(&disk, path_of(d, "1"), 0, true), 0);
    for (unsigned slot = 0; slot < LMDB_SLOTS; slot++) {
        CHECK_INT(mdb_stat(disk.read, disk.bases.slots[slot], &stat), 0);
        in_part |= stat.ms_entries > 0 && !lmdb_runs_has_slot(&disk.seen, slot);
    }
    lmdb_disk_close(&disk);
    return in_part;
}

struct crashes { _Atomic unsigned *committed; unsigned saved, in_part; };

static void crash_once(struct desk *d, uint64_t *seed, struct crashes *c)
{
    unsigned from = atomic_load(c->committed);
    pid_t pid = fork();
    ASSERT(pid >= 0);
    if (pid == 0) work(d, from, c->committed);
    WAIT_FOR(atomic_load(c->committed) >= from + 3);        /* it is at work */
    usleep((useconds_t)(test_random(seed) % 10000));
    end(pid);
    unsigned last = atomic_load(c->committed);
    bool in_part = is_in_part(d);
    CHECK_INT(desk_open(d), STATE_KEPT);
    CHECK(d->opened.changelog_offset >= c->saved && d->opened.changelog_offset <= last + 1);
    c->saved = (unsigned)d->opened.changelog_offset;
    c->in_part += in_part;
    check_state(d->store, c->saved);                /* a prefix of what was committed, and the offset says which */
    for (unsigned n = c->saved + 1; n <= last; n++) {
        transact(n, write_store, d->store);
        store_merge(d->store, n);
    }
    check_state(d->store, last);
    desk_close(d, true);
    c->saved = last;
}

static void crash_often(size_t part_rows, bool wants_parts)
{
    struct desk d;
    uint64_t seed = test_seed();
    struct crashes c = { .committed = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) };
    ASSERT((void *)c.committed != MAP_FAILED);
    desk_make(&d);
    d.high = CRASH_HIGH;
    d.options.part_rows = part_rows;
    desk_open(&d);
    desk_close(&d, true);
    for (unsigned i = 0; i < CRASHES || (wants_parts && c.in_part == 0 && i < CRASHES_MAX); i++)
        crash_once(&d, &seed, &c);
    CHECK(atomic_load(c.committed) > CRASHES);      /* else it proves nothing */
    CHECK_INT(c.in_part > 0, wants_parts);
    munmap((void *)c.committed, 4096);
    desk_drop(&d);
}

TEST(what_a_killed_process_left_is_a_prefix_of_what_it_committed_and_says_which)
{
    crash_often(0, false);
}

TEST(what_was_killed_in_the_midst_of_a_save_in_parts_is_whole_after_the_replay)
{
    crash_often(3, true);
}
