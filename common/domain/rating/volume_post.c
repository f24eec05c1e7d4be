/* domain/rating/volume_post.c: deltas by ledger, each converted and posted. */
#include "domain/rating/volume_post.h"

#include "domain/rating/award_settle.h"
#include "domain/rating/coop.h"
#include "domain/rating/funds.h"

static void post_delta(struct rating *r, struct award *a, enum ledger ledger, int64_t before, int64_t after,
                       const struct volume_entry *entry)
{
    int64_t delta = after - before;
    if (delta == 0) return;
    struct step *s = award_step(r, a, SLICE("V8"));
    award_input(r, s, SLICE("target"), after, 0, a->minor_unit);
    award_input(r, s, SLICE("before"), before, 0, a->minor_unit);
    award_result(s, word_text(VOCABULARY_LEDGER, ledger), delta, a->minor_unit);
    award_convert(r, a, rational_of_minor(delta, a->exponent), delta);
    struct posting *p = award_post(r, a, ledger, entry->qty_milli, delta, a->payout_minor);
    p->posted_period = slice_copy(r->arena, period_label(&entry->posted));
    p->earned_period = slice_copy(r->arena, period_label(&a->period));
    p->payable_on = date_add_days(a->period.to, a->program->lag_days);
    if (ledger != LEDGER_FUND) p->reverses_payout_id = entry->reverses_payout_id;   /* a fund has no EARNED entry */
    p->reversal = a->is_correction && ledger == LEDGER_EARNED;
    if (ledger == LEDGER_EARNED && !a->is_correction) p->kept = &a->kept;
}

/* V9 */

static int64_t fund_part(struct rating *r, const struct award *a, int64_t target_minor)
{
    const struct volume_terms *v = &a->program->volume;
    if (!v->has_coop_split) return 0;
    struct rational target = rational_of_minor(target_minor, a->exponent);
    return award_round(r, a, rational_mul(target, rational_of_percent(v->coop_split_percent_micros)));
}

static void note_rebate_part(struct rating *r, struct award *a, int64_t target_minor, int64_t fund_minor)
{
    struct step *s = award_step(r, a, SLICE("V9"));
    award_input(r, s, SLICE("t"), target_minor, 0, a->minor_unit);
    award_input(r, s, SLICE("percent"), a->program->volume.coop_split_percent_micros, 100000000,
                SLICE("percent_micros"));
    award_input_rounding(r, s, a);
    award_result(s, SLICE("fund"), fund_minor, a->minor_unit);
}

static void arrive_in_fund(struct rating *r, struct award *a, int64_t amount_minor, const struct volume_entry *entry)
{
    struct fund_arrival arrival = { .earned = a->period,
                                    .posted = slice_copy(r->arena, period_label(&entry->posted)),
                                    .amount_minor = amount_minor,
                                    .qty_milli = entry->qty_milli };
    funds_arrive(r, a, &arrival);
}

static void post_split(struct rating *r, struct award *a, struct volume_row *row, int64_t target_minor,
                       const struct volume_entry *entry)
{
    enum ledger ledger = a->program->incentive == INCENTIVE_MDF ? LEDGER_FUND : LEDGER_EARNED;
    int64_t fund_minor = fund_part(r, a, target_minor);
    bool splits = a->program->volume.has_coop_split;
    a->target_minor = target_minor;
    if (splits) note_rebate_part(r, a, target_minor, fund_minor);
    post_delta(r, a, ledger, row->paid_minor - row->fund_minor, target_minor - fund_minor, entry);
    if (ledger == LEDGER_FUND && target_minor != row->paid_minor)
        arrive_in_fund(r, a, target_minor - row->paid_minor, entry);
    if (splits) coop_split(r, a, fund_minor, row->fund_minor, entry->qty_milli, &entry->posted);
    row->fund_minor = fund_minor;
}

void volume_post(struct rating *r, struct award *a, struct volume_row *row, const struct volume_target *target,
                 const struct volume_entry *entry)
{
    int64_t estimated_before = row->has_expected ? row->estimated_minor : 0;
    award_balance(r, a, SLICE("volume"), slice_copy(r->arena, period_label(&a->period)), row->paid_minor,
                  target->target_minor, a->minor_unit);
    a->amount_minor = target->target_minor - row->paid_minor;
    post_split(r, a, row, target->target_minor, entry);
    row->paid_minor = target->target_minor;
    if (!volume_target_has_estimates(a) || !row->has_expected) return;
    post_delta(r, a, LEDGER_ESTIMATED, estimated_before, target->estimated_minor, entry);
    row->estimated_minor = target->estimated_minor;
}
