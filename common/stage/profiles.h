/* stage/profiles.h: partner profiles as a stage asks for them. Behind it: memory_profiles.c (a world), later Redis with
 * its near-cache and the local copy of partners.v1. */
#ifndef STAGE_PROFILES_H
#define STAGE_PROFILES_H

#include "domain/partner.h"

struct profiles;
struct profiles_ops {
    /* The profile of a partner; NULL when it is not on file. Borrowed until the batch ends. */
    const struct partner *(*find)(struct profiles *, struct slice partner_id, enum profile_source *source);
    /* The partner that bears an identifier (type, value); NULL when none. */
    const struct partner *(*find_by_identifier)(struct profiles *, struct slice type, struct slice value);
};
struct profiles { const struct profiles_ops *ops; };

#endif
