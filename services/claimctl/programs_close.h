/* claimctl/programs_close.h: `programs close`: the PERIOD_CLOSE lines of a program, one a partner root (domain.md 3.2
 * K). */
#ifndef CLAIMCTL_PROGRAMS_CLOSE_H
#define CLAIMCTL_PROGRAMS_CLOSE_H

#include "base/arena.h"

/* As programs.h. ID --period LABEL --phase EARNING|USAGE [--world DIR]: a plan, NDJSON on standard output, also an
 * input of `run`; roots come from partners.v1, or from a world. With --execute --reason TEXT one document through
 * intake's door, by an operator: its receipt, with --wait once every line is decided. */
int programs_close(struct arena *a, int argc, char **argv);

#endif
