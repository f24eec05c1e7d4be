/* claimctl/payout_export.c: one list of columns, two forms. */
#include "claimctl/payout_export.h"

#include "base/assert.h"
#include "domain/calendar.h"
#include "domain/currency.h"
#include "domain/decimal.h"
#include "wire/json_text.h"

enum { VALUE_BYTES = 64 };

enum column_type {
    COLUMN_TEXT, COLUMN_WHOLE, COLUMN_QTY, COLUMN_MONEY, COLUMN_PROGRAM_MONEY, COLUMN_RATE, COLUMN_UNITS, COLUMN_DATE,
    COLUMN_INSTANT, COLUMN_FLAG,
};

struct column { const char *name; enum column_type type; size_t offset; };

static const struct column columns[] = {
#define PAYOUT_FIELD(type, name, member) { #name, COLUMN_##type, offsetof(struct payout, member) },
#include "claimctl/payout_field.def"
#undef PAYOUT_FIELD
};
enum { COLUMN_COUNT = sizeof columns / sizeof columns[0] };

/* Bytes that begin a formula, or that a reader might skip before one. */
static bool begins_formula(struct slice value)
{
    return value.size && strchr("=+-@\t\r", value.bytes[0]) && value.bytes[0];
}

static bool needs_quotes(struct slice value)
{
    for (size_t i = 0; i < value.size; i++)
        if (value.bytes[i] == '"' || value.bytes[i] == ',' || value.bytes[i] == '\n' || value.bytes[i] == '\r')
            return true;
    return value.size && (value.bytes[0] == ' ' || value.bytes[value.size - 1] == ' ');
}

void payout_export_put_cell(struct text *t, struct slice value)
{
    bool quoted = needs_quotes(value);
    if (quoted) text_put_byte(t, '"');
    if (begins_formula(value)) text_put_byte(t, '\'');
    for (size_t i = 0; i < value.size; i++) {
        if (value.bytes[i] == '"') text_put_byte(t, '"');
        text_put_byte(t, value.bytes[i]);
    }
    if (quoted) text_put_byte(t, '"');
}

void payout_export_put_header(struct text *t)
{
    for (unsigned i = 0; i < COLUMN_COUNT; i++) {
        if (i) text_put_byte(t, ',');
        text_put(t, slice_from(columns[i].name));
    }
    PUT(t, "\r\n");
}

static int64_t read_int64(const void *place)
{
    return *(const int64_t *)place;
}

/* Whatever is no text, in digits; nothing when it was not said. */
static void put_value(struct text *t, const struct payout *p, const struct column *c)
{
    const char *place = (const char *)p + c->offset;
    switch (c->type) {
    case COLUMN_TEXT:    NEVER();
    case COLUMN_WHOLE:   text_put_int(t, *(const uint32_t *)place); return;
    case COLUMN_QTY:     if (read_int64(place)) decimal_put(t, read_int64(place), MILLI_DIGITS); return;
    case COLUMN_MONEY:   money_put(t, read_int64(place), p->currency); return;
    case COLUMN_PROGRAM_MONEY:
        if (p->program_currency.size) money_put(t, read_int64(place), p->program_currency);
        return;
    case COLUMN_RATE:    if (p->fx_table.size) decimal_put(t, read_int64(place), MICRO_DIGITS); return;
    case COLUMN_UNITS:   if (p->fx_table.size) text_put_int(t, read_int64(place)); return;
    case COLUMN_DATE:    if (*(const int32_t *)place) date_put(t, *(const int32_t *)place); return;
    case COLUMN_INSTANT: if (read_int64(place)) instant_put(t, read_int64(place)); return;
    case COLUMN_FLAG:    text_put(t, *(const bool *)place ? SLICE("true") : SLICE("false")); return;
    }
}

void payout_export_put_csv(struct text *t, const struct payout *p)
{
    for (unsigned i = 0; i < COLUMN_COUNT; i++) {
        if (i) text_put_byte(t, ',');
        if (columns[i].type == COLUMN_TEXT)
            payout_export_put_cell(t, *(const struct slice *)((const char *)p + columns[i].offset));
        else put_value(t, p, &columns[i]);
    }
    PUT(t, "\r\n");
}

static void put_member(struct json *j, const struct payout *p, const struct column *c)
{
    char buffer[VALUE_BYTES];
    struct text figures = text_over(buffer, sizeof buffer);
    if (c->type != COLUMN_TEXT) put_value(&figures, p, c);
    ASSERT(!figures.full);
    struct slice value = c->type == COLUMN_TEXT ? *(const struct slice *)((const char *)p + c->offset)
                                                : text_slice(&figures);
    json_name(j, slice_from(c->name));
    if (!value.size) json_put_raw(j, SLICE("null"));
    else if (c->type == COLUMN_WHOLE || c->type == COLUMN_UNITS || c->type == COLUMN_FLAG) json_put_raw(j, value);
    else json_put_text(j, value);
}

void payout_export_put_json(struct text *t, const struct payout *p)
{
    struct json j = json_over(t);
    json_open_object(&j);
    for (unsigned i = 0; i < COLUMN_COUNT; i++) put_member(&j, p, &columns[i]);
    json_close_object(&j);
}
