/* wire/list_un.c: the elements of the list as expat tells them, one entry at a time. */
#include "wire/list_un.h"

#include "base/assert.h"

#include <expat.h>

enum { ELEMENT_NAME_MAX = 40, VALUE_BYTES_MAX = 8192, PIECE_BYTES = 1 << 20 };

/* An element that may hold others that matter: an alias, an address, a birth, a document. */
struct group { struct slice alias, quality, country, type, number, issuer, date, year, from_year, to_year; };

struct reading {
    const struct text_source *source;
    XML_Parser           parser;
    char                 path[LIST_UN_DEPTH_MAX][ELEMENT_NAME_MAX + 1];
    unsigned             depth, entry_depth;        /* entry_depth: of INDIVIDUAL or ENTITY, 0 outside */
    char                 value[VALUE_BYTES_MAX];
    size_t               value_size;
    struct list_draft   *drafts;
    uint32_t            *rows;
    unsigned             count, capacity;
    struct slice         names[4], data_id, reference;
    struct group         group;
    bool                 is_broken;
};

static uint32_t row_of(const struct reading *g)
{
    return (uint32_t)XML_GetCurrentLineNumber(g->parser);
}

static void stop(struct reading *g, const char *message)
{
    if (g->is_broken) return;
    list_draft_refuse(g->source, row_of(g), SLICE(""), slice_from(message),
                      SLICE("fetch the file again; the list in force stays and ages"));
    g->is_broken = true;
    (void)XML_StopParser(g->parser, XML_FALSE);
}

static bool is_entry(struct slice element)
{
    return slice_equal(element, SLICE("INDIVIDUAL")) || slice_equal(element, SLICE("ENTITY"));
}

static struct list_draft *draft_at(struct reading *g)
{
    if (g->count < g->capacity) return &g->drafts[g->count];
    unsigned capacity = g->capacity ? 2 * g->capacity : 256;
    struct list_draft *drafts = ARENA_ARRAY(g->source->arena, capacity, struct list_draft);
    uint32_t *rows = ARENA_ARRAY(g->source->arena, capacity, uint32_t);
    if (g->count) memcpy(drafts, g->drafts, g->count * sizeof *drafts);
    if (g->count) memcpy(rows, g->rows, g->count * sizeof *rows);
    g->drafts = drafts;
    g->rows = rows;
    g->capacity = capacity;
    return &g->drafts[g->count];
}

static void begin_entry(struct reading *g, struct slice element)
{
    struct list_draft *d = draft_at(g);
    *d = (struct list_draft){ .kind =
                                  slice_equal(element, SLICE("ENTITY")) ? PARTY_KIND_ORGANISATION : PARTY_KIND_PERSON };
    g->rows[g->count] = row_of(g);
    g->entry_depth = g->depth;
    memset(g->names, 0, sizeof g->names);
    g->data_id = g->reference = SLICE("");
}

static void XMLCALL on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct reading *g = context;
    struct slice element = slice_from(name);
    (void)attributes;
    if (g->depth == LIST_UN_DEPTH_MAX) {
        stop(g, "elements are nested deeper than 16");
        return;
    }
    struct text kept = text_over(g->path[g->depth], ELEMENT_NAME_MAX);
    text_put(&kept, element);
    g->path[g->depth][kept.size] = 0;
    g->depth++;
    g->value_size = 0;
    if (g->entry_depth == 0 && is_entry(element)) begin_entry(g, element);
    else if (g->entry_depth && g->depth == g->entry_depth + 1) g->group = (struct group){ .alias = SLICE("") };
}

static void XMLCALL on_text(void *context, const XML_Char *bytes, int size)
{
    struct reading *g = context;
    size_t room = VALUE_BYTES_MAX - g->value_size, taken = (size_t)size < room ? (size_t)size : room;
    if (taken) memcpy(g->value + g->value_size, bytes, taken);
    g->value_size += taken;
}

static struct slice trimmed(struct slice s)
{
    while (s.size && (unsigned char)s.bytes[0] <= ' ') s = slice_skip(s, 1);
    while (s.size && (unsigned char)s.bytes[s.size - 1] <= ' ') s.size--;
    return s;
}

static bool is(struct slice element, const char *name)
{
    return slice_equal(element, slice_from(name));
}

/* A child of INDIVIDUAL or ENTITY. */
static void end_member(struct reading *g, struct slice element, struct slice value)
{
    struct list_draft *d = &g->drafts[g->count];
    static const char *const parts[] = { "FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME" };
    for (unsigned i = 0; i < 4; i++)
        if (is(element, parts[i])) g->names[i] = value;
    if (is(element, "DATAID")) g->data_id = value;
    else if (is(element, "REFERENCE_NUMBER")) g->reference = value;
    else if (is(element, "UN_LIST_TYPE")) d->program = value;
    else if (is(element, "COMMENTS1")) d->remarks = value;
    else if (is(element, "NAME_ORIGINAL_SCRIPT"))
        list_draft_name(g->source->arena, d, value, LIST_STRENGTH_ALIAS, false);
}

static bool begins_low(struct slice quality)
{
    return quality.size >= 3 && slice_equal_nocase(slice_head(quality, 3), SLICE("low"));
}

static void add_years(struct reading *g, struct list_draft *d)
{
    int32_t from, to, other;
    struct slice first = g->group.date.size ? g->group.date : g->group.year;
    if (list_draft_years(first, &from, &to)) list_draft_birth(g->source->arena, d, from, to);
    else if (list_draft_years(g->group.from_year, &from, &other) && list_draft_years(g->group.to_year, &to, &other)
             && from <= to)
        list_draft_birth(g->source->arena, d, from, to);
}

static struct slice document_type(struct slice word)
{
    if (word.size >= 8 && slice_equal_nocase(slice_skip(word, word.size - 8), SLICE("passport")))
        return SLICE("PASSPORT");
    if (slice_equal_nocase(slice_head(word, 8), SLICE("national"))) return SLICE("NATIONAL_ID");
    return SLICE("IDENTIFICATION");
}

/* The end of an alias, address, birth or document: what its members said. */
static void end_group(struct reading *g, struct slice element)
{
    struct list_draft *d = &g->drafts[g->count];
    struct arena *a = g->source->arena;
    if (slice_ends_with(element, SLICE("_ALIAS")))
        list_draft_name(a, d, g->group.alias, begins_low(g->group.quality) ? LIST_STRENGTH_WEAK : LIST_STRENGTH_ALIAS,
                        false);
    else if (slice_ends_with(element, SLICE("_ADDRESS")))
        list_draft_country(a, d, list_draft_country_code(a, g->group.country));
    else if (is(element, "INDIVIDUAL_DATE_OF_BIRTH")) add_years(g, d);
    else if (is(element, "INDIVIDUAL_DOCUMENT"))
        list_draft_identifier(a, d, document_type(g->group.type), g->group.number,
                              list_draft_country_code(a, g->group.issuer));
}

static void end_inside_group(struct reading *g, struct slice parent, struct slice element, struct slice value)
{
    struct group *p = &g->group;
    struct list_draft *d = &g->drafts[g->count];
    const struct { const char *name; struct slice *place;
    } places[] = {
        { "ALIAS_NAME", &p->alias },    { "QUALITY", &p->quality },
        { "COUNTRY", &p->country },     { "TYPE_OF_DOCUMENT", &p->type },
        { "NUMBER", &p->number },       { "ISSUING_COUNTRY", &p->issuer },
        { "DATE", &p->date },           { "YEAR", &p->year },
        { "FROM_YEAR", &p->from_year }, { "TO_YEAR", &p->to_year },
    };
    if (is(parent, "NATIONALITY") && is(element, "VALUE"))
        list_draft_country(g->source->arena, d, list_draft_country_code(g->source->arena, value));
    for (unsigned i = 0; i < sizeof places / sizeof places[0]; i++)
        if (is(element, places[i].name) && value.size) *places[i].place = value;
}

static void add_joined_name(struct reading *g, struct list_draft *d)
{
    struct text name = text_in(g->source->arena, LIST_TEXT_BYTES_MAX);
    for (unsigned i = 0; i < 4; i++) {
        if (!g->names[i].size) continue;
        if (name.size) text_put_byte(&name, ' ');
        text_put(&name, g->names[i]);
    }
    struct list_draft whole = { .kind = d->kind };  /* the name itself stands before the aliases */
    list_draft_name(g->source->arena, &whole, text_slice(&name), LIST_STRENGTH_NAME, false);
    list_draft_names_behind(&whole, d);
}

static void end_entry(struct reading *g)
{
    struct list_draft *d = &g->drafts[g->count];
    add_joined_name(g, d);
    d->entry_id = g->reference.size ? g->reference : g->data_id;
    g->entry_depth = 0;
    g->count++;
}

static void XMLCALL on_end(void *context, const XML_Char *name)
{
    struct reading *g = context;
    struct slice element = slice_from(name);
    if (g->is_broken || g->depth == 0) return;
    struct slice value = slice_copy(g->source->arena, trimmed(slice_of(g->value, g->value_size)));
    if (g->entry_depth && g->depth == g->entry_depth) {
        end_entry(g);
    } else if (g->entry_depth && g->depth == g->entry_depth + 1) {
        end_member(g, element, value);
        end_group(g, element);
    } else if (g->entry_depth && g->depth == g->entry_depth + 2) {
        end_inside_group(g, slice_from(g->path[g->depth - 2]), element, value);
    }
    g->depth--;
    g->value_size = 0;
}

static void XMLCALL on_doctype(void *context, const XML_Char *name, const XML_Char *system_id,
                               const XML_Char *public_id, int has_subset)
{
    (void)name;
    (void)system_id;
    (void)public_id;
    (void)has_subset;
    stop(context, "the file declares a document type: entities are off");
}

static void parse(struct reading *g, struct slice text)
{
    while (!g->is_broken) {
        size_t size = text.size < PIECE_BYTES ? text.size : PIECE_BYTES;
        bool is_last = size == text.size;
        enum XML_Status status = XML_Parse(g->parser, text.bytes ? text.bytes : "", (int)size, is_last);
        if (status != XML_STATUS_OK) stop(g, XML_ErrorString(XML_GetErrorCode(g->parser)));
        text = slice_skip(text, size);
        if (is_last) return;
    }
}

bool list_un_read(const struct text_source *s, struct slice text, struct list_entry **entries, unsigned *count)
{
    unsigned before = s->problems->count;
    struct reading *g = ARENA_NEW(s->arena, struct reading);
    g->source = s;
    g->parser = XML_ParserCreate(NULL);
    ASSERT(g->parser != NULL);
    draft_at(g);
    XML_SetUserData(g->parser, g);
    XML_SetElementHandler(g->parser, on_start, on_end);
    XML_SetCharacterDataHandler(g->parser, on_text);
    XML_SetStartDoctypeDeclHandler(g->parser, on_doctype);
    parse(g, text);
    XML_ParserFree(g->parser);
    *count = g->count;
    *entries = NULL;
    if (!g->is_broken && !g->count) {                       /* another XML, taken for a list that names nobody */
        list_draft_refuse(s, 0, SLICE(""), SLICE("the file has no INDIVIDUAL and no ENTITY"),
                          SLICE("fetch the UN's CONSOLIDATED_LIST"));
        return false;
    }
    if (g->is_broken) return false;
    return list_draft_finish(s, g->drafts, g->rows, g->count, entries) && s->problems->count == before;
}
