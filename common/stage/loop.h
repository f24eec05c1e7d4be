/* stage/loop.h: the life of every stage: pull, decode, prefetch, judge one line after the other, commit (kafka.md 3).
 *
 * One loop is one worker. It owns some partitions, with one store each; source and sink are its own. */
#ifndef STAGE_LOOP_H
#define STAGE_LOOP_H

#include "stage/batch.h"

enum { LOOP_LINES_MAX = 4000, LOOP_RETRIES_MAX = 3 };

struct loop_options {
    const struct stage     *stage;
    struct source          *source;
    struct sink            *sink;
    struct store          **stores;                 /* by partition, `partitions` of them; NULL: not ours. Borrowed. */
    int32_t                 partitions;
    const struct catalogue *catalogue;
    struct profiles        *profiles;
    struct registry        *registry;
    void                   *own;
    unsigned                lines_max;              /* of a batch; 0: LOOP_LINES_MAX */
    size_t                  bytes_max;              /* of a batch, incoming and, twice, sent; 0: no bound but lines */
    unsigned                retries_max;            /* attempts at an aborting batch; 0: LOOP_RETRIES_MAX */
    unsigned                woken_max;              /* woken lines that a batch takes before its records; 0: all of
                                                       them, in a batch of their own */
    bool sweeps_first; /* who waits is asked at once: wakes put off, or data that came, while nobody was here */
    bool                    writes_changelog;
    size_t                  changelog_slack_bytes;  /* runtime/changelog.h; 0: CHANGELOG_SLACK_BYTES */
    unsigned                expire_keys_max;        /* stage_env.expire_keys_max */
    bool                    checks;                 /* decode what is sent, compare earlier sections; sanitizer builds
                                                       always do */
    batch_void_review      *on_void;                /* a review without effect; may be NULL */
    void                   *on_void_context;
};

struct loop;

/* ERR_MEMORY_EXHAUSTED. */
enum err loop_open(const struct loop_options *options, struct loop **loop) MUST_CHECK;
void loop_close(struct loop *loop);

/* One batch: records that were pulled, and waiting lines whose datum or time has come. *worked: there was something to
 * do. Errors of class RETRY: nothing took effect, call again later. ERR_SOURCE_STALE: the partitions belong to another
 * worker now. FATAL: end the process. */
enum err loop_step(struct loop *loop, instant_ms now_unix_ms, bool *worked) MUST_CHECK;

/* A datum has come into force (domain/waiting.h): the next steps judge the lines that wait on it in any partition,
 * oldest first. A datum that ends in ':' stands for all that begin with it, the empty one for all (the sweep). */
void loop_wake(struct loop *loop, struct slice datum);

/* Makes the next step ask whether the stage has work of its own, whatever the clock says. */
void loop_tick(struct loop *loop);

/* The next instant at which a waiting line expires or is judged again by the clock; INT64_MAX: there is none. */
enum err loop_next_due(struct loop *loop, instant_ms *at) MUST_CHECK;

/* Other bounds from the next batch on; 0 as in loop_options. */
void loop_set_bounds(struct loop *loop, unsigned lines_max, size_t bytes_max, unsigned retries_max,
                     unsigned expire_keys_max);

/* Where the time of a step goes. LOOP_DECIDE is all that lies between pull and commit, except prefetch. */
enum loop_part { LOOP_PULL, LOOP_PREFETCH, LOOP_DECIDE, LOOP_COMMIT, LOOP_MERGE, LOOP_PART_COUNT };

/* How transactions ended, and what the last step did: for metrics. */
struct loop_counts {
    uint64_t committed, aborted, refused, stale, unknown;       /* unknown: the answer was lost, then read back */
    int64_t  part_ns[LOOP_PART_COUNT];              /* of the last step, over all its attempts */
    unsigned records;                               /* done by the last step */
    int64_t  oldest_received_at_unix_ms;            /* of the lines among them; 0: none */
    uint64_t repeats;                               /* lines of committed batches that were decided before */
    uint64_t neared[LIMIT_NEARED_COUNT];            /* limits that lines of committed batches came near to */
    uint32_t reasons[BATCH_REASONS];                 /* given in committed batches, by number */
    struct rule_tally rules;                         /* and what the rules said in them */
};
const struct loop_counts *loop_counts(const struct loop *loop);

/* What was judged since it was opened, of committed batches. */
const struct conservation *loop_totals(const struct loop *loop);

#endif
