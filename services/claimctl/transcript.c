/* claimctl/transcript.c: spool and index of a run's outcome. */
#include "claimctl/transcript.h"

#include "base/assert.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    ENTRIES_MIN = 1024,
    ENTRY_BYTES = sizeof(struct transcript_entry),
    WINDOW_BYTES = 64 << 10,
    BUFFER_BYTES = 256 << 10,
    NO_ENTRY = UINT32_MAX,
    ENTRY_BYTES_MAX = 4 << 20
};

enum err transcript_open(struct transcript *t, const char *path)
{
    *t = (struct transcript){ .spool = path ? fopen(path, "w+b") : tmpfile() };
    snprintf(t->name, sizeof t->name, "%s", path ? path : "the folder of temporary files");
    if (!t->spool) return ERR_FILE_UNWRITABLE;
    t->buffer = malloc(BUFFER_BYTES);
    if (t->buffer) setvbuf(t->spool, t->buffer, _IOFBF, BUFFER_BYTES);
    directory_open(&t->lines);
    directory_open(&t->roots);
    directory_open(&t->cases);
    return OK;
}

void transcript_close(struct transcript *t)
{
    if (t->spool) fclose(t->spool);
    free(t->buffer);
    free(t->window);
    spill_close(&t->entry_room);
    spill_close(&t->case_room);
    directory_close(&t->lines);
    directory_close(&t->roots);
    directory_close(&t->cases);
    *t = (struct transcript){ 0 };
}

/* One more entry, of zeroes. */
static struct transcript_entry *append(struct spill *room, struct transcript_entry **entries, uint32_t *count)
{
    size_t capacity = room->size / ENTRY_BYTES;
    if (*count == capacity) *entries = spill_grow(room, (capacity ? 2 * capacity : ENTRIES_MIN) * ENTRY_BYTES);
    return &(*entries)[(*count)++];
}

/* Said once: later lines would fail alike. */
static void fail(struct transcript *t)
{
    if (t->failed) return;
    t->failed = true;
    fprintf(stderr, "error[FILE_UNWRITABLE %d]: the run's dossiers in %s: %s\n", ERR_FILE_UNWRITABLE, t->name,
            strerror(errno));
}

/* Where they stand in the spool. */
static uint64_t append_bytes(struct transcript *t, struct slice bytes)
{
    uint64_t offset = t->spool_size;
    ASSERT(bytes.size <= UINT32_MAX);
    if (bytes.size && fwrite(bytes.bytes, 1, bytes.size, t->spool) != bytes.size) fail(t);
    t->spool_size += bytes.size;
    return offset;
}

/* A superseded dossier stays in the spool: its bytes are not worth a rewrite. */
static void write_bytes(struct transcript *t, struct transcript_entry *e, struct slice bytes)
{
    e->offset = append_bytes(t, bytes);
    e->size = (uint32_t)bytes.size;
}

void transcript_accept(struct transcript *t, struct directory_slot line, uint32_t document, uint32_t name)
{
    bool found;
    uint32_t *at = directory_at_called(&t->lines, line, &found);
    if (found) return;
    *at = t->count;
    struct transcript_entry *e = append(&t->entry_room, &t->entries, &t->count);
    e->type = ENTRY_LINE;
    e->document = document;
    e->name = name;
}

void transcript_report(struct transcript *t, uint32_t document, struct slice json)
{
    struct transcript_entry *e = append(&t->entry_room, &t->entries, &t->count);
    e->type = ENTRY_OBJECT;
    e->document = document;
    write_bytes(t, e, json);
}

void transcript_report_again(struct transcript *t, uint32_t entry, struct slice json)
{
    ASSERT(entry < t->count && t->entries[entry].type == ENTRY_OBJECT);
    write_bytes(t, &t->entries[entry], json);
}

/* The bytes are written while the place of the line comes. */
bool transcript_publish(struct transcript *t, struct slice line_id, struct slice dossier)
{
    struct directory_slot line = directory_call(&t->lines, line_id);
    uint64_t offset = append_bytes(t, dossier);
    uint32_t at = directory_get_called(&t->lines, line, NO_ENTRY);
    if (at == NO_ENTRY) return false;
    t->entries[at].offset = offset;
    t->entries[at].size = (uint32_t)dossier.size;
    return true;
}

struct transcript_entry *transcript_line(struct transcript *t, struct slice line_id)
{
    uint32_t at = directory_get(&t->lines, line_id, NO_ENTRY);
    return at == NO_ENTRY ? NULL : &t->entries[at];
}

void transcript_bury(struct transcript *t, struct transcript_entry *e, struct slice json)
{
    ASSERT(e->type == ENTRY_LINE);
    e->type = ENTRY_OBJECT;
    write_bytes(t, e, json);
}

void transcript_post(struct transcript *t, struct slice line_id, struct slice root)
{
    uint32_t at = directory_get(&t->lines, line_id, NO_ENTRY), *posted = directory_at(&t->roots, root, NULL);
    ++*posted;
    if (at != NO_ENTRY && t->entries[at].first_seq == 0) t->entries[at].first_seq = *posted;
}

void transcript_case(struct transcript *t, struct slice case_id, struct slice dossier)
{
    bool found;
    uint32_t *at = directory_at(&t->cases, case_id, &found);
    if (!found) {
        *at = t->case_count;
        append(&t->case_room, &t->case_entries, &t->case_count)->type = ENTRY_CASE;
    }
    write_bytes(t, &t->case_entries[*at], dossier);
}

uint32_t transcript_enter(struct transcript *t, struct slice line_id)
{
    transcript_accept(t, directory_call(&t->lines, line_id), 0, 0);
    return directory_get(&t->lines, line_id, NO_ENTRY);
}

void transcript_put(struct transcript *t, uint32_t entry, struct slice dossier)
{
    ASSERT(entry < t->count);
    write_bytes(t, &t->entries[entry], dossier);
}

/* --- order --- */

struct sorted { struct transcript_key key; uint32_t entry; };

static int by_key(const void *a_, const void *b_)
{
    const struct sorted *a = a_, *b = b_;
    if (a->key.received_unix_ms != b->key.received_unix_ms)
        return a->key.received_unix_ms < b->key.received_unix_ms ? -1 : 1;
    if (a->key.document != b->key.document) return a->key.document < b->key.document ? -1 : 1;
    if (a->key.position != b->key.position) return a->key.position < b->key.position ? -1 : 1;
    return a->entry < b->entry ? -1 : a->entry > b->entry;
}

void transcript_sort(struct transcript *t, const struct transcript_key *keys)
{
    struct sorted *order = calloc(t->count + 1, sizeof *order);
    struct transcript_entry *before = calloc(t->count + 1, sizeof *before);
    uint32_t *places = calloc(t->count + 1, sizeof *places);
    ASSERT(order && before && places);
    if (t->count) memcpy(before, t->entries, t->count * sizeof *before);
    for (uint32_t i = 0; i < t->count; i++) order[i] = (struct sorted){ keys[i], i };
    if (t->count) qsort(order, t->count, sizeof *order, by_key);
    for (uint32_t i = 0; i < t->count; i++) {
        t->entries[i] = before[order[i].entry];
        places[order[i].entry] = i;
    }
    for (uint32_t i = 0; i < t->lines.capacity; i++)
        if (directory_slot_is_used(&t->lines.slots[i])) t->lines.slots[i].value = places[t->lines.slots[i].value];
    free(before);
    free(order);
    free(places);
}

/* --- reading --- */

/* At least `least` bytes of the spool, and as many more as there are room and bytes for. */
static enum err read_spool(struct transcript *t, uint64_t from, char *to, size_t least, size_t room, size_t *size)
{
    *size = 0;
    if (fflush(t->spool) != 0) fail(t);
    if (t->failed) return ERR_FILE_UNWRITABLE;
    while (*size < room) {
        ssize_t got = pread(fileno(t->spool), to + *size, room - *size, (off_t)(from + *size));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        *size += (size_t)got;
    }
    return *size >= least ? OK : ERR_FILE_UNREADABLE;
}

static bool window_holds(const struct transcript *t, const struct transcript_entry *e)
{
    if (e->offset < t->window_from || e->offset - t->window_from > t->window_size) return false;
    return e->size <= t->window_size - (e->offset - t->window_from);
}

/* Entries are read in about the order in which they were written: one read of the file serves many. */
static enum err move_window(struct transcript *t, const struct transcript_entry *e)
{
    if (!t->window) t->window = malloc(WINDOW_BYTES);
    if (!t->window) return ERR_MEMORY_EXHAUSTED;
    t->window_from = e->offset;
    return read_spool(t, e->offset, t->window, e->size, WINDOW_BYTES, &t->window_size);
}

enum err transcript_read(struct transcript *t, const struct transcript_entry *e, struct arena *a, struct slice *bytes)
{
    size_t got;
    if (e->size > ENTRY_BYTES_MAX) return ERR_FILE_UNREADABLE;      /* of a damaged index */
    char *buffer = arena_take(a, e->size);
    *bytes = slice_of(buffer, e->size);
    if (e->size > WINDOW_BYTES) return read_spool(t, e->offset, buffer, e->size, e->size, &got);
    if (!window_holds(t, e)) TRY(move_window(t, e));
    if (e->size) memcpy(buffer, t->window + (e->offset - t->window_from), e->size);
    return OK;
}
