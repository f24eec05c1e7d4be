/* runtime/restore.h: fills the store of a partition from its changelog, slice by slice (kafka.md 4.2, step 4), so that
 * the worker goes on serving its consumer meanwhile. */
#ifndef RUNTIME_RESTORE_H
#define RUNTIME_RESTORE_H

#include "runtime/lmdb_store.h"
#include "runtime/topic.h"

/* A reader of one changelog partition, read_committed. Behind it: kafka_log, memory_log. */
typedef enum err restore_visit(void *context, struct slice key, struct slice value, int64_t offset);
struct restore_log {
    /* Shows what comes next, for at most max_ms; *position moves after what was shown, and after control and aborted
     * records: at the end of the log it reaches the high watermark. */
    enum err (*step)(struct restore_log *, int64_t max_ms, restore_visit *visit, void *context, int64_t *position);
};

struct restore {
    struct lmdb_store  *store;
    struct restore_log *log;
    int64_t             position, high;             /* done when position >= high */
    uint64_t            records;
};

/* `from` as lmdb_store_open said; `high` was asked for after the committed offsets. */
void restore_begin(struct restore *r, struct lmdb_store *store, struct restore_log *log, int64_t from, int64_t high);

/* One slice. *done: the store is complete. The worker calls lmdb_stores_rest between slices, and no further slice while
 * that says false. Errors of the log, ERR_STATE_MALFORMED. */
enum err restore_step(struct restore *r, int64_t max_ms, bool *done) MUST_CHECK;

#endif
