/* wire/table_classification.h: the state records of classification as bytes (domain/classification_record.h). */
#ifndef WIRE_TABLE_CLASSIFICATION_H
#define WIRE_TABLE_CLASSIFICATION_H

#include "domain/books.h"
#include "domain/classification_record.h"

#define CODEC(name) \
    enum err table_classification_decode_##name(struct arena *a, struct slice value, void *record); \
    struct slice table_classification_encode_##name(struct arena *a, const void *record);
CODEC(features)
CODEC(drift)
CODEC(targets)
CODEC(originals)
#undef CODEC

/* struct book_keeper of the records that nearly every line reads or changes. */
void table_classification_own_drift(struct arena *a, const struct arena *home, void *record);
bool table_classification_is_never_empty(const void *record);
#define TABLE_CLASSIFICATION_KEEPER_FEATURES { books_own_nothing, table_classification_is_never_empty, NULL }
#define TABLE_CLASSIFICATION_KEEPER_DRIFT \
    { table_classification_own_drift, table_classification_is_never_empty, NULL }

#endif
