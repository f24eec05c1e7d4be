/* domain/rating/award.c: what one program makes of a line: reasons, workings, and the steps R7 to R11 that all
 * share. */
#include "domain/rating/award.h"

#include "base/assert.h"
#include "domain/currency.h"
#include "domain/decimal.h"
#include "domain/rating/caps.h"
#include "domain/rating/stacking.h"

/* Most awards say and show little: lists start small and double. */
enum {
    REASONS_AT_FIRST = 4,
    STEPS_AT_FIRST = 8,
    INPUTS_AT_FIRST = 8,
    BALANCES_AT_FIRST = 2,
    LOTS_AT_FIRST = 4,
    POSTINGS_AT_FIRST = 4
};

/* The list with room for one more element: it is full at `first` times a power of two. */
static void *with_room(struct arena *arena, void *items, unsigned count, size_t element_bytes, unsigned first)
{
    if (count == 0) return arena_alloc_array(arena, first, element_bytes);
    if (count < first || count % first || (count / first & (count / first - 1))) return items;
    void *grown = arena_alloc_array(arena, 2 * count, element_bytes);
    memcpy(grown, items, count * element_bytes);
    return grown;
}

bool award_is_released(const struct rating *r, enum reason_code code)
{
    const struct review_effect *review = r->v->review;
    if (!review || !review->reviewed || (review->verb != VERB_RELEASE && review->verb != VERB_ADJUST)) return false;
    for (unsigned i = 0; i < review->reviewed->reason_count; i++)
        if (review->reviewed->reasons[i].code == code) return reason_outcome(code) == OUTCOME_HOLD;
    return false;
}

static const struct candidate *candidate_of(const struct rating *r, struct slice program_id)
{
    for (unsigned i = 0; i < r->class->candidate_count; i++)
        if (slice_equal(r->class->candidates[i].program_id, program_id)) return &r->class->candidates[i];
    return NULL;
}

static int32_t date_of_basis(enum date_basis basis, const struct rating *r, int32_t program_date)
{
    const struct line *l = r->line;
    switch (basis) {
    case DATE_BASIS_SHIP_DATE:         return l->ship_date ? l->ship_date : program_date;
    case DATE_BASIS_INVOICE_DATE:      return l->invoice_date ? l->invoice_date : program_date;
    case DATE_BASIS_ORDER_DATE:        return l->order_date ? l->order_date : program_date;
    case DATE_BASIS_RECEIVED_DATE:     return r->in->received_date;
    case DATE_BASIS_ACTIVITY_FROM:     return l->activity_from ? l->activity_from : program_date;
    case DATE_BASIS_PRICE_CHANGE_DATE: return l->price_change_date ? l->price_change_date : program_date;
    default:                           return program_date;
    }
}

static struct slice unit_of(struct arena *a, struct slice kind, struct slice currency)
{
    struct text t = text_in(a, kind.size + currency.size);
    text_put(&t, kind);
    text_put(&t, currency);
    return text_slice(&t);
}

struct period award_month(int32_t date)
{
    struct period month;
    static const struct period_rule calendar = { .kind = PERIOD_MONTH, .fiscal_start_month = 1 };
    bool found = period_of(&calendar, date, &month);
    ASSERT(found);
    return month;
}

void award_take_terms(struct rating *r, struct award *a, const struct program *p)
{
    a->program = p;
    a->fx_date = date_of_basis(p->fx_date, r, a->program_date);
    struct slice payout_currency = p->payout_currency.size ? p->payout_currency : p->currency;
    a->to_payout = exchange_on(r->in->catalogue, p->fx_table, p->currency, payout_currency, a->fx_date,
                               r->in->policy->fx_max_age_days);
    a->exponent = currency_exponent(p->currency);
    a->payout_exponent = currency_exponent(payout_currency);
    a->tolerance_minor = p->claim.tolerance_minor;
    a->minor_unit = unit_of(r->arena, SLICE("minor:"), p->currency);
    a->micros_unit = unit_of(r->arena, SLICE("micros:"), p->currency);
    a->payee = word_text(VOCABULARY_PAYEE, p->payee);
    a->payee_id = p->payee == PAYEE_REP ? r->line->rep_id : r->class->payee_id;
}

bool award_has_room(struct rating *r, unsigned awards)
{
    if (r->award_count + awards <= RATING_AWARDS_MAX && r->posting_count + ENTRIES_OF_A_CHANGE <= RATING_ENTRIES_MAX)
        return true;
    if (!verdict_has(r->v, REASON_DATA_CONFLICT))
        reason_argument(verdict_give(r->v, REASON_DATA_CONFLICT), SLICE("what"), SLICE("entries"));
    return false;
}

struct award *award_begin(struct rating *r, const struct program *p, int32_t program_date)
{
    ASSERT(p && date_is_valid(program_date));
    ASSERT(r->award_count < RATING_AWARDS_MAX);
    struct award *a = ARENA_NEW(r->arena, struct award);
    r->awards[r->award_count++] = a;
    a->candidate = candidate_of(r, p->id);
    a->program_date = program_date;
    a->outcome = OUTCOME_PASS;
    a->accepted_milli = a->qty_milli = r->accepted_milli;
    a->least_left_minor = INT64_MAX;
    a->entitled = a->payable = RATIONAL_ZERO;
    a->period = award_month(program_date);
    award_take_terms(r, a, p);
    return a;
}

bool award_has(const struct award *a, enum reason_code code)
{
    for (unsigned i = 0; i < a->reason_count; i++)
        if (a->reasons[i].code == code) return true;
    return false;
}

bool award_is_stopped(const struct award *a)
{
    return outcome_is_stronger(a->outcome, OUTCOME_SHORT);
}

struct reason *award_give_as(struct rating *r, struct award *a, enum reason_code code, enum outcome outcome)
{
    ASSERT(reason_is_given_by(code, 'P'));
    for (unsigned i = 0; i < a->reason_count; i++)
        if (a->reasons[i].code == code) return ARENA_NEW(r->arena, struct reason);
    if (outcome == OUTCOME_HOLD && award_is_released(r, code) && code != REASON_NUMBER_OVERFLOW)
        return ARENA_NEW(r->arena, struct reason);
    if (a->reason_count == VERDICT_REASONS_MAX) return ARENA_NEW(r->arena, struct reason);
    a->reasons = with_room(r->arena, a->reasons, a->reason_count, sizeof *a->reasons, REASONS_AT_FIRST);
    struct reason *given = &a->reasons[a->reason_count++];
    *given = (struct reason){ .code = code, .outcome = outcome };
    if (outcome_is_stronger(outcome, a->outcome)) a->outcome = outcome;
    return given;
}

struct reason *award_give(struct rating *r, struct award *a, enum reason_code code)
{
    return award_give_as(r, a, code, reason_outcome(code));
}

struct reason *award_stop(struct rating *r, struct award *a, enum reason_code code)
{
    a->is_ended = true;
    return award_give(r, a, code);
}

static void add_cut(struct award *a, struct cut cut)
{
    ASSERT(a->cut_count < AWARD_CUTS_MAX);
    if (cut.qty_milli || cut.minor || cut.all_the_rest) a->cuts[a->cut_count++] = cut;
}

static unsigned reason_at(const struct award *a, enum reason_code code)
{
    for (unsigned i = 0; i < a->reason_count; i++)
        if (a->reasons[i].code == code) return i;
    return VERDICT_REASONS_MAX;
}

void award_cut_qty(struct award *a, enum reason_code code, int64_t qty_milli)
{
    unsigned at = reason_at(a, code);
    if (at == VERDICT_REASONS_MAX) return;
    a->reasons[at].cut_qty_milli += qty_milli;
    add_cut(a, (struct cut){ .reason = at, .qty_milli = qty_milli });
}

void award_cut_minor(struct award *a, enum reason_code code, int64_t minor)
{
    unsigned at = reason_at(a, code);
    if (at < VERDICT_REASONS_MAX) add_cut(a, (struct cut){ .reason = at, .minor = minor });
}

void award_limit_qty(struct award *a, enum reason_code code, int64_t left_milli)
{
    if (a->qty_milli <= left_milli) return;
    award_cut_qty(a, code, a->qty_milli - left_milli);
    a->qty_milli = left_milli;
}

void award_note_qty_limit(struct rating *r, struct award *a, struct slice rule, int64_t left_milli)
{
    struct step *s = award_step(r, a, rule);
    award_input(r, s, SLICE("A"), a->qty_milli, 0, SLICE("milli"));
    if (left_milli != INT64_MAX) award_input(r, s, SLICE("remaining"), left_milli, 0, SLICE("milli"));
    award_result(s, SLICE("q"), left_milli < a->qty_milli ? left_milli : a->qty_milli, 0, SLICE("milli"));
}

/* Texts. */

struct slice award_money_text(struct rating *r, const struct award *a, int64_t minor)
{
    struct text t = text_in(r->arena, 32);
    money_put(&t, minor, a->program->currency);
    return text_slice(&t);
}

struct slice award_micros_text(struct rating *r, int64_t micros)
{
    struct text t = text_in(r->arena, 32);
    if (micros % 10000 == 0) decimal_put_fixed(&t, micros / 10000, 2);
    else decimal_put(&t, micros, 6);
    return text_slice(&t);
}

struct slice award_qty_text(struct rating *r, int64_t milli)
{
    struct text t = text_in(r->arena, 32);
    decimal_put(&t, milli, 3);
    return text_slice(&t);
}

struct slice award_date_text(struct rating *r, int32_t date)
{
    struct text t = text_in(r->arena, 16);
    date_put(&t, date);
    return text_slice(&t);
}

/* Workings. */

struct step *award_step(struct rating *r, struct award *a, struct slice rule)
{
    if (r->books->missed) return &r->unseen;
    if (a->step_count == AWARD_STEPS_MAX) {
        a->steps[AWARD_STEPS_MAX - 1].rule = SLICE("…");
        return ARENA_NEW(r->arena, struct step);
    }
    a->steps = with_room(r->arena, a->steps, a->step_count, sizeof *a->steps, STEPS_AT_FIRST);
    struct step *s = &a->steps[a->step_count++];
    s->rule = rule;
    return s;
}

static struct figure *add_input(struct rating *r, struct step *s)
{
    if (s == &r->unseen) return &r->unseen_input;
    ASSERT(s->input_count < AWARD_INPUTS_MAX);
    struct figure *inputs = (struct figure *)(uintptr_t)s->inputs;
    if (s->input_count == 0) inputs = arena_take(r->arena, INPUTS_AT_FIRST * sizeof *inputs);
    else if (s->input_count >= INPUTS_AT_FIRST)
        inputs = with_room(r->arena, inputs, s->input_count, sizeof *inputs, INPUTS_AT_FIRST);
    s->inputs = inputs;
    return &inputs[s->input_count++];                   /* the caller writes all of it */
}

static void put_int128(struct text *t, __int128 value)
{
    char digits[40];
    unsigned at = sizeof digits;
    unsigned __int128 rest = value < 0 ? 0 - (unsigned __int128)value : (unsigned __int128)value;
    do digits[--at] = (char)('0' + (int)(rest % 10));
    while (rest /= 10);
    if (value < 0) text_put_byte(t, '-');
    text_put(t, slice_of(digits + at, sizeof digits - at));
}

static bool is_int64(__int128 x)
{
    return x >= INT64_MIN && x <= INT64_MAX;
}

/* value/divisor where both fit, else the fraction as text n/d. */
static struct figure exact_figure(struct arena *arena, struct slice name, struct rational value, struct slice unit)
{
    struct figure f = { .name = name, .unit = unit };
    if (rational_is_bad(value)) return f;
    if (!is_int64(value.num) || !is_int64(value.den)) value = rational_reduce(value);
    if (is_int64(value.num) && is_int64(value.den)) {
        f.value = (int64_t)value.num;
        f.divisor = value.den == 1 ? 0 : (int64_t)value.den;
        return f;
    }
    struct text t = text_in(arena, 84);
    put_int128(&t, value.num);
    text_put_byte(&t, '/');
    put_int128(&t, value.den);
    f.text = text_slice(&t);
    return f;
}

void award_input(struct rating *r, struct step *s, struct slice name, int64_t value, int64_t divisor, struct slice unit)
{
    *add_input(r, s) = (struct figure){ .name = name, .value = value, .divisor = divisor, .unit = unit };
}

void award_input_exact(struct rating *r, struct step *s, struct slice name, struct rational value, struct slice unit)
{
    *add_input(r, s) = exact_figure(r->arena, name, value, unit);
}

void award_input_text(struct rating *r, struct step *s, struct slice name, struct slice text)
{
    *add_input(r, s) = (struct figure){ .name = name, .text = text };
}

void award_result(struct step *s, struct slice name, int64_t value, int64_t divisor, struct slice unit)
{
    s->result = (struct figure){ .name = name, .value = value, .divisor = divisor, .unit = unit };
}

void award_result_exact(struct rating *r, struct step *s, struct slice name, struct rational value, struct slice unit)
{
    s->result = exact_figure(r->arena, name, value, unit);
}

void award_balance(struct rating *r, struct award *a, struct slice kind, struct slice id, int64_t before, int64_t after,
                   struct slice unit)
{
    if (a->balance_count == AWARD_BALANCES_MAX) return;
    a->balances = with_room(r->arena, a->balances, a->balance_count, sizeof *a->balances, BALANCES_AT_FIRST);
    a->balances[a->balance_count++] =
        (struct balance){ .kind = kind, .id = id, .before = before, .after = after, .unit = unit };
}

/* Units of one cost and lot are one row. */
void award_lot(struct rating *r, struct award *a, struct slice lot_id, int64_t qty_milli, int64_t cost_micros,
               int64_t debit_micros, struct slice currency)
{
    struct lot_use *last = a->lot_count ? &a->lots[a->lot_count - 1] : NULL;
    if (last && slice_equal(last->lot_id, lot_id) && last->cost_micros == cost_micros
        && last->debit_micros == debit_micros) {
        last->qty_milli += qty_milli;
        return;
    }
    if (a->lot_count == AWARD_LOTS_MAX) return;
    a->lots = with_room(r->arena, a->lots, a->lot_count, sizeof *a->lots, LOTS_AT_FIRST);
    a->lots[a->lot_count++] = (struct lot_use){ .lot_id = lot_id, .qty_milli = qty_milli, .cost_micros = cost_micros,
                                                .debit_micros = debit_micros, .currency = currency };
}

/* Rounding. */

static int64_t rounded(struct rating *r, struct rational x, unsigned exponent, enum rounding_mode mode,
                       int64_t step_minor)
{
    int64_t minor = 0;
    if (round_money(x, exponent, mode, step_minor, &minor) == OK) return minor;
    r->overflow = true;
    return 0;
}

int64_t award_round(struct rating *r, const struct award *a, struct rational x)
{
    return rounded(r, x, a->exponent, a->program->rounding_mode, a->program->rounding_step_minor);
}

int64_t award_measure(struct rating *r, const struct award *a, struct rational x)
{
    return rounded(r, x, a->exponent, a->program->rounding_mode, 1);
}

static int64_t round_payout(struct rating *r, const struct award *a, struct rational x)
{
    return rounded(r, x, a->payout_exponent, a->program->rounding_mode, a->program->rounding_step_minor);
}

/* R7: the claim value. */

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

void award_wait_for_rate(struct rating *r, struct award *a, const struct exchange *x)
{
    award_give(r, a, REASON_FX_RATE_MISSING);
    struct text t = text_in(r->arena, 16 + x->table.size + x->from.size + x->to.size);
    text_put(&t, SLICE(WAIT_FX));
    text_put(&t, x->table);
    text_put_byte(&t, '/');
    text_put(&t, x->from);
    text_put_byte(&t, '/');
    text_put(&t, x->to);
    verdict_wait(r->v, REASON_FX_RATE_MISSING, text_slice(&t));
}

static struct exchange exchange_of(const struct rating *r, const struct award *a, struct slice from)
{
    const struct program *p = a->program;
    return exchange_on(r->in->catalogue, p->fx_table, slice_is_empty(from) ? p->currency : from, p->currency,
                       a->fx_date, r->in->policy->fx_max_age_days);
}

struct exchange award_exchange(struct rating *r, struct award *a, struct slice from)
{
    struct exchange x = exchange_of(r, a, from);
    if (x.missing) award_wait_for_rate(r, a, &x);
    return x;
}

/* A line that was counted while its rate was missing moved no money, so none was copied: what undoes it looks again. */
struct exchange award_exchange_kept(const struct rating *r, const struct line_program *kept, struct slice currency)
{
    if (kept->fx_table.size && kept->fx_units == 0)
        return exchange_on(r->in->catalogue, kept->fx_table, currency, kept->payout_currency, kept->fx_date,
                           r->in->policy->fx_max_age_days);
    return exchange_kept(kept->fx_table, currency, kept->payout_currency, kept->fx_rate_micros, kept->fx_units,
                         kept->fx_date);
}

void award_ask_claim(struct rating *r, struct award *a)
{
    if (a->is_ended) return;
    if (a->claims_differ) award_give(r, a, REASON_EXTENSION_MISMATCH);
    if (a->from_claim.missing) award_wait_for_rate(r, a, &a->from_claim);
}

void award_claim_value(struct rating *r, struct award *a)
{
    const struct line *l = r->line;
    a->is_claim = true;
    a->has_claim = l->has_claimed_amount_minor || l->has_claimed_debit_unit_micros;
    if (!a->has_claim) return;
    struct slice from = slice_is_empty(l->currency) ? a->program->currency : l->currency;
    a->from_claim = exchange_of(r, a, from);
    a->claim = rational_mul(claimed_in_line_currency(r, a, currency_exponent(from)), a->from_claim.rate);
    a->claim_minor = award_measure(r, a, a->claim);
}

/* C for q of the Q units of the line; M and lines without quantity claim as a whole. */
static struct rational claim_for(const struct rating *r, const struct award *a, int64_t qty_milli)
{
    if (r->base_milli == 0 || r->kind == KIND_MDF_CLAIM) return a->claim;
    return rational_mul(a->claim, rational_make(qty_milli, r->base_milli));
}

static void explain_mismatch(struct rating *r, struct award *a, enum reason_code mismatch, int64_t claimed,
                             int64_t entitled)
{
    struct reason *given = award_give(r, a, mismatch);
    reason_argument(given, SLICE("claimed"), award_money_text(r, a, claimed));
    reason_argument(given, SLICE("amount"), award_money_text(r, a, entitled));
    award_cut_minor(a, mismatch, claimed - entitled);
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

/* R9: one rounding, downward where it would pass the claim or a balance that was compared. */
static void round_payable(struct rating *r, struct award *a)
{
    int64_t limit = a->is_claim && a->claim_minor < a->least_left_minor ? a->claim_minor : a->least_left_minor;
    enum rounding_mode mode = a->program->rounding_mode;
    a->amount_minor = award_round(r, a, a->payable);
    if (a->amount_minor > limit) {
        mode = ROUNDING_DOWN;
        a->amount_minor = rounded(r, a->payable, a->exponent, mode, a->program->rounding_step_minor);
    }
    struct step *s = award_step(r, a, SLICE("R9"));
    award_input_exact(r, s, SLICE("X"), a->payable, (struct slice){ 0 });
    award_input(r, s, SLICE("exponent"), a->exponent, 0, SLICE("count"));
    award_input(r, s, SLICE("step"), a->program->rounding_step_minor, 0, a->minor_unit);
    award_input(r, s, SLICE("mode"), mode, 0, word_text(VOCABULARY_ROUNDING, mode));
    award_result(s, SLICE("amount"), a->amount_minor, 0, a->minor_unit);
}

static void check_minimum(struct rating *r, struct award *a, int64_t min_debit_minor)
{
    if (a->amount_minor <= 0 || a->amount_minor >= min_debit_minor) return;
    struct reason *given = award_give(r, a, REASON_BELOW_MIN_DEBIT);
    reason_argument(given, SLICE("amount"), award_money_text(r, a, a->amount_minor));
    reason_argument(given, SLICE("min"), award_money_text(r, a, min_debit_minor));
    add_cut(a, (struct cut){ .reason = reason_at(a, REASON_BELOW_MIN_DEBIT), .all_the_rest = true });
    a->amount_minor = 0;
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
    award_result(s, SLICE("payout"), a->payout_minor, 0, SLICE("minor"));
}

int64_t award_claimed_minor(struct rating *r, const struct award *a, int64_t qty_milli)
{
    return a->has_claim ? award_measure(r, a, claim_for(r, a, qty_milli)) : 0;
}

static void give_rest_to_the_primary(struct award *a, int64_t rest)
{
    unsigned first = 0;
    for (unsigned i = 1; i < a->reason_count; i++)
        if (reason_order(&a->reasons[i], &a->reasons[first]) < 0) first = i;
    if (a->outcome == OUTCOME_REJECT && rest > 0) a->reasons[first].cut_minor += rest;
}

/* What each reason cut, in step order, never more together than was refused: first what compliance cut (its reason
 * stands in the clearance), quantities at C/Q a unit, then amounts. */
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

const struct program *award_version(struct rating *r, const struct program_history *h, struct slice program_id,
                                    int32_t *date)
{
    const struct program *highest = h ? program_version_highest(h) : NULL;
    *date = highest ? program_date_of(highest, r->line, r->in->received_date) : 0;
    if (highest && !*date) {
        reason_argument(verdict_give(r->v, REASON_FIELD_MISSING), SLICE("field"), program_date_field(highest, r->kind));
        return NULL;
    }
    const struct program *p = *date ? program_version_on(h, *date) : NULL;
    if (p && p->status != PROGRAM_STATUS_ENDED) return p;
    struct reason *given = verdict_give(r->v, highest ? REASON_OUTSIDE_PROGRAM_PERIOD : REASON_PROGRAM_NOT_FOUND);
    reason_argument(given, SLICE("date"), award_date_text(r, *date));
    reason_argument(given, SLICE("program"), program_id);
    return NULL;
}

int32_t award_anchor_date(const struct rating *r, const struct award *a)
{
    const struct line *l = r->line;
    int32_t date = 0;
    switch (a->program->claim.anchor) {
    case ANCHOR_SHIP_DATE:         date = l->ship_date; break;
    case ANCHOR_INVOICE_DATE:      date = l->invoice_date ? l->invoice_date : l->ship_date; break;
    case ANCHOR_ORDER_DATE:        date = l->order_date ? l->order_date : l->ship_date; break;
    case ANCHOR_PRICE_CHANGE_DATE: date = l->price_change_date; break;
    case ANCHOR_ACTIVITY_TO:       date = l->activity_to; break;
    case ANCHOR_PERIOD_END:        date = a->period.to; break;
    default:                       break;
    }
    return date ? date : a->program_date;
}

void award_claim_window(struct rating *r, struct award *a, const struct claim_terms *claim, int32_t anchor_date)
{
    if (!claim->has_window || !anchor_date) return;
    int32_t last = date_add_days(anchor_date, claim->window_days);
    if (r->claim_received <= last) return;
    struct reason *given = award_give(r, a, REASON_LATE_CLAIM);
    reason_argument(given, SLICE("received"), award_date_text(r, r->claim_received));
    reason_argument(given, SLICE("last"), award_date_text(r, last));
}

static void apply_first_limit(struct rating *r, struct award *a)
{
    if (!a->has_first_limit) return;
    int64_t left = a->first_limit_minor - a->first_used_minor;
    if (left < a->least_left_minor) a->least_left_minor = left > 0 ? left : 0;
    caps_lower(r, a, REASON_CAP_REACHED, rational_of_minor(left, a->exponent),
               award_money_text(r, a, a->first_limit_minor), SLICE("AGREEMENT"));
}

/* What is unknown refuses nothing: without a price or a rate there is no entitlement to judge. */
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

int32_t award_payable_from(const struct rating *r, const struct award *a, const struct period *earned)
{
    return a->program->has_volume && earned->to ? earned->to : r->in->decided_date;
}

struct posting *award_post(struct rating *r, struct award *a, enum ledger ledger, int64_t qty_milli,
                           int64_t program_minor, int64_t payout_minor)
{
    ASSERT(r->posting_count < RATING_ENTRIES_MAX);
    r->postings = with_room(r->arena, r->postings, r->posting_count, sizeof *r->postings, POSTINGS_AT_FIRST);
    struct posting *p = &r->postings[r->posting_count++];
    *p = (struct posting){
        .program = a->program,
        .ledger = ledger,
        .qty_milli = qty_milli,
        .amount_minor = payout_minor,
        .program_minor = program_minor,
        .currency = a->to_payout.to,
        .earned_period = period_label(&a->period),
        .posted_period = period_label(&a->period),
        .fx = a->to_payout,
        .payable_on = date_add_days(r->in->decided_date, a->program->lag_days),
        .payee = a->payee,
        .payee_id = a->payee_id,
        .tax_reportable = a->tax_reportable,
        .authorisation_no = a->authorisation_no,
        .deal_reg_no = a->deal_reg_no,
        .preapproval_no = a->preapproval_no,
        .award = a,
    };
    return p;
}

void award_keep(struct award *a)
{
    struct charged_cap *caps = a->kept.caps;
    unsigned caps_count = a->kept.caps_count;
    a->kept = (struct line_program){
        .program_id = a->program->id,
        .version = a->program->version,
        .incentive = a->program->incentive,
        .accepted_milli = a->accepted_milli,
        .paid_milli = a->paid_milli,
        .program_minor = a->amount_minor,
        .payout_minor = a->payout_minor,
        .payout_currency = a->to_payout.to,
        .fx_table = a->to_payout.table,
        .fx_rate_micros = a->to_payout.rate_micros,
        .fx_units = a->to_payout.units,
        .fx_date = a->to_payout.date,
        .payee_id = a->payee_id,
        .earned_period = period_label(&a->period),
        .ledger = LEDGER_EARNED,
        .caps = caps,
        .caps_count = caps_count,
        .authorisation_no = a->authorisation_no,
        .auth_line = a->auth_line,
        .deal_reg_no = a->deal_reg_no,
        .preapproval_no = a->preapproval_no,
        .program_date = a->program_date,
    };
}
