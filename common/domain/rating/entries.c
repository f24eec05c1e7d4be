/* domain/rating/entries.c: order, numbers and ids of what is posted. */
#include "domain/rating/entries.h"

#include "domain/rating/award.h"

static int entry_order(const struct posting *a, const struct posting *b)
{
    int by_program = program_stacking_order(a->program, b->program);
    if (by_program) return by_program;
    if (a->program->version != b->program->version) return a->program->version < b->program->version ? -1 : 1;
    if (a->ledger != b->ledger) return (int)a->ledger - (int)b->ledger;
    return (int)b->reversal - (int)a->reversal;
}

static void sort_postings(struct rating *r)
{
    for (unsigned i = 1; i < r->posting_count; i++) {
        struct posting moving = r->postings[i];
        unsigned at = i;
        for (; at > 0 && entry_order(&r->postings[at - 1], &moving) > 0; at--) r->postings[at] = r->postings[at - 1];
        r->postings[at] = moving;
    }
}

static struct slice names_of_reasons(struct rating *r, const struct award *a)
{
    if (!a || a->reason_count == 0) return (struct slice){ 0 };
    struct reason *sorted = ARENA_ARRAY(r->arena, a->reason_count, struct reason);
    memcpy(sorted, a->reasons, a->reason_count * sizeof *sorted);
    reasons_sort(sorted, a->reason_count);
    return reason_names(r->arena, sorted, a->reason_count);
}

/* When the line came or, after a person's decision, when that was made. */
static instant_ms decided_at(const struct rating *r)
{
    const struct review_effect *effect = r->v->review;
    for (unsigned i = r->dossier->review_count; effect && i-- > 0;)
        if (r->dossier->reviews[i].sequence == effect->sequence) return r->dossier->reviews[i].at_unix_ms;
    return r->receipt->received_at_unix_ms;
}

static struct payout entry_of(struct rating *r, const struct posting *p, uint32_t adjustment_no)
{
    const struct id_part parts[] = { ID_TEXT(r->receipt->line_id), ID_TEXT(p->program->id), ID_INT(p->program->version),
                                     ID_INT(adjustment_no) };
    bool converted = p->fx.table.size > 0;
    return (struct payout){
        .payout_id = hash_id(r->arena, parts, 4),
        .line_id = r->receipt->line_id,
        .partner_root_id = r->root,
        .program_id = p->program->id,
        .amount_minor = p->amount_minor,
        .currency = p->currency,
        .adjustment_no = adjustment_no,
        .decided_at_unix_ms = decided_at(r),
        .document_id = r->receipt->document_id,
        .partner_id = r->line->partner_id,
        .payee = p->payee,
        .payee_id = p->payee_id,
        .role = word_text(VOCABULARY_ROLE, p->role ? p->role : r->row.role),
        .program_version = p->program->version,
        .incentive = word_text(VOCABULARY_INCENTIVE, p->program->incentive),
        .ledger = word_text(VOCABULARY_LEDGER, p->ledger),
        .qty_milli = p->qty_milli,
        .program_amount_minor = p->program_minor,
        .program_currency = p->program->currency,
        .fx_table = p->fx.table,
        .fx_rate_micros = converted ? p->fx.rate_micros : 0,
        .fx_units = converted ? p->fx.units : 0,
        .fx_date = converted ? p->fx.date : 0,
        .earned_period = slice_copy(r->arena, p->earned_period),
        .posted_period = slice_copy(r->arena, p->posted_period),
        .payable_on = p->payable_on,
        .payment_method = word_text(VOCABULARY_PAYMENT_METHOD, p->program->payment_method),
        .tax_treatment = p->program->tax_treatment,
        .tax_reportable = p->tax_reportable,
        .authorisation_no = p->authorisation_no,
        .deal_reg_no = p->deal_reg_no,
        .preapproval_no = p->preapproval_no,
        .claim_id = p->claim_id,
        .reverses_payout_id = p->reverses_payout_id,
        .cause = p->cause,
        .reasons = names_of_reasons(r, p->award),
        .sku = r->row.sku,
        .invoice_no = r->row.invoice_no,
    };
}

static void index_entry(struct rating *r, const struct payout *entry, enum ledger ledger)
{
    struct entry_row *row = books_overwrite(r->books, PAYOUT_ENTRIES, RATING_KEY(r, entry->payout_id));
    *row = (struct entry_row){ .line_id = entry->line_id,
                               .program_id = entry->program_id,
                               .version = entry->program_version,
                               .ledger = ledger,
                               .amount_minor = entry->amount_minor,
                               .currency = entry->currency,
                               .program_minor = entry->program_amount_minor,
                               .period = entry->earned_period };
}

/* A REPLACE took back first what it replaces: corrections of its volumes name that entry (domain.md 11). */
static void note_first_entries(struct rating *r, const struct payout_section *section)
{
    for (unsigned i = 0; i < r->award_count; i++) {
        struct line_program *kept = &r->awards[i]->kept;
        for (unsigned k = section->entry_count; k-- > 0 && kept->volume;) {
            const struct payout *entry = &section->entries[k];
            bool is_earned = slice_equal(entry->ledger, word_text(VOCABULARY_LEDGER, LEDGER_EARNED));
            if (is_earned && slice_equal(entry->program_id, kept->program_id)) kept->first_payout_id = entry->payout_id;
        }
    }
}

void entries_put(struct rating *r, struct payout_section *section)
{
    struct payout *entries = ARENA_ARRAY(r->arena, r->posting_count ? r->posting_count : 1, struct payout);
    uint32_t number = 0;
    unsigned count = 0;
    const struct program *of = NULL;
    sort_postings(r);
    for (unsigned i = 0; i < r->posting_count; i++) {
        const struct posting *p = &r->postings[i];
        if (p->amount_minor == 0 && p->program_minor == 0) continue;
        number = of == p->program || (of && slice_equal(of->id, p->program->id) && of->version == p->program->version)
                     ? number + 1
                     : 0;
        of = p->program;
        entries[count] = entry_of(r, p, number);
        if (p->kept && slice_is_empty(p->kept->payout_id)) p->kept->payout_id = entries[count].payout_id;
        if (p->done_no && slice_is_empty(r->row.programs[p->done_no - 1].payout_id))
            r->row.programs[p->done_no - 1].payout_id = entries[count].payout_id;
        index_entry(r, &entries[count], p->ledger);
        count++;
    }
    section->entries = entries;
    section->entry_count = count;
    if (r->line->kind == KIND_REPLACE) note_first_entries(r, section);
}
