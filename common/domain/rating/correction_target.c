/* domain/rating/correction_target.c: by its id, by its invoice, past what was refused, or among those that wait. */
#include "domain/rating/correction_target.h"

#include "domain/correctable.h"
#include "domain/rating/original.h"
#include "domain/rating/pending.h"
#include "domain/rating/transactions.h"

struct slice target_sku_by_now(const struct rating *r)
{
    const struct line *l = r->line;
    if (r->class->sku.size || !r->in->catalogue) return r->class->sku;
    const struct product *p =
        catalogue_product_by_part(r->in->catalogue, r->root, l->vendor_part, l->gtin, l->partner_part);
    return p ? p->sku : (struct slice){ 0 };
}

/* Of a line that was cleared before compliance named its original. */
static struct slice target_on_invoice(struct rating *r, const struct dossier *d, const struct original_ref *ref)
{
    static const char sides[] = { 'S', 'I' };
    struct slice ended = { 0 };
    for (unsigned k = 0; k < 2; k++) {
        struct slice key = transactions_key(r, sides[k], ref->invoice_no, ref->invoice_line, target_sku_by_now(r));
        const struct transaction_line *named = transactions_named(transactions_row(r, key), d);
        if (named && !named->ended && original_is_sale(named->kind)) return named->line_id;
        struct slice waiting = pending_on_transaction(r, key);
        if (waiting.size && correctable_fits(d, KIND_POS_SALE, 1)) return waiting;
        if (named && !named->ended) return named->line_id;
        if (named) ended = named->line_id;
    }
    return ended;
}

static bool is_named_by_compliance(const struct dossier *d)
{
    return d->clearance && d->clearance->names_original;
}

struct slice target_named_by(struct rating *r, const struct dossier *d)
{
    const struct clearance *c = d->clearance;
    if (c && c->reaches_line_id.size) return c->reaches_line_id;
    const struct original_ref ref = line_original_ref(d->line);
    if (ref.line_ref.size) return ref.line_ref;
    bool looks_again = award_is_released(r, REASON_TARGET_UNKNOWN);
    if (is_named_by_compliance(d) && (c->original_line_id.size || !looks_again)) return c->original_line_id;
    return target_on_invoice(r, d, &ref);
}

static bool reaches_past(const struct rating *r)
{
    return r->dossier->clearance && r->dossier->clearance->reaches_line_id.size;
}

/* Or saw it refused. */
static struct slice withdrawn_earlier(const struct rating *r)
{
    const struct clearance *c = r->dossier->clearance;
    if (r->class->judgement.withdrew_line_id.size || !c) return r->class->judgement.withdrew_line_id;
    return c->judgement.withdrew_line_id;
}

/* Of a line that came too late what stands for it, on the invoice that is named. */
static struct slice lived_there(struct rating *r, const struct line_row *line)
{
    bool found;
    struct slice other = original_lived_beside(line);
    if (!other.size) return other;
    const struct line_row *standing = original_to_read(r, other, &found);
    bool is_there = slice_equal(original_transaction_key(r, standing), original_transaction_key(r, line));
    return is_there ? other : (struct slice){ 0 };
}

/* Of a line that came to nothing what it was to replace: that is still to be replaced. Whoever cancels one that was
 * withdrawn cancels nothing more, and what another took the place of has its place in that. */
static struct slice was_to_replace(enum kind correction, const struct line_row *line)
{
    bool was_withdrawn = line->reasons_count && line->reasons[0].code == REASON_WITHDRAWN;
    bool is_closed = was_withdrawn && (correction != KIND_REPLACE || line->successor.size);
    return is_closed ? (struct slice){ 0 } : line->replaces;
}

void target_past_refused(struct rating *r, enum kind correction, struct slice *line_id)
{
    bool found;
    const struct line_row *line = original_to_read(r, *line_id, &found);
    for (unsigned n = 0; n < SUBMISSION_NO_MAX && found && line->outcome == OUTCOME_REJECT; n++) {
        struct slice next = was_to_replace(correction, line);
        if (!next.size && is_named_by_compliance(r->dossier)) next = lived_there(r, line);
        if (!next.size) return;
        *line_id = next;
        line = original_to_read(r, next, &found);
    }
}

bool target_has_no_cancel(const struct line_row *line)
{
    return kind_is_reference(line->kind) || kind_is_operator(line->kind) || line->kind == KIND_CANCEL;
}

enum target target_find(struct rating *r, struct slice *line_id)
{
    bool found = false;
    *line_id = r->ends = target_named_by(r, r->dossier);
    struct slice gone = withdrawn_earlier(r);
    if (gone.size && !reaches_past(r)) {
        /* judged again and refused behind its payout: what was paid is taken back */
        const struct line_row *paid = original_to_read(r, gone, &found);
        *line_id = gone;
        if (!found || !original_stands(paid)) return TARGET_WAS_WITHDRAWN;
    }
    if (slice_is_empty(*line_id)) return TARGET_NOT_FOUND;
    if (r->line->kind == KIND_REPLACE || is_named_by_compliance(r->dossier))
        target_past_refused(r, r->line->kind, line_id);
    const struct line_row *line = original_to_read(r, *line_id, &found);
    if (found && target_has_no_cancel(line)) return TARGET_NOT_FOUND;
    if (found) return original_stands(line) ? TARGET_LIVE : TARGET_GONE;
    return original_waits(r, *line_id) ? TARGET_WAITS : TARGET_NOT_FOUND;
}
