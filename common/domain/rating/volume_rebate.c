/* domain/rating/volume_rebate.c: accumulators, targets and deltas. */
#include "domain/rating/volume_rebate.h"

#include "base/assert.h"
#include "domain/currency.h"
#include "domain/decimal.h"
#include "domain/rating/award_settle.h"
#include "domain/rating/coop.h"
#include "domain/rating/funds.h"
#include "domain/rating/program_periods.h"
#include "domain/rating/stacking.h"
#include "domain/rating/tiers.h"
#include "domain/rating/transactions.h"
#include "domain/rating/volume_value.h"


/* From rate to write. */
struct counting {
    struct volume_change change;
    struct volume_row    row;                       /* as it will be */
    struct volume_target target;
    struct period        posted;
    bool                 is_new;
};

/* Which program, which period. */

bool volume_rebate_is_triggered(struct rating *r, const struct program *p)
{
    if (!p->has_volume || r->accepted_milli == 0) return false;
    if (p->volume.aggregate == AGGREGATE_REP && slice_is_empty(r->line->rep_id)) return false;
    return r->kind == (p->volume.source == VOLUME_SOURCE_SELL_IN ? KIND_SELL_IN : KIND_POS_SALE);
}

static int32_t first_day_of(const struct program_history *h, const struct period *period)
{
    int32_t starts, ends;
    program_span(h, &starts, &ends);
    return period->from > starts ? period->from : starts;
}

bool volume_rebate_period(const struct catalogue *c, struct slice program_id, int32_t date, struct period *period,
                          const struct program **version)
{
    const struct program_history *h = catalogue_program(c, program_id);
    const struct program *on_date = h && date ? program_version_on(h, date) : NULL;
    if (!on_date) return false;
    struct period_rule rule = program_periods(c, on_date);
    if (!period_of(&rule, date, period)) return false;
    *version = program_version_on(h, first_day_of(h, period));
    return *version != NULL;
}

bool volume_rebate_find_period(const struct catalogue *c, struct slice program_id, struct slice label,
                               struct period *period, const struct program **version)
{
    const struct program_history *h = catalogue_program(c, program_id);
    for (unsigned i = h ? h->version_count : 0; i-- > 0;) {
        const struct program *p = h->versions[i];
        struct period_rule rule = program_periods(c, p);
        if (p->status == PROGRAM_STATUS_DRAFT || !period_find(&rule, label, period)) continue;
        int32_t first = first_day_of(h, period);
        if (first <= period->to && volume_rebate_period(c, program_id, first, period, version)
            && slice_equal(period_label(period), label))
            return true;
    }
    return false;
}

/* Only a program with another version that is valid on the first day can have been closed with one that was superseded
 * since. */
static bool may_be_superseded(const struct program_history *h, const struct program *version,
                              const struct period *period)
{
    for (unsigned i = 0; i < h->version_count; i++) {
        const struct program *p = h->versions[i];
        if (p != version && p->status != PROGRAM_STATUS_DRAFT && p->valid_from <= period->to
            && p->valid_to >= period->from)
            return true;
    }
    return false;
}

bool volume_rebate_terms(struct rating *r, struct slice program_id, int32_t date, struct period *period,
                         const struct program **version)
{
    if (!volume_rebate_period(r->in->catalogue, program_id, date, period, version)) return false;
    const struct program_history *h = catalogue_program(r->in->catalogue, program_id);
    if (!may_be_superseded(h, *version, period)) return true;
    const struct close_row *close =
        books_read(r->books, PAYOUT_CLOSES, volume_rebate_close_key(r, program_id, period), NULL);
    const struct program *closed_with = close->version ? program_version(h, close->version) : NULL;
    if (closed_with) *version = closed_with;
    return true;
}

struct slice volume_rebate_close_key(struct rating *r, struct slice program_id, const struct period *period)
{
    return RATING_KEY(r, program_id, slice_copy(r->arena, period_label(period)));
}

static struct slice aggregate_of(const struct rating *r, const struct volume_terms *v)
{
    switch (v->aggregate) {
    case AGGREGATE_PARTNER:  return r->line->partner_id;
    case AGGREGATE_LOCATION: return r->line->location_id;
    case AGGREGATE_REP:      return r->line->rep_id;
    default:                 return r->root;
    }
}

static struct slice group_of(const struct rating *r, const struct volume_terms *v)
{
    switch (v->per) {
    case PER_SKU:    return r->class->sku;
    case PER_FAMILY: return r->class->family;
    case PER_LINE:   return r->class->product_line;
    default:         return (struct slice){ 0 };
    }
}

/* V4. */

static struct slice row_key(struct rating *r, struct slice program_id, const struct slice aggregate, struct slice group,
                            struct slice period)
{
    return RATING_KEY(r, program_id, aggregate, group, period);
}

static const struct volume_row *row_of(struct rating *r, struct slice program_id, const struct volume_change *change,
                                       bool *found)
{
    return books_read(r->books, PAYOUT_VOLUMES,
                      row_key(r, program_id, change->aggregate, change->group, period_label(&change->period)), found);
}

bool volume_rebate_is_whole(const struct program *p)
{
    return p->volume.aggregate == AGGREGATE_PARTNER_ROOT && p->volume.per == PER_NONE;
}

static struct slice accumulators_key(struct rating *r, struct slice program_id, const struct volume_change *change)
{
    return RATING_KEY(r, program_id, slice_copy(r->arena, period_label(&change->period)));
}

/* An accumulator that is new to its period: it is closed if the period is; one more than a close can go through is a
 * matter for people. Answers whether it must be enlisted. */
static bool meet_new(struct rating *r, struct award *a, const struct volume_change *change, bool *closed)
{
    bool found;
    if (volume_rebate_is_whole(a->program)) return false;
    row_of(r, a->program->id, change, &found);
    if (found) return false;
    const struct accumulators_row *all =
        books_read(r->books, PAYOUT_ACCUMULATORS, accumulators_key(r, a->program->id, change), NULL);
    *closed = all->closed;
    if (all->accumulators_count == accumulator_LIST_MAX)
        reason_argument(award_give(r, a, REASON_DATA_CONFLICT), SLICE("what"), SLICE("accumulators"));
    return all->accumulators_count < accumulator_LIST_MAX;
}

static void enlist(struct rating *r, const struct award *a, const struct volume_change *change)
{
    struct accumulators_row *all =
        books_change(r->books, PAYOUT_ACCUMULATORS, accumulators_key(r, a->program->id, change));
    *ROWS_APPEND(r->arena, all, accumulators, accumulator) = (struct accumulator){ change->aggregate, change->group };
}

static void add_to(struct rating *r, int64_t *sum, int64_t part, int64_t bound)
{
    if (__builtin_add_overflow(*sum, part, sum) || *sum > bound || *sum < -bound) r->overflow = true;
}

static void add_change(struct rating *r, struct volume_row *row, const struct volume_change *change)
{
    if (change->qualifies) {
        add_to(r, &row->amount_minor, change->value_minor, AMOUNT_MINOR_MAX);
        add_to(r, &row->qty_milli, change->qty_milli, AMOUNT_MINOR_MAX);
    }
    if (change->benefits) {
        add_to(r, &row->benefit_amount_minor, change->value_minor, AMOUNT_MINOR_MAX);
        add_to(r, &row->benefit_milli, change->qty_milli, AMOUNT_MINOR_MAX);
    }
}

void volume_rebate_expect(const struct program *p, struct volume_row *row)
{
    if (!p->volume.has_expected_volume || row->has_expected) return;
    row->expected_micros = p->volume.expected_volume_micros;
    row->has_expected = true;
}

/* The enrolment's figures stay with the accumulator: a return is not judged again and brings none. */
static void keep_enrolment(const struct award *a, struct volume_row *row)
{
    volume_rebate_expect(a->program, row);
    if (!a->candidate) return;
    if (a->candidate->expected_volume.size
        && decimal_parse(a->candidate->expected_volume, 6, DECIMAL_EXCESS_ROUND, &row->expected_micros, NULL) == OK)
        row->has_expected = true;
    if (a->candidate->baseline.size
        && decimal_parse(a->candidate->baseline, 6, DECIMAL_EXCESS_ROUND, &row->baseline_micros, NULL) == OK)
        row->has_baseline = true;
}

/* V5. */

struct measures { struct rational q, b; bool all_is_growth, awaits_baseline; };

static struct rational benefit_measure(const struct award *a, const struct volume_row *row)
{
    return volume_value_benefits_by_amount(&a->program->volume)
               ? rational_of_minor(row->benefit_amount_minor, a->exponent)
               : rational_of_milli(row->benefit_milli);
}

static bool find_baseline(struct rating *r, struct award *a, struct slice aggregate, struct slice group,
                          const struct period *period, const struct volume_row *row, struct rational *base)
{
    struct period_rule rule = program_periods(r->in->catalogue, a->program);
    struct period earlier;
    if (a->program->volume.growth_baseline == BASELINE_FIXED) {
        *base = rational_of_micros(row->baseline_micros);
        return row->has_baseline && rational_sign(*base) > 0;
    }
    rule.program_from = DATE_MIN;
    if (!period_year_earlier(&rule, period, &earlier)) return false;
    struct slice key = row_key(r, a->program->id, aggregate, group, slice_copy(r->arena, period_label(&earlier)));
    const struct volume_row *before = books_read(r->books, PAYOUT_VOLUMES, key, NULL);
    *base = benefit_measure(a, before);
    return before->closed && rational_sign(*base) > 0;
}

static struct measures growth_measures(struct rating *r, struct award *a, struct slice aggregate, struct slice group,
                                       const struct period *period, const struct volume_row *row)
{
    struct rational base, volume = benefit_measure(a, row);
    struct measures m = { .q = RATIONAL_ZERO, .b = RATIONAL_ZERO };
    if (find_baseline(r, a, aggregate, group, period, row, &base)) {
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

static struct measures measures_of(struct rating *r, struct award *a, struct slice aggregate, struct slice group,
                                   const struct period *period, const struct volume_row *row)
{
    const struct volume_terms *v = &a->program->volume;
    if (v->qualifier == QUALIFIER_GROWTH_PERCENT) return growth_measures(r, a, aggregate, group, period, row);
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
    award_input(r, s, SLICE("exponent"), a->exponent, 0, SLICE("count"));
    award_input(r, s, SLICE("step"), a->program->rounding_step_minor, 0, a->minor_unit);
    award_input(r, s, SLICE("mode"), a->program->rounding_mode, 0,
                word_text(VOCABULARY_ROUNDING, a->program->rounding_mode));
    if (v->has_cap) award_input(r, s, SLICE("cap"), v->cap_minor, 0, a->minor_unit);
    if (v->has_guarantee && v->guarantee_paid == GUARANTEE_PAID_BEGINNING)
        award_input(r, s, SLICE("guarantee"), v->guarantee_minor, 0, a->minor_unit);
    else if (row->closed && row->guarantee_minor)
        award_input(r, s, SLICE("guarantee"), row->guarantee_minor, 0, a->minor_unit);
    award_result(s, SLICE("t"), t, 0, a->minor_unit);
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
    award_input(r, s, SLICE("exponent"), a->exponent, 0, SLICE("count"));
    award_input(r, s, SLICE("step"), a->program->rounding_step_minor, 0, a->minor_unit);
    award_input(r, s, SLICE("mode"), a->program->rounding_mode, 0,
                word_text(VOCABULARY_ROUNDING, a->program->rounding_mode));
    award_result(s, SLICE("e"), e, 0, a->minor_unit);
    return e;
}

static bool has_estimates(const struct award *a)
{
    return a->program->incentive == INCENTIVE_VOLUME_REBATE || a->program->incentive == INCENTIVE_LOGISTICS;
}

struct volume_target volume_rebate_target(struct rating *r, struct award *a, struct slice aggregate, struct slice group,
                                          const struct period *period, const struct volume_row *row, bool notes)
{
    struct tier_pay pays[TIERS_MAX];
    unsigned count;
    struct measures m = measures_of(r, a, aggregate, group, period, row);
    struct volume_target t = { .qualifier = m.q, .benefit = m.b, .awaits_baseline = m.awaits_baseline };
    t.earned = earned_by(a, &m, pays, &count);
    if (rational_is_bad(t.earned) || rational_is_bad(m.q)) r->overflow = true;
    t.target_minor = bounded_target(a, row, award_round(r, a, t.earned), &t.capped);
    if (m.awaits_baseline) t.target_minor = row->paid_minor;
    for (unsigned i = 0; notes && i < count; i++) note_tier(r, a, &m, &pays[i]);
    if (notes && !m.awaits_baseline) note_target(r, a, t.earned, row, t.target_minor);
    t.estimated_minor = has_estimates(a) ? estimate(r, a, row, &m, t.target_minor, notes && row->has_expected)
                                         : t.target_minor;
    return t;
}

/* round(F) of a contribution alone (5.8). */
static int64_t volume_rebate_share(struct rating *r, const struct award *a, const struct volume_change *change)
{
    const struct volume_terms *v = &a->program->volume;
    struct volume_row alone = { 0 };
    if (v->qualifier == QUALIFIER_GROWTH_PERCENT || v->qualifier == QUALIFIER_MIX_PERCENT || change->qty_milli <= 0)
        return 0;
    if (!a->program->reduces_lower || slice_is_empty(r->transaction)) return 0;
    add_change(r, &alone, change);
    struct measures m = measures_of(r, (struct award *)(uintptr_t)a, change->aggregate, change->group, &change->period,
                                    &alone);
    return award_round(r, a, tiers_earned(v, a->exponent, m.q, m.b, NULL, NULL));
}

/* V8 to V10. */

static void post_delta(struct rating *r, struct award *a, enum ledger ledger, int64_t before, int64_t after,
                       int64_t qty_milli, struct slice reverses, const struct period *posted)
{
    int64_t delta = after - before;
    if (delta == 0) return;
    struct step *s = award_step(r, a, SLICE("V8"));
    award_input(r, s, SLICE("target"), after, 0, a->minor_unit);
    award_input(r, s, SLICE("before"), before, 0, a->minor_unit);
    award_result(s, word_text(VOCABULARY_LEDGER, ledger), delta, 0, a->minor_unit);
    award_convert(r, a, rational_of_minor(delta, a->exponent), delta);
    struct posting *p = award_post(r, a, ledger, qty_milli, delta, a->payout_minor);
    p->posted_period = slice_copy(r->arena, period_label(posted));
    p->earned_period = slice_copy(r->arena, period_label(&a->period));
    p->payable_on = date_add_days(a->period.to, a->program->lag_days);
    p->reverses_payout_id =
        ledger == LEDGER_FUND ? (struct slice){ 0 } : reverses; /* a fund has no EARNED entry to name */
    p->reversal = a->is_correction && ledger == LEDGER_EARNED;
    if (ledger == LEDGER_EARNED && !a->is_correction) p->kept = &a->kept;
}

static int64_t fund_part(struct rating *r, const struct award *a, int64_t target)
{
    const struct volume_terms *v = &a->program->volume;
    if (!v->has_coop_split) return 0;
    return award_round(
        r, a, rational_mul(rational_of_minor(target, a->exponent), rational_of_percent(v->coop_split_percent_micros)));
}

static void note_rebate_part(struct rating *r, struct award *a, int64_t target, int64_t fund)
{
    struct step *s = award_step(r, a, SLICE("V9"));
    award_input(r, s, SLICE("t"), target, 0, a->minor_unit);
    award_input(r, s, SLICE("percent"), a->program->volume.coop_split_percent_micros, 100000000,
                SLICE("percent_micros"));
    award_input(r, s, SLICE("exponent"), a->exponent, 0, SLICE("count"));
    award_input(r, s, SLICE("step"), a->program->rounding_step_minor, 0, a->minor_unit);
    award_input(r, s, SLICE("mode"), a->program->rounding_mode, 0,
                word_text(VOCABULARY_ROUNDING, a->program->rounding_mode));
    award_result(s, SLICE("fund"), fund, 0, a->minor_unit);
}

static void arrive_in_fund(struct rating *r, struct award *a, int64_t amount_minor, int64_t qty_milli,
                           const struct period *posted)
{
    struct fund_arrival arrival = { .earned = a->period,
                                    .posted = slice_copy(r->arena, period_label(posted)),
                                    .amount_minor = amount_minor,
                                    .qty_milli = qty_milli };
    funds_arrive(r, a, &arrival);
}

static void post_split(struct rating *r, struct award *a, struct volume_row *row, int64_t target, int64_t qty_milli,
                       struct slice reverses, const struct period *posted)
{
    int64_t fund = fund_part(r, a, target), rebate_before = row->paid_minor - row->fund_minor;
    a->target_minor = target;
    if (a->program->volume.has_coop_split) note_rebate_part(r, a, target, fund);
    enum ledger ledger = a->program->incentive == INCENTIVE_MDF ? LEDGER_FUND : LEDGER_EARNED;
    post_delta(r, a, ledger, rebate_before, target - fund, qty_milli, reverses, posted);
    if (ledger == LEDGER_FUND && target != row->paid_minor)
        arrive_in_fund(r, a, target - row->paid_minor, qty_milli, posted);
    if (a->program->volume.has_coop_split) coop_split(r, a, fund, row->fund_minor, qty_milli, posted);
    row->fund_minor = fund;
}

static void post_all(struct rating *r, struct award *a, struct volume_row *row, const struct volume_target *target,
                     int64_t qty_milli, struct slice reverses, const struct period *posted)
{
    int64_t estimated_before = row->has_expected ? row->estimated_minor : 0;
    award_balance(r, a, SLICE("volume"), slice_copy(r->arena, period_label(&a->period)), row->paid_minor,
                  target->target_minor, a->minor_unit);
    a->amount_minor = target->target_minor - row->paid_minor;
    post_split(r, a, row, target->target_minor, qty_milli, reverses, posted);
    row->paid_minor = target->target_minor;
    if (!has_estimates(a) || !row->has_expected) return;
    post_delta(r, a, LEDGER_ESTIMATED, estimated_before, target->estimated_minor, qty_milli, reverses, posted);
    row->estimated_minor = target->estimated_minor;
}

void volume_rebate_post(struct rating *r, struct award *a, const struct volume_change *change, struct volume_row *row,
                        const struct volume_target *target, int64_t qty_milli, struct slice reverses_payout_id)
{
    post_all(r, a, row, target, qty_milli, reverses_payout_id, &change->period);
}

/* Whether something stands in the sum that qualifies; that of growth has the measure of its benefit. */
static bool qualifies_at_all(const struct volume_terms *v, const struct volume_row *row)
{
    bool by_quantity = v->qualifier == QUALIFIER_QTY
                       || (v->qualifier == QUALIFIER_GROWTH_PERCENT && !volume_value_benefits_by_amount(v));
    return by_quantity ? row->qty_milli > 0 : row->amount_minor > 0;
}

/* The notes that a recomputed volume makes. */
static void give_notes(struct rating *r, struct award *a, const struct volume_row *row,
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

/* 6.4: false when the closed period takes no further line. */
static bool take_late_line(struct rating *r, struct award *a, const struct volume_row *row, struct period *posted)
{
    if (!row->closed) return true;
    struct slice label = slice_copy(r->arena, period_label(&a->period));
    if (r->in->received_date > date_add_days(a->period.to, a->program->volume.late_limit_days)
        && r->accepted_milli > 0) {
        reason_argument(award_give(r, a, REASON_PERIOD_CLOSED), SLICE("period"), label);
        return false;
    }
    reason_argument(award_give(r, a, REASON_PRIOR_PERIOD), SLICE("period"), label);
    struct period_rule rule = program_periods(r->in->catalogue, a->program);
    if (!period_of(&rule, r->in->received_date, posted)) *posted = a->period;
    return true;
}

/* Moves the award to the version that all lines of the period use. False: the program says nothing. */
static bool use_period_version(struct rating *r, struct award *a)
{
    const struct program *version;
    if (!volume_rebate_terms(r, a->program->id, a->program_date, &a->period, &version)) return false;
    if (version->status != PROGRAM_STATUS_ACTIVE || !version->has_volume) return false;
    if (version != a->program) award_take_terms(r, a, version);
    return true;
}

void volume_rebate_open(struct rating *r, const struct program *p, int32_t date)
{
    const struct program *version;
    struct volume_change change = { 0 };
    if (!volume_rebate_terms(r, p->id, date, &change.period, &version) || !version->has_volume) return;
    change.aggregate = aggregate_of(r, &version->volume);
    change.group = group_of(r, &version->volume);
    row_of(r, p->id, &change, NULL);
}

void volume_rebate_rate(struct rating *r, struct award *a)
{
    if (!use_period_version(r, a)) {
        award_drop(r, a);
        return;
    }
    struct counting *c = ARENA_NEW(r->arena, struct counting);
    const struct volume_terms *v = &a->program->volume;
    c->change = (struct volume_change){ .aggregate = aggregate_of(r, v),
                                        .group = group_of(r, v),
                                        .period = a->period,
                                        .qty_milli = r->accepted_milli,
                                        .qualifies = volume_value_counts(r, &v->qualifier_products),
                                        .benefits = volume_value_counts(r, &v->benefit_products) };
    c->row = *row_of(r, a->program->id, &c->change, NULL);
    c->posted = a->period;
    c->is_new = meet_new(r, a, &c->change, &c->row.closed);
    if (!take_late_line(r, a, &c->row, &c->posted) || !volume_value_measure(r, a, &c->change.value_minor)) return;
    keep_enrolment(a, &c->row);
    c->row.currency = a->program->currency;
    add_change(r, &c->row, &c->change);
    c->target = volume_rebate_target(r, a, c->change.aggregate, c->change.group, &a->period, &c->row, true);
    give_notes(r, a, &c->row, &c->target);
    if (c->target.target_minor != c->row.paid_minor && a->to_payout.missing) award_wait_for_rate(r, a, &a->to_payout);
    a->own = c;
}

int64_t volume_rebate_delta(const struct award *a)
{
    const struct counting *c = a->own;
    ASSERT(c);
    return c->target.target_minor - c->row.paid_minor;
}

void volume_rebate_pay(struct award *a, int64_t delta_minor)
{
    struct counting *c = a->own;
    ASSERT(c);
    c->target.target_minor = c->row.paid_minor + delta_minor;
}

static void keep_contribution(struct rating *r, struct award *a, const struct counting *c)
{
    struct slice payout_id = a->kept.payout_id;
    award_keep(a);
    a->kept.payout_id = payout_id;
    a->kept.volume = true;
    a->kept.accepted_milli = r->accepted_milli;
    a->kept.paid_milli = 0;
    a->kept.program_minor = a->kept.payout_minor = 0;
    a->kept.value_minor = c->change.value_minor;
    a->kept.share_minor = volume_rebate_share(r, a, &c->change);
    a->kept.aggregate = c->change.aggregate;
    a->kept.group = c->change.group;
    a->kept.period = slice_copy(r->arena, period_label(&a->period));
    a->kept.qualifies = c->change.qualifies;
    a->kept.benefits = c->change.benefits;
}

void volume_rebate_write(struct rating *r, struct award *a)
{
    struct counting *c = a->own;
    ASSERT(c);
    if (c->is_new) enlist(r, a, &c->change);
    post_all(r, a, &c->row, &c->target, r->accepted_milli, (struct slice){ 0 }, &c->posted);
    struct slice key = row_key(r, a->program->id, c->change.aggregate, c->change.group, period_label(&a->period));
    *(struct volume_row *)books_change(r->books, PAYOUT_VOLUMES, key) = c->row;
    keep_contribution(r, a, c);
    if (slice_is_empty(r->transaction)) return;
    transactions_touch(r);
    stacking_note(r, a, a->kept.share_minor, true);
}

/* Corrections. */

static struct award *begin_correction(struct rating *r, const struct line_program *kept, const struct program *version,
                                      const struct period *period)
{
    struct award *a = award_begin(r, version, kept->program_date);
    a->is_correction = true;
    a->period = *period;
    a->payee_id = kept->payee_id;
    a->to_payout = award_exchange_kept(r, kept, version->currency);
    a->payout_exponent = currency_exponent(kept->payout_currency);
    return a;
}

int32_t volume_rebate_return_date(const struct rating *r, const struct program *p)
{
    const struct line *l = r->line;
    bool is_return = l->kind == KIND_POS_RETURN || l->kind == KIND_SELL_IN;
    if (!is_return || p->volume.returns_period != RETURNS_PERIOD_RETURN_DATE) return 0;
    int32_t received = r->in->received_date, own = program_date_of(p, l, received);
    if (own) return own;
    return l->ship_date ? l->ship_date : l->invoice_date ? l->invoice_date : received;
}

/* Under which date the return that a CANCEL undoes was counted. */
static int32_t date_undone(const struct line_program *kept, const struct line_row *undone)
{
    for (unsigned i = 0; i < undone->programs_count; i++) {
        const struct line_program *done = &undone->programs[i];
        if (done->volume && done->version == kept->version && slice_equal(done->program_id, kept->program_id))
            return done->program_date;
    }
    return kept->program_date;
}

/* RETURN_DATE puts returns into the period of their own date (6.4), and what undoes one goes there too; cancels of a
 * sale stay with it. A return behind the last day of the program has no period there: it lowers the one of its
 * original. */
static bool find_correction(struct rating *r, const struct line_program *kept, const struct line_row *undone,
                            struct period *period, const struct program **version)
{
    const struct program_history *h = catalogue_program(r->in->catalogue, kept->program_id);
    const struct program *p = h ? program_version(h, kept->version) : NULL;
    int32_t own = undone ? date_undone(kept, undone) : p ? volume_rebate_return_date(r, p) : 0;
    if (own && volume_rebate_terms(r, kept->program_id, own, period, version)) return true;
    return volume_rebate_terms(r, kept->program_id, kept->program_date, period, version);
}

void volume_rebate_open_kept(struct rating *r, const struct line_program *kept)
{
    const struct program *version;
    struct volume_change change = { .aggregate = kept->aggregate, .group = kept->group };
    if (find_correction(r, kept, NULL, &change.period, &version)) row_of(r, kept->program_id, &change, NULL);
}

/* The first EARNED entry of the program on the line that is corrected: the original, or the return that a CANCEL
 * undoes (domain.md 11). */
static struct slice corrected_entry(const struct line_program *kept, const struct line_row *undone)
{
    if (!undone) return kept->payout_id;
    for (unsigned i = 0; i < undone->programs_count; i++)
        if (slice_equal(undone->programs[i].program_id, kept->program_id) && undone->programs[i].payout_id.size)
            return undone->programs[i].payout_id;
    return (struct slice){ 0 };
}

struct award *volume_rebate_correct(struct rating *r, const struct line_program *kept, int64_t value_minor,
                                    int64_t qty_milli, const struct line_row *undone)
{
    struct period period, posted;
    const struct program *version;
    if (!find_correction(r, kept, undone, &period, &version)) return NULL;
    struct award *a = begin_correction(r, kept, version, &period);
    struct volume_change change = { .aggregate = kept->aggregate,
                                    .group = kept->group,
                                    .period = period,
                                    .value_minor = value_minor,
                                    .qty_milli = qty_milli,
                                    .qualifies = kept->qualifies,
                                    .benefits = kept->benefits };
    struct slice key =
        row_key(r, kept->program_id, change.aggregate, change.group, slice_copy(r->arena, period_label(&period)));
    bool closed = false, is_new = meet_new(r, a, &change, &closed);
    struct volume_row *row = books_change(r->books, PAYOUT_VOLUMES, key);
    struct period_rule rule = program_periods(r->in->catalogue, version);
    if (is_new) enlist(r, a, &change);
    row->closed |= closed;
    if (row->closed)
        reason_argument(award_give(r, a, REASON_PRIOR_PERIOD), SLICE("period"),
                        slice_copy(r->arena, period_label(&period)));
    if (!period_of(&rule, r->in->received_date, &posted)) posted = period;
    row->currency = version->currency;
    volume_rebate_expect(version, row);
    add_change(r, row, &change);
    struct volume_target target = volume_rebate_target(r, a, change.aggregate, change.group, &period, row, true);
    give_notes(r, a, row, &target);
    post_all(r, a, row, &target, qty_milli, corrected_entry(kept, undone), &posted);
    return a;
}

/* What leaves a sell-in base by a claim: rotated goods with their quantity, credits of price protection without. */

static bool counts_what_leaves(const struct program *p, int64_t qty_milli)
{
    if (!p->has_volume || p->volume.source != VOLUME_SOURCE_SELL_IN || p->volume.aggregate == AGGREGATE_REP)
        return false;
    if (p->incentive != INCENTIVE_VOLUME_REBATE && p->incentive != INCENTIVE_LOGISTICS && p->incentive != INCENTIVE_MDF)
        return false;
    return qty_milli != 0 || p->volume.net_of_price_protection;
}

static int64_t measure_what_leaves(struct rating *r, struct award *a, const struct volume_value *values,
                                   unsigned value_count)
{
    struct rational sum = RATIONAL_ZERO;
    if (!volume_value_is_needed(&a->program->volume)) return 0;
    for (unsigned i = 0; i < value_count; i++)
        sum = rational_add(sum, rational_mul(values[i].amount, award_exchange(r, a, values[i].currency).rate));
    sum = volume_value_without_tax(&a->program->volume, sum);
    int64_t minor = award_measure(r, a, sum);
    volume_value_note(r, a, sum, RATIONAL_ZERO, minor);
    return minor;
}

/* A CANCEL of the claim brings it back by the same rule as any contribution; a credit has no quantity of its own. */
static void keep_what_left(struct rating *r, struct award *a, const struct volume_change *change)
{
    for (unsigned i = 0; i < r->posting_count; i++)
        if (r->postings[i].award == a && r->postings[i].ledger == LEDGER_EARNED) r->postings[i].kept = &a->kept;
    award_keep(a);
    a->kept.volume = true;
    a->kept.amount_only = change->qty_milli == 0;
    a->kept.accepted_milli = a->kept.amount_only ? -1000 : change->qty_milli;
    a->kept.paid_milli = 0;
    a->kept.program_minor = a->kept.payout_minor = 0;
    a->kept.value_minor = change->value_minor;
    a->kept.aggregate = change->aggregate;
    a->kept.group = change->group;
    a->kept.period = slice_copy(r->arena, period_label(&a->period));
    a->kept.qualifies = change->qualifies;
    a->kept.benefits = change->benefits;
}

static void leave_base(struct rating *r, struct award *a, const struct volume_value *values, unsigned value_count,
                       int64_t qty_milli)
{
    const struct volume_terms *v = &a->program->volume;
    struct volume_change change = { .aggregate = aggregate_of(r, v),
                                    .group = group_of(r, v),
                                    .period = a->period,
                                    .qty_milli = -qty_milli,
                                    .value_minor = -measure_what_leaves(r, a, values, value_count),
                                    .qualifies = volume_value_counts(r, &v->qualifier_products),
                                    .benefits = volume_value_counts(r, &v->benefit_products) };
    struct slice label = slice_copy(r->arena, period_label(&a->period));
    bool closed = false, is_new = meet_new(r, a, &change, &closed);
    struct slice key = row_key(r, a->program->id, change.aggregate, change.group, label);
    struct volume_row *row = books_change(r->books, PAYOUT_VOLUMES, key);
    struct period_rule rule = program_periods(r->in->catalogue, a->program);
    struct period posted = a->period;
    if (is_new) enlist(r, a, &change);
    row->closed |= closed;
    if (row->closed) {
        reason_argument(award_give(r, a, REASON_PRIOR_PERIOD), SLICE("period"), label);
        if (!period_of(&rule, r->in->received_date, &posted)) posted = a->period;
    }
    keep_enrolment(a, row);
    row->currency = a->program->currency;
    add_change(r, row, &change);
    struct volume_target target = volume_rebate_target(r, a, change.aggregate, change.group, &a->period, row, true);
    give_notes(r, a, row, &target);
    post_all(r, a, row, &target, -qty_milli, (struct slice){ 0 }, &posted);
    keep_what_left(r, a, &change);
}

/* The program as it counts the line; NULL when it does not. */
static const struct program *counting_program(struct rating *r, const struct candidate *c, int32_t date,
                                              int64_t qty_milli, struct period *period)
{
    const struct program_history *h = catalogue_program(r->in->catalogue, c->program_id);
    const struct program *p = h && date ? program_version_on(h, date) : NULL, *version;
    if (!p || !p->has_volume || !award_candidate_stands(r, c)) return NULL;
    if (!volume_rebate_terms(r, p->id, date, period, &version)) return NULL;
    return version->status == PROGRAM_STATUS_ACTIVE && counts_what_leaves(version, qty_milli) ? version : NULL;
}

void volume_rebate_leave(struct rating *r, int32_t date, const struct volume_value *values, unsigned value_count,
                         int64_t qty_milli)
{
    for (unsigned i = 0; i < r->class->candidate_count; i++) {
        struct period period;
        const struct program *p = counting_program(r, &r->class->candidates[i], date, qty_milli, &period);
        if (!p) continue;
        if (!award_has_room(r, AWARDS_OF_A_CHANGE)) return;
        struct award *a = award_begin(r, p, date);
        a->is_correction = true;
        a->period = period;
        leave_base(r, a, values, value_count, qty_milli);
    }
}
