/* runtime/lmdb_walk.h: a walk over a table of an environment, as the reader's snapshot has it, in bytewise order of its
 * keys. */
#ifndef RUNTIME_LMDB_WALK_H
#define RUNTIME_LMDB_WALK_H

#include "runtime/lmdb_disk.h"

/* `key.bytes` NULL: it has ended; err: why, when not at its end. */
struct lmdb_walk {
    struct lmdb_braid braid;
    uint8_t           table;
    struct slice      key, value;                   /* borrowed until the next renew */
    int               err;
    bool              is_behind;                    /* the braid stands behind the table */
    struct lmdb_pair *pairs;                        /* those that begin alike, sorted */
    size_t            pair_count, pair_at, pair_capacity;
};
void lmdb_walk_begin(struct lmdb_walk *w, struct lmdb_disk *d, uint8_t table, struct slice from);
void lmdb_walk_next(struct lmdb_walk *w);
void lmdb_walk_end(struct lmdb_walk *w);

#endif
