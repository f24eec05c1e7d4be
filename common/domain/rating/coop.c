/* domain/rating/coop.c: money that goes to a fund instead of the partner. */
#include "domain/rating/coop.h"

#include "base/assert.h"
#include "domain/rating/award_settle.h"
#include "domain/rating/funds.h"
#include "domain/rating/program_periods.h"

/* The fund's own result: its workings say how much of the rebate it got. */
static struct award *begin_fund(struct rating *r, const struct award *a, const struct program *fund,
                                const struct period *posted)
{
    struct award *own = award_begin(r, fund, a->program_date);
    struct period_rule rule = program_periods(r->in->catalogue, fund);
    own->is_correction = a->is_correction;
    if (!period_of(&rule, a->program_date, &own->period)) own->period = *posted;
    return own;
}

static void note_split(struct rating *r, struct award *own, const struct award *a, int64_t fund_minor,
                       int64_t before_minor)
{
    struct step *s = award_step(r, own, SLICE("V9"));
    award_input(r, s, SLICE("t"), a->target_minor, 0, a->minor_unit);
    award_input(r, s, SLICE("percent"), a->program->volume.coop_split_percent_micros, 100000000,
                SLICE("percent_micros"));
    award_input_rounding(r, s, a);
    award_result(s, SLICE("fund"), fund_minor, a->minor_unit);
    s = award_step(r, own, SLICE("V8"));
    award_input(r, s, SLICE("target"), fund_minor, 0, a->minor_unit);
    award_input(r, s, SLICE("before"), before_minor, 0, a->minor_unit);
    award_result(s, SLICE("FUND"), fund_minor - before_minor, a->minor_unit);
}

/* The fund's own period (V9): that of the earning, or, where something is taken back or posted late, that of today. */
static struct slice posted_label(struct rating *r, const struct award *own, const struct award *a,
                                 const struct period *posted)
{
    struct period_rule rule = program_periods(r->in->catalogue, own->program);
    struct period now;
    bool leaves_base = r->kind == KIND_PRICE_PROTECTION_CLAIM || r->kind == KIND_ROTATION_CLAIM;
    bool is_now = posted->from != a->period.from || (a->is_correction && !leaves_base);
    if (!is_now || !period_of(&rule, r->in->received_date, &now)) now = own->period;
    return slice_copy(r->arena, period_label(&now));
}

void coop_split(struct rating *r, struct award *a, int64_t fund_minor, int64_t before_minor, int64_t qty_milli,
                const struct period *posted)
{
    const struct program_history *h = catalogue_program(r->in->catalogue, a->program->volume.coop_split_program);
    const struct program *fund = h ? program_version_on(h, a->program_date) : NULL;
    int64_t amount_minor = fund_minor - before_minor;
    if (!fund) fund = h ? program_version_highest(h) : NULL;
    if (!fund || amount_minor == 0) return;
    ASSERT(slice_equal(fund->currency, a->program->currency));
    struct award *own = begin_fund(r, a, fund, posted);
    note_split(r, own, a, fund_minor, before_minor);
    award_convert(r, own, rational_of_minor(amount_minor, own->exponent), amount_minor);
    struct posting *p = award_post(r, own, LEDGER_FUND, qty_milli, amount_minor, own->payout_minor);
    p->earned_period = slice_copy(r->arena, period_label(&own->period));
    p->posted_period = posted_label(r, own, a, posted);
    p->payable_on = date_add_days(a->period.to, a->program->lag_days);
    funds_arrive(
        r, own,
        &(struct fund_arrival){
            .earned = own->period, .posted = p->posted_period, .amount_minor = amount_minor, .qty_milli = qty_milli });
}
