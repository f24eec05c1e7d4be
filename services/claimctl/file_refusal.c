/* claimctl/file_refusal.c: one exit code for one fault of a file. */
#include "claimctl/file_refusal.h"

#include "claimctl/command.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_nowhere(int why)
{
    return why == ENOENT || why == ENOTDIR;
}

int file_refuse(const char *path, int why)
{
    fprintf(stderr, "error[FILE_UNREADABLE %d]: %s: %s\n  check the name and the rights of the file\n",
            ERR_FILE_UNREADABLE, path, strerror(why));
    return is_nowhere(why) ? EXIT_NOT_FOUND : EXIT_FAILED;
}

int file_check(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0 || access(path, R_OK) != 0) return file_refuse(path, errno);
    return S_ISDIR(status.st_mode) ? file_refuse(path, EISDIR) : EXIT_DONE;
}

static bool is_missing(const struct problem *p)
{
    char path[PATH_MAX];
    struct stat status;
    int size = snprintf(path, sizeof path, "%.*s", SLICE_ARGS(p->file));
    return p->code == ERR_FILE_UNREADABLE && size > 0 && (size_t)size < sizeof path && stat(path, &status) != 0
           && is_nowhere(errno);
}

int file_refusal_code(const struct problems *problems)
{
    for (const struct problem *p = problems->first; p; p = p->next)
        if (!is_missing(p)) return EXIT_FAILED;
    return problems->first ? EXIT_NOT_FOUND : EXIT_FAILED;
}
