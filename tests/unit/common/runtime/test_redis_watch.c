/* runtime/redis_watch.h beside a server of our own that stops between two words; tests/integration/check_redis.sh has
 * the rest. */
#include "runtime/redis_watch.h"

#include "support/test.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Answers each request but heartbeats: that of one comes on the first connection, as a change. As often as it is
 * connected to, since a heartbeat may be late on its own. */
struct server { int listener; atomic_uint repeated; pthread_t thread; };

static bool hears(int fd, const char *word)
{
    char said[1024];
    size_t size = 0;
    while (size < sizeof said) {
        ssize_t n = recv(fd, said + size, sizeof said - size, 0);
        if (n <= 0) return false;
        size += (size_t)n;
        if (memmem(said, size, word, strlen(word))) return true;
    }
    return false;
}

static void say(int fd, const char *text)
{
    (void)!send(fd, text, strlen(text), MSG_NOSIGNAL);
}

#define CHANNEL "$20\r\n__redis__:invalidate\r\n"

/* False: nobody connects any more. */
static bool serve_one(struct server *s)
{
    int told = accept(s->listener, NULL, NULL), asks = -1, beats = -1;
    if (told < 0) return false;
    if (hears(told, "CLIENT")) say(told, ":7\r\n");
    if (hears(told, "SUBSCRIBE")) say(told, "*3\r\n$9\r\nsubscribe\r\n" CHANNEL ":1\r\n");
    asks = accept(s->listener, NULL, NULL);
    if (hears(asks, "PREFIX")) say(asks, "+OK\r\n");
    beats = accept(s->listener, NULL, NULL);
    if (hears(beats, "SET")) say(told, "*3\r\n$7\r\nmessage\r\n" CHANNEL "*1\r\n$12\r\npartner:__hb\r\n");
    atomic_fetch_add(&s->repeated, hears(beats, "SET"));
    close(told);
    close(asks);
    close(beats);
    return true;
}

static void *serve(void *server)
{
    while (serve_one(server)) continue;
    return NULL;
}

static atomic_uint lost, live;

static void note(void *context, bool is_away, const char *why)
{
    (void)context, (void)why;
    atomic_fetch_add(is_away ? &lost : &live, 1);
}

TEST(a_heartbeat_that_comes_back_and_is_not_answered_is_lost_and_no_second_one_is_sent)
{
    struct server s = { .listener = socket(AF_INET, SOCK_STREAM, 0) };
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t size = sizeof at;
    char address[32];
    CHECK(bind(s.listener, (struct sockaddr *)&at, sizeof at) == 0 && listen(s.listener, 8) == 0
          && getsockname(s.listener, (struct sockaddr *)&at, &size) == 0);
    snprintf(address, sizeof address, "127.0.0.1:%d", ntohs(at.sin_port));
    CHECK(pthread_create(&s.thread, NULL, serve, &s) == 0);
    struct redis_watch_options o = { .redis = { .address = address, .on_change = note }, .prefix = "partner:",
                                     .listeners = 1, .heartbeat_ms = 200 };
    struct redis_watch *watch = NULL;
    CHECK_INT(redis_watch_open_alone(&o, &watch), OK);
    WAIT_FOR(atomic_load(&live) > 0);
    unsigned before = atomic_load(&lost);
    WAIT_FOR(atomic_load(&lost) > before);
    redis_watch_close_alone(watch);
    CHECK(shutdown(s.listener, SHUT_RDWR) == 0);
    pthread_join(s.thread, NULL);
    close(s.listener);
    CHECK_INT(atomic_load(&s.repeated), 0);
}
