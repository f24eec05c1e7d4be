/* lmdb_rig.h: the words of the tests of a partition's state on disk. */
#ifndef TESTS_RUNTIME_LMDB_RIG_H
#define TESTS_RUNTIME_LMDB_RIG_H

#include "base/assert.h"
#include "runtime/lmdb_store.h"
#include "support/scratch.h"
#include "support/test.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TABLE = 7, HIGH = 1000, HOUR = 3600000, DAY = 24 * HOUR };

static const struct state_identity identity = {
    .cluster_id = SLICE_INIT("cluster"),
    .stage = SLICE_INIT("payout"),
    .changelog = SLICE_INIT("payout.changelog.v1"),
    .partition = 3,
    .partition_count = 12,
    .schema_version = STATE_SCHEMA_VERSION,
    .seed_check = SLICE_INIT("seed"),
};

/* A store in its folder, and what its process knows. */
struct desk {
    char                  dir[SCRATCH_PATH_MAX];
    struct lmdb_options   options;
    struct state_identity identity;
    int64_t               start, high, now;
    struct lmdb_store    *lmdb;
    struct store         *store;
    struct lmdb_opened    opened;
    unsigned              notices;
    char                  notice[64];
    bool                  may_pull;
};

static inline void take_notice(void *context, const struct state_identity *of, struct slice text)
{
    struct desk *d = context;
    CHECK_TEXT(of->changelog, "payout.changelog.v1");
    d->notices++;
    snprintf(d->notice, sizeof d->notice, "%.*s", SLICE_ARGS(text));
}

static inline void desk_make(struct desk *d)
{
    *d = (struct desk){ .high = HIGH, .now = 30ll * DAY, .identity = identity };
    scratch_make(d->dir);
    d->options = (struct lmdb_options){
        .dir = d->dir, .map_bytes = 64 << 20, .boot_id = "boot-1", .notice = take_notice, .notice_context = d
    };
}

static inline enum state_origin desk_open(struct desk *d)
{
    CHECK_INT(lmdb_store_open(&d->options, &d->identity, d->start, d->high, d->now, &d->lmdb, &d->opened), OK);
    d->store = lmdb_store_base(d->lmdb);
    return d->opened.origin;
}

static inline void desk_close(struct desk *d, bool saves)
{
    bool clean = lmdb_store_close(d->lmdb, saves, d->now, 10000);
    CHECK_INT(clean, saves);
    d->lmdb = NULL;
}

static inline void desk_drop(struct desk *d)
{
    lmdb_store_close(d->lmdb, false, d->now, 10000);
    scratch_remove(d->dir);
}

static inline void put(struct desk *d, const char *key, const char *value)
{
    CHECK_INT(store_put(d->store, TABLE, slice_from(key), slice_from(value)), OK);
}

static inline void commit(struct desk *d, const char *key, const char *value, int64_t next)
{
    put(d, key, value);
    store_merge(d->store, next);
}

static inline struct slice got(struct desk *d, const char *key)
{
    struct slice value;
    CHECK_INT(store_get(d->store, TABLE, slice_from(key), &value), OK);
    return value;
}

static inline void rest(struct desk *d, int64_t passed_ms)
{
    d->now += passed_ms;
    CHECK_INT(lmdb_stores_rest(&d->lmdb, 1, 0, d->now, &d->may_pull), OK);
}

static inline struct lmdb_stats stats(struct desk *d)
{
    struct lmdb_stats s;
    lmdb_store_stats(d->lmdb, &s);
    return s;
}

static inline const char *path_of(struct desk *d, const char *file)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/payout/p003/%s", d->dir, file);
    return path;
}

static inline bool is_there(struct desk *d, const char *file)
{
    return access(path_of(d, file), F_OK) == 0;
}

/* Leaves a saved store with a = 1, good for offset 100. */
static inline void leave_saved(struct desk *d, bool clean)
{
    desk_make(d);
    CHECK_INT(desk_open(d), STATE_NEW);
    commit(d, "a", "1", 100);
    rest(d, 1000);
    CHECK_INT(stats(d).changelog_offset, 100);
    desk_close(d, clean);
}

static inline void end(pid_t pid)
{
    kill(pid, SIGKILL);
    ASSERT(waitpid(pid, NULL, 0) == pid);
}

#endif
