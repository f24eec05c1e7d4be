/* tests/unit/common/wire/test_record.c: records as a reader of JSON hands them over, and as YAML does. */
#include "support/test.h"
#include "wire/world.h"
#include "wire/yaml.h"

static struct problems problems;
static struct text_source source;
static struct catalogue *catalogue;

static bool apply(const struct node *n, struct applied_record *out)
{
    return n && record_apply(&source, n, catalogue, out);
}

static bool apply_text(const char *text, struct applied_record *out)
{
    problems = problems_in(test_arena());
    source = (struct text_source){
        .arena = test_arena(), .file = SLICE("r"), .problems = &problems, .code = ERR_TERMS_INVALID
    };
    return apply(yaml_read(&source, slice_from(text)), out);
}

TEST(every_type_of_record_comes_into_force_by_its_word)
{
    struct applied_record r;
    int64_t price;
    catalogue = catalogue_open();
    CHECK(apply_text("{program: {id: VR, version: 1, incentive: VOLUME_REBATE, currency: USD, valid_from: 2026-01-01}, "
                     "volume: {tiers: [{from: 0, percent: 1}]}}",
                     &r));
    CHECK_INT(r.type, RECORD_PROGRAM);
    CHECK(catalogue_program(catalogue, SLICE("VR")) != NULL);
    CHECK(apply_text("{matrix: {version: 3, valid_from: 2026-01-01}, rows: {VAR: {MDF: Y}}}", &r));
    CHECK_INT(catalogue_matrix(catalogue, 20260101)->version, 3);
    CHECK(apply_text("{limits: {id: EUR, version: 1, valid_from: 2026-01-01}, settings: {approval.auto_max: 5}}", &r));
    CHECK(catalogue_limits(catalogue, SLICE("EUR"), 20260101) != NULL);
    CHECK(
        apply_text("{ruleset: {id: default, version: 2, valid_from: 2026-01-01}, settings: {park_max_hours: 3}}", &r));
    CHECK_INT(catalogue_policy(catalogue, 20260101, SLICE("N"), SLICE("VR"), INCENTIVE_MDF)->park_max_hours, 3);
    CHECK(apply_text(
        "{tax_table: {country: US, form: F, entries: [{valid_from: 2026-01-01, threshold: 600, currency: USD}]}}", &r));
    CHECK(catalogue_tax(catalogue, SLICE("US")) != NULL);
    CHECK(apply_text("{partner: {partner_id: N-100}}", &r));
    CHECK(r.type == RECORD_PARTNER && r.partner);
    CHECK_TEXT(r.partner->root_id, "N-100");
    CHECK(apply_text("{product: {sku: CAB-5, vendor_parts: [CAB5]}}", &r));
    CHECK_TEXT(r.product->sku, "CAB-5");
    CHECK(catalogue_product(catalogue, SLICE("CAB-5")) != NULL);
    CHECK(apply_text(
        "{price_list: {list_id: PL, sku: SW-48, currency: USD, entries: [{price: 1, valid_from: 2025-01-01}]}}", &r));
    CHECK(price_list_on(catalogue_price_list(catalogue, SLICE("PL"), SLICE("SW-48")), 20260101, &price)
          && price == 1000000);
    CHECK(apply_text("{fx_table: {table_id: default, from: EUR, to: USD, rate: 1.0842, valid_from: 2026-03-01}}", &r));
    CHECK_TEXT(r.fx->from, "EUR");
    CHECK(catalogue_fx(catalogue, SLICE("default"), SLICE("EUR"), SLICE("USD"), 20260301, 31, NULL) != NULL);
    CHECK(apply_text("{party: {party_key: K, entry_id: E, blocked: true}}", &r));
    CHECK(catalogue_party_is_blocked(catalogue, SLICE("K")));
    CHECK(apply_text("{party: {party_key: L, entry_id: E}}", &r));
    CHECK(!catalogue_party_is_blocked(catalogue, SLICE("L")));
    catalogue_close(catalogue);
}

TEST(a_tree_built_by_hand_is_read_as_yaml_is)
{
    static const struct position nowhere;
    struct applied_record r;
    struct arena *a = test_arena();
    catalogue = catalogue_open();
    problems = problems_in(a);
    source = (struct text_source){
        .arena = a, .file = SLICE("input.ndjson"), .problems = &problems, .code = ERR_TERMS_INVALID
    };
    struct node *product = node_map(a, nowhere), *record = node_map(a, nowhere), *parts = node_list(a, nowhere);
    node_append(a, parts, node_scalar(a, nowhere, SLICE("CAB5")));
    node_put(a, product, SLICE("sku"), nowhere, node_scalar(a, nowhere, SLICE("CAB-5")));
    node_put(a, product, SLICE("vendor_parts"), nowhere, parts);
    node_put(a, record, SLICE("product"), nowhere, product);
    CHECK(apply(record, &r));
    CHECK(catalogue_product_by_part(catalogue, SLICE("N"), SLICE("cab5"), SLICE(""), SLICE("")) != NULL);
    catalogue_close(catalogue);
}

TEST(a_record_that_is_none_is_refused)
{
    static const struct { const char *text, *message, *fix;
    } refusals[] = {
        { "{}", "there is no record", "write its word on top, as program: {…}" },
        { "[a]", "there is no record", "write its word on top, as program: {…}" },
        { "{progam: {id: X}}", "\"progam\" is no record", "did you mean program?" },
        { "{product: {sku: A}, volume: {}}", "\"volume\" stands beside product",
          "put it inside the record, or remove it" },
        { "{partner: {name: A}}", "partner_id is missing", "add it" },
    };
    struct applied_record r;
    catalogue = catalogue_open();
    for (unsigned i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        CHECK(!apply_text(refusals[i].text, &r));
        CHECK_INT(problems.count, 1);
        CHECK_SLICE(problems.first->message, slice_from(refusals[i].message));
        CHECK_SLICE(problems.first->fix, slice_from(refusals[i].fix));
    }
    CHECK_INT(catalogue_revision(catalogue), 0);
    catalogue_close(catalogue);
}

TEST(another_content_under_a_known_version_is_refused)
{
    struct applied_record r;
    catalogue = catalogue_open();
    CHECK(apply_text("{limits: {id: EUR, version: 1, valid_from: 2026-01-01}, settings: {approval.auto_max: 5}}", &r));
    CHECK(apply_text("{limits: {id: EUR, version: 1, valid_from: 2026-01-01}, settings: {approval.auto_max: 5}}", &r));
    CHECK(!apply_text("{limits: {id: EUR, version: 1, valid_from: 2026-01-01}, settings: {approval.auto_max: 6}}", &r));
    CHECK_TEXT(problems.first->message, "this version is on file with other content");
    CHECK(apply_text("{fx_table: {table_id: d, from: EUR, to: USD, rate: 1, valid_from: 2026-03-01}}", &r));
    CHECK(
        !apply_text("{fx_table: {table_id: d, from: EUR, to: USD, units: 100, rate: 1, valid_from: 2026-03-02}}", &r));
    CHECK_TEXT(problems.first->message, "the other rates of this pair are per other units");
    catalogue_close(catalogue);
}
