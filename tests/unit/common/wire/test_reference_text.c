/* tests/unit/common/wire/test_reference_text.c */
#include "support/test.h"
#include "wire/reference_text.h"
#include "wire/yaml.h"

#include <stdio.h>

static struct problems problems;
static struct text_source source;

static void begin(void)
{
    problems = problems_in(test_arena());
    source = (struct text_source){
        .arena = test_arena(), .file = SLICE("r"), .problems = &problems, .code = ERR_TERMS_INVALID
    };
}

static const struct node *tree_of(const char *text)
{
    begin();
    return yaml_read(&source, slice_from(text));
}

static void check_refused(bool read, const char *text, uint32_t line, uint32_t column, const char *message)
{
    if (read) printf("  accepted: %s\n", text);
    CHECK_INT(problems.count, 1);
    if (problems.count == 0) return;
    CHECK_SLICE(problems.first->message, slice_from(message));
    CHECK_INT(problems.first->at.line, line);
    CHECK_INT(problems.first->at.column, column);
}

struct refusal { const char *text; uint32_t line, column; const char *message; };
#define REFUSED(refusals, read) \
    for (unsigned i = 0; i < sizeof(refusals) / sizeof(refusals)[0]; i++) \
        check_refused((read)(refusals[i].text), refusals[i].text, refusals[i].line, refusals[i].column, \
        refusals[i].message)

/* --- partner --- */

static struct partner partner;

static bool read_partner(const char *text)
{
    const struct node *n = tree_of(text);
    return n && reference_read_partner(&source, n, &partner);
}

TEST(a_partner_needs_its_id_only)
{
    CHECK(read_partner("partner_id: N-100"));
    CHECK_TEXT(partner.root_id, "N-100");
    CHECK_INT(partner.sla_hours, 48);
    CHECK_INT(partner.utc_offset_minutes, 0);
    CHECK(!partner.lot_pool_location);
    CHECK(partner_is_active(&partner, 20260101));
    CHECK_INT(partner.status_count + partner.role_count + partner.owner_count, 0);
}

TEST(every_member_of_a_partner_lands_in_its_place)
{
    CHECK(read_partner(
        "partner_id: N-101\nroot_id: N-100\nname: Northgate\nstatus: [{status: ACTIVE, valid_from: 2020-01-01, "
        "valid_to: 2025-12-31}, {status: SUSPENDED, valid_from: 2026-01-01}]\n"
        "roles: [{role: DISTRIBUTOR, scope: {agreements: [Q-1], locations: [L1, L2]}, valid_from: 2020-01-01}]\n"
        "tiers: [{tier: GOLD, valid_from: 2025-01-01}]\ncountry: NO\nregions: [US-EAST]\nlocations: [NG-01]\ncurrency: "
        "USD\nprice_list_id: PL-US\n"
        "utc_offset_minutes: -300\nsla_hours: 24\nlot_pool: LOCATION\ngroup_id: G-1\n"
        "enrolments: [{incentive: MDF, terms_accepted: true}, {program_id: VR-26, expected_volume: \"1000.50\", "
        "baseline: \"7\", valid_to: 2026-12-31}]\n"
        "identifiers: [{type: \"1\", value: \"079531122\"}]\n"
        "payee: {payee_id: N-100, name: Northgate Inc, country: US, account_hash: abc, changed_on: 2026-02-01}\n"
        "owners: [{party: {name: A}, share_percent: \"50\", owners: [{party: {id: X, id_type: \"92\"}}]}]\nattributes: "
        "{segment: SMB}\n"));
    CHECK_TEXT(partner.root_id, "N-100");
    CHECK_TEXT(partner.country, "NO");
    CHECK_INT(partner.status_count, 2);
    CHECK(partner_is_active(&partner, 20251231) && !partner_is_active(&partner, 20260101));
    CHECK_INT(partner_first_role(&partner, 20260101), ROLE_DISTRIBUTOR);
    CHECK_TEXT(partner.roles[0].agreements.items[0], "Q-1");
    CHECK_TEXT(partner.roles[0].locations.items[1], "L2");
    CHECK_TEXT(partner_tier(&partner, 20260101), "GOLD");
    CHECK_INT(partner.utc_offset_minutes, -300);
    CHECK_INT(partner.sla_hours, 24);
    CHECK(partner.lot_pool_location);
    CHECK(partner.enrolments[0].terms_accepted && partner.enrolments[0].incentive == INCENTIVE_MDF);
    CHECK_TEXT(partner.enrolments[1].expected_volume, "1000.50");
    CHECK_INT(partner.enrolments[1].valid_to, 20261231);
    CHECK_TEXT(partner.identifiers[0].name, "1");
    CHECK_TEXT(partner.identifiers[0].value, "079531122");
    CHECK_INT(partner.payee.changed_on, 20260201);
    CHECK(partner.owners[0].has_share && partner.owners[0].share_percent_micros == 50000000);
    CHECK_TEXT(partner.owners[0].owners[0].party.id, "X");
    CHECK(!partner.owners[0].owners[0].has_share);
    CHECK_TEXT(partner.attributes[0].value, "SMB");
    CHECK_TEXT(partner.group_id, "G-1");
}

TEST(lists_are_bounded)
{
    struct text t = text_in(test_arena(), 1 << 16);
    PUT(&t, "{partner_id: N, tiers: [");
    for (int i = 0; i < 65; i++) PUT(&t, "{tier: G}, ");
    PUT(&t, "], regions: [");
    for (int i = 0; i < 1025; i++) PUT(&t, "R, ");
    PUT(&t, "]}");
    text_put_byte(&t, '\0');
    CHECK(!read_partner(t.bytes));
    CHECK_INT(problems.count, 2);
    CHECK_TEXT(problems.first->message, "65 entries stand here, at most 64 are allowed");
    CHECK_TEXT(problems.first->next->message, "1025 entries stand here, at most 1024 are allowed");
}

TEST(a_status_may_be_one_word)
{
    CHECK(read_partner("{partner_id: N, status: ENDED}"));
    CHECK_INT(partner.statuses[0].status, PARTNER_STATUS_ENDED);
    CHECK_INT(partner.statuses[0].valid_from, 0);
}

TEST(a_partner_that_cannot_be_is_refused_where_it_is_wrong)
{
    static const struct refusal refusals[] = {
        { "name: X", 1, 1, "partner_id is missing" },
        { "{partner_id: N, status: ACTIV}", 1, 25, "\"ACTIV\" is not known here" },
        { "{partner_id: N, roles: [{role: GOVERNMENT}]}", 1, 32, "\"GOVERNMENT\" is not known here" },
        { "{partner_id: N, roles: [{role: VAR, valid_from: 2026-02-01, valid_to: 2026-01-01}]}", 1, 71,
          "it ends before it begins" },
        { "{partner_id: N, enrolments: [{terms_accepted: true}]}", 1, 30,
          "an enrolment is for one program or for one incentive" },
        { "{partner_id: N, enrolments: [{program_id: P, incentive: MDF}]}", 1, 30,
          "an enrolment is for one program or for one incentive" },
        { "{partner_id: N, enrolments: [{program_id: P, baseline: -1}]}", 1, 56, "\"-1\" is negative" },
        { "{partner_id: N, lot_pool_location: true}", 1, 17, "\"lot_pool_location\" is no member of a partner" },
        { "{partner_id: N, utc_offset_minutes: 900}", 1, 37, "900 is outside -840 to 840" },
        { "{partner_id: N, owners: [{party: {country: US}}]}", 1, 34, "an owner without name and id" },
        { "{partner_id: N, owners: [{party: {name: A}, share_percent: 101}]}", 1, 60, "\"101\" is too large" },
    };
    REFUSED(refusals, read_partner);
}

/* --- product --- */

static struct product product;

static bool read_product(const char *text)
{
    const struct node *n = tree_of(text);
    return n && reference_read_product(&source, n, &product);
}

TEST(a_product_reads_alike_from_a_record_and_from_a_row)
{
    struct product from_record, from_row;
    CHECK(read_product("{sku: CAB-5, status: WITHDRAWN, family: CABLE, product_line: NET, vendor_parts: [CAB-5, CAB5], "
                       "gtins: [\"0012345678905\"],\n"
                       " partner_parts: [{root_id: N-100, part: NG-8805}], base_uom: PC, uoms: {BOX: 24/1}, "
                       "returnable: false, serial_mask: A9}"));
    from_record = product;
    begin();
    const struct node *rows = reference_read_csv(
        &source, REFERENCE_CSV_PRODUCTS,
        SLICE("sku,status,family,product_line,vendor_parts,gtins,partner_parts,base_uom,uoms,returnable,serial_mask,"
              "serial_check\n"
              "CAB-5,WITHDRAWN,CABLE,NET,CAB-5|CAB5,0012345678905,N-100:NG-8805,PC,BOX:24/1,false,A9,\n"));
    CHECK(rows && reference_read_product(&source, rows->first->value, &from_row));
    const struct product *both[] = { &from_record, &from_row };
    for (unsigned i = 0; i < 2; i++) {
        CHECK_TEXT(both[i]->sku, "CAB-5");
        CHECK(both[i]->withdrawn && both[i]->not_returnable);
        CHECK_TEXT(both[i]->vendor_parts.items[1], "CAB5");
        CHECK_TEXT(both[i]->gtins.items[0], "0012345678905");
        CHECK_TEXT(both[i]->partner_parts[0].name, "N-100");
        CHECK_TEXT(both[i]->partner_parts[0].value, "NG-8805");
        CHECK_TEXT(both[i]->uoms[0].code, "BOX");
        CHECK(both[i]->uoms[0].num == 24 && both[i]->uoms[0].den == 1);
        CHECK_TEXT(both[i]->base_uom, "PC");
        CHECK_TEXT(both[i]->serial_mask, "A9");
    }
}

TEST(a_product_needs_its_sku_only)
{
    CHECK(read_product("sku: A"));
    CHECK(!product.withdrawn && !product.not_returnable);
    CHECK_TEXT(product.base_uom, "EA");
}

TEST(a_product_that_cannot_be_is_refused_where_it_is_wrong)
{
    static const struct refusal refusals[] = {
        { "family: X", 1, 1, "sku is missing" },
        { "sku: ''", 1, 6, "the sku is empty" },
        { "{sku: A, withdrawn: true}", 1, 10, "\"withdrawn\" is no member of a product" },
        { "{sku: A, uoms: {BOX: 24}}", 1, 22, "\"24\" is no factor" },
        { "{sku: A, uoms: {BOX: 0/1}}", 1, 22, "\"0/1\" is no factor" },
        { "{sku: A, uoms: {VERYLONGUOM: 1/1}}", 1, 17, "\"VERYLONGUOM\" is no unit of measure" },
        { "{sku: A, uoms: [BOX]}", 1, 16, "uoms must be a map of at most 64 units" },
        { "{sku: A, gtins: [\"1234567\"]}", 1, 18, "\"1234567\" is no GTIN" },
        { "{sku: A, gtins: [\"1234567890X\"]}", 1, 18, "\"1234567890X\" is no GTIN" },
        { "{sku: A, returnable: no}", 1, 22, "\"no\" is not known here" },
    };
    REFUSED(refusals, read_product);
}

/* --- prices, rates, parties --- */

static struct price_list list;

static bool read_list(const char *text)
{
    const struct node *n = tree_of(text);
    return n && reference_read_price_list(&source, n, &list);
}

TEST(entries_of_a_price_list_come_out_ascending)
{
    CHECK(read_list("{list_id: PL, sku: A, currency: JPY, entries: [{price: \"9.15\", valid_from: 2026-02-01}, {price: "
                    "9, valid_from: 2026-01-01}]}"));
    CHECK_INT(list.price_count, 2);
    CHECK_INT(list.prices[0].price_micros, 9000000);
    CHECK_INT(list.prices[1].price_micros, 9150000);
    static const struct refusal refusals[] = {
        { "{list_id: PL, sku: A, currency: USD}", 1, 1, "entries is missing" },
        { "{list_id: PL, sku: A, currency: USD, entries: [{price: 9, valid_from: 2026-01-01}, {price: 8, valid_from: "
          "2026-01-01}]}",
          1, 47, "two prices begin on one day" },
        { "{list_id: PL, sku: A, currency: USD, entries: [{price: \"0.1234567\", valid_from: 2026-01-01}]}", 1, 56,
          "\"0.1234567\" has more than 6 digits after the point" },
    };
    REFUSED(refusals, read_list);
}

TEST(rows_of_prices_become_one_list_for_each_list_and_sku)
{
    const struct price_list *lists;
    unsigned count = 0;
    begin();
    const struct node *rows =
        reference_read_csv(&source, REFERENCE_CSV_PRICES,
                           SLICE("list_id,sku,currency,price,valid_from\nPL,B,USD,2,2026-01-01\nPL,A,USD,9.15,2026-02-"
                                 "01\nPL,A,USD,9,2026-01-01\nAA,B,EUR,1,2026-01-01\n"));
    CHECK(rows && reference_read_prices(&source, rows, &lists, &count));
    CHECK_INT(count, 3);
    CHECK_TEXT(lists[0].list_id, "AA");
    CHECK_TEXT(lists[1].sku, "A");
    CHECK_INT(lists[1].price_count, 2);
    CHECK_INT(lists[1].prices[1].price_micros, 9150000);
}

TEST(rows_of_prices_that_contradict_each_other_are_refused)
{
    const struct price_list *lists;
    unsigned count = 0;
    begin();
    const struct node *rows = reference_read_csv(&source, REFERENCE_CSV_PRICES,
                                                 SLICE("list_id,sku,currency,price,valid_from\nPL,A,USD,2,2026-01-"
                                                       "01\nPL,A,USD,3,2026-01-01\nPL,A,EUR,9,2026-02-01\n"));
    CHECK(rows && !reference_read_prices(&source, rows, &lists, &count));
    CHECK_INT(problems.count, 2);
    CHECK_TEXT(problems.first->message, "a price of this list and sku begins on that day in line 2 already");
    CHECK_INT(problems.first->at.line, 3);
    CHECK_INT(problems.first->at.column, 12);
    CHECK_INT(problems.first->next->at.line, 4);
    CHECK_INT(problems.first->next->at.column, 6);
}

static struct fx_pair pair;

static bool read_fx(const char *text)
{
    const struct node *n = tree_of(text);
    return n && reference_read_fx(&source, n, &pair);
}

TEST(a_rate_is_one_of_its_pair)
{
    CHECK(read_fx(
        "{table_id: default, from: JPY, to: USD, units: 100, rate: \"0.6712\", valid_from: 2026-03-01, source: ECB}"));
    CHECK_INT(pair.units, 100);
    CHECK_INT(pair.rate_count, 1);
    CHECK_INT(pair.rates[0].rate_micros, 671200);
    CHECK_INT(pair.rates[0].valid_to, 0);
    CHECK_TEXT(pair.source, "ECB");
    static const struct refusal refusals[] = {
        { "{table_id: d, from: USD, to: USD, rate: 1, valid_from: 2026-03-01}", 1, 30,
          "a currency needs no rate to itself" },
        { "{table_id: d, from: EUR, to: USD, rate: 0, valid_from: 2026-03-01}", 1, 41, "\"0\" is too small" },
        { "{table_id: d, from: EUR, to: USD, rate: -1, valid_from: 2026-03-01}", 1, 41, "\"-1\" is too small" },
        { "{table_id: d, from: EUR, to: USD, rate: 1, units: 0, valid_from: 2026-03-01}", 1, 51,
          "0 is outside 1 to 1000000" },
        { "{table_id: d, from: EUR, to: USD, rate: 1, valid_from: 2026-03-01, valid_to: 2026-02-01}", 1, 78,
          "it ends before it begins" },
    };
    REFUSED(refusals, read_fx);
}

TEST(a_verdict_on_a_party_clears_it_unless_it_says_that_it_blocks)
{
    struct party_verdict v;
    CHECK(reference_read_party(&source, tree_of("{party_key: \"1:081446207\", entry_id: TINY-1, blocked: false}"), &v));
    CHECK(!v.blocked);
    CHECK_TEXT(v.party_key, "1:081446207");
    CHECK(slice_is_empty(v.entry_revision));
    CHECK(reference_read_party(&source, tree_of("{party_key: K, entry_id: E, blocked: true}"), &v) && v.blocked);
    CHECK(reference_read_party(&source, tree_of("{party_key: K, entry_id: E}"), &v) && !v.blocked);
    CHECK(!reference_read_party(&source, tree_of("{party_key: K}"), &v));
    CHECK_TEXT(problems.first->message, "entry_id is missing");
}
