/* wire/message_pack.c: from domain structs to bytes, last field first, so that each length is known when it is written. */
#include "base/assert.h"
#include "base/utf8.h"
#include "domain/line.h"
#include "wire/message.h"
#include "wire/varint.h"

enum { PACK_START = 512 };

#define MEMBER(record, offset_, type) (*(type const *)((const char *)(record) + (offset_)))

struct message_packer message_packer_in(struct arena *a, size_t bytes_max)
{
    return (struct message_packer){ .arena = a, .bytes_max = bytes_max };
}

static size_t packed_size(const struct message_packer *p)
{
    return (size_t)(p->end - p->at);
}

static enum err grow(struct message_packer *p, size_t count)
{
    size_t used = packed_size(p), capacity = p->start ? 2 * (size_t)(p->end - p->start) : PACK_START;
    if (count > p->bytes_max || used > p->bytes_max - count) return ERR_WIRE_TOO_LARGE;
    while (capacity < used + count) capacity *= 2;
    char *start = arena_alloc(p->arena, capacity), *end = start + capacity;
    if (used) memcpy(end - used, p->at, used);
    *p = (struct message_packer){ p->arena, start, end - used, end, p->bytes_max };
    return OK;
}

static inline enum err make_room(struct message_packer *p, size_t count)
{
    return (size_t)(p->at - p->start) >= count ? OK : grow(p, count);
}

static enum err put_bytes(struct message_packer *p, const void *bytes, size_t count)
{
    TRY(make_room(p, count));
    p->at -= count;
    if (count) memcpy(p->at, bytes, count);
    return OK;
}

static enum err put_varint(struct message_packer *p, uint64_t value)
{
    size_t size = varint_size(value);
    TRY(make_room(p, size));
    p->at -= size;
    varint_put((uint8_t *)p->at, value);
    return OK;
}

static inline enum err put_tag(struct message_packer *p, const struct message_field *f)
{
    return put_bytes(p, f->tag, f->tag_bytes);
}

static enum err pack_whole(struct message_packer *p, const struct message_field *f, uint64_t value)
{
    TRY(put_varint(p, value));
    return put_tag(p, f);
}

/* What was put since `before` becomes the value of a field. */
static enum err close_sized(struct message_packer *p, const struct message_field *f, size_t before)
{
    TRY(put_varint(p, packed_size(p) - before));
    return put_tag(p, f);
}

static enum err pack_bytes(struct message_packer *p, const struct message_field *f, const void *bytes, size_t count)
{
    size_t before = packed_size(p);
    TRY(put_bytes(p, bytes, count));
    return close_sized(p, f, before);
}

static enum err pack_text(struct message_packer *p, const struct message_field *f, struct slice text)
{
    if (text.size > f->max) return ERR_WIRE_BOUND;
    if (!utf8_is_valid(text)) return ERR_WIRE_TEXT;
    return pack_bytes(p, f, text.bytes, text.size);
}

/* A negative int32 goes as ten bytes: the wire sign-extends it. */
static uint64_t number_of(const struct message_field *f, const void *record)
{
    int32_t folded;
    switch ((ProtobufCType)f->type) {
    case PROTOBUF_C_TYPE_BOOL: return MEMBER(record, f->offset, bool);
    case PROTOBUF_C_TYPE_INT32: return (uint64_t)(int64_t)MEMBER(record, f->offset, int32_t);
    case PROTOBUF_C_TYPE_SINT32:
        folded = MEMBER(record, f->offset, int32_t);
        return (uint32_t)folded << 1 ^ (folded < 0 ? UINT32_MAX : 0);
    case PROTOBUF_C_TYPE_UINT32: return MEMBER(record, f->offset, uint32_t);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64: return MEMBER(record, f->offset, uint64_t);
    default: NEVER();
    }
}

static enum err pack_number(struct message_packer *p, const struct message_field *f, const void *record)
{
    uint64_t value = number_of(f, record);
    if (value == 0 || (f->absent && value == (uint64_t)f->absent)) return OK;
    if (f->type == PROTOBUF_C_TYPE_UINT32 && value > f->max) return ERR_WIRE_BOUND;
    return pack_whole(p, f, value);
}

static enum err pack_optional(struct message_packer *p, const struct message_field *f, const void *record)
{
    int64_t value = MEMBER(record, f->offset, int64_t);
    if (!MEMBER(record, f->aside, bool) || (value == 0 && !f->is_explicit)) return OK;
    return pack_whole(p, f, (uint64_t)value);
}

static enum err pack_word(struct message_packer *p, const struct message_field *f, const void *record)
{
    uint32_t word = MEMBER(record, f->offset, uint32_t);
    if (word == 0) return OK;
    if (word > f->max) return ERR_WIRE_MALFORMED;
    return pack_whole(p, f, word);
}

static enum err pack_reason(struct message_packer *p, const struct message_field *f, const void *record)
{
    uint32_t number = MEMBER(record, f->offset, enum reason_code);
    if (number == 0) return OK;
    if (!reason_is_known(number)) return ERR_WIRE_MALFORMED;
    return pack_whole(p, f, number);
}

static enum err pack_word_text(struct message_packer *p, const struct message_field *f, const void *record)
{
    uint32_t word = MEMBER(record, f->offset, uint32_t);
    if (word == 0) return OK;
    if (word >= (uint32_t)word_count(f->words)) return ERR_WIRE_MALFORMED;
    struct slice text = word_text(f->words, (int)word);
    return pack_bytes(p, f, text.bytes, text.size);
}

static size_t without_trailing_zeroes(const uint8_t *bytes, size_t size)
{
    while (size && bytes[size - 1] == 0) size--;
    return size;
}

static enum err pack_hash(struct message_packer *p, const struct message_field *f, const void *record)
{
    const uint8_t *bytes = &MEMBER(record, f->offset, uint8_t);
    bool is_given = f->aside ? MEMBER(record, f->aside, bool) : without_trailing_zeroes(bytes, f->max) > 0;
    return is_given ? pack_bytes(p, f, bytes, f->max) : OK;
}

static enum err pack_bits(struct message_packer *p, const struct message_field *f, const void *record)
{
    const uint8_t *bytes = &MEMBER(record, f->offset, uint8_t);
    size_t size = without_trailing_zeroes(bytes, f->max);
    return size ? pack_bytes(p, f, bytes, size) : OK;
}

static enum err pack_numbers(struct message_packer *p, const struct message_field *f, const void *record)
{
    unsigned count = MEMBER(record, f->aside, unsigned);
    const uint32_t *numbers = MEMBER(record, f->offset, uint32_t *);
    size_t before = packed_size(p);
    if (count == 0) return OK;
    if (count > f->count_max) return ERR_WIRE_BOUND;
    for (unsigned i = count; i > 0; i--) TRY(put_varint(p, numbers[i - 1]));
    return close_sized(p, f, before);
}

static enum err pack_texts(struct message_packer *p, const struct message_field *f, const void *record)
{
    struct texts texts = MEMBER(record, f->offset, struct texts);
    if (texts.count > f->count_max) return ERR_WIRE_BOUND;
    for (unsigned i = texts.count; i > 0; i--) TRY(pack_text(p, f, texts.items[i - 1]));
    return OK;
}

static enum err pack_nested(struct message_packer *p, const struct message_field *f, const void *nested)
{
    size_t before = packed_size(p);
    TRY(message_pack(p, f->message, nested));
    return close_sized(p, f, before);
}

static bool is_zero(const char *bytes, size_t size)
{
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0;
}

/* A part in place that says nothing is left out; its required members are asked for only when it says something. */
static enum err pack_part(struct message_packer *p, const struct message_field *f, const void *record)
{
    const char *part = (const char *)record + f->offset;
    size_t before = packed_size(p);
    if (f->aside) return MEMBER(record, f->aside, bool) ? pack_nested(p, f, part) : OK;
    if (is_zero(part, f->message->bytes)) return OK;
    TRY(message_pack(p, f->message, part));
    return packed_size(p) > before ? close_sized(p, f, before) : OK;
}

static enum err pack_list(struct message_packer *p, const struct message_field *f, const void *record)
{
    unsigned count = MEMBER(record, f->aside, unsigned);
    const char *items = f->shape == SHAPE_ARRAY ? (const char *)record + f->offset : MEMBER(record, f->offset, char *);
    if (count > f->count_max) return ERR_WIRE_BOUND;
    for (unsigned i = count; i > 0; i--) TRY(pack_nested(p, f, items + (i - 1) * f->message->bytes));
    return OK;
}

static enum err pack_field(struct message_packer *p, const struct message_field *f, const void *record)
{
    switch (f->shape) {
    case SHAPE_NUMBER: return pack_number(p, f, record);
    case SHAPE_OPTIONAL: return pack_optional(p, f, record);
    case SHAPE_WORD: return pack_word(p, f, record);
    case SHAPE_WORD_TEXT: return pack_word_text(p, f, record);
    case SHAPE_REASON: return pack_reason(p, f, record);
    case SHAPE_TEXT: return MEMBER(record, f->offset, struct slice).size ? pack_text(p, f, MEMBER(record, f->offset, struct slice)) : OK;
    case SHAPE_HASH: return pack_hash(p, f, record);
    case SHAPE_BITS: return pack_bits(p, f, record);
    case SHAPE_NUMBERS: return pack_numbers(p, f, record);
    case SHAPE_TEXTS: return pack_texts(p, f, record);
    case SHAPE_PART: return pack_part(p, f, record);
    case SHAPE_REFERENCE: return MEMBER(record, f->offset, void *) ? pack_nested(p, f, MEMBER(record, f->offset, void *)) : OK;
    case SHAPE_LIST:
    case SHAPE_ARRAY: return pack_list(p, f, record);
    }
    NEVER();
}

enum err message_pack(struct message_packer *p, const struct message *m, const void *record)
{
    ASSERT(m->is_bound);
    if (m->check) TRY(m->check(record));
    for (unsigned i = m->field_count; i > 0; i--) TRY(pack_field(p, &m->fields[i - 1], record));
    return packed_size(p) <= p->bytes_max ? OK : ERR_WIRE_TOO_LARGE;
}

enum err message_pack_field(struct message_packer *p, unsigned number, const struct message *m, const void *record)
{
    size_t before = packed_size(p);
    TRY(message_pack(p, m, record));
    TRY(put_varint(p, packed_size(p) - before));
    TRY(put_varint(p, (uint64_t)number << 3 | WIRE_SIZED));
    return packed_size(p) <= p->bytes_max ? OK : ERR_WIRE_TOO_LARGE;
}

struct slice message_packed(const struct message_packer *p)
{
    return slice_of(p->at ? p->at : "", packed_size(p));
}

enum err message_encode(const struct message *m, struct arena *a, const void *record, size_t bytes_max, struct slice *out)
{
    struct message_packer p = message_packer_in(a, bytes_max);
    TRY(message_pack(&p, m, record));
    *out = message_packed(&p);
    return OK;
}
