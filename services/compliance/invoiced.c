/* compliance/invoiced.c: rows of `transactions` as an index: by T, and by invoice line alone. Pure. */
#include "compliance/invoiced.h"

#include "domain/correctable.h"

/* --- finding --- */

/* How likely the correction means this line of the invoice: the highest rank is meant, 0 cannot be. A return means what
 * is in force: a claim of its own kind, or the sale. */
static int rank_of(const struct judging *j, const struct live_line *line, const struct footprint *f)
{
    bool is_sale = line->kind == KIND_POS_SALE || line->kind == KIND_SELL_IN;
    bool is_ours = slice_equal(f->ended_by, j->line_id);
    if (slice_equal(line->line_id, j->line_id) || f->state == FOOTPRINT_NONE) return 0;
    if (judging_is_return(j)) {
        bool is_meant = (footprint_counts(f) || is_ours) && f->qty_milli > 0 && (is_sale || line->kind == j->kind);
        return is_meant ? correctable_rank(line->kind, f->qty_milli, STANDING_LIVE) : 0;
    }
    if (!correctable_fits(j->dossier, line->kind, f->qty_milli)) return 0;
    if (is_ours) return CORRECTABLE_ENDED_BY_IT;
    enum standing open = f->state == FOOTPRINT_OPEN ? STANDING_WAITS : STANDING_ENDED;
    return correctable_rank(line->kind, f->qty_milli, f->state == FOOTPRINT_ACCEPTED ? STANDING_LIVE : open);
}

/* Of a REPLACE that classification ended the correction means what that one was to replace: so its part counts. */
static struct slice sku_meant(const struct judging *j)
{
    const struct classification *c = j->class;
    return c->reaches_invoice_no.size && c->reaches_sku.size ? c->reaches_sku : c->sku;
}

/* An invoice line under one of its parts; without sku, under all of them. */
struct invoice_place { const struct original_ref *ref; bool is_sell_in; struct slice sku; };

static const struct transaction_uses *uses_at(struct judging *j, const struct invoice_place *place)
{
    struct slice key = line_invoice_key(j->arena, place->ref->invoice_no), line = place->ref->invoice_line;
    struct hash128 t = judging_transaction(j, place->is_sell_in, key, line, place->sku);
    return judging_read(j, COMPLIANCE_TRANSACTIONS, BOOKS_KEY(j->arena, j->root, hash_slice(&t)));
}

static bool is_in_force(int rank)
{
    return rank >= CORRECTABLE_IN_FORCE && rank < CORRECTABLE_ENDED_BY_IT;
}

/* The line with the highest rank above *rank, other than `except`. Where no part is named and two of them stand there,
 * or more lines than a row holds, none: a person has to say which. */
static void find_at(struct judging *j, const struct invoice_place *place, struct slice except, int *rank)
{
    const struct transaction_uses *uses = uses_at(j, place);
    bool is_several = !place->sku.size && uses->line_count == TRANSACTION_LINES_MAX;
    for (unsigned i = uses->line_count; i-- > 0;) {
        const struct live_line *line = &uses->lines[i];
        const struct footprint *f = judging_footprint(j, line->line_id);
        int is = rank_of(j, line, f);
        if (slice_equal(line->line_id, except)) continue;
        is_several |= is_in_force(is) && is_in_force(*rank) && !slice_equal(f->sku, j->original.footprint->sku);
        if (is <= *rank) continue;
        *rank = is;
        j->original = (struct original){ line->line_id, f };
    }
    if (is_several) j->original = (struct original){ 0 };
}

/* The line of that id on the invoice line; NULL: it is not there. */
static const struct live_line *line_at(const struct transaction_uses *uses, struct slice line_id)
{
    for (unsigned i = 0; i < uses->line_count; i++)
        if (slice_equal(uses->lines[i].line_id, line_id)) return &uses->lines[i];
    return NULL;
}

/* Of a line that was replaced, what took its place on this invoice line under another part, and so on. What a CANCEL
 * ended is meant itself, though nothing of it is left: a CANCEL and then a REPLACE are one REPLACE (6.3). */
static void follow_replacements(struct judging *j, const struct invoice_place *place, int *rank)
{
    const struct transaction_uses *uses = uses_at(j, place);
    for (unsigned n = 0; n < TRANSACTION_LINES_MAX && *rank < CORRECTABLE_IN_FORCE; n++) {
        const struct live_line *by = line_at(uses, j->original.footprint->ended_by);
        const struct footprint *f = by ? judging_footprint(j, by->line_id) : NULL;
        int is = by ? rank_of(j, by, f) : 0;
        if (!is) return;
        *rank = is;
        j->original = (struct original){ by->line_id, f };
    }
}

/* The part of a CANCEL says which line of several is meant; so does that of a REPLACE, which on an invoice line with a
 * number may as well put the part right. A part that is on no file is no line's. */
void invoiced_find(struct judging *j, const struct original_ref *ref, bool is_sell_in, struct slice except, int *rank)
{
    struct invoice_place place = { ref, is_sell_in, sku_meant(j) };
    bool is_named = place.sku.size || line_part(j->line).size;
    bool may_differ = j->line->kind == KIND_REPLACE && ref->invoice_line.size;
    if (place.sku.size) find_at(j, &place, except, rank);
    place.sku = (struct slice){ 0 };
    if (!is_named || (may_differ && *rank == 0)) find_at(j, &place, except, rank);
    else if (may_differ) follow_replacements(j, &place, rank);
}

/* --- keeping --- */

/* The row is full: the line that a correction would mean last leaves it, of equals the oldest. */
static void make_room(struct judging *j, struct transaction_uses *uses)
{
    unsigned at = 0;
    int least = CORRECTABLE_ENDED_BY_IT;
    for (unsigned i = 0; i < uses->line_count; i++) {   /* all are asked for in one pass */
        const struct footprint *f = judging_footprint(j, uses->lines[i].line_id);
        enum standing is = footprint_counts(f) ? STANDING_LIVE : STANDING_ENDED;
        int rank = correctable_rank(uses->lines[i].kind, f->qty_milli, is);
        if (rank >= least) continue;
        least = rank;
        at = i;
    }
    uses->line_count--;
    memmove(&uses->lines[at], &uses->lines[at + 1], (uses->line_count - at) * sizeof uses->lines[0]);
}

/* The row of an invoice line that is full names nobody any more (find_at). */
static void enter(struct judging *j, struct slice row)
{
    const struct transaction_uses *now = judging_read(j, COMPLIANCE_TRANSACTIONS, row);
    bool is_full = now->line_count == TRANSACTION_LINES_MAX;
    for (unsigned i = 0; i < now->line_count; i++)
        if (slice_equal(now->lines[i].line_id, j->line_id)) return;
    if (is_full && slice_equal(row, j->rows.invoice_line)) return;
    struct transaction_uses *uses = judging_change(j, COMPLIANCE_TRANSACTIONS, row);
    if (is_full) make_room(j, uses);
    uses->lines[uses->line_count++] = (struct live_line){ j->line_id, j->kind };
}

static bool is_empty(struct judging *j, struct slice row)
{
    return ((const struct transaction_uses *)judging_read(j, COMPLIANCE_TRANSACTIONS, row))->line_count == 0;
}

/* Under T, and under its invoice line for who names no part. What was refused is meant by a correction only where
 * nothing else stands there. */
void invoiced_record(struct judging *j, bool is_refused)
{
    static const unsigned kinds = KIND_BIT(KIND_POS_SALE) | KIND_BIT(KIND_SHIP_DEBIT_CLAIM) | KIND_BIT(KIND_SPIFF_CLAIM)
        | KIND_BIT(KIND_DEAL_CLAIM) | KIND_BIT(KIND_SELL_IN) | KIND_BIT(KIND_POS_RETURN);
    if (!(kinds & KIND_BIT(j->kind)) || !j->invoiced.exists || j->line->kind == KIND_CANCEL) return;
    if (is_refused && !is_empty(j, j->rows.transaction)) return;
    if (!j->after.has_transaction) {
        j->after.transaction = j->invoiced.transaction;
        j->after.has_transaction = true;
    }
    enter(j, judging_transaction_row(j, &j->after.transaction));
    if (!is_refused || is_empty(j, j->rows.invoice_line)) enter(j, j->rows.invoice_line);
}
