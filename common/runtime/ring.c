/* runtime/ring.c: a power of two of bytes, a length in front of each record, records never cut at the end.
 *
 * `tail` is moved by the producer after what it wrote, `head` by the consumer after what it has done with; both only
 * grow. Each side keeps its counter on a cache line of its own. */
#include "runtime/ring.h"

#include "base/assert.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { HEADER_BYTES = 8, ALIGN = 8, CACHE_LINE = 64, RING_BYTES_MIN = 64 };
#define SKIP_TO_START \
    UINT32_MAX                        /* length of what fills the end before a record that did not fit */

struct ring {
    _Alignas(CACHE_LINE) _Atomic uint64_t tail;
    _Alignas(CACHE_LINE) _Atomic uint64_t head;
    uint64_t taken;                                     /* consumer: the record lent out ends here */
    _Alignas(CACHE_LINE) size_t size;
    char bytes[];
};

static uint64_t whole(size_t size)
{
    return HEADER_BYTES + ((size + ALIGN - 1) & ~(size_t)(ALIGN - 1));
}

struct ring *ring_open(size_t bytes)
{
    size_t size = RING_BYTES_MIN;
    while (size < bytes && size < SIZE_MAX / 4) size *= 2;
    struct ring *r = aligned_alloc(CACHE_LINE, sizeof *r + size);
    if (!r) return NULL;
    atomic_init(&r->tail, 0);
    atomic_init(&r->head, 0);
    r->taken = 0;
    r->size = size;
    return r;
}

void ring_close(struct ring *r)
{
    free(r);
}

static void write_length(struct ring *r, uint64_t at, uint32_t length)
{
    memcpy(r->bytes + (at & (r->size - 1)), &length, sizeof length);
}

static uint32_t read_length(const struct ring *r, uint64_t at)
{
    uint32_t length;
    memcpy(&length, r->bytes + (at & (r->size - 1)), sizeof length);
    return length;
}

bool ring_put(struct ring *r, struct slice record)
{
    uint64_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
    uint64_t need = whole(record.size), to_end = r->size - (tail & (r->size - 1));
    uint64_t skip = need > to_end ? to_end : 0;
    uint64_t used = tail - atomic_load_explicit(&r->head, memory_order_acquire);
    ASSERT(used <= r->size);
    if (record.size >= SKIP_TO_START || need > r->size / 2 || need + skip > r->size - used) return false;
    if (skip) write_length(r, tail, SKIP_TO_START);
    tail += skip;
    write_length(r, tail, (uint32_t)record.size);
    if (record.size) memcpy(r->bytes + (tail & (r->size - 1)) + HEADER_BYTES, record.bytes, record.size);
    atomic_store_explicit(&r->tail, tail + need, memory_order_release);
    return true;
}

bool ring_take(struct ring *r, struct slice *record)
{
    uint64_t tail = atomic_load_explicit(&r->tail, memory_order_acquire);
    atomic_store_explicit(&r->head, r->taken, memory_order_release);        /* the record lent out last is given back */
    ASSERT(r->taken <= tail);
    if (r->taken == tail) return false;
    if (read_length(r, r->taken) == SKIP_TO_START) r->taken += r->size - (r->taken & (r->size - 1));
    ASSERT(r->taken < tail);
    uint32_t length = read_length(r, r->taken);
    *record = slice_of(r->bytes + (r->taken & (r->size - 1)) + HEADER_BYTES, length);
    r->taken += whole(length);
    return true;
}
