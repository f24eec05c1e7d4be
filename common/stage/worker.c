/* stage/worker.c: the states of a worker; every callback and error of its transport becomes one of them here. */
#include "stage/worker.h"

#include "base/arena.h"
#include "base/assert.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "stage/review.h"
#include "stage/worker_meter.h"
#include "stage/worker_stock.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RESTORE_SLICE_MS = 20, FULL_PAUSE_MS = 5, FIGURES_EVERY_MS = 500, NAME_BYTES = 8, WOKEN_MAX = 250,
       UNREADY_FAILURES = 3 };

struct worker {
    struct worker_options    options;
    struct worker_meter     *meter;
    struct worker_stock     *stock;
    struct loop             *loop;
    struct conservation      totals;                /* of the loops before */
    struct store           **stores;                /* by partition; NULL: not ours */
    struct worker_partition *partitions;
    int32_t                 *assigned;              /* in order */
    unsigned                 assigned_count, restored_count;
    bool                     has_joined, has_engine;
    unsigned                 failures;              /* in a row */
    int64_t                  restore_began_ns, figures_ms;
    instant_ms               sweep_at_unix_ms;
    struct worker_bounds     bounds;
    pthread_t                thread;
    bool                     has_thread;
    char                     name[NAME_BYTES];

    /* Read and wished by other threads. */
    atomic_int               state, error;
    atomic_int               failing;               /* what steps fail with, again and again; OK: they do not */
    atomic_bool              drain, ended, waits_for_feed, waits_for_former;
    atomic_bool              spare, is_full;        /* a member without partitions; as much is unsaved as may be */
    atomic_uint              owned, restored;
    _Atomic int64_t          progress_ms;
    _Atomic int32_t          partition_count;       /* 0 before the group was joined */
    _Atomic(struct worker_bounds *) wish;           /* taken and freed by the worker */
};

static instant_ms now_unix_ms(const struct worker *w)
{
    return w->options.now_unix_ms ? w->options.now_unix_ms() : clock_now_unix_ms();
}

static void pause_ms(unsigned ms)
{
    struct timespec pause = { ms / 1000, (long)(ms % 1000) * 1000000 };
    nanosleep(&pause, NULL);
}

static void advance(struct worker *w, enum worker_state to)
{
#define TO(state) (1u << WORKER_##state)
    static const unsigned allowed[WORKER_STATE_COUNT] = {
        [WORKER_JOINING]   = TO(JOINING) | TO(RESTORING) | TO(CLOSED) | TO(DEAD),
        [WORKER_RESTORING] = TO(RUNNING) | TO(JOINING) | TO(CLOSED) | TO(DEAD),
        [WORKER_RUNNING]   = TO(JOINING) | TO(DISOWNED) | TO(RESTORING) | TO(CLOSED) | TO(DEAD),
        [WORKER_DISOWNED]  = TO(JOINING) | TO(CLOSED) | TO(DEAD),
    };
#undef TO
    enum worker_state from = worker_state(w);
    ASSERT(allowed[from] & 1u << to);
    atomic_store(&w->state, (int)to);
    LOG(LOG_DEBUG, "worker_changed", LOG_WORD("from", worker_state_name(from)), LOG_WORD("to", worker_state_name(to)));
    if (w->options.changed) w->options.changed(w->options.changed_context);
}

static bool is_open(const struct worker *w)
{
    return w->loop || w->has_engine;
}

/* --- what the group says, inside a serve or a pull --------------------------------------------------------------- */

/* The group waits for all of them together, and so does the watchdog. */
static void close_stores(struct worker *w, bool saves)
{
    int64_t until = clock_mono_ms() + w->bounds.transport.close_timeout_ms;
    for (unsigned i = 0; i < w->assigned_count; i++) {
        int32_t p = w->assigned[i];
        int64_t left = until - clock_mono_ms();
        w->options.transport->ops->close_store(w->options.transport, p, saves, now_unix_ms(w), left > 0 ? left : 0);
        w->stores[p] = NULL;
        atomic_store(&w->partitions[p].owned, false);
    }
    w->assigned_count = w->restored_count = 0;
    atomic_store(&w->owned, 0);
    atomic_store(&w->restored, 0);
    atomic_store(&w->is_full, false);
}

static void on_assigned(void *context, const int32_t *partitions, unsigned count)
{
    struct worker *w = context;
    ASSERT(w->assigned_count == 0 && !is_open(w));
    for (unsigned i = 0; i < count; i++) {
        struct worker_partition *p = &w->partitions[partitions[i]];
        ASSERT(partitions[i] >= 0 && partitions[i] < w->partition_count && !w->stores[partitions[i]]);
        w->assigned[i] = partitions[i];
        atomic_store(&p->records, 0);
        atomic_store(&p->position, 0);
        atomic_store(&p->high, 0);
        atomic_store(&p->done, false);
        atomic_store(&p->owned, true);
    }
    w->assigned_count = count;
    w->restored_count = 0;
    atomic_store(&w->owned, count);
    atomic_store(&w->spare, count == 0);
    worker_meter_rebalance(w->meter, WORKER_ASSIGNED, count);
    LOG(LOG_INFO, "partitions_assigned", LOG_NUMBER("count", count), LOG_NUMBER("first", count ? partitions[0] : -1));
    w->restore_began_ns = clock_mono_ns();
    if (count > 0) advance(w, WORKER_RESTORING);
}

static void on_revoked(void *context, bool lost)
{
    struct worker *w = context;
    LOG(lost ? LOG_WARNING : LOG_INFO, lost ? "partitions_lost" : "partitions_revoked",
        LOG_NUMBER("count", w->assigned_count));
    close_stores(w, !lost);
    atomic_store(&w->spare, false);
    worker_meter_rebalance(w->meter, lost ? WORKER_LOST : WORKER_REVOKED, 0);
    if (!is_open(w) && worker_state(w) != WORKER_CLOSED)
        advance(w, WORKER_JOINING); /* a loop first comes back from its pull */
}

/* --- joining ---------------------------------------------------------------------------------------------------- */

static enum err make_room(struct worker *w)
{
    int32_t count = w->options.transport->ops->partitions(w->options.transport);
    ASSERT(count > 0);
    w->stores = calloc((size_t)count, sizeof *w->stores);
    w->assigned = calloc((size_t)count, sizeof *w->assigned);
    w->partitions = calloc((size_t)count, sizeof *w->partitions);
    if (!w->stores || !w->assigned || !w->partitions) return ERR_MEMORY_EXHAUSTED;
    atomic_store(&w->partition_count, count);
    return OK;
}

static enum err join(struct worker *w)
{
    struct transport_events events = { w, on_assigned, on_revoked };
    TRY(w->options.transport->ops->join(w->options.transport, &events));
    TRY(make_room(w));
    w->has_joined = true;
    LOG(LOG_INFO, "group_joined", LOG_NUMBER("partitions", w->partition_count));
    return OK;
}

static enum err serve(struct worker *w, int timeout_ms)
{
    return w->options.transport->ops->serve(w->options.transport, timeout_ms);
}

static enum err turn_joining(struct worker *w)
{
    return w->has_joined ? serve(w, WORKER_IDLE_MS) : join(w);
}

/* --- restoring -------------------------------------------------------------------------------------------------- */

static void note_restored(struct worker *w, int32_t p, const struct transport_progress *progress)
{
    int64_t now = clock_mono_ns();
    w->restored_count++;
    w->figures_ms = 0;                              /* shown with the next turn */
    atomic_store(&w->restored, w->restored_count);
    atomic_store(&w->is_full, false);
    worker_meter_restored(w->meter, progress->records, now - w->restore_began_ns);
    LOG(LOG_INFO, "partition_restored", LOG_NUMBER("partition", p), LOG_NUMBER("records", progress->records),
        LOG_NUMBER("position", progress->position), LOG_NUMBER("ms", (now - w->restore_began_ns) / 1000000));
    w->restore_began_ns = now;
}

static enum err restore_slice(struct worker *w)
{
    int32_t p = w->assigned[w->restored_count];
    struct worker_partition *shown = &w->partitions[p];
    struct transport_progress progress = { 0 };
    bool may_pull = true;
    TRY(w->options.transport->ops->rest(w->options.transport, now_unix_ms(w), &may_pull));
    if (!may_pull) return serve(w, FULL_PAUSE_MS);
    TRY(w->options.transport->ops->restore(w->options.transport, p, RESTORE_SLICE_MS, &progress));
    if (progress.opened && !w->stores[p]) w->stores[p] = w->options.transport->ops->store(w->options.transport, p);
    atomic_store(&shown->records, progress.records);
    atomic_store(&shown->position, progress.position);
    atomic_store(&shown->high, progress.high);
    atomic_store(&shown->done, progress.done);
    if (progress.done) note_restored(w, p, &progress);
    return OK;
}

/* Nothing may be judged before the reference data are those that stood there, nor before the former owner is fenced. */
static enum err may_begin(struct worker *w, bool *may)
{
    *may = false;
    bool ready = !w->options.feed || reference_feed_is_ready(w->options.feed, w->options.number);
    atomic_store(&w->waits_for_feed, !ready);
    if (!ready) return OK;
    enum err e = w->options.transport->ops->ready(w->options.transport, WORKER_IDLE_MS);
    atomic_store(&w->waits_for_former, e != OK);
    if (e == ERR_KAFKA_UNREACHABLE) return OK;
    *may = e == OK;
    return e;
}

static void on_void(void *context, const struct stage *stage, const struct review *review, unsigned why)
{
    struct worker *w = context;
    (void)stage;
    worker_meter_void_review(w->meter, why);
    LOG(LOG_WARNING, "review_voided", LOG_TEXT("line_id", review->line_id), LOG_TEXT("case_id", review->case_id),
        LOG_TEXT("actor", review->actor_id), LOG_TEXT("why", review_void_row((enum review_void)why)->word));
}

static enum err open_loop(struct worker *w)
{
    const struct worker_options *o = &w->options;
    struct transport *t = o->transport;
    struct loop_options loop = {
        .stage = o->stage,
        .source = t->ops->source(t),
        .sink = t->ops->sink(t),
        .stores = w->stores,
        .partitions = w->partition_count,
        .catalogue = o->catalogue,
        .profiles = o->profiles,
        .registry = o->registry,
        .own = o->own,
        .lines_max = w->bounds.lines_max,
        .bytes_max = w->bounds.bytes_max,
        .retries_max = w->bounds.retries_max,
        .expire_keys_max = w->bounds.expire_keys_max,
        .woken_max = WOKEN_MAX,
        .sweeps_first = true,
        .writes_changelog = true,
        .on_void = on_void,
        .on_void_context = w,
    };
    TRY(loop_open(&loop, &w->loop));
    worker_meter_begin(w->meter);
    return OK;
}

static enum err open_engine(struct worker *w)
{
    struct transport *t = w->options.transport;
    const struct worker_engine *e = w->options.engine;
    TRY(e->open(e->context, t->ops->source(t), t->ops->sink(t), w->stores, w->partition_count));
    w->has_engine = true;
    return OK;
}

static enum err begin(struct worker *w)
{
    TRY(w->options.transport->ops->start(w->options.transport));
    TRY(w->options.engine ? open_engine(w) : open_loop(w));
    w->sweep_at_unix_ms = now_unix_ms(w) + w->bounds.sweep_ms;
    advance(w, WORKER_RUNNING);
    LOG(LOG_INFO, "worker_started", LOG_NUMBER("partitions", w->assigned_count));
    return OK;
}

static enum err turn_restoring(struct worker *w)
{
    bool may;
    TRY(serve(w, 0));                               /* membership lives on; may take the partitions away */
    if (worker_state(w) != WORKER_RESTORING) return OK;
    if (w->restored_count < w->assigned_count) return restore_slice(w);
    TRY(may_begin(w, &may));
    return may && worker_state(w) == WORKER_RESTORING ? begin(w) : serve(w, WORKER_IDLE_MS);
}

/* --- running ---------------------------------------------------------------------------------------------------- */

static void end_loop(struct worker *w)
{
    if (w->has_engine) w->options.engine->close(w->options.engine->context);
    w->has_engine = false;
    if (!w->loop) return;
    conservation_add(&w->totals, loop_totals(w->loop));
    worker_stock_restart(w->stock);
    loop_close(w->loop);
    w->loop = NULL;
}

/* Taken away in the pull, or the broker refused a commit and the revoke is still to come. */
static enum err leave_stale(struct worker *w)
{
    end_loop(w);
    advance(w, w->assigned_count > 0 ? WORKER_DISOWNED : WORKER_JOINING);
    return OK;
}

static void take_news(struct worker *w, instant_ms now)
{
    struct slice datum = { 0 };
    if (w->options.renew) w->options.renew(w->options.renew_context, w->options.number, &datum);
    if (!w->loop) return;
    if (datum.size) loop_wake(w->loop, datum);
    if (now < w->sweep_at_unix_ms || !w->bounds.sweep_ms) return;
    loop_wake(w->loop, (struct slice){ 0 });
    w->sweep_at_unix_ms = now + w->bounds.sweep_ms;
}

static enum err rest(struct worker *w, instant_ms now, bool *may_pull)
{
    TRY(w->options.transport->ops->rest(w->options.transport, now, may_pull));
    if (*may_pull == atomic_load(&w->is_full))
        LOG(*may_pull ? LOG_INFO : LOG_WARNING, *may_pull ? "pull_resumed" : "pull_suspended",
            LOG_WORD("why", "as much is unsaved as state.unsaved_keys_max allows"));
    atomic_store(&w->is_full, !*may_pull);
    return OK;
}

static enum err turn_running(struct worker *w)
{
    instant_ms now = now_unix_ms(w);
    bool worked, may_pull = true;
    TRY(rest(w, now, &may_pull));
    if (!may_pull) {                                /* back-pressure is not polling (kafka.md 1, rule 10) */
        pause_ms(FULL_PAUSE_MS);
        return OK;
    }
    take_news(w, now);
    enum err e = w->has_engine ? w->options.engine->step(w->options.engine->context, now, &worked)
                               : loop_step(w->loop, now, &worked);
    if (w->loop) worker_meter_note(w->meter, w->loop, now_unix_ms(w));
    if (e == OK && w->loop) return worker_stock_step(w->stock, w->stores, w->partition_count, clock_mono_ms(), now);
    return e == ERR_SOURCE_STALE ? leave_stale(w) : e;
}

/* --- a turn ----------------------------------------------------------------------------------------------------- */

static void drain_feed(struct worker *w)
{
    if (w->options.feed) reference_feed_drain(w->options.feed, w->options.number, &w->options.target, w->loop);
}

static void take_wish(struct worker *w)
{
    struct worker_bounds *wish = atomic_exchange(&w->wish, NULL);
    if (!wish) return;
    w->bounds = *wish;
    free(wish);
    w->options.transport->ops->retune(w->options.transport, &w->bounds.transport);
    if (!w->loop) return;
    loop_set_bounds(w->loop, w->bounds.lines_max, w->bounds.bytes_max, w->bounds.retries_max,
                    w->bounds.expire_keys_max);
}

static void show_figures(struct worker *w)
{
    int64_t now = clock_mono_ms();
    if (now - w->figures_ms < FIGURES_EVERY_MS) return;
    w->figures_ms = now;
    for (unsigned i = 0; i < w->restored_count; i++) {
        struct worker_partition *p = &w->partitions[w->assigned[i]];
        struct transport_figures f = { .next = { -1, -1 }, .high = { -1, -1 } };
        w->options.transport->ops->figures(w->options.transport, w->assigned[i], &f);
        atomic_store(&p->unsaved_keys, f.unsaved_keys);
        atomic_store(&p->saved_keys, f.saved_keys);
        atomic_store(&p->disk_bytes, f.disk_bytes);
        atomic_store(&p->saved_at_unix_ms, f.saved_at_unix_ms);
        atomic_store(&p->changelog_offset, f.changelog_offset);
        for (unsigned t = 0; t < STAGE_INPUTS_MAX; t++) {
            atomic_store(&p->next[t], f.next[t]);
            atomic_store(&p->end[t], f.high[t]);
            atomic_store(&p->stamp_unix_ms[t], f.stamp_unix_ms[t]);
        }
    }
}

/* The batch is finished and committed: states are saved while the group is left. */
static void leave(struct worker *w)
{
    end_loop(w);
    advance(w, WORKER_CLOSED);
    w->options.transport->ops->close(w->options.transport);
    w->options.transport = NULL;
    LOG(LOG_INFO, "worker_drained", LOG_NUMBER("lines", w->totals.in));
}

static enum err act(struct worker *w)
{
    switch (worker_state(w)) {
    case WORKER_JOINING:   return turn_joining(w);
    case WORKER_RESTORING: return turn_restoring(w);
    case WORKER_RUNNING:   return turn_running(w);
    case WORKER_DISOWNED:  return serve(w, WORKER_IDLE_MS);
    default:               NEVER();
    }
}

/* Of one failure after the other the first, second, fourth… is told: the log may lie on the disk that is full. */
static bool is_told(unsigned failures)
{
    return (failures & (failures - 1)) == 0;
}

/* What passes by itself is tried again, in every state, but not for ever; a full disk for as long as it is full. */
static enum err weigh(struct worker *w, enum err e)
{
    if (e == OK) {
        w->failures = 0;
        atomic_store(&w->failing, OK);
        return OK;
    }
    worker_meter_retry(w->meter, e);
    w->failures++;
    if (e == ERR_CLOCK_AHEAD || w->failures >= UNREADY_FAILURES) atomic_store(&w->failing, (int)e);
    if (e == ERR_STATE_FULL) atomic_store(&w->is_full, true);
    if (err_class(e) == ERR_CLASS_RETRY && (w->failures <= WORKER_FAILURES_MAX || e == ERR_STATE_FULL)) {
        if (is_told(w->failures))
            LOG(LOG_WARNING, "step_failed", LOG_WORD("state", worker_state_name(worker_state(w))), LOG_ERR(e),
                LOG_NUMBER("failures", w->failures));
        pause_ms(WORKER_RETRY_MS);
        return OK;
    }
    LOG(LOG_ERROR, "worker_died", LOG_WORD("state", worker_state_name(worker_state(w))), LOG_ERR(e));
    atomic_store(&w->error, (int)e);
    advance(w, WORKER_DEAD);
    return e;
}

enum err worker_turn(struct worker *w, bool *ended)
{
    ASSERT(worker_state(w) < WORKER_CLOSED);
    atomic_store(&w->progress_ms, clock_mono_ms());
    *ended = atomic_load(&w->drain);
    if (*ended) {
        leave(w);
        return OK;
    }
    take_wish(w);
    drain_feed(w);
    enum err e = act(w);
    TRY(weigh(w, e));
    show_figures(w);
    return OK;
}

/* --- life ------------------------------------------------------------------------------------------------------- */

enum err worker_open(const struct worker_options *options, struct worker **worker)
{
    ASSERT(options->stage && options->transport && options->catalogue);
    struct worker *w = arena_map(sizeof *w);
    if (!w) return ERR_MEMORY_EXHAUSTED;
    w->options = *options;
    w->bounds = options->bounds;
    w->meter = worker_meter_open(options->stage);
    w->stock = worker_stock_open(options->stage->writes);
    conservation_init(&w->totals);
    snprintf(w->name, sizeof w->name, "w%02u", options->number % 100);
    atomic_store(&w->progress_ms, clock_mono_ms());
    if (w->meter && w->stock) {
        *worker = w;
        return OK;
    }
    worker_meter_close(w->meter);
    worker_stock_close(w->stock);
    arena_unmap(w, sizeof *w);
    return ERR_MEMORY_EXHAUSTED;
}

void worker_close(struct worker *w)
{
    if (!w) return;
    ASSERT(!w->has_thread);
    end_loop(w);
    if (w->options.transport && worker_state(w) < WORKER_CLOSED) leave(w);
    worker_meter_close(w->meter);
    worker_stock_close(w->stock);
    free(w->stores);
    free(w->assigned);
    free(w->partitions);
    free(atomic_load(&w->wish));
    arena_unmap(w, sizeof *w);
}

static void *run(void *context)
{
    struct worker *w = context;
    bool ended = false;
    log_name_thread(w->name);
    while (!ended && worker_turn(w, &ended) == OK) { }
    atomic_store(&w->ended, true);
    if (w->options.changed) w->options.changed(w->options.changed_context);
    return NULL;
}

enum err worker_start(struct worker *w)
{
    sigset_t all, before;
    ASSERT(!w->has_thread);
    sigfillset(&all); /* signals are the main thread's, those of library threads made here, too */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    w->has_thread = pthread_create(&w->thread, NULL, run, w) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return w->has_thread ? OK : ERR_MEMORY_EXHAUSTED;
}

bool worker_join(struct worker *w, unsigned timeout_ms)
{
    int64_t deadline = clock_mono_ms() + timeout_ms;
    if (!w->has_thread) return true;
    while (!atomic_load(&w->ended)) {
        if (clock_mono_ms() >= deadline) return false;
        pause_ms(2);
    }
    pthread_join(w->thread, NULL);
    w->has_thread = false;
    return true;
}

void worker_drain(struct worker *w)
{
    atomic_store(&w->drain, true);
}

void worker_set_bounds(struct worker *w, const struct worker_bounds *bounds)
{
    struct worker_bounds *wish = malloc(sizeof *wish);
    ASSERT_MEMORY(wish);
    *wish = *bounds;
    free(atomic_exchange(&w->wish, wish));          /* one that was not taken yet is overtaken */
}

/* --- for other threads ------------------------------------------------------------------------------------------ */

enum worker_state worker_state(const struct worker *w)
{
    return (enum worker_state)atomic_load(&w->state);
}

const char *worker_state_name(enum worker_state state)
{
    static const char *const names[WORKER_STATE_COUNT] = { "joining",  "restoring", "running",
                                                           "disowned", "closed",    "dead" };
    ASSERT(state < WORKER_STATE_COUNT);
    return names[state];
}

bool worker_has_ended(const struct worker *w)
{
    return atomic_load(&w->ended);
}

enum err worker_error(const struct worker *w)
{
    return (enum err)atomic_load(&w->error);
}

int64_t worker_progress_ms(const struct worker *w)
{
    int64_t own = atomic_load(&w->progress_ms), sinks = w->options.moved_ms ? atomic_load(w->options.moved_ms) : 0;
    return own > sinks ? own : sinks;
}

unsigned worker_assigned(const struct worker *w)
{
    return atomic_load(&w->owned);
}

int32_t worker_partitions(const struct worker *w)
{
    return atomic_load(&w->partition_count);
}

const struct worker_partition *worker_partition(const struct worker *w, int32_t partition)
{
    int32_t count = worker_partitions(w);
    return partition >= 0 && partition < count ? &w->partitions[partition] : NULL;
}

static void put_restoring(const struct worker *w, struct text *t)
{
    int32_t count = worker_partitions(w), left = 0;
    for (int32_t p = 0; p < count; p++) {
        const struct worker_partition *shown = &w->partitions[p];
        if (!atomic_load(&shown->owned) || atomic_load(&shown->done)) continue;
        if (left++ > 0) continue;
        PUT(t, "restoring p");
        text_put_int(t, p);
        PUT(t, ": ");
        text_put_int(t, atomic_load(&shown->position));
        PUT(t, " of ");
        text_put_int(t, atomic_load(&shown->high));
    }
    if (left > 1) {
        PUT(t, ", then ");
        text_put_int(t, left - 1);
        PUT(t, " more");
    }
    if (atomic_load(&w->is_full)) PUT(t, "; the disk of state.dir is full");
    if (left > 0) return;
    text_put(t, atomic_load(&w->waits_for_feed) ? SLICE("reading partners.v1 and programs.v1")
        : SLICE("waiting until the transaction of the former instance has ended"));
}

/* A clock that no broker takes, a broker that refuses: nothing is lost, and nothing goes on. */
static void put_failing(struct text *t, enum err e, bool alone)
{
    if (e == OK) return;
    if (!alone) PUT(t, "; ");
    PUT(t, "no step succeeds: ");
    text_put(t, slice_from(err_name(e)));
    PUT(t, ": ");
    text_put(t, slice_from(err_text(e)));
}

void worker_put_missing(const struct worker *w, struct text *t)
{
    enum worker_state state = worker_state(w);
    enum err failing = (enum err)atomic_load(&w->failing);
    if (state == WORKER_RUNNING && !atomic_load(&w->is_full) && failing == OK) return;
    if (state == WORKER_JOINING && worker_partitions(w) > 0 && atomic_load(&w->spare)) return;
    text_put(t, slice_from(w->name));
    PUT(t, ": ");
    switch (state) {
    case WORKER_JOINING:
        text_put(t, worker_partitions(w) ? SLICE("waiting for partitions") : SLICE("joining the group"));
        break;
    case WORKER_RESTORING: put_restoring(w, t); break;
    case WORKER_DISOWNED:  PUT(t, "its partitions belong to another member"); break;
    case WORKER_RUNNING:
        if (!atomic_load(&w->is_full)) break;
        PUT(t, "as much is unsaved as state.unsaved_keys_max allows: is the disk of state.dir full or slow?");
        break;
    default:               text_put(t, slice_from(worker_state_name(state))); break;
    }
    put_failing(t, failing, state == WORKER_RUNNING && !atomic_load(&w->is_full));
    text_put_byte(t, '\n');
}

const struct conservation *worker_totals(const struct worker *w)
{
    return &w->totals;
}
