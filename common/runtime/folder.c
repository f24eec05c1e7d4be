/* runtime/folder.c: mkdir -p. */
#include "runtime/folder.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, FOLDER_MODE = 0750 };

static bool make_one(const char *path)
{
    struct stat st;
    if (mkdir(path, FOLDER_MODE) == 0) return true;
    return errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

enum err folder_fault(int error)
{
    return error == ENOSPC || error == EDQUOT ? ERR_STATE_FULL : ERR_FILE_UNWRITABLE;
}

enum err folder_make(const char *path)
{
    char part[PATH_BYTES];
    size_t size = strlen(path);
    if (size == 0 || size >= sizeof part) return ERR_FILE_UNWRITABLE;
    memcpy(part, path, size + 1);
    for (size_t i = 1; i < size; i++) {
        if (part[i] != '/') continue;
        part[i] = 0;
        if (!make_one(part)) return folder_fault(errno);
        part[i] = '/';
    }
    return make_one(part) ? OK : folder_fault(errno);
}

bool folder_is_usable(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode) && access(path, R_OK | W_OK | X_OK) == 0;
}

bool folder_write(int fd, struct slice bytes)
{
    while (bytes.size > 0) {
        ssize_t n = write(fd, bytes.bytes, bytes.size);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes = slice_skip(bytes, (size_t)n);
    }
    return true;
}
