/* stage/embedded.h: all stages in one process on the memory transport: what `claimctl run`, what-if runs and tests
 * drive.
 *
 * Deterministic: the same input and seed give the same output. Time is the clock that the caller moves on; it never
 * stands before what was accepted last. */
#ifndef STAGE_EMBEDDED_H
#define STAGE_EMBEDDED_H

#include "runtime/memory_log.h"
#include "stage/loop.h"
#include "stage/review.h"

enum { EMBEDDED_STAGES_MAX = 8, EMBEDDED_PARTITIONS = 12 };

struct embedded_options {
    const struct stage *const *stages;
    unsigned                stage_count;
    void *const            *owns;                   /* by stage: stage_env.own; may be NULL */
    int32_t                 partitions;             /* 0: EMBEDDED_PARTITIONS */
    uint64_t                seed;                   /* which partition and stage comes first */
    unsigned                lines_max;              /* of a batch; 0: LOOP_LINES_MAX */
    bool                    keeps_log;              /* frees no record, and writes changelogs: tests, --state */
    bool                    checks;                 /* as loop_options.checks */
    const struct catalogue *catalogue;
    struct profiles        *profiles;
    struct registry        *registry;
    batch_void_review      *on_void;                /* a review without effect */
    void                   *on_void_context;
};

struct embedded;

/* Opens the engine with its log, stores and loops, nothing in them. ERR_MEMORY_EXHAUSTED, or an error of a stage that
 * opens. */
enum err embedded_open(const struct embedded_options *options, struct embedded **engine) MUST_CHECK;
/* Gives everything back; NULL is none. */
void embedded_close(struct embedded *e);

/* Shows each record committed to a topic, once, in order of commit: claims.held.v1, claims.decided.v1, payouts.v1,
 * deadletters.v1 … Before the first send. */
void embedded_follow(struct embedded *e, enum topic topic, memory_log_visit *visit, void *context);

/* Puts a record on a topic; it is worked on by the next run. */
void embedded_send(struct embedded *e, enum topic topic, struct slice key, struct slice value);

/* Runs the stages until nothing is left to do at this time. */
enum err embedded_run_until_idle(struct embedded *e) MUST_CHECK;

/* Moves the clock to `now`, never back, and has done on the way, in order of time, what was due by then. */
enum err embedded_advance(struct embedded *e, instant_ms now_unix_ms) MUST_CHECK;
instant_ms embedded_now(const struct embedded *e);

/* A datum came into force (domain/waiting.h): lines that wait on it are judged again by the next run. */
void embedded_wake(struct embedded *e, struct slice datum);

/* The next run asks every stage whether it has work of its own (stage.h, tick), though the clock stands. */
void embedded_tick(struct embedded *e);

/* Sends a person's act on what waits. Filled in where absent: stage, root, clearance_hash of the section in force, time
 * (the clock). *found false: nothing waits under that id; nothing was sent. */
enum err embedded_review(struct embedded *e, struct review review, bool *found) MUST_CHECK;

/* What such an act would be worth now, filled in the same way, and the dossier it is about; both in the arena. Nothing
 * is sent. */
struct embedded_weighed { struct dossier dossier; struct review_answer answer; bool found; };
enum err embedded_weigh(struct embedded *e, struct arena *a, struct review review,
                        struct embedded_weighed *out) MUST_CHECK;

/* The stage and partition in which a line or case waits; false: nowhere. */
bool embedded_find_waiting(struct embedded *e, struct slice line_id, struct slice case_id, unsigned *stage,
                           int32_t *partition);

/* State of a stage in a partition, for balances: between runs only. */
struct store *embedded_store(struct embedded *e, unsigned stage, int32_t partition);
int32_t embedded_partitions(const struct embedded *e);

/* Memory that the state of all stages takes, with what is kept free for more rows. */
size_t embedded_state_bytes(const struct embedded *e);
struct memory_log *embedded_log(struct embedded *e);
const struct conservation *embedded_totals(const struct embedded *e, unsigned stage);

#endif
