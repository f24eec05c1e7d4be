/* compliance/rescreening.h: parties on file against lists that changed (screening.md 6.6), between lines. */
#ifndef COMPLIANCE_RESCREENING_H
#define COMPLIANCE_RESCREENING_H

#include "stage/stage.h"

/* The lists in force are others than those that the parties of the partition were compared with. Reads one row. */
enum err rescreening_is_due(struct stage_env *env, bool *due) MUST_CHECK;

/* Compares some hundreds of parties, and goes on with the next tick: a pair that no case has, or whose entry is another
 * than the case saw, opens one with the lines of the last screening.lookback_days that name the party; after the last
 * party the cases of entries that are gone close. What was done stands in state, so that a stopped process goes on
 * where it was. */
enum err rescreening_go_on(struct stage_env *env) MUST_CHECK;

#endif
