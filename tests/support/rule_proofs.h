/* tests/support/rule_proofs.h: of each rule that compliance enforces a line of which it is TRUE, FALSE, not known for
 * each cause, and lines on both sides of every threshold (screening.md 9, 11). */
#ifndef TESTS_SUPPORT_RULE_PROOFS_H
#define TESTS_SUPPORT_RULE_PROOFS_H

#include "domain/rule.h"
#include "support/compliance_desk.h"

struct rule_proof {
    enum rule_id rule;
    const char  *of;                                /* the condition, or the setting by its name */
    const struct verdict *(*make)(struct desk *d, int64_t at);
    int64_t     at;
    const char *value;                              /* what the rule says there */
};
extern const struct rule_proof rule_proofs[];
extern const unsigned          rule_proof_count;

#endif
