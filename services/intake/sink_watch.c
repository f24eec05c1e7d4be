/* intake/sink_watch.c: from the begin of a transaction to the commit that took effect. */
#include "intake/sink_watch.h"

#include "base/assert.h"
#include "runtime/clock.h"

static struct sink_watch *of(struct sink *sink)
{
    return (struct sink_watch *)sink;
}

static void end(struct sink_watch *w)
{
    atomic_store_explicit(&w->since_ms, 0, memory_order_relaxed);
}

/* An aborted one is tried again: the time runs on. */
static enum err begin(struct sink *sink)
{
    struct sink_watch *w = of(sink);
    if (atomic_load_explicit(&w->since_ms, memory_order_relaxed) == 0)
        atomic_store_explicit(&w->since_ms, clock_mono_ms(), memory_order_relaxed);
    return sink_begin(w->watched);
}

static enum err send(struct sink *sink, enum topic topic, int32_t partition, struct slice key, struct slice value,
                     const struct header *headers, unsigned header_count)
{
    return sink_send(of(sink)->watched, topic, partition, key, value, headers, header_count);
}

static enum err commit(struct sink *sink, struct source *consumed, const struct offset *offsets, unsigned offset_count)
{
    enum err e = sink_commit(of(sink)->watched, consumed, offsets, offset_count);
    if (e == OK) end(of(sink));
    return e;
}

static enum err abort_it(struct sink *sink)
{
    return sink_abort(of(sink)->watched);
}

static enum err recover(struct sink *sink, struct source *consumed, const struct offset *offsets, unsigned offset_count,
                        bool *committed)
{
    enum err e = sink_recover(of(sink)->watched, consumed, offsets, offset_count, committed);
    if (e == OK && *committed) end(of(sink));
    return e;
}

static int64_t written(struct sink *sink, enum topic topic, int32_t partition)
{
    return sink_written(of(sink)->watched, topic, partition);
}

struct sink *sink_watch_over(struct sink_watch *w, struct sink *watched)
{
    static const struct sink_ops ops = {
        .begin = begin, .send = send, .commit = commit, .abort = abort_it, .recover = recover, .written = written
    };
    ASSERT(watched);
    w->sink.ops = &ops;
    w->watched = watched;
    end(w);
    return &w->sink;
}

void sink_watch_end(struct sink_watch *w)
{
    end(w);
}

int64_t sink_watch_ms(const struct sink_watch *w)
{
    int64_t since = atomic_load_explicit(&w->since_ms, memory_order_relaxed);
    return since ? clock_mono_ms() - since : 0;
}
