/* stage/wake.c: a stack of data within the batch, a queue of data after it. */
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

void wake_begin(struct wake *w)
{
    w->decision++;
}

void wake_push(struct wake *w, int32_t partition, struct slice datum)
{
    if (w->depth == WAKE_DEPTH_MAX) {
        wake_enqueue(w, partition, datum);
        return;
    }
    struct wake_call *call = &w->stack[w->depth++];
    call->partition = partition;
    call->decision = w->decision;
    waiting_cursor_init(&call->cursor, datum);
}

void wake_defer(struct wake *w)
{
    for (; w->depth > 0; w->depth--) {
        const struct wake_call *top = &w->stack[w->depth - 1];
        wake_enqueue(w, top->partition, slice_of(top->cursor.datum, top->cursor.datum_size));
    }
}

static struct slice order_of(const struct waiting_cursor *c)
{
    return slice_skip(slice_of(c->behind, c->behind_size), c->order_at);
}

/* Of the data that one decision made arrive the one whose next line came first is brought to the top; those that nobody
 * waits on any more leave. */
static enum err sort_top(struct wake *w, struct store **stores, struct arena *a)
{
    struct waiting_cursor *least = arena_alloc(a, sizeof *least), *next = arena_alloc(a, sizeof *next);
    unsigned decision = w->stack[w->depth - 1].decision, first = 0;
    least->behind_size = 0;
    for (unsigned at = w->depth; at-- > 0 && w->stack[at].decision == decision;) {
        struct slice line_id;
        *next = w->stack[at].cursor;
        TRY(waiting_next(stores[w->stack[at].partition], a, next, &line_id));
        if (!line_id.size) {
            memmove(&w->stack[at], &w->stack[at + 1], (--w->depth - at) * sizeof *w->stack);
            if (least->behind_size) first--;
        } else if (!least->behind_size || slice_compare(order_of(next), order_of(least)) < 0) {
            *least = *next;
            first = at;
        }
    }
    if (!least->behind_size || first + 1 == w->depth) return OK;
    struct wake_call call = w->stack[first];
    memmove(&w->stack[first], &w->stack[first + 1], (w->depth - first - 1) * sizeof *w->stack);
    w->stack[w->depth - 1] = call;
    return OK;
}

static bool has_several(const struct wake *w)
{
    return w->depth > 1 && w->stack[w->depth - 1].decision == w->stack[w->depth - 2].decision;
}

enum err wake_next(struct wake *w, struct store **stores, struct arena *a, int32_t *partition, struct slice *line_id)
{
    *line_id = (struct slice){ 0 };
    while (w->depth > 0) {
        if (has_several(w)) TRY(sort_top(w, stores, a));
        if (w->depth == 0) break;
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
