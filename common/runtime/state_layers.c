/* runtime/state_layers.c: look-up, removal and walk through the layers. */
#include "runtime/state_layers.h"

#include "base/assert.h"
#include "runtime/lmdb_walk.h"

#include <errno.h>

/* Want of memory says nothing of the rows. */
static enum err answer(int rc)
{
    return rc == ENOMEM ? ERR_MEMORY_EXHAUSTED : rc ? ERR_STATE_MALFORMED : OK;
}

/* What lies below the unsaved rows. */
static enum err get_below(struct state_layers *l, uint64_t hash, uint8_t table, struct slice key, struct slice *value)
{
    const struct row *row = rows_find(l->frozen, hash, table, key);
    if (!row) return answer(lmdb_disk_get(&l->disk, hash, table, key, value));
    *value = row_value(row);
    return OK;
}

enum err state_layers_get(struct state_layers *l, uint8_t table, struct slice key, struct slice *value)
{
    uint64_t hash = rows_hash(key);
    const struct row *row = rows_find(l->unsaved, hash, table, key);
    if (!row) return get_below(l, hash, table, key, value);
    *value = row_value(row);
    return OK;
}

enum err state_layers_put(struct state_layers *l, uint8_t table, struct slice key, struct slice value)
{
    ASSERT(value.size > 0);
    rows_write(l->unsaved, rows_hash(key), table, key, value, false);
    return OK;
}

enum err state_layers_remove(struct state_layers *l, uint8_t table, struct slice key)
{
    uint64_t hash = rows_hash(key);
    struct slice below;
    const struct row *row = rows_find(l->unsaved, hash, table, key);
    if (row && !row->value) return OK;
    TRY(get_below(l, hash, table, key, &below));
    rows_write(l->unsaved, hash, table, key, (struct slice){ 0 }, below.size > 0);
    return OK;
}

/* --- the walk --------------------------------------------------------------------------------------------------- */

struct place { const struct rows_link *unsaved, *frozen; struct lmdb_walk disk; };

static struct slice least_key(const struct place *p)
{
    struct slice least = p->disk.key;               /* NULL bytes: none */
    if (p->frozen && (!least.bytes || slice_compare(row_key(p->frozen->row), least) <= 0))
        least = row_key(p->frozen->row);
    if (p->unsaved && (!least.bytes || slice_compare(row_key(p->unsaved->row), least) <= 0))
        least = row_key(p->unsaved->row);
    return least;
}

/* The value of a key in the uppermost layer that knows it; every layer that does moves on. */
static struct slice take(struct place *p, struct slice key)
{
    struct slice value = { 0 };
    if (p->disk.key.bytes && slice_equal(p->disk.key, key)) {
        value = p->disk.value;
        lmdb_walk_next(&p->disk);
    }
    if (p->frozen && slice_equal(row_key(p->frozen->row), key)) {
        value = row_value(p->frozen->row);
        p->frozen = p->frozen->next[0];
    }
    if (p->unsaved && slice_equal(row_key(p->unsaved->row), key)) {
        value = row_value(p->unsaved->row);
        p->unsaved = p->unsaved->next[0];
    }
    return value;
}

static enum err walk(struct place *p, struct slice prefix, store_visit *visit, void *context)
{
    for (;;) {
        struct slice key = least_key(p);
        if (!key.bytes || !slice_starts_with(key, prefix)) return answer(p->disk.err);
        struct slice value = take(p, key);
        if (value.size) TRY(visit(context, key, value));
        if (p->disk.err) return answer(p->disk.err);
    }
}

enum err state_layers_scan(struct state_layers *l, uint8_t table, struct slice prefix, struct slice from,
                           store_visit *visit, void *context)
{
    struct slice first = slice_compare(from, prefix) > 0 ? from : prefix;
    struct place p = { .unsaved = rows_first(l->unsaved, table, first), .frozen = rows_first(l->frozen, table, first) };
    lmdb_walk_begin(&p.disk, &l->disk, table, first);
    enum err e = walk(&p, prefix, visit, context);
    lmdb_walk_end(&p.disk);
    return e;
}

/* --- all of them, in no order ----------------------------------------------------------------------------------- */

struct below { struct state_layers *layers; uint8_t table; store_visit *visit; void *context; };

static enum err visit_frozen(void *context, struct slice key, struct slice value)
{
    struct below *b = context;
    if (rows_find(b->layers->unsaved, rows_hash(key), b->table, key)) return OK;
    return b->visit(b->context, key, value);
}

static enum err visit_saved(struct below *b, struct slice key, struct slice value)
{
    return rows_find(b->layers->frozen, rows_hash(key), b->table, key) ? OK : visit_frozen(b, key, value);
}

enum err state_layers_each(struct state_layers *l, uint8_t table, store_visit *visit, void *context)
{
    struct below below = { l, table, visit, context };
    struct lmdb_walk w;
    enum err e = OK;
    TRY(rows_each(l->unsaved, table, visit, context));
    TRY(rows_each(l->frozen, table, visit_frozen, &below));
    lmdb_walk_begin(&w, &l->disk, table, (struct slice){ 0 });
    for (; e == OK && w.key.bytes; lmdb_walk_next(&w)) e = visit_saved(&below, w.key, w.value);
    if (e == OK) e = answer(w.err);
    lmdb_walk_end(&w);
    return e;
}

/* --- between transactions --------------------------------------------------------------------------------------- */

void state_layers_freeze(struct state_layers *l)
{
    struct rows *empty = l->frozen;
    ASSERT(empty->row_count == 0 && l->unsaved->change_count == 0);
    l->frozen = l->unsaved;
    l->unsaved = empty;
}

enum err state_layers_thaw(struct state_layers *l)
{
    TRY(answer(lmdb_disk_renew(&l->disk)));
    rows_clear(l->frozen);
    return OK;
}
