/* claimctl/directory.c: open addressing over 128-bit hashes; the hash stands for the text. */
#include "claimctl/directory.h"

#include "base/assert.h"

#include <stdlib.h>

enum { DIRECTORY_CAPACITY_MIN = 1024 };

void directory_open(struct directory *x)
{
    *x = (struct directory){ .capacity = DIRECTORY_CAPACITY_MIN };
    x->slots = calloc(x->capacity, sizeof *x->slots);
    ASSERT(x->slots);
}

void directory_close(struct directory *x)
{
    free(x->slots);
    *x = (struct directory){ 0 };
}

static struct directory_slot *slot_of(struct directory_slot *slots, uint32_t capacity, struct hash128 key)
{
    uint32_t at;
    memcpy(&at, key.bytes, sizeof at);
    for (at &= capacity - 1; slots[at].used && memcmp(&slots[at].key, &key, sizeof key) != 0; at = (at + 1) & (capacity - 1)) {}
    return &slots[at];
}

static void grow(struct directory *x)
{
    uint32_t capacity = 2 * x->capacity;
    struct directory_slot *slots = calloc(capacity, sizeof *slots);
    ASSERT(slots);
    for (uint32_t i = 0; i < x->capacity; i++)
        if (x->slots[i].used) *slot_of(slots, capacity, x->slots[i].key) = x->slots[i];
    free(x->slots);
    x->slots = slots;
    x->capacity = capacity;
}

uint32_t *directory_at(struct directory *x, struct slice key, bool *found)
{
    if (x->count >= x->capacity / 2) grow(x);
    struct hash128 hash = hash_bytes(key);
    struct directory_slot *slot = slot_of(x->slots, x->capacity, hash);
    if (found) *found = slot->used;
    if (!slot->used) {
        *slot = (struct directory_slot){ .key = hash, .used = true };
        x->count++;
    }
    return &slot->value;
}

uint32_t directory_get(const struct directory *x, struct slice key, uint32_t absent)
{
    const struct directory_slot *slot = slot_of(x->slots, x->capacity, hash_bytes(key));
    return slot->used ? slot->value : absent;
}
