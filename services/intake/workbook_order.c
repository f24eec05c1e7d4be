/* intake/workbook_order.c: the rows of a sheet by their numbers. Spreadsheets write them so; other programs may not,
 * and a row keeps the number that it says wherever it stands. */
#include "intake/workbook.h"

#include <stdlib.h>

enum { BYTES_MIN = 64 << 10, ROWS_MIN = 256 };

struct placed { uint32_t row; uint64_t from, to; };

struct order {
    struct workbook *workbook;
    struct placed *rows;
    size_t count, capacity;
    unsigned depth, of_row;                         /* of_row: the depth of the row at hand, 0 none */
    uint32_t last;
    bool descends, keeps, in_data;
};

uint32_t workbook_row_number(const char **attributes, uint32_t last)
{
    uint64_t row = 0;
    const char *number = workbook_attribute(attributes, "r");
    bool is_said = number && slice_to_uint(slice_from(number), WORKBOOK_ROWS_MAX, &row) && row > 0;
    return is_said ? (uint32_t)row : last + 1;
}

static bool make_room(struct order *o)
{
    if (o->count < o->capacity) return true;
    size_t capacity = o->capacity ? 2 * o->capacity : ROWS_MIN;
    struct placed *grown = reallocarray(o->rows, capacity, sizeof *grown);
    if (!grown) return false;
    o->rows = grown;
    o->capacity = capacity;
    return true;
}

static void on_start(void *parser, const XML_Char *name, const XML_Char **attributes)
{
    struct order *o = XML_GetUserData(parser);
    o->depth++;
    o->in_data |= strcmp(workbook_local(name), "sheetData") == 0;
    if (!o->in_data || o->of_row || strcmp(workbook_local(name), "row") != 0) return;
    uint32_t row = workbook_row_number(attributes, o->last);
    o->of_row = o->depth;
    o->descends |= row <= o->last;
    o->last = row;
    if (!o->keeps) return;
    if (!make_room(o)) { XML_StopParser(parser, XML_FALSE); return; }
    o->rows[o->count++] = (struct placed){ .row = row, .from = (uint64_t)XML_GetCurrentByteIndex(parser) };
}

static void on_end(void *parser, const XML_Char *name)
{
    struct order *o = XML_GetUserData(parser);
    if (!o->of_row && strcmp(workbook_local(name), "sheetData") == 0) o->in_data = false;
    if (o->of_row == o->depth) {
        o->of_row = 0;
        if (o->keeps)
            o->rows[o->count - 1].to =
                (uint64_t)XML_GetCurrentByteIndex(parser) + (uint64_t)XML_GetCurrentByteCount(parser);
    }
    o->depth--;
}

static bool descends(struct workbook *w, const char *part, bool *is_read)
{
    struct order o = { .workbook = w };
    uint64_t fed = 0;
    struct workbook_source source = { .file = workbook_part(w, part) };
    XML_Parser parser = source.file ? workbook_parser(&o, on_start, on_end, NULL) : NULL;
    enum workbook_feed feed = parser ? WORKBOOK_FED : WORKBOOK_BAD;
    while (feed == WORKBOOK_FED && !o.descends) feed = workbook_feed(w, &source, parser, &fed);
    if (parser) XML_ParserFree(parser);
    if (source.file) zip_fclose(source.file);
    *is_read = feed != WORKBOOK_BAD;
    return o.descends;
}

/* The whole part, of malloc; NULL: it has too many bytes, or cannot be read. */
static char *read_part(struct workbook *w, const char *part, size_t *size)
{
    size_t capacity = BYTES_MIN;
    char *bytes = malloc(capacity);
    zip_file_t *file = workbook_part(w, part);
    zip_int64_t got = bytes && file ? 1 : -1;
    for (*size = 0; got > 0;) {
        if (*size == capacity) {
            char *grown = capacity < WORKBOOK_SORTED_BYTES_MAX ? realloc(bytes, capacity *= 2) : NULL;
            if (!grown) { got = -1; break; }
            bytes = grown;
        }
        got = zip_fread(file, bytes + *size, capacity - *size);
        if (got > 0) *size += (size_t)got;
    }
    if (file) zip_fclose(file);
    if (got == 0) return bytes;
    free(bytes);
    workbook_fail(w, got < 0 && *size >= WORKBOOK_SORTED_BYTES_MAX ? ISSUE_WORKBOOK_UNSORTED : ISSUE_WORKBOOK_BROKEN,
                  "a sheet is no sound part", WORKBOOK_SORTED_BYTES_MAX);
    return NULL;
}

static int by_row(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    return (x->row > y->row) - (x->row < y->row);
}

static bool has_twice(const struct order *o)
{
    for (size_t k = 1; k < o->count; k++)
        if (o->rows[k].row == o->rows[k - 1].row) return true;
    return false;
}

/* What stands before the rows, the rows, what stands behind them. */
static char *arrange(const struct order *o, uint64_t first, uint64_t last, const char *bytes, size_t *size)
{
    char *sorted = malloc(*size), *to = sorted;
    if (!sorted) return NULL;
    to = mempcpy(to, bytes, first);
    for (size_t k = 0; k < o->count; k++)
        to = mempcpy(to, bytes + o->rows[k].from, o->rows[k].to - o->rows[k].from);
    to = mempcpy(to, bytes + last, *size - last);
    *size = (size_t)(to - sorted);
    return sorted;
}

static struct slice sort_part(struct workbook *w, struct order *o, const char *bytes, size_t size, bool *counts_rows)
{
    char *sorted = NULL;
    XML_Parser parser = workbook_parser(o, on_start, on_end, NULL);
    bool is_read = parser && XML_Parse(parser, bytes, (int)size, XML_TRUE) == XML_STATUS_OK && o->count > 0;
    if (parser) XML_ParserFree(parser);
    if (is_read) {
        uint64_t first = o->rows[0].from, last = o->rows[o->count - 1].to;
        qsort(o->rows, o->count, sizeof *o->rows, by_row);
        *counts_rows = has_twice(o);
        if (!*counts_rows) sorted = arrange(o, first, last, bytes, &size);
        if (*counts_rows || sorted) return slice_of(sorted, sorted ? size : 0);
    }
    workbook_fail(w, ISSUE_WORKBOOK_BROKEN, "a sheet is no sound XML", 0);
    return (struct slice){ 0 };
}

bool workbook_sort_rows(struct workbook *w, const char *part, struct slice *sorted, bool *counts_rows)
{
    bool is_read;
    struct order o = { .workbook = w, .keeps = true };
    size_t size;
    *sorted = (struct slice){ 0 };
    *counts_rows = false;
    if (!descends(w, part, &is_read)) return is_read;
    char *bytes = read_part(w, part, &size);
    if (bytes) *sorted = sort_part(w, &o, bytes, size, counts_rows);
    free(bytes);
    free(o.rows);
    return w->problem.code == ISSUE_NONE;
}
