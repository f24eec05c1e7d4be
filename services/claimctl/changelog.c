/* claimctl/changelog.c: folding a changelog from its beginning. */
#include "claimctl/changelog.h"

#include "claimctl/topic_reader.h"

enum { MERGE_EVERY = 4096 };

struct replay { struct memory_store *store; uint64_t records; enum err failed; };

static bool take(void *replay, const struct record *record, instant_ms at_unix_ms)
{
    struct replay *r = replay;
    (void)at_unix_ms;
    r->failed = memory_store_take(r->store, record->key, record->value);
    if (++r->records % MERGE_EVERY == 0) store_merge(memory_store_base(r->store), 0);
    return r->failed == OK;
}

enum err changelog_replay(struct broker *b, enum topic changelog, struct memory_store **store)
{
    *store = memory_store_open(NULL);
    if (!*store) return ERR_MEMORY_EXHAUSTED;
    struct replay r = { .store = *store };
    TRY(topic_read_all(b, &changelog, 1, take, &r));
    store_merge(memory_store_base(*store), 0);
    return r.failed;
}
