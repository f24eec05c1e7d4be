/* compliance/slot_conflicts.h: two lines that hold one serial (screening.md 8.1): a person decides which of them is
 * reversed. */
#ifndef COMPLIANCE_SLOT_CONFLICTS_H
#define COMPLIANCE_SLOT_CONFLICTS_H

#include "stage/registry.h"
#include "stage/stage.h"

/* Who holds it is a line of the same root: there the rows decide, and nobody needs a case. */
bool slot_conflicts_is_own(const struct registry_request *q);

/* Opens the case of two lines in one slot between lines, for a request that was answered with another root's line. */
enum err slot_conflicts_open(struct stage_env *env, const struct registry_request *q) MUST_CHECK;

#endif
