/* domain/rating/undo_return.h: the CANCEL or REPLACE of a return (domain.md 6.1, 6.3). */
#ifndef DOMAIN_RATING_UNDO_RETURN_H
#define DOMAIN_RATING_UNDO_RETURN_H

#include "domain/rating/rating_parts.h"

/* What `undone` took back is sold, claimed and counted again, as far as there is room for it: what was used since is
 * HOLD DATA_CONFLICT, and, once a person has released it, left out. */
void undo_return(struct rating *r, const struct line_row *undone);

/* The same of one of its programs alone, and of no goods: what it took back there is paid and counted again, unless a
 * REVERSE did so before. */
void undo_return_program(struct rating *r, const struct line_row *undone, const struct line_program *done);

#endif
