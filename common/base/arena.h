/* base/arena.h: the memory of one unit of work, which is dropped as a whole.
 *
 * An arena is address space that is reserved at start; the system gives it memory as it is touched. A batch ends early
 * once `size` bytes are used (arena_is_full). A reserve behind them has room for one more line of the greatest size, so
 * code that handles a line never has to check for an exhausted arena: to use up the reserve is a bug, and asserts. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/assert.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
enum { ARENA_IS_GUARDED = true };
#define ARENA_POISON(from, size)   ASAN_POISON_MEMORY_REGION(from, size)
#define ARENA_UNPOISON(from, size) ASAN_UNPOISON_MEMORY_REGION(from, size)
#else
enum { ARENA_IS_GUARDED = false };
#define ARENA_POISON(from, size)   ((void)(from), (void)(size))
#define ARENA_UNPOISON(from, size) ((void)(from), (void)(size))
#endif

enum { ARENA_ALIGN = 16, ARENA_SMALL_BYTES = 128, ARENA_GUARD_BYTES = 1 << 20 };

struct arena {
    char  *base;
    size_t size;                                    /* budget in bytes */
    size_t limit;                                   /* size + reserve: all bytes behind `base` */
    size_t used;
    size_t guarded;                                 /* bytes that the address sanitizer knows of, if it is built in */
    size_t peak;                                    /* highest `used` before a rewind: memory behind it is still zero */
};

/* Reserves `size` + `reserve` bytes of address space. ERR_MEMORY_EXHAUSTED leaves *a empty. */
enum err arena_open(struct arena *a, size_t size, size_t reserve) MUST_CHECK;
void arena_close(struct arena *a);

/* Zeroed memory for one large object that is mostly unused: pages that nobody writes to take no memory. NULL: there is
 * no memory. */
void *arena_map(size_t size);
void arena_unmap(void *object, size_t size);

static inline size_t arena_round_up(size_t size)
{
    return (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
}

/* Poisons at least half a megabyte behind what is used. Poisoning all of the reserved space would cost the sanitizer an
 * eighth of it in memory. */
static inline void arena_guard(struct arena *a)
{
    if (!ARENA_IS_GUARDED || a->guarded == a->limit || a->guarded >= a->used + ARENA_GUARD_BYTES / 2) return;
    size_t to = a->limit - a->used > ARENA_GUARD_BYTES ? a->used + ARENA_GUARD_BYTES : a->limit;
    ARENA_POISON(a->base + a->guarded, to - a->guarded);
    a->guarded = to;
}

/* Memory aligned to 16 bytes that lives until the next reset. It is not cleared: the caller writes all of it. Never
 * NULL. */
static inline void *arena_take(struct arena *a, size_t size)
{
    size_t need = arena_round_up(size);
    ASSERT(need >= size && a->base);
    ASSERT(need <= a->limit - a->used);
    char *at = a->base + a->used;
    a->used += need;
    arena_guard(a);
    ARENA_UNPOISON(at, size);
    return at;
}

/* The same, zeroed. Small blocks, which most are, are cleared in steps of the alignment: that is faster than a call of
 * memset. Of a large block only what was used before is cleared: the rest is zero, and touching it costs pages. */
static inline void *arena_alloc(struct arena *a, size_t size)
{
    size_t from = a->used;
    char *at = arena_take(a, size);
    if (size > ARENA_SMALL_BYTES) {
        size_t written = a->peak > from ? a->peak - from : 0;
        return memset(at, 0, written < size ? written : size);
    }
    size_t whole = arena_round_up(size);
    ARENA_UNPOISON(at, whole);
    for (size_t done = 0; done < whole; done += ARENA_ALIGN) memset(at + done, 0, ARENA_ALIGN);
    ARENA_POISON(at + size, whole - size);
    return at;
}

/* Zeroed memory for `count` elements; asserts that the product fits. */
void *arena_alloc_array(struct arena *a, size_t count, size_t size);

/* Forgets everything; what was used far above the budget is given back to the system. */
void arena_reset(struct arena *a);

/* A place to come back to: what was allocated after arena_mark is forgotten by arena_rewind. */
size_t arena_mark(const struct arena *a);
void arena_rewind(struct arena *a, size_t mark);

/* True when the budget is used up: take no further line into the batch. */
bool arena_is_full(const struct arena *a);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, count, type) ((type *)arena_alloc_array((a), (count), sizeof(type)))

#endif
