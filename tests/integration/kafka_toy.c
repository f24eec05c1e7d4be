/* tests/integration/kafka_toy.c: a worker of the toy stage on Kafka, its load and its judge, for checks that kill it.
 *
 *   kafka_toy topics               creates what the stage needs
 *   kafka_toy load FROM COUNT      writes numbered lines
 *   kafka_toy work                 one worker until SIGTERM; 75: start it again
 *   kafka_toy judge COUNT          every line once, the folded changelog as it must be, faults met open transactions
 *
 * KAFKA_BROKERS, TOY_NAMESPACE, TOY_INSTANCE, TOY_PARTITIONS (4), TOY_LINES (of a batch), TOY_VERBOSE (a severity),
 * TOY_HALT (the commit that is not made: all is written, the transaction stays open until somebody kills the worker),
 * TOY_STATE (a folder: state on disk there, saved TOY_SAVE_MS apart; else in memory).
 *
 * Line i of root i % 64 says the datum d of its root, every seventh waits until line i + 64 says that it is known. So
 * the state counts what was judged: a transaction that took effect twice, or without its state, shows. */
#include "base/assert.h"
#include "runtime/changelog.h"
#include "runtime/kafka_admin.h"
#include "runtime/kafka_log.h"
#include "runtime/kafka_sink.h"
#include "runtime/kafka_source.h"
#include "runtime/kafka_writer.h"
#include "runtime/lmdb_store.h"
#include "runtime/memory_store.h"
#include "stage/loop.h"
#include "support/toy.h"
#include "wire/bytes.h"
#include "wire/dossier_codec.h"

#include <librdkafka/rdkafka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { ROOTS = 64, EVERY = 7, NAME = 16, WAIT_MS = 120000, SLICE_MS = 20 };

static struct kafka_options options = { .stage = "toy" };
static struct arena arena;
static volatile sig_atomic_t stopping;

static void say(void *context, enum kafka_severity severity, const char *facility, const char *text)
{
    const char *most = getenv("TOY_VERBOSE");
    (void)context;
    if ((long)severity <= (most ? strtol(most, NULL, 10) : KAFKA_ERROR))
        fprintf(stderr, "%d %s: %s\n", (int)getpid(), facility, text);
}

static int number(const char *name, int otherwise)
{
    const char *text = getenv(name);
    return text ? (int)strtol(text, NULL, 10) : otherwise;
}

static void must(enum err e, const char *what)
{
    if (e == OK) return;
    fprintf(stderr, "kafka_toy: %s: %s\n", what, err_text(e));
    _exit(err_class(e) == ERR_CLASS_FATAL_78 ? 78 : 75);
}

static const enum topic used[] = { TOPIC_CLAIMS_RECEIVED, TOPIC_CLAIMS_CLASSIFIED, TOPIC_CLAIMS_HELD,
                                   TOPIC_REVIEWS,         TOPIC_DEADLETTERS,       TOPIC_CLASSIFICATION_CHANGELOG };
enum { USED = sizeof used / sizeof used[0] };

static void create_topics(void)
{
    struct kafka_plan plan = { .partitions = number("TOY_PARTITIONS", 4), .allow_single_replica = true };
    struct kafka_findings findings;
    for (unsigned i = 0; i < USED; i++) plan.topics |= 1ull << used[i];
    must(kafka_admin_create(&options, &plan, NULL, NULL), "create topics");
    must(kafka_admin_check(&options, &plan, &findings), "check topics");
    for (unsigned i = 0; i < findings.count; i++) printf("%s\n", findings.at[i].text);
    if (findings.count) exit(1);
}

/* --- load ------------------------------------------------------------------------------------------------------- */

static bool waits(long i)
{
    return i % EVERY == 0;
}

static void put_word(struct text *t, const char *word, long index)
{
    text_put(t, slice_from(word));
    text_put_int(t, index);
}

static void load(long from, long count)
{
    struct kafka_writer *writer;
    must(kafka_writer_open(&options, &writer), "open the writer");
    for (long i = from; i < from + count; i++) {
        char name[NAME], root[NAME], words[80];
        struct text say_words = text_over(words, sizeof words - 1);
        snprintf(name, sizeof name, "L%09ld", i);
        snprintf(root, sizeof root, "R%02ld", i % ROOTS);
        PUT(&say_words, "a:say=d");
        if (waits(i)) put_word(&say_words, " a:park=p", i);
        if (i >= ROOTS && waits(i - ROOTS)) put_word(&say_words, " a:say=p", i - ROOTS);
        words[say_words.size] = 0;
        arena_reset(&arena);
        must(kafka_writer_send(writer, TOPIC_CLAIMS_RECEIVED, -1, slice_from(root),
                               TOY_LINE(&arena, name, root, words, 5), NULL, 0),
             "send");
    }
    must(kafka_writer_flush(writer, WAIT_MS), "flush");
    kafka_writer_close(writer);
}

/* --- work ------------------------------------------------------------------------------------------------------- */

struct worker {
    struct kafka_source  *source;
    struct kafka_sink    *sink;
    struct kafka_log     *restore, *probe;
    struct memory_store **memory;
    struct lmdb_store   **lmdb;
    struct lmdb_options   disk;                     /* dir NULL: in memory */
    char                  cluster[64];
    struct store        **stores;
    int64_t              *high;
    unsigned long         replayed;
    int32_t               partitions;
    bool                  is_restoring, is_told;
    struct loop          *loop;
    struct catalogue     *catalogue;
    struct toy            toy;
};

static int64_t now_unix_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void on_assigned(void *context, const int32_t *partitions, unsigned count)
{
    struct worker *w = context;
    for (unsigned i = 0; i < count && !w->disk.dir; i++) {
        w->memory[partitions[i]] = memory_store_open(NULL);
        w->stores[partitions[i]] = memory_store_base(w->memory[partitions[i]]);
    }
    w->is_restoring = true;
    w->is_told = false;
}

static void on_revoked(void *context, bool lost)
{
    struct worker *w = context;
    for (int32_t p = 0; p < w->partitions; p++) {
        memory_store_close(w->memory[p]);
        lmdb_store_close(w->lmdb[p], !lost, now_unix_ms(), LMDB_CLOSE_TIMEOUT_MS);
        w->memory[p] = NULL;
        w->lmdb[p] = NULL;
        w->stores[p] = NULL;
    }
    w->is_restoring = false;
}

static enum err replay(void *context, const struct record *r, int64_t timestamp_unix_ms)
{
    struct worker *w = context;
    struct store *store = w->stores[r->partition];
    (void)timestamp_unix_ms;
    w->replayed++;
    if (w->disk.dir) return lmdb_store_replay(w->lmdb[r->partition], r->key, r->value, r->offset);
    TRY(memory_store_take(w->memory[r->partition], r->key, r->value));
    store_merge(store, r->offset + 1);
    return OK;
}

/* *from: the start of the log; where the tables stand. */
static enum err open_on_disk(struct worker *w, struct offset *from)
{
    char changelog[KAFKA_NAME_MAX];
    struct lmdb_opened opened;
    kafka_client_topic_name(&options, from->topic, changelog);
    struct state_identity i = { .cluster_id = slice_from(w->cluster),
                                .stage = SLICE("toy"),
                                .changelog = slice_from(changelog),
                                .partition = from->partition,
                                .partition_count = w->partitions,
                                .schema_version = STATE_SCHEMA_VERSION };
    TRY(lmdb_store_open(&w->disk, &i, from->next, w->high[from->partition], now_unix_ms(), &w->lmdb[from->partition],
                        &opened));
    w->stores[from->partition] = lmdb_store_base(w->lmdb[from->partition]);
    from->next = opened.changelog_offset;
    return OK;
}

/* Steps 1 to 3 of kafka.md 4.2. */
static enum err ask_where(struct worker *w)
{
    unsigned count;
    const int32_t *mine = kafka_source_assignment(w->source, &count);
    struct offset from[64], committed;
    ASSERT(mine && count <= 64);
    for (unsigned i = 0; i < count; i++)
        TRY(kafka_source_committed(w->source, TOPIC_CLAIMS_RECEIVED, mine[i], &committed));
    for (unsigned i = 0; i < count; i++) {
        from[i] = (struct offset){ .topic = TOPIC_CLASSIFICATION_CHANGELOG, .partition = mine[i] };
        TRY(kafka_log_watermarks(w->probe, from[i].topic, mine[i], 1000, &from[i].next, &w->high[mine[i]]));
        if (w->disk.dir && !w->lmdb[mine[i]]) TRY(open_on_disk(w, &from[i]));
    }
    return kafka_log_assign(w->restore, from, count);
}

static bool is_restored(const struct worker *w)
{
    for (int32_t p = 0; p < w->partitions; p++)
        if (w->stores[p] && kafka_log_position(w->restore, TOPIC_CLASSIFICATION_CHANGELOG, p) < w->high[p])
            return false;
    return true;
}

static enum err begin_loop(struct worker *w)
{
    for (int32_t p = 0; p < w->partitions; p++)
        if (w->lmdb[p])
            lmdb_store_replayed(w->lmdb[p], kafka_log_position(w->restore, TOPIC_CLASSIFICATION_CHANGELOG, p));
    fprintf(stderr, "kafka_toy: replayed %lu records\n", w->replayed);
    w->replayed = 0;
    TRY(kafka_source_start(w->source));
    w->is_restoring = false;
    struct loop_options o = { .stage = &toy_first,
                              .source = kafka_source_base(w->source),
                              .sink = kafka_sink_base(w->sink),
                              .stores = w->stores,
                              .partitions = w->partitions,
                              .catalogue = w->catalogue,
                              .own = &w->toy,
                              .lines_max = (unsigned)number("TOY_LINES", 200),
                              .writes_changelog = true,
                              .changelog_slack_bytes = (size_t)number("TOY_SLACK", 0) };
    TRY(loop_open(&o, &w->loop));
    loop_wake(w->loop, (struct slice){ 0 });        /* as worker.c: a wake put off died with who was killed */
    return OK;
}

static enum err step_restore(struct worker *w)
{
    if (!w->is_told) TRY(ask_where(w));
    w->is_told = true;
    TRY(kafka_log_step(w->restore, SLICE_MS, SLICE_MS, replay, w, NULL));
    return is_restored(w) ? begin_loop(w) : OK;
}

static enum err step_worker(struct worker *w)
{
    bool worked, may_pull = true;
    TRY(lmdb_stores_rest(w->lmdb, w->partitions, 0, now_unix_ms(), &may_pull));
    if (w->loop) return loop_step(w->loop, now_unix_ms(), &worked);
    TRY(kafka_source_serve(w->source, w->is_restoring ? 0 : SLICE_MS));
    return w->is_restoring ? step_restore(w) : OK;
}

/* The linker puts this before the library's own: a kill meets an open transaction for certain, not by luck. */
rd_kafka_error_t *__real_rd_kafka_commit_transaction(rd_kafka_t *rk, int timeout_ms);
rd_kafka_error_t *__wrap_rd_kafka_commit_transaction(rd_kafka_t *rk, int timeout_ms);

rd_kafka_error_t *__wrap_rd_kafka_commit_transaction(rd_kafka_t *rk, int timeout_ms)
{
    static int asked;
    if (++asked == number("TOY_HALT", 0)) {
        ASSERT(rd_kafka_flush(rk, WAIT_MS) == RD_KAFKA_RESP_ERR_NO_ERROR);
        fprintf(stderr, "kafka_toy: a transaction stays open\n");
        while (!stopping) pause();
        _exit(0);
    }
    return __real_rd_kafka_commit_transaction(rk, timeout_ms);
}

static void open_disk(struct worker *w)
{
    w->disk = (struct lmdb_options){ .dir = getenv("TOY_STATE"), .save_interval_ms = number("TOY_SAVE_MS", 1000) };
    if (!w->disk.dir) return;
    must(kafka_client_cluster(&options, WAIT_MS, w->cluster, sizeof w->cluster), "ask for the cluster");
    must(state_writer_open(&w->disk.writer), "start the state writer");
}

static void open_worker(struct worker *w)
{
    open_disk(w);
    const struct kafka_source_events events = { w, on_assigned, on_revoked };
    static const enum topic outputs[] = { TOPIC_CLAIMS_CLASSIFIED, TOPIC_CLAIMS_HELD, TOPIC_DEADLETTERS,
                                          TOPIC_CLASSIFICATION_CHANGELOG };
    must(kafka_source_open(&options, toy_first.inputs, 2, &events, &w->source), "open the source");
    must(kafka_sink_open(&options, outputs, 4, w->source, &w->sink), "open the sink");
    must(kafka_log_open(&options, KAFKA_READ_COMMITTED, &w->restore), "open the log");
    must(kafka_log_open(&options, KAFKA_READ_UNCOMMITTED, &w->probe), "open the probe");
    w->partitions = kafka_source_partitions(w->source);
    ASSERT(kafka_sink_partitions(w->sink, TOPIC_CLAIMS_CLASSIFIED) == w->partitions);
    w->memory = calloc((size_t)w->partitions, sizeof *w->memory);
    w->lmdb = calloc((size_t)w->partitions, sizeof *w->lmdb);
    w->stores = calloc((size_t)w->partitions, sizeof *w->stores);
    w->high = calloc((size_t)w->partitions, sizeof *w->high);
    w->catalogue = catalogue_open();
    ASSERT(w->memory && w->lmdb && w->stores && w->high && w->catalogue);
}

static void close_worker(struct worker *w)
{
    struct kafka_sink_totals t = kafka_sink_totals(w->sink);
    printf("committed %lu, aborted %lu, lost %lu\n", t.committed, t.aborted, t.lost);
    loop_close(w->loop);
    kafka_sink_close(w->sink);
    kafka_source_close(w->source);
    kafka_log_close(w->restore);
    kafka_log_close(w->probe);
    catalogue_close(w->catalogue);
    state_writer_close(w->disk.writer);
    free(w->memory);
    free(w->lmdb);
    free(w->stores);
    free(w->high);
}

static void on_signal(int signal)
{
    (void)signal;
    stopping = 1;
}

static void work(void)
{
    static const struct kafka_property hasty[] = { { "transaction.timeout.ms", "2000" },
                                                   { "message.timeout.ms", "1900" },
                                                   { "socket.timeout.ms", "2000" },
                                                   { "request.timeout.ms", "1900" } };
    struct worker w = { 0 };
    if (number("TOY_HASTY", 0)) {
        options.properties = hasty;
        options.property_count = sizeof hasty / sizeof hasty[0];
    }
    signal(SIGTERM, on_signal);
    options.settle_ms = 3;
    open_worker(&w);
    while (!stopping) {
        enum err e = step_worker(&w);
        if (err_class(e) != ERR_CLASS_RETRY) must(e, "work");
        if (e == ERR_SOURCE_STALE) {
            loop_close(w.loop);
            w.loop = NULL;
        } else if (e != OK) {
            usleep(50000);
        }
    }
    close_worker(&w);
}

/* --- judge ------------------------------------------------------------------------------------------------------ */

struct judging { uint8_t *seen; long count, twice, strange, given_up; uint64_t held; struct memory_store *state; };

static enum err judge_line(void *context, const struct record *r, int64_t timestamp_unix_ms)
{
    struct judging *j = context;
    struct dossier d;
    uint64_t i;
    (void)timestamp_unix_ms;
    arena_reset(&arena);
    must(dossier_decode(&arena, r->value, &d), "decode");
    if (!slice_to_uint(slice_skip(d.receipt->line_id, 1), (uint64_t)j->count - 1, &i)) j->strange++;
    else if (j->seen[i]++) j->twice++;
    return OK;
}

static enum err fold(void *context, const struct record *r, int64_t timestamp_unix_ms)
{
    struct judging *j = context;
    (void)timestamp_unix_ms;
    if (r->key.bytes[0] == CHANGELOG_TABLE && r->value.size == 0) j->given_up++;
    TRY(memory_store_take(j->state, r->key, r->value));
    store_merge(memory_store_base(j->state), r->offset + 1);
    return OK;
}

static enum err count_only(void *context, const struct record *r, int64_t timestamp_unix_ms)
{
    (void)r;
    (void)timestamp_unix_ms;
    ++*(long *)context;
    return OK;
}

/* Reads a topic from its beginning to its end of this moment. */
static void read_all(enum kafka_isolation isolation, enum topic topic, kafka_log_visit *visit, void *context)
{
    struct kafka_log *log;
    struct offset from[64];
    int32_t count;
    int64_t high;
    must(kafka_log_open(&options, isolation, &log), "open the log");
    must(kafka_log_partitions(log, topic, &count), "read partitions");
    ASSERT(count <= 64);
    for (int32_t p = 0; p < count; p++) {
        from[p] = (struct offset){ .topic = topic, .partition = p };
        must(kafka_log_watermarks(log, topic, p, WAIT_MS, &from[p].next, &high), "read watermarks");
    }
    must(kafka_log_assign(log, from, (unsigned)count), "assign");
    do must(kafka_log_step(log, 100, 1000, visit, context, NULL), "read");
    while (!kafka_log_is_at_end(log));
    kafka_log_close(log);
}

static enum err add_count(void *context, struct slice key, struct slice value)
{
    struct bytes_reader r = bytes_reader_of(slice_skip(value, 1));         /* after the version of its codec */
    (void)key;
    *(uint64_t *)context += bytes_take_uint(&r);
    return bytes_finish(&r);
}

/* How often all data were said: once by each line, and again where one had waited and was judged again. */
static uint64_t said(const struct judging *j)
{
    uint64_t total = 0;
    must(store_scan(memory_store_base(j->state), 1, (struct slice){ 0 }, (struct slice){ 0 }, add_count, &total),
         "scan");
    return total;
}

static uint64_t expected_said(long count)
{
    uint64_t total = 0;
    for (long i = 0; i < count; i++) {
        bool released = waits(i) && i + ROOTS < count;
        if (!waits(i) || released) total += 1 + (i >= ROOTS && waits(i - ROOTS));
    }
    return total;
}

static void judge(long count)
{
    struct memory_store *state = memory_store_open(NULL);
    struct judging j = { .seen = calloc((size_t)count, 1), .count = count, .state = state };
    long missing = 0, uncommitted = 0, committed = 0, dead = 0;
    ASSERT(j.seen);
    read_all(KAFKA_READ_COMMITTED, TOPIC_CLAIMS_CLASSIFIED, judge_line, &j);
    read_all(KAFKA_READ_COMMITTED, TOPIC_CLASSIFICATION_CHANGELOG, fold, &j);
    read_all(KAFKA_READ_UNCOMMITTED, TOPIC_CLAIMS_CLASSIFIED, count_only, &uncommitted);
    read_all(KAFKA_READ_COMMITTED, TOPIC_CLAIMS_CLASSIFIED, count_only, &committed);
    read_all(KAFKA_READ_COMMITTED, TOPIC_DEADLETTERS, count_only, &dead);
    for (long i = 0; i < count; i++) missing += !j.seen[i] && !(waits(i) && i + ROOTS >= count);
    printf("lines %ld, committed %ld, uncommitted %ld, twice %ld, missing %ld, strange %ld, dead %ld, said %lu of %lu, "
           "%ld packs given up\n",
           count, committed, uncommitted, j.twice, missing, j.strange, dead, said(&j), expected_said(count),
           j.given_up);
    bool right = j.twice == 0 && missing == 0 && j.strange == 0 && dead == 0 && said(&j) == expected_said(count);
    memory_store_close(state);
    free(j.seen);
    exit(!right ? 1 : uncommitted > committed ? 0 : 3);
}

int main(int argc, char **argv)
{
    options.brokers = getenv("KAFKA_BROKERS");
    options.namespace = getenv("TOY_NAMESPACE");
    options.instance = (unsigned)number("TOY_INSTANCE", 0);
    options.log = say;
    must(arena_open(&arena, 1 << 20, 1 << 20), "open the arena");
    const char *verb = argc > 1 ? argv[1] : "";
    if (options.brokers && strcmp(verb, "topics") == 0) create_topics();
    else if (options.brokers && strcmp(verb, "load") == 0 && argc == 4)
        load(strtol(argv[2], NULL, 10), strtol(argv[3], NULL, 10));
    else if (options.brokers && strcmp(verb, "work") == 0) work();
    else if (options.brokers && strcmp(verb, "judge") == 0 && argc == 3) judge(strtol(argv[2], NULL, 10));
    else return 64;
    arena_close(&arena);
    return 0;
}
