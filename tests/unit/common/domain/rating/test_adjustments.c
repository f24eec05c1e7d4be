/* The worked examples of domain.md 6.1 to 6.3, and what they leave in the rows. */
#include "support/ledger.h"

static struct ledger_fixture *with_agreement(struct program p, int64_t amount_micros, int64_t authorised)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, p);
    struct agreement_line line = { .method = DEBIT_METHOD_DOWN_BY_AMOUNT,
                                   .term_micros = amount_micros,
                                   .authorised_qty_milli = UNITS(authorised) };
    ledger_decide(
        l, (struct judged){ .line = an_agreement(l, "Q-1", (struct agreement){ 0 }, line), .received = 20250102 });
    return l;
}

static int64_t consumed(struct ledger_fixture *l)
{
    const struct agreement_line_row *row = ledger_row(l, PAYOUT_AGREEMENT_LINES,
                                                      LEDGER_KEY(l, SLICE("Q-1"), SLICE("1")));
    return row->consumed_milli;
}

TEST(takes_back_the_share_of_the_units_that_return)
{
    struct ledger_fixture *l = with_agreement(ledger_ship_debit("SD"), MICROS(2), 100);
    struct decision claim = ledger_decide(l, (struct judged){ .line = a_claim("S1", 100, "Q-1", 20250610), .id = "c" });
    struct decision d = ledger_decide(l, (struct judged){ .line = a_return("c", 30, 20250701) });
    CHECK_INT(d.outcome, OUTCOME_PASS);
    CHECK_INT(decision_paid(d, "EARNED"), -6000);
    CHECK_INT(d.section->entries[0].qty_milli, UNITS(-30));
    CHECK_SLICE(d.section->entries[0].reverses_payout_id, claim.section->entries[0].payout_id);
    CHECK_TEXT(d.section->entries[0].earned_period, "2025-06");
    CHECK_TEXT(d.section->entries[0].posted_period, "2025-07");
    CHECK_INT(consumed(l), UNITS(70));
    CHECK(decision_verifies(d));
    d = ledger_decide(l, (struct judged){ .line = a_return("c", 71, 20250702), .id = "r" });
    CHECK_INT(d.outcome, OUTCOME_HOLD);
    CHECK_TEXT(decision_reasons(d), "RETURN_EXCEEDS_SALE");
}

/* Copied from the original: what its entry says of rate, agreement and payee (domain.md 6), whatever holds today. */
TEST(an_entry_that_takes_back_repeats_what_it_takes_back)
{
    struct program p = ledger_ship_debit("SD");
    p.payout_currency = SLICE("EUR");
    struct ledger_fixture *l = with_agreement(p, MICROS(2), 100);
    ledger_rate(l, "USD", "EUR", 10, 9123456, 20250601);
    struct decision claim = ledger_decide(l, (struct judged){ .line = a_claim("S1", 100, "Q-1", 20250610), .id = "c" });
    ledger_rate(l, "USD", "EUR", 10, 8000000, 20250605);
    struct decision d = ledger_decide(l, (struct judged){ .line = a_return("c", 30, 20250701), .id = "r" });
    struct decision undone = ledger_decide(l, (struct judged){ .line = a_cancel("r") });
    const struct payout *paid = &claim.section->entries[0];
    CHECK_INT(paid->amount_minor, 18247);
    for (unsigned k = 0; k < 2; k++) {
        const struct payout *back = k ? &undone.section->entries[0] : &d.section->entries[0];
        CHECK_INT(back->amount_minor, k ? 5474 : -5474);
        CHECK_SLICE(back->fx_table, paid->fx_table);
        CHECK_INT(back->fx_rate_micros, 9123456);
        CHECK_INT(back->fx_units, 10);
        CHECK_INT(back->fx_date, 20250610);
        CHECK_TEXT(back->authorisation_no, "Q-1");
        CHECK_SLICE(back->payee_id, paid->payee_id);
        CHECK_SLICE(back->payee, paid->payee);
        CHECK_SLICE(back->role, paid->role);
    }
}

TEST(returns_single_units_of_a_line_to_the_cent)
{
    struct ledger_fixture *l = with_agreement(ledger_ship_debit("SD"), MICROS(100), 100);
    struct line claim = a_claim("S1", 3, "Q-1", 20250610);
    claim.claimed_amount_minor = 10001;
    claim.has_claimed_amount_minor = true;
    CHECK_INT(decision_paid(ledger_decide(l, (struct judged){ .line = claim, .id = "c" }), "EARNED"), 10001);
    int64_t want[] = { -3334, -3333, -3334 };
    for (int i = 0; i < 3; i++)
        CHECK_INT(decision_paid(ledger_decide(l, (struct judged){ .line = a_return("c", 1, 20250701) }), "EARNED"),
                  want[i]);
    CHECK_INT(consumed(l), 0);
    CHECK_TEXT(decision_reasons(ledger_decide(l, (struct judged){ .line = a_return("c", 1, 20250701) })),
               "RETURN_EXCEEDS_SALE");
}

TEST(returns_paid_units_first_and_those_no_claim_holds_last)
{
    for (int unpaid_first = 0; unpaid_first < 2; unpaid_first++) {
        struct ledger_fixture *l = with_agreement(ledger_ship_debit("SD"), MICROS(2), 60);
        if (unpaid_first) ledger_policy(l)->return_order = RETURN_ORDER_UNPAID_FIRST;
        ledger_decide(l, (struct judged){ .line = a_sale("S1", 100, MICROS(20), 20250610), .id = "s" });
        struct decision d = ledger_decide(l, (struct judged){ .line = a_claim("S1", 80, "Q-1", 20250610) });
        CHECK_INT(decision_paid(d, "EARNED"), 12000);
        d = ledger_decide(l, (struct judged){ .line = a_return("s", 30, 20250701) });
        CHECK_INT(decision_paid(d, "EARNED"), unpaid_first ? -2000 : -6000);
        d = ledger_decide(l, (struct judged){ .line = a_return("s", 70, 20250701) });
        CHECK_INT(decision_paid(d, "EARNED"), unpaid_first ? -10000 : -6000);
        CHECK_INT(consumed(l), 0);
    }
}

TEST(replaces_a_claim_in_one_decision)
{
    struct ledger_fixture *l = with_agreement(ledger_ship_debit("SD"), 1750000, 600);
    CHECK_INT(decision_paid(ledger_decide(l, (struct judged){ .line = a_claim("S1", 90, "Q-1", 20250610), .id = "c" }),
                            "EARNED"),
              15750);
    struct line x = a_claim("S1", 80, "Q-1", 20250610);
    x.kind = KIND_REPLACE;
    x.replaces_kind = KIND_SHIP_DEBIT_CLAIM;
    x.original_line_ref = SLICE("c");
    struct decision d = ledger_decide(l, (struct judged){ .line = x, .id = "x" });
    CHECK_INT(d.outcome, OUTCOME_PASS);
    CHECK_INT(d.section->entry_count, 2);
    CHECK_INT(d.section->entries[0].amount_minor, -15750);
    CHECK_INT(d.section->entries[1].amount_minor, 14000);
    CHECK_INT(d.section->entries[1].adjustment_no, 1);
    CHECK_INT(consumed(l), UNITS(80));
    CHECK(decision_verifies(d));
    x.authorisation_no = SLICE("Q-9");
    x.original_line_ref = SLICE("x");
    d = ledger_decide(l, (struct judged){ .line = x });
    CHECK_INT(d.outcome, OUTCOME_REJECT);
    CHECK_INT(d.section->entry_count, 0);
    CHECK_INT(consumed(l), UNITS(80));
}

/* Tables that a cancel brings back to what they were: all but lines, transactions, entries and what counts up. */
static const unsigned balances = 1u << PAYOUT_AGREEMENT_LINES | 1u << PAYOUT_AGREEMENTS | 1u << PAYOUT_VOLUMES
                                 | 1u << PAYOUT_CAPS | 1u << PAYOUT_PURCHASES | 1u << PAYOUT_SALES_DAYS;

TEST(a_line_and_its_cancel_leave_every_balance_as_it_was)
{
    struct tier tiers[] = { { .rate = RATE_PERCENT, .percent_micros = 5000000 } };
    struct cap cap = {
        .scope = CAP_SCOPE_PARTNER, .period = PERIOD_MONTH, .has_amount = true, .amount_minor = 1000000
    };
    struct program p = ledger_ship_debit("SD");
    p.caps = &cap;
    p.cap_count = 1;
    struct ledger_fixture *l = with_agreement(p, 1750000, 600);
    ledger_program(l, ledger_volume("VR", tiers, 1));
    ledger_decide(l, (struct judged){ .line = a_sell_in("I1", 500, MICROS(10), 20250201) });
    ledger_decide(l, (struct judged){ .line = a_sale("S0", 7, MICROS(20), 20250610), .id = "s0" });
    ledger_decide(l, (struct judged){ .line = a_claim("S0", 3, "Q-1", 20250610), .id = "c0" });
    ledger_decide(l, (struct judged){ .line = a_cancel("c0") });
    struct slice before = ledger_dump(l, balances);
    ledger_decide(l, (struct judged){ .line = a_sale("S1", 90, MICROS(20), 20250610), .id = "s1" });
    ledger_decide(l, (struct judged){ .line = a_claim("S1", 40, "Q-1", 20250610), .id = "c1" });
    struct decision d = ledger_decide(l, (struct judged){ .line = a_cancel("c1") });
    CHECK_INT(decision_paid(d, "EARNED"), -7000);
    d = ledger_decide(l, (struct judged){ .line = a_cancel("s1") });
    CHECK_INT(decision_paid(d, "EARNED"), -9000);
    struct slice after = ledger_dump(l, balances);
    const struct lots_row *pool = ledger_row(l, PAYOUT_LOTS, LEDGER_KEY(l, SLICE(""), SLICE("P")));
    CHECK_INT(pool->lots[0].remaining_milli, UNITS(493));
    CHECK_INT(pool->net_milli, UNITS(493));
    CHECK(before.size && after.size);
    const struct volume_row *row = ledger_row(l, PAYOUT_VOLUMES,
                                              LEDGER_KEY(l, SLICE("VR"), SLICE("N"), SLICE(""), SLICE("2025-Q2")));
    CHECK_INT(row->amount_minor, 14000);
    CHECK_INT(row->paid_minor, 700);
    CHECK_INT(consumed(l), 0);
    d = ledger_decide(l, (struct judged){ .line = a_cancel("s1") });
    CHECK_INT(d.outcome, OUTCOME_PASS);
    CHECK_INT(d.section->entry_count, 0);
    CHECK_TEXT(decision_reasons(ledger_decide(l, (struct judged){ .line = a_cancel("nobody") })), "TARGET_UNKNOWN");
}

TEST(cancels_a_return_with_the_opposite_entries)
{
    struct tier tiers[] = { { .rate = RATE_PERCENT, .percent_micros = 5000000 } };
    struct ledger_fixture *l = with_agreement(ledger_ship_debit("SD"), MICROS(2), 600);
    ledger_program(l, ledger_volume("VR", tiers, 1));
    ledger_decide(l, (struct judged){ .line = a_sell_in("I1", 500, MICROS(10), 20250201) });
    ledger_decide(l, (struct judged){ .line = a_sale("S1", 90, MICROS(20), 20250610), .id = "s" });
    ledger_decide(l, (struct judged){ .line = a_claim("S1", 40, "Q-1", 20250610), .id = "c" });
    struct decision back = ledger_decide(l, (struct judged){ .line = a_return("s", 30, 20250615), .id = "r" });
    CHECK_INT(decision_paid(back, "EARNED"), -6000 - 3000);
    struct decision d = ledger_decide(l, (struct judged){ .line = a_cancel("r") });
    CHECK_INT(decision_paid(d, "EARNED"), 6000 + 3000);
    CHECK(decision_verifies(d));
    CHECK_INT(consumed(l), UNITS(40));
    back = ledger_decide(l, (struct judged){ .line = a_return("s", 90, 20250615) });
    CHECK_INT(decision_paid(back, "EARNED"), -8000 - 9000);
    const struct lots_row *pool = ledger_row(l, PAYOUT_LOTS, LEDGER_KEY(l, SLICE(""), SLICE("P")));
    CHECK_INT(pool->lots[0].remaining_milli, UNITS(500));
}

/* 5.8: what a return took off T stands there again when the return is cancelled. */
TEST(a_cancelled_return_of_all_stands_on_its_transaction_again)
{
    for (unsigned undone = 0; undone < 2; undone++) {
        struct tier tiers[] = { { .rate = RATE_PERCENT, .percent_micros = 5000000 } };
        struct program p = ledger_volume("VR", tiers, 1);
        p.reduces_lower = true;
        p.rank = 100;
        struct program net = ledger_ship_debit("SD");
        net.stack_base = STACK_BASE_NET_OF_HIGHER_RANK;
        net.ship_debit.cost_basis = COST_BASIS_BOOK_AT_SHIP;
        struct ledger_fixture *l = ledger_open();
        ledger_program(l, net);
        ledger_program(l, p);
        ledger_price(l, "P", MICROS(11), 20250101);
        struct agreement_line line = { .method = DEBIT_METHOD_DOWN_TO,
                                       .term_micros = MICROS(9),
                                       .authorised_qty_milli = UNITS(500) };
        ledger_decide(
            l, (struct judged){ .line = an_agreement(l, "Q-1", (struct agreement){ 0 }, line), .received = 20250102 });
        ledger_decide(l, (struct judged){ .line = a_sale("S1", 10, MICROS(20), 20250610), .id = "s" });
        ledger_decide(l, (struct judged){ .line = a_return("s", 10, 20250615), .id = "r" });
        if (undone) CHECK_INT(ledger_decide(l, (struct judged){ .line = a_cancel("r") }).outcome, OUTCOME_PASS);
        struct decision d = ledger_decide(l, (struct judged){ .line = a_claim("S1", 10, "Q-1", 20250610) });
        CHECK_SLICE(decision_reasons(d), undone ? SLICE("STACKED_NET") : (struct slice){ 0 });
        CHECK_INT(decision_paid(d, "EARNED"), undone ? 2000 - 1000 : 2000);
    }
}

/* 6.2, 6.3: what a cancel left to the return stays taken back when the return is cancelled after it. */
TEST(a_return_of_a_sale_that_is_cancelled_gives_nothing_again)
{
    struct tier tiers[] = { { .rate = RATE_PERCENT, .percent_micros = 5000000 } };
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, ledger_volume("VR", tiers, 1));
    ledger_decide(l, (struct judged){ .line = a_sell_in("I1", 500, MICROS(10), 20250201), .id = "i" });
    ledger_decide(l, (struct judged){ .line = a_sale("S1", 10, MICROS(20), 20250610), .id = "s" });
    ledger_decide(l, (struct judged){ .line = a_return("s", 4, 20250615), .id = "r" });
    CHECK_INT(decision_paid(ledger_decide(l, (struct judged){ .line = a_cancel("s") }), "EARNED"), -600);
    struct decision d = ledger_decide(l, (struct judged){ .line = a_cancel("r") });
    CHECK_INT(d.outcome, OUTCOME_PASS);
    CHECK_INT(d.section->entry_count, 0);
    const struct lots_row *pool = ledger_row(l, PAYOUT_LOTS, LEDGER_KEY(l, SLICE(""), SLICE("P")));
    CHECK_INT(pool->lots[0].remaining_milli, UNITS(500));
    CHECK_INT(pool->net_milli, UNITS(500));
}

TEST(waits_behind_a_sale_that_waits_here)
{
    struct ledger_fixture *l = ledger_open();
    struct tier tiers[] = { { .rate = RATE_PERCENT, .percent_micros = 5000000 } };
    struct program p = ledger_volume("VR", tiers, 1);
    p.currency = p.payout_currency = SLICE("EUR");
    ledger_program(l, p);
    struct judged sale = { .line = a_sale("S1", 5, MICROS(20), 20250610), .id = "s" };
    CHECK_TEXT(decision_reasons(ledger_decide(l, sale)), "FX_RATE_MISSING");
    struct judged linked = { .line = a_return("s", 2, 20250701), .id = "r1" },
                  unlinked = { .line = a_return("", 1, 20250701), .id = "r2" };
    struct decision d = ledger_decide(l, linked);
    CHECK_INT(d.outcome, OUTCOME_PARK);
    CHECK_TEXT(d.verdict->judgement->waiting.on, "target:s");
    d = ledger_decide(l, unlinked);
    CHECK_TEXT(decision_reasons(d), "WAITING_FOR_TARGET");
    CHECK_TEXT(d.verdict->judgement->waiting.on, "match:N/P/C");
    ledger_rate(l, "USD", "EUR", 1, 500000, 20250601);
    d = ledger_decide(l, sale);
    CHECK_INT(decision_paid(d, "EARNED"), 250);
    CHECK(d.verdict->wake_count >= 1);
    CHECK_INT(decision_paid(ledger_decide(l, linked), "EARNED"), -100);
    CHECK_INT(decision_paid(ledger_decide(l, unlinked), "EARNED"), -50);
    d = ledger_decide(l, (struct judged){ .line = a_return("", 3, 20250701), .id = "r3" });
    CHECK_TEXT(decision_reasons(d), "RETURN_UNMATCHED");
}

/* Sales of a day lie a few to a row: an empty row says nothing of the others. */
TEST(finds_what_is_left_of_a_day_of_many_sales)
{
    enum { SALES = 20 };
    struct ledger_fixture *l = ledger_open();
    struct tier tiers[] = { { .rate = RATE_PERCENT, .percent_micros = 5000000 } };
    char id[16], invoice[16];
    ledger_program(l, ledger_volume("VR", tiers, 1));
    for (int i = 0; i < SALES; i++) {
        snprintf(id, sizeof id, "s%d", i);
        snprintf(invoice, sizeof invoice, "S%d", i);
        CHECK_INT(decision_paid(
                      ledger_decide(l, (struct judged){ .line = a_sale(invoice, 5, MICROS(20), 20250610), .id = id }),
                      "EARNED"),
                  500);
    }
    for (int i = SALES - 2; i > 0; i--) {
        snprintf(id, sizeof id, "s%d", i);
        CHECK_INT(decision_paid(ledger_decide(l, (struct judged){ .line = a_return(id, 5, 20250701) }), "EARNED"),
                  -500);
    }
    CHECK_INT(decision_paid(ledger_decide(l, (struct judged){ .line = a_return("", 6, 20250701) }), "EARNED"), -600);
    CHECK_INT(decision_paid(ledger_decide(l, (struct judged){ .line = a_return("", 4, 20250701) }), "EARNED"), -400);
    CHECK_TEXT(decision_reasons(ledger_decide(l, (struct judged){ .line = a_return("", 1, 20250701) })),
               "RETURN_UNMATCHED");
}

TEST(gives_the_recorded_outcome_again)
{
    struct ledger_fixture *l = with_agreement(ledger_ship_debit("SD"), MICROS(2), 10);
    struct judged j = { .line = a_claim("S1", 12, "Q-1", 20250610), .id = "c" };
    struct decision d = ledger_decide(l, j);
    CHECK_TEXT(decision_reasons(d), "QTY_EXCEEDED");
    CHECK(!d.verdict->is_repeat);
    struct slice before = ledger_dump(l, ~0u);
    d = ledger_decide(l, j);
    CHECK(d.verdict->is_repeat);
    CHECK_INT(d.outcome, OUTCOME_SHORT);
    CHECK_TEXT(decision_reasons(d), "QTY_EXCEEDED");
    CHECK_INT(d.section->entry_count, 0);
    CHECK_SLICE(ledger_dump(l, ~0u), before);
}

TEST(goods_stay_gone_while_a_sale_of_the_transaction_stands)
{
    struct ledger_fixture *l = with_agreement(ledger_ship_debit("SD"), MICROS(2), 600);
    ledger_decide(l, (struct judged){ .line = a_sell_in("I1", 500, MICROS(10), 20250201) });
    ledger_decide(l, (struct judged){ .line = a_claim("S1", 60, "Q-1", 20250610), .id = "c" });
    ledger_decide(l, (struct judged){ .line = a_sale("S1", 100, MICROS(20), 20250610), .id = "s" });
    struct slice pool_key = LEDGER_KEY(l, SLICE(""), SLICE("P"));
    CHECK_INT(((const struct lots_row *)ledger_row(l, PAYOUT_LOTS, pool_key))->lots[0].remaining_milli, UNITS(400));
    ledger_decide(l, (struct judged){ .line = a_cancel("c"), .id = "x" });
    CHECK_INT(((const struct lots_row *)ledger_row(l, PAYOUT_LOTS, pool_key))->lots[0].remaining_milli, UNITS(400));
    CHECK_TEXT(decision_reasons(ledger_decide(l, (struct judged){ .line = a_cancel("x") })), "TARGET_UNKNOWN");
    ledger_decide(l, (struct judged){ .line = a_return("s", 100, 20250611) });
    CHECK_INT(((const struct lots_row *)ledger_row(l, PAYOUT_LOTS, pool_key))->lots[0].remaining_milli, UNITS(500));
}

TEST(a_vendor_credit_follows_its_invoice)
{
    struct tier tiers[] = { { .rate = RATE_PERCENT, .percent_micros = 5000000 } };
    struct ledger_fixture *l = ledger_open();
    struct program p = ledger_volume("VR", tiers, 1);
    p.volume.source = VOLUME_SOURCE_SELL_IN;
    p.program_date = DATE_BASIS_INVOICE_DATE;
    ledger_program(l, p);
    struct decision d = ledger_decide(l,
                                      (struct judged){ .line = a_sell_in("I1", 50, MICROS(10), 20250201), .id = "i" });
    CHECK_INT(decision_paid(d, "EARNED"), 2500);
    struct line credit = a_sell_in("CN1", -20, MICROS(10), 20250301);
    credit.original_line_ref = SLICE("i");
    d = ledger_decide(l, (struct judged){ .line = credit, .id = "cn" });
    CHECK_INT(d.outcome, OUTCOME_PASS);
    CHECK_INT(decision_paid(d, "EARNED"), -1000);
    const struct lots_row *pool = ledger_row(l, PAYOUT_LOTS, LEDGER_KEY(l, SLICE(""), SLICE("P")));
    CHECK_INT(pool->lots[0].remaining_milli, UNITS(30));
    const struct purchase_row *march = ledger_row(l, PAYOUT_PURCHASES, LEDGER_KEY(l, SLICE("2025-03")));
    CHECK_INT(march->days[0].amount_minor, -20000);
    d = ledger_decide(l, (struct judged){ .line = a_cancel("i") });
    CHECK_INT(decision_paid(d, "EARNED"), -1500);
    const struct volume_row *row = ledger_row(l, PAYOUT_VOLUMES,
                                              LEDGER_KEY(l, SLICE("VR"), SLICE("N"), SLICE(""), SLICE("2025-Q1")));
    CHECK_INT(row->amount_minor, 0);
    pool = ledger_row(l, PAYOUT_LOTS, LEDGER_KEY(l, SLICE(""), SLICE("P")));
    CHECK_INT(pool->lots[0].remaining_milli, 0);
}

TEST(goods_travel_with_cost_and_date)
{
    struct ledger_fixture *l = ledger_open();
    struct line lot = a_sell_in("I1", 50, MICROS(10), 20250201), out = a_sell_in("", 20, 0, 0);
    lot.location_id = SLICE("A");
    out.kind = KIND_TRANSFER_OUT;
    out.location_id = SLICE("A");
    out.ship_date = 20250301;
    out.order_no = SLICE("T1");
    struct line in = out;
    in.kind = KIND_TRANSFER_IN;
    in.location_id = SLICE("B");
    ledger_decide(l, (struct judged){ .line = lot, .lot_pool_location = true });
    struct judged arrives = { .line = in, .lot_pool_location = true, .id = "in" };
    struct decision d = ledger_decide(l, arrives);
    CHECK_INT(d.outcome, OUTCOME_PARK);
    CHECK_TEXT(decision_reasons(d), "REFERENCE_BEHIND");
    d = ledger_decide(l, (struct judged){ .line = out, .lot_pool_location = true });
    CHECK_SLICE(d.verdict->wakes[0], SLICE("reference:transfer/N/T1/P"));
    CHECK_INT(ledger_decide(l, arrives).outcome, OUTCOME_PASS);
    const struct lots_row *b = ledger_row(l, PAYOUT_LOTS, LEDGER_KEY(l, SLICE("B"), SLICE("P")));
    CHECK_INT(b->lots[0].remaining_milli, UNITS(20));
    CHECK_INT(b->lots[0].receipt_date, 20250201);
    CHECK_INT(b->lots[0].cost_micros, MICROS(10));
}

static struct decision released(struct ledger_fixture *l, struct line line, const char *id)
{
    struct decision d = ledger_decide(l, (struct judged){ .line = line, .id = id });
    CHECK_TEXT(decision_reasons(d), "TARGET_UNKNOWN");
    struct review_effect release = { .verb = VERB_RELEASE, .reviewed = d.verdict->judgement };
    return ledger_decide(l, (struct judged){ .line = line, .id = id, .review = &release });
}

/* domain.md 6.3: in time the line would have been withdrawn or replaced. */
TEST(a_line_that_a_released_correction_names_comes_too_late)
{
    struct tier tiers[] = { { .rate = RATE_PERCENT, .percent_micros = 5000000 } };
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, ledger_volume("VR", tiers, 1));
    struct line replace = a_sale("S1", 4, MICROS(10), 20250610), sale = a_sale("S2", 5, MICROS(10), 20250610);
    replace.kind = KIND_REPLACE;
    replace.replaces_kind = KIND_POS_SALE;
    replace.original_line_ref = SLICE("replaced");
    struct line part = a_cancel("kept");
    part.qty_milli = UNITS(-3);
    CHECK_INT(released(l, a_cancel("cancelled"), "c").outcome, OUTCOME_PASS);
    CHECK_INT(released(l, part, "p").outcome, OUTCOME_PASS);
    CHECK_INT(decision_paid(released(l, replace, "x"), "EARNED"), 200);
    struct decision d = ledger_decide(l, (struct judged){ .line = sale, .id = "cancelled" });
    CHECK_TEXT(decision_reasons(d), "WITHDRAWN");
    CHECK_SLICE(d.verdict->judgement->reasons[0].arguments[0].value, SLICE("c"));
    d = ledger_decide(l, (struct judged){ .line = sale, .id = "replaced" });
    CHECK_TEXT(decision_reasons(d), "DUPLICATE");
    CHECK_SLICE(d.verdict->judgement->reasons[0].arguments[0].value, SLICE("x"));
    CHECK_TEXT(decision_reasons(ledger_decide(l, (struct judged){ .line = sale, .id = "replaced" })), "DUPLICATE");
    CHECK_INT(decision_paid(ledger_decide(l, (struct judged){ .line = sale, .id = "kept" }), "EARNED"), 250);
    CHECK_INT(ledger_paid(l, "VR", "EARNED"), 450);
}

/* domain.md 6.3: a CANCEL followed by a REPLACE of the same original is the same; beside what stands nothing is paid. */
TEST(what_a_released_correction_expects_was_not_decided)
{
    struct tier tiers[] = { { .rate = RATE_PERCENT, .percent_micros = 5000000 } };
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, ledger_volume("VR", tiers, 1));
    struct line replace = a_sale("S1", 4, MICROS(10), 20250610);
    replace.kind = KIND_REPLACE;
    replace.replaces_kind = KIND_POS_SALE;
    replace.original_line_ref = SLICE("late");
    CHECK_INT(released(l, a_cancel("late"), "c").outcome, OUTCOME_PASS);
    CHECK_INT(decision_paid(released(l, replace, "x"), "EARNED"), 200);
    struct decision d = released(l, replace, "y");
    CHECK_TEXT(decision_reasons(d), "DUPLICATE");
    CHECK_SLICE(d.verdict->judgement->reasons[0].arguments[0].value, SLICE("x"));
    CHECK_TEXT(decision_reasons(ledger_decide(l, (struct judged){ .line = a_cancel("late") })), "TARGET_UNKNOWN");
    struct line operator = { .kind = KIND_ADJUSTMENT, .partner_id = SLICE("N"), .program_id = SLICE("VR"),
                             .amount_minor = 100, .payee_id = SLICE("N"), .reason_text = SLICE("r") };
    CHECK_INT(released(l, a_cancel("money"), "m").outcome, OUTCOME_PASS);
    CHECK_INT(ledger_decide(l, (struct judged){ .line = operator, .id = "money", .received = 20250611 }).outcome,
              OUTCOME_PASS);
    CHECK_INT(ledger_paid(l, "VR", "EARNED"), 300);
}

/* Taken back by halves the books would not balance. */
TEST(nothing_is_taken_back_under_a_program_that_is_not_on_file)
{
    struct tier tiers[] = { { .rate = RATE_PERCENT, .percent_micros = 5000000 } };
    struct ledger_fixture *l = with_agreement(ledger_ship_debit("SD"), MICROS(2), 600);
    ledger_program(l, ledger_volume("VR", tiers, 1));
    ledger_decide(l, (struct judged){ .line = a_sale("S1", 90, MICROS(20), 20250610), .id = "s" });
    ledger_decide(l, (struct judged){ .line = a_claim("S1", 40, "Q-1", 20250610), .id = "c" });
    struct line reverse = { .kind = KIND_REVERSE, .partner_id = SLICE("N"), .cause = CAUSE_AUDIT };
    struct slice both[] = { SLICE_INIT("s"), SLICE_INIT("c") };
    reverse.line_refs = (struct texts){ both, 2 };
    struct slice before = ledger_dump(l, 1u << PAYOUT_VOLUMES | 1u << PAYOUT_AGREEMENT_LINES | 1u << PAYOUT_LOTS);
    ledger_forget_programs(l);
    struct line corrections[] = { a_cancel("s"), a_cancel("c"), a_return("s", 30, 20250701), reverse };
    for (unsigned i = 0; i < sizeof corrections / sizeof corrections[0]; i++) {
        struct decision d = ledger_decide(l, (struct judged){ .line = corrections[i], .received = 20250702 });
        CHECK_INT(d.outcome, OUTCOME_HOLD);
        CHECK_TEXT(decision_reasons(d), "DATA_CONFLICT");
        CHECK_INT(d.section->entry_count, 0);
    }
    CHECK_SLICE(ledger_dump(l, 1u << PAYOUT_VOLUMES | 1u << PAYOUT_AGREEMENT_LINES | 1u << PAYOUT_LOTS), before);
}

/* 6.3: claims on a sale that is cancelled, replaced or reported smaller stay as decided; who did that names them. */
TEST(who_takes_a_sale_back_names_the_claims_that_stay_paid_on_it)
{
    struct table t = TABLE(
        "sold  claimed  kind     again  invoice  taken  | left",
        "10    10       CANCEL   0      S1       no     | 1",
        "10    10       CANCEL   0      S1       yes    | 0",       /* the claim was cancelled before its sale */
        "10    0        CANCEL   0      S1       no     | 0",
        "10    10       REPLACE  10     S1       no     | 0",
        "10    10       REPLACE  9      S1       no     | 1",
        "10    9        REPLACE  9      S1       no     | 0",
        "10    10       REPLACE  10     S2       no     | 1");
    while (table_next(&t)) {
        struct ledger_fixture *l = with_agreement(ledger_ship_debit("SD"), MICROS(2), 100);
        ledger_decide(l, (struct judged){ .line = a_sale("S1", cell_int(&t, "sold"), MICROS(9), 20250610), .id = "s" });
        struct line claim = a_claim("S1", cell_int(&t, "claimed"), "Q-1", 20250610), back = a_cancel("s");
        claim.claim_id = SLICE("K-7");
        if (claim.qty_milli) {
            struct decision paid = ledger_decide(l, (struct judged){ .line = claim, .id = "c" });
            CHECK_TEXT(paid.section->entries[0].claim_id, "K-7");
        }
        if (cell_yes(&t, "taken")) {
            struct decision taken = ledger_decide(l, (struct judged){ .line = a_cancel("c"), .received = 20250611 });
            CHECK_TEXT(taken.section->entries[0].claim_id, "K-7");
        }
        if (slice_equal(cell(&t, "kind"), SLICE("REPLACE"))) {
            back = a_sale("", cell_int(&t, "again"), MICROS(9), 20250610);
            back.invoice_no = cell(&t, "invoice");
            back.kind = KIND_REPLACE;
            back.replaces_kind = KIND_POS_SALE;
            back.original_line_ref = SLICE("s");
        }
        struct decision d = ledger_decide(l, (struct judged){ .line = back, .received = 20250612 });
        CHECK_INT(d.outcome, OUTCOME_PASS);
        CHECK_CELL_INT(&t, "left", d.section->claims_left.count);
        if (d.section->claims_left.count) CHECK_TEXT(d.section->claims_left.items[0], "c");
    }
}
