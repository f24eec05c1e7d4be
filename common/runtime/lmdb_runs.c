/* runtime/lmdb_runs.c: the list of the runs, a run as it is written, and several read as one. */
#include "runtime/lmdb_runs.h"

#include "base/assert.h"
#include "runtime/rows.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

enum {
    RUN_BYTES = 1 + sizeof(uint64_t),               /* in the list: slot, rows */
    FILTERED_ROWS_MIN = 64                          /* fewer lie in a page or two */
};

/* --- databases and the list ------------------------------------------------------------------------------------- */

int lmdb_bases_open(struct lmdb_bases *b, MDB_txn *txn, bool creates)
{
    unsigned how = creates ? MDB_CREATE : 0;
    int rc = mdb_dbi_open(txn, "meta", how, &b->meta);
    if (!rc) rc = mdb_dbi_open(txn, "filters", how, &b->filters);
    for (unsigned i = 0; !rc && i < LMDB_SLOTS; i++) {
        char name[8];
        snprintf(name, sizeof name, "run%02u", i);
        rc = mdb_dbi_open(txn, name, how, &b->slots[i]);
    }
    return rc;
}

bool lmdb_runs_has_slot(const struct lmdb_runs *runs, unsigned slot)
{
    for (unsigned i = 0; i < runs->count; i++)
        if (runs->at[i].slot == slot) return true;
    return false;
}

static MDB_val list_key(void)
{
    return lmdb_val_of(SLICE("runs"));
}

int lmdb_runs_get(const struct lmdb_bases *b, MDB_txn *txn, struct lmdb_runs *runs)
{
    MDB_val key = list_key(), found;
    *runs = (struct lmdb_runs){ 0 };
    int rc = mdb_get(txn, b->meta, &key, &found);
    if (rc) return rc == MDB_NOTFOUND ? 0 : rc;
    if (found.mv_size % RUN_BYTES || found.mv_size / RUN_BYTES > LMDB_SLOTS) return MDB_CORRUPTED;
    for (const char *at = found.mv_data, *end = at + found.mv_size; at < end; at += RUN_BYTES) {
        struct lmdb_run run = { .slot = (uint8_t)at[0] };
        memcpy(&run.rows, at + 1, sizeof run.rows);
        run.rows = be64toh(run.rows);
        if (run.slot >= LMDB_SLOTS || lmdb_runs_has_slot(runs, run.slot)) return MDB_CORRUPTED;
        runs->at[runs->count++] = run;
    }
    return 0;
}

int lmdb_runs_put(const struct lmdb_bases *b, MDB_txn *txn, const struct lmdb_runs *runs)
{
    char bytes[LMDB_SLOTS * RUN_BYTES], *at = bytes;
    for (unsigned i = 0; i < runs->count; i++) {
        uint64_t rows = htobe64(runs->at[i].rows);
        *at++ = (char)runs->at[i].slot;
        memcpy(at, &rows, sizeof rows);
        at += sizeof rows;
    }
    MDB_val key = list_key(), value = { (size_t)(at - bytes), bytes };
    return mdb_put(txn, b->meta, &key, &value, 0);
}

/* --- a new run -------------------------------------------------------------------------------------------------- */

/* LMDB takes the pages of the machine, of 4 to 64 KiB. A filter of less than half a page would share one with others,
 * and lie anywhere in it. */
static size_t filter_rows(size_t rows_max)
{
    size_t rows_min = (size_t)sysconf(_SC_PAGESIZE) / 2;
    return rows_max < rows_min ? rows_min : rows_max;
}

int lmdb_new_run_begin(struct lmdb_new_run *n, unsigned slot, size_t rows_max)
{
    ASSERT(slot < LMDB_SLOTS);
    *n = (struct lmdb_new_run){ .run.slot = (uint8_t)slot };
    if (rows_max < FILTERED_ROWS_MIN) return 0;
    return key_filter_open(filter_rows(rows_max), &n->filter) != OK ? ENOMEM : 0;
}

void lmdb_new_run_free(struct lmdb_new_run *n)
{
    key_filter_close(n->filter);
    n->filter = NULL;
}

static MDB_val filter_key(const struct lmdb_run *run)
{
    return (MDB_val){ 1, (void *)(uintptr_t)&run->slot };
}

static int forget_filter(const struct lmdb_run *run, const struct lmdb_bases *b, MDB_txn *txn)
{
    MDB_val key = filter_key(run);
    int rc = mdb_del(txn, b->filters, &key, NULL);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

int lmdb_new_run_clear(const struct lmdb_new_run *n, const struct lmdb_bases *b, MDB_txn *txn)
{
    int rc = forget_filter(&n->run, b, txn);
    return rc ? rc : mdb_drop(txn, b->slots[n->run.slot], 0);
}

static void add_names(struct lmdb_new_run *n)
{
    for (unsigned i = 0; i < n->name_count; i++) key_filter_add(n->filter, n->names[i]);
    n->name_count = 0;
}

static void note(struct lmdb_new_run *n, uint8_t table, struct slice key)
{
    n->run.rows++;
    if (!n->filter) return;
    uint64_t name = rows_name(rows_hash(key), table);
    __builtin_prefetch(key_filter_block_of(n->filter, name), 1);
    n->names[n->name_count++] = name;
    if (n->name_count == LMDB_NAMES) add_names(n);
}

/* Long keys that begin alike come in another order than that of their digests. */
static int append(MDB_cursor *into, MDB_val *at, MDB_val *value, unsigned how)
{
    int rc = mdb_cursor_put(into, at, value, how | MDB_APPEND);
    return rc == MDB_KEYEXIST ? mdb_cursor_put(into, at, value, how) : rc;
}

int lmdb_new_run_copy(struct lmdb_new_run *n, MDB_cursor *into, MDB_val at, MDB_val kept)
{
    struct slice key, value;
    int rc = lmdb_key_part(at, kept, &key, &value);
    if (rc) return rc;
    note(n, *(const uint8_t *)at.mv_data, key);
    return append(into, &at, &kept, 0);
}

int lmdb_new_run_add(struct lmdb_new_run *n, MDB_cursor *into, uint8_t table, struct slice key, struct slice value)
{
    struct lmdb_key k;
    lmdb_key_make(&k, table, key);
    note(n, table, key);
    MDB_val kept = { lmdb_kept_bytes(&k, key, value), NULL };
    int rc = append(into, &k.val, &kept, MDB_RESERVE);
    if (!rc) lmdb_kept_write(&k, key, value, kept);
    return rc;
}

/* --- filters ---------------------------------------------------------------------------------------------------- */

int lmdb_new_run_end(struct lmdb_new_run *n, const struct lmdb_bases *b, MDB_txn *txn)
{
    if (!n->filter) return 0;
    add_names(n);
    MDB_val key = filter_key(&n->run),
            value = { n->filter->block_count * sizeof *n->filter->blocks, n->filter->blocks };
    return mdb_put(txn, b->filters, &key, &value, 0);
}

static int get_filter(const struct lmdb_bases *b, MDB_txn *txn, const struct lmdb_run *run, struct key_filter *filter)
{
    MDB_val key = filter_key(run), found;
    *filter = (struct key_filter){ 0 };
    int rc = mdb_get(txn, b->filters, &key, &found);
    if (rc) return rc == MDB_NOTFOUND ? 0 : rc;
    if (found.mv_size == 0 || found.mv_size % sizeof *filter->blocks
        || (uintptr_t)found.mv_data % _Alignof(struct key_filter_block))
        return MDB_CORRUPTED;
    filter->blocks = found.mv_data;
    filter->block_count = (uint32_t)(found.mv_size / sizeof *filter->blocks);
    return 0;
}

int lmdb_filters_get(const struct lmdb_bases *b, MDB_txn *txn, const struct lmdb_runs *runs,
                     struct key_filter filters[LMDB_SLOTS])
{
    int rc = 0;
    for (unsigned i = 0; !rc && i < runs->count; i++) rc = get_filter(b, txn, &runs->at[i], &filters[i]);
    return rc;
}

/* --- runs read as one ------------------------------------------------------------------------------------------- */

int lmdb_braid_open(struct lmdb_braid *braid, const struct lmdb_bases *b, MDB_txn *txn, const struct lmdb_runs *runs)
{
    int rc = 0;
    braid->strand_count = braid->count = 0;
    for (unsigned i = 0; !rc && i < runs->count; i++) {
        struct lmdb_strand *s = &braid->strands[i];
        s->age = i;
        rc = mdb_cursor_open(txn, b->slots[runs->at[i].slot], &s->cursor);
        if (!rc) braid->strand_count++;
    }
    return rc;
}

void lmdb_braid_close(struct lmdb_braid *braid)
{
    for (unsigned i = 0; i < braid->strand_count; i++) mdb_cursor_close(braid->strands[i].cursor);
    braid->strand_count = braid->count = 0;
}

static bool is_before(const struct lmdb_strand *a, const struct lmdb_strand *b)
{
    int order = slice_compare(lmdb_slice_of(a->key), lmdb_slice_of(b->key));
    return order < 0 || (order == 0 && a->age < b->age);
}

static void take_place(struct lmdb_braid *braid, struct lmdb_strand *s, unsigned from)
{
    unsigned i = from;
    for (; i + 1 < braid->count && is_before(braid->order[i + 1], s); i++) braid->order[i] = braid->order[i + 1];
    braid->order[i] = s;
}

int lmdb_braid_seek(struct lmdb_braid *braid, MDB_val from)
{
    braid->count = 0;
    for (unsigned i = 0; i < braid->strand_count; i++) {
        struct lmdb_strand *s = &braid->strands[i];
        s->key = from;
        int rc = mdb_cursor_get(s->cursor, &s->key, &s->value, from.mv_size ? MDB_SET_RANGE : MDB_FIRST);
        if (rc == MDB_NOTFOUND) continue;
        if (rc) return rc;
        memmove(braid->order + 1, braid->order, braid->count * sizeof *braid->order);
        braid->count++;
        take_place(braid, s, 0);
    }
    return 0;
}

static int advance_first(struct lmdb_braid *braid)
{
    struct lmdb_strand *s = braid->order[0];
    int rc = mdb_cursor_get(s->cursor, &s->key, &s->value, MDB_NEXT);
    if (rc && rc != MDB_NOTFOUND) return rc;
    if (!rc) {
        take_place(braid, s, 0);
        return 0;
    }
    braid->count--;
    memmove(braid->order, braid->order + 1, braid->count * sizeof *braid->order);
    return 0;
}

int lmdb_braid_next(struct lmdb_braid *braid)
{
    ASSERT(braid->count > 0);
    struct slice passed = lmdb_slice_of(braid->order[0]->key);
    int rc;
    do {
        rc = advance_first(braid);
    } while (!rc && braid->count > 0 && slice_equal(lmdb_slice_of(braid->order[0]->key), passed));
    return rc;
}

void lmdb_place_take(struct lmdb_place *place, MDB_val key)
{
    ASSERT(key.mv_size <= sizeof place->bytes);
    memcpy(place->bytes, key.mv_data, key.mv_size);
    place->size = key.mv_size;
}

int lmdb_place_find(struct lmdb_braid *braid, const struct lmdb_place *place)
{
    MDB_val from = { place->size, (void *)(uintptr_t)place->bytes };
    int rc = lmdb_braid_seek(braid, from);
    bool was_met = !rc && place->size && braid->count
                   && slice_equal(lmdb_slice_of(braid->order[0]->key), lmdb_slice_of(from));
    return was_met ? lmdb_braid_next(braid) : rc;
}

/* We name no table twice, open no more than there are, and hold few pages: what else LMDB complains of it found. */
bool lmdb_is_damage(int rc)
{
    bool is_its_own = rc >= MDB_KEYEXIST && rc <= MDB_LAST_ERRCODE;
    return is_its_own && !lmdb_is_no_room(rc) && rc != MDB_MAP_RESIZED && rc != MDB_READERS_FULL;
}

bool lmdb_is_no_room(int rc)
{
    return rc == MDB_MAP_FULL || rc == ENOSPC || rc == EDQUOT || rc == EFBIG
           || rc == EIO; /* EIO: LMDB's word for a short write */
}
