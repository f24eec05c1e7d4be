/* compliance/approval.h: who must approve an amount, and who must not (domain.md 10, screening.md 4.4). */
#ifndef COMPLIANCE_APPROVAL_H
#define COMPLIANCE_APPROVAL_H

#include "compliance/judging.h"

/* C as claimed, in minor units of the line's currency (domain.md 5.0 R7). false: none was claimed. *overflow is set
 * when the figures do not fit. */
bool approval_claimed(const struct judging *j, int64_t *minor, bool *overflow);

/* True when C is over the first limit of its currency. */
bool approval_is_large(struct judging *j);

/* FIN-01: people that the amount asks for and who have not spoken. FIN-02: the submitter approves. */
enum truth approval_is_needed(struct judging *j, struct finding *f);
enum truth approval_breaks_duties(struct judging *j, struct finding *f);

/* Adds C to what the payee claimed that day, once; a refused line claimed nothing. */
void approval_record(struct judging *j, enum outcome outcome);

#endif
