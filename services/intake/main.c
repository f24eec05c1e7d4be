/* services/intake/main.c: claim-intake: doors, surveys and one posting worker in a process. */
#include "base/assert.h"
#include "intake/directory.h"
#include "intake/folder_door.h"
#include "intake/follower.h"
#include "intake/http_door.h"
#include "intake/http_plan.h"
#include "intake/meter.h"
#include "intake/spool_dir.h"
#include "intake/stage.h"
#include "runtime/clock.h"
#include "runtime/folder.h"
#include "runtime/http_tls.h"
#include "runtime/json_line.h"
#include "runtime/log.h"
#include "runtime/metrics.h"
#include "stage/certificate_gauge.h"
#include "stage/kafka_transport.h"
#include "stage/partition_view.h"
#include "stage/process_reference.h"
#include "stage/seed.h"
#include "stage/worker.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    GRANTS_BYTES = 64 << 20,
    HOST_BYTES = 256,
    JOIN_MS = 200,
    DRAIN_MS = 4000,
    TEND_MS = 60000,
    PROBLEM_BYTES = 1 << 16,
    SECONDS_A_DAY = 86400,
    CERTIFICATE_DAYS_MIN = 14
};

struct main {
    struct process           *process;
    struct intake_service    *service;
    struct http_door         *http;
    struct folder_door       *folder;
    struct follower          *follower;
    struct worker            *worker;
    _Atomic int64_t           moved_ms;             /* the worker's sink, inside a turn */
    struct worker_engine      engine;
    struct partition_view    *view;
    struct metric_series     *connections, *strays;
    atomic_int                brokers_up;           /* that the consumer is connected to; -1: not heard yet */
    struct transport         *transport;
    struct catalogue         *catalogue;
    struct state_writer      *writer;
    struct process_reference  reference;
    struct partner_directory *directory;
    struct intake_partners    partners;
    struct grants            *grants;
    char                      seed_check[2 * HASH128_BYTES + 1], host[HOST_BYTES], answers_dir[PATH_MAX];
    bool                      drains, has_drained, is_stalled;
    int64_t                   drained_ms, tended_ms;
};

static const struct settings *settings(const struct main *m)
{
    return m->process->settings;
}

/* --- grants ----------------------------------------------------------------------------------------------------- */

static struct grant_files files_of(const struct settings *s)
{
    return (struct grant_files){
        .submitters = settings_path(s, SETTING_INTAKE_SUBMITTERS),
        .sources = settings_path(s, SETTING_RECORDS_SUBMITTERS),
        .schemas = settings_path(s, SETTING_RECORDS_SCHEMAS),
        .profiles_dir = settings_path(s, SETTING_INTAKE_PROFILES_DIR),
        .bare_submitter = settings_text(s, SETTING_RECORDS_BARE_SUBMITTER),
        .deprecated_index_format = settings_flag(s, SETTING_RECORDS_DEPRECATED_INDEX_FORMAT),
        .allows_all = settings_word(s, SETTING_INTAKE_AUTH) == 1,
    };
}

/* Grants before a reload stay where they are: deliveries may still look at them. */
static enum err read_grants(struct main *m, struct problems *problems)
{
    struct arena arena;
    struct grant_files files = files_of(settings(m));
    TRY(arena_open(&arena, GRANTS_BYTES, GRANTS_BYTES));
    struct grants *grants = ARENA_NEW(&arena, struct grants);
    enum err e = grants_read(&arena, &files, grants, problems);
    if (e != OK) { arena_close(&arena); return e; }
    m->grants = grants;
    return OK;
}

static bool is_loopback(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0 || strcmp(host, "localhost") == 0;
}

static unsigned listen_address(struct main *m)
{
    unsigned port = 0;
    struct text t = text_over(m->host, sizeof m->host - 1);
    settings_address(settings(m), SETTING_HTTP_LISTEN, &t, &port);
    m->host[t.size] = 0;
    return port;
}

static enum err refuse(struct problems *problems, enum setting_id id, enum err code, const char *message,
                       const char *fix)
{
    struct problem p = {
        .code = code, .member = setting_row(id)->name, .message = slice_from(message), .fix = slice_from(fix)
    };
    problems_add(problems, &p);
    return code;
}

/* A setting that is wrong, as for every service: to be started again mends nothing. */
static enum err refuse_folder(struct problems *problems, enum setting_id id, const char *path)
{
    struct problem p = { .code = ERR_CONFIG_INVALID,
                         .file = slice_from(path),
                         .member = setting_row(id)->name,
                         .message = SLICE("the folder cannot be written"),
                         .fix = SLICE("make it and give it to the user of the service, or name another one") };
    problems_add(problems, &p);
    return p.code;
}

static enum err check_folders(const struct main *m, struct problems *problems)
{
    static const enum setting_id ids[] = { SETTING_STATE_DIR, SETTING_INTAKE_SPOOL_DIR, SETTING_INTAKE_RAW_DIR };
    for (unsigned k = 0; k < sizeof ids / sizeof *ids; k++) {
        const char *path = settings_path(settings(m), ids[k]);
        if (folder_make(path) != OK || !folder_is_usable(path))
            return refuse_folder(problems, ids[k], path);
    }
    return OK;
}

static bool speaks_tls(const struct main *m)
{
    return settings_path(settings(m), SETTING_HTTP_CERTIFICATE_FILE) != NULL;
}

static enum err load_certificate(const struct main *m, struct text *why)
{
    TRY(http_tls_load(settings_path(settings(m), SETTING_HTTP_CERTIFICATE_FILE),
                      settings_path(settings(m), SETTING_HTTP_KEY_FILE), why));
    certificate_gauge_set_door(http_tls_ends_unix_s());
    int64_t days = (http_tls_ends_unix_s() - clock_now_unix_ms() / 1000) / SECONDS_A_DAY;
    LOG(days < CERTIFICATE_DAYS_MIN ? LOG_WARNING : LOG_INFO, "certificate_loaded", LOG_NUMBER("days_left", days));
    return OK;
}

static enum err check_certificate(const struct main *m, struct problems *problems)
{
    struct text why = text_in(&m->process->arena, PATH_MAX);
    bool has_key = settings_path(settings(m), SETTING_HTTP_KEY_FILE) != NULL;
    if (speaks_tls(m) != has_key)
        return refuse(problems, speaks_tls(m) ? SETTING_HTTP_KEY_FILE : SETTING_HTTP_CERTIFICATE_FILE,
                      ERR_CONFIG_INVALID, "a certificate and its key go together", "name both, or neither");
    if (!has_key || load_certificate(m, &why) == OK) return OK;
    struct problem p = { .code = ERR_CONFIG_INVALID,
                         .member = setting_row(SETTING_HTTP_CERTIFICATE_FILE)->name,
                         .message = text_slice(&why),
                         .fix = SLICE("name the chain and the key of one certificate, in PEM") };
    problems_add(problems, &p);
    return p.code;
}

static enum err check(void *context, struct process *process, struct problems *problems)
{
    struct main *m = context;
    uint64_t seed;
    m->process = process;
    TRY(seed_read(settings(m), problems, &seed));
    struct hash128 check = hash_key(seed, SLICE("claimstream"));
    struct text t = text_over(m->seed_check, sizeof m->seed_check);
    text_put_hex(&t, check.bytes, HASH128_BYTES);
    (void)listen_address(m);
    if (settings_word(settings(m), SETTING_INTAKE_AUTH) == 1 && m->host[0] && !is_loopback(m->host))
        return refuse(problems, SETTING_INTAKE_AUTH, ERR_CONFIG_INVALID,
                      "without tokens anybody who reaches the port may submit",
                      "listen on 127.0.0.1, or set intake.auth to token");
    TRY(check_certificate(m, problems));
    TRY(check_folders(m, problems));
    return m->grants ? OK : read_grants(m, problems);
}

static uint64_t topics(void *context)
{
    enum topic found[KAFKA_TRANSPORT_TOPICS];
    uint64_t bits = 1u << TOPIC_PARTNERS | 1u << TOPIC_PROGRAMS | 1u << TOPIC_CLAIMS_DECIDED | 1u << TOPIC_CLAIMS_HELD;
    (void)context;
    for (unsigned i = kafka_transport_inputs(&intake_stage, found); i-- > 0;) bits |= UINT64_C(1) << found[i];
    for (unsigned i = kafka_transport_outputs(&intake_stage, found); i-- > 0;) bits |= UINT64_C(1) << found[i];
    return bits;
}

/* --- partners --------------------------------------------------------------------------------------------------- */

static enum err open_partners(struct main *m)
{
    TRY(process_reference_open(&m->reference, m->process, "intake", 1));
    m->directory = partner_directory_open(m->reference.copy);
    if (!m->directory) return ERR_MEMORY_EXHAUSTED;
    m->partners = partner_directory_partners(m->directory);
    return OK;
}

/* --- the posting worker ----------------------------------------------------------------------------------------- */

static enum err engine_open(void *context, struct source *source, struct sink *sink, struct store **stores,
                            int32_t partitions)
{
    struct main *m = context;
    TRY(service_engine_open(m->service, source, sink, stores, partitions, true));
    process_poke(m->process);
    return OK;
}

static enum err engine_step(void *context, instant_ms now_unix_ms, bool *worked)
{
    return service_engine_step(((struct main *)context)->service, now_unix_ms, worked);
}

static void engine_close(void *context)
{
    service_engine_close(((struct main *)context)->service);
}

/* Only roots and identifiers of partners are asked for here, and those stand in the copy. */
static void pass_over(void *partners, const struct partner *p, struct slice bytes)
{
    (void)partners, (void)p, (void)bytes;
}

static void refused(void *context, const struct record *record, enum err e, struct slice why)
{
    (void)context;
    LOG(LOG_WARNING, "reference_refused", LOG_TEXT("topic", topic_row(record->topic)->name),
        LOG_TEXT("key", record->key), LOG_NUMBER("offset", record->offset), LOG_WORD("code", err_name(e)),
        LOG_TEXT("why", why));
}

static void changed(void *context)
{
    process_poke(context);
}

static struct worker_bounds bounds(const struct main *m)
{
    const struct settings *s = settings(m);
    return (struct worker_bounds){
        .transport = { .interval_ms = (unsigned)settings_number(s, SETTING_COMMIT_INTERVAL_MS),
                       .settle_ms = (unsigned)settings_number(s, SETTING_COMMIT_SETTLE_MS),
                       .close_timeout_ms = (unsigned)settings_number(s, SETTING_STATE_CLOSE_TIMEOUT_MS),
                       .unsaved_keys_max = (size_t)settings_number(s, SETTING_STATE_UNSAVED_KEYS_MAX),
                       .save_interval_ms = settings_number(s, SETTING_STATE_SAVE_INTERVAL_MS) },
    };
}

/* The consumer always fetches, so what it says of its connections is whether Kafka answers. */
static void count_brokers(void *context, const char *handle, const char *json, size_t size)
{
    struct main *m = context;
    if (!strstr(handle, "consumer")) return;
    int brokers = kafka_client_brokers_up(json, size);
    atomic_store(&m->brokers_up, brokers);
    service_lose_kafka(m->service, brokers == 0);
}

static enum err open_transport(struct main *m)
{
    const struct settings *s = settings(m);
    struct kafka_transport_options options = {
        .stage = &intake_stage,
        .kafka = process_kafka_options(m->process, 0),
        .cluster_id = m->process->cluster_id,
        .seed_check = slice_from(m->seed_check),
        .bounds = bounds(m).transport,
        .lmdb = { .dir = settings_path(s, SETTING_STATE_DIR),
                  .writer = m->writer,
                  .map_bytes = (size_t)settings_number(s, SETTING_STATE_MAP_BYTES),
                  .save_interval_ms = settings_number(s, SETTING_STATE_SAVE_INTERVAL_MS) },
    };
    options.kafka.moved_ms = &m->moved_ms;
    options.kafka.statistics = count_brokers;
    options.kafka.context = m;
    atomic_store(&m->brokers_up, -1);
    return kafka_transport_open(&options, &m->transport);
}

static enum err open_worker(struct main *m)
{
    m->catalogue = catalogue_open();
    if (!m->catalogue) return ERR_MEMORY_EXHAUSTED;
    TRY(open_transport(m));
    m->engine = (struct worker_engine){ m, engine_open, engine_step, engine_close };
    struct worker_options options = {
        .stage = &intake_stage,
        .engine = &m->engine,
        .transport = m->transport,
        .feed = m->reference.feed,
        .target = { .catalogue = m->catalogue, .put_partner = pass_over, .refused = refused },
        .catalogue = m->catalogue,
        .bounds = bounds(m),
        .moved_ms = &m->moved_ms,
        .changed = changed,
        .changed_context = m->process,
    };
    TRY(worker_open(&options, &m->worker));
    m->view = partition_view_open(&intake_stage, (const struct worker *const *)&m->worker, 1);
    return m->view ? OK : ERR_MEMORY_EXHAUSTED;
}

/* --- the service and its doors ---------------------------------------------------------------------------------- */

static void poke(void *context)
{
    process_poke(context);
}

static struct service_bounds service_bounds_of(const struct main *m)
{
    const struct settings *s = settings(m);
    return (struct service_bounds){
        .chunk_lines = (unsigned)settings_number(s, SETTING_POST_CHUNK_LINES),
        .lines_max = (unsigned)settings_number(s, SETTING_BATCH_LINES_MAX),
        .retries_max = (unsigned)settings_number(s, SETTING_COMMIT_RETRIES_MAX),
        .expire_keys_max = (unsigned)settings_number(s, SETTING_STATE_EXPIRE_KEYS_MAX),
        .bytes_max = (size_t)settings_number(s, SETTING_BATCH_BYTES_MAX),
        .schema_wait_hours = (uint32_t)settings_number(s, SETTING_RECORDS_SCHEMA_WAIT_HOURS),
        .held_days_max = (uint32_t)settings_number(s, SETTING_HELD_DAYS_MAX),
        .raw_days = (uint32_t)settings_number(s, SETTING_RAW_RETENTION_DAYS),
        .patience_ms = process_transaction_ms(m->process) / 2,
    };
}

static enum err open_service(struct main *m)
{
    const struct settings *s = settings(m);
    struct service_options options = {
        .spool_dir = settings_path(s, SETTING_INTAKE_SPOOL_DIR),
        .raw_dir = settings_path(s, SETTING_INTAKE_RAW_DIR),
        .grants = m->grants,
        .partners = &m->partners,
        .survey_threads = (unsigned)settings_number(s, SETTING_SURVEY_THREADS),
        .bounds = service_bounds_of(m),
        .has_follower = true,
        .poke = poke,
        .context = m->process,
    };
    TRY(service_open(&options, &m->service));
    service_refuse_unknown_senders(m->service, settings_word(s, SETTING_X12_UNKNOWN_SENDER) == 1);
    return service_recover(m->service);
}

static struct http_door_options door_options(struct main *m)
{
    const struct settings *s = settings(m);
    unsigned port = listen_address(m);
    return (struct http_door_options){
        .service = m->service,
        .host = m->host,
        .port = port,
        .connections_max = (unsigned)settings_number(s, SETTING_HTTP_CONNECTIONS_MAX),
        .connections_of_address_max = (unsigned)settings_number(s, SETTING_HTTP_CONNECTIONS_OF_ADDRESS_MAX),
        .idle_seconds = (unsigned)settings_number(s, SETTING_HTTP_IDLE_SECONDS),
        .answer_timeout_ms = (unsigned)settings_number(s, SETTING_HTTP_ANSWER_TIMEOUT_MS),
        .header_bytes_max = (size_t)settings_number(s, SETTING_HTTP_HEADER_BYTES_MAX),
        .body_bytes_max = (uint64_t)settings_number(s, SETTING_HTTP_BODY_BYTES_MAX),
        .body_rate_min = (uint64_t)settings_number(s, SETTING_HTTP_BODY_RATE_MIN),
        .needs_key = settings_word(s, SETTING_HTTP_IDEMPOTENCY_KEY) == 1,
        .accepts_received_at = settings_flag(s, SETTING_INTAKE_ACCEPT_RECEIVED_AT),
        .uploads_max = (unsigned)settings_number(s, SETTING_HTTP_UPLOADS_MAX),
        .requests_per_second = (unsigned)settings_number(s, SETTING_HTTP_REQUESTS_PER_SECOND),
        .requests_burst = (unsigned)settings_number(s, SETTING_HTTP_REQUESTS_BURST),
        .speaks_tls = speaks_tls(m),
    };
}

static void tick_doors(void *context)
{
    struct main *m = context;
    if (m->http) http_door_tick(m->http);
}

static enum err open_doors(struct main *m)
{
    const struct settings *s = settings(m);
    const char *inbox = settings_path(s, SETTING_INTAKE_INBOX_DIR),
               *outbox = settings_path(s, SETTING_INTAKE_OUTBOX_DIR);
    struct http_door_options http = door_options(m);
    if (m->host[0]) {
        TRY(http_door_open(m->process->life, &http, &m->http));
        life_every(m->process->life, HTTP_DOOR_TICK_MS, tick_doors, m);
        LOG(LOG_INFO, "door_opened", LOG_WORD("door", "http"), LOG_WORD("host", m->host),
            LOG_NUMBER("port", http_door_port(m->http)));
    }
    if (!inbox) return OK;
    struct folder_door_options folder = { .service = m->service,
                                          .inbox = inbox,
                                          .outbox = outbox,
                                          .settle_ms = (unsigned)settings_number(s, SETTING_FOLDER_SETTLE_MS),
                                          .bytes_max = DOCUMENT_BYTES_MAX };
    TRY(folder_door_open(&folder, &m->folder));
    LOG(LOG_INFO, "door_opened", LOG_WORD("door", "folder"), LOG_WORD("folder", inbox));
    return OK;
}

static enum err open_follower(struct main *m)
{
    const struct settings *s = settings(m);
    int size =
        snprintf(m->answers_dir, sizeof m->answers_dir, "%s/intake-answers", settings_path(s, SETTING_STATE_DIR));
    if (size < 0 || (size_t)size >= sizeof m->answers_dir) return ERR_CONFIG_INVALID;
    TRY(folder_make(m->answers_dir));
    struct follower_options options = {
        .kafka = process_kafka_options(m->process, 0),
        .cluster_id = m->process->cluster_id,
        .partitions = m->process->partitions,
        .service = m->service,
        .lmdb = { .dir = m->answers_dir,
                  .writer = m->writer,
                  .map_bytes = (size_t)settings_number(s, SETTING_STATE_MAP_BYTES),
                  .save_interval_ms = settings_number(s, SETTING_STATE_SAVE_INTERVAL_MS) },
    };
    return follower_open(&options, &m->follower);
}

/* --- life ------------------------------------------------------------------------------------------------------- */

static enum err start(void *context, struct process *process)
{
    struct main *m = context;
    m->process = process;
    TRY(state_writer_open(&m->writer));
    TRY(open_partners(m));
    TRY(open_service(m));
    TRY(open_worker(m));
    TRY(open_follower(m));
    TRY(open_doors(m));
    TRY(reference_feed_start(m->reference.feed));
    return worker_start(m->worker);
}

/* Doors first: what waits for its answer gets it, as long as that does not take too long. */
static void drain(void *context)
{
    struct main *m = context;
    m->drains = true;
    m->drained_ms = clock_mono_ms();
    if (m->http) http_door_drain(m->http);
    if (m->folder) folder_door_stop(m->folder);
    process_poke(m->process);
}

static void go_on_draining(struct main *m)
{
    bool waits = m->http && http_door_waiting(m->http) > 0 && clock_mono_ms() - m->drained_ms < DRAIN_MS;
    if (!m->drains || m->has_drained || waits) return;
    m->has_drained = true;
    if (m->http) http_door_dismiss(m->http);
    worker_drain(m->worker);
}

static void poked(void *context)
{
    struct main *m = context;
    service_deliver(m->service);
    if (m->http) http_door_stir(m->http);
    go_on_draining(m);
    if (worker_state(m->worker) == WORKER_DEAD)
        process_end(m->process, process_exit_code_later(worker_error(m->worker)));
    else if (worker_has_ended(m->worker)) process_end(m->process, PROCESS_DRAINED);
}

static void note_stall(struct main *m)
{
    bool is_stalled = service_is_stalled(m->service);
    if (is_stalled && !m->is_stalled)
        LOG(LOG_WARNING, "transaction_stalled",
            LOG_WORD("effect", "documents are refused with 503 until Kafka answers"));
    if (!is_stalled && m->is_stalled) LOG(LOG_INFO, "transaction_resumed");
    m->is_stalled = is_stalled;
}

static void tick(void *context)
{
    struct main *m = context;
    note_stall(m);
    go_on_draining(m);
    if (clock_mono_ms() - m->tended_ms > TEND_MS) {
        m->tended_ms = clock_mono_ms();
        service_tend(m->service, clock_now_unix_ms());
    }
    process_reference_tick(&m->reference, m->process);
}

static void reload_certificate(const struct main *m)
{
    char room[PROBLEM_BYTES];
    struct text why = text_over(room, sizeof room);
    if (speaks_tls(m) && load_certificate(m, &why) != OK)
        LOG(LOG_ERROR, "certificate_refused", LOG_TEXT("why", text_slice(&why)),
            LOG_WORD("effect", "the one before stays in force"));
}

static void reload(void *context)
{
    struct main *m = context;
    reload_certificate(m);
    char room[PROBLEM_BYTES];
    struct problems problems = problems_in(&m->process->arena);
    struct worker_bounds now = bounds(m);
    struct http_door_options door = door_options(m);
    struct service_bounds service = service_bounds_of(m);
    worker_set_bounds(m->worker, &now);
    service_retune(m->service, &service);
    if (m->http) http_door_retune(m->http, &door);
    if (m->folder) folder_door_retune(m->folder, (unsigned)settings_number(settings(m), SETTING_FOLDER_SETTLE_MS));
    service_refuse_unknown_senders(m->service, settings_word(settings(m), SETTING_X12_UNKNOWN_SENDER) == 1);
    if (read_grants(m, &problems) == OK) {
        service_set_grants(m->service, m->grants);
        LOG(LOG_INFO, "grants_reloaded", LOG_NUMBER("submitters", m->grants->count),
            LOG_NUMBER("tokens", m->grants->token_count));
        return;
    }
    struct text t = text_over(room, sizeof room);
    problems_put(&t, &problems);
    LOG(LOG_ERROR, "grants_refused", LOG_TEXT("why", text_slice(&t)));
}

static int64_t slowest_ms(void *context)
{
    struct main *m = context;
    return worker_state(m->worker) < WORKER_CLOSED ? worker_progress_ms(m->worker) : INT64_MAX;
}

static void close_main(void *context)
{
    struct main *m = context;
    if (m->folder) folder_door_close(m->folder);
    http_door_close(m->http);
    http_tls_close();
    partition_view_close(m->view);
    if (m->worker && worker_join(m->worker, JOIN_MS)) worker_close(m->worker);
    process_reference_stop(&m->reference);
    follower_close(m->follower);
    service_close(m->service);
    partner_directory_close(m->directory);
    process_reference_close(&m->reference);
    state_writer_close(m->writer);
    catalogue_close(m->catalogue);
}

/* --- for people ------------------------------------------------------------------------------------------------- */

/* Joined, and given nothing: whoever sends documents here is refused until the owner has gone. While no broker answers
 * nobody knows whether there is one. */
static bool is_standby(const struct main *m)
{
    return worker_state(m->worker) == WORKER_JOINING && worker_partitions(m->worker) > 0
           && atomic_load(&m->brokers_up) != 0 && !service_is_open(m->service);
}

static void put_missing(void *context, struct text *t)
{
    struct main *m = context;
    worker_put_missing(m->worker, t);
    if (atomic_load(&m->brokers_up) == 0) PUT(t, "Kafka does not answer: no broker is connected\n");
    if (m->is_stalled) PUT(t, "Kafka does not answer: a transaction does not come to its end\n");
}

static void put_shut(void *context, struct text *t)
{
    const struct main *m = context;
    if (is_standby(context))
        PUT(t, "standing by: the partitions belong to another process, which takes the documents\n");
    if (m->http) http_plan_put_full(t, spool_dir_fill(service_spool(m->service)));
}

static void put_partitions(void *context, struct text *t)
{
    partition_view_put(((struct main *)context)->view, t);
}

static void put_status(void *context, struct text *t)
{
    struct main *m = context;
    struct post_counts c = service_counts(m->service);
    json_line_number(t, "documents", (int64_t)c.documents);
    json_line_number(t, "records", (int64_t)c.records);
    json_line_number(t, "passed", (int64_t)c.passed);
    json_line_number(t, "rejected", (int64_t)c.rejected);
    json_line_number(t, "dead", (int64_t)c.dead);
    json_line_number(t, "repeated", (int64_t)c.repeated);
    json_line_number(t, "parked", (int64_t)c.parked);
    json_line_number(t, "waiting", service_waiting(m->service));
    json_line_number(t, "transactions", (int64_t)c.transactions);
    json_line_number(t, "aborted", (int64_t)c.aborted);
}

static void before_metrics(void *context)
{
    struct main *m = context;
    int brokers = atomic_load(&m->brokers_up);
    if (!m->connections) m->connections = METRIC_SOLE(METRIC_KAFKA_CONNECTIONS);
    if (brokers < 0) metric_hide(m->connections);
    else metric_set(m->connections, brokers);
    partition_view_show(m->view);
    if (m->service) meter_show(m->service);
    if (!m->folder) return;
    if (!m->strays) m->strays = METRIC_SOLE(METRIC_INBOX_STRAYS);
    metric_set(m->strays, folder_door_strays(m->folder));
}

int main(int argc, char **argv)
{
    static struct main m;
    static const struct process_body body = {
        .service = SERVICE_INTAKE,
        .what = "takes claims and sales reports from files, HTTP and Kafka, and posts their lines once",
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
        .put_shut = put_shut,
        .put_partitions = put_partitions,
        .put_status = put_status,
        .before_metrics = before_metrics,
        .close = close_main,
    };
    return process_main(&body, argc, argv);
}
