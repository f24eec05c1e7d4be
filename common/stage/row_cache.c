/* stage/row_cache.c: decoded rows by partition, table and key. */
#include "stage/row_cache.h"

#include "base/assert.h"

enum { RESERVE_BYTES = 64 << 20 }; /* address space: for the greatest lists that one line can change */

enum err row_cache_open(struct row_cache *c)
{
    *c = (struct row_cache){ 0 };
    c->last = &c->first;
    return arena_open(&c->arena, ROW_CACHE_BYTES, RESERVE_BYTES);
}

void row_cache_close(struct row_cache *c)
{
    arena_close(&c->arena);
}

void row_cache_clear(struct row_cache *c)
{
    if (!c->first) return;
    memset(c->buckets, 0, sizeof c->buckets);
    c->first = NULL;
    c->last = &c->first;
    arena_reset(&c->arena);
}

struct cached_row *row_cache_find(struct row_cache *c, int32_t partition, const struct book_row *row)
{
    struct cached_row *kept = c->buckets[row->hash % ROW_CACHE_BUCKETS];
    for (; kept; kept = kept->next)
        if (kept->hash == row->hash && kept->table == row->table && kept->partition == partition
            && slice_equal(kept->key, row->key))
            break;
    return kept;
}

struct cached_row *row_cache_add(struct row_cache *c, int32_t partition, const struct book_row *row,
                                 size_t record_bytes)
{
    struct cached_row **bucket = &c->buckets[row->hash % ROW_CACHE_BUCKETS],
                      *kept = arena_take(&c->arena, sizeof *kept);
    ASSERT(!row_cache_find(c, partition, row));
    *kept = (struct cached_row){ .next = *bucket,
                                 .partition = partition,
                                 .table = row->table,
                                 .hash = row->hash,
                                 .key = slice_copy(&c->arena, row->key),
                                 .record = arena_alloc(&c->arena, record_bytes) };
    *bucket = kept;
    *c->last = kept;
    c->last = &kept->next_added;
    return kept;
}

void row_cache_keep(struct row_cache *c, struct cached_row *kept, const struct book_keeper *keeper, const void *record,
                    size_t record_bytes)
{
    ASSERT(kept->record != record);
    memcpy(kept->record, record, books_said(keeper, record, record_bytes));
    keeper->own(&c->arena, &c->arena, kept->record);
    kept->found = !keeper->is_empty(kept->record);
    kept->dirty = true;
}
