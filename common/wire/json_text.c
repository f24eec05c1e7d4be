/* wire/json_text.c: JSON written into a bounded text. */
#include "wire/json_text.h"

#include "base/instant.h"
#include "domain/calendar.h"
#include "domain/currency.h"
#include "domain/decimal.h"

struct json json_over(struct text *out)
{
    return (struct json){ .out = out };
}

static void begin_value(struct json *j)
{
    if (j->comma) text_put_byte(j->out, ',');
    j->comma = true;
}

void json_open_object(struct json *j)
{
    begin_value(j);
    text_put_byte(j->out, '{');
    j->comma = false;
}

void json_close_object(struct json *j)
{
    text_put_byte(j->out, '}');
    j->comma = true;
}

void json_open_array(struct json *j)
{
    begin_value(j);
    text_put_byte(j->out, '[');
    j->comma = false;
}

void json_close_array(struct json *j)
{
    text_put_byte(j->out, ']');
    j->comma = true;
}

/* Length of the well-formed UTF-8 sequence at the front of s, 0 when there is none. */
static size_t sequence(struct slice s)
{
    const uint8_t *b = (const uint8_t *)s.bytes;
    size_t size = b[0] < 0x80 ? 1 : b[0] < 0xc2 ? 0 : b[0] < 0xe0 ? 2 : b[0] < 0xf0 ? 3 : b[0] < 0xf5 ? 4 : 0;
    if (size == 0 || size > s.size) return 0;
    for (size_t i = 1; i < size; i++)
        if ((b[i] & 0xc0) != 0x80) return 0;
    bool low = (b[0] == 0xe0 && b[1] < 0xa0) || (b[0] == 0xf0 && b[1] < 0x90);
    bool high = (b[0] == 0xed && b[1] > 0x9f) || (b[0] == 0xf4 && b[1] > 0x8f);
    return low || high ? 0 : size;
}

static void put_escaped(struct text *t, char c)
{
    static const char digit[] = "0123456789abcdef";
    switch (c) {
    case '"':  PUT(t, "\\\""); return;
    case '\\': PUT(t, "\\\\"); return;
    case '\n': PUT(t, "\\n"); return;
    case '\r': PUT(t, "\\r"); return;
    case '\t': PUT(t, "\\t"); return;
    }
    PUT(t, "\\u00");
    text_put_byte(t, digit[(uint8_t)c >> 4]);
    text_put_byte(t, digit[(uint8_t)c & 15]);
}

static bool is_plain(char c)
{
    return (uint8_t)c >= 0x20 && (uint8_t)c < 0x7f && c != '"' && c != '\\';
}

static const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;

/* The same of eight bytes at once: the high bits of those that are not, or that stand after one. */
static uint64_t odd_ones(uint64_t eight)
{
    uint64_t quote = eight ^ ones * '"', backslash = eight ^ ones * '\\', rubout = eight ^ ones * 0x7f;
    uint64_t below =
        (eight - ones * 0x20) | (quote - ones) | (backslash - ones) | (rubout - ones); /* borrows where one is small */
    return (below | eight) & highs;
}

static bool are_plain(const char *bytes)
{
    uint64_t eight;
    memcpy(&eight, bytes, sizeof eight);
    return !odd_ones(eight);
}

static size_t plain_length(struct slice s)
{
    size_t plain = 0;
    while (s.size - plain >= sizeof(uint64_t) && are_plain(s.bytes + plain)) plain += sizeof(uint64_t);
    while (plain < s.size && is_plain(s.bytes[plain])) plain++;
    return plain;
}

/* A text that needs no look at single bytes: words, the last of which overlaps what was seen. */
static bool is_plain_text(struct slice s)
{
    uint64_t odd = 0, eight;
    uint32_t halves[2];
    if (s.size < sizeof eight) {
        if (s.size < sizeof halves[0]) return plain_length(s) == s.size;
        memcpy(&halves[0], s.bytes, sizeof halves[0]);
        memcpy(&halves[1], s.bytes + s.size - sizeof halves[1], sizeof halves[1]);
        memcpy(&eight, halves, sizeof eight);
        return !odd_ones(eight);
    }
    for (size_t at = 0; at + sizeof eight < s.size; at += sizeof eight) {
        memcpy(&eight, s.bytes + at, sizeof eight);
        odd |= odd_ones(eight);
    }
    memcpy(&eight, s.bytes + s.size - sizeof eight, sizeof eight);
    return !(odd | odd_ones(eight));
}

static void put_string(struct text *t, struct slice s)
{
    if (t->capacity - t->size >= s.size + 2 && is_plain_text(s)) {
        char *to = t->bytes + t->size;
        *to++ = '"';
        *slice_write(s, to) = '"';
        t->size += s.size + 2;
        return;
    }
    text_put_byte(t, '"');
    while (s.size) {
        size_t plain = plain_length(s);
        text_put(t, slice_head(s, plain));
        s = slice_skip(s, plain);
        if (s.size == 0) break;
        size_t size = sequence(s);
        if (size == 0) PUT(t, "\xef\xbf\xbd");
        else if (size == 1) put_escaped(t, s.bytes[0]);
        else text_put(t, slice_head(s, size));
        s = slice_skip(s, size ? size : 1);
    }
    text_put_byte(t, '"');
}

void json_name(struct json *j, struct slice name)
{
    begin_value(j);
    put_string(j->out, name);
    text_put_byte(j->out, ':');
    j->comma = false;
}

void json_put_text(struct json *j, struct slice value)
{
    begin_value(j);
    put_string(j->out, value);
}

void json_put_int(struct json *j, int64_t value)
{
    begin_value(j);
    text_put_int(j->out, value);
}

void json_put_bool(struct json *j, bool value)
{
    begin_value(j);
    text_put(j->out, value ? SLICE("true") : SLICE("false"));
}

void json_put_raw(struct json *j, struct slice value)
{
    begin_value(j);
    text_put(j->out, value);
}

/* A member whose name is one of ours, which need no escape; its value follows at once. */
static void begin_member(struct json *j, const char *name)
{
    struct slice word = slice_from(name);
    struct text *t = j->out;
    if (t->capacity - t->size < word.size + 4) t->full = true;
    if (t->full) return;
    char *to = t->bytes + t->size;
    *to = ',';
    to += j->comma;
    *to++ = '"';
    to = slice_write(word, to);
    *to++ = '"';
    *to++ = ':';
    t->size = (size_t)(to - t->bytes);
    j->comma = true;
}

void json_text(struct json *j, const char *name, struct slice value)
{
    if (slice_is_empty(value)) return;
    begin_member(j, name);
    put_string(j->out, value);
}

void json_int(struct json *j, const char *name, int64_t value)
{
    begin_member(j, name);
    text_put_int(j->out, value);
}

void json_flag(struct json *j, const char *name, bool value)
{
    if (!value) return;
    begin_member(j, name);
    PUT(j->out, "true");
}

/* Figures between quotes: digits, points, dashes. */
static void begin_figure(struct json *j, const char *name)
{
    begin_member(j, name);
    text_put_byte(j->out, '"');
}

static void end_figure(struct json *j)
{
    text_put_byte(j->out, '"');
}

void json_date(struct json *j, const char *name, int32_t date)
{
    if (date == 0) return;
    begin_figure(j, name);
    date_put(j->out, date);
    end_figure(j);
}

void json_instant(struct json *j, const char *name, int64_t unix_ms)
{
    if (unix_ms == 0) return;
    begin_figure(j, name);
    instant_put(j->out, unix_ms);
    end_figure(j);
}

void json_decimal(struct json *j, const char *name, int64_t value, unsigned scale)
{
    begin_figure(j, name);
    decimal_put(j->out, value, scale);
    end_figure(j);
}

void json_money(struct json *j, const char *name, int64_t minor, struct slice currency)
{
    begin_figure(j, name);
    money_put(j->out, minor, currency);
    end_figure(j);
}

void json_word(struct json *j, const char *name, enum vocabulary list, int number)
{
    json_text(j, name, word_text(list, number));
}
