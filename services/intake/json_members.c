/* intake/json_members.c: members of a JSON record become slots (feeds.md 9.1): fields by name, parties nested, lists,
 * blocks; what is unknown is kept as an extra. */
#include "base/assert.h"
#include "intake/json_reader.h"
#include "intake/plain.h"

#include <pthread.h>
#include <stdlib.h>

enum { APPROVALS_MAX = 8 };

/* What walking needs. */
struct walk { struct json_reader *j; struct draft *d; struct issues *issues; };

/* Names */

static int by_name(const void *a, const void *b)
{
    return slice_compare(((const struct json_name *)a)->name, ((const struct json_name *)b)->name);
}

/* Fields and members of reference lines; parts of parties nest. The same for all documents, sorted once. */
static struct json_name names_of_slots[SLOT_COUNT];
static unsigned names_of_slots_count;

static void sort_names(void)
{
    for (enum slot slot = SLOT_NONE + 1; slot < SLOT_COUNT; slot++)
        if (slot_party(slot) == SLOT_NONE)
            names_of_slots[names_of_slots_count++] = (struct json_name){ slot_name(slot), slot };
    qsort(names_of_slots, names_of_slots_count, sizeof *names_of_slots, by_name);
}

void json_members_open(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, sort_names);
}

static enum slot slot_named(struct slice name)
{
    struct json_name key = { name, SLOT_NONE };
    const struct json_name *found =
        bsearch(&key, names_of_slots, names_of_slots_count, sizeof *names_of_slots, by_name);
    return found ? found->slot : SLOT_NONE;
}

static bool part_named(struct slice name, enum party_part *part)
{
    static const struct slice names[] = {
#define PART(party, part, type, detail) SLICE_INIT(#part),
        PARTY_PARTS(PART, _)
#undef PART
    };
    for (unsigned i = 0; i < PARTY_PART_COUNT; i++)
        if (slice_equal(names[i], name)) { *part = (enum party_part)i; return true; }
    return false;
}

/* Places */

void json_members_locate(const struct draft *d, const struct draft_cell *cell, struct arena *a, struct where *w)
{
    const struct json_reader *j = d->reader;
    *w = (struct where){ .offset = cell ? cell->at : d->offset, .row = d->row };
    struct text t = text_in(a, 512);
    text_put(&t, j->prefix);
    if (j->shape == SHAPE_ARRAY) {
        PUT(&t, "/");
        text_put_int(&t, (int64_t)d->position);
    }
    if (cell && cell->at > j->record_at) json_pass_pointer(j->record, cell->at - j->record_at, &t);
    w->pointer = text_slice(&t);
}

static uint32_t offset_of_value(const struct json_reader *j, unsigned value)
{
    ASSERT(value < j->pass.value_count);
    return (uint32_t)(j->record_at + j->pass.offsets[value]);
}

/* Values are counted in the order of the text, which jansson keeps: so each finds its offset again. */
static void pass_over(struct json_reader *j, const json_t *value)
{
    const char *key;
    json_t *member;
    size_t i;
    j->value++;
    if (json_is_object(value)) json_object_foreach((json_t *)value, key, member) pass_over(j, member);
    if (json_is_array(value)) json_array_foreach(value, i, member) pass_over(j, member);
}

/* Cells */

struct slice json_members_text(const json_t *value)
{
    if (json_is_string(value)) return slice_of(json_string_value(value), json_string_length(value));
    if (json_is_true(value)) return SLICE("true");
    if (json_is_false(value)) return SLICE("false");
    return (struct slice){ 0 };
}

/* Counts the value and makes a cell of it. */
static struct draft_cell cell_of(struct json_reader *j, const json_t *value)
{
    struct draft_cell cell = { .text = json_members_text(value), .at = offset_of_value(j, j->value) };
    cell.is_nested = json_is_object(value) || json_is_array(value);
    pass_over(j, value);
    return cell;
}

static void put_cell(struct walk *w, enum slot slot, const json_t *value)
{
    (void)draft_put(w->d, slot, cell_of(w->j, value));
}

static struct issue *blame_at(struct walk *w, enum issue_code code, struct slice field, uint32_t at)
{
    struct issue *i = typing_blame(w->j->base.typing, w->d, w->issues, code, SLOT_NONE);
    struct draft_cell cell = { .at = at };
    i->field = field;
    json_members_locate(w->d, &cell, w->j->base.line_arena, &i->where);
    return i;
}

/* Told with the first: after it each further member is an issue of its own, of which a line keeps so many. */
static void tell_cut(struct walk *w)
{
    if (!w->j->extras_cut) typing_blame(w->j->base.typing, w->d, w->issues, ISSUE_EXTRAS_CUT, SLOT_NONE);
    w->j->extras_cut = true;
}

/* In what jansson read of it numbers are texts. */
static struct slice text_as_sent(const struct json_reader *j, uint32_t at)
{
    size_t begin = 0, end = 0, fault_at;
    enum json_fault fault = json_pass_skip(j->record, at - j->record_at, &begin, &end, &fault_at);
    ASSERT(fault == JSON_FINE);
    return slice_of(j->record.bytes + begin, end - begin);
}

/* What we do not know is kept, unless the profile wants to hear of it. */
static void put_unknown(struct walk *w, struct slice name, const json_t *value)
{
    struct json_reader *j = w->j;
    struct draft_cell cell = cell_of(j, value);
    struct slice shown = issue_value(j->base.line_arena, name);
    if (json_is_null(value)) return;
    if (slice_starts_with(name, SLICE("claimstream_"))) { /* of a rejects file that comes back: document.c knows it */
        if (!draft_add_extra(w->d, slice_copy(j->base.line_arena, name), cell)) tell_cut(w);
        return;
    }
    if (j->base.is_strict || j->base.profile->json.unknown == JSON_UNKNOWN_REJECT) {
        blame_at(w, ISSUE_MEMBER_REFUSED, (struct slice){ 0 }, cell.at)->value = shown;
        return;
    }
    blame_at(w, ISSUE_MEMBER_UNKNOWN, (struct slice){ 0 }, cell.at)->value = shown;
    if (cell.is_nested) cell = (struct draft_cell){ .text = text_as_sent(j, cell.at), .at = cell.at };
    if (!draft_add_extra(w->d, slice_copy(j->base.line_arena, name), cell)) tell_cut(w);
}

static struct slice dotted(struct arena *a, struct slice first, struct slice second)
{
    return SLICE_JOIN(a, first, SLICE("."), second);
}

/* Nested things */

static bool wants_object(struct walk *w, struct slice name, const json_t *value)
{
    if (json_is_object(value)) return true;
    if (!json_is_null(value)) blame_at(w, ISSUE_NOT_AN_OBJECT, name, offset_of_value(w->j, w->j->value));
    pass_over(w->j, value);
    return false;
}

static bool wants_list(struct walk *w, struct slice name, const json_t *value)
{
    if (json_is_array(value)) return true;
    if (!json_is_null(value)) blame_at(w, ISSUE_NOT_A_LIST, name, offset_of_value(w->j, w->j->value));
    pass_over(w->j, value);
    return false;
}

static void put_party(struct walk *w, enum slot party, const json_t *value)
{
    const char *key;
    json_t *member;
    enum party_part part;
    if (!wants_object(w, slot_name(party), value)) return;
    w->j->value++;
    json_object_foreach((json_t *)value, key, member) {
        struct slice name = slice_from(key);
        if (part_named(name, &part)) put_cell(w, slot_of_party(party, part), member);
        else put_unknown(w, dotted(w->j->base.line_arena, slot_name(party), name), member);
    }
}

static void put_list(struct walk *w, struct draft_list *list, struct slice name, unsigned bound, const json_t *value)
{
    size_t i;
    json_t *item;
    if (!wants_list(w, name, value)) return;
    w->j->value++;
    json_array_foreach(value, i, item) draft_add(w->j->base.line_arena, list, bound, cell_of(w->j, item));
}

static void put_proof(struct walk *w, const json_t *value)
{
    const char *key;
    json_t *member;
    if (!wants_object(w, SLICE("documents"), value)) return;
    struct draft_proof *proof = &w->d->proofs[w->d->proof_count++];
    *proof = (struct draft_proof){ 0 };
    w->j->value++;
    json_object_foreach((json_t *)value, key, member) {
        struct slice name = slice_from(key);
        if (slice_equal(name, SLICE("type"))) proof->type = cell_of(w->j, member);
        else if (slice_equal(name, SLICE("name"))) proof->name = cell_of(w->j, member);
        else if (slice_equal(name, SLICE("sha256"))) proof->sha256 = cell_of(w->j, member);
        else put_unknown(w, dotted(w->j->base.line_arena, SLICE("documents"), name), member);
    }
}

static void too_many(struct walk *w, struct slice name, size_t count, unsigned max, uint32_t at)
{
    struct issue *i = blame_at(w, ISSUE_LIST_TOO_LONG, name, at);
    issue_argument(i, SLICE("count"), slice_of_int(w->j->base.line_arena, count));
    issue_argument(i, SLICE("max"), slice_of_int(w->j->base.line_arena, max));
}

/* True when the list may be read; else it is passed over, and said so. */
static bool fits(struct walk *w, struct slice name, unsigned max, const json_t *value)
{
    if (!wants_list(w, name, value)) return false;
    if (json_array_size(value) <= max) return true;
    too_many(w, name, json_array_size(value), max, offset_of_value(w->j, w->j->value));
    pass_over(w->j, value);
    return false;
}

static void put_proofs(struct walk *w, const json_t *value)
{
    size_t i;
    json_t *item;
    if (!fits(w, SLICE("documents"), DOCUMENTS_MAX, value)) return;
    w->j->value++;
    json_array_foreach(value, i, item) put_proof(w, item);
}

static void put_customer_ids(struct walk *w, struct draft_party *first, const json_t *value)
{
    size_t i;
    json_t *item, *member;
    const char *key;
    if (!wants_list(w, SLICE("customers.ids"), value)) return;
    w->j->value++;
    json_array_foreach(value, i, item) {
        if (!wants_object(w, SLICE("customers.ids"), item)) continue;
        struct draft_party *p = i == 0                                       ? first
                                : w->d->customer_count < DRAFT_CUSTOMERS_MAX ? &w->d->customers[w->d->customer_count++]
                                                                             : NULL;
        w->j->value++;
        json_object_foreach(item, key, member) {
            struct draft_cell cell = cell_of(w->j, member);
            if (!p) continue;
            if (strcmp(key, "id") == 0) p->parts[PARTY_PART_id] = cell;
            if (strcmp(key, "id_type") == 0 || strcmp(key, "type") == 0) p->parts[PARTY_PART_id_type] = cell;
        }
        if (!p)
            too_many(w, SLICE("customers"), DRAFT_CUSTOMERS_MAX + 1, DRAFT_CUSTOMERS_MAX,
                     offset_of_value(w->j, w->j->value - 1));
    }
}

static void put_customer(struct walk *w, const json_t *value)
{
    const char *key;
    json_t *member;
    enum party_part part;
    if (w->d->customer_count == DRAFT_CUSTOMERS_MAX) { pass_over(w->j, value); return; }
    struct draft_party *p = &w->d->customers[w->d->customer_count++];
    if (json_is_string(value)) { p->key = cell_of(w->j, value); return; }
    if (!wants_object(w, SLICE("customers"), value)) return;
    w->j->value++;
    json_object_foreach((json_t *)value, key, member) {
        struct slice name = slice_from(key);
        if (slice_equal(name, SLICE("key"))) p->key = cell_of(w->j, member);
        else if (slice_equal(name, SLICE("ids"))) put_customer_ids(w, p, member);
        else if (part_named(name, &part)) p->parts[part] = cell_of(w->j, member);
        else put_unknown(w, dotted(w->j->base.line_arena, SLICE("customers"), name), member);
    }
}

static void put_customers(struct walk *w, const json_t *value)
{
    size_t i;
    json_t *item;
    if (!fits(w, SLICE("customers"), DRAFT_CUSTOMERS_MAX, value)) return;
    w->d->customers = ARENA_ARRAY(w->j->base.line_arena, DRAFT_CUSTOMERS_MAX, struct draft_party);
    w->j->value++;
    json_array_foreach(value, i, item) put_customer(w, item);
}

static bool term_named(struct slice name, enum term_member *member)
{
    static const struct slice names[] = {
#define TERM(member) SLICE_INIT(#member),
        TERM_MEMBERS(TERM)
#undef TERM
    };
    for (unsigned i = 0; i < TERM_COUNT; i++)
        if (slice_equal(names[i], name)) { *member = (enum term_member)i; return true; }
    return false;
}

static void put_term(struct walk *w, const json_t *value)
{
    const char *key;
    json_t *item;
    enum term_member member;
    if (!wants_object(w, SLICE("lines"), value)) return;
    struct draft_term *term = &w->d->terms[w->d->term_count++];
    w->j->value++;
    json_object_foreach((json_t *)value, key, item) {
        struct slice name = slice_from(key);
        if (slice_equal(name, SLICE("products")))
            put_list(w, &term->products, SLICE("lines.products"), PRODUCTS_MAX, item);
        else if (term_named(name, &member)) term->members[member] = cell_of(w->j, item);
        else put_unknown(w, dotted(w->j->base.line_arena, SLICE("lines"), name), item);
    }
}

static void put_terms(struct walk *w, const json_t *value)
{
    size_t i;
    json_t *item;
    if (!fits(w, SLICE("lines"), AGREEMENT_LINES_MAX, value)) return;
    w->d->terms = ARENA_ARRAY(w->j->base.line_arena, json_array_size(value) + 1, struct draft_term);
    w->j->value++;
    json_array_foreach(value, i, item) put_term(w, item);
}

/* `ship_debit:` and `claim:` of an agreement travel as text; JSON is YAML. */
static void put_override(struct walk *w, struct slice name, const json_t *value)
{
    struct arena *a = w->j->base.line_arena;
    if (!wants_object(w, name, value)) return;
    pass_over(w->j, value);
    char *dump = json_dumps(value, 0);
    struct slice block = slice_from(dump), before = w->d->overrides_yaml;
    w->d->overrides_yaml = SLICE_JOIN(a, before, name, SLICE(": "), block, SLICE("\n"));
    free(dump);
}

static void put_extras(struct walk *w, const json_t *value)
{
    const char *key;
    json_t *member;
    if (!wants_object(w, SLICE("extras"), value)) return;
    w->j->value++;
    json_object_foreach((json_t *)value, key, member)
        if (!draft_add_extra(w->d, slice_from(key), cell_of(w->j, member))) tell_cut(w);
}

/* Members of claimctl run */

static void put_approvals(struct walk *w, const json_t *value)
{
    size_t i;
    json_t *item;
    struct line_extension *x = &w->j->base.extension;
    if (!wants_list(w, SLICE("approved_by"), value)) return;
    struct slice *actors = ARENA_ARRAY(w->j->base.line_arena, APPROVALS_MAX, struct slice);
    w->j->value++;
    json_array_foreach(value, i, item) {
        struct draft_cell cell = cell_of(w->j, item);
        if (x->approved_by_count < APPROVALS_MAX && cell.text.size > 0) actors[x->approved_by_count++] = cell.text;
    }
    x->approved_by = actors;
}

static bool put_extension(struct walk *w, struct slice name, const json_t *value)
{
    struct line_extension *x = &w->j->base.extension;
    if (!w->j->base.is_local) return false;
    if (slice_equal(name, SLICE("received_at"))) x->received_at = cell_of(w->j, value).text;
    else if (slice_equal(name, SLICE("line_id"))) x->name = cell_of(w->j, value).text;
    else if (slice_equal(name, SLICE("approved_by"))) put_approvals(w, value);
    else return false;
    return true;
}

/* Lists and blocks by name; false when it is none. */
static bool put_nested(struct walk *w, struct slice name, const json_t *value)
{
    struct draft *d = w->d;
    if (slice_equal(name, SLICE("documents"))) put_proofs(w, value);
    else if (slice_equal(name, SLICE("customers"))) put_customers(w, value);
    else if (slice_equal(name, SLICE("lines"))) put_terms(w, value);
    else if (slice_equal(name, SLICE("locations")))
        put_list(w, &d->lists[DRAFT_LIST_locations], name, AGREEMENT_LOCATIONS_MAX, value);
    else if (slice_equal(name, SLICE("products")))
        put_list(w, &d->lists[DRAFT_LIST_products], name, PRODUCTS_MAX, value);
    else if (slice_equal(name, SLICE("ship_debit")) || slice_equal(name, SLICE("claim"))) put_override(w, name, value);
    else if (slice_equal(name, SLICE("extras"))) put_extras(w, value);
    else return false;
    return true;
}

static void put_slot(struct walk *w, enum slot slot, const json_t *value)
{
    switch (slot) {
    case SLOT_sold_to: case SLOT_ship_to: case SLOT_end_customer: case SLOT_vendor: put_party(w, slot, value); return;
    case SLOT_serials:    put_list(w, &w->d->lists[DRAFT_LIST_serials], slot_name(slot), SERIALS_MAX, value); return;
    case SLOT_payout_ids:
        put_list(w, &w->d->lists[DRAFT_LIST_payout_ids], slot_name(slot), PAYOUT_IDS_MAX, value);
        return;
    case SLOT_line_refs:
        put_list(w, &w->d->lists[DRAFT_LIST_line_refs], slot_name(slot), LINE_REFS_MAX, value);
        return;
    default:              put_cell(w, slot, value); return;
    }
}

/* Pointers of the profile */

/* The next part of a pointer, ~1 and ~0 read as / and ~ (RFC 6901). */
static struct slice next_part(struct arena *a, struct slice *rest)
{
    struct slice part = slice_cut(rest, '/');
    if (slice_find(part, '~') == part.size) return part;
    struct text t = text_in(a, part.size);
    for (size_t k = 0; k < part.size; k++) {
        bool is_escape =
            part.bytes[k] == '~' && k + 1 < part.size && (part.bytes[k + 1] == '0' || part.bytes[k + 1] == '1');
        text_put_byte(&t, !is_escape ? part.bytes[k] : part.bytes[k + 1] == '1' ? '/' : '~');
        k += is_escape;
    }
    return text_slice(&t);
}

static bool is_pointed_at(const struct json_reader *j, struct slice name)
{
    const struct profile_json *p = &j->base.profile->json;
    for (unsigned i = 0; i < p->pointer_count; i++) {
        struct slice rest = slice_skip(p->pointers[i].pointer, 1);
        if (slice_equal(next_part(j->base.line_arena, &rest), name)) return true;
    }
    return false;
}

static const json_t *member_at(const json_t *value, struct slice name)
{
    uint64_t index;
    if (json_is_object(value)) return json_object_getn(value, name.bytes, name.size);
    if (json_is_array(value) && slice_to_uint(name, SERIALS_MAX, &index)) return json_array_get(value, (size_t)index);
    return NULL;
}

/* What a pointer of the profile finds; NULL nothing. */
static const json_t *value_at(struct arena *a, const json_t *root, struct slice pointer)
{
    struct slice rest = slice_skip(pointer, 1);
    while (root && rest.bytes) root = member_at(root, next_part(a, &rest));
    return root;
}

bool json_members_are_pointed_at(const struct json_reader *j, const json_t *root, struct slice field)
{
    const struct profile_json *p = &j->base.profile->json;
    for (unsigned i = 0; i < p->pointer_count; i++) {
        if (!slice_equal(p->pointers[i].field, field)) continue;
        const json_t *value = value_at(j->base.line_arena, root, p->pointers[i].pointer);
        if (slice_trim(json_members_text(value)).size > 0) return true;
    }
    return false;
}

/* Each pointer's field takes the value that it finds; *targets keeps which, so that the walk can tell its place. */
static const json_t **put_pointers(struct walk *w, const json_t *root)
{
    const struct profile_json *p = &w->j->base.profile->json;
    const json_t **targets = ARENA_ARRAY(w->j->base.line_arena, p->pointer_count + 1, const json_t *);
    for (unsigned i = 0; i < p->pointer_count; i++) {
        const json_t *value = value_at(w->j->base.line_arena, root, p->pointers[i].pointer);
        enum slot slot = slot_find(p->pointers[i].field);
        bool is_cell = value && !json_is_null(value) && slot != SLOT_NONE;
        struct draft_cell cell = { .text = json_members_text(value),
                                   .at = (uint32_t)w->d->offset,
                                   .is_nested = json_is_object(value) || json_is_array(value) };
        if (is_cell && draft_put(w->d, slot, cell)) targets[i] = value;
    }
    return targets;
}

static bool holds_target(struct walk *w, const json_t *const *targets, const json_t *value)
{
    const char *key;
    json_t *member;
    size_t i;
    for (unsigned k = 0; k < w->j->base.profile->json.pointer_count; k++)
        if (targets[k] == value) return true;
    if (json_is_object(value))
        json_object_foreach((json_t *)value, key, member) if (holds_target(w, targets, member)) return true;
    if (json_is_array(value)) json_array_foreach(value, i, member) if (holds_target(w, targets, member)) return true;
    return false;
}

/* A member that pointers lead into: what they found gets its place, what stands beside it is as unknown as any. */
static void put_pointed(struct walk *w, const json_t *const *targets, struct slice name, const json_t *value)
{
    const struct profile_json *p = &w->j->base.profile->json;
    struct arena *a = w->j->base.line_arena;
    const char *key;
    json_t *member;
    size_t i;
    for (unsigned k = 0; k < p->pointer_count; k++) {
        if (targets[k] != value) continue;
        w->d->cells[slot_find(p->pointers[k].field)].at = cell_of(w->j, value).at;
        return;
    }
    if (!holds_target(w, targets, value)) { put_unknown(w, name, value); return; }
    w->j->value++;
    if (json_is_object(value))
        json_object_foreach((json_t *)value, key, member)
            put_pointed(w, targets, dotted(a, name, slice_from(key)), member);
    if (json_is_array(value))
        json_array_foreach(value, i, member)
            put_pointed(w, targets, dotted(a, name, slice_of_int(a, i)), member);
}

/* Members of reference lines mean nothing to other kinds: there they are as unknown as any. */
static void drop_reference_members(struct walk *w)
{
    enum kind kind = typing_kind_of(w->j->base.typing, draft_text(w->d, SLOT_kind));
    if (kind == KIND_UNSPECIFIED || kind_is_reference(kind)) return;
    for (enum slot slot = SLOT_REFERENCE; slot < SLOT_COUNT; slot++) {
        if (!draft_has(w->d, slot)) continue;
        struct draft_cell cell = w->d->cells[slot];
        blame_at(w, w->j->base.is_strict ? ISSUE_MEMBER_REFUSED : ISSUE_MEMBER_UNKNOWN, (struct slice){ 0 }, cell.at)
            ->value = slot_name(slot);
        if (!draft_add_extra(w->d, slot_name(slot), cell)) tell_cut(w);
        draft_drop(w->d, slot);
    }
}

void json_members_put(struct json_reader *j, struct draft *d, struct issues *issues)
{
    struct walk w = { j, d, issues };
    const char *key;
    json_t *value;
    j->value = 1;                                  /* 0 is the object itself */
    const json_t **targets = put_pointers(&w, j->root);
    json_object_foreach(j->root, key, value) {
        struct slice name = slice_from(key);
        enum slot slot = slot_named(name);
        if (put_extension(&w, name, value) || put_nested(&w, name, value)) continue;
        if (j->base.profile->json.pointer_count > 0 && is_pointed_at(j, name))
            put_pointed(&w, (const json_t *const *)targets, name, value);
        else if (slot != SLOT_NONE) put_slot(&w, slot, value);
        else put_unknown(&w, name, value);
    }
    drop_reference_members(&w);
}
