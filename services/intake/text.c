/* intake/text.c: bytes to physical lines to rows to cells. */
#include "intake/text.h"

#include "base/assert.h"

#include <errno.h>
#include <stdlib.h>

enum { BLOCK_BYTES = 1 << 20 };

/* One physical line. */
struct physical { size_t offset, size, next; struct slice text; bool is_too_long; };

bool text_encoding_has(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'
           || c == '.' || c == ':';
}

bool text_encoding_is_known(struct slice name)
{
    static const char plain[] = "AZaz09,;\t|\"'=+-./\r\n ";
    char word[TEXT_ENCODING_BYTES], in[sizeof plain], out[4 * sizeof plain], *from = in, *to = out;
    size_t left = sizeof in, room = sizeof out;
    bool is_word = name.size > 0 && name.size < sizeof word;
    for (size_t k = 0; k < name.size && is_word; k++) is_word = text_encoding_has(name.bytes[k]);
    if (!is_word) return false;
    memcpy(word, name.bytes, name.size);
    word[name.size] = 0;
    memcpy(in, plain, sizeof in);
    iconv_t i = iconv_open("UTF-8", word);
    if (i == (iconv_t)-1) return false;
    bool is_plain = iconv(i, &from, &left, &to, &room) != (size_t)-1 && room == sizeof out - sizeof plain
                    && memcmp(out, plain, sizeof plain) == 0;
    iconv_close(i);
    return is_plain;
}

enum err text_rows_open(struct text_rows *t, struct arena *a, struct spool *spool, enum text_encoding encoding,
                        const char *encoding_name)
{
    *t = (struct text_rows){ .spool = spool,
                             .encoding = encoding,
                             .iconv = (iconv_t)-1,
                             .begin_row = 1,
                             .row = 1,
                             .delimiter = ',',
                             .end = spool->bytes.size };
    if (encoding == ENCODING_OTHER && (t->iconv = iconv_open("UTF-8", encoding_name)) == (iconv_t)-1)
        return ERR_CONFIG_INVALID;
    t->text = arena_take(a, ROW_TEXT_BYTES_MAX);
    t->line = arena_take(a, ROW_TEXT_BYTES_MAX);
    t->cells_text = arena_take(a, ROW_TEXT_BYTES_MAX);
    t->cells = ARENA_ARRAY(a, COLUMNS_MAX + 1, struct slice);
    if (csv_init(&t->csv, 0) != 0) return ERR_MEMORY_EXHAUSTED;
    return OK;
}

void text_rows_close(struct text_rows *t)
{
    csv_free(&t->csv);
    if (t->iconv != (iconv_t)-1) iconv_close(t->iconv);
    t->iconv = (iconv_t)-1;
}

void text_rows_rewind(struct text_rows *t)
{
    t->at = t->line_feed = t->begin;
    t->row = t->begin_row;
    spool_rewind(t->spool);
}

/* Physical lines */

/* The first LF or CR from `at` on, within `size` bytes; `size` when there is none. LF are looked up once, so that a
 * file of CR alone is read once too. */
static size_t find_break(struct text_rows *t, size_t at, size_t size)
{
    const char *bytes = t->spool->bytes.bytes;
    if (t->line_feed < at) t->line_feed = at;
    if (t->line_feed < at + size && (t->line_feed == at || bytes[t->line_feed] != '\n')) {
        const char *lf = memchr(bytes + t->line_feed, '\n', at + size - t->line_feed);
        t->line_feed = lf ? (size_t)(lf - bytes) : at + size;
    }
    size_t to = t->line_feed < at + size ? t->line_feed - at : size;
    const char *cr = memchr(bytes + at, '\r', to);
    return cr ? (size_t)(cr - bytes) - at : to;
}

static unsigned unit_at(const struct text_rows *t, size_t at)
{
    const unsigned char *b = (const unsigned char *)t->spool->bytes.bytes + at;
    return t->encoding == ENCODING_UTF16LE ? b[0] | (unsigned)b[1] << 8 : b[1] | (unsigned)b[0] << 8;
}

static size_t find_wide_break(const struct text_rows *t, size_t at, size_t size)
{
    for (size_t i = 0; i + 1 < size; i += 2) {
        unsigned unit = unit_at(t, at + i);
        if (unit == '\n' || unit == '\r') return i;
    }
    return size;
}

static bool is_wide(const struct text_rows *t)
{
    return t->encoding == ENCODING_UTF16LE || t->encoding == ENCODING_UTF16BE;
}

static size_t find_any_break(struct text_rows *t, size_t at, size_t size)
{
    return is_wide(t) ? find_wide_break(t, at, size) : find_break(t, at, size);
}

/* Bytes of the line end at `at`: CRLF is one. */
static size_t break_bytes(const struct text_rows *t, size_t at)
{
    size_t left = t->end - at, wide = is_wide(t) ? 2 : 1;
    const char *bytes = t->spool->bytes.bytes;
    if (left < wide) return left;
    bool is_cr = wide == 2 ? unit_at(t, at) == '\r' : bytes[at] == '\r';
    if (!is_cr || left < 2 * wide) return wide;
    bool is_lf = wide == 2 ? unit_at(t, at + 2) == '\n' : bytes[at + 1] == '\n';
    return is_lf ? 2 * wide : wide;
}

/* A line longer than a row may be: its end is looked for block by block, and what was passed is given back. */
static size_t skip_long_line(struct text_rows *t, size_t at)
{
    size_t size = t->end;
    while (at < size) {
        size_t block = size - at < BLOCK_BYTES ? size - at : BLOCK_BYTES, found = find_any_break(t, at, block);
        at += found;
        if (found < block) break;
        spool_pass(t->spool, at);
    }
    return at;
}

static void put_point(char *to, size_t *size, uint32_t c)
{
    if (c < 0x80) { to[(*size)++] = (char)c; return; }
    if (c < 0x800) { to[(*size)++] = (char)(0xc0 | c >> 6); to[(*size)++] = (char)(0x80 | (c & 63)); return; }
    if (c < 0x10000) {
        to[(*size)++] = (char)(0xe0 | c >> 12);
    } else {
        to[(*size)++] = (char)(0xf0 | c >> 18);
        to[(*size)++] = (char)(0x80 | (c >> 12 & 63));
    }
    to[(*size)++] = (char)(0x80 | (c >> 6 & 63));
    to[(*size)++] = (char)(0x80 | (c & 63));
}

/* A lone surrogate is U+FFFD, and so is half a character, with which a file ends that was cut. */
static struct slice decode_wide(const struct text_rows *t, size_t at, size_t size, char *to)
{
    size_t written = 0;
    for (size_t i = 0; i + 1 < size; i += 2) {
        uint32_t c = unit_at(t, at + i);
        if (c >= 0xd800 && c < 0xdc00 && i + 3 < size) {
            uint32_t low = unit_at(t, at + i + 2);
            if (low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                i += 2;
            }
        }
        put_point(to, &written, c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
    }
    if (size % 2) put_point(to, &written, 0xfffd);
    return slice_of(to, written);
}

static bool is_ascii(struct slice s)
{
    unsigned char seen = 0;
    for (size_t i = 0; i < s.size; i++) seen |= (unsigned char)s.bytes[i];
    return seen < 0x80;
}

/* What the encoding does not have is U+FFFD. */
static struct slice decode_other(const struct text_rows *t, struct slice raw, char *to)
{
    char *from = (char *)raw.bytes, *out = to;
    size_t left = raw.size, room = ROW_TEXT_BYTES_MAX;
    iconv(t->iconv, NULL, NULL, NULL, NULL);
    while (left > 0 && iconv(t->iconv, &from, &left, &out, &room) == (size_t)-1) {
        if (room < 3) break;
        memcpy(out, "\xef\xbf\xbd", 3);
        out += 3;
        room -= 3;
        from++;
        left--;
    }
    return slice_of(to, (size_t)(out - to));
}

static struct slice decode(const struct text_rows *t, size_t at, size_t size, char *to)
{
    struct slice raw = slice_of(t->spool->bytes.bytes + at, size);
    if (is_wide(t)) return decode_wide(t, at, size, to);
    if (t->encoding == ENCODING_UTF8 || is_ascii(raw)) return raw;
    return decode_other(t, raw, to);
}

/* The line at t->at; false at the end. Does not move. */
static bool peek_line(struct text_rows *t, size_t at, char *buffer, struct physical *line)
{
    size_t left = t->end - at;
    if (left == 0) return false;
    size_t window = left < ROW_BYTES_MAX + 2 ? left : ROW_BYTES_MAX + 2;
    size_t size = find_any_break(t, at, window);
    *line = (struct physical){ .offset = at, .size = size, .is_too_long = size > ROW_BYTES_MAX };
    size_t end = line->is_too_long ? skip_long_line(t, at + size) : at + size;
    line->next = end + (end < t->end ? break_bytes(t, end) : 0);
    if (!line->is_too_long) line->text = decode(t, at, size, buffer);
    while (line->text.size > 0 && line->text.bytes[0] == '\f') line->text = slice_skip(line->text, 1);  /* a new page */
    return true;
}

/* Quotes */

/* Is a quoted cell open after this text? As libcsv reads it: a quote opens at the start of a cell only; in a quoted
 * cell one that neither doubles nor ends it is data. */
static bool ends_open(struct slice text, char delimiter, bool is_open)
{
    bool at_start = !is_open, in_quotes = is_open;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.bytes[i];
        if (in_quotes) {
            if (c != '"') continue;
            bool doubles = i + 1 < text.size && text.bytes[i + 1] == '"';
            bool ends = i + 1 == text.size || text.bytes[i + 1] == delimiter;
            if (doubles) i++;
            else if (ends) in_quotes = false;
        } else if (c == delimiter) {
            at_start = true;
        } else {
            if (c == '"' && at_start) in_quotes = true;
            at_start = false;
        }
    }
    return in_quotes;
}

/* Cells of a text read alone, as a complete row: quotes in pairs. 0 when they are not. */
static unsigned cells_alone(struct slice text, char delimiter)
{
    unsigned quotes = 0, cells = 1;
    bool inside = false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.bytes[i] == '"') { quotes++; inside = !inside; }
        if (text.bytes[i] == delimiter && !inside) cells++;
    }
    return quotes % 2 ? 0 : cells;
}

/* Cells */

static void take_cell(void *bytes, size_t size, void *context)
{
    struct text_rows *t = context;
    ASSERT(t->cells_size + size <= ROW_TEXT_BYTES_MAX);
    if (t->cell_count < COLUMNS_MAX) {
        memcpy(t->cells_text + t->cells_size, bytes, size);
        t->cells[t->cell_count] = slice_of(t->cells_text + t->cells_size, size);
        t->cells_size += size;
    }
    t->cell_count++;
}

static void end_of_row(int c, void *context)
{
    (void)c;
    (void)context;
}

static int no_space(unsigned char c)
{
    (void)c;
    return 0;
}

/* Without quotes nothing needs unquoting: cells are slices of the text. */
static void split_plain(struct text_rows *t, struct slice text)
{
    struct slice rest = text;
    do {
        struct slice cell = slice_cut(&rest, t->delimiter);
        if (t->cell_count < COLUMNS_MAX) t->cells[t->cell_count] = cell;
        t->cell_count++;
    } while (rest.bytes);
}

static void split_quoted(struct text_rows *t, struct slice text)
{
    csv_set_delim(&t->csv, (unsigned char)t->delimiter);
    csv_set_space_func(&t->csv, no_space);
    size_t parsed = csv_parse(&t->csv, text.bytes, text.size, take_cell, end_of_row, t);
    ASSERT(parsed == text.size);
    csv_fini(&t->csv, take_cell, end_of_row, t);
}

/* The same of a row whose quotes stand around whole cells that hold none: as most quoted ones are. False: it is not
 * so. */
static bool split_plainly_quoted(struct text_rows *t, struct slice text)
{
    t->cell_count = 0;
    for (struct slice rest = text; rest.bytes;) {
        bool is_quoted = rest.size > 0 && rest.bytes[0] == '"';
        size_t size = slice_find(is_quoted ? slice_skip(rest, 1) : rest, is_quoted ? '"' : t->delimiter);
        struct slice cell = slice_head(is_quoted ? slice_skip(rest, 1) : rest, size);
        if (!is_quoted && slice_find(cell, '"') < size) return false;
        size_t end = is_quoted ? size + 2 : size;
        if (end > rest.size || (end < rest.size && rest.bytes[end] != t->delimiter)) return false;
        if (t->cell_count < COLUMNS_MAX) t->cells[t->cell_count] = cell;
        t->cell_count++;
        rest = end < rest.size ? slice_skip(rest, end + 1) : (struct slice){ 0 };
    }
    return true;
}

static void split(struct text_rows *t, struct slice text)
{
    t->cells_size = 0;
    t->cell_count = 0;
    if (memchr(text.bytes ? text.bytes : "", '"', text.size)) split_quoted(t, text);
    else split_plain(t, text);
}

/* A quoted cell closes at the first quote that a delimiter or the end of the line follows; others are data. False when
 * one does not close. How `"TV 27" to 31"";3` was meant. */
static bool split_leniently(struct text_rows *t, struct slice text)
{
    size_t at = 0;
    t->cells_size = 0;
    t->cell_count = 0;
    for (;;) {
        bool quoted = at < text.size && text.bytes[at] == '"';
        size_t from = t->cells_size;
        if (quoted) at++;
        for (;; at++) {
            bool ended = at >= text.size;
            if (ended && quoted) return false;
            if (ended || (!quoted && text.bytes[at] == t->delimiter)) break;
            bool closes =
                quoted && text.bytes[at] == '"' && (at + 1 == text.size || text.bytes[at + 1] == t->delimiter);
            if (closes) { at++; break; }
            t->cells_text[t->cells_size++] = text.bytes[at];
            if (quoted && text.bytes[at] == '"' && at + 2 < text.size && text.bytes[at + 1] == '"'
                && text.bytes[at + 2] != t->delimiter)
                at++;
        }
        if (t->cell_count < COLUMNS_MAX) t->cells[t->cell_count] = slice_of(t->cells_text + from, t->cells_size - from);
        t->cell_count++;
        if (at >= text.size) return true;
        at++;
    }
}

/* Rows */

/* `="00123"` is how exports keep a spreadsheet from reading a text as a number: the text is what stands in it. Any
 * other leading = is data. */
static void unwrap_texts(struct text_rows *t)
{
    unsigned count = t->cell_count < COLUMNS_MAX ? t->cell_count : COLUMNS_MAX;
    for (unsigned k = 0; k < count; k++) {
        struct slice cell = t->cells[k];
        bool is_wrapped = cell.size >= 3 && cell.bytes[0] == '=' && cell.bytes[1] == '"'
                          && slice_find(slice_skip(cell, 2), '"') == cell.size - 3;
        if (is_wrapped) t->cells[k] = slice_of(cell.bytes + 2, cell.size - 3);
    }
}

static void finish(struct text_rows *t, struct text_row *row, size_t next, uint32_t lines)
{
    unwrap_texts(t);
    row->cells = t->cells;
    row->count = t->cell_count;
    if (row->fault == ROW_FINE && row->count > COLUMNS_MAX) row->fault = ROW_TOO_WIDE_FAULT;
    if (row->fault != ROW_FINE) row->count = 0;
    t->at = next;
    t->row += lines;
    spool_pass(t->spool, next);
}

/* Collects the lines of a row whose quoted cell goes on. False: it does not close, and the first line stands alone. */
static bool collect(struct text_rows *t, const struct physical *first, struct slice *text, size_t *next,
                    uint32_t *lines)
{
    size_t size = first->text.size;
    bool is_open = true;
    memmove(t->text, first->text.bytes, size);
    *next = first->next;
    for (*lines = 1; is_open; ++*lines) {
        struct physical line;
        if (*lines >= ROW_LINES_MAX || !peek_line(t, *next, t->line, &line)) return false;
        if (line.is_too_long || line.next - first->offset > ROW_BYTES_MAX) return false;
        if (t->columns > 1 && cells_alone(line.text, t->delimiter) == t->columns) return false;
        t->text[size++] = '\n';
        memcpy(t->text + size, line.text.bytes ? line.text.bytes : "", line.text.size);
        size += line.text.size;
        is_open = ends_open(line.text, t->delimiter, true);
        *next = line.next;
    }
    *text = slice_of(t->text, size);
    return true;
}

/* The last line of a row as sent ends before its line end. */
static struct slice raw_of(const struct text_rows *t, size_t from, size_t next)
{
    struct slice raw = slice_of(t->spool->bytes.bytes + from, next - from);
    size_t wide = is_wide(t) ? 2 : 1;
    while (raw.size >= wide) {
        unsigned unit = wide == 2 ? unit_at(t, from + raw.size - 2) : (unsigned char)raw.bytes[raw.size - 1];
        if (unit != '\n' && unit != '\r') break;
        raw.size -= wide;
    }
    return raw;
}

/* The first line of a row that does not close: repaired, or dead. */
static void read_alone(struct text_rows *t, size_t at, struct text_row *row)
{
    struct physical first;
    t->line_feed = at;                              /* lines after it were looked at */
    bool is_there = peek_line(t, at, t->line, &first);
    ASSERT(is_there);
    row->text = first.text;
    if (!split_leniently(t, first.text) || (t->columns > 0 && t->cell_count != t->columns)) row->fault = ROW_UNCLOSED;
}

/* A row that is short because a quote inside a cell swallowed what follows (`"TV 27" to 31"";"3"`): taken as it was
 * meant when that gives the header's columns. */
static void repair(struct text_rows *t, struct slice text)
{
    if (t->columns < 2 || t->cell_count >= t->columns) return;
    if (!split_leniently(t, text) || t->cell_count != t->columns) split(t, text);
}

static void read_quoted(struct text_rows *t, const struct physical *line, struct text_row *row)
{
    size_t next = line->next;
    uint32_t lines = 1;
    row->text = line->text;
    if (!ends_open(line->text, t->delimiter, false)) {
        split(t, row->text);
        repair(t, row->text);
    } else if (collect(t, line, &row->text, &next, &lines)) {
        split(t, row->text);
        row->raw = raw_of(t, line->offset, next);
    } else {
        read_alone(t, line->offset, row);
        next = line->next;
        lines = 1;
    }
    finish(t, row, next, lines);
}

bool text_rows_next(struct text_rows *t, struct text_row *row)
{
    struct physical line;
    if (!peek_line(t, t->at, t->line, &line)) return false;
    *row = (struct text_row){ .offset = line.offset, .row = t->row, .text = line.text,
                              .raw = slice_of(t->spool->bytes.bytes + line.offset, line.size) };
    bool is_quoted = line.text.size > 0 && memchr(line.text.bytes, '"', line.text.size);
    t->cell_count = 0;
    if (line.is_too_long) {
        row->fault = ROW_TOO_LONG_FAULT;
        row->raw = slice_head(row->raw, ROW_BYTES_MAX);
        finish(t, row, line.next, 1);
    } else if (is_quoted && !split_plainly_quoted(t, line.text)) {
        read_quoted(t, &line, row);
    } else {
        if (!is_quoted) split_plain(t, line.text);
        finish(t, row, line.next, 1);
    }
    return true;
}

/* Delimiters are ASCII: they are found in the bytes as sent, whatever the encoding. */
uint64_t text_rows_cell_offset(const struct text_rows *t, uint64_t row_offset, struct slice raw, unsigned cell)
{
    size_t wide = is_wide(t) ? 2 : 1, at = 0;
    bool quoted = false, at_start = true;
    for (unsigned seen = 0; seen < cell && at + wide <= raw.size; at += wide) {
        unsigned unit = wide == 2 ? unit_at(t, (size_t)row_offset + at) : (unsigned char)raw.bytes[at];
        if (unit == '"' && (at_start || quoted)) quoted = !quoted;
        at_start = unit == (unsigned char)t->delimiter && !quoted;
        if (at_start) seen++;
    }
    return row_offset + at;
}
