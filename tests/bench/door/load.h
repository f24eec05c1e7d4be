/* tests/bench/door/load.h: a load generator for the HTTP door: connections that are kept, requests that are pipelined,
 * one small document each, no two alike. One thread; what comes back is counted by status, and how long it took. */
#ifndef TESTS_BENCH_LOAD_H
#define TESTS_BENCH_LOAD_H

#include <stdbool.h>
#include <stdint.h>

enum { LOAD_CONNECTIONS_MAX = 1024, LOAD_DEPTH_MAX = 64, LOAD_TOKEN_BYTES = 128 };

struct load_options {
    const char *host;
    unsigned    port, connections, depth;           /* depth: requests on their way on one connection */
    unsigned    documents, run;                     /* run: part of every invoice number */
    const char *token;                              /* with %u for one of `tokens`; NULL: none */
    unsigned    tokens;
    bool        has_keys;                           /* each with an Idempotency-Key */
};

struct load_result {
    unsigned accepted, refused, broken;             /* 2xx, other answers, requests whose connection ended */
    unsigned statuses[600];
    double   seconds, cpu_seconds, p50_ms, p99_ms, max_ms;
};

/* False: nobody listens there. */
bool load_run(const struct load_options *options, struct load_result *result);

#endif
