/* runtime/lmdb_merge.c: which runs are merged, and a merge, part by part. */
#include "runtime/lmdb_merge.h"

#include "base/assert.h"

#include <errno.h>
#include <stdint.h>

enum {
    FAN = 4,                                        /* runs of a size that become one of the next */
    SIZE_ROWS = 512,                                /* those below FAN times this are of the least size */
    STEP_ROWS_MIN = 4096,
    STEP_SHARE = 2                                  /* rows merged for each that is saved */
};

static unsigned size_of(const struct lmdb_run *run)
{
    unsigned size = 0;
    for (uint64_t rows = run->rows / SIZE_ROWS; rows >= FAN; rows /= FAN) size++;
    return size;
}

static bool has_slot(const struct lmdb_merges *m, unsigned slot)
{
    for (unsigned i = 0; i < LMDB_MERGES; i++)
        if (m->at[i].from.count && m->at[i].into.run.slot == slot) return true;
    return false;
}

unsigned lmdb_free_slot(const struct lmdb_merges *m, const struct lmdb_runs *runs)
{
    unsigned slot = 0;
    while (slot < LMDB_SLOTS && (lmdb_runs_has_slot(runs, slot) || has_slot(m, slot))) slot++;
    return slot;
}

/* --- what is due ------------------------------------------------------------------------------------------------ */

static bool is_being_merged(const struct lmdb_merges *m, const struct lmdb_run *run)
{
    for (unsigned i = 0; i < LMDB_MERGES; i++)
        if (lmdb_runs_has_slot(&m->at[i].from, run->slot)) return true;
    return false;
}

/* The newest runs, up to the first that is being merged. */
static unsigned count_idle(const struct lmdb_merges *m, const struct lmdb_runs *runs)
{
    unsigned count = 0;
    while (count < runs->count && !is_being_merged(m, &runs->at[count])) count++;
    return count;
}

/* How many of the newest are to become one; 0: none. A small one after a larger is of that one's size: it waits for
 * the same merge. `last_size`: of the largest there is. */
static unsigned count_due(const struct lmdb_runs *runs, unsigned idle)
{
    unsigned last_size = 0;
    for (unsigned i = 0; i < idle; i++)
        if (size_of(&runs->at[i]) > last_size) last_size = size_of(&runs->at[i]);
    for (unsigned size = 0; size <= last_size; size++) {
        unsigned count = 0, alike = 0;
        for (; count < idle && size_of(&runs->at[count]) <= size; count++)
            alike += alike > 0 || size_of(&runs->at[count]) == size;
        if (alike >= FAN) return count;
    }
    return 0;
}

static struct lmdb_merge *find_free(struct lmdb_merges *m)
{
    for (unsigned i = 0; i < LMDB_MERGES; i++)
        if (!m->at[i].from.count) return &m->at[i];
    return NULL;
}

static int begin_due(struct lmdb_merges *m, const struct lmdb_runs *runs)
{
    struct lmdb_merge *merge = find_free(m);
    unsigned count = count_due(runs, count_idle(m, runs)), slot = lmdb_free_slot(m, runs);
    uint64_t rows = 0;
    if (!count || !merge || slot == LMDB_SLOTS) return 0;
    for (unsigned i = 0; i < count; i++) rows += runs->at[i].rows;
    int rc = lmdb_new_run_begin(&merge->into, slot, rows);
    if (rc) return rc;
    memcpy(merge->from.at, runs->at, count * sizeof *runs->at);
    merge->from.count = count;
    merge->at.size = 0;
    merge->forgets = count == runs->count;
    return 0;
}

/* --- a merge ---------------------------------------------------------------------------------------------------- */

static void give_up(struct lmdb_merge *merge)
{
    lmdb_new_run_free(&merge->into);
    merge->from.count = 0;
}

static int copy_row(struct lmdb_merge *merge, MDB_cursor *into, const struct lmdb_strand *s)
{
    struct slice key, value;
    lmdb_place_take(&merge->at, s->key);
    int rc = lmdb_key_part(s->key, s->value, &key, &value);
    if (rc || (merge->forgets && value.size == 0)) return rc;
    return lmdb_new_run_copy(&merge->into, into, s->key, s->value);
}

/* *left: rows that this part may still read. */
static int copy_rows(struct lmdb_merge *merge, MDB_cursor *into, struct lmdb_braid *braid, struct lmdb_part part,
                     size_t *left)
{
    int rc = lmdb_place_find(braid, &merge->at);
    for (size_t rows = 0, bytes = 0; !rc && braid->count && *left && rows < part.rows && bytes < part.bytes; rows++) {
        bytes += braid->order[0]->key.mv_size + braid->order[0]->value.mv_size;
        rc = copy_row(merge, into, braid->order[0]);
        if (!rc) rc = lmdb_braid_next(braid);
        --*left;
    }
    return rc;
}

/* The runs when the merge has ended. */
static void replace(const struct lmdb_merge *merge, struct lmdb_runs *runs)
{
    unsigned first = 0, count = merge->from.count;
    while (runs->at[first].slot != merge->from.at[0].slot) first++;
    ASSERT(first + count <= runs->count);
    unsigned stays = merge->into.run.rows > 0;
    struct lmdb_run *behind = &runs->at[first + count];
    memmove(&runs->at[first + stays], behind, (runs->count - first - count) * sizeof *behind);
    if (stays) runs->at[first] = merge->into.run;
    runs->count -= count - stays;
}

static int end_merge(struct lmdb_merge *merge, const struct lmdb_bases *b, MDB_txn *txn, struct lmdb_runs *runs)
{
    replace(merge, runs);
    int rc = lmdb_new_run_end(&merge->into, b, txn);
    if (!rc) rc = lmdb_runs_put(b, txn, runs);
    for (unsigned i = 0; !rc && i < merge->from.count; i++) {
        struct lmdb_new_run gone = { .run = merge->from.at[i] };
        rc = lmdb_new_run_clear(&gone, b, txn);
    }
    return rc;
}

/* Into an open transaction, with the runs as they are when it is committed. */
static int write_part(struct lmdb_merge *merge, MDB_txn *txn, const struct lmdb_bases *b, struct lmdb_runs *runs,
                      struct lmdb_part part, size_t *left, bool *ended)
{
    struct lmdb_braid braid;
    MDB_cursor *into;                               /* goes with the transaction */
    int rc = merge->at.size ? 0 : lmdb_new_run_clear(&merge->into, b, txn);
    if (!rc) rc = mdb_cursor_open(txn, b->slots[merge->into.run.slot], &into);
    if (!rc) {
        rc = lmdb_braid_open(&braid, b, txn, &merge->from);
        if (!rc) rc = copy_rows(merge, into, &braid, part, left);
        *ended = !rc && braid.count == 0;
        lmdb_braid_close(&braid);
    }
    return !rc && *ended ? end_merge(merge, b, txn, runs) : rc;
}

static int merge_part(struct lmdb_merge *merge, MDB_env *env, const struct lmdb_bases *b, struct lmdb_runs *runs,
                      struct lmdb_part part, size_t *left)
{
    struct lmdb_runs after = *runs;
    bool ended = false;
    MDB_txn *txn;
    int rc = mdb_txn_begin(env, NULL, 0, &txn);
    if (rc) return rc;
    rc = write_part(merge, txn, b, &after, part, left, &ended);
    if (rc) mdb_txn_abort(txn);
    else rc = mdb_txn_commit(txn);
    if (rc || !ended) return rc;
    *runs = after;
    give_up(merge);                                 /* there is no more of it */
    return 0;
}

/* What parts before have written takes room that the saves need. */
static void clear(const struct lmdb_merge *merge, MDB_env *env, const struct lmdb_bases *b)
{
    MDB_txn *txn;
    if (mdb_txn_begin(env, NULL, 0, &txn) != 0) return;
    if (lmdb_new_run_clear(&merge->into, b, txn) == 0) mdb_txn_commit(txn); /* else whoever has the slot next does */
    else mdb_txn_abort(txn);
}

static int step(struct lmdb_merge *merge, MDB_env *env, const struct lmdb_bases *b, struct lmdb_runs *runs,
                struct lmdb_part part, size_t rows)
{
    int rc = 0;
    while (!rc && rows && merge->from.count) rc = merge_part(merge, env, b, runs, part, &rows);
    if (!rc) return 0;
    clear(merge, env, b);
    give_up(merge);
    return rc == ENOMEM || lmdb_is_no_room(rc) ? 0 : rc;
}

int lmdb_merges_step(struct lmdb_merges *m, MDB_env *env, const struct lmdb_bases *b, struct lmdb_runs *runs,
                     size_t saved_rows, struct lmdb_part part)
{
    size_t rows = saved_rows * STEP_SHARE;
    if (rows < STEP_ROWS_MIN) rows = STEP_ROWS_MIN;
    if (runs->count >= LMDB_RUNS_MANY) rows = SIZE_MAX;
    int rc = begin_due(m, runs);
    for (unsigned i = 0; i < LMDB_MERGES; i++) {
        int failed = step(&m->at[i], env, b, runs, part, rows);
        if (!rc) rc = failed;
    }
    return rc == ENOMEM || lmdb_is_no_room(rc) ? 0 : rc;
}

void lmdb_merges_close(struct lmdb_merges *m)
{
    for (unsigned i = 0; i < LMDB_MERGES; i++) give_up(&m->at[i]);
}
