/* Global records as they are published. */
#include "wire/reference_codec.h"

#include "support/test.h"
#include "wire/limits.h"

static enum err round_trip(const struct reference *r, struct reference *back)
{
    struct slice bytes;
    TRY(reference_encode(test_arena(), r, &bytes));
    return reference_decode(test_arena(), bytes, back);
}

TEST(terms_travel_as_the_text_that_was_approved)
{
    struct terms_version versions[2] = {
        { .version = 1,
          .valid_from = 20260101,
          .yaml = SLICE("program: {id: SD-26}\n"),
          .publication = { SLICE("ann"), SLICE("bob"), 7 } },
        { .version = 2, .valid_from = 20260401, .yaml = SLICE(""), .publication = { .author_id = SLICE("ann") } },
    };
    struct terms terms = { versions, 2 };
    struct reference r = { .type = REFERENCE_PROGRAM, .id = SLICE("SD-26"), .terms = &terms }, back;
    terms_version_seal(&versions[0]);
    terms_version_seal(&versions[1]);
    CHECK(round_trip(&r, &back) == OK);
    CHECK(back.type == REFERENCE_PROGRAM && back.terms->version_count == 2 && !back.product);
    CHECK_TEXT(back.terms->versions[0].yaml, "program: {id: SD-26}\n");
    CHECK_TEXT(back.terms->versions[0].publication.approver_id, "bob");
    CHECK_INT(back.terms->versions[1].publication.approver_id.size, 0);
    CHECK_SLICE(reference_key(test_arena(), &back), SLICE("PROGRAM/SD-26"));
}

TEST(a_text_that_is_not_the_one_digested_is_refused)
{
    struct terms_version version = { .version = 1, .yaml = SLICE("rank: 1") };
    struct terms terms = { &version, 1 };
    struct reference r = { .type = REFERENCE_RULESET, .id = SLICE("default"), .terms = &terms }, back;
    struct slice bytes;
    CHECK(round_trip(&r, &back) == ERR_WIRE_MALFORMED);
    terms_version_seal(&version);
    CHECK(reference_encode(test_arena(), &r, &bytes) == OK);
    CHECK(reference_decode(test_arena(), bytes, &back) == OK);
    *(char *)memmem(bytes.bytes, bytes.size, "rank: 1", 7) = 'R';
    CHECK(reference_decode(test_arena(), bytes, &back) == ERR_WIRE_MALFORMED);
}

TEST(products_prices_rates_taxes_and_verdicts_come_back)
{
    struct slice parts[] = { SLICE("CAB5"), SLICE("CAB-5") };
    struct uom box = { SLICE("BX"), 10, 1 };
    struct pair root_part = { SLICE("N-100"), SLICE("NG-77") };
    struct product product = { .sku = SLICE("CAB-5"),
                               .base_uom = SLICE("EA"),
                               .vendor_parts = { parts, 2 },
                               .uoms = &box,
                               .uom_count = 1,
                               .partner_parts = &root_part,
                               .partner_part_count = 1,
                               .not_returnable = true };
    struct price price = { 9150000, 20260101 };
    struct price_list list = { SLICE("US"), SLICE("CAB-5"), SLICE("USD"), &price, 1 };
    struct fx_rate rate = { 1086500, 20260401, 20260430 };
    struct fx_pair fx = {
        .table_id = SLICE("ECB"), .from = SLICE("EUR"), .to = SLICE("USD"), .units = 1, .rates = &rate, .rate_count = 1
    };
    struct tax_entry entry = { 20260101, 60000, SLICE("USD") };
    struct tax_table tax = { SLICE("US"), SLICE("1099-NEC"), &entry, 1 };
    struct party_record party = { { SLICE("1:081446207"), SLICE("2"), SLICE("E-1"), SLICE("4"), true },
                                  { SLICE("ann"), SLICE("bob"), 9 } };
    struct reference back, r = { .type = REFERENCE_PRODUCT, .id = SLICE("CAB-5"), .product = &product };
    CHECK(round_trip(&r, &back) == OK && back.product->not_returnable && back.product->vendor_parts.count == 2
          && back.product->uoms->num == 10);
    CHECK_TEXT(back.product->partner_parts[0].value, "NG-77");
    r = (struct reference){ .type = REFERENCE_PRICE_LIST, .id = SLICE("US/CAB-5"), .price_list = &list };
    CHECK(round_trip(&r, &back) == OK && back.price_list->prices[0].price_micros == 9150000);
    r = (struct reference){ .type = REFERENCE_FX_TABLE, .id = SLICE("ECB/EUR/USD"), .fx = &fx };
    CHECK(round_trip(&r, &back) == OK && back.fx->units == 1 && back.fx->rates[0].valid_to == 20260430);
    fx.units = 100;
    CHECK(round_trip(&r, &back) == OK && back.fx->units == 100);
    r = (struct reference){ .type = REFERENCE_TAX_TABLE, .id = SLICE("US"), .tax = &tax };
    CHECK(round_trip(&r, &back) == OK && back.tax->entries[0].threshold_minor == 60000);
    r = (struct reference){ .type = REFERENCE_PARTY, .id = SLICE("x"), .party = &party };
    CHECK(round_trip(&r, &back) == OK && back.party->verdict.blocked
          && back.party->publication.published_at_unix_ms == 9);
}

TEST(a_reference_has_exactly_the_body_of_its_type)
{
    struct product product = { .sku = SLICE("CAB-5") };
    struct tax_table tax = { .country = SLICE("US") };
    struct reference back, none = { .type = REFERENCE_PRODUCT, .id = SLICE("CAB-5") };
    struct reference other = { .type = REFERENCE_PRODUCT, .id = SLICE("CAB-5"), .tax = &tax };
    struct reference two = { .type = REFERENCE_PRODUCT, .id = SLICE("CAB-5"), .tax = &tax, .product = &product };
    struct reference nameless = { .type = REFERENCE_PRODUCT, .product = &product };
    CHECK(round_trip(&none, &back) == ERR_WIRE_FIELD && round_trip(&nameless, &back) == ERR_WIRE_FIELD);
    CHECK(round_trip(&other, &back) == ERR_WIRE_MALFORMED && round_trip(&two, &back) == ERR_WIRE_MALFORMED);
    CHECK(reference_decode(test_arena(), SLICE(""), &back) == ERR_WIRE_FIELD);
    CHECK(reference_decode(test_arena(), SLICE("\x0a\x05OTHER\x12\x01x\x3a\x04\x0a\x02US"), &back)
          == ERR_WIRE_MALFORMED);
}

TEST(every_type_has_a_word_and_is_found_by_it)
{
    for (enum reference_type type = REFERENCE_UNSPECIFIED + 1; type < REFERENCE_COUNT; type++)
        CHECK_INT(reference_find(reference_word(type)), type);
    CHECK_INT(reference_find(SLICE("program")), REFERENCE_UNSPECIFIED);
}

TEST(a_record_beyond_900_kib_is_too_large)
{
    struct terms_version versions[4];
    char *yaml = arena_alloc(test_arena(), TERMS_TEXT_BYTES_MAX);
    memset(yaml, 'y', TERMS_TEXT_BYTES_MAX);
    for (unsigned i = 0; i < 4; i++) {
        versions[i] = (struct terms_version){ .version = i + 1, .yaml = { yaml, TERMS_TEXT_BYTES_MAX } };
        terms_version_seal(&versions[i]);
    }
    struct terms terms = { versions, 3 };
    struct reference r = { .type = REFERENCE_PROGRAM, .id = SLICE("SD-26"), .terms = &terms }, back;
    CHECK(round_trip(&r, &back) == OK);
    terms.version_count = 4;
    CHECK(round_trip(&r, &back) == ERR_WIRE_TOO_LARGE);
}
