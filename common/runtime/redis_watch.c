/* runtime/redis_watch.c: three connections, one chain: any of them lost, all are made again. */
#include "runtime/redis_watch.h"

#include "base/assert.h"
#include "runtime/redis_async.h"
#include "runtime/ring.h"

#include <uv.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { PREFIX_BYTES = 256, KEY_BYTES_MAX = 512, ANSWER_MS = 1000,
       RECONNECT_MIN_MS = 50, RECONNECT_MAX_MS = 2000 };
#define CHANNEL "__redis__:invalidate"
#define HEARTBEAT_KEY "__hb"

/* What the timer waits for. */
enum waiting_for { WAITING_FOR_NOTHING, WAITING_TO_CONNECT, WAITING_FOR_HEARTBEAT };

struct redis_watch {
    struct redis_watch_options options;
    struct redis_texts         texts;               /* of options.redis */
    char                       prefix[PREFIX_BYTES];
    uv_loop_t                 *loop;
    uv_timer_t                 timer;
    enum waiting_for           waiting_for;
    struct redis_async        *told, *asks, *beats; /* I, K, H */
    int64_t                    client_id;           /* of I */
    bool                       beat_is_out;         /* it did not come back to I yet */
    bool                       beat_is_asked;       /* H has no answer to it yet: a server may stop between the two */
    bool                       is_closing, was_live, has_told;
    uint64_t                   beat;
    unsigned                   backoff_ms;
    uint64_t                   jitter;
    _Atomic uint64_t           epoch;               /* odd: live */
    _Atomic uint64_t           keys, flushes, losses, full_rings;
    struct ring               *rings[REDIS_WATCH_LISTENERS_MAX];
    /* open_alone: */
    uv_loop_t                  own_loop;
    uv_async_t                 stop;
    pthread_t                  thread;
    bool                       is_alone;
};

static void connect_all(struct redis_watch *w);

/* --- the epoch --- */

static bool is_live(const struct redis_watch *w)
{
    return atomic_load_explicit(&w->epoch, memory_order_relaxed) & 1;
}

static void move_epoch(struct redis_watch *w, uint64_t by)
{
    atomic_fetch_add_explicit(&w->epoch, by, memory_order_release);
}

static void tell(struct redis_watch *w, bool is_away, const char *why)
{
    if (w->has_told && w->was_live != is_away) return;      /* told already */
    w->has_told = true;
    w->was_live = !is_away;
    if (w->options.redis.on_change) w->options.redis.on_change(w->options.redis.context, is_away, why);
}

/* --- losing it --- */

static void on_timer(uv_timer_t *timer);

static void wait_for(struct redis_watch *w, enum waiting_for what, uint64_t after_ms)
{
    w->waiting_for = what;
    uv_timer_start(&w->timer, on_timer, after_ms, 0);
}

/* 50 ms to 2 s, doubled each time, between half and the whole of it. */
static uint64_t next_pause_ms(struct redis_watch *w)
{
    uint64_t pause = w->backoff_ms;
    w->backoff_ms = 2 * w->backoff_ms < RECONNECT_MAX_MS ? 2 * w->backoff_ms : RECONNECT_MAX_MS;
    w->jitter = w->jitter * 6364136223846793005u + 1442695040888963407u;
    return pause / 2 + (w->jitter >> 33) % (pause / 2 + 1);
}

static void drop_connections(struct redis_watch *w)
{
    redis_async_close(w->told);
    redis_async_close(w->asks);
    redis_async_close(w->beats);
    w->told = w->asks = w->beats = NULL;
}

static void lose(struct redis_watch *w, const char *why)
{
    drop_connections(w);
    if (is_live(w)) {
        move_epoch(w, 1);
        atomic_fetch_add_explicit(&w->losses, 1, memory_order_relaxed);
    }
    tell(w, true, why);
    if (!w->is_closing) wait_for(w, WAITING_TO_CONNECT, next_pause_ms(w));
}

/* Each of the three names the connection that frees itself, so that it is not closed twice. */
static void told_lost(void *watch, const char *why)
{
    ((struct redis_watch *)watch)->told = NULL;
    lose(watch, why);
}

static void asks_lost(void *watch, const char *why)
{
    ((struct redis_watch *)watch)->asks = NULL;
    lose(watch, why);
}

static void beats_lost(void *watch, const char *why)
{
    ((struct redis_watch *)watch)->beats = NULL;
    lose(watch, why);
}

/* --- heartbeat --- */

static void beat_written(void *watch, const struct redis_answer *answer)
{
    ((struct redis_watch *)watch)->beat_is_asked = false;
    if (redis_answer_kind(answer) == REDIS_REFUSAL) lose(watch, "the heartbeat is refused");
}

static void send_beat(struct redis_watch *w)
{
    char key[PREFIX_BYTES + 8], number[24];
    struct text k = text_over(key, sizeof key), n = text_over(number, sizeof number);
    text_put(&k, slice_from(w->prefix));
    PUT(&k, HEARTBEAT_KEY);
    text_put_int(&n, (int64_t)++w->beat);
    w->beat_is_out = w->beat_is_asked = true;
    wait_for(w, WAITING_FOR_HEARTBEAT, w->options.heartbeat_ms);
    redis_async_ask(w->beats, &REDIS_COMMAND(SLICE("SET"), text_slice(&k), text_slice(&n)), ANSWER_MS, beat_written, w);
}

/* The first one that comes back proves the whole chain. */
static void beat_came_back(struct redis_watch *w)
{
    w->beat_is_out = false;
    w->backoff_ms = RECONNECT_MIN_MS;
    if (is_live(w)) return;
    move_epoch(w, 1);
    tell(w, false, "");
}

static void on_timer(uv_timer_t *timer)
{
    struct redis_watch *w = timer->data;
    enum waiting_for what = w->waiting_for;
    w->waiting_for = WAITING_FOR_NOTHING;
    if (what == WAITING_TO_CONNECT) connect_all(w);
    if (what != WAITING_FOR_HEARTBEAT) return;
    if (w->beat_is_out || w->beat_is_asked) lose(w, "the heartbeat did not come back");
    else send_beat(w);
}

/* --- what changed --- */

static void forget_everything(struct redis_watch *w, _Atomic uint64_t *counter)
{
    if (is_live(w)) move_epoch(w, 2);
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

static void key_changed(struct redis_watch *w, struct slice key)
{
    struct slice prefix = slice_from(w->prefix);
    bool is_full = key.size > KEY_BYTES_MAX;
    if (!slice_starts_with(key, prefix)) return;
    key = slice_skip(key, prefix.size);
    if (slice_equal(key, SLICE(HEARTBEAT_KEY))) {
        if (w->beat_is_out) beat_came_back(w);
        return;
    }
    atomic_fetch_add_explicit(&w->keys, 1, memory_order_relaxed);
    for (unsigned i = 0; i < w->options.listeners; i++) is_full |= !ring_put(w->rings[i], key);
    if (is_full) forget_everything(w, &w->full_rings);
}

static void asks_connected(void *watch);

/* ["subscribe", channel, 1], then ["message", channel, keys or nil]. */
static void message_came(void *watch, const struct redis_answer *answer)
{
    struct redis_watch *w = watch;
    static const struct redis_async_events template = { .connected = asks_connected, .lost = asks_lost };
    if (redis_answer_count(answer) != 3) {
        lose(w, "an answer that is no message");
        return;
    }
    const struct redis_answer *payload = redis_answer_item(answer, 2);
    if (slice_equal(redis_answer_text(redis_answer_item(answer, 0)), SLICE("subscribe"))) {
        struct redis_async_events events = template;
        events.context = w;
        if (!w->asks && redis_async_open(&w->options.redis, w->loop, &events, &w->asks) != OK)
            lose(w, "it cannot be connected to");
        return;
    }
    if (redis_answer_kind(payload) == REDIS_NIL) forget_everything(w, &w->flushes);
    for (unsigned i = 0; i < redis_answer_count(payload); i++)
        key_changed(w, redis_answer_text(redis_answer_item(payload, i)));
}

/* --- building the chain: I, then K, then H --- */

static void id_came(void *watch, const struct redis_answer *answer)
{
    struct redis_watch *w = watch;
    w->client_id = redis_answer_integer(answer);
    if (w->client_id <= 0) lose(w, "CLIENT ID is refused");
    else redis_async_ask(w->told, &REDIS_COMMAND(SLICE("SUBSCRIBE"), SLICE(CHANNEL)), ANSWER_MS, message_came, w);
}

static void told_connected(void *watch)
{
    struct redis_watch *w = watch;
    redis_async_ask(w->told, &REDIS_COMMAND(SLICE("CLIENT"), SLICE("ID")), ANSWER_MS, id_came, w);
}

static void beats_connected(void *watch)
{
    send_beat(watch);
}

static void tracking_answered(void *watch, const struct redis_answer *answer)
{
    struct redis_watch *w = watch;
    struct redis_async_events events = { .context = w, .connected = beats_connected, .lost = beats_lost };
    if (redis_answer_kind(answer) != REDIS_TEXT) lose(w, "CLIENT TRACKING is refused");
    else if (redis_async_open(&w->options.redis, w->loop, &events, &w->beats) != OK)
        lose(w, "it cannot be connected to");
}

static void asks_connected(void *watch)
{
    struct redis_watch *w = watch;
    char number[24];
    struct text id = text_over(number, sizeof number);
    text_put_int(&id, w->client_id);
    redis_async_ask(w->asks,
                    &REDIS_COMMAND(SLICE("CLIENT"), SLICE("TRACKING"), SLICE("ON"), SLICE("REDIRECT"), text_slice(&id),
                                   SLICE("BCAST"), SLICE("PREFIX"), slice_from(w->prefix)),
                    ANSWER_MS, tracking_answered, w);
}

static void connect_all(struct redis_watch *w)
{
    struct redis_async_events events = { .context = w, .connected = told_connected, .lost = told_lost };
    ASSERT(!w->told && !w->asks && !w->beats && !is_live(w));
    w->beat_is_out = false;
    if (redis_async_open(&w->options.redis, w->loop, &events, &w->told) != OK) lose(w, "it cannot be connected to");
}

/* --- life --- */

static bool copy_prefix(struct redis_watch *w, const struct redis_watch_options *o)
{
    struct text t = text_over(w->prefix, sizeof w->prefix - 1);
    redis_key_begin(&t, o->name_space);
    text_put(&t, slice_from(o->prefix));
    return !t.full;
}

static void free_watch(struct redis_watch *w)
{
    for (unsigned i = 0; i < w->options.listeners; i++) ring_close(w->rings[i]);
    free(w);
}

static bool open_rings(struct redis_watch *w)
{
    size_t bytes = w->options.ring_bytes ? w->options.ring_bytes : REDIS_WATCH_RING_BYTES;
    bool all = true;
    for (unsigned i = 0; i < w->options.listeners; i++) {
        w->rings[i] = ring_open(bytes);
        all = all && w->rings[i];
    }
    return all;
}

static enum err make(const struct redis_watch_options *o, struct redis_watch **watch)
{
    ASSERT(o->listeners <= REDIS_WATCH_LISTENERS_MAX && o->prefix);
    struct redis_watch *w = calloc(1, sizeof *w);
    if (!w) return ERR_MEMORY_EXHAUSTED;
    w->options = *o;
    if (!w->options.heartbeat_ms) w->options.heartbeat_ms = REDIS_HEARTBEAT_MS;
    w->backoff_ms = RECONNECT_MIN_MS;
    w->jitter = (uint64_t)(uintptr_t)w;
    enum err e = redis_address_keep(&w->options.redis, &w->texts);
    if (e == OK && !copy_prefix(w, o)) e = ERR_CONFIG_INVALID;
    if (e == OK && !open_rings(w)) e = ERR_MEMORY_EXHAUSTED;
    if (e == OK) *watch = w;
    else free_watch(w);
    return e;
}

static void begin(struct redis_watch *w, uv_loop_t *loop)
{
    w->loop = loop;
    uv_timer_init(loop, &w->timer);
    w->timer.data = w;
    wait_for(w, WAITING_TO_CONNECT, 0);
}

enum err redis_watch_open(const struct redis_watch_options *options, struct uv_loop_s *loop, struct redis_watch **watch)
{
    TRY(make(options, watch));
    begin(*watch, loop);
    return OK;
}

static void on_timer_closed(uv_handle_t *timer)
{
    struct redis_watch *w = timer->data;
    if (!w->is_alone) free_watch(w);                        /* else who joins the thread does */
}

void redis_watch_close(struct redis_watch *w)
{
    if (!w) return;
    w->is_closing = true;
    drop_connections(w);
    if (is_live(w)) move_epoch(w, 1);
    uv_close((uv_handle_t *)&w->timer, on_timer_closed);
}

/* --- with a thread of its own --- */

static void on_stop(uv_async_t *stop)
{
    struct redis_watch *w = stop->data;
    redis_watch_close(w);
    uv_close((uv_handle_t *)&w->stop, NULL);
}

static void *run(void *watch)
{
    struct redis_watch *w = watch;
    uv_run(&w->own_loop, UV_RUN_DEFAULT);
    return NULL;
}

enum err redis_watch_open_alone(const struct redis_watch_options *options, struct redis_watch **watch)
{
    TRY(make(options, watch));
    struct redis_watch *w = *watch;
    w->is_alone = true;
    if (uv_loop_init(&w->own_loop) != 0) {
        free_watch(w);
        return ERR_MEMORY_EXHAUSTED;
    }
    w->stop.data = w;
    if (uv_async_init(&w->own_loop, &w->stop, on_stop) == 0) {
        begin(w, &w->own_loop);
        if (pthread_create(&w->thread, NULL, run, w) == 0) return OK;
        on_stop(&w->stop);
    }
    uv_run(&w->own_loop, UV_RUN_DEFAULT);                   /* closes what was opened */
    uv_loop_close(&w->own_loop);
    free_watch(w);
    return ERR_MEMORY_EXHAUSTED;
}

void redis_watch_close_alone(struct redis_watch *w)
{
    if (!w) return;
    ASSERT(w->is_alone);
    uv_async_send(&w->stop);
    pthread_join(w->thread, NULL);
    ASSERT(uv_loop_close(&w->own_loop) == 0);               /* no handle is left open */
    free_watch(w);
}

/* --- listeners --- */

uint64_t redis_watch_epoch(const struct redis_watch *w)
{
    return atomic_load_explicit(&w->epoch, memory_order_acquire);
}

bool redis_watch_next(struct redis_watch *w, unsigned listener, struct slice *key)
{
    ASSERT(listener < w->options.listeners);
    return ring_take(w->rings[listener], key);
}

struct redis_watch_counts redis_watch_counts(const struct redis_watch *w)
{
    return (struct redis_watch_counts){
        .keys = atomic_load_explicit(&w->keys, memory_order_relaxed),
        .flushes = atomic_load_explicit(&w->flushes, memory_order_relaxed),
        .losses = atomic_load_explicit(&w->losses, memory_order_relaxed),
        .full_rings = atomic_load_explicit(&w->full_rings, memory_order_relaxed),
    };
}
