/* claimctl/inbox.c: what lies in the inbox where no submitter takes it. */
#include "claimctl/inbox.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As the door leaves alone what is being written. */
static bool is_waiting(int folder, const char *name)
{
    struct stat st;
    struct slice s = slice_from(name);
    if (name[0] == '.' || slice_ends_with(s, SLICE(".tmp")) || slice_ends_with(s, SLICE(".part"))) return false;
    return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

static unsigned count_files(int inbox, const char *name)
{
    unsigned count = 0;
    int folder = openat(inbox, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = folder >= 0 ? fdopendir(folder) : NULL;
    if (!dir && folder >= 0) close(folder);
    for (const struct dirent *e; dir && (e = readdir(dir));) count += is_waiting(folder, e->d_name);
    if (dir) closedir(dir);
    return count;
}

static void look_at(struct inbox *out, int inbox, const char *name)
{
    unsigned files = count_files(inbox, name);
    if (files == 0) return;
    if (out->stray_count < INBOX_FOLDERS_TOLD) {
        struct inbox_stray *s = &out->strays[out->stray_count];
        snprintf(s->folder, sizeof s->folder, "%s", name);
        s->files = files;
    }
    out->stray_count++;
}

bool inbox_look(const char *inbox, const struct grants *grants, struct inbox *out)
{
    *out = (struct inbox){ 0 };
    DIR *dir = opendir(inbox);
    if (!dir) return false;
    look_at(out, dirfd(dir), ".");
    for (const struct dirent *e; (e = readdir(dir));) {
        if (e->d_name[0] == '.') continue;
        if (grants_find(grants, slice_from(e->d_name))) out->known_count++;
        else look_at(out, dirfd(dir), e->d_name);
    }
    closedir(dir);
    return true;
}
