/* intake/x12_tokens.c: find the terminator, then the separators inside. */
#include "intake/x12_tokens.h"

#include "base/assert.h"

#include <endian.h>

enum { LOOK_AHEAD_BYTES = 128 };                    /* an ISA, wrapped or not */

static bool is_break(char c)   { return c == '\n' || c == '\r'; }
static bool is_padding(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

uint32_t x12_key(struct slice id)
{
    uint32_t key = 0;
    if (id.size < 2 || id.size > 3) return 0;
    for (size_t i = 0; i < id.size; i++) {
        char c = id.bytes[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) return 0;
        key = key << 8 | (uint8_t)c;
    }
    return id.size == 2 ? key << 8 : key;
}

void x12_tokens_begin(struct x12_tokens *t, struct slice window, uint64_t at, struct x12_delimiters delimiters)
{
    t->window = window;
    t->at = at;
    t->delimiters = delimiters;
    t->is_last = t->is_begin = true;
    memset(t->classes, 0, sizeof t->classes);
    for (unsigned c = 0; c < 0x20; c++) t->classes[c] = X12_HAS_CONTROL;
    t->classes[0x7f] = X12_HAS_CONTROL;
    t->classes['\n'] = t->classes['\r'] = X12_HAS_BREAK;
    for (unsigned c = 0x80; c < 256; c++) t->classes[c] = X12_HAS_HIGH;
    /* A delimiter is no data, whatever byte it is. */
    t->classes[(uint8_t)delimiters.component] = t->classes[(uint8_t)delimiters.repetition] = 0;
    t->classes[0] = X12_HAS_CONTROL;
    t->classes[(uint8_t)delimiters.element] = 0;
}

/* Interchange headers */

static bool separators_stand(const char *isa)
{
    static const uint8_t places[ISA_ELEMENTS] = { 3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103 };
    for (unsigned i = 0; i < ISA_ELEMENTS; i++)
        if (isa[places[i]] != isa[3]) return false;
    return true;
}

/* The ISA without its line breaks, which must lie `width` bytes apart. */
static bool flatten_isa(struct slice bytes, uint64_t at, char flat[ISA_BYTES], uint32_t *width)
{
    size_t size = 0, line = 0;
    *width = 0;
    for (uint64_t i = at; i < bytes.size && size < ISA_BYTES; i++) {
        if (is_break(bytes.bytes[i])) {
            if (bytes.bytes[i] == '\n' && i > at && bytes.bytes[i - 1] == '\r') continue;
            if (line < X12_WRAP_WIDTH_MIN || (*width && line != *width)) return false;
            *width = (uint32_t)line;
            line = 0;
            continue;
        }
        flat[size++] = bytes.bytes[i];
        line++;
    }
    return size == ISA_BYTES;
}

bool x12_is_isa(struct slice bytes, uint64_t at, uint32_t *width)
{
    char flat[ISA_BYTES];
    uint32_t found;
    if (width) *width = 0;
    if (at + ISA_BYTES > bytes.size || memcmp(bytes.bytes + at, "ISA", 3) != 0) return false;
    if (separators_stand(bytes.bytes + at)) return true;
    if (!flatten_isa(bytes, at, flat, &found) || found == 0 || !separators_stand(flat)) return false;
    if (width) *width = found;
    return true;
}

uint64_t x12_find_isa(struct slice bytes, uint64_t from, char terminator)
{
    for (uint64_t at = from; at + ISA_BYTES <= bytes.size; at++) {
        const char *found = memchr(bytes.bytes + at, 'I', bytes.size - at);
        if (!found) break;
        at = (uint64_t)(found - bytes.bytes);
        char before = at > 0 ? bytes.bytes[at - 1] : '\n';
        if ((at == from || is_break(before) || before == terminator) && x12_is_isa(bytes, at, NULL)) return at;
    }
    return bytes.size;
}

uint64_t x12_first_isa(struct slice bytes)
{
    uint64_t begin = slice_starts_with(bytes, SLICE("\xef\xbb\xbf")) ? 3 : 0, at = x12_find_isa(bytes, begin, 0);
    uint64_t end = begin + X12_LEADING_BYTES_MAX < at ? begin + X12_LEADING_BYTES_MAX : at;
    for (uint64_t k = begin; k < end; k++) {
        const char *found = memchr(bytes.bytes + k, 'I', end - k);
        if (!found) break;
        k = (uint64_t)(found - bytes.bytes);
        if (x12_is_isa(bytes, k, NULL)) return k;
    }
    return at;
}

/* Segments */

/* Skips what stands between segments. More than one line break after a terminator is padding to speak of. */
static unsigned skip_padding(struct x12_tokens *t)
{
    const char *bytes = t->window.bytes;
    uint64_t at = t->at, from = at, size = t->window.size;
    char terminator = t->delimiters.terminator;
    if (!t->is_begin) {
        if (at < size && bytes[at] == '\r' && terminator != '\r') at++;
        if (at < size && bytes[at] == '\n' && terminator != '\n') at++;
        from = at;
    }
    while (at < size && (is_padding(bytes[at]) || bytes[at] == terminator) && bytes[at] != t->delimiters.element) at++;
    t->at = at;
    return at > from ? X12_IS_PADDED : 0;
}

/* A line break with an interchange header after it ends a segment that was cut off. */
static uint64_t isa_inside(const struct x12_tokens *t, uint64_t from, uint64_t end)
{
    for (uint64_t at = from; at < end;) {
        const char *found = memmem(t->window.bytes + at, end - at, "ISA", 3);
        if (!found) return end;
        at = (uint64_t)(found - t->window.bytes);
        if (is_break(t->window.bytes[at - 1]) && x12_is_isa(t->window, at, NULL)) return at;
        at += 3;
    }
    return end;
}

/* Offset of the next terminator that is not released, or `end`. */
static uint64_t find_terminator(const struct x12_tokens *t, uint64_t from, uint64_t end)
{
    const char *bytes = t->window.bytes;
    char release = t->delimiters.release;
    for (uint64_t at = from; at < end; at++) {
        const char *hit = memchr(bytes + at, t->delimiters.terminator, end - at);
        if (!hit) return end;
        at = (uint64_t)(hit - bytes);
        uint64_t released = 0;
        while (release && at > from + released && bytes[at - 1 - released] == release) released++;
        if (released % 2 == 0) return at;
    }
    return end;
}

enum ending { ENDS_WITH_TERMINATOR, ENDS_AT_ISA, ENDS_WITH_WINDOW };

/* Where the segment that begins at t->at ends. A piece at a time, so that a header after a cut is met before the rest
 * of the document is searched for a terminator that never comes. */
static enum ending find_end(const struct x12_tokens *t, uint64_t *end)
{
    uint64_t from = t->at, size = t->window.size, least = size - from;
    if (least > X12_SEGMENT_BYTES_MAX) least = X12_SEGMENT_BYTES_MAX;
    if (!t->unwraps && !t->delimiters.release) {    /* as nearly every segment is */
        const char *hit = memchr(t->window.bytes + from, t->delimiters.terminator, least);
        if (hit) { *end = (uint64_t)(hit - t->window.bytes); return ENDS_WITH_TERMINATOR; }
    }
    while (from < size) {
        uint64_t piece = size - from > X12_SEGMENT_BYTES_MAX ? from + X12_SEGMENT_BYTES_MAX : size;
        uint64_t hit = find_terminator(t, from, piece), begin = from > t->at ? from : t->at + 1;
        bool is_short = hit < piece && !t->unwraps;     /* its line breaks show when it is split */
        if (!is_short && (*end = isa_inside(t, begin, hit)) < hit) return ENDS_AT_ISA;
        if (hit < piece) { *end = hit; return ENDS_WITH_TERMINATOR; }
        from = piece < size ? piece - 3 : size;
    }
    *end = size;
    return ENDS_WITH_WINDOW;
}

static struct slice without_breaks(const struct x12_tokens *t, struct slice raw)
{
    size_t size = 0;
    if (!memchr(raw.bytes, '\n', raw.size) && !memchr(raw.bytes, '\r', raw.size)) return raw;
    for (size_t i = 0; i < raw.size && size < X12_SEGMENT_BYTES_MAX; i++)
        if (!is_break(raw.bytes[i])) t->flat[size++] = raw.bytes[i];
    return slice_of(t->flat, size);
}

/* The text at work: where its element begins, how many stand before it. */
struct split { struct x12_segment *segment; const char *from; unsigned count, flags; };

static inline void end_element(struct split *p, const char *at)
{
    if (p->count <= X12_ELEMENTS_MAX) p->segment->elements[p->count] = slice_of(p->from, (size_t)(at - p->from));
    p->count++;
    p->from = at + 1;
}

#define EACH_BYTE(byte) (0x0101010101010101u * (uint64_t)(byte))

/* Eight bytes between blank and tilde, of which no sort is to be told. */
static inline bool all_print(uint64_t word)
{
    uint64_t high = EACH_BYTE(0x80);
    return !((word | (word + EACH_BYTE(1))) & high) && ((word + EACH_BYTE(0x60)) & high) == high;
}

static inline uint64_t word_at(const char *c)
{
    uint64_t word;
    memcpy(&word, c, sizeof word);
    return le64toh(word);
}

/* False: some of the bytes do not print, and nothing was done. */
static inline bool split_word(struct split *p, const char *c, uint64_t word, char separator)
{
    if (!all_print(word)) return false;
    uint64_t hits = ~((word ^ EACH_BYTE(separator)) + EACH_BYTE(0x7f)) & EACH_BYTE(0x80);
    for (; hits; hits &= hits - 1) end_element(p, c + __builtin_ctzll(hits) / 8);
    return true;
}

/* Words of eight printing bytes, the last of them with blanks for what is behind the end; where the first begins that
 * has others. */
static const char *split_words(struct split *p, const char *c, const char *end, char separator)
{
    bool has_word = end - c >= 8;
    for (; end - c >= 8; c += 8)
        if (!split_word(p, c, word_at(c), separator)) return c;
    unsigned bits = 8 * (unsigned)(end - c);
    if (!has_word || bits == 0) return c;
    uint64_t rest = word_at(end - 8) >> (64 - bits) | EACH_BYTE(' ') << bits;
    return split_word(p, c, rest, separator) ? end : c;
}

/* Elements of the text, and what sorts of bytes are in it. */
static void split_elements(const struct x12_tokens *t, struct x12_segment *s)
{
    const char *bytes = s->text.bytes, *end = bytes + s->text.size, *c = bytes;
    char separator = t->delimiters.element, release = t->delimiters.release;
    struct split p = { .segment = s, .from = bytes };
    if (!release && separator > ' ') c = split_words(&p, c, end, separator);
    for (; c < end; c++) {
        p.flags |= t->classes[(uint8_t)*c];
        if (release && *c == release && c + 1 < end) c++;
        else if (*c == separator) end_element(&p, c);
    }
    bool is_trailing = p.count > 0 && p.from == end;
    s->count = p.count;
    end_element(&p, end);
    s->flags |= p.flags;
    if (s->count > X12_ELEMENTS_MAX) s->flags |= X12_IS_WIDE, s->count = X12_ELEMENTS_MAX;
    if (is_trailing) s->flags |= X12_HAS_TRAILING;
    while (s->count > 0 && s->elements[s->count].size == 0) s->count--;
    s->id = s->elements[0];
    s->key = x12_key(s->id);
}

/* A cut segment whose terminator was found in the header after it. */
static void end_at_isa(const struct x12_tokens *t, struct x12_segment *s, uint64_t end)
{
    uint64_t isa = isa_inside(t, t->at + 1, end);
    if (isa == end) return;
    s->end = isa;
    s->flags = (s->flags & X12_IS_PADDED) | X12_IS_UNENDED;
    s->text = slice_head(s->text, isa - t->at);
    while (s->text.size > 0 && is_padding(s->text.bytes[s->text.size - 1])) s->text.size--;
    split_elements(t, s);
}

/* While more may come, a token is told only when a header after it would be seen whole. */
static bool is_undecided(const struct x12_tokens *t, uint64_t end)
{
    return !t->is_last && end + LOOK_AHEAD_BYTES > t->window.size;
}

enum x12_token x12_tokens_next(struct x12_tokens *t, struct x12_segment *s)
{
    uint64_t kept = t->at, end;
    unsigned padded = skip_padding(t);
    if (t->at >= t->window.size || is_undecided(t, t->at)) {
        if (!t->is_last) t->at = kept;
        return t->is_last ? X12_END : X12_MORE;
    }
    if (!t->is_begin && t->window.bytes[t->at] == 'I' && x12_is_isa(t->window, t->at, NULL)) return X12_NEXT_ISA;
    enum ending ending = find_end(t, &end);
    if (is_undecided(t, end)) { t->at = kept; return X12_MORE; }
    struct slice raw = slice_of(t->window.bytes + t->at, end - t->at);
    s->flags = padded | (ending == ENDS_WITH_TERMINATOR ? 0 : X12_IS_UNENDED);
    s->offset = t->at;
    s->end = end + (ending == ENDS_WITH_TERMINATOR);
    while (ending != ENDS_WITH_TERMINATOR && raw.size > 0 && is_padding(raw.bytes[raw.size - 1])) raw.size--;
    if (t->unwraps) raw = without_breaks(t, raw);
    if (raw.size > X12_SEGMENT_BYTES_MAX) s->flags |= X12_IS_LONG;
    s->text = slice_head(raw, X12_SEGMENT_BYTES_MAX);
    split_elements(t, s);
    if ((s->flags & X12_HAS_BREAK) && ending == ENDS_WITH_TERMINATOR) end_at_isa(t, s, end);
    t->at = s->end;
    t->is_begin = false;
    return X12_SEGMENT;
}

unsigned x12_split(struct slice element, char separator, struct slice *parts, unsigned max)
{
    unsigned count = 0;
    size_t from = 0;
    for (size_t i = 0; i <= element.size; i++) {
        if (i < element.size && (separator == 0 || element.bytes[i] != separator)) continue;
        if (count < max) parts[count] = slice_skip(slice_head(element, i), from);
        count++;
        from = i + 1;
    }
    return count;
}

uint64_t x12_element_offset(const struct x12_tokens *t, uint64_t segment_offset, unsigned element)
{
    uint64_t at = segment_offset;
    while (element > 0 && at < t->window.size && t->window.bytes[at] != t->delimiters.terminator)
        if (t->window.bytes[at++] == t->delimiters.element) element--;
    while (t->unwraps && at < t->window.size && is_break(t->window.bytes[at])) at++;
    return at;
}
