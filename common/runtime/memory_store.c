/* runtime/memory_store.c: state tables in memory: rows with nothing below them. */
#include "runtime/memory_store.h"

#include "base/assert.h"
#include "runtime/changelog.h"
#include "runtime/rows.h"

#include <stdlib.h>

struct memory_store {
    struct store      store;
    struct fault_gun *gun;
    struct rows       rows;
};

static struct memory_store *of(struct store *store)
{
    return (struct memory_store *)store;            /* its first member */
}

static void write_row(struct memory_store *s, uint8_t table, struct slice key, struct slice value)
{
    rows_write(&s->rows, rows_hash(key), table, key, value, false);
}

/* --- the interface ---------------------------------------------------------------------------------------------- */

static enum err memory_store_get(struct store *store, uint8_t table, struct slice key, struct slice *value)
{
    const struct row *row = rows_find(&of(store)->rows, rows_hash(key), table, key);
    *value = row ? row_value(row) : (struct slice){ 0 };
    return OK;
}

static enum err memory_store_put(struct store *store, uint8_t table, struct slice key, struct slice value)
{
    struct memory_store *s = of(store);
    ASSERT(value.size > 0);
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

static enum err memory_store_scan(struct store *store, uint8_t table, struct slice prefix, struct slice from,
                                  store_visit *visit, void *context)
{
    const struct rows_link *at = rows_first(&of(store)->rows, table, slice_compare(from, prefix) > 0 ? from : prefix);
    for (; at && slice_starts_with(row_key(at->row), prefix); at = at->next[0])
        if (at->row->value) TRY(visit(context, row_key(at->row), row_value(at->row)));
    return OK;
}

static enum err memory_store_each(struct store *store, uint8_t table, store_visit *visit, void *context)
{
    return rows_each(&of(store)->rows, table, visit, context);
}

static enum err memory_store_changes(struct store *store, store_visit_change *visit, void *context)
{
    return rows_changes(&of(store)->rows, visit, context);
}

static void memory_store_merge(struct store *store, int64_t changelog_next)
{
    (void)changelog_next;                           /* nothing is saved */
    rows_merge(&of(store)->rows);
}

static void memory_store_drop(struct store *store)
{
    rows_drop(&of(store)->rows);
}

static void memory_store_settle(struct store *store)
{
    rows_settle(&of(store)->rows);
}

static const struct store_ops ops = {
    .get = memory_store_get, .put = memory_store_put, .remove = memory_store_remove, .scan = memory_store_scan,
    .each = memory_store_each, .changes = memory_store_changes, .merge = memory_store_merge, .drop = memory_store_drop,
    .settle = memory_store_settle,
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
    rows_clear(&s->rows);
    free(s);
}

struct store *memory_store_base(struct memory_store *s)
{
    return &s->store;
}

size_t memory_store_size(const struct memory_store *s)
{
    return s->rows.row_count;
}

size_t memory_store_bytes(const struct memory_store *s)
{
    return rows_bytes(&s->rows);
}

static enum err replay_row(void *context, uint8_t table, struct slice key, struct slice value)
{
    write_row(context, table, key, value);
    return OK;
}

enum err memory_store_take(struct memory_store *s, struct slice key, struct slice value)
{
    return changelog_each(key, value, replay_row, s);
}

static void replay_record(void *context, const struct record *r)
{
    enum err e = memory_store_take(context, r->key, r->value);
    ASSERT(e == OK);
}

void memory_store_replay(struct memory_store *s, struct memory_log *log, enum topic changelog, int32_t partition,
                         int64_t from)
{
    ASSERT(s->rows.change_count == 0);
    memory_log_read(log, changelog, partition, from, replay_record, s);
    memory_store_merge(&s->store, memory_log_end(log, changelog, partition));
}

void memory_store_restore(struct memory_store *s, struct memory_log *log, enum topic changelog, int32_t partition)
{
    ASSERT(memory_store_size(s) == 0);
    memory_log_settle(log, changelog, partition);
    memory_store_replay(s, log, changelog, partition, 0);
}
