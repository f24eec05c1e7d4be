/* wire/list_csv.c: rows of our own format as drafts. */
#include "wire/list_csv.h"

#include "base/assert.h"
#include "domain/name/fold.h"
#include "wire/csv_text.h"
#include "wire/text_encoding.h"

static const struct csv_column columns[] = {
    { .name = "entry_id", .form = CSV_SCALAR, .required = true },
    { .name = "kind", .form = CSV_SCALAR },
    { .name = "name", .form = CSV_SCALAR, .required = true },
    { .name = "aliases", .form = CSV_LIST },
    { .name = "weak_aliases", .form = CSV_LIST },
    { .name = "countries", .form = CSV_LIST },
    { .name = "birth_dates", .form = CSV_LIST },
    { .name = "identifiers", .form = CSV_LIST },
    { .name = "program", .form = CSV_SCALAR },
    { .name = "remarks", .form = CSV_SCALAR },
};

static void refuse_value(const struct text_source *s, const struct node *row, const char *column, struct slice value,
                         const char *what, const char *fix)
{
    struct slice says = SLICE_JOIN(s->arena, SLICE("\""), value, SLICE("\" "), slice_from(what));
    list_draft_refuse(s, row->at.line, slice_from(column), says, slice_from(fix));
}

static void read_kind(const struct text_source *s, const struct node *row, struct list_draft *d)
{
    struct slice word = slice_upper(s->arena, slice_trim(node_text(row, "kind")));
    if (!word.size) return;
    if (slice_equal(word, SLICE("ORGANIZATION")) || slice_equal(word, SLICE("ENTITY"))) word = SLICE("ORGANISATION");
    if (slice_equal(word, SLICE("INDIVIDUAL"))) word = SLICE("PERSON");
    d->kind = (enum party_kind)word_find(VOCABULARY_PARTY_KIND, word);
    if (d->kind == PARTY_KIND_UNSPECIFIED)
        refuse_value(s, row, "kind", word, "is no kind of party",
                     "PERSON, ORGANISATION, VESSEL, AIRCRAFT, or leave it empty");
}

static void read_names(struct arena *a, const struct node *row, const char *column, enum list_strength strength,
                       struct list_draft *d)
{
    const struct node *list = node_find(row, slice_from(column));
    for (const struct node_entry *e = list ? list->first : NULL; e; e = e->next)
        list_draft_name(a, d, e->value->text, strength, false);
}

static void read_countries(const struct text_source *s, const struct node *row, struct list_draft *d)
{
    const struct node *list = node_find(row, SLICE("countries"));
    for (const struct node_entry *e = list ? list->first : NULL; e; e = e->next) {
        struct slice code = list_draft_country_code(s->arena, e->value->text);
        if (!code.size)
            refuse_value(s, row, "countries", e->value->text, "is no country",
                         "write its code of two letters (ISO 3166-1)");
        list_draft_country(s->arena, d, code);
    }
}

static void read_births(const struct text_source *s, const struct node *row, struct list_draft *d)
{
    const struct node *list = node_find(row, SLICE("birth_dates"));
    for (const struct node_entry *e = list ? list->first : NULL; e; e = e->next) {
        int32_t from, to;
        if (list_draft_years(e->value->text, &from, &to)) list_draft_birth(s->arena, d, from, to);
        else refuse_value(s, row, "birth_dates", e->value->text, "names no year", "1961, 1961-05-03 or 1960-1962");
    }
}

static void read_identifiers(const struct text_source *s, const struct node *row, struct list_draft *d)
{
    const struct node *list = node_find(row, SLICE("identifiers"));
    for (const struct node_entry *e = list ? list->first : NULL; e; e = e->next) {
        struct slice value = e->value->text, type = slice_cut(&value, ':');
        if (value.bytes && slice_trim(value).size && slice_trim(type).size)
            list_draft_identifier(s->arena, d, list_draft_identifier_type(s->arena, type), value, SLICE(""));
        else refuse_value(s, row, "identifiers", e->value->text, "is no identifier", "type:value, as TAX:12345678");
    }
}

/* A name of no letter and no digit would be listed and never found. */
static void check_name(const struct text_source *s, const struct node *row)
{
    struct fold fold;
    struct slice name = node_text(row, "name");
    fold_text(s->arena, name, &fold);
    if (slice_trim(name).size && !fold.count)
        refuse_value(s, row, "name", name, "has no letter and no digit to compare", "write the name");
}

static void read_row(const struct text_source *s, const struct node *row, struct list_draft *d)
{
    d->entry_id = slice_trim(node_text(row, "entry_id"));
    d->program = slice_trim(node_text(row, "program"));
    d->remarks = slice_trim(node_text(row, "remarks"));
    read_kind(s, row, d);
    check_name(s, row);
    list_draft_name(s->arena, d, node_text(row, "name"), LIST_STRENGTH_NAME, false);
    read_names(s->arena, row, "aliases", LIST_STRENGTH_ALIAS, d);
    read_names(s->arena, row, "weak_aliases", LIST_STRENGTH_WEAK, d);
    read_countries(s, row, d);
    read_births(s, row, d);
    read_identifiers(s, row, d);
}

static uint32_t row_at(struct slice text, size_t end)
{
    uint32_t row = 1;
    for (size_t i = 0; i < end; i++) row += text.bytes[i] == '\n';
    return row;
}

bool list_csv_read(const struct text_source *s, struct slice text, struct list_entry **entries, unsigned *count)
{
    unsigned before = s->problems->count, at = 0;
    size_t end = text_utf8_end(text);
    if (end < text.size) {
        list_draft_refuse(s, row_at(text, end), SLICE(""), SLICE("the file is not UTF-8: letters would be lost"),
                          SLICE("save it as UTF-8 (CSV UTF-8 in a spreadsheet)"));
        return false;
    }
    const struct node *rows = csv_text_read(s, text, columns, sizeof columns / sizeof columns[0]);
    if (!rows) return false;
    struct list_draft *drafts = ARENA_ARRAY(s->arena, rows->count + 1u, struct list_draft);
    uint32_t *lines = ARENA_ARRAY(s->arena, rows->count + 1u, uint32_t);
    for (const struct node_entry *e = rows->first; e; e = e->next, at++) {
        lines[at] = e->value->at.line;
        read_row(s, e->value, &drafts[at]);
    }
    ASSERT(at == rows->count);
    *count = rows->count;
    bool fine = list_draft_finish(s, drafts, lines, *count, entries);
    return fine && s->problems->count == before;
}
