/* claimctl/state_dir.c: a finished run on disk. */
#include "claimctl/state_dir.h"

#include "base/assert.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char mark[16] = "claimstream run";
static const char *const files[] = { "run", "dossiers", "results.ndjson", "balances.ndjson" };

/* A run that has not ended, or was killed, left a head that is not finished. */
struct run_head { char mark[16]; uint32_t entry_bytes, count, case_count, finished; };

const char *state_dir_path(const char *folder, const char *file)
{
    static char path[STATE_PATH_MAX];
    ASSERT(snprintf(path, sizeof path, "%s/%s", folder, file) < (int)sizeof path);
    return path;
}

static enum err complain(enum err e, const char *folder, const char *why)
{
    fprintf(stderr, "error[%s %d]: %s: %s\n", err_name(e), e, folder, why);
    return e;
}

static bool has_mark(const char *folder)
{
    struct run_head head;
    FILE *file = fopen(state_dir_path(folder, "run"), "rb");
    bool ok = file && fread(&head, sizeof head, 1, file) == 1 && memcmp(head.mark, mark, sizeof mark) == 0;
    if (file) fclose(file);
    return ok;
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

static enum err write_head(const char *folder, const struct transcript *t)
{
    struct run_head head = { .entry_bytes = sizeof(struct transcript_entry), .count = t ? t->count : 0, .case_count = t ? t->case_count : 0, .finished = t != NULL };
    FILE *file = fopen(state_dir_path(folder, "run"), "wb");
    if (!file) return ERR_FILE_UNWRITABLE;
    memcpy(head.mark, mark, sizeof mark);
    bool ok = fwrite(&head, sizeof head, 1, file) == 1;
    if (t && t->count) ok &= fwrite(t->entries, sizeof *t->entries, t->count, file) == t->count;
    if (t && t->case_count) ok &= fwrite(t->case_entries, sizeof *t->case_entries, t->case_count, file) == t->case_count;
    ok &= fclose(file) == 0;
    return ok ? OK : ERR_FILE_UNWRITABLE;
}

enum err state_dir_begin(const char *folder)
{
    struct stat status;
    bool exists = stat(folder, &status) == 0;
    if (exists && !has_mark(folder) && rmdir(folder) != 0) return complain(ERR_FILE_UNWRITABLE, folder, "no run has written this folder; name another");
    if (make_folders(folder) != OK) return complain(ERR_FILE_UNWRITABLE, folder, strerror(errno));
    for (unsigned i = 0; i < sizeof files / sizeof files[0]; i++) unlink(state_dir_path(folder, files[i]));
    return write_head(folder, NULL) == OK ? OK : complain(ERR_FILE_UNWRITABLE, folder, strerror(errno));
}

enum err state_dir_finish(const char *folder, struct transcript *t)
{
    if (t->failed) return ERR_FILE_UNWRITABLE;          /* the transcript has said it */
    if (fflush(t->spool) == 0 && write_head(folder, t) == OK) return OK;
    return complain(ERR_FILE_UNWRITABLE, folder, strerror(errno));
}

static bool read_entries(FILE *file, struct transcript_entry **entries, uint32_t count)
{
    *entries = calloc(count ? count : 1, sizeof **entries);
    return *entries && fread(*entries, sizeof **entries, count, file) == count;
}

enum err state_dir_open(const char *folder, struct transcript *t)
{
    struct run_head head;
    *t = (struct transcript){ 0 };
    FILE *file = fopen(state_dir_path(folder, "run"), "rb");
    if (!file) return complain(ERR_FILE_UNREADABLE, folder, "no run has left anything here; try claimctl run --state");
    bool ok = fread(&head, sizeof head, 1, file) == 1 && memcmp(head.mark, mark, sizeof mark) == 0;
    ok = ok && head.entry_bytes == sizeof(struct transcript_entry);
    if (ok && !head.finished) {
        fclose(file);
        return complain(ERR_FILE_UNREADABLE, folder, "the run that writes here has not ended, or was stopped; run it again");
    }
    ok = ok && read_entries(file, &t->entries, head.count) && read_entries(file, &t->case_entries, head.case_count);
    fclose(file);
    t->count = head.count;
    t->case_count = head.case_count;
    t->spool = ok ? fopen(state_dir_path(folder, "dossiers"), "rb") : NULL;
    directory_open(&t->lines);
    directory_open(&t->roots);
    directory_open(&t->cases);
    return t->spool ? OK : complain(ERR_FILE_UNREADABLE, folder, "the run's files are damaged or of another version");
}

const char *state_dir_option(int *argc, char **argv)
{
    for (int i = 0; i + 1 < *argc; i++) {
        if (strcmp(argv[i], "--state") != 0) continue;
        const char *folder = argv[i + 1];
        for (int k = i; k + 2 <= *argc; k++) argv[k] = argv[k + 2];
        *argc -= 2;
        return folder;
    }
    return NULL;
}
