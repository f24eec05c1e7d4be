/* claimctl/line_keys.c: line_key.def beside the lists by which intake types and compliance asks. */
#include "claimctl/line_keys.h"

#include "base/assert.h"
#include "compliance/kind_letters.h"
#include "domain/line.h"
#include "wire/json_text.h"

#define WORD_SAID(list, word, number) " " #word

static const struct { struct slice path, type, meaning, example; } rows[] = {
#define LINE_KEY(path, type, meaning, example) \
    { SLICE_INIT(path), SLICE_INIT(type), SLICE_INIT(meaning), SLICE_INIT(example) },
#include "claimctl/line_key.def"
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static const struct slice kinds[KIND_COUNT] = {
#define KIND_ABOUT(kind, meaning) [KIND_##kind] = SLICE_INIT(meaning),
#include "claimctl/kind_about.def"
};

/* --- what a kind cannot do without --- */

static const struct { struct slice name; unsigned kinds; } required[] = {
#define REQUIRED(name, of, is_missing) { SLICE_INIT(name), (unsigned)(of) },
#include "compliance/required_field.def"
#undef REQUIRED
};
enum { REQUIRED_ROWS = sizeof required / sizeof required[0] };

/* Currency stands with money alone, and is told so. */
static unsigned kinds_of(struct slice path)
{
    unsigned of = 0;
    for (unsigned i = 0; i < REQUIRED_ROWS; i++)
        if (slice_equal(required[i].name, path) && !slice_equal(path, SLICE("currency"))) of |= required[i].kinds;
    return of;
}

/* --- types --- */

static void put_bytes(struct text *t, const char *what, uint64_t bytes)
{
    text_put(t, slice_from(what));
    PUT(t, " of at most ");
    text_put_int(t, (int64_t)bytes);
    PUT(t, " bytes");
}

static void put_type(struct text *t, const struct line_field *f)
{
    switch (f->type) {
    case FIELD_TYPE_KIND:     PUT(t, "one of the kinds"); break;
    case FIELD_TYPE_REPLACES:
        PUT(t, "one of POS_SALE SHIP_DEBIT_CLAIM DEAL_CLAIM SPIFF_CLAIM MDF_CLAIM SELL_IN");
        break;
    case FIELD_TYPE_TEXT:     put_bytes(t, "text", f->detail); break;
    case FIELD_TYPE_ID:       put_bytes(t, "id", f->detail); break;
    case FIELD_TYPE_CODE:     put_bytes(t, "code", f->detail); break;
    case FIELD_TYPE_DATE:     PUT(t, "date, YYYY-MM-DD"); break;
    case FIELD_TYPE_QTY:      PUT(t, "quantity, decimal, up to three digits after the point"); break;
    case FIELD_TYPE_UINT:     PUT(t, "whole number from 1 on"); break;
    case FIELD_TYPE_FLAG:     PUT(t, "true or false"); break;
    case FIELD_TYPE_PRICE:    PUT(t, "price, decimal, up to six digits after the point"); break;
    case FIELD_TYPE_MONEY:
    case FIELD_TYPE_AMOUNT:   PUT(t, "money, decimal, as many digits as its currency has"); break;
    case FIELD_TYPE_PARTY:    PUT(t, "block"); break;
    case FIELD_TYPE_TEXTS:    put_bytes(t, "list of texts, each", f->detail); break;
    case FIELD_TYPE_CAUSE:    PUT(t, "one of" CAUSE_WORDS(WORD_SAID)); break;
    case FIELD_TYPE_CLOSE:    PUT(t, "one of" CLOSE_WORDS(WORD_SAID)); break;
    }
}

/* --- rows --- */

unsigned line_key_count(void) { return ROWS; }

static struct slice since(const struct text *t, size_t from)
{
    return slice_of(t->bytes + from, t->size - from);
}

static struct slice put_kinds(struct text *t, unsigned of)
{
    size_t from = t->size;
    for (enum kind kind = KIND_UNSPECIFIED + 1; kind < KIND_COUNT; kind++) {
        if (!(of & KIND_BIT(kind))) continue;
        if (t->size > from) PUT(t, " ");
        text_put(t, kind_name(kind));
    }
    return since(t, from);
}

struct line_key line_key_at(unsigned index, struct text *room)
{
    ASSERT(index < ROWS);
    struct line_key key = { rows[index].path, rows[index].type, { 0 }, rows[index].meaning, rows[index].example };
    const struct line_field *f = line_field_find(key.path);
    size_t from = room->size;
    ASSERT(f || key.type.size);
    if (!key.type.size) {
        put_type(room, f);
        key.type = since(room, from);
    }
    key.of = put_kinds(room, kinds_of(key.path));
    ASSERT(!room->full);
    return key;
}

static const struct slice quantities[] = {
    [KIND_SIGN_PLUS] = SLICE_INIT("above 0"),       [KIND_SIGN_MINUS] = SLICE_INIT("below 0"),
    [KIND_SIGN_ANY] = SLICE_INIT("not 0"),          [KIND_SIGN_ZERO_UP] = SLICE_INIT("0 or above"),
    [KIND_SIGN_NONE] = SLICE_INIT("none"),
};

struct kind_about line_kind_about(enum kind kind, struct text *room)
{
    struct kind_about about = { .meaning = kinds[kind], .quantity = quantities[kind_sign(kind)] };
    size_t from = room->size;
    for (unsigned i = 0; i < REQUIRED_ROWS; i++) {
        bool is_conditional = slice_equal(required[i].name, SLICE("currency"))
                              || (kind == KIND_INVENTORY && slice_equal(required[i].name, SLICE("unit_price")));
        if (is_conditional || !(required[i].kinds & KIND_BIT(kind))) continue;
        if (room->size > from) PUT(room, ", ");
        text_put(room, required[i].name);
    }
    about.needs = since(room, from);
    ASSERT(!room->full && about.meaning.size);
    return about;
}

/* --- JSON Schema --- */

enum { KEY_BYTES = 1024 };

static void put_members(struct json *j, struct slice prefix);

/* `lines[]`, `sold_to` … as the beginning of the paths below; false: this is no part of it, or lies deeper. */
static bool is_member(struct slice path, struct slice prefix, struct slice *name)
{
    if (!slice_starts_with(path, prefix)) return false;
    *name = slice_skip(path, prefix.size);
    if (prefix.size) {
        if (name->size == 0 || name->bytes[0] != '.') return false;
        *name = slice_skip(*name, 1);
    }
    return name->size && slice_find(*name, '.') == name->size;
}

static void put_object(struct json *j, struct slice prefix)
{
    json_text(j, "type", SLICE("object"));
    json_name(j, SLICE("properties"));
    json_open_object(j);
    put_members(j, prefix);
    json_close_object(j);
}

static void put_kind_words(struct json *j)
{
    json_name(j, SLICE("enum"));
    json_open_array(j);
    for (enum kind kind = KIND_UNSPECIFIED + 1; kind < KIND_COUNT; kind++) json_put_text(j, kind_name(kind));
    json_close_array(j);
}

/* Numbers, flags and texts may each be written as either: intake types the text. */
static void put_value(struct json *j, const struct line_key *key)
{
    char buffer[64];
    struct text items = text_over(buffer, sizeof buffer);
    bool is_party = line_field_find(key->path) && line_field_find(key->path)->type == FIELD_TYPE_PARTY;
    text_put(&items, key->path);
    PUT(&items, "[]");
    if (slice_equal(key->path, SLICE("kind"))) put_kind_words(j);
    else if (is_party) put_object(j, SLICE("sold_to"));
    else if (slice_equal(key->type, SLICE("block")) || slice_starts_with(key->type, SLICE("map")))
        json_text(j, "type", SLICE("object"));
    else if (slice_starts_with(key->type, SLICE("list of blocks"))) {
        json_text(j, "type", SLICE("array"));
        json_name(j, SLICE("items"));
        json_open_object(j);
        put_object(j, text_slice(&items));
        json_close_object(j);
    } else if (slice_starts_with(key->type, SLICE("list"))) json_text(j, "type", SLICE("array"));
}

static void put_members(struct json *j, struct slice prefix)
{
    char buffer[KEY_BYTES];
    struct slice name;
    for (unsigned i = 0; i < ROWS; i++) {
        struct text room = text_over(buffer, sizeof buffer);
        struct line_key key = line_key_at(i, &room);
        if (!is_member(key.path, prefix, &name)) continue;
        json_name(j, name);
        json_open_object(j);
        json_text(j, "description", key.meaning);
        put_value(j, &key);
        json_text(j, "x-type", key.type);
        if (key.of.size) json_text(j, "x-required-of", key.of);
        json_close_object(j);
    }
}

void line_keys_put_schema(struct text *t)
{
    struct json j = json_over(t);
    json_open_object(&j);
    json_text(&j, "$schema", SLICE("https://json-schema.org/draft/2020-12/schema"));
    json_text(&j, "title", SLICE("line"));
    put_object(&j, (struct slice){ 0 });
    json_name(&j, SLICE("required"));
    json_open_array(&j);
    json_put_text(&j, SLICE("kind"));
    json_close_array(&j);
    json_close_object(&j);
    text_put_byte(t, '\n');
}
