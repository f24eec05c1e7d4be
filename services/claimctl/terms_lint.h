/* claimctl/terms_lint.h: what terms that can be read cannot mean: tiers never reached, caps that never bind,
 * percentages above a whole, eligibility that matches nothing, versions that overlap, leave gaps or change currency,
 * programs of one rank of which one is to be net of the other. Pure. */
#ifndef CLAIMCTL_TERMS_LINT_H
#define CLAIMCTL_TERMS_LINT_H

#include "claimctl/terms_file.h"

/* Adds the findings of one program; the matrix in force tells which roles may earn. */
void terms_lint_program(const struct terms_file *f, const struct matrix *matrix, struct problems *findings);

/* Adds what is wrong between the versions of programs, and between a rebate and the fund that it feeds; any order. A
 * fund that is no file here may be on file elsewhere: a doubt. */
void terms_lint_versions(const struct terms_file *const *files, unsigned count, struct problems *findings,
                         struct problems *doubts);

/* Adds what a program selects and nobody sells: a name that is mistyped pays nobody and says nothing. */
void terms_lint_products(const struct terms_file *f, const struct catalogue *sold, struct problems *findings);

/* Adds prices of what is no product; `file` is where they stand. */
void terms_lint_prices(const struct catalogue *sold, struct slice file, struct problems *findings);

/* Adds limits that say what does not hold: nothing reads them, and something else is in force. */
void terms_lint_limits(const struct terms_file *f, struct problems *findings);

/* Adds programs that are to be net of another one and stand on its rank. */
void terms_lint_ranks(const struct terms_file *const *files, unsigned count, struct problems *findings);

#endif
