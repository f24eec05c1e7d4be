/* runtime/http_loop.c: epoll of libmicrohttpd watched by libuv; after each run the timer is set to what the library
 * asks for. What it wants to go on with at once runs in the next turn of the loop: a timer of no time that is started
 * in its own callback would be run again before anything else, and one connection could keep everybody waiting. */
#include "runtime/http_loop.h"

#include "base/assert.h"
#include "runtime/http_tls.h"
#include "runtime/log.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

enum { URGENT_RUNS_MAX = 1000, IDLE_RUN_MS = 500 };

struct http_loop {
    struct MHD_Daemon *daemon;
    uv_poll_t          poll;
    uv_timer_t         timer;
    uv_idle_t          at_once;
    unsigned           urgent_runs;                 /* on end, each of which wanted another one at once */
    unsigned           handles;                     /* of libuv, still open */
    unsigned           port;
};

static void serve(struct http_loop *h);

static void on_timer(uv_timer_t *timer)
{
    serve(timer->data);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    (void)status, (void)events;
    serve(poll->data);
}

static void on_idle(uv_idle_t *idle)
{
    serve(idle->data);
}

/* At its limit of connections the library no longer looks at who knocks, and looks again with the first run after the
 * end of one of them: which has to come, though then nothing is there to call for it. */
static void serve(struct http_loop *h)
{
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    MHD_run(h->daemon);
    bool waits = MHD_get_timeout(h->daemon, &wait_ms) == MHD_YES, is_urgent = waits && wait_ms == 0;
    h->urgent_runs = is_urgent ? h->urgent_runs + 1 : 0;
    bool goes_on = is_urgent && h->urgent_runs <= URGENT_RUNS_MAX;
    if (is_urgent && !goes_on) wait_ms = 1;         /* it gets nowhere: others need the processor */
    if (!waits || wait_ms > IDLE_RUN_MS) wait_ms = IDLE_RUN_MS;
    if (goes_on) uv_timer_stop(&h->timer);
    else uv_timer_start(&h->timer, on_timer, wait_ms, 0);
    if (goes_on) uv_idle_start(&h->at_once, on_idle);
    else uv_idle_stop(&h->at_once);
}

void http_loop_stir(struct http_loop *h)
{
    uv_timer_start(&h->timer, on_timer, 0, 0);
}

static enum err refuse(const char *host, unsigned port, const char *setting, const char *why)
{
    LOG(LOG_ERROR, "listener_refused", LOG_WORD("setting", setting ? setting : ""), LOG_WORD("host", host),
        LOG_NUMBER("port", port), LOG_WORD("why", why));
    return ERR_CONFIG_INVALID;
}

/* The process before this one may just be ending: to be started again may mend it. */
static enum err refuse_used(const char *host, unsigned port, const char *setting)
{
    (void)refuse(host, port, setting, "the address is in use: another process listens there");
    return ERR_ADDRESS_IN_USE;
}

static struct MHD_Daemon *start(const struct sockaddr *address, const struct http_limits *limits,
                                const struct http_handlers *handlers)
{
    const struct MHD_OptionItem tls[] = { { MHD_OPTION_HTTPS_CERT_CALLBACK, 0, http_tls_callback() },
                                          { MHD_OPTION_HTTPS_PRIORITIES, 0, TLS_PRIORITIES },
                                          { MHD_OPTION_END, 0, NULL } };
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (address->sa_family == AF_INET6 ? MHD_USE_IPv6 : 0);
    if (limits->speaks_tls) flags |= MHD_USE_TLS;
    return MHD_start_daemon(flags, 0, NULL, NULL, handlers->request, handlers->context,
                            MHD_OPTION_SOCK_ADDR, address,
                            MHD_OPTION_CONNECTION_LIMIT, limits->connections_max,
                            MHD_OPTION_PER_IP_CONNECTION_LIMIT, limits->connections_of_address_max,
                            MHD_OPTION_CONNECTION_TIMEOUT, limits->idle_seconds,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, limits->header_bytes_max,
                            MHD_OPTION_STRICT_FOR_CLIENT, 1,
                            MHD_OPTION_NOTIFY_COMPLETED, handlers->completed, handlers->context,
                            MHD_OPTION_NOTIFY_CONNECTION, handlers->connection, handlers->context,
                            MHD_OPTION_URI_LOG_CALLBACK, handlers->target, handlers->context,
                            MHD_OPTION_ARRAY, limits->speaks_tls ? tls : &tls[2],
                            MHD_OPTION_END);
}

static enum err listen_on(struct http_loop *h, const char *host, unsigned port, const struct http_limits *limits,
                          const struct http_handlers *handlers)
{
    char service[16];
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV }, *found = NULL;
    snprintf(service, sizeof service, "%u", port);
    int failed = getaddrinfo(host, service, &hints, &found);
    if (failed) return refuse(host, port, limits->setting, gai_strerror(failed));
    h->daemon = start(found->ai_addr, limits, handlers);
    int error = errno;
    freeaddrinfo(found);
    char buffer[96];
    if (!h->daemon && error == EADDRINUSE) return refuse_used(host, port, limits->setting);
    return h->daemon ? OK : refuse(host, port, limits->setting, strerror_r(error, buffer, sizeof buffer));
}

static enum err watch(struct http_loop *h, struct life *life)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    ASSERT(info);
    h->poll.data = h->timer.data = h->at_once.data = h;
    if (uv_timer_init(life_loop(life), &h->timer) != 0) return ERR_MEMORY_EXHAUSTED;
    h->handles++;
    if (uv_idle_init(life_loop(life), &h->at_once) != 0) return ERR_MEMORY_EXHAUSTED;
    h->handles++;
    if (uv_poll_init(life_loop(life), &h->poll, info->epoll_fd) != 0) return ERR_MEMORY_EXHAUSTED;
    h->handles++;
    if (uv_poll_start(&h->poll, UV_READABLE, on_poll) != 0) return ERR_MEMORY_EXHAUSTED;
    info = MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_BIND_PORT);
    h->port = info ? info->port : 0;
    http_loop_stir(h);
    return OK;
}

enum err http_loop_open(struct life *life, const char *host, unsigned port, const struct http_limits *limits,
                        const struct http_handlers *handlers, struct http_loop **loop)
{
    ASSERT(handlers->request && limits->connections_max > 0);
    struct http_loop *h = calloc(1, sizeof *h);
    if (!h) return ERR_MEMORY_EXHAUSTED;
    enum err e = listen_on(h, host, port, limits, handlers);
    if (e == OK) e = watch(h, life);
    if (e == OK) *loop = h;
    else http_loop_close(h);
    return e;
}

static void on_closed(uv_handle_t *handle)
{
    struct http_loop *h = handle->data;
    if (--h->handles == 0) free(h);
}

void http_loop_close(struct http_loop *h)
{
    if (!h) return;
    unsigned handles = h->handles;
    if (handles > 2) uv_poll_stop(&h->poll);
    if (h->daemon) MHD_stop_daemon(h->daemon);
    if (handles > 2) uv_close((uv_handle_t *)&h->poll, on_closed);
    if (handles > 1) uv_close((uv_handle_t *)&h->at_once, on_closed);
    if (handles > 0) uv_close((uv_handle_t *)&h->timer, on_closed);
    else free(h);
}

unsigned http_loop_port(const struct http_loop *h)
{
    return h->port;
}
