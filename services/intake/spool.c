/* intake/spool.c: mapped documents. */
#include "intake/spool.h"

#include "base/assert.h"
#include "base/hash_peek.h"
#include "runtime/folder.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
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
    *s = (struct spool){ .bytes = slice_of(bytes, size), .is_owned = true, .is_passing = true };
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

/* Inflated bytes go to a file that has no name: it ends with its mapping. */
static int nameless_file(void)
{
    const char *folder = getenv("TMPDIR");
    if (!folder || !*folder) folder = "/tmp";
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0) return fd;
    char path[4096];                                /* file systems without O_TMPFILE */
    if (snprintf(path, sizeof path, "%s/claimstream-XXXXXX", folder) >= (int)sizeof path) return -1;
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0) (void)unlink(path);
    return fd;
}

static enum inflate_fault inflate_into(struct spool *compressed, int fd, uint64_t *size)
{
    struct inflate_sink sink = { &fd, folder_put };
    struct inflate *i = inflate_open(DOCUMENT_BYTES_MAX, INFLATE_RATIO_MAX, &sink);
    enum inflate_fault fault = i ? INFLATE_FINE : INFLATE_SINK;
    for (size_t at = 0; fault == INFLATE_FINE && at < compressed->bytes.size; at += READ_BYTES) {
        fault = inflate_feed(i, slice_head(slice_skip(compressed->bytes, at), READ_BYTES));
        spool_pass(compressed, at);
    }
    if (fault == INFLATE_FINE) fault = inflate_end(i);
    *size = i ? inflate_bytes(i) : 0;
    inflate_close(i);
    return fault;
}

static enum err inflated(struct spool *s)
{
    struct spool compressed = *s;
    uint64_t size = 0;
    int fd = nameless_file();
    enum inflate_fault fault = fd >= 0 ? inflate_into(&compressed, fd, &size) : INFLATE_SINK;
    enum err e = fault == INFLATE_SINK ? ERR_FILE_UNWRITABLE : OK;
    *s = (struct spool){ .fault = fault, .oversize_bytes = fault == INFLATE_TOO_LARGE ? size : 0 };
    if (fault == INFLATE_FINE && size > 0) e = map(s, fd, size);
    s->is_passing = compressed.is_passing;
    if (fd >= 0) close(fd);
    spool_close(&compressed);
    return e;
}

enum err spool_open_document(struct spool *s, const char *path)
{
    TRY(spool_open(s, path));
    return slice_starts_with(s->bytes, SLICE("\x1f\x8b")) ? inflated(s) : OK;
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
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), base = (uintptr_t)s->bytes.bytes,
              from = (base + s->passed) & ~(page - 1), to = (base + offset) & ~(page - 1);
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
    size_t core = s->bytes.size;
    while (core > 0 && (s->bytes.bytes[core - 1] == '\n' || s->bytes.bytes[core - 1] == '\r')) core--;
    for (size_t at = 0; at < core; at += SPOOL_WINDOW_BYTES) {
        hash_sha256_add(stream, slice_head(slice_skip(slice_head(s->bytes, core), at), SPOOL_WINDOW_BYTES));
        spool_pass(s, at);
    }
    hash_sha256_peek(stream, s->core_sha256);
    s->core_size = core;
    hash_sha256_add(stream, slice_skip(s->bytes, core));
    hash_sha256_close(stream, digest);
    spool_rewind(s);
}
