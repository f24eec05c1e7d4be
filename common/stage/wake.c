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

bool wake_has_queued(const struct wake *w)
{
    return w->queue_first < w->queue_count;
}

bool wake_is_queued(const struct wake *w, int32_t partition, struct slice datum)
{
    for (unsigned i = w->queue_first; i < w->queue_count; i++) {
        const struct wake_call *call = &w->queue[i];
        if (call->partition == partition && slice_equal(slice_of(call->cursor.datum, call->cursor.datum_size), datum))
            return true;
    }
    return false;
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

void wake_defer(struct wake *w)
{
    for (; w->depth > 0; w->depth--) {
        const struct wake_call *top = &w->stack[w->depth - 1];
        wake_enqueue(w, top->partition, slice_of(top->cursor.datum, top->cursor.datum_size));
    }
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

enum err wake_next_queued(struct wake *w, struct store **stores, struct arena *a, int32_t *partition,
                          struct slice *line_id)
{
    *line_id = (struct slice){ 0 };
    while (wake_has_queued(w)) {
        struct wake_call *first = &w->queue[w->queue_first];
        *partition = first->partition;
        TRY(waiting_next(stores[first->partition], a, &first->cursor, line_id));
        if (line_id->size) return OK;
        w->queue_first++;
    }
    return OK;
}

/* What is done is left out here, once a transaction, and not call by call. */
void wake_save(struct wake *w)
{
    unsigned left = w->queue_count - w->queue_first;
    w->depth = 0;
    w->saved = room(w->saved, left, &w->saved_capacity);
    if (left) {
        memcpy(w->saved, w->queue + w->queue_first, left * sizeof *w->queue);
        memmove(w->queue, w->queue + w->queue_first, left * sizeof *w->queue);
    }
    w->queue_first = 0;
    w->queue_count = w->saved_count = left;
}

void wake_restore(struct wake *w)
{
    w->depth = 0;
    w->queue = room(w->queue, w->saved_count, &w->queue_capacity);
    if (w->saved_count) memcpy(w->queue, w->saved, w->saved_count * sizeof *w->queue);
    w->queue_first = 0;
    w->queue_count = w->saved_count;
}
