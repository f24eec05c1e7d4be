/* claimctl/spill.c: mapped memory, of a file where there is room for one. */
#include "claimctl/spill.h"

#include "base/assert.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Room on the disk is reserved first: a full one is met here, not at some later write into the map. */
static FILE *file_of(FILE *before, size_t size)
{
    FILE *file = before ? before : tmpfile();
    if (!file || posix_fallocate(fileno(file), 0, (off_t)size) == 0) return file;
    fclose(file);
    return NULL;
}

static void *map(FILE *file, size_t size)
{
    int flags = file ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, file ? fileno(file) : -1, 0);
    ASSERT(at != MAP_FAILED);
    return at;
}

static void drop(void *at, size_t size)
{
    if (size > SPILL_MEMORY_BYTES) munmap(at, size);
    else free(at);
}

static void *grow_in_memory(struct spill *s, size_t size)
{
    s->at = realloc(s->at, size);
    ASSERT(s->at);
    memset((char *)s->at + s->size, 0, size - s->size);
    s->size = size;
    return s->at;
}

void *spill_grow(struct spill *s, size_t size)
{
    if (size <= s->size) return s->at;
    if (size <= SPILL_MEMORY_BYTES) return grow_in_memory(s, size);
    FILE *file = file_of(s->file, size);
    void *at = map(file, size);
    if (s->size && !(file && file == s->file)) memcpy(at, s->at, s->size);
    drop(s->at, s->size);
    *s = (struct spill){ at, size, file };
    return at;
}

void spill_close(struct spill *s)
{
    drop(s->at, s->size);
    if (s->file) fclose(s->file);
    *s = (struct spill){ 0 };
}
