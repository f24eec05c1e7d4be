/* domain/rating/lots.h: cost lots of a pool (domain.md 4.4 Lots). Lots are consumed first in, first out, and given back
 * last out, first in. Units that found no lot stand in a stream.
 *
 * Bounds: LOTS_OPEN_MAX lots with stock a pool (lots_receive answers false); LOTS_KEPT_EXHAUSTED used-up ones stay
 * behind for price protection; 500 lots a transaction and 500 pieces served to one day's uncovered stream (the rest
 * stays uncovered). What a list here has no room for beyond that sets r->overflow. */
#ifndef DOMAIN_RATING_LOTS_H
#define DOMAIN_RATING_LOTS_H

#include "domain/rating/rating_parts.h"

enum { LOTS_OPEN_MAX = 1000, LOTS_KEPT_EXHAUSTED = 32 };

/* A pool is where stock lies: (root, sku) or (root, location, sku). */
struct pool { struct slice location_id, sku; };

/* A list of moves that is being made or undone. */
struct moves { struct move *items; unsigned count; };

/* A piece of what left a pool, as a claim sees it: units of one lot, or uncovered ones (lot_no 0). */
struct lot_piece {
    int64_t qty_milli;
    uint32_t lot_no;
    int32_t receipt_date;
    int64_t cost_micros;
    uint32_t cost_den;
    struct slice currency;
};

/* The pool of the line, as its partner's setting lot_pool says. */
struct pool lots_pool(const struct rating *r);

/* Adds a lot of `lot.qty_milli` units; no, seq and remaining are set here. The lot first serves open uncovered quantity
 * with ship_date on or after its receipt_date, oldest day first. Answers its number, 0 when the pool is full. */
uint32_t lots_receive(struct rating *r, struct pool pool, struct lot lot);

/* The same for goods that another pool received before: the ledger moves on `date`. */
uint32_t lots_arrive(struct rating *r, struct pool pool, struct lot lot, int32_t date);

/* Adds units that came without a lot: only the ledger moves. */
void lots_add_uncovered(struct rating *r, struct pool pool, int32_t date, int64_t qty_milli);

/* The last `qty` units of the moves went to another pool, or came back from it, and count as received there. Their
 * departure is kept under `order_no`. Beyond 500 departures the oldest are forgotten. */
void lots_move_away(struct rating *r, struct pool pool, struct moves *moves, int64_t qty_milli,
                    struct slice order_no);
void lots_move_back(struct rating *r, struct pool pool, struct moves *moves, int64_t qty_milli,
                    struct slice order_no);

/* Consumes lots with receipt_date on or before `date` in FIFO order and adds to `moves`. When `tracks`, the rest joins
 * the uncovered stream of that day; else only the ledger moves. */
void lots_consume(struct rating *r, struct pool pool, int32_t date, int64_t qty_milli, bool tracks,
                  struct moves *moves);

/* Consumes that lot first (what remains of it and of its split parts), then goes on as lots_consume without a
 * stream. */
void lots_consume_lot(struct rating *r, struct pool pool, uint32_t lot_no, int32_t date, int64_t qty_milli,
                      struct moves *moves);

/* Lets the moves follow credits that came after the units had left, or ended since: they name the lot, or the part of
 * it, that the units belong to now, and cost what it costs now on their day. */
void lots_follow_credits(struct rating *r, struct pool pool, struct moves *moves);

/* Gives `qty` units of the moves back to their lots on `date`, last consumed first. Shortens `moves`. */
void lots_restore(struct rating *r, struct pool pool, struct moves *moves, int64_t qty_milli, int32_t date);

/* The CANCEL of a receipt: takes `qty` units away on the day they came, from their lot as far as it remains, then in
 * FIFO order. `date` is the day of a lot that left the list. */
void lots_withdraw(struct rating *r, struct pool pool, uint32_t lot_no, int32_t date, int64_t qty_milli);

/* Adds units [from, from + qty) of the moves to the list as pieces. Uncovered units that a later lot served show that
 * lot. Beyond `max` the last piece takes the rest and is uncovered. */
struct lot_pieces { struct lot_piece *items; unsigned count, max; };
void lots_pieces(struct rating *r, struct pool pool, const struct moves *moves, int64_t from_milli, int64_t qty_milli,
                 struct lot_pieces *pieces);

/* Σ(remaining · cost) by currency and Σ remaining of the lots with receipt_date on or before `date`. */
int64_t lots_average(struct rating *r, struct pool pool, int32_t date, struct cost_part *parts, unsigned *count);

/* Unit cost on a date, times the lot's cost_den: price less the credits effective by then. */
int64_t lots_cost_on(const struct lot *lot, int32_t date);

/* cost_micros / cost_den in currency units. */
struct rational lots_cost(int64_t cost_micros, uint32_t cost_den);

/* The sum of the movements dated before `date`, at least 0. */
int64_t lots_on_hand(struct rating *r, struct pool pool, int32_t date);

/* Gross quantity of the lots received in [from, to], with the part of them that left for another pool after `to`. */
int64_t lots_received(struct rating *r, struct pool pool, int32_t from, int32_t to);

/* Notes units sold on `date` that the vendor shipped, as the seller says; negative ones take that back. lots_direct:
 * the sum of [from, to]. */
void lots_note_direct(struct rating *r, struct pool pool, int32_t date, int64_t qty_milli);
int64_t lots_direct(struct rating *r, struct pool pool, int32_t from, int32_t to);

/* The stock of each lot of the row at the start of `date`: what remains and what was consumed since. Units that left
 * for another pool since are in lots of that pool. */
void lots_stock_before(struct rating *r, struct pool pool, int32_t date, int64_t *stock_milli);

/* Splits the last `qty` units of the stock at the start of the day of the credit off a lot, in its FIFO place, with the
 * credit: those that are there, then those that left since, the last first, by day and in it in turn. A whole lot stays
 * one. Nothing happens to a lot that left the list. False at a bound: LOTS_OPEN_MAX, or the credits of one lot. */
bool lots_credit(struct rating *r, struct pool pool, uint32_t lot_no, int64_t qty_milli, struct lot_credit credit);

/* The credits of that payout end; lots stay split. */
void lots_end_credit(struct rating *r, struct pool pool, struct slice payout_id);

/* The newest lot of the pool, NULL when it has none. */
const struct lot *lots_newest(struct rating *r, struct pool pool);

/* The lot of that number, NULL when it left the list. */
struct lot *lots_find(struct lots_row *row, uint32_t no);

/* Rows of a pool, to change. */
struct lots_row *lots_row_of(struct rating *r, struct pool pool);
struct stock_day_row *lots_day_of(struct rating *r, struct pool pool, int32_t date);

/* Opens both rows, so that they can be read later. */
void lots_open(struct rating *r, struct pool pool, int32_t date);

/* Units that the moves took, in 1/1000 of the base unit. */
int64_t lots_moved(const struct moves *moves);

#endif
