/* compliance/tables.h: the state tables of compliance, in the order of the descriptor (stage.c). */
#ifndef COMPLIANCE_TABLES_H
#define COMPLIANCE_TABLES_H

#include "base/hash.h"
#include "domain/books.h"
#include "domain/footprint.h"

enum compliance_table {
#define TABLE_ROW(id, number, name, record) COMPLIANCE_##id,
#include "compliance/tables.def"
#undef TABLE_ROW
    COMPLIANCE_TABLE_COUNT
};

/* The key of a line's footprint: its id as bytes (hash_id_unpack reads it). In the arena. */
static inline struct slice tables_line_key(struct arena *a, struct slice root_id, struct slice line_id)
{
    return BOOKS_KEY(a, root_id, hash_id_pack(a, line_id));
}

/* Where the older entries of a bucket of near duplicates stand (near_bucket.has_older): its key with one part more. In
 * the arena. */
static inline struct slice tables_older_key(struct arena *a, struct slice bucket_key)
{
    struct slice part = BOOKS_KEY(a, SLICE("o"));
    struct text t = text_in(a, bucket_key.size + part.size);
    text_put(&t, bucket_key);
    text_put(&t, part);
    return text_slice(&t);
}

#endif
