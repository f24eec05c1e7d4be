/* intake/plain.c: Unicode of texts, by utf8proc. */
#include "intake/plain.h"

#include "base/assert.h"
#include "base/utf8.h"

#include <utf8proc.h>

enum { DECOMPOSED_MAX = 18 };                       /* code points that one may become under NFD, and room */

enum treatment { KEEP, BLANK, REMOVE, CONTROL };

static enum treatment treat(int32_t c)
{
    if (c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029) return BLANK;
    utf8proc_category_t category = utf8proc_category(c);
    if (category == UTF8PROC_CATEGORY_CF) return REMOVE;
    return category == UTF8PROC_CATEGORY_CC ? CONTROL : KEEP;
}

struct decoder { struct slice rest; int32_t *points; size_t count; bool lenient, removed; enum plain_fault fault; };

/* The next code point; a broken byte is U+FFFD where that is allowed. */
static int32_t next_point(struct decoder *d)
{
    int32_t c;
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)d->rest.bytes, (utf8proc_ssize_t)d->rest.size, &c);
    if (n > 0) {
        d->rest = slice_skip(d->rest, (size_t)n);
        return c;
    }
    d->rest = slice_skip(d->rest, 1);
    if (!d->lenient) d->fault = PLAIN_ENCODING;
    return 0xfffd;
}

static void decompose(struct decoder *d, int32_t c)
{
    int last_class = 0;
    utf8proc_ssize_t n = utf8proc_decompose_char(c, d->points + d->count, DECOMPOSED_MAX,
                                                 UTF8PROC_STABLE | UTF8PROC_COMPOSE, &last_class);
    ASSERT(n >= 0 && n <= DECOMPOSED_MAX);
    d->count += (size_t)n;
}

static void decode(struct decoder *d)
{
    bool after_return = false;
    while (d->rest.size > 0) {
        int32_t c = next_point(d);
        enum treatment t = treat(c);
        bool second_of_crlf = after_return && c == '\n';
        after_return = c == '\r';
        if (t == REMOVE) d->removed = true;
        if (t == CONTROL && !d->lenient && d->fault == PLAIN_FINE) d->fault = PLAIN_CONTROL;
        if (t == REMOVE || second_of_crlf) continue;
        decompose(d, t == KEEP ? c : ' ');
    }
}

static bool is_blank(int32_t c)
{
    return c == ' ' || utf8proc_category(c) == UTF8PROC_CATEGORY_ZS;
}

/* Canonical order of marks, which utf8proc_decompose would have brought, then composition. */
static size_t compose(int32_t *points, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        int class_here = utf8proc_get_property(points[i])->combining_class;
        for (size_t k = i; class_here > 0 && k > 0; k--) {
            if (utf8proc_get_property(points[k - 1])->combining_class <= class_here) break;
            int32_t swap = points[k - 1];
            points[k - 1] = points[k];
            points[k] = swap;
        }
    }
    utf8proc_ssize_t n = utf8proc_normalize_utf32(points, (utf8proc_ssize_t)count, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    ASSERT(n >= 0);
    return (size_t)n;
}

static struct slice encode(struct arena *a, const int32_t *points, size_t from, size_t to)
{
    char *bytes = arena_alloc(a, 4 * (to - from) + 1);
    size_t size = 0;
    for (size_t i = from; i < to; i++)
        size += (size_t)utf8proc_encode_char(points[i], (utf8proc_uint8_t *)bytes + size);
    return slice_of(bytes, size);
}

static enum plain_fault make(struct arena *a, struct slice sent, bool lenient, struct plain *out)
{
    struct decoder d = { .rest = sent, .lenient = lenient };
    /* Decomposition makes at most four code points of three bytes, one look-ahead of DECOMPOSED_MAX at the end. */
    d.points = ARENA_ARRAY(a, 4 * sent.size + DECOMPOSED_MAX, int32_t);
    decode(&d);
    if (d.fault != PLAIN_FINE) return d.fault;
    size_t from = 0, to = compose(d.points, d.count);
    while (from < to && is_blank(d.points[from])) from++;
    while (to > from && is_blank(d.points[to - 1])) to--;
    *out = (struct plain){ encode(a, d.points, from, to), d.removed };
    return PLAIN_FINE;
}

/* Bytes of a wide blank at the beginning, or at the end; 0: there is none. */
static size_t wide_blank(struct slice s, bool at_end)
{
    static const struct slice two[] = { SLICE_INIT("\xc2\xa0") };
    static const struct slice three[] = { SLICE_INIT("\xe2\x80\xaf"), SLICE_INIT("\xe2\x81\x9f"),
                                          SLICE_INIT("\xe3\x80\x80"), SLICE_INIT("\xe1\x9a\x80") };
    struct slice part = at_end && s.size > 3 ? slice_skip(s, s.size - 3) : slice_head(s, 3);
    if (at_end ? slice_ends_with(s, two[0]) : slice_starts_with(s, two[0])) return two[0].size;
    for (unsigned k = 0; k < sizeof three / sizeof *three; k++)
        if (slice_equal(part, three[k])) return three[k].size;
    bool is_space = part.size == 3 && slice_starts_with(part, SLICE("\xe2\x80"))
                    && (uint8_t)part.bytes[2] >= 0x80 && (uint8_t)part.bytes[2] <= 0x8a;   /* U+2000 to U+200A */
    return is_space ? part.size : 0;
}

struct slice plain_trim_blanks(struct slice s)
{
    for (size_t size = 1; size > 0;) {
        s = slice_trim(s);
        if (s.size == 0 || ((uint8_t)s.bytes[0] < 0x80 && (uint8_t)s.bytes[s.size - 1] < 0x80)) return s;
        size = wide_blank(s, false);
        s = slice_skip(s, size);
        size_t behind = wide_blank(s, true);
        s.size -= behind;
        size += behind;
    }
    return s;
}

enum plain_fault plain_text(struct arena *a, struct slice sent, struct plain *out)
{
    if (utf8_is_printable_ascii(sent)) {
        *out = (struct plain){ .text = slice_trim(sent) };
        return PLAIN_FINE;
    }
    return make(a, sent, false, out);
}

bool plain_is_blank(struct slice sent)
{
    while (sent.size > 0) {
        int32_t c;
        if (sent.bytes[0] > ' ' && sent.bytes[0] < 0x7f) return false;
        utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)sent.bytes, (utf8proc_ssize_t)sent.size, &c);
        if (n <= 0 || (treat(c) != REMOVE && treat(c) != BLANK && !is_blank(c))) return false;
        sent = slice_skip(sent, (size_t)n);
    }
    return true;
}

struct slice plain_text_leniently(struct arena *a, struct slice sent)
{
    if (utf8_is_printable_ascii(sent)) return slice_trim(sent);
    struct plain p;
    enum plain_fault fault = make(a, sent, true, &p);
    ASSERT(fault == PLAIN_FINE);
    return p.text;
}

static bool has_only(struct slice s, const char *marks)
{
    for (size_t i = 0; i < s.size; i++) {
        char c = s.bytes[i];
        bool is_word = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!is_word && (c == 0 || !strchr(marks, c))) return false;
    }
    return true;
}

bool plain_is_id(struct slice text)
{
    return has_only(text, "._:/#-");
}

bool plain_is_code(struct slice text)
{
    return has_only(text, "._-");
}

/* Bytes of the full-width or dashed character at the front, and what stands for it; 0: another character. */
static size_t narrow_one(struct slice s, char *ascii)
{
    static const struct { const char bytes[4]; char ascii; } others[] = {
        { "\xe2\x80\x90", '-' }, { "\xe2\x80\x91", '-' }, { "\xe2\x80\x92", '-' }, { "\xe2\x80\x93", '-' },
        { "\xe2\x80\x94", '-' }, { "\xe2\x88\x92", '-' }, { "\xef\xb9\xa3", '-' }, { "\xe3\x80\x80", ' ' },
    };
    enum { BYTES = 3, FIRST = 0xff01, LAST = 0xff5e, BEHIND = 0xfee0 };
    if (s.size < BYTES) return 0;
    for (unsigned k = 0; k < sizeof others / sizeof *others; k++)
        if (memcmp(s.bytes, others[k].bytes, BYTES) == 0) return *ascii = others[k].ascii, BYTES;
    const unsigned char *c = (const unsigned char *)s.bytes;
    unsigned point = (c[0] & 0x0fu) << 12 | (c[1] & 0x3fu) << 6 | (c[2] & 0x3fu);
    if (c[0] != 0xef || point < FIRST || point > LAST) return 0;
    *ascii = (char)(point - BEHIND);
    return BYTES;
}

struct slice plain_narrow(struct slice text, char *room, size_t size)
{
    size_t at = 0, written = 0;
    while (at < text.size && (signed char)text.bytes[at] >= 0) at++;
    if (at == text.size || text.size > size) return text;
    for (at = 0; at < text.size; written++) {
        size_t bytes = narrow_one(slice_skip(text, at), &room[written]);
        if (bytes == 0) room[written] = text.bytes[at++];
        at += bytes;
    }
    return slice_of(room, written);
}
