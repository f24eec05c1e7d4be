/* claimctl/terms_lint.h: what terms that can be read cannot mean: tiers never reached, caps that never bind, eligibility that
 * matches nothing, versions that overlap, leave gaps or change currency. Pure. */
#ifndef CLAIMCTL_TERMS_LINT_H
#define CLAIMCTL_TERMS_LINT_H

#include "claimctl/terms_file.h"

/* Adds the findings of one program; the matrix in force tells which roles may earn. */
void terms_lint_program(const struct terms_file *f, const struct matrix *matrix, struct problems *findings);

/* Adds what is wrong between the versions of programs; any order. */
void terms_lint_versions(const struct terms_file *const *files, unsigned count, struct problems *findings);

#endif
