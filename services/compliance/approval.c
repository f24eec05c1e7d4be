/* compliance/approval.c: approval by amount, and the separation of duties. Pure. */
#include "compliance/approval.h"

#include "compliance/entitled.h"
#include "domain/actor.h"
#include "domain/claim_value.h"
#include "domain/currency.h"
#include "domain/decimal.h"
#include "domain/rounding.h"

enum { ACTORS_MAX = 32, APPROVERS_MOST = 3 };

struct limit { struct slice name, page; };
static const struct limit limits[APPROVERS_MOST] = {        /* passed by the amount: one more person */
    { SLICE_INIT("approval.auto_max"), SLICE_INIT("1000") },
    { SLICE_INIT("approval.one_max"), SLICE_INIT("25000") },
    { SLICE_INIT("approval.two_max"), SLICE_INIT("250000") },
};

static unsigned exponent_of(struct slice currency)
{
    const struct currency *c = currency_find(currency);
    return c ? c->exponent : 2;
}

bool approval_claimed(const struct judging *j, int64_t *minor, bool *overflow)
{
    *minor = 0;
    *overflow = false;
    if (!kind_is_claim(j->kind)) return false;
    struct claim_value value = claim_value_of(j->line);
    if (!value.stated) return false;
    *overflow = round_money(value.exact, exponent_of(j->line->currency), ROUNDING_HALF_UP, 1, minor) != OK;
    return true;
}

/* The limit in minor units: of the record in force; without one, that of the page for USD and none for another
 * currency. */
static int64_t limit_minor(const struct judging *j, struct slice currency, const struct limit *limit)
{
    const struct limits *record = catalogue_limits(j->facts->catalogue, currency, j->class->received_date);
    struct slice text = record ? limits_setting(record, limit->name) : (struct slice){ 0 };
    bool is_default = !currency.size || slice_equal(currency, SLICE("USD"));
    int64_t minor = 0;
    if (!text.size && is_default) text = limit->page;
    if (!text.size || decimal_parse(text, exponent_of(currency), DECIMAL_EXCESS_ROUND, &minor, NULL) != OK) return 0;
    return minor;
}

static unsigned approvers_for(const struct judging *j, struct slice currency, int64_t minor, int64_t *limit)
{
    unsigned approvers = 0;
    while (approvers < APPROVERS_MOST && minor > limit_minor(j, currency, &limits[approvers])) approvers++;
    *limit = limit_minor(j, currency, &limits[approvers ? approvers - 1 : 0]);
    return approvers;
}

bool approval_is_large(struct judging *j)
{
    int64_t minor;
    bool overflow;
    return approval_claimed(j, &minor, &overflow)
        && (overflow || minor > limit_minor(j, j->line->currency, &limits[0]));
}

/* What is asked about: C, or what the terms pay at most on a line that says none. */
struct amount {
    const struct judged_program *program;
    struct slice currency;
    int64_t      minor;
    bool         overflow, is_by_terms;
};

static const struct judged_program *target_of(const struct judging *j)
{
    return j->program_count ? &j->programs[0] : NULL;
}

static struct slice payee_under(const struct judging *j, const struct judged_program *asked)
{
    const struct program *p = asked ? asked->program : NULL;
    if (p && p->payee == PAYEE_REP && j->line->rep_id.size) return j->line->rep_id;
    return j->class->payee_id.size ? j->class->payee_id : j->line->partner_id;
}

static bool adds_up(const struct judging *j)
{
    bool is_claim = kind_is_claim(j->kind) && j->policy->approval_kinds & KIND_BIT(j->kind);
    return is_claim || (j->kind == KIND_POS_SALE && j->policy->approval_by_terms);
}

static bool amount_of(const struct judging *j, struct amount *a)
{
    struct entitled e;
    *a = (struct amount){ .program = target_of(j), .currency = j->line->currency };
    if (approval_claimed(j, &a->minor, &a->overflow)) return true;
    if (!j->policy->approval_by_terms || !entitled_at_most(j, j->policy->approval_kinds, &e)) return false;
    *a = (struct amount){ e.program, e.currency, e.minor, e.overflow, true };
    return true;
}

static struct slice payee_day_key(struct judging *j, const struct amount *a)
{
    struct slice program = a->program ? a->program->candidate->program_id : j->line->program_id;
    return BOOKS_KEY(j->arena, j->root, payee_under(j, a->program), program, a->currency,
                     slice_of_int(j->arena, j->class->received_date));
}

/* What stood in the day when the line came: it keeps that figure when it is judged again. */
static int64_t claimed_before(struct judging *j, const struct amount *a)
{
    if (j->before->is_claimed) return j->before->claimed_before_minor;
    const struct payee_day *day = judging_read(j, COMPLIANCE_PAYEE_DAYS, payee_day_key(j, a));
    return day->claimed_minor;
}

/* --- signatures --- */

static bool wrote_terms(const struct judging *j, struct slice actor)
{
    const struct catalogue *c = j->facts->catalogue;
    if (actor_is_same(actor, j->class->terms_author_id)) return true;
    for (unsigned i = 0; i < j->program_count; i++)
        if (catalogue_is_author(c, j->programs[i].candidate->program_id, j->programs[i].candidate->program_version,
                                actor))
            return true;
    return !j->program_count && catalogue_is_author(c, j->line->program_id, j->line->program_version, actor);
}

static bool duties_mix(const struct judging *j)
{
    return catalogue_duties_mix(j->facts->catalogue, j->class->received_date);
}

static bool may_sign(const struct judging *j, struct slice actor)
{
    const struct slice parties[] = { SLICE("local"), j->line->rep_id, payee_under(j, target_of(j)), j->line->payee_id };
    if (!actor_is_named(actor)) return false;
    for (unsigned i = 0; i < sizeof parties / sizeof parties[0]; i++)
        if (actor_is_same(actor, parties[i])) return false;
    return duties_mix(j) || !(actor_is_same(actor, j->receipt->submitter_id) || wrote_terms(j, actor));
}

static void add_actor(const struct judging *j, struct slice *actors, unsigned *count, struct slice actor)
{
    if (!may_sign(j, actor) || *count == ACTORS_MAX) return;
    for (unsigned i = 0; i < *count; i++)
        if (actor_is_same(actors[i], actor)) return;
    actors[(*count)++] = actor;
}

/* Different people who approved the line: as approvers by reviews in force, or named with it (approved_by); never its
 * submitter, rep, payee or the author of its terms. */
static unsigned count_signatures(const struct judging *j)
{
    struct slice actors[ACTORS_MAX];
    unsigned count = 0;
    for (unsigned i = 0; i < j->receipt->text_count; i++)
        if (slice_equal(j->receipt->texts[i].name, SLICE("approved_by")))
            add_actor(j, actors, &count, j->receipt->texts[i].value);
    for (const struct review_effect *review = j->v->review; review; review = review->before)
        for (unsigned i = 0; review_is_release(review) && i < review->approvers.count; i++)
            add_actor(j, actors, &count, review->approvers.items[i]);
    return count;
}

/* --- FIN-01, FIN-02 --- */

static enum truth ask_for(struct judging *j, struct finding *f, unsigned approvers)
{
    unsigned signatures = approvers ? count_signatures(j) : 0;
    if (signatures >= approvers) {
        if (signatures) finding_show(f, EVIDENCE_REVIEW, j->line_id);
        return TRUTH_FALSE;
    }
    reason_argument(finding_give(f, REASON_APPROVAL_REQUIRED, OUTCOME_HOLD), SLICE("approvers"),
                    slice_of_int(j->arena, approvers));
    return TRUTH_TRUE;
}

static enum truth ask_for_request(struct judging *j, struct finding *f)
{
    const struct mdf_preapproval *p = j->line->preapproval;
    if (!p) return TRUTH_UNSPECIFIED;
    if (p->status != PREAPPROVAL_STATUS_REQUESTED && p->status != PREAPPROVAL_STATUS_UNSPECIFIED) return TRUTH_FALSE;
    int64_t limit, minor = p->planned_spend_minor;
    if (p->approved_amount_minor > minor) minor = p->approved_amount_minor;
    unsigned approvers = approvers_for(j, j->line->currency, minor, &limit);
    finding_figures(f, SLICE("approved_amount"), minor, limit, judging_minor_unit(j, j->line->currency));
    return ask_for(j, f, approvers ? approvers : 1);
}

/* That the limit is asked of a sum, and that nobody claimed the figure. */
static struct slice of_which(struct judging *j, const struct amount *a, bool is_sum)
{
    struct text t = text_in(j->arena, 128);
    if (a->is_by_terms) PUT(&t, "at most by the terms, no amount is claimed");
    if (a->is_by_terms && is_sum) PUT(&t, "; ");
    if (!is_sum) return text_slice(&t);
    PUT(&t, "all of the payee, program and day; this line ");
    money_put(&t, a->minor, a->currency);
    return text_slice(&t);
}

static enum truth ask_for_amount(struct judging *j, struct finding *f)
{
    struct amount a;
    int64_t limit;
    if (!amount_of(j, &a)) return j->kind == KIND_POS_SALE ? TRUTH_UNSPECIFIED : TRUTH_FALSE;
    int64_t total = a.minor;
    if (a.overflow || __builtin_add_overflow(a.minor, claimed_before(j, &a), &total) || total > AMOUNT_MINOR_MAX) {
        finding_give(f, REASON_NUMBER_OVERFLOW, OUTCOME_HOLD);
        return TRUTH_FAULT;
    }
    unsigned approvers = approvers_for(j, a.currency, total, &limit);
    finding_figures(f, SLICE("claimed"), total, limit, judging_minor_unit(j, a.currency));
    if (a.is_by_terms || total != a.minor) f->observed.text = of_which(j, &a, total != a.minor);
    return ask_for(j, f, approvers);
}

enum truth approval_is_needed(struct judging *j, struct finding *f)
{
    if (j->kind == KIND_MDF_PREAPPROVAL) return ask_for_request(j, f);
    if (j->kind == KIND_ADJUSTMENT || j->kind == KIND_REVERSE || j->kind == KIND_RERATE) return ask_for(j, f, 2);
    if (!adds_up(j)) return TRUTH_UNSPECIFIED;
    return ask_for_amount(j, f);
}

enum truth approval_breaks_duties(struct judging *j, struct finding *f)
{
    if (!j->facts->submitter_approves) return TRUTH_FALSE;
    finding_observe(f, SLICE("sent by an approver"), j->receipt->submitter_id);
    if (duties_mix(j)) return TRUTH_FALSE;          /* recorded, and no more */
    reason_argument(finding_give(f, REASON_APPROVAL_REQUIRED, OUTCOME_HOLD), SLICE("approvers"), SLICE("1"));
    return count_signatures(j) ? TRUTH_FALSE : TRUTH_TRUE;
}

/* As it stood when it was counted: the key is that of the same program and currency. */
static void take_back(struct judging *j, const struct amount *a)
{
    struct payee_day *day = judging_change(j, COMPLIANCE_PAYEE_DAYS, payee_day_key(j, a));
    int64_t claimed = j->before->claimed_minor;
    day->claimed_minor = day->claimed_minor > claimed ? day->claimed_minor - claimed : 0;
    j->after.is_claimed = false;
}

void approval_record(struct judging *j, enum outcome outcome)
{
    struct amount a;
    if (!adds_up(j)) return;
    bool is_asked = amount_of(j, &a);
    if (outcome == OUTCOME_REJECT) {
        if (j->before->is_claimed) take_back(j, &a);
        return;
    }
    if (j->before->is_claimed || !is_asked || a.overflow || a.minor == 0) return;
    struct payee_day *day = judging_change(j, COMPLIANCE_PAYEE_DAYS, payee_day_key(j, &a));
    j->after.is_claimed = true;
    j->after.claimed_minor = a.minor;
    j->after.claimed_before_minor = day->claimed_minor;
    day->claimed_minor += a.minor;
}
