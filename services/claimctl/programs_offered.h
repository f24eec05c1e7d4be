/* claimctl/programs_offered.h: `programs offered`: to whom the versions of a program were open, and from when to when
 * (domain.md 10: proportionally equal terms are shown by who was offered what). */
#ifndef CLAIMCTL_PROGRAMS_OFFERED_H
#define CLAIMCTL_PROGRAMS_OFFERED_H

#include "base/arena.h"

/* As programs.h. ID [--world DIR]: a row for each span of days on which a partner could claim under a version in one of
 * its roles; partners come from partners.v1, or from a world. */
int programs_offered(struct arena *a, int argc, char **argv);

#endif
