/* compliance/slot_case.h: a PARTNER case about a slot in which two lines stood (screening.md 8.1, 4.5). */
#ifndef COMPLIANCE_SLOT_CASE_H
#define COMPLIANCE_SLOT_CASE_H

#include "domain/dossier.h"
#include "stage/registry.h"

/* Names both lines, and stands under the root of `own`. In the arena; texts are borrowed. */
struct clearance *slot_case(struct arena *a, struct slice slot_key, const struct registry_claim *own,
                            const struct registry_claim *other);

#endif
