/* claimctl/moment.h: a place in a topic as people say it (surfaces.md 2.5): 10m, 2h, 3d, an RFC 3339 instant, a
 * day (2026-04-01, where it begins), `beginning`, `now`, @offset. */
#ifndef CLAIMCTL_MOMENT_H
#define CLAIMCTL_MOMENT_H

#include "base/instant.h"

enum moment_kind { MOMENT_BEGINNING, MOMENT_END, MOMENT_INSTANT, MOMENT_OFFSET };

struct moment { enum moment_kind kind; instant_ms unix_ms; int64_t offset; };

/* Where a day, yyyymmdd, begins in UTC. */
instant_ms moment_of_day(int32_t date);

/* `now` is the clock: 10m means ten minutes before it. False: the word says none of these. */
bool moment_read(struct slice word, instant_ms now_unix_ms, struct moment *out) MUST_CHECK;

#endif
