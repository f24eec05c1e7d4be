/* runtime/redis_watch.h: what changes in Redis under a prefix, told to the workers (kafka.md 11, connections I, K, H).
 *
 * Lives on one libuv loop: I is told of changed keys, K asked for that (CLIENT TRACKING … BCAST … REDIRECT), H writes a
 * heartbeat each second that must come back on I. Whenever that chain may be broken the epoch moves: every copy is
 * suspect. Listeners read from their own thread. */
#ifndef RUNTIME_REDIS_WATCH_H
#define RUNTIME_REDIS_WATCH_H

#include "runtime/redis_link.h"

struct uv_loop_s;

enum { REDIS_WATCH_LISTENERS_MAX = 64, REDIS_HEARTBEAT_MS = 1000, REDIS_WATCH_RING_BYTES = 1 << 18 };

struct redis_watch_options {
    struct redis_options redis;                     /* on_change: tracking ended, tracking works */
    const char          *name_space;                /* redis_key_begin */
    const char          *prefix;                    /* "partner:", after it */
    unsigned             listeners;                 /* workers */
    size_t               ring_bytes;                /* of each; 0: REDIS_WATCH_RING_BYTES */
    unsigned             heartbeat_ms;              /* 0: REDIS_HEARTBEAT_MS */
};

struct redis_watch_counts { uint64_t keys, flushes, losses, full_rings; };

struct redis_watch;

/* Begins to connect; needs the loop to run. ERR_CONFIG_INVALID, ERR_MEMORY_EXHAUSTED. */
enum err redis_watch_open(const struct redis_watch_options *options, struct uv_loop_s *loop,
                          struct redis_watch **watch) MUST_CHECK;
/* On the loop's thread, when no listener reads any more; its memory goes with its handles, in the next turns of the
 * loop. */
void redis_watch_close(struct redis_watch *watch);

/* The same with a thread and a loop of its own, for a process that has none. */
enum err redis_watch_open_alone(const struct redis_watch_options *options, struct redis_watch **watch) MUST_CHECK;
void redis_watch_close_alone(struct redis_watch *watch);

/* Listener: odd while changes are told without a gap, even while they may be missed. Another number than before: forget
 * everything, also what the ring still holds. */
uint64_t redis_watch_epoch(const struct redis_watch *watch);
/* Listener: the next changed key, without the prefix, borrowed until the next call. False: none. */
bool redis_watch_next(struct redis_watch *watch, unsigned listener, struct slice *key);

/* Since it was opened; any thread. */
struct redis_watch_counts redis_watch_counts(const struct redis_watch *watch);

#endif
