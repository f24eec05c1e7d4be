/* runtime/state_folder.c: generations of a partition's folder, their lock and their mark. */
#include "runtime/state_folder.h"

#include "base/assert.h"
#include "runtime/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* The mark is one short line of always the same size, padded: it is written over in place. */
enum {
    MARK_BYTES = 128,
    FILE_MAX = STATE_PATH_MAX + 16,
    CLAIMS_MAX = 100,
    GENERATIONS_MAX = 1000,
    PARTITIONS_MAX = 10000,
    TRIALS_DOUBTED = 2,                             /* so many that did not last */
    TRIALS_MAX = 9                                  /* that a mark may tell */
};

static const char *const mark_words[] = {
    [STATE_UNMARKED] = "new", [STATE_CLEAN] = "clean", [STATE_DIRTY] = "dirty", [STATE_BROKEN] = "broken"
};

static bool file_of(char *path, const struct state_folder *f, const char *name)
{
    return snprintf(path, FILE_MAX, "%s/%s", f->path, name) < FILE_MAX;
}

/* Makes a folder and those above it. */
static bool make_folders(const char *path)
{
    char part[STATE_PATH_MAX];
    size_t size = strlen(path);
    memcpy(part, path, size + 1);
    for (size_t i = 1; i <= size; i++) {
        if (part[i] != '/' && part[i] != 0) continue;
        char kept = part[i];
        part[i] = 0;
        if (mkdir(part, 0777) != 0 && errno != EEXIST) return false;
        part[i] = kept;
    }
    return true;
}

static bool folder_of_partition(char *path, const char *dir, struct slice stage, int32_t partition)
{
    return snprintf(path, STATE_PATH_MAX, "%s/%.*s/p%03d", dir, SLICE_ARGS(stage), partition) < STATE_PATH_MAX - 12;
}

static uint32_t generation_of(const char *name)
{
    uint64_t number;
    return slice_to_uint(slice_from(name), UINT32_MAX - 1, &number) ? (uint32_t)number : 0;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The generations that are there, oldest first. */
static unsigned list_generations(const char *partition, uint32_t generations[GENERATIONS_MAX])
{
    unsigned count = 0;
    DIR *d = opendir(partition);
    if (!d) return 0;
    for (struct dirent *entry; count < GENERATIONS_MAX && (entry = readdir(d)); )
        if (generation_of(entry->d_name) > 0) generations[count++] = generation_of(entry->d_name);
    closedir(d);
    qsort(generations, count, sizeof *generations, by_number);
    return count;
}

static bool set_generation(struct state_folder *f, const char *partition, uint32_t generation)
{
    f->generation = generation;
    return snprintf(f->path, sizeof f->path, "%s/%u", partition, generation) < (int)sizeof f->path;
}

/* --- the lock --------------------------------------------------------------------------------------------------- */

/* The file that we locked may have been removed before we did. */
static bool is_still_there(int fd, const char *path)
{
    struct stat ours, there;
    return fstat(fd, &ours) == 0 && stat(path, &there) == 0 && ours.st_ino == there.st_ino
           && ours.st_dev == there.st_dev;
}

enum lock { LOCKED, LOCK_HELD, LOCK_GONE, LOCK_FAILED };

static enum lock lock_owner(struct state_folder *f)
{
    char path[FILE_MAX];
    if (!file_of(path, f, "owner")) return LOCK_FAILED;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) return errno == ENOENT ? LOCK_GONE : LOCK_FAILED;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        enum lock answer = errno == EWOULDBLOCK ? LOCK_HELD : LOCK_FAILED;
        close(fd);
        return answer;
    }
    if (!is_still_there(fd, path)) {
        close(fd);
        return LOCK_GONE;
    }
    f->owner = fd;
    return LOCKED;
}

static enum state_mark mark_named(struct slice word)
{
    for (enum state_mark mark = STATE_CLEAN; mark <= STATE_BROKEN; mark++)
        if (slice_equal(word, slice_from(mark_words[mark]))) return mark;
    return STATE_UNMARKED;
}

static void read_mark(struct state_folder *f)
{
    char line[MARK_BYTES];
    ssize_t size = pread(f->owner, line, sizeof line, 0);
    struct slice rest = slice_of(line, size > 0 ? (size_t)size : 0);
    f->mark = mark_named(slice_cut(&rest, ' '));
    struct slice boot = slice_cut(&rest, ' '), bytes = slice_cut(&rest, ' '), trials = slice_cut(&rest, ' ');
    uint64_t count;
    f->trials = slice_to_uint(trials, TRIALS_MAX, &count) ? (unsigned)count : 0;
    if (boot.size >= sizeof f->boot_id || !slice_to_uint(bytes, UINT64_MAX, &f->data_bytes)) f->mark = STATE_UNMARKED;
    if (f->mark == STATE_UNMARKED) return;
    memcpy(f->boot_id, boot.bytes, boot.size);
    f->boot_id[boot.size] = 0;
}

static uint64_t size_of_data(const struct state_folder *f)
{
    char path[FILE_MAX];
    struct stat data;
    return file_of(path, f, "data.mdb") && stat(path, &data) == 0 ? (uint64_t)data.st_size : 0;
}

static bool write_mark(struct state_folder *f)
{
    char line[MARK_BYTES + 1];
    f->data_bytes = size_of_data(f);
    int size = snprintf(line, sizeof line, "%s %s %llu %u ", mark_words[f->mark], f->boot_id[0] ? f->boot_id : "-",
                        (unsigned long long)f->data_bytes, f->trials);
    ASSERT(f->owner >= 0 && size > 0 && size < MARK_BYTES);
    memset(line + size, ' ', (size_t)(MARK_BYTES - size));
    line[MARK_BYTES - 1] = '\n';
    return pwrite(f->owner, line, MARK_BYTES, 0) == MARK_BYTES;
}

enum err state_folder_mark(struct state_folder *f, enum state_mark mark, const char *boot_id)
{
    f->mark = mark;
    if (mark == STATE_CLEAN || mark == STATE_BROKEN) f->trials = 0;
    ASSERT(snprintf(f->boot_id, sizeof f->boot_id, "%s", boot_id) < (int)sizeof f->boot_id);
    errno = 0;
    return write_mark(f) && fdatasync(f->owner) == 0 ? OK : folder_fault(errno);
}

void state_folder_note_size(struct state_folder *f)
{
    if (size_of_data(f) != f->data_bytes) write_mark(f); /* when that fails, a cut is found later or not at all */
}

bool state_folder_begin_trial(struct state_folder *f)
{
    bool is_doubted = f->trials >= TRIALS_DOUBTED;
    if (is_doubted) return true;
    f->trials++;
    write_mark(f);                                  /* when that fails, it is not counted */
    return false;
}

void state_folder_end_trial(struct state_folder *f)
{
    if (f->trials == 0) return;
    f->trials = 0;
    write_mark(f);
}

bool state_folder_is_whole(const struct state_folder *f)
{
    return size_of_data(f) >= f->data_bytes;
}

void state_folder_release(struct state_folder *f)
{
    if (f->owner >= 0) close(f->owner);
    f->owner = -1;
}

/* --- generations ------------------------------------------------------------------------------------------------ */

/* Older generations, but those that somebody still holds: he is stopped, and finds out when he wakes up. */
static void remove_older(const struct state_folder *f, const char *partition, const uint32_t *generations,
                         unsigned count)
{
    for (unsigned i = 0; i < count && generations[i] < f->generation; i++) {
        struct state_folder old = { .owner = -1 };
        char owner[FILE_MAX];
        if (!set_generation(&old, partition, generations[i]) || lock_owner(&old) != LOCKED) continue;
        if (state_folder_discard(&old) == OK && file_of(owner, &old, "owner")) {
            unlink(owner);
            rmdir(old.path);
        }
        state_folder_release(&old);
    }
}

/* Tries generation after generation; `first` is the newest that is there. */
static enum lock claim_from(struct state_folder *f, const char *partition, uint32_t first)
{
    for (unsigned claims = 0, next = first; claims < CLAIMS_MAX; claims++) {
        if (!set_generation(f, partition, next) || !make_folders(f->path)) return LOCK_FAILED;
        enum lock answer = lock_owner(f);
        if (answer == LOCKED || answer == LOCK_FAILED) return answer;
        if (answer == LOCK_HELD) f->was_held = true;
        if (answer == LOCK_HELD) next++;
    }
    return LOCK_FAILED;
}

enum err state_folder_claim(struct state_folder *f, const char *dir, struct slice stage, int32_t partition)
{
    char path[STATE_PATH_MAX];
    uint32_t generations[GENERATIONS_MAX];
    *f = (struct state_folder){ .owner = -1 };
    if (!folder_of_partition(path, dir, stage, partition)) return ERR_FILE_UNWRITABLE;
    if (!make_folders(path)) return folder_fault(errno);
    unsigned count = list_generations(path, generations);
    errno = 0;
    if (claim_from(f, path, count ? generations[count - 1] : 1) != LOCKED) return folder_fault(errno);
    read_mark(f);
    remove_older(f, path, generations, count);
    return OK;
}

bool state_folder_has_data(const struct state_folder *f)
{
    char path[FILE_MAX];
    return file_of(path, f, "data.mdb") && access(path, F_OK) == 0;
}

enum err state_folder_discard(struct state_folder *f)
{
    static const char *const files[] = { "data.mdb", "lock.mdb" };
    ASSERT(f->owner >= 0);
    f->trials = 0;                                  /* of the data that goes */
    for (unsigned i = 0; i < 2; i++) {
        char path[FILE_MAX];
        if (!file_of(path, f, files[i])) return ERR_FILE_UNWRITABLE;
        if (unlink(path) != 0 && errno != ENOENT) return ERR_FILE_UNWRITABLE;
    }
    return OK;
}

static enum err peek_mark(struct state_folder *f)
{
    char path[FILE_MAX];
    f->owner = file_of(path, f, "owner") ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (f->owner >= 0) read_mark(f);
    f->was_held = f->owner >= 0 && folder_is_held(f->owner);
    state_folder_release(f);
    return OK;
}

enum err state_folder_find(struct state_folder *f, const char *dir, struct slice stage, int32_t partition)
{
    char path[STATE_PATH_MAX];
    uint32_t generations[GENERATIONS_MAX];
    *f = (struct state_folder){ .owner = -1 };
    if (!folder_of_partition(path, dir, stage, partition)) return ERR_FILE_UNREADABLE;
    for (unsigned i = list_generations(path, generations); i-- > 0; )
        if (set_generation(f, path, generations[i]) && state_folder_has_data(f)) return peek_mark(f);
    return ERR_FILE_UNREADABLE;
}

/* --- all of them ------------------------------------------------------------------------------------------------ */

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int32_t partition_of(const char *name)
{
    uint64_t number;
    if (name[0] != 'p' || strlen(name) < 4 || !slice_to_uint(slice_from(name + 1), PARTITIONS_MAX - 1, &number))
        return -1;
    return (int32_t)number;
}

static bool list_stage(const char *dir, const char *stage, bool *wanted)
{
    char path[STATE_PATH_MAX];
    struct dirent **entries;
    bool any = false;
    memset(wanted, 0, PARTITIONS_MAX * sizeof *wanted);
    if (snprintf(path, sizeof path, "%s/%s", dir, stage) >= (int)sizeof path) return false;
    int count = scandir(path, &entries, visible, NULL);
    for (int i = 0; i < count; i++) {
        int32_t partition = partition_of(entries[i]->d_name);
        if (partition >= 0) any = wanted[partition] = true;
        free(entries[i]);
    }
    if (count >= 0) free(entries);
    return any;
}

enum err state_folder_list(const char *dir, state_folder_visit *visit, void *context)
{
    struct dirent **entries;
    bool wanted[PARTITIONS_MAX];
    int count = scandir(dir, &entries, visible, alphasort);
    if (count < 0) return ERR_FILE_UNREADABLE;
    for (int i = 0; i < count; i++) {
        bool any = list_stage(dir, entries[i]->d_name, wanted);
        for (int32_t p = 0; any && p < PARTITIONS_MAX; p++)
            if (wanted[p]) visit(context, slice_from(entries[i]->d_name), p);
        free(entries[i]);
    }
    free(entries);
    return OK;
}

void state_boot_id(char boot_id[STATE_BOOT_ID_MAX])
{
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "r");
    boot_id[0] = 0;
    if (!file) return;
    if (!fgets(boot_id, STATE_BOOT_ID_MAX, file)) boot_id[0] = 0;
    boot_id[strcspn(boot_id, "\n")] = 0;
    fclose(file);
}
