/* compliance/expiry.h: rows that no rule looks at any more leave the state, once a month (screening.md 11). What they
 * would say is outside duplicate.horizon_months; slots, rosters, agreements, ledgers and what waits stay. */
#ifndef COMPLIANCE_EXPIRY_H
#define COMPLIANCE_EXPIRY_H

#include "stage/stage.h"

/* The month changed, or its sweep is not done. */
enum err expiry_is_due(struct stage_env *env, bool *due) MUST_CHECK;

/* env->expire_keys_max rows further; ticks_soon until the last table is through. */
enum err expiry_go_on(struct stage_env *env) MUST_CHECK;

#endif
