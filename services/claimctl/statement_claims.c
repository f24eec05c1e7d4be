/* claimctl/statement_claims.c: sums by claim number and currency. */
#include "claimctl/statement_claims.h"

#include "base/assert.h"

#include <string.h>

enum { CLAIMS_AT_FIRST = 64 };

void statement_claims_open(struct statement_claims *c)
{
    *c = (struct statement_claims){ 0 };
    directory_open(&c->places);
    directory_open(&c->line_places);
}

void statement_claims_close(struct statement_claims *c)
{
    directory_close(&c->places);
    directory_close(&c->line_places);
}

static struct claim_sum *new_sum(struct arena *a, struct slice claim_id, struct slice currency)
{
    struct claim_sum *sum = ARENA_NEW(a, struct claim_sum);
    *sum = (struct claim_sum){ .claim_id = slice_copy(a, claim_id), .currency = slice_copy(a, currency) };
    return sum;
}

/* A list with room for one more than `count`. */
static void *with_room(struct arena *a, void *list, uint32_t count, uint32_t *capacity, size_t bytes)
{
    if (count < *capacity) return list;
    *capacity = *capacity ? 2 * *capacity : CLAIMS_AT_FIRST;
    void *longer = arena_alloc(a, *capacity * bytes);
    if (count) memcpy(longer, list, count * bytes);
    return longer;
}

static void add(struct statement_claims *c, struct arena *a, struct claim_sum *sum)
{
    c->sums = with_room(a, c->sums, c->count, &c->capacity, sizeof(struct claim_sum *));
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

static void put(const struct claimed_line *line, int sign)
{
    line->sum->lines += (uint32_t)sign;
    line->sum->refused_minor += sign * line->refused_minor;
    line->sum->waits_minor += sign * line->waits_minor;
}

void statement_claims_count(struct statement_claims *c, struct arena *a, struct slice name, struct claimed_line line,
                            bool repeats)
{
    uint32_t *place = directory_at(&c->line_places, name, NULL);
    if (*place && repeats) return;
    if (*place) {
        put(&c->lines[*place - 1], -1);
    } else {
        c->lines = with_room(a, c->lines, c->line_count, &c->line_capacity, sizeof(struct claimed_line));
        *place = ++c->line_count;
    }
    c->lines[*place - 1] = line;
    put(&line, 1);
}
