/* base/str.h: text and bytes as slices: a pointer and a size, never a terminator that matters.
 *
 * A slice borrows; who made the bytes says how long they live. The empty slice has size 0 and any pointer. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const char *bytes;
    size_t      size;
};

/* A slice of a string literal. */
#define SLICE(literal) ((struct slice){ .bytes = "" literal, .size = sizeof(literal) - 1 })
#define SLICE_INIT(literal) { .bytes = "" literal, .size = sizeof(literal) - 1 }

/* For printf: ("%.*s", SLICE_ARGS(s)). Sizes here never pass INT_MAX (wire/limits.h). */
#define SLICE_ARGS(s) (int)(s).size, (s).bytes ? (s).bytes : ""

static inline struct slice slice_of(const char *bytes, size_t size)
{
    return (struct slice){ bytes, size };
}

/* Of a terminated string; NULL gives the empty slice. */
static inline struct slice slice_from(const char *text)
{
    return (struct slice){ text, text ? strlen(text) : 0 };
}

static inline bool slice_is_empty(struct slice s)
{
    return s.size == 0;
}

/* Most slices that are compared are ids and parts of keys, of 8 to 32 bytes: two fixed-size comparisons that overlap in
 * the middle are faster there than a call of memcmp. Shorter ones mostly differ in their first byte. */
static inline bool slice_equal(struct slice a, struct slice b)
{
    if (a.size != b.size) return false;
    if (a.size >= 16 && a.size <= 32)
        return memcmp(a.bytes, b.bytes, 16) == 0 && memcmp(a.bytes + a.size - 16, b.bytes + a.size - 16, 16) == 0;
    if (a.size >= 8 && a.size < 16)
        return memcmp(a.bytes, b.bytes, 8) == 0 && memcmp(a.bytes + a.size - 8, b.bytes + a.size - 8, 8) == 0;
    return a.size == 0 || (a.bytes[0] == b.bytes[0] && memcmp(a.bytes, b.bytes, a.size) == 0);
}

/* Writes the bytes to `at`, where the caller has made room, and returns the place after them. Fixed-size copies that
 * overlap, for the same reason. */
static inline char *slice_write(struct slice s, char *at)
{
    if (s.size > 32) {
        memcpy(at, s.bytes, s.size);
    } else if (s.size >= 16) {
        memcpy(at, s.bytes, 16);
        memcpy(at + s.size - 16, s.bytes + s.size - 16, 16);
    } else if (s.size >= 8) {
        memcpy(at, s.bytes, 8);
        memcpy(at + s.size - 8, s.bytes + s.size - 8, 8);
    } else if (s.size >= 4) {
        memcpy(at, s.bytes, 4);
        memcpy(at + s.size - 4, s.bytes + s.size - 4, 4);
    } else if (s.size) {
        at[0] = s.bytes[0];
        at[s.size / 2] = s.bytes[s.size / 2];
        at[s.size - 1] = s.bytes[s.size - 1];
    }
    return at + s.size;
}

/* Bytewise, a shorter prefix first: < 0, 0, > 0. */
int slice_compare(struct slice a, struct slice b);

/* ASCII letters compare without case. */
bool slice_equal_nocase(struct slice a, struct slice b);

/* Position of the first `byte`, or s.size. */
static inline size_t slice_find(struct slice s, char byte)
{
    const char *found = s.size ? memchr(s.bytes, byte, s.size) : NULL;
    return found ? (size_t)(found - s.bytes) : s.size;
}

/* s without its first `count` bytes (at most all). */
static inline struct slice slice_skip(struct slice s, size_t count)
{
    if (count > s.size) count = s.size;
    return (struct slice){ s.bytes ? s.bytes + count : s.bytes, s.size - count };
}

/* The first `count` bytes of s (at most all). */
static inline struct slice slice_head(struct slice s, size_t count)
{
    return (struct slice){ s.bytes, count < s.size ? count : s.size };
}

/* Inline, since the prefix is mostly a literal: the compiler then knows its size and emits one comparison. */
static inline bool slice_starts_with(struct slice s, struct slice prefix)
{
    return s.size >= prefix.size && slice_equal(slice_head(s, prefix.size), prefix);
}

static inline bool slice_ends_with(struct slice s, struct slice suffix)
{
    return s.size >= suffix.size && slice_equal(slice_skip(s, s.size - suffix.size), suffix);
}

/* s without ASCII blanks and tabs at both ends. Few texts have any, so the call is made only for those. */
struct slice slice_trim_blanks(struct slice s);
static inline struct slice slice_trim(struct slice s)
{
    bool is_bare = s.size == 0 || ((uint8_t)s.bytes[0] > ' ' && (uint8_t)s.bytes[s.size - 1] > ' ');
    return is_bare ? s : slice_trim_blanks(s);
}

/* Takes what stands before the next `separator` off *rest and returns it; the last part leaves *rest with NULL
 * bytes. */
static inline struct slice slice_cut(struct slice *rest, char separator)
{
    size_t at = slice_find(*rest, separator);
    struct slice part = { rest->bytes, at };
    *rest = at < rest->size ? (struct slice){ rest->bytes + at + 1, rest->size - at - 1 } : (struct slice){ NULL, 0 };
    return part;
}

/* A copy in the arena, terminated by a NUL after its size so that it can also go to libraries. */
struct slice slice_copy(struct arena *a, struct slice s);

/* The parts one after the other: SLICE_JOIN(a, table, SLICE("/"), currency). In the arena, terminated as a copy is. */
struct slice slice_join(struct arena *a, const struct slice *parts, unsigned count);
#define SLICE_JOIN(a, ...) \
    slice_join((a), (const struct slice[]){ __VA_ARGS__ }, \
               sizeof((const struct slice[]){ __VA_ARGS__ }) / sizeof(struct slice))

/* Texts with `between` from each to the next, in the arena, terminated as a copy is. */
struct slice slice_list(struct arena *a, const struct slice *items, unsigned count, struct slice between);

/* A number in decimal digits, with a minus where there is one, in the arena. */
struct slice slice_of_int(struct arena *a, int64_t value);

/* A copy with ASCII letters in upper case. */
struct slice slice_upper(struct arena *a, struct slice s);

/* Unsigned decimal digits only, at most `max`; false leaves *value untouched. */
bool slice_to_uint(struct slice s, uint64_t max, uint64_t *value);

/* Text that grows in a caller's buffer. What does not fit is cut and `full` is set: the caller decides. */
struct text {
    char  *bytes;
    size_t size, capacity;
    bool   full;
};

static inline struct text text_over(char *buffer, size_t capacity)
{
    return (struct text){ .bytes = buffer, .capacity = capacity };
}

/* An empty text of that room in the arena; what does not fit sets `full`. */
struct text text_in(struct arena *a, size_t capacity);

static inline void text_put(struct text *t, struct slice s)
{
    size_t room = t->capacity - t->size;
    if (s.size > room) {
        t->full = true;
        s.size = room;
    }
    if (s.size) memcpy(t->bytes + t->size, s.bytes, s.size);
    t->size += s.size;
}

static inline void text_put_byte(struct text *t, char byte)
{
    if (t->size < t->capacity) t->bytes[t->size++] = byte;
    else t->full = true;
}

/* Decimal digits with a minus where there is one; two lower-case hex digits a byte. */
void text_put_int(struct text *t, int64_t value);
void text_put_hex(struct text *t, const uint8_t *bytes, size_t count);

static inline struct slice text_slice(const struct text *t)
{
    return slice_of(t->bytes, t->size);
}

/* A literal into a text: PUT(t, " of "). */
#define PUT(t, literal) text_put((t), SLICE(literal))

#endif
