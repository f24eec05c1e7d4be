/* domain/rating/lots.c: what stock cost, and which units a sale took. */
#include "domain/rating/lots.h"

#include "base/assert.h"
#include "domain/rating/award.h"
#include "domain/rating/day_outs.h"
#include "domain/rating/departures.h"

struct pool lots_pool(const struct rating *r)
{
    return (struct pool){ .location_id = r->class->lot_pool_location ? r->line->location_id : (struct slice){ 0 },
                          .sku = r->class->sku };
}

static bool is_same(struct slice a, struct slice b)
{
    return a.bytes == b.bytes && a.size == b.size;
}

/* Nearly all that a line asks is of its own pool (lots_pool). */
static bool is_own(const struct rating *r, struct pool pool)
{
    return is_same(pool.sku, r->class->sku) && is_same(pool.location_id, r->pool_location);
}

static struct slice pool_key(struct rating *r, struct pool pool)
{
    if (!is_own(r, pool)) return RATING_KEY(r, pool.location_id, pool.sku);
    if (!r->pool_key.size) r->pool_key = RATING_KEY(r, pool.location_id, pool.sku);
    return r->pool_key;
}

static const struct lots_row *lots_read(struct rating *r, struct pool pool)
{
    return books_read(r->books, PAYOUT_LOTS, pool_key(r, pool), NULL);
}

struct lots_row *lots_row_of(struct rating *r, struct pool pool)
{
    return books_change(r->books, PAYOUT_LOTS, pool_key(r, pool));
}

static struct slice day_key(struct rating *r, struct pool pool, int32_t date)
{
    bool keeps = is_own(r, pool);
    if (keeps && r->day_key.size && r->day_key_date == date) return r->day_key;
    struct slice key = RATING_KEY(r, pool.location_id, pool.sku, slice_of_int(r->arena, date));
    if (!keeps) return key;
    r->day_key_date = date;
    return r->day_key = key;
}

static const struct stock_day_row *day_read(struct rating *r, struct pool pool, int32_t date)
{
    return books_read(r->books, PAYOUT_STOCK_DAYS, day_key(r, pool, date), NULL);
}

struct stock_day_row *lots_day_of(struct rating *r, struct pool pool, int32_t date)
{
    return books_change(r->books, PAYOUT_STOCK_DAYS, day_key(r, pool, date));
}

void lots_open(struct rating *r, struct pool pool, int32_t date)
{
    lots_read(r, pool);
    books_read(r->books, PAYOUT_STOCK_DAYS, day_key(r, pool, date), NULL);
}

struct lot *lots_find(struct lots_row *row, uint32_t no)
{
    for (unsigned i = 0; i < row->lots_count; i++)
        if (row->lots[i].no == no) return &row->lots[i];
    return NULL;
}

int64_t lots_cost_on(const struct lot *lot, int32_t date)
{
    int64_t cost = lot->cost_micros;
    for (unsigned i = 0; i < lot->credits_count; i++)
        if (lot->credits[i].effective <= date) cost -= lot->credits[i].amount_micros * lot->cost_den;
    return cost;
}

struct rational lots_cost(int64_t cost_micros, uint32_t cost_den)
{
    return rational_div(rational_of_micros(cost_micros), rational_of(cost_den ? cost_den : 1));
}

int64_t lots_moved(const struct moves *moves)
{
    int64_t sum = 0;
    for (unsigned i = 0; i < moves->count; i++) sum += moves->items[i].qty_milli;
    return sum;
}

static bool stands_before(const struct lot *a, const struct lot *b)
{
    if (a->receipt_date != b->receipt_date) return a->receipt_date < b->receipt_date;
    if (a->seq != b->seq) return a->seq < b->seq;
    return a->no < b->no;
}

/* A part stands after what it was split off, before what was split off that earlier: last in its FIFO place (5.6
 * K9). */
static unsigned place_of(const struct lots_row *row, const struct lot *lot)
{
    unsigned at = row->lots_count;
    for (unsigned i = 0; i < row->lots_count; i++)
        if (lot->of_no && row->lots[i].no == lot->of_no) return i + 1;
    while (at > 0 && stands_before(lot, &row->lots[at - 1])) at--;
    return at;
}

static struct lot *insert_lot(struct rating *r, struct lots_row *row, struct lot lot)
{
    unsigned at = place_of(row, &lot);
    (void)ROWS_APPEND(r->arena, row, lots, lot);
    for (unsigned i = row->lots_count - 1; i > at; i--) row->lots[i] = row->lots[i - 1];
    row->lots[at] = lot;
    return &row->lots[at];
}

/* Used-up lots leave from the front until few enough are kept. */
static void drop_exhausted(struct lots_row *row)
{
    unsigned exhausted = 0;
    for (unsigned i = 0; i < row->lots_count; i++) exhausted += row->lots[i].remaining_milli == 0;
    for (unsigned i = 0; i < row->lots_count && exhausted > LOTS_KEPT_EXHAUSTED;) {
        if (row->lots[i].remaining_milli) {
            i++;
            continue;
        }
        rows_remove(row->lots, &row->lots_count, sizeof *row->lots, i);
        exhausted--;
    }
}

/* Serving the uncovered stream of a day. */

static const struct hole *hole_at(const struct stock_day_row *day, int64_t at)
{
    for (unsigned i = 0; i < day->holes_count; i++)
        if (day->holes[i].from_milli <= at && at < day->holes[i].from_milli + day->holes[i].qty_milli)
            return &day->holes[i];
    return NULL;
}

/* Units from `at` to the next hole or the end; *at is moved after holes that it stands in. Holes have no order. */
static int64_t run_length(const struct stock_day_row *day, int64_t *at)
{
    const struct hole *in;
    int64_t end = day->uncovered_milli;
    while ((in = hole_at(day, *at))) *at = in->from_milli + in->qty_milli;
    for (unsigned i = 0; i < day->holes_count; i++)
        if (day->holes[i].from_milli > *at && day->holes[i].from_milli < end) end = day->holes[i].from_milli;
    return end > *at ? end - *at : 0;
}

/* A day with as many gaps as its row names may have more: no lot serves it further, its units stay uncovered. */
static bool gaps_are_unknown(const struct stock_day_row *day)
{
    return day->holes_count == hole_LIST_MAX;
}

/* Units leave the lot on a day. */
static struct move leave(struct rating *r, struct stock_day_row *day, struct lot *lot, int32_t date, int64_t qty_milli)
{
    lot->remaining_milli -= qty_milli;
    ASSERT(lot->remaining_milli >= 0);
    return (struct move){ .qty_milli = qty_milli,
                          .lot_no = lot->no,
                          .seq = lot->seq,
                          .receipt_date = lot->receipt_date,
                          .cost_micros = lots_cost_on(lot, date),
                          .cost_den = lot->cost_den,
                          .currency = lot->currency,
                          .date = date,
                          .place_milli = day_outs_leave(r, day, lot->no, qty_milli),
                          .adjusted = lot->adjusted };
}

static struct served served_of(const struct move *m, int64_t from_milli)
{
    return (struct served){ .from_milli = from_milli,
                            .qty_milli = m->qty_milli,
                            .lot_no = m->lot_no,
                            .seq = m->seq,
                            .receipt_date = m->receipt_date,
                            .cost_micros = m->cost_micros,
                            .cost_den = m->cost_den,
                            .currency = m->currency,
                            .adjusted = m->adjusted,
                            .place_milli = m->place_milli };
}

/* Units [low, high) of the stream of the day, as the move that they would be had the lot been there before them. */
static struct move move_of(const struct served *s, int32_t date, int64_t low_milli, int64_t high_milli)
{
    return (struct move){ .qty_milli = high_milli - low_milli,
                          .lot_no = s->lot_no,
                          .seq = s->seq,
                          .receipt_date = s->receipt_date,
                          .cost_micros = s->cost_micros,
                          .cost_den = s->cost_den,
                          .currency = s->currency,
                          .date = date,
                          .place_milli = s->place_milli + low_milli - s->from_milli,
                          .adjusted = s->adjusted };
}

static void serve_day(struct rating *r, struct pool pool, int32_t date, struct lots_row *row, struct lot *lot)
{
    struct stock_day_row *day = lots_day_of(r, pool, date);
    while (lot->remaining_milli > 0 && day->served_count < served_LIST_MAX && !gaps_are_unknown(day)) {
        int64_t run = run_length(day, &day->served_to_milli);
        if (run == 0) break;
        int64_t take = run < lot->remaining_milli ? run : lot->remaining_milli;
        struct move m = leave(r, day, lot, date, take);
        *ROWS_APPEND(r->arena, day, served, served) = served_of(&m, day->served_to_milli);
        day->served_to_milli += take;
    }
    if (run_length(day, &day->served_to_milli) == 0) day_set_remove(&row->open_days, date);
}

static void serve_uncovered(struct rating *r, struct pool pool, struct lots_row *row, struct lot *lot)
{
    int32_t date = day_set_next(&row->open_days, lot->receipt_date);
    while (date && lot->remaining_milli > 0) {
        serve_day(r, pool, date, row, lot);
        date = day_set_next(&row->open_days, date_add_days(date, 1));
    }
}

static unsigned open_lots(const struct lots_row *row)
{
    unsigned open = 0;
    for (unsigned i = 0; i < row->lots_count; i++) open += row->lots[i].remaining_milli > 0;
    return open;
}

static void note_in(struct rating *r, struct pool pool, struct lots_row *row, int32_t date, int64_t qty_milli)
{
    row->net_milli += qty_milli;
    lots_day_of(r, pool, date)->in_milli += qty_milli;
    day_set_add(&row->days, date);
}

static void note_received(struct rating *r, struct pool pool, struct lots_row *row, int32_t date, int64_t qty_milli)
{
    lots_day_of(r, pool, date)->received_milli += qty_milli;
    day_set_add(&row->days, date);
}

uint32_t lots_receive(struct rating *r, struct pool pool, struct lot lot)
{
    return lots_arrive(r, pool, lot, lot.receipt_date);
}

void lots_add_uncovered(struct rating *r, struct pool pool, int32_t date, int64_t qty_milli)
{
    note_in(r, pool, lots_row_of(r, pool), date, qty_milli);
}

uint32_t lots_arrive(struct rating *r, struct pool pool, struct lot lot, int32_t date)
{
    ASSERT(lot.qty_milli > 0 && date_is_valid(lot.receipt_date) && date_is_valid(date));
    if (lot.cost_den == 0) lot.cost_den = 1;
    struct lots_row *row = lots_row_of(r, pool);
    if (open_lots(row) >= LOTS_OPEN_MAX) return 0;
    drop_exhausted(row);
    lot.no = ++row->next_no;
    if (!lot.seq) lot.seq = lot.no;
    lot.remaining_milli = lot.qty_milli;
    note_in(r, pool, row, date, lot.qty_milli);
    note_received(r, pool, row, lot.receipt_date, lot.qty_milli);
    serve_uncovered(r, pool, row, insert_lot(r, row, lot));
    return lot.no;
}

/* Consuming. */

/* Goods from as many lots as a row names: what would come from further ones would cost what no lot says. */
static void give_full(struct rating *r)
{
    if (verdict_has(r->v, REASON_DATA_CONFLICT) || award_is_released(r, REASON_DATA_CONFLICT)) return;
    reason_argument(verdict_give(r->v, REASON_DATA_CONFLICT), SLICE("what"), SLICE("lots"));
}

/* Beyond the bound, which only what a person released reaches, units are counted with the last ones. */
static void add_move(struct rating *r, struct moves *moves, const struct move *m)
{
    struct move *last = moves->count ? &moves->items[moves->count - 1] : NULL;
    bool joins = last && last->lot_no == m->lot_no && last->date == m->date
                 && last->place_milli + last->qty_milli == m->place_milli
                 && last->cost_micros == m->cost_micros && last->cost_den == m->cost_den;
    if (joins) {
        last->qty_milli += m->qty_milli;
        return;
    }
    if (moves->count == move_LIST_MAX) {
        give_full(r);
        last->qty_milli += m->qty_milli;
        return;
    }
    moves->items = rows_append(r->arena, moves->items, &moves->count, sizeof *moves->items, move_LIST_MAX);
    moves->items[moves->count - 1] = *m;
}

static void take_from_lot(struct rating *r, struct stock_day_row *day, struct lot *lot, int32_t date, int64_t qty_milli,
                          struct moves *moves)
{
    struct move m = leave(r, day, lot, date, qty_milli);
    add_move(r, moves, &m);
}

static int64_t take_in_order(struct rating *r, struct lots_row *row, struct stock_day_row *day, int32_t date,
                             int64_t qty_milli, struct moves *moves)
{
    for (unsigned i = 0; i < row->lots_count && qty_milli > 0; i++) {
        struct lot *lot = &row->lots[i];
        if (lot->receipt_date > date) break;
        if (lot->remaining_milli == 0) continue;
        if (moves->count >= move_LIST_MAX - 1) {
            give_full(r);
            break;
        }
        int64_t take = lot->remaining_milli < qty_milli ? lot->remaining_milli : qty_milli;
        take_from_lot(r, day, lot, date, take, moves);
        qty_milli -= take;
    }
    return qty_milli;
}

static struct stock_day_row *begin_out(struct rating *r, struct pool pool, struct lots_row *row, int32_t date,
                                       int64_t qty_milli)
{
    ASSERT(qty_milli > 0 && date_is_valid(date));
    struct stock_day_row *day = lots_day_of(r, pool, date);
    row->net_milli -= qty_milli;
    day->out_milli += qty_milli;
    day_set_add(&row->days, date);
    return day;
}

void lots_consume(struct rating *r, struct pool pool, int32_t date, int64_t qty_milli, bool tracks, struct moves *moves)
{
    struct lots_row *row = lots_row_of(r, pool);
    struct stock_day_row *day = begin_out(r, pool, row, date, qty_milli);
    int64_t rest = take_in_order(r, row, day, date, qty_milli, moves);
    if (rest == 0 || !tracks) return;
    struct move uncovered = { .qty_milli = rest, .date = date, .place_milli = day->uncovered_milli };
    add_move(r, moves, &uncovered);
    day->uncovered_milli += rest;
    day_set_add(&row->open_days, date);
}

void lots_consume_lot(struct rating *r, struct pool pool, uint32_t lot_no, int32_t date, int64_t qty_milli,
                      struct moves *moves)
{
    struct lots_row *row = lots_row_of(r, pool);
    struct stock_day_row *day = begin_out(r, pool, row, date, qty_milli);
    const struct lot *named = lots_find(row, lot_no);
    uint32_t seq = named ? named->seq : 0;
    for (unsigned i = 0; seq && i < row->lots_count && qty_milli > 0; i++) {
        struct lot *lot = &row->lots[i];
        int64_t take = lot->remaining_milli < qty_milli ? lot->remaining_milli : qty_milli;
        if (lot->seq != seq || take == 0) continue;
        take_from_lot(r, day, lot, date, take, moves);
        qty_milli -= take;
    }
    take_in_order(r, row, day, DATE_MAX, qty_milli, moves);
}

void lots_withdraw(struct rating *r, struct pool pool, uint32_t lot_no, int32_t date, int64_t qty_milli)
{
    struct moves moves = { 0 };
    struct lots_row *row = lots_row_of(r, pool);
    const struct lot *named = lots_find(row, lot_no);
    uint32_t seq = named ? named->seq : 0;
    if (qty_milli <= 0) return;
    if (named) {
        date = named->receipt_date;
        lots_day_of(r, pool, date)->received_milli -= qty_milli;
    }
    lots_consume_lot(r, pool, lot_no, date, qty_milli, &moves);
    for (unsigned i = 0; i < moves.count; i++) {
        const struct move *m = &moves.items[i];
        struct lot *lot = lots_find(row, m->lot_no);
        if (!lot || lot->seq != seq) continue;
        lot->qty_milli -= m->qty_milli;
        day_outs_forget(r, lots_day_of(r, pool, m->date), m->lot_no, m->place_milli, m->qty_milli);
    }
}

/* Following credits. */

static void renew_cost(struct lots_row *row, uint32_t lot_no, int32_t date, int64_t *cost_micros)
{
    const struct lot *lot = lots_find(row, lot_no);
    if (lot) *cost_micros = lots_cost_on(lot, date);
}

static void follow_move(struct rating *r, struct pool pool, struct lots_row *row, struct moves *moves, unsigned at)
{
    struct move *m = &moves->items[at], rest = *m;
    int64_t run = day_outs_run(day_read(r, pool, m->date), m->place_milli, m->qty_milli, &m->lot_no);
    renew_cost(row, m->lot_no, m->date, &m->cost_micros);
    if (run == m->qty_milli) return;
    if (moves->count >= move_LIST_MAX - 1) {
        give_full(r);
        return;
    }
    m->qty_milli = run;
    rest.qty_milli -= run;
    rest.place_milli += run;
    moves->items = rows_append(r->arena, moves->items, &moves->count, sizeof *moves->items, move_LIST_MAX);
    for (unsigned i = moves->count - 1; i > at + 1; i--) moves->items[i] = moves->items[i - 1];
    moves->items[at + 1] = rest;
    follow_move(r, pool, row, moves, at + 1);
}

static void follow_served(struct rating *r, struct lots_row *row, struct stock_day_row *day, int32_t date, unsigned at)
{
    struct served *s = &day->served[at], rest = *s;
    int64_t run = day_outs_run(day, s->place_milli, s->qty_milli, &s->lot_no);
    renew_cost(row, s->lot_no, date, &s->cost_micros);
    if (run == s->qty_milli) return;
    if (day->served_count == served_LIST_MAX) {
        give_full(r);
        return;
    }
    s->qty_milli = run;
    rest.qty_milli -= run;
    rest.place_milli += run;
    rest.from_milli += run;
    (void)ROWS_APPEND(r->arena, day, served, served);
    for (unsigned i = day->served_count - 1; i > at + 1; i--) day->served[i] = day->served[i - 1];
    day->served[at + 1] = rest;
    follow_served(r, row, day, date, at + 1);
}

static void follow_stream(struct rating *r, struct pool pool, struct lots_row *row, const struct move *m)
{
    struct stock_day_row *day = lots_day_of(r, pool, m->date);
    for (unsigned i = day->served_count; i-- > 0;) {
        const struct served *s = &day->served[i];
        bool overlaps =
            s->from_milli < m->place_milli + m->qty_milli && s->from_milli + s->qty_milli > m->place_milli;
        if (overlaps) follow_served(r, row, day, m->date, i);
    }
}

void lots_follow_credits(struct rating *r, struct pool pool, struct moves *moves)
{
    struct lots_row *row = lots_row_of(r, pool);
    for (unsigned i = moves->count; i-- > 0;) {
        if (moves->items[i].lot_no) follow_move(r, pool, row, moves, i);
        else follow_stream(r, pool, row, &moves->items[i]);
    }
}

/* Giving back. */

/* Fills the lot as far as it has room; answers what is left. */
static int64_t fill(struct lot *lot, int64_t qty_milli)
{
    int64_t room = lot && lot->qty_milli > lot->remaining_milli ? lot->qty_milli - lot->remaining_milli : 0;
    int64_t take = room < qty_milli ? room : qty_milli;
    if (take > 0) lot->remaining_milli += take;
    return qty_milli - take;
}

/* The lot itself; what has no room there goes to another part of it, the last one first. */
static int64_t fill_lot(struct lots_row *row, const struct move *m, int64_t qty_milli)
{
    qty_milli = fill(lots_find(row, m->lot_no), qty_milli);
    for (unsigned i = row->lots_count; i-- > 0 && qty_milli > 0;) {
        struct lot *part = &row->lots[i];
        if (part->seq == m->seq && part->receipt_date == m->receipt_date) qty_milli = fill(part, qty_milli);
    }
    return qty_milli;
}

/* The last `qty` units of the move go back to their lot, which may have left the list. */
static void give_to_lot(struct rating *r, struct pool pool, struct lots_row *row, const struct move *m,
                        int64_t qty_milli)
{
    day_outs_forget(r, lots_day_of(r, pool, m->date), m->lot_no, m->place_milli + m->qty_milli - qty_milli, qty_milli);
    qty_milli = fill_lot(row, m, qty_milli);
    struct lot *lot = lots_find(row, m->lot_no);
    if (qty_milli == 0) return;
    if (lot) {
        lot->remaining_milli += qty_milli;
        if (lot->remaining_milli > lot->qty_milli) lot->qty_milli = lot->remaining_milli;
        return;
    }
    r->overflow |= open_lots(row) >= LOTS_OPEN_MAX;
    if (r->overflow) return;
    drop_exhausted(row);
    insert_lot(r, row,
               (struct lot){ .no = m->lot_no,
                             .seq = m->seq,
                             .receipt_date = m->receipt_date,
                             .qty_milli = qty_milli,
                             .remaining_milli = qty_milli,
                             .cost_micros = m->cost_micros,
                             .cost_den = m->cost_den,
                             .currency = m->currency,
                             .adjusted = m->adjusted });
}

/* A hole that touches another one widens it. */
static void make_hole(struct rating *r, struct stock_day_row *day, int64_t from_milli, int64_t qty_milli)
{
    int64_t end = from_milli + qty_milli;
    if (qty_milli <= 0) return;
    if (end == day->uncovered_milli) {
        day->uncovered_milli = from_milli;
        return;
    }
    for (unsigned i = 0; i < day->holes_count; i++) {
        struct hole *h = &day->holes[i];
        if (h->from_milli != end && h->from_milli + h->qty_milli != from_milli) continue;
        if (h->from_milli == end) h->from_milli = from_milli;
        h->qty_milli += qty_milli;
        return;
    }
    if (!gaps_are_unknown(day)) *ROWS_APPEND(r->arena, day, holes, hole) = (struct hole){ from_milli, qty_milli };
}

/* Units [from, from + qty) of a day's stream come back: served ones to their lots, unserved ones leave the stream. */
static void restore_stream(struct rating *r, struct pool pool, struct lots_row *row, int32_t date, int64_t from_milli,
                           int64_t qty_milli)
{
    struct stock_day_row *day = lots_day_of(r, pool, date);
    int64_t end = from_milli + qty_milli;
    for (unsigned i = 0; i < day->served_count; i++) {
        const struct served *s = &day->served[i];
        int64_t low = s->from_milli > from_milli ? s->from_milli : from_milli;
        int64_t high = s->from_milli + s->qty_milli < end ? s->from_milli + s->qty_milli : end;
        if (low >= high) continue;
        struct move m = move_of(s, date, low, high);
        give_to_lot(r, pool, row, &m, m.qty_milli);
    }
    int64_t unserved = from_milli > day->served_to_milli ? from_milli : day->served_to_milli;
    make_hole(r, day, unserved, end - unserved);
    if (run_length(day, &day->served_to_milli) == 0) day_set_remove(&row->open_days, date);
}

void lots_restore(struct rating *r, struct pool pool, struct moves *moves, int64_t qty_milli, int32_t date)
{
    if (qty_milli <= 0) return;
    struct lots_row *row = lots_row_of(r, pool);
    lots_follow_credits(r, pool, moves);
    note_in(r, pool, row, date, qty_milli);
    while (qty_milli > 0 && moves->count) {
        struct move *last = &moves->items[moves->count - 1];
        int64_t take = last->qty_milli < qty_milli ? last->qty_milli : qty_milli;
        if (last->lot_no) give_to_lot(r, pool, row, last, take);
        else restore_stream(r, pool, row, last->date, last->place_milli + last->qty_milli - take, take);
        last->qty_milli -= take;
        if (last->qty_milli == 0) moves->count--;
        qty_milli -= take;
    }
}

/* Between pools. */

static void regross(struct rating *r, struct pool pool, struct moves *moves, int64_t qty_milli, int sign,
                    struct slice order_no)
{
    struct lots_row *row = lots_row_of(r, pool);
    for (unsigned i = moves->count; i-- > 0 && qty_milli > 0;) {
        struct move *m = &moves->items[i];
        int64_t part = m->qty_milli < qty_milli ? m->qty_milli : qty_milli;
        struct lot *lot = lots_find(row, m->lot_no);
        qty_milli -= part;
        if (m->lot_no == 0) continue;
        note_received(r, pool, row, m->receipt_date, sign * part);
        if (lot) lot->qty_milli += sign * part;
        struct stock_day_row *day = lots_day_of(r, pool, m->date);
        if (sign < 0) day_outs_forget(r, day, m->lot_no, m->place_milli + m->qty_milli - part, part);
        else m->place_milli = day_outs_leave(r, day, m->lot_no, part) - (m->qty_milli - part);
        if (!order_no.size || !pool.location_id.size) continue;         /* a root's pool is left for itself */
        if (sign < 0) departures_note(r, pool, m, part, order_no);
        else departures_forget(r, pool, m, part, order_no);
    }
}

void lots_move_away(struct rating *r, struct pool pool, struct moves *moves, int64_t qty_milli,
                    struct slice order_no)
{
    regross(r, pool, moves, qty_milli, -1, order_no);
}

void lots_move_back(struct rating *r, struct pool pool, struct moves *moves, int64_t qty_milli,
                    struct slice order_no)
{
    regross(r, pool, moves, qty_milli, 1, order_no);
}

/* Reading. */

/* `qty` units of the move. */
static void add_piece(struct lot_pieces *pieces, const struct move *m, int64_t qty_milli)
{
    struct lot_piece *last = pieces->count ? &pieces->items[pieces->count - 1] : NULL;
    if (last && last->lot_no == m->lot_no && last->cost_micros == m->cost_micros && last->cost_den == m->cost_den) {
        last->qty_milli += qty_milli;
        return;
    }
    if (pieces->count == pieces->max) {
        ASSERT(last);
        *last = (struct lot_piece){ .qty_milli = last->qty_milli + qty_milli };
        return;
    }
    pieces->items[pieces->count++] = (struct lot_piece){ .qty_milli = qty_milli,
                                                         .lot_no = m->lot_no,
                                                         .receipt_date = m->receipt_date,
                                                         .cost_micros = m->cost_micros,
                                                         .cost_den = m->cost_den,
                                                         .currency = m->currency };
}

static void add_stream_pieces(struct rating *r, struct pool pool, int32_t date, int64_t from_milli, int64_t qty_milli,
                              struct lot_pieces *pieces)
{
    const struct stock_day_row *day = day_read(r, pool, date);
    const struct move uncovered = { 0 };
    int64_t at = from_milli, end = from_milli + qty_milli;
    for (unsigned i = 0; i < day->served_count && at < end; i++) {
        const struct served *s = &day->served[i];
        int64_t high = s->from_milli + s->qty_milli < end ? s->from_milli + s->qty_milli : end;
        if (high <= at) continue;
        if (s->from_milli >= end) break;
        if (s->from_milli > at) {
            add_piece(pieces, &uncovered, s->from_milli - at);
            at = s->from_milli;
        }
        struct move m = move_of(s, date, at, high);
        add_piece(pieces, &m, m.qty_milli);
        at = high;
    }
    if (end > at) add_piece(pieces, &uncovered, end - at);
}

void lots_pieces(struct rating *r, struct pool pool, const struct moves *moves, int64_t from_milli, int64_t qty_milli,
                 struct lot_pieces *pieces)
{
    int64_t start = 0, end = from_milli + qty_milli;
    for (unsigned i = 0; i < moves->count && start < end; i++) {
        const struct move *m = &moves->items[i];
        int64_t low = start > from_milli ? start : from_milli;
        int64_t high = start + m->qty_milli < end ? start + m->qty_milli : end;
        if (low < high && m->lot_no) add_piece(pieces, m, high - low);
        else if (low < high) add_stream_pieces(r, pool, m->date, m->place_milli + low - start, high - low, pieces);
        start += m->qty_milli;
    }
}

static void add_cost(struct cost_part *parts, unsigned *count, const struct lot *lot, int32_t date)
{
    __int128 milli_micros = (__int128)lot->remaining_milli * lots_cost_on(lot, date);
    for (unsigned i = 0; i < *count; i++)
        if (parts[i].cost_den == lot->cost_den && slice_equal(parts[i].currency, lot->currency)) {
            parts[i].milli_micros += milli_micros;
            return;
        }
    if (*count < cost_part_LIST_MAX)                    /* a full list is no average (transactions_average_cost) */
        parts[(*count)++] =
            (struct cost_part){ .currency = lot->currency, .cost_den = lot->cost_den, .milli_micros = milli_micros };
}

int64_t lots_average(struct rating *r, struct pool pool, int32_t date, struct cost_part *parts, unsigned *count)
{
    const struct lots_row *row = lots_read(r, pool);
    int64_t sum_milli = 0;
    *count = 0;
    for (unsigned i = 0; i < row->lots_count && row->lots[i].receipt_date <= date; i++) {
        const struct lot *lot = &row->lots[i];
        if (lot->remaining_milli == 0) continue;
        sum_milli += lot->remaining_milli;
        add_cost(parts, count, lot, date);
    }
    return sum_milli;
}

const struct lot *lots_newest(struct rating *r, struct pool pool)
{
    const struct lots_row *row = lots_read(r, pool);
    return row->lots_count ? &row->lots[row->lots_count - 1] : NULL;
}

/* Price protection. */

/* The next day of the pool on which something moved; 0: there is none. */
static int32_t day_behind(const struct lots_row *row, int32_t day)
{
    return day == DATE_MAX ? 0 : day_set_next(&row->days, date_add_days(day, 1));
}

int64_t lots_on_hand(struct rating *r, struct pool pool, int32_t date)
{
    const struct lots_row *row = lots_read(r, pool);
    int64_t stock = row->net_milli;
    for (int32_t day = day_set_next(&row->days, date); day; day = day_behind(row, day)) {
        const struct stock_day_row *moved = lots_day_of(r, pool, day);
        stock -= moved->in_milli - moved->out_milli;
    }
    return stock > 0 ? stock : 0;
}

void lots_note_direct(struct rating *r, struct pool pool, int32_t date, int64_t qty_milli)
{
    lots_day_of(r, pool, date)->direct_milli += qty_milli;
    day_set_add(&lots_row_of(r, pool)->days, date);
}

int64_t lots_direct(struct rating *r, struct pool pool, int32_t from, int32_t to)
{
    const struct lots_row *row = lots_read(r, pool);
    int64_t sum = 0;
    for (int32_t day = day_set_next(&row->days, from); day && day <= to; day = day_behind(row, day))
        sum += lots_day_of(r, pool, day)->direct_milli;
    return sum;
}

int64_t lots_received(struct rating *r, struct pool pool, int32_t from, int32_t to)
{
    const struct lots_row *row = lots_read(r, pool);
    int64_t sum = 0;
    for (int32_t day = day_set_next(&row->days, from); day && day <= to; day = day_behind(row, day))
        sum += lots_day_of(r, pool, day)->received_milli;
    const struct departures_row *left = departures_read(r, pool);
    for (unsigned i = 0; i < left->departures_count; i++) {
        const struct departure *d = &left->departures[i];
        if (d->date > to && d->receipt_date >= from && d->receipt_date <= to) sum += d->qty_milli;
    }
    return sum;
}

static void add_outs(const struct lots_row *row, const struct stock_day_row *day, int64_t *stock_milli)
{
    for (unsigned i = 0; i < day->outs_count; i++)
        for (unsigned k = 0; k < row->lots_count; k++)
            if (row->lots[k].no == day->outs[i].lot_no) stock_milli[k] += day->outs[i].qty_milli;
}

void lots_stock_before(struct rating *r, struct pool pool, int32_t date, int64_t *stock_milli)
{
    const struct lots_row *row = lots_read(r, pool);
    for (unsigned i = 0; i < row->lots_count; i++) stock_milli[i] = row->lots[i].remaining_milli;
    for (int32_t day = day_set_next(&row->days, date); day; day = day_behind(row, day))
        add_outs(row, lots_day_of(r, pool, day), stock_milli);
    for (unsigned i = 0; i < row->lots_count; i++)
        if (stock_milli[i] > row->lots[i].qty_milli) stock_milli[i] = row->lots[i].qty_milli;
}

static void add_credit(struct rating *r, struct lot *lot, struct lot_credit credit)
{
    *ROWS_APPEND(r->arena, lot, credits, lot_credit) = credit;
}

/* The last `qty` units of the lot that left on the day or after it belong to the part; answers how many it lacks. */
static int64_t name_last_since(struct rating *r, struct pool pool, const struct lots_row *row, int32_t day,
                               uint32_t lot_no, uint32_t part_no, int64_t qty_milli)
{
    if (day == 0 || qty_milli == 0) return qty_milli;
    int64_t rest = name_last_since(r, pool, row, day_behind(row, day), lot_no, part_no, qty_milli);
    return day_outs_part(r, lots_day_of(r, pool, day), lot_no, part_no, rest);
}

/* Takes the last `qty` units of the stock at the start of `date` off a lot, as a lot of its own: those that are there,
 * then those that left last since. */
static struct lot split_off(struct rating *r, struct pool pool, struct lots_row *row, struct lot *lot, int32_t date,
                            int64_t qty_milli)
{
    struct lot part = *lot;
    part.no = ++row->next_no;
    part.qty_milli = qty_milli;
    if (part.remaining_milli > qty_milli) part.remaining_milli = qty_milli;
    part.of_no = lot->no;
    lot->qty_milli -= qty_milli;
    lot->remaining_milli -= part.remaining_milli;
    (void)name_last_since(r, pool, row, day_set_next(&row->days, date), lot->no, part.no,
                          qty_milli - part.remaining_milli);
    return part;
}

bool lots_credit(struct rating *r, struct pool pool, uint32_t lot_no, int64_t qty_milli, struct lot_credit credit)
{
    struct lots_row *row = lots_row_of(r, pool);
    struct lot *lot = lots_find(row, lot_no);
    if (!lot) return true;
    ASSERT(qty_milli > 0 && qty_milli <= lot->qty_milli);
    if (lot->credits_count == lot_credit_LIST_MAX) return false;
    if (qty_milli == lot->qty_milli) {
        add_credit(r, lot, credit);
        return true;
    }
    if (open_lots(row) >= LOTS_OPEN_MAX) return false;
    struct lot part = split_off(r, pool, row, lot, credit.effective, qty_milli);
    add_credit(r, &part, credit);
    drop_exhausted(row);
    insert_lot(r, row, part);
    return true;
}

void lots_end_credit(struct rating *r, struct pool pool, struct slice payout_id)
{
    struct lots_row *row = lots_row_of(r, pool);
    for (unsigned i = 0; i < row->lots_count; i++) {
        struct lot *lot = &row->lots[i];
        for (unsigned k = lot->credits_count; k-- > 0;)
            if (slice_equal(lot->credits[k].payout_id, payout_id))
                rows_remove(lot->credits, &lot->credits_count, sizeof lot->credits[k], k);
    }
}
