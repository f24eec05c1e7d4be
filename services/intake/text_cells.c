/* intake/text_cells.c: cells of text and sheets. */
#include "intake/text_cells.h"

#include "base/assert.h"
#include "domain/decimal.h"
#include "intake/country.h"
#include "intake/number.h"
#include "intake/plain.h"
#include "intake/text_dialect.h"

enum {
    DECIDES_PERCENT = 99,
    TOTAL_SCALE = 6,
    SAMPLE_BYTES_MAX = 40,
    TOTAL_NAME_BYTES_MAX = 64,
    HEADER_ROW_BYTES_MAX = 160
};

/* Evidence */

static void keep_sample(struct arena *a, struct cell_samples *s, struct slice cell, const struct where *place)
{
    for (unsigned i = 0; i < SAMPLES_MAX; i++) {
        if (slice_equal(s->either[i], cell)) return;
        if (s->either[i].size > 0) continue;
        if (i == 0) s->either_at = *place;
        s->either[i] = issue_value(a, slice_head(cell, SAMPLE_BYTES_MAX));
        return;
    }
}

static void keep_said(struct arena *a, struct cell_samples *s, unsigned which, struct slice cell,
                      const struct where *place)
{
    if (s->said[which].size > 0) return;
    if (s->said[!which].size == 0) s->said_at = *place;
    s->said[which] = issue_value(a, slice_head(cell, SAMPLE_BYTES_MAX));
}

static void add_number(struct cell_evidence *e, struct arena *a, struct slice cell, const struct where *place)
{
    switch (number_evidence(cell)) {
    case NUMBER_SILENT:     return;
    case NUMBER_SAYS_POINT: e->point++; keep_said(a, &e->numbers, 0, cell, place); return;
    case NUMBER_SAYS_COMMA: e->comma++; keep_said(a, &e->numbers, 1, cell, place); return;
    case NUMBER_AMBIGUOUS:
        e->thousands++;
        keep_sample(a, &e->numbers, cell, place);
        return;
    }
}

static void add_date(struct cell_evidence *e, struct arena *a, enum date_style named, struct slice cell,
                     const struct where *place)
{
    enum date_evidence evidence = date_evidence(cell);
    e->named_year_first += evidence != DATE_SILENT && named == DATE_STYLE_YMD;
    switch (evidence) {
    case DATE_SILENT:   e->without_order += named != DATE_STYLE_YMD && date_needs_no_order(cell); return;
    case DATE_SAYS_DMY: e->day_first++; keep_said(a, &e->dates, 0, cell, place); return;
    case DATE_SAYS_MDY: e->month_first++; keep_said(a, &e->dates, 1, cell, place); return;
    case DATE_AMBIGUOUS:
        e->either++;
        e->named_day_first += named == DATE_STYLE_DMY;
        e->named_month_first += named == DATE_STYLE_MDY;
        keep_sample(a, &e->dates, cell, place);
        return;
    }
}

void cell_evidence_add(struct cell_evidence *e, struct arena *a, const struct columns *columns,
                       const struct slice *cells, unsigned count, struct where row)
{
    for (unsigned i = 0; i < count && i < columns->count; i++) {
        if (cells[i].size < 3) continue;
        row.column = i + 1;
        row.column_name = columns->items[i].name;
        if (columns->items[i].is_number) add_number(e, a, cells[i], &row);
        else if (columns->items[i].is_date) add_date(e, a, columns->items[i].dates, cells[i], &row);
    }
}

/* 99 % of the evidence decides. AUTO: nobody does, and it matters. */
static enum decimal_style decimals_of(const struct cell_evidence *e, enum decimal_style profile,
                                      enum decimal_style answer)
{
    uint64_t all = e->point + e->comma;
    if (all > 0 && e->point * 100 >= all * DECIDES_PERCENT) return DECIMAL_STYLE_POINT;
    if (all > 0 && e->comma * 100 >= all * DECIDES_PERCENT) return DECIMAL_STYLE_COMMA;
    if (profile != DECIMAL_STYLE_AUTO) return profile;
    if (answer != DECIMAL_STYLE_AUTO) return answer;
    return all + e->thousands > 0 ? DECIMAL_STYLE_AUTO : DECIMAL_STYLE_POINT;
}

/* Evidence of one order alone decides; the headers last, where they do not contradict each other. */
static enum date_style dates_of(const struct cell_evidence *e, enum date_style profile, enum date_style answer)
{
    bool is_named_otherwise = e->named_year_first > 0;      /* 26/02/01 below (YY/MM/DD) is no day of 2001 */
    if (e->day_first > 0 && e->month_first == 0 && !is_named_otherwise) return DATE_STYLE_DMY;
    if (e->month_first > 0 && e->day_first == 0 && !is_named_otherwise) return DATE_STYLE_MDY;
    if (profile != DATE_STYLE_AUTO) return profile;
    if (answer != DATE_STYLE_AUTO) return answer;
    bool is_contradicted = is_named_otherwise || e->day_first + e->month_first > 0
                           || (e->named_day_first > 0 && e->named_month_first > 0);
    if (!is_contradicted && e->named_day_first > 0) return DATE_STYLE_DMY;
    if (!is_contradicted && e->named_month_first > 0) return DATE_STYLE_MDY;
    if (e->day_first + e->month_first + e->either > 0) return DATE_STYLE_AUTO;
    return e->without_order > 0 ? DATE_STYLE_DMY : DATE_STYLE_YMD;
}

/* `1,234, 5,678`; of a file that says both, one of each: `1,234.5, 1.234,5`; and where the first of them stands. */
static enum survey ask_for(struct reader *r, enum issue_code code, const struct cell_samples *from)
{
    struct text t = text_in(r->arena, SAMPLES_MAX * (SAMPLE_BYTES_MAX + 2));
    bool says_both = from->said[0].size > 0 && from->said[1].size > 0;
    const struct slice *samples = says_both ? from->said : from->either;
    unsigned max = says_both ? 2 : SAMPLES_MAX;
    for (unsigned i = 0; i < max && samples[i].size > 0; i++) {
        if (i > 0) PUT(&t, ", ");
        text_put(&t, samples[i]);
    }
    return reader_ask_at(r, code, text_slice(&t), says_both ? from->said_at : from->either_at);
}

enum survey cell_evidence_settle(const struct cell_evidence *e, struct reader *r)
{
    const struct profile_text *p = &r->profile->text;
    enum survey survey = SURVEY_READ;
    r->typing->decimals = decimals_of(e, p->decimal, r->answers.decimal);
    r->typing->dates.order = dates_of(e, p->dates, r->answers.dates);
    if (r->typing->dates.order == DATE_STYLE_AUTO) survey = ask_for(r, ISSUE_DATE_ORDER_UNDECIDED, &e->dates);
    if (r->typing->decimals == DECIMAL_STYLE_AUTO) survey = ask_for(r, ISSUE_NUMBER_STYLE_UNDECIDED, &e->numbers);
    return survey;
}

/* Styles that a rejects file keeps */

static const struct { struct slice words; enum decimal_style decimal; enum date_style dates; } styles[] = {
    { SLICE_INIT("dates=dmy"), DECIMAL_STYLE_AUTO, DATE_STYLE_DMY },
    { SLICE_INIT("dates=mdy"), DECIMAL_STYLE_AUTO, DATE_STYLE_MDY },
    { SLICE_INIT("decimal=point"), DECIMAL_STYLE_POINT, DATE_STYLE_AUTO },
    { SLICE_INIT("decimal=comma"), DECIMAL_STYLE_COMMA, DATE_STYLE_AUTO },
};
enum { STYLES = sizeof styles / sizeof *styles };

struct slice text_cells_read_as(struct arena *a, const struct cell_evidence *e, const struct typing *t)
{
    struct text text = text_in(a, 32);
    for (unsigned k = 0; k < STYLES; k++) {
        bool is_of_dates = styles[k].dates != DATE_STYLE_AUTO;
        if (is_of_dates ? e->either == 0 || styles[k].dates != t->dates.order
                        : e->thousands == 0 || styles[k].decimal != t->decimals)
            continue;
        if (text.size > 0) PUT(&text, " ");
        text_put(&text, styles[k].words);
    }
    return text_slice(&text);
}

static void take_style(struct reader_answers *answers, struct slice words)
{
    for (unsigned k = 0; k < STYLES; k++) {
        if (!slice_equal_nocase(styles[k].words, words)) continue;
        if (answers->dates == DATE_STYLE_AUTO) answers->dates = styles[k].dates;
        if (answers->decimal == DECIMAL_STYLE_AUTO) answers->decimal = styles[k].decimal;
    }
}

void text_cells_take_read_as(struct reader *r, const struct columns *columns, const struct slice *cells,
                             unsigned count)
{
    for (unsigned i = columns->count < count ? columns->count : count; i-- > 0;) {
        if (!slice_equal(columns->items[i].name, SLICE(READ_AS_COLUMN))) continue;
        for (struct slice rest = slice_trim(cells[i]); rest.bytes;) take_style(&r->answers, slice_cut(&rest, ' '));
        return;
    }
}

/* Rows */

static bool is_marker(const struct reader *r, struct slice cell)
{
    static const struct slice markers[] = { SLICE_INIT("N/A"), SLICE_INIT("NULL"), SLICE_INIT("-"),
                                            SLICE_INIT("0000-00-00") };
    const struct texts *own = &r->profile->text.empty_markers;
    char first = cell.size > 0 ? cell.bytes[0] : ' ';
    if (first == 'N' || first == 'n' || first == '-' || first == '0')
        for (unsigned i = 0; i < sizeof markers / sizeof *markers; i++)
            if (slice_equal_nocase(cell, markers[i])) return true;
    for (unsigned i = 0; i < own->count; i++)
        if (slice_equal_nocase(cell, own->items[i])) return true;
    return false;
}

static bool is_known_kind(const struct reader *r, struct slice word)
{
    size_t mark = arena_mark(r->line_arena);
    bool is_known = typing_kind_of(r->typing, word) != KIND_UNSPECIFIED;
    arena_rewind(r->line_arena, mark);
    return is_known;
}

/* `A1 Total`, as a spreadsheet names its subtotals. */
static bool ends_with_total(struct slice cell)
{
    static const struct slice words[] = { SLICE_INIT(" total"), SLICE_INIT(" subtotal"), SLICE_INIT(" ergebnis") };
    cell = slice_trim(cell);
    for (unsigned k = 0; k < sizeof words / sizeof *words; k++)
        if (cell.size > words[k].size && slice_equal_nocase(slice_skip(cell, cell.size - words[k].size), words[k]))
            return true;
    return false;
}

/* Most cells are told by their first letters from every word for a total. */
static bool may_be_total(struct slice cell)
{
    static const char pairs[][2] = { { 'e', 'r' }, { 'e', 'i' }, { 'r', 'a' }, { 'c', 'e' }, { 'y', 'h' } };
    char first = cell.bytes[0], second = (char)(cell.bytes[1] | 0x20);
    bool may = (uint8_t)first >= 0x80 || memchr("tTgGsSzZ", first, 8) != NULL;
    for (unsigned k = 0; k < sizeof pairs / sizeof *pairs; k++)
        may |= pairs[k][0] == (first | 0x20) && pairs[k][1] == second;
    return may;
}

/* A total row says so in its first column, whatever that is for: as a whole, or in front of what was added up. */
static bool names_a_total(const struct reader *r, enum slot slot, struct slice cell)
{
    static const struct slice words[] = {
#define TOTAL(word) SLICE_INIT(word),
#include "intake/total_word.def"
#undef TOTAL
    };
    bool is_total = slot == SLOT_invoice_no && ends_with_total(cell);
    if (cell.size < 3 || cell.size > TOTAL_NAME_BYTES_MAX || !may_be_total(cell)) return is_total;
    size_t mark = arena_mark(r->line_arena);
    struct slice folded = columns_fold(r->line_arena, cell);
    for (unsigned k = 0; k < sizeof words / sizeof *words && !is_total; k++) {
        bool is_whole = slice_equal(folded, words[k]);
        bool begins = slot == SLOT_invoice_no && slice_starts_with(folded, words[k]) && !is_whole
                      && folded.bytes[words[k].size] == ' ';
        is_total = is_whole || begins;
    }
    arena_rewind(r->line_arena, mark);
    return is_total;
}

static bool is_part(enum slot slot)
{
    return slot == SLOT_vendor_part || slot == SLOT_partner_part;
}

static bool identifies(const struct reader *r, enum slot slot, struct slice cell)
{
    bool is_id = is_part(slot) || slot == SLOT_gtin || slot == SLOT_invoice_no;
    if (is_id) return !is_marker(r, cell) && !names_a_total(r, slot, cell);
    return slot == SLOT_kind && is_known_kind(r, cell);
}

static bool has_column(const struct columns *columns, enum slot slot)
{
    for (unsigned i = 0; i < columns->count; i++)
        if (columns->items[i].slot == slot) return true;
    return false;
}

static bool has_constant(const struct reader *r, enum slot slot)
{
    for (unsigned i = 0; i < r->profile->text.constant_count; i++)
        if (slot_find(r->profile->text.constants[i].field) == slot) return true;
    return false;
}

/* Columns that name no part, no invoice and no kind can tell no total from a line: every row is one then, and is
 * refused for what it lacks, instead of passing for a total without a word. */
static bool can_identify(const struct columns *columns)
{
    static const enum slot slots[] = { SLOT_vendor_part, SLOT_partner_part, SLOT_gtin, SLOT_invoice_no, SLOT_kind };
    for (unsigned k = 0; k < sizeof slots / sizeof *slots; k++)
        if (has_column(columns, slots[k])) return true;
    return false;
}

/* `Subtotal CAB-5`: a part by which alone nothing was sold, unless the profile says what each row is. */
static bool sums_up_a_part(const struct reader *r, enum slot slot, struct slice cell)
{
    return is_part(slot) && names_a_total(r, SLOT_invoice_no, cell) && !has_constant(r, SLOT_kind);
}

static bool says_something(const struct reader *r, struct slice cell)
{
    size_t mark = arena_mark(r->line_arena);
    bool is_text = !is_marker(r, cell) && columns_fold(r->line_arena, cell).size > 0;
    arena_rewind(r->line_arena, mark);
    return is_text;
}

static bool has_any(struct slice cell, const char *wanted)
{
    for (size_t i = 0; i < cell.size; i++)
        if (cell.bytes[i] != '\0' && strchr(wanted, cell.bytes[i])) return true;
    return false;
}

/* "End of report", "Page 1 of 3": several words, neither a line whose cells were not parted nor the stump of one. */
static bool is_note(const struct reader *r, struct slice text)
{
    size_t first = slice_find(text, ' ');
    return first < text.size && !has_any(text, ",;\t|") && !is_known_kind(r, slice_head(text, first));
}

static bool is_word(struct slice text)
{
    size_t letters = 0;
    for (size_t i = 0; i < text.size; i++) letters += (text.bytes[i] | 0x20) >= 'a' && (text.bytes[i] | 0x20) <= 'z';
    return letters > 1 && letters + 1 >= text.size;        /* "date:", "END," */
}

/* The only cell of a row, whatever column it fell into: three words, two of them of letters, name neither an invoice
 * nor a part. A line of which the cells were not parted has codes and figures. */
static bool is_footer(const struct reader *r, struct slice text)
{
    unsigned parts = 0, words = 0;
    for (struct slice rest = text; rest.bytes; parts++) words += is_word(slice_cut(&rest, ' '));
    return parts > 2 && words > 1 && is_note(r, text) && !names_a_total(r, SLOT_invoice_no, text);
}

/* A row without a part, an invoice and a kind: its figures or its word make it a total. Text alone that is no note is
 * a line, which is refused for what it lacks. */
static enum row_sort sort_nameless(const struct reader *r, const struct columns *columns, const struct slice *cells,
                                   unsigned count)
{
    unsigned texts = 0;
    struct slice text = { 0 };
    for (unsigned i = 0; i < count; i++) {
        struct slice cell = plain_trim(cells[i]);
        if (i < columns->count && columns->items[i].is_number && has_any(cell, "0123456789")) return ROW_TOTAL;
        if (says_something(r, cell) && texts++ == 0) text = cell;
    }
    if (texts == 0 || names_a_total(r, SLOT_invoice_no, text)) return ROW_TOTAL;
    return texts == 1 && is_note(r, text) ? ROW_NOTE : ROW_LINE;
}

/* `TRL|0002|15`: the last record of files that hosts write, shorter than a line. What it counts is its sender's own. */
static bool is_trailer(struct slice first)
{
    static const struct slice words[] = { SLICE_INIT("trl"),     SLICE_INIT("trlr"),   SLICE_INIT("tlr"),
                                          SLICE_INIT("trailer"), SLICE_INIT("footer"), SLICE_INIT("ftr"),
                                          SLICE_INIT("eof"),     SLICE_INIT("end of file") };
    bool is_word = false;
    for (unsigned k = 0; k < sizeof words / sizeof *words; k++) is_word |= slice_equal_nocase(first, words[k]);
    return is_word;
}

enum row_sort text_cells_sort(const struct reader *r, const struct columns *columns, const struct slice *cells,
                              unsigned count)
{
    unsigned filled = 0;
    struct slice first = { 0 };
    bool identified = false, sums_up = false, has_date = false;
    for (unsigned i = 0; i < count && !(identified && filled > 1); i++) {
        struct slice cell = plain_trim(cells[i]);
        if (slice_is_empty(cell)) continue;
        if (filled++ == 0) first = cell;
        if (identified || i >= columns->count) continue;
        enum slot slot = columns->items[i].slot;
        bool is_sum = sums_up_a_part(r, slot, cell);
        identified = !is_sum && identifies(r, slot, cell);
        sums_up |= is_sum;
        has_date |= columns->items[i].is_date;
    }
    if (filled == 0) return ROW_BLANK;
    if (filled == 1 && text_dialect_is_nil(r->line_arena, first)) return ROW_NIL;
    if (filled == 1 && columns->count > 1 && is_footer(r, first)) return ROW_NOTE;
    if (count < columns->count && is_trailer(plain_trim(cells[0]))) return ROW_NOTE;
    identified |= sums_up && has_date;
    return identified || !can_identify(columns) ? ROW_LINE : sort_nameless(r, columns, cells, count);
}

void text_cells_tell_header_row(struct reader *r, const struct slice *cells, unsigned count, struct where row)
{
    struct text t = text_in(r->arena, HEADER_ROW_BYTES_MAX);
    for (unsigned i = 0; i < count; i++) {
        struct slice cell = slice_head(plain_trim(cells[i]), SAMPLE_BYTES_MAX);
        if (cell.size == 0 || t.size + cell.size + 2 > HEADER_ROW_BYTES_MAX) continue;
        if (t.size > 0) PUT(&t, ", ");
        text_put(&t, cell);
    }
    struct issue *issue = reader_add(r, ISSUE_HEADER_GOES_ON, row.offset);
    issue->value = issue_value(r->arena, text_slice(&t));
    issue->where = row;
}

void text_cells_take_unnamed(struct columns *columns, const struct slice *cells, unsigned count)
{
    for (unsigned i = 0; i < count && i < columns->count; i++)
        columns->items[i].has_values |= columns->items[i].is_unnamed && !slice_is_empty(plain_trim(cells[i]));
}

void text_cells_tell_note(struct reader *r, const struct columns *columns, const struct slice *cells, unsigned count,
                          struct where row)
{
    unsigned at = 0;
    while (at < count && !says_something(r, plain_trim(cells[at]))) at++;
    ASSERT(at < count);
    struct issue *issue = reader_add(r, ISSUE_ROW_NOTE, row.offset);
    issue->value = issue_value(r->arena, slice_head(plain_trim(cells[at]), SAMPLE_BYTES_MAX));
    issue->where = row;
    issue->where.column = at + 1;
    if (at < columns->count) issue->where.column_name = columns->items[at].name;
}

/* Several serials in one cell are parted by , ; | or blanks. */
static void fill_serials(const struct reader *r, struct draft *d, enum slot slot, struct draft_cell cell)
{
    enum draft_list_id id = slot == SLOT_serials      ? DRAFT_LIST_serials
                            : slot == SLOT_payout_ids ? DRAFT_LIST_payout_ids
                                                      : DRAFT_LIST_line_refs;
    struct slice rest = cell.text;
    size_t at = 0;
    while (at < rest.size) {
        while (at < rest.size && memchr(",;| \t\r\n", rest.bytes[at], 7)) at++;
        size_t from = at;
        while (at < rest.size && !memchr(",;| \t\r\n", rest.bytes[at], 7)) at++;
        if (at == from) break;
        cell.text = slice_of(rest.bytes + from, at - from);
        draft_add(r->line_arena, &d->lists[id], SERIALS_MAX, cell);
    }
}

static void fill_empty(const struct reader *r, struct draft *d, struct issues *issues, enum slot slot,
                       struct draft_cell cell)
{
    if (!draft_put(d, slot, cell)) return;
    typing_blame(r->typing, d, issues, ISSUE_EMPTY_MARKER, slot);
    draft_drop(d, slot);
}

/* What a spreadsheet shows where it has no value, or no room for one: `#N/A`, `########`. */
static bool is_cell_error(struct slice cell)
{
    static const struct slice errors[] = { SLICE_INIT("#N/A"),   SLICE_INIT("#REF!"),  SLICE_INIT("#VALUE!"),
                                           SLICE_INIT("#NAME?"), SLICE_INIT("#DIV/0!"), SLICE_INIT("#NUM!"),
                                           SLICE_INIT("#NULL!"), SLICE_INIT("#SPILL!"), SLICE_INIT("#CALC!") };
    size_t hashes = 0;
    if (cell.bytes[0] != '#') return false;
    for (unsigned k = 0; k < sizeof errors / sizeof *errors; k++)
        if (slice_equal_nocase(cell, errors[k])) return true;
    while (hashes < cell.size && cell.bytes[hashes] == '#') hashes++;
    return hashes == cell.size && hashes > 2;
}

/* A line has an id or a kind, and figures, or what stands for one. */
bool text_cells_go_on_with_header(const struct reader *r, const struct columns *columns, const struct slice *cells,
                                  unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct slice cell = plain_trim(cells[i]);
        if (slice_is_empty(cell)) continue;
        if (i < columns->count && identifies(r, columns->items[i].slot, cell)) return false;
        if (columns_has_digit(cell) || is_marker(r, cell) || is_cell_error(cell)) return false;
    }
    return true;
}

static void fill_error(const struct reader *r, struct draft *d, struct issues *issues, enum slot slot,
                       struct draft_cell cell)
{
    if (!draft_put(d, slot, cell)) return;
    typing_blame(r->typing, d, issues, ISSUE_CELL_IN_ERROR, slot);
    draft_drop(d, slot);
}

static bool is_list(enum slot slot)
{
    return slot == SLOT_serials || slot == SLOT_payout_ids || slot == SLOT_line_refs;
}

/* Country "DE" of a file with one party is that party's; "North" is an extra. */
static bool has_no_place(const struct reader *r, const struct column *column, struct slice cell)
{
    if (column->slot == SLOT_NONE) return true;
    bool has_words = r->typing->valued[column->slot / 64] >> (column->slot % 64) & 1;
    if (!column->is_bare || has_words || is_marker(r, cell)) return false;
    return !country_of(r->line_arena, cell).size;
}

/* What a row says where its column speaks of returns: none of it when it says no, or nothing. */
static bool denies(const struct reader *r, struct slice cell)
{
    static const struct slice words[] = { SLICE_INIT("no"), SLICE_INIT("n"), SLICE_INIT("nein"), SLICE_INIT("non"),
                                          SLICE_INIT("nee"), SLICE_INIT("false"), SLICE_INIT("f"), SLICE_INIT("none"),
                                          SLICE_INIT("keine") };
    bool is_zero = has_any(cell, "0");
    for (size_t k = 0; k < cell.size; k++) is_zero &= memchr("0.,", cell.bytes[k], 3) != NULL;
    if (is_zero || is_marker(r, cell)) return true;
    for (unsigned k = 0; k < sizeof words / sizeof *words; k++)
        if (slice_equal_nocase(cell, words[k])) return true;
    return false;
}

static void fill_constants(const struct reader *r, struct draft *d)
{
    for (unsigned i = 0; i < r->profile->text.constant_count; i++) {
        enum slot slot = slot_find(r->profile->text.constants[i].field);
        if (slot != SLOT_NONE && !is_list(slot)) draft_default(d, slot, r->profile->text.constants[i].value);
    }
}

void text_cells_fill(const struct reader *r, struct draft *d, struct issues *issues, const struct columns *columns,
                     const struct slice *cells, unsigned count)
{
    bool extras_cut = false;
    for (unsigned i = 0; i < count && i < columns->count; i++) {
        struct draft_cell cell = { .text = plain_trim(cells[i]), .column = (uint16_t)(i + 1) };
        enum slot slot = columns->items[i].slot;
        if (slice_is_empty(cell.text)) continue;
        if (columns->items[i].hints_return && d->return_hint.name.size == 0 && !denies(r, cell.text))
            d->return_hint = (struct draft_extra){ columns->items[i].name, cell };
        if (has_no_place(r, &columns->items[i], cell.text))
            extras_cut |= !draft_add_extra(d, columns->items[i].name, cell);
        else if (is_marker(r, cell.text)) fill_empty(r, d, issues, slot, cell);
        else if (is_cell_error(cell.text) && !is_list(slot)) fill_error(r, d, issues, slot, cell);
        else if (is_list(slot)) fill_serials(r, d, slot, cell);
        else (void)draft_put(d, slot, cell);
    }
    fill_constants(r, d);
    if (extras_cut) typing_blame(r->typing, d, issues, ISSUE_EXTRAS_CUT, SLOT_NONE);
}

void text_cells_tell_extras(struct reader *r, const struct columns *columns, struct where header)
{
    unsigned told = 0;
    for (unsigned i = 0; i < columns->count && told < EXTRAS_MAX; i++) {
        const struct column *column = &columns->items[i];
        struct slice name = column->name;
        if (column->slot != SLOT_NONE || (column->is_unnamed && !column->has_values) || column_is_ours(name)) continue;
        struct issue *issue =
            reader_add(r, column->is_unnamed ? ISSUE_COLUMN_UNNAMED : ISSUE_COLUMN_EXTRA, header.offset);
        issue->value = issue_value(r->arena, name);
        issue->where = header;
        issue->where.column = i + 1;
        issue->where.column_name = name;
        told++;
    }
}

static bool has_slot(const struct reader *r, const struct columns *columns, enum slot slot)
{
    return has_column(columns, slot) || has_constant(r, slot);
}

/* Words of a column: those of X12 name their element, as QTY01:61. */
static bool has_words_for_kind(const struct mapping_profile *p)
{
    bool any = false;
    for (unsigned v = 0; v < p->value_count && !any; v++) {
        const struct profile_value *value = &p->values[v];
        if (slot_find(value->field) != SLOT_kind) continue;
        for (unsigned n = 0; n < value->names.count; n++)
            any |= slice_find(value->names.items[n], ':') == value->names.items[n].size;
    }
    return any;
}

void text_cells_take_partner(struct reader *r, const struct columns *columns, const struct slice *cells,
                             unsigned count)
{
    bool has_partner = false, has_qty = false, has_invoice = false;
    if (r->header.lacks_partner || !has_column(columns, SLOT_partner_id)) return;
    for (unsigned i = 0; i < columns->count; i++) {
        enum slot slot = columns->items[i].slot;
        bool is_asked = slot == SLOT_partner_id || slot == SLOT_qty_milli || slot == SLOT_invoice_no
                        || slot == SLOT_vendor_part;
        bool is_filled = is_asked && i < count && !slice_is_empty(plain_trim(cells[i]));
        has_partner |= is_filled && slot == SLOT_partner_id;
        has_qty |= is_filled && slot == SLOT_qty_milli;
        has_invoice |= is_filled && (slot == SLOT_invoice_no || slot == SLOT_vendor_part);
    }
    r->header.lacks_partner = !has_partner && has_qty && has_invoice;
}

void text_cells_tell_absent(struct reader *r, const struct columns *columns, struct where header)
{
    r->header.names_partner = has_slot(r, columns, SLOT_partner_id) && !r->header.lacks_partner;
    static const enum slot parts[] = { SLOT_vendor_part, SLOT_partner_part, SLOT_gtin };
    bool has_part = false;
    for (unsigned k = 0; k < sizeof parts / sizeof *parts; k++) has_part |= has_slot(r, columns, parts[k]);
    bool is_copied = r->profile->ship_date_from_invoice_date && has_slot(r, columns, SLOT_invoice_date);
    const struct { enum slot slot; bool is_there; } wanted[] = {
        { SLOT_invoice_no, has_slot(r, columns, SLOT_invoice_no) },
        { SLOT_ship_date, is_copied || has_slot(r, columns, SLOT_ship_date) },
        { SLOT_vendor_part, has_part },
        { SLOT_qty_milli, has_slot(r, columns, SLOT_qty_milli) },
    };
    if (has_slot(r, columns, SLOT_kind)) return;
    if (has_words_for_kind(r->profile)) {
        struct issue *issue = reader_add(r, ISSUE_KIND_WORDS_UNUSED, header.offset);
        issue->field = slot_name(SLOT_kind);
        issue->where = header;
    }
    for (unsigned k = 0; k < sizeof wanted / sizeof *wanted; k++) {
        if (wanted[k].is_there) continue;
        struct issue *issue = reader_add(r, ISSUE_COLUMN_ABSENT, header.offset);
        issue->field = slot_name(wanted[k].slot);
        issue->where = header;
    }
}

/* Totals */

static const enum slot total_slots[TOTAL_COLUMNS] = { SLOT_qty_milli, SLOT_claimed_amount_minor,
                                                      SLOT_extended_amount_minor };

static int total_of(const struct column *column)
{
    for (int k = 0; k < TOTAL_COLUMNS; k++)
        if (column->slot == total_slots[k]) return k;
    return -1;
}

static bool read_figure(const struct reader *r, struct slice cell, int64_t *value)
{
    char buffer[NUMBER_TEXT_MAX];
    struct number number;
    cell = slice_trim(cell);
    if (slice_is_empty(cell) || number_read(cell, r->typing->decimals, buffer, &number) != NUMBER_FINE) return false;
    return decimal_parse(number.decimal, TOTAL_SCALE, DECIMAL_EXCESS_ROUND, value, NULL) == OK;
}

void cell_totals_add(struct cell_totals *t, const struct reader *r, const struct columns *columns,
                     const struct slice *cells, unsigned count)
{
    for (unsigned i = 0; i < count && i < columns->count; i++) {
        int64_t value;
        int k = columns->items[i].is_number ? total_of(&columns->items[i]) : -1;
        if (k < 0 || !read_figure(r, cells[i], &value)) continue;
        t->all[k] += value;
        t->part[k] += value;
    }
}

static struct slice figure_text(struct arena *a, __int128 value)
{
    struct text t = text_in(a, 40);
    if (value > INT64_MAX || value < INT64_MIN) PUT(&t, "more than can be shown");
    else decimal_put(&t, (int64_t)value, TOTAL_SCALE);
    return text_slice(&t);
}

void cell_totals_compare(struct cell_totals *t, struct reader *r, const struct columns *columns,
                         const struct slice *cells, unsigned count, struct where row)
{
    for (unsigned i = 0; i < count && i < columns->count; i++) {
        int64_t value;
        int k = columns->items[i].is_number ? total_of(&columns->items[i]) : -1;
        if (k < 0 || !read_figure(r, cells[i], &value) || t->all[k] == value || t->part[k] == value) continue;
        struct issue *issue = reader_add_strict(r, ISSUE_TOTAL_DIFFERS, row.offset);
        issue->field = slot_name(columns->items[i].slot);
        issue->value = issue_value(r->arena, slice_trim(cells[i]));
        issue->where = row;
        issue->where.column = i + 1;
        issue->where.column_name = columns->items[i].name;
        issue_argument(issue, SLICE("counted"), figure_text(r->arena, t->all[k]));
    }
    memset(t->part, 0, sizeof t->part);
}
