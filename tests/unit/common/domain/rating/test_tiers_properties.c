/* Invariant 4 of domain.md 9 on seeded tiers: F is 0 at no volume, falls nowhere while rates do not fall, has no steps
 * where it is MARGINAL without fixed amounts, and follows `edge` a thousandth before, at and after a tier. */
#include "domain/rating/tiers.h"
#include "support/test.h"

static uint32_t seed = 20260330;

static int64_t below(int64_t bound)
{
    seed = seed * 1664525u + 1013904223u;
    return (int64_t)((seed >> 8) % (uint64_t)bound);
}

static struct rational earned(const struct volume_terms *v, int64_t volume_milli)
{
    struct rational q = rational_of_milli(volume_milli);
    unsigned count;
    return tiers_earned(v, 2, q, q, NULL, &count);
}

static void fill(struct volume_terms *v, struct tier *tiers, bool has_fixed)
{
    int64_t from = below(3) * 5000, rate = 0, fixed = 0;
    bool is_percent = below(2);
    v->tier_count = 1 + (unsigned)below(4);
    v->tiers = tiers;
    for (unsigned i = 0; i < v->tier_count; i++, from += 1 + below(20000)) {
        rate += below(3000000);
        fixed += has_fixed ? below(5000) : 0;
        tiers[i] = (struct tier){ .from_micros = from * 1000, .rate = is_percent ? RATE_PERCENT : RATE_PER_UNIT,
                                  .percent_micros = rate, .per_unit_micros = rate, .fixed_minor = fixed };
    }
}

TEST(what_a_volume_earns_falls_nowhere_and_is_nothing_at_nothing)
{
    for (unsigned n = 0; n < 400; n++) {
        struct tier tiers[4];
        struct volume_terms v = { .method = (enum tier_method)(TIER_METHOD_MARGINAL + n % 4),
                                  .edge = n / 4 % 2 ? TIER_EDGE_UP_TO : TIER_EDGE_FROM };
        fill(&v, tiers, n / 8 % 2);
        struct rational before = RATIONAL_ZERO;
        CHECK_INT(rational_sign(earned(&v, 0)), 0);
        CHECK_INT(rational_sign(earned(&v, -1 - below(100000))), 0);
        for (int64_t volume = 1; volume < 100000; volume += 1 + below(4000)) {
            struct rational now = earned(&v, volume);
            CHECK(!rational_is_bad(now) && rational_compare(before, now) <= 0);
            before = now;
        }
    }
}

/* A thousandth more earns no more than a thousandth at the highest rate. */
TEST(a_marginal_schedule_without_fixed_amounts_has_no_steps)
{
    for (unsigned n = 0; n < 200; n++) {
        struct tier tiers[4];
        struct volume_terms v = { .method = TIER_METHOD_MARGINAL, .edge = n % 2 ? TIER_EDGE_UP_TO : TIER_EDGE_FROM };
        fill(&v, tiers, false);
        struct rational most = tiers_pay(&tiers[v.tier_count - 1], rational_of_milli(1));
        for (unsigned i = 0; i < v.tier_count; i++) {
            for (int64_t at = tiers[i].from_micros / 1000 - 1; at <= tiers[i].from_micros / 1000 + 1; at++)
                CHECK(rational_compare(rational_sub(earned(&v, at + 1), earned(&v, at)), most) <= 0);
        }
    }
}

TEST(a_tier_is_reached_at_its_edge_or_behind_it)
{
    for (unsigned n = 0; n < 200; n++) {
        struct tier tiers[4];
        struct volume_terms v = { .edge = n % 2 ? TIER_EDGE_UP_TO : TIER_EDGE_FROM };
        fill(&v, tiers, true);
        for (unsigned i = 0; i < v.tier_count; i++) {
            int64_t edge = tiers[i].from_micros / 1000;
            CHECK(!tiers_reached(&v, i, rational_of_milli(edge - 1)));
            CHECK(tiers_reached(&v, i, rational_of_milli(edge)) == (v.edge == TIER_EDGE_FROM));
            CHECK(tiers_reached(&v, i, rational_of_milli(edge + 1)));
        }
    }
}
