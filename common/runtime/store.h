/* runtime/store.h: the state tables of one partition. Behind it: lmdb_store.c, memory_store.c, the fault gun of the
 * tests.
 *
 * A table is named by its number in the changelog, one byte. Writes belong to the open transaction: reads see them at
 * once, store_merge makes them last after the commit, store_drop forgets them after an abort. A value that was read is
 * borrowed until then, or until store_settle. Its first byte is the version of its codec: no value is empty. */
#ifndef RUNTIME_STORE_H
#define RUNTIME_STORE_H

#include "base/str.h"

enum { STORE_TABLES_MAX = 256, STORE_KEY_MAX = 600 };

/* Called for each row; any result but OK ends the walk and becomes its result. */
typedef enum err store_visit(void *context, struct slice key, struct slice value);
/* Called for each change; a value of size 0 means that the row was removed. */
typedef enum err store_visit_change(void *context, uint8_t table, struct slice key, struct slice value);

struct store;
struct store_ops {
    /* *value of size 0: absent. */
    enum err (*get)(struct store *, uint8_t table, struct slice key, struct slice *value);
    enum err (*put)(struct store *, uint8_t table, struct slice key, struct slice value);
    enum err (*remove)(struct store *, uint8_t table, struct slice key);
    /* The rows whose key begins with `prefix`, in bytewise order of the key, from `from` on (empty: the first). The
     * visitor may not write. */
    enum err (*scan)(struct store *, uint8_t table, struct slice prefix, struct slice from, store_visit *visit,
                     void *context);
    /* All rows of a table in no particular order. NULL: the scan is as cheap. */
    enum err (*each)(struct store *, uint8_t table, store_visit *visit, void *context);
    /* Every key that the open transaction changed, once, with its value now: what the changelog records. */
    enum err (*changes)(struct store *, store_visit_change *visit, void *context);
    /* The transaction has committed. Its changelog records end before offset `changelog_next`; 0: it wrote none. */
    void (*merge)(struct store *, int64_t changelog_next);
    void (*drop)(struct store *);
    /* No value that was read is borrowed any longer: values overwritten within the transaction may go. NULL: they are
     * not kept anyway. */
    void (*settle)(struct store *);
};
struct store { const struct store_ops *ops; };

static inline enum err store_get(struct store *s, uint8_t table, struct slice key, struct slice *value)
{
    return s->ops->get(s, table, key, value);
}

static inline enum err store_put(struct store *s, uint8_t table, struct slice key, struct slice value)
{
    return s->ops->put(s, table, key, value);
}

static inline enum err store_remove(struct store *s, uint8_t table, struct slice key)
{
    return s->ops->remove(s, table, key);
}

static inline enum err store_scan(struct store *s, uint8_t table, struct slice prefix, struct slice from,
                                  store_visit *visit, void *context)
{
    return s->ops->scan(s, table, prefix, from, visit, context);
}

/* All rows of a table, in no order. */
static inline enum err store_each(struct store *s, uint8_t table, store_visit *visit, void *context)
{
    struct slice all = { 0 };
    return s->ops->each ? s->ops->each(s, table, visit, context) : s->ops->scan(s, table, all, all, visit, context);
}

static inline enum err store_changes(struct store *s, store_visit_change *visit, void *context)
{
    return s->ops->changes(s, visit, context);
}

static inline void store_merge(struct store *s, int64_t changelog_next)
{
    s->ops->merge(s, changelog_next);
}

static inline void store_drop(struct store *s)
{
    s->ops->drop(s);
}

/* Called between two lines. Nearly every line writes the same hot rows: a whole batch of their old values would push
 * all else out of the caches. */
static inline void store_settle(struct store *s)
{
    if (s->ops->settle) s->ops->settle(s);
}

#endif
