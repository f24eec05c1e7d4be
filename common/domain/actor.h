/* domain/actor.h: who acts. Duties are kept apart by person (domain.md 8.2), so an id names the same one however it is
 * typed. */
#ifndef DOMAIN_ACTOR_H
#define DOMAIN_ACTOR_H

#include "base/str.h"

/* One person: outer blanks, runs of blanks, case and the way accents are written do not tell two ids apart. */
bool actor_is_same(struct slice a, struct slice b);

/* An id by which somebody may act: printable ASCII with a letter or digit. What only looks like another's id (a
 * Cyrillic A, full width, an accent, a joiner) names nobody, so that one person cannot sign twice. */
bool actor_is_named(struct slice id);

#endif
