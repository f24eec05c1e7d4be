/* runtime/rows.h: rows of the tables of one partition in memory: a hash table for each table, an undo list for the open
 * transaction, and an order over the keys of those tables that were ever scanned. memory_store.c is one such;
 * lmdb_store.c has two, over what is on disk.
 *
 * A write goes straight into the row and leaves the old value in the undo list, so that a read is one look-up; merge
 * forgets the list, drop goes back along it. Values that were read stay in memory until then or until rows_settle,
 * whatever is written over them. */
#ifndef RUNTIME_ROWS_H
#define RUNTIME_ROWS_H

#include "runtime/pool.h"
#include "runtime/store.h"

/* One block with its key and, after that, the value it was born with: most rows are written once and read seldom, and
 * who finds the key has the value beside it. */
struct row {
    char    *value;                                 /* NULL: absent */
    uint32_t value_size;
    uint32_t room;                                  /* bytes after the key; 0 once the value stands elsewhere */
    uint16_t key_size;
    uint8_t  table;
    bool     dirty    : 1;                          /* changed by the open transaction */
    bool     covers   : 1;                          /* absent here, though there is one in a layer below */
    char     key[];
};

/* A row in the order of its table: a link of a skip list. */
struct rows_link { struct row *row; struct rows_link *next[]; };

/* Of a table, searched one after the other from where the hash of a key points. It keeps the hash, so that a look-up
 * touches the row that is meant and no other. In front of the slots stands a tag for each: a sixteenth of their memory,
 * which stays in the caches, so that a key that is new, as one in two is, costs no walk to the slots. */
struct rows_slot { struct row *row; uint32_t hash; };

struct rows_table {
    uint8_t *tags; /* by slot: seven bits of the hash and one more, 0: the slot is free */
    struct rows_slot  *slots;                       /* NULL: never written */
    size_t             slot_count, row_count;       /* a power of two, of which three quarters are filled at most */
    struct rows_order *order;                       /* NULL: never scanned */
};

/* All zeroes: no rows. */
struct rows {
    struct rows_table   tables[STORE_TABLES_MAX];
    size_t              row_count;
    struct rows_change *changes;                    /* of the open transaction */
    size_t              change_count, change_capacity;
    struct rows_value  *garbage;                    /* values written over within it */
    size_t              garbage_count, garbage_capacity;
    struct pool         pool;                       /* of rows, values written over others, and links */
};

/* Forgets all rows and gives their memory back. */
void rows_clear(struct rows *r);

/* Of a key, the same in every process. */
uint64_t rows_hash(struct slice key);

/* What filters call a row of a table (key_filter.h); `hash`: rows_hash of its key. */
static inline uint64_t rows_name(uint64_t hash, uint8_t table)
{
    return hash ^ (table + 1ull) * 0x9e3779b97f4a7c15u;
}

/* What stands in a slot of a table; NULL: it is free. */
static inline struct row *rows_at(const struct rows_table *t, size_t slot)
{
    return t->tags[slot] ? t->slots[slot].row : NULL;
}

static inline struct slice row_key(const struct row *row)
{
    return slice_of(row->key, row->key_size);
}

static inline struct slice row_value(const struct row *row)
{
    return slice_of(row->value, row->value_size);
}

/* NULL: nothing is known of the key here. A row without value: it is absent, whatever lies below. */
struct row *rows_find(struct rows *r, uint64_t hash, uint8_t table, struct slice key);

/* Writes a value, of size 0: removes. `below`: a layer below has the key, so that its absence must be remembered. */
void rows_write(struct rows *r, uint64_t hash, uint8_t table, struct slice key, struct slice value, bool below);

/* As store_ops: every key that the open transaction changed, once. */
enum err rows_changes(const struct rows *r, store_visit_change *visit, void *context) MUST_CHECK;
void rows_merge(struct rows *r);
void rows_drop(struct rows *r);
void rows_settle(struct rows *r);

/* As store_ops: the rows of a table, in no order. */
enum err rows_each(const struct rows *r, uint8_t table, store_visit *visit, void *context) MUST_CHECK;

/* Memory that the rows take, with what is kept free for the next ones. */
size_t rows_bytes(const struct rows *r);

/* The first row of a table at or after a key, NULL: none. From the first call that finds rows on, the table
 * is kept in order. */
const struct rows_link *rows_first(struct rows *r, uint8_t table, struct slice from);

#endif
