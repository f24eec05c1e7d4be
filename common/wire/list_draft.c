/* wire/list_draft.c: members gathered in chains, then laid out as arrays. */
#include "wire/list_draft.h"

#include "base/assert.h"
#include "domain/name/fold.h"
#include "domain/name/word.h"

struct draft_item {
    struct draft_item *before;
    union {
        struct list_name       name;
        struct slice           country;
        struct year_span       birth;
        struct list_identifier identifier;
    };
};

static struct draft_item *push(struct arena *a, struct draft_item **chain, unsigned *count)
{
    if (*count == LIST_MEMBERS_MAX) return NULL;
    struct draft_item *item = ARENA_NEW(a, struct draft_item);
    item->before = *chain;
    *chain = item;
    (*count)++;
    return item;
}

void list_draft_name(struct arena *a, struct list_draft *d, struct slice text, enum list_strength strength,
                     bool family_first)
{
    text = slice_trim(text);
    if (!text.size) return;
    struct draft_item *item = push(a, &d->names, &d->name_count);
    if (item)
        item->name = (struct list_name){ .text = slice_head(text, LIST_TEXT_BYTES_MAX),
                                         .strength = strength,
                                         .family_first = family_first };
}

void list_draft_country(struct arena *a, struct list_draft *d, struct slice iso_code)
{
    if (!iso_code.size) return;
    for (const struct draft_item *item = d->countries; item; item = item->before)
        if (slice_equal(item->country, iso_code)) return;
    struct draft_item *item = push(a, &d->countries, &d->country_count);
    if (item) item->country = iso_code;
}

void list_draft_birth(struct arena *a, struct list_draft *d, int32_t from, int32_t to)
{
    ASSERT(from <= to);
    struct draft_item *item = push(a, &d->births, &d->birth_count);
    if (item) item->birth = (struct year_span){ .from = from, .to = to };
}

void list_draft_identifier(struct arena *a, struct list_draft *d, struct slice type, struct slice value,
                           struct slice country)
{
    value = slice_trim(value);
    if (!value.size || !type.size) return;
    struct draft_item *item = push(a, &d->identifiers, &d->identifier_count);
    if (item)
        item->identifier = (struct list_identifier){ .type = type,
                                                     .value = slice_head(value, LIST_TEXT_BYTES_MAX),
                                                     .country = country };
}

void list_draft_names_behind(const struct list_draft *first, struct list_draft *d)
{
    if (!first->names) return;
    struct draft_item **end = &d->names;            /* chains run from the latest to the first */
    while (*end) end = &(*end)->before;
    *end = first->names;
    d->name_count += first->name_count;
}

static bool is_iso_code(struct slice s)
{
    return s.size == 2 && s.bytes[0] >= 'A' && s.bytes[0] <= 'Z' && s.bytes[1] >= 'A' && s.bytes[1] <= 'Z';
}

struct slice list_draft_country_code(struct arena *a, struct slice text)
{
    struct slice code = slice_upper(a, slice_trim(text));
    struct fold f;
    if (slice_equal(code, SLICE("UK"))) return SLICE("GB");
    if (is_iso_code(code)) return code;
    fold_text(a, text, &f);
    return word_country(fold_join(a, &f));
}

struct slice list_draft_identifier_type(struct arena *a, struct slice word)
{
    static const struct { struct slice from, to; } types[] = {
        { SLICE_INIT("TAX_ID"), SLICE_INIT("TAX") },      { SLICE_INIT("VAT"), SLICE_INIT("TAX") },
        { SLICE_INIT("FI"), SLICE_INIT("TAX") },          { SLICE_INIT("REG"), SLICE_INIT("REGISTRATION") },
        { SLICE_INIT("REGISTRATION_NO"), SLICE_INIT("REGISTRATION") }, { SLICE_INIT("D-U-N-S"), SLICE_INIT("DUNS") },
        { SLICE_INIT("IBAN"), SLICE_INIT("ACCOUNT") },    { SLICE_INIT("1"), SLICE_INIT("DUNS") },
    };
    struct slice upper = slice_upper(a, slice_trim(word));
    for (unsigned i = 0; i < sizeof types / sizeof types[0]; i++)
        if (slice_equal(types[i].from, upper)) return types[i].to;
    return upper;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool list_draft_years(struct slice text, int32_t *from, int32_t *to)
{
    bool found = false;
    for (size_t i = 0; i + 4 <= text.size;) {
        size_t digits = 0;
        while (i + digits < text.size && is_digit(text.bytes[i + digits])) digits++;
        uint64_t year;
        if (digits == 4 && slice_to_uint(slice_of(text.bytes + i, 4), 2099, &year) && year >= 1800) {
            if (!found || (int32_t)year < *from) *from = (int32_t)year;
            if (!found || (int32_t)year > *to) *to = (int32_t)year;
            found = true;
        }
        i += digits ? digits : 1;
    }
    return found;
}

void list_draft_refuse(const struct text_source *s, uint32_t row, struct slice member, struct slice message,
                       struct slice fix)
{
    struct problem p = { .code = ERR_LIST_INVALID,
                         .file = s->file,
                         .at = { .line = row },
                         .member = member,
                         .message = message,
                         .fix = fix };
    problems_add(s->problems, &p);
}

static void lay_out(struct arena *a, const struct list_draft *d, struct list_entry *e)
{
    struct list_name *names = ARENA_ARRAY(a, d->name_count, struct list_name);
    struct slice *countries = ARENA_ARRAY(a, d->country_count, struct slice);
    struct year_span *births = ARENA_ARRAY(a, d->birth_count, struct year_span);
    struct list_identifier *identifiers = ARENA_ARRAY(a, d->identifier_count, struct list_identifier);
    unsigned at;
    at = d->name_count;
    for (const struct draft_item *i = d->names; i; i = i->before) names[--at] = i->name;
    at = d->country_count;
    for (const struct draft_item *i = d->countries; i; i = i->before) countries[--at] = i->country;
    at = d->birth_count;
    for (const struct draft_item *i = d->births; i; i = i->before) births[--at] = i->birth;
    at = d->identifier_count;
    for (const struct draft_item *i = d->identifiers; i; i = i->before) identifiers[--at] = i->identifier;
    *e = (struct list_entry){ .entry_id = d->entry_id,
                              .kind = d->kind,
                              .names = names,
                              .name_count = d->name_count,
                              .countries = { .items = countries, .count = d->country_count },
                              .births = births,
                              .birth_count = d->birth_count,
                              .identifiers = identifiers,
                              .identifier_count = d->identifier_count,
                              .program = d->program,
                              .remarks = d->remarks };
}

/* Rows in ascending order of entry_id, to find two of one. */
static void sort_rows(struct arena *a, const struct list_draft *drafts, uint32_t *order, unsigned count)
{
    uint32_t *from = order, *to = ARENA_ARRAY(a, count + 1u, uint32_t);
    for (unsigned width = 1; width < count; width *= 2) {
        for (unsigned left = 0; left < count; left += 2 * width) {
            unsigned middle = left + width < count ? left + width : count,
                     right = left + 2 * width < count ? left + 2 * width : count;
            for (unsigned i = left, j = middle, k = left; k < right; k++) {
                bool takes_left =
                    j == right
                    || (i < middle && slice_compare(drafts[from[i]].entry_id, drafts[from[j]].entry_id) <= 0);
                to[k] = takes_left ? from[i++] : from[j++];
            }
        }
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != order && count) memcpy(order, from, count * sizeof *order);
}

static void refuse_twice(const struct text_source *s, uint32_t row, uint32_t other_row, struct slice entry_id)
{
    struct slice what = SLICE_JOIN(s->arena, SLICE("entry \""), entry_id, SLICE("\" stands here and in row "),
                                   slice_of_int(s->arena, other_row));
    list_draft_refuse(s, row, SLICE("entry_id"), what, SLICE("give each entry an id of its own"));
}

static bool have_own_ids(const struct text_source *s, const struct list_draft *drafts, const uint32_t *rows,
                         unsigned count)
{
    uint32_t *order = ARENA_ARRAY(s->arena, count + 1u, uint32_t);
    bool fine = true;
    for (unsigned i = 0; i < count; i++) order[i] = i;
    sort_rows(s->arena, drafts, order, count);
    for (unsigned i = 1; i < count; i++) {
        if (!slice_equal(drafts[order[i - 1]].entry_id, drafts[order[i]].entry_id)) continue;
        refuse_twice(s, rows[order[i]], rows[order[i - 1]], drafts[order[i]].entry_id);
        fine = false;
    }
    return fine;
}

bool list_draft_finish(const struct text_source *s, const struct list_draft *drafts, const uint32_t *rows,
                       unsigned count, struct list_entry **entries)
{
    struct list_entry *out = ARENA_ARRAY(s->arena, count + 1u, struct list_entry);
    bool fine = have_own_ids(s, drafts, rows, count);
    for (unsigned i = 0; i < count; i++) {
        bool has_id = drafts[i].entry_id.size > 0, has_name = drafts[i].name_count > 0;
        if (!has_id)
            list_draft_refuse(s, rows[i], SLICE("entry_id"), SLICE("an entry has no id"),
                              SLICE("give each entry an id of its own"));
        if (!has_name)
            list_draft_refuse(s, rows[i], SLICE("name"), SLICE("an entry has no name"),
                              SLICE("give the entry a name or remove it"));
        fine &= has_id && has_name;
        lay_out(s->arena, &drafts[i], &out[i]);
    }
    *entries = out;
    return fine;
}
