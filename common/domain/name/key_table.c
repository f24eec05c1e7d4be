/* domain/name/key_table.c: keys sorted by hash, and the directory of their upper bits. */
#include "domain/name/key_table.h"

#include <string.h>

enum { KEY_BITS_MAX = 22 };

/* Least significant digit first, eleven bits a pass; *scratch has room for as many. */
static void sort_keys(struct key *keys, struct key *scratch, uint32_t count)
{
    struct key *from = keys, *to = scratch;
    for (unsigned shift = 0; shift < 33; shift += 11) {
        uint32_t places[2049] = { 0 };
        for (uint32_t i = 0; i < count; i++) places[(from[i].hash >> shift & 2047) + 1]++;
        for (unsigned d = 0; d < 2048; d++) places[d + 1] += places[d];
        for (uint32_t i = 0; i < count; i++) to[places[from[i].hash >> shift & 2047]++] = from[i];
        struct key *swap = from;
        from = to;
        to = swap;
    }
    if (from != keys && count) memcpy(keys, from, count * sizeof *keys);
}

static unsigned bits_for(uint32_t count)
{
    unsigned bits = 8;
    while (bits < KEY_BITS_MAX && 1u << bits < count) bits++;
    return bits;
}

struct key_table key_table_of(struct arena *a, struct key *keys, uint32_t count)
{
    unsigned bits = bits_for(count);
    struct key_table t = {
        .keys = keys, .count = count, .shift = 32 - bits, .buckets = ARENA_ARRAY(a, (1u << bits) + 1u, uint32_t)
    };
    size_t mark = arena_mark(a);
    sort_keys(keys, ARENA_ARRAY(a, count + 1u, struct key), count);
    arena_rewind(a, mark);
    for (uint32_t i = 0; i < count; i++) t.buckets[(keys[i].hash >> t.shift) + 1]++;
    for (uint32_t b = 0; b < 1u << bits; b++) t.buckets[b + 1] += t.buckets[b];
    return t;
}
