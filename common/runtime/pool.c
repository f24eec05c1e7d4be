/* runtime/pool.c: free lists by size class over slabs. */
#include "runtime/pool.h"

#include "base/assert.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { SLAB_BYTES = 256 << 10, SLAB_HEAD = 64, HUGE_BYTES = 2 << 20, HUGE_FROM_BYTES = 8 << 20,
       FILLED_FROM_BYTES = 1 << 20, PAGE_BYTES = 4096 };

#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = true };
#else
enum { SANITIZED = false };
#endif

static size_t class_of(size_t size)
{
    return size == 0 ? 0 : (size - 1) / POOL_STEP;
}

static bool is_pooled(size_t class)
{
    return !SANITIZED && class < POOL_CLASSES;
}

static void *claim(size_t size)
{
    void *at = malloc(size);
    ASSERT_MEMORY(at);
    return at;
}

_Static_assert(sizeof(struct pool_large) % POOL_STEP == 0, "what is behind the head is aligned");

static void *take_large(struct pool *p, size_t size)
{
    struct pool_large *block = claim(sizeof *block + size);
    *block = (struct pool_large){ .next = p->large };
    p->bytes += size;
    if (p->large) p->large->before = block;
    p->large = block;
    return block + 1;
}

static void give_large(struct pool *p, void *at, size_t size)
{
    struct pool_large *block = (struct pool_large *)at - 1;
    if (block->next) block->next->before = block->before;
    if (block->before) block->before->next = block->next;
    else p->large = block->next;
    p->bytes -= size;
    free(block);
}

void *pool_huge(size_t bytes)
{
    size_t whole = (bytes + HUGE_BYTES - 1) & ~(size_t)(HUGE_BYTES - 1);
    ASSERT(whole >= bytes && whole > 0);
    void *at = aligned_alloc(HUGE_BYTES, whole);
    ASSERT_MEMORY(at);
    madvise(at, whole, MADV_HUGEPAGE);              /* a wish: small pages do, too */
    return at;
}

/* All pages of a slab at once, in one call instead of a fault for each of them: a pool that grew will use them. A wish:
 * where the system does not know it, they come one by one. */
static void *filled(char *slab, size_t bytes)
{
    size_t skip = (size_t)-(uintptr_t)slab % PAGE_BYTES;
    if (!SANITIZED) madvise(slab + skip, (bytes - skip) & ~(size_t)(PAGE_BYTES - 1), MADV_POPULATE_WRITE);
    return slab;
}

static void *take_slab(const struct pool *p, size_t bytes)
{
    return p->bytes < FILLED_FROM_BYTES ? claim(bytes) : filled(claim(bytes), bytes);
}

/* A pool that grew large is walked over in no order: large pages spare it most walks through the tables of the
 * processor. */
static void add_slab(struct pool *p)
{
    bool is_huge = p->bytes >= HUGE_FROM_BYTES;
    size_t bytes = is_huge ? HUGE_BYTES : SLAB_BYTES;
    struct pool_slab *slab = is_huge ? pool_huge(bytes) : take_slab(p, bytes);
    slab->next = p->slabs;
    p->slabs = slab;
    p->bytes += bytes;
    p->at = (char *)slab + SLAB_HEAD;
    p->left = bytes - SLAB_HEAD;
}

static void *carve(struct pool *p, size_t size)
{
    if (p->left < size) add_slab(p);
    void *block = p->at;
    p->at += size;
    p->left -= size;
    return block;
}

void *pool_take(struct pool *p, size_t size)
{
    size_t class = class_of(size);
    if (!is_pooled(class)) return take_large(p, size);
    struct pool_block *block = p->free[class];
    if (!block) return carve(p, (class + 1) * POOL_STEP);
    p->free[class] = block->next;
    __builtin_prefetch(block->next, 1);             /* the next one taken left the caches long ago, too */
    return block;
}

void pool_give(struct pool *p, void *block, size_t size)
{
    size_t class = class_of(size);
    if (!block) return;
    if (!is_pooled(class)) {
        give_large(p, block, size);
        return;
    }
    struct pool_block *freed = block;
    freed->next = p->free[class];
    p->free[class] = freed;
}

bool pool_trim(struct pool *p, void *block, size_t size, size_t kept)
{
    size_t whole = class_of(size) + 1, left = class_of(kept) + 1;
    ASSERT(block && kept < size);
    if (!is_pooled(whole - 1)) return false;
    if (left < whole) pool_give(p, (char *)block + left * POOL_STEP, (whole - left) * POOL_STEP);
    return true;
}

void pool_close(struct pool *p)
{
    for (struct pool_slab *slab = p->slabs, *next; slab; slab = next) {
        next = slab->next;
        free(slab);
    }
    while (p->large) give_large(p, p->large + 1, 0);
    *p = (struct pool){ 0 };
}
