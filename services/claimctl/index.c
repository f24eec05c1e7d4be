/* claimctl/index.c: open addressing over 128-bit hashes; the hash stands for the text. */
#include "claimctl/index.h"

#include "base/assert.h"

#include <stdlib.h>

enum { INDEX_CAPACITY_MIN = 1024 };

void index_open(struct index *x)
{
    *x = (struct index){ .capacity = INDEX_CAPACITY_MIN };
    x->slots = calloc(x->capacity, sizeof *x->slots);
    ASSERT(x->slots);
}

void index_close(struct index *x)
{
    free(x->slots);
    *x = (struct index){ 0 };
}

static struct index_slot *slot_of(struct index_slot *slots, uint32_t capacity, struct hash128 key)
{
    uint32_t at;
    memcpy(&at, key.bytes, sizeof at);
    for (at &= capacity - 1; slots[at].used && memcmp(&slots[at].key, &key, sizeof key) != 0; at = (at + 1) & (capacity - 1)) {}
    return &slots[at];
}

static void grow(struct index *x)
{
    uint32_t capacity = 2 * x->capacity;
    struct index_slot *slots = calloc(capacity, sizeof *slots);
    ASSERT(slots);
    for (uint32_t i = 0; i < x->capacity; i++)
        if (x->slots[i].used) *slot_of(slots, capacity, x->slots[i].key) = x->slots[i];
    free(x->slots);
    x->slots = slots;
    x->capacity = capacity;
}

uint32_t *index_at(struct index *x, struct slice key, bool *found)
{
    if (x->count >= x->capacity / 2) grow(x);
    struct hash128 hash = hash_bytes(key);
    struct index_slot *slot = slot_of(x->slots, x->capacity, hash);
    if (found) *found = slot->used;
    if (!slot->used) {
        *slot = (struct index_slot){ .key = hash, .used = true };
        x->count++;
    }
    return &slot->value;
}

uint32_t index_get(const struct index *x, struct slice key, uint32_t absent)
{
    const struct index_slot *slot = slot_of(x->slots, x->capacity, hash_bytes(key));
    return slot->used ? slot->value : absent;
}
