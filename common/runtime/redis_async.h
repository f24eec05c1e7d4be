/* runtime/redis_async.h: one connection to Redis on a libuv loop, with an adapter of our own (kafka.md 11).
 *
 * Every step has a timer, and whatever goes wrong ends in one call of `lost`, after which the connection is gone. */
#ifndef RUNTIME_REDIS_ASYNC_H
#define RUNTIME_REDIS_ASYNC_H

#include "runtime/redis_link.h"

struct uv_loop_s;
struct redis_async;

struct redis_async_events {
    void  *context;
    void (*connected)(void *context);               /* signed in where a password is set */
    void (*lost)(void *context, const char *why);   /* once; the connection frees itself */
};

/* NULL answers are never shown: the connection is lost instead. */
typedef void redis_async_visit(void *context, const struct redis_answer *answer);

/* Begins to connect. ERR_REDIS_AWAY: could not even begin, nothing is left open and `lost` is not called. */
enum err redis_async_open(const struct redis_options *options, struct uv_loop_s *loop,
                          const struct redis_async_events *events, struct redis_async **connection) MUST_CHECK;
/* No event comes any more; its memory goes with its handles, in the next turns of the loop. NULL is nothing. */
void redis_async_close(struct redis_async *a);

/* One request at a time: the answer, or lost when none comes within timeout_ms. A SUBSCRIBE goes on being answered. */
void redis_async_ask(struct redis_async *a, const struct redis_command *command, unsigned timeout_ms,
                     redis_async_visit *visit, void *context);

#endif
