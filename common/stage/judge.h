/* stage/judge.h: a line before its stage: gather, then decide until no row is missed; then the members of the judgement
 * that the loop fills. */
#ifndef STAGE_JUDGE_H
#define STAGE_JUDGE_H

#include "stage/batch.h"

/* A line whose turn it is. */
struct turn {
    int32_t                     partition;
    const struct record        *record;             /* as it came in; NULL: it waited */
    const struct waiting_row   *waited;             /* what is kept of it; NULL: it came in */
    const struct dossier       *dossier;            /* the incoming bytes, decoded */
    void                       *facts;
    const struct review_effect *review;             /* in force; NULL none */
    bool                        reviewed_now;       /* the review is this turn's, not an earlier one's */
    uint64_t                    reviewed_bytes;     /* size of the dossier when that review decided on it */
    instant_ms                  decided_at_unix_ms;
    const struct policy        *policy;             /* filled by judge_…: of the line */
    bool                        stage_named_due;    /* filled by judge_…: the stage said when to ask again */
};

/* The policy for received date, root, program and incentive of the line; a REPLACE counts as the kind that it replaces.
 * Before classification the received date is that of UTC. */
const struct policy *judge_policy(const struct catalogue *catalogue, const struct dossier *d);

/* Runs the stage's decide. ERR_STATE_MALFORMED: a stored row does not decode; else the errors of gather and store. */
enum err judge_line(struct batch *b, struct turn *t, struct verdict *v, struct books *books) MUST_CHECK;

/* Runs the stage's withdraw on a waiting line, whose verdict becomes REJECT WITHDRAWN by `other`. */
enum err judge_withdrawal(struct batch *b, struct turn *t, struct slice other, struct verdict *v,
                          struct books *books) MUST_CHECK;

/* The verdict on a parked line whose time is over: its section in force, with PARK_EXPIRED in front. */
enum err judge_expiry(struct batch *b, struct turn *t, struct verdict *v, struct books *books) MUST_CHECK;

/* Writes the rows that a verdict changed, and runs the stage's record. */
enum err judge_record(struct batch *b, const struct turn *t, const struct verdict *v) MUST_CHECK;

/* False for the waits that no time ends, only the sale or the line that is waited for (domain.md 7). */
bool judge_expires(const struct judgement *j);

/* Writes the rows that were kept decoded to their stores and empties the cache. */
enum err judge_flush(struct batch *b) MUST_CHECK;

/* A datum as it is kept and shown: UTF-8 of at most WAITING_ON_MAX bytes as named, else its kind and a hash. */
struct slice judge_datum(struct arena *a, struct slice named);

#endif
