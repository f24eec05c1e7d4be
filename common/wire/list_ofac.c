/* wire/list_ofac.c: rows of the four files, entries by number, remarks part by part. */
#include "wire/list_ofac.h"

#include "base/assert.h"

enum {
    CELLS_MAX = 12,
    ROW_CELLS_OF_SDN = 12,
    ROW_CELLS_OF_ALT = 5,
    ROW_CELLS_OF_ADD = 6,
    ROW_CELLS_OF_COMMENTS = 2,
    END_OF_FILE = 0x1A
};

bool list_ofac_which(struct slice path, enum list_ofac_file *which)
{
    static const struct { struct slice name; enum list_ofac_file file; } names[] = {
        { SLICE_INIT("sdn_comments.csv"), LIST_OFAC_COMMENTS }, { SLICE_INIT("sdn.csv"), LIST_OFAC_SDN },
        { SLICE_INIT("alt.csv"), LIST_OFAC_ALT },               { SLICE_INIT("add.csv"), LIST_OFAC_ADD },
    };
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t size = names[i].name.size;
        if (path.size < size || !slice_equal_nocase(slice_skip(path, path.size - size), names[i].name)) continue;
        *which = names[i].file;
        return true;
    }
    return false;
}

/* A file at work, and the row at hand. */
struct rows {
    struct text_source source;
    struct slice  rest;
    struct slice  cells[CELLS_MAX];
    unsigned      cell_count;                       /* of the row; more than CELLS_MAX are counted only */
    uint32_t      row, next_row;
    bool          is_torn;                          /* a quote never closed */
};

/* The text between quotes; what follows up to the comma or the end of the line is blank in these files. */
static struct slice take_quoted(struct rows *r)
{
    struct text t;
    size_t end = 1;
    while (end < r->rest.size
           && !(r->rest.bytes[end] == '"' && (end + 1 == r->rest.size || r->rest.bytes[end + 1] != '"')))
        end += r->rest.bytes[end] == '"' ? 2 : 1;
    if (end >= r->rest.size) {
        r->is_torn = true;
        r->rest = slice_skip(r->rest, r->rest.size);
        return SLICE("");
    }
    t = text_in(r->source.arena, end);
    for (size_t i = 1; i < end; i++) {
        text_put_byte(&t, r->rest.bytes[i]);
        if (r->rest.bytes[i] == '"') i++;
        if (r->rest.bytes[i] == '\n') r->next_row++;
    }
    r->rest = slice_skip(r->rest, end + 1);
    return text_slice(&t);
}

static struct slice take_plain(struct rows *r)
{
    size_t end = 0;
    while (end < r->rest.size && r->rest.bytes[end] != ',' && r->rest.bytes[end] != '\n' && r->rest.bytes[end] != '\r')
        end++;
    struct slice cell = slice_head(r->rest, end);
    r->rest = slice_skip(r->rest, end);
    return cell;
}

static bool skip_to_cell(struct rows *r)
{
    while (r->rest.size && r->rest.bytes[0] == ' ') r->rest = slice_skip(r->rest, 1);
    return r->rest.size && r->rest.bytes[0] == '"';
}

/* `-0-` is an absent value. */
static struct slice take_cell(struct rows *r)
{
    struct slice cell;
    if (skip_to_cell(r)) {
        cell = take_quoted(r);
        (void)take_plain(r);
    } else {
        cell = take_plain(r);
    }
    cell = slice_trim(cell);
    return slice_equal(cell, SLICE("-0-")) ? SLICE("") : cell;
}

static bool take_row(struct rows *r)
{
    while (r->rest.size && (r->rest.bytes[0] == '\r' || r->rest.bytes[0] == '\n')) {
        r->next_row += r->rest.bytes[0] == '\n';
        r->rest = slice_skip(r->rest, 1);
    }
    if (!r->rest.size || r->rest.bytes[0] == END_OF_FILE) return false;
    r->row = r->next_row;
    r->cell_count = 0;
    for (;;) {
        struct slice cell = take_cell(r);
        if (r->cell_count < CELLS_MAX) r->cells[r->cell_count] = cell;
        r->cell_count++;
        if (!r->rest.size || r->rest.bytes[0] != ',') return true;
        r->rest = slice_skip(r->rest, 1);
    }
}

static struct rows rows_of(const struct text_source *s, struct slice path, struct slice text)
{
    struct rows r = { .source = *s, .rest = text, .next_row = 1 };
    r.source.file = path;
    return r;
}

static void refuse(const struct rows *r, struct slice member, const char *message)
{
    list_draft_refuse(&r->source, r->row, member, slice_from(message),
                      SLICE("fetch the file again; the list in force stays and ages"));
}

static bool is_number(struct slice s)
{
    uint64_t value;
    return slice_to_uint(s, UINT32_MAX, &value);
}

/* True when the row is whole; else a problem. */
static bool row_is_whole(const struct rows *r, unsigned cells)
{
    if (r->is_torn) refuse(r, SLICE(""), "a quote is opened in this record and never closed");
    else if (r->cell_count != cells) refuse(r, SLICE(""), "the record has another number of columns than its format");
    else if (!is_number(r->cells[0])) refuse(r, SLICE("number"), "the record does not begin with a number");
    else return true;
    return false;
}

/* All entries of sdn.csv by number. */
struct numbered { uint64_t number; unsigned draft; };

struct reading {
    const struct text_source *source;
    struct list_draft   *drafts;
    uint32_t            *rows;
    struct numbered     *order;
    unsigned             count;
};

static unsigned count_lines(struct slice text)
{
    unsigned lines = 1;
    for (size_t i = 0; i < text.size; i++) lines += text.bytes[i] == '\n';
    return lines;
}

static enum party_kind kind_of(struct slice type)
{
    if (slice_equal_nocase(type, SLICE("individual"))) return PARTY_KIND_PERSON;
    if (slice_equal_nocase(type, SLICE("vessel"))) return PARTY_KIND_VESSEL;
    if (slice_equal_nocase(type, SLICE("aircraft"))) return PARTY_KIND_AIRCRAFT;
    return PARTY_KIND_ORGANISATION;
}

/* `A] [B` as A|B. */
static struct slice programs_of(struct arena *a, struct slice text)
{
    struct text t = text_in(a, text.size);
    for (size_t i = 0; i < text.size; i++) {
        char c = text.bytes[i];
        if (c == '[') text_put_byte(&t, '|');
        else if (c != ']' && c != ' ') text_put_byte(&t, c);
    }
    return text_slice(&t);
}

static bool is_person(const struct list_draft *d)
{
    return d->kind == PARTY_KIND_PERSON;
}

static void read_sdn_row(struct reading *g, const struct rows *r)
{
    struct list_draft *d = &g->drafts[g->count];
    struct arena *a = g->source->arena;
    uint64_t number = 0;
    bool has_number = slice_to_uint(r->cells[0], UINT32_MAX, &number);
    ASSERT(has_number);
    d->entry_id = r->cells[0];
    d->kind = kind_of(r->cells[2]);
    d->program = programs_of(a, r->cells[3]);
    d->remarks = r->cells[11];
    list_draft_name(a, d, r->cells[1], LIST_STRENGTH_NAME, is_person(d));
    list_draft_country(a, d, list_draft_country_code(a, r->cells[9]));
    g->rows[g->count] = r->row;
    g->order[g->count] = (struct numbered){ .number = number, .draft = g->count };
    g->count++;
}

static void sort_numbers(struct arena *a, struct numbered *list, unsigned count)
{
    struct numbered *from = list, *to = ARENA_ARRAY(a, count + 1u, struct numbered);
    for (unsigned width = 1; width < count; width *= 2) {
        for (unsigned left = 0; left < count; left += 2 * width) {
            unsigned middle = left + width < count ? left + width : count,
                     right = left + 2 * width < count ? left + 2 * width : count;
            for (unsigned i = left, j = middle, k = left; k < right; k++)
                to[k] = j == right || (i < middle && from[i].number <= from[j].number) ? from[i++] : from[j++];
        }
        struct numbered *swap = from;
        from = to;
        to = swap;
    }
    if (from != list && count) memcpy(list, from, count * sizeof *list);
}

static struct list_draft *draft_of(const struct reading *g, struct slice number_text)
{
    uint64_t number;
    unsigned low = 0, high = g->count;
    if (!slice_to_uint(number_text, UINT32_MAX, &number)) return NULL;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (g->order[middle].number == number) return &g->drafts[g->order[middle].draft];
        if (number < g->order[middle].number) high = middle;
        else low = middle + 1;
    }
    return NULL;
}

static void read_alt_row(struct arena *a, struct list_draft *d, const struct rows *r)
{
    list_draft_name(a, d, r->cells[3], LIST_STRENGTH_ALIAS, is_person(d));
}

static void read_add_row(struct arena *a, struct list_draft *d, const struct rows *r)
{
    list_draft_country(a, d, list_draft_country_code(a, r->cells[4]));
}

static void read_comments_row(struct arena *a, struct list_draft *d, const struct rows *r)
{
    d->remarks = SLICE_JOIN(a, d->remarks, r->cells[1]);        /* the text continues without a blank */
}

static void read_file_of_entries(struct reading *g, struct slice path, struct slice text, unsigned cells,
                                 void (*read)(struct arena *, struct list_draft *, const struct rows *))
{
    struct rows r = rows_of(g->source, path, text);
    while (take_row(&r)) {
        if (!row_is_whole(&r, cells)) continue;
        struct list_draft *d = draft_of(g, r.cells[0]);
        if (d) read(g->source->arena, d, &r);
        else refuse(&r, SLICE("number"), "sdn.csv has no entry of that number");
    }
}

/* Remarks. */

/* What stands after a label, and the country in parentheses after it. */
struct labelled { struct slice value, country; };

static bool starts_with_nocase(struct slice s, struct slice prefix)
{
    return s.size >= prefix.size && slice_equal_nocase(slice_head(s, prefix.size), prefix);
}

/* "45 10 123456 issued 01 Jan 2000": blanks are part of a number, as in "75 0123456". */
static struct slice without_dates(struct slice value)
{
    static const struct slice words[] = { SLICE_INIT(" issued "), SLICE_INIT(" expires "), SLICE_INIT(" expired ") };
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
        for (size_t at = 0; at + words[i].size <= value.size; at++)
            if (slice_starts_with(slice_skip(value, at), words[i])) value = slice_head(value, at);
    return slice_trim(value);
}

static struct labelled behind_label(struct slice part, struct slice label)
{
    struct slice rest = slice_trim(slice_skip(part, label.size));
    size_t open = slice_find(rest, '(');
    struct slice behind = slice_skip(rest, open + 1), value = slice_trim(slice_head(rest, open));
    struct slice country = open < rest.size ? slice_head(behind, slice_find(behind, ')')) : SLICE("");
    return (struct labelled){ .value = without_dates(value), .country = country };
}

static const struct { struct slice label, type; } identifier_labels[] = {
    { SLICE_INIT("alt. Passport "), SLICE_INIT("PASSPORT") },
    { SLICE_INIT("Diplomatic Passport "), SLICE_INIT("PASSPORT") },
    { SLICE_INIT("Passport "), SLICE_INIT("PASSPORT") },
    { SLICE_INIT("Tax ID No. "), SLICE_INIT("TAX") },
    { SLICE_INIT("Registration ID "), SLICE_INIT("REGISTRATION") },
    { SLICE_INIT("Registration Number "), SLICE_INIT("REGISTRATION") },
    { SLICE_INIT("Company Number "), SLICE_INIT("REGISTRATION") },
    { SLICE_INIT("Commercial Registry Number "), SLICE_INIT("REGISTRATION") },
    { SLICE_INIT("Business Registration Number "), SLICE_INIT("REGISTRATION") },
    { SLICE_INIT("Chamber of Commerce Number "), SLICE_INIT("REGISTRATION") },
    { SLICE_INIT("Enterprise Number "), SLICE_INIT("REGISTRATION") },
    { SLICE_INIT("Unified Social Credit Code (USCC) "), SLICE_INIT("REGISTRATION") },
    { SLICE_INIT("V.A.T. Number "), SLICE_INIT("TAX") },
    { SLICE_INIT("C.U.I.T. # "), SLICE_INIT("TAX") },
    { SLICE_INIT("R.F.C. "), SLICE_INIT("TAX") },
    { SLICE_INIT("NIT # "), SLICE_INIT("TAX") },
    { SLICE_INIT("RIF # "), SLICE_INIT("TAX") },
    { SLICE_INIT("Identification Number "), SLICE_INIT("IDENTIFICATION") },
    { SLICE_INIT("National ID No. "), SLICE_INIT("NATIONAL_ID") },
    { SLICE_INIT("Vessel Registration Identification IMO "), SLICE_INIT("IMO") },
    { SLICE_INIT("Legal Entity Number "), SLICE_INIT("REGISTRATION") },
    { SLICE_INIT("Legal Entity Identifier "), SLICE_INIT("LEI") },
    { SLICE_INIT("D-U-N-S Number "), SLICE_INIT("DUNS") },
    { SLICE_INIT("SWIFT/BIC "), SLICE_INIT("SWIFT") },
};

static void read_identifier(struct arena *a, struct list_draft *d, struct slice part)
{
    for (unsigned i = 0; i < sizeof identifier_labels / sizeof identifier_labels[0]; i++) {
        if (!starts_with_nocase(part, identifier_labels[i].label)) continue;
        struct labelled l = behind_label(part, identifier_labels[i].label);
        list_draft_identifier(a, d, identifier_labels[i].type, l.value, list_draft_country_code(a, l.country));
        return;
    }
}

/* a.k.a. 'NAME' */
static void read_weak_alias(struct arena *a, struct list_draft *d, struct slice part)
{
    struct slice rest = slice_skip(part, slice_find(part, '\'') + 1);
    size_t end = rest.size;
    while (end > 0 && rest.bytes[end - 1] != '\'') end--;
    if (end > 0) list_draft_name(a, d, slice_head(rest, end - 1), LIST_STRENGTH_WEAK, false);
}

static void read_part(struct arena *a, struct list_draft *d, struct slice part)
{
    int32_t from, to;
    if (starts_with_nocase(part, SLICE("DOB ")) || starts_with_nocase(part, SLICE("alt. DOB "))) {
        if (list_draft_years(part, &from, &to)) list_draft_birth(a, d, from, to);
    } else if (starts_with_nocase(part, SLICE("nationality "))) {
        list_draft_country(a, d, list_draft_country_code(a, slice_skip(part, 12)));
    } else if (starts_with_nocase(part, SLICE("alt. nationality "))) {
        list_draft_country(a, d, list_draft_country_code(a, slice_skip(part, 17)));
    } else if (starts_with_nocase(part, SLICE("citizen "))) {
        list_draft_country(a, d, list_draft_country_code(a, slice_skip(part, 8)));
    } else if (starts_with_nocase(part, SLICE("alt. citizen "))) {
        list_draft_country(a, d, list_draft_country_code(a, slice_skip(part, 13)));
    } else if (starts_with_nocase(part, SLICE("a.k.a. '"))) {
        read_weak_alias(a, d, part);
    } else {
        read_identifier(a, d, part);
    }
}

/* The last part ends with a full stop. */
static struct slice without_full_stop(struct slice s)
{
    return s.size && s.bytes[s.size - 1] == '.' ? slice_head(s, s.size - 1) : s;
}

static void read_remarks(struct arena *a, struct list_draft *d)
{
    struct slice rest = without_full_stop(slice_trim(d->remarks));
    while (rest.bytes) read_part(a, d, slice_trim(slice_cut(&rest, ';')));
}

bool list_ofac_read(const struct text_source *s, const struct slice texts[LIST_OFAC_COUNT],
                    const struct slice paths[LIST_OFAC_COUNT], struct list_entry **entries, unsigned *count)
{
    unsigned before = s->problems->count, lines = count_lines(texts[LIST_OFAC_SDN]);
    struct reading g = { .source = s,
                         .drafts = ARENA_ARRAY(s->arena, lines, struct list_draft),
                         .rows = ARENA_ARRAY(s->arena, lines, uint32_t),
                         .order = ARENA_ARRAY(s->arena, lines, struct numbered) };
    struct rows r = rows_of(s, paths[LIST_OFAC_SDN], texts[LIST_OFAC_SDN]);
    struct text_source of_sdn = r.source;
    while (take_row(&r))
        if (row_is_whole(&r, ROW_CELLS_OF_SDN)) read_sdn_row(&g, &r);
    if (!g.count && s->problems->count == before)           /* a download that brought its end alone */
        list_draft_refuse(&of_sdn, 0, SLICE(""), SLICE("the file has no entry"),
                          SLICE("fetch the file again; the list in force stays and ages"));
    sort_numbers(s->arena, g.order, g.count);
    read_file_of_entries(&g, paths[LIST_OFAC_ALT], texts[LIST_OFAC_ALT], ROW_CELLS_OF_ALT, read_alt_row);
    read_file_of_entries(&g, paths[LIST_OFAC_ADD], texts[LIST_OFAC_ADD], ROW_CELLS_OF_ADD, read_add_row);
    read_file_of_entries(&g, paths[LIST_OFAC_COMMENTS], texts[LIST_OFAC_COMMENTS], ROW_CELLS_OF_COMMENTS,
                         read_comments_row);
    for (unsigned i = 0; i < g.count; i++) read_remarks(s->arena, &g.drafts[i]);
    *count = g.count;
    bool fine = list_draft_finish(&of_sdn, g.drafts, g.rows, g.count, entries);
    return fine && s->problems->count == before;
}
