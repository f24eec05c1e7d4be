/* runtime/clock.h: the clocks of a process. Decisions see none of them. */
#ifndef RUNTIME_CLOCK_H
#define RUNTIME_CLOCK_H

#include "base/instant.h"

/* Of the wall, for people, waiting hours and logs. */
instant_ms clock_now_unix_ms(void);

/* One that never goes back, for durations and deadlines. */
int64_t clock_mono_ns(void);
static inline int64_t clock_mono_ms(void)
{
    return clock_mono_ns() / 1000000;
}

#endif
