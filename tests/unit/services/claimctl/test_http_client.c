/* One request and its answer, in the three ways in which answers end. */
#include "claimctl/http_client.h"

#include "support/test.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* A service that takes one connection, keeps what came and answers what it was told. */
struct server { int listener; const char *answer; size_t answer_size; char request[8192]; size_t request_size; };

/* The head, and as many bytes after it as it says. */
static bool is_whole(const struct server *s)
{
    struct slice rest = slice_of(s->request, s->request_size);
    const char *end = memmem(rest.bytes, rest.size, "\r\n\r\n", 4),
               *length = memmem(rest.bytes, rest.size, "Content-Length: ", 16);
    if (!end) return false;
    size_t body = length && length < end ? strtoul(length + 16, NULL, 10) : 0;
    return s->request_size - (size_t)(end + 4 - s->request) >= body;
}

/* Who closes before he has read all resets the connection, and his answer may be lost. */
static void take_request(struct server *s, int fd)
{
    while (!is_whole(s) && s->request_size < sizeof s->request - 1) {
        ssize_t got = recv(fd, s->request + s->request_size, sizeof s->request - 1 - s->request_size, 0);
        if (got <= 0) return;
        s->request_size += (size_t)got;
    }
}

static void *serve(void *server)
{
    struct server *s = server;
    int fd = accept(s->listener, NULL, NULL);
    if (fd < 0) return NULL;
    take_request(s, fd);
    for (size_t sent = 0; sent < s->answer_size;) {         /* in small pieces */
        size_t piece = s->answer_size - sent < 7 ? s->answer_size - sent : 7;
        if (send(fd, s->answer + sent, piece, MSG_NOSIGNAL) <= 0) break;
        sent += piece;
    }
    close(fd);
    return NULL;
}

static enum err ask(struct server *s, const char *answer, struct http_client_request *request,
                    struct http_client_answer *out)
{
    static struct arena a;
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof at;
    pthread_t thread;
    char address[32];
    if (!a.base) CHECK(arena_open(&a, 256 << 20, 256 << 20) == OK);
    arena_reset(&a);
    *s =
        (struct server){ .listener = socket(AF_INET, SOCK_STREAM, 0), .answer = answer, .answer_size = strlen(answer) };
    CHECK(bind(s->listener, (struct sockaddr *)&at, sizeof at) == 0 && listen(s->listener, 1) == 0);
    CHECK(getsockname(s->listener, (struct sockaddr *)&at, &size) == 0);
    snprintf(address, sizeof address, "127.0.0.1:%d", ntohs(at.sin_port));
    request->address = slice_from(address);
    CHECK(pthread_create(&thread, NULL, serve, s) == 0);
    enum err e = http_client_ask(&a, request, out);
    shutdown(s->listener, SHUT_RDWR);                   /* whoever waits for a connection that never came ends */
    pthread_join(thread, NULL);
    close(s->listener);
    return e;
}

TEST(a_request_says_where_what_and_how_long)
{
    struct server s;
    struct http_client_answer answer;
    struct http_client_request request = { .method = "POST",
                                           .target = SLICE("/v1/documents?name=a"),
                                           .headers = { { "Authorization", SLICE("Bearer t") } },
                                           .header_count = 1,
                                           .body = SLICE("{}") };
    CHECK(ask(&s,
              "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nLocation: "
              "/v1/documents/d-1\r\nContent-Length: 4\r\n\r\nbody rest",
              &request, &answer)
          == OK);
    CHECK_INT(answer.status, 202);
    CHECK_TEXT(answer.content_type, "application/json");
    CHECK_TEXT(answer.location, "/v1/documents/d-1");
    CHECK_TEXT(answer.body, "body");
    s.request[s.request_size] = 0;
    CHECK(strstr(s.request, "POST /v1/documents?name=a HTTP/1.1\r\nHost: 127.0.0.1:") == s.request);
    CHECK(strstr(s.request, "\r\nAuthorization: Bearer t\r\n") && strstr(s.request, "\r\nContent-Length: 2\r\n"));
}

TEST(answers_come_in_chunks_or_to_the_end)
{
    struct server s;
    struct http_client_answer answer;
    struct http_client_request request = { .method = "GET", .target = SLICE("/") };
    CHECK(ask(&s,
              "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: "
              "chunked\r\n\r\n5\r\nhello\r\nB;x=y\r\n, the world\r\n0\r\n\r\n",
              &request, &answer)
          == OK);
    CHECK_INT(answer.status, 200);
    CHECK_TEXT(answer.body, "hello, the world");
    CHECK(ask(&s, "HTTP/1.0 404 Not Found\r\n\r\nto the end", &request, &answer) == OK);
    CHECK_INT(answer.status, 404);
    CHECK_TEXT(answer.body, "to the end");
}

TEST(an_answer_that_breaks_off_is_none)
{
    static const char *const broken[] = {
        "",
        "HTTP/1.1",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello",
        "FTP/1 200\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: x",
    };
    struct server s;
    struct http_client_answer answer;
    struct http_client_request request = { .method = "GET", .target = SLICE("/") };
    for (unsigned i = 0; i < sizeof broken / sizeof broken[0]; i++)
        CHECK_INT(ask(&s, broken[i], &request, &answer), ERR_SERVICE_AWAY);
    request.address = SLICE("127.0.0.1:1");
    CHECK_INT(http_client_ask(test_arena(), &request, &answer), ERR_SERVICE_AWAY);
}

TEST(what_may_not_stand_in_a_query_is_encoded)
{
    struct text t = text_in(test_arena(), 64);
    http_client_put_encoded(&t, SLICE("a b&c=ü.csv"));
    CHECK_TEXT(text_slice(&t), "a%20b%26c%3D%C3%BC.csv");
}
