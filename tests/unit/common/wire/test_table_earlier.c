/* Rows that earlier versions wrote are read: what those did not keep says nothing, the rest is as it was. */
#include "support/earlier_rows.h"
#include "support/test.h"
#include "wire/table_classification.h"
#include "wire/table_compliance.h"
#include "wire/table_payout.h"

typedef enum err renew(struct arena *a, unsigned version, const struct book_codec *codec, struct slice old,
                       struct slice *now);

static struct slice renewed(renew *renew_row, const struct book_codec *codec, unsigned version, const void *record)
{
    struct slice now, old = earlier_row(test_arena(), codec, version, codec->encode(test_arena(), record));
    CHECK_INT(renew_row(test_arena(), version, codec, old, &now), OK);
    if (!old.size) return now;
    struct slice cut = slice_head(old, old.size - 1), none;             /* a row cut short is no row */
    if (renew_row(test_arena(), version, codec, cut, &none) == OK) {
        void *broken = arena_alloc(test_arena(), codec->bytes);
        CHECK_INT(codec->decode(test_arena(), none, broken), ERR_STATE_MALFORMED);
    }
    return now;
}

static struct book_codec codec_of(enum err (*decode)(struct arena *, struct slice, void *),
                                  struct slice (*encode)(struct arena *, const void *), size_t bytes)
{
    return (struct book_codec){ .name = "earlier", .bytes = bytes, .decode = decode, .encode = encode };
}

TEST(a_target_of_version_3_names_no_author)
{
    struct book_codec codec = codec_of(table_classification_decode_targets, table_classification_encode_targets,
                                       sizeof(struct target_record));
    struct target_record t = { .revision = 7, .program_id = SLICE("SD-26") };
    struct slice wanted = table_classification_encode_targets(test_arena(), &t);
    t.author_id = SLICE("N-100");
    CHECK(slice_equal(renewed(table_classification_renew, &codec, 3, &t), wanted));
}

TEST(uses_of_a_transaction_of_version_11_were_replaced_by_nobody_early)
{
    struct book_codec codec = codec_of(table_compliance_decode_transaction_uses,
                                       table_compliance_encode_transaction_uses, sizeof(struct transaction_uses));
    struct transaction_uses *uses = ARENA_NEW(test_arena(), struct transaction_uses);
    uses->moved_milli = 5000;
    uses->is_cancelled_early = true;
    struct slice wanted = table_compliance_encode_transaction_uses(test_arena(), uses);
    uses->replaced_early_by = SLICE("0123456789abcdef0123456789abcdef");
    CHECK(slice_equal(renewed(table_compliance_renew, &codec, 11, uses), wanted));
}

TEST(units_by_month_of_version_13_are_left_out)
{
    struct book_codec codec = codec_of(table_compliance_decode_match_sales, table_compliance_encode_match_sales,
                                       sizeof(struct match_sales));
    struct match_sales sales = { .waiting = { { SLICE("0123456789abcdef0123456789abcdef"), 20260401, 5000 } },
                                 .waiting_count = 1, .left_out = 2 };
    struct slice wanted = table_compliance_encode_match_sales(test_arena(), &sales);
    CHECK(slice_equal(renewed(table_compliance_renew, &codec, 13, &sales), wanted));
}

TEST(lots_of_payout_7_came_from_the_vendor_and_its_entries_name_no_claim)
{
    struct book_codec codec = codec_of(table_payout_decode_LOTS, table_payout_encode_LOTS, sizeof(struct lots_row));
    struct lot lots[2] = { { .no = 1, .qty_milli = 5000, .currency = SLICE("USD"), .adjusted = true },
                           { .no = 2, .line_id = SLICE("l"), .remaining_milli = 1 } };
    struct lots_row row = { .next_no = 3, .lots = lots, .lots_count = 2 };
    struct slice now = renewed(table_payout_renew, &codec, 7, &row);
    lots[0].adjusted = false;
    CHECK(slice_equal(now, table_payout_encode_LOTS(test_arena(), &row)));
}

TEST(other_rows_are_as_they_were)
{
    struct book_codec codec = codec_of(table_compliance_decode_footprint, table_compliance_encode_footprint,
                                       sizeof(struct footprint));
    struct slice now;
    CHECK_INT(table_compliance_renew(test_arena(), 11, &codec, SLICE("any bytes"), &now), OK);
    CHECK_TEXT(now, "any bytes");
}
