/* Net purchases (domain.md 4.2 caps, 4.4, 11 on 5.2) of long periods and of many days. */
#include "support/ledger.h"

#include <stdio.h>

/* A share of what was bought in the whole life of a program. */
static struct ledger_fixture *ledger_of_a_share(int32_t valid_from)
{
    static struct cap cap;
    struct ledger_fixture *l = ledger_open();
    struct program p = ledger_ship_debit("SD");
    struct agreement_line line = { .method = DEBIT_METHOD_DOWN_BY_AMOUNT, .term_micros = MICROS(1),
                                   .authorised_qty_milli = UNITS(100000) };
    struct agreement a = { .issue_date = 20150101, .valid_from = 20150101, .valid_to = 20991231 };
    cap = (struct cap){ .scope = CAP_SCOPE_PARTNER, .period = PERIOD_PROGRAM, .has_percent = true,
                        .percent_of_purchases_micros = 10000000, .base = PURCHASE_BASE_SAME };
    p.valid_from = valid_from;
    p.caps = &cap;
    p.cap_count = 1;
    ledger_program(l, p);
    ledger_decide(l, (struct judged){ .line = an_agreement(l, "Q-1", a, line), .received = 20150102 });
    return l;
}

TEST(a_program_without_an_end_knows_what_was_bought_since_it_began)
{
    struct table t = TABLE(
        "began     bought    claimed   | paid   reasons",
        "20250101  20250101  20250510  | 1000   CAP_REACHED",
        "20250101  20241231  20250510  | 0      CAP_REACHED",
        "20250101  20250509  20250510  | 1000   CAP_REACHED",
        "20160201  20160201  20260131  | 1000   CAP_REACHED",      /* 120 months, and a day more */
        "20160201  20160201  20260201  | 0      NUMBER_OVERFLOW");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_of_a_share((int32_t)cell_int(&t, "began"));
        int32_t bought = (int32_t)cell_int(&t, "bought"), claimed = (int32_t)cell_int(&t, "claimed");
        ledger_decide(l, (struct judged){ .line = a_sell_in("V1", 10, MICROS(10), bought) });
        struct decision d = ledger_decide(l, (struct judged){ .line = a_claim("S1", 500, "Q-1", claimed) });
        CHECK_CELL_INT(&t, "paid", decision_paid(d, "EARNED"));
        CHECK_CELL(&t, "reasons", decision_reasons(d));
    }
}

static struct slice buy(struct ledger_fixture *l, unsigned number)
{
    static const char *const currencies[] = { "USD", "EUR", "GBP", "JPY", "KWD" };
    char *invoice = arena_alloc(test_arena(), 16);
    snprintf(invoice, 16, "V%u", number);
    struct line bought = a_sell_in(invoice, 1, MICROS(10), 20250101 + (int32_t)(number % 31));
    bought.vendor_part = SLICE("Z");
    bought.currency = slice_from(currencies[number / 31]);
    return decision_reasons(ledger_decide(l, (struct judged){ .line = bought }));
}

TEST(a_month_has_128_days_and_currencies_and_one_more_is_held)
{
    struct ledger_fixture *l = ledger_open();
    for (unsigned i = 0; i < 128; i++) CHECK_TEXT(buy(l, i), "NO_PROGRAM");
    CHECK_TEXT(buy(l, 128), "NUMBER_OVERFLOW");
    CHECK_TEXT(buy(l, 0), "NO_PROGRAM");
}

static int64_t bought_in(struct ledger_fixture *l, const char *month)
{
    const struct purchase_row *row = ledger_row(l, PAYOUT_PURCHASES, LEDGER_KEY(l, slice_from(month)));
    int64_t sum = 0;
    for (unsigned i = 0; i < row->days_count; i++) sum += row->days[i].amount_minor;
    return sum;
}

/* 28 at 265.868 are 7444.30; a quarter of it is 1861.075: what is left is exactly the rest (6.1). */
TEST(a_cancelled_purchase_leaves_what_a_credit_took_back)
{
    for (int has_price = 0; has_price < 2; has_price++) {
        struct ledger_fixture *l = ledger_open();
        ledger_decide(l, (struct judged){ .line = a_sell_in("V1", 28, 265868000, 20250210), .id = "v" });
        struct line credit = a_sell_in("V2", -7, 265868000, 20250310);
        credit.original_line_ref = SLICE("v");
        credit.has_unit_price_micros = has_price;
        ledger_decide(l, (struct judged){ .line = credit, .received = 20250310 });
        ledger_decide(l, (struct judged){ .line = a_cancel("v"), .received = 20250311 });
        CHECK_INT(bought_in(l, "2025-02"), 186108);
        CHECK_INT(bought_in(l, "2025-03"), -186108);
    }
}
