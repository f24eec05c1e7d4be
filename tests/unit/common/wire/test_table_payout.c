/* State records of payout as bytes. */
#include "wire/table_payout.h"

#include "support/test.h"

TEST(a_record_comes_back_as_it_was)
{
    struct move moves[] = { { .qty_milli = 5000,
                              .lot_no = 3,
                              .seq = 2,
                              .receipt_date = 20260102,
                              .cost_micros = 9150000,
                              .cost_den = 1,
                              .currency = SLICE("USD"),
                              .date = 20260401 },
                            { .qty_milli = 7, .date = 20260401, .place_milli = 1234567890123 } };
    struct transaction_line lines[] = { { .line_id = SLICE("line-1"),
                                          .kind = KIND_POS_SALE,
                                          .accepted_milli = 5007,
                                          .value_num = -((__int128)1 << 100),
                                          .value_den = 7,
                                          .currency = SLICE("EUR") } };
    struct transaction_row row = { .ship_date = 20260401,
                                   .moves = moves,
                                   .moves_count = 2,
                                   .lines = lines,
                                   .lines_count = 1,
                                   .awaited = true },
                           back = { 0 };
    struct slice bytes = table_payout_encode_TRANSACTIONS(test_arena(), &row);
    CHECK_INT(table_payout_decode_TRANSACTIONS(test_arena(), bytes, &back), OK);
    CHECK_INT(back.moves_count, 2);
    CHECK_INT(back.moves[1].place_milli, 1234567890123);
    CHECK_SLICE(back.lines[0].line_id, SLICE("line-1"));
    CHECK(back.lines[0].value_num == row.lines[0].value_num && back.lines[0].value_den == 7);
    CHECK(back.awaited);
    CHECK_SLICE(table_payout_encode_TRANSACTIONS(test_arena(), &back), bytes);
}

TEST(a_record_that_says_nothing_is_no_row)
{
    for (unsigned i = 0; i < PAYOUT_TABLE_COUNT; i++) {
        void *record = arena_alloc(test_arena(), table_payout_codecs[i].bytes);
        CHECK_INT(table_payout_codecs[i].encode(test_arena(), record).size, 0);
    }
    struct cap_row used = { .used_minor = 1 };
    CHECK(table_payout_encode_CAPS(test_arena(), &used).size > 0);
}

TEST(every_cut_of_a_record_is_refused)
{
    struct cap_row row = { .used_minor = 123456, .used_milli = -7, .currency = SLICE("USD") }, back;
    struct slice bytes = table_payout_encode_CAPS(test_arena(), &row);
    for (size_t size = 0; size < bytes.size; size++) {
        memset(&back, 0, sizeof back);
        CHECK_INT(table_payout_decode_CAPS(test_arena(), slice_head(bytes, size), &back), ERR_STATE_MALFORMED);
    }
    CHECK_INT(table_payout_decode_CAPS(test_arena(), bytes, &back), OK);
    CHECK_INT(back.used_milli, -7);
}

TEST(days_of_a_set_move_on_and_come_back)
{
    struct sales_row row = { 0 }, back = { 0 };
    CHECK(day_set_add(&row.days, 20260110));
    CHECK(day_set_add(&row.days, 20260115));
    CHECK_INT(table_payout_decode_SALES(test_arena(), table_payout_encode_SALES(test_arena(), &row), &back), OK);
    CHECK_INT(day_set_next(&back.days, 0), 20260110);
    CHECK_INT(day_set_next(&back.days, 20260111), 20260115);
    CHECK_INT(day_set_next(&back.days, 20260116), 0);
    CHECK(day_set_add(&row.days, 20270720));                    /* far ahead: the window follows */
    CHECK_INT(day_set_next(&row.days, 20270101), 20270720);
    CHECK_INT(day_set_next(&row.days, 20270720), 20270720);
    CHECK(!day_set_add(&row.days, 20200101));
    day_set_remove(&row.days, 20270720);
    CHECK_INT(day_set_next(&row.days, 20270720), 0);
}

TEST(the_parts_of_a_key_have_names)
{
    CHECK_TEXT(rows_key_names(PAYOUT_VOLUMES), "partner_root_id program_id aggregate group period");
}
