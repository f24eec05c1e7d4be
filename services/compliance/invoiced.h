/* compliance/invoiced.h: the lines of an invoice line, which a CANCEL, REPLACE or return names by its numbers
 * (domain.md 3.1, 6.2, 6.3). Each stands under T, where those of its part are, and under the invoice line, where those
 * of all parts are, for who names none. */
#ifndef COMPLIANCE_INVOICED_H
#define COMPLIANCE_INVOICED_H

#include "compliance/judging.h"

/* j->original becomes the line with the highest rank above *rank (domain/correctable.h), other than `except`. */
void invoiced_find(struct judging *j, const struct original_ref *ref, bool is_sell_in, struct slice except, int *rank);

/* Puts the line there. One that was refused, by classification too, is meant only where nothing else stands. */
void invoiced_record(struct judging *j, bool is_refused);

#endif
