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

enum { CHUNK_LINES = 1000 };

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
    struct lookup l = { .kind = LOOKUP_REPORT, .submitter_id = d->meta.submitter_id, .report = report };
    if (d->is_posting) return reopen_standing(d->service, d->meta.submitter_id, report);
    if (d->is_validation && !service_is_open(d->service)) return TARGET_UNKNOWN;
    return (enum target_standing)look_up(d->service, &l);
}

static void note_report(void *context, const struct report_ref *report)
{
    struct delivery *d = context;
    for (const struct met_report *m = d->met; m; m = m->next)
        if (slice_equal(m->report.number, report->number)
            && memcmp(&m->report.partner, &report->partner, sizeof report->partner) == 0)
            return;
    struct met_report *m = ARENA_NEW(&d->arena, struct met_report);
    *m = (struct met_report){ *report, d->met };
    m->report.number = slice_copy(&d->arena, report->number);
    d->met = m;
}

static bool was_refused(void *context, struct slice line_id)
{
    const struct delivery *d = context;
    return standing_refusals_hold(&d->refusals, line_id);
}

static enum interchange_standing ask_interchange(void *context, struct slice key, const uint8_t sha256[SHA256_BYTES])
{
    struct delivery *d = context;
    struct lookup l = { .kind = LOOKUP_INTERCHANGE, .submitter_id = d->meta.submitter_id, .text = key };
    if (d->is_validation && !service_is_open(d->service)) return INTERCHANGE_NEW;
    memcpy(l.id, d->post.id, SHA256_BYTES);
    memcpy(l.sha256, sha256, SHA256_BYTES);
    return (enum interchange_standing)look_up(d->service, &l);
}

/* Documents */

static bool open_file(struct delivery *d)
{
    if (d->is_file_open) return true;
    if (d->is_from_raw) return d->is_file_open = raw_store_get(d->service->raw, d->post.id, &d->file) == OK;
    d->is_file_open = spool_dir_open_body(d->service->spool, d->name, &d->file) == OK;
    return d->is_file_open;
}

/* The document that begins at d->from; where it stood before a crash is where it is found again. */
static bool find_document(struct delivery *d)
{
    d->at = d->from;
    if (!intake_document_next(&d->file, &d->at, &d->document)) return false;
    struct spool after;
    size_t at = d->at;
    d->is_last = !intake_document_next(&d->file, &at, &after);
    return true;
}

/* Who was held keeps the id that it has. The data of an event are another document than those of another event, as they
 * are where it says its name itself. */
static void identify(struct delivery *d)
{
    uint8_t digest[SHA256_BYTES];
    if (!d->is_from_raw) spool_sha256(&d->document, digest);
    struct id_part parts[5] = { ID_TEXT(d->meta.submitter_id), ID_TEXT(slice_of((char *)digest, sizeof digest)) };
    unsigned count = 2;
    if (d->post.is_of_partner) parts[count++] = ID_TEXT(d->meta.partner_id);
    if (d->meta.event_id.size > 0) {
        parts[count++] = ID_TEXT(d->meta.event_source);
        parts[count++] = ID_TEXT(d->meta.event_id);
    }
    if (!d->is_from_raw) hash_parts(parts, count, d->post.id);
    if (d->document_count == 0) delivery_show_id(d);
}

/* A file of several documents has an id as if it were one: their parent. Its bytes are hashed once. */
static void identify_file(struct delivery *d)
{
    uint8_t digest[SHA256_BYTES], id[SHA256_BYTES];
    bool is_alone = d->is_from_raw || d->is_question || (d->document_count == 0 && d->is_last);
    d->post.ordinal = 0;
    d->post.file = (struct slice){ 0 };
    if (is_alone) return;
    struct text t = text_over(d->file_room, sizeof d->file_room);
    int32_t partitions = atomic_load(&d->service->partition_count);
    if (d->file_room[0] == 0) {
        spool_sha256(&d->file, digest);
        struct id_part parts[] = { ID_TEXT(d->meta.submitter_id), ID_TEXT(slice_of((char *)digest, sizeof digest)) };
        hash_parts(parts, 2, id);
        reply_put_id(&t, partitions > 0 ? topic_partition(d->meta.submitter_id, partitions) : 0, id);
    }
    d->post.file = slice_of(d->file_room, strnlen(d->file_room, sizeof d->file_room));
    d->post.ordinal = d->document_count + 1;
}

static struct slice hex_of(struct arena *a, const uint8_t id[SHA256_BYTES])
{
    struct text t = text_in(a, SHA256_HEX);
    register_put_id(&t, id);
    return text_slice(&t);
}

static struct intake_job delivery_job(struct delivery *d)
{
    return (struct intake_job){
        .spool = &d->document,
        .file_name = d->meta.file_name,
        .door = d->meta.door,
        .received_at_unix_ms = d->meta.received_at_unix_ms,
        .submitter = &d->grant.submitter,
        .partners = d->service->options.partners,
        .profile = d->readings.items[0].read_by,
        .readings = d->readings,
        .partner_id = d->meta.partner_id,
        .currency = d->meta.currency,
        .traceparent = d->meta.traceparent,
        .event_source = d->meta.event_source,
        .event_id = d->meta.event_id,
        .targets = &d->targets,
        .document_id = hex_of(&d->arena, d->post.id),
        .answers = { (enum decimal_style)d->meta.decimal, (enum date_style)d->meta.dates, d->meta.header_row,
                     d->meta.sheet, d->meta.encoding },
        .is_validation = d->is_validation,
        .refuses_unknown_sender = atomic_load(&d->service->refuses_unknown_senders),
        .sender_is_refused = d->sender_is_refused,
    };
}

static void fill_row(struct delivery *d)
{
    struct intake_document *r = &d->post.row;
    *r = (struct intake_document){
        .submitter_id = d->meta.submitter_id,
        .file_name = d->meta.file_name,
        .partner_id = d->meta.partner_id,
        .currency = d->meta.currency,
        .profile = readings_name(&d->arena, &d->readings),
        .parent = d->meta.parent.size ? d->meta.parent : d->post.file,
        .traceparent = d->meta.traceparent,
        .event_source = d->meta.event_source,
        .event_id = d->meta.event_id,
        .received_at_unix_ms = d->meta.received_at_unix_ms,
        .door = (uint32_t)d->meta.door,
        .bytes = d->document.bytes.size,
        .is_compressed = d->meta.is_compressed,
        .decimal = d->meta.decimal,
        .dates = d->meta.dates,
        .header_row = d->meta.header_row,
        .sheet = d->meta.sheet,
        .encoding = d->meta.encoding,
    };
    memcpy(r->sha256, d->meta.sha256, SHA256_BYTES);
    memcpy(r->profile_sha256, d->readings.items[0].read_by->sha256, SHA256_BYTES);
}

/* The grants in force at the time; a delivery keeps what it was given. */
static bool find_grant(struct delivery *d)
{
    const struct grants *g = service_grants(d->service);
    const struct grant *grant = grants_find(g, d->meta.submitter_id);
    if (!grant) return false;
    d->grant = *grant;
    d->profile = grants_profile(g, grant, d->meta.profile, instant_date(d->meta.received_at_unix_ms, 0));
    return d->profile != NULL;
}

/* Of a document that began to be posted before a crash: what came into force since reads no second half of it. */
static bool goes_on_with(struct delivery *d)
{
    return d->began_with[0] && d->began_at == d->from
           && grants_readings(service_grants(d->service), &d->grant, slice_from(d->began_with),
                              instant_date(d->meta.received_at_unix_ms, 0), &d->readings);
}

/* A profile that was named is the one; else the document's own names choose among the submitter's. */
static void choose_profile(struct delivery *d)
{
    d->sender_is_refused = false;
    if (d->began_at != d->from) d->post.is_read_again = false;
    if (goes_on_with(d)) return;
    struct x12_senders senders = {
        .profiles = &service_grants(d->service)->profiles, .submitter = d->grant.submitter.id, .own = d->profile,
        .day = instant_date(d->meta.received_at_unix_ms, 0),
    };
    struct x12_choice chosen = d->meta.profile.size ? (struct x12_choice){ readings_of(d->profile), false }
                                                    : x12_sender_choose(&senders, &d->document);
    d->readings = chosen.readings;
    d->sender_is_refused = chosen.is_undecided;
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
    d->targets = (struct intake_targets){
        .context = d, .standing = ask_standing, .open = reopen_report, .close = reopen_close_report
    };
    if (d->service->options.has_follower) d->targets.refused = was_refused;
    d->targets.met = note_report;
    struct intake_job job = delivery_job(d);
    struct intake_events events = { .context = d, .interchange = ask_interchange };
    enum err e = intake_open(&d->post.intake, &job, &events);
    d->post.corrects = d->met != NULL;
    return e == OK;
}

/* Its bytes are kept before a line of it is posted: a later document may need them. Those of a small one lie in the
 * journal too, until they last here. */
static bool keep(struct delivery *d)
{
    struct raw_store *raw = d->service->raw;
    if (d->is_retaken) return raw_store_mend(raw, d->post.id, &d->document) == OK;
    return (d->is_small ? raw_store_put_soon(raw, d->post.id, d->document.bytes)
                        : raw_store_put(raw, d->post.id, &d->document))
           == OK;
}

static void take_document(struct intake_service *s, struct delivery *d)
{
    bool is_on_disk =
        d->is_from_raw || d->document_count > 0 || spool_dir_write_meta(s->spool, d->name, &d->meta) == OK;
    bool is_read = is_on_disk && survey(d), is_kept = is_read && keep(d);
    if (is_read && !is_kept) {
        LOG(LOG_ERROR, "raw_unwritten", LOG_TEXT("submitter", d->meta.submitter_id),
            LOG_TEXT("file", d->meta.file_name), LOG_WORD("fix", "make room in intake.raw_dir"));
        delivery_fail(d, REPLY_UNAVAILABLE, SLICE("Its bytes cannot be kept: intake.raw_dir has no room, or cannot be "
                                                  "written. Nothing of it was posted."));
    } else if (!is_kept && !d->problem) {
        delivery_fail(d, d->profile ? REPLY_UNAVAILABLE : REPLY_FORBIDDEN,
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
    v->is_failed |= !folder_write(v->delivery->output, json_out_bytes(&v->json));
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
    if (d->receipts.size > 0) json_out_line(&d->receipts);
    reply_put_receipt(&d->receipts, &(struct reply_document){ .row = &v->row, .id = d->post.id });
    json_out_close(&errors);
}

static bool validate_document(struct delivery *d)
{
    struct validation v = { .delivery = d };
    bool done = false;
    if (!survey(d)) return false;
    v.row = d->post.row;
    json_out_open(&v.json);
    struct intake_events events = { .context = &v, .on_line = on_checked_line };
    intake_hand_over_to(d->post.intake, &events);
    while (!done && intake_post(d->post.intake, CHUNK_LINES, &done) == OK) {}
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
    bool is_whole = !d->with_lines || (d->output = nameless_file(s)) >= 0;
    for (d->from = 0; is_whole; d->from = d->at) {
        is_whole = validate_document(d);
        d->document_count++;
        if (is_whole && d->is_last) break;
    }
    if (!is_whole)
        delivery_fail(d, d->profile ? REPLY_UNAVAILABLE : REPLY_FORBIDDEN, SLICE("The document could not be checked."));
    else if (!d->with_lines)
        delivery_answer(d, 200, d->document_count > 1 ? SLICE("application/x-ndjson") : SLICE("application/json"),
                        json_out_bytes(&d->receipts));
    else {
        json_out_line(&d->receipts);
        if (!folder_write(d->output, json_out_bytes(&d->receipts)))
            delivery_fail(d, REPLY_UNAVAILABLE, SLICE("The disk is full."));
        else delivery_answer(d, 200, SLICE("application/x-ndjson"), (struct slice){ 0 });
    }
    delivery_leave_document(d);
    spool_dir_remove(s->spool, d->name);
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
