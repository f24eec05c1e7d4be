/* intake/rejects_workbook.c: a workbook of the sender's sheet: what stands above its lines, then the refused rows, cell
 * by cell as the reader sees them, with three columns or four more. */
#include "base/assert.h"
#include "base/instant.h"
#include "intake/rejects_parts.h"

#include <stdlib.h>

enum {
    ARENA_BYTES = 4 << 20,
    ARENA_RESERVE = 64 << 20,
    LETTERS = 26,
    DATE_BYTES = 10,
    STYLE_DATE = 1,                                 /* after it those of the workbook's own codes */
    FORMAT_FIRST = 164,
};

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define PACKAGE "http://schemas.openxmlformats.org/package/2006"
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml"

static void put(struct rejects *r, struct slice bytes)
{
    zip_out_put(&r->book.zip, bytes);
}

/* Bytes that XML 1.0 does not have, as a reader would refuse the sheet for them. */
static void put_escaped(struct rejects *r, struct slice text)
{
    struct slice plain = slice_of(text.bytes, 0);
    for (size_t k = 0; k < text.size; k++) {
        unsigned char c = (unsigned char)text.bytes[k];
        struct slice instead = c == '&'                             ? SLICE("&amp;")
                               : c == '<'                           ? SLICE("&lt;")
                               : c == '>'                           ? SLICE("&gt;")
                               : c == '"'                           ? SLICE("&quot;")
                               : c < 0x20 && c != '\t' && c != '\n' ? SLICE(" ")
                                                                    : (struct slice){ 0 };
        if (instead.size == 0) { plain.size++; continue; }
        put(r, plain);
        put(r, instead);
        plain = slice_of(text.bytes + k + 1, 0);
    }
    put(r, plain);
}

/* AB12 */
static void put_reference(struct rejects *r, unsigned column, uint32_t row)
{
    char letters[4], room[24];
    unsigned size = 0;
    struct text t = text_over(room, sizeof room);
    for (unsigned rest = column; rest > 0; rest = (rest - 1) / LETTERS)
        letters[size++] = (char)('A' + (rest - 1) % LETTERS);
    while (size > 0) text_put_byte(&t, letters[--size]);
    text_put_int(&t, row);
    put(r, text_slice(&t));
}

static void begin_cell(struct rejects *r, unsigned column, const char *attributes)
{
    put(r, SLICE("<c r=\""));
    put_reference(r, column, r->book.written);
    put(r, SLICE("\""));
    put(r, slice_from(attributes));
    put(r, SLICE(">"));
}

static void put_text(struct rejects *r, unsigned column, struct slice text)
{
    begin_cell(r, column, " t=\"inlineStr\"");
    put(r, SLICE("<is><t xml:space=\"preserve\">"));
    put_escaped(r, text);
    put(r, SLICE("</t></is></c>"));
}

static void put_value(struct rejects *r, unsigned column, const char *attributes, struct slice value)
{
    begin_cell(r, column, attributes);
    put(r, SLICE("<v>"));
    put_escaped(r, value);
    put(r, SLICE("</v></c>"));
}

/* yyyy-mm-dd as a serial of 1900: the reader has told it from whichever epoch it came. */
static void put_date(struct rejects *r, unsigned column, struct slice date)
{
    uint64_t year, month, day;
    char room[16];
    bool is_date = date.size == DATE_BYTES && slice_to_uint(slice_head(date, 4), 9999, &year)
                   && slice_to_uint(slice_of(date.bytes + 5, 2), 12, &month)
                   && slice_to_uint(slice_of(date.bytes + 8, 2), 31, &day);
    ASSERT(is_date);
    struct text t = text_over(room, sizeof room);
    text_put_int(&t, instant_days_from_civil((int32_t)year, (int32_t)month, (int32_t)day)
                         - instant_days_from_civil(1899, 12, 30));
    put_value(r, column, " s=\"1\"", text_slice(&t));         /* STYLE_DATE */
}

/* With the style whose format shows more than the number: what a percentage or a currency in it said is said again. */
static void put_number(struct rejects *r, unsigned column, unsigned code, struct slice text)
{
    char style[24] = "";
    if (code > 0) snprintf(style, sizeof style, " s=\"%u\"", STYLE_DATE + code);
    put_value(r, column, style, text);
}

/* The reader's cell of that index, as one of that column. */
static void put_cell(struct rejects *r, unsigned column, unsigned cell, struct slice text)
{
    const struct workbook_rows *rows = r->book.rows;
    switch ((enum workbook_cell)rows->sorts[cell]) {
    case CELL_EMPTY: case CELL_FORMULA_EMPTY: return;
    case CELL_TEXT:   put_text(r, column, text); return;
    case CELL_NUMBER: put_number(r, column, rows->codes[cell], text); return;
    case CELL_DATE:   put_date(r, column, text); return;
    case CELL_ERROR:  put_value(r, column, " t=\"e\"", text); return;
    }
    NEVER();
}

/* A header is looked for in twenty rows. */
enum { ROWS_ABOVE_MAX = 20 };

static void begin_row(struct rejects *r)
{
    char room[24];
    struct text t = text_over(room, sizeof room);
    r->book.written++;
    text_put_int(&t, r->book.written);
    put(r, SLICE("<row r=\""));
    put(r, text_slice(&t));
    put(r, SLICE("\">"));
    const struct workbook_rows *rows = r->book.rows;
    bool is_long = rows->row > r->place.header_row && rows->count > r->place.width;
    unsigned count = is_long ? r->place.width : rows->count;    /* our cells stand after the header's */
    for (unsigned k = 0; k < count; k++)
        if (rows->cells[k].size > 0) put_cell(r, k + 1, k, rows->cells[k]);
}

static void end_row(struct rejects *r, struct slice line_id, struct slice codes, struct slice message,
                    struct slice read_as)
{
    put_text(r, r->place.width + 1, line_id);
    put_text(r, r->place.width + 2, codes);
    put_text(r, r->place.width + 3, message);
    if (r->place.read_as.size > 0) put_text(r, r->place.width + 4, read_as);
}

/* What a row has after the header stands after ours: what it was refused for is not lost. */
static void put_surplus(struct rejects *r)
{
    const struct workbook_rows *rows = r->book.rows;
    unsigned shift = r->place.read_as.size > 0 ? 4 : 3;
    for (unsigned k = r->place.width; k < rows->count; k++)
        if (rows->cells[k].size > 0) put_cell(r, k + 1 + shift, k, rows->cells[k]);
}

static bool next_row(struct rejects_workbook *b)
{
    if (!workbook_rows_next(b->rows)) return false;
    workbook_merged_take(&b->merged, b->rows);
    return true;
}

/* The reader's rows again, up to the one of that number. */
static bool find_row(struct rejects *r, uint32_t row)
{
    struct rejects_workbook *b = &r->book;
    while (b->has_rows && b->rows->row < row)
        if (!next_row(b)) return false;
    return b->has_rows && b->rows->row == row;
}

/* A row that comes alone says itself what a merged cell said of it. A figure that stood over several is an error in
 * each of them, until its sender has parted it: nobody shall be paid all of it in the first. */
static void part_merged(struct rejects_workbook *b, const struct issues *issues)
{
    for (unsigned k = 0; k < issues->count; k++) {
        const struct issue *i = &issues->items[k];
        if (i->where.column == 0 || i->where.column > COLUMNS_MAX) continue;
        unsigned cell = i->where.column - 1;
        static const struct workbook_reach not_known = { .sort = CELL_ERROR, .text = SLICE_INIT("#N/A") };
        const struct workbook_reach *reach = workbook_merged_at(&b->merged, b->rows, cell);
        if (i->code == ISSUE_CELL_MERGED) reach = &not_known;
        else if (i->code != ISSUE_CELL_FROM_ABOVE) continue;
        if (reach) workbook_merged_fill(b->rows, cell, reach, &b->arena);
    }
}

/* Everything above the lines stays where it is. What would put the header, which our columns name, below where a reader
 * looks for one is left out, but for the other row of a header of two. */
static void put_head(struct rejects *r)
{
    struct rejects_workbook *b = &r->book;
    while (b->rows->row < r->place.header_row && next_row(b)) {
        b->written = b->rows->row - 1;
        if (b->rows->row > r->place.header_row) break;
        bool is_far = r->place.header_row > ROWS_ABOVE_MAX;
        if (b->rows->row < r->place.header_first && is_far) continue;
        if (is_far) b->written = b->rows->row - r->place.header_first;
        begin_row(r);
        if (b->rows->row != r->place.header_row) { put(r, SLICE("</row>")); continue; }
        end_row(r, SLICE(REJECTS_LINE_ID), SLICE(REJECTS_CODES), SLICE(REJECTS_MESSAGE), SLICE(REJECTS_READ_AS));
        put(r, SLICE("</row>"));
    }
}

static void put_numbered(struct rejects *r, struct slice before, unsigned number, struct slice behind)
{
    char room[24];
    struct text t = text_over(room, sizeof room);
    text_put_int(&t, number);
    put(r, before);
    put(r, text_slice(&t));
    put(r, behind);
}

/* General, a date, and each code of the workbook that shows more than the number. */
static void put_styles(struct rejects *r)
{
    const struct workbook *w = &r->book.workbook;
    zip_out_part(&r->book.zip, "xl/styles.xml");
    put(r, SLICE(XML "<styleSheet xmlns=\"" MAIN "\">"));
    for (unsigned k = 0; k < w->code_count; k++) {
        if (k == 0) put_numbered(r, SLICE("<numFmts count=\""), w->code_count, SLICE("\">"));
        put_numbered(r, SLICE("<numFmt numFmtId=\""), FORMAT_FIRST + k, SLICE("\" formatCode=\""));
        put_escaped(r, w->codes[k].text);
        put(r, k + 1 < w->code_count ? SLICE("\"/>") : SLICE("\"/></numFmts>"));
    }
    put(r, SLICE("<fonts count=\"1\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts><fills count=\"2\">"
                 "<fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill>"
                 "</fills><borders count=\"1\"><border/></borders><cellStyleXfs count=\"1\"><xf/></cellStyleXfs>"));
    put_numbered(r, SLICE("<cellXfs count=\""), STYLE_DATE + 1 + w->code_count,
                 SLICE("\"><xf xfId=\"0\"/><xf numFmtId=\"14\" xfId=\"0\" applyNumberFormat=\"1\"/>"));
    for (unsigned k = 0; k < w->code_count; k++)
        put_numbered(r, SLICE("<xf numFmtId=\""), FORMAT_FIRST + k, SLICE("\" xfId=\"0\" applyNumberFormat=\"1\"/>"));
    put(r, SLICE("</cellXfs></styleSheet>"));
}

static void put_fixed_parts(struct rejects *r)
{
    struct zip_out *z = &r->book.zip;
    zip_out_part(z, "[Content_Types].xml");
    put(r,
        SLICE(XML "<Types xmlns=\"" PACKAGE "/content-types\"><Default Extension=\"rels\" "
                                            "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
                  "<Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" "
                  "ContentType=\"" TYPE ".sheet.main+xml\"/>"
                  "<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"" TYPE ".worksheet+xml\"/>"
                  "<Override PartName=\"/xl/styles.xml\" ContentType=\"" TYPE ".styles+xml\"/></Types>"));
    zip_out_part(z, "_rels/.rels");
    put(r, SLICE(XML "<Relationships xmlns=\"" PACKAGE "/relationships\"><Relationship Id=\"rId1\" Type=\"" OFFICE
                     "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"));
    zip_out_part(z, "xl/workbook.xml");
    put(r, SLICE(XML "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" OFFICE "\"><sheets><sheet name=\""));
    put_escaped(r, r->book.workbook.sheets[r->place.sheet].name);
    put(r, SLICE("\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"));
    zip_out_part(z, "xl/_rels/workbook.xml.rels");
    put(r, SLICE(XML "<Relationships xmlns=\"" PACKAGE "/relationships\"><Relationship Id=\"rId1\" Type=\"" OFFICE
                     "/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
                     "<Relationship Id=\"rId2\" Type=\"" OFFICE "/styles\" Target=\"styles.xml\"/></Relationships>"));
    put_styles(r);
    zip_out_part(z, "xl/worksheets/sheet1.xml");
    put(r, SLICE(XML "<worksheet xmlns=\"" MAIN "\"><sheetData>"));
}

/* Merged cells are told after the rows. */
static bool read_merges(struct rejects_workbook *b, const struct rejects *r)
{
    if (!r->place.has_merges) return true;
    if (!workbook_rows_open(b->rows, &b->workbook, r->place.sheet)) return false;
    while (workbook_rows_next(b->rows)) continue;
    workbook_rows_close(b->rows);
    workbook_keep_merges(&b->workbook);
    workbook_merged_open(&b->merged, &b->arena, &b->workbook, r->place.header_row);
    return b->workbook.problem.code == ISSUE_NONE;
}

static bool open_source(struct rejects_workbook *b, const struct rejects *r)
{
    b->has_arena = arena_open(&b->arena, ARENA_BYTES, ARENA_RESERVE) == OK;
    b->rows = b->has_arena ? calloc(1, sizeof *b->rows) : NULL;
    b->is_open = b->rows && r->place.header_row > 0;
    if (!b->is_open || !workbook_open(&b->workbook, &b->arena, r->document)
        || r->place.sheet >= b->workbook.sheet_count)
        return false;
    b->has_rows = b->workbook.sorts_rows = true;
    if (!read_merges(b, r)) return false;
    workbook_begin_pass(&b->workbook);
    return workbook_rows_open(b->rows, &b->workbook, r->place.sheet);
}

/* With the first refused line: a workbook without any is no file of rejects. */
static void begin(struct rejects *r)
{
    struct rejects_workbook *b = &r->book;
    if (!open_source(b, r)) return;                 /* it was refused whole: there are no rows to show */
    b->has_zip = zip_out_open(&b->zip, r->to);
    r->is_broken |= !b->has_zip;
    if (!b->has_zip) return;
    put_fixed_parts(r);
    put_head(r);
}

void rejects_workbook_take(struct rejects *r, const struct refusal *f)
{
    if (!r->has_begun) begin(r);
    if (!r->book.has_zip || !find_row(r, f->line->receipt->row)) { r->is_broken = true; return; }
    size_t mark = arena_mark(&r->book.arena);
    part_merged(&r->book, f->line->issues);
    begin_row(r);
    end_row(r, f->line_id, f->codes, f->message, r->place.read_as);
    put_surplus(r);
    put(r, SLICE("</row>"));
    arena_rewind(&r->book.arena, mark);
}

void rejects_workbook_close(struct rejects *r)
{
    struct rejects_workbook *b = &r->book;
    if (b->has_zip) {
        put(r, SLICE("</sheetData></worksheet>"));
        r->is_broken |= !zip_out_close(&b->zip);
    }
    if (b->has_rows) workbook_rows_close(b->rows);
    if (b->is_open) workbook_close(&b->workbook);
    free(b->rows);
    if (b->has_arena) arena_close(&b->arena);
}
