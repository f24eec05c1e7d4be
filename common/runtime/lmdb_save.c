/* runtime/lmdb_save.c: rows in memory put in order and written as a run, with what the environment says of itself. */
#include "base/assert.h"
#include "runtime/lmdb_disk.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { HEAD_WORDS = 3, ROWS_AHEAD = 16, FEW_ROWS = 24 /* are put in order one by one */ };

/* --- meta ------------------------------------------------------------------------------------------------------- */

static int put_text(struct lmdb_disk *d, MDB_txn *txn, const char *name, const char *text)
{
    MDB_val key = lmdb_val_of(slice_from(name)), value = lmdb_val_of(slice_from(text));
    return mdb_put(txn, d->bases.meta, &key, &value, 0);
}

static int put_number(struct lmdb_disk *d, MDB_txn *txn, const char *name, int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)number);
    return put_text(d, txn, name, text);
}

static int put_meta(struct lmdb_disk *d, MDB_txn *txn, const struct lmdb_meta *m)
{
    int rc = put_text(d, txn, "cluster_id", m->cluster_id);
    if (!rc) rc = put_text(d, txn, "stage", m->stage);
    if (!rc) rc = put_text(d, txn, "changelog", m->changelog);
    if (!rc) rc = put_text(d, txn, "seed_check", m->seed_check);
    if (!rc) rc = put_number(d, txn, "partition", m->partition);
    if (!rc) rc = put_number(d, txn, "partition_count", m->partition_count);
    if (!rc) rc = put_number(d, txn, "schema_version", m->schema_version);
    if (!rc) rc = put_number(d, txn, "changelog_offset", m->changelog_offset);
    if (!rc) rc = put_number(d, txn, "saved_at_unix_ms", m->saved_at_unix_ms);
    return rc;
}

/* --- in order --------------------------------------------------------------------------------------------------- */

/* A row with the first bytes of its key on disk, big-endian, so that nearly every comparison ends without touching the
 * row. */
struct ordered { uint64_t head[HEAD_WORDS]; const struct row *row; };

static struct ordered order_of(const struct row *row)
{
    struct ordered o = { .row = row };
    char bytes[sizeof o.head] = { (char)row->table };
    memcpy(bytes + 1, row->key, row->key_size < sizeof bytes - 1 ? row->key_size : sizeof bytes - 1);
    memcpy(o.head, bytes, sizeof o.head);
    for (unsigned i = 0; i < HEAD_WORDS; i++) o.head[i] = be64toh(o.head[i]);
    return o;
}

static bool is_before(const struct ordered *a, const struct ordered *b)
{
    for (unsigned i = 0; i < HEAD_WORDS; i++)
        if (a->head[i] != b->head[i]) return a->head[i] < b->head[i];
    return slice_compare(row_key(a->row), row_key(b->row)) < 0;
}

static void sort_few(struct ordered *rows, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct ordered moved = rows[i];
        size_t at = i;
        for (; at > 0 && is_before(&moved, &rows[at - 1]); at--) rows[at] = rows[at - 1];
        rows[at] = moved;
    }
}

static int by_key(const void *a, const void *b)
{
    return is_before(a, b) ? -1 : is_before(b, a);
}

static unsigned byte_of(const struct ordered *o, unsigned at)
{
    return o->head[at / 8] >> (56 - at % 8 * 8) & 255;
}

/* `ends`: after the last place of each byte. Every row goes where its byte belongs. */
static void part_by_byte(struct ordered *rows, unsigned at, const size_t ends[256])
{
    size_t next[256] = { 0 };
    memcpy(next + 1, ends, 255 * sizeof *next);
    for (unsigned byte = 0; byte < 256; byte++)
        while (next[byte] < ends[byte]) {
            struct ordered *here = &rows[next[byte]];
            unsigned to = byte_of(here, at);
            if (to != byte) {
                struct ordered moved = *here;
                *here = rows[next[to]];
                rows[next[to]] = moved;
            }
            next[to]++;
        }
}

/* Rows whose heads agree in their first `at` bytes. Keys begin with table and root, which most rows of a save share,
 * and go on with a hash: a few parts by one byte leave lots of a few rows, where to compare costs a dozen steps a
 * row. */
static void sort_alike(struct ordered *rows, size_t count, unsigned at)
{
    size_t ends[256];
    if (count <= FEW_ROWS) {
        sort_few(rows, count);
        return;
    }
    do {
        if (at == sizeof rows->head) {
            qsort(rows, count, sizeof *rows, by_key);
            return;
        }
        memset(ends, 0, sizeof ends);
        for (size_t i = 0; i < count; i++) ends[byte_of(&rows[i], at)]++;
    } while (ends[byte_of(rows, at++)] == count);
    for (unsigned byte = 1; byte < 256; byte++) ends[byte] += ends[byte - 1];
    part_by_byte(rows, at - 1, ends);
    for (unsigned byte = 0; byte < 256; byte++) {
        size_t from = byte ? ends[byte - 1] : 0;
        if (ends[byte] > from) sort_alike(rows + from, ends[byte] - from, at);
    }
}

/* Puts in order find the next leaf page at hand (kafka.md 6.1). Other threads may be reading the rows. */
static struct ordered *sorted(const struct rows *rows)
{
    size_t count = 0;
    struct ordered *all = reallocarray(NULL, rows->row_count + 1, sizeof *all);
    if (!all) return NULL;
    for (unsigned t = 0; t < STORE_TABLES_MAX; t++)
        for (size_t i = 0; i < rows->tables[t].slot_count; i++) {
            if (i + ROWS_AHEAD < rows->tables[t].slot_count)
                __builtin_prefetch(rows_at(&rows->tables[t], i + ROWS_AHEAD));
            if (rows_at(&rows->tables[t], i)) all[count++] = order_of(rows_at(&rows->tables[t], i));
        }
    ASSERT(count == rows->row_count);
    sort_alike(all, count, 0);
    return all;
}

/* --- a run ------------------------------------------------------------------------------------------------------ */

/* Rows that are left to be saved, in order. */
struct parts { struct ordered *rows; size_t at, count; struct lmdb_new_run run; };

static int put_rows(MDB_cursor *into, struct parts *p, struct lmdb_part part)
{
    int rc = 0;
    for (size_t rows = 0, bytes = 0; !rc && p->at < p->count && rows < part.rows && bytes < part.bytes; rows++) {
        const struct row *row = p->rows[p->at++].row;
        if (p->at + ROWS_AHEAD < p->count) __builtin_prefetch(p->rows[p->at + ROWS_AHEAD].row);
        bytes += row->key_size + row->value_size;
        rc = lmdb_new_run_add(&p->run, into, row->table, row_key(row), row_value(row));
    }
    return rc;
}

static int put_part(struct lmdb_disk *d, MDB_txn *txn, struct parts *p, struct lmdb_part part)
{
    MDB_cursor *into;                               /* goes with the transaction */
    int rc = p->at ? 0 : lmdb_new_run_clear(&p->run, &d->bases, txn);
    if (!rc) rc = mdb_cursor_open(txn, d->bases.slots[p->run.run.slot], &into);
    return rc ? rc : put_rows(into, p, part);
}

/* The run is whole: it and what it is good for. */
static int put_end(struct lmdb_disk *d, MDB_txn *txn, struct lmdb_new_run *run, const struct lmdb_meta *meta,
                   struct lmdb_runs *runs)
{
    int rc = 0;
    if (run->run.rows) {
        memmove(&runs->at[1], &runs->at[0], runs->count * sizeof *runs->at);
        runs->at[0] = run->run;
        runs->count++;
        rc = lmdb_new_run_end(run, &d->bases, txn);
    }
    if (!rc) rc = lmdb_runs_put(&d->bases, txn, runs);
    return rc ? rc : put_meta(d, txn, meta);
}

static int save_part(struct lmdb_disk *d, struct parts *p, const struct lmdb_meta *meta, struct lmdb_part part)
{
    MDB_txn *txn;
    struct lmdb_runs after = d->kept;
    int rc = mdb_txn_begin(d->env, NULL, 0, &txn);
    if (rc) return rc;
    if (p->count) rc = put_part(d, txn, p, part);
    bool is_last = !rc && p->at == p->count;
    if (is_last) rc = put_end(d, txn, &p->run, meta, &after);
    if (rc) mdb_txn_abort(txn);
    else rc = mdb_txn_commit(txn);
    if (!rc && is_last) d->kept = after;
    return rc;
}

static int save_rows(struct lmdb_disk *d, const struct rows *rows, const struct lmdb_meta *meta, struct lmdb_part part)
{
    struct parts p = { .count = rows->row_count };
    int rc = lmdb_new_run_begin(&p.run, lmdb_free_slot(&d->merges, &d->kept), p.count);
    if (!rc && !(p.rows = sorted(rows))) rc = ENOMEM;
    if (!rc) do rc = save_part(d, &p, meta, part); while (!rc && p.at < p.count);
    lmdb_new_run_free(&p.run);
    free(p.rows);
    return rc;
}

static int merge(struct lmdb_disk *d, const struct rows *saved, struct lmdb_part part)
{
    return lmdb_merges_step(&d->merges, d->env, &d->bases, &d->kept, saved->row_count, part);
}

int lmdb_disk_save(struct lmdb_disk *d, const struct rows *rows, const struct lmdb_meta *meta, size_t part_rows)
{
    struct lmdb_part part = { part_rows ? part_rows : LMDB_PART_ROWS, LMDB_PART_BYTES };
    int rc = d->kept.count < LMDB_RUNS_MANY ? 0 : merge(d, rows, part);
    if (!rc && d->kept.count >= LMDB_RUNS_MANY) return MDB_MAP_FULL;    /* so many stay where merges find no room */
    if (!rc) rc = save_rows(d, rows, meta, part);
    return rc || !rows->row_count ? rc : merge(d, rows, part);
}
