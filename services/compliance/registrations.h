/* compliance/registrations.h: who registered an opportunity first (domain.md 5.5, DRG-01). */
#ifndef COMPLIANCE_REGISTRATIONS_H
#define COMPLIANCE_REGISTRATIONS_H

#include "compliance/judging.h"

/* The conflict key of a registration as hex; empty when it lacks customer, family or size, or is withdrawn: no place is
 * asked for. Needs no state. */
struct slice registrations_key(const struct judging *j, const struct catalogue *catalogue, uint64_t seed);

/* What stands in the registry for a deal: the root and its number, so that revisions meet their own place. In the
 * arena. */
struct slice registrations_holder(struct arena *a, struct slice root_id, struct slice deal_reg_no);

/* DRG-01. Fills place and share of the clearance. */
enum truth registrations_taken(struct judging *j, struct finding *f);

/* A claim on a deal that waits here for its decision, or was denied: payout, which has not seen it, learns that it is
 * known. */
void registrations_name_known(struct judging *j, struct clearance *c);

/* Keeps the place, or gives it back. */
void registrations_record(struct judging *j, enum outcome outcome);

/* From which day a deal blocks nobody; 0: none, it waits or is won. */
int32_t registrations_closed_on(const struct deal_holding *deal);

/* A claim that goes on wins its deal, which keeps its place from there (domain.md 5.5, 8), until payout tells that it
 * does not pay it. */
void registrations_win(struct judging *j, enum outcome outcome);

/* What payout made of such a claim: it is not paid, and waits or was refused, or it is paid behind its wait. */
void registrations_hear(struct judging *j);

#endif
