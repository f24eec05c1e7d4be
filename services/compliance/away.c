/* compliance/away.c: rows of `transactions` and `matches` whose part is what was written, after a sign that no sku
 * bears. Pure. */
#include "compliance/away.h"

#include "domain/calendar.h"
#include "domain/correctable.h"

struct slice away_part_as_written(struct judging *j, struct slice part)
{
    return SLICE_JOIN(j->arena, SLICE("?"), slice_upper(j->arena, part));
}

static struct slice invoice_row(struct judging *j, struct slice invoice_no, struct slice invoice_line,
                                struct slice part)
{
    struct slice key = line_invoice_key(j->arena, invoice_no);
    struct hash128 t = judging_transaction(j, false, key, invoice_line, away_part_as_written(j, part));
    return BOOKS_KEY(j->arena, j->root, hash_slice(&t));
}

/* Of the sale that the line is, or takes from. */
static bool find_match(struct judging *j, struct hash128 *match)
{
    struct slice part = line_part(j->line), customer = judging_customer(j)->key;
    struct key_parts k = { .arena = j->arena };
    if (!part.size || !customer.size) return false;
    key_parts_text(&k, j->root);
    key_parts_text(&k, away_part_as_written(j, part));
    key_parts_text(&k, customer);
    *match = key_parts_hash(&k, j->facts->seed);
    return true;
}

struct slice away_cause(const struct footprint *f)
{
    if (f->state != FOOTPRINT_AWAY) return (struct slice){ 0 };
    return f->ended_by.size ? f->ended_by : f->resubmits_line_id;
}

/* --- finding --- */

struct slice away_by_invoice(struct judging *j, const struct original_ref *ref, enum footprint_state state)
{
    struct slice row = invoice_row(j, ref->invoice_no, ref->invoice_line, line_part(j->line)), meant = { 0 };
    const struct transaction_uses *uses = judging_read(j, COMPLIANCE_TRANSACTIONS, row);
    int rank = 0;
    for (unsigned i = 0; i < uses->line_count; i++) {
        const struct footprint *f = judging_footprint(j, uses->lines[i].line_id);
        bool is_own = slice_equal(uses->lines[i].line_id, j->line_id);
        if (is_own || f->state != state || judging_came_behind(j->receipt, f)) continue;
        if (!correctable_fits(j->dossier, f->kind, f->qty_milli)) continue;
        int is = correctable_rank(f->kind, f->qty_milli, STANDING_WAITS);
        if (is <= rank) continue;
        rank = is;
        meant = uses->lines[i].line_id;
    }
    return meant;
}

static bool is_in_time(const struct judging *j, int32_t sold)
{
    if (!sold || !j->line->ship_date) return true;
    int64_t days = date_days_between(sold, j->line->ship_date);
    return days >= 0 && days <= j->policy->return_match_days;
}

struct slice away_by_customer(struct judging *j, enum footprint_state state)
{
    struct hash128 match;
    if (!find_match(j, &match)) return (struct slice){ 0 };
    struct slice row = BOOKS_KEY(j->arena, j->root, hash_slice(&match));
    const struct match_sales *sales = judging_read(j, COMPLIANCE_MATCHES, row);
    for (unsigned i = 0; i < sales->waiting_count; i++) {
        const struct match_sale *sale = &sales->waiting[i];
        const struct footprint *f = judging_footprint(j, sale->line_id);
        bool is_meant = f->state == state && !judging_came_behind(j->receipt, f);
        if (is_meant && is_in_time(j, sale->ship_date)) return sale->line_id;
    }
    return (struct slice){ 0 };
}

/* --- keeping --- */

static void enter(struct judging *j, struct slice part)
{
    struct slice row = invoice_row(j, j->line->invoice_no, j->line->invoice_line, part);
    struct transaction_uses *uses = judging_change(j, COMPLIANCE_TRANSACTIONS, row);
    for (unsigned i = 0; i < uses->line_count; i++)
        if (slice_equal(uses->lines[i].line_id, j->line_id)) return;
    if (uses->line_count < TRANSACTION_LINES_MAX)           /* else the oldest stay: they are meant first */
        uses->lines[uses->line_count++] = (struct live_line){ j->line_id, j->kind };
}

static void take_out(struct judging *j, struct slice part)
{
    struct slice row = invoice_row(j, j->line->invoice_no, j->line->invoice_line, part);
    const struct transaction_uses *uses = judging_read(j, COMPLIANCE_TRANSACTIONS, row);
    unsigned at = 0;
    while (at < uses->line_count && !slice_equal(uses->lines[at].line_id, j->line_id)) at++;
    if (at == uses->line_count) return;
    struct transaction_uses *changed = judging_change(j, COMPLIANCE_TRANSACTIONS, row);
    changed->line_count--;
    memmove(&changed->lines[at], &changed->lines[at + 1], (changed->line_count - at) * sizeof changed->lines[0]);
}

/* A correction may name the part, or not. */
static void on_invoice(struct judging *j, void (*change)(struct judging *j, struct slice part))
{
    struct slice part = line_part(j->line);
    if (!j->line->invoice_no.size) return;
    change(j, (struct slice){ 0 });
    if (part.size) change(j, part);
}

void away_keep(struct judging *j)
{
    on_invoice(j, enter);
    if (j->kind != KIND_POS_SALE || !find_match(j, &j->after.match)) return;
    j->after.has_match = true;
    struct match_sales *sales =
        judging_change(j, COMPLIANCE_MATCHES, BOOKS_KEY(j->arena, j->root, hash_slice(&j->after.match)));
    judging_drop_waiting(sales, j->line_id);
    judging_add_waiting(j, sales);
}

void away_keep_ended(struct judging *j)
{
    on_invoice(j, enter);
}

void away_leave(struct judging *j)
{
    bool was_away = j->before->state == FOOTPRINT_AWAY || (j->is_refused && j->before->state == FOOTPRINT_OPEN);
    if (!was_away) return;
    on_invoice(j, take_out);
    if (!j->before->has_match) return;
    struct slice row = BOOKS_KEY(j->arena, j->root, hash_slice(&j->before->match));
    judging_drop_waiting(judging_change(j, COMPLIANCE_MATCHES, row), j->line_id);
    j->after.has_match = false;
}
