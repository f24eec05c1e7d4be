/* domain/rating/cancel.c: a line ends, whatever it was, also a return; which line a CANCEL or REPLACE is about. */
#include "domain/rating/cancel.h"

#include "domain/correctable.h"
#include "domain/currency.h"
#include "domain/rating/adjustments.h"
#include "domain/rating/caps.h"
#include "domain/rating/incentives.h"
#include "domain/rating/late_original.h"
#include "domain/rating/lots.h"
#include "domain/rating/original.h"
#include "domain/rating/pending.h"
#include "domain/rating/reversal_entry.h"
#include "domain/rating/sales.h"
#include "domain/rating/stacking.h"
#include "domain/rating/stock.h"
#include "domain/rating/transactions.h"
#include "domain/rating/volume_correction.h"
#include "domain/rating/year_to_date.h"
#include "domain/uom.h"

/* Ending a line. */

static void end_claims_of(struct rating *r, struct line_row *line, struct slice line_id)
{
    for (unsigned i = 0; i < line->programs_count; i++) {
        struct line_program *kept = &line->programs[i];
        int64_t magnitude = kept->accepted_milli < 0 ? -kept->accepted_milli : kept->accepted_milli;
        if (kept->ended) continue;
        if (kept->volume) adjustments_take_back_volume(r, line, line_id, kept, magnitude - kept->returned_milli);
        else
            adjustments_take_back(r, line, line_id, kept, kept->accepted_milli - kept->returned_milli,
                                  CAUSE_UNSPECIFIED);
    }
}

void cancel_claim(struct rating *r, const struct line_row *line, struct slice line_id, struct slice program_id)
{
    struct transaction_row *txn = original_transaction(r, line);
    for (unsigned i = 0; i < txn->lines_count; i++) {
        struct transaction_line *l = &txn->lines[i];
        bool is_it = slice_equal(l->line_id, line_id) && slice_equal(l->program_id, program_id);
        if (is_it && !original_is_sale(l->kind)) l->ended = true;
    }
}

/* What a line moved and has not brought back; a claim's own return has lowered what it moved already. */
static int64_t goods_left(const struct transaction_line *l)
{
    int64_t live =
        original_is_sale(l->kind) ? l->moved_milli - l->returned_milli : l->accepted_milli - l->returned_milli;
    int64_t left = l->moved_milli < live ? l->moved_milli : live;
    return left > 0 ? left : 0;
}

static void end_on_transaction(struct rating *r, struct line_row *line, struct slice line_id)
{
    struct transaction_row *txn = original_transaction(r, line);
    int64_t moved = 0;
    for (unsigned i = 0; i < txn->lines_count; i++) {
        struct transaction_line *l = &txn->lines[i];
        if (!slice_equal(l->line_id, line_id) || l->ended) continue;
        moved += goods_left(l);
        l->ended = true;
        l->moved_milli = 0;
    }
    if (!original_is_sale(line->kind)) moved = original_goods_of_claim(r, txn, moved);
    if (moved > 0) transactions_restore(r, txn, original_pool(line), moved, line->ship_date);
}

/* What the return gave back was used since: what is free now is less than its cancel gives again, as the reason says
 * that a claim would get (domain.md 9.5, 9.11, 9.14). A person looks, and nothing moves until then. */
static bool hold_passed(struct rating *r, enum reason_code limit)
{
    if (award_is_released(r, REASON_DATA_CONFLICT)) return false;
    if (!verdict_has(r->v, REASON_DATA_CONFLICT))
        reason_argument(verdict_give(r->v, REASON_DATA_CONFLICT), SLICE("what"), reason_name(limit));
    return true;
}

/* Beside another program that has paid meanwhile this one gives nothing, whoever lets the cancel pass (5.8). */
static bool is_shut_out(struct rating *r, struct transaction_row *txn, const struct program *p,
                        const struct line_program *now)
{
    if (stacking_passed(txn, p) == REASON_NONE) return false;
    if (!hold_passed(r, REASON_EXCLUSIVE_PROGRAM_PAID))
        award_give(r, reversal_entry_begin(r, p, now), REASON_EXCLUSIVE_PROGRAM_PAID);
    return true;
}

/* A return that is cancelled: its units are sold, claimed and counted again, its entries posted with the other sign. */
static void give_again_volume(struct rating *r, const struct line_row *undone, struct line_row *line,
                              struct slice line_id, struct line_program *now, const struct line_program *done)
{
    int64_t sign = now->accepted_milli < 0 ? -1 : 1;
    const struct program *p = reversal_entry_program(r, now);
    struct transaction_row *txn = original_transaction(r, line);
    if (!p || !award_has_room(r, AWARDS_OF_A_CHANGE) || is_shut_out(r, txn, p, now)) return;
    struct undone_return of = { undone, done };
    if (!volume_correction_of(r, now, done->value_minor, sign * done->accepted_milli, &of)) return;
    now->returned_milli -= done->accepted_milli;
    now->value_reversed_minor -= done->value_minor;
    now->share_reversed_minor -= done->share_minor;
    now->ended = false;
    stacking_give_again(r, txn, line_id, p, original_is_sale(line->kind), true, done->share_minor);
}

/* A line that a return went back to, under one of its programs. */
struct given_line {
    struct line_row         *row;
    struct slice             line_id;
    struct line_program     *now;
    const struct program    *program;
    struct transaction_row  *txn;
};
struct given { int64_t accepted_milli, paid_milli, minor, payout_minor; };

/* Negative: takes it back once more. */
static void give(struct rating *r, const struct given_line *l, const struct given *g)
{
    struct line_program *now = l->now;
    const struct incentive_steps *steps = incentives_find(now->incentive);
    now->returned_milli -= g->accepted_milli;
    now->paid_returned_milli -= g->paid_milli;
    now->program_reversed_minor -= g->minor;
    now->payout_reversed_minor -= g->payout_minor;
    now->ended = now->returned_milli == now->accepted_milli;
    if (steps && steps->restore) steps->restore(r, now, -g->minor, -g->paid_milli, CAUSE_UNSPECIFIED);
    caps_restore(r, now, -g->minor, -g->paid_milli);
    year_to_date_restore(r, now, -g->payout_minor);
    stacking_give_again(r, l->txn, l->line_id, l->program, false, false, g->minor);
    for (unsigned i = 0; i < l->txn->lines_count; i++)
        if (slice_equal(l->txn->lines[i].line_id, l->line_id)
            && slice_equal(l->txn->lines[i].program_id, now->program_id))
            l->txn->lines[i].returned_milli -= g->accepted_milli;
}

static int64_t not_below_zero(int64_t from, int64_t less)
{
    return less < from ? from - less : 0;
}

static int64_t share_of(struct rating *r, const struct program *p, int64_t sum_minor, int64_t part, int64_t whole)
{
    struct returned_share s = { .sum_minor = sum_minor, .units_milli = whole, .returning_milli = part,
                                .step_minor = 1, .exponent = currency_exponent(p->currency) };
    return reversal_entry_share(r, p, &s);
}

/* What finds room under every limit. */
static struct given what_fits(struct rating *r, const struct program *p, const struct given *g, const struct excess *e)
{
    struct given fits = { .accepted_milli = not_below_zero(g->accepted_milli, e->accepted_milli) };
    fits.paid_milli = g->paid_milli < fits.accepted_milli ? g->paid_milli : fits.accepted_milli;
    if (fits.paid_milli > not_below_zero(g->paid_milli, e->paid_milli)) {
        fits.accepted_milli -= fits.paid_milli - not_below_zero(g->paid_milli, e->paid_milli);
        fits.paid_milli = not_below_zero(g->paid_milli, e->paid_milli);
    }
    int64_t room = not_below_zero(g->minor, e->minor);
    fits.minor = g->paid_milli ? share_of(r, p, g->minor, fits.paid_milli, g->paid_milli) : g->minor;
    if (fits.minor > room) fits.minor = room;
    fits.payout_minor = g->minor ? share_of(r, p, g->payout_minor, fits.minor, g->minor) : 0;
    return fits;
}

/* The limit that leaves least room names itself. */
static struct excess excess_of(struct rating *r, struct award *a, const struct given_line *l, const struct given *g,
                               int64_t held_milli)
{
    const struct incentive_steps *steps = incentives_find(l->now->incentive);
    struct excess sum = { 0 }, each[] = { transactions_passed(l->txn, l->program->id, held_milli),
                                          caps_passed(r, a, l->now), { 0 } };
    int64_t least = INT64_MAX;
    if (steps && steps->passed) each[2] = steps->passed(r, l->program, l->row, l->now);
    for (unsigned i = 0; i < sizeof each / sizeof each[0]; i++) {
        enum reason_code by = sum.by;
        struct given fits = what_fits(r, l->program, g, &each[i]);
        award_add_excess(&sum, each[i]);
        sum.by = each[i].by != REASON_NONE && fits.minor < least ? each[i].by : by;
        if (each[i].by != REASON_NONE && fits.minor < least) least = fits.minor;
    }
    return sum;
}

static void explain(struct rating *r, struct award *a, enum reason_code by, const struct given *g,
                    const struct given *fits)
{
    struct reason *given = award_give(r, a, by);
    reason_argument(given, SLICE("refused"), award_qty_text(r, g->paid_milli - fits->paid_milli));
    reason_argument(given, SLICE("qty"), award_qty_text(r, g->paid_milli));
}

/* Answers the units that are claimed again. */
static int64_t give_again_paid(struct rating *r, struct line_row *line, struct line_program *now,
                               const struct line_program *done)
{
    struct given_line l = { line, done->of_line, now, reversal_entry_program(r, now), original_transaction(r, line) };
    struct given g = { done->accepted_milli, done->paid_milli, -done->program_minor, -done->payout_minor };
    if (!l.program || !award_has_room(r, AWARDS_OF_A_CHANGE) || is_shut_out(r, l.txn, l.program, now)) return 0;
    struct award *a = reversal_entry_begin(r, l.program, now);
    give(r, &l, &g);
    struct excess e = excess_of(r, a, &l, &g, done->held_milli);
    if (e.by != REASON_NONE) {
        if (hold_passed(r, e.by)) return 0;
        struct given fits = what_fits(r, l.program, &g, &e);
        give(r, &l, &(struct given){ fits.accepted_milli - g.accepted_milli, fits.paid_milli - g.paid_milli,
                                     fits.minor - g.minor, fits.payout_minor - g.payout_minor });
        explain(r, a, e.by, &g, &fits);
        g = fits;
    }
    reversal_entry_note_again(r, a, a->minor_unit, -g.minor);
    if (!exchange_is_identity(&a->to_payout)) reversal_entry_note_again(r, a, SLICE("payout"), -g.payout_minor);
    struct taken_back given = { 0, -g.paid_milli, -g.minor, -g.payout_minor };
    reversal_entry_post(r, a, line, now, &given, CAUSE_UNSPECIFIED)->reverses_payout_id = done->payout_id;
    return g.accepted_milli;
}

static struct line_program *find_program(struct line_row *line, const struct line_program *done)
{
    for (unsigned i = 0; i < line->programs_count; i++)
        if (line->programs[i].version == done->version && slice_equal(line->programs[i].program_id, done->program_id))
            return &line->programs[i];
    return NULL;
}

static void undo_program_of_return(struct rating *r, const struct line_row *undone, const struct line_program *done)
{
    struct line_row *line = original_to_change(r, done->of_line);
    struct line_program *now = find_program(line, done);
    if (!now || now->reversed || line->ended) return;
    if (done->volume) {
        give_again_volume(r, undone, line, done->of_line, now, done);
        return;
    }
    int64_t again = give_again_paid(r, line, now, done);
    if (!original_is_sale(line->kind)) line->returned_milli -= again;
}

static void undo_goods_of_return(struct rating *r, struct line_row *line, struct slice line_id, int64_t qty_milli)
{
    struct transaction_row *txn = original_transaction(r, line);
    struct moves moves = { txn->moves, txn->moves_count };
    struct transaction_line *on_txn = transactions_find(txn, line_id);
    if (original_is_sale(line->kind)) {
        line->returned_milli -= qty_milli;
        if (on_txn) on_txn->returned_milli -= qty_milli;
        if (line->kind == KIND_POS_SALE) sales_reduce(r, line, line_id, -qty_milli);
    }
    if (line->direct_ship || line->summary || !line->ship_date) return;
    lots_consume(r, original_pool(line), line->ship_date, qty_milli, true, &moves);
    txn->moves = moves.items;
    txn->moves_count = moves.count;
}

/* All that a vendor credit took of an invoice may be credited once more. */
static void undo_credit(struct rating *r, struct line_row *line, struct slice line_id, int64_t qty_milli)
{
    struct transaction_line *on_txn = transactions_find(original_transaction(r, line), line_id);
    line->returned_milli -= qty_milli;
    if (on_txn) on_txn->returned_milli -= qty_milli;
}

/* What the return of claims brought back goes again with them, as far as no sale of T moved it meanwhile. */
static void undo_goods_of_claims(struct rating *r, const struct line_row *undone)
{
    int64_t left = undone->moved_milli;
    for (unsigned i = 0; i < undone->pieces_count && left > 0; i++) {
        const struct return_piece *piece = &undone->pieces[i];
        struct line_row *claim = original_to_change(r, piece->line_id);
        int64_t most = left < piece->qty_milli ? left : piece->qty_milli;
        left -= most;
        if (!claim->ended)
            transactions_claim_again(r, original_transaction(r, claim), original_pool(claim), piece->line_id, most);
    }
}

/* A line that was cancelled or replaced meanwhile is not sold again: what its cancel left to the return stays taken
 * back. */
static void undo_return(struct rating *r, const struct line_row *original)
{
    bool stands = false;
    for (unsigned i = 0; i < original->pieces_count; i++) {
        struct line_row *line = original_to_change(r, original->pieces[i].line_id);
        original_adopt(r, line);
        if (line->ended) continue;
        stands = true;
        if (original->kind == KIND_POS_RETURN)
            undo_goods_of_return(r, line, original->pieces[i].line_id, original->pieces[i].qty_milli);
        else if (original->kind == KIND_SELL_IN)
            undo_credit(r, line, original->pieces[i].line_id, original->pieces[i].qty_milli);
    }
    for (unsigned i = 0; i < original->programs_count; i++) undo_program_of_return(r, original, &original->programs[i]);
    if (original->kind == KIND_SHIP_DEBIT_CLAIM) undo_goods_of_claims(r, original);
    if (original->kind == KIND_SELL_IN && stands) stock_undo(r, original);
}

/* Ends everything live of a line; what a CANCEL does to it. */
static void end_line(struct rating *r, struct slice line_id)
{
    struct line_row *line = original_to_change(r, line_id);
    original_adopt(r, line);
    if (line->pieces_count) {
        undo_return(r, line);
    } else {
        end_claims_of(r, line, line_id);
        end_on_transaction(r, line, line_id);
        if (line->kind == KIND_POS_SALE) sales_reduce(r, line, line_id, line->accepted_milli - line->returned_milli);
        else stock_undo(r, line);
    }
    line->ended = true;
}

/* The line that a CANCEL or REPLACE is about. */

enum target { TARGET_LIVE, TARGET_GONE, TARGET_WAITS, TARGET_WAS_WITHDRAWN, TARGET_NOT_FOUND };

/* A correction needs no part that was known when it came; its line may have come with the product. */
static struct slice sku_by_now(const struct rating *r)
{
    const struct line *l = r->line;
    if (r->class->sku.size) return r->class->sku;
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
        struct slice key = transactions_key(r, sides[k], ref->invoice_no, ref->invoice_line, sku_by_now(r));
        const struct transaction_line *named = transactions_named(transactions_row(r, key), d);
        if (named && !named->ended && original_is_sale(named->kind)) return named->line_id;
        struct slice waiting = pending_on_transaction(r, key);
        if (waiting.size && correctable_kind(d, KIND_POS_SALE)) return waiting;
        if (named && !named->ended) return named->line_id;
        if (named) ended = named->line_id;
    }
    return ended;
}

static bool is_named_by_compliance(const struct dossier *d)
{
    return d->clearance && d->clearance->names_original;
}

/* The line that a correction is about; empty: its invoice is not known. One that came before its line, and that a
 * person releases since that is there, means that. */
static struct slice named_by(struct rating *r, const struct dossier *d)
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
    if (!other.size || !line->successor.size) return other;
    const struct line_row *standing = original_to_read(r, other, &found);
    bool is_there = slice_equal(original_transaction_key(r, standing), original_transaction_key(r, line));
    return is_there ? other : (struct slice){ 0 };
}

/* A REPLACE that was refused replaced nothing: what it was to replace is what the next one replaces (6.3). Where a line
 * was refused because another says the same and lives, that one is what stands on the invoice that is named. */
static const struct line_row *past_refused(struct rating *r, struct slice *line_id, const struct line_row *line,
                                           bool *found)
{
    for (unsigned n = 0; n < SUBMISSION_NO_MAX && *found; n++) {
        struct slice next = line->replaces;
        if (!next.size && is_named_by_compliance(r->dossier)) next = lived_there(r, line);
        if (line->outcome != OUTCOME_REJECT || !next.size) break;
        *line_id = next;
        line = original_to_read(r, *line_id, found);
    }
    return line;
}

/* Reference and operator lines have none, and what a CANCEL took back is said again. */
static bool has_no_cancel(const struct line_row *line)
{
    return kind_is_reference(line->kind) || kind_is_operator(line->kind) || line->kind == KIND_CANCEL;
}

static enum target find_target(struct rating *r, struct slice *line_id)
{
    bool found = false;
    *line_id = r->ends = named_by(r, r->dossier);
    struct slice gone = withdrawn_earlier(r);
    if (gone.size && !reaches_past(r)) {
        /* judged once more and refused behind its payout: what was paid is taken back */
        const struct line_row *paid = original_to_read(r, gone, &found);
        *line_id = gone;
        if (!found || !original_stands(paid)) return TARGET_WAS_WITHDRAWN;
    }
    if (slice_is_empty(*line_id)) return TARGET_NOT_FOUND;
    const struct line_row *line = original_to_read(r, *line_id, &found);
    if (r->line->kind == KIND_REPLACE || is_named_by_compliance(r->dossier))
        line = past_refused(r, line_id, line, &found);
    if (found && has_no_cancel(line)) return TARGET_NOT_FOUND;
    if (found) return original_stands(line) ? TARGET_LIVE : TARGET_GONE;
    return original_waits(r, *line_id) ? TARGET_WAITS : TARGET_NOT_FOUND;
}

static void give_unknown(struct rating *r)
{
    if (award_is_released(r, REASON_TARGET_UNKNOWN)) return;
    struct slice original = r->line->original_line_ref.size ? r->line->original_line_ref : r->line->original_invoice_no;
    reason_argument(verdict_give(r->v, REASON_TARGET_UNKNOWN), SLICE("original"), original);
}

static struct slice transaction_meant(struct rating *r, const struct line *correction)
{
    const struct original_ref ref = line_original_ref(correction);
    char side = correction->replaces_kind == KIND_SELL_IN ? 'I' : 'S';
    return transactions_key(r, side, ref.invoice_no, ref.invoice_line, sku_by_now(r));
}

/* A person lets a correction pass that finds nothing: in the place of its line, should that come yet. */
static void expect_late(struct rating *r, const struct line *correction)
{
    if (award_is_released(r, REASON_TARGET_UNKNOWN)) late_original_expect(r, r->ends, transaction_meant(r, correction));
}

/* Somebody stands in the place of the line already: who lets another one pass hears so. */
static void refuse_beside(struct rating *r, struct slice standing)
{
    give_unknown(r);
    if (!award_is_released(r, REASON_TARGET_UNKNOWN)) return;
    r->row.original = standing;
    reason_argument(verdict_give(r->v, REASON_DUPLICATE), SLICE("other"), standing);
}

/* Nothing can let a CANCEL of a part pass: who releases it hears so, as does who sent it, and sends a return. */
static void refuse_part(struct rating *r)
{
    give_unknown(r);
    if (!award_is_released(r, REASON_TARGET_UNKNOWN)) return;
    struct reason *given = verdict_give(r->v, REASON_FIELD_INVALID);
    reason_argument(given, SLICE("field"), SLICE("qty"));
    reason_argument(given, SLICE("value"), award_qty_text(r, r->line->qty_milli));
}

/* Quantity of a CANCEL in base units; 0: all of it, also where compliance found so: the K of its original is free. */
static int64_t cancelled_milli(const struct rating *r, struct slice sku)
{
    if (r->dossier->clearance && r->dossier->clearance->takes_whole) return 0;
    return uom_corrected_qty(r->in->catalogue, r->line, r->base_milli, sku);
}

static void cancel_waiting(struct rating *r, struct slice line_id)
{
    bool found;
    const struct waiting_line *w = books_read(r->books, STAGE_TABLE_WAITING, line_id, &found);
    const struct dossier *d = w->dossier;
    int64_t whole = d && d->classification ? d->classification->base_qty_milli : 0;
    int64_t cancelled = whole ? cancelled_milli(r, d->classification->sku) : 0;
    if (cancelled && cancelled != -whole) original_park_behind(r, line_id);
    else r->v->withdraws = line_id;
}

void cancel_line(struct rating *r)
{
    struct slice line_id;
    bool found;
    switch (find_target(r, &line_id)) {
    case TARGET_WAS_WITHDRAWN:
    case TARGET_GONE:
        return;
    case TARGET_WAITS:
        cancel_waiting(r, line_id);
        return;
    case TARGET_NOT_FOUND:
        give_unknown(r);
        expect_late(r, r->line);
        return;
    case TARGET_LIVE:
        break;
    }
    const struct line_row *line = original_to_read(r, line_id, &found);
    int64_t cancelled = cancelled_milli(r, line->sku);
    if (cancelled && cancelled != -line->accepted_milli) {
        refuse_part(r);
        return;
    }
    r->row.original = line_id;
    end_line(r, line_id);
}

static void take_over(struct rating *r, struct slice line_id)
{
    bool found;
    const struct line_row *line = original_to_read(r, line_id, &found);
    r->claim_received = line->received_date ? line->received_date : r->claim_received;
    if (r->line->replaces_kind == KIND_UNSPECIFIED) r->kind = line->kind;
}

static void take_over_waiting(struct rating *r, struct slice line_id)
{
    bool found;
    const struct waiting_line *w = books_read(r->books, STAGE_TABLE_WAITING, line_id, &found);
    r->v->withdraws = line_id;
    if (!w->dossier || !w->dossier->receipt) return;
    r->claim_received = dossier_received_date(w->dossier);
    if (r->line->replaces_kind == KIND_UNSPECIFIED && w->dossier->line) r->kind = w->dossier->line->kind;
}

static bool may_replace(enum kind kind)
{
    return kind == KIND_POS_SALE || kind == KIND_SHIP_DEBIT_CLAIM || kind == KIND_SPIFF_CLAIM || kind == KIND_DEAL_CLAIM
        || kind == KIND_MDF_CLAIM || kind == KIND_SELL_IN;
}

/* What the cancel remembers of itself must not stand in the row of the new content. */
static void forget_cancel(struct rating *r)
{
    for (unsigned i = 0; i < r->posting_count; i++) r->postings[i].done_no = 0;
    r->row.programs = NULL;
    r->row.programs_count = 0;
    r->row.role = r->class->role;
}

/* The row of who ends without having been rated here, so that a second replacement finds the first. */
static struct line_row *row_of_withdrawn(struct rating *r, struct slice line_id)
{
    struct line_row *row = original_to_change(r, line_id);
    if (row->outcome != OUTCOME_UNSPECIFIED) return row;
    row->kind = r->kind;
    row->outcome = OUTCOME_REJECT;
    *ROWS_APPEND(r->arena, row, reasons, kept_reason) =
        (struct kept_reason){ .code = REASON_WITHDRAWN, .outcome = OUTCOME_REJECT };
    return row;
}

/* The REPLACE that waited is no more: this one has its place. */
static void withdraw_first(struct rating *r, struct slice line_id)
{
    r->v->withdraws = line_id;
    row_of_withdrawn(r, line_id)->successor = r->receipt->line_id;
}

static bool waits_for_unknown(const struct dossier *d)
{
    const struct judgement *j = d->payout ? &d->payout->judgement : NULL;
    for (unsigned i = 0; j && i < j->reason_count; i++)
        if (j->reasons[i].code == REASON_TARGET_UNKNOWN) return true;
    return false;
}

/* A REPLACE that waits has replaced nothing either: it is withdrawn, and what it was to replace is replaced. While that
 * waits, too, so does this line, behind it; where nobody knows it, this line is looked at in the place of that. */
static enum target reach_through(struct rating *r, struct slice *line_id, const struct line **meant)
{
    bool found;
    const struct waiting_line *w = books_read(r->books, STAGE_TABLE_WAITING, *line_id, &found);
    if (!w->dossier || !w->dossier->line || w->dossier->line->kind != KIND_REPLACE) return TARGET_WAITS;
    struct slice next = named_by(r, w->dossier);
    if (next.size && original_await(r, next)) return TARGET_WAITS;
    const struct line_row *line = next.size ? original_to_read(r, next, &found) : NULL;
    if (line) line = past_refused(r, &next, line, &found);
    if (!line || !found) {
        if (!waits_for_unknown(w->dossier)) return TARGET_WAITS;
        r->ends = next;
        *meant = w->dossier->line;
        return TARGET_NOT_FOUND;
    }
    if (has_no_cancel(line)) return TARGET_NOT_FOUND;
    withdraw_first(r, *line_id);
    *line_id = next;
    return original_stands(line) ? TARGET_LIVE : TARGET_GONE;
}

/* Who replaced it, one after the other, and still stands: beside that one the transaction would be paid again. */
static struct slice replaced_by(struct rating *r, enum target target, struct slice line_id, const struct line *meant)
{
    if (target == TARGET_NOT_FOUND) return late_original_replaced_by(r, r->ends, transaction_meant(r, meant));
    bool is_gone = target == TARGET_GONE || target == TARGET_WAS_WITHDRAWN;
    return is_gone ? original_standing_for(r, line_id) : (struct slice){ 0 };
}

/* What the new content takes the place of. */
static void succeed(struct rating *r, enum target target, struct slice line_id)
{
    bool was_rated = target == TARGET_LIVE || target == TARGET_GONE;
    if (target == TARGET_LIVE) end_line(r, line_id);
    struct line_row *row = was_rated ? original_to_change(r, line_id) : row_of_withdrawn(r, line_id);
    row->successor = r->receipt->line_id;
}

void cancel_note_target(struct rating *r)
{
    bool ends_another = r->line->kind == KIND_CANCEL || r->line->kind == KIND_REPLACE;
    if (ends_another) r->ends = named_by(r, r->dossier);
    if (r->line->kind == KIND_REPLACE) r->row.replaces = r->ends;
}

bool cancel_for_replacement(struct rating *r)
{
    struct slice line_id;
    const struct line *meant = r->line;
    enum target target = find_target(r, &line_id);
    if (target == TARGET_WAITS) target = reach_through(r, &line_id, &meant);
    if (verdict_has(r->v, REASON_WAITING_FOR_TARGET)) return false;
    bool is_unknown = target == TARGET_NOT_FOUND;
    struct slice standing = replaced_by(r, target, line_id, meant);
    if (standing.size) {
        refuse_beside(r, standing);
        return false;
    }
    if (is_unknown && award_is_released(r, REASON_TARGET_UNKNOWN) && may_replace(r->line->replaces_kind)) {
        expect_late(r, meant);
        if (meant != r->line) withdraw_first(r, line_id);
        r->kind = r->line->replaces_kind;                   /* released, it stands for itself */
        return true;
    }
    if (is_unknown) {
        give_unknown(r);
        return false;
    }
    if (target != TARGET_WAS_WITHDRAWN) r->row.replaces = line_id;
    r->kind = r->line->replaces_kind;
    if (target == TARGET_LIVE || target == TARGET_GONE) take_over(r, line_id);
    if (target == TARGET_WAITS) take_over_waiting(r, line_id);
    const struct clearance *c = r->dossier->clearance;
    if (target == TARGET_WAS_WITHDRAWN && c && c->original_received_date)
        r->claim_received = c->original_received_date;
    if (!may_replace(r->kind)) {
        give_unknown(r);
        return false;
    }
    r->row.original = line_id;
    succeed(r, target, line_id);
    forget_cancel(r);
    return !verdict_has(r->v, REASON_DATA_CONFLICT);
}
