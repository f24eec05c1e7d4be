/* claimctl/run_redis.c: link, watch, copy, profiles and registry of one run. */
#include "claimctl/run_redis.h"

#include "base/assert.h"
#include "runtime/clock.h"
#include "wire/partner_codec.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SCRATCH_BYTES = 8 << 20 };
#define COPY_BYTES ((size_t)1 << 30)

static enum err open_copy(struct run_redis *r)
{
    const char *place = getenv("TMPDIR");
    int size = snprintf(r->folder, sizeof r->folder, "%s/claimstream.XXXXXX", place ? place : "/tmp");
    if (size < 0 || (size_t)size >= sizeof r->folder || !mkdtemp(r->folder)) return ERR_FILE_UNWRITABLE;
    struct partner_copy_options o = { .folder = r->folder, .cluster_id = "run", .map_bytes = COPY_BYTES };
    return partner_copy_open(&o, &r->copy, NULL);
}

enum err run_redis_open(struct run_redis *r, const struct settings *settings, int32_t partitions,
                        struct problems *problems)
{
    if (settings_origin(settings, SETTING_REDIS_ADDRESS) == SETTING_DEFAULT) return OK;
    TRY(redis_settings_read(&r->settings, settings, problems));
    if (!r->settings.options.address) return OK;
    r->is_asked = true;
    r->revision = (uint64_t)clock_now_unix_ms() * 1000;
    TRY(arena_open(&r->scratch, SCRATCH_BYTES, SCRATCH_BYTES));
    TRY(open_copy(r));
    TRY(redis_link_open(&r->settings.options, &r->link));
    struct redis_watch_options watch = { .redis = r->settings.options, .prefix = REDIS_PARTNER_PREFIX, .listeners = 1 };
    TRY(redis_watch_open_alone(&watch, &r->watch));
    struct redis_profiles_options profiles = {
        .link = r->link, .watch = r->watch, .copy = r->copy, .seed = r->revision
    };
    TRY(redis_profiles_open(&profiles, &r->profiles));
    return redis_registry_open(&(struct redis_registry_options){ .link = r->link, .partitions = partitions },
                               &r->registry);
}

static void remove_copy(const struct run_redis *r)
{
    static const char *const names[] = { "data.mdb", "lock.mdb", "owner" };
    char path[128];
    if (!r->folder[0]) return;
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", r->folder, names[i]);
        unlink(path);
    }
    rmdir(r->folder);
}

void run_redis_close(struct run_redis *r)
{
    redis_registry_close(r->registry);
    redis_profiles_close(r->profiles);
    redis_watch_close_alone(r->watch);
    redis_link_close(r->link);
    partner_copy_close(r->copy);
    remove_copy(r);
    redis_settings_close(&r->settings);
    arena_close(&r->scratch);
}

enum err run_redis_put(struct run_redis *r, const struct partner *p)
{
    struct slice bytes;
    if (!r->is_asked) return OK;
    arena_reset(&r->scratch);
    TRY(partner_encode(&r->scratch, p, (struct slice){ 0 }, (struct slice){ 0 }, 0, &bytes));
    TRY(redis_profiles_keep(r->copy, &r->scratch, p, ++r->revision, bytes));
    redis_profiles_apply(r->profiles, p, bytes);
    r->pending++;
    return OK;
}

enum err run_redis_commit(struct run_redis *r)
{
    if (!r->pending) return OK;
    r->pending = 0;
    return partner_copy_commit(r->copy, (int64_t)(r->revision >> 1), clock_now_unix_ms());
}

bool run_redis_is_away(const struct run_redis *r)
{
    return r->is_asked && redis_registry_why(r->registry).size > 0;
}

void run_redis_print(const struct run_redis *r, FILE *to)
{
    if (!r->is_asked) return;
    struct redis_profiles_counts p = redis_profiles_counts(r->profiles);
    struct redis_registry_counts g = redis_registry_counts(r->registry);
    struct redis_counts l = redis_link_counts(r->link);
    fprintf(to,
            "redis: profiles near %llu, redis %llu, local %llu, absent %llu, corrupt %llu, fills %llu, epochs %llu; ",
            (unsigned long long)p.near_hits, (unsigned long long)p.redis_hits, (unsigned long long)p.local_hits,
            (unsigned long long)p.absent, (unsigned long long)p.corrupt, (unsigned long long)p.fills,
            (unsigned long long)p.epochs);
    fprintf(to,
            "slots asked %llu, others' %llu, restored %llu, given back %llu, away %llu; pipelines %llu, failures %llu, "
            "connections %llu%s%s\n",
            (unsigned long long)g.asked, (unsigned long long)g.held_by_others, (unsigned long long)g.restored,
            (unsigned long long)g.released, (unsigned long long)g.away, (unsigned long long)l.pipelines,
            (unsigned long long)l.failures, (unsigned long long)l.connections,
            run_redis_is_away(r) ? "; the registry is away: " : "",
            run_redis_is_away(r) ? redis_registry_why(r->registry).bytes : "");
    if (redis_link_why(r->link)[0]) fprintf(to, "redis: the last request failed: %s\n", redis_link_why(r->link));
}
