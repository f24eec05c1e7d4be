/* The worked examples of domain.md 5.7, and both sides of its edges. */
#include "support/ledger.h"

static struct program a_rotation_program(const char *id)
{
    struct program p = ledger_ship_debit(id);
    p.incentive = INCENTIVE_STOCK_ROTATION;
    p.rank = 150;
    p.program_date = DATE_BASIS_RECEIVED_DATE;
    p.claim = (struct claim_terms){ .tolerance_minor = 1 };
    p.rotation = (struct rotation_terms){ .percent_micros = 5000000,
                                         .base_period = PURCHASE_BASE_PRIOR,
                                         .period = PERIOD_QUARTER,
                                         .price = ROTATION_PRICE_LOT_COST,
                                         .offset_order = OFFSET_ORDER_REQUIRED };
    return p;
}

static struct line a_rotation(int64_t qty, int64_t offset_minor)
{
    struct line l = a_sale("", qty, 0, 0);
    l.kind = KIND_ROTATION_CLAIM;
    l.has_resale_unit_micros = false;
    l.rma_no = SLICE("RMA");
    l.offset_order_no = SLICE("PO");
    l.offset_amount_minor = offset_minor;
    return l;
}

static struct line other_goods(const char *invoice, int64_t price_micros, int32_t date)
{
    struct line l = a_sell_in(invoice, 1, price_micros, date);
    l.vendor_part = SLICE("Z");
    return l;
}

static int64_t credited(struct ledger_fixture *l, const char *period)
{
    const struct rotation_row *row = ledger_row(l, PAYOUT_ROTATIONS, LEDGER_KEY(l, SLICE("ROT"), slice_from(period)));
    return row->credited_minor;
}

static const struct lots_row *pool_of(struct ledger_fixture *l)
{
    return ledger_row(l, PAYOUT_LOTS, LEDGER_KEY(l, SLICE(""), SLICE("P")));
}

TEST(credits_what_allowance_and_offset_order_leave)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, a_rotation_program("ROT"));
    ledger_decide(l, (struct judged){ .line = other_goods("I1", MICROS(377000), 20250105) });
    ledger_decide(l, (struct judged){ .line = a_sell_in("I2", 1000, MICROS(23), 20250205) });
    struct decision d =
        ledger_decide(l, (struct judged){ .line = a_rotation(1000, 1800000), .received = 20250410, .id = "o" });
    CHECK_INT(d.outcome, OUTCOME_SHORT);
    CHECK_TEXT(decision_reasons(d), "ROTATION_LIMIT");
    CHECK_INT(d.section->programs[0].claim_minor, 2300000);
    CHECK_INT(decision_paid(d, "EARNED"), 1800000);
    CHECK_INT(d.section->programs[0].refused_minor, 500000);
    CHECK_INT(d.verdict->judgement->reasons[0].cut_minor, 500000);
    CHECK_TEXT(d.verdict->judgement->reasons[0].arguments[1].value, "offset_order");
    struct text sentence = text_in(test_arena(), 256);
    reason_put_sentence(&sentence, &d.verdict->judgement->reasons[0]);
    CHECK_TEXT(text_slice(&sentence), "The offset order PO has 18000.00 left.");
    CHECK_INT(d.section->entries[0].qty_milli, UNITS(1000));
    CHECK_TEXT(d.section->entries[0].earned_period, "2025-Q2");
    CHECK_INT(pool_of(l)->lots[0].remaining_milli, 0);
    CHECK_INT(credited(l, "2025-Q2"), 1800000);
    CHECK(decision_verifies(d));
    d = ledger_decide(l, (struct judged){ .line = a_cancel("o"), .received = 20250411 });
    CHECK_INT(decision_paid(d, "EARNED"), -1800000);
    CHECK_INT(pool_of(l)->lots[0].remaining_milli, UNITS(1000));
    CHECK_INT(pool_of(l)->net_milli, UNITS(1000));
    CHECK_INT(credited(l, "2025-Q2"), 0);
    const struct offset_row *offset = ledger_row(l, PAYOUT_OFFSETS, LEDGER_KEY(l, SLICE("PO")));
    CHECK_INT(offset->credited_minor, 0);
}

TEST(credits_what_earlier_rotations_of_the_period_leave)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, a_rotation_program("ROT"));
    ledger_decide(l, (struct judged){ .line = other_goods("I1", 171694000000, 20250105) });
    ledger_decide(l, (struct judged){ .line = a_sell_in("I2", 130, 50000000, 20250205) });
    ledger_decide(l, (struct judged){ .line = a_sell_in("I3", 58, 71350000, 20250206) });
    struct line adjusting = other_goods("I4", 7700000, 20250207);
    ledger_decide(l, (struct judged){ .line = adjusting });
    struct line first = a_rotation(130, 650000), second = a_rotation(40, 300000);
    first.offset_order_no = SLICE("PO-1");
    CHECK_INT(decision_paid(ledger_decide(l, (struct judged){ .line = first, .received = 20250410 }), "EARNED"),
              650000);
    struct decision d = ledger_decide(l, (struct judged){ .line = second, .received = 20250411 });
    CHECK_INT(d.section->programs[0].claim_minor, 285400);
    CHECK_INT(decision_paid(d, "EARNED"), 261700);
    CHECK_INT(d.section->programs[0].refused_minor, 23700);
    CHECK_TEXT(decision_reasons(d), "ROTATION_LIMIT");
    CHECK_TEXT(d.verdict->judgement->reasons[0].arguments[0].value, "2617.00");
    struct text sentence = text_in(test_arena(), 256);
    reason_put_sentence(&sentence, &d.verdict->judgement->reasons[0]);
    CHECK_TEXT(text_slice(&sentence), "The rotation allowance has 2617.00 left.");
    CHECK(decision_verifies(d));
}

TEST(refuses_outside_its_window_and_without_what_it_needs)
{
    struct table t = TABLE(
        "received  window  returnable  order  amount | outcome  reasons",
        "20250430  30      yes         PO     1000   | PASS     -",
        "20250501  30      yes         PO     1000   | REJECT   LATE_CLAIM",
        "20250630  0       yes         PO     1000   | PASS     -",
        "20250410  0       no          PO     1000   | REJECT   PART_NOT_ELIGIBLE",
        "20250410  0       yes         -      1000   | REJECT   FIELD_MISSING",
        "20250410  0       yes         PO     0      | REJECT   FIELD_MISSING");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        struct program p = a_rotation_program("ROT");
        p.rotation.window_days = (uint32_t)cell_int(&t, "window");
        ledger_product(l, (struct product){ .sku = SLICE("P"),
                                           .family = SLICE("F"),
                                           .product_line = SLICE("L"),
                                           .not_returnable = !cell_yes(&t, "returnable") });
        ledger_program(l, p);
        ledger_decide(l, (struct judged){ .line = a_sell_in("I1", 1000, MICROS(10), 20250205) });
        struct line claim = a_rotation(1, cell_int(&t, "amount"));
        claim.offset_order_no = slice_equal(cell(&t, "order"), SLICE("PO")) ? SLICE("PO") : SLICE("");
        struct decision d =
            ledger_decide(l, (struct judged){ .line = claim, .received = (int32_t)cell_int(&t, "received") });
        CHECK_CELL(&t, "outcome", word_text(VOCABULARY_OUTCOME, (int)d.outcome));
        CHECK_CELL(&t, "reasons", decision_reasons(d));
        CHECK_INT(pool_of(l)->lots[0].remaining_milli, d.outcome == OUTCOME_PASS ? UNITS(999) : UNITS(1000));
    }
}

TEST(prices_units_by_their_lots_by_the_list_or_by_the_lesser)
{
    struct table t = TABLE(
        "price       qty | paid    reasons",
        "LOT_COST    15  | 16000   -",
        "PRICE_LIST  15  | 16500   -",
        "LOWER       15  | 15500   -",
        "LOT_COST    25  | 22000   ONHAND_EXCEEDED");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        struct program p = a_rotation_program("ROT");
        p.rotation.price = (enum rotation_price)word_find(VOCABULARY_ROTATION_PRICE, cell(&t, "price"));
        p.rotation.offset_order = OFFSET_ORDER_NONE;
        p.rotation.percent_micros = 100000000;
        ledger_program(l, p);
        ledger_price(l, "P", MICROS(11), 20250101);
        ledger_decide(l, (struct judged){ .line = a_sell_in("I1", 10, MICROS(10), 20250205) });
        ledger_decide(l, (struct judged){ .line = a_sell_in("I2", 10, MICROS(12), 20250206) });
        struct decision d = ledger_decide(
            l, (struct judged){ .line = a_rotation(cell_int(&t, "qty"), 0), .received = 20250410, .id = "o" });
        CHECK_CELL_INT(&t, "paid", decision_paid(d, "EARNED"));
        CHECK_CELL(&t, "reasons", decision_reasons(d));
        CHECK_INT(pool_of(l)->net_milli, UNITS(20) - UNITS(cell_int(&t, "qty")));
        CHECK(decision_verifies(d));
        ledger_decide(l, (struct judged){ .line = a_cancel("o"), .received = 20250501 });
        CHECK_INT(pool_of(l)->net_milli, UNITS(20));
        CHECK_INT(pool_of(l)->lots[0].remaining_milli + pool_of(l)->lots[1].remaining_milli, UNITS(20));
    }
}

TEST(takes_rotated_goods_out_of_the_volume_of_purchases)
{
    struct ledger_fixture *l = ledger_open();
    struct tier tiers[] = { { .rate = RATE_PERCENT, .percent_micros = 2000000 } };
    struct program volume = ledger_volume("VR", tiers, 1), p = a_rotation_program("ROT");
    volume.volume.source = VOLUME_SOURCE_SELL_IN;
    volume.volume.price = UNIT_VALUE_SELL_IN;
    volume.program_date = DATE_BASIS_INVOICE_DATE;
    volume.volume.period = PERIOD_YEAR;
    p.rotation.offset_order = OFFSET_ORDER_NONE;
    p.rotation.percent_micros = 100000000;
    ledger_program(l, p);
    ledger_program(l, volume);
    ledger_decide(l, (struct judged){ .line = a_sell_in("I1", 100, MICROS(10), 20250205) });
    CHECK_INT(ledger_paid(l, "VR", "EARNED"), 2000);
    struct decision d = ledger_decide(l, (struct judged){ .line = a_rotation(40, 0), .received = 20250410, .id = "o" });
    CHECK_INT(d.outcome, OUTCOME_PASS);
    CHECK_INT(d.section->entry_count, 2);
    CHECK_INT(d.section->entries[1].qty_milli, UNITS(-40));
    CHECK_INT(ledger_paid(l, "VR", "EARNED"), 1200);
    CHECK_INT(ledger_paid(l, "ROT", "EARNED"), 40000);
    CHECK(decision_verifies(d));
    d = ledger_decide(l, (struct judged){ .line = a_cancel("o"), .received = 20250501 });
    CHECK_INT(ledger_paid(l, "VR", "EARNED"), 2000);
    CHECK_INT(ledger_paid(l, "ROT", "EARNED"), 0);
    const struct volume_row *row =
        ledger_row(l, PAYOUT_VOLUMES, LEDGER_KEY(l, SLICE("VR"), SLICE("N"), SLICE(""), SLICE("2025")));
    CHECK_INT(row->amount_minor, 100000);
    CHECK_INT(row->qty_milli, UNITS(100));
    CHECK(decision_verifies(d));
}

TEST(rotated_goods_were_bought_in_eight_currencies_at_most)
{
    static const char *const currencies[] = { "EUR", "GBP", "JPY", "KWD", "CHF", "SEK", "NOK", "DKK", "PLN" };
    for (unsigned lots = 7; lots <= 9; lots++) {
        struct ledger_fixture *l = ledger_open();
        struct program p = a_rotation_program("ROT");
        p.rotation.offset_order = OFFSET_ORDER_NONE;
        p.rotation.percent_micros = 100000000;
        ledger_program(l, p);
        for (unsigned i = 0; i < lots; i++) {
            struct line lot = a_sell_in(currencies[i], 1, MICROS(8), 20250110);
            lot.currency = slice_from(currencies[i]);
            ledger_rate(l, currencies[i], "USD", 1, 1000000, 20250105);
            ledger_rate(l, currencies[i], "USD", 1, 1000000, 20250405);
            ledger_decide(l, (struct judged){ .line = lot });
        }
        struct decision d = ledger_decide(l, (struct judged){ .line = a_rotation(lots, 0), .received = 20250410 });
        CHECK_SLICE(decision_reasons(d), lots > 8 ? SLICE("NUMBER_OVERFLOW") : SLICE(""));
        CHECK_INT(decision_paid(d, "EARNED"), lots > 8 ? 0 : 800 * (int64_t)lots);
    }
}
