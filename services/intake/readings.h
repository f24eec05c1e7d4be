/* intake/readings.h: the mapping profiles that read one document: one, or those of the groups of an X12 interchange
 * (feeds.md 2, 13). Pure. */
#ifndef INTAKE_READINGS_H
#define INTAKE_READINGS_H

#include "wire/mapping_profile.h"

enum { READINGS_MAX = 16, READINGS_NAME_BYTES = READINGS_MAX * (64 + 12) };

/* `named_by` is the profile of receipt: its senders say which groups are meant. `read_by` is the same, but in a replay,
 * where it is the newer one. */
struct profile_reading { const struct mapping_profile *named_by, *read_by; };

/* The first reads the envelope and every group that none of the others names. */
struct readings { struct profile_reading items[READINGS_MAX]; unsigned count; };

/* Of one profile alone. */
struct readings readings_of(const struct mapping_profile *profile);

/* name@version of each with blanks between, as registers and statuses have it; in the arena. */
struct slice readings_name(struct arena *a, const struct readings *r);

/* name@version; in the arena. */
struct slice reading_name(struct arena *a, const struct mapping_profile *profile);

/* The same document under another profile: where one of several has its name, that one alone; else all of it. */
struct readings readings_anew(const struct readings *r, const struct mapping_profile *profile);

/* When open lines of its groups are to be answered: the earliest. */
uint32_t readings_sla_hours(const struct readings *r);

/* None of its groups is answered with an 849. */
bool readings_want_no_849(const struct readings *r);

#endif
