/* tests/unit/common/wire/test_table_compliance.c: the state records of compliance come back as they went, and foreign
 * bytes are refused. */
#include "wire/table_compliance.h"

#include "support/test.h"

#include <stdio.h>

struct codec {
    const char  *name;
    size_t       bytes;
    enum err   (*decode)(struct arena *, struct slice, void *);
    struct slice (*encode)(struct arena *, const void *);
};

static const struct codec codecs[] = {
#define ROW(record) \
    { #record, sizeof(struct record), table_compliance_decode_##record, table_compliance_encode_##record },
    TABLE_COMPLIANCE_RECORDS(ROW)
#undef ROW
};
enum { CODEC_COUNT = sizeof codecs / sizeof codecs[0] };

static struct slice hex(struct slice bytes)
{
    struct text t = text_in(test_arena(), 2 * bytes.size);
    text_put_hex(&t, (const uint8_t *)bytes.bytes, bytes.size);
    return text_slice(&t);
}

TEST(a_record_that_says_nothing_removes_its_row)
{
    for (unsigned i = 0; i < CODEC_COUNT; i++) {
        void *empty = arena_alloc(test_arena(), codecs[i].bytes);
        CHECK_INT(codecs[i].encode(test_arena(), empty).size, 0);
    }
}

TEST(a_footprint_comes_back_as_it_went)
{
    struct slice serials[] = { SLICE("K100"), SLICE("K200") }, programs[] = { SLICE("SPF") };
    struct footprint f = {
        .kind = KIND_SPIFF_CLAIM, .state = FOOTPRINT_ACCEPTED, .site = SLICE("N-100"), .document_id = SLICE("D"),
        .submission_no = 2,
        .position = 77, .received_at_unix_ms = 1775638800000, .date = 20260331, .has_key = true,
        .key.bytes = { 1, 2, 3 }, .counts_for_deal = true,
        .has_match = true, .match.bytes = { 9 }, .qty_milli = -2000, .sku = SLICE("SW-24"), .moved_milli = -5,
        .returned_milli = 3, .returns_line_id = SLICE("S-1"), .replaces_line_id = SLICE("S-2"),
        .rep_ordinal = 4,
        .is_claimed = true, .claimed_minor = 100, .claimed_before_minor = 7, .serials = { serials, 2 },
        .slot_programs = { programs, 1 },
    }, back = { 0 };
    struct slice bytes = table_compliance_encode_footprint(test_arena(), &f);
    CHECK_INT(table_compliance_decode_footprint(test_arena(), bytes, &back), OK);
    CHECK(back.has_key && !back.has_transaction && back.has_match && !back.has_near && back.counts_for_deal);
    CHECK_INT(back.key.bytes[2], 3);
    CHECK_INT(back.qty_milli, -2000);
    CHECK_INT(back.position, 77);
    CHECK_SLICE(back.serials.items[1], SLICE("K200"));
    CHECK_SLICE(back.slot_programs.items[0], SLICE("SPF"));
    CHECK_SLICE(hex(table_compliance_encode_footprint(test_arena(), &back)), hex(bytes));
}

TEST(a_footprint_keeps_what_near_duplicates_compare)
{
    struct footprint f = {
        .kind = KIND_MDF_CLAIM, .state = FOOTPRINT_OPEN, .has_near = true, .sold_to = 7, .end_customer = 7, .vendor = UINT64_MAX,
        .near = { .qty_milli = -5, .value_minor = 12345, .currency = 0x445355, .part = 9, .invoice_line = UINT32_MAX, .documents = { 3, 4 },
                  .document_count = 2, .number = "812", .number_size = 3 },
    }, back = { 0 };
    static const uint8_t sizes[] = { 0, 3, NEAR_NUMBER_MAX, NEAR_NUMBER_IS_SHORT + 2, NEAR_NUMBER_IS_HASH };
    for (unsigned i = 0; i < sizeof sizes; i++) {
        f.near.number_size = sizes[i];
        struct slice bytes = table_compliance_encode_footprint(test_arena(), &f);
        back = (struct footprint){ 0 };
        CHECK_INT(table_compliance_decode_footprint(test_arena(), bytes, &back), OK);
        CHECK_SLICE(hex(table_compliance_encode_footprint(test_arena(), &back)), hex(bytes));
        CHECK(back.sold_to == 7 && back.end_customer == 7 && back.ship_to == 0 && back.vendor == UINT64_MAX);
        CHECK(back.near.qty_milli == -5 && back.near.value_minor == 12345 && back.near.document_count == 2
              && back.near.documents[1] == 4);
        CHECK(back.near.part == 9 && back.near.order == 0 && back.near.invoice_line == UINT32_MAX
              && back.near.currency == 0x445355);
        CHECK_INT(back.near.number_size, sizes[i]);
        CHECK_INT(table_compliance_decode_footprint(test_arena(), slice_head(bytes, bytes.size - 1), &back),
                  ERR_STATE_MALFORMED);
    }
}

TEST(days_of_a_pool_come_back_narrow_and_wide)
{
    for (unsigned wide = 0; wide < 2; wide++) {
        struct pool_month m = { .net_milli = { [0] = -1, [7] = wide ? INT64_MIN : INT32_MIN, [30] = INT32_MAX } },
                          back = { 0 };
        struct slice bytes = table_compliance_encode_pool_month(test_arena(), &m);
        CHECK_INT(bytes.size, 5 + 3 * (wide ? 8 : 4));
        CHECK_INT(table_compliance_decode_pool_month(test_arena(), bytes, &back), OK);
        CHECK(memcmp(&m, &back, sizeof m) == 0);
        CHECK_INT(table_compliance_decode_pool_month(test_arena(), slice_head(bytes, bytes.size - 1), &back),
                  ERR_STATE_MALFORMED);
    }
}

/* Bytes that a released build wrote: a reader that no longer understands them must take a new version byte. */
TEST(golden_bytes_of_small_records_stay_readable)
{
    struct key_use k = { .line_id = SLICE("ab"), .site = SLICE("N"), .submission_no = 1, .state = FOOTPRINT_ACCEPTED,
                         .received_date = 20260408 };
    CHECK_TEXT(hex(table_compliance_encode_key_use(test_arena(), &k)), "046162014e0102b8ccd409");
    struct payee_day p = { .claimed_minor = 100000 };
    CHECK_TEXT(hex(table_compliance_encode_payee_day(test_arena(), &p)), "c09a0c");
    struct window_days w = { .days = { { 20260331, 3 } }, .day_count = 1 };
    CHECK_TEXT(hex(table_compliance_encode_window_days(test_arena(), &w)), "01ebcbd40903");
    struct pool_month m = { .net_milli = { [0] = 5, [30] = -7 } };
    CHECK_TEXT(hex(table_compliance_encode_pool_month(test_arena(), &m)), "040100004005000000f9ffffff");
}

TEST(a_bucket_keeps_its_entries_as_they_lie)
{
    struct near_ref refs[2] = { { .qty = 5, .number_size = 3 }, { .day = 7 } };
    struct near_bucket b = { .refs = (const char *)refs, .ref_count = 2, .is_cut = true }, back = { 0 };
    struct slice bytes = table_compliance_encode_near_bucket(test_arena(), &b);
    CHECK_INT(bytes.size, 2 + 2 * sizeof(struct near_ref));
    CHECK_INT(table_compliance_decode_near_bucket(test_arena(), bytes, &back), OK);
    CHECK(back.is_cut && !back.has_older && back.ref_count == 2);
    CHECK(memcmp(back.refs, refs, sizeof refs) == 0);
    CHECK(table_compliance_decode_near_bucket(test_arena(), slice_head(bytes, bytes.size - 1), &back) != OK);
}

/* Whatever the bytes, decoding ends, stays inside them, and says so. */
TEST(no_bytes_hurt_a_reader)
{
    uint64_t state = test_seed();
    for (unsigned round = 0; round < 20000; round++) {
        const struct codec *c = &codecs[round % CODEC_COUNT];
        size_t size = test_random(&state) % 48;
        char *bytes = arena_alloc(test_arena(), size + 1);
        for (size_t i = 0; i < size; i++) bytes[i] = (char)(test_random(&state) % (round % 3 ? 8 : 256));
        void *record = arena_alloc(test_arena(), c->bytes);
        enum err e = c->decode(test_arena(), slice_of(bytes, size), record);
        CHECK(e == OK || e == ERR_STATE_MALFORMED);
        if (e == OK) c->encode(test_arena(), record);
    }
}

/* Every prefix of a good record is refused. */
TEST(a_record_that_ends_early_is_malformed)
{
    struct roster_sites r = { .sites = { { .site = SLICE("N-100"), .name = SLICE("Ann"), .valid_from = 20260101 } },
                              .site_count = 1 };
    struct slice bytes = table_compliance_encode_roster_sites(test_arena(), &r);
    for (size_t size = 1; size < bytes.size; size++) {
        struct roster_sites back = { 0 };
        CHECK_INT(table_compliance_decode_roster_sites(test_arena(), slice_head(bytes, size), &back),
                  ERR_STATE_MALFORMED);
    }
}
