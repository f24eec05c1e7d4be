/* stage/profiles.h: partner profiles as a stage asks for them. Behind it: memory_profiles.c (a world), redis_profiles.c
 * (Redis with its near-cache and the local copy of partners.v1). */
#ifndef STAGE_PROFILES_H
#define STAGE_PROFILES_H

#include "domain/partner.h"

struct profiles;
struct profiles_ops {
    /* A batch begins: what was borrowed is given back, what changed outside is seen from here. */
    void (*renew)(struct profiles *);
    /* These will be asked for: brings all of them in one round trip. Ids may repeat or be empty. */
    void (*prefetch)(struct profiles *, const struct slice *partner_ids, unsigned count);
    /* The profile of a partner; NULL when it is not on file. Borrowed until the batch ends. */
    const struct partner *(*find)(struct profiles *, struct slice partner_id, enum profile_source *source);
    /* The partner that bears an identifier (type, value); NULL when none. */
    const struct partner *(*find_by_identifier)(struct profiles *, struct slice type, struct slice value);
    /* A revision came into force, between batches. memory_profiles.c: keeps it, borrowed for as long as it lives;
     * redis_profiles.c: forgets what it had of it, since the local copy has it already. */
    void (*put)(struct profiles *, const struct partner *);
    /* OK, or why an answer since the batch began is no answer: nothing of the batch may be committed. NULL: always
     * OK. */
    enum err (*failure)(const struct profiles *);
};
struct profiles { const struct profiles_ops *ops; };

static inline void profiles_renew(struct profiles *p)
{
    p->ops->renew(p);
}

static inline void profiles_prefetch(struct profiles *p, const struct slice *partner_ids, unsigned count)
{
    p->ops->prefetch(p, partner_ids, count);
}

static inline enum err profiles_failure(const struct profiles *p)
{
    return p->ops->failure ? p->ops->failure(p) : OK;
}

static inline void profiles_put(struct profiles *p, const struct partner *partner)
{
    p->ops->put(p, partner);
}

#endif
