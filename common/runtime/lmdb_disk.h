/* runtime/lmdb_disk.h: one LMDB environment: the rows of a partition's tables in runs (lmdb_runs.h), and `meta`, which
 * says whose they are and up to which changelog offset they are good.
 *
 * Functions answer as LMDB does: 0, MDB_*, or errno. One thread reads, one writes; the reader's snapshot stands until
 * lmdb_disk_renew. */
#ifndef RUNTIME_LMDB_DISK_H
#define RUNTIME_LMDB_DISK_H

#include "runtime/lmdb_merge.h"
#include "runtime/rows.h"

enum { LMDB_TEXT_MAX = 128, LMDB_PART_ROWS = 16384, LMDB_PART_BYTES = 4 << 20 };

struct lmdb_meta {
    char     cluster_id[LMDB_TEXT_MAX], stage[LMDB_TEXT_MAX], changelog[LMDB_TEXT_MAX], seed_check[LMDB_TEXT_MAX];
    int32_t  partition, partition_count;
    uint32_t schema_version;
    int64_t  changelog_offset;                      /* what is before it is in the rows, and nothing else */
    int64_t  saved_at_unix_ms;
};

struct lmdb_disk {
    MDB_env           *env;
    struct lmdb_bases  bases;
    MDB_txn           *read;
    struct lmdb_runs   seen;                        /* in the reader's snapshot */
    struct key_filter  filters[LMDB_SLOTS];         /* of those */
    struct lmdb_runs   kept;                        /* as they were saved last; his who saves */
    struct lmdb_merges merges;                      /* also */
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

/* `hash`: rows_hash of the key. Absent: *value of size 0. Borrowed until the next renew. */
int lmdb_disk_get(struct lmdb_disk *d, uint64_t hash, uint8_t table, struct slice key, struct slice *value);

/* MDB_NOTFOUND when an entry is missing. */
int lmdb_disk_meta(struct lmdb_disk *d, struct lmdb_meta *meta);

/* What an environment says its schema is, also one whose tables lie otherwise. MDB_NOTFOUND: it does not say. */
int lmdb_disk_schema(const char *path, uint32_t *version);

/* Rows and meta, by any one thread; rows without value are removed. More than part_rows rows (0: LMDB_PART_ROWS), or
 * LMDB_PART_BYTES, go in several transactions, because LMDB keeps the memory of the largest one for ever: only with the
 * last are they seen, and the offset moves. Goes on with the merges of runs, too. */
int lmdb_disk_save(struct lmdb_disk *d, const struct rows *rows, const struct lmdb_meta *meta, size_t part_rows);
int lmdb_disk_sync(struct lmdb_disk *d);

/* Of the snapshot: rows in all runs, those that newer ones hide among them, and bytes of the file in use. */
void lmdb_disk_size(struct lmdb_disk *d, size_t *rows, uint64_t *bytes);
/* Of the snapshot: the rows of all tables. Reads every key. */
int lmdb_disk_count(struct lmdb_disk *d, uint64_t *count);

#endif
