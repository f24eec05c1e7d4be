/* domain/rating/departures.c: what left a pool, and by the orders of its departures the lots that it became. */
#include "domain/rating/departures.h"

enum { TRANSFERS_MAX = 8 };

static struct slice row_key(struct rating *r, struct pool pool)
{
    return RATING_KEY(r, pool.location_id, pool.sku);
}

const struct departures_row *departures_read(struct rating *r, struct pool pool)
{
    return books_read(r->books, PAYOUT_DEPARTURES, row_key(r, pool), NULL);
}

static struct departures_row *departures_of(struct rating *r, struct pool pool)
{
    return books_change(r->books, PAYOUT_DEPARTURES, row_key(r, pool));
}

void departures_note(struct rating *r, struct pool pool, const struct move *m, int64_t qty_milli,
                     struct slice order_no)
{
    struct departures_row *row = departures_of(r, pool);
    if (row->departures_count == departure_LIST_MAX)
        rows_remove(row->departures, &row->departures_count, sizeof *row->departures, 0);
    *ROWS_APPEND(r->arena, row, departures, departure) =
        (struct departure){ m->lot_no, m->receipt_date, m->date, qty_milli, order_no };
}

void departures_forget(struct rating *r, struct pool pool, const struct move *m, int64_t qty_milli,
                       struct slice order_no)
{
    struct departures_row *row = departures_of(r, pool);
    for (unsigned i = row->departures_count; i-- > 0 && qty_milli > 0;) {
        struct departure *d = &row->departures[i];
        if (d->lot_no != m->lot_no || d->date != m->date || !slice_equal(d->order_no, order_no)) continue;
        int64_t part = d->qty_milli < qty_milli ? d->qty_milli : qty_milli;
        d->qty_milli -= part;
        qty_milli -= part;
        if (d->qty_milli == 0) rows_remove(row->departures, &row->departures_count, sizeof *d, i);
    }
}

/* Following. */

static void follow(struct rating *r, struct pool pool, uint32_t lot_no, int32_t date, unsigned depth,
                   struct followed *f);

static const struct lots_row *lots_read(struct rating *r, struct pool pool)
{
    return books_read(r->books, PAYOUT_LOTS, row_key(r, pool), NULL);
}

/* What the arrived lot holds, or sold there; what it was parted into when it was credited before; what left it. */
static void add_lot(struct rating *r, struct pool pool, uint32_t lot_no, int32_t date, unsigned depth,
                    struct followed *f)
{
    const struct lots_row *row = lots_read(r, pool);
    for (unsigned i = 0; i < row->lots_count; i++) {
        const struct lot *lot = &row->lots[i];
        if (lot->no != lot_no && lot->of_no != lot_no) continue;
        r->overflow |= lot->qty_milli > 0 && f->count == f->max;
        if (lot->qty_milli > 0 && !r->overflow)
            f->items[f->count++] = (struct units_in_lot){ pool, lot->no, lot->qty_milli };
        follow(r, pool, lot->no, date, depth + 1, f);
    }
}

static void follow_order(struct rating *r, struct pool pool, const struct departure *d, int32_t date, unsigned depth,
                         struct followed *f)
{
    const struct transfer_row *row =
        books_read(r->books, PAYOUT_TRANSFERS, RATING_KEY(r, d->order_no, pool.sku), NULL);
    for (unsigned i = 0; i < row->arrivals_count; i++) {
        const struct arrival *a = &row->arrivals[i];
        struct pool to = { .location_id = a->location_id, .sku = pool.sku };
        bool is_it = a->from_no == d->lot_no && slice_equal(a->from_location, pool.location_id);
        if (is_it && !slice_equal(to.location_id, f->origin)) add_lot(r, to, a->lot_no, date, depth, f);
    }
}

/* One order is followed once, whatever it took of the lot at a time. */
static bool is_followed(const struct departures_row *row, unsigned at)
{
    const struct departure *d = &row->departures[at];
    for (unsigned i = 0; i < at; i++)
        if (row->departures[i].lot_no == d->lot_no && slice_equal(row->departures[i].order_no, d->order_no))
            return true;
    return false;
}

static void follow(struct rating *r, struct pool pool, uint32_t lot_no, int32_t date, unsigned depth,
                   struct followed *f)
{
    if (depth == TRANSFERS_MAX) return;
    const struct departures_row *row = departures_read(r, pool);
    for (unsigned i = 0; i < row->departures_count; i++) {
        const struct departure *d = &row->departures[i];
        bool is_meant = d->lot_no == lot_no && d->date >= date;
        if (is_meant && !is_followed(row, i)) follow_order(r, pool, d, date, depth, f);
    }
}

void departures_follow(struct rating *r, struct pool pool, uint32_t lot_no, int32_t date, struct followed *f)
{
    f->origin = pool.location_id;
    follow(r, pool, lot_no, date, 0, f);
}
