/* claimctl/list_files.h: the file that names the lists of names, as screening.lists_file does; the lists stand relative
 * to it. */
#ifndef CLAIMCTL_LIST_FILES_H
#define CLAIMCTL_LIST_FILES_H

#include "domain/name/screen.h"
#include "wire/world.h"

/* The folder of a path with its last slash; empty: it stands in the working directory. */
struct slice list_files_folder(struct slice path);

/* What a file names. False: every error stands in `problems`. */
bool list_files_sources(struct arena *a, struct slice path, struct world_lists *out,
                        struct problems *problems) MUST_CHECK;

/* The same, read and indexed. */
bool list_files_load(struct arena *a, struct slice path, struct name_lists *out, struct problems *problems) MUST_CHECK;

#endif
