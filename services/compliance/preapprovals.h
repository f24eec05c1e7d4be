/* compliance/preapprovals.h: claims on pre-approved money that wait here: a USAGE close leaves their reservations
 * (domain.md 5.3). */
#ifndef COMPLIANCE_PREAPPROVALS_H
#define COMPLIANCE_PREAPPROVALS_H

#include "compliance/judging.h"

/* On a USAGE close: names in the clearance the pre-approvals that claims of its program quote and wait here with. A list
 * that is full is DATA_CONFLICT, unless people released it: nobody may lose a reservation because others waited. */
void preapprovals_name_held(struct judging *j, struct clearance *c);

/* Notes a claim that waits, drops one that was decided. */
void preapprovals_record(struct judging *j, enum outcome outcome);

#endif
