/* claimctl/programs_close.h: `programs close`: the PERIOD_CLOSE lines of a program, one a partner root (domain.md 3.2 K). */
#ifndef CLAIMCTL_PROGRAMS_CLOSE_H
#define CLAIMCTL_PROGRAMS_CLOSE_H

#include "base/arena.h"

/* As programs.h. ID --period LABEL --phase EARNING|USAGE [--world DIR]: NDJSON on standard output, for `submit -` by an operator
 * or as an input of `run`. Roots come from partners.v1, or from a world. */
int programs_close(struct arena *a, int argc, char **argv);

#endif
