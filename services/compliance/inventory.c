/* compliance/inventory.c: what is on the shelf. Pure. */
#include "compliance/inventory.h"

#include "base/assert.h"
#include "compliance/duplicates.h"
#include "domain/calendar.h"
#include "domain/decimal.h"

enum { MONTHS_READ_MAX = 26 };

struct pool { struct slice location, sku; };

static struct pool pool_of(const struct judging *j)
{
    return (struct pool){ j->class->lot_pool_location ? j->line->location_id : (struct slice){ 0 }, j->class->sku };
}

static struct slice pool_key(struct judging *j, struct pool p)
{
    return BOOKS_KEY(j->arena, j->root, p.location, p.sku);
}

static struct slice month_key(struct judging *j, struct pool p, int32_t month)
{
    return BOOKS_KEY(j->arena, j->root, p.location, p.sku, slice_of_int(j->arena, month));
}

/* Of the line's own pool. */
static struct slice own_pool_key(struct judging *j)
{
    if (!j->rows.pool.size) j->rows.pool = pool_key(j, pool_of(j));
    return j->rows.pool;
}

/* Of its own date there. */
static struct slice own_month_key(struct judging *j)
{
    if (!j->rows.month.size) j->rows.month = month_key(j, pool_of(j), j->date / 100);
    return j->rows.month;
}

/* --- what a line moves --- */

static bool has_live_sale(struct judging *j, const struct transaction_uses *t)
{
    for (unsigned i = 0; i < t->line_count; i++)
        if (t->lines[i].kind == KIND_POS_SALE && judging_footprint(j, t->lines[i].line_id)->state == FOOTPRINT_ACCEPTED)
            return true;
    return false;
}

/* A unit sold leaves once per T: what T has moved already, by other lines than this one, leaves no second time. */
static int64_t units_leaving(struct judging *j, int64_t qty_milli)
{
    if (!j->invoiced.exists) return qty_milli;
    const struct transaction_uses *t = judging_read(j, COMPLIANCE_TRANSACTIONS, j->rows.transaction);
    if (j->kind == KIND_SHIP_DEBIT_CLAIM && has_live_sale(j, t)) return 0;
    int64_t moved = t->moved_milli + j->before->moved_milli;            /* its own stands below zero */
    return qty_milli > moved ? qty_milli - moved : 0;
}

/* In +, out −. */
static int64_t movement(struct judging *j, int64_t qty_milli)
{
    if (j->line->direct_ship) return 0;
    switch (j->kind) {
    case KIND_POS_SALE: return -units_leaving(j, qty_milli);
    case KIND_ROTATION_CLAIM: case KIND_TRANSFER_OUT: return -qty_milli;
    case KIND_POS_RETURN: return -qty_milli;
    case KIND_TRANSFER_IN: case KIND_STOCK_ADJUST: case KIND_SELL_IN: return qty_milli;
    case KIND_SHIP_DEBIT_CLAIM:
        if (qty_milli >= 0) return -units_leaving(j, qty_milli);
        return j->original.line_id.size && j->original.footprint->moved_milli < 0 ? -qty_milli : 0;
    default: return 0;
    }
}

/* --- INV-01 --- */

static bool is_asked(const struct judging *j)
{
    return (j->kind == KIND_POS_SALE || j->kind == KIND_SHIP_DEBIT_CLAIM || j->kind == KIND_ROTATION_CLAIM)
        && j->qty_milli > 0;
}

static int32_t sell_in_watermark(struct judging *j)
{
    const struct watermarks *w = judging_read(j, COMPLIANCE_WATERMARKS, BOOKS_KEY(j->arena, j->root));
    if (w->sell_in_to) return w->sell_in_to;
    return w->sell_in_date ? date_add_days(w->sell_in_date, -j->policy->inventory_sell_in_lag_days) : 0;
}

static struct slice feed_datum(struct judging *j)
{
    return SLICE_JOIN(j->arena, SLICE(WAIT_FEED), j->root, SLICE(":sell_in"));
}

static enum truth say_short(struct judging *j, struct finding *f, int64_t covered)
{
    f->proposed_qty_milli = covered;
    if (j->policy->inventory_shortage == SHORTAGE_HOLD) {
        finding_give(f, REASON_INVENTORY_SHORT, OUTCOME_HOLD);
        return TRUTH_TRUE;
    }
    f->proposes = true;
    struct reason *r = finding_give(f, REASON_INVENTORY_LIMIT, OUTCOME_SHORT);
    reason_argument(r, SLICE("accepted"), decimal_text(j->arena, covered, MILLI_DIGITS));
    reason_argument(r, SLICE("qty"), decimal_text(j->arena, j->qty_milli, MILLI_DIGITS));
    r->cut_qty_milli = j->qty_milli - covered;
    return TRUTH_TRUE;
}

/* One of the two leaves: this line, or the REPLACE that came before it. */
static int64_t moved_in_its_place(struct judging *j)
{
    if (!j->ended_early_by.size) return 0;
    const struct footprint *f = judging_footprint(j, j->ended_early_by);
    bool is_same_pool = slice_equal(f->sku, j->class->sku) && slice_equal(f->location, pool_of(j).location);
    bool is_of_transaction = f->has_transaction && j->invoiced.exists
        && hash128_equal(f->transaction, j->invoiced.transaction);
    return is_same_pool && !is_of_transaction && f->state == FOOTPRINT_ACCEPTED ? f->moved_milli : 0;
}

enum truth inventory_is_short(struct judging *j, struct finding *f)
{
    if (!is_asked(j) || !j->class->sku.size) return TRUTH_UNSPECIFIED;
    const struct pool_ledger *ledger = judging_read(j, COMPLIANCE_INVENTORY, own_pool_key(j));
    int32_t date = j->date;
    if (!ledger->is_open || date <= ledger->snapshot_date) return TRUTH_UNSPECIFIED;
    int64_t leaving = -movement(j, j->qty_milli);
    if (leaving <= 0) return TRUTH_UNSPECIFIED;
    int64_t available = ledger->available_milli - j->before->moved_milli - moved_in_its_place(j);
    finding_figures(f, SLICE("qty"), leaving, available, SLICE("milli"));
    if (leaving <= available + j->policy->inventory_tolerance_milli) return TRUTH_FALSE;
    finding_show(f, EVIDENCE_LEDGER, j->class->sku);
    if (sell_in_watermark(j) < date) {
        f->waits_on = feed_datum(j);
        return TRUTH_WAIT;
    }
    int64_t kept = j->qty_milli - leaving;
    return say_short(j, f, kept + (available > 0 ? available : 0));
}

/* --- the ledger --- */

static void move(struct judging *j, struct slice pool_row, struct slice month_row, int32_t date, int64_t net_milli)
{
    if (!date || !net_milli) return;
    struct pool_month *month = judging_change(j, COMPLIANCE_INVENTORY_DAYS, month_row);
    month->net_milli[date % 100 - 1] += net_milli;
    struct pool_ledger *ledger = judging_change(j, COMPLIANCE_INVENTORY, pool_row);
    if (!ledger->is_open || date > ledger->snapshot_date) ledger->available_milli += net_milli;
}

static struct footprint *change_line(struct judging *j, struct slice line_id)
{
    return judging_change(j, COMPLIANCE_LINES, tables_line_key(j->arena, j->root, line_id));
}

/* What goes the other way when a line is undone, by a CANCEL or by the REPLACE that is one. What a return has brought
 * back from a sale does not come back with its cancel a second time, nor leaves with the return's own. */
static int64_t countermovement(struct judging *j, const struct footprint *of)
{
    if (of->returns_line_id.size) {
        struct footprint *sale = change_line(j, of->returns_line_id);
        sale->returned_milli -= of->moved_milli < 0 ? -of->moved_milli : of->moved_milli;
        bool came_back_whole = j->line->kind == KIND_CANCEL && sale->state == FOOTPRINT_CANCELLED;
        return came_back_whole ? 0 : -of->moved_milli;
    }
    int64_t moved = of->moved_milli < 0 ? -of->moved_milli : of->moved_milli, left = moved - of->returned_milli;
    if (left <= 0) return 0;
    return of->moved_milli < 0 ? left : -left;
}

/* Remembers at the sale what this return brings back from it; at a vendor's invoice, what its credit takes out. */
static void note_return(struct judging *j, int64_t qty_milli)
{
    bool is_replace = j->line->kind == KIND_REPLACE;
    if (!j->original.line_id.size) return;
    struct slice sale = is_replace ? j->original.footprint->returns_line_id : j->original.line_id;
    if (!sale.size) return;
    j->after.returns_line_id = sale;
    change_line(j, sale)->returned_milli += qty_milli;
}

/* Units sold, by whichever line of T told of them first. */
static bool left_by_transaction(enum kind kind, int64_t moved_milli)
{
    return moved_milli < 0 && (kind == KIND_POS_SALE || kind == KIND_SHIP_DEBIT_CLAIM);
}

void inventory_undo(struct judging *j, const struct footprint *of)
{
    if (!of->moved_milli) return;
    struct pool p = { of->location, of->sku };
    move(j, pool_key(j, p), month_key(j, p, of->date / 100), of->date, countermovement(j, of));
    if (!of->has_transaction || !left_by_transaction(of->kind, of->moved_milli)) return;
    struct slice key = BOOKS_KEY(j->arena, j->root, slice_of((const char *)of->transaction.bytes, HASH128_BYTES));
    struct transaction_uses *t = judging_change(j, COMPLIANCE_TRANSACTIONS, key);
    t->moved_milli += of->moved_milli;
}

static int32_t next_month(int32_t month)
{
    return month % 100 == 12 ? month + 100 - 11 : month + 1;
}

/* Net movement after a date, as far as lines can be dated. */
static int64_t moved_since(struct judging *j, struct pool p, int32_t date)
{
    int64_t net = 0;
    int32_t last = next_month(j->class->received_date / 100);
    unsigned read = 0;
    for (int32_t month = date / 100; month <= last && read < MONTHS_READ_MAX; month = next_month(month), read++) {
        const struct pool_month *m = judging_read(j, COMPLIANCE_INVENTORY_DAYS, month_key(j, p, month));
        for (int32_t day = 1; day <= MONTH_DAYS_MAX; day++)
            if (month * 100 + day > date) net += m->net_milli[day - 1];
    }
    return net;
}

/* The report of the line's location; a new one takes the place of the oldest when there are too many. NULL: an older
 * one. */
static struct pool_report *open_report(struct judging *j, struct pool_ledger *ledger)
{
    struct pool_report *report = NULL;
    for (unsigned i = 0; i < ledger->report_count && !report; i++)
        if (slice_equal(ledger->reports[i].location, j->line->location_id)) report = &ledger->reports[i];
    if (report) return report->date <= j->line->snapshot_date ? report : NULL;
    if (ledger->report_count == POOL_LOCATIONS_MAX) {
        memmove(&ledger->reports[0], &ledger->reports[1], (POOL_LOCATIONS_MAX - 1) * sizeof ledger->reports[0]);
        ledger->report_count--;
    }
    report = &ledger->reports[ledger->report_count++];
    *report = (struct pool_report){ .location = j->line->location_id };
    return report;
}

/* A report resets the ledger and keeps the gap. */
static void take_report(struct judging *j)
{
    struct pool p = pool_of(j);
    struct pool_ledger *ledger = judging_change(j, COMPLIANCE_INVENTORY, own_pool_key(j));
    struct pool_report *report = open_report(j, ledger);
    if (!report) return;
    report->date = j->line->snapshot_date;
    report->reported_milli = j->qty_milli;
    int64_t reported = 0;
    int32_t newest = 0;
    for (unsigned i = 0; i < ledger->report_count; i++) {
        reported += ledger->reports[i].reported_milli;
        if (ledger->reports[i].date > newest) newest = ledger->reports[i].date;
    }
    int64_t since = moved_since(j, p, newest);
    ledger->gap_milli = ledger->is_open ? reported - (ledger->available_milli - since) : 0;
    ledger->available_milli = reported + since;
    ledger->snapshot_date = newest;
    ledger->is_open = true;
}

static void move_watermarks(struct judging *j)
{
    struct watermarks *w = judging_change(j, COMPLIANCE_WATERMARKS, BOOKS_KEY(j->arena, j->root));
    const struct line *l = j->line;
    if (j->kind == KIND_INVENTORY) {
        if (l->snapshot_date > w->inventory_date) w->inventory_date = l->snapshot_date;
        return;
    }
    if (l->report_to > w->sell_in_to) w->sell_in_to = l->report_to;
    if (j->date > w->sell_in_date) w->sell_in_date = j->date;
}

/* More stock, or a feed that has come further: lines that wait for it are judged again. */
static void wake_waiting(struct judging *j)
{
    const struct pool_ledger *ledger = judging_read(j, COMPLIANCE_INVENTORY, own_pool_key(j));
    if (ledger->is_open && j->v->wake_count < VERDICT_WAKES_MAX) j->v->wakes[j->v->wake_count++] = feed_datum(j);
}

static void move_for(struct judging *j)
{
    int64_t net = movement(j, j->after.qty_milli);
    j->after.location = pool_of(j).location;
    if (!net) return;
    move(j, own_pool_key(j), own_month_key(j), j->date, net);
    j->after.moved_milli = net;
    if ((j->kind == KIND_POS_RETURN || j->kind == KIND_SHIP_DEBIT_CLAIM) && net > 0) note_return(j, net);
    if (j->kind == KIND_SELL_IN && net < 0) note_return(j, -net);
    if (!j->after.has_transaction || !left_by_transaction(j->kind, net)) return;
    struct slice key = judging_transaction_row(j, &j->after.transaction);
    struct transaction_uses *t = judging_change(j, COMPLIANCE_TRANSACTIONS, key);
    t->moved_milli -= net;
}

void inventory_open(struct judging *j)
{
    static const unsigned kinds =
        KIND_BIT(KIND_POS_SALE) | KIND_BIT(KIND_POS_RETURN) | KIND_BIT(KIND_SHIP_DEBIT_CLAIM) | KIND_BIT(KIND_SELL_IN);
    if (j->is_refused || !(kinds & KIND_BIT(j->kind)) || !j->class->sku.size || !j->date) return;
    judging_read(j, COMPLIANCE_INVENTORY, own_pool_key(j));
    judging_read(j, COMPLIANCE_INVENTORY_DAYS, own_month_key(j));
}

void inventory_record(struct judging *j, enum outcome outcome)
{
    if (!outcome_goes_on(outcome) || j->line->kind == KIND_CANCEL || !j->class->sku.size) return;
    if (j->before->state == FOOTPRINT_ACCEPTED) return;     /* a replay moves nothing twice */
    if (j->kind == KIND_INVENTORY) take_report(j);
    else move_for(j);
    if (j->kind == KIND_INVENTORY || j->kind == KIND_SELL_IN) {
        move_watermarks(j);
        wake_waiting(j);
    }
}
