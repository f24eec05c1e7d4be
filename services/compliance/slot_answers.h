/* compliance/slot_answers.h: what the shared registry answered, and what this partition knows better.
 *
 * It is asked once for all lines of a window, and told after the transaction what lines gave back. So of a line of
 * this very batch that gave a place up it still says that it stands there; registry_outbox says that it does not. Of
 * another partition's nothing is known before it is told: who was quicker there is who came first. Pure. */
#ifndef COMPLIANCE_SLOT_ANSWERS_H
#define COMPLIANCE_SLOT_ANSWERS_H

#include "compliance/facts.h"
#include "compliance/judging.h"

/* About a serial of this line in a program; NULL: the registry was not asked. */
const struct slot_answer *slot_answers_find(const struct judging *j, struct slice program_id, struct slice serial);

/* Another root's line stands there, as far as the registry knows. */
bool slot_answers_is_elsewhere(const struct judging *j, const struct slot_answer *answer);

/* Whether one of these names a line of another root that gave it up: the registry is told soon, and may be asked then
 * whose it is. */
bool slot_answers_any_given_up(struct judging *j, const struct slot_answer *answers, unsigned count);

/* Whether a deal of any root left its place at a conflict key. The next in line moves up: nobody need be asked. */
bool slot_answers_deal_left(struct judging *j, struct slice conflict_key, const struct deal_claim *claim);

#endif
