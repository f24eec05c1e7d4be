/* domain/rating/coop.c: money that goes to a fund instead of the partner. */
#include "domain/rating/coop.h"

#include "base/assert.h"
#include "domain/currency.h"
#include "domain/rating/volume_rebate.h"

void coop_accrue(struct rating *r, struct award *a, const struct program *fund, const struct period *period, int64_t amount_minor)
{
    struct slice label = slice_copy(r->arena, period_label(period));
    struct fund_row *row = books_change(r->books, PAYOUT_FUNDS, RATING_KEY(r, fund->id, label));
    int64_t before = row->accrued_minor;
    if (money_add(before, amount_minor, &row->accrued_minor) != OK) r->overflow = true;
    row->currency = fund->currency;
    award_balance(r, a, SLICE("fund"), label, before, row->accrued_minor, a->minor_unit);
}

void coop_split(struct rating *r, struct award *a, int64_t amount_minor, int64_t qty_milli, const struct period *posted)
{
    struct period period;
    const struct program_history *h = catalogue_program(r->in->catalogue, a->program->volume.coop_split_program);
    const struct program *fund = h ? program_version_on(h, a->program_date) : NULL;
    if (!fund) fund = h ? program_version_highest(h) : NULL;
    if (!fund) return;
    ASSERT(slice_equal(fund->currency, a->program->currency));
    struct period_rule rule = volume_rebate_periods(fund);
    if (!period_of(&rule, a->program_date, &period)) period = *posted;
    award_convert(r, a, rational_of_minor(amount_minor, a->exponent), amount_minor);
    struct posting *p = award_post(r, a, LEDGER_FUND, qty_milli, amount_minor, a->payout_minor);
    p->program = fund;
    p->earned_period = slice_copy(r->arena, period_label(&period));
    p->posted_period = a->is_correction ? slice_copy(r->arena, period_label(posted)) : p->earned_period;
    p->payable_on = date_add_days(a->period.to, a->program->lag_days);
    coop_accrue(r, a, fund, &period, amount_minor);
}
