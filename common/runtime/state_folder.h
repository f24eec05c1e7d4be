/* runtime/state_folder.h: where the state of a partition lies: `<dir>/<stage>/p<nnn>/<generation>/`, and whose it is.
 * The file `owner` in it is locked by the process that uses it, and says how the folder was left (kafka.md 6.4). It
 * says so outside the data because data that was not synced may say anything after the machine stopped. */
#ifndef RUNTIME_STATE_FOLDER_H
#define RUNTIME_STATE_FOLDER_H

#include "base/str.h"

enum { STATE_PATH_MAX = 1024, STATE_BOOT_ID_MAX = 64 };

/* How it was left: never marked; synced and complete; in use, or left by a process that died; found unreadable. */
enum state_mark { STATE_UNMARKED, STATE_CLEAN, STATE_DIRTY, STATE_BROKEN };

struct state_folder {
    char            path[STATE_PATH_MAX];           /* of the generation */
    uint32_t        generation;
    int             owner;                          /* descriptor of the locked file, -1: not ours */
    bool            was_held;                       /* another process holds an earlier one; found: this one */
    enum state_mark mark;
    char            boot_id[STATE_BOOT_ID_MAX];     /* of the boot in which it was marked */
    uint64_t        data_bytes;                     /* of the data file when it was marked or noted last */
    unsigned        trials;                         /* openings since it last proved good (state_folder_begin_trial) */
};

/* Locks the newest generation, or a next one when another process holds that; removes what older ones nobody holds.
 * ERR_FILE_UNWRITABLE. */
enum err state_folder_claim(struct state_folder *f, const char *dir, struct slice stage, int32_t partition) MUST_CHECK;

/* Marks and syncs. ERR_FILE_UNWRITABLE. */
enum err state_folder_mark(struct state_folder *f, enum state_mark mark, const char *boot_id) MUST_CHECK;
/* Notes how large the data file is, unsynced: one that is found shorter was cut, and reading it would end the
 * process. */
void state_folder_note_size(struct state_folder *f);

/* A broken page shows as a crash of who reads it, again and again: each opening is counted until it has lasted, or
 * ended well. True: two in a row did not, and every page is to be looked into before it is used (lmdb_check.h). That
 * they ended says nothing by itself: another partition may be the broken one, or none. */
bool state_folder_begin_trial(struct state_folder *f) MUST_CHECK;
void state_folder_end_trial(struct state_folder *f);

/* True when there is a data file. */
bool state_folder_has_data(const struct state_folder *f);
/* False when it is shorter than it was noted. */
bool state_folder_is_whole(const struct state_folder *f);
/* Removes data and lock file. ERR_FILE_UNWRITABLE. */
enum err state_folder_discard(struct state_folder *f) MUST_CHECK;

/* Unlocks; nothing happens when it is not locked. */
void state_folder_release(struct state_folder *f);

/* For readers: the newest generation that has data, unlocked, with its mark. ERR_FILE_UNREADABLE. */
enum err state_folder_find(struct state_folder *f, const char *dir, struct slice stage, int32_t partition) MUST_CHECK;

/* The partitions that have a folder below `dir`, by stage and number. ERR_FILE_UNREADABLE: `dir` cannot be read. */
typedef void state_folder_visit(void *context, struct slice stage, int32_t partition);
enum err state_folder_list(const char *dir, state_folder_visit *visit, void *context) MUST_CHECK;

/* The id of the running boot, "" when the kernel does not say. */
void state_boot_id(char boot_id[STATE_BOOT_ID_MAX]);

#endif
