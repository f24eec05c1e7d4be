/* claimctl/rulesets.h: verbs of `rules` that have a file of their own, and what a ruleset file holds. */
#ifndef CLAIMCTL_RULESETS_H
#define CLAIMCTL_RULESETS_H

#include "domain/policy.h"
#include "wire/world.h"

/* One ruleset of one file: what was read, and its tree. */
struct ruleset_file { struct slice path; const struct node *tree; struct ruleset ruleset; };

/* Reads one. False: said on stderr. */
bool ruleset_file_read(struct arena *a, struct slice path, struct ruleset_file *out);

/* --world DIR [--input FILE]|--state DIR|nothing --ruleset FILE [--since 90d] [--lists FILE] [--lines FILE|-]: runs a
 * world, what a run left, or what the installation received without and with the ruleset and prints, per rule, what
 * fired, what ends otherwise and what money moves (screening.md 5.3). */
int rulesets_simulate(struct arena *a, int argc, char **argv);

#endif
