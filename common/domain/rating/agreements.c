/* domain/rating/agreements.c: keeping and finding agreements. */
#include "domain/rating/agreements.h"

#include "base/assert.h"
#include "domain/name/party_key.h"
#include "domain/uom.h"

static struct slice revision_key(struct rating *r, struct slice authorisation_no, int64_t revision)
{
    return RATING_KEY(r, authorisation_no, slice_of_int(r->arena, revision));
}

bool agreements_uom(const struct product *product, struct slice uom, struct uom *unit)
{
    *unit = (struct uom){ uom, 1, 1 };
    if (!product || slice_is_empty(uom) || uom_find(product, uom, unit)) return true;
    *unit = (struct uom){ uom, 1, 1 };
    return false;
}

static int64_t in_base(const struct product *product, const struct agreed_line *line)
{
    struct uom unit;
    agreements_uom(product, line->uom, &unit);
    return (int64_t)((__int128)line->authorised_milli * unit.num / unit.den);
}

int64_t agreements_authorised_milli(const struct rating *r, const struct agreed_line *line)
{
    return in_base(r->product, line);
}

struct party agreements_party(const struct agreed_party *p)
{
    return (struct party){ .name = p->name,
                           .id_type = p->id_type,
                           .id = p->id,
                           .key = p->key,
                           .postal_code = p->postal_code,
                           .country = p->country };
}

/* Receiving. */

static void copy_texts(struct rating *r, struct row_text **items, unsigned *count, const struct texts *from)
{
    *items = from->count ? ARENA_ARRAY(r->arena, from->count, struct row_text) : NULL;
    *count = from->count;
    for (unsigned i = 0; i < from->count; i++) (*items)[i].text = from->items[i];
}

static void copy_customers(struct rating *r, struct agreement_terms_row *row, const struct agreement *a)
{
    row->customers_count = a->customer_count;
    row->customers = a->customer_count ? ARENA_ARRAY(r->arena, a->customer_count, struct agreed_party) : NULL;
    for (unsigned i = 0; i < a->customer_count; i++) {
        const struct party *p = &a->customers[i];
        row->customers[i] = (struct agreed_party){ p->name, p->id_type, p->id, p->key, p->postal_code, p->country };
    }
}

static void copy_lines(struct rating *r, struct agreement_terms_row *row, const struct agreement *a)
{
    row->lines_count = a->line_count;
    row->lines = a->line_count ? ARENA_ARRAY(r->arena, a->line_count, struct agreed_line) : NULL;
    for (unsigned i = 0; i < a->line_count; i++) {
        const struct agreement_line *l = &a->lines[i];
        struct agreed_line *to = &row->lines[i];
        *to = (struct agreed_line){ .line_no = l->line_no,
                                    .method = l->method,
                                    .term_micros = l->term_micros,
                                    .uom = l->uom,
                                    .authorised_milli = l->authorised_qty_milli,
                                    .has_book_price = l->has_book_price_micros,
                                    .book_price_micros = l->book_price_micros,
                                    .resale_policy = l->resale_policy,
                                    .resale_min_micros = l->resale_min_micros,
                                    .resale_max_micros = l->resale_max_micros };
        copy_texts(r, &to->products, &to->products_count, &l->products);
    }
    for (unsigned i = 1; i < row->lines_count; i++) {       /* S5 takes the first by line_no */
        struct agreed_line moving = row->lines[i];
        unsigned at = i;
        for (; at > 0 && row->lines[at - 1].line_no > moving.line_no; at--) row->lines[at] = row->lines[at - 1];
        row->lines[at] = moving;
    }
}

static void write_terms(struct rating *r, const struct agreement *a)
{
    struct agreement_terms_row *row = books_change(r->books, PAYOUT_AGREEMENT_REVISIONS,
                                                   revision_key(r, r->line->authorisation_no, a->revision));
    row->blanket = a->blanket;
    row->amount_limit_minor = a->amount_limit_minor;
    copy_texts(r, &row->locations, &row->locations_count, &a->locations);
    copy_customers(r, row, a);
    copy_lines(r, row, a);
    if (!r->in->overrides || !r->in->overrides->present) return;
    *ROWS_APPEND(r->arena, row, overrides, agreement_overrides) = *r->in->overrides;
}

/* The unit of a line that names one product is that product's; else quantities stand in base units. */
static int64_t authorised_in_base(const struct rating *r, const struct agreed_line *l)
{
    const struct product *product = NULL;
    struct slice sku = l->products_count == 1 ? l->products[0].text : (struct slice){ 0 };
    if (slice_starts_with(sku, SLICE("sku:"))) product = catalogue_product(r->in->catalogue, slice_skip(sku, 4));
    return in_base(product, l);
}

static struct agreement_line_row *balance_of(struct rating *r, uint32_t line_no)
{
    return books_change(r->books, PAYOUT_AGREEMENT_LINES,
                        RATING_KEY(r, r->line->authorisation_no, slice_of_int(r->arena, line_no)));
}

/* `authorised` is that of the last revision received; a line that it dropped has none (domain.md 11). */
static void write_balances(struct rating *r, const struct agreement_terms_row *before,
                           const struct agreement_terms_row *now, struct slice currency)
{
    for (unsigned i = 0; before && i < before->lines_count; i++)
        balance_of(r, before->lines[i].line_no)->authorised_milli = 0;
    for (unsigned i = 0; i < now->lines_count; i++) {
        struct agreement_line_row *row = balance_of(r, now->lines[i].line_no);
        row->authorised_milli = authorised_in_base(r, &now->lines[i]);
        row->currency = currency;
        if (row->authorised_milli == 0)
            row->highest_authorised_milli = INT64_MAX; /* blanket: no bound was ever in force */
        else if (row->authorised_milli > row->highest_authorised_milli)
            row->highest_authorised_milli = row->authorised_milli;
    }
}

/* One that names no program stands in that which classification chose for it, as a claim would (domain.md 3.2). */
static struct slice program_of_agreement(const struct rating *r)
{
    bool is_named = r->line->program_id.size || r->class->candidate_count == 0;
    return is_named ? r->line->program_id : r->class->candidates[0].program_id;
}

static void index_under(struct rating *r, struct slice customer_key, int32_t valid_to)
{
    struct slice key = RATING_KEY(r, program_of_agreement(r), customer_key);
    struct agreement_index_row *row = books_change(r->books, PAYOUT_AGREEMENT_INDEX, key);
    unsigned soonest = 0;
    for (unsigned i = 0; i < row->agreements_count; i++) {
        if (slice_equal(row->agreements[i].authorisation_no, r->line->authorisation_no)) {
            row->agreements[i].valid_to = valid_to;
            return;
        }
        if (row->agreements[i].valid_to < row->agreements[soonest].valid_to) soonest = i;
    }
    struct indexed_agreement entry = { r->line->authorisation_no, valid_to };
    if (row->agreements_count == indexed_agreement_LIST_MAX) row->agreements[soonest] = entry;
    else *ROWS_APPEND(r->arena, row, agreements, indexed_agreement) = entry;
}

/* Name and country alone, as an agreement may list a customer. */
static struct slice name_key(struct rating *r, const struct party *p)
{
    struct party named = { .name = p->name, .country = p->country };
    return slice_is_empty(p->name) ? (struct slice){ 0 } : party_key(r->arena, &named);
}

static struct slice customer_index_key(struct rating *r, const struct party *p)
{
    if (p->key.size && !(slice_is_empty(p->id) && slice_is_empty(p->postal_code) && p->name.size)) return p->key;
    if (p->id.size) return party_key(r->arena, p);
    return name_key(r, p);
}

static void index_customers(struct rating *r, const struct agreement *a)
{
    index_under(r, (struct slice){ 0 }, a->valid_to);                   /* "there are some" */
    if (a->blanket) index_under(r, SLICE("*"), a->valid_to);
    for (unsigned i = 0; i < a->customer_count && !a->blanket; i++) {
        struct slice key = customer_index_key(r, &a->customers[i]);
        if (key.size) index_under(r, key, a->valid_to);
    }
}

static bool may_claim_automatically(const struct rating *r)
{
    const struct program_history *h = catalogue_program(r->in->catalogue, program_of_agreement(r));
    if (r->in->overrides && r->in->overrides->present & AGREEMENT_OVERRIDES_AUTO_CLAIM)
        return r->in->overrides->auto_claim;
    for (unsigned i = 0; h && i < h->version_count; i++)
        if (h->versions[i]->ship_debit.auto_claim) return true;
    return h == NULL;
}

/* A head that a later one replaced for every ship date leaves when the list is full; the first stays. */
static bool make_room(struct rating *r, struct agreement_row *row)
{
    if (row->heads_count < agreement_head_LIST_MAX) return true;
    for (unsigned i = 1; i + 1 < row->heads_count; i++) {
        if (row->heads[i + 1].effective_from > row->heads[i].effective_from) continue;
        struct agreement_terms_row *gone = books_change(
            r->books, PAYOUT_AGREEMENT_REVISIONS, revision_key(r, r->line->authorisation_no, row->heads[i].revision));
        memset(gone, 0, sizeof *gone);
        rows_remove(row->heads, &row->heads_count, sizeof *row->heads, i);
        return true;
    }
    return false;
}

static bool refuse_revision(struct rating *r, const struct agreement_row *row)
{
    int64_t last = row->heads_count ? row->heads[row->heads_count - 1].revision : INT64_MIN;
    if (r->line->agreement->revision <= last) {
        reason_argument(verdict_give(r->v, REASON_STALE_REVISION), SLICE("agreement"), r->line->authorisation_no);
        return true;
    }
    if (!r->in->overrides_invalid) return false;
    struct reason *given = verdict_give(r->v, REASON_FIELD_INVALID);
    reason_argument(given, SLICE("field"), SLICE("overrides"));
    return true;
}

static struct slice currency_of(const struct rating *r)
{
    const struct program_history *h = catalogue_program(r->in->catalogue, program_of_agreement(r));
    const struct program *p = h ? program_version_highest(h) : NULL;
    return p ? p->currency : r->line->currency;
}

void agreements_receive(struct rating *r)
{
    const struct agreement *a = r->line->agreement;
    ASSERT(a);
    struct agreement_row *row = books_change(r->books, PAYOUT_AGREEMENTS, RATING_KEY(r, r->line->authorisation_no));
    if (refuse_revision(r, row)) return;
    if (!make_room(r, row)) {
        reason_argument(verdict_give(r->v, REASON_DATA_CONFLICT), SLICE("what"), SLICE("revisions"));
        return;
    }
    const struct agreement_terms_row *before = NULL;
    if (row->heads_count)
        before = books_read(r->books, PAYOUT_AGREEMENT_REVISIONS,
                            revision_key(r, r->line->authorisation_no, row->heads[row->heads_count - 1].revision),
                            NULL);
    row->program_id = program_of_agreement(r);
    row->partner_id = r->line->partner_id;
    row->currency = currency_of(r);
    *ROWS_APPEND(r->arena, row, heads, agreement_head) =
        (struct agreement_head){ .revision = a->revision,
                                 .received_at_unix_ms = r->receipt->received_at_unix_ms,
                                 .effective_from = a->effective_from ? a->effective_from : a->valid_from,
                                 .status = a->status ? a->status : AGREEMENT_STATUS_ACTIVE,
                                 .issue_date = a->issue_date,
                                 .valid_from = a->valid_from,
                                 .valid_to = a->valid_to ? a->valid_to : DATE_MAX,
                                 .closed_on = a->closed_on };
    write_terms(r, a);
    const struct agreement_terms_row *now = books_read(r->books, PAYOUT_AGREEMENT_REVISIONS,
                                                       revision_key(r, r->line->authorisation_no, a->revision), NULL);
    write_balances(r, before, now, row->currency);
    if (may_claim_automatically(r)) index_customers(r, a);
}

/* Finding. */

bool agreements_find_on(struct rating *r, struct slice authorisation_no, int32_t ship_date, struct agreed_terms *found)
{
    const struct agreement_row *row = books_read(r->books, PAYOUT_AGREEMENTS, RATING_KEY(r, authorisation_no), NULL);
    *found = (struct agreed_terms){ .authorisation_no = authorisation_no, .row = row };
    if (row->heads_count == 0) return false;
    found->head = &row->heads[0];
    for (unsigned i = 1; i < row->heads_count; i++) {
        const struct agreement_head *h = &row->heads[i];
        if (h->received_at_unix_ms <= r->receipt->received_at_unix_ms && h->effective_from <= ship_date)
            found->head = h;
    }
    found->terms = books_read(r->books, PAYOUT_AGREEMENT_REVISIONS,
                              revision_key(r, authorisation_no, found->head->revision), NULL);
    return true;
}

bool agreements_find(struct rating *r, struct slice authorisation_no, struct agreed_terms *found)
{
    return agreements_find_on(r, authorisation_no, r->line->ship_date, found);
}

void agreements_apply(const struct agreed_terms *t, const struct program *p, struct ship_debit_terms *sd,
                      struct claim_terms *claim)
{
    *sd = p->ship_debit;
    *claim = p->claim;
    if (t->terms->overrides_count == 0) return;
    const struct agreement_overrides *o = &t->terms->overrides[0];
#define APPLY(bit, target, member, from) if (o->present & AGREEMENT_OVERRIDES_##bit) (target)->member = o->from;
    APPLY(COST_BASIS, sd, cost_basis, cost_basis)
    APPLY(LOT_SHORTAGE, sd, lot_shortage, lot_shortage)
    APPLY(OVER_QTY, sd, over_qty, over_qty)
    APPLY(RESALE_ABOVE, sd, resale_above, resale_above)
    APPLY(RESALE_SHARE, sd, resale_share_percent_micros, resale_share_percent_micros)
    APPLY(RESALE_TOLERANCE, sd, resale_tolerance_percent_micros, resale_tolerance_percent_micros)
    APPLY(MIN_DEBIT, sd, min_debit_minor, min_debit_minor)
    APPLY(POS_MATCH, sd, pos_match, pos_match)
    APPLY(POS_WAIT_DAYS, sd, pos_wait_days, pos_wait_days)
    APPLY(AUTO_CLAIM, sd, auto_claim, auto_claim)
    APPLY(WINDOW_DAYS, claim, window_days, window_days)
    if (o->present & AGREEMENT_OVERRIDES_WINDOW_DAYS) claim->has_window = true;
    APPLY(ANCHOR, claim, anchor, anchor)
    APPLY(TOLERANCE, claim, tolerance_minor, tolerance_minor)
#undef APPLY
}

static unsigned take_indexed(struct rating *r, const struct program *p, struct slice customer_key, struct slice *into,
                             unsigned count, unsigned max)
{
    const struct agreement_index_row *row = books_read(r->books, PAYOUT_AGREEMENT_INDEX,
                                                       RATING_KEY(r, p->id, customer_key), NULL);
    for (unsigned i = 0; i < row->agreements_count && count < max; i++) {
        bool known = false;
        for (unsigned k = 0; k < count; k++) known |= slice_equal(into[k], row->agreements[i].authorisation_no);
        if (!known) into[count++] = row->agreements[i].authorisation_no;
    }
    return count;
}

bool agreements_any_automatic(struct rating *r, const struct program *p)
{
    const struct agreement_index_row *any = books_read(r->books, PAYOUT_AGREEMENT_INDEX,
                                                       RATING_KEY(r, p->id, (struct slice){ 0 }), NULL);
    return any->agreements_count > 0;
}

unsigned agreements_for_customer(struct rating *r, const struct program *p, struct slice *into, unsigned max)
{
    const struct line *l = r->line;
    const struct party *customer = party_is_absent(&l->end_customer) ? &l->sold_to : &l->end_customer;
    unsigned count = 0;
    if (customer->key.size) count = take_indexed(r, p, customer->key, into, count, max);
    struct slice named = name_key(r, customer);
    if (named.size && !slice_equal(named, customer->key)) count = take_indexed(r, p, named, into, count, max);
    if (r->dossier->clearance && r->dossier->clearance->resolved_customer_key.size)
        count = take_indexed(r, p, r->dossier->clearance->resolved_customer_key, into, count, max);
    return take_indexed(r, p, SLICE("*"), into, count, max);
}
