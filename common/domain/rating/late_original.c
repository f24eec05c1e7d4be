/* domain/rating/late_original.c: what a released correction expects, on the row of a line or on a transaction. */
#include "domain/rating/late_original.h"

#include "domain/rating/original.h"
#include "domain/rating/transactions.h"

void late_original_expect(struct rating *r, struct slice line_id, struct slice transaction)
{
    bool found;
    if (!line_id.size) {
        bool is_replace = r->line->kind == KIND_REPLACE;
        if (is_replace && transaction.size) transactions_expect(r, transaction, r->receipt->line_id);
        return;
    }
    original_to_read(r, line_id, &found);
    if (!found) original_to_change(r, line_id)->successor = r->receipt->line_id;
}

/* The REPLACE that stands for what another correction expected there; one that was cancelled stands for nobody. */
static struct slice replacement_standing(struct rating *r, struct slice correction_id)
{
    bool found;
    if (!correction_id.size) return (struct slice){ 0 };
    const struct line_row *row = original_to_read(r, correction_id, &found);
    return found && row->kind != KIND_CANCEL ? original_standing_for(r, correction_id) : (struct slice){ 0 };
}

struct slice late_original_replaced_by(struct rating *r, struct slice line_id, struct slice transaction)
{
    struct slice by = { 0 };
    if (line_id.size) {
        const struct line_row *expected = books_read(r->books, PAYOUT_LINES, RATING_KEY(r, line_id), NULL);
        if (expected->outcome == OUTCOME_UNSPECIFIED) by = replacement_standing(r, expected->successor);
        return by;
    }
    const struct transaction_row *txn = transactions_row(r, transaction);
    for (unsigned i = 0; i < txn->lines_count && !by.size; i++)
        by = replacement_standing(r, transactions_expected_by(&txn->lines[i]));
    return by;
}

static bool is_under_same_terms(const struct rating *r, const struct line_row *replacement)
{
    if (!kind_is_claim(r->kind)) return true;
    for (unsigned i = 0; i < replacement->programs_count; i++)
        if (slice_equal(replacement->programs[i].authorisation_no, r->line->authorisation_no)
            && slice_equal(replacement->programs[i].deal_reg_no, r->line->deal_reg_no))
            return slice_equal(replacement->rep_id, r->line->rep_id);
    return false;
}

static bool stands(struct rating *r, struct slice correction_id)
{
    return correction_id.size && original_standing_for(r, correction_id).size;
}

/* It stands, or was cancelled since: what it came for is no more its own line (domain.md 3.3: a REPLACE frees no K). */
static bool took_place(struct rating *r, struct slice correction_id)
{
    bool found;
    if (!correction_id.size) return false;
    const struct line_row *row = original_to_read(r, correction_id, &found);
    return found && row->outcome != OUTCOME_REJECT;
}

/* A CANCEL of some quantity takes back no other. */
static bool takes_all(const struct rating *r, const struct line_row *correction)
{
    return correction->kind != KIND_CANCEL || !correction->base_milli || correction->base_milli == -r->base_milli;
}

/* The correction that expects this line by its id; empty: none does. */
static struct slice expected_by_id(struct rating *r)
{
    bool found;
    const struct line_row *own = books_read(r->books, PAYOUT_LINES, r->line_key, &found);
    if (!found || !took_place(r, own->successor)) return (struct slice){ 0 };
    return takes_all(r, original_to_read(r, own->successor, &found)) ? own->successor : (struct slice){ 0 };
}

static bool stands_on_transaction(const struct rating *r)
{
    enum kind kind = r->line->kind;
    bool is_claim = kind == KIND_SHIP_DEBIT_CLAIM || kind == KIND_SPIFF_CLAIM || kind == KIND_DEAL_CLAIM;
    return (original_is_sale(kind) || is_claim) && r->line->qty_milli > 0;
}

/* One that stands before one that was cancelled since. */
static struct slice expected_on_transaction(struct rating *r)
{
    bool found;
    struct slice cancelled = { 0 };
    if (!stands_on_transaction(r)) return cancelled;
    if (slice_is_empty(r->transaction)) transactions_open(r);
    for (unsigned i = 0; i < r->txn->lines_count; i++) {
        struct slice by = transactions_expected_by(&r->txn->lines[i]);
        if (!took_place(r, by)) continue;
        const struct line_row *replacement = original_to_read(r, by, &found);
        if (replacement->kind != r->kind || !is_under_same_terms(r, replacement)) continue;
        if (stands(r, by)) return by;
        if (!cancelled.size) cancelled = by;
    }
    return cancelled;
}

void late_original_settle(struct rating *r)
{
    if (!r->expected_by.size || !r->transaction.size) return;
    struct transaction_row *txn = books_change(r->books, PAYOUT_TRANSACTIONS, r->transaction);
    for (unsigned i = 0; i < txn->lines_count; i++) {
        if (!slice_equal(transactions_expected_by(&txn->lines[i]), r->expected_by)) continue;
        rows_remove(txn->lines, &txn->lines_count, sizeof *txn->lines, i);
        return;
    }
}

/* A REPLACE by invoice that was cancelled since: this is the line that it had replaced, whose K it does not free (3.3),
 * or one that puts the invoice right. What it said itself may come again after its CANCEL; else a person knows. */
static bool is_one_put_right(struct rating *r, struct slice by)
{
    bool found;
    const struct line_row *replacement = original_to_read(r, by, &found);
    if (replacement->base_milli == r->base_milli && replacement->ship_date == r->line->ship_date) return true;
    if (award_is_released(r, REASON_DATA_CONFLICT)) {
        r->expected_by = by;
        late_original_settle(r);                            /* nobody asks a second time */
        return true;
    }
    reason_argument(verdict_give(r->v, REASON_DATA_CONFLICT), SLICE("what"), SLICE("replaced"));
    return false;
}

bool late_original_refuse(struct rating *r)
{
    bool found, has_no_cancel = kind_is_reference(r->line->kind) || kind_is_operator(r->line->kind);
    if (has_no_cancel || r->line->kind == KIND_CANCEL) return false;
    struct slice by = expected_by_id(r), on_invoice = by.size ? (struct slice){ 0 } : expected_on_transaction(r);
    if (on_invoice.size && !stands(r, on_invoice)) return !is_one_put_right(r, on_invoice);
    if (!by.size) by = on_invoice;
    if (!by.size) return false;
    struct slice other = original_standing_for(r, by);
    bool is_cancel = !other.size || original_to_read(r, by, &found)->kind == KIND_CANCEL;
    if (!other.size) other = by;
    reason_argument(verdict_give(r->v, is_cancel ? REASON_WITHDRAWN : REASON_DUPLICATE), SLICE("other"), other);
    r->expected_by = by;
    if (is_cancel) return true;
    r->row.original = other;
    r->row.successor = by;
    return true;
}
