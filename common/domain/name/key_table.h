/* domain/name/key_table.h: keys by hash, more of one hash among them, each with what it leads to. */
#ifndef DOMAIN_NAME_KEY_TABLE_H
#define DOMAIN_NAME_KEY_TABLE_H

#include "base/arena.h"

#include <stdint.h>

struct key { uint32_t hash, target; };

/* Keys in ascending order after a directory of their upper bits. */
struct key_table {
    struct key *keys;
    uint32_t    count;
    unsigned    shift;                              /* to the upper bits */
    uint32_t   *buckets;                            /* first key of each value of the upper bits, and one after */
};

/* Sorts the keys where they lie; about one key a bucket. The directory lies in the arena. */
struct key_table key_table_of(struct arena *a, struct key *keys, uint32_t count);

/* The keys of one hash, as a half-open range. */
static inline void key_table_range(const struct key_table *t, uint32_t hash, uint32_t *first, uint32_t *last)
{
    uint32_t at = t->buckets[hash >> t->shift], end = t->buckets[(hash >> t->shift) + 1];
    while (at < end && t->keys[at].hash < hash) at++;
    *first = at;
    while (at < end && t->keys[at].hash == hash) at++;
    *last = at;
}

#endif
