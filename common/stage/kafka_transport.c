/* stage/kafka_transport.c: the order of kafka.md 4.2, slice by slice. */
#include "stage/kafka_transport.h"

#include "base/assert.h"
#include "runtime/clock.h"
#include "runtime/kafka_log.h"
#include "runtime/kafka_sink.h"
#include "runtime/kafka_source.h"
#include "runtime/log.h"
#include "runtime/metrics.h"
#include "runtime/restore.h"
#include "stage/row_versions.h"

#include <stdlib.h>

enum { WATERMARK_MS = 5000, RESTORE_WAIT_MS = 5 };

/* A restore under way: of one partition at a time. */
struct replay {
    struct restore_log log;
    struct restore     restore;
    struct kafka_log  *reader;                      /* R: read_committed; NULL: none is open */
    struct kafka_log  *probe;                       /* Q: true high watermarks */
    enum topic         topic;
    int32_t            partition;                   /* -1: none */
    bool               was_consumed;                /* the group has an offset of one of its inputs */
    restore_visit     *visit;
    void              *context;
};

struct kafka_transport {
    struct transport               base;
    struct kafka_transport_options options;
    struct transport_events        events;
    struct kafka_source           *source;
    struct kafka_sink             *sink;
    struct lmdb_store            **stores;          /* by partition; NULL: not ours */
    int32_t                        partitions;
    struct replay                  replay;
    struct metric_series          *discarded[STATE_ORIGIN_COUNT];
};

static struct kafka_transport *of(const struct transport *t)
{
    return (struct kafka_transport *)(uintptr_t)t;  /* its first member */
}

/* --- topics ----------------------------------------------------------------------------------------------------- */

static unsigned add_topic(enum topic *topics, unsigned count, enum topic topic)
{
    for (unsigned i = 0; i < count; i++)
        if (topics[i] == topic) return count;
    if (topic == TOPIC_NONE) return count;
    ASSERT(count < KAFKA_TRANSPORT_TOPICS);
    topics[count] = topic;
    return count + 1;
}

unsigned kafka_transport_inputs(const struct stage *stage, enum topic *topics)
{
    unsigned count = 0;
    for (unsigned i = 0; i < STAGE_INPUTS_MAX; i++) count = add_topic(topics, count, stage->inputs[i]);
    return count;
}

unsigned kafka_transport_outputs(const struct stage *stage, enum topic *topics)
{
    unsigned count = 0;
    for (enum outcome o = OUTCOME_PASS; o < OUTCOME_COUNT; o++) count = add_topic(topics, count, stage->outputs[o]);
    count = add_topic(topics, count, stage->entries);
    count = add_topic(topics, count, stage->back);
    count = add_topic(topics, count, TOPIC_DEADLETTERS);
    return add_topic(topics, count, stage->changelog);
}

/* --- joining ---------------------------------------------------------------------------------------------------- */

static void on_assigned(void *context, const int32_t *partitions, unsigned count)
{
    struct kafka_transport *k = context;
    k->events.assigned(k->events.context, partitions, count);
}

static void close_replay(struct kafka_transport *k)
{
    kafka_log_close(k->replay.reader);
    kafka_log_close(k->replay.probe);
    k->replay = (struct replay){ .partition = -1 };
}

static void on_revoked(void *context, bool lost)
{
    struct kafka_transport *k = context;
    close_replay(k);
    k->events.revoked(k->events.context, lost);
}

static enum err make_room(struct kafka_transport *k)
{
    k->stores = calloc((size_t)k->partitions, sizeof *k->stores);
    return k->stores ? OK : ERR_MEMORY_EXHAUSTED;
}

/* The producer is opened first: fencing a former instance takes its half second while the group is joined and the state
 * is opened (kafka.md 16.64). May be called again after an error. */
static enum err join(struct transport *t, const struct transport_events *events)
{
    struct kafka_transport *k = of(t);
    enum topic topics[KAFKA_TRANSPORT_TOPICS];
    struct kafka_source_events own = { k, on_assigned, on_revoked };
    k->events = *events;
    if (!k->source)
        TRY(kafka_source_open(&k->options.kafka, topics, kafka_transport_inputs(k->options.stage, topics), &own,
                              &k->source));
    if (!k->sink)
        TRY(kafka_sink_open(&k->options.kafka, topics, kafka_transport_outputs(k->options.stage, topics), k->source,
                            &k->sink));
    k->partitions = kafka_source_partitions(k->source);
    return k->stores ? OK : make_room(k);
}

static struct source *source(struct transport *t)
{
    return kafka_source_base(of(t)->source);
}

static struct sink *sink(struct transport *t)
{
    return kafka_sink_base(of(t)->sink);
}

static int32_t partitions(const struct transport *t)
{
    return of(t)->partitions;
}

static enum err serve(struct transport *t, int timeout_ms)
{
    return kafka_source_serve(of(t)->source, timeout_ms);
}

static enum err ready(struct transport *t, int timeout_ms)
{
    return kafka_sink_ready(of(t)->sink, timeout_ms);
}

/* --- restoring -------------------------------------------------------------------------------------------------- */

static enum err show(void *context, const struct record *record, int64_t timestamp_unix_ms)
{
    struct replay *r = context;
    (void)timestamp_unix_ms;
    return r->visit(r->context, record->key, record->value, record->offset);
}

static enum err read_changelog(struct restore_log *log, int64_t max_ms, restore_visit *visit, void *context,
                               int64_t *position)
{
    struct replay *r = (struct replay *)log;        /* its first member */
    r->visit = visit;
    r->context = context;
    TRY(kafka_log_step(r->reader, RESTORE_WAIT_MS, (int)max_ms, show, r, NULL));
    int64_t at = kafka_log_position(r->reader, r->topic, r->partition);
    if (at > *position) *position = at;
    return OK;
}

static enum err open_logs(struct kafka_transport *k)
{
    if (!k->replay.reader) TRY(kafka_log_open(&k->options.kafka, KAFKA_READ_COMMITTED, &k->replay.reader));
    if (!k->replay.probe) TRY(kafka_log_open(&k->options.kafka, KAFKA_READ_UNCOMMITTED, &k->replay.probe));
    return OK;
}

static void note_origin(struct kafka_transport *k, int32_t p, const struct lmdb_opened *opened, int64_t high)
{
    bool discarded = opened->origin != STATE_KEPT && opened->origin != STATE_NEW;
    LOG(discarded ? LOG_WARNING : LOG_INFO, discarded ? "state_discarded" : "state_opened", LOG_NUMBER("partition", p),
        LOG_TEXT("origin", state_origin_name(opened->origin)), LOG_TEXT("why", state_origin_text(opened->origin)),
        LOG_NUMBER("generation", opened->generation), LOG_NUMBER("from", opened->changelog_offset),
        LOG_NUMBER("to", high));
    if (opened->is_unread)
        LOG(LOG_WARNING, "state_unread", LOG_NUMBER("partition", p),
            LOG_WORD("why", "two processes in a row did not survive it, and who was to read every row was ended, as "
                            "for want of memory: it is opened unread; give the service more memory, or move the "
                            "folder of the partition away, so that it is rebuilt from the changelog"));
    if (!discarded) return;
    if (!k->discarded[opened->origin])
        k->discarded[opened->origin] = METRIC_SERIES(METRIC_STATE_DISCARDED, state_origin_name(opened->origin));
    metric_add(k->discarded[opened->origin], 1);
}

static void tell_ahead(const struct kafka_transport *k, int32_t p, int64_t high)
{
    LOG(LOG_ERROR, "changelog_shortened", LOG_NUMBER("partition", p), LOG_NUMBER("ends_at", high),
        LOG_TEXT("folder", slice_from(k->options.lmdb.dir)),
        LOG_WORD(
            "why",
            "the state of this partition was saved from records that its changelog does not have any more: bring the "
            "topic back "
            "from a replica or a backup; or move the folder of the partition away, and accept that what those records "
            "said is forgotten and may be paid again"));
}

/* Steps 1 to 3: what the group committed, then the end of the changelog, then the tables. */
static enum err open_store(struct kafka_transport *k, int32_t p)
{
    const struct stage *stage = k->options.stage;
    struct lmdb_opened opened;
    struct offset committed;
    bool was_consumed = false;
    int64_t low, high;
    enum topic inputs[KAFKA_TRANSPORT_TOPICS];
    unsigned count = kafka_transport_inputs(stage, inputs);
    for (unsigned i = 0; i < count; i++) {
        TRY(kafka_source_committed(k->source, inputs[i], p, &committed));
        was_consumed |= committed.next >= 0;
    }
    TRY(open_logs(k));
    TRY(kafka_log_watermarks(k->replay.probe, stage->changelog, p, WATERMARK_MS, &low, &high));
    char changelog[KAFKA_NAME_MAX];
    kafka_client_topic_name(&k->options.kafka, stage->changelog, changelog);
    struct state_identity identity = {
        .cluster_id = slice_from(k->options.cluster_id),
        .stage = slice_from(stage->name),
        .changelog = slice_from(changelog),
        .partition = p,
        .partition_count = k->partitions,
        .schema_version = STATE_SCHEMA_VERSION,
        .seed_check = k->options.seed_check,
    };
    struct lmdb_options lmdb = k->options.lmdb;
    lmdb.keeps_ahead = was_consumed;                /* else everything was made again, and the state is of before */
    enum err e = lmdb_store_open(&lmdb, &identity, low, high, clock_now_unix_ms(), &k->stores[p], &opened);
    if (e == ERR_STATE_AHEAD) tell_ahead(k, p, high);
    TRY(e);
    note_origin(k, p, &opened, high);
    struct offset from = { .topic = stage->changelog, .partition = p, .next = opened.changelog_offset };
    k->replay.log.step = read_changelog;
    k->replay.topic = stage->changelog;
    k->replay.partition = p;
    k->replay.was_consumed = was_consumed;
    restore_begin(&k->replay.restore, k->stores[p], &k->replay.log, opened.changelog_offset, high);
    return opened.changelog_offset < high ? kafka_log_assign(k->replay.reader, &from, 1) : OK;
}

/* One transaction writes both, so that a state without offsets has lost them: its input would be decided a second
 * time. */
static enum err check_offsets(const struct kafka_transport *k, int32_t p)
{
    struct lmdb_stats s;
    lmdb_store_stats(k->stores[p], &s);
    if (k->replay.was_consumed || (k->replay.restore.records == 0 && s.saved_keys == 0)) return OK;
    LOG(LOG_ERROR, "offsets_missing", LOG_NUMBER("partition", p),
        LOG_WORD("why", "there is a state, but the group has no committed offset of this partition: it expired "
                        "(offsets.retention.minutes) "
                        "or was deleted; set the group's offsets to where it stopped, then start again"));
    return ERR_KAFKA_OFFSET;
}

/* Before anything is decided: nothing was written yet, so that the program that wrote the rows can still go on. */
static enum err check_versions(const struct kafka_transport *k, int32_t p)
{
    struct row_versions seen = { 0 };
    enum err e = row_versions_check(k->options.stage, lmdb_store_base(k->stores[p]), &seen);
    if (e != ERR_STATE_OUTDATED) return e;
    LOG(LOG_ERROR, "rows_outdated", LOG_NUMBER("partition", p), LOG_WORD("table", seen.table),
        LOG_NUMBER("found", seen.found), LOG_NUMBER("wanted", seen.wanted),
        LOG_WORD("why", "the rows of this state were written by another release, whose layout this one does not read; "
                        "nothing was changed: start the release that wrote them again, or begin in a namespace of its "
                        "own (deploy/README.md, Upgrade)"));
    return e;
}

static enum err restore(struct transport *t, int32_t p, int max_ms, struct transport_progress *progress)
{
    struct kafka_transport *k = of(t);
    ASSERT(p >= 0 && p < k->partitions);
    if (!k->stores[p]) TRY(open_store(k, p));
    ASSERT(k->replay.partition == p);
    TRY(restore_step(&k->replay.restore, max_ms, &progress->done));
    if (progress->done) TRY(check_versions(k, p));
    if (progress->done) TRY(check_offsets(k, p));
    progress->opened = true;
    progress->records = k->replay.restore.records;
    progress->position = k->replay.restore.position;
    progress->high = k->replay.restore.high;
    return OK;
}

static struct store *store(struct transport *t, int32_t p)
{
    return lmdb_store_base(of(t)->stores[p]);
}

static enum err start(struct transport *t)
{
    struct kafka_transport *k = of(t);
    close_replay(k);                                /* its threads and queues are not needed while running */
    return kafka_source_start(k->source);
}

/* --- while it runs ---------------------------------------------------------------------------------------------- */

static enum err rest(struct transport *t, instant_ms now_unix_ms, bool *may_pull)
{
    struct kafka_transport *k = of(t);
    return lmdb_stores_rest(k->stores, k->partitions, k->options.bounds.unsaved_keys_max, now_unix_ms, may_pull);
}

/* Giving up in time costs a longer replay, no more. */
static void close_store(struct transport *t, int32_t p, bool saves, instant_ms now_unix_ms, int64_t timeout_ms)
{
    struct kafka_transport *k = of(t);
    if (!k->stores[p]) return;
    bool saved = lmdb_store_close(k->stores[p], saves, now_unix_ms, timeout_ms);
    k->stores[p] = NULL;
    const char *how = !saves ? "left" : saved ? "saved" : "given up";
    LOG(LOG_INFO, "state_closed", LOG_NUMBER("partition", p), LOG_WORD("how", how));
}

static void figures(struct transport *t, int32_t p, struct transport_figures *f)
{
    struct kafka_transport *k = of(t);
    struct lmdb_stats s;
    enum topic inputs[KAFKA_TRANSPORT_TOPICS];
    unsigned count = kafka_transport_inputs(k->options.stage, inputs);
    if (!k->stores[p]) return;
    lmdb_store_stats(k->stores[p], &s);
    *f = (struct transport_figures){
        .unsaved_keys = (int64_t)s.unsaved_keys,
        .saved_keys = (int64_t)s.saved_keys,
        .disk_bytes = (int64_t)s.disk_bytes,
        .changelog_offset = s.changelog_offset,
        .saved_at_unix_ms = s.saved_at_unix_ms,
        .next = { -1, -1 },
        .high = { -1, -1 },
    };
    for (unsigned i = 0; i < count; i++) {
        if (kafka_source_is_started(k->source))
            f->next[i] = kafka_source_read_to(k->source, inputs[i], p);
        f->high[i] = kafka_source_end(k->source, inputs[i], p);
        f->stamp_unix_ms[i] = kafka_source_stamp(k->source, inputs[i], p);
    }
}

static void retune(struct transport *t, const struct transport_bounds *bounds)
{
    struct kafka_transport *k = of(t);
    k->options.bounds = *bounds;
    k->options.kafka.interval_ms = bounds->interval_ms;     /* the source asks for them at each pull */
    k->options.kafka.settle_ms = bounds->settle_ms;
    k->options.lmdb.save_interval_ms = bounds->save_interval_ms;
    for (int32_t p = 0; p < k->partitions; p++)
        if (k->stores && k->stores[p]) lmdb_store_set_save_interval(k->stores[p], bounds->save_interval_ms);
}

static void close_transport(struct transport *t)
{
    struct kafka_transport *k = of(t);
    close_replay(k);
    kafka_sink_close(k->sink);                      /* before the source, which it serves */
    kafka_source_close(k->source);                  /* runs `revoked` */
    free(k->stores);
    free(k);
}

static const struct transport_ops ops = {
    join,  source, sink,  partitions,  serve,   ready,  restore,
    store, rest,   start, close_store, figures, retune, close_transport,
};

static void note_saving(void *context, const struct state_identity *identity, struct slice text)
{
    (void)context;
    if (text.size)
        LOG(LOG_ERROR, "state_save_failed", LOG_NUMBER("partition", identity->partition), LOG_TEXT("why", text));
    else LOG(LOG_INFO, "state_save_resumed", LOG_NUMBER("partition", identity->partition));
}

enum err kafka_transport_open(const struct kafka_transport_options *options, struct transport **transport)
{
    struct kafka_transport *k = calloc(1, sizeof *k);
    if (!k) return ERR_MEMORY_EXHAUSTED;
    *k = (struct kafka_transport){ .base = { &ops }, .options = *options, .replay = { .partition = -1 } };
    k->options.lmdb.notice = note_saving;
    k->options.lmdb.save_seconds = METRIC_SOLE(METRIC_STATE_SAVE_SECONDS);
    k->options.lmdb.save_failures = METRIC_SOLE(METRIC_STATE_SAVE_FAILURES);
    retune(&k->base, &options->bounds);
    *transport = &k->base;
    return OK;
}
