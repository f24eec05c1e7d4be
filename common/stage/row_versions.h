/* stage/row_versions.h: whether the rows of a partition are of a layout that this program reads, asked before it
 * decides the first line. A program that found out in the middle of its work would leave rows of two layouts behind,
 * which nobody reads: neither it nor the one before it could go on. */
#ifndef STAGE_ROW_VERSIONS_H
#define STAGE_ROW_VERSIONS_H

#include "runtime/store.h"
#include "stage/stage.h"

/* One row of each table of the stage, and of the lines that wait, says of what versions a state is: a program that
 * does not read what it finds writes nothing. One that reads an earlier version packs as its own what it changes, so
 * that there are rows of both; whoever reads the earlier one reads on, and a row of an earlier layout among newer ones
 * is no surprise. Hence row_version_read of a stage is not raised: a layout that cannot be read any more asks for an
 * installation of its own, and its release says so. */
struct row_versions { const char *table; unsigned found, wanted; };

/* ERR_STATE_OUTDATED: *seen says which table has rows of another version. */
enum err row_versions_check(const struct stage *stage, struct store *store, struct row_versions *seen) MUST_CHECK;

/* A row as the store has it, its byte in front, as the stage's codec reads it: borrowed, or in the arena.
 * ERR_STATE_OUTDATED: of a version that is not read; ERR_STATE_MALFORMED: an earlier one that is none. */
enum err row_versions_read(const struct stage *stage, const struct book_codec *codec, struct arena *a,
                           struct slice value, struct slice *row) MUST_CHECK;

#endif
