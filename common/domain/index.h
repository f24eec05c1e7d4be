/* domain/index.h: a map from texts to pointers in an arena; entries are never removed. */
#ifndef DOMAIN_INDEX_H
#define DOMAIN_INDEX_H

#include "base/str.h"

struct index_slot { uint64_t hash; struct slice key; void *value; };
struct index { struct arena *arena; struct index_slot *slots; size_t capacity, count; };

/* An empty map that takes its memory from the arena. */
void index_init(struct index *x, struct arena *a);

/* The value of a key, NULL when it has none. */
void *index_find(const struct index *x, struct slice key);

/* The place of a key's value, NULL in it when new. The key is copied. Valid until the next index_at. */
void **index_at(struct index *x, struct slice key);

#endif
