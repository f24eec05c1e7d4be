/* stage/transport.h: what a worker stands on: membership in a group, the state of its partitions, a source and a sink
 * (kafka.md 3, 4). Behind it: kafka_transport.c; in tests the memory transport. Used by one thread. */
#ifndef STAGE_TRANSPORT_H
#define STAGE_TRANSPORT_H

#include "base/instant.h"
#include "runtime/sink.h"
#include "runtime/store.h"

/* Called inside serve or a pull, when no batch has begun. The array is borrowed for the call. */
struct transport_events {
    void  *context;
    void (*assigned)(void *context, const int32_t *partitions, unsigned count);
    /* All are gone. lost: another member may own them already. The stores are closed inside. */
    void (*revoked)(void *context, bool lost);
};

/* How far the tables of a partition are: records replayed, the place reached, where it is done. */
struct transport_progress { uint64_t records; int64_t position, high; bool opened, done; };

/* What can be told of a partition to people; figures may be a second old. */
struct transport_figures {
    int64_t unsaved_keys, saved_keys, disk_bytes, changelog_offset, saved_at_unix_ms;
    int64_t next[2], high[2]; /* by input: the record read next, and the end of the topic; -1 unknown */
    int64_t  stamp_unix_ms[2];                      /* by input: when the record done last had been sent; 0 none */
};

/* What a reload may change. 0: what was there. */
struct transport_bounds {
    unsigned interval_ms, settle_ms, close_timeout_ms;
    size_t unsaved_keys_max;
    int64_t save_interval_ms;
};

struct transport;
struct transport_ops {
    /* Joins the group. ERR_KAFKA_UNREACHABLE and the like: again. */
    enum err (*join)(struct transport *, const struct transport_events *);
    struct source *(*source)(struct transport *);
    struct sink *(*sink)(struct transport *);
    int32_t (*partitions)(const struct transport *);
    /* Keeps the membership while nothing is read. */
    enum err (*serve)(struct transport *, int timeout_ms);
    /* The former owner's transaction has ended. ERR_KAFKA_UNREACHABLE: not yet. */
    enum err (*ready)(struct transport *, int timeout_ms);
    /* Opens and fills the store of a partition that was assigned, one slice a call: committed offsets first, then the
     * end of the changelog, then the tables, then the replay (4.2). ERR_KAFKA_UNREACHABLE: serve, then again. */
    enum err (*restore)(struct transport *, int32_t partition, int max_ms, struct transport_progress *progress);
    struct store *(*store)(struct transport *, int32_t partition);
    /* Between two batches: saves what is due. *may_pull false: too much is unsaved. */
    enum err (*rest)(struct transport *, instant_ms now_unix_ms, bool *may_pull);
    /* Fetching begins. ERR_KAFKA_UNREACHABLE: again. */
    enum err (*start)(struct transport *);
    /* Gives up after timeout_ms, which costs a longer replay. */
    void (*close_store)(struct transport *, int32_t partition, bool saves, instant_ms now_unix_ms, int64_t timeout_ms);
    void (*figures)(struct transport *, int32_t partition, struct transport_figures *figures);
    /* New bounds, from the next batch on. */
    void (*retune)(struct transport *, const struct transport_bounds *bounds);
    /* Leaves the group; runs `revoked`. Then gives everything back. */
    void (*close)(struct transport *);
};
struct transport { const struct transport_ops *ops; };

#endif
