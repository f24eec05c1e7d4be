/* intake/text_reader.c: delimited text behind the reader's functions: survey the dialect, then one draft a row. */
#include "base/assert.h"
#include "intake/reader.h"
#include "intake/text_cells.h"
#include "intake/text_dialect.h"

#include <stdlib.h>

struct text_reader {
    struct reader        base;
    struct text_rows     rows;
    struct text_dialect  dialect;
    struct cell_evidence evidence;
    struct cell_totals   totals;
    struct text_row      row;                       /* the one the draft is of */
    bool                 is_open, has_totals, is_nil, is_nil_said;
    char                 ordinal[12];
};

static struct text_reader *own(struct reader *r)
{
    return (struct text_reader *)r;
}

/* Survey */

/* All rows once: what their numbers and dates tell, and whether there are totals to compare. */
static void gather_evidence(struct text_reader *t)
{
    struct text_row row;
    while (text_rows_next(&t->rows, &row)) {
        if (row.fault != ROW_FINE || columns_are_named(&t->dialect.columns, row.cells, row.count)) continue;
        cell_evidence_add(&t->evidence, t->base.arena, &t->dialect.columns, row.cells, row.count,
                          (struct where){ .offset = row.offset, .row = row.row });
        text_cells_take_read_as(&t->base, &t->dialect.columns, row.cells, row.count);
        text_cells_take_partner(&t->base, &t->dialect.columns, row.cells, row.count);
        if (!t->has_totals)
            t->has_totals = text_cells_sort(&t->base, &t->dialect.columns, row.cells, row.count) == ROW_TOTAL;
        arena_reset(t->base.line_arena);
    }
}

static void put_delimiter(struct text *t, char delimiter)
{
    switch (delimiter) {
    case ',':  PUT(t, "comma"); return;
    case ';':  PUT(t, "semicolon"); return;
    case '\t': PUT(t, "tab"); return;
    default:   text_put_byte(t, delimiter);
    }
}

/* As most people name what they wrote: only years in front, or days in front of points, need no order. */
static struct slice order_of_dates(const struct text_reader *t)
{
    static const struct slice orders[] = { SLICE_INIT("undecided"), SLICE_INIT("ymd"), SLICE_INIT("dmy"),
                                           SLICE_INIT("mdy") };
    enum date_style order = t->base.typing->dates.order;
    return orders[order == DATE_STYLE_YMD && t->evidence.dotted > 0 ? DATE_STYLE_DMY : order];
}

/* What a file of rejects has to say for its rows to be read as these were. */
static struct slice read_as(struct text_reader *t)
{
    struct reader *r = &t->base;
    struct slice styles = text_cells_read_as(r->arena, &t->evidence, r->typing);
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
    struct text text = text_in(t->base.arena, 400);
    bool is_wide = t->dialect.encoding == ENCODING_UTF16LE || t->dialect.encoding == ENCODING_UTF16BE;
    t->base.layout = (struct reader_layout){
        .delimiter = t->dialect.delimiter,
        .header_at = t->dialect.header_at,
        .header_end = t->rows.begin,
        .is_utf8 = t->dialect.encoding == ENCODING_UTF8 || is_wide,
        .is_wide = is_wide,
        .is_big_endian = t->dialect.encoding == ENCODING_UTF16BE,
        .read_as = read_as(t),
    };
    t->base.format = t->dialect.delimiter == '\t' ? SLICE("tsv") : SLICE("csv");
    put_delimiter(&text, t->dialect.delimiter);
    PUT(&text, " between cells, ");
    text_put(&text, slice_from(t->dialect.encoding_name));
    PUT(&text, ", decimal ");
    text_put(&text, decimals[t->base.typing->decimals]);
    PUT(&text, ", dates ");
    text_put(&text, order_of_dates(t));
    PUT(&text, ", header in row ");
    text_put_int(&text, t->dialect.header_row);
    columns_put_unknown(&text, &t->dialect.columns);
    t->base.dialect = text_slice(&text);
}

static enum survey refuse(struct text_reader *t, enum text_finding finding)
{
    struct reader *r = &t->base;
    if (finding == TEXT_BINARY) reader_add(r, ISSUE_FORMAT_UNKNOWN, 0);
    else if (finding == TEXT_EMPTY) reader_add(r, ISSUE_FILE_EMPTY, 0);     /* no answer would give it lines */
    else issue_argument(reader_add(r, ISSUE_COLUMNS_TOO_MANY, 0), SLICE("max"), SLICE("512"));
    return SURVEY_REJECTED;
}

/* At the first byte that is no UTF-8. A file glued together from two encodings says so: names of one of them are
 * spoilt. */
static void tell_encoding(struct text_reader *t)
{
    struct reader *r = &t->base;
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
    struct issue *asked = reader_add(&t->base, ISSUE_ENCODING_FOREIGN, odd->offset);
    asked->where.row = odd->row;
    issue_argument(asked, SLICE("encoding"), slice_from(t->dialect.encoding_name));
    return reader_ask(&t->base, asked);
}

/* By whom the encoding is named, should the bytes not tell: an answer, the file that we gave back, the profile. */
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
    t->is_nil = finding == TEXT_NIL;
    if (t->is_nil) return SURVEY_READ;
    gather_evidence(t);
    enum survey survey = cell_evidence_settle(&t->evidence, r);
    describe(t);
    struct where header = { .offset = t->dialect.header_at, .row = t->dialect.header_row };
    text_cells_tell_extras(r, &t->dialect.columns, header);
    text_cells_tell_absent(r, &t->dialect.columns, header);
    text_rows_rewind(&t->rows);
    return survey;
}

/* Lines */

static void text_locate(const struct draft *d, const struct draft_cell *cell, struct arena *a, struct where *w)
{
    (void)a;
    const struct text_reader *t = d->reader;
    *w = (struct where){ .offset = d->offset, .row = d->row };
    if (!cell || cell->column == 0) return;
    w->column = cell->column;
    w->column_name = t->dialect.columns.items[cell->column - 1].name;
    w->offset = text_rows_cell_offset(&t->rows, d->offset, t->row.raw, cell->column - 1u);
}

static void place(struct text_reader *t, struct draft *d)
{
    struct text ordinal = text_over(t->ordinal, sizeof t->ordinal);
    text_put_int(&ordinal, t->row.row);
    draft_reset(d);
    d->position = d->offset = t->row.offset;
    d->row = t->row.row;
    d->raw = t->row.raw;
    d->ordinal = text_slice(&ordinal);
    d->sign_names_kind = true;
    d->locate = text_locate;
    d->reader = t;
}

static enum reader_step dead(struct text_reader *t, struct draft *d, struct issues *issues)
{
    static const enum issue_code codes[] = {
        [ROW_UNCLOSED] = ISSUE_QUOTE_UNCLOSED,
        [ROW_TOO_LONG_FAULT] = ISSUE_ROW_TOO_LONG,
        [ROW_TOO_WIDE_FAULT] = ISSUE_ROW_TOO_WIDE,
    };
    struct issue *i = typing_blame(t->base.typing, d, issues, codes[t->row.fault], SLOT_NONE);
    if (t->row.fault == ROW_TOO_LONG_FAULT)
        issue_argument(i, SLICE("max"), slice_of_int(t->base.line_arena, ROW_BYTES_MAX));
    if (t->row.fault == ROW_TOO_WIDE_FAULT)
        issue_argument(i, SLICE("max"), slice_of_int(t->base.line_arena, COLUMNS_MAX));
    return READER_DEAD;
}

static enum reader_step skip(struct text_reader *t, enum skipped what)
{
    t->base.skipped = what;
    return READER_SKIPPED;
}

/* Short rows are filled up with a warning; surplus cells must be empty. */
static void check_width(struct text_reader *t, struct draft *d, struct issues *issues)
{
    unsigned columns = t->dialect.columns.count, count = t->row.count;
    bool is_long = false;
    for (unsigned i = columns; i < count; i++) is_long |= !slice_is_empty(slice_trim(t->row.cells[i]));
    if (count >= columns && !is_long) return;
    struct issue *i = typing_blame(t->base.typing, d, issues, is_long ? ISSUE_ROW_LONG : ISSUE_ROW_SHORT, SLOT_NONE);
    issue_argument(i, SLICE("count"), slice_of_int(t->base.line_arena, count));
    issue_argument(i, SLICE("columns"), slice_of_int(t->base.line_arena, columns));
    if (!is_long && t->base.is_strict) issues_raise(issues, i);
}

static enum reader_step read_line(struct text_reader *t, struct draft *d, struct issues *issues)
{
    const struct columns *columns = &t->dialect.columns;
    text_cells_fill(&t->base, d, issues, columns, t->row.cells, t->row.count);
    check_width(t, d, issues);
    if (t->has_totals) cell_totals_add(&t->totals, &t->base, columns, t->row.cells, t->row.count);
    return READER_LINE;
}

static enum reader_step text_next(struct reader *r, struct draft *d, struct issues *issues)
{
    struct text_reader *t = own(r);
    if (t->is_nil) {
        if (t->is_nil_said) return READER_END;
        t->is_nil_said = true;
        return skip(t, SKIPPED_nil_report);
    }
    if (!text_rows_next(&t->rows, &t->row)) return READER_END;
    place(t, d);
    if (t->row.fault != ROW_FINE) return dead(t, d, issues);
    if (columns_are_named(&t->dialect.columns, t->row.cells, t->row.count)) return skip(t, SKIPPED_header);
    switch (text_cells_sort(r, &t->dialect.columns, t->row.cells, t->row.count)) {
    case ROW_BLANK: return skip(t, SKIPPED_blank);
    case ROW_NIL:   return skip(t, SKIPPED_nil_report);
    case ROW_TOTAL:
        cell_totals_compare(&t->totals, r, &t->dialect.columns, t->row.cells, t->row.count,
                            (struct where){ .offset = t->row.offset, .row = t->row.row });
        return skip(t, SKIPPED_total);
    case ROW_NOTE:
        text_cells_tell_note(r, &t->dialect.columns, t->row.cells, t->row.count,
                             (struct where){ .offset = t->row.offset, .row = t->row.row });
        return skip(t, SKIPPED_note);
    case ROW_LINE:  return read_line(t, d, issues);
    }
    NEVER();
}

static void text_rewind(struct reader *r)
{
    struct text_reader *t = own(r);
    text_rows_rewind(&t->rows);
    t->is_nil_said = false;
    memset(&t->totals, 0, sizeof t->totals);
}

static void text_close(struct reader *r)
{
    struct text_reader *t = own(r);
    if (t->is_open) text_rows_close(&t->rows);
    t->is_open = false;
}

static const struct reader_ops ops = {
    .format = SLICE_INIT("csv"), .survey = text_survey, .next = text_next, .rewind = text_rewind, .close = text_close
};

struct reader *text_reader_open(struct arena *a)
{
    struct text_reader *t = ARENA_NEW(a, struct text_reader);
    t->base.ops = &ops;
    t->base.format = ops.format;
    return &t->base;
}
