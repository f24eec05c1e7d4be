/* The worked examples of domain.md 5.6, and both sides of its edges. */
#include "domain/rating/lots.h"
#include "support/ledger.h"

static struct program a_protection_program(const char *id)
{
    struct program p = ledger_ship_debit(id);
    p.incentive = INCENTIVE_PRICE_PROTECTION;
    p.rank = 100;
    p.program_date = DATE_BASIS_PRICE_CHANGE_DATE;
    p.claim = (struct claim_terms){ true, 30, ANCHOR_PRICE_CHANGE_DATE, 1 };
    p.price_protection = (struct price_protection_terms){ .old_price = OLD_PRICE_LOT_COST,
                                                          .window_days = 60,
                                                          .direction = PRICE_DIRECTION_DECREASE_ONLY,
                                                          .snapshot = SNAPSHOT_RULE_OPTIONAL,
                                                          .snapshot_days = 3 };
    return p;
}

static void prices(struct ledger_fixture *l, int64_t old_micros, int64_t new_micros)
{
    struct price entries[] = { { old_micros, 20250101 }, { new_micros, 20250601 } };
    struct price_list list = { SLICE("PL"), SLICE("P"), SLICE("USD"), entries, 2 };
    CHECK_INT(catalogue_put_price_list(ledger_catalogue(l), &list), OK);
}

static struct line a_protection(int64_t qty)
{
    struct line l = a_sale("", qty, 0, 0);
    l.kind = KIND_PRICE_PROTECTION_CLAIM;
    l.has_resale_unit_micros = false;
    l.price_change_date = 20250601;
    return l;
}

static struct judged claims(int64_t qty)
{
    return (struct judged){ .line = a_protection(qty), .received = 20250605 };
}

static struct decision buys(struct ledger_fixture *l, const char *invoice, int64_t qty, int64_t price_micros,
                            int32_t date)
{
    return ledger_decide(l, (struct judged){ .line = a_sell_in(invoice, qty, price_micros, date) });
}

static struct decision counts(struct ledger_fixture *l, const char *location, int64_t qty, int32_t date)
{
    struct line line = a_sale("", qty, 0, 0);
    line.kind = KIND_INVENTORY;
    line.has_resale_unit_micros = false;
    line.location_id = slice_from(location);
    line.snapshot_date = date;
    return ledger_decide(l, (struct judged){ .line = line, .received = date });
}

static const struct lots_row *pool_of(struct ledger_fixture *l)
{
    return ledger_row(l, PAYOUT_LOTS, LEDGER_KEY(l, SLICE(""), SLICE("P")));
}

/* Units with a credit in force, and Σ units · credit in micros. */
static int64_t credited_units(struct ledger_fixture *l, int64_t *micros)
{
    const struct lots_row *pool = pool_of(l);
    int64_t units = 0;
    *micros = 0;
    for (unsigned i = 0; i < pool->lots_count; i++) {
        const struct lot *lot = &pool->lots[i];
        if (lot->credits_count == 0) continue;
        units += lot->qty_milli;
        for (unsigned k = 0; k < lot->credits_count; k++)
            *micros += lot->qty_milli / 1000 * lot->credits[k].amount_micros;
    }
    return units;
}

static int64_t in_stock(struct ledger_fixture *l)
{
    int64_t sum = 0;
    for (unsigned i = 0; i < pool_of(l)->lots_count; i++) sum += pool_of(l)->lots[i].remaining_milli;
    return sum;
}

static struct ledger_fixture *three_lots(struct program p)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, p);
    ledger_program(l, ledger_ship_debit("SD"));
    prices(l, MICROS(84), 79500000);
    buys(l, "I1", 300, MICROS(86), 20250210);
    buys(l, "I2", 200, MICROS(84), 20250420);
    buys(l, "I3", 150, 82250000, 20250518);
    ledger_decide(l, (struct judged){ .line = a_sale("S0", 310, MICROS(90), 20250525), .id = "s0" });
    return l;
}

TEST(credits_stock_at_lot_cost_and_debits_later_at_the_lower_cost)
{
    struct ledger_fixture *l = three_lots(a_protection_program("PP"));
    int64_t micros;
    struct decision d = ledger_decide(l, claims(360));
    CHECK_INT(d.outcome, OUTCOME_SHORT);
    CHECK_TEXT(decision_reasons(d), "ONHAND_EXCEEDED");
    CHECK_INT(decision_paid(d, "EARNED"), 126750);
    CHECK_INT(d.section->entries[0].qty_milli, UNITS(340));
    CHECK_INT(d.verdict->judgement->reasons[0].cut_qty_milli, UNITS(20));
    CHECK_INT(credited_units(l, &micros), UNITS(340));
    CHECK_INT(micros, 1267500000);
    CHECK_INT(pool_of(l)->lots_count, 4);
    CHECK_INT(in_stock(l), UNITS(340));
    CHECK(decision_verifies(d));
    struct agreement_line terms = {
        .method = DEBIT_METHOD_DOWN_TO, .term_micros = MICROS(76), .authorised_qty_milli = UNITS(500)};
    ledger_decide(
        l, (struct judged){ .line = an_agreement(l, "Q-1", (struct agreement){ 0 }, terms), .received = 20250102 });
    d = ledger_decide(l, (struct judged){ .line = a_claim("S1", 100, "Q-1", 20250610) });
    CHECK_INT(decision_paid(d, "EARNED"), 35000);
}

TEST(credits_the_difference_of_the_list_within_window_and_transit)
{
    struct table t = TABLE(
        "window  transit | qty     paid",
        "60      yes     | 295000  33925",
        "60      no      | 260000  29900",
        "0       yes     | 455000  52325",
        "0       no      | 420000  48300");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        struct program p = a_protection_program("PP");
        p.price_protection.old_price = OLD_PRICE_PRICE_LIST;
        p.price_protection.window_days = (uint32_t)cell_int(&t, "window");
        p.price_protection.in_transit = cell_yes(&t, "transit");
        ledger_program(l, p);
        prices(l, 18400000, 17250000);
        struct line transit = a_sell_in("I3", 35, MICROS(18), 20250603);
        transit.ship_date = 20250531;
        buys(l, "I1", 160, MICROS(18), 20250401);
        buys(l, "I2", 260, MICROS(18), 20250402);
        ledger_decide(l, (struct judged){ .line = transit });
        struct decision d = ledger_decide(l, claims(500));
        CHECK_CELL_INT(&t, "qty", d.section->entries[0].qty_milli);
        CHECK_CELL_INT(&t, "paid", decision_paid(d, "EARNED"));
        CHECK(decision_verifies(d));
    }
}

TEST(refuses_what_is_no_protected_change_or_late)
{
    struct table t = TABLE(
        "old  new  date      received  direction      least     | outcome  reasons",
        "84   79   20250601  20250701  DECREASE_ONLY  0         | PASS     -",
        "84   79   20250601  20250702  DECREASE_ONLY  0         | REJECT   LATE_CLAIM",
        "84   79   20250602  20250605  DECREASE_ONLY  0         | REJECT   NO_PRICE_CHANGE",
        "84   79   20250101  20250130  DECREASE_ONLY  0         | REJECT   NO_PRICE_CHANGE",
        "84   84   20250601  20250605  DECREASE_ONLY  0         | REJECT   DROP_TOO_SMALL",
        "84   85   20250601  20250605  DECREASE_ONLY  0         | REJECT   DROP_TOO_SMALL",
        "84   85   20250601  20250605  BOTH           0         | PASS     -",
        "100  95   20250601  20250605  DECREASE_ONLY  5000000   | PASS     -",
        "100  96   20250601  20250605  DECREASE_ONLY  5000000   | REJECT   DROP_TOO_SMALL",
        "100  96   20250601  20250605  BOTH           5000000   | REJECT   DROP_TOO_SMALL");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        struct program p = a_protection_program("PP");
        p.price_protection.direction =
            slice_equal(cell(&t, "direction"), SLICE("BOTH")) ? PRICE_DIRECTION_BOTH : PRICE_DIRECTION_DECREASE_ONLY;
        p.price_protection.min_drop_percent_micros = cell_int(&t, "least");
        ledger_program(l, p);
        prices(l, MICROS(cell_int(&t, "old")), MICROS(cell_int(&t, "new")));
        buys(l, "I1", 10, MICROS(100), 20250501);
        struct line claim = a_protection(10);
        claim.price_change_date = (int32_t)cell_int(&t, "date");
        struct decision d =
            ledger_decide(l, (struct judged){ .line = claim, .received = (int32_t)cell_int(&t, "received") });
        CHECK_CELL(&t, "outcome", word_text(VOCABULARY_OUTCOME, (int)d.outcome));
        CHECK_CELL(&t, "reasons", decision_reasons(d));
    }
}

TEST(believes_the_report_nearest_to_the_day_where_it_is_lower)
{
    struct table t = TABLE(
        "first  first_day  second  second_day  rule      | qty     outcome  reasons",
        "-1     20250601   -1      20250601    OPTIONAL  | 100000  PASS     -",
        "-1     20250601   -1      20250601    REQUIRED  | 0       HOLD     INVENTORY_MISSING",
        "60     20250529   -1      20250601    REQUIRED  | 60000   SHORT    ONHAND_EXCEEDED",
        "60     20250528   -1      20250601    REQUIRED  | 0       HOLD     INVENTORY_MISSING",
        "60     20250531   70      20250602    OPTIONAL  | 60000   SHORT    ONHAND_EXCEEDED",
        "60     20250530   70      20250602    OPTIONAL  | 70000   SHORT    ONHAND_EXCEEDED",
        "100    20250601   -1      20250601    REQUIRED  | 100000  PASS     -",
        "101    20250601   -1      20250601    REQUIRED  | 100000  PASS     INVENTORY_GAP",
        "0      20250601   -1      20250601    REQUIRED  | 0       REJECT   ONHAND_EXCEEDED");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        struct program p = a_protection_program("PP");
        p.price_protection.snapshot = (enum snapshot_rule)word_find(VOCABULARY_SNAPSHOT_RULE, cell(&t, "rule"));
        ledger_program(l, p);
        prices(l, MICROS(84), MICROS(80));
        buys(l, "I1", 100, MICROS(84), 20250501);
        if (cell_int(&t, "first") >= 0) counts(l, "L1", cell_int(&t, "first"), (int32_t)cell_int(&t, "first_day"));
        if (cell_int(&t, "second") >= 0) counts(l, "L1", cell_int(&t, "second"), (int32_t)cell_int(&t, "second_day"));
        struct decision d = ledger_decide(l, claims(100));
        CHECK_CELL(&t, "outcome", word_text(VOCABULARY_OUTCOME, (int)d.outcome));
        CHECK_CELL(&t, "reasons", decision_reasons(d));
        CHECK_CELL_INT(&t, "qty", d.section->entry_count ? d.section->entries[0].qty_milli : 0);
        CHECK(decision_verifies(d));
    }
}

TEST(sums_the_reports_of_all_places_and_drops_a_cancelled_one)
{
    struct ledger_fixture *l = ledger_open();
    struct program p = a_protection_program("PP");
    ledger_program(l, p);
    prices(l, MICROS(84), MICROS(80));
    buys(l, "I1", 100, MICROS(84), 20250501);
    counts(l, "L1", 20, 20250601);
    struct decision second = counts(l, "L2", 30, 20250602);
    counts(l, "L1", 25, 20250601);
    struct decision d = ledger_decide(l, claims(10));
    CHECK_INT(d.outcome, OUTCOME_PASS);
    d = ledger_decide(l, claims(100));
    CHECK_INT(d.section->entries[0].qty_milli, UNITS(45));
    struct line cancel = a_cancel("x");
    cancel.original_line_ref = second.line_id;
    CHECK_INT(ledger_decide(l, (struct judged){ .line = cancel, .received = 20250603 }).outcome, OUTCOME_PASS);
    d = ledger_decide(l, claims(100));
    CHECK_TEXT(decision_reasons(d), "ONHAND_EXCEEDED");
    CHECK_INT(d.outcome, OUTCOME_REJECT);
}

TEST(credits_a_unit_once_whatever_claims_ask)
{
    struct ledger_fixture *l = three_lots(a_protection_program("PP"));
    int64_t micros;
    struct decision d = ledger_decide(l, claims(100));
    CHECK_INT(decision_paid(d, "EARNED"), 27500);
    struct line rest = a_protection(0);
    rest.claimed_amount_minor = 100000;
    rest.has_claimed_amount_minor = true;
    d = ledger_decide(l, (struct judged){ .line = rest, .received = 20250606 });
    CHECK_INT(d.section->entries[0].qty_milli, UNITS(240));
    CHECK_INT(decision_paid(d, "EARNED"), 126750 - 27500);
    CHECK_TEXT(decision_reasons(d), "AMOUNT_MISMATCH");
    CHECK(decision_verifies(d));
    CHECK_INT(credited_units(l, &micros), UNITS(340));
    d = ledger_decide(l, claims(1));
    CHECK_INT(d.outcome, OUTCOME_REJECT);
    CHECK_TEXT(decision_reasons(d), "ONHAND_EXCEEDED");
}

/* Of ten at 100 four are credited 10, then those and three more 5: what was credited goes last, whichever change it was
 * for (K9). */
TEST(credited_goods_stand_last_in_the_place_of_their_lot)
{
    struct price entries[] = { { MICROS(100), 20250101 }, { MICROS(90), 20250601 }, { MICROS(85), 20250610 } };
    struct price_list list = { SLICE("PL"), SLICE("P"), SLICE("USD"), entries, 3 };
    struct agreement_line line = { .method = DEBIT_METHOD_DOWN_TO, .term_micros = MICROS(50),
                                   .authorised_qty_milli = UNITS(100) };
    struct program sd = ledger_ship_debit("SD"), pp = a_protection_program("PP");
    struct ledger_fixture *l = ledger_open();
    struct line second = a_protection(7);
    sd.ship_debit.cost_basis = COST_BASIS_FIFO;
    pp.price_protection.old_price = OLD_PRICE_PRICE_LIST;
    ledger_program(l, sd);
    ledger_program(l, pp);
    CHECK_INT(catalogue_put_price_list(ledger_catalogue(l), &list), OK);
    ledger_decide(l, (struct judged){ .line = an_agreement(l, "Q-1", (struct agreement){ 0 }, line),
                                      .received = 20250102 });
    buys(l, "V1", 10, MICROS(100), 20250501);
    CHECK_INT(decision_paid(ledger_decide(l, claims(4)), "EARNED"), 4000);
    second.price_change_date = 20250610;
    CHECK_INT(decision_paid(ledger_decide(l, (struct judged){ .line = second, .received = 20250611 }), "EARNED"), 3500);
    struct decision d = ledger_decide(l, (struct judged){ .line = a_claim("S1", 6, "Q-1", 20250620) });
    CHECK_INT(decision_paid(d, "EARNED"), 3 * 5000 + 3 * 4500);
    d = ledger_decide(l, (struct judged){ .line = a_claim("S2", 4, "Q-1", 20250620) });
    CHECK_INT(decision_paid(d, "EARNED"), 4 * 3500);
}

/* In both directions a unit that costs less than the new price counts against the others, and costs that price from
 * then on (K7, K9). */
TEST(goods_below_the_new_price_rise_to_it_in_both_directions)
{
    struct program pp = a_protection_program("PP");
    struct ledger_fixture *l = ledger_open();
    pp.price_protection.direction = PRICE_DIRECTION_BOTH;
    ledger_program(l, pp);
    prices(l, MICROS(100), MICROS(90));
    buys(l, "V1", 10, MICROS(100), 20250501);
    buys(l, "V2", 5, MICROS(88), 20250502);
    CHECK_INT(decision_paid(ledger_decide(l, claims(15)), "EARNED"), 10000 - 1000);
    const struct lots_row *pool = pool_of(l);
    CHECK_INT(pool->lots_count, 2);
    for (unsigned i = 0; i < pool->lots_count; i++)
        CHECK_INT(lots_cost_on(&pool->lots[i], 20250601), MICROS(90));
}

TEST(credits_what_was_sold_between_the_change_and_the_claim)
{
    struct ledger_fixture *l = three_lots(a_protection_program("PP"));
    int64_t micros;
    ledger_decide(l, (struct judged){ .line = a_sale("S1", 200, MICROS(90), 20250603), .id = "s1" });
    struct decision d = ledger_decide(l, claims(340));
    CHECK_INT(decision_paid(d, "EARNED"), 126750);
    CHECK_INT(credited_units(l, &micros), UNITS(340));
    CHECK_INT(in_stock(l), UNITS(140));
    ledger_decide(l, (struct judged){ .line = a_return("s1", 200, 20250620) });
    CHECK_INT(in_stock(l), UNITS(340));
    ledger_decide(l, (struct judged){ .line = a_return("s0", 310, 20250621) });
    const struct lots_row *pool = pool_of(l);
    for (unsigned i = 0; i < pool->lots_count; i++) CHECK_INT(pool->lots[i].remaining_milli, pool->lots[i].qty_milli);
}

/* The invoice of the goods came after both of their sales, which were on a day after the change. */
TEST(a_claim_on_goods_that_were_open_when_they_were_sold_follows_their_credit)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, a_protection_program("PP"));
    ledger_program(l, ledger_ship_debit("SD"));
    prices(l, MICROS(84), MICROS(80));
    ledger_decide(l, (struct judged){ .line = a_sale("S1", 30, MICROS(90), 20250603) });
    ledger_decide(l, (struct judged){ .line = a_sale("S2", 20, MICROS(90), 20250603) });
    buys(l, "I1", 50, MICROS(84), 20250520);
    CHECK_INT(decision_paid(ledger_decide(l, claims(50)), "EARNED"), 20000);
    struct agreement_line terms = {
        .method = DEBIT_METHOD_DOWN_TO, .term_micros = MICROS(70), .authorised_qty_milli = UNITS(100) };
    ledger_decide(l, (struct judged){ .line = an_agreement(l, "Q-1", (struct agreement){ 0 }, terms),
                                      .received = 20250102 });
    struct decision d = ledger_decide(l, (struct judged){ .line = a_claim("S1", 30, "Q-1", 20250603) });
    CHECK_INT(decision_paid(d, "EARNED"), 30 * 1000);
    d = ledger_decide(l, (struct judged){ .line = a_claim("S2", 20, "Q-1", 20250603) });
    CHECK_INT(decision_paid(d, "EARNED"), 20 * 1000);
}

TEST(ends_its_credits_when_it_is_cancelled)
{
    struct ledger_fixture *l = three_lots(a_protection_program("PP"));
    int64_t micros;
    struct judged j = claims(340);
    j.id = "w";
    ledger_decide(l, j);
    struct decision d = ledger_decide(l, (struct judged){ .line = a_cancel("w"), .received = 20250610 });
    CHECK_INT(decision_paid(d, "EARNED"), -126750);
    CHECK(decision_verifies(d));
    CHECK_INT(credited_units(l, &micros), 0);
    d = ledger_decide(l, claims(340));
    CHECK_INT(decision_paid(d, "EARNED"), 126750);
}

static struct decision protects(struct ledger_fixture *l, int32_t date, int64_t qty, const char *id)
{
    struct line claim = a_protection(qty);
    claim.price_change_date = date;
    return ledger_decide(l, (struct judged){ .line = claim, .received = date + 4, .id = id });
}

/* 30 units came and all of them left: 20 after the first change, 10 after the second, which is claimed first. */
TEST(an_earlier_change_credits_the_units_that_a_later_one_has_credited)
{
    struct price entries[] = { { MICROS(90), 20250101 }, { MICROS(80), 20250601 }, { MICROS(75), 20250610 } };
    struct price_list list = { SLICE("PL"), SLICE("P"), SLICE("USD"), entries, 3 };
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, a_protection_program("PP"));
    CHECK_INT(catalogue_put_price_list(ledger_catalogue(l), &list), OK);
    buys(l, "I1", 30, MICROS(90), 20250520);
    ledger_decide(l, (struct judged){ .line = a_sale("S1", 20, MICROS(99), 20250603) });
    ledger_decide(l, (struct judged){ .line = a_sale("S2", 10, MICROS(99), 20250612) });
    CHECK_INT(decision_paid(protects(l, 20250610, 10, "later"), "EARNED"), 15000);
    struct decision d = protects(l, 20250601, 30, "earlier");
    CHECK_TEXT(decision_reasons(d), "");
    CHECK_INT(decision_paid(d, "EARNED"), 30000);
}

/* The credit of a cancelled claim left its part, of which the next claim credited another one. */
TEST(sold_units_follow_a_credit_that_came_behind_a_cancelled_one)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, a_protection_program("PP"));
    ledger_program(l, ledger_ship_debit("SD"));
    prices(l, MICROS(90), MICROS(80));
    struct agreement_line down = { .method = DEBIT_METHOD_DOWN_TO, .term_micros = MICROS(60) };
    ledger_decide(l, (struct judged){ .line = an_agreement(l, "Q-1", (struct agreement){ 0 }, down),
                                      .received = 20250102 });
    buys(l, "I1", 30, MICROS(90), 20250520);
    ledger_decide(l, (struct judged){ .line = a_sale("S1", 20, MICROS(99), 20250603) });
    ledger_decide(l, (struct judged){ .line = a_sale("S2", 10, MICROS(99), 20250603) });
    CHECK_INT(decision_paid(protects(l, 20250601, 25, "first"), "EARNED"), 25000);
    ledger_decide(l, (struct judged){ .line = a_cancel("first"), .received = 20250606 });
    CHECK_INT(decision_paid(protects(l, 20250601, 10, "second"), "EARNED"), 10000);
    struct decision d = ledger_decide(l, (struct judged){ .line = a_claim("S2", 10, "Q-1", 20250603) });
    CHECK_INT(decision_paid(d, "EARNED"), 20000);
}

TEST(lowers_the_cost_by_what_was_paid_only)
{
    struct ledger_fixture *l = ledger_open();
    int64_t micros;
    ledger_program(l, a_protection_program("PP"));
    prices(l, MICROS(84), MICROS(80));
    buys(l, "I1", 3, MICROS(84), 20250501);
    struct line claim = a_protection(3);
    claim.claimed_amount_minor = 1000;
    claim.has_claimed_amount_minor = true;
    struct decision d = ledger_decide(l, (struct judged){ .line = claim, .received = 20250605 });
    CHECK_INT(decision_paid(d, "EARNED"), 1000);
    CHECK_TEXT(decision_reasons(d), "CLAIMED_BELOW_ENTITLED");
    CHECK_INT(credited_units(l, &micros), UNITS(3));
    CHECK_INT(micros, 3 * 3333333);
}

TEST(takes_credits_out_of_volumes_that_count_net_of_them)
{
    for (int net = 0; net < 2; net++) {
        struct ledger_fixture *l = ledger_open();
        struct tier tiers[] = { { .rate = RATE_PERCENT, .percent_micros = 10000000 } };
        struct program volume = ledger_volume("VR", tiers, 1);
        volume.volume.source = VOLUME_SOURCE_SELL_IN;
        volume.volume.price = UNIT_VALUE_SELL_IN;
        volume.program_date = DATE_BASIS_INVOICE_DATE;
        volume.volume.net_of_price_protection = net;
        ledger_program(l, a_protection_program("PP"));
        ledger_program(l, volume);
        prices(l, MICROS(84), MICROS(80));
        buys(l, "I1", 10, MICROS(84), 20250501);
        CHECK_INT(ledger_paid(l, "VR", "EARNED"), 8400);
        struct judged j = claims(10);
        j.id = "w";
        struct decision d = ledger_decide(l, j);
        CHECK_INT(ledger_paid(l, "VR", "EARNED"), net ? 8000 : 8400);
        CHECK_INT(d.section->entry_count, net ? 2 : 1);
        CHECK(decision_verifies(d));
        const struct volume_row *row =
            ledger_row(l, PAYOUT_VOLUMES, LEDGER_KEY(l, SLICE("VR"), SLICE("N"), SLICE(""), SLICE("2025-Q2")));
        CHECK_INT(row->qty_milli, UNITS(10));
        ledger_decide(l, (struct judged){ .line = a_cancel("w"), .received = 20250610 });
        CHECK_INT(ledger_paid(l, "VR", "EARNED"), 8400);
        row = ledger_row(l, PAYOUT_VOLUMES, LEDGER_KEY(l, SLICE("VR"), SLICE("N"), SLICE(""), SLICE("2025-Q2")));
        CHECK_INT(row->qty_milli, UNITS(10));
        CHECK_INT(row->amount_minor, 84000);
    }
}

TEST(forgets_a_receipt_that_is_cancelled)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, a_protection_program("PP"));
    prices(l, MICROS(84), MICROS(80));
    buys(l, "I1", 10, MICROS(84), 20250501);
    struct decision wrong = buys(l, "I2", 50, MICROS(84), 20250502);
    struct line cancel = a_cancel("x");
    cancel.original_line_ref = wrong.line_id;
    ledger_decide(l, (struct judged){ .line = cancel, .received = 20250603 });
    struct decision d = ledger_decide(l, claims(60));
    CHECK_INT(d.section->entries[0].qty_milli, UNITS(10));
    CHECK(decision_verifies(d));
}

static struct decision moves_to(struct ledger_fixture *l, enum kind kind, int64_t qty, int32_t date, const char *id)
{
    struct line line = a_sale("", qty, 0, date);
    line.kind = kind;
    line.has_resale_unit_micros = false;
    line.order_no = SLICE("T-1");
    return ledger_decide(l, (struct judged){ .line = line, .id = id });
}

TEST(counts_goods_that_moved_within_the_pool_once)
{
    struct table t = TABLE(
        "out       in        arrives  cancels | qty",
        "20250520  20250521  50       no      | 100000",
        "20250520  20250602  50       no      | 50000",
        "20250602  20250603  50       no      | 100000",
        "20250520  20250521  30       yes     | 100000",
        "20250520  20250521  50       yes     | 100000");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        ledger_program(l, a_protection_program("PP"));
        prices(l, MICROS(84), MICROS(80));
        buys(l, "I1", 100, MICROS(84), 20250501);
        moves_to(l, KIND_TRANSFER_OUT, 50, (int32_t)cell_int(&t, "out"), "t1");
        CHECK_INT(moves_to(l, KIND_TRANSFER_IN, cell_int(&t, "arrives"), (int32_t)cell_int(&t, "in"), "t2").outcome,
                  OUTCOME_PASS);
        if (cell_yes(&t, "cancels")) {
            ledger_decide(l, (struct judged){ .line = a_cancel("t2"), .received = 20250603 });
            ledger_decide(l, (struct judged){ .line = a_cancel("t1"), .received = 20250603 });
        }
        struct decision d = ledger_decide(l, claims(500));
        CHECK_CELL_INT(&t, "qty", d.section->entries[0].qty_milli);
        CHECK(decision_verifies(d));
        CHECK_INT(in_stock(l), UNITS(100));
    }
}

/* 5.6 pays by stock as it is told; a ruleset lets a person look at what the claimant alone says of it. */
TEST(asks_about_stock_on_the_claimants_own_word_where_the_ruleset_says_so)
{
    struct table t = TABLE(
        "asks  adjusts  direct  claims | outcome  reasons        paid",
        "no    5        0       15     | PASS     -              6000",
        "yes   5        0       15     | HOLD     DATA_CONFLICT  0",
        "yes   0        0       10     | PASS     -              4000",
        "no    0        4       10     | PASS     -              4000",
        "yes   0        4       7      | HOLD     DATA_CONFLICT  0",
        "yes   0        4       6      | PASS     -              2400");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        ledger_program(l, a_protection_program("PP"));
        ledger_policy(l)->protection_own_stock = cell_yes(&t, "asks");
        prices(l, MICROS(84), MICROS(80));
        buys(l, "I1", 10, MICROS(84), 20250501);
        struct line adjust = a_sale("", cell_int(&t, "adjusts"), 0, 20250510), sale;
        adjust.kind = KIND_STOCK_ADJUST;
        adjust.has_resale_unit_micros = false;
        if (adjust.qty_milli) ledger_decide(l, (struct judged){ .line = adjust });
        sale = a_sale("S1", cell_int(&t, "direct"), MICROS(90), 20250511);
        sale.direct_ship = true;
        if (sale.qty_milli) ledger_decide(l, (struct judged){ .line = sale });
        struct decision d = ledger_decide(l, claims(cell_int(&t, "claims")));
        CHECK_CELL(&t, "outcome", word_text(VOCABULARY_OUTCOME, (int)d.outcome));
        CHECK_CELL(&t, "reasons", decision_reasons(d));
        CHECK_CELL_INT(&t, "paid", decision_paid(d, "EARNED"));
    }
}

static struct decision sells(struct ledger_fixture *l, const char *invoice, int64_t qty, int32_t date)
{
    return ledger_decide(l, (struct judged){ .line = a_sale(invoice, qty, MICROS(90), date), .id = invoice });
}

static int64_t debits(struct ledger_fixture *l, const char *invoice, int64_t qty, int32_t date)
{
    return decision_paid(ledger_decide(l, (struct judged){ .line = a_claim(invoice, qty, "Q-1", date) }), "EARNED");
}

/* 84 to 80 under DOWN_TO 76: 8.00 a unit without the credit, 4.00 with it. S1 and S2 of 10 each left on one day, S3 of
 * 10 on `third`; S2 gives `back` units before the credit. The order in which the sales are claimed says nothing. */
TEST(of_units_that_left_before_the_credit_came_those_have_it_that_left_last)
{
    struct table t = TABLE(
        "lot    third     back  credited | first  second  last",
        "first  20250603  0     12       | 8000   7200    4000",
        "first  20250602  0     12       | 8000   7200    4000",
        "first  20250603  0     25       | 6000   4000    4000",
        "first  20250603  0     30       | 4000   4000    4000",
        "first  20250601  0     22       | 4000   4000    7200",
        "first  20250531  0     12       | 7200   4000    8000",
        "first  20250603  4     12       | 8000   4800    4800",
        "last   20250603  0     12       | 8000   7200    4000",
        "last   20250603  4     12       | 8000   4800    4800");
    while (table_next(&t)) {
        bool lot_is_first = slice_equal(cell(&t, "lot"), SLICE("first"));
        for (unsigned order = 0; order < 2; order++) {
            struct ledger_fixture *l = ledger_open();
            struct program p = a_protection_program("PP");
            struct agreement_line terms = { .method = DEBIT_METHOD_DOWN_TO, .term_micros = MICROS(76) };
            int32_t third = (int32_t)cell_int(&t, "third");
            int64_t back = cell_int(&t, "back"), paid[3];
            ledger_program(l, p);
            ledger_program(l, ledger_ship_debit("SD"));
            prices(l, MICROS(84), MICROS(80));
            ledger_decide(l, (struct judged){ .line = an_agreement(l, "Q-1", (struct agreement){ 0 }, terms),
                                              .received = 20250102 });
            if (lot_is_first) buys(l, "I1", 30, MICROS(84), 20250501);
            sells(l, "S1", 10, 20250602);
            sells(l, "S2", 10, 20250602);
            sells(l, "S3", 10, third);
            if (!lot_is_first) buys(l, "I1", 30, MICROS(84), 20250501);
            if (back) ledger_decide(l, (struct judged){ .line = a_return("S2", back, 20250604) });
            ledger_decide(l, claims(cell_int(&t, "credited")));
            for (unsigned i = 0; i < 3; i++) {
                unsigned of = order ? 2 - i : i;
                static const char *const invoices[] = { "S1", "S2", "S3" };
                paid[of] = debits(l, invoices[of], of == 1 ? 10 - back : 10, of == 2 ? third : 20250602);
            }
            CHECK_CELL_INT(&t, "first", paid[0]);
            CHECK_CELL_INT(&t, "second", paid[1]);
            CHECK_CELL_INT(&t, "last", paid[2]);
        }
    }
}

/* The whole lot was credited when the units left; the credit ended before their claim. */
TEST(a_credit_that_ended_lowers_no_cost)
{
    for (unsigned ends = 0; ends < 2; ends++) {
        struct ledger_fixture *l = ledger_open();
        struct agreement_line terms = { .method = DEBIT_METHOD_DOWN_TO, .term_micros = MICROS(76) };
        struct judged claim = claims(30);
        ledger_program(l, a_protection_program("PP"));
        ledger_program(l, ledger_ship_debit("SD"));
        prices(l, MICROS(84), MICROS(80));
        ledger_decide(l, (struct judged){ .line = an_agreement(l, "Q-1", (struct agreement){ 0 }, terms),
                                          .received = 20250102 });
        buys(l, "I1", 30, MICROS(84), 20250501);
        claim.id = "w1";
        ledger_decide(l, claim);
        sells(l, "S1", 10, 20250605);
        if (ends) ledger_decide(l, (struct judged){ .line = a_cancel("w1"), .received = 20250606 });
        CHECK_INT(debits(l, "S1", 10, 20250605), ends ? 8000 : 4000);
    }
}

/* The lot that they left holds what was sold before the change, and what is on its way is no lot's. */
TEST(credits_goods_that_moved_within_the_pool_where_they_arrived)
{
    for (unsigned arrived = 0; arrived < 2; arrived++) {
        struct ledger_fixture *l = ledger_open();
        ledger_program(l, a_protection_program("PP"));
        prices(l, MICROS(84), MICROS(80));
        buys(l, "I1", 100, MICROS(84), 20250501);
        sells(l, "S1", 40, 20250520);
        moves_to(l, KIND_TRANSFER_OUT, 60, 20250602, "t1");
        if (arrived) moves_to(l, KIND_TRANSFER_IN, 60, 20250602, "t2");
        struct decision d = ledger_decide(l, claims(60));
        CHECK_INT(decision_paid(d, "EARNED"), arrived ? 24000 : 0);
        CHECK_SLICE(decision_reasons(d), arrived ? SLICE("") : SLICE("ONHAND_EXCEEDED"));
    }
}

/* Goods of one lot that arrived elsewhere one by one are as many lots there. */
TEST(a_lot_is_followed_to_two_hundred_lots_elsewhere)
{
    for (unsigned lots = 199; lots <= 201; lots++) {
        struct ledger_fixture *l = ledger_open();
        struct line bought = a_sell_in("I1", lots, MICROS(84), 20250501), moves = a_sale("", lots, 0, 20250602);
        struct judged claim = claims(lots);
        ledger_program(l, a_protection_program("PP"));
        prices(l, MICROS(84), MICROS(80));
        bought.location_id = moves.location_id = claim.line.location_id = SLICE("A");
        ledger_decide(l, (struct judged){ .line = bought, .lot_pool_location = true });
        moves.kind = KIND_TRANSFER_OUT;
        moves.has_resale_unit_micros = false;
        moves.order_no = SLICE("T-1");
        ledger_decide(l, (struct judged){ .line = moves, .lot_pool_location = true });
        moves.kind = KIND_TRANSFER_IN;
        moves.location_id = SLICE("B");
        moves.qty_milli = UNITS(1);
        for (unsigned i = 0; i < lots; i++)
            ledger_decide(l, (struct judged){ .line = moves, .lot_pool_location = true });
        claim.lot_pool_location = true;
        struct decision d = ledger_decide(l, claim);
        CHECK_SLICE(decision_reasons(d), lots > 200 ? SLICE("NUMBER_OVERFLOW") : SLICE(""));
        CHECK_INT(decision_paid(d, "EARNED"), lots > 200 ? 0 : 400 * (int64_t)lots);
    }
}
