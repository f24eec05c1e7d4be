/* runtime/life.c: the libuv loop of the main thread. */
#include "runtime/life.h"

#include "base/assert.h"
#include "runtime/log.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

enum { TIMERS_MAX = 16, SIGNALS = 4, SIGNAL_EXIT_BASE = 128 };

struct timer { uv_timer_t handle; life_call *call; void *context; };

struct life {
    struct life_events events;
    uv_loop_t          loop;
    uv_signal_t        signals[SIGNALS];
    uv_async_t         poke;
    struct timer       timers[TIMERS_MAX];
    unsigned           timer_count;
    bool               drains, ended;
    int                exit_code;
};

static void call(life_call *what, void *context)
{
    if (what) what(context);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct life *l = handle->data;
    switch (number) {
    case SIGHUP:  call(l->events.reload, l->events.context); return;
    case SIGUSR1: call(l->events.status, l->events.context); return;
    default: break;
    }
    if (l->drains) {
        LOG(LOG_WARNING, "drain_interrupted", LOG_NUMBER("signal", number));
        _exit(SIGNAL_EXIT_BASE + number);           /* asked twice: at once; nothing uncommitted is lost */
    }
    l->drains = true;
    LOG(LOG_INFO, "drain_begun", LOG_NUMBER("signal", number));
    call(l->events.drain, l->events.context);
}

static void on_poke(uv_async_t *handle)
{
    struct life *l = handle->data;
    call(l->events.poked, l->events.context);
}

static void on_timer(uv_timer_t *handle)
{
    struct timer *t = handle->data;
    t->call(t->context);
}

static bool open_signals(struct life *l)
{
    static const int numbers[SIGNALS] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1 };
    for (unsigned i = 0; i < SIGNALS; i++) {
        l->signals[i].data = l;
        if (uv_signal_init(&l->loop, &l->signals[i]) != 0) return false;
        if (uv_signal_start(&l->signals[i], on_signal, numbers[i]) != 0) return false;
    }
    return signal(SIGPIPE, SIG_IGN) != SIG_ERR && signal(SIGXFSZ, SIG_IGN) != SIG_ERR;
}

enum err life_open(const struct life_events *events, struct life **life)
{
    struct life *l = calloc(1, sizeof *l);
    if (!l) return ERR_MEMORY_EXHAUSTED;
    l->events = *events;
    if (uv_loop_init(&l->loop) != 0) {
        free(l);
        return ERR_MEMORY_EXHAUSTED;
    }
    l->poke.data = l;
    bool opened = uv_async_init(&l->loop, &l->poke, on_poke) == 0 && open_signals(l);
    ASSERT(opened);                                 /* fails without descriptors only, and nothing has run yet */
    *life = l;
    return OK;
}

static void close_handle(uv_handle_t *handle, void *context)
{
    (void)context;
    if (!uv_is_closing(handle)) uv_close(handle, NULL);
}

void life_close(struct life *l)
{
    if (!l) return;
    uv_walk(&l->loop, close_handle, NULL);
    uv_run(&l->loop, UV_RUN_DEFAULT);
    int closed = uv_loop_close(&l->loop);
    ASSERT(closed == 0);                            /* every handle was closed and had its turn */
    free(l);
}

void life_every(struct life *l, unsigned ms, life_call *what, void *context)
{
    ASSERT(l->timer_count < TIMERS_MAX && ms > 0 && what);
    struct timer *t = &l->timers[l->timer_count++];
    t->call = what;
    t->context = context;
    t->handle.data = t;
    int started = uv_timer_init(&l->loop, &t->handle);
    if (started == 0) started = uv_timer_start(&t->handle, on_timer, ms, ms);
    ASSERT(started == 0);
}

void life_poke(struct life *l)
{
    uv_async_send(&l->poke);
}

int life_run(struct life *l)
{
    while (!l->ended) uv_run(&l->loop, UV_RUN_ONCE);
    return l->exit_code;
}

void life_turn(struct life *l)
{
    uv_run(&l->loop, UV_RUN_NOWAIT);
}

void life_end(struct life *l, int exit_code)
{
    if (l->ended) return;                           /* the first word stands */
    l->ended = true;
    l->exit_code = exit_code;
}

bool life_is_draining(const struct life *l)
{
    return l->drains;
}

struct uv_loop_s *life_loop(struct life *l)
{
    return &l->loop;
}

const char *life_library(void)
{
    return uv_version_string();
}

/* --- the bound of an exit --------------------------------------------------------------------------------------- */

struct bound { unsigned ms; int exit_code; };

static void *end_late(void *context)
{
    struct bound *b = context;
    struct timespec pause = { b->ms / 1000, (long)(b->ms % 1000) * 1000000 };
    while (nanosleep(&pause, &pause) != 0) { }
    LOG(LOG_WARNING, "exit_forced", LOG_NUMBER("exit_code", b->exit_code), LOG_NUMBER("waited_ms", b->ms));
    _exit(b->exit_code);
}

void life_bound_exit(unsigned ms, int exit_code)
{
    static struct bound bound;
    pthread_t thread;
    bound = (struct bound){ ms, exit_code };
    if (pthread_create(&thread, NULL, end_late, &bound) == 0) pthread_detach(thread);
}
