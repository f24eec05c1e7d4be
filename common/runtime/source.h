/* runtime/source.h: where records come from. Behind it: kafka_source.c, memory_source.c, the fault gun of the tests.
 *
 * A source belongs to one worker. It reads the input topics of its group, each partition in order. Records that were
 * pulled are *held*: the batch borrows them until they are completed or dropped. Nothing is pulled while a transaction
 * is open (kafka.md 1, rule 1). */
#ifndef RUNTIME_SOURCE_H
#define RUNTIME_SOURCE_H

#include "runtime/topic.h"

struct header { struct slice name, value; };

struct record {
    enum topic           topic;
    int32_t              partition;
    int64_t              offset;
    struct slice         key, value;
    const struct header *headers;
    unsigned             header_count;
};

/* What a transaction commits for one partition of an input topic: the offset of the next record to read, and a mark of
 * the transaction, stored beside it (in Kafka as its metadata). By the mark, a transaction that consumed nothing can be
 * told from the one before. */
struct offset {
    enum topic topic;
    int32_t    partition;
    int64_t    next;
    uint64_t   mark;
};

struct source;
struct source_ops {
    /* Pulls until `count_max` records, or `bytes_max` bytes of values, are held; one record always fits. *records are
     * all held ones, in order within a partition; none when the topics have nothing new.
     * ERR_SOURCE_STALE: the partitions were taken away, and nothing is held any more. */
    enum err (*pull)(struct source *, unsigned count_max, size_t bytes_max, const struct record **records,
                     unsigned *count);
    /* The first `count` held records are done for good; the rest stays held and is offered again. */
    void (*complete)(struct source *, unsigned count);
    /* Forgets what is held, since its partitions belong to another member now. */
    void (*drop)(struct source *);
    /* Goes back to the committed offsets: what was not committed is read again. */
    enum err (*rewind)(struct source *);
    /* The first record that this member has not completed, and the mark that was committed when it last began to read
     * (at open or rewind). */
    struct offset (*position)(struct source *, enum topic topic, int32_t partition);
};
struct source { const struct source_ops *ops; };

static inline enum err source_pull(struct source *s, unsigned count_max, size_t bytes_max,
                                   const struct record **records, unsigned *count)
{
    return s->ops->pull(s, count_max, bytes_max, records, count);
}

static inline void source_complete(struct source *s, unsigned count)
{
    s->ops->complete(s, count);
}

static inline void source_drop(struct source *s)
{
    s->ops->drop(s);
}

static inline enum err source_rewind(struct source *s)
{
    return s->ops->rewind(s);
}

static inline struct offset source_position(struct source *s, enum topic topic, int32_t partition)
{
    return s->ops->position(s, topic, partition);
}

#endif
