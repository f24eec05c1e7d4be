/* claimctl/listing.c: one row in seven forms. */
#include "claimctl/listing.h"

#include "base/assert.h"
#include "base/utf8.h"
#include "claimctl/colour.h"
#include "claimctl/nearest.h"
#include "claimctl/option.h"
#include "claimctl/pager.h"
#include "claimctl/payout_export.h"
#include "wire/json_text.h"

#include <stdlib.h>
#include <unistd.h>

enum { TABLE_ROWS_MAX = 10000, ROW_BYTES = 1 << 20, GAP = 2 };

static const struct slice forms[] = {
    [LISTING_TABLE] = SLICE_INIT("table"), [LISTING_WIDE] = SLICE_INIT("wide"), [LISTING_TSV] = SLICE_INIT("tsv"),
    [LISTING_CSV] = SLICE_INIT("csv"),     [LISTING_JSON] = SLICE_INIT("json"), [LISTING_JSONL] = SLICE_INIT("jsonl"),
    [LISTING_YAML] = SLICE_INIT("yaml"),   [LISTING_HELP] = SLICE_INIT("help"),
};
enum { FORM_COUNT = sizeof forms / sizeof forms[0] };

/* The form a word names; false: none does. Empty: AUTO. */
static bool form_of(struct slice word, enum listing_form *form)
{
    *form = LISTING_AUTO;
    if (!word.size) return true;
    for (unsigned i = LISTING_TABLE; i < FORM_COUNT; i++)
        if (slice_equal(forms[i], word)) {
            *form = (enum listing_form)i;
            return true;
        }
    struct nearest near = nearest_of(word, forms + 1, FORM_COUNT - 1);
    (void)nearest_refuse_word(&near, "table, wide, tsv, csv, json, jsonl, yaml; help prints the fields",
                              "there is no format %.*s", SLICE_ARGS(word));
    return false;
}

bool listing_take_form(int *argc, char **argv, enum listing_form *form, bool *given)
{
    struct slice word = { 0 };
    bool json = false;
    const struct option_slot options[] = { { "--format", &word, NULL }, { "--json", NULL, &json } };
    option_pick(argc, argv, options, 2);
    if (json) word = SLICE("jsonl");
    if (given) *given = word.size > 0;
    return form_of(word, form);
}

/* --- widths --- */

static unsigned width_of(uint32_t c)
{
    static const struct { uint32_t from, to; unsigned width;
    } ranges[] = {
        { 0x0300, 0x036F, 0 }, { 0x1100, 0x115F, 2 }, { 0x200B, 0x200F, 0 },   { 0x2E80, 0xA4CF, 2 },
        { 0xAC00, 0xD7A3, 2 }, { 0xF900, 0xFAFF, 2 }, { 0xFE00, 0xFE0F, 0 },   { 0xFE30, 0xFE6F, 2 },
        { 0xFF00, 0xFF60, 2 }, { 0xFFE0, 0xFFE6, 2 }, { 0x1F300, 0x1F64F, 2 }, { 0x20000, 0x3FFFD, 2 },
    };
    for (unsigned i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (c >= ranges[i].from && c <= ranges[i].to) return ranges[i].width;
    return 1;
}

unsigned listing_width(struct slice text)
{
    unsigned width = 0;
    while (text.size) width += width_of(utf8_next(&text));
    return width;
}

void listing_pad(struct text *t, size_t from, unsigned column)
{
    unsigned now = listing_width(slice_skip(text_slice(t), from));
    do text_put_byte(t, ' '); while (++now < column);
}

/* Bytes that would move the cursor or part a row become blanks. */
static void put_plain(struct text *t, struct slice cell)
{
    for (size_t i = 0; i < cell.size; i++) {
        unsigned char byte = (unsigned char)cell.bytes[i];
        text_put_byte(t, byte < 0x20 || byte == 0x7F ? ' ' : (char)byte);
    }
}

static void put_name(struct text *t, const struct listing_field *f)
{
    for (const char *at = f->name; *at; at++)
        text_put_byte(t, *at == '_' ? '-' : *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at);
}

/* --- forms --- */

static char row_bytes[ROW_BYTES];

static void print(const struct listing *l, const struct text *t)
{
    output_put(l->out, text_slice(t));
}

static void print_fields(struct listing *l)
{
    for (unsigned i = 0; i < l->field_count; i++) {
        static const char *const types[] = { "text", "whole number", "decimal", "list", "true or false" };
        output_print(l->out, "%s\t%s\t%s\n", l->fields[i].name, types[l->fields[i].type], l->fields[i].help);
    }
}

/* The rows for eyes and pipes leave out what is wide; objects and CSV have every field. */
static bool is_shown(const struct listing *l, unsigned field)
{
    bool narrow = l->form == LISTING_TABLE || l->form == LISTING_TSV;
    return !narrow || !l->fields[field].wide;
}

static void print_names(struct listing *l, char separator)
{
    struct text t = text_over(row_bytes, sizeof row_bytes);
    for (unsigned i = 0; i < l->field_count; i++) {
        if (!is_shown(l, i)) continue;
        if (t.size) text_put_byte(&t, separator);
        if (separator == ',') text_put(&t, slice_from(l->fields[i].name));
        else put_name(&t, &l->fields[i]);
    }
    text_put(&t, separator == ',' ? SLICE("\r\n") : SLICE("\n"));
    print(l, &t);
}

bool listing_begin(struct listing *l, struct output *out, const struct listing_field *fields, unsigned count,
                   enum listing_form form)
{
    ASSERT(count > 0 && count <= LISTING_FIELDS_MAX);
    if (form == LISTING_AUTO) form = out->file == stdout && isatty(STDOUT_FILENO) ? LISTING_TABLE : LISTING_TSV;
    *l = (struct listing){
        .out = out, .fields = fields, .field_count = count, .form = form, .names_in_tsv = l->names_in_tsv
    };
    if (form == LISTING_HELP) print_fields(l);
    return form != LISTING_HELP;
}

static void put_list(struct json *j, struct slice cell)
{
    json_open_array(j);
    while (cell.size) {
        struct slice item = slice_cut(&cell, ' ');
        if (item.size) json_put_text(j, item);
    }
    json_close_array(j);
}

static void put_object(struct text *t, const struct listing *l, const struct slice *cells)
{
    struct json j = json_over(t);
    json_open_object(&j);
    for (unsigned i = 0; i < l->field_count; i++) {
        const struct listing_field *f = &l->fields[i];
        struct slice digits = cells[i];
        uint64_t whole;
        bool minus = digits.size && digits.bytes[0] == '-';
        if (minus) digits = slice_skip(digits, 1);
        if (f->type == LISTING_FLAG) {
            json_name(&j, slice_from(f->name));
            json_put_bool(&j, cells[i].size > 0);
        }
        if (!cells[i].size || f->type == LISTING_FLAG) continue;
        if (f->type == LISTING_LIST) {
            json_name(&j, slice_from(f->name));
            put_list(&j, cells[i]);
        } else if (f->type == LISTING_WHOLE && slice_to_uint(digits, INT64_MAX, &whole)) {
            json_int(&j, f->name, minus ? -(int64_t)whole : (int64_t)whole);
        } else json_text(&j, f->name, cells[i]);
    }
    json_close_object(&j);
}

static void print_json(struct listing *l, const struct slice *cells)
{
    struct text t = text_over(row_bytes, sizeof row_bytes);
    if (l->form == LISTING_JSON) text_put(&t, l->rows ? SLICE(",\n") : SLICE("[\n"));
    put_object(&t, l, cells);
    if (l->form == LISTING_JSONL) text_put_byte(&t, '\n');
    print(l, &t);
}

/* JSON's quoted texts are YAML's. */
static void print_yaml(struct listing *l, const struct slice *cells)
{
    struct text t = text_over(row_bytes, sizeof row_bytes);
    PUT(&t, "- ");
    put_object(&t, l, cells);
    text_put_byte(&t, '\n');
    print(l, &t);
}

static void print_tsv(struct listing *l, const struct slice *cells)
{
    struct text t = text_over(row_bytes, sizeof row_bytes);
    for (unsigned i = 0; i < l->field_count; i++) {
        if (!is_shown(l, i)) continue;
        if (t.size) text_put_byte(&t, '\t');
        if (cells[i].size) put_plain(&t, cells[i]);
        else text_put_byte(&t, '-');
    }
    text_put_byte(&t, '\n');
    print(l, &t);
}

static void print_csv(struct listing *l, const struct slice *cells)
{
    struct text t = text_over(row_bytes, sizeof row_bytes);
    for (unsigned i = 0; i < l->field_count; i++) {
        if (i) text_put_byte(&t, ',');
        if (l->fields[i].type == LISTING_FIGURE || l->fields[i].type == LISTING_WHOLE) text_put(&t, cells[i]);
        else payout_export_put_cell(&t, cells[i]);
    }
    PUT(&t, "\r\n");
    print(l, &t);
}

/* --- tables --- */

static void keep_row(struct listing *l, const struct slice *cells)
{
    if (l->cell_count + l->field_count > l->cell_capacity) {
        l->cell_capacity = 2 * l->cell_capacity + LISTING_FIELDS_MAX;
        l->cells = realloc(l->cells, l->cell_capacity * sizeof *l->cells);
        ASSERT(l->cells);
    }
    for (unsigned i = 0; i < l->field_count; i++) {
        struct text t = text_over(row_bytes, sizeof row_bytes - 1);
        if (cells[i].size) put_plain(&t, cells[i]);
        else text_put_byte(&t, '-');
        t.bytes[t.size] = 0;
        char *kept = strdup(t.bytes);
        ASSERT(kept);
        l->cells[l->cell_count++] = kept;
    }
}

static void put_cell(struct text *t, struct slice cell, unsigned width, bool right, struct slice begin)
{
    unsigned own = listing_width(cell), gap = width > own ? width - own : 0;
    for (unsigned i = 0; right && i < gap; i++) text_put_byte(t, ' ');
    text_put(t, begin);
    text_put(t, cell);
    if (begin.size) PUT(t, COLOUR_END);
    for (unsigned i = 0; !right && i < gap; i++) text_put_byte(t, ' ');
}

/* A row of names has `heading`; of others the words that have a colour have it. The last column has no blanks
 * after. */
static void print_row(struct listing *l, const struct slice *cells, const unsigned *widths, unsigned last,
                      struct slice heading)
{
    struct text t = text_over(row_bytes, sizeof row_bytes);
    bool coloured = colour_is_on(l->out);
    for (unsigned i = 0; i <= last; i++) {
        if (!is_shown(l, i)) continue;
        bool right = l->fields[i].type == LISTING_WHOLE || l->fields[i].type == LISTING_FIGURE;
        struct slice begin = heading.size ? heading : colour_of_word(cells[i]);
        put_cell(&t, cells[i], i == last && !right ? 0 : widths[i], right, coloured ? begin : (struct slice){ 0 });
        for (unsigned k = 0; i != last && k < GAP; k++) text_put_byte(&t, ' ');
    }
    text_put_byte(&t, '\n');
    print(l, &t);
}

/* The names of the columns, each in its piece of `buffer`. */
static void name_columns(const struct listing *l, char *buffer, size_t piece, struct slice *names)
{
    for (unsigned i = 0; i < l->field_count; i++) {
        struct text t = text_over(buffer + i * piece, piece);
        put_name(&t, &l->fields[i]);
        names[i] = text_slice(&t);
    }
}

static void print_table(struct listing *l, bool with_names)
{
    enum { NAME_BYTES = 64 };
    char buffer[LISTING_FIELDS_MAX * NAME_BYTES];
    struct slice cells[LISTING_FIELDS_MAX];
    unsigned widths[LISTING_FIELDS_MAX], last = 0;
    pager_begin(l->out);
    name_columns(l, buffer, NAME_BYTES, cells);
    for (unsigned i = 0; i < l->field_count; i++) {
        widths[i] = listing_width(cells[i]);
        if (is_shown(l, i)) last = i;
    }
    for (size_t c = 0; c < l->cell_count; c++) {
        unsigned width = listing_width(slice_from(l->cells[c]));
        if (width > widths[c % l->field_count]) widths[c % l->field_count] = width;
    }
    if (with_names && l->cell_count) print_row(l, cells, widths, last, SLICE(COLOUR_HEADING));
    for (size_t c = 0; c < l->cell_count; c += l->field_count) {
        for (unsigned i = 0; i < l->field_count; i++) cells[i] = slice_from(l->cells[c + i]);
        print_row(l, cells, widths, last, (struct slice){ 0 });
    }
    for (size_t c = 0; c < l->cell_count; c++) free(l->cells[c]);
    l->cell_count = 0;
}

static void print_names_once(struct listing *l)
{
    if (l->has_names) return;
    l->has_names = true;
    if (l->form == LISTING_CSV) print_names(l, ',');
    if (l->form == LISTING_TSV && l->names_in_tsv) print_names(l, '\t');
}

void listing_row(struct listing *l, const struct slice *cells)
{
    print_names_once(l);
    switch (l->form) {
    case LISTING_JSON:
    case LISTING_JSONL: print_json(l, cells); break;
    case LISTING_YAML:  print_yaml(l, cells); break;
    case LISTING_CSV:   print_csv(l, cells); break;
    case LISTING_TSV:   print_tsv(l, cells); break;
    default:
        keep_row(l, cells);
        if (l->cell_count / l->field_count >= TABLE_ROWS_MAX) print_table(l, l->rows < TABLE_ROWS_MAX);
        break;
    }
    l->rows++;
}

void listing_end_of(struct listing *l, bool was_read)
{
    if (was_read || l->rows) listing_end(l);
}

void listing_end(struct listing *l)
{
    print_names_once(l);
    if (l->form == LISTING_JSON) output_put(l->out, l->rows ? SLICE("\n]\n") : SLICE("[]\n"));
    if (l->form == LISTING_TABLE || l->form == LISTING_WIDE) print_table(l, l->rows <= TABLE_ROWS_MAX);
    pager_end();
    free(l->cells);
    l->cells = NULL;
    l->cell_capacity = 0;
}
