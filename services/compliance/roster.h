/* compliance/roster.h: who sells for a partner (domain.md 5.4 P1, P4). */
#ifndef COMPLIANCE_ROSTER_H
#define COMPLIANCE_ROSTER_H

#include "compliance/judging.h"

/* SPF-01: the seller is on the roster of the site on that day, and the buyer is no government. */
enum truth roster_seller_is_unfit(struct judging *j, struct finding *f);

/* The name that the roster line of the rep bore; empty: none. */
struct slice roster_name(struct judging *j, struct slice rep_id);

/* Keeps a roster line that passes; it supersedes the one of the same rep and site. */
void roster_record(struct judging *j, enum outcome outcome);

#endif
