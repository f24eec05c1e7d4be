/* domain/rating/volume_accumulator.h: what a volume program counts together: which accumulator a line falls into, and
 * its sums (domain.md 5.2 V4). */
#ifndef DOMAIN_RATING_VOLUME_ACCUMULATOR_H
#define DOMAIN_RATING_VOLUME_ACCUMULATOR_H

#include "domain/rating/award.h"

/* An accumulator of a program. */
struct volume_place { struct slice aggregate, group; struct period period; };

/* What a line adds to it. */
struct volume_change {
    struct volume_place place;
    int64_t             value_minor, qty_milli;     /* signed */
    bool                qualifies, benefits;
};

/* Where the terms count the line, in that period. */
struct volume_place volume_accumulator_of(const struct rating *r, const struct volume_terms *v,
                                          const struct period *period);

/* Its row: absent, an empty one. `found` may be NULL. */
const struct volume_row *volume_accumulator_read(struct rating *r, struct slice program_id,
                                                 const struct volume_place *place, bool *found);
struct volume_row *volume_accumulator_change(struct rating *r, struct slice program_id,
                                             const struct volume_place *place);

/* One accumulator of the whole root a period; a program with another aggregate or with groups has more
 * (accumulators_row), among them one that bears the name of the root where that is a partner itself. */
bool volume_accumulator_is_whole(const struct program *p);

/* An accumulator that is new to its period: `closed` says whether the period is; one more than a close can go through
 * gives DATA_CONFLICT. Answers whether it must be enlisted when the row is written. */
bool volume_accumulator_meet(struct rating *r, struct award *a, const struct volume_place *place, bool *closed);
void volume_accumulator_enlist(struct rating *r, const struct award *a, const struct volume_place *place);

/* Adds to the sums that the change counts in; a sum out of bounds sets r->overflow. */
void volume_accumulator_add(struct rating *r, struct volume_row *row, const struct volume_change *change);

/* The program's expected volume, where no enrolment brought one: also of an accumulator that no counted line began
 * (V10). */
void volume_accumulator_expect(const struct program *p, struct volume_row *row);

/* The same, but what the candidate's enrolment says comes first: expected volume, and baseline (V5). */
void volume_accumulator_enrol(const struct award *a, struct volume_row *row);

/* The same for the close of a period: what counted lines brought stays; the enrolment says what none did. */
void volume_accumulator_enrol_at_close(const struct award *a, struct volume_row *row);

#endif
