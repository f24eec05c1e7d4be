/* payout/gather.h: facts of a line for payout_decide. */
#ifndef PAYOUT_GATHER_H
#define PAYOUT_GATHER_H

#include "stage/stage.h"

/* The catalogue, the clock, and of an AGREEMENT the terms that it sets for itself, read once from its text. */
enum err payout_gather(struct stage_env *env, const struct dossier *d, void *facts) MUST_CHECK;

#endif
