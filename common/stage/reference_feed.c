/* stage/reference_feed.c: one reader, a ring of shared records for each worker. */
#include "stage/reference_feed.h"

#include "base/assert.h"
#include "domain/waiting.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum { SCRATCH_BYTES = 32 << 20, STEP_MS = 50, RETRY_MS = 500, FULL_WAIT_US = 500 };

/* A record as the workers share it: read by all, freed by the last. */
struct shared { atomic_uint holders; struct record record; };

/* Written by the feed at `tail`, read by one worker at `head`; both only grow. */
struct ring {
    struct shared      *items[REFERENCE_RING_RECORDS];
    _Alignas(64) atomic_uint_fast64_t tail;
    _Alignas(64) atomic_uint_fast64_t head;
};

struct reference_feed {
    struct reference_feed_options options;
    struct ring                  *rings;            /* by worker */
    struct arena                 *scratch;          /* by worker */
    pthread_t                     thread;
    bool                          has_thread;
    enum err                      failed;           /* of the step at work */
    atomic_bool                   stopping, at_end;
    atomic_uint_fast64_t          records, end_records;     /* read; read when the end was reached */
    atomic_int                    error;
};

static void pause_us(long us)
{
    struct timespec wait = { us / 1000000, us % 1000000 * 1000 };
    nanosleep(&wait, NULL);
}

/* --- rings --- */

static struct shared *share(const struct record *r, unsigned holders)
{
    struct shared *s = malloc(sizeof *s + r->key.size + r->value.size);
    if (!s) return NULL;
    char *bytes = (char *)(s + 1);
    *s = (struct shared){ .record = *r };
    if (r->key.size) memcpy(bytes, r->key.bytes, r->key.size);
    if (r->value.size) memcpy(bytes + r->key.size, r->value.bytes, r->value.size);
    s->record.key = slice_of(bytes, r->key.size);
    s->record.value = slice_of(bytes + r->key.size, r->value.size);
    s->record.headers = NULL;
    s->record.header_count = 0;
    atomic_init(&s->holders, holders);
    return s;
}

static void let_go(struct shared *s)
{
    if (atomic_fetch_sub_explicit(&s->holders, 1, memory_order_acq_rel) == 1) free(s);
}

/* False: the feed is closing, and nobody will make room. */
static bool push(struct reference_feed *f, struct ring *ring, struct shared *s)
{
    uint_fast64_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    while (tail - atomic_load_explicit(&ring->head, memory_order_acquire) == REFERENCE_RING_RECORDS) {
        if (atomic_load_explicit(&f->stopping, memory_order_relaxed)) return false;
        pause_us(FULL_WAIT_US);
    }
    ring->items[tail % REFERENCE_RING_RECORDS] = s;
    atomic_store_explicit(&ring->tail, tail + 1, memory_order_release);
    return true;
}

static struct shared *pop(struct ring *ring)
{
    uint_fast64_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    if (head == atomic_load_explicit(&ring->tail, memory_order_acquire)) return NULL;
    return ring->items[head % REFERENCE_RING_RECORDS];
}

/* Only after this may the feed count the record as applied. */
static void advance(struct ring *ring)
{
    atomic_fetch_add_explicit(&ring->head, 1, memory_order_release);
}

/* --- the feed's thread --- */

/* What is not noted may not come into force: workers would go on with what was noted before. */
static enum err note(struct reference_feed *f, const struct record *record)
{
    if (!f->options.note) return OK;
    for (;;) {
        enum err e = f->options.note(f->options.note_context, record);
        if (e == OK || err_class(e) != ERR_CLASS_RETRY || atomic_load_explicit(&f->stopping, memory_order_relaxed))
            return e;
        pause_us(RETRY_MS * 1000L);
    }
}

static void show(void *feed, const struct record *record)
{
    struct reference_feed *f = feed;
    if (f->failed == OK) f->failed = note(f, record);
    if (f->failed != OK) return;
    struct shared *s = share(record, f->options.worker_count);
    if (!s) f->failed = ERR_MEMORY_EXHAUSTED;
    for (unsigned i = 0; s && i < f->options.worker_count; i++)
        if (!push(f, &f->rings[i], s)) let_go(s);
    atomic_fetch_add_explicit(&f->records, 1, memory_order_relaxed);
}

enum err reference_feed_step(struct reference_feed *f, int max_ms)
{
    bool at_end = false;
    f->failed = OK;
    TRY(f->options.log->ops->step(f->options.log, max_ms, show, f, &at_end));
    TRY(f->failed);
    if (at_end && !atomic_load_explicit(&f->at_end, memory_order_relaxed)) {
        atomic_store_explicit(&f->end_records, atomic_load_explicit(&f->records, memory_order_relaxed),
                              memory_order_relaxed);
        atomic_store_explicit(&f->at_end, true, memory_order_release);
    }
    return OK;
}

static void *run(void *feed)
{
    struct reference_feed *f = feed;
    while (!atomic_load_explicit(&f->stopping, memory_order_relaxed)) {
        enum err e = reference_feed_step(f, STEP_MS);
        if (e == OK) continue;
        if (err_class(e) != ERR_CLASS_RETRY) {
            atomic_store_explicit(&f->error, (int)e, memory_order_release);
            return NULL;
        }
        pause_us(RETRY_MS * 1000L);
    }
    return NULL;
}

/* --- life --- */

enum err reference_feed_open(const struct reference_feed_options *options, struct reference_feed **feed)
{
    ASSERT(options->log && options->worker_count > 0 && options->worker_count <= REFERENCE_WORKERS_MAX);
    struct reference_feed *f = *feed = calloc(1, sizeof *f);
    if (!f) return ERR_MEMORY_EXHAUSTED;
    f->rings = aligned_alloc(_Alignof(struct ring), options->worker_count * sizeof *f->rings);
    f->scratch = calloc(options->worker_count, sizeof *f->scratch);
    bool ok = f->rings && f->scratch;
    if (f->rings) memset(f->rings, 0, options->worker_count * sizeof *f->rings);
    f->options.worker_count = options->worker_count;
    for (unsigned i = 0; ok && i < options->worker_count; i++)
        ok = arena_open(&f->scratch[i], SCRATCH_BYTES, SCRATCH_BYTES) == OK;
    if (ok) {
        f->options = *options;
        return OK;
    }
    reference_feed_close(f);
    *feed = NULL;
    return ERR_MEMORY_EXHAUSTED;
}

enum err reference_feed_start(struct reference_feed *f)
{
    ASSERT(!f->has_thread);
    f->has_thread = pthread_create(&f->thread, NULL, run, f) == 0;
    return f->has_thread ? OK : ERR_MEMORY_EXHAUSTED;
}

void reference_feed_close(struct reference_feed *f)
{
    if (!f) return;
    atomic_store_explicit(&f->stopping, true, memory_order_relaxed);
    if (f->has_thread) pthread_join(f->thread, NULL);
    for (unsigned i = 0; i < f->options.worker_count; i++) {
        for (struct shared *s; f->rings && (s = pop(&f->rings[i])); let_go(s)) advance(&f->rings[i]);
        if (f->scratch) arena_close(&f->scratch[i]);
    }
    if (f->options.log) f->options.log->ops->close(f->options.log);
    free(f->rings);
    free(f->scratch);
    free(f);
}

struct reference_progress reference_feed_progress(const struct reference_feed *f)
{
    return (struct reference_progress){
        .records = atomic_load_explicit(&f->records, memory_order_relaxed),
        .at_end = atomic_load_explicit(&f->at_end, memory_order_acquire),
        .error = (enum err)atomic_load_explicit(&f->error, memory_order_acquire),
    };
}

/* --- by the worker --- */

/* What a drain puts in force wakes once, however many records said it; partners one by one. */
struct woken { struct loop *loop; bool parts, fx; };

static void note_datum(void *woken, struct slice datum)
{
    struct woken *w = woken;
    if (slice_equal(datum, SLICE(WAIT_PART))) w->parts = true;
    else if (slice_equal(datum, SLICE(WAIT_FX))) w->fx = true;
    else if (w->loop) loop_wake(w->loop, datum);
}

unsigned reference_feed_drain(struct reference_feed *f, unsigned worker, const struct reference_target *target,
                              struct loop *loop)
{
    ASSERT(worker < f->options.worker_count && target->catalogue);
    struct woken woken = { .loop = loop };
    struct reference_target t = *target;
    unsigned taken = 0;
    ASSERT(!t.wake);                                /* the loop is woken here */
    t.wake = note_datum;
    t.waiting = &woken;
    for (struct shared *s; taken < REFERENCE_RING_RECORDS && (s = pop(&f->rings[worker])); taken++) {
        arena_reset(&f->scratch[worker]);
        reference_apply(&t, &f->scratch[worker], &s->record);
        let_go(s);
        advance(&f->rings[worker]);
    }
    if (loop && woken.parts) loop_wake(loop, SLICE(WAIT_PART));
    if (loop && woken.fx) loop_wake(loop, SLICE(WAIT_FX));
    return taken;
}

bool reference_feed_is_ready(const struct reference_feed *f, unsigned worker)
{
    ASSERT(worker < f->options.worker_count);
    if (!atomic_load_explicit(&f->at_end, memory_order_acquire)) return false;
    return atomic_load_explicit(&f->rings[worker].head, memory_order_acquire)
           >= atomic_load_explicit(&f->end_records, memory_order_relaxed);
}
