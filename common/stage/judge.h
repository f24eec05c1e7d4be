/* stage/judge.h: gather and decide until no row is missed, and the head of the section that the loop fills. */
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
    uint64_t                    reviewed_bytes;     /* of the dossier on which it was decided */
    instant_ms                  decided_at_unix_ms;
    const struct policy        *policy;             /* filled by judge_…: of the line */
    bool                        stage_named_due;    /* filled by judge_…: the stage said when to ask again */
};

/* Runs the stage's decide. ERR_STATE_MALFORMED: a stored row does not decode; else what gather says. */
enum err judge_line(struct batch *b, struct turn *t, struct verdict *v, struct books *books) MUST_CHECK;

/* Runs the stage's withdraw on a waiting line and ends it REJECT WITHDRAWN by `other`. */
enum err judge_withdrawal(struct batch *b, struct turn *t, struct slice other, struct verdict *v,
                          struct books *books) MUST_CHECK;

/* The section of a wait that is over: a copy of the one in force with PARK_EXPIRED in front. */
enum err judge_expiry(struct batch *b, struct turn *t, struct verdict *v, struct books *books) MUST_CHECK;

/* Writes the changed rows of a verdict. */
enum err judge_record(struct batch *b, const struct turn *t, const struct verdict *v) MUST_CHECK;

/* False for the waits that end with their sale or their target only (domain.md 7). */
bool judge_expires(const struct judgement *j);

/* Hands the rows kept decoded to their stores; the cache is empty behind it. */
enum err judge_flush(struct batch *b) MUST_CHECK;

/* A datum as it is kept and shown: text of at most WAITING_ON_MAX bytes, else its kind and a hash. */
struct slice judge_datum(struct arena *a, struct slice named);

#endif
