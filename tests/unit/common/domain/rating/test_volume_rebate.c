/* The worked examples of domain.md 5.2: amounts in cents, quantities in units. */
#include "support/ledger.h"

static struct tier percent(int64_t from, int64_t percent_micros)
{
    return (struct tier){ .from_micros = MICROS(from), .rate = RATE_PERCENT, .percent_micros = percent_micros };
}

/* A sale of one unit worth `cents`. */
static struct decision sell(struct ledger_fixture *l, int64_t cents, int32_t ship_date)
{
    static int invoice;
    struct text t = text_in(test_arena(), 16);
    text_put_byte(&t, 'S');
    text_put_int(&t, ++invoice);
    text_put_byte(&t, 0);
    struct line sale = a_sale(t.bytes, 1, cents * 10000, ship_date);
    struct decision d = ledger_decide(l, (struct judged){ .line = sale });
    CHECK(decision_verifies(d));
    return d;
}

static struct ledger_fixture *with(struct program p)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, p);
    return l;
}

TEST(posts_the_difference_of_what_is_earned_before_and_after)
{
    struct tier tiers[] = { percent(0, 5000000), percent(10000, 10000000) };
    struct ledger_fixture *l = with(ledger_volume("VR", tiers, 2));
    CHECK_INT(decision_paid(sell(l, 600000, 20250210), "EARNED"), 30000);
    struct decision d = sell(l, 1400000, 20250211);
    CHECK_INT(decision_paid(d, "EARNED"), 120000);
    CHECK_TEXT(d.section->entries[0].earned_period, "2025-Q1");
    CHECK_TEXT(d.section->entries[0].posted_period, "2025-Q1");
    CHECK_INT(d.section->entries[0].payable_on, 20250331);
    const struct volume_row *row = ledger_row(l, PAYOUT_VOLUMES,
                                              LEDGER_KEY(l, SLICE("VR"), SLICE("N"), SLICE(""), SLICE("2025-Q1")));
    CHECK_INT(row->amount_minor, 2000000);
    CHECK_INT(row->paid_minor, 150000);
    CHECK_INT(row->qty_milli, UNITS(2));
}

TEST(falls_back_below_a_tier_when_goods_return)
{
    struct tier tiers[] = { percent(0, 1500000), percent(50000, 2500000) };
    struct program p = ledger_volume("VR", tiers, 2);
    p.volume.method = TIER_METHOD_RETROACTIVE;
    struct ledger_fixture *l = with(p);
    CHECK_INT(decision_paid(sell(l, 4231055, 20250210), "EARNED"), 63466);
    CHECK_INT(decision_paid(
                  ledger_decide(l, (struct judged){ .line = a_sale("S9", 9, MICROS(1000), 20250211), .id = "nine" }),
                  "EARNED"),
              64810);
    struct decision d = ledger_decide(l, (struct judged){ .line = a_return("nine", 2, 20250401) });
    CHECK_INT(decision_paid(d, "EARNED"), -54310);
    CHECK_TEXT(d.section->entries[0].earned_period, "2025-Q1");
    CHECK_TEXT(d.section->entries[0].posted_period, "2025-Q2");
    CHECK_INT(ledger_paid(l, "VR", "EARNED"), 73966);
    CHECK(decision_verifies(d));
}

TEST(follows_the_edge_at_a_tier)
{
    struct table t = TABLE(
        "edge   q        | paid",
        "FROM   4999999  | 75000",
        "FROM   5000000  | 125000",
        "FROM   5000001  | 125000",
        "UP_TO  4999999  | 75000",
        "UP_TO  5000000  | 75000",
        "UP_TO  5000001  | 125000");
    struct tier tiers[] = { percent(0, 1500000), percent(50000, 2500000) };
    while (table_next(&t)) {
        struct program p = ledger_volume("VR", tiers, 2);
        p.volume.method = TIER_METHOD_RETROACTIVE;
        p.volume.edge = (enum tier_edge)word_find(VOCABULARY_TIER_EDGE, cell(&t, "edge"));
        CHECK_CELL_INT(&t, "paid", decision_paid(sell(with(p), cell_int(&t, "q"), 20250210), "EARNED"));
    }
}

/* Every tier that terms may have is reached, and the entry still computes again. */
TEST(pays_by_the_most_tiers_that_there_may_be)
{
    struct tier tiers[TIERS_MAX];
    for (int64_t i = 0; i < TIERS_MAX; i++) tiers[i] = percent(100 * i, 1000000 + i);
    struct program p = ledger_volume("VR", tiers, TIERS_MAX);
    p.volume.method = TIER_METHOD_TOTAL;
    p.volume.has_expected_volume = true;
    p.volume.expected_volume_micros = 1000000000000;
    CHECK_INT(decision_paid(sell(with(p), 1000000, 20250210), "EARNED"), 480011);
}

TEST(pays_by_four_methods)
{
    struct table t = TABLE(
        "method       | paid",
        "MARGINAL     | 15000",
        "RETROACTIVE  | 21000",
        "ROLLING      | 29000",
        "TOTAL        | 33000");
    struct tier tiers[] = { percent(0, 2000000), percent(4000, 3500000) };
    while (table_next(&t)) {
        struct program p = ledger_volume("VR", tiers, 2);
        p.volume.method = (enum tier_method)word_find(VOCABULARY_TIER_METHOD, cell(&t, "method"));
        CHECK_CELL_INT(&t, "paid", decision_paid(sell(with(p), 600000, 20250210), "EARNED"));
    }
}

TEST(qualifies_in_one_measure_and_pays_in_another)
{
    struct tier amount[] = { percent(0, 0), percent(200, 1250000), percent(800, 2000000) };
    for (int marginal = 0; marginal < 2; marginal++) {
        struct program p = ledger_volume("VR", amount, 3);
        p.volume.qualifier = QUALIFIER_QTY;
        p.volume.method = marginal ? TIER_METHOD_MARGINAL : TIER_METHOD_RETROACTIVE;
        struct ledger_fixture *l = with(p);
        ledger_decide(l, (struct judged){ .line = a_sale("S1", 949, 0, 20250210) });
        struct decision d = ledger_decide(l, (struct judged){ .line = a_sale("S2", 1, 27431800000, 20250210) });
        CHECK_INT(decision_paid(d, "EARNED"), marginal ? 30319 : 54864);
        CHECK(decision_verifies(d));
    }
    struct tier units[] = { { .rate = RATE_PER_UNIT, .per_unit_micros = MICROS(5) },
                            { .from_micros = MICROS(100), .rate = RATE_PER_UNIT, .per_unit_micros = MICROS(10) },
                            { .from_micros = MICROS(350), .rate = RATE_PER_UNIT, .per_unit_micros = MICROS(15) } };
    CHECK_INT(decision_paid(sell(with(ledger_volume("VR", units, 3)), 20000, 20250210), "EARNED"), 750);
}

TEST(counts_whole_blocks)
{
    struct table t = TABLE(
        "round  qty  | paid",
        "DOWN   23   | 0",
        "DOWN   24   | 180",
        "DOWN   47   | 180",
        "UP     25   | 360",
        "UP     24   | 180",
        "EXACT  12   | 90");
    while (table_next(&t)) {
        struct tier tier = { .rate = RATE_PER_BLOCK, .block_qty_milli = UNITS(24), .block_amount_micros = 1800000,
                             .block_round = (enum block_round)word_find(VOCABULARY_BLOCK_ROUND, cell(&t, "round")) };
        struct program p = ledger_volume("LG", &tier, 1);
        p.incentive = INCENTIVE_LOGISTICS;
        p.volume.qualifier = QUALIFIER_QTY;
        struct decision d = ledger_decide(with(p),
                                          (struct judged){ .line = a_sale("S1", cell_int(&t, "qty"), 0, 20250210) });
        CHECK_CELL_INT(&t, "paid", decision_paid(d, "EARNED"));
        CHECK(decision_verifies(d));
    }
}

TEST(pays_growth_over_the_baseline_of_the_enrolment)
{
    struct tier tiers[] = { percent(5, 1000000), percent(10, 2000000) };
    for (int total = 0; total < 2; total++) {
        struct program p = ledger_volume("VR", tiers, 2);
        p.volume.method = TIER_METHOD_RETROACTIVE;
        p.volume.qualifier = QUALIFIER_GROWTH_PERCENT;
        p.volume.growth_baseline = BASELINE_FIXED;
        p.volume.growth_pay_on = total ? PAY_ON_TOTAL : PAY_ON_INCREMENT;
        struct decision d = ledger_decide(
            with(p), (struct judged){ .line = a_sale("S1", 1, MICROS(265200), 20250210), .baseline = "240000" });
        CHECK_INT(decision_paid(d, "EARNED"), total ? 530400 : 50400);
        CHECK(decision_verifies(d));
    }
    struct tier big[] = { percent(5, 20000000) };
    struct program p = ledger_volume("VR", big, 1);
    p.volume.method = TIER_METHOD_RETROACTIVE;
    p.volume.qualifier = QUALIFIER_GROWTH_PERCENT;
    struct decision d = ledger_decide(with(p), (struct judged){ .line = a_sale("S1", 1, MICROS(100), 20250210) });
    CHECK_INT(decision_paid(d, "EARNED"), 0);
}

TEST(stops_at_the_cap_and_starts_at_the_guarantee)
{
    struct tier tiers[] = { percent(0, 2000000) };
    struct program p = ledger_volume("VR", tiers, 1);
    p.volume.has_cap = true;
    p.volume.cap_minor = 120000;
    struct decision d = sell(with(p), 6125040, 20250210);
    CHECK_INT(decision_paid(d, "EARNED"), 120000);
    CHECK_TEXT(decision_program_reasons(d, "VR"), "CAP_REACHED");
    CHECK_INT(d.outcome, OUTCOME_SHORT);
    struct tier all[] = { percent(0, 100000000) };
    p = ledger_volume("VR", all, 1);
    p.volume.has_guarantee = true;
    p.volume.guarantee_paid = GUARANTEE_PAID_BEGINNING;
    p.volume.guarantee_minor = 1000000;
    struct ledger_fixture *l = with(p);
    CHECK_INT(decision_paid(sell(l, 100, 20250210), "EARNED"), 1000000);
    CHECK_INT(decision_paid(sell(l, 1199900, 20250210), "EARNED"), 200000);
}

TEST(estimates_by_the_expected_tier)
{
    struct tier tiers[] = { percent(0, 0), percent(80000, 3000000) };
    struct ledger_fixture *l = with(ledger_volume("VR", tiers, 2));
    struct judged j = { .line = a_sale("S1", 1, MICROS(30000), 20250210), .expected_volume = "120000" };
    struct decision d = ledger_decide(l, j);
    CHECK_INT(decision_paid(d, "EARNED"), 0);
    CHECK_INT(decision_paid(d, "ESTIMATED"), 30000);
    CHECK_TEXT(decision_reasons(d), "BELOW_THRESHOLD");
    CHECK(decision_verifies(d));
    j.line = a_sale("S2", 1, MICROS(90000), 20250210);
    d = ledger_decide(l, j);
    CHECK_INT(decision_paid(d, "EARNED"), 120000);
    CHECK_INT(ledger_paid(l, "VR", "ESTIMATED"), 120000);
}

/* 11: both deltas of a correction name the first EARNED entry of the sale, where it has one; BELOW_THRESHOLD looks at
 * the measure that qualifies. */
TEST(a_correction_of_an_estimate_names_what_the_sale_earned)
{
    struct tier tiers[] = { { .rate = RATE_PERCENT, .percent_micros = 1000000 },
                            { .from_micros = MICROS(800), .rate = RATE_PERCENT, .percent_micros = 3000000 } };
    struct ledger_fixture *l = ledger_open();
    struct program p = ledger_volume("VR", tiers, 2);
    p.volume.has_expected_volume = true;
    p.volume.expected_volume_micros = MICROS(1000);
    ledger_program(l, p);
    struct decision sale =
        ledger_decide(l, (struct judged){ .line = a_sale("S1", 10, MICROS(20), 20250610), .id = "s" });
    struct decision back = ledger_decide(l, (struct judged){ .line = a_return("s", 5, 20250615) });
    CHECK_INT(back.section->entry_count, 2);
    for (unsigned i = 0; i < back.section->entry_count; i++)
        CHECK_SLICE(back.section->entries[i].reverses_payout_id, sale.section->entries[0].payout_id);
}

/* The first of a REPLACE is that of its cancel, whether the new content earned or not. */
TEST(a_correction_of_a_replacement_names_its_first_entry)
{
    struct tier tiers[] = { { .from_micros = MICROS(30), .rate = RATE_PERCENT, .percent_micros = 1000000 } };
    for (int64_t qty = 1; qty < 10; qty += 4) {
        struct ledger_fixture *l = ledger_open();
        struct line replace = a_sale("S1", qty, MICROS(10), 20250610);
        ledger_program(l, ledger_volume("VR", tiers, 1));
        ledger_decide(l, (struct judged){ .line = a_sale("S1", 10, MICROS(10), 20250610), .id = "s" });
        replace.kind = KIND_REPLACE;
        replace.replaces_kind = KIND_POS_SALE;
        replace.original_line_ref = SLICE("s");
        struct decision first = ledger_decide(l, (struct judged){ .line = replace, .id = "x" });
        sell(l, 10000, 20250611);
        struct decision back = ledger_decide(l, (struct judged){ .line = a_return("x", 1, 20250615) });
        CHECK_INT(back.section->entry_count, 1);
        CHECK_INT(first.section->entries[0].amount_minor, -70);
        CHECK_SLICE(back.section->entries[0].reverses_payout_id, first.section->entries[0].payout_id);
    }
}

/* A tier that is reached may owe less than a cent: that is another sentence. */
TEST(says_which_it_is_that_nothing_is_paid)
{
    struct table t = TABLE("from | sentence",
                           "1000 | The first tier of VR is not reached yet.",
                           "0    | VR owes less than its smallest unit so far.");
    while (table_next(&t)) {
        struct tier tiers[] = { percent(cell_int(&t, "from"), 10000) };         /* 0.01 % */
        struct decision d = sell(with(ledger_volume("VR", tiers, 1)), 20, 20250210);
        struct text sentence = text_in(test_arena(), 256);
        CHECK_TEXT(decision_reasons(d), "BELOW_THRESHOLD");
        for (unsigned i = 0; i < d.verdict->judgement->reason_count; i++)
            reason_put_sentence(&sentence, &d.verdict->judgement->reasons[i]);
        CHECK_SLICE(text_slice(&sentence), cell(&t, "sentence"));
    }
}

/* Units without a price are no amount: nothing stands below the first tier of one. */
TEST(says_below_threshold_of_the_measure_that_qualifies)
{
    struct table t = TABLE(
        "qualifier  resale  | reasons",
        "AMOUNT     1       | BELOW_THRESHOLD",
        "AMOUNT     0       | -",
        "QTY        0       | BELOW_THRESHOLD");
    while (table_next(&t)) {
        struct tier tiers[] = { { .from_micros = MICROS(1000), .rate = RATE_PERCENT, .percent_micros = 1000000 } };
        struct ledger_fixture *l = ledger_open();
        struct program p = ledger_volume("VR", tiers, 1);
        if (slice_equal(cell(&t, "qualifier"), SLICE("QTY"))) p.volume.qualifier = QUALIFIER_QTY;
        ledger_program(l, p);
        struct line sale = a_sale("S1", 10, MICROS(cell_int(&t, "resale")), 20250610);
        CHECK_CELL(&t, "reasons", decision_reasons(ledger_decide(l, (struct judged){ .line = sale })));
    }
}

TEST(splits_a_rebate_between_partner_and_fund)
{
    struct tier tiers[] = { percent(0, 100000000) };
    struct ledger_fixture *l = ledger_open();
    struct program fund = ledger_volume("CO", tiers, 1);
    fund.incentive = INCENTIVE_MDF;
    fund.has_volume = false;
    fund.rank = 600;
    fund.mdf = (struct mdf_terms){ .kind = MDF_KIND_COOP, .period = PERIOD_QUARTER, .fiscal_start_month = 1 };
    ledger_program(l, fund);
    struct program p = ledger_volume("VR", tiers, 1);
    p.volume.has_coop_split = true;
    p.volume.coop_split_percent_micros = 40000000;
    p.volume.coop_split_program = SLICE("CO");
    ledger_program(l, p);
    struct decision d = sell(l, 33333, 20250210);
    CHECK_INT(decision_paid(d, "EARNED"), 20000);
    CHECK_INT(decision_paid(d, "FUND"), 13333);
    d = sell(l, 33334, 20250210);
    CHECK_INT(decision_paid(d, "EARNED"), 20000);
    CHECK_INT(decision_paid(d, "FUND"), 13334);
    CHECK_TEXT(d.section->entries[1].program_id, "CO");
    const struct fund_row *row = ledger_row(l, PAYOUT_FUNDS, LEDGER_KEY(l, SLICE("CO"), SLICE("2025-Q1")));
    CHECK_INT(row->accrued_minor, 26667);
}

TEST(measures_net_of_tax_and_rounds_to_whole_steps)
{
    struct tier one[] = { percent(0, 1000000) }, eight[] = { percent(0, 8000000) };
    struct program p = ledger_volume("VR", one, 1);
    p.volume.source = VOLUME_SOURCE_SELL_IN;
    p.program_date = DATE_BASIS_INVOICE_DATE;
    p.volume.tax_included_percent_micros = 18000000;
    p.rounding_mode = ROUNDING_DOWN;
    p.rounding_step_minor = 100;
    struct decision d = ledger_decide(with(p),
                                      (struct judged){ .line = a_sell_in("I1", 1, MICROS(10000000), 20250201) });
    CHECK_INT(decision_paid(d, "EARNED"), 8474500);
    p = ledger_volume("VR", eight, 1);
    p.volume.source = VOLUME_SOURCE_SELL_IN;
    p.program_date = DATE_BASIS_INVOICE_DATE;
    p.volume.tax_included_percent_micros = 18000000;
    p.rounding_mode = ROUNDING_DOWN;
    d = ledger_decide(with(p), (struct judged){ .line = a_sell_in("I1", 1, MICROS(1000), 20250201) });
    CHECK_INT(decision_paid(d, "EARNED"), 6779);
    CHECK(decision_verifies(d));
}

TEST(uses_for_a_whole_period_the_version_valid_on_its_first_day)
{
    struct tier before[] = { percent(0, 1500000) }, after[] = { percent(0, 1750000) };
    struct ledger_fixture *l = with(ledger_volume("VR", before, 1));
    CHECK_INT(decision_paid(sell(l, 4231055, 20250210), "EARNED"), 63466);
    struct program p = ledger_volume("VR", after, 1);
    p.version = 2;
    ledger_program(l, p);
    struct decision d = sell(l, 100000, 20250211);
    CHECK_INT(decision_paid(d, "EARNED"), 75793 - 63466);
    CHECK_INT(d.section->entries[0].program_version, 2);
}

TEST(recomputes_a_return_by_the_totals)
{
    struct tier units[] = { { .rate = RATE_PER_UNIT, .per_unit_micros = MICROS(10) },
                            { .from_micros = MICROS(2), .rate = RATE_PER_UNIT, .per_unit_micros = MICROS(20) },
                            { .from_micros = MICROS(4), .rate = RATE_PER_UNIT, .per_unit_micros = MICROS(30) } };
    struct program p = ledger_volume("VR", units, 3);
    p.volume.qualifier = QUALIFIER_QTY;
    struct ledger_fixture *l = with(p);
    int64_t paid[] = { 2000, 4000, 6000 };
    const char *invoices[] = { "S1", "S2", "S3" };
    for (int i = 0; i < 3; i++)
        CHECK_INT(
            decision_paid(ledger_decide(l, (struct judged){ .line = a_sale(invoices[i], 2, MICROS(9), 20250201 + i),
                                                            .id = invoices[i] }),
                          "EARNED"),
            paid[i]);
    struct line back = a_return("", 3, 20250301);
    struct decision d = ledger_decide(l, (struct judged){ .line = back });
    CHECK_INT(d.outcome, OUTCOME_PASS);
    CHECK_INT(d.section->entry_count, 2);
    CHECK_INT(d.section->entries[0].amount_minor, -6000);
    CHECK_INT(d.section->entries[0].qty_milli, UNITS(-2));
    CHECK_INT(d.section->entries[1].amount_minor, -2000);
    CHECK(decision_verifies(d));
    const struct volume_row *row = ledger_row(l, PAYOUT_VOLUMES,
                                              LEDGER_KEY(l, SLICE("VR"), SLICE("N"), SLICE(""), SLICE("2025-Q1")));
    CHECK_INT(row->qty_milli, UNITS(3));
    CHECK_INT(row->amount_minor, 0);
}

TEST(stacks_programs_on_gross_and_net_bases)
{
    struct tier t10[] = { percent(0, 10000000) }, t15[] = { percent(0, 15000000) }, t20[] = { percent(0, 20000000) },
                t25[] = { percent(0, 25000000) };
    struct ledger_fixture *l = ledger_open();
    struct program p = ledger_volume("D1", t10, 1);
    p.rank = 501;
    ledger_program(l, p);
    p = ledger_volume("D2", t15, 1);
    p.rank = 502;
    p.reduces_lower = false;
    ledger_program(l, p);
    p = ledger_volume("D3", t20, 1);
    p.rank = 503;
    p.stack_base = STACK_BASE_NET_OF_HIGHER_RANK;
    ledger_program(l, p);
    p = ledger_volume("D4", t25, 1);
    p.rank = 504;
    p.stack_base = STACK_BASE_NET_OF_HIGHER_RANK;
    ledger_program(l, p);
    struct decision d = sell(l, 100000, 20250210);
    CHECK_INT(d.section->entry_count, 4);
    int64_t want[] = { 10000, 15000, 18000, 18000 };
    for (unsigned i = 0; i < d.section->entry_count; i++) CHECK_INT(d.section->entries[i].amount_minor, want[i]);
    CHECK_TEXT(decision_reasons(d), "STACKED_NET");
}

/* H of 1.50 EUR is 1.7325 USD: of a volume of 100.00 it leaves 98.2675, which is measured as the volume was. */
TEST(a_net_volume_is_measured_behind_what_was_paid_in_another_currency)
{
    struct table t = TABLE(
        "mode       | volume",
        "HALF_UP    | 9827",
        "HALF_EVEN  | 9827",
        "DOWN       | 9826");
    while (table_next(&t)) {
        struct tier first[] = { percent(0, 1500000) }, second[] = { percent(0, 10000000) };
        struct ledger_fixture *l = ledger_open();
        struct program p = ledger_volume("A", first, 1);
        p.rank = 400;
        p.currency = p.payout_currency = SLICE("EUR");
        ledger_program(l, p);
        p = ledger_volume("B", second, 1);
        p.stack_base = STACK_BASE_NET_OF_HIGHER_RANK;
        p.rounding_mode = (enum rounding_mode)word_find(VOCABULARY_ROUNDING, cell(&t, "mode"));
        ledger_program(l, p);
        ledger_rate(l, "USD", "EUR", 1, 1000000, 20250201);
        ledger_rate(l, "EUR", "USD", 1, 1155000, 20250201);
        sell(l, 10000, 20250210);
        const struct volume_row *row =
            ledger_row(l, PAYOUT_VOLUMES, LEDGER_KEY(l, SLICE("B"), SLICE("N"), SLICE(""), SLICE("2025-Q1")));
        CHECK_CELL_INT(&t, "volume", row->amount_minor);
    }
}

TEST(pays_nobody_else_beside_an_exclusive_program)
{
    struct tier t10[] = { percent(0, 10000000) };
    struct ledger_fixture *l = ledger_open();
    struct program p = ledger_volume("A", t10, 1);
    p.rank = 400;
    ledger_program(l, p);
    p = ledger_volume("B", t10, 1);
    p.stack_base = STACK_BASE_EXCLUSIVE;
    ledger_program(l, p);
    struct decision d = sell(l, 100000, 20250210);
    CHECK_INT(d.outcome, OUTCOME_PASS);
    CHECK_INT(d.section->entry_count, 1);
    CHECK_TEXT(decision_program_reasons(d, "B"), "EXCLUSIVE_PROGRAM_PAID");
    const struct volume_row *row = ledger_row(l, PAYOUT_VOLUMES,
                                              LEDGER_KEY(l, SLICE("B"), SLICE("N"), SLICE(""), SLICE("2025-Q1")));
    CHECK_INT(row->amount_minor, 0);
}
