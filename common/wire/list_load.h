/* wire/list_load.h: the sources of lists.yaml as lists in force (screening.md 6.4). */
#ifndef WIRE_LIST_LOAD_H
#define WIRE_LIST_LOAD_H

#include "domain/name/screen.h"
#include "wire/world.h"

enum { LIST_MAX_AGE_HOURS_DEFAULT = 24, LIST_FILE_BYTES_MAX = 256 << 20 };

/* Address space that holds the files, entries and index of any sources within the bounds. */
#define LIST_ARENA_BYTES ((size_t)4 << 30)

/* Reads the files of one source. ERR_LIST_INVALID, ERR_FILE_UNREADABLE: see problems; the list is then not loaded and
 * has no entries. Age counts from the oldest file. */
enum err list_load_source(struct arena *a, const struct list_source *source, struct name_list *list,
                          struct problems *problems) MUST_CHECK;

/* Reads and indexes all sources. The first error is returned and all are in problems; what could be read is in force in
 * *out all the same, so that a caller may go on without a list that is not required. */
enum err list_load(struct arena *a, const struct world_lists *sources, struct name_lists *out,
                   struct problems *problems) MUST_CHECK;

/* The format that a file looks like: by name and first bytes. */
enum list_format list_load_format(struct slice path, struct slice head);

#endif
