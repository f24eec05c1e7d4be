/* tests/support/wire.c: random records by table, and their comparison with protobuf-c. */
#include "support/wire.h"

#include "base/assert.h"
#include "domain/line.h"
#include "wire/reference_codec.h"

#include <stdio.h>
#include <stdlib.h>

#define MEMBER(record, offset_, type) (*(type *)((char *)(record) + (offset_)))

enum { LIST_DEPTH_MAX = 4 };

static bool one_in(uint64_t *seed, unsigned n)
{
    return test_random(seed) % n == 0;
}

/* Texts of 0 to 24 bytes, sometimes with a letter of two, three or four. */
static struct slice make_text(uint64_t *seed, uint32_t bytes_max)
{
    static const char *const pieces[] = {
        "A", "b", "0", "9", "-", " ", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x9a\x9a", "Corvane"
    };
    struct text t = text_in(test_arena(), bytes_max < 24 ? bytes_max : 24);
    for (unsigned count = 1 + test_random(seed) % 8; count > 0; count--) {
        struct slice piece = slice_from(pieces[test_random(seed) % 10]);
        if (t.size + piece.size <= t.capacity) text_put(&t, piece);
    }
    if (t.size == 0) text_put_byte(&t, 'x');
    return text_slice(&t);
}

static int64_t make_number(uint64_t *seed)
{
    static const int64_t edges[] = {
        1, -1, 127, 128, 16383, 16384, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN, 20260408
    };
    return one_in(seed, 2) ? edges[test_random(seed) % 11] : (int64_t)(test_random(seed) >> test_random(seed) % 60);
}

static void make_member_number(const struct message_field *f, void *record, uint64_t *seed)
{
    int64_t value = make_number(seed);
    switch ((ProtobufCType)f->type) {
    case PROTOBUF_C_TYPE_BOOL: MEMBER(record, f->offset, bool) = value & 1; break;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32: MEMBER(record, f->offset, int32_t) = (int32_t)value; break;
    case PROTOBUF_C_TYPE_UINT32:
        MEMBER(record, f->offset, uint32_t) = f->max == UINT32_MAX ? (uint32_t)value : (uint32_t)value % (f->max + 1);
        break;
    default: MEMBER(record, f->offset, int64_t) = value;
    }
    if (f->absent && f->member_bytes == 8 && value == 0) MEMBER(record, f->offset, int64_t) = f->absent;
}

static enum reason_code make_reason(uint64_t *seed)
{
    for (;;) {
        unsigned number = test_random(seed) % 1000;
        if (reason_is_known(number)) return (enum reason_code)number;
    }
}

static void make_bytes(uint8_t *bytes, uint32_t size, uint64_t *seed)
{
    for (uint32_t i = 0; i < size; i++) bytes[i] = (uint8_t)test_random(seed);
    bytes[size - 1] |= 1;
}

/* Owners own owners: the tree must end. */
static unsigned list_depth;

static void make_list(const struct message_field *f, void *record, uint64_t *seed)
{
    unsigned count = list_depth < LIST_DEPTH_MAX ? test_random(seed) % 3 : 0;
    list_depth++;
    char *items = f->shape == SHAPE_ARRAY ? (char *)record + f->offset
                                          : arena_alloc_array(test_arena(), count, f->message->bytes);
    for (unsigned i = 0; i < count; i++) wire_make_record(f->message, items + i * f->message->bytes, seed);
    if (f->shape == SHAPE_LIST) MEMBER(record, f->offset, void *) = items;
    MEMBER(record, f->aside, unsigned) = count;
    list_depth--;
}

static void make_texts(const struct message_field *f, void *record, uint64_t *seed)
{
    unsigned count = 1 + test_random(seed) % 3;
    struct slice *items = ARENA_ARRAY(test_arena(), count, struct slice);
    for (unsigned i = 0; i < count; i++) items[i] = make_text(seed, f->max);
    MEMBER(record, f->offset, struct texts) = (struct texts){ items, count };
}

static void make_numbers(const struct message_field *f, void *record, uint64_t *seed)
{
    unsigned count = test_random(seed) % 4;
    uint32_t *items = ARENA_ARRAY(test_arena(), count, uint32_t);
    for (unsigned i = 0; i < count; i++) items[i] = (uint32_t)make_number(seed);
    MEMBER(record, f->offset, uint32_t *) = items;
    MEMBER(record, f->aside, unsigned) = count;
}

static void make_nested(const struct message_field *f, void *record, uint64_t *seed)
{
    void *nested = f->shape == SHAPE_PART ? (char *)record + f->offset : arena_alloc(test_arena(), f->message->bytes);
    wire_make_record(f->message, nested, seed);
    if (f->shape == SHAPE_REFERENCE) MEMBER(record, f->offset, void *) = nested;
    if (f->shape == SHAPE_PART && f->aside) MEMBER(record, f->aside, bool) = true;
}

static void make_member(const struct message_field *f, void *record, uint64_t *seed)
{
    switch ((enum message_shape)f->shape) {
    case SHAPE_NUMBER: make_member_number(f, record, seed); break;
    case SHAPE_OPTIONAL:
        MEMBER(record, f->offset, int64_t) = f->is_explicit && one_in(seed, 3) ? 0 : make_number(seed) | 1;
        MEMBER(record, f->aside, bool) = true;
        break;
    case SHAPE_WORD: MEMBER(record, f->offset, uint32_t) = 1 + test_random(seed) % f->max; break;
    case SHAPE_WORD_TEXT:
        MEMBER(record, f->offset, uint32_t) = 1 + test_random(seed) % (unsigned)(word_count(f->words) - 1);
        break;
    case SHAPE_REASON: MEMBER(record, f->offset, enum reason_code) = make_reason(seed); break;
    case SHAPE_TEXT: MEMBER(record, f->offset, struct slice) = make_text(seed, f->max); break;
    case SHAPE_HASH:
        make_bytes(&MEMBER(record, f->offset, uint8_t), f->max, seed);
        if (f->aside) MEMBER(record, f->aside, bool) = true;
        break;
    case SHAPE_BITS: make_bytes(&MEMBER(record, f->offset, uint8_t), 1 + test_random(seed) % f->max, seed); break;
    case SHAPE_NUMBERS: make_numbers(f, record, seed); break;
    case SHAPE_TEXTS: make_texts(f, record, seed); break;
    case SHAPE_PART:
    case SHAPE_REFERENCE: make_nested(f, record, seed); break;
    case SHAPE_LIST:
    case SHAPE_ARRAY: make_list(f, record, seed); break;
    }
}

/* A reference has one body: all but one of them go, and the type follows. */
static void choose_body(const struct message *m, void *record, uint64_t *seed)
{
    static const char *const types[] = { "RULESET", "PRODUCT", "PRICE_LIST", "FX_TABLE", "TAX_TABLE", "PARTY" };
    unsigned chosen = 3 + test_random(seed) % 6;
    for (unsigned number = 3; number <= 8; number++) {
        const struct message_field *f = &m->fields[m->by_number[number] - 1];
        if (number == chosen) make_nested(f, record, seed);
        else MEMBER(record, f->offset, void *) = NULL;
    }
    MEMBER(record, m->fields[m->by_number[1] - 1].offset, struct slice) = slice_from(types[chosen - 3]);
}

static void settle(const struct message *m, void *record, uint64_t *seed)
{
    if (strcmp(m->name, "terms_version") == 0) terms_version_seal(record);
    if (strcmp(m->name, "reference") == 0) choose_body(m, record, seed);
}

void wire_make_record(const struct message *m, void *record, uint64_t *seed)
{
    unsigned sparse = 1 + test_random(seed) % 3;
    for (unsigned i = 0; i < m->field_count; i++)
        if (one_in(seed, sparse)) make_member(&m->fields[i], record, seed);
    settle(m, record, seed);
    while (m->check && m->check(record) != OK) {
        for (unsigned i = 0; i < m->field_count; i++)
            if (m->fields[i].shape < SHAPE_PART) make_member(&m->fields[i], record, seed);
        settle(m, record, seed);
    }
}

/* The allocator of the second opinion: the arena of the test. */
static void *test_alloc(void *arena, size_t size)
{
    return arena_alloc(arena, size);
}

static void test_free(void *arena, void *pointer)
{
    (void)arena, (void)pointer;
}

static bool same_text(struct slice ours, const char *theirs)
{
    return slice_equal(ours, slice_from(theirs));
}

static bool same_whole(const struct message_field *f, const void *record, const char *theirs)
{
    switch ((ProtobufCType)f->type) {
    case PROTOBUF_C_TYPE_BOOL: return MEMBER(record, f->offset, bool) == (*(const protobuf_c_boolean *)theirs != 0);
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_ENUM: {
        uint32_t value = *(const uint32_t *)theirs;
        return MEMBER(record, f->offset, uint32_t) == value
               || (value == 0 && MEMBER(record, f->offset, uint32_t) == (uint32_t)f->absent);
    }
    default: {
        int64_t value = *(const int64_t *)theirs;
        return MEMBER(record, f->offset, int64_t) == value
               || (value == 0 && MEMBER(record, f->offset, int64_t) == f->absent);
    }
    }
}

static bool same_bytes(const struct message_field *f, const void *record, const ProtobufCBinaryData *theirs)
{
    uint8_t padded[64] = { 0 };
    ASSERT(theirs->len <= sizeof padded && f->max <= sizeof padded);
    if (theirs->len) memcpy(padded, theirs->data, theirs->len);
    bool same = memcmp(padded, &MEMBER(record, f->offset, uint8_t), f->max) == 0;
    return same && (!f->aside || MEMBER(record, f->aside, bool) == (theirs->len > 0));
}

static bool same_message(const struct message *m, const void *record, const ProtobufCMessage *theirs);

static bool is_empty_part(const struct message_field *f, const void *record)
{
    struct slice packed;
    ASSERT(message_encode(f->message, test_arena(), (const char *)record + f->offset, DOSSIER_BYTES_MAX, &packed)
           == OK);
    return packed.size == 0;
}

static bool same_part(const struct message_field *f, const void *record, const ProtobufCMessage *theirs)
{
    if (f->aside && !MEMBER(record, f->aside, bool)) return theirs == NULL;
    if (!theirs) return !f->aside && is_empty_part(f, record);
    return same_message(f->message, (const char *)record + f->offset, theirs);
}

static bool same_reference(const struct message_field *f, const void *record, const ProtobufCMessage *theirs)
{
    const void *ours = MEMBER(record, f->offset, void *);
    return ours && theirs ? same_message(f->message, ours, theirs) : !ours && !theirs;
}

static bool same_list(const struct message_field *f, const void *record, size_t count, ProtobufCMessage *const *theirs)
{
    const char *ours = f->shape == SHAPE_ARRAY ? (const char *)record + f->offset : MEMBER(record, f->offset, char *);
    if (MEMBER(record, f->aside, unsigned) != count) return false;
    for (size_t i = 0; i < count; i++)
        if (!same_message(f->message, ours + i * f->message->bytes, theirs[i])) return false;
    return true;
}

static bool same_texts(struct texts ours, size_t count, char *const *theirs)
{
    if (ours.count != count) return false;
    for (size_t i = 0; i < count; i++)
        if (!same_text(ours.items[i], theirs[i])) return false;
    return true;
}

static bool same_field(const struct message_field *f, const void *record, const ProtobufCMessage *theirs)
{
    const ProtobufCFieldDescriptor *wire = protobuf_c_message_descriptor_get_field(theirs->descriptor, f->number);
    const char *at = (const char *)theirs + wire->offset;
    bool is_set = !f->is_explicit || *(const uint32_t *)((const char *)theirs + wire->quantifier_offset) == f->number;
    size_t count = wire->label == PROTOBUF_C_LABEL_REPEATED
                       ? *(const size_t *)((const char *)theirs + wire->quantifier_offset)
                       : 0;
    switch ((enum message_shape)f->shape) {
    case SHAPE_NUMBER:
    case SHAPE_REASON:
    case SHAPE_WORD: return same_whole(f, record, at);
    case SHAPE_OPTIONAL:
        if (!f->is_explicit) is_set = *(const int64_t *)at != 0;
        return MEMBER(record, f->aside, bool) == is_set && (!is_set || same_whole(f, record, at));
    case SHAPE_WORD_TEXT: return same_text(word_text(f->words, MEMBER(record, f->offset, int)), *(char *const *)at);
    case SHAPE_TEXT: return same_text(MEMBER(record, f->offset, struct slice), *(char *const *)at);
    case SHAPE_HASH:
    case SHAPE_BITS: return same_bytes(f, record, (const ProtobufCBinaryData *)at);
    case SHAPE_NUMBERS:
        return MEMBER(record, f->aside, unsigned) == count
               && (count == 0
                   || memcmp(MEMBER(record, f->offset, void *), *(void *const *)at, count * sizeof(uint32_t)) == 0);
    case SHAPE_TEXTS: return same_texts(MEMBER(record, f->offset, struct texts), count, *(char **const *)at);
    case SHAPE_PART: return same_part(f, record, *(ProtobufCMessage *const *)at);
    case SHAPE_REFERENCE: return same_reference(f, record, is_set ? *(ProtobufCMessage *const *)at : NULL);
    case SHAPE_LIST:
    case SHAPE_ARRAY: return same_list(f, record, count, *(ProtobufCMessage **const *)at);
    }
    NEVER();
}

static bool same_message(const struct message *m, const void *record, const ProtobufCMessage *theirs)
{
    for (unsigned i = 0; i < m->field_count; i++)
        if (!same_field(&m->fields[i], record, theirs)) {
            printf("\n  %s.%s differs from protobuf-c\n", m->name, m->fields[i].name);
            return false;
        }
    return true;
}

static bool repacks_the_same(const ProtobufCMessage *theirs, struct slice bytes)
{
    size_t size = protobuf_c_message_get_packed_size(theirs);
    uint8_t *packed = arena_alloc(test_arena(), size);
    protobuf_c_message_pack(theirs, packed);
    return slice_equal(slice_of((const char *)packed, size), bytes);
}

bool wire_agrees_with_protobuf(const struct message *m, const void *record, struct slice bytes)
{
    ProtobufCAllocator allocator = { test_alloc, test_free, test_arena() };
    ProtobufCMessage *theirs =
        protobuf_c_message_unpack(m->descriptor, &allocator, bytes.size, (const uint8_t *)bytes.bytes);
    if (!theirs) return false;
    return same_message(m, record, theirs) && repacks_the_same(theirs, bytes);
}
