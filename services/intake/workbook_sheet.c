/* intake/workbook_sheet.c: a sheet as rows, one at a time: the parser rests after each row. */
#include "intake/workbook.h"

#include "base/assert.h"
#include "base/instant.h"
#include "intake/date.h"

#include <stdlib.h>

enum { SERIAL_DAYS_MAX = 2958465, DATE_BYTES = 10 };

static struct workbook_rows *rows_of(void *parser)
{
    return XML_GetUserData(parser);
}

/* Columns and rows */

/* The column of a reference such as AB12, 1-based; 0 when it has none. */
static unsigned column_of(const char *reference)
{
    unsigned column = 0;
    for (; reference && *reference >= 'A' && *reference <= 'Z' && column <= 16384; reference++)
        column = column * 26 + (unsigned)(*reference - 'A' + 1);
    return column;
}

static void begin_row(struct workbook_rows *r, const char **attributes)
{
    uint32_t row = r->counts_rows ? r->row + 1 : workbook_row_number(attributes, r->row);
    bool descends = row <= r->row;
    r->workbook->is_unordered |= descends;
    r->row = descends ? r->row + 1 : row;
    for (unsigned k = 0; k < r->count; k++) r->cells[k] = (struct slice){ 0 };
    memset(r->sorts, CELL_EMPTY, sizeof r->sorts);
    r->count = r->column = 0;
    r->size = 0;
    r->fault = WORKBOOK_ROW_FINE;
    r->in_row = true;
    if (r->row > WORKBOOK_ROWS_MAX) workbook_fail(r->workbook, ISSUE_WORKBOOK_TOO_LARGE, "rows", WORKBOOK_ROWS_MAX);
}

static char type_of(const char *t)
{
    if (!t || strcmp(t, "n") == 0) return 'n';
    if (strcmp(t, "inlineStr") == 0) return 'i';
    if (strcmp(t, "str") == 0) return 't';
    return t[0];
}

static void begin_cell(struct workbook_rows *r, const char **attributes)
{
    uint64_t style = 0;
    unsigned column = column_of(workbook_attribute(attributes, "r"));
    const char *s = workbook_attribute(attributes, "s");
    r->column = column > 0 ? column : r->column + 1;        /* without reference: the next column */
    if (s) (void)slice_to_uint(slice_from(s), UINT32_MAX, &style);
    r->style = (unsigned)style;
    r->type = type_of(workbook_attribute(attributes, "t"));
    r->in_cell = true;
    r->has_value = r->has_formula = false;
    r->from = r->size;
    r->phonetic = 0;
    r->code = 0;
}

/* Values */

static bool put_text(struct workbook_rows *r, const char *bytes, size_t size)
{
    if (r->size + size > WORKBOOK_ROW_BYTES_MAX) { r->fault = WORKBOOK_ROW_TOO_LONG; return false; }
    if (size > 0) memcpy(r->text + r->size, bytes, size);
    r->size += size;
    return true;
}

static struct slice value_of(const struct workbook_rows *r)
{
    return slice_of(r->text + r->from, r->size - r->from);
}

static struct slice shared_string(const struct workbook *w, struct slice number, bool *is_known)
{
    uint64_t at;
    *is_known = slice_to_uint(number, UINT32_MAX, &at) && at < w->string_count;
    if (!*is_known) return (struct slice){ 0 };
    uint64_t from = at > 0 ? w->ends[at - 1] : 0;
    return slice_of(w->text + from, w->ends[at] - from);
}

/* Blanks and breaks around the value say nothing: of a part that was printed for people. */
static void trim_value(struct workbook_rows *r)
{
    while (r->from < r->size && (uint8_t)r->text[r->from] <= ' ') r->from++;
    while (r->from < r->size && (uint8_t)r->text[r->size - 1] <= ' ') r->size--;
}

static void replace(struct workbook_rows *r, struct slice text)
{
    r->size = r->from;
    (void)put_text(r, text.bytes, text.size);
}

/* A serial of the workbook's epoch as yyyy-mm-dd; times of day are left off. Day 60 of 1900 never was. */
static bool date_of(const struct workbook *w, struct slice text, char date[DATE_BYTES])
{
    uint64_t serial;
    if (!slice_to_uint(slice_head(text, slice_find(text, '.')), SERIAL_DAYS_MAX, &serial) || serial < 61) return false;
    int32_t year, month, day;
    int64_t days = (int64_t)serial + (w->is_1904 ? DATE_1904_BEHIND : 0);
    instant_civil_from_days(instant_days_from_civil(1899, 12, 30) + days, &year, &month, &day);
    if (year < 1900 || year > 9999) return false;
    int32_t parts[] = { year / 1000, year / 100 % 10, year / 10 % 10, year % 10,
                        month / 10,  month % 10,      day / 10,       day % 10 };
    static const uint8_t places[] = { 0, 1, 2, 3, 5, 6, 8, 9 };
    date[4] = date[7] = '-';
    for (unsigned k = 0; k < sizeof places; k++) date[places[k]] = (char)('0' + parts[k]);
    return true;
}

static bool is_whole(struct slice s)
{
    for (size_t i = 0; i < s.size; i++)
        if (s.bytes[i] < '0' || s.bytes[i] > '9') return false;
    return s.size > 0;
}

static enum workbook_cell number_cell(struct workbook_rows *r)
{
    const struct workbook *w = r->workbook;
    struct slice text = value_of(r);
    struct workbook_style style = r->style < w->style_count ? w->styles[r->style] : (struct workbook_style){ 0 };
    char date[DATE_BYTES], buffer[WORKBOOK_NUMBER_MAX];
    r->code = style.code;
    if (style.format == WORKBOOK_FORMAT_DATE && date_of(w, text, date)) {
        replace(r, slice_of(date, DATE_BYTES));
        return CELL_DATE;
    }
    text = workbook_number_shortest(text, buffer);
    if (style.format == WORKBOOK_FORMAT_ZEROS && is_whole(text) && text.size < style.digits) {
        char digits[WORKBOOK_NUMBER_MAX];
        size_t zeros = style.digits - text.size;
        memset(digits, '0', zeros);
        memcpy(digits + zeros, text.bytes, text.size);
        replace(r, slice_of(digits, style.digits));
        return CELL_TEXT;
    }
    if (text.bytes == buffer) replace(r, text);
    return CELL_NUMBER;
}

static enum workbook_cell cell_sort(struct workbook_rows *r)
{
    bool is_known;
    struct slice text;
    if (r->type != 't' && r->type != 'i') trim_value(r);
    bool is_stored =
        r->has_value && (r->size > r->from || r->type != 'n'); /* some write an empty <v/> after the formula */
    if (!is_stored) return r->has_formula ? CELL_FORMULA_EMPTY : CELL_EMPTY;
    switch (r->type) {
    case 's':
        text = shared_string(r->workbook, value_of(r), &is_known);
        if (!is_known)
            workbook_fail(r->workbook, ISSUE_WORKBOOK_BROKEN, "a cell names a shared string that is not there", 0);
        replace(r, text);
        return CELL_TEXT;
    case 'n': return number_cell(r);
    case 'e': return CELL_ERROR;
    case 'b':
        if (is_whole(value_of(r))) replace(r, slice_equal(value_of(r), SLICE("0")) ? SLICE("FALSE") : SLICE("TRUE"));
        return CELL_TEXT;
    default:
        if (r->size > r->from) r->size = r->from + workbook_unescape(r->text + r->from, r->size - r->from);
        return CELL_TEXT;
    }
}

static void end_cell(struct workbook_rows *r)
{
    enum workbook_cell sort = cell_sort(r);
    struct slice text = value_of(r);
    r->in_cell = r->in_value = r->in_text = false;
    if (sort == CELL_EMPTY || (text.size == 0 && sort != CELL_FORMULA_EMPTY)) return;
    if (r->column > COLUMNS_MAX) { r->fault = WORKBOOK_ROW_TOO_WIDE; return; }
    r->cells[r->column - 1] = text;
    r->sorts[r->column - 1] = (uint8_t)sort;
    r->codes[r->column - 1] = r->code;
    if (r->column > r->count) r->count = r->column;
}

/* Merged cells: they are told after the rows. Those of one row need nothing. */

static bool row_of(const char **reference, uint32_t *row)
{
    uint64_t number = 0;
    while (**reference >= 'A' && **reference <= 'Z') (*reference)++;
    for (; **reference >= '0' && **reference <= '9' && number <= WORKBOOK_ROWS_MAX; (*reference)++)
        number = number * 10 + (uint64_t)(**reference - '0');
    *row = (uint32_t)number;
    return number > 0 && number <= WORKBOOK_ROWS_MAX;
}

static void take_merge(struct workbook_rows *r, const char *reference)
{
    struct workbook *w = r->workbook;
    struct workbook_merge m = { .column = column_of(reference) };
    if (w->has_merges || m.column == 0 || m.column > COLUMNS_MAX || !row_of(&reference, &m.from)) return;
    if (*reference++ != ':' || !row_of(&reference, &m.to) || m.to <= m.from) return;
    if (w->merge_count == WORKBOOK_MERGES_MAX) {
        workbook_fail(w, ISSUE_WORKBOOK_TOO_LARGE, "merged cells", WORKBOOK_MERGES_MAX);
        return;
    }
    if (w->merge_count == w->merge_capacity) {
        w->merge_capacity = w->merge_capacity ? 2 * w->merge_capacity : 64;
        struct workbook_merge *more = ARENA_ARRAY(w->arena, w->merge_capacity, struct workbook_merge);
        if (w->merge_count > 0) memcpy(more, w->merges, w->merge_count * sizeof *more);
        w->merges = more;
    }
    w->merges[w->merge_count++] = m;
}

static int by_first_row(const void *a, const void *b)
{
    const struct workbook_merge *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

void workbook_keep_merges(struct workbook *w)
{
    if (w->merge_count > 1) qsort(w->merges, w->merge_count, sizeof *w->merges, by_first_row);
    w->has_merges = true;
}

/* The parser's calls */

static void on_start(void *parser, const XML_Char *name, const XML_Char **attributes)
{
    struct workbook_rows *r = rows_of(parser);
    const char *local = workbook_local(name);
    if (++r->depth > WORKBOOK_DEPTH_MAX) { XML_StopParser(parser, XML_FALSE); return; }
    if (!r->in_row) {
        if (strcmp(local, "sheetData") == 0) r->in_data = true;
        else if (r->in_data && strcmp(local, "row") == 0) begin_row(r, attributes);     /* drawings have rows, too */
        else if (strcmp(local, "mergeCell") == 0) take_merge(r, workbook_attribute(attributes, "ref"));
        return;
    }
    if (!r->in_cell) {
        if (strcmp(local, "c") == 0) begin_cell(r, attributes);
        return;
    }
    if (strcmp(local, "v") == 0) r->in_value = r->has_value = true;
    else if (strcmp(local, "f") == 0) r->has_formula = true;
    else if (strcmp(local, "is") == 0) r->type = 'i';       /* some leave the type out, others the <is> */
    else if (strcmp(local, "rPh") == 0) r->phonetic++;
    else if (strcmp(local, "t") == 0 && r->type == 'i' && r->phonetic == 0) r->in_text = r->has_value = true;
}

static void on_end(void *parser, const XML_Char *name)
{
    struct workbook_rows *r = rows_of(parser);
    const char *local = workbook_local(name);
    r->depth--;
    if (r->in_cell) {
        if (strcmp(local, "v") == 0) r->in_value = false;
        else if (strcmp(local, "t") == 0) r->in_text = false;
        else if (strcmp(local, "rPh") == 0 && r->phonetic > 0) r->phonetic--;
        else if (strcmp(local, "c") == 0) end_cell(r);
    } else if (r->in_row && strcmp(local, "row") == 0) {
        r->in_row = false;
        r->has_row = true;
        XML_StopParser(parser, XML_TRUE);
    } else if (!r->in_row && strcmp(local, "sheetData") == 0) {
        r->in_data = false;
    }
    if (r->workbook->problem.code != ISSUE_NONE) XML_StopParser(parser, XML_FALSE);
}

static void on_text(void *parser, const XML_Char *bytes, int size)
{
    struct workbook_rows *r = rows_of(parser);
    if (r->in_value || r->in_text) (void)put_text(r, bytes, (size_t)size);
}

/* Rows */

bool workbook_rows_open(struct workbook_rows *r, struct workbook *w, unsigned sheet)
{
    ASSERT(sheet < w->sheet_count);
    memset(r, 0, offsetof(struct workbook_rows, text));
    if (!w->has_merges) w->merge_count = 0;
    r->workbook = w;
    struct slice part = w->sheets[sheet].part;
    struct workbook_source *s = &r->source;
    bool sorts = w->sorts_rows && part.size > 0;
    uint64_t inflated = w->inflated;
    if (sorts && !workbook_sort_rows(w, part.bytes, &s->sorted, &r->counts_rows)) return false;
    w->inflated = inflated;                         /* what was sorted is read now, and counts then */
    if (!s->sorted.bytes && part.size > 0) s->file = workbook_part(w, part.bytes);
    if (s->sorted.bytes || s->file) r->parser = workbook_parser(r, on_start, on_end, on_text);
    if (r->parser) return true;
    workbook_fail(w, ISSUE_WORKBOOK_BROKEN, "a sheet is not there", 0);
    return false;
}

/* Goes on after the last row in the piece that the parser has. */
static enum workbook_feed resume(struct workbook_rows *r)
{
    enum XML_Status status = XML_ResumeParser(r->parser);
    if (status == XML_STATUS_SUSPENDED) return WORKBOOK_SUSPENDED;
    if (status == XML_STATUS_OK) {
        XML_ParsingStatus state;
        XML_GetParsingStatus(r->parser, &state);
        return state.parsing == XML_FINISHED ? WORKBOOK_END : WORKBOOK_FED;
    }
    workbook_fail(r->workbook, ISSUE_WORKBOOK_BROKEN, "a sheet is no sound XML", 0);
    return WORKBOOK_BAD;
}

const struct workbook_code *workbook_code_of(const struct workbook_rows *r, unsigned cell)
{
    bool is_number = r->sorts[cell] == CELL_NUMBER && r->codes[cell] > 0;
    return is_number ? &r->workbook->codes[r->codes[cell] - 1] : NULL;
}

bool workbook_rows_next(struct workbook_rows *r)
{
    enum workbook_feed feed = WORKBOOK_FED;
    r->has_row = false;
    if (r->is_done || r->workbook->problem.code != ISSUE_NONE) return false;
    if (r->is_suspended) feed = resume(r);
    while (feed == WORKBOOK_FED) feed = workbook_feed(r->workbook, &r->source, r->parser, &r->fed);
    r->is_suspended = feed == WORKBOOK_SUSPENDED;
    r->is_done = feed == WORKBOOK_END || feed == WORKBOOK_BAD;
    return r->has_row && feed == WORKBOOK_SUSPENDED;
}

void workbook_rows_close(struct workbook_rows *r)
{
    if (r->parser) XML_ParserFree(r->parser);
    if (r->source.file) zip_fclose(r->source.file);
    free((void *)r->source.sorted.bytes);
    r->parser = NULL;
    r->source = (struct workbook_source){ 0 };
}
