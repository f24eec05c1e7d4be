/* tests/unit/services/compliance/test_gather.c: what the door knew of the submitter becomes a fact. */
#include "compliance/gather.h"

#include "compliance/facts.h"
#include "support/table.h"

TEST(a_submitter_that_approves_is_known_by_the_roles_its_door_wrote)
{
    struct table t = TABLE(
        "name            role      | approves",
        "submitter_role  approver  | yes",
        "submitter_role  reviewer  | no",                   /* proposes, and signs nothing */
        "submitter_role  operator  | no",
        "approved_by     approver  | no");                  /* the name of a person */
    while (table_next(&t)) {
        struct pair text = { cell(&t, "name"), cell(&t, "role") };
        struct receipt receipt = { .texts = &text, .text_count = 1 };
        struct line line = { .partner_id = SLICE("N-100") };
        struct classification class = { .partner_root_id = SLICE("N-100") };
        struct dossier d = { .receipt = &receipt, .line = &line, .classification = &class };
        struct compliance_facts facts = { 0 };
        struct stage_env env = { 0 };
        CHECK(compliance_gather(&env, &d, &facts) == OK);
        CHECK(facts.submitter_approves == cell_yes(&t, "approves"));
    }
}
