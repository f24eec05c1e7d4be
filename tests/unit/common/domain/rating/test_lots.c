/* Bounds of a pool of lots (services/payout/README.md): at each the line fits, one beyond it is held, and nothing of it
 * is written. */
#include "domain/rating/lots.h"
#include "support/ledger.h"

#include <stdio.h>

static const char *numbered(const char *prefix, unsigned number)
{
    char *text = arena_alloc(test_arena(), 16);
    snprintf(text, 16, "%s%u", prefix, number);
    return text;
}

static void receive(struct ledger_fixture *l, const char *prefix, unsigned lots, int32_t date)
{
    for (unsigned i = 0; i < lots; i++)
        ledger_decide(l, (struct judged){ .line = a_sell_in(numbered(prefix, i), 1, MICROS(8), date) });
}

static struct slice sell(struct ledger_fixture *l, const char *invoice, int64_t qty, const char *id)
{
    return decision_reasons(
        ledger_decide(l, (struct judged){ .line = a_sale(invoice, qty, MICROS(10), 20250201), .id = id }));
}

static const struct lots_row *pool_of(struct ledger_fixture *l)
{
    return ledger_row(l, PAYOUT_LOTS, LEDGER_KEY(l, SLICE(""), SLICE("P")));
}

TEST(units_of_1032_lots_leave_on_one_day_and_of_one_more_are_held)
{
    struct ledger_fixture *l = ledger_open();
    receive(l, "A", 900, 20250101);
    CHECK_TEXT(sell(l, "S1", 450, NULL), "NO_PROGRAM");
    CHECK_TEXT(sell(l, "S2", 450, NULL), "NO_PROGRAM");
    receive(l, "B", 133, 20250101);
    CHECK_TEXT(sell(l, "S3", 132, NULL), "NO_PROGRAM");
    CHECK_TEXT(sell(l, "S4", 1, NULL), "NUMBER_OVERFLOW");
    CHECK_INT(pool_of(l)->net_milli, UNITS(1));
}

TEST(goods_of_a_lot_that_left_the_list_come_back_while_it_has_room)
{
    for (unsigned beyond = 0; beyond < 2; beyond++) {
        struct ledger_fixture *l = ledger_open();
        receive(l, "A", 1 + LOTS_KEPT_EXHAUSTED, 20250101);
        sell(l, "S1", 1, "first");
        sell(l, "S2", LOTS_KEPT_EXHAUSTED, NULL);
        receive(l, "B", LOTS_OPEN_MAX - 1 + beyond, 20250202);
        struct decision d = ledger_decide(l, (struct judged){ .line = a_cancel("first"), .received = 20250203 });
        CHECK_SLICE(decision_reasons(d), beyond ? SLICE("NUMBER_OVERFLOW") : SLICE(""));
        CHECK_INT(pool_of(l)->net_milli, UNITS(LOTS_OPEN_MAX));
    }
}

/* Who asks for no average is not held for one. */
TEST(an_average_is_of_seven_currencies_at_most)
{
    static const char *const currencies[] = { "EUR", "GBP", "JPY", "KWD", "CHF", "SEK", "NOK", "DKK" };
    for (unsigned lots = 7; lots <= 8; lots++) {
        struct ledger_fixture *l = ledger_open();
        struct program p = ledger_ship_debit("SD");
        struct agreement_line terms = { .method = DEBIT_METHOD_DOWN_TO, .term_micros = MICROS(5) };
        p.ship_debit.cost_basis = COST_BASIS_AVERAGE;
        ledger_program(l, p);
        ledger_decide(l, (struct judged){ .line = an_agreement(l, "Q-1", (struct agreement){ 0 }, terms),
                                          .received = 20250102 });
        for (unsigned i = 0; i < lots; i++) {
            struct line lot = a_sell_in(numbered("A", i), 1, MICROS(8), 20250110);
            lot.currency = slice_from(currencies[i]);
            ledger_rate(l, currencies[i], "USD", 1, 1000000, 20250120);
            ledger_decide(l, (struct judged){ .line = lot });
        }
        CHECK_TEXT(sell(l, "S1", 1, NULL), "NO_PROGRAM");
        struct decision d = ledger_decide(l, (struct judged){ .line = a_claim("S1", 1, "Q-1", 20250201) });
        CHECK_SLICE(decision_reasons(d), lots > 7 ? SLICE("NUMBER_OVERFLOW") : SLICE(""));
        CHECK_INT(decision_paid(d, "EARNED"), lots > 7 ? 0 : 300);
    }
}

/* Sales of a unit each on one day, of which every second one comes back: a piece for each that stays. */
static void sell_and_take_back(struct ledger_fixture *l, unsigned returns)
{
    for (unsigned i = 0; i <= 2 * returns; i++) sell(l, numbered("S", i), 1, numbered("s", i));
    for (unsigned i = 0; i < returns; i++)
        ledger_decide(l, (struct judged){ .line = a_return(numbered("s", 2 * i + 1), 1, 20250203) });
}

TEST(a_day_of_many_returns_loses_places_but_no_line)
{
    struct table t = TABLE(
        "returns | placed  pieces  left",
        "1031    | yes     1032    1032",
        "1032    | no      1       1033",
        "1100    | no      1       1101");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        struct agreement_line terms = { .method = DEBIT_METHOD_DOWN_TO, .term_micros = MICROS(5) };
        ledger_program(l, ledger_ship_debit("SD"));
        ledger_decide(l, (struct judged){ .line = an_agreement(l, "Q-1", (struct agreement){ 0 }, terms),
                                          .received = 20250102 });
        ledger_decide(l, (struct judged){ .line = a_sell_in("A", 3000, MICROS(8), 20250110) });
        sell_and_take_back(l, (unsigned)cell_int(&t, "returns"));
        const struct stock_day_row *day =
            ledger_row(l, PAYOUT_STOCK_DAYS, LEDGER_KEY(l, SLICE(""), SLICE("P"), SLICE("20250201")));
        int64_t left = 0;
        for (unsigned i = 0; i < day->outs_count; i++) left += day->outs[i].qty_milli;
        CHECK_CELL(&t, "placed", day->is_placed ? SLICE("yes") : SLICE("no"));
        CHECK_CELL_INT(&t, "pieces", day->outs_count);
        CHECK_INT(left, UNITS(cell_int(&t, "left")));
        CHECK_TEXT(sell(l, "T1", 1, NULL), "NO_PROGRAM");
        struct decision d = ledger_decide(l, (struct judged){ .line = a_claim("T1", 1, "Q-1", 20250201) });
        CHECK_INT(decision_paid(d, "EARNED"), 300);
    }
}

/* Its units leave the pool again, to come back to it: those of the sales beside them stay out. */
TEST(a_transfer_that_is_cancelled_on_a_day_without_places_takes_none_of_what_was_sold)
{
    struct ledger_fixture *l = ledger_open();
    struct line lot = a_sell_in("A", 3000, MICROS(8), 20250110), out = a_sell_in("", 5, 0, 0);
    lot.location_id = out.location_id = SLICE("L");
    out.kind = KIND_TRANSFER_OUT;
    out.ship_date = 20250201;
    out.order_no = SLICE("T1");
    ledger_decide(l, (struct judged){ .line = lot, .lot_pool_location = true });
    for (unsigned i = 0; i <= 2 * 1032; i++) {
        struct line sale = a_sale(numbered("S", i), 1, MICROS(10), 20250201);
        sale.location_id = SLICE("L");
        ledger_decide(l, (struct judged){ .line = sale, .lot_pool_location = true, .id = numbered("s", i) });
    }
    for (unsigned i = 0; i < 1032; i++) {
        struct line back = a_return(numbered("s", 2 * i + 1), 1, 20250203);
        ledger_decide(l, (struct judged){ .line = back, .lot_pool_location = true });
    }
    const struct slice day_key = LEDGER_KEY(l, SLICE("L"), SLICE("P"), SLICE("20250201"));
    CHECK(!((const struct stock_day_row *)ledger_row(l, PAYOUT_STOCK_DAYS, day_key))->is_placed);
    ledger_decide(l, (struct judged){ .line = out, .lot_pool_location = true, .id = "out" });
    ledger_decide(l, (struct judged){ .line = a_cancel("out"), .lot_pool_location = true, .received = 20250204 });
    const struct stock_day_row *day = ledger_row(l, PAYOUT_STOCK_DAYS, day_key);
    CHECK_INT(day->outs_count, 1);
    CHECK_INT(day->outs[0].qty_milli, UNITS(1033));
    const struct lots_row *pool = ledger_row(l, PAYOUT_LOTS, LEDGER_KEY(l, SLICE("L"), SLICE("P")));
    CHECK_INT(pool->lots[0].remaining_milli, UNITS(3000 - 1033));
}

/* What had no lot to bring takes none with it. */
TEST(an_arrival_without_a_lot_that_is_cancelled_takes_no_lot)
{
    struct table t = TABLE(
        "before  arrives | lots  left",
        "0       10      | 1     100",
        "4       10      | 1     100",
        "20      10      | 1     100");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        struct line sent = a_sell_in("B", cell_int(&t, "before"), MICROS(8), 20250520), out = a_sell_in("", 12, 0, 0);
        struct line lot = a_sell_in("A", 100, MICROS(8), 20250605);
        sent.location_id = out.location_id = SLICE("L2");
        lot.location_id = SLICE("L1");
        out.kind = KIND_TRANSFER_OUT;
        out.ship_date = 20250601;
        out.order_no = SLICE("T1");
        struct line in = out;
        in.kind = KIND_TRANSFER_IN;
        in.location_id = SLICE("L1");
        in.qty_milli = UNITS(cell_int(&t, "arrives"));
        if (sent.qty_milli) ledger_decide(l, (struct judged){ .line = sent, .lot_pool_location = true });
        ledger_decide(l, (struct judged){ .line = out, .lot_pool_location = true });
        ledger_decide(l, (struct judged){ .line = in, .lot_pool_location = true, .id = "in" });
        ledger_decide(l, (struct judged){ .line = lot, .lot_pool_location = true });
        ledger_decide(l, (struct judged){ .line = a_cancel("in"), .lot_pool_location = true, .received = 20250606 });
        const struct lots_row *pool = ledger_row(l, PAYOUT_LOTS, LEDGER_KEY(l, SLICE("L1"), SLICE("P")));
        int64_t left = 0;
        unsigned lots = 0;
        for (unsigned i = 0; i < pool->lots_count; i++) {
            left += pool->lots[i].remaining_milli;
            lots += pool->lots[i].remaining_milli > 0;
        }
        CHECK_CELL_INT(&t, "lots", lots);
        CHECK_INT(left, UNITS(cell_int(&t, "left")));
        CHECK_INT(pool->net_milli, UNITS(100));
    }
}
