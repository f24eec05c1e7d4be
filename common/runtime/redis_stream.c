/* runtime/redis_stream.c: a socket, perhaps a session over it, bytes to send, hiredis' reader of answers. */
#include "runtime/redis_stream.h"

#include "base/assert.h"
#include "runtime/redis_name.h"

#include <errno.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CHUNK_BYTES = 16384, ROOM_FIRST = 4096, KEEPALIVE_S = 15, KEEPALIVE_TRIES = 3, TLS_ALERT = 0x15 };

enum phase { CONNECTING, SHAKING_HANDS, OPEN, BROKEN };

struct redis_stream {
    int                       fd;
    enum phase                phase;
    char                      host[REDIS_ADDRESS_BYTES];     /* as the address says it, and a certificate has to */
    struct redis_tls         *tls;                  /* NULL: plain */
    struct redis_tls_session *session;
    redisReader              *reader;
    char                     *out;                  /* from `sent` to `size` waits to be sent */
    size_t                    sent, size, capacity;
    bool                      has_heard, is_refused;
    char                      why[REDIS_TLS_WHY_BYTES];
};

/* --- the end of it --- */

static enum redis_step break_off(struct redis_stream *s, const char *why)
{
    if (s->phase == BROKEN) return REDIS_BROKEN;
    snprintf(s->why, sizeof s->why, "%s", why && *why ? why : "the connection was closed");
    s->phase = BROKEN;
    return REDIS_BROKEN;
}

const char *redis_stream_why(const struct redis_stream *s)
{
    switch (s->phase) {
    case BROKEN:        return s->why;
    case CONNECTING:    return "nobody answers at its address";
    case SHAKING_HANDS: return "nobody answers to TLS: name the server's port for TLS, or set redis.tls to false";
    default:            return "the answer takes too long";
    }
}

bool redis_stream_is_refused(const struct redis_stream *s)
{
    return s->phase == SHAKING_HANDS || s->is_refused || (s->session && redis_tls_is_refused(s->session));
}

void redis_stream_close(struct redis_stream *s)
{
    if (!s) return;
    redis_tls_end(s->session);
    if (s->reader) redisReaderFree(s->reader);
    if (s->fd >= 0) close(s->fd);
    free(s->out);
    free(s);
}

int redis_stream_fd(const struct redis_stream *s)
{
    return s->fd;
}

/* --- connecting --- */

/* Commands are small and waited for; a server that vanished without a word shows by itself. */
static void tune(int fd)
{
    const int yes = 1, idle = KEEPALIVE_S, pause = KEEPALIVE_S / 3, tries = KEEPALIVE_TRIES;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &pause, sizeof pause);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &tries, sizeof tries);
}

static bool begin(struct redis_stream *s, const struct sockaddr *address, socklen_t size)
{
    s->fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->fd < 0) return false;
    if (address->sa_family != AF_UNIX) tune(s->fd);
    if (connect(s->fd, address, size) == 0 || errno == EINPROGRESS) return true;    /* EAGAIN: no place in its queue */
    int code = errno;
    close(s->fd);
    s->fd = -1;
    errno = code;
    return false;
}

static void begin_path(struct redis_stream *s, const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    size_t size = strlen(path);
    if (size >= sizeof address.sun_path) {
        (void)break_off(s, "the path of its socket is too long");
        return;
    }
    memcpy(address.sun_path, path, size);
    if (!begin(s, (const struct sockaddr *)&address, sizeof address)) (void)break_off(s, strerror(errno));
}

/* The first address of several that does not fail at once. */
static void begin_host(struct redis_stream *s, const char *host, int port)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list = NULL;
    char service[12];
    snprintf(service, sizeof service, "%d", port);
    int code = getaddrinfo(host, service, &hints, &list);
    if (code != 0) {
        (void)break_off(s, gai_strerror(code));
        return;
    }
    bool begun = false;
    errno = EADDRNOTAVAIL;
    for (struct addrinfo *a = list; a && !begun; a = a->ai_next) begun = begin(s, a->ai_addr, a->ai_addrlen);
    if (!begun) (void)break_off(s, strerror(errno));
    freeaddrinfo(list);
}

struct redis_stream *redis_stream_open(const struct redis_options *o)
{
    struct redis_stream *s = calloc(1, sizeof *s);
    struct slice host;
    int port;
    if (!s) return NULL;
    s->fd = -1;
    s->tls = o->tls;
    s->reader = redisReaderCreate();
    if (!s->reader) {
        redis_stream_close(s);
        return NULL;
    }
    bool fits = redis_address_read(slice_from(o->address), &host, &port) && host.size < sizeof s->host;
    ASSERT(fits);                                   /* it was read when it was named */
    memcpy(s->host, host.bytes, host.size);
    const char *at = o->name ? redis_name_address(o->name) : s->host;
    if (!at) (void)break_off(s, "the name of its host is not found");
    else if (port) begin_host(s, at, port);
    else begin_path(s, at);
    return s;
}

static enum redis_step meet(struct redis_stream *s)
{
    int code = 0;
    socklen_t size = sizeof code;
    struct sockaddr_storage peer;
    socklen_t peer_size = sizeof peer;
    if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &code, &size) != 0) code = errno;
    if (code == 0 && getpeername(s->fd, (struct sockaddr *)&peer, &peer_size) != 0)
        return errno == ENOTCONN ? REDIS_WAITS_TO_WRITE : break_off(s, strerror(errno));
    if (code != 0) return break_off(s, strerror(code));
    s->phase = s->tls ? SHAKING_HANDS : OPEN;
    if (!s->tls) return REDIS_DONE;
    s->session = redis_tls_begin(s->tls, s->host, s->fd);
    return s->session ? REDIS_DONE : break_off(s, "no memory for TLS");
}

enum redis_step redis_stream_connect(struct redis_stream *s)
{
    enum redis_step step = s->phase == BROKEN ? REDIS_BROKEN : REDIS_DONE;
    if (s->phase == CONNECTING) step = meet(s);
    if (step != REDIS_DONE || s->phase != SHAKING_HANDS) return step;
    step = redis_tls_shake_hands(s->session);
    if (step == REDIS_BROKEN) return break_off(s, redis_tls_why(s->session));
    if (step == REDIS_DONE) s->phase = OPEN;
    return step;
}

/* --- commands --- */

static void make_room(struct redis_stream *s, size_t more)
{
    if (s->sent == s->size) s->sent = s->size = 0;
    if (s->capacity - s->size >= more) return;
    size_t capacity = s->capacity ? s->capacity : ROOM_FIRST;
    while (capacity - s->size < more) capacity *= 2;
    s->out = realloc(s->out, capacity);
    ASSERT_MEMORY(s->out);
    s->capacity = capacity;
}

static void put_bytes(struct redis_stream *s, struct slice bytes)
{
    if (bytes.size) memcpy(s->out + s->size, bytes.bytes, bytes.size);
    s->size += bytes.size;
}

/* A count or a size, in a line of its own. */
static void put_head(struct redis_stream *s, char kind, size_t number)
{
    char digits[24];
    struct text t = text_over(digits, sizeof digits);
    text_put_byte(&t, kind);
    text_put_int(&t, (int64_t)number);
    PUT(&t, "\r\n");
    make_room(s, t.size);
    put_bytes(s, text_slice(&t));
}

void redis_stream_put(struct redis_stream *s, const struct redis_command *c)
{
    ASSERT(c->count > 0);
    put_head(s, '*', c->count);
    for (unsigned i = 0; i < c->count; i++) {
        put_head(s, '$', c->words[i].size);
        make_room(s, c->words[i].size + 2);
        put_bytes(s, c->words[i]);
        put_bytes(s, SLICE("\r\n"));
    }
}

bool redis_stream_put_sign_in(struct redis_stream *s, const struct redis_options *o)
{
    struct slice user = slice_from(o->user), password = slice_from(o->password);
    if (!password.size) return false;
    if (user.size) redis_stream_put(s, &REDIS_COMMAND(SLICE("AUTH"), user, password));
    else redis_stream_put(s, &REDIS_COMMAND(SLICE("AUTH"), password));
    return true;
}

/* One that ends before it has answered anything has taken us for somebody else; what it said of that can be lost. */
static enum redis_step part(struct redis_stream *s)
{
    if (s->session && redis_tls_is_refused(s->session)) return break_off(s, redis_tls_why(s->session));
    if (s->has_heard) return break_off(s, "");
    s->is_refused = true;
    return break_off(s, s->session ? "the server ends behind the handshake: where it asks for a certificate, "
                                     "redis.tls_certificate and redis.tls_key name one that it believes"
                                   : "it ends at our first word: where it speaks TLS, set redis.tls to true");
}

static enum redis_step send_plain(const struct redis_stream *s, struct slice bytes, size_t *taken)
{
    ssize_t sent;
    do sent = send(s->fd, bytes.bytes, bytes.size, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    *taken = sent > 0 ? (size_t)sent : 0;
    if (sent >= 0) return REDIS_DONE;
    return errno == EAGAIN || errno == EWOULDBLOCK ? REDIS_WAITS_TO_WRITE : REDIS_BROKEN;
}

enum redis_step redis_stream_send(struct redis_stream *s)
{
    if (s->phase == BROKEN) return REDIS_BROKEN;
    ASSERT(s->phase == OPEN);
    while (s->sent < s->size) {
        struct slice left = slice_of(s->out + s->sent, s->size - s->sent);
        size_t taken;
        enum redis_step step = s->session ? redis_tls_send(s->session, left, &taken) : send_plain(s, left, &taken);
        if (step == REDIS_BROKEN) return part(s);
        if (step != REDIS_DONE) return step;
        s->sent += taken;
    }
    return REDIS_DONE;
}

/* --- answers --- */

static enum redis_step receive_plain(const struct redis_stream *s, char *buffer, size_t room, size_t *size)
{
    ssize_t got;
    do got = recv(s->fd, buffer, room, 0);
    while (got < 0 && errno == EINTR);
    *size = got > 0 ? (size_t)got : 0;
    if (got >= 0) return REDIS_DONE;
    return errno == EAGAIN || errno == EWOULDBLOCK ? REDIS_WAITS_TO_READ : REDIS_BROKEN;
}

static enum redis_step feed(struct redis_stream *s)
{
    char buffer[CHUNK_BYTES];
    size_t size;
    enum redis_step step = s->session ? redis_tls_receive(s->session, buffer, sizeof buffer, &size)
                                      : receive_plain(s, buffer, sizeof buffer, &size);
    if (step == REDIS_BROKEN || (step == REDIS_DONE && !size)) return part(s);
    if (step != REDIS_DONE) return step;
    if (!s->has_heard && !s->session && buffer[0] == TLS_ALERT) return part(s);
    s->has_heard = true;
    if (redisReaderFeed(s->reader, buffer, size) != REDIS_OK) return break_off(s, s->reader->errstr);
    bool is_too_large = s->reader->len - s->reader->pos > REDIS_ANSWER_BYTES_MAX;
    return is_too_large ? break_off(s, "an answer larger than any of ours") : REDIS_DONE;
}

enum redis_step redis_stream_take(struct redis_stream *s, struct redis_answer **answer)
{
    enum redis_step step = s->phase == BROKEN ? REDIS_BROKEN : REDIS_DONE;
    ASSERT(s->phase == OPEN || s->phase == BROKEN);
    while (step == REDIS_DONE) {
        void *reply = NULL;
        if (redisReaderGetReply(s->reader, &reply) != REDIS_OK) return break_off(s, s->reader->errstr);
        if (reply) {
            *answer = reply;
            return REDIS_DONE;
        }
        step = feed(s);
    }
    return step;
}
