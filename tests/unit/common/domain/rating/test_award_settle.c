/* R7 to R11 and what each reason says that it cut (domain.md 5.0, 7): together it is the refused amount. */
#include "support/ledger.h"

/* "CODE cut/units CODE cut": of each reason in its order. */
static struct slice cuts_of(struct decision d)
{
    struct text t = text_in(test_arena(), 512);
    for (unsigned i = 0; i < d.verdict->judgement->reason_count; i++) {
        const struct reason *r = &d.verdict->judgement->reasons[i];
        if (i) text_put_byte(&t, ' ');
        text_put(&t, reason_name(r->code));
        text_put_byte(&t, '=');
        text_put_int(&t, r->cut_minor);
        if (r->cut_qty_milli == 0) continue;
        text_put_byte(&t, '/');
        text_put_int(&t, r->cut_qty_milli / 1000);
    }
    return text_slice(&t);
}

/* DOWN_BY_AMOUNT 2.00 a unit on an agreement of 100, resale at most 50.00 and reduced above. */
static struct ledger_fixture *with_terms(const struct table *t)
{
    struct ledger_fixture *l = ledger_open();
    struct program p = ledger_ship_debit("SD");
    struct cap cap = { .scope = CAP_SCOPE_PARTNER, .period = PERIOD_PROGRAM, .amount_minor = cell_int(t, "cap"),
                       .has_amount = true };
    p.ship_debit.resale_above = RESALE_ABOVE_REDUCE;
    p.ship_debit.resale_share_percent_micros = 100000000;
    p.ship_debit.min_debit_minor = cell_int(t, "least");
    if (cell_int(t, "cap")) {
        p.caps = &cap;
        p.cap_count = 1;
    }
    ledger_program(l, p);
    struct agreement_line line = { .method = DEBIT_METHOD_DOWN_BY_AMOUNT, .term_micros = MICROS(2),
                                   .authorised_qty_milli = UNITS(100), .resale_policy = RESALE_POLICY_MAX,
                                   .resale_max_micros = MICROS(50) };
    struct agreement a = { .amount_limit_minor = cell_int(t, "limit") };
    ledger_decide(l, (struct judged){ .line = an_agreement(l, "Q-1", a, line), .received = 20250102 });
    return l;
}

TEST(each_reason_says_what_it_cut_in_the_order_of_the_steps)
{
    struct table t = TABLE(
        "qty  unit     resale    least  cap    limit  received  | outcome  paid   refused  cuts",
        "10   0        50000000  0      0      0      20250611  | PASS     2000   0        -",
        "10   2000000  50000000  0      0      0      20250611  | PASS     2000   0        -",
        "10   2001000  50000000  0      0      0      20250611  | PASS     2000   1        -",        /* tolerance */
        "10   2002000  50000000  0      0      0      20250611  | SHORT    2000   2        COST_MISMATCH=2",
        "10   1990000  50000000  0      0      0      20250611  | PASS     1990   0        CLAIMED_BELOW_ENTITLED=0",
        "120  2500000  50000000  0      0      0      20250611  | SHORT    20000  10000    "
        "QTY_EXCEEDED=5000/20 COST_MISMATCH=5000",
        "120  0        50000000  0      0      0      20250611  | SHORT    20000  0        QTY_EXCEEDED=0/20",
        "10   2200000  50500000  0      0      0      20250611  | SHORT    1500   700      "
        "COST_MISMATCH=200 RESALE_REDUCED=500",
        "10   1800000  50500000  0      0      0      20250611  | SHORT    1500   300      "
        "COST_MISMATCH=0 RESALE_REDUCED=300",
        "10   1500000  50500000  0      0      0      20250611  | SHORT    1500   0        RESALE_REDUCED=0",
        "10   2000000  50000000  2000   0      0      20250611  | PASS     2000   0        -",
        "10   2500000  50000000  2001   0      0      20250611  | REJECT   0      2500     "
        "BELOW_MIN_DEBIT=2000 COST_MISMATCH=500",
        "10   2500000  50000000  0      1200   0      20250611  | SHORT    1200   1300     "
        "COST_MISMATCH=500 CAP_REACHED=800",
        "10   2500000  50000000  0      1200   1500   20250611  | SHORT    1200   1300     "
        "COST_MISMATCH=500 CAP_REACHED=800",
        "10   2500000  50000000  0      0      1500   20250611  | SHORT    1500   1000     "
        "COST_MISMATCH=500 CAP_REACHED=500",
        "10   2500000  50000000  0      2000   2000   20250611  | SHORT    2000   500      COST_MISMATCH=500",
        "120  2000000  50000000  0      0      0      20250725  | SHORT    20000  4000     QTY_EXCEEDED=4000/20",
        "10   2500000  50000000  0      0      0      20250726  | REJECT   0      2500     "
        "LATE_CLAIM=2000 COST_MISMATCH=500",
        "120  2500000  50000000  0      0      0      20250726  | REJECT   0      30000    "
        "LATE_CLAIM=20000 QTY_EXCEEDED=5000/20 COST_MISMATCH=5000");
    while (table_next(&t)) {
        struct ledger_fixture *l = with_terms(&t);
        struct line claim = a_claim("S1", cell_int(&t, "qty"), "Q-1", 20250610);
        claim.resale_unit_micros = cell_int(&t, "resale");
        claim.has_resale_unit_micros = true;
        claim.claimed_debit_unit_micros = cell_int(&t, "unit");
        claim.has_claimed_debit_unit_micros = claim.claimed_debit_unit_micros > 0;
        struct decision d =
            ledger_decide(l, (struct judged){ .line = claim, .received = (int32_t)cell_int(&t, "received") });
        CHECK_CELL(&t, "outcome", word_text(VOCABULARY_OUTCOME, (int)d.outcome));
        CHECK_CELL_INT(&t, "paid", decision_paid(d, "EARNED"));
        CHECK_CELL_INT(&t, "refused", d.section->programs[0].refused_minor);
        CHECK_CELL(&t, "cuts", cuts_of(d));
        CHECK(decision_verifies(d));
    }
}
