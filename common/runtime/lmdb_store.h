/* runtime/lmdb_store.h: the state of one partition on disk, behind the interface of store.h (kafka.md 6).
 *
 *   read    overlay of the open transaction → unsaved (committed) → frozen (being saved) → LMDB
 *   write   overlay; merged into unsaved when the transaction committed, with the changelog offset it is good for
 *   save    between two batches unsaved becomes frozen; the state writer writes it as a run, which is seen with its
 *           changelog offset by one LMDB transaction (lmdb_runs.h); between two later batches the reader is renewed,
 *           and only then frozen is dropped
 *
 * An environment is `<dir>/<stage>/p<nnn>/<generation>/` and belongs to the one process that holds its lock. Nothing in
 * it is the truth: that is the changelog. What cannot be trusted is discarded and replayed.
 *
 * Keys are the real ones, where kafka.md 6.1 hashes them with a secret: tables are scanned by prefix and shown to
 * people, and the values beside them name the same partners anyway. All tables share a run, with the byte of the table
 * in front: the key of a row is then the key of its changelog record, and a save is one pass in order.
 *
 * A store is used by one worker. Every function but lmdb_store_stats of another worker's store is his. */
#ifndef RUNTIME_LMDB_STORE_H
#define RUNTIME_LMDB_STORE_H

#include "runtime/metrics.h"
#include "runtime/state_writer.h"
#include "runtime/store.h"

enum { LMDB_SAVE_INTERVAL_MS = 1000, LMDB_UNSAVED_KEYS_MAX = 200000, LMDB_CLOSE_TIMEOUT_MS = 2000 };
#define LMDB_MAP_BYTES ((size_t)64 << 30)

/* Whose state it is. An environment in which one of these differs is discarded. */
struct state_identity {
    struct slice cluster_id, stage, changelog;      /* names; less than 128 bytes */
    int32_t      partition, partition_count;
    uint32_t     schema_version;                    /* of keys and tables: STATE_SCHEMA_VERSION */
    struct slice seed_check; /* what the installation's secret makes of a fixed text; may be empty */
};
enum { STATE_SCHEMA_VERSION = 3 };                  /* 2: rows in runs; 3: and sealed */

/* Why an environment was not used, or that it was: names for logs, and a sentence. */
#define STATE_ORIGINS(X) \
    X(KEPT,      "it is replayed from the offset it is good for") \
    X(NEW,       "there was none") \
    X(HELD,      "another process holds it; a next generation is filled") \
    X(FOREIGN,   "it is of another cluster, partition, changelog or schema") \
    X(OUTSIDE,   "the changelog does not reach back to its offset, or not up to it") \
    X(OLD,       "removals that it did not see may be gone from the changelog") \
    X(DAMAGED,   "its files cannot be read") \
    X(OTHER_BOOT, "the machine stopped while it was in use")
enum state_origin {
#define STATE_ORIGIN(name, text) STATE_##name,
    STATE_ORIGINS(STATE_ORIGIN)
#undef STATE_ORIGIN
    STATE_ORIGIN_COUNT
};
struct slice state_origin_name(enum state_origin origin);
struct slice state_origin_text(enum state_origin origin);

/* What the store tells its process, on the worker's thread: the first save that fails (text: why), and the first that
 * succeeds again (text empty). */
typedef void lmdb_store_notice(void *context, const struct state_identity *identity, struct slice text);

struct lmdb_options {
    const char          *dir;                       /* state.dir; made when it is not there */
    struct state_writer *writer;                    /* of the process; NULL: saves are done where they fall due */
    size_t               map_bytes;                 /* address space; 0: LMDB_MAP_BYTES */
    int64_t              save_interval_ms;          /* 0: LMDB_SAVE_INTERVAL_MS */
    size_t               part_rows;                 /* of one LMDB transaction; 0: LMDB_PART_ROWS of lmdb_disk.h */
    int64_t              retention_ms;              /* delete.retention.ms of the changelog; 0: seven days */
    /* An environment that is good for more than its changelog has is refused: the topic lost committed records, and
     * this may be the only copy of what they said. False: it is discarded, as one that the changelog does not reach
     * back to. */
    bool                 keeps_ahead;
    const char          *boot_id;                   /* NULL: that of the running kernel */
    lmdb_store_notice   *notice;                    /* may be NULL */
    void                *notice_context;
    struct metric_series *save_seconds, *save_failures;     /* of the worker; NULL: nobody counts */
};

struct lmdb_store;

/* What an opened store is good for: replay from `changelog_offset` on. */
struct lmdb_opened {
    int64_t           changelog_offset;
    enum state_origin origin;
    uint32_t          generation;
    bool              is_unread;                    /* doubted, and kept: who was to read every row was ended */
};

/* Opens the environment of a partition, or discards it and makes an empty one (kafka.md 6.4). log_start and log_high
 * bound the changelog; log_high was asked for after the committed offsets (4.2). ERR_FILE_UNWRITABLE: the folder cannot
 * be used, ERR_STATE_FULL: not even an empty environment fits, ERR_STATE_AHEAD (keeps_ahead), ERR_MEMORY_EXHAUSTED. */
enum err lmdb_store_open(const struct lmdb_options *options, const struct state_identity *identity, int64_t log_start,
                         int64_t log_high, int64_t now_unix_ms, struct lmdb_store **store,
                         struct lmdb_opened *opened) MUST_CHECK;

/* Valid until the store is closed. merge takes the offset after the last changelog record of the transaction. */
struct store *lmdb_store_base(struct lmdb_store *s);

/* A record of the changelog (changelog.h), whole. Between transactions; any suffix may come
 * twice. ERR_STATE_MALFORMED: no record of ours. It is kept in memory: call lmdb_stores_rest every few thousand
 * records. */
enum err lmdb_store_replay(struct lmdb_store *s, struct slice key, struct slice value, int64_t offset) MUST_CHECK;
/* The changelog was read up to here (its last records may be of aborted transactions, or no records at all). */
void lmdb_store_replayed(struct lmdb_store *s, int64_t next);

/* What a worker does between two batches with all its stores (by partition; NULL: not his): takes over what was saved,
 * lets save what is due. False: unsaved_keys_max is reached, pull nothing before it answers true again.
 * ERR_STATE_MALFORMED: an environment broke; the process must end, and discards it at its next start. */
enum err lmdb_stores_rest(struct lmdb_store *const *stores, int32_t count, size_t unsaved_keys_max, int64_t now_unix_ms,
                          bool *may_pull) MUST_CHECK;

/* Ends the use of a store. `saves`: what is unsaved is saved, synced and marked clean; giving up after timeout_ms costs
 * a longer replay, no more, and what is under way is finished and freed in the background. Without: as a killed process
 * leaves it. True: saved and marked clean in time. */
bool lmdb_store_close(struct lmdb_store *s, bool saves, int64_t now_unix_ms, int64_t timeout_ms);

struct lmdb_stats {
    size_t   unsaved_keys, saved_keys;              /* in memory, the frozen ones included; on disk */
    uint64_t saves, failed_saves, disk_bytes;
    int64_t  changelog_offset;                      /* that is saved */
    int64_t  saved_at_unix_ms, save_us;             /* when, and how long the last one took */
    bool     is_failing;
};
/* Another interval, from the next rest on; 0: LMDB_SAVE_INTERVAL_MS. */
void lmdb_store_set_save_interval(struct lmdb_store *s, int64_t ms);

/* By any thread; figures may be of the batch before. */
void lmdb_store_stats(const struct lmdb_store *s, struct lmdb_stats *stats);

#endif
