/* runtime/lmdb_walk.c: rows of all runs in one order, those of long keys in that of their keys. */
#include "runtime/lmdb_walk.h"

#include "base/assert.h"

#include <errno.h>
#include <stdlib.h>

struct lmdb_pair { struct slice key, value; };

static int by_pair_key(const void *a, const void *b)
{
    return slice_compare(((const struct lmdb_pair *)a)->key, ((const struct lmdb_pair *)b)->key);
}

static void end_with(struct lmdb_walk *w, int rc)
{
    w->key = w->value = (struct slice){ 0 };
    w->is_behind = true;
    w->err = rc;
}

static struct slice at_key(const struct lmdb_walk *w)
{
    return lmdb_slice_of(w->braid.order[0]->key);
}

/* False: there is nothing of the table where the braid stands now. */
static bool is_in_table(struct lmdb_walk *w, int rc)
{
    bool is_in = !rc && w->braid.count > 0 && (uint8_t)at_key(w).bytes[0] == w->table;
    if (!is_in) end_with(w, rc);
    return is_in;
}

static bool move(struct lmdb_walk *w)
{
    return is_in_table(w, lmdb_braid_next(&w->braid));
}

static int part(const struct lmdb_walk *w, struct slice *key, struct slice *value)
{
    const struct lmdb_strand *s = w->braid.order[0];
    return lmdb_key_part(s->key, s->value, key, value);
}

static int add_pair(struct lmdb_walk *w)
{
    if (w->pair_count == w->pair_capacity) {
        size_t capacity = w->pair_capacity ? 2 * w->pair_capacity : 64;
        struct lmdb_pair *pairs = reallocarray(w->pairs, capacity, sizeof *pairs);
        if (!pairs) return ENOMEM;
        w->pairs = pairs;
        w->pair_capacity = capacity;
    }
    struct lmdb_pair *pair = &w->pairs[w->pair_count];
    int rc = part(w, &pair->key, &pair->value);
    w->pair_count += !rc && pair->value.size > 0;
    return rc;
}

/* Keys that share their first LMDB_KEY_HEAD_BYTES stand together, those cut short among the others in the order of
 * their digests. */
static void gather_alike(struct lmdb_walk *w)
{
    struct slice head = slice_head(at_key(w), LMDB_KEY_HEAD_BYTES);
    w->pair_count = w->pair_at = 0;
    do {
        int rc = add_pair(w);
        if (!rc) continue;
        end_with(w, rc);
        w->pair_count = 0;
        return;
    } while (move(w) && slice_starts_with(at_key(w), head));
    if (w->err) w->pair_count = 0;
    else if (w->pair_count) qsort(w->pairs, w->pair_count, sizeof *w->pairs, by_pair_key);
}

/* Shows the row that comes next: of a gathered lot, which leaves the braid after it, else that on which the braid
 * stands. False: it was removed. */
static bool show(struct lmdb_walk *w)
{
    if (w->pair_at == w->pair_count && !w->is_behind && at_key(w).size >= LMDB_KEY_HEAD_BYTES) gather_alike(w);
    if (w->pair_at < w->pair_count) {
        w->key = w->pairs[w->pair_at].key;
        w->value = w->pairs[w->pair_at].value;
        return true;
    }
    if (w->is_behind) {
        w->key = w->value = (struct slice){ 0 };
        return true;
    }
    if (at_key(w).size >= LMDB_KEY_HEAD_BYTES) return false;    /* none of the lot is left; the next one may be such */
    int rc = part(w, &w->key, &w->value);
    if (rc) end_with(w, rc);
    return w->is_behind || w->value.size > 0;
}

static void show_next(struct lmdb_walk *w)
{
    while (!show(w))
        if (at_key(w).size < LMDB_KEY_HEAD_BYTES) move(w);
}

void lmdb_walk_next(struct lmdb_walk *w)
{
    ASSERT(w->key.bytes);
    if (w->pair_at < w->pair_count) w->pair_at++;
    else move(w);
    show_next(w);
}

void lmdb_walk_begin(struct lmdb_walk *w, struct lmdb_disk *d, uint8_t table, struct slice from)
{
    struct lmdb_key k;
    lmdb_key_make(&k, table, from);
    if (k.val.mv_size > LMDB_KEY_HEAD_BYTES) k.val.mv_size = LMDB_KEY_HEAD_BYTES;
    w->table = table;
    w->err = 0;
    w->is_behind = false;
    w->pairs = NULL;
    w->pair_count = w->pair_at = w->pair_capacity = 0;
    int rc = lmdb_braid_open(&w->braid, &d->bases, d->read, &d->seen);
    if (!rc) rc = lmdb_braid_seek(&w->braid, k.val);
    if (is_in_table(w, rc)) show_next(w);
    while (w->key.bytes && slice_compare(w->key, from) < 0) lmdb_walk_next(w);
}

void lmdb_walk_end(struct lmdb_walk *w)
{
    free(w->pairs);
    lmdb_braid_close(&w->braid);
}
