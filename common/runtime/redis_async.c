/* runtime/redis_async.c: a stream between a uv_poll and a uv_timer. */
#include "runtime/redis_async.h"

#include "base/assert.h"
#include "runtime/redis_stream.h"

#include <uv.h>

#include <stdio.h>
#include <stdlib.h>

enum { CONNECT_MS = 1000, HANDLES = 2 };

struct redis_async {
    struct redis_stream      *stream;
    uv_poll_t                 poll;
    uv_timer_t                timer;
    int                       events;               /* polled for */
    unsigned                  closed_handles;
    bool                      is_connected;
    bool                      is_over;              /* lost or closed: nothing is told any more */
    struct redis_async_events told;
    redis_async_visit        *visit;
    void                     *visit_context;
    struct redis_options      options;
    struct redis_texts        texts;                /* of the options */
};

/* --- the end of it --- */

static void on_closed(uv_handle_t *handle)
{
    struct redis_async *a = handle->data;
    if (++a->closed_handles < HANDLES) return;
    redis_stream_close(a->stream);
    free(a);
}

static void finish(struct redis_async *a)
{
    ASSERT(!a->is_over);
    a->is_over = true;
    uv_close((uv_handle_t *)&a->timer, on_closed);
    uv_close((uv_handle_t *)&a->poll, on_closed);
}

static void lose(struct redis_async *a, const char *why)
{
    if (a->is_over) return;
    finish(a);
    a->told.lost(a->told.context, why);             /* of the stream, which goes later */
}

void redis_async_close(struct redis_async *a)
{
    if (a && !a->is_over) finish(a);
}

static void on_timer(uv_timer_t *timer)
{
    struct redis_async *a = timer->data;
    lose(a, redis_stream_why(a->stream));
}

/* --- the socket --- */

static void on_poll(uv_poll_t *poll, int status, int events);

static void poll_for(struct redis_async *a, int events)
{
    if (a->events == events) return;
    a->events = events;
    uv_poll_start(&a->poll, events, on_poll);
}

static void signed_in(void *data, const struct redis_answer *answer)
{
    struct redis_async *a = data;
    if (redis_answer_kind(answer) != REDIS_TEXT) lose(a, "the password is refused");
    else a->told.connected(a->told.context);
}

static void expect(struct redis_async *a, unsigned timeout_ms, redis_async_visit *visit, void *context)
{
    ASSERT(!a->is_over && a->is_connected && !uv_is_active((const uv_handle_t *)&a->timer));
    a->visit = visit;
    a->visit_context = context;
    uv_timer_start(&a->timer, on_timer, timeout_ms, 0);
    poll_for(a, UV_READABLE | UV_WRITABLE);         /* it is sent in the next turn */
}

static void greet(struct redis_async *a)
{
    uv_timer_stop(&a->timer);
    a->is_connected = true;
    poll_for(a, UV_READABLE);
    if (redis_stream_put_sign_in(a->stream, &a->options)) expect(a, CONNECT_MS, signed_in, a);
    else a->told.connected(a->told.context);
}

static void go_on_connecting(struct redis_async *a)
{
    enum redis_step step = redis_stream_connect(a->stream);
    if (step == REDIS_BROKEN) lose(a, redis_stream_why(a->stream));
    else if (step == REDIS_DONE) greet(a);
    else poll_for(a, step == REDIS_WAITS_TO_READ ? UV_READABLE : UV_WRITABLE);
}

static void hear(struct redis_async *a, struct redis_answer *answer)
{
    if (a->visit) {
        uv_timer_stop(&a->timer);
        a->visit(a->visit_context, answer);
    }
    redis_answer_free(answer);
}

/* Sends what waits and tells every answer that has come; what is said to one of them is sent in the next turn. */
static void exchange(struct redis_async *a)
{
    struct redis_answer *answer;
    enum redis_step sent = redis_stream_send(a->stream), got = REDIS_DONE;
    poll_for(a, sent == REDIS_WAITS_TO_WRITE ? UV_READABLE | UV_WRITABLE : UV_READABLE);
    while (!a->is_over && (got = redis_stream_take(a->stream, &answer)) == REDIS_DONE) hear(a, answer);
    if (a->is_over) return;
    if (sent == REDIS_BROKEN || got == REDIS_BROKEN) lose(a, redis_stream_why(a->stream));
    else if (got == REDIS_WAITS_TO_WRITE) poll_for(a, UV_READABLE | UV_WRITABLE);
}

/* libuv stops to poll a broken socket: the step finds out what is wrong with it, or nothing ever would. */
static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct redis_async *a = poll->data;
    (void)events;
    if (a->is_connected) exchange(a);
    else go_on_connecting(a);
    if (status < 0) lose(a, uv_strerror(status));
}

/* --- opening and asking --- */

static enum err begin(struct redis_async *a, const struct redis_options *o, struct uv_loop_s *loop)
{
    a->options = *o;
    TRY(redis_address_keep(&a->options, &a->texts));
    a->stream = redis_stream_open(&a->options);
    if (!a->stream) return ERR_MEMORY_EXHAUSTED;
    int fd = redis_stream_fd(a->stream);
    return fd >= 0 && uv_poll_init(loop, &a->poll, fd) == 0 ? OK : ERR_REDIS_AWAY;
}

enum err redis_async_open(const struct redis_options *o, struct uv_loop_s *loop,
                          const struct redis_async_events *events, struct redis_async **connection)
{
    struct redis_async *a = calloc(1, sizeof *a);
    enum err e = a ? begin(a, o, loop) : ERR_MEMORY_EXHAUSTED;
    if (e != OK) {
        if (a) redis_stream_close(a->stream);       /* no handle was opened: nothing to wait for */
        free(a);
        return e;
    }
    a->told = *events;
    a->poll.data = a->timer.data = a;
    uv_timer_init(loop, &a->timer);                 /* cannot fail */
    uv_timer_start(&a->timer, on_timer, CONNECT_MS, 0);
    poll_for(a, UV_WRITABLE);
    *connection = a;
    return OK;
}

void redis_async_ask(struct redis_async *a, const struct redis_command *c, unsigned timeout_ms,
                     redis_async_visit *visit, void *context)
{
    redis_stream_put(a->stream, c);
    expect(a, timeout_ms, visit, context);
}
