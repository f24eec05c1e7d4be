/* intake/post_apply.c: what a unit does to the registers and topics while a transaction is open. It reads and writes
 * rows only through the batch, so that an aborted transaction is simply applied again. */
#include "base/assert.h"
#include "intake/ack.h"
#include "intake/post_unit.h"
#include "wire/bytes.h"

#include <stdlib.h>

enum { OFFSET_BYTES = 8, HEADERS_MAX = 32 };

static uint32_t day_of(instant_ms at)
{
    return (uint32_t)instant_date(at, 0);
}

/* Documents */

static void work_with(struct post *p, struct post_document *d)
{
    if (d->turn.is_working) return;
    if (p->working_count == p->working_capacity) {
        p->working_capacity = p->working_capacity ? 2 * p->working_capacity : 64;
        p->working = reallocarray(p->working, p->working_capacity, sizeof *p->working);
        ASSERT(p->working);
    }
    d->turn.is_working = true;
    d->working = d->row;
    p->working[p->working_count++] = d;
}

static void count(struct post *p, enum outcome outcome)
{
    if (outcome == OUTCOME_PASS) p->applied.passed++;
    if (outcome == OUTCOME_REJECT) p->applied.rejected++;
    if (outcome == OUTCOME_DEAD) p->applied.dead++;
}

static void count_line(struct intake_document *row, const struct post_unit *u)
{
    row->cursor++;
    if (u->outcome == OUTCOME_PASS) row->passed++;
    if (u->outcome == OUTCOME_REJECT) row->rejected++;
    if (u->outcome == OUTCOME_DEAD) row->dead++;
    if (u->currency.size) (void)intake_document_add(row, u->currency, u->claimed_minor, u->outcome != OUTCOME_PASS);
    if (row->state == INTAKE_SURVEYED) intake_document_advance(row, INTAKE_POSTING);
    ASSERT(row->cursor == row->passed + row->rejected + row->dead);
}

static enum err send(struct post *p, const struct post_unit *u)
{
    if (u->dead) return dead_letter_send(&p->scratch, p->options.sink, u->dead);
    return u->topic ? batch_send(&p->batch, u->topic, u->key, u->value) : OK;
}

static struct register_reports reports_of(struct post *p, const struct post_document *d)
{
    return (struct register_reports){ &p->scratch, batch_store(&p->batch, d->partition), d->row.submitter_id };
}

static enum err note_report(struct post *p, const struct post_unit *u)
{
    struct post_document *d = u->document;
    struct hash128 now[] = { hash_bytes(u->report_id), u->partner, u->of_lines };
    if (u->report_id.size == 0 || memcmp(now, d->turn.last_report, sizeof now) == 0) return OK;
    memcpy(d->turn.last_report, now, sizeof now);
    struct register_reports reports = reports_of(p, d);
    struct report_rows rows = register_report_rows(&reports);
    struct reported by = { u->report_id, u->partner, u->of_lines, d->id, day_of(p->now_unix_ms) };
    return reports_post(&rows, &by);
}

static enum err apply_line(struct post *p, const struct post_unit *u)
{
    if (p->skips_record) return OK;
    count(p, u->outcome);
    if (!u->document) return send(p, u);
    (void)batch_store(&p->batch, u->document->partition);
    count_line(&u->document->working, u);
    if (u->outcome == OUTCOME_PASS) TRY(note_report(p, u));
    return send(p, u);
}

static enum err apply_undo(struct post *p, const struct post_unit *u)
{
    struct post_document *d = u->document;
    struct register_reports reports = reports_of(p, d);
    struct report_rows rows = register_report_rows(&reports);
    struct reported by = { .number = u->report_id, .document_id = d->id, .day = day_of(p->now_unix_ms) };
    return reports_undo(&rows, &by, &u->undo->target, u->undo->purpose);
}

/* The end of a document */

static struct slice errors_of(struct post *p, const struct issues *issues, bool *truncated)
{
    json_out_reset(&p->json);
    json_out_begin(&p->json, '[');
    unsigned told = 0, all = 0;
    for (unsigned k = 0; k < issues->count; k++) {
        if (issues->items[k].severity != SEVERITY_ERROR) continue;
        all++;
        if (told == POST_ERRORS_KEPT || p->json.size > INTAKE_JSON_BYTES_MAX - 4096) continue;
        issue_put_json(&p->json, &issues->items[k]);
        told++;
    }
    json_out_end(&p->json);
    *truncated = issues->truncated || all > told;
    return slice_copy(&p->scratch, json_out_bytes(&p->json));
}

static struct slice told_once(struct post *p, const struct issues *issues, enum severity severity)
{
    json_out_reset(&p->json);
    issues_put_once(&p->json, issues, severity, POST_WARNINGS_TOLD);
    return slice_copy(&p->scratch, json_out_bytes(&p->json));
}

static struct slice question_of(struct post *p, const struct issue *question)
{
    if (!question) return (struct slice){ 0 };
    json_out_reset(&p->json);
    issue_put_json(&p->json, question);
    return slice_copy(&p->scratch, json_out_bytes(&p->json));
}

static enum intake_state state_of(const struct intake_result *r)
{
    static const enum intake_state states[] = {
        [DOCUMENT_POSTED] = INTAKE_POSTED, [DOCUMENT_HELD] = INTAKE_HELD, [DOCUMENT_REJECTED] = INTAKE_REJECTED,
        [DOCUMENT_DUPLICATE] = INTAKE_DUPLICATE, [DOCUMENT_VALIDATED] = INTAKE_VALIDATED,
    };
    return states[r->state];
}

static uint32_t first_error(const struct issues *issues)
{
    for (unsigned k = 0; k < issues->count; k++)
        if (issues->items[k].severity == SEVERITY_ERROR) return issue_number(issues->items[k].code);
    return 0;
}

/* The row of a document whose question nobody answered, or which is not wanted any more. */
static void fill_ended(struct post *p, const struct post_document *d, struct intake_document *row)
{
    struct issues issues;
    issues_init(&issues, &p->scratch, 1);
    struct issue *why =
        issues_add(&issues, d->verdict == POST_EXPIRED ? ISSUE_DOCUMENT_EXPIRED : ISSUE_DOCUMENT_DISCARDED);
    issue_argument(why, SLICE("days"), slice_of_int(&p->scratch, d->expired_days));
    row->errors = errors_of(p, &issues, &row->errors_truncated);
    row->code = first_error(&issues);
    intake_document_advance(row, INTAKE_REJECTED);
}

/* A document that began before a crash ends with as much as was posted, although the grants and the profile of now
 * would refuse it, ask about it or pass over it. */
static enum intake_state end_of(const struct intake_document *row, const struct intake_result *r)
{
    enum intake_state state = state_of(r);
    if (state == INTAKE_POSTED || state == INTAKE_VALIDATED || row->state != INTAKE_POSTING) return state;
    return row->passed > 0 ? INTAKE_POSTED : INTAKE_REJECTED;
}

static void fill_result(struct post *p, struct post_document *d, struct intake_document *row)
{
    const struct intake_result *r = intake_result(d->intake);
    enum intake_state state = end_of(row, r);
    row->format = slice_copy(&p->scratch, r->format);
    row->dialect = slice_copy(&p->scratch, r->dialect);
    row->report_id = slice_copy(&p->scratch, r->header.report_id);
    row->original_report_id = slice_copy(&p->scratch, r->header.original_report_id);
    row->purpose = (uint32_t)r->header.purpose;
    row->warned = r->warned;
    row->not_lines = 0;
    for (unsigned k = 0; k < SKIPPED_COUNT; k++) row->not_lines += r->skipped[k];
    row->errors = errors_of(p, &r->errors, &row->errors_truncated);
    row->warnings = told_once(p, &r->warnings, SEVERITY_WARNING);
    row->notes = told_once(p, &r->warnings, SEVERITY_NOTE);
    row->question = question_of(p, state == INTAKE_HELD ? r->question : NULL);
    row->code = r->is_refused_whole ? first_error(&r->errors) : 0;
    intake_document_advance(row, state);
}

static enum err keep_request(struct post *p, struct post_document *d, struct store *s)
{
    if (d->request_key.size == 0 || !p->options.events.answer) return OK;
    struct intake_request request = { .content = d->request_content, .day = day_of(p->now_unix_ms) };
    memcpy(request.document_id, d->id, SHA256_BYTES);
    struct intake_document row = d->row;
    d->row = d->working;                            /* as it will be */
    p->options.events.answer(p->options.events.context, d, &p->scratch, &request);
    d->row = row;
    return request.status ? register_put_request(&p->scratch, s, d->request_key, &request) : OK;
}

/* Finds the document whose interchange it repeats. */
static enum err find_earlier(struct post *p, struct post_document *d, struct store *s)
{
    const struct intake_result *r = intake_result(d->intake);
    struct intake_key key;
    bool found = false;
    if (d->working.state == INTAKE_DUPLICATE && d->turn.keeps_row) memcpy(d->working.duplicate_of, d->id, SHA256_BYTES);
    if (d->working.state != INTAKE_DUPLICATE || d->turn.keeps_row || r->interchange.size == 0) return OK;
    TRY(register_get_interchange(s, register_key(&p->scratch, d->row.submitter_id, r->interchange), p->now_unix_ms,
                                 &key, &found));
    if (found) memcpy(d->working.duplicate_of, key.document_id, SHA256_BYTES);
    return OK;
}

static enum err keep_interchange(struct post *p, struct post_document *d, struct store *s)
{
    const struct intake_result *r = intake_result(d->intake);
    struct intake_key key = { .day = register_key_day(p->now_unix_ms, r->interchange_days) };
    if (r->interchange.size == 0 || d->working.state != INTAKE_POSTED) return OK;
    memcpy(key.document_id, d->id, SHA256_BYTES);
    memcpy(key.content.bytes, r->interchange_sha256, HASH128_BYTES);
    return register_put_key(&p->scratch, s, register_key(&p->scratch, d->row.submitter_id, r->interchange), &key);
}

static enum err note_replay(struct post *p, const struct post_document *d, struct store *s)
{
    struct intake_key key = { .day = day_of(p->now_unix_ms) };
    if (!register_is_correction(d->working.parent) || d->working.state != INTAKE_POSTED || d->turn.keeps_row) return OK;
    memcpy(key.document_id, d->id, SHA256_BYTES);
    return register_put_key(&p->scratch, s, register_replay_key(&p->scratch, d->row.submitter_id, d->working.parent),
                            &key);
}

/* Notes under its file that this document is in it. A document that came before in another file is in this one, too. */
static enum err note_file(struct post *p, const struct post_document *d, struct store *s)
{
    struct intake_key key = { .day = day_of(p->now_unix_ms) };
    if (d->ordinal == 0) return OK;
    memcpy(key.document_id, d->id, SHA256_BYTES);
    return register_put_key(&p->scratch, s, register_file_key(&p->scratch, d->file, d->ordinal), &key);
}

/* Notes documents that wait for an answer, so that they are found again after a restart. */
static enum err note_held(struct post *p, const struct post_document *d, struct store *s)
{
    struct slice id = slice_of((const char *)d->id, SHA256_BYTES);
    (void)p;
    if (d->working.state == INTAKE_HELD) return store_put(s, INTAKE_HELDS, id, SLICE("\1"));
    return d->turn.was_held ? store_remove(s, INTAKE_HELDS, id) : OK;
}

/* Gives our syntax answer a number. Numbers are never given twice, even where state was lost (feeds.md 12). */
static enum err give_number(struct post *p, struct post_document *d, struct store *s)
{
    bool found, is_answered = slice_equal(d->working.format, SLICE("x12")) && !d->turn.keeps_row
                              && d->working.state != INTAKE_HELD;
    struct intake_numbers numbers;
    if (!is_answered) return OK;
    struct slice key = register_key(&p->scratch, d->row.submitter_id, SLICE("numbers"));
    TRY(register_get_numbers(s, key, &numbers, &found));
    numbers.control_number = ack_control_number(numbers.control_number, p->now_unix_ms);
    d->working.control_number = numbers.control_number;
    return register_put_numbers(&p->scratch, s, key, &numbers);
}

static enum err apply_end(struct post *p, const struct post_unit *u)
{
    struct post_document *d = u->document;
    struct store *s = batch_store(&p->batch, d->partition);
    d->turn.has_ended = true;
    d->working.changed_at_unix_ms = p->now_unix_ms;
    p->applied.documents++;
    if (d->turn.keeps_row) p->applied.repeated++;
    else if (d->verdict != POST_BY_SURVEY) fill_ended(p, d, &d->working);
    else fill_result(p, d, &d->working);
    p->applied.ended[d->working.state]++;
    TRY(note_held(p, d, s));
    if (!d->turn.keeps_row)
        TRY(register_put_time(&p->scratch, s, d->row.submitter_id, d->row.received_at_unix_ms, d->id));
    TRY(give_number(p, d, s));
    TRY(find_earlier(p, d, s));
    TRY(keep_interchange(p, d, s));
    TRY(note_replay(p, d, s));
    TRY(note_file(p, d, s));
    return keep_request(p, d, s);
}

/* Clients hash the keys of records differently, so that an event is kept in the partition of its own name, whichever
 * partition it came on. */
static int32_t partition_of_event(const struct post *p, const struct record_work *w)
{
    int32_t owner = topic_partition(w->event_key, p->options.partitions);
    return p->options.stores[owner] ? owner : w->record.partition;
}

/* A record that came before is passed over; one that came before with other content is dead. */
static enum err apply_record(struct post *p, const struct post_unit *u)
{
    const struct record_work *w = u->work;
    struct intake_key key;
    bool found;
    if (w->event_key.size == 0) return OK;
    struct store *s = batch_store(&p->batch, partition_of_event(p, w));
    TRY(register_get_key(s, w->event_key, &key, &found));
    if (!found) {
        key = (struct intake_key){ .content = w->content, .day = day_of(p->now_unix_ms) };
        return register_put_key(&p->scratch, s, w->event_key, &key);
    }
    p->skips_record = true;
    p->applied.repeated++;
    if (memcmp(&key.content, &w->content, sizeof key.content) == 0) return OK;
    count(p, OUTCOME_DEAD);
    struct dead_letter dead = { .record = &w->record,
                                .stage = SLICE("intake"),
                                .code = REASON_UNREADABLE,
                                .issue = issue_name(ISSUE_EVENT_ID_REUSED),
                                .failed_at_unix_ms = p->now_unix_ms };
    return dead_letter_send(&p->scratch, p->options.sink, &dead);
}

static struct slice parked_key(char *bytes, int64_t offset)
{
    for (unsigned k = 0; k < OFFSET_BYTES; k++) bytes[k] = (char)((uint64_t)offset >> (56 - 8 * k));
    return slice_of(bytes, OFFSET_BYTES);
}

static enum err apply_park(struct post *p, const struct record_work *w)
{
    char room[OFFSET_BYTES];
    struct bytes_writer headers = bytes_writer_in(&p->scratch);
    unsigned header_count = w->record.header_count < HEADERS_MAX ? w->record.header_count : HEADERS_MAX;
    bytes_put_uint(&headers, header_count);
    for (unsigned k = 0; k < header_count; k++) {
        bytes_put_text(&headers, w->record.headers[k].name);
        bytes_put_text(&headers, w->record.headers[k].value);
    }
    struct intake_parked parked = { .key = w->record.key,
                                    .value = w->record.value,
                                    .headers = bytes_written(&headers),
                                    .since_unix_ms = p->now_unix_ms };
    p->applied.parked++;
    return store_put(batch_store(&p->batch, w->record.partition), INTAKE_PARKED, parked_key(room, w->record.offset),
                     table_intake_put_parked(&p->scratch, &parked));
}

static enum err apply_unpark(struct post *p, const struct record_work *w)
{
    char room[OFFSET_BYTES];
    p->skips_record = false;
    return store_remove(batch_store(&p->batch, w->record.partition), INTAKE_PARKED, parked_key(room, w->record.offset));
}

static enum err apply_consume(struct post *p, const struct post_unit *u)
{
    p->skips_record = false;
    p->consumed++;
    p->applied.records++;
    return batch_consume(&p->batch, &u->work->record);
}

enum err post_unit_apply(struct post *p, const struct post_unit *u)
{
    if (u->document) work_with(p, u->document);
    switch (u->type) {
    case UNIT_LINE:    return apply_line(p, u);
    case UNIT_UNDO:    return apply_undo(p, u);
    case UNIT_END:     return apply_end(p, u);
    case UNIT_RECORD:  return apply_record(p, u);
    case UNIT_PARK:    return apply_park(p, u->work);
    case UNIT_UNPARK:  return apply_unpark(p, u->work);
    case UNIT_CONSUME: return apply_consume(p, u);
    }
    NEVER();
}
