/* runtime/state_layers.h: rows in memory over rows in memory over rows on disk, read as one: what an upper layer knows
 * of a key, its absence too, hides what lies below. */
#ifndef RUNTIME_STATE_LAYERS_H
#define RUNTIME_STATE_LAYERS_H

#include "runtime/lmdb_disk.h"

struct state_layers {
    struct rows     *unsaved;                       /* with the changes of the open transaction */
    struct rows     *frozen;                        /* being saved: not written by anybody */
    struct lmdb_disk disk;
};

/* As store_ops. ERR_STATE_MALFORMED: the disk cannot be read. */
enum err state_layers_get(struct state_layers *l, uint8_t table, struct slice key, struct slice *value) MUST_CHECK;
enum err state_layers_put(struct state_layers *l, uint8_t table, struct slice key, struct slice value) MUST_CHECK;
enum err state_layers_remove(struct state_layers *l, uint8_t table, struct slice key) MUST_CHECK;
enum err state_layers_scan(struct state_layers *l, uint8_t table, struct slice prefix, struct slice from,
                           store_visit *visit, void *context) MUST_CHECK;
/* All rows of a table, in no order: what is in memory is not put in order for it. */
enum err state_layers_each(struct state_layers *l, uint8_t table, store_visit *visit, void *context) MUST_CHECK;

/* Unsaved becomes frozen, which must be empty; no transaction is open. */
void state_layers_freeze(struct state_layers *l);
/* Frozen is on disk: the reader is renewed, then frozen dropped. */
enum err state_layers_thaw(struct state_layers *l) MUST_CHECK;

#endif
