/* claimctl/index.h: text to number, for what a run must find again: line ids, roots, names of lines. */
#ifndef CLAIMCTL_INDEX_H
#define CLAIMCTL_INDEX_H

#include "base/hash.h"

struct index_slot { struct hash128 key; uint32_t value; bool used; };
struct index { struct index_slot *slots; uint32_t capacity, count; };

void index_open(struct index *x);
void index_close(struct index *x);

/* Place of the value under `key`, made 0 when new; *found may be NULL. Valid until the next call. */
uint32_t *index_at(struct index *x, struct slice key, bool *found);

/* The value, or `absent`. */
uint32_t index_get(const struct index *x, struct slice key, uint32_t absent);

#endif
