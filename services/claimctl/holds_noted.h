/* claimctl/holds_noted.h: an act that was sent counts once its stage has noted it. If somebody else
 * confirms right after a proposal, it has to be there: the command ends when the stage has it. */
#ifndef CLAIMCTL_HOLDS_NOTED_H
#define CLAIMCTL_HOLDS_NOTED_H

#include "claimctl/holds_command.h"

/* An act on `object` of this time, by the person of the command. */
struct holds_sent { const struct holds_named *object; instant_ms at_unix_ms; };

/* Waits until the dossier of each came back to claims.held.v1 with its act, HOLDS_NOTED_MS at most; what did not is
 * said on stderr, and is no fault: the act is on its topic and counts when its stage comes to it. */
enum { HOLDS_NOTED_MS = 30000 };
void holds_noted_wait(struct holds_command *c, const struct holds_sent *sent, unsigned count);

#endif
