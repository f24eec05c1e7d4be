/* stage/near_cache.c: chained buckets of a fixed number, and a clock hand that gives a second chance. */
#include "stage/near_cache.h"

#include "base/assert.h"
#include "base/hash.h"

#include <stdlib.h>

enum { ROOM_ALIGN = 16 };

static uint64_t hash_of(struct slice key)
{
    struct hash128 full = hash_bytes(key);
    uint64_t hash;
    memcpy(&hash, full.bytes, sizeof hash);
    return hash;
}

enum err near_cache_open(struct near_cache *c, unsigned entries_max, size_t bytes_max)
{
    ASSERT(entries_max > 0 && bytes_max > 0);
    *c = (struct near_cache){ .bucket_count = 16, .entries_max = entries_max, .bytes_max = bytes_max };
    while (c->bucket_count < entries_max) c->bucket_count *= 2;
    TRY(arena_open(&c->tables, (c->bucket_count + (size_t)entries_max) * sizeof(void *), 2 * ARENA_ALIGN));
    c->buckets = ARENA_ARRAY(&c->tables, c->bucket_count, struct near_entry *);
    c->face = ARENA_ARRAY(&c->tables, entries_max, struct near_entry *);
    return OK;
}

void near_cache_close(struct near_cache *c)
{
    if (c->face) near_cache_forget_all(c);
    near_cache_release(c);
    arena_close(&c->tables);
    *c = (struct near_cache){ 0 };
}

static struct near_entry **find(struct near_cache *c, uint64_t hash, struct slice key)
{
    struct near_entry **at = &c->buckets[hash & (c->bucket_count - 1)];
    while (*at && !((*at)->hash == hash && slice_equal(slice_of((*at)->key, (*at)->key_size), key))) at = &(*at)->next;
    return at;
}

struct near_entry *near_cache_get(struct near_cache *c, struct slice key)
{
    struct near_entry *e = *find(c, hash_of(key), key);
    if (e) e->was_used = true;
    return e;
}

struct near_entry *near_cache_make(struct slice key, size_t room)
{
    size_t head = (sizeof(struct near_entry) + ROOM_ALIGN - 1) & ~(size_t)(ROOM_ALIGN - 1);
    size_t bytes = head + room + key.size;
    char *block = calloc(1, bytes);
    ASSERT_MEMORY(block);
    struct near_entry *e = (struct near_entry *)(void *)block;
    *e = (struct near_entry){
        .hash = hash_of(key), .bytes = bytes, .key_size = key.size, .room = block + head, .key = block + head + room
    };
    if (key.size) memcpy(e->key, key.bytes, key.size);
    return e;
}

/* --- going out --- */

static void retire(struct near_cache *c, struct near_entry **at)
{
    struct near_entry *e = *at;
    ASSERT(c->count > 0 && c->face[e->place] == e && c->bytes >= e->bytes);
    *at = e->next;
    c->face[e->place] = c->face[--c->count];                /* the last one moves into the gap */
    c->face[e->place]->place = e->place;
    c->bytes -= e->bytes;
    e->next = c->retired;
    c->retired = e;
}

static void retire_entry(struct near_cache *c, struct near_entry *e)
{
    struct near_entry **at = &c->buckets[e->hash & (c->bucket_count - 1)];
    while (*at != e) at = &(*at)->next;
    retire(c, at);
}

/* One that was not used since the hand passed it last. */
static void evict(struct near_cache *c)
{
    ASSERT(c->count > 0);
    for (;;) {
        if (c->hand >= c->count) c->hand = 0;
        struct near_entry *e = c->face[c->hand];
        if (!e->was_used) {
            retire_entry(c, e);
            c->evicted++;
            return;
        }
        e->was_used = false;
        c->hand++;
    }
}

bool near_cache_forget(struct near_cache *c, struct slice key)
{
    struct near_entry **at = find(c, hash_of(key), key);
    if (!*at) return false;
    retire(c, at);
    return true;
}

void near_cache_forget_all(struct near_cache *c)
{
    while (c->count) retire_entry(c, c->face[c->count - 1]);
}

void near_cache_release(struct near_cache *c)
{
    for (struct near_entry *e = c->retired, *next; e; e = next) {
        next = e->next;
        free(e);
    }
    c->retired = NULL;
}

/* --- coming in --- */

void near_cache_put(struct near_cache *c, struct near_entry *e)
{
    struct near_entry **at = find(c, e->hash, slice_of(e->key, e->key_size));
    if (*at) retire(c, at);
    while (c->count == c->entries_max || (c->count > 0 && c->bytes + e->bytes > c->bytes_max)) evict(c);
    at = &c->buckets[e->hash & (c->bucket_count - 1)];
    e->next = *at;
    *at = e;
    e->place = c->count;
    e->was_used = true;
    c->face[c->count++] = e;
    c->bytes += e->bytes;
}
