/* wire/normal_text.c: utf8proc where a byte is beyond ASCII, nothing where none is. */
#include "wire/normal_text.h"

#include "base/assert.h"

#include <utf8proc.h>

static bool is_plain(struct slice s)
{
    for (size_t i = 0; i < s.size; i++)
        if (s.bytes[i] < ' ' || s.bytes[i] > '~') return false;
    return true;
}

static bool is_refused(utf8proc_int32_t code)
{
    utf8proc_category_t category = utf8proc_category(code);
    return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF;
}

/* Checks every character and turns line breaks into blanks. */
static bool take_characters(struct slice raw, struct text *out)
{
    while (raw.size) {
        utf8proc_int32_t code;
        utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)raw.bytes, (utf8proc_ssize_t)raw.size,
                                                 &code);
        if (size <= 0) return false;
        bool is_break = code == '\n' || code == '\r';
        if (!is_break && is_refused(code)) return false;
        bool is_second = code == '\n' && out->size && raw.bytes[-1] == '\r';
        if (is_break && !is_second) text_put_byte(out, ' ');
        else if (!is_break) text_put(out, slice_head(raw, (size_t)size));
        raw = slice_skip(raw, (size_t)size);
    }
    return true;
}

/* At most 3 code points come of one in NFC's decomposition step per byte; utf8proc says how many it needs. */
static struct slice compose(struct arena *a, struct slice s)
{
    utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)s.bytes;
    utf8proc_ssize_t count = utf8proc_decompose(bytes, (utf8proc_ssize_t)s.size, NULL, 0, options);
    ASSERT(count >= 0);
    utf8proc_int32_t *codes = ARENA_ARRAY(a, (size_t)count + 1, utf8proc_int32_t);
    count = utf8proc_decompose(bytes, (utf8proc_ssize_t)s.size, codes, count, options);
    utf8proc_ssize_t size = utf8proc_reencode(codes, count, options);
    ASSERT(size >= 0);
    return slice_of((const char *)codes, (size_t)size);
}

bool normal_text(struct arena *a, struct slice raw, struct slice *text)
{
    if (is_plain(raw)) {
        *text = slice_trim(raw);
        return true;
    }
    struct text checked = text_in(a, raw.size + 1);
    if (!take_characters(raw, &checked)) return false;
    ASSERT(!checked.full);
    *text = slice_trim(compose(a, text_slice(&checked)));
    return true;
}
