/* runtime/redis_address.h: where Redis is, how it is reached, and what is said to it. */
#ifndef RUNTIME_REDIS_ADDRESS_H
#define RUNTIME_REDIS_ADDRESS_H

#include "base/str.h"

/* A handshake takes two round trips and a signature of a server that may have to make many of them at once. */
enum { REDIS_TIMEOUT_MS = 20, REDIS_PORT = 6379, REDIS_ADDRESS_BYTES = 300, REDIS_HANDSHAKE_TIMES = 5 };

struct redis_name;
struct redis_tls;
struct redis_options {
    const char *address;                            /* host, host:port, [v6]:port or the path of a socket */
    const char *user;                               /* NULL or empty: the default one */
    const char *password;                           /* NULL: none is asked for */
    struct redis_tls *tls;                          /* NULL: plain. Outlives the link */
    unsigned    timeout_ms;                         /* 0: REDIS_TIMEOUT_MS */
    /* Looks up the host of the address; NULL: it is numeric, or whoever connects may wait for a resolver. Outlives the
     * link. */
    const struct redis_name *name;
    /* Told when it goes away (five failures) and when it is back, once each, from the thread of the request. May be
     * NULL. */
    void      (*on_change)(void *context, bool is_away, const char *why);
    void       *context;
};

enum { REDIS_USER_BYTES = 256, REDIS_PASSWORD_BYTES = 1024 };
struct redis_texts { char address[REDIS_ADDRESS_BYTES], user[REDIS_USER_BYTES], password[REDIS_PASSWORD_BYTES]; };

/* Copies the texts that the options borrow, and has them borrow the copies. ERR_CONFIG_INVALID: the address cannot be
 * read, or a text is too long. */
enum err redis_address_keep(struct redis_options *options, struct redis_texts *kept) MUST_CHECK;

/* Host and port of an address, or a path and port 0. False: it cannot be read. Borrowed from `address`. */
bool redis_address_read(struct slice address, struct slice *host, int *port);

struct redis_command { const struct slice *words; unsigned count; };
#define REDIS_COMMAND(...) \
    ((struct redis_command){ (const struct slice[]){ __VA_ARGS__ }, sizeof((const struct slice[]){ __VA_ARGS__ }) / \
    sizeof(struct slice) })

#endif
