/* runtime/state_filter.h: the filter of the keys that a store has on disk (key_filter.h): made from what is there,
 * slice by slice on the state writer's thread while the store is in use, and followed by every save. It is in memory
 * only: what it says cannot be of another state than the one that was opened.
 *
 * A key on disk is in the filter: a save adds its keys before it writes them, and the filter that is being filled gets
 * them, too, so that nothing is missed behind the place that the filling has come to. */
#ifndef RUNTIME_STATE_FILTER_H
#define RUNTIME_STATE_FILTER_H

#include "runtime/state_layers.h"
#include "runtime/state_writer.h"

#include <semaphore.h>

enum { STATE_FILTER_KEYS_MIN = 1 << 18, STATE_FILTER_KEYS_MAX = 32 << 20, STATE_FILTER_SLICE_KEYS = 20000 };

struct state_filter {
    struct state_job     job;                       /* of a slice: the writer's from asking until he posts `done` */
    struct state_layers *layers;                    /* the filter in force is theirs */
    struct key_filter   *next;                      /* being filled; NULL: none is */
    struct lmdb_place    at;                        /* how far it has come */
    sem_t                done;
    bool                 is_asked, has_ended, gave_up;
    int                  rc;
};

/* The disk is open. With nothing on it the filter is in force at once, else the first rests make it. */
void state_filter_open(struct state_filter *f, struct state_layers *layers);
/* No slice and no save is under way. */
void state_filter_close(struct state_filter *f);

/* Between two batches, while no save is under way: goes on with the filling, or begins one that is due; a writer of
 * NULL: here. */
void state_filter_rest(struct state_filter *f, struct state_writer *writer);

/* What is about to be saved, by who saves it. */
void state_filter_add(struct state_filter *f, const struct rows *rows);

#endif
