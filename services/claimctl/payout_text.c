/* claimctl/payout_text.c: what was paid, and how it was computed, in words. */
#include "claimctl/payout_text.h"

#include "claimctl/explain.h"
#include "claimctl/listing.h"
#include "claimctl/workings_text.h"
#include "domain/calendar.h"
#include "domain/currency.h"
#include "domain/decimal.h"
#include "domain/rating/rating.h"

enum { STORY_SECOND = 28, STORY_THIRD = 79, STORY_END = 135, STORY_GAP = 11 };

void payout_put_amount(struct text *t, const struct payout *p)
{
    money_put(t, p->amount_minor, p->currency);
    text_put_byte(t, ' ');
    text_put(t, p->currency);
    text_put_byte(t, ' ');
    text_put(t, p->program_id);
    if (slice_equal(p->ledger, SLICE("EARNED"))) return;
    text_put_byte(t, ' ');
    text_put(t, p->ledger);
}

void payout_put_amounts(struct text *t, const struct payout_section *section)
{
    for (unsigned i = 0; section && i < section->entry_count; i++) {
        if (i) text_put_byte(t, ' ');
        payout_put_amount(t, &section->entries[i]);
    }
}

/* --- the whole calculation --- */

static void put_reason_cuts(struct text *t, const struct dossier *d, const struct program_result *p,
                            struct slice currency)
{
    for (unsigned i = 0; i < p->reason_count; i++) {
        PUT(t, "    ");
        text_put(t, reason_name(p->reasons[i].code));
        PUT(t, "  ");
        explain_put_reason(t, d, &p->reasons[i]);
        if (p->reasons[i].cut_minor) {
            PUT(t, "  −");
            money_put(t, p->reasons[i].cut_minor, currency);
        }
        text_put_byte(t, '\n');
    }
}

static void put_balance(struct text *t, const struct balance *b)
{
    struct figure before = { .value = b->before, .unit = b->unit }, after = { .value = b->after, .unit = b->unit };
    PUT(t, "    balance ");
    text_put(t, b->kind);
    text_put_byte(t, ' ');
    text_put(t, b->id);
    PUT(t, ": ");
    figure_put(t, &before);
    PUT(t, " → ");
    figure_put(t, &after);
    text_put_byte(t, '\n');
}

/* Results of one program (a return in several pieces) share its entries: each is shown with the result that explains
 * it, and one that none explains with all of them. */
static bool stands_under(const struct payout_section *section, const struct program_result *result,
                         const struct payout *entry)
{
    if (!slice_equal(entry->program_id, result->program_id)) return false;
    if (result->outcome != OUTCOME_PASS && result->outcome != OUTCOME_SHORT) return false;      /* it posted nothing */
    if (workings_verify(result, entry, 1, NULL) == OK) return true;
    for (unsigned i = 0; i < section->program_count; i++) {
        const struct program_result *p = &section->programs[i];
        if (slice_equal(p->program_id, entry->program_id) && workings_verify(p, entry, 1, NULL) == OK) return false;
    }
    return true;
}

static void put_program(struct text *t, const struct standing *s, const struct program_result *p)
{
    const struct payout_section *section = s->dossier->payout;
    PUT(t, "  ");
    text_put(t, p->program_id);
    PUT(t, " version ");
    text_put_int(t, p->program_version);
    PUT(t, ": ");
    text_put(t, word_text(VOCABULARY_OUTCOME, p->outcome));
    text_put_byte(t, '\n');
    put_reason_cuts(t, s->dossier, p, s->currency.size ? s->currency : s->dossier->line->currency);
    for (unsigned i = 0; i < p->working_count; i++) {
        PUT(t, "    ");
        step_put(t, &p->workings[i]);
        text_put_byte(t, '\n');
    }
    for (unsigned i = 0; i < p->balance_count; i++) put_balance(t, &p->balances[i]);
    for (unsigned i = 0; i < section->entry_count; i++) {
        if (!stands_under(section, p, &section->entries[i])) continue;
        PUT(t, "    payout ");
        text_put(t, section->entries[i].payout_id);
        PUT(t, "  ");
        payout_put_amount(t, &section->entries[i]);
        text_put_byte(t, '\n');
    }
    if (p->working_count == 0) return;
    bool equal = workings_verify(p, NULL, 0, NULL) == OK && workings_verify_section(section, NULL, NULL) == OK;
    text_put(t, equal ? SLICE("    computed again from the record: equal to the bit\n")
                      : SLICE("    computed again from the record: DIFFERS\n"));
}

void payout_put_explanation(struct text *t, const struct standing *s)
{
    for (unsigned i = 0; s->dossier->payout && i < s->dossier->payout->program_count; i++)
        put_program(t, s, &s->dossier->payout->programs[i]);
}

/* --- a ship & debit claim as a story --- */

static void put_cut(struct text *t, size_t from, int64_t cut_minor, struct slice currency)
{
    char buffer[32];
    struct text amount = text_over(buffer, sizeof buffer);
    PUT(&amount, "−");
    money_put(&amount, cut_minor, currency);
    listing_pad(t, from, STORY_END - listing_width(text_slice(&amount)));
    text_put(t, text_slice(&amount));
}

static const struct reason *find_reason(const struct standing *s, enum reason_code code)
{
    for (unsigned i = 0; i < s->target->reason_count; i++)
        if (s->target->reasons[i].code == code) return &s->target->reasons[i];
    for (unsigned i = 0; i < s->reason_count; i++)
        if (s->reasons[i].code == code) return &s->reasons[i];
    return NULL;
}

static void put_reason_and_cut(struct text *t, size_t from, const struct standing *s, enum reason_code code)
{
    const struct reason *r = find_reason(s, code);
    if (!r) return;
    listing_pad(t, from, STORY_THIRD);
    explain_put_reason(t, s->dossier, r);
    if (r->cut_minor) put_cut(t, from, r->cut_minor, s->currency);
}

static const struct balance *find_balance(const struct program_result *p, struct slice kind)
{
    for (unsigned i = 0; i < p->balance_count; i++)
        if (slice_equal(p->balances[i].kind, kind)) return &p->balances[i];
    return NULL;
}

static const struct payout *earned_entry(const struct standing *s)
{
    const struct payout_section *p = s->dossier->payout;
    for (unsigned i = 0; i < p->entry_count; i++)
        if (slice_equal(p->entries[i].program_id, s->target->program_id)
            && slice_equal(p->entries[i].ledger, SLICE("EARNED")) && p->entries[i].amount_minor > 0)
            return &p->entries[i];
    return NULL;
}

static void put_title(struct text *t, const struct standing *s, const struct payout *e, struct slice partner_name)
{
    size_t from = t->size;
    text_put(t, partner_name);
    PUT(t, " (");
    text_put(t, e->role);
    PUT(t, ") gets ");
    money_put(t, e->amount_minor, e->currency);
    text_put_byte(t, ' ');
    text_put(t, e->currency);
    PUT(t, " for ");
    explain_put_subject(t, s->dossier);
    listing_pad(t, from, listing_width(slice_skip(text_slice(t), from)) + STORY_GAP);
    PUT(t, "payout ");
    text_put(t, e->payout_id);
    PUT(t, ", ");
    text_put(t, e->program_id);
    PUT(t, " version ");
    text_put_int(t, e->program_version);
    text_put_byte(t, '\n');
}

static void put_agreement(struct text *t, const struct standing *s, const struct payout *e, const struct balance *used)
{
    size_t from = t->size;
    const struct figure *left = step_input(step_find(s->target, SLICE("S10")), SLICE("remaining"));
    PUT(t, "  agreement ");
    text_put(t, e->authorisation_no);
    if (used) {
        PUT(t, " line ");
        text_put(t, used->id);
    }
    listing_pad(t, from, STORY_SECOND);
    if (used && left) {
        decimal_put(t, used->before + left->value, MILLI_DIGITS);
        PUT(t, " authorised, ");
        decimal_put(t, used->before, MILLI_DIGITS);
        PUT(t, " used before: ");
        decimal_put(t, left->value, MILLI_DIGITS);
        PUT(t, " left");
    } else {
        PUT(t, "no quantity agreed");
    }
    put_reason_and_cut(t, from, s, REASON_QTY_EXCEEDED);
    text_put_byte(t, '\n');
}

/* What the goods cost: "lot cost of 2026-03-27", "book price of 2026-03-27"; of a fixed reduction the cost decides
 * nothing. */
static void put_cost_name(struct text *t, const struct standing *s, const struct step *unit, bool of_lot)
{
    if (slice_ends_with(unit->rule, SLICE("DOWN_BY_AMOUNT"))) {
        PUT(t, "  agreed reduction");
        return;
    }
    text_put(t, of_lot ? SLICE("  lot cost of ") : SLICE("  book price of "));
    date_put(t, s->dossier->line->ship_date);
}

/* "9.15, agreed 7.40: debit 1.75 a unit" */
static void put_unit_debit(struct text *t, const struct step *unit, struct rational debit)
{
    const struct figure *cost = step_input(unit, SLICE("c")), *agreed = step_input(unit, SLICE("a")),
                        *resale = step_input(unit, SLICE("x"));
    bool by_amount = slice_ends_with(unit->rule, SLICE("DOWN_BY_AMOUNT"));
    if (!by_amount) {
        rational_put_price(t, figure_value(cost));
        PUT(t, ", agreed ");
    }
    if (slice_ends_with(unit->rule, SLICE("DOWN_BY_PERCENT"))) {
        rational_put(t, rational_mul(figure_value(agreed), rational_of(100)));
        PUT(t, " % of it");
    } else {
        rational_put_price(t, figure_value(agreed));
    }
    if (resale && rational_sign(figure_value(resale)) > 0) {
        PUT(t, ", resale takes ");
        rational_put_price(t, figure_value(resale));
    }
    PUT(t, ": debit ");
    rational_put_price(t, debit);
    PUT(t, " a unit");
}

static void put_cost(struct text *t, const struct standing *s, const struct step *unit, bool of_lot)
{
    size_t from = t->size;
    struct rational qty = figure_value(step_input(unit, SLICE("q"))), all = figure_value(&unit->result);
    struct rational debit = rational_div(all, qty);
    put_cost_name(t, s, unit, of_lot);
    listing_pad(t, from, STORY_SECOND);
    put_unit_debit(t, unit, debit);
    listing_pad(t, from, STORY_THIRD);
    rational_put(t, qty);
    PUT(t, " × ");
    rational_put_price(t, debit);
    PUT(t, " = ");
    rational_put_price(t, all);
    text_put_byte(t, '\n');
}

static bool is_unit_debit(const struct step *step)
{
    return slice_starts_with(step->rule, SLICE("S12 ")) && step_input(step, SLICE("c")) && step_input(step, SLICE("a"))
           && step_input(step, SLICE("q"));
}

/* What is left of the entitlement where something takes from it: programs of higher rank, a limit. */
static void put_less(struct text *t, const struct step *step, struct slice name, struct slice taker, struct slice words)
{
    size_t from = t->size;
    const struct figure *bound = step_input(step, taker);
    if (!bound || rational_compare(figure_value(&step->result), figure_value(&step->inputs[0])) >= 0) return;
    text_put(t, name);
    listing_pad(t, from, STORY_SECOND);
    rational_put_price(t, figure_value(bound));
    text_put(t, words);
    listing_pad(t, from, STORY_THIRD);
    PUT(t, "of ");
    rational_put_price(t, figure_value(&step->inputs[0]));
    PUT(t, " there stay ");
    rational_put_price(t, figure_value(&step->result));
    text_put_byte(t, '\n');
}

/* Several lots, or lots and book price: what they come to. */
static void put_sum(struct text *t, const struct program_result *p, unsigned parts)
{
    size_t from = t->size;
    struct rational sum = RATIONAL_ZERO, units = RATIONAL_ZERO;
    if (parts < 2) return;
    for (unsigned i = 0; i < p->working_count; i++) {
        if (!is_unit_debit(&p->workings[i])) continue;
        sum = rational_add(sum, figure_value(&p->workings[i].result));
        units = rational_add(units, figure_value(step_input(&p->workings[i], SLICE("q"))));
    }
    PUT(t, "  together");
    listing_pad(t, from, STORY_SECOND);
    rational_put(t, units);
    PUT(t, " units");
    listing_pad(t, from, STORY_THIRD);
    rational_put_price(t, sum);
    text_put_byte(t, '\n');
}

/* Every part of the cost: the lots in their order, then what no lot covers, at book price. */
static void put_costs(struct text *t, const struct standing *s)
{
    const struct program_result *p = s->target;
    unsigned parts = 0;
    for (unsigned i = 0; i < p->working_count; i++)
        if (is_unit_debit(&p->workings[i])) put_cost(t, s, &p->workings[i], parts++ < p->lot_count);
    put_sum(t, p, parts);
    put_less(t, step_find(p, SLICE("5.8")), SLICE("  of higher rank"), SLICE("H"), SLICE(" paid by other programs"));
}

/* What a limit left of it, each limit in the order in which it cut. */
static void put_limits(struct text *t, const struct program_result *p)
{
    for (unsigned i = 0; i < p->working_count; i++)
        if (slice_equal(p->workings[i].rule, SLICE("R8")))
            put_less(t, &p->workings[i], SLICE("  limit"), SLICE("left"), SLICE(" left of it"));
}

static void put_claimed(struct text *t, const struct standing *s)
{
    size_t from = t->size;
    const struct line *l = s->dossier->line;
    const struct step *value = step_find(s->target, SLICE("R7"));
    const struct figure *q = step_input(value, SLICE("q")), *whole = step_input(value, SLICE("Q")),
                        *claim = step_input(value, SLICE("C"));
    if (!q || !whole || !claim || (!l->has_claimed_debit_unit_micros && !l->has_claimed_amount_minor)) return;
    struct rational for_q = rational_div(rational_mul(figure_value(claim), figure_value(q)), figure_value(whole));
    PUT(t, "  you claimed ");
    if (l->has_claimed_debit_unit_micros) {
        rational_put_price(t, rational_of_micros(l->claimed_debit_unit_micros));
        PUT(t, " a unit");
    }
    listing_pad(t, from, STORY_SECOND);
    rational_put_price(t, figure_value(claim));
    PUT(t, " for ");
    rational_put(t, figure_value(whole));
    if (rational_compare(figure_value(q), figure_value(whole)) != 0) {
        PUT(t, ", ");
        rational_put_price(t, for_q);
        PUT(t, " for ");
        rational_put(t, figure_value(q));
    }
    put_reason_and_cut(t, from, s, REASON_COST_MISMATCH);
    text_put_byte(t, '\n');
}

static void put_end(struct text *t, const struct standing *s, const struct balance *used)
{
    size_t from = t->size;
    const struct payout_section *section = s->dossier->payout;
    const struct figure *left = step_input(step_find(s->target, SLICE("S10")), SLICE("remaining"));
    PUT(t, "  paid ");
    money_put(t, s->paid_minor, s->currency);
    PUT(t, ", refused ");
    money_put(t, s->refused_minor, s->currency);
    PUT(t, ", claimed ");
    money_put(t, s->claimed_minor, s->currency);
    if (used && left) {
        PUT(t, "; the agreement has ");
        decimal_put(t, left->value - (used->after - used->before), MILLI_DIGITS);
        PUT(t, " left");
    }
    listing_pad(t, from, STORY_THIRD);
    bool equal = workings_verify_section(section, NULL, NULL) == OK;
    text_put(t, equal ? SLICE("computed again from the record: equal to the bit\n")
                      : SLICE("computed again from the record: DIFFERS\n"));
}

bool payout_put_story(struct text *t, const struct standing *s, struct slice partner_name)
{
    const struct step *unit = s->target ? step_find(s->target, SLICE("S12")) : NULL;
    const struct payout *entry = s->target ? earned_entry(s) : NULL;
    if (!unit || !entry || standing_kind(s->dossier->line) != KIND_SHIP_DEBIT_CLAIM) return false;
    const struct balance *used = find_balance(s->target, SLICE("agreement_line"));
    put_title(t, s, entry, partner_name);
    put_agreement(t, s, entry, used);
    put_costs(t, s);
    put_claimed(t, s);
    put_limits(t, s->target);
    put_end(t, s, used);
    return true;
}
