/* intake/json_lines.c: JSON and NDJSON behind the reader's functions (feeds.md 9.1). jansson reads one record at a
 * time, with repeated members refused and every number quoted. */
#include "base/assert.h"
#include "intake/json_reader.h"
#include "intake/plain.h"
#include "intake/record.h"

#include <stdlib.h>

enum { JSON_DOCUMENT_BYTES_MAX = 32 << 20, VALUE_SHOWN_MAX = 24 };

static struct json_reader *own(struct reader *r)
{
    return (struct json_reader *)r;
}

/* Records */

static enum issue_code issue_of(enum json_fault fault)
{
    switch (fault) {
    case JSON_FINE: break;
    case JSON_FAULT_SYNTAX: case JSON_FAULT_TRAILING: return ISSUE_JSON_SYNTAX;
    case JSON_FAULT_DEPTH:    return ISSUE_JSON_TOO_DEEP;
    case JSON_FAULT_MEMBERS:  return ISSUE_JSON_MEMBERS_TOO_MANY;
    case JSON_FAULT_NUMBER:   return ISSUE_JSON_NUMBER;
    case JSON_FAULT_ENCODING: return ISSUE_JSON_ENCODING;
    }
    NEVER();
}

static void describe_fault(struct issue *i, struct arena *a, enum json_fault fault, const char *problem,
                           struct slice at_fault)
{
    if (fault == JSON_FAULT_SYNTAX || fault == JSON_FAULT_TRAILING)
        issue_argument(i, SLICE("problem"), slice_from(problem));
    if (fault == JSON_FAULT_DEPTH) issue_argument(i, SLICE("max"), SLICE("32"));
    if (fault == JSON_FAULT_MEMBERS) issue_argument(i, SLICE("max"), SLICE("512"));
    size_t size = 0, most = fault == JSON_FAULT_NUMBER ? VALUE_SHOWN_MAX : 0;
    while (size < most && size < at_fault.size && !memchr(",]} \t\r\n", at_fault.bytes[size], 7)) size++;
    i->value = issue_value(a, slice_head(at_fault, size > 0 ? size : VALUE_SHOWN_MAX));
}

static enum reader_step dead(struct json_reader *j, struct draft *d, struct issues *issues, enum issue_code code,
                             struct slice value)
{
    struct issue *i = typing_blame(j->base.typing, d, issues, code, SLOT_NONE);
    if (value.size > 0) i->value = issue_value(j->base.line_arena, value);
    return READER_DEAD;
}

/* jansson refuses repeated members last; everything else the pass has found. */
static enum reader_step parse(struct json_reader *j, struct draft *d, struct issues *issues)
{
    struct arena *a = j->base.line_arena;
    if (j->record.size > JSON_RECORD_BYTES_MAX) {
        (void)dead(j, d, issues, ISSUE_JSON_RECORD_TOO_LARGE, (struct slice){ 0 });
        issue_argument(&issues->items[issues->count - 1], SLICE("max"), slice_of_int(a, JSON_RECORD_BYTES_MAX));
        return READER_DEAD;
    }
    enum json_fault fault = json_pass_record(&j->pass, j->record);
    if (fault != JSON_FINE) {
        struct issue *i = typing_blame(j->base.typing, d, issues, issue_of(fault), SLOT_NONE);
        describe_fault(i, a, fault, j->pass.problem, slice_skip(j->record, j->pass.fault_at));
        i->where.offset = j->record_at + j->pass.fault_at;
        return READER_DEAD;
    }
    json_error_t error;
    j->root = json_loadb(j->pass.quoted, j->pass.quoted_size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (j->root) return READER_LINE;
    if (json_error_code(&error) != json_error_duplicate_key) {
        struct issue *i = typing_blame(j->base.typing, d, issues, ISSUE_JSON_SYNTAX, SLOT_NONE);
        issue_argument(i, SLICE("problem"), slice_copy(a, slice_from(error.text)));
        return READER_DEAD;
    }
    const char *from = strchr(error.text, '"'), *to = strrchr(error.text, '"');
    return dead(j, d, issues, ISSUE_JSON_MEMBER_REPEATED,
                from && to > from ? slice_copy(a, slice_of(from + 1, (size_t)(to - from - 1))) : (struct slice){ 0 });
}

static void release(struct json_reader *j)
{
    if (j->root) json_decref(j->root);
    j->root = NULL;
}

static struct slice shape_name(const json_t *value)
{
    if (json_is_array(value)) return SLICE("a list");
    if (json_is_null(value)) return SLICE("null");
    return SLICE("a single value");
}

static enum reader_step object_step(struct json_reader *j, struct draft *d, struct issues *issues, const char *name)
{
    json_t *object = json_object_get(j->root, name);
    if (!object || json_object_get(j->root, "kind")) return READER_LINE;
    if (!j->base.is_local) return dead(j, d, issues, ISSUE_OBJECT_NOT_ALLOWED, slice_from(name));
    size_t at = 1;
    struct slice key, value, record = slice_trim(j->record);
    while (json_pass_step(record, &at, &key, &value))
        if (slice_equal(key, slice_from(name))) j->base.object = value;
    j->base.object_name = slice_from(name);
    return READER_OBJECT;
}

/* A document's own object, however its name is written. */
static bool is_document_object(const json_t *root)
{
    const char *key;
    json_t *member;
    bool is_named = false;
    json_object_foreach((json_t *)root, key, member)
        is_named |= slice_equal_nocase(slice_from(key), SLICE("document"));
    return is_named && !json_object_get(root, "kind");
}

/* The same of a record that cannot be read, as far as it goes: a step that fails still tells the name. */
static bool was_document_object(struct slice record)
{
    struct slice key = { 0 }, value;
    bool is_named = false, has_kind = false, goes_on = record.size > 0 && record.bytes[0] == '{';
    for (size_t at = 1; goes_on;) {
        goes_on = json_pass_step(record, &at, &key, &value);
        is_named |= slice_equal_nocase(key, SLICE("document"));
        has_kind |= slice_equal(key, SLICE("kind"));
    }
    return is_named && !has_kind;
}

/* The member that holds objects in a list: of a record without a kind they are the lines, under another name. */
static const char *list_of_records(const json_t *root)
{
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)root, key, member)
        if (json_is_object(json_array_get(member, 0))) return key;
    return NULL;
}

static enum reader_step take_record(struct json_reader *j, struct draft *d, struct issues *issues)
{
    release(j);
    j->base.extension = (struct line_extension){ 0 };
    j->extras_cut = false;
    enum reader_step step = parse(j, d, issues);
    if (step == READER_DEAD) j->is_astray |= was_document_object(slice_trim(j->record));
    if (step != READER_LINE) return step;
    if (!json_is_object(j->root)) {
        (void)dead(j, d, issues, ISSUE_JSON_NOT_A_LINE, (struct slice){ 0 });
        issue_argument(&issues->items[issues->count - 1], SLICE("problem"), shape_name(j->root));
        return READER_DEAD;
    }
    static const char *const objects[] = { "review", "record", NULL };
    for (unsigned i = 0; objects[i]; i++)
        if ((step = object_step(j, d, issues, objects[i])) != READER_LINE) return step;
    if (json_object_get(j->root, "specversion") && !json_object_get(j->root, "kind"))
        return dead(j, d, issues, ISSUE_EVENT_NOT_ALONE, (struct slice){ 0 });
    if (is_document_object(j->root)) {
        j->is_astray = true;
        return dead(j, d, issues, ISSUE_OBJECT_NOT_ALLOWED, SLICE("document"));
    }
    if (j->is_astray) return dead(j, d, issues, ISSUE_DOCUMENT_UNCLEAR, (struct slice){ 0 });
    json_members_put(j, d, issues);
    const char *name = draft_has(d, SLOT_kind) ? NULL : list_of_records(j->root);
    return name ? dead(j, d, issues, ISSUE_DOCUMENT_LINES_MISNAMED, slice_copy(j->base.line_arena, slice_from(name)))
                : READER_LINE;
}

static void place(struct json_reader *j, struct draft *d, uint64_t position, uint32_t row)
{
    draft_reset(d);
    d->position = position;
    d->offset = j->record_at;
    d->row = row;
    d->raw = j->record;
    d->locate = json_members_locate;
    d->reader = j;
    d->ordinal = slice_of_int(j->base.line_arena, row > 0 ? row : position + 1);
}

/* NDJSON: one record a physical line. */

/* Bytes up to the next line feed, looked for window by window: a line may be as long as the document. */
static size_t line_bytes(struct json_reader *j)
{
    size_t at = j->at;
    while (at < j->bytes.size) {
        size_t window = j->bytes.size - at < SPOOL_WINDOW_BYTES ? j->bytes.size - at : SPOOL_WINDOW_BYTES;
        const char *lf = memchr(j->bytes.bytes + at, '\n', window);
        if (lf) return (size_t)(lf - j->bytes.bytes) - j->at;
        at += window;
        spool_pass(j->base.spool, at);
    }
    return at - j->at;
}

static bool next_line(struct json_reader *j, struct slice *line, size_t *at)
{
    if (j->at >= j->bytes.size) return false;
    const char *from = j->bytes.bytes + j->at;
    size_t size = line_bytes(j);
    *at = j->at;
    j->at += size + (j->at + size < j->bytes.size);
    j->row++;
    spool_pass(j->base.spool, j->at);
    if (size > 0 && from[size - 1] == '\r') size--;
    *line = slice_of(from, size);
    return true;
}

static bool is_blank(struct slice s)
{
    for (size_t i = 0; i < s.size; i++)
        if (!memchr(" \t\r\n", s.bytes[i], 4)) return false;
    return true;
}

static enum reader_step next_ndjson(struct json_reader *j, struct draft *d, struct issues *issues)
{
    struct slice line;
    size_t at;
    if (!next_line(j, &line, &at)) return READER_END;
    j->record = slice_head(line, (size_t)JSON_RECORD_BYTES_MAX + 1);
    j->record_at = at;
    place(j, d, at, j->row);
    bool is_first = at == j->begin;
    if (is_blank(line)) { j->base.skipped = SKIPPED_blank; return READER_SKIPPED; }
    if (is_first && j->document_is_record) { j->base.skipped = SKIPPED_document; return READER_SKIPPED; }
    return take_record(j, d, issues);
}

/* Lists: elements of one JSON value whose grammar the survey has checked. */
static enum reader_step next_element(struct json_reader *j, struct draft *d, struct issues *issues)
{
    struct slice key, value;
    size_t at = j->at;
    if (!json_pass_step(j->bytes, &at, &key, &value)) return READER_END;
    j->at = at;
    j->record = value;
    j->record_at = (size_t)(value.bytes - j->bytes.bytes);
    place(j, d, j->index++, 0);
    return take_record(j, d, issues);
}

static enum reader_step next_one(struct json_reader *j, struct draft *d, struct issues *issues)
{
    if (j->index > 0) return READER_END;
    j->index = 1;
    j->record = j->one.size > 0 ? j->one : slice_skip(j->bytes, j->at);
    j->record_at = j->at;
    place(j, d, j->at, 1);
    return take_record(j, d, issues);
}

static enum reader_step json_next(struct reader *r, struct draft *d, struct issues *issues)
{
    struct json_reader *j = own(r);
    switch (j->shape) {
    case SHAPE_NDJSON: return next_ndjson(j, d, issues);
    case SHAPE_ARRAY:  return next_element(j, d, issues);
    case SHAPE_ONE:    return next_one(j, d, issues);
    }
    NEVER();
}

/* Survey: shape, document */

static struct slice header_text(struct reader *r, const json_t *document, const char *name)
{
    return plain_text_leniently(
        r->arena, slice_copy(r->arena, slice_head(json_members_text(json_object_get(document, name)), 200)));
}

static void read_control(struct reader *r, const json_t *document)
{
    const json_t *control = json_object_get(document, "control");
    r->header.control_lines = header_text(r, control, "lines");
    r->header.control_qty = header_text(r, control, "qty");
    r->header.control_amount = header_text(r, control, "claimed_amount");
}

static bool read_purpose(struct reader *r, struct slice word, uint64_t offset)
{
    static const struct { struct slice word; enum purpose purpose; } words[] = {
        { SLICE_INIT(""), PURPOSE_ORIGINAL }, { SLICE_INIT("original"), PURPOSE_ORIGINAL },
        { SLICE_INIT("cancel"), PURPOSE_CANCEL }, { SLICE_INIT("replace"), PURPOSE_REPLACE },
    };
    static const struct slice of_x12_alone[] = { SLICE_INIT("change"), SLICE_INIT("resubmission"),
                                                 SLICE_INIT("confirmation"), SLICE_INIT("status") };
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        if (!slice_equal_nocase(word, words[i].word)) continue;
        r->header.purpose = words[i].purpose;
        return true;
    }
    enum issue_code code = ISSUE_PURPOSE_UNKNOWN;
    for (unsigned i = 0; i < sizeof of_x12_alone / sizeof *of_x12_alone; i++)
        if (slice_equal_nocase(word, of_x12_alone[i])) code = ISSUE_PURPOSE_UNSUPPORTED;
    reader_add(r, code, offset)->value = issue_value(r->arena, word);
    return false;
}

static char first_of(struct slice s)
{
    for (size_t i = 0; i < s.size; i++)
        if (!memchr(" \t\r\n", s.bytes[i], 4)) return s.bytes[i];
    return 0;
}

static bool is_list_of_objects(struct slice value)
{
    return value.bytes[0] == '[' && first_of(slice_skip(value, 1)) == '{';
}

/* Members of an object that are none of the known ones are told, since what they would have said is lost; false: they
 * refuse the document, as always when lines would be lost: in a list of objects, and in any member when there are none
 * where they belong. */
static bool members_are_known(struct json_reader *j, struct slice object, const char *prefix, const char *const *known,
                              bool lacks_lines)
{
    struct reader *r = &j->base;
    bool refuses = r->is_strict || r->profile->json.unknown == JSON_UNKNOWN_REJECT, is_fine = true;
    struct slice key, value;
    for (size_t at = 1; json_pass_step(object, &at, &key, &value);) {
        bool is_known = slice_equal(value, SLICE("null"));
        for (unsigned k = 0; known[k] && !is_known; k++) is_known = slice_equal(key, slice_from(known[k]));
        if (is_known) continue;
        bool loses_lines = lacks_lines || is_list_of_objects(value), is_refusal = refuses || loses_lines;
        struct issue *i = reader_add_as(r, loses_lines ? ISSUE_DOCUMENT_LINES_MISNAMED : ISSUE_DOCUMENT_MEMBER_UNKNOWN,
                                        (uint64_t)(value.bytes - j->bytes.bytes),
                                        is_refusal ? SEVERITY_ERROR : SEVERITY_WARNING);
        struct text pointer = text_in(r->arena, 256);
        text_put(&pointer, slice_from(prefix));
        json_pass_pointer(object, (size_t)(value.bytes - object.bytes), &pointer);
        i->where.pointer = text_slice(&pointer);
        i->value = issue_value(r->arena, key);
        is_fine &= !is_refusal;
    }
    return is_fine;
}

/* A value of an object, empty when it is none or has no such member. */
static struct slice member(struct slice object, struct slice name)
{
    struct slice key, value;
    if (object.size == 0 || object.bytes[0] != '{') return (struct slice){ 0 };
    for (size_t at = 1; json_pass_step(object, &at, &key, &value);)
        if (slice_equal(key, name)) return value;
    return (struct slice){ 0 };
}

static bool read_document(struct reader *r, const json_t *document, uint64_t offset)
{
    struct document_header *h = &r->header;
    h->partner_id = header_text(r, document, "partner_id");
    h->currency = header_text(r, document, "currency");
    h->report_id = header_text(r, document, "report_id");
    h->original_report_id = header_text(r, document, "original_report_id");
    h->report_from = header_text(r, document, "report_from");
    h->report_to = header_text(r, document, "report_to");
    read_control(r, document);
    return read_purpose(r, header_text(r, document, "purpose"), offset);
}

/* The members of the first object tell the shape: {document, lines}, or {document} before NDJSON. */
static json_t *load(struct json_reader *j, struct slice value)
{
    json_error_t error;
    if (value.size > JSON_RECORD_BYTES_MAX || json_pass_record(&j->pass, value) != JSON_FINE) return NULL;
    return json_loadb(j->pass.quoted, j->pass.quoted_size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
}

struct envelope {
    struct slice document, lines;
    struct slice repeated, again;                   /* document or lines, and its second value */
    bool         has_kind;
};

static struct envelope envelope_of(struct slice object)
{
    struct envelope e = { 0 };
    struct slice key, value;
    for (size_t at = 1; json_pass_step(object, &at, &key, &value);) {
        struct slice *found = slice_equal(key, SLICE("document")) ? &e.document
                              : slice_equal(key, SLICE("lines"))  ? &e.lines
                                                                  : NULL;
        if (found && found->size > 0) { e.repeated = key; e.again = value; }
        if (found) *found = value;
        if (slice_equal(key, SLICE("kind"))) e.has_kind = true;
    }
    return e;
}

/* Whoever has nothing to say of all lines may leave the document out. */
static bool has_lines(const struct envelope *e)
{
    return e->lines.size > 0 && e->lines.bytes[0] == '[';
}

static enum survey syntax_error(struct json_reader *j, enum json_fault fault, size_t at)
{
    struct issue *i = reader_add(&j->base, issue_of(fault), at);
    const char *problem = fault == JSON_FAULT_TRAILING
                              ? "more stands behind its value; NDJSON has each record on one line"
                              : "the value does not end well";
    describe_fault(i, j->base.arena, fault, problem, slice_skip(j->bytes, at));
    return SURVEY_REJECTED;
}

/* One value over the whole document. */
static enum survey survey_value(struct json_reader *j, size_t *begin, size_t *end)
{
    size_t fault_at;
    if (j->bytes.size > JSON_DOCUMENT_BYTES_MAX) {
        issue_argument(reader_add(&j->base, ISSUE_JSON_NEEDS_NDJSON, j->at), SLICE("max"),
                       slice_of_int(j->base.arena, JSON_DOCUMENT_BYTES_MAX));
        return SURVEY_REJECTED;
    }
    enum json_fault fault = json_pass_skip(j->bytes, j->at, begin, end, &fault_at);
    if (fault != JSON_FINE) return syntax_error(j, fault, fault_at);
    if (!is_blank(slice_skip(j->bytes, *end))) return syntax_error(j, JSON_FAULT_TRAILING, *end);
    return SURVEY_READ;
}

static const char *const of_whole[] = { "document", "lines", NULL };

/* The whole value has no members but these two; the document those of feeds.md 9.1. */
static bool document_is_known(struct json_reader *j, struct slice whole, struct envelope e)
{
    static const char *const of_control[] = { "lines", "qty", "claimed_amount", NULL };
    static const char *const of_document[] = {
        "partner_id",         "report_id", "report_from", "report_to", "purpose",
        "original_report_id", "currency",  "control",     NULL,
    };
    struct slice control = member(e.document, SLICE("control"));
    struct slice behind = slice_skip(j->bytes, (size_t)(whole.bytes + whole.size - j->bytes.bytes));
    bool lacks_lines = e.lines.size == 0 && is_blank(behind) && j->base.header.purpose != PURPOSE_CANCEL;
    bool is_fine = members_are_known(j, whole, "", of_whole, lacks_lines);
    is_fine &= members_are_known(j, e.document, "/document", of_document, false);
    bool has_control = control.size > 0 && control.bytes[0] == '{';
    return (!has_control || members_are_known(j, control, "/document/control", of_control, false)) && is_fine;
}

static enum survey survey_document(struct json_reader *j, struct slice whole, struct envelope e)
{
    if (e.document.size == 0) return members_are_known(j, whole, "", of_whole, false) ? SURVEY_READ : SURVEY_REJECTED;
    size_t offset = (size_t)(e.document.bytes - j->bytes.bytes);
    json_t *document = load(j, e.document);
    bool is_good = document && json_is_object(document);
    if (is_good) is_good = read_document(&j->base, document, offset);
    else
        issue_argument(reader_add(&j->base, ISSUE_JSON_NOT_A_LINE, offset), SLICE("problem"),
                       SLICE("no document object"));
    if (document) json_decref(document);
    if (is_good) is_good = document_is_known(j, whole, e);
    return is_good ? SURVEY_READ : SURVEY_REJECTED;
}

/* After blanks; 0: there is none. */
static char first_byte(const struct json_reader *j)
{
    size_t at = j->begin;
    while (at < j->bytes.size && memchr(" \t\r\n", j->bytes.bytes[at], 4)) at++;
    return at < j->bytes.size ? j->bytes.bytes[at] : 0;
}

/* The lines of an event are its data; its id names one content (feeds.md 11). False: it is refused. */
static bool take_event(struct json_reader *j, struct slice *value)
{
    struct record_event event;
    struct document_header *h = &j->base.header;
    if (envelope_of(*value).has_kind || !record_event_read(j->base.arena, *value, &event)) return true;
    if (!event.is_sound) {
        reader_add(&j->base, ISSUE_EVENT_BROKEN, (uint64_t)(value->bytes - j->bytes.bytes));
        return false;
    }
    h->event_source = event.source;
    h->event_id = event.id;
    h->event_data = *value = j->one = event.data;
    j->prefix = SLICE("/data");
    return true;
}

static enum survey survey_one(struct json_reader *j)
{
    size_t begin = 0, end = 0;
    j->shape = first_byte(j) == '[' ? SHAPE_ARRAY : SHAPE_ONE;      /* until all of it was read */
    enum survey survey = survey_value(j, &begin, &end);
    if (survey != SURVEY_READ) return survey;
    struct slice value = slice_of(j->bytes.bytes + begin, end - begin);
    if (value.bytes[0] == '{' && !take_event(j, &value)) return SURVEY_REJECTED;
    j->shape = value.bytes[0] == '[' ? SHAPE_ARRAY : SHAPE_ONE;
    j->begin = (size_t)(value.bytes - j->bytes.bytes) + (j->shape == SHAPE_ARRAY);
    if (j->shape == SHAPE_ARRAY) return SURVEY_READ;
    struct envelope e = envelope_of(value);
    if (value.bytes[0] != '{' || e.has_kind || (e.document.size == 0 && !has_lines(&e))) return SURVEY_READ;
    if (e.repeated.size > 0) {
        uint64_t at = (uint64_t)(e.again.bytes - j->bytes.bytes);
        reader_add(&j->base, ISSUE_JSON_MEMBER_REPEATED, at)->value = issue_value(j->base.arena, e.repeated);
        return SURVEY_REJECTED;
    }
    if (e.lines.size == 0 && e.document.bytes[0] == '{' && !document_is_known(j, value, e)) return SURVEY_REJECTED;
    if (e.lines.size == 0 || e.lines.bytes[0] != '[') return SURVEY_READ;
    j->shape = SHAPE_ARRAY;
    j->prefix = j->one.size > 0 ? SLICE("/data/lines") : SLICE("/lines");
    j->begin = (size_t)(e.lines.bytes - j->bytes.bytes) + 1;
    return survey_document(j, value, e);
}

static char last_of(struct slice s)
{
    while (s.size > 0 && memchr(" \t\r\n", s.bytes[s.size - 1], 4)) s.size--;
    return s.size > 0 ? s.bytes[s.size - 1] : 0;
}

/* The text up to its end, but for blanks. */
static bool is_one_value(struct slice text, size_t at)
{
    size_t begin, end, fault_at;
    return text.size <= JSON_DOCUMENT_BYTES_MAX && json_pass_skip(text, at, &begin, &end, &fault_at) == JSON_FINE
           && is_blank(slice_skip(text, end));
}

/* By the first two lines that are not blank. One value over several lines, as `{"document": …, "lines": [` with a
 * record on each that follows, is no NDJSON: its first line is no value. */
static bool is_ndjson(struct json_reader *j, struct slice *first)
{
    struct slice line, second = { 0 };
    size_t at;
    *first = (struct slice){ 0 };
    while (slice_is_empty(second) && next_line(j, &line, &at)) {
        if (is_blank(line)) continue;
        if (slice_is_empty(*first)) *first = line;
        else second = line;
    }
    char last = last_of(*first);
    if (first_of(*first) != '{' || last == '[' || (last != '}' && first_of(second) != '{')) return false;
    return is_one_value(*first, 0) || !is_one_value(j->bytes, j->begin);
}

/* With lines of its own it is one value, whatever follows; else the record of the document, and good as such. */
static bool is_whole_document(struct slice first, struct envelope *e)
{
    size_t begin, end, fault_at;
    if (json_pass_skip(first, 0, &begin, &end, &fault_at) != JSON_FINE) return false;
    *e = envelope_of(slice_of(first.bytes + begin, end - begin));
    if ((e->document.size == 0 && !has_lines(e)) || e->has_kind) return false;
    return e->lines.size > 0 || (e->repeated.size == 0 && is_blank(slice_skip(first, end)));
}

/* Alone in its document it is read as one. */
static bool is_event_alone(const struct json_reader *j, struct slice first)
{
    struct record_event event;
    size_t end = (size_t)(first.bytes + first.size - j->bytes.bytes);
    return is_blank(slice_skip(j->bytes, end)) && is_one_value(first, 0)
           && record_event_read(j->base.arena, slice_trim(first), &event);
}

static enum survey survey_ndjson(struct json_reader *j, struct slice first)
{
    struct envelope e;
    if (is_event_alone(j, first)) return survey_one(j);
    j->shape = SHAPE_NDJSON;
    if (!is_whole_document(first, &e)) return SURVEY_READ;
    if (e.lines.size > 0) return survey_one(j);
    j->document_is_record = true;
    j->begin = (size_t)(first.bytes - j->bytes.bytes);
    return survey_document(j, slice_trim(first), e);
}

static void json_rewind(struct reader *r)
{
    struct json_reader *j = own(r);
    release(j);
    j->at = j->begin;
    j->row = 0;
    j->index = 0;
    j->is_astray = false;
    for (size_t i = 0; i < j->begin && j->shape == SHAPE_NDJSON; i++) j->row += j->bytes.bytes[i] == '\n';
    spool_rewind(r->spool);
}

/* Whose a record is, it says itself: in the member of that name, or where the profile points. */
static bool names_partner(struct json_reader *j, struct slice record)
{
    struct slice key, value, field = SLICE("partner_id");
    for (size_t at = 1; json_pass_step(record, &at, &key, &value);) {
        bool is_text = value.bytes[0] == '"', is_null = slice_equal(value, SLICE("null"));
        bool is_empty = is_text ? is_blank(slice_of(value.bytes + 1, value.size - 2)) : is_null;
        if (slice_equal(key, field) && !is_empty) return true;
    }
    json_t *root = j->base.profile->json.pointer_count > 0 ? load(j, record) : NULL;
    bool is_named = root && json_members_are_pointed_at(j, root, field);
    if (root) json_decref(root);
    arena_reset(j->base.line_arena);
    return is_named;
}

/* The next record of the document as it stands; false after the last. */
static bool next_record(struct json_reader *j, struct slice *record)
{
    struct slice key;
    size_t at = j->at, end, fault_at;
    if (j->shape == SHAPE_NDJSON) return next_line(j, record, &at);
    if (j->shape == SHAPE_ARRAY) {
        if (!json_pass_step(j->bytes, &at, &key, record)) return false;
    } else if (j->index++ > 0 || json_pass_skip(j->bytes, j->at, &at, &end, &fault_at) != JSON_FINE) {
        return false;
    } else {
        *record = slice_of(j->bytes.bytes + at, end - at);
    }
    j->at = at;
    return true;
}

/* A record that is dead (a member repeated, too many of them) is nobody's line. */
static bool makes_a_line(struct json_reader *j, struct slice record)
{
    json_t *root = load(j, record);
    bool is_line = json_is_object(root) && (json_object_get(root, "kind") || !json_object_get(root, "specversion"));
    if (root) json_decref(root);
    return is_line;
}

/* Every line says whose it is: the document says the same for whomever it is sent (feeds.md 3). */
static bool records_name_partner(struct json_reader *j)
{
    struct slice record;
    bool is_any = false, is_first = j->document_is_record;
    while (next_record(j, &record)) {
        record = slice_trim(record);
        bool is_object = record.size > 0 && record.bytes[0] == '{' && record.size <= JSON_RECORD_BYTES_MAX
                         && is_one_value(record, 0);
        if (!is_object) continue;
        if (is_first) { is_first = false; continue; }
        bool is_named = names_partner(j, record);
        if ((is_named && is_any) || !makes_a_line(j, record)) continue;
        if (!is_named) return false;
        is_any = true;
    }
    return is_any;
}

static enum survey json_survey(struct reader *r)
{
    struct json_reader *j = own(r);
    struct slice first;
    r->typing->dates.is_plain = r->typing->names_are_exact = true;
    r->typing->decimals = DECIMAL_STYLE_AUTO;
    j->bytes = r->spool->bytes;
    j->begin = j->at = slice_starts_with(j->bytes, SLICE("\xef\xbb\xbf")) ? 3 : 0;
    j->pass.quoted = arena_take(r->arena, 2 * (size_t)JSON_RECORD_BYTES_MAX + 16);
    j->pass.offsets = arena_take(r->arena, (JSON_RECORD_BYTES_MAX / 2 + 2) * sizeof *j->pass.offsets);
    json_members_open();
    bool by_lines = is_ndjson(j, &first);
    j->at = j->begin;
    enum survey survey = by_lines ? survey_ndjson(j, first) : survey_one(j);
    r->format = j->shape == SHAPE_NDJSON ? SLICE("ndjson") : SLICE("json");
    r->dialect = j->shape == SHAPE_NDJSON  ? SLICE("a record a line")
                 : j->shape == SHAPE_ARRAY ? SLICE("a list of records")
                                           : SLICE("one record");
    if (r->header.event_id.size > 0) r->dialect = SLICE("the data of an event");
    json_rewind(r);
    r->header.names_partner = survey == SURVEY_READ && (r->header.partner_id.size > 0 || records_name_partner(j));
    json_rewind(r);
    return survey;
}

static void json_close(struct reader *r)
{
    release(own(r));
}

static const struct reader_ops ops = {
    .format = SLICE_INIT("json"), .survey = json_survey, .next = json_next, .rewind = json_rewind, .close = json_close
};

struct reader *json_reader_open(struct arena *a)
{
    struct json_reader *j = ARENA_NEW(a, struct json_reader);
    j->base.ops = &ops;
    j->base.format = ops.format;
    return &j->base;
}
