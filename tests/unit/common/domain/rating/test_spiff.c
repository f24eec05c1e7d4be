/* The worked examples of domain.md 5.4, and both sides of its edges. */
#include "support/ledger.h"

static struct program a_spiff(const char *id, const struct spiff_rate *rates, unsigned rate_count)
{
    struct program p = ledger_ship_debit(id);
    p.incentive = INCENTIVE_SPIFF;
    p.rank = 400;
    p.payee = PAYEE_REP;
    p.claim = (struct claim_terms){ true, 30, ANCHOR_SHIP_DATE, 1 };
    p.spiff = (struct spiff_terms){ .rates = rates,
                                   .rate_count = rate_count,
                                   .serials = SERIAL_RULE_NONE,
                                   .trigger_pos = true,
                                   .tax_country = SLICE("US") };
    return p;
}

static const struct spiff_rate forty_five = { .rate = RATE_PER_UNIT, .per_unit_micros = MICROS(45) };
static const struct spiff_rate fifty = { .rate = RATE_PER_UNIT, .per_unit_micros = MICROS(50) };
static const struct spiff_rate three_percent = { .rate = RATE_PERCENT, .percent_micros = 3000000 };

static struct line a_spiff_claim(const char *invoice, int64_t qty, int32_t ship_date)
{
    struct line l = a_sale(invoice, qty, MICROS(100), ship_date);
    l.kind = KIND_SPIFF_CLAIM;
    l.rep_id = SLICE("R1");
    return l;
}

static struct line a_rep_sale(const char *invoice, int64_t qty, int32_t ship_date)
{
    struct line l = a_sale(invoice, qty, MICROS(100), ship_date);
    l.rep_id = SLICE("R1");
    return l;
}

static void tax_table(struct ledger_fixture *l, const char *currency)
{
    struct tax_entry entries[] = {{20200101, 60000, slice_from(currency)}, {20260101, 200000, slice_from(currency)}};
    struct tax_table table = { SLICE("US"), SLICE("1099"), entries, 2 };
    CHECK_INT(catalogue_put_tax(ledger_catalogue(l), &table), OK);
}

static void enrol(struct ledger_fixture *l, bool form_on_file)
{
    struct rep_roster *roster = ARENA_NEW(ledger_arena(l), struct rep_roster);
    *roster = (struct rep_roster){ .tax_country = SLICE("US"), .tax_form_on_file = form_on_file };
    struct line line = { .kind = KIND_REP_ROSTER, .partner_id = SLICE("N"), .rep_id = SLICE("R1"), .roster = roster };
    CHECK_INT(ledger_decide(l, (struct judged){ .line = line, .received = 20250102 }).outcome, OUTCOME_PASS);
}

static int64_t paid_in(struct ledger_fixture *l, const char *year)
{
    const struct year_to_date_row *row =
        ledger_row(l, PAYOUT_YEAR_TO_DATE, LEDGER_KEY(l, SLICE("R1"), slice_from(year)));
    return row->amount_minor;
}

TEST(pays_the_seller_up_to_the_cap_of_its_month)
{
    struct ledger_fixture *l = ledger_open();
    struct cap cap = { .scope = CAP_SCOPE_REP, .period = PERIOD_MONTH, .has_amount = true, .amount_minor = 100000 };
    struct program p = a_spiff("SP", &fifty, 1);
    p.caps = &cap;
    p.cap_count = 1;
    ledger_program(l, p);
    tax_table(l, "USD");
    enrol(l, true);
    struct decision d = ledger_decide(l, (struct judged){ .line = a_spiff_claim("S1", 30, 20250505) });
    CHECK_INT(d.outcome, OUTCOME_SHORT);
    CHECK_TEXT(decision_reasons(d), "CAP_REACHED TAX_REPORTABLE");
    CHECK_INT(d.section->programs[0].claim_minor, 150000);
    CHECK_INT(d.section->programs[0].paid_minor, 100000);
    CHECK_INT(d.section->programs[0].refused_minor, 50000);
    CHECK_TEXT(d.section->entries[0].payee_id, "R1");
    CHECK_TEXT(d.section->entries[0].payee, "REP");
    CHECK(d.section->entries[0].tax_reportable);
    CHECK_INT(d.section->entries[0].qty_milli, UNITS(30));
    CHECK_INT(paid_in(l, "2025"), 100000);
    CHECK(decision_verifies(d));
    d = ledger_decide(l, (struct judged){ .line = a_spiff_claim("S2", 1, 20250531) });
    CHECK_INT(d.outcome, OUTCOME_REJECT);
    CHECK_TEXT(decision_reasons(d), "CAP_REACHED");
    d = ledger_decide(l, (struct judged){ .line = a_spiff_claim("S2", 1, 20250601) });
    CHECK_INT(decision_paid(d, "EARNED"), 5000);
}

TEST(pays_the_units_that_serials_left)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, a_spiff("SP", &forty_five, 1));
    struct line claim = a_spiff_claim("S1", 7, 20250505);
    claim.claimed_amount_minor = 31500;
    claim.has_claimed_amount_minor = true;
    struct decision d =
        ledger_decide(l, (struct judged){ .line = claim, .has_accepted = true, .accepted_milli = UNITS(6) });
    CHECK_INT(decision_paid(d, "EARNED"), 27000);
    CHECK_INT(d.section->programs[0].refused_minor, 4500);
    CHECK_INT(d.section->programs[0].reason_count, 0);
    CHECK(decision_verifies(d));
}

TEST(rates_a_claim_by_the_first_rate_that_matches)
{
    static const struct slice ap[] = { SLICE_INIT("sku:AP-9*") }, family[] = { SLICE_INIT("family:F") };
    const struct spiff_rate rates[] = {{{ap, 1}, RATE_PER_UNIT, MICROS(9), 0},
                                       {{family, 1}, RATE_PERCENT, 0, 2500000},
                                       {{NULL, 0}, RATE_PER_UNIT, MICROS(1), 0}};
    struct table t = TABLE(
        "sku    rates  qty  claimed  | paid  outcome  reasons",
        "AP-90  3      2    _        | 1800  PASS     -",
        "P      3      2    _        | 100   PASS     -",
        "P      1      2    _        | 0     REJECT   PART_NOT_ELIGIBLE",
        "P      3      2    101      | 100   PASS     -",
        "P      3      2    102      | 100   SHORT    AMOUNT_MISMATCH",
        "P      3      2    99       | 99    PASS     CLAIMED_BELOW_ENTITLED");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        ledger_product(l, (struct product){ .sku = SLICE("AP-90"), .family = SLICE("F"), .product_line = SLICE("L") });
        ledger_program(l, a_spiff("SP", rates, (unsigned)cell_int(&t, "rates")));
        struct line claim = a_spiff_claim("S1", cell_int(&t, "qty"), 20250505);
        claim.resale_unit_micros = MICROS(20);
        claim.vendor_part = slice_copy(test_arena(), cell(&t, "sku"));
        claim.has_claimed_amount_minor = !cell_is_default(&t, "claimed");
        claim.claimed_amount_minor = claim.has_claimed_amount_minor ? cell_int(&t, "claimed") : 0;
        struct decision d = ledger_decide(l, (struct judged){ .line = claim });
        CHECK_CELL(&t, "outcome", word_text(VOCABULARY_OUTCOME, (int)d.outcome));
        CHECK_CELL(&t, "reasons", decision_reasons(d));
        CHECK_CELL_INT(&t, "paid", decision_paid(d, "EARNED"));
        CHECK(decision_verifies(d));
    }
}

TEST(takes_claims_for_a_month_after_the_shipment)
{
    struct table t = TABLE(
        "received  | reasons",
        "20250604  | -",
        "20250605  | LATE_CLAIM");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        ledger_program(l, a_spiff("SP", &fifty, 1));
        struct decision d = ledger_decide(l, (struct judged){ .line = a_spiff_claim("S1", 1, 20250505),
                                                             .received = (int32_t)cell_int(&t, "received") });
        CHECK_CELL(&t, "reasons", decision_reasons(d));
    }
}

TEST(reports_payments_at_the_threshold_of_their_year)
{
    struct table t = TABLE(
        "received  before  qty  form  lag | outcome  reasons",
        "20250505  0       11   yes   0   | PASS     -",
        "20250505  0       12   yes   0   | PASS     TAX_REPORTABLE",
        "20250505  0       12   no    0   | HOLD     TAX_FORM_MISSING TAX_REPORTABLE",
        "20250505  11      1    yes   0   | PASS     TAX_REPORTABLE",
        "20251231  11      1    yes   0   | PASS     TAX_REPORTABLE",
        "20251231  11      1    no    1   | PASS     -",
        "20260101  0       39   no    0   | PASS     -",
        "20260101  0       40   yes   0   | PASS     TAX_REPORTABLE");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        struct program p = a_spiff("SP", &fifty, 1), lagging = a_spiff("SP", &fifty, 1);
        lagging.lag_days = (uint32_t)cell_int(&t, "lag");
        ledger_program(l, lagging.lag_days ? lagging : p);
        tax_table(l, "USD");
        enrol(l, cell_yes(&t, "form"));
        int32_t received = (int32_t)cell_int(&t, "received");
        if (cell_int(&t, "before"))
            ledger_decide(l, (struct judged){ .line = a_spiff_claim("S0", cell_int(&t, "before"), 20250501) });
        struct decision d =
            ledger_decide(l, (struct judged){ .line = a_spiff_claim("S1", cell_int(&t, "qty"), received) });
        CHECK_CELL(&t, "outcome", word_text(VOCABULARY_OUTCOME, (int)d.outcome));
        CHECK_CELL(&t, "reasons", decision_reasons(d));
    }
}

TEST(pays_without_a_tax_form_what_a_person_released)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, a_spiff("SP", &fifty, 1));
    tax_table(l, "USD");
    enrol(l, false);
    struct decision d = ledger_decide(l, (struct judged){ .line = a_spiff_claim("S1", 12, 20250505), .id = "p" });
    CHECK_INT(d.outcome, OUTCOME_HOLD);
    CHECK_INT(paid_in(l, "2025"), 0);
    struct review_effect release = { .verb = VERB_RELEASE, .reviewed = d.verdict->judgement };
    d = ledger_decide(l, (struct judged){ .line = a_spiff_claim("S1", 12, 20250505), .id = "p", .review = &release });
    CHECK_INT(d.outcome, OUTCOME_PASS);
    CHECK_TEXT(decision_reasons(d), "TAX_REPORTABLE");
    CHECK_INT(paid_in(l, "2025"), 60000);
}

TEST(counts_the_year_in_the_currency_of_the_tax_table)
{
    struct ledger_fixture *l = ledger_open();
    struct program p = a_spiff("SP", &fifty, 1);
    ledger_program(l, p);
    tax_table(l, "EUR");
    enrol(l, true);
    struct decision d = ledger_decide(l, (struct judged){ .line = a_spiff_claim("S1", 12, 20250505), .id = "p" });
    CHECK_INT(d.outcome, OUTCOME_PARK);
    CHECK_TEXT(decision_reasons(d), "FX_RATE_MISSING");
    ledger_rate(l, "USD", "EUR", 1, 900000, 20250501);
    d = ledger_decide(l, (struct judged){ .line = a_spiff_claim("S1", 12, 20250505), .id = "p" });
    CHECK_INT(d.outcome, OUTCOME_PASS);
    CHECK_INT(paid_in(l, "2025"), 54000);
    for (int i = 0; i < 3; i++) ledger_decide(l, (struct judged){ .line = a_return("p", 4, 20250601) });
    CHECK_INT(paid_in(l, "2025"), 0);
}

TEST(pays_a_sale_of_a_known_seller_by_itself_and_a_claim_behind_it_nothing)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, a_spiff("SP", &three_percent, 1));
    struct decision d = ledger_decide(l, (struct judged){ .line = a_rep_sale("S1", 10, 20250505), .id = "s" });
    CHECK_INT(d.outcome, OUTCOME_PASS);
    CHECK_INT(decision_paid(d, "EARNED"), 3000);
    CHECK(decision_verifies(d));
    d = ledger_decide(l, (struct judged){ .line = a_spiff_claim("S1", 1, 20250505) });
    CHECK_TEXT(decision_reasons(d), "DUPLICATE_TRANSACTION");
    d = ledger_decide(l, (struct judged){ .line = a_return("s", 4, 20250601) });
    CHECK_INT(decision_paid(d, "EARNED"), -1200);
    CHECK_INT(paid_in(l, "2025"), 1800);
    d = ledger_decide(l, (struct judged){ .line = a_cancel("s"), .received = 20250602 });
    CHECK_INT(decision_paid(d, "EARNED"), -1800);
    CHECK_INT(paid_in(l, "2025"), 0);
}

TEST(a_sale_that_pays_by_itself_uses_up_the_cap)
{
    struct ledger_fixture *l = ledger_open();
    struct cap cap = { .scope = CAP_SCOPE_REP, .period = PERIOD_MONTH, .has_amount = true, .amount_minor = 5000 };
    struct program p = a_spiff("SP", &three_percent, 1);
    p.caps = &cap;
    p.cap_count = 1;
    ledger_program(l, p);
    struct decision d = ledger_decide(l, (struct judged){ .line = a_rep_sale("S1", 10, 20250505) });
    CHECK_INT(decision_paid(d, "EARNED"), 3000);
    d = ledger_decide(l, (struct judged){ .line = a_rep_sale("S2", 10, 20250506) });
    CHECK_INT(decision_paid(d, "EARNED"), 2000);
    CHECK_TEXT(decision_program_reasons(d, "SP"), "CAP_REACHED");
}

TEST(skips_the_program_of_a_sale_that_a_claim_would_hold)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, a_spiff("SP", &fifty, 1));
    tax_table(l, "USD");
    enrol(l, false);
    struct decision d = ledger_decide(l, (struct judged){ .line = a_rep_sale("S1", 12, 20250505) });
    CHECK_INT(d.outcome, OUTCOME_PASS);
    CHECK_INT(d.section->entry_count, 0);
    CHECK_TEXT(decision_program_reasons(d, "SP"), "TAX_FORM_MISSING TAX_REPORTABLE");
    enrol(l, true);
    d = ledger_decide(l, (struct judged){ .line = a_spiff_claim("S1", 12, 20250505) });
    CHECK_TEXT(decision_reasons(d), "TAX_REPORTABLE");
    CHECK_INT(decision_paid(d, "EARNED"), 60000);
}

TEST(asks_no_program_of_a_sale_without_seller_or_trigger)
{
    struct ledger_fixture *l = ledger_open();
    struct program p = a_spiff("SP", &fifty, 1);
    ledger_program(l, p);
    struct decision d = ledger_decide(l, (struct judged){ .line = a_sale("S1", 12, MICROS(20), 20250505) });
    CHECK_TEXT(decision_reasons(d), "NO_PROGRAM");
    l = ledger_open();
    p.spiff.trigger_pos = false;
    ledger_program(l, p);
    d = ledger_decide(l, (struct judged){ .line = a_rep_sale("S1", 12, 20250505) });
    CHECK_TEXT(decision_reasons(d), "NO_PROGRAM");
}

TEST(computes_a_percent_net_of_what_higher_programs_paid)
{
    struct ledger_fixture *l = ledger_open();
    struct program p = a_spiff("SP", &three_percent, 1), first = a_spiff("A", &fifty, 1);
    first.rank = 300;
    p.stack_base = STACK_BASE_NET_OF_HIGHER_RANK;
    ledger_program(l, first);
    ledger_program(l, p);
    struct decision d = ledger_decide(l, (struct judged){ .line = a_rep_sale("S1", 10, 20250505) });
    CHECK_INT(decision_paid(d, "EARNED"), 50000 + 1500);
    CHECK_TEXT(decision_program_reasons(d, "SP"), "STACKED_NET");
    CHECK(decision_verifies(d));
}

TEST(returns_a_seller_and_the_caps_to_where_they_were)
{
    struct ledger_fixture *l = ledger_open();
    struct cap caps[] = {
        { .scope = CAP_SCOPE_REP, .period = PERIOD_MONTH, .has_qty = true, .qty_milli = UNITS(5) },
        { .scope = CAP_SCOPE_PARTNER, .period = PERIOD_PROGRAM, .has_amount = true, .amount_minor = 20001 }};
    struct program p = a_spiff("SP", &fifty, 1);
    p.caps = caps;
    p.cap_count = 2;
    ledger_program(l, p);
    struct decision d = ledger_decide(l, (struct judged){ .line = a_spiff_claim("S1", 6, 20250505), .id = "p" });
    CHECK_INT(decision_paid(d, "EARNED"), 20001);
    CHECK_INT(d.section->entries[0].qty_milli, UNITS(5));
    CHECK(decision_verifies(d));
    d = ledger_decide(l, (struct judged){ .line = a_cancel("p"), .received = 20250701 });
    CHECK_INT(decision_paid(d, "EARNED"), -20001);
    const struct cap_row *row =
        ledger_row(l, PAYOUT_CAPS, LEDGER_KEY(l, SLICE("SP"), SLICE("0"), SLICE("R1"), SLICE("2025-05")));
    CHECK_INT(row->used_milli, 0);
    row = ledger_row(l, PAYOUT_CAPS, LEDGER_KEY(l, SLICE("SP"), SLICE("1"), SLICE("N"), SLICE("PROGRAM")));
    CHECK_INT(row->used_minor, 0);
    CHECK_INT(paid_in(l, "2025"), 0);
}

static struct program an_accelerated_spiff(const char *id, const struct tier *tiers, unsigned tier_count)
{
    struct program p = a_spiff(id, NULL, 0);
    p.has_volume = true;
    p.volume = ledger_volume(id, tiers, tier_count).volume;
    p.volume.aggregate = AGGREGATE_REP;
    p.volume.qualifier = QUALIFIER_QTY;
    return p;
}

TEST(pays_more_a_unit_the_more_a_seller_sells)
{
    static const struct tier tiers[] = {
        { .rate = RATE_PER_UNIT, .per_unit_micros = MICROS(5) },
        { .from_micros = MICROS(10), .rate = RATE_PER_UNIT, .per_unit_micros = MICROS(8) }
    };
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, an_accelerated_spiff("SP", tiers, 2));
    struct decision d = ledger_decide(l, (struct judged){ .line = a_spiff_claim("S1", 8, 20250505), .id = "p" });
    CHECK_INT(decision_paid(d, "EARNED"), 4000);
    CHECK_INT(d.section->programs[0].claim_minor, 4000);
    CHECK_TEXT(d.section->entries[0].payee_id, "R1");
    CHECK_TEXT(d.section->entries[0].earned_period, "2025-Q2");
    CHECK(decision_verifies(d));
    CHECK_TEXT(decision_reasons(ledger_decide(l, (struct judged){ .line = a_spiff_claim("S1", 1, 20250505) })),
               "DUPLICATE_TRANSACTION");
    d = ledger_decide(l, (struct judged){ .line = a_rep_sale("S2", 4, 20250506), .id = "s" });
    CHECK_INT(decision_paid(d, "EARNED"), 2600);
    CHECK(decision_verifies(d));
    CHECK_INT(paid_in(l, "2025"), 6600);
    d = ledger_decide(l, (struct judged){ .line = a_return("s", 4, 20250601) });
    CHECK_INT(decision_paid(d, "EARNED"), -2600);
    d = ledger_decide(l, (struct judged){ .line = a_cancel("p"), .received = 20250602 });
    CHECK_INT(decision_paid(d, "EARNED"), -4000);
    CHECK_INT(paid_in(l, "2025"), 0);
    CHECK(decision_verifies(d));
}

TEST(returns_an_accelerated_claim_with_the_sale_that_it_is_about)
{
    static const struct tier tiers[] = { { .rate = RATE_PER_UNIT, .per_unit_micros = MICROS(5) } };
    struct ledger_fixture *l = ledger_open();
    struct program p = an_accelerated_spiff("SP", tiers, 1);
    p.spiff.trigger_pos = false;
    ledger_program(l, p);
    ledger_decide(l, (struct judged){ .line = a_rep_sale("S1", 8, 20250505), .id = "s" });
    struct decision d = ledger_decide(l, (struct judged){ .line = a_spiff_claim("S1", 8, 20250505) });
    CHECK_INT(decision_paid(d, "EARNED"), 4000);
    d = ledger_decide(l, (struct judged){ .line = a_return("s", 3, 20250601) });
    CHECK_INT(decision_paid(d, "EARNED"), -1500);
    CHECK_INT(paid_in(l, "2025"), 2500);
    CHECK(decision_verifies(d));
}

/* 3.3, 5.0 R7 and 4.2 hold for it: units of the invoice alone, never more than claimed, terms of the period. */
TEST(an_accelerated_claim_counts_what_the_invoice_leaves_and_pays_what_was_asked)
{
    static const struct tier tiers[] = { { .rate = RATE_PER_UNIT, .per_unit_micros = MICROS(5) } };
    struct table t = TABLE(
        "sold  claimed  asked  date      status  | outcome  paid  counted  reasons",
        "0     8        0      20250505  ACTIVE  | PASS     4000  8000     -",
        "5     8        0      20250505  ACTIVE  | SHORT    2500  5000     INVOICE_OVERCLAIMED",
        "8     8        3000   20250505  ACTIVE  | PASS     3000  8000     CLAIMED_BELOW_ENTITLED",
        "8     8        5000   20250505  ACTIVE  | SHORT    4000  8000     AMOUNT_MISMATCH",
        "0     8        0      20241231  ACTIVE  | REJECT   0     0        OUTSIDE_PROGRAM_PERIOD",
        "0     8        0      20250505  ENDED   | REJECT   0     0        OUTSIDE_PROGRAM_PERIOD");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        struct program p = an_accelerated_spiff("SP", tiers, 1);
        p.spiff.trigger_pos = false;
        p.status = (enum program_status)word_find(VOCABULARY_PROGRAM_STATUS, cell(&t, "status"));
        ledger_program(l, p);
        if (cell_int(&t, "sold"))
            ledger_decide(l, (struct judged){ .line = a_rep_sale("S1", cell_int(&t, "sold"), 20250505) });
        struct line claim = a_spiff_claim("S1", cell_int(&t, "claimed"), (int32_t)cell_int(&t, "date"));
        claim.claimed_amount_minor = cell_int(&t, "asked");
        claim.has_claimed_amount_minor = claim.claimed_amount_minor > 0;
        struct decision d = ledger_decide(l, (struct judged){ .line = claim });
        CHECK_CELL(&t, "outcome", word_text(VOCABULARY_OUTCOME, (int)d.outcome));
        CHECK_CELL(&t, "reasons", decision_reasons(d));
        CHECK_CELL_INT(&t, "paid", decision_paid(d, "EARNED"));
        const struct volume_row *row =
            ledger_row(l, PAYOUT_VOLUMES, LEDGER_KEY(l, SLICE("SP"), SLICE("R1"), SLICE(""), SLICE("2025-Q2")));
        CHECK_CELL_INT(&t, "counted", row->qty_milli);
    }
}

TEST(an_exclusive_reward_pays_where_nobody_else_did)
{
    for (int exclusive = 0; exclusive < 2; exclusive++) {
        struct ledger_fixture *l = ledger_open();
        struct program first = a_spiff("A", &fifty, 1), p = a_spiff("SP", &forty_five, 1);
        first.rank = 300;
        if (exclusive) p.stack_base = STACK_BASE_EXCLUSIVE;
        ledger_program(l, first);
        ledger_program(l, p);
        struct decision d = ledger_decide(l, (struct judged){ .line = a_rep_sale("S1", 2, 20250505) });
        CHECK_INT(d.outcome, OUTCOME_PASS);
        CHECK_INT(decision_paid(d, "EARNED"), exclusive ? 10000 : 19000);
        if (exclusive) CHECK_TEXT(decision_program_reasons(d, "SP"), "EXCLUSIVE_PROGRAM_PAID");
    }
}

/* Whatever line of the seller the money came with, the year knows what is paid. */
TEST(a_sale_below_the_first_tier_takes_back_of_the_year_what_a_claim_brought)
{
    static const struct tier tiers[] = {
        { .from_micros = MICROS(10), .rate = RATE_PER_UNIT, .per_unit_micros = MICROS(5) }
    };
    struct ledger_fixture *l = ledger_open();
    tax_table(l, "USD");
    enrol(l, false);
    ledger_program(l, an_accelerated_spiff("SP", tiers, 1));
    struct decision d = ledger_decide(l, (struct judged){ .line = a_rep_sale("S1", 8, 20250505), .id = "s" });
    CHECK_INT(decision_paid(d, "EARNED"), 0);
    CHECK_TEXT(decision_program_reasons(d, "SP"), "BELOW_THRESHOLD");
    ledger_decide(l, (struct judged){ .line = a_spiff_claim("S2", 4, 20250506), .id = "p" });
    CHECK_INT(paid_in(l, "2025"), 1000);
    d = ledger_decide(l, (struct judged){ .line = a_cancel("s"), .received = 20250602 });
    CHECK_INT(decision_paid(d, "EARNED"), -1000);
    CHECK_INT(paid_in(l, "2025"), 0);
    ledger_decide(l, (struct judged){ .line = a_cancel("p"), .received = 20250602 });
    CHECK_INT(paid_in(l, "2025"), 0);
}

/* P7 speaks of payments to people: a partner's year is nobody's tax. */
TEST(a_reward_that_the_partner_gets_counts_for_no_year)
{
    struct ledger_fixture *l = ledger_open();
    struct program p = a_spiff("SP", &fifty, 1);
    p.payee = PAYEE_PARTNER;
    ledger_program(l, p);
    tax_table(l, "USD");
    enrol(l, false);
    struct decision d = ledger_decide(l, (struct judged){ .line = a_spiff_claim("S1", 30, 20250505) });
    CHECK_INT(d.outcome, OUTCOME_PASS);
    CHECK_TEXT(decision_reasons(d), "");
    CHECK_INT(paid_in(l, "2025"), 0);
}

/* 3.3 asks the sale, too: its units were claimed before it came. */
TEST(a_sale_behind_its_claim_earns_the_seller_nothing_more)
{
    for (int accelerated = 0; accelerated < 2; accelerated++) {
        static const struct tier tiers[] = { { .rate = RATE_PER_UNIT, .per_unit_micros = MICROS(50) } };
        struct ledger_fixture *l = ledger_open();
        ledger_program(l, accelerated ? an_accelerated_spiff("SP", tiers, 1) : a_spiff("SP", &fifty, 1));
        ledger_decide(l, (struct judged){ .line = a_spiff_claim("S1", 8, 20250505) });
        struct decision d = ledger_decide(l, (struct judged){ .line = a_rep_sale("S1", 8, 20250505) });
        CHECK_INT(d.outcome, OUTCOME_PASS);
        CHECK_TEXT(decision_program_reasons(d, "SP"), "DUPLICATE_TRANSACTION");
        CHECK_INT(decision_paid(d, "EARNED"), 0);
    }
}

TEST(a_percent_needs_the_price_of_the_sale)
{
    struct ledger_fixture *l = ledger_open();
    struct line claim = a_spiff_claim("S1", 2, 20250505);
    claim.has_resale_unit_micros = false;
    ledger_program(l, a_spiff("SP", &three_percent, 1));
    struct decision d = ledger_decide(l, (struct judged){ .line = claim });
    CHECK_INT(d.outcome, OUTCOME_REJECT);
    CHECK_TEXT(decision_reasons(d), "FIELD_MISSING");
    CHECK_TEXT(d.verdict->judgement->reasons[0].arguments[0].value, "resale_unit");
}

/* 64 lines on one transaction. */
TEST(a_claim_has_a_place_on_its_transaction_or_waits)
{
    for (unsigned sales = 63; sales <= 64; sales++) {
        struct ledger_fixture *l = ledger_open();
        struct program p = a_spiff("SP", &fifty, 1);
        p.spiff.trigger_pos = false;
        ledger_program(l, p);
        for (unsigned i = 0; i < sales; i++) ledger_decide(l, (struct judged){ .line = a_rep_sale("S1", 1, 20250505) });
        struct decision d = ledger_decide(l, (struct judged){ .line = a_spiff_claim("S1", 1, 20250505) });
        CHECK_SLICE(decision_reasons(d), sales > 63 ? SLICE("DATA_CONFLICT") : SLICE(""));
        CHECK_INT(decision_paid(d, "EARNED"), sales > 63 ? 0 : 5000);
    }
}

/* The version of the period's first day pays by the unit all that a later one would count in it (4.2). */
TEST(a_volume_that_the_period_did_not_begin_with_counts_nothing)
{
    static const struct tier tiers[] = { { .rate = RATE_PER_UNIT, .per_unit_micros = MICROS(5) } };
    struct table t = TABLE(
        "kind   date      | outcome  paid   reasons",
        "claim  20250430  | PASS     10000  -",
        "claim  20250505  | PASS     10000  -",
        "claim  20250701  | PASS     1000   -",
        "sale   20250505  | PASS     10000  -",
        "sale   20250701  | PASS     1000   -");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        struct program first = a_spiff("SP", &fifty, 1), second = an_accelerated_spiff("SP", tiers, 1);
        int32_t date = (int32_t)cell_int(&t, "date");
        bool is_claim = slice_equal(cell(&t, "kind"), SLICE("claim"));
        second.version = 2;
        second.valid_from = 20250501;
        ledger_program(l, first);
        ledger_program(l, second);
        struct line line = is_claim ? a_spiff_claim("S1", 2, date) : a_rep_sale("S1", 2, date);
        struct decision d = ledger_decide(l, (struct judged){ .line = line });
        CHECK_CELL(&t, "outcome", word_text(VOCABULARY_OUTCOME, (int)d.outcome));
        CHECK_CELL(&t, "reasons", decision_reasons(d));
        CHECK_CELL_INT(&t, "paid", decision_paid(d, "EARNED"));
    }
}
