/* claimctl/explain.c: a line's standing as a sentence. */
#include "claimctl/explain.h"

#include "claimctl/advice.h"
#include "claimctl/explain_event.h"
#include "claimctl/line_name.h"
#include "claimctl/line_names.h"
#include "claimctl/program_reasons.h"
#include "claimctl/sums.h"
#include "domain/decimal.h"

enum { NAMES_BYTES = 2048, STRUCK_SHOWN_MAX = 3 };

/* "39 BOX × CBL-1": the unit stands where it is not the piece that every quantity is without one. */
static void put_goods(struct text *t, const struct line *l, struct slice part)
{
    decimal_put(t, l->qty_milli, MILLI_DIGITS);
    if (l->uom.size && !slice_equal(l->uom, SLICE("EA"))) {
        text_put_byte(t, ' ');
        text_put(t, l->uom);
    }
    if (part.size) PUT(t, " × ");
    text_put(t, part);
}

/* "CANCEL of 5 × SSD-9 of invoice P-1 line 1": of a CANCEL the line that it takes back. */
static void put_cancelled(struct text *t, const struct line *l, struct slice part)
{
    PUT(t, "CANCEL of ");
    if (l->original_line_ref.size) {
        if (!line_names_put(t, l->original_line_ref)) text_put(t, l->original_line_ref);
        return;
    }
    if (l->qty_milli) put_goods(t, l, part);
    else text_put(t, part);
    text_put(t, l->qty_milli || part.size ? SLICE(" of invoice ") : SLICE("invoice "));
    text_put(t, l->original_invoice_no);
    if (l->original_invoice_line.size) PUT(t, " line ");
    text_put(t, l->original_invoice_line);
}

void explain_put_subject(struct text *t, const struct dossier *d)
{
    const struct line *l = d->line;
    struct slice part = l->vendor_part.size ? l->vendor_part : l->partner_part.size ? l->partner_part : l->gtin;
    if (d->classification && d->classification->sku.size) part = d->classification->sku;
    if (l->kind == KIND_CANCEL && (l->original_line_ref.size || l->original_invoice_no.size)) {
        put_cancelled(t, l, part);
        return;
    }
    if (l->qty_milli || part.size) put_goods(t, l, part);
    else text_put(t, kind_name(l->kind));
    explain_event_put_name(t, l);
    struct { const char *word; struct slice value;
    } names[] = {
        { " of invoice ", l->invoice_no },
        { " line ", l->invoice_line },
        { " of agreement ", kind_is_reference(l->kind) ? l->authorisation_no : (struct slice){ 0 } },
        { " of registration ", kind_is_reference(l->kind) ? l->deal_reg_no : (struct slice){ 0 } },
        { " of vendor invoice ", l->vendor_invoice_no },
    };
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].value.size == 0) continue;
        text_put(t, slice_from(names[i].word));
        text_put(t, names[i].value);
    }
}

static const struct waiting *waiting_of(const struct dossier *d)
{
    const struct judgement *j = dossier_standing(d);
    return j && j->waiting.reason ? &j->waiting : NULL;
}

/* A line that a reason speaks of is named as people know it: document:row. */
static void name_lines(struct reason *r, struct text *room)
{
    for (unsigned i = 0; i < r->argument_count; i++) {
        size_t before = room->size;
        if (line_names_put(room, r->arguments[i].value))
            r->arguments[i].value = slice_of(room->bytes + before, room->size - before);
    }
}

void explain_put_reason(struct text *t, const struct dossier *d, const struct reason *r)
{
    char buffer[40], names[NAMES_BYTES];
    struct text room = text_over(names, sizeof names);
    struct text due = text_over(buffer, sizeof buffer);
    struct reason shown = *r;
    name_lines(&shown, &room);
    const struct waiting *w = waiting_of(d);
    if (w && w->due_unix_ms && shown.argument_count < REASON_ARGUMENTS_MAX) {
        instant_put(&due, w->due_unix_ms);
        reason_argument(&shown, SLICE("due"), text_slice(&due));
    }
    size_t before = t->size;
    reason_put_sentence(t, &shown);
    if (t->size == before) text_put(t, reason_name(r->code));
    advice_put(t, d, r);
}

/* A reason without a sentence that changes nothing: lists and objects have its code. */
static bool is_note_for_the_record(const struct reason *r)
{
    char buffer[8];
    struct text sentence = text_over(buffer, sizeof buffer);
    if (reason_outcome(r->code) != OUTCOME_PASS) return false;
    reason_put_sentence(&sentence, r);
    return sentence.size == 0;
}

static bool is_refusal(enum outcome o)
{
    return o == OUTCOME_REJECT || o == OUTCOME_DEAD;
}

/* Of a refused line nobody waits any more, whatever else was in doubt: a sentence that promises an answer would
 * mislead. */
static bool is_overtaken(const struct standing *s, const struct reason *r)
{
    bool is_refused = false;
    for (unsigned i = 0; i < s->reason_count; i++) is_refused |= is_refusal(reason_outcome(s->reasons[i].code));
    bool waits = reason_outcome(r->code) == OUTCOME_HOLD || reason_outcome(r->code) == OUTCOME_PARK;
    return waits && is_refused && is_refusal(s->outcome);
}

/* Bytes of the first sentence, with the blank before it. */
static size_t sentence_size(struct slice text)
{
    for (size_t i = 0; i + 1 < text.size; i++)
        if (text.bytes[i] == '.' && text.bytes[i + 1] == ' ') return i + 1;
    return text.size;
}

static bool is_said(struct slice text, struct slice sentence)
{
    for (size_t at = 0; at + sentence.size <= text.size; at++)
        if (memcmp(text.bytes + at, sentence.bytes, sentence.size) == 0) return true;
    return false;
}

/* What two reasons promise alike is said once: of the text from `last` on the sentences that stand before it go. */
static void forget_repeated(struct text *t, size_t first, size_t last)
{
    struct slice before = slice_of(t->bytes + first, last - first), rest = slice_of(t->bytes + last, t->size - last);
    t->size = last;
    while (rest.size) {
        struct slice sentence = slice_head(rest, sentence_size(rest));
        rest = slice_skip(rest, sentence.size);
        if (is_said(before, sentence)) continue;
        memmove(t->bytes + t->size, sentence.bytes, sentence.size);
        t->size += sentence.size;
    }
}

static void put_reasons(struct text *t, const struct standing *s)
{
    size_t first = t->size;
    for (unsigned i = 0; i < s->reason_count; i++) {
        if (is_note_for_the_record(&s->reasons[i]) || is_overtaken(s, &s->reasons[i])) continue;
        size_t last = t->size;
        text_put_byte(t, ' ');
        explain_put_reason(t, s->dossier, &s->reasons[i]);
        forget_repeated(t, first, last);
    }
}

/* Only what is earned is paid: a fund is money that a partner may claim, an estimate none at all. */
static struct slice verb_of(const struct payout *e)
{
    bool less = e->amount_minor < 0;
    if (slice_equal(e->ledger, SLICE("FUND"))) return less ? SLICE("takes out ") : SLICE("puts in ");
    if (slice_equal(e->ledger, SLICE("ESTIMATED"))) return less ? SLICE("expects less by ") : SLICE("expects ");
    return less ? SLICE("takes back ") : SLICE("pays ");
}

/* Whether one verb and one sum say both. */
static bool are_alike(const struct payout *a, const struct payout *b)
{
    return (a->amount_minor < 0) == (b->amount_minor < 0) && slice_equal(a->program_id, b->program_id)
           && slice_equal(a->ledger, b->ledger) && slice_equal(a->currency, b->currency);
}

/* " pays 25.00 USD (VR-26)", " takes back 68.00 USD (VR-26, 4 entries)": sums over ledgers or currencies say
 * nothing. */
static void put_entries(struct text *t, const struct payout_section *p)
{
    for (unsigned i = 0, count; i < p->entry_count; i += count) {
        const struct payout *e = &p->entries[i];
        __int128 minor = 0;
        for (count = 0; i + count < p->entry_count && are_alike(e, &p->entries[i + count]); count++)
            minor += p->entries[i + count].amount_minor;
        text_put(t, i ? SLICE(", ") : SLICE(" "));
        text_put(t, verb_of(e));
        sum_put_money(t, minor < 0 ? -minor : minor, e->currency);
        PUT(t, " (");
        text_put(t, e->program_id);
        if (!slice_equal(e->ledger, SLICE("EARNED"))) {
            text_put_byte(t, ' ');
            text_put(t, e->ledger);
        }
        if (count > 1) {
            PUT(t, ", ");
            text_put_int(t, count);
            PUT(t, " entries");
        }
        text_put_byte(t, ')');
    }
}

/* " LG-26 counts it: 7.20 USD for 2026-01 as before." What a line adds to may reach no more by it than without. */
static bool put_counted(struct text *t, const struct program_result *p)
{
    for (unsigned i = 0; i < p->balance_count; i++) {
        const struct balance *b = &p->balances[i];
        if (!slice_equal(b->kind, SLICE("volume")) || b->before != b->after) continue;
        text_put_byte(t, ' ');
        text_put(t, p->program_id);
        PUT(t, " counts it: ");
        sum_put_money(t, b->after, slice_skip(b->unit, sizeof "minor:" - 1));
        PUT(t, " for ");
        text_put(t, b->id);
        PUT(t, " as before.");
        return true;
    }
    return false;
}

/* Why a line that passes pays nothing, where none of its reasons says so. */
static void put_why_nothing(struct text *t, const struct standing *s)
{
    const struct payout_section *p = s->dossier->payout;
    enum kind kind = s->dossier->line->kind;
    bool counted = false;
    if (!p || p->entry_count || s->reason_count) return;
    for (unsigned i = 0; i < p->program_count; i++) counted |= put_counted(t, &p->programs[i]);
    if (counted) return;
    if (kind == KIND_PRICE_PROTECTION_CLAIM) PUT(t, " None of these units cost more than the new price.");
    else if (kind_is_claim(kind) && s->dossier->line->qty_milli >= 0) PUT(t, " By the terms it is worth nothing.");
    else if (kind == KIND_POS_RETURN || kind == KIND_CANCEL || kind_is_claim(kind))
        PUT(t, " Nothing was paid on what it takes back.");
    else if (kind == KIND_REVERSE)
        PUT(t, " Nothing of what it names was left to take back: it earned nothing, or was taken back before.");
}

/* Nothing, or nothing but what came back: of a REPLACE whose new content earns nothing. */
static bool earns_nothing(const struct payout_section *p)
{
    for (unsigned i = 0; i < p->entry_count; i++)
        if (!p->entries[i].reverses_payout_id.size) return false;
    return true;
}

/* Whether that was said already, from `from` on. */
static bool was_said(const struct text *t, size_t from, size_t at)
{
    return memmem(t->bytes + from, at - from, t->bytes + at, t->size - at) != NULL;
}

/* " SPX: Seller R-9 is not enrolled." of each program that took no part, the strongest of its reasons; what the line's
 * own reasons say of it stands once. */
static void put_struck(struct text *t, const struct standing *s, size_t from)
{
    static struct program_reasons p;                    /* large, and lines are explained one by one */
    struct slice ids[PROGRAMS_OF_A_LINE_MAX];
    unsigned count = program_reasons_list(s->dossier, ids), shown = 0;
    for (unsigned i = 0; i < count && shown < STRUCK_SHOWN_MAX; i++) {
        program_reasons_gather(&p, s, ids[i]);
        if (p.count == 0 || is_note_for_the_record(&p.reasons[0])) continue;
        size_t before = t->size;
        text_put_byte(t, ' ');
        text_put(t, ids[i]);
        PUT(t, ": ");
        size_t at = t->size;
        explain_put_reason(t, s->dossier, &p.reasons[0]);
        if (was_said(t, from, at)) t->size = before;
        else shown++;
    }
}

/* " Claims on that sale stay as they were decided: claims.ndjson:4, claims.ndjson:7." */
static void put_claims_left(struct text *t, const struct payout_section *p)
{
    for (unsigned i = 0; p && i < p->claims_left.count; i++) {
        text_put(t, i ? SLICE(", ") : SLICE(" Claims on that sale stay as they were decided: "));
        if (!line_names_put(t, p->claims_left.items[i])) text_put(t, p->claims_left.items[i]);
    }
    if (p && p->claims_left.count) text_put_byte(t, '.');
}

static bool pays_on_agreement(const struct payout_section *p)
{
    for (unsigned i = 0; i < p->entry_count; i++)
        if (p->entries[i].authorisation_no.size) return true;
    return false;
}

/* " Agreement Q-7731 pays nothing on it by itself: a SHIP_DEBIT_CLAIM asks for it." The row of one that names a claim,
 * too, asked. */
static void put_claim_to_be_sent(struct text *t, const struct standing *s)
{
    const struct line *l = s->dossier->line;
    const struct payout_section *p = s->dossier->payout;
    if (l->kind != KIND_POS_SALE || !l->authorisation_no.size || l->claim_id.size || !p || pays_on_agreement(p)) return;
    PUT(t, " Agreement ");
    text_put(t, l->authorisation_no);
    PUT(t, " pays nothing on it by itself: a ");
    text_put(t, kind_name(KIND_SHIP_DEBIT_CLAIM));
    PUT(t, " asks for it.");
}

static void put_decided(struct text *t, const struct standing *s)
{
    const struct payout_section *p = s->dossier->payout;
    if (explain_event_put(t, s->dossier)) {
        text_put_byte(t, '.');
        return;
    }
    if (p && p->entry_count) put_entries(t, p);
    else if (kind_is_reference(s->dossier->line->kind)) PUT(t, " is on file");
    else PUT(t, " pays nothing");
    if (s->has_claim && s->refused_minor) {
        PUT(t, " of ");
        sum_put_money(t, s->claimed_minor, s->currency);
        PUT(t, " claimed");
    }
    text_put_byte(t, '.');
}

void explain_put_line(struct text *t, const struct standing *s)
{
    static const struct slice verbs[OUTCOME_COUNT] = {
        [OUTCOME_HOLD] = SLICE_INIT(" is held."),
        [OUTCOME_PARK] = SLICE_INIT(" waits."),
        [OUTCOME_REJECT] = SLICE_INIT(" is refused."),
        [OUTCOME_DEAD] = SLICE_INIT(" could not be read."),
    };
    size_t from = t->size;
    line_name_put(t, s->dossier->receipt);
    PUT(t, "  ");
    text_put(t, word_text(VOCABULARY_OUTCOME, s->outcome));
    PUT(t, "  ");
    explain_put_subject(t, s->dossier);
    if (s->outcome == OUTCOME_PASS || s->outcome == OUTCOME_SHORT) put_decided(t, s);
    else text_put(t, verbs[s->outcome]);
    put_reasons(t, s);
    if (s->outcome == OUTCOME_PASS || s->outcome == OUTCOME_SHORT) put_claim_to_be_sent(t, s);
    if (s->outcome != OUTCOME_PASS) return;
    put_why_nothing(t, s);
    put_claims_left(t, s->dossier->payout);
    if (s->dossier->payout && earns_nothing(s->dossier->payout)) put_struck(t, s, from);
}
