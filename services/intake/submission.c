/* intake/submission.c: fields of a decoded line to the cells of a draft. Cells bear their slot in `column`, the place
 * in their list in `at`. */
#include "intake/submission.h"

#include "base/assert.h"
#include "base/utf8.h"
#include "intake/line_json.h"

enum { NUMBER_BYTES = 48, POINTER_BYTES = 512, LIST_MAX = 64, EXTRAS_COLUMN = UINT16_MAX };

struct submission { struct reader base; const struct line *line; bool is_read; };

/* What may go this way */

/* As JSON takes it: whole UTF-8, no NUL. */
static bool is_clean(struct slice text)
{
    return (text.size == 0 || !memchr(text.bytes, 0, text.size)) && utf8_is_valid(text);
}

static bool are_clean(const struct texts *texts)
{
    bool clean = texts->count <= LIST_MAX;
    for (unsigned k = 0; clean && k < texts->count; k++) clean = is_clean(texts->items[k]);
    return clean;
}

static bool is_clean_party(const struct party *p)
{
    return is_clean(p->name) && is_clean(p->id_type) && is_clean(p->id) && is_clean(p->address) && is_clean(p->city)
           && is_clean(p->region) && is_clean(p->postal_code) && is_clean(p->country);
}

static bool is_clean_field(const struct line *l, const struct line_field *f)
{
    const void *member = (const char *)l + f->offset;
    switch (f->type) {
    case FIELD_TYPE_TEXT: case FIELD_TYPE_ID: case FIELD_TYPE_CODE: return is_clean(*(const struct slice *)member);
    case FIELD_TYPE_TEXTS: return are_clean(member);
    case FIELD_TYPE_PARTY: return is_clean_party(member);
    default: return true;
    }
}

static bool are_clean_extras(const struct line *l)
{
    if (l->extra_count > LIST_MAX) return false;
    for (unsigned k = 0; k < l->extra_count; k++) {
        if (!is_clean(l->extras[k].name) || !is_clean(l->extras[k].value)) return false;
        for (unsigned n = 0; n < k; n++)
            if (slice_equal(l->extras[n].name, l->extras[k].name)) return false;
    }
    return true;
}

bool submission_is_plain(const struct line *l, const struct mapping_profile *profile)
{
    if (l->agreement || l->deal || l->preapproval || l->roster || l->document_count > 0
        || profile->json.pointer_count > 0)
        return false;
    for (unsigned k = 0; k < line_field_count; k++)
        if (!is_clean_field(l, &line_fields[k])) return false;
    return are_clean_extras(l);
}

/* Cells */

static struct draft_cell cell_of(struct slice text, enum slot slot, unsigned at)
{
    return (struct draft_cell){ .text = text, .column = (uint16_t)slot, .at = at };
}

static void put(struct draft *d, enum slot slot, struct slice text)
{
    (void)draft_put(d, slot, cell_of(text, slot, 0));
}

static void put_party(struct submission *s, struct draft *d, enum slot party, const struct party *p)
{
    if (line_json_is_silent(p)) return;
    const struct slice texts[PARTY_PART_COUNT] = {
        [PARTY_PART_name] = p->name,
        [PARTY_PART_id_type] = p->id_type,
        [PARTY_PART_id] = p->id,
        [PARTY_PART_address] = p->address,
        [PARTY_PART_city] = p->city,
        [PARTY_PART_region] = p->region,
        [PARTY_PART_postal_code] = p->postal_code,
        [PARTY_PART_country] = p->country,
        [PARTY_PART_role] = word_text(VOCABULARY_ROLE, (int)p->role),
        [PARTY_PART_kind] = word_text(VOCABULARY_PARTY_KIND, (int)p->kind),
    };
    for (unsigned part = 0; part < PARTY_PART_COUNT; part++)
        put(d, slot_of_party(party, (enum party_part)part), texts[part]);
    if (p->birth_year == 0) return;
    put(d, slot_of_party(party, PARTY_PART_birth_year), slice_of_int(s->base.line_arena, p->birth_year));
}

static void put_texts(struct submission *s, struct draft *d, enum slot slot, const struct texts *texts)
{
    enum draft_list_id list = slot == SLOT_serials      ? DRAFT_LIST_serials
                              : slot == SLOT_payout_ids ? DRAFT_LIST_payout_ids
                                                        : DRAFT_LIST_line_refs;
    unsigned bound = slot == SLOT_serials ? SERIALS_MAX : slot == SLOT_payout_ids ? PAYOUT_IDS_MAX : LINE_REFS_MAX;
    for (unsigned k = 0; k < texts->count; k++)
        draft_add(s->base.line_arena, &d->lists[list], bound, cell_of(texts->items[k], slot, k));
}

/* Fields and slots stand in the same order: both are line_field.def. */
static void put_field(struct submission *s, struct draft *d, unsigned index)
{
    const struct line_field *f = &line_fields[index];
    const void *member = (const char *)s->line + f->offset;
    enum slot slot = (enum slot)(index + 1);
    struct slice text;
    if (f->type == FIELD_TYPE_PARTY) { put_party(s, d, slot, member); return; }
    if (f->type == FIELD_TYPE_TEXTS) { put_texts(s, d, slot, member); return; }
    char digits[NUMBER_BYTES];
    struct text room = text_over(digits, sizeof digits);
    text = line_json_field_text(s->line, f, &room);
    if (text.size == 0) return;
    put(d, slot, text.bytes == digits ? slice_copy(s->base.line_arena, text) : text);
}

static void put_extras(struct submission *s, struct draft *d, struct issues *issues)
{
    bool is_cut = false;
    for (unsigned k = 0; k < s->line->extra_count; k++) {
        struct draft_cell cell = cell_of(s->line->extras[k].value, SLOT_NONE, k);
        cell.column = EXTRAS_COLUMN;
        is_cut |= !draft_add_extra(d, s->line->extras[k].name, cell);
    }
    if (is_cut) typing_blame(s->base.typing, d, issues, ISSUE_EXTRAS_CUT, SLOT_NONE);
}

/* Places: the pointer of the line object (RFC 6901) */

static void put_token(struct text *t, struct slice token)
{
    PUT(t, "/");
    for (size_t k = 0; k < token.size; k++) {
        if (token.bytes[k] == '~') PUT(t, "~0");
        else if (token.bytes[k] == '/') PUT(t, "~1");
        else text_put_byte(t, token.bytes[k]);
    }
}

static void locate(const struct draft *d, const struct draft_cell *cell, struct arena *a, struct where *w)
{
    *w = (struct where){ .offset = d->offset, .row = d->row };
    if (!cell || cell->column == 0) return;
    struct text t = text_in(a, POINTER_BYTES);
    if (cell->column == EXTRAS_COLUMN) {
        PUT(&t, "/extras");
        put_token(&t, ((const struct submission *)d->reader)->line->extras[cell->at].name);
    } else {
        struct slice name = slot_name((enum slot)cell->column);
        while (name.bytes) put_token(&t, slice_cut(&name, '.'));
        bool is_list =
            cell->column == SLOT_serials || cell->column == SLOT_payout_ids || cell->column == SLOT_line_refs;
        if (is_list) {
            PUT(&t, "/");
            text_put_int(&t, cell->at);
        }
    }
    w->pointer = text_slice(&t);
}

/* The reader */

static enum survey survey(struct reader *r)
{
    r->typing->dates.is_plain = r->typing->names_are_exact = true;
    r->typing->decimals = DECIMAL_STYLE_AUTO;
    r->format = SLICE("protobuf");
    r->dialect = SLICE("one record");
    return SURVEY_READ;
}

static enum reader_step next(struct reader *r, struct draft *d, struct issues *issues)
{
    struct submission *s = (struct submission *)r;
    if (s->is_read) return READER_END;
    s->is_read = true;
    draft_reset(d);
    d->row = 1;
    d->ordinal = SLICE("1");
    d->raw = r->spool->bytes;
    d->locate = locate;
    d->reader = s;
    for (unsigned k = 0; k < line_field_count; k++) put_field(s, d, k);
    put_extras(s, d, issues);
    return READER_LINE;
}

static void rewind_it(struct reader *r)
{
    ((struct submission *)r)->is_read = false;
}

static void close_it(struct reader *r)
{
    (void)r;
}

static const struct reader_ops ops = {
    .format = SLICE_INIT("protobuf"), .survey = survey, .next = next, .rewind = rewind_it, .close = close_it
};

struct reader *submission_reader_open(struct arena *a, const struct line *l)
{
    struct submission *s = ARENA_NEW(a, struct submission);
    s->base.ops = &ops;
    s->base.format = ops.format;
    s->line = l;
    return &s->base;
}
