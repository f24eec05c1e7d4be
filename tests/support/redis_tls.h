/* tests/support/redis_tls.h: a redis-server by TLS alone, with certificates of the test's own beside it. */
#ifndef TESTS_SUPPORT_REDIS_TLS_H
#define TESTS_SUPPORT_REDIS_TLS_H

#include "runtime/redis_tls.h"
#include "support/redis_server.h"

/* In `folder`: the authorities ca and other; the servers good, late, early, named (of redis.test), client and stranger
 * (of other); the client's me and foreign (of other). */
enum { REDIS_CERTIFICATE_FILES = 20, REDIS_CERTIFICATE_PATH = 96 };
struct redis_certificates { char folder[64], paths[REDIS_CERTIFICATE_FILES][REDIS_CERTIFICATE_PATH]; };

bool redis_certificates_make(struct redis_certificates *c);
void redis_certificates_remove(struct redis_certificates *c);
/* FOLDER/NAME of a file that was made. */
const char *redis_certificates_path(const struct redis_certificates *c, const char *name);

/* A server with that certificate; `asks`: only clients with one signed by ca come in. */
bool redis_server_open_tls(struct redis_server *s, const struct redis_certificates *c, const char *certificate,
                           bool asks);

/* What a client of the good server is told; ends the test program where that cannot be. */
struct redis_tls *redis_certificates_trust(const struct redis_certificates *c);

#endif
