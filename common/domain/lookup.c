/* domain/lookup.c: open addressing, at most half full. */
#include "domain/lookup.h"

#include "base/assert.h"
#include "base/hash.h"

enum { LOOKUP_FIRST = 16 };

void lookup_init(struct lookup *x, struct arena *a)
{
    *x = (struct lookup){ .arena = a,
                          .slots = ARENA_ARRAY(a, LOOKUP_FIRST, struct lookup_slot),
                          .capacity = LOOKUP_FIRST };
}

/* The slot that has the key, else the free one where it belongs. */
static struct lookup_slot *seek(struct lookup_slot *slots, size_t capacity, uint64_t hash, struct slice key)
{
    ASSERT((capacity & (capacity - 1)) == 0);
    size_t at = hash & (capacity - 1);
    while (slots[at].key.bytes && (slots[at].hash != hash || !slice_equal(slots[at].key, key)))
        at = (at + 1) & (capacity - 1);
    return &slots[at];
}

void *lookup_find(const struct lookup *x, struct slice key)
{
    return x->count ? seek(x->slots, x->capacity, hash_short(key), key)->value : NULL;
}

static void grow(struct lookup *x)
{
    size_t capacity = x->capacity * 2;
    struct lookup_slot *slots = ARENA_ARRAY(x->arena, capacity, struct lookup_slot);
    for (size_t i = 0; i < x->capacity; i++)
        if (x->slots[i].key.bytes) *seek(slots, capacity, x->slots[i].hash, x->slots[i].key) = x->slots[i];
    x->slots = slots;
    x->capacity = capacity;
}

void **lookup_at(struct lookup *x, struct slice key)
{
    uint64_t hash = hash_short(key);
    struct lookup_slot *slot = seek(x->slots, x->capacity, hash, key);
    if (slot->key.bytes) return &slot->value;
    if (2 * (x->count + 1) > x->capacity) {
        grow(x);
        slot = seek(x->slots, x->capacity, hash, key);
    }
    *slot = (struct lookup_slot){ .hash = hash, .key = slice_copy(x->arena, key) };
    x->count++;
    ASSERT(x->count < x->capacity);
    return &slot->value;
}
