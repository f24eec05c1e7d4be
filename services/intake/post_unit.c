/* intake/post_unit.c: lines, refused lines and records as units of a transaction. */
#include "intake/post_unit.h"

#include "base/assert.h"
#include "domain/currency.h"
#include "intake/json_pass.h"
#include "intake/line_json.h"
#include "intake/submission.h"
#include "wire/bytes.h"
#include "wire/dossier_codec.h"

#include <stdlib.h>

enum {
    ERRORS_MAX = 20,
    ERRORS_BYTES_MAX = 16 << 10,
    SHOWN_ID_MAX = 64,
    PARKED_AT_ONCE = 100,
    PLAIN_BYTES_MAX = 64 << 10,
    OFFSET_BYTES = 8,
    HEADERS_MAX = 32
};

struct post_unit *post_unit_add(struct post *p, enum unit_type type, struct post_document *d)
{
    if (p->unit_count == p->unit_capacity) {
        p->unit_capacity = p->unit_capacity ? 2 * p->unit_capacity : 1024;
        p->units = reallocarray(p->units, p->unit_capacity, sizeof *p->units);
        ASSERT(p->units);
    }
    struct post_unit *u = &p->units[p->unit_count++];
    *u = (struct post_unit){ .type = type, .document = d, .work = d ? NULL : p->work };
    return u;
}

/* Lines */

static struct slice errors_of(struct post *p, const struct issues *issues)
{
    unsigned told = 0;
    json_out_reset(&p->json);
    json_out_begin(&p->json, '[');
    for (unsigned k = 0; k < issues->count && told < ERRORS_MAX && p->json.size < ERRORS_BYTES_MAX; k++) {
        if (issues->items[k].severity != SEVERITY_ERROR) continue;
        issue_put_json(&p->json, &issues->items[k]);
        told++;
    }
    json_out_end(&p->json);
    return slice_copy(&p->arena, json_out_bytes(&p->json));
}

/* The strongest reason that the errors lead to. */
static enum reason_code reason_of(const struct issues *issues, enum outcome outcome)
{
    enum reason_code first = REASON_NONE;
    for (unsigned k = 0; k < issues->count; k++) {
        enum reason_code code = issue_reason(issues->items[k].code);
        bool counts =
            issues->items[k].severity == SEVERITY_ERROR && code != REASON_NONE && reason_outcome(code) == outcome;
        if (counts && (first == REASON_NONE || code < first)) first = code;
    }
    return first != REASON_NONE ? first : outcome == OUTCOME_DEAD ? REASON_UNREADABLE : REASON_FIELD_INVALID;
}

static struct slice line_object(struct post *p, const struct line *line)
{
    json_out_reset(&p->json);
    line_json(&p->json, line);
    return slice_copy(&p->arena, json_out_bytes(&p->json));
}

/* What a refused or dead line is shown as: the record as it came, its JSON object, its bytes. */
static struct record shown_as(struct post *p, const struct post_document *d, const struct intake_line *line)
{
    if (p->work && line->outcome == OUTCOME_DEAD) return p->work->record;
    struct record r = { .topic = TOPIC_CLAIMS_SUBMITTED,
                        .partition = d ? d->partition : p->work->record.partition,
                        .offset = -1 };
    if (p->work) r = p->work->record;
    if (!p->work)
        r.key = slice_copy(&p->arena, line->receipt->partner_root_id.size ? line->receipt->partner_root_id
                                                                          : line->receipt->submitter_id);
    bool is_line = line->outcome == OUTCOME_REJECT && line->line;
    r.value = is_line ? line_object(p, line->line) : slice_copy(&p->arena, slice_head(line->raw, DOSSIER_BYTES_MAX));
    return r;
}

static void bury(struct post *p, struct post_unit *u, const struct intake_line *line)
{
    struct record *shown = ARENA_NEW(&p->arena, struct record);
    *shown = shown_as(p, u->document, line);
    u->dead = ARENA_NEW(&p->arena, struct dead_letter);
    *u->dead = (struct dead_letter){
        .record = shown,
        .stage = SLICE("intake"),
        .code = reason_of(line->issues, line->outcome),
        .errors = errors_of(p, line->issues),
        .line_id = slice_copy(&p->arena, line->receipt->line_id),
        .document_id = slice_copy(&p->arena, line->receipt->document_id),
        .trace_id = slice_copy(&p->arena, line->receipt->traceparent),
        .failed_at_unix_ms = p->now_unix_ms,
    };
    p->bytes += shown->value.size + u->dead->errors.size;
}

/* A line that does not fit into a dossier is dead: the bytes that it came in say what it was. */
static void pack(struct post *p, struct post_unit *u, const struct intake_line *line)
{
    struct slice bytes;
    arena_reset(&p->scratch);
    if (dossier_begin(&p->scratch, line->line, line->receipt, &bytes) != OK) {
        struct issues issues;
        struct intake_line dead = *line;
        issues_init(&issues, &p->scratch, 1);
        issues_add(&issues, ISSUE_DOSSIER_TOO_LARGE);
        dead.outcome = u->outcome = OUTCOME_DEAD;
        dead.issues = &issues;
        bury(p, u, &dead);
        return;
    }
    u->topic = TOPIC_CLAIMS_RECEIVED;
    u->key = slice_copy(&p->arena, line->receipt->partner_root_id);
    u->value = slice_copy(&p->arena, bytes);
    p->bytes += bytes.size;
}

void post_unit_add_line(struct post *p, struct post_document *d, const struct intake_line *line)
{
    struct post_unit *u = post_unit_add(p, UNIT_LINE, d);
    u->outcome = line->outcome;
    if (tally_claimed(line->line, line->outcome != OUTCOME_PASS, &u->claimed_minor)) {
        const struct currency *c = currency_find(line->line->currency);
        u->currency = c ? c->code : (struct slice){ 0 };
    }
    bool is_test = d && intake_result(d->intake)->header.is_test;
    if (is_test) return;                            /* checked and counted, sent nowhere */
    if (line->outcome != OUTCOME_PASS) { bury(p, u, line); return; }
    pack(p, u, line);
    if (!d || line->target_id.size > 0 || line->report_id.size == 0) return;
    u->report_id = slice_copy(&p->arena, line->report_id);
    u->partner = reader_partner_hash(line->report_partner);
    u->of_lines = reader_partner_hash(line->line->partner_id);
}

/* Records */

/* Something that never became a line: reason UNREADABLE unless the issue says otherwise. */
static void post_unit_add_dead(struct post *p, const struct record_work *work, enum issue_code code, struct slice value)
{
    struct post_unit *u = post_unit_add(p, UNIT_LINE, NULL);
    struct issues issues;
    arena_reset(&p->scratch);
    issues_init(&issues, &p->scratch, 1);
    issues_add(&issues, code)->value = value;
    enum reason_code reason = issue_reason(code);
    u->outcome = reason_outcome(reason);
    u->dead = ARENA_NEW(&p->arena, struct dead_letter);
    *u->dead = (struct dead_letter){
        .record = &work->record,
        .stage = SLICE("intake"),
        .code = reason,
        .issue = issue_name(code),
        .errors = errors_of(p, &issues),
        .failed_at_unix_ms = p->now_unix_ms,
    };
    p->bytes += work->record.value.size;
}

static enum err on_line(void *context, const struct intake_line *line)
{
    post_unit_add_line(context, NULL, line);
    return OK;
}

/* The member of a JSON line object, as text; empty when absent. */
static struct slice member_of(struct slice object, struct slice name)
{
    size_t begin, end, fault_at;
    struct slice key, value;
    if (json_pass_skip(object, 0, &begin, &end, &fault_at) != JSON_FINE || object.bytes[begin] != '{')
        return (struct slice){ 0 };
    for (size_t at = begin + 1; json_pass_step(object, &at, &key, &value);)
        if (slice_equal(key, name) && value.size > 2 && value.bytes[0] == '"')
            return slice_of(value.bytes + 1, value.size - 2);
    return (struct slice){ 0 };
}

/* Who a record is when it comes again: its event, its message, or its place. */
static struct slice identify(struct post *p, struct record_work *w, const struct record_content *c,
                             struct slice submitter_id, struct slice message_id)
{
    if (c->id.size > 0) {
        struct id_part parts[] = { ID_TEXT(c->source), ID_TEXT(c->id) };
        w->event_key = register_event_key(&p->arena, c->source, c->id);
        return hash_document_id(&p->arena, parts, 2);
    }
    if (message_id.size > 0) {
        struct id_part parts[] = { ID_TEXT(submitter_id), ID_TEXT(message_id) };
        w->event_key = register_key(&p->arena, submitter_id, message_id);
        return hash_document_id(&p->arena, parts, 2);
    }
    struct id_part parts[] = { ID_TEXT(topic_row(w->record.topic)->name), ID_INT(w->record.partition),
                               ID_INT(w->record.offset) };
    return hash_document_id(&p->arena, parts, 3);
}

/* What is to be typed: a decoded line, or the JSON line object. */
struct payload { struct slice bytes, message_id; const struct line *line; };

/* Without a kind it is no line of the wire, but a line that lacks its kind to whoever answers its sender (a default
 * message has no byte at all). Fields come in their order: the kind would be the first. */
static bool decode_without_kind(struct arena *a, struct slice bytes, struct line *line)
{
    enum { KIND_TAG = 0x08 };
    if (bytes.size > 0 && bytes.bytes[0] == KIND_TAG) return false;
    struct text t = text_in(a, bytes.size + 2);
    text_put(&t, bytes);
    text_put_byte(&t, KIND_TAG);
    text_put_byte(&t, KIND_POS_SALE);
    if (line_decode(a, text_slice(&t), line) != OK) return false;
    line->kind = KIND_UNSPECIFIED;
    return true;
}

/* A submission is typed as its JSON line object would be; where that says more than its fields do, it is written. */
static bool open_payload(struct post *p, const struct record_content *c, const struct post_grant *grant,
                         struct payload *out)
{
    *out = (struct payload){ .bytes = c->bytes };
    if (c->payload == RECORD_JSON) {
        out->message_id = member_of(c->bytes, SLICE("message_id"));
        return true;
    }
    struct line *line = ARENA_NEW(&p->arena, struct line);
    bool is_line = line_decode(&p->arena, c->bytes, line) == OK || decode_without_kind(&p->arena, c->bytes, line);
    if (!is_line) return false;
    out->message_id = line->message_id;
    bool is_plain = line->kind != KIND_UNSPECIFIED && !grant->submitter->is_local
                    && c->bytes.size <= PLAIN_BYTES_MAX && submission_is_plain(line, grant->profile);
    if (is_plain) out->line = line;
    else out->bytes = line_object(p, line);
    return true;
}

static enum err type_record(struct post *p, const struct record_work *w, const struct record_content *c,
                            struct post_grant grant, const struct payload *payload, struct slice document_id)
{
    struct spool spool = spool_over(payload->bytes);
    struct intake_events events = { .context = p, .on_line = on_line };
    struct intake_job job = {
        .spool = &spool,
        .door = DOOR_KAFKA,
        .received_at_unix_ms = w->since_unix_ms ? w->since_unix_ms : p->now_unix_ms,
        .submitter = grant.submitter,
        .partners = p->options.partners,
        .profile = grant.profile,
        .traceparent = c->traceparent,
        .document_id = document_id,
        .submission = payload->line,
        .assumed = w->event_key.size ? ISSUE_NONE : ISSUE_MESSAGE_ID_ASSUMED,
    };
    unsigned before = p->unit_count;
    TRY(p->intake ? intake_again(p->intake, &job, &events) : intake_open(&p->intake, &job, &events));
    TRY(intake_post_all(p->intake));
    const struct intake_result *r = intake_result(p->intake);
    if (p->unit_count > before || (r->state == DOCUMENT_POSTED && r->errors.errors == 0)) return OK;
    const struct issue *why = r->question;
    for (unsigned k = 0; !why && k < r->errors.count; k++)
        if (r->errors.items[k].severity == SEVERITY_ERROR) why = &r->errors.items[k];
    post_unit_add_dead(
        p, w, why && reason_outcome(issue_reason(why->code)) == OUTCOME_DEAD ? why->code : ISSUE_RECORD_UNREADABLE,
        why ? why->value : (struct slice){ 0 });
    return OK;
}

static enum err judge_record(struct post *p, struct record_work *w, const struct record_content *c)
{
    struct payload payload;
    struct post_grant grant = { 0 };
    if (c->issue) { post_unit_add_dead(p, w, c->issue, c->value); return OK; }
    if (p->options.events.grant) grant = p->options.events.grant(p->options.events.context, c->source);
    if (!grant.submitter) {
        post_unit_add_dead(p, w, ISSUE_PARTNER_OUTSIDE_GRANT, issue_value(&p->arena, c->source));
        return OK;
    }
    if (!open_payload(p, c, &grant, &payload)) {
        post_unit_add_dead(p, w, ISSUE_RECORD_UNREADABLE, (struct slice){ 0 });
        return OK;
    }
    struct slice document_id = identify(p, w, c, grant.submitter->id, payload.message_id);
    w->content = hash_bytes(c->bytes);
    post_unit_add(p, UNIT_RECORD, NULL);
    return type_record(p, w, c, grant, &payload, document_id);
}

static bool may_wait(const struct post *p, const struct record_work *w)
{
    if (!w->since_unix_ms) return p->options.bounds.schema_wait_hours > 0;
    return p->now_unix_ms - w->since_unix_ms < (int64_t)p->options.bounds.schema_wait_hours * INSTANT_HOUR_MS;
}

static struct record_work *work_on(struct post *p, const struct record *r)
{
    struct record_work *w = ARENA_NEW(&p->arena, struct record_work);
    w->record = *r;
    p->work = w;
    return w;
}

enum err post_unit_take_records(struct post *p, const struct record *records, unsigned count)
{
    for (unsigned k = 0; k < count && p->bytes < 2 * p->options.bounds.bytes_max && !arena_is_full(&p->arena); k++) {
        struct record_work *w = work_on(p, &records[k]);
        struct record_content c = record_read(&p->arena, &records[k], &p->options.schemas);
        if (c.is_schema_unknown && may_wait(p, w)) post_unit_add(p, UNIT_PARK, NULL);
        else TRY(judge_record(p, w, &c));
        post_unit_add(p, UNIT_CONSUME, NULL);
    }
    p->work = NULL;
    return OK;
}

/* Parked ones: value and headers lie in the register. */

static void take_headers(struct post *p, struct slice bytes, struct record *r)
{
    struct bytes_reader in = bytes_reader_of(bytes);
    unsigned count = bytes_take_count(&in, HEADERS_MAX);
    struct header *headers = ARENA_ARRAY(&p->arena, count + 1, struct header);
    for (unsigned k = 0; k < count; k++) {
        headers[k].name = bytes_take_text(&in);
        headers[k].value = bytes_take_text(&in);
    }
    r->headers = headers;
    r->header_count = count;
}

struct parked_walk { struct post *post; int32_t partition; unsigned left; };

static enum err take_parked(void *context, struct slice key, struct slice value)
{
    struct parked_walk *walk = context;
    struct post *p = walk->post;
    struct intake_parked parked;
    if (key.size != OFFSET_BYTES) return OK;
    p->has_parked = true;
    if (walk->left == 0 || arena_is_full(&p->arena)) return OK;
    size_t mark = arena_mark(&p->arena);
    TRY(table_intake_take_parked(slice_copy(&p->arena, value), &parked));
    struct record r = {
        .topic = TOPIC_CLAIMS_SUBMITTED, .partition = walk->partition, .key = parked.key, .value = parked.value
    };
    for (unsigned k = 0; k < OFFSET_BYTES; k++) r.offset = r.offset << 8 | (uint8_t)key.bytes[k];
    take_headers(p, parked.headers, &r);
    struct record_work *w = work_on(p, &r);
    w->since_unix_ms = parked.since_unix_ms;
    struct record_content c = record_read(&p->arena, &w->record, &p->options.schemas);
    if (c.is_schema_unknown && may_wait(p, w)) {    /* it waits on, and those after it have their turn */
        arena_rewind(&p->arena, mark);
        return OK;
    }
    walk->left--;
    TRY(judge_record(p, w, &c));
    post_unit_add(p, UNIT_UNPARK, NULL);
    return OK;
}

enum err post_unit_take_parked(struct post *p)
{
    p->has_parked = false;
    for (int32_t k = 0; k < p->options.partitions; k++) {
        if (!p->options.stores[k]) continue;
        struct parked_walk walk = { .post = p, .partition = k, .left = PARKED_AT_ONCE };
        TRY(store_scan(p->options.stores[k], INTAKE_PARKED, (struct slice){ 0 }, (struct slice){ 0 }, take_parked,
                       &walk));
    }
    p->work = NULL;
    return OK;
}
