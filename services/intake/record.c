/* intake/record.c: the mode of a record, then its payload. */
#include "intake/record.h"

#include "base/utf8.h"
#include "intake/base64.h"
#include "intake/json_pass.h"
#include "wire/limits.h"

#include <jansson.h>

enum { EVENT_TEXT_MAX = 1024 };

/* The value of a header by its name without case; empty when absent. */
static struct slice record_header(const struct record *record, struct slice name)
{
    for (unsigned k = 0; k < record->header_count; k++)
        if (slice_equal_nocase(record->headers[k].name, name)) return record->headers[k].value;
    return (struct slice){ 0 };
}

static struct record_content broken(struct arena *a, struct slice value)
{
    return (struct record_content){ .issue = ISSUE_FRAMING_BROKEN, .value = issue_value(a, value) };
}

static bool begins_nocase(struct slice s, struct slice prefix)
{
    return s.size >= prefix.size && slice_equal_nocase(slice_head(s, prefix.size), prefix);
}

static bool says_json(struct slice content_type)
{
    struct slice type = slice_cut(&content_type, ';');
    return slice_equal_nocase(slice_trim(type), SLICE("application/json"));
}

/* Of an event: a subtype json, or one that ends with it (+json). */
static bool is_json_type(struct slice content_type)
{
    struct slice type = slice_trim(slice_cut(&content_type, ';'));
    struct slice end = slice_skip(type, type.size > 5 ? type.size - 5 : type.size);
    return slice_equal_nocase(end, SLICE("/json")) || slice_equal_nocase(end, SLICE("+json"));
}

static struct slice behind_mark(struct slice bytes)
{
    return slice_starts_with(bytes, SLICE("\xef\xbb\xbf")) ? slice_skip(bytes, 3) : bytes;
}

static bool looks_like_json(struct slice bytes)
{
    bytes = behind_mark(bytes);
    for (size_t k = 0; k < bytes.size; k++)
        if (!memchr(" \t\r\n", bytes.bytes[k], 4)) return bytes.bytes[k] == '{' || bytes.bytes[k] == '[';
    return false;
}

/* Payloads */

static struct record_content framed(struct arena *a, struct record_content c, const struct framing *f)
{
    struct text schema = text_in(a, 40);
    if (f->fault != FRAMING_BROKEN) framing_put_schema(&schema, f->schema);
    if (f->fault == FRAMING_BROKEN) c.issue = ISSUE_FRAMING_BROKEN;
    if (f->fault == FRAMING_UNKNOWN) { c.issue = ISSUE_SCHEMA_UNKNOWN; c.is_schema_unknown = true; }
    c.value = text_slice(&schema);
    c.payload = f->type == FRAMING_JSON ? RECORD_JSON : RECORD_SUBMISSION;
    c.bytes = f->payload;
    return c;
}

/* The data of an event, or a record without any. */
static struct record_content data_of(struct arena *a, struct record_content c, const struct record *r,
                                     struct slice bytes, struct slice type, const struct framing_schemas *schemas)
{
    struct slice header = record_header(r, SLICE("__value_schema_id"));
    struct framing f = header.size > 0 ? framing_read_header(header, bytes, schemas) : framing_read(bytes, schemas);
    if (f.fault != FRAMING_NONE) return framed(a, c, &f);
    c.bytes = bytes;
    bool is_json = c.id.size > 0 ? is_json_type(type) : says_json(type);
    c.payload = is_json || (type.size == 0 && looks_like_json(bytes)) ? RECORD_JSON : RECORD_SUBMISSION;
    if (c.payload == RECORD_JSON) c.bytes = behind_mark(bytes);
    if (bytes.size == 0) c.issue = ISSUE_RECORD_EMPTY;
    return c;
}

/* Events, binary mode */

bool record_is_event_text(struct slice s)
{
    return s.size > 0 && s.size <= EVENT_TEXT_MAX && utf8_is_valid(s);
}

static struct record_content check_event(struct arena *a, struct record_content c, const struct record *r,
                                         struct slice version, struct slice type)
{
    if (c.traceparent.size == 0) c.traceparent = record_header(r, SLICE("traceparent"));    /* of the record's sender */
    if (!slice_equal(version, SLICE("1.0"))) return broken(a, version);
    if (!record_is_event_text(c.source) || !record_is_event_text(c.id) || !record_is_event_text(type))
        return broken(a, c.id);
    return c;
}

/* Two readers would take it for two events. */
static bool is_named_twice(const struct record *r)
{
    static const struct slice names[] = { SLICE_INIT("ce_specversion"), SLICE_INIT("ce_id"), SLICE_INIT("ce_source"),
                                          SLICE_INIT("ce_type") };
    for (unsigned n = 0; n < sizeof names / sizeof *names; n++) {
        unsigned count = 0;
        for (unsigned k = 0; k < r->header_count; k++) count += slice_equal_nocase(r->headers[k].name, names[n]);
        if (count > 1) return true;
    }
    return false;
}

static struct record_content read_binary(struct arena *a, const struct record *r, struct slice version,
                                         const struct framing_schemas *schemas)
{
    struct record_content c = {
        .source = record_header(r, SLICE("ce_source")),
        .id = record_header(r, SLICE("ce_id")),
        .traceparent = record_header(r, SLICE("ce_traceparent")),
    };
    if (is_named_twice(r)) return broken(a, c.id);
    c = check_event(a, c, r, version, record_header(r, SLICE("ce_type")));
    return c.issue ? c : data_of(a, c, r, r->value, record_header(r, SLICE("content-type")), schemas);
}

/* Events, structured mode: an object whose members are read where they stand, so that numbers in the data stay as
 * sent. */

struct members { struct slice version, id, source, type, content_type, data, base64, traceparent; bool is_repeated; };

static struct slice text_of(struct arena *a, struct slice json)
{
    json_error_t error;
    json_t *value = json_loadb(json.bytes, json.size, JSON_DECODE_ANY, &error);
    struct slice text = { 0 };
    if (json_is_string(value)) text = slice_copy(a, slice_of(json_string_value(value), json_string_length(value)));
    json_decref(value);
    return text;
}

static void take_member(struct members *m, struct slice key, struct slice value)
{
    static const struct { struct slice name; size_t offset;
    } names[] = {
        { SLICE_INIT("specversion"), offsetof(struct members, version) },
        { SLICE_INIT("id"), offsetof(struct members, id) },
        { SLICE_INIT("source"), offsetof(struct members, source) },
        { SLICE_INIT("type"), offsetof(struct members, type) },
        { SLICE_INIT("datacontenttype"), offsetof(struct members, content_type) },
        { SLICE_INIT("data"), offsetof(struct members, data) },
        { SLICE_INIT("data_base64"), offsetof(struct members, base64) },
        { SLICE_INIT("traceparent"), offsetof(struct members, traceparent) },
    };
    for (unsigned k = 0; k < sizeof names / sizeof *names; k++) {
        if (!slice_equal(names[k].name, key)) continue;
        struct slice *to = (struct slice *)((char *)m + names[k].offset);
        m->is_repeated |= to->size > 0;
        *to = value;
    }
}

/* Of an object that stands at *at. */
static void take_members(struct members *m, struct slice bytes, size_t begin)
{
    struct slice key, value;
    *m = (struct members){ 0 };
    for (size_t at = begin + 1; json_pass_step(bytes, &at, &key, &value);) take_member(m, key, value);
}

static bool read_members(struct slice bytes, struct members *m)
{
    size_t begin, end, fault_at;
    if (bytes.size > DOSSIER_BYTES_MAX || json_pass_skip(bytes, 0, &begin, &end, &fault_at) != JSON_FINE
        || bytes.bytes[begin] != '{')
        return false;
    take_members(m, bytes, begin);
    return !m->is_repeated && (m->data.size == 0 || m->base64.size == 0);
}

bool record_event_read(struct arena *a, struct slice object, struct record_event *event)
{
    static const struct slice name = SLICE_INIT("\"specversion\"");
    struct members m;
    if (object.size == 0 || object.bytes[0] != '{' || !memmem(object.bytes, object.size, name.bytes, name.size))
        return false;
    take_members(&m, object, 0);
    if (m.version.size == 0) return false;
    *event = (struct record_event){ .source = text_of(a, m.source), .id = text_of(a, m.id), .data = m.data };
    event->is_sound = !m.is_repeated && slice_equal(text_of(a, m.version), SLICE("1.0"))
                      && record_is_event_text(event->id) && record_is_event_text(event->source)
                      && record_is_event_text(text_of(a, m.type)) && m.data.size > 0 && m.base64.size == 0;
    return true;
}

static struct record_content read_structured(struct arena *a, const struct record *r,
                                             const struct framing_schemas *schemas)
{
    struct members m;
    struct slice bytes;
    if (!read_members(behind_mark(r->value), &m))
        return broken(a, slice_head(r->value, ISSUE_VALUE_MAX));
    struct record_content c = { .source = text_of(a, m.source),
                                .id = text_of(a, m.id),
                                .traceparent = text_of(a, m.traceparent) };
    c = check_event(a, c, r, text_of(a, m.version), text_of(a, m.type));
    if (c.issue) return c;
    struct slice type = text_of(a, m.content_type);
    if (m.base64.size > 0) {
        struct slice digits = text_of(a, m.base64);
        bytes.bytes = arena_alloc(a, digits.size + 1);
        if (!base64_decode(digits, (char *)bytes.bytes, &bytes.size))
            return broken(a, SLICE("data_base64"));
        return data_of(a, c, r, bytes, type, schemas);
    }
    c.payload = RECORD_JSON;
    c.bytes = m.data;
    if (m.data.size == 0) c.issue = ISSUE_RECORD_EMPTY;
    return c;
}

struct record_content record_read(struct arena *a, const struct record *r, const struct framing_schemas *schemas)
{
    struct slice type = record_header(r, SLICE("content-type")), version = record_header(r, SLICE("ce_specversion"));
    struct record_content bare = { .traceparent = record_header(r, SLICE("traceparent")) };
    if (r->value.size == 0) return (struct record_content){ .issue = ISSUE_RECORD_EMPTY };
    if (begins_nocase(type, SLICE("application/cloudevents"))) return read_structured(a, r, schemas);
    if (version.size > 0) return read_binary(a, r, version, schemas);
    return data_of(a, bare, r, r->value, type, schemas);
}
