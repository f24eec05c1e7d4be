/* claimctl/run_register.c: reports by submitter and number. */
#include "claimctl/run_register.h"

#include "base/assert.h"

#include <stdlib.h>

enum { KEY_BYTES = 256 };

/* A report that replaced another one is the same report under a second number: `same` is 1 + the first one's place. */
struct run_report {
    const struct run_source *documents[TARGET_CHAIN_MAX];
    struct slice             names[TARGET_CHAIN_MAX];   /* what each of them calls the report */
    unsigned                 document_count;
    bool                     is_cancelled;
    uint32_t                 same;
};

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

static struct run_report *find(struct run_register *r, struct slice submitter_id, struct slice report_id)
{
    char buffer[KEY_BYTES];
    uint32_t at = directory_get(&r->index, key_of(buffer, submitter_id, report_id), 0);
    if (at && r->reports[at - 1].same) at = r->reports[at - 1].same;
    return at ? &r->reports[at - 1] : NULL;
}

/* The place of a report, 1 + its index; a new one is empty. */
static uint32_t place_of(struct run_register *r, struct slice submitter_id, struct slice report_id)
{
    char buffer[KEY_BYTES];
    bool found;
    uint32_t *at = directory_at(&r->index, key_of(buffer, submitter_id, report_id), &found);
    if (found) return *at;
    if (r->count == r->capacity) {
        r->capacity = r->capacity ? 2 * r->capacity : 64;
        r->reports = reallocarray(r->reports, r->capacity, sizeof *r->reports);
        ASSERT(r->reports);
    }
    r->reports[r->count++] = (struct run_report){ 0 };
    return *at = r->count;
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

static void add(struct run_register *r, struct run_report *report, const struct run_source *source, struct slice name)
{
    for (unsigned k = 0; k < report->document_count; k++)
        if (report->documents[k] == source) return;
    if (report->document_count == TARGET_CHAIN_MAX) return;
    report->names[report->document_count] = slice_copy(r->arena, name);
    report->documents[report->document_count++] = source;
}

void run_register_post(struct run_register *r, const struct run_source *source, struct slice report_id)
{
    if (report_id.size == 0) return;
    uint32_t place = place_of(r, source->submitter.id, report_id);         /* the list may move */
    struct run_report *report = &r->reports[place - 1];
    if (report->is_cancelled) *report = (struct run_report){ 0 };
    if (!report->same) add(r, report, source, report_id);
}

void run_register_undo(struct run_register *r, const struct run_source *source, struct slice report_id,
                       struct slice target_id, enum purpose purpose)
{
    struct run_report *report = find(r, source->submitter.id, target_id);
    if (!report) return;
    if (purpose == PURPOSE_CANCEL) { report->is_cancelled = true; return; }
    add(r, report, source, target_id);
    if (report_id.size == 0 || slice_equal(report_id, target_id)) return;
    uint32_t first = (uint32_t)(report - r->reports) + 1, second = place_of(r, source->submitter.id, report_id);
    if (second != first) r->reports[second - 1] = (struct run_report){ .same = first };
}

static enum target_standing standing(void *context, struct slice report_id)
{
    struct run_targets *t = context;
    const struct run_report *report = find(t->r, t->submitter_id, report_id);
    if (!report || report->document_count == 0) return TARGET_UNKNOWN;
    return report->is_cancelled ? TARGET_CANCELLED : TARGET_POSTED;
}

enum err run_register_read(const struct run_source *s, struct spool *file, struct spool *document)
{
    if (s->kept.bytes) { *file = spool_over(s->kept); *document = *file; return OK; }
    TRY(spool_open_document(file, s->path.bytes));
    bool is_there = s->from + s->size <= file->bytes.size;
    *document = spool_over(is_there ? slice_of(file->bytes.bytes + s->from, s->size) : (struct slice){ 0 });
    return is_there ? OK : ERR_FILE_UNREADABLE;
}

static enum err open_documents(void *context, struct slice report_id, struct intake_job *jobs, unsigned *count)
{
    struct run_targets *t = context;
    const struct run_report *report = find(t->r, t->submitter_id, report_id);
    ASSERT(report);
    for (*count = 0; *count < report->document_count; ++*count) {
        unsigned k = *count;
        TRY(run_register_read(report->documents[k], &t->spools[k], &t->documents[k]));
        jobs[k] = report->documents[k]->job;
        jobs[k].spool = &t->documents[k];
        jobs[k].report_name = report->names[k];
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
