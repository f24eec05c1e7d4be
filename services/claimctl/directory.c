/* claimctl/directory.c: open addressing over hashes; the hash stands for the text. */
#include "claimctl/directory.h"

#include "base/assert.h"

enum { DIRECTORY_CAPACITY_MIN = 1024 };

static void make_slots(struct directory *x, uint32_t capacity)
{
    x->room = (struct spill){ 0 };
    x->slots = spill_grow(&x->room, capacity * sizeof *x->slots);
    x->capacity = capacity;
}

void directory_open(struct directory *x)
{
    *x = (struct directory){ 0 };
    make_slots(x, DIRECTORY_CAPACITY_MIN);
}

void directory_close(struct directory *x)
{
    spill_close(&x->room);
    *x = (struct directory){ 0 };
}

static struct directory_slot new_slot(struct slice key)
{
    struct directory_slot slot = { .value = 0 };
    struct hash128 hash = hash_bytes(key);
    memcpy(slot.key, hash.bytes, sizeof slot.key);
    slot.key[0] |= DIRECTORY_KEY_USED;
    return slot;
}

static uint32_t home_of(const struct directory *x, const struct directory_slot *wanted)
{
    uint32_t at;
    memcpy(&at, wanted->key + sizeof wanted->key - sizeof at, sizeof at);
    return at & (x->capacity - 1);
}

/* The slot of that key, or the free one where it would be. */
static struct directory_slot *place_of(const struct directory *x, const struct directory_slot *wanted)
{
    uint32_t at = home_of(x, wanted);
    for (; directory_slot_is_used(&x->slots[at]); at = (at + 1) & (x->capacity - 1))
        if (memcmp(x->slots[at].key, wanted->key, sizeof wanted->key) == 0) break;
    return &x->slots[at];
}

static void grow(struct directory *x)
{
    struct directory before = *x;
    ASSERT(before.capacity <= UINT32_MAX / 2);
    make_slots(x, 2 * before.capacity);
    for (uint32_t i = 0; i < before.capacity; i++)
        if (directory_slot_is_used(&before.slots[i])) *place_of(x, &before.slots[i]) = before.slots[i];
    spill_close(&before.room);
}

struct directory_slot directory_call(const struct directory *x, struct slice key)
{
    struct directory_slot wanted = new_slot(key);
    __builtin_prefetch(&x->slots[home_of(x, &wanted)], 1);
    return wanted;
}

uint32_t *directory_at_called(struct directory *x, struct directory_slot called, bool *found)
{
    if (x->count >= x->capacity / 4 * 3) grow(x);
    struct directory_slot *slot = place_of(x, &called);
    if (found) *found = directory_slot_is_used(slot);
    if (!directory_slot_is_used(slot)) {
        *slot = called;
        x->count++;
    }
    return &slot->value;
}

uint32_t directory_get_called(const struct directory *x, struct directory_slot called, uint32_t absent)
{
    const struct directory_slot *slot = place_of(x, &called);
    return directory_slot_is_used(slot) ? slot->value : absent;
}

uint32_t *directory_at(struct directory *x, struct slice key, bool *found)
{
    return directory_at_called(x, new_slot(key), found);
}

uint32_t directory_get(const struct directory *x, struct slice key, uint32_t absent)
{
    return directory_get_called(x, new_slot(key), absent);
}
