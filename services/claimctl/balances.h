/* claimctl/balances.h: the balances of domain.md 4.4 at the end of a run, as NDJSON (first-hour.md 8). */
#ifndef CLAIMCTL_BALANCES_H
#define CLAIMCTL_BALANCES_H

#include "claimctl/output.h"
#include "claimctl/run_engine.h"

/* Writes one object a balance, sorted by kind, root and keys; those whose figures are all 0 are left out. */
enum err balances_write(struct run_engine *r, struct output *out) MUST_CHECK;

#endif
