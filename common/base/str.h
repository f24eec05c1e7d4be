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

/* The first and the last eight of at least as many bytes. */
struct slice_words { uint64_t first, last; };

static inline struct slice_words slice_words_of(struct slice s)
{
    struct slice_words p;
    memcpy(&p.first, s.bytes, sizeof p.first);
    memcpy(&p.last, s.bytes + s.size - sizeof p.last, sizeof p.last);
    return p;
}

/* 8 to 16 bytes are two words that overlap, which beat a call. */
static inline bool slice_is_two_words(struct slice s)
{
    return s.size - sizeof(uint64_t) <= sizeof(uint64_t);
}

static inline bool slice_equal(struct slice a, struct slice b)
{
    if (a.size != b.size) return false;
    if (!slice_is_two_words(a)) return a.size == 0 || memcmp(a.bytes, b.bytes, a.size) == 0;
    struct slice_words x = slice_words_of(a), y = slice_words_of(b);
    return x.first == y.first && x.last == y.last;
}

/* Writes the bytes to `at`, where there is room, and answers the place behind them. */
static inline char *slice_write(struct slice s, char *at)
{
    if (slice_is_two_words(s)) {
        struct slice_words p = slice_words_of(s);
        memcpy(at, &p.first, sizeof p.first);
        memcpy(at + s.size - sizeof p.last, &p.last, sizeof p.last);
    } else if (s.size) {
        memcpy(at, s.bytes, s.size);
    }
    return at + s.size;
}

/* Bytewise, a shorter prefix first: < 0, 0, > 0. */
int slice_compare(struct slice a, struct slice b);

/* ASCII letters compare without case. */
bool slice_equal_nocase(struct slice a, struct slice b);

bool slice_starts_with(struct slice s, struct slice prefix);
bool slice_ends_with(struct slice s, struct slice suffix);

/* Position of the first `byte`, or s.size. */
size_t slice_find(struct slice s, char byte);

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

/* s without ASCII blanks and tabs at both ends. */
struct slice slice_trim(struct slice s);

/* Takes what stands before the next `separator` off *rest and returns it; the last part leaves *rest with NULL bytes. */
struct slice slice_cut(struct slice *rest, char separator);

/* A copy in the arena, terminated by a NUL behind its size so that it can also go to libraries. */
struct slice slice_copy(struct arena *a, struct slice s);

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

struct text text_in(struct arena *a, size_t capacity);

static inline void text_put(struct text *t, struct slice s)
{
    size_t room = t->capacity - t->size;
    if (s.size > room) {
        t->full = true;
        s.size = room;
    }
    slice_write(s, t->bytes + t->size);
    t->size += s.size;
}

static inline void text_put_byte(struct text *t, char byte)
{
    if (t->size < t->capacity) t->bytes[t->size++] = byte;
    else t->full = true;
}

void text_put_int(struct text *t, int64_t value);
void text_put_hex(struct text *t, const uint8_t *bytes, size_t count);

static inline struct slice text_slice(const struct text *t)
{
    return slice_of(t->bytes, t->size);
}

/* A literal into a text: PUT(t, " of "). */
#define PUT(t, literal) text_put((t), SLICE(literal))

#endif
