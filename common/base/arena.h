/* base/arena.h: memory of one unit of work, dropped whole.
 *
 * An arena is address space reserved at start and touched as needed. Its `size` is the budget at which a batch ends
 * early (arena_is_full); behind it lies room for one more line of the greatest size, so that the code of a line never
 * meets an exhausted arena: passing that room too is a broken promise. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct arena {
    char  *base;
    size_t size;                                    /* budget in bytes */
    size_t limit;                                   /* size + reserve: address space behind `base` */
    size_t used;
    size_t peak;                                    /* highest `used` since the last reset that gave pages back */
};

/* Reserves `size` + `reserve` bytes of address space. ERR_MEMORY_EXHAUSTED leaves *a empty. */
enum err arena_open(struct arena *a, size_t size, size_t reserve) MUST_CHECK;
void arena_close(struct arena *a);

/* Zeroed memory, aligned to 16 bytes, that lives until the next reset. Never NULL. */
void *arena_alloc(struct arena *a, size_t size);

/* The same with whatever stood there before: for bytes that are all written. */
void *arena_take(struct arena *a, size_t size);

/* Zeroed memory for `count` elements; asserts that the product fits. */
void *arena_alloc_array(struct arena *a, size_t count, size_t size);

/* Forgets everything. Memory far above the budget goes back to the system. */
void arena_reset(struct arena *a);

/* A place to come back to: what was allocated after arena_mark is forgotten by arena_rewind. */
size_t arena_mark(const struct arena *a);
void arena_rewind(struct arena *a, size_t mark);

/* True when the budget is used up: take no further line into the batch. */
bool arena_is_full(const struct arena *a);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, count, type) ((type *)arena_alloc_array((a), (count), sizeof(type)))

#endif
