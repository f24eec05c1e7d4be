/* intake/raw_store.c: <dir>/<two digits>/<id>.gz and .ack. */
#include "intake/raw_store.h"

#include "base/assert.h"
#include "intake/inflate.h"
#include "runtime/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
    SMALL_BYTES_MAX = 64 << 10,
    PACKED_BYTES_MAX = SMALL_BYTES_MAX + SMALL_BYTES_MAX / 16 + 256,
    PIECE_BYTES = 1 << 20,
    FOLDERS = 256,
    ANSWER_BYTES_MAX = 64 << 20
};

struct raw_store {
    char            path[PATH_MAX];
    int             folder;
    unsigned        next_folder;
    pthread_mutex_t deflate_mutex;
    z_stream        deflate;                        /* of small documents, used again */
    bool            has_deflate;
};

static void path_of(const struct raw_store *s, const uint8_t id[SHA256_BYTES], const char *ending,
                    char path[PATH_MAX])
{
    char hex[SHA256_HEX + 1] = { 0 };
    struct text t = text_over(hex, SHA256_HEX);
    register_put_id(&t, id);
    int size = snprintf(path, PATH_MAX, "%s/%.2s/%s%s", s->path, hex, hex, ending);
    ASSERT(size > 0 && size < PATH_MAX);
}

enum err raw_store_open(const char *path, struct raw_store **store)
{
    char folder[PATH_MAX];
    if (strlen(path) + SHA256_HEX + 16 >= PATH_MAX) return ERR_FILE_UNWRITABLE;
    struct raw_store *s = calloc(1, sizeof *s);
    if (!s) return ERR_MEMORY_EXHAUSTED;
    snprintf(s->path, sizeof s->path, "%s", path);
    bool is_made = mkdir(path, 0750) == 0 || errno == EEXIST;
    for (unsigned k = 0; is_made && k < FOLDERS; k++) {
        int size = snprintf(folder, sizeof folder, "%s/%02x", s->path, k);
        is_made = size > 0 && (size_t)size < sizeof folder && (mkdir(folder, 0750) == 0 || errno == EEXIST);
    }
    s->folder = is_made ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (s->folder < 0) { free(s); return ERR_FILE_UNWRITABLE; }
    pthread_mutex_init(&s->deflate_mutex, NULL);
    *store = s;
    return OK;
}

void raw_store_close(struct raw_store *s)
{
    if (!s) return;
    close(s->folder);
    if (s->has_deflate) (void)deflateEnd(&s->deflate);
    pthread_mutex_destroy(&s->deflate_mutex);
    free(s);
}

bool raw_store_has(struct raw_store *s, const uint8_t id[SHA256_BYTES])
{
    char path[PATH_MAX];
    path_of(s, id, ".gz", path);
    return access(path, R_OK) == 0;
}

/* Writing: without a name first, so that two who bring the same bytes do not meet, and a crash leaves nothing. */

static bool write_gzip(int fd, struct spool *document)
{
    struct slice bytes = document->bytes;
    int copy = dup(fd);
    gzFile file = copy >= 0 ? gzdopen(copy, "wb1") : NULL;
    if (!file && copy >= 0) close(copy);
    bool is_written = file != NULL;
    while (is_written && bytes.size > 0) {
        struct slice piece = slice_head(bytes, PIECE_BYTES);
        is_written = gzwrite(file, piece.bytes, (unsigned)piece.size) == (int)piece.size;
        bytes = slice_skip(bytes, piece.size);
        spool_pass(document, document->bytes.size - bytes.size);
    }
    spool_rewind(document);
    if (file) is_written = gzclose(file) == Z_OK && is_written;
    return is_written && fdatasync(fd) == 0;
}

/* The name lasts when its folder is synced. */
static bool give_name(int fd, int folder, const char *path)
{
    char self[32];
    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    return (linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 || errno == EEXIST) && fsync(folder) == 0;
}

static enum err name_file(const char *before, const char *after, bool is_written)
{
    if (is_written && rename(before, after) == 0) return OK;
    (void)unlink(before);
    return ERR_FILE_UNWRITABLE;
}

enum err raw_store_put(struct raw_store *s, const uint8_t id[SHA256_BYTES], struct spool *document)
{
    char path[PATH_MAX], folder_path[PATH_MAX];
    if (raw_store_has(s, id)) return OK;
    path_of(s, id, ".gz", path);
    int size = snprintf(folder_path, sizeof folder_path, "%s/%02x", s->path, id[0]);
    ASSERT(size > 0 && (size_t)size < sizeof folder_path);
    int folder = open(folder_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int fd = folder >= 0 ? open(folder_path, O_TMPFILE | O_RDWR | O_CLOEXEC, 0640) : -1;
    bool is_kept = fd >= 0 && write_gzip(fd, document) && give_name(fd, folder, path);
    if (fd >= 0) close(fd);
    if (folder >= 0) close(folder);
    return is_kept ? OK : ERR_FILE_UNWRITABLE;
}

/* gzip in one piece, with the state of the last one, into out. Empty: it cannot be. */
static struct slice deflate_small(struct raw_store *s, struct slice bytes, unsigned char out[PACKED_BYTES_MAX])
{
    struct slice packed = { 0 };
    z_stream *z = &s->deflate;
    pthread_mutex_lock(&s->deflate_mutex);
    if (!s->has_deflate) s->has_deflate = deflateInit2(z, 1, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK;
    if (s->has_deflate && deflateReset(z) == Z_OK) {
        z->next_in = (Bytef *)(uintptr_t)bytes.bytes;
        z->avail_in = (uInt)bytes.size;
        z->next_out = out;
        z->avail_out = PACKED_BYTES_MAX;
        if (deflate(z, Z_FINISH) == Z_STREAM_END) packed = slice_of((const char *)out, PACKED_BYTES_MAX - z->avail_out);
    }
    pthread_mutex_unlock(&s->deflate_mutex);
    return packed;
}

/* Straight under its name: who has the bytes elsewhere mends what a crash left half written. */
enum err raw_store_put_soon(struct raw_store *s, const uint8_t id[SHA256_BYTES], struct slice bytes)
{
    char path[PATH_MAX];
    unsigned char room[PACKED_BYTES_MAX];
    ASSERT(bytes.size <= SMALL_BYTES_MAX);
    struct slice packed = deflate_small(s, bytes, room);
    struct spool whole = spool_over(bytes);
    if (packed.size == 0) return raw_store_put(s, id, &whole);
    path_of(s, id, ".gz", path);
    int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0640);
    if (fd < 0) return errno == EEXIST ? OK : ERR_FILE_UNWRITABLE;
    bool is_written = folder_write(fd, packed);
    if (close(fd) != 0) is_written = false;
    if (is_written) return OK;
    (void)unlink(path);
    return ERR_FILE_UNWRITABLE;
}

bool raw_store_sync(struct raw_store *s)
{
    return syncfs(s->folder) == 0;
}

enum err raw_store_put_answer(struct raw_store *s, const uint8_t id[SHA256_BYTES], struct slice bytes)
{
    char path[PATH_MAX], before[PATH_MAX];
    path_of(s, id, ".ack", path);
    path_of(s, id, ".ack.tmp", before);
    FILE *file = fopen(before, "we");
    bool is_written = file && (bytes.size == 0 || fwrite(bytes.bytes, 1, bytes.size, file) == bytes.size);
    if (file) is_written = fclose(file) == 0 && is_written;
    return name_file(before, path, is_written);
}

/* Reading */

static bool inflate_file(int from, int to)
{
    struct inflate_sink sink = { &to, folder_put };
    struct inflate *i = inflate_open(UINT64_MAX / 2, 0, &sink);
    char *piece = malloc(PIECE_BYTES);
    enum inflate_fault fault = i && piece ? INFLATE_FINE : INFLATE_SINK;
    ssize_t n = 0;
    while (fault == INFLATE_FINE && (n = read(from, piece, PIECE_BYTES)) > 0)
        fault = inflate_feed(i, slice_of(piece, (size_t)n));
    if (fault == INFLATE_FINE && n == 0) fault = inflate_end(i);
    bool is_whole = fault == INFLATE_FINE && n == 0;
    free(piece);
    inflate_close(i);
    return is_whole;
}

static enum err map(struct spool *spool, int fd)
{
    struct stat st;
    *spool = (struct spool){ 0 };
    if (fstat(fd, &st) != 0) return ERR_FILE_UNREADABLE;
    if (st.st_size == 0) return OK;
    void *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (bytes == MAP_FAILED) return ERR_FILE_UNREADABLE;
    *spool = (struct spool){ .bytes = slice_of(bytes, (size_t)st.st_size), .is_mapped = true, .gives_back = true };
    return OK;
}

enum err raw_store_get(struct raw_store *s, const uint8_t id[SHA256_BYTES], struct spool *spool)
{
    char path[PATH_MAX];
    path_of(s, id, ".gz", path);
    int from = open(path, O_RDONLY | O_CLOEXEC);
    int to = open(s->path, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    enum err e = from >= 0 && to >= 0 && inflate_file(from, to) ? map(spool, to) : ERR_FILE_UNREADABLE;
    if (from >= 0) close(from);
    if (to >= 0) close(to);
    return e;
}

static bool is_same(struct spool *a, struct spool *b)
{
    bool same = a->bytes.size == b->bytes.size;
    for (size_t at = 0; same && at < a->bytes.size; at += PIECE_BYTES) {
        same = slice_equal(slice_head(slice_skip(a->bytes, at), PIECE_BYTES),
                           slice_head(slice_skip(b->bytes, at), PIECE_BYTES));
        spool_pass(a, at);
        spool_pass(b, at);
    }
    spool_rewind(b);
    return same;
}

enum err raw_store_mend(struct raw_store *s, const uint8_t id[SHA256_BYTES], struct spool *document)
{
    char path[PATH_MAX];
    struct spool kept;
    bool is_kept = false;
    path_of(s, id, ".gz", path);
    if (raw_store_get(s, id, &kept) == OK) {
        is_kept = is_same(&kept, document);
        spool_close(&kept);
    }
    if (!is_kept) (void)unlink(path);
    return raw_store_put(s, id, document);
}

enum err raw_store_get_answer(struct raw_store *s, struct arena *a, const uint8_t id[SHA256_BYTES], struct slice *bytes)
{
    char path[PATH_MAX];
    struct spool spool;
    path_of(s, id, ".ack", path);
    TRY(spool_open(&spool, path));
    bool fits = spool.bytes.size <= ANSWER_BYTES_MAX;
    if (fits) *bytes = slice_copy(a, spool.bytes);
    spool_close(&spool);
    return fits ? OK : ERR_FILE_UNREADABLE;
}

/* Ending */

unsigned raw_store_expire(struct raw_store *s, instant_ms now_unix_ms, uint32_t days)
{
    char folder[PATH_MAX];
    unsigned removed = 0;
    int size = snprintf(folder, sizeof folder, "%s/%02x", s->path, s->next_folder++ % FOLDERS);
    DIR *dir = size > 0 && (size_t)size < sizeof folder ? opendir(folder) : NULL;
    if (!dir) return 0;
    for (const struct dirent *e; (e = readdir(dir));) {
        struct stat st;
        if (e->d_name[0] == '.' || fstatat(dirfd(dir), e->d_name, &st, 0) != 0) continue;
        if (now_unix_ms / INSTANT_DAY_MS - st.st_mtime / 86400 <= (int64_t)days) continue;
        removed += unlinkat(dirfd(dir), e->d_name, 0) == 0;
    }
    closedir(dir);
    return removed;
}
