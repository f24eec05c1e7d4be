/* intake/x12_cells.c: elements become cells of a scope: by qualifier, first come, with their places. */
#include "intake/x12_cells.h"

#include "base/utf8.h"

enum { NAME_BYTES = 24 };

/* Places and texts */

uint32_t x12_add_place(struct x12 *x, const struct x12_segment *s, uint32_t position)
{
    if (x->places.count > 0 && x->places.items[x->places.count - 1].offset == s->offset) return x->places.count - 1;
    if (x->places.count == X12_PLACES_MAX) return x->places.count - 1;
    x->places.items[x->places.count] = (struct x12_place){ s->offset, position, s->key, x12_cursor_loop(&x->cursor) };
    return x->places.count++;
}

bool x12_is_flat(const struct x12 *x, struct slice s)
{
    const char *from = x->flat[0];
    return s.bytes >= from && s.bytes < from + sizeof x->flat;
}

static char *room(struct x12 *x, struct x12_scope_cells *scope, size_t size)
{
    if (scope == &x->line) return arena_alloc(x->base.line_arena, size + 1);
    if (scope->scratch_used + size > X12_SCRATCH_BYTES) { scope->is_full = true; return NULL; }
    char *to = scope->scratch + scope->scratch_used;
    scope->scratch_used += size;
    return to;
}

struct slice x12_keep_bytes(struct x12 *x, struct x12_scope_cells *scope, struct slice s)
{
    char *to = room(x, scope, s.size);
    if (!to) return (struct slice){ 0 };
    memcpy(to, s.bytes, s.size);
    return slice_of(to, s.size);
}

static bool has_high(struct slice s)
{
    for (size_t i = 0; i < s.size; i++)
        if ((uint8_t)s.bytes[i] >= 0x80) return true;
    return false;
}

/* Bytes beyond ASCII are UTF-8, else Latin-1. */
static struct slice from_latin1(struct x12 *x, struct x12_scope_cells *scope, struct slice s)
{
    char *to = room(x, scope, 2 * s.size);
    size_t size = 0;
    if (!to) return (struct slice){ 0 };
    for (size_t i = 0; i < s.size; i++) {
        uint8_t b = (uint8_t)s.bytes[i];
        if (b >= 0x80) to[size++] = (char)(0xc0 | b >> 6);
        to[size++] = (char)(b >= 0x80 ? 0x80 | (b & 0x3f) : b);
    }
    return slice_of(to, size);
}

/* A text that lives as long as its scope. */
struct slice x12_keep_text(struct x12 *x, struct x12_scope_cells *scope, struct slice s)
{
    if ((x->segment.flags & X12_HAS_HIGH) && has_high(s) && !utf8_is_valid(s)) return from_latin1(x, scope, s);
    return x12_is_flat(x, s) ? x12_keep_bytes(x, scope, s) : s;
}

struct draft_cell x12_cell_at(struct x12 *x, struct x12_scope_cells *scope, const struct x12_segment *s,
                              unsigned element, struct slice text)
{
    return (struct draft_cell){
        .text = x12_keep_text(x, scope, text),
        .at = x12_add_place(x, s, s == &x->early.lin ? x->early.position : x->position),
        .column = (uint16_t)element,
    };
}

/* Puts a text unless one of the same or a lower rank stands there. */
void x12_put_ranked(struct x12 *x, struct x12_scope_cells *scope, const struct x12_segment *s, unsigned element,
                    struct slice text, enum slot slot, unsigned rank)
{
    struct draft *d = &scope->draft;
    if (slice_is_empty(text)) return;
    if (draft_has(d, slot) && scope->ranks[slot] <= rank) return;
    draft_drop(d, slot);
    if (draft_put(d, slot, x12_cell_at(x, scope, s, element, text))) scope->ranks[slot] = (uint8_t)rank;
}

void x12_put(struct x12 *x, struct x12_scope_cells *scope, unsigned element, enum slot slot)
{
    x12_put_ranked(x, scope, &x->segment, element, x12_element(&x->segment, element), slot, 0);
}

void x12_put_word(struct x12 *x, struct x12_scope_cells *scope, enum slot slot, struct slice word)
{
    x12_put_ranked(x, scope, &x->segment, 0, word, slot, 0);
}

/* REF:Q1, an extra of the line. */
void x12_put_extra(struct x12 *x, struct x12_scope_cells *scope, const struct x12_segment *s, unsigned element,
                   struct slice qualifier, struct slice text)
{
    if (slice_is_empty(text)) return;
    if (scope->draft.extra_count == EXTRAS_MAX) { scope->is_cut = true; return; }
    char name[NAME_BYTES];
    struct text t = text_over(name, sizeof name);
    text_put(&t, slice_head(s->id, 3));
    if (qualifier.size > 0) PUT(&t, ":");
    text_put(&t, slice_head(qualifier, 8));
    struct slice kept = x12_keep_bytes(x, scope, text_slice(&t));
    (void)draft_add_extra(&scope->draft, kept, x12_cell_at(x, scope, s, element, text));
}

void x12_put_named_extra(struct x12 *x, struct x12_scope_cells *scope, unsigned element, struct slice name,
                         struct slice text)
{
    if (slice_is_empty(text)) return;
    scope->is_cut |= !draft_add_extra(&scope->draft, name, x12_cell_at(x, scope, &x->segment, element, text));
}

static void add_serial(struct x12 *x, struct x12_scope_cells *scope, const struct x12_segment *s, unsigned element)
{
    struct arena *a = scope == &x->line ? x->base.line_arena : x->base.arena;
    struct draft_list *list = &scope->draft.lists[DRAFT_LIST_serials];
    unsigned bound = scope == &x->line ? SERIALS_MAX : X12_MOVE_SERIALS_MAX;
    if (scope != &x->line && !list->items) {
        list->items = x->move_serials;
        list->capacity = X12_MOVE_SERIALS_MAX;
    }
    if (scope != &x->line && list->count >= bound) { scope->is_full = true; return; }
    draft_add(a, list, bound, x12_cell_at(x, scope, s, element, x12_element(s, element)));
}

void x12_scope_begin(struct x12_scope_cells *scope)
{
    draft_reset(&scope->draft);
    scope->qualifier_count = 0;
    scope->scratch_used = 0;
    scope->is_full = scope->is_cut = false;
}

/* Findings of lines: in the movement's header they are the document's. */
void x12_warn(struct x12 *x, struct issues *issues, enum issue_code code, unsigned element, struct slice value)
{
    bool kept = issues ? issues->count < issues->limit : x->base.warnings->count < x->base.warnings->limit;
    struct issue *i = issues ? issues_add(issues, code) : reader_add(&x->base, code, x->segment.offset);
    if (!kept) return;
    struct arena *a = issues ? issues->arena : x->base.arena;
    const struct x12_segment *s = &x->segment;
    i->value = issue_value(a, value);
    i->where = (struct where){
        .offset = x12_element_offset(&x->tokens, s->offset, element),
        .icn = slice_copy(a, x12_isa_element(x->interchange, 13)),
        .gcn = slice_copy(a, slice_from(x->group->number)),
        .tscn = slice_copy(a, slice_from(x->set->number)),
        .segment = slice_copy(a, slice_head(s->id, 3)),
        .loop = x12_cursor_loop(&x->cursor),
        .position = x->position,
        .element = element,
    };
}

static struct issues *issues_of(struct x12 *x, const struct x12_scope_cells *scope)
{
    return scope == &x->line ? x->issues : NULL;
}

/* The first of repeated qualifiers counts; true for a further one. */
bool x12_is_repeated(struct x12 *x, struct x12_scope_cells *scope, struct slice qualifier, unsigned element)
{
    const struct x12_segment *s = &x->segment;
    uint32_t key = x12_qualifier(qualifier) ^ s->key << 3 ^ s->key >> 7;
    for (unsigned k = 0; k < scope->qualifier_count; k++) {
        if (scope->qualifiers[k] != key) continue;
        struct slice which = SLICE_JOIN(x->base.line_arena, slice_head(s->id, 3), SLICE("*"), slice_head(qualifier, 8));
        x12_warn(x, issues_of(x, scope), ISSUE_REPEATED_QUALIFIER, element, which);
        return true;
    }
    if (scope->qualifier_count < X12_QUALIFIERS_MAX) scope->qualifiers[scope->qualifier_count++] = key;
    return false;
}

/* Segments with a qualifier */

void x12_take_qualified(struct x12 *x, struct x12_scope_cells *scope, const struct x12_segment *s,
                        struct slice qualifier, unsigned element, struct slice text)
{
    const struct x12_mapping *m = x12_mapping_find(x, x->in_set.key, s->key, x12_qualifier(qualifier));
    if (!m) { x12_put_extra(x, scope, s, element, qualifier, text); return; }
    if (m->slot == SLOT_serials) { add_serial(x, scope, s, element); return; }
    x12_put_ranked(x, scope, s, element, text, (enum slot)m->slot, m->rank);
}

/* Of a movement the hint holds for all its lines, of a line for itself. */
static void note_hint(struct x12 *x, const struct x12_scope_cells *scope, unsigned element)
{
    struct x12_hint *hint = scope == &x->line ? &x->in_line.hint : &x->in_move.hint;
    if (hint->is_there) return;
    hint->is_there = true;
    hint->cell =
        (struct draft_cell){ .at = x12_add_place(x, &x->segment, x->position), .column = (uint16_t)element };
}

void x12_take_ref(struct x12 *x, struct x12_scope_cells *scope)
{
    const struct x12_segment *s = &x->segment;
    struct slice qualifier = x12_element(s, 1), text = x12_element(s, 2);
    if (slice_is_empty(text)) text = x12_element(s, 3);
    bool is_list = slice_equal(qualifier, SLICE("SE")) || slice_equal(qualifier, SLICE("LT"));
    if (!is_list && x12_is_repeated(x, scope, qualifier, 1)) return;
    if (slice_equal(qualifier, SLICE("CM"))) note_hint(x, scope, 1);
    x12_take_qualified(x, scope, s, qualifier, x12_element(s, 2).size > 0 ? 2 : 3, text);
}

/* A date as yyyymmdd; six digits get their century. */
struct slice x12_date_text(struct x12 *x, struct x12_scope_cells *scope, struct slice text)
{
    int32_t date = text.size == 6 ? x12_date(text) : 0;
    if (date == 0) return text;
    char digits[12];
    struct text t = text_over(digits, sizeof digits);
    text_put_int(&t, date);
    return x12_keep_bytes(x, scope, text_slice(&t));
}

static bool is_century(struct slice text)
{
    return text.size == 2 && text.bytes[0] >= '0' && text.bytes[0] <= '9' && text.bytes[1] >= '0'
           && text.bytes[1] <= '9';
}

/* The date of a DTM as yyyymmdd, and where it stands: DTM02, in old versions with its century in DTM05 (feeds.md 5.4),
 * else DTM06 in the form that DTM05 names. */
static struct slice dtm_date(struct x12 *x, struct x12_scope_cells *scope, unsigned *element)
{
    struct slice date = x12_element(&x->segment, 2), form = x12_element(&x->segment, 5);
    char digits[8];
    *element = date.size > 0 ? 2 : 6;
    if (*element == 6) {
        bool is_date = slice_equal(form, SLICE("D8")) || slice_equal(form, SLICE("D6"));
        return is_date ? x12_date_text(x, scope, x12_element(&x->segment, 6)) : x12_element(&x->segment, 6);
    }
    if (date.size != 6 || !is_century(form)) return x12_date_text(x, scope, date);
    memcpy(digits, form.bytes, 2);
    memcpy(digits + 2, date.bytes, 6);
    return x12_keep_bytes(x, scope, slice_of(digits, sizeof digits));
}

/* The period of a report: its begin, its end, or both as yyyymmdd-yyyymmdd. */
static bool take_period(struct x12 *x, struct slice qualifier)
{
    struct x12_scope_cells *scope = &x->head;
    const struct x12_segment *s = &x->segment;
    bool is_from = slice_equal(qualifier, SLICE("090")), is_to = slice_equal(qualifier, SLICE("091"));
    bool is_period = slice_equal(qualifier, SLICE("582")) || slice_equal(qualifier, SLICE("514"));
    struct slice range = x12_element(s, 6);
    if (!is_from && !is_to && !is_period && !slice_equal(x12_element(s, 5), SLICE("RD8"))) return false;
    if (slice_equal(x12_element(s, 5), SLICE("RD8"))) {
        struct slice from = slice_cut(&range, '-');
        x12_put_ranked(x, scope, s, 6, from, SLOT_report_from, 1);
        x12_put_ranked(x, scope, s, 6, range, SLOT_report_to, 1);
        return true;
    }
    unsigned element;
    struct slice date = dtm_date(x, scope, &element);
    x12_put_ranked(x, scope, s, element, date, is_from ? SLOT_report_from : SLOT_report_to, is_period ? 2 : 0);
    return true;
}

/* An agreement may say its whole time in one DTM*007: from its first date to its last. */
static struct slice take_validity(struct x12 *x, struct x12_scope_cells *scope, struct slice range)
{
    struct slice from = slice_cut(&range, '-');
    x12_put_ranked(x, scope, &x->segment, 6, range, SLOT_reference_valid_to, 2);
    return from;
}

void x12_take_dtm(struct x12 *x, struct x12_scope_cells *scope)
{
    const struct x12_segment *s = &x->segment;
    struct slice qualifier = x12_element(s, 1);
    unsigned element;
    if (scope == &x->head && take_period(x, qualifier)) return;
    if (x12_is_repeated(x, scope, qualifier, 1)) return;
    struct slice text = dtm_date(x, scope, &element);
    bool is_845 = x12_is_set(x, "845");
    bool is_whole = is_845 && slice_equal(x12_element(s, 5), SLICE("RD8"))
                    && (slice_equal(qualifier, SLICE("007")) || slice_equal(qualifier, SLICE("092")));
    if (is_whole) text = take_validity(x, scope, text);
    bool is_of_report = scope == &x->head && !is_845; /* not of its movements; an agreement has its document's dates */
    if (is_of_report) x12_put_extra(x, scope, s, element, qualifier, text);
    else x12_take_qualified(x, scope, s, qualifier, element, text);
}

void x12_take_cur(struct x12 *x, struct x12_scope_cells *scope)
{
    x12_put(x, scope, 2, SLOT_currency);
    x12_put_named_extra(x, scope, 3, SLICE("CUR03"), x12_element(&x->segment, 3));
}

/* Pairs of qualifier and value of LIN, by qualifier and never by position. */
void x12_take_lin(struct x12 *x, struct x12_scope_cells *scope, const struct x12_segment *s)
{
    enum lin01_meaning lin01 = x->base.profile->x12.lin01;
    if (lin01 == LIN01_INVOICE_LINE) x12_put_ranked(x, scope, s, 1, x12_element(s, 1), SLOT_invoice_line, 1);
    if (lin01 == LIN01_AUTH_LINE) x12_put_ranked(x, scope, s, 1, x12_element(s, 1), SLOT_auth_line, 1);
    for (unsigned e = 2; e + 1 <= s->count; e += 2)
        x12_take_qualified(x, scope, s, x12_element(s, e), e + 1, x12_element(s, e + 1));
}

struct slice x12_component(const struct x12 *x, struct slice composite, unsigned number)
{
    struct slice parts[X12_COMPONENTS_MAX];
    unsigned count = x12_split(composite, x->interchange->delimiters.component, parts, X12_COMPONENTS_MAX);
    return number < count && number < X12_COMPONENTS_MAX ? parts[number] : (struct slice){ 0 };
}

void x12_take_uit(struct x12 *x)
{
    const struct x12_segment *s = &x->segment;
    struct slice qualifier = x12_element(s, 3), unit = x12_element(s, 1);
    if (x12_is_repeated(x, &x->line, qualifier, 3)) return;
    x12_take_qualified(x, &x->line, s, qualifier, 2, x12_element(s, 2));
    const struct x12_mapping *price = x12_mapping_find(x, x->in_set.key, s->key, x12_qualifier(qualifier));
    if (!price || x->in_line.price_unit_count == X12_PRICES_MAX) return;
    x->price_units[x->in_line.price_unit_count++] =
        (struct x12_price_unit){ x12_cell_at(x, &x->line, s, 1, unit), (enum slot)price->slot };
}

void x12_take_amt(struct x12 *x)
{
    const struct x12_segment *s = &x->segment;
    if (x12_is_repeated(x, &x->line, x12_element(s, 1), 1)) return;
    if (slice_equal(x12_element(s, 3), SLICE("C"))) {
        note_hint(x, &x->line, 3);
        if (x->base.profile->x12.amt03_c_is_return) x->in_line.marks.has_return_hint = true;
    }
    x12_take_qualified(x, &x->line, s, x12_element(s, 1), 2, x12_element(s, 2));
}

/* What begins */

void x12_begin_movement(struct x12 *x)
{
    x12_scope_begin(&x->move);
    x->places.count = x->places.of_head;
    x->in_move = (struct x12_in_move){ .multiplier = x->in_set.multiplier, .is_open = true };
    x->in_move.marks.mirror_is_stock = x->base.profile->mirror_rows == MIRROR_ROWS_STOCK_ADJUST;
    x->in_move.marks.is_claim_set = x12_is_set(x, "844");
    x->n1.slot = SLOT_NONE;
    x->n1.customer = NULL;
}

void x12_begin_line(struct x12 *x, uint64_t offset)
{
    x->base.deletes = false;
    x12_scope_begin(&x->line);
    x->line.draft.customers = NULL;
    x->line.draft.terms = NULL;
    x->places.count = x->places.count > x->places.of_move ? x->places.of_move : x->places.count;
    memset(&x->in_move.mark_cells[X12_MARK_QUANTITY], 0, sizeof *x->in_move.mark_cells);
    x->in_move.has_lines = true;
    x->in_line = (struct x12_in_line){
        .offset = offset,
        .place = x12_add_place(x, &x->segment, x->position),
        .marks = x->in_move.marks,
        .hint = x->in_move.hint,
        .is_open = true,
    };
}
