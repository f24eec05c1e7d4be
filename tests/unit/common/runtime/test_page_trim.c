/* Pages of a file that were only read go, and come back with what they said; what was written stays. */
#include "runtime/page_trim.h"

#include "support/scratch.h"
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 64 };

static size_t resident_kib(const char *at)
{
    char line[512], wanted[32];
    size_t kib = 0;
    bool is_it = false;
    FILE *f = fopen("/proc/self/smaps", "re");
    snprintf(wanted, sizeof wanted, "%lx-", (unsigned long)at);
    while (f && fgets(line, sizeof line, f)) {
        if (strncmp(line, wanted, strlen(wanted)) == 0) is_it = true;
        if (is_it && sscanf(line, "Rss: %zu", &kib) == 1) break;
    }
    if (f) fclose(f);
    return kib;
}

static char *mapped(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *at = mmap(NULL, (size_t)PAGES * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    CHECK(fd >= 0 && at != MAP_FAILED);
    close(fd);
    return at;
}

static unsigned sum(const volatile char *at)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < PAGES; i++) sum += (unsigned char)at[i * PAGE];
    return sum;
}

TEST(pages_that_were_only_read_go_and_come_back_and_those_that_were_written_stay)
{
    char dir[SCRATCH_PATH_MAX], path[SCRATCH_PATH_MAX + 8];
    static char page[PAGE];
    scratch_make(dir);
    snprintf(path, sizeof path, "%s/file", dir);
    FILE *f = fopen(path, "we");
    for (unsigned i = 0; f && i < PAGES; i++) {
        page[0] = (char)i;
        CHECK(fwrite(page, PAGE, 1, f) == 1);
    }
    CHECK(f && fclose(f) == 0);
    char *read = mapped(path), *written = mapped(path);
    unsigned wanted = sum(read);
    CHECK(wanted == PAGES * (PAGES - 1) / 2 && resident_kib(read) == PAGES * PAGE / 1024);
    CHECK_INT(mprotect(written, (size_t)PAGES * PAGE, PROT_READ | PROT_WRITE), 0);
    memset(written, 1, PAGE);
    CHECK_INT(mprotect(written, (size_t)PAGES * PAGE, PROT_READ), 0);
    CHECK(page_trim() >= PAGES * PAGE / 1024);
    CHECK_INT(resident_kib(read), 0);
    CHECK_INT(sum(read), wanted);
    CHECK(written[0] == 1 && written[PAGE - 1] == 1);
    munmap(read, (size_t)PAGES * PAGE);
    munmap(written, (size_t)PAGES * PAGE);
    scratch_remove(dir);
}
