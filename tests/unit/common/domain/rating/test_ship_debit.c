/* The worked examples of domain.md 5.1. */
#include "support/ledger.h"

static void agree(struct ledger_fixture *l, struct agreement_line line)
{
    struct decision d = ledger_decide(l, (struct judged){ .line = an_agreement(l, "Q-1", (struct agreement){ 0 }, line), .received = 20250102 });
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
    agree(l, (struct agreement_line){ .method = DEBIT_METHOD_DOWN_TO, .term_micros = MICROS(100), .authorised_qty_milli = UNITS(3000) });
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
    agree(l, (struct agreement_line){ .method = DEBIT_METHOD_DOWN_TO, .term_micros = MICROS(100), .authorised_qty_milli = UNITS(3000) });
    struct decision d = ledger_decide(l, (struct judged){ .line = a_claim("S1", 2500, "Q-1", 20250610) });
    CHECK_INT(decision_paid(d, "EARNED"), 4472222);
    CHECK(decision_verifies(d));
}
