/* claimctl/run_keep.h: what a run leaves in the folder of --state: the read model, and what is needed to run again
 * as it was: the options (`N.command`) and the acts of people since (`N.acts.ndjson`), in the order in which they took
 * effect. */
#ifndef CLAIMCTL_RUN_KEEP_H
#define CLAIMCTL_RUN_KEEP_H

#include "claimctl/run_engine.h"

/* Writes balances, options, acts (NDJSON, may be empty) and, last, the index. An exit code; errors are said on stderr.
 * Nothing happens without --state. */
int run_keep(struct run_engine *r, struct slice acts);

/* The clock of that run at its end; 0: the run does not say. */
instant_ms run_keep_clock(const struct state_dir *d);

/* The world of that run, in the arena; empty: the run does not say. */
struct slice run_keep_world(struct arena *a, const struct state_dir *d);

/* The options of the run that left the folder `d`, in the arena; `acts`: the path of its acts, NULL when there are
 * none. An exit code: a run that read standard input cannot be run again, and says so. */
int run_keep_read(struct arena *a, const struct state_dir *d, struct run_options *o, const char **acts);

#endif
