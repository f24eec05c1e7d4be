/* domain/rating/stock.c: goods that come, go, move and are counted. */
#include "domain/rating/stock.h"

#include "base/assert.h"
#include "domain/currency.h"
#include "domain/rating/original.h"
#include "domain/rating/price_protection.h"
#include "domain/rating/purchases.h"
#include "domain/rating/sales.h"
#include "domain/rating/transactions.h"

int32_t stock_date(const struct rating *r)
{
    const struct line *l = r->line;
    switch (r->kind) {
    case KIND_SELL_IN:
        if (l->receipt_date) return l->receipt_date;
        return l->ship_date ? l->ship_date : l->invoice_date;
    case KIND_INVENTORY: return l->snapshot_date;
    default: return l->ship_date ? l->ship_date : r->in->received_date;
    }
}

/* A pool too full, a month with too many currencies, a transaction with too many lines: a person looks. */
static void give_full(struct rating *r, struct slice what)
{
    reason_argument(verdict_give(r->v, REASON_DATA_CONFLICT), SLICE("what"), what);
}

static struct lot lot_of_price(const struct rating *r, int64_t price_micros)
{
    struct rational cost = { (__int128)price_micros * r->uom_den, r->uom_num };
    cost = rational_reduce(cost);
    return (struct lot){ .line_id = r->receipt->line_id,
                         .receipt_date = stock_date(r),
                         .ship_date = r->line->ship_date,
                         .qty_milli = r->accepted_milli,
                         .cost_micros = (int64_t)cost.num,
                         .cost_den = (uint32_t)cost.den,
                         .currency = r->line->currency };
}

static void receive(struct rating *r, struct lot lot)
{
    r->row.lot_no = lots_receive(r, lots_pool(r), lot);
    if (r->row.lot_no == 0) give_full(r, SLICE("lots"));
}

/* A vendor credit without original: its own price and date, goods out in FIFO order. */
static void send_back(struct rating *r)
{
    struct moves moves = { 0 };
    lots_consume_lot(r, lots_pool(r), 0, stock_date(r), -r->accepted_milli, &moves);
    r->row.moves = moves.items;
    r->row.moves_count = moves.count;
    r->row.moved_milli = -r->accepted_milli;
}

static void apply_sell_in(struct rating *r)
{
    const struct line *l = r->line;
    struct rational unit = l->has_unit_price_micros ? award_per_base_unit(r, l->unit_price_micros) : RATIONAL_BAD;
    if (!r->is_opened) transactions_open(r);
    if (!transactions_add(r, KIND_SELL_IN, (struct slice){ 0 }, r->accepted_milli, unit))
        give_full(r, SLICE("transaction"));
    if (l->has_unit_price_micros) {
        struct rational value = rational_mul(unit, rational_of_milli(r->accepted_milli));
        r->row.purchase_minor = purchases_round(r, value, l->currency);
        purchases_add(r, l->invoice_date, l->currency, r->row.purchase_minor);
    }
    if (r->accepted_milli > 0 && l->has_unit_price_micros) receive(r, lot_of_price(r, l->unit_price_micros));
    else if (r->accepted_milli < 0) send_back(r);
}

static void wake_claims(struct rating *r)
{
    if (!r->txn->awaited) return;
    r->txn->awaited = false;
    if (r->v->wake_count < VERDICT_WAKES_MAX) r->v->wakes[r->v->wake_count++] = transactions_pos_datum(r);
}

/* The sale on its T: goods, and claims that wait for it. False: T is full. */
static bool sell(struct rating *r)
{
    const struct line *l = r->line;
    struct rational unit = l->has_resale_unit_micros ? award_per_base_unit(r, l->resale_unit_micros) : RATIONAL_BAD;
    struct transaction_line *line = transactions_add(r, KIND_POS_SALE, (struct slice){ 0 }, r->accepted_milli, unit);
    if (!line) {
        give_full(r, SLICE("transaction"));
        return false;
    }
    if (!l->direct_ship && l->ship_date) transactions_consume_sale(r, line);
    if (l->direct_ship && l->ship_date) lots_note_direct(r, lots_pool(r), l->ship_date, r->accepted_milli);
    wake_claims(r);
    return true;
}

/* One without invoice detail has no T; a return finds it by its customer as any other. */
static void apply_sale(struct rating *r)
{
    if (!r->is_opened) transactions_open(r);
    if (r->line->summary || sell(r)) sales_add(r);
}

void stock_open(struct rating *r)
{
    const struct line *l = r->line;
    bool moves = r->kind == KIND_SELL_IN || (l->ship_date && !l->direct_ship && !l->summary);
    transactions_open(r);
    if (r->accepted_milli <= 0) return;
    if (moves) lots_open(r, lots_pool(r), stock_date(r));
    if (r->kind == KIND_POS_SALE && l->ship_date) sales_open(r, &r->row);
}

void stock_apply(struct rating *r)
{
    ASSERT(r->kind == KIND_POS_SALE || r->kind == KIND_SELL_IN);
    if (r->kind == KIND_POS_SALE) apply_sale(r);
    else apply_sell_in(r);
}

/* Transfers. */

static struct slice transfer_key(struct rating *r)
{
    return RATING_KEY(r, r->line->order_no, r->class->sku);
}

static struct slice transfer_datum(struct rating *r)
{
    return SLICE_JOIN(r->arena, SLICE(WAIT_REFERENCE "transfer/"), r->root, SLICE("/"), r->line->order_no, SLICE("/"),
                      r->class->sku);
}

/* A lot takes its cost with it and its credits, which may end yet. */
static void take_cost(struct rating *r, struct pool pool, struct travelling *out)
{
    const struct lot *lot = out->lot_no ? lots_find(lots_row_of(r, pool), out->lot_no) : NULL;
    if (!lot || !lot->credits_count) return;
    out->cost_micros = lot->cost_micros;
    out->credits = ARENA_ARRAY(r->arena, lot->credits_count, struct lot_credit);
    out->credits_count = lot->credits_count;
    memcpy(out->credits, lot->credits, lot->credits_count * sizeof *lot->credits);
}

/* Where units came from that are on their way again: of what had arrived as that lot, which they leave. */
static struct travelling set_out(struct rating *r, struct transfer_row *row, struct pool pool, struct move m)
{
    struct travelling out = {
        .location_id = pool.location_id, .qty_milli = m.qty_milli, .lot_no = m.lot_no, .seq = m.seq,
        .receipt_date = m.receipt_date, .cost_micros = m.cost_micros, .cost_den = m.cost_den, .currency = m.currency,
        .date = m.date, .adjusted = m.adjusted,
    };
    take_cost(r, pool, &out);
    for (unsigned i = row->arrivals_count; i-- > 0;) {
        struct arrival *a = &row->arrivals[i];
        if (a->lot_no != m.lot_no || !slice_equal(a->location_id, pool.location_id)) continue;
        out.location_id = a->from_location;
        out.lot_no = a->from_no;
        a->qty_milli -= m.qty_milli;
        if (a->qty_milli <= 0) rows_remove(row->arrivals, &row->arrivals_count, sizeof *a, i);
        break;
    }
    return out;
}

/* Units that left a pool are on their way. Below nothing is on its way what arrived of a departure that was cancelled:
 * so many travel no more. */
static void travel(struct rating *r, struct transfer_row *row, struct pool pool, const struct moves *moves,
                   int64_t qty_milli)
{
    int64_t arrived = row->left_milli < 0 ? -row->left_milli : 0;
    row->left_milli += qty_milli;
    for (unsigned i = 0; i < moves->count; i++) {
        struct move m = moves->items[i];
        int64_t passed = m.qty_milli < arrived ? m.qty_milli : arrived;
        arrived -= passed;
        m.qty_milli -= passed;
        if (m.qty_milli == 0) continue;
        if (row->moves_count == travelling_LIST_MAX) {
            give_full(r, SLICE("transfer"));
            return;
        }
        *ROWS_APPEND(r->arena, row, moves, travelling) = set_out(r, row, pool, m);
    }
}

void stock_transfer_out(struct rating *r)
{
    struct transfer_row *row = books_change(r->books, PAYOUT_TRANSFERS, transfer_key(r));
    struct moves moves = { 0 };
    if (r->accepted_milli <= 0) return;
    lots_consume(r, lots_pool(r), stock_date(r), r->accepted_milli, false, &moves);
    r->row.moves = moves.items;
    r->row.moves_count = moves.count;
    r->row.moved_milli = lots_moved(&moves);
    lots_move_away(r, lots_pool(r), &moves, r->row.moved_milli, r->line->order_no);
    travel(r, row, lots_pool(r), &moves, r->accepted_milli);
    r->v->wakes[r->v->wake_count++] = transfer_datum(r);
}

/* Its claim may have been taken back while the goods were on their way. */
static bool is_in_force(struct rating *r, const struct lot_credit *credit)
{
    bool found;
    const struct entry_row *entry = books_read(r->books, PAYOUT_ENTRIES, RATING_KEY(r, credit->payout_id), &found);
    const struct line_row *claim = found ? original_to_read(r, entry->line_id, &found) : NULL;
    for (unsigned i = 0; claim && i < claim->programs_count; i++)
        if (slice_equal(claim->programs[i].payout_id, credit->payout_id)) return !claim->programs[i].ended;
    return true;
}

/* A list of its own: units that arrive apart are credited apart. */
static void give_credits(struct rating *r, struct lot *lot, const struct travelling *m)
{
    if (!m->credits_count) return;
    lot->credits = ARENA_ARRAY(r->arena, m->credits_count, struct lot_credit);
    for (unsigned i = 0; i < m->credits_count; i++)
        if (is_in_force(r, &m->credits[i])) lot->credits[lot->credits_count++] = m->credits[i];
}

/* Moves the first units of the transfer into the pool of the arriving location, with cost and date. */
static void arrive(struct rating *r, struct transfer_row *row, int64_t qty_milli)
{
    while (qty_milli > 0 && row->moves_count) {
        struct travelling *m = &row->moves[0];
        int64_t take = m->qty_milli < qty_milli ? m->qty_milli : qty_milli;
        struct lot lot = { .line_id = r->receipt->line_id, .receipt_date = m->receipt_date, .qty_milli = take,
                           .cost_micros = m->cost_micros, .cost_den = m->cost_den, .currency = m->currency,
                           .adjusted = m->adjusted };
        give_credits(r, &lot, m);
        r->row.lot_no = lots_arrive(r, lots_pool(r), lot, stock_date(r));
        if (r->row.lot_no == 0 || row->arrivals_count == arrival_LIST_MAX) give_full(r, SLICE("lots"));
        else
            *ROWS_APPEND(r->arena, row, arrivals, arrival) =
                (struct arrival){ m->location_id, m->lot_no, lots_pool(r).location_id, r->row.lot_no, take };
        m->qty_milli -= take;
        qty_milli -= take;
        r->row.moved_milli += take;
        if (m->qty_milli == 0) rows_remove(row->moves, &row->moves_count, sizeof *m, 0);
    }
    if (qty_milli > 0) lots_add_uncovered(r, lots_pool(r), stock_date(r), qty_milli);
}

void stock_transfer_in(struct rating *r)
{
    const struct transfer_row *known = books_read(r->books, PAYOUT_TRANSFERS, transfer_key(r), NULL);
    if (r->accepted_milli <= 0) return;
    if (known->left_milli < r->accepted_milli) {
        verdict_give(r->v, REASON_REFERENCE_BEHIND);
        verdict_wait(r->v, REASON_REFERENCE_BEHIND, transfer_datum(r));
        return;
    }
    struct transfer_row *row = books_change(r->books, PAYOUT_TRANSFERS, transfer_key(r));
    row->left_milli -= r->accepted_milli;
    arrive(r, row, r->accepted_milli);
}

/* Adjustments and counts. */

static bool book_price(struct rating *r, int32_t date, struct lot *lot)
{
    const struct price_list *list = catalogue_price_list(r->in->catalogue, r->class->price_list_id, r->class->sku);
    if (!list || !price_list_on(list, date, &lot->cost_micros)) return false;
    lot->cost_den = 1;
    lot->currency = list->currency;
    return true;
}

void stock_adjust(struct rating *r)
{
    struct lot lot = { .line_id = r->receipt->line_id, .receipt_date = stock_date(r), .qty_milli = r->accepted_milli,
                       .adjusted = true };
    struct moves moves = { 0 };
    if (r->accepted_milli < 0) {
        lots_consume(r, lots_pool(r), stock_date(r), -r->accepted_milli, false, &moves);
        r->row.moves = moves.items;
        r->row.moves_count = moves.count;
        r->row.moved_milli = -r->accepted_milli;
        return;
    }
    if (r->accepted_milli == 0) return;
    const struct lot *newest = lots_newest(r, lots_pool(r));
    if (newest) {
        lot.cost_micros = lots_cost_on(newest, lot.receipt_date);
        lot.cost_den = newest->cost_den;
        lot.currency = newest->currency;
    } else if (!book_price(r, lot.receipt_date, &lot)) {
        if (award_is_released(r, REASON_COST_BASIS_MISSING)) return;
        verdict_give(r->v, REASON_COST_BASIS_MISSING);
        return;
    }
    receive(r, lot);
}

void stock_inventory(struct rating *r)
{
    price_protection_report(r);
    if (r->line->opening && r->accepted_milli > 0 && r->line->has_unit_price_micros)
        receive(r, lot_of_price(r, r->line->unit_price_micros));
}

/* Undoing. */

static struct pool pool_of(const struct line_row *row)
{
    return (struct pool){ .location_id = row->pool_location, .sku = row->sku };
}

static int32_t date_of(const struct rating *r, const struct line_row *row)
{
    if (row->kind == KIND_SELL_IN && row->invoice_date) return row->ship_date ? row->ship_date : row->invoice_date;
    if (row->ship_date) return row->ship_date;
    return row->received_date ? row->received_date : r->in->received_date;
}

/* The last units that are on their way are no more. */
static void stop_travelling(struct transfer_row *row, int64_t qty_milli)
{
    while (qty_milli > 0 && row->moves_count) {
        struct travelling *last = &row->moves[row->moves_count - 1];
        int64_t take = last->qty_milli < qty_milli ? last->qty_milli : qty_milli;
        last->qty_milli -= take;
        qty_milli -= take;
        if (last->qty_milli == 0) row->moves_count--;
    }
}

/* Its units are where they were, in their own lots; what arrived stays there, too, until that is cancelled. */
static void undo_transfer_out(struct rating *r, const struct line_row *original)
{
    struct transfer_row *row = books_change(r->books, PAYOUT_TRANSFERS,
                                            RATING_KEY(r, original->order_no, original->sku));
    struct moves moves = { ARENA_ARRAY(r->arena, original->moves_count + 1, struct move), original->moves_count };
    int64_t all = original->accepted_milli, travels = row->left_milli < all ? row->left_milli : all;
    if (moves.count) memcpy(moves.items, original->moves, moves.count * sizeof *moves.items);
    lots_move_back(r, pool_of(original), &moves, lots_moved(&moves), original->order_no);
    lots_restore(r, pool_of(original), &moves, all, date_of(r, original));
    stop_travelling(row, travels);
    row->left_milli -= all;
}

/* Units that came with lots: none of an arrival without a lot; all, where a row of before does not say how many. */
static int64_t brought_by(const struct line_row *arrival)
{
    return arrival->moved_milli || !arrival->lot_no ? arrival->moved_milli : arrival->accepted_milli;
}

/* What arrived goes on its way again, unless its departure was cancelled before. */
static void undo_transfer_in(struct rating *r, const struct line_row *original)
{
    struct transfer_row *row = books_change(r->books, PAYOUT_TRANSFERS,
                                            RATING_KEY(r, original->order_no, original->sku));
    struct pool pool = pool_of(original);
    struct moves moves = { 0 };
    int64_t brought = brought_by(original), bare = original->accepted_milli - brought;
    if (brought) lots_consume_lot(r, pool, original->lot_no, date_of(r, original), brought, &moves);
    lots_move_away(r, pool, &moves, lots_moved(&moves), (struct slice){ 0 });
    if (bare) lots_add_uncovered(r, pool, date_of(r, original), -bare);
    travel(r, row, pool, &moves, original->accepted_milli);
}

/* Of a purchase what vendor credits have not taken back. */
static int64_t purchase_left(struct rating *r, const struct line_row *original)
{
    return original->purchase_minor - purchases_part(r, original, original->returned_milli);
}

void stock_undo(struct rating *r, const struct line_row *original)
{
    struct moves moves = { original->moves, original->moves_count };
    if (original->kind == KIND_INVENTORY) price_protection_forget(r, original, r->row.original);
    if (original->kind == KIND_TRANSFER_OUT) undo_transfer_out(r, original);
    else if (original->kind == KIND_TRANSFER_IN) undo_transfer_in(r, original);
    else if (original->moved_milli > 0)
        lots_restore(r, pool_of(original), &moves, original->moved_milli, date_of(r, original));
    else if (original->lot_no)
        lots_withdraw(r, pool_of(original), original->lot_no, date_of(r, original),
                      original->accepted_milli - original->returned_milli);
    if (original->purchase_minor)
        purchases_add(r, original->invoice_date, original->currency, -purchase_left(r, original));
}
