/* `claimctl submit --wait` beside an intake that goes away and comes back: a door that answers what the test says. */
#include "claimctl/submit.h"

#include "claimctl/command.h"
#include "support/test.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWERS_MAX = 8, REQUEST_BYTES = 4096, OUTPUT_BYTES_MAX = 1 << 16 };

/* One connection an answer; an empty one is a connection that ends without a word, as the end of a process is. The last
 * answer is given as often as it is asked for. */
struct door {
    int         listener;
    unsigned    count, served;
    const char *answers[ANSWERS_MAX];
    char        requests[ANSWERS_MAX][REQUEST_BYTES];
};

#define RECEIPT(counts) \
    "{\"id\":\"d-001-0123456789abcdef0123\",\"name\":\"pos.csv\",\"state\":\"POSTED\",\"counts\":{" counts "}}"
#define UNDER_WAY RECEIPT("\"lines\":2,\"passed\":2,\"rejected\":0,\"dead\":0,\"decided\":1")
#define DECIDED   RECEIPT("\"lines\":2,\"passed\":2,\"rejected\":0,\"dead\":0,\"decided\":2")
#define AWAY      "503 Service Unavailable\n{\"code\":\"UNAVAILABLE\",\"title\":\"Not now\"}"

static void say(int fd, const char *answer)
{
    char text[REQUEST_BYTES];
    const char *body = strchr(answer, '\n');
    struct slice status = body ? slice_of(answer, (size_t)(body - answer)) : SLICE("200 OK");
    body = body ? body + 1 : answer;
    int size = snprintf(text, sizeof text, "HTTP/1.1 %.*s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
                        SLICE_ARGS(status), strlen(body), body);
    CHECK(size > 0 && send(fd, text, (size_t)size, MSG_NOSIGNAL) == size);
}

/* Head and body: to the end of what Content-Length says. */
static void read_request(int fd, char *to)
{
    size_t size = 0, want = REQUEST_BYTES - 1;
    while (size < want) {
        ssize_t got = recv(fd, to + size, want - size, 0);
        if (got <= 0) return;
        size += (size_t)got;
        to[size] = 0;
        const char *end = strstr(to, "\r\n\r\n"), *length = strstr(to, "Content-Length: ");
        if (end) want = (size_t)(end + 4 - to) + (length ? strtoul(length + 16, NULL, 10) : 0);
    }
}

static void *serve(void *door)
{
    struct door *d = door;
    for (int fd; (fd = accept(d->listener, NULL, NULL)) >= 0; close(fd)) {
        unsigned k = d->served < d->count ? d->served : d->count - 1;
        read_request(fd, d->requests[k]);
        d->served = k + 1;
        if (*d->answers[k]) say(fd, d->answers[k]);
    }
    return NULL;
}

/* submit --wait of two lines in a process of its own, printing on `to` (NULL: as its errors): its exit code; out, what
 * it said. */
static int submit_to(struct door *d, uint64_t patience_seconds, const char *to, struct slice *out)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof at;
    pthread_t thread;
    int ends[2], status;
    char server[64], *bytes = arena_alloc(test_arena(), OUTPUT_BYTES_MAX);
    size_t read_size = 0;
    d->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(bind(d->listener, (struct sockaddr *)&at, sizeof at) == 0 && listen(d->listener, 4) == 0);
    CHECK(getsockname(d->listener, (struct sockaddr *)&at, &size) == 0 && pipe(ends) == 0);
    while (d->answers[d->count]) d->count++;
    snprintf(server, sizeof server, "http://127.0.0.1:%d", ntohs(at.sin_port));
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        dup2(to ? open(to, O_WRONLY) : ends[1], 1);
        dup2(ends[1], 2);
        close(ends[0]);
        close(ends[1]);
        struct door_client client = { .server = server };
        struct submission s = { .file = "pos.csv", .waits = true, .patience_seconds = patience_seconds };
        FILE *file = tmpfile();
        if (!file || fputs("a\nb\n", file) < 0 || fseek(file, 0, SEEK_SET) != 0) _exit(99);
        int code = submit_stream(&client, &s, file);
        fflush(stdout);
        _exit(code);
    }
    close(ends[1]);
    CHECK(pthread_create(&thread, NULL, serve, d) == 0);
    for (ssize_t n; (n = read(ends[0], bytes + read_size, OUTPUT_BYTES_MAX - read_size)) > 0;) read_size += (size_t)n;
    close(ends[0]);
    waitpid(child, &status, 0);
    shutdown(d->listener, SHUT_RDWR);
    pthread_join(thread, NULL);
    close(d->listener);
    *out = slice_of(bytes, read_size);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int submit(struct door *d, uint64_t patience_seconds, struct slice *out)
{
    return submit_to(d, patience_seconds, NULL, out);
}

static bool contains(struct slice s, const char *text)
{
    return s.size > 0 && memmem(s.bytes, s.size, text, strlen(text));
}

TEST(waiting_outlives_an_intake_that_goes_away)
{
    struct slice out;
    struct door d = { .answers = { UNDER_WAY, UNDER_WAY, "", AWAY, DECIDED } };
    CHECK_INT(submit(&d, 60, &out), EXIT_DONE);
    CHECK_INT(d.served, 5);
    CHECK(contains(out, "decided   2 of 2") && !contains(out, "error["));
    CHECK(strstr(d.requests[4], "GET /v1/documents/d-001-0123456789abcdef0123 HTTP/1.1") == d.requests[4]);
}

TEST(waiting_ends_with_patience_and_says_who_is_away)
{
    struct slice out;
    struct door gone = { .answers = { UNDER_WAY, "" } }, still = { .answers = { UNDER_WAY, UNDER_WAY } };
    CHECK_INT(submit(&gone, 1, &out), EXIT_UNREACHABLE);
    CHECK(contains(out, "1 of 2 lines decided, and none in the last 1 s, as intake does not answer"));
    CHECK(contains(out, "POSTED   2 lines"));                          /* what is known is printed all the same */
    CHECK_INT(submit(&still, 1, &out), EXIT_TRY_AGAIN);
    CHECK(contains(out, "1 of 2 lines decided, and none in the last 1 s: the document"));
}

TEST(what_intake_cannot_take_now_is_sent_again_under_one_key)
{
    struct slice out;
    struct door d = { .answers = { AWAY, "", DECIDED, DECIDED } };
    CHECK_INT(submit(&d, 60, &out), EXIT_DONE);
    const char *keys[3];
    for (unsigned k = 0; k < 3; k++) {
        CHECK(strstr(d.requests[k], "POST /v1/documents?name=pos.csv") == d.requests[k]);
        CHECK(strstr(d.requests[k], "\r\n\r\na\nb\n") != NULL);
        keys[k] = strstr(d.requests[k], "Idempotency-Key: ");
        CHECK(keys[k] != NULL && strncmp(keys[k], keys[0], strlen("Idempotency-Key: ") + 32) == 0);
    }
    CHECK(contains(out, "not taken yet, sent again until it is: Not now (") && !contains(out, "error["));
}

TEST(a_refusal_ends_at_once)
{
    struct slice out;
    struct door d = { .answers = {
                          "422 Unprocessable\n{\"code\":\"DOCUMENT_REJECTED\",\"title\":\"Nothing was posted\"}" } };
    CHECK_INT(submit(&d, 60, &out), EXIT_REFUSED);
    CHECK(contains(out, "error[DOCUMENT_REJECTED]: pos.csv: Nothing was posted"));
    struct door lost = { .answers = { UNDER_WAY,
                                      "404 Not Found\n{\"code\":\"NOT_FOUND\",\"title\":\"Nothing is here\"}" } };
    CHECK_INT(submit(&lost, 60, &out), EXIT_NOT_FOUND);
}

#define ERROR_AT(where) \
    "{\"code\":\"ELEMENT_DATE\",\"number\":1215,\"message\":\"M.\",\"where\":{\"offset\":41" where "}}"

TEST(each_error_says_where_it_stands)
{
    struct slice out;
    struct door d = { .answers = {
                          "{\"id\":\"d\",\"name\":\"pos.csv\",\"state\":\"REJECTED\",\"counts\":{},\"errors\":["
                          ERROR_AT(",\"row\":3,\"column\":2,\"column_name\":\"Qty\"") ","
                          ERROR_AT(",\"sheet\":\"Sales\",\"row\":4") ","
                          ERROR_AT(",\"pointer\":\"/lines/0/qty\"") ","
                          ERROR_AT(",\"icn\":\"1\",\"tscn\":\"0001\",\"segment\":\"DTM\",\"position\":9,\"element\":2")
                          "," ERROR_AT("") "]}" } };
    CHECK_INT(submit(&d, 60, &out), EXIT_REFUSED);
    CHECK(contains(out, "M.\n  at row 3, column \"Qty\"\n"));
    CHECK(contains(out, "M.\n  at sheet Sales row 4\n"));
    CHECK(contains(out, "M.\n  at member /lines/0/qty\n"));
    CHECK(contains(out, "M.\n  at segment DTM at 9, element 2 set 0001 byte 41\n"));
    CHECK(contains(out, "M.\nto ") || slice_ends_with(out, SLICE("M.\n")));
}

TEST(a_document_that_asks_something_is_no_refusal)
{
    struct slice out;
    struct door d = { .answers = {
                          "{\"id\":\"d\",\"name\":\"pos.csv\",\"state\":\"HELD\",\"counts\":{},\"question\":{\"code\":"
                          "\"DATE_ORDER_UNDECIDED\",\"number\":1108,\"message\":\"M.\"}}" } };
    CHECK_INT(submit(&d, 60, &out), EXIT_DONE);
    CHECK(contains(out, "claimctl documents answer d dates=dmy|mdy"));
}

TEST(what_a_full_disk_did_not_take_is_told)
{
    struct slice out;
    struct door d = { .answers = { DECIDED, DECIDED } };
    CHECK_INT(submit_to(&d, 60, "/dev/full", &out), EXIT_FAILED);
    CHECK(contains(out, "error[FILE_UNWRITABLE"));
}
