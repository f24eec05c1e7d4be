/* stage/row_cache.h: the hot rows of a batch, kept decoded: read from the store once, changed by line after line,
 * packed and put into the store once.
 *
 * A table takes part when it has a keeper (domain/books.h): books, ledgers, counters and windows of one root, which
 * nearly every line of it reads and writes. A line works on a copy; only a verdict that stands brings its changes here,
 * so that a line that is given up leaves no trace. Nothing outlives the attempt: who begins one clears, and who reads
 * the tables past books (tick, changelog) does so before the first line or after judge_flush. */
#ifndef STAGE_ROW_CACHE_H
#define STAGE_ROW_CACHE_H

#include "domain/books.h"

enum { ROW_CACHE_BUCKETS = 4096, ROW_CACHE_BYTES = 1 << 20 };

struct cached_row {
    struct cached_row *next, *next_added;           /* in its bucket; in order of arrival */
    int32_t            partition;
    unsigned           table;
    uint32_t           hash;
    bool               found, dirty;
    struct slice       key;
    void              *record;                      /* zeroes while the row is not there */
};

struct row_cache {
    struct arena       arena;
    struct cached_row *buckets[ROW_CACHE_BUCKETS];
    struct cached_row *first, **last;
};

/* ERR_MEMORY_EXHAUSTED leaves it empty. */
enum err row_cache_open(struct row_cache *c) MUST_CHECK;
void row_cache_close(struct row_cache *c);

/* Forgets everything, changes included. */
void row_cache_clear(struct row_cache *c);

/* NULL: not read yet. */
struct cached_row *row_cache_find(struct row_cache *c, int32_t partition, const struct book_row *row);

/* A row that is not there, for the caller to decode into. */
struct cached_row *row_cache_add(struct row_cache *c, int32_t partition, const struct book_row *row,
                                 size_t record_bytes);

/* What the line made of the row. */
void row_cache_keep(struct row_cache *c, struct cached_row *kept, const struct book_keeper *keeper, const void *record,
                    size_t record_bytes);

/* It holds more than a batch's cache should: time to flush, between two lines. */
static inline bool row_cache_is_full(const struct row_cache *c)
{
    return arena_is_full(&c->arena);
}

#endif
