/* tests/bench/figure.h: one figure beside its target: a row on standard output and an object in results.ndjson. */
#ifndef TESTS_BENCH_FIGURE_H
#define TESTS_BENCH_FIGURE_H

#include "base/str.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* On which side of its target a figure holds; LOOKED_AT: it has none. */
enum figure_aim { FIGURE_LOOKED_AT, FIGURE_AT_MOST, FIGURE_AT_LEAST };

struct bench_figure {
    const char     *name;
    double          value;
    const char     *unit;
    enum figure_aim aim;
    double          target;
    uint64_t        lines, seed;
};

/* The versions that `make bench` measures (tests/bench/figure.py). */
static inline const char *figure_versions(void)
{
    const char *versions = getenv("VERSIONS");
    return versions && *versions ? versions : "{}";
}

static inline void figure_write(FILE *results, const struct bench_figure *f)
{
    bool holds = f->aim == FIGURE_AT_LEAST ? f->value >= f->target : f->value <= f->target;
    char target[64] = "null";
    if (f->aim != FIGURE_LOOKED_AT) snprintf(target, sizeof target, "%.15g", f->target);
    printf("%-34s %12.2f %-8s", f->name, f->value, f->unit);
    if (f->aim == FIGURE_LOOKED_AT) printf("\n");
    else printf(" target %s %-10s %s\n", f->aim == FIGURE_AT_LEAST ? ">=" : "<=", target, holds ? "holds" : "MISSED");
    fprintf(results,
            "{\"name\":\"%s\",\"value\":%.3f,\"unit\":\"%s\",\"target\":%s,\"holds\":%s,\"baseline\":null,"
            "\"lines\":%llu,\"seed\":%llu,\"versions\":%s}\n",
            f->name, f->value, f->unit, target, f->aim == FIGURE_LOOKED_AT ? "null" : holds ? "true" : "false",
            (unsigned long long)f->lines, (unsigned long long)f->seed, figure_versions());
}

/* Less is better; a target of 0: looked at. */
static inline void figure_put(FILE *results, const char *name, double value, const char *unit, double target,
                              uint64_t lines)
{
    figure_write(results, &(struct bench_figure){ name, value, unit, target > 0 ? FIGURE_AT_MOST : FIGURE_LOOKED_AT, target,
                                            lines, 1 });
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
