/* stage/memory_profiles.h: the partner cache of an embedded run: profiles of a world, by id and by identifier. */
#ifndef STAGE_MEMORY_PROFILES_H
#define STAGE_MEMORY_PROFILES_H

#include "stage/profiles.h"

struct memory_profiles;

/* NULL: no memory. */
struct memory_profiles *memory_profiles_open(void);
void memory_profiles_close(struct memory_profiles *m);
struct profiles *memory_profiles_base(struct memory_profiles *m);

/* Puts a profile in place of an earlier revision of the same partner. Borrowed: it must live as long as the cache. */
void memory_profiles_put(struct memory_profiles *m, const struct partner *p);

#endif
