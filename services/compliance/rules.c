/* compliance/rules.c: the rules of compliance as a table. A row whose rule the catalogue does not have does not
 * compile. */
#include "compliance/rules.h"

#include "base/assert.h"
#include "compliance/approval.h"
#include "compliance/customers.h"
#include "compliance/duplicates.h"
#include "compliance/inventory.h"
#include "compliance/near.h"
#include "compliance/originals.h"
#include "compliance/registrations.h"
#include "compliance/required.h"
#include "compliance/roster.h"
#include "compliance/screening.h"
#include "compliance/serials.h"
#include "compliance/windows.h"

enum { NEEDS_STATE = false, NEEDS_STATELESS = true };

static const struct compliance_rule rules[COMPLIANCE_RULE_COUNT] = {
#define RULE(id, holds, waits, needs, predicate) \
    [COMPLIANCE_RULE_##id] = { RULE_##id, REASON_##holds, REASON_##waits, NEEDS_##needs, predicate },
#include "compliance/rules.def"
#undef RULE
};

const struct compliance_rule *rules_at(unsigned index)
{
    ASSERT(index < COMPLIANCE_RULE_COUNT);
    return &rules[index];
}

enum outcome rules_outcome(enum rule_id id)
{
    switch (rule_row(id)->class) {
    case RULE_CLASS_HARD: case RULE_CLASS_HARD_ADJUST: case RULE_CLASS_HARD_HOLD: return OUTCOME_REJECT;
    case RULE_CLASS_HOLD: case RULE_CLASS_HOLD_ADJUST: case RULE_CLASS_HOLD_SCORE: return OUTCOME_HOLD;
    case RULE_CLASS_ADJUST: return OUTCOME_SHORT;
    case RULE_CLASS_SCORE: case RULE_CLASS_NOTE: return OUTCOME_PASS;
    }
    NEVER();
}
