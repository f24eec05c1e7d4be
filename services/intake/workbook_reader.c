/* intake/workbook_reader.c: a workbook as rows of cells: the choice of its sheet and header, and its rows as the sheet
 * shows them. */
#include "base/assert.h"
#include "intake/plain.h"
#include "intake/row_reader.h"
#include "intake/text_dialect.h"
#include "intake/workbook_merged.h"

#include <limits.h>
#include <stdlib.h>

enum { POSITION_BITS = 20, SAMPLE_BYTES = 160, SAMPLE_CELLS = 8 };

struct workbook_reader {
    struct row_reader     lines;
    struct workbook       workbook;
    struct workbook_rows *rows;
    unsigned              sheet;                    /* that is read */
    struct header         header;                   /* there */
    struct workbook_merged merged;
    uint32_t              header_end;               /* the last row that cells of the header reach into */
    bool                  is_merged[COLUMNS_MAX];   /* the cell of the row at hand stands for several */
    bool                  is_open, has_rows;
    struct slice          texts[COLUMNS_MAX];       /* of the row at hand: what tells a style */
};

static struct workbook_reader *own(struct reader *r)
{
    return (struct workbook_reader *)r;
}

static uint64_t position_at(const struct workbook_reader *w, uint32_t row)
{
    return ((uint64_t)(w->sheet + 1) << POSITION_BITS) + row;
}

/* A row of a container has no byte of its own. */
static struct where row_place(const struct workbook_reader *w, uint32_t row)
{
    return (struct where){ .row = row, .sheet = w->workbook.sheets[w->sheet].name };
}

/* Rows */

static void close_rows(struct workbook_reader *w)
{
    if (w->has_rows) workbook_rows_close(w->rows);
    w->has_rows = false;
}

static bool open_rows(struct workbook_reader *w, unsigned sheet)
{
    close_rows(w);
    w->has_rows = true;                             /* whatever of them was opened is closed again */
    return workbook_rows_open(w->rows, &w->workbook, sheet);
}

/* To the first row after the header. */
static bool open_lines(struct workbook_reader *w)
{
    workbook_begin_pass(&w->workbook);
    if (!open_rows(w, w->sheet)) return false;
    workbook_merged_rewind(&w->merged);
    while (w->rows->row < w->header.last)
        if (!workbook_rows_next(w->rows)) return false;
    return true;
}

/* Refusals and questions */

static enum survey refuse(struct workbook_reader *w)
{
    const struct workbook_problem *p = &w->workbook.problem;
    struct arena *a = w->lines.base.arena;
    struct issue *i = reader_add(&w->lines.base, p->code, 0);
    if (p->code == ISSUE_FORMAT_UNSUPPORTED) {
        issue_argument(i, SLICE("format"), slice_from(p->what));
        issue_argument(i, SLICE("instead"), slice_from(p->instead));
    } else if (p->code == ISSUE_WORKBOOK_TOO_LARGE) {
        issue_argument(i, SLICE("max"), slice_of_int(a, p->max));
        issue_argument(i, SLICE("what"), slice_from(p->what));
    } else {
        issue_argument(i, p->code == ISSUE_ENCODING_BOMB ? SLICE("ratio") : SLICE("problem"),
                       p->code == ISSUE_ENCODING_BOMB ? slice_of_int(a, p->max) : slice_from(p->what));
    }
    return SURVEY_REJECTED;
}

/* Sheet and header */

static struct slice named_sheet(const struct workbook_reader *w)
{
    struct slice answered = w->lines.base.answers.sheet;
    return answered.size > 0 ? answered : w->lines.base.profile->text.sheet;
}

static bool is_wanted(const struct workbook_reader *w, unsigned sheet)
{
    struct slice named = named_sheet(w);
    const struct workbook_sheet *s = &w->workbook.sheets[sheet];
    return named.size > 0 ? slice_equal(s->name, named) : !s->is_hidden;
}

static uint32_t wanted_header_row(const struct workbook_reader *w)
{
    uint32_t answered = w->lines.base.answers.header_row;
    return answered ? answered : w->lines.base.profile->text.header_row;
}

/* The best header of a sheet in its first rows, or of the row that was named (0: none). In a file of rejects our
 * columns name it, whatever else looks like one. */
static bool find_header(struct workbook_reader *w, unsigned sheet, uint32_t wanted, struct header *best)
{
    struct reader *r = &w->lines.base;
    struct header_search search = header_search_begin(r->arena, r->line_arena, r->profile, wanted);
    bool is_ours = false;
    *best = (struct header){ 0 };
    if (!open_rows(w, sheet)) return false;
    for (unsigned rows = 0; !is_ours && (rows < HEADER_ROWS_MAX || wanted >= w->rows->row);) {
        if (!workbook_rows_next(w->rows)) break;
        if (w->rows->count == 0) continue;
        rows++;
        is_ours = columns_are_ours(w->rows->cells, w->rows->count);
        if (is_ours) { search.wanted = w->rows->row; search.best.score = 0; }
        (void)header_search_offer(&search, w->rows->cells, w->rows->count, w->rows->row, 1);
    }
    *best = header_search_end(&search, search.wanted > 0);
    if (is_ours && best->score > 0) best->score = UINT_MAX;
    return w->workbook.problem.code == ISSUE_NONE;
}

static void add_name(struct text *t, struct slice name)
{
    if (t->size > 0) PUT(t, ", ");
    text_put(t, name);
}

/* The first cells of the first rows, for the question. */
static struct slice sample_of(struct workbook_reader *w, unsigned sheet)
{
    struct text t = text_in(w->lines.base.arena, SAMPLE_BYTES);
    if (!open_rows(w, sheet)) return text_slice(&t);
    while (t.size == 0 && workbook_rows_next(w->rows))
        for (unsigned k = 0; k < w->rows->count && k < SAMPLE_CELLS; k++)
            if (!slice_is_empty(slice_trim(w->rows->cells[k]))) add_name(&t, w->rows->cells[k]);
    return issue_value(w->lines.base.arena, text_slice(&t));
}

/* "No sales" in the first rows of a sheet that has no header. */
static bool says_nil(struct workbook_reader *w, unsigned sheet)
{
    if (!open_rows(w, sheet)) return false;
    for (unsigned rows = 0; rows < HEADER_ROWS_MAX && workbook_rows_next(w->rows); rows += w->rows->count > 0)
        for (unsigned k = 0; k < w->rows->count; k++)
            if (text_dialect_is_nil(w->lines.base.line_arena, w->rows->cells[k])) return true;
    return false;
}

/* No sheet has a header: it is a nil report, or the first one with a filled cell is shown. */
static enum survey without_header(struct workbook_reader *w)
{
    for (unsigned k = 0; k < w->workbook.sheet_count && !w->lines.is_nil; k++)
        w->lines.is_nil = is_wanted(w, k) && says_nil(w, k);
    if (w->lines.is_nil) return SURVEY_READ;
    for (unsigned k = 0; k < w->workbook.sheet_count; k++) {
        struct slice sample = is_wanted(w, k) ? sample_of(w, k) : (struct slice){ 0 };
        if (sample.size > 0) return reader_ask_at(&w->lines.base, ISSUE_HEADER_UNKNOWN, sample, (struct where){ 0 });
    }
    if (w->workbook.problem.code != ISSUE_NONE) return refuse(w);
    reader_add(&w->lines.base, ISSUE_FILE_EMPTY, 0);      /* no answer would give it lines */
    return SURVEY_REJECTED;
}

/* The sheet with the best header, and those whose is as good. */
struct choice { unsigned wanted, equals; struct text ties; };

static bool find_sheet(struct workbook_reader *w, struct choice *c)
{
    *c = (struct choice){ .ties = text_in(w->lines.base.arena, SAMPLE_BYTES) };
    w->header = (struct header){ 0 };
    for (unsigned k = 0; k < w->workbook.sheet_count; k++) {
        struct header h;
        if (!is_wanted(w, k)) continue;
        c->wanted++;
        if (!find_header(w, k, wanted_header_row(w), &h)) return false;
        if (h.score > w->header.score) { w->header = h; w->sheet = k; c->ties.size = 0; c->equals = 0; }
        if (h.score > 0 && h.score == w->header.score) { add_name(&c->ties, w->workbook.sheets[k].name); c->equals++; }
    }
    return true;
}

static enum survey judge_choice(struct workbook_reader *w, const struct choice *c)
{
    if (c->wanted == 0) {
        struct slice named = named_sheet(w);
        struct issue *i = reader_add(&w->lines.base, ISSUE_SHEET_MISSING, 0);
        i->value = named.size > 0 ? issue_value(w->lines.base.arena, named) : SLICE("to be seen");
        return SURVEY_REJECTED;
    }
    if (w->header.score == 0) return without_header(w);
    if (c->equals <= 1) return SURVEY_READ;
    return reader_ask_at(&w->lines.base, ISSUE_SHEET_UNDECIDED, text_slice(&c->ties), (struct where){ 0 });
}

/* A workbook that is taken must not seem to be taken whole, unless it was said which sheet counts: then what the
 * others are is not looked at. */
static bool tell_left_out(struct workbook_reader *w)
{
    bool was_named = named_sheet(w).size > 0;
    for (unsigned k = 0; k < w->workbook.sheet_count && !was_named; k++) {
        struct header h;
        if (k == w->sheet || w->workbook.sheets[k].is_hidden) continue;
        if (!find_header(w, k, 0, &h)) return false;
        if (!h.score) continue;
        struct issue *i = reader_add(&w->lines.base, ISSUE_SHEET_LEFT_OUT, 0);
        i->where.sheet = w->workbook.sheets[k].name;
        i->value = issue_value(w->lines.base.arena, w->workbook.sheets[k].name);
    }
    return true;
}

static void told_repeated(void *context, enum slot slot, struct slice counts)
{
    struct workbook_reader *w = context;
    struct issue *i = reader_add(&w->lines.base, ISSUE_COLUMN_REPEATED, 0);
    i->where = row_place(w, w->header.last);
    i->field = slot_name(slot);
    i->value = counts;
}

static void read_header(struct workbook_reader *w, const struct columns_listener *listener)
{
    w->lines.columns = columns_read(w->lines.base.arena, w->header.names.items, w->header.names.count,
                                    w->lines.base.profile, listener);
}

/* What the rows told of the columns stays. */
static void tell_header(struct workbook_reader *w)
{
    struct columns seen = w->lines.columns;
    read_header(w, &(struct columns_listener){ told_repeated, w });
    for (unsigned k = 0; k < seen.count; k++) w->lines.columns.items[k].has_values = seen.items[k].has_values;
}

/* sheet POS, header in row 3 */
static void describe(struct workbook_reader *w)
{
    struct text t = text_in(w->lines.base.arena, SAMPLE_BYTES + 300);
    PUT(&t, "sheet ");
    text_put(&t, plain_text_leniently(w->lines.base.arena, w->workbook.sheets[w->sheet].name));
    header_put_rows(&t, &w->header);
    columns_put_unknown(&t, &w->lines.columns);
    w->lines.base.layout = (struct reader_layout){
        .header_first = w->header.first, .header_row = w->header.last, .sheet = w->sheet,
        .width = w->lines.columns.count,
        .read_as = text_cells_read_as(w->lines.base.arena, &w->lines.evidence, w->lines.base.typing),
        .has_merges = w->workbook.merge_count > 0,
    };
    w->lines.base.dialect = text_slice(&t);
}

/* To the end of every sheet that counts: do its rows ascend? A header may stand after the lines. */
static void see_order(struct workbook_reader *w)
{
    for (unsigned k = 0; k < w->workbook.sheet_count && !w->workbook.is_unordered; k++) {
        if (!is_wanted(w, k) || !open_rows(w, k)) continue;
        while (!w->workbook.is_unordered && workbook_rows_next(w->rows)) continue;
    }
}

/* Sheet, header and what the lines tell of their styles; nothing is said of it yet. */
static bool look(struct workbook_reader *w, struct choice *c)
{
    workbook_begin_pass(&w->workbook);
    if (!find_sheet(w, c)) return false;
    if (w->header.score == 0) see_order(w);
    if (w->header.score == 0 || c->equals > 1) return w->workbook.problem.code == ISSUE_NONE;
    read_header(w, NULL);
    if (!open_lines(w)) return false;
    row_reader_gather(&w->lines);
    return w->workbook.problem.code == ISSUE_NONE;
}

/* Rows that do not ascend are read again, by their numbers. */
static bool look_in_order(struct workbook_reader *w, struct choice *c)
{
    bool is_read = look(w, c);
    if (!is_read || !w->workbook.is_unordered) return is_read;
    w->workbook.sorts_rows = true;
    return look(w, c);
}

static bool has_own_cells(const struct workbook_reader *w)
{
    for (unsigned k = 0; k < w->rows->count && k < w->lines.columns.count; k++)
        if (w->lines.columns.items[k].slot != SLOT_NONE && w->rows->cells[k].size > 0) return true;
    return false;
}

/* A line that stands over several rows shares its figures with nobody, as long as the others are empty. */
static bool see_shared(struct workbook_reader *w)
{
    struct workbook_merge *merges = w->workbook.merges, *of_column[COLUMNS_MAX] = { 0 };
    if (w->workbook.merge_count == 0) return true;
    if (!open_lines(w)) return false;
    for (unsigned next = 0; workbook_rows_next(w->rows);) {
        uint32_t row = w->rows->row;
        for (; next < w->workbook.merge_count && merges[next].from <= row; next++)
            of_column[merges[next].column - 1] = &merges[next];
        for (unsigned k = 0; has_own_cells(w) && k < w->lines.columns.count; k++)
            if (of_column[k] && of_column[k]->from < row && row <= of_column[k]->to) of_column[k]->is_shared = true;
    }
    return w->workbook.problem.code == ISSUE_NONE;
}

static enum survey workbook_survey(struct reader *r)
{
    struct workbook_reader *w = own(r);
    r->typing->dates.is_plain = r->typing->names_are_exact = false;
    w->is_open = true;
    w->rows = ARENA_NEW(r->arena, struct workbook_rows);
    if (!workbook_open(&w->workbook, r->arena, r->spool->bytes)) return refuse(w);
    struct choice choice;
    if (!look_in_order(w, &choice)) return refuse(w);
    enum survey survey = judge_choice(w, &choice);
    if (survey != SURVEY_READ || w->lines.is_nil) return survey;
    workbook_keep_merges(&w->workbook);
    workbook_merged_open(&w->merged, r->arena, &w->workbook, w->header.last);
    for (unsigned k = 0; k < w->workbook.merge_count && w->workbook.merges[k].from <= w->header.last; k++)
        if (w->workbook.merges[k].to > w->header_end) w->header_end = w->workbook.merges[k].to;
    if (w->header.table_above > 0) w->lines.another = row_place(w, w->header.table_above);
    if (w->lines.another.row > w->header_end) return row_reader_refuse_tables(&w->lines);
    if (!see_shared(w) || !tell_left_out(w)) return refuse(w);
    tell_header(w);
    r->typing->dates.is_1904 = w->workbook.is_1904;
    survey = cell_evidence_settle(&w->lines.evidence, r);
    describe(w);
    row_reader_tell_columns(&w->lines, row_place(w, w->header.last));
    if (!open_lines(w)) return refuse(w);
    return survey;
}

/* Lines */

/* A number of the sheet in the decimal style that the texts of the file have. */
static struct slice in_style(struct workbook_reader *w, unsigned k)
{
    struct slice text = w->rows->cells[k];
    size_t point = slice_find(text, '.');
    if (w->rows->sorts[k] != CELL_NUMBER || w->lines.base.typing->decimals != DECIMAL_STYLE_COMMA || point == text.size)
        return text;
    struct slice copy = slice_copy(w->lines.base.line_arena, text);
    ((char *)copy.bytes)[point] = ',';
    return copy;
}

static bool is_whole(struct slice s)
{
    for (size_t i = 0; i < s.size; i++)
        if (s.bytes[i] < '0' || s.bytes[i] > '9') return false;
    return s.size > 0;
}

/* 0.155 as 15.5%, which a sheet shows of it. */
static struct slice percent_text(struct arena *a, struct slice number)
{
    struct text t = text_in(a, number.size + 8);
    bool is_negative = number.size > 0 && number.bytes[0] == '-';
    struct slice rest = slice_skip(number, is_negative), whole = slice_cut(&rest, '.');
    if (is_negative) PUT(&t, "-");
    size_t from = t.size;
    text_put(&t, whole);
    for (unsigned k = 0; k < 2; k++) text_put_byte(&t, k < rest.size ? rest.bytes[k] : '0');
    size_t zeros = 0;
    while (from + zeros + 1 < t.size && t.bytes[from + zeros] == '0') zeros++;
    memmove(t.bytes + from, t.bytes + from + zeros, t.size - from - zeros);
    t.size -= zeros;
    if (rest.size > 2) { PUT(&t, "."); text_put(&t, slice_skip(rest, 2)); }
    PUT(&t, "%");
    return text_slice(&t);
}

static bool is_money(enum slot slot)
{
    if (slot == SLOT_NONE || slot >= SLOT_FIELDS_END) return false;
    enum field_type type = line_fields[slot - 1].type;
    return type == FIELD_TYPE_PRICE || type == FIELD_TYPE_MONEY || type == FIELD_TYPE_AMOUNT;
}

/* Does anything say a currency beside the prices of the row at hand? */
static bool has_currency(const struct workbook_reader *w)
{
    if (w->lines.base.profile->currency_default.size > 0 || w->lines.base.typing->currency.size > 0) return true;
    for (unsigned k = 0; k < w->rows->count && k < w->lines.columns.count; k++)
        if (w->lines.columns.items[k].slot == SLOT_currency && w->rows->cells[k].size > 0) return true;
    return false;
}

/* A cell as its number format shows it, where that says more than the number: an id with its signs, a percentage, which
 * no figure is, and beside a price the currency that nothing else says. */
static struct slice as_shown(struct workbook_reader *w, unsigned k, bool needs_currency)
{
    char printed[2 * WORKBOOK_NUMBER_MAX];
    struct slice text = in_style(w, k);
    const struct workbook_code *code = workbook_code_of(w->rows, k);
    enum slot slot = k < w->lines.columns.count ? w->lines.columns.items[k].slot : SLOT_NONE;
    if (!code) return text;
    if (slot_is_number(slot)) {
        if (code->format == WORKBOOK_FORMAT_PERCENT) return percent_text(w->lines.base.line_arena, w->rows->cells[k]);
        if (!needs_currency || code->currency.size == 0 || !is_money(slot)) return text;
        struct text t = text_in(w->lines.base.line_arena, text.size + 4);
        text_put(&t, text);
        PUT(&t, " ");
        text_put(&t, code->currency);
        return text_slice(&t);
    }
    bool has_signs = code->format == WORKBOOK_FORMAT_SIGNS && is_whole(text);
    if (!has_signs || slot_is_date(slot) || slot == SLOT_gtin) return text;
    struct slice shown = workbook_format_print(code->text, text, printed, sizeof printed);
    return shown.size > 0 ? slice_copy(w->lines.base.line_arena, shown) : text;
}

/* An id in a cell of dates: a number that was formatted as one, or a text that the spreadsheet took for one. */
static bool is_dated_id(const struct workbook_reader *w, unsigned k)
{
    return slot_is_paper(w->lines.columns.items[k].slot) && w->rows->sorts[k] == CELL_DATE;
}

static void blame_cell(struct workbook_reader *w, struct draft *d, struct issues *issues, enum issue_code code,
                       unsigned k)
{
    struct draft_cell cell = { .column = (uint16_t)(k + 1) };
    struct issue *i = issues_add(issues, code);
    i->field = slot_name(w->lines.columns.items[k].slot);
    i->value = issue_value(issues->arena, w->rows->cells[k]);
    d->locate(d, &cell, issues->arena, &i->where);
}

/* Merged cells */

static bool is_figure(const struct workbook_reader *w, unsigned k)
{
    return slot_is_number(w->lines.columns.items[k].slot) || w->lines.columns.items[k].slot == SLOT_serials;
}

/* What stands over several rows says the same of each of them, but for figures: nobody can tell whose they are. */
static void fill_merged(struct workbook_reader *w)
{
    struct workbook_rows *rows = w->rows;
    memset(w->is_merged, 0, sizeof w->is_merged);
    workbook_merged_take(&w->merged, rows);
    for (unsigned k = 0; w->merged.reaches && k < w->lines.columns.count; k++) {
        const struct workbook_reach *reach = workbook_merged_at(&w->merged, rows, k);
        if (!reach || w->lines.columns.items[k].slot == SLOT_NONE) continue;
        w->is_merged[k] = is_figure(w, k) ? reach->is_shared : rows->cells[k].size == 0;
        if (w->is_merged[k] && !is_figure(w, k)) workbook_merged_fill(rows, k, reach, w->lines.base.line_arena);
    }
}

static void blame_merged(struct workbook_reader *w, struct draft *d, struct issues *issues)
{
    for (unsigned k = 0; k < w->lines.columns.count; k++)
        if (w->is_merged[k])
            blame_cell(w, d, issues, is_figure(w, k) ? ISSUE_CELL_MERGED : ISSUE_CELL_FROM_ABOVE, k);
}

/* What the line says as the sheet shows it. */
static void refine(struct row_reader *r, struct draft *d, struct issues *issues)
{
    struct workbook_reader *w = own(&r->base);
    struct workbook_rows *rows = w->rows;
    bool needs_currency = w->workbook.code_count > 0 && !has_currency(w);
    blame_merged(w, d, issues);
    for (unsigned k = 0; k < rows->count; k++) {
        bool is_mapped = k < r->columns.count && r->columns.items[k].slot != SLOT_NONE;
        if (is_mapped && rows->sorts[k] == CELL_FORMULA_EMPTY) blame_cell(w, d, issues, ISSUE_FORMULA_WITHOUT_VALUE, k);
        if (is_mapped && rows->sorts[k] == CELL_ERROR) {
            blame_cell(w, d, issues, ISSUE_CELL_IN_ERROR, k);
            rows->cells[k] = (struct slice){ 0 };
        }
        if (is_mapped && is_dated_id(w, k)) blame_cell(w, d, issues, ISSUE_PART_LOOKS_LIKE_DATE, k);
        rows->cells[k] = as_shown(w, k, needs_currency);
    }
}

/* Only texts tell of a style; what a sheet keeps as numbers and dates has none. */
static bool next_row(struct row_reader *r, struct row *row)
{
    static const enum issue_code faults[] = { [WORKBOOK_ROW_FINE] = ISSUE_NONE,
                                              [WORKBOOK_ROW_TOO_LONG] = ISSUE_ROW_TOO_LONG,
                                              [WORKBOOK_ROW_TOO_WIDE] = ISSUE_ROW_TOO_WIDE };
    struct workbook_reader *w = own(&r->base);
    struct workbook_rows *rows = w->rows;
    if (!workbook_rows_next(rows)) return false;
    bool is_fine = rows->fault == WORKBOOK_ROW_FINE,
         is_header = rows->row <= w->header_end || header_is_met(&w->header, rows->cells, rows->count);
    if (is_fine && !is_header && rows->count > 0) fill_merged(w);
    for (unsigned k = 0; k < rows->count; k++)
        w->texts[k] = rows->sorts[k] == CELL_TEXT ? rows->cells[k] : (struct slice){ 0 };
    *row = (struct row){
        .cells = rows->cells,
        .texts = w->texts,
        .count = rows->count,
        .place = row_place(w, rows->row),
        .position = position_at(w, rows->row),
        .fault = faults[rows->fault],
        .fault_max = rows->fault == WORKBOOK_ROW_TOO_LONG ? WORKBOOK_ROW_BYTES_MAX : COLUMNS_MAX,
        .is_header = is_header,
    };
    return true;
}

/* The survey read it whole: it never ends early without a word. */
static enum reader_step workbook_next(struct reader *r, struct draft *d, struct issues *issues)
{
    struct workbook_reader *w = own(r);
    enum reader_step step = row_reader_next(r, d, issues);
    if (step == READER_END && w->workbook.problem.code != ISSUE_NONE) (void)refuse(w);
    return step;
}

static void rewind_rows(struct row_reader *r)
{
    (void)open_lines(own(&r->base));
}

static const struct row_source source = {
    .next = next_row, .rewind = rewind_rows, .refine = refine, .has_short_rows = true
};

static void workbook_close_reader(struct reader *r)
{
    struct workbook_reader *w = own(r);
    if (!w->is_open) return;
    close_rows(w);
    workbook_close(&w->workbook);
    w->is_open = false;
}

static const struct reader_ops ops = {
    .format = SLICE_INIT("xlsx"),
    .survey = workbook_survey,
    .next = workbook_next,
    .rewind = row_reader_rewind,
    .close = workbook_close_reader,
};

struct reader *workbook_reader_open(struct arena *a)
{
    struct workbook_reader *w = ARENA_NEW(a, struct workbook_reader);
    w->lines.source = &source;
    w->lines.base.ops = &ops;
    w->lines.base.format = ops.format;
    return &w->lines.base;
}
