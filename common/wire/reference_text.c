/* wire/reference_text.c: partners, products, prices, rates and party verdicts by table. */
#include "wire/reference_text.h"

#include "base/assert.h"
#include "wire/csv_text.h"
#include "wire/limits.h"
#include "wire/terms_schema.h"

#include <stdlib.h>

enum { PARTS_MAX = 256, UOMS_MAX = 64, PRICES_MAX = 4096, UOM_FACTOR_MAX = 1000000000 };


static void check_span(struct reading *r, const struct node *n, int32_t from, int32_t to)
{
    if (from && to && from > to)
        schema_refuse(r, schema_place(n, "valid_to"), "valid_to", "let it end on or after the day it begins",
                      "it ends before it begins");
}

/* --- partner --- */

static void check_status(struct reading *r, const struct node *n, void *record)
{
    const struct status_span *s = record;
    check_span(r, n, s->valid_from, s->valid_to);
}

static const struct member status_members[] = {
    { "status", WORD_OF(struct status_span, status, PARTNER_STATUS), .required = true },
    { "valid_from", DATE_OF(struct status_span, valid_from) },
    { "valid_to", DATE_OF(struct status_span, valid_to) },
};
static const struct schema status_schema = SCHEMA_OF(struct status_span, status_members, "a status", check_status);

static const struct member scope_members[] = {
    { "agreements", TEXTS_OF(struct role_span, agreements, 50) },
    { "locations", IDS_OF(struct role_span, locations, 64) },
};
static const struct schema scope = SCHEMA_OF(struct role_span, scope_members, "scope", NULL);

static void check_role(struct reading *r, const struct node *n, void *record)
{
    const struct role_span *s = record;
    check_span(r, n, s->valid_from, s->valid_to);
}

static const struct member role_members[] = {
    { "role", WORD_OF(struct role_span, role, ROLE), .allowed = PARTNER_ROLES, .required = true },
    { "scope", BLOCK_OF(scope) },
    { "valid_from", DATE_OF(struct role_span, valid_from) },
    { "valid_to", DATE_OF(struct role_span, valid_to) },
};
static const struct schema role_schema = SCHEMA_OF(struct role_span, role_members, "a role", check_role);

static void check_tier(struct reading *r, const struct node *n, void *record)
{
    const struct tier_span *s = record;
    check_span(r, n, s->valid_from, s->valid_to);
}

static const struct member tier_members[] = {
    { "tier", TEXT_OF(struct tier_span, tier, 24), .required = true },
    { "valid_from", DATE_OF(struct tier_span, valid_from) },
    { "valid_to", DATE_OF(struct tier_span, valid_to) },
};
static const struct schema tier_schema = SCHEMA_OF(struct tier_span, tier_members, "a tier", check_tier);

static void check_enrolment(struct reading *r, const struct node *n, void *record)
{
    const struct enrolment *e = record;
    if (slice_is_empty(e->program_id) == (e->incentive == INCENTIVE_UNSPECIFIED))
        schema_refuse(r, n->at, NULL, "write one of program_id, incentive",
                      "an enrolment is for one program or for one incentive");
    check_span(r, n, e->valid_from, e->valid_to);
}

static const struct member enrolment_members[] = {
    { "program_id", ID_OF(struct enrolment, program_id, 40) },
    { "incentive", WORD_OF(struct enrolment, incentive, INCENTIVE) },
    { "valid_from", DATE_OF(struct enrolment, valid_from) },
    { "valid_to", DATE_OF(struct enrolment, valid_to) },
    { "expected_volume", .type = MEMBER_DECIMAL_TEXT, PLACE(struct enrolment, expected_volume), .scale = 6,
      .max = FROM_MAX },
    { "baseline", .type = MEMBER_DECIMAL_TEXT, PLACE(struct enrolment, baseline), .scale = 6, .max = FROM_MAX },
    { "terms_accepted", FLAG_OF(struct enrolment, terms_accepted), .fallback = "false" },
};
static const struct schema enrolment_schema = SCHEMA_OF(struct enrolment, enrolment_members, "an enrolment",
                                                        check_enrolment);

static const struct member identifier_members[] = {
    { "type", ID_OF(struct pair, name, 24), .required = true },
    { "value", TEXT_OF(struct pair, value, 80), .required = true },
};
static const struct schema identifier = SCHEMA_OF(struct pair, identifier_members, "an identifier", NULL);

/* What is known of a partner's business, and from how many documents (screening.md 10.2). */
static const struct member fact_members[] = {
    { "fact", ID_OF(struct evidence, id, 40), .required = true },
    { "value", TEXT_OF(struct evidence, text, 60), .required = true },
    { "documents", WHOLE_OF(struct evidence, score, 1, 1000000), .fallback = "1" },
};
static const struct schema fact_schema = SCHEMA_OF(struct evidence, fact_members, "evidence", NULL);

static const struct member payee_members[] = {
    { "payee_id", ID_OF(struct payee, payee_id, 64), .required = true },
    { "name", TEXT_OF(struct payee, name, 120) },
    { "country", .type = MEMBER_COUNTRY, PLACE(struct payee, country) },
    { "account_hash", ID_OF(struct payee, account_hash, 128) },
    { "changed_on", DATE_OF(struct payee, changed_on) },
};
static const struct schema payee_schema = SCHEMA_OF(struct payee, payee_members, "payee", NULL);

static const struct member party_members[] = {
    { "name", TEXT_OF(struct party, name, 120) },
    { "id_type", ID_OF(struct party, id_type, 24) },
    { "id", TEXT_OF(struct party, id, 80) },
    { "address", TEXT_OF(struct party, address, 200) },
    { "city", TEXT_OF(struct party, city, 120) },
    { "region", TEXT_OF(struct party, region, 40) },
    { "postal_code", TEXT_OF(struct party, postal_code, 20) },
    { "country", .type = MEMBER_COUNTRY, PLACE(struct party, country) },
    { "role", WORD_OF(struct party, role, ROLE) },
    { "kind", WORD_OF(struct party, kind, PARTY_KIND) },
    { "birth_year", WHOLE_OF(struct party, birth_year, 1850, 2099) },
};
static const struct schema party_schema = SCHEMA_OF(struct party, party_members, "a party", NULL);

static const struct schema owner_schema;

static const struct member owner_members[] = {
    { "party", RECORD_OF(struct owner, party, party_schema), .required = true },
    { "share_percent", SHARE_OF(struct owner, share_percent_micros), ASIDE(struct owner, has_share) },
    { "owners", RECORDS_OF(struct owner, owners, owner_count, owner_schema), .bound = PARTNER_OWNERS_MAX },
};

static void check_owner(struct reading *r, const struct node *n, void *record)
{
    const struct owner *o = record;
    if (party_is_absent(&o->party))
        schema_refuse(r, schema_place(n, "party"), "party", "add its name or id", "an owner without name and id");
}

static const struct schema owner_schema = SCHEMA_OF(struct owner, owner_members, "an owner", check_owner);

static const char *const lot_pools[] = { "PARTNER", "LOCATION", NULL };

static const struct member partner_members[] = {
    { "partner_id", ID_OF(struct partner, partner_id, 64), .required = true },
    { "root_id", ID_OF(struct partner, root_id, 64) },
    { "name", TEXT_OF(struct partner, name, 120) },
    { "status", RECORDS_OF(struct partner, statuses, status_count, status_schema), .lone = "status",
      .bound = PARTNER_SPANS_MAX },
    { "roles", RECORDS_OF(struct partner, roles, role_count, role_schema), .bound = PARTNER_SPANS_MAX },
    { "tiers", RECORDS_OF(struct partner, tiers, tier_count, tier_schema), .bound = PARTNER_SPANS_MAX },
    { "country", .type = MEMBER_COUNTRY, PLACE(struct partner, country) },
    { "regions", TEXTS_OF(struct partner, regions, 40) },
    { "locations", IDS_OF(struct partner, locations, 64) },
    { "currency", .type = MEMBER_CURRENCY, PLACE(struct partner, currency) },
    { "price_list_id", ID_OF(struct partner, price_list_id, 40) },
    { "utc_offset_minutes", WHOLE_OF(struct partner, utc_offset_minutes, -840, 840), .fallback = "0" },
    { "sla_hours", WHOLE_OF(struct partner, sla_hours, 1, 8760), .fallback = "48" },
    { "lot_pool", CHOICE_OF(struct partner, lot_pool_location, lot_pools), .fallback = "PARTNER" },
    { "enrolments", RECORDS_OF(struct partner, enrolments, enrolment_count, enrolment_schema),
      .bound = PARTNER_ENROLMENTS_MAX },
    { "identifiers", RECORDS_OF(struct partner, identifiers, identifier_count, identifier),
      .bound = PARTNER_SPANS_MAX },
    { "payee", RECORD_OF(struct partner, payee, payee_schema) },
    { "owners", RECORDS_OF(struct partner, owners, owner_count, owner_schema), .bound = PARTNER_OWNERS_MAX },
    { "attributes", .type = MEMBER_PAIRS, PLACE(struct partner, attributes), ASIDE(struct partner, attribute_count),
      .bound = PARTNER_SPANS_MAX },
    { "evidence", RECORDS_OF(struct partner, evidence, evidence_count, fact_schema), .bound = PARTNER_EVIDENCE_MAX },
    { "group_id", ID_OF(struct partner, group_id, 64) },
};

static unsigned count_owners(const struct owner *owners, unsigned count)
{
    unsigned sum = count;
    for (unsigned i = 0; i < count; i++) sum += count_owners(owners[i].owners, owners[i].owner_count);
    return sum;
}

static void check_partner(struct reading *r, const struct node *n, void *record)
{
    struct partner *p = record;
    if (slice_is_empty(p->root_id)) p->root_id = p->partner_id;
    unsigned owners = count_owners(p->owners, p->owner_count);
    if (owners > PARTNER_OWNERS_MAX)
        schema_refuse(r, schema_place(n, "owners"), "owners", "leave out owners of small shares",
                      "%u owners on all levels, at most %u are allowed",
                      owners, (unsigned)PARTNER_OWNERS_MAX);
}

static const struct schema partner_schema = SCHEMA_OF(struct partner, partner_members, "a partner", check_partner);

bool reference_read_partner(const struct text_source *s, const struct node *partner, struct partner *out)
{
    struct reading r = reading_of(s);
    *out = (struct partner){ 0 };
    return schema_read(&r, &partner_schema, partner, out);
}

/* --- product --- */

static const char *const product_status[] = { "ACTIVE", "WITHDRAWN", NULL };
static const char *const not_returnable[] = { "true", "false", NULL };          /* stored the other way round */

static const struct member partner_part_members[] = {
    { "root_id", ID_OF(struct pair, name, 64), .required = true },
    { "part", TEXT_OF(struct pair, value, 48), .required = true },
};
static const struct schema partner_part = SCHEMA_OF(struct pair, partner_part_members, "a partner part", NULL);

static const struct member product_members[] = {
    { "sku", TEXT_OF(struct product, sku, 48), .required = true },
    { "status", CHOICE_OF(struct product, withdrawn, product_status), .fallback = "ACTIVE" },
    { "family", TEXT_OF(struct product, family, 48) },
    { "product_line", TEXT_OF(struct product, product_line, 48) },
    { "vendor_parts", TEXTS_OF(struct product, vendor_parts, 48) },
    { "gtins", IDS_OF(struct product, gtins, 14) },
    { "partner_parts", RECORDS_OF(struct product, partner_parts, partner_part_count, partner_part),
      .bound = PARTS_MAX },
    { "base_uom", ID_OF(struct product, base_uom, 8), .fallback = "EA" },
    { "uoms", BY_HAND },
    { "returnable", CHOICE_OF(struct product, not_returnable, not_returnable), .fallback = "true" },
    { "serial_mask", TEXT_OF(struct product, serial_mask, 64) },
    { "serial_check", TEXT_OF(struct product, serial_check, 24) },
};

static bool read_factor(struct slice text, int64_t *factor)
{
    uint64_t value;
    if (!slice_to_uint(text, UOM_FACTOR_MAX, &value) || value == 0) return false;
    *factor = (int64_t)value;
    return true;
}

static bool read_uom(struct reading *r, const struct node_entry *e, struct uom *out)
{
    struct slice den = e->value->text, num = slice_cut(&den, '/');
    bool is_text = e->value->type == NODE_SCALAR;
    if (e->key.size == 0 || e->key.size > 8)
        schema_refuse(r, e->at, "uoms", "use a code of 1 to 8 letters, as BOX", "\"%.*s\" is no unit of measure",
                      (int)e->key.size, e->key.bytes);
    else if (!is_text || !den.bytes || !read_factor(num, &out->num) || !read_factor(den, &out->den))
        schema_refuse(r, e->value->at, "uoms", "write base units/units, as 24/1", "\"%.*s\" is no factor",
                      SLICE_ARGS(e->value->text));
    else out->code = e->key;
    return out->code.size > 0;
}

static void read_uoms(struct reading *r, const struct node *uoms, struct product *p)
{
    if (!uoms) return;
    if (uoms->type != NODE_MAP || uoms->count > UOMS_MAX) {
        schema_refuse(r, uoms->at, "uoms", "write a map: {BOX: 24/1}", "uoms must be a map of at most %u units",
                      (unsigned)UOMS_MAX);
        return;
    }
    struct uom *items = ARENA_ARRAY(r->source->arena, uoms->count + 1, struct uom);
    for (const struct node_entry *e = uoms->first; e; e = e->next)
        if (read_uom(r, e, &items[p->uom_count])) p->uom_count++;
    p->uoms = items;
}

static void check_gtins(struct reading *r, const struct node *gtins, const struct product *p)
{
    uint64_t ignored;
    const struct node_entry *e = gtins ? gtins->first : NULL;
    for (unsigned i = 0; i < p->gtins.count; i++, e = e->next)
        if (p->gtins.items[i].size < 8 || !slice_to_uint(p->gtins.items[i], UINT64_MAX, &ignored))
            schema_refuse(r, e->value->at, "gtins", "write 8 to 14 digits, leading zeros too", "\"%.*s\" is no GTIN",
                          SLICE_ARGS(p->gtins.items[i]));
}

static void check_product(struct reading *r, const struct node *n, void *record)
{
    struct product *p = record;
    if (slice_is_empty(p->sku)) schema_refuse(r, schema_place(n, "sku"), "sku", "write the sku", "the sku is empty");
    read_uoms(r, node_find(n, SLICE("uoms")), p);
    check_gtins(r, node_find(n, SLICE("gtins")), p);
}

static const struct schema product_schema = SCHEMA_OF(struct product, product_members, "a product", check_product);

bool reference_read_product(const struct text_source *s, const struct node *product, struct product *out)
{
    struct reading r = reading_of(s);
    *out = (struct product){ 0 };
    return schema_read(&r, &product_schema, product, out);
}

/* --- prices --- */

static const struct member price_members[] = {
    { "price", PRICE_OF(struct price, price_micros), .required = true },
    { "valid_from", DATE_OF(struct price, valid_from), .required = true },
};
static const struct schema price_schema = SCHEMA_OF(struct price, price_members, "an entry", NULL);

static const struct member price_list_members[] = {
    { "list_id", ID_OF(struct price_list, list_id, 40), .required = true },
    { "sku", TEXT_OF(struct price_list, sku, 48), .required = true },
    { "currency", .type = MEMBER_CURRENCY, PLACE(struct price_list, currency), .required = true },
    { "entries", RECORDS_OF(struct price_list, prices, price_count, price_schema), .bound = PRICES_MAX,
      .required = true },
};

static void sort_prices(struct price *prices, unsigned count)
{
    for (unsigned i = 1; i < count; i++)
        for (unsigned k = i; k > 0 && prices[k - 1].valid_from > prices[k].valid_from; k--) {
            struct price swap = prices[k];
            prices[k] = prices[k - 1];
            prices[k - 1] = swap;
        }
}

static void check_price_list(struct reading *r, const struct node *n, void *record)
{
    struct price_list *list = record;
    sort_prices((struct price *)list->prices, list->price_count);
    for (unsigned i = 1; i < list->price_count; i++)
        if (list->prices[i - 1].valid_from == list->prices[i].valid_from)
            schema_refuse(r, schema_place(n, "entries"), "entries", "keep one price a day",
                          "two prices begin on one day");
}

static const struct schema price_list_schema = SCHEMA_OF(struct price_list, price_list_members, "a price list",
                                                         check_price_list);

bool reference_read_price_list(const struct text_source *s, const struct node *list, struct price_list *out)
{
    struct reading r = reading_of(s);
    *out = (struct price_list){ 0 };
    return schema_read(&r, &price_list_schema, list, out);
}

/* A row of prices.csv with the node it came from, for messages. */
struct price_row { struct price_list list; struct price price; const struct node *node; };

static const struct member price_row_members[] = {
    { "list_id", ID_OF(struct price_row, list.list_id, 40), .required = true },
    { "sku", TEXT_OF(struct price_row, list.sku, 48), .required = true },
    { "currency", .type = MEMBER_CURRENCY, PLACE(struct price_row, list.currency), .required = true },
    { "price", PRICE_OF(struct price_row, price.price_micros), .required = true },
    { "valid_from", DATE_OF(struct price_row, price.valid_from), .required = true },
};
static const struct schema price_row_schema = SCHEMA_OF(struct price_row, price_row_members, "a price", NULL);

static int compare_lists(const struct price_row *a, const struct price_row *b)
{
    int order = slice_compare(a->list.list_id, b->list.list_id);
    return order ? order : slice_compare(a->list.sku, b->list.sku);
}

static int compare_rows(const void *left, const void *right)
{
    const struct price_row *a = left, *b = right;
    int order = compare_lists(a, b);
    if (order) return order;
    if (a->price.valid_from != b->price.valid_from) return a->price.valid_from < b->price.valid_from ? -1 : 1;
    return (a->node->at.line > b->node->at.line) - (a->node->at.line < b->node->at.line);
}

/* One list of rows that lie together. */
static bool gather_list(struct reading *r, const struct price_row *rows, unsigned count, struct price_list *out)
{
    struct price *prices = ARENA_ARRAY(r->source->arena, count, struct price);
    unsigned before = r->errors;
    for (unsigned i = 0; i < count; i++) {
        prices[i] = rows[i].price;
        if (i > 0 && rows[i].price.valid_from == rows[i - 1].price.valid_from)
            schema_refuse(r, schema_place(rows[i].node, "valid_from"), "valid_from", "keep one price a day",
                          "a price of this list and sku begins on that day in line %u already",
                          rows[i - 1].node->at.line);
        if (!slice_equal(rows[i].list.currency, rows[0].list.currency))
            schema_refuse(r, schema_place(rows[i].node, "currency"), "currency", "use one currency for a list and sku",
                          "the prices of this list and sku are in %.*s", SLICE_ARGS(rows[0].list.currency));
    }
    *out = rows[0].list;
    out->prices = prices;
    out->price_count = count;
    return r->errors == before;
}

bool reference_read_prices(const struct text_source *s, const struct node *rows, const struct price_list **lists,
                           unsigned *count)
{
    struct reading r = reading_of(s);
    struct price_row *all = ARENA_ARRAY(s->arena, rows->count + 1, struct price_row);
    struct price_list *found = ARENA_ARRAY(s->arena, rows->count + 1, struct price_list);
    unsigned row_count = 0, list_count = 0;
    for (const struct node_entry *e = rows->first; e; e = e->next) {
        struct price_row *row = &all[row_count++];
        schema_read(&r, &price_row_schema, e->value, row);
        row->node = e->value;
    }
    if (r.errors) return false;
    qsort(all, row_count, sizeof *all, compare_rows);
    for (unsigned from = 0, to; from < row_count; from = to) {
        for (to = from + 1; to < row_count && compare_lists(&all[from], &all[to]) == 0; to++) { }
        gather_list(&r, all + from, to - from, &found[list_count++]);
    }
    *lists = found;
    *count = list_count;
    return r.errors == 0;
}

/* --- rates --- */

struct fx_row { struct fx_pair pair; struct fx_rate rate; };

static const struct member fx_members[] = {
    { "table_id", ID_OF(struct fx_row, pair.table_id, 40), .required = true },
    { "from", .type = MEMBER_CURRENCY, PLACE(struct fx_row, pair.from), .required = true },
    { "to", .type = MEMBER_CURRENCY, PLACE(struct fx_row, pair.to), .required = true },
    { "units", WHOLE_OF(struct fx_row, pair.units, 1, 1000000), .fallback = "1" },
    { "rate", .type = MEMBER_DECIMAL, PLACE(struct fx_row, rate.rate_micros), .scale = 6, .min = 1,
      .max = PRICE_MICROS_MAX, .required = true },
    { "valid_from", DATE_OF(struct fx_row, rate.valid_from), .required = true },
    { "valid_to", DATE_OF(struct fx_row, rate.valid_to) },
    { "source", TEXT_OF(struct fx_row, pair.source, 40) },
};

static void check_fx(struct reading *r, const struct node *n, void *record)
{
    const struct fx_row *row = record;
    if (slice_equal(row->pair.from, row->pair.to))
        schema_refuse(r, schema_place(n, "to"), "to", "remove the record", "a currency needs no rate to itself");
    check_span(r, n, row->rate.valid_from, row->rate.valid_to);
}

static const struct schema fx_schema = SCHEMA_OF(struct fx_row, fx_members, "a rate", check_fx);

bool reference_read_fx(const struct text_source *s, const struct node *fx, struct fx_pair *out)
{
    struct reading r = reading_of(s);
    struct fx_row *row = ARENA_NEW(s->arena, struct fx_row);
    *out = (struct fx_pair){ 0 };
    if (!schema_read(&r, &fx_schema, fx, row)) return false;
    *out = row->pair;
    out->rates = &row->rate;
    out->rate_count = 1;
    return true;
}

/* --- verdicts on parties --- */

static const struct member verdict_members[] = {
    { "party_key", TEXT_OF(struct party_verdict, party_key, 512), .required = true },
    { "entry_id", TEXT_OF(struct party_verdict, entry_id, 120), .required = true },
    { "blocked", FLAG_OF(struct party_verdict, blocked) },
    { "party_revision", TEXT_OF(struct party_verdict, party_revision, 64) },
    { "entry_revision", TEXT_OF(struct party_verdict, entry_revision, 64) },
};
static const struct schema verdict_schema = SCHEMA_OF(struct party_verdict, verdict_members, "a verdict on a party",
                                                      NULL);

bool reference_read_party(const struct text_source *s, const struct node *party, struct party_verdict *out)
{
    struct reading r = reading_of(s);
    *out = (struct party_verdict){ 0 };
    return schema_read(&r, &verdict_schema, party, out);
}

const struct schema *reference_partner_schema(void) { return &partner_schema; }
const struct schema *reference_product_schema(void) { return &product_schema; }
const struct schema *reference_price_list_schema(void) { return &price_list_schema; }
const struct schema *reference_fx_schema(void) { return &fx_schema; }
const struct schema *reference_party_schema(void) { return &verdict_schema; }

/* --- CSV --- */

static const struct csv_column product_columns[] = {
    { .name = "sku", .required = true }, { .name = "status" }, { .name = "family" }, { .name = "product_line" },
    { .name = "vendor_parts", .form = CSV_LIST }, { .name = "gtins", .form = CSV_LIST },
    { .name = "partner_parts", .form = CSV_RECORDS, .first = "root_id", .second = "part" },
    { .name = "base_uom" }, { .name = "uoms", .form = CSV_PAIRS }, { .name = "returnable" }, { .name = "serial_mask" },
    { .name = "serial_check" },
};

static const struct csv_column price_columns[] = {
    { .name = "list_id", .required = true }, { .name = "sku", .required = true },
    { .name = "currency", .required = true }, { .name = "price", .required = true },
    { .name = "valid_from", .required = true },
};

static const struct csv_column rate_columns[] = {
    { .name = "table_id", .required = true }, { .name = "from", .required = true }, { .name = "to", .required = true },
    { .name = "units" }, { .name = "rate", .required = true }, { .name = "valid_from", .required = true },
    { .name = "valid_to" }, { .name = "source" },
};

const struct node *reference_read_csv(const struct text_source *s, enum reference_csv kind, struct slice text)
{
    static const struct { const struct csv_column *columns; unsigned count; } files[] = {
        [REFERENCE_CSV_PRODUCTS] = { product_columns, sizeof product_columns / sizeof product_columns[0] },
        [REFERENCE_CSV_PRICES]   = { price_columns, sizeof price_columns / sizeof price_columns[0] },
        [REFERENCE_CSV_RATES]    = { rate_columns, sizeof rate_columns / sizeof rate_columns[0] },
    };
    ASSERT(kind < sizeof files / sizeof files[0]);
    return csv_text_read(s, text, files[kind].columns, files[kind].count);
}
