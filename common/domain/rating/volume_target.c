/* domain/rating/volume_target.c: from sums through tiers to the target, with the workings of each step. */
#include "domain/rating/volume_target.h"

#include "domain/rating/program_periods.h"
#include "domain/rating/tiers.h"
#include "domain/rating/volume_value.h"

/* V5. */

struct measures { struct rational q, b; bool all_is_growth, awaits_baseline; };

static struct rational benefit_measure(const struct award *a, const struct volume_row *row)
{
    return volume_value_benefits_by_amount(&a->program->volume)
               ? rational_of_minor(row->benefit_amount_minor, a->exponent)
               : rational_of_milli(row->benefit_milli);
}

static bool find_baseline(struct rating *r, struct award *a, const struct volume_place *place,
                          const struct volume_row *row, struct rational *base)
{
    struct period_rule rule = program_periods(r->in->catalogue, a->program);
    struct volume_place earlier = *place;
    if (a->program->volume.growth_baseline == BASELINE_FIXED) {
        *base = rational_of_micros(row->baseline_micros);
        return row->has_baseline && rational_sign(*base) > 0;
    }
    rule.program_from = DATE_MIN;
    if (!period_year_earlier(&rule, &place->period, &earlier.period)) return false;
    const struct volume_row *before = volume_accumulator_read(r, a->program->id, &earlier, NULL);
    *base = benefit_measure(a, before);
    return before->closed && rational_sign(*base) > 0;
}

static struct measures growth_measures(struct rating *r, struct award *a, const struct volume_place *place,
                                       const struct volume_row *row)
{
    struct rational base, volume = benefit_measure(a, row);
    struct measures m = { .q = RATIONAL_ZERO, .b = RATIONAL_ZERO };
    if (find_baseline(r, a, place, row, &base)) {
        struct rational growth = rational_sub(volume, base);
        m.q = rational_mul(rational_div(growth, base), rational_of(100));
        m.b = a->program->volume.growth_pay_on == PAY_ON_TOTAL ? volume : growth;
        return m;
    }
    m.b = volume;                                   /* Q is nothing, and so is F, unless all is growth */
    m.awaits_baseline = a->program->volume.no_baseline == NO_BASELINE_HOLD;
    m.all_is_growth = a->program->volume.no_baseline == NO_BASELINE_TOTAL;
    return m;
}

/* The share is one of money, the benefit stands in the measure that its rate needs. */
static struct measures mix_measures(const struct award *a, const struct volume_row *row)
{
    struct rational all = rational_of_minor(row->amount_minor, a->exponent),
                    focus = rational_of_minor(row->benefit_amount_minor, a->exponent);
    struct measures m = { .q = RATIONAL_ZERO, .b = benefit_measure(a, row) };
    if (a->program->volume.mix_pay_on == MIX_PAY_ON_TOTAL)
        m.b = volume_value_benefits_by_amount(&a->program->volume) ? all : rational_of_milli(row->qty_milli);
    if (rational_sign(all) > 0) m.q = rational_mul(rational_div(focus, all), rational_of(100));
    return m;
}

static struct measures measures_of(struct rating *r, struct award *a, const struct volume_place *place,
                                   const struct volume_row *row)
{
    const struct volume_terms *v = &a->program->volume;
    if (v->qualifier == QUALIFIER_GROWTH_PERCENT) return growth_measures(r, a, place, row);
    if (v->qualifier == QUALIFIER_MIX_PERCENT) return mix_measures(a, row);
    struct measures m = { .q = v->qualifier == QUALIFIER_QTY ? rational_of_milli(row->qty_milli)
                                                             : rational_of_minor(row->amount_minor, a->exponent) };
    bool only_fixed =
        v->tier_count && v->tiers[0].rate == RATE_NONE; /* any positive benefit, in the measure that is kept */
    bool in_amount = only_fixed ? v->qualifier == QUALIFIER_AMOUNT : v->tier_count && v->tiers[0].rate == RATE_PERCENT;
    m.b = in_amount ? rational_of_minor(row->benefit_amount_minor, a->exponent) : rational_of_milli(row->benefit_milli);
    return m;
}

/* V6, V7. */

static void note_tier(struct rating *r, struct award *a, const struct measures *m, const struct tier_pay *pay)
{
    static const struct slice rules[TIER_METHOD_COUNT] = {
        [TIER_METHOD_MARGINAL] = SLICE_INIT("V6 MARGINAL"), [TIER_METHOD_RETROACTIVE] = SLICE_INIT("V6 RETROACTIVE"),
        [TIER_METHOD_ROLLING] = SLICE_INIT("V6 ROLLING"), [TIER_METHOD_TOTAL] = SLICE_INIT("V6 TOTAL") };
    const struct volume_terms *v = &a->program->volume;
    const struct tier *t = &v->tiers[pay->tier];
    struct step *s = award_step(r, a, rules[v->method]);
    award_input_exact(r, s, SLICE("Q"), m->q, (struct slice){ 0 });
    award_input_exact(r, s, SLICE("B"), m->b, (struct slice){ 0 });
    award_input(r, s, SLICE("from"), t->from_micros, 1000000, (struct slice){ 0 });
    if (pay->tier + 1 < v->tier_count)
        award_input(r, s, SLICE("to"), v->tiers[pay->tier + 1].from_micros, 1000000, (struct slice){ 0 });
    if (t->rate == RATE_PERCENT)
        award_input(r, s, SLICE("percent"), t->percent_micros, 100000000, SLICE("percent_micros"));
    if (t->rate == RATE_PER_UNIT) award_input(r, s, SLICE("per_unit"), t->per_unit_micros, 1000000, a->micros_unit);
    if (t->rate == RATE_PER_BLOCK) {
        award_input(r, s, SLICE("block"), t->block_qty_milli, 1000, SLICE("milli"));
        award_input(r, s, SLICE("per_block"), t->block_amount_micros, 1000000, a->micros_unit);
        award_input(r, s, SLICE("round"), t->block_round, 0, word_text(VOCABULARY_BLOCK_ROUND, t->block_round));
    }
    award_input_exact(r, s, SLICE("fixed"), rational_of_minor(t->fixed_minor, a->exponent), a->minor_unit);
    award_result_exact(r, s, SLICE("pay"), pay->amount, (struct slice){ 0 });
}

/* Without a baseline all volume is growth: the highest tier, on everything. */
static struct rational highest_tier(const struct award *a, const struct measures *m, struct tier_pay *pays,
                                    unsigned *count)
{
    const struct volume_terms *v = &a->program->volume;
    *count = 0;
    if (v->tier_count == 0 || rational_sign(m->b) <= 0) return RATIONAL_ZERO;
    unsigned first = v->method == TIER_METHOD_TOTAL ? 0 : v->tier_count - 1;
    struct rational sum = RATIONAL_ZERO;
    for (unsigned i = first; i < v->tier_count; i++) {
        struct rational amount = rational_add(tiers_pay(&v->tiers[i], m->b),
                                              rational_of_minor(v->tiers[i].fixed_minor, a->exponent));
        pays[(*count)++] = (struct tier_pay){ i, m->b, amount };
        sum = rational_add(sum, amount);
    }
    return sum;
}

static struct rational earned_by(const struct award *a, const struct measures *m, struct tier_pay *pays,
                                 unsigned *count)
{
    *count = 0;
    if (m->all_is_growth) return highest_tier(a, m, pays, count);
    return tiers_earned(&a->program->volume, a->exponent, m->q, m->b, pays, count);
}

static int64_t bounded_target(const struct award *a, const struct volume_row *row, int64_t rounded, bool *capped)
{
    const struct volume_terms *v = &a->program->volume;
    int64_t t = rounded;
    *capped = v->has_cap && t > v->cap_minor;
    if (*capped) t = v->cap_minor;
    if (v->has_guarantee && v->guarantee_paid == GUARANTEE_PAID_BEGINNING && t < v->guarantee_minor)
        t = v->guarantee_minor;
    if (row->closed && t < row->guarantee_minor) t = row->guarantee_minor;
    return t;
}

static void note_target(struct rating *r, struct award *a, struct rational earned, const struct volume_row *row,
                        int64_t t)
{
    const struct volume_terms *v = &a->program->volume;
    struct step *s = award_step(r, a, SLICE("V7"));
    award_input_exact(r, s, SLICE("F"), earned, (struct slice){ 0 });
    award_input_rounding(r, s, a);
    if (v->has_cap) award_input(r, s, SLICE("cap"), v->cap_minor, 0, a->minor_unit);
    if (v->has_guarantee && v->guarantee_paid == GUARANTEE_PAID_BEGINNING)
        award_input(r, s, SLICE("guarantee"), v->guarantee_minor, 0, a->minor_unit);
    else if (row->closed && row->guarantee_minor)
        award_input(r, s, SLICE("guarantee"), row->guarantee_minor, 0, a->minor_unit);
    award_result(s, SLICE("t"), t, a->minor_unit);
}

/* V10: the expected tier on what is there, by share of the expected volume. */
static int64_t estimate(struct rating *r, struct award *a, const struct volume_row *row, const struct measures *m,
                        int64_t target, bool notes)
{
    const struct volume_terms *v = &a->program->volume;
    struct rational expected = rational_of_micros(row->expected_micros);
    if (!row->has_expected || row->closed || rational_sign(expected) <= 0) return target;
    if (rational_sign(m->q) <= 0 || rational_compare(m->q, expected) >= 0) return target;
    struct rational at_expected = rational_div(rational_mul(m->b, expected), m->q);
    struct rational full = tiers_earned(v, a->exponent, expected, at_expected, NULL, NULL);
    if (v->has_cap) full = rational_min(full, rational_of_minor(v->cap_minor, a->exponent));
    struct rational share = rational_mul(rational_div(m->q, expected),
                                         rational_of_percent(v->constraint_percent_micros));
    int64_t e = award_round(r, a, rational_mul(full, share));
    if (!notes) return e;
    struct step *s = award_step(r, a, SLICE("V10"));
    award_input_exact(r, s, SLICE("F"), full, (struct slice){ 0 });
    award_input_exact(r, s, SLICE("share"), share, (struct slice){ 0 });
    award_input_rounding(r, s, a);
    award_result(s, SLICE("e"), e, a->minor_unit);
    return e;
}

bool volume_target_has_estimates(const struct award *a)
{
    return a->program->incentive == INCENTIVE_VOLUME_REBATE || a->program->incentive == INCENTIVE_LOGISTICS;
}

struct volume_target volume_target_of(struct rating *r, struct award *a, const struct volume_place *place,
                                      const struct volume_row *row, bool notes)
{
    struct tier_pay pays[TIERS_MAX];
    unsigned count;
    struct measures m = measures_of(r, a, place, row);
    struct volume_target t = { .qualifier = m.q, .benefit = m.b, .awaits_baseline = m.awaits_baseline };
    t.earned = earned_by(a, &m, pays, &count);
    if (rational_is_bad(t.earned) || rational_is_bad(m.q)) r->overflow = true;
    t.target_minor = bounded_target(a, row, award_round(r, a, t.earned), &t.capped);
    if (m.awaits_baseline) t.target_minor = row->paid_minor;
    for (unsigned i = 0; notes && i < count; i++) note_tier(r, a, &m, &pays[i]);
    if (notes && !m.awaits_baseline) note_target(r, a, t.earned, row, t.target_minor);
    t.estimated_minor = volume_target_has_estimates(a)
                            ? estimate(r, a, row, &m, t.target_minor, notes && row->has_expected)
                            : t.target_minor;
    return t;
}

int64_t volume_target_share(struct rating *r, struct award *a, const struct volume_change *change)
{
    const struct volume_terms *v = &a->program->volume;
    struct volume_row alone = { 0 };
    if (v->qualifier == QUALIFIER_GROWTH_PERCENT || v->qualifier == QUALIFIER_MIX_PERCENT || change->qty_milli <= 0)
        return 0;
    if (!a->program->reduces_lower) return 0;
    volume_accumulator_add(r, &alone, change);
    struct measures m = measures_of(r, a, &change->place, &alone);
    return award_round(r, a, tiers_earned(v, a->exponent, m.q, m.b, NULL, NULL));
}

/* Whether something stands in the sum that qualifies; that of growth has the measure of its benefit. */
static bool qualifies_at_all(const struct volume_terms *v, const struct volume_row *row)
{
    bool by_quantity = v->qualifier == QUALIFIER_QTY
                       || (v->qualifier == QUALIFIER_GROWTH_PERCENT && !volume_value_benefits_by_amount(v));
    return by_quantity ? row->qty_milli > 0 : row->amount_minor > 0;
}

void volume_target_give_notes(struct rating *r, struct award *a, const struct volume_row *row,
                       const struct volume_target *target)
{
    bool qualified = qualifies_at_all(&a->program->volume, row);
    if (target->capped) {
        struct reason *given = award_give(r, a, REASON_CAP_REACHED);
        reason_argument(given, SLICE("limit"), award_money_text(r, a, a->program->volume.cap_minor));
        reason_argument(given, SLICE("scope"), slice_copy(r->arena, period_label(&a->period)));
    }
    bool is_rounded_away = rational_sign(target->earned) > 0 && !target->capped;
    if (target->target_minor == 0 && qualified)
        reason_argument(award_give(r, a, REASON_BELOW_THRESHOLD),
                        is_rounded_away ? SLICE("owing") : SLICE("program"), a->program->id);
}
