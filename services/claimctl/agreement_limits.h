/* claimctl/agreement_limits.h: which lines of agreements have no agreed quantity (a blanket agreement may go without):
 * a balance says 0 of them as of a line that a revision took away. */
#ifndef CLAIMCTL_AGREEMENT_LIMITS_H
#define CLAIMCTL_AGREEMENT_LIMITS_H

#include "claimctl/directory.h"
#include "claimctl/standing.h"
#include "wire/node.h"

struct agreement_limits { struct directory agreements, lines; };

/* Empty; what it has taken is given back. */
void agreement_limits_open(struct agreement_limits *x);
void agreement_limits_close(struct agreement_limits *x);

/* Takes what a line says, when it is an agreement that came into force. */
void agreement_limits_note(struct agreement_limits *x, const struct standing *s);

/* True when the newest revision has the line of that balance, and no quantity for it: nothing remains of it, and
 * nothing runs out. */
bool agreement_limits_are_open(const struct agreement_limits *x, const struct node *balance);

#endif
