/* compliance/rules.h: the rules of compliance as a table. */
#ifndef COMPLIANCE_RULES_H
#define COMPLIANCE_RULES_H

#include "compliance/judging.h"

enum {
#define RULE(id, holds, waits, needs, predicate) COMPLIANCE_RULE_##id,
#include "compliance/rules.def"
#undef RULE
    COMPLIANCE_RULE_COUNT
};

struct compliance_rule {
    enum rule_id     id;
    enum reason_code holds, waits;
    bool             stateless;
    enum truth     (*ask)(struct judging *, struct finding *);
};

/* In the order in which they are asked; asserts that there is one. */
const struct compliance_rule *rules_at(unsigned index);

/* The outcome of a rule that is TRUE and names no other: by its class in rule.def. */
enum outcome rules_outcome(enum rule_id id);

#endif
