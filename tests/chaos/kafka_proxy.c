/* tests/chaos/kafka_proxy.c: stands between clients and one broker and does what networks do, by type of request:
 *
 *   kafka_proxy LISTEN_PORT BROKER_PORT      both on loopback; the broker advertises LISTEN_PORT
 *
 * Orders come as lines on stdin, what was done is told on stdout:
 *   swallow KEY N   the replies to the next N requests of that ApiKey are lost, and the connection with them
 *   hold KEY MS     the next request of that ApiKey loses its connection and reaches the broker MS later, on another
 *                   one
 *   pause KEY NAME  the next request of that ApiKey by a client whose id begins so stays here, until `heal` or until
 *                   the client is gone; told when it came
 *   cut             every connection ends, new ones end at once, until `heal`
 *   stall           bytes stay where they are, connections stay open, until `heal`
 *   heal
 * ApiKey 26 is EndTxn, 0 Produce, 28 TxnOffsetCommit (kafka.md 13, rung 5). */
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { FRAME_BYTES_MAX = 64 << 20, READ_BYTES = 64 << 10, SWALLOWED_MAX = 64, LINE_BYTES = 128, NAME_BYTES = 64,
       HEADER_BYTES = 14 };

struct pair;

/* One direction: what arrived and is no whole frame yet. */
struct flow {
    uv_tcp_t     socket;
    struct pair *pair;
    bool         from_client, connected, is_paused;
    char        *bytes;
    size_t       used, size;
};

struct pair {
    struct flow  client, broker;
    int32_t      swallowed[SWALLOWED_MAX];          /* correlation ids whose reply is lost */
    unsigned     swallowed_count;
    bool         closing;
    int          open_handles;
    struct pair *next;
};

/* A request that arrives late; it goes when both its handles are closed. */
struct held {
    uv_timer_t timer;
    uv_tcp_t socket;
    int open_handles;
    uv_connect_t connect;
    uv_write_t write;
    uv_buf_t frame;
    char discard[READ_BYTES];
};

static uv_loop_t *loop;
static struct sockaddr_in broker_address;
static struct pair *pairs;
static bool is_cut, is_stalled;
static int swallow_key = -1, swallow_left, hold_key = -1;
static unsigned hold_ms;
static int pause_key = -1;
static char pause_name[NAME_BYTES];

#define SAY(...) do { printf(__VA_ARGS__); putchar('\n'); fflush(stdout); } while (0)

static void *take(size_t size)
{
    void *memory = calloc(1, size);
    if (!memory) abort();
    return memory;
}

/* --- ending ------------------------------------------------------------------------------------------------------ */

static void on_closed(uv_handle_t *handle)
{
    struct flow *flow = handle->data;
    struct pair *p = flow->pair;
    if (--p->open_handles > 0) return;
    for (struct pair **at = &pairs; *at; at = &(*at)->next)
        if (*at == p) {
            *at = p->next;
            break;
        }
    free(p->client.bytes);
    free(p->broker.bytes);
    free(p);
}

static void close_pair(struct pair *p)
{
    if (p->closing) return;
    p->closing = true;
    uv_close((uv_handle_t *)&p->client.socket, on_closed);
    uv_close((uv_handle_t *)&p->broker.socket, on_closed);
}

static void close_all(void)
{
    for (struct pair *p = pairs; p; p = p->next) close_pair(p);
}

/* --- sending ----------------------------------------------------------------------------------------------------- */

struct sending { uv_write_t write; struct pair *pair; char *bytes; };

static void on_sent(uv_write_t *write, int status)
{
    struct sending *s = write->data;
    if (status < 0 && status != UV_ECANCELED) close_pair(s->pair);
    free(s->bytes);
    free(s);
}

static void send_frame(struct flow *to, const char *bytes, size_t size)
{
    struct sending *s = take(sizeof *s);
    s->bytes = take(size);
    memcpy(s->bytes, bytes, size);
    s->pair = to->pair;
    s->write.data = s;
    uv_buf_t buffer = uv_buf_init(s->bytes, (unsigned)size);
    if (uv_write(&s->write, (uv_stream_t *)&to->socket, &buffer, 1, on_sent) == 0) return;
    free(s->bytes);
    free(s);
    close_pair(to->pair);
}

/* --- a request that arrives late, over a connection of its own ---------------------------------------------------- */

static void on_held_closed(uv_handle_t *handle)
{
    struct held *h = handle->data;
    if (--h->open_handles > 0) return;
    free(h->frame.base);
    free(h);
}

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)suggested;
    struct held *h = handle->data;
    *buffer = uv_buf_init(h->discard, sizeof h->discard);
}

static void on_held_answer(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    (void)buffer;
    struct held *h = stream->data;
    if (count == 0) return;
    SAY("held request %s", count > 0 ? "was answered" : "lost its connection");
    uv_close((uv_handle_t *)&h->socket, on_held_closed);
}

static void on_held_sent(uv_write_t *write, int status)
{
    struct held *h = write->data;
    if (status < 0) uv_close((uv_handle_t *)&h->socket, on_held_closed);
    else uv_read_start((uv_stream_t *)&h->socket, give_room, on_held_answer);
}

static void on_held_connected(uv_connect_t *connect, int status)
{
    struct held *h = connect->data;
    h->write.data = h;
    if (status < 0 || uv_write(&h->write, (uv_stream_t *)&h->socket, &h->frame, 1, on_held_sent) != 0)
        uv_close((uv_handle_t *)&h->socket, on_held_closed);
}

static void on_held_due(uv_timer_t *timer)
{
    struct held *h = timer->data;
    uv_close((uv_handle_t *)timer, on_held_closed);
    uv_tcp_init(loop, &h->socket);
    h->open_handles++;
    h->socket.data = h->connect.data = h;
    if (uv_tcp_connect(&h->connect, &h->socket, (struct sockaddr *)&broker_address, on_held_connected) != 0)
        uv_close((uv_handle_t *)&h->socket, on_held_closed);
}

static void hold(struct pair *p, const char *frame, size_t size)
{
    struct held *h = take(sizeof *h);
    h->frame = uv_buf_init(take(size), (unsigned)size);
    memcpy(h->frame.base, frame, size);
    h->timer.data = h;
    uv_timer_init(loop, &h->timer);
    h->open_handles = 1;
    uv_timer_start(&h->timer, on_held_due, hold_ms, 0);
    SAY("holding ApiKey %d for %u ms", hold_key, hold_ms);
    hold_key = -1;
    close_pair(p);
}

/* --- frames ------------------------------------------------------------------------------------------------------ */

static uint32_t read32(const char *b)
{
    return (uint32_t)(uint8_t)b[0] << 24 | (uint32_t)(uint8_t)b[1] << 16 | (uint32_t)(uint8_t)b[2] << 8 | (uint8_t)b[3];
}

static int key_of(const char *frame, size_t size)
{
    return size >= 12 ? (uint8_t)frame[4] << 8 | (uint8_t)frame[5] : -1;
}

/* The id of the client stands after the key, the version and the correlation id. */
static bool is_to_be_paused(const char *frame, size_t size)
{
    size_t name_size = strlen(pause_name);
    if (pause_key < 0 || key_of(frame, size) != pause_key || size < HEADER_BYTES + name_size) return false;
    size_t id_size = (size_t)(uint8_t)frame[12] << 8 | (uint8_t)frame[13];
    return id_size >= name_size && memcmp(frame + HEADER_BYTES, pause_name, name_size) == 0;
}

static void take_request(struct pair *p, const char *frame, size_t size)
{
    int key = key_of(frame, size);
    if (key == hold_key && key >= 0) {
        hold(p, frame, size);
        return;
    }
    if (key == swallow_key && swallow_left > 0 && p->swallowed_count < SWALLOWED_MAX) {
        swallow_left--;
        p->swallowed[p->swallowed_count++] = (int32_t)read32(frame + 8);
    }
    send_frame(&p->broker, frame, size);
}

static void take_reply(struct pair *p, const char *frame, size_t size)
{
    int32_t id = size >= 8 ? (int32_t)read32(frame + 4) : 0;
    for (unsigned i = 0; i < p->swallowed_count; i++)
        if (p->swallowed[i] == id) {
            SAY("swallowed the reply to ApiKey %d", swallow_key);
            close_pair(p);
            return;
        }
    send_frame(&p->client, frame, size);
}

static void forward_frames(struct flow *f)
{
    size_t at = 0;
    while (!f->pair->closing && !f->is_paused && f->used - at >= 4) {
        size_t size = 4 + (size_t)read32(f->bytes + at);
        if (size > FRAME_BYTES_MAX) {
            close_pair(f->pair);
            return;
        }
        if (f->used - at < size) break;
        if (f->from_client && is_to_be_paused(f->bytes + at, size)) {
            SAY("paused ApiKey %d of %s", pause_key, pause_name);
            f->is_paused = true;
            pause_key = -1;
            break;
        }
        if (f->from_client) take_request(f->pair, f->bytes + at, size);
        else take_reply(f->pair, f->bytes + at, size);
        at += size;
    }
    memmove(f->bytes, f->bytes + at, f->used - at);
    f->used -= at;
}

static void grow(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)suggested;
    struct flow *f = handle->data;
    if (f->size - f->used < READ_BYTES) {
        f->size = 2 * f->size + READ_BYTES;
        f->bytes = realloc(f->bytes, f->size);
        if (!f->bytes) abort();
    }
    *buffer = uv_buf_init(f->bytes + f->used, (unsigned)(f->size - f->used));
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    (void)buffer;
    struct flow *f = stream->data;
    if (count < 0) {
        close_pair(f->pair);
        return;
    }
    f->used += (size_t)count;
    if (!is_stalled) forward_frames(f);
}

/* --- connections ------------------------------------------------------------------------------------------------- */

static void start_reading(struct flow *f)
{
    f->connected = true;
    if (uv_read_start((uv_stream_t *)&f->socket, grow, on_read) != 0) close_pair(f->pair);
}

static void on_connected(uv_connect_t *connect, int status)
{
    struct pair *p = connect->data;
    free(connect);
    if (p->closing) return;
    if (status < 0) {
        close_pair(p);
        return;
    }
    start_reading(&p->broker);
    start_reading(&p->client);
}

static void open_flow(struct pair *p, struct flow *f, bool from_client)
{
    f->pair = p;
    f->from_client = from_client;
    uv_tcp_init(loop, &f->socket);
    f->socket.data = f;
    p->open_handles++;
}

static void on_client(uv_stream_t *listener, int status)
{
    if (status < 0) return;
    struct pair *p = take(sizeof *p);
    open_flow(p, &p->client, true);
    open_flow(p, &p->broker, false);
    p->next = pairs;
    pairs = p;
    if (uv_accept(listener, (uv_stream_t *)&p->client.socket) != 0 || is_cut) {
        close_pair(p);
        return;
    }
    uv_tcp_nodelay(&p->client.socket, 1);
    uv_tcp_nodelay(&p->broker.socket, 1);
    uv_connect_t *connect = take(sizeof *connect);
    connect->data = p;
    if (uv_tcp_connect(connect, &p->broker.socket, (struct sockaddr *)&broker_address, on_connected) == 0) return;
    free(connect);
    close_pair(p);
}

/* --- orders ------------------------------------------------------------------------------------------------------ */

static void heal(void)
{
    is_cut = false;
    is_stalled = false;
    pause_key = -1;
    for (struct pair *p = pairs; p; p = p->next) {
        if (p->closing) continue;
        p->client.is_paused = false;
        forward_frames(&p->client);
        if (!p->closing) forward_frames(&p->broker);
    }
}

static void obey(const char *order)
{
    int key;
    unsigned number;
    char name[NAME_BYTES];
    if (sscanf(order, "swallow %d %u", &key, &number) == 2) {
        swallow_key = key;
        swallow_left = (int)number;
    } else if (sscanf(order, "hold %d %u", &key, &number) == 2) {
        hold_key = key;
        hold_ms = number;
    } else if (sscanf(order, "pause %d %63s", &key, name) == 2) {
        pause_key = key;
        memcpy(pause_name, name, sizeof name);
    } else if (strcmp(order, "cut") == 0) {
        is_cut = true;
        close_all();
    } else if (strcmp(order, "stall") == 0) {
        is_stalled = true;
    } else if (strcmp(order, "heal") == 0) {
        heal();
    } else {
        SAY("no such order: %s", order);
        return;
    }
    SAY("ok %s", order);
}

static char order[LINE_BYTES];
static size_t order_used;

static void order_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)handle;
    (void)suggested;
    *buffer = uv_buf_init(order + order_used, (unsigned)(sizeof order - 1 - order_used));
}

static void on_order(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    (void)buffer;
    if (count < 0) {
        uv_stop(stream->loop);
        return;
    }
    order_used += (size_t)count;
    for (char *end; (end = memchr(order, '\n', order_used));) {
        size_t size = (size_t)(end + 1 - order);
        *end = 0;
        obey(order);
        memmove(order, end + 1, order_used - size);
        order_used -= size;
    }
    if (order_used == sizeof order - 1) order_used = 0;
}

int main(int argc, char **argv)
{
    struct sockaddr_in listen_address;
    uv_tcp_t listener;
    uv_pipe_t orders;
    if (argc != 3) {
        fprintf(stderr, "usage: kafka_proxy LISTEN_PORT BROKER_PORT\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);                       /* a client that is gone shows as an error of the write */
    loop = uv_default_loop();
    uv_ip4_addr("127.0.0.1", (int)strtol(argv[1], NULL, 10), &listen_address);
    uv_ip4_addr("127.0.0.1", (int)strtol(argv[2], NULL, 10), &broker_address);
    uv_tcp_init(loop, &listener);
    int failed = uv_tcp_bind(&listener, (struct sockaddr *)&listen_address, 0);
    if (!failed) failed = uv_listen((uv_stream_t *)&listener, 256, on_client);
    if (failed) {
        fprintf(stderr, "kafka_proxy: port %s: %s\n", argv[1], uv_strerror(failed));
        return 1;
    }
    uv_pipe_init(loop, &orders, 0);
    uv_pipe_open(&orders, 0);
    uv_read_start((uv_stream_t *)&orders, order_room, on_order);
    SAY("listening");
    uv_run(loop, UV_RUN_DEFAULT);
    return 0;
}
