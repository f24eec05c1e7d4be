/* The HTTP door under load, with the load generator on the same machine: small documents into the spool, each answered
 * after the sync that covers it; and the whole way to a 202 with the engine on the memory transport. What counts is
 * the CPU of door and load generator over two cores; what passed by the clock stands beside it.
 *
 *   bench_door RESULTS.ndjson [DOCUMENTS [spooled|posted]]
 *       one object a figure is appended; a table goes to standard output
 *   bench_door --at PORT DOCUMENTS CONNECTIONS [DEPTH [RUN]]
 *       load on a door that runs already (tests/bench/door/kafka.sh); the same RUN sends the same documents. TOKEN:
 *       token-%u for one of 16 submitters */
#include "base/assert.h"
#include "bench/door/load.h"
#include "bench/figure.h"
#include "intake/http_door.h"
#include "intake/service_parts.h"
#include "intake/stage.h"
#include "runtime/clock.h"
#include "runtime/memory_log.h"
#include "runtime/memory_sink.h"
#include "runtime/memory_source.h"
#include "runtime/memory_store.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    DOCUMENTS = 40000,
    CONNECTIONS = 64,
    DEPTH = 4,
    SUBMITTERS = 16,
    PARTITIONS = 4,
    PATH_BYTES = 128,
    RATE_MIN = 20000,
    CORES = 2
};

struct bench {
    char                   folder[64], spool[PATH_BYTES], raw[PATH_BYTES];
    struct arena           arena;
    struct grants          grants;
    struct intake_service *service;
    struct life           *life;
    struct http_door      *door;
    pthread_t              engine;
    bool                   posts;
    pid_t                  load;
    int                    load_status;
    _Atomic bool           stops;
};

/* Who may send. */

static void fill_grants(struct bench *b)
{
    struct grant *items = ARENA_ARRAY(&b->arena, SUBMITTERS, struct grant);
    struct grant_token *tokens = ARENA_ARRAY(&b->arena, SUBMITTERS, struct grant_token);
    for (unsigned k = 0; k < SUBMITTERS; k++) {
        char text[32];
        snprintf(text, sizeof text, "submitter-%u", k);
        struct slice id = slice_copy(&b->arena, slice_from(text));
        items[k] =
            (struct grant){ .submitter = { .id = id, .partner_id = SLICE("N-100"), .kinds = PROFILE_KINDS_DEFAULT },
                            .profile = SLICE("default") };
        tokens[k] = (struct grant_token){ .submitter = id, .scopes = SCOPE_SUBMIT | SCOPE_READ };
        snprintf(text, sizeof text, "token-%u", k);
        hash_sha256(slice_from(text), tokens[k].sha256);
    }
    b->grants = (struct grants){ .items = items, .count = SUBMITTERS, .tokens = tokens, .token_count = SUBMITTERS };
}

/* The engine: all of it on the memory transport, or an end that answers what the spool holds. */

struct memory {
    struct memory_log *log;
    struct memory_store *stores[PARTITIONS];
    struct store *bases[PARTITIONS];
    struct memory_source *source;
    struct memory_sink *sink;
};

static void memory_open(struct bench *b, struct memory *m)
{
    m->log = memory_log_open(&(struct memory_log_options){ .partitions = PARTITIONS, .seed = 1, .keep = true });
    int group = memory_log_group(m->log, SLICE("intake"), intake_stage.inputs, 1);
    for (int32_t p = 0; p < PARTITIONS; p++) {
        m->stores[p] = memory_store_open(NULL);
        m->bases[p] = memory_store_base(m->stores[p]);
    }
    m->sink = memory_sink_open(m->log, SLICE("intake"), NULL);
    m->source = memory_source_open(m->log, group, NULL, NULL);
    enum err e = service_engine_open(b->service, memory_source_base(m->source), memory_sink_base(m->sink), m->bases,
                                     PARTITIONS, true);
    ASSERT(e == OK);
}

static void memory_close(struct bench *b, struct memory *m)
{
    service_engine_close(b->service);
    memory_source_close(m->source);
    memory_sink_close(m->sink);
    for (int32_t p = 0; p < PARTITIONS; p++) memory_store_close(m->stores[p]);
    memory_log_close(m->log);
}

static void *post_all(void *context)
{
    struct bench *b = context;
    struct memory m = { 0 };
    memory_open(b, &m);
    while (!atomic_load(&b->stops)) {
        bool worked = false;
        enum err e = service_engine_step(b->service, clock_now_unix_ms(), &worked);
        ASSERT(e == OK);
        if (!worked) usleep(200);
    }
    memory_close(b, &m);
    return NULL;
}

static void *answer_all(void *context)
{
    struct bench *b = context;
    atomic_store(&b->service->is_open, true);
    while (!atomic_load(&b->stops)) {
        for (struct delivery *d = queue_await(&b->service->to_engine, 50), *next; d; d = next) {
            next = d->next;
            spool_dir_remove(b->service->spool, d->file.name);
            delivery_answer(d, 202, SLICE("application/json"), SLICE("{}"));
            delivery_finish(d);
        }
    }
    return NULL;
}

/* The process that is measured */

static void poke(void *context)
{
    life_poke(((struct bench *)context)->life);
}

static void poked(void *context)
{
    struct bench *b = context;
    service_deliver(b->service);
    http_door_stir(b->door);
}

static void tick(void *context)
{
    http_door_tick(((struct bench *)context)->door);
}

static void look_at_load(void *context)
{
    struct bench *b = context;
    if (b->load && waitpid(b->load, &b->load_status, WNOHANG) == b->load) life_end(b->life, 0);
}

static void bench_open(struct bench *b, const char *folder, bool posts)
{
    struct life_events events = { .context = b, .poked = poked };
    b->posts = posts;
    snprintf(b->spool, sizeof b->spool, "%s/spool-%d", folder, posts);
    snprintf(b->raw, sizeof b->raw, "%s/raw-%d", folder, posts);
    enum err e = arena_open(&b->arena, 1 << 20, 1 << 20);
    ASSERT(e == OK);
    fill_grants(b);
    e = life_open(&events, &b->life);
    ASSERT(e == OK);
    struct service_options service = {
        .spool_dir = b->spool, .raw_dir = b->raw, .grants = &b->grants, .survey_threads = 2, .poke = poke, .context = b
    };
    e = service_open(&service, &b->service);
    ASSERT(e == OK);
    struct http_door_options door = { .service = b->service,
                                      .host = "127.0.0.1",
                                      .connections_max = 2 * CONNECTIONS,
                                      .connections_of_address_max = 2 * CONNECTIONS,
                                      .idle_seconds = 60,
                                      .answer_timeout_ms = 60000,
                                      .header_bytes_max = 32 << 10,
                                      .body_bytes_max = 1 << 20,
                                      .uploads_max = 100000,
                                      .requests_per_second = 10000000,
                                      .requests_burst = 10000000 };
    e = http_door_open(b->life, &door, &b->door);
    ASSERT(e == OK);
    life_every(b->life, HTTP_DOOR_TICK_MS, tick, b);
    life_every(b->life, 20, look_at_load, b);
    int failed = pthread_create(&b->engine, NULL, posts ? post_all : answer_all, b);
    ASSERT(failed == 0);
    while (!service_is_open(b->service)) usleep(1000);
}

static void bench_close(struct bench *b)
{
    atomic_store(&b->stops, true);
    pthread_join(b->engine, NULL);
    http_door_close(b->door);
    service_close(b->service);
    life_close(b->life);
    arena_close(&b->arena);
}

/* The load generator in a process of its own, so that its CPU is told apart. */
static void start_load(struct bench *b, unsigned documents, struct load_result *shared)
{
    unsigned port = http_door_port(b->door);
    b->load = fork();
    if (b->load != 0) return;
    struct load_options load = { .host = "127.0.0.1",
                                 .port = port,
                                 .connections = CONNECTIONS,
                                 .depth = DEPTH,
                                 .documents = documents,
                                 .run = b->posts,
                                 .token = "token-%u",
                                 .tokens = SUBMITTERS };
    _exit(load_run(&load, shared) ? 0 : 1);
}

static double cpu_seconds(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void print(const char *name, const struct load_result *r, unsigned documents, double cpu)
{
    printf("  %s: %.0f documents/s, %.1f us of CPU at the door and %.1f us at the load generator each, answer p50 %.1f "
           "ms, p99 %.1f ms, max %.1f ms\n",
           name, r->accepted / r->seconds, cpu * 1e6 / documents, r->cpu_seconds * 1e6 / documents, r->p50_ms,
           r->p99_ms, r->max_ms);
    for (unsigned k = 0; k < 600; k++)
        if (r->statuses[k] && (k < 200 || k >= 300)) printf("  %s: %u answers %u\n", name, r->statuses[k], k);
    if (r->broken) printf("  %s: %u requests without answer\n", name, r->broken);
}

static int measure(FILE *results, const char *folder, bool posts, unsigned documents)
{
    static struct bench b;
    struct load_result *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    b = (struct bench){ 0 };
    bench_open(&b, folder, posts);
    double cpu = cpu_seconds();
    start_load(&b, documents, shared);
    (void)life_run(b.life);
    cpu = cpu_seconds() - cpu;
    bench_close(&b);
    struct load_result r = *shared;
    munmap(shared, sizeof *shared);
    print(posts ? "posted" : "spooled", &r, documents, cpu);
    if (b.load_status != 0 || r.accepted != documents) return 1;
    double both = (cpu + r.cpu_seconds) * 1e6 / documents / CORES; /* what others do on the machine counts little */
    figure_put(results, posts ? "door_posted_two_cores" : "door_spooled_two_cores", both, "us",
               posts ? FIGURE_LOOKED_AT : 1e6 / RATE_MIN, documents);
    figure_put(results, posts ? "door_posted_elapsed" : "door_spooled_elapsed", 1e6 * r.seconds / r.accepted, "us",
               FIGURE_LOOKED_AT, documents);
    return 0;
}

static int load_at(int argc, char **argv)
{
    struct load_result r;
    struct load_options load = { .host = "127.0.0.1",
                                 .port = figure_lines(argv[2], 0),
                                 .documents = figure_lines(argv[3], DOCUMENTS),
                                 .connections = figure_lines(argv[4], CONNECTIONS),
                                 .depth = argc > 5 ? figure_lines(argv[5], 1) : 1,
                                 .run = argc > 6 ? figure_lines(argv[6], 1) : (unsigned)getpid(),
                                 .token = getenv("TOKEN"),
                                 .tokens = SUBMITTERS };
    if (!load_run(&load, &r)) { fprintf(stderr, "nobody listens at port %s\n", argv[2]); return 1; }
    printf("  door: %u of %u documents accepted, %u refused, %u without answer\n", r.accepted, load.documents,
           r.refused, r.broken);
    printf("  door: %.0f documents/s to their 202, %u connections, %u requests on each; answer p50 %.1f ms, p99 %.1f "
           "ms, max %.1f ms\n",
           r.accepted / r.seconds, load.connections, load.depth, r.p50_ms, r.p99_ms, r.max_ms);
    return r.accepted == load.documents ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc > 4 && strcmp(argv[1], "--at") == 0) return load_at(argc, argv);
    unsigned documents = figure_lines(argc > 2 ? argv[2] : NULL, DOCUMENTS);
    FILE *results = argc > 1 ? fopen(argv[1], "a") : NULL;
    char folder[] = "/tmp/bench-door-XXXXXX", command[PATH_BYTES];
    if (!results) { fprintf(stderr, "usage: bench_door RESULTS.ndjson [DOCUMENTS]\n"); return 2; }
    if (!mkdtemp(folder)) return 1;
    signal(SIGPIPE, SIG_IGN);
    const char *only = argc > 3 ? argv[3] : "";
    int failed = strcmp(only, "posted") != 0 ? measure(results, folder, false, documents) : 0;
    if (strcmp(only, "spooled") != 0) failed |= measure(results, folder, true, (documents + 3) / 4);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0) failed = 1;
    return fclose(results) == 0 ? failed : 1;
}
