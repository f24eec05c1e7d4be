/* wire/message_json.c: a walk over protobuf-c's descriptors. */
#include "wire/message_json.h"

#include "base/assert.h"
#include "claimstream/v1/dossier.pb-c.h"
#include "claimstream/v1/partner.pb-c.h"
#include "claimstream/v1/payout.pb-c.h"
#include "claimstream/v1/reference.pb-c.h"
#include "claimstream/v1/review.pb-c.h"
#include "domain/calendar.h"
#include "domain/reason.h"
#include "wire/json_text.h"
#include "wire/masking.h"
#include "wire/messages.h"

#include <stdio.h>

enum { NAME_BYTES = 128 };
#define INSTANT_END_MS INT64_C(4102444800000)       /* of the year 2099 */

static const struct { const ProtobufCMessageDescriptor *descriptor; size_t bytes_max; } kinds[MESSAGE_JSON_COUNT] = {
    [MESSAGE_JSON_SUBMISSION] = { &claimstream__v1__submission__descriptor, SUBMISSION_BYTES_MAX },
    [MESSAGE_JSON_DOSSIER]    = { &claimstream__v1__dossier__descriptor, DOSSIER_BYTES_MAX },
    [MESSAGE_JSON_PAYOUT]     = { &claimstream__v1__payout__descriptor, DOSSIER_BYTES_MAX },
    [MESSAGE_JSON_PARTNER]    = { &claimstream__v1__partner__descriptor, REFERENCE_BYTES_MAX },
    [MESSAGE_JSON_REFERENCE]  = { &claimstream__v1__reference__descriptor, REFERENCE_BYTES_MAX },
    [MESSAGE_JSON_REVIEW]     = { &claimstream__v1__review__descriptor, DOSSIER_BYTES_MAX },
};

/* The library recurses into nested messages: deeper ones than ours are refused before it looks. */
static bool is_bounded(const ProtobufCMessageDescriptor *d, struct slice bytes, unsigned depth)
{
    enum err e = OK;
    struct message_cursor c = message_cursor_over(bytes);
    while (message_next(&c, &e)) {
        const ProtobufCFieldDescriptor *f = protobuf_c_message_descriptor_get_field(d, c.number);
        if (!f || f->type != PROTOBUF_C_TYPE_MESSAGE || c.wire_type != WIRE_SIZED) continue;
        if (depth == MESSAGE_DEPTH_MAX || !is_bounded(f->descriptor, c.value, depth + 1)) return false;
    }
    return e == OK;
}

/* --- values --- */

/* What is hidden of the record; is_about: of a finding about a person. NULL: nothing is. */
struct mask { struct masking_persons persons; bool is_about; };

struct walk {
    struct json                    *json;
    struct mask                    *mask;
    const ProtobufCMessage         *message;
    const ProtobufCFieldDescriptor *field;
};

static bool ends_with(const char *name, const char *suffix)
{
    return slice_ends_with(slice_from(name), slice_from(suffix));
}

/* The text of a sibling field, empty when there is none. */
static struct slice sibling(const ProtobufCMessage *m, struct slice name)
{
    for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
        if (f->type == PROTOBUF_C_TYPE_STRING && f->label == PROTOBUF_C_LABEL_NONE
            && slice_equal(slice_from(f->name), name))
            return slice_from(*(char *const *)((const char *)m + f->offset));
    }
    return (struct slice){ 0 };
}

/* The currency of <prefix>amount_minor is <prefix>currency, else `currency`. */
static struct slice currency_of(const struct walk *w)
{
    char buffer[NAME_BYTES];
    struct text name = text_over(buffer, sizeof buffer);
    struct slice own = slice_from(w->field->name), tail = SLICE("amount_minor");
    if (slice_ends_with(own, tail)) text_put(&name, slice_head(own, own.size - tail.size));
    PUT(&name, "currency");
    struct slice currency = sibling(w->message, text_slice(&name));
    return currency.size ? currency : sibling(w->message, SLICE("currency"));
}

static void put_name(const struct walk *w, const char *suffix)
{
    struct slice name = slice_from(w->field->name);
    json_name(w->json, slice_head(name, name.size - strlen(suffix)));
}

static void put_number(struct json *j, int64_t value)
{
    json_put_int(j, value);
}

static void put_wide_number(const struct walk *w, int64_t value)
{
    char buffer[32];
    struct text t = text_over(buffer, sizeof buffer);
    text_put_int(&t, value);
    json_put_text(w->json, text_slice(&t));
}

/* A number with a unit in its name. False: it has none. */
static bool put_unit(const struct walk *w, int64_t value)
{
    const char *name = w->field->name;
    char own[NAME_BYTES];
    static const struct { const char *suffix; unsigned scale; } scales[] = { { "_milli", 3 }, { "_micros", 6 } };
    for (unsigned i = 0; i < sizeof scales / sizeof scales[0]; i++) {
        if (!ends_with(name, scales[i].suffix)) continue;
        snprintf(own, sizeof own, "%.*s", (int)(strlen(name) - strlen(scales[i].suffix)), name);
        json_decimal(w->json, own, value, scales[i].scale);
        return true;
    }
    if (ends_with(name, "_unix_ms") && value >= 0 && value < INSTANT_END_MS) {
        snprintf(own, sizeof own, "%.*s", (int)(strlen(name) - strlen("_unix_ms")), name);
        json_instant(w->json, own, value);
        return true;
    }
    struct slice currency = ends_with(name, "_minor") ? currency_of(w) : (struct slice){ 0 };
    if (!currency.size) return false;
    snprintf(own, sizeof own, "%.*s", (int)(strlen(name) - strlen("_minor")), name);
    json_money(w->json, own, value, currency);
    return true;
}

static bool is_date(int64_t value)
{
    return value >= DATE_MIN && value <= DATE_MAX && date_is_valid((int32_t)value);
}

static bool is_reason(const struct walk *w)
{
    if (strcmp(w->field->name, "reason") == 0) return true;
    return strcmp(w->field->name, "number") == 0 && w->message->descriptor == &claimstream__v1__reason__descriptor;
}

static void put_int32(const struct walk *w, int64_t value)
{
    if (w->field->type == PROTOBUF_C_TYPE_INT32 && is_date(value)) json_date(w->json, w->field->name, (int32_t)value);
    else if (is_reason(w) && reason_is_known((unsigned)value))
        json_text(w->json, "reason", reason_name((enum reason_code)value));
    else json_int(w->json, w->field->name, value);
}

/* Words without the name of their enum in front: OUTCOME_PASS is PASS. */
static struct slice enum_word(const ProtobufCFieldDescriptor *f, int value)
{
    const ProtobufCEnumDescriptor *d = f->descriptor;
    const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(d, value);
    struct slice unspecified = slice_from(d->values[0].name), word = slice_from(v ? v->name : "");
    size_t prefix = unspecified.size >= 11 ? unspecified.size - 11 : 0;     /* UNSPECIFIED */
    return word.size > prefix ? slice_skip(word, prefix) : word;
}

static void put_bytes(struct json *j, const char *name, const ProtobufCBinaryData *b)
{
    static const char digits[] = "0123456789abcdef";
    char hex[2 * 64];
    size_t size = b->len < sizeof hex / 2 ? b->len : sizeof hex / 2;
    for (size_t i = 0; i < size; i++) {
        hex[2 * i] = digits[b->data[i] >> 4];
        hex[2 * i + 1] = digits[b->data[i] & 15];
    }
    if (name) json_text(j, name, slice_of(hex, 2 * size));
    else json_put_text(j, slice_of(hex, 2 * size));
}

static void put_message(struct json *j, struct mask *mask, const ProtobufCMessage *m);

/* --- what is hidden --- */

static bool is_person(const ProtobufCMessage *m)
{
    if (m->descriptor != &claimstream__v1__party__descriptor) return false;
    const Claimstream__V1__Party *p = (const Claimstream__V1__Party *)m;
    return masking_is_person((enum party_kind)p->kind, p->birth_year);
}

/* Of a finding about a person the party's name and key, and how they align with the list; the entry's id stays. */
static bool hides_evidence(const struct walk *w)
{
    const Claimstream__V1__Evidence *e = (const Claimstream__V1__Evidence *)w->message;
    if (!w->mask->is_about) return false;
    if (e->kind == CLAIMSTREAM__V1__EVIDENCE_KIND__EVIDENCE_KIND_PARTY) return true;
    return e->kind == CLAIMSTREAM__V1__EVIDENCE_KIND__EVIDENCE_KIND_LIST_ENTRY && strcmp(w->field->name, "text") == 0;
}

static bool hides(const struct walk *w, struct slice value)
{
    const ProtobufCMessageDescriptor *d = w->message->descriptor;
    if (!w->mask) return false;
    enum masking_class class = masking_class_of(slice_from(d->short_name), slice_from(w->field->name));
    if (class >= MASKING_PERSON || masking_has(&w->mask->persons, value)) return true;
    if (class != MASKING_OF_PARTY) return false;
    if (d == &claimstream__v1__evidence__descriptor) return hides_evidence(w);
    return is_person(w->message) || (w->mask->persons.is_full && d != &claimstream__v1__party__descriptor);
}

static void put_string(const struct walk *w, struct slice value)
{
    if (!hides(w, value)) {
        json_put_text(w->json, value);
        return;
    }
    char buffer[NAME_BYTES];
    struct text hidden = text_over(buffer, sizeof buffer);
    masking_put(&hidden, value);
    json_put_text(w->json, hidden.full ? SLICE("****") : text_slice(&hidden));
}

/* Whether a rule's finding is about a person, as its evidence names the party. */
static bool is_about_person(const struct mask *mask, const ProtobufCMessage *m)
{
    const Claimstream__V1__RuleResult *r = (const Claimstream__V1__RuleResult *)m;
    for (size_t i = 0; i < r->n_evidence; i++)
        if (r->evidence[i]->kind == CLAIMSTREAM__V1__EVIDENCE_KIND__EVIDENCE_KIND_PARTY
            && masking_is_about(&mask->persons, slice_from(r->evidence[i]->id)))
            return true;
    return false;
}

static void add_party(struct masking_persons *p, const Claimstream__V1__Party *party)
{
    if (!party || !is_person(&party->base)) return;
    const char *const texts[] = { party->name,    party->id,   party->key,
                                  party->address, party->city, party->postal_code };
    for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++) masking_add(p, slice_from(texts[i]));
}

static void add_submission(struct masking_persons *p, const Claimstream__V1__Submission *s)
{
    const Claimstream__V1__Party *const parties[] = { s->sold_to, s->end_customer, s->ship_to, s->vendor };
    for (unsigned i = 0; i < sizeof parties / sizeof parties[0]; i++) add_party(p, parties[i]);
    for (size_t i = 0; s->agreement && i < s->agreement->n_customers; i++) add_party(p, s->agreement->customers[i]);
    if (s->roster) masking_add(p, slice_from(s->roster->name));
    p->rep_id = slice_from(s->rep_id);
}

static void find_persons(struct masking_persons *p, const ProtobufCMessage *m)
{
    if (m->descriptor == &claimstream__v1__submission__descriptor)
        add_submission(p, (const Claimstream__V1__Submission *)m);
    if (m->descriptor != &claimstream__v1__dossier__descriptor) return;
    const Claimstream__V1__Dossier *d = (const Claimstream__V1__Dossier *)m;
    for (size_t i = 0; i < d->n_submission; i++) add_submission(p, d->submission[i]);
}

/* --- members --- */

static int64_t read_number(const ProtobufCFieldDescriptor *f, const void *at)
{
    switch (f->type) {
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32: return *(const uint32_t *)at;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64: return *(const int64_t *)at;
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64: return (int64_t)*(const uint64_t *)at;
    default: return *(const int32_t *)at;
    }
}

static bool is_wide(const ProtobufCFieldDescriptor *f)
{
    return f->type == PROTOBUF_C_TYPE_INT64 || f->type == PROTOBUF_C_TYPE_SINT64 || f->type == PROTOBUF_C_TYPE_UINT64;
}

/* A year of birth has no more than the four characters that are shown of a text: it is left out. */
static bool hides_number(const struct walk *w)
{
    return w->mask && is_person(w->message) && strcmp(w->field->name, "birth_year") == 0;
}

/* A member with its name, left out when it says nothing and is not `explicit_zero`. */
static void put_member(const struct walk *w, const void *at, bool explicit_zero)
{
    const ProtobufCFieldDescriptor *f = w->field;
    if (f->type == PROTOBUF_C_TYPE_MESSAGE) {
        if (!*(ProtobufCMessage *const *)at) return;
        put_name(w, "");
        put_message(w->json, w->mask, *(ProtobufCMessage *const *)at);
    } else if (f->type == PROTOBUF_C_TYPE_STRING) {
        if (!**(char *const *)at) return;
        put_name(w, "");
        put_string(w, slice_from(*(char *const *)at));
    } else if (f->type == PROTOBUF_C_TYPE_BYTES) {
        put_bytes(w->json, f->name, at);
    } else if (f->type == PROTOBUF_C_TYPE_BOOL) {
        json_flag(w->json, f->name, *(const protobuf_c_boolean *)at);
    } else if (f->type == PROTOBUF_C_TYPE_ENUM) {
        if (*(const int *)at) json_text(w->json, f->name, enum_word(f, *(const int *)at));
    } else {
        int64_t value = read_number(f, at);
        if ((value == 0 && !explicit_zero) || hides_number(w)) return;
        if (!is_wide(f)) put_int32(w, value);
        else if (!put_unit(w, value)) {
            put_name(w, "");
            put_wide_number(w, value);
        }
    }
}

static size_t element_bytes(const ProtobufCFieldDescriptor *f)
{
    switch (f->type) {
    case PROTOBUF_C_TYPE_MESSAGE:
    case PROTOBUF_C_TYPE_STRING: return sizeof(void *);
    case PROTOBUF_C_TYPE_BYTES:  return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_BOOL:   return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_ENUM:   return sizeof(int);
    default:                     return is_wide(f) ? sizeof(int64_t) : sizeof(int32_t);
    }
}

static void put_element(const struct walk *w, const void *at)
{
    struct json *j = w->json;
    const ProtobufCFieldDescriptor *f = w->field;
    switch (f->type) {
    case PROTOBUF_C_TYPE_MESSAGE: put_message(j, w->mask, *(ProtobufCMessage *const *)at); return;
    case PROTOBUF_C_TYPE_STRING:  put_string(w, slice_from(*(char *const *)at)); return;
    case PROTOBUF_C_TYPE_BYTES:   put_bytes(j, NULL, at); return;
    case PROTOBUF_C_TYPE_ENUM:    json_put_text(j, enum_word(f, *(const int *)at)); return;
    default:                      put_number(j, read_number(f, at)); return;
    }
}

static void put_list(const struct walk *w)
{
    const char *base = (const char *)w->message;
    size_t count = *(const size_t *)(base + w->field->quantifier_offset), size = element_bytes(w->field);
    const char *items = *(char *const *)(base + w->field->offset);
    if (!count) return;
    put_name(w, "");
    json_open_array(w->json);
    for (size_t i = 0; i < count; i++) put_element(w, items + i * size);
    json_close_array(w->json);
}

static void put_field(const struct walk *w)
{
    const char *base = (const char *)w->message;
    bool in_oneof = (w->field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
    if (w->field->label == PROTOBUF_C_LABEL_REPEATED) put_list(w);
    else if (!in_oneof) put_member(w, base + w->field->offset, false);
    else if (*(const uint32_t *)(base + w->field->quantifier_offset) == w->field->id)
        put_member(w, base + w->field->offset, true);
}

static void put_message(struct json *j, struct mask *mask, const ProtobufCMessage *m)
{
    bool is_finding = mask && m->descriptor == &claimstream__v1__rule_result__descriptor;
    if (is_finding) mask->is_about = is_about_person(mask, m);
    json_open_object(j);
    for (unsigned i = 0; i < m->descriptor->n_fields; i++)
        put_field(&(struct walk){ j, mask, m, &m->descriptor->fields[i] });
    json_close_object(j);
    if (is_finding) mask->is_about = false;
}

bool message_json_put(struct text *t, enum message_json_kind kind, struct slice bytes, bool is_masked)
{
    ASSERT(kind < MESSAGE_JSON_COUNT);
    if (bytes.size == 0 || bytes.size > kinds[kind].bytes_max || !is_bounded(kinds[kind].descriptor, bytes, 0))
        return false;
    ProtobufCMessage *m =
        protobuf_c_message_unpack(kinds[kind].descriptor, NULL, bytes.size, (const uint8_t *)bytes.bytes);
    if (!m) return false;
    struct json j = json_over(t);
    struct mask mask = { .is_about = false };
    if (is_masked) find_persons(&mask.persons, m);
    put_message(&j, is_masked ? &mask : NULL, m);
    protobuf_c_message_free_unpacked(m, NULL);
    return true;
}

/* --- what there can be --- */

struct members { message_json_visit *visit; void *context; struct text path; unsigned depth; };

static bool has_field(const ProtobufCMessageDescriptor *d, struct slice prefix, const char *name)
{
    char buffer[NAME_BYTES];
    struct text t = text_over(buffer, sizeof buffer - 1);
    text_put(&t, prefix);
    text_put(&t, slice_from(name));
    buffer[t.size] = 0;
    return protobuf_c_message_descriptor_get_field_by_name(d, buffer) != NULL;
}

/* What put_unit cuts off the name, and what the value is then. */
static struct slice unit_of(const ProtobufCMessageDescriptor *d, const ProtobufCFieldDescriptor *f, struct slice *type)
{
    struct slice name = slice_from(f->name), tail = SLICE("amount_minor"), prefix = name;
    prefix.size -= slice_ends_with(name, tail) ? tail.size : name.size;
    if (ends_with(f->name, "_milli") || ends_with(f->name, "_micros")) {
        *type = SLICE("decimal as text");
        return ends_with(f->name, "_milli") ? SLICE("_milli") : SLICE("_micros");
    }
    if (ends_with(f->name, "_unix_ms")) {
        *type = SLICE("instant, RFC 3339");
        return SLICE("_unix_ms");
    }
    *type = SLICE("whole number as text");
    if (!ends_with(f->name, "_minor")) return SLICE("");
    bool has_currency = has_field(d, prefix, "currency") || has_field(d, SLICE(""), "currency");
    *type = has_currency ? SLICE("money as text") : SLICE("minor units as text");
    return has_currency ? SLICE("_minor") : SLICE("");
}

/* Of the signed numbers of 32 bits those that are no dates. */
static bool is_count(const char *name)
{
    return ends_with(name, "points") || ends_with(name, "score") || ends_with(name, "birth_year");
}

static struct slice type_of(const ProtobufCFieldDescriptor *f)
{
    switch (f->type) {
    case PROTOBUF_C_TYPE_MESSAGE: return SLICE("object");
    case PROTOBUF_C_TYPE_STRING:  return SLICE("text");
    case PROTOBUF_C_TYPE_BYTES:   return SLICE("hexadecimal digits");
    case PROTOBUF_C_TYPE_BOOL:    return SLICE("true or false");
    case PROTOBUF_C_TYPE_ENUM:    return SLICE("word");
    case PROTOBUF_C_TYPE_INT32:   return is_count(f->name) ? SLICE("whole number") : SLICE("date, ISO");
    default:                      return SLICE("whole number");
    }
}

static void visit_members(struct members *m, const ProtobufCMessageDescriptor *d);

static void visit_member(struct members *m, const ProtobufCMessageDescriptor *d, const ProtobufCFieldDescriptor *f)
{
    enum { DEPTH_MAX = 4 };                         /* owners of owners go on for ever */
    size_t before = m->path.size;
    struct slice name = slice_from(f->name), type = type_of(f), unit = { 0 };
    if (is_wide(f)) unit = unit_of(d, f, &type);
    bool is_reason = f->type == PROTOBUF_C_TYPE_UINT32 && d == &claimstream__v1__reason__descriptor
                     && strcmp(f->name, "number") == 0;
    if (before) text_put_byte(&m->path, '.');
    text_put(&m->path, is_reason ? SLICE("reason") : slice_head(name, name.size - unit.size));
    if (f->label == PROTOBUF_C_LABEL_REPEATED) PUT(&m->path, "[]");
    if (is_reason || strcmp(f->name, "reason") == 0) type = SLICE("name of a reason");
    m->visit(m->context, text_slice(&m->path), type);
    if (f->type == PROTOBUF_C_TYPE_MESSAGE && m->depth < DEPTH_MAX) visit_members(m, f->descriptor);
    m->path.size = before;
}

static void visit_members(struct members *m, const ProtobufCMessageDescriptor *d)
{
    m->depth++;
    for (unsigned i = 0; i < d->n_fields; i++) visit_member(m, d, &d->fields[i]);
    m->depth--;
}

void message_json_members(enum message_json_kind kind, message_json_visit *visit, void *context)
{
    char path[8 * NAME_BYTES];
    struct members m = { .visit = visit, .context = context, .path = text_over(path, sizeof path) };
    ASSERT(kind < MESSAGE_JSON_COUNT);
    visit_members(&m, kinds[kind].descriptor);
}
