/* PERIOD_CLOSE (domain.md 5.2, 5.3): guarantees, baselines, estimates, conversions. Amounts in cents. */
#include "support/ledger.h"

static struct tier everything = { .rate = RATE_PERCENT, .percent_micros = 100000000 };

static struct ledger_fixture *with(struct program p)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, p);
    return l;
}

static struct decision buy(struct ledger_fixture *l, const char *invoice, int64_t cents, int32_t date, int32_t received)
{
    struct line sale = a_sale(invoice, 1, cents * 10000, date);
    struct decision d = ledger_decide(l, (struct judged){ .line = sale, .received = received });
    CHECK(decision_verifies(d));
    return d;
}

static struct decision close_as(struct ledger_fixture *l, const char *program, const char *label,
                                enum period_close close, int32_t received, const struct review_effect *review)
{
    struct line k = { .kind = KIND_PERIOD_CLOSE,
                      .partner_id = SLICE("N"),
                      .program_id = slice_from(program),
                      .period_label = slice_from(label),
                      .close = close };
    struct decision d = ledger_decide(l, (struct judged){ .line = k, .received = received, .review = review });
    CHECK(decision_verifies(d));
    return d;
}

static struct decision close_earning(struct ledger_fixture *l, const char *label, int32_t received)
{
    return close_as(l, "VR", label, CLOSE_EARNING, received, NULL);
}

static const struct volume_row *volume(struct ledger_fixture *l, const char *label)
{
    return ledger_row(l, PAYOUT_VOLUMES, LEDGER_KEY(l, SLICE("VR"), SLICE("N"), SLICE(""), slice_from(label)));
}

static struct program guaranteed(int64_t amount_minor, bool cumulative, enum period_kind period)
{
    struct program p = ledger_volume("VR", &everything, 1);
    p.volume.period = period;
    p.volume.has_guarantee = true;
    p.volume.guarantee_minor = amount_minor;
    p.volume.guarantee_cumulative = cumulative;
    p.lag_days = 30;
    return p;
}

TEST(tops_a_guarantee_up_at_the_end_of_the_period)
{
    struct ledger_fixture *l = with(guaranteed(1000000, false, PERIOD_QUARTER));
    buy(l, "A", 1200000, 20250105, 0);
    CHECK_INT(decision_paid(close_earning(l, "2025-Q1", 20250410), "EARNED"), 0);
    buy(l, "B", 500000, 20250405, 0);
    struct decision d = close_earning(l, "2025-Q2", 20250710);
    CHECK_INT(decision_paid(d, "EARNED"), 500000);
    CHECK_INT(d.outcome, OUTCOME_PASS);
    CHECK_TEXT(d.section->entries[0].earned_period, "2025-Q2");
    CHECK_TEXT(d.section->entries[0].posted_period, "2025-Q2");
    CHECK_INT(d.section->entries[0].payable_on, 20250730);
    CHECK_INT(volume(l, "2025-Q2")->closed, true);
    CHECK_INT(volume(l, "2025-Q2")->paid_minor, 1000000);
}

TEST(counts_a_root_without_volume_as_nothing)
{
    struct ledger_fixture *l = with(guaranteed(1000000, false, PERIOD_QUARTER));
    CHECK_INT(decision_paid(close_earning(l, "2025-Q1", 20250410), "EARNED"), 1000000);
    CHECK_INT(decision_paid(close_earning(l, "2025-Q1", 20250411), "EARNED"), 0);
    CHECK_INT(ledger_paid(l, "VR", "EARNED"), 1000000);
}

TEST(carries_the_excess_of_a_cumulative_guarantee)
{
    struct table t = TABLE(
        "month    earned  close     | topup   excess",
        "2025-01  520000  20250210  | 0       120000",
        "2025-02  310000  20250310  | 0       30000",
        "2025-03  150000  20250410  | 220000  0");
    struct ledger_fixture *l = with(guaranteed(400000, true, PERIOD_MONTH));
    int32_t day = 20250105;
    while (table_next(&t)) {
        char label[8] = { 0 };
        memcpy(label, cell(&t, "month").bytes, 7);
        buy(l, label, cell_int(&t, "earned"), day, 0);
        CHECK_CELL_INT(&t, "topup", decision_paid(close_earning(l, label, (int32_t)cell_int(&t, "close")), "EARNED"));
        CHECK_CELL_INT(&t, "excess", volume(l, label)->excess_minor);
        day += 100;
    }
}

TEST(keeps_the_guarantee_under_late_lines)
{
    struct ledger_fixture *l = with(guaranteed(1000000, false, PERIOD_QUARTER));
    buy(l, "A", 500000, 20250105, 0);
    CHECK_INT(decision_paid(close_earning(l, "2025-Q1", 20250410), "EARNED"), 500000);
    CHECK_INT(decision_paid(buy(l, "B", 300000, 20250331, 20250415), "EARNED"), 0);
    struct decision d = buy(l, "C", 300000, 20250331, 20250629);
    CHECK_INT(decision_paid(d, "EARNED"), 100000);
    CHECK_TEXT(decision_reasons(d), "PRIOR_PERIOD");
    CHECK_TEXT(d.section->entries[0].earned_period, "2025-Q1");
    CHECK_TEXT(decision_program_reasons(buy(l, "D", 100, 20250331, 20250630), "VR"), "PERIOD_CLOSED");
    CHECK_INT(volume(l, "2025-Q1")->paid_minor, 1100000);
}

TEST(refuses_a_close_before_its_time)
{
    struct table t = TABLE(
        "program  label    close    received  | outcome  reasons",
        "VR       2025-Q1  EARNING  20250409  | REJECT   FIELD_INVALID",
        "VR       2025-Q1  EARNING  20250410  | PASS     -",
        "VR       2025-H1  EARNING  20260101  | REJECT   FIELD_INVALID",
        "VR       2024-Q1  EARNING  20260101  | REJECT   FIELD_INVALID",
        "VR       2025-Q1  USAGE    20260101  | REJECT   FIELD_INVALID",
        "XX       2025-Q1  EARNING  20260101  | REJECT   FIELD_INVALID");
    while (table_next(&t)) {
        struct ledger_fixture *l = with(ledger_volume("VR", &everything, 1));
        struct line k = { .kind = KIND_PERIOD_CLOSE,
                          .partner_id = SLICE("N"),
                          .program_id = cell(&t, "program"),
                          .period_label = cell(&t, "label"),
                          .close = (enum period_close)word_find(VOCABULARY_CLOSE, cell(&t, "close")) };
        struct decision d =
            ledger_decide(l, (struct judged){ .line = k, .received = (int32_t)cell_int(&t, "received") });
        CHECK_SLICE(word_text(VOCABULARY_OUTCOME, (int)d.outcome), cell(&t, "outcome"));
        CHECK_SLICE(decision_reasons(d), cell(&t, "reasons"));
    }
}

static struct program growing(enum no_baseline no_baseline)
{
    static struct tier tiers[] = { { .from_micros = MICROS(5), .rate = RATE_PERCENT, .percent_micros = 1000000 },
                                   { .from_micros = MICROS(10), .rate = RATE_PERCENT, .percent_micros = 2000000 } };
    struct program p = ledger_volume("VR", tiers, 2);
    p.volume.method = TIER_METHOD_RETROACTIVE;
    p.volume.qualifier = QUALIFIER_GROWTH_PERCENT;
    p.volume.no_baseline = no_baseline;
    return p;
}

TEST(freezes_a_baseline_for_the_same_period_of_the_next_year)
{
    struct ledger_fixture *l = with(growing(NO_BASELINE_ZERO));
    buy(l, "A", 24000000, 20250105, 0);
    CHECK_INT(decision_paid(buy(l, "B", 26520000, 20260105, 0), "EARNED"), 0);      /* the year before is still open */
    close_earning(l, "2025-Q1", 20260201);
    CHECK_INT(decision_paid(buy(l, "C", 0, 20260106, 0), "EARNED"), 50400);
}

TEST(holds_the_close_until_there_is_a_baseline)
{
    struct program fixed = growing(NO_BASELINE_HOLD);
    fixed.volume.growth_baseline = BASELINE_FIXED;
    struct ledger_fixture *l = with(fixed);
    buy(l, "A", 26520000, 20250105, 0);
    struct decision d = close_earning(l, "2025-Q1", 20250410);
    CHECK_INT(d.outcome, OUTCOME_HOLD);
    CHECK_TEXT(decision_reasons(d), "NO_BASELINE");
    CHECK_INT(volume(l, "2025-Q1")->closed, false);
    struct line more = a_sale("B", 1, 0, 20250301);
    d = ledger_decide(l, (struct judged){ .line = more, .received = 20250411, .baseline = "240000" });
    CHECK_INT(decision_paid(d, "EARNED"), 50400);
    d = close_earning(l, "2025-Q1", 20250412);
    CHECK_INT(d.outcome, OUTCOME_PASS);
    CHECK_INT(volume(l, "2025-Q1")->closed, true);
}

TEST(takes_all_volume_for_growth_where_the_terms_say_so)
{
    struct ledger_fixture *l = with(growing(NO_BASELINE_TOTAL));
    CHECK_INT(decision_paid(buy(l, "A", 24000000, 20250105, 0), "EARNED"), 480000);
    CHECK_INT(close_earning(l, "2025-Q1", 20250410).outcome, OUTCOME_PASS);
}

TEST(ends_the_estimate_with_what_was_earned)
{
    struct tier tiers[] = { { .rate = RATE_PERCENT },
                            { .from_micros = MICROS(80000), .rate = RATE_PERCENT, .percent_micros = 3000000 } };
    struct program p = ledger_volume("VR", tiers, 2);
    p.volume.has_expected_volume = true;
    p.volume.expected_volume_micros = MICROS(120000);
    struct ledger_fixture *l = with(p);
    CHECK_INT(decision_paid(buy(l, "A", 3000000, 20250105, 0), "ESTIMATED"), 30000);
    struct decision d = close_earning(l, "2025-Q1", 20250410);
    CHECK_INT(decision_paid(d, "ESTIMATED"), -30000);
    CHECK_INT(decision_paid(d, "EARNED"), 0);
    CHECK_INT(volume(l, "2025-Q1")->estimated_minor, 0);
}

TEST(closes_every_accumulator_of_the_period)
{
    struct program p = guaranteed(10000, false, PERIOD_QUARTER);
    p.volume.per = PER_SKU;
    struct ledger_fixture *l = with(p);
    ledger_product(l, (struct product){ .sku = SLICE("Q"), .family = SLICE("F"), .product_line = SLICE("L") });
    buy(l, "A", 4000, 20250105, 0);
    struct line other = a_sale("B", 1, MICROS(70), 20250106);
    other.vendor_part = SLICE("Q");
    ledger_decide(l, (struct judged){ .line = other });
    struct decision d = close_earning(l, "2025-Q1", 20250410);
    CHECK_INT(d.section->entry_count, 2);
    CHECK_INT(decision_paid(d, "EARNED"), 9000);
    other.invoice_no = SLICE("C");
    other.vendor_part = SLICE("R");
    ledger_product(l, (struct product){ .sku = SLICE("R"), .family = SLICE("F"), .product_line = SLICE("L") });
    d = ledger_decide(l, (struct judged){ .line = other, .received = 20250411 });     /* new, but the period is over */
    CHECK_TEXT(decision_reasons(d), "PRIOR_PERIOD");
}

TEST(waits_for_a_rate_and_closes_nothing)
{
    struct program p = guaranteed(1000000, false, PERIOD_QUARTER);
    p.payout_currency = SLICE("EUR");
    struct ledger_fixture *l = with(p);
    struct decision d = close_earning(l, "2025-Q1", 20250410);
    CHECK_INT(d.outcome, OUTCOME_PARK);
    CHECK_TEXT(decision_reasons(d), "FX_RATE_MISSING");
    CHECK_INT(volume(l, "2025-Q1")->closed, false);
    ledger_rate(l, "USD", "EUR", 1, 900000, 20250320);
    d = close_earning(l, "2025-Q1", 20250410);
    CHECK_INT(decision_paid(d, "EARNED"), 900000);
    CHECK_INT(d.section->entries[0].fx_date, 20250331);
}

TEST(gives_a_fund_its_part_of_the_top_up)
{
    struct program co = ledger_volume("CO", NULL, 0), p = guaranteed(100000, false, PERIOD_QUARTER);
    co.incentive = INCENTIVE_MDF;
    co.has_volume = false;
    co.mdf = (struct mdf_terms){
        .kind = MDF_KIND_COOP, .usage = MDF_USAGE_NEXT_PERIOD, .period = PERIOD_QUARTER, .fiscal_start_month = 1
    };
    p.volume.has_coop_split = true;
    p.volume.coop_split_percent_micros = 40000000;
    p.volume.coop_split_program = SLICE("CO");
    struct ledger_fixture *l = with(p);
    ledger_program(l, co);
    struct decision d = close_earning(l, "2025-Q1", 20250410);
    CHECK_INT(decision_paid(d, "EARNED"), 60000);
    CHECK_INT(decision_paid(d, "FUND"), 40000);
    const struct fund_row *fund = ledger_row(l, PAYOUT_FUNDS, LEDGER_KEY(l, SLICE("CO"), SLICE("2025-Q1")));
    CHECK_INT(fund->accrued_minor, 40000);
}

/* 6.4: a closed period takes negative lines whatever their date; RETURN_DATE puts them into their own. */
TEST(takes_negative_lines_however_late)
{
    for (int own = 0; own < 2; own++) {
        struct program p = ledger_volume("VR", &everything, 1);
        p.volume.returns_period = own ? RETURNS_PERIOD_RETURN_DATE : RETURNS_PERIOD_ORIGINAL;
        struct ledger_fixture *l = with(p);
        ledger_decide(l, (struct judged){ .line = a_sale("A", 4, MICROS(100), 20250105), .id = "a" });
        close_earning(l, "2025-Q1", 20250410);
        struct decision d = ledger_decide(l, (struct judged){ .line = a_return("a", 1, 20250901) });
        CHECK_INT(decision_paid(d, "EARNED"), own ? 0 : -10000);       /* alone in its quarter a return earns nothing */
        CHECK_SLICE(decision_reasons(d), own ? SLICE("") : SLICE("PRIOR_PERIOD"));
        CHECK_INT(volume(l, "2025-Q1")->amount_minor, own ? 40000 : 30000);
        CHECK_INT(volume(l, "2025-Q3")->amount_minor, own ? -10000 : 0);
    }
}

/* 6.5 */
TEST(catches_up_when_better_terms_come_for_an_open_period)
{
    struct tier low = { .rate = RATE_PERCENT, .percent_micros = 1500000 },
                high = { .rate = RATE_PERCENT, .percent_micros = 1750000 };
    struct program p = ledger_volume("VR", &low, 1);
    struct ledger_fixture *l = with(p);
    CHECK_INT(decision_paid(buy(l, "A", 4231055, 20250105, 0), "EARNED"), 63466);
    p.version = 2;
    p.volume.tiers = &high;
    ledger_program(l, p);
    CHECK_INT(decision_paid(buy(l, "B", 100000, 20250106, 0), "EARNED"), 12327);
    close_earning(l, "2025-Q1", 20250410);
    p.version = 3;
    p.volume.tiers = &low;
    ledger_program(l, p);
    CHECK_INT(decision_paid(close_earning(l, "2025-Q1", 20250411), "EARNED"), 0);
}
