/* runtime/memory_sink.c: transactions on the memory log. */
#include "runtime/memory_sink.h"

#include "base/assert.h"
#include "runtime/memory_source.h"

#include <stdlib.h>

struct memory_sink {
    struct sink        sink;
    struct memory_log *log;
    struct fault_gun  *gun;
    int                producer;
    int64_t            epoch;
};

static struct memory_sink *of(struct sink *sink)
{
    return (struct memory_sink *)sink;              /* its first member */
}

static enum err memory_sink_begin(struct sink *sink)
{
    struct memory_sink *s = of(sink);
    TRY(fault(s->gun, EFFECT_BEGIN, BEFORE));
    TRY(memory_log_begin(s->log, s->producer, s->epoch));
    return fault(s->gun, EFFECT_BEGIN, AFTER);
}

static enum err memory_sink_send(struct sink *sink, enum topic topic, int32_t partition, struct slice key,
                                 struct slice value, const struct header *headers, unsigned header_count)
{
    struct memory_sink *s = of(sink);
    struct record record = { .topic = topic, .partition = partition, .key = key, .value = value, .headers = headers,
                             .header_count = header_count };
    TRY(fault(s->gun, EFFECT_SEND, BEFORE));
    TRY(memory_log_send(s->log, s->producer, s->epoch, &record));
    return fault(s->gun, EFFECT_SEND, AFTER);
}

static enum err memory_sink_commit(struct sink *sink, struct source *consumed, const struct offset *offsets,
                                   unsigned offset_count)
{
    struct memory_sink *s = of(sink);
    TRY(fault(s->gun, EFFECT_OFFSETS, BEFORE));
    TRY(memory_log_offsets(s->log, s->producer, s->epoch, memory_source_group(consumed),
                           memory_source_generation(consumed), offsets, offset_count));
    TRY(fault(s->gun, EFFECT_OFFSETS, AFTER));
    TRY(fault(s->gun, EFFECT_COMMIT, BEFORE));
    TRY(memory_log_commit(s->log, s->producer, s->epoch));
    return fault(s->gun, EFFECT_COMMIT, AFTER);
}

static enum err memory_sink_abort(struct sink *sink)
{
    struct memory_sink *s = of(sink);
    TRY(fault(s->gun, EFFECT_ABORT, BEFORE));
    TRY(memory_log_abort(s->log, s->producer, s->epoch));
    return fault(s->gun, EFFECT_ABORT, AFTER);
}

static enum err memory_sink_recover(struct sink *sink, struct source *consumed, const struct offset *offsets,
                                    unsigned offset_count, bool *committed)
{
    struct memory_sink *s = of(sink);
    TRY(memory_log_init(s->log, s->producer, &s->epoch));
    if (memory_log_generation(s->log, memory_source_group(consumed)) != memory_source_generation(consumed))
        return ERR_SOURCE_STALE;
    *committed = offset_count > 0;
    for (unsigned i = 0; i < offset_count; i++) {
        struct offset there =
            memory_log_committed(s->log, memory_source_group(consumed), offsets[i].topic, offsets[i].partition);
        if (there.mark != offsets[i].mark) *committed = false;
    }
    return OK;
}

static int64_t memory_sink_written(struct sink *sink, enum topic topic, int32_t partition)
{
    return memory_log_written(of(sink)->log, of(sink)->producer, topic, partition);
}

static const struct sink_ops ops = {
    .begin = memory_sink_begin, .send = memory_sink_send, .commit = memory_sink_commit, .abort = memory_sink_abort,
    .recover = memory_sink_recover, .written = memory_sink_written,
};

struct memory_sink *memory_sink_open(struct memory_log *log, struct slice transactional_id, struct fault_gun *gun)
{
    struct memory_sink *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    *s = (struct memory_sink){
        .sink = { &ops }, .log = log, .gun = gun, .producer = memory_log_producer(log, transactional_id)
    };
    enum err e = memory_log_init(log, s->producer, &s->epoch);
    ASSERT(e == OK);
    return s;
}

void memory_sink_close(struct memory_sink *s)
{
    free(s);
}

struct sink *memory_sink_base(struct memory_sink *s)
{
    return &s->sink;
}
