/* compliance/outbox.h: what lines owe the shared registry is paid once their transaction is over (screening.md 8.1). */
#ifndef COMPLIANCE_OUTBOX_H
#define COMPLIANCE_OUTBOX_H

#include "stage/stage.h"

/* Whether anything is owed in the partition at work. */
enum err outbox_is_owing(struct stage_env *env, bool *owing) MUST_CHECK;

/* Gives slots back, closes deals, and asks again for what a line of the root took over, a few hundred at a time;
 * ticks_soon when more are left. While the registry is away everything stays owed: a slot is taken too long, never free
 * too soon. */
enum err outbox_pay(struct stage_env *env) MUST_CHECK;

#endif
