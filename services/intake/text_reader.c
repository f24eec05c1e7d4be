/* intake/text_reader.c: delimited text as rows of cells: the survey of its dialect, and where its rows come from. */
#include "base/assert.h"
#include "intake/row_reader.h"
#include "intake/text_dialect.h"

#include <stdlib.h>

struct text_reader {
    struct row_reader   lines;
    struct text_rows    rows;
    struct text_dialect dialect;
    struct text_row     row;                        /* at hand */
    bool                is_open;
};

static struct text_reader *own(struct reader *r)
{
    return (struct text_reader *)r;
}

/* Survey */

static void put_delimiter(struct text *t, char delimiter)
{
    switch (delimiter) {
    case ',':  PUT(t, "comma"); return;
    case ';':  PUT(t, "semicolon"); return;
    case '\t': PUT(t, "tab"); return;
    default:   text_put_byte(t, delimiter);
    }
}

static struct slice order_of_dates(const struct text_reader *t)
{
    static const struct slice orders[] = { SLICE_INIT("undecided"), SLICE_INIT("ymd"), SLICE_INIT("dmy"),
                                           SLICE_INIT("mdy") };
    return orders[t->lines.base.typing->dates.order];
}

/* What a file of rejects has to say for its rows to be read as these were. */
static struct slice read_as(struct text_reader *t)
{
    struct reader *r = &t->lines.base;
    struct slice styles = text_cells_read_as(r->arena, &t->lines.evidence, r->typing);
    bool was_told = r->answers.encoding.size > 0 || text_dialect_said(r->spool->bytes).size > 0;
    if (t->dialect.encoding != ENCODING_OTHER || !was_told) return styles;
    struct text text = text_in(r->arena, sizeof READ_AS_ENCODING + TEXT_ENCODING_BYTES + styles.size + 1);
    PUT(&text, READ_AS_ENCODING);
    text_put(&text, slice_from(t->dialect.encoding_name));
    if (styles.size > 0) PUT(&text, " ");
    text_put(&text, styles);
    return text_slice(&text);
}

/* semicolon between cells, windows-1252, decimal comma, dates dmy, header in row 3, kept without a meaning: Colour */
static void describe(struct text_reader *t)
{
    static const struct slice decimals[] = { [DECIMAL_STYLE_AUTO] = SLICE_INIT("undecided"),
                                             [DECIMAL_STYLE_POINT] = SLICE_INIT("point"),
                                             [DECIMAL_STYLE_COMMA] = SLICE_INIT("comma") };
    struct text text = text_in(t->lines.base.arena, 400);
    bool is_wide = t->dialect.encoding == ENCODING_UTF16LE || t->dialect.encoding == ENCODING_UTF16BE;
    t->lines.base.layout = (struct reader_layout){
        .delimiter = t->dialect.delimiter,
        .width = t->dialect.columns.count,
        .header_at = t->dialect.header_at,
        .header_end = t->rows.begin,
        .is_utf8 = t->dialect.encoding == ENCODING_UTF8 || is_wide,
        .is_wide = is_wide,
        .is_big_endian = t->dialect.encoding == ENCODING_UTF16BE,
        .read_as = read_as(t),
    };
    t->lines.base.format = t->dialect.delimiter == '\t' ? SLICE("tsv") : SLICE("csv");
    put_delimiter(&text, t->dialect.delimiter);
    PUT(&text, " between cells, ");
    text_put(&text, slice_from(t->dialect.encoding_name));
    PUT(&text, ", decimal ");
    text_put(&text, decimals[t->lines.base.typing->decimals]);
    PUT(&text, ", dates ");
    text_put(&text, order_of_dates(t));
    header_put_rows(&text, &t->dialect.header);
    columns_put_unknown(&text, &t->dialect.columns);
    t->lines.base.dialect = text_slice(&text);
}

static enum survey refuse(struct text_reader *t, enum text_finding finding)
{
    struct reader *r = &t->lines.base;
    if (finding == TEXT_BINARY) reader_add(r, ISSUE_FORMAT_UNKNOWN, t->dialect.odd.offset);
    else if (finding == TEXT_EMPTY) reader_add(r, ISSUE_FILE_EMPTY, 0);     /* no answer would give it lines */
    else issue_argument(reader_add(r, ISSUE_COLUMNS_TOO_MANY, 0), SLICE("max"), SLICE("512"));
    return SURVEY_REJECTED;
}

/* At the first byte that is no UTF-8. A file glued together from two encodings says so: names of one of them are
 * spoilt. */
static void tell_encoding(struct text_reader *t)
{
    struct reader *r = &t->lines.base;
    const struct text_dialect *d = &t->dialect;
    struct slice encoding = slice_from(d->encoding_name);
    struct issue *i = reader_add(r, ISSUE_ENCODING_ASSUMED, d->odd.offset);
    i->where.row = d->odd.row;
    issue_argument(i, SLICE("encoding"), encoding);
    if (d->odd.utf8_characters == 0) return;
    i = reader_add(r, ISSUE_ENCODING_MIXED, d->odd.utf8_offset);
    i->where.row = d->odd.utf8_row;
    issue_argument(i, SLICE("count"), slice_of_int(r->arena, d->odd.utf8_characters));
    issue_argument(i, SLICE("encoding"), encoding);
}

/* Only its sender knows; a text that nobody needs to understand to know that it is none is refused before. */
static enum survey ask_encoding(struct text_reader *t)
{
    const struct text_oddity *odd = &t->dialect.odd;
    struct issue *asked = reader_add(&t->lines.base, ISSUE_ENCODING_FOREIGN, odd->offset);
    asked->where.row = odd->row;
    issue_argument(asked, SLICE("encoding"), slice_from(t->dialect.encoding_name));
    return reader_ask(&t->lines.base, asked);
}

/* The encoding as somebody names it, for bytes that do not tell: an answer, the file that we gave back, the profile. */
static struct slice named_encoding(const struct reader *r)
{
    struct slice said = text_dialect_said(r->spool->bytes);
    if (r->answers.encoding.size > 0) return r->answers.encoding;
    return said.size > 0 ? said : r->profile->text.encoding;
}

static enum survey text_survey(struct reader *r)
{
    struct text_reader *t = own(r);
    r->typing->dates.is_plain = r->typing->names_are_exact = false;
    text_dialect_encoding(r->spool, named_encoding(r), &t->dialect);
    enum err e = text_rows_open(&t->rows, r->arena, r->spool, t->dialect.encoding, t->dialect.encoding_name);
    t->is_open = e == OK;
    if (e != OK) {
        issue_argument(reader_add(r, ISSUE_ENCODING_UNREADABLE, 0), SLICE("encoding"),
                       slice_from(t->dialect.encoding_name));
        return SURVEY_REJECTED;
    }
    enum text_finding finding = text_dialect_header(r, &t->rows, &t->dialect);
    if (finding == TEXT_BINARY || finding == TEXT_TOO_WIDE || finding == TEXT_EMPTY) return refuse(t, finding);
    if (t->dialect.is_assumed && t->dialect.odd.is_foreign) return ask_encoding(t);
    if (t->dialect.is_assumed) tell_encoding(t);
    if (finding == TEXT_NO_HEADER)
        return reader_ask_at(r, ISSUE_HEADER_UNKNOWN, t->dialect.sample, (struct where){ .offset = t->rows.begin });
    t->lines.is_nil = finding == TEXT_NIL;
    if (t->lines.is_nil) return SURVEY_READ;
    t->lines.columns = t->dialect.columns;
    row_reader_gather(&t->lines);
    uint32_t above = t->dialect.header.table_above;
    if (above > 0) t->lines.another = (struct where){ .row = above };
    if (t->lines.another.row > 0) return row_reader_refuse_tables(&t->lines);
    enum survey survey = cell_evidence_settle(&t->lines.evidence, r);
    describe(t);
    row_reader_tell_columns(&t->lines,
                            (struct where){ .offset = t->dialect.header_at, .row = t->dialect.header.last });
    text_rows_rewind(&t->rows);
    return survey;
}

/* Lines */

static bool next_row(struct row_reader *r, struct row *row)
{
    static const enum issue_code faults[] = {
        [ROW_FINE] = ISSUE_NONE,
        [ROW_UNCLOSED] = ISSUE_QUOTE_UNCLOSED,
        [ROW_TOO_LONG_FAULT] = ISSUE_ROW_TOO_LONG,
        [ROW_TOO_WIDE_FAULT] = ISSUE_ROW_TOO_WIDE,
    };
    static const unsigned bounds[] = {
        [ROW_FINE] = 0, [ROW_UNCLOSED] = 0, [ROW_TOO_LONG_FAULT] = ROW_BYTES_MAX, [ROW_TOO_WIDE_FAULT] = COLUMNS_MAX
    };
    struct text_reader *t = own(&r->base);
    const struct text_row *found = &t->row;
    if (!text_rows_next(&t->rows, &t->row)) return false;
    *row = (struct row){
        .cells = found->cells,
        .texts = found->cells,
        .count = found->count,
        .place = { .offset = found->offset, .row = found->row },
        .position = found->offset,
        .raw = found->raw,
        .fault = faults[found->fault],
        .fault_max = bounds[found->fault],
        .is_header = found->fault == ROW_FINE && header_is_met(&t->dialect.header, found->cells, found->count),
    };
    return true;
}

static void rewind_rows(struct row_reader *r)
{
    text_rows_rewind(&own(&r->base)->rows);
}

static uint64_t cell_offset(const struct row_reader *r, unsigned column)
{
    const struct text_reader *t = (const struct text_reader *)r;
    return text_rows_cell_offset(&t->rows, t->row.offset, t->row.raw, column - 1u);
}

static const struct row_source source = { .next = next_row, .rewind = rewind_rows, .cell_offset = cell_offset };

static void text_close(struct reader *r)
{
    struct text_reader *t = own(r);
    if (t->is_open) text_rows_close(&t->rows);
    t->is_open = false;
}

static const struct reader_ops ops = {
    .format = SLICE_INIT("csv"),
    .survey = text_survey,
    .next = row_reader_next,
    .rewind = row_reader_rewind,
    .close = text_close,
};

struct reader *text_reader_open(struct arena *a)
{
    struct text_reader *t = ARENA_NEW(a, struct text_reader);
    t->lines.source = &source;
    t->lines.base.ops = &ops;
    t->lines.base.format = ops.format;
    return &t->lines.base;
}
