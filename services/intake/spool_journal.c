/* intake/spool_journal.c: documents by name in memory, their records in segments on disk. */
#include "intake/spool_journal.h"

#include "base/assert.h"
#include "base/hash.h"
#include "runtime/folder.h"
#include "runtime/log.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SHELVES = 4096, MAGIC = 0x314a5343 /* "CSJ1" */, FILE_BYTES = SPOOL_NAME_BYTES + 16, META_BYTES_MAX = 64 << 10 };

#define DAMAGED ".damaged"

/* Before each record; after meta and body stands the hash of it all. */
struct head { uint32_t magic, meta_bytes, body_bytes, unused; char name[SPOOL_NAME_BYTES]; };

struct segment {
    struct segment *next;
    char file[FILE_BYTES];
    int fd;
    uint64_t size;
    unsigned living;
    bool is_damaged;
};

struct small {
    struct small *next;
    char name[SPOOL_NAME_BYTES];
    char *room, *meta_room;
    struct slice body, meta;
    struct segment *segment;
};

struct spool_journal {
    int             folder;
    pthread_mutex_t mutex;                          /* of what follows */
    struct small   *shelves[SHELVES];
    struct segment *segments;
    size_t          memory_bytes;

    pthread_mutex_t write_mutex;                    /* one writes at a time */
    struct segment *open;                           /* the one being written to; changed by its writer, under both */
    char           *batch;
    size_t          batch_bytes, batch_capacity;
    unsigned        opened;                         /* segments, by this process */
};

/* In memory */

static struct small **shelf_of(struct spool_journal *j, const char *name)
{
    struct hash128 hash = hash_bytes(slice_from(name));
    return &j->shelves[(hash.bytes[0] | hash.bytes[1] << 8) % SHELVES];
}

static struct small *find(struct spool_journal *j, const char *name)
{
    struct small *s = *shelf_of(j, name);
    while (s && strcmp(s->name, name) != 0) s = s->next;
    return s;
}

static void put(struct spool_journal *j, const char *name, char *room, struct slice body, struct segment *segment)
{
    struct small *s = calloc(1, sizeof *s), **shelf = shelf_of(j, name);
    ASSERT(s && strlen(name) < SPOOL_NAME_BYTES);
    memcpy(s->name, name, strlen(name) + 1);
    s->room = room;
    s->body = body;
    s->segment = segment;
    s->next = *shelf;
    *shelf = s;
    j->memory_bytes += body.size;
    if (segment) segment->living++;
}

static void keep_meta(struct small *s, struct slice meta)
{
    s->meta_room = malloc(meta.size + 1);
    ASSERT(s->meta_room);
    if (meta.size) memcpy(s->meta_room, meta.bytes, meta.size);
    s->meta = slice_of(s->meta_room, meta.size);
}

static void free_small(struct spool_journal *j, struct small *s)
{
    j->memory_bytes -= s->body.size;
    if (s->segment) s->segment->living--;
    free(s->room);
    free(s->meta_room);
    free(s);
}

bool spool_journal_has_room(struct spool_journal *j)
{
    pthread_mutex_lock(&j->mutex);
    bool has_room = j->memory_bytes < JOURNAL_MEMORY_BYTES_MAX;
    pthread_mutex_unlock(&j->mutex);
    return has_room;
}

void spool_journal_add(struct spool_journal *j, const char *name, char *bytes, size_t size)
{
    ASSERT(size <= SPOOL_SMALL_BYTES_MAX);
    pthread_mutex_lock(&j->mutex);
    put(j, name, bytes, slice_of(bytes, size), NULL);
    pthread_mutex_unlock(&j->mutex);
}

bool spool_journal_find(struct spool_journal *j, const char *name, struct slice *body, struct slice *meta)
{
    pthread_mutex_lock(&j->mutex);
    const struct small *s = find(j, name);
    if (s && body) *body = s->body;
    if (s && meta) *meta = s->meta;
    pthread_mutex_unlock(&j->mutex);
    return s != NULL;
}

bool spool_journal_remove(struct spool_journal *j, const char *name)
{
    pthread_mutex_lock(&j->mutex);
    struct small **at = shelf_of(j, name);
    while (*at && strcmp((*at)->name, name) != 0) at = &(*at)->next;
    struct small *s = *at;
    if (s) {
        *at = s->next;
        free_small(j, s);
    }
    pthread_mutex_unlock(&j->mutex);
    return s != NULL;
}

void spool_journal_each(struct spool_journal *j, void (*take)(void *context, const char *name), void *context)
{
    pthread_mutex_lock(&j->mutex);
    for (unsigned k = 0; k < SHELVES; k++)
        for (const struct small *s = j->shelves[k]; s; s = s->next)
            if (s->segment) take(context, s->name);
    pthread_mutex_unlock(&j->mutex);
}

/* Segments */

static struct segment *segment_add(struct spool_journal *j, const char *file, int fd)
{
    struct segment *g = calloc(1, sizeof *g);
    ASSERT(g && strlen(file) < FILE_BYTES);
    memcpy(g->file, file, strlen(file) + 1);
    g->fd = fd;
    pthread_mutex_lock(&j->mutex);
    g->next = j->segments;
    j->segments = g;
    pthread_mutex_unlock(&j->mutex);
    return g;
}

static void segment_free(struct segment *g)
{
    if (g->fd >= 0) close(g->fd);
    free(g);
}

/* Named by a document of it, and by a number, as a document whose batch failed may come again; the name lasts before
 * anybody is told of what stands in it. */
static struct segment *segment_open(struct spool_journal *j, const char *name)
{
    char file[FILE_BYTES];
    int size = snprintf(file, sizeof file, "%s-%u.log", name, ++j->opened);
    ASSERT(size > 0 && (size_t)size < sizeof file);
    int fd = openat(j->folder, file, O_CREAT | O_EXCL | O_WRONLY | O_APPEND | O_CLOEXEC, 0640);
    if (fd < 0) return NULL;
    if (fsync(j->folder) == 0) return segment_add(j, file, fd);
    close(fd);
    (void)unlinkat(j->folder, file, 0);
    return NULL;
}

/* Writing */

static void batch_put(struct spool_journal *j, const void *bytes, size_t size)
{
    if (j->batch_bytes + size > j->batch_capacity) {
        j->batch_capacity = 2 * (j->batch_bytes + size);
        j->batch = realloc(j->batch, j->batch_capacity);
        ASSERT(j->batch);
    }
    if (size) memcpy(j->batch + j->batch_bytes, bytes, size);
    j->batch_bytes += size;
}

static void batch_put_record(struct spool_journal *j, const struct spool_record *r, struct slice body)
{
    struct head head = { .magic = MAGIC, .meta_bytes = (uint32_t)r->meta.size, .body_bytes = (uint32_t)body.size };
    size_t from = j->batch_bytes;
    memcpy(head.name, r->name, strlen(r->name));
    batch_put(j, &head, sizeof head);
    batch_put(j, r->meta.bytes, r->meta.size);
    batch_put(j, body.bytes, body.size);
    struct hash128 hash = hash_bytes(slice_of(j->batch + from, j->batch_bytes - from));
    batch_put(j, hash.bytes, sizeof hash.bytes);
}

/* What was written of a batch that failed is cut off again; where that cannot be, the next batch begins another
 * segment: after a torn record nothing would be found. */
static bool write_batch(struct spool_journal *j)
{
    struct segment *g = j->open;
    if (folder_write(g->fd, slice_of(j->batch, j->batch_bytes)) && fdatasync(g->fd) == 0) {
        g->size += j->batch_bytes;
        return true;
    }
    (void)!ftruncate(g->fd, (off_t)g->size);
    pthread_mutex_lock(&j->mutex);
    j->open = NULL;
    pthread_mutex_unlock(&j->mutex);
    return false;
}

static bool has_open_segment(struct spool_journal *j, const char *name)
{
    if (j->open && j->open->size < JOURNAL_SEGMENT_BYTES) return true;
    struct segment *g = segment_open(j, name);
    pthread_mutex_lock(&j->mutex);
    j->open = g;
    pthread_mutex_unlock(&j->mutex);
    return g != NULL;
}

/* Puts what is not on disk into the batch. The number of records. */
static unsigned gather(struct spool_journal *j, struct spool_record *records, unsigned count)
{
    unsigned gathered = 0;
    j->batch_bytes = 0;
    pthread_mutex_lock(&j->mutex);
    for (unsigned k = 0; k < count; k++) {
        const struct small *s = find(j, records[k].name);
        ASSERT(s && records[k].meta.size <= META_BYTES_MAX);
        records[k].is_whole = s->segment != NULL;
        if (records[k].is_whole) continue;
        batch_put_record(j, &records[k], s->body);
        gathered++;
    }
    pthread_mutex_unlock(&j->mutex);
    return gathered;
}

static void mark(struct spool_journal *j, struct spool_record *records, unsigned count)
{
    pthread_mutex_lock(&j->mutex);
    for (unsigned k = 0; k < count; k++) {
        struct small *s = find(j, records[k].name);
        if (records[k].is_whole || !s || s->segment) continue;
        s->segment = j->open;
        s->segment->living++;
        keep_meta(s, records[k].meta);
        records[k].is_whole = true;
    }
    pthread_mutex_unlock(&j->mutex);
}

void spool_journal_write(struct spool_journal *j, struct spool_record *records, unsigned count)
{
    pthread_mutex_lock(&j->write_mutex);
    bool is_written = gather(j, records, count) > 0 && has_open_segment(j, records[0].name) && write_batch(j);
    if (is_written) mark(j, records, count);
    pthread_mutex_unlock(&j->write_mutex);
}

/* Ending */

static struct segment *take_retired(struct spool_journal *j, bool all)
{
    struct segment *retired = NULL;
    pthread_mutex_lock(&j->mutex);
    for (struct segment **at = &j->segments; *at;) {
        struct segment *g = *at;
        if (g->living > 0 || (g == j->open && !all)) { at = &g->next; continue; }
        if (g == j->open) j->open = NULL;
        *at = g->next;
        g->next = retired;
        retired = g;
    }
    pthread_mutex_unlock(&j->mutex);
    return retired;
}

static void put_back(struct spool_journal *j, struct segment *retired)
{
    pthread_mutex_lock(&j->mutex);
    while (retired) {
        struct segment *next = retired->next;
        retired->next = j->segments;
        j->segments = retired;
        retired = next;
    }
    pthread_mutex_unlock(&j->mutex);
}

/* What could not be read of a damaged segment is for a person: it stays aside. */
static void drop_file(const struct spool_journal *j, const struct segment *g)
{
    char aside[FILE_BYTES + sizeof DAMAGED];
    if (!g->is_damaged) { (void)unlinkat(j->folder, g->file, 0); return; }
    snprintf(aside, sizeof aside, "%s" DAMAGED, g->file);
    (void)renameat(j->folder, g->file, j->folder, aside);
}

void spool_journal_retire(struct spool_journal *j, bool all, bool (*before)(void *context), void *context)
{
    pthread_mutex_lock(&j->write_mutex);
    struct segment *retired = take_retired(j, all);
    if (retired && before && !before(context)) {
        put_back(j, retired);
        retired = NULL;
    }
    while (retired) {
        struct segment *next = retired->next;
        drop_file(j, retired);
        segment_free(retired);
        retired = next;
    }
    pthread_mutex_unlock(&j->write_mutex);
}

/* Opening */

/* The record at the front, taken off *rest; false: what follows is no whole record. */
static bool take_record(struct slice *rest, struct head *head, struct slice *meta, struct slice *body)
{
    if (rest->size < sizeof *head + HASH128_BYTES) return false;
    memcpy(head, rest->bytes, sizeof *head);
    bool is_sane = head->magic == MAGIC && head->meta_bytes <= META_BYTES_MAX
                   && head->body_bytes <= SPOOL_SMALL_BYTES_MAX && memchr(head->name, 0, sizeof head->name);
    size_t size = sizeof *head + head->meta_bytes + head->body_bytes;
    if (!is_sane || rest->size < size + HASH128_BYTES) return false;
    struct hash128 hash = hash_bytes(slice_head(*rest, size));
    if (memcmp(hash.bytes, rest->bytes + size, HASH128_BYTES) != 0) return false;
    *meta = slice_of(rest->bytes + sizeof *head, head->meta_bytes);
    *body = slice_of(meta->bytes + meta->size, head->body_bytes);
    *rest = slice_skip(*rest, size + HASH128_BYTES);
    return true;
}

/* NULL: not all of it can be read. What was promised is not taken for a torn tail. */
static char *read_file(int folder, const char *file, size_t *size)
{
    int fd = openat(folder, file, O_RDONLY | O_CLOEXEC);
    struct stat st;
    char *bytes = NULL;
    *size = 0;
    if (fd >= 0 && fstat(fd, &st) == 0 && (bytes = malloc((size_t)st.st_size + 1)))
        for (ssize_t n; *size < (size_t)st.st_size && (n = read(fd, bytes + *size, (size_t)st.st_size - *size)) > 0;)
            *size += (size_t)n;
    if (fd >= 0) close(fd);
    if (bytes && *size == (size_t)st.st_size) return bytes;
    free(bytes);
    return NULL;
}

/* The next whole record, over bytes that are none: after them stand documents that were promised, so they are no torn
 * tail. *damaged_bytes counts them. False: nothing whole is left. */
static bool find_record(struct slice *rest, struct head *head, struct slice *meta, struct slice *body,
                        size_t *damaged_bytes)
{
    static const uint32_t magic = MAGIC;
    struct slice from = *rest;
    while (!take_record(&from, head, meta, body)) {
        const char *next = from.size > 1 ? memmem(from.bytes + 1, from.size - 1, &magic, sizeof magic) : NULL;
        if (!next) return false;
        from = slice_skip(from, (size_t)(next - from.bytes));
    }
    *damaged_bytes += (size_t)(meta->bytes - sizeof *head - rest->bytes);
    *rest = from;
    return true;
}

static void tell_damage(struct segment *g, size_t damaged_bytes)
{
    g->is_damaged = damaged_bytes > 0;
    if (g->is_damaged)
        LOG(LOG_ERROR, "spool_damaged", LOG_WORD("file", g->file), LOG_NUMBER("bytes", damaged_bytes),
            LOG_WORD("what", "documents in these bytes are lost to the service; the file stays as " DAMAGED
                             " when the others are through"));
}

static bool take_segment(struct spool_journal *j, const char *file)
{
    size_t size, damaged_bytes = 0;
    char *bytes = read_file(j->folder, file, &size);
    struct slice rest = slice_of(bytes, size), meta, body;
    struct head head;
    if (!bytes) return false;
    struct segment *g = segment_add(j, file, -1);
    while (find_record(&rest, &head, &meta, &body, &damaged_bytes)) {
        char *room = malloc(body.size + 1);
        ASSERT(room);
        if (body.size) memcpy(room, body.bytes, body.size);
        if (find(j, head.name)) { free(room); continue; }
        put(j, head.name, room, slice_of(room, body.size), g);
        keep_meta(find(j, head.name), meta);
    }
    free(bytes);
    tell_damage(g, damaged_bytes);
    return true;
}

enum err spool_journal_open(int folder, const char *path, struct spool_journal **journal)
{
    struct spool_journal *j = calloc(1, sizeof *j);
    DIR *dir = j ? opendir(path) : NULL;
    if (!j) return ERR_MEMORY_EXHAUSTED;
    j->folder = folder;
    pthread_mutex_init(&j->mutex, NULL);
    pthread_mutex_init(&j->write_mutex, NULL);
    bool is_whole = dir != NULL;
    for (const struct dirent *e; dir && (e = readdir(dir));)
        if (strlen(e->d_name) < FILE_BYTES && slice_ends_with(slice_from(e->d_name), SLICE(".log")))
            is_whole = take_segment(j, e->d_name) && is_whole;
    if (dir) closedir(dir);
    if (is_whole) { spool_journal_retire(j, true, NULL, NULL); *journal = j; return OK; }
    spool_journal_close(j);
    return ERR_FILE_UNREADABLE;
}

void spool_journal_close(struct spool_journal *j)
{
    if (!j) return;
    for (unsigned k = 0; k < SHELVES; k++)
        while (j->shelves[k]) {
            struct small *next = j->shelves[k]->next;
            free_small(j, j->shelves[k]);
            j->shelves[k] = next;
        }
    while (j->segments) {
        struct segment *next = j->segments->next;
        segment_free(j->segments);
        j->segments = next;
    }
    free(j->batch);
    free(j);
}
