/* claimctl/run_redis.h: a run whose stages ask a real Redis for profiles and slots, as services do: to see that it
 * changes no result (`run --set redis.address=…`). The world stays the truth: it is the local copy that Redis is filled
 * from. */
#ifndef CLAIMCTL_RUN_REDIS_H
#define CLAIMCTL_RUN_REDIS_H

#include "stage/redis_profiles.h"
#include "stage/redis_registry.h"
#include "stage/redis_settings.h"

#include <stdio.h>

struct run_redis {
    bool                   is_asked;                /* else this is a run without Redis */
    struct redis_settings  settings;
    char                   folder[64];              /* of the copy, gone at the end */
    struct partner_copy   *copy;
    struct redis_link     *link;
    struct redis_watch    *watch;
    struct redis_profiles *profiles;
    struct redis_registry *registry;
    struct arena           scratch;
    uint64_t               revision;                /* given to the partner put last; greater in every later run */
    unsigned               pending;                 /* put, not committed */
};

/* By the settings redis.*; does nothing where nobody has set redis.address. */
enum err run_redis_open(struct run_redis *r, const struct settings *settings, int32_t partitions,
                        struct problems *problems) MUST_CHECK;
void run_redis_close(struct run_redis *r);

/* A profile comes into force: seen by the stages after run_redis_commit. Nothing without Redis. */
enum err run_redis_put(struct run_redis *r, const struct partner *p) MUST_CHECK;
enum err run_redis_commit(struct run_redis *r) MUST_CHECK;

/* The registry was away when it was asked last. */
bool run_redis_is_away(const struct run_redis *r);

/* What Redis and the near-cache answered, for people. */
void run_redis_print(const struct run_redis *r, FILE *to);

#endif
