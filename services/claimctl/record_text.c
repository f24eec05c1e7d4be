/* claimctl/record_text.c: bytes of every topic as text. */
#include "claimctl/record_text.h"

#include "base/utf8.h"
#include "claimctl/filter.h"
#include "claimctl/json_node.h"
#include "claimctl/line_name.h"
#include "claimctl/payout_text.h"
#include "claimctl/record_members.h"
#include "claimctl/results.h"
#include "claimctl/unmask.h"
#include "stage/dead_letter.h"
#include "wire/dossier_codec.h"
#include "wire/json_text.h"
#include "wire/masking.h"

enum { BYTES_SHOWN = 256, KEY_SHOWN = 256, MASKING_ROOM = 64 };

static struct record_text_foreign foreign;

void record_text_take_foreign(const struct record_text_foreign *now)
{
    foreign = *now;
}

static struct slice topic_name(const struct record *r)
{
    return r->topic == TOPIC_NONE ? foreign.topic : topic_row(r->topic)->name;
}

/* --- what is in a value --- */

/* A dead letter is read as what it was where it came from. */
static enum topic topic_of_value(const struct record *r)
{
    if (r->topic != TOPIC_DEADLETTERS) return r->topic;
    return topic_find(dead_letter_header(r, SLICE("x-original-topic")));
}

static bool is_dossier(const struct record *r)
{
    enum message_json_kind kind;
    return record_members_message(topic_of_value(r), &kind) && kind == MESSAGE_JSON_DOSSIER;
}

/* JSON within bounds, as a line object or an audit entry is. */
static bool is_json_object(struct arena *a, struct slice value)
{
    size_t mark = arena_mark(a);
    struct slice trimmed = slice_trim(value);
    if (trimmed.size == 0 || trimmed.bytes[0] != '{' || value.size > 256 << 10) return false;
    const struct node *n = json_node_read(a, trimmed, 1);
    bool is_object = n && n->type == NODE_MAP;
    arena_rewind(a, mark);
    return is_object;
}

/* A line feed in JSON stands between values: a blank says the same, and a record stays one line. */
static void put_in_one_line(struct text *t, struct slice json)
{
    while (json.size && strchr(" \t\r\n", json.bytes[0])) json = slice_skip(json, 1);
    while (json.size && strchr(" \t\r\n", json.bytes[json.size - 1])) json.size--;
    for (size_t i = 0; i < json.size; i++)
        text_put_byte(t, json.bytes[i] == '\n' || json.bytes[i] == '\r' ? ' ' : json.bytes[i]);
}

static void put_object(struct text *t, struct arena *a, struct slice json)
{
    if (!unmask_is_masked()) {
        put_in_one_line(t, json);
        return;
    }
    struct text hidden = text_in(a, 2 * json.size + MASKING_ROOM);
    masking_put_json(&hidden, json);
    put_in_one_line(t, text_slice(&hidden));
}

static void put_hex(struct json *j, const char *name, struct slice bytes)
{
    char hex[2 * BYTES_SHOWN];
    struct text t = text_over(hex, sizeof hex);
    text_put_hex(&t, (const uint8_t *)bytes.bytes, bytes.size < BYTES_SHOWN ? bytes.size : BYTES_SHOWN);
    json_text(j, name, text_slice(&t));
}

static void put_unreadable(struct text *t, struct slice value, const char *error)
{
    struct json j = json_over(t);
    json_open_object(&j);
    json_text(&j, "error", slice_from(error));
    json_int(&j, "size", (int64_t)value.size);
    put_hex(&j, "bytes", value);
    json_close_object(&j);
}

static void put_value(struct text *t, struct arena *a, const struct record *r)
{
    enum message_json_kind kind;
    size_t before = t->size;
    const struct descriptor_message *message = r->topic == TOPIC_NONE ? foreign.message : NULL;
    if (r->value.size == 0) PUT(t, "null");
    else if (message) {
        if (!descriptor_put_json(t, a, message, r->value))
            put_unreadable(t, r->value, "no message of that type, or too long to be printed");
    }
    else if (is_json_object(a, r->value)) put_object(t, a, r->value);
    else if (!record_members_message(topic_of_value(r), &kind))
        put_unreadable(t, r->value, "bytes of a state table, or of no topic of ours");
    else if (!message_json_put(t, kind, r->value, unmask_is_masked()))
        put_unreadable(t, r->value, err_text(ERR_WIRE_MALFORMED));
    if (t->full) {
        t->size = before;
        t->full = false;
        put_unreadable(t, r->value, "the text of this record is too long to be printed");
    }
}

/* --- the line of a dossier --- */

static bool read_standing(struct arena *a, const struct record *r, struct dossier *d, struct standing *s)
{
    if (!is_dossier(r) || dossier_decode(a, r->value, d) != OK || !d->line || !d->receipt) return false;
    if (unmask_is_masked()) masking_hide(a, d);
    standing_read(d, NULL, s);
    return true;
}

/* --- JSON --- */

/* Keys are ids or bytes of a state table. */
static void put_key(struct json *j, struct slice key)
{
    bool plain = utf8_is_valid(key);
    for (size_t i = 0; plain && i < key.size; i++) plain = (unsigned char)key.bytes[i] >= 0x20;
    if (plain) json_text(j, "key", slice_head(key, KEY_SHOWN));
    else put_hex(j, "key_bytes", key);
}

static void put_headers(struct json *j, const struct record *r)
{
    if (r->header_count == 0) return;
    json_name(j, SLICE("headers"));
    json_open_object(j);
    for (unsigned i = 0; i < r->header_count; i++) {
        json_name(j, r->headers[i].name);
        json_put_text(j, r->headers[i].value);
    }
    json_close_object(j);
}

void record_text_put_json(struct text *t, struct arena *a, const struct record *r, instant_ms at_unix_ms)
{
    struct json j = json_over(t);
    struct dossier d;
    struct standing s;
    json_open_object(&j);
    json_text(&j, "topic", topic_name(r));
    json_int(&j, "partition", r->partition);
    json_int(&j, "offset", r->offset);
    json_instant(&j, "at", at_unix_ms);
    put_key(&j, r->key);
    put_headers(&j, r);
    if (read_standing(a, r, &d, &s)) {
        json_name(&j, SLICE("line"));
        results_put_line(t, &s, (struct slice){ 0 }, 0);
        j.comma = true;
    }
    json_name(&j, SLICE("value"));
    put_value(t, a, r);
    j.comma = true;
    json_close_object(&j);
}

/* --- what there can be --- */

static void put_member(void *output, struct slice path, struct slice type)
{
    output_print(output, "%.*s\t%.*s\n", SLICE_ARGS(path), SLICE_ARGS(type));
}

void record_text_put_members(struct output *o, enum topic topic)
{
    record_members_each(topic, put_member, o);
}

/* --- one line --- */

static void put_place(struct text *t, const struct record *r, instant_ms at_unix_ms)
{
    text_put(t, topic_name(r));
    text_put_byte(t, '/');
    text_put_int(t, r->partition);
    text_put_byte(t, '@');
    text_put_int(t, r->offset);
    text_put_byte(t, '\t');
    if (at_unix_ms > 0) instant_put(t, at_unix_ms);
    else text_put_byte(t, '-');
    text_put_byte(t, '\t');
    for (size_t i = 0; i < r->key.size && i < KEY_SHOWN; i++)
        text_put_byte(t, (unsigned char)r->key.bytes[i] < 0x20 ? '.' : r->key.bytes[i]);
    if (!r->key.size) text_put_byte(t, '-');
    text_put_byte(t, '\t');
}

static void put_line_in_short(struct text *t, const struct standing *s)
{
    const struct payout_section *p = s->dossier->payout;
    line_name_put(t, s->dossier->receipt);
    text_put_byte(t, '\t');
    text_put(t, kind_name(s->dossier->line->kind));
    text_put_byte(t, '\t');
    text_put(t, s->outcome ? word_text(VOCABULARY_OUTCOME, s->outcome) : SLICE("-"));
    text_put_byte(t, '\t');
    payout_put_amounts(t, p);
    if (!p || !p->entry_count) text_put_byte(t, '-');
    for (unsigned i = 0; i < s->reason_count; i++) {
        text_put_byte(t, i ? ' ' : '\t');
        text_put(t, reason_name(s->reasons[i].code));
    }
}

static void put_payout_in_short(struct text *t, const struct payout *p)
{
    text_put(t, p->payout_id);
    text_put_byte(t, '\t');
    text_put(t, p->program_id);
    text_put_byte(t, '\t');
    text_put(t, p->ledger);
    text_put_byte(t, '\t');
    payout_put_amount(t, p);
    PUT(t, "\tline ");
    text_put(t, p->line_id);
}

static void put_dead_letter_in_short(struct text *t, const struct record *r)
{
    text_put(t, dead_letter_header(r, SLICE("claimstream-code")));
    text_put_byte(t, '\t');
    text_put(t, dead_letter_header(r, SLICE("x-original-topic")));
    PUT(t, "\tattempt ");
    text_put(t, dead_letter_header(r, SLICE("claimstream-attempt")));
    PUT(t, "\tline ");
    struct slice line_id = dead_letter_header(r, SLICE("claimstream-line-id"));
    text_put(t, line_id.size ? line_id : SLICE("-"));
}

void record_text_put_line(struct text *t, struct arena *a, const struct record *r, instant_ms at_unix_ms)
{
    struct dossier d;
    struct standing s;
    struct payout p;
    put_place(t, r, at_unix_ms);
    if (r->topic == TOPIC_DEADLETTERS) put_dead_letter_in_short(t, r);
    else if (read_standing(a, r, &d, &s)) put_line_in_short(t, &s);
    else if (r->topic == TOPIC_PAYOUTS && payout_decode(a, r->value, &p) == OK) put_payout_in_short(t, &p);
    else put_value(t, a, r);
}

/* --- formats --- */

bool record_text_format_is_good(struct slice format)
{
    for (; format.size; format = slice_skip(format, 2)) {
        while (format.size && format.bytes[0] != '%' && format.bytes[0] != '\\') format = slice_skip(format, 1);
        if (!format.size) return true;
        if (format.size == 1) return false;
        if (format.bytes[0] == '\\' ? !strchr("ntr0\\", format.bytes[1]) : !strchr("tpoksSTah%{", format.bytes[1]))
            return false;
        if (format.bytes[0] == '%' && format.bytes[1] == '{' && slice_find(format, '}') == format.size) return false;
    }
    return true;
}

static void put_scalar(struct text *t, const struct node *n)
{
    if (!n || n->type == NODE_MAP) return;
    if (n->type == NODE_SCALAR) text_put(t, n->text);
    for (const struct node_entry *e = n->type == NODE_LIST ? n->first : NULL; e; e = e->next) {
        if (e != n->first) text_put_byte(t, ' ');
        if (e->value->type == NODE_SCALAR) text_put(t, e->value->text);
    }
}

/* The record as its JSON object, made once however many members a format names. */
static const struct node *object_of(struct arena *a, size_t capacity, const struct record *r, instant_ms at_unix_ms)
{
    struct text whole = text_in(a, capacity);
    record_text_put_json(&whole, a, r, at_unix_ms);
    return json_node_read(a, text_slice(&whole), 1);
}

static void put_header_list(struct text *t, const struct record *r)
{
    for (unsigned i = 0; i < r->header_count; i++) {
        if (i) text_put_byte(t, ',');
        text_put(t, r->headers[i].name);
        text_put_byte(t, '=');
        text_put(t, r->headers[i].value);
    }
}

static void put_field(struct text *t, struct arena *a, char field, const struct record *r, instant_ms at_unix_ms)
{
    switch (field) {
    case 't': text_put(t, topic_name(r)); return;
    case 'p': text_put_int(t, r->partition); return;
    case 'o': text_put_int(t, r->offset); return;
    case 'k': text_put(t, r->key); return;
    case 's': put_value(t, a, r); return;
    case 'S': text_put_int(t, (int64_t)r->value.size); return;
    case 'T': text_put_int(t, at_unix_ms); return;
    case 'a': instant_put(t, at_unix_ms > 0 ? at_unix_ms : 0); return;
    case 'h': put_header_list(t, r); return;
    default:  text_put_byte(t, field); return;
    }
}

static void put_escape(struct text *t, char letter)
{
    text_put_byte(t, letter == 'n'   ? '\n'
                     : letter == 't' ? '\t'
                     : letter == 'r' ? '\r'
                     : letter == '0' ? '\0'
                                     : letter);
}

void record_text_put_format(struct text *t, struct arena *a, struct slice format, const struct record *r,
                            instant_ms at_unix_ms)
{
    const struct node *object = NULL;
    if (memmem(format.bytes, format.size, "%{", 2)) object = object_of(a, t->capacity, r, at_unix_ms);
    while (format.size) {
        char first = format.bytes[0];
        size_t used = first == '%' || first == '\\' ? 2 : 1;
        if (used == 1) text_put_byte(t, first);
        else if (first == '\\') put_escape(t, format.bytes[1]);
        else if (format.bytes[1] != '{') put_field(t, a, format.bytes[1], r, at_unix_ms);
        else {
            used = slice_find(format, '}') + 1;
            if (object) put_scalar(t, filter_find(object, slice_head(slice_skip(format, 2), used - 3)));
        }
        format = slice_skip(format, used);
    }
}
