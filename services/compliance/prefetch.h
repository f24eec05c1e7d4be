/* compliance/prefetch.h: the slots of a window's lines, asked for in one round trip (screening.md 8.1). */
#ifndef COMPLIANCE_PREFETCH_H
#define COMPLIANCE_PREFETCH_H

#include "stage/stage.h"

/* Fills the slots of the facts. A registry that is away is an answer, not an error. */
enum err compliance_prefetch(struct stage_env *env, struct stage_item *items, unsigned count) MUST_CHECK;

/* Asks for the slots that the cancel of a return gives back: which these are only its rows say. */
enum err compliance_ask(struct stage_env *env, const void *wants, void *facts) MUST_CHECK;

/* Says that tick has something to do where the line's rows owe the registry. */
enum err compliance_record(struct stage_env *env, const struct dossier *d, const struct verdict *v) MUST_CHECK;

/* What the stage does by itself: pays what is owed the registry, sets its slots again where a server lost some, wakes
 * the lines that wait for it, and lets go what is too old to matter. */
enum { COMPLIANCE_TICK_MS = 1000 };
enum err compliance_tick_is_due(struct stage_env *env, bool *due) MUST_CHECK;
enum err compliance_tick(struct stage_env *env) MUST_CHECK;

#endif
