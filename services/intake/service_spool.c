/* intake/service_spool.c: between doors and engine: what lies in memory is made to last, whatever came meanwhile with
 * one sync (feeds.md 2). Nobody waits for a window to fill: while one batch is being synced the next one gathers. */
#include "intake/service_parts.h"

#include "base/assert.h"

enum { BATCH_MAX = 1024, SCRATCH_BYTES = 1 << 20, IDLE_MS = 200 };

/* What became of the documents lasts too: then the journal may forget them. */
static bool sync_raw(void *context)
{
    return raw_store_sync(((struct intake_service *)context)->raw);
}

static void pass_on(struct intake_service *s, struct delivery *d, const struct spool_entry *entry)
{
    d->file.is_small = entry->is_small;
    if (!entry->is_small || entry->is_whole) {
        queue_put(&s->to_engine, d);
        return;
    }
    delivery_fail(d, REPLY_UNAVAILABLE, SLICE("The disk of the spool is full."));
    spool_dir_remove(s->spool, d->file.name);
    delivery_finish(d);
}

/* The front of the list, as it came; what is left of it. */
static struct delivery *commit(struct intake_service *s, struct arena *scratch, struct delivery *list)
{
    struct spool_entry entries[BATCH_MAX];
    unsigned count = 0;
    struct delivery *end = list;
    arena_reset(scratch);
    for (; end && count < BATCH_MAX; end = end->next)
        entries[count++] = (struct spool_entry){ .name = end->file.name, .meta = &end->file.meta };
    spool_dir_commit(s->spool, scratch, entries, count);
    for (unsigned k = 0; k < count; k++) {
        struct delivery *next = list->next;
        pass_on(s, list, &entries[k]);
        list = next;
    }
    ASSERT(list == end);
    return end;
}

void *spool_thread(void *context)
{
    struct intake_service *s = context;
    struct arena scratch;
    enum err e = arena_open(&scratch, SCRATCH_BYTES, (size_t)BATCH_MAX * SPOOL_META_BYTES_MAX);
    ASSERT(e == OK);
    while (!atomic_load(&s->stops)) {
        struct delivery *list = queue_await(&s->to_spool, IDLE_MS);
        bool is_idle = list == NULL;
        while (list) list = commit(s, &scratch, list);
        spool_dir_retire(s->spool, is_idle, sync_raw, s);
    }
    spool_dir_retire(s->spool, true, sync_raw, s);
    arena_close(&scratch);
    return NULL;
}
