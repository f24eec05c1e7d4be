/* The pool gives memory that is the taker's alone, and again what was given back. */
#include "runtime/pool.h"

#include "support/test.h"

enum { BLOCKS = 400 };

struct block { unsigned char *at; size_t size; unsigned char mark; };

static bool is_whole(const struct block *b)
{
    for (size_t i = 0; i < b->size; i++)
        if (b->at[i] != b->mark) return false;
    return true;
}

TEST(blocks_of_all_sizes_never_overlap)
{
    struct pool pool = { 0 };
    struct block blocks[BLOCKS] = { 0 };
    uint64_t seed = test_seed();
    for (unsigned step = 0; step < 20000; step++) {
        struct block *b = &blocks[test_random(&seed) % BLOCKS];
        if (!is_whole(b)) CHECK(is_whole(b));
        pool_give(&pool, b->at, b->size);
        b->size = test_random(&seed) % (step % 50 == 0 ? 9000 : 700);
        b->mark = (unsigned char)step;
        b->at = pool_take(&pool, b->size);
        if (((uintptr_t)b->at & 15) != 0) CHECK(((uintptr_t)b->at & 15) == 0);
        memset(b->at, b->mark, b->size);
        size_t kept = b->size ? test_random(&seed) % b->size : 0;
        if (step % 3 == 0 && b->size && pool_trim(&pool, b->at, b->size, kept)) b->size = kept;
    }
    for (unsigned i = 0; i < BLOCKS; i++) {
        CHECK(is_whole(&blocks[i]));
        pool_give(&pool, blocks[i].at, blocks[i].size);
    }
    pool_close(&pool);
}
