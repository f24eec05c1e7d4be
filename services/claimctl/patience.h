/* claimctl/patience.h: how long a command waits for an installation that may be away meanwhile, and when it says so. */
#ifndef CLAIMCTL_PATIENCE_H
#define CLAIMCTL_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

enum { PATIENCE_SECONDS = 300, PATIENCE_SECONDS_MAX = 86400, PATIENCE_TELL_SECONDS = 10 };

/* Spent when nothing moved for `seconds`; told_ms: when something was said last. */
struct patience { uint64_t seconds; int64_t moved_ms, told_ms; };

/* From now on; 0 seconds: PATIENCE_SECONDS. */
struct patience patience_of(uint64_t seconds, int64_t now_ms);

/* Something moved: it counts from here. */
void patience_renew(struct patience *p, int64_t now_ms);

/* True when nothing moved for as long as was given; both of the monotonic clock. */
bool patience_is_spent(const struct patience *p, int64_t now_ms);

/* True every PATIENCE_TELL_SECONDS: a line about what is waited for is due. */
bool patience_tells(struct patience *p, int64_t now_ms);

#endif
