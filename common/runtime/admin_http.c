/* runtime/admin_http.c: routes of the admin port; a client of one question. */
#include "runtime/admin_http.h"

#include "base/assert.h"
#include "runtime/clock.h"
#include "runtime/http_loop.h"
#include "runtime/log.h"
#include "runtime/metrics.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ANSWER_BYTES = 4 << 20, HEADER_BYTES = 16 << 10, ASKED_BYTES_MAX = 64 << 10 };

static const char *const plain = "text/plain; charset=utf-8", *const json = "application/json";

/* --- answers ---------------------------------------------------------------------------------------------------- */

typedef struct admin_answer answer_function(const struct admin_source *source, struct text *t);

static struct admin_answer answer_live(const struct admin_source *source, struct text *t)
{
    bool alive = source->is_alive(source->context);
    text_put(t, alive ? SLICE("alive\n") : SLICE("a worker does not move\n"));
    return (struct admin_answer){ alive ? 200 : 503, plain };
}

static struct admin_answer answer_ready(const struct admin_source *source, struct text *t)
{
    source->put_missing(source->context, t);
    if (t->size) return (struct admin_answer){ 503, plain };
    PUT(t, "ready\n");
    return (struct admin_answer){ 200, plain };
}

static struct admin_answer answer_metrics(const struct admin_source *source, struct text *t)
{
    if (source->before_metrics) source->before_metrics(source->context);
    metrics_put(t, source->settings(source->context)->service);
    return (struct admin_answer){ 200, "text/plain; version=0.0.4; charset=utf-8" };
}

static struct admin_answer answer_version(const struct admin_source *source, struct text *t)
{
    source->put_version(source->context, t);
    return (struct admin_answer){ 200, json };
}

static struct admin_answer answer_config(const struct admin_source *source, struct text *t)
{
    settings_put_json(t, source->settings(source->context));
    return (struct admin_answer){ 200, json };
}

static struct admin_answer answer_partitions(const struct admin_source *source, struct text *t)
{
    source->put_partitions(source->context, t);
    return (struct admin_answer){ 200, json };
}

static const struct { struct slice path; answer_function *answer; } routes[] = {
    { SLICE_INIT("/livez"), answer_live },           { SLICE_INIT("/readyz"), answer_ready },
    { SLICE_INIT("/metrics"), answer_metrics },      { SLICE_INIT("/version"), answer_version },
    { SLICE_INIT("/debug/config"), answer_config },  { SLICE_INIT("/debug/partitions"), answer_partitions },
};
enum { ROUTES = sizeof routes / sizeof routes[0] };

static struct admin_answer answer_unknown(struct text *t)
{
    PUT(t, "there is nothing here; ask one of:\n");
    for (unsigned i = 0; i < ROUTES; i++) {
        text_put(t, routes[i].path);
        text_put_byte(t, '\n');
    }
    return (struct admin_answer){ 404, plain };
}

struct admin_answer admin_http_answer(const struct admin_source *source, struct slice method, struct slice path,
                                      struct text *t)
{
    if (!slice_equal(method, SLICE("GET")) && !slice_equal(method, SLICE("HEAD"))) {
        PUT(t, "this port only answers GET\n");
        return (struct admin_answer){ 405, plain };
    }
    for (unsigned i = 0; i < ROUTES; i++) {
        if (!slice_equal(path, routes[i].path)) continue;
        struct admin_answer answer = routes[i].answer(source, t);
        if (t->full) answer.status = 500;
        return answer;
    }
    return answer_unknown(t);
}

/* --- the port --------------------------------------------------------------------------------------------------- */

struct admin_http {
    struct admin_source source;
    struct http_loop   *http;
    char               *answer;                     /* ANSWER_BYTES, reused: the library copies what it has to keep */
};

static enum MHD_Result queue(struct MHD_Connection *connection, const struct admin_answer *answer, const struct text *t)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(t->size, t->bytes, MHD_RESPMEM_MUST_COPY);
    if (!response) return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (answer->status == 405) MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    enum MHD_Result queued = MHD_queue_response(connection, answer->status, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *upload, size_t *upload_size, void **request)
{
    struct admin_http *a = context;
    static int seen;
    (void)version, (void)upload;
    if (!*request) {                                /* headers only: the answer is due at the second call */
        *request = &seen;
        return MHD_YES;
    }
    if (*upload_size) {                             /* bodies are not read here */
        *upload_size = 0;
        return MHD_YES;
    }
    struct text t = text_over(a->answer, ANSWER_BYTES);
    struct admin_answer answer = admin_http_answer(&a->source, slice_from(method), slice_from(url), &t);
    return queue(connection, &answer, &t);
}

enum err admin_http_open(struct life *life, const struct admin_source *source, struct admin_http **admin)
{
    const struct settings *s = source->settings(source->context);
    char buffer[256];
    struct text host = text_over(buffer, sizeof buffer - 1);
    unsigned port;
    settings_address(s, SETTING_ADMIN_LISTEN, &host, &port);
    buffer[host.size] = 0;
    struct http_limits limits = { .setting = setting_row(SETTING_ADMIN_LISTEN)->name.bytes,
                                  .connections_max = (unsigned)settings_number(s, SETTING_ADMIN_CONNECTIONS_MAX),
                                  .connections_of_address_max =
                                      (unsigned)settings_number(s, SETTING_ADMIN_CONNECTIONS_MAX),
                                  .idle_seconds = (unsigned)settings_number(s, SETTING_ADMIN_IDLE_SECONDS),
                                  .header_bytes_max = HEADER_BYTES };
    struct admin_http *a = calloc(1, sizeof *a);
    if (!a) return ERR_MEMORY_EXHAUSTED;
    a->source = *source;
    a->answer = malloc(ANSWER_BYTES);
    enum err e = a->answer ? http_loop_open(life, buffer, port, &limits,
                                            &(struct http_handlers){ .context = a, .request = on_request }, &a->http)
                           : ERR_MEMORY_EXHAUSTED;
    if (e == OK) *admin = a;
    else admin_http_close(a);
    return e;
}

void admin_http_close(struct admin_http *a)
{
    if (!a) return;
    http_loop_close(a->http);
    free(a->answer);
    free(a);
}

unsigned admin_http_port(const struct admin_http *a)
{
    return http_loop_port(a->http);
}

const char *admin_http_library(void)
{
    return MHD_get_version();
}

/* --- one question ----------------------------------------------------------------------------------------------- */

static bool wait_for(int fd, short events, int64_t deadline_ms)
{
    for (;;) {
        int64_t left = deadline_ms - clock_mono_ms();
        struct pollfd p = { .fd = fd, .events = events };
        int ready = left > 0 ? poll(&p, 1, (int)left) : 0;
        if (ready < 0 && errno == EINTR) continue;
        return ready > 0;
    }
}

static int connect_to(const char *host, unsigned port, int64_t deadline_ms)
{
    char service[16];
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV }, *found = NULL;
    snprintf(service, sizeof service, "%u", port);
    if (getaddrinfo(host, service, &hints, &found) != 0) return -1;
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error = 0;
    bool connected = fd >= 0 && (connect(fd, found->ai_addr, found->ai_addrlen) == 0 || errno == EINPROGRESS);
    freeaddrinfo(found);
    socklen_t size = sizeof error;
    connected = connected && wait_for(fd, POLLOUT, deadline_ms) &&
                getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
    if (connected) return fd;
    if (fd >= 0) close(fd);
    return -1;
}

static bool read_to_end(int fd, struct text *t, int64_t deadline_ms)
{
    while (!t->full && wait_for(fd, POLLIN, deadline_ms)) {
        if (t->size == t->capacity) return true;
        ssize_t got = read(fd, t->bytes + t->size, t->capacity - t->size);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (got <= 0) return got == 0;
        t->size += (size_t)got;
    }
    return false;
}

/* HTTP/1.0 200 OK … an empty line, the body. */
static bool part_answer(struct slice bytes, unsigned *status, struct text *body)
{
    uint64_t number;
    const char *end = memmem(bytes.bytes, bytes.size, "\r\n\r\n", 4);
    struct slice line = bytes;
    slice_cut(&line, ' ');
    if (!end || !slice_to_uint(slice_head(line, 3), 999, &number)) return false;
    *status = (unsigned)number;
    text_put(body, slice_skip(bytes, (size_t)(end - bytes.bytes) + 4));
    return true;
}

enum err admin_http_ask(const char *host, unsigned port, const char *path, unsigned timeout_ms, unsigned *status,
                        struct text *body)
{
    static char bytes[ASKED_BYTES_MAX];
    char request[512];
    struct text got = text_over(bytes, sizeof bytes);
    int64_t deadline = clock_mono_ms() + timeout_ms;
    int size =
        snprintf(request, sizeof request, "GET %s HTTP/1.0\r\nHost: %s\r\nConnection: close\r\n\r\n", path, host);
    ASSERT(size > 0 && (size_t)size < sizeof request);
    int fd = connect_to(host, port, deadline);
    if (fd < 0) return ERR_SERVICE_AWAY;
    bool answered = write(fd, request, (size_t)size) == size && read_to_end(fd, &got, deadline) &&
                    part_answer(text_slice(&got), status, body);
    close(fd);
    return answered ? OK : ERR_SERVICE_AWAY;
}
