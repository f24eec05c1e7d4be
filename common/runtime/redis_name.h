/* runtime/redis_name.h: the address behind the name of a host, looked up by a thread of its own.
 *
 * getaddrinfo waits as long as a resolver pleases: on the main loop it would hold up signals, the admin port and the
 * watchdog, in a worker its batch, far beyond redis.timeout_ms. Who connects takes what was found last. */
#ifndef RUNTIME_REDIS_NAME_H
#define RUNTIME_REDIS_NAME_H

#include "base/err.h"

#include <stdbool.h>

enum { REDIS_NAME_AGAIN_MS = 1000, REDIS_NAME_REFRESH_MS = 15000 };

struct redis_name;

/* True for what needs no lookup: a numeric address. Waits for nobody. */
bool redis_name_is_numeric(const char *host);

/* Begins to look up, and again each REDIS_NAME_REFRESH_MS, after a failure each REDIS_NAME_AGAIN_MS.
 * ERR_MEMORY_EXHAUSTED. */
enum err redis_name_open(const char *host, struct redis_name **name) MUST_CHECK;
/* Who connects has ended. A lookup that hangs is left behind. NULL is fine. */
void redis_name_close(struct redis_name *n);

/* The address found last, valid while `n` is open; NULL: none yet. Any thread. */
const char *redis_name_address(const struct redis_name *n);

#endif
