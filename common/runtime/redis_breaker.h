/* runtime/redis_breaker.h: five failures in a row open it, then one probe a second is let through, and the first that
 * is answered closes it (kafka.md 11). Pure: the caller brings a clock that never goes back. */
#ifndef RUNTIME_REDIS_BREAKER_H
#define RUNTIME_REDIS_BREAKER_H

#include "base/instant.h"

enum { REDIS_BREAKER_FAILURES = 5, REDIS_BREAKER_PROBE_MS = 1000 };

/* Zeroed: closed. */
struct redis_breaker {
    bool       is_open;
    unsigned   failures;                            /* in a row, while closed */
    instant_ms probe_at;                            /* while open: when the next one goes through */
};

/* May a request go out now? Open: true once a second. */
bool redis_breaker_allows(struct redis_breaker *b, instant_ms now);
/* A request failed. True: that opened it. */
bool redis_breaker_fail(struct redis_breaker *b, instant_ms now);
/* A request was answered. True: that closed it. */
bool redis_breaker_succeed(struct redis_breaker *b);

#endif
