/* domain/rating/original.c: the row of an original, its transaction and its pool. */
#include "domain/rating/original.h"

#include "domain/rating/lots.h"
#include "domain/rating/transactions.h"

struct line_row *original_to_change(struct rating *r, struct slice line_id)
{
    return books_change(r->books, PAYOUT_LINES, RATING_KEY(r, line_id));
}

const struct line_row *original_to_read(struct rating *r, struct slice line_id, bool *found)
{
    const struct line_row *row = books_read(r->books, PAYOUT_LINES, RATING_KEY(r, line_id), found);
    if (row->outcome == OUTCOME_UNSPECIFIED) *found = false;
    return row;
}

bool original_stands(const struct line_row *line)
{
    return !line->ended && (line->outcome == OUTCOME_PASS || line->outcome == OUTCOME_SHORT);
}

/* A claim cut to its invoice (3.3) has the accepted quantity of its program. */
int64_t original_left(const struct line_row *line)
{
    int64_t accepted = line->accepted_milli < 0 ? -line->accepted_milli : line->accepted_milli;
    bool is_cut =
        line->kind == KIND_SHIP_DEBIT_CLAIM && line->programs_count == 1 && line->programs[0].accepted_milli < accepted;
    if (is_cut) accepted = line->programs[0].accepted_milli;
    return original_stands(line) ? accepted - line->returned_milli : 0;
}

bool original_is_live(const struct line_row *line)
{
    return line->accepted_milli ? original_left(line) > 0 : original_stands(line);
}

struct slice original_transaction_key(struct rating *r, const struct line_row *line)
{
    char side = line->kind == KIND_SELL_IN ? 'I' : 'S';
    return transactions_key(r, side, line->summary ? (struct slice){ 0 } : line->invoice_no, line->invoice_line,
                            line->sku);
}

struct transaction_row *original_transaction(struct rating *r, const struct line_row *line)
{
    struct slice key = original_transaction_key(r, line);
    return slice_is_empty(key) ? ARENA_NEW(r->arena, struct transaction_row)
                               : books_change(r->books, PAYOUT_TRANSACTIONS, key);
}

struct pool original_pool(const struct line_row *line)
{
    return (struct pool){ .location_id = line->pool_location, .sku = line->sku };
}

void original_sold_direct(struct rating *r, const struct line_row *line, int64_t units_milli)
{
    bool is_direct = line->kind == KIND_POS_SALE && line->direct_ship && !line->summary && line->ship_date;
    if (is_direct) lots_note_direct(r, original_pool(line), line->ship_date, units_milli);
}

void original_park_behind(struct rating *r, struct slice line_id)
{
    reason_argument(verdict_give(r->v, REASON_WAITING_FOR_TARGET), SLICE("original"), line_id);
    verdict_wait(r->v, REASON_WAITING_FOR_TARGET, SLICE_JOIN(r->arena, SLICE(WAIT_TARGET), line_id));
}

bool original_waits(struct rating *r, struct slice line_id)
{
    bool found = false;
    if (slice_is_empty(line_id)) return false;
    books_read(r->books, STAGE_TABLE_WAITING, line_id, &found);
    return found;
}

bool original_await(struct rating *r, struct slice line_id)
{
    if (!original_waits(r, line_id)) return false;
    original_park_behind(r, line_id);
    return true;
}

bool original_is_sale(enum kind kind)
{
    return kind == KIND_POS_SALE || kind == KIND_SELL_IN;
}

void original_adopt(struct rating *r, const struct line_row *line)
{
    if (r->row.pieces_count == 0) r->row.role = line->role;
    if (slice_is_empty(r->row.sku)) r->row.sku = line->sku;
    if (slice_is_empty(r->row.invoice_no)) r->row.invoice_no = line->invoice_no;
}

int64_t original_goods_of_claim(struct rating *r, const struct transaction_row *txn, int64_t moved_milli)
{
    struct moves moves = { txn->moves, txn->moves_count };
    int64_t spare = lots_moved(&moves) - transactions_sold_from_stock(r, txn);
    if (spare < 0) spare = 0;
    return moved_milli < spare ? moved_milli : spare;
}

struct slice original_lived_beside(const struct line_row *line)
{
    for (unsigned i = 0; i < line->reasons_count; i++)
        if (line->reasons[i].code == REASON_RESUBMISSION_INVALID || line->reasons[i].code == REASON_DUPLICATE)
            return line->original;
    return (struct slice){ 0 };
}

/* A replacement may have been replaced in its turn; one that was cancelled stands for nobody. */
struct slice original_standing_for(struct rating *r, struct slice line_id)
{
    for (unsigned n = 0; n < SUBMISSION_NO_MAX && line_id.size; n++) {
        bool found, waits;
        const struct line_row *line = original_to_read(r, line_id, &found);
        if (slice_equal(line_id, r->receipt->line_id)) break;
        books_read(r->books, STAGE_TABLE_WAITING, line_id, &waits);
        if (waits || (found && original_stands(line))) return line_id;
        line_id = found ? line->successor : (struct slice){ 0 };
    }
    return (struct slice){ 0 };
}
