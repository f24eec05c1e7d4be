/* stage/registry.h: the slots shared by all partner roots (screening.md 8.1). Behind it: memory_registry.c, later Redis.
 *
 * A slot is asked for in prefetch, all lines of a window in one round trip; the answer is a fact. It is taken if it was free,
 * the same line asking again meets its own slot, and it goes back only while it is still that line's. */
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
    unsigned                     holder_count, place;           /* place of this line from 0; holder_count when it has none */
};

struct registry;
struct registry_ops {
    /* ERR_REGISTRY_AWAY: nothing was taken, no answer counts; the lines that need one PARK (registry). */
    enum err (*ask)(struct registry *, struct registry_request *requests, unsigned count);
    /* Gives back what is still the line's. ERR_REGISTRY_AWAY: to be asked again. */
    enum err (*release)(struct registry *, enum registry_family family, struct slice key, struct slice line_id);
    /* A deal ended on a day: it keeps its place but blocks nobody from there. */
    enum err (*close_deal)(struct registry *, struct slice key, struct slice line_id, int32_t closed_on);
};
struct registry { const struct registry_ops *ops; };

static inline enum err registry_ask(struct registry *r, struct registry_request *requests, unsigned count)
{
    return r->ops->ask(r, requests, count);
}

static inline enum err registry_release(struct registry *r, enum registry_family family, struct slice key, struct slice line_id)
{
    return r->ops->release(r, family, key, line_id);
}

static inline enum err registry_close_deal(struct registry *r, struct slice key, struct slice line_id, int32_t closed_on)
{
    return r->ops->close_deal(r, key, line_id, closed_on);
}

#endif
