/* intake/service_answer.c: what is answered from the bytes of a document, on a survey thread. */
#include "intake/service_parts.h"

#include "domain/currency.h"
#include "intake/json_pass.h"
#include "intake/line_json.h"
#include "intake/rejects.h"
#include "runtime/clock.h"
#include "wire/masking.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { MONEY_BYTES = 64, PIECE_BYTES = 1 << 20 };

struct writing { struct delivery *delivery; struct rejects *rejects; struct json_out json; FILE *file; };

static bool is_wanted(const struct question *q, enum outcome outcome)
{
    return q->outcome.size == 0 || slice_equal(q->outcome, word_text(VOCABULARY_OUTCOME, (int)outcome));
}

/* Where a line stands: what intake refused as it was refused, others as the stages after say, if they said anything
 * yet. */
static bool find_standing(const struct delivery *d, const struct intake_line *line, struct disposition *out)
{
    *out = (struct disposition){ .outcome = line->outcome };
    return line->outcome == OUTCOME_PASS && d->question.knows_lines
           && standing_find(&d->question.lines, line->receipt->line_id, out);
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

/* A sale that earns a rebate claims no money; what was approved is said of what does. */
static bool has_amount(const struct intake_line *line, const struct disposition *stands)
{
    const struct line *l = line->line;
    return l && l->currency.size && (kind_is_claim(l->kind) || stands->approved_minor != 0);
}

/* decided: nothing but a correction changes it; amount: what was approved of a claim, in the line's currency. */
static void put_standing(struct json_out *j, const struct intake_line *line, const struct disposition *stands,
                         bool is_judged)
{
    char buffer[MONEY_BYTES];
    struct text amount = text_over(buffer, sizeof buffer);
    bool waits = stands->outcome == OUTCOME_HOLD || stands->outcome == OUTCOME_PARK;
    json_out_member(j, SLICE("outcome"), word_text(VOCABULARY_OUTCOME, (int)stands->outcome));
    json_out_member_bool(j, SLICE("decided"), line->outcome != OUTCOME_PASS || (is_judged && !waits));
    put_reasons(j, line, stands, is_judged);
    if (!is_judged || waits || !has_amount(line, stands)) return;
    money_put(&amount, stands->approved_minor, line->line->currency);
    json_out_member(j, SLICE("amount"), text_slice(&amount));
}

/* An operator who reads what another one sent sees no natural persons (wire/masking.h); whoever sent them does. */
static void put_members(struct writing *w, const struct line *line)
{
    struct delivery *d = w->delivery;
    size_t mark = arena_mark(&d->arena);
    bool is_masked = !slice_equal(d->question.row.submitter_id, d->question.asked.submitter_id);
    line_json_members(&w->json, is_masked ? masking_line(&d->arena, line) : line);
    arena_rewind(&d->arena, mark);
}

static void put_line(struct writing *w, const struct intake_line *line, const struct disposition *stands,
                     bool is_judged)
{
    struct json_out *j = &w->json;
    json_out_reset(j);
    json_out_begin(j, '{');
    if (line->line) put_members(w, line->line);
    json_out_member(j, SLICE("line_id"), line->receipt->line_id);
    json_out_member_int(j, SLICE("position"), line->receipt->position);
    if (line->receipt->row > 0) json_out_member_int(j, SLICE("row"), line->receipt->row);
    put_standing(j, line, stands, is_judged);
    issues_put_json(j, SLICE("warnings"), line->issues, SEVERITY_WARNING);
    issues_put_json(j, SLICE("errors"), line->issues, SEVERITY_ERROR);
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
    if (is_wanted(&w->delivery->question.asked, stands.outcome)) put_line(w, line, &stands, is_judged);
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

/* Of a document that was refused for what its bytes do not tell: as its row has them. */
static void put_row_errors(struct writing *w)
{
    struct slice errors = w->delivery->question.row.errors, key, value;
    for (size_t at = 1; errors.size > 0 && json_pass_step(errors, &at, &key, &value);)
        (void)!fprintf(w->file, "%.*s\n", SLICE_ARGS(value));
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

/* Everything that is answered by reading the document again. */
static bool read_again(struct writing *w, struct intake_job *job)
{
    const struct delivery_question *q = &w->delivery->question;
    struct intake *intake;
    bool is_errors = q->asked.kind == QUESTION_ERRORS;
    struct intake_events events = { .context = w, .on_line = is_errors ? on_errors : on_line };
    if (q->asked.kind == QUESTION_ACK) events.on_line = NULL;
    if (intake_open(&intake, job, &events) != OK) return false;
    if (is_errors && job->refused_for != ISSUE_NONE) put_row_errors(w);
    else if (is_errors) put_document_errors(w, &intake_result(intake)->errors);
    struct reader_layout layout = intake_layout(intake);
    if (q->asked.kind == QUESTION_REJECTS)
        w->rejects = rejects_open(w->file, q->asked.wants_x12 ? REJECTS_X12 : REJECTS_OWN, q->row.format,
                                  job->spool->bytes, &layout);
    enum err e = intake_post_all(intake);
    if (q->asked.kind == QUESTION_ACK) {
        struct answer_options options = { .control_number = q->row.control_number,
                                          .now_unix_ms = q->row.changed_at_unix_ms };
        struct answer_sink sink = { w, put_bytes };
        (void)intake_answer(intake, &options, &sink);
    }
    bool is_whole = q->asked.kind != QUESTION_REJECTS || rejects_close(w->rejects, intake);
    intake_close(intake);
    return e == OK && is_whole;
}

static bool open_output(struct intake_service *s, struct writing *w)
{
    w->delivery->outcome.output = open(s->options.spool_dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    int copy = w->delivery->outcome.output >= 0 ? dup(w->delivery->outcome.output) : -1;
    w->file = copy >= 0 ? fdopen(copy, "w") : NULL;
    if (!w->file && copy >= 0) close(copy);
    return w->file != NULL;
}

/* Which layout the rejects came to have, their first bytes tell. */
static struct slice type_of_rejects(const struct delivery *d)
{
    char first[4];
    ssize_t size = pread(d->outcome.output, first, sizeof first, 0);
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
    switch (d->question.asked.kind) {
    case QUESTION_ERRORS: case QUESTION_LINES: return SLICE("application/x-ndjson");
    case QUESTION_ACK: case QUESTION_RESPONSE: return SLICE("application/edi-x12");
    case QUESTION_REJECTS:                     return type_of_rejects(d);
    default: break;
    }
    for (unsigned k = 0; k < sizeof types / sizeof *types; k++)
        if (slice_equal(types[k].format, d->question.row.format)) return types[k].type;
    return SLICE("application/octet-stream");
}

static bool find_disposition(void *context, struct slice line_id, struct disposition *out)
{
    const struct delivery *d = context;
    return standing_find(&d->question.lines, line_id, out);
}

/* *has_none: no line of it was judged, and no set refused for itself. */
static bool write_response(struct writing *w, struct intake_job *job, bool *has_none)
{
    struct delivery *d = w->delivery;
    struct dispositions decided = { d, find_disposition };
    struct response_order order = {
        .job = job,
        .decided = &decided,
        .acknowledgement = d->question.row.control_number,
        .now_unix_ms = clock_now_unix_ms(),
    };
    struct answer_sink sink = { w, put_bytes };
    bool is_written = false;
    bool is_whole = response_write(&order, &sink, &is_written) == OK;
    *has_none = !is_written;
    return is_whole;
}

static bool write_answer(struct intake_service *s, struct writing *w, struct intake_job *job, bool *has_none)
{
    struct delivery *d = w->delivery;
    struct slice answer;
    switch (d->question.asked.kind) {
    case QUESTION_RAW:
        return write_document(w, job->spool);
    case QUESTION_ACK:
        if (raw_store_get_answer(s->raw, &d->arena, d->question.id, &answer) != OK) return read_again(w, job);
        return write_all(w, answer);
    case QUESTION_RESPONSE:
        return write_response(w, job, has_none);
    default:
        return read_again(w, job);
    }
}

static const char no_849[] = "No set of the document is answered with an 849: the acknowledgement, or its status, says "
                             "what became of it.",
                  not_x12[] = "An 849 answers X12; of another format /lines says what was decided of each line, and "
                              "/rejects gives back what was refused.",
                  not_yet[] = "Not every line is decided.",
                  not_now[] = "What was decided of its lines cannot be read now.";

/* Why a document has no such answer, or none yet; empty: it has. */
static const char *is_unanswered(const struct delivery *d, const struct readings *readings)
{
    const struct delivery_question *q = &d->question;
    bool has_follower = d->service->options.has_follower;
    bool is_x12 = slice_equal(q->row.format, SLICE("x12")),
         is_judged = q->row.state == INTAKE_POSTED || q->row.state == INTAKE_ANSWERED
                     || q->row.state == INTAKE_REJECTED;
    if (q->asked.kind == QUESTION_ACK && q->row.control_number == 0)
        return "The document is not answered with an acknowledgement.";
    if (q->asked.kind == QUESTION_LINES && has_follower && !q->knows_lines)
        return not_now; /* it would say of every line that it is open */
    if (q->asked.kind != QUESTION_RESPONSE) return "";
    if (!is_x12 && q->row.format.size > 0) return not_x12;
    if (!is_x12 || !is_judged || (readings && readings_want_no_849(readings))) return no_849;
    if (!q->knows_lines && q->row.passed > 0) return not_now;    /* it would say of every line: under review */
    bool is_over = readings
                   && clock_now_unix_ms() - q->row.received_at_unix_ms
                          >= (int64_t)readings_sla_hours(readings) * INSTANT_HOUR_MS;
    return q->asked.wants_final && q->decided < q->row.passed && !is_over ? not_yet : "";
}

void question_write(struct intake_service *s, struct delivery *d)
{
    if (d->question.asked.kind == QUESTION_REPLAY) { question_replay(s, d); return; }
    struct writing w = { .delivery = d };
    struct spool spool = { 0 };
    struct grant grant;
    struct intake_job job;
    bool is_kept = reopen_document(s, &d->arena, d->question.id, &d->question.row, &spool, &grant, &job);
    const char *why = is_unanswered(d, is_kept ? &job.readings : NULL);
    if (*why) delivery_fail(d, why == not_yet || why == not_now ? REPLY_UNAVAILABLE : REPLY_NOT_FOUND, slice_from(why));
    else if (!is_kept) delivery_fail(d, REPLY_NOT_FOUND, SLICE("The bytes of the document are not kept any more."));
    else if (!open_output(s, &w)) delivery_fail(d, REPLY_UNAVAILABLE, SLICE("The spool has no room."));
    else {
        json_out_open(&w.json);
        bool has_none = false, is_written = write_answer(s, &w, &job, &has_none);
        is_written &= ferror(w.file) == 0;
        is_written &= fclose(w.file) == 0;
        json_out_close(&w.json);
        if (is_written && has_none) delivery_fail(d, REPLY_NOT_FOUND, slice_from(no_849));
        else if (is_written) delivery_answer(d, 200, type_of(d), (struct slice){ 0 });
        else delivery_fail(d, REPLY_UNAVAILABLE, SLICE("The answer could not be written."));
    }
    spool_close(&spool);
    delivery_leave_lines(d);
    delivery_finish(d);
}
