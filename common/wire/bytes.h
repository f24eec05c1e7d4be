/* wire/bytes.h: the bytes of a state record, member after member, without names or numbers (table_<stage>.c).
 *
 * Whole numbers are varints of seven bits, low group first; signed ones are folded (0 -1 1 -2 …) so that small ones
 * stay short. Texts carry their length in front. A record is written and read in the same order; the version byte in
 * front of it is the loop's. The writer grows in an arena and cannot fail. The reader never reads past its end: the
 * first fault makes it *broken*, every later take answers zero or empty, and bytes_finish tells at the end. */
#ifndef WIRE_BYTES_H
#define WIRE_BYTES_H

#include "base/str.h"

struct bytes_writer {
    struct arena *arena;
    char         *bytes;
    size_t        size, capacity;
};

/* Starts an empty record; memory comes from the arena as needed. */
struct bytes_writer bytes_writer_in(struct arena *a);

/* What bytes_put_uint leaves: a number of two bytes and more. */
void bytes_put_long_uint(struct bytes_writer *w, uint64_t value);

/* Also enums, counts, dates and bit sets: most are of one byte. */
static inline void bytes_put_uint(struct bytes_writer *w, uint64_t value)
{
    if (value < 0x80 && w->size < w->capacity) w->bytes[w->size++] = (char)value;
    else bytes_put_long_uint(w, value);
}

static inline void bytes_put_int(struct bytes_writer *w, int64_t value)
{
    bytes_put_uint(w, (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0));
}

/* As a zigzag varint. */
void bytes_put_int128(struct bytes_writer *w, __int128 value);

static inline void bytes_put_bool(struct bytes_writer *w, bool value)
{
    bytes_put_uint(w, value);
}

void bytes_put_fixed(struct bytes_writer *w, const void *bytes, size_t count);      /* as they are, no length */

static inline void bytes_put_text(struct bytes_writer *w, struct slice text)
{
    bytes_put_uint(w, text.size);
    if (text.size) bytes_put_fixed(w, text.bytes, text.size);
}

/* An id: hex digits of 16 or 32 bytes as those bytes (base/hash.h), any other text with its length. */
void bytes_put_id(struct bytes_writer *w, struct slice id);

/* What was written, in the arena. Never of size 0 unless nothing was put. */
struct slice bytes_written(const struct bytes_writer *w);

struct bytes_reader {
    const char *at, *end;
    bool        broken;
};

/* Reads a record; what is taken from it is borrowed from `record`. */
struct bytes_reader bytes_reader_of(struct slice record);

/* What bytes_take_uint leaves to it. */
uint64_t bytes_take_long_uint(struct bytes_reader *r);

static inline uint64_t bytes_take_uint(struct bytes_reader *r)
{
    return r->at < r->end && (uint8_t)*r->at < 0x80 ? (uint8_t)*r->at++ : bytes_take_long_uint(r);
}

static inline int64_t bytes_take_int(struct bytes_reader *r)
{
    uint64_t folded = bytes_take_uint(r);
    return (int64_t)(folded >> 1 ^ (folded & 1 ? UINT64_MAX : 0));
}

/* What bytes_put_int128 put. */
__int128 bytes_take_int128(struct bytes_reader *r);
bool bytes_take_bool(struct bytes_reader *r);                       /* another byte than 0 and 1 breaks */
void bytes_take_fixed(struct bytes_reader *r, void *bytes, size_t count);   /* zeroes when broken */
/* Borrowed from the record; empty when it is broken. */
struct slice bytes_take_text(struct bytes_reader *r);

struct slice bytes_take_id(struct arena *a, struct bytes_reader *r); /* hex digits in the arena, other text borrowed */

/* Marks the record as unreadable: a value that the record's own rules exclude. */
void bytes_break(struct bytes_reader *r);

/* The same with a bound: a greater value breaks. For members of 32 bits, enums, and numbers of elements. */
static inline uint64_t bytes_take_uint_to(struct bytes_reader *r, uint64_t max)
{
    uint64_t value = bytes_take_uint(r);
    if (value <= max) return value;
    bytes_break(r);
    return 0;
}

int64_t bytes_take_int_within(struct bytes_reader *r, int64_t min, int64_t max);

/* A number of elements to come: at most `max`, and never more than bytes are left, as each takes one at least. */
unsigned bytes_take_count(struct bytes_reader *r, unsigned max);

/* OK when all bytes were read and none were missing; else ERR_STATE_MALFORMED. */
enum err bytes_finish(const struct bytes_reader *r) MUST_CHECK;

#endif
