/* wire/message_pack.c: from domain structs to bytes, last field first, so that each length is known when it is
 * written. */
#include "base/assert.h"
#include "base/utf8.h"
#include "domain/line.h"
#include "wire/message.h"
#include "wire/varint.h"

enum {
    PACK_START = 512,
    PACK_SLACK = 1024,
    FRAME_BYTES_MAX = VARINT_BYTES_MAX + sizeof(((struct message_field *)0)->tag)
};

#define ALWAYS_INLINE inline __attribute__((always_inline))
#define MEMBER(record, offset_, type) (*(type const *)((const char *)(record) + (offset_)))

struct message_packer message_packer_in(struct arena *a, size_t bytes_max)
{
    return (struct message_packer){ .arena = a, .bytes_max = bytes_max };
}

static size_t packed_size(const struct message_packer *p)
{
    return (size_t)(p->end - p->at);
}

_Static_assert(PACK_SLACK >= WARNINGS_MAX * VARINT_BYTES_MAX,
               "room is asked for in advance, a little more than is used");

/* Bounds the memory; whether the bytes are too many, pack_bare says. */
static enum err grow(struct message_packer *p, size_t count)
{
    size_t used = packed_size(p), capacity = p->start ? 2 * (size_t)(p->end - p->start) : PACK_START;
    if (used + count > p->bytes_max + PACK_SLACK) return ERR_WIRE_TOO_LARGE;
    while (capacity < used + count) capacity *= 2;
    char *start = arena_take(p->arena, capacity), *end = start + capacity;
    if (used) memcpy(end - used, p->at, used);
    *p = (struct message_packer){ p->arena, start, end - used, end, p->bytes_max };
    return OK;
}

static inline enum err make_room(struct message_packer *p, size_t count)
{
    return (size_t)(p->at - p->start) >= count ? OK : grow(p, count);
}

/* The put_ functions write into room that was made before. */
static inline void put_varint(struct message_packer *p, uint64_t value)
{
    size_t size = value < 0x80 ? 1 : varint_size(value);
    p->at -= size;
    varint_put((uint8_t *)p->at, value);
}

static inline void put_tag(struct message_packer *p, const struct message_field *f)
{
    p->at -= f->tag_bytes;
    p->at[0] = (char)f->tag[0];
    if (f->tag_bytes > 1) p->at[1] = (char)f->tag[1];
}

/* The varint `value` in front of what was put, and the tag in front of it: a number, or the length of a value. */
static inline enum err pack_whole(struct message_packer *p, const struct message_field *f, uint64_t value)
{
    TRY(make_room(p, FRAME_BYTES_MAX));
    put_varint(p, value);
    put_tag(p, f);
    return OK;
}

/* What was put since `before` becomes the value of a field. */
static enum err close_sized(struct message_packer *p, const struct message_field *f, size_t before)
{
    return pack_whole(p, f, packed_size(p) - before);
}

static ALWAYS_INLINE enum err pack_bytes(struct message_packer *p, const struct message_field *f, const void *bytes,
                                         size_t count)
{
    TRY(make_room(p, count + FRAME_BYTES_MAX));
    p->at -= count;
    slice_write(slice_of(bytes, count), p->at);
    put_varint(p, count);
    put_tag(p, f);
    return OK;
}

/* Half of all fields; a call would be a fifth of its work. */
static ALWAYS_INLINE enum err pack_text(struct message_packer *p, const struct message_field *f, struct slice text)
{
    if (text.size > f->max) return ERR_WIRE_BOUND;
    if (!utf8_is_ascii(text) && !utf8_is_valid(text)) return ERR_WIRE_TEXT;
    return pack_bytes(p, f, text.bytes, text.size);
}

static inline enum err pack_number(struct message_packer *p, const struct message_field *f, uint64_t value)
{
    if (f->absent && value == (uint64_t)f->absent) return OK;
    return pack_whole(p, f, value);
}

static inline enum err pack_uint32(struct message_packer *p, const struct message_field *f, uint32_t value)
{
    return value > f->max ? ERR_WIRE_BOUND : pack_number(p, f, value);
}

static inline uint32_t folded(int32_t value)
{
    return (uint32_t)value << 1 ^ (value < 0 ? UINT32_MAX : 0);
}

static enum err pack_optional(struct message_packer *p, const struct message_field *f, const void *record)
{
    int64_t value = MEMBER(record, f->offset, int64_t);
    return value == 0 && !f->is_explicit ? OK : pack_whole(p, f, (uint64_t)value);
}

static inline enum err pack_word(struct message_packer *p, const struct message_field *f, const void *record)
{
    uint32_t word = MEMBER(record, f->offset, uint32_t);
    if (word > f->max) return ERR_WIRE_MALFORMED;
    return pack_whole(p, f, word);
}

static enum err pack_reason(struct message_packer *p, const struct message_field *f, const void *record)
{
    uint32_t number = MEMBER(record, f->offset, enum reason_code);
    if (!reason_is_known(number)) return ERR_WIRE_MALFORMED;
    return pack_whole(p, f, number);
}

static enum err pack_word_text(struct message_packer *p, const struct message_field *f, const void *record)
{
    uint32_t word = MEMBER(record, f->offset, uint32_t);
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
    if (!f->aside && without_trailing_zeroes(bytes, f->max) == 0) return OK;
    return pack_bytes(p, f, bytes, f->max);
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
    if (count > f->count_max) return ERR_WIRE_BOUND;
    TRY(make_room(p, (size_t)count * VARINT_BYTES_MAX));
    for (unsigned i = count; i > 0; i--) put_varint(p, numbers[i - 1]);
    return close_sized(p, f, before);
}

static enum err pack_texts(struct message_packer *p, const struct message_field *f, const void *record)
{
    struct texts texts = MEMBER(record, f->offset, struct texts);
    if (texts.count > f->count_max) return ERR_WIRE_BOUND;
    for (unsigned i = texts.count; i > 0; i--) TRY(pack_text(p, f, texts.items[i - 1]));
    return OK;
}

static enum err pack_bare(struct message_packer *p, const struct message *m, const void *record);

static enum err pack_nested(struct message_packer *p, const struct message_field *f, const void *nested)
{
    size_t before = packed_size(p);
    TRY(pack_bare(p, f->message, nested));
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
    if (f->aside) return pack_nested(p, f, part);
    if (is_zero(part, f->message->bytes)) return OK;
    TRY(pack_bare(p, f->message, part));
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

static enum err pack_structured(struct message_packer *p, const struct message_field *f, const void *record)
{
    switch (f->shape) {
    case SHAPE_WORD_TEXT: return pack_word_text(p, f, record);
    case SHAPE_HASH: return pack_hash(p, f, record);
    case SHAPE_BITS: return pack_bits(p, f, record);
    case SHAPE_NUMBERS: return pack_numbers(p, f, record);
    case SHAPE_PART: return pack_part(p, f, record);
    case SHAPE_REFERENCE: return pack_nested(p, f, MEMBER(record, f->offset, void *));
    case SHAPE_ARRAY: return pack_list(p, f, record);
    default: NEVER();
    }
}

/* A member that says something. A negative int32 goes as ten bytes: the wire sign-extends it. */
static ALWAYS_INLINE enum err pack_field(struct message_packer *p, const struct message_field *f, const void *record)
{
    switch ((enum message_step)f->step) {
    case STEP_TEXT: return pack_text(p, f, MEMBER(record, f->offset, struct slice));
    case STEP_64_BITS: return pack_number(p, f, MEMBER(record, f->offset, uint64_t));
    case STEP_INT32: return pack_number(p, f, (uint64_t)(int64_t)MEMBER(record, f->offset, int32_t));
    case STEP_SINT32: return pack_number(p, f, folded(MEMBER(record, f->offset, int32_t)));
    case STEP_UINT32: return pack_uint32(p, f, MEMBER(record, f->offset, uint32_t));
    case STEP_BOOL: return pack_number(p, f, MEMBER(record, f->offset, bool));
    case STEP_OPTIONAL: return pack_optional(p, f, record);
    case STEP_WORD: return pack_word(p, f, record);
    case STEP_REASON: return pack_reason(p, f, record);
    case STEP_TEXTS: return pack_texts(p, f, record);
    case STEP_LIST: return pack_list(p, f, record);
    case STEP_STRUCTURE: return pack_structured(p, f, record);
    }
    __builtin_unreachable();                        /* message_bind sets no other step */
}

static inline bool says_nothing(const struct message_field *f, const void *record)
{
    uint64_t eight;
    memcpy(&eight, (const char *)record + f->probe, sizeof eight);
    return (eight & f->probe_mask) == f->nothing;
}

/* The fields alone, without tag and length; ERR_WIRE_TOO_LARGE beyond bytes_max. */
static enum err pack_bare(struct message_packer *p, const struct message *m, const void *record)
{
    size_t before = packed_size(p);
    ASSERT(m->is_bound);
    if (m->check) TRY(m->check(record));
    for (const struct message_field *f = m->fields + m->field_count; f-- > m->fields;) {
        if (!says_nothing(f, record)) TRY(pack_field(p, f, record));
    }
    bool is_too_large = packed_size(p) > p->bytes_max || (m->bytes_max && packed_size(p) - before > m->bytes_max);
    return is_too_large ? ERR_WIRE_TOO_LARGE : OK;
}

enum err message_pack_field(struct message_packer *p, unsigned number, const struct message *m, const void *record)
{
    size_t before = packed_size(p);
    TRY(pack_bare(p, m, record));
    TRY(make_room(p, 2 * VARINT_BYTES_MAX));
    put_varint(p, packed_size(p) - before);
    put_varint(p, (uint64_t)number << 3 | WIRE_SIZED);
    return packed_size(p) <= p->bytes_max ? OK : ERR_WIRE_TOO_LARGE;
}

struct slice message_packed(const struct message_packer *p)
{
    return slice_of(p->at ? p->at : "", packed_size(p));
}

enum err message_encode(const struct message *m, struct arena *a, const void *record, size_t bytes_max,
                        struct slice *out)
{
    struct message_packer p = message_packer_in(a, bytes_max);
    TRY(pack_bare(&p, m, record));
    *out = message_packed(&p);
    return OK;
}
