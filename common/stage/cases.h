/* stage/cases.h: the cases of a stage: findings about a partner or a party that a person has to decide, kept beside the
 * waiting lines from the first finding until the case closes (screening.md 4.5).
 *
 * A case is a dossier of a receipt and one clearance for each finding, with the reviews between them. Every change is
 * published to the topic of held lines. The last clearance of a case that has closed has the outcome PASS.
 * Errors: of store and sink; ERR_STATE_MALFORMED when a stored case does not decode. */
#ifndef STAGE_CASES_H
#define STAGE_CASES_H

#include "stage/judge.h"

/* Opens the cases that the verdict on a line names, or adds its findings to those that are open already. A finding that
 * its case has already leaves it as it is. */
enum err cases_open(struct batch *b, const struct turn *t, const struct verdict *v) MUST_CHECK;

/* Opens or closes a case that the stage's tick found. Nothing happens when a case to be closed is not open. */
enum err cases_take_found(struct batch *b, int32_t partition, const struct stage_case *found) MUST_CHECK;

/* A person's act on a case; a void one is reported (batch_report_void). */
enum err cases_review(struct batch *b, int32_t partition, const struct review *r) MUST_CHECK;

#endif
