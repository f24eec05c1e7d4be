/* runtime/source.h: where records come from. Behind it: kafka_source.c, memory_source.c, the fault gun of the tests.
 *
 * A source belongs to one worker and reads the input topics of its group, partition by partition in order. What was
 * pulled is *held*: borrowed by the batch until it is completed or dropped. Nothing is pulled while a transaction is
 * open (kafka.md 1, rule 1). */
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

/* What a transaction says of one partition of an input topic: the record it would read next, and a mark of the
 * transaction that is stored beside it (Kafka: its metadata), so that a read-back can tell transactions apart that
 * consumed nothing. */
struct offset {
    enum topic topic;
    int32_t    partition;
    int64_t    next;
    uint64_t   mark;
};

struct source;
struct source_ops {
    /* Appends records to the held ones until `count_max` or `bytes_max` of values are held in all (one record always
     * fits). *records are all held ones, oldest first per partition; none when the topics have nothing new.
     * ERR_SOURCE_STALE: the partitions were taken away, nothing is held any more. */
    enum err (*pull)(struct source *, unsigned count_max, size_t bytes_max, const struct record **records,
                     unsigned *count);
    /* The first `count` held records are done for good; the rest stays held and is offered again. */
    void (*complete)(struct source *, unsigned count);
    /* Forgets what is held: its partitions are not ours any more. */
    void (*drop)(struct source *);
    /* Goes back to the committed offsets: what was not committed is read again. */
    enum err (*rewind)(struct source *);
    /* The first record that is not completed, as this member knows it, and the mark that was committed when it last
     * began to read (open, rewind). */
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
