/* Records as people read them: no units in names, no numbers where exactness counts. */
#include "wire/message_json.h"

#include "support/test.h"
#include "wire/dossier_codec.h"
#include "wire/partner_codec.h"
#include "wire/reference_codec.h"

static struct slice json_of(enum message_json_kind kind, struct slice bytes)
{
    struct text t = text_in(test_arena(), 1 << 20);
    bool put = message_json_put(&t, kind, bytes, false);
    CHECK(put && !t.full);
    return text_slice(&t);
}

TEST(a_payout_shows_its_money_in_its_two_currencies)
{
    struct payout p = { .payout_id = SLICE("p1"),
                        .line_id = SLICE("l1"),
                        .partner_root_id = SLICE("N-100"),
                        .partner_id = SLICE("N-100"),
                        .program_id = SLICE("SD-26"),
                        .program_version = 1,
                        .amount_minor = -29750,
                        .currency = SLICE("USD"),
                        .program_amount_minor = 500,
                        .program_currency = SLICE("JPY"),
                        .ledger = SLICE("EARNED"),
                        .qty_milli = 170500,
                        .decided_at_unix_ms = 1775638800000 };
    struct slice bytes;
    CHECK(payout_encode(test_arena(), &p, &bytes) == OK);
    struct slice json = json_of(MESSAGE_JSON_PAYOUT, bytes);
    CHECK(memmem(json.bytes, json.size, "\"amount\":\"-297.50\"", 18) != NULL);
    CHECK(memmem(json.bytes, json.size, "\"program_amount\":\"500\"", 22) != NULL);
    CHECK(memmem(json.bytes, json.size, "\"qty\":\"170.5\"", 13) != NULL);
    CHECK(memmem(json.bytes, json.size, "\"decided_at\":\"2026-04-08T09:00:00Z\"", 35) != NULL);
    CHECK(memmem(json.bytes, json.size, "_minor", 6) == NULL);
}

TEST(a_review_shows_words_dates_and_hashes)
{
    struct review r = { .act = ACT_PROPOSE,
                        .stage = STAGE_COMPLIANCE,
                        .line_id = SLICE("l1"),
                        .verb = VERB_ADJUST,
                        .accepted_qty_milli = 2000,
                        .actor_id = SLICE("ann"),
                        .until_date = 20260331,
                        .sequence = 2,
                        .has_clearance_hash = true };
    struct slice bytes;
    r.clearance_hash.bytes[0] = 0xAB;
    CHECK(review_encode(test_arena(), &r, &bytes) == OK);
    CHECK_TEXT(json_of(MESSAGE_JSON_REVIEW, bytes),
               "{\"act\":\"PROPOSE\",\"stage\":\"COMPLIANCE\",\"line_id\":\"l1\",\"verb\":\"ADJUST\",\"clearance_"
               "hash\":\"ab000000000000000000000000000000\","
               "\"accepted_qty\":\"2\",\"actor_id\":\"ann\",\"sequence\":2,\"until_date\":\"2026-03-31\"}");
}

TEST(lists_of_records_and_of_texts_come_in_order)
{
    struct slice parts[] = { SLICE("A"), SLICE("B") };
    struct uom box = { SLICE("BX"), 10, 1 };
    struct product product = {
        .sku = SLICE("CAB-5"), .base_uom = SLICE("EA"), .vendor_parts = { parts, 2 }, .uoms = &box, .uom_count = 1
    };
    struct reference r = { .type = REFERENCE_PRODUCT, .id = SLICE("CAB-5"), .product = &product };
    struct slice bytes;
    CHECK(reference_encode(test_arena(), &r, &bytes) == OK);
    CHECK_TEXT(json_of(MESSAGE_JSON_REFERENCE, bytes),
               "{\"type\":\"PRODUCT\",\"id\":\"CAB-5\",\"product\":{\"sku\":\"CAB-5\",\"vendor_parts\":[\"A\",\"B\"],"
               "\"base_uom\":\"EA\",\"uoms\":[{\"code\":\"BX\",\"num\":\"10\",\"den\":\"1\"}]}}");
}

TEST(money_without_a_currency_beside_it_keeps_its_unit)
{
    struct tax_entry entry = { 20260101, 60000, SLICE("USD") };
    struct tax_table tax = { SLICE("US"), SLICE("F"), &entry, 1 };
    struct reference r = { .type = REFERENCE_TAX_TABLE, .id = SLICE("US"), .tax = &tax };
    struct slice bytes;
    CHECK(reference_encode(test_arena(), &r, &bytes) == OK);
    struct slice json = json_of(MESSAGE_JSON_REFERENCE, bytes);
    CHECK(memmem(json.bytes, json.size, "\"threshold\":\"600.00\"", 20) != NULL);
    CHECK(memmem(json.bytes, json.size, "\"valid_from\":\"2026-01-01\"", 25) != NULL);
}

TEST(bytes_of_no_message_and_nests_without_end_are_refused)
{
    char nest[4096];
    struct text t = text_in(test_arena(), 1024);
    size_t at = sizeof nest;
    for (int depth = 0; depth < 400; depth++) {          /* Partner.owners 18, Owner.owners 3, lengths of two bytes */
        size_t size = sizeof nest - at;
        at -= 3;
        nest[at] = depth == 399 ? (char)(18 << 3 | 2) : 3 << 3 | 2;
        nest[at + 1] = (char)(size | 0x80);
        nest[at + 2] = (char)(size >> 7);
    }
    at--;
    nest[at] = (char)(uint8_t)0x92;                        /* tag of 18 takes two bytes */
    nest[at + 1] = 1;
    CHECK(!message_json_put(&t, MESSAGE_JSON_PARTNER, slice_of(nest + at, sizeof nest - at), false));
    CHECK(!message_json_put(&t, MESSAGE_JSON_PAYOUT, SLICE("\xff\xff"), false));
    CHECK(!message_json_put(&t, MESSAGE_JSON_DOSSIER, SLICE(""), false));
    CHECK_INT(t.size, 0);
}
