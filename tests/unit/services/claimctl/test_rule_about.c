/* tests/unit/services/claimctl/test_rule_about.c: what `rules show` says of a rule exists. */
#include "domain/policy.h"
#include "domain/reason.h"
#include "domain/rule.h"
#include "support/table.h"

static const struct { enum rule_id rule; struct slice reasons, settings, evidence; } rows[] = {
#define ABOUT(rule, reasons, settings, evidence) \
    { RULE_##rule, SLICE_INIT(reasons), SLICE_INIT(settings), SLICE_INIT(evidence) },
#include "claimctl/rule_about.def"
#undef ABOUT
};

static char letter_of(const struct rule_row *row)
{
    static const char letters[] = { [STAGE_CLASSIFICATION] = 'C', [STAGE_COMPLIANCE] = 'S', [STAGE_PAYOUT] = 'P' };
    return row->stage ? letters[row->stage] : 'S';
}

TEST(every_rule_is_described_once_by_reasons_settings_and_evidence_that_exist)
{
    CHECK_INT(sizeof rows / sizeof rows[0], RULE_COUNT);
    for (unsigned i = 0; i < RULE_COUNT; i++) {
        struct slice reasons = rows[i].reasons, settings = rows[i].settings, evidence = rows[i].evidence;
        CHECK_INT(rows[i].rule, i);                         /* in the order of the catalogue */
        while (reasons.size) {
            enum reason_code code = reason_find(slice_cut(&reasons, ' '));
            CHECK(code != REASON_NONE && reason_is_given_by(code, letter_of(rule_row(rows[i].rule))));
        }
        while (settings.size) CHECK(policy_is_known(slice_cut(&settings, ' ')));
        CHECK(evidence.size > 0);
        while (evidence.size) CHECK(word_find(VOCABULARY_EVIDENCE, slice_cut(&evidence, ' ')) > 0);
    }
}

/* Every setting is taken back as it is printed. */
TEST(settings_are_printed_as_they_are_set)
{
    struct policy p, again;
    policy_default(&p);
    policy_default(&again);
    for (unsigned i = 0; i < policy_count(); i++) {
        char buffer[512];
        struct text t = text_over(buffer, sizeof buffer);
        policy_put(&t, &p, policy_name(i));
        CHECK(policy_set(&again, policy_name(i), text_slice(&t)) == OK);
        char second[512];
        struct text u = text_over(second, sizeof second);
        policy_put(&u, &again, policy_name(i));
        CHECK_SLICE(text_slice(&u), text_slice(&t));
    }
}
