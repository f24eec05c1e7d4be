/* domain/rating/transactions.c: lines, goods and limits of one invoice line. */
#include "domain/rating/transactions.h"

#include "base/assert.h"
#include "domain/correctable.h"

static struct slice key_of(struct rating *r, char side, struct slice invoice_key, struct slice invoice_line,
                           struct slice sku)
{
    return RATING_KEY(r, slice_of(&side, 1), invoice_key, line_invoice_line_key(invoice_line), sku);
}

struct slice transactions_key(struct rating *r, char side, struct slice invoice_no, struct slice invoice_line,
                              struct slice sku)
{
    if (slice_is_empty(invoice_no)) return (struct slice){ 0 };
    return key_of(r, side, line_invoice_key(r->arena, invoice_no), invoice_line, sku);
}

struct transaction_row *transactions_row(struct rating *r, struct slice key)
{
    if (slice_is_empty(key)) return ARENA_NEW(r->arena, struct transaction_row);
    return (struct transaction_row *)(uintptr_t)books_read(r->books, PAYOUT_TRANSACTIONS, key, NULL);
}

void transactions_touch(struct rating *r)
{
    if (!slice_is_empty(r->transaction)) r->txn = books_change(r->books, PAYOUT_TRANSACTIONS, r->transaction);
}

void transactions_open(struct rating *r)
{
    char side = r->kind == KIND_SELL_IN ? 'I' : 'S';
    bool has_invoice = !r->line->summary && r->line->invoice_no.size;
    r->transaction =
        has_invoice ? key_of(r, side, r->invoice_key, r->line->invoice_line, r->class->sku) : (struct slice){ 0 };
    r->txn = transactions_row(r, r->transaction);
}

struct slice transactions_pos_datum(struct rating *r)
{
    return SLICE_JOIN(r->arena, SLICE(WAIT_POS), r->root, SLICE("/"), r->invoice_key, SLICE("/"),
                      line_invoice_line_key(r->line->invoice_line), SLICE("/"), r->class->sku);
}

struct transaction_line *transactions_find(struct transaction_row *txn, struct slice line_id)
{
    for (unsigned i = 0; i < txn->lines_count; i++)
        if (slice_equal(txn->lines[i].line_id, line_id) && txn->lines[i].kind != KIND_REPLACE) return &txn->lines[i];
    return NULL;
}

static bool is_sale(const struct transaction_line *l)
{
    return l->kind == KIND_POS_SALE || l->kind == KIND_SELL_IN;
}

static int64_t live_milli(const struct transaction_line *l)
{
    return l->ended ? 0 : l->accepted_milli - l->returned_milli;
}

bool transactions_sold(const struct transaction_row *txn, int64_t *milli)
{
    *milli = 0;
    for (unsigned i = 0; i < txn->lines_count; i++)
        if (is_sale(&txn->lines[i])) *milli += live_milli(&txn->lines[i]);
    return *milli > 0;
}

/* direct_ship moves nothing; of this line nothing is on file yet. */
static bool is_direct(struct rating *r, const struct transaction_line *l)
{
    if (slice_equal(l->line_id, r->receipt->line_id)) return r->line->direct_ship;
    return ((const struct line_row *)books_read(r->books, PAYOUT_LINES, RATING_KEY(r, l->line_id), NULL))->direct_ship;
}

int64_t transactions_sold_from_stock(struct rating *r, const struct transaction_row *txn)
{
    int64_t milli = 0;
    for (unsigned i = 0; i < txn->lines_count; i++) {
        const struct transaction_line *l = &txn->lines[i];
        if (is_sale(l) && live_milli(l) > 0 && !is_direct(r, l)) milli += live_milli(l);
    }
    return milli;
}

bool transactions_value(struct rating *r, struct award *a, struct rational *value)
{
    bool found = false;
    *value = RATIONAL_ZERO;
    for (unsigned i = 0; i < r->txn->lines_count; i++) {
        const struct transaction_line *l = &r->txn->lines[i];
        if (!is_sale(l) || live_milli(l) <= 0) continue;
        if (l->value_den == 0) return false;            /* a value of which a part is unknown limits nothing */
        struct exchange x = award_exchange(r, a, l->currency);
        struct rational unit = { l->value_num, l->value_den };
        *value = rational_add(*value, rational_mul(rational_mul(unit, rational_of_milli(live_milli(l))), x.rate));
        found = true;
    }
    return found;
}

/* Units of T as invoiced: its live sales, else its first live claim. */
static bool invoiced_milli(const struct transaction_row *txn, int64_t *milli)
{
    if (transactions_sold(txn, milli)) return true;
    for (unsigned i = 0; i < txn->lines_count; i++) {
        const struct transaction_line *l = &txn->lines[i];
        if (is_sale(l) || live_milli(l) <= 0) continue;
        *milli = live_milli(l);
        return true;
    }
    return false;
}

int64_t transactions_held(const struct transaction_row *txn, struct slice program_id)
{
    int64_t sum = 0;
    for (unsigned i = 0; i < txn->lines_count; i++)
        if (slice_equal(txn->lines[i].program_id, program_id)) sum += live_milli(&txn->lines[i]);
    return sum;
}

bool transactions_limit(struct rating *r, struct award *a)
{
    int64_t invoiced;
    if (slice_is_empty(r->transaction) || !invoiced_milli(r->txn, &invoiced)) return true;
    int64_t left = invoiced - transactions_held(r->txn, a->program->id);
    if (a->accepted_milli <= left) return true;
    if (left <= 0) {
        struct reason *given = award_stop(r, a, REASON_DUPLICATE_TRANSACTION);
        reason_argument(given, SLICE("invoice"), r->line->invoice_no);
        reason_argument(given, SLICE("line"), r->line->invoice_line);
        reason_argument(given, SLICE("program"), a->program->id);
        return false;
    }
    struct reason *given = award_give(r, a, REASON_INVOICE_OVERCLAIMED);
    reason_argument(given, SLICE("left"), award_qty_text(r, left));
    award_cut_qty(a, REASON_INVOICE_OVERCLAIMED, a->accepted_milli - left);
    a->accepted_milli = a->qty_milli = left;
    return true;
}

struct excess transactions_passed(const struct transaction_row *txn, struct slice program_id, int64_t before_milli)
{
    int64_t invoiced, held = transactions_held(txn, program_id);
    if (!invoiced_milli(txn, &invoiced)) return (struct excess){ 0 };
    int64_t most = invoiced > before_milli ? invoiced : before_milli;
    if (held <= most) return (struct excess){ 0 };
    return (struct excess){ .by = REASON_INVOICE_OVERCLAIMED, .accepted_milli = held - most };
}

/* Lines that ended leave when the row is full; a T of 64 live lines takes no further one. */
static bool make_room(struct transaction_row *txn)
{
    if (txn->lines_count < transaction_line_LIST_MAX) return true;
    for (unsigned i = 0; i < txn->lines_count; i++) {
        if (live_milli(&txn->lines[i]) > 0) continue;
        rows_remove(txn->lines, &txn->lines_count, sizeof *txn->lines, i);
        return true;
    }
    return false;
}

struct transaction_line *transactions_add(struct rating *r, enum kind kind, struct slice program_id,
                                          int64_t accepted_milli, struct rational unit)
{
    transactions_touch(r);
    if (!make_room(r->txn)) return NULL;
    if (unit.den) unit = rational_reduce(unit);
    struct transaction_line *line = ROWS_APPEND(r->arena, r->txn, lines, transaction_line);
    *line = (struct transaction_line){ .line_id = r->receipt->line_id, .kind = kind, .program_id = program_id,
                                       .accepted_milli = accepted_milli, .value_num = unit.num, .value_den = unit.den,
                                       .currency = r->line->currency };
    return line;
}

void transactions_expect(struct rating *r, struct slice key, struct slice correction_id)
{
    struct transaction_row *txn = books_change(r->books, PAYOUT_TRANSACTIONS, key);
    if (make_room(txn))
        *ROWS_APPEND(r->arena, txn, lines, transaction_line) =
            (struct transaction_line){ .kind = KIND_REPLACE, .line_id = correction_id, .ended = true };
}

struct slice transactions_expected_by(const struct transaction_line *l)
{
    return l->kind == KIND_REPLACE ? l->line_id : (struct slice){ 0 };
}

void transactions_drop(struct rating *r, struct slice program_id)
{
    for (unsigned i = r->txn->lines_count; i-- > 0;) {
        const struct transaction_line *l = &r->txn->lines[i];
        if (slice_equal(l->line_id, r->receipt->line_id) && slice_equal(l->program_id, program_id))
            rows_remove(r->txn->lines, &r->txn->lines_count, sizeof *l, i);
    }
}

static void consume(struct rating *r, struct transaction_line *line, int64_t qty_milli)
{
    struct transaction_row *txn = r->txn;
    struct pool pool = lots_pool(r);
    struct moves moves = { txn->moves, txn->moves_count };
    if (txn->moves_count == 0) {
        struct cost_part *parts = ARENA_ARRAY(r->arena, cost_part_LIST_MAX, struct cost_part);
        txn->average = parts;
        txn->average_milli = lots_average(r, pool, r->line->ship_date, parts, &txn->average_count);
        txn->ship_date = r->line->ship_date;
        txn->location_id = pool.location_id;
    }
    lots_consume(r, pool, r->line->ship_date, qty_milli, true, &moves);
    txn->moves = moves.items;
    txn->moves_count = moves.count;
    line->moved_milli += qty_milli;
}

static int64_t consumed_milli(const struct transaction_row *txn)
{
    struct moves moves = { txn->moves, txn->moves_count };
    return lots_moved(&moves);
}

void transactions_follow_credits(struct rating *r)
{
    transactions_touch(r);
    struct moves moves = { r->txn->moves, r->txn->moves_count };
    if (moves.count == 0) return;
    lots_follow_credits(r, lots_pool(r), &moves);
    r->txn->moves = moves.items;
    r->txn->moves_count = moves.count;
}

void transactions_consume_sale(struct rating *r, struct transaction_line *line)
{
    int64_t lacks = transactions_sold_from_stock(r, r->txn) - consumed_milli(r->txn);
    if (lacks > 0) consume(r, line, lacks);
}

/* The first unit at or after `at` that no live claim of the program has, and how many are free from there. */
static int64_t free_run(const struct transaction_row *txn, struct slice program_id, int64_t *at)
{
    bool moved = true;
    int64_t end = INT64_MAX;
    while (moved) {
        moved = false;
        end = INT64_MAX;
        for (unsigned i = 0; i < txn->lines_count; i++) {
            const struct transaction_line *l = &txn->lines[i];
            if (l->ended || !slice_equal(l->program_id, program_id)) continue;
            int64_t live = l->accepted_milli - l->returned_milli;           /* what came back are its last units */
            for (unsigned k = 0; k < l->ranges_count && live > 0; k++) {
                const struct unit_range *range = &l->ranges[k];
                int64_t to = range->from_milli + (range->qty_milli < live ? range->qty_milli : live);
                live -= range->qty_milli;
                if (range->from_milli <= *at && *at < to) {
                    *at = to;
                    moved = true;
                } else if (range->from_milli > *at && range->from_milli < end) {
                    end = range->from_milli;
                }
            }
        }
    }
    return end - *at;
}

static bool add_range(struct rating *r, struct transaction_line *line, int64_t from_milli, int64_t qty_milli)
{
    if (line->ranges_count == unit_range_LIST_MAX) return false;
    *ROWS_APPEND(r->arena, line, ranges, unit_range) = (struct unit_range){ from_milli, qty_milli };
    return true;
}

unsigned transactions_claim_units(struct rating *r, struct transaction_line *line, int64_t qty_milli,
                                  struct lot_piece *pieces, unsigned max)
{
    struct moves moves;
    unsigned count = 0;
    int64_t at = 0;
    transactions_follow_credits(r);
    while (qty_milli > 0 && count < max) {
        int64_t run = free_run(r->txn, line->program_id, &at);
        int64_t take = run < qty_milli ? run : qty_milli;
        int64_t lacks = at + take - consumed_milli(r->txn);
        if (lacks > 0) consume(r, line, lacks);
        if (!add_range(r, line, at, take)) break;
        moves = (struct moves){ r->txn->moves, r->txn->moves_count };
        struct lot_pieces run_pieces = { .items = pieces + count, .max = max - count };
        lots_pieces(r, lots_pool(r), &moves, at, take, &run_pieces);
        count += run_pieces.count;
        at += take;
        qty_milli -= take;
    }
    r->overflow |= qty_milli > 0;                       /* more runs of units than a claim keeps */
    return count;
}

bool transactions_average_cost(struct rating *r, struct award *a, struct rational *cost)
{
    const struct transaction_row *txn = r->txn;
    struct rational sum = RATIONAL_ZERO;
    if (txn->average_milli == 0) return false;
    r->overflow |= txn->average_count == cost_part_LIST_MAX;
    for (unsigned i = 0; i < txn->average_count; i++) {
        const struct cost_part *part = &txn->average[i];
        struct exchange x = award_exchange(r, a, part->currency);
        struct rational money = { part->milli_micros, (__int128)1000000 * part->cost_den };
        sum = rational_add(sum, rational_mul(money, x.rate));
    }
    *cost = rational_div(sum, rational_of(txn->average_milli));
    return true;
}

static void end_ranges_at(struct transaction_line *line, int64_t end_milli)
{
    for (unsigned i = line->ranges_count; i-- > 0;) {
        struct unit_range *range = &line->ranges[i];
        if (range->from_milli + range->qty_milli <= end_milli) continue;
        range->qty_milli = end_milli - range->from_milli;
        if (range->qty_milli <= 0) rows_remove(line->ranges, &line->ranges_count, sizeof *range, i);
    }
}

void transactions_restore(struct rating *r, struct transaction_row *txn, struct pool pool, int64_t qty_milli,
                          int32_t date)
{
    struct moves moves = { txn->moves, txn->moves_count };
    int64_t moved = lots_moved(&moves);
    if (qty_milli > moved) qty_milli = moved;
    lots_restore(r, pool, &moves, qty_milli, date);
    txn->moves = moves.items;
    txn->moves_count = moves.count;
    for (unsigned i = 0; i < txn->lines_count; i++) end_ranges_at(&txn->lines[i], moved - qty_milli);
}

void transactions_claim_again(struct rating *r, struct transaction_row *txn, struct pool pool, struct slice line_id,
                              int64_t most_milli)
{
    struct transaction_line *claim = transactions_find(txn, line_id);
    if (!claim) return;
    int64_t lacks = transactions_held(txn, claim->program_id) - consumed_milli(txn);
    int64_t take = lacks < most_milli ? lacks : most_milli;
    struct moves moves = { txn->moves, txn->moves_count };
    if (take <= 0) return;
    lots_consume(r, pool, txn->ship_date, take, true, &moves);
    txn->moves = moves.items;
    txn->moves_count = moves.count;
    claim->moved_milli += take;
}

const struct transaction_line *transactions_named(const struct transaction_row *txn, const struct dossier *d)
{
    const struct transaction_line *named = NULL;
    int rank = 0;
    for (unsigned i = 0; i < txn->lines_count; i++) {
        const struct transaction_line *l = &txn->lines[i];
        int is = correctable_rank(l->kind, l->accepted_milli, l->ended ? STANDING_ENDED : STANDING_LIVE);
        if (is < rank || l->kind == KIND_REPLACE || !correctable_fits(d, l->kind, l->accepted_milli)) continue;
        rank = is;
        named = l;
    }
    return named;
}
