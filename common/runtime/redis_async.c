/* runtime/redis_async.c: hiredis' asynchronous context between a uv_poll and a uv_timer. */
#include "runtime/redis_async.h"

#include "base/assert.h"
#include "runtime/redis_name.h"

#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <uv.h>

#include <stdio.h>
#include <stdlib.h>

enum { PASSWORD_BYTES = 1024, HOST_BYTES = 300, WORDS_MAX = 16, CONNECT_MS = 1000, HANDLES = 2 };

struct redis_async {
    redisAsyncContext        *context;              /* NULL: hiredis has freed it */
    uv_poll_t                 poll;
    uv_timer_t                timer;
    int                       events;               /* polled for */
    unsigned                  closed_handles;
    bool                      is_over;              /* lost or closed: nothing is told any more */
    bool                      hiredis_frees;        /* we stand in a call in whose end hiredis frees the context */
    struct redis_async_events told;
    redis_async_visit        *visit;
    void                     *visit_context;
    char                      password[PASSWORD_BYTES];
};

/* --- the end of it --- */

static void on_closed(uv_handle_t *handle)
{
    struct redis_async *a = handle->data;
    if (++a->closed_handles == HANDLES) free(a);
}

static void finish(struct redis_async *a)
{
    ASSERT(!a->is_over);
    a->is_over = true;
    uv_timer_stop(&a->timer);
    if (a->context && !a->hiredis_frees)
        redisAsyncFree(a->context); /* ends in on_cleanup, at once or behind its callback */
    uv_close((uv_handle_t *)&a->timer, on_closed);
}

static void lose(struct redis_async *a, const char *why)
{
    char kept[160];
    if (a->is_over) return;
    snprintf(kept, sizeof kept, "%s",
             why && *why ? why : "the connection was closed"); /* `why` may go with the context */
    finish(a);
    a->told.lost(a->told.context, kept);
}

void redis_async_close(struct redis_async *a)
{
    if (a && !a->is_over) finish(a);
}

static void on_timer(uv_timer_t *timer)
{
    lose(timer->data, "no answer in time");
}

/* --- the adapter --- */

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct redis_async *a = poll->data;
    if (status < 0) events = UV_READABLE;                   /* a broken socket: reading is how hiredis finds out */
    if (a->context && (events & UV_READABLE)) redisAsyncHandleRead(a->context);
    if (a->context && (events & UV_WRITABLE)) redisAsyncHandleWrite(a->context);     /* the read may have closed it */
}

static void poll_for(struct redis_async *a, int events)
{
    if (a->events == events || !a->context) return;
    a->events = events;
    if (events) uv_poll_start(&a->poll, events, on_poll);
    else uv_poll_stop(&a->poll);
}

static void on_add_read(void *data)
{
    struct redis_async *a = data;
    poll_for(a, a->events | UV_READABLE);
}

static void on_delete_read(void *data)
{
    struct redis_async *a = data;
    poll_for(a, a->events & ~UV_READABLE);
}

static void on_add_write(void *data)
{
    struct redis_async *a = data;
    poll_for(a, a->events | UV_WRITABLE);
}

static void on_delete_write(void *data)
{
    struct redis_async *a = data;
    poll_for(a, a->events & ~UV_WRITABLE);
}

/* hiredis closes the socket right behind this. */
static void on_cleanup(void *data)
{
    struct redis_async *a = data;
    ASSERT(a->context);
    a->context = NULL;
    uv_poll_stop(&a->poll);
    uv_close((uv_handle_t *)&a->poll, on_closed);
}

/* --- connecting --- */

static void signed_in(void *data, const struct redis_answer *answer)
{
    struct redis_async *a = data;
    if (redis_answer_kind(answer) != REDIS_TEXT) lose(a, "the password is refused");
    else a->told.connected(a->told.context);
}

static void on_connect(const redisAsyncContext *context, int status)
{
    struct redis_async *a = context->ev.data;
    if (!a || a->is_over) return;
    if (status != REDIS_OK) {
        a->hiredis_frees = true;
        lose(a, context->errstr);
        return;
    }
    uv_timer_stop(&a->timer);
    if (!a->password[0]) a->told.connected(a->told.context);
    else redis_async_ask(a, &REDIS_COMMAND(SLICE("AUTH"), slice_from(a->password)), CONNECT_MS, signed_in, a);
}

static void on_disconnect(const redisAsyncContext *context, int status)
{
    struct redis_async *a = context->ev.data;
    (void)status;
    if (a) lose(a, context->errstr);                        /* the context was cleaned up before this call */
}

static redisAsyncContext *begin(const struct redis_options *o)
{
    struct slice host;
    char name[HOST_BYTES];
    int port;
    if (!redis_address_read(slice_from(o->address), &host, &port) || host.size >= sizeof name) return NULL;
    memcpy(name, host.bytes, host.size);
    name[host.size] = 0;
    const char *at = o->name ? redis_name_address(o->name) : name;
    if (!at) return NULL;
    redisAsyncContext *context = port ? redisAsyncConnect(at, port) : redisAsyncConnectUnix(at);
    if (!context || !context->err) return context;
    redisAsyncFree(context);
    return NULL;
}

static void attach(struct redis_async *a, redisAsyncContext *context)
{
    a->context = context;
    context->ev.data = a;
    context->ev.addRead = on_add_read;
    context->ev.delRead = on_delete_read;
    context->ev.addWrite = on_add_write;
    context->ev.delWrite = on_delete_write;
    context->ev.cleanup = on_cleanup;
    redisAsyncSetConnectCallback(context, on_connect);
    redisAsyncSetDisconnectCallback(context, on_disconnect);
}

enum err redis_async_open(const struct redis_options *o, struct uv_loop_s *loop,
                          const struct redis_async_events *events, struct redis_async **connection)
{
    struct slice password = slice_from(o->password);
    if (password.size >= PASSWORD_BYTES) return ERR_CONFIG_INVALID;
    struct redis_async *a = calloc(1, sizeof *a);
    redisAsyncContext *context = a ? begin(o) : NULL;
    if (!context || uv_poll_init(loop, &a->poll, context->c.fd) != 0) {
        if (context) redisAsyncFree(context);               /* no handle was opened: nothing to wait for */
        free(a);
        return ERR_REDIS_AWAY;
    }
    a->told = *events;
    if (password.size) memcpy(a->password, password.bytes, password.size);
    a->poll.data = a->timer.data = a;
    uv_timer_init(loop, &a->timer);                         /* cannot fail */
    attach(a, context);
    uv_timer_start(&a->timer, on_timer, CONNECT_MS, 0);
    *connection = a;
    return OK;
}

/* --- asking --- */

static void on_answer(redisAsyncContext *context, void *reply, void *data)
{
    struct redis_async *a = context->ev.data;
    (void)data;
    if (!a || a->is_over) return;
    if (!reply) return;                                     /* the context goes: on_disconnect says why */
    uv_timer_stop(&a->timer);
    a->visit(a->visit_context, (const struct redis_answer *)reply);
}

void redis_async_ask(struct redis_async *a, const struct redis_command *c, unsigned timeout_ms,
                     redis_async_visit *visit, void *context)
{
    const char *words[WORDS_MAX];
    size_t sizes[WORDS_MAX];
    ASSERT(c->count > 0 && c->count <= WORDS_MAX);
    ASSERT(!a->is_over && !uv_is_active((const uv_handle_t *)&a->timer));
    for (unsigned i = 0; i < c->count; i++) {
        words[i] = c->words[i].bytes;
        sizes[i] = c->words[i].size;
    }
    a->visit = visit;
    a->visit_context = context;
    uv_timer_start(&a->timer, on_timer, timeout_ms, 0);
    if (redisAsyncCommandArgv(a->context, on_answer, NULL, (int)c->count, words, sizes) != REDIS_OK)
        lose(a, a->context->errstr);
}
