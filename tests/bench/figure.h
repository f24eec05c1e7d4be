/* tests/bench/figure.h: one figure beside its target: a row on standard output and an object in results.ndjson. */
#ifndef TESTS_BENCH_FIGURE_H
#define TESTS_BENCH_FIGURE_H

#include "base/str.h"

#include <stdint.h>
#include <stdio.h>
#include <time.h>

enum { FIGURE_LOOKED_AT = 0 };                      /* a target of nothing */

/* Less is better. `lines` it was measured on. */
static inline void figure_put(FILE *results, const char *name, double value, const char *unit, double target,
                              uint64_t lines)
{
    const char *holds = target == FIGURE_LOOKED_AT ? "" : value <= target ? "holds" : "MISSED";
    const char *word = target == FIGURE_LOOKED_AT ? "null" : value <= target ? "true" : "false";
    if (target == FIGURE_LOOKED_AT) printf("%-34s %12.2f %-8s\n", name, value, unit);
    else printf("%-34s %12.2f %-8s target %-12g %s\n", name, value, unit, target, holds);
    fprintf(results,
            "{\"name\":\"%s\",\"value\":%.3f,\"unit\":\"%s\",\"target\":%g,\"holds\":%s,\"baseline\":null,\"lines\":%"
            "llu,\"seed\":1,"
            "\"versions\":{}}\n",
            name, value, unit, target, word, (unsigned long long)lines);
}

/* A number of lines from the command or the environment; `otherwise` when it says none. */
static inline unsigned figure_lines(const char *text, unsigned otherwise)
{
    uint64_t lines;
    return text && slice_to_uint(slice_from(text), UINT32_MAX, &lines) && lines ? (unsigned)lines : otherwise;
}

/* CPU time of this thread: what others do on the machine counts little. */
static inline int64_t figure_cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* What asking twice costs, to be taken off what lies between. */
static inline int64_t figure_clock_ns(void)
{
    int64_t least = INT64_MAX;
    for (int i = 0; i < 1000; i++) {
        int64_t from = figure_cpu_ns(), took = figure_cpu_ns() - from;
        if (took < least) least = took;
    }
    return least;
}

#endif
