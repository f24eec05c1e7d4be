/* REVERSE (domain.md 6.6): exactly what is live, once. Amounts in cents. */
#include "support/ledger.h"

#include <stdio.h>

static struct tier ten = { .rate = RATE_PERCENT, .percent_micros = 10000000 };

static struct line reverse(const char *payout_id, const char *line_id, enum cause cause)
{
    struct slice *names = ARENA_ARRAY(test_arena(), 2, struct slice);
    names[0] = slice_from(payout_id);
    names[1] = slice_from(line_id);
    return (struct line){ .kind = KIND_REVERSE,
                          .partner_id = SLICE("N"),
                          .cause = cause,
                          .reason_text = SLICE("found out"),
                          .payout_ids = { names, payout_id ? 1 : 0 },
                          .line_refs = { names + 1, line_id ? 1 : 0 } };
}

static struct decision reversed(struct ledger_fixture *l, struct line z)
{
    struct decision d = ledger_decide(l, (struct judged){ .line = z, .received = 20250601 });
    CHECK(decision_verifies(d));
    return d;
}

static const char *first_entry(struct decision d)
{
    struct slice id = d.section->entries[0].payout_id;
    char *copy = arena_alloc(test_arena(), id.size + 1);
    memcpy(copy, id.bytes, id.size);
    return copy;
}

static struct ledger_fixture *debits(void)
{
    struct ledger_fixture *l = ledger_open();
    struct agreement a = { .revision = 1,
                           .status = AGREEMENT_STATUS_ACTIVE,
                           .issue_date = 20250101,
                           .valid_from = 20250101,
                           .valid_to = 20251231,
                           .blanket = true };
    struct agreement_line line = {
        .line_no = 1, .method = DEBIT_METHOD_DOWN_BY_AMOUNT, .term_micros = 1500000, .authorised_qty_milli = UNITS(500)
    };
    ledger_program(l, ledger_ship_debit("SD"));
    ledger_decide(l, (struct judged){ .line = an_agreement(l, "Q-1", a, line), .received = 20250102 });
    ledger_decide(l, (struct judged){ .line = a_sell_in("B", 500, MICROS(10), 20250105) });
    return l;
}

static int64_t consumed(struct ledger_fixture *l)
{
    const struct agreement_line_row *row =
        ledger_row(l, PAYOUT_AGREEMENT_LINES, LEDGER_KEY(l, SLICE("Q-1"), SLICE("1")));
    return row->consumed_milli;
}

TEST(takes_back_a_claim_and_frees_its_transaction)
{
    struct table t = TABLE(
        "cause            | consumed",
        "AUDIT            | 0",
        "ROLE_MISMATCH    | 0",
        "FRAUD            | 100000");
    while (table_next(&t)) {
        struct ledger_fixture *l = debits();
        ledger_decide(l, (struct judged){ .line = a_claim("S", 100, "Q-1", 20250301), .id = "c" });
        CHECK_INT(consumed(l), UNITS(100));
        struct decision d = reversed(l, reverse(NULL, "c", (enum cause)word_find(VOCABULARY_CAUSE, cell(&t, "cause"))));
        CHECK_INT(decision_paid(d, "EARNED"), -15000);
        CHECK_SLICE(d.section->entries[0].cause, cell(&t, "cause"));
        CHECK(d.section->entries[0].reverses_payout_id.size > 0);
        CHECK_CELL_INT(&t, "consumed", consumed(l));
        CHECK_INT(reversed(l, reverse(NULL, "c", CAUSE_AUDIT)).section->entry_count, 0); /* nothing lives any more */
        d = ledger_decide(
            l, (struct judged){ .line = a_claim("S", 100, "Q-1", 20250301), .id = "again", .received = 20250405 });
        CHECK_INT(decision_paid(d, "EARNED"), 15000);
        struct line back = a_claim("S", -10, "Q-1", 20250610);
        back.original_line_ref = SLICE("c");
        CHECK_TEXT(decision_reasons(ledger_decide(l, (struct judged){ .line = back })), "RETURN_UNMATCHED");
    }
}

TEST(takes_back_what_a_return_left)
{
    struct ledger_fixture *l = debits();
    struct decision paid = ledger_decide(l, (struct judged){ .line = a_claim("S", 3, "Q-1", 20250301), .id = "c" });
    struct line back = a_claim("S", -1, "Q-1", 20250310);
    back.original_line_ref = SLICE("c");
    CHECK_INT(decision_paid(ledger_decide(l, (struct judged){ .line = back }), "EARNED"), -150);
    CHECK_INT(decision_paid(reversed(l, reverse(first_entry(paid), NULL, CAUSE_DATA_ERROR)), "EARNED"), -300);
    CHECK_INT(ledger_paid(l, "SD", "EARNED"), 0);
    CHECK_INT(consumed(l), 0);
}

TEST(withdraws_a_contribution_and_leaves_the_sale)
{
    struct tier tiers[] = { { .rate = RATE_PERCENT, .percent_micros = 1000000 },
                            { .from_micros = MICROS(1000), .rate = RATE_PERCENT, .percent_micros = 2000000 } };
    struct program p = ledger_volume("VR", tiers, 2);
    p.volume.method = TIER_METHOD_RETROACTIVE;
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, p);
    struct decision first =
        ledger_decide(l, (struct judged){ .line = a_sale("A", 6, MICROS(100), 20250210), .id = "a" });
    ledger_decide(l, (struct judged){ .line = a_sale("B", 6, MICROS(100), 20250211), .id = "b" });
    CHECK_INT(ledger_paid(l, "VR", "EARNED"), 2400);
    struct decision d = reversed(l, reverse(first_entry(first), NULL, CAUSE_FRAUD));
    CHECK_INT(decision_paid(d, "EARNED"), -1800);           /* back below the tier: 6.00 of 24.00 stay */
    CHECK_TEXT(d.section->entries[0].cause, "FRAUD");
    CHECK_TEXT(d.section->entries[0].earned_period, "2025-Q1");
    CHECK_TEXT(d.section->entries[0].posted_period, "2025-Q2");
    const struct line_row *row = ledger_row(l, PAYOUT_LINES, LEDGER_KEY(l, SLICE("a")));
    CHECK_INT(row->ended, false);
    CHECK_INT(ledger_decide(l, (struct judged){ .line = a_return("a", 2, 20250605) }).outcome, OUTCOME_PASS);
    CHECK_INT(ledger_paid(l, "VR", "EARNED"), 600);
}

TEST(reverses_a_part_of_a_rebate_with_its_fund)
{
    struct program p = ledger_volume("VR", &ten, 1), co = ledger_volume("CO", NULL, 0);
    p.volume.has_coop_split = true;
    p.volume.coop_split_percent_micros = 40000000;
    p.volume.coop_split_program = SLICE("CO");
    co.incentive = INCENTIVE_MDF;
    co.rank = 600;
    co.has_volume = false;
    co.mdf = (struct mdf_terms){
        .kind = MDF_KIND_COOP, .usage = MDF_USAGE_NEXT_PERIOD, .period = PERIOD_QUARTER, .fiscal_start_month = 1
    };
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, p);
    ledger_program(l, co);
    struct decision sale = ledger_decide(l, (struct judged){ .line = a_sale("A", 1, MICROS(1000), 20250210) });
    CHECK_INT(sale.section->entry_count, 2);
    CHECK_TEXT(sale.section->entries[1].ledger, "FUND");
    struct slice id = sale.section->entries[1].payout_id;
    struct line z = reverse("x", NULL, CAUSE_AUDIT);
    z.payout_ids = (struct texts){ &id, 1 };
    struct decision d = reversed(l, z);
    CHECK_INT(decision_paid(d, "EARNED"), -6000);
    CHECK_INT(decision_paid(d, "FUND"), -4000);
}

TEST(asks_a_person_about_what_it_cannot_find)
{
    struct ledger_fixture *l = debits();
    struct decision d = reversed(l, reverse("nothing", NULL, CAUSE_AUDIT));
    CHECK_INT(d.outcome, OUTCOME_HOLD);
    CHECK_TEXT(decision_reasons(d), "TARGET_UNKNOWN");
    CHECK_TEXT(decision_reasons(reversed(l, reverse(NULL, "nothing", CAUSE_AUDIT))), "TARGET_UNKNOWN");
    struct line early = a_claim("S", 10, "Q-1", 20250301);
    ledger_decide(l, (struct judged){ .line = early, .id = "c" });
    struct line both = reverse(NULL, "c", CAUSE_AUDIT);
    struct slice *names = ARENA_ARRAY(test_arena(), 2, struct slice);
    names[0] = SLICE("c");
    names[1] = SLICE("nothing");
    both.line_refs = (struct texts){ names, 2 };
    CHECK_INT(reversed(l, both).outcome, OUTCOME_HOLD);
    CHECK_INT(ledger_paid(l, "SD", "EARNED"), 1500);        /* all of it or nothing */
}

TEST(moves_manual_money_and_takes_it_back)
{
    struct ledger_fixture *l = ledger_open();
    struct program p = ledger_volume("VR", &ten, 1);
    p.lag_days = 10;
    ledger_program(l, p);
    struct line a = { .kind = KIND_ADJUSTMENT,
                      .partner_id = SLICE("N"),
                      .program_id = SLICE("VR"),
                      .payee_id = SLICE("PAY"),
                      .amount_minor = -1234,
                      .currency = SLICE("USD") };
    struct decision d = ledger_decide(l, (struct judged){ .line = a, .received = 20250520, .id = "a" });
    CHECK(decision_verifies(d));
    CHECK_INT(decision_paid(d, "EARNED"), -1234);
    CHECK_TEXT(d.section->entries[0].payee_id, "PAY");
    CHECK_TEXT(d.section->entries[0].earned_period, "2025-Q2");
    CHECK_INT(d.section->entries[0].payable_on, 20250710);
    CHECK_INT(decision_paid(reversed(l, reverse(NULL, "a", CAUSE_DATA_ERROR)), "EARNED"), 1234);
    a.program_id = SLICE("XX");
    CHECK_TEXT(decision_reasons(ledger_decide(l, (struct judged){ .line = a, .received = 20250520 })), "FIELD_INVALID");
}

TEST(books_what_the_erp_paid)
{
    struct ledger_fixture *l = debits();
    struct decision paid = ledger_decide(l, (struct judged){ .line = a_claim("S", 100, "Q-1", 20250301), .id = "c" });
    struct slice id = paid.section->entries[0].payout_id, wrong = SLICE("nothing");
    struct line e = { .kind = KIND_SETTLEMENT,
                      .partner_id = SLICE("N"),
                      .payout_ids = { &id, 1 },
                      .amount_minor = 10000,
                      .currency = SLICE("USD"),
                      .settled_date = 20250420,
                      .settled_reference = SLICE("CM-1") };
    struct decision d = ledger_decide(l, (struct judged){ .line = e, .received = 20250421 });
    CHECK(decision_verifies(d));
    CHECK_INT(decision_paid(d, "SETTLED"), 10000);
    CHECK_TEXT(d.section->entries[0].program_id, "SD");
    CHECK_TEXT(d.section->entries[0].posted_period, "2025-03");
    CHECK_INT(d.section->entries[0].payable_on, 20250421);
    const struct settlement_row *row = ledger_row(l, PAYOUT_SETTLEMENTS, LEDGER_KEY(l, id));
    CHECK_INT(row->settled_minor, 10000);
    struct slice settled = d.section->entries[0].payout_id;
    e.payout_ids = (struct texts){ &settled, 1 };
    CHECK_TEXT(decision_reasons(ledger_decide(l, (struct judged){ .line = e, .received = 20250421 })), "FIELD_INVALID");
    e.payout_ids = (struct texts){ &wrong, 1 };
    CHECK_TEXT(decision_reasons(ledger_decide(l, (struct judged){ .line = e, .received = 20250421 })),
               "TARGET_UNKNOWN");
    e.payout_ids = (struct texts){ &id, 1 };
    e.currency = SLICE("EUR");
    CHECK_TEXT(decision_reasons(ledger_decide(l, (struct judged){ .line = e, .received = 20250421 })), "FIELD_INVALID");
}

/* 9: whatever was sold, claimed and returned before, reversing every line leaves nothing paid and every balance as it
 * was. */
TEST(leaves_nothing_of_random_lines_that_are_all_reversed)
{
    static const enum tier_method methods[] = { TIER_METHOD_MARGINAL, TIER_METHOD_RETROACTIVE, TIER_METHOD_ROLLING };
    uint64_t seed = test_seed();
    for (unsigned n = 0; n < 8; n++) {
        struct tier tiers[] = { ten, { .from_micros = MICROS(500), .rate = RATE_PERCENT, .percent_micros = 13330000 } };
        struct ledger_fixture *l = debits();
        struct program p = ledger_volume("VR", tiers, 2);
        p.volume.method = methods[n % 3];
        ledger_program(l, p);
        const char *ids[80];
        for (unsigned i = 0; i < 80; i++) {
            char *id = arena_alloc(test_arena(), 8), *invoice = arena_alloc(test_arena(), 8);
            uint64_t dice = test_random(&seed);
            ids[i] = id;
            snprintf(id, 8, "r%u", i);
            snprintf(invoice, 8, "S%u", i / 3);
            struct line line = a_sale(invoice, 1 + (int64_t)(dice >> 8 & 7), MICROS(1 + (dice >> 16 & 31)), 20250301);
            if (i % 3 == 1) line = a_claim(invoice, 1 + (int64_t)(dice >> 8 & 3), "Q-1", 20250301);
            if (i % 3 == 2) line = a_return(ids[i - 2], 1 + (int64_t)(dice >> 8 & 3), 20250310);
            CHECK(decision_verifies(ledger_decide(l, (struct judged){ .line = line, .id = id })));
        }
        CHECK(ledger_paid(l, "SD", "EARNED") > 0 && ledger_paid(l, "VR", "EARNED") > 0);
        for (unsigned i = 80; i-- > 0;)
            if (i % 3 != 2) reversed(l, reverse(NULL, ids[i], CAUSE_AUDIT));
        CHECK_INT(ledger_paid(l, "SD", "EARNED"), 0);
        CHECK_INT(ledger_paid(l, "VR", "EARNED"), 0);
        CHECK_INT(consumed(l), 0);
    }
}
