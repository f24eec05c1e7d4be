/* runtime/rows.c: hash tables with an undo list; a table that is scanned is also a skip list, built at the first scan
 * and kept from then on. */
#include "runtime/rows.h"

#include "base/assert.h"
#include "base/hash.h"

#include <stdlib.h>

enum {
    LEVELS_MAX = 20,
    SLOTS_FIRST = 64,
    HUGE_FROM_BYTES = 32 << 20
}; /* smaller ones on large pages cost a service 16 MiB and win nothing */

struct rows_change { struct row *row; char *old; uint32_t old_size; bool is_new; };
struct rows_value { char *bytes; uint32_t size; };

/* The keys of one table in order: a skip list. `height` is that of its tallest row so far. */
struct rows_order { struct rows_link *head[LEVELS_MAX]; unsigned height; };

static void *claim(void *at)
{
    ASSERT_MEMORY(at);
    return at;
}

uint64_t rows_hash(struct slice key)
{
    return hash_short(key);
}

/* --- order ------------------------------------------------------------------------------------------------------ */

/* One level in four passes for the next, from bits of the hash: the same keys always make the same list. */
static unsigned height_of(const struct row *row)
{
    unsigned height = 1 + (unsigned)__builtin_ctzll(rows_hash(row_key(row)) | 1ull << 62) / 2;
    return height < LEVELS_MAX ? height : LEVELS_MAX;
}

static size_t link_bytes(unsigned height)
{
    return sizeof(struct rows_link) + height * sizeof(struct rows_link *);
}

/* For each level the pointer that leads to the first row at or after `key`. */
static void find_places(struct rows_order *order, struct slice key, struct rows_link **places[LEVELS_MAX])
{
    struct rows_link **at = order->head;
    for (unsigned level = order->height; level-- > 0; ) {
        while (at[level] && slice_compare(row_key(at[level]->row), key) < 0) at = at[level]->next;
        places[level] = &at[level];
    }
}

static void link_row(struct rows *r, struct rows_order *order, struct row *row)
{
    struct rows_link **places[LEVELS_MAX];
    unsigned height = height_of(row);
    if (order->height < height) order->height = height;
    find_places(order, row_key(row), places);
    struct rows_link *link = pool_take(&r->pool, link_bytes(height));
    link->row = row;
    for (unsigned level = 0; level < height; level++) {
        link->next[level] = *places[level];
        *places[level] = link;
    }
}

static void unlink_row(struct rows *r, struct rows_order *order, const struct row *row)
{
    struct rows_link **places[LEVELS_MAX];
    unsigned height = height_of(row);
    find_places(order, row_key(row), places);
    struct rows_link *link = *places[0];
    ASSERT(link && link->row == row);
    for (unsigned level = 0; level < height; level++) {
        ASSERT(*places[level] == link);
        *places[level] = link->next[level];
    }
    pool_give(&r->pool, link, link_bytes(height));
}

static struct rows_order *ordered(struct rows *r, struct rows_table *t)
{
    if (t->order) return t->order;
    t->order = claim(calloc(1, sizeof *t->order));
    for (size_t i = 0; i < t->slot_count; i++)
        if (t->tags[i]) link_row(r, t->order, t->slots[i].row);
    return t->order;
}

const struct rows_link *rows_first(struct rows *r, uint8_t table, struct slice from)
{
    struct rows_table *t = &r->tables[table];
    struct rows_link **places[LEVELS_MAX];
    if (t->row_count == 0) return NULL;
    struct rows_order *order = ordered(r, t);
    find_places(order, from, places);
    return *places[0];
}

/* --- rows ------------------------------------------------------------------------------------------------------- */

/* Other bits than those that say where the search begins, as long as a table has less than 2^25 slots. */
static uint8_t tag_of(uint32_t hash)
{
    return (uint8_t)(hash >> 25 | 0x80);
}

/* Where the row is, or the free slot where it would be; of a table that has slots. */
static size_t place_of(const struct rows_table *t, uint32_t hash, struct slice key)
{
    size_t mask = t->slot_count - 1, at = hash & mask;
    for (uint8_t tag = tag_of(hash); t->tags[at]; at = (at + 1) & mask)
        if (t->tags[at] == tag && t->slots[at].hash == hash && slice_equal(row_key(t->slots[at].row), key)) return at;
    return at;
}

struct row *rows_find(struct rows *r, uint64_t hash, uint8_t table, struct slice key)
{
    const struct rows_table *t = &r->tables[table];
    if (t->row_count == 0) return NULL;
    __builtin_prefetch(&t->slots[(uint32_t)hash & (t->slot_count - 1)],
                       1); /* for the row; or to write it soon, when there is none */
    return rows_at(t, place_of(t, (uint32_t)hash, key));
}

static void fill_slot(struct rows_table *t, size_t place, struct rows_slot slot)
{
    t->tags[place] = tag_of(slot.hash);
    t->slots[place] = slot;
}

static size_t free_place(const struct rows_table *t, uint32_t hash)
{
    size_t at = hash & (t->slot_count - 1);
    while (t->tags[at]) at = (at + 1) & (t->slot_count - 1);
    return at;
}

static void *take_block(size_t bytes)
{
    return bytes < HUGE_FROM_BYTES ? claim(malloc(bytes)) : pool_huge(bytes);
}

static void take_slots(struct rows_table *t, size_t count)
{
    t->slots = take_block(count * sizeof *t->slots);
    t->tags = memset(take_block(count), 0, count);
    t->slot_count = count;
}

static void grow(struct rows_table *t)
{
    struct rows_table before = *t;
    take_slots(t, before.slot_count ? 2 * before.slot_count : SLOTS_FIRST);
    for (size_t i = 0; i < before.slot_count; i++)
        if (before.tags[i]) fill_slot(t, free_place(t, before.slots[i].hash), before.slots[i]);
    free(before.slots);
    free(before.tags);
}

static size_t row_bytes(size_t key_size, size_t room)
{
    return offsetof(struct row, key) + key_size + room;
}

/* A row that is not there, where place_of found room for it; with room for a value. */
static struct row *add_row(struct rows *r, uint32_t hash, uint8_t table, size_t place, struct slice key, size_t room)
{
    struct rows_table *t = &r->tables[table];
    bool is_full = 4 * (t->row_count + 1) > 3 * t->slot_count;
    if (is_full) grow(t);
    struct row *row = pool_take(&r->pool, row_bytes(key.size, room));
    row->value = NULL;
    row->value_size = 0;
    row->room = (uint32_t)room;
    row->key_size = (uint16_t)key.size;
    row->table = table;
    row->dirty = row->covers = false;
    if (key.size) memcpy(row->key, key.bytes, key.size);
    fill_slot(t, is_full ? free_place(t, hash) : place, (struct rows_slot){ row, hash });
    t->row_count++;
    r->row_count++;
    if (t->order) link_row(r, t->order, row);
    return row;
}

/* Those after the hole, up to the next free slot, move up unless they would come before where their hash points. */
static void free_slot(struct rows_table *t, size_t hole)
{
    size_t mask = t->slot_count - 1;
    for (size_t at = (hole + 1) & mask; t->tags[at]; at = (at + 1) & mask) {
        size_t from_home = (at - t->slots[at].hash) & mask, from_hole = (at - hole) & mask;
        if (from_home < from_hole) continue;
        fill_slot(t, hole, t->slots[at]);
        hole = at;
    }
    t->tags[hole] = 0;
}

static void remove_row(struct rows *r, struct row *row)
{
    struct rows_table *t = &r->tables[row->table];
    size_t at = place_of(t, (uint32_t)rows_hash(row_key(row)), row_key(row));
    ASSERT(rows_at(t, at) == row && !row->value);
    free_slot(t, at);
    if (t->order) unlink_row(r, t->order, row);
    pool_give(&r->pool, row, row_bytes(row->key_size, row->room));
    t->row_count--;
    r->row_count--;
}

/* --- values ----------------------------------------------------------------------------------------------------- */

/* Of a value that the row has or had. */
static bool is_first(const struct row *row, const char *value)
{
    return row->room > 0 && value == row->key + row->key_size;
}

/* The value it was born with is over. */
static void trim_row(struct rows *r, struct row *row)
{
    if (row->room == 0 || is_first(row, row->value)) return;
    if (pool_trim(&r->pool, row, row_bytes(row->key_size, row->room), row_bytes(row->key_size, 0))) row->room = 0;
}

static void give_value(struct rows *r, struct row *row, char *value, uint32_t size)
{
    if (!is_first(row, value)) pool_give(&r->pool, value, size);
}

/* What the row says now, to go when nobody looks at it any more. */
static void throw_away(struct rows *r, struct row *row)
{
    if (!row->value || is_first(row, row->value)) return;
    if (r->garbage_count == r->garbage_capacity) {
        r->garbage_capacity = r->garbage_capacity ? 2 * r->garbage_capacity : 64;
        r->garbage = claim(reallocarray(r->garbage, r->garbage_capacity, sizeof *r->garbage));
    }
    r->garbage[r->garbage_count++] = (struct rows_value){ row->value, row->value_size };
}

static void note_change(struct rows *r, struct row *row, bool is_new)
{
    if (row->dirty) {
        throw_away(r, row);
        return;
    }
    if (r->change_count == r->change_capacity) {
        r->change_capacity = r->change_capacity ? 2 * r->change_capacity : 256;
        r->changes = claim(reallocarray(r->changes, r->change_capacity, sizeof *r->changes));
    }
    r->changes[r->change_count++] = (struct rows_change){ row, row->value, row->value_size, is_new };
    row->dirty = true;
}

static void set_value(struct rows *r, struct row *row, struct slice value, bool is_new)
{
    row->value = value.size == 0 ? NULL : is_new ? row->key + row->key_size : pool_take(&r->pool, value.size);
    row->value_size = (uint32_t)value.size;
    if (value.size) memcpy(row->value, value.bytes, value.size);
}

void rows_write(struct rows *r, uint64_t hash, uint8_t table, struct slice key, struct slice value, bool below)
{
    const struct rows_table *t = &r->tables[table];
    size_t place = t->slots ? place_of(t, (uint32_t)hash, key) : 0;
    struct row *row = t->slots ? rows_at(t, place) : NULL;
    bool is_new = !row;
    ASSERT(key.size <= STORE_KEY_MAX && value.size <= UINT32_MAX);
    if (is_new && value.size == 0 && !below) return;
    if (is_new) row = add_row(r, (uint32_t)hash, table, place, key, value.size);
    note_change(r, row, is_new);
    row->covers = value.size == 0 && below;
    set_value(r, row, value, is_new);
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

void rows_settle(struct rows *r)
{
    for (size_t i = 0; i < r->garbage_count; i++) pool_give(&r->pool, r->garbage[i].bytes, r->garbage[i].size);
    r->garbage_count = 0;
}

static void end_transaction(struct rows *r)
{
    rows_settle(r);
    r->change_count = 0;
}

void rows_merge(struct rows *r)
{
    for (size_t i = 0; i < r->change_count; i++) {
        struct rows_change *c = &r->changes[i];
        give_value(r, c->row, c->old, c->old_size);
        c->row->dirty = false;
        if (!c->row->value && !c->row->covers) remove_row(r, c->row);
        else trim_row(r, c->row);
    }
    end_transaction(r);
}

void rows_drop(struct rows *r)
{
    for (size_t i = r->change_count; i-- > 0; ) {
        struct rows_change *c = &r->changes[i];
        give_value(r, c->row, c->row->value, c->row->value_size);
        c->row->value = c->old;
        c->row->value_size = c->old_size;
        c->row->covers = !c->old;
        c->row->dirty = false;
        if (c->is_new) remove_row(r, c->row);
    }
    end_transaction(r);
}

enum err rows_each(const struct rows *r, uint8_t table, store_visit *visit, void *context)
{
    const struct rows_table *t = &r->tables[table];
    for (size_t i = 0; i < t->slot_count; i++) {
        const struct row *row = rows_at(t, i);
        if (row && row->value) TRY(visit(context, row_key(row), row_value(row)));
    }
    return OK;
}

size_t rows_bytes(const struct rows *r)
{
    size_t bytes = r->pool.bytes;
    for (unsigned t = 0; t < STORE_TABLES_MAX; t++) bytes += r->tables[t].slot_count * (sizeof *r->tables[t].slots + 1);
    return bytes;
}

void rows_clear(struct rows *r)
{
    for (unsigned t = 0; t < STORE_TABLES_MAX; t++) {
        free(r->tables[t].order);
        free(r->tables[t].slots);
        free(r->tables[t].tags);
    }
    free(r->changes);
    free(r->garbage);
    pool_close(&r->pool);
    *r = (struct rows){ 0 };
}
