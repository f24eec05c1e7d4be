/* claimctl/directory.h: text to number, for what a run must find again: line ids, roots, names of lines. */
#ifndef CLAIMCTL_DIRECTORY_H
#define CLAIMCTL_DIRECTORY_H

#include "base/hash.h"
#include "claimctl/spill.h"

/* 95 bits of the hash of a text stand for it, and one that says that the slot is used. */
enum { DIRECTORY_KEY_BYTES = 12, DIRECTORY_KEY_USED = 1 };
struct directory_slot { uint8_t key[DIRECTORY_KEY_BYTES]; uint32_t value; };
struct directory { struct spill room; struct directory_slot *slots; uint32_t capacity, count; };

static inline bool directory_slot_is_used(const struct directory_slot *slot)
{
    return slot->key[0] & DIRECTORY_KEY_USED;
}

/* Empty; gives the memory back, as of one of zeros. */
void directory_open(struct directory *x);
void directory_close(struct directory *x);

/* Place of the value under `key`, made 0 when new; *found may be NULL. Valid until the next call. */
uint32_t *directory_at(struct directory *x, struct slice key, bool *found);

/* The value, or `absent`. */
uint32_t directory_get(const struct directory *x, struct slice key, uint32_t absent);

/* The same in two steps, for those who have something else to do: what a key is looked for by, when its place, which
 * left the caches in a large directory, is called back; and the look. */
struct directory_slot directory_call(const struct directory *x, struct slice key);
uint32_t *directory_at_called(struct directory *x, struct directory_slot called, bool *found);
uint32_t directory_get_called(const struct directory *x, struct directory_slot called, uint32_t absent);

#endif
