/* intake/json_out.c: a JSON writer over one growing buffer. */
#include "intake/json_out.h"

#include "base/assert.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 4096, ESCAPE_BYTES_MAX = 6 };

void json_out_open(struct json_out *out)
{
    *out = (struct json_out){ 0 };
}

void json_out_close(struct json_out *out)
{
    free(out->bytes);
    *out = (struct json_out){ 0 };
}

void json_out_reset(struct json_out *out)
{
    ASSERT(out->depth == 0 && !out->named);
    out->size = 0;
    out->comma[0] = false;
}

struct slice json_out_bytes(const struct json_out *out)
{
    return slice_of(out->bytes, out->size);
}

static char *room(struct json_out *out, size_t bytes)
{
    if (out->capacity - out->size < bytes) {
        size_t capacity = out->capacity ? out->capacity : FIRST_CAPACITY;
        while (capacity - out->size < bytes) capacity *= 2;
        out->bytes = realloc(out->bytes, capacity);
        ASSERT(out->bytes);
        out->capacity = capacity;
    }
    return out->bytes + out->size;
}

static void put(struct json_out *out, const char *bytes, size_t size)
{
    if (size == 0) return;
    memcpy(room(out, size), bytes, size);
    out->size += size;
}

/* What stands between this value and the one before it. */
static void lead_in(struct json_out *out)
{
    if (!out->named && out->comma[out->depth]) put(out, ",", 1);
    out->comma[out->depth] = true;
    out->named = false;
}

void json_out_begin(struct json_out *out, char bracket)
{
    ASSERT(out->depth + 1 < JSON_OUT_DEPTH_MAX && (bracket == '{' || bracket == '['));
    lead_in(out);
    put(out, &bracket, 1);
    out->depth++;
    out->comma[out->depth] = false;
    out->brackets[out->depth] = bracket == '{' ? '}' : ']';
}

void json_out_end(struct json_out *out)
{
    ASSERT(out->depth > 0 && !out->named);
    put(out, &out->brackets[out->depth], 1);
    out->depth--;
}

static size_t utf8_length(const unsigned char *s, size_t size)
{
    if (s[0] < 0x80) return 1;
    size_t length = s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc2 ? 2 : 0;
    if (length == 0 || s[0] >= 0xf5 || length > size) return 0;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xc0) != 0x80) return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f)) return 0;
    if ((s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f)) return 0;
    return length;
}

static void put_escaped(struct json_out *out, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    char escape[ESCAPE_BYTES_MAX] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };
    if (c == '"' || c == '\\') { escape[1] = (char)c; put(out, escape, 2); return; }
    if (c == '\n') { put(out, "\\n", 2); return; }
    if (c == '\t') { put(out, "\\t", 2); return; }
    if (c == '\r') { put(out, "\\r", 2); return; }
    put(out, escape, sizeof escape);
}

static void put_text(struct json_out *out, struct slice text)
{
    const unsigned char *s = (const unsigned char *)text.bytes;
    size_t from = 0, at = 0;
    if (text.size == 0) { put(out, "\"\"", 2); return; }
    put(out, "\"", 1);
    while (at < text.size) {
        if (s[at] >= 0x20 && s[at] < 0x7f && s[at] != '"' && s[at] != '\\') { at++; continue; }
        size_t length = s[at] < 0x80 ? 0 : utf8_length(s + at, text.size - at);
        if (length > 0) { at += length; continue; }
        put(out, text.bytes + from, at - from);
        if (s[at] < 0x80) put_escaped(out, s[at]);
        else put(out, "\xef\xbf\xbd", 3);
        from = ++at;
    }
    put(out, text.bytes + from, text.size - from);
    put(out, "\"", 1);
}

void json_out_name(struct json_out *out, struct slice name)
{
    ASSERT(out->depth > 0 && !out->named);
    lead_in(out);
    put_text(out, name);
    put(out, ":", 1);
    out->named = true;
}

void json_out_text(struct json_out *out, struct slice text)
{
    lead_in(out);
    put_text(out, text);
}

static void json_out_int(struct json_out *out, int64_t value)
{
    char digits[24];
    struct text t = text_over(digits, sizeof digits);
    text_put_int(&t, value);
    json_out_raw(out, text_slice(&t));
}

static void json_out_bool(struct json_out *out, bool value)
{
    json_out_raw(out, value ? SLICE("true") : SLICE("false"));
}

void json_out_raw(struct json_out *out, struct slice json)
{
    lead_in(out);
    put(out, json.bytes, json.size);
}

void json_out_line(struct json_out *out)
{
    ASSERT(out->depth == 0 && !out->named);
    put(out, "\n", 1);
    out->comma[0] = false;
}

void json_out_member(struct json_out *out, struct slice name, struct slice text)
{
    if (slice_is_empty(text)) return;
    json_out_name(out, name);
    json_out_text(out, text);
}

void json_out_member_int(struct json_out *out, struct slice name, int64_t value)
{
    json_out_name(out, name);
    json_out_int(out, value);
}

void json_out_member_bool(struct json_out *out, struct slice name, bool value)
{
    json_out_name(out, name);
    json_out_bool(out, value);
}
