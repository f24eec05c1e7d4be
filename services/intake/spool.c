/* intake/spool.c: mapped documents. */
#include "intake/spool.h"

#include "base/assert.h"
#include "base/hash.h"

#include <errno.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_BYTES = 1 << 16 };

static enum err map(struct spool *s, int fd, size_t size)
{
    void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED) return ERR_FILE_UNREADABLE;
    (void)madvise(bytes, size, MADV_SEQUENTIAL);
    *s = (struct spool){ .bytes = slice_of(bytes, size), .is_mapped = true, .gives_back = true };
    return OK;
}

static enum err grow(char **bytes, size_t *capacity)
{
    *capacity = *capacity ? 2 * *capacity : READ_BYTES;
    char *more = realloc(*bytes, *capacity);
    if (!more) return ERR_MEMORY_EXHAUSTED;
    *bytes = more;
    return OK;
}

/* A pipe is read to its end. */
static enum err slurp(struct spool *s, int fd)
{
    char *bytes = NULL;
    size_t size = 0, capacity = 0;
    enum err e = OK;
    for (;;) {
        if (size == capacity && (e = grow(&bytes, &capacity)) != OK) break;
        ssize_t n = read(fd, bytes + size, capacity - size);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) e = ERR_FILE_UNREADABLE;
        if (n <= 0) break;
        size += (size_t)n;
        if (size > DOCUMENT_BYTES_MAX) break;
    }
    bool is_oversize = e == OK && size > DOCUMENT_BYTES_MAX;
    if (is_oversize) *s = (struct spool){ .oversize_bytes = size };
    if (e != OK || is_oversize) { free(bytes); return e; }
    *s = (struct spool){ .bytes = slice_of(bytes, size), .is_owned = true };
    return OK;
}

static enum err open_file(struct spool *s, int fd)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) return ERR_FILE_UNREADABLE;
    if (!S_ISREG(st.st_mode)) return slurp(s, fd);
    if ((uint64_t)st.st_size > DOCUMENT_BYTES_MAX) {
        s->oversize_bytes = (uint64_t)st.st_size;
        return OK;
    }
    return st.st_size > 0 ? map(s, fd, (size_t)st.st_size) : OK;
}

enum err spool_open(struct spool *s, const char *path)
{
    *s = (struct spool){ 0 };
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? 0 : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return ERR_FILE_UNREADABLE;
    enum err e = open_file(s, fd);
    if (!is_stdin) close(fd);
    return e;
}

struct spool spool_over(struct slice bytes)
{
    return (struct spool){ .bytes = bytes };
}

struct spool spool_part(const struct spool *whole, struct slice bytes)
{
    return (struct spool){ .bytes = bytes, .gives_back = whole->gives_back };
}

void spool_close(struct spool *s)
{
    if (s->is_mapped) munmap((void *)s->bytes.bytes, s->bytes.size);
    if (s->is_owned) free((void *)s->bytes.bytes);
    *s = (struct spool){ 0 };
}

void spool_pass(struct spool *s, uint64_t offset)
{
    ASSERT(offset <= s->bytes.size);
    if (!s->gives_back || offset < s->passed + SPOOL_WINDOW_BYTES) return;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), base = (uintptr_t)s->bytes.bytes, from = (base + s->passed) & ~(page - 1), to = (base + offset) & ~(page - 1);
    (void)madvise((void *)from, to - from, MADV_DONTNEED);
    s->passed = to - base;
}

void spool_rewind(struct spool *s)
{
    s->passed = 0;
}

void spool_sha256(struct spool *s, uint8_t digest[32])
{
    struct hash_sha256_stream *stream = hash_sha256_open();
    for (size_t at = 0; at < s->bytes.size; at += SPOOL_WINDOW_BYTES) {
        hash_sha256_add(stream, slice_head(slice_skip(s->bytes, at), SPOOL_WINDOW_BYTES));
        spool_pass(s, at);
    }
    hash_sha256_close(stream, digest);
    spool_rewind(s);
}
