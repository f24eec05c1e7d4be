/* tests/unit/common/domain/test_policy.c */
#include "domain/policy.h"
#include "support/table.h"

TEST(the_defaults_are_those_of_the_page)
{
    struct policy p;
    policy_default(&p);
    CHECK_INT(p.future_days, 1);
    CHECK_INT(p.return_match_days, 365);
    CHECK_INT(p.fx_max_age_days, 31);
    CHECK_INT(p.park_max_hours, 72);
    CHECK_INT(p.customer_accept_score, 9200);
    CHECK_INT(p.inventory_shortage, SHORTAGE_HOLD);
    CHECK_INT(p.agreement_backdate_since_date, 19900101);
    CHECK_INT(p.approval_kinds, KIND_BIT(KIND_MDF_CLAIM) | KIND_BIT(KIND_SPIFF_CLAIM) | KIND_BIT(KIND_DEAL_CLAIM));
    CHECK_TEXT(p.serial_placeholders, "NA NONE TBD 12345678");
    CHECK_INT(p.ruleset_version, 0);
    CHECK_INT(p.modes[RULE_DUP_03], RULE_MODE_ENFORCE);
    CHECK_INT(p.modes[RULE_SER_03], RULE_MODE_OFF);
}

TEST(a_setting_takes_text_of_its_type_and_nothing_else)
{
    struct table t = TABLE(
        "name                         value           | taken",
        "future_days                  3               | yes",
        "future_days                  -1              | no",
        "future_days                  1.5             | no",
        "future_days                  99999           | no",
        "screening.strong_score       10000           | yes",
        "screening.strong_score       10001           | no",
        "role.assign_ppm              1000000         | yes",
        "role.assign_ppm              1000001         | no",
        "inventory.tolerance_milli    2.5             | yes",
        "inventory.tolerance_milli    2.5555          | no",
        "inventory.tolerance_milli    -2              | no",
        "inventory.shortage           SHORT           | yes",
        "inventory.shortage           short           | no",
        "inventory.shortage           -               | no",
        "return_order                 UNPAID_FIRST    | yes",
        "serial.scope                 PART            | yes",
        "agreement.backdate_since_date  2026-01-01    | yes",
        "agreement.backdate_since_date  2026-02-30    | no",
        "approval.kinds               M               | yes",
        "approval.kinds               MDF_CLAIM,DEAL_CLAIM  | yes",
        "approval.kinds               S               | no",
        "screening.high_risk_countries  IR KP         | yes",
        "no.such_setting              1               | no");
    while (table_next(&t)) {
        struct policy p, before;
        policy_default(&p);
        before = p;
        bool taken = policy_set(&p, cell(&t, "name"), cell(&t, "value")) == OK;
        CHECK_CELL(&t, "taken", taken ? SLICE("yes") : SLICE("no"));
        if (!taken) CHECK(memcmp(&p, &before, sizeof p) == 0);
    }
}

TEST(a_setting_lands_in_its_member)
{
    struct policy p;
    policy_default(&p);
    CHECK_INT(policy_set(&p, SLICE("inventory.tolerance_milli"), SLICE("2.5")), OK);
    CHECK_INT(p.inventory_tolerance_milli, 2500);
    CHECK_INT(policy_set(&p, SLICE("inventory.shortage"), SLICE(" SHORT ")), OK);
    CHECK_INT(p.inventory_shortage, SHORTAGE_SHORT);
    CHECK_INT(policy_set(&p, SLICE("approval.kinds"), SLICE("M P")), OK);
    CHECK_INT(p.approval_kinds, KIND_BIT(KIND_MDF_CLAIM) | KIND_BIT(KIND_SPIFF_CLAIM));
    CHECK_INT(policy_set(&p, SLICE("approval.kinds"), SLICE("")), OK);
    CHECK_INT(p.approval_kinds, 0);
}

TEST(every_setting_is_known_by_its_name_once)
{
    for (unsigned i = 0; i < policy_count(); i++) {
        CHECK(policy_is_known(policy_name(i)));
        for (unsigned k = 0; k < i; k++) CHECK(!slice_equal(policy_name(i), policy_name(k)));
    }
    CHECK(!policy_is_known(SLICE("future_day")));
}

TEST(an_always_enforced_rule_enforces_whatever_the_policy_says)
{
    struct policy p;
    policy_default(&p);
    policy_set_mode(&p, RULE_DUP_01, RULE_MODE_OFF);
    policy_set_mode(&p, RULE_DUP_03, RULE_MODE_OFF);
    CHECK_INT(policy_mode(&p, RULE_DUP_01), RULE_MODE_ENFORCE);
    CHECK_INT(policy_mode(&p, RULE_DUP_03), RULE_MODE_OFF);
}

TEST(a_rule_that_is_not_built_is_off_whatever_the_policy_says)
{
    struct policy p;
    policy_default(&p);
    policy_set_mode(&p, RULE_PRC_04, RULE_MODE_ENFORCE);
    policy_set_mode(&p, RULE_INV_03, RULE_MODE_OFF);                /* of the second wave too, and payout's */
    CHECK_INT(policy_mode(&p, RULE_PRC_04), RULE_MODE_OFF);
    CHECK_INT(policy_mode(&p, RULE_INV_03), RULE_MODE_ENFORCE);
}
