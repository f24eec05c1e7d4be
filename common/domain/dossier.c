/* domain/dossier.c: which judgement stands, and what a line is counted from. */
#include "domain/dossier.h"

#include "base/assert.h"
#include "base/instant.h"

const struct judgement *dossier_judgement(const struct dossier *d, enum section s)
{
    if (s == SECTION_CLASSIFICATION) return d->classification ? &d->classification->judgement : NULL;
    if (s == SECTION_CLEARANCE) return d->clearance ? &d->clearance->judgement : NULL;
    if (s == SECTION_PAYOUT) return d->payout ? &d->payout->judgement : NULL;
    return NULL;
}

const struct judgement *dossier_standing(const struct dossier *d)
{
    const struct judgement *standing = NULL;
    for (enum section s = SECTION_CLASSIFICATION; s <= SECTION_PAYOUT; s++) {
        const struct judgement *j = dossier_judgement(d, s);
        if (!j) continue;
        bool waits = j->outcome == OUTCOME_HOLD || j->outcome == OUTCOME_PARK;
        if (waits || !standing || !outcome_is_stronger(standing->outcome, j->outcome)) standing = j;
    }
    return standing;
}

bool dossier_is_case(const struct dossier *d)
{
    return !d->line && d->clearance && d->clearance->case_id.size > 0;
}

int32_t dossier_received_date(const struct dossier *d)
{
    ASSERT(d->receipt && d->classification);
    return instant_date(d->receipt->received_at_unix_ms, d->classification->utc_offset_minutes);
}

struct original_ref dossier_original_ref(const struct dossier *d)
{
    const struct classification *c = d->classification;
    ASSERT(d->line);
    if (!c || !c->judgement.withdrew_line_id.size || !(c->reaches_line_ref.size || c->reaches_invoice_no.size))
        return line_original_ref(d->line);
    return (struct original_ref){ c->reaches_line_ref, c->reaches_invoice_no, c->reaches_invoice_line };
}

bool dossier_pays_deal(const struct payout_section *section)
{
    for (unsigned i = 0; i < section->entry_count; i++) {
        const struct payout *p = &section->entries[i];
        bool is_earned = slice_equal(p->ledger, SLICE("EARNED")) && p->program_amount_minor > 0;
        if (is_earned && p->deal_reg_no.size) return true;
    }
    return false;
}
