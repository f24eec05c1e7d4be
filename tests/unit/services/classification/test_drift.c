/* tests/unit/services/classification/test_drift.c: from month to month (screening.md 10.3). */
#include "classification/drift.h"
#include "rig.h"

TEST(suspicion_becomes_drift_in_the_second_month_in_a_row_and_ends_above_the_clearing_line)
{
    struct policy policy;
    policy_default(&policy);
    struct table t = TABLE(
        "month   ppm     tenths | state    months",
        "202601  900000  900    | NONE     0",
        "202602  199999  600    | SUSPECT  1",
        "202603  200000  600    | SUSPECT  0",       /* neither suspect nor clear: as before */
        "202604  199999  599    | SUSPECT  0",       /* too little evidence to count */
        "202605  199999  600    | SUSPECT  1",
        "202606  0       900    | DRIFT    2",
        "202607  400000  900    | DRIFT    0",
        "202608  400001  900    | NONE     0",
        "202609  100000  900    | SUSPECT  1",
        "202611  100000  900    | SUSPECT  1",       /* a month without lines between */
        "202612  100000  900    | DRIFT    2",
        "202701  100000  900    | DRIFT    3");
    struct drift_record record = { 0 };
    while (table_next(&t)) {
        struct role_judgement j = { .best = ROLE_VAR,
                                    .observed = ROLE_VAR,
                                    .evidence_tenths = (int32_t)cell_int(&t, "tenths") };
        j.confidence_ppm[ROLE_DISTRIBUTOR] = (uint32_t)cell_int(&t, "ppm");
        struct drift_record next =
            drift_judge(&record, (int32_t)cell_int(&t, "month"), &j, 1u << ROLE_DISTRIBUTOR, &policy);
        CHECK_CELL(&t, "state", word_text(VOCABULARY_DRIFT, next.state));
        CHECK_CELL_INT(&t, "months", next.suspect_months);
        CHECK_INT(drift_began(&record, &next), next.state == DRIFT_DRIFT && record.state != DRIFT_DRIFT);
        record = next;
    }
}

TEST(a_partner_of_two_roles_may_behave_like_either)
{
    struct policy policy;
    policy_default(&policy);
    struct drift_record none = { 0 };
    struct role_judgement j = { .best = ROLE_VAR, .evidence_tenths = 900 };
    j.confidence_ppm[ROLE_DISTRIBUTOR] = 100000;
    j.confidence_ppm[ROLE_VAR] = 850000;
    CHECK_INT(drift_judge(&none, 202601, &j, 1u << ROLE_DISTRIBUTOR, &policy).state, DRIFT_SUSPECT);
    CHECK_INT(drift_judge(&none, 202601, &j, 1u << ROLE_DISTRIBUTOR | 1u << ROLE_VAR, &policy).state, DRIFT_NONE);
    CHECK_INT(drift_judge(&none, 202601, &j, 1u << ROLE_DISTRIBUTOR | 1u << ROLE_VAR, &policy).declared_ppm, 950000);
}
