/* Folders of a service. */
#include "runtime/folder.h"

#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
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
