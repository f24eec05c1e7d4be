/* domain/rating/price_protection.c: units on hand, what each lost, and their new cost. */
#include "domain/rating/price_protection.h"

#include "base/assert.h"
#include "domain/rating/award_settle.h"
#include "domain/rating/caps.h"
#include "domain/rating/departures.h"
#include "domain/rating/lots.h"
#include "domain/rating/volume_correction.h"

/* Units of one lot that are credited; the unit credit in program currency. */
struct credited {
    struct pool pool;                               /* another one than that of the claim where they left since */
    uint32_t lot_no;
    int64_t qty_milli, least_micros;                /* what the lot costs once all its credits are in force */
    uint32_t cost_den;
    struct slice currency;
    struct rational unit, rate;
};

/* Lots of other places that one claim credits at most. */
enum { UNITS_ELSEWHERE_MAX = 200 };

/* From rate to write. Prices in program currency. */
struct protection {
    int32_t          date;                          /* d */
    struct rational  old_price, new_price;
    struct pool      pool;
    int64_t          on_hand_milli, left_milli;     /* H, and what of it is not credited yet */
    int64_t          adjusted_milli;                /* units that the partner's own adjustment brought into stock */
    int64_t          stock_milli, taken_milli;      /* H before window and transit; units of it that are credited now */
    int32_t          oldest;                        /* receipt of the oldest of those */
    struct credited *units;
    unsigned         unit_count, units_max;
    struct rational  entitled;                      /* E of K7, before R7 */
};

/* Reports. */

static struct slice snapshots_key(struct rating *r, struct pool pool)
{
    return RATING_KEY(r, pool.location_id, pool.sku);
}

static unsigned oldest_of(const struct snapshot_row *row)
{
    unsigned oldest = 0;
    for (unsigned i = 1; i < row->snapshots_count; i++)
        if (row->snapshots[i].date < row->snapshots[oldest].date) oldest = i;
    return oldest;
}

void price_protection_report(struct rating *r)
{
    const struct line *l = r->line;
    struct snapshot said = { .date = l->snapshot_date,
                            .qty_milli = r->accepted_milli,
                            .line_id = r->receipt->line_id,
                            .location_id = l->location_id };
    if (!date_is_valid(l->snapshot_date)) return;
    struct snapshot_row *row = books_change(r->books, PAYOUT_SNAPSHOTS, snapshots_key(r, lots_pool(r)));
    for (unsigned i = 0; i < row->snapshots_count; i++)
        if (row->snapshots[i].date == said.date && slice_equal(row->snapshots[i].location_id, said.location_id)) {
            row->snapshots[i] = said;
            return;
        }
    if (row->snapshots_count == snapshot_LIST_MAX)
        rows_remove(row->snapshots, &row->snapshots_count, sizeof said, oldest_of(row));
    *ROWS_APPEND(r->arena, row, snapshots, snapshot) = said;
}

void price_protection_forget(struct rating *r, const struct line_row *original, struct slice line_id)
{
    struct pool pool = { .location_id = original->pool_location, .sku = original->sku };
    struct snapshot_row *row = books_change(r->books, PAYOUT_SNAPSHOTS, snapshots_key(r, pool));
    for (unsigned i = row->snapshots_count; i-- > 0;)
        if (slice_equal(row->snapshots[i].line_id, line_id))
            rows_remove(row->snapshots, &row->snapshots_count, sizeof row->snapshots[i], i);
}

static int64_t distance(const struct snapshot *s, int32_t date)
{
    int64_t days = date_days_between(s->date, date);
    return days < 0 ? -days : days;
}

/* The nearer one stands for its location, of two the earlier. */
static bool is_nearer(const struct snapshot *a, const struct snapshot *b, int32_t date)
{
    int64_t of_a = distance(a, date), of_b = distance(b, date);
    return of_a != of_b ? of_a < of_b : a->date < b->date;
}

static bool stands_for_location(const struct snapshot_row *row, unsigned at, int32_t date)
{
    for (unsigned i = 0; i < row->snapshots_count; i++)
        if (i != at && slice_equal(row->snapshots[i].location_id, row->snapshots[at].location_id)
            && is_nearer(&row->snapshots[i], &row->snapshots[at], date))
            return false;
    return true;
}

/* R: the reports nearest to the date, summed over the pool; false when there is none within `days`. */
static bool reported(struct rating *r, struct pool pool, int32_t date, uint32_t days, int64_t *milli)
{
    const struct snapshot_row *row = books_read(r->books, PAYOUT_SNAPSHOTS, snapshots_key(r, pool), NULL);
    bool found = false;
    *milli = 0;
    for (unsigned i = 0; i < row->snapshots_count; i++) {
        if (distance(&row->snapshots[i], date) > days || !stands_for_location(row, i, date)) continue;
        *milli += row->snapshots[i].qty_milli;
        found = true;
    }
    return found;
}

/* K1. */

/* The price that begins on the date and the one before it. */
static bool price_change(const struct price_list *list, int32_t date, int64_t *old_micros, int64_t *new_micros)
{
    for (unsigned i = 1; list && i < list->price_count; i++) {
        if (list->prices[i].valid_from != date) continue;
        *old_micros = list->prices[i - 1].price_micros;
        *new_micros = list->prices[i].price_micros;
        return true;
    }
    return false;
}

static bool find_prices(struct rating *r, struct award *a, struct protection *p)
{
    int64_t old_micros, new_micros;
    const struct price_list *list = catalogue_price_list(r->in->catalogue, r->class->price_list_id, r->class->sku);
    if (!price_change(list, p->date, &old_micros, &new_micros)) {
        struct reason *given = award_stop(r, a, REASON_NO_PRICE_CHANGE);
        reason_argument(given, SLICE("part"), r->class->sku);
        reason_argument(given, SLICE("date"), date_text(r->arena, p->date));
        return false;
    }
    struct exchange x = award_exchange(r, a, list->currency);
    p->old_price = rational_mul(rational_of_micros(old_micros), x.rate);
    p->new_price = rational_mul(rational_of_micros(new_micros), x.rate);
    struct step *s = award_step(r, a, SLICE("K1"));
    award_input_exact(r, s, SLICE("old"), p->old_price, a->micros_unit);
    award_input_exact(r, s, SLICE("new"), p->new_price, a->micros_unit);
    award_result_exact(r, s, SLICE("drop"), rational_sub(p->old_price, p->new_price), a->micros_unit);
    return true;
}

/* |Drop| · old below the least share of old. */
static void check_drop(struct rating *r, struct award *a, const struct protection *p)
{
    const struct price_protection_terms *terms = &a->program->price_protection;
    struct rational drop = rational_sub(p->old_price, p->new_price);
    struct rational size = rational_sign(drop) < 0 ? rational_neg(drop) : drop;
    struct rational least = rational_mul(p->old_price, rational_of_percent(terms->min_drop_percent_micros));
    bool rises = rational_sign(drop) <= 0 && terms->direction != PRICE_DIRECTION_BOTH;
    if (rises || rational_compare(size, least) < 0)
        reason_argument(award_give(r, a, REASON_DROP_TOO_SMALL), SLICE("part"), r->class->sku);
}

/* K3 to K6. */

static void compare_report(struct rating *r, struct award *a, struct protection *p)
{
    const struct price_protection_terms *terms = &a->program->price_protection;
    int64_t stock = p->on_hand_milli, said = 0;
    bool found = reported(r, p->pool, p->date, terms->snapshot_days, &said);
    struct step *s = award_step(r, a, SLICE("K3"));
    award_input(r, s, SLICE("stock"), stock, 0, SLICE("milli"));
    if (found) award_input(r, s, SLICE("reported"), said, 0, SLICE("milli"));
    if (found && said < stock) p->on_hand_milli = said;
    p->stock_milli = p->on_hand_milli;
    award_result(s, SLICE("H"), p->on_hand_milli, SLICE("milli"));
    if (found && said > stock) award_give(r, a, REASON_INVENTORY_GAP);
    if (!found && terms->snapshot == SNAPSHOT_RULE_REQUIRED)
        reason_argument(award_give(r, a, REASON_INVENTORY_MISSING), SLICE("date"), date_text(r->arena, p->date));
}

static int32_t window_start(const struct award *a, const struct protection *p)
{
    uint32_t days = a->program->price_protection.window_days;
    return days ? date_add_days(p->date, -(int64_t)days) : DATE_MIN;
}

static void limit_by_window(struct rating *r, struct award *a, struct protection *p)
{
    if (a->program->price_protection.window_days == 0) return;
    int64_t received = lots_received(r, p->pool, window_start(a, p), date_add_days(p->date, -1));
    struct step *s = award_step(r, a, SLICE("K4"));
    award_input(r, s, SLICE("stock"), p->on_hand_milli, 0, SLICE("milli"));
    award_input(r, s, SLICE("received"), received, 0, SLICE("milli"));
    if (received < p->on_hand_milli) p->on_hand_milli = received;
    award_result(s, SLICE("H"), p->on_hand_milli, SLICE("milli"));
}

static bool is_in_transit(const struct award *a, const struct protection *p, const struct lot *lot)
{
    return a->program->price_protection.in_transit && lot->ship_date && lot->ship_date < p->date &&
           lot->receipt_date >= p->date;
}

static void add_transit(struct rating *r, struct award *a, struct protection *p)
{
    const struct lots_row *row = lots_row_of(r, p->pool);
    int64_t transit = 0;
    if (!a->program->price_protection.in_transit) return;
    for (unsigned i = 0; i < row->lots_count; i++)
        if (is_in_transit(a, p, &row->lots[i])) transit += row->lots[i].qty_milli;
    struct step *s = award_step(r, a, SLICE("K5"));
    award_input(r, s, SLICE("stock"), p->on_hand_milli, 0, SLICE("milli"));
    award_input(r, s, SLICE("transit"), transit, 0, SLICE("milli"));
    p->on_hand_milli += transit;
    award_result(s, SLICE("H"), p->on_hand_milli, SLICE("milli"));
}

static void subtract_credited(struct rating *r, struct award *a, struct protection *p)
{
    int64_t credited = lots_day_of(r, p->pool, p->date)->credited_milli;
    p->left_milli = p->on_hand_milli > credited ? p->on_hand_milli - credited : 0;
    struct step *s = award_step(r, a, SLICE("K6"));
    award_input(r, s, SLICE("on_hand"), p->on_hand_milli, 0, SLICE("milli"));
    award_input(r, s, SLICE("credited"), credited, 0, SLICE("milli"));
    award_result(s, SLICE("left"), p->left_milli, SLICE("milli"));
}

/* K7. */

static bool is_credited_already(const struct lot *lot, int32_t date)
{
    for (unsigned i = 0; i < lot->credits_count; i++)
        if (lot->credits[i].effective == date) return true;
    return false;
}

static struct rational unit_credit(struct rating *r, struct award *a, const struct protection *p, const struct lot *lot,
                                   struct rational rate)
{
    const struct price_protection_terms *terms = &a->program->price_protection;
    struct rational cost = rational_mul(lots_cost(lots_cost_on(lot, date_add_days(p->date, -1)), lot->cost_den), rate);
    struct rational unit = rational_sub(terms->old_price == OLD_PRICE_PRICE_LIST ? p->old_price : cost, p->new_price);
    (void)r;
    return rational_sign(unit) < 0 && terms->direction != PRICE_DIRECTION_BOTH ? RATIONAL_ZERO : unit;
}

static void take_units(struct rating *r, struct award *a, struct protection *p, struct pool pool,
                       const struct lot *lot, int64_t qty_milli)
{
    struct exchange x = award_exchange(r, a, lot->currency);
    if (lot->adjusted) p->adjusted_milli += qty_milli;
    if (lot->receipt_date < p->date) {
        p->taken_milli += qty_milli;
        if (!p->oldest || lot->receipt_date < p->oldest) p->oldest = lot->receipt_date;
    }
    struct credited *unit = &p->units[p->unit_count++];
    *unit = (struct credited){ .pool = pool,
                              .lot_no = lot->no,
                              .qty_milli = qty_milli,
                              .least_micros = lots_cost_on(lot, DATE_MAX),
                              .cost_den = lot->cost_den,
                              .currency = lot->currency,
                              .unit = unit_credit(r, a, p, lot, x.rate),
                              .rate = x.rate };
    struct rational part = rational_mul(unit->unit, rational_of_milli(qty_milli));
    int64_t micros = 0;
    p->entitled = rational_add(p->entitled, part);
    struct step *s = award_step(r, a, SLICE("K7"));
    award_input(r, s, SLICE("q"), qty_milli, 0, SLICE("milli"));
    award_input_exact(r, s, SLICE("per_unit"), unit->unit, a->micros_unit);
    award_result_exact(r, s, SLICE("E"), part, (struct slice){ 0 });
    if (round_money(rational_mul(unit->unit, rational_of(1000000)), 0, ROUNDING_HALF_UP, 1, &micros) != OK)
        r->overflow = true;
    award_lot(r, a, slice_of_int(r->arena, lot->no), qty_milli, lots_cost_on(lot, p->date) / lot->cost_den, micros,
              lot->currency);
}

/* Units of the lot that were here at the start of the day and left for other places since: a transfer takes lots with
 * their cost (4.4), so the credit finds them there. Answers how many are still wanted. */
static int64_t find_moved(struct rating *r, struct award *a, struct protection *p, const struct lot *lot, int64_t left)
{
    struct followed f = { .items = ARENA_ARRAY(r->arena, UNITS_ELSEWHERE_MAX, struct units_in_lot),
                          .max = UNITS_ELSEWHERE_MAX };
    if (left > 0) departures_follow(r, p->pool, lot->no, p->date, &f);
    for (unsigned i = 0; i < f.count && left > 0 && p->unit_count < p->units_max; i++) {
        const struct units_in_lot *u = &f.items[i];
        const struct lot *there = lots_find(lots_row_of(r, u->pool), u->lot_no);
        int64_t take = u->qty_milli < left ? u->qty_milli : left;
        if (!there || is_credited_already(there, p->date)) continue;
        take_units(r, a, p, u->pool, there, take);
        left -= take;
    }
    return left;
}

/* Units on their way first, then from the newest receipt back, inside the window only. Answers how many found a lot. */
static int64_t find_units(struct rating *r, struct award *a, struct protection *p, int64_t wanted_milli)
{
    const struct lots_row *row = lots_row_of(r, p->pool);
    int64_t *stock = ARENA_ARRAY(r->arena, row->lots_count + 1, int64_t), left = wanted_milli;
    int32_t from = window_start(a, p);
    p->units_max = row->lots_count + UNITS_ELSEWHERE_MAX;
    p->units = ARENA_ARRAY(r->arena, p->units_max + 1, struct credited);
    lots_stock_before(r, p->pool, p->date, stock);
    for (int transit = 1; transit >= 0; transit--)
        for (unsigned i = row->lots_count; i-- > 0 && left > 0;) {
            const struct lot *lot = &row->lots[i];
            bool fits = transit ? is_in_transit(a, p, lot) : lot->receipt_date < p->date && lot->receipt_date >= from;
            int64_t take = stock[i] < left ? stock[i] : left;
            if (!fits) continue;
            if (take > 0 && !is_credited_already(lot, p->date)) {
                take_units(r, a, p, p->pool, lot, take);
                left -= take;
            }
            if (!transit) left = find_moved(r, a, p, lot, left);
        }
    return wanted_milli - left;
}

/* K6, K7: units beyond what is left, and those that no lot holds. A claim without quantity is for all that is left. */
static void limit_quantity(struct rating *r, struct award *a, struct protection *p)
{
    bool wants_all = r->accepted_milli == 0;
    if (wants_all) a->accepted_milli = a->qty_milli = p->left_milli;
    caps_limit_qty(r, a);
    int64_t wanted = a->qty_milli < p->left_milli ? a->qty_milli : p->left_milli, asked = a->accepted_milli;
    int64_t found = find_units(r, a, p, wanted);
    bool exceeds = asked > p->left_milli || found < wanted;
    if (!exceeds && !(wants_all && p->left_milli == 0)) return;
    bool none = p->left_milli == 0 || (found == 0 && wanted > 0);
    struct reason *given = award_give_as(r, a, REASON_ONHAND_EXCEEDED, none ? OUTCOME_REJECT : OUTCOME_SHORT);
    reason_argument(given, SLICE("refused"),
                    award_qty_text(r, asked - (found < wanted ? found : p->left_milli)));
    reason_argument(given, SLICE("date"), date_text(r->arena, p->date));
    award_limit_qty(a, REASON_ONHAND_EXCEEDED, found);
}

/* Whether these units would have left already, had the sales of which the partner says that the vendor shipped them
 * moved stock as others do. Before the oldest of them came none could take it. */
static bool leans_on_direct_sales(struct rating *r, const struct protection *p)
{
    if (p->taken_milli == 0) return false;
    int64_t direct = lots_direct(r, p->pool, p->oldest, date_add_days(p->date, -1));
    int64_t credited = lots_day_of(r, p->pool, p->date)->credited_milli;
    return direct > 0 && credited + p->taken_milli > p->stock_milli - direct;
}

/* Where the ruleset says that nobody grants himself what a vendor pays for, a person looks at units that the claimant
 * alone brought into stock, or kept there. */
static void ask_about_own_word(struct rating *r, struct award *a, const struct protection *p)
{
    if (!r->in->policy->protection_own_stock) return;
    struct slice what = p->adjusted_milli              ? SLICE("adjustments")
                        : leans_on_direct_sales(r, p) ? SLICE("direct_ship")
                                                      : (struct slice){ 0 };
    if (what.size == 0 || award_is_released(r, REASON_DATA_CONFLICT)) return;
    reason_argument(award_give(r, a, REASON_DATA_CONFLICT), SLICE("what"), what);
}

/* Where a rise counts, too, it lowers what is owed, but never below nothing (invariant 8). */
static void owe_nothing_back(struct rating *r, struct award *a, struct protection *p)
{
    if (rational_sign(p->entitled) >= 0) return;
    struct step *s = award_step(r, a, SLICE("K8"));
    award_input_exact(r, s, SLICE("E"), p->entitled, (struct slice){ 0 });
    p->entitled = RATIONAL_ZERO;
    award_result_exact(r, s, SLICE("E"), p->entitled, (struct slice){ 0 });
}

void price_protection_rate(struct rating *r, struct award *a)
{
    struct protection *p = ARENA_NEW(r->arena, struct protection);
    a->own = p;
    *p = (struct protection){ .date = r->line->price_change_date, .pool = lots_pool(r), .entitled = RATIONAL_ZERO };
    if (!date_is_valid(p->date)) {
        reason_argument(award_give(r, a, REASON_FIELD_MISSING), SLICE("field"), SLICE("price_change_date"));
        return;
    }
    if (!find_prices(r, a, p)) return;
    check_drop(r, a, p);
    award_claim_window(r, a, &a->program->claim, award_anchor_date(r, a));
    p->on_hand_milli = lots_on_hand(r, p->pool, p->date);
    compare_report(r, a, p);
    limit_by_window(r, a, p);
    add_transit(r, a, p);
    subtract_credited(r, a, p);
    limit_quantity(r, a, p);
    ask_about_own_word(r, a, p);
    owe_nothing_back(r, a, p);
    a->entitled = p->entitled;
    award_settle(r, a, REASON_AMOUNT_MISMATCH, 0);
    a->paid_milli = a->qty_milli;       /* a unit that lost nothing is credited, too: no later claim asks for it */
}

/* K9. */

/* The id that the one entry of the claim will have: what a credit is known by. */
static struct slice entry_id(struct rating *r, const struct award *a)
{
    const struct id_part parts[] = {ID_TEXT(r->receipt->line_id), ID_TEXT(a->program->id), ID_INT(a->program->version),
                                    ID_INT(0)};
    return hash_id(r->arena, parts, 4);
}

/* u · amount / round(E) in the lot's currency, down to micros, at most what the lot costs on any date: the credit of a
 * later change may have come first. Below zero where the unit rose in price (BOTH). */
static int64_t credit_micros(struct rating *r, const struct credited *unit, struct rational share)
{
    int64_t micros = 0, most = unit->least_micros / unit->cost_den;
    if (rational_sign(unit->rate) <= 0) return 0;
    struct rational exact =
        rational_mul(rational_div(rational_mul(unit->unit, share), unit->rate), rational_of(1000000));
    if (round_money(exact, 0, ROUNDING_DOWN, 1, &micros) != OK) r->overflow = true;
    return micros < most ? micros : most;
}

static void credit_lots(struct rating *r, struct award *a, const struct protection *p)
{
    int64_t entitled_minor = award_round(r, a, p->entitled);
    struct rational share = entitled_minor > 0 ? rational_make(a->amount_minor, entitled_minor) : RATIONAL_ZERO;
    for (unsigned i = 0; i < p->unit_count; i++) {
        struct lot_credit credit = {
            .effective = p->date, .amount_micros = credit_micros(r, &p->units[i], share), .payout_id = entry_id(r, a)};
        if (lots_credit(r, p->units[i].pool, p->units[i].lot_no, p->units[i].qty_milli, credit)) continue;
        if (!verdict_has(r->v, REASON_DATA_CONFLICT))
            reason_argument(verdict_give(r->v, REASON_DATA_CONFLICT), SLICE("what"), SLICE("lots"));
    }
    struct stock_day_row *day = lots_day_of(r, p->pool, p->date);
    award_balance(r, a, SLICE("credited"), p->pool.sku, day->credited_milli, day->credited_milli + a->paid_milli,
                  SLICE("milli"));
    day->credited_milli += a->paid_milli;
}

void price_protection_write(struct rating *r, struct award *a)
{
    const struct protection *p = a->own;
    struct volume_value credit = { a->program->currency, rational_of_minor(a->amount_minor, a->exponent) };
    credit_lots(r, a, p);
    caps_charge(r, a);
    award_post(r, a, LEDGER_EARNED, a->paid_milli, a->amount_minor, a->payout_minor)->kept = &a->kept;
    award_keep(a);
    a->kept.payout_id = entry_id(r, a);
    a->kept.aggregate = p->pool.location_id;
    a->kept.group = p->pool.sku;
    a->kept.program_date = p->date;
    if (a->amount_minor > 0) volume_correction_leave(r, p->date, &credit, 1, 0);
}

/* Of lots of the pool, and of those that units went to from it since the change. */
static void end_credits(struct rating *r, struct pool pool, const struct line_program *kept)
{
    const struct lots_row *row = lots_row_of(r, pool);
    struct followed f = { .items = ARENA_ARRAY(r->arena, UNITS_ELSEWHERE_MAX, struct units_in_lot),
                          .max = UNITS_ELSEWHERE_MAX };
    lots_end_credit(r, pool, kept->payout_id);
    for (unsigned i = 0; i < row->lots_count; i++, f.count = 0) {
        departures_follow(r, pool, row->lots[i].no, kept->program_date, &f);
        for (unsigned k = 0; k < f.count; k++) lots_end_credit(r, f.items[k].pool, kept->payout_id);
    }
}

void price_protection_restore(struct rating *r, const struct line_program *kept, int64_t minor, int64_t qty_milli,
                              enum cause cause)
{
    struct pool pool = { .location_id = kept->aggregate, .sku = kept->group };
    (void)cause;
    (void)minor;
    if (!kept->ended) return;
    end_credits(r, pool, kept);
    lots_day_of(r, pool, kept->program_date)->credited_milli -= qty_milli;
}
