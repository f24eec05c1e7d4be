/* domain/rating/deal.c: who registered an opportunity is paid when it is won. */
#include "domain/rating/deal.h"

#include "base/assert.h"
#include "domain/name/party_key.h"
#include "domain/rating/agreements.h"
#include "domain/rating/award_settle.h"
#include "domain/rating/caps.h"
#include "domain/rating/stacking.h"
#include "domain/rating/transactions.h"

static struct slice row_key(struct rating *r, struct slice deal_reg_no)
{
    return RATING_KEY(r, deal_reg_no);
}

/* Receiving. */

static const struct program *program_of_registration(const struct rating *r)
{
    struct slice id = r->line->program_id;
    if (slice_is_empty(id) && r->class->candidate_count) id = r->class->candidates[0].program_id;
    const struct program_history *h = catalogue_program(r->in->catalogue, id);
    const struct program *p = h ? program_version_on(h, r->in->received_date) : NULL;
    return p ? p : h ? program_version_highest(h) : NULL;
}

static void put_customer(struct rating *r, struct deal_row *row)
{
    const struct party *p = &r->line->end_customer;
    if (party_is_absent(p)) return;
    row->customer_key = p->key;
    row->country = p->country;
    row->customers = ARENA_NEW(r->arena, struct agreed_party);
    row->customers_count = 1;
    row->customers[0] = (struct agreed_party){ p->name, p->id_type, p->id, p->key, p->postal_code, p->country };
}

static void put_products(struct rating *r, struct deal_row *row)
{
    const struct deal_registration *said = r->line->deal;
    if (said->family.size) row->family = said->family;
    if (said->products.count == 0) return;
    unsigned count = said->products.count < row_text_LIST_MAX ? said->products.count : row_text_LIST_MAX;
    row->products = ARENA_ARRAY(r->arena, count, struct row_text);
    row->products_count = count;
    for (unsigned i = 0; i < count; i++) row->products[i].text = said->products.items[i];
}

static void put_terms(struct rating *r, struct deal_row *row)
{
    const struct deal_registration *said = r->line->deal;
    put_customer(r, row);
    put_products(r, row);
    if (said->qty_milli) row->qty_milli = said->qty_milli;
    if (said->value_minor) row->value_minor = said->value_minor;
    if (r->line->currency.size) row->currency = r->line->currency;
}

/* Approved on the day of receipt, or of the review that decided it. */
static void approve(struct rating *r, struct deal_row *row, const struct program *p)
{
    const struct clearance *c = r->dossier->clearance;
    int32_t approved = p->deal.approval == DEAL_APPROVAL_MANUAL ? r->in->decided_date : r->in->received_date;
    row->status = DEAL_STATUS_APPROVED;
    row->received_date = r->in->received_date;
    row->last_day = date_add_days(approved, p->deal.protection_days);
    row->closed_on = 0;
    row->extensions = 0;
    row->share_percent_micros =
        c && c->has_deal && c->deal.share_percent_micros ? c->deal.share_percent_micros : DEAL_SHARE_WHOLE;
}

static void extend(const struct rating *r, struct deal_row *row, const struct program *p)
{
    if (r->in->received_date > row->last_day || row->extensions >= p->deal.max_extensions) return;
    row->last_day = date_add_days(row->last_day, p->deal.extension_days);
    row->extensions++;
}

static bool is_protected(const struct deal_row *row)
{
    return row->status == DEAL_STATUS_APPROVED || row->status == DEAL_STATUS_WON;
}

static void close_deal(const struct rating *r, struct deal_row *row)
{
    if (is_protected(row)) row->closed_on = r->in->received_date;
    row->status = DEAL_STATUS_CLOSED;
}

void deal_receive(struct rating *r)
{
    const struct deal_registration *said = r->line->deal;
    if (!said || slice_is_empty(r->line->deal_reg_no)) return;
    struct deal_row *row = books_change(r->books, PAYOUT_DEALS, row_key(r, r->line->deal_reg_no));
    if (row->status && said->revision <= row->revision) {
        reason_argument(verdict_give(r->v, REASON_STALE_REVISION), SLICE("agreement"), r->line->deal_reg_no);
        return;
    }
    const struct program *p = program_of_registration(r);
    if (!p || p->incentive != INCENTIVE_DEAL_REGISTRATION) {
        verdict_give(r->v, REASON_PROGRAM_NOT_FOUND);
        return;
    }
    row->revision = said->revision;
    row->partner_id = r->line->partner_id;
    row->program_id = p->id;
    if (said->withdrawn) {
        close_deal(r, row);
        return;
    }
    put_terms(r, row);
    if (!is_protected(row)) approve(r, row, p);
    else if (said->extension) extend(r, row, p);
}

/* G1. */

static bool is_of_other_site(const struct rating *r, const struct deal_row *row)
{
    return !slice_equal(row->partner_id, r->root) && !slice_equal(row->partner_id, r->line->partner_id);
}

static const struct deal_row *deal_of(struct rating *r)
{
    return books_read(r->books, PAYOUT_DEALS, row_key(r, r->line->deal_reg_no), NULL);
}

/* Not on file here: unknown, or held or denied by compliance. */
static enum reason_code why_missing(const struct rating *r)
{
    const struct clearance *c = r->dossier->clearance;
    return c && c->has_deal ? REASON_REG_NOT_APPROVED : REASON_REG_MISSING;
}

/* That of the registration: where it is not on file here, as classification keeps it. */
static struct slice program_of_claim(const struct rating *r, const struct deal_row *row)
{
    if (row->status) return row->program_id;
    return r->class->candidate_count ? r->class->candidates[0].program_id : r->line->program_id;
}

struct award *deal_begin(struct rating *r)
{
    const struct deal_row *row = deal_of(r);
    if (!row->status && why_missing(r) == REASON_REG_MISSING) {
        reason_argument(verdict_give(r->v, REASON_REG_MISSING), SLICE("deal"), r->line->deal_reg_no);
        return NULL;
    }
    struct slice id = program_of_claim(r, row);
    int32_t date;
    const struct program *p = award_version(r, catalogue_program(r->in->catalogue, id), id, &date);
    return p ? award_begin(r, p, date) : NULL;
}

bool deal_is_triggered(struct rating *r, const struct program *p)
{
    const struct line *l = r->line;
    if (r->kind != KIND_POS_SALE || p->incentive != INCENTIVE_DEAL_REGISTRATION || !p->deal.auto_claim) return false;
    return l->deal_reg_no.size && !l->summary && r->accepted_milli > 0;
}

/* G1 to G3. */

static int32_t order_date(const struct rating *r)
{
    return r->line->order_date ? r->line->order_date : r->line->ship_date;
}

static void check_status(struct rating *r, struct award *a, const struct deal_row *row)
{
    if (is_protected(row) || row->closed_on) return;
    reason_argument(award_give(r, a, REASON_REG_NOT_APPROVED), SLICE("deal"), a->deal_reg_no);
}

/* The last day on which an order is protected: a closed deal is none from the day that closed it. */
static int32_t last_day_of(const struct rating *r, const struct deal_row *row)
{
    const struct clearance *c = r->dossier->clearance;
    int32_t closed_on = c && c->has_deal && c->deal.closed_on ? c->deal.closed_on : row->closed_on;
    int32_t before = closed_on ? date_add_days(closed_on, -1) : DATE_MAX;
    return before < row->last_day ? before : row->last_day;
}

static void check_dates(struct rating *r, struct award *a, const struct deal_row *row)
{
    int32_t ordered = order_date(r), last = last_day_of(r, row);
    if (ordered < row->received_date)
        reason_argument(award_give(r, a, REASON_ORDER_BEFORE_REGISTRATION), SLICE("date"),
                        date_text(r->arena, ordered));
    if (ordered <= last || !row->last_day) return;      /* what was never approved cannot expire */
    struct reason *given = award_give(r, a, REASON_REG_EXPIRED);
    reason_argument(given, SLICE("deal"), a->deal_reg_no);
    reason_argument(given, SLICE("last"), date_text(r->arena, last));
}

static bool customer_fits(struct rating *r, const struct deal_row *row)
{
    const struct line *l = r->line;
    const struct clearance *c = r->dossier->clearance;
    const struct party *customer = party_is_absent(&l->end_customer) ? &l->sold_to : &l->end_customer;
    if (c && c->resolved_customer_key.size && slice_equal(c->resolved_customer_key, row->customer_key)) return true;
    if (row->customers_count == 0) return true;
    struct party registered = agreements_party(&row->customers[0]);
    return party_is_customer(r->arena, &registered, customer);
}

static bool product_fits(const struct rating *r, const struct deal_row *row)
{
    struct slice products[row_text_LIST_MAX];
    for (unsigned i = 0; i < row->products_count; i++) products[i] = row->products[i].text;
    struct texts list = { products, row->products_count };
    if (row->products_count) return products_match(&list, r->class->sku, r->class->family, r->class->product_line);
    return slice_is_empty(row->family) || slice_equal_nocase(row->family, r->class->family);
}

static void check_content(struct rating *r, struct award *a, const struct deal_row *row)
{
    if (customer_fits(r, row) && product_fits(r, row)) return;
    reason_argument(award_give(r, a, REASON_REG_MISMATCH), SLICE("deal"), a->deal_reg_no);
}

/* G4. */

/* qty · (1 + tolerance), whole milli; INT64_MAX for a deal that is registered by value alone. */
static int64_t most_milli(struct rating *r, const struct program *p, const struct deal_row *row)
{
    int64_t most = 0;
    if (row->qty_milli == 0) return INT64_MAX;
    struct rational share = rational_add(rational_of(1), rational_of_percent(p->deal.qty_tolerance_percent_micros));
    if (rational_floor(rational_mul(rational_of(row->qty_milli), share), &most) != OK) r->overflow = true;
    return most;
}

static int64_t left_milli(struct rating *r, const struct award *a, const struct deal_row *row)
{
    int64_t most = most_milli(r, a->program, row);
    if (most == INT64_MAX) return most;
    return most > row->claimed_milli ? most - row->claimed_milli : 0;
}

/* A against what is left, whatever a quantity cap has cut before it (R8). */
static void limit_quantity(struct rating *r, struct award *a, const struct deal_row *row)
{
    int64_t left = left_milli(r, a, row), wanted = a->accepted_milli;
    award_note_qty_limit(r, a, SLICE("G4"), left);
    if (wanted <= left) return;
    struct reason *given = award_give_as(r, a, REASON_REG_QTY_EXCEEDED, left ? OUTCOME_SHORT : OUTCOME_REJECT);
    reason_argument(given, SLICE("refused"), award_qty_text(r, wanted - left));
    award_limit_qty(a, REASON_REG_QTY_EXCEEDED, left);
}

/* G5. */

static bool resale_price(struct rating *r, struct award *a, struct rational *unit)
{
    if (!r->line->has_resale_unit_micros) {
        reason_argument(award_give(r, a, REASON_FIELD_MISSING), SLICE("field"), SLICE("resale_unit"));
        return false;
    }
    struct exchange x = award_exchange(r, a, r->line->currency);
    *unit = rational_mul(award_per_base_unit(r, r->line->resale_unit_micros), x.rate);
    return true;
}

static void pay_percent(struct rating *r, struct award *a, struct rational share, struct rational higher)
{
    const struct deal_terms *terms = &a->program->deal;
    struct rational unit = RATIONAL_ZERO;
    bool is_priced = terms->bonus_of == BONUS_OF_BOOK ? award_book_price(r, a, a->program_date, &unit)
                                                      : resale_price(r, a, &unit);
    if (!is_priced) return;
    struct rational value = rational_mul(unit, rational_of_milli(a->qty_milli));
    struct rational base = rational_max(rational_sub(value, higher), RATIONAL_ZERO);
    a->entitled = rational_mul(rational_mul(base, rational_of_percent(terms->bonus_percent_micros)), share);
    struct step *s = award_step(r, a, SLICE("G5 PERCENT"));
    award_input_exact(r, s, SLICE("value"), value, (struct slice){ 0 });
    award_input_exact(r, s, SLICE("H"), higher, (struct slice){ 0 });
    award_input(r, s, SLICE("percent"), terms->bonus_percent_micros, 100000000, SLICE("percent_micros"));
    award_input_exact(r, s, SLICE("share"), share, (struct slice){ 0 });
    award_result_exact(r, s, SLICE("E"), a->entitled, (struct slice){ 0 });
}

static void pay_per_unit(struct rating *r, struct award *a, struct rational share)
{
    struct rational unit = rational_of_micros(a->program->deal.bonus_per_unit_micros);
    a->entitled = rational_mul(rational_mul(rational_of_milli(a->qty_milli), unit), share);
    struct step *s = award_step(r, a, SLICE("G5 PER_UNIT"));
    award_input(r, s, SLICE("q"), a->qty_milli, 0, SLICE("milli"));
    award_input_exact(r, s, SLICE("per_unit"), unit, a->micros_unit);
    award_input_exact(r, s, SLICE("share"), share, (struct slice){ 0 });
    award_result_exact(r, s, SLICE("E"), a->entitled, (struct slice){ 0 });
}

/* Once per registration while one is live. */
static void pay_fixed(struct rating *r, struct award *a, const struct deal_row *row, struct rational share)
{
    bool pays = row->live_fixed == 0 && a->qty_milli > 0;
    struct rational fixed = pays ? rational_of_minor(a->program->deal.bonus_fixed_minor, a->exponent) : RATIONAL_ZERO;
    a->entitled = rational_mul(fixed, share);
    struct step *s = award_step(r, a, SLICE("G5 FIXED"));
    award_input(r, s, SLICE("live"), row->live_fixed, 0, SLICE("count"));
    award_input_exact(r, s, SLICE("fixed"), fixed, (struct slice){ 0 });
    award_input_exact(r, s, SLICE("share"), share, (struct slice){ 0 });
    award_result_exact(r, s, SLICE("E"), a->entitled, (struct slice){ 0 });
}

static void compute_bonus(struct rating *r, struct award *a, const struct deal_row *row)
{
    struct rational share = rational_of_percent(row->share_percent_micros);
    struct rational higher = stacking_higher(r, a);     /* said of terms without an amount base, too (5.8) */
    switch (a->program->deal.bonus) {
    case RATE_PERCENT:  pay_percent(r, a, share, higher); break;
    case RATE_PER_UNIT: pay_per_unit(r, a, share); break;
    default:            pay_fixed(r, a, row, share);
    }
}

static bool stop_at_deal(struct rating *r, struct award *a, enum reason_code code)
{
    reason_argument(award_stop(r, a, code), SLICE("deal"), r->line->deal_reg_no);
    return false;
}

/* R4, whose claim window no G step asks again, and G1. False: a *stop*. */
static bool find_registration(struct rating *r, struct award *a, const struct deal_row *row)
{
    award_claim_window(r, a, &a->program->claim, award_anchor_date(r, a));
    if (!transactions_limit(r, a)) return false;
    if (!row->status) return stop_at_deal(r, a, why_missing(r));
    return !is_of_other_site(r, row) || stop_at_deal(r, a, REASON_REG_NOT_YOURS);
}

static void take_transaction(struct rating *r, struct award *a)
{
    if (award_is_stopped(a)) return;
    if (transactions_add(r, KIND_DEAL_CLAIM, a->program->id, a->accepted_milli, RATIONAL_BAD)) return;
    reason_argument(award_give(r, a, REASON_DATA_CONFLICT), SLICE("what"), SLICE("transaction"));
}

void deal_rate(struct rating *r, struct award *a)
{
    const struct deal_row *row = deal_of(r);
    if (row->status && !slice_equal(row->program_id, a->program->id)) {
        award_drop(r, a);                               /* a sale that quotes a deal of another program */
        return;
    }
    if (!find_registration(r, a, row)) return;
    stacking_excludes(r, a);
    a->deal_reg_no = r->line->deal_reg_no;
    award_ask_program(r, a);
    check_status(r, a, row);
    check_dates(r, a, row);
    check_content(r, a, row);
    caps_limit_qty(r, a);
    limit_quantity(r, a, row);
    compute_bonus(r, a, row);
    award_settle(r, a, REASON_AMOUNT_MISMATCH, 0);
    a->paid_milli = a->qty_milli;
    take_transaction(r, a);
}

/* G6. */

void deal_write(struct rating *r, struct award *a)
{
    struct deal_row *row = books_change(r->books, PAYOUT_DEALS, row_key(r, a->deal_reg_no));
    award_balance(r, a, SLICE("deal"), a->deal_reg_no, row->claimed_milli, row->claimed_milli + a->paid_milli,
                  SLICE("milli"));
    row->claimed_milli += a->paid_milli;
    if (a->amount_minor > 0 && row->status == DEAL_STATUS_APPROVED) row->status = DEAL_STATUS_WON;
    if (a->amount_minor > 0 && a->program->deal.bonus == RATE_NONE) row->live_fixed++;
    caps_charge(r, a);
    stacking_note(r, a, a->amount_minor, false);
    award_post(r, a, LEDGER_EARNED, a->paid_milli, a->amount_minor, a->payout_minor)->kept = &a->kept;
    award_keep(a);
}

static bool pays_fixed(const struct rating *r, const struct line_program *kept)
{
    const struct program_history *h = catalogue_program(r->in->catalogue, kept->program_id);
    const struct program *p = h ? program_version(h, kept->version) : NULL;
    return p && p->deal.bonus == RATE_NONE;
}

/* The deal stays WON. A fixed bonus may be earned again once nothing of it is live. FRAUD keeps the quantity of an
 * agreement (6.6), and of no deal. */
void deal_restore(struct rating *r, const struct line_program *kept, int64_t minor, int64_t qty_milli, enum cause cause)
{
    struct deal_row *row = books_change(r->books, PAYOUT_DEALS, row_key(r, kept->deal_reg_no));
    bool was_live = kept->program_reversed_minor - minor < kept->program_minor,
         is_live = kept->program_reversed_minor < kept->program_minor;
    (void)cause;
    row->claimed_milli -= qty_milli;
    if (was_live == is_live || !pays_fixed(r, kept)) return;
    if (is_live) row->live_fixed++;
    else if (row->live_fixed) row->live_fixed--;
}

struct excess deal_passed(struct rating *r, const struct program *p, const struct line_row *line,
                          const struct line_program *kept)
{
    (void)line;
    const struct deal_row *row = books_read(r->books, PAYOUT_DEALS, row_key(r, kept->deal_reg_no), NULL);
    int64_t most = most_milli(r, p, row);
    struct excess excess = { 0 };
    if (row->claimed_milli > most)
        excess = (struct excess){ .by = REASON_REG_QTY_EXCEEDED, .paid_milli = row->claimed_milli - most };
    if (row->live_fixed > 1)
        award_add_excess(&excess, (struct excess){ .by = REASON_REG_QTY_EXCEEDED, .minor = INT64_MAX });
    return excess;
}
