/* runtime/key_filter.c: blocks of eight words, one bit in each. */
#include "runtime/key_filter.h"

#include "base/assert.h"

#include <stdlib.h>

enum { WORD_BITS = 32, BIT_SHIFT = 27, BLOCK_BITS = KEY_FILTER_WORDS * WORD_BITS };

/* Odd numbers without a pattern: each makes another bit of the same 32. */
static const uint32_t salts[KEY_FILTER_WORDS] = { 0x9e3779b1u, 0x85ebca77u, 0xc2b2ae3du, 0x27d4eb2fu,
                                                  0x165667b1u, 0xd3a2646du, 0xfd7046c5u, 0xb55a4f09u };

enum err key_filter_open(size_t keys_max, struct key_filter **filter)
{
    struct key_filter *f = calloc(1, sizeof *f);
    size_t blocks = keys_max / (BLOCK_BITS / KEY_FILTER_BITS_A_KEY) + 1;
    ASSERT(keys_max > 0 && blocks <= UINT32_MAX);
    if (f) f->blocks = calloc(blocks, sizeof *f->blocks);
    if (!f || !f->blocks) {
        free(f);
        return ERR_MEMORY_EXHAUSTED;
    }
    f->block_count = (uint32_t)blocks;
    *filter = f;
    return OK;
}

void key_filter_close(struct key_filter *f)
{
    if (!f) return;
    free(f->blocks);
    free(f);
}

static uint32_t bit_of(uint64_t hash, unsigned word)
{
    return 1u << ((uint32_t)hash * salts[word] >> BIT_SHIFT);
}

void key_filter_add(struct key_filter *f, uint64_t hash)
{
    struct key_filter_block *block = key_filter_block_of(f, hash);
    for (unsigned i = 0; i < KEY_FILTER_WORDS; i++) block->words[i] |= bit_of(hash, i);
}

bool key_filter_may_have(const struct key_filter *f, uint64_t hash)
{
    const struct key_filter_block *block = key_filter_block_of(f, hash);
    uint32_t missing = 0;
    for (unsigned i = 0; i < KEY_FILTER_WORDS; i++) missing |= bit_of(hash, i) & ~block->words[i];
    return missing == 0;
}
