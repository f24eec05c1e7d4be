/* claimctl/programs.h: verbs of `programs` that have a file of their own. argv[0] is `programs`, argv[1] the verb. */
#ifndef CLAIMCTL_PROGRAMS_H
#define CLAIMCTL_PROGRAMS_H

#include "base/arena.h"

/* Every error of the terms (exit 1), and what they cannot mean (exit 6), with file, line and column. */
int programs_lint(struct arena *a, int argc, char **argv);

/* --world DIR|--since TIME --program FILE...: judges the world, or what the installation received, without and with the
 * terms, prints the money that moves. */
int programs_simulate(struct arena *a, int argc, char **argv);

/* FILE: runs the cases of its block `tests`; exit 6 when one fails. */
int programs_test(struct arena *a, int argc, char **argv);

#endif
