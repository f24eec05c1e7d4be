/* classification/corrections.c: which waiting line does this one mean? */
#include "classification/corrections.h"

#include "base/assert.h"
#include "classification/tables.h"
#include "domain/calendar.h"
#include "domain/classification_record.h"
#include "domain/correctable.h"
#include "domain/uom.h"
#include "domain/waiting.h"

enum { ROWS_OF_A_LINE = 3 };

/* --- keys ------------------------------------------------------------------------------------------------------- */

static bool invoice_row(struct arena *a, struct slice root_id, struct slice invoice_no, struct slice invoice_line,
                        struct slice *key)
{
    if (slice_is_empty(invoice_no)) return false;
    *key = BOOKS_KEY(a, root_id, SLICE("I"), line_invoice_key(a, invoice_no), line_invoice_line_key(invoice_line));
    return true;
}

static struct slice customer_of(const struct line *l)
{
    return l->end_customer.key.size ? l->end_customer.key : l->sold_to.key;
}

static bool row_of_customer(struct arena *a, struct slice root_id, struct slice family, const struct line *l,
                            struct slice *key)
{
    struct slice part = line_part(l), customer = customer_of(l);
    if (slice_is_empty(part) || slice_is_empty(customer)) return false;
    *key = BOOKS_KEY(a, root_id, family, slice_upper(a, part), customer);
    return true;
}

static bool match_row(struct arena *a, struct slice root_id, const struct line *l, struct slice *key)
{
    return row_of_customer(a, root_id, SLICE("M"), l, key);
}

/* Returns that were sent on to be asked whether live sales cover them, and no sale that may has gone on since. */
static bool asked_row(struct arena *a, struct slice root_id, const struct line *l, struct slice *key)
{
    return row_of_customer(a, root_id, SLICE("R"), l, key);
}

/* Claims on pre-approved money. */
static struct slice preapproved_row(struct arena *a, struct slice root_id)
{
    return BOOKS_KEY(a, root_id, SLICE("A"));
}

/* The rows under which a waiting line can be found besides its id. */
static unsigned rows_of(struct arena *a, struct slice root_id, const struct line *l, struct slice keys[ROWS_OF_A_LINE])
{
    unsigned count = 0;
    if (invoice_row(a, root_id, l->invoice_no, l->invoice_line, &keys[count])) count++;
    if (line_content_kind(l) == KIND_POS_SALE && match_row(a, root_id, l, &keys[count])) count++;
    if (line_content_kind(l) == KIND_MDF_CLAIM && l->preapproval_no.size) keys[count++] = preapproved_row(a, root_id);
    return count;
}

static unsigned position_of(const struct originals_record *o, struct slice line_id)
{
    unsigned at = 0;
    while (at < o->count && !slice_equal(o->line_ids[at], line_id)) at++;
    return at;
}

/* --- what may be meant ------------------------------------------------------------------------------------------ */

static const struct dossier *waiting_dossier_of(struct inquiry *q, struct slice line_id)
{
    bool found;
    const struct waiting_line *w = books_read(q->verdict->books, STAGE_TABLE_WAITING, line_id, &found);
    return found && !slice_equal(line_id, q->dossier->receipt->line_id) ? w->dossier : NULL;
}

static const struct line *waiting_line_of(struct inquiry *q, struct slice line_id)
{
    const struct dossier *d = waiting_dossier_of(q, line_id);
    return d ? d->line : NULL;
}

static bool parts_fit(const struct line *original, const struct line *l)
{
    struct slice a = line_part(original), b = line_part(l);
    return slice_is_empty(a) || slice_is_empty(b) || slice_equal_nocase(a, b);
}

static bool kinds_fit(const struct inquiry *q, const struct line *original)
{
    return correctable_fits(q->dossier, line_content_kind(original), original->qty_milli);
}

/* Lines of a document come one after the other; of two documents of one moment neither is the later. */
static bool came_behind(const struct dossier *first, const struct dossier *d)
{
    const struct receipt *own = first->receipt, *other = d->receipt;
    if (other->received_at_unix_ms != own->received_at_unix_ms)
        return other->received_at_unix_ms > own->received_at_unix_ms;
    return slice_equal(other->document_id, own->document_id) && other->position > own->position;
}

static bool came_later(const struct inquiry *q, const struct dossier *d)
{
    return came_behind(q->dossier, d);
}

/* A REPLACE on an invoice line with a number may put the part right. */
static bool may_put_right(const struct line *by)
{
    return by->kind == KIND_REPLACE && by->original_invoice_line.size;
}

/* How likely `by` means it, 0: it cannot. What is of the part that it names comes before any of another one. */
static int rank_of(struct inquiry *q, const struct line *by, const struct line *original)
{
    bool is_of_part = parts_fit(original, by), is_named = is_of_part && line_part(by).size;
    if (!kinds_fit(q, original) || !(is_of_part || may_put_right(by))) return 0;
    int rank = correctable_rank(line_content_kind(original), original->qty_milli, STANDING_WAITS);
    return is_named ? rank + CORRECTABLE_ENDED_BY_IT : rank;
}

/* A line of the part that is named, a sale before a claim, of equals the oldest; of several parts where none is named
 * nobody knows. By an invoice nothing is meant that came after the correction: where nothing waits the two are
 * decided in that order, too. */
static struct slice first_fitting(struct inquiry *q, struct slice key, const struct dossier *by, struct slice except)
{
    const struct originals_record *o = books_read(q->verdict->books, CLASSIFICATION_ORIGINALS, key, NULL);
    struct slice fitting = { 0 };
    bool is_several = false;
    int rank = 0;
    for (unsigned i = 0; i < o->count; i++) {
        const struct dossier *d = waiting_dossier_of(q, o->line_ids[i]);
        const struct line *original = d ? d->line : NULL;
        if (!original || slice_equal(o->line_ids[i], except) || came_later(q, d)) continue;
        int is = rank_of(q, by->line, original);
        if (is == 0) continue;
        is_several |= fitting.size && !parts_fit(original, waiting_line_of(q, fitting));
        if (is < rank || (is == rank && !came_behind(d, waiting_dossier_of(q, fitting)))) continue;
        rank = is;
        fitting = o->line_ids[i];
    }
    return is_several && rank < CORRECTABLE_ENDED_BY_IT ? (struct slice){ 0 } : fitting;
}

/* Within `return_match_days` before the return; a date that is not given excludes nothing. */
static bool dates_fit(const struct inquiry *q, const struct line *sale)
{
    if (!sale->ship_date || !q->line->ship_date) return true;
    int64_t days = date_days_between(sale->ship_date, q->line->ship_date);
    return days >= 0 && days <= q->policy->return_match_days;
}

static struct slice first_matching_sale(struct inquiry *q)
{
    struct slice key, fitting = { 0 };
    if (!match_row(q->verdict->arena, q->who.root_id, q->line, &key)) return fitting;
    const struct originals_record *o = books_read(q->verdict->books, CLASSIFICATION_ORIGINALS, key, NULL);
    for (unsigned i = 0; i < o->count; i++) {
        const struct dossier *d = waiting_dossier_of(q, o->line_ids[i]);
        const struct line *sale = d ? d->line : NULL;
        if (!sale || came_later(q, d)) continue;
        if (!kinds_fit(q, sale) || !dates_fit(q, sale)) continue;
        if (slice_is_empty(fitting) || came_behind(d, waiting_dossier_of(q, fitting))) fitting = o->line_ids[i];
    }
    return fitting;
}

/* The waiting line that is meant by the reference of `by`, other than `except`; empty: none. */
static struct slice waiting_under(struct inquiry *q, const struct dossier *by, struct slice except)
{
    struct slice key;
    const struct original_ref own = line_original_ref(by->line), *ref = &own;
    if (ref->line_ref.size) return waiting_line_of(q, ref->line_ref) ? ref->line_ref : (struct slice){ 0 };
    if (!invoice_row(q->verdict->arena, q->who.root_id, ref->invoice_no, ref->invoice_line, &key))
        return (struct slice){ 0 };
    return first_fitting(q, key, by, except);
}

static bool is_unlinked(const struct line *l)
{
    return l->kind == KIND_POS_RETURN && !l->original_line_ref.size && !l->original_invoice_no.size;
}

static struct slice original_of(struct inquiry *q)
{
    const struct original_ref ref = line_original_ref(q->line);
    if (ref.line_ref.size || ref.invoice_no.size) return waiting_under(q, q->dossier, (struct slice){ 0 });
    return is_unlinked(q->line) ? first_matching_sale(q) : (struct slice){ 0 };
}

/* NULL: its part is on no file. */
static const struct product *product_of(const struct inquiry *q, const struct line *l)
{
    return catalogue_product_by_part(q->facts->catalogue, q->who.root_id, l->vendor_part, l->gtin, l->partner_part);
}

/* A REPLACE that waits has replaced nothing: who replaces it ends it and replaces what that one was to replace
 * (domain.md 6.3), and waits behind that while it waits here, too. So does who cancels it by its invoice. */
static void reach_through(struct inquiry *q, const struct dossier *named)
{
    if (named->line->kind != KIND_REPLACE) return;
    const struct original_ref ref = line_original_ref(named->line);
    struct slice behind = waiting_under(q, named, q->original_id);
    if (behind.size && q->line->kind == KIND_REPLACE) {
        q->original_id = behind;
        q->withdraws_original = false;
    } else if (!behind.size) {
        q->reaches = ref;
        const struct product *p = ref.line_ref.size ? NULL : product_of(q, named->line);
        if (p) q->reaches_sku = p->sku;
    }
}

static const struct originals_record *beside(struct inquiry *q, const struct line *original)
{
    struct slice key, line = original->invoice_line;
    if (!invoice_row(q->verdict->arena, q->who.root_id, original->invoice_no, line, &key)) return NULL;
    return books_read(q->verdict->books, CLASSIFICATION_ORIGINALS, key, NULL);
}

/* Mostly in the order in which they were sent before; a line names no serial twice for long: SER-01. */
static bool names_serial(const struct texts *t, struct slice serial, unsigned guess)
{
    if (slice_equal_nocase(t->items[guess], serial)) return true;
    for (unsigned i = 0; i < t->count; i++)
        if (slice_equal_nocase(t->items[i], serial)) return true;
    return false;
}

static bool same_serials(const struct texts *a, const struct texts *b)
{
    if (a->count != b->count) return false;
    for (unsigned i = 0; i < a->count; i++)
        if (!names_serial(b, a->items[i], i)) return false;
    return true;
}

static bool same_numbers(const struct line *a, const struct line *b)
{
    bool is_deal = a->kind == KIND_DEAL_CLAIM;
    return slice_equal(a->authorisation_no, b->authorisation_no) && slice_equal(a->deal_reg_no, b->deal_reg_no)
        && slice_equal(a->preapproval_no, b->preapproval_no) && slice_equal(a->rep_id, b->rep_id)
        && (!is_deal || slice_equal(a->order_no, b->order_no));
}

static bool same_summary(const struct line *a, const struct line *b)
{
    if (!a->summary && !b->summary) return true;
    return slice_equal(a->sold_to.key, b->sold_to.key) && slice_equal(a->location_id, b->location_id);
}

/* One sale or claim said again: what K asks (domain.md 3.3), however its line number and its part are written. */
static bool says_the_same(const struct line *a, const struct line *b)
{
    if (a->kind != b->kind || a->kind == KIND_REPLACE || !parts_fit(a, b)) return false;
    bool is_deal = a->kind == KIND_DEAL_CLAIM;
    return a->qty_milli == b->qty_milli && slice_equal_nocase(a->uom, b->uom) && a->ship_date == b->ship_date
        && a->invoice_date == b->invoice_date && (!is_deal || a->order_date == b->order_date) && same_numbers(a, b)
        && same_summary(a, b) && same_serials(&a->serials, &b->serials);
}

static bool cancels_on_invoice(const struct inquiry *q)
{
    return q->line->kind == KIND_CANCEL && line_original_ref(q->line).line_ref.size == 0;
}

/* By the invoice a CANCEL means what is in force there: who was to replace what it ends is ended, too. */
static bool was_to_replace(const struct inquiry *q, const struct line *l)
{
    return cancels_on_invoice(q) && l->kind == KIND_REPLACE && kinds_fit(q, l) && parts_fit(l, q->line);
}

void corrections_name_ended(struct inquiry *q)
{
    const struct dossier *d = waiting_dossier_of(q, q->original_id);
    ASSERT(d && d->line && d->receipt);
    const struct line *l = d->line;
    const struct product *p = product_of(q, l);
    struct uom unit;
    q->section->withdrew = l;
    q->section->withdrew_receipt = d->receipt;
    q->section->withdrew_base_qty_milli = l->qty_milli;
    if (!p) return;
    q->section->withdrew_sku = p->sku;
    int64_t qty_milli;
    if (uom_find(p, l->uom, &unit) && uom_base_qty(&unit, l->qty_milli, &qty_milli) == BASE_QUANTITY_EXACT)
        q->section->withdrew_base_qty_milli = qty_milli;
}

void corrections_end_repeats(struct inquiry *q)
{
    const struct dossier *original = waiting_dossier_of(q, q->original_id);
    const struct originals_record *o = original ? beside(q, original->line) : NULL;
    struct verdict *v = q->verdict;
    for (unsigned i = 0; o && i < o->count && v->repeat_count < VERDICT_REPEATS_MAX; i++) {
        const struct dossier *d = waiting_dossier_of(q, o->line_ids[i]);
        if (!d || !came_behind(original, d) || came_later(q, d)) continue;
        if (says_the_same(original->line, d->line) || was_to_replace(q, d->line))
            v->repeats[v->repeat_count++] = o->line_ids[i];
    }
}

/* A CANCEL without quantity, or of all of it, ends its original; of less it waits for what was accepted (6.3). */
static bool cancels_the_whole(struct inquiry *q, const struct line *original)
{
    int64_t qty_milli = q->line->qty_milli;
    return qty_milli == 0 || qty_milli == original->qty_milli || qty_milli == -original->qty_milli;
}

static struct slice first_reversed(struct inquiry *q)
{
    const struct texts *refs = &q->line->line_refs;
    for (unsigned i = 0; i < refs->count; i++)
        if (waiting_line_of(q, refs->items[i])) return refs->items[i];
    return (struct slice){ 0 };
}

/* On a USAGE close: the pre-approvals that claims quote and wait here with. */
static void find_held(struct inquiry *q)
{
    const struct originals_record *claims = books_read(q->verdict->books, CLASSIFICATION_ORIGINALS,
                                                       preapproved_row(q->verdict->arena, q->who.root_id), NULL);
    struct slice *numbers = ARENA_ARRAY(q->verdict->arena, ORIGINALS_MAX, struct slice);
    unsigned count = 0;
    ASSERT(claims->count <= ORIGINALS_MAX);
    for (unsigned i = 0; i < claims->count; i++) {
        const struct line *claim = waiting_line_of(q, claims->line_ids[i]);
        if (claim) numbers[count++] = claim->preapproval_no;
    }
    q->held_preapprovals = (struct texts){ numbers, count };
    q->asked_too_many_held = claims->left_out > 0;
}

/* Whether live sales cover a return is known after this stage alone: it goes there once, and is sent back if they do
 * not; then it waits here until a sale that it may mean goes on, or ends. */
static bool may_be_covered(struct inquiry *q)
{
    struct slice key;
    if (!is_unlinked(q->line) || !asked_row(q->verdict->arena, q->who.root_id, q->line, &key)) return false;
    const struct originals_record *asked = books_read(q->verdict->books, CLASSIFICATION_ORIGINALS, key, NULL);
    return asked->count < ORIGINALS_MAX && position_of(asked, q->dossier->receipt->line_id) == asked->count;
}

void corrections_find(struct inquiry *q)
{
    bool replaces = q->line->kind == KIND_REPLACE;
    struct slice asked;
    if (q->kind == KIND_POS_SALE && asked_row(q->verdict->arena, q->who.root_id, q->line, &asked))
        books_read(q->verdict->books, CLASSIFICATION_ORIGINALS, asked, NULL);
    if (q->line->kind == KIND_REVERSE) q->original_id = first_reversed(q);
    if (q->line->kind == KIND_PERIOD_CLOSE && q->line->close == CLOSE_USAGE) find_held(q);
    if (!replaces && q->footing != FOOTING_CORRECTION) return;
    q->original_id = original_of(q);
    q->is_covered = may_be_covered(q);
    if (slice_is_empty(q->original_id)) return;
    const struct dossier *original = waiting_dossier_of(q, q->original_id);
    ASSERT(original && original->line);
    q->withdraws_original = replaces || (q->line->kind == KIND_CANCEL && cancels_the_whole(q, original->line));
    if (q->withdraws_original && cancels_on_invoice(q)) reach_through(q, original);
    if (!replaces) return;
    q->original_received_date = inquiry_date(q, original->receipt->received_at_unix_ms);
    reach_through(q, original);
}

/* --- keeping ---------------------------------------------------------------------------------------------------- */

/* Of more waiting lines than a row holds the oldest stay: they are meant first. `waited`: it has been counted. */
static void put(struct books *b, struct slice key, struct slice line_id, bool waited)
{
    const struct originals_record *o = books_read(b, CLASSIFICATION_ORIGINALS, key, NULL);
    bool is_full = o->count == ORIGINALS_MAX;
    if (position_of(o, line_id) < o->count || (is_full && waited)) return;
    struct originals_record *changed = books_change(b, CLASSIFICATION_ORIGINALS, key);
    if (is_full) {
        changed->left_out++;
        return;
    }
    changed->line_ids[changed->count++] = line_id;
    if (waited && changed->left_out) changed->left_out--;
}

static void take_out(struct books *b, struct slice key, struct slice line_id)
{
    const struct originals_record *o = books_read(b, CLASSIFICATION_ORIGINALS, key, NULL);
    unsigned at = position_of(o, line_id);
    if (at == o->count && o->left_out == 0) return;
    struct originals_record *changed = books_change(b, CLASSIFICATION_ORIGINALS, key);
    if (at == changed->count) {
        changed->left_out--;
        return;
    }
    changed->count--;
    memmove(&changed->line_ids[at], &changed->line_ids[at + 1], (changed->count - at) * sizeof changed->line_ids[0]);
}

void corrections_keep(struct inquiry *q, enum outcome outcome)
{
    struct slice keys[ROWS_OF_A_LINE], line_id = q->dossier->receipt->line_id;
    bool waits = outcome == OUTCOME_HOLD || outcome == OUTCOME_PARK, waited = q->dossier->classification != NULL;
    if (!waits && !waited) return;
    unsigned count = rows_of(q->verdict->arena, q->who.root_id, q->line, keys);
    for (unsigned i = 0; i < count; i++) {
        if (waits) put(q->verdict->books, keys[i], line_id, waited);
        else take_out(q->verdict->books, keys[i], line_id);
    }
}

/* A sale that goes on may cover returns that wait here: all are asked again. */
static void wake_returns(struct inquiry *q, struct slice asked)
{
    struct verdict *v = q->verdict;
    struct slice key;
    if (!match_row(v->arena, q->who.root_id, q->line, &key)) return;
    const struct originals_record *waiting = books_read(v->books, CLASSIFICATION_ORIGINALS, key, NULL);
    for (unsigned i = 0; i < waiting->count && v->wake_count < VERDICT_WAKES_MAX; i++)
        v->wakes[v->wake_count++] = SLICE_JOIN(v->arena, SLICE(WAIT_TARGET), waiting->line_ids[i]);
    struct originals_record *none = books_change(v->books, CLASSIFICATION_ORIGINALS, asked);
    none->count = 0;
}

void corrections_tell_returns(struct inquiry *q)
{
    struct slice asked, line_id = q->dossier->receipt->line_id;
    bool is_sale = q->kind == KIND_POS_SALE && q->line->kind != KIND_CANCEL;
    if (!is_sale && !is_unlinked(q->line)) return;
    if (!asked_row(q->verdict->arena, q->who.root_id, q->line, &asked)) return;
    const struct originals_record *o = books_read(q->verdict->books, CLASSIFICATION_ORIGINALS, asked, NULL);
    if (is_sale && o->count) wake_returns(q, asked);
    if (is_sale) return;
    q->section->may_return_line_id = q->original_id;
    if (q->original_id.size) put(q->verdict->books, asked, line_id, false);
    else take_out(q->verdict->books, asked, line_id);
}

void corrections_forget(struct verdict *v, struct slice root_id, const struct dossier *d)
{
    struct slice keys[ROWS_OF_A_LINE];
    unsigned count = rows_of(v->arena, root_id, d->line, keys);
    if (is_unlinked(d->line) && asked_row(v->arena, root_id, d->line, &keys[count])) count++;
    for (unsigned i = 0; i < count; i++) take_out(v->books, keys[i], d->receipt->line_id);
}
