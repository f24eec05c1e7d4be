/* claimctl/topic_reader.c: ranges of partitions over one kafka_log. */
#include "claimctl/topic_reader.h"

#include "base/assert.h"
#include "claimctl/progress.h"
#include "runtime/kafka_log.h"

#include <signal.h>
#include <stdlib.h>

enum { PLACES_MAX = 4096, WAIT_MS = 100, SLICE_MS = 200 };

/* One partition; records at or after `until` are not shown. */
struct place { enum topic topic; int32_t partition; int64_t from, until; };

struct reading {
    struct kafka_log *log;
    struct place     *places;
    unsigned          count;
    topic_visit      *visit;
    void             *context;
    bool              ended;
    struct progress   progress;                     /* in records; done and total in offsets */
};

static volatile sig_atomic_t interrupted;

static void note_interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

void topic_reader_catch_interrupt(void)
{
    struct sigaction action = { .sa_handler = note_interrupt };
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool topic_reader_interrupted(void)
{
    return interrupted;
}

/* --- places --- */

static enum err resolve(struct kafka_log *log, enum topic topic, int32_t partition, const struct moment *m, int64_t low,
                        int64_t high, int64_t *offset)
{
    *offset = m->kind == MOMENT_BEGINNING ? low : high;
    if (m->kind == MOMENT_OFFSET) *offset = m->offset;
    if (m->kind == MOMENT_INSTANT) TRY(kafka_log_at_time(log, topic, partition, m->unix_ms, offset));
    if (*offset < low) *offset = low;
    return OK;
}

static enum err add_place(struct reading *r, const struct topic_range *range, int32_t partition, bool follow)
{
    int64_t low, high, from, until;
    if (r->count == PLACES_MAX) return ERR_KAFKA_TOPIC;
    TRY(kafka_log_watermarks(r->log, range->topic, partition, BROKER_PATIENCE_MS, &low, &high));
    TRY(resolve(r->log, range->topic, partition, &range->from, low, high, &from));
    TRY(resolve(r->log, range->topic, partition, &range->until, low, high, &until));
    if (from > high) from = high;
    if (range->until.kind == MOMENT_END && follow) until = INT64_MAX;
    else if (until > high && !follow) until = high;
    if (from < until) r->places[r->count++] = (struct place){ range->topic, partition, from, until };
    return OK;
}

static enum err add_range(struct reading *r, const struct topic_range *range, bool follow)
{
    int32_t partitions;
    TRY(kafka_log_partitions(r->log, range->topic, &partitions));
    if (range->partition >= partitions) return ERR_KAFKA_TOPIC;
    if (range->partition >= 0) return add_place(r, range, range->partition, follow);
    for (int32_t p = 0; p < partitions; p++) TRY(add_place(r, range, p, follow));
    return OK;
}

/* --- reading --- */

static const struct place *place_of(const struct reading *r, const struct record *record)
{
    for (unsigned i = 0; i < r->count; i++)
        if (r->places[i].topic == record->topic && r->places[i].partition == record->partition) return &r->places[i];
    return NULL;
}

static enum err show(void *reading, const struct record *record, int64_t timestamp_unix_ms)
{
    struct reading *r = reading;
    const struct place *place = place_of(r, record);
    ASSERT(place);
    if (!r->ended && record->offset < place->until) r->ended = !r->visit(r->context, record, timestamp_unix_ms);
    return OK;
}

static bool is_done(const struct reading *r)
{
    for (unsigned i = 0; i < r->count; i++)
        if (kafka_log_position(r->log, r->places[i].topic, r->places[i].partition) < r->places[i].until) return false;
    return true;
}

static enum err assign(struct reading *r)
{
    struct offset *from = calloc(r->count + 1, sizeof *from);
    if (!from) return ERR_MEMORY_EXHAUSTED;
    for (unsigned i = 0; i < r->count; i++)
        from[i] = (struct offset){ .topic = r->places[i].topic,
                                   .partition = r->places[i].partition,
                                   .next = r->places[i].from };
    enum err e = kafka_log_assign(r->log, from, r->count);
    free(from);
    return e;
}

static void tell_progress(struct reading *r, unsigned visited)
{
    struct progress *p = &r->progress;
    p->items += visited;
    p->done = p->total = 0;
    for (unsigned i = 0; i < r->count; i++) {
        const struct place *place = &r->places[i];
        int64_t at = kafka_log_position(r->log, place->topic, place->partition);
        p->total += (uint64_t)(place->until - place->from);
        if (at > place->from) p->done += (uint64_t)(at - place->from);
    }
    progress_step(p);
}

/* A broker that is silent that long though records are missing is away. */
static enum err read_on(struct reading *r, bool follow)
{
    unsigned visited;
    int quiet_ms = 0;
    while (!r->ended && !interrupted && !is_done(r)) {
        TRY(kafka_log_step(r->log, WAIT_MS, SLICE_MS, show, r, &visited));
        if (!follow) tell_progress(r, visited);
        quiet_ms = visited ? 0 : quiet_ms + WAIT_MS;
        if (!follow && quiet_ms >= BROKER_PATIENCE_MS) return ERR_KAFKA_UNREACHABLE;
        if (follow && !visited) r->ended = !r->visit(r->context, NULL, 0);
    }
    return OK;
}

static enum err read_ranges(struct reading *r, const struct topic_range *ranges, unsigned count, bool follow)
{
    for (unsigned i = 0; i < count; i++) TRY(add_range(r, &ranges[i], follow));
    if (r->count == 0) return OK;
    TRY(assign(r));
    return read_on(r, follow);
}

enum err topic_read(struct broker *b, const struct topic_range *ranges, unsigned count, bool follow, topic_visit *visit,
                    void *context)
{
    struct reading r = { .visit = visit,
                         .context = context,
                         .places = calloc(PLACES_MAX, sizeof(struct place)),
                         .progress = { .noun = "records read" } };
    if (!r.places) return ERR_MEMORY_EXHAUSTED;
    if (!follow) progress_begin();
    enum err e = kafka_log_open(&b->kafka, follow ? KAFKA_FOLLOW_COMMITTED : KAFKA_READ_COMMITTED, &r.log);
    if (e == OK) e = read_ranges(&r, ranges, count, follow);
    if (!follow) progress_end();
    if (r.log) kafka_log_close(r.log);
    free(r.places);
    return e;
}

enum err topic_read_all(struct broker *b, const enum topic *topics, unsigned count, topic_visit *visit, void *context)
{
    for (unsigned i = 0; i < count; i++) {
        struct topic_range range = { .topic = topics[i], .partition = -1, .until = { .kind = MOMENT_END } };
        TRY(topic_read(b, &range, 1, false, visit, context));
    }
    return OK;
}

bool topic_supersedes(const struct record *record, const struct topic_place *before)
{
    if (record->topic != before->topic) return record->topic == TOPIC_CLAIMS_DECIDED;
    return record->partition == before->partition || record->value.size > before->size;
}
