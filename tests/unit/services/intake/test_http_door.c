/* The door on a socket, with the engine on the memory transport: what is sent is bytes, what comes back is bytes. */
#include "service_rig.h"

#include "intake/http_door.h"
#include "intake/http_plan.h"
#include "runtime/topic.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <zlib.h>

enum { REPLY_MAX = 4 << 20, ANSWER_MS = 300000 };

struct rig {
    struct desk *desk;
    struct life *life;
    struct http_door *door;
    struct http_door_options options;
    int64_t tick_ms;
};

static void poke(void *context)
{
    (void)context;
}

static struct rig *open_rig_behind(struct desk_broker *broker, struct http_door_options tuned)
{
    struct rig *r = ARENA_NEW(test_arena(), struct rig);
    struct life_events events = { 0 };
    r->desk = desk_open_behind(broker);
    r->desk->grants.allows_all = true;
    r->desk->grants.local = (struct grant){ .submitter = submitter_local(), .profile = SLICE("default") };
    r->desk->grants.local.submitter.is_local = false;
    r->options = tuned;
    r->options.service = r->desk->service;
    r->options.host = "127.0.0.1";
    r->options.connections_max = r->options.connections_of_address_max = 64;
    if (!r->options.idle_seconds) r->options.idle_seconds = 60;
    if (!r->options.header_bytes_max) r->options.header_bytes_max = 32 << 10;
    if (!r->options.answer_timeout_ms) r->options.answer_timeout_ms = ANSWER_MS;
    if (!r->options.body_bytes_max) r->options.body_bytes_max = 64 << 20;
    CHECK_INT(life_open(&events, &r->life), OK);
    CHECK_INT(http_door_open(r->life, &r->options, &r->door), OK);
    (void)poke;
    return r;
}

static struct rig *open_rig(struct http_door_options tuned)
{
    return open_rig_behind(NULL, tuned);
}

static void close_rig(struct rig *r)
{
    http_door_close(r->door);
    for (unsigned k = 0; k < 10; k++) { life_turn(r->life); desk_turn(r->desk); }
    desk_close(r->desk);
    life_close(r->life);
}

static void turn(struct rig *r)
{
    life_turn(r->life);
    desk_turn(r->desk);
    http_door_stir(r->door);
    if (clock_mono_ms() - r->tick_ms < 50) return;
    r->tick_ms = clock_mono_ms();
    http_door_tick(r->door);
}

/* A client on its own thread: pieces with pauses, then everything that comes back. */
struct client {
    unsigned     port, pause_ms, piece;
    struct slice sends;
    char        *reply;
    size_t       size;
    atomic_size_t sent;
    bool         hangs_up, half_closes;
    unsigned     answers;                           /* 0: one */
    atomic_bool  is_done;
    pthread_t    thread;
};

static unsigned answers_in(struct slice text)
{
    unsigned count = 0;
    for (size_t k = 0; k + 9 <= text.size; k++)
        count += memcmp(text.bytes + k, "HTTP/1.1 ", 9) == 0 && memcmp(text.bytes + k + 9, "102", 3) != 0;
    return count;
}

static void receive(struct client *c, int fd)
{
    while (c->size < REPLY_MAX) {
        ssize_t n = recv(fd, c->reply + c->size, REPLY_MAX - c->size, 0);
        if (n <= 0) return;
        c->size += (size_t)n;
        struct slice got = slice_of(c->reply, c->size);
        char *body = memmem(c->reply, c->size, "\r\n\r\n", 4),
             *length = memmem(c->reply, c->size, "Content-Length: ", 16);
        if (!body || !length || length > body) continue;
        size_t want = (size_t)(body + 4 - c->reply) + (size_t)strtoul(length + 16, NULL, 10);
        if (got.size >= want && (c->answers == 0 || answers_in(got) >= c->answers)) return;
    }
}

static void *run_client(void *context)
{
    struct client *c = context;
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)c->port),
                              .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct timeval patience = { 300, 0 };
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) {
        size_t piece = c->piece ? c->piece : c->sends.size;
        for (size_t at = 0; at < c->sends.size; at += piece) {
            size_t size = c->sends.size - at < piece ? c->sends.size - at : piece;
            if (send(fd, c->sends.bytes + at, size, MSG_NOSIGNAL) < 0) break;
            c->sent += size;
            if (c->pause_ms)
                nanosleep(&(struct timespec){ c->pause_ms / 1000, (long)(c->pause_ms % 1000) * 1000000 }, NULL);
        }
        if (c->half_closes) (void)shutdown(fd, SHUT_WR);
        if (!c->hangs_up) receive(c, fd);
    }
    close(fd);
    atomic_store(&c->is_done, true);
    return NULL;
}

static void start(struct rig *r, struct client *c)
{
    c->port = http_door_port(r->door);
    c->reply = arena_alloc(test_arena(), REPLY_MAX);
    ASSERT(pthread_create(&c->thread, NULL, run_client, c) == 0);
}

static void turns(struct rig *r, unsigned count)
{
    for (; count > 0; count--) turn(r);
}

static void finish(struct rig *r, struct client *c)
{
    while (!atomic_load(&c->is_done)) turn(r);
    pthread_join(c->thread, NULL);
}

static struct slice exchange(struct rig *r, struct client c)
{
    struct client *own = ARENA_NEW(test_arena(), struct client);
    *own = c;
    start(r, own);
    finish(r, own);
    return slice_of(own->reply, own->size);
}
#define EXCHANGE(r, ...) exchange((r), (struct client){ __VA_ARGS__ })

static unsigned status_of(struct slice reply)
{
    return reply.size > 12 ? (unsigned)strtoul(reply.bytes + 9, NULL, 10) : 0;
}

static struct slice request(const char *method, const char *target, const char *headers, struct slice body)
{
    struct text t = text_in(test_arena(), strlen(method) + strlen(target) + strlen(headers) + body.size + 128);
    text_put(&t, slice_from(method));
    PUT(&t, " ");
    text_put(&t, slice_from(target));
    PUT(&t, " HTTP/1.1\r\nHost: x\r\n");
    text_put(&t, slice_from(headers));
    if (body.bytes) {
        PUT(&t, "Content-Length: ");
        text_put_int(&t, (int64_t)body.size);
        PUT(&t, "\r\n");
    }
    PUT(&t, "\r\n");
    text_put(&t, body);
    return text_slice(&t);
}

#define SALE(invoice, qty) \
    "{\"kind\":\"POS_SALE\",\"invoice_no\":\"" invoice \
    "\",\"ship_date\":\"2026-03-01\",\"vendor_part\":\"P\",\"qty\":\"" qty "\",\"uom\":\"EA\",\"resale_unit\":\"2.50\"}"
#define TARGET "/v1/documents?partner=N-100&currency=USD&name=a.json"

TEST(a_document_is_posted_over_http_asked_for_and_sent_again)
{
    struct rig *r = open_rig((struct http_door_options){ 0 });
    struct slice reply =
        EXCHANGE(r, .sends = request("POST", TARGET, "Content-Type: application/json\r\ntraceparent: 00-0a-b7-01\r\n",
                                     SLICE(SALE("1", "1"))));
    CHECK_INT(status_of(reply), 202);
    CHECK(holds(reply, "Location: /v1/documents/d-00") && holds(reply, "\"name\":\"a.json\"")
          && holds(reply, "\"passed\":1"));
    CHECK(holds(reply, "traceparent: 00-0a-b7-01\r\n"));
    char path[128];
    snprintf(path, sizeof path, "/v1/documents/%.*s", SLICE_ARGS(member(reply, "id")));
    struct slice status = EXCHANGE(r, .sends = request("GET", path, "", (struct slice){ 0 }));
    CHECK_INT(status_of(status), 200);
    CHECK(holds(status, "ETag: \"") && holds(status, "\"state\":\"POSTED\""));
    CHECK_INT(status_of(EXCHANGE(r, .sends = request("POST", TARGET, "", SLICE(SALE("1", "1"))))), 200);
    char raw[160];
    snprintf(raw, sizeof raw, "%s/raw", path);
    CHECK(holds(EXCHANGE(r, .sends = request("GET", raw, "", (struct slice){ 0 })), "\r\n\r\n" SALE("1", "1")));
    CHECK_INT(status_of(EXCHANGE(r, .sends = request("GET", "/v1/documents", "", (struct slice){ 0 }))), 200);
    CHECK_INT(status_of(EXCHANGE(r, .sends = request("GET", "/v1/openapi.json", "", (struct slice){ 0 }))), 200);
    CHECK_INT(status_of(EXCHANGE(r, .sends = request("GET", "/problems/too-large", "", (struct slice){ 0 }))), 200);
    CHECK_INT(status_of(EXCHANGE(r, .sends = request("DELETE", "/v1/documents", "", (struct slice){ 0 }))), 405);
    close_rig(r);
}

TEST(a_body_comes_whole_however_it_is_cut_chunked_or_compressed)
{
    struct rig *r = open_rig((struct http_door_options){ 0 });
    CHECK_INT(status_of(EXCHANGE(r, .sends = request("POST", TARGET, "", SLICE(SALE("1", "1"))), .piece = 7)), 202);
    CHECK_INT(
        status_of(EXCHANGE(r, .sends = SLICE("POST " TARGET " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                                             "5\r\n[1,2]\r\n0\r\n\r\n"))),
        422);
    uint8_t packed[512];
    z_stream z = { .next_in = (Bytef *)(uintptr_t)SALE("3", "1"),
                   .avail_in = strlen(SALE("3", "1")),
                   .next_out = packed,
                   .avail_out = sizeof packed };
    ASSERT(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK && deflate(&z, Z_FINISH) == Z_STREAM_END);
    struct slice reply = EXCHANGE(
        r, .sends = request("POST", TARGET, "Content-Encoding: gzip\r\n", slice_of((char *)packed, z.total_out)));
    CHECK_INT(status_of(reply), 202);
    CHECK(holds(reply, "\"passed\":1"));
    CHECK_INT(status_of(EXCHANGE(r, .sends = request("POST", TARGET, "Content-Encoding: gzip\r\n",
                                                     slice_of((char *)packed, z.total_out - 4)))),
              400);
    CHECK_INT(status_of(EXCHANGE(
                  r, .sends = request("POST", TARGET, "Content-Encoding: gzip\r\n", SLICE("nothing of the kind")))),
              400);
    deflateEnd(&z);
    close_rig(r);
}

TEST(a_key_brings_the_first_answer_back_to_the_byte)
{
    struct rig *r = open_rig((struct http_door_options){ 0 });
    struct slice first =
        EXCHANGE(r, .sends = request("POST", TARGET, "Idempotency-Key: k1\r\n", SLICE(SALE("1", "1"))));
    struct slice again =
        EXCHANGE(r, .sends = request("POST", TARGET, "Idempotency-Key: \"k1\"\r\n", SLICE(SALE("1", "1"))));
    CHECK_INT(status_of(again), 202);
    CHECK(holds(again, "Idempotent-Replay: true") && !holds(first, "Idempotent-Replay"));
    struct slice a = slice_of(memmem(first.bytes, first.size, "\r\n\r\n", 4), 0),
                 b = slice_of(memmem(again.bytes, again.size, "\r\n\r\n", 4), 0);
    a.size = (size_t)(first.bytes + first.size - a.bytes);
    b.size = (size_t)(again.bytes + again.size - b.bytes);
    CHECK_SLICE(b, a);
    CHECK_INT(
        status_of(EXCHANGE(r, .sends = request("POST", TARGET, "Idempotency-Key: k1\r\n", SLICE(SALE("2", "1"))))),
        422);
    CHECK_INT(status_of(EXCHANGE(
                  r, .sends = request("POST", TARGET,
                                      "Content-Digest: sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:\r\n",
                                      SLICE(SALE("2", "1"))))),
              400);
    close_rig(r);
}

/* The door alone, as long as the engine is busy elsewhere. */
static void turn_door(struct rig *r, unsigned ms)
{
    for (int64_t until = clock_mono_ms() + ms; clock_mono_ms() < until;) {
        life_turn(r->life);
        service_deliver(r->desk->service);
        http_door_stir(r->door);
        http_door_tick(r->door);
        nanosleep(&(struct timespec){ 0, 2000000 }, NULL);
    }
}

/* From now on every answer that is awaited takes too long; and as before. */
static void lose_patience(struct rig *r)
{
    r->options.answer_timeout_ms = 1;
    http_door_retune(r->door, &r->options);
}

static void regain_patience(struct rig *r)
{
    r->options.answer_timeout_ms = ANSWER_MS;
    http_door_retune(r->door, &r->options);
}

/* A document that was sent lies surveyed in front of the engine, which has taken it and does nothing. */
static void wait_until_surveyed(struct rig *r)
{
    bool worked = false;
    WAIT_FOR(service_waiting(r->desk->service) > 0, turn_door(r, 5));
    WAIT_FOR(worked, CHECK_INT(service_engine_step(r->desk->service, r->desk->now, &worked), OK));
    WAIT_FOR(desk_is_surveyed(r->desk));
}

TEST(an_answer_that_takes_too_long_is_503_and_the_repeat_meets_the_result)
{
    struct rig *r = open_rig((struct http_door_options){ 0 });
    desk_engine_close(r->desk);
    struct client c = { .sends = request("POST", TARGET, "", SLICE(SALE("1", "1"))) };
    CHECK_INT(status_of(exchange(r, c)), 503);      /* Kafka away: before the body */
    desk_engine_open(r->desk);
    struct client *slow = ARENA_NEW(test_arena(), struct client);
    slow->sends = c.sends;
    start(r, slow);
    WAIT_FOR(service_waiting(r->desk->service) > 0, turn_door(r, 5));
    desk_engine_close(r->desk);                     /* in the middle */
    lose_patience(r);
    finish(r, slow);
    CHECK_INT(status_of(slice_of(slow->reply, slow->size)), 503);
    CHECK(holds(slice_of(slow->reply, slow->size), "Retry-After: 5"));
    regain_patience(r);
    desk_engine_open(r->desk);
    desk_rest(r->desk);
    struct slice reply = exchange(r, c);
    CHECK_INT(status_of(reply), 200);
    CHECK(holds(reply, "\"state\":\"DUPLICATE\""));
    CHECK_INT(service_counts(r->desk->service).passed, 1);
    close_rig(r);
}

TEST(an_answer_that_is_late_says_where_to_ask_and_who_asks_there_finds_the_document)
{
    struct rig *r = open_rig((struct http_door_options){ 0 });
    struct client *slow = ARENA_NEW(test_arena(), struct client);
    slow->sends = request("POST", TARGET, "", SLICE(SALE("1", "1")));
    start(r, slow);
    wait_until_surveyed(r);
    lose_patience(r);
    WAIT_FOR(atomic_load(&slow->is_done), turn_door(r, 5));
    regain_patience(r);
    finish(r, slow);
    struct slice late = slice_of(slow->reply, slow->size);
    CHECK_INT(status_of(late), 503);
    CHECK(holds(late, "Retry-After: 5") && holds(late, "Location: /v1/documents/d-"));
    char *at = memmem(late.bytes, late.size, "Location: ", 10), path[128] = "";
    ASSERT(at);
    snprintf(path, sizeof path, "%.*s", (int)strcspn(at + 10, "\r"), at + 10);
    desk_rest(r->desk);
    struct slice status = EXCHANGE(r, .sends = request("GET", path, "", (struct slice){ 0 }));
    CHECK_INT(status_of(status), 200);
    CHECK(holds(status, "\"state\":\"POSTED\"") && holds(status, "\"passed\":1"));
    close_rig(r);
}

TEST(while_kafka_takes_no_commit_requests_are_answered_503_and_nothing_is_lost)
{
    struct desk_broker broker = { .gun = { desk_fire }, .is_away = true };
    struct rig *r = open_rig_behind(&broker, (struct http_door_options){ 0 });
    struct slice sale = request("POST", TARGET, "Idempotency-Key: once\r\n", SLICE(SALE("1", "1")));
    struct slice other = request("POST", TARGET, "", SLICE(SALE("2", "1"))),
                 asks = request("GET", "/v1/documents", "", (struct slice){ 0 });
    service_retune(r->desk->service, &(struct service_bounds){ .patience_ms = 300 });
    struct slice late = exchange(r, (struct client){ .sends = sale });
    CHECK_INT(status_of(late), 503);
    CHECK(holds(late, "Retry-After: 5") && holds(late, "Location: /v1/documents/d-"));
    struct slice refused = exchange(r, (struct client){ .sends = other });
    CHECK_INT(status_of(refused), 503);             /* before its body: nothing of it is kept */
    CHECK(holds(refused, "Kafka does not answer") && !holds(refused, "Location:"));
    CHECK_INT(status_of(exchange(r, (struct client){ .sends = asks })), 503);
    CHECK_INT(status_of(EXCHANGE(r, .sends = request("POST", "/v1/validations?partner=N-100&currency=USD", "",
                                                     SLICE(SALE("3", "1"))))),
              200);
    CHECK_INT(service_waiting(r->desk->service), 1);
    service_retune(r->desk->service, &(struct service_bounds){ 0 });
    broker.is_away = false;
    desk_rest(r->desk);
    struct slice again = exchange(r, (struct client){ .sends = sale });
    CHECK_INT(status_of(again), 202);
    CHECK(holds(again, "Idempotent-Replay: true"));
    CHECK_INT(status_of(exchange(r, (struct client){ .sends = other })), 202);
    CHECK_INT(service_counts(r->desk->service).passed, 2);
    close_rig(r);
}

TEST(who_still_waits_when_the_service_ends_is_told_where_to_ask)
{
    struct rig *r = open_rig((struct http_door_options){ 0 });
    struct client *c = ARENA_NEW(test_arena(), struct client);
    *c = (struct client){ .sends = request("POST", TARGET, "", SLICE(SALE("1", "1"))) };
    start(r, c);
    WAIT_FOR(http_door_waiting(r->door) > 0, life_turn(r->life));
    http_door_drain(r->door);
    http_door_dismiss(r->door);
    while (!atomic_load(&c->is_done)) life_turn(r->life);
    pthread_join(c->thread, NULL);
    CHECK_INT(status_of(slice_of(c->reply, c->size)), 503);
    CHECK(holds(slice_of(c->reply, c->size), "Location: /v1/documents"));
    WAIT_FOR(service_counts(r->desk->service).passed == 1, turn(r));
    close_rig(r);
}

TEST(a_document_on_its_way_is_found_before_it_stands_in_the_register)
{
    struct rig *r = open_rig((struct http_door_options){ 0 });
    struct client *slow = ARENA_NEW(test_arena(), struct client), *asks = ARENA_NEW(test_arena(), struct client);
    struct slice bytes = SLICE(SALE("1", "1"));
    uint8_t digest[SHA256_BYTES], id[SHA256_BYTES];
    char path[128];
    hash_sha256(bytes, digest);
    struct id_part parts[] = { ID_TEXT(SLICE("local")), ID_TEXT(slice_of((char *)digest, sizeof digest)) };
    hash_parts(parts, 2, id);
    struct text t = text_over(path, sizeof path - 1);
    PUT(&t, "/v1/documents/");
    reply_put_id(&t, topic_partition(SLICE("local"), DESK_PARTITIONS), id);
    path[t.size] = 0;
    slow->sends = request("POST", TARGET, "", bytes);
    asks->sends = request("GET", path, "", (struct slice){ 0 });
    start(r, slow);
    wait_until_surveyed(r);                         /* and the engine does not know yet */
    start(r, asks);
    WAIT_FOR(http_door_waiting(r->door) == 2, turn_door(r, 5));
    finish(r, asks);
    finish(r, slow);
    struct slice status = slice_of(asks->reply, asks->size);
    CHECK_INT(status_of(status), 200);
    CHECK((holds(status, "\"state\":\"RECEIVED\"") || holds(status, "\"state\":\"SURVEYED\""))
          && holds(status, "\"name\":\"a.json\""));
    CHECK_INT(status_of(slice_of(slow->reply, slow->size)), 202);
    close_rig(r);
}

TEST(who_hangs_up_while_his_answer_is_awaited_is_let_go_at_once_and_his_document_is_posted)
{
    struct rig *r = open_rig((struct http_door_options){ 0 });
    struct client *gone = ARENA_NEW(test_arena(), struct client);
    *gone = (struct client){ .sends = request("POST", TARGET, "", SLICE(SALE("1", "1"))), .hangs_up = true };
    start(r, gone);
    WAIT_FOR(service_waiting(r->desk->service) > 0, turn_door(r, 5));
    WAIT_FOR(http_door_waiting(r->door) == 0, turn_door(r, 5));
    finish(r, gone);
    desk_rest(r->desk);
    CHECK_INT(service_counts(r->desk->service).passed, 1);
    close_rig(r);
}

TEST(who_closes_his_half_still_reads_his_answer)
{
    struct rig *r = open_rig((struct http_door_options){ 0 });
    struct client *half = ARENA_NEW(test_arena(), struct client);
    *half = (struct client){ .sends = request("POST", TARGET, "", SLICE(SALE("1", "1"))),
                             .half_closes = true,
                             .answers = 1 };
    start(r, half);
    WAIT_FOR(http_door_waiting(r->door) == 1, turn_door(r, 5));
    turn_door(r, 100);
    CHECK_INT(http_door_waiting(r->door), 1);
    finish(r, half);
    CHECK(holds(slice_of(half->reply, half->size), "HTTP/1.1 202 "));
    close_rig(r);
}

TEST(requests_that_come_in_one_piece_are_answered_in_order)
{
    struct rig *r = open_rig((struct http_door_options){ 0 });
    struct text t = text_in(test_arena(), 64 << 10);
    char body[256];
    for (unsigned k = 0; k < 20; k++) {
        snprintf(body, sizeof body, SALE("%u", "1"), k);
        text_put(&t, k % 5 == 4 ? request("GET", "/problems/too-large", "", (struct slice){ 0 })
                                : request("POST", TARGET, "", slice_from(body)));
    }
    struct slice all = EXCHANGE(r, .sends = text_slice(&t), .answers = 20);
    CHECK_INT(answers_in(all), 20);
    unsigned place = 0, posted = 0;
    for (const char *at = all.bytes; (at = memmem(at, (size_t)(all.bytes + all.size - at), "HTTP/1.1 ", 9));
         at += 9, place++) {
        posted += memcmp(at + 9, "202", 3) == 0;
        CHECK(memcmp(at + 9, place % 5 == 4 ? "200" : "202", 3) == 0);
    }
    CHECK_INT(posted, 16);
    close_rig(r);
}

TEST(a_connection_ends_behind_its_thousandth_request)
{
    struct rig *r = open_rig((struct http_door_options){ 0 });
    struct text t = text_in(test_arena(), 1 << 20);
    for (unsigned k = 0; k < 1010; k++) text_put(&t, request("GET", "/problems/too-large", "", (struct slice){ 0 }));
    struct slice all = EXCHANGE(r, .sends = text_slice(&t), .answers = 1010);
    CHECK_INT(answers_in(all), 1000);
    CHECK(holds(slice_skip(all, all.size - 600), "Connection: close"));
    close_rig(r);
}

/* Hostile clients */

#define RAW(literal) SLICE_INIT(literal)

TEST(heads_that_two_readers_would_read_differently_are_refused_and_end_the_connection)
{
    static const struct { const char *what; struct slice head;
    } heads[] = {
        { "bare LF behind the request line", RAW("GET /v1/documents HTTP/1.1\nHost: x\r\nA: b\r\n\r\n") },
        { "bare LF behind a header", RAW("GET /v1/documents HTTP/1.1\r\nHost: x\nA: b\r\n\r\n") },
        { "bare LF behind the last header", RAW("GET /v1/documents HTTP/1.1\r\nHost: x\r\nA: b\n\r\n") },
        { "bare LF as the blank line", RAW("GET /v1/documents HTTP/1.1\r\nHost: x\r\nA: b\r\n\n") },
        { "bare LF everywhere", RAW("GET /v1/documents HTTP/1.1\nHost: x\n\n") },
        { "a folded line", RAW("GET /v1/documents HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\nD: e\r\n\r\n") },
        { "a folded last line", RAW("GET /v1/documents HTTP/1.1\r\nHost: x\r\nA: b\r\n\tc\r\n\r\n") },
        { "NUL in a value", RAW("GET /v1/documents HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n") },
        { "NUL at the end of a value", RAW("GET /v1/documents HTTP/1.1\r\nHost: x\0\r\nA: b\r\n\r\n") },
        { "NUL in a name", RAW("GET /v1/documents HTTP/1.1\r\nHost: x\r\nA\0: b\r\n\r\n") },
        { "NUL in the target", RAW("GET /v1/openapi.json\0/x HTTP/1.1\r\nHost: x\r\n\r\n") },
        { "CR in a value", RAW("GET /v1/documents HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n") },
        { "a blank before the colon", RAW("GET /v1/documents HTTP/1.1\r\nHost: x\r\nContent-Length : 0\r\n\r\n") },
        { "a name of none", RAW("GET /v1/documents HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n") },
        { "two blanks in the request line", RAW("GET  /v1/documents HTTP/1.1\r\nHost: x\r\n\r\n") },
        { "a blank behind the version", RAW("GET /v1/documents HTTP/1.1 \r\nHost: x\r\n\r\n") },
        { "a line without colon", RAW("GET /v1/documents HTTP/1.1\r\nHost: x\r\nnothing\r\n\r\n") },
        { "a first line that is folded", RAW("GET /v1/documents HTTP/1.1\r\n Host: x\r\nHost: x\r\n\r\n") },
        { "lengths twice",
          RAW("POST " TARGET " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n") },
        { "lengths in a list", RAW("POST " TARGET " HTTP/1.1\r\nHost: x\r\nContent-Length: 0, 0\r\n\r\n") },
        { "length and chunks",
          RAW("POST " TARGET
              " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n") },
        { "a coding that is not known",
          RAW("POST " TARGET " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n") },
        { "chunks in HTTP/1.0",
          RAW("POST " TARGET
              " HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n0\r\n\r\n") },
        { "two hosts", RAW("GET /v1/openapi.json HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n") },
        { "two codings",
          RAW("POST " TARGET
              " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n") },
    };
    struct rig *r = open_rig((struct http_door_options){ 0 });
    for (unsigned k = 0; k < sizeof heads / sizeof *heads; k++) {
        struct text t = text_in(test_arena(), 4096);
        text_put(&t, heads[k].head);
        text_put(&t, request("GET", "/v1/openapi.json", "", (struct slice){ 0 }));     /* smuggled */
        struct slice reply = EXCHANGE(r, .sends = text_slice(&t), .answers = 2);
        bool is_refused = (status_of(reply) == 400 || status_of(reply) == 0) && !holds(reply, "HTTP/1.1 200");
        if (!is_refused) printf("  %s: %.*s\n", heads[k].what, SLICE_ARGS(reply));
        CHECK(is_refused);
    }
    struct slice fine = EXCHANGE(
        r, .sends = SLICE(
               "GET /v1/documents?name=a%00b&state= HTTP/1.1\r\nHost: x\r\nEmpty:\r\nTab:\t a \t\r\nA:b\r\n\r\n"));
    CHECK(status_of(fine) == 200);
    CHECK_INT(status_of(EXCHANGE(r, .sends = SLICE("GET /problems/too-large HTTP/1.0\r\n\r\n"))), 200);
    CHECK_INT(service_counts(r->desk->service).documents, 0);
    close_rig(r);
}

TEST(heads_that_are_too_much_or_say_two_things_are_refused)
{
    struct rig *r = open_rig((struct http_door_options){ .header_bytes_max = 16 << 10 });
    struct text many = text_in(test_arena(), 4 << 20), some = text_in(test_arena(), 1 << 16);
    PUT(&many, "GET /v1/documents HTTP/1.1\r\nHost: x\r\n");
    for (unsigned k = 0; k < 200000; k++) PUT(&many, "x-a: b\r\n");
    PUT(&many, "\r\n");
    unsigned status = status_of(EXCHANGE(r, .sends = text_slice(&many)));
    CHECK(status == 431 || status == 413 || status == 400 || status == 0);       /* cut off at the latest */
    PUT(&some, "GET /v1/documents HTTP/1.1\r\nHost: x\r\n");
    for (unsigned k = 0; k < 70; k++) PUT(&some, "x-a: b\r\n");
    PUT(&some, "\r\n");
    CHECK_INT(status_of(EXCHANGE(r, .sends = text_slice(&some))), 400);
    status = status_of(EXCHANGE(
        r,
        .sends = SLICE("POST " TARGET " HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello")));
    CHECK(status == 400 || status == 0);
    status = status_of(EXCHANGE(
        r, .sends = SLICE("POST " TARGET
                          " HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")));
    CHECK(status == 400 || status == 0);
    CHECK_INT(status_of(EXCHANGE(r, .sends = SLICE("POST " TARGET " HTTP/1.1\r\nHost: x\r\n\r\n"))), 411);
    CHECK_INT(service_counts(r->desk->service).documents, 0);
    CHECK_INT(status_of(EXCHANGE(r, .sends = request("POST", TARGET, "", SLICE(SALE("1", "1"))))), 202);
    close_rig(r);
}

/* Whom the library lets go without asking us further: the call that began with the target ends with the connection. The
 * leak check of the sanitizers sees what is left. */
TEST(a_request_that_the_library_gives_up_leaves_nothing)
{
    struct rig *r = open_rig((struct http_door_options){ .header_bytes_max = 16 << 10 });
    struct text t = text_in(test_arena(), 1 << 20);
    PUT(&t, "GET /v1/documents?");
    for (unsigned k = 0; k < 300; k++) PUT(&t, "a1=2&");
    PUT(&t, " HTTP/1.1\r\nHost: x\r\n\r\n");
    for (unsigned k = 0; k < 20; k++) {
        unsigned status = status_of(EXCHANGE(r, .sends = text_slice(&t)));
        CHECK(status == 0 || status == 400 || status == 413 || status == 431);
    }
    CHECK_INT(status_of(EXCHANGE(r, .sends = request("POST", TARGET, "", SLICE(SALE("1", "1"))))), 202);
    close_rig(r);
}

/* A length that stands after more headers than are looked at. */
TEST(a_body_behind_too_many_headers_is_refused_whatever_says_its_length)
{
    static const char *const lengths[] = { "Content-Length: 5\r\n\r\nhello",
                                           "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                                           "content-length: 5\r\n\r\n" };
    static const char *const methods[] = { "POST " TARGET, "GET /v1/documents", "PUT /nowhere" };
    struct rig *r = open_rig((struct http_door_options){ 0 });
    for (unsigned m = 0; m < 3; m++)
        for (unsigned n = 0; n < 3; n++) {
            struct text t = text_in(test_arena(), 4096);
            text_put(&t, slice_from(methods[m]));
            PUT(&t, " HTTP/1.1\r\nHost: x\r\n");
            for (unsigned k = 0; k < HTTP_HEADERS_MAX + 3; k++) PUT(&t, "x-a: b\r\n");
            text_put(&t, slice_from(lengths[n]));
            struct slice reply = EXCHANGE(r, .sends = text_slice(&t));
            CHECK_INT(status_of(reply), 400);
            CHECK(holds(reply, "Connection: close"));
        }
    CHECK_INT(status_of(EXCHANGE(r, .sends = request("POST", TARGET, "", SLICE(SALE("1", "1"))))), 202);
    close_rig(r);
}

TEST(a_head_that_says_its_length_twice_ends_the_connection_whatever_its_method)
{
    struct rig *r = open_rig((struct http_door_options){ 0 });
    struct slice reply =
        EXCHANGE(r, .sends = SLICE("GET /v1/documents HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: "
                                   "0\r\n\r\nGET /v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"));
    CHECK_INT(status_of(reply), 400);
    CHECK(holds(reply, "Connection: close"));
    close_rig(r);
}

TEST(a_long_list_is_answered_whole)
{
    struct rig *r = open_rig((struct http_door_options){ 0 });
    struct text t = text_in(test_arena(), 64 << 10);
    PUT(&t, SALE("1", "1") "\n");
    for (unsigned n = 0; n < 120; n++)
        PUT(&t, SALE("1", "much much too long to be a quantity of anything, is it not") "\n");
    for (unsigned n = 0; n < 40; n++) {
        text_put_byte(&t, ' ');
        CHECK_INT(status_of(EXCHANGE(r, .sends = request("POST", TARGET, "", text_slice(&t)))), 202);
    }
    struct slice list = EXCHANGE(r, .sends = request("GET", "/v1/documents?limit=500", "", (struct slice){ 0 }));
    CHECK_INT(status_of(list), 200);
    CHECK(list.size > 100000);
    close_rig(r);
}

TEST(a_wait_is_answered_though_its_connection_is_idle_for_longer_than_others_may_be)
{
    struct rig *r = open_rig((struct http_door_options){ .idle_seconds = 3 });
    struct slice reply = EXCHANGE(r, .sends = request("POST", TARGET, "", SLICE(SALE("1", "1"))));
    char path[128];
    CHECK_INT(status_of(reply), 202);
    snprintf(path, sizeof path, "/v1/documents/%.*s?wait=6", SLICE_ARGS(member(reply, "id")));
    CHECK_INT(status_of(EXCHANGE(r, .sends = request("GET", path, "", (struct slice){ 0 }))), 200);
    close_rig(r);
}

TEST(bodies_that_are_too_large_or_blow_up_are_cut_off_and_leave_nothing)
{
    struct rig *r = open_rig((struct http_door_options){ .body_bytes_max = 1 << 20 });
    CHECK_INT(status_of(EXCHANGE(
                  r, .sends = SLICE("POST " TARGET " HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\nabc"))),
              413);
    struct text chunks = text_in(test_arena(), 4 << 20);
    PUT(&chunks, "POST " TARGET " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (unsigned k = 0; k < 40; k++) {
        PUT(&chunks, "10000\r\n");
        for (unsigned n = 0; n < 0x10000; n++) text_put_byte(&chunks, 'x');
        PUT(&chunks, "\r\n");
    }
    unsigned status = status_of(EXCHANGE(r, .sends = text_slice(&chunks)));
    CHECK(status == 413 || status == 0);
    char *zeroes = calloc(1, 8 << 20), *packed = malloc(64 << 10);
    z_stream z = {
        .next_in = (Bytef *)zeroes, .avail_in = 8 << 20, .next_out = (Bytef *)packed, .avail_out = 64 << 10
    };
    ASSERT(deflateInit2(&z, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY) == Z_OK && deflate(&z, Z_FINISH) == Z_STREAM_END);
    status = status_of(
        EXCHANGE(r, .sends = request("POST", TARGET, "Content-Encoding: gzip\r\n", slice_of(packed, z.total_out))));
    CHECK(status == 413 || status == 0);
    deflateEnd(&z);
    free(zeroes);
    free(packed);
    char command[160];
    snprintf(command, sizeof command, "test -z \"$(ls -A %s)\"", r->desk->spool);
    WAIT_FOR(system(command) == 0, turns(r, 20));
    close_rig(r);
}

TEST(who_hangs_up_in_the_middle_leaves_nothing_and_who_dribbles_is_cut_off)
{
    struct rig *r = open_rig((struct http_door_options){ .body_rate_min = 100000, .idle_seconds = 1 });
    (void)EXCHANGE(r,
                   .sends = SLICE("POST " TARGET " HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\nthe beginning"),
                   .hangs_up = true);
    char command[160];
    snprintf(command, sizeof command, "test -z \"$(ls -A %s)\"", r->desk->spool);
    WAIT_FOR(system(command) == 0, turns(r, 50));
    struct client *slow = ARENA_NEW(test_arena(), struct client);
    *slow = (struct client){ .sends = request("POST", TARGET, "", SLICE(SALE("1", "1") SALE("1", "1"))),
                             .piece = 4,
                             .pause_ms = 100 };
    start(r, slow);
    finish(r, slow);
    CHECK(status_of(slice_of(slow->reply, slow->size)) == 408 || slow->size == 0);
    CHECK(slow->sent < slow->sends.size);           /* long before it was through */
    CHECK_INT(service_counts(r->desk->service).documents, 0);
    close_rig(r);
}

#define HALF "POST " TARGET " HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\nthe beginning"
#define CHUNK "POST " TARGET " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nthe"
#define HALF_AN_ANSWER \
    "POST /v1/documents/d-000-0123456789abcdef0123/answers HTTP/1.1\r\nHost: x\r\nContent-Length: 33\r\n\r\n" \
    "{\"decimal\":"

static void check_nothing_is_left(struct rig *r)
{
    char command[160];
    snprintf(command, sizeof command, "test -z \"$(ls -A %s)\"", r->desk->spool);
    WAIT_FOR(system(command) == 0, turns(r, 20));
    CHECK_INT(status_of(EXCHANGE(r, .sends = request("POST", TARGET, "", SLICE(SALE("1", "1"))))), 202);
}

static struct slice repeated(const char *before, char byte, size_t count, const char *behind)
{
    struct text t = text_in(test_arena(), strlen(before) + count + strlen(behind));
    text_put(&t, slice_from(before));
    for (size_t k = 0; k < count; k++) text_put_byte(&t, byte);
    text_put(&t, slice_from(behind));
    return text_slice(&t);
}

#define CHUNKED "POST " TARGET " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"

/* The library reads no further where a line in front of a chunk does not fit, says nothing until its time-out, and
 * wants to be run again at once all the while: others are answered beside it. */
TEST(a_line_of_a_chunk_that_is_too_long_is_answered_at_once)
{
    struct rig *r = open_rig((struct http_door_options){
        .header_bytes_max = 16 << 10, .idle_seconds = 10, .body_rate_min = 1, .rate_grace_ms = 600000 });
    const struct slice sent[] = {
        repeated(CHUNKED "5;", 'a', 100000, "\r\nhello\r\n0\r\n\r\n"),
        repeated(CHUNKED "5\r\nhello\r\n0;", 'a', 100000, "\r\n\r\n"),
        repeated(CHUNKED, '0', 100000, "5\r\nhello\r\n0\r\n\r\n"), repeated(CHUNKED "5;", 'a', 20000, ""),
    };
    for (unsigned k = 0; k < sizeof sent / sizeof *sent; k++) {
        struct client *c = ARENA_NEW(test_arena(), struct client);
        *c = (struct client){ .sends = sent[k] };
        start(r, c);
        WAIT_FOR(atomic_load(&c->sent) > 0, turn(r));
        CHECK_INT(status_of(EXCHANGE(r, .sends = request("GET", "/v1/openapi.json", "", (struct slice){ 0 }))), 200);
        finish(r, c);
        struct slice reply = slice_of(c->reply, c->size);
        CHECK_INT(status_of(reply), 400);
        CHECK(holds(reply, "/problems/bad-request") && holds(reply, "extensions"));
    }
    struct slice trailer = repeated(CHUNKED "5\r\nhello\r\n0\r\nA: ", 'a', 100000, "\r\n\r\n");
    CHECK_INT(status_of(EXCHANGE(r, .sends = trailer)), 431);
    struct slice sale = repeated(CHUNKED "79;a=\"", 'b', 900, "\"\r\n" SALE("2", "1") "\r\n0\r\nA: b\r\n\r\n");
    struct text two = text_in(test_arena(), 8192);
    text_put(&two, sale);
    text_put(&two, request("GET", "/v1/openapi.json", "", (struct slice){ 0 }));
    struct slice reply = EXCHANGE(r, .sends = text_slice(&two), .answers = 2);
    CHECK_INT(status_of(reply), 202);
    CHECK(holds(reply, "Connection: close"));       /* what stands after chunks is not read as a request */
    CHECK_INT(answers_in(reply), 1);
    check_nothing_is_left(r);
    close_rig(r);
}

/* Nothing more comes, and nobody waits for the library's time-out, which ends without a word. */
TEST(a_body_that_stops_is_too_slow)
{
    struct rig *r = open_rig((struct http_door_options){ .body_rate_min = 1024, .rate_grace_ms = 300 });
    struct slice slow = EXCHANGE(r, .sends = SLICE(HALF));
    CHECK_INT(status_of(slow), 408);
    CHECK(holds(slow, "/problems/too-slow"));
    CHECK_INT(status_of(EXCHANGE(r, .sends = SLICE(HALF_AN_ANSWER))), 408);
    check_nothing_is_left(r);
    close_rig(r);
}

/* The library may see the end before the door looks for it, and closes without a word; seldom, and never for long. */
static unsigned told_half_closed(struct rig *r, struct slice sends)
{
    struct slice reply = { 0 };
    for (unsigned tries = 0; tries < 20 && !reply.size; tries++)
        reply = EXCHANGE(r, .sends = sends, .half_closes = true);
    CHECK(!reply.size || status_of(reply) != 400 || holds(reply, "/problems/body-incomplete"));
    return status_of(reply);
}

/* With all the time of the world, since the end of what is sent is what is seen. */
TEST(a_body_whose_sender_has_ended_is_not_whole)
{
    struct rig *r = open_rig((struct http_door_options){ .body_rate_min = 1, .rate_grace_ms = 600000 });
    CHECK_INT(told_half_closed(r, SLICE(HALF)), 400);
    CHECK_INT(told_half_closed(r, SLICE(CHUNK)), 400);
    CHECK_INT(told_half_closed(r, SLICE(HALF_AN_ANSWER)), 400);
    check_nothing_is_left(r);
    close_rig(r);
}

/* Each byte of it would begin the library's time-out again. */
TEST(a_head_that_dribbles_is_cut_off_and_others_are_answered_meanwhile)
{
    struct rig *r = open_rig((struct http_door_options){ .idle_seconds = 1, .head_grace_ms = 200 });
    struct text head = text_in(test_arena(), 64 << 10);
    struct client *slow = ARENA_NEW(test_arena(), struct client);
    PUT(&head, "GET /v1/openapi.json HTTP/1.1\r\n");
    for (unsigned k = 0; k < 1000; k++) PUT(&head, "x: y\r\n");
    *slow = (struct client){ .sends = text_slice(&head), .piece = 1, .pause_ms = 20 };     /* two minutes */
    start(r, slow);
    unsigned status = 0;                            /* who is held up for so long himself comes again */
    WAIT_FOR(status == 202 || status == 200,
             status = status_of(EXCHANGE(r, .sends = request("POST", TARGET, "", SLICE(SALE("1", "1"))))));
    WAIT_FOR(atomic_load(&slow->is_done), turn(r));
    pthread_join(slow->thread, NULL);
    CHECK_INT(slow->size, 0);
    status = 0;
    WAIT_FOR(status == 200,
             status = status_of(EXCHANGE(r, .sends = request("GET", "/v1/openapi.json", "", (struct slice){ 0 }))));
    close_rig(r);
}

TEST(a_submitter_that_asks_too_often_is_told_to_wait)
{
    struct rig *r = open_rig((struct http_door_options){ .requests_per_second = 1, .requests_burst = 3 });
    unsigned refused = 0;
    int64_t began = clock_mono_ms();
    for (unsigned k = 0; k < 6; k++)
        refused += status_of(EXCHANGE(r, .sends = request("GET", "/v1/documents", "", (struct slice){ 0 }))) == 429;
    int64_t seconds = (clock_mono_ms() - began) / 1000 + 1;                     /* each of which allows one more */
    CHECK(refused <= 3 && refused + seconds >= 3);
    CHECK_INT(status_of(EXCHANGE(r, .sends = request("GET", "/v1/openapi.json", "", (struct slice){ 0 }))), 200);
    close_rig(r);
}

TEST(a_held_document_is_settled_over_http_and_a_wait_sees_it)
{
    struct rig *r = open_rig((struct http_door_options){ 0 });
    struct slice held =
        EXCHANGE(r, .sends = request("POST", TARGET, "",
                                     SLICE("invoice;qty;part;resale price;ship date\n1;1;P;1,234;2026-03-01\n")));
    CHECK_INT(status_of(held), 202);
    CHECK(holds(held, "\"state\":\"HELD\""));
    char path[128], answers[160], waits[160];
    snprintf(path, sizeof path, "/v1/documents/%.*s", SLICE_ARGS(member(held, "id")));
    snprintf(answers, sizeof answers, "%s/answers", path);
    snprintf(waits, sizeof waits, "%s?wait=1", path);
    CHECK(holds(EXCHANGE(r, .sends = request("GET", waits, "", (struct slice){ 0 })), "\"state\":\"HELD\""));
    CHECK_INT(status_of(EXCHANGE(r, .sends = request("POST", answers, "", SLICE("{\"decimal\":\"both\"}")))), 400);
    struct slice settled = EXCHANGE(r, .sends = request("POST", answers, "", SLICE("{\"decimal\":\"comma\"}")));
    CHECK_INT(status_of(settled), 200);
    CHECK(holds(settled, "\"state\":\"POSTED\""));
    CHECK_INT(status_of(EXCHANGE(r, .sends = request("POST", answers, "", SLICE("{\"decimal\":\"comma\"}")))), 409);
    close_rig(r);
}
