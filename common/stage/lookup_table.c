/* stage/lookup_table.c: chained buckets that double. */
#include "stage/lookup_table.h"

#include "base/assert.h"
#include "base/hash.h"

#include <stdlib.h>

static struct lookup_entry *find(const struct lookup_table *t, uint64_t hash, struct slice key)
{
    if (t->bucket_count == 0) return NULL;
    struct lookup_entry *e = t->buckets[hash & (t->bucket_count - 1)];
    while (e && !(e->hash == hash && slice_equal(slice_of(e->key, e->key_size), key))) e = e->next;
    return e;
}

void *lookup_table_get(const struct lookup_table *t, struct slice key)
{
    const struct lookup_entry *e = find(t, hash_short(key), key);
    return e ? e->value : NULL;
}

static void grow(struct lookup_table *t)
{
    size_t count = t->bucket_count ? 2 * t->bucket_count : 64;
    struct lookup_entry **buckets = calloc(count, sizeof *buckets);
    ASSERT_MEMORY(buckets);
    for (size_t b = 0; b < t->bucket_count; b++)
        for (struct lookup_entry *e = t->buckets[b], *next; e; e = next) {
            next = e->next;
            e->next = buckets[e->hash & (count - 1)];
            buckets[e->hash & (count - 1)] = e;
        }
    free(t->buckets);
    t->buckets = buckets;
    t->bucket_count = count;
}

void *lookup_table_put(struct lookup_table *t, struct slice key, void *value)
{
    uint64_t hash = hash_short(key);
    struct lookup_entry *e = find(t, hash, key);
    if (e) {
        void *old = e->value;
        e->value = value;
        return old;
    }
    if (t->count >= t->bucket_count) grow(t);
    e = malloc(sizeof *e + key.size);
    ASSERT_MEMORY(e);
    *e = (struct lookup_entry){
        .next = t->buckets[hash & (t->bucket_count - 1)], .hash = hash, .value = value, .key_size = key.size
    };
    if (key.size) memcpy(e->key, key.bytes, key.size);
    t->buckets[hash & (t->bucket_count - 1)] = e;
    t->count++;
    return NULL;
}

void lookup_table_each(const struct lookup_table *t, void (*visit)(void *context, void *value), void *context)
{
    for (size_t b = 0; b < t->bucket_count; b++)
        for (struct lookup_entry *e = t->buckets[b]; e; e = e->next) visit(context, e->value);
}

void lookup_table_close(struct lookup_table *t)
{
    for (size_t b = 0; b < t->bucket_count; b++)
        for (struct lookup_entry *e = t->buckets[b], *next; e; e = next) {
            next = e->next;
            free(e);
        }
    free(t->buckets);
    *t = (struct lookup_table){ 0 };
}
