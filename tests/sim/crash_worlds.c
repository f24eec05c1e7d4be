/* tests/sim/crash_worlds.c: each world of the folder WORLDS, with its input.ndjson, under random faults: what the
 * stages publish, keep and pay is the same to the byte as without. RUNS of each world (4), the first from SEED (1). */
#include "support/sim_engine.h"

#include "base/assert.h"
#include "support/test.h"
#include "wire/dossier_codec.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORLDS_MAX = 1024, PATH_BYTES = 512, INPUT_BYTES_MAX = 8 << 20, EXPIRY_HOURS = 500 };

struct sums { unsigned lines, refused, payouts, runs; struct sim_counts hurt; };

static uint64_t number_of(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

static struct slice read_input(struct slice folder)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%.*s/input.ndjson", SLICE_ARGS(folder));
    FILE *file = fopen(path, "rb");
    ASSERT(file);
    char *bytes = arena_alloc(test_arena(), INPUT_BYTES_MAX);
    size_t size = fread(bytes, 1, INPUT_BYTES_MAX, file);
    ASSERT(size < INPUT_BYTES_MAX && !ferror(file));
    fclose(file);
    return slice_of(bytes, size);
}

/* A phase for each instant at which lines came, and one after the last in which what waits too long ends. */
static void make_phases(struct sim_engine *e, const struct sim_posted *posted, unsigned count)
{
    struct sim_phase *phases = ARENA_ARRAY(test_arena(), count + 1, struct sim_phase);
    struct sim_record *records = ARENA_ARRAY(test_arena(), count + 1, struct sim_record);
    instant_ms now = e->received_at_unix_ms;
    e->phase_count = 0;
    for (unsigned i = 0; i < count; i++) {
        bool begins = i == 0 || posted[i].received_at_unix_ms != posted[i - 1].received_at_unix_ms;
        if (posted[i].received_at_unix_ms > now) now = posted[i].received_at_unix_ms;
        if (begins) phases[e->phase_count++] = (struct sim_phase){ .now_unix_ms = now, .records = &records[i] };
        records[i] = posted[i].record;
        phases[e->phase_count - 1].record_count++;
    }
    phases[e->phase_count++] = (struct sim_phase){ .now_unix_ms = now + EXPIRY_HOURS * (int64_t)INSTANT_HOUR_MS };
    e->phases = phases;
}

static void count_payout(void *context, const struct record *r)
{
    (void)r;
    ((struct sums *)context)->payouts++;
}

static void add_counts(struct sums *sums, const struct sim *s)
{
    struct sim_counts c = sim_counts(s);
    sums->runs++;
    sums->hurt.crashes += c.crashes;
    sums->hurt.lost += c.lost;
    sums->hurt.aborted += c.aborted;
    sums->hurt.zombies += c.zombies;
    sums->hurt.transactions += c.transactions;
    sums->hurt.rolled_back += c.rolled_back;
}

static void run_world(const char *folder, uint64_t first, uint64_t runs, struct sums *sums)
{
    struct sim_engine engine;
    unsigned refused;
    instant_ms clock;
    CHECK_INT(instant_parse(SLICE("2026-01-01T12:00:00Z"), &clock), OK);
    sim_engine_open(&engine, slice_from(folder), clock);
    struct sim_posted *posted = ARENA_ARRAY(test_arena(), SIM_ENGINE_LINES_MAX, struct sim_posted);
    unsigned count = sim_engine_post(&engine, read_input(engine.folder), posted, SIM_ENGINE_LINES_MAX, &refused);
    sums->lines += count;
    sums->refused += refused;
    make_phases(&engine, posted, count);
    struct sim *calm = sim_engine_run(&engine, &(struct sim_options){ .seed = first, .workers = 1 });
    for (int32_t p = 0; p < SIM_PARTITIONS; p++)
        memory_log_read(sim_log(calm), TOPIC_PAYOUTS, p, 0, count_payout, sums);
    for (uint64_t seed = first; seed < first + runs; seed++) {
        size_t mark = arena_mark(test_arena());
        struct sim_options hurt = { .seed = seed, .workers = 1 + (unsigned)(seed % SIM_WORKERS_MAX), .faults = true,
                                    .lines_max = 1 + (unsigned)(seed * 7 % 40), .on_disk = seed % 4 == 0 };
        struct sim *s = sim_engine_run(&engine, &hurt);
        bool equal = sim_equals(calm, s);
        CHECK(equal);
        if (!equal) printf("  %s, seed %" PRIu64 "\n", folder, seed);
        add_counts(sums, s);
        sim_close(s);
        arena_rewind(test_arena(), mark);
    }
    sim_close(calm);
}

TEST(worlds_of_all_kinds_come_out_the_same_under_faults)
{
    const char *worlds = getenv("WORLDS");
    struct dirent **entries;
    struct sums sums = { 0 };
    ASSERT(worlds);
    int count = scandir(worlds, &entries, NULL, alphasort);
    ASSERT(count > 2 && count < WORLDS_MAX);
    uint64_t runs = number_of("RUNS", 4), first = number_of("SEED", 1);
    for (int i = 0; i < count; i++, first += runs) {
        char folder[PATH_BYTES];
        size_t mark = arena_mark(test_arena());
        snprintf(folder, sizeof folder, "%s/%s", worlds, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.') run_world(folder, first, runs, &sums);
        arena_rewind(test_arena(), mark);
        free(entries[i]);
    }
    free(entries);
    CHECK(sums.payouts > 0 && sums.hurt.crashes > 0 && sums.hurt.rolled_back > 0);
    printf("%u lines (%u more refused at the door), %u payouts; %u runs under faults: %u crashes, %u answers lost, %u "
           "aborted, %u zombies, "
           "%" PRIu64 " transactions of which %" PRIu64 " rolled back\n",
           sums.lines, sums.refused, sums.payouts, sums.runs, sums.hurt.crashes, sums.hurt.lost, sums.hurt.aborted,
           sums.hurt.zombies, sums.hurt.transactions, sums.hurt.rolled_back);
}
