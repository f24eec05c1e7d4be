/* domain/rating/undo_return.c: a return is cancelled: its units are sold, claimed and counted again. */
#include "domain/rating/undo_return.h"

#include "domain/currency.h"
#include "domain/rating/caps.h"
#include "domain/rating/incentives.h"
#include "domain/rating/lots.h"
#include "domain/rating/original.h"
#include "domain/rating/reversal_entry.h"
#include "domain/rating/sales.h"
#include "domain/rating/stacking.h"
#include "domain/rating/stock.h"
#include "domain/rating/transactions.h"
#include "domain/rating/volume_correction.h"
#include "domain/rating/year_to_date.h"

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
    struct award *a = volume_correction_of(r, now, done->value_minor, sign * done->accepted_milli,
                                           -done->program_minor, &of);
    if (!a) return;
    caps_charge_again(r, a, now, done);
    struct excess e = caps_passed(r, a, now);
    if (e.by != REASON_NONE && hold_passed(r, e.by)) return;
    year_to_date_correct(r, p, now, a->payout_minor);
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

/* Negative: takes it back again. */
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

void undo_return_program(struct rating *r, const struct line_row *undone, const struct line_program *done)
{
    struct line_row *line = original_to_change(r, done->of_line);
    struct line_program *now = find_program(line, done);
    if (!now || now->reversed || done->reversed || line->ended) return;
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
    original_sold_direct(r, line, qty_milli);
    if (line->direct_ship || line->summary || !line->ship_date) return;
    lots_consume(r, original_pool(line), line->ship_date, qty_milli, true, &moves);
    txn->moves = moves.items;
    txn->moves_count = moves.count;
}

/* All that a vendor credit took of an invoice may be credited again. */
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
void undo_return(struct rating *r, const struct line_row *original)
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
    for (unsigned i = 0; i < original->programs_count; i++) undo_return_program(r, original, &original->programs[i]);
    if (original->kind == KIND_SHIP_DEBIT_CLAIM) undo_goods_of_claims(r, original);
    if (original->kind == KIND_SELL_IN && stands) stock_undo(r, original);
}
