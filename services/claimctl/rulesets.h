/* claimctl/rulesets.h: verbs of `rules` that have a file of their own. */
#ifndef CLAIMCTL_RULESETS_H
#define CLAIMCTL_RULESETS_H

#include "base/arena.h"

/* --world DIR [--input FILE]|--state DIR|nothing --ruleset FILE [--since 90d] [--lists FILE] [--lines FILE|-]: runs a
 * world, what a run left, or what the installation received without and with the ruleset and prints, per rule, what
 * fired, what ends otherwise and what money moves (screening.md 5.3). */
int rulesets_simulate(struct arena *a, int argc, char **argv);

#endif
