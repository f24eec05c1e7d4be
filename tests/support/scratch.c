/* tests/support/scratch.c: folders that come and go. */
#include "support/scratch.h"

#include "base/assert.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *place(void)
{
    const char *named = getenv("SCRATCH");
    if (named && *named) return named;
    return access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp";
}

void scratch_make(char path[SCRATCH_PATH_MAX])
{
    ASSERT(snprintf(path, SCRATCH_PATH_MAX, "%s/claimstream-XXXXXX", place()) < SCRATCH_PATH_MAX);
    ASSERT(mkdtemp(path));
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info, (void)kind, (void)walk;
    return remove(path);
}

void scratch_remove(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
