/* intake/missing_field.h: what who sent a line without a field is told to do, in the words of his format. */
#ifndef INTAKE_MISSING_FIELD_H
#define INTAKE_MISSING_FIELD_H

#include "intake/draft.h"

/* "in a column Quantity, or …", "as the member qty", "as QTY02 …": what follows "Send it". */
struct slice missing_field_how(struct arena *a, const struct draft *d, struct slice name);

#endif
