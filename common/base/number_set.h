/* base/number_set.h: a set of numbers from 0 to a known last one, as one bit each. */
#ifndef BASE_NUMBER_SET_H
#define BASE_NUMBER_SET_H

#include "base/arena.h"

struct number_set { uint64_t *words; uint32_t word_count, count; };

/* An empty set for numbers up to `last`, in the arena. */
static inline struct number_set number_set_in(struct arena *a, uint32_t last)
{
    uint32_t words = last / 64 + 1;
    return (struct number_set){ .words = ARENA_ARRAY(a, words, uint64_t), .word_count = words };
}

/* Adds a number up to `last`. True when it was in the set already. */
static inline bool number_set_put(struct number_set *s, uint32_t number)
{
    uint64_t *word = &s->words[number / 64], bit = (uint64_t)1 << number % 64;
    bool was_in = *word & bit;
    *word |= bit;
    s->count += !was_in;
    return was_in;
}

#endif
