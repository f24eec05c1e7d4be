/* wire/message.h: a protobuf message bound to the domain struct it fills, as a table; one table serves both directions.
 *
 * A row names a member of the struct and the field of the message. Number, wire type and nested message come from the
 * descriptors that protoc-c generates, so the .proto file stays the only place where they are written: message_bind
 * looks every name up when the process starts and asserts that sizes fit, that enums have the words of the vocabulary,
 * and that no field of the .proto was forgotten.
 *
 * Decoding goes from bytes to structs in one step, because protobuf-c's own unpacking into its structs, with a copy of
 * each text, took the greater part of a stage's time on a line; tests hold the two against each other. Texts and bytes
 * are borrowed from the input, lists come from the arena. */
#ifndef WIRE_MESSAGE_H
#define WIRE_MESSAGE_H

#include "domain/vocabulary.h"
#include "wire/limits.h"
#include "wire/message_cursor.h"

#include <protobuf-c/protobuf-c.h>

/* What the member of the struct is. */
enum message_shape {
    SHAPE_NUMBER,                                   /* (u)int32, (u)int64 or bool; left out when equal to `absent` */
    SHAPE_OPTIONAL,                                 /* int64 with a has_ member */
    SHAPE_WORD,                                     /* enum of the vocabulary, 0 .. max */
    SHAPE_WORD_TEXT,                                /* enum here, its word as text on the wire */
    SHAPE_REASON,                                   /* enum reason_code, its number on the wire */
    SHAPE_TEXT,                                     /* struct slice, at most `max` bytes of UTF-8 */
    SHAPE_HASH,                                     /* exactly `max` bytes; without has_ member zeroes are absence */
    SHAPE_BITS,                                     /* at most `max` bytes, trailing zeroes left out */
    SHAPE_NUMBERS,                                  /* const uint32_t * and count, packed */
    SHAPE_TEXTS,                                    /* struct texts of at most `max` bytes each */
    SHAPE_PART,                                     /* struct in place; left out when it would be empty, or by has_ */
    SHAPE_REFERENCE,                                /* pointer to a struct, NULL: absent */
    SHAPE_LIST,                                     /* pointer to structs and count */
    SHAPE_ARRAY,                                    /* structs in place, `count_max` of them, and count */
};

/* How a value is packed and decoded, from shape and type. */
enum message_step {
    STEP_STRUCTURE, STEP_LIST, STEP_TEXTS,
    STEP_TEXT, STEP_WORD, STEP_REASON, STEP_OPTIONAL, STEP_BOOL, STEP_INT32, STEP_SINT32, STEP_UINT32, STEP_64_BITS,
};

struct message;

/* One line of the cache: packing and decoding walk over tables more than over bytes. */
struct message_field {
    const char         *name;                       /* on the wire */
    struct message     *message;                    /* nested */
    int64_t             absent;                     /* NUMBER: the value that absence means */
    uint32_t            member_bytes;               /* of the member in the struct */
    uint32_t            max, count_max;
    uint16_t            offset;                     /* of the member in the struct */
    uint16_t            aside;                      /* offset of its count or has_ member, 0: none */
    uint8_t             shape;                      /* enum message_shape */
    uint8_t             words;                      /* WORD_TEXT: enum vocabulary */

    /* Set by message_bind. */
    uint8_t             type;                       /* ProtobufCType */
    uint8_t             wire_type;
    uint8_t             number;
    uint8_t             tag[2], tag_bytes;
    uint8_t             step;                       /* enum message_step */
    bool                is_explicit;                /* in a one-field oneof: zero is sent too */
    bool                is_passed_over;             /* by outlines */
    uint8_t             nothing;                    /* 0; 1: no probe tells whether the member says something */
    uint16_t            probe;                      /* the member says nothing when these eight bytes of the record … */
    uint64_t            probe_mask;                 /* … are `nothing` under this mask */
};

enum {
    MESSAGE_NUMBERS_MAX = 100,
    MESSAGE_TAGS = MESSAGE_NUMBERS_MAX << 3,
    MESSAGE_DEPTH_MAX = 72,
    MESSAGE_UNPACKED_MAX = UNPACK_FACTOR * DOSSIER_BYTES_MAX
};

struct message {
    const char                         *name;
    const ProtobufCMessageDescriptor   *descriptor;
    size_t                              bytes;      /* of the struct */
    struct message_field               *fields;
    unsigned                            field_count;
    size_t                              bytes_max;  /* packed; 0: what is around it decides */
    enum err (*check)(const void *record);          /* required members; NULL: none. Both directions */
    void (*derive)(void *record);                   /* members that are not on the wire; NULL: none */
    bool                                is_detail;  /* outlines pass it over */
    const char *outline; /* names of the fields that outlines keep, blanks between; NULL: all but details */
    bool                                is_bound;
    unsigned defaults_from, defaults_to; /* fields among which numbers are absent by another value than 0 */
    uint8_t                             by_number[MESSAGE_NUMBERS_MAX]; /* index of the field + 1, 0: unknown */
    uint8_t                             by_tag[MESSAGE_TAGS];           /* the same by a tag with the right wire type */
    uint8_t by_tag_of_outline[MESSAGE_TAGS]; /* the same of the fields that an outline keeps */
};

/* Rows. Before a table: #define S struct <noun>. The name on the wire is the member's, or the first argument of _AS. */
#define ROW(kind, wire, member, ...) \
    { .name = wire, .shape = SHAPE_##kind, .offset = offsetof(S, member), .member_bytes = sizeof(((S *)0)->member), \
    __VA_ARGS__ }
#define TEXT_AS(wire, member, bytes_max)    ROW(TEXT, wire, member, .max = (bytes_max))
#define TEXT(member, bytes_max)             TEXT_AS(#member, member, bytes_max)
#define NUMBER_AS(wire, member)             ROW(NUMBER, wire, member, .max = UINT32_MAX)
#define NUMBER(member)                      NUMBER_AS(#member, member)
#define NUMBER_TO(member, greatest)         ROW(NUMBER, #member, member, .max = (greatest))
#define NUMBER_ELSE(wire, member, value)    ROW(NUMBER, wire, member, .max = UINT32_MAX, .absent = (value))
#define OPTIONAL(member)                    OPTIONAL_AS(#member, member, has_##member)
#define OPTIONAL_AS(wire, member, has)      ROW(OPTIONAL, wire, member, .aside = offsetof(S, has))
#define WORD_AS(wire, member, count)        ROW(WORD, wire, member, .max = (count) - 1)
#define WORD(member, count)                 WORD_AS(#member, member, count)
#define WORD_TEXT(wire, member, list)       ROW(WORD_TEXT, wire, member, .words = VOCABULARY_##list)
#define REASON_NUMBER(wire, member)         ROW(REASON, wire, member, .max = UINT32_MAX)
#define HASH_AS(wire, member, size)         ROW(HASH, wire, member, .max = (size))
#define HASH(member, size)                  HASH_AS(#member, member, size)
#define HASH_IF(member, size) \
    ROW(HASH, #member, member, .max = (size), .aside = offsetof(S, has_##member))
#define BITS_AS(wire, member, size)         ROW(BITS, wire, member, .max = (size))
#define NUMBERS(member, count, most) \
    ROW(NUMBERS, #member, member, .aside = offsetof(S, count), .count_max = (most))
#define TEXTS_AS(wire, member, most, bytes_max) ROW(TEXTS, wire, member, .count_max = (most), .max = (bytes_max))
#define TEXTS(member, most, bytes_max)      TEXTS_AS(#member, member, most, bytes_max)
#define PART_AS(wire, member, noun)         ROW(PART, wire, member, .message = &noun##_message)
#define PART(member, noun)                  PART_AS(#member, member, noun)
#define PART_IF(member, noun) \
    ROW(PART, #member, member, .message = &noun##_message, .aside = offsetof(S, has_##member))
#define REFERENCE(member, noun)             ROW(REFERENCE, #member, member, .message = &noun##_message)
#define LIST_AS(wire, member, count, noun, most) \
    ROW(LIST, wire, member, .message = &noun##_message, .aside = offsetof(S, count), .count_max = (most))
#define LIST(member, count, noun, most)     LIST_AS(#member, member, count, noun, most)
#define ARRAY(member, count, noun, most) \
    ROW(ARRAY, #member, member, .message = &noun##_message, .aside = offsetof(S, count), .count_max = (most))

/* The message of a table, with S and <noun>_fields before it: MESSAGE(noun, name in protobuf-c, check, derive). */
#define MESSAGE(noun, wire, check_, derive_) MESSAGE_UP_TO(0, noun, wire, check_, derive_)
#define MESSAGE_UP_TO(bytes_max_, noun, wire, check_, derive_) \
    struct message noun##_message = { \
        .name = #noun, .descriptor = &claimstream__v1__##wire##__descriptor, .bytes = sizeof(S), .fields = \
        noun##_fields, \
        .field_count = sizeof noun##_fields / sizeof noun##_fields[0], .bytes_max = bytes_max_, .check = check_, \
        .derive = derive_, \
    }

/* The same for a message of which outlines keep the fields named in `outline_` alone. */
#define OUTLINED_UP_TO(bytes_max_, noun, wire, check_, outline_) \
    struct message noun##_message = { \
        .name = #noun, .descriptor = &claimstream__v1__##wire##__descriptor, .bytes = sizeof(S), .fields = \
        noun##_fields, \
        .field_count = sizeof noun##_fields / sizeof noun##_fields[0], .bytes_max = bytes_max_, .check = check_, \
        .outline = outline_, \
    }
#define OUTLINED(noun, wire, check_, outline_) OUTLINED_UP_TO(0, noun, wire, check_, outline_)

/* The same for a message that no outcome depends on: outlines pass it over. */
#define DETAIL(noun, wire, check_) \
    struct message noun##_message = { \
        .name = #noun, .descriptor = &claimstream__v1__##wire##__descriptor, .bytes = sizeof(S), .fields = \
        noun##_fields, \
        .field_count = sizeof noun##_fields / sizeof noun##_fields[0], .check = check_, .is_detail = true, \
    }

/* Binds a message and all it contains when the process starts. */
#define MESSAGE_AT_START(noun) \
    __attribute__((constructor)) static void bind_##noun(void) { message_bind(&noun##_message); }

/* Resolves the rows of a message and of all nested ones; asserts that table, struct and .proto agree. */
void message_bind(struct message *m);

/* Fills a zeroed record. ERR_WIRE_MALFORMED: bytes, or the number of an enum or reason that is not known;
 * ERR_WIRE_BOUND: a text, a list, the depth, or more than MESSAGE_UNPACKED_MAX bytes of arena; ERR_WIRE_TOO_LARGE
 * beyond the message's own bytes_max; ERR_WIRE_TEXT; ERR_WIRE_FIELD. Fields that the table does not know are passed
 * over. */
enum err message_decode(const struct message *m, struct arena *a, struct slice bytes, void *record) MUST_CHECK;

/* The same for one of several messages whose memory counts together: `floor` is a->used before the first of them. */
enum err message_decode_above(const struct message *m, struct arena *a, size_t floor, struct slice bytes,
                              void *record) MUST_CHECK;

/* The same without the nested messages that are details, and without fields that an outline does not name: they are
 * passed over unread and stay absent. */
enum err message_decode_outline(const struct message *m, struct arena *a, size_t floor, struct slice bytes,
                                void *record) MUST_CHECK;

/* Packs records one in front of the other into one block that grows backwards, so that lengths are known when
 * written. */
struct message_packer {
    struct arena *arena;
    char         *start, *at, *end;
    size_t        bytes_max;
};

/* Nothing packed yet; the block comes from the arena and grows up to bytes_max. */
struct message_packer message_packer_in(struct arena *a, size_t bytes_max);

/* Puts the message in front, as the field `number` of the message around it: with tag and length. The same errors;
 * ERR_WIRE_TOO_LARGE beyond bytes_max. */
enum err message_pack_field(struct message_packer *p, unsigned number, const struct message *m,
                            const void *record) MUST_CHECK;
struct slice message_packed(const struct message_packer *p);

/* One message alone. */
enum err message_encode(const struct message *m, struct arena *a, const void *record, size_t bytes_max,
                        struct slice *out) MUST_CHECK;

#endif
