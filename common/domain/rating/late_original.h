/* domain/rating/late_original.h: a line that comes only when people have released a correction of it that had found
 * nothing (domain.md 6.3). In time it would have been withdrawn or replaced; now it is refused, once, by a reason that
 * names who stands in its place. Where a REPLACE by invoice stands no more a person says, once, whether it is that line.
 *
 * By its line_id any line is known. By its invoice a REPLACE expects one of the kind that it replaces, a claim under
 * the same agreement or deal; a CANCEL expects none: after it comes as well what is right. */
#ifndef DOMAIN_RATING_LATE_ORIGINAL_H
#define DOMAIN_RATING_LATE_ORIGINAL_H

#include "domain/rating/rating_parts.h"

/* This correction found nothing. `line_id` is what it names; empty: its invoice, by the key of that transaction. */
void late_original_expect(struct rating *r, struct slice line_id, struct slice transaction);

/* What stands already for the line that this REPLACE finds nothing of, by another that was released; empty: nothing. */
struct slice late_original_replaced_by(struct rating *r, struct slice line_id, struct slice transaction);

/* True: this line was expected so, and the verdict says why it is refused or held. */
bool late_original_refuse(struct rating *r);

/* The refusal stands: no other line of the transaction is meant by that correction. */
void late_original_settle(struct rating *r);

#endif
