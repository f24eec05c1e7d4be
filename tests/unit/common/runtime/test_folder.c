/* Folders of a service. */
#include "runtime/folder.h"

#include "support/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

TEST(a_folder_is_made_with_those_above_it_and_may_be_there_already)
{
    char root[] = "/tmp/claimstream-folder-XXXXXX", path[128], file[160];
    CHECK(mkdtemp(root) != NULL);
    snprintf(path, sizeof path, "%s/a/b", root);
    CHECK_INT(folder_make(path), OK);
    CHECK_INT(folder_make(path), OK);
    CHECK(folder_is_usable(path));
    snprintf(file, sizeof file, "%s/file", path);
    FILE *f = fopen(file, "w");
    if (f) fclose(f);
    CHECK_INT(folder_make(file), ERR_FILE_UNWRITABLE);
    CHECK(!folder_is_usable(file));
    CHECK_INT(folder_make(""), ERR_FILE_UNWRITABLE);
    unlink(file);
    rmdir(path);
    snprintf(path, sizeof path, "%s/a", root);
    rmdir(path);
    rmdir(root);
}

TEST(who_holds_the_lock_of_a_file_is_named_where_the_kernel_tells)
{
    char path[] = "/tmp/claimstream-lock-XXXXXX", buffer[128], own[32];
    struct text t = text_over(buffer, sizeof buffer);
    int fd = mkstemp(path);
    folder_put_holder(&t, fd);
    CHECK_SLICE(text_slice(&t), SLICE("another process"));
    CHECK_INT(flock(fd, LOCK_EX | LOCK_NB), 0);
    t = text_over(buffer, sizeof buffer);
    folder_put_holder(&t, fd);
    snprintf(own, sizeof own, "process %d (", getpid());
    CHECK(slice_starts_with(text_slice(&t), slice_from(own)) || slice_equal(text_slice(&t), SLICE("another process")));
    close(fd);
    unlink(path);
}

TEST(bytes_are_written_whole_or_it_is_told)
{
    char path[] = "/tmp/claimstream-write-XXXXXX", read_back[16];
    int fd = mkstemp(path), full = open("/dev/full", O_WRONLY);
    CHECK(folder_write(fd, SLICE("whole")) && folder_write(fd, SLICE("")));
    CHECK_INT(pread(fd, read_back, sizeof read_back, 0), 5);
    CHECK_SLICE(slice_of(read_back, 5), SLICE("whole"));
    CHECK(!folder_write(full, SLICE("whole")));
    CHECK_INT(errno, ENOSPC);
    close(full);
    close(fd);
    unlink(path);
}
