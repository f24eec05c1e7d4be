/* base/arena.c: bump allocation in reserved address space. */
#include "base/arena.h"

#include "base/assert.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define POISON(from, size)   ASAN_POISON_MEMORY_REGION(from, size)
#define UNPOISON(from, size) ASAN_UNPOISON_MEMORY_REGION(from, size)
#else
#define POISON(from, size)   ((void)(from), (void)(size))
#define UNPOISON(from, size) ((void)(from), (void)(size))
#endif

enum { ARENA_ALIGN = 16, SMALL_BYTES = 128 };

enum err arena_open(struct arena *a, size_t size, size_t reserve)
{
    ASSERT(size > 0 && size < SIZE_MAX / 2 && reserve < SIZE_MAX / 2);
    *a = (struct arena){ 0 };
    void *base = mmap(NULL, size + reserve, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED) return ERR_MEMORY_EXHAUSTED;
    *a = (struct arena){ .base = base, .size = size, .limit = size + reserve };
    POISON(a->base, a->limit);
    return OK;
}

void arena_close(struct arena *a)
{
    if (!a->base) return;
    UNPOISON(a->base, a->limit);
    munmap(a->base, a->limit);
    *a = (struct arena){ 0 };
}

static inline size_t round_up(size_t size)
{
    return (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
}

static inline void *take(struct arena *a, size_t size)
{
    size_t need = round_up(size);
    ASSERT(need >= size && a->base);
    ASSERT(need <= a->limit - a->used);
    char *at = a->base + a->used;
    a->used += need;
    if (a->used > a->peak) a->peak = a->used;
    UNPOISON(at, size);
    return at;
}

void *arena_take(struct arena *a, size_t size)
{
    return take(a, size);
}

/* Most blocks are small: steps of the alignment beat a call, and all of the last step is the block's. */
void *arena_alloc(struct arena *a, size_t size)
{
    char *at = take(a, size);
    if (size > SMALL_BYTES) return memset(at, 0, size);
    size_t whole = round_up(size);
    UNPOISON(at, whole);
    for (size_t done = 0; done < whole; done += ARENA_ALIGN) memset(at + done, 0, ARENA_ALIGN);
    POISON(at + size, whole - size);
    return at;
}

void *arena_alloc_array(struct arena *a, size_t count, size_t size)
{
    size_t bytes;
    ASSERT(!__builtin_mul_overflow(count, size, &bytes));
    return arena_alloc(a, bytes);
}

void arena_rewind(struct arena *a, size_t mark)
{
    ASSERT(mark <= a->used);
    POISON(a->base + mark, a->used - mark);
    a->used = mark;
}

void arena_reset(struct arena *a)
{
    arena_rewind(a, 0);
    if (a->peak <= a->size) return;
    madvise(a->base + a->size, a->limit - a->size, MADV_DONTNEED);
    a->peak = 0;
}

size_t arena_mark(const struct arena *a)
{
    return a->used;
}

bool arena_is_full(const struct arena *a)
{
    return a->used >= a->size;
}
