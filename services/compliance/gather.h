/* compliance/gather.h: facts of a line that are no state rows. */
#ifndef COMPLIANCE_GATHER_H
#define COMPLIANCE_GATHER_H

#include "stage/stage.h"

enum err compliance_gather(struct stage_env *env, const struct dossier *d, void *facts) MUST_CHECK;

#endif
