/* compliance/near.h: lines that are almost the same (screening.md 7.2, 7.3). */
#ifndef COMPLIANCE_NEAR_H
#define COMPLIANCE_NEAR_H

#include "compliance/judging.h"
#include "compliance/near_number.h"

/* Makes features and buckets: j->near. Before the rules, after duplicates_prepare. */
void near_prepare(struct judging *j);

/* What the line on file says otherwise though its K is the same: its amount, where both were compared. */
bool near_says_another_amount(const struct judging *j, const struct footprint *on_file);

/* DUP-03. */
enum truth near_is_duplicate(struct judging *j, struct finding *f);

/* Puts the line into its buckets, unless it is refused. */
void near_record(struct judging *j, enum outcome outcome);

#endif
