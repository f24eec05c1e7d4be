/* tests/unit/services/compliance/test_rules.c: the proof of each rule that compliance enforces (screening.md 9, 11):
 * TRUE, FALSE, each UNKNOWN, and both sides of every threshold. What the page asks for is listed below the rows, and a
 * rule of the catalogue without its rows fails. Payout's rules speak by reasons, which tests/e2e/edges.py holds to the
 * same. */
#include "compliance/rules.h"

#include "support/rule_proofs.h"
#include "support/test.h"

#include <stdio.h>

TEST(each_rule_says_what_its_row_says)
{
    for (unsigned i = 0; i < rule_proof_count; i++) {
        const struct rule_proof *p = &rule_proofs[i];
        struct desk d;
        desk_open(&d);
        struct slice said = desk_rule(p->make(&d, p->at), p->rule);
        if (!slice_equal(said, slice_from(p->value)))
            printf("  %.*s, %s at %lld\n", SLICE_ARGS(rule_row(p->rule)->word), p->of, (long long)p->at);
        CHECK_SLICE(said, slice_from(p->value));
        desk_close(&d);
    }
}

static struct slice outcome_in_mode(const struct rule_proof *p, enum rule_mode mode, struct slice *said)
{
    struct desk d;
    desk_open(&d);
    policy_set_mode(&d.policy, p->rule, mode);
    const struct verdict *v = p->make(&d, p->at);
    *said = slice_copy(test_arena(), desk_rule(v, p->rule));
    struct slice outcome = slice_copy(test_arena(), desk_says(v));
    desk_close(&d);
    return outcome;
}

/* In shadow a rule says what it would say, and the line ends as if nobody had asked it (screening.md 5.2). */
TEST(each_rule_in_shadow_is_recorded_and_changes_nothing)
{
    unsigned asked = 0;
    for (unsigned i = 0; i < rule_proof_count; i++) {
        const struct rule_proof *p = &rule_proofs[i];
        struct policy policy;
        policy_default(&policy);
        policy_set_mode(&policy, p->rule, RULE_MODE_SHADOW);
        if (policy_mode(&policy, p->rule) != RULE_MODE_SHADOW) continue;        /* always enforced */
        struct slice said, silent;
        struct slice shadow = outcome_in_mode(p, RULE_MODE_SHADOW, &said);
        struct slice off = outcome_in_mode(p, RULE_MODE_OFF, &silent);
        if (!slice_equal(shadow, off) || !slice_equal(said, slice_from(p->value)))
            printf("  %.*s, %s at %lld\n", SLICE_ARGS(rule_row(p->rule)->word), p->of, (long long)p->at);
        CHECK_SLICE(shadow, off);
        CHECK_SLICE(said, slice_from(p->value));
        CHECK_SLICE(silent, SLICE(""));
        asked++;
    }
    CHECK(asked > 40);
}

/* --- what the page asks for ------------------------------------------------------------------------------------- */

static bool says(const struct rule_proof *p, enum rule_id rule, const char *value)
{
    return p->rule == rule && slice_equal(slice_from(p->value), slice_from(value));
}

static bool is_shown(enum rule_id rule, const char *value)
{
    for (unsigned i = 0; i < rule_proof_count; i++)
        if (says(&rule_proofs[i], rule, value)) return true;
    return false;
}

/* Two rows of a condition that differ in what they say and lie a step apart. */
static bool has_both_sides(enum rule_id rule, const char *of, int64_t step)
{
    for (unsigned i = 0; i < rule_proof_count; i++) {
        for (unsigned k = 0; k < rule_proof_count; k++) {
            const struct rule_proof *a = &rule_proofs[i], *b = &rule_proofs[k];
            if (a->rule != rule || b->rule != rule || !slice_equal(slice_from(a->of), slice_from(of))) continue;
            if (!slice_equal(slice_from(b->of), slice_from(of)) || b->at - a->at != step) continue;
            if (!slice_equal(slice_from(a->value), slice_from(b->value))) return true;
        }
    }
    return false;
}

/* SCR-02 and SYS-01 are never TRUE: they say that a line waits or cannot be judged. */
TEST(each_rule_that_is_enforced_is_shown_true_and_false)
{
    struct policy policy;
    policy_default(&policy);
    for (unsigned i = 0; i < COMPLIANCE_RULE_COUNT; i++) {
        enum rule_id rule = rules_at(i)->id;
        bool fits = policy_mode(&policy, rule) == RULE_MODE_ENFORCE && is_shown(rule, "FALSE")
            && (rule == RULE_SCR_02 || rule == RULE_SYS_01 || is_shown(rule, "TRUE"));
        if (!fits) printf("  %.*s has no row for TRUE or for FALSE\n", SLICE_ARGS(rule_row(rule)->word));
        CHECK(fits);
    }
}

TEST(each_cause_of_not_knowing_is_shown)
{
    static const struct { enum rule_id rule; const char *value; } causes[] = {
        { RULE_SER_02, "WAIT" },  { RULE_INV_01, "WAIT" }, { RULE_DRG_01, "WAIT" },  { RULE_SCR_02, "WAIT" },
        { RULE_SCR_02, "FAULT" }, { RULE_SYS_01, "WAIT" }, { RULE_FIN_01, "FAULT" },
    };
    for (unsigned i = 0; i < sizeof causes / sizeof causes[0]; i++)
        CHECK(is_shown(causes[i].rule, causes[i].value));
}

TEST(each_threshold_is_shown_from_both_sides)
{
    static const struct { enum rule_id rule; const char *of; int64_t step; } edges[] = {
        { RULE_DUP_01, "submission number", 1 },
        { RULE_DUP_01, "gap of submissions", 1 },
        { RULE_DUP_01, "duplicate.horizon_months", 1 },
        { RULE_DUP_02, "duplicate.horizon_months", 1 },
        { RULE_DUP_03, "duplicate.near_hold_points", 1 },
        { RULE_DUP_03, "duplicate.near_days", 1 },
        { RULE_DUP_03, "value within 1 percent", 1000 },
        { RULE_DUP_03, "120 days", 1 },
        { RULE_DUP_03, "keys of 6 characters", 1 },
        { RULE_SER_05, "day of the return", 1 },
        { RULE_SER_06, "whole units", 1 },
        { RULE_SER_06, "4 to 40 characters", 1 },
        { RULE_SER_06, "serial.placeholders", 1 },
        { RULE_SER_01, "serial.scope", 1 },
        { RULE_INV_01, "available", 1 },
        { RULE_INV_01, "inventory.tolerance_milli", 1 },
        { RULE_INV_01, "watermark", 1 },
        { RULE_INV_01, "inventory.sell_in_lag_days", 1 },
        { RULE_AGR_06, "customer.accept_score", 1 },
        { RULE_AGR_06, "customer.hold_score", 1 },
        { RULE_AGR_07, "two words of forwarders", 1 },
        { RULE_AGR_08, "future_days", 1 },
        { RULE_AGR_08, "order_date", 1 },
        { RULE_AGR_09, "agreement.backdate_days", 1 },
        { RULE_AGR_09, "issued on or before", 1 },
        { RULE_AGR_09, "agreement.backdate_since_date", 1 },
        { RULE_SPF_01, "first day on the roster", 70 },
        { RULE_SPF_01, "last day on the roster", 1 },
        { RULE_DRG_01, "day on which the other closed", 1 },
        { RULE_DRG_01, "deal.min_qty", 1 },
        { RULE_DRG_01, "deal.min_value", 1 },
        { RULE_DRG_01, "fx_max_age_days", 1 },
        { RULE_VEL_01, "velocity.rep_day_lines", 1 },
        { RULE_VEL_01, "velocity.site_day_lines", 1 },
        { RULE_VEL_01, "velocity.day_ratio_percent", 1 },
        { RULE_VEL_01, "35 days", 1 },
        { RULE_SCR_01, "screening.likely_score", 1 },
        { RULE_SCR_01, "screening.weak_score", 1 },
        { RULE_SCR_01, "first limit", 1 },
        { RULE_SCR_02, "max_age_hours", 1 },
        { RULE_FIN_01, "first limit", 1 },
        { RULE_FIN_01, "claimed that day", 1 },
    };
    for (unsigned i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        bool is_shown_so = has_both_sides(edges[i].rule, edges[i].of, edges[i].step)
            || has_both_sides(edges[i].rule, edges[i].of, -edges[i].step);
        if (!is_shown_so)
            printf("  %.*s, %s: no two rows beside the edge\n", SLICE_ARGS(rule_row(edges[i].rule)->word), edges[i].of);
        CHECK(is_shown_so);
    }
}
