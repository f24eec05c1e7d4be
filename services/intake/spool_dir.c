/* intake/spool_dir.c: files of a folder and their names; what is small lies in the journal. */
#include "intake/spool_dir.h"

#include "base/assert.h"
#include "intake/json_out.h"
#include "runtime/clock.h"
#include "runtime/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { ENTRIES_MAX = 1 << 20, SMALL_BYTES_FIRST = 1 << 10 };

struct spool_dir {
    char                  path[PATH_MAX];
    int                   fd;
    struct spool_journal *journal;
    _Atomic int64_t       last;                     /* of the names given */
};

struct spool_upload {
    struct spool_dir          *dir;
    char                       name[SPOOL_NAME_BYTES];
    int                        body;                /* -1: it lies in memory */
    char                      *small;
    size_t                     small_bytes, small_capacity;
    struct inflate            *inflate;
    struct hash_sha256_stream *hash;
    uint8_t                    digest[SHA256_BYTES];
    uint64_t                   sent_bytes, body_bytes, bytes_max;
    enum spool_fault           fault;
    bool                       has_ended;
};

/* Names and paths */

/* <dir>/<name><ending> */
static void spool_dir_path(const struct spool_dir *d, const char *name, const char *ending, char path[PATH_MAX])
{
    int size = snprintf(path, PATH_MAX, "%s/%s%s", d->path, name, ending);
    ASSERT(size > 0 && size < PATH_MAX);
}

/* Later names are greater, whatever the clock of the wall does. */
static void give_name(struct spool_dir *d, char name[SPOOL_NAME_BYTES])
{
    int64_t now = clock_now_unix_ms() * 1000, last = atomic_load(&d->last), next;
    do next = now > last ? now : last + 1;
    while (!atomic_compare_exchange_weak(&d->last, &last, next));
    snprintf(name, SPOOL_NAME_BYTES, "%020lld", (long long)next);
}

static bool ends_with(const char *name, const char *ending)
{
    return slice_ends_with(slice_from(name), slice_from(ending));
}

/* Opening */

static void remove_file(struct spool_dir *d, const char *name, const char *ending)
{
    char file[SPOOL_NAME_BYTES + 24];
    snprintf(file, sizeof file, "%s%s", name, ending);
    (void)unlinkat(d->fd, file, 0);
}

static bool has_meta(struct spool_dir *d, const char *file)
{
    char meta[SPOOL_NAME_BYTES + 24];
    struct slice name = slice_from(file);
    name = slice_head(name, slice_find(name, '.'));
    int size = snprintf(meta, sizeof meta, "%.*s.meta", SLICE_ARGS(name));
    return size > 0 && (size_t)size < sizeof meta && faccessat(d->fd, meta, F_OK, 0) == 0;
}

static void note_name(void *context, const char *name)
{
    struct spool_dir *d = context;
    int64_t number = strtoll(name, NULL, 10);
    if (number > atomic_load(&d->last)) atomic_store(&d->last, number);
}

/* Bytes without what is known of them: nobody was told that they were accepted. */
static void drop_unfinished(struct spool_dir *d)
{
    DIR *dir = opendir(d->path);
    if (!dir) return;
    for (const struct dirent *e; (e = readdir(dir));) {
        note_name(d, e->d_name);
        bool is_ours = ends_with(e->d_name, ".part") || ends_with(e->d_name, ".tmp")
                       || (ends_with(e->d_name, ".body") && !has_meta(d, e->d_name));
        if (is_ours) (void)unlinkat(d->fd, e->d_name, 0);
    }
    closedir(dir);
}

static bool make_folder(const char *path)
{
    char part[PATH_MAX];
    snprintf(part, sizeof part, "%s", path);
    for (char *at = part + 1; *at; at++) {
        if (*at != '/') continue;
        *at = 0;
        if (mkdir(part, 0750) != 0 && errno != EEXIST) return false;
        *at = '/';
    }
    return mkdir(part, 0750) == 0 || errno == EEXIST;
}

enum err spool_dir_open(const char *path, struct spool_dir **dir)
{
    if (strlen(path) + SPOOL_NAME_BYTES + 8 >= PATH_MAX || !make_folder(path)) return ERR_FILE_UNWRITABLE;
    struct spool_dir *d = calloc(1, sizeof *d);
    if (!d) return ERR_MEMORY_EXHAUSTED;
    snprintf(d->path, sizeof d->path, "%s", path);
    d->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (d->fd < 0 || faccessat(d->fd, ".", W_OK, 0) != 0) {
        spool_dir_close(d);
        return ERR_FILE_UNWRITABLE;
    }
    drop_unfinished(d);
    enum err e = spool_journal_open(d->fd, d->path, &d->journal);
    if (e != OK) {
        spool_dir_close(d);
        return e;
    }
    spool_journal_each(d->journal, note_name, d);
    *dir = d;
    return OK;
}

void spool_dir_close(struct spool_dir *d)
{
    if (!d) return;
    spool_journal_close(d->journal);
    if (d->fd >= 0) close(d->fd);
    free(d);
}

unsigned spool_dir_fill(const struct spool_dir *d)
{
    struct statvfs v;
    if (fstatvfs(d->fd, &v) != 0 || v.f_blocks == 0) return 0;
    uint64_t used = (uint64_t)(v.f_blocks - v.f_bfree), usable = used + v.f_bavail;
    return usable ? (unsigned)(used * 1000 / usable) : 1000;
}

uint64_t spool_dir_bytes(const struct spool_dir *d)
{
    DIR *dir = opendir(d->path);
    uint64_t bytes = 0;
    struct stat st;
    if (!dir) return 0;
    for (const struct dirent *e; (e = readdir(dir));)
        if (fstatat(d->fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
            bytes += (uint64_t)st.st_size;
    closedir(dir);
    return bytes;
}

/* Receiving */

static int make_file(struct spool_dir *d, const char *name, const char *ending)
{
    char file[SPOOL_NAME_BYTES + 24];
    snprintf(file, sizeof file, "%s%s", name, ending);
    return openat(d->fd, file, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0640);
}

static bool grow(struct spool_upload *u, size_t size)
{
    size_t capacity = u->small_capacity ? u->small_capacity : SMALL_BYTES_FIRST;
    while (capacity < size) capacity *= 2;
    char *more = capacity > u->small_capacity ? realloc(u->small, capacity) : u->small;
    if (!more) return false;
    u->small = more;
    u->small_capacity = capacity;
    return true;
}

/* Out of memory into a file: it is no small one. */
static bool spill(struct spool_upload *u)
{
    u->body = make_file(u->dir, u->name, ".part");
    bool is_written = u->body >= 0 && folder_write(u->body, slice_of(u->small, u->small_bytes));
    free(u->small);
    u->small = NULL;
    u->small_bytes = u->small_capacity = 0;
    return is_written;
}

static bool put_body(void *context, struct slice bytes)
{
    struct spool_upload *u = context;
    u->body_bytes += bytes.size;
    if (u->body >= 0) return folder_write(u->body, bytes);
    if (u->body_bytes > SPOOL_SMALL_BYTES_MAX) return spill(u) && folder_write(u->body, bytes);
    if (!grow(u, u->small_bytes + bytes.size)) return false;
    if (bytes.size) memcpy(u->small + u->small_bytes, bytes.bytes, bytes.size);
    u->small_bytes += bytes.size;
    return true;
}

enum err spool_upload_open(struct spool_dir *d, bool is_compressed, uint64_t bytes_max, struct spool_upload **upload)
{
    struct spool_upload *u = calloc(1, sizeof *u);
    if (!u) return ERR_MEMORY_EXHAUSTED;
    *u = (struct spool_upload){ .dir = d, .body = -1, .bytes_max = bytes_max };
    give_name(d, u->name);
    bool is_ready = spool_journal_has_room(d->journal) || spill(u);
    struct inflate_sink sink = { u, put_body };
    if (is_compressed) u->inflate = inflate_open(bytes_max, INFLATE_RATIO_MAX, &sink);
    u->hash = hash_sha256_open();
    if (!is_ready || (is_compressed && !u->inflate)) {
        spool_upload_drop(u);
        return ERR_FILE_UNWRITABLE;
    }
    *upload = u;
    return OK;
}

static enum spool_fault fault_of(enum inflate_fault fault)
{
    static const enum spool_fault faults[] = {
        [INFLATE_FINE] = SPOOL_FINE,           [INFLATE_BROKEN] = SPOOL_BROKEN, [INFLATE_BOMB] = SPOOL_BOMB,
        [INFLATE_TOO_LARGE] = SPOOL_TOO_LARGE, [INFLATE_SINK] = SPOOL_DISK,
    };
    return faults[fault];
}

static enum spool_fault put(struct spool_upload *u, struct slice bytes)
{
    u->sent_bytes += bytes.size;
    hash_sha256_add(u->hash, bytes);
    if (u->inflate) return fault_of(inflate_feed(u->inflate, bytes));
    if (bytes.size > u->bytes_max - u->body_bytes) return SPOOL_TOO_LARGE;
    return put_body(u, bytes) ? SPOOL_FINE : SPOOL_DISK;
}

enum spool_fault spool_upload_put(struct spool_upload *u, struct slice bytes)
{
    ASSERT(!u->has_ended);
    if (u->fault == SPOOL_FINE) u->fault = put(u, bytes);
    return u->fault;
}

enum spool_fault spool_upload_end(struct spool_upload *u)
{
    ASSERT(!u->has_ended);
    u->has_ended = true;
    hash_sha256_close(u->hash, u->digest);
    u->hash = NULL;
    if (u->fault == SPOOL_FINE && u->inflate) u->fault = fault_of(inflate_end(u->inflate));
    return u->fault;
}

uint64_t spool_upload_sent(const struct spool_upload *u)
{
    return u->sent_bytes;
}

uint64_t spool_upload_bytes(const struct spool_upload *u)
{
    return u->body_bytes;
}

void spool_upload_sha256(const struct spool_upload *u, uint8_t digest[SHA256_BYTES])
{
    ASSERT(u->has_ended);
    memcpy(digest, u->digest, SHA256_BYTES);
}

static bool rename_part(struct spool_upload *u, const char *from, const char *to)
{
    char before[SPOOL_NAME_BYTES + 24], after[SPOOL_NAME_BYTES + 24];
    snprintf(before, sizeof before, "%s%s", u->name, from);
    snprintf(after, sizeof after, "%s%s", u->name, to);
    return renameat(u->dir->fd, before, u->dir->fd, after) == 0;
}

static void release(struct spool_upload *u)
{
    uint8_t unused[SHA256_BYTES];
    if (u->hash) hash_sha256_close(u->hash, unused);
    inflate_close(u->inflate);
    if (u->body >= 0) close(u->body);
    free(u->small);
    free(u);
}

enum err spool_upload_keep(struct spool_upload *u, char name[SPOOL_NAME_BYTES])
{
    ASSERT(u->has_ended && u->fault == SPOOL_FINE);
    memcpy(name, u->name, SPOOL_NAME_BYTES);
    if (u->body < 0) {
        spool_journal_add(u->dir->journal, u->name, u->small, u->small_bytes);
        u->small = NULL;
    } else if (!rename_part(u, ".part", ".body")) {
        spool_upload_drop(u);
        return ERR_FILE_UNWRITABLE;
    }
    release(u);
    return OK;
}

void spool_upload_drop(struct spool_upload *u)
{
    if (!u) return;
    if (u->body >= 0) remove_file(u->dir, u->name, ".part");
    release(u);
}

/* What is known */

static void put_meta(struct json_out *j, const struct spool_meta *m)
{
    char hex[SHA256_HEX];
    struct text t = text_over(hex, sizeof hex);
    json_out_begin(j, '{');
    json_out_member(j, SLICE("submitter_id"), m->submitter_id);
    json_out_member(j, SLICE("file_name"), m->file_name);
    json_out_member(j, SLICE("partner_id"), m->partner_id);
    json_out_member(j, SLICE("currency"), m->currency);
    json_out_member(j, SLICE("profile"), m->profile);
    json_out_member(j, SLICE("traceparent"), m->traceparent);
    json_out_member(j, SLICE("request_key"), m->request_key);
    json_out_member(j, SLICE("parent"), m->parent);
    json_out_member(j, SLICE("event_source"), m->event_source);
    json_out_member(j, SLICE("event_id"), m->event_id);
    json_out_member(j, SLICE("sheet"), m->sheet);
    json_out_member(j, SLICE("encoding"), m->encoding);
    json_out_member_int(j, SLICE("door"), (int64_t)m->door);
    json_out_member_int(j, SLICE("received_at_unix_ms"), m->received_at_unix_ms);
    json_out_member_int(j, SLICE("bytes"), (int64_t)m->bytes);
    json_out_member_int(j, SLICE("decimal"), m->decimal);
    json_out_member_int(j, SLICE("dates"), m->dates);
    json_out_member_int(j, SLICE("header_row"), m->header_row);
    json_out_member_bool(j, SLICE("is_compressed"), m->is_compressed);
    text_put_hex(&t, m->sha256, SHA256_BYTES);
    json_out_member(j, SLICE("sha256"), text_slice(&t));
    t.size = 0;
    text_put_hex(&t, m->request_content.bytes, HASH128_BYTES);
    json_out_member(j, SLICE("request_content"), text_slice(&t));
    json_out_end(j);
}

static bool sync_file(struct spool_dir *d, const char *name, const char *ending)
{
    char file[SPOOL_NAME_BYTES + 24];
    snprintf(file, sizeof file, "%s%s", name, ending);
    int fd = openat(d->fd, file, O_RDONLY | O_CLOEXEC);
    bool is_synced = fd >= 0 && fdatasync(fd) == 0;
    if (fd >= 0) close(fd);
    return is_synced;
}

static bool write_meta(struct spool_dir *d, const char *name, struct slice bytes)
{
    char before[SPOOL_NAME_BYTES + 24], after[SPOOL_NAME_BYTES + 24];
    snprintf(before, sizeof before, "%s.meta.tmp", name);
    snprintf(after, sizeof after, "%s.meta", name);
    int fd = openat(d->fd, before, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0640);
    if (fd < 0) return false;
    bool is_written = folder_write(fd, bytes) && fdatasync(fd) == 0;
    close(fd);
    return is_written && renameat(d->fd, before, d->fd, after) == 0 && fsync(d->fd) == 0;
}

static struct slice meta_in(struct arena *a, const struct spool_meta *meta)
{
    struct json_out j;
    json_out_open(&j);
    put_meta(&j, meta);
    struct slice bytes = slice_copy(a, json_out_bytes(&j));
    json_out_close(&j);
    return bytes;
}

void spool_dir_commit(struct spool_dir *d, struct arena *scratch, struct spool_entry *entries, unsigned count)
{
    struct spool_record *records = ARENA_ARRAY(scratch, count + 1, struct spool_record);
    unsigned small = 0;
    for (unsigned k = 0; k < count; k++) {
        entries[k].is_small = spool_journal_find(d->journal, entries[k].name, NULL, NULL);
        if (entries[k].is_small)
            records[small++] =
                (struct spool_record){ .name = entries[k].name, .meta = meta_in(scratch, entries[k].meta) };
    }
    if (small) spool_journal_write(d->journal, records, small);
    for (unsigned k = 0, at = 0; k < count; k++) entries[k].is_whole = entries[k].is_small && records[at++].is_whole;
}

void spool_dir_retire(struct spool_dir *d, bool all, bool (*before)(void *context), void *context)
{
    spool_journal_retire(d->journal, all, before, context);
}

enum err spool_dir_write_meta(struct spool_dir *d, const char *name, const struct spool_meta *meta)
{
    struct arena a;
    struct spool_entry entry = { .name = name, .meta = meta };
    TRY(arena_open(&a, SPOOL_META_BYTES_MAX, SPOOL_META_BYTES_MAX));
    spool_dir_commit(d, &a, &entry, 1);
    bool is_written =
        entry.is_small ? entry.is_whole : sync_file(d, name, ".body") && write_meta(d, name, meta_in(&a, meta));
    arena_close(&a);
    return is_written ? OK : ERR_FILE_UNWRITABLE;
}

static struct slice text_of(struct arena *a, const json_t *o, const char *name)
{
    const json_t *value = json_object_get(o, name);
    return json_is_string(value) ? slice_copy(a, slice_of(json_string_value(value), json_string_length(value)))
                                 : (struct slice){ 0 };
}

static int64_t number_of(const json_t *o, const char *name)
{
    return json_integer_value(json_object_get(o, name));
}

static void take_hex(const json_t *o, const char *name, uint8_t *bytes, size_t count)
{
    const char *text = json_string_value(json_object_get(o, name));
    if (!text || strlen(text) != 2 * count) return;
    for (size_t k = 0; k < count; k++) {
        char pair[3] = { text[2 * k], text[2 * k + 1], 0 };
        bytes[k] = (uint8_t)strtoul(pair, NULL, 16);
    }
}

static void take_meta(struct arena *a, const json_t *o, struct spool_meta *m)
{
    *m = (struct spool_meta){
        .submitter_id = text_of(a, o, "submitter_id"),
        .file_name = text_of(a, o, "file_name"),
        .partner_id = text_of(a, o, "partner_id"),
        .currency = text_of(a, o, "currency"),
        .profile = text_of(a, o, "profile"),
        .traceparent = text_of(a, o, "traceparent"),
        .request_key = text_of(a, o, "request_key"),
        .parent = text_of(a, o, "parent"),
        .event_source = text_of(a, o, "event_source"),
        .event_id = text_of(a, o, "event_id"),
        .sheet = text_of(a, o, "sheet"),
        .encoding = text_of(a, o, "encoding"),
        .door = (enum door)number_of(o, "door"),
        .received_at_unix_ms = number_of(o, "received_at_unix_ms"),
        .bytes = (uint64_t)number_of(o, "bytes"),
        .decimal = (uint32_t)number_of(o, "decimal"),
        .dates = (uint32_t)number_of(o, "dates"),
        .header_row = (uint32_t)number_of(o, "header_row"),
        .is_compressed = json_is_true(json_object_get(o, "is_compressed")),
    };
    take_hex(o, "sha256", m->sha256, SHA256_BYTES);
    take_hex(o, "request_content", m->request_content.bytes, HASH128_BYTES);
}

enum err spool_dir_read_meta(struct spool_dir *d, struct arena *a, const char *name, struct spool_meta *meta)
{
    char path[PATH_MAX];
    json_error_t error;
    struct slice bytes;
    spool_dir_path(d, name, ".meta", path);
    bool is_small = spool_journal_find(d->journal, name, NULL, &bytes);
    json_t *o = is_small ? json_loadb(bytes.bytes, bytes.size, JSON_REJECT_DUPLICATES, &error)
                         : json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    bool is_whole = json_is_object(o) && json_is_string(json_object_get(o, "submitter_id"));
    if (is_whole) take_meta(a, o, meta);
    json_decref(o);
    return is_whole ? OK : ERR_FILE_UNREADABLE;
}

void spool_dir_remove(struct spool_dir *d, const char *name)
{
    if (spool_journal_remove(d->journal, name)) return;
    remove_file(d, name, ".meta");                  /* first what makes it whole */
    remove_file(d, name, ".body");
}

enum err spool_dir_open_body(struct spool_dir *d, const char *name, struct spool *spool)
{
    struct slice body;
    char path[PATH_MAX];
    if (spool_journal_find(d->journal, name, &body, NULL)) {
        *spool = spool_over(body);
        return OK;
    }
    spool_dir_path(d, name, ".body", path);
    return spool_open(spool, path);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct names { struct arena *arena; const char **items; unsigned count, capacity; };

static void add_name(void *context, const char *name)
{
    struct names *n = context;
    if (n->count == ENTRIES_MAX) return;
    if (n->count == n->capacity) {
        n->capacity = n->capacity ? 2 * n->capacity : 64;
        n->items = reallocarray(n->items, n->capacity, sizeof *n->items);
        ASSERT(n->items);
    }
    n->items[n->count++] = slice_copy(n->arena, slice_from(name)).bytes;
}

enum err spool_dir_list(struct spool_dir *d, struct arena *a, const char ***names, unsigned *count)
{
    char name[SPOOL_NAME_BYTES];
    struct names found = { .arena = a };
    DIR *dir = opendir(d->path);
    *count = 0;
    if (!dir) return ERR_FILE_UNREADABLE;
    for (const struct dirent *e; (e = readdir(dir));) {
        size_t size = strlen(e->d_name);
        if (!ends_with(e->d_name, ".meta") || size - 5 >= sizeof name) continue;
        memcpy(name, e->d_name, size - 5);
        name[size - 5] = 0;
        add_name(&found, name);
    }
    closedir(dir);
    spool_journal_each(d->journal, add_name, &found);
    if (found.count) qsort(found.items, found.count, sizeof *found.items, by_name);
    *names = ARENA_ARRAY(a, found.count + 1, const char *);
    if (found.count) memcpy(*names, found.items, found.count * sizeof *found.items);
    *count = found.count;
    free(found.items);
    return OK;
}
