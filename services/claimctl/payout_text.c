/* claimctl/payout_text.c: what was paid, and how it was computed, in words. */
#include "claimctl/payout_text.h"

#include "claimctl/explain.h"
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

static size_t width(struct slice s)
{
    size_t columns = 0;
    for (size_t i = 0; i < s.size; i++) columns += ((uint8_t)s.bytes[i] & 0xc0) != 0x80;
    return columns;
}

static void pad_to(struct text *t, size_t from, size_t column)
{
    size_t now = width(slice_skip(text_slice(t), from));
    do text_put_byte(t, ' '); while (++now < column);
}

static void put_cut(struct text *t, size_t from, int64_t cut_minor, struct slice currency)
{
    char buffer[32];
    struct text amount = text_over(buffer, sizeof buffer);
    PUT(&amount, "−");
    money_put(&amount, cut_minor, currency);
    pad_to(t, from, STORY_END - width(text_slice(&amount)));
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
    pad_to(t, from, STORY_THIRD);
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
    pad_to(t, from, width(slice_skip(text_slice(t), from)) + STORY_GAP);
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
    pad_to(t, from, STORY_SECOND);
    if (used && left) {
        decimal_put(t, used->before + left->value, 3);
        PUT(t, " authorised, ");
        decimal_put(t, used->before, 3);
        PUT(t, " used before: ");
        decimal_put(t, left->value, 3);
        PUT(t, " left");
    } else {
        PUT(t, "no quantity agreed");
    }
    put_reason_and_cut(t, from, s, REASON_QTY_EXCEEDED);
    text_put_byte(t, '\n');
}

/* "book price of 2026-03-27", "lot cost of 2026-03-27"; one unit debit, or the number of lots. */
static void put_cost(struct text *t, const struct standing *s, const struct step *unit)
{
    size_t from = t->size;
    const struct figure *cost = step_input(unit, SLICE("c")), *agreed = step_input(unit, SLICE("a")),
                        *qty = step_input(unit, SLICE("q"));
    if (!cost || !agreed || !qty) return;
    bool down_to = slice_ends_with(unit->rule, SLICE("DOWN_TO"));
    struct rational debit = rational_div(figure_value(&unit->result), figure_value(qty));
    text_put(t, s->target->lot_count ? SLICE("  lot cost of ") : SLICE("  book price of "));
    date_put(t, s->dossier->line->ship_date);
    pad_to(t, from, STORY_SECOND);
    rational_put_price(t, figure_value(cost));
    text_put(t, down_to ? SLICE(", agreed ") : SLICE(", agreed reduction "));
    rational_put_price(t, figure_value(agreed));
    PUT(t, ": debit ");
    rational_put_price(t, debit);
    PUT(t, " a unit");
    pad_to(t, from, STORY_THIRD);
    rational_put(t, figure_value(qty));
    PUT(t, " × ");
    rational_put_price(t, debit);
    PUT(t, " = ");
    rational_put_price(t, figure_value(&unit->result));
    text_put_byte(t, '\n');
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
    pad_to(t, from, STORY_SECOND);
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
        decimal_put(t, left->value - (used->after - used->before), 3);
        PUT(t, " left");
    }
    pad_to(t, from, STORY_THIRD);
    bool equal = workings_verify_section(section, NULL, NULL) == OK;
    text_put(t, equal ? SLICE("computed again from the record: equal to the bit\n")
                      : SLICE("computed again from the record: DIFFERS\n"));
}

bool payout_put_story(struct text *t, const struct standing *s, struct slice partner_name)
{
    const struct step *unit = s->target ? step_find(s->target, SLICE("S12")) : NULL;
    const struct payout *entry = s->target ? earned_entry(s) : NULL;
    if (!unit || !entry || s->dossier->line->kind != KIND_SHIP_DEBIT_CLAIM) return false;
    const struct balance *used = find_balance(s->target, SLICE("agreement_line"));
    put_title(t, s, entry, partner_name);
    put_agreement(t, s, entry, used);
    put_cost(t, s, unit);
    put_claimed(t, s);
    put_end(t, s, used);
    return true;
}
