/* runtime/sink.h: where records go, in transactions. Behind it: kafka_sink.c, memory_sink.c, the fault gun of the
 * tests.
 *
 * One transaction is open at a time. Offsets are sent last, right before the commit (kafka.md 3). Whatever a library
 * answers becomes one of these results here and goes no further (kafka.md 5.1):
 *   OK                        committed
 *   ERR_TRANSACTION_ABORTED   nothing took effect, for a reason outside the batch: after sink_abort the same batch may
 *                             be tried again
 *   ERR_TRANSACTION_REFUSED   nothing took effect, since the broker refuses some record of the batch: trying smaller
 *                             batches finds which
 *   ERR_TRANSACTION_UNKNOWN   the answer was lost: only sink_recover may follow
 *   ERR_SOURCE_STALE          the partitions belong to another member now: abort, drop
 *   ERR_KAFKA_FENCED, others  of class FATAL: the process ends and starts again from committed state */
#ifndef RUNTIME_SINK_H
#define RUNTIME_SINK_H

#include "runtime/source.h"

struct sink;
struct sink_ops {
    enum err (*begin)(struct sink *);
    /* Copies the slices before it returns. Dead letters have the headers of surfaces.md 7.2, hot topics one at most. */
    enum err (*send)(struct sink *, enum topic topic, int32_t partition, struct slice key, struct slice value,
                     const struct header *headers, unsigned header_count);
    /* Sends the offsets under the group membership of `consumed` and commits. There is an offset for every partition
     * whose state the transaction touches, even if it consumed nothing there (kafka.md 1, rule 2). */
    enum err (*commit)(struct sink *, struct source *consumed, const struct offset *offsets, unsigned offset_count);
    enum err (*abort)(struct sink *);
    /* After ERR_TRANSACTION_UNKNOWN: fences the lost transaction, and finds out by the marks of the committed offsets
     * whether it took effect. */
    enum err (*recover)(struct sink *, struct source *consumed, const struct offset *offsets, unsigned offset_count,
                        bool *committed);
    /* The offset after the last record that the last committed transaction wrote there; 0: it wrote none. For
     * changelogs (kafka.md 6.1). */
    int64_t (*written)(struct sink *, enum topic topic, int32_t partition);
};
struct sink { const struct sink_ops *ops; };

static inline enum err sink_begin(struct sink *s)
{
    return s->ops->begin(s);
}

static inline enum err sink_send(struct sink *s, enum topic topic, int32_t partition, struct slice key,
                                 struct slice value, const struct header *headers, unsigned header_count)
{
    return s->ops->send(s, topic, partition, key, value, headers, header_count);
}

static inline enum err sink_commit(struct sink *s, struct source *consumed, const struct offset *offsets,
                                   unsigned offset_count)
{
    return s->ops->commit(s, consumed, offsets, offset_count);
}

static inline enum err sink_abort(struct sink *s)
{
    return s->ops->abort(s);
}

static inline enum err sink_recover(struct sink *s, struct source *consumed, const struct offset *offsets,
                                    unsigned offset_count, bool *committed)
{
    return s->ops->recover(s, consumed, offsets, offset_count, committed);
}

static inline int64_t sink_written(struct sink *s, enum topic topic, int32_t partition)
{
    return s->ops->written(s, topic, partition);
}

#endif
