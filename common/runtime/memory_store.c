/* runtime/memory_store.c: state tables in memory.
 *
 * A write goes straight into the row and leaves the old value in the undo list, so that a read is one look-up; merge forgets
 * the list, drop goes back along it. Values that were read stay in memory until then, whatever is written over them. Each
 * table has buckets of its own; the rows of one that is scanned are also linked in a skip list, built at the first scan and
 * kept from then on. */
#include "runtime/memory_store.h"

#include "base/assert.h"
#include "base/hash.h"
#include "runtime/pool.h"

#include <stdlib.h>

enum { LEVELS_MAX = 20, BUCKETS_FIRST = 64 };

struct row {
    struct row  *chain;                             /* in its bucket */
    struct row **links;                             /* in the order of its table; NULL while nobody scans it */
    uint64_t     hash;
    char        *value;                             /* NULL: absent */
    uint32_t     value_size;
    uint16_t     key_size;
    uint8_t      table;
    bool         dirty;
    char         key[];
};

struct change { struct row *row; char *old; uint32_t old_size; };
struct written_over { char *value; uint32_t size; };

/* The keys of one table in order: a skip list. `height` is that of its tallest row so far. */
struct order { struct row *head[LEVELS_MAX]; unsigned height; };

struct table {
    struct row  **buckets;                          /* NULL: never written */
    size_t        bucket_count, row_count;
    struct order *order;                            /* NULL: never scanned */
};

struct memory_store {
    struct store      store;
    struct fault_gun *gun;
    struct table      tables[STORE_TABLES_MAX];
    struct change    *changes;
    size_t            change_count, change_capacity;
    struct written_over *garbage;                   /* values written over within the transaction */
    size_t            garbage_count, garbage_capacity;
    struct pool       pool;                         /* of values, rows and their links */
};

static struct memory_store *of(struct store *store)
{
    return (struct memory_store *)store;            /* its first member */
}

static void *claim(void *at)
{
    ASSERT(at);                                     /* state in memory that finds no memory cannot keep its promise */
    return at;
}

static uint64_t hash_of(struct slice key)
{
    struct hash128 full = hash_bytes(key);
    uint64_t hash;
    memcpy(&hash, full.bytes, sizeof hash);
    return hash;
}

static struct slice key_of(const struct row *row)
{
    return slice_of(row->key, row->key_size);
}

static struct slice value_of(const struct row *row)
{
    return slice_of(row->value, row->value_size);
}

/* --- order ------------------------------------------------------------------------------------------------------ */

/* One level in four passes for the next, from bits of the hash: the same keys always make the same list. */
static unsigned height_of(const struct row *row)
{
    unsigned height = 1 + (unsigned)__builtin_ctzll(row->hash | 1ull << 62) / 2;
    return height < LEVELS_MAX ? height : LEVELS_MAX;
}

/* For each level the link that leads to the first row at or behind `key`. */
static void find_links(struct order *order, struct slice key, struct row **links[LEVELS_MAX])
{
    struct row **at = order->head;
    for (unsigned level = order->height; level-- > 0; ) {
        while (at[level] && slice_compare(key_of(at[level]), key) < 0) at = at[level]->links;
        links[level] = &at[level];
    }
}

static void link_row(struct memory_store *s, struct order *order, struct row *row)
{
    struct row **links[LEVELS_MAX];
    unsigned height = height_of(row);
    if (order->height < height) order->height = height;
    find_links(order, key_of(row), links);
    row->links = pool_take(&s->pool, height * sizeof *row->links);
    for (unsigned level = 0; level < height; level++) {
        row->links[level] = *links[level];
        *links[level] = row;
    }
}

static void unlink_row(struct memory_store *s, struct order *order, struct row *row)
{
    struct row **links[LEVELS_MAX];
    find_links(order, key_of(row), links);
    for (unsigned level = 0; level < height_of(row); level++) {
        ASSERT(*links[level] == row);
        *links[level] = row->links[level];
    }
    pool_give(&s->pool, row->links, height_of(row) * sizeof *row->links);
    row->links = NULL;
}

static struct order *ordered(struct memory_store *s, struct table *t)
{
    if (t->order) return t->order;
    t->order = claim(calloc(1, sizeof *t->order));
    for (size_t b = 0; b < t->bucket_count; b++)
        for (struct row *row = t->buckets[b]; row; row = row->chain) link_row(s, t->order, row);
    return t->order;
}

/* --- rows ------------------------------------------------------------------------------------------------------- */

/* The link that leads to the row, or where it would lead; of a table that has buckets. */
static struct row **place_of(struct table *t, uint64_t hash, struct slice key)
{
    struct row **at = &t->buckets[hash & (t->bucket_count - 1)];
    while (*at && !((*at)->hash == hash && slice_equal(key_of(*at), key))) at = &(*at)->chain;
    return at;
}

static struct row *find(struct table *t, uint64_t hash, struct slice key)
{
    return t->row_count ? *place_of(t, hash, key) : NULL;
}

static void grow(struct table *t)
{
    size_t count = t->bucket_count ? 2 * t->bucket_count : BUCKETS_FIRST;
    struct row **buckets = claim(calloc(count, sizeof *buckets));
    for (size_t b = 0; b < t->bucket_count; b++)
        for (struct row *row = t->buckets[b], *next; row; row = next) {
            next = row->chain;
            row->chain = buckets[row->hash & (count - 1)];
            buckets[row->hash & (count - 1)] = row;
        }
    free(t->buckets);
    t->buckets = buckets;
    t->bucket_count = count;
}

static struct row *add_row(struct memory_store *s, uint64_t hash, uint8_t table, struct slice key)
{
    struct table *t = &s->tables[table];
    if (t->row_count >= t->bucket_count) grow(t);
    struct row *row = pool_take(&s->pool, sizeof *row + key.size);
    *row = (struct row){ .hash = hash };
    row->table = table;
    row->key_size = (uint16_t)key.size;
    if (key.size) memcpy(row->key, key.bytes, key.size);
    struct row **bucket = &t->buckets[hash & (t->bucket_count - 1)];
    row->chain = *bucket;
    *bucket = row;
    t->row_count++;
    if (t->order) link_row(s, t->order, row);
    return row;
}

static void remove_row(struct memory_store *s, struct row *row)
{
    struct table *t = &s->tables[row->table];
    struct row **at = place_of(t, row->hash, key_of(row));
    ASSERT(*at == row && !row->value);
    *at = row->chain;
    if (t->order) unlink_row(s, t->order, row);
    pool_give(&s->pool, row, sizeof *row + row->key_size);
    t->row_count--;
}

static void throw_away(struct memory_store *s, char *value, uint32_t size)
{
    if (!value) return;
    if (s->garbage_count == s->garbage_capacity) {
        s->garbage_capacity = s->garbage_capacity ? 2 * s->garbage_capacity : 64;
        s->garbage = claim(reallocarray(s->garbage, s->garbage_capacity, sizeof *s->garbage));
    }
    s->garbage[s->garbage_count++] = (struct written_over){ value, size };
}

static void note_change(struct memory_store *s, struct row *row)
{
    if (row->dirty) {
        throw_away(s, row->value, row->value_size);
        return;
    }
    if (s->change_count == s->change_capacity) {
        s->change_capacity = s->change_capacity ? 2 * s->change_capacity : 256;
        s->changes = claim(reallocarray(s->changes, s->change_capacity, sizeof *s->changes));
    }
    s->changes[s->change_count++] = (struct change){ row, row->value, row->value_size };
    row->dirty = true;
}

static void write_row(struct memory_store *s, uint8_t table, struct slice key, struct slice value)
{
    uint64_t hash = hash_of(key);
    struct row *row = find(&s->tables[table], hash, key);
    if (!row && value.size == 0) return;
    if (!row) row = add_row(s, hash, table, key);
    note_change(s, row);
    row->value = NULL;
    row->value_size = (uint32_t)value.size;
    if (value.size == 0) return;
    row->value = pool_take(&s->pool, value.size);
    memcpy(row->value, value.bytes, value.size);
}

/* --- the interface ---------------------------------------------------------------------------------------------- */

static enum err memory_store_get(struct store *store, uint8_t table, struct slice key, struct slice *value)
{
    struct memory_store *s = of(store);
    const struct row *row = find(&s->tables[table], hash_of(key), key);
    *value = row ? value_of(row) : (struct slice){ 0 };
    return OK;
}

static enum err memory_store_put(struct store *store, uint8_t table, struct slice key, struct slice value)
{
    struct memory_store *s = of(store);
    ASSERT(value.size > 0 && value.size <= UINT32_MAX && key.size <= STORE_KEY_MAX);
    TRY(fault(s->gun, EFFECT_PUT, BEFORE));
    write_row(s, table, key, value);
    return fault(s->gun, EFFECT_PUT, AFTER);
}

static enum err memory_store_remove(struct store *store, uint8_t table, struct slice key)
{
    struct memory_store *s = of(store);
    TRY(fault(s->gun, EFFECT_PUT, BEFORE));
    write_row(s, table, key, (struct slice){ 0 });
    return fault(s->gun, EFFECT_PUT, AFTER);
}

static enum err memory_store_scan(struct store *store, uint8_t table, struct slice prefix, struct slice from, store_visit *visit,
                                  void *context)
{
    struct memory_store *s = of(store);
    struct order *order = ordered(s, &s->tables[table]);
    struct row **links[LEVELS_MAX];
    if (order->height == 0) return OK;
    find_links(order, slice_compare(from, prefix) > 0 ? from : prefix, links);
    for (struct row *row = *links[0]; row && slice_starts_with(key_of(row), prefix); row = row->links[0])
        if (row->value) TRY(visit(context, key_of(row), value_of(row)));
    return OK;
}

static enum err memory_store_changes(struct store *store, store_visit_change *visit, void *context)
{
    struct memory_store *s = of(store);
    for (size_t i = 0; i < s->change_count; i++) {
        const struct change *c = &s->changes[i];
        if (!c->old && !c->row->value) continue;    /* came and went within the transaction */
        TRY(visit(context, c->row->table, key_of(c->row), value_of(c->row)));
    }
    return OK;
}

static void empty_garbage(struct memory_store *s)
{
    for (size_t i = 0; i < s->garbage_count; i++) pool_give(&s->pool, s->garbage[i].value, s->garbage[i].size);
    s->garbage_count = 0;
    s->change_count = 0;
}

static void memory_store_merge(struct store *store, int64_t changelog_next)
{
    struct memory_store *s = of(store);
    (void)changelog_next;                           /* nothing is saved */
    for (size_t i = 0; i < s->change_count; i++) {
        struct change *c = &s->changes[i];
        pool_give(&s->pool, c->old, c->old_size);
        c->row->dirty = false;
        if (!c->row->value) remove_row(s, c->row);
    }
    empty_garbage(s);
}

static void memory_store_drop(struct store *store)
{
    struct memory_store *s = of(store);
    for (size_t i = s->change_count; i-- > 0; ) {
        struct change *c = &s->changes[i];
        pool_give(&s->pool, c->row->value, c->row->value_size);
        c->row->value = c->old;
        c->row->value_size = c->old_size;
        c->row->dirty = false;
        if (!c->row->value) remove_row(s, c->row);
    }
    empty_garbage(s);
}

static const struct store_ops ops = {
    .get = memory_store_get, .put = memory_store_put, .remove = memory_store_remove, .scan = memory_store_scan,
    .changes = memory_store_changes, .merge = memory_store_merge, .drop = memory_store_drop,
};

struct memory_store *memory_store_open(struct fault_gun *gun)
{
    struct memory_store *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->store.ops = &ops;
    s->gun = gun;
    return s;
}

void memory_store_close(struct memory_store *s)
{
    if (!s) return;
    for (unsigned t = 0; t < STORE_TABLES_MAX; t++) {
        free(s->tables[t].order);
        free(s->tables[t].buckets);
    }
    free(s->changes);
    free(s->garbage);
    pool_close(&s->pool);
    free(s);
}

struct store *memory_store_base(struct memory_store *s)
{
    return &s->store;
}

size_t memory_store_size(const struct memory_store *s)
{
    size_t rows = 0;
    for (unsigned t = 0; t < STORE_TABLES_MAX; t++) rows += s->tables[t].row_count;
    return rows;
}

static void replay_record(void *context, const struct record *r)
{
    ASSERT(r->key.size >= 1);
    write_row(context, (uint8_t)r->key.bytes[0], slice_skip(r->key, 1), r->value);
}

void memory_store_replay(struct memory_store *s, struct memory_log *log, enum topic changelog, int32_t partition, int64_t from)
{
    ASSERT(s->change_count == 0);
    memory_log_read(log, changelog, partition, from, replay_record, s);
    memory_store_merge(&s->store, memory_log_end(log, changelog, partition));
}

void memory_store_restore(struct memory_store *s, struct memory_log *log, enum topic changelog, int32_t partition)
{
    ASSERT(memory_store_size(s) == 0);
    memory_log_settle(log, changelog, partition);
    memory_store_replay(s, log, changelog, partition, 0);
}
