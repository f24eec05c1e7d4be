/* stage/process.c: from the command line to the exit code. */
#include "stage/process.h"

#include "base/assert.h"
#include "runtime/build.h"
#include "runtime/clock.h"
#include "runtime/json_line.h"
#include "runtime/kafka_log.h"
#include "runtime/lmdb_store.h"
#include "runtime/log.h"
#include "runtime/metrics.h"
#include "runtime/notify.h"
#include "runtime/page_trim.h"
#include "stage/certificate_gauge.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    ARENA_BYTES_MAX = 64 << 20,
    TEXT_BYTES = 1 << 18,
    HEALTH_TIMEOUT_MS = 3000,
    ROOM_RETRY_MS = 1000,
    DRAIN_MS_MIN = 5000,
    RELOADS_MAX = 1000,
    FILES_MIN = 256,
    KEPT_BLOCK_BYTES = 4 << 20,
    KEPT_BYTES = 16 << 20
};

extern char **environ;

/* --- talking ---------------------------------------------------------------------------------------------------- */

static void print(FILE *to, const struct text *t)
{
    fwrite(t->bytes, 1, t->size, to);
    fflush(to);
}

static void print_problems(struct process *p, const struct problems *problems)
{
    struct text t = text_in(&p->arena, TEXT_BYTES);
    problems_put(&t, problems);
    print(stderr, &t);
}

static int complain(enum err e, const char *format, const char *what)
{
    fprintf(stderr, "error[%s %d]: ", err_name(e), (int)e);
    fprintf(stderr, format, what);
    fputc('\n', stderr);
    return process_exit_code(e);
}

int process_exit_code(enum err e)
{
    return e == OK ? PROCESS_DRAINED : err_class(e) == ERR_CLASS_FATAL_78 ? PROCESS_BAD_SETTING : PROCESS_RESTART;
}

int process_exit_code_later(enum err e)
{
    return e == ERR_KAFKA_TOPIC ? PROCESS_RESTART : process_exit_code(e);
}

static void put_version(void *context, struct text *t)
{
    const struct process *p = context;
    text_put_byte(t, '{');
    json_line_member(t, "service", slice_from(service_row(p->body->service)->binary));
    json_line_member(t, "version", SLICE(BUILD_VERSION));
    json_line_member(t, "commit", slice_from(build_commit()));
    json_line_member(t, "compiler", SLICE(__VERSION__));
    json_line_member(t, "librdkafka", slice_from(kafka_client_version()));
    json_line_member(t, "libmicrohttpd", slice_from(admin_http_library()));
    json_line_member(t, "libuv", slice_from(life_library()));
    json_line_member(t, "wire", SLICE("claimstream.v1"));
    json_line_number(t, "state", STATE_SCHEMA_VERSION);
    PUT(t, "}\n");
}

/* --- settings --------------------------------------------------------------------------------------------------- */

static enum err read_settings(struct process *p, struct settings **out, struct problems *problems)
{
    struct settings *s = ARENA_NEW(&p->arena, struct settings);
    struct setting_sources sources = {
        .file = p->options.file, .sets = p->options.sets, .set_count = p->options.set_count, .environment = environ
    };
    settings_init(s, &p->arena, p->body->service);
    *problems = problems_in(&p->arena);
    TRY(setting_sources_read(s, &sources, problems));
    *out = s;
    return OK;
}

static void apply_log_settings(const struct settings *s)
{
    log_set((enum log_level)settings_word(s, SETTING_LOG_LEVEL), (enum log_format)settings_word(s, SETTING_LOG_FORMAT),
            (unsigned)settings_number(s, SETTING_LOG_SITE_LINES_MAX));
}

static void fill_properties(struct process *p)
{
    for (unsigned i = 0; i < p->settings->property_count; i++)
        p->properties[i] =
            (struct kafka_property){ p->settings->properties[i].name.bytes, p->settings->properties[i].value.bytes };
}

static void kafka_says(void *context, enum kafka_severity severity, const char *facility, const char *text)
{
    (void)context;
    enum log_level level = severity <= KAFKA_ERROR     ? LOG_ERROR
                           : severity <= KAFKA_WARNING ? LOG_WARNING
                           : severity < KAFKA_DEBUG    ? LOG_INFO
                                                       : LOG_DEBUG;
    LOG(level, "kafka_client_reported", LOG_WORD("facility", facility), LOG_WORD("text", text));
}

struct kafka_options process_kafka_options(const struct process *p, unsigned worker)
{
    const struct settings *s = p->settings;
    return (struct kafka_options){
        .brokers = settings_path(s, SETTING_KAFKA_BROKERS),
        .properties = p->properties,
        .property_count = s->property_count,
        .namespace = settings_path(s, SETTING_NAMESPACE),
        .stage = service_row(p->body->service)->name,
        .instance = (unsigned)settings_number(s, SETTING_INSTANCE),
        .worker = worker,
        .settle_ms = (unsigned)settings_number(s, SETTING_COMMIT_SETTLE_MS),
        .interval_ms = (unsigned)settings_number(s, SETTING_COMMIT_INTERVAL_MS),
        .partition_bytes_max = (size_t)settings_number(s, SETTING_BATCH_BYTES_MAX),
        .log = kafka_says,
    };
}

unsigned process_transaction_ms(const struct process *p)
{
    uint64_t ms = KAFKA_TRANSACTION_TIMEOUT_MS;
    for (unsigned i = 0; i < p->settings->property_count; i++)
        if (slice_equal(p->settings->properties[i].name, SLICE("transaction.timeout.ms")))
            (void)slice_to_uint(p->settings->properties[i].value, INT32_MAX, &ms);
    return (unsigned)ms;
}

/* How long the slowest step may take: twice the time-out of transactions (kafka.md 16.13). */
static int64_t longest_step_ms(const struct process *p)
{
    return 2 * (int64_t)process_transaction_ms(p);
}

/* --- what only looks -------------------------------------------------------------------------------------------- */

static int show_help(struct process *p)
{
    struct text t = text_in(&p->arena, TEXT_BYTES);
    process_options_help(&t, p->body->service, p->body->what);
    print(stdout, &t);
    return PROCESS_DRAINED;
}

static int show_version(struct process *p)
{
    struct text t = text_in(&p->arena, TEXT_BYTES);
    put_version(p, &t);
    print(stdout, &t);
    return PROCESS_DRAINED;
}

static int show_settings(struct process *p)
{
    struct text t = text_in(&p->arena, TEXT_BYTES);
    if (p->options.mode == PROCESS_SETTINGS_YAML) settings_put_yaml(&t, p->settings);
    else settings_put_table(&t, p->settings, p->options.mode == PROCESS_SETTINGS_MARKDOWN);
    print(stdout, &t);
    return PROCESS_DRAINED;
}

static int ask_health(struct process *p)
{
    char host[256];
    struct text name = text_over(host, sizeof host - 1), body = text_in(&p->arena, TEXT_BYTES);
    unsigned port, status = 0;
    settings_address(p->settings, SETTING_ADMIN_LISTEN, &name, &port);
    host[name.size] = 0;
    bool any = strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
    enum err e = admin_http_ask(any ? "127.0.0.1" : host, port, "/readyz", HEALTH_TIMEOUT_MS, &status, &body);
    if (e != OK) PUT(&body, "nobody answers on the admin port\n");
    print(stdout, &body);
    return e == OK && status == 200 ? PROCESS_DRAINED : PROCESS_UNHEALTHY;
}

/* --- start-up checks (kafka.md 7) ------------------------------------------------------------------------------- */

static enum err tell_findings(const struct kafka_findings *findings)
{
    for (unsigned i = 0; i < findings->count; i++) {
        const struct kafka_finding *f = &findings->at[i];
        if (f->stops) fprintf(stderr, "error[%s %d]: %s\n", err_name(ERR_KAFKA_TOPIC), (int)ERR_KAFKA_TOPIC, f->text);
        LOG(f->stops ? LOG_ERROR : LOG_WARNING, "topic_checked", LOG_WORD("finding", f->text));
    }
    return findings->stopping ? ERR_KAFKA_TOPIC : OK;
}

static enum err count_partitions(struct process *p, const struct kafka_options *options)
{
    struct kafka_log *probe;
    TRY(kafka_log_open(options, KAFKA_READ_COMMITTED, &probe));
    enum err e = kafka_log_partitions(probe, TOPIC_CLAIMS_RECEIVED, &p->partitions);
    kafka_log_close(probe);
    return e;
}

static enum err check_kafka(struct process *p)
{
    static struct kafka_findings findings;
    struct kafka_options options = process_kafka_options(p, 0);
    struct text why = text_in(&p->arena, 1024);
    struct kafka_plan plan = { .allow_single_replica =
                                   settings_flag(p->settings, SETTING_TOPICS_ALLOW_SINGLE_REPLICA) };
    kafka_client_spare_plugins(&options);
    enum err e = kafka_client_check(&options, &why);
    if (e != OK) {
        fprintf(stderr, "error[%s %d]: %.*s\n", err_name(e), (int)e, SLICE_ARGS(text_slice(&why)));
        return e;
    }
    TRY(kafka_client_cluster(&options, PROCESS_KAFKA_WAIT_MS, p->cluster_id, sizeof p->cluster_id));
    if (p->body->topics) plan.topics = p->body->topics(p->body->context);
    TRY(kafka_admin_check(&options, &plan, &findings));
    TRY(tell_findings(&findings));
    return count_partitions(p, &options);
}

static enum err check_all(struct process *p)
{
    struct problems problems = problems_in(&p->arena);
    enum err e = p->body->check ? p->body->check(p->body->context, p, &problems) : OK;
    if (problems.count) print_problems(p, &problems);
    if (e != OK) return e;
    e = check_kafka(p);
    if (e == ERR_KAFKA_UNREACHABLE)
        fprintf(stderr, "error[%s %d]: no broker of kafka.brokers answers: %s\n", err_name(e), (int)e,
                settings_path(p->settings, SETTING_KAFKA_BROKERS));
    return e;
}

/* --- running ---------------------------------------------------------------------------------------------------- */

static const struct settings *settings_of(void *context)
{
    return ((struct process *)context)->settings;
}

static int64_t standstill_ms(struct process *p)
{
    int64_t slowest = p->has_started && p->body->slowest_ms ? p->body->slowest_ms(p->body->context) : INT64_MAX;
    return slowest == INT64_MAX ? 0 : clock_mono_ms() - slowest;
}

static bool is_alive(void *context)
{
    struct process *p = context;
    return standstill_ms(p) <= longest_step_ms(p);
}

static void put_missing(void *context, struct text *t)
{
    struct process *p = context;
    if (life_is_draining(p->life)) PUT(t, "draining\n");
    if (p->waits_for_room) PUT(t, "the disk of state.dir is full\n");
    if (p->has_started) p->body->put_missing(p->body->context, t);
    else PUT(t, "starting\n");
}

static void put_unready(void *context, struct text *t)
{
    struct process *p = context;
    put_missing(p, t);
    if (p->has_started && p->body->put_shut) p->body->put_shut(p->body->context, t);
}

static void put_partitions(void *context, struct text *t)
{
    struct process *p = context;
    if (p->has_started && p->body->put_partitions) p->body->put_partitions(p->body->context, t);
    else PUT(t, "[]\n");
}

static void before_metrics(void *context)
{
    static struct metric_series *age, *dropped, *clock;
    struct process *p = context;
    if (!age) age = METRIC_SOLE(METRIC_LAST_COMMIT_AGE);
    if (!dropped) dropped = METRIC_SOLE(METRIC_LOG_DROPPED);
    if (!clock) clock = METRIC_SOLE(METRIC_CLOCK);
    metric_set(clock, clock_now_unix_ms() * 1000000);
    metric_set(age, standstill_ms(p) * 1000000);
    metric_set(dropped, (int64_t)log_dropped());
    if (p->has_started && p->body->before_metrics) p->body->before_metrics(p->body->context);
}

/* Outside the worker: a call that never returns is met by nobody else (kafka.md 16.13). */
static void watch(struct process *p)
{
    int64_t still = standstill_ms(p);
    if (still <= longest_step_ms(p)) return;
    LOG(LOG_ERROR, "worker_stuck", LOG_NUMBER("ms", still), LOG_NUMBER("patience_ms", longest_step_ms(p)));
    _exit(PROCESS_RESTART);
}

static void tell_supervisor(struct process *p)
{
    char buffer[512];
    struct text t = text_over(buffer, sizeof buffer - 1);
    PUT(&t, "STATUS=");
    put_missing(p, &t);
    for (size_t i = 0; i < t.size; i++)
        if (buffer[i] == '\n') buffer[i] = ';';
    bool ready = t.size == strlen("STATUS=");
    if (ready) PUT(&t, "working");
    if (ready && !p->was_told) PUT(&t, "\nREADY=1");
    else if (!p->was_told) PUT(&t, "\nEXTEND_TIMEOUT_USEC=10000000");
    buffer[t.size] = 0;
    notify_send(buffer);
    if (ready != p->is_ready) LOG(LOG_INFO, ready ? "service_readied" : "service_unreadied");
    if (ready && !p->is_ready) {                    /* what starting needed goes back to the kernel */
        malloc_trim(0);
        page_trim();
    }
    p->is_ready = ready;
    p->was_told = p->was_told || ready;
}

static void tick(void *context)
{
    struct process *p = context;
    watch(p);
    tell_supervisor(p);
    if (p->has_started && p->body->tick) p->body->tick(p->body->context);
}

static void feed_watchdog(void *context)
{
    if (is_alive(context)) notify_send("WATCHDOG=1");
}

static void poked(void *context)
{
    struct process *p = context;
    if (p->has_started && p->body->poked) p->body->poked(p->body->context);
}

static void drain(void *context)
{
    struct process *p = context;
    int64_t ms = settings_number(p->settings, SETTING_STATE_CLOSE_TIMEOUT_MS) + longest_step_ms(p);
    notify_send("STOPPING=1\nSTATUS=draining");
    if (!p->has_started) return;                    /* who waits in the start sees it */
    life_bound_exit((unsigned)(ms < DRAIN_MS_MIN ? DRAIN_MS_MIN : ms), PROCESS_RESTART);
    p->body->drain(p->body->context);
}

static void note_difference(void *context, enum setting_id id, bool reloads)
{
    (void)context;
    LOG(reloads ? LOG_INFO : LOG_WARNING, reloads ? "setting_changed" : "setting_left",
        LOG_TEXT("setting", setting_row(id)->name), LOG_WORD("why", reloads ? "reloaded" : "it takes a restart"));
}

/* A setting that takes a restart keeps the value with which the process runs. */
static void keep_fixed(struct settings *fresh, const struct settings *old)
{
    for (enum setting_id id = 0; id < SETTING_COUNT; id++)
        if (!setting_row(id)->reloads) fresh->values[id] = old->values[id];
    memcpy(fresh->properties, old->properties, sizeof fresh->properties);
    fresh->property_count = old->property_count;
}

static void reload(void *context)
{
    struct process *p = context;
    struct settings *fresh;
    struct problems problems;
    if (p->reloads++ >= RELOADS_MAX || read_settings(p, &fresh, &problems) != OK) {
        if (p->reloads <= RELOADS_MAX) print_problems(p, &problems);
        LOG(LOG_ERROR, "reload_refused", LOG_WORD("why", "the settings cannot be read; those before stay in force"));
        return;
    }
    notify_send("RELOADING=1");
    setting_sources_compare(p->settings, fresh, note_difference, NULL);
    keep_fixed(fresh, p->settings);
    p->settings = fresh;
    apply_log_settings(fresh);
    if (p->has_started && p->body->reload) p->body->reload(p->body->context);
    LOG(LOG_INFO, "settings_reloaded", LOG_NUMBER("reloads", p->reloads));
    notify_send("READY=1");
}

static void status(void *context)
{
    struct process *p = context;
    char buffer[2048];
    struct text t = text_over(buffer, sizeof buffer);
    put_missing(p, &t);
    if (!t.size) PUT(&t, "working");
    if (p->has_started && p->body->put_status) p->body->put_status(p->body->context, &t);
    LOG(LOG_INFO, "status_asked", LOG_TEXT("status", text_slice(&t)));
}

void process_wait_for_room(struct process *p, const char *folder)
{
    const struct timespec pause = { .tv_nsec = 20000000 };
    int64_t until_ms = clock_mono_ms() + ROOM_RETRY_MS;
    ASSERT(!p->has_started);
    if (!p->waits_for_room) LOG(LOG_ERROR, "start_suspended", LOG_WORD("folder", folder), LOG_ERR(ERR_STATE_FULL));
    p->waits_for_room = true;
    while (clock_mono_ms() < until_ms && !life_is_draining(p->life)) {
        life_turn(p->life);
        nanosleep(&pause, NULL);
    }
    if (life_is_draining(p->life)) _exit(PROCESS_DRAINED);      /* nothing runs yet that had to come to an end */
}

void process_poke(struct process *p)
{
    life_poke(p->life);
}

void process_end(struct process *p, int exit_code)
{
    if (exit_code != PROCESS_DRAINED) {
        LOG(LOG_ERROR, "service_ended", LOG_NUMBER("exit_code", exit_code));
        _exit(exit_code);                           /* nothing here that could block */
    }
    life_end(p->life, exit_code);
}

static enum err open_life(struct process *p)
{
    struct life_events events = { p, drain, reload, status, poked };
    struct admin_source source = { p, settings_of, is_alive, put_unready, put_version, put_partitions, before_metrics };
    TRY(life_open(&events, &p->life));
    TRY(admin_http_open(p->life, &source, &p->admin));
    life_every(p->life, PROCESS_TICK_MS, tick, p);
    if (notify_watchdog_ms()) life_every(p->life, notify_watchdog_ms(), feed_watchdog, p);
    certificate_gauge_set_kafka(p->settings);
    certificate_gauge_set_redis(p->settings);
    metric_set(METRIC_SERIES(METRIC_BUILD_INFO, SLICE(BUILD_VERSION), slice_from(kafka_client_version())), 1);
    return OK;
}

/* Sockets of the Kafka client, tables, connections: without them nothing says what is missing. */
static enum err raise_files(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) return OK;
    files.rlim_cur = files.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_max == RLIM_INFINITY || files.rlim_max >= FILES_MIN) return OK;
    fprintf(stderr,
            "error[%s %d]: this process may have %llu files open, and needs %d: raise the hard limit (ulimit -Hn, "
            "LimitNOFILE=)\n",
            err_name(ERR_CONFIG_INVALID), (int)ERR_CONFIG_INVALID, (unsigned long long)files.rlim_max, FILES_MIN);
    return ERR_CONFIG_INVALID;
}

static int run(struct process *p)
{
    LOG(LOG_INFO, "service_started", LOG_WORD("version", BUILD_VERSION),
        LOG_WORD("librdkafka", kafka_client_version()),
        LOG_WORD("brokers", settings_path(p->settings, SETTING_KAFKA_BROKERS)), LOG_NUMBER("pid", getpid()));
    enum err e = raise_files();
    if (e == OK) e = check_all(p);
    if (e == OK) e = open_life(p);
    if (e == OK) e = p->body->start(p->body->context, p);
    if (e != OK) {
        LOG(LOG_ERROR, "start_failed", LOG_ERR(e));
        _exit(process_exit_code(e));                /* threads may run already */
    }
    p->has_started = true;
    p->waits_for_room = false;
    process_poke(p);                                /* what came meanwhile */
    int code = life_run(p->life);
    LOG(LOG_INFO, "service_drained");
    if (p->body->close) p->body->close(p->body->context);
    admin_http_close(p->admin);
    life_close(p->life);
    return code;
}

static int check_only(struct process *p)
{
    enum err e = check_all(p);
    if (e != OK) return process_exit_code(e);
    printf("%s: settings, files, broker and %d partitions are as they must be\n", service_row(p->body->service)->binary,
           p->partitions);
    return PROCESS_DRAINED;
}

/* --- the command line ------------------------------------------------------------------------------------------- */

static int with_settings(struct process *p)
{
    struct problems problems;
    enum err e = read_settings(p, &p->settings, &problems);
    if (e != OK) {
        print_problems(p, &problems);
        return PROCESS_BAD_SETTING;
    }
    fill_properties(p);
    log_open(p->body->service, (unsigned)settings_number(p->settings, SETTING_INSTANCE), "");
    apply_log_settings(p->settings);
    switch (p->options.mode) {
    case PROCESS_SETTINGS:
    case PROCESS_SETTINGS_MARKDOWN:
    case PROCESS_SETTINGS_YAML: return show_settings(p);
    case PROCESS_HEALTH:        return ask_health(p);
    case PROCESS_CHECK:         log_set(LOG_ERROR, LOG_PLAIN, 20); log_to(STDERR_FILENO); return check_only(p);
    default:                    return run(p);
    }
}

/* Batches are fetched and sent in blocks of a MiB and more, one thread's after the other's: given back to the kernel,
 * each comes again page by page, zeroed. */
static void keep_blocks(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, KEPT_BLOCK_BYTES);
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
}

int process_main(const struct process_body *body, int argc, char **argv)
{
    static struct process process;
    struct process *p = &process;
    *p = (struct process){ .body = body };
    keep_blocks();
    if (arena_open(&p->arena, ARENA_BYTES_MAX, ARENA_BYTES_MAX) != OK)
        return complain(ERR_MEMORY_EXHAUSTED, "%s", "no memory");
    if (process_options_read(&p->arena, argc, argv, &p->options) != OK) {
        fprintf(stderr, "error[USAGE %d]: %.*s\n  more: %s --help\n", (int)ERR_USAGE, SLICE_ARGS(p->options.complaint),
                service_row(body->service)->binary);
        return PROCESS_USAGE;
    }
    if (p->options.mode == PROCESS_HELP) return show_help(p);
    if (p->options.mode == PROCESS_VERSION) return show_version(p);
    return with_settings(p);
}
