/* intake/service_survey.c: the pool that reads documents before they are posted; smallest first, one thread for small
 * ones. */
#include "intake/service_parts.h"

#include "base/assert.h"
#include "domain/currency.h"
#include "intake/line_json.h"
#include "intake/x12_sender.h"
#include "runtime/folder.h"
#include "runtime/log.h"
#include "runtime/topic.h"

#include <fcntl.h>
#include <unistd.h>

/* What the registers know, asked of their owner. */

static int look_up(struct intake_service *s, struct lookup *l)
{
    pthread_mutex_lock(&s->lookups_mutex);
    l->next = s->lookups;
    s->lookups = l;
    pthread_cond_signal(&s->lookups_asked);
    while (!l->is_answered && !atomic_load(&s->stops)) pthread_cond_wait(&s->lookups_answered, &s->lookups_mutex);
    for (struct lookup **at = &s->lookups; *at; at = &(*at)->next)
        if (*at == l) { *at = l->next; break; }
    pthread_mutex_unlock(&s->lookups_mutex);
    return l->answer;
}

static enum target_standing ask_standing(void *context, const struct report_ref *report)
{
    struct delivery *d = context;
    struct lookup l = { .kind = LOOKUP_REPORT, .submitter_id = d->file.meta.submitter_id, .report = report };
    if (d->turn.is_posting) return reopen_standing(d->service, d->file.meta.submitter_id, report);
    if (d->is_validation && !service_is_open(d->service)) return TARGET_UNKNOWN;
    return (enum target_standing)look_up(d->service, &l);
}

static void note_report(void *context, const struct report_ref *report)
{
    struct delivery *d = context;
    for (const struct met_report *m = d->reports.met; m; m = m->next)
        if (slice_equal(m->report.number, report->number)
            && memcmp(&m->report.partner, &report->partner, sizeof report->partner) == 0)
            return;
    struct met_report *m = ARENA_NEW(&d->arena, struct met_report);
    *m = (struct met_report){ *report, d->reports.met };
    m->report.number = slice_copy(&d->arena, report->number);
    d->reports.met = m;
}

static bool was_refused(void *context, struct slice line_id)
{
    const struct delivery *d = context;
    return standing_refusals_hold(&d->reports.refusals, line_id);
}

static enum interchange_standing ask_interchange(void *context, struct slice key, const uint8_t sha256[SHA256_BYTES])
{
    struct delivery *d = context;
    struct lookup l = { .kind = LOOKUP_INTERCHANGE, .submitter_id = d->file.meta.submitter_id, .text = key };
    if (d->is_validation && !service_is_open(d->service)) return INTERCHANGE_NEW;
    memcpy(l.id, d->post.id, SHA256_BYTES);
    memcpy(l.sha256, sha256, SHA256_BYTES);
    return (enum interchange_standing)look_up(d->service, &l);
}

/* Documents */

static bool open_file(struct delivery *d)
{
    if (d->file.is_open) return true;
    if (d->file.is_from_raw) return d->file.is_open = raw_store_get(d->service->raw, d->post.id, &d->file.spool) == OK;
    d->file.is_open = spool_dir_open_body(d->service->spool, d->file.name, &d->file.spool) == OK;
    return d->file.is_open;
}

/* The document that begins at d->document.from; where it stood before a crash is where it is found again. */
static bool find_document(struct delivery *d)
{
    d->document.at = d->document.from;
    if (!intake_document_next(&d->file.spool, &d->document.at, &d->document.spool)) return false;
    struct spool after;
    size_t at = d->document.at;
    d->document.is_last = !intake_document_next(&d->file.spool, &at, &after);
    return true;
}

/* A held document keeps its id. The data of two events are two documents, as they are where the event says its name
 * itself. */
static void identify(struct delivery *d)
{
    const struct spool_meta *m = &d->file.meta;
    uint8_t digest[SHA256_BYTES];
    if (!d->file.is_from_raw) spool_sha256(&d->document.spool, digest);
    struct id_part parts[5] = { ID_TEXT(m->submitter_id), ID_TEXT(slice_of((char *)digest, sizeof digest)) };
    unsigned count = 2;
    if (d->post.is_of_partner) parts[count++] = ID_TEXT(m->partner_id);
    if (m->event_id.size > 0) {
        parts[count++] = ID_TEXT(m->event_source);
        parts[count++] = ID_TEXT(m->event_id);
    }
    if (!d->file.is_from_raw) hash_parts(parts, count, d->post.id);
    if (d->outcome.document_count == 0) delivery_show_id(d);
}

/* A file of several documents has an id as if it were one: their parent. Its bytes are hashed once. */
static void identify_file(struct delivery *d)
{
    const struct spool_meta *m = &d->file.meta;
    uint8_t digest[SHA256_BYTES], id[SHA256_BYTES];
    bool is_alone = d->file.is_from_raw || d->is_question || (d->outcome.document_count == 0 && d->document.is_last);
    d->post.ordinal = 0;
    d->post.file = (struct slice){ 0 };
    if (is_alone) return;
    struct text t = text_over(d->file.id, sizeof d->file.id);
    int32_t partitions = atomic_load(&d->service->partition_count);
    if (d->file.id[0] == 0) {
        spool_sha256(&d->file.spool, digest);
        struct id_part parts[] = { ID_TEXT(m->submitter_id), ID_TEXT(slice_of((char *)digest, sizeof digest)) };
        hash_parts(parts, 2, id);
        reply_put_id(&t, partitions > 0 ? topic_partition(m->submitter_id, partitions) : 0, id);
    }
    d->post.file = slice_of(d->file.id, strnlen(d->file.id, sizeof d->file.id));
    d->post.ordinal = d->outcome.document_count + 1;
}

static struct slice hex_of(struct arena *a, const uint8_t id[SHA256_BYTES])
{
    struct text t = text_in(a, SHA256_HEX);
    register_put_id(&t, id);
    return text_slice(&t);
}

static struct intake_job delivery_job(struct delivery *d)
{
    const struct spool_meta *m = &d->file.meta;
    return (struct intake_job){
        .spool = &d->document.spool,
        .file_name = m->file_name,
        .door = m->door,
        .received_at_unix_ms = m->received_at_unix_ms,
        .submitter = &d->file.grant.submitter,
        .partners = d->service->options.partners,
        .profile = d->document.readings.items[0].read_by,
        .readings = d->document.readings,
        .partner_id = m->partner_id,
        .currency = m->currency,
        .traceparent = m->traceparent,
        .event_source = m->event_source,
        .event_id = m->event_id,
        .targets = &d->document.targets,
        .document_id = hex_of(&d->arena, d->post.id),
        .answers = { (enum decimal_style)m->decimal, (enum date_style)m->dates, m->header_row,
                     m->sheet, m->encoding },
        .is_validation = d->is_validation,
        .refuses_unknown_sender = atomic_load(&d->service->refuses_unknown_senders),
        .sender_is_refused = d->document.sender_is_refused,
    };
}

static void fill_row(struct delivery *d)
{
    const struct spool_meta *m = &d->file.meta;
    struct intake_document *r = &d->post.row;
    *r = (struct intake_document){
        .submitter_id = m->submitter_id,
        .file_name = m->file_name,
        .partner_id = m->partner_id,
        .currency = m->currency,
        .profile = readings_name(&d->arena, &d->document.readings),
        .parent = m->parent.size ? m->parent : d->post.file,
        .traceparent = m->traceparent,
        .event_source = m->event_source,
        .event_id = m->event_id,
        .received_at_unix_ms = m->received_at_unix_ms,
        .door = (uint32_t)m->door,
        .bytes = d->document.spool.bytes.size,
        .is_compressed = m->is_compressed,
        .decimal = m->decimal,
        .dates = m->dates,
        .header_row = m->header_row,
        .sheet = m->sheet,
        .encoding = m->encoding,
    };
    memcpy(r->sha256, m->sha256, SHA256_BYTES);
    memcpy(r->profile_sha256, d->document.readings.items[0].read_by->sha256, SHA256_BYTES);
}

/* The grants in force at the time; a delivery keeps what it was given. */
static bool find_grant(struct delivery *d)
{
    const struct grants *g = service_grants(d->service);
    const struct grant *grant = grants_find(g, d->file.meta.submitter_id);
    if (!grant) return false;
    d->file.grant = *grant;
    d->file.profile = grants_profile(g, grant, d->file.meta.profile, instant_date(d->file.meta.received_at_unix_ms, 0));
    return d->file.profile != NULL;
}

/* Of a document that began to be posted before a crash: what came into force since reads no second half of it. */
static bool goes_on_with(struct delivery *d)
{
    return d->file.began_with[0] && d->file.began_at == d->document.from
           && grants_readings(service_grants(d->service), &d->file.grant, slice_from(d->file.began_with),
                              instant_date(d->file.meta.received_at_unix_ms, 0), &d->document.readings);
}

/* A profile that was named is the one; else the document's own names choose among the submitter's. */
static void choose_profile(struct delivery *d)
{
    d->document.sender_is_refused = false;
    if (d->file.began_at != d->document.from) d->post.is_read_again = false;
    if (goes_on_with(d)) return;
    struct x12_senders senders = {
        .profiles = &service_grants(d->service)->profiles, .submitter = d->file.grant.submitter.id,
        .own = d->file.profile, .day = instant_date(d->file.meta.received_at_unix_ms, 0),
    };
    struct x12_choice chosen = d->file.meta.profile.size ? (struct x12_choice){ readings_of(d->file.profile), false }
                                                    : x12_sender_choose(&senders, &d->document.spool);
    d->document.readings = chosen.readings;
    d->document.sender_is_refused = chosen.is_undecided;
}

/* Texts of the document before it are forgotten. */
static void forget_texts(struct delivery *d)
{
    if (d->mark) arena_rewind(&d->arena, d->mark);
    else d->mark = arena_mark(&d->arena);
}

static bool survey(struct delivery *d)
{
    forget_texts(d);
    if (!open_file(d) || !find_grant(d)) return false;
    if (!find_document(d)) return false;
    choose_profile(d);
    identify(d);
    identify_file(d);
    fill_row(d);
    d->document.targets = (struct intake_targets){
        .context = d, .standing = ask_standing, .open = reopen_report, .close = reopen_close_report
    };
    if (d->service->options.has_follower) d->document.targets.refused = was_refused;
    d->document.targets.met = note_report;
    struct intake_job job = delivery_job(d);
    struct intake_events events = { .context = d, .interchange = ask_interchange };
    enum err e = intake_open(&d->post.intake, &job, &events);
    d->post.corrects = d->reports.met != NULL;
    return e == OK;
}

/* Its bytes are kept before a line of it is posted: a later document may need them. Those of a small one lie in the
 * journal too, until they last here. */
static bool keep(struct delivery *d)
{
    struct raw_store *raw = d->service->raw;
    if (d->file.is_retaken) return raw_store_mend(raw, d->post.id, &d->document.spool) == OK;
    return (d->file.is_small ? raw_store_put_soon(raw, d->post.id, d->document.spool.bytes)
                        : raw_store_put(raw, d->post.id, &d->document.spool))
           == OK;
}

static void take_document(struct intake_service *s, struct delivery *d)
{
    bool is_on_disk = d->file.is_from_raw || d->outcome.document_count > 0
                      || spool_dir_write_meta(s->spool, d->file.name, &d->file.meta) == OK;
    bool is_read = is_on_disk && survey(d), is_kept = is_read && keep(d);
    if (is_read && !is_kept) {
        LOG(LOG_ERROR, "raw_unwritten", LOG_TEXT("submitter", d->file.meta.submitter_id),
            LOG_TEXT("file", d->file.meta.file_name), LOG_WORD("fix", "make room in intake.raw_dir"));
        delivery_fail(d, REPLY_UNAVAILABLE, SLICE("Its bytes cannot be kept: intake.raw_dir has no room, or cannot be "
                                                  "written. Nothing of it was posted."));
    } else if (!is_kept && !d->outcome.problem) {
        delivery_fail(d, d->file.profile ? REPLY_UNAVAILABLE : REPLY_FORBIDDEN,
                      SLICE("The document could not be read from the spool, or its submitter is not known any more."));
    }
    d->task = TASK_SURVEYED;
    queue_put(&s->to_engine, d);
}

/* Validations */

struct validation { struct delivery *delivery; struct json_out json; bool is_failed; struct intake_document row; };

static enum err on_checked_line(void *context, const struct intake_line *line)
{
    struct validation *v = context;
    int64_t claimed;
    v->row.cursor++;
    if (line->outcome == OUTCOME_PASS) v->row.passed++;
    if (line->outcome == OUTCOME_REJECT) v->row.rejected++;
    if (line->outcome == OUTCOME_DEAD) v->row.dead++;
    if (tally_claimed(line->line, line->outcome != OUTCOME_PASS, &claimed)) {
        const struct currency *c = currency_find(line->line->currency);     /* its code outlives the line */
        if (c) (void)intake_document_add(&v->row, c->code, claimed, line->outcome != OUTCOME_PASS);
    }
    if (!v->delivery->with_lines) return OK;
    json_out_reset(&v->json);
    json_out_begin(&v->json, '{');
    if (line->line) line_json_members(&v->json, line->line);
    json_out_member_int(&v->json, SLICE("position"), line->receipt->position);
    if (line->receipt->row > 0) json_out_member_int(&v->json, SLICE("row"), line->receipt->row);
    json_out_member(&v->json, SLICE("outcome"), word_text(VOCABULARY_OUTCOME, (int)line->outcome));
    issues_put_json(&v->json, SLICE("warnings"), line->issues, SEVERITY_WARNING);
    issues_put_json(&v->json, SLICE("errors"), line->issues, SEVERITY_ERROR);
    json_out_end(&v->json);
    json_out_line(&v->json);
    v->is_failed |= !folder_write(v->delivery->outcome.output, json_out_bytes(&v->json));
    return OK;
}

static struct slice told_once(struct validation *v, enum severity severity)
{
    json_out_reset(&v->json);
    issues_put_once(&v->json, &intake_result(v->delivery->post.intake)->warnings, severity, POST_WARNINGS_TOLD);
    return slice_copy(&v->delivery->arena, json_out_bytes(&v->json));
}

static void put_checked(struct validation *v)
{
    struct delivery *d = v->delivery;
    const struct intake_result *r = intake_result(d->post.intake);
    struct json_out errors;
    json_out_open(&errors);
    json_out_begin(&errors, '[');
    for (unsigned k = 0; k < r->errors.count && k < POST_ERRORS_KEPT; k++)
        if (r->errors.items[k].severity == SEVERITY_ERROR) issue_put_json(&errors, &r->errors.items[k]);
    json_out_end(&errors);
    v->row.warnings = told_once(v, SEVERITY_WARNING);
    v->row.notes = told_once(v, SEVERITY_NOTE);
    v->row.state = r->state == DOCUMENT_HELD       ? INTAKE_HELD
                   : r->state == DOCUMENT_REJECTED ? INTAKE_REJECTED
                                                   : INTAKE_VALIDATED;
    v->row.errors = json_out_bytes(&errors);
    v->row.errors_truncated = r->errors.truncated || r->errors.count > POST_ERRORS_KEPT;
    v->row.format = r->format;
    v->row.dialect = r->dialect;
    v->row.report_id = r->header.report_id;
    v->row.warned = r->warned;
    for (unsigned k = 0; k < SKIPPED_COUNT; k++) v->row.not_lines += r->skipped[k];
    if (r->question) {
        json_out_reset(&v->json);
        issue_put_json(&v->json, r->question);
        v->row.question = slice_copy(&d->arena, json_out_bytes(&v->json));
    }
    if (d->outcome.receipts.size > 0) json_out_line(&d->outcome.receipts);
    reply_put_receipt(&d->outcome.receipts, &(struct reply_document){ .row = &v->row, .id = d->post.id });
    json_out_close(&errors);
}

static bool validate_document(struct delivery *d)
{
    struct validation v = { .delivery = d };
    if (!survey(d)) return false;
    v.row = d->post.row;
    json_out_open(&v.json);
    struct intake_events events = { .context = &v, .on_line = on_checked_line };
    intake_hand_over_to(d->post.intake, &events);
    (void)!intake_post_all(d->post.intake);
    put_checked(&v);
    intake_close(d->post.intake);
    d->post.intake = NULL;
    json_out_close(&v.json);
    return !v.is_failed;
}

static int nameless_file(struct intake_service *s)
{
    return open(s->options.spool_dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

static void validate(struct intake_service *s, struct delivery *d)
{
    bool is_whole = !d->with_lines || (d->outcome.output = nameless_file(s)) >= 0;
    for (d->document.from = 0; is_whole; d->document.from = d->document.at) {
        is_whole = validate_document(d);
        d->outcome.document_count++;
        if (is_whole && d->document.is_last) break;
    }
    if (!is_whole)
        delivery_fail(d, d->file.profile ? REPLY_UNAVAILABLE : REPLY_FORBIDDEN,
                      SLICE("The document could not be checked."));
    else if (!d->with_lines)
        delivery_answer(d, 200,
                        d->outcome.document_count > 1 ? SLICE("application/x-ndjson") : SLICE("application/json"),
                        json_out_bytes(&d->outcome.receipts));
    else {
        json_out_line(&d->outcome.receipts);
        if (!folder_write(d->outcome.output, json_out_bytes(&d->outcome.receipts)))
            delivery_fail(d, REPLY_UNAVAILABLE, SLICE("The disk is full."));
        else delivery_answer(d, 200, SLICE("application/x-ndjson"), (struct slice){ 0 });
    }
    delivery_leave_document(d);
    spool_dir_remove(s->spool, d->file.name);
    delivery_finish(d);
}

void *survey_thread(void *context)
{
    struct intake_service *s = context;
    static atomic_uint started;
    bool only_small = s->options.survey_threads > 1 && atomic_fetch_add(&started, 1) % s->options.survey_threads == 0;
    for (struct delivery *d; (d = survey_queue_await(&s->to_survey, only_small ? SMALL_DOCUMENT_BYTES : UINT64_MAX));) {
        if (d->is_question) question_write(s, d);
        else if (d->is_validation) validate(s, d);
        else take_document(s, d);
    }
    return NULL;
}
