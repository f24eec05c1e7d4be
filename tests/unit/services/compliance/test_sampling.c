/* Lines that pass and are looked at all the same (screening.md 2.2). */
#include "base/hash.h"

#include "support/compliance_desk.h"
#include "support/test.h"

#include <stdio.h>

static struct slice judged(struct desk *d, const char *name, unsigned *cases)
{
    struct line l = desk_sale(name);
    const struct verdict *v = desk_judge(d, name, &l);
    *cases = v->case_count;
    if (v->case_count) {
        CHECK_INT(v->cases[0]->case_kind, CASE_KIND_SAMPLE);
        CHECK_SLICE(v->cases[0]->case_subject, desk_line_id(name));
        CHECK_INT(v->cases[0]->judgement.outcome, OUTCOME_HOLD);
        CHECK_INT(v->cases[0]->judgement.rule_result_count, 0);        /* whoever reviews it is blind */
    }
    return desk_says(v);
}

TEST(a_share_of_what_passes_is_sampled_by_a_hash_of_its_id)
{
    struct desk d;
    unsigned sampled = 0, want = 0, cases;
    char name[16];
    desk_open(&d);
    d.policy.modes[RULE_DUP_03] = d.policy.modes[RULE_VEL_01] = RULE_MODE_OFF;
    d.policy.review_sample_bp = 2000;
    for (unsigned i = 0; i < 200; i++) {
        snprintf(name, sizeof name, "INV-%u", 1000 + 17 * i);
        CHECK_TEXT(judged(&d, name, &cases), "PASS -");
        CHECK_INT(cases, hash_short(desk_line_id(name)) % 10000 < 2000);
        sampled += cases;
        want += hash_short(desk_line_id(name)) % 10000 < 2000;
    }
    CHECK_INT(sampled, want);
    CHECK(sampled > 20 && sampled < 60);
    desk_close(&d);
}

TEST(the_share_begins_at_the_first_id_and_ends_before_its_figure)
{
    struct desk d;
    unsigned cases;
    desk_open(&d);
    int64_t at = (int64_t)(hash_short(desk_line_id("INV-1")) % 10000);
    d.policy.review_sample_bp = at;
    judged(&d, "INV-1", &cases);
    CHECK_INT(cases, 0);
    d.policy.review_sample_bp = at + 1;
    judged(&d, "INV-1", &cases);
    CHECK_INT(cases, 1);
    desk_close(&d);
}

TEST(all_or_nothing_are_sampled_at_the_ends_of_the_scale_and_only_what_passes)
{
    struct desk d;
    unsigned cases;
    desk_open(&d);
    d.policy.review_sample_bp = 0;
    judged(&d, "INV-1", &cases);
    CHECK_INT(cases, 0);
    d.policy.review_sample_bp = 10000;
    judged(&d, "INV-2", &cases);
    CHECK_INT(cases, 1);
    d.refused = REASON_PARTNER_NOT_ACTIVE;
    judged(&d, "INV-3", &cases);
    CHECK_INT(cases, 0);
    desk_close(&d);
}
