/* Redis at work: keys a second of a pipelined MGET, a near-cache hit, a miss filled from the copy, slots a second of
 * the registry, and the time from a write to its invalidation (kafka.md 11). Starts a redis-server of its own.
 *
 *   bench_redis RESULTS.ndjson      one object a figure is appended; a table goes to standard output */
#include "base/assert.h"
#include "bench/figure.h"
#include "runtime/clock.h"
#include "stage/redis_profiles.h"
#include "stage/redis_registry.h"
#include "support/redis_server.h"
#include "wire/partner_codec.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    PARTNERS = 10000,
    OF_A_BATCH = 100,
    BATCHES = 400,
    HITS = 2000000,
    WRITES = 3000,
    SLOTS = 50000,
    SLOTS_OF_A_BATCH = 200,
    ID_BYTES = 16
};

static struct redis_server server;
static struct arena arena;
static FILE *results;
static char ids[PARTNERS][ID_BYTES];
static char folder[] = "/tmp/bench_redis.XXXXXX";

static void figure(const char *name, const char *unit, int64_t value, int64_t target, bool at_most)
{
    figure_write(results, &(struct bench_figure){ name, (double)value, unit, at_most ? FIGURE_AT_MOST : FIGURE_AT_LEAST,
                                            (double)target, PARTNERS, 0 });
}

static struct redis_link *open_link(void)
{
    struct redis_link *link = NULL;
    enum err e = redis_link_open(&(struct redis_options){ .address = server.socket, .timeout_ms = 2000 }, &link);
    ASSERT(e == OK);
    return link;
}

static struct partner_copy *fill_copy(void)
{
    struct partner_copy *copy = NULL;
    ASSERT(mkdtemp(folder));
    enum err e =
        partner_copy_open(&(struct partner_copy_options){ .folder = folder, .cluster_id = "bench" }, &copy, NULL);
    for (unsigned i = 0; e == OK && i < PARTNERS; i++) {
        struct slice bytes;
        snprintf(ids[i], sizeof ids[i], "P-%06u", i);
        struct partner p = { .partner_id = slice_from(ids[i]),
                             .root_id = slice_from(ids[i]),
                             .name = SLICE("Partner of the bench, Inc."),
                             .country = SLICE("US"),
                             .currency = SLICE("USD"),
                             .price_list_id = SLICE("PL-US"),
                             .revision = 1,
                             .sla_hours = 48 };
        struct role_span role = { .role = ROLE_VAR };
        p.roles = &role;
        p.role_count = 1;
        arena_reset(&arena);
        e = partner_encode(&arena, &p, SLICE("a"), SLICE("b"), 1, &bytes);
        if (e == OK) e = redis_profiles_keep(copy, &arena, &p, 1, bytes);
    }
    if (e == OK) e = partner_copy_commit(copy, 1, 1);
    ASSERT(e == OK);
    return copy;
}

/* --- MGET --- */

static void bench_mget(struct redis_link *link)
{
    struct slice words[OF_A_BATCH + 1] = { SLICE("MGET") };
    char keys[OF_A_BATCH][ID_BYTES + 16];
    const struct redis_answer *answer;
    int64_t started = clock_mono_ns();
    for (unsigned b = 0; b < BATCHES * 10; b++) {
        for (unsigned i = 0; i < OF_A_BATCH; i++) {
            int size = snprintf(keys[i], sizeof keys[i], "partner:%s", ids[(b * OF_A_BATCH + i) % PARTNERS]);
            words[i + 1] = slice_of(keys[i], (size_t)size);
        }
        enum err e = redis_link_ask(link, &(struct redis_command){ words, OF_A_BATCH + 1 }, 1, &answer);
        ASSERT(e == OK && redis_answer_count(answer) == OF_A_BATCH
               && redis_answer_text(redis_answer_item(answer, 0)).size > 8);
    }
    figure("redis_mget_100", "keys/s", (int64_t)BATCHES * 10 * OF_A_BATCH * 1000000000 / (clock_mono_ns() - started),
           1000000, false);
}

/* --- profiles --- */

static int64_t time_batches(struct profiles *profiles, unsigned batches)
{
    struct slice named[OF_A_BATCH];
    int64_t started = clock_mono_ns();
    for (unsigned b = 0; b < batches; b++) {
        for (unsigned i = 0; i < OF_A_BATCH; i++) named[i] = slice_from(ids[(b * OF_A_BATCH + i) % PARTNERS]);
        profiles_renew(profiles);
        profiles_prefetch(profiles, named, OF_A_BATCH);
    }
    return (clock_mono_ns() - started) / batches / OF_A_BATCH;
}

static void bench_profiles(struct redis_link *link, struct partner_copy *copy, struct redis_watch *watch)
{
    struct redis_profiles *p = NULL;
    enum profile_source source;
    for (int i = 0; i < 2000 && !(redis_watch_epoch(watch) & 1); i++) usleep(1000);
    enum err e =
        redis_profiles_open(&(struct redis_profiles_options){ .link = link, .watch = watch, .copy = copy }, &p);
    ASSERT(e == OK);
    struct profiles *profiles = redis_profiles_base(p);
    figure("redis_profile_filled", "ns", time_batches(profiles, PARTNERS / OF_A_BATCH), 100000, true);
    usleep(200000);                                         /* its own fills are told */
    figure("redis_profile_loaded", "ns", time_batches(profiles, PARTNERS / OF_A_BATCH), 20000, true);
    profiles_renew(profiles);
    uint64_t found = 0;
    int64_t started = clock_mono_ns();
    for (unsigned i = 0; i < HITS; i++)
        found += profiles->ops->find(profiles, slice_from(ids[i % 1000]), &source) != NULL;
    figure("redis_near_hit", "ns", (clock_mono_ns() - started) / HITS, 100, true);
    ASSERT(found == HITS);
    redis_profiles_close(p);
}

/* --- invalidation --- */

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void bench_watch(struct redis_link *link, struct redis_watch *watch)
{
    static int64_t took[WRITES];
    const struct redis_answer *answer;
    struct slice told;
    while (redis_watch_next(watch, 0, &told)) continue;
    for (unsigned i = 0; i < WRITES; i++) {
        int64_t started = clock_mono_ns();
        enum err e = redis_link_ask(link, &REDIS_COMMAND(SLICE("SET"), SLICE("partner:bench"), SLICE("x")), 1, &answer);
        ASSERT(e == OK);
        while (!redis_watch_next(watch, 0, &told)) continue;
        took[i] = clock_mono_ns() - started;
    }
    qsort(took, WRITES, sizeof took[0], by_value);
    figure("redis_invalidation_p50", "us", took[WRITES / 2] / 1000, 500, true);
    figure("redis_invalidation_p99", "us", took[WRITES / 100 * 99] / 1000, 5000, true);
}

/* --- the registry --- */

static void bench_registry(struct redis_link *link)
{
    struct redis_registry *r = NULL;
    struct registry_sight last = { 0 }, now;
    static struct registry_request q[SLOTS_OF_A_BATCH];
    static char keys[SLOTS_OF_A_BATCH][32];
    enum err e = redis_registry_open(&(struct redis_registry_options){ .link = link, .partitions = 1 }, &r);
    ASSERT(e == OK);
    struct registry *registry = redis_registry_base(r);
    registry_look(registry, 0, &last, &now);
    e = registry_announce(registry, 0, &now);
    ASSERT(e == OK);
    int64_t started = clock_mono_ns();
    for (unsigned from = 0; from < SLOTS; from += SLOTS_OF_A_BATCH) {
        for (unsigned i = 0; i < SLOTS_OF_A_BATCH; i++) {
            int size = snprintf(keys[i], sizeof keys[i], "SPF-26:AP9K%07u", from + i);
            q[i] = (struct registry_request){ .family = REGISTRY_SERIAL,
                                              .key = slice_of(keys[i], (size_t)size),
                                              .claim = { SLICE("V-310"), SLICE("0123456789abcdef0123456789abcdef"),
                                                         1700000000000, 0 } };
        }
        e = registry_ask(registry, q, SLOTS_OF_A_BATCH);
        ASSERT(e == OK && q[0].holder_count == 1);
    }
    figure("redis_slots_200", "slots/s", (int64_t)SLOTS * 1000000000 / (clock_mono_ns() - started), 100000, false);
    redis_registry_close(r);
}

static void remove_folder(void)
{
    static const char *const names[] = { "data.mdb", "lock.mdb", "owner" };
    char path[64];
    for (unsigned i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}

int main(int argc, char **argv)
{
    struct redis_watch *watch = NULL;
    if (argc != 2 || !(results = fopen(argv[1], "a"))) return 2;
    if (!redis_server_open(&server, NULL)) {
        printf("redis: skipped, there is no redis-server on this machine: install the package redis-server\n");
        fclose(results);
        redis_server_close(&server);
        return 0;
    }
    printf("Redis, on a socket of this machine\n");
    ASSERT(arena_open(&arena, 8 << 20, 8 << 20) == OK);
    struct redis_watch_options o = { .redis = { .address = server.socket },
                                     .prefix = REDIS_PARTNER_PREFIX,
                                     .listeners = 1 };
    ASSERT(redis_watch_open_alone(&o, &watch) == OK);
    struct redis_link *link = open_link();
    struct partner_copy *copy = fill_copy();
    bench_profiles(link, copy, watch);
    bench_mget(link);
    bench_watch(link, watch);
    bench_registry(link);
    redis_link_close(link);
    redis_watch_close_alone(watch);
    partner_copy_close(copy);
    remove_folder();
    arena_close(&arena);
    redis_server_close(&server);
    return fclose(results) == 0 ? 0 : 1;
}
