/* runtime/redis_breaker.c: closed, open, and the one request that asks whether it may close. */
#include "runtime/redis_breaker.h"

#include "base/assert.h"

bool redis_breaker_allows(struct redis_breaker *b, instant_ms now)
{
    if (!b->is_open) return true;
    if (now < b->probe_at) return false;
    b->probe_at = now + REDIS_BREAKER_PROBE_MS;
    return true;
}

bool redis_breaker_fail(struct redis_breaker *b, instant_ms now)
{
    if (b->is_open) {
        b->probe_at = now + REDIS_BREAKER_PROBE_MS;
        return false;
    }
    ASSERT(b->failures < REDIS_BREAKER_FAILURES);
    if (++b->failures < REDIS_BREAKER_FAILURES) return false;
    b->is_open = true;
    b->probe_at = now + REDIS_BREAKER_PROBE_MS;
    return true;
}

bool redis_breaker_succeed(struct redis_breaker *b)
{
    bool was_open = b->is_open;
    b->is_open = false;
    b->failures = 0;
    return was_open;
}
