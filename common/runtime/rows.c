/* runtime/rows.c: hash tables with an undo list; a table that is scanned is also a skip list, built at the first scan and kept
 * from then on. */
#include "runtime/rows.h"

#include "base/assert.h"
#include "base/hash.h"

#include <stdlib.h>

enum { LEVELS_MAX = 20, BUCKETS_FIRST = 64 };

struct rows_change { struct row *row; char *old; uint32_t old_size; bool is_new; };
struct rows_value { char *bytes; uint32_t size; };

/* The keys of one table in order: a skip list. `height` is that of its tallest row so far. */
struct rows_order { struct row *head[LEVELS_MAX]; unsigned height; };

static void *claim(void *at)
{
    ASSERT(at);                                     /* state in memory that finds no memory cannot keep its promise */
    return at;
}

uint64_t rows_hash(struct slice key)
{
    struct hash128 full = hash_bytes(key);
    uint64_t hash;
    memcpy(&hash, full.bytes, sizeof hash);
    return hash;
}

/* --- order ------------------------------------------------------------------------------------------------------ */

/* One level in four passes for the next, from bits of the hash: the same keys always make the same list. */
static unsigned height_of(const struct row *row)
{
    unsigned height = 1 + (unsigned)__builtin_ctzll(row->hash | 1ull << 62) / 2;
    return height < LEVELS_MAX ? height : LEVELS_MAX;
}

/* For each level the link that leads to the first row at or behind `key`. */
static void find_links(struct rows_order *order, struct slice key, struct row **links[LEVELS_MAX])
{
    struct row **at = order->head;
    for (unsigned level = order->height; level-- > 0; ) {
        while (at[level] && slice_compare(row_key(at[level]), key) < 0) at = at[level]->links;
        links[level] = &at[level];
    }
}

static void link_row(struct rows *r, struct rows_order *order, struct row *row)
{
    struct row **links[LEVELS_MAX];
    unsigned height = height_of(row);
    if (order->height < height) order->height = height;
    find_links(order, row_key(row), links);
    row->links = pool_take(&r->pool, height * sizeof *row->links);
    for (unsigned level = 0; level < height; level++) {
        row->links[level] = *links[level];
        *links[level] = row;
    }
}

static void unlink_row(struct rows *r, struct rows_order *order, struct row *row)
{
    struct row **links[LEVELS_MAX];
    find_links(order, row_key(row), links);
    for (unsigned level = 0; level < height_of(row); level++) {
        ASSERT(*links[level] == row);
        *links[level] = row->links[level];
    }
    pool_give(&r->pool, row->links, height_of(row) * sizeof *row->links);
    row->links = NULL;
}

static struct rows_order *ordered(struct rows *r, struct rows_table *t)
{
    if (t->order) return t->order;
    t->order = claim(calloc(1, sizeof *t->order));
    for (size_t b = 0; b < t->bucket_count; b++)
        for (struct row *row = t->buckets[b]; row; row = row->chain) link_row(r, t->order, row);
    return t->order;
}

struct row *rows_first(struct rows *r, uint8_t table, struct slice from)
{
    struct rows_table *t = &r->tables[table];
    struct row **links[LEVELS_MAX];
    if (t->row_count == 0) return NULL;
    struct rows_order *order = ordered(r, t);
    find_links(order, from, links);
    return *links[0];
}

/* --- rows ------------------------------------------------------------------------------------------------------- */

/* The link that leads to the row, or where it would lead; of a table that has buckets. */
static struct row **place_of(struct rows_table *t, uint64_t hash, struct slice key)
{
    struct row **at = &t->buckets[hash & (t->bucket_count - 1)];
    while (*at && !((*at)->hash == hash && slice_equal(row_key(*at), key))) at = &(*at)->chain;
    return at;
}

struct row *rows_find(struct rows *r, uint64_t hash, uint8_t table, struct slice key)
{
    struct rows_table *t = &r->tables[table];
    return t->row_count ? *place_of(t, hash, key) : NULL;
}

static void grow(struct rows_table *t)
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

static struct row *add_row(struct rows *r, uint64_t hash, uint8_t table, struct slice key)
{
    struct rows_table *t = &r->tables[table];
    if (t->row_count >= t->bucket_count) grow(t);
    struct row *row = pool_take(&r->pool, sizeof *row + key.size);
    *row = (struct row){ .hash = hash };
    row->table = table;
    row->key_size = (uint16_t)key.size;
    if (key.size) memcpy(row->key, key.bytes, key.size);
    struct row **bucket = &t->buckets[hash & (t->bucket_count - 1)];
    row->chain = *bucket;
    *bucket = row;
    t->row_count++;
    r->row_count++;
    if (t->order) link_row(r, t->order, row);
    return row;
}

static void remove_row(struct rows *r, struct row *row)
{
    struct rows_table *t = &r->tables[row->table];
    struct row **at = place_of(t, row->hash, row_key(row));
    ASSERT(*at == row && !row->value);
    *at = row->chain;
    if (t->order) unlink_row(r, t->order, row);
    pool_give(&r->pool, row, sizeof *row + row->key_size);
    t->row_count--;
    r->row_count--;
}

static void throw_away(struct rows *r, char *value, uint32_t size)
{
    if (!value) return;
    if (r->garbage_count == r->garbage_capacity) {
        r->garbage_capacity = r->garbage_capacity ? 2 * r->garbage_capacity : 64;
        r->garbage = claim(reallocarray(r->garbage, r->garbage_capacity, sizeof *r->garbage));
    }
    r->garbage[r->garbage_count++] = (struct rows_value){ value, size };
}

static void note_change(struct rows *r, struct row *row, bool is_new)
{
    if (row->dirty) {
        throw_away(r, row->value, row->value_size);
        return;
    }
    if (r->change_count == r->change_capacity) {
        r->change_capacity = r->change_capacity ? 2 * r->change_capacity : 256;
        r->changes = claim(reallocarray(r->changes, r->change_capacity, sizeof *r->changes));
    }
    r->changes[r->change_count++] = (struct rows_change){ row, row->value, row->value_size, is_new };
    row->dirty = true;
}

void rows_write(struct rows *r, uint64_t hash, uint8_t table, struct slice key, struct slice value, bool below)
{
    struct row *row = rows_find(r, hash, table, key);
    bool is_new = !row;
    ASSERT(key.size <= STORE_KEY_MAX && value.size <= UINT32_MAX);
    if (is_new && value.size == 0 && !below) return;
    if (is_new) row = add_row(r, hash, table, key);
    note_change(r, row, is_new);
    row->value = NULL;
    row->value_size = (uint32_t)value.size;
    row->covers = value.size == 0 && below;
    if (value.size == 0) return;
    row->value = pool_take(&r->pool, value.size);
    memcpy(row->value, value.bytes, value.size);
}

/* --- the end of a transaction ----------------------------------------------------------------------------------- */

/* It came and went within the transaction, or was absent before. */
static bool is_nothing(const struct rows_change *c)
{
    return !c->row->value && (c->is_new ? !c->row->covers : !c->old);
}

enum err rows_changes(const struct rows *r, store_visit_change *visit, void *context)
{
    for (size_t i = 0; i < r->change_count; i++) {
        const struct rows_change *c = &r->changes[i];
        if (!is_nothing(c)) TRY(visit(context, c->row->table, row_key(c->row), row_value(c->row)));
    }
    return OK;
}

static void empty_garbage(struct rows *r)
{
    for (size_t i = 0; i < r->garbage_count; i++) pool_give(&r->pool, r->garbage[i].bytes, r->garbage[i].size);
    r->garbage_count = 0;
    r->change_count = 0;
}

void rows_merge(struct rows *r)
{
    for (size_t i = 0; i < r->change_count; i++) {
        struct rows_change *c = &r->changes[i];
        pool_give(&r->pool, c->old, c->old_size);
        c->row->dirty = false;
        if (!c->row->value && !c->row->covers) remove_row(r, c->row);
    }
    empty_garbage(r);
}

void rows_drop(struct rows *r)
{
    for (size_t i = r->change_count; i-- > 0; ) {
        struct rows_change *c = &r->changes[i];
        pool_give(&r->pool, c->row->value, c->row->value_size);
        c->row->value = c->old;
        c->row->value_size = c->old_size;
        c->row->covers = !c->old;
        c->row->dirty = false;
        if (c->is_new) remove_row(r, c->row);
    }
    empty_garbage(r);
}

void rows_clear(struct rows *r)
{
    for (unsigned t = 0; t < STORE_TABLES_MAX; t++) {
        free(r->tables[t].order);
        free(r->tables[t].buckets);
    }
    free(r->changes);
    free(r->garbage);
    pool_close(&r->pool);
    *r = (struct rows){ 0 };
}
