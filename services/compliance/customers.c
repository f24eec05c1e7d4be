/* compliance/customers.c: customers of agreements and registrations. Pure. */
#include "compliance/customers.h"

#include "compliance/list_hits.h"
#include "compliance/parties.h"
#include "domain/calendar.h"
#include "domain/name/party_key.h"
#include "domain/name/fold.h"
#include "domain/name/screen.h"
#include "domain/name/word.h"

/* --- rows --- */

static struct slice agreement_key(struct judging *j, bool is_deal, struct slice number)
{
    return BOOKS_KEY(j->arena, j->root, is_deal ? SLICE("G") : SLICE("A"), number);
}

static const struct agreement_parties *agreement_of(struct judging *j)
{
    if (j->kind == KIND_DEAL_CLAIM)
        return judging_read(j, COMPLIANCE_AGREEMENTS, agreement_key(j, true, j->line->deal_reg_no));
    return judging_read(j, COMPLIANCE_AGREEMENTS, agreement_key(j, false, j->line->authorisation_no));
}

void customers_open(struct judging *j)
{
    bool names_deal = j->kind == KIND_DEAL_CLAIM && j->line->deal_reg_no.size;
    bool names_agreement = j->kind == KIND_SHIP_DEBIT_CLAIM && j->line->authorisation_no.size;
    if (!j->is_refused && (names_deal || names_agreement)) agreement_of(j);
}

static struct party party_of(const struct agreement_customer *c)
{
    return (struct party){
        .key = c->key, .name = c->name, .id_type = c->id_type, .id = c->id, .country = c->country,
        .postal_code = c->postal_code,
    };
}

/* --- AGR-06 --- */

struct likeness { int32_t score; bool postal_differs; struct slice key; };

/* The names by which a listed customer is known: its own, and those that lines gave its key. */
static void compare_with(struct judging *j, const struct agreement_customer *c, struct likeness *best)
{
    const struct party *customer = judging_customer(j);
    struct party listed = party_of(c);
    struct slice key = party_listed_key(j->arena, &listed);
    struct party_names own = { .names = { { c->name, c->country, c->postal_code } }, .name_count = c->name.size > 0 };
    const struct party_names *sources[2] = { &own, parties_on_file(j, key) };
    for (unsigned i = 0; i < 2; i++) {
        bool postal_differs;
        int32_t score = parties_score(j, customer, sources[i], &postal_differs);
        if (score > best->score) *best = (struct likeness){ score, postal_differs, key };
    }
}

enum truth customers_are_uncertain(struct judging *j, struct finding *f)
{
    if (j->kind != KIND_SHIP_DEBIT_CLAIM && j->kind != KIND_DEAL_CLAIM) return TRUTH_UNSPECIFIED;
    const struct agreement_parties *agreement = agreement_of(j);
    const struct party *customer = judging_customer(j);
    struct likeness best = { 0 };
    if (agreement->is_blanket || !agreement->customer_count || party_is_absent(customer)) return TRUTH_UNSPECIFIED;
    for (unsigned i = 0; i < agreement->customer_count; i++) {
        struct party listed = party_of(&agreement->customers[i]);
        if (party_is_customer(j->arena, &listed, customer)) return TRUTH_FALSE;
    }
    if (!customer->name.size) return TRUTH_FALSE;
    for (unsigned i = 0; i < agreement->customer_count; i++) compare_with(j, &agreement->customers[i], &best);
    finding_figures(f, SLICE("score"), best.score, j->policy->customer_accept_score, SLICE("count"));
    if (best.score < j->policy->customer_hold_score) return TRUTH_FALSE;
    if (best.score >= j->policy->customer_accept_score && !best.postal_differs) {
        ((struct clearance *)j->v->section)->resolved_customer_key = best.key;
        return TRUTH_FALSE;
    }
    if (best.score >= j->policy->customer_accept_score) f->observed.text = SLICE("postal codes differ");
    finding_show(f, EVIDENCE_PARTY, best.key);
    reason_argument(finding_give(f, REASON_CUSTOMER_MISMATCH, OUTCOME_HOLD), SLICE("customer"), customer->name);
    return TRUTH_TRUE;
}

bool customers_fit_deal(struct judging *j)
{
    struct slice row = agreement_key(j, true, j->line->deal_reg_no);
    const struct agreement_parties *deal = judging_read(j, COMPLIANCE_AGREEMENTS, row);
    const struct clearance *c = j->v->section;
    for (unsigned i = 0; i < deal->customer_count; i++) {
        struct party listed = party_of(&deal->customers[i]);
        if (party_is_customer(j->arena, &listed, judging_customer(j))) return true;
    }
    return deal->customer_count == 0 || c->resolved_customer_key.size > 0;
}

/* --- AGR-07 --- */

static bool is_word_of(struct slice words, struct slice word)
{
    while (words.size) {
        struct slice one = slice_cut(&words, ' ');
        if (one.size && slice_equal_nocase(one, word)) return true;
    }
    return false;
}

static bool is_forwarder(struct judging *j, const struct party *p, struct finding *f)
{
    struct fold fold;
    fold_text(j->arena, p->name, &fold);
    if (word_names_forwarder(fold.tokens, fold.count)) return true;
    if (!j->facts->lists) return false;
    struct name_query query = screen_query_of(j->arena, p);
    struct screen_limits limits = { (int32_t)j->policy->screening_likely_score,
                                    (unsigned)j->policy->screening_candidates_max };
    struct name_answer answer;
    screen_name(j->arena, j->facts->lists, LIST_PURPOSE_FORWARDER, &query, limits, &answer);
    if (answer.hit_count) finding_show(f, EVIDENCE_LIST_ENTRY, list_hits_entry(j->arena, &answer.hits[0]));
    return answer.hit_count > 0;
}

/* A public body, too. Whoever is named as the end customer is one, unless its role says otherwise. */
static bool is_sold_to_end_customer(const struct judging *j)
{
    const struct party *end = &j->line->end_customer;
    enum role named = end->role ? end->role : ROLE_END_USER;
    enum role buyer = party_is_absent(end) ? j->class->sold_to_role : named;
    return buyer == ROLE_END_USER || buyer == ROLE_GOVERNMENT;
}

/* Goods sold to an end customer that stay with the partner. */
static bool is_own_site(const struct judging *j, const struct party *p)
{
    const struct partner *to = j->facts->ship_to;
    if (!is_sold_to_end_customer(j)) return false;
    return (to && slice_equal(to->root_id, j->root)) || slice_equal(p->key, j->line->partner_id);
}

enum truth customers_ship_to_is_barred(struct judging *j, struct finding *f)
{
    static const unsigned kinds = KIND_BIT(KIND_POS_SALE) | KIND_BIT(KIND_SHIP_DEBIT_CLAIM) | KIND_BIT(KIND_SPIFF_CLAIM)
                                  | KIND_BIT(KIND_DEAL_CLAIM);
    const struct party *p = &j->line->ship_to;
    if (!(kinds & KIND_BIT(j->kind)) || (party_is_absent(p) && !p->country.size)) return TRUTH_UNSPECIFIED;
    bool excluded = p->country.size && is_word_of(j->policy->agreement_excluded_countries, p->country);
    bool own = !excluded && is_own_site(j, p);
    if (!excluded && !own && !(p->name.size && is_forwarder(j, p, f))) return TRUTH_FALSE;
    finding_observe(f, SLICE("ship_to"), excluded ? SLICE("country excluded")
                                         : own    ? SLICE("the partner's own site")
                                                  : SLICE("forwarder"));
    if (p->key.size) finding_show(f, EVIDENCE_PARTY, p->key);
    return TRUTH_TRUE;
}

/* --- AGR-09 --- */

enum truth customers_agreement_is_backdated(struct judging *j, struct finding *f)
{
    if (j->kind != KIND_SHIP_DEBIT_CLAIM || j->qty_milli < 0 || !j->line->ship_date) return TRUTH_UNSPECIFIED;
    const struct agreement_parties *agreement = agreement_of(j);
    if (!agreement->arrived_on || agreement->arrived_on < j->policy->agreement_backdate_since_date)
        return TRUTH_UNSPECIFIED;
    int32_t last = date_add_days(j->line->ship_date, j->policy->agreement_backdate_days);
    finding_figures(f, SLICE("arrived_on"), agreement->arrived_on, last, SLICE("date"));
    if (agreement->arrived_on <= last || !agreement->issue_date || agreement->issue_date > j->line->ship_date)
        return TRUTH_FALSE;
    finding_show(f, EVIDENCE_AGREEMENT, j->line->authorisation_no);
    return TRUTH_TRUE;
}

/* --- recording --- */

static struct agreement_customer customer_of(const struct party *p)
{
    return (struct agreement_customer){ p->key, p->name, p->id_type, p->id, p->country, p->postal_code };
}

static void keep(struct judging *j, struct slice row, int64_t revision, int32_t issue_date, bool is_blanket,
                 const struct party *customers, unsigned count)
{
    struct agreement_parties *a = judging_change(j, COMPLIANCE_AGREEMENTS, row);
    if (a->arrived_on && revision < a->revision) return;
    if (count > FOOTPRINT_CUSTOMERS_MAX) count = FOOTPRINT_CUSTOMERS_MAX;
    bool is_first = !a->arrived_on;                         /* arrival and issue are those of the first revision */
    if (is_first) a->arrived_on = j->class->received_date;
    if (is_first) a->issue_date = issue_date;
    a->site = j->line->partner_id;
    a->revision = revision;
    a->is_blanket = is_blanket;
    a->customers = count ? ARENA_ARRAY(j->arena, count, struct agreement_customer) : NULL;
    a->customer_count = count;
    for (unsigned i = 0; i < count; i++) a->customers[i] = customer_of(&customers[i]);
}

void customers_record(struct judging *j, enum outcome outcome)
{
    const struct line *l = j->line;
    if (!outcome_goes_on(outcome)) return;
    if (j->kind == KIND_AGREEMENT && l->agreement && l->authorisation_no.size)
        keep(j, agreement_key(j, false, l->authorisation_no), l->agreement->revision, l->agreement->issue_date,
             l->agreement->blanket,
             l->agreement->customers, l->agreement->customer_count);
    if (j->kind == KIND_DEAL_REGISTRATION && l->deal && l->deal_reg_no.size)
        keep(j, agreement_key(j, true, l->deal_reg_no), l->deal->revision, 0, false, &l->end_customer, 1);
}
