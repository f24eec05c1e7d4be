/* wire/message_decode.c: from bytes straight into domain structs, checking everything on the way. */
#include "base/assert.h"
#include "base/utf8.h"
#include "domain/line.h"
#include "wire/message.h"
#include "wire/varint.h"

struct decoder {
    struct arena *arena;
    size_t        floor;                            /* arena->used before what counts */
    size_t        tags;                             /* offset in struct message of fields by tag: all or an outline */
    unsigned      depth;
};

#define ALWAYS_INLINE inline __attribute__((always_inline))
#define MEMBER(record, offset_, type) (*(type *)((char *)(record) + (offset_)))

static enum err decode_message(struct decoder *d, const struct message *m, struct slice bytes, void *record);

/* Memory for what bytes announce; hostile ones may announce far more than they bring. */
static void *room_for(struct decoder *d, size_t count, size_t bytes)
{
    size_t need = count * bytes;
    if (d->arena->used - d->floor + need > MESSAGE_UNPACKED_MAX) return NULL;
    return arena_alloc(d->arena, need);
}

static inline enum err store_uint32(const struct message_field *f, uint64_t value, uint32_t *member)
{
    if (value > f->max) return value > UINT32_MAX ? ERR_WIRE_MALFORMED : ERR_WIRE_BOUND;
    *member = (uint32_t)value;
    return OK;
}

static inline enum err store_int32(int64_t value, int32_t *member)
{
    if (value < INT32_MIN || value > INT32_MAX) return ERR_WIRE_MALFORMED;
    *member = (int32_t)value;
    return OK;
}

static inline enum err store_reason(uint64_t value, enum reason_code *member)
{
    if (value > UINT32_MAX || (value && !reason_is_known((unsigned)value))) return ERR_WIRE_MALFORMED;
    *member = (enum reason_code)value;
    return OK;
}

static inline enum err store_word(const struct message_field *f, uint64_t value, uint32_t *member)
{
    if (value > f->max) return ERR_WIRE_MALFORMED;
    *member = (uint32_t)value;
    return OK;
}

static inline enum err check_text(struct slice text, uint32_t bytes_max)
{
    if (text.size > bytes_max) return ERR_WIRE_BOUND;
    return utf8_is_ascii(text) || utf8_is_valid(text) ? OK : ERR_WIRE_TEXT;
}

static enum err decode_word_text(const struct message_field *f, struct slice value, void *record)
{
    int word = word_find(f->words, value);
    if (word == 0 && value.size) return ERR_WIRE_MALFORMED;
    MEMBER(record, f->offset, uint32_t) = (uint32_t)word;
    return OK;
}

/* The empty value is the absent one, as everywhere in proto3. */
static enum err decode_hash(const struct message_field *f, struct slice value, void *record)
{
    if (value.size == 0) return OK;
    if (value.size != f->max) return ERR_WIRE_MALFORMED;
    memcpy((char *)record + f->offset, value.bytes, value.size);
    if (f->aside) MEMBER(record, f->aside, bool) = true;
    return OK;
}

static enum err decode_bits(const struct message_field *f, struct slice value, void *record)
{
    if (value.size > f->max) return ERR_WIRE_BOUND;
    if (value.size) memcpy((char *)record + f->offset, value.bytes, value.size);
    return OK;
}

static enum err decode_reference(struct decoder *d, const struct message_field *f, struct slice value, void *record)
{
    void *nested = MEMBER(record, f->offset, void *);
    if (!nested) nested = room_for(d, 1, f->message->bytes);
    if (!nested) return ERR_WIRE_BOUND;
    MEMBER(record, f->offset, void *) = nested;
    return decode_message(d, f->message, value, nested);
}

static enum err decode_part(struct decoder *d, const struct message_field *f, struct slice value, void *record)
{
    if (f->aside) MEMBER(record, f->aside, bool) = true;
    return decode_message(d, f->message, value, (char *)record + f->offset);
}

static enum err decode_array_item(struct decoder *d, const struct message_field *f, struct slice value, void *record)
{
    unsigned *count = &MEMBER(record, f->aside, unsigned);
    if (*count >= f->count_max) return ERR_WIRE_BOUND;
    char *item = (char *)record + f->offset + (size_t)*count * f->message->bytes;
    ++*count;
    return decode_message(d, f->message, value, item);
}

static inline bool follows_tag(const struct message_field *f, const uint8_t *at, const uint8_t *end)
{
    return end - at > f->tag_bytes && at[0] == f->tag[0] && (f->tag_bytes == 1 || at[1] == f->tag[1]);
}

/* How many values of one field stand one after the other; `at` is behind the tag of the first. */
static unsigned run_length(const struct message_field *f, const uint8_t *at, const uint8_t *end)
{
    unsigned count = 0;
    struct slice value;
    while (varint_take_sized(&at, end, &value)) {
        count++;
        if (!follows_tag(f, at, end)) break;
        at += f->tag_bytes;
    }
    return count;
}

/* A run of a repeated field becomes one array; a later run, which no writer of ours makes, a longer copy. NULL: more
 * than there may be. `count`: of what is there; `more`: of the run. */
static char *room_for_run(struct decoder *d, const struct message_field *f, void *record, unsigned *count,
                          unsigned more, size_t bytes)
{
    unsigned before = *count;
    if (more > f->count_max - before) return NULL;
    char *items = room_for(d, before + more, bytes);
    if (!items) return NULL;
    if (__builtin_expect(before > 0, 0)) memcpy(items, MEMBER(record, f->offset, void *), before * bytes);
    MEMBER(record, f->offset, void *) = items;
    *count = before + more;
    return items + before * bytes;
}

static enum err decode_list(struct decoder *d, const struct message_field *f, const uint8_t **at, const uint8_t *end,
                            void *record)
{
    size_t bytes = f->message->bytes;
    struct slice value;
    unsigned more = run_length(f, *at, end);
    if (more == 0) return ERR_WIRE_MALFORMED;
    char *item = room_for_run(d, f, record, &MEMBER(record, f->aside, unsigned), more, bytes);
    if (!item) return ERR_WIRE_BOUND;
    for (;; item += bytes, *at += f->tag_bytes) {
        ASSERT(varint_take_sized(at, end, &value));
        TRY(decode_message(d, f->message, value, item));
        if (--more == 0) return OK;
    }
}

static enum err decode_texts(struct decoder *d, const struct message_field *f, const uint8_t **at, const uint8_t *end,
                             void *record)
{
    unsigned more = run_length(f, *at, end);
    if (more == 0) return ERR_WIRE_MALFORMED;
    unsigned *count = &MEMBER(record, f->offset + offsetof(struct texts, count), unsigned);
    struct slice *item = (struct slice *)room_for_run(d, f, record, count, more, sizeof *item);
    if (!item) return ERR_WIRE_BOUND;
    for (;; item++, *at += f->tag_bytes) {
        ASSERT(varint_take_sized(at, end, item));
        TRY(check_text(*item, f->max));
        if (--more == 0) return OK;
    }
}

/* Packed numbers: all at once. */
static enum err decode_numbers(struct decoder *d, const struct message_field *f, struct slice value, void *record)
{
    const uint8_t *at = (const uint8_t *)value.bytes, *end = at + value.size;
    unsigned *count = &MEMBER(record, f->aside, unsigned), more = 0;
    for (const uint8_t *byte = at; byte < end; byte++) more += *byte < 0x80;
    if (more > f->count_max - *count) return ERR_WIRE_BOUND;
    uint32_t *numbers = room_for(d, *count + more, sizeof *numbers);
    if (!numbers) return ERR_WIRE_BOUND;
    if (*count) memcpy(numbers, MEMBER(record, f->offset, void *), *count * sizeof *numbers);
    for (unsigned i = 0; i < more; i++) {
        uint64_t number;
        if (!varint_take(&at, end, &number) || number > UINT32_MAX) return ERR_WIRE_MALFORMED;
        numbers[*count + i] = (uint32_t)number;
    }
    if (at != end) return ERR_WIRE_MALFORMED;
    MEMBER(record, f->offset, uint32_t *) = numbers;
    *count += more;
    return OK;
}

static enum err decode_sized(struct decoder *d, const struct message_field *f, struct slice value, void *record)
{
    switch (f->shape) {
    case SHAPE_WORD_TEXT: return decode_word_text(f, value, record);
    case SHAPE_HASH: return decode_hash(f, value, record);
    case SHAPE_BITS: return decode_bits(f, value, record);
    case SHAPE_PART: return decode_part(d, f, value, record);
    case SHAPE_REFERENCE: return decode_reference(d, f, value, record);
    case SHAPE_ARRAY: return decode_array_item(d, f, value, record);
    case SHAPE_NUMBERS: return decode_numbers(d, f, value, record);
    default: NEVER();
    }
}

/* A field that this build does not know stays in the bytes around it. */
static ALWAYS_INLINE enum err skip(const uint8_t **at, const uint8_t *end, uint32_t wire_type)
{
    uint64_t whole;
    struct slice value;
    if (wire_type == WIRE_SIZED) return varint_take_sized(at, end, &value) ? OK : ERR_WIRE_MALFORMED;
    if (wire_type == WIRE_VARINT) return varint_take(at, end, &whole) ? OK : ERR_WIRE_MALFORMED;
    size_t left = (size_t)(end - *at), fixed = wire_type == WIRE_FIXED64 ? 8 : 4;
    if ((wire_type != WIRE_FIXED64 && wire_type != WIRE_FIXED32) || left < fixed) return ERR_WIRE_MALFORMED;
    *at += fixed;
    return OK;
}

static inline void fill_absent(const struct message *m, void *record)
{
    for (unsigned i = m->defaults_from; i < m->defaults_to; i++) {
        const struct message_field *f = &m->fields[i];
        if (!f->absent) continue;
        if (f->member_bytes == sizeof(int64_t)) {
            int64_t *whole = &MEMBER(record, f->offset, int64_t);
            if (*whole == 0) *whole = f->absent;
        } else {
            uint32_t *whole = &MEMBER(record, f->offset, uint32_t);
            if (*whole == 0) *whole = (uint32_t)f->absent;
        }
    }
}

static inline enum err finish(const struct message *m, void *record)
{
    if (m->defaults_to) fill_absent(m, record);
    if (m->check) TRY(m->check(record));
    if (m->derive) m->derive(record);
    return OK;
}

/* Another wire type than the table's is only right for repeated numbers that a writer did not pack. */
static enum err decode_unpacked(struct decoder *d, const struct message_field *f, uint32_t wire_type,
                                const uint8_t **at, const uint8_t *end, void *record)
{
    const uint8_t *from = *at;
    if (f->shape != SHAPE_NUMBERS || wire_type != WIRE_VARINT) return ERR_WIRE_MALFORMED;
    TRY(skip(at, end, wire_type));
    return decode_numbers(d, f, slice_of((const char *)from, (size_t)(*at - from)), record);
}

static enum err decode_structured(struct decoder *d, const struct message_field *f, const uint8_t **at,
                                  const uint8_t *end, void *record)
{
    struct slice value;
    if (!varint_take_sized(at, end, &value)) return ERR_WIRE_MALFORMED;
    return decode_sized(d, f, value, record);
}

static bool is_outline(const struct decoder *d)
{
    return d->tags == offsetof(struct message, by_tag_of_outline);
}

/* Whatever its tag is: longer than it need be, of a field that is not known or passed over, or with a wire type that
 * the table does not say. *field is NULL when nothing is left to do; else what follows is its value. */
static enum err take_rare_tag(struct decoder *d, const struct message *m, const uint8_t **at, const uint8_t *end,
                              void *record, const struct message_field **field)
{
    uint64_t tag;
    *field = NULL;
    if (!varint_take(at, end, &tag) || tag >> 3 == 0 || tag > UINT32_MAX) return ERR_WIRE_MALFORMED;
    uint32_t number = (uint32_t)tag >> 3, wire_type = (uint32_t)tag & 7;
    unsigned index = number < MESSAGE_NUMBERS_MAX ? m->by_number[number] : 0;
    if (index == 0 || (is_outline(d) && m->fields[index - 1].is_passed_over)) return skip(at, end, wire_type);
    if (wire_type != m->fields[index - 1].wire_type)
        return decode_unpacked(d, &m->fields[index - 1], wire_type, at, end, record);
    *field = &m->fields[index - 1];
    return OK;
}

/* A tag of two bytes, of which the first was taken; 0, which is none, where there are more of them. */
static ALWAYS_INLINE unsigned take_second_byte(unsigned first, const uint8_t **at, const uint8_t *end)
{
    if (*at == end || **at >= MESSAGE_TAGS >> 7) return 0;
    return (first & 0x7f) | (unsigned)*(*at)++ << 7;
}

/* Of three bytes or more: what is behind it, NULL when there is none. */
static __attribute__((noinline)) const uint8_t *take_long(const uint8_t *at, const uint8_t *end, uint64_t *whole)
{
    return varint_take_long(&at, end, whole) ? at : NULL;
}

/* Lengths and numbers of one byte or two take no call. */
static ALWAYS_INLINE bool take_whole(const uint8_t **at, const uint8_t *end, uint64_t *whole)
{
    if (__builtin_expect(*at < end && **at < 0x80, 1)) {
        *whole = *(*at)++;
        return true;
    }
    if (end - *at > 1 && (*at)[1] < 0x80) {
        *whole = (unsigned)(**at & 0x7f) | (unsigned)(*at)[1] << 7;
        *at += 2;
        return true;
    }
    *at = take_long(*at, end, whole);
    return *at != NULL;
}

static ALWAYS_INLINE enum err take_text(const struct message_field *f, const uint8_t **at, const uint8_t *end,
                                        struct slice *member)
{
    uint64_t size;
    if (!take_whole(at, end, &size) || size > (uint64_t)(end - *at)) return ERR_WIRE_MALFORMED;
    *member = slice_of((const char *)*at, (size_t)size);
    *at += size;
    return check_text(*member, f->max);
}

static ALWAYS_INLINE enum err take_optional(const struct message_field *f, uint64_t whole, void *record)
{
    MEMBER(record, f->offset, int64_t) = (int64_t)whole;
    MEMBER(record, f->aside, bool) = true;
    return OK;
}

static ALWAYS_INLINE int64_t unfold(uint64_t whole)
{
    return (int64_t)(whole >> 1 ^ (whole & 1 ? UINT64_MAX : 0));
}

/* The value after a tag. */
static ALWAYS_INLINE enum err take_value(struct decoder *d, const struct message_field *f, const uint8_t **at,
                                         const uint8_t *end, void *record)
{
    uint64_t whole;
    void *member = (char *)record + f->offset;
#define WHOLE(answer) (__builtin_expect(take_whole(at, end, &whole), 1) ? (answer) : ERR_WIRE_MALFORMED)
    switch ((enum message_step)f->step) {
    case STEP_TEXT: return take_text(f, at, end, member);
    case STEP_64_BITS: return WHOLE((*(uint64_t *)member = whole, OK));
    case STEP_INT32: return WHOLE(store_int32((int64_t)whole, member));
    case STEP_SINT32: return WHOLE(store_int32(unfold(whole), member));
    case STEP_UINT32: return WHOLE(store_uint32(f, whole, member));
    case STEP_WORD: return WHOLE(store_word(f, whole, member));
    case STEP_REASON: return WHOLE(store_reason(whole, member));
    case STEP_OPTIONAL: return WHOLE(take_optional(f, whole, record));
    case STEP_BOOL: return WHOLE((*(bool *)member = whole != 0, OK));
    case STEP_LIST: return decode_list(d, f, at, end, record);
    case STEP_TEXTS: return decode_texts(d, f, at, end, record);
    case STEP_STRUCTURE: return decode_structured(d, f, at, end, record);
    }
#undef WHOLE
    __builtin_unreachable();                        /* message_bind sets no other step */
}

static __attribute__((noinline)) enum err take_rare_field(struct decoder *d, const struct message *m,
                                                          const uint8_t **at, const uint8_t *end, void *record)
{
    const struct message_field *f;
    TRY(take_rare_tag(d, m, at, end, record, &f));
    return f ? take_value(d, f, at, end, record) : OK;
}

/* The loop that all bytes pass. `at` is handed on as a copy, so that it need not live in memory. */
static enum err decode_message(struct decoder *d, const struct message *m, struct slice bytes, void *record)
{
    const uint8_t *at = (const uint8_t *)bytes.bytes, *end = at + bytes.size, *copy;
    const uint8_t *by_tag = (const uint8_t *)m + d->tags;
    const struct message_field *before_first = m->fields - 1;
    if (d->depth >= MESSAGE_DEPTH_MAX) return ERR_WIRE_BOUND;
    d->depth++;
    while (at < end) {
        const uint8_t *from = at;
        unsigned tag = *at++;
        if (tag >= 0x80) {
            copy = at;
            tag = take_second_byte(tag, &copy, end);
            at = copy;
        }
        const struct message_field *f = before_first + by_tag[tag];
        copy = at;
        if (__builtin_expect(f != before_first, 1)) TRY(take_value(d, f, &copy, end, record));
        else if (m->by_tag[tag]) TRY(skip(&copy, end, tag & 7));        /* passed over by this outline */
        else {
            copy = from;
            TRY(take_rare_field(d, m, &copy, end, record));
        }
        at = copy;
    }
    d->depth--;
    return finish(m, record);
}

static enum err decode_whole_or_outline(struct decoder d, const struct message *m, struct slice bytes, void *record)
{
    ASSERT(m->is_bound && d.floor <= d.arena->used);
    if (m->bytes_max && bytes.size > m->bytes_max) return ERR_WIRE_TOO_LARGE;
    return decode_message(&d, m, bytes.size ? bytes : SLICE(""), record);
}

enum err message_decode_above(const struct message *m, struct arena *a, size_t floor, struct slice bytes, void *record)
{
    struct decoder d = { .arena = a, .floor = floor, .tags = offsetof(struct message, by_tag) };
    return decode_whole_or_outline(d, m, bytes, record);
}

enum err message_decode_outline(const struct message *m, struct arena *a, size_t floor, struct slice bytes,
                                void *record)
{
    struct decoder d = { .arena = a, .floor = floor, .tags = offsetof(struct message, by_tag_of_outline) };
    return decode_whole_or_outline(d, m, bytes, record);
}

enum err message_decode(const struct message *m, struct arena *a, struct slice bytes, void *record)
{
    return message_decode_above(m, a, a->used, bytes, record);
}
