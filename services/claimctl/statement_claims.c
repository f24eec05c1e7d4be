/* claimctl/statement_claims.c: sums by claim number and currency. */
#include "claimctl/statement_claims.h"

#include "base/assert.h"

#include <string.h>

enum { CLAIMS_AT_FIRST = 64 };

void statement_claims_open(struct statement_claims *c)
{
    *c = (struct statement_claims){ 0 };
    directory_open(&c->places);
}

void statement_claims_close(struct statement_claims *c)
{
    directory_close(&c->places);
}

static struct claim_sum *new_sum(struct arena *a, struct slice claim_id, struct slice currency)
{
    struct claim_sum *sum = ARENA_NEW(a, struct claim_sum);
    *sum = (struct claim_sum){ .claim_id = slice_copy(a, claim_id), .currency = slice_copy(a, currency) };
    return sum;
}

static void add(struct statement_claims *c, struct arena *a, struct claim_sum *sum)
{
    if (c->count == c->capacity) {
        uint32_t capacity = c->capacity ? 2 * c->capacity : CLAIMS_AT_FIRST;
        struct claim_sum **sums = ARENA_ARRAY(a, capacity, struct claim_sum *);
        if (c->count) memcpy(sums, c->sums, c->count * sizeof(struct claim_sum *));
        c->sums = sums;
        c->capacity = capacity;
    }
    c->sums[c->count++] = sum;
}

struct claim_sum *statement_claims_at(struct statement_claims *c, struct arena *a, struct slice claim_id,
                                      struct slice currency)
{
    ASSERT(claim_id.size > 0);
    uint32_t *place = directory_at(&c->places, claim_id, NULL);
    if (!*place) {
        add(c, a, new_sum(a, claim_id, currency));
        *place = c->count;
        return c->sums[c->count - 1];
    }
    struct claim_sum *sum = c->sums[*place - 1];
    if (slice_is_empty(sum->currency)) sum->currency = slice_copy(a, currency);
    while (currency.size && !slice_equal(sum->currency, currency)) {
        if (!sum->next) sum->next = new_sum(a, claim_id, currency);
        sum = sum->next;
    }
    return sum;
}
