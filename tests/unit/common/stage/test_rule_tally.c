/* What rules said, as sums (screening.md 11, Metrics). */
#include "stage/rule_tally.h"

#include "support/test.h"

static const struct evidence by_review = { .kind = EVIDENCE_REVIEW };

TEST(counts_each_result_once_by_mode_and_value)
{
    static struct rule_tally t;
    struct rule_result results[] = {
        { .number = rule_row(RULE_DUP_03)->number, .mode = RULE_MODE_ENFORCE, .value = TRUTH_TRUE },
        { .number = rule_row(RULE_VEL_01)->number, .mode = RULE_MODE_SHADOW, .value = TRUTH_FALSE },
        { .number = rule_row(RULE_SCR_02)->number, .mode = RULE_MODE_ENFORCE, .value = TRUTH_WAIT },
        { .number = rule_row(RULE_AGR_07)->number, .mode = RULE_MODE_ENFORCE, .value = TRUTH_FALSE,
          .evidence = &by_review, .evidence_count = 1 },
        { .number = 9999, .mode = RULE_MODE_ENFORCE, .value = TRUTH_TRUE },         /* of a newer release */
    };
    struct judgement j = { .outcome = OUTCOME_HOLD, .rule_results = results, .rule_result_count = 5 };
    for (enum rule_id r = 0; r < RULE_COUNT; r++)
        if (r == RULE_VEL_01 || r == RULE_AGR_07 || r == RULE_DUP_01) j.rules_false[r / 8] |= (uint8_t)(1u << r % 8);
    struct line l = { .currency = SLICE("USD"), .claimed_amount_minor = 700, .has_claimed_amount_minor = true,
                      .kind = KIND_MDF_CLAIM };
    t = (struct rule_tally){ 0 };
    rule_tally_count(&t, &j, &l);
    CHECK_INT(t.enforced[RULE_DUP_03][TRUTH_TRUE], 1);
    CHECK_INT(t.shadowed[RULE_VEL_01][TRUTH_FALSE], 1);
    CHECK_INT(t.enforced[RULE_VEL_01][TRUTH_FALSE], 0);     /* its bit is the same answer */
    CHECK_INT(t.enforced[RULE_SCR_02][TRUTH_WAIT], 1);
    CHECK_INT(t.enforced[RULE_AGR_07][TRUTH_FALSE], 1);
    CHECK_INT(t.overturned[RULE_AGR_07], 1);
    CHECK_INT(t.enforced[RULE_DUP_01][TRUTH_FALSE], 1);
    CHECK_INT(t.stopped_count, 1);
    CHECK(t.stopped[0].rule == RULE_DUP_03 && t.stopped[0].minor == 700);
    static struct rule_tally sum;
    sum = t;
    rule_tally_add(&sum, &t);
    CHECK_INT(sum.enforced[RULE_DUP_03][TRUTH_TRUE], 2);
    CHECK_INT(sum.shadowed[RULE_VEL_01][TRUTH_FALSE], 2);
    CHECK_INT(sum.overturned[RULE_AGR_07], 2);
    CHECK(sum.stopped_count == 1 && sum.stopped[0].minor == 1400);
    l.currency = SLICE("EUR");
    j.outcome = OUTCOME_PASS;
    rule_tally_count(&sum, &j, &l);                         /* stops nothing */
    CHECK_INT(sum.stopped_count, 1);
    j.outcome = OUTCOME_REJECT;
    rule_tally_count(&sum, &j, &l);
    CHECK(sum.stopped_count == 2 && sum.stopped[1].minor == 700);
}
