/* claimctl/terms_cases.h: the block `tests` of a file of terms, of a program or of a ruleset (README.md, Tests of
 * terms). */
#ifndef CLAIMCTL_TERMS_CASES_H
#define CLAIMCTL_TERMS_CASES_H

#include "wire/world.h"

/* The record put in force for each case. Without a program `paid` is what all programs post. */
struct terms_cases {
    struct slice       path;
    const struct node *tree;
    struct slice       program_id, currency;
};

/* Runs every case and prints what failed; an exit code: EXIT_DIFFERS when one fails. */
int terms_cases_run(struct arena *a, const struct terms_cases *f, struct problems *problems);

#endif
