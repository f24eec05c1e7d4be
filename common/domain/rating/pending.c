/* domain/rating/pending.c: which sales and claims wait here. */
#include "domain/rating/pending.h"

#include "base/assert.h"
#include "domain/rating/sales.h"
#include "domain/rating/transactions.h"

struct slice pending_customer_key(const struct rating *r)
{
    if (r->line->end_customer.key.size) return r->line->end_customer.key;
    if (r->line->sold_to.key.size) return r->line->sold_to.key;
    return r->dossier->clearance ? r->dossier->clearance->resolved_customer_key : (struct slice){ 0 };
}

static struct slice transaction_datum(struct rating *r, struct slice transaction)
{
    return RATING_KEY(r, SLICE("T"), transaction);
}

static struct slice customer_datum(struct rating *r, struct slice sku, struct slice customer_key)
{
    return RATING_KEY(r, SLICE("M"), sku, customer_key);
}

static void put(struct rating *r, struct slice key)
{
    struct pending_row *row = books_change(r->books, PAYOUT_PENDING, key);
    for (unsigned i = 0; i < row->line_ids_count; i++)
        if (slice_equal(row->line_ids[i].text, r->receipt->line_id)) return;
    if (row->line_ids_count < row_text_LIST_MAX)
        *ROWS_APPEND(r->arena, row, line_ids, row_text) = (struct row_text){ r->receipt->line_id };
    else if (!r->dossier->payout) row->left_out++;  /* else it has been counted: it waits again */
}

static void take(struct rating *r, struct slice key)
{
    struct pending_row *row = books_change(r->books, PAYOUT_PENDING, key);
    for (unsigned i = 0; i < row->line_ids_count; i++) {
        if (!slice_equal(row->line_ids[i].text, r->receipt->line_id)) continue;
        rows_remove(row->line_ids, &row->line_ids_count, sizeof *row->line_ids, i);
        return;
    }
    if (row->left_out) row->left_out--;
}

static struct slice preapproval_datum(struct rating *r, struct slice preapproval_no)
{
    return RATING_KEY(r, SLICE("A"), preapproval_no);
}

static struct slice claim_datum(struct rating *r, struct slice transaction)
{
    return RATING_KEY(r, SLICE("C"), transaction);
}

static struct slice cancel_datum(struct rating *r, struct slice line_id)
{
    return RATING_KEY(r, SLICE("X"), line_id);
}

static void each_datum(struct rating *r, void (*act)(struct rating *, struct slice))
{
    if (r->kind == KIND_MDF_CLAIM && r->line->preapproval_no.size)
        act(r, preapproval_datum(r, r->line->preapproval_no));
    if (r->line->kind == KIND_CANCEL && r->ends.size) act(r, cancel_datum(r, r->ends));
    if (r->kind != KIND_POS_SALE && r->kind != KIND_SHIP_DEBIT_CLAIM) return;
    struct slice transaction = transactions_key(r, 'S', r->line->invoice_no, r->line->invoice_line, r->class->sku);
    if (transaction.size && r->kind == KIND_SHIP_DEBIT_CLAIM && r->line->qty_milli > 0)
        act(r, claim_datum(r, transaction));
    if (r->kind != KIND_POS_SALE) return;
    if (transaction.size) act(r, transaction_datum(r, transaction));
    act(r, customer_datum(r, r->class->sku, pending_customer_key(r)));
}

void pending_add(struct rating *r)
{
    each_datum(r, put);
}

/* Whatever became of it, a return that waited for such a sale looks again. */
void pending_remove(struct rating *r)
{
    each_datum(r, take);
    if (r->kind != KIND_POS_SALE) return;
    struct slice datum = sales_match_datum(r, r->class->sku, pending_customer_key(r));
    if (r->v->wake_count < VERDICT_WAKES_MAX) r->v->wakes[r->v->wake_count++] = datum;
}

static struct slice first_of(struct rating *r, struct slice key)
{
    const struct pending_row *row = books_read(r->books, PAYOUT_PENDING, key, NULL);
    for (unsigned i = 0; i < row->line_ids_count; i++)
        if (!slice_equal(row->line_ids[i].text, r->receipt->line_id)) return row->line_ids[i].text;
    return (struct slice){ 0 };
}

struct slice pending_on_transaction(struct rating *r, struct slice transaction)
{
    return transaction.size ? first_of(r, transaction_datum(r, transaction)) : (struct slice){ 0 };
}

struct slice pending_claim_on(struct rating *r, struct slice transaction)
{
    return transaction.size ? first_of(r, claim_datum(r, transaction)) : (struct slice){ 0 };
}

struct slice pending_cancel_of(struct rating *r, struct slice line_id)
{
    return first_of(r, cancel_datum(r, line_id));
}

static bool is_shipped_within(struct rating *r, struct slice line_id, int32_t from, int32_t to)
{
    bool found;
    const struct waiting_line *w = books_read(r->books, STAGE_TABLE_WAITING, line_id, &found);
    return found && w->dossier->line->ship_date >= from && w->dossier->line->ship_date <= to;
}

struct slice pending_for_customer(struct rating *r, const struct pending_sale *wanted)
{
    const struct pending_row *row =
        books_read(r->books, PAYOUT_PENDING, customer_datum(r, wanted->sku, wanted->customer_key), NULL);
    struct slice first = { 0 };
    for (unsigned i = 0; i < row->line_ids_count; i++) {
        struct slice line_id = row->line_ids[i].text;
        bool fits = is_shipped_within(r, line_id, wanted->from, wanted->to);
        if (fits && slice_is_empty(first) && !slice_equal(line_id, r->receipt->line_id)) first = line_id;
    }
    return first;
}

bool pending_on_preapproval(struct rating *r, struct slice preapproval_no)
{
    struct slice key = preapproval_datum(r, preapproval_no);
    const struct pending_row *row = books_read(r->books, PAYOUT_PENDING, key, NULL);
    return row->left_out > 0 || first_of(r, key).size > 0;
}
