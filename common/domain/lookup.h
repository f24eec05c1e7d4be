/* domain/lookup.h: a map from texts to pointers in an arena; entries are never removed. */
#ifndef DOMAIN_LOOKUP_H
#define DOMAIN_LOOKUP_H

#include "base/str.h"

struct lookup_slot { uint64_t hash; struct slice key; void *value; };
struct lookup { struct arena *arena; struct lookup_slot *slots; size_t capacity, count; };

/* An empty map that takes its memory from the arena. */
void lookup_init(struct lookup *x, struct arena *a);

/* The value of a key, NULL when it has none. */
void *lookup_find(const struct lookup *x, struct slice key);

/* The place of a key's value, NULL in it when new. The key is copied. Valid until the next lookup_at. */
void **lookup_at(struct lookup *x, struct slice key);

#endif
