/* base/arena.c: bump allocation in reserved address space. */
#include "base/arena.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

void *arena_map(size_t size)
{
    void *object = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return object == MAP_FAILED ? NULL : object;
}

void arena_unmap(void *object, size_t size)
{
    if (object) ASSERT(munmap(object, size) == 0);
}

enum err arena_open(struct arena *a, size_t size, size_t reserve)
{
    ASSERT(size > 0 && size < SIZE_MAX / 2 && reserve < SIZE_MAX / 2);
    *a = (struct arena){ 0 };
    void *base = arena_map(size + reserve);
    if (!base) return ERR_MEMORY_EXHAUSTED;
    *a = (struct arena){ .base = base, .size = size, .limit = size + reserve };
    arena_guard(a);
    return OK;
}

void arena_close(struct arena *a)
{
    if (!a->base) return;
    ARENA_UNPOISON(a->base, a->guarded);
    arena_unmap(a->base, a->limit);
    *a = (struct arena){ 0 };
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
    ARENA_POISON(a->base + mark, a->used - mark);
    if (a->used > a->peak) a->peak = a->used;
    a->used = mark;
}

void arena_reset(struct arena *a)
{
    arena_rewind(a, 0);
    if (a->peak <= a->size) return;
    if (madvise(a->base + a->size, a->limit - a->size, MADV_DONTNEED) == 0) a->peak = a->size;
}

size_t arena_mark(const struct arena *a)
{
    return a->used;
}

bool arena_is_full(const struct arena *a)
{
    return a->used >= a->size;
}
