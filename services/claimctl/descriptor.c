/* claimctl/descriptor.c: the part of descriptor.proto that says how bytes are read, and the bytes read by it. */
#include "claimctl/descriptor.h"

#include "base/assert.h"
#include "wire/json_text.h"
#include "wire/varint.h"

#include <math.h>
#include <stdio.h>

enum { DEPTH_MAX = 64, BYTES_SHOWN = 4096, NUMBER_BYTES = 40 };

/* Types of descriptor.proto. */
enum type {
    TYPE_DOUBLE = 1,
    TYPE_FLOAT,
    TYPE_INT64,
    TYPE_UINT64,
    TYPE_INT32,
    TYPE_FIXED64,
    TYPE_FIXED32,
    TYPE_BOOL,
    TYPE_STRING,
    TYPE_GROUP,
    TYPE_MESSAGE,
    TYPE_BYTES,
    TYPE_UINT32,
    TYPE_ENUM,
    TYPE_SFIXED32,
    TYPE_SFIXED64,
    TYPE_SINT32,
    TYPE_SINT64,
    TYPE_COUNT
};
enum wire { VARINT = 0, FIXED64 = 1, SIZED = 2, FIXED32 = 5 };

/* --- entries: a field number and what stands behind it --- */

struct entry { uint32_t number, wire; uint64_t value; struct slice bytes; struct entry *next; };
struct reading { const uint8_t *at, *end; };

static struct reading reading_of(struct slice bytes)
{
    const uint8_t *at = (const uint8_t *)bytes.bytes;
    return (struct reading){ at, at ? at + bytes.size : at };
}

static bool take_fixed(struct reading *r, size_t size, uint64_t *value)
{
    if ((size_t)(r->end - r->at) < size) return false;
    *value = 0;
    for (size_t k = size; k-- > 0;) *value = *value << 8 | r->at[k];
    r->at += size;
    return true;
}

/* False: the bytes are torn, or of a form that nobody writes any more (groups). */
static bool take_entry(struct reading *r, struct entry *e)
{
    uint64_t tag;
    *e = (struct entry){ 0 };
    if (!varint_take(&r->at, r->end, &tag) || tag >> 3 == 0 || tag > UINT32_MAX) return false;
    e->number = (uint32_t)(tag >> 3);
    e->wire = (uint32_t)(tag & 7);
    switch (e->wire) {
    case VARINT:  return varint_take(&r->at, r->end, &e->value);
    case FIXED64: return take_fixed(r, 8, &e->value);
    case FIXED32: return take_fixed(r, 4, &e->value);
    case SIZED:   return varint_take_sized(&r->at, r->end, &e->bytes);
    default:      return false;
    }
}

/* --- the descriptor set --- */

static struct slice join(struct arena *a, struct slice scope, struct slice name)
{
    struct text t = text_in(a, scope.size + name.size + 1);
    text_put(&t, scope);
    if (scope.size) text_put_byte(&t, '.');
    text_put(&t, name);
    return text_slice(&t);
}

/* The last text of that field; empty: none. Torn bytes are met by whoever walks them. */
static struct slice text_of(struct slice bytes, uint32_t number)
{
    struct reading r = reading_of(bytes);
    struct slice found = { 0 };
    for (struct entry e; r.at < r.end && take_entry(&r, &e);)
        if (e.number == number && e.wire == SIZED) found = e.bytes;
    return found;
}

static bool read_word(struct descriptor *d, struct slice bytes, struct descriptor_enum *of)
{
    struct descriptor_word *w = ARENA_NEW(d->arena, struct descriptor_word);
    struct reading r = reading_of(bytes);
    for (struct entry e; r.at < r.end;) {
        if (!take_entry(&r, &e)) return false;
        if (e.number == 1 && e.wire == SIZED) w->name = e.bytes;
        if (e.number == 2 && e.wire == VARINT) w->number = (int32_t)e.value;
    }
    w->next = of->words;
    of->words = w;
    return true;
}

static bool read_enum(struct descriptor *d, struct slice scope, struct slice bytes)
{
    struct descriptor_enum *n = ARENA_NEW(d->arena, struct descriptor_enum);
    struct reading r = reading_of(bytes);
    n->name = join(d->arena, scope, text_of(bytes, 1));
    for (struct entry e; r.at < r.end;) {
        if (!take_entry(&r, &e) || arena_is_full(d->arena)) return false;
        if (e.number == 2 && e.wire == SIZED && !read_word(d, e.bytes, n)) return false;
    }
    n->next = d->enums;
    d->enums = n;
    return true;
}

static bool read_field(struct descriptor *d, struct slice bytes, struct descriptor_field **last)
{
    struct descriptor_field *f = ARENA_NEW(d->arena, struct descriptor_field);
    struct reading r = reading_of(bytes);
    for (struct entry e; r.at < r.end;) {
        if (!take_entry(&r, &e)) return false;
        if (e.number == 1 && e.wire == SIZED) f->name = e.bytes;
        if (e.number == 3 && e.wire == VARINT) f->number = (uint32_t)e.value;
        if (e.number == 4 && e.wire == VARINT) f->is_repeated = e.value == 3;
        if (e.number == 5 && e.wire == VARINT) f->type = e.value < TYPE_COUNT ? (uint32_t)e.value : 0;
        if (e.number == 6 && e.wire == SIZED) f->type_name = e.bytes;
    }
    *last = f;
    return f->name.size > 0 && f->number > 0 && f->type > 0;
}

static bool is_map(struct slice options)
{
    struct reading r = reading_of(options);
    bool says = false;
    for (struct entry e; r.at < r.end && take_entry(&r, &e);)
        if (e.number == 7 && e.wire == VARINT) says = e.value != 0;
    return says;
}

static bool read_message(struct descriptor *d, struct slice scope, struct slice bytes, unsigned depth)
{
    struct descriptor_message *m = ARENA_NEW(d->arena, struct descriptor_message);
    struct descriptor_field **last = &m->fields;
    struct reading r = reading_of(bytes);
    if (depth == DEPTH_MAX) return false;
    m->name = join(d->arena, scope, text_of(bytes, 1));
    m->is_map_entry = is_map(text_of(bytes, 7));
    for (struct entry e; r.at < r.end;) {
        if (!take_entry(&r, &e) || arena_is_full(d->arena)) return false;
        if (e.wire != SIZED) continue;
        if (e.number == 3 && !read_message(d, m->name, e.bytes, depth + 1)) return false;
        if (e.number == 4 && !read_enum(d, m->name, e.bytes)) return false;
        if (e.number != 2) continue;
        if (!read_field(d, e.bytes, last)) return false;
        last = &(*last)->next;
        m->field_count++;
    }
    m->next = d->messages;
    d->messages = m;
    return true;
}

static bool read_file(struct descriptor *d, struct slice bytes)
{
    struct slice package = text_of(bytes, 2);
    struct reading r = reading_of(bytes);
    for (struct entry e; r.at < r.end;) {
        if (!take_entry(&r, &e) || arena_is_full(d->arena)) return false;
        if (e.number == 4 && e.wire == SIZED && !read_message(d, package, e.bytes, 0)) return false;
        if (e.number == 5 && e.wire == SIZED && !read_enum(d, package, e.bytes)) return false;
    }
    return true;
}

/* Type names are whole, after a dot. */
static bool resolve(const struct descriptor *d, struct descriptor_field *f)
{
    struct slice name = f->type_name;
    if (name.size && name.bytes[0] == '.') name = slice_skip(name, 1);
    if (f->type == TYPE_MESSAGE)
        for (const struct descriptor_message *m = d->messages; m && !f->message; m = m->next)
            if (slice_equal(m->name, name)) f->message = m;
    if (f->type == TYPE_ENUM)
        for (const struct descriptor_enum *n = d->enums; n && !f->words; n = n->next)
            if (slice_equal(n->name, name)) f->words = n;
    return (f->type != TYPE_MESSAGE || f->message) && (f->type != TYPE_ENUM || f->words) && f->type != TYPE_GROUP;
}

enum err descriptor_read(struct arena *a, struct slice bytes, struct descriptor *out)
{
    struct reading r = reading_of(bytes);
    *out = (struct descriptor){ .arena = a };
    for (struct entry e; r.at < r.end;) {
        if (!take_entry(&r, &e)) return ERR_WIRE_MALFORMED;
        if (e.number == 1 && e.wire == SIZED && !read_file(out, e.bytes)) return ERR_WIRE_MALFORMED;
    }
    for (struct descriptor_message *m = out->messages; m; m = m->next)
        for (struct descriptor_field *f = m->fields; f; f = f->next)
            if (!resolve(out, f)) return ERR_WIRE_MALFORMED;
    return out->messages ? OK : ERR_WIRE_MALFORMED;
}

static struct slice last_part(struct slice name)
{
    size_t at = name.size;
    while (at > 0 && name.bytes[at - 1] != '.') at--;
    return slice_skip(name, at);
}

const struct descriptor_message *descriptor_find(const struct descriptor *d, struct slice name)
{
    const struct descriptor_message *found = NULL;
    unsigned count = 0;
    for (const struct descriptor_message *m = d->messages; m; m = m->next) {
        if (slice_equal(m->name, name)) return m;
        if (!slice_equal(last_part(m->name), name)) continue;
        found = m;
        count++;
    }
    return count == 1 ? found : NULL;
}

/* --- values --- */

static bool put_message(struct json *j, struct arena *a, const struct descriptor_message *m, struct slice bytes,
                        unsigned depth);

static enum wire wire_of(uint32_t type)
{
    switch ((enum type)type) {
    case TYPE_DOUBLE: case TYPE_FIXED64: case TYPE_SFIXED64:            return FIXED64;
    case TYPE_FLOAT: case TYPE_FIXED32: case TYPE_SFIXED32:             return FIXED32;
    case TYPE_STRING: case TYPE_BYTES: case TYPE_MESSAGE: case TYPE_GROUP: return SIZED;
    default:                                                            return VARINT;
    }
}

static int64_t unfold(uint64_t value)
{
    return (int64_t)(value >> 1 ^ (value & 1 ? UINT64_MAX : 0));
}

/* A decimal that reads back as the same one; what JSON has no number for is a text. */
static void put_real(struct json *j, double value, int digits)
{
    char room[NUMBER_BYTES];
    int size = snprintf(room, sizeof room, "%.*g", digits, value);
    struct slice text = slice_of(room, (size_t)size);
    if (isfinite(value)) json_put_raw(j, text);
    else json_put_text(j, isnan(value) ? SLICE("NaN") : value < 0 ? SLICE("-Infinity") : SLICE("Infinity"));
}

static void put_float(struct json *j, uint64_t bits)
{
    uint32_t word = (uint32_t)bits;
    float value;
    memcpy(&value, &word, sizeof value);
    put_real(j, (double)value, 9);
}

static void put_double(struct json *j, uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    put_real(j, value, 17);
}

static void put_unsigned(struct json *j, uint64_t value, bool is_text)
{
    char room[NUMBER_BYTES];
    int size = snprintf(room, sizeof room, "%llu", (unsigned long long)value);
    if (is_text) json_put_text(j, slice_of(room, (size_t)size));
    else json_put_raw(j, slice_of(room, (size_t)size));
}

static void put_signed_text(struct json *j, int64_t value)
{
    char room[NUMBER_BYTES];
    int size = snprintf(room, sizeof room, "%lld", (long long)value);
    json_put_text(j, slice_of(room, (size_t)size));
}

static void put_hex(struct json *j, struct slice bytes)
{
    char room[2 * BYTES_SHOWN];
    struct text t = text_over(room, sizeof room);
    text_put_hex(&t, (const uint8_t *)bytes.bytes, bytes.size < BYTES_SHOWN ? bytes.size : BYTES_SHOWN);
    json_put_text(j, text_slice(&t));
}

static void put_word(struct json *j, const struct descriptor_enum *words, int32_t number)
{
    for (const struct descriptor_word *w = words->words; w; w = w->next)
        if (w->number == number) { json_put_text(j, w->name); return; }
    json_put_int(j, number);
}

static bool put_value(struct json *j, struct arena *a, const struct descriptor_field *f, const struct entry *e,
                      unsigned depth)
{
    switch ((enum type)f->type) {
    case TYPE_DOUBLE:   put_double(j, e->value); return true;
    case TYPE_FLOAT:    put_float(j, e->value); return true;
    case TYPE_INT64: case TYPE_SFIXED64: put_signed_text(j, (int64_t)e->value); return true;
    case TYPE_UINT64: case TYPE_FIXED64: put_unsigned(j, e->value, true); return true;
    case TYPE_SINT64:   put_signed_text(j, unfold(e->value)); return true;
    case TYPE_INT32: case TYPE_SFIXED32: json_put_int(j, (int32_t)e->value); return true;
    case TYPE_SINT32:   json_put_int(j, (int32_t)unfold((uint32_t)e->value)); return true;
    case TYPE_UINT32: case TYPE_FIXED32: put_unsigned(j, (uint32_t)e->value, false); return true;
    case TYPE_BOOL:     json_put_bool(j, e->value != 0); return true;
    case TYPE_ENUM:     put_word(j, f->words, (int32_t)e->value); return true;
    case TYPE_STRING:   json_put_text(j, e->bytes); return true;
    case TYPE_BYTES:    put_hex(j, e->bytes); return true;
    case TYPE_MESSAGE:  return put_message(j, a, f->message, e->bytes, depth + 1);
    default:            NEVER();
    }
}

/* Many numbers in one entry. */
static bool put_packed(struct json *j, struct arena *a, const struct descriptor_field *f, struct slice bytes,
                       unsigned depth)
{
    struct reading r = reading_of(bytes);
    enum wire wire = wire_of(f->type);
    while (r.at < r.end) {
        struct entry e = { .wire = wire };
        bool is_taken =
            wire == VARINT ? varint_take(&r.at, r.end, &e.value) : take_fixed(&r, wire == FIXED64 ? 8 : 4, &e.value);
        if (!is_taken || !put_value(j, a, f, &e, depth)) return false;
    }
    return true;
}

static bool put_one(struct json *j, struct arena *a, const struct descriptor_field *f, const struct entry *e,
                    unsigned depth)
{
    enum wire wire = wire_of(f->type);
    if (f->is_repeated && e->wire == SIZED && wire != SIZED) return put_packed(j, a, f, e->bytes, depth);
    return e->wire == wire && put_value(j, a, f, e, depth);
}

/* The name of a member is a text, whatever the key is. */
static bool put_map_key(struct json *j, struct arena *a, const struct descriptor_field *key, const struct entry *e)
{
    char room[256];
    struct text t = text_over(room, sizeof room);
    struct json own = json_over(&t);
    if (key->type == TYPE_STRING && e->wire == SIZED) { json_name(j, e->bytes); return true; }
    if (e->wire != wire_of(key->type) || e->wire == SIZED || !put_value(&own, a, key, e, 0)) return false;
    struct slice said = text_slice(&t);
    if (said.size >= 2 && said.bytes[0] == '"') said = slice_of(said.bytes + 1, said.size - 2);
    json_name(j, said);
    return true;
}

static bool put_map_entry(struct json *j, struct arena *a, const struct descriptor_message *m, struct slice bytes,
                          unsigned depth)
{
    const struct descriptor_field *key = m->fields, *value = key ? key->next : NULL;
    struct entry of_key = { 0 }, of_value = { 0 };
    struct reading r = reading_of(bytes);
    if (!value || key->number != 1 || value->number != 2) return false;
    of_key.wire = wire_of(key->type);
    of_value.wire = wire_of(value->type);
    for (struct entry e; r.at < r.end;) {
        if (!take_entry(&r, &e)) return false;
        if (e.number == 1) of_key = e;
        if (e.number == 2) of_value = e;
    }
    return put_map_key(j, a, key, &of_key) && put_one(j, a, value, &of_value, depth);
}

static bool put_member(struct json *j, struct arena *a, const struct descriptor_field *f, const struct entry *first,
                       unsigned depth)
{
    bool is_mapped = f->is_repeated && f->message && f->message->is_map_entry;
    json_name(j, f->name);
    if (!f->is_repeated) {
        while (first->next) first = first->next;    /* the last one counts */
        return put_one(j, a, f, first, depth);
    }
    if (is_mapped) json_open_object(j);
    else json_open_array(j);
    for (const struct entry *e = first; e; e = e->next) {
        bool is_put = !is_mapped ? put_one(j, a, f, e, depth)
                                 : e->wire == SIZED && put_map_entry(j, a, f->message, e->bytes, depth + 1);
        if (!is_put) return false;
    }
    if (is_mapped) json_close_object(j);
    else json_close_array(j);
    return true;
}

/* The entries of each field in their order, after those of the descriptor the unknown ones. */
struct sorted { struct entry *first, *last; };

static void append(struct sorted *s, struct entry *e)
{
    if (s->first) s->last->next = e;
    else s->first = e;
    s->last = e;
}

static bool sort_entries(struct arena *a, const struct descriptor_message *m, struct slice bytes, struct sorted *sorted)
{
    struct reading r = reading_of(bytes);
    for (struct entry e; r.at < r.end;) {
        uint32_t place = 0;
        if (!take_entry(&r, &e) || arena_is_full(a)) return false;
        const struct descriptor_field *f = m->fields;
        for (; f && f->number != e.number; f = f->next) place++;
        struct entry *own = ARENA_NEW(a, struct entry);
        *own = e;
        append(&sorted[place], own);
    }
    return true;
}

static bool put_message(struct json *j, struct arena *a, const struct descriptor_message *m, struct slice bytes,
                        unsigned depth)
{
    if (depth == DEPTH_MAX || arena_is_full(a)) return false;
    struct sorted *sorted = ARENA_ARRAY(a, m->field_count + 1u, struct sorted);
    if (!sort_entries(a, m, bytes, sorted)) return false;
    json_open_object(j);
    uint32_t place = 0;
    for (const struct descriptor_field *f = m->fields; f; f = f->next, place++)
        if (sorted[place].first && !put_member(j, a, f, sorted[place].first, depth)) return false;
    if (sorted[place].first) {
        json_name(j, SLICE("@unknown"));
        json_open_array(j);
        for (const struct entry *e = sorted[place].first; e; e = e->next) json_put_int(j, e->number);
        json_close_array(j);
    }
    json_close_object(j);
    return true;
}

/* A 0, the number of the schema, the path to the message within it: which one it is, --type says. */
static bool unframe(struct slice *bytes)
{
    if (bytes->size == 0 || bytes->bytes[0] != 0) return true;
    if (bytes->size < 6) return false;
    struct reading r = reading_of(slice_skip(*bytes, 5));
    uint64_t count, part;
    if (!varint_take(&r.at, r.end, &count)) return false;
    for (count = (uint64_t)unfold(count); count > 0 && count <= DEPTH_MAX; count--)
        if (!varint_take(&r.at, r.end, &part)) return false;
    if (count > 0) return false;
    *bytes = slice_of((const char *)r.at, (size_t)(r.end - r.at));
    return true;
}

bool descriptor_put_json(struct text *t, struct arena *a, const struct descriptor_message *m, struct slice bytes)
{
    size_t before = t->size;
    struct json j = json_over(t);
    bool is_put = unframe(&bytes) && put_message(&j, a, m, bytes, 0) && !t->full;
    if (!is_put) {
        t->size = before;
        t->full = false;
    }
    return is_put;
}
