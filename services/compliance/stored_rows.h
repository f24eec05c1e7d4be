/* compliance/stored_rows.h: rows of the stage's tables outside a decision: for what it does by itself, in tick. */
#ifndef COMPLIANCE_STORED_ROWS_H
#define COMPLIANCE_STORED_ROWS_H

#include "compliance/tables.h"
#include "runtime/store.h"
#include "stage/stage.h"

/* The number of a table in the store. */
uint8_t stored_rows_number(const struct stage_env *env, enum compliance_table table);

/* A stored value, version byte in front, as its record; an absent one is zeroes. ERR_STATE_OUTDATED,
 * ERR_STATE_MALFORMED. */
enum err stored_rows_decode(struct stage_env *env, enum compliance_table table, struct slice value,
                            void *record) MUST_CHECK;
enum err stored_rows_get(struct stage_env *env, enum compliance_table table, struct slice key, void *record) MUST_CHECK;
/* Removes the row when the record says nothing. */
enum err stored_rows_put(struct stage_env *env, enum compliance_table table, struct slice key,
                         const void *record) MUST_CHECK;

/* Rows of a table after a key (empty: from the first), in order of the key, at most `max` and some megabytes; in the
 * arena. `more`: there are others after them. */
struct stored_row { struct slice key, value; };
struct stored_rows { struct stored_row *items; unsigned count; bool more; };
enum err stored_rows_read(struct stage_env *env, enum compliance_table table, struct slice after, unsigned max,
                          struct stored_rows *rows) MUST_CHECK;

/* A part of a key of the books: two bytes of length, then the part. */
struct slice stored_rows_take_part(struct slice *key);

#endif
