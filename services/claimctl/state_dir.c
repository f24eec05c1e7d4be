/* claimctl/state_dir.c: a finished run on disk. */
#include "claimctl/state_dir.h"

#include "base/assert.h"
#include "claimctl/command.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char mark[16] = "claimstream run";
static const char lock_name[] = "run.lock", new_name[] = "run.new";
static const char acts_name[] = "acts.ndjson", former_acts_name[] = "former-acts.ndjson";
static const char *const files[] = { "dossiers", "balances.ndjson", "command", acts_name };

/* turn: of the set of files that the last run which ended wrote; 0 while none has. */
struct run_head { char mark[16]; uint32_t entry_bytes, count, case_count, turn; };

static const char *path_of(const char *folder, const char *file)
{
    static char path[STATE_PATH_MAX];
    ASSERT(snprintf(path, sizeof path, "%s/%s", folder, file) < (int)sizeof path);
    return path;
}

static const char *file_of_turn(const char *folder, const char *file, uint32_t turn)
{
    static char path[STATE_PATH_MAX];
    ASSERT(snprintf(path, sizeof path, "%s/%u.%s", folder, turn, file) < (int)sizeof path);
    return path;
}

const char *state_dir_file(const struct state_dir *d, const char *file)
{
    return file_of_turn(d->folder, file, d->turn);
}

static enum err complain(enum err e, const char *folder, const char *why)
{
    fprintf(stderr, "error[%s %d]: %s: %s\n", err_name(e), e, folder, why);
    return e;
}

/* False: no run has left its mark there. */
static bool read_head(const char *folder, struct run_head *head)
{
    FILE *file = fopen(path_of(folder, "run"), "rb");
    bool ok = file && fread(head, sizeof *head, 1, file) == 1 && memcmp(head->mark, mark, sizeof mark) == 0;
    if (file) fclose(file);
    return ok;
}

/* What a folder may hold before its first head stands. */
static bool is_own(const char *name)
{
    static const char *const names[] = { ".", "..", lock_name, new_name };
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0) return true;
    return false;
}

/* Something is there that no run has written. */
static bool is_foreign(const char *folder)
{
    struct run_head head;
    struct stat status;
    if (stat(folder, &status) != 0 || read_head(folder, &head)) return false;
    DIR *dir = opendir(folder);
    bool foreign = !dir;
    for (struct dirent *e; dir && !foreign && (e = readdir(dir));) foreign = !is_own(e->d_name);
    if (dir) closedir(dir);
    return foreign;
}

/* Makes the folder and the ones above it. */
static enum err make_folders(const char *folder)
{
    char path[STATE_PATH_MAX];
    if (snprintf(path, sizeof path, "%s", folder) >= (int)sizeof path) return ERR_FILE_UNWRITABLE;
    for (char *slash = path + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = 0;
        if (mkdir(path, 0777) != 0 && errno != EEXIST) return ERR_FILE_UNWRITABLE;
    }
    return mkdir(path, 0777) == 0 || errno == EEXIST ? OK : ERR_FILE_UNWRITABLE;
}

/* The new head takes the place of the former one at once: whoever reads sees one run or the other. */
static enum err write_head(const char *folder, const struct transcript *t, uint32_t turn)
{
    struct run_head head = { .entry_bytes = sizeof(struct transcript_entry),
                             .count = t ? t->count : 0,
                             .case_count = t ? t->case_count : 0,
                             .turn = turn };
    char made[STATE_PATH_MAX];
    snprintf(made, sizeof made, "%s", path_of(folder, new_name));
    FILE *file = fopen(made, "wb");
    if (!file) return ERR_FILE_UNWRITABLE;
    memcpy(head.mark, mark, sizeof mark);
    bool ok = fwrite(&head, sizeof head, 1, file) == 1;
    if (t && t->count) ok &= fwrite(t->entries, sizeof *t->entries, t->count, file) == t->count;
    if (t && t->case_count)
        ok &= fwrite(t->case_entries, sizeof *t->case_entries, t->case_count, file) == t->case_count;
    ok &= fclose(file) == 0;
    if (ok && rename(made, path_of(folder, "run")) == 0) return OK;
    int why = errno;
    unlink(made);
    errno = why;
    return ERR_FILE_UNWRITABLE;
}

static void remove_turn(const char *folder, uint32_t turn)
{
    for (unsigned i = 0; i < sizeof files / sizeof files[0]; i++) unlink(file_of_turn(folder, files[i], turn));
}

/* The lock ends with the process, however that ends. */
static enum err lock_folder(struct state_dir *d, const char *folder)
{
    d->lock = open(path_of(folder, lock_name), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (d->lock < 0) return complain(ERR_FILE_UNWRITABLE, folder, strerror(errno));
    if (flock(d->lock, LOCK_EX | LOCK_NB) == 0) return OK;
    int why = errno;
    close(d->lock);
    if (why != EWOULDBLOCK) return complain(ERR_FILE_UNWRITABLE, folder, strerror(why));
    return complain(ERR_FILE_UNWRITABLE, folder,
                    "the state is in use by another run; wait for its end, or name another folder");
}

enum err state_dir_begin(struct state_dir *d, const char *folder)
{
    struct run_head head;
    *d = (struct state_dir){ 0 };
    if (is_foreign(folder))
        return complain(ERR_FILE_UNWRITABLE, folder, "no run has written this folder; name another");
    if (make_folders(folder) != OK) return complain(ERR_FILE_UNWRITABLE, folder, strerror(errno));
    TRY(lock_folder(d, folder));
    bool marked = read_head(folder, &head);
    *d = (struct state_dir){ .folder = folder, .lock = d->lock, .turn = marked && head.turn == 1 ? 2 : 1 };
    if (marked || write_head(folder, NULL, 0) == OK) return OK;
    enum err e = complain(ERR_FILE_UNWRITABLE, folder, strerror(errno));
    state_dir_close(d);
    return e;
}

enum err state_dir_finish(struct state_dir *d, struct transcript *t)
{
    if (t->failed) return ERR_FILE_UNWRITABLE;          /* the transcript has said it */
    if (fflush(t->spool) != 0 || write_head(d->folder, t, d->turn) != OK)
        return complain(ERR_FILE_UNWRITABLE, d->folder, strerror(errno));
    d->finished = true;
    return OK;
}

static off_t size_of_acts(const struct state_dir *d, uint32_t turn)
{
    struct stat status;
    return stat(file_of_turn(d->folder, acts_name, turn), &status) == 0 ? status.st_size : 0;
}

/* What people decided is not thrown away with the run under which they did: a run that goes on from it has it and
 * more. */
static void keep_former_acts(const struct state_dir *d)
{
    char former[STATE_PATH_MAX];
    uint32_t turn = 3 - d->turn;
    if (!size_of_acts(d, turn) || size_of_acts(d, d->turn) >= size_of_acts(d, turn)) return;
    snprintf(former, sizeof former, "%s", file_of_turn(d->folder, acts_name, turn));
    if (rename(former, path_of(d->folder, former_acts_name)) != 0) return;
    fprintf(stderr,
            "note: the run that stood in %s had acts of people, which this one has not; they are kept: --input %s "
            "decides so again\n",
            d->folder, path_of(d->folder, former_acts_name));
}

void state_dir_close(struct state_dir *d)
{
    if (!d->folder) return;
    if (d->finished) keep_former_acts(d);
    remove_turn(d->folder, d->finished ? 3 - d->turn : d->turn);
    close(d->lock);
    *d = (struct state_dir){ 0 };
}

/* The file is as long as its head says. */
static bool is_whole(FILE *file, const struct run_head *head)
{
    struct stat status;
    off_t size = (off_t)(sizeof *head + ((uint64_t)head->count + head->case_count) * sizeof(struct transcript_entry));
    return fstat(fileno(file), &status) == 0 && status.st_size == size;
}

static bool read_entries(FILE *file, struct spill *room, struct transcript_entry **entries, uint32_t count)
{
    *entries = spill_grow(room, count * sizeof **entries);
    return count == 0 || fread(*entries, sizeof **entries, count, file) == count;
}

enum err state_dir_open(struct state_dir *d, const char *folder, struct transcript *t)
{
    struct run_head head;
    *t = (struct transcript){ 0 };
    FILE *file = fopen(path_of(folder, "run"), "rb");
    if (!file && errno != ENOENT && errno != ENOTDIR) return complain(ERR_FILE_UNREADABLE, folder, strerror(errno));
    if (!file) {
        (void)complain(ERR_FILE_UNREADABLE, folder, "no run has left anything here; try claimctl run --state");
        return ERR_NAME_UNKNOWN;
    }
    bool ok = fread(&head, sizeof head, 1, file) == 1 && memcmp(head.mark, mark, sizeof mark) == 0;
    ok = ok && head.entry_bytes == sizeof(struct transcript_entry);
    if (ok && !head.turn) {
        fclose(file);
        (void)complain(ERR_FILE_UNREADABLE, folder,
                       "the run that writes here has not ended, or was stopped; run it again");
        return ERR_NAME_UNKNOWN;
    }
    ok = ok && is_whole(file, &head) && read_entries(file, &t->entry_room, &t->entries, head.count)
         && read_entries(file, &t->case_room, &t->case_entries, head.case_count);
    fclose(file);
    t->count = head.count;
    t->case_count = head.case_count;
    *d = (struct state_dir){ .folder = folder, .turn = head.turn };
    t->spool = ok ? fopen(state_dir_file(d, "dossiers"), "rb") : NULL;
    const char *why = ok && errno == EACCES ? strerror(errno) : "the run's files are damaged or of another version";
    directory_open(&t->lines);
    directory_open(&t->roots);
    directory_open(&t->cases);
    return t->spool ? OK : complain(ERR_FILE_UNREADABLE, folder, why);
}

int state_dir_code(enum err e)
{
    return e == OK ? EXIT_DONE : e == ERR_NAME_UNKNOWN ? EXIT_NOT_FOUND : EXIT_FAILED;
}
