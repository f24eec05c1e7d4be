/* claimctl/workings_text.h: recorded workings as text: a figure, a step, what a step says by name. */
#ifndef CLAIMCTL_WORKINGS_TEXT_H
#define CLAIMCTL_WORKINGS_TEXT_H

#include "domain/dossier.h"
#include "domain/rational.h"

/* The exact value of a figure in currency units, units of goods or percent; bad when it is only text. */
struct rational figure_value(const struct figure *f);

/* 1.75, 170, 0.333333…: at most six digits, `…` after what does not end. */
void rational_put(struct text *t, struct rational x);
void figure_put(struct text *t, const struct figure *f);

/* A price or amount of money with two digits at least: 7.40, 432.00, 0.0375. */
void rational_put_price(struct text *t, struct rational x);

/* "S10  A 240, remaining 170 gives q 170" */
void step_put(struct text *t, const struct step *s);

/* The first step whose rule is `rule` or begins with it and a blank; NULL when there is none. */
const struct step *step_find(const struct program_result *p, struct slice rule);
/* The input of that name, NULL when the step (may be NULL) has none. */
const struct figure *step_input(const struct step *s, struct slice name);

#endif
