/* compliance/decide.c: every rule is asked, the strongest answer wins. Pure: no clock, no I/O; memory from v->arena. */
#include "compliance/decide.h"

#include "base/assert.h"
#include "compliance/approval.h"
#include "compliance/away.h"
#include "compliance/customers.h"
#include "compliance/duplicates.h"
#include "compliance/inventory.h"
#include "compliance/invoiced.h"
#include "compliance/near.h"
#include "compliance/originals.h"
#include "compliance/parties.h"
#include "compliance/preapprovals.h"
#include "compliance/registrations.h"
#include "compliance/rules.h"
#include "compliance/roster.h"
#include "compliance/sampling.h"
#include "compliance/screening.h"
#include "compliance/serials.h"
#include "compliance/windows.h"
#include "domain/name/fold.h"

/* --- what a person decided --- */

/* What the reviewed section says of a rule, or NULL: a review counts only for findings that the person has seen. */
static const struct rule_result *reviewed_result(const struct review_effect *review, uint32_t number)
{
    for (unsigned i = 0; review->reviewed && i < review->reviewed->rule_result_count; i++)
        if (review->reviewed->rule_results[i].number == number) return &review->reviewed->rule_results[i];
    return NULL;
}

static bool shows(const struct rule_result *result, const struct evidence *e)
{
    for (unsigned i = 0; i < result->evidence_count; i++)
        if (result->evidence[i].kind == e->kind && slice_equal(result->evidence[i].id, e->id)
            && result->evidence[i].revision == e->revision)
            return true;
    return false;
}

/* A finding is new if it has evidence that the reviewer did not see. Evidence for which the record had no room was seen
 * as a number only: it is new if there is more of it. */
static bool is_new_finding(const struct rule_result *reviewed, const struct finding *f)
{
    unsigned seen = reviewed->evidence_count + reviewed->evidence_left_out;
    if (f->evidence_count + f->evidence_left_out > seen) return true;
    for (unsigned i = 0; i < f->evidence_count && reviewed->evidence_left_out == 0; i++)
        if (!shows(reviewed, &f->evidence[i])) return true;
    return false;
}

/* A wait that expired is released by two people; nobody releases a list that is stale. */
static bool is_expired_wait(const struct review_effect *review, const struct rule_result *reviewed)
{
    if (reviewed->value != TRUTH_WAIT || reviewed->reason == REASON_LIST_STALE || review->signature_count < 2)
        return false;
    for (unsigned i = 0; i < review->reviewed->reason_count; i++)
        if (review->reviewed->reasons[i].code == REASON_PARK_EXPIRED) return true;
    return false;
}

/* HOLD findings and faults of the reviewed section count as FALSE. HARD findings and waits are judged again; how many
 * people an amount needs, FIN-01 asks itself. */
static bool is_released_by(const struct review_effect *review, const struct compliance_rule *rule, enum truth truth,
                           const struct finding *f)
{
    if (!review_is_release(review) || rule->id == RULE_FIN_01 || f->is_final) return false;
    if (rule->id == RULE_SCR_01 && review->signature_count < 2) return false;
    const struct rule_result *reviewed = reviewed_result(review, rule_row(rule->id)->number);
    if (!reviewed) return false;
    if (truth == TRUTH_WAIT) return is_expired_wait(review, reviewed);
    if (reviewed->value != TRUTH_TRUE && reviewed->value != TRUTH_FAULT) return false;
    if (truth == TRUTH_FAULT) return true;
    if (truth != TRUTH_TRUE || is_new_finding(reviewed, f)) return false;
    for (unsigned i = 0; i < f->reason_count; i++)
        if (f->reasons[i].outcome != OUTCOME_HOLD) return false;
    return f->reason_count > 0 || rules_outcome(rule->id) == OUTCOME_HOLD;
}

/* The decision that settles a finding, the newest first; NULL: none does. */
static const struct review_effect *released_by(const struct judging *j, const struct compliance_rule *rule,
                                               enum truth truth, const struct finding *f)
{
    const struct review_effect *review = truth == TRUTH_FALSE ? NULL : j->v->review;
    while (review && !is_released_by(review, rule, truth, f)) review = review->before;
    return review;
}

/* --- weighing --- */

static enum reason_code reason_of(const struct compliance_rule *rule, enum truth truth, const struct finding *f)
{
    if (truth == TRUTH_FALSE) return REASON_NONE;
    if (f->reason_count) return f->reasons[0].code;
    return truth == TRUTH_WAIT ? rule->waits : truth == TRUTH_FAULT ? REASON_RULE_ERROR : rule->holds;
}

static void note(struct judging *j, const struct compliance_rule *rule, enum rule_mode mode, enum truth truth,
                 const struct finding *f)
{
    struct rule_result *r = verdict_note(j->v, rule_row(rule->id)->number, mode, truth);
    struct evidence *evidence = ARENA_ARRAY(j->arena, FINDING_EVIDENCE_MAX, struct evidence);
    memcpy(evidence, f->evidence, f->evidence_count * sizeof *evidence);
    r->reason = reason_of(rule, truth, f);
    r->points = f->points;
    if (f->has_figures) { r->observed = f->observed; r->limit = f->limit; }
    r->evidence = evidence;
    r->evidence_count = f->evidence_count;
    r->evidence_left_out = f->evidence_left_out;
}

static void give(struct judging *j, const struct reason *reason)
{
    struct reason *r = verdict_give_as(j->v, reason->code, reason->outcome);
    *r = *reason;
}

static void propose(struct judging *j, int64_t qty_milli)
{
    if (j->proposal.exists && j->proposal.qty_milli <= qty_milli) return;
    j->proposal.exists = true;
    j->proposal.qty_milli = qty_milli;
}

/* Takes the answer of a rule into the verdict. One that cannot know parks or holds the line; it never refuses it. */
static void weigh(struct judging *j, const struct compliance_rule *rule, enum truth truth, const struct finding *f)
{
    switch (truth) {
    case TRUTH_TRUE:
        if (f->proposes) propose(j, f->proposed_qty_milli);
        for (unsigned i = 0; i < f->reason_count; i++) give(j, &f->reasons[i]);
        if (!f->reason_count && !f->strikes) verdict_give_as(j->v, rule->holds, rules_outcome(rule->id));
        return;
    case TRUTH_WAIT:
        if (f->reason_count) give(j, &f->reasons[0]);
        else verdict_give(j->v, rule->waits);
        verdict_wait(j->v, f->reason_count ? f->reasons[0].code : rule->waits, f->waits_on);
        return;
    case TRUTH_FAULT:
        if (f->reason_count) give(j, &f->reasons[0]);
        else verdict_give(j->v, REASON_RULE_ERROR);
        return;
    default:
        return;
    }
}

/* A rule in SHADOW is recorded and has no effect: programs that it strikes, and what it writes into the clearance, are
 * put back (screening.md 5.2). */
static enum truth ask_in_shadow(struct judging *j, const struct compliance_rule *rule, struct finding *f)
{
    struct clearance *c = j->v->section, before = *c;
    unsigned *strikes = ARENA_ARRAY(j->arena, j->program_count + 1, unsigned);
    for (unsigned i = 0; i < j->program_count; i++) strikes[i] = j->programs[i].strike_count;
    enum truth truth = rule->ask(j, f);
    for (unsigned i = 0; i < j->program_count; i++) j->programs[i].strike_count = strikes[i];
    *c = before;
    return truth;
}

/* Records the answer of a rule that applies, and weighs it unless a person released it. */
static void take_answer(struct judging *j, const struct compliance_rule *rule, enum rule_mode mode, enum truth truth,
                        struct finding *f)
{
    const struct review_effect *review = released_by(j, rule, truth, f);
    if (review) {
        j->takes_slots_over |= rule->id == RULE_SER_02 && mode == RULE_MODE_ENFORCE;
        j->restores.is_released |= rule->id == RULE_SYS_01 && mode == RULE_MODE_ENFORCE && truth == TRUTH_TRUE;
        truth = TRUTH_FALSE;
        f->evidence_count = f->evidence_left_out = 0;
        finding_show(f, EVIDENCE_REVIEW, slice_of_int(j->arena, review->sequence));
        note(j, rule, mode, truth, f);
    } else if (truth != TRUTH_FALSE || f->is_by_review || mode == RULE_MODE_SHADOW) {
        note(j, rule, mode, truth, f);
    }
    if (truth == TRUTH_FALSE) verdict_note_false(j->v, rule->id);
    else if (mode == RULE_MODE_ENFORCE) weigh(j, rule, truth, f);
}

/* Asks all rules, so that the partner learns everything at once. Most of them do not apply to a given line. */
static void ask_all(struct judging *j)
{
    const struct compliance_rule *rule = rules_at(0), *end = rule + COMPLIANCE_RULE_COUNT;
    struct finding f;
    for (; rule < end; rule++) {
        enum rule_mode mode = policy_mode(j->policy, rule->id);
        if (mode == RULE_MODE_OFF || (j->is_refused && !rule->stateless)) continue;
        finding_begin(&f);
        enum truth truth = mode == RULE_MODE_SHADOW ? ask_in_shadow(j, rule, &f) : rule->ask(j, &f);
        if (truth != TRUTH_UNSPECIFIED) take_answer(j, rule, mode, truth, &f);
    }
}

/* --- score, proposals --- */

struct family { unsigned place; int32_t cap; };
static const struct family families[] = {               /* place of the family: rule number / 100 (screening.md 2.2) */
    { 12, 30 }, { 4, 30 }, { 9, 30 }, { 3, 30 }, { 13, 40 }, { 11, 20 }, { 7, 20 },
};
enum { FAMILY_COUNT = sizeof families / sizeof families[0], CONTRIBUTIONS_MAX = 32 };

static void contribute(struct clearance *c, struct contribution *list, int32_t *sums, const struct rule_result *r)
{
    if (r->value != TRUTH_TRUE || r->points <= 0 || r->mode != RULE_MODE_ENFORCE
        || c->contribution_count == CONTRIBUTIONS_MAX) return;
    list[c->contribution_count++] = (struct contribution){ r->number, r->points };
    for (unsigned i = 0; i < FAMILY_COUNT; i++)
        if (families[i].place == r->number / 100) sums[i] += r->points;
}

/* Adds up the points. Those of classification count here, too, since it has no threshold of its own. */
static void add_score(struct judging *j, struct clearance *c)
{
    const struct judgement *own = j->v->judgement, *before = &j->class->judgement;
    if (!own->rule_result_count && !before->rule_result_count) return;
    struct contribution *list = ARENA_ARRAY(j->arena, CONTRIBUTIONS_MAX, struct contribution);
    int32_t sums[FAMILY_COUNT] = { 0 };
    for (unsigned i = 0; i < before->rule_result_count; i++) contribute(c, list, sums, &before->rule_results[i]);
    for (unsigned i = 0; i < own->rule_result_count; i++) contribute(c, list, sums, &own->rule_results[i]);
    for (unsigned i = 0; i < FAMILY_COUNT; i++)
        c->score_points += sums[i] < families[i].cap ? sums[i] : families[i].cap;
    c->contributions = c->contribution_count ? list : NULL;
}

static bool has_outcome(const struct verdict *v, enum outcome outcome)
{
    for (unsigned i = 0; i < v->judgement->reason_count; i++)
        if (v->judgement->reasons[i].outcome == outcome) return true;
    return false;
}

static bool score_is_released(const struct judging *j, const struct clearance *c)
{
    const struct review_effect *review = j->v->review;
    while (review && !(review_is_release(review) && c->score_points <= review->reviewed_points))
        review = review->before;
    return review != NULL;
}

static void weigh_score(struct judging *j, struct clearance *c)
{
    add_score(j, c);
    const struct policy *p = j->policy;
    c->threshold_points = (int32_t)(approval_is_large(j) ? p->score_hold_large_points : p->score_hold_points);
    bool decided = has_outcome(j->v, OUTCOME_REJECT) || has_outcome(j->v, OUTCOME_HOLD)
        || has_outcome(j->v, OUTCOME_PARK);
    if (decided || c->score_points < c->threshold_points || score_is_released(j, c)) return;
    verdict_give(j->v, REASON_FRAUD_REVIEW);
}

/* A review of this stage may leave less of the quantity. */
static void adjust_by_review(struct judging *j)
{
    const struct review_effect *review = review_last(j->v->review, VERB_ADJUST);
    if (!review || review->accepted_qty_milli >= j->qty_milli) return;
    propose(j, review->accepted_qty_milli > 0 ? review->accepted_qty_milli : 0);
    if (verdict_has(j->v, REASON_REVIEW_ADJUSTED)) return;
    struct reason *r = verdict_give(j->v, REASON_REVIEW_ADJUSTED);
    reason_argument(r, SLICE("note"), review->note);
    r->cut_qty_milli = j->qty_milli - j->proposal.qty_milli;
}

/* So may one of classification, which only compliance puts into effect. */
static void keep_adjustment(struct judging *j)
{
    const struct judgement *before = &j->class->judgement;
    for (unsigned i = 0; i < before->reason_count && !j->is_refused; i++) {
        if (before->reasons[i].code != REASON_REVIEW_ADJUSTED) continue;
        propose(j, j->qty_milli - before->reasons[i].cut_qty_milli);
        give(j, &before->reasons[i]);
    }
}

/* A denial: the findings stay in the record after it. */
static void deny_by_review(struct judging *j)
{
    const struct review_effect *review = j->v->review;
    if (!review || review->verb != VERB_DENY) return;
    reason_argument(verdict_give(j->v, REASON_DENIED_ON_REVIEW), SLICE("note"), review->note);
}

/* An explicit claim of which nothing is left is refused with the reasons that cut it, unless it is held or parked as
 * well: what a rule cannot know never makes a refusal (screening.md 2.1). */
static void refuse_what_is_empty(struct judging *j)
{
    if (!j->proposal.exists || j->proposal.qty_milli > 0 || !j->is_explicit) return;
    if (has_outcome(j->v, OUTCOME_HOLD) || has_outcome(j->v, OUTCOME_PARK)) return;
    struct judgement *own = j->v->judgement;
    for (unsigned i = 0; i < own->reason_count; i++)
        if (own->reasons[i].outcome == OUTCOME_SHORT) own->reasons[i].outcome = OUTCOME_REJECT;
}

static void list_struck(struct judging *j, struct clearance *c)
{
    struct candidate *struck = NULL;
    for (unsigned i = 0; i < j->program_count; i++) {
        const struct judged_program *p = &j->programs[i];
        if (!p->strike_count) continue;
        if (!struck) struck = ARENA_ARRAY(j->arena, j->program_count, struct candidate);
        struct candidate *s = &struck[c->struck_count++];
        *s = *p->candidate;
        s->reasons = p->strikes;
        s->reason_count = p->strike_count;
        reasons_sort(p->strikes, p->strike_count);
    }
    c->struck = struck;
}

/* --- the decision --- */

/* A line that classification refused keeps the reasons given there, so that the partner gets all of them at once. */
static void pass_refusal_on(struct judging *j)
{
    const struct judgement *before = &j->class->judgement;
    for (unsigned i = 0; i < before->reason_count; i++)
        if (!verdict_has(j->v, before->reasons[i].code)) give(j, &before->reasons[i]);
}

static void fill_record(struct judging *j, struct clearance *c)
{
    c->ruleset_version = j->policy->ruleset_version;
    c->folding_version = FOLDING_VERSION;
    if (j->facts->site) c->judgement.profile_revision = j->facts->site->revision;
    if (j->class->judgement.withdrew_line_id.size) c->judgement.withdrew_line_id = j->class->judgement.withdrew_line_id;
    c->original_received_date = j->class->original_received_date;
    c->resubmits_line_id = j->after.resubmits_line_id;
    screening_name_lists(j, c);
    list_struck(j, c);
}

static void accept(struct judging *j, struct clearance *c)
{
    if (!outcome_goes_on(c->judgement.outcome) || !j->proposal.exists) return;
    c->has_accepted_qty = true;
    c->accepted_qty_milli = j->proposal.qty_milli;
    j->after.qty_milli = j->proposal.qty_milli;
}

static enum footprint_state state_after(enum outcome outcome)
{
    if (outcome_goes_on(outcome)) return FOOTPRINT_ACCEPTED;
    return outcome == OUTCOME_REJECT ? FOOTPRINT_ENDED : FOOTPRINT_OPEN;
}

/* What classification refused leaves no key and counts nowhere; its CANCEL finds that it ended (domain.md 6.3). */
static void leave_refusal(struct judging *j)
{
    struct footprint *own = judging_change(j, COMPLIANCE_LINES, j->rows.line);
    own->kind = j->kind;
    own->state = FOOTPRINT_ENDED;
    own->ended_by = (struct slice){ 0 };
    own->replaces_line_id = originals_of_refused(j);
    own->received_at_unix_ms = j->receipt->received_at_unix_ms;
    if (!j->withdrawn_by.size) invoiced_record(j, true);
}

/* What a REPLACE ended there is known by what it said: sent again it is a duplicate, and nearly so it is held. */
static void leave_replaced(struct judging *j)
{
    if (!originals_was_replaced(j)) return;
    duplicates_note_refused(j);
    duplicates_keep_replaced(j, j->line_id, &j->after);
    near_record(j, OUTCOME_PASS);
    struct footprint *own = judging_change(j, COMPLIANCE_LINES, j->rows.line);
    struct slice replaces = own->replaces_line_id;
    *own = j->after;
    own->state = FOOTPRINT_WITHDRAWN;
    own->has_key = false;
    own->ended_by = j->withdrawn_by;
    own->replaces_line_id = replaces;
}

static void leave_cancelled(struct judging *j)
{
    if (!j->withdrawn_by.size || originals_was_replaced(j)) return;
    duplicates_keep_cancelled(j, judging_change(j, COMPLIANCE_LINES, j->rows.line));
    away_keep_ended(j);
}

/* A line that was ended on its way here, or while it waited again. */
static void leave_ended(struct judging *j)
{
    if (j->before->state != FOOTPRINT_AWAY) return;
    struct footprint *own = judging_change(j, COMPLIANCE_LINES, j->rows.line);
    own->state = FOOTPRINT_WITHDRAWN;
}

/* Screening.md 2.3. A correction that does not go on leaves its original as it was; a replay of what was taken back
 * brings nothing back. */
static void record(struct judging *j, enum outcome outcome)
{
    if (!outcome_goes_on(outcome)) books_forget(j->v->books);
    screening_record(j);
    sampling_record(j, outcome);
    away_leave(j);
    if (j->is_refused && judging_is_new(j)) {
        leave_refusal(j);
        leave_replaced(j);
        leave_cancelled(j);
    }
    bool was_taken_back = j->before->state == FOOTPRINT_CANCELLED || j->before->state == FOOTPRINT_WITHDRAWN
        || originals_ended_away(j).size;
    if (was_taken_back) {
        serials_forget(j);
        leave_ended(j);
    }
    if (j->is_refused || was_taken_back) return;
    duplicates_record(j, outcome);
    serials_record(j, outcome);
    near_record(j, outcome);
    registrations_record(j, outcome);
    registrations_win(j, outcome);
    customers_record(j, outcome);
    roster_record(j, outcome);
    if (j->screened.subjects) screening_keep_names(j);
    else parties_record(j);
    windows_record(j, outcome);
    preapprovals_record(j, outcome);
    approval_record(j, outcome);
    originals_record(j, outcome);
    inventory_record(j, outcome);
    struct footprint *own = judging_change(j, COMPLIANCE_LINES, j->rows.line);
    *own = j->after;
    own->state = state_after(outcome);
    originals_end_late(j);
}

static struct judging *prepared(const struct dossier *d, const void *facts, const struct policy *policy,
                                struct verdict *v)
{
    struct judging *j = ARENA_NEW(v->arena, struct judging);
    judging_begin(j, d, facts, policy, v);
    parties_prepare(j);
    duplicates_prepare(j);
    near_prepare(j);
    originals_find(j);
    return j;
}

static void judge(struct judging *j, struct clearance *c)
{
    originals_undo(j);
    ask_all(j);
    weigh_score(j, c);
    keep_adjustment(j);
    adjust_by_review(j);
    refuse_what_is_empty(j);
    if (j->is_refused) pass_refusal_on(j);
    preapprovals_name_held(j, c);
    registrations_name_known(j, c);
    deny_by_review(j);
}

static void park_behind(struct judging *j, struct slice other)
{
    reason_argument(verdict_give_as(j->v, REASON_WAITING_FOR_TARGET, OUTCOME_PARK), SLICE("original"), other);
    verdict_wait(j->v, REASON_WAITING_FOR_TARGET, SLICE_JOIN(j->arena, SLICE(WAIT_TARGET), other));
}

/* Nothing is asked of a line that is to live again, or to end by another; people may deny it. */
static void judge_withdrawn(struct judging *j, enum withdrawal is)
{
    park_behind(j, j->withdrawn_by);
    deny_by_review(j);
    verdict_close(j->v);
    bool is_denied = j->v->judgement->outcome == OUTCOME_REJECT;
    if (is_denied) {
        away_leave(j);
        leave_refusal(j);
    } else {
        originals_keep_withdrawn(j, is);
    }
    j->v->gives_back = is == WITHDRAWAL_IS_VOID && !is_denied;
}

/* Nor of one that means a line which classification has, or will have before it: that stage looks again. */
static bool goes_behind(const struct judging *j)
{
    bool is_denied = j->v->review && j->v->review->verb == VERB_DENY;
    return j->goes_behind.line_id.size && !is_denied;
}

static void send_behind(struct judging *j)
{
    park_behind(j, j->goes_behind.line_id);
    verdict_close(j->v);
    originals_keep_behind(j);
    j->v->gives_back = true;
}

static void refuse_ended_away(struct judging *j)
{
    struct slice by = originals_ended_away(j);
    if (by.size) reason_argument(verdict_give(j->v, REASON_WITHDRAWN), SLICE("other"), by);
}

void *compliance_open(const struct dossier *d, const void *facts, const struct policy *policy, struct verdict *v)
{
    if (dossier_has(d, SECTION_PAYOUT)) return NULL;
    struct judging *j = prepared(d, facts, policy, v);
    originals_open(j);
    inventory_open(j);
    customers_open(j);
    screening_open(j);
    if (!j->screened.subjects) parties_open(j);                      /* else they are among who is screened */
    return j;
}

/* A line that was decided here: payout tells what became of it. */
static void hear(const struct dossier *d, const void *facts, const struct policy *policy, struct verdict *v)
{
    struct judging *j = ARENA_NEW(v->arena, struct judging);
    judging_begin(j, d, facts, policy, v);
    registrations_hear(j);
    verdict_close(v);
}

void compliance_decide(const struct dossier *d, const void *facts, const struct policy *policy, struct verdict *v)
{
    struct clearance *c = v->section;

    ASSERT(dossier_has(d, SECTION_CLASSIFICATION));         /* the loop checked `needs`; this is the other side of it */
    ASSERT(verdict_is_empty(v) && v->judgement == &c->judgement);

    if (dossier_has(d, SECTION_PAYOUT)) {
        hear(d, facts, policy, v);
        return;
    }
    struct judging *j = v->opened ? v->opened : prepared(d, facts, policy, v);
    if (v->books->missed) return;                           /* the loop brings those rows and asks again */
    enum withdrawal withdrawal = originals_withdrawal(j);
    if (v->books->missed) return;
    if (withdrawal != WITHDRAWAL_STANDS) judge_withdrawn(j, withdrawal);
    else if (goes_behind(j)) send_behind(j);
    if (v->judgement->outcome != OUTCOME_UNSPECIFIED) return;
    judge(j, c);
    fill_record(j, c);
    refuse_ended_away(j);
    verdict_close(v);
    accept(j, c);
    record(j, v->judgement->outcome);

    ASSERT(v->judgement->outcome != OUTCOME_UNSPECIFIED);
    ASSERT(!c->has_accepted_qty || c->accepted_qty_milli <= j->qty_milli);
}
