/* runtime/lmdb_reader.c: layers with nothing above the disk. */
#include "runtime/lmdb_reader.h"

#include "base/assert.h"
#include "runtime/lmdb_check.h"
#include "runtime/lmdb_store.h"
#include "runtime/state_folder.h"
#include "runtime/state_layers.h"

#include <errno.h>
#include <stdlib.h>

struct lmdb_reader {
    struct store        store;
    struct state_layers layers;
    struct rows         empty[2];
    struct lmdb_reading reading;
};

static struct lmdb_reader *of(struct store *store)
{
    return (struct lmdb_reader *)store;             /* its first member */
}

static enum err lmdb_reader_get(struct store *store, uint8_t table, struct slice key, struct slice *value)
{
    return state_layers_get(&of(store)->layers, table, key, value);
}

static enum err lmdb_reader_scan(struct store *store, uint8_t table, struct slice prefix, struct slice from,
                                 store_visit *visit, void *context)
{
    return state_layers_scan(&of(store)->layers, table, prefix, from, visit, context);
}

static enum err lmdb_reader_put(struct store *store, uint8_t table, struct slice key, struct slice value)
{
    (void)store, (void)table, (void)key, (void)value;
    NEVER();
}

static enum err lmdb_reader_remove(struct store *store, uint8_t table, struct slice key)
{
    (void)store, (void)table, (void)key;
    NEVER();
}

static enum err lmdb_reader_changes(struct store *store, store_visit_change *visit, void *context)
{
    (void)store, (void)visit, (void)context;
    return OK;
}

static void lmdb_reader_merge(struct store *store, int64_t changelog_next)
{
    (void)store, (void)changelog_next;
}

static void lmdb_reader_drop(struct store *store)
{
    (void)store;
}

static const struct store_ops ops = {
    .get = lmdb_reader_get, .put = lmdb_reader_put, .remove = lmdb_reader_remove, .scan = lmdb_reader_scan,
    .changes = lmdb_reader_changes, .merge = lmdb_reader_merge, .drop = lmdb_reader_drop,
};

static enum err open_disk(struct lmdb_reader *r, const struct state_folder *f)
{
    struct lmdb_reading *reading = &r->reading;
    int rc = lmdb_disk_open(&r->layers.disk, f->path, 0, true);
    if (rc == ENOMEM) return ERR_MEMORY_EXHAUSTED;
    if (rc)
        return rc == MDB_INVALID || rc == MDB_CORRUPTED || rc == MDB_VERSION_MISMATCH ? ERR_STATE_MALFORMED
                                                                                      : ERR_FILE_UNREADABLE;
    if (lmdb_disk_meta(&r->layers.disk, &reading->meta) != 0) return ERR_STATE_MALFORMED;
    size_t rows;
    lmdb_disk_size(&r->layers.disk, &rows, &reading->disk_bytes);
    reading->generation = f->generation;
    reading->is_clean = f->mark == STATE_CLEAN;
    reading->is_used = f->was_held;
    return OK;
}

/* Of another schema tables may be missing, or lie otherwise. What says nothing is judged by what opening it says. */
static bool is_of_our_schema(const struct state_folder *f, uint32_t *schema)
{
    return lmdb_disk_schema(f->path, schema) != 0 || *schema == STATE_SCHEMA_VERSION;
}

enum err lmdb_reader_open(const char *dir, struct slice stage, int32_t partition, struct lmdb_reader **reader,
                          uint32_t *schema)
{
    struct state_folder folder;
    TRY(state_folder_find(&folder, dir, stage, partition));
    TRY(lmdb_check(folder.path));
    struct lmdb_reader *r = calloc(1, sizeof *r);
    if (!r) return ERR_MEMORY_EXHAUSTED;
    r->store.ops = &ops;
    r->layers.unsaved = &r->empty[0];
    r->layers.frozen = &r->empty[1];
    enum err e = is_of_our_schema(&folder, schema) ? open_disk(r, &folder) : ERR_STATE_OUTDATED;
    if (e == OK) *reader = r;
    else lmdb_reader_close(r);
    return e;
}

void lmdb_reader_close(struct lmdb_reader *r)
{
    if (!r) return;
    lmdb_disk_close(&r->layers.disk);
    rows_clear(&r->empty[0]);
    rows_clear(&r->empty[1]);
    free(r);
}

struct store *lmdb_reader_base(struct lmdb_reader *r)
{
    return &r->store;
}

const struct lmdb_reading *lmdb_reader_reading(const struct lmdb_reader *r)
{
    return &r->reading;
}

uint64_t lmdb_reader_count(struct lmdb_reader *r)
{
    uint64_t count;
    return lmdb_disk_count(&r->layers.disk, &count) == 0 ? count : 0;
}
