/* stage/row_versions.h: whether the rows of a partition are of a layout that this program reads, asked before it
 * decides the first line. Who found out amid its work would leave rows of two layouts behind, which no program reads: neither
 * this one nor the one before could go on. */
#ifndef STAGE_ROW_VERSIONS_H
#define STAGE_ROW_VERSIONS_H

#include "runtime/store.h"
#include "stage/stage.h"

/* One row of each table of the stage, and of the lines that wait: all are of one layout, since a program that finds
 * another writes nothing. */
struct row_versions { const char *table; unsigned found, wanted; };

/* ERR_STATE_OUTDATED: *seen says which table has rows of another version. */
enum err row_versions_check(const struct stage *stage, struct store *store, struct row_versions *seen) MUST_CHECK;

#endif
