/* domain/rating/award.c: what one program makes of a line: reasons, workings, rates, and what is posted of it. */
#include "domain/rating/award.h"

#include "base/assert.h"
#include "domain/currency.h"
#include "domain/decimal.h"

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
    return reason_outcome(code) == OUTCOME_HOLD && verdict_released(r->v->review, code);
}

static const struct candidate *candidate_of(const struct rating *r, struct slice program_id)
{
    for (unsigned i = 0; i < r->class->candidate_count; i++)
        if (slice_equal(r->class->candidates[i].program_id, program_id)) return &r->class->candidates[i];
    return NULL;
}

bool award_candidate_stands(const struct rating *r, const struct candidate *c)
{
    if (c->reason_count) return false;
    const struct clearance *clearance = r->dossier->clearance;
    for (unsigned i = 0; clearance && i < clearance->struck_count; i++)
        if (slice_equal(clearance->struck[i].program_id, c->program_id)) return false;
    return true;
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
    a->minor_unit = SLICE_JOIN(r->arena, SLICE("minor:"), p->currency);
    a->micros_unit = SLICE_JOIN(r->arena, SLICE("micros:"), p->currency);
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

void award_add_excess(struct excess *sum, struct excess more)
{
    if (sum->by == REASON_NONE) sum->by = more.by;
    if (more.accepted_milli > sum->accepted_milli) sum->accepted_milli = more.accepted_milli;
    if (more.paid_milli > sum->paid_milli) sum->paid_milli = more.paid_milli;
    if (more.minor > sum->minor) sum->minor = more.minor;
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
    a->entitled = a->payable = a->reduced = RATIONAL_ZERO;
    a->period = award_month(program_date);
    award_take_terms(r, a, p);
    return a;
}

void award_drop(struct rating *r, struct award *a)
{
    for (unsigned i = 0; i < r->award_count; i++) {
        if (r->awards[i] != a) continue;
        r->award_count--;
        for (; i < r->award_count; i++) r->awards[i] = r->awards[i + 1];
        return;
    }
    NEVER();
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

/* Cuts of one reason after each other are one: a program may have more caps than AWARD_CUTS_MAX. */
static bool joins(const struct cut *last, const struct cut *next)
{
    bool alike = (last->qty_milli != 0) == (next->qty_milli != 0);
    return alike && last->reason == next->reason && !last->all_the_rest && !next->all_the_rest;
}

static void add_cut(struct award *a, struct cut cut)
{
    struct cut *last = a->cut_count ? &a->cuts[a->cut_count - 1] : NULL;
    if (!cut.qty_milli && !cut.minor && !cut.all_the_rest) return;
    if (last && joins(last, &cut)) {
        last->qty_milli += cut.qty_milli;
        last->minor += cut.minor;
        return;
    }
    ASSERT(a->cut_count < AWARD_CUTS_MAX);
    a->cuts[a->cut_count++] = cut;
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

void award_cut_rest(struct award *a, enum reason_code code)
{
    unsigned at = reason_at(a, code);
    if (at < VERDICT_REASONS_MAX) add_cut(a, (struct cut){ .reason = at, .all_the_rest = true });
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
    award_result(s, SLICE("q"), left_milli < a->qty_milli ? left_milli : a->qty_milli, SLICE("milli"));
}

void award_ask_program(struct rating *r, struct award *a)
{
    if (a->program->status != PROGRAM_STATUS_SUSPENDED || a->candidate) return;
    reason_argument(award_give(r, a, REASON_PROGRAM_SUSPENDED), SLICE("program"), a->program->id);
}

struct rational award_per_base_unit(const struct rating *r, int64_t price_micros)
{
    struct rational price = rational_of_micros(price_micros);
    return r->uom_num == r->uom_den ? price : rational_mul(price, rational_make(r->uom_den, r->uom_num));
}

bool award_book_price(struct rating *r, struct award *a, int32_t date, struct rational *unit)
{
    int64_t micros;
    const struct price_list *list = catalogue_price_list(r->in->catalogue, r->class->price_list_id, r->class->sku);
    if (!list || !price_list_on(list, date, &micros)) {
        award_give(r, a, REASON_COST_BASIS_MISSING);
        return false;
    }
    *unit = rational_mul(rational_of_micros(micros), award_exchange(r, a, list->currency).rate);
    return true;
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
    else decimal_put(&t, micros, MICRO_DIGITS);
    return text_slice(&t);
}

struct slice award_qty_text(struct rating *r, int64_t milli)
{
    return decimal_text(r->arena, milli, MILLI_DIGITS);
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

void award_input_rounding(struct rating *r, struct step *s, const struct award *a)
{
    award_input(r, s, SLICE("exponent"), a->exponent, 0, SLICE("count"));
    award_input(r, s, SLICE("step"), a->program->rounding_step_minor, 0, a->minor_unit);
    award_input(r, s, SLICE("mode"), a->program->rounding_mode, 0,
                word_text(VOCABULARY_ROUNDING, a->program->rounding_mode));
}

void award_result(struct step *s, struct slice name, int64_t value, struct slice unit)
{
    s->result = (struct figure){ .name = name, .value = value, .unit = unit };
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

static bool is_near(int64_t limit, int64_t used)
{
    return (__int128)used * 10 >= (__int128)limit * 9;
}

void award_note_limit(struct award *a, enum limit_neared what, int64_t limit, int64_t used_before, int64_t used_after)
{
    if (a->balance_count && limit > 0 && !is_near(limit, used_before) && is_near(limit, used_after))
        a->balances[a->balance_count - 1].nears = what;
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

int64_t award_round_to(struct rating *r, struct rational x, unsigned exponent, enum rounding_mode mode,
                       int64_t step_minor)
{
    int64_t minor = 0;
    if (round_money(x, exponent, mode, step_minor, &minor) == OK) return minor;
    r->overflow = true;
    return 0;
}

int64_t award_round(struct rating *r, const struct award *a, struct rational x)
{
    return award_round_to(r, x, a->exponent, a->program->rounding_mode, a->program->rounding_step_minor);
}

int64_t award_measure(struct rating *r, const struct award *a, struct rational x)
{
    return award_round_to(r, x, a->exponent, a->program->rounding_mode, 1);
}

/* Rates. */

void award_wait_for_rate(struct rating *r, struct award *a, const struct exchange *x)
{
    struct reason *given = award_give(r, a, REASON_FX_RATE_MISSING);
    reason_argument(given, SLICE("date"), date_text(r->arena, x->date));
    if (x->stale_from) reason_argument(given, SLICE("last"), date_text(r->arena, x->stale_from));
    if (x->stale_to && x->stale_to < x->date) reason_argument(given, SLICE("ended"), date_text(r->arena, x->stale_to));
    verdict_wait(r->v, REASON_FX_RATE_MISSING, exchange_datum(r->arena, x));
}

struct exchange award_find_exchange(const struct rating *r, const struct award *a, struct slice from)
{
    const struct program *p = a->program;
    return exchange_on(r->in->catalogue, p->fx_table, slice_is_empty(from) ? p->currency : from, p->currency,
                       a->fx_date, r->in->policy->fx_max_age_days);
}

static bool is_noted(const struct award *a, struct slice from)
{
    for (unsigned i = 0; i < a->step_count; i++)
        if (slice_equal(a->steps[i].rule, SLICE("2.6")) && slice_equal(a->steps[i].inputs[0].text, from)) return true;
    return false;
}

void award_note_exchange(struct rating *r, struct award *a, const struct exchange *x)
{
    if (x->missing || !x->table.size || is_noted(a, x->from)) return;
    struct step *s = award_step(r, a, SLICE("2.6"));
    award_input_text(r, s, SLICE("from"), x->from);
    award_input_text(r, s, SLICE("to"), x->to);
    award_input_text(r, s, SLICE("table"), x->table);
    award_input_text(r, s, SLICE("date"), date_text(r->arena, x->date));
    award_input(r, s, SLICE("rate"), x->rate_micros, 1000000, (struct slice){ 0 });
    award_input(r, s, SLICE("units"), x->units, 0, SLICE("count"));
    award_result_exact(r, s, SLICE("rate"), x->rate, (struct slice){ 0 });
}

struct exchange award_exchange(struct rating *r, struct award *a, struct slice from)
{
    struct exchange x = award_find_exchange(r, a, from);
    if (x.missing) award_wait_for_rate(r, a, &x);
    else award_note_exchange(r, a, &x);
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
    reason_argument(given, SLICE("date"), date_text(r->arena, *date));
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
    reason_argument(given, SLICE("received"), date_text(r->arena, r->claim_received));
    reason_argument(given, SLICE("last"), date_text(r->arena, last));
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
        .claim_id = a->claim_id,
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
        .claim_id = a->claim_id,
        .program_date = a->program_date,
    };
}
