/* classification/tables.h: the state tables, in the order of stage.c. */
#ifndef CLASSIFICATION_TABLES_H
#define CLASSIFICATION_TABLES_H

enum classification_table {
    CLASSIFICATION_FEATURES, CLASSIFICATION_DRIFT, CLASSIFICATION_TARGETS, CLASSIFICATION_ORIGINALS,
    CLASSIFICATION_TABLE_COUNT
};

#endif
