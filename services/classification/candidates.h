/* classification/candidates.h: which programs a line meets, in which version, on which date (domain.md 3.2, 4.2
 * Version, 5.0 R1, R2). Pure; reads and feeds the table `targets`. */
#ifndef CLASSIFICATION_CANDIDATES_H
#define CLASSIFICATION_CANDIDATES_H

#include "classification/inquiry.h"

/* Asks the programs of the line: fills asked[], target. The role is known, or is not asked. */
void candidates_find(struct inquiry *q);

/* Opens the row of `targets` that the line may need, so that the loop brings it before anything is judged. */
void candidates_open_rows(struct inquiry *q);

/* Keeps the program of a reference line that passed. */
void candidates_keep_target(struct inquiry *q);

/* Writes asked[] into the section. */
void candidates_record(struct inquiry *q);

#endif
