/* claimctl/state_dir.h: the folder that `run --state DIR` leaves and the reading verbs open: `run` (the mark of a run
 * and its index), `N.dossiers` (the last published dossier of every line), `N.balances.ndjson`, and what run_keep.h
 * says. Runs take turns: N is 1 or 2, so that the former run can be read until the next one has ended; the new `run`
 * decides which of the two counts. */
#ifndef CLAIMCTL_STATE_DIR_H
#define CLAIMCTL_STATE_DIR_H

#include "claimctl/transcript.h"

enum { STATE_PATH_MAX = 4096 };

struct state_dir {
    const char *folder;                             /* borrowed; NULL: not open */
    uint32_t    turn;
    int         lock;                               /* of a run that writes */
    bool        finished;
};

/* Path of a file of this turn, in a static buffer that the next call reuses. */
const char *state_dir_file(const struct state_dir *d, const char *file);

/* Makes the folder when it is not there and locks it for one run; what the former run left stays as it is.
 * ERR_FILE_UNWRITABLE: said on stderr; a folder that no run has written, or that another run writes, is refused
 * untouched. */
enum err state_dir_begin(struct state_dir *d, const char *folder) MUST_CHECK;

/* Writes the index of the transcript: from now on the folder shows this run. */
enum err state_dir_finish(struct state_dir *d, struct transcript *t) MUST_CHECK;

/* Removes what does not count: of a finished run the files of the former one, else its own. Acts of people that the
 * former run had and this one has not stay as `former-acts.ndjson`, said on stderr. Unlocks. */
void state_dir_close(struct state_dir *d);

/* Opens the transcript of a folder for reading. ERR_NAME_UNKNOWN: no run has ended there; ERR_FILE_UNREADABLE:
 * what it left cannot be read; both said on stderr. */
enum err state_dir_open(struct state_dir *d, const char *folder, struct transcript *t) MUST_CHECK;

/* The exit code of what state_dir_open answered. */
int state_dir_code(enum err e);

#endif
