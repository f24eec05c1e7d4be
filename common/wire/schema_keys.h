/* wire/schema_keys.h: what every kind of record may hold, key by key, from the tables that read it: for help, for JSON
 * Schema and for the manual, which therefore cannot say anything else. */
#ifndef WIRE_SCHEMA_KEYS_H
#define WIRE_SCHEMA_KEYS_H

#include "wire/schema.h"

/* A kind of record: its word, where its text stands, its table. */
struct schema_root { struct slice word, file; const struct schema *schema; };

/* All of them, in the order in which a person meets them. */
const struct schema_root *schema_roots(unsigned *count);

/* One key: its path with dots, `[]` after a list of records, `*` for a name of one's own; the table it stands in. */
struct schema_key { struct slice path; const struct schema *schema; const struct member *member; };

/* Visits every key, outer before inner. What contains itself (owners of owners) is visited once. */
typedef void schema_visit_key(void *context, const struct schema_key *key);
void schema_keys_visit(const struct schema *s, schema_visit_key *visit, void *context);

/* What may stand there, with unit and bounds: "money from 0 to 10000000000000.00", "one of FROM, ABOVE". */
void schema_key_put_type(struct text *t, const struct member *m);

/* The words of a key that takes words, "" after the last; false: it takes none. */
bool schema_key_word(const struct member *m, unsigned index, struct slice *word);

#endif
