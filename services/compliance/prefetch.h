/* compliance/prefetch.h: the slots of a window's lines, asked for in one round trip; and given back (screening.md 8.1). */
#ifndef COMPLIANCE_PREFETCH_H
#define COMPLIANCE_PREFETCH_H

#include "stage/stage.h"

/* Fills the slots of the facts. A registry that is away is an answer, not an error. */
enum err compliance_prefetch(struct stage_env *env, struct stage_item *items, unsigned count) MUST_CHECK;

/* Gives back the slots that the line's rows owe the registry, and asks again for those that a line of the root took
 * over; what cannot be done now stays in registry_outbox and is tried again with the next that can. */
enum err compliance_record(struct stage_env *env, const struct dossier *d, const struct verdict *v) MUST_CHECK;

#endif
