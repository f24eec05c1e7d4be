/* runtime/lmdb_runs.h: what an environment keeps its rows in. Most keys hold a hash: to put each row of a save in its
 * place among all others is to copy a page a row. So every save writes a run of its own, in order, page after page,
 * and touches none that is there; a row of a newer run hides that of an older one, and a row without value hides it,
 * too. Runs of a size are merged beside the saves (lmdb_merge.h), so that they stay few.
 *
 * A run is a database in one of LMDB_SLOTS; which runs there are, newest first, stands in `meta`, so that a run comes
 * and goes in the one transaction that says so. Beside it stands a filter of its keys (key_filter.h), for a look-up has
 * to find the one run that has the row. */
#ifndef RUNTIME_LMDB_RUNS_H
#define RUNTIME_LMDB_RUNS_H

#include "runtime/key_filter.h"
#include "runtime/lmdb_key.h"

enum { LMDB_SLOTS = 64 };

struct lmdb_run { uint8_t slot; uint64_t rows; };

struct lmdb_runs { struct lmdb_run at[LMDB_SLOTS]; unsigned count; };

/* The databases of an environment. */
struct lmdb_bases { MDB_dbi meta, filters, slots[LMDB_SLOTS]; };
enum { LMDB_BASES = LMDB_SLOTS + 2 };

/* Answers as LMDB does, as everything below. */
int lmdb_bases_open(struct lmdb_bases *b, MDB_txn *txn, bool creates);

/* MDB_CORRUPTED: what stands there was not written by lmdb_runs_put. */
int lmdb_runs_get(const struct lmdb_bases *b, MDB_txn *txn, struct lmdb_runs *runs);
int lmdb_runs_put(const struct lmdb_bases *b, MDB_txn *txn, const struct lmdb_runs *runs);

/* True when a run lies in that slot. */
bool lmdb_runs_has_slot(const struct lmdb_runs *runs, unsigned slot);

/* A run that is being written. Its rows come in order; it is seen by nobody before it stands among the runs. Names of
 * rows go into the filter some at a time: its blocks lie anywhere, so that each is asked for before it is needed. */
enum { LMDB_NAMES = 16 };
struct lmdb_new_run {
    struct lmdb_run    run;
    struct key_filter *filter;                      /* NULL: of few rows, it has none */
    uint64_t           names[LMDB_NAMES];
    unsigned           name_count;
};

/* For at most rows_max rows, in a slot that no run has. 0 or ENOMEM. */
int lmdb_new_run_begin(struct lmdb_new_run *n, unsigned slot, size_t rows_max);
/* In the transaction before its first row: whatever a run that was given up left in the slot goes. */
int lmdb_new_run_clear(const struct lmdb_new_run *n, const struct lmdb_bases *b, MDB_txn *txn);
/* A row that is kept as it is: key and value in LMDB's form. */
int lmdb_new_run_copy(struct lmdb_new_run *n, MDB_cursor *into, MDB_val at, MDB_val kept);
/* A row after the one before; of no value: it hides those below. */
int lmdb_new_run_add(struct lmdb_new_run *n, MDB_cursor *into, uint8_t table, struct slice key, struct slice value);
/* In the transaction with its last row. */
int lmdb_new_run_end(struct lmdb_new_run *n, const struct lmdb_bases *b, MDB_txn *txn);
void lmdb_new_run_free(struct lmdb_new_run *n);

/* The filters of runs as they stand in a snapshot; without blocks: a run of few rows has none. */
int lmdb_filters_get(const struct lmdb_bases *b, MDB_txn *txn, const struct lmdb_runs *runs,
                     struct key_filter filters[LMDB_SLOTS]);

/* The rows of several runs as those of one: in the order of LMDB's keys, of each key the newest row. */
struct lmdb_strand { MDB_cursor *cursor; MDB_val key, value; unsigned age; };
struct lmdb_braid {
    struct lmdb_strand  strands[LMDB_SLOTS];
    struct lmdb_strand *order[LMDB_SLOTS];          /* those that stand on a row; it stands on that of the first */
    unsigned            strand_count, count;        /* count 0: at its end */
};
int lmdb_braid_open(struct lmdb_braid *braid, const struct lmdb_bases *b, MDB_txn *txn, const struct lmdb_runs *runs);
/* To the first row at or after `from`; of size 0: to the first of all. */
int lmdb_braid_seek(struct lmdb_braid *braid, MDB_val from);
/* After the row on which it stands. */
int lmdb_braid_next(struct lmdb_braid *braid);
void lmdb_braid_close(struct lmdb_braid *braid);

/* How far somebody has come who goes on in another transaction: after this key. All zero: before the first. */
struct lmdb_place { char bytes[LMDB_KEY_BYTES + 1]; size_t size; };
void lmdb_place_take(struct lmdb_place *place, MDB_val key);
int lmdb_place_find(struct lmdb_braid *braid, const struct lmdb_place *place);

/* Of LMDB's words: those for want of room; and those that it has when its pages do not say what they should, whatever
 * it was asked. The system's words are of neither. */
bool lmdb_is_no_room(int rc);
bool lmdb_is_damage(int rc);

#endif
