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

/* A row that an earlier version packed, as this one does (stage.h, renew_row): the earliest that is read. */
enum { TABLE_CLASSIFICATION_VERSION_READ = 3 };
enum err table_classification_renew(struct arena *a, unsigned version, const struct book_codec *codec,
                                    struct slice old, struct slice *now) MUST_CHECK;

/* struct book_keeper of the records that nearly every line reads or changes. */
void table_classification_own_features(struct arena *a, const struct arena *home, void *record);
void table_classification_own_drift(struct arena *a, const struct arena *home, void *record);
size_t table_classification_said_features(const void *record);
size_t table_classification_said_drift(const void *record);
bool table_classification_is_never_empty(const void *record);
#define TABLE_CLASSIFICATION_KEEPER(record) \
    { table_classification_own_##record, table_classification_is_never_empty, table_classification_said_##record }
#define TABLE_CLASSIFICATION_KEEPER_FEATURES TABLE_CLASSIFICATION_KEEPER(features)
#define TABLE_CLASSIFICATION_KEEPER_DRIFT    TABLE_CLASSIFICATION_KEEPER(drift)

#endif
