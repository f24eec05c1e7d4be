/* claimctl/state_dir.h: the folder that `run --state DIR` leaves and the reading verbs open: `run` (the mark of a run and
 * its index), `dossiers` (the last published dossier of every line), `results.ndjson`, `balances.ndjson`. */
#ifndef CLAIMCTL_STATE_DIR_H
#define CLAIMCTL_STATE_DIR_H

#include "claimctl/transcript.h"

enum { STATE_PATH_MAX = 4096 };

/* Path of a file in the folder, in a static buffer that the next call reuses. */
const char *state_dir_path(const char *folder, const char *file);

/* Makes the folder, or empties one that a run wrote. ERR_FILE_UNWRITABLE: said on stderr; a folder that no run has
 * written is refused. */
enum err state_dir_begin(const char *folder) MUST_CHECK;

/* Writes the index of the transcript: the folder can be read from now on. */
enum err state_dir_finish(const char *folder, struct transcript *t) MUST_CHECK;

/* Opens the transcript of a folder for reading. ERR_FILE_UNREADABLE: said on stderr. */
enum err state_dir_open(const char *folder, struct transcript *t) MUST_CHECK;

/* Takes `--state DIR` out of argv, wherever it stands; NULL when it is not there. */
const char *state_dir_option(int *argc, char **argv);

#endif
