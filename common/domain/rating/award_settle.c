/* domain/rating/award_settle.c: from an entitlement to what is paid of it (domain.md 5.0 R7 to R11). */
#include "domain/rating/award_settle.h"

#include "domain/currency.h"
#include "domain/rating/caps.h"
#include "domain/rating/stacking.h"

/* R7: what the line claims. */

static struct rational claimed_by_unit(const struct rating *r)
{
    return rational_mul(rational_of_micros(r->line->claimed_debit_unit_micros), rational_of_milli(r->line->qty_milli));
}

static struct rational claimed_in_line_currency(const struct rating *r, struct award *a, unsigned exponent)
{
    const struct line *l = r->line;
    if (!l->has_claimed_amount_minor) return claimed_by_unit(r);
    struct rational amount = rational_of_minor(l->claimed_amount_minor, exponent);
    if (!l->has_claimed_debit_unit_micros) return amount;
    struct rational extended = claimed_by_unit(r), apart = rational_sub(amount, extended);
    if (rational_sign(apart) < 0) apart = rational_neg(apart);
    if (rational_compare(apart, rational_of_minor(1, exponent)) <= 0) return amount;
    a->claims_differ = true;
    return rational_min(amount, extended);
}

void award_ask_claim(struct rating *r, struct award *a)
{
    if (a->is_ended) return;
    if (a->claims_differ) award_give(r, a, REASON_EXTENSION_MISMATCH);
    if (a->from_claim.missing) award_wait_for_rate(r, a, &a->from_claim);
    else award_note_exchange(r, a, &a->from_claim);
}

void award_claim_value(struct rating *r, struct award *a)
{
    const struct line *l = r->line;
    a->is_claim = true;
    a->claim_id = l->claim_id;                          /* a sale that names one, too, earns by itself */
    a->has_claim = l->has_claimed_amount_minor || l->has_claimed_debit_unit_micros;
    if (!a->has_claim) return;
    struct slice from = slice_is_empty(l->currency) ? a->program->currency : l->currency;
    a->from_claim = award_find_exchange(r, a, from);
    a->claim = rational_mul(claimed_in_line_currency(r, a, currency_exponent(from)), a->from_claim.rate);
    a->claim_minor = award_measure(r, a, a->claim);
}

/* The part of C that is for q of the Q units of the line. MDF claims and lines without quantity claim as a whole. */
static struct rational claim_for(const struct rating *r, const struct award *a, int64_t qty_milli)
{
    if (r->base_milli == 0 || r->kind == KIND_MDF_CLAIM) return a->claim;
    return rational_mul(a->claim, rational_make(qty_milli, r->base_milli));
}

int64_t award_claimed_minor(struct rating *r, const struct award *a, int64_t qty_milli)
{
    return a->has_claim ? award_measure(r, a, claim_for(r, a, qty_milli)) : 0;
}

static void explain_mismatch(struct rating *r, struct award *a, enum reason_code mismatch, int64_t claimed,
                             int64_t entitled)
{
    struct reason *given = award_give(r, a, mismatch);
    reason_argument(given, SLICE("claimed"), award_money_text(r, a, claimed));
    reason_argument(given, SLICE("amount"), award_money_text(r, a, entitled));
    int64_t by_resale = award_measure(r, a, a->reduced);
    if (by_resale > claimed - entitled) by_resale = claimed - entitled;
    award_cut_minor(a, REASON_RESALE_REDUCED, by_resale);
    award_cut_minor(a, mismatch, claimed - entitled - by_resale);
}

static void note_claim_step(struct rating *r, struct award *a, struct rational for_qty, struct rational entitled)
{
    struct step *s = award_step(r, a, SLICE("R7"));
    award_input_exact(r, s, SLICE("E"), entitled, (struct slice){ 0 });
    award_input_exact(r, s, SLICE("C"), a->claim, (struct slice){ 0 });
    award_input(r, s, SLICE("q"), a->qty_milli, 0, SLICE("milli"));
    award_input(r, s, SLICE("Q"), r->base_milli == 0 || r->kind == KIND_MDF_CLAIM ? a->qty_milli : r->base_milli, 0,
                SLICE("milli"));
    award_result_exact(r, s, SLICE("E"), rational_min(entitled, for_qty), (struct slice){ 0 });
}

/* The partner never gets more than it asked for. */
static void meet_the_claim(struct rating *r, struct award *a, enum reason_code mismatch)
{
    int64_t entitled_minor = award_round(r, a, a->entitled);
    if (!a->has_claim) {
        a->claim_minor = entitled_minor;
        a->claim = rational_of_minor(entitled_minor, a->exponent);
        return;
    }
    struct rational for_qty = claim_for(r, a, a->qty_milli), entitled = a->entitled;
    int64_t for_qty_minor = award_round(r, a, for_qty);
    if (for_qty_minor - entitled_minor > a->tolerance_minor)
        explain_mismatch(r, a, mismatch, for_qty_minor, entitled_minor);
    note_claim_step(r, a, for_qty, entitled);
    if (rational_compare(for_qty, entitled) >= 0) return;
    a->entitled = for_qty;
    if (for_qty_minor != entitled_minor) award_give(r, a, REASON_CLAIMED_BELOW_ENTITLED);
}

/* R8: caps. First the limit of whatever the award draws on, then the caps of the program, then those of stacking. */

static void apply_first_limit(struct rating *r, struct award *a)
{
    if (!a->has_first_limit) return;
    int64_t left = a->first_limit_minor - a->first_used_minor;
    if (left < a->least_left_minor) a->least_left_minor = left > 0 ? left : 0;
    caps_lower(r, a, REASON_CAP_REACHED, rational_of_minor(left, a->exponent),
               award_money_text(r, a, a->first_limit_minor), SLICE("AGREEMENT"));
}

/* R9: one rounding, downward if it would otherwise exceed the claim or a balance that was compared. */
static void round_payable(struct rating *r, struct award *a)
{
    int64_t limit = a->is_claim && a->claim_minor < a->least_left_minor ? a->claim_minor : a->least_left_minor;
    enum rounding_mode mode = a->program->rounding_mode;
    a->amount_minor = award_round(r, a, a->payable);
    if (a->amount_minor > limit) {
        mode = ROUNDING_DOWN;
        a->amount_minor = award_round_to(r, a->payable, a->exponent, mode, a->program->rounding_step_minor);
    }
    struct step *s = award_step(r, a, SLICE("R9"));
    award_input_exact(r, s, SLICE("X"), a->payable, (struct slice){ 0 });
    award_input(r, s, SLICE("exponent"), a->exponent, 0, SLICE("count"));
    award_input(r, s, SLICE("step"), a->program->rounding_step_minor, 0, a->minor_unit);
    award_input(r, s, SLICE("mode"), mode, 0, word_text(VOCABULARY_ROUNDING, mode));
    award_result(s, SLICE("amount"), a->amount_minor, a->minor_unit);
}

static void check_minimum(struct rating *r, struct award *a, int64_t min_debit_minor)
{
    if (a->amount_minor <= 0 || a->amount_minor >= min_debit_minor) return;
    struct reason *given = award_give(r, a, REASON_BELOW_MIN_DEBIT);
    reason_argument(given, SLICE("amount"), award_money_text(r, a, a->amount_minor));
    reason_argument(given, SLICE("min"), award_money_text(r, a, min_debit_minor));
    award_cut_rest(a, REASON_BELOW_MIN_DEBIT);
    a->amount_minor = 0;
}

/* R11. */

static int64_t round_payout(struct rating *r, const struct award *a, struct rational x)
{
    return award_round_to(r, x, a->payout_exponent, a->program->rounding_mode, a->program->rounding_step_minor);
}

void award_convert(struct rating *r, struct award *a, struct rational exact, int64_t program_minor)
{
    if (exchange_is_identity(&a->to_payout)) {
        a->payout_minor = program_minor;
        return;
    }
    if (program_minor == 0) {
        a->payout_minor = 0;
        return;
    }
    if (a->to_payout.missing) {
        award_wait_for_rate(r, a, &a->to_payout);
        return;
    }
    a->payout_minor = round_payout(r, a, rational_mul(exact, a->to_payout.rate));
    struct step *s = award_step(r, a, SLICE("R11"));
    award_input_exact(r, s, SLICE("X"), exact, (struct slice){ 0 });
    award_input(r, s, SLICE("rate"), a->to_payout.rate_micros, 0, SLICE("micros"));
    award_input(r, s, SLICE("units"), a->to_payout.units, 0, SLICE("count"));
    award_input(r, s, SLICE("exponent"), a->payout_exponent, 0, SLICE("count"));
    award_input(r, s, SLICE("step"), a->program->rounding_step_minor, 0, SLICE("minor"));
    award_input(r, s, SLICE("mode"), a->program->rounding_mode, 0,
                word_text(VOCABULARY_ROUNDING, a->program->rounding_mode));
    award_input_text(r, s, SLICE("table"), a->to_payout.table);
    award_input(r, s, SLICE("date"), a->to_payout.date, 0, SLICE("date"));
    award_result(s, SLICE("payout"), a->payout_minor, SLICE("minor"));
}

/* What a claim is told about the rest of it. */

static void give_rest_to_the_primary(struct award *a, int64_t rest)
{
    unsigned first = 0;
    for (unsigned i = 1; i < a->reason_count; i++)
        if (reason_order(&a->reasons[i], &a->reasons[first]) < 0) first = i;
    if (a->outcome == OUTCOME_REJECT && rest > 0) a->reasons[first].cut_minor += rest;
}

/* Shares the refused amount among the reasons that cut it, in step order, and never more than was refused. What
 * compliance cut comes off first: its reason stands in the clearance. Quantities count C/Q a unit, amounts as they
 * are. */
static void share_out_the_refused(struct rating *r, struct award *a)
{
    int64_t rest = a->claim_minor - a->amount_minor, left_milli = r->accepted_milli;
    a->refused_minor = rest;
    if (a->has_claim) rest -= a->claim_minor - award_measure(r, a, claim_for(r, a, left_milli));
    for (unsigned i = 0; i < a->cut_count; i++) {
        struct cut *c = &a->cuts[i];
        int64_t cut = c->all_the_rest ? rest : c->minor;
        if (c->qty_milli && a->has_claim) {
            int64_t before = award_measure(r, a, claim_for(r, a, left_milli));
            left_milli -= c->qty_milli;
            cut = before - award_measure(r, a, claim_for(r, a, left_milli));
        }
        if (cut > rest) cut = rest;
        if (cut < 0) cut = 0;
        a->reasons[c->reason].cut_minor += cut;
        rest -= cut;
    }
    if (award_is_stopped(a)) give_rest_to_the_primary(a, rest);
}

/* A claim whose payable is 0 with only SHORT reasons is refused with them (domain.md 7). */
static void apply_zero_rule(struct award *a)
{
    if (a->outcome != OUTCOME_SHORT || a->amount_minor != 0) return;
    for (unsigned i = 0; i < a->reason_count; i++)
        if (a->reasons[i].outcome == OUTCOME_SHORT) a->reasons[i].outcome = OUTCOME_REJECT;
    a->outcome = OUTCOME_REJECT;
}

/* Without a price or a rate there is no entitlement to compare with the claim: nothing is refused for that. */
static bool is_unknown(const struct award *a)
{
    return award_is_stopped(a) && (award_has(a, REASON_COST_BASIS_MISSING) || award_has(a, REASON_FX_RATE_MISSING));
}

void award_settle(struct rating *r, struct award *a, enum reason_code mismatch, int64_t min_debit_minor)
{
    award_ask_claim(r, a);
    if (is_unknown(a)) return;
    if (a->is_claim) meet_the_claim(r, a, mismatch);
    a->payable = a->entitled;
    apply_first_limit(r, a);
    if (a->limit) a->limit(r, a);
    caps_limit_amount(r, a);
    stacking_limit(r, a);
    round_payable(r, a);
    check_minimum(r, a, min_debit_minor);
    if (award_is_stopped(a)) a->amount_minor = 0;
    award_convert(r, a, a->payable, a->amount_minor);
    if (a->is_claim) share_out_the_refused(r, a);
    if (a->is_claim) apply_zero_rule(a);
    if (rational_is_bad(a->payable) || rational_is_bad(a->entitled)) r->overflow = true;
}
