/* classification/rules.c: what each rule asks of a line. */
#include "classification/rules.h"

#include "base/assert.h"
#include "base/bits.h"
#include "classification/behaviour.h"
#include "classification/candidates.h"
#include "classification/product.h"
#include "domain/claim_value.h"
#include "domain/currency.h"
#include "domain/decimal.h"
#include "domain/waiting.h"

enum { ROLE_DRIFT_POINTS = 15 };

/* --- findings --------------------------------------------------------------------------------------------------- */

static struct arena *arena_of(const struct inquiry *q)
{
    return q->verdict->arena;
}

static struct reason *give(struct finding *f, enum reason_code code)
{
    ASSERT(f->reason_count < FINDING_REASONS_MAX);
    f->reasons[f->reason_count] = (struct reason){ .code = code, .outcome = reason_outcome(code) };
    return &f->reasons[f->reason_count++];
}

static void show(struct finding *f, enum evidence_kind kind, struct slice id, uint64_t revision, struct slice text)
{
    ASSERT(f->evidence_count < FINDING_EVIDENCE_MAX);
    f->evidence[f->evidence_count++] = (struct evidence){ .kind = kind, .id = id, .revision = revision, .text = text };
}

static void show_profile(const struct inquiry *q, struct finding *f)
{
    show(f, EVIDENCE_PROFILE, q->who.partner->partner_id, q->who.partner->revision, (struct slice){ 0 });
}

static struct figure text_figure(struct slice name, struct slice text)
{
    return (struct figure){ .name = name, .divisor = 1, .text = text };
}

static struct figure number_figure(struct slice name, int64_t value, struct slice unit)
{
    return (struct figure){ .name = name, .value = value, .divisor = 1, .unit = unit };
}

/* --- ELG-01, -02, -03, -06: what eligibility found, rule by rule ------------------------------------------------ */

/* On claims, registrations and papers the target's faults act on the line. */
static enum truth ask_of_target(const struct inquiry *q, unsigned faults, struct finding *f)
{
    unsigned found = q->target.faults & faults;
    for (enum eligibility_fault fault = 0; fault < FAULT_COUNT; fault++)
        if (found & 1u << fault)
            f->reasons[f->reason_count++] = eligibility_reason(arena_of(q), &q->who, &q->target, fault);
    if (found && q->target.program_id.size) f->observed = text_figure(SLICE("program"), q->target.program_id);
    return found ? TRUTH_TRUE : TRUTH_FALSE;
}

/* On automatic lines they strike the program, and the line stands (screening.md 2.2). */
static enum truth ask_of_programs(const struct inquiry *q, unsigned faults, struct finding *f)
{
    const struct eligibility *first = NULL;
    int64_t struck = 0;
    for (unsigned i = 0; i < q->asked_count; i++) {
        if (!(q->asked[i].faults & faults)) continue;
        if (!first) first = &q->asked[i];
        struck++;
    }
    if (!first) return TRUTH_FALSE;
    enum eligibility_fault fault = (enum eligibility_fault)__builtin_ctz(first->faults & faults);
    f->code = eligibility_code(fault);
    f->observed = number_figure(SLICE("programs struck"), struck, SLICE("count"));
    f->observed.text = first->program_id;
    return TRUTH_TRUE;
}

static enum truth ask_eligibility(const struct inquiry *q, unsigned faults, struct finding *f)
{
    enum truth truth = TRUTH_UNSPECIFIED;
    if (q->has_target) truth = ask_of_target(q, faults, f);
    else if (q->footing == FOOTING_AUTOMATIC) truth = ask_of_programs(q, faults, f);
    if (truth == TRUTH_TRUE) show_profile(q, f);
    return truth;
}

static uint32_t matrix_version_of(const struct inquiry *q)
{
    if (q->has_target) return q->target.matrix_version;
    return q->asked_count ? q->asked[0].matrix_version : 0;
}

static enum truth role_may_not_earn(const struct inquiry *q, struct finding *f)
{
    if (!inquiry_needs_role(q) || q->who.role == ROLE_UNSPECIFIED) return TRUTH_UNSPECIFIED;
    enum truth truth = ask_eligibility(q, eligibility_faults_of(RULE_ELG_01), f);
    if (truth != TRUTH_TRUE) return truth;
    f->observed = text_figure(SLICE("role"), word_text(VOCABULARY_ROLE, q->who.role));
    f->limit = number_figure(SLICE("matrix version"), matrix_version_of(q), SLICE("count"));
    return truth;
}

static enum truth partner_or_program_is_not_in_force(const struct inquiry *q, struct finding *f)
{
    return ask_eligibility(q, eligibility_faults_of(RULE_ELG_02), f);
}

static enum truth terms_do_not_cover_the_line(const struct inquiry *q, struct finding *f)
{
    enum truth truth =
        inquiry_needs_role(q) ? ask_eligibility(q, eligibility_faults_of(RULE_ELG_03), f) : TRUTH_UNSPECIFIED;
    if (!(q->line_faults & FAULT_BIT(PART_INVALID))) return truth;
    struct eligibility of_no_program = { .faults = q->line_faults };
    f->reasons[f->reason_count++] = eligibility_reason(arena_of(q), &q->who, &of_no_program, FAULT_PART_INVALID);
    if (truth != TRUTH_TRUE) f->observed = text_figure(SLICE("part"), q->who.part);
    return TRUTH_TRUE;
}

static enum truth customer_is_none_to_sell_to(const struct inquiry *q, struct finding *f)
{
    if (!inquiry_is_a_sale(q)) return TRUTH_UNSPECIFIED;
    enum truth truth = ask_eligibility(q, eligibility_faults_of(RULE_ELG_06), f);
    if (truth == TRUTH_TRUE) f->limit = text_figure(SLICE("sold to"), word_text(VOCABULARY_ROLE, q->who.sold_to_role));
    return truth;
}

/* --- ELG-04 ----------------------------------------------------------------------------------------------------- */

static enum truth wait_for(struct finding *f, enum reason_code code, struct slice datum)
{
    give(f, code);
    f->waits_on = datum;
    return TRUTH_WAIT;
}

static enum truth wait_for_part(const struct inquiry *q, struct finding *f)
{
    struct reason *r = give(f, REASON_PART_UNKNOWN);
    reason_argument(r, SLICE("part"), q->who.part);
    f->observed = text_figure(SLICE("part"), q->who.part);
    if (slice_is_empty(f->waits_on))
        f->waits_on = SLICE_JOIN(arena_of(q), SLICE(WAIT_PART), slice_upper(arena_of(q), q->who.part));
    return TRUTH_WAIT;
}

static struct slice partner_datum(const struct inquiry *q, struct slice partner_id)
{
    return SLICE_JOIN(arena_of(q), SLICE(WAIT_PARTNER), partner_id);
}

/* One role missing and one part missing are one answer: the stronger word with both reasons. */
static enum truth identity_is_not_known(const struct inquiry *q, struct finding *f)
{
    if (!q->who.partner) return wait_for(f, REASON_PARTNER_UNKNOWN, partner_datum(q, q->line->partner_id));
    if (q->footing == FOOTING_OPERATOR) return TRUTH_UNSPECIFIED;
    enum truth truth = TRUTH_FALSE;
    bool lacks_role = inquiry_needs_role(q) && q->who.role == ROLE_UNSPECIFIED;
    if (lacks_role && q->role.step == ROLE_STEP_UNKNOWN)
        truth = wait_for(f, REASON_ROLE_UNKNOWN, partner_datum(q, q->who.partner->partner_id));
    if (lacks_role && q->role.step == ROLE_STEP_AMBIGUOUS) {
        give(f, REASON_ROLE_AMBIGUOUS);
        f->observed =
            number_figure(SLICE("roles held"), bits_count(roles_held(q->who.partner, q->line_date)), SLICE("count"));
        truth = TRUTH_TRUE;
    }
    if (lacks_role) show_profile(q, f);
    if (q->part_is_unknown && truth == TRUTH_TRUE) wait_for_part(q, f);
    else if (q->part_is_unknown) truth = wait_for_part(q, f);
    return truth;
}

/* --- ELG-05 ----------------------------------------------------------------------------------------------------- */

/* The first limit of domain.md 10 in the line's currency: of the record in force; without one, the page's for USD, and
 * none for another currency: 0. */
static int64_t first_limit_minor(const struct inquiry *q)
{
    const struct limits *l = catalogue_limits(q->facts->catalogue, q->line->currency, q->received_date);
    const struct currency *currency = currency_find(q->line->currency);
    bool is_default = !q->line->currency.size || slice_equal(q->line->currency, SLICE("USD"));
    struct slice text = l ? limits_setting(l, SLICE("approval.auto_max")) : (struct slice){ 0 };
    int64_t limit_minor = 0;
    if (!text.size && is_default) text = SLICE("1000");
    if (!text.size || (!currency && !is_default)) return 0;
    enum err e = decimal_parse(text, currency ? currency->exponent : 2, DECIMAL_EXCESS_ROUND, &limit_minor, NULL);
    return e == OK ? limit_minor : 0;
}

static bool is_over_the_first_limit(const struct inquiry *q, struct finding *f)
{
    int64_t claimed_minor;
    if (!claim_value_stated(q->line, &claimed_minor)) return false;
    int64_t limit_minor = first_limit_minor(q);
    struct slice unit = SLICE_JOIN(arena_of(q), SLICE("minor:"), q->line->currency);
    f->observed = number_figure(SLICE("claimed"), claimed_minor, unit);
    f->limit = number_figure(SLICE("first limit"), limit_minor, unit);
    return claimed_minor > limit_minor;
}

static void show_role_reasons(const struct inquiry *q, struct finding *f)
{
    for (unsigned i = 0; i < q->section->role_evidence_count; i++)
        f->evidence[f->evidence_count++] = q->section->role_evidence[i];
}

static enum truth behaviour_contradicts_the_role(const struct inquiry *q, struct finding *f)
{
    if (q->drift.month == 0) return TRUTH_UNSPECIFIED;
    if (q->drift.state == DRIFT_DRIFT) {
        f->code = REASON_ROLE_DRIFT;
        f->observed = number_figure(SLICE("confidence of the declared role"), q->drift.declared_ppm, SLICE("ppm"));
        f->limit = number_figure(SLICE("role.drift_ppm"), q->policy->role_drift_ppm, SLICE("ppm"));
        show_role_reasons(q, f);
        if (is_over_the_first_limit(q, f)) give(f, REASON_ROLE_DRIFT);
        else f->points = ROLE_DRIFT_POINTS;
        return TRUTH_TRUE;
    }
    if (behaviour_speaks_with(q) && q->drift.observed == ROLE_UNSPECIFIED) give(f, REASON_WEAK_EVIDENCE);
    return TRUTH_FALSE;
}

/* --- SYS-01 ----------------------------------------------------------------------------------------------------- */

static enum truth line_cannot_be_judged(const struct inquiry *q, struct finding *f)
{
    if (q->quantity_overflows) {
        give(f, REASON_NUMBER_OVERFLOW);
        f->observed = number_figure(SLICE("qty"), q->line->qty_milli, SLICE("milli"));
        return TRUTH_FAULT;
    }
    if (q->asked_left_out) {
        int64_t may_pay = (int64_t)INQUIRY_CANDIDATES_MAX + q->asked_left_out;
        give(f, REASON_RULE_ERROR);
        f->observed = number_figure(SLICE("programs that may pay it"), may_pay, SLICE("count"));
        f->limit = number_figure(SLICE("programs that a line holds"), INQUIRY_CANDIDATES_MAX, SLICE("count"));
        return TRUTH_FAULT;
    }
    if (q->asked_too_many_held) {
        reason_argument(give(f, REASON_DATA_CONFLICT), SLICE("what"), SLICE("waiting claims"));
        return TRUTH_FAULT;
    }
    bool goes_on = q->withdraws_original || (q->is_covered && !q->part_is_unknown);
    if (q->original_id.size && !goes_on) {
        struct reason *r = give(f, REASON_WAITING_FOR_TARGET);
        reason_argument(r, SLICE("original"), q->original_id);
        show(f, EVIDENCE_LINE, q->original_id, 0, (struct slice){ 0 });
        f->waits_on = SLICE_JOIN(arena_of(q), SLICE(WAIT_TARGET), q->original_id);
        return TRUTH_WAIT;
    }
    return TRUTH_FALSE;
}

/* --- the table -------------------------------------------------------------------------------------------------- */

const struct rule classification_rules[] = {
#define RULE(id, predicate) { RULE_##id, predicate },
#include "classification/rules.def"
#undef RULE
};
const unsigned classification_rule_count = sizeof classification_rules / sizeof classification_rules[0];

/* The catalogue and this table name the same rules, or nothing compiles (screening.md 1.5). */
enum {
#define RULE(id, predicate) HAS_##id = 1,
#include "classification/rules.def"
#undef RULE
};
#define OF_CLASSIFICATION(id) + HAS_##id
#define OF_ALL(id)            + HAS_##id
#define OF_COMPLIANCE(id)
#define OF_PAYOUT(id)
#define RULE(number, id, bit, name, stage, class, wave) OF_##stage(id)
enum { RULES_OF_THE_CATALOGUE = 0
#include "domain/rule.def"
};
#undef RULE
_Static_assert(sizeof classification_rules / sizeof classification_rules[0] == RULES_OF_THE_CATALOGUE,
               "rules.def names other rules than rule.def");
