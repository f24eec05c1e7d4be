/* domain/rating/tiers.c: the four methods of V6. */
#include "domain/rating/tiers.h"

#include "base/assert.h"

static struct rational from_of(const struct volume_terms *v, unsigned tier)
{
    return rational_of_micros(v->tiers[tier].from_micros);
}

bool tiers_reached(const struct volume_terms *v, unsigned tier, struct rational q)
{
    int order = rational_compare(q, from_of(v, tier));
    return v->edge == TIER_EDGE_UP_TO ? order > 0 : order >= 0;
}

static struct rational whole_blocks(struct rational blocks, enum block_round round)
{
    int64_t whole;
    if (round == BLOCK_ROUND_EXACT) return blocks;
    if (round != BLOCK_ROUND_UP) return rational_floor(blocks, &whole) == OK ? rational_of(whole) : RATIONAL_BAD;
    return rational_floor(rational_neg(blocks), &whole) == OK && whole != INT64_MIN ? rational_of(-whole)
                                                                                    : RATIONAL_BAD;
}

struct rational tiers_pay(const struct tier *t, struct rational y)
{
    switch (t->rate) {
    case RATE_PERCENT:
        return rational_mul(y, rational_of_percent(t->percent_micros));
    case RATE_PER_UNIT:
        return rational_mul(y, rational_of_micros(t->per_unit_micros));
    case RATE_PER_BLOCK:
        return rational_mul(whole_blocks(rational_div(y, rational_of_milli(t->block_qty_milli)), t->block_round),
                            rational_of_micros(t->block_amount_micros));
    default:
        return RATIONAL_ZERO;
    }
}

/* Share of B that stands at a rate whose part of Q is `part`; B itself where both are one measure. */
static struct rational share_of(struct rational b, struct rational part, struct rational q)
{
    if (b.num == q.num && b.den == q.den) return part;
    return rational_div(rational_mul(b, part), q);
}

/* min(Q, to_i) */
static struct rational upper_end(const struct volume_terms *v, unsigned tier, struct rational q)
{
    return tier + 1 == v->tier_count ? q : rational_min(q, from_of(v, tier + 1));
}

static struct rational y_of(const struct volume_terms *v, unsigned tier, struct rational q, struct rational b)
{
    switch (v->method) {
    case TIER_METHOD_MARGINAL:
        return share_of(b, rational_sub(upper_end(v, tier, q), from_of(v, tier)), q);
    case TIER_METHOD_ROLLING:
        return share_of(b, upper_end(v, tier, q), q);
    default:
        return b;
    }
}

struct rational tiers_earned(const struct volume_terms *v, unsigned exponent, struct rational q, struct rational b,
                             struct tier_pay *pays, unsigned *pay_count)
{
    struct rational sum = RATIONAL_ZERO;
    unsigned reached = 0;
    ASSERT(v->tier_count <= TIERS_MAX);
    if (pay_count) *pay_count = 0;
    if (rational_is_bad(q) || rational_is_bad(b)) return RATIONAL_BAD;
    if (rational_sign(q) <= 0 || rational_sign(b) <= 0) return sum;
    while (reached < v->tier_count && tiers_reached(v, reached, q)) reached++;
    for (unsigned i = v->method == TIER_METHOD_RETROACTIVE && reached ? reached - 1 : 0; i < reached; i++) {
        struct rational y = y_of(v, i, q, b);
        struct rational amount = rational_add(tiers_pay(&v->tiers[i], y),
                                              rational_of_minor(v->tiers[i].fixed_minor, exponent));
        sum = rational_add(sum, amount);
        if (pays) pays[(*pay_count)++] = (struct tier_pay){ i, y, amount };
    }
    return sum;
}
