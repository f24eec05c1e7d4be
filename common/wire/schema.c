/* wire/schema.c: typing nodes by tables. */
#include "wire/schema.h"

#include "base/assert.h"
#include "base/instant.h"
#include "domain/calendar.h"
#include "domain/currency.h"
#include "domain/decimal.h"
#include "domain/kind.h"
#include "domain/line.h"
#include "wire/normal_text.h"

#include <stdarg.h>
#include <stdio.h>

enum { NAMES_MAX = 128, SHOWN_MAX = 64, MESSAGE_MAX = 512, ITEMS_MAX = 1024 };

/* A value in a message: at most 64 bytes of it. */
#define SHOWN(s) (int)((s).size < SHOWN_MAX ? (s).size : SHOWN_MAX), (s).bytes ? (s).bytes : ""

struct reading reading_of(const struct text_source *s)
{
    return (struct reading){ .source = s, .money_exponent = 2 };
}

/* --- errors --- */

static void put_path(struct text *t, const struct member_path *path)
{
    if (!path) return;
    put_path(t, path->up);
    if (path->is_item) {
        text_put_byte(t, '[');
        text_put_int(t, path->index + 1);
        text_put_byte(t, ']');
        return;
    }
    if (t->size) text_put_byte(t, '.');
    text_put(t, path->name);
}

static void refuse_at(struct reading *r, struct position at, const char *member, const char *fix, const char *message)
{
    char buffer[256];
    struct text path = text_over(buffer, sizeof buffer);
    put_path(&path, r->path);
    if (member && path.size) text_put_byte(&path, '.');
    text_put(&path, slice_from(member));
    struct problem p = { .code = r->source->code ? r->source->code : ERR_TERMS_INVALID, .file = r->source->file,
                         .at = at,
                         .member = text_slice(&path), .message = slice_from(message), .fix = slice_from(fix) };
    problems_add(r->source->problems, &p);
    r->errors++;
}

void schema_refuse(struct reading *r, struct position at, const char *member, const char *fix, const char *format, ...)
{
    char message[MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    refuse_at(r, at, member, fix, message);
}

void schema_refuse_unknown(struct reading *r, struct position at, struct slice found, const struct slice *known,
                           unsigned count, const char *what)
{
    struct slice nearest = problems_nearest(found, known, count);
    char fix[128];
    snprintf(fix, sizeof fix, nearest.size ? "did you mean %.*s?" : "remove it%.*s", SHOWN(nearest));
    schema_refuse(r, at, NULL, fix, "\"%.*s\" is no %s", SHOWN(found), what);
}

struct position schema_place(const struct node *n, const char *member)
{
    const struct node_entry *e = node_entry(n, slice_from(member));
    if (e) return e->value->at;
    return n ? n->at : (struct position){ 0, 0 };
}

/* --- scalars --- */

static bool refuse_value(struct reading *r, struct position at, struct slice value, const char *what, const char *fix)
{
    schema_refuse(r, at, NULL, fix, "\"%.*s\" %s", SHOWN(value), what);
    return false;
}

static bool take_text(struct reading *r, const struct member *m, struct slice raw, struct position at,
                      struct slice *out)
{
    struct slice text;
    if (!normal_text(r->source->arena, raw, &text))
        return refuse_value(r, at, raw, "holds bytes that are no text",
                            "write it in UTF-8 without control and format characters");
    if (m->bound && text.size > m->bound) {
        schema_refuse(r, at, NULL, "shorten it", "\"%.*s\" has %zu bytes, at most %u are allowed", SHOWN(text),
                      text.size, m->bound);
        return false;
    }
    *out = text;
    return true;
}

static bool is_id_byte(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c && strchr("._:/#-", c));
}

static bool take_id(struct reading *r, const struct member *m, struct slice raw, struct position at, struct slice *out)
{
    struct slice id;
    if (!take_text(r, m, raw, at, &id)) return false;
    for (size_t i = 0; i < id.size; i++)
        if (!is_id_byte(id.bytes[i]))
            return refuse_value(r, at, id, "is no id", "use A-Z a-z 0-9 and . _ : / # - only");
    if (m->required && id.size == 0) return refuse_value(r, at, id, "is no id", "write the id");
    *out = id;
    return true;
}

static bool take_currency(struct reading *r, struct slice raw, struct position at, struct slice *out)
{
    const struct currency *currency = currency_find(raw);
    if (!currency) {
        r->money_exponent = 6;                      /* so that amounts after it bring no errors of their own */
        return refuse_value(r, at, raw, "is no currency of ISO 4217", "write three capitals, as USD");
    }
    r->money_exponent = currency->exponent;
    *out = currency->code;
    return true;
}

static bool take_country(struct reading *r, struct slice raw, struct position at, struct slice *out)
{
    bool two =
        raw.size == 2 && raw.bytes[0] >= 'A' && raw.bytes[0] <= 'Z' && raw.bytes[1] >= 'A' && raw.bytes[1] <= 'Z';
    if (raw.size && !two) return refuse_value(r, at, raw, "is no country", "write two capitals of ISO 3166-1, as US");
    *out = raw;
    return true;
}

/* The number at a scale within bounds. */
static bool take_number(struct reading *r, const struct member *m, unsigned scale, struct slice raw, struct position at,
                        int64_t *out)
{
    int64_t value;
    enum err e = decimal_parse(raw, scale, DECIMAL_EXCESS_REFUSE, &value, NULL);
    if (e == ERR_DECIMAL_TOO_FINE) {
        schema_refuse(r, at, NULL, "write fewer digits", "\"%.*s\" has more than %u digits after the point",
                      SHOWN(raw), scale);
        return false;
    }
    if (e == ERR_DECIMAL_MALFORMED)
        return refuse_value(r, at, raw, "is no decimal number", "write digits and a point, as 1234.50");
    if (e == OK && value < m->min) {
        if (m->min > 0 || value >= 0) return refuse_value(r, at, raw, "is too small", "see the bounds of this member");
        return refuse_value(r, at, raw, "is negative", "write a number of 0 or more");
    }
    if (e != OK || value > m->max) return refuse_value(r, at, raw, "is too large", "see the bounds of this member");
    *out = value;
    return true;
}

static bool take_whole(struct reading *r, const struct member *m, struct slice raw, struct position at, int64_t *out)
{
    int64_t value;
    if (decimal_parse(raw, 0, DECIMAL_EXCESS_REFUSE, &value, NULL) != OK)
        return refuse_value(r, at, raw, "is no whole number", "write digits only");
    if (value < m->min || value > m->max) {
        schema_refuse(r, at, NULL, "write a number within these bounds", "%lld is outside %lld to %lld",
                      (long long)value,
                      (long long)m->min, (long long)m->max);
        return false;
    }
    *out = value;
    return true;
}

static bool take_decimal_text(struct reading *r, const struct member *m, struct slice raw, struct position at,
                              struct slice *out)
{
    int64_t ignored;
    if (raw.size && !take_number(r, m, m->scale, raw, at, &ignored)) return false;
    *out = raw;
    return true;
}

static bool take_date(struct reading *r, struct slice raw, struct position at, int32_t *out)
{
    if (date_parse(raw, out) == OK) return true;
    return refuse_value(r, at, raw, "is no date of 1990 to 2099", "write yyyy-mm-dd");
}

static bool take_instant(struct reading *r, struct slice raw, struct position at, int64_t *out)
{
    if (instant_parse(raw, out) == OK) return true;
    return refuse_value(r, at, raw, "is no instant", "write RFC 3339 with Z or an offset, as 2026-04-08T09:00:00Z");
}

static bool take_flag(struct reading *r, struct slice raw, struct position at, bool *out)
{
    *out = slice_equal(raw, SLICE("true"));
    if (*out || slice_equal(raw, SLICE("false"))) return true;
    return refuse_value(r, at, raw, "is neither true nor false", "write true or false");
}

/* --- words --- */

static bool is_allowed(const struct member *m, int number)
{
    return number > 0 && (!m->allowed || m->allowed >> number & 1);
}

static bool refuse_word(struct reading *r, struct slice raw, struct position at, const struct slice *known,
                        unsigned count)
{
    char buffer[256];
    struct text fix = text_over(buffer, sizeof buffer - 1);
    struct slice nearest = problems_nearest(raw, known, count);
    if (nearest.size) {
        PUT(&fix, "did you mean ");
        text_put(&fix, nearest);
        PUT(&fix, "? ");
    }
    PUT(&fix, "one of");
    for (unsigned i = 0; i < count; i++) {
        text_put_byte(&fix, ' ');
        text_put(&fix, known[i]);
    }
    buffer[fix.size] = '\0';
    return refuse_value(r, at, raw, "is not known here", buffer);
}

static unsigned words_of(const struct member *m, struct slice *words)
{
    unsigned count = 0;
    if (m->choices && m->type == MEMBER_WORDS) words[count++] = slice_from(m->choices[0]);
    for (int i = 1; i < word_count(m->list); i++)
        if (is_allowed(m, i)) words[count++] = word_text(m->list, i);
    ASSERT(count <= NAMES_MAX);
    return count;
}

static bool take_word(struct reading *r, const struct member *m, struct slice raw, struct position at, int *number)
{
    struct slice words[NAMES_MAX];
    *number = raw.size ? word_find(m->list, raw) : 0;
    if (is_allowed(m, *number)) return true;
    return refuse_word(r, raw, at, words, words_of(m, words));
}

static bool take_choice(struct reading *r, const struct member *m, struct slice raw, struct position at, int *index)
{
    struct slice words[NAMES_MAX];
    unsigned count = 0;
    for (; m->choices[count]; count++) {
        ASSERT(count < NAMES_MAX);
        words[count] = slice_from(m->choices[count]);
        if (!slice_equal(words[count], raw)) continue;
        *index = (int)count;
        return true;
    }
    return refuse_word(r, raw, at, words, count);
}

static bool take_bit(struct reading *r, const struct member *m, struct slice raw, struct position at, unsigned *bit)
{
    int number;
    if (m->choices && slice_equal(raw, slice_from(m->choices[0]))) number = 0;
    else if (!take_word(r, m, raw, at, &number)) return false;
    *bit = 1u << number;
    return true;
}

static bool take_kind(struct reading *r, struct slice raw, struct position at, unsigned *bit)
{
    struct slice names[KIND_COUNT];
    enum kind kind = kind_find(raw);
    if (kind != KIND_UNSPECIFIED) {
        *bit = KIND_BIT(kind);
        return true;
    }
    for (unsigned k = 1; k < KIND_COUNT; k++) names[k - 1] = kind_name((enum kind)k);
    return refuse_word(r, raw, at, names, KIND_COUNT - 1);
}

/* --- products --- */

static bool take_product_term(struct reading *r, const struct member *m, struct slice raw, struct position at,
                              struct slice *out)
{
    struct slice term;
    if (!take_text(r, m, raw, at, &term)) return false;
    struct slice rest = term, what = slice_cut(&rest, ':');
    bool known = slice_equal(what, SLICE("sku")) || slice_equal(what, SLICE("family")) ||
                 slice_equal(what, SLICE("line"));
    if (!known || !rest.bytes || rest.size == 0)
        return refuse_value(r, at, term, "names no products",
                            "write sku:, family: or line: and a text, as family:SWITCH");
    if (slice_find(rest, '*') + 1 < rest.size)
        return refuse_value(r, at, term, "has a * inside", "a * may only stand at the end");
    *out = term;
    return true;
}

/* --- places --- */

static void *place_of(const struct member *m, void *record)
{
    return (char *)record + m->offset;
}

static void put_int(const struct member *m, void *record, int64_t value)
{
    void *at = place_of(m, record);
    switch (m->bytes) {
    case 1: *(uint8_t *)at = (uint8_t)value; return;
    case 4: *(uint32_t *)at = (uint32_t)value; return;
    case 8: *(int64_t *)at = value; return;
    default: NEVER();
    }
}

static void put_flag_aside(const struct member *m, void *record)
{
    if (m->aside) *(bool *)((char *)record + m->aside - 1) = true;
}

static void put_count(const struct member *m, void *record, unsigned count)
{
    ASSERT(m->aside);
    *(unsigned *)((char *)record + m->aside - 1) = count;
}

static bool read_scalar(struct reading *r, const struct member *m, struct slice raw, struct position at, void *record)
{
    void *out = place_of(m, record);
    int64_t number = 0;
    int index = 0;
    switch (m->type) {
    case MEMBER_TEXT:         return take_text(r, m, raw, at, out);
    case MEMBER_ID:           return take_id(r, m, raw, at, out);
    case MEMBER_CURRENCY:     return take_currency(r, raw, at, out);
    case MEMBER_COUNTRY:      return take_country(r, raw, at, out);
    case MEMBER_DECIMAL_TEXT: return take_decimal_text(r, m, raw, at, out);
    case MEMBER_DATE:         return take_date(r, raw, at, out);
    case MEMBER_INSTANT:      return take_instant(r, raw, at, out);
    case MEMBER_FLAG:         return take_flag(r, raw, at, out);
    case MEMBER_DECIMAL:      if (!take_number(r, m, m->scale, raw, at, &number)) return false; break;
    case MEMBER_MONEY:        if (!take_number(r, m, r->money_exponent, raw, at, &number)) return false; break;
    case MEMBER_WHOLE:        if (!take_whole(r, m, raw, at, &number)) return false; break;
    case MEMBER_WORD:         if (!take_word(r, m, raw, at, &index)) return false; number = index; break;
    case MEMBER_CHOICE:       if (!take_choice(r, m, raw, at, &index)) return false; number = index; break;
    default: NEVER();
    }
    put_int(m, record, number);
    return true;
}

/* --- lists and maps --- */

static bool is_list_type(enum member_type type)
{
    return type == MEMBER_TEXTS || type == MEMBER_IDS || type == MEMBER_PRODUCTS || type == MEMBER_WORDS
           || type == MEMBER_KINDS || type == MEMBER_RECORDS;
}

static bool is_map_type(enum member_type type)
{
    return type == MEMBER_RECORD || type == MEMBER_MAP || type == MEMBER_PAIRS;
}

/* What stands aside is a count, not a has_ flag. */
static bool is_counted(enum member_type type)
{
    return type == MEMBER_RECORDS || type == MEMBER_MAP || type == MEMBER_PAIRS;
}

static bool has_type(struct reading *r, const struct node *n, enum node_type type)
{
    static const char *const names[] = { "a single value", "a list", "a map" };
    static const char *const forms[] = { "write name: value", "write it as a list: [a, b]",
                                         "write it as a map: {name: value}" };
    if (n->type == type) return true;
    schema_refuse(r, n->at, NULL, forms[type], "this must be %s and is %s", names[type], names[n->type]);
    return false;
}

static bool has_room_for(struct reading *r, const struct node *n, unsigned entries_max)
{
    if (n->count <= entries_max) return true;
    schema_refuse(r, n->at, NULL, "shorten the list", "%u entries stand here, at most %u are allowed", n->count,
                  entries_max);
    return false;
}

/* `bound` counts records; of a list of texts it bounds each text. */
static unsigned entries_max(const struct member *m)
{
    return is_counted(m->type) && m->bound ? m->bound : ITEMS_MAX;
}

static bool read_item(struct reading *r, const struct member *m, const struct node *item, struct slice *text,
                      unsigned *bits)
{
    unsigned bit = 0;
    struct member one = *m;
    one.bound = m->bound ? m->bound : 64;
    if (!has_type(r, item, NODE_SCALAR)) return false;
    switch (m->type) {
    case MEMBER_TEXTS:    return take_text(r, &one, item->text, item->at, text);
    case MEMBER_IDS:      return take_id(r, &one, item->text, item->at, text);
    case MEMBER_PRODUCTS: return take_product_term(r, &one, item->text, item->at, text);
    case MEMBER_WORDS:    if (!take_bit(r, m, item->text, item->at, &bit)) return false; break;
    case MEMBER_KINDS:    if (!take_kind(r, item->text, item->at, &bit)) return false; break;
    default: NEVER();
    }
    *bits |= bit;
    return true;
}

/* Items of text, or words that become bits. */
static bool read_items(struct reading *r, const struct member *m, const struct node *n, void *record)
{
    struct slice *items = ARENA_ARRAY(r->source->arena, n->count + 1, struct slice);
    struct member_path path = { .up = r->path, .is_item = true };
    unsigned bits = 0, index = 0;
    bool good = true;
    r->path = &path;
    for (const struct node_entry *e = n->first; e; e = e->next, index++) {
        path.index = index;
        good = read_item(r, m, e->value, &items[index], &bits) && good;
    }
    r->path = path.up;
    if (m->type == MEMBER_WORDS || m->type == MEMBER_KINDS) put_int(m, record, bits);
    else *(struct texts *)place_of(m, record) = (struct texts){ items, index };
    return good;
}

static bool read_lone(struct reading *r, const struct member *m, const struct node *n, void *record)
{
    struct reading defaults = *r;
    schema_read(&defaults, m->schema, NULL, record);
    for (unsigned i = 0; i < m->schema->member_count; i++)
        if (strcmp(m->schema->members[i].name, m->lone) == 0)
            return schema_read_member(r, &m->schema->members[i], n, n->at, record);
    NEVER();
}

static bool read_records(struct reading *r, const struct member *m, const struct node *n, void *record)
{
    bool lone = n->type == NODE_SCALAR && m->lone, good = true;
    unsigned count = lone ? 1 : n->count, index = 0;
    char *items = arena_alloc_array(r->source->arena, count + 1, m->schema->bytes);
    struct member_path path = { .up = r->path, .is_item = true };
    bool overlay = r->overlay;
    if (lone) good = read_lone(r, m, n, items);
    r->path = &path;
    r->overlay = false;
    for (const struct node_entry *e = lone ? NULL : n->first; e; e = e->next, index++) {
        path.index = index;
        good = schema_read(r, m->schema, e->value, items + index * m->schema->bytes) && good;
    }
    r->path = path.up;
    r->overlay = overlay;
    *(void **)place_of(m, record) = count ? items : NULL;
    put_count(m, record, count);
    return good;
}

/* A name in front of a record or a value: code(24) or what the member bounds. */
static bool take_key(struct reading *r, const struct node_entry *e, struct slice *out)
{
    static const struct member key = { .name = "name", .type = MEMBER_ID, .bound = 64, .required = true };
    return take_id(r, &key, e->key, e->at, out);
}

static bool read_map(struct reading *r, const struct member *m, const struct node *n, void *record)
{
    char *items = arena_alloc_array(r->source->arena, n->count + 1, m->schema->bytes);
    struct member_path path = { .up = r->path };
    unsigned index = 0;
    bool good = true;
    r->path = &path;
    for (const struct node_entry *e = n->first; e; e = e->next, index++) {
        char *item = items + index * m->schema->bytes;
        path.name = e->key;
        good = schema_read(r, m->schema, e->value, item) && good;
        good = take_key(r, e, (struct slice *)(item + m->key_offset)) && good;
    }
    r->path = path.up;
    *(void **)place_of(m, record) = index ? items : NULL;
    put_count(m, record, index);
    return good;
}

static bool read_pairs(struct reading *r, const struct member *m, const struct node *n, void *record)
{
    struct pair *items = ARENA_ARRAY(r->source->arena, n->count + 1, struct pair);
    struct member_path path = { .up = r->path };
    struct member value = { .type = MEMBER_TEXT, .bound = 1024 };
    unsigned index = 0;
    bool good = true;
    r->path = &path;
    for (const struct node_entry *e = n->first; e; e = e->next, index++) {
        path.name = e->key;
        good = take_key(r, e, &items[index].name) && good;
        good = has_type(r, e->value, NODE_SCALAR) &&
               take_text(r, &value, e->value->text, e->value->at, &items[index].value) && good;
    }
    r->path = path.up;
    *(struct pair **)place_of(m, record) = index ? items : NULL;
    put_count(m, record, index);
    return good;
}

/* --- members and records --- */

static bool read_typed(struct reading *r, const struct member *m, const struct node *n, struct position at,
                       void *record)
{
    if (m->type == MEMBER_BY_HAND) return true;
    if (m->type == MEMBER_RECORDS && m->lone && n->type == NODE_SCALAR) return read_records(r, m, n, record);
    if (is_map_type(m->type)) {
        if (!has_type(r, n, NODE_MAP)) return false;
        if (m->type == MEMBER_RECORD) return schema_read(r, m->schema, n, place_of(m, record));
        if (!has_room_for(r, n, entries_max(m))) return false;
        return m->type == MEMBER_MAP ? read_map(r, m, n, record) : read_pairs(r, m, n, record);
    }
    if (is_list_type(m->type)) {
        if (!has_type(r, n, NODE_LIST)) return false;
        if (!has_room_for(r, n, entries_max(m))) return false;
        return m->type == MEMBER_RECORDS ? read_records(r, m, n, record) : read_items(r, m, n, record);
    }
    return has_type(r, n, NODE_SCALAR) && read_scalar(r, m, n->text, at, record);
}

bool schema_read_member(struct reading *r, const struct member *m, const struct node *n, struct position at,
                        void *record)
{
    struct member_path path = { .up = r->path, .name = slice_from(m->name) };
    r->path = &path;
    bool good = read_typed(r, m, n, at, record);
    r->path = path.up;
    if (good && !is_counted(m->type)) put_flag_aside(m, record);
    return good;
}

/* An absent member: its default, those of the record it would hold, or an error. */
static void read_absent(struct reading *r, const struct member *m, const struct node *n, void *record)
{
    if (r->overlay) return;
    if (n && m->required) schema_refuse(r, n->at, m->name, "add it", "%s is missing", m->name);
    if (m->fallback) {
        bool good = read_scalar(r, m, slice_from(m->fallback), (struct position){ 0, 0 }, record);
        ASSERT(good);
    }
    if (m->type == MEMBER_RECORD) schema_read(r, m->schema, NULL, place_of(m, record));
}

static const struct member *find_member(const struct schema *s, struct slice name)
{
    for (unsigned i = 0; i < s->member_count; i++)
        if (slice_equal(slice_from(s->members[i].name), name)) return &s->members[i];
    return NULL;
}

static void refuse_unknown_members(struct reading *r, const struct schema *s, const struct node *n)
{
    struct slice names[NAMES_MAX];
    ASSERT(s->member_count <= NAMES_MAX);
    for (unsigned i = 0; i < s->member_count; i++) names[i] = slice_from(s->members[i].name);
    for (const struct node_entry *e = n->first; e; e = e->next) {
        char what[64];
        if (find_member(s, e->key)) continue;
        snprintf(what, sizeof what, "member of %s", s->what);
        schema_refuse_unknown(r, e->at, e->key, names, s->member_count, what);
    }
}

bool schema_read(struct reading *r, const struct schema *s, const struct node *n, void *record)
{
    unsigned before = r->errors;
    if (n && !has_type(r, n, NODE_MAP)) return false;
    for (unsigned i = 0; i < s->member_count; i++) {
        const struct member *m = &s->members[i];
        const struct node_entry *e = n ? node_entry(n, slice_from(m->name)) : NULL;
        if (e) schema_read_member(r, m, e->value, e->value->at, record);
        else read_absent(r, m, n, record);
    }
    if (!n) return true;
    refuse_unknown_members(r, s, n);
    if (s->check && r->errors == before) s->check(r, n, record);
    return r->errors == before;
}
