/* What state on disk costs: bench_state RESULTS.ndjson [KEYS] [FOLDER]. Keys come in random order; a key is 40 bytes
 * under one of 2 000 roots, a value 64 bytes, as the rows of payout. Targets: kafka.md 6. */
#include "runtime/lmdb_store.h"
#include "runtime/restore.h"
#include "support/scratch.h"

#include "base/assert.h"
#include "bench/figure.h"

#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    TABLE = 7,
    KEY_BYTES = 40,
    VALUE_BYTES = 64,
    GETS = 1000000,
    PUTS = 200000,
    BATCH = 4000,
    ROOTS = 2000,
    SCANS = 100000
};

static FILE *results;
static uint64_t keys = 2000000;
static char dir[SCRATCH_PATH_MAX];
static int64_t now_unix_ms = 1000;

static void report(const char *name, long long value, const char *unit, enum figure_aim aim, double target)
{
    figure_write(results, &(struct bench_figure){ name, (double)value, unit, aim, target, keys, 0 });
}

static int64_t clock_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* The n-th key; the same n, the same key. */
static struct slice key_of(char *bytes, uint64_t n)
{
    uint64_t z = mix(n + 1);
    bytes[0] = TABLE;
    snprintf(bytes + 1, KEY_BYTES + 1, "ROOT-%06u|%016llx|%010u", (unsigned)(z % ROOTS), (unsigned long long)z,
             (unsigned)(n % 1000000000u));
    return slice_of(bytes, 1 + KEY_BYTES);
}

static struct slice without_table(struct slice key)
{
    return slice_skip(key, 1);
}

/* --- a store and its changelog ---------------------------------------------------------------------------------- */

struct made_log { struct restore_log log; uint64_t records; };

static enum err read_made(struct restore_log *log, int64_t max_ms, restore_visit *visit, void *context,
                          int64_t *position)
{
    const struct made_log *l = (struct made_log *)log;
    char key[KEY_BYTES + 8], value[VALUE_BYTES] = { 1 };
    int64_t until = clock_ns(CLOCK_MONOTONIC) + max_ms * 1000000;
    for (unsigned i = 0; (uint64_t)*position < l->records && (i % 256 || clock_ns(CLOCK_MONOTONIC) < until);
         i++, ++*position)
        TRY(visit(context, key_of(key, (uint64_t)*position), slice_of(value, sizeof value), *position));
    return OK;
}

static struct lmdb_store *open_store(struct state_writer *writer, struct lmdb_opened *opened)
{
    struct lmdb_options o = { .dir = dir, .writer = writer };
    struct state_identity i = { .cluster_id = SLICE("bench"),
                                .stage = SLICE("payout"),
                                .changelog = SLICE("payout.changelog.v1"),
                                .partition_count = 1,
                                .schema_version = STATE_SCHEMA_VERSION };
    struct lmdb_store *s = NULL;
    enum err e = lmdb_store_open(&o, &i, 0, INT64_MAX, now_unix_ms, &s, opened);
    ASSERT(e == OK);
    return s;
}

static bool rest(struct lmdb_store *s, int64_t passed_ms)
{
    bool may_pull = false;
    now_unix_ms += passed_ms;
    enum err e = lmdb_stores_rest(&s, 1, 0, now_unix_ms, &may_pull);
    ASSERT(e == OK);
    return may_pull;
}

static void save_all(struct lmdb_store *s)
{
    struct lmdb_stats stats;
    do {
        rest(s, 10000);
        usleep(1000);
        lmdb_store_stats(s, &stats);
    } while (stats.unsaved_keys > 0);
}

/* --- figures ---------------------------------------------------------------------------------------------------- */

static void measure_replay(struct lmdb_store *s)
{
    struct made_log log = { { read_made }, keys };
    struct restore r;
    bool done = false;
    int64_t from = clock_ns(CLOCK_MONOTONIC), cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    restore_begin(&r, s, &log.log, 0, (int64_t)keys);
    while (!done) {
        if (!rest(s, 0)) usleep(1000);
        else if (restore_step(&r, 20, &done) != OK) abort();
    }
    save_all(s);
    int64_t took = clock_ns(CLOCK_MONOTONIC) - from;
    cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    long long rate = (long long)keys * 1000000000 / took;
    report("state_replay", rate, "rows/s", FIGURE_AT_LEAST, 300000);
    report("state_replay_cpu", cpu / (long long)keys, "ns", FIGURE_LOOKED_AT, 0);
}

static void measure_gets(struct lmdb_store *s, const char *name, uint64_t first, uint64_t among, bool present,
                         long long most)
{
    char key[KEY_BYTES + 8];
    uint64_t found = 0;
    int64_t from = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    for (uint64_t i = 0; i < GETS; i++) {
        struct slice value;
        enum err e = store_get(lmdb_store_base(s), TABLE, without_table(key_of(key, first + mix(i) % among)), &value);
        ASSERT(e == OK);
        found += value.size > 0;
    }
    int64_t each = (clock_ns(CLOCK_THREAD_CPUTIME_ID) - from) / GETS;
    from = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    for (uint64_t i = 0; i < GETS; i++) found += key_of(key, first + mix(i) % among).size == 0;
    each -= (clock_ns(CLOCK_THREAD_CPUTIME_ID) - from) / GETS;  /* what making the key costs */
    ASSERT(found == (present ? GETS : 0));
    report(name, each, "ns", FIGURE_AT_MOST, (double)most);
}

/* Batches of changes to rows that are on disk, then one save of all of them in random order. */
static void measure_puts(struct lmdb_store *s)
{
    char key[KEY_BYTES + 8], value[VALUE_BYTES] = { 2 };
    struct lmdb_stats before, after;
    int64_t spent = 0;
    lmdb_store_stats(s, &before);
    for (uint64_t n = 0; n < PUTS; n += BATCH) {
        struct slice made[BATCH];
        static char bytes[BATCH][KEY_BYTES + 8];
        for (uint64_t i = 0; i < BATCH; i++) made[i] = key_of(bytes[i], mix(n + i) % keys);
        int64_t from = clock_ns(CLOCK_THREAD_CPUTIME_ID);
        for (uint64_t i = 0; i < BATCH; i++)
            if (store_put(lmdb_store_base(s), TABLE, without_table(made[i]), slice_of(value, sizeof value)) != OK)
                abort();
        store_merge(lmdb_store_base(s), (int64_t)keys);
        spent += clock_ns(CLOCK_THREAD_CPUTIME_ID) - from;
    }
    report("state_put_and_merge", spent / PUTS, "ns", FIGURE_AT_MOST, 1000);
    int64_t from = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    for (uint64_t n = 0; n < PUTS; n++) {
        struct slice got;
        if (store_get(lmdb_store_base(s), TABLE, without_table(key_of(key, mix(n) % keys)), &got) != OK) abort();
    }
    report("state_get_unsaved", (clock_ns(CLOCK_THREAD_CPUTIME_ID) - from) / PUTS, "ns", FIGURE_LOOKED_AT, 0);
    save_all(s);
    lmdb_store_stats(s, &after);
    ASSERT(after.saves == before.saves + 1);
    report("state_save_of_200000", after.save_us / 1000, "ms", FIGURE_AT_MOST, 1000);
}

static enum err stop(void *context, struct slice key, struct slice value)
{
    (void)context, (void)key, (void)value;
    return ERR_USAGE;
}

static void measure_walks(struct lmdb_store *s)
{
    char key[KEY_BYTES + 8];
    int64_t from = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    for (uint64_t i = 0; i < SCANS; i++) {
        struct slice prefix = slice_head(without_table(key_of(key, mix(i) % keys)), 12);
        enum err e = store_scan(lmdb_store_base(s), TABLE, prefix, prefix, stop, NULL);
        ASSERT(e == ERR_USAGE);
    }
    int64_t each = (clock_ns(CLOCK_THREAD_CPUTIME_ID) - from) / SCANS;
    report("state_first_of_prefix", each, "ns", FIGURE_AT_MOST, 15000);    /* a descent for each run */
}

static void measure_reopening(struct lmdb_store *s, struct state_writer *writer)
{
    struct lmdb_opened opened;
    lmdb_store_close(s, false, now_unix_ms, 60000);
    int64_t from = clock_ns(CLOCK_MONOTONIC);
    s = open_store(writer, &opened);
    int64_t took_us = (clock_ns(CLOCK_MONOTONIC) - from) / 1000;
    ASSERT(opened.origin == STATE_KEPT && opened.changelog_offset == (int64_t)keys);
    report("state_reopen_after_kill", took_us, "us", FIGURE_AT_MOST, 10000);
    lmdb_store_close(s, true, now_unix_ms, 60000);
}

/* Memory of the process without the pages that LMDB maps from the file. */
static long long anonymous_kib(void)
{
    char line[256];
    long long kib = 0;
    FILE *status = fopen("/proc/self/status", "r");
    ASSERT(status);
    while (fgets(line, sizeof line, status))
        if (sscanf(line, "RssAnon: %lld", &kib) == 1) break;
    fclose(status);
    return kib;
}

int main(int argc, char **argv)
{
    struct state_writer *writer = NULL;
    struct lmdb_opened opened;
    struct lmdb_stats stats;
    if (argc < 2 || !(results = fopen(argv[1], "a"))) {
        fprintf(stderr, "bench_state RESULTS.ndjson [KEYS] [FOLDER]\n");
        return 2;
    }
    if (argc > 2) keys = strtoull(argv[2], NULL, 10);
    setenv("SCRATCH", argc > 3 ? argv[3] : "/tmp", 0);          /* a disk: what is in memory anyway proves little */
    scratch_make(dir);
    enum err e = state_writer_open(&writer);
    ASSERT(e == OK);
    struct lmdb_store *s = open_store(writer, &opened);
    measure_replay(s);
    measure_gets(s, "state_get_hit", 0, keys, true, 1400);
    measure_gets(s, "state_get_miss", keys, keys, false, 300);
    measure_walks(s);
    measure_puts(s);
    lmdb_store_stats(s, &stats);
    report("state_disk_bytes_a_row", (long long)(stats.disk_bytes / keys), "B", FIGURE_LOOKED_AT, 0);
    report("state_memory_after_save", anonymous_kib() / 1024, "MiB", FIGURE_LOOKED_AT, 0);
    measure_reopening(s, writer);
    state_writer_close(writer);
    scratch_remove(dir);
    return fclose(results) == 0 ? 0 : 1;
}
