/* claimctl/run_register.c: the rows of reports.h, encoded as the service has them, in the memory of the run. */
#include "claimctl/run_register.h"

#include "base/assert.h"
#include "intake/reports.h"

#include <stdlib.h>

enum { KEY_BYTES = 256 };

void run_register_open(struct run_register *r, struct arena *arena)
{
    *r = (struct run_register){ .arena = arena };
    directory_open(&r->index);
    directory_open(&r->interchanges);
}

void run_register_close(struct run_register *r)
{
    directory_close(&r->index);
    directory_close(&r->interchanges);
    free(r->reports);
    free(r->hashes);
}

static struct slice key_of(char *buffer, struct slice submitter_id, struct slice report_id)
{
    struct text t = text_over(buffer, KEY_BYTES);
    text_put(&t, submitter_id);
    text_put_byte(&t, '\0');
    text_put(&t, report_id);
    return text_slice(&t);
}

enum interchange_standing run_register_interchange(const struct run_register *r, struct slice submitter_id,
                                                   struct slice key, const uint8_t sha256[SHA256_BYTES])
{
    char buffer[KEY_BYTES];
    uint32_t at = directory_get(&r->interchanges, key_of(buffer, submitter_id, key), 0);
    if (!at) return INTERCHANGE_NEW;
    return memcmp(r->hashes[at - 1], sha256, SHA256_BYTES) == 0 ? INTERCHANGE_SAME : INTERCHANGE_OTHER;
}

void run_register_accept(struct run_register *r, struct slice submitter_id, struct slice key,
                         const uint8_t sha256[SHA256_BYTES])
{
    char buffer[KEY_BYTES];
    bool found;
    uint32_t *at = directory_at(&r->interchanges, key_of(buffer, submitter_id, key), &found);
    if (found) return;
    if (r->hash_count == r->hash_capacity) {
        r->hash_capacity = r->hash_capacity ? 2 * r->hash_capacity : 64;
        r->hashes = reallocarray(r->hashes, r->hash_capacity, sizeof *r->hashes);
        ASSERT(r->hashes);
    }
    memcpy(r->hashes[r->hash_count++], sha256, SHA256_BYTES);
    *at = r->hash_count;
}

/* Rows of reports, by submitter, partner and number; a row that is written again is a new text. */

static struct slice report_key(char *buffer, const struct run_targets *t, const struct hash128 *partner,
                               struct slice number)
{
    struct text key = text_over(buffer, KEY_BYTES);
    text_put(&key, t->submitter_id);
    text_put_byte(&key, '\0');
    text_put(&key, slice_of((const char *)partner->bytes, sizeof partner->bytes));
    text_put(&key, number);
    return text_slice(&key);
}

static enum err get_report(void *context, const struct hash128 *partner, struct slice number, struct intake_report *row,
                           bool *found)
{
    struct run_targets *t = context;
    char buffer[KEY_BYTES];
    uint32_t at = directory_get(&t->r->index, report_key(buffer, t, partner, number), 0);
    *found = at > 0;
    memset(row, 0, sizeof *row);
    return at ? table_intake_take_report(t->r->reports[at - 1], row) : OK;
}

static enum err put_report(void *context, const struct hash128 *partner, struct slice number,
                           const struct intake_report *row)
{
    struct run_targets *t = context;
    struct run_register *r = t->r;
    char buffer[KEY_BYTES];
    bool found;
    uint32_t *at = directory_at(&r->index, report_key(buffer, t, partner, number), &found);
    if (!found && r->count == r->capacity) {
        r->capacity = r->capacity ? 2 * r->capacity : 64;
        r->reports = reallocarray(r->reports, r->capacity, sizeof *r->reports);
        ASSERT(r->reports);
    }
    if (!found) *at = ++r->count;
    r->reports[*at - 1] = table_intake_put_report(r->arena, row);
    return OK;
}

static struct report_rows rows_of(struct run_targets *t)
{
    return (struct report_rows){ t, get_report, put_report };
}

struct run_source *run_register_keep(struct run_register *r, const struct intake_job *job, struct slice path,
                                     const struct spool *file, const struct spool *document)
{
    struct run_source *s = ARENA_NEW(r->arena, struct run_source);
    s->job = *job;
    s->submitter = *job->submitter;
    s->job.submitter = &s->submitter;
    if (job->partners) s->partners = *job->partners;
    s->job.partners = job->partners ? &s->partners : NULL;
    s->job.file_name = slice_copy(r->arena, job->file_name);
    s->path = slice_copy(r->arena, path);
    s->from = file->bytes.bytes ? (size_t)(document->bytes.bytes - file->bytes.bytes) : 0;
    s->size = document->bytes.size;
    if (file->is_passing) s->kept = slice_copy(r->arena, document->bytes);
    return s;
}

/* What stands for a document in a row: where its source lies. */
static void name_source(uint8_t id[SHA256_BYTES], const struct run_source *source)
{
    memset(id, 0, SHA256_BYTES);
    memcpy(id, &source, sizeof source);
}

static const struct run_source *source_of(const uint8_t id[SHA256_BYTES])
{
    const struct run_source *source;
    memcpy(&source, id, sizeof source);
    return source;
}

enum err run_register_post(struct run_register *r, const struct run_source *source, const struct intake_line *line)
{
    if (line->report_id.size == 0) return OK;
    struct run_targets t = { .r = r, .submitter_id = source->submitter.id };
    struct report_rows rows = rows_of(&t);
    struct hash128 now[] = { hash_bytes(line->report_id), reader_partner_hash(line->report_partner),
                             reader_partner_hash(line->line->partner_id) };
    uint8_t id[SHA256_BYTES];
    if (r->last_source == source && memcmp(now, r->last_report, sizeof now) == 0) return OK;
    r->last_source = source;
    memcpy(r->last_report, now, sizeof now);
    name_source(id, source);
    struct reported by = { line->report_id, now[1], now[2], id, 0 };
    return reports_post(&rows, &by);
}

enum err run_register_undo(struct run_register *r, const struct run_source *source, struct slice report_id,
                           const struct report_ref *target, enum purpose purpose)
{
    struct run_targets t = { .r = r, .submitter_id = source->submitter.id };
    struct report_rows rows = rows_of(&t);
    uint8_t id[SHA256_BYTES];
    name_source(id, source);
    struct reported by = { .number = report_id, .document_id = id };
    return reports_undo(&rows, &by, target, purpose);
}

static enum target_standing standing(void *context, const struct report_ref *report)
{
    struct report_rows rows = rows_of(context);
    struct report_found f;
    return reports_find(&rows, report, &f) == OK ? f.standing : TARGET_UNKNOWN;
}

enum err run_register_read(const struct run_source *s, struct spool *file, struct spool *document)
{
    if (s->kept.bytes) { *file = spool_over(s->kept); *document = *file; return OK; }
    TRY(spool_open_document(file, s->path.bytes));
    bool is_there = s->from + s->size <= file->bytes.size;
    *document = spool_over(is_there ? slice_of(file->bytes.bytes + s->from, s->size) : (struct slice){ 0 });
    return is_there ? OK : ERR_FILE_UNREADABLE;
}

static enum err open_documents(void *context, const struct report_ref *report, struct intake_job *jobs, unsigned *count)
{
    struct run_targets *t = context;
    struct report_rows rows = rows_of(t);
    struct report_found f;
    *count = 0;
    TRY(reports_find(&rows, report, &f));
    for (unsigned k = 0; k < f.row.document_count; k++) {
        const struct run_source *source = source_of(f.row.documents[k]);
        unsigned at = *count;
        if (!f.is_part[k]) continue;
        TRY(run_register_read(source, &t->spools[at], &t->documents[at]));
        jobs[at] = source->job;
        jobs[at].spool = &t->documents[at];
        jobs[at].report_name = f.row.names[k];
        jobs[at].report_partner = f.of_lines;
        ++*count;
    }
    return OK;
}

static void close_documents(void *context, struct intake_job *jobs, unsigned count)
{
    struct run_targets *t = context;
    (void)jobs;
    for (unsigned k = 0; k < count; k++) spool_close(&t->spools[k]);
}

struct intake_targets run_register_targets(struct run_targets *t)
{
    return (
        struct intake_targets){ .context = t, .standing = standing, .open = open_documents, .close = close_documents };
}
