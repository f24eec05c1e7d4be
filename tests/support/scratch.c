/* tests/support/scratch.c: folders that come and go. */
#include "support/scratch.h"

#include "base/assert.h"

#include <ftw.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define ROOM_BYTES (512ull << 20)

/* A container's /dev/shm may be small, and whoever maps a file beyond its room is killed. */
static bool has_room(const char *folder)
{
    struct statvfs info;
    return access(folder, W_OK | X_OK) == 0 && statvfs(folder, &info) == 0
           && (uint64_t)info.f_bavail * info.f_frsize >= ROOM_BYTES;
}

static const char *place(void)
{
    const char *named = getenv("SCRATCH");
    if (named && *named) return named;
    return has_room("/dev/shm") ? "/dev/shm" : "/tmp";
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
