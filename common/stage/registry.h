/* stage/registry.h: the slots shared by all partner roots (screening.md 8.1). Behind it: memory_registry.c and
 * redis_registry.c.
 *
 * A slot is asked for in prefetch, all lines of a window in one round trip; the answer is a fact. It is taken if it was
 * free, the same line asking again meets its own slot, and it goes back only while it is still that line's. */
#ifndef STAGE_REGISTRY_H
#define STAGE_REGISTRY_H

#include "base/instant.h"
#include "base/str.h"

enum registry_family { REGISTRY_SERIAL, REGISTRY_DEAL };

/* Who stands in a slot. closed_on: DEAL only, yyyymmdd, 0 open. */
struct registry_claim { struct slice root_id, line_id; instant_ms received_at_unix_ms; int32_t closed_on; };

struct registry_request {
    enum registry_family         family;
    struct slice                 key;               /* SERIAL: program and serial; DEAL: conflict key */
    struct registry_claim        claim;
    bool                         only_looks;        /* answers without taking */
    /* Answer, borrowed until the batch ends. SERIAL: at most one holder. DEAL: all that stand there, by place. */
    const struct registry_claim *holders;
    unsigned holder_count, place; /* place of this line from 0; holder_count when it has none */
};

/* The registry as a partition last saw it, a state row: which it is, and which server keeps it. Texts end with NUL. */
enum { REGISTRY_EPOCH_MAX = 64, REGISTRY_SERVER_MAX = 48 };
struct registry_sight {
    char    epoch[REGISTRY_EPOCH_MAX];              /* empty: never seen one */
    char    run_id[REGISTRY_SERVER_MAX], replication_id[REGISTRY_SERVER_MAX];
    int64_t replication_offset, evicted_keys;
};

enum registry_standing {
    REGISTRY_IS_AWAY,          /* it does not answer, or is not the one we know: rebuild it */
    REGISTRY_IS_RESTORING,     /* this partition has to set its newest slots again, then to announce */
    REGISTRY_IS_RESTORING_ALL, /* … all its slots */
    REGISTRY_IS_WAITING,       /* this partition is done, others are not */
    REGISTRY_IS_READY,
};

struct registry;
struct registry_ops {
    /* ERR_REGISTRY_AWAY: nothing was taken, no answer counts; the lines that need one PARK (registry). */
    enum err (*ask)(struct registry *, struct registry_request *requests, unsigned count);
    /* Gives back what is still the line's. ERR_REGISTRY_AWAY: to be asked again. */
    enum err (*release)(struct registry *, enum registry_family family, struct slice key, struct slice line_id);
    /* Puts `to` in the serial's slot while it is still the line's, at one stroke: nobody stands in it in between.
     * Whoever else holds it, or nobody, stays: ask. ERR_REGISTRY_AWAY as release. */
    enum err (*hand_over)(struct registry *, struct slice key, struct slice line_id, const struct registry_claim *to);
    /* A deal ended on a day: it keeps its place but blocks nobody from there. */
    enum err (*close_deal)(struct registry *, struct slice key, struct slice line_id, int32_t closed_on);
    /* Whether nothing happened to the registry since it was seen ready for this partition: there is no need to look. */
    bool (*is_settled)(struct registry *, int32_t partition);
    /* How the registry stands to what a partition saw last; *now is what it is to note once it announced. A partition
     * that never saw one takes over what is there or begins a new one. */
    enum registry_standing (*look)(struct registry *, int32_t partition, const struct registry_sight *last,
                                   struct registry_sight *now);
    /* Sets slots again that the partition knows as its lines', DEAL in order of receipt. `now` as look gave it; answers
     * as ask. */
    enum err (*restore)(struct registry *, const struct registry_sight *now, struct registry_request *requests,
                        unsigned count);
    /* All slots of the partition are there again. */
    enum err (*announce)(struct registry *, int32_t partition, const struct registry_sight *now);
};
struct registry { const struct registry_ops *ops; };

static inline enum err registry_ask(struct registry *r, struct registry_request *requests, unsigned count)
{
    return r->ops->ask(r, requests, count);
}

static inline enum err registry_release(struct registry *r, enum registry_family family, struct slice key,
                                        struct slice line_id)
{
    return r->ops->release(r, family, key, line_id);
}

static inline enum err registry_hand_over(struct registry *r, struct slice key, struct slice line_id,
                                          const struct registry_claim *to)
{
    return r->ops->hand_over(r, key, line_id, to);
}

static inline enum err registry_close_deal(struct registry *r, struct slice key, struct slice line_id,
                                           int32_t closed_on)
{
    return r->ops->close_deal(r, key, line_id, closed_on);
}

static inline bool registry_is_settled(struct registry *r, int32_t partition)
{
    return r->ops->is_settled(r, partition);
}

static inline enum registry_standing registry_look(struct registry *r, int32_t partition,
                                                   const struct registry_sight *last, struct registry_sight *now)
{
    return r->ops->look(r, partition, last, now);
}

static inline enum err registry_restore(struct registry *r, const struct registry_sight *now,
                                        struct registry_request *requests, unsigned count)
{
    return r->ops->restore(r, now, requests, count);
}

static inline enum err registry_announce(struct registry *r, int32_t partition, const struct registry_sight *now)
{
    return r->ops->announce(r, partition, now);
}

#endif
