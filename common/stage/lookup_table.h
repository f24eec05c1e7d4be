/* stage/lookup_table.h: a hash table from bytes to a pointer, for what a process holds in memory. */
#ifndef STAGE_LOOKUP_TABLE_H
#define STAGE_LOOKUP_TABLE_H

#include "base/str.h"

struct lookup_entry { struct lookup_entry *next; uint64_t hash; void *value; size_t key_size; char key[]; };
struct lookup_table { struct lookup_entry **buckets; size_t bucket_count, count; };

/* The value of a key, NULL when absent. */
void *lookup_table_get(const struct lookup_table *t, struct slice key);
/* Puts a value in place of the old one, which is returned; the key is copied. */
void *lookup_table_put(struct lookup_table *t, struct slice key, void *value);
/* Calls for each value, in no order. */
void lookup_table_each(const struct lookup_table *t, void (*visit)(void *context, void *value), void *context);
/* Frees the table, not the values. */
void lookup_table_close(struct lookup_table *t);

#endif
