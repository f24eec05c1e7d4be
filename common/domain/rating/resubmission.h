/* domain/rating/resubmission.h: what is claimed again (domain.md 3.3). */
#ifndef DOMAIN_RATING_RESUBMISSION_H
#define DOMAIN_RATING_RESUBMISSION_H

#include "domain/rating/rating_parts.h"

/* The submission before this one, as compliance found it or as the line names it. A return or a REPLACE names what it
 * takes back, which is no submission of it. Empty: there was none. */
struct slice resubmission_earlier(const struct rating *r);

/* What is paid, or waits here for it, is not claimed again, nor after a submission that was refused for it: that one's
 * row names what lived. The content of a REPLACE is no submission: it says what another line says. True: the line was
 * refused for it, or waits behind a CANCEL that may take it back yet. */
bool resubmission_is_in_vain(struct rating *r);

#endif
