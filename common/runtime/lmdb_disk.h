/* runtime/lmdb_disk.h: one LMDB environment: the rows of a partition's tables in one database, keyed by table byte +
 * key, and `meta`, which says whose they are and up to which changelog offset they are good.
 *
 * LMDB takes keys of 511 bytes, ours have up to 601. Those from 511 bytes on are kept under their first 479 bytes and
 * the SHA-256 of all of them, with the key in front of the value; a walk sorts those that begin alike.
 *
 * Functions answer as LMDB does: 0, MDB_*, or errno. One thread reads, one writes; the reader's snapshot stands until
 * lmdb_disk_renew. */
#ifndef RUNTIME_LMDB_DISK_H
#define RUNTIME_LMDB_DISK_H

#include "runtime/rows.h"

#include <lmdb.h>

enum { LMDB_TEXT_MAX = 128, LMDB_PART_ROWS = 1024, LMDB_PART_BYTES = 4 << 20 };

struct lmdb_meta {
    char     cluster_id[LMDB_TEXT_MAX], stage[LMDB_TEXT_MAX], changelog[LMDB_TEXT_MAX], seed_check[LMDB_TEXT_MAX];
    int32_t  partition, partition_count;
    uint32_t schema_version;
    int64_t  changelog_offset;                      /* what is before it is in the rows */
    int64_t reaches; /* what is behind this is not: beyond changelog_offset in the midst of a save */
    int64_t  saved_at_unix_ms;
};

struct lmdb_disk {
    MDB_env    *env;
    MDB_dbi     rows, meta;
    MDB_txn    *read;
    MDB_cursor *spare;                              /* of a walk that ended */
    bool        is_valid;                           /* the spare one belongs to the snapshot that stands */
};

/* Takes the blocks of the lock file of an environment, which LMDB maps: on a full disk its first write into a hole
 * would end the process. 0, or ENOSPC and its like. Before the environment is opened. */
int lmdb_disk_reserve(const char *path);

/* Opens or makes the environment in a folder. map_bytes 0: what is written there. */
int lmdb_disk_open(struct lmdb_disk *d, const char *path, size_t map_bytes, bool reads_only);
/* Nothing happens when it is not open. Nobody may be reading or saving. */
void lmdb_disk_close(struct lmdb_disk *d);

/* The latest that was saved. Values read before are gone. */
int lmdb_disk_renew(struct lmdb_disk *d);

/* Absent: *value of size 0. Borrowed until the next renew. */
int lmdb_disk_get(struct lmdb_disk *d, uint8_t table, struct slice key, struct slice *value);

/* MDB_NOTFOUND when an entry is missing. */
int lmdb_disk_meta(struct lmdb_disk *d, struct lmdb_meta *meta);

/* Rows and meta in one transaction, by any one thread; rows without value are removed. More than part_rows rows (0:
 * LMDB_PART_ROWS), or LMDB_PART_BYTES of values, go in several transactions, because LMDB keeps the memory of the
 * largest one for ever: the first says how far the rows will reach, only the last moves the offset. Who is killed
 * between them replays from the offset before, over rows that are newer in part: values are absolute, so that nothing
 * is lost or counted twice. */
int lmdb_disk_save(struct lmdb_disk *d, const struct rows *rows, const struct lmdb_meta *meta, size_t part_rows);
int lmdb_disk_sync(struct lmdb_disk *d);

/* Visits the keys of all tables in an order of its own, at most `count` of them behind where `at` stands (all zero: the
 * first), by any one thread, in what is saved now. *ended: there are no more. */
struct lmdb_place { char bytes[512]; size_t size; };
typedef void lmdb_visit_key(void *context, uint8_t table, struct slice key);
int lmdb_disk_keys(struct lmdb_disk *d, struct lmdb_place *at, size_t count, lmdb_visit_key *visit, void *context,
                   bool *ended);

/* Of the snapshot: rows in all tables, and bytes of the file in use. */
void lmdb_disk_size(struct lmdb_disk *d, size_t *rows, uint64_t *bytes);

/* A walk over a table in bytewise order of its keys. `key.bytes` NULL: it has ended; err: why, when not at its end. */
struct lmdb_walk {
    struct lmdb_disk *disk;
    MDB_cursor       *cursor;
    uint8_t           table;
    struct slice      key, value;                   /* borrowed until the next renew */
    int               err;
    MDB_val           at_key, at_value;             /* of the cursor */
    bool              is_behind;                    /* the cursor stands behind the table */
    struct lmdb_pair *pairs;                        /* those that begin alike, sorted */
    size_t            pair_count, pair_at, pair_capacity;
};
void lmdb_walk_begin(struct lmdb_walk *w, struct lmdb_disk *d, uint8_t table, struct slice from);
void lmdb_walk_next(struct lmdb_walk *w);
void lmdb_walk_end(struct lmdb_walk *w);

#endif
