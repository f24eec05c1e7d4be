/* domain/rating/stock_rotation.c: a FIFO issue, credited up to an allowance. */
#include "domain/rating/stock_rotation.h"

#include "base/assert.h"
#include "domain/currency.h"
#include "domain/rating/award_settle.h"
#include "domain/rating/caps.h"
#include "domain/rating/lots.h"
#include "domain/rating/purchases.h"
#include "domain/rating/stock.h"
#include "domain/rating/volume_correction.h"

/* From rate to write. */
struct rotation {
    struct moves        moves;                      /* covered units of A, as the issue took them */
    struct volume_value values[cost_part_LIST_MAX]; /* their lot cost on the received date, by currency */
    unsigned            value_count;
};

static struct period_rule periods_of(const struct program *p)
{
    return (struct period_rule){
        .kind = p->rotation.period, .fiscal_start_month = 1, .program_from = p->valid_from, .program_to = p->valid_to};
}

static struct slice label_of(struct rating *r, const struct award *a)
{
    return slice_copy(r->arena, period_label(&a->period));
}

/* O1 to O3. */

static void check_window(struct rating *r, struct award *a)
{
    int32_t last = date_add_days(a->period.from, (int64_t)a->program->rotation.window_days - 1);
    award_claim_window(r, a, &a->program->claim, award_anchor_date(r, a));
    if (a->program->rotation.window_days == 0 || r->claim_received <= last) return;
    struct reason *given = award_give(r, a, REASON_LATE_CLAIM);
    reason_argument(given, SLICE("received"), date_text(r->arena, r->claim_received));
    reason_argument(given, SLICE("last"), date_text(r->arena, last));
}

static void check_part(struct rating *r, struct award *a)
{
    if (!r->product || !r->product->not_returnable) return;
    struct reason *given = award_give(r, a, REASON_PART_NOT_ELIGIBLE);
    reason_argument(given, SLICE("part"), r->class->sku);
    reason_argument(given, SLICE("program"), a->program->id);
}

static bool needs_offset(const struct award *a)
{
    return a->program->rotation.offset_order != OFFSET_ORDER_NONE;
}

static void check_offset(struct rating *r, struct award *a)
{
    if (!needs_offset(a)) return;
    struct slice missing = slice_is_empty(r->line->offset_order_no) ? SLICE("offset_order_no") : SLICE("offset_amount");
    if (slice_is_empty(r->line->offset_order_no) || r->line->offset_amount_minor == 0)
        reason_argument(award_give(r, a, REASON_FIELD_MISSING), SLICE("field"), missing);
}

/* O4. */

static void add_value(struct rating *r, struct rotation *o, struct slice currency, struct rational amount)
{
    for (unsigned i = 0; i < o->value_count; i++)
        if (slice_equal(o->values[i].currency, currency)) {
            o->values[i].amount = rational_add(o->values[i].amount, amount);
            return;
        }
    r->overflow |= o->value_count == cost_part_LIST_MAX;
    if (!r->overflow) o->values[o->value_count++] = (struct volume_value){ currency, amount };
}

/* All of A leaves; what finds no lot is not credited, whatever a quantity cap has cut before it (R8). */
static void issue(struct rating *r, struct award *a, struct rotation *o)
{
    int64_t wanted = a->accepted_milli;
    if (wanted <= 0) return;
    lots_consume(r, lots_pool(r), stock_date(r), wanted, false, &o->moves);
    r->row.moves = o->moves.items;
    r->row.moves_count = o->moves.count;
    r->row.moved_milli = wanted;
    int64_t covered = lots_moved(&o->moves);
    if (covered >= wanted) return;
    struct reason *given = award_give(r, a, REASON_ONHAND_EXCEEDED);
    reason_argument(given, SLICE("refused"), award_qty_text(r, wanted - covered));
    reason_argument(given, SLICE("date"), date_text(r->arena, r->in->received_date));
    award_limit_qty(a, REASON_ONHAND_EXCEEDED, covered);
}

/* Lot cost of a move on the received date, in the lot's currency: later credits may stand between shipment and receipt.
 */
static struct rational lot_cost(struct rating *r, const struct move *m)
{
    const struct lot *lot = lots_find(lots_row_of(r, lots_pool(r)), m->lot_no);
    return lot ? lots_cost(lots_cost_on(lot, r->in->received_date), lot->cost_den)
               : lots_cost(m->cost_micros, m->cost_den);
}

static struct rational price_of(const struct award *a, struct rational cost, struct rational book)
{
    switch (a->program->rotation.price) {
    case ROTATION_PRICE_PRICE_LIST: return book;
    case ROTATION_PRICE_LOWER:      return rational_min(cost, book);
    default:                        return cost;
    }
}

static void credit_units(struct rating *r, struct award *a, const struct move *m, int64_t qty_milli,
                         struct rational unit)
{
    struct rational part = rational_mul(unit, rational_of_milli(qty_milli));
    int64_t micros = 0;
    a->entitled = rational_add(a->entitled, part);
    struct step *s = award_step(r, a, SLICE("O4"));
    award_input(r, s, SLICE("q"), qty_milli, 0, SLICE("milli"));
    award_input_exact(r, s, SLICE("per_unit"), unit, a->micros_unit);
    award_result_exact(r, s, SLICE("E"), part, (struct slice){ 0 });
    if (round_money(rational_mul(unit, rational_of(1000000)), 0, ROUNDING_HALF_UP, 1, &micros) != OK)
        r->overflow = true;
    award_lot(r, a, slice_of_int(r->arena, m->lot_no), qty_milli, micros, micros, a->program->currency);
}

static void price_units(struct rating *r, struct award *a, struct rotation *o)
{
    struct rational book = RATIONAL_ZERO;
    int64_t left = a->qty_milli;
    bool needs_book =
        a->program->rotation.price == ROTATION_PRICE_PRICE_LIST || a->program->rotation.price == ROTATION_PRICE_LOWER;
    if (needs_book && o->moves.count && !award_book_price(r, a, r->in->received_date, &book)) return;
    for (unsigned i = 0; i < o->moves.count; i++) {
        const struct move *m = &o->moves.items[i];
        int64_t qty = m->qty_milli < left ? m->qty_milli : left;
        struct exchange x = award_exchange(r, a, m->currency);
        struct rational cost = lot_cost(r, m);
        add_value(r, o, m->currency, rational_mul(cost, rational_of_milli(m->qty_milli)));
        if (qty > 0) credit_units(r, a, m, qty, price_of(a, rational_mul(cost, x.rate), book));
        left -= qty;
    }
}

/* O5. */

static const struct rotation_row *allowance_of(struct rating *r, const struct award *a)
{
    return books_read(r->books, PAYOUT_ROTATIONS, RATING_KEY(r, a->program->id, label_of(r, a)), NULL);
}

static struct rational allowance_left(struct rating *r, struct award *a)
{
    struct period_rule rule = periods_of(a->program);
    struct period base = a->period;
    bool found = a->program->rotation.base_period != PURCHASE_BASE_PRIOR || period_prior(&rule, &a->period, &base);
    struct rational net = found ? purchases_net(r, a, base.from, base.to) : RATIONAL_ZERO;
    struct rational allowed = rational_mul(net, rational_of_percent(a->program->rotation.percent_micros));
    struct rational used = rational_of_minor(allowance_of(r, a)->credited_minor, a->exponent);
    struct step *s = award_step(r, a, SLICE("O5"));
    award_input_exact(r, s, SLICE("purchases"), net, (struct slice){ 0 });
    award_input(r, s, SLICE("percent"), a->program->rotation.percent_micros, 100000000, SLICE("percent_micros"));
    award_input_exact(r, s, SLICE("used"), used, (struct slice){ 0 });
    award_result_exact(r, s, SLICE("left"), rational_sub(allowed, used), (struct slice){ 0 });
    return rational_sub(allowed, used);
}

static struct rational in_program_currency(struct rating *r, struct award *a, int64_t minor, struct slice currency)
{
    struct exchange x = award_exchange(r, a, currency);
    return rational_mul(
        rational_of_minor(minor, currency_exponent(slice_is_empty(currency) ? a->program->currency : currency)),
        x.rate);
}

static struct rational offset_left(struct rating *r, struct award *a)
{
    const struct offset_row *row = books_read(r->books, PAYOUT_OFFSETS, RATING_KEY(r, r->line->offset_order_no), NULL);
    struct rational order = in_program_currency(r, a, r->line->offset_amount_minor, r->line->currency);
    return rational_sub(order, in_program_currency(r, a, row->credited_minor, row->currency));
}

/* What is left is compared as it is, and R9 never passes it. */
static void note_least(struct rating *r, struct award *a, struct rational left)
{
    int64_t whole = 0;
    struct rational scale = rational_of(1);
    for (unsigned i = 0; i < a->exponent; i++) scale = rational_mul(scale, rational_of(10));
    if (rational_floor(rational_mul(left, scale), &whole) != OK) r->overflow = true;
    if (whole < a->least_left_minor) a->least_left_minor = whole > 0 ? whole : 0;
}

static void lower(struct rating *r, struct award *a, struct rational left, struct slice name)
{
    note_least(r, a, left);
    caps_lower(r, a, REASON_ROTATION_LIMIT, left, award_money_text(r, a, award_measure(r, a, left)), name);
}

/* The argument names the limit that binds. */
static void limit_credit(struct rating *r, struct award *a)
{
    bool has_offset = needs_offset(a) && r->line->offset_order_no.size && r->line->offset_amount_minor > 0;
    struct rational allowance = rational_max(allowance_left(r, a), RATIONAL_ZERO);
    struct rational offset = has_offset ? rational_max(offset_left(r, a), RATIONAL_ZERO) : allowance;
    bool by_offset = rational_compare(offset, allowance) < 0;
    struct rational least = by_offset ? offset : allowance;
    if (rational_compare(a->payable, least) > 0) {
        struct reason *given = award_give(r, a, REASON_ROTATION_LIMIT);
        reason_argument(given, by_offset ? SLICE("order_left") : SLICE("left"),
                        award_money_text(r, a, award_measure(r, a, least)));
        reason_argument(given, SLICE("limit"), by_offset ? SLICE("offset_order") : SLICE("purchases"));
        if (by_offset) reason_argument(given, SLICE("order"), r->line->offset_order_no);
    }
    lower(r, a, allowance, SLICE("purchases"));
    if (has_offset) lower(r, a, offset, SLICE("offset_order"));
}

void stock_rotation_rate(struct rating *r, struct award *a)
{
    struct rotation *o = ARENA_NEW(r->arena, struct rotation);
    struct period_rule rule = periods_of(a->program);
    a->own = o;
    if (!period_of(&rule, r->in->received_date, &a->period)) a->period = award_month(r->in->received_date);
    check_window(r, a);
    check_part(r, a);
    check_offset(r, a);
    caps_limit_qty(r, a);
    issue(r, a, o);
    price_units(r, a, o);
    a->limit = limit_credit;
    award_settle(r, a, REASON_AMOUNT_MISMATCH, 0);
    a->paid_milli = a->qty_milli;
}

/* O6. */

static void charge_limits(struct rating *r, struct award *a)
{
    struct rotation_row *row = books_change(r->books, PAYOUT_ROTATIONS, RATING_KEY(r, a->program->id, label_of(r, a)));
    award_balance(r, a, SLICE("rotation"), label_of(r, a), row->credited_minor, row->credited_minor + a->amount_minor,
                  a->minor_unit);
    row->credited_minor += a->amount_minor;
    row->currency = a->program->currency;
    if (!needs_offset(a)) return;
    struct offset_row *offset = books_change(r->books, PAYOUT_OFFSETS, RATING_KEY(r, r->line->offset_order_no));
    if (offset->credited_minor && !slice_equal(offset->currency, a->program->currency))
        offset->credited_minor =
            award_measure(r, a, in_program_currency(r, a, offset->credited_minor, offset->currency));
    award_balance(r, a, SLICE("offset"), r->line->offset_order_no, offset->credited_minor,
                  offset->credited_minor + a->amount_minor, a->minor_unit);
    offset->credited_minor += a->amount_minor;
    offset->currency = a->program->currency;
}

void stock_rotation_write(struct rating *r, struct award *a)
{
    const struct rotation *o = a->own;
    charge_limits(r, a);
    caps_charge(r, a);
    award_post(r, a, LEDGER_EARNED, a->paid_milli, a->amount_minor, a->payout_minor)->kept = &a->kept;
    award_keep(a);
    a->kept.period = label_of(r, a);
    a->kept.group = needs_offset(a) ? r->line->offset_order_no : (struct slice){ 0 };
    volume_correction_leave(r, r->in->received_date, o->values, o->value_count, a->accepted_milli);
}

void stock_rotation_restore(struct rating *r, const struct line_program *kept, int64_t minor, int64_t qty_milli,
                            enum cause cause)
{
    (void)qty_milli;
    (void)cause;
    struct rotation_row *row = books_change(r->books, PAYOUT_ROTATIONS, RATING_KEY(r, kept->program_id, kept->period));
    row->credited_minor -= minor;
    if (slice_is_empty(kept->group)) return;
    struct offset_row *offset = books_change(r->books, PAYOUT_OFFSETS, RATING_KEY(r, kept->group));
    offset->credited_minor -= minor;
}
