/* claimctl/holds_state.h: acts on what waits in the state that `run --state DIR` left.
 *
 * The same input gives the same bytes: the run is run again with the acts so far, must end as it stands in the
 * folder to the byte, and the new acts follow it through the stages. With --execute the folder then shows that run, and
 * keeps the acts. */
#ifndef CLAIMCTL_HOLDS_STATE_H
#define CLAIMCTL_HOLDS_STATE_H

#include "claimctl/holds_command.h"

/* An exit code. EXIT_CONFLICT: the world, the inputs or the program are not what they were when the run ended. */
int holds_state_act(struct holds_command *c);

#endif
