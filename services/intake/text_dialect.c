/* intake/text_dialect.c: looking at a text file before reading it. */
#include "intake/text_dialect.h"

#include "base/assert.h"
#include "intake/plain.h"
#include "intake/text_cells.h"

#include <stdio.h>

enum { CONTROL_PERMILLE_MAX = 100, PROBE_BYTES = 4096 };

/* Encoding */

/* Counts the zero bytes at even and odd places: UTF-16 without a BOM has them at one of the two. */
static bool looks_wide(struct slice head, bool *is_little)
{
    size_t zeros[2] = { 0, 0 }, half = head.size / 2;
    if (half < 8) return false;
    for (size_t i = 0; i < head.size; i++) zeros[i % 2] += head.bytes[i] == 0;
    *is_little = zeros[1] > zeros[0];
    size_t most = zeros[*is_little ? 1 : 0], least = zeros[*is_little ? 0 : 1];
    return most * 10 >= half * 4 && least * 20 <= half;
}

/* Bytes of the UTF-8 character at `at`: 0 when it is none; `size` is what is left. */
static size_t utf8_bytes(const unsigned char *s, size_t size)
{
    if (s[0] < 0x80) return 1;
    size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || n > size) return 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80) return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f)) return 0;
    if ((s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f)) return 0;
    return n;
}

/* Eight bytes at a time while they are ASCII, a window at a time so that pages go back. */
static bool is_utf8(struct spool *spool, size_t from)
{
    const unsigned char *bytes = (const unsigned char *)spool->bytes.bytes;
    size_t size = spool->bytes.size, at = from;
    while (at < size) {
        size_t until = size - at > SPOOL_WINDOW_BYTES ? at + SPOOL_WINDOW_BYTES : size;
        while (at < until) {
            uint64_t eight;
            if (until - at >= 8 && (memcpy(&eight, bytes + at, 8), (eight & 0x8080808080808080u) == 0)) {
                at += 8;
                continue;
            }
            size_t n = utf8_bytes(bytes + at, size - at);
            if (n == 0) return false;
            at += n;
        }
        spool_pass(spool, at < size ? at : size);
    }
    return true;
}

/* Western text has its letters beyond ASCII one by one between others. Three of them in a row, or what cp1252 hardly
 * ever has, are the mark of double bytes (Shift-JIS, EUC, GB18030, Big5) and of other alphabets: read as cp1252 names
 * would be others, and be screened as such. */
struct foreign { uint64_t high, odd; size_t run; bool run_is_broken; };

static void end_run(struct foreign *f)
{
    enum { RUN_MIN = 3 };
    if (f->run_is_broken) {
        f->high += f->run;
        if (f->run >= RUN_MIN) f->odd += f->run;
    }
    f->run = 0;
    f->run_is_broken = false;
}

static void look_at_foreign(struct foreign *f, const unsigned char *byte, size_t utf8_size)
{
    static const unsigned char hardly[] = { 0x81, 0x82, 0x83, 0x86, 0x87, 0x88, 0x89, 0x8b,
                                            0x8d, 0x8f, 0x90, 0x98, 0x9b, 0x9d };
    if (*byte < 0x80) { end_run(f); return; }
    f->run += utf8_size ? utf8_size : 1;
    if (utf8_size) return;
    f->run_is_broken = true;
    f->odd += memchr(hardly, *byte, sizeof hardly) != NULL;
}

static bool is_foreign(struct foreign *f)
{
    enum { ODD_MIN = 4 };
    end_run(f);
    return f->odd >= ODD_MIN && f->odd * 2 > f->high;
}

/* Rows are told as the reader counts them: CR, LF and CR LF end one. */
static struct text_oddity look_at_odd_bytes(struct spool *spool, size_t from)
{
    const unsigned char *bytes = (const unsigned char *)spool->bytes.bytes;
    struct text_oddity odd = { 0 };
    struct foreign foreign = { 0 };
    uint32_t row = 1;
    for (size_t at = from; at < spool->bytes.size;) {
        size_t n = utf8_bytes(bytes + at, spool->bytes.size - at);
        bool is_crlf = bytes[at] == '\r' && at + 1 < spool->bytes.size && bytes[at + 1] == '\n';
        bool ends_row = bytes[at] == '\n' || (bytes[at] == '\r' && !is_crlf);
        if (n == 0 && odd.row == 0) odd.offset = at, odd.row = row;
        if (n > 1 && odd.utf8_characters++ == 0) odd.utf8_offset = at, odd.utf8_row = row;
        look_at_foreign(&foreign, bytes + at, n);
        row += ends_row;
        at += n ? n : 1;
        if (ends_row) spool_pass(spool, at);
    }
    odd.is_foreign = is_foreign(&foreign);
    return odd;
}

static void name_encoding(struct text_dialect *d, enum text_encoding encoding, struct slice name)
{
    d->encoding = encoding;
    snprintf(d->encoding_name, sizeof d->encoding_name, "%.*s",
             SLICE_ARGS(slice_head(name, sizeof d->encoding_name - 1)));
}

static bool by_bom(struct slice bytes, struct text_dialect *d)
{
    if (slice_starts_with(bytes, SLICE("\xef\xbb\xbf"))) {
        name_encoding(d, ENCODING_UTF8, SLICE("utf-8"));
        d->bom_bytes = 3;
    } else if (slice_starts_with(bytes, SLICE("\xff\xfe\0\0"))) {
        return false;                               /* UTF-32, which nobody reads: its zeros are no text */
    } else if (slice_starts_with(bytes, SLICE("\xff\xfe"))) {
        name_encoding(d, ENCODING_UTF16LE, SLICE("utf-16le"));
        d->bom_bytes = 2;
    } else if (slice_starts_with(bytes, SLICE("\xfe\xff"))) {
        name_encoding(d, ENCODING_UTF16BE, SLICE("utf-16be"));
        d->bom_bytes = 2;
    }
    return d->bom_bytes > 0;
}

struct slice text_dialect_said(struct slice bytes)
{
    static const struct slice column = SLICE_INIT(READ_AS_COLUMN), word = SLICE_INIT(READ_AS_ENCODING);
    struct slice head = slice_head(bytes, SNIFF_BYTES);
    if (head.size == 0 || !memmem(head.bytes, head.size, column.bytes, column.size)) return (struct slice){ 0 };
    const char *at = memmem(head.bytes, head.size, word.bytes, word.size);
    if (!at) return (struct slice){ 0 };
    struct slice rest = slice_skip(head, (size_t)(at - head.bytes) + word.size);
    size_t size = 0;
    while (size < rest.size && text_encoding_has(rest.bytes[size])) size++;
    return text_encoding_is_known(slice_head(rest, size)) ? slice_head(rest, size) : (struct slice){ 0 };
}

void text_dialect_encoding(struct spool *spool, struct slice named, struct text_dialect *d)
{
    bool is_little;
    *d = (struct text_dialect){ 0 };
    bool has_bom = by_bom(spool->bytes, d);
    if (has_bom && d->encoding != ENCODING_UTF8) return;
    if (!has_bom && looks_wide(slice_head(spool->bytes, PROBE_BYTES), &is_little)) {
        name_encoding(d, is_little ? ENCODING_UTF16LE : ENCODING_UTF16BE,
                      is_little ? SLICE("utf-16le") : SLICE("utf-16be"));
        d->is_assumed = true;
        return;
    }
    if (is_utf8(spool, d->bom_bytes)) {
        name_encoding(d, ENCODING_UTF8, SLICE("utf-8"));
    } else if (named.size > 0 && !slice_equal_nocase(named, SLICE("utf-8"))) {
        name_encoding(d, ENCODING_OTHER, named);
    } else {
        name_encoding(d, ENCODING_OTHER, SLICE("windows-1252"));
        d->is_assumed = true;
        d->odd = look_at_odd_bytes(spool, d->bom_bytes);
    }
    spool_rewind(spool);
}

/* Nil reports, binary bytes */

bool text_dialect_is_nil(struct arena *a, struct slice text)
{
    static const struct slice phrases[] = {
        SLICE_INIT("no sales"),
        SLICE_INIT("no sale"),
        SLICE_INIT("nil report"),
        SLICE_INIT("no activity"),
        SLICE_INIT("no transactions"),
        SLICE_INIT("nothing to report"),
        SLICE_INIT("keine verk\xc3\xa4ufe"),
        SLICE_INIT("keine verkaeufe"),
        SLICE_INIT("keine ums\xc3\xa4tze"),
        SLICE_INIT("nullmeldung"),
        SLICE_INIT("aucune vente"),
        SLICE_INIT("sin ventas"),
        SLICE_INIT("nessuna vendita"),
    };
    if (text.size > 200) return false;
    size_t mark = arena_mark(a);
    struct slice folded = columns_fold(a, text);
    bool is_nil = slice_equal(folded, SLICE("nil"));
    for (unsigned i = 0; i < sizeof phrases / sizeof *phrases; i++) is_nil |= slice_starts_with(folded, phrases[i]);
    arena_rewind(a, mark);
    return is_nil;
}

/* By the first line: what comes after it is judged row by row. *first: its first control byte. */
static bool is_binary(struct slice head, uint64_t *first)
{
    size_t controls = 0;
    head = slice_head(head, slice_find(head, '\n'));
    for (size_t i = 0; i < head.size; i++) {
        unsigned char c = (unsigned char)head.bytes[i];
        bool is_control = c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f';
        if (is_control && controls++ == 0) *first = i;
    }
    return controls * 1000 > head.size * CONTROL_PERMILLE_MAX;
}

/* Delimiter and header */

/* How well a delimiter fits: the best header row, and how many of the rows have as many cells as it. */
struct fit { unsigned score, header_cells, steady; uint32_t header_row; };

/* Is the row a header, better than those above it, and as good as the best of an earlier delimiter? */
static bool offer(struct header_search *s, const struct text_row *row, unsigned best)
{
    unsigned least = s->best.score < best ? best : s->best.score + 1;
    if (row->fault == ROW_FINE) return header_search_offer(s, row->cells, row->count, row->row, least);
    s->above.count = 0;
    return false;
}

/* `best`: the score of the best delimiter so far. */
static struct fit try_delimiter(struct reader *r, struct text_rows *rows, char delimiter, unsigned best)
{
    struct fit fit = { 0 };
    unsigned counts[2 * HEADER_ROWS_MAX] = { 0 }, seen = 0, most = 0;
    struct text_row row;
    struct header_search search = header_search_begin(NULL, r->line_arena, r->profile, 0);
    rows->delimiter = delimiter;
    text_rows_rewind(rows);
    while (seen < 2 * HEADER_ROWS_MAX && text_rows_next(rows, &row)) {
        if (rows->at == rows->end && rows->end < rows->spool->bytes.size) break;    /* cut off */
        if (seen < HEADER_ROWS_MAX && offer(&search, &row, best))
            fit = (struct fit){ .score = search.best.score, .header_cells = row.count, .header_row = row.row };
        counts[seen++] = row.count;
    }
    (void)header_search_end(&search, false);
    if (fit.header_cells == 0)
        for (unsigned i = 0; i < seen; i++) most = counts[i] > most ? counts[i] : most;
    for (unsigned i = 0; i < seen; i++)
        fit.steady += counts[i] > 1 && counts[i] == (fit.header_cells ? fit.header_cells : most);
    return fit;
}

static struct fit best_delimiter(struct reader *r, struct text_rows *rows)
{
    static const char candidates[] = { ',', ';', '\t', '|' };
    struct fit best = { 0 };
    char delimiter = ',';
    for (unsigned i = 0; i < sizeof candidates; i++) {
        struct fit fit = try_delimiter(r, rows, candidates[i], best.score);
        bool is_better = fit.score > best.score || (fit.score == best.score && fit.steady > best.steady);
        if (is_better) best = fit, delimiter = candidates[i];
    }
    rows->delimiter = delimiter;
    return best;
}

/* A rejects file that comes back names its header row by columns of ours, wherever it stands and whatever else looks
 * like one: nobody is asked for it a second time. */
static bool speaks_of_ours(struct slice head)
{
    static const char name[] = COLUMNS_OURS;
    char wide[2 * sizeof name];
    for (size_t k = 0; k < sizeof name; k++) wide[2 * k] = name[k], wide[2 * k + 1] = 0;
    return head.size > 0
           && (memmem(head.bytes, head.size, name, sizeof name - 1)
               || memmem(head.bytes, head.size, wide, 2 * sizeof name - 3));
}

static struct fit marked_header(struct text_rows *rows, char delimiter)
{
    struct text_row row;
    rows->delimiter = delimiter;
    text_rows_rewind(rows);
    while (text_rows_next(rows, &row))
        if (row.fault == ROW_FINE && columns_are_ours(row.cells, row.count))
            return (struct fit){ .header_row = row.row };
    return (struct fit){ 0 };
}

/* header_row 0: there is none, or the file is none of ours. */
static struct fit find_marked_header(struct text_rows *rows, char known)
{
    static const char candidates[] = { ',', ';', '\t', '|' };
    struct fit fit = { 0 };
    uint64_t size = rows->end - rows->begin;
    if (!speaks_of_ours(slice_of(rows->spool->bytes.bytes + rows->begin, (size_t)size))) return fit;
    if (known) return marked_header(rows, known);
    for (unsigned i = 0; i < sizeof candidates && fit.header_row == 0; i++) fit = marked_header(rows, candidates[i]);
    return fit;
}

/* sep=; on the first line, as spreadsheets write it. */
static bool take_sep_line(struct text_rows *rows)
{
    struct text_row row;
    text_rows_rewind(rows);
    rows->delimiter = 0;
    if (!text_rows_next(rows, &row) || row.fault != ROW_FINE) return false;
    struct slice text = slice_trim(row.text);
    if (text.size != 5 || !slice_equal_nocase(slice_head(text, 4), SLICE("sep="))) return false;
    rows->delimiter = text.bytes[4];
    rows->begin = rows->at;
    rows->begin_row = rows->row;
    return true;
}

struct repetition { struct reader *reader; uint64_t offset; };

static void say_repeated(void *context, enum slot slot, struct slice counts)
{
    struct repetition *rep = context;
    struct issue *i = reader_add(rep->reader, ISSUE_COLUMN_REPEATED, rep->offset);
    i->field = slot_name(slot);
    i->value = issue_value(rep->reader->arena, counts);
}

/* Reads the row of that number as the header, with the one above or below it where the two are one. */
static enum text_finding read_header(struct reader *r, struct text_rows *rows, struct text_dialect *d)
{
    struct text_row row;
    size_t end = 0;
    uint32_t end_row = 0, last = 0;
    struct header_search search = header_search_begin(r->arena, r->line_arena, r->profile, d->header_row);
    for (text_rows_rewind(rows); last <= d->header_row && text_rows_next(rows, &row); last = row.row) {
        if (row.row == d->header_row && row.fault == ROW_TOO_WIDE_FAULT) return TEXT_TOO_WIDE;
        if (!offer(&search, &row, 0)) continue;
        d->header_at = row.offset;
        end = rows->at;
        end_row = rows->row;
    }
    d->header = header_search_end(&search, d->is_named);
    if (d->header.score == 0) return TEXT_NO_HEADER;
    struct repetition rep = { r, d->header_at };
    d->columns = columns_read(r->arena, d->header.names.items, d->header.names.count, r->profile,
                              &(struct columns_listener){ say_repeated, &rep });
    rows->columns = d->columns.count;
    rows->begin = end;
    rows->begin_row = end_row;
    text_rows_rewind(rows);
    return TEXT_FOUND;
}

static bool is_blank(const struct text_row *row)
{
    if (row->fault != ROW_FINE) return false;
    for (unsigned i = 0; i < row->count; i++)
        if (!slice_is_empty(slice_trim(row->cells[i]))) return false;
    return true;
}

/* Without a header: a nil report says so in its first rows, and a file of blank rows only is empty. */
static enum text_finding without_header(struct reader *r, struct text_rows *rows, struct text_dialect *d)
{
    struct text_row row;
    bool is_filled = false;
    text_rows_rewind(rows);
    for (unsigned seen = 0; (seen < HEADER_ROWS_MAX || !is_filled) && text_rows_next(rows, &row); seen++) {
        if (!is_filled && !is_blank(&row)) {
            is_filled = true;
            d->sample = issue_value(r->arena, row.text.size > 0 ? row.text : row.raw);      /* of a dead row */
        }
        if (row.fault == ROW_TOO_WIDE_FAULT) return TEXT_TOO_WIDE;     /* no answer makes it a header */
        for (unsigned i = 0; i < row.count; i++)
            if (text_dialect_is_nil(r->line_arena, row.cells[i])) return TEXT_NIL;
    }
    return is_filled ? TEXT_NO_HEADER : TEXT_EMPTY;
}

/* Old systems end a text, or fill its last block, with ^Z. */
static size_t end_of_text(const struct text_rows *rows, enum text_encoding encoding)
{
    struct slice bytes = rows->spool->bytes;
    bool is_wide = encoding == ENCODING_UTF16LE || encoding == ENCODING_UTF16BE;
    while (!is_wide && bytes.size > 0 && bytes.bytes[bytes.size - 1] == 0x1a) bytes.size--;
    return bytes.size;
}

/* An even number of bytes, for UTF-16. */
static size_t sniffed(const struct text_rows *rows)
{
    size_t size = rows->spool->bytes.size, end = rows->begin + SNIFF_BYTES;
    return end < size ? end : size;
}

enum text_finding text_dialect_header(struct reader *r, struct text_rows *rows, struct text_dialect *d)
{
    const struct profile_text *p = &r->profile->text;
    if (d->encoding != ENCODING_UTF16LE && d->encoding != ENCODING_UTF16BE
        && is_binary(slice_head(rows->spool->bytes, PROBE_BYTES), &d->odd.offset))
        return TEXT_BINARY;
    rows->begin = d->bom_bytes;
    rows->end = sniffed(rows);
    bool has_sep = take_sep_line(rows);
    char known = p->delimiter ? p->delimiter : has_sep ? rows->delimiter : 0;
    struct fit fit = find_marked_header(rows, known);
    uint32_t named = fit.header_row ? fit.header_row : p->header_row;
    if (fit.header_row == 0) fit = known ? try_delimiter(r, rows, known, 0) : best_delimiter(r, rows);
    d->delimiter = rows->delimiter;
    rows->end = end_of_text(rows, d->encoding);
    if (r->answers.header_row) named = r->answers.header_row;
    d->is_named = named > 0;
    d->header_row = named ? named : fit.header_row;
    enum text_finding finding = d->header_row > 0 ? read_header(r, rows, d) : TEXT_NO_HEADER;
    return finding == TEXT_NO_HEADER ? without_header(r, rows, d) : finding;
}
