/* intake/document.c: a document from its bytes to its lines; the one place that reads, types and hands over. */
#include "intake/document_parts.h"

#include "base/assert.h"
#include "intake/format.h"
#include "intake/line_ref.h"
#include "intake/submission.h"
#include "intake/x12_envelope.h"

#include <stdlib.h>

enum {
    PROBE_BYTES = 8192,
    LINE_ARENA_BYTES = 4 << 20,
    LINE_ARENA_RESERVE = 28 << 20,
    DOCUMENT_ARENA_BYTES = 8 << 20
};

struct slice document_state_name(enum document_state state)
{
    static const struct slice names[] = {
        [DOCUMENT_POSTED] = SLICE_INIT("POSTED"),       [DOCUMENT_HELD] = SLICE_INIT("HELD"),
        [DOCUMENT_REJECTED] = SLICE_INIT("REJECTED"),   [DOCUMENT_DUPLICATE] = SLICE_INIT("DUPLICATE"),
        [DOCUMENT_VALIDATED] = SLICE_INIT("VALIDATED"),
    };
    ASSERT(state <= DOCUMENT_VALIDATED);
    return names[state];
}

/* Identity */

static struct slice identify(struct intake *i)
{
    uint8_t digest[SHA256_BYTES];
    if (i->job.document_id.size > 0) return i->job.document_id;
    spool_sha256(i->job.spool, digest);
    struct id_part parts[] = { ID_TEXT(i->job.submitter->id), ID_TEXT(slice_of((char *)digest, sizeof digest)) };
    return hash_document_id(&i->arena, parts, 2);
}

/* Survey */

/* The bytes count; whoever named the file otherwise has sent another one than he thinks, or will be asked why. */
static void tell_name(struct intake *i, enum format format)
{
    enum format named = format_named(i->job.file_name);
    if (named == FORMAT_REFUSED || format == FORMAT_REFUSED || named == format) return;
    struct issue *issue = issues_add(&i->result.warnings, ISSUE_FORMAT_NOT_AS_NAMED);
    issue->value = issue_value(&i->arena, i->job.file_name);
    issue_argument(issue, SLICE("named"), format_title(named));
    issue_argument(issue, SLICE("format"), format_title(format));
}

static struct reader *reader_of(struct intake *i)
{
    if (i->job.submission) return submission_reader_open(&i->arena, i->job.submission);
    struct format_finding f = format_of(slice_head(i->job.spool->bytes, PROBE_BYTES));
    struct issue *issue;
    tell_name(i, f.format);
    switch (f.format) {
    case FORMAT_TEXT: return text_reader_open(&i->arena);
    case FORMAT_JSON: return json_reader_open(&i->arena);
    case FORMAT_X12:  return x12_reader_open(&i->arena);
    case FORMAT_WORKBOOK: return workbook_reader_open(&i->arena);
    case FORMAT_REFUSED:
        break;
    }
    issue = issues_add(&i->result.errors, f.refusal);
    if (f.name.size > 0) issue_argument(issue, SLICE("format"), f.name);
    if (f.instead.size > 0) issue_argument(issue, SLICE("instead"), f.instead);
    return NULL;
}

static void prepare_typing(struct intake *i)
{
    struct typing *t = &i->typing;
    struct readings *r = &i->job.readings;
    if (r->count == 0) *r = readings_of(i->job.profile);
    for (unsigned k = 0; k < r->count; k++) i->profile_names[k] = reading_name(&i->arena, r->items[k].read_by);
    typing_init(t, r->items[0].read_by);
    t->arena = &i->line_arena;
    t->submitter = i->job.submitter;
    t->partners = i->job.partners;
    t->dates.received = instant_date(i->job.received_at_unix_ms, 0);
    t->is_file = i->job.door != DOOR_KAFKA;
    t->currency = i->job.currency;
    t->document_id = i->result.document_id;
    struct slice of_profile = r->items[0].read_by->partner_id, own = i->job.submitter->partner_id;
    i->result.own_partner = own.size > 0 ? own : of_profile;
}

/* Of a document that was posted: the reports that it takes back were on file, whatever became of them since. */
static enum target_standing was_posted(void *context, const struct report_ref *report)
{
    (void)context, (void)report;
    return TARGET_POSTED;
}

static const struct intake_targets targets_on_file = { .standing = was_posted };

static void prepare_reader(struct intake *i)
{
    struct reader *r = i->reader;
    r->spool = i->job.spool;
    r->profile = i->job.readings.items[0].read_by;
    r->readings = &i->job.readings;
    r->typing = &i->typing;
    r->arena = &i->arena;
    r->line_arena = &i->line_arena;
    r->errors = &i->result.errors;
    r->warnings = &i->result.warnings;
    r->answers = i->job.answers;
    r->targets = i->job.correction ? &targets_on_file : i->job.targets;
    r->is_strict = r->profile->tolerance == TOLERANCE_STRICT;
    r->is_local = i->job.submitter->is_local;
    r->command_partner = i->job.partner_id;
}

static void close_as(struct intake *i, enum document_state state)
{
    i->result.state = state;
    i->result.is_refused_whole = state == DOCUMENT_REJECTED;
    i->is_done = true;
}

static struct slice target_of(const struct document_header *h)
{
    return h->original_report_id.size > 0 ? h->original_report_id : h->report_id;
}

static void put_defaults(struct intake *i);

/* Of a document that names no partner: those that its lines name. */
static void list_partners(struct intake *i)
{
    struct report_ref *t = &i->target;
    enum reader_step step = READER_SKIPPED;
    if (reader_named_partner(i->reader).size > 0 || i->reader->header.purpose == PURPOSE_CANCEL) return;
    for (t->other_count = 0; step != READER_END && !t->has_more;) {
        arena_reset(&i->line_arena);
        typing_begin(&i->typing, &i->typed);
        step = i->reader->ops->next(i->reader, &i->draft, &i->typed.issues);
        if (step != READER_LINE) continue;
        put_defaults(i);
        reader_ref_add(t, slice_trim(draft_text(&i->draft, SLOT_partner_id)));
    }
    i->reader->ops->rewind(i->reader);
}

/* A document that undoes another one as a whole (JSON); sets of X12 ask for their own targets. False: it goes no
 * further. */
static bool has_target(struct intake *i)
{
    const struct document_header *h = &i->reader->header;
    enum issue_code code;
    if (!undoing_takes_back(h->purpose)) return true;
    i->target = reader_report_ref(i->reader, target_of(h));
    if (i->job.correction) return true;
    list_partners(i);
    enum target_standing standing = reader_ask_report(i->reader, &i->target, &code);
    bool names = i->job.partner_id.size > 0 || reader_named_partner(i->reader).size > 0;
    if (standing == TARGET_UNKNOWN && h->purpose == PURPOSE_CANCEL && !names) {
        i->target.other_count = 0;                  /* without lines, it may mean others' than its sender's own */
        standing = reader_ask_report(i->reader, &i->target, &code);
    }
    if (standing == TARGET_CANCELLED) {
        issues_add(&i->result.warnings, ISSUE_REPORT_CANCELLED)->value = target_of(h);
        close_as(i, DOCUMENT_DUPLICATE);
        return false;
    }
    if (code == ISSUE_NONE) return true;
    struct issue *question = reader_add(i->reader, code, 0);
    question->value = target_of(h);
    (void)reader_ask(i->reader, question);
    i->result.question = i->reader->question;
    close_as(i, DOCUMENT_HELD);
    return false;
}

/* Of an event that came as a document; records of Kafka are told apart before they are read. */
static bool event_key(struct intake *i)
{
    enum { EVENT_DAYS = 400 };
    struct intake_result *r = &i->result;
    const struct document_header *h = &i->reader->header;
    if (h->event_id.size == 0 || i->job.door == DOOR_KAFKA) return false;
    struct id_part parts[] = { ID_TEXT(h->event_data) };
    struct text t = text_in(&i->arena, h->event_source.size + h->event_id.size + 8);
    PUT(&t, "event ");
    text_put_int(&t, (int64_t)h->event_source.size);
    PUT(&t, " ");
    text_put(&t, h->event_source);
    text_put(&t, h->event_id);
    hash_parts(parts, 1, r->interchange_sha256);
    spool_rewind(i->reader->spool);
    r->interchange = text_slice(&t);
    r->interchange_days = EVENT_DAYS;
    return true;
}

/* The bytes of an event that was told beside them; an interchange goes by the number that it has itself. */
static void name_event(struct intake *i)
{
    struct document_header *h = &i->reader->header;
    if (i->job.event_id.size == 0 || slice_equal(i->reader->ops->format, SLICE("x12"))) return;
    h->event_source = i->job.event_source;
    h->event_id = i->job.event_id;
    h->event_data = i->job.spool->bytes;
}

static bool control_number_key(struct intake *i)
{
    struct slice key;
    if (!x12_interchange_key(i->reader, &key, i->result.interchange_sha256)) return false;
    i->result.interchange = key;
    i->result.interchange_days = i->reader->profile->x12.control_window_days;
    return true;
}

static void refuse_reused(struct intake *i)
{
    const struct document_header *h = &i->reader->header;
    if (h->event_id.size == 0) x12_refuse_reused(i->reader);
    else reader_add(i->reader, ISSUE_EVENT_ID_REUSED, 0)->value = issue_value(&i->arena, h->event_id);
}

/* What became of a document on file stands when it is read again. */
static bool was_refused(struct intake *i)
{
    if (i->job.refused_for == ISSUE_NONE) return false;
    if (i->job.refused_for == ISSUE_INTERCHANGE_REUSED) x12_refuse_reused(i->reader);
    close_as(i, DOCUMENT_REJECTED);
    return true;
}

/* The control number of an interchange, the id of an event names one content (feeds.md 11). False: it goes no
 * further. */
static bool is_new_interchange(struct intake *i)
{
    struct intake_result *r = &i->result;
    if (i->typing.is_test || !(event_key(i) || control_number_key(i)) || !i->events.interchange) return true;
    enum interchange_standing standing =
        i->events.interchange(i->events.context, r->interchange, r->interchange_sha256);
    bool is_strict = i->reader->header.event_id.size > 0
                     || i->reader->profile->x12.control_numbers == CONTROL_NUMBERS_STRICT;
    if (standing == INTERCHANGE_NEW || (standing == INTERCHANGE_OTHER && !is_strict)) return true;
    if (standing == INTERCHANGE_SAME) {
        issues_add(&r->warnings, ISSUE_DOCUMENT_DUPLICATE);
        close_as(i, DOCUMENT_DUPLICATE);
        return false;
    }
    refuse_reused(i);
    close_as(i, DOCUMENT_REJECTED);
    return false;
}

static enum err rehearse(struct intake *i);

static enum err survey(struct intake *i)
{
    struct reader *r = i->reader;
    enum survey finding = r->ops->survey(r);
    name_event(i);
    i->result.format = r->format;
    i->result.dialect = r->dialect;
    i->result.header = r->header;
    i->typing.report_id = r->header.report_id;
    i->typing.is_test = r->header.is_test;
    arena_reset(&i->line_arena);
    if (was_refused(i)) return OK;
    if (finding == SURVEY_HELD) { i->result.question = r->question; close_as(i, DOCUMENT_HELD); return OK; }
    if (finding == SURVEY_REJECTED) { close_as(i, DOCUMENT_REJECTED); return OK; }
    bool needs_name = i->job.refuses_unknown_sender || i->job.sender_is_refused;
    if (needs_name && x12_refuse_unknown_sender(r, i->job.sender_is_refused)) {
        close_as(i, DOCUMENT_REJECTED);
        return OK;
    }
    if (!has_target(i) || !is_new_interchange(i)) return OK;
    i->is_ready = true;
    return r->is_strict ? rehearse(i) : OK;
}

bool intake_document_next(const struct spool *file, size_t *at, struct spool *document)
{
    struct slice one;
    uint64_t from = *at;
    if (from > 0 && from >= file->bytes.size) return false;
    bool is_x12 = format_of(slice_head(file->bytes, PROBE_BYTES)).format == FORMAT_X12;
    if (!is_x12 || !x12_document_next(file->bytes, &from, &one)) {
        one = file->bytes;
        from = file->bytes.size ? file->bytes.size : 1;
    }
    *at = from;
    *document = one.size == file->bytes.size ? *file : spool_part(file, one);
    return true;
}

/* A document without bytes: there are too many, or the compressed ones are broken or a bomb. False: it has its
 * bytes. */
static bool refuse_without_bytes(struct intake *i)
{
    const struct spool *s = i->job.spool;
    if (s->oversize_bytes == 0 && s->fault == INFLATE_FINE) return false;
    enum issue_code code = s->oversize_bytes          ? ISSUE_DOCUMENT_TOO_LARGE
                           : s->fault == INFLATE_BOMB ? ISSUE_ENCODING_BOMB
                                                      : ISSUE_ENCODING_BROKEN;
    struct issue *issue = issues_add(&i->result.errors, code);
    issue_argument(issue, SLICE("bytes"), slice_of_int(&i->arena, s->oversize_bytes));
    issue_argument(issue, SLICE("max"), slice_of_int(&i->arena, DOCUMENT_BYTES_MAX));
    issue_argument(issue, SLICE("ratio"), slice_of_int(&i->arena, INFLATE_RATIO_MAX));
    close_as(i, DOCUMENT_REJECTED);
    return true;
}

static enum err read_again(const struct intake_job *job, const struct intake_events *events)
{
    struct intake *intake;
    TRY(intake_open(&intake, job, events));
    enum err e = intake_post_all(intake);
    intake_close(intake);
    return e;
}

static enum err begin(struct intake *i, const struct intake_job *job, const struct intake_events *events)
{
    i->job = *job;
    i->again = read_again;
    if (events) i->events = *events;
    issues_init(&i->result.errors, &i->arena, ISSUES_MAX);
    issues_init(&i->result.warnings, &i->arena, ISSUES_MAX);
    if (refuse_without_bytes(i)) return OK;
    i->result.document_id = identify(i);
    prepare_typing(i);
    if (i->events.was_posted && i->events.was_posted(i->events.context, i->result.document_id)) {
        issues_add(&i->result.warnings, ISSUE_DOCUMENT_DUPLICATE);
        close_as(i, DOCUMENT_DUPLICATE);
        return OK;
    }
    i->reader = reader_of(i);
    if (!i->reader) { close_as(i, DOCUMENT_REJECTED); return OK; }
    prepare_reader(i);
    return survey(i);
}

enum err intake_open(struct intake **out, const struct intake_job *job, const struct intake_events *events)
{
    struct intake *i = calloc(1, sizeof *i);
    if (!i) return ERR_MEMORY_EXHAUSTED;
    enum err e = arena_open(&i->arena, DOCUMENT_ARENA_BYTES, 4u * DOCUMENT_ARENA_BYTES);
    if (e == OK) e = arena_open(&i->line_arena, LINE_ARENA_BYTES, LINE_ARENA_RESERVE);
    if (e != OK) { intake_close(i); return e; }
    *out = i;
    return begin(i, job, events);
}

static void leave_reader(struct intake *i)
{
    if (i->reader) i->reader->ops->close(i->reader);
    i->reader = NULL;
    undoing_end(&i->undoing);
    undoing_forget(&i->kept);
}

enum err intake_again(struct intake *i, const struct intake_job *job, const struct intake_events *events)
{
    leave_reader(i);
    struct arena arena = i->arena, line_arena = i->line_arena;
    memset(i, 0, sizeof *i);
    i->arena = arena;
    i->line_arena = line_arena;
    arena_reset(&i->arena);
    arena_reset(&i->line_arena);
    return begin(i, job, events);
}

void intake_close(struct intake *i)
{
    if (!i) return;
    leave_reader(i);
    arena_close(&i->line_arena);
    arena_close(&i->arena);
    free(i);
}

void intake_hand_over_to(struct intake *i, const struct intake_events *events)
{
    i->events = *events;
}

const struct intake_result *intake_result(const struct intake *i)
{
    return &i->result;
}

/* Lines */

/* What the document, the command and the profile say where the line is silent (feeds.md 3). */
static void put_defaults(struct intake *i)
{
    struct draft *d = &i->draft;
    const struct document_header *h = &i->reader->header;
    draft_default(d, SLOT_partner_id, h->partner_id);
    draft_default(d, SLOT_partner_id, i->job.partner_id);
    draft_default(d, SLOT_partner_id, i->job.submitter->partner_id);
    draft_default(d, SLOT_partner_id, i->typing.profile->partner_id);
    draft_default(d, SLOT_partner_id, h->sender);
    draft_default(d, SLOT_currency, h->currency);
    draft_default(d, SLOT_report_from, h->report_from);
    draft_default(d, SLOT_report_to, h->report_to);
}

/* The line's own received time, in runs that ask for it. */
static instant_ms received_at(struct intake *i)
{
    struct slice text = i->reader->extension.received_at;
    instant_ms at = i->job.received_at_unix_ms;
    if (!i->job.accepts_received_at || slice_is_empty(text) || instant_parse(text, &at) == OK) return at;
    struct issue *issue = typing_blame(&i->typing, &i->draft, &i->typed.issues, ISSUE_NOT_AN_INSTANT, SLOT_NONE);
    issue->field = SLICE("received_at");
    issue->value = issue_value(&i->line_arena, text);
    return at;
}

/* Handing over */

static struct line_names names_of(const struct intake *i)
{
    return (struct line_names){ i->events.context, i->events.line_id_of, i->events.name_line };
}

static enum err finish_line(struct intake *i, uint64_t position, instant_ms received)
{
    bool is_handed_over = true, corrects = i->undoing.correction && i->undoing.purpose != PURPOSE_ORIGINAL;
    document_fill_receipt(i, position, received);
    if (corrects && i->undoing.purpose == PURPOSE_RESUBMISSION) undoing_number(&i->undoing, &i->typed.line);
    else if (corrects) TRY(document_correct(i, &is_handed_over));
    if (!is_handed_over) return OK;
    if (!i->is_rehearsal) {
        struct line_names names = names_of(i);
        line_ref_give(&names, &i->typing, &i->draft, &i->typed.issues, i->reader->extension.name, i->receipt.line_id);
    }
    return document_hand_over(i, i->typed.issues.errors > 0 ? OUTCOME_REJECT : OUTCOME_PASS);
}

static void blame_door(struct intake *i)
{
    if (i->job.assumed) typing_blame(&i->typing, &i->draft, &i->typed.issues, i->job.assumed, SLOT_NONE);
}

static enum err take_line(struct intake *i)
{
    uint64_t position = i->draft.position;
    const struct line_names names = names_of(i);
    put_defaults(i);
    if (i->job.submitter->is_local) line_ref_resolve(&names, &i->typing, &i->draft, &i->typed.issues);
    line_ref_number(&i->line_arena, &i->draft);
    instant_ms received = received_at(i);
    typing_line(&i->typing, &i->draft, &i->typed);
    blame_door(i);
    bool is_claim_too = i->typed.is_claim_too;
    TRY(finish_line(i, position, received));
    if (!is_claim_too) return OK;
    typing_begin(&i->typing, &i->typed);
    typing_claim(&i->typing, &i->draft, &i->typed);
    blame_door(i);
    return finish_line(i, position + 1, received);
}

static enum err take_dead(struct intake *i)
{
    memset(&i->typed.line, 0, sizeof i->typed.line);
    document_fill_receipt(i, i->draft.position, i->job.received_at_unix_ms);
    i->receipt.partner_root_id = i->receipt.line_id = (struct slice){ 0 };
    return document_hand_over(i, OUTCOME_DEAD);
}

static enum err take_object(struct intake *i)
{
    const struct reader *r = i->reader;
    i->result.objects++;
    if (i->is_rehearsal || !i->events.on_object) return OK;
    return i->events.on_object(i->events.context, r->object_name, r->object, i->draft.row, i->draft.offset);
}

/* A document that undoes another one as a whole. */
static enum err begin_lines(struct intake *i)
{
    const struct document_header *h = &i->reader->header;
    i->has_begun = true;
    return undoing_takes_back(h->purpose) ? document_begin_undoing(i, h->purpose, &i->target) : OK;
}

static bool is_undone_whole(const struct intake *i)
{
    return i->undoing.correction && undoing_takes_back(i->reader->header.purpose);
}

static enum err step(struct intake *i, bool *is_line, bool *is_end)
{
    arena_reset(&i->line_arena);
    typing_begin(&i->typing, &i->typed);
    *is_line = *is_end = false;
    if (!i->has_begun && !i->is_rehearsal) return begin_lines(i);
    if (i->undoing.takes_rest) { *is_line = true; return document_cancel_next(i); }
    enum reader_step next = i->reader->ops->next(i->reader, &i->draft, &i->typed.issues);
    TRY(document_watch_report(i, next));
    switch (next) {
    case READER_LINE:
        *is_line = true;
        if (i->reader->header.purpose != PURPOSE_CANCEL) return take_line(i);
        i->result.skipped[SKIPPED_unchanged]++;     /* a cancel names the report; its lines are those on file */
        return OK;
    case READER_UNDO:
        i->corrects = true;
        i->target = reader_report_ref(i->reader, i->reader->undo.target_id);
        return document_begin_undoing(i, i->reader->undo.purpose, &i->target);
    case READER_UNDONE:  undoing_finish(&i->undoing); return OK;
    case READER_DEAD:    *is_line = true; return take_dead(i);
    case READER_OBJECT:  return take_object(i);
    case READER_SKIPPED: i->result.skipped[i->reader->skipped]++; return OK;
    case READER_END:
        if (is_undone_whole(i) && i->undoing.purpose == PURPOSE_REPLACE) undoing_finish(&i->undoing);
        else *is_end = true;
        return OK;
    }
    NEVER();
}

/* The end */

static void compare_controls(struct intake *i)
{
    if (undoing_takes_back(i->reader->header.purpose)) return;  /* they count the report's lines, not what changes */
    tally_compare(&i->result.tally, i->reader);
}

/* Nothing was sold, or what the document says makes no line: its sender is told which (feeds.md 7.1). */
static void tell_without_lines(struct intake *i)
{
    struct intake_result *r = &i->result;
    if (r->objects > 0 || i->corrects || undoing_takes_back(i->reader->header.purpose) || issues_leave_out(&r->errors))
        return;
    static const enum skipped said[] = { SKIPPED_mirror, SKIPPED_demand, SKIPPED_other_quantity };
    bool is_nil = !i->reader->has_other_sets;
    for (unsigned k = 0; k < sizeof said / sizeof *said; k++) is_nil &= r->skipped[said[k]] == 0;
    issues_add(&r->warnings, is_nil ? ISSUE_DOCUMENT_EMPTY : ISSUE_NO_LINES_MADE);
}

static void decide_state(struct intake *i)
{
    struct intake_result *r = &i->result;
    bool has_lines = r->passed + r->rejected + r->dead > 0;
    r->state = DOCUMENT_POSTED;
    if (i->typing.is_test) r->state = DOCUMENT_VALIDATED;
    else if (has_lines && r->passed == 0) r->state = DOCUMENT_REJECTED;
    else if (!has_lines && i->reader->repeats_undoing) r->state = DOCUMENT_DUPLICATE;
    if (!has_lines) tell_without_lines(i);
    i->is_done = true;
}

/* What a strict profile refuses shows only after the last line, so the lines are typed once before any is posted. */
static enum err rehearse(struct intake *i)
{
    bool is_line, is_end = false;
    struct issues errors = i->result.errors, warnings = i->result.warnings;    /* of the survey */
    i->is_rehearsal = true;
    while (!is_end) TRY(step(i, &is_line, &is_end));
    compare_controls(i);
    i->is_rehearsal = false;
    bool is_refused = false;
    static const enum issue_code codes[] = { ISSUE_TOTAL_DIFFERS, ISSUE_CONTROL_DIFFERS };
    for (unsigned k = 0; k < sizeof codes / sizeof *codes; k++) is_refused |= issues_has(&i->result.errors, codes[k]);
    struct intake_result *r = &i->result;
    r->passed = r->rejected = r->dead = r->warned = r->objects = 0;    /* nothing was posted yet, or will be */
    r->tally.total_count = 0;
    if (is_refused) { close_as(i, DOCUMENT_REJECTED); i->is_ready = false; return OK; }
    memset(r->skipped, 0, sizeof r->skipped);
    r->errors = errors;
    r->warnings = warnings;
    memset(&r->tally, 0, sizeof r->tally);
    i->typing.said_claim_in_pos = false;
    i->reader->ops->rewind(i->reader);
    return OK;
}

enum err intake_post(struct intake *i, unsigned lines_max, bool *done)
{
    bool is_line, is_end = false;
    for (unsigned lines = 0; i->is_ready && !i->is_done && !is_end && lines < lines_max; lines += is_line)
        TRY(step(i, &is_line, &is_end));
    if (is_end && !i->is_done) {
        if (!i->reader->is_strict) compare_controls(i);
        decide_state(i);
    }
    *done = i->is_done;
    return OK;
}

enum err intake_post_all(struct intake *i)
{
    bool done = false;
    TRY(intake_post(i, UINT32_MAX, &done));
    ASSERT(done);
    return OK;
}

struct reader_layout intake_layout(const struct intake *i)
{
    return i->reader ? i->reader->layout : (struct reader_layout){ 0 };
}

bool intake_answer(struct intake *i, const struct answer_options *options, const struct answer_sink *sink)
{
    if (!i->reader || !i->reader->ops->answer || i->result.state == DOCUMENT_HELD) return false;
    i->reader->ops->answer(i->reader, options, sink);
    return true;
}

bool intake_resend(struct intake *i, const struct refused_lines *refused, const struct answer_sink *sink)
{
    if (!i->reader || !i->reader->ops->resend || i->result.state == DOCUMENT_HELD) return false;
    arena_reset(&i->line_arena);
    return i->reader->ops->resend(i->reader, refused, sink);
}

bool intake_echo(struct intake *i, const struct intake_line *line, struct reader_echo *echo)
{
    *echo = (struct reader_echo){ 0 };
    if (!i->reader || !i->reader->ops->echo) return false;
    i->reader->ops->echo(i->reader, line->offset, echo);
    return true;
}

bool intake_refused(struct intake *i, uint32_t *at, struct reader_echo *echo, struct issues *why)
{
    if (!i->reader || !i->reader->ops->refused || i->result.state == DOCUMENT_HELD) return false;
    arena_reset(&i->line_arena);
    issues_init(why, &i->line_arena, ISSUES_MAX);
    return i->reader->ops->refused(i->reader, at, echo, why);
}
