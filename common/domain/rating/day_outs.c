/* domain/rating/day_outs.c: pieces of a day by place, or its sums by lot. */
#include "domain/rating/day_outs.h"

/* --- sums by lot --- */

static struct lot_out *sum_of(struct stock_day_row *day, uint32_t lot_no)
{
    for (unsigned i = 0; i < day->outs_count; i++)
        if (day->outs[i].lot_no == lot_no) return &day->outs[i];
    return NULL;
}

static void append(struct rating *r, struct stock_day_row *day, struct lot_out out)
{
    r->overflow |= day->outs_count == lot_out_LIST_MAX;
    if (!r->overflow) *ROWS_APPEND(r->arena, day, outs, lot_out) = out;
}

static void add_sum(struct rating *r, struct stock_day_row *day, uint32_t lot_no, int64_t qty_milli)
{
    struct lot_out *sum = sum_of(day, lot_no);
    if (sum) sum->qty_milli += qty_milli;
    else append(r, day, (struct lot_out){ .lot_no = lot_no, .qty_milli = qty_milli });
}

/* Answers how many it has not. */
static int64_t take_sum(struct stock_day_row *day, uint32_t lot_no, int64_t qty_milli)
{
    struct lot_out *sum = sum_of(day, lot_no);
    int64_t take = !sum ? 0 : sum->qty_milli < qty_milli ? sum->qty_milli : qty_milli;
    if (!sum) return qty_milli;
    sum->qty_milli -= take;
    if (sum->qty_milli == 0) rows_remove(day->outs, &day->outs_count, sizeof *sum, (unsigned)(sum - day->outs));
    return qty_milli - take;
}

/* --- pieces by place --- */

static void lose_places(struct stock_day_row *day)
{
    unsigned count = day->outs_count;
    day->is_placed = false;
    day->outs_count = 0;
    for (unsigned i = 0; i < count; i++) {              /* in its own list: sums are never more than the pieces */
        struct lot_out *sum = sum_of(day, day->outs[i].lot_no);
        if (sum) sum->qty_milli += day->outs[i].qty_milli;
        else day->outs[day->outs_count++] = (struct lot_out){ day->outs[i].lot_no, day->outs[i].qty_milli, 0 };
    }
}

/* Whether the day has places, and room for one more piece; else it has them no longer. */
static bool has_places(struct stock_day_row *day)
{
    if (day->outs_count == 0) day->is_placed = true;
    if (day->is_placed && day->outs_count >= DAY_OUTS_PLACED) lose_places(day);
    return day->is_placed;
}

int64_t day_outs_leave(struct rating *r, struct stock_day_row *day, uint32_t lot_no, int64_t qty_milli)
{
    int64_t place = day->left_milli;
    struct lot_out *last = day->is_placed && day->outs_count ? &day->outs[day->outs_count - 1] : NULL;
    day->left_milli += qty_milli;
    if (last && last->lot_no == lot_no && last->place_milli + last->qty_milli == place) last->qty_milli += qty_milli;
    else if (has_places(day)) append(r, day, (struct lot_out){ lot_no, qty_milli, place });
    else add_sum(r, day, lot_no, qty_milli);
    return place;
}

/* Parts a piece in two; answers the latter. */
static struct lot_out *part_piece(struct rating *r, struct stock_day_row *day, unsigned at, int64_t first_milli)
{
    struct lot_out rest = day->outs[at];
    (void)ROWS_APPEND(r->arena, day, outs, lot_out);
    for (unsigned i = day->outs_count - 1; i > at + 1; i--) day->outs[i] = day->outs[i - 1];
    rest.place_milli += first_milli;
    rest.qty_milli -= first_milli;
    day->outs[at].qty_milli = first_milli;
    day->outs[at + 1] = rest;
    return &day->outs[at + 1];
}

void day_outs_forget(struct rating *r, struct stock_day_row *day, uint32_t lot_no, int64_t place_milli,
                     int64_t qty_milli)
{
    int64_t end = place_milli + qty_milli;
    if (!has_places(day)) {
        (void)take_sum(day, lot_no, qty_milli);
        return;
    }
    for (unsigned i = day->outs_count; i-- > 0;) {
        int64_t from = day->outs[i].place_milli, to = from + day->outs[i].qty_milli;
        if (to <= place_milli || from >= end) continue;
        if (to > end) (void)part_piece(r, day, i, end - from);
        if (from < place_milli) day->outs[i].qty_milli = place_milli - from;
        else rows_remove(day->outs, &day->outs_count, sizeof *day->outs, i);
    }
}

int64_t day_outs_run(const struct stock_day_row *day, int64_t place_milli, int64_t qty_milli, uint32_t *lot_no)
{
    int64_t end = place_milli + qty_milli;
    for (unsigned i = 0; i < day->outs_count && day->is_placed; i++) {
        const struct lot_out *out = &day->outs[i];
        int64_t to = out->place_milli + out->qty_milli;
        if (to <= place_milli) continue;
        if (out->place_milli >= end) break;
        if (out->place_milli > place_milli) return out->place_milli - place_milli;
        *lot_no = out->lot_no;
        return to < end ? to - place_milli : qty_milli;
    }
    return qty_milli;
}

int64_t day_outs_part(struct rating *r, struct stock_day_row *day, uint32_t lot_no, uint32_t part_no,
                      int64_t qty_milli)
{
    if (!has_places(day)) {
        int64_t lacks = take_sum(day, lot_no, qty_milli);
        if (lacks < qty_milli) add_sum(r, day, part_no, qty_milli - lacks);
        return lacks;
    }
    for (unsigned i = day->outs_count; i-- > 0 && qty_milli > 0;) {
        struct lot_out *out = &day->outs[i];
        if (out->lot_no != lot_no) continue;
        if (out->qty_milli > qty_milli) out = part_piece(r, day, i, out->qty_milli - qty_milli);
        out->lot_no = part_no;
        qty_milli -= out->qty_milli;
    }
    return qty_milli;
}
