/* runtime/restore.c: replay by slices up to the high watermark. */
#include "runtime/restore.h"

#include "base/assert.h"

void restore_begin(struct restore *r, struct lmdb_store *store, struct restore_log *log, int64_t from, int64_t high)
{
    *r = (struct restore){ .store = store, .log = log, .position = from, .high = high };
}

static enum err replay(void *context, struct slice key, struct slice value, int64_t offset)
{
    struct restore *r = context;
    r->records++;
    return lmdb_store_replay(r->store, key, value, offset);
}

enum err restore_step(struct restore *r, int64_t max_ms, bool *done)
{
    int64_t before = r->position;
    if (r->position < r->high) TRY(r->log->step(r->log, max_ms, replay, r, &r->position));
    ASSERT(r->position >= before);
    *done = r->position >= r->high;
    if (*done) lmdb_store_replayed(r->store, r->position);
    return OK;
}
