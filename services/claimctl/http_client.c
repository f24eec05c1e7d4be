/* claimctl/http_client.c: sockets, a request, an answer by length, by chunks or to the end. */
#include "claimctl/http_client.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { HEAD_BYTES = 16 << 10, HOST_BYTES = 256, PORT_BYTES = 8, READ_BYTES = 64 << 10 };

/* --- connecting --- */

static bool part_address(struct slice address, char *host, char *port)
{
    if (slice_starts_with(address, SLICE("http://"))) address = slice_skip(address, 7);
    size_t colon = address.size;
    while (colon > 0 && address.bytes[colon - 1] != ':') colon--;
    struct slice name = slice_head(address, colon ? colon - 1 : address.size),
                 rest = colon ? slice_skip(address, colon) : SLICE("80");
    struct slice number = slice_cut(&rest, '/');
    if (name.size && name.bytes[0] == '[') name = slice_head(slice_skip(name, 1), name.size - 2);
    if (name.size == 0 || name.size >= HOST_BYTES || number.size == 0 || number.size >= PORT_BYTES) return false;
    snprintf(host, HOST_BYTES, "%.*s", SLICE_ARGS(name));
    snprintf(port, PORT_BYTES, "%.*s", SLICE_ARGS(number));
    return true;
}

static int connect_to(struct slice address, int timeout_ms)
{
    char host[HOST_BYTES], port[PORT_BYTES];
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list = NULL;
    struct timeval wait = { timeout_ms / 1000, timeout_ms % 1000 * 1000 };
    int fd = -1;
    if (!part_address(address, host, port) || getaddrinfo(host, port, &hints, &list) != 0) return -1;
    for (const struct addrinfo *at = list; at && fd < 0; at = at->ai_next) {
        fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
        if (fd < 0) continue;
        if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0
            && setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) == 0
            && connect(fd, at->ai_addr, at->ai_addrlen) == 0)
            break;
        close(fd);
        fd = -1;
    }
    freeaddrinfo(list);
    return fd;
}

/* --- sending --- */

static bool send_all(int fd, struct slice bytes)
{
    while (bytes.size) {
        ssize_t sent = send(fd, bytes.bytes, bytes.size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        bytes = slice_skip(bytes, (size_t)sent);
    }
    return true;
}

static void put_header(struct text *t, const char *name, struct slice value)
{
    text_put(t, slice_from(name));
    PUT(t, ": ");
    text_put(t, value);
    PUT(t, "\r\n");
}

/* A service may refuse from the head alone: then its answer is there though the body was not taken. */
static bool send_request(int fd, const struct http_client_request *r)
{
    char buffer[HEAD_BYTES], digits[24];
    struct text t = text_over(buffer, sizeof buffer), length = text_over(digits, sizeof digits);
    struct slice host = slice_starts_with(r->address, SLICE("http://")) ? slice_skip(r->address, 7) : r->address;
    text_put(&t, slice_from(r->method));
    text_put_byte(&t, ' ');
    text_put(&t, r->target);
    PUT(&t, " HTTP/1.1\r\n");
    put_header(&t, "Host", host);
    PUT(&t, "Connection: close\r\n");
    for (unsigned i = 0; i < r->header_count; i++) put_header(&t, r->headers[i].name, r->headers[i].value);
    text_put_int(&length, (int64_t)r->body.size);
    if (strcmp(r->method, "GET") != 0) put_header(&t, "Content-Length", text_slice(&length));
    PUT(&t, "\r\n");
    if (t.full || !send_all(fd, text_slice(&t))) return false;
    (void)send_all(fd, r->body);
    return true;
}

/* --- reading --- */

struct reading { int fd; char *bytes; size_t size, at, capacity; bool ended; };

/* More bytes into the buffer; false: there are none. */
static bool fill(struct reading *r)
{
    while (!r->ended && r->size < r->capacity) {
        size_t room = r->capacity - r->size;
        ssize_t got = recv(r->fd, r->bytes + r->size, room < READ_BYTES ? room : READ_BYTES, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) r->ended = true;
        if (got > 0) r->size += (size_t)got;
        return got > 0;
    }
    return false;
}

static bool take_line(struct reading *r, struct slice *line)
{
    for (;;) {
        char *end = memchr(r->bytes + r->at, '\n', r->size - r->at);
        if (end) {
            *line = slice_of(r->bytes + r->at, (size_t)(end - (r->bytes + r->at)));
            if (line->size && line->bytes[line->size - 1] == '\r') line->size--;
            r->at = (size_t)(end - r->bytes) + 1;
            return true;
        }
        if (!fill(r)) return false;
    }
}

static bool take_bytes(struct reading *r, size_t size, struct slice *bytes)
{
    while (r->size - r->at < size)
        if (!fill(r)) return false;
    *bytes = slice_of(r->bytes + r->at, size);
    r->at += size;
    return true;
}

struct head { unsigned status; bool is_chunked, has_length; uint64_t length; struct slice content_type, location; };

static bool read_head(struct reading *r, struct head *h)
{
    struct slice line;
    uint64_t status;
    *h = (struct head){ 0 };
    if (!take_line(r, &line) || !slice_starts_with(line, SLICE("HTTP/1."))) return false;
    slice_cut(&line, ' ');
    if (!slice_to_uint(slice_cut(&line, ' '), 999, &status)) return false;
    h->status = (unsigned)status;
    while (take_line(r, &line) && line.size) {
        struct slice value = line, name = slice_cut(&value, ':');
        value = slice_trim(value);
        if (slice_equal_nocase(name, SLICE("content-type"))) h->content_type = value;
        if (slice_equal_nocase(name, SLICE("location"))) h->location = value;
        if (slice_equal_nocase(name, SLICE("transfer-encoding")))
            h->is_chunked = slice_equal_nocase(value, SLICE("chunked"));
        if (slice_equal_nocase(name, SLICE("content-length")))
            h->has_length = slice_to_uint(value, HTTP_CLIENT_ANSWER_MAX, &h->length);
    }
    return line.size == 0;
}

static bool read_size(struct slice line, size_t *size)
{
    *size = 0;
    for (size_t i = 0; i < line.size && line.bytes[i] != ';'; i++) {
        char c = line.bytes[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0 || *size > HTTP_CLIENT_ANSWER_MAX) return false;
        *size = *size * 16 + (size_t)digit;
    }
    return true;
}

/* Chunks are moved together where they lie. */
static bool read_chunks(struct reading *r, struct slice *body)
{
    char *to = r->bytes + r->at;
    size_t total = 0;
    for (;;) {
        struct slice line, bytes;
        size_t size;
        if (!take_line(r, &line) || !read_size(line, &size)) return false;
        if (size == 0) break;
        if (!take_bytes(r, size, &bytes)) return false;
        memmove(to + total, bytes.bytes, size);
        total += size;
        if (!take_line(r, &line)) return false;
    }
    *body = slice_of(to, total);
    return true;
}

static bool read_body(struct reading *r, const struct head *h, struct slice *body)
{
    if (h->is_chunked) return read_chunks(r, body);
    if (h->has_length) return take_bytes(r, h->length, body);
    while (fill(r)) {}
    *body = slice_of(r->bytes + r->at, r->size - r->at);
    return true;
}

static bool read_answer(struct arena *a, int fd, struct http_client_answer *answer)
{
    struct reading r = { .fd = fd, .bytes = arena_take(a, HTTP_CLIENT_ANSWER_MAX), .capacity = HTTP_CLIENT_ANSWER_MAX };
    struct head h;
    do {
        if (!read_head(&r, &h)) return false;
    } while (h.status >= 100 && h.status < 200);
    *answer = (struct http_client_answer){ .status = h.status,
                                           .content_type = slice_copy(a, h.content_type),
                                           .location = slice_copy(a, h.location) };
    return read_body(&r, &h, &answer->body);
}

enum err http_client_ask(struct arena *a, const struct http_client_request *request, struct http_client_answer *answer)
{
    int fd = connect_to(request->address, request->timeout_ms ? request->timeout_ms : HTTP_CLIENT_TIMEOUT_MS);
    if (fd < 0) return ERR_SERVICE_AWAY;
    bool good = send_request(fd, request) && read_answer(a, fd, answer);
    close(fd);
    return good ? OK : ERR_SERVICE_AWAY;
}

void http_client_put_encoded(struct text *t, struct slice value)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < value.size; i++) {
        unsigned char byte = (unsigned char)value.bytes[i];
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9')
                     || (byte && strchr("-._~", byte));
        if (plain) text_put_byte(t, (char)byte);
        else {
            text_put_byte(t, '%');
            text_put_byte(t, digits[byte >> 4]);
            text_put_byte(t, digits[byte & 15]);
        }
    }
}
