/* wire/mapping_profile.c: profiles by table, on top of what they extend. */
#include "wire/mapping_profile.h"

#include "base/assert.h"
#include "domain/calendar.h"
#include "domain/line_member.h"
#include "wire/terms_schema.h"
#include "wire/yaml.h"

enum { SENDERS_MAX = 64, COLUMNS_MAX = 256 };

static const char *const tolerances[] = { "default", "strict", NULL };
static const char *const excess[] = { "round", "reject", NULL };
static const char *const sd_lines_words[] = { "pos", "claim", "both", NULL };
static const char *const mirror_words[] = { "drop", "stock_adjust", NULL };
static const char *const ta1_words[] = { "on_request", "always", "never", NULL };
static const char *const functional_words[] = { "997", "999", "none", NULL };
static const char *const answer_849_words[] = { "all", "exceptions", "none", NULL };
static const char *const control_words[] = { "strict", "hash_only", NULL };
static const char *const set_words[] = { "unique", "any", NULL };
static const char *const truncated_words[] = { "nothing", "complete_sets", NULL };
static const char *const ctt01_words[] = { "standard", "lines", "loops", "any", NULL };
static const char *const lin01_words[] = { "none", "invoice_line", "auth_line", NULL };
static const char *const decimal_words[] = { "auto", "point", "comma", NULL };
static const char *const date_words[] = { "auto", "ymd", "dmy", "mdy", NULL };
static const char *const unknown_words[] = { "keep", "reject", NULL };

/* --- default@1 --- */

static const struct slice default_versions[] = { SLICE_INIT("004010"), SLICE_INIT("005010") };

/* The digest is that of the text "profile: default", "version: 1", each with a line feed. */
static const struct mapping_profile built_in = {
    .name = SLICE_INIT("default"), .version = 1,
    .sha256 = {
        0x17, 0xa0, 0xff, 0x71, 0x60, 0x95, 0x8d, 0x74, 0xfb, 0x95, 0x10, 0x39, 0x6d, 0xfe, 0xc4, 0xf5,
        0x2d, 0xa5, 0x09, 0xd5, 0x1e, 0xec, 0xcf, 0xa3, 0x83, 0xdd, 0xef, 0x35, 0x82, 0x2e, 0x5a, 0x7b,
    },
    .kinds = PROFILE_KINDS_DEFAULT, .uom_default = SLICE_INIT("EA"), .time_zone = SLICE_INIT("UTC"),
    .answers = { .sla_hours = 48 },
    .x12 = { .versions = { default_versions, 2 }, .control_window_days = 400, .sii05 = SLICE_INIT("resale_unit"),
             .sii06 = SLICE_INIT("book_unit"), .sii_assumed = true },
};

const struct mapping_profile *mapping_profile_default(void)
{
    return &built_in;
}

/* --- fields of a line, as profiles name them --- */

static const char *const party_parts[] = {
#define PART(party, part, type, detail) #part,
    PARTY_PARTS(PART, _)
#undef PART
};

/* Of reference lines, which a profile alone finds in a file: as a header `status` or `name` says something else. */
static const char *const reference_members[] = {
#define MEMBER(member, type, detail) #member,
    REFERENCE_MEMBERS(MEMBER)
#undef MEMBER
};

static bool is_among(const char *const *names, size_t count, struct slice name)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal(slice_from(names[i]), name)) return true;
    return false;
}
#define IS_AMONG(names, name) is_among(names, sizeof(names) / sizeof *(names), name)

/* A party as a whole is its name. */
static bool is_field(struct slice name)
{
    struct slice part = name, head = slice_cut(&part, '.');
    const struct line_field *field = line_field_find(head);
    if (part.bytes) return field && field->type == FIELD_TYPE_PARTY && IS_AMONG(party_parts, part);
    return field || slice_equal(name, SLICE("report_id")) || IS_AMONG(reference_members, name);
}

static void check_field(struct reading *r, const struct node *n, struct slice field)
{
    if (is_field(field)) return;
    struct slice *names = ARENA_ARRAY(r->source->arena, line_field_count, struct slice);
    for (unsigned i = 0; i < line_field_count; i++) names[i] = line_fields[i].name;
    schema_refuse_unknown(r, schema_place(n, "field"), field, names, line_field_count, "field of a line");
}

/* --- x12 --- */

static const struct member sender_members[] = {
    { "qualifier", ID_OF(struct x12_sender, qualifier, 4), .required = true },
    { "id", TEXT_OF(struct x12_sender, id, 15), .required = true },
    { "group", TEXT_OF(struct x12_sender, group, 15) },
    { "receiver", TEXT_OF(struct x12_sender, receiver, 15) },
};
static const struct schema sender = SCHEMA_OF(struct x12_sender, sender_members, "a sender", NULL);

static const struct member length_limit_members[] = {
    { "segment", ID_OF(struct x12_length_limit, segment, 3), .required = true },
    { "element", WHOLE_OF(struct x12_length_limit, element, 1, 99), .required = true },
    { "max", WHOLE_OF(struct x12_length_limit, max, 1, 4096), .required = true },
};
static const struct schema length_limit = SCHEMA_OF(struct x12_length_limit, length_limit_members, "a length limit",
                                                    NULL);

static void check_map(struct reading *r, const struct node *n, void *record)
{
    check_field(r, n, ((struct x12_map *)record)->field);
}

static const struct member map_members[] = {
    { "set", ID_OF(struct x12_map, set, 3), .required = true },
    { "field", ID_OF(struct x12_map, field, 64), .required = true },
    { "segment", ID_OF(struct x12_map, segment, 3), .required = true },
    { "qualifiers", IDS_OF(struct x12_map, qualifiers, 8), .required = true },
};
static const struct schema map = SCHEMA_OF(struct x12_map, map_members, "a map", check_map);

static const struct member x12_members[] = {
    { "senders", RECORDS_OF(struct profile_x12, senders, sender_count, sender), .bound = SENDERS_MAX },
    { "versions", IDS_OF(struct profile_x12, versions, 12) },
    { "control_numbers", CHOICE_OF(struct profile_x12, control_numbers, control_words) },
    { "set_numbers", CHOICE_OF(struct profile_x12, set_numbers, set_words) },
    { "control_window_days", WHOLE_OF(struct profile_x12, control_window_days, 1, DAYS_MAX) },
    { "truncated", CHOICE_OF(struct profile_x12, truncated, truncated_words) },
    { "tolerate_counts", FLAG_OF(struct profile_x12, tolerate_counts) },
    { "unwrap", FLAG_OF(struct profile_x12, unwrap) },
    { "ctt01", CHOICE_OF(struct profile_x12, ctt01, ctt01_words) },
    { "lin01", CHOICE_OF(struct profile_x12, lin01, lin01_words) },
    { "sii05", ID_OF(struct profile_x12, sii05, 64) },
    { "sii06", ID_OF(struct profile_x12, sii06, 64) },
    { "ref_cm_is_return", FLAG_OF(struct profile_x12, ref_cm_is_return) },
    { "amt03_c_is_return", FLAG_OF(struct profile_x12, amt03_c_is_return) },
    { "second_st_is_end_customer", FLAG_OF(struct profile_x12, second_st_is_end_customer) },
    { "length_limits", RECORDS_OF(struct profile_x12, length_limits, length_limit_count, length_limit),
      .bound = COLUMNS_MAX },
    { "maps", RECORDS_OF(struct profile_x12, maps, map_count, map), .bound = COLUMNS_MAX },
};

static void check_unit_field(struct reading *r, const struct node *n, const char *member, struct slice field)
{
    const struct line_field *known = line_field_find(field);
    if (known && known->type == FIELD_TYPE_PRICE) return;
    schema_refuse(r, schema_place(n, member), member, "write a unit price: resale_unit, book_unit …",
                  "\"%.*s\" is no unit price of a line",
                  SLICE_ARGS(field));
}

/* What the readers know; a guide suffix may follow. */
static void check_versions(struct reading *r, const struct node *n, const struct texts *versions)
{
    static const struct slice known[] = { SLICE_INIT("002040"), SLICE_INIT("003040"), SLICE_INIT("004010"),
                                          SLICE_INIT("005010") };
    for (unsigned k = 0; k < versions->count; k++) {
        bool is_known = false;
        for (unsigned v = 0; v < sizeof known / sizeof *known; v++)
            is_known |= slice_starts_with(versions->items[k], known[v]);
        if (!is_known)
            schema_refuse(r, schema_place(n, "versions"), "versions", "write 002040, 003040, 004010 or 005010",
                          "version \"%.*s\" is not read", SLICE_ARGS(versions->items[k]));
    }
}

static void check_x12(struct reading *r, const struct node *n, void *record)
{
    struct profile_x12 *x = record;
    check_versions(r, n, &x->versions);
    bool says05 = node_find(n, SLICE("sii05")) != NULL, says06 = node_find(n, SLICE("sii06")) != NULL;
    if (says05) check_unit_field(r, n, "sii05", x->sii05);
    if (says06) check_unit_field(r, n, "sii06", x->sii06);
    if (says05 || says06) x->sii_assumed = false;
}

static const struct schema x12 = SCHEMA_OF(struct profile_x12, x12_members, "x12", check_x12);

/* --- text, json, values --- */

static void check_column(struct reading *r, const struct node *n, void *record)
{
    check_field(r, n, ((struct profile_column *)record)->field);
}

static const struct member column_members[] = {
    { "field", ID_OF(struct profile_column, field, 64), .required = true },
    { "names", TEXTS_OF(struct profile_column, names, 120), .required = true },
};
static const struct schema column = SCHEMA_OF(struct profile_column, column_members, "a column", check_column);

static void check_constant(struct reading *r, const struct node *n, void *record)
{
    check_field(r, n, ((struct profile_constant *)record)->field);
}

static const struct member constant_members[] = {
    { "field", ID_OF(struct profile_constant, field, 64), .required = true },
    { "value", TEXT_OF(struct profile_constant, value, 200), .required = true },
};
static const struct schema constant = SCHEMA_OF(struct profile_constant, constant_members, "a constant",
                                                check_constant);

static const struct member text_members[] = {
    { "delimiter", BY_HAND },
    { "encoding", ID_OF(struct profile_text, encoding, 40) },
    { "decimal", CHOICE_OF(struct profile_text, decimal, decimal_words) },
    { "dates", CHOICE_OF(struct profile_text, dates, date_words) },
    { "sheet", TEXT_OF(struct profile_text, sheet, 120) },
    { "header_row", BY_HAND },
    { "columns", RECORDS_OF(struct profile_text, columns, column_count, column), .bound = COLUMNS_MAX },
    { "constants", RECORDS_OF(struct profile_text, constants, constant_count, constant), .bound = COLUMNS_MAX },
    { "empty_markers", TEXTS_OF(struct profile_text, empty_markers, 40) },
};

/* auto, or one byte: a tab counts, which is no text. */
static void read_delimiter(struct reading *r, const struct node *n, struct profile_text *t)
{
    const struct node *said = node_find(n, SLICE("delimiter"));
    if (!said) return;
    bool one_byte =
        said->type == NODE_SCALAR && said->text.size == 1 && said->text.bytes[0] != '"' && said->text.bytes[0] != '\n';
    if (said->type == NODE_SCALAR && slice_equal(said->text, SLICE("auto"))) t->delimiter = 0;
    else if (one_byte) t->delimiter = said->text.bytes[0];
    else schema_refuse(r, said->at, "delimiter", "write auto, or one character as \";\"", "\"%.*s\" is no delimiter",
                       SLICE_ARGS(said->text));
}

static void read_header_row(struct reading *r, const struct node *n, struct profile_text *t)
{
    static const struct member row = { "header_row", WHOLE_OF(struct profile_text, header_row, 1, HEADER_ROW_MAX) };
    const struct node *said = node_find(n, SLICE("header_row"));
    if (!said) return;
    if (said->type == NODE_SCALAR && slice_equal(said->text, SLICE("auto"))) t->header_row = 0;
    else schema_read_member(r, &row, said, said->at, t);
}

static void blank_when(struct slice *text, struct slice word)
{
    if (slice_equal(*text, word)) *text = (struct slice){ NULL, 0 };
}

static void check_text(struct reading *r, const struct node *n, void *record)
{
    struct profile_text *t = record;
    read_delimiter(r, n, t);
    read_header_row(r, n, t);
    blank_when(&t->encoding, SLICE("auto"));
    blank_when(&t->sheet, SLICE("best"));
}

static const struct schema text_schema = SCHEMA_OF(struct profile_text, text_members, "text", check_text);

static void check_pointer(struct reading *r, const struct node *n, void *record)
{
    const struct profile_pointer *p = record;
    check_field(r, n, p->field);
    if (p->pointer.size == 0 || p->pointer.bytes[0] != '/')
        schema_refuse(r, schema_place(n, "pointer"), "pointer", "write it as /quantity/value",
                      "\"%.*s\" is no JSON pointer", SLICE_ARGS(p->pointer));
}

static const struct member pointer_members[] = {
    { "field", ID_OF(struct profile_pointer, field, 64), .required = true },
    { "pointer", TEXT_OF(struct profile_pointer, pointer, 200), .required = true },
};
static const struct schema pointer = SCHEMA_OF(struct profile_pointer, pointer_members, "a pointer", check_pointer);

static const struct member json_members[] = {
    { "unknown", CHOICE_OF(struct profile_json, unknown, unknown_words) },
    { "pointers", RECORDS_OF(struct profile_json, pointers, pointer_count, pointer), .bound = COLUMNS_MAX },
};
static const struct schema json = SCHEMA_OF(struct profile_json, json_members, "json", NULL);

static void check_value(struct reading *r, const struct node *n, void *record)
{
    const struct profile_value *v = record;
    const struct line_field *field = line_field_find(v->field);
    check_field(r, n, v->field);
    if (!field || field->type != FIELD_TYPE_KIND || kind_find(v->value) != KIND_UNSPECIFIED) return;
    struct slice names[KIND_COUNT];
    for (unsigned k = 1; k < KIND_COUNT; k++) names[k - 1] = kind_name((enum kind)k);
    schema_refuse_unknown(r, schema_place(n, "value"), v->value, names, KIND_COUNT - 1, "kind of line");
}

static const struct member value_members[] = {
    { "field", ID_OF(struct profile_value, field, 64), .required = true },
    { "value", TEXT_OF(struct profile_value, value, 200), .required = true },
    { "names", TEXTS_OF(struct profile_value, names, 120), .required = true },
};
static const struct schema value_schema = SCHEMA_OF(struct profile_value, value_members, "a value", check_value);

/* --- the whole --- */

static const struct member answers_members[] = {
    { "ta1", CHOICE_OF(struct profile_answers, ta1, ta1_words) },
    { "functional", CHOICE_OF(struct profile_answers, functional, functional_words) },
    { "response_849", CHOICE_OF(struct profile_answers, response_849, answer_849_words) },
    { "sla_hours", WHOLE_OF(struct profile_answers, sla_hours, 1, 8760) },
};
static const struct schema answers = SCHEMA_OF(struct profile_answers, answers_members, "answers", NULL);

static const struct member profile_members[] = {
    { "profile", ID_OF(struct mapping_profile, name, 64) },
    { "version", WHOLE_OF(struct mapping_profile, version, 1, UINT32_MAX) },
    { "effective_from", DATE_OF(struct mapping_profile, effective_from) },
    { "extends", BY_HAND },
    { "submitter", ID_OF(struct mapping_profile, submitter, 64) },
    { "partner_id", ID_OF(struct mapping_profile, partner_id, 64) },
    { "reports_for", TEXTS_OF(struct mapping_profile, reports_for, 64) },
    { "vendor", FLAG_OF(struct mapping_profile, vendor) },
    { "kinds", .type = MEMBER_KINDS, PLACE(struct mapping_profile, kinds) },
    { "country_default", .type = MEMBER_COUNTRY, PLACE(struct mapping_profile, country_default) },
    { "currency_default", .type = MEMBER_CURRENCY, PLACE(struct mapping_profile, currency_default) },
    { "uom_default", ID_OF(struct mapping_profile, uom_default, 8) },
    { "time_zone", ID_OF(struct mapping_profile, time_zone, 64) },
    { "tolerance", CHOICE_OF(struct mapping_profile, tolerance, tolerances) },
    { "excess_digits", CHOICE_OF(struct mapping_profile, excess_digits, excess) },
    { "sd_lines", CHOICE_OF(struct mapping_profile, sd_lines, sd_lines_words) },
    { "mirror_rows", CHOICE_OF(struct mapping_profile, mirror_rows, mirror_words) },
    { "ship_date_from_invoice_date", FLAG_OF(struct mapping_profile, ship_date_from_invoice_date) },
    { "invoice_date_from_ship_date", FLAG_OF(struct mapping_profile, invoice_date_from_ship_date) },
    { "answers", RECORD_OF(struct mapping_profile, answers, answers) },
    { "x12", RECORD_OF(struct mapping_profile, x12, x12) },
    { "text", RECORD_OF(struct mapping_profile, text, text_schema) },
    { "json", RECORD_OF(struct mapping_profile, json, json) },
    { "values", RECORDS_OF(struct mapping_profile, values, value_count, value_schema), .bound = COLUMNS_MAX },
};

/* A list with `field` begins with the nearest profile's entries. */
static const void *in_front(struct arena *a, const void *own, unsigned *count, const void *base, unsigned base_count,
                            size_t size)
{
    if (own == base || base_count == 0) return own;
    char *all = arena_alloc_array(a, *count + base_count, size);
    if (*count) memcpy(all, own, *count * size);
    memcpy(all + *count * size, base, base_count * size);
    *count += base_count;
    return all;
}

#define IN_FRONT(a, p, base, items, item_count) \
    ((p)->items = in_front((a), (p)->items, &(p)->item_count, (base)->items, (base)->item_count, sizeof *(p)->items))

static void join_lists(struct arena *a, struct mapping_profile *p, const struct mapping_profile *base)
{
    IN_FRONT(a, p, base, text.columns, text.column_count);
    IN_FRONT(a, p, base, text.constants, text.constant_count);
    IN_FRONT(a, p, base, json.pointers, json.pointer_count);
    IN_FRONT(a, p, base, x12.maps, x12.map_count);
    IN_FRONT(a, p, base, values, value_count);
}

static void check_profile(struct reading *r, const struct node *n, void *record)
{
    const struct mapping_profile *p = record;
    if (slice_is_empty(p->name)) schema_refuse(r, n->at, "profile", "add profile: name", "profile is missing");
    if (p->version == 0) schema_refuse(r, n->at, "version", "add version: 1", "version is missing");
    if (slice_equal(p->name, SLICE("default")))
        schema_refuse(r, schema_place(n, "profile"), "profile", "give it a name of its own",
                      "the profile default is built in");
}

static const struct schema profile_schema = SCHEMA_OF(struct mapping_profile, profile_members, "a mapping profile",
                                                      check_profile);

/* name, or name@version. */
static const struct mapping_profile *find_base(const struct mapping_profiles *on_file, struct slice extends,
                                               int32_t date)
{
    struct slice version = extends, name = slice_cut(&version, '@');
    uint64_t number;
    if (!version.bytes) return mapping_profile_find(on_file, name, date);
    if (slice_equal(extends, SLICE("default@1"))) return &built_in;
    if (!slice_to_uint(version, UINT32_MAX, &number)) return NULL;
    for (unsigned i = 0; i < on_file->count; i++)
        if (slice_equal(on_file->items[i]->name, name) &&
            on_file->items[i]->version == number) return on_file->items[i];
    return NULL;
}

static const struct mapping_profile *base_of(struct reading *r, const struct node *n,
                                             const struct mapping_profiles *on_file)
{
    const struct node *extends = node_find(n, SLICE("extends")), *from = node_find(n, SLICE("effective_from"));
    int32_t date = DATE_MAX;
    if (from && from->type == NODE_SCALAR && date_parse(from->text, &date) != OK) date = DATE_MAX;
    if (!extends) return &built_in;
    const struct mapping_profile *base = extends->type == NODE_SCALAR ? find_base(on_file, extends->text, date) : NULL;
    if (!base)
        schema_refuse(r, extends->at, "extends", "write default, or the name of a profile on file that is no later",
                      "there is no profile \"%.*s\" to extend", SLICE_ARGS(extends->text));
    return base;
}

const struct mapping_profile *mapping_profile_read(struct arena *a, struct slice file, struct slice text,
                                                   const struct mapping_profiles *on_file, struct problems *problems)
{
    struct text_source s = { .arena = a, .file = file, .problems = problems, .code = ERR_CONFIG_INVALID };
    const struct node *n = yaml_read(&s, text);
    if (!n) return NULL;
    struct reading r = reading_of(&s);
    const struct mapping_profile *base = base_of(&r, n, on_file);
    struct mapping_profile *p = ARENA_NEW(a, struct mapping_profile);
    *p = base ? *base : built_in;
    p->name = p->extends = (struct slice){ NULL, 0 };
    p->version = 0;
    p->effective_from = 0;
    r.overlay = true;
    schema_read(&r, &profile_schema, n, p);
    if (r.errors) return NULL;
    const struct node *extends = node_find(n, SLICE("extends"));
    p->extends = extends ? extends->text : built_in.name;
    join_lists(a, p, base);
    hash_sha256(text, p->sha256);
    return p;
}

enum err mapping_profiles_add(struct arena *a, struct mapping_profiles *profiles, const struct mapping_profile *p)
{
    for (unsigned i = 0; i < profiles->count; i++) {
        const struct mapping_profile *known = profiles->items[i];
        if (known->version != p->version || !slice_equal(known->name, p->name)) continue;
        return memcmp(known->sha256, p->sha256, SHA256_BYTES) == 0 ? OK : ERR_CONFIG_INVALID;
    }
    if (profiles->count == profiles->capacity) {
        unsigned capacity = profiles->capacity ? 2 * profiles->capacity : 8;
        const struct mapping_profile **items = ARENA_ARRAY(a, capacity, const struct mapping_profile *);
        if (profiles->count) memcpy(items, profiles->items, profiles->count * sizeof *items);
        profiles->items = items;
        profiles->capacity = capacity;
    }
    profiles->items[profiles->count++] = p;
    return OK;
}

const struct mapping_profile *mapping_profile_find(const struct mapping_profiles *profiles, struct slice name,
                                                   int32_t date)
{
    const struct mapping_profile *best = NULL;
    if (slice_equal(name, built_in.name)) return &built_in;
    for (unsigned i = 0; i < profiles->count; i++) {
        const struct mapping_profile *p = profiles->items[i];
        if (!slice_equal(p->name, name) || p->effective_from > date) continue;
        if (!best || p->version > best->version) best = p;
    }
    return best;
}

const struct schema *mapping_profile_schema(void) { return &profile_schema; }
