/* wire/message_decode.c: from bytes straight into domain structs, checking everything on the way. */
#include "base/assert.h"
#include "base/utf8.h"
#include "domain/line.h"
#include "wire/message.h"
#include "wire/varint.h"

struct decoder {
    struct arena *arena;
    size_t        floor;                            /* arena->used before what counts */
    unsigned      depth;
    bool          is_outline;                       /* details are passed over */
};

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

static inline enum err decode_whole(const struct message_field *f, uint64_t value, void *record)
{
    switch ((enum message_step)f->step) {
    case STEP_WORD: return store_word(f, value, &MEMBER(record, f->offset, uint32_t));
    case STEP_REASON: return store_reason(value, &MEMBER(record, f->offset, enum reason_code));
    case STEP_OPTIONAL:
        MEMBER(record, f->offset, int64_t) = (int64_t)value;
        MEMBER(record, f->aside, bool) = true;
        return OK;
    case STEP_BOOL: MEMBER(record, f->offset, bool) = value != 0; return OK;
    case STEP_INT32: return store_int32((int64_t)value, &MEMBER(record, f->offset, int32_t));
    case STEP_SINT32:
        return store_int32((int64_t)(value >> 1 ^ (value & 1 ? UINT64_MAX : 0)), &MEMBER(record, f->offset, int32_t));
    case STEP_UINT32: return store_uint32(f, value, &MEMBER(record, f->offset, uint32_t));
    case STEP_64_BITS: MEMBER(record, f->offset, uint64_t) = value; return OK;
    default: NEVER();
    }
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

/* How many values of one field stand one behind the other; `at` is behind the tag of the first. */
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

static enum err decode_item(struct decoder *d, const struct message_field *f, struct slice value, void *item)
{
    if (f->shape == SHAPE_LIST) return decode_message(d, f->message, value, item);
    *(struct slice *)item = value;
    return check_text(value, f->max);
}

/* A run of a repeated field becomes one array; a later run, which no writer of ours makes, a longer copy. */
static enum err decode_run(struct decoder *d, const struct message_field *f, const uint8_t **at, const uint8_t *end,
                           void *record)
{
    size_t bytes = f->shape == SHAPE_LIST ? f->message->bytes : sizeof(struct slice);
    unsigned *count =
        &MEMBER(record, f->shape == SHAPE_LIST ? f->aside : f->offset + offsetof(struct texts, count), unsigned);
    unsigned more = run_length(f, *at, end), before = *count;
    if (more == 0) return ERR_WIRE_MALFORMED;
    if (more > f->count_max - before) return ERR_WIRE_BOUND;
    char *items = room_for(d, before + more, bytes);
    if (!items) return ERR_WIRE_BOUND;
    if (before) memcpy(items, MEMBER(record, f->offset, void *), before * bytes);
    MEMBER(record, f->offset, void *) = items;
    *count = before + more;
    for (unsigned i = 0; i < more; i++) {
        struct slice value;
        if (i > 0) *at += f->tag_bytes;
        ASSERT(varint_take_sized(at, end, &value));
        TRY(decode_item(d, f, value, items + (before + i) * bytes));
    }
    return OK;
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
static enum err skip(const uint8_t **at, const uint8_t *end, uint32_t wire_type)
{
    uint64_t whole;
    struct slice value;
    size_t left = (size_t)(end - *at), fixed = wire_type == WIRE_FIXED64 ? 8 : 4;
    if (wire_type == WIRE_VARINT) return varint_take(at, end, &whole) ? OK : ERR_WIRE_MALFORMED;
    if (wire_type == WIRE_SIZED) return varint_take_sized(at, end, &value) ? OK : ERR_WIRE_MALFORMED;
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
    if (f->step == STEP_RUN) return decode_run(d, f, at, end, record);
    if (!varint_take_sized(at, end, &value)) return ERR_WIRE_MALFORMED;
    return decode_sized(d, f, value, record);
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
    if (index == 0 || (d->is_outline && m->fields[index - 1].is_passed_over)) return skip(at, end, wire_type);
    if (wire_type != m->fields[index - 1].wire_type)
        return decode_unpacked(d, &m->fields[index - 1], wire_type, at, end, record);
    *field = &m->fields[index - 1];
    return OK;
}

/* The index of a field that is looked for + 1 behind a tag of one or two bytes, which *size says; 0: any other tag. */
static inline unsigned known_tag(const uint8_t *by_tag, const uint8_t *at, const uint8_t *end, unsigned *size)
{
    unsigned tag = *at;
    *size = 1;
    if (tag >= 0x80) {
        if (end - at < 2) return 0;
        tag = (tag & 0x7f) | (unsigned)at[1] << 7;              /* beyond the table when a third byte follows */
        *size = 2;
    }
    return tag < MESSAGE_TAGS ? by_tag[tag] : 0;
}

/* The loop that all bytes pass: known tags, lengths and numbers of one byte, and ASCII, take no call. `at` is handed on
 * as a copy, so that it need not live in memory. */
static enum err decode_fields(struct decoder *d, const struct message *m, struct slice bytes, void *record)
{
    const uint8_t *at = (const uint8_t *)bytes.bytes, *end = at + bytes.size, *copy;
    const uint8_t *by_tag = d->is_outline ? m->by_tag_of_outline : m->by_tag;
    while (at < end) {
        unsigned tag_bytes, index = known_tag(by_tag, at, end, &tag_bytes);
        const struct message_field *f;
        uint64_t whole;
        if (__builtin_expect(index != 0, 1)) {
            f = &m->fields[index - 1];
            at += tag_bytes;
        } else {
            copy = at;
            TRY(take_rare_tag(d, m, &copy, end, record, &f));
            at = copy;
            if (!f) continue;
        }
        if (f->step <= STEP_RUN) {
            copy = at;
            TRY(decode_structured(d, f, &copy, end, record));
            at = copy;
            continue;
        }
        if (__builtin_expect(at < end && *at < 0x80, 1)) {
            whole = *at++;
        } else {
            copy = at;
            if (!varint_take_long(&copy, end, &whole)) return ERR_WIRE_MALFORMED;
            at = copy;
        }
        if (f->step != STEP_TEXT) {
            TRY(decode_whole(f, whole, record));
            continue;
        }
        if (whole > (uint64_t)(end - at)) return ERR_WIRE_MALFORMED;
        struct slice text = slice_of((const char *)at, (size_t)whole);
        MEMBER(record, f->offset, struct slice) = text;
        TRY(check_text(text, f->max));
        at += whole;
    }
    return OK;
}

static enum err decode_message(struct decoder *d, const struct message *m, struct slice bytes, void *record)
{
    if (d->depth >= MESSAGE_DEPTH_MAX) return ERR_WIRE_BOUND;
    d->depth++;
    TRY(decode_fields(d, m, bytes, record));
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
    return decode_whole_or_outline((struct decoder){ .arena = a, .floor = floor }, m, bytes, record);
}

enum err message_decode_outline(const struct message *m, struct arena *a, size_t floor, struct slice bytes,
                                void *record)
{
    return decode_whole_or_outline((struct decoder){ .arena = a, .floor = floor, .is_outline = true }, m, bytes,
                                   record);
}

enum err message_decode(const struct message *m, struct arena *a, struct slice bytes, void *record)
{
    return message_decode_above(m, a, a->used, bytes, record);
}
