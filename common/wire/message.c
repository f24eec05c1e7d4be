/* wire/message.c: binds tables to the generated descriptors. */
#include "wire/message.h"

#include "base/assert.h"
#include "domain/line.h"
#include "wire/varint.h"

static uint8_t wire_type_of(const ProtobufCFieldDescriptor *wire)
{
    switch (wire->type) {
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE: return WIRE_SIZED;
    default: return WIRE_VARINT;
    }
}

static size_t number_bytes(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_BOOL: return sizeof(bool);
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_UINT32: return sizeof(uint32_t);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64: return sizeof(uint64_t);
    default: NEVER();
    }
}

static bool is_repeated(unsigned shape)
{
    return shape == SHAPE_NUMBERS || shape == SHAPE_TEXTS || shape == SHAPE_LIST || shape == SHAPE_ARRAY;
}

static void check_nested(const struct message_field *f, const ProtobufCFieldDescriptor *wire)
{
    ASSERT(wire->type == PROTOBUF_C_TYPE_MESSAGE && f->message->descriptor == wire->descriptor);
    if (f->shape == SHAPE_PART) ASSERT(f->member_bytes == f->message->bytes);
    else if (f->shape == SHAPE_ARRAY) ASSERT(f->member_bytes == f->message->bytes * f->count_max);
    else ASSERT(f->member_bytes == sizeof(void *));
}

/* Whether the member of the struct can hold what the field of the .proto carries. */
static void check_shape(const struct message_field *f, const ProtobufCFieldDescriptor *wire)
{
    switch ((enum message_shape)f->shape) {
    case SHAPE_NUMBER: ASSERT(f->member_bytes == number_bytes(wire->type)); break;
    case SHAPE_OPTIONAL:
        ASSERT(wire->type == PROTOBUF_C_TYPE_INT64 && f->member_bytes == sizeof(int64_t) && f->aside);
        break;
    case SHAPE_WORD:
        ASSERT(wire->type == PROTOBUF_C_TYPE_ENUM && f->member_bytes == sizeof(uint32_t));
        ASSERT(((const ProtobufCEnumDescriptor *)wire->descriptor)->n_values == f->max + 1);
        break;
    case SHAPE_REASON:
        ASSERT(wire->type == PROTOBUF_C_TYPE_UINT32 && f->member_bytes == sizeof(enum reason_code));
        break;
    case SHAPE_WORD_TEXT: ASSERT(wire->type == PROTOBUF_C_TYPE_STRING && f->member_bytes == sizeof(uint32_t)); break;
    case SHAPE_TEXT: ASSERT(wire->type == PROTOBUF_C_TYPE_STRING && f->member_bytes == sizeof(struct slice)); break;
    case SHAPE_TEXTS: ASSERT(wire->type == PROTOBUF_C_TYPE_STRING && f->member_bytes == 2 * sizeof(void *)); break;
    case SHAPE_HASH:
    case SHAPE_BITS: ASSERT(wire->type == PROTOBUF_C_TYPE_BYTES && f->member_bytes == f->max); break;
    case SHAPE_NUMBERS:
        ASSERT(wire->type == PROTOBUF_C_TYPE_UINT32 && f->member_bytes == sizeof(void *) && f->aside);
        break;
    case SHAPE_PART:
    case SHAPE_REFERENCE:
    case SHAPE_LIST:
    case SHAPE_ARRAY: check_nested(f, wire); break;
    }
    ASSERT(is_repeated(f->shape) == (wire->label == PROTOBUF_C_LABEL_REPEATED));
}

/* Eight bytes of the record around `bytes` of them, none of which lies outside of it. */
static void set_probe(const struct message *m, struct message_field *f, size_t offset, size_t bytes)
{
    size_t from = offset + sizeof f->probe_mask <= m->bytes ? offset : m->bytes - sizeof f->probe_mask;
    uint8_t mask[sizeof f->probe_mask] = { 0 };
    ASSERT(m->bytes >= sizeof mask && offset - from + bytes <= sizeof mask && from <= UINT16_MAX);
    memset(mask + (offset - from), UINT8_MAX, bytes);
    memcpy(&f->probe_mask, mask, sizeof mask);
    f->probe = (uint16_t)from;
}

/* Most members of most records say nothing; packing passes them by with one look. */
static void find_probe(const struct message *m, struct message_field *f)
{
    switch ((enum message_shape)f->shape) {
    case SHAPE_NUMBER:
    case SHAPE_WORD:
    case SHAPE_WORD_TEXT:
    case SHAPE_REASON:
    case SHAPE_REFERENCE: set_probe(m, f, f->offset, f->member_bytes); break;
    case SHAPE_TEXT: set_probe(m, f, f->offset + offsetof(struct slice, size), sizeof(size_t)); break;
    case SHAPE_TEXTS: set_probe(m, f, f->offset + offsetof(struct texts, count), sizeof(unsigned)); break;
    case SHAPE_NUMBERS:
    case SHAPE_LIST:
    case SHAPE_ARRAY: set_probe(m, f, f->aside, sizeof(unsigned)); break;
    case SHAPE_OPTIONAL: set_probe(m, f, f->aside, sizeof(bool)); break;
    case SHAPE_HASH:
    case SHAPE_PART:
        if (f->aside) set_probe(m, f, f->aside, sizeof(bool));
        break;
    case SHAPE_BITS: break;
    }
    f->nothing = f->probe_mask == 0;
}

/* A list of names with a blank between. */
static bool names(const char *list, const char *name)
{
    for (struct slice rest = slice_from(list); rest.size;)
        if (slice_equal(slice_cut(&rest, ' '), slice_from(name))) return true;
    return false;
}

static enum message_step step_of_number(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_BOOL: return STEP_BOOL;
    case PROTOBUF_C_TYPE_INT32: return STEP_INT32;
    case PROTOBUF_C_TYPE_SINT32: return STEP_SINT32;
    case PROTOBUF_C_TYPE_UINT32: return STEP_UINT32;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64: return STEP_64_BITS;
    default: NEVER();
    }
}

static enum message_step step_of(const struct message_field *f)
{
    switch ((enum message_shape)f->shape) {
    case SHAPE_NUMBER: return step_of_number((ProtobufCType)f->type);
    case SHAPE_TEXT: return STEP_TEXT;
    case SHAPE_WORD: return STEP_WORD;
    case SHAPE_REASON: return STEP_REASON;
    case SHAPE_OPTIONAL: return STEP_OPTIONAL;
    case SHAPE_TEXTS: return STEP_TEXTS;
    case SHAPE_LIST: return STEP_LIST;
    default: return STEP_STRUCTURE;
    }
}

static void bind_field(struct message *m, struct message_field *f)
{
    const ProtobufCFieldDescriptor *wire = protobuf_c_message_descriptor_get_field_by_name(m->descriptor, f->name);
    ASSERT(wire != NULL && wire->id < MESSAGE_NUMBERS_MAX);
    f->number = (uint8_t)wire->id;
    f->type = (uint8_t)wire->type;
    f->wire_type = f->shape == SHAPE_NUMBERS ? WIRE_SIZED : wire_type_of(wire);
    f->is_explicit = (wire->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
    f->tag_bytes = (uint8_t)varint_put(f->tag, (uint64_t)wire->id << 3 | f->wire_type);
    f->is_passed_over = (m->outline && !names(m->outline, f->name)) || (f->message && f->message->is_detail);
    f->step = (uint8_t)step_of(f);
    check_shape(f, wire);
    find_probe(m, f);
}

/* An outline that names what is no field would lose it in silence. */
static bool outline_is_known(const struct message *m)
{
    unsigned known = 0, named = 0;
    for (unsigned i = 0; i < m->field_count; i++) known += names(m->outline, m->fields[i].name);
    for (struct slice rest = slice_from(m->outline); rest.size; named++) (void)slice_cut(&rest, ' ');
    return known == named;
}

static void sort_by_number(struct message *m)
{
    for (unsigned i = 1; i < m->field_count; i++)
        for (unsigned k = i; k > 0 && m->fields[k - 1].number > m->fields[k].number; k--) {
            struct message_field moved = m->fields[k];
            m->fields[k] = m->fields[k - 1];
            m->fields[k - 1] = moved;
        }
}

_Static_assert(sizeof(struct message_field) == 64, "a row is one line of the cache");
_Static_assert((int)MESSAGE_NUMBERS_MAX <= UINT8_MAX && (int)VOCABULARY_COUNT <= UINT8_MAX,
               "numbers of rows are bytes");

void message_bind(struct message *m)
{
    if (m->is_bound) return;
    m->is_bound = true;
    ASSERT(m->field_count == m->descriptor->n_fields && m->field_count < UINT8_MAX);
    ASSERT(outline_is_known(m));
    for (unsigned i = 0; i < m->field_count; i++) bind_field(m, &m->fields[i]);
    sort_by_number(m);
    for (unsigned i = 0; i < m->field_count; i++) {
        ASSERT(m->by_number[m->fields[i].number] == 0);
        m->by_number[m->fields[i].number] = (uint8_t)(i + 1);
        unsigned tag = (unsigned)m->fields[i].number << 3 | m->fields[i].wire_type;
        m->by_tag[tag] = (uint8_t)(i + 1);
        if (!m->fields[i].is_passed_over) m->by_tag_of_outline[tag] = (uint8_t)(i + 1);
        if (m->fields[i].absent && m->defaults_to == 0) m->defaults_from = i;
        if (m->fields[i].absent) m->defaults_to = i + 1;
        if (m->fields[i].message) message_bind(m->fields[i].message);
    }
}
