/* intake/json_lines.c: JSON and NDJSON behind the reader's functions (feeds.md 9.1). jansson reads one record at a time, with
 * repeated members refused and every number quoted; members become slots by name. */
#include "base/assert.h"
#include "intake/json_pass.h"
#include "intake/plain.h"
#include "intake/reader.h"

#include <jansson.h>
#include <stdlib.h>

enum { JSON_DOCUMENT_BYTES_MAX = 32 << 20, NAME_BYTES_MAX = 64, APPROVALS_MAX = 8 };

enum shape { SHAPE_NDJSON, SHAPE_ARRAY, SHAPE_ONE };

struct name { struct slice name; enum slot slot; };

struct json_reader {
    struct reader    base;
    enum shape       shape;
    struct slice     bytes;                         /* of the document, without BOM */
    size_t           begin, at;                     /* bytes of the document */
    uint32_t         row, index;
    struct slice     prefix;                        /* of pointers: /lines */
    bool             document_is_record;            /* the first NDJSON record is the document's */
    struct json_pass pass;
    json_t          *root;                          /* of the record at work */
    unsigned         value;                         /* walked so far */
    struct slice     record;
    size_t           record_at;                     /* byte of the document */
    bool             extras_cut;
    struct name      names[SLOT_COUNT];             /* sorted */
    unsigned         name_count;
};

/* What walking needs. */
struct walk { struct json_reader *j; struct draft *d; struct issues *issues; };

static struct json_reader *own(struct reader *r)
{
    return (struct json_reader *)r;
}

/* Names */

static int by_name(const void *a, const void *b)
{
    return slice_compare(((const struct name *)a)->name, ((const struct name *)b)->name);
}

/* Fields and members of reference lines; parts of parties nest. */
static void sort_names(struct json_reader *j)
{
    for (enum slot slot = SLOT_NONE + 1; slot < SLOT_COUNT; slot++)
        if (slot_party(slot) == SLOT_NONE) j->names[j->name_count++] = (struct name){ slot_name(slot), slot };
    qsort(j->names, j->name_count, sizeof *j->names, by_name);
}

static enum slot slot_named(const struct json_reader *j, struct slice name)
{
    struct name key = { name, SLOT_NONE };
    const struct name *found = bsearch(&key, j->names, j->name_count, sizeof *j->names, by_name);
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

static void json_locate(const struct draft *d, const struct draft_cell *cell, struct arena *a, struct where *w)
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

static struct slice text_of(const json_t *value)
{
    if (json_is_string(value)) return slice_of(json_string_value(value), json_string_length(value));
    if (json_is_true(value)) return SLICE("true");
    if (json_is_false(value)) return SLICE("false");
    return (struct slice){ 0 };
}

/* Counts the value and makes a cell of it. */
static struct draft_cell cell_of(struct json_reader *j, const json_t *value)
{
    struct draft_cell cell = { .text = text_of(value), .at = offset_of_value(j, j->value) };
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
    json_locate(w->d, &cell, w->j->base.line_arena, &i->where);
    return i;
}

/* What we do not know is kept, unless the profile wants to hear of it. */
static void put_unknown(struct walk *w, struct slice name, const json_t *value)
{
    struct json_reader *j = w->j;
    struct draft_cell cell = cell_of(j, value);
    struct slice shown = issue_value(j->base.line_arena, name);
    if (json_is_null(value)) return;
    if (j->base.is_strict || j->base.profile->json.unknown == JSON_UNKNOWN_REJECT) {
        blame_at(w, ISSUE_MEMBER_REFUSED, (struct slice){ 0 }, cell.at)->value = shown;
        return;
    }
    blame_at(w, ISSUE_MEMBER_UNKNOWN, (struct slice){ 0 }, cell.at)->value = shown;
    if (cell.is_nested) {
        char *dump = json_dumps(value, JSON_COMPACT);
        if (dump) cell.text = slice_copy(j->base.line_arena, slice_from(dump));
        free(dump);
        cell.is_nested = false;
    }
    if (!draft_add_extra(w->d, slice_copy(j->base.line_arena, name), cell)) j->extras_cut = true;
}

static struct slice dotted(struct arena *a, struct slice first, struct slice second)
{
    struct text t = text_in(a, first.size + 1 + second.size);
    text_put(&t, first);
    PUT(&t, ".");
    text_put(&t, second);
    return text_slice(&t);
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

static struct slice number_text(struct arena *a, uint64_t value)
{
    struct text t = text_in(a, 24);
    text_put_int(&t, (int64_t)value);
    return text_slice(&t);
}

static void too_many(struct walk *w, struct slice name, size_t count, unsigned max, uint32_t at)
{
    struct issue *i = blame_at(w, ISSUE_LIST_TOO_LONG, name, at);
    issue_argument(i, SLICE("count"), number_text(w->j->base.line_arena, count));
    issue_argument(i, SLICE("max"), number_text(w->j->base.line_arena, max));
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
        struct draft_party *p = i == 0 ? first : w->d->customer_count < DRAFT_CUSTOMERS_MAX ? &w->d->customers[w->d->customer_count++] : NULL;
        w->j->value++;
        json_object_foreach(item, key, member) {
            struct draft_cell cell = cell_of(w->j, member);
            if (!p) continue;
            if (strcmp(key, "id") == 0) p->parts[PARTY_PART_id] = cell;
            if (strcmp(key, "id_type") == 0 || strcmp(key, "type") == 0) p->parts[PARTY_PART_id_type] = cell;
        }
        if (!p) too_many(w, SLICE("customers"), DRAFT_CUSTOMERS_MAX + 1, DRAFT_CUSTOMERS_MAX, offset_of_value(w->j, w->j->value - 1));
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
        if (slice_equal(name, SLICE("products"))) put_list(w, &term->products, SLICE("lines.products"), PRODUCTS_MAX, item);
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
    struct text t = text_in(a, before.size + name.size + block.size + 3);
    text_put(&t, before);
    text_put(&t, name);
    PUT(&t, ": ");
    text_put(&t, block);
    PUT(&t, "\n");
    w->d->overrides_yaml = text_slice(&t);
    free(dump);
}

static void put_extras(struct walk *w, const json_t *value)
{
    const char *key;
    json_t *member;
    if (!wants_object(w, SLICE("extras"), value)) return;
    w->j->value++;
    json_object_foreach((json_t *)value, key, member)
        if (!draft_add_extra(w->d, slice_from(key), cell_of(w->j, member))) w->j->extras_cut = true;
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
    else if (slice_equal(name, SLICE("locations"))) put_list(w, &d->lists[DRAFT_LIST_locations], name, AGREEMENT_LOCATIONS_MAX, value);
    else if (slice_equal(name, SLICE("products"))) put_list(w, &d->lists[DRAFT_LIST_products], name, PRODUCTS_MAX, value);
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
    case SLOT_payout_ids: put_list(w, &w->d->lists[DRAFT_LIST_payout_ids], slot_name(slot), PAYOUT_IDS_MAX, value); return;
    case SLOT_line_refs:  put_list(w, &w->d->lists[DRAFT_LIST_line_refs], slot_name(slot), LINE_REFS_MAX, value); return;
    default:              put_cell(w, slot, value); return;
    }
}

/* Pointers of the profile */

static bool is_pointed_at(const struct json_reader *j, struct slice name)
{
    const struct profile_json *p = &j->base.profile->json;
    for (unsigned i = 0; i < p->pointer_count; i++) {
        struct slice rest = slice_skip(p->pointers[i].pointer, 1);
        if (slice_equal(slice_cut(&rest, '/'), name)) return true;
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

static void put_pointers(struct walk *w, const json_t *root)
{
    const struct profile_json *p = &w->j->base.profile->json;
    for (unsigned i = 0; i < p->pointer_count; i++) {
        struct slice rest = slice_skip(p->pointers[i].pointer, 1);
        const json_t *value = root;
        while (value && rest.bytes) value = member_at(value, slice_cut(&rest, '/'));
        enum slot slot = slot_find(p->pointers[i].field);
        bool is_cell = value && !json_is_null(value) && slot != SLOT_NONE;
        if (is_cell) (void)draft_put(w->d, slot, (struct draft_cell){ .text = text_of(value), .at = (uint32_t)w->d->offset });
    }
}

/* Members of reference lines mean nothing to other kinds: there they are as unknown as any. */
static void drop_reference_members(struct walk *w)
{
    enum kind kind = typing_kind_of(w->j->base.typing, draft_text(w->d, SLOT_kind));
    if (kind == KIND_UNSPECIFIED || kind_is_reference(kind)) return;
    for (enum slot slot = SLOT_REFERENCE; slot < SLOT_COUNT; slot++) {
        if (!draft_has(w->d, slot)) continue;
        struct draft_cell cell = w->d->cells[slot];
        blame_at(w, w->j->base.is_strict ? ISSUE_MEMBER_REFUSED : ISSUE_MEMBER_UNKNOWN, (struct slice){ 0 }, cell.at)->value = slot_name(slot);
        if (!draft_add_extra(w->d, slot_name(slot), cell)) w->j->extras_cut = true;
        draft_drop(w->d, slot);
    }
}

static void put_members(struct walk *w, const json_t *root)
{
    const char *key;
    json_t *value;
    w->j->value = 1;                                /* 0 is the object itself */
    put_pointers(w, root);
    json_object_foreach((json_t *)root, key, value) {
        struct slice name = slice_from(key);
        enum slot slot = slot_named(w->j, name);
        if (put_extension(w, name, value) || put_nested(w, name, value)) continue;
        if (w->j->base.profile->json.pointer_count > 0 && is_pointed_at(w->j, name)) pass_over(w->j, value);
        else if (slot != SLOT_NONE) put_slot(w, slot, value);
        else put_unknown(w, name, value);
    }
    drop_reference_members(w);
    if (w->j->extras_cut) typing_blame(w->j->base.typing, w->d, w->issues, ISSUE_EXTRAS_CUT, SLOT_NONE);
}

/* Records */

static enum issue_code issue_of(enum json_fault fault)
{
    switch (fault) {
    case JSON_FINE: break;
    case JSON_FAULT_SYNTAX: case JSON_FAULT_TRAILING: return ISSUE_JSON_SYNTAX;
    case JSON_FAULT_DEPTH:    return ISSUE_JSON_TOO_DEEP;
    case JSON_FAULT_MEMBERS:  return ISSUE_JSON_MEMBERS_TOO_MANY;
    case JSON_FAULT_NUMBER:   return ISSUE_JSON_NUMBER;
    case JSON_FAULT_ENCODING: return ISSUE_JSON_ENCODING;
    }
    NEVER();
}

static void describe_fault(struct issue *i, struct arena *a, enum json_fault fault, const char *problem, struct slice at_fault)
{
    if (fault == JSON_FAULT_SYNTAX || fault == JSON_FAULT_TRAILING) issue_argument(i, SLICE("problem"), slice_from(problem));
    if (fault == JSON_FAULT_DEPTH) issue_argument(i, SLICE("max"), SLICE("32"));
    if (fault == JSON_FAULT_MEMBERS) issue_argument(i, SLICE("max"), SLICE("512"));
    i->value = issue_value(a, slice_head(at_fault, 24));
}

static enum reader_step dead(struct json_reader *j, struct draft *d, struct issues *issues, enum issue_code code, struct slice value)
{
    struct issue *i = typing_blame(j->base.typing, d, issues, code, SLOT_NONE);
    if (value.size > 0) i->value = issue_value(j->base.line_arena, value);
    return READER_DEAD;
}

/* jansson refuses repeated members last; everything else the pass has found. */
static enum reader_step parse(struct json_reader *j, struct draft *d, struct issues *issues)
{
    struct arena *a = j->base.line_arena;
    if (j->record.size > JSON_RECORD_BYTES_MAX) {
        (void)dead(j, d, issues, ISSUE_JSON_RECORD_TOO_LARGE, (struct slice){ 0 });
        issue_argument(&issues->items[issues->count - 1], SLICE("max"), number_text(a, JSON_RECORD_BYTES_MAX));
        return READER_DEAD;
    }
    enum json_fault fault = json_pass_record(&j->pass, j->record);
    if (fault != JSON_FINE) {
        struct issue *i = typing_blame(j->base.typing, d, issues, issue_of(fault), SLOT_NONE);
        describe_fault(i, a, fault, j->pass.problem, slice_skip(j->record, j->pass.fault_at));
        i->where.offset = j->record_at + j->pass.fault_at;
        return READER_DEAD;
    }
    json_error_t error;
    j->root = json_loadb(j->pass.quoted, j->pass.quoted_size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (j->root) return READER_LINE;
    if (json_error_code(&error) != json_error_duplicate_key) {
        struct issue *i = typing_blame(j->base.typing, d, issues, ISSUE_JSON_SYNTAX, SLOT_NONE);
        issue_argument(i, SLICE("problem"), slice_copy(a, slice_from(error.text)));
        return READER_DEAD;
    }
    const char *from = strchr(error.text, '"'), *to = strrchr(error.text, '"');
    return dead(j, d, issues, ISSUE_JSON_MEMBER_REPEATED, from && to > from ? slice_copy(a, slice_of(from + 1, (size_t)(to - from - 1))) : (struct slice){ 0 });
}

static void release(struct json_reader *j)
{
    if (j->root) json_decref(j->root);
    j->root = NULL;
}

static struct slice shape_name(const json_t *value)
{
    if (json_is_array(value)) return SLICE("a list");
    if (json_is_null(value)) return SLICE("null");
    return SLICE("a single value");
}

static enum reader_step object_step(struct json_reader *j, struct draft *d, struct issues *issues, const char *name)
{
    json_t *object = json_object_get(j->root, name);
    if (!object || json_object_get(j->root, "kind")) return READER_LINE;
    if (!j->base.is_local) return dead(j, d, issues, ISSUE_OBJECT_NOT_ALLOWED, slice_from(name));
    size_t at = 1;
    struct slice key, value, record = slice_trim(j->record);
    while (json_pass_step(record, &at, &key, &value))
        if (slice_equal(key, slice_from(name))) j->base.object = value;
    j->base.object_name = slice_from(name);
    return READER_OBJECT;
}

static enum reader_step take_record(struct json_reader *j, struct draft *d, struct issues *issues)
{
    release(j);
    j->base.extension = (struct line_extension){ 0 };
    j->extras_cut = false;
    enum reader_step step = parse(j, d, issues);
    if (step != READER_LINE) return step;
    if (!json_is_object(j->root)) {
        (void)dead(j, d, issues, ISSUE_JSON_NOT_A_LINE, (struct slice){ 0 });
        issue_argument(&issues->items[issues->count - 1], SLICE("problem"), shape_name(j->root));
        return READER_DEAD;
    }
    static const char *const objects[] = { "review", "record", NULL };
    for (unsigned i = 0; objects[i]; i++)
        if ((step = object_step(j, d, issues, objects[i])) != READER_LINE) return step;
    if (json_object_get(j->root, "document") && !json_object_get(j->root, "kind"))
        return dead(j, d, issues, ISSUE_OBJECT_NOT_ALLOWED, SLICE("document"));
    struct walk w = { j, d, issues };
    put_members(&w, j->root);
    return READER_LINE;
}

static void place(struct json_reader *j, struct draft *d, uint64_t position, uint32_t row)
{
    draft_reset(d);
    d->position = position;
    d->offset = j->record_at;
    d->row = row;
    d->raw = j->record;
    d->locate = json_locate;
    d->reader = j;
    d->ordinal = number_text(j->base.line_arena, row > 0 ? row : position + 1);
}

/* NDJSON: one record a physical line. */

/* Bytes up to the next line feed, looked for window by window: a line may be as long as the document. */
static size_t line_bytes(struct json_reader *j)
{
    size_t at = j->at;
    while (at < j->bytes.size) {
        size_t window = j->bytes.size - at < SPOOL_WINDOW_BYTES ? j->bytes.size - at : SPOOL_WINDOW_BYTES;
        const char *lf = memchr(j->bytes.bytes + at, '\n', window);
        if (lf) return (size_t)(lf - j->bytes.bytes) - j->at;
        at += window;
        spool_pass(j->base.spool, at);
    }
    return at - j->at;
}

static bool next_line(struct json_reader *j, struct slice *line, size_t *at)
{
    if (j->at >= j->bytes.size) return false;
    const char *from = j->bytes.bytes + j->at;
    size_t size = line_bytes(j);
    *at = j->at;
    j->at += size + (j->at + size < j->bytes.size);
    j->row++;
    spool_pass(j->base.spool, j->at);
    if (size > 0 && from[size - 1] == '\r') size--;
    *line = slice_of(from, size);
    return true;
}

static bool is_blank(struct slice s)
{
    for (size_t i = 0; i < s.size; i++)
        if (!memchr(" \t\r\n", s.bytes[i], 4)) return false;
    return true;
}

static enum reader_step next_ndjson(struct json_reader *j, struct draft *d, struct issues *issues)
{
    struct slice line;
    size_t at;
    if (!next_line(j, &line, &at)) return READER_END;
    j->record = slice_head(line, (size_t)JSON_RECORD_BYTES_MAX + 1);
    j->record_at = at;
    place(j, d, at, j->row);
    bool is_first = at == j->begin;
    if (is_blank(line)) { j->base.skipped = SKIPPED_blank; return READER_SKIPPED; }
    if (is_first && j->document_is_record) { j->base.skipped = SKIPPED_document; return READER_SKIPPED; }
    return take_record(j, d, issues);
}

/* Lists: elements of one JSON value whose grammar the survey has checked. */
static enum reader_step next_element(struct json_reader *j, struct draft *d, struct issues *issues)
{
    struct slice key, value;
    size_t at = j->at;
    if (!json_pass_step(j->bytes, &at, &key, &value)) return READER_END;
    j->at = at;
    j->record = value;
    j->record_at = (size_t)(value.bytes - j->bytes.bytes);
    place(j, d, j->index++, 0);
    return take_record(j, d, issues);
}

static enum reader_step next_one(struct json_reader *j, struct draft *d, struct issues *issues)
{
    if (j->index > 0) return READER_END;
    j->index = 1;
    j->record = slice_skip(j->bytes, j->at);
    j->record_at = j->at;
    place(j, d, j->at, 1);
    return take_record(j, d, issues);
}

static enum reader_step json_next(struct reader *r, struct draft *d, struct issues *issues)
{
    struct json_reader *j = own(r);
    switch (j->shape) {
    case SHAPE_NDJSON: return next_ndjson(j, d, issues);
    case SHAPE_ARRAY:  return next_element(j, d, issues);
    case SHAPE_ONE:    return next_one(j, d, issues);
    }
    NEVER();
}

/* Survey: shape, document */

static struct slice header_text(struct reader *r, const json_t *document, const char *name)
{
    return plain_text_leniently(r->arena, slice_copy(r->arena, slice_head(text_of(json_object_get(document, name)), 200)));
}

static void read_control(struct reader *r, const json_t *document)
{
    const json_t *control = json_object_get(document, "control");
    r->header.control_lines = header_text(r, control, "lines");
    r->header.control_qty = header_text(r, control, "qty");
    r->header.control_amount = header_text(r, control, "claimed_amount");
}

static bool read_purpose(struct reader *r, struct slice word, uint64_t offset)
{
    static const struct { struct slice word; enum purpose purpose; } words[] = {
        { SLICE_INIT(""), PURPOSE_ORIGINAL }, { SLICE_INIT("original"), PURPOSE_ORIGINAL },
        { SLICE_INIT("cancel"), PURPOSE_CANCEL }, { SLICE_INIT("replace"), PURPOSE_REPLACE },
    };
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        if (!slice_equal_nocase(word, words[i].word)) continue;
        r->header.purpose = words[i].purpose;
        return true;
    }
    reader_add(r, ISSUE_PURPOSE_UNKNOWN, offset)->value = issue_value(r->arena, word);
    return false;
}

static bool read_document(struct reader *r, const json_t *document, uint64_t offset)
{
    struct document_header *h = &r->header;
    h->partner_id = header_text(r, document, "partner_id");
    h->currency = header_text(r, document, "currency");
    h->report_id = header_text(r, document, "report_id");
    h->original_report_id = header_text(r, document, "original_report_id");
    h->report_from = header_text(r, document, "report_from");
    h->report_to = header_text(r, document, "report_to");
    read_control(r, document);
    return read_purpose(r, header_text(r, document, "purpose"), offset);
}

/* The members of the first object tell the shape: {document, lines}, or {document} before NDJSON. */
static json_t *load(struct json_reader *j, struct slice value)
{
    json_error_t error;
    if (value.size > JSON_RECORD_BYTES_MAX || json_pass_record(&j->pass, value) != JSON_FINE) return NULL;
    return json_loadb(j->pass.quoted, j->pass.quoted_size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
}

struct envelope { struct slice document, lines; bool has_kind; };

static struct envelope envelope_of(struct slice object)
{
    struct envelope e = { 0 };
    struct slice key, value;
    for (size_t at = 1; json_pass_step(object, &at, &key, &value);) {
        if (slice_equal(key, SLICE("document"))) e.document = value;
        if (slice_equal(key, SLICE("lines"))) e.lines = value;
        if (slice_equal(key, SLICE("kind"))) e.has_kind = true;
    }
    return e;
}

static enum survey syntax_error(struct json_reader *j, enum json_fault fault, size_t at)
{
    struct issue *i = reader_add(&j->base, issue_of(fault), at);
    describe_fault(i, j->base.arena, fault, "the value does not end well", slice_skip(j->bytes, at));
    return SURVEY_REJECTED;
}

/* One value over the whole document. */
static enum survey survey_value(struct json_reader *j, size_t *begin, size_t *end)
{
    size_t fault_at;
    if (j->bytes.size > JSON_DOCUMENT_BYTES_MAX) {
        issue_argument(reader_add(&j->base, ISSUE_JSON_NEEDS_NDJSON, j->at), SLICE("max"), number_text(j->base.arena, JSON_DOCUMENT_BYTES_MAX));
        return SURVEY_REJECTED;
    }
    enum json_fault fault = json_pass_skip(j->bytes, j->at, begin, end, &fault_at);
    if (fault != JSON_FINE) return syntax_error(j, fault, fault_at);
    if (!is_blank(slice_skip(j->bytes, *end))) return syntax_error(j, JSON_FAULT_TRAILING, *end);
    return SURVEY_READ;
}

static enum survey survey_document(struct json_reader *j, struct envelope e)
{
    size_t offset = (size_t)(e.document.bytes - j->bytes.bytes);
    json_t *document = load(j, e.document);
    bool is_good = document && json_is_object(document);
    if (is_good) is_good = read_document(&j->base, document, offset);
    else issue_argument(reader_add(&j->base, ISSUE_JSON_NOT_A_LINE, offset), SLICE("problem"), SLICE("no document object"));
    if (document) json_decref(document);
    return is_good ? SURVEY_READ : SURVEY_REJECTED;
}

static enum survey survey_one(struct json_reader *j)
{
    size_t begin = 0, end = 0;
    enum survey survey = survey_value(j, &begin, &end);
    if (survey != SURVEY_READ) return survey;
    struct slice value = slice_of(j->bytes.bytes + begin, end - begin);
    j->shape = value.bytes[0] == '[' ? SHAPE_ARRAY : SHAPE_ONE;
    j->begin = begin + (j->shape == SHAPE_ARRAY);
    if (j->shape == SHAPE_ARRAY) return SURVEY_READ;
    struct envelope e = envelope_of(value);
    if (e.has_kind || e.document.size == 0 || e.lines.size == 0 || e.lines.bytes[0] != '[') return SURVEY_READ;
    j->shape = SHAPE_ARRAY;
    j->prefix = SLICE("/lines");
    j->begin = (size_t)(e.lines.bytes - j->bytes.bytes) + 1;
    return survey_document(j, e);
}

static char last_of(struct slice s)
{
    while (s.size > 0 && memchr(" \t\r\n", s.bytes[s.size - 1], 4)) s.size--;
    return s.size > 0 ? s.bytes[s.size - 1] : 0;
}

static char first_of(struct slice s)
{
    for (size_t i = 0; i < s.size; i++)
        if (!memchr(" \t\r\n", s.bytes[i], 4)) return s.bytes[i];
    return 0;
}

/* The first two lines that are not blank. */
static bool is_ndjson(struct json_reader *j, struct slice *first)
{
    struct slice line, second = { 0 };
    size_t at;
    *first = (struct slice){ 0 };
    while (slice_is_empty(second) && next_line(j, &line, &at)) {
        if (is_blank(line)) continue;
        if (slice_is_empty(*first)) *first = line;
        else second = line;
    }
    if (first_of(*first) != '{') return false;
    return last_of(*first) == '}' || first_of(second) == '{';
}

static bool is_whole_document(struct slice first, struct envelope *e)
{
    size_t begin, end, fault_at;
    if (json_pass_skip(first, 0, &begin, &end, &fault_at) != JSON_FINE) return false;
    *e = envelope_of(slice_of(first.bytes + begin, end - begin));
    return e->document.size > 0 && !e->has_kind;
}

static enum survey survey_ndjson(struct json_reader *j, struct slice first)
{
    struct envelope e;
    j->shape = SHAPE_NDJSON;
    if (!is_whole_document(first, &e)) return SURVEY_READ;
    if (e.lines.size > 0) return survey_one(j);
    j->document_is_record = true;
    j->begin = (size_t)(first.bytes - j->bytes.bytes);
    return survey_document(j, e);
}

static void json_rewind(struct reader *r)
{
    struct json_reader *j = own(r);
    release(j);
    j->at = j->begin;
    j->row = 0;
    j->index = 0;
    for (size_t i = 0; i < j->begin && j->shape == SHAPE_NDJSON; i++) j->row += j->bytes.bytes[i] == '\n';
    spool_rewind(r->spool);
}

static enum survey json_survey(struct reader *r)
{
    struct json_reader *j = own(r);
    struct slice first;
    r->typing->dates.is_plain = r->typing->names_are_exact = true;
    r->typing->decimals = DECIMAL_STYLE_AUTO;
    j->bytes = r->spool->bytes;
    j->begin = j->at = slice_starts_with(j->bytes, SLICE("\xef\xbb\xbf")) ? 3 : 0;
    j->pass.quoted = arena_alloc(r->arena, 2 * (size_t)JSON_RECORD_BYTES_MAX + 16);
    j->pass.offsets = ARENA_ARRAY(r->arena, JSON_RECORD_BYTES_MAX / 2 + 2, uint32_t);
    sort_names(j);
    bool by_lines = is_ndjson(j, &first);
    j->at = j->begin;
    enum survey survey = by_lines ? survey_ndjson(j, first) : survey_one(j);
    r->format = j->shape == SHAPE_NDJSON ? SLICE("ndjson") : SLICE("json");
    r->dialect = j->shape == SHAPE_NDJSON ? SLICE("a record a line") : j->shape == SHAPE_ARRAY ? SLICE("a list of records") : SLICE("one record");
    json_rewind(r);
    return survey;
}

static void json_close(struct reader *r)
{
    release(own(r));
}

static const struct reader_ops ops = { SLICE_INIT("json"), json_survey, json_next, json_rewind, json_close };

struct reader *json_reader_open(struct arena *a)
{
    struct json_reader *j = ARENA_NEW(a, struct json_reader);
    j->base.ops = &ops;
    j->base.format = ops.format;
    return &j->base;
}
