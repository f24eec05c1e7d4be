/* runtime/clock.c: the only reader of clocks in the runtime. */
#include "runtime/clock.h"

#include <time.h>

instant_ms clock_now_unix_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (instant_ms)t.tv_sec * INSTANT_SECOND_MS + t.tv_nsec / 1000000;
}

int64_t clock_mono_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}
