/* runtime/lmdb_disk.c: LMDB, and keys that are too long for it. */
#include "runtime/lmdb_disk.h"

#include "base/assert.h"
#include "base/hash.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What LMDB compares; shorter keys stand for themselves, so that no two keys share one. */
enum {
    LMDB_KEY_BYTES = 511,
    HEAD_BYTES = LMDB_KEY_BYTES - SHA256_BYTES,
    DATABASES = 2,
    LENGTH_BYTES = 2,
    PATH_BYTES = 4096,
    LOCK_BYTES = 8192,
    HEAD_WORDS = 3,
    ROWS_AHEAD = 16,
    FEW_ROWS = 24                                   /* are put in order one by one */
};

struct disk_key {
    char    bytes[1 + STORE_KEY_MAX];
    MDB_val val;
    bool    is_long;
};

/* LMDB's two words for bytes that it does not write to. */
static MDB_val val_of(struct slice s)
{
    return (MDB_val){ s.size, (void *)(uintptr_t)s.bytes };
}

static struct slice slice_of_val(MDB_val v)
{
    return slice_of(v.mv_data, v.mv_size);
}

static void make_key(struct disk_key *k, uint8_t table, struct slice key)
{
    size_t size = 1 + key.size;
    ASSERT(key.size <= STORE_KEY_MAX);
    k->bytes[0] = (char)table;
    if (key.size) memcpy(k->bytes + 1, key.bytes, key.size);
    k->is_long = size >= LMDB_KEY_BYTES;
    if (k->is_long) {
        uint8_t digest[SHA256_BYTES];
        hash_sha256(slice_of(k->bytes, size), digest);
        memcpy(k->bytes + HEAD_BYTES, digest, sizeof digest);
        size = LMDB_KEY_BYTES;
    }
    k->val = val_of(slice_of(k->bytes, size));
}

/* Parts what is kept under a long key: length of the key, key, value. */
static int part_long(struct slice kept, struct slice *key, struct slice *value)
{
    if (kept.size < LENGTH_BYTES) return MDB_CORRUPTED;
    size_t size = (size_t)(uint8_t)kept.bytes[0] << 8 | (uint8_t)kept.bytes[1];
    if (size > STORE_KEY_MAX || kept.size < LENGTH_BYTES + size) return MDB_CORRUPTED;
    *key = slice_of(kept.bytes + LENGTH_BYTES, size);
    *value = slice_skip(kept, LENGTH_BYTES + size);
    return 0;
}

/* --- opening ---------------------------------------------------------------------------------------------------- */

static int open_databases(struct lmdb_disk *d, bool reads_only)
{
    MDB_txn *txn;
    unsigned create = reads_only ? 0 : MDB_CREATE;
    int rc = mdb_txn_begin(d->env, NULL, reads_only ? MDB_RDONLY : 0, &txn);
    if (rc) return rc;
    rc = mdb_dbi_open(txn, "rows", create, &d->rows);
    if (!rc) rc = mdb_dbi_open(txn, "meta", create, &d->meta);
    if (!rc) return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return rc;
}

int lmdb_disk_reserve(const char *path)
{
    char name[PATH_BYTES];
    if (snprintf(name, sizeof name, "%s/lock.mdb", path) >= (int)sizeof name) return ENAMETOOLONG;
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0) return errno;
    int rc = posix_fallocate(fd, 0, LOCK_BYTES);
    close(fd);
    return rc == EOPNOTSUPP || rc == EINVAL ? 0 : rc;
}

static int open_environment(struct lmdb_disk *d, const char *path, size_t map_bytes, bool reads_only)
{
    int rc = mdb_env_set_maxdbs(d->env, DATABASES), dead;
    if (!rc && map_bytes) rc = mdb_env_set_mapsize(d->env, map_bytes);
    if (!rc && !reads_only) rc = lmdb_disk_reserve(path);
    if (!rc) rc = mdb_env_open(d->env, path, MDB_NOTLS | (reads_only ? MDB_RDONLY : MDB_NOSYNC), 0666);
    if (!rc) rc = mdb_reader_check(d->env, &dead);  /* what a killed process read would be kept for it for ever */
    if (!rc) rc = open_databases(d, reads_only);
    if (!rc) rc = mdb_txn_begin(d->env, NULL, MDB_RDONLY, &d->read);
    return rc;
}

int lmdb_disk_open(struct lmdb_disk *d, const char *path, size_t map_bytes, bool reads_only)
{
    *d = (struct lmdb_disk){ 0 };
    int rc = mdb_env_create(&d->env);
    if (rc) return rc;
    ASSERT(mdb_env_get_maxkeysize(d->env) >= LMDB_KEY_BYTES);
    rc = open_environment(d, path, map_bytes, reads_only);
    if (rc) lmdb_disk_close(d);
    return rc;
}

void lmdb_disk_close(struct lmdb_disk *d)
{
    if (!d->env) return;
    if (d->spare) mdb_cursor_close(d->spare);
    if (d->read) mdb_txn_abort(d->read);
    mdb_env_close(d->env);
    *d = (struct lmdb_disk){ 0 };
}

int lmdb_disk_renew(struct lmdb_disk *d)
{
    mdb_txn_reset(d->read);
    d->is_valid = false;
    return mdb_txn_renew(d->read);
}

void lmdb_disk_size(struct lmdb_disk *d, size_t *rows, uint64_t *bytes)
{
    MDB_stat stat;
    MDB_envinfo info;
    *rows = mdb_stat(d->read, d->rows, &stat) == 0 ? stat.ms_entries : 0;
    *bytes = 0;
    if (mdb_env_stat(d->env, &stat) == 0 && mdb_env_info(d->env, &info) == 0)
        *bytes = ((uint64_t)info.me_last_pgno + 1) * stat.ms_psize;
}

/* --- reading ---------------------------------------------------------------------------------------------------- */

int lmdb_disk_get(struct lmdb_disk *d, uint8_t table, struct slice key, struct slice *value)
{
    struct disk_key k;
    struct slice full;
    MDB_val found;
    *value = (struct slice){ 0 };
    make_key(&k, table, key);
    int rc = mdb_get(d->read, d->rows, &k.val, &found);
    if (rc) return rc == MDB_NOTFOUND ? 0 : rc;
    if (k.is_long) return part_long(slice_of_val(found), &full, value);
    *value = slice_of_val(found);
    return value->size ? 0 : MDB_CORRUPTED;
}

/* --- meta ------------------------------------------------------------------------------------------------------- */

static int get_text(struct lmdb_disk *d, const char *name, char text[LMDB_TEXT_MAX])
{
    MDB_val key = val_of(slice_from(name)), found;
    int rc = mdb_get(d->read, d->meta, &key, &found);
    if (rc) return rc;
    if (found.mv_size >= LMDB_TEXT_MAX) return MDB_CORRUPTED;
    memcpy(text, found.mv_data, found.mv_size);
    text[found.mv_size] = 0;
    return 0;
}

static int get_number(struct lmdb_disk *d, const char *name, int64_t *number)
{
    char text[LMDB_TEXT_MAX], *end;
    int rc = get_text(d, name, text);
    if (rc) return rc;
    errno = 0;
    *number = strtoll(text, &end, 10);
    return errno || *end || end == text ? MDB_CORRUPTED : 0;
}

int lmdb_disk_meta(struct lmdb_disk *d, struct lmdb_meta *m)
{
    int64_t partition = 0, count = 0, schema = 0;
    int rc = get_text(d, "cluster_id", m->cluster_id);
    if (!rc) rc = get_text(d, "stage", m->stage);
    if (!rc) rc = get_text(d, "changelog", m->changelog);
    if (!rc) rc = get_text(d, "seed_check", m->seed_check);
    if (!rc) rc = get_number(d, "partition", &partition);
    if (!rc) rc = get_number(d, "partition_count", &count);
    if (!rc) rc = get_number(d, "schema_version", &schema);
    if (!rc) rc = get_number(d, "changelog_offset", &m->changelog_offset);
    if (!rc) rc = get_number(d, "reaches", &m->reaches);
    if (!rc) rc = get_number(d, "saved_at_unix_ms", &m->saved_at_unix_ms);
    m->partition = (int32_t)partition;
    m->partition_count = (int32_t)count;
    m->schema_version = (uint32_t)schema;
    return rc;
}

static int put_text(struct lmdb_disk *d, MDB_txn *txn, const char *name, const char *text)
{
    MDB_val key = val_of(slice_from(name)), value = val_of(slice_from(text));
    return mdb_put(txn, d->meta, &key, &value, 0);
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
    if (!rc) rc = put_number(d, txn, "reaches", m->changelog_offset);
    if (!rc) rc = put_number(d, txn, "saved_at_unix_ms", m->saved_at_unix_ms);
    return rc;
}

/* --- saving ----------------------------------------------------------------------------------------------------- */

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

/* `ends`: behind the last place of each byte. Every row goes where its byte belongs. */
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

static int remove_row(MDB_cursor *cursor, struct disk_key *k)
{
    MDB_val value;
    int rc = mdb_cursor_get(cursor, &k->val, &value, MDB_SET);
    if (rc) return rc == MDB_NOTFOUND ? 0 : rc;
    return mdb_cursor_del(cursor, 0);
}

static int put_long(MDB_cursor *cursor, struct disk_key *k, const struct row *row)
{
    MDB_val value = { LENGTH_BYTES + row->key_size + row->value_size, NULL };
    int rc = mdb_cursor_put(cursor, &k->val, &value, MDB_RESERVE);
    if (rc) return rc;
    char *at = value.mv_data;
    at[0] = (char)(row->key_size >> 8);
    at[1] = (char)(row->key_size & 255);
    memcpy(at + LENGTH_BYTES, row->key, row->key_size);
    memcpy(at + LENGTH_BYTES + row->key_size, row->value, row->value_size);
    return 0;
}

static int put_row(MDB_cursor *cursor, const struct row *row)
{
    struct disk_key k;
    MDB_val value = val_of(row_value(row));
    make_key(&k, row->table, row_key(row));
    if (!row->value) return remove_row(cursor, &k);
    return k.is_long ? put_long(cursor, &k, row) : mdb_cursor_put(cursor, &k.val, &value, 0);
}

/* Rows that are left to be saved, in order. */
struct parts { struct ordered *rows; size_t at, count, part_rows; };

static int put_part(struct lmdb_disk *d, MDB_txn *txn, struct parts *p)
{
    MDB_cursor *cursor;                             /* goes with the transaction */
    size_t rows = 0, bytes = 0;
    int rc = mdb_cursor_open(txn, d->rows, &cursor);
    while (!rc && p->at < p->count && rows < p->part_rows && bytes < LMDB_PART_BYTES) {
        const struct row *row = p->rows[p->at++].row;
        if (p->at + ROWS_AHEAD < p->count) __builtin_prefetch(p->rows[p->at + ROWS_AHEAD].row);
        rows++;
        bytes += row->value_size;
        rc = put_row(cursor, row);
    }
    return rc;
}

static int save_part(struct lmdb_disk *d, struct parts *p, const struct lmdb_meta *meta)
{
    MDB_txn *txn;
    bool is_first = p->at == 0;
    int rc = mdb_txn_begin(d->env, NULL, 0, &txn);
    if (rc) return rc;
    rc = put_part(d, txn, p);
    if (!rc && p->at == p->count) rc = put_meta(d, txn, meta);
    else if (!rc && is_first) rc = put_number(d, txn, "reaches", meta->changelog_offset);
    if (!rc) return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return rc;
}

int lmdb_disk_save(struct lmdb_disk *d, const struct rows *rows, const struct lmdb_meta *meta, size_t part_rows)
{
    struct parts p = { .rows = sorted(rows),
                       .count = rows->row_count,
                       .part_rows = part_rows ? part_rows : LMDB_PART_ROWS };
    if (!p.rows) return ENOMEM;
    int rc;
    do {
        rc = save_part(d, &p, meta);
    } while (!rc && p.at < p.count);
    free(p.rows);
    return rc;
}

int lmdb_disk_sync(struct lmdb_disk *d)
{
    return mdb_env_sync(d->env, 1);
}

/* --- all keys --------------------------------------------------------------------------------------------------- */

static int visit_key(MDB_val at, MDB_val kept, lmdb_visit_key *visit, void *context)
{
    struct slice disk_key = slice_of_val(at), key = slice_skip(disk_key, 1), value;
    int rc = disk_key.size >= LMDB_KEY_BYTES ? part_long(slice_of_val(kept), &key, &value) : 0;
    if (!rc) visit(context, (uint8_t)disk_key.bytes[0], key);
    return rc;
}

static int visit_keys(MDB_cursor *cursor, struct lmdb_place *place, size_t count, lmdb_visit_key *visit, void *context)
{
    MDB_val at = { place->size, place->bytes }, kept;
    int rc = mdb_cursor_get(cursor, &at, &kept, place->size ? MDB_SET_RANGE : MDB_FIRST);
    if (!rc && place->size && slice_equal(slice_of_val(at), slice_of(place->bytes, place->size)))
        rc = mdb_cursor_get(cursor, &at, &kept, MDB_NEXT);
    for (size_t i = 0; !rc && i < count; i++) {
        rc = visit_key(at, kept, visit, context);
        ASSERT(at.mv_size <= sizeof place->bytes);
        memcpy(place->bytes, at.mv_data, at.mv_size);
        place->size = at.mv_size;
        if (!rc) rc = mdb_cursor_get(cursor, &at, &kept, MDB_NEXT);
    }
    return rc;
}

int lmdb_disk_keys(struct lmdb_disk *d, struct lmdb_place *at, size_t count, lmdb_visit_key *visit, void *context,
                   bool *ended)
{
    MDB_txn *txn;
    MDB_cursor *cursor;
    int rc = mdb_txn_begin(d->env, NULL, MDB_RDONLY, &txn);
    if (rc) return rc;
    rc = mdb_cursor_open(txn, d->rows, &cursor);
    if (!rc) {
        rc = visit_keys(cursor, at, count, visit, context);
        mdb_cursor_close(cursor);
    }
    mdb_txn_abort(txn);
    *ended = rc == MDB_NOTFOUND;
    return *ended ? 0 : rc;
}

/* --- walking ---------------------------------------------------------------------------------------------------- */

struct lmdb_pair { struct slice key, value; };

static int by_pair_key(const void *a, const void *b)
{
    return slice_compare(((const struct lmdb_pair *)a)->key, ((const struct lmdb_pair *)b)->key);
}

static void end_with(struct lmdb_walk *w, int rc)
{
    w->key = w->value = (struct slice){ 0 };
    w->is_behind = true;
    w->err = rc == MDB_NOTFOUND ? 0 : rc;
}

/* Moves the cursor; false: it stands behind the table. */
static bool move(struct lmdb_walk *w, MDB_cursor_op how)
{
    int rc = mdb_cursor_get(w->cursor, &w->at_key, &w->at_value, how);
    if (!rc && *(uint8_t *)w->at_key.mv_data != w->table) rc = MDB_NOTFOUND;
    if (rc) end_with(w, rc);
    return rc == 0;
}

static bool add_pair(struct lmdb_walk *w)
{
    if (w->pair_count == w->pair_capacity) {
        size_t capacity = w->pair_capacity ? 2 * w->pair_capacity : 64;
        struct lmdb_pair *pairs = reallocarray(w->pairs, capacity, sizeof *pairs);
        if (!pairs) return false;
        w->pairs = pairs;
        w->pair_capacity = capacity;
    }
    struct lmdb_pair *pair = &w->pairs[w->pair_count++];
    *pair = (struct lmdb_pair){ slice_skip(slice_of_val(w->at_key), 1), slice_of_val(w->at_value) };
    return w->at_key.mv_size < LMDB_KEY_BYTES || part_long(slice_of_val(w->at_value), &pair->key, &pair->value) == 0;
}

/* Keys that share their first HEAD_BYTES stand together, those cut short among the others in the order of their
 * digests. */
static void gather_alike(struct lmdb_walk *w)
{
    struct slice head = slice_head(slice_of_val(w->at_key), HEAD_BYTES);
    w->pair_count = w->pair_at = 0;
    do {
        if (add_pair(w)) continue;
        end_with(w, MDB_CORRUPTED);
        w->pair_count = 0;
        return;
    } while (move(w, MDB_NEXT) && slice_starts_with(slice_of_val(w->at_key), head));
    if (w->err) w->pair_count = 0;
    else qsort(w->pairs, w->pair_count, sizeof *w->pairs, by_pair_key);
}

/* Shows what the cursor stands on. A gathered lot leaves the cursor behind it. */
static void show(struct lmdb_walk *w)
{
    if (w->pair_at == w->pair_count && !w->is_behind && w->at_key.mv_size >= HEAD_BYTES) gather_alike(w);
    if (w->pair_at < w->pair_count) {
        w->key = w->pairs[w->pair_at].key;
        w->value = w->pairs[w->pair_at].value;
        return;
    }
    if (w->is_behind) {
        w->key = w->value = (struct slice){ 0 };
        return;
    }
    w->key = slice_skip(slice_of_val(w->at_key), 1);
    w->value = slice_of_val(w->at_value);
}

void lmdb_walk_next(struct lmdb_walk *w)
{
    ASSERT(w->key.bytes);
    if (w->pair_at < w->pair_count) w->pair_at++;
    else move(w, MDB_NEXT);
    show(w);
}

static int take_cursor(struct lmdb_walk *w)
{
    struct lmdb_disk *d = w->disk;
    if (!d->spare) return mdb_cursor_open(d->read, d->rows, &w->cursor);
    w->cursor = d->spare;
    d->spare = NULL;
    return d->is_valid ? 0 : mdb_cursor_renew(d->read, w->cursor);
}

void lmdb_walk_begin(struct lmdb_walk *w, struct lmdb_disk *d, uint8_t table, struct slice from)
{
    struct disk_key k;
    *w = (struct lmdb_walk){ .disk = d, .table = table };
    make_key(&k, table, from);
    if (k.val.mv_size > HEAD_BYTES) k.val.mv_size = HEAD_BYTES;
    w->at_key = k.val;
    int rc = take_cursor(w);
    if (rc) {
        end_with(w, rc);
        return;
    }
    if (move(w, MDB_SET_RANGE)) show(w);
    while (w->key.bytes && slice_compare(w->key, from) < 0) lmdb_walk_next(w);
}

void lmdb_walk_end(struct lmdb_walk *w)
{
    struct lmdb_disk *d = w->disk;
    free(w->pairs);
    if (!w->cursor) return;
    if (d->spare) {
        mdb_cursor_close(w->cursor);
        return;
    }
    d->spare = w->cursor;
    d->is_valid = true;
}
