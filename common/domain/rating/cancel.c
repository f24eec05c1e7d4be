/* domain/rating/cancel.c: a line ends, whatever it was, and what a CANCEL or REPLACE of it answers. */
#include "domain/rating/cancel.h"

#include "domain/rating/adjustments.h"
#include "domain/rating/correction_target.h"
#include "domain/rating/late_original.h"
#include "domain/rating/original.h"
#include "domain/rating/sales.h"
#include "domain/rating/stock.h"
#include "domain/rating/transactions.h"
#include "domain/rating/undo_return.h"
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

void cancel_note_claims_left(struct rating *r, struct payout_section *section)
{
    if (!r->sale_taken_back.size) return;
    const struct transaction_row *txn = transactions_row(r, r->sale_taken_back);
    struct slice *left = ARENA_ARRAY(r->arena, RATING_CLAIMS_LEFT_MAX, struct slice);
    int64_t sold = 0;
    if (!transactions_sold(txn, &sold)) sold = 0;
    for (unsigned i = 0; i < txn->lines_count && section->claims_left.count < RATING_CLAIMS_LEFT_MAX; i++) {
        const struct transaction_line *l = &txn->lines[i];
        bool is_claim = !l->ended && kind_is_claim(l->kind) && l->accepted_milli > l->returned_milli;
        if (is_claim && transactions_held(txn, l->program_id) > sold) left[section->claims_left.count++] = l->line_id;
    }
    section->claims_left.items = left;
}

static void end_sale(struct rating *r, const struct line_row *line, struct slice line_id)
{
    int64_t live = line->accepted_milli - line->returned_milli;
    r->sale_taken_back = original_transaction_key(r, line);
    sales_reduce(r, line, line_id, live);
    original_sold_direct(r, line, -live);
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
        if (line->kind == KIND_POS_SALE) end_sale(r, line, line_id);
        else stock_undo(r, line);
    }
    line->ended = true;
}

static struct reason *give_unknown(struct rating *r)
{
    if (award_is_released(r, REASON_TARGET_UNKNOWN)) return NULL;
    struct slice original = r->line->original_line_ref.size ? r->line->original_line_ref : r->line->original_invoice_no;
    struct reason *given = verdict_give(r->v, REASON_TARGET_UNKNOWN);
    reason_argument(given, SLICE("original"), original);
    return given;
}

static struct slice transaction_meant(struct rating *r, const struct line *correction)
{
    const struct original_ref ref = line_original_ref(correction);
    char side = correction->replaces_kind == KIND_SELL_IN ? 'I' : 'S';
    return transactions_key(r, side, ref.invoice_no, ref.invoice_line, target_sku_by_now(r));
}

/* A person lets a correction pass that finds nothing: in the place of its line, should that come yet. */
static void expect_late(struct rating *r, const struct line *correction)
{
    if (award_is_released(r, REASON_TARGET_UNKNOWN)) late_original_expect(r, r->ends, transaction_meant(r, correction));
}

/* Somebody stands in the place of the line already: who lets another one pass hears so. */
static void refuse_beside(struct rating *r, struct slice standing)
{
    struct reason *unknown = give_unknown(r);
    if (unknown) {
        reason_argument(unknown, SLICE("standing"), standing);
        return;
    }
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

static bool waits_for_unknown(const struct dossier *d)
{
    const struct judgement *j = d->payout ? &d->payout->judgement : NULL;
    for (unsigned i = 0; j && i < j->reason_count; i++)
        if (j->reasons[i].code == REASON_TARGET_UNKNOWN) return true;
    return false;
}

static void withdraw_too(struct rating *r, struct slice line_id)
{
    if (r->v->repeat_count < VERDICT_REPEATS_MAX) r->v->repeats[r->v->repeat_count++] = line_id;
}

/* What a REPLACE that waits was to replace, or what stands in its place; empty: it is no REPLACE, or none stands. */
static struct slice standing_for_target(struct rating *r, const struct dossier *waiting)
{
    if (!waiting || !waiting->line || waiting->line->kind != KIND_REPLACE) return (struct slice){ 0 };
    struct slice line_id = target_named_by(r, waiting);
    if (line_id.size) target_past_refused(r, KIND_REPLACE, &line_id);
    return original_standing_for(r, line_id);
}

/* By invoice a CANCEL means what is in force there: of a REPLACE that waits what that was to replace, or what stands in
 * its place, too, and so on while that waits. Empty: nothing that was rated stands. */
static struct slice in_force_beside(struct rating *r, struct slice waiting_id)
{
    bool found;
    if (line_original_ref(r->line).line_ref.size || !r->v->withdraws.size) return (struct slice){ 0 };
    for (unsigned n = 0; n < SUBMISSION_NO_MAX; n++) {
        const struct waiting_line *w = books_read(r->books, STAGE_TABLE_WAITING, waiting_id, &found);
        struct slice standing = standing_for_target(r, w->dossier);
        if (!standing.size || !original_waits(r, standing)) return standing;
        withdraw_too(r, standing);
        waiting_id = standing;
    }
    return (struct slice){ 0 };
}

void cancel_line(struct rating *r)
{
    struct slice line_id;
    bool found;
    switch (target_find(r, &line_id)) {
    case TARGET_WAS_WITHDRAWN:
    case TARGET_GONE:
        return;
    case TARGET_WAITS:
        cancel_waiting(r, line_id);
        line_id = in_force_beside(r, line_id);
        if (!line_id.size) return;
        break;
    case TARGET_NOT_FOUND:
        give_unknown(r);
        expect_late(r, r->line);
        return;
    case TARGET_LIVE:
        break;
    }
    const struct line_row *line = original_to_read(r, line_id, &found);
    if (target_has_no_cancel(line)) return;
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

/* A REPLACE that waits has replaced nothing either: it is withdrawn, and what it was to replace is replaced. While that
 * waits, too, so does this line, behind it; where nobody knows it, this line is looked at in the place of that. */
static enum target reach_through(struct rating *r, struct slice *line_id, const struct line **meant)
{
    bool found;
    const struct waiting_line *w = books_read(r->books, STAGE_TABLE_WAITING, *line_id, &found);
    if (!w->dossier || !w->dossier->line || w->dossier->line->kind != KIND_REPLACE) return TARGET_WAITS;
    struct slice next = target_named_by(r, w->dossier);
    if (next.size && original_await(r, next)) return TARGET_WAITS;
    if (next.size) target_past_refused(r, KIND_REPLACE, &next);
    const struct line_row *line = next.size ? original_to_read(r, next, &found) : NULL;
    if (!line || !found) {
        if (!waits_for_unknown(w->dossier)) return TARGET_WAITS;
        r->ends = next;
        *meant = w->dossier->line;
        return TARGET_NOT_FOUND;
    }
    if (target_has_no_cancel(line)) return TARGET_NOT_FOUND;
    withdraw_first(r, *line_id);
    *line_id = next;
    return original_stands(line) ? TARGET_LIVE : TARGET_GONE;
}

/* Who replaced it, one after the other, and still stands: beside that one the transaction would be paid again. */
static struct slice replaced_by(struct rating *r, enum target target, struct slice line_id, const struct line *meant)
{
    if (target == TARGET_NOT_FOUND) return late_original_replaced_by(r, r->ends, transaction_meant(r, meant));
    if (target != TARGET_GONE && target != TARGET_WAS_WITHDRAWN) return (struct slice){ 0 };
    struct slice standing = original_standing_for(r, line_id);
    if (standing.size || r->line->original_line_ref.size) return standing;
    bool found;         /* by invoice: a repetition stands for nobody, and what it repeats has another invoice now */
    return original_standing_for(r, original_lived_beside(original_to_read(r, line_id, &found)));
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
    if (ends_another) r->ends = target_named_by(r, r->dossier);
    if (r->line->kind == KIND_REPLACE) r->row.replaces = r->ends;
}

bool cancel_for_replacement(struct rating *r)
{
    struct slice line_id;
    const struct line *meant = r->line;
    enum target target = target_find(r, &line_id);
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
