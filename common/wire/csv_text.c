/* wire/csv_text.c: cells with their positions, rows as maps. */
#include "wire/csv_text.h"

#include "base/assert.h"

#include <stdarg.h>
#include <stdio.h>

enum { ROOM_BYTES = 256 << 10, NODE_BYTES_FACTOR = 128 };   /* kept in the arena for one more row and its messages */

struct cell { struct slice text; struct position at; };

struct csv {
    const struct text_source     *source;
    struct slice             rest;
    struct position          at;
    const struct csv_column *columns;               /* known */
    unsigned                 column_count;
    const struct csv_column *order[CSV_COLUMNS_MAX];/* as the header has them; NULL: unknown */
    unsigned                 order_count;
    struct cell              cells[CSV_COLUMNS_MAX];
    unsigned                 cell_count;
    bool                     broken;
};

__attribute__((format(printf, 5, 6)))
static void refuse(struct csv *c, struct position at, struct slice column, const char *fix, const char *format, ...)
{
    char message[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    struct problem p = { .code = c->source->code ? c->source->code : ERR_TERMS_INVALID, .file = c->source->file,
                         .at = at,
                         .member = column, .message = slice_from(message), .fix = slice_from(fix) };
    problems_add(c->source->problems, &p);
}

static void stop(struct csv *c, struct position at, const char *message, const char *fix)
{
    refuse(c, at, SLICE(""), fix, "%s", message);
    c->broken = true;
}

static char peek(const struct csv *c)
{
    return c->rest.size ? c->rest.bytes[0] : '\n';
}

static void advance(struct csv *c)
{
    if (c->rest.bytes[0] == '\n') c->at = (struct position){ c->at.line + 1, 0 };
    c->rest = slice_skip(c->rest, 1);
    c->at.column++;
}

static bool ends_cell(const struct csv *c)
{
    char byte = peek(c);
    return byte == ',' || byte == '\n' || (byte == '\r' && (c->rest.size == 1 || c->rest.bytes[1] == '\n'));
}

/* What stands between the quotes: its size as written, and how many quotes in it are repeated. */
static size_t measure_quoted(struct slice s, size_t *repeated)
{
    size_t end = 0;
    while (end < s.size) {
        if (s.bytes[end] != '"') {
            end++;
            continue;
        }
        if (end + 1 == s.size || s.bytes[end + 1] != '"') break;
        end += 2;
        (*repeated)++;
    }
    return end;
}

static void take_quoted(struct csv *c, struct cell *out)
{
    struct position from = c->at;
    size_t repeated = 0;
    advance(c);
    size_t size = measure_quoted(c->rest, &repeated);
    if (size == c->rest.size) {
        stop(c, from, "a quote is opened here and never closed",
             "close it, or write a quote that is part of the text twice");
        return;
    }
    if (size > ROOM_BYTES / 2) {
        stop(c, from, "a cell is larger than 128 KiB", "shorten it");
        return;
    }
    struct text t = text_in(c->source->arena, size - repeated + 1);
    for (size_t i = 0; i < size; i++) {
        char byte = peek(c);
        advance(c);
        text_put_byte(&t, byte);
        if (byte != '"') continue;
        advance(c);
        i++;
    }
    out->text = text_slice(&t);
    advance(c);
    if (!ends_cell(c))
        stop(c, c->at, "text stands behind a closing quote", "write a quote that is part of the text twice");
}

static void take_plain(struct csv *c, struct cell *out)
{
    const char *from = c->rest.bytes;
    while (!c->broken && !ends_cell(c)) {
        if (peek(c) == '"')
            stop(c, c->at, "a quote stands inside a cell", "put the whole cell in quotes and write this one twice");
        else advance(c);
    }
    out->text = slice_of(from, (size_t)(c->rest.bytes - from));
}

/* One row into c->cells; false at the end of the file. */
static bool take_row(struct csv *c)
{
    c->cell_count = 0;
    if (c->broken || c->rest.size == 0) return false;
    for (;;) {
        if (c->cell_count == CSV_COLUMNS_MAX) {
            stop(c, c->at, "a row has more than 64 cells", "remove what is no column of this file");
            return false;
        }
        struct cell *cell = &c->cells[c->cell_count++];
        cell->at = c->at;
        if (peek(c) == '"') take_quoted(c, cell);
        else take_plain(c, cell);
        if (c->broken) return false;
        if (peek(c) != ',') break;
        advance(c);
    }
    if (c->rest.size && peek(c) == '\r') advance(c);
    if (c->rest.size) advance(c);
    return true;
}

static bool is_blank_row(const struct csv *c)
{
    return c->cell_count == 1 && c->cells[0].text.size == 0;
}

static const struct csv_column *find_column(const struct csv *c, struct slice name)
{
    for (unsigned i = 0; i < c->column_count; i++)
        if (slice_equal(slice_from(c->columns[i].name), name)) return &c->columns[i];
    return NULL;
}

static void refuse_column(struct csv *c, const struct cell *cell)
{
    struct slice names[CSV_COLUMNS_MAX];
    char fix[128];
    for (unsigned i = 0; i < c->column_count; i++) names[i] = slice_from(c->columns[i].name);
    struct slice nearest = problems_nearest(cell->text, names, c->column_count);
    snprintf(fix, sizeof fix, nearest.size ? "did you mean %.*s?" : "remove the column%.*s", SLICE_ARGS(nearest));
    refuse(c, cell->at, SLICE(""), fix, "\"%.*s\" is no column of this file",
           (int)(cell->text.size < 64 ? cell->text.size : 64), cell->text.bytes);
}

static bool is_named(const struct csv *c, const struct csv_column *column)
{
    for (unsigned i = 0; i < c->order_count; i++)
        if (c->order[i] == column) return true;
    return false;
}

static bool take_header(struct csv *c)
{
    unsigned before = c->source->problems->count;
    if (!take_row(c)) {
        if (!c->broken)
            stop(c, (struct position){ 1, 1 }, "the file is empty", "write the names of the columns in its first row");
        return false;
    }
    for (unsigned i = 0; i < c->cell_count; i++) {
        const struct csv_column *column = find_column(c, slice_trim(c->cells[i].text));
        if (!column) refuse_column(c, &c->cells[i]);
        else if (is_named(c, column))
            refuse(c, c->cells[i].at, SLICE(""), "keep one of the two", "column %s stands twice", column->name);
        c->order[c->order_count++] = column;
    }
    for (unsigned i = 0; i < c->column_count; i++)
        if (c->columns[i].required && !is_named(c, &c->columns[i]))
            refuse(c, (struct position){ 1, 1 }, SLICE(""), "add it", "column %s is missing", c->columns[i].name);
    return c->source->problems->count == before;
}

/* Takes the part before the separator; the position follows. */
static struct cell cut(struct cell *rest, char separator)
{
    struct cell part = *rest;
    part.text = slice_cut(&rest->text, separator);
    rest->at.column += (uint32_t)part.text.size + 1;
    return part;
}

static void put(struct csv *c, struct node *map, const char *name, struct cell value)
{
    struct arena *a = c->source->arena;
    node_put(a, map, slice_from(name), value.at, node_scalar(a, value.at, slice_trim(value.text)));
}

static struct node *list_of(struct csv *c, struct cell cell)
{
    struct node *list = node_list(c->source->arena, cell.at);
    while (cell.text.bytes) {
        struct cell part = cut(&cell, '|');
        node_append(c->source->arena, list, node_scalar(c->source->arena, part.at, slice_trim(part.text)));
    }
    return list;
}

static struct node *records_of(struct csv *c, const struct csv_column *column, struct cell cell)
{
    struct node *list = node_list(c->source->arena, cell.at);
    while (cell.text.bytes) {
        struct cell part = cut(&cell, '|');
        struct node *record = node_map(c->source->arena, part.at);
        put(c, record, column->first, cut(&part, ':'));
        if (part.text.bytes) put(c, record, column->second, part);
        node_append(c->source->arena, list, record);
    }
    return list;
}

static struct node *pairs_of(struct csv *c, const struct csv_column *column, struct cell cell)
{
    struct arena *a = c->source->arena;
    struct node *map = node_map(a, cell.at);
    while (cell.text.bytes) {
        struct cell value = cut(&cell, '|'), name = cut(&value, ':');
        if (!value.text.bytes) {
            refuse(c, name.at, slice_from(column->name), "write NAME:value", "\"%.*s\" has no :",
                   SLICE_ARGS(name.text));
            continue;
        }
        if (!node_put(a, map, slice_trim(name.text), name.at, node_scalar(a, value.at, slice_trim(value.text))))
            refuse(c, name.at, slice_from(column->name), "keep one of the two", "\"%.*s\" stands twice",
                   SLICE_ARGS(name.text));
    }
    return map;
}

static struct node *value_of(struct csv *c, const struct csv_column *column, struct cell cell)
{
    switch (column->form) {
    case CSV_SCALAR:  return node_scalar(c->source->arena, cell.at, cell.text);
    case CSV_LIST:    return list_of(c, cell);
    case CSV_PAIRS:   return pairs_of(c, column, cell);
    case CSV_RECORDS: return records_of(c, column, cell);
    }
    NEVER();
}

static struct node *record_of(struct csv *c)
{
    struct node *record = node_map(c->source->arena, c->cells[0].at);
    if (c->cell_count != c->order_count) {
        refuse(c, c->cells[0].at, SLICE(""), "write one cell for each column, empty ones too",
               "the row has %u cells, the header %u",
               c->cell_count, c->order_count);
        return NULL;
    }
    for (unsigned i = 0; i < c->cell_count; i++) {
        struct cell cell = c->cells[i];
        if (slice_is_empty(slice_trim(cell.text))) continue;
        node_put(c->source->arena, record, slice_from(c->order[i]->name), cell.at, value_of(c, c->order[i], cell));
    }
    return record;
}

static bool has_room(struct csv *c)
{
    const struct arena *a = c->source->arena;
    size_t row_bytes = slice_find(c->rest, '\n');
    if (a->limit - a->used > ROOM_BYTES + NODE_BYTES_FACTOR * row_bytes) return true;
    stop(c, c->at, "the file is too large for the memory it was given", "split it");
    return false;
}

const struct node *csv_text_read(const struct text_source *s, struct slice text, const struct csv_column *columns,
                                 unsigned count)
{
    struct csv c = { .source = s, .rest = text, .at = { 1, 1 }, .columns = columns, .column_count = count };
    unsigned before = s->problems->count;
    ASSERT(count <= CSV_COLUMNS_MAX);
    if (slice_starts_with(c.rest, SLICE("\xEF\xBB\xBF"))) c.rest = slice_skip(c.rest, 3);
    if (!take_header(&c)) return NULL;
    struct node *rows = node_list(s->arena, (struct position){ 1, 1 });
    while (has_room(&c) && take_row(&c)) {
        struct node *record = is_blank_row(&c) ? NULL : record_of(&c);
        if (record) node_append(s->arena, rows, record);
    }
    return s->problems->count == before ? rows : NULL;
}
