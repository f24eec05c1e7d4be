/* The admin port: its answers without sockets, then the whole way on the loop. */
#include "runtime/admin_http.h"

#include "runtime/log.h"
#include "support/test.h"

#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static struct settings s;
static bool alive;
static const char *missing;

static const struct settings *settings(void *context)
{
    (void)context;
    return &s;
}

static bool is_alive(void *context)
{
    (void)context;
    return alive;
}

static void put_missing(void *context, struct text *t)
{
    (void)context;
    text_put(t, slice_from(missing));
}

static void put_json(void *context, struct text *t)
{
    (void)context;
    PUT(t, "{}");
}

static const struct admin_source source = { NULL, settings, is_alive, put_missing, put_json, put_json, NULL };

static struct text body;

static unsigned ask(const char *method, const char *path)
{
    body = text_in(test_arena(), 1 << 16);
    return admin_http_answer(&source, slice_from(method), slice_from(path), &body).status;
}

TEST(alive_and_ready_are_different_questions)
{
    settings_init(&s, test_arena(), SERVICE_PAYOUT);
    alive = true;
    missing = "restoring p7: 12400 of 310000\n";
    CHECK_INT(ask("GET", "/livez"), 200);
    CHECK_INT(ask("GET", "/readyz"), 503);
    CHECK_TEXT(text_slice(&body), "restoring p7: 12400 of 310000\n");
    alive = false;
    missing = "";
    CHECK_INT(ask("GET", "/livez"), 503);
    CHECK_INT(ask("GET", "/readyz"), 200);
}

TEST(other_questions_are_answered_or_refused_in_words)
{
    settings_init(&s, test_arena(), SERVICE_PAYOUT);
    CHECK_INT(ask("GET", "/metrics"), 200);
    CHECK_INT(ask("HEAD", "/version"), 200);
    CHECK_INT(ask("GET", "/debug/config"), 200);
    static const char brokers[] = "\"kafka.brokers\":{\"value\":\"127.0.0.1:9092\",\"origin\":\"default\"}";
    CHECK(memmem(body.bytes, body.size, brokers, sizeof brokers - 1));
    CHECK_INT(ask("GET", "/debug/partitions"), 200);
    CHECK_INT(ask("POST", "/readyz"), 405);
    CHECK_INT(ask("GET", "/"), 404);
    CHECK(memmem(body.bytes, body.size, "/readyz\n", 8));
}

struct asked { unsigned port, status; enum err err; char bytes[256]; struct text body; struct life *life; };

static void *ask_by_socket(void *context)
{
    struct asked *a = context;
    a->body = text_over(a->bytes, sizeof a->bytes);
    a->err = admin_http_ask("127.0.0.1", a->port, "/readyz", 60000, &a->status, &a->body);
    life_poke(a->life);
    return NULL;
}

static void end(void *life)
{
    life_end(*(struct life **)life, 0);
}

static void set_flag(struct slice name, struct slice value)
{
    CHECK_INT(settings_set(&s, name, value, (struct setting_place){ .origin = SETTING_FLAG }), SETTING_TAKEN);
}

/* Settings of a service that misses nothing, on a port of the system's choice. */
static void begin_on_loopback(void)
{
    settings_init(&s, test_arena(), SERVICE_PAYOUT);
    missing = "";
    set_flag(SLICE("admin.listen"), SLICE("127.0.0.1:0"));
}

TEST(a_person_on_loopback_gets_the_answer_over_the_wire)
{
    struct life *life = NULL;
    struct admin_http *admin = NULL;
    pthread_t thread;
    begin_on_loopback();
    struct life_events events = { .context = &life, .poked = end };
    CHECK_INT(life_open(&events, &life), OK);
    CHECK_INT(admin_http_open(life, &source, &admin), OK);
    struct asked asked = { .port = admin_http_port(admin), .life = life };
    CHECK(asked.port > 0);
    CHECK_INT(pthread_create(&thread, NULL, ask_by_socket, &asked), 0);
    CHECK_INT(life_run(life), 0);
    pthread_join(thread, NULL);
    CHECK_INT(asked.err, OK);
    CHECK_INT(asked.status, 200);
    CHECK_TEXT(text_slice(&asked.body), "ready\n");
    admin_http_close(admin);
    life_close(life);
    asked.body = text_over(asked.bytes, sizeof asked.bytes);
    CHECK_INT(admin_http_ask("127.0.0.1", asked.port, "/readyz", 500, &asked.status, &asked.body), ERR_SERVICE_AWAY);
}

enum { CONNECTIONS_MAX = 2, PATIENT_MS = 60000 };

static void *ask_behind_many(void *context)
{
    struct asked *asked = context;
    int sockets[CONNECTIONS_MAX];
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)asked->port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        sockets[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        CHECK(connect(sockets[i], (struct sockaddr *)&at, sizeof at) == 0);
        CHECK_INT(send(sockets[i], "GET /", 5, MSG_NOSIGNAL), 5);
    }
    asked->err = admin_http_ask("127.0.0.1", asked->port, "/readyz", PATIENT_MS, &asked->status, &asked->body);
    for (int i = 0; i < CONNECTIONS_MAX; i++) close(sockets[i]);
    life_poke(asked->life);
    return NULL;
}

/* All places taken by those who say nothing: once they are put out, the next ones are let in, though nobody else calls
 * for it. */
TEST(who_holds_every_connection_in_silence_keeps_nobody_out_for_longer_than_he_may)
{
    struct life *life = NULL;
    struct admin_http *admin = NULL;
    pthread_t thread;
    begin_on_loopback();
    set_flag(SLICE("admin.connections_max"), SLICE("2"));
    set_flag(SLICE("admin.idle_seconds"), SLICE("1"));
    struct life_events events = { .context = &life, .poked = end };
    CHECK_INT(life_open(&events, &life), OK);
    CHECK_INT(admin_http_open(life, &source, &admin), OK);
    struct asked asked = { .port = admin_http_port(admin), .life = life };
    asked.body = text_over(asked.bytes, sizeof asked.bytes);
    CHECK_INT(pthread_create(&thread, NULL, ask_behind_many, &asked), 0);
    CHECK_INT(life_run(life), 0);
    pthread_join(thread, NULL);
    CHECK_INT(asked.status, 200);
    admin_http_close(admin);
    life_close(life);
}

TEST(a_port_that_is_taken_is_told_from_a_wrong_one)
{
    struct life *life = NULL;
    struct admin_http *first = NULL, *second = NULL;
    char address[64];
    struct setting_place place = { .origin = SETTING_FLAG };
    settings_init(&s, test_arena(), SERVICE_PAYOUT);
    CHECK_INT(settings_set(&s, SLICE("admin.listen"), SLICE("127.0.0.1:0"), place), SETTING_TAKEN);
    CHECK_INT(life_open(&(struct life_events){ 0 }, &life), OK);
    CHECK_INT(admin_http_open(life, &source, &first), OK);
    snprintf(address, sizeof address, "127.0.0.1:%u", admin_http_port(first));
    CHECK_INT(settings_set(&s, SLICE("admin.listen"), slice_from(address), place), SETTING_TAKEN);
    log_to(-1);
    CHECK_INT(admin_http_open(life, &source, &second), ERR_ADDRESS_IN_USE);
    CHECK_INT(settings_set(&s, SLICE("admin.listen"), SLICE("192.0.2.1:9100"), place), SETTING_TAKEN);
    CHECK_INT(admin_http_open(life, &source, &second), ERR_CONFIG_INVALID);
    log_to(STDOUT_FILENO);
    admin_http_close(first);
    life_close(life);
}
