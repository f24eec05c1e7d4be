/* runtime/lmdb_merge.h: keeps the number of runs small. Runs are grouped by size, in powers of four, and there are at
 * most three of a size: a fourth has them merged with all that are newer, and the result has the next size. So a row is
 * written once for each size, in whole pages one after the other, and ten million rows make some twenty runs.
 *
 * A merge goes on alongside the saves: each save merges twice as many rows as it saved, so that a merge has ended
 * before the next one of its size is due, and no save waits for a large one. A merge that is killed half-way starts over. */
#ifndef RUNTIME_LMDB_MERGE_H
#define RUNTIME_LMDB_MERGE_H

#include "runtime/lmdb_runs.h"

/* From so many runs on a save waits for the merges: each of those finds a slot to write to. */
enum { LMDB_MERGES = 16, LMDB_RUNS_MANY = LMDB_SLOTS - LMDB_MERGES };

struct lmdb_merge {
    struct lmdb_runs    from;                       /* newest first, neighbours among the runs; count 0: no merge */
    struct lmdb_new_run into;
    struct lmdb_place   at;                         /* after this key it goes on */
    bool                forgets;                    /* nothing is older: what was removed needs not be known */
};

/* How much one transaction writes: LMDB keeps the memory of the largest one for ever. */
struct lmdb_part { size_t rows, bytes; };

/* Of one thread, which saves too: `runs` are those that it has written last. */
struct lmdb_merges { struct lmdb_merge at[LMDB_MERGES]; };

/* Goes on with what is under way and begins what is due. 0 also when there was no room: the runs stay. */
int lmdb_merges_step(struct lmdb_merges *m, MDB_env *env, const struct lmdb_bases *b, struct lmdb_runs *runs,
                     size_t saved_rows, struct lmdb_part part);

/* A slot that no run has, neither one that is being merged: there is one below LMDB_RUNS_MANY runs. */
unsigned lmdb_free_slot(const struct lmdb_merges *m, const struct lmdb_runs *runs);

/* Gives up what is being merged. */
void lmdb_merges_close(struct lmdb_merges *m);

#endif
