/* classification/corrections.h: corrections whose original waits in this stage (domain.md 6.2, 6.3, screening.md 4.4).
 * Pure.
 *
 * A line that waits here is found by its id, or through the table `originals` by its invoice line, a sale also by part
 * and customer, and a claim on pre-approved money as one of its root's. */
#ifndef CLASSIFICATION_CORRECTIONS_H
#define CLASSIFICATION_CORRECTIONS_H

#include "classification/inquiry.h"

/* For R C X Z, negative D and I: q->original_id is the line meant (of a REVERSE the first one), when it waits here;
 * q->withdraws_original when this one ends it. For a USAGE close: q->held_preapprovals. */
void corrections_find(struct inquiry *q);

/* After corrections_find, of a line that ends its original: the section says what that one said. */
void corrections_name_ended(struct inquiry *q);

/* After corrections_find, of a CANCEL that ends its original: what came before it and says the same again ends
 * with that one, as it would be a duplicate where nothing waits. */
void corrections_end_repeats(struct inquiry *q);

/* A line that waits from now on is put into `originals`, one that waited and is decided is taken out. */
void corrections_keep(struct inquiry *q, enum outcome outcome);

/* Of a line that goes on: a sale wakes the returns that it may cover; a return is asked about after this stage. */
void corrections_tell_returns(struct inquiry *q);

/* Takes a withdrawn line out. */
void corrections_forget(struct verdict *v, struct slice root_id, const struct dossier *d);

#endif
