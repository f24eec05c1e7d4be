/* runtime/state_folder.h: the folder of a partition's state, `<dir>/<stage>/p<nnn>/<generation>/` (kafka.md 6.4).
 *
 * It holds the data and a file `owner`. The process that uses the folder keeps `owner` locked, and writes a mark into
 * it: how the data was left. The mark is not kept in the data, since data that was not synced may say anything after
 * the machine stopped. When another process holds the lock, a stopped one say, the next generation is used instead. */
#ifndef RUNTIME_STATE_FOLDER_H
#define RUNTIME_STATE_FOLDER_H

#include "base/str.h"

enum { STATE_PATH_MAX = 1024, STATE_BOOT_ID_MAX = 64 };

/* How the data was left. */
enum state_mark {
    STATE_UNMARKED,                                 /* new: never used */
    STATE_CLEAN,                                    /* complete and synced */
    STATE_DIRTY,                                    /* in use, or its process died */
    STATE_BROKEN                                    /* found unreadable */
};

struct state_folder {
    char            path[STATE_PATH_MAX];           /* of the generation */
    uint32_t        generation;
    int             owner;                          /* the locked file; -1: the folder is not ours */
    bool            was_held;                       /* by another process: an earlier generation (find: this one) */
    enum state_mark mark;
    char            boot_id[STATE_BOOT_ID_MAX];     /* the boot of the machine in which it was marked */
    uint64_t        data_bytes;                     /* size of the data file when it was last marked or noted */
    unsigned        trials;                         /* openings in a row that did not last (state_folder_begin_trial) */
};

/* Locks the newest generation, or the next one if another process holds it, and removes older ones that nobody holds.
 * ERR_FILE_UNWRITABLE. */
enum err state_folder_claim(struct state_folder *f, const char *dir, struct slice stage, int32_t partition) MUST_CHECK;

/* Writes the mark and syncs it. ERR_FILE_UNWRITABLE. */
enum err state_folder_mark(struct state_folder *f, enum state_mark mark, const char *boot_id) MUST_CHECK;
/* Notes the size of the data file, without a sync. A file that is found shorter later was cut off, and touching the
 * missing pages would end the process (state_folder_is_whole). */
void state_folder_note_size(struct state_folder *f);

/* A broken page ends whoever reads it, and again after each restart. So every opening counts as a trial until it has
 * lasted a while or ended well. True: two trials in a row did not, and all pages must be checked before the data is
 * used (lmdb_check.h). The check decides: the crashes may have come from another partition, or from something else. */
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

/* For those who only read: the newest generation that has data, with its mark and without the lock.
 * ERR_FILE_UNREADABLE. */
enum err state_folder_find(struct state_folder *f, const char *dir, struct slice stage, int32_t partition) MUST_CHECK;

/* The partitions that have a folder below `dir`, by stage and number. ERR_FILE_UNREADABLE: `dir` cannot be read. */
typedef void state_folder_visit(void *context, struct slice stage, int32_t partition);
enum err state_folder_list(const char *dir, state_folder_visit *visit, void *context) MUST_CHECK;

/* The id of the running boot, "" when the kernel does not say. */
void state_boot_id(char boot_id[STATE_BOOT_ID_MAX]);

#endif
