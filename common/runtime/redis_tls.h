/* runtime/redis_tls.h: whom a connection to Redis believes and as whom it shows itself, and its session, by GnuTLS.
 *
 * The server's certificate is always looked into: signed by an authority that is believed, in force, made for a server,
 * and bearing the name that was asked for. One for all connections of a process; any thread may begin a session. */
#ifndef RUNTIME_REDIS_TLS_H
#define RUNTIME_REDIS_TLS_H

#include "base/err.h"
#include "base/str.h"

enum { REDIS_TLS_WHY_BYTES = 512 };

/* Paths of PEM files; NULL or empty: not said. */
struct redis_tls_options {
    const char *ca;                                 /* authorities that are believed; not said: those of the system */
    const char *certificate, *key;                  /* of the client, for a server that asks for one: both or neither */
    const char *server_name;                        /* in the server's certificate; not said: the host it is asked at */
};

struct redis_tls;

/* Options are copied. ERR_FILE_UNREADABLE, ERR_CONFIG_INVALID: *why says it in a sentence; ERR_MEMORY_EXHAUSTED. */
enum err redis_tls_open(const struct redis_tls_options *options, struct redis_tls **tls, struct text *why) MUST_CHECK;
/* Behind every session. NULL is nothing. */
void redis_tls_close(struct redis_tls *tls);

/* Reads the files again, for the next session; what cannot be used leaves the former ones in force. One thread. */
enum err redis_tls_reload(struct redis_tls *tls, struct text *why) MUST_CHECK;

/* What a step over a socket that does not block comes to. */
enum redis_step { REDIS_DONE, REDIS_WAITS_TO_READ, REDIS_WAITS_TO_WRITE, REDIS_BROKEN };

struct redis_tls_session;

/* With a server at `host`. NULL: no memory. */
struct redis_tls_session *redis_tls_begin(struct redis_tls *tls, const char *host, int fd);
/* Says good-bye where that does not block. NULL is nothing. */
void redis_tls_end(struct redis_tls_session *session);

/* Until DONE; then the two below. */
enum redis_step redis_tls_shake_hands(struct redis_tls_session *session);
/* DONE: *taken bytes were; WAITS: none, and the same come again. */
enum redis_step redis_tls_send(struct redis_tls_session *session, struct slice bytes, size_t *taken);
/* DONE with *size 0: the server has said good-bye. */
enum redis_step redis_tls_receive(struct redis_tls_session *session, char *buffer, size_t room, size_t *size);

/* Why it is BROKEN: what was seen, and the setting that has to do with it. */
const char *redis_tls_why(const struct redis_tls_session *session);
/* It is BROKEN by what one side thinks of the other, which no second try will change. */
bool redis_tls_is_refused(const struct redis_tls_session *session);

#endif
