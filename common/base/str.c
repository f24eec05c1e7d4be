/* base/str.c: slices and bounded text. */
#include "base/str.h"

#include "base/assert.h"

int slice_compare(struct slice a, struct slice b)
{
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common ? memcmp(a.bytes, b.bytes, common) : 0;
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

bool slice_equal_nocase(struct slice a, struct slice b)
{
    if (a.size != b.size) return false;
    for (size_t i = 0; i < a.size; i++)
        if (upper(a.bytes[i]) != upper(b.bytes[i])) return false;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct slice slice_trim_blanks(struct slice s)
{
    while (s.size && is_blank(s.bytes[0])) s = slice_skip(s, 1);
    while (s.size && is_blank(s.bytes[s.size - 1])) s.size--;
    return s;
}

struct slice slice_copy(struct arena *a, struct slice s)
{
    char *copy = arena_take(a, s.size + 1);
    *slice_write(s, copy) = 0;
    return (struct slice){ copy, s.size };
}

struct slice slice_join(struct arena *a, const struct slice *parts, unsigned count)
{
    size_t size = 0;
    for (unsigned i = 0; i < count; i++) size += parts[i].size;
    char *bytes = arena_take(a, size + 1), *at = bytes;
    for (unsigned i = 0; i < count; i++) at = slice_write(parts[i], at);
    *at = 0;
    return (struct slice){ bytes, size };
}

struct slice slice_list(struct arena *a, const struct slice *items, unsigned count, struct slice between)
{
    size_t size = count > 1 ? (count - 1) * between.size : 0;
    for (unsigned i = 0; i < count; i++) size += items[i].size;
    char *bytes = arena_take(a, size + 1), *at = bytes;
    for (unsigned i = 0; i < count; i++) {
        if (i) at = slice_write(between, at);
        at = slice_write(items[i], at);
    }
    *at = 0;
    return (struct slice){ bytes, size };
}

struct slice slice_upper(struct arena *a, struct slice s)
{
    char *copy = arena_alloc(a, s.size + 1);
    for (size_t i = 0; i < s.size; i++) copy[i] = upper(s.bytes[i]);
    return (struct slice){ copy, s.size };
}

bool slice_to_uint(struct slice s, uint64_t max, uint64_t *value)
{
    uint64_t sum = 0;
    if (s.size == 0) return false;
    for (size_t i = 0; i < s.size; i++) {
        if (s.bytes[i] < '0' || s.bytes[i] > '9') return false;
        if (__builtin_mul_overflow(sum, 10u, &sum)) return false;
        if (__builtin_add_overflow(sum, (uint64_t)(s.bytes[i] - '0'), &sum)) return false;
    }
    if (sum > max) return false;
    *value = sum;
    return true;
}

struct text text_in(struct arena *a, size_t capacity)
{
    return text_over(arena_take(a, capacity), capacity);
}

/* Two digits a division: dates, places and amounts are written with every line. */
void text_put_int(struct text *t, int64_t value)
{
    static const char pairs[] =
        "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748"
        "4950515253545556575859606162636465666768697071727374757677787980818283848586878889909192939495969798"
        "99";
    char digits[24], *at = digits + sizeof digits;
    if (value >= 0 && value < 10) {
        text_put_byte(t, (char)('0' + value));
        return;
    }
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    for (; rest >= 100; rest /= 100) memcpy(at -= 2, pairs + 2 * (rest % 100), 2);
    if (rest >= 10) memcpy(at -= 2, pairs + 2 * rest, 2);
    else *--at = (char)('0' + rest);
    if (value < 0) *--at = '-';
    struct slice text = slice_of(at, (size_t)(digits + sizeof digits - at));
    if (text.size > t->capacity - t->size) {
        text_put(t, text);
        return;
    }
    slice_write(text, t->bytes + t->size);
    t->size += text.size;
}

struct slice slice_of_int(struct arena *a, int64_t value)
{
    struct text t = text_in(a, 24);
    text_put_int(&t, value);
    return text_slice(&t);
}

void text_put_hex(struct text *t, const uint8_t *bytes, size_t count)
{
    static const char digit[] = "0123456789abcdef";
    for (size_t i = 0; i < count; i++) {
        text_put_byte(t, digit[bytes[i] >> 4]);
        text_put_byte(t, digit[bytes[i] & 15]);
    }
}
