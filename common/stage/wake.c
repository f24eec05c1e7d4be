/* stage/wake.c: a stack of data within the batch, a queue of data behind it. */
#include "stage/wake.h"

#include "base/assert.h"

#include <stdlib.h>

enum err wake_init(struct wake *w)
{
    *w = (struct wake){ .stack = calloc(WAKE_DEPTH_MAX, sizeof *w->stack) };
    return w->stack ? OK : ERR_MEMORY_EXHAUSTED;
}

void wake_deinit(struct wake *w)
{
    free(w->stack);
    free(w->queue);
    free(w->saved);
    *w = (struct wake){ 0 };
}

static struct wake_call *room(struct wake_call *calls, unsigned count, unsigned *capacity)
{
    if (count <= *capacity) return calls;
    *capacity = count < 16 ? 16 : 2 * count;
    calls = reallocarray(calls, *capacity, sizeof *calls);
    ASSERT(calls);
    return calls;
}

void wake_enqueue(struct wake *w, int32_t partition, struct slice datum)
{
    w->queue = room(w->queue, w->queue_count + 1, &w->queue_capacity);
    struct wake_call *call = &w->queue[w->queue_count++];
    call->partition = partition;
    waiting_cursor_init(&call->cursor, datum);
}

void wake_push(struct wake *w, int32_t partition, struct slice datum)
{
    if (w->depth == WAKE_DEPTH_MAX) {
        wake_enqueue(w, partition, datum);
        return;
    }
    struct wake_call *call = &w->stack[w->depth++];
    call->partition = partition;
    waiting_cursor_init(&call->cursor, datum);
}

enum err wake_next(struct wake *w, struct store **stores, struct arena *a, int32_t *partition, struct slice *line_id)
{
    *line_id = (struct slice){ 0 };
    while (w->depth > 0) {
        struct wake_call *top = &w->stack[w->depth - 1];
        *partition = top->partition;
        TRY(waiting_next(stores[top->partition], a, &top->cursor, line_id));
        if (line_id->size) return OK;
        w->depth--;
    }
    return OK;
}

enum err wake_next_queued(struct wake *w, struct store **stores, struct arena *a, int32_t *partition, struct slice *line_id)
{
    *line_id = (struct slice){ 0 };
    while (w->queue_count > 0) {
        struct wake_call *first = &w->queue[0];
        *partition = first->partition;
        TRY(waiting_next(stores[first->partition], a, &first->cursor, line_id));
        if (line_id->size) return OK;
        memmove(w->queue, w->queue + 1, --w->queue_count * sizeof *w->queue);
    }
    return OK;
}

void wake_save(struct wake *w)
{
    w->depth = 0;
    w->saved = room(w->saved, w->queue_count, &w->saved_capacity);
    if (w->queue_count) memcpy(w->saved, w->queue, w->queue_count * sizeof *w->queue);
    w->saved_count = w->queue_count;
}

void wake_restore(struct wake *w)
{
    w->depth = 0;
    w->queue = room(w->queue, w->saved_count, &w->queue_capacity);
    if (w->saved_count) memcpy(w->queue, w->saved, w->saved_count * sizeof *w->queue);
    w->queue_count = w->saved_count;
}
