/* domain/rating/spiff.c: rates a seller's unit, its caps and its tax year. */
#include "domain/rating/spiff.h"

#include "base/assert.h"
#include "domain/rating/award_settle.h"
#include "domain/rating/caps.h"
#include "domain/rating/stacking.h"
#include "domain/rating/transactions.h"
#include "domain/rating/units.h"
#include "domain/rating/volume_period.h"
#include "domain/rating/volume_rebate.h"
#include "domain/rating/year_to_date.h"

void spiff_receive_roster(struct rating *r)
{
    const struct rep_roster *said = r->line->roster;
    if (!said || slice_is_empty(r->line->rep_id)) return;
    struct roster_row *row = books_change(r->books, PAYOUT_ROSTER, RATING_KEY(r, r->line->rep_id));
    *row = (struct roster_row){ .partner_id = r->line->partner_id,
                               .valid_from = said->valid_from,
                               .valid_to = said->valid_to,
                               .inactive = said->inactive,
                               .tax_country = said->tax_country,
                               .tax_form_on_file = said->tax_form_on_file };
}

bool spiff_is_triggered(struct rating *r, const struct program *p)
{
    const struct line *l = r->line;
    if (r->kind != KIND_POS_SALE || p->incentive != INCENTIVE_SPIFF || !p->spiff.trigger_pos) return false;
    return l->rep_id.size && !l->summary && l->ship_date && r->accepted_milli > 0;
}

/* P5. */

static const struct spiff_rate *rate_for(const struct rating *r, const struct spiff_terms *terms)
{
    for (unsigned i = 0; i < terms->rate_count; i++)
        if (products_match(&terms->rates[i].products, r->class->sku, r->class->family, r->class->product_line))
            return &terms->rates[i];
    return NULL;
}

static void pay_per_unit(struct rating *r, struct award *a, const struct spiff_rate *rate)
{
    a->entitled = rational_mul(rational_of_milli(a->qty_milli), rational_of_micros(rate->per_unit_micros));
    struct step *s = award_step(r, a, SLICE("P5 PER_UNIT"));
    award_input(r, s, SLICE("q"), a->qty_milli, 0, SLICE("milli"));
    award_input(r, s, SLICE("per_unit"), rate->per_unit_micros, 1000000, a->micros_unit);
    award_result_exact(r, s, SLICE("E"), a->entitled, (struct slice){ 0 });
}

/* Percent of the resale amount, less what programs of higher rank paid (5.8). */
static void pay_percent(struct rating *r, struct award *a, const struct spiff_rate *rate, struct rational higher)
{
    if (!r->line->has_resale_unit_micros) {
        reason_argument(award_give(r, a, REASON_FIELD_MISSING), SLICE("field"), SLICE("resale_unit"));
        return;
    }
    struct exchange x = award_exchange(r, a, r->line->currency);
    struct rational unit = rational_mul(award_per_base_unit(r, r->line->resale_unit_micros), x.rate);
    struct rational value = rational_mul(unit, rational_of_milli(a->qty_milli));
    struct rational base = rational_max(rational_sub(value, higher), RATIONAL_ZERO);
    a->entitled = rational_mul(base, rational_of_percent(rate->percent_micros));
    struct step *s = award_step(r, a, SLICE("P5 PERCENT"));
    award_input_exact(r, s, SLICE("value"), value, (struct slice){ 0 });
    award_input_exact(r, s, SLICE("H"), higher, (struct slice){ 0 });
    award_input(r, s, SLICE("percent"), rate->percent_micros, 100000000, SLICE("percent_micros"));
    award_result_exact(r, s, SLICE("E"), a->entitled, (struct slice){ 0 });
}

static void compute_entitlement(struct rating *r, struct award *a)
{
    struct rational higher = stacking_higher(r, a);     /* said of terms without an amount base, too (5.8) */
    const struct spiff_rate *rate = rate_for(r, &a->program->spiff);
    if (!rate) {
        struct reason *given = award_give(r, a, REASON_PART_NOT_ELIGIBLE);
        reason_argument(given, SLICE("part"), r->class->sku);
        reason_argument(given, SLICE("program"), a->program->id);
        return;
    }
    if (rate->rate == RATE_PERCENT) pay_percent(r, a, rate, higher);
    else pay_per_unit(r, a, rate);
}

/* P7 concerns payments to people; on a sale a missing form only skips the program. What a volume counts belongs to the
 * year of its period whatever it adds: its return may take back what another line was paid. */
static void judge_tax(struct rating *r, struct award *a)
{
    const struct roster_row *rep = books_read(r->books, PAYOUT_ROSTER, RATING_KEY(r, r->line->rep_id), NULL);
    struct slice country = rep->tax_country.size ? rep->tax_country : a->program->spiff.tax_country;
    if (a->program->payee != PAYEE_REP || (a->amount_minor <= 0 && !a->program->has_volume)) return;
    a->tax = year_to_date_judge(r, a, country, rep->tax_form_on_file, a->is_target ? OUTCOME_HOLD : OUTCOME_REJECT);
}

/* The claim takes its place on T while the program stands. */
static void take_transaction(struct rating *r, struct award *a)
{
    if (award_is_stopped(a)) return;
    int64_t units = a->program->has_volume ? a->qty_milli : a->accepted_milli;  /* no more were counted */
    if (transactions_add(r, KIND_SPIFF_CLAIM, a->program->id, units, RATIONAL_BAD)) return;
    reason_argument(award_give(r, a, REASON_DATA_CONFLICT), SLICE("what"), SLICE("transaction"));
}

/* The period's version of the terms counts the line; without one the program says nothing, or refuses its claim. */
static bool may_count(struct rating *r, struct award *a)
{
    struct period period;
    const struct program *version;
    if (volume_period_terms(r, a->program->id, a->program_date, &period, &version)
        && version->status == PROGRAM_STATUS_ACTIVE && version->has_volume)
        return true;
    if (!a->is_target) {
        award_drop(r, a);
        return false;
    }
    struct reason *given = award_give(r, a, REASON_OUTSIDE_PROGRAM_PERIOD);
    reason_argument(given, SLICE("date"), date_text(r->arena, a->program_date));
    reason_argument(given, SLICE("program"), a->program->id);
    return false;
}

/* A volume block replaces the rates: what the units add to the seller's accumulator. Caps bind claims only (R8); a
 * claim that something refused hears the rest, too (5.0). */
static void rate_accelerated(struct rating *r, struct award *a)
{
    int64_t accepted = r->accepted_milli;
    if (!may_count(r, a)) return;
    caps_limit_qty(r, a);
    r->accepted_milli = a->qty_milli;
    volume_rebate_rate(r, a);
    r->accepted_milli = accepted;
    if (!a->own || (award_is_stopped(a) && !a->is_target)) return;
    int64_t delta = a->qty_milli ? volume_rebate_delta(a) : 0;  /* nothing is left of a claim: it waits for nobody */
    a->amount_minor = delta;
    a->paid_milli = a->qty_milli;
    if (!a->is_target) {
        award_convert(r, a, rational_of_minor(delta, a->exponent), delta);
    } else {
        a->entitled = rational_of_minor(delta > 0 ? delta : 0, a->exponent);
        award_settle(r, a, REASON_AMOUNT_MISMATCH, 0);
        volume_rebate_pay(a, a->amount_minor);
    }
}

static void rate_by_unit(struct rating *r, struct award *a)
{
    caps_limit_qty(r, a);
    compute_entitlement(r, a);
    award_settle(r, a, REASON_AMOUNT_MISMATCH, 0);
    a->paid_milli = a->qty_milli;
}

void spiff_rate(struct rating *r, struct award *a)
{
    unsigned before = r->award_count;
    if (!a->is_target) units_limit(r, a);
    if (!transactions_limit(r, a)) return;
    stacking_excludes(r, a);
    award_claim_window(r, a, &a->program->claim, award_anchor_date(r, a));
    if (a->program->has_volume) rate_accelerated(r, a);
    else rate_by_unit(r, a);
    if (r->award_count < before) return;
    if (!award_is_stopped(a)) judge_tax(r, a);
    take_transaction(r, a);
}

static void write_by_unit(struct rating *r, struct award *a)
{
    stacking_note(r, a, a->amount_minor, false);
    award_post(r, a, LEDGER_EARNED, a->paid_milli, a->amount_minor, a->payout_minor)->kept = &a->kept;
    award_keep(a);
}

void spiff_write(struct rating *r, struct award *a)
{
    if (a->program->has_volume) volume_rebate_write(r, a);
    else write_by_unit(r, a);
    caps_charge(r, a);
    if (a->tax) year_to_date_charge(r, a, a->tax);
}
