/* stage/near_cache.h: decoded profiles in the memory of one worker, bounded in number and bytes (kafka.md 11).
 *
 * What is put out of it, by room, by a change or by time, is only retired: it may be lent to the batch at work and is
 * freed by near_cache_release. When to keep an entry and how long is the caller's business. */
#ifndef STAGE_NEAR_CACHE_H
#define STAGE_NEAR_CACHE_H

#include "base/arena.h"
#include "domain/partner.h"

enum { NEAR_CACHE_ENTRIES = 16384, NEAR_CACHE_BYTES = 16 << 20 };

struct near_entry {
    struct near_entry    *next;                     /* in its bucket, or retired */
    uint64_t              hash;
    int64_t               soft_ms, hard_ms;         /* until then it is fresh, until then it is used */
    uint64_t              batch;                    /* in which it was loaded */
    uint64_t              revision;
    const struct partner *partner;                  /* NULL: not on file */
    enum profile_source   source;                   /* it was loaded from */
    unsigned              place;                    /* on the clock face */
    bool                  was_used;                 /* since the hand passed */
    size_t                bytes;                    /* of this allocation */
    size_t                key_size;
    char                 *key;
    void                 *room;                     /* of the caller, aligned to 16 bytes */
};

struct near_cache {
    struct arena        tables;                     /* what is not used of them is no memory yet */
    struct near_entry **buckets, **face;            /* face: all entries, in a circle that the hand goes round */
    unsigned            bucket_count, count, entries_max, hand;
    size_t              bytes, bytes_max;
    struct near_entry  *retired;
    uint64_t            evicted;
};

/* Room for so many entries and bytes. ERR_MEMORY_EXHAUSTED. */
enum err near_cache_open(struct near_cache *c, unsigned entries_max, size_t bytes_max) MUST_CHECK;
void near_cache_close(struct near_cache *c);

/* NULL: absent. Marks the entry as used. */
struct near_entry *near_cache_get(struct near_cache *c, struct slice key);

/* An entry with `room` zeroed bytes of the caller's, not in the cache yet; goes in by near_cache_put. Never NULL. */
struct near_entry *near_cache_make(struct slice key, size_t room);
/* Takes the entry, in place of an older one of its key; makes room by retiring what was not used lately. */
void near_cache_put(struct near_cache *c, struct near_entry *e);

/* Retires the entry of a key; false: there was none. */
bool near_cache_forget(struct near_cache *c, struct slice key);
void near_cache_forget_all(struct near_cache *c);
/* Frees what was retired: nobody borrows it any more. */
void near_cache_release(struct near_cache *c);

#endif
