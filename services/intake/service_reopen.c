/* intake/service_reopen.c: documents of the register, opened again from the bytes that are kept. */
#include "intake/service_parts.h"

#include "base/assert.h"

static bool can_reopen(struct intake_service *s, const uint8_t id[SHA256_BYTES], const struct intake_document *row)
{
    const struct grants *g = service_grants(s);
    const struct grant *found = grants_find(g, row->submitter_id);
    struct readings readings;
    return found && grants_readings(g, found, row->profile, instant_date(row->received_at_unix_ms, 0), &readings)
           && raw_store_has(s->raw, id);
}

/* What the settings of its day refused is refused whenever its answer is written again. */
static bool was_refused_for(const struct intake_document *row, struct slice code)
{
    return row->state == INTAKE_REJECTED && memmem(row->errors.bytes, row->errors.size, code.bytes, code.size);
}

/* What the register refused a document for, or its sender or time ended it for. */
static enum issue_code refused_for(const struct intake_document *row)
{
    static const enum issue_code codes[] = { ISSUE_INTERCHANGE_REUSED, ISSUE_EVENT_ID_REUSED, ISSUE_DOCUMENT_DISCARDED,
                                             ISSUE_DOCUMENT_EXPIRED };
    for (unsigned k = 0; k < sizeof codes / sizeof *codes; k++) {
        char room[64];
        struct text quoted = text_over(room, sizeof room);
        PUT(&quoted, "\"");
        text_put(&quoted, issue_name(codes[k]));
        PUT(&quoted, "\"");
        if (was_refused_for(row, text_slice(&quoted))) return codes[k];
    }
    return ISSUE_NONE;
}

bool reopen_document(struct intake_service *s, struct arena *a, const uint8_t id[SHA256_BYTES],
                    const struct intake_document *row, struct spool *spool, struct grant *grant, struct intake_job *job)
{
    const struct grants *g = service_grants(s);
    const struct grant *found = grants_find(g, row->submitter_id);
    if (!found) return false;
    struct readings readings;
    if (!grants_readings(g, found, row->profile, instant_date(row->received_at_unix_ms, 0), &readings)) return false;
    if (raw_store_get(s->raw, id, spool) != OK) return false;
    struct text hex = text_in(a, SHA256_HEX);
    register_put_id(&hex, id);
    *grant = *found;
    *job = (struct intake_job){
        .spool = spool,
        .file_name = slice_copy(a, row->file_name),
        .door = (enum door)row->door,
        .received_at_unix_ms = row->received_at_unix_ms,
        .submitter = &grant->submitter,
        .partners = s->options.partners,
        .profile = readings.items[0].read_by,
        .readings = readings,
        .partner_id = slice_copy(a, row->partner_id),
        .currency = slice_copy(a, row->currency),
        .traceparent = slice_copy(a, row->traceparent),
        .document_id = text_slice(&hex),
        .refuses_unknown_sender = was_refused_for(row, SLICE("\"SENDER_UNKNOWN\""))
                                  || was_refused_for(row, SLICE("\"RECEIVER_UNKNOWN\"")),
        .refused_for = refused_for(row),
        .sender_is_refused = was_refused_for(row, SLICE("\"SENDER_UNDECIDED\"")),
        .answers = { (enum decimal_style)row->decimal, (enum date_style)row->dates, row->header_row,
                     slice_copy(a, row->sheet), slice_copy(a, row->encoding) },
    };
    return true;
}

/* The documents of a report */

/* Of a document that posted none, lines that would pass by the grants of today stand nowhere. */
static bool has_lines(const struct intake_document *row)
{
    return row->passed > 0;
}

/* A report of which a document is not kept any more, or was read with a profile that is gone, cannot be undone: whoever
 * wants to waits, instead of the engine failing over it. */
static bool is_readable(struct intake_service *s, struct slice submitter_id, const struct report_found *f)
{
    struct intake_document row;
    bool found;
    for (unsigned k = 0; k < f->row.document_count; k++) {
        if (!f->is_part[k]) continue;
        enum err e = register_get_document(post_store(s->post, submitter_id), f->row.documents[k], &row, &found);
        if (e != OK || !found) return false;
        if (has_lines(&row) && !can_reopen(s, f->row.documents[k], &row)) return false;
    }
    return true;
}

enum err reopen_find(struct intake_service *s, struct slice submitter_id, const struct report_ref *report,
                     struct report_found *found)
{
    struct register_reports reports = { &s->scratch, post_store(s->post, submitter_id), submitter_id };
    struct report_rows rows = register_report_rows(&reports);
    arena_reset(&s->scratch);
    return reports_find(&rows, report, found);
}

enum target_standing reopen_standing(struct intake_service *s, struct slice submitter_id,
                                     const struct report_ref *report)
{
    struct report_found f;
    if (reopen_find(s, submitter_id, report, &f) != OK) return TARGET_UNKNOWN;
    return f.standing == TARGET_POSTED && !is_readable(s, submitter_id, &f) ? TARGET_LOST : f.standing;
}

struct reopened { struct spool spools[TARGET_CHAIN_MAX]; struct grant grants[TARGET_CHAIN_MAX]; };

static enum err open_one(struct delivery *d, struct reopened *r, const struct report_found *f, unsigned k, unsigned at,
                         struct intake_job *job, bool *is_read)
{
    struct intake_service *s = d->service;
    struct intake_document row;
    bool found;
    TRY(register_get_document(post_store(s->post, d->file.meta.submitter_id), f->row.documents[k], &row, &found));
    *is_read = found && has_lines(&row);
    if (found && !*is_read) return OK;
    if (!found || !reopen_document(s, &d->arena, f->row.documents[k], &row, &r->spools[at], &r->grants[at], job))
        return ERR_FILE_UNREADABLE;
    job->report_name = slice_copy(&d->arena, f->row.names[k]);
    job->report_partner = f->of_lines;
    return OK;
}

enum err reopen_report(void *context, const struct report_ref *report, struct intake_job *jobs, unsigned *count)
{
    struct delivery *d = context;
    struct intake_service *s = d->service;
    struct report_found f;
    *count = 0;
    ASSERT(pthread_equal(pthread_self(), s->engine_thread));
    d->report_mark = arena_mark(&d->arena);
    TRY(reopen_find(s, d->file.meta.submitter_id, report, &f));
    struct reopened *r = ARENA_NEW(&d->arena, struct reopened);
    enum err e = OK;
    for (unsigned k = 0; e == OK && k < f.row.document_count; k++) {
        if (!f.is_part[k]) continue;
        bool is_read = false;
        e = open_one(d, r, &f, k, *count, &jobs[*count], &is_read);
        *count += e == OK && is_read;
    }
    if (e == OK) return OK;
    reopen_close_report(d, jobs, *count);
    return e;
}

void reopen_close_report(void *context, struct intake_job *jobs, unsigned count)
{
    struct delivery *d = context;
    for (unsigned k = 0; k < count; k++) spool_close(jobs[k].spool);
    arena_rewind(&d->arena, d->report_mark);
}
