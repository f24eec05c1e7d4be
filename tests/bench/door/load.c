/* tests/bench/door/load.c: non-blocking sockets on one epoll. */
#include "bench/door/load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST_BYTES = 1024, IN_BYTES = 64 << 10, EVENTS = 256, WAIT_MS = 5000 };

struct link {
    int      fd, token;
    char     out[LOAD_DEPTH_MAX * REQUEST_BYTES], in[IN_BYTES];
    size_t   out_bytes, out_at, in_bytes;
    int64_t  began_ns[LOAD_DEPTH_MAX];              /* a ring: of the requests on their way */
    unsigned first, waiting;
    bool     watches_room;
};

struct load {
    const struct load_options *options;
    struct load_result        *result;
    struct link               *links;
    int                        epoll;
    unsigned                   sent, ended;
    int64_t                   *took_ns;
    unsigned                   took_count;
};

static int64_t now_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void put_request(struct load *l, struct link *k)
{
    char body[512], key[64] = "", token[LOAD_TOKEN_BYTES + 64] = "";
    const struct load_options *o = l->options;
    unsigned number = l->sent++;
    int size = snprintf(body, sizeof body,
                        "{\"kind\":\"POS_SALE\",\"partner_id\":\"N-100\",\"invoice_no\":\"L%u-%u\",\"invoice_line\":"
                        "\"1\",\"ship_date\":\"2026-03-01\","
                        "\"invoice_date\":\"2026-03-01\",\"vendor_part\":\"SW-24\",\"qty\":\"12\",\"uom\":\"EA\","
                        "\"currency\":\"USD\",\"resale_unit\":\"218.50\","
                        "\"sold_to\":{\"name\":\"Alder Works\",\"city\":\"Lyon\",\"country\":\"FR\"}}",
                        o->run, number);
    if (o->has_keys) snprintf(key, sizeof key, "Idempotency-Key: k%u-%u\r\n", o->run, number);
    if (o->token) {
        char one[LOAD_TOKEN_BYTES];
        size_t prefix = strcspn(o->token, "%");
        snprintf(one, sizeof one, o->token[prefix] ? "%.*s%d" : "%.*s", (int)prefix, o->token, k->token);
        snprintf(token, sizeof token, "Authorization: Bearer %s\r\n", one);
    }
    k->out_bytes += (size_t)snprintf(k->out + k->out_bytes, REQUEST_BYTES,
                                     "POST /v1/documents HTTP/1.1\r\nHost: bench\r\n%s%sContent-Type: "
                                     "application/json\r\nContent-Length: %d\r\n\r\n%s",
                                     token, key, size, body);
    k->began_ns[(k->first + k->waiting++) % LOAD_DEPTH_MAX] = now_ns(CLOCK_MONOTONIC);
}

static void watch(struct load *l, struct link *k, bool room, int operation)
{
    struct epoll_event e = { .events = EPOLLIN | (room ? EPOLLOUT : 0), .data.ptr = k };
    k->watches_room = room;
    (void)epoll_ctl(l->epoll, operation, k->fd, &e);
}

static void drop(struct load *l, struct link *k)
{
    l->result->broken += k->waiting;
    l->ended += k->waiting;
    k->waiting = 0;
    close(k->fd);
    k->fd = -1;
}

static bool join(struct load *l, struct link *k)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)l->options->port) };
    int one = 1;
    k->out_bytes = k->out_at = k->in_bytes = 0;
    if (inet_pton(AF_INET, l->options->host, &to.sin_addr) != 1) return false;
    k->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (k->fd < 0 || connect(k->fd, (struct sockaddr *)&to, sizeof to) != 0) return false;
    (void)setsockopt(k->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    (void)fcntl(k->fd, F_SETFL, O_NONBLOCK);
    watch(l, k, false, EPOLL_CTL_ADD);
    return true;
}

static void send_more(struct load *l, struct link *k)
{
    if (k->out_at == k->out_bytes) k->out_at = k->out_bytes = 0;
    while (k->waiting < l->options->depth && l->sent < l->options->documents
           && k->out_bytes + REQUEST_BYTES <= sizeof k->out)
        put_request(l, k);
    while (k->out_at < k->out_bytes) {
        ssize_t n = send(k->fd, k->out + k->out_at, k->out_bytes - k->out_at, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) break;
        if (n <= 0) { drop(l, k); return; }
        k->out_at += (size_t)n;
    }
    bool is_full = k->out_at < k->out_bytes;
    if (is_full != k->watches_room) watch(l, k, is_full, EPOLL_CTL_MOD);
}

/* One answer off the front; false: it is not whole yet. */
static bool take_answer(struct load *l, struct link *k, size_t *at)
{
    char *from = k->in + *at, *end = memmem(from, k->in_bytes - *at, "\r\n\r\n", 4);
    if (!end || k->waiting == 0) return false;
    char *length = memmem(from, (size_t)(end - from), "Content-Length: ", 16);
    size_t body = length ? strtoul(length + 16, NULL, 10) : 0, size = (size_t)(end + 4 - from) + body;
    if (k->in_bytes - *at < size) return false;
    unsigned status = (unsigned)strtoul(from + 9, NULL, 10);
    if (status < 600) l->result->statuses[status]++;
    if (status >= 200 && status < 300) l->result->accepted++;
    else l->result->refused++;
    l->took_ns[l->took_count++] = now_ns(CLOCK_MONOTONIC) - k->began_ns[k->first];
    k->first = (k->first + 1) % LOAD_DEPTH_MAX;
    k->waiting--;
    l->ended++;
    *at += size;
    return true;
}

static void receive(struct load *l, struct link *k)
{
    size_t at = 0;
    ssize_t n = recv(k->fd, k->in + k->in_bytes, sizeof k->in - k->in_bytes, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) { drop(l, k); return; }
    k->in_bytes += (size_t)n;
    while (take_answer(l, k, &at)) {}
    memmove(k->in, k->in + at, k->in_bytes - at);
    k->in_bytes -= at;
}

static void serve(struct load *l, struct link *k, uint32_t events)
{
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(l, k);
    if (k->fd < 0 && l->sent < l->options->documents && !join(l, k)) return;
    if (k->fd >= 0) send_more(l, k);
}

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static double at_ms(const struct load *l, unsigned permille)
{
    if (l->took_count == 0) return 0;
    return (double)l->took_ns[(uint64_t)(l->took_count - 1) * permille / 1000] / 1e6;
}

static bool open_links(struct load *l)
{
    for (unsigned n = 0; n < l->options->connections; n++) {
        l->links[n].fd = -1;
        l->links[n].token = l->options->tokens ? (int)(n % l->options->tokens) : 0;
        if (!join(l, &l->links[n])) return false;
    }
    return true;
}

bool load_run(const struct load_options *options, struct load_result *result)
{
    struct load l = { .options = options, .result = result, .epoll = epoll_create1(EPOLL_CLOEXEC) };
    struct epoll_event events[EVENTS];
    *result = (struct load_result){ 0 };
    l.links = calloc(options->connections, sizeof *l.links);
    l.took_ns = calloc(options->documents + 1, sizeof *l.took_ns);
    bool is_there = l.links && l.took_ns && options->depth <= LOAD_DEPTH_MAX && open_links(&l);
    int64_t began = now_ns(CLOCK_MONOTONIC), cpu = now_ns(CLOCK_THREAD_CPUTIME_ID);
    for (unsigned n = 0; is_there && n < options->connections; n++) send_more(&l, &l.links[n]);
    while (is_there && l.ended < options->documents) {
        int count = epoll_wait(l.epoll, events, EVENTS, WAIT_MS);
        if (count < 0 && errno == EINTR) continue;  /* it was stopped and goes on */
        if (count <= 0) break;
        for (int n = 0; n < count; n++) serve(&l, events[n].data.ptr, events[n].events);
    }
    result->seconds = (double)(now_ns(CLOCK_MONOTONIC) - began) / 1e9;
    result->cpu_seconds = (double)(now_ns(CLOCK_THREAD_CPUTIME_ID) - cpu) / 1e9;
    qsort(l.took_ns, l.took_count, sizeof *l.took_ns, by_time);
    result->p50_ms = at_ms(&l, 500);
    result->p99_ms = at_ms(&l, 990);
    result->max_ms = at_ms(&l, 1000);
    for (unsigned n = 0; l.links && n < options->connections; n++)
        if (l.links[n].fd >= 0) close(l.links[n].fd);
    close(l.epoll);
    free(l.links);
    free(l.took_ns);
    return is_there;
}
