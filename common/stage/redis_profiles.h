/* stage/redis_profiles.h: partner profiles over Redis, of one worker: near-cache, one pipelined MGET a batch, the local
 * copy of partners.v1 (architecture.md 7, kafka.md 11).
 *
 * Decisions use the newer of what Redis and the local copy have; so Redis away, flushed, slow or behind changes latency
 * and counters only. A local copy that cannot be read answers nothing: the batch fails, and the next start makes the
 * copy again. What Redis lacks, or has an older revision or unreadable bytes of, is filled by a script that never puts
 * an older revision over a newer one. */
#ifndef STAGE_REDIS_PROFILES_H
#define STAGE_REDIS_PROFILES_H

#include "runtime/partner_copy.h"
#include "runtime/redis_watch.h"
#include "runtime/source.h"
#include "stage/profiles.h"

#define REDIS_PARTNER_PREFIX "partner:"

struct redis_profiles_options {
    struct redis_link   *link;                      /* of this worker; NULL: the local copy alone */
    struct redis_watch  *watch;                     /* of the process; NULL: nothing from Redis outlives a batch */
    unsigned             listener;                  /* of the watch: number of this worker */
    struct partner_copy *copy;                      /* of the process */
    const char          *name_space;                /* redis_key_begin */
    unsigned             entries_max;               /* of the near-cache; 0: NEAR_CACHE_ENTRIES */
    uint64_t             seed;                      /* of the jitter of the lives of entries */
    int64_t            (*clock_ms)(void);           /* NULL: clock_mono_ms */
};

/* What was answered from where; corrupt: bytes in Redis that were passed over. */
struct redis_profiles_counts {
    uint64_t near_hits, redis_hits, local_hits, absent, corrupt, round_trips, fills, evicted, told, epochs, unreadable;
};

struct redis_profiles;

/* ERR_MEMORY_EXHAUSTED, or what the copy says. Link, watch and copy must outlive it. */
enum err redis_profiles_open(const struct redis_profiles_options *options, struct redis_profiles **profiles) MUST_CHECK;
void redis_profiles_close(struct redis_profiles *p);
struct profiles *redis_profiles_base(struct redis_profiles *p);
struct redis_profiles_counts redis_profiles_counts(const struct redis_profiles *p);

/* put_partner of a worker's reference_target: the copy has the revision already, what is near is forgotten. */
void redis_profiles_apply(void *profiles, const struct partner *p, struct slice bytes);

/* note of the reference feed: records of partners.v1 go into the copy before any worker sees them. Records that are not
 * approved or cannot be read are passed over, as reference_apply does. ERR_STATE_FULL: no room; ERR_STATE_MALFORMED. */
struct redis_profiles_notes { struct partner_copy *copy; struct arena *scratch; bool is_failing; };
enum err redis_profiles_note(void *notes, const struct record *record) MUST_CHECK;

/* Puts a profile into the copy under a revision; not seen before partner_copy_commit. `bytes`: its Partner. */
enum err redis_profiles_keep(struct partner_copy *copy, struct arena *scratch, const struct partner *p,
                             uint64_t revision, struct slice bytes) MUST_CHECK;

#endif
