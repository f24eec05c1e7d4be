/* intake/rejects.c: rows as they came, with three cells behind them. */
#include "intake/rejects.h"

#include "intake/line_json.h"

#include <stdlib.h>

enum { SENTENCE_BYTES = 2048, CODES_BYTES = 1024 };

struct rejects {
    FILE                *to;
    struct json_out      json;
    bool                 is_text, is_json, has_begun;
    struct slice         document;
    struct reader_layout layout;
    unsigned             width;                     /* cells of the header */
};

struct rejects *rejects_open(FILE *to, struct slice format, struct slice document, const struct reader_layout *layout)
{
    struct rejects *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    *r = (struct rejects){ .to = to, .document = document, .layout = *layout };
    json_out_open(&r->json);
    r->is_text = layout->delimiter != 0;
    r->is_json = slice_equal(format, SLICE("json")) || slice_equal(format, SLICE("ndjson"));
    return r;
}

bool rejects_close(struct rejects *r)
{
    if (!r) return false;
    bool is_written = ferror(r->to) == 0;
    json_out_close(&r->json);
    free(r);
    return is_written;
}

static void put(struct rejects *r, struct slice bytes)
{
    if (bytes.size) (void)!fwrite(bytes.bytes, 1, bytes.size, r->to);
}

/* Codes once each, sentences one behind the other. */
static void say(const struct issues *issues, struct text *codes, struct text *sentences)
{
    for (unsigned k = 0; k < issues->count; k++) {
        const struct issue *i = &issues->items[k];
        bool is_known = i->severity != SEVERITY_ERROR;
        for (unsigned n = 0; n < k && !is_known; n++) is_known = issues->items[n].severity == SEVERITY_ERROR && issue_number(issues->items[n].code) == issue_number(i->code);
        if (!is_known && codes->size) PUT(codes, " ");
        if (!is_known) text_put(codes, issue_name(i->code));
        if (i->severity != SEVERITY_ERROR) continue;
        if (sentences->size) PUT(sentences, " ");
        issue_put_sentence(sentences, i);
    }
}

/* Text */

/* The physical lines up to the header, without the end of the last. */
static struct slice head_of(const struct rejects *r)
{
    struct slice d = r->document;
    size_t at = 0;
    for (uint32_t row = 1; at < d.size; row++) {
        size_t from = at;
        while (at < d.size && d.bytes[at] != '\n' && d.bytes[at] != '\r') at++;
        if (row == r->layout.header_row) return slice_head(d, at);
        if (at + 1 < d.size && d.bytes[at] == '\r' && d.bytes[at + 1] == '\n') at++;
        at += at < d.size;
        if (at == from) break;
    }
    return (struct slice){ 0 };
}

/* A cell of ours: quoted; in an encoding that is not UTF-8 what is no ASCII is shown as `?`; what a spreadsheet would take for
 * a formula has a quote in front (feeds.md 7.2). */
static void put_cell(struct rejects *r, struct slice text)
{
    fputc(r->layout.delimiter, r->to);
    fputc('"', r->to);
    if (text.size && memchr("=+-@", text.bytes[0], 4)) fputc('\'', r->to);
    for (size_t k = 0; k < text.size; k++) {
        unsigned char c = (unsigned char)text.bytes[k];
        if (c == '"') fputc('"', r->to);
        if (c >= 0x80 && !r->layout.is_utf8) c = '?';
        fputc(c == '\n' || c == '\r' ? ' ' : c, r->to);
    }
    fputc('"', r->to);
}

static unsigned cells_of(struct slice row, char delimiter)
{
    unsigned count = 1;
    bool is_quoted = false, begins = true;
    for (size_t k = 0; k < row.size; k++) {
        char c = row.bytes[k];
        if (c == '"' && (begins || is_quoted)) is_quoted = !is_quoted;
        begins = !is_quoted && c == delimiter;
        count += begins;
    }
    return count;
}

/* The header stands in the last of these physical lines. */
static unsigned header_cells(struct slice head, char delimiter)
{
    size_t from = head.size;
    while (from > 0 && head.bytes[from - 1] != '\n' && head.bytes[from - 1] != '\r') from--;
    return cells_of(slice_skip(head, from), delimiter);
}

/* A row that ended early is filled up: our cells stand below their names. */
static void put_row(struct rejects *r, struct slice raw, struct slice line_id, struct slice codes, struct slice sentences)
{
    put(r, raw);
    for (unsigned k = cells_of(raw, r->layout.delimiter); k < r->width; k++) fputc(r->layout.delimiter, r->to);
    put_cell(r, line_id);
    put_cell(r, codes);
    put_cell(r, sentences);
    fputs("\r\n", r->to);
}

/* JSON: the object as it was, with three members more; what is no object stands alone in a comment of its own. */

static void put_members(struct rejects *r, struct slice line_id, struct slice codes, struct slice sentences)
{
    json_out_member(&r->json, SLICE("claimstream_line_id"), line_id);
    json_out_member(&r->json, SLICE("claimstream_codes"), codes);
    json_out_member(&r->json, SLICE("claimstream_message"), sentences);
}

static bool put_object(struct rejects *r, struct slice raw, struct slice line_id, struct slice codes, struct slice sentences)
{
    while (raw.size && memchr(" \t\r\n", raw.bytes[raw.size - 1], 4)) raw.size--;
    if (raw.size < 2 || raw.bytes[raw.size - 1] != '}') return false;
    json_out_reset(&r->json);
    json_out_begin(&r->json, '{');
    put_members(r, line_id, codes, sentences);
    json_out_end(&r->json);
    put(r, slice_head(raw, raw.size - 1));
    put(r, SLICE(","));
    put(r, slice_skip(json_out_bytes(&r->json), 1));
    put(r, SLICE("\n"));
    return true;
}

static void put_line(struct rejects *r, const struct intake_line *line, struct slice codes, struct slice sentences)
{
    json_out_reset(&r->json);
    json_out_begin(&r->json, '{');
    if (line->line) line_json_members(&r->json, line->line);
    else json_out_member(&r->json, SLICE("claimstream_raw"), slice_head(line->raw, 4096));
    put_members(r, line->receipt->line_id, codes, sentences);
    json_out_end(&r->json);
    json_out_line(&r->json);
    put(r, json_out_bytes(&r->json));
}

void rejects_take(struct rejects *r, const struct intake_line *line)
{
    char codes_room[CODES_BYTES], sentences_room[SENTENCE_BYTES];
    struct text codes = text_over(codes_room, sizeof codes_room), sentences = text_over(sentences_room, sizeof sentences_room);
    struct slice line_id = line->receipt->line_id;
    if (line->outcome == OUTCOME_PASS) return;
    if (r->is_text && !r->has_begun) {
        struct slice head = head_of(r);
        put_row(r, head, SLICE("claimstream_line_id"), SLICE("claimstream_codes"), SLICE("claimstream_message"));
        r->width = header_cells(head, r->layout.delimiter);
    }
    r->has_begun = true;
    say(line->issues, &codes, &sentences);
    if (r->is_text) put_row(r, line->raw, line_id, text_slice(&codes), text_slice(&sentences));
    else if (!r->is_json || !put_object(r, line->raw, line_id, text_slice(&codes), text_slice(&sentences))) put_line(r, line, text_slice(&codes), text_slice(&sentences));
}
