/* runtime/lmdb_merge.h: runs become few again. Of a size, by powers of four, there are three at most: a fourth has them
 * merged with all that are newer, and what comes of it is of the next size. A row is so written once for each size that
 * there is, page after page, and ten million rows lie in some twenty runs.
 *
 * A merge goes on beside the saves: with each by twice as many rows as were saved, so that it has ended before the next
 * one of its size is due, and no save waits for a large one. What is killed in the midst is started over. */
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
