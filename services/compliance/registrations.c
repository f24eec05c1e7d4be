/* compliance/registrations.c: one opportunity, one place after the other. Pure. */
#include "compliance/registrations.h"

#include "base/assert.h"
#include "compliance/customers.h"
#include "compliance/slot_answers.h"
#include "domain/calendar.h"
#include "domain/currency.h"
#include "domain/decimal.h"
#include "domain/rating/exchange.h"
#include "domain/rounding.h"

static bool is_prefixed(struct slice s, struct slice prefix, struct slice *rest)
{
    *rest = slice_skip(s, prefix.size);
    return slice_starts_with(s, prefix);
}

/* The family said, else that of the first product named. */
static struct slice family_of(const struct deal_registration *deal, const struct catalogue *catalogue)
{
    struct slice rest;
    if (deal->family.size || !deal->products.count) return deal->family;
    if (is_prefixed(deal->products.items[0], SLICE("family:"), &rest)) return rest;
    if (!is_prefixed(deal->products.items[0], SLICE("sku:"), &rest)) return deal->products.items[0];
    const struct product *p = catalogue_product(catalogue, rest);
    return p ? p->family : rest;
}

struct slice registrations_key(const struct judging *j, const struct catalogue *catalogue, uint64_t seed)
{
    const struct deal_registration *deal = j->line->deal;
    struct key_parts k = { .arena = j->arena };
    if (j->kind != KIND_DEAL_REGISTRATION || !deal || deal->withdrawn || !j->line->end_customer.key.size)
        return (struct slice){ 0 };
    struct slice family = family_of(deal, catalogue);
    if (!family.size || (!deal->qty_milli && !deal->value_minor)) return (struct slice){ 0 };
    key_parts_text(&k, j->line->end_customer.key);
    key_parts_text(&k, j->line->end_customer.country);
    key_parts_text(&k, slice_upper(j->arena, family));
    key_parts_text(&k, line_invoice_key(j->arena, deal->project));
    struct hash128 hash = key_parts_hash(&k, seed);
    struct text hex = text_in(j->arena, 2 * HASH128_BYTES);
    text_put_hex(&hex, hash.bytes, HASH128_BYTES);
    return text_slice(&hex);
}

struct slice registrations_holder(struct arena *a, struct slice root_id, struct slice deal_reg_no)
{
    return SLICE_JOIN(a, root_id, SLICE("/"), deal_reg_no);
}

/* --- DRG-01 --- */

static const struct deal_terms *terms_of(const struct judging *j)
{
    const struct program *p = j->program_count ? j->programs[0].program : NULL;
    return p && p->incentive == INCENTIVE_DEAL_REGISTRATION ? &p->deal : NULL;
}

/* The value in the currency of the terms, by the rate of the received date, which is a registration's program date. */
static struct rational value_in_terms(const struct judging *j, struct exchange *x)
{
    const struct program *p = j->programs[0].program;
    struct slice from = j->line->currency.size ? j->line->currency : p->currency;
    *x = exchange_on(j->facts->catalogue, p->fx_table, from, p->currency, j->class->received_date,
                     j->policy->fx_max_age_days);
    return rational_mul(rational_of_minor(j->line->deal->value_minor, currency_exponent(from)), x->rate);
}

static void say_too_small(struct finding *f, struct slice min, struct slice what, int64_t observed, int64_t limit,
                          struct slice unit)
{
    reason_argument(finding_give(f, REASON_DEAL_TOO_SMALL, OUTCOME_REJECT), SLICE("min"), min);
    finding_figures(f, what, observed, limit, unit);
}

static enum truth is_small_by_value(struct judging *j, const struct deal_terms *terms, struct finding *f)
{
    struct exchange x;
    int64_t minor = 0;
    if (!j->line->deal->value_minor || !terms->min_value_minor) return TRUTH_FALSE;
    struct rational value = value_in_terms(j, &x);
    if (x.missing) {
        f->waits_on = exchange_datum(j->arena, &x);
        return TRUTH_WAIT;
    }
    struct slice currency = j->programs[0].program->currency;
    if (rational_compare(value, rational_of_minor(terms->min_value_minor, currency_exponent(currency))) >= 0)
        return TRUTH_FALSE;
    if (round_money(value, currency_exponent(currency), ROUNDING_HALF_UP, 1, &minor) != OK) return TRUTH_FAULT;
    struct text min = text_in(j->arena, 40);
    money_put(&min, terms->min_value_minor, currency);
    say_too_small(f, text_slice(&min), SLICE("value"), minor, terms->min_value_minor,
                  judging_minor_unit(j, currency));
    return TRUTH_TRUE;
}

/* By its value, where one is said and asked for, else by its quantity. WAIT: the rate of its currency is not known. */
static enum truth is_too_small(struct judging *j, const struct deal_terms *terms, struct finding *f)
{
    const struct deal_registration *deal = j->line->deal;
    enum truth by_value = is_small_by_value(j, terms, f);
    if (by_value == TRUTH_TRUE || by_value == TRUTH_FAULT || !deal->qty_milli
        || deal->qty_milli >= terms->min_qty_milli)
        return by_value;
    say_too_small(f, decimal_text(j->arena, terms->min_qty_milli, MILLI_DIGITS), SLICE("qty"), deal->qty_milli,
                  terms->min_qty_milli, SLICE("milli"));
    return TRUTH_TRUE;
}

static bool blocks(const struct judging *j, const struct deal_claim *claim)
{
    return claim->closed_on == 0 || claim->closed_on > j->class->received_date;
}

struct standing { unsigned others_before; struct slice own_other; };

/* Who stands before this deal at its key, and whether the root does under another number. A deal that had left its
 * place and comes again stands after all. */
static struct standing find_standing(struct judging *j, struct slice holder)
{
    struct standing s = { 0 };
    struct slice key = registrations_key(j, j->facts->catalogue, j->facts->seed);
    for (unsigned i = 0; i < j->facts->deal_claim_count; i++) {
        const struct deal_claim *claim = &j->facts->deal_claims[i];
        bool has_left = slot_answers_deal_left(j, key, claim);
        if (slice_equal(claim->line_id, holder) && !has_left) break;
        if (has_left || !blocks(j, claim)) continue;
        if (slice_equal(claim->root_id, j->root)) s.own_other = claim->line_id;
        else s.others_before++;
    }
    return s;
}

/* The place decides by the terms of the program: one holder, or two who share; what is too small shares nothing. */
static bool is_competing(struct judging *j, const struct deal_terms *terms, unsigned others, bool is_small,
                         struct finding *f)
{
    struct clearance *c = j->v->section;
    bool shares = terms->conflict == DEAL_CONFLICT_SHARED_HALF;
    if (others > (shares ? 1u : 0u)) {
        finding_give(f, REASON_COMPETING_REGISTRATION, OUTCOME_REJECT);
        return true;
    }
    c->has_deal = true;
    c->deal = (struct deal_place){ .place = others + 1,
                                   .share_percent_micros = others ? DEAL_SHARE_WHOLE / 2 : DEAL_SHARE_WHOLE };
    if (others && !is_small)
        reason_argument(verdict_give(j->v, REASON_SHARED_REGISTRATION), SLICE("share"), SLICE("50"));
    return false;
}

static bool is_taken(struct judging *j, const struct deal_terms *terms, bool is_small, struct finding *f)
{
    struct standing s = find_standing(j, registrations_holder(j->arena, j->root, j->line->deal_reg_no));
    if (!is_small)                                          /* else its size stands there */
        finding_figures(f, SLICE("place"), s.others_before + 1, terms->conflict == DEAL_CONFLICT_SHARED_HALF ? 2 : 1,
                        SLICE("count"));
    if (s.own_other.size) {
        struct reason *r = finding_give(f, REASON_DUPLICATE_REGISTRATION, OUTCOME_REJECT);
        reason_argument(r, SLICE("other"), slice_skip(s.own_other, j->root.size + 1));
        finding_show(f, EVIDENCE_SLOT, s.own_other);
        return true;
    }
    return is_competing(j, terms, s.others_before, is_small, f);
}

enum truth registrations_taken(struct judging *j, struct finding *f)
{
    const struct deal_terms *terms = terms_of(j);
    if (j->kind != KIND_DEAL_REGISTRATION || !j->line->deal || !terms || j->line->deal->withdrawn)
        return TRUTH_UNSPECIFIED;
    bool asked = registrations_key(j, j->facts->catalogue, j->facts->seed).size > 0;
    if (!asked) return TRUTH_UNSPECIFIED;                   /* incomplete: DOC-02 speaks, and no place is held */
    enum truth small = is_too_small(j, terms, f);
    if (small == TRUTH_WAIT) finding_give(f, REASON_REFERENCE_BEHIND, OUTCOME_PARK);
    if (small == TRUTH_WAIT || small == TRUTH_FAULT) return small;
    bool found = small == TRUTH_TRUE;
    if (j->facts->slots_standing != SLOTS_ANSWERED && !found) {
        f->waits_on = SLICE(WAIT_REGISTRY);
        return TRUTH_WAIT;
    }
    if (j->facts->slots_standing == SLOTS_ANSWERED) found |= is_taken(j, terms, found, f);
    if (found) return TRUTH_TRUE;
    if (terms->approval != DEAL_APPROVAL_MANUAL) return TRUTH_FALSE;
    finding_give(f, REASON_REG_DECISION_DUE, OUTCOME_HOLD);
    return TRUTH_TRUE;
}

/* Its place is none of the claim's: nothing but that there is a deal. */
void registrations_name_known(struct judging *j, struct clearance *c)
{
    bool may_claim = j->kind == KIND_DEAL_CLAIM || j->kind == KIND_POS_SALE;
    if (!may_claim || !j->line->deal_reg_no.size) return;
    struct slice row = BOOKS_KEY(j->arena, j->root, j->line->deal_reg_no);
    c->has_deal = ((const struct deal_holding *)judging_read(j, COMPLIANCE_DEALS, row))->line_id.size > 0;
}

/* --- recording --- */

/* Of each deal at a key its own. */
static struct slice owed_row(struct judging *j, struct slice what, struct slice key)
{
    return BOOKS_KEY(j->arena, j->root, what, key, registrations_holder(j->arena, j->root, j->line->deal_reg_no));
}

static struct outbox_slot *owe(struct judging *j, struct slice what, struct slice key)
{
    struct outbox_slot *slot = judging_change(j, COMPLIANCE_OUTBOX, owed_row(j, what, key));
    *slot = (struct outbox_slot){ .line_id = registrations_holder(j->arena, j->root, j->line->deal_reg_no) };
    return slot;
}

/* What it left in this batch it stands in again: the registry is not told of it. */
static void stand_again(struct judging *j, struct slice key)
{
    struct slice row = owed_row(j, SLICE("deal"), key);
    const struct outbox_slot *owed = judging_read(j, COMPLIANCE_OUTBOX, row);
    if (!owed->line_id.size) return;
    struct outbox_slot *slot = judging_change(j, COMPLIANCE_OUTBOX, row);
    *slot = (struct outbox_slot){ 0 };
}

static void owe_registry(struct judging *j, struct slice key)
{
    owe(j, SLICE("deal"), key);
}

/* A deal that is approved blocks others until its last protected day, one that is won for good. */
int32_t registrations_closed_on(const struct deal_holding *deal)
{
    return deal->claim_count || !deal->last_day ? 0 : date_add_days(deal->last_day, 1);
}

static void owe_closing(struct judging *j, const struct deal_holding *deal)
{
    owe(j, SLICE("close"), deal->conflict_key)->closed_on = registrations_closed_on(deal);
}

/* The day of receipt or, after a decision by a person, of that: the same whenever it is judged again. */
static int32_t decision_date(const struct judging *j)
{
    instant_ms at = 0;
    for (unsigned i = 0; i < j->dossier->review_count; i++)
        if (j->dossier->reviews[i].act != ACT_TAKE) at = j->dossier->reviews[i].at_unix_ms;
    return at > j->receipt->received_at_unix_ms ? instant_date(at, j->class->utc_offset_minutes)
                                                : j->class->received_date;
}

/* An extension counts while the protection runs. */
static void protect(struct judging *j, struct deal_holding *deal)
{
    const struct deal_terms *terms = terms_of(j);
    if (!terms || !deal->is_held) return;
    if (!deal->last_day) {
        int32_t approved = terms->approval == DEAL_APPROVAL_MANUAL ? decision_date(j) : j->class->received_date;
        deal->registered_on = j->class->received_date;
        deal->last_day = date_add_days(approved, terms->protection_days);
    } else if (j->line->deal->extension && j->class->received_date <= deal->last_day
               && deal->extension_count < terms->max_extensions
               && j->before->state != FOOTPRINT_ACCEPTED) {
        deal->last_day = date_add_days(deal->last_day, terms->extension_days);
        deal->extension_count++;
    }
}

/* Empty: of several products, or of a line of them. */
static struct slice only_family(const struct judging *j)
{
    const struct deal_registration *deal = j->line->deal;
    struct slice rest;
    bool is_one = deal->family.size || (deal->products.count == 1
                                        && !is_prefixed(deal->products.items[0], SLICE("line:"), &rest));
    return is_one ? family_of(deal, j->facts->catalogue) : (struct slice){ 0 };
}

void registrations_record(struct judging *j, enum outcome outcome)
{
    if (j->kind != KIND_DEAL_REGISTRATION || !j->line->deal || !j->line->deal_reg_no.size) return;
    struct slice row = BOOKS_KEY(j->arena, j->root, j->line->deal_reg_no);
    struct slice key = registrations_key(j, j->facts->catalogue, j->facts->seed);
    const struct deal_holding *held = judging_read(j, COMPLIANCE_DEALS, row);
    bool is_own_place = held->is_held && slice_equal(held->conflict_key, key);
    if (outcome == OUTCOME_REJECT) {
        bool holds_it = held->is_held && !slice_equal(held->line_id,
                                                      j->line_id);     /* an earlier revision stays where it is */
        if (key.size && !(holds_it && is_own_place)) owe_registry(j, key);
        if (!holds_it) {                                    /* denied: known, without a place */
            struct deal_holding *denied = judging_change(j, COMPLIANCE_DEALS, row);
            *denied = (struct deal_holding){ .line_id = j->line_id };
        }
        return;
    }
    if (held->is_held && held->conflict_key.size && !is_own_place && outcome_goes_on(outcome))
        owe_registry(j, held->conflict_key);
    if (!outcome_goes_on(outcome) && held->is_held) return;
    struct deal_holding *now = judging_change(j, COMPLIANCE_DEALS, row);
    struct deal_holding next = now->is_held ? *now : (struct deal_holding){ 0 };
    next.line_id = j->line_id;
    next.conflict_key = key;
    next.revision = j->line->deal->revision;
    next.is_held = key.size > 0;
    next.is_registered = j->facts->slots_standing == SLOTS_ANSWERED;
    next.family = only_family(j);
    if (next.is_held) stand_again(j, key);
    if (outcome_goes_on(outcome)) protect(j, &next);
    if (next.is_held && next.last_day && !(next.last_day == now->last_day && is_own_place)) owe_closing(j, &next);
    *now = next;
}

/* --- winning --- */

static bool may_pay(const struct judged_program *p)
{
    return p->program && p->program->incentive == INCENTIVE_DEAL_REGISTRATION && !p->strike_count;
}

/* A claim on a deal, or a sale that claims by itself. */
static bool claims_a_deal(const struct judging *j)
{
    if (!j->line->deal_reg_no.size || (j->kind != KIND_DEAL_CLAIM && j->kind != KIND_POS_SALE)) return false;
    if (j->line->kind == KIND_CANCEL || j->line->summary) return false;
    for (unsigned i = 0; i < j->program_count; i++)
        if (may_pay(&j->programs[i]) && (j->kind == KIND_DEAL_CLAIM || j->programs[i].program->deal.auto_claim))
            return true;
    return false;
}

/* Of a product of the family that was registered, where it was one (G3). */
static bool is_of_family(const struct judging *j, const struct deal_holding *deal)
{
    return slice_is_empty(deal->family) || slice_equal_nocase(j->class->family, deal->family);
}

/* While the protection runs, for an order within it, of what and for whom it was registered, by its site (G1 to G3). */
static bool is_won_by(struct judging *j, const struct deal_holding *deal)
{
    int32_t ordered = j->line->order_date ? j->line->order_date : j->line->ship_date;
    struct slice site = judging_footprint(j, deal->line_id)->site;
    if (!deal->is_held || !deal->last_day || decision_date(j) > deal->last_day) return false;
    bool is_ours = slice_equal(site, j->root) || slice_equal(site, j->line->partner_id);
    return is_ours && ordered >= deal->registered_on && ordered <= deal->last_day && is_of_family(j, deal)
        && customers_fit_deal(j);
}

/* A deal of which no claim counts ends with its last day, any other does not: the registry learns when that changes. */
static void count_claim(struct judging *j, struct slice row, struct footprint *claim, bool counts)
{
    if (claim->counts_for_deal == counts) return;           /* said before */
    struct deal_holding *deal = judging_change(j, COMPLIANCE_DEALS, row);
    int32_t closed_on = registrations_closed_on(deal);
    claim->counts_for_deal = counts;
    if (counts) deal->claim_count++;
    else if (deal->claim_count) deal->claim_count--;        /* 0: the deal was denied, and registered again, since */
    if (registrations_closed_on(deal) != closed_on) owe_closing(j, deal);
}

void registrations_win(struct judging *j, enum outcome outcome)
{
    struct clearance *c = j->v->section;
    if (!outcome_goes_on(outcome) || !claims_a_deal(j)) return;
    struct slice row = BOOKS_KEY(j->arena, j->root, j->line->deal_reg_no);
    if (!is_won_by(j, judging_read(j, COMPLIANCE_DEALS, row))) return;
    c->deal.place = 1;
    if (j->before->state != FOOTPRINT_ACCEPTED) count_claim(j, row, &j->after, true);
}

void registrations_hear(struct judging *j)
{
    struct slice row = BOOKS_KEY(j->arena, j->root, j->line->deal_reg_no);
    const struct deal_holding *deal = judging_read(j, COMPLIANCE_DEALS, row);
    bool is_paid = dossier_pays_deal(j->dossier->payout);
    if (!deal->is_held || (is_paid && decision_date(j) > deal->last_day)) return;
    count_claim(j, row, judging_change(j, COMPLIANCE_LINES, j->rows.line), is_paid);
}
