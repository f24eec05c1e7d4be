/* stage/stage_main.c: puts a stage together with everything its workers stand on. */
#include "stage/stage_main.h"

#include "base/assert.h"
#include "runtime/clock.h"
#include "runtime/folder.h"
#include "runtime/log.h"
#include "runtime/metrics.h"
#include "runtime/redis_name.h"
#include "runtime/redis_tls.h"
#include "runtime/redis_watch.h"
#include "stage/certificate_gauge.h"
#include "stage/kafka_transport.h"
#include "stage/memory_registry.h"
#include "stage/partition_view.h"
#include "stage/process_reference.h"
#include "stage/redis_profiles.h"
#include "stage/redis_registry.h"
#include "stage/redis_settings.h"
#include "stage/seed.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

enum { JOIN_MS = 200, CACHE_EVENTS = 6 };

/* What one worker has alone. */
struct post {
    struct main            *main;
    struct worker          *worker;
    atomic_int              brokers_up;             /* that its consumer is connected to; -1: not heard yet */
    struct transport       *transport;
    _Atomic int64_t         moved_ms;               /* its sink, inside a turn */
    struct catalogue       *catalogue;
    struct redis_link      *link;
    struct redis_profiles  *profiles;
    atomic_bool             has_registry;           /* the shared one was whole when it was asked last */
    struct redis_registry  *shared;                 /* NULL: there is no Redis, and `absent` answers that it is away */
    struct memory_registry *absent;
    struct metric_series   *refused[TOPIC_COUNT];
};

struct main {
    const struct stage_service *service;
    struct process             *process;
    void                       *held;
    struct post                 posts[REFERENCE_WORKERS_MAX];
    unsigned                    count;
    struct state_writer        *writer;
    struct process_reference    reference;
    struct redis_watch         *watch;
    struct redis_settings       redis;
    struct redis_name          *redis_host;         /* NULL: numeric, or a socket */
    char                        redis_name[REDIS_NAMESPACE_MAX];
    char                        seed_check[2 * HASH128_BYTES + 1];
    pthread_t                   poller;
    bool                        has_poller, drains;
    atomic_bool                 poller_stops;
    _Atomic int64_t             poll_ms;            /* a reload changes it under the poller */
    struct partition_view      *view;
    struct metric_series       *records, *connections, *sources[4], *cache[CACHE_EVENTS], *registry;
};

static const struct settings *settings(const struct main *m)
{
    return m->process->settings;
}

static unsigned worker_count(const struct main *m)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned count = (unsigned)settings_number(settings(m), SETTING_WORKERS);
    if (!count) count = cores > 0 ? (unsigned)cores : 1;
    if (count > (unsigned)m->process->partitions) count = (unsigned)m->process->partitions;
    return count < REFERENCE_WORKERS_MAX ? count : REFERENCE_WORKERS_MAX;
}

static struct worker_bounds bounds(const struct main *m)
{
    const struct settings *s = settings(m);
    return (struct worker_bounds){
        .lines_max = (unsigned)settings_number(s, SETTING_BATCH_LINES_MAX),
        .retries_max = (unsigned)settings_number(s, SETTING_COMMIT_RETRIES_MAX),
        .sweep_ms = (unsigned)settings_number(s, SETTING_PARK_SWEEP_MS),
        .expire_keys_max = (unsigned)settings_number(s, SETTING_STATE_EXPIRE_KEYS_MAX),
        .bytes_max = 2 * (size_t)settings_number(s, SETTING_BATCH_BYTES_MAX),
        .transport = { .interval_ms = (unsigned)settings_number(s, SETTING_COMMIT_INTERVAL_MS),
                       .settle_ms = (unsigned)settings_number(s, SETTING_COMMIT_SETTLE_MS),
                       .close_timeout_ms = (unsigned)settings_number(s, SETTING_STATE_CLOSE_TIMEOUT_MS),
                       .unsaved_keys_max = (size_t)settings_number(s, SETTING_STATE_UNSAVED_KEYS_MAX),
                       .save_interval_ms = settings_number(s, SETTING_STATE_SAVE_INTERVAL_MS) },
    };
}

/* --- checks ----------------------------------------------------------------------------------------------------- */

static uint64_t topics(void *context)
{
    const struct stage *stage = ((struct main *)context)->service->stage;
    enum topic found[KAFKA_TRANSPORT_TOPICS];
    uint64_t bits = 1u << TOPIC_PARTNERS | 1u << TOPIC_PROGRAMS | 1u << TOPIC_CLAIMS_RECEIVED;
    for (unsigned i = kafka_transport_inputs(stage, found); i-- > 0; ) bits |= UINT64_C(1) << found[i];
    for (unsigned i = kafka_transport_outputs(stage, found); i-- > 0; ) bits |= UINT64_C(1) << found[i];
    return bits;
}

/* What the installation's secret makes of a fixed text tells environments of another one apart. */
static enum err read_seed(struct main *m, struct problems *problems)
{
    uint64_t seed;
    TRY(seed_read(settings(m), problems, &seed));
    struct hash128 check = hash_key(seed, SLICE("claimstream"));
    struct text t = text_over(m->seed_check, sizeof m->seed_check);
    text_put_hex(&t, check.bytes, HASH128_BYTES);
    return OK;
}

static enum err check_folder(const struct main *m, struct problems *problems)
{
    const char *dir = settings_path(settings(m), SETTING_STATE_DIR);
    if (folder_make(dir) == OK && folder_is_usable(dir)) return OK;
    struct problem p = { .code = ERR_CONFIG_INVALID,
                         .file = slice_from(dir),
                         .member = SLICE("state.dir"),
                         .message = SLICE("the folder of the state cannot be written"),
                         .fix = SLICE("make it and give it to the user of the service, or set state.dir") };
    problems_add(problems, &p);
    return p.code;
}

/* A server that is away is waited for, and decides nothing; whoever asks beforehand is told. */
static enum err try_redis(const struct main *m, struct problems *problems)
{
    struct text why = text_in(&m->process->arena, REDIS_TLS_WHY_BYTES);
    if (m->process->options.mode != PROCESS_CHECK || !m->redis.options.address) return OK;
    enum err e = redis_settings_try(&m->redis, &why);
    if (e == OK) return OK;
    if (e != ERR_CONFIG_INVALID) {
        fprintf(stderr,
                "warning: Redis at %s: %.*s; verdicts stay the same without it, lines with serials and deals wait\n",
                m->redis.options.address, SLICE_ARGS(text_slice(&why)));
        return OK;
    }
    struct problem p = { .code = e,
                         .member = setting_row(SETTING_REDIS_ADDRESS)->name,
                         .message = text_slice(&why),
                         .fix = SLICE("mend the settings redis.*, or the server") };
    problems_add(problems, &p);
    return e;
}

static enum err check(void *context, struct process *process, struct problems *problems)
{
    struct main *m = context;
    const struct stage_holder *h = m->service->holder;
    m->process = process;
    TRY(read_seed(m, problems));
    TRY(check_folder(m, problems));
    TRY(redis_settings_read(&m->redis, settings(m), problems));
    TRY(try_redis(m, problems));
    return h && !m->held ? h->open(settings(m), REFERENCE_WORKERS_MAX, problems, &m->held) : OK;
}

/* --- Redis ------------------------------------------------------------------------------------------------------ */

static void redis_changed(void *context, bool is_away, const char *why)
{
    static struct metric_series *breaker;
    (void)context;
    if (!breaker) breaker = METRIC_SERIES(METRIC_BREAKER_OPEN, SLICE("redis"));
    metric_set(breaker, is_away);
    LOG(is_away ? LOG_WARNING : LOG_INFO, is_away ? "redis_lost" : "redis_regained", LOG_WORD("why", why ? why : ""));
}

static void registry_changed(void *context, bool is_away, const char *why)
{
    atomic_store(&((struct post *)context)->has_registry, !is_away);
    LOG(is_away ? LOG_WARNING : LOG_INFO, is_away ? "registry_lost" : "registry_regained", LOG_WORD("why", why));
}

/* A server that may drop slots is refused while it can be seen; one that is away is waited for. */
static enum err check_redis(struct main *m)
{
    struct redis_link *link = NULL;
    struct slice finding = { 0 };
    if (!m->watch || m->service->stage->id != STAGE_COMPLIANCE) return OK;
    TRY(redis_link_open(&m->redis.options, &link));
    enum err e = redis_registry_check_server(link, &m->reference.scratch, &finding);
    redis_link_close(link);
    if (e == OK && finding.size) LOG(LOG_ERROR, "redis_refused", LOG_TEXT("why", finding));
    return e == OK && finding.size ? ERR_CONFIG_INVALID : OK;
}

static enum err open_redis_name(struct main *m)
{
    char name[PATH_MAX];
    struct slice host;
    int port;
    struct slice address = slice_from(m->redis.options.address);
    if (!redis_address_read(address, &host, &port) || !port || host.size >= sizeof name) return OK;
    memcpy(name, host.bytes, host.size);
    name[host.size] = 0;
    if (redis_name_is_numeric(name)) return OK;
    TRY(redis_name_open(name, &m->redis_host));
    m->redis.options.name = m->redis_host;
    return OK;
}

static enum err open_redis(struct main *m)
{
    redis_name_of(m->redis_name, settings_path(settings(m), SETTING_NAMESPACE), m->process->cluster_id);
    if (!m->redis.options.address) return OK;
    m->redis.options.on_change = redis_changed;
    TRY(open_redis_name(m));
    struct redis_watch_options watch = { .redis = m->redis.options, .name_space = m->redis_name,
                                         .prefix = REDIS_PARTNER_PREFIX, .listeners = m->count };
    return redis_watch_open(&watch, life_loop(m->process->life), &m->watch);
}

/* --- one worker ------------------------------------------------------------------------------------------------- */

static void record_refused(void *context, const struct record *record, enum err e, struct slice why)
{
    struct post *post = context;
    struct metric_series **series = &post->refused[record->topic];
    if (!*series) *series = METRIC_SERIES(METRIC_REFERENCE_REFUSED, topic_row(record->topic)->name);
    metric_add(*series, 1);
    LOG(LOG_WARNING, "reference_refused", LOG_TEXT("topic", topic_row(record->topic)->name),
        LOG_TEXT("key", record->key), LOG_NUMBER("offset", record->offset), LOG_WORD("code", err_name(e)),
        LOG_TEXT("why", why));
}

static void worker_changed(void *context)
{
    process_poke(context);
}

/* The consumer always fetches, so what it says of its connections is whether Kafka answers. */
static void count_brokers(void *context, const char *handle, const char *json, size_t size)
{
    struct post *post = context;
    if (strstr(handle, "consumer")) atomic_store(&post->brokers_up, kafka_client_brokers_up(json, size));
}

static enum err open_transport(struct main *m, unsigned number, struct transport **transport)
{
    const struct settings *s = settings(m);
    struct kafka_transport_options options = {
        .stage = m->service->stage,
        .kafka = process_kafka_options(m->process, number),
        .cluster_id = m->process->cluster_id,
        .seed_check = slice_from(m->seed_check),
        .bounds = bounds(m).transport,
        .lmdb = { .dir = settings_path(s, SETTING_STATE_DIR),
                  .writer = m->writer,
                  .map_bytes = (size_t)settings_number(s, SETTING_STATE_MAP_BYTES),
                  .save_interval_ms = settings_number(s, SETTING_STATE_SAVE_INTERVAL_MS) },
    };
    options.kafka.statistics = count_brokers;
    options.kafka.context = &m->posts[number];
    options.kafka.moved_ms = &m->posts[number].moved_ms;
    atomic_store(&m->posts[number].brokers_up, -1);
    return kafka_transport_open(&options, transport);
}

static enum err open_profiles(struct main *m, struct post *post, unsigned number)
{
    if (m->watch) TRY(redis_link_open(&m->redis.options, &post->link));
    struct redis_profiles_options options = { .link = post->link,
                                              .watch = m->watch,
                                              .listener = number,
                                              .copy = m->reference.copy,
                                              .name_space = m->redis_name,
                                              .seed = number + 1 };
    TRY(redis_profiles_open(&options, &post->profiles));
    return OK;
}

/* Slots are shared by all processes or by nobody: without Redis the lines that need one wait. */
static enum err open_registry(struct main *m, struct post *post)
{
    struct redis_registry_options options = { .link = post->link,
                                              .name_space = m->redis_name,
                                              .partitions = m->process->partitions,
                                              .on_change = registry_changed,
                                              .context = post };
    if (post->link) return redis_registry_open(&options, &post->shared);
    post->absent = memory_registry_open();
    if (!post->absent) return ERR_MEMORY_EXHAUSTED;
    memory_registry_set_away(post->absent, true);
    return OK;
}

static enum err open_post(struct main *m, unsigned number)
{
    struct post *post = &m->posts[number];
    const struct stage_holder *h = m->service->holder;
    post->main = m;
    post->catalogue = catalogue_open();
    if (!post->catalogue) return ERR_MEMORY_EXHAUSTED;
    TRY(open_profiles(m, post, number));
    TRY(open_registry(m, post));
    TRY(open_transport(m, number, &post->transport));
    struct worker_options options = {
        .stage = m->service->stage,
        .number = number,
        .transport = post->transport,
        .feed = m->reference.feed,
        .target = { .catalogue = post->catalogue,
                    .put_partner = redis_profiles_apply,
                    .partners = post->profiles,
                    .refused = record_refused,
                    .refusals = post },
        .catalogue = post->catalogue,
        .profiles = redis_profiles_base(post->profiles),
        .registry = post->shared ? redis_registry_base(post->shared) : memory_registry_base(post->absent),
        .own = h ? h->own(m->held, number) : NULL,
        .moved_ms = &post->moved_ms,
        .renew = h ? h->renew : NULL,
        .renew_context = m->held,
        .bounds = bounds(m),
        .changed = worker_changed,
        .changed_context = m->process,
    };
    return worker_open(&options, &post->worker);
}

/* --- lists are read beside the work ------------------------------------------------------------------------------ */

static void *poll_held(void *context)
{
    struct main *m = context;
    struct timespec pause = { 0, 50000000 };
    int64_t last = clock_mono_ms();
    while (!atomic_load(&m->poller_stops)) {
        nanosleep(&pause, NULL);
        if (clock_mono_ms() - last < atomic_load(&m->poll_ms)) continue;
        m->service->holder->poll(m->held);
        last = clock_mono_ms();
    }
    return NULL;
}

static enum err start_poller(struct main *m)
{
    if (!m->service->holder || !m->service->holder->poll) return OK;
    atomic_store(&m->poll_ms, settings_number(settings(m), m->service->holder->poll_ms));
    m->has_poller = pthread_create(&m->poller, NULL, poll_held, m) == 0;
    return m->has_poller ? OK : ERR_MEMORY_EXHAUSTED;
}

/* --- life ------------------------------------------------------------------------------------------------------- */

static enum err open_view(struct main *m)
{
    const struct worker *workers[REFERENCE_WORKERS_MAX];
    for (unsigned i = 0; i < m->count; i++) workers[i] = m->posts[i].worker;
    m->view = partition_view_open(m->service->stage, workers, m->count);
    return m->view ? OK : ERR_MEMORY_EXHAUSTED;
}

static enum err start(void *context, struct process *process)
{
    struct main *m = context;
    m->process = process;
    m->count = worker_count(m);
    m->connections = METRIC_SOLE(METRIC_KAFKA_CONNECTIONS);
    metric_hide(m->connections);                    /* until it is heard */
    m->records = METRIC_SERIES(METRIC_REFERENCE_RECORDS, SLICE("all"));
    TRY(state_writer_open(&m->writer));
    TRY(open_redis(m));
    TRY(process_reference_open(&m->reference, process, m->service->stage->name, m->count));
    TRY(check_redis(m));
    for (unsigned i = 0; i < m->count; i++) TRY(open_post(m, i));
    TRY(open_view(m));
    TRY(reference_feed_start(m->reference.feed));
    for (unsigned i = 0; i < m->count; i++) TRY(worker_start(m->posts[i].worker));
    LOG(LOG_INFO, "workers_started", LOG_NUMBER("workers", m->count), LOG_NUMBER("partitions", process->partitions));
    if (!m->watch)
        LOG(LOG_WARNING, "redis_absent",
            LOG_WORD("why", "redis.address is empty: lines that need a serial or deal slot wait"));
    return start_poller(m);
}

static void drain(void *context)
{
    struct main *m = context;
    m->drains = true;
    for (unsigned i = 0; i < m->count; i++) worker_drain(m->posts[i].worker);
}

/* One worker that died ends the process: what hangs in it may not hold up the others' end. */
static void poked(void *context)
{
    struct main *m = context;
    bool all_closed = true;
    for (unsigned i = 0; i < m->count; i++) {
        const struct worker *w = m->posts[i].worker;
        if (worker_state(w) == WORKER_DEAD) process_end(m->process, process_exit_code_later(worker_error(w)));
        all_closed = all_closed && worker_has_ended(w);
    }
    if (all_closed) process_end(m->process, PROCESS_DRAINED);
}

static void tick(void *context)
{
    struct main *m = context;
    process_reference_tick(&m->reference, m->process);
}

static void reload_certificates(const struct main *m)
{
    char room[REDIS_TLS_WHY_BYTES];
    struct text why = text_over(room, sizeof room);
    if (!m->redis.tls) return;
    if (redis_tls_reload(m->redis.tls, &why) == OK) certificate_gauge_set_redis(settings(m));
    else
        LOG(LOG_ERROR, "certificate_refused", LOG_TEXT("why", text_slice(&why)),
            LOG_WORD("effect", "the one before stays in force"));
}

static void reload(void *context)
{
    struct main *m = context;
    struct worker_bounds now = bounds(m);
    if (m->has_poller) atomic_store(&m->poll_ms, settings_number(settings(m), m->service->holder->poll_ms));
    reload_certificates(m);
    for (unsigned i = 0; i < m->count; i++) worker_set_bounds(m->posts[i].worker, &now);
}

static int64_t slowest_ms(void *context)
{
    struct main *m = context;
    int64_t slowest = INT64_MAX;
    for (unsigned i = 0; i < m->count; i++) {
        const struct worker *w = m->posts[i].worker;
        if (worker_state(w) < WORKER_CLOSED && worker_progress_ms(w) < slowest) slowest = worker_progress_ms(w);
    }
    return slowest;
}

static void close_post(struct post *post)
{
    if (post->worker && worker_join(post->worker, JOIN_MS)) worker_close(post->worker);
    redis_profiles_close(post->profiles);
    redis_registry_close(post->shared);
    memory_registry_close(post->absent);
    if (post->link) redis_link_close(post->link);
    catalogue_close(post->catalogue);
}

static void close_main(void *context)
{
    struct main *m = context;
    atomic_store(&m->poller_stops, true);
    if (m->has_poller) pthread_join(m->poller, NULL);
    partition_view_close(m->view);
    for (unsigned i = 0; i < m->count; i++) close_post(&m->posts[i]);
    process_reference_stop(&m->reference);
    if (m->watch) redis_watch_close(m->watch);
    redis_name_close(m->redis_host);
    redis_settings_close(&m->redis);
    process_reference_close(&m->reference);
    state_writer_close(m->writer);
    if (m->held) m->service->holder->close(m->held);
}

/* --- for people ------------------------------------------------------------------------------------------------- */

/* Of the worker that has most; -1: none was heard yet. */
static int brokers_up(const struct main *m)
{
    int most = -1;
    for (unsigned i = 0; i < m->count; i++) {
        int count = atomic_load(&m->posts[i].brokers_up);
        if (count > most) most = count;
    }
    return most;
}

static void put_missing(void *context, struct text *t)
{
    struct main *m = context;
    for (unsigned i = 0; i < m->count; i++) worker_put_missing(m->posts[i].worker, t);
    if (brokers_up(m) == 0) PUT(t, "Kafka does not answer: no broker is connected\n");
}

static void put_partitions(void *context, struct text *t)
{
    partition_view_put(((struct main *)context)->view, t);
}

static void put_status(void *context, struct text *t)
{
    struct main *m = context;
    for (unsigned i = 0; i < m->count; i++) {
        const struct worker *w = m->posts[i].worker;
        PUT(t, " w");
        text_put_int(t, i);
        text_put_byte(t, ' ');
        text_put(t, slice_from(worker_state_name(worker_state(w))));
        text_put_byte(t, ' ');
        text_put_int(t, worker_assigned(w));
    }
}

/* --- gauges that are looked at ----------------------------------------------------------------------------------- */

/* Counters of the profile caches are read while their workers count on: watched, not summed. */
static void show_profiles(struct main *m)
{
    static const struct slice names[] = { SLICE_INIT("near"), SLICE_INIT("redis"), SLICE_INIT("local"),
                                          SLICE_INIT("none") };
    uint64_t sums[4] = { 0 };
    for (unsigned i = 0; i < m->count; i++) {
        struct redis_profiles_counts c = redis_profiles_counts(m->posts[i].profiles);
        sums[0] += c.near_hits;
        sums[1] += c.redis_hits;
        sums[2] += c.local_hits;
        sums[3] += c.absent;
    }
    for (unsigned i = 0; i < 4; i++) {
        if (!m->sources[i]) m->sources[i] = METRIC_SERIES(METRIC_PROFILE_READS, names[i]);
        metric_set(m->sources[i], (int64_t)sums[i]);
    }
}

static void show_cache(struct main *m)
{
    static const struct slice names[CACHE_EVENTS] = { SLICE_INIT("round_trip"), SLICE_INIT("fill"),
                                                      SLICE_INIT("evicted"),    SLICE_INIT("told"),
                                                      SLICE_INIT("forgotten"),  SLICE_INIT("unusable") };
    uint64_t sums[CACHE_EVENTS] = { 0 };
    for (unsigned i = 0; i < m->count; i++) {
        struct redis_profiles_counts c = redis_profiles_counts(m->posts[i].profiles);
        const uint64_t own[CACHE_EVENTS] = { c.round_trips, c.fills,  c.evicted,
                                             c.told,        c.epochs, c.corrupt + c.unreadable };
        for (unsigned k = 0; k < CACHE_EVENTS; k++) sums[k] += own[k];
    }
    for (unsigned k = 0; k < CACHE_EVENTS; k++) {
        if (!m->cache[k]) m->cache[k] = METRIC_SERIES(METRIC_PROFILE_CACHE, names[k]);
        metric_set(m->cache[k], (int64_t)sums[k]);
    }
}

/* Compliance alone asks it. */
static void show_registry(struct main *m)
{
    bool is_up = m->count > 0;
    if (m->service->stage->id != STAGE_COMPLIANCE) return;
    for (unsigned i = 0; i < m->count; i++) is_up &= atomic_load(&m->posts[i].has_registry);
    if (!m->registry) m->registry = METRIC_SOLE(METRIC_REGISTRY_UP);
    metric_set(m->registry, is_up);
}

static void show_disk(const struct main *m)
{
    enum { PERMILLE = 1000 };
    static struct metric_series *free_part;
    struct statvfs disk;
    if (statvfs(settings_path(settings(m), SETTING_STATE_DIR), &disk) != 0 || disk.f_blocks == 0) return;
    if (!free_part) free_part = METRIC_SOLE(METRIC_STATE_DISK_FREE);
    metric_set(free_part, (int64_t)((uint64_t)disk.f_bavail * PERMILLE / disk.f_blocks));
}

static void before_metrics(void *context)
{
    struct main *m = context;
    partition_view_show(m->view);
    if (brokers_up(m) >= 0) metric_set(m->connections, brokers_up(m));
    metric_set(m->records, (int64_t)reference_feed_progress(m->reference.feed).records);
    show_profiles(m);
    show_cache(m);
    show_registry(m);
    show_disk(m);
    if (m->held && m->service->holder->show) m->service->holder->show(m->held);
}

int stage_main(const struct stage_service *service, int argc, char **argv)
{
    static struct main m;
    m.service = service;
    const struct process_body body = {
        .service = service_of_stage(service->stage->name),
        .what = service->what,
        .context = &m,
        .topics = topics,
        .check = check,
        .start = start,
        .drain = drain,
        .reload = reload,
        .poked = poked,
        .tick = tick,
        .slowest_ms = slowest_ms,
        .put_missing = put_missing,
        .put_partitions = put_partitions,
        .put_status = put_status,
        .before_metrics = before_metrics,
        .close = close_main,
    };
    ASSERT(body.service < SERVICE_COUNT);
    return process_main(&body, argc, argv);
}
