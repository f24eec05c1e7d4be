/* stage/reference_feed.h: how global records and partner profiles reach the workers of a process (kafka.md 2).
 *
 * One thread reads programs.v1 and partners.v1 from the beginning and follows them. Each worker takes the records from
 * a ring of its own and applies them to its own catalogue between two batches, so that nothing changes under a decision
 * and nothing is locked. The rings lose nothing: while one is full the thread waits, so a worker drains also while it
 * restores and while it is idle. */
#ifndef STAGE_REFERENCE_FEED_H
#define STAGE_REFERENCE_FEED_H

#include "stage/loop.h"
#include "stage/reference_apply.h"

enum { REFERENCE_WORKERS_MAX = 64, REFERENCE_RING_RECORDS = 1024 };

/* What the feed reads: stage/kafka_reference.h, or records of a test. Used by one thread. */
struct reference_log;
struct reference_log_ops {
    /* Shows committed records of both topics, waiting for the first at most max_ms; records are borrowed for the call.
     * *at_end: everything was shown that stood there when the log was opened. */
    enum err (*step)(struct reference_log *, int max_ms, void (*visit)(void *context, const struct record *),
                     void *context, bool *at_end);
    void     (*close)(struct reference_log *);
};
struct reference_log { const struct reference_log_ops *ops; };

struct reference_feed_options {
    struct reference_log *log;                      /* the feed closes it */
    unsigned              worker_count;             /* 1 … REFERENCE_WORKERS_MAX */
    /* Sees each record on the feed's thread before any worker does: the copy of partners.v1 in LMDB. A record that it
     * cannot take now (class RETRY) is held back from everybody until it can; another error ends the feed. May be
     * NULL. */
    enum err            (*note)(void *context, const struct record *record);
    void                 *note_context;
};

struct reference_feed;

/* ERR_MEMORY_EXHAUSTED; the log is then still the caller's. */
enum err reference_feed_open(const struct reference_feed_options *options, struct reference_feed **feed) MUST_CHECK;

/* Starts the thread. Without it reference_feed_step is called by hand (tests, claimctl). */
enum err reference_feed_start(struct reference_feed *f) MUST_CHECK;

/* Stops the thread, wherever it waits, and frees everything. Workers have ended before. */
void reference_feed_close(struct reference_feed *f);

/* One read of at most max_ms, and what it shows into the rings. */
enum err reference_feed_step(struct reference_feed *f, int max_ms) MUST_CHECK;

/* By the worker, between batches: applies what is in its ring, at most REFERENCE_RING_RECORDS records, and wakes the
 * lines of the loop that wait for it (NULL: none is open; the sweep finds them). The number of records taken. */
unsigned reference_feed_drain(struct reference_feed *f, unsigned worker, const struct reference_target *target,
                              struct loop *loop);

/* By the worker: everything was read that stood in the topics when the feed was opened, and this worker has applied it.
 * Nothing may be judged before. */
bool reference_feed_is_ready(const struct reference_feed *f, unsigned worker);

/* From any thread, for /readyz and the log: records read so far, whether the end was reached, and the error that ended
 * the thread (OK while it runs; it goes on by itself after ERR_KAFKA_UNREACHABLE). */
struct reference_progress { uint64_t records; bool at_end; enum err error; };
struct reference_progress reference_feed_progress(const struct reference_feed *f);

#endif
