/* runtime/page_trim.c: what /proc/self/smaps says of each mapping, and a word to the kernel. */
#include "runtime/page_trim.h"

#include "base/str.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct mapping {
    uintptr_t from, to;
    bool      is_of_file;                           /* only read or run */
    size_t    resident_kib;
};

/* `7f00-7f10 r-xp 0000 fe:01 123   /usr/lib/x.so`: a file has a path. What others may write to is left alone. */
static bool begin_mapping(struct mapping *m, const char *line)
{
    char access[5], path[2];
    unsigned long from, to;
    int read = sscanf(line, "%lx-%lx %4s %*s %*s %*s %1s", &from, &to, access, path);
    if (read < 3) return false;
    *m = (struct mapping){ .from = from, .to = to };
    m->is_of_file = read == 4 && path[0] == '/' && access[0] == 'r' && access[1] == '-' && access[3] == 'p';
    return true;
}

static bool has_number(const char *line, const char *name, size_t *kib)
{
    size_t size = strlen(name);
    if (strncmp(line, name, size) != 0) return false;
    *kib = strtoul(line + size, NULL, 10);
    return true;
}

/* Pages that were written to, as the linker does before it closes them, exist nowhere else. */
static size_t give_back(const struct mapping *m, size_t own_kib)
{
    if (!m->is_of_file || own_kib || !m->resident_kib) return 0;
    return madvise((void *)m->from, m->to - m->from, MADV_DONTNEED) == 0 ? m->resident_kib : 0;
}

size_t page_trim(void)
{
    FILE *f = fopen("/proc/self/smaps", "re");
    struct mapping m = { 0 };
    char line[512];
    size_t given = 0, own_kib;
    while (f && fgets(line, sizeof line, f)) {
        if (has_number(line, "Rss:", &m.resident_kib) || !has_number(line, "Anonymous:", &own_kib))
            (void)begin_mapping(&m, line);
        else given += give_back(&m, own_kib);
    }
    if (f) fclose(f);
    return given;
}
