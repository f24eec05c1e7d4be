/* stage/wake.h: which waiting lines take their turn next (screening.md 4.2).
 *
 * Data that a line of the batch made arrive stand on a stack: the lines that waited on them are judged right behind it,
 * in the order in which they came whichever of its data each waited on, and what those wake right behind them. Data
 * that arrived from outside stand in a queue that outlives the batch. */
#ifndef STAGE_WAKE_H
#define STAGE_WAKE_H

#include "stage/waiting.h"

enum { WAKE_DEPTH_MAX = 64 };

struct wake_call { int32_t partition; unsigned decision; struct waiting_cursor cursor; };

struct wake {
    struct wake_call *stack;                        /* WAKE_DEPTH_MAX */
    unsigned          depth, decision;
    struct wake_call *queue;                        /* those before queue_first are done */
    unsigned          queue_first, queue_count, queue_capacity;
    struct wake_call *saved;                        /* what was left of the queue when the transaction began */
    unsigned          saved_count, saved_capacity;
};

enum err wake_init(struct wake *w) MUST_CHECK;
/* Closes what wakes; nobody may wait on it any more. */
void wake_deinit(struct wake *w);

/* What is pushed from here on one decision made arrive. */
void wake_begin(struct wake *w);
/* Right behind the line at work. A stack that is full hands over to the queue. */
void wake_push(struct wake *w, int32_t partition, struct slice datum);

/* With the batches to come. */
void wake_enqueue(struct wake *w, int32_t partition, struct slice datum);
/* Somebody is still to be woken by the queue; by this very datum in this partition. */
bool wake_has_queued(const struct wake *w);
bool wake_is_queued(const struct wake *w, int32_t partition, struct slice datum);

/* What stands on the stack goes to the queue instead: the line at work is taken alone. */
void wake_defer(struct wake *w);

/* The next line of the stack; empty when nobody is left. */
enum err wake_next(struct wake *w, struct store **stores, struct arena *a, int32_t *partition,
                   struct slice *line_id) MUST_CHECK;
/* The next line of the queue; empty when nobody is left. */
enum err wake_next_queued(struct wake *w, struct store **stores, struct arena *a, int32_t *partition,
                          struct slice *line_id) MUST_CHECK;

/* Around a transaction: what an aborted one took from the queue comes back. */
void wake_save(struct wake *w);
void wake_restore(struct wake *w);

#endif
