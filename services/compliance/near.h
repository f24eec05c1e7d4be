/* compliance/near.h: lines that are almost the same (screening.md 7.2, 7.3). */
#ifndef COMPLIANCE_NEAR_H
#define COMPLIANCE_NEAR_H

#include "compliance/judging.h"

/* The invoice key less a leading INVOICE, INV, NO, NR, RE and leading zeros of digit runs; empty without a digit or
 * under three characters. In the arena. */
struct slice near_strip(struct arena *a, struct slice invoice_key);

/* O as 0, I and L as 1, S as 5, B as 8. In the arena. */
struct slice near_confusable(struct arena *a, struct slice stripped);

/* True when one has a character more, or two neighbours exchanged. */
bool near_is_one_slip(struct slice a, struct slice b);

/* Makes features and buckets: j->near. Before the rules, behind duplicates_prepare. */
void near_prepare(struct judging *j);

/* DUP-03. */
enum truth near_is_duplicate(struct judging *j, struct finding *f);

/* Puts the line into its buckets, unless it is refused. */
void near_record(struct judging *j, enum outcome outcome);

#endif
