/* compliance/matches.c: sales by part and customer, oldest first, as payout matches unlinked returns. Pure. */
#include "compliance/matches.h"

#include "domain/calendar.h"
#include "domain/waiting.h"

/* --- keys --- */

static struct slice row_of(struct judging *j, const struct hash128 *match)
{
    return BOOKS_KEY(j->arena, j->root, hash_slice(match));
}

static struct slice own_row(struct judging *j)
{
    if (j->rows.match.size) return j->rows.match;
    struct key_parts k = { .arena = j->arena };
    key_parts_text(&k, j->root);
    key_parts_text(&k, j->class->sku);
    key_parts_text(&k, judging_customer(j)->key);
    j->after.match = key_parts_hash(&k, j->facts->seed);
    return j->rows.match = row_of(j, &j->after.match);
}

static struct slice month_row(struct judging *j, const struct hash128 *match, int32_t date)
{
    return BOOKS_KEY(j->arena, j->root, hash_slice(match), slice_of_int(j->arena, date / 100));
}

struct slice matches_datum(struct judging *j, const struct hash128 *match)
{
    struct text t = text_in(j->arena, sizeof WAIT_MATCH + 2 * HASH128_BYTES);
    PUT(&t, WAIT_MATCH);
    text_put_hex(&t, match->bytes, HASH128_BYTES);
    return text_slice(&t);
}

void matches_wake(struct judging *j, const struct hash128 *match)
{
    if (j->v->wake_count < VERDICT_WAKES_MAX) j->v->wakes[j->v->wake_count++] = matches_datum(j, match);
}

/* --- what a return may mean --- */

/* The days of sales that it may mean; without a date of its own, none. */
struct window { int32_t from, to; };

static struct window window_of(const struct judging *j)
{
    int32_t to = j->line->ship_date;
    return to ? (struct window){ date_add_days(to, -j->policy->return_match_days), to } : (struct window){ 1, 0 };
}

static bool is_within(const struct window *w, int32_t date)
{
    return date >= w->from && date <= w->to;
}

struct slice matches_waiting(struct judging *j)
{
    const struct match_sales *sales = judging_read(j, COMPLIANCE_MATCHES, own_row(j));
    const struct window w = window_of(j);
    for (unsigned i = 0; i < sales->waiting_count; i++)
        if (is_within(&w, sales->waiting[i].ship_date)) return sales->waiting[i].line_id;
    return (struct slice){ 0 };
}

static int32_t next_month(int32_t date)
{
    return date_add_months(date / 100 * 100 + 1, 1);
}

/* What the days of the window have, the oldest first, up to `wanted`. If `takes`, they have it no more. */
static int64_t units_of(struct judging *j, int64_t wanted, bool takes)
{
    const struct window w = window_of(j);
    int64_t found = 0;
    for (int32_t month = w.from; month <= w.to && found < wanted; month = next_month(month)) {
        struct slice row = month_row(j, &j->after.match, month);
        const struct pool_month *days = judging_read(j, COMPLIANCE_MATCH_DAYS, row);
        struct pool_month *taken = NULL;
        for (int32_t day = 1; day <= MONTH_DAYS_MAX && found < wanted; day++) {
            int64_t left = days->net_milli[day - 1], missing = wanted - found;
            if (left <= 0 || !is_within(&w, month / 100 * 100 + day)) continue;
            if (takes && !taken) days = taken = judging_change(j, COMPLIANCE_MATCH_DAYS, row);
            if (left > missing) left = missing;
            if (takes) taken->net_milli[day - 1] -= left;
            found += left;
        }
    }
    return found;
}

bool matches_cover(struct judging *j)
{
    own_row(j);
    return units_of(j, -j->qty_milli, false) == -j->qty_milli;
}

/* --- recording --- */

static void change_day(struct judging *j, const struct hash128 *match, int32_t date, int64_t qty_milli)
{
    if (!date) return;
    struct pool_month *days = judging_change(j, COMPLIANCE_MATCH_DAYS, month_row(j, match, date));
    int64_t *day = &days->net_milli[date % 100 - 1];
    *day = *day + qty_milli > 0 ? *day + qty_milli : 0;
}

void matches_open(struct judging *j)
{
    if (judging_customer(j)->key.size == 0) return;
    judging_read(j, COMPLIANCE_MATCHES, own_row(j));
    if (j->date) judging_read(j, COMPLIANCE_MATCH_DAYS, month_row(j, &j->after.match, j->date));
}

void matches_record_sale(struct judging *j, enum outcome outcome)
{
    if (judging_customer(j)->key.size == 0) return;
    bool goes_on = outcome_goes_on(outcome), waits = !goes_on && outcome != OUTCOME_REJECT;
    bool was_awaited = j->before->state == FOOTPRINT_OPEN && !waits;
    const struct match_sales *sales = judging_read(j, COMPLIANCE_MATCHES, own_row(j));
    bool may_cover = goes_on && sales->waiting_count;
    j->after.has_match = true;
    if (waits || sales->waiting_count) {
        struct match_sales *changed = judging_change(j, COMPLIANCE_MATCHES, own_row(j));
        judging_drop_waiting(changed, j->line_id);
        if (waits) judging_add_waiting(j, changed);
    }
    if (goes_on && j->before->state != FOOTPRINT_ACCEPTED)
        change_day(j, &j->after.match, j->date, j->after.qty_milli);
    if (was_awaited || may_cover) matches_wake(j, &j->after.match);
}

/* The sale has left what the return takes back. */
static bool has_left(const struct judging *j, const struct footprint *sale)
{
    return sale->qty_milli - sale->returned_milli >= -j->qty_milli;
}

/* It takes from what later unlinked ones can match, or nothing, where that is less: payout holds such a return. */
void matches_record_return(struct judging *j)
{
    const struct footprint *sale = j->original.footprint;
    bool is_linked = j->line->original_line_ref.size || j->line->original_invoice_no.size;
    if (j->original.line_id.size && sale->has_match) {
        if (!has_left(j, sale)) return;
        j->after.match = sale->match;
        change_day(j, &sale->match, sale->date, j->qty_milli);
    } else {
        if (is_linked || !matches_cover(j)) return;
        units_of(j, -j->qty_milli, true);
    }
    j->after.has_match = true;
}

/* What a return took stands on the day of its sale again; on its own where it named none. */
static int32_t day_of(struct judging *j, const struct footprint *of)
{
    const struct footprint *sale = of->returns_line_id.size ? judging_footprint(j, of->returns_line_id) : of;
    return sale->has_match ? sale->date : of->date;
}

void matches_forget(struct judging *j, struct slice line_id, const struct footprint *of)
{
    if (!of->has_match) return;
    judging_drop_waiting(judging_change(j, COMPLIANCE_MATCHES, row_of(j, &of->match)), line_id);
    int64_t left_milli = of->kind == KIND_POS_SALE ? of->qty_milli - of->returned_milli : of->qty_milli;
    if (of->kind == KIND_POS_SALE && left_milli < 0) left_milli = of->qty_milli;    /* too large a one took none */
    if (of->state == FOOTPRINT_ACCEPTED) change_day(j, &of->match, day_of(j, of), -left_milli);
}
