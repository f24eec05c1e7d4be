/* intake/rejects_text.c: rows as they came, with three cells or four after them, in the encoding of the document. */
#include "base/utf8.h"
#include "intake/rejects_parts.h"

/* Bytes of a unit, and one of them. */

static size_t unit_bytes(const struct rejects *r)
{
    return r->place.is_wide ? 2 : 1;
}

static unsigned unit_at(const struct rejects *r, struct slice s, size_t at)
{
    unsigned first = (unsigned char)s.bytes[at], second = r->place.is_wide ? (unsigned char)s.bytes[at + 1] : 0;
    if (!r->place.is_wide) return first;
    return r->place.is_big_endian ? first << 8 | second : second << 8 | first;
}

static void put_unit(struct rejects *r, unsigned unit)
{
    char wide[2] = { (char)(unit >> 8), (char)unit }, little[2] = { (char)unit, (char)(unit >> 8) };
    if (!r->place.is_wide) rejects_put(r, slice_of(little, 1));
    else rejects_put(r, slice_of(r->place.is_big_endian ? wide : little, 2));
}

static void put_point(struct rejects *r, uint32_t point)
{
    if (point < 0x10000) { put_unit(r, point); return; }
    put_unit(r, 0xd800 + ((point - 0x10000) >> 10));
    put_unit(r, 0xdc00 + ((point - 0x10000) & 0x3ff));
}

/* A cell of ours: quoted; in an encoding that is not Unicode what is no ASCII is shown as `?`; what a spreadsheet would
 * take for a formula has a quote in front (feeds.md 7.2). */
static void put_cell(struct rejects *r, struct slice text)
{
    put_unit(r, (unsigned char)r->place.delimiter);
    put_unit(r, '"');
    if (text.size && memchr("=+-@", text.bytes[0], 4)) put_unit(r, '\'');
    while (text.size > 0) {
        uint32_t point = (unsigned char)text.bytes[0];
        if (r->place.is_wide) point = utf8_next(&text);
        else text = slice_skip(text, 1);
        if (point >= 0x80 && !r->place.is_utf8) point = '?';
        if (point == '"') put_unit(r, '"');
        if (point == '\n' || point == '\r') point = ' ';
        if (r->place.is_wide) put_point(r, point);
        else put_unit(r, point);
    }
    put_unit(r, '"');
}

static bool is_break(unsigned unit)
{
    return unit == '\n' || unit == '\r';
}

/* A row without the end of its line. */
static struct slice unended(const struct rejects *r, struct slice row)
{
    size_t unit = unit_bytes(r);
    while (row.size >= unit && is_break(unit_at(r, row, row.size - unit))) row.size -= unit;
    return row;
}

static unsigned cells_of(const struct rejects *r, struct slice row)
{
    unsigned count = 1;
    bool is_quoted = false, begins = true;
    size_t unit = unit_bytes(r);
    for (size_t k = 0; k + unit <= row.size; k += unit) {
        unsigned c = unit_at(r, row, k);
        if (c == '"' && (begins || is_quoted)) is_quoted = !is_quoted;
        begins = !is_quoted && c == (unsigned char)r->place.delimiter;
        count += begins;
    }
    return count;
}

/* A row that ended early is filled up: our cells stand below their names. `above`: bytes of what comes before the row
 * itself. Half a unit, where the file was cut, would turn all that follows. */
static void put_row(struct rejects *r, size_t above, struct slice raw, struct slice line_id, struct slice codes,
                    struct slice message, struct slice read_as)
{
    raw.size -= raw.size % unit_bytes(r);
    rejects_put(r, raw);
    unsigned count = cells_of(r, slice_skip(raw, above));
    for (unsigned k = count; k < r->place.width; k++) put_unit(r, (unsigned char)r->place.delimiter);
    put_cell(r, line_id);
    put_cell(r, codes);
    put_cell(r, message);
    if (r->place.read_as.size > 0) put_cell(r, read_as);
    put_unit(r, '\r');
    put_unit(r, '\n');
}

void rejects_text_take(struct rejects *r, const struct refusal *f)
{
    if (!r->has_begun) {
        struct slice head = unended(r, slice_head(r->document, r->place.header_end));
        put_row(r, r->place.header_at, head, SLICE(REJECTS_LINE_ID), SLICE(REJECTS_CODES), SLICE(REJECTS_MESSAGE),
                SLICE(REJECTS_READ_AS));
    }
    put_row(r, 0, f->line->raw, f->line_id, f->codes, f->message, r->place.read_as);
}
