/* runtime/json_line.c: quoting, and the comma between members. */
#include "runtime/json_line.h"

#include "base/utf8.h"

static void put_escaped(struct text *t, unsigned char byte)
{
    switch (byte) {
    case '"':  PUT(t, "\\\""); return;
    case '\\': PUT(t, "\\\\"); return;
    case '\n': PUT(t, "\\n"); return;
    case '\t': PUT(t, "\\t"); return;
    case '\r': PUT(t, "\\r"); return;
    }
    if (byte >= 0x20) {
        text_put_byte(t, (char)byte);
        return;
    }
    PUT(t, "\\u00");
    text_put_hex(t, &byte, 1);
}

void json_line_text(struct text *t, struct slice s)
{
    text_put_byte(t, '"');
    while (s.size) {
        struct slice rest = s;
        uint32_t code = utf8_next(&rest);
        size_t size = s.size - rest.size;
        if (code < 0x80) put_escaped(t, (unsigned char)s.bytes[0]);
        else if (code == UTF8_REPLACEMENT && size == 1) PUT(t, "\xEF\xBF\xBD");
        else text_put(t, slice_head(s, size));
        s = rest;
    }
    text_put_byte(t, '"');
}

void json_line_name(struct text *t, const char *name)
{
    char last = t->size ? t->bytes[t->size - 1] : '{';
    if (last != '{' && last != '[') text_put_byte(t, ',');
    json_line_text(t, slice_from(name));
    text_put_byte(t, ':');
}

void json_line_member(struct text *t, const char *name, struct slice value)
{
    json_line_name(t, name);
    json_line_text(t, value);
}

void json_line_number(struct text *t, const char *name, int64_t value)
{
    json_line_name(t, name);
    text_put_int(t, value);
}
