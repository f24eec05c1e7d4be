/* domain/index.c: open addressing, at most half full. */
#include "domain/index.h"

#include "base/assert.h"
#include "base/hash.h"

enum { INDEX_FIRST = 16 };

void index_init(struct index *x, struct arena *a)
{
    *x = (struct index){ .arena = a, .slots = ARENA_ARRAY(a, INDEX_FIRST, struct index_slot), .capacity = INDEX_FIRST };
}

static uint64_t hash_of(struct slice key)
{
    struct hash128 h = hash_bytes(key);
    uint64_t head;
    memcpy(&head, h.bytes, sizeof head);
    return head;
}

/* The slot that has the key, else the free one where it belongs. */
static struct index_slot *seek(struct index_slot *slots, size_t capacity, uint64_t hash, struct slice key)
{
    ASSERT((capacity & (capacity - 1)) == 0);
    size_t at = hash & (capacity - 1);
    while (slots[at].key.bytes && (slots[at].hash != hash || !slice_equal(slots[at].key, key))) at = (at + 1) & (capacity - 1);
    return &slots[at];
}

void *index_find(const struct index *x, struct slice key)
{
    return seek(x->slots, x->capacity, hash_of(key), key)->value;
}

static void grow(struct index *x)
{
    size_t capacity = x->capacity * 2;
    struct index_slot *slots = ARENA_ARRAY(x->arena, capacity, struct index_slot);
    for (size_t i = 0; i < x->capacity; i++)
        if (x->slots[i].key.bytes) *seek(slots, capacity, x->slots[i].hash, x->slots[i].key) = x->slots[i];
    x->slots = slots;
    x->capacity = capacity;
}

void **index_at(struct index *x, struct slice key)
{
    uint64_t hash = hash_of(key);
    struct index_slot *slot = seek(x->slots, x->capacity, hash, key);
    if (slot->key.bytes) return &slot->value;
    if (2 * (x->count + 1) > x->capacity) {
        grow(x);
        slot = seek(x->slots, x->capacity, hash, key);
    }
    *slot = (struct index_slot){ .hash = hash, .key = slice_copy(x->arena, key) };
    x->count++;
    ASSERT(x->count < x->capacity);
    return &slot->value;
}
