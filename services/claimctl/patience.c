/* claimctl/patience.c: four looks at a clock that the caller read. */
#include "claimctl/patience.h"

#include "base/assert.h"

enum { SECOND_MS = 1000 };

struct patience patience_of(uint64_t seconds, int64_t now_ms)
{
    ASSERT(seconds <= PATIENCE_SECONDS_MAX);
    return (struct patience){ seconds ? seconds : PATIENCE_SECONDS, now_ms, now_ms };
}

void patience_renew(struct patience *p, int64_t now_ms)
{
    ASSERT(now_ms >= p->moved_ms);
    p->moved_ms = now_ms;
}

bool patience_is_spent(const struct patience *p, int64_t now_ms)
{
    return now_ms - p->moved_ms >= (int64_t)p->seconds * SECOND_MS;
}

bool patience_tells(struct patience *p, int64_t now_ms)
{
    if (now_ms - p->told_ms < PATIENCE_TELL_SECONDS * SECOND_MS) return false;
    p->told_ms = now_ms;
    return true;
}
