#include "claimctl/inbox.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static void put(const char *folder, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    CHECK(f != NULL);
    if (f) fclose(f);
}

TEST(files_of_no_submitter_are_counted_by_folder)
{
    char folder[64] = "/tmp/claimstream-inbox-XXXXXX", path[128], command[128];
    static const char *const folders[] = { "north", "nroth", "empty", ".hidden" };
    static const char *const files[] = { "north/a.csv", "nroth/a.csv", "nroth/b.csv", "nroth/.c.csv", "nroth/d.part",
                                         ".hidden/a.csv", "beside.csv" };
    struct grant items[] = { { .submitter = { .id = SLICE("north") } } };
    struct grants grants = { .items = items, .count = 1 };
    struct inbox found;
    CHECK(mkdtemp(folder) != NULL);
    for (unsigned k = 0; k < sizeof folders / sizeof *folders; k++) {
        snprintf(path, sizeof path, "%s/%s", folder, folders[k]);
        CHECK_INT(mkdir(path, 0700), 0);
    }
    for (unsigned k = 0; k < sizeof files / sizeof *files; k++) put(folder, files[k]);
    CHECK(inbox_look(folder, &grants, &found));
    CHECK_INT(found.known_count, 1);
    CHECK_INT(found.stray_count, 2);
    CHECK_TEXT(slice_from(found.strays[0].folder), ".");
    CHECK_INT(found.strays[0].files, 1);
    CHECK_TEXT(slice_from(found.strays[1].folder), "nroth");
    CHECK_INT(found.strays[1].files, 2);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    CHECK_INT(system(command), 0);
    CHECK(!inbox_look(folder, &grants, &found));
}
