/* The worked examples of domain.md 5.5, and both sides of its edges. */
#include "support/ledger.h"

static struct program a_deal_program(const char *id)
{
    struct program p = ledger_ship_debit(id);
    p.incentive = INCENTIVE_DEAL_REGISTRATION;
    p.rank = 300;
    p.program_date = DATE_BASIS_ORDER_DATE;
    p.claim = (struct claim_terms){ true, 90, ANCHOR_ORDER_DATE, 1 };
    p.deal = (struct deal_terms){ .approval = DEAL_APPROVAL_AUTO,
                                 .conflict = DEAL_CONFLICT_EXCLUSIVE,
                                 .protection_days = 90,
                                 .max_extensions = 1,
                                 .extension_days = 90,
                                 .bonus = RATE_PERCENT,
                                 .bonus_percent_micros = 6000000,
                                 .bonus_of = BONUS_OF_RESALE };
    return p;
}

static struct line a_registration(struct ledger_fixture *l, struct deal_registration deal)
{
    struct deal_registration *kept = ARENA_NEW(ledger_arena(l), struct deal_registration);
    if (!deal.family.size && !deal.products.count) deal.family = SLICE("F");
    *kept = deal;
    return (struct line){
        .kind = KIND_DEAL_REGISTRATION,
        .partner_id = SLICE("N"),
        .deal_reg_no = SLICE("A"),
        .program_id = SLICE("DR"),
        .currency = SLICE("USD"),
        .deal = kept,
        .end_customer = { .name = SLICE("Alder"), .id = SLICE("C"), .key = SLICE("C"), .country = SLICE("US") }};
}

static struct decision registers(struct ledger_fixture *l, int32_t received, struct deal_registration deal)
{
    return ledger_decide(l, (struct judged){ .line = a_registration(l, deal), .received = received });
}

static struct line a_deal_claim(const char *invoice, int64_t qty, int64_t resale_micros, int32_t order_date)
{
    struct line l = a_sale(invoice, qty, resale_micros, order_date);
    l.kind = KIND_DEAL_CLAIM;
    l.order_date = order_date;
    l.deal_reg_no = SLICE("A");
    return l;
}

static const struct deal_row *deal_of(struct ledger_fixture *l)
{
    return ledger_row(l, PAYOUT_DEALS, LEDGER_KEY(l, SLICE("A")));
}

TEST(protects_orders_from_receipt_to_the_last_day)
{
    struct table t = TABLE(
        "ordered   received  | outcome  reasons",
        "20250109  20250110  | REJECT   ORDER_BEFORE_REGISTRATION",
        "20250110  20250110  | PASS     -",
        "20250410  20250410  | PASS     -",
        "20250411  20250411  | REJECT   REG_EXPIRED",
        "20250410  20250709  | PASS     -",
        "20250410  20250710  | REJECT   LATE_CLAIM");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        ledger_program(l, a_deal_program("DR"));
        CHECK_INT(registers(l, 20250110, (struct deal_registration){ .qty_milli = UNITS(1000) }).outcome, OUTCOME_PASS);
        struct judged j = { .line = a_deal_claim("S1", 1, MICROS(100), (int32_t)cell_int(&t, "ordered")),
                           .received = (int32_t)cell_int(&t, "received") };
        struct decision d = ledger_decide(l, j);
        CHECK_CELL(&t, "outcome", word_text(VOCABULARY_OUTCOME, (int)d.outcome));
        CHECK_CELL(&t, "reasons", decision_reasons(d));
        CHECK_INT(d.section->programs[0].claim_minor, 600);
        CHECK_INT(decision_paid(d, "EARNED"), d.outcome == OUTCOME_PASS ? 600 : 0);
        CHECK_INT(deal_of(l)->status, d.outcome == OUTCOME_PASS ? DEAL_STATUS_WON : DEAL_STATUS_APPROVED);
        CHECK(decision_verifies(d));
    }
}

/* R4 names the window before the transaction; no step of G asks it. */
TEST(a_late_claim_on_what_is_paid_already_hears_both)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, a_deal_program("DR"));
    registers(l, 20250110, (struct deal_registration){ .qty_milli = UNITS(1000) });
    ledger_decide(l, (struct judged){ .line = a_deal_claim("S1", 1, MICROS(100), 20250201) });
    struct line again = a_deal_claim("S1", 1, MICROS(100), 20250201);
    CHECK_TEXT(decision_reasons(ledger_decide(l, (struct judged){ .line = again, .received = 20250502 })),
               "DUPLICATE_TRANSACTION");
    CHECK_TEXT(decision_reasons(ledger_decide(l, (struct judged){ .line = again, .received = 20250503 })),
               "DUPLICATE_TRANSACTION LATE_CLAIM");
}

TEST(a_revision_changes_what_it_says_alone)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, a_deal_program("DR"));
    registers(l, 20250110, (struct deal_registration){ .qty_milli = UNITS(10), .value_minor = 900000 });
    struct line revision = a_registration(l, (struct deal_registration){ .revision = 1, .extension = true });
    revision.end_customer = (struct party){ 0 };
    revision.program_id = (struct slice){ 0 };                          /* classification names it */
    CHECK_INT(ledger_decide(l, (struct judged){ .line = revision, .received = 20250201 }).outcome, OUTCOME_PASS);
    CHECK_INT(deal_of(l)->revision, 1);
    CHECK_INT(deal_of(l)->qty_milli, UNITS(10));
    CHECK_INT(deal_of(l)->value_minor, 900000);
    CHECK_TEXT(deal_of(l)->customer_key, "C");
    CHECK_TEXT(deal_of(l)->country, "US");
}

TEST(a_claim_that_pays_nothing_wins_no_deal_and_one_beyond_it_says_by_how_much)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, a_deal_program("DR"));
    registers(l, 20250110, (struct deal_registration){ .qty_milli = UNITS(10) });
    CHECK_INT(ledger_decide(l, (struct judged){ .line = a_deal_claim("S1", 4, 0, 20250201) }).outcome, OUTCOME_PASS);
    CHECK_INT(deal_of(l)->status, DEAL_STATUS_APPROVED);
    struct decision d = ledger_decide(l, (struct judged){ .line = a_deal_claim("S2", 9, MICROS(100), 20250201) });
    CHECK_TEXT(decision_reasons(d), "REG_QTY_EXCEEDED");
    CHECK_TEXT(d.verdict->judgement->reasons[0].arguments[0].value, "3");
    CHECK_INT(decision_paid(d, "EARNED"), 3600);
    CHECK_INT(deal_of(l)->status, DEAL_STATUS_WON);
}

TEST(pays_the_share_of_the_place)
{
    struct table t = TABLE(
        "share      percent  resale      | paid",
        "100000000  6000000  18750000000 | 112500",
        "50000000   6000000  18750000000 | 56250",
        "100000000  2500000  7333330000  | 18333");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        struct program p = a_deal_program("DR");
        p.deal.bonus_percent_micros = cell_int(&t, "percent");
        ledger_program(l, p);
        registers(l, 20250110, (struct deal_registration){ .qty_milli = UNITS(10) });
        struct deal_row row = *deal_of(l);
        CHECK_INT(row.share_percent_micros, 100000000);
        struct judged j = { .line =
                                a_registration(l, (struct deal_registration){ .qty_milli = UNITS(10), .revision = 1 }),
                            .received = 20250111,
                            .deal_share_percent_micros = cell_int(&t, "share") };
        l = ledger_open();
        ledger_program(l, p);
        ledger_decide(l, j);
        struct decision d =
            ledger_decide(l, (struct judged){ .line = a_deal_claim("S1", 1, cell_int(&t, "resale"), 20250201) });
        CHECK_CELL_INT(&t, "paid", decision_paid(d, "EARNED"));
        CHECK_TEXT(d.section->entries[0].deal_reg_no, "A");
        CHECK(decision_verifies(d));
    }
}

TEST(keeps_the_share_and_the_first_day_over_revisions)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, a_deal_program("DR"));
    struct judged j = { .line = a_registration(l, (struct deal_registration){ .qty_milli = UNITS(10) }),
                       .received = 20250110,
                       .deal_share_percent_micros = 50000000 };
    ledger_decide(l, j);
    j = (struct judged){ .line = a_registration(l, (struct deal_registration){ .qty_milli = UNITS(20), .revision = 1 }),
                        .received = 20250201,
                        .deal_share_percent_micros = 100000000 };
    CHECK_INT(ledger_decide(l, j).outcome, OUTCOME_PASS);
    CHECK_INT(deal_of(l)->share_percent_micros, 50000000);
    CHECK_INT(deal_of(l)->received_date, 20250110);
    CHECK_INT(deal_of(l)->qty_milli, UNITS(20));
    struct decision d = registers(l, 20250202, (struct deal_registration){ .qty_milli = UNITS(30), .revision = 1 });
    CHECK_TEXT(decision_reasons(d), "STALE_REVISION");
    CHECK_INT(deal_of(l)->qty_milli, UNITS(20));
}

TEST(extends_protection_while_it_runs_and_not_too_often)
{
    struct table t = TABLE(
        "first     second    | last",
        "20250410  _         | 20250709",
        "20250411  _         | 20250410",
        "20250301  20250302  | 20250709");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        ledger_program(l, a_deal_program("DR"));
        registers(l, 20250110, (struct deal_registration){ .qty_milli = UNITS(10) });
        registers(l, (int32_t)cell_int(&t, "first"), (struct deal_registration){ .extension = true, .revision = 1 });
        if (!cell_is_default(&t, "second"))
            registers(l, (int32_t)cell_int(&t, "second"),
                      (struct deal_registration){ .extension = true, .revision = 2 });
        CHECK_CELL_INT(&t, "last", deal_of(l)->last_day);
        CHECK_INT(deal_of(l)->qty_milli, UNITS(10));
    }
}

TEST(pays_orders_from_before_a_withdrawal_only)
{
    struct table t = TABLE(
        "ordered   | reasons",
        "20250228  | -",
        "20250301  | REG_EXPIRED");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        ledger_program(l, a_deal_program("DR"));
        registers(l, 20250110, (struct deal_registration){ .qty_milli = UNITS(10) });
        registers(l, 20250301, (struct deal_registration){ .withdrawn = true, .revision = 1 });
        CHECK_INT(deal_of(l)->status, DEAL_STATUS_CLOSED);
        struct judged j = { .line = a_deal_claim("S1", 1, MICROS(100), (int32_t)cell_int(&t, "ordered")),
                           .received = 20250305 };
        CHECK_CELL(&t, "reasons", decision_reasons(ledger_decide(l, j)));
        CHECK_INT(deal_of(l)->status, DEAL_STATUS_CLOSED);
    }
}

TEST(refuses_what_was_not_registered_here)
{
    struct table t = TABLE(
        "deal  customer  family  site | reasons",
        "B     C         F       N    | REG_MISSING",
        "A     D         F       N    | REG_MISMATCH",
        "A     C         G       N    | REG_MISMATCH",
        "A     C         F       N2   | REG_NOT_YOURS",
        "A     C         f       N    | -");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        ledger_program(l, a_deal_program("DR"));
        struct line registration =
            a_registration(l, (struct deal_registration){ .qty_milli = UNITS(10),
                                                         .family = slice_copy(test_arena(), cell(&t, "family")) });
        registration.partner_id = slice_copy(test_arena(), cell(&t, "site"));
        ledger_decide(l, (struct judged){ .line = registration, .received = 20250110 });
        struct line claim = a_deal_claim("S1", 1, MICROS(100), 20250201);
        claim.deal_reg_no = slice_copy(test_arena(), cell(&t, "deal"));
        claim.sold_to.name = claim.sold_to.id = claim.sold_to.key = slice_copy(test_arena(), cell(&t, "customer"));
        CHECK_CELL(&t, "reasons", decision_reasons(ledger_decide(l, (struct judged){ .line = claim })));
    }
}

/* G3: products where the registration names some, else the family. */
TEST(pays_on_what_was_registered_alone)
{
    struct table t = TABLE(
        "family  first  second | outcome  reasons",
        "F       -      -      | PASS     -",
        "f       -      -      | PASS     -",
        "G       -      -      | REJECT   REG_MISMATCH",
        "G       sku:P  -      | PASS     -",
        "F       sku:Q  -      | REJECT   REG_MISMATCH",
        "-       sku:Q  sku:P  | PASS     -",
        "-       sku:Q  line:L | PASS     -",
        "-       sku:Q  line:M | REJECT   REG_MISMATCH");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        struct slice items[] = { cell(&t, "first"), cell(&t, "second") };
        struct texts products = { items, (items[0].size > 0) + (items[1].size > 0) };
        ledger_program(l, a_deal_program("DR"));
        registers(l, 20250110, (struct deal_registration){ .family = cell(&t, "family"), .products = products,
                                                           .qty_milli = UNITS(10) });
        struct decision d = ledger_decide(l, (struct judged){ .line = a_deal_claim("S1", 1, MICROS(100), 20250120),
                                                              .received = 20250121 });
        CHECK_CELL(&t, "outcome", word_text(VOCABULARY_OUTCOME, (int)d.outcome));
        CHECK_CELL(&t, "reasons", decision_reasons(d));
    }
}

TEST(pays_up_to_the_registered_quantity_and_its_tolerance)
{
    struct table t = TABLE(
        "tolerance  before  qty | paid  outcome  reasons",
        "0          0       10  | 6000  PASS     -",
        "0          0       11  | 6000  SHORT    REG_QTY_EXCEEDED",
        "10000000   0       11  | 6600  PASS     -",
        "10000000   10      2   | 600   SHORT    REG_QTY_EXCEEDED",
        "0          10      1   | 0     REJECT   REG_QTY_EXCEEDED");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        struct program p = a_deal_program("DR");
        p.deal.qty_tolerance_percent_micros = cell_int(&t, "tolerance");
        ledger_program(l, p);
        registers(l, 20250110, (struct deal_registration){ .qty_milli = UNITS(10) });
        if (cell_int(&t, "before"))
            ledger_decide(l,
                          (struct judged){ .line = a_deal_claim("S0", cell_int(&t, "before"), MICROS(100), 20250201) });
        struct decision d =
            ledger_decide(l, (struct judged){ .line = a_deal_claim("S1", cell_int(&t, "qty"), MICROS(100), 20250202) });
        CHECK_CELL(&t, "outcome", word_text(VOCABULARY_OUTCOME, (int)d.outcome));
        CHECK_CELL(&t, "reasons", decision_reasons(d));
        CHECK_CELL_INT(&t, "paid", decision_paid(d, "EARNED"));
        CHECK(decision_verifies(d));
    }
}

TEST(gives_back_what_a_return_takes_and_stays_won)
{
    struct ledger_fixture *l = ledger_open();
    ledger_program(l, a_deal_program("DR"));
    registers(l, 20250110, (struct deal_registration){ .qty_milli = UNITS(10) });
    ledger_decide(l, (struct judged){ .line = a_sale("S1", 10, MICROS(100), 20250201), .id = "s" });
    struct decision d =
        ledger_decide(l, (struct judged){ .line = a_deal_claim("S1", 10, MICROS(100), 20250201), .id = "g" });
    CHECK_INT(decision_paid(d, "EARNED"), 6000);
    CHECK_INT(deal_of(l)->claimed_milli, UNITS(10));
    d = ledger_decide(l, (struct judged){ .line = a_return("s", 3, 20250301) });
    CHECK_INT(decision_paid(d, "EARNED"), -1800);
    CHECK_INT(deal_of(l)->claimed_milli, UNITS(7));
    d = ledger_decide(l, (struct judged){ .line = a_cancel("g"), .received = 20250302 });
    CHECK_INT(decision_paid(d, "EARNED"), -4200);
    CHECK_INT(deal_of(l)->claimed_milli, 0);
    CHECK_INT(deal_of(l)->status, DEAL_STATUS_WON);
}

/* Only the quantity of an agreement stays used (6.6). */
TEST(a_reversal_gives_the_quantity_back_whatever_its_cause)
{
    static const enum cause causes[] = { CAUSE_AUDIT, CAUSE_FRAUD };
    for (unsigned i = 0; i < 2; i++) {
        struct ledger_fixture *l = ledger_open();
        struct slice claim = SLICE("g");
        ledger_program(l, a_deal_program("DR"));
        registers(l, 20250110, (struct deal_registration){ .qty_milli = UNITS(10) });
        ledger_decide(l, (struct judged){ .line = a_deal_claim("S1", 10, MICROS(100), 20250201), .id = "g" });
        struct line reverse = { .kind = KIND_REVERSE, .partner_id = SLICE("N"), .cause = causes[i],
                                .line_refs = { &claim, 1 } };
        struct decision d = ledger_decide(l, (struct judged){ .line = reverse, .received = 20250301 });
        CHECK_INT(decision_paid(d, "EARNED"), -6000);
        CHECK_INT(deal_of(l)->claimed_milli, 0);
    }
}

TEST(pays_a_fixed_bonus_once_while_one_is_live)
{
    struct ledger_fixture *l = ledger_open();
    struct program p = a_deal_program("DR");
    p.deal.bonus = RATE_NONE;
    p.deal.bonus_fixed_minor = 25000;
    ledger_program(l, p);
    registers(l, 20250110, (struct deal_registration){ .value_minor = 500000 });
    struct decision d =
        ledger_decide(l, (struct judged){ .line = a_deal_claim("S1", 4, MICROS(100), 20250201), .id = "g" });
    CHECK_INT(decision_paid(d, "EARNED"), 25000);
    d = ledger_decide(l, (struct judged){ .line = a_deal_claim("S2", 4, MICROS(100), 20250202), .id = "h" });
    CHECK_INT(d.outcome, OUTCOME_PASS);
    CHECK_INT(decision_paid(d, "EARNED"), 0);
    CHECK(decision_verifies(d));
    d = ledger_decide(l, (struct judged){ .line = a_return("g", 1, 20250301), .id = "r" });
    CHECK_INT(decision_paid(d, "EARNED"), -6250);
    CHECK_INT(deal_of(l)->live_fixed, 1);
    d = ledger_decide(l, (struct judged){ .line = a_cancel("g"), .received = 20250302 });
    CHECK_INT(decision_paid(d, "EARNED"), -18750);
    CHECK_INT(deal_of(l)->live_fixed, 0);
    d = ledger_decide(l, (struct judged){ .line = a_deal_claim("S3", 4, MICROS(100), 20250303) });
    CHECK_INT(decision_paid(d, "EARNED"), 25000);
}

TEST(pays_a_unit_and_a_percent_of_the_book_price)
{
    struct table t = TABLE(
        "bonus     | paid   reasons",
        "per_unit  | 2500   -",
        "book      | 480    -",
        "none      | 0      COST_BASIS_MISSING");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        struct program p = a_deal_program("DR");
        bool per_unit = slice_equal(cell(&t, "bonus"), SLICE("per_unit"));
        if (per_unit) p.deal.bonus = RATE_PER_UNIT;
        p.deal.bonus_per_unit_micros = 12500000;
        p.deal.bonus_of = BONUS_OF_BOOK;
        ledger_program(l, p);
        if (slice_equal(cell(&t, "bonus"), SLICE("book"))) ledger_price(l, "P", MICROS(40), 20250101);
        registers(l, 20250110, (struct deal_registration){ .qty_milli = UNITS(10) });
        struct decision d = ledger_decide(l, (struct judged){ .line = a_deal_claim("S1", 2, MICROS(100), 20250201) });
        CHECK_CELL_INT(&t, "paid", decision_paid(d, "EARNED"));
        CHECK_CELL(&t, "reasons", decision_reasons(d));
        CHECK(decision_verifies(d));
    }
}

TEST(pays_a_sale_that_names_its_deal_by_itself)
{
    struct ledger_fixture *l = ledger_open();
    struct program p = a_deal_program("DR");
    p.deal.auto_claim = true;
    ledger_program(l, p);
    struct line sale = a_sale("S1", 2, MICROS(100), 20250201);
    CHECK_TEXT(decision_reasons(ledger_decide(l, (struct judged){ .line = sale })), "NO_PROGRAM");
    sale.deal_reg_no = SLICE("A");
    sale.invoice_no = SLICE("S2");
    struct decision d = ledger_decide(l, (struct judged){ .line = sale });
    CHECK_INT(d.outcome, OUTCOME_PASS);
    CHECK_TEXT(decision_program_reasons(d, "DR"), "REG_MISSING");
    registers(l, 20250110, (struct deal_registration){ .qty_milli = UNITS(10) });
    sale.invoice_no = SLICE("S3");
    d = ledger_decide(l, (struct judged){ .line = sale, .id = "s" });
    CHECK_INT(decision_paid(d, "EARNED"), 1200);
    d = ledger_decide(l, (struct judged){ .line = a_deal_claim("S3", 1, MICROS(100), 20250201) });
    CHECK_TEXT(decision_reasons(d), "DUPLICATE_TRANSACTION");
    d = ledger_decide(l, (struct judged){ .line = a_return("s", 2, 20250301) });
    CHECK_INT(decision_paid(d, "EARNED"), -1200);
    CHECK_INT(deal_of(l)->claimed_milli, 0);
}

/* 5.5, 3.2: by itself a sale earns a bonus that says so, on the deal that it names; without invoice detail none. */
TEST(pays_a_sale_by_itself_only_where_program_and_sale_say_so)
{
    struct table t = TABLE(
        "auto  summary  deal  family | paid  reasons",
        "yes   no       A     F      | 600   -",
        "no    no       A     F      | 0     NO_PROGRAM",
        "yes   yes      A     F      | 0     NO_PROGRAM",
        "yes   no       -     F      | 0     NO_PROGRAM",
        "yes   no       A     G      | 0     NO_PROGRAM");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        struct program p = a_deal_program("DR");
        p.deal.auto_claim = cell_yes(&t, "auto");
        ledger_program(l, p);
        registers(l, 20250110, (struct deal_registration){ .qty_milli = UNITS(10), .family = cell(&t, "family") });
        struct line sale = a_sale("S1", 1, MICROS(100), 20250201);
        sale.deal_reg_no = cell(&t, "deal");
        sale.summary = cell_yes(&t, "summary");
        struct decision d = ledger_decide(l, (struct judged){ .line = sale });
        CHECK_INT(d.outcome, OUTCOME_PASS);
        CHECK_CELL(&t, "reasons", decision_reasons(d));
        CHECK_CELL_INT(&t, "paid", decision_paid(d, "EARNED"));
        CHECK_INT(deal_of(l)->claimed_milli, decision_paid(d, "EARNED") ? UNITS(1) : 0);
    }
}

/* R8 and 5.8 hold for bonuses as for any program. */
TEST(a_cap_on_units_and_an_exclusive_program_bound_a_bonus)
{
    struct table t = TABLE(
        "cap   exclusive  qty | paid  outcome  reasons",
        "0     no         5   | 3000  PASS     -",
        "3000  no         5   | 1800  SHORT    CAP_REACHED",
        "3000  no         3   | 1800  PASS     -",
        "0     yes        5   | 0     REJECT   EXCLUSIVE_PROGRAM_PAID");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        struct cap cap = { .scope = CAP_SCOPE_PARTNER, .period = PERIOD_PROGRAM, .has_qty = true,
                           .qty_milli = cell_int(&t, "cap") };
        struct program first = a_deal_program("D0"), p = a_deal_program("DR");
        first.rank = 100;
        first.deal.auto_claim = true;
        if (cell_yes(&t, "exclusive")) p.stack_base = STACK_BASE_EXCLUSIVE;
        if (cap.qty_milli) {
            p.caps = &cap;
            p.cap_count = 1;
        }
        ledger_program(l, first);
        ledger_program(l, p);
        struct line other = a_registration(l, (struct deal_registration){ .qty_milli = UNITS(100) });
        other.deal_reg_no = SLICE("B");
        other.program_id = SLICE("D0");
        ledger_decide(l, (struct judged){ .line = other, .received = 20250110 });
        registers(l, 20250110, (struct deal_registration){ .qty_milli = UNITS(100) });
        struct line sale = a_sale("S1", 5, MICROS(100), 20250201);
        sale.deal_reg_no = SLICE("B");
        CHECK_INT(decision_paid(ledger_decide(l, (struct judged){ .line = sale }), "EARNED"), 3000);
        struct line claim = a_deal_claim("S1", cell_int(&t, "qty"), MICROS(100), 20250201);
        claim.program_id = SLICE("DR");
        struct decision d = ledger_decide(l, (struct judged){ .line = claim });
        CHECK_CELL(&t, "outcome", word_text(VOCABULARY_OUTCOME, (int)d.outcome));
        CHECK_CELL(&t, "reasons", decision_reasons(d));
        CHECK_CELL_INT(&t, "paid", decision_paid(d, "EARNED"));
        CHECK(decision_verifies(d));
        if (!cap.qty_milli) continue;
        claim.invoice_no = SLICE("S2");
        CHECK_TEXT(decision_reasons(ledger_decide(l, (struct judged){ .line = claim })), "CAP_REACHED");
    }
}

/* A sale earns under the program of the registration that it names, and under no other. */
TEST(a_sale_earns_the_bonus_of_its_own_registration_alone)
{
    struct ledger_fixture *l = ledger_open();
    struct program first = a_deal_program("D0"), p = a_deal_program("DR");
    first.rank = 100;
    first.deal.auto_claim = p.deal.auto_claim = true;
    ledger_program(l, first);
    ledger_program(l, p);
    registers(l, 20250110, (struct deal_registration){ .qty_milli = UNITS(100) });
    struct line sale = a_sale("S1", 5, MICROS(100), 20250201);
    sale.deal_reg_no = SLICE("A");
    struct decision d = ledger_decide(l, (struct judged){ .line = sale });
    CHECK_INT(d.section->entry_count, 1);
    CHECK_TEXT(d.section->entries[0].program_id, "DR");
    CHECK_INT(decision_paid(d, "EARNED"), 3000);
}
