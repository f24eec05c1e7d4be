/* Marketing money (domain.md 5.3): amounts in cents. */
#include "support/ledger.h"

static const struct slice event_proofs[] = { SLICE_INIT("INVOICE"), SLICE_INIT("PHOTO") };
static const struct mdf_activity activities[] = {
    { .type = SLICE_INIT("EVENT"), .has_cap = true, .cap_minor = 720000, .proofs = { event_proofs, 2 } },
    { .type = SLICE_INIT("DIGITAL"), .has_share = true, .share_percent_micros = 50000000 },
};
static const struct document_proof proofs[] = { { .type = SLICE_INIT("INVOICE") }, { .type = SLICE_INIT("PHOTO") } };

static struct program coop(void)
{
    static struct tier tier = { .rate = RATE_PERCENT, .percent_micros = 1200000 };
    struct program p = ledger_volume("CO", &tier, 1);
    p.incentive = INCENTIVE_MDF;
    p.rank = 600;
    p.volume.period = PERIOD_HALF;
    p.claim = (struct claim_terms){ true, 45, ANCHOR_PERIOD_END, 1 };
    p.mdf = (struct mdf_terms){ .kind = MDF_KIND_COOP,
                                .usage = MDF_USAGE_NEXT_PERIOD,
                                .threshold_minor = 100000,
                                .preapproval = PREAPPROVAL_RULE_OVER,
                                .preapproval_over_minor = 50000,
                                .share_percent_micros = 60000000,
                                .activities = activities,
                                .activity_count = 2 };
    return p;
}

static struct ledger_fixture *with(struct program p)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, p);
    return l;
}

static struct line operator_line(enum kind kind, const char *label, int64_t amount_minor)
{
    return (struct line){ .kind = kind,
                          .partner_id = SLICE("N"),
                          .program_id = SLICE("CO"),
                          .period_label = slice_from(label),
                          .currency = SLICE("USD"),
                          .amount_minor = amount_minor };
}

static struct decision grant(struct ledger_fixture *l, int64_t cents)
{
    struct decision d = ledger_decide(
        l, (struct judged){ .line = operator_line(KIND_FUND_ADJUSTMENT, "2025-H1", cents), .received = 20250701 });
    CHECK(decision_verifies(d));
    return d;
}

static struct decision close_it(struct ledger_fixture *l, enum period_close close, int32_t received)
{
    struct line k = operator_line(KIND_PERIOD_CLOSE, "2025-H1", 0);
    k.close = close;
    struct decision d = ledger_decide(l, (struct judged){ .line = k, .received = received });
    CHECK(decision_verifies(d));
    return d;
}

static struct line request(const char *number, int64_t revision, int64_t approved_minor, enum preapproval_status status)
{
    struct mdf_preapproval *p = ARENA_NEW(test_arena(), struct mdf_preapproval);
    *p = (struct mdf_preapproval){ .revision = revision, .approved_amount_minor = approved_minor, .status = status };
    return (struct line){ .kind = KIND_MDF_PREAPPROVAL,
                          .partner_id = SLICE("N"),
                          .program_id = SLICE("CO"),
                          .preapproval_no = slice_from(number),
                          .activity_type = SLICE("EVENT"),
                          .activity_from = 20250901,
                          .activity_to = 20250930,
                          .currency = SLICE("USD"),
                          .preapproval = p };
}

static struct decision approve(struct ledger_fixture *l, const char *number, int64_t revision, int64_t approved_minor)
{
    struct decision d = ledger_decide(
        l, (struct judged){ .line = request(number, revision, approved_minor, PREAPPROVAL_STATUS_APPROVED),
                            .received = 20250801 });
    CHECK(decision_verifies(d));
    return d;
}

static struct line event(const char *preapproval_no, int64_t spend_minor, int64_t claimed_minor)
{
    return (struct line){ .kind = KIND_MDF_CLAIM,
                          .partner_id = SLICE("N"),
                          .program_id = SLICE("CO"),
                          .currency = SLICE("USD"),
                          .activity_type = SLICE("EVENT"),
                          .activity_from = 20250910,
                          .activity_to = 20250911,
                          .expense_type = SLICE("HALL"),
                          .spend_amount_minor = spend_minor,
                          .claimed_amount_minor = claimed_minor,
                          .has_claimed_amount_minor = true,
                          .vendor = { .key = SLICE("V") },
                          .vendor_invoice_no = SLICE("R-1"),
                          .preapproval_no = slice_from(preapproval_no),
                          .documents = proofs,
                          .document_count = 2 };
}

static struct decision claim(struct ledger_fixture *l, struct line m, const char *id)
{
    struct decision d = ledger_decide(l, (struct judged){ .line = m, .received = 20250920, .id = id });
    CHECK(decision_verifies(d));
    return d;
}

static const struct fund_row *fund(struct ledger_fixture *l)
{
    return ledger_row(l, PAYOUT_FUNDS, LEDGER_KEY(l, SLICE("CO"), SLICE("2025-H1")));
}

static int64_t available(const struct fund_row *f)
{
    return f->accrued_minor + f->adjusted_minor - f->reserved_minor - f->paid_minor - f->expired_minor
           - f->converted_minor;
}

static const struct preapproval_row *preapproval(struct ledger_fixture *l, const char *number)
{
    return ledger_row(l, PAYOUT_PREAPPROVALS, LEDGER_KEY(l, slice_from(number)));
}

TEST(accrues_by_volume_and_gives_back_with_returns)
{
    struct ledger_fixture *l = with(coop());
    struct decision d = ledger_decide(l, (struct judged){ .line = a_sale("A", 1, MICROS(84215) + 400000, 20250210) });
    CHECK_INT(decision_paid(d, "FUND"), 101058);
    CHECK_INT(decision_paid(d, "EARNED"), 0);
    ledger_decide(l, (struct judged){ .line = a_sale("B", 1, MICROS(3140) + 250000, 20250211), .id = "b" });
    CHECK_INT(fund(l)->accrued_minor, 104827);
    d = ledger_decide(l, (struct judged){ .line = a_return("b", 1, 20250301) });
    CHECK_INT(decision_paid(d, "FUND"), 101058 - 104827);
    CHECK_INT(fund(l)->accrued_minor, 101058);
}

TEST(pays_the_least_of_share_cap_and_reservation)
{
    struct ledger_fixture *l = with(coop());
    grant(l, 2000000);
    CHECK_INT(approve(l, "P", 1, 700000).outcome, OUTCOME_PASS);
    CHECK_INT(fund(l)->reserved_minor, 700000);
    struct decision d = claim(l, event("P", 1248000, 748800), "m");
    CHECK_INT(d.outcome, OUTCOME_SHORT);
    CHECK_TEXT(decision_reasons(d), "PREAPPROVAL_EXCEEDED CAP_REACHED");
    CHECK_INT(decision_paid(d, "EARNED"), 700000);
    CHECK_INT(d.section->programs[0].refused_minor, 48800);
    CHECK_INT(d.verdict->judgement->reasons[0].cut_minor, 20000);
    CHECK_INT(d.verdict->judgement->reasons[1].cut_minor, 28800);
    CHECK_TEXT(d.section->entries[0].earned_period, "2025-H2");
    CHECK_TEXT(d.section->entries[0].preapproval_no, "P");
    CHECK_INT(fund(l)->paid_minor, 700000);
    CHECK_INT(fund(l)->reserved_minor, 0);
    CHECK_INT(preapproval(l, "P")->paid_minor, 700000);
}

TEST(answers_what_is_wrong_with_a_claim)
{
    struct table t = TABLE(
        "case         | outcome  reasons",
        "good         | PASS     ",
        "none         | REJECT   NO_PREAPPROVAL",
        "unknown      | REJECT   PREAPPROVAL_INVALID",
        "other-type   | REJECT   PREAPPROVAL_INVALID",
        "before       | REJECT   ACTIVITY_DATE_OUTSIDE_APPROVAL",
        "late         | REJECT   LATE_CLAIM",
        "in-time      | PASS     ",
        "not-listed   | REJECT   INELIGIBLE_EXPENSE",
        "no-photo     | REJECT   POE_MISSING",
        "mismatch     | SHORT    AMOUNT_MISMATCH",
        "outside      | REJECT   OUTSIDE_PROGRAM_PERIOD");
    while (table_next(&t)) {
        struct ledger_fixture *l = with(coop());
        struct slice name = cell(&t, "case");
        grant(l, 2000000);
        approve(l, "P", 1, 700000);
        struct line m = event("P", 100000, 60000);
        int32_t received = 20250920;
        if (slice_equal(name, SLICE("none"))) m.preapproval_no = SLICE("");
        if (slice_equal(name, SLICE("unknown"))) m.preapproval_no = SLICE("Q");
        if (slice_equal(name, SLICE("other-type"))) m.activity_type = SLICE("DIGITAL");
        if (slice_equal(name, SLICE("before"))) m.activity_from = 20250831;
        if (slice_equal(name, SLICE("late"))) received = 20260215;
        if (slice_equal(name, SLICE("in-time"))) received = 20260214;
        if (slice_equal(name, SLICE("not-listed"))) {
            m.activity_type = SLICE("GOLF");
            m.preapproval_no = SLICE("");
            m.spend_amount_minor = 50000;
            m.claimed_amount_minor = 30000;
        }
        if (slice_equal(name, SLICE("no-photo"))) m.document_count = 1;
        if (slice_equal(name, SLICE("mismatch"))) m.claimed_amount_minor = 60100;
        if (slice_equal(name, SLICE("outside"))) {
            m.activity_from = m.activity_to = 20250210;
            m.preapproval_no = SLICE("");
        }
        struct decision d = ledger_decide(l, (struct judged){ .line = m, .received = received });
        CHECK_SLICE(word_text(VOCABULARY_OUTCOME, (int)d.outcome), cell(&t, "outcome"));
        CHECK_SLICE(decision_reasons(d), cell(&t, "reasons"));
        CHECK(decision_verifies(d));
    }
}

TEST(needs_a_preapproval_only_above_the_limit)
{
    struct ledger_fixture *l = with(coop());
    grant(l, 40000);
    struct line m = event("", 50000, 30000);
    CHECK_INT(decision_paid(claim(l, m, NULL), "EARNED"), 30000);
    m.vendor_invoice_no = SLICE("R-2");
    struct decision d = claim(l, m, NULL);
    CHECK_INT(decision_paid(d, "EARNED"), 10000);
    CHECK_TEXT(decision_reasons(d), "FUND_EXHAUSTED");
    d = claim(l, m, NULL);
    CHECK_INT(d.outcome, OUTCOME_REJECT);           /* nothing is left: the zero rule */
    CHECK_TEXT(decision_reasons(d), "FUND_EXHAUSTED");
    m.spend_amount_minor = 50001;               /* 300.006 is more than the 300.00 asked for */
    CHECK_TEXT(decision_reasons(claim(l, m, NULL)), "NO_PREAPPROVAL FUND_EXHAUSTED CLAIMED_BELOW_ENTITLED");
}

TEST(counts_the_cap_of_an_activity_by_the_invoice_of_the_vendor)
{
    struct program p = coop();
    p.mdf.preapproval = PREAPPROVAL_RULE_NONE;
    struct ledger_fixture *l = with(p);
    grant(l, 9000000);
    CHECK_INT(decision_paid(claim(l, event("", 1000000, 600000), NULL), "EARNED"), 600000);
    CHECK_INT(decision_paid(claim(l, event("", 1000000, 600000), NULL), "EARNED"), 120000);
    struct line other = event("", 1000000, 600000);
    other.vendor_invoice_no = SLICE("R-2");
    CHECK_INT(decision_paid(claim(l, other, NULL), "EARNED"), 600000);
}

TEST(reserves_what_is_there_and_says_what_is_not)
{
    struct ledger_fixture *l = with(coop());
    CHECK_TEXT(decision_reasons(approve(l, "A", 1, 50000)), "FUND_EXHAUSTED");
    CHECK_INT(preapproval(l, "A")->status, PREAPPROVAL_STATUS_UNSPECIFIED);     /* nothing was written */
    grant(l, 100000);
    CHECK_INT(approve(l, "A", 1, 60000).outcome, OUTCOME_PASS);
    struct decision d = approve(l, "B", 1, 60000);
    CHECK_INT(d.outcome, OUTCOME_SHORT);
    CHECK_TEXT(decision_reasons(d), "FUND_EXHAUSTED");
    CHECK_INT(preapproval(l, "B")->reserved_minor, 40000);
    CHECK_TEXT(decision_reasons(approve(l, "A", 1, 10000)), "STALE_REVISION");
    CHECK_INT(approve(l, "A", 2, 10000).outcome, OUTCOME_PASS);
    CHECK_INT(fund(l)->reserved_minor, 50000);
    CHECK_INT(available(fund(l)), 50000);
    ledger_decide(l, (struct judged){ .line = request("B", 2, 0, PREAPPROVAL_STATUS_WITHDRAWN), .received = 20250802 });
    CHECK_INT(preapproval(l, "B")->status, PREAPPROVAL_STATUS_WITHDRAWN);
    CHECK_INT(fund(l)->reserved_minor, 10000);
    CHECK_INT(fund(l)->reserving_count, 1);
}

TEST(gives_the_rest_back_with_the_final_claim)
{
    struct ledger_fixture *l = with(coop());
    grant(l, 100000);
    approve(l, "A", 1, 60000);
    struct line m = event("A", 50000, 30000);
    claim(l, m, "one");
    CHECK_INT(preapproval(l, "A")->reserved_minor, 30000);
    m.final_claim = true;
    m.spend_amount_minor = 20000;
    m.claimed_amount_minor = 12000;
    claim(l, m, "two");
    CHECK_INT(preapproval(l, "A")->status, PREAPPROVAL_STATUS_USED);
    CHECK_INT(fund(l)->reserved_minor, 0);
    CHECK_INT(available(fund(l)), 58000);
    CHECK_TEXT(decision_reasons(claim(l, m, NULL)), "PREAPPROVAL_INVALID");
    struct decision d = ledger_decide(l, (struct judged){ .line = a_cancel("one"), .received = 20250925 });
    CHECK_INT(decision_paid(d, "EARNED"), -30000);
    CHECK(decision_verifies(d));
    CHECK_INT(available(fund(l)), 88000);           /* a used pre-approval gets no reservation back */
    CHECK_INT(fund(l)->reserved_minor, 0);
}

TEST(a_claim_and_its_cancel_leave_nothing_behind)
{
    struct ledger_fixture *l = with(coop());
    grant(l, 100000);
    approve(l, "A", 1, 60000);
    struct slice before = ledger_dump(l, 1u << PAYOUT_FUNDS | 1u << PAYOUT_PREAPPROVALS | 1u << PAYOUT_ACTIVITIES);
    claim(l, event("A", 50000, 30000), "one");
    struct decision d = ledger_decide(l, (struct judged){ .line = a_cancel("one"), .received = 20250925 });
    CHECK_INT(decision_paid(d, "EARNED"), -30000);
    CHECK_SLICE(ledger_dump(l, 1u << PAYOUT_FUNDS | 1u << PAYOUT_PREAPPROVALS | 1u << PAYOUT_ACTIVITIES), before);
}

TEST(a_reservation_stays_payable_less_what_the_fund_lacks)
{
    struct ledger_fixture *l = with(coop());
    grant(l, 60000);
    approve(l, "A", 1, 60000);
    grant(l, -25000);
    CHECK_INT(available(fund(l)), -25000);
    struct decision d = claim(l, event("A", 100000, 60000), NULL);
    CHECK_INT(decision_paid(d, "EARNED"), 35000);
    CHECK_TEXT(decision_reasons(d), "FUND_EXHAUSTED");
}

TEST(converts_a_fund_below_its_threshold)
{
    struct table t = TABLE(
        "granted  | earned  converted",
        "99999    | 99999   1",
        "100000   | 0       0");
    while (table_next(&t)) {
        struct ledger_fixture *l = with(coop());
        grant(l, cell_int(&t, "granted"));
        struct decision d = close_it(l, CLOSE_EARNING, 20250710);
        CHECK_CELL_INT(&t, "earned", decision_paid(d, "EARNED"));
        CHECK_CELL_INT(&t, "converted", fund(l)->is_converted);
        CHECK_INT(decision_paid(close_it(l, CLOSE_EARNING, 20250711), "EARNED"), 0);
    }
}

TEST(pays_at_once_what_accrues_to_a_converted_fund)
{
    struct ledger_fixture *l = with(coop());
    grant(l, 50000);
    close_it(l, CLOSE_EARNING, 20250710);
    struct decision d = ledger_decide(
        l, (struct judged){ .line = a_sale("L", 1, MICROS(1000), 20250601), .received = 20250715, .id = "l" });
    CHECK(decision_verifies(d));
    CHECK_INT(decision_paid(d, "FUND"), 1200);
    CHECK_INT(decision_paid(d, "EARNED"), 1200);
    CHECK_INT(available(fund(l)), 0);
    d = ledger_decide(l, (struct judged){ .line = a_return("l", 1, 20250720) });
    CHECK_INT(decision_paid(d, "EARNED"), -1200);
    CHECK_INT(fund(l)->converted_minor, 50000);
}

TEST(expires_what_is_left_after_its_use)
{
    struct ledger_fixture *l = with(coop());
    grant(l, 200000);
    approve(l, "A", 1, 60000);
    approve(l, "B", 1, 60000);
    claim(l, event("A", 50000, 30000), "a");
    CHECK_TEXT(decision_reasons(close_it(l, CLOSE_USAGE, 20260214)), "FIELD_INVALID");
    CHECK_INT(close_it(l, CLOSE_USAGE, 20260215).outcome, OUTCOME_PASS);
    CHECK_INT(preapproval(l, "B")->status, PREAPPROVAL_STATUS_LAPSED);
    CHECK_INT(preapproval(l, "A")->reserved_minor, 30000);      /* a live claim stands on it */
    CHECK_INT(fund(l)->expired_minor, 140000);
    CHECK_INT(available(fund(l)), 0);
    grant(l, 5000);
    CHECK_INT(fund(l)->expired_minor, 145000);
    ledger_decide(l, (struct judged){ .line = a_cancel("a"), .received = 20260220 });
    CHECK_INT(fund(l)->paid_minor, 0);
    CHECK_INT(fund(l)->expired_minor, 175000);
    close_it(l, CLOSE_USAGE, 20260301);
    CHECK_INT(fund(l)->expired_minor, 175000);
}

TEST(uses_the_version_of_the_last_day_of_the_earning_period)
{
    struct program p = coop();
    struct ledger_fixture *l = with(p);
    p.version = 2;
    p.valid_from = 20250601;
    p.mdf.share_percent_micros = 40000000;
    ledger_program(l, p);
    grant(l, 100000);
    struct decision d = claim(l, event("", 50000, 20000), NULL);
    CHECK_INT(decision_paid(d, "EARNED"), 20000);
    CHECK_INT(d.section->programs[0].program_version, 2);
}

TEST(converts_spend_before_it_is_rounded)
{
    struct ledger_fixture *l = with(coop());
    ledger_rate(l, "JPY", "USD", 100, 671200, 20250905);
    grant(l, 100000);
    struct line m = event("", 50000, 0);
    m.currency = SLICE("JPY");
    m.has_claimed_amount_minor = false;
    CHECK_INT(decision_paid(claim(l, m, NULL), "EARNED"), 20136);       /* 50 000 · 0.6712 / 100 · 60 % = 201.36 */
}

TEST(replaces_a_claim_by_taking_it_back_first)
{
    struct ledger_fixture *l = with(coop());
    grant(l, 100000);
    approve(l, "A", 1, 30000);
    claim(l, event("A", 50000, 30000), "one");
    struct line x = event("A", 40000, 24000);
    x.replaces_kind = x.kind;
    x.kind = KIND_REPLACE;
    x.original_line_ref = SLICE("one");
    struct decision d = claim(l, x, "two");
    CHECK_INT(d.outcome, OUTCOME_PASS);
    CHECK_INT(decision_paid(d, "EARNED"), -30000 + 24000);
    CHECK_INT(fund(l)->paid_minor, 24000);
    CHECK_INT(preapproval(l, "A")->reserved_minor, 6000);
    x.original_line_ref = SLICE("two");
    x.document_count = 0;                                               /* refused: the one before stays */
    CHECK_TEXT(decision_reasons(claim(l, x, "three")), "POE_MISSING");
    CHECK_INT(fund(l)->paid_minor, 24000);
}

TEST(takes_back_what_was_paid_in_another_currency)
{
    struct program p = coop();
    p.payout_currency = SLICE("EUR");
    struct ledger_fixture *l = with(p);
    ledger_rate(l, "USD", "EUR", 1, 923510, 20250620);
    ledger_rate(l, "USD", "EUR", 1, 900000, 20250901);
    grant(l, 100000);
    struct decision d = claim(l, event("", 50000, 30000), "m");
    CHECK_INT(decision_paid(d, "EARNED"), 27000);
    d = ledger_decide(l, (struct judged){ .line = a_cancel("m"), .received = 20250925 });
    CHECK(decision_verifies(d));
    CHECK_INT(decision_paid(d, "EARNED"), -27000);
    CHECK_INT(d.section->entries[0].program_amount_minor, -30000);
}
