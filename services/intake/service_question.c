/* intake/service_question.c: what is asked of documents: their rows are read by the engine, their bytes by a survey
 * thread. */
#include "intake/service_parts.h"

#include "base/assert.h"
#include "domain/currency.h"
#include "intake/line_json.h"
#include "intake/rejects.h"
#include "intake/replay.h"
#include "runtime/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    CHUNK_LINES = 1000,
    ROWS_LOOKED_AT_MAX = 5000,
    LIMIT_MAX = 500,
    LIMIT_DEFAULT = 50,
    MONEY_BYTES = 64,
    PROFILE_SHOWN_BYTES = 128,
    PIECE_BYTES = 1 << 20
};

/* On the engine's side */

static void adopt_row(struct delivery *d, const uint8_t *id, const struct intake_document *row)
{
    memcpy(d->id, id, SHA256_BYTES);
    d->row = *row;
    struct slice *texts[] = { &d->row.submitter_id,
                              &d->row.file_name,
                              &d->row.partner_id,
                              &d->row.currency,
                              &d->row.profile,
                              &d->row.format,
                              &d->row.dialect,
                              &d->row.parent,
                              &d->row.traceparent,
                              &d->row.report_id,
                              &d->row.original_report_id,
                              &d->row.question,
                              &d->row.errors,
                              &d->row.sheet };
    for (unsigned k = 0; k < sizeof texts / sizeof *texts; k++) *texts[k] = slice_copy(&d->arena, *texts[k]);
    for (unsigned k = 0; k < d->row.total_count; k++)
        d->row.totals[k].currency = slice_copy(&d->arena, d->row.totals[k].currency);
}

struct find { struct delivery *delivery; bool found; };

static enum err take_row(void *context, struct slice key, struct slice value)
{
    struct find *f = context;
    struct intake_document row;
    const struct question *q = &f->delivery->question;
    if (f->found || key.size != SHA256_BYTES) return OK;
    TRY(table_intake_take_document(value, &row));
    if (!q->operates && !slice_equal(row.submitter_id, q->submitter_id)) return OK;     /* as if it were not there */
    adopt_row(f->delivery, (const uint8_t *)key.bytes, &row);
    f->found = true;
    return OK;
}

static bool find_document(struct intake_service *s, struct delivery *d)
{
    uint8_t prefix[REPLY_ID_HEX / 2];
    struct find f = { .delivery = d };
    if (!reply_read_id(d->question.id, &d->partition, prefix) || d->partition >= s->partitions) return false;
    struct store *store = post_store_of(s->post, d->partition);
    if (!store) return false;
    enum err e =
        store_scan(store, INTAKE_DOCUMENTS, slice_of((char *)prefix, sizeof prefix), (struct slice){ 0 }, take_row, &f);
    return e == OK && f.found;
}

/* What is known of a document before it is in the register: by the door, then by its survey. */
static struct intake_document row_on_its_way(const struct delivery *d)
{
    const struct spool_meta *m = &d->meta;
    struct intake_document row = {
        .submitter_id = m->submitter_id,
        .file_name = m->file_name,
        .partner_id = m->partner_id,
        .currency = m->currency,
        .traceparent = m->traceparent,
        .received_at_unix_ms = m->received_at_unix_ms,
        .door = (uint32_t)m->door,
        .bytes = m->bytes,
        .state = INTAKE_RECEIVED,
    };
    memcpy(row.sha256, m->sha256, SHA256_BYTES);
    if (!d->is_surveyed || d->document_count > 0) return row;
    row = d->post.row;
    if (row.state == INTAKE_RECEIVED) row.state = INTAKE_SURVEYED;
    return row;
}

/* Accepted, and nothing of it is in the register. */
static bool find_on_its_way(struct intake_service *s, struct delivery *d)
{
    uint8_t prefix[REPLY_ID_HEX / 2];
    const struct question *q = &d->question;
    if (q->kind != QUESTION_STATUS || !reply_read_id(q->id, &d->partition, prefix)) return false;
    const struct delivery *found = engine_find_on_its_way(s, q->submitter_id, q->operates, prefix, sizeof prefix);
    if (!found) return false;
    struct intake_document row = row_on_its_way(found);
    adopt_row(d, found->first_id, &row);
    return true;
}

/* A document is ANSWERED when every line that was posted is decided. */
void question_answer_status(struct delivery *d, const struct reply_standing *standing)
{
    struct json_out j;
    json_out_open(&j);
    bool is_answered =
        standing && d->row.state == INTAKE_POSTED && d->row.passed > 0 && standing->decided >= d->row.passed;
    if (is_answered) intake_document_advance(&d->row, INTAKE_ANSWERED);
    reply_put_receipt(
        &j, &(struct reply_document){ .row = &d->row, .id = d->id, .partition = d->partition, .standing = standing });
    delivery_answer(d, 200, SLICE("application/json"), json_out_bytes(&j));
    json_out_close(&j);
}

/* The list: newest first, a page at a time. */

struct listing {
    struct delivery *delivery;
    struct store *store;
    struct json_out json;
    unsigned limit, listed, looked;
    char last[2 * REGISTER_TIME_KEY_BYTES + 1];
    bool is_cut;
};

static bool is_listed(const struct question *q, const struct intake_document *row)
{
    if (q->state.size && !slice_equal(q->state, intake_state_name(row->state))) return false;
    if (q->name.size && !slice_equal(q->name, row->file_name)) return false;
    return row->received_at_unix_ms >= q->since_unix_ms;
}

static enum err list_row(void *context, struct slice key, struct slice value)
{
    struct listing *l = context;
    struct intake_document row;
    bool found;
    (void)value;
    if (key.size != REGISTER_TIME_KEY_BYTES) return ERR_STATE_MALFORMED;
    if (l->listed == l->limit || l->looked == ROWS_LOOKED_AT_MAX) {
        struct text t = text_over(l->last, sizeof l->last);
        text_put_hex(&t, (const uint8_t *)key.bytes + REGISTER_KEY_BYTES, REGISTER_TIME_KEY_BYTES - REGISTER_KEY_BYTES);
        l->is_cut = true;
        return ERR_TRANSACTION_ABORTED;             /* enough: ends the walk */
    }
    l->looked++;
    const uint8_t *id = (const uint8_t *)key.bytes + REGISTER_KEY_BYTES + 8;
    TRY(register_get_document(l->store, id, &row, &found));
    if (!found || row.received_at_unix_ms != register_time_of(key) || !is_listed(&l->delivery->question, &row))
        return OK;
    reply_put_receipt(&l->json, &(struct reply_document){ .row = &row, .id = id, .partition = l->delivery->partition });
    l->listed++;
    return OK;
}

/* Before those of the register stands what is on its way to it, as far as it has an id and is not there; the first page
 * alone. */
static enum err list_on_its_way(struct intake_service *s, struct listing *l)
{
    const struct question *q = &l->delivery->question;
    const struct delivery *first = engine_on_its_way(s, q->submitter_id), **all;
    unsigned count = 0;
    for (const struct delivery *d = first; d; d = d->order_next) count++;
    all = ARENA_ARRAY(&l->delivery->arena, count + 1, const struct delivery *);
    for (const struct delivery *d = first; d; d = d->order_next) *all++ = d;
    for (; count > 0 && l->listed < l->limit; count--) {
        const struct delivery *d = *--all;
        struct intake_document on_file, row;
        bool found;
        if (d->is_from_raw || d->document_count > 0 || !atomic_load(&d->is_identified)) continue;
        TRY(register_get_document(l->store, d->first_id, &on_file, &found));
        row = found ? on_file : row_on_its_way(d);
        if ((found && on_file.state != INTAKE_POSTING) || !is_listed(q, &row)) continue;
        reply_put_receipt(
            &l->json, &(struct reply_document){ .row = &row, .id = d->first_id, .partition = l->delivery->partition });
        l->listed++;
    }
    return OK;
}

/* The cursor is the rest of the key where the page ended. */
static struct slice from_of(struct arena *a, struct slice prefix, struct slice cursor)
{
    struct text t = text_in(a, REGISTER_TIME_KEY_BYTES);
    if (cursor.size != 2 * (REGISTER_TIME_KEY_BYTES - REGISTER_KEY_BYTES)) return (struct slice){ 0 };
    text_put(&t, prefix);
    for (size_t k = 0; k < cursor.size; k += 2) {
        char pair[3] = { cursor.bytes[k], cursor.bytes[k + 1], 0 };
        text_put_byte(&t, (char)strtoul(pair, NULL, 16));
    }
    return text_slice(&t);
}

static void answer_list(struct intake_service *s, struct delivery *d)
{
    const struct question *q = &d->question;
    struct listing l = { .delivery = d, .limit = q->limit && q->limit <= LIMIT_MAX ? q->limit : LIMIT_DEFAULT };
    uint8_t none[SHA256_BYTES] = { 0 };
    if (!post_owns(s->post, q->submitter_id)) {
        delivery_fail(d, REPLY_UNAVAILABLE, SLICE("Another process keeps the documents of this submitter."));
        return;
    }
    d->partition = post_partition(s->post, q->submitter_id);
    l.store = post_store(s->post, q->submitter_id);
    json_out_open(&l.json);
    json_out_begin(&l.json, '{');
    json_out_name(&l.json, SLICE("documents"));
    json_out_begin(&l.json, '[');
    struct slice prefix = slice_head(register_time_key(&d->arena, q->submitter_id, 0, none), REGISTER_KEY_BYTES);
    enum err e = q->cursor.size ? OK : list_on_its_way(s, &l);
    if (e == OK) e = store_scan(l.store, INTAKE_TIMES, prefix, from_of(&d->arena, prefix, q->cursor), list_row, &l);
    json_out_end(&l.json);
    if (l.is_cut) json_out_member(&l.json, SLICE("cursor"), slice_from(l.last));
    json_out_end(&l.json);
    if (e != OK && !l.is_cut) delivery_fail(d, REPLY_INTERNAL, (struct slice){ 0 });
    else delivery_answer(d, 200, SLICE("application/json"), json_out_bytes(&l.json));
    json_out_close(&l.json);
}

/* An answer to a HELD document: it is read again as it says. True: the answer comes later. */
static bool answer_question(struct intake_service *s, struct delivery *d)
{
    struct delivery *held = d->row.state == INTAKE_HELD ? engine_held(s, d->id) : NULL;
    const struct reader_answers *a = &d->question.answers;
    if (!held) { delivery_fail(d, REPLY_NOT_HELD, (struct slice){ 0 }); return false; }
    if (a->decimal) held->meta.decimal = (uint32_t)a->decimal;
    if (a->dates) held->meta.dates = (uint32_t)a->dates;
    if (a->header_row) held->meta.header_row = a->header_row;
    if (a->sheet.size) held->meta.sheet = slice_copy(&held->arena, a->sheet);
    if (d->question.discards) held->post.verdict = POST_DISCARDED;
    held->asker = d;
    engine_take_held(s, held);
    return true;
}

/* Under which document its corrections came before. */
static void find_replay(struct intake_service *s, struct delivery *d)
{
    struct intake_key key;
    char room[SHA256_HEX];
    struct text parent = text_over(room, sizeof room);
    register_put_id(&parent, d->id);
    enum err e = register_get_key(post_store_of(s->post, d->partition),
                                  register_replay_key(&d->arena, d->row.submitter_id, text_slice(&parent)), &key,
                                  &d->has_replay);
    ASSERT(e == OK);
    memcpy(d->replay_id, key.document_id, SHA256_BYTES);
}

void question_look_up(struct intake_service *s, struct delivery *d)
{
    if (d->question.kind == QUESTION_LIST) { answer_list(s, d); delivery_finish(d); return; }
    if (!find_document(s, d)) {
        if (find_on_its_way(s, d)) question_answer_status(d, NULL);
        else delivery_fail(d, REPLY_NOT_FOUND, (struct slice){ 0 });
        delivery_finish(d);
        return;
    }
    d->size = d->row.bytes;             /* by which it waits behind smaller ones, whoever looks at it first */
    switch (d->question.kind) {
    case QUESTION_STATUS:
        if (s->options.has_follower) { queue_put(&s->to_follower, d); return; }
        question_answer_status(d, NULL);
        delivery_finish(d);
        return;
    case QUESTION_LINES: case QUESTION_RESPONSE:
        if (!s->options.has_follower) break;
        queue_put(&s->to_follower, d);
        return;
    case QUESTION_REPLAY: find_replay(s, d); break;
    case QUESTION_ANSWER: if (!answer_question(s, d)) delivery_finish(d); return;
    default: break;
    }
    survey_queue_put(&s->to_survey, d);
}

/* On a survey thread */

bool service_can_reopen(struct intake_service *s, const uint8_t id[SHA256_BYTES], const struct intake_document *row)
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

bool service_reopen(struct intake_service *s, struct arena *a, const uint8_t id[SHA256_BYTES],
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
        .sender_is_refused = was_refused_for(row, SLICE("\"SENDER_UNDECIDED\"")),
        .answers = { (enum decimal_style)row->decimal, (enum date_style)row->dates, row->header_row,
                     slice_copy(a, row->sheet) },
    };
    return true;
}

struct writing { struct delivery *delivery; struct rejects *rejects; struct json_out json; FILE *file; };

static bool is_wanted(const struct question *q, enum outcome outcome)
{
    return q->outcome.size == 0 || slice_equal(q->outcome, word_text(VOCABULARY_OUTCOME, (int)outcome));
}

/* Where a line stands: what intake refused as it was refused, others as the stages behind say, if they said anything
 * yet. */
static bool find_standing(const struct delivery *d, const struct intake_line *line, struct disposition *out)
{
    *out = (struct disposition){ .outcome = line->outcome };
    return line->outcome == OUTCOME_PASS && d->knows_lines && standing_find(&d->lines, line->receipt->line_id, out);
}

static void put_issues(struct json_out *out, struct slice name, const struct issues *list, enum severity severity)
{
    json_out_name(out, name);
    json_out_begin(out, '[');
    for (unsigned k = 0; k < list->count; k++)
        if (list->items[k].severity == severity) issue_put_json(out, &list->items[k]);
    json_out_end(out);
}

static void put_reasons(struct json_out *out, const struct intake_line *line, const struct disposition *stands,
                        bool is_judged)
{
    enum reason_code reasons[ISSUES_MAX];
    unsigned count = is_judged ? stands->reason_count : issues_reasons(line->issues, reasons);
    json_out_name(out, SLICE("reasons"));
    json_out_begin(out, '[');
    for (unsigned k = 0; k < count; k++) json_out_text(out, reason_name(is_judged ? stands->reasons[k] : reasons[k]));
    json_out_end(out);
}

/* decided: nothing but a correction changes it; amount: what was approved, in the line's currency. */
static void put_standing(struct json_out *j, const struct intake_line *line, const struct disposition *stands,
                         bool is_judged)
{
    char buffer[MONEY_BYTES];
    struct text amount = text_over(buffer, sizeof buffer);
    bool waits = stands->outcome == OUTCOME_HOLD || stands->outcome == OUTCOME_PARK;
    json_out_member(j, SLICE("outcome"), word_text(VOCABULARY_OUTCOME, (int)stands->outcome));
    json_out_member_bool(j, SLICE("decided"), line->outcome != OUTCOME_PASS || (is_judged && !waits));
    put_reasons(j, line, stands, is_judged);
    if (!is_judged || waits || !line->line || line->line->currency.size == 0) return;
    money_put(&amount, stands->approved_minor, line->line->currency);
    json_out_member(j, SLICE("amount"), text_slice(&amount));
}

static void put_line(struct writing *w, const struct intake_line *line, const struct disposition *stands,
                     bool is_judged)
{
    struct json_out *j = &w->json;
    json_out_reset(j);
    json_out_begin(j, '{');
    if (line->line) line_json_members(j, line->line);
    json_out_member(j, SLICE("line_id"), line->receipt->line_id);
    json_out_member_int(j, SLICE("position"), line->receipt->position);
    if (line->receipt->row > 0) json_out_member_int(j, SLICE("row"), line->receipt->row);
    put_standing(j, line, stands, is_judged);
    put_issues(j, SLICE("warnings"), line->issues, SEVERITY_WARNING);
    put_issues(j, SLICE("errors"), line->issues, SEVERITY_ERROR);
    json_out_end(j);
    json_out_line(j);
    (void)!fwrite(j->bytes, 1, j->size, w->file);
}

static enum err on_line(void *context, const struct intake_line *line)
{
    struct writing *w = context;
    struct disposition stands;
    if (w->rejects) { rejects_take(w->rejects, line); return OK; }
    bool is_judged = find_standing(w->delivery, line, &stands);
    if (is_wanted(&w->delivery->question, stands.outcome)) put_line(w, line, &stands, is_judged);
    return OK;
}

/* Errors of the document, then of every line, one a line: without the cap of the receipt. */
static enum err on_errors(void *context, const struct intake_line *line)
{
    struct writing *w = context;
    for (unsigned k = 0; k < line->issues->count; k++) {
        if (line->issues->items[k].severity != SEVERITY_ERROR) continue;
        json_out_reset(&w->json);
        issue_put_json(&w->json, &line->issues->items[k]);
        json_out_line(&w->json);
        (void)!fwrite(w->json.bytes, 1, w->json.size, w->file);
    }
    return OK;
}

static void put_document_errors(struct writing *w, const struct issues *errors)
{
    struct issues only = *errors;
    struct intake_line line = { .issues = &only };
    (void)on_errors(w, &line);
}

/* A window at a time. */
static bool write_document(struct writing *w, struct spool *document)
{
    bool is_written = true;
    for (size_t at = 0; is_written && at < document->bytes.size; at += PIECE_BYTES) {
        struct slice piece = slice_head(slice_skip(document->bytes, at), PIECE_BYTES);
        is_written = fwrite(piece.bytes, 1, piece.size, w->file) == piece.size;
        spool_pass(document, at);
    }
    return is_written;
}

/* A document without bytes has none to point to. */
static bool write_all(struct writing *w, struct slice bytes)
{
    return bytes.size == 0 || fwrite(bytes.bytes, 1, bytes.size, w->file) == bytes.size;
}

static void put_bytes(void *context, struct slice bytes)
{
    (void)write_all(context, bytes);
}

/* Everything that is answered by reading the document once more. */
static bool read_again(struct writing *w, struct intake_job *job)
{
    struct delivery *d = w->delivery;
    struct intake *intake;
    bool done = false, is_errors = d->question.kind == QUESTION_ERRORS;
    struct intake_events events = { .context = w, .on_line = is_errors ? on_errors : on_line };
    if (d->question.kind == QUESTION_ACK) events.on_line = NULL;
    if (intake_open(&intake, job, &events) != OK) return false;
    if (is_errors) put_document_errors(w, &intake_result(intake)->errors);
    struct reader_layout layout = intake_layout(intake);
    if (d->question.kind == QUESTION_REJECTS)
        w->rejects = rejects_open(w->file, d->question.wants_x12 ? REJECTS_X12 : REJECTS_OWN, d->row.format,
                                  job->spool->bytes, &layout);
    enum err e = OK;
    while (e == OK && !done) e = intake_post(intake, CHUNK_LINES, &done);
    if (d->question.kind == QUESTION_ACK) {
        struct answer_options options = { .control_number = d->row.control_number,
                                          .now_unix_ms = d->row.changed_at_unix_ms };
        struct answer_sink sink = { w, put_bytes };
        (void)intake_answer(intake, &options, &sink);
    }
    bool is_whole = d->question.kind != QUESTION_REJECTS || rejects_close(w->rejects, intake);
    intake_close(intake);
    return e == OK && is_whole;
}

static bool open_output(struct intake_service *s, struct writing *w)
{
    w->delivery->output = open(s->options.spool_dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    int copy = w->delivery->output >= 0 ? dup(w->delivery->output) : -1;
    w->file = copy >= 0 ? fdopen(copy, "w") : NULL;
    if (!w->file && copy >= 0) close(copy);
    return w->file != NULL;
}

/* Which layout the rejects came to have, their first bytes tell. */
static struct slice type_of_rejects(const struct delivery *d)
{
    char first[4];
    ssize_t size = pread(d->output, first, sizeof first, 0);
    return rejects_type_of(slice_of(first, size > 0 ? (size_t)size : 0)).media;
}

static struct slice type_of(const struct delivery *d)
{
    static const struct { struct slice format, type;
    } types[] = {
        { SLICE_INIT("x12"), SLICE_INIT("application/edi-x12") },
        { SLICE_INIT("json"), SLICE_INIT("application/json") },
        { SLICE_INIT("ndjson"), SLICE_INIT("application/x-ndjson") },
        { SLICE_INIT("csv"), SLICE_INIT("text/csv") },
        { SLICE_INIT("tsv"), SLICE_INIT("text/tab-separated-values") },
        { SLICE_INIT("xlsx"), SLICE_INIT("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet") },
    };
    switch (d->question.kind) {
    case QUESTION_ERRORS: case QUESTION_LINES: return SLICE("application/x-ndjson");
    case QUESTION_ACK: case QUESTION_RESPONSE: return SLICE("application/edi-x12");
    case QUESTION_REJECTS:                     return type_of_rejects(d);
    default: break;
    }
    for (unsigned k = 0; k < sizeof types / sizeof *types; k++)
        if (slice_equal(types[k].format, d->row.format)) return types[k].type;
    return SLICE("application/octet-stream");
}

static bool find_disposition(void *context, struct slice line_id, struct disposition *out)
{
    const struct delivery *d = context;
    return standing_find(&d->lines, line_id, out);
}

static bool write_response(struct writing *w, struct intake_job *job)
{
    struct delivery *d = w->delivery;
    struct dispositions decided = { d, find_disposition };
    struct response_order order = {
        .job = job,
        .decided = &decided,
        .acknowledgement = d->row.control_number,
        .now_unix_ms = clock_now_unix_ms(),
    };
    struct answer_sink sink = { w, put_bytes };
    bool is_written;
    return response_write(&order, &sink, &is_written) == OK;
}

static bool write_answer(struct intake_service *s, struct writing *w, struct intake_job *job)
{
    struct delivery *d = w->delivery;
    struct slice answer;
    switch (d->question.kind) {
    case QUESTION_RAW:
        return write_document(w, job->spool);
    case QUESTION_ACK:
        if (raw_store_get_answer(s->raw, &d->arena, d->id, &answer) != OK) return read_again(w, job);
        return write_all(w, answer);
    case QUESTION_RESPONSE:
        return write_response(w, job);
    default:
        return read_again(w, job);
    }
}

static const char not_yet[] = "Not every line is decided.",
                  not_now[] = "What was decided of its lines cannot be read now.";

/* Why a document has no such answer, or none yet; empty: it has. */
static const char *is_unanswered(const struct delivery *d, const struct readings *readings)
{
    bool has_follower = d->service->options.has_follower;
    const struct question *q = &d->question;
    bool is_x12 = slice_equal(d->row.format, SLICE("x12")),
         is_posted = d->row.state == INTAKE_POSTED || d->row.state == INTAKE_ANSWERED;
    bool is_judged =
        is_posted || (d->row.state == INTAKE_REJECTED && d->row.rejected > 0); /* line by line, though none passed */
    if (q->kind == QUESTION_ACK && d->row.control_number == 0)
        return "The document is not answered with an acknowledgement.";
    if (q->kind == QUESTION_LINES && has_follower && !d->knows_lines)
        return not_now; /* it would say of every line that it is open */
    if (q->kind != QUESTION_RESPONSE) return "";
    if (!is_x12 || !is_judged || (readings && readings_want_no_849(readings)))
        return "The document is not answered with an 849.";
    if (!d->knows_lines) return not_now;            /* it would say of every line that it is under review */
    bool is_over = readings
                   && clock_now_unix_ms() - d->row.received_at_unix_ms
                          >= (int64_t)readings_sla_hours(readings) * INSTANT_HOUR_MS;
    return q->wants_final && d->decided < d->row.passed && !is_over ? not_yet : "";
}

/* Replays: the corrections are a document of their own, of the same submitter; sent twice it is the same one. */

struct collecting { struct spool_upload *upload; enum spool_fault fault; };

static void collect(void *context, struct slice bytes)
{
    struct collecting *c = context;
    if (c->fault == SPOOL_FINE) c->fault = spool_upload_put(c->upload, bytes);
}

/* What is promised lasts before anybody is told. */
static bool submit_corrections(struct intake_service *s, const struct spool_meta *meta, struct spool_upload *u)
{
    char name[SPOOL_NAME_BYTES];
    if (spool_upload_keep(u, name) != OK) return false;
    if (spool_dir_write_meta(s->spool, name, meta) != OK) {
        spool_dir_remove(s->spool, name);
        return false;
    }
    (void)service_submit(s, meta, name, NULL, NULL);
    return true;
}

/* Hands the corrections in; their document's id in the reply. */
static bool hand_in(struct intake_service *s, struct delivery *d, const struct mapping_profile *profile,
                    struct spool_upload *u, struct json_out *out)
{
    char room[REPLY_ID_BYTES];
    uint8_t id[SHA256_BYTES];
    struct slice name = reading_name(&d->arena, profile);
    struct text file = text_in(&d->arena, d->row.file_name.size + name.size + 16),
                shown = text_over(room, sizeof room), parent = text_in(&d->arena, SHA256_HEX);
    register_put_id(&parent, d->id);
    text_put(&file, d->row.file_name);
    PUT(&file, ".replay-");
    text_put(&file, name);
    struct spool_meta meta = {
        .submitter_id = d->row.submitter_id,
        .file_name = text_slice(&file),
        .profile = SLICE("default"),
        .door = (enum door)d->row.door,
        .received_at_unix_ms = clock_now_unix_ms(),
        .bytes = spool_upload_bytes(u),
        .traceparent = d->row.traceparent,
        .parent = text_slice(&parent),
    };
    spool_upload_sha256(u, meta.sha256);
    struct id_part parts[] = { ID_TEXT(meta.submitter_id), ID_TEXT(slice_of((char *)meta.sha256, SHA256_BYTES)) };
    hash_parts(parts, 2, id);
    if (d->has_replay && memcmp(d->replay_id, id, SHA256_BYTES) != 0) {
        spool_upload_drop(u);
        delivery_fail(d, REPLY_BAD_REQUEST,
                      SLICE("The document was corrected under another profile before: what that posted would stand "
                            "beside these corrections."));
        return false;
    }
    if (!submit_corrections(s, &meta, u)) return false;
    reply_put_id(&shown, d->partition, id);
    json_out_member(out, SLICE("document"), text_slice(&shown));
    return true;
}

static bool compare(struct intake_service *s, struct delivery *d, const struct intake_job *before,
                    const struct mapping_profile *profile, struct json_out *out)
{
    struct collecting c = { .fault = SPOOL_FINE };
    struct answer_sink sink = { &c, collect };
    struct spool views[2] = { spool_over(before->spool->bytes), spool_over(before->spool->bytes) };
    struct intake_job was = *before, will = *before;
    struct replay_counts counts;
    was.spool = &views[0];
    will.spool = &views[1];
    will.readings = readings_anew(&before->readings, profile);
    will.profile = will.readings.items[0].read_by;
    if (spool_upload_open(service_spool(s), false, DOCUMENT_BYTES_MAX, &c.upload) != OK) return false;
    json_out_begin(out, '{');
    json_out_member(out, SLICE("profile"), d->question.profile);
    json_out_name(out, SLICE("changes"));
    json_out_begin(out, '[');
    enum err e = replay_compare(&was, &will, &sink, out, &counts);
    json_out_end(out);
    replay_put_counts(out, &counts);
    bool is_changed = counts.replaced + counts.cancelled + counts.added > 0,
         executes = d->question.executes && is_changed;
    json_out_member_bool(out, SLICE("executed"), executes);
    bool is_whole = e == OK && spool_upload_end(c.upload) == SPOOL_FINE && c.fault == SPOOL_FINE;
    if (is_whole && executes) is_whole = hand_in(s, d, profile, c.upload, out);
    else spool_upload_drop(c.upload);
    json_out_end(out);
    return is_whole;
}

/* Who asks for one that is not there reads which are. */
static struct slice no_profile(struct intake_service *s, struct delivery *d)
{
    const struct mapping_profiles *on_file = &service_grants(s)->profiles;
    struct text t = text_in(&d->arena, d->question.profile.size + 128 + on_file->count * PROFILE_SHOWN_BYTES);
    PUT(&t, "There is no mapping profile ");
    text_put(&t, d->question.profile);
    PUT(&t, " for this document; on file are default@1");
    for (unsigned k = 0; k < on_file->count; k++) {
        PUT(&t, ", ");
        text_put(&t, slice_head(on_file->items[k]->name, PROFILE_SHOWN_BYTES / 2));
        PUT(&t, "@");
        text_put_int(&t, on_file->items[k]->version);
    }
    PUT(&t, ".");
    return text_slice(&t);
}

static void replay(struct intake_service *s, struct delivery *d)
{
    struct spool spool = { 0 };
    struct grant grant;
    struct intake_job job;
    struct json_out out;
    const struct mapping_profile *profile = NULL;
    bool is_ended = d->row.state == INTAKE_POSTED || d->row.state == INTAKE_ANSWERED || d->row.state == INTAKE_REJECTED;
    bool is_kept = service_reopen(s, &d->arena, d->id, &d->row, &spool, &grant, &job);
    if (is_kept)
        profile =
            grants_profile(service_grants(s), &grant, d->question.profile, instant_date(d->row.received_at_unix_ms, 0));
    json_out_open(&out);
    if (!is_kept) delivery_fail(d, REPLY_NOT_FOUND, SLICE("The bytes of the document are not kept any more."));
    else if (!profile) delivery_fail(d, REPLY_BAD_REQUEST, no_profile(s, d));
    else if (!is_ended || d->row.purpose != PURPOSE_ORIGINAL)
        delivery_fail(
            d, REPLY_BAD_REQUEST,
            SLICE("Only a document that was posted or refused, and corrects no other one, can be read anew."));
    else if (compare(s, d, &job, profile, &out))
        delivery_answer(d, 200, SLICE("application/json"), json_out_bytes(&out));
    else if (!d->problem) delivery_fail(d, REPLY_UNAVAILABLE, SLICE("The document could not be read anew."));
    json_out_close(&out);
    spool_close(&spool);
    delivery_finish(d);
}

void question_write(struct intake_service *s, struct delivery *d)
{
    if (d->question.kind == QUESTION_REPLAY) { replay(s, d); return; }
    struct writing w = { .delivery = d };
    struct spool spool = { 0 };
    struct grant grant;
    struct intake_job job;
    bool is_kept = service_reopen(s, &d->arena, d->id, &d->row, &spool, &grant, &job);
    const char *why = is_unanswered(d, is_kept ? &job.readings : NULL);
    if (*why) delivery_fail(d, why == not_yet || why == not_now ? REPLY_UNAVAILABLE : REPLY_NOT_FOUND, slice_from(why));
    else if (!is_kept) delivery_fail(d, REPLY_NOT_FOUND, SLICE("The bytes of the document are not kept any more."));
    else if (!open_output(s, &w)) delivery_fail(d, REPLY_UNAVAILABLE, SLICE("The spool has no room."));
    else {
        json_out_open(&w.json);
        bool is_written = write_answer(s, &w, &job);
        is_written &= ferror(w.file) == 0;
        is_written &= fclose(w.file) == 0;
        json_out_close(&w.json);
        if (is_written) delivery_answer(d, 200, type_of(d), (struct slice){ 0 });
        else delivery_fail(d, REPLY_UNAVAILABLE, SLICE("The answer could not be written."));
    }
    spool_close(&spool);
    delivery_leave_lines(d);
    delivery_finish(d);
}
