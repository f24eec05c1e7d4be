/* stage/kafka_reference.c: the two compacted topics over a kafka_log. */
#include "stage/kafka_reference.h"

#include "base/assert.h"
#include "runtime/clock.h"
#include "runtime/kafka_log.h"

#include <stdlib.h>
#include <time.h>

enum { PARTITIONS_MAX = 64, WATERMARK_MS = 10000, SLICE_MS = 50, RETRY_MS = 100 };

struct end { enum topic topic; int32_t partition; int64_t high; };

struct kafka_reference {
    struct reference_log base;
    struct kafka_log    *log;
    struct end           ends[2 * PARTITIONS_MAX];  /* of what stood there when it was opened */
    unsigned             end_count;
    bool                 at_end;
};

struct showing { void (*visit)(void *context, const struct record *); void *context; };

static enum err show(void *showing, const struct record *record, int64_t timestamp_unix_ms)
{
    struct showing *s = showing;
    (void)timestamp_unix_ms;
    s->visit(s->context, record);
    return OK;
}

static bool is_at_end(const struct kafka_reference *k)
{
    for (unsigned i = 0; i < k->end_count; i++)
        if (kafka_log_position(k->log, k->ends[i].topic, k->ends[i].partition) < k->ends[i].high) return false;
    return true;
}

static enum err step(struct reference_log *log, int max_ms, void (*visit)(void *context, const struct record *),
                     void *context, bool *at_end)
{
    struct kafka_reference *k = (struct kafka_reference *)log;      /* its first member */
    struct showing s = { visit, context };
    TRY(kafka_log_step(k->log, max_ms, SLICE_MS, show, &s, NULL));
    *at_end = k->at_end = k->at_end || is_at_end(k);
    return OK;
}

static void close_log(struct reference_log *log)
{
    struct kafka_reference *k = (struct kafka_reference *)log;
    if (k->log) kafka_log_close(k->log);
    free(k);
}

static enum err note_topic(struct kafka_reference *k, enum topic topic, struct offset *from)
{
    int32_t partitions;
    TRY(kafka_log_partitions(k->log, topic, &partitions));
    if (partitions > PARTITIONS_MAX) return ERR_KAFKA_TOPIC;
    for (int32_t p = 0; p < partitions; p++) {
        int64_t low, high;
        TRY(kafka_log_watermarks(k->log, topic, p, WATERMARK_MS, &low, &high));
        from[k->end_count] = (struct offset){ .topic = topic, .partition = p, .next = low };
        k->ends[k->end_count++] = (struct end){ topic, p, high };
    }
    return OK;
}

static enum err begin(struct kafka_reference *k, const struct kafka_options *options)
{
    struct offset from[2 * PARTITIONS_MAX];
    TRY(kafka_log_open(options, KAFKA_FOLLOW_COMMITTED, &k->log));
    TRY(note_topic(k, TOPIC_PARTNERS, from));
    TRY(note_topic(k, TOPIC_PROGRAMS, from));
    return kafka_log_assign(k->log, from, k->end_count);
}

static enum err open_once(const struct kafka_options *options, struct reference_log **log)
{
    static const struct reference_log_ops ops = { .step = step, .close = close_log };
    struct kafka_reference *k = calloc(1, sizeof *k);
    if (!k) return ERR_MEMORY_EXHAUSTED;
    k->base.ops = &ops;
    enum err e = begin(k, options);
    if (e == OK) *log = &k->base;
    else close_log(&k->base);
    return e;
}

enum err kafka_reference_await(const struct kafka_options *options, int wait_ms, struct reference_log **log)
{
    struct timespec pause = { 0, RETRY_MS * 1000000L };
    int64_t deadline_ms = clock_mono_ms() + wait_ms;
    for (;;) {
        enum err e = open_once(options, log);
        if (err_class(e) != ERR_CLASS_RETRY || clock_mono_ms() > deadline_ms) return e;
        nanosleep(&pause, NULL);
    }
}
