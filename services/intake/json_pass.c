/* intake/json_pass.c: a scanner of JSON text; recursion is bounded by JSON_DEPTH_MAX. */
#include "intake/json_pass.h"

#include "base/assert.h"

struct scan {
    struct slice      text;
    size_t            at;
    unsigned          depth;
    struct json_pass *copy;                         /* NULL: only look */
    enum json_fault   fault;
    const char       *problem;
};

static bool fail(struct scan *s, enum json_fault fault, const char *problem)
{
    if (s->fault != JSON_FINE) return false;
    s->fault = fault;
    s->problem = problem;
    return false;
}

static int peek(const struct scan *s)
{
    return s->at < s->text.size ? (unsigned char)s->text.bytes[s->at] : -1;
}

static void put(struct scan *s, const char *bytes, size_t size)
{
    if (!s->copy) return;
    memcpy(s->copy->quoted + s->copy->quoted_size, bytes, size);
    s->copy->quoted_size += size;
}

static void take(struct scan *s, size_t count)
{
    put(s, s->text.bytes + s->at, count);
    s->at += count;
}

static void skip_blanks(struct scan *s)
{
    for (int c = peek(s); c == ' ' || c == '\t' || c == '\n' || c == '\r'; c = peek(s)) s->at++;
}

static bool is_digit(int c) { return c >= '0' && c <= '9'; }

/* The number as a whole is what is wrong. */
static bool no_number(struct scan *s, size_t from)
{
    s->at = from;
    return fail(s, JSON_FAULT_NUMBER, "a number");
}

/* -? (0 | [1-9] digits) ( . digits )? ( [eE] [+-]? digits )? */
static bool scan_number(struct scan *s)
{
    size_t from = s->at;
    if (peek(s) == '-') s->at++;
    if (!is_digit(peek(s))) return no_number(s, from);
    bool is_zero = peek(s) == '0';
    size_t digits = 0;
    for (; is_digit(peek(s)); digits++) s->at++;
    if (is_zero && digits > 1) return no_number(s, from);
    if (peek(s) == '.') {
        s->at++;
        if (!is_digit(peek(s))) return no_number(s, from);
        while (is_digit(peek(s))) s->at++;
    }
    if (peek(s) == 'e' || peek(s) == 'E') {
        s->at++;
        if (peek(s) == '+' || peek(s) == '-') s->at++;
        if (!is_digit(peek(s))) return no_number(s, from);
        while (is_digit(peek(s))) s->at++;
    }
    put(s, "\"", 1);
    put(s, s->text.bytes + from, s->at - from);
    put(s, "\"", 1);
    return true;
}

static size_t utf8_bytes(const unsigned char *b, size_t left)
{
    size_t n = b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : 2;
    if (b[0] < 0xc2 || b[0] > 0xf4 || n > left) return 0;
    for (size_t i = 1; i < n; i++)
        if ((b[i] & 0xc0) != 0x80) return 0;
    if ((b[0] == 0xe0 && b[1] < 0xa0) || (b[0] == 0xed && b[1] > 0x9f)) return 0;
    if ((b[0] == 0xf0 && b[1] < 0x90) || (b[0] == 0xf4 && b[1] > 0x8f)) return 0;
    return n;
}

static int hex_value(int c)
{
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Four hex digits after \u at `at`; -1 when there are none. */
static int unit_at(const struct scan *s, size_t at)
{
    int unit = 0;
    if (at + 6 > s->text.size || s->text.bytes[at] != '\\' || s->text.bytes[at + 1] != 'u') return -1;
    for (size_t i = 2; i < 6; i++) {
        int digit = hex_value((unsigned char)s->text.bytes[at + i]);
        if (digit < 0) return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static bool scan_escape(struct scan *s)
{
    int c = s->at + 1 < s->text.size ? (unsigned char)s->text.bytes[s->at + 1] : -1;
    if (c > 0 && strchr("\"\\/bfnrt", c)) { take(s, 2); return true; }
    int unit = unit_at(s, s->at);
    if (unit < 0) return fail(s, JSON_FAULT_SYNTAX, "an escape that JSON does not have");
    if (unit == 0) return fail(s, JSON_FAULT_SYNTAX, "a NUL character");
    if (unit >= 0xdc00 && unit < 0xe000) return fail(s, JSON_FAULT_SYNTAX, "a lone surrogate");
    if (unit < 0xd800 || unit >= 0xdc00) { take(s, 6); return true; }
    int low = unit_at(s, s->at + 6);
    if (low < 0xdc00 || low >= 0xe000) return fail(s, JSON_FAULT_SYNTAX, "a lone surrogate");
    take(s, 12);
    return true;
}

static bool scan_string(struct scan *s)
{
    take(s, 1);
    for (;;) {
        size_t from = s->at;
        while (s->at < s->text.size && (signed char)s->text.bytes[s->at] >= 0x20 && s->text.bytes[s->at] != '"'
               && s->text.bytes[s->at] != '\\')
            s->at++;
        put(s, s->text.bytes + from, s->at - from);
        int c = peek(s);
        if (c < 0) return fail(s, JSON_FAULT_SYNTAX, "an unfinished text");
        if (c == '"') { take(s, 1); return true; }
        if (c == '\\') {
            if (!scan_escape(s)) return false;
            continue;
        }
        if (c < 0x20) return fail(s, JSON_FAULT_SYNTAX, "a control character in a text");
        size_t n = utf8_bytes((const unsigned char *)s->text.bytes + s->at, s->text.size - s->at);
        if (n == 0) return fail(s, JSON_FAULT_ENCODING, "bytes that are no UTF-8");
        take(s, n);
    }
}

static bool scan_word(struct scan *s, struct slice word)
{
    if (!slice_starts_with(slice_skip(s->text, s->at), word))
        return fail(s, JSON_FAULT_SYNTAX, "a word that JSON does not have");
    take(s, word.size);
    return true;
}

static bool scan_value(struct scan *s);

/* Enters a bracket; true when it closes at once. */
static bool enter(struct scan *s, char closing, bool *is_empty)
{
    if (s->depth == JSON_DEPTH_MAX) return fail(s, JSON_FAULT_DEPTH, "too deep a nesting");
    s->depth++;
    take(s, 1);
    skip_blanks(s);
    *is_empty = peek(s) == closing;
    return true;
}

/* A comma or the closing bracket. */
static bool go_on(struct scan *s, char closing, bool *is_done)
{
    skip_blanks(s);
    int c = peek(s);
    *is_done = c == closing;
    if (c != ',' && c != closing)
        return fail(s, JSON_FAULT_SYNTAX, c < 0 ? "an unfinished value" : "a missing comma or bracket");
    if (!*is_done) take(s, 1);
    return true;
}

static void leave(struct scan *s)
{
    take(s, 1);
    s->depth--;
}

static bool scan_object(struct scan *s)
{
    bool is_done;
    unsigned members = 0;
    if (!enter(s, '}', &is_done)) return false;
    while (!is_done) {
        skip_blanks(s);
        if (peek(s) != '"')
            return fail(s, JSON_FAULT_SYNTAX, peek(s) < 0 ? "an unfinished object" : "a member without name");
        if (!scan_string(s)) return false;
        if (++members > JSON_MEMBERS_MAX && s->copy) return fail(s, JSON_FAULT_MEMBERS, "too many members");
        skip_blanks(s);
        if (peek(s) != ':') return fail(s, JSON_FAULT_SYNTAX, "a member without value");
        take(s, 1);
        if (!scan_value(s) || !go_on(s, '}', &is_done)) return false;
    }
    leave(s);
    return true;
}

static bool scan_list(struct scan *s)
{
    bool is_done;
    if (!enter(s, ']', &is_done)) return false;
    while (!is_done)
        if (!scan_value(s) || !go_on(s, ']', &is_done)) return false;
    leave(s);
    return true;
}

static bool scan_value(struct scan *s)
{
    skip_blanks(s);
    if (s->copy) s->copy->offsets[s->copy->value_count++] = (uint32_t)s->at;
    switch (peek(s)) {
    case '{': return scan_object(s);
    case '[': return scan_list(s);
    case '"': return scan_string(s);
    case 't': return scan_word(s, SLICE("true"));
    case 'f': return scan_word(s, SLICE("false"));
    case 'n': return scan_word(s, SLICE("null"));
    case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
        return scan_number(s);
    case -1:  return fail(s, JSON_FAULT_SYNTAX, "an unfinished value");
    case 'N': case 'I': case '+': case '.': return fail(s, JSON_FAULT_NUMBER, "a number");
    default:  return fail(s, JSON_FAULT_SYNTAX, "a value that JSON does not have");
    }
}

enum json_fault json_pass_record(struct json_pass *p, struct slice record)
{
    struct scan s = { .text = record, .copy = p };
    p->quoted_size = 0;
    p->value_count = 0;
    if (scan_value(&s)) {
        skip_blanks(&s);
        if (s.at < record.size) fail(&s, JSON_FAULT_TRAILING, "data behind the value");
    }
    p->fault_at = s.at;
    p->problem = s.problem;
    return s.fault;
}

enum json_fault json_pass_skip(struct slice bytes, size_t at, size_t *begin, size_t *end, size_t *fault_at)
{
    struct scan s = { .text = bytes, .at = at };
    skip_blanks(&s);
    *begin = s.at;
    (void)scan_value(&s);
    *end = *fault_at = s.at;
    return s.fault;
}

bool json_pass_step(struct slice bytes, size_t *at, struct slice *key, struct slice *value)
{
    struct scan s = { .text = bytes, .at = *at };
    skip_blanks(&s);
    if (peek(&s) == ',') s.at++;
    skip_blanks(&s);
    if (peek(&s) == '}' || peek(&s) == ']' || peek(&s) < 0) return false;
    *key = (struct slice){ 0 };
    size_t from = s.at;
    if (!scan_value(&s)) return false;
    *value = slice_of(bytes.bytes + from, s.at - from);
    skip_blanks(&s);
    if (peek(&s) == ':') {
        s.at++;
        *key = slice_of(value->bytes + 1, value->size - 2);
        skip_blanks(&s);
        from = s.at;
        if (!scan_value(&s)) return false;
        *value = slice_of(bytes.bytes + from, s.at - from);
    }
    *at = s.at;
    return true;
}

static void put_key(struct text *t, struct slice key)
{
    for (size_t i = 0; i < key.size; i++) {
        if (key.bytes[i] == '~') PUT(t, "~0");
        else if (key.bytes[i] == '/') PUT(t, "~1");
        else text_put_byte(t, key.bytes[i]);
    }
}

void json_pass_pointer(struct slice record, size_t target, struct text *t)
{
    struct scan s = { .text = record };
    skip_blanks(&s);
    size_t at = s.at;
    for (unsigned depth = 0;
         depth <= JSON_DEPTH_MAX && at < target && (record.bytes[at] == '{' || record.bytes[at] == '['); depth++) {
        bool is_list = record.bytes[at] == '[', found = false;
        struct slice key, value;
        at++;
        for (int64_t index = 0; !found && json_pass_step(record, &at, &key, &value); index++) {
            size_t from = (size_t)(value.bytes - record.bytes);
            if (target < from || target >= from + value.size) continue;
            PUT(t, "/");
            if (is_list) text_put_int(t, index);
            else put_key(t, key);
            at = from;
            found = true;
        }
        if (!found) return;
    }
}
