/* Caps of claims that a seller's volume counts (domain.md 5.4 P5, 6.1, 9.10, 9.14): whatever was cut, whoever was
 * charged it and whichever goes back first, the caps are charged what is paid. */
#include "support/ledger.h"

#include <stdio.h>

enum { WORLDS = 150, STEPS = 40, CLAIMS_KEPT = 64 };

struct world {
    struct ledger_fixture *l;
    uint64_t               seed;
    struct program         program;
    struct slice           ids[CLAIMS_KEPT];        /* of lines that live */
    unsigned               id_count, made;
    bool                   has_sales;
};

static int64_t pick(struct world *w, int64_t below)
{
    return (int64_t)(test_random(&w->seed) % (uint64_t)below);
}

static const struct tier *some_tiers(struct world *w, unsigned count)
{
    struct tier *tiers = ARENA_ARRAY(test_arena(), count, struct tier);
    for (unsigned i = 0; i < count; i++)
        tiers[i] = (struct tier){ .from_micros = MICROS(i * 10), .rate = RATE_PER_UNIT,
                                  .per_unit_micros = MICROS(w->has_sales ? 2 * i + 1 + pick(w, 2) : 1 + pick(w, 9)) };
    return tiers;
}

static void put_program(struct world *w)
{
    static const enum tier_method methods[] = { TIER_METHOD_MARGINAL, TIER_METHOD_RETROACTIVE, TIER_METHOD_ROLLING,
                                                TIER_METHOD_TOTAL };
    static const enum period_kind periods[] = { PERIOD_MONTH, PERIOD_QUARTER, PERIOD_YEAR, PERIOD_PROGRAM };
    unsigned tier_count = 1 + (unsigned)pick(w, 3);
    struct program p = ledger_ship_debit("SP");
    struct cap *caps = ARENA_ARRAY(test_arena(), 2, struct cap);
    for (unsigned i = 0; i < 2; i++)
        caps[i] = (struct cap){ .scope = pick(w, 2) ? CAP_SCOPE_REP : CAP_SCOPE_PARTNER, .period = periods[pick(w, 4)],
                                .has_amount = true, .amount_minor = 2000 + 100 * pick(w, 150) };
    p.incentive = INCENTIVE_SPIFF;
    p.payee = PAYEE_REP;
    p.claim = (struct claim_terms){ true, 400, ANCHOR_SHIP_DATE, 1 };
    p.spiff = (struct spiff_terms){ .serials = SERIAL_RULE_NONE, .trigger_pos = w->has_sales };
    p.has_volume = true;
    p.volume = ledger_volume("SP", some_tiers(w, tier_count), tier_count).volume;
    p.volume.aggregate = AGGREGATE_REP;
    p.volume.qualifier = QUALIFIER_QTY;
    p.volume.method = methods[pick(w, 4)];
    p.volume.period = pick(w, 2) ? PERIOD_QUARTER : PERIOD_YEAR;
    p.caps = caps;
    p.cap_count = 1 + (unsigned)pick(w, 2);
    w->program = p;
    ledger_program(w->l, p);
}

static struct line a_line(struct world *w)
{
    char *invoice = arena_alloc(test_arena(), 16);
    snprintf(invoice, 16, "S%u", w->made++);
    struct line l = a_sale(invoice, 1 + pick(w, 12), MICROS(100), 20250101 + 100 * (int32_t)pick(w, 5));
    l.rep_id = pick(w, 3) ? SLICE("R1") : SLICE("R2");
    if (w->has_sales && pick(w, 2)) return l;
    l.kind = KIND_SPIFF_CLAIM;
    l.has_claimed_amount_minor = pick(w, 4) == 0;
    l.claimed_amount_minor = 100 + pick(w, 6000);
    return l;
}

static void cancel(struct world *w, unsigned at)
{
    struct decision d = ledger_decide(w->l, (struct judged){ .line = a_cancel(w->ids[at].bytes), .received = 20250701 });
    CHECK_INT(d.outcome, OUTCOME_PASS);
    CHECK(decision_verifies(d));
    w->ids[at] = w->ids[--w->id_count];
}

/* A return of a part of a claim, cancelled or left. */
static void return_some(struct world *w, unsigned at)
{
    struct line back = a_return(w->ids[at].bytes, 1, 20250601);
    struct decision d = ledger_decide(w->l, (struct judged){ .line = back, .received = 20250701 });
    CHECK(d.outcome == OUTCOME_PASS || d.outcome == OUTCOME_HOLD);
    if (d.outcome == OUTCOME_PASS && pick(w, 2))
        ledger_decide(w->l, (struct judged){ .line = a_cancel(d.line_id.bytes), .received = 20250701 });
}

static void take_step(struct world *w)
{
    int64_t what = w->id_count ? pick(w, 10) : 0;
    unsigned at = w->id_count ? (unsigned)pick(w, w->id_count) : 0;
    if (what > 6) {
        cancel(w, at);
    } else if (what == 6) {
        return_some(w, at);
    } else {
        struct decision d = ledger_decide(w->l, (struct judged){ .line = a_line(w), .received = 20250701 });
        bool stands = d.outcome == OUTCOME_PASS || d.outcome == OUTCOME_SHORT;
        if (stands && w->id_count < CLAIMS_KEPT) w->ids[w->id_count++] = d.line_id;
    }
}

static const void **rows_of(struct world *w, enum payout_table table, struct slice **keys, unsigned *count)
{
    const void **records = ARENA_ARRAY(test_arena(), 64, const void *);
    *keys = ARENA_ARRAY(test_arena(), 64, struct slice);
    *count = ledger_rows(w->l, table, *keys, records, 64);
    return records;
}

/* A part of a key (BOOKS_KEY): its length stands before each. */
static struct slice key_part(struct slice key, unsigned part)
{
    for (;; part--) {
        size_t size = (size_t)(uint8_t)key.bytes[0] << 8 | (uint8_t)key.bytes[1];
        if (part == 0) return slice_of(key.bytes + 2, size);
        key = slice_skip(key, 2 + size);
    }
}

/* Charged under one cap, in all its periods and for every seller; no row of it passes the limit. */
static int64_t used_under(struct world *w, unsigned cap)
{
    struct slice *keys, index = rows_number(test_arena(), cap);
    unsigned count;
    int64_t used = 0;
    const void **rows = rows_of(w, PAYOUT_CAPS, &keys, &count);
    for (unsigned i = 0; i < count; i++) {
        const struct cap_row *row = rows[i];
        if (!slice_equal(key_part(keys[i], 2), index)) continue;
        CHECK(row->used_minor >= 0 && row->used_minor <= w->program.caps[cap].amount_minor);
        used += row->used_minor;
    }
    return used;
}

static int64_t paid_in_all(struct world *w)
{
    struct slice *keys;
    unsigned count;
    int64_t paid = 0;
    const void **rows = rows_of(w, PAYOUT_VOLUMES, &keys, &count);
    for (unsigned i = 0; i < count; i++) paid += ((const struct volume_row *)rows[i])->paid_minor;
    CHECK_INT(ledger_paid(w->l, "SP", "EARNED"), paid);
    return paid;
}

static void check_caps(struct world *w)
{
    int64_t paid = paid_in_all(w);
    for (unsigned cap = 0; cap < w->program.cap_count; cap++) {
        int64_t used = used_under(w, cap);
        if (w->has_sales) CHECK(used <= paid);      /* no cap asks a sale (5.0 R8) */
        else CHECK_INT(used, paid);
    }
}

TEST(caps_are_charged_what_is_paid_whatever_was_cut_and_goes_back)
{
    uint64_t seed = test_seed();
    for (unsigned n = 0; n < WORLDS; n++) {
        struct world *w = ARENA_NEW(test_arena(), struct world);
        *w = (struct world){ .l = ledger_open(), .seed = test_random(&seed), .has_sales = n % 3 == 0 };
        put_program(w);
        for (unsigned i = 0; i < STEPS; i++) {
            take_step(w);
            check_caps(w);
        }
        while (w->id_count) cancel(w, (unsigned)pick(w, w->id_count));
        check_caps(w);
        CHECK_INT(paid_in_all(w), 0);
    }
}
