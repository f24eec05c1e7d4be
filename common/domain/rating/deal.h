/* domain/rating/deal.h: registered deals, and the bonus of whoever registered them (domain.md 5.5). The place of a
 * registration among others is compliance's and the shared registry's; it comes in the clearance. */
#ifndef DOMAIN_RATING_DEAL_H
#define DOMAIN_RATING_DEAL_H

#include "domain/rating/award.h"

/* DEAL_REGISTRATION: approves the deal, extends its protection, or closes it; STALE_REVISION. Members that a revision
 * leaves out stay as they are; a share once given stays. */
void deal_receive(struct rating *r);

/* G1: REG_MISSING, REG_NOT_YOURS; the program is that of the registration. */
struct award *deal_begin(struct rating *r);
bool deal_is_triggered(struct rating *r, const struct program *p);
void deal_rate(struct rating *r, struct award *a);
void deal_write(struct rating *r, struct award *a);
void deal_restore(struct rating *r, const struct line_program *kept, int64_t minor, int64_t qty_milli,
                  enum cause cause);

/* More is claimed than is registered (G4), or a fixed bonus lives twice (G5). */
struct excess deal_passed(struct rating *r, const struct program *p, const struct line_row *line,
                          const struct line_program *kept);

#endif
