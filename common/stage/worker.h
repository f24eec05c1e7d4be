/* stage/worker.h: one thread of a service: joins, restores the state of the partitions it is given, judges, commits,
 * and gives them back (kafka.md 3, 4).
 *
 *   JOINING ──assigned──▶ RESTORING ──state, reference data, fenced──▶ RUNNING ──revoked──▶ JOINING
 *                            └──revoked──▶ JOINING        └──commit refused──▶ DISOWNED ──revoked──▶ JOINING
 *   any ──drain──▶ CLOSED      any ──error that ends the process──▶ DEAD
 *
 * worker_turn is one turn of that life and never blocks long; worker_start runs turns on a thread. Other threads only
 * read marks and set wishes. */
#ifndef STAGE_WORKER_H
#define STAGE_WORKER_H

#include "stage/loop.h"
#include "stage/reference_feed.h"
#include "stage/transport.h"

#include <stdatomic.h>

enum { WORKER_RETRY_MS = 200, WORKER_IDLE_MS = 20, WORKER_FAILURES_MAX = 50 };

enum worker_state {
    WORKER_JOINING,
    WORKER_RESTORING,
    WORKER_RUNNING,
    WORKER_DISOWNED,
    WORKER_CLOSED,
    WORKER_DEAD,
    WORKER_STATE_COUNT
};

/* What a reload may change; read at the boundary of a batch. 0: what the loop takes by itself. */
struct worker_bounds {
    unsigned lines_max, retries_max, sweep_ms, expire_keys_max;
    size_t bytes_max;
    struct transport_bounds transport;
};

/* What the stage holds beside the worker, such as lists that are read again: asked between two batches. A datum that
 * came in force by it goes to *wakes; empty: nothing new. */
typedef void worker_renew(void *context, unsigned worker, struct slice *wakes);

/* What a worker runs once its partitions are ready, in place of the loop of a judging stage: intake's posting worker.
 * All on the worker's thread; step answers as loop_step does. */
struct worker_engine {
    void      *context;
    enum err (*open)(void *context, struct source *source, struct sink *sink, struct store **stores,
                     int32_t partitions);
    enum err (*step)(void *context, instant_ms now_unix_ms, bool *worked);
    void     (*close)(void *context);               /* the partitions are gone, or the worker leaves */
};

struct worker_options {
    const struct stage      *stage;
    unsigned                 number;
    struct transport        *transport;             /* the worker closes it */
    struct reference_feed   *feed;                  /* NULL: catalogue and profiles are complete */
    struct reference_target  target;                /* where the feed's records go */
    const struct catalogue  *catalogue;
    struct profiles         *profiles;
    struct registry         *registry;
    void                    *own;
    const struct worker_engine *engine;             /* NULL: the loop of the stage */
    const _Atomic int64_t *moved_ms; /* of the sink, inside a turn (kafka_client.h); NULL: not heard of */
    worker_renew            *renew;                 /* may be NULL */
    void                    *renew_context;
    struct worker_bounds     bounds;
    instant_ms             (*now_unix_ms)(void);    /* NULL: the clock of the wall */
    void (*changed)(void *context);                 /* another state, from the worker's thread; may be NULL */
    void                    *changed_context;
};

/* A partition as people see it. All by the worker, read by anyone. */
struct worker_partition {
    atomic_bool             owned, done;
    _Atomic uint64_t        records;                /* replayed */
    _Atomic int64_t         position, high;         /* of the replay */
    _Atomic int64_t         unsaved_keys, saved_keys, disk_bytes, saved_at_unix_ms, changelog_offset;
    _Atomic int64_t         next[STAGE_INPUTS_MAX], end[STAGE_INPUTS_MAX];      /* -1 unknown */
    _Atomic int64_t         stamp_unix_ms[STAGE_INPUTS_MAX];
};

struct worker;

/* ERR_MEMORY_EXHAUSTED; the transport is then still the caller's. */
enum err worker_open(const struct worker_options *options, struct worker **worker) MUST_CHECK;
/* Gives back what worker_open took, the transport too. Its thread has ended. NULL is fine. */
void worker_close(struct worker *w);

/* One turn. *ended: the worker is CLOSED. An error that ends the process is handed up, and the worker is DEAD. */
enum err worker_turn(struct worker *w, bool *ended) MUST_CHECK;

/* Runs turns on a thread of its own. ERR_MEMORY_EXHAUSTED. */
enum err worker_start(struct worker *w) MUST_CHECK;
/* Waits for its end, at most timeout_ms: false when it has not ended. */
bool worker_join(struct worker *w, unsigned timeout_ms);

/* Wishes, from any thread: finish the batch and leave; other bounds. */
void worker_drain(struct worker *w);
void worker_set_bounds(struct worker *w, const struct worker_bounds *bounds);

/* Marks, for any thread. */
enum worker_state worker_state(const struct worker *w);
const char *worker_state_name(enum worker_state state);
enum err worker_error(const struct worker *w);                  /* of DEAD */
int64_t worker_progress_ms(
    const struct worker *w); /* when it last came to a turn or its sink to a call, on the monotonic clock */
unsigned worker_assigned(const struct worker *w);
/* Its thread has come to its end. */
bool worker_has_ended(const struct worker *w);
/* NULL before it has joined. */
const struct worker_partition *worker_partition(const struct worker *w, int32_t partition);
int32_t worker_partitions(const struct worker *w);
/* What it waits for, in words, one line: `restoring p7: 12400 of 310000`; nothing when it works. */
void worker_put_missing(const struct worker *w, struct text *t);

/* Totals of all its loops; by the worker's thread, or when that has ended. */
const struct conservation *worker_totals(const struct worker *w);

#endif
