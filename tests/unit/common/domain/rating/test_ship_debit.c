/* The worked examples of domain.md 5.1. */
#include "support/ledger.h"

#include <stdio.h>

static void agree(struct ledger_fixture *l, struct agreement_line line)
{
    struct decision d = ledger_decide(
        l, (struct judged){ .line = an_agreement(l, "Q-1", (struct agreement){ 0 }, line), .received = 20250102 });
    CHECK_INT(d.outcome, OUTCOME_PASS);
}

static void lots_of_the_golden_case(struct ledger_fixture *l)
{
    ledger_decide(l, (struct judged){ .line = a_sell_in("I1", 1000, MICROS(120), 20250201) });
    ledger_decide(l, (struct judged){ .line = a_sell_in("I2", 5000, MICROS(115), 20250202) });
    ledger_decide(l, (struct judged){ .line = a_sell_in("I3", 3000, MICROS(122), 20250203) });
}

TEST(pays_down_to_the_agreed_price_from_the_lots_in_fifo_order)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, ledger_ship_debit("SD"));
    lots_of_the_golden_case(l);
    agree(l, (struct agreement_line){
                 .method = DEBIT_METHOD_DOWN_TO, .term_micros = MICROS(100), .authorised_qty_milli = UNITS(3000) });
    struct decision d = ledger_decide(l, (struct judged){ .line = a_claim("S1", 2500, "Q-1", 20250610) });
    CHECK_INT(d.outcome, OUTCOME_PASS);
    CHECK_INT(decision_paid(d, "EARNED"), 4250000);
    CHECK(decision_verifies(d));
}

TEST(pays_from_the_average_cost_exactly)
{
    struct ledger_fixture *l = ledger_open();
    struct program p = ledger_ship_debit("SD");
    p.ship_debit.cost_basis = COST_BASIS_AVERAGE;
    ledger_program(l, p);
    lots_of_the_golden_case(l);
    agree(l, (struct agreement_line){
                 .method = DEBIT_METHOD_DOWN_TO, .term_micros = MICROS(100), .authorised_qty_milli = UNITS(3000) });
    struct decision d = ledger_decide(l, (struct judged){ .line = a_claim("S1", 2500, "Q-1", 20250610) });
    CHECK_INT(decision_paid(d, "EARNED"), 4472222);
    CHECK(decision_verifies(d));
}

TEST(pays_what_is_left_of_the_agreement_and_explains_both_cuts)
{
    struct ledger_fixture *l = ledger_open();
    struct program p = ledger_ship_debit("SD");
    p.ship_debit.cost_basis = COST_BASIS_BOOK_AT_SHIP;
    ledger_program(l, p);
    ledger_price(l, "P", 9150000, 20250101);
    agree(l, (struct agreement_line){
                 .method = DEBIT_METHOD_DOWN_TO, .term_micros = 7400000, .authorised_qty_milli = UNITS(600) });
    struct line first = a_claim("S1", 430, "Q-1", 20250610), second = a_claim("S2", 240, "Q-1", 20250611);
    CHECK_INT(decision_paid(ledger_decide(l, (struct judged){ .line = first }), "EARNED"), 75250);
    second.claimed_debit_unit_micros = 1800000;
    second.has_claimed_debit_unit_micros = true;
    struct decision d = ledger_decide(l, (struct judged){ .line = second });
    CHECK_INT(d.outcome, OUTCOME_SHORT);
    CHECK_TEXT(decision_reasons(d), "QTY_EXCEEDED COST_MISMATCH");
    CHECK_INT(d.section->programs[0].claim_minor, 43200);
    CHECK_INT(d.section->programs[0].paid_minor, 29750);
    CHECK_INT(d.section->programs[0].refused_minor, 13450);
    CHECK_INT(d.verdict->judgement->reasons[0].cut_minor, 12600);
    CHECK_INT(d.verdict->judgement->reasons[0].cut_qty_milli, UNITS(70));
    CHECK_INT(d.verdict->judgement->reasons[1].cut_minor, 850);
    CHECK_INT(d.section->entries[0].qty_milli, UNITS(170));
    CHECK(decision_verifies(d));
    const struct agreement_line_row *row = ledger_row(l, PAYOUT_AGREEMENT_LINES,
                                                      LEDGER_KEY(l, SLICE("Q-1"), SLICE("1")));
    CHECK_INT(row->consumed_milli, UNITS(600));
    CHECK_INT(row->paid_minor, 105000);
    d = ledger_decide(l, (struct judged){ .line = a_claim("S3", 1, "Q-1", 20250612) });
    CHECK_INT(d.outcome, OUTCOME_REJECT);
    CHECK_TEXT(decision_reasons(d), "QTY_ZERO_BALANCE");
}

static struct ledger_fixture *three_lots(enum resale_above above, int64_t share_percent)
{
    struct ledger_fixture *l = ledger_open();
    struct program p = ledger_ship_debit("SD");
    p.ship_debit.resale_above = above;
    p.ship_debit.resale_share_percent_micros = share_percent * 1000000;
    ledger_program(l, p);
    ledger_decide(l, (struct judged){ .line = a_sell_in("I1", 60, 44200000, 20250201) });
    ledger_decide(l, (struct judged){ .line = a_sell_in("I2", 50, 41000000, 20250202) });
    ledger_decide(l, (struct judged){ .line = a_sell_in("I3", 40, 43100000, 20250203) });
    agree(l, (struct agreement_line){ .method = DEBIT_METHOD_DOWN_TO,
                                      .term_micros = 41500000,
                                      .authorised_qty_milli = UNITS(1000),
                                      .resale_policy = above == RESALE_ABOVE_REDUCE ? RESALE_POLICY_MAX
                                                                                    : RESALE_POLICY_NONE,
                                      .resale_max_micros = 50000000 });
    return l;
}

TEST(floors_the_debit_of_each_lot_and_never_nets_them)
{
    struct ledger_fixture *l = three_lots(RESALE_ABOVE_REJECT, 100);
    struct decision d = ledger_decide(l, (struct judged){ .line = a_claim("S1", 150, "Q-1", 20250610) });
    CHECK_INT(d.outcome, OUTCOME_SHORT);
    CHECK_TEXT(decision_reasons(d), "NOT_BELOW_COST");
    CHECK_INT(decision_paid(d, "EARNED"), 22600);
    CHECK_INT(d.verdict->judgement->reasons[0].cut_qty_milli, UNITS(50));
    const struct agreement_line_row *row = ledger_row(l, PAYOUT_AGREEMENT_LINES,
                                                      LEDGER_KEY(l, SLICE("Q-1"), SLICE("1")));
    CHECK_INT(row->consumed_milli, UNITS(100));
    CHECK_INT(d.section->programs[0].lot_count, 3);
    CHECK(decision_verifies(d));
}

TEST(reduces_by_its_share_of_what_the_resale_lies_above)
{
    struct ledger_fixture *l = three_lots(RESALE_ABOVE_REDUCE, 50);
    struct line claim = a_claim("S1", 150, "Q-1", 20250610);
    claim.resale_unit_micros = 50600000;
    claim.has_resale_unit_micros = true;
    struct decision d = ledger_decide(l, (struct judged){ .line = claim });
    CHECK_INT(decision_paid(d, "EARNED"), 19600);
    CHECK_TEXT(decision_reasons(d), "NOT_BELOW_COST RESALE_REDUCED");
    CHECK(decision_verifies(d));
}

/* 60 units of 44.20 down to 41.50: 162.00, and 144.00 with 0.30 a unit less for the resale. */
TEST(a_reduction_by_resale_carries_what_it_took_and_the_claim_the_rest)
{
    static const struct { int64_t claimed, by_claim, by_resale; } cases[] = {
        { 17000, 800, 1800 }, { 16200, 0, 1800 }, { 15000, 0, 600 },
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ledger_fixture *l = three_lots(RESALE_ABOVE_REDUCE, 50);
        struct line claim = a_claim("S1", 60, "Q-1", 20250610);
        claim.resale_unit_micros = 50600000;
        claim.has_resale_unit_micros = true;
        claim.claimed_amount_minor = cases[i].claimed;
        claim.has_claimed_amount_minor = true;
        struct decision d = ledger_decide(l, (struct judged){ .line = claim });
        CHECK_INT(decision_paid(d, "EARNED"), 14400);
        CHECK_TEXT(decision_reasons(d), "COST_MISMATCH RESALE_REDUCED");
        CHECK(d.section->entries[0].decided_at_unix_ms > 0);
        CHECK_INT(d.verdict->judgement->reasons[0].cut_minor, cases[i].by_claim);
        CHECK_INT(d.verdict->judgement->reasons[1].cut_minor, cases[i].by_resale);
    }
}

TEST(pays_a_percent_of_cost_and_an_amount_a_unit)
{
    struct table t = TABLE(
        "method           term      qty  price     | paid",
        "DOWN_BY_PERCENT  12500000  37   12345000  | 5710",
        "DOWN_BY_AMOUNT   1500000   100  20000000  | 15000",
        "DOWN_TO          9000000   1    9000001   | 0",
        "DOWN_TO          9000000   1    9005000   | 1");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        ledger_program(l, ledger_ship_debit("SD"));
        ledger_decide(l, (struct judged){ .line = a_sell_in("I1", 1000, cell_int(&t, "price"), 20250201) });
        agree(l, (struct agreement_line){
                     .method = (enum debit_method)word_find(VOCABULARY_DEBIT_METHOD, cell(&t, "method")),
                     .term_micros = cell_int(&t, "term"),
                     .authorised_qty_milli = UNITS(1000) });
        struct decision d = ledger_decide(
            l, (struct judged){ .line = a_claim("S1", cell_int(&t, "qty"), "Q-1", 20250610) });
        CHECK_CELL_INT(&t, "paid", decision_paid(d, "EARNED"));
        CHECK(decision_verifies(d));
    }
}

TEST(refuses_with_every_reason_that_holds)
{
    struct table t = TABLE(
        "auth  ship      received  resale    qty  uom_min   | outcome  reasons",
        "Q-9   20250610  _         _         1    _         | REJECT   AUTH_NOT_FOUND",
        "Q-1   20250610  _         19000000  1    19500000  | REJECT   RESALE_BELOW_AUTH",
        "Q-1   20250610  _         19500000  1    19500000  | PASS     -",
        "Q-1   20250331  20250515  _         1    _         | PASS     -",
        "Q-1   20250331  20250516  _         1    _         | REJECT   LATE_CLAIM",
        "Q-1   20241231  20250102  _         1    _         | REJECT   OUTSIDE_PROGRAM_PERIOD",
        "Q-1   20260101  20260102  _         1    _         | REJECT   SHIP_OUTSIDE_PERIOD",
        "Q-1   20260101  20260301  _         1    _         | REJECT   SHIP_OUTSIDE_PERIOD LATE_CLAIM",
        "Q-1   20250103  20250104  _         1    19500000  | REJECT   FIELD_MISSING");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        ledger_program(l, ledger_ship_debit("SD"));
        bool policy = !cell_is_default(&t, "uom_min");
        agree(l, (struct agreement_line){ .method = DEBIT_METHOD_DOWN_BY_AMOUNT,
                                          .term_micros = MICROS(2),
                                          .authorised_qty_milli = UNITS(100),
                                          .resale_policy = policy ? RESALE_POLICY_MIN : RESALE_POLICY_NONE,
                                          .resale_min_micros = policy ? cell_int(&t, "uom_min") : 0 });
        struct slice auth = slice_copy(test_arena(), cell(&t, "auth"));
        struct line claim = a_claim("S1", cell_int(&t, "qty"), auth.bytes, (int32_t)cell_int(&t, "ship"));
        if (!cell_is_default(&t, "resale")) {
            claim.resale_unit_micros = cell_int(&t, "resale");
            claim.has_resale_unit_micros = true;
        }
        struct judged j = { .line = claim,
                            .received = cell_is_default(&t, "received") ? 0 : (int32_t)cell_int(&t, "received") };
        struct decision d = ledger_decide(l, j);
        CHECK_CELL(&t, "outcome", word_text(VOCABULARY_OUTCOME, (int)d.outcome));
        CHECK_CELL(&t, "reasons", decision_reasons(d));
        CHECK_INT(d.section->entry_count, d.outcome == OUTCOME_PASS);
    }
}

TEST(holds_what_no_lot_covers_or_costs_it_at_book_price)
{
    struct ledger_fixture *l = ledger_open();
    struct program p = ledger_ship_debit("SD");
    ledger_program(l, p);
    ledger_price(l, "P", MICROS(12), 20250101);
    ledger_decide(l, (struct judged){ .line = a_sell_in("I1", 60, MICROS(11), 20250201) });
    agree(l, (struct agreement_line){
                 .method = DEBIT_METHOD_DOWN_TO, .term_micros = MICROS(10), .authorised_qty_milli = UNITS(1000) });
    struct decision d = ledger_decide(l, (struct judged){ .line = a_claim("S1", 100, "Q-1", 20250610), .id = "c1" });
    CHECK_INT(d.outcome, OUTCOME_HOLD);
    CHECK_TEXT(decision_reasons(d), "LOT_SHORTAGE");
    const struct agreement_line_row *row = ledger_row(l, PAYOUT_AGREEMENT_LINES,
                                                      LEDGER_KEY(l, SLICE("Q-1"), SLICE("1")));
    CHECK_INT(row->consumed_milli, 0);
    const struct lots_row *pool = ledger_row(l, PAYOUT_LOTS, LEDGER_KEY(l, SLICE(""), SLICE("P")));
    CHECK_INT(pool->lots[0].remaining_milli, UNITS(60));
    struct review_effect release = { .verb = VERB_RELEASE, .reviewed = d.verdict->judgement };
    d = ledger_decide(l,
                      (struct judged){ .line = a_claim("S1", 100, "Q-1", 20250610), .id = "c1", .review = &release });
    CHECK_INT(d.outcome, OUTCOME_PASS);
    CHECK_TEXT(decision_reasons(d), "LOT_FALLBACK");
    CHECK_INT(decision_paid(d, "EARNED"), 60 * 100 + 40 * 200);
}

TEST(serves_open_units_from_a_lot_that_arrives_later)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, ledger_ship_debit("SD"));
    ledger_decide(l, (struct judged){ .line = a_sale("S1", 30, MICROS(20), 20250610) });
    ledger_decide(l, (struct judged){ .line = a_sale("S2", 30, MICROS(20), 20250611) });
    ledger_decide(l, (struct judged){ .line = a_sell_in("I1", 50, MICROS(12), 20250601), .received = 20250620 });
    agree(l, (struct agreement_line){
                 .method = DEBIT_METHOD_DOWN_TO, .term_micros = MICROS(10), .authorised_qty_milli = UNITS(1000) });
    struct decision d = ledger_decide(l, (struct judged){ .line = a_claim("S1", 30, "Q-1", 20250610) });
    CHECK_INT(decision_paid(d, "EARNED"), 6000);
    d = ledger_decide(l, (struct judged){ .line = a_claim("S2", 20, "Q-1", 20250611) });
    CHECK_INT(decision_paid(d, "EARNED"), 4000);
    d = ledger_decide(l, (struct judged){ .line = a_claim("S2", 10, "Q-1", 20250611) });
    CHECK_TEXT(decision_reasons(d), "LOT_SHORTAGE");
    const struct lots_row *pool = ledger_row(l, PAYOUT_LOTS, LEDGER_KEY(l, SLICE(""), SLICE("P")));
    CHECK_INT(pool->lots[0].remaining_milli, 0);
    CHECK_INT(pool->net_milli, UNITS(-10));
}

TEST(pays_one_transaction_once)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, ledger_ship_debit("SD"));
    agree(l, (struct agreement_line){ .method = DEBIT_METHOD_DOWN_BY_AMOUNT,
                                      .term_micros = MICROS(2),
                                      .authorised_qty_milli = UNITS(1000) });
    ledger_decide(l, (struct judged){ .line = a_sale("S1", 100, MICROS(20), 20250610) });
    struct decision d = ledger_decide(l, (struct judged){ .line = a_claim("S1", 60, "Q-1", 20250610) });
    CHECK_INT(decision_paid(d, "EARNED"), 12000);
    d = ledger_decide(l, (struct judged){ .line = a_claim("S1", 60, "Q-1", 20250610) });
    CHECK_INT(d.outcome, OUTCOME_SHORT);
    CHECK_TEXT(decision_reasons(d), "INVOICE_OVERCLAIMED");
    CHECK_INT(decision_paid(d, "EARNED"), 8000);
    d = ledger_decide(l, (struct judged){ .line = a_claim("S1", 1, "Q-1", 20250610) });
    CHECK_TEXT(decision_reasons(d), "DUPLICATE_TRANSACTION");
    const void *record;
    struct slice key;
    CHECK_INT(ledger_rows(l, PAYOUT_TRANSACTIONS, &key, &record, 1), 1);
    const struct transaction_row *txn = record;
    CHECK_INT(txn->lines_count, 3);                 /* the sale, and the claims that were paid: a run of units each */
    CHECK_INT(txn->lines[1].ranges_count, 1);
    CHECK_INT(txn->lines[2].ranges_count, 1);
}

/* The claim came before the sale that gives the next one room. */
TEST(a_second_claim_takes_the_units_behind_those_of_the_first)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, ledger_ship_debit("SD"));
    agree(l, (struct agreement_line){ .method = DEBIT_METHOD_DOWN_TO, .term_micros = MICROS(5) });
    ledger_decide(l, (struct judged){ .line = a_sell_in("I1", 3, MICROS(8), 20250210) });
    ledger_decide(l, (struct judged){ .line = a_sell_in("I2", 3, MICROS(9), 20250211) });
    struct decision d = ledger_decide(l, (struct judged){ .line = a_claim("S1", 3, "Q-1", 20250510) });
    CHECK_INT(decision_paid(d, "EARNED"), 900);
    ledger_decide(l, (struct judged){ .line = a_sale("S1", 6, MICROS(20), 20250510) });
    d = ledger_decide(l, (struct judged){ .line = a_claim("S1", 3, "Q-1", 20250510) });
    CHECK_INT(decision_paid(d, "EARNED"), 1200);
    CHECK_TEXT(decision_reasons(d), "");
}

static struct line a_claim_taken_back(const char *claim, int64_t qty)
{
    struct line l = a_claim("CM", -qty, "Q-1", 20250511);
    l.original_line_ref = slice_from(claim);
    return l;
}

TEST(units_that_a_claim_gave_back_go_to_the_next_and_those_behind_to_the_one_after)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, ledger_ship_debit("SD"));
    agree(l, (struct agreement_line){ .method = DEBIT_METHOD_DOWN_TO, .term_micros = MICROS(5) });
    for (int i = 0; i < 4; i++)
        ledger_decide(l, (struct judged){ .line = a_sell_in("I", 3, MICROS(8 + i), 20250210 + i) });
    ledger_decide(l, (struct judged){ .line = a_sale("S1", 12, MICROS(20), 20250510) });
    static const int64_t paid[] = { 900, 1200, -900, 900, 1500 };
    for (int i = 0; i < 5; i++) {
        struct line line = i == 2 ? a_claim_taken_back("c0", 3) : a_claim("S1", 3, "Q-1", 20250510);
        char *id = arena_alloc(test_arena(), 4);
        snprintf(id, 4, "c%d", i);
        struct decision d = ledger_decide(l, (struct judged){ .line = line, .id = id });
        CHECK_INT(decision_paid(d, "EARNED"), paid[i]);
    }
}

/* A claim that moved the goods itself moves them again when its return is cancelled. */
TEST(goods_of_a_claim_come_back_as_often_as_it_is_taken_back)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, ledger_ship_debit("SD"));
    agree(l, (struct agreement_line){ .method = DEBIT_METHOD_DOWN_TO, .term_micros = MICROS(5) });
    ledger_decide(l, (struct judged){ .line = a_sell_in("I1", 10, MICROS(8), 20250210) });
    ledger_decide(l, (struct judged){ .line = a_claim("S1", 10, "Q-1", 20250510), .id = "c" });
    static const int64_t remaining[] = { 4, 0, 10 };
    for (int i = 0; i < 3; i++) {
        struct line line = i == 1 ? a_cancel("r0") : a_claim_taken_back("c", i ? 10 : 4);
        ledger_decide(l, (struct judged){ .line = line, .id = i ? NULL : "r0", .received = 20250511 });
        const struct lots_row *pool = ledger_row(l, PAYOUT_LOTS, LEDGER_KEY(l, SLICE(""), SLICE("P")));
        CHECK_INT(pool->lots[0].remaining_milli, UNITS(remaining[i]));
    }
}

TEST(waits_for_the_resale_report_and_gives_up_in_time)
{
    struct ledger_fixture *l = ledger_open();
    struct program p = ledger_ship_debit("SD");
    p.ship_debit.pos_match = POS_MATCH_REQUIRED;
    ledger_program(l, p);
    agree(l, (struct agreement_line){ .method = DEBIT_METHOD_DOWN_BY_AMOUNT,
                                      .term_micros = MICROS(2),
                                      .authorised_qty_milli = UNITS(1000) });
    struct judged j = { .line = a_claim("S1", 60, "Q-1", 20250610), .id = "c1" };
    struct decision d = ledger_decide(l, j);
    CHECK_INT(d.outcome, OUTCOME_PARK);
    CHECK_TEXT(d.verdict->judgement->waiting.on, "pos:N/S1/1/P");
    j.today = 20250710;
    CHECK_INT(ledger_decide(l, j).outcome, OUTCOME_PARK);
    d = ledger_decide(l, (struct judged){ .line = a_sale("S1", 60, MICROS(20), 20250610) });
    CHECK_INT(d.verdict->wake_count, 1);
    CHECK_TEXT(d.verdict->wakes[0], "pos:N/S1/1/P");
    d = ledger_decide(l, j);
    CHECK_INT(d.outcome, OUTCOME_PASS);
    CHECK_INT(decision_paid(d, "EARNED"), 12000);
    j = (struct judged){ .line = a_claim("S9", 60, "Q-1", 20250610), .today = 20250711 };
    d = ledger_decide(l, j);
    CHECK_TEXT(decision_reasons(d), "NO_POS_RECORD");
}

TEST(claims_by_itself_under_the_agreement_that_names_the_customer_and_ends_first)
{
    struct ledger_fixture *l = ledger_open();
    struct program p = ledger_ship_debit("SD");
    p.ship_debit.auto_claim = true;
    ledger_program(l, p);
    struct agreement_line two = { .method = DEBIT_METHOD_DOWN_BY_AMOUNT,
                                  .term_micros = MICROS(2),
                                  .authorised_qty_milli = UNITS(10) };
    struct agreement_line three = { .method = DEBIT_METHOD_DOWN_BY_AMOUNT,
                                    .term_micros = MICROS(3),
                                    .authorised_qty_milli = UNITS(10) };
    ledger_decide(l, (struct judged){ .line = an_agreement(
                                          l, "Q-1", (struct agreement){ .blanket = true, .valid_to = 20250630 }, two),
                                      .received = 20250102 });
    ledger_decide(
        l, (struct judged){ .line = an_agreement(l, "Q-2", (struct agreement){ 0 }, three), .received = 20250102 });
    struct decision d = ledger_decide(l, (struct judged){ .line = a_sale("S1", 12, MICROS(20), 20250610) });
    CHECK_INT(d.outcome, OUTCOME_SHORT);
    CHECK_INT(decision_paid(d, "EARNED"), 3000);
    CHECK_TEXT(d.section->entries[0].authorisation_no, "Q-2");
    d = ledger_decide(l, (struct judged){ .line = a_sale("S2", 5, MICROS(20), 20250610) });
    CHECK_INT(decision_paid(d, "EARNED"), 1000);
    d = ledger_decide(l, (struct judged){ .line = a_sale("S3", 5, MICROS(20), 20250701) });
    CHECK_TEXT(decision_reasons(d), "NO_PROGRAM");
}

TEST(an_agreement_that_came_before_its_program_is_claimed_by_itself)
{
    struct ledger_fixture *l = ledger_open();
    struct program p = ledger_ship_debit("SD");
    p.ship_debit.auto_claim = true;
    agree(l, (struct agreement_line){ .method = DEBIT_METHOD_DOWN_BY_AMOUNT,
                                      .term_micros = MICROS(2),
                                      .authorised_qty_milli = UNITS(10) });
    ledger_program(l, p);
    struct decision d = ledger_decide(l, (struct judged){ .line = a_sale("S1", 5, MICROS(20), 20250610) });
    CHECK_INT(decision_paid(d, "EARNED"), 1000);
}

TEST(pays_in_the_currency_of_the_payout_and_parks_without_a_rate)
{
    struct ledger_fixture *l = ledger_open();
    struct program p = ledger_ship_debit("SD");
    p.payout_currency = SLICE("EUR");
    ledger_program(l, p);
    ledger_decide(l, (struct judged){ .line = a_sell_in("I1", 333, MICROS(20), 20250201) });
    agree(l, (struct agreement_line){
                 .method = DEBIT_METHOD_DOWN_TO, .term_micros = MICROS(18), .authorised_qty_milli = UNITS(999) });
    struct judged j = { .line = a_claim("S1", 333, "Q-1", 20250610), .id = "c1" };
    struct decision d = ledger_decide(l, j);
    CHECK_INT(d.outcome, OUTCOME_PARK);
    CHECK_TEXT(decision_reasons(d), "FX_RATE_MISSING");
    CHECK_TEXT(d.verdict->judgement->waiting.on, "fx:default/USD/EUR");
    ledger_rate(l, "USD", "EUR", 1, 923510, 20250601);
    d = ledger_decide(l, j);
    CHECK_INT(decision_paid(d, "EARNED"), 61506);
    CHECK_INT(d.section->entries[0].program_amount_minor, 66600);
    CHECK(decision_verifies(d));
}

TEST(tells_once_by_which_rate_of_which_day_it_converts)
{
    struct ledger_fixture *l = ledger_open();
    unsigned told = 0;
    ledger_program(l, ledger_ship_debit("SD"));
    ledger_rate(l, "EUR", "USD", 100, 110000000, 20250601);
    struct line bought = a_sell_in("I1", 10, MICROS(20), 20250201), claim = a_claim("S1", 10, "Q-1", 20250610);
    bought.currency = claim.currency = SLICE("EUR");
    claim.has_claimed_amount_minor = true;
    claim.claimed_amount_minor = 4000;
    ledger_decide(l, (struct judged){ .line = bought });
    agree(l, (struct agreement_line){
                 .method = DEBIT_METHOD_DOWN_TO, .term_micros = MICROS(18), .authorised_qty_milli = UNITS(10) });
    struct decision d = ledger_decide(l, (struct judged){ .line = claim });
    CHECK_INT(decision_paid(d, "EARNED"), 4000);    /* 10 · (22 − 18), of 44.00 claimed */
    const struct program_result *p = &d.section->programs[0];
    for (unsigned i = 0; i < p->working_count; i++) {
        const struct step *s = &p->workings[i];
        if (!slice_equal(s->rule, SLICE("2.6"))) continue;
        told++;
        CHECK_TEXT(s->inputs[0].text, "EUR");
        CHECK_TEXT(s->inputs[3].text, "2025-06-10");
        CHECK_INT(s->inputs[4].value, 110000000);
        CHECK_INT(s->inputs[5].value, 100);
    }
    CHECK_INT(told, 1);
}

TEST(takes_the_terms_of_the_revision_in_force_on_the_ship_date)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, ledger_ship_debit("SD"));
    struct agreement_line line = { .method = DEBIT_METHOD_DOWN_BY_AMOUNT,
                                   .term_micros = MICROS(2),
                                   .authorised_qty_milli = UNITS(100) };
    agree(l, line);
    line.term_micros = MICROS(5);
    line.authorised_qty_milli = UNITS(30);
    struct line second = an_agreement(l, "Q-1", (struct agreement){ .revision = 2, .effective_from = 20250601 }, line);
    CHECK_INT(ledger_decide(l, (struct judged){ .line = second, .received = 20250520 }).outcome, OUTCOME_PASS);
    CHECK_TEXT(decision_reasons(ledger_decide(l, (struct judged){ .line = second, .received = 20250521 })),
               "STALE_REVISION");
    CHECK_INT(decision_paid(ledger_decide(l, (struct judged){ .line = a_claim("S1", 10, "Q-1", 20250531) }), "EARNED"),
              2000);
    struct decision d = ledger_decide(l, (struct judged){ .line = a_claim("S2", 30, "Q-1", 20250601) });
    CHECK_INT(decision_paid(d, "EARNED"), 10000);
    CHECK_TEXT(decision_reasons(d), "QTY_EXCEEDED");
    const struct agreement_line_row *row = ledger_row(l, PAYOUT_AGREEMENT_LINES,
                                                      LEDGER_KEY(l, SLICE("Q-1"), SLICE("1")));
    CHECK_INT(row->authorised_milli, UNITS(30));
    CHECK_INT(row->consumed_milli, UNITS(30));
}
