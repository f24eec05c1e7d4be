/* stage/wake.h: which waiting lines take their turn next (screening.md 4.2).
 *
 * Data that a line of the batch brought stand on a stack: the lines that waited for any of them are judged right
 * after that line, oldest first, and those that they wake right after them. Data that came from outside stand in a
 * queue that outlives the batch. */
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
/* Frees stack and queue; what stands on them is forgotten. */
void wake_deinit(struct wake *w);

/* Begins the data of one decision: all that is pushed until the next wake_begin belongs to it. */
void wake_begin(struct wake *w);
/* Wakes the lines that wait on a datum, right after the line at work; through the queue when the stack is full. */
void wake_push(struct wake *w, int32_t partition, struct slice datum);

/* Wakes them with the batches to come. */
void wake_enqueue(struct wake *w, int32_t partition, struct slice datum);
/* The queue has something left; and it has this very datum for this partition. */
bool wake_has_queued(const struct wake *w);
bool wake_is_queued(const struct wake *w, int32_t partition, struct slice datum);

/* Moves the stack to the queue, so that the line at work is taken alone. */
void wake_defer(struct wake *w);

/* The next line to be judged again by the stack, in the arena; empty when there is none. Errors of the store. */
enum err wake_next(struct wake *w, struct store **stores, struct arena *a, int32_t *partition,
                   struct slice *line_id) MUST_CHECK;
/* The same of the queue. */
enum err wake_next_queued(struct wake *w, struct store **stores, struct arena *a, int32_t *partition,
                          struct slice *line_id) MUST_CHECK;

/* Around a transaction: wake_restore gives back to the queue what an aborted one took. */
void wake_save(struct wake *w);
void wake_restore(struct wake *w);

#endif
