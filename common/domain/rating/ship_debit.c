/* domain/rating/ship_debit.c: what an agreement pays on a resale. */
#include "domain/rating/ship_debit.h"

#include "base/assert.h"
#include "domain/name/party_key.h"
#include "domain/rating/agreements.h"
#include "domain/rating/award_settle.h"
#include "domain/rating/caps.h"
#include "domain/rating/stacking.h"
#include "domain/rating/transactions.h"

enum { AUTO_AGREEMENTS_MAX = 4 * indexed_agreement_LIST_MAX, PIECES_MAX = 500, PAIRS_A_STEP = AWARD_INPUTS_MAX / 2 };

/* A claim line under one line of its agreement, as S3 to S16 hand it on. Unit prices are per base unit, in the
 * currency of the program. */
struct debit {
    struct agreed_terms           agreed;
    struct ship_debit_terms       terms;
    struct claim_terms            claim;
    const struct agreed_line     *line;
    const struct agreement_line_row *balance;       /* of the agreement line; changed in S16 only */
    struct rational               reduction;        /* x of S9 */
    struct lot_piece             *pieces;
    unsigned                      piece_count;
    struct rational              *costs;            /* c of each piece, program currency */
    int64_t                       not_below_milli;
};

static struct slice line_key(struct rating *r, const struct debit *d)
{
    return RATING_KEY(r, d->agreed.authorisation_no, slice_of_int(r->arena, d->line->line_no));
}

/* A price that is per unit of the agreement line, as a price per base unit. */
static struct rational per_base(const struct rating *r, const struct debit *d, int64_t micros)
{
    struct uom unit;
    agreements_uom(r->product, d->line->uom, &unit);
    return rational_mul(rational_of_micros(micros), rational_make(unit.den, unit.num));
}

/* S2. An agreement that was sent for one site of the partner serves that site only. */
static bool is_of_other_site(const struct rating *r, const struct agreed_terms *t)
{
    return !slice_equal(t->row->partner_id, r->root) && !slice_equal(t->row->partner_id, r->line->partner_id);
}

/* S5: the quoted line, else the first by line_no whose products match. */
static const struct agreed_line *agreed_line_for(const struct rating *r, const struct agreement_terms_row *terms)
{
    for (unsigned i = 0; i < terms->lines_count; i++) {
        const struct agreed_line *l = &terms->lines[i];
        uint64_t quoted = 0;
        if (r->line->auth_line.size
            && (!slice_to_uint(r->line->auth_line, UINT32_MAX, &quoted) || quoted != l->line_no))
            continue;
        struct slice products[row_text_LIST_MAX];
        for (unsigned k = 0; k < l->products_count; k++) products[k] = l->products[k].text;
        struct texts list = { products, l->products_count };
        if (products_match(&list, r->class->sku, r->class->family, r->class->product_line)) return l;
    }
    return NULL;
}

/* S4 */
static bool location_is_covered(const struct rating *r, const struct agreement_terms_row *terms)
{
    for (unsigned i = 0; i < terms->locations_count; i++)
        if (slice_equal(terms->locations[i].text, r->line->location_id)) return true;
    return terms->locations_count == 0;
}

/* S7 */
static bool customer_is_covered(const struct rating *r, const struct agreement_terms_row *terms)
{
    const struct line *l = r->line;
    const struct party *customer = party_is_absent(&l->end_customer) ? &l->sold_to : &l->end_customer;
    const struct clearance *c = r->dossier->clearance;
    for (unsigned i = 0; i < terms->customers_count; i++) {
        struct party entry = agreements_party(&terms->customers[i]);
        if (party_is_customer(r->arena, &entry, customer)) return true;
        if (c && c->resolved_customer_key.size && slice_equal(c->resolved_customer_key, entry.key)) return true;
    }
    return terms->blanket;
}

static bool is_closed(const struct rating *r, const struct agreement_head *h)
{
    bool ended = h->status == AGREEMENT_STATUS_CLOSED || h->status == AGREEMENT_STATUS_CANCELLED;
    return ended && h->closed_on <= r->line->ship_date;
}

static bool is_on_hold(const struct agreement_head *h)
{
    return h->status == AGREEMENT_STATUS_PENDING || h->status == AGREEMENT_STATUS_ON_HOLD;
}

static int32_t anchor_date(const struct rating *r, const struct debit *d)
{
    switch (d->claim.anchor) {
    case ANCHOR_AGREEMENT_END: return d->agreed.head->valid_to;
    case ANCHOR_INVOICE_DATE:  return r->line->invoice_date ? r->line->invoice_date : r->line->ship_date;
    case ANCHOR_ORDER_DATE:    return r->line->order_date ? r->line->order_date : r->line->ship_date;
    case ANCHOR_PERIOD_END:    return award_month(r->line->ship_date).to;
    default:                   return r->line->ship_date;
    }
}

/* What is left of the agreement line; INT64_MAX when it has no quantity. */
static int64_t remaining_milli(const struct rating *r, const struct debit *d)
{
    if (d->line->authorised_milli == 0) return INT64_MAX;
    int64_t left = agreements_authorised_milli(r, d->line) - d->balance->consumed_milli;
    return left > 0 ? left : 0;
}

static struct debit *open_debit(struct rating *r, const struct program *p, const struct agreed_terms *agreed)
{
    struct debit *d = ARENA_NEW(r->arena, struct debit);
    d->agreed = *agreed;
    agreements_apply(agreed, p, &d->terms, &d->claim);
    d->line = agreed_line_for(r, agreed->terms);
    d->reduction = RATIONAL_ZERO;
    if (!d->line) return d;
    d->balance = books_read(r->books, PAYOUT_AGREEMENT_LINES, line_key(r, d), NULL);
    return d;
}

/* Finding the agreement. */

static void put_under(struct award *a, struct debit *d)
{
    a->authorisation_no = d->agreed.authorisation_no;
    a->tolerance_minor = d->claim.tolerance_minor;
    a->own = d;
}

struct award *ship_debit_begin(struct rating *r)
{
    struct agreed_terms agreed;
    struct slice number = r->line->authorisation_no;
    if (!agreements_find(r, number, &agreed)) {
        reason_argument(verdict_give(r->v, REASON_AUTH_NOT_FOUND), SLICE("agreement"), number);
        return NULL;
    }
    const struct program_history *h = catalogue_program(r->in->catalogue, agreed.row->program_id);
    const struct program *highest = h ? program_version_highest(h) : NULL;
    int32_t date;
    if (highest && highest->incentive != INCENTIVE_SHIP_DEBIT) h = NULL;
    const struct program *p = award_version(r, h, agreed.row->program_id, &date);
    struct award *a = p ? award_begin(r, p, date) : NULL;
    if (a) put_under(a, open_debit(r, p, &agreed));
    return a;
}

bool ship_debit_is_triggered(struct rating *r, const struct program *p)
{
    if (r->kind != KIND_POS_SALE || r->accepted_milli <= 0 || r->line->summary || p->incentive != INCENTIVE_SHIP_DEBIT
        || !r->line->ship_date)
        return false;
    return r->line->authorisation_no.size || agreements_any_automatic(r, p);
}

/* May this agreement pay the sale? It meets S2 to S7, and something is left of it. */
static bool fits(struct rating *r, const struct debit *d)
{
    const struct agreement_head *h = d->agreed.head;
    int32_t ship = r->line->ship_date, anchor = anchor_date(r, d);
    if (!d->terms.auto_claim || is_of_other_site(r, &d->agreed) || is_on_hold(h) || is_closed(r, h)) return false;
    if (!location_is_covered(r, d->agreed.terms) || !d->line || ship < h->issue_date || ship < h->valid_from
        || ship > h->valid_to)
        return false;
    if (d->claim.has_window && r->claim_received > date_add_days(anchor, d->claim.window_days)) return false;
    return customer_is_covered(r, d->agreed.terms) && remaining_milli(r, d) > 0;
}

/* Which agreement pays first: one that names the customer before a blanket one, then the earlier valid_to, then the
 * lower number, bytewise. */
static bool stands_before(const struct debit *a, const struct debit *b)
{
    if (a->agreed.terms->blanket != b->agreed.terms->blanket) return !a->agreed.terms->blanket;
    if (a->agreed.head->valid_to != b->agreed.head->valid_to)
        return a->agreed.head->valid_to < b->agreed.head->valid_to;
    return slice_compare(a->agreed.authorisation_no, b->agreed.authorisation_no) < 0;
}

static struct debit *debit_under(struct rating *r, const struct program *p, struct slice number)
{
    struct agreed_terms agreed;
    if (!agreements_find(r, number, &agreed) || !slice_equal(agreed.row->program_id, p->id)) return NULL;
    return open_debit(r, p, &agreed);
}

/* The agreement of an automatic sale: the one quoted, else the best that fits. */
static struct debit *pick_agreement(struct rating *r, const struct program *p)
{
    struct slice numbers[AUTO_AGREEMENTS_MAX];
    struct debit *best = NULL;
    if (r->line->authorisation_no.size) {
        struct debit *quoted = debit_under(r, p, r->line->authorisation_no);
        return quoted && quoted->terms.auto_claim ? quoted : NULL;
    }
    unsigned count = agreements_for_customer(r, p, numbers, AUTO_AGREEMENTS_MAX);
    for (unsigned i = 0; i < count; i++) {
        struct debit *d = debit_under(r, p, numbers[i]);
        if (d && fits(r, d) && (!best || stands_before(d, best))) best = d;
    }
    return best;
}

/* S3 to S9. */

static void name_agreement(struct reason *given, const struct debit *d)
{
    reason_argument(given, SLICE("agreement"), d->agreed.authorisation_no);
}

static void check_status(struct rating *r, struct award *a, const struct debit *d)
{
    const struct agreement_head *h = d->agreed.head;
    if (is_on_hold(h)) name_agreement(award_give(r, a, REASON_AUTH_ON_HOLD), d);
    if (!is_closed(r, h)) return;
    struct reason *given = award_give(r, a, REASON_AUTH_CLOSED);
    name_agreement(given, d);
    reason_argument(given, SLICE("date"), date_text(r->arena, h->closed_on));
}

static void check_location(struct rating *r, struct award *a, const struct debit *d)
{
    if (location_is_covered(r, d->agreed.terms)) return;
    struct reason *given = award_give(r, a, REASON_LOCATION_INVALID);
    reason_argument(given, SLICE("location"), r->line->location_id);
    name_agreement(given, d);
}

/* Terms per a unit that the product does not have give no price: a person has to look. */
static bool check_unit(struct rating *r, struct award *a, const struct debit *d)
{
    struct uom unit;
    if (agreements_uom(r->product, d->line->uom, &unit) || award_is_released(r, REASON_DATA_CONFLICT)) return true;
    reason_argument(award_stop(r, a, REASON_DATA_CONFLICT), SLICE("what"), SLICE("uom"));
    return false;
}

static bool check_part(struct rating *r, struct award *a, const struct debit *d)
{
    if (d->line) return check_unit(r, a, d);
    struct reason *given = award_stop(r, a, REASON_PART_NOT_ON_AUTH);
    reason_argument(given, SLICE("part"), r->class->sku);
    name_agreement(given, d);
    return false;
}

static void check_dates(struct rating *r, struct award *a, const struct debit *d)
{
    const struct agreement_head *h = d->agreed.head;
    int32_t ship = r->line->ship_date;
    if (ship < h->issue_date) {
        struct reason *given = award_give(r, a, REASON_SHIP_BEFORE_AUTH);
        reason_argument(given, SLICE("date"), date_text(r->arena, ship));
        name_agreement(given, d);
    }
    if (ship < h->valid_from || ship > h->valid_to) {
        struct reason *given = award_give(r, a, REASON_SHIP_OUTSIDE_PERIOD);
        reason_argument(given, SLICE("date"), date_text(r->arena, ship));
        reason_argument(given, SLICE("from"), date_text(r->arena, h->valid_from));
        reason_argument(given, SLICE("to"), date_text(r->arena, h->valid_to));
    }
    award_claim_window(r, a, &d->claim, anchor_date(r, d));
}

static void check_customer(struct rating *r, struct award *a, const struct debit *d)
{
    if (customer_is_covered(r, d->agreed.terms)) return;
    const struct party *customer = party_is_absent(&r->line->end_customer) ? &r->line->sold_to : &r->line->end_customer;
    struct reason *given = award_give(r, a, REASON_CUSTOMER_NOT_AUTH);
    reason_argument(given, SLICE("customer"), customer->name.size ? customer->name : customer->key);
    name_agreement(given, d);
}

/* The instant, at the partner, at which the day after `days` days from receipt begins. */
static instant_ms day_behind(const struct rating *r, uint32_t days)
{
    instant_ms local = r->receipt->received_at_unix_ms + r->class->utc_offset_minutes * (instant_ms)60000;
    return r->receipt->received_at_unix_ms - local % INSTANT_DAY_MS + (instant_ms)(days + 1) * INSTANT_DAY_MS;
}

static void check_resale_report(struct rating *r, struct award *a, const struct debit *d)
{
    int64_t sold;
    if (d->terms.pos_match != POS_MATCH_REQUIRED || transactions_sold(r->txn, &sold)) return;
    int32_t last = date_add_days(r->in->received_date, d->terms.pos_wait_days);
    if (r->in->today > last) {
        reason_argument(award_give(r, a, REASON_NO_POS_RECORD), SLICE("invoice"), r->line->invoice_no);
        return;
    }
    reason_argument(award_give(r, a, REASON_WAITING_FOR_POS), SLICE("invoice"), r->line->invoice_no);
    verdict_wait(r->v, REASON_WAITING_FOR_POS, transactions_pos_datum(r));
    r->v->judgement->waiting.due_unix_ms = day_behind(r, d->terms.pos_wait_days);
}

/* For people to read; money is never computed from it. */
static int64_t to_micros(struct rating *r, struct rational x)
{
    int64_t micros = 0;
    if (round_money(rational_mul(x, rational_of(1000000)), 0, ROUNDING_HALF_UP, 1, &micros) != OK) r->overflow = true;
    return micros;
}

static struct slice exact_text(struct rating *r, struct rational x)
{
    return award_micros_text(r, to_micros(r, x));
}

static void refuse_resale(struct rating *r, struct award *a, enum reason_code code, struct slice bound,
                          struct rational limit, struct rational resale)
{
    struct reason *given = award_give(r, a, code);
    reason_argument(given, SLICE("resale"), exact_text(r, resale));
    reason_argument(given, bound, exact_text(r, limit));
}

static bool policy_has_min(enum resale_policy policy)
{
    return policy == RESALE_POLICY_MIN || policy == RESALE_POLICY_RANGE || policy == RESALE_POLICY_EXACT;
}

static bool policy_has_max(enum resale_policy policy)
{
    return policy == RESALE_POLICY_MAX || policy == RESALE_POLICY_RANGE || policy == RESALE_POLICY_EXACT;
}

static void reduce_by_resale(struct rating *r, struct award *a, struct debit *d, struct rational resale,
                             struct rational max)
{
    if (d->terms.resale_above == RESALE_ABOVE_PAY) return;
    if (d->terms.resale_above != RESALE_ABOVE_REDUCE) {
        refuse_resale(r, a, REASON_RESALE_ABOVE_AUTH, SLICE("max"), max, resale);
        return;
    }
    d->reduction = rational_mul(rational_sub(resale, max), rational_of_percent(d->terms.resale_share_percent_micros));
    refuse_resale(r, a, REASON_RESALE_REDUCED, SLICE("max"), max, resale);
    struct step *s = award_step(r, a, SLICE("S9"));
    award_input_exact(r, s, SLICE("r"), resale, a->micros_unit);
    award_input_exact(r, s, SLICE("max"), max, a->micros_unit);
    award_input(r, s, SLICE("share"), d->terms.resale_share_percent_micros, 0, SLICE("percent_micros"));
    award_result_exact(r, s, SLICE("x"), d->reduction, a->micros_unit);
}

/* S9 */
static void check_resale(struct rating *r, struct award *a, struct debit *d)
{
    enum resale_policy policy = d->line->resale_policy;
    if (policy == RESALE_POLICY_NONE || policy == RESALE_POLICY_UNSPECIFIED) return;
    if (!r->line->has_resale_unit_micros) {
        reason_argument(award_give(r, a, REASON_FIELD_MISSING), SLICE("field"), SLICE("resale_unit"));
        return;
    }
    struct exchange x = award_exchange(r, a, r->line->currency);
    struct rational resale = rational_mul(award_per_base_unit(r, r->line->resale_unit_micros), x.rate);
    struct rational tolerance = rational_of_percent(d->terms.resale_tolerance_percent_micros);
    struct rational max = per_base(r, d,
                                   policy == RESALE_POLICY_EXACT && !d->line->resale_max_micros
                                       ? d->line->resale_min_micros
                                       : d->line->resale_max_micros);
    struct rational min = per_base(r, d,
                                   policy == RESALE_POLICY_EXACT && !d->line->resale_min_micros
                                       ? d->line->resale_max_micros
                                       : d->line->resale_min_micros);
    if (x.missing) return;
    if (policy_has_min(policy)
        && rational_compare(resale, rational_mul(min, rational_sub(rational_of(1), tolerance))) < 0)
        refuse_resale(r, a, REASON_RESALE_BELOW_AUTH, SLICE("min"), min, resale);
    if (policy_has_max(policy)
        && rational_compare(resale, rational_mul(max, rational_add(rational_of(1), tolerance))) > 0)
        reduce_by_resale(r, a, d, resale, max);
}

/* S10 compares A, not what a quantity cap of R8 has left of it, with what remains of the agreement line. */
static bool limit_quantity(struct rating *r, struct award *a, struct debit *d)
{
    int64_t left = remaining_milli(r, d), wanted = a->accepted_milli;
    award_note_qty_limit(r, a, SLICE("S10"), left);
    if (left == 0) {
        name_agreement(award_stop(r, a, REASON_QTY_ZERO_BALANCE), d);
        return false;
    }
    if (wanted <= left) return true;
    bool rejects = d->terms.over_qty == OVER_QTY_REJECT;
    struct reason *given = award_give_as(r, a, REASON_QTY_EXCEEDED, rejects ? OUTCOME_REJECT : OUTCOME_SHORT);
    reason_argument(given, SLICE("refused"), award_qty_text(r, rejects ? wanted : wanted - left));
    reason_argument(given, SLICE("qty"), award_qty_text(r, wanted));
    award_limit_qty(a, REASON_QTY_EXCEEDED, rejects ? 0 : left);
    return true;
}

/* S11. */

/* The price list of the partner on the ship date, in program currency per base unit. */
static void take_units(struct rating *r, struct award *a, struct debit *d)
{
    d->pieces = arena_take(r->arena, PIECES_MAX * sizeof *d->pieces);        /* the count says which are filled */
    struct transaction_line *line = transactions_add(r, KIND_SHIP_DEBIT_CLAIM, a->program->id, a->accepted_milli,
                                                     RATIONAL_BAD);
    if (!line) {
        reason_argument(award_give(r, a, REASON_DATA_CONFLICT), SLICE("what"), SLICE("transaction"));
        return;
    }
    if (r->line->direct_ship) {
        d->pieces[0] = (struct lot_piece){ .qty_milli = a->accepted_milli };
        d->piece_count = 1;
        return;
    }
    d->piece_count = transactions_claim_units(r, line, a->accepted_milli, d->pieces, PIECES_MAX);
}

/* Only the first q units get a cost and are paid. */
static void keep_first_units(struct debit *d, int64_t qty_milli)
{
    unsigned kept = 0;
    for (; kept < d->piece_count && qty_milli > 0; kept++) {
        if (d->pieces[kept].qty_milli > qty_milli) d->pieces[kept].qty_milli = qty_milli;
        qty_milli -= d->pieces[kept].qty_milli;
    }
    d->piece_count = kept;
}

static void one_piece(struct debit *d, int64_t qty_milli, struct rational cost)
{
    d->pieces[0] = (struct lot_piece){ .qty_milli = qty_milli };
    d->piece_count = 1;
    d->costs[0] = cost;
}

static int64_t uncovered_of(const struct debit *d)
{
    int64_t sum = 0;
    for (unsigned i = 0; i < d->piece_count; i++) sum += d->pieces[i].lot_no ? 0 : d->pieces[i].qty_milli;
    return sum;
}

/* When there was no stock to take an average of, goods that came after the sale cost what their lots cost. */
static void cost_the_lots(struct rating *r, struct award *a, struct debit *d, struct rational book)
{
    struct rational average = RATIONAL_ZERO;
    bool at_average = d->terms.cost_basis == COST_BASIS_AVERAGE && transactions_average_cost(r, a, &average);
    for (unsigned i = 0; i < d->piece_count; i++) {
        const struct lot_piece *piece = &d->pieces[i];
        if (piece->lot_no == 0) {
            d->costs[i] = book;
        } else if (at_average) {
            d->costs[i] = average;
        } else {
            struct exchange x = award_exchange(r, a, piece->currency);
            d->costs[i] = rational_mul(lots_cost(piece->cost_micros, piece->cost_den), x.rate);
        }
    }
}

/* Units that no lot covers hold the claim, or count at book price. */
static void cost_from_lots(struct rating *r, struct award *a, struct debit *d)
{
    int64_t uncovered = uncovered_of(d);
    struct rational book = RATIONAL_ZERO;
    bool at_book = d->terms.lot_shortage == LOT_SHORTAGE_BOOK || award_is_released(r, REASON_LOT_SHORTAGE);
    if (uncovered && !at_book) {
        award_give(r, a, REASON_LOT_SHORTAGE);
        return;
    }
    if (uncovered && award_book_price(r, a, r->line->ship_date, &book))
        reason_argument(award_give(r, a, REASON_LOT_FALLBACK), SLICE("qty"), award_qty_text(r, uncovered));
    cost_the_lots(r, a, d, book);
}

static void find_costs(struct rating *r, struct award *a, struct debit *d)
{
    struct rational cost = RATIONAL_ZERO;
    d->costs = ARENA_ARRAY(r->arena, d->piece_count + 1, struct rational);
    for (unsigned i = 0; i <= d->piece_count; i++) d->costs[i] = RATIONAL_ZERO;
    if (d->line->method == DEBIT_METHOD_DOWN_BY_AMOUNT) {
        one_piece(d, a->qty_milli, cost);
        return;
    }
    switch (d->terms.cost_basis) {
    case COST_BASIS_BOOK_AT_SHIP:
        (void)award_book_price(r, a, r->line->ship_date, &cost);
        one_piece(d, a->qty_milli, cost);
        return;
    case COST_BASIS_BOOK_IN_AGREEMENT:
        if (!d->line->has_book_price) award_give(r, a, REASON_COST_BASIS_MISSING);
        else cost = per_base(r, d, d->line->book_price_micros);
        one_piece(d, a->qty_milli, cost);
        return;
    default:
        cost_from_lots(r, a, d);
    }
}

/* S12. */

static struct rational floored(struct rational x)
{
    return rational_sign(x) < 0 ? RATIONAL_ZERO : x;
}

static struct rational total_cost(const struct debit *d)
{
    struct rational sum = RATIONAL_ZERO;
    for (unsigned i = 0; i < d->piece_count; i++)
        sum = rational_add(sum, rational_mul(d->costs[i], rational_of_milli(d->pieces[i].qty_milli)));
    return sum;
}

/* What of the cost counts for a percent term: 1 less the share that higher programs paid, spread in proportion to
 * cost. */
static struct rational counted_share(const struct debit *d, struct rational higher)
{
    struct rational cost = total_cost(d);
    if (rational_sign(higher) <= 0 || rational_sign(cost) <= 0) return rational_of(1);
    return rational_div(floored(rational_sub(cost, higher)), cost);
}

static struct rational unit_debit(const struct rating *r, const struct debit *d, struct rational cost,
                                  struct rational share)
{
    struct rational term = per_base(r, d, d->line->term_micros);
    switch (d->line->method) {
    case DEBIT_METHOD_DOWN_TO:
        return floored(rational_sub(rational_sub(cost, term), d->reduction));
    case DEBIT_METHOD_DOWN_BY_AMOUNT:
        return floored(rational_sub(term, d->reduction));
    case DEBIT_METHOD_DOWN_BY_PERCENT:
        return floored(rational_sub(rational_mul(rational_mul(cost, share), rational_of_percent(d->line->term_micros)),
                                    d->reduction));
    default:
        NEVER();
    }
}

static void note_unit_step(struct rating *r, struct award *a, const struct debit *d, unsigned i, struct rational share,
                           struct rational unit)
{
    static const struct slice names[DEBIT_METHOD_COUNT] = {
        [DEBIT_METHOD_DOWN_TO] = SLICE_INIT("S12 DOWN_TO"),
        [DEBIT_METHOD_DOWN_BY_AMOUNT] = SLICE_INIT("S12 DOWN_BY_AMOUNT"),
        [DEBIT_METHOD_DOWN_BY_PERCENT] = SLICE_INIT("S12 DOWN_BY_PERCENT")
    };
    struct step *s = award_step(r, a, names[d->line->method]);
    award_input(r, s, SLICE("q"), d->pieces[i].qty_milli, 0, SLICE("milli"));
    award_input_exact(r, s, SLICE("c"), d->costs[i], a->micros_unit);
    if (d->line->method == DEBIT_METHOD_DOWN_BY_PERCENT)
        award_input(r, s, SLICE("a"), d->line->term_micros, 100000000, SLICE("percent_micros"));
    else award_input_exact(r, s, SLICE("a"), per_base(r, d, d->line->term_micros), a->micros_unit);
    award_input_exact(r, s, SLICE("x"), d->reduction, a->micros_unit);
    award_input_exact(r, s, SLICE("share"), share, (struct slice){ 0 });
    award_result_exact(r, s, SLICE("E"), rational_mul(unit, rational_of_milli(d->pieces[i].qty_milli)),
                       (struct slice){ 0 });
}

static void note_lot_use(struct rating *r, struct award *a, const struct debit *d, unsigned i, struct rational unit)
{
    struct slice id = d->pieces[i].lot_no ? slice_of_int(r->arena, d->pieces[i].lot_no) : (struct slice){ 0 };
    if (id.size)
        award_lot(r, a, id, d->pieces[i].qty_milli, to_micros(r, d->costs[i]), to_micros(r, unit),
                  a->program->currency);
}

static void refuse_costs(struct rating *r, struct award *a, const struct debit *d, struct rational lowest)
{
    if (d->not_below_milli == 0) return;
    bool all = d->not_below_milli == a->qty_milli;
    struct reason *given = award_give_as(r, a, REASON_NOT_BELOW_COST, all ? OUTCOME_REJECT : OUTCOME_SHORT);
    reason_argument(given, SLICE("cost"), exact_text(r, lowest));
    reason_argument(given, SLICE("price"), exact_text(r, per_base(r, d, d->line->term_micros)));
    award_cut_qty(a, REASON_NOT_BELOW_COST, d->not_below_milli);
}

/* What S9 took of a piece. */
static struct rational reduced_by(struct rating *r, const struct debit *d, unsigned i, struct rational share,
                                  struct rational unit)
{
    struct debit whole = *d;
    if (rational_sign(d->reduction) <= 0) return RATIONAL_ZERO;
    whole.reduction = RATIONAL_ZERO;
    struct rational taken = rational_sub(unit_debit(r, &whole, d->costs[i], share), unit);
    return rational_mul(taken, rational_of_milli(d->pieces[i].qty_milli));
}

static void compute_entitlement(struct rating *r, struct award *a, struct debit *d)
{
    struct rational higher = stacking_higher(r, a), lowest = RATIONAL_ZERO;
    struct rational share = d->line->method == DEBIT_METHOD_DOWN_BY_PERCENT ? counted_share(d, higher) : rational_of(1);
    struct rational term = per_base(r, d, d->line->term_micros);
    for (unsigned i = 0; i < d->piece_count; i++) {
        struct rational unit = unit_debit(r, d, d->costs[i], share);
        int64_t qty = d->pieces[i].qty_milli;
        a->entitled = rational_add(a->entitled, rational_mul(unit, rational_of_milli(qty)));
        if (rational_sign(unit) > 0) a->paid_milli += qty;
        a->reduced = rational_add(a->reduced, reduced_by(r, d, i, share, unit));
        if (d->line->method == DEBIT_METHOD_DOWN_TO && rational_compare(d->costs[i], term) <= 0) {
            if (d->not_below_milli == 0 || rational_compare(d->costs[i], lowest) < 0) lowest = d->costs[i];
            d->not_below_milli += qty;
        }
        note_unit_step(r, a, d, i, share, unit);
        note_lot_use(r, a, d, i, unit);
    }
    refuse_costs(r, a, d, lowest);
    if (d->line->method != DEBIT_METHOD_DOWN_TO || rational_sign(higher) <= 0) return;
    struct step *s = award_step(r, a, SLICE("5.8"));
    award_input_exact(r, s, SLICE("E"), a->entitled, (struct slice){ 0 });
    award_input_exact(r, s, SLICE("H"), higher, (struct slice){ 0 });
    a->entitled = floored(rational_sub(a->entitled, higher));
    award_result_exact(r, s, SLICE("E"), a->entitled, (struct slice){ 0 });
}

/* S8: nothing is final before the resale report has come. Notes that it has to wake this line. */
static void await_report(struct rating *r, struct award *a)
{
    if (award_has(a, REASON_WAITING_FOR_POS)) r->awaits_report = true;
}

/* Without a cost there is no debit to compare with the claim: nothing is refused for that. */
static bool costs_are_unknown(const struct award *a)
{
    return award_has(a, REASON_LOT_SHORTAGE) || award_has(a, REASON_COST_BASIS_MISSING)
           || award_has(a, REASON_FX_RATE_MISSING);
}

static void settle(struct rating *r, struct award *a, struct debit *d)
{
    compute_entitlement(r, a, d);
    if (d->agreed.terms->amount_limit_minor) {
        a->has_first_limit = true;
        a->first_limit_minor = d->agreed.terms->amount_limit_minor;
        a->first_used_minor = d->agreed.row->paid_minor;
    }
    award_settle(r, a, REASON_COST_MISMATCH, d->terms.min_debit_minor);
}

/* S1 of a sale: it quotes a number that the root does not have, under terms that would have claimed by themselves. */
static bool quotes_unknown(struct rating *r, const struct program *p)
{
    struct agreed_terms agreed;
    struct slice quoted = r->line->authorisation_no;
    return quoted.size && p->ship_debit.auto_claim && !agreements_find(r, quoted, &agreed);
}

/* The agreement of an automatic sale. False: no agreement pays it. */
static bool choose_agreement(struct rating *r, struct award *a)
{
    struct debit *d = pick_agreement(r, a->program);
    if (!d && quotes_unknown(r, a->program)) {
        reason_argument(award_stop(r, a, REASON_AUTH_NOT_FOUND), SLICE("agreement"), r->line->authorisation_no);
        return false;
    }
    if (!d) {
        award_drop(r, a);
        return false;
    }
    put_under(a, d);
    return true;
}

/* S2 to S9. False: a *stop*. */
static bool check_terms(struct rating *r, struct award *a, struct debit *d)
{
    if (is_of_other_site(r, &d->agreed)) {
        name_agreement(award_stop(r, a, REASON_AUTH_NOT_YOURS), d);
        return false;
    }
    award_ask_program(r, a);
    check_status(r, a, d);
    check_location(r, a, d);
    if (!check_part(r, a, d)) return false;
    a->auth_line = d->line->line_no;
    check_dates(r, a, d);
    check_customer(r, a, d);
    check_resale_report(r, a, d);
    await_report(r, a);
    check_resale(r, a, d);
    return true;
}

void ship_debit_rate(struct rating *r, struct award *a)
{
    if (!a->own && !choose_agreement(r, a)) return;
    struct debit *d = a->own;
    if (!transactions_limit(r, a) || !check_terms(r, a, d)) return;
    caps_limit_qty(r, a);
    if (!limit_quantity(r, a, d)) return;
    stacking_excludes(r, a);                            /* not said of a line that a stop before ended */
    take_units(r, a, d);
    keep_first_units(d, a->qty_milli);
    if (a->qty_milli > 0) find_costs(r, a, d);
    else d->piece_count = 0;
    if (!costs_are_unknown(a)) settle(r, a, d);
    if (award_is_stopped(a) && !a->is_target) transactions_drop(r, a->program->id);
}

/* The quantity of an agreement line over several products is known in base units once one of them draws on it. */
static void measure_authorised(const struct rating *r, const struct debit *d, struct agreement_line_row *balance)
{
    int64_t milli = agreements_authorised_milli(r, d->line);
    if (balance->authorised_milli == d->line->authorised_milli) balance->authorised_milli = milli;
    if (balance->highest_authorised_milli < milli) balance->highest_authorised_milli = milli;
}

/* S16. */

void ship_debit_write(struct rating *r, struct award *a)
{
    struct debit *d = a->own;
    int64_t before = d->balance->consumed_milli;
    struct agreement_line_row *balance = books_change(r->books, PAYOUT_AGREEMENT_LINES, line_key(r, d));
    struct agreement_row *row = books_change(r->books, PAYOUT_AGREEMENTS, RATING_KEY(r, d->agreed.authorisation_no));
    measure_authorised(r, d, balance);
    balance->consumed_milli += a->paid_milli;
    balance->paid_minor += a->amount_minor;
    balance->currency = a->program->currency;
    row->paid_minor += a->amount_minor;
    award_balance(r, a, SLICE("agreement_line"), slice_of_int(r->arena, d->line->line_no), before,
                  balance->consumed_milli, SLICE("milli"));
    award_note_limit(a, LIMIT_AGREEMENT_LINE, agreements_authorised_milli(r, d->line), before, balance->consumed_milli);
    caps_charge(r, a);
    stacking_note(r, a, a->amount_minor, false);
    struct posting *p = award_post(r, a, LEDGER_EARNED, a->paid_milli, a->amount_minor, a->payout_minor);
    p->kept = &a->kept;
    award_keep(a);
}

void ship_debit_restore(struct rating *r, const struct line_program *kept, int64_t minor, int64_t qty_milli,
                        enum cause cause)
{
    struct slice key = RATING_KEY(r, kept->authorisation_no, slice_of_int(r->arena, kept->auth_line));
    struct agreement_line_row *balance = books_change(r->books, PAYOUT_AGREEMENT_LINES, key);
    struct agreement_row *row = books_change(r->books, PAYOUT_AGREEMENTS, RATING_KEY(r, kept->authorisation_no));
    if (cause != CAUSE_FRAUD) balance->consumed_milli -= qty_milli;
    balance->paid_minor -= minor;
    row->paid_minor -= minor;
}

struct excess ship_debit_passed(struct rating *r, const struct program *p, const struct line_row *line,
                                const struct line_program *kept)
{
    (void)p;
    struct agreed_terms agreed;
    struct excess excess = { 0 };
    struct slice key = RATING_KEY(r, kept->authorisation_no, slice_of_int(r->arena, kept->auth_line));
    const struct agreement_line_row *row = books_read(r->books, PAYOUT_AGREEMENT_LINES, key, NULL);
    if (row->highest_authorised_milli && row->consumed_milli > row->highest_authorised_milli)
        excess = (struct excess){ .by = REASON_QTY_EXCEEDED,
                                  .paid_milli = row->consumed_milli - row->highest_authorised_milli };
    if (!agreements_find_on(r, kept->authorisation_no, line->ship_date, &agreed)) return excess;
    int64_t limit = agreed.terms->amount_limit_minor;
    if (limit && agreed.row->paid_minor > limit)
        award_add_excess(&excess, (struct excess){ .by = REASON_CAP_REACHED,
                                                        .minor = agreed.row->paid_minor - limit });
    return excess;
}
