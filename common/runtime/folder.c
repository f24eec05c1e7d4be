/* runtime/folder.c: mkdir -p. */
#include "runtime/folder.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { FOLDER_MODE = 0750, LOCK_LINE_BYTES = 256, COMMAND_BYTES = 64 };

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
    char part[PATH_MAX];
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

bool folder_put(void *fd, struct slice bytes)
{
    return folder_write(*(const int *)fd, bytes);
}

/* A line of /proc/locks: `7: FLOCK  ADVISORY  WRITE 812 08:02:1234 0 EOF`; 0: it is about another file. */
static long holder_in(const char *line, const struct stat *file)
{
    unsigned device_major, device_minor;
    unsigned long long inode;
    long pid;
    if (sscanf(line, "%*d: FLOCK %*s %*s %ld %x:%x:%llu", &pid, &device_major, &device_minor, &inode) != 4) return 0;
    bool is_same = inode == file->st_ino && device_major == major(file->st_dev) && device_minor == minor(file->st_dev);
    return is_same && pid > 0 ? pid : 0;
}

static long holder_of(int fd)
{
    char line[LOCK_LINE_BYTES];
    struct stat file;
    long pid = 0;
    FILE *locks = fopen("/proc/locks", "re");
    while (locks && fstat(fd, &file) == 0 && !pid && fgets(line, sizeof line, locks)) pid = holder_in(line, &file);
    if (locks) fclose(locks);
    return pid;
}

bool folder_is_held(int fd) { return holder_of(fd) > 0; }

void folder_put_holder(struct text *t, int fd)
{
    char path[LOCK_LINE_BYTES], command[COMMAND_BYTES] = "";
    long pid = holder_of(fd);
    snprintf(path, sizeof path, "/proc/%ld/comm", pid);
    FILE *file = pid ? fopen(path, "re") : NULL;
    if (file && !fgets(command, sizeof command, file)) command[0] = 0;
    if (file) fclose(file);
    command[strcspn(command, "\n")] = 0;
    if (!pid) PUT(t, "another process");
    else snprintf(path, sizeof path, "process %ld%s%s%s", pid, *command ? " (" : "", command, *command ? ")" : "");
    if (pid) text_put(t, slice_from(path));
}
