/* runtime/pool.h: blocks of memory that come and go in great numbers and similar sizes: records of the memory log,
 * values of the memory store. A block given back is the next one taken of its size class; nothing returns to the system
 * before the pool closes. Under the address sanitizer every block is an allocation of its own. */
#ifndef RUNTIME_POOL_H
#define RUNTIME_POOL_H

#include <stdbool.h>
#include <stddef.h>

enum { POOL_CLASSES = 128, POOL_STEP = 16 };        /* blocks up to 2 KiB; larger ones are the system's */

struct pool_block { struct pool_block *next; };
struct pool_slab { struct pool_slab *next; };
struct pool_large { struct pool_large *next, *before; };

struct pool {
    struct pool_block *free[POOL_CLASSES];
    struct pool_slab  *slabs;
    size_t             bytes;                       /* had from the system */
    struct pool_large *large;                       /* those of the system */
    char              *at;                          /* the rest of the last slab */
    size_t             left;
};

/* Not zeroed, aligned to 16 bytes, never NULL; a pool of zeroes is an empty pool. */
void *pool_take(struct pool *p, size_t size);
/* `size` as it was taken. NULL is nothing. */
void pool_give(struct pool *p, void *block, size_t size);
/* Gives back what lies behind the first `kept` bytes of a block, kept < size. False: it is the system's, and stays
 * whole. */
bool pool_trim(struct pool *p, void *block, size_t size, size_t kept);
/* Memory from the system for free(), not zeroed, on pages of 2 MiB where there are some: for tables beyond a few of
 * them. */
void *pool_huge(size_t bytes);
/* Frees all blocks, given back or not: who closes need not visit what he took. */
void pool_close(struct pool *p);

#endif
