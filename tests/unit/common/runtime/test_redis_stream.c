/* runtime/redis_stream.h over a socket whose other end the test holds: answers that come in any pieces, plain and by
 * TLS, and bytes that are none. One thread: each step is taken when it is due. */
#include "runtime/redis_stream.h"

#include "support/certificate.h"
#include "support/table.h"
#include "support/test.h"

#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { BYTES_MAX = 1 << 16 };

static char folder[32], address[64];                    /* of all tests; certificates are made once */

struct peer {
    int listener, fd;
    struct redis_tls *tls;                              /* NULL: plain */
    struct redis_stream *stream;
    gnutls_session_t session;
    gnutls_certificate_credentials_t credentials;
    char *out;                                          /* what the server has written and the wire not yet brought */
    size_t size;
};

static void remove_folder(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0) perror("rm");
}

static void need_folder(void)
{
    if (folder[0]) return;
    memcpy(folder, "/tmp/redis-stream.XXXXXX", 25);
    CHECK(mkdtemp(folder) != NULL);
    atexit(remove_folder);
    snprintf(address, sizeof address, "%s/sock", folder);
    CHECK(certificate_make(folder, &(struct certificate_wish){ .name = "ca", .ends_days = 2 }));
    CHECK(certificate_make(folder, &(struct certificate_wish){ .name = "server", .issuer = "ca", .host = "redis.test",
                                                               .ends_days = 2 }));
}

static void listen_at(struct peer *p)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    need_folder();
    memcpy(at.sun_path, address, strlen(address));
    unlink(address);
    p->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(bind(p->listener, (struct sockaddr *)&at, sizeof at) == 0 && listen(p->listener, 1) == 0);
}

static void trust(struct peer *p)
{
    char ca[64];
    struct text none = text_in(test_arena(), 64);
    snprintf(ca, sizeof ca, "%s/ca.pem", folder);
    CHECK_INT(redis_tls_open(&(struct redis_tls_options){ .ca = ca, .server_name = "redis.test" }, &p->tls, &none), OK);
}

static ssize_t keep(gnutls_transport_ptr_t peer, const void *bytes, size_t size)
{
    struct peer *p = peer;
    memcpy(p->out + p->size, bytes, size);
    p->size += size;
    return (ssize_t)size;
}

static ssize_t bring(gnutls_transport_ptr_t peer, void *bytes, size_t room)
{
    return recv(((struct peer *)peer)->fd, bytes, room, 0);
}

static void speak_tls(struct peer *p)
{
    char pem[64], key[64];
    trust(p);
    snprintf(pem, sizeof pem, "%s/server.pem", folder);
    snprintf(key, sizeof key, "%s/server.key", folder);
    gnutls_certificate_allocate_credentials(&p->credentials);
    CHECK(gnutls_certificate_set_x509_key_file(p->credentials, pem, key, GNUTLS_X509_FMT_PEM) >= 0);
    gnutls_init(&p->session, GNUTLS_SERVER | GNUTLS_NONBLOCK);
    gnutls_set_default_priority(p->session);
    gnutls_credentials_set(p->session, GNUTLS_CRD_CERTIFICATE, p->credentials);
    gnutls_transport_set_ptr(p->session, p);
    gnutls_transport_set_push_function(p->session, keep);
    gnutls_transport_set_pull_function(p->session, bring);
}

/* The wire brings what was written, the client steps after every `piece` bytes. */
static enum redis_step deliver(struct peer *p, size_t piece, enum redis_step (*step)(struct redis_stream *))
{
    enum redis_step last = REDIS_WAITS_TO_READ;
    for (size_t at = 0; at < p->size; at += piece) {
        size_t size = p->size - at < piece ? p->size - at : piece;
        CHECK_INT(write(p->fd, p->out + at, size), size);
        last = step(p->stream);
        if (last == REDIS_BROKEN) break;
    }
    p->size = 0;
    return last;
}

static void open_peer(struct peer *p, bool by_tls, size_t piece)
{
    *p = (struct peer){ .out = malloc(BYTES_MAX) };
    listen_at(p);
    if (by_tls) speak_tls(p);
    p->stream = redis_stream_open(&(struct redis_options){ .address = address, .tls = p->tls });
    enum redis_step step = redis_stream_connect(p->stream);
    CHECK_INT(step, by_tls ? REDIS_WAITS_TO_READ : REDIS_DONE);
    p->fd = accept4(p->listener, NULL, NULL, SOCK_NONBLOCK);
    for (int i = 0; i < 10 && by_tls && step != REDIS_DONE; i++) {
        (void)gnutls_handshake(p->session);
        step = deliver(p, piece, redis_stream_connect);
    }
    CHECK_INT(step, REDIS_DONE);
    if (by_tls) CHECK_INT(gnutls_handshake(p->session), 0);
}

static void close_peer(struct peer *p)
{
    redis_stream_close(p->stream);
    redis_tls_close(p->tls);
    if (p->session) gnutls_deinit(p->session);
    if (p->credentials) gnutls_certificate_free_credentials(p->credentials);
    close(p->fd);
    close(p->listener);
    free(p->out);
}

static void say(struct peer *p, struct slice bytes)
{
    if (p->session) CHECK_INT(gnutls_record_send(p->session, bytes.bytes, bytes.size), bytes.size);
    else (void)keep(p, bytes.bytes, bytes.size);
}

/* --- what was taken, as text --- */

static struct text taken;

static void show(const struct redis_answer *a)
{
    switch (redis_answer_kind(a)) {
    case REDIS_NIL:     PUT(&taken, "nil"); break;
    case REDIS_INTEGER: text_put_int(&taken, redis_answer_integer(a)); break;
    case REDIS_REFUSAL: PUT(&taken, "!"); text_put(&taken, redis_answer_text(a)); break;
    case REDIS_TEXT:    text_put(&taken, redis_answer_text(a)); break;
    case REDIS_LIST:
        PUT(&taken, "[");
        for (unsigned i = 0; i < redis_answer_count(a); i++) show(redis_answer_item(a, i));
        PUT(&taken, "]");
    }
    PUT(&taken, " ");
}

static enum redis_step take_all(struct redis_stream *s)
{
    struct redis_answer *answer;
    enum redis_step step;
    while ((step = redis_stream_take(s, &answer)) == REDIS_DONE) {
        show(answer);
        redis_answer_free(answer);
    }
    return step;
}

#define ANSWERS "+OK\r\n:42\r\n$3\r\na\r\n\r\n$-1\r\n-ERR no\r\n*3\r\n$1\r\nx\r\n*1\r\n:7\r\n$0\r\n\r\n+END\r\n"
#define SHOWN "OK 42 a\r\n nil !ERR no [x [7 ]  ] END "

static void hear_in_pieces(bool by_tls, size_t piece)
{
    struct peer p;
    open_peer(&p, by_tls, piece);
    taken = text_in(test_arena(), 256);
    say(&p, SLICE(ANSWERS));
    CHECK_INT(deliver(&p, piece, take_all), REDIS_WAITS_TO_READ);
    CHECK_TEXT(text_slice(&taken), SHOWN);
    close_peer(&p);
}

TEST(answers_are_whole_however_they_are_cut)
{
    for (size_t piece = 1; piece <= sizeof ANSWERS; piece++) hear_in_pieces(false, piece);
}

TEST(by_tls_the_handshake_and_the_answers_are_whole_however_their_records_are_cut)
{
    static const size_t pieces[] = { 1, 2, 3, 5, 17, 100, 1000, BYTES_MAX };
    for (unsigned i = 0; i < sizeof pieces / sizeof pieces[0]; i++) hear_in_pieces(true, pieces[i]);
}

static void say_much(bool by_tls)
{
    enum { WORD = 300000, CHUNK = 8192 };
    struct peer p;
    char *word = malloc(WORD), *got = malloc(2 * WORD), head[64];
    size_t size = 0;
    ssize_t came;
    enum redis_step step;
    open_peer(&p, by_tls, BYTES_MAX);
    for (size_t i = 0; i < WORD; i++) word[i] = (char)(i * 31 >> 3);
    redis_stream_put(p.stream, &REDIS_COMMAND(SLICE("SET"), SLICE(""), slice_of(word, WORD)));
    CHECK_INT(redis_stream_send(p.stream), REDIS_WAITS_TO_WRITE);       /* more than a socket holds */
    do {
        step = redis_stream_send(p.stream);
        while ((came = by_tls ? gnutls_record_recv(p.session, got + size, CHUNK)
                              : recv(p.fd, got + size, CHUNK, 0)) > 0)
            size += (size_t)came;
    } while (step == REDIS_WAITS_TO_WRITE);
    CHECK_INT(step, REDIS_DONE);
    int head_size = snprintf(head, sizeof head, "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$%d\r\n", WORD);
    CHECK_INT(size, head_size + WORD + 2);
    CHECK(memcmp(got, head, (size_t)head_size) == 0 && memcmp(got + head_size, word, WORD) == 0);
    free(word);
    free(got);
    close_peer(&p);
}

TEST(a_command_larger_than_a_socket_holds_arrives_as_it_was)
{
    say_much(false);
    say_much(true);
}

TEST(bytes_that_are_no_answer_end_it_with_a_reason)
{
    struct table t = TABLE("bytes                      | says",
                           "hello                      | Protocol_error",
                           "$x\\r\\n                   | -",
                           "$99999999999999999999\\r\\n| -",
                           "*99999999999999999999\\r\\n| -",
                           ":x\\r\\n                   | -",
                           "\\x15\\x03                 | TLS");
    while (table_next(&t)) {
        struct peer p;
        char bytes[64];
        struct text b = text_over(bytes, sizeof bytes);
        struct slice from = cell(&t, "bytes"), says = cell(&t, "says");
        while (from.size) {
            bool is_hex = slice_starts_with(from, SLICE("\\x"));
            if (is_hex) text_put_byte(&b, (char)strtol(from.bytes + 2, NULL, 16));
            else if (from.bytes[0] == '\\') text_put_byte(&b, from.bytes[1] == 'r' ? '\r' : '\n');
            else text_put_byte(&b, from.bytes[0]);
            from = slice_skip(from, is_hex ? 4 : from.bytes[0] == '\\' ? 2 : 1);
        }
        open_peer(&p, false, 1);
        taken = text_in(test_arena(), 256);
        say(&p, text_slice(&b));
        enum redis_step step = deliver(&p, BYTES_MAX, take_all);
        struct slice why = slice_from(redis_stream_why(p.stream)), word = slice_cut(&says, '_');
        if (step != REDIS_BROKEN) step = (close(p.fd), take_all(p.stream));     /* an answer that never ends */
        CHECK_INT(step, REDIS_BROKEN);
        CHECK(redis_stream_why(p.stream)[0]);
        if (word.size) CHECK(memmem(why.bytes, why.size, word.bytes, word.size) != NULL);
        CHECK_INT(redis_stream_take(p.stream, NULL), REDIS_BROKEN);     /* for good */
        CHECK_INT(redis_stream_send(p.stream), REDIS_BROKEN);
        p.fd = open("/dev/null", O_RDONLY);
        close_peer(&p);
    }
}

/* A byte of the wire that was changed ends a session; no byte of an answer is taken from it. */
TEST(what_was_changed_under_way_is_no_answer_by_tls)
{
    for (size_t at = 0; at < 40; at += 3) {
        struct peer p;
        open_peer(&p, true, BYTES_MAX);
        p.size = 0;
        taken = text_in(test_arena(), 256);
        say(&p, SLICE("$20\r\nabcdefghijklmnopqrst\r\n"));
        p.out[at] = (char)(p.out[at] ^ 0x41);
        enum redis_step step = deliver(&p, BYTES_MAX, take_all);
        if (step != REDIS_BROKEN) {                         /* a length that grew: the rest never comes */
            shutdown(p.fd, SHUT_RDWR);
            step = take_all(p.stream);
        }
        CHECK_INT(step, REDIS_BROKEN);
        CHECK_TEXT(text_slice(&taken), "");
        close_peer(&p);
    }
}

TEST(random_bytes_never_do_harm_in_a_handshake_or_behind_it)
{
    uint64_t seed = test_seed();
    for (unsigned i = 0; i < test_share(200); i++) {
        struct peer p = { .out = malloc(BYTES_MAX) };
        bool by_tls = i % 2;
        listen_at(&p);
        if (by_tls) trust(&p);
        p.stream = redis_stream_open(&(struct redis_options){ .address = address, .tls = p.tls });
        (void)redis_stream_connect(p.stream);
        p.fd = accept4(p.listener, NULL, NULL, SOCK_NONBLOCK);
        taken = text_in(test_arena(), 4096);
        for (p.size = 0; p.size < 64; p.size++) {
            char any = "*$:+-0123456789\r\n\x15\xff"[test_random(&seed) % 19];
            p.out[p.size] = p.size < 3 && by_tls ? "\x16\x03\x03"[p.size] : any;
        }
        (void)deliver(&p, 1 + test_random(&seed) % 64, by_tls ? redis_stream_connect : take_all);
        CHECK(redis_stream_why(p.stream)[0]);
        close_peer(&p);
    }
}
