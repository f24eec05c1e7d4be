/* runtime/key_filter.h: which keys may be there: a set that forgets the keys and never says of one that it lacks it (a
 * blocked Bloom filter). Most rows that a line asks for are not there yet; to be told so costs one line of the cache
 * here and a descent through a tree of pages in LMDB.
 *
 * It is asked by others only when nothing is added to it any more. */
#ifndef RUNTIME_KEY_FILTER_H
#define RUNTIME_KEY_FILTER_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KEY_FILTER_WORDS = 8, KEY_FILTER_BITS_A_KEY = 12 };

/* Half a line of the cache; a key has one bit in each word of its block. */
struct key_filter_block { uint32_t words[KEY_FILTER_WORDS]; };

struct key_filter {
    struct key_filter_block *blocks;
    uint32_t                 block_count;
};

/* For so many keys one in a hundred that is not there seems to be; beyond them it is more. ERR_MEMORY_EXHAUSTED. */
enum err key_filter_open(size_t keys_max, struct key_filter **filter) MUST_CHECK;
/* NULL is fine. */
void key_filter_close(struct key_filter *f);

/* `hash`: 64 good bits of a table and a key. */
void key_filter_add(struct key_filter *f, uint64_t hash);
bool key_filter_may_have(const struct key_filter *f, uint64_t hash);

/* The part of the filter that a hash is about: the upper half of the hash says which, the lower which bits of it. */
static inline struct key_filter_block *key_filter_block_of(const struct key_filter *f, uint64_t hash)
{
    return &f->blocks[(hash >> 32) * f->block_count >> 32];
}

#endif
