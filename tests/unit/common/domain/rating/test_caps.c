/* What caps leave of a claim (domain.md 4.2, 5.0 R8, R9), and those of claims that a seller's volume counts (5.4 P5, 6.1,
 * 9.10, 9.14): whatever was cut, whoever was charged it and whichever goes back first, the caps are charged what is
 * paid. */
#include "support/ledger.h"

#include <stdio.h>

enum { WORLDS = 150, STEPS = 40, CLAIMS_KEPT = 64, ROWS_MAX = 512 };

/* A ledger with one claim program of a unit each, under these caps. */
static struct ledger_fixture *ledger_under(const struct cap *caps, unsigned cap_count, int64_t amount_limit_minor)
{
    struct ledger_fixture *l = ledger_open();
    struct program p = ledger_ship_debit("SD");
    struct agreement_line line = { .method = DEBIT_METHOD_DOWN_BY_AMOUNT, .term_micros = MICROS(1),
                                   .authorised_qty_milli = UNITS(100000) };
    p.caps = caps;
    p.cap_count = cap_count;
    ledger_program(l, p);
    struct agreement a = { .amount_limit_minor = amount_limit_minor };
    ledger_decide(l, (struct judged){ .line = an_agreement(l, "Q-1", a, line), .received = 20250102 });
    return l;
}

static struct decision claim_units(struct ledger_fixture *l, const char *invoice, int64_t units)
{
    return ledger_decide(l, (struct judged){ .line = a_claim(invoice, units, "Q-1", 20250510) });
}

TEST(a_share_of_purchases_is_that_of_its_period_and_never_rounded_above)
{
    struct table t = TABLE(
        "base   earlier  price     later | paid   outcome  reasons",
        "PRIOR  100      10000000  500   | 10000  SHORT    CAP_REACHED",
        "SAME   100      10000000  500   | 50000  PASS     -",
        "SAME   100      10000000  300   | 30000  SHORT    CAP_REACHED",
        "PRIOR  0        10000000  500   | 0      REJECT   CAP_REACHED",
        "PRIOR  1        10050000  500   | 100    SHORT    CAP_REACHED");    /* of 1.005: half up would pass it */
    while (table_next(&t)) {
        struct cap cap = { .scope = CAP_SCOPE_PARTNER, .period = PERIOD_QUARTER, .has_percent = true,
                           .percent_of_purchases_micros = 10000000,
                           .base = slice_equal(cell(&t, "base"), SLICE("SAME")) ? PURCHASE_BASE_SAME
                                                                                : PURCHASE_BASE_PRIOR };
        struct ledger_fixture *l = ledger_under(&cap, 1, 0);
        if (cell_int(&t, "earlier"))
            ledger_decide(l, (struct judged){
                .line = a_sell_in("V1", cell_int(&t, "earlier"), cell_int(&t, "price"), 20250331) });
        ledger_decide(l, (struct judged){ .line = a_sell_in("V2", cell_int(&t, "later"), MICROS(10), 20250401) });
        struct decision d = claim_units(l, "S1", 500);
        CHECK_CELL_INT(&t, "paid", decision_paid(d, "EARNED"));
        CHECK_CELL(&t, "outcome", word_text(VOCABULARY_OUTCOME, (int)d.outcome));
        CHECK_CELL(&t, "reasons", decision_reasons(d));
        CHECK(decision_verifies(d));
    }
}

/* The agreement's own limit stands before those of the program. */
TEST(what_a_limit_leaves_is_less_what_was_paid_before)
{
    struct table t = TABLE(
        "limit  cap   first  second | paid  reasons",
        "2000   0     15     10     | 500   CAP_REACHED",
        "2000   0     15     5      | 500   -",
        "2000   1800  15     10     | 300   CAP_REACHED",
        "1800   2000  15     10     | 300   CAP_REACHED",
        "0      1800  15     3      | 300   -",
        "2000   0     20     1      | 0     CAP_REACHED");
    while (table_next(&t)) {
        struct cap cap = { .scope = CAP_SCOPE_AGREEMENT, .period = PERIOD_YEAR, .has_amount = true,
                           .amount_minor = cell_int(&t, "cap") };
        struct ledger_fixture *l = ledger_under(&cap, cap.amount_minor ? 1 : 0, cell_int(&t, "limit"));
        claim_units(l, "S1", cell_int(&t, "first"));
        struct decision d = claim_units(l, "S2", cell_int(&t, "second"));
        CHECK_CELL_INT(&t, "paid", decision_paid(d, "EARNED"));
        CHECK_CELL(&t, "reasons", decision_reasons(d));
    }
}

/* Whole dollars: 1.50 that the agreement's own limit leaves pays one of them, not two. */
TEST(no_step_passes_what_a_limit_leaves)
{
    struct table t = TABLE(
        "limit  step | paid",
        "350    1    | 150",
        "350    100  | 100",
        "400    100  | 200",
        "250    100  | 0");
    while (table_next(&t)) {
        struct ledger_fixture *l = ledger_open();
        struct program p = ledger_ship_debit("SD");
        struct agreement_line line = { .method = DEBIT_METHOD_DOWN_BY_AMOUNT, .term_micros = MICROS(1),
                                       .authorised_qty_milli = UNITS(100000) };
        struct agreement a = { .amount_limit_minor = cell_int(&t, "limit") };
        p.rounding_step_minor = cell_int(&t, "step");
        ledger_program(l, p);
        ledger_decide(l, (struct judged){ .line = an_agreement(l, "Q-1", a, line), .received = 20250102 });
        CHECK_INT(decision_paid(claim_units(l, "S1", 2), "EARNED"), 200);
        CHECK_CELL_INT(&t, "paid", decision_paid(claim_units(l, "S2", 5), "EARNED"));
    }
}

/* Who is capped by the line has nothing before it, and who names no seller no seller's cap. */
TEST(a_cap_of_the_line_or_of_nobody_counts_nothing)
{
    struct table t = TABLE(
        "scope    period | first  second  rows",
        "LINE     YEAR   | 700    700     0",
        "PARTNER  LINE   | 700    700     0",
        "REP      YEAR   | 1000   1000    0",
        "PARTNER  YEAR   | 700    0       1");
    while (table_next(&t)) {
        struct slice keys[4];
        const void *records[4];
        struct cap cap = { .has_amount = true, .amount_minor = 700 };
        cap.scope = (enum cap_scope)word_find(VOCABULARY_CAP_SCOPE, cell(&t, "scope"));
        cap.period = (enum period_kind)word_find(VOCABULARY_PERIOD, cell(&t, "period"));
        struct ledger_fixture *l = ledger_under(&cap, 1, 0);
        CHECK_CELL_INT(&t, "first", decision_paid(claim_units(l, "S1", 10), "EARNED"));
        CHECK_CELL_INT(&t, "second", decision_paid(claim_units(l, "S2", 10), "EARNED"));
        CHECK_CELL_INT(&t, "rows", ledger_rows(l, PAYOUT_CAPS, keys, records, 4));
    }
}

/* The least that any cap leaves bounds it, wherever that one stands. */
TEST(no_step_passes_what_the_narrowest_cap_leaves)
{
    for (unsigned narrowest = 0; narrowest < 3; narrowest++) {
        struct cap caps[3];
        for (unsigned i = 0; i < 3; i++)
            caps[i] = (struct cap){ .scope = CAP_SCOPE_PARTNER, .period = PERIOD_YEAR, .has_amount = true,
                                    .amount_minor = i == narrowest ? 350 : 100000 };
        struct ledger_fixture *l = ledger_open();
        struct program p = ledger_ship_debit("SD");
        struct agreement_line line = { .method = DEBIT_METHOD_DOWN_BY_AMOUNT, .term_micros = MICROS(1),
                                       .authorised_qty_milli = UNITS(100000) };
        p.rounding_step_minor = 100;
        p.caps = caps;
        p.cap_count = 3;
        ledger_program(l, p);
        ledger_decide(l, (struct judged){ .line = an_agreement(l, "Q-1", (struct agreement){ 0 }, line),
                                          .received = 20250102 });
        CHECK_INT(decision_paid(claim_units(l, "S1", 5), "EARNED"), 300);
    }
}

/* Calendar periods, whatever the volumes of a program run by. */
TEST(a_cap_begins_anew_with_its_period)
{
    struct table t = TABLE(
        "period   first     second   | paid",
        "MONTH    20250430  20250501 | 1000",
        "MONTH    20250401  20250430 | 500",
        "QUARTER  20250331  20250401 | 1000",
        "QUARTER  20250401  20250630 | 500",
        "HALF     20250630  20250701 | 1000",
        "HALF     20250701  20251231 | 500");
    while (table_next(&t)) {
        struct cap cap = { .scope = CAP_SCOPE_PARTNER, .has_amount = true, .amount_minor = 1500 };
        cap.period = (enum period_kind)word_find(VOCABULARY_PERIOD, cell(&t, "period"));
        struct ledger_fixture *l = ledger_under(&cap, 1, 0);
        struct line first = a_claim("S1", 10, "Q-1", (int32_t)cell_int(&t, "first"));
        struct line second = a_claim("S2", 10, "Q-1", (int32_t)cell_int(&t, "second"));
        CHECK_INT(decision_paid(ledger_decide(l, (struct judged){ .line = first }), "EARNED"), 1000);
        CHECK_CELL_INT(&t, "paid", decision_paid(ledger_decide(l, (struct judged){ .line = second }), "EARNED"));
    }
}

/* A later version has it lower than what was charged before. */
TEST(a_cap_below_what_is_used_leaves_nothing)
{
    for (unsigned of_units = 0; of_units < 2; of_units++) {
        struct cap cap = { .scope = CAP_SCOPE_PARTNER, .period = PERIOD_YEAR, .qty_milli = UNITS(10),
                           .has_qty = of_units, .has_amount = !of_units, .amount_minor = 1000 };
        struct ledger_fixture *l = ledger_under(&cap, 1, 0);
        CHECK_INT(decision_paid(claim_units(l, "S1", 10), "EARNED"), 1000);
        cap.qty_milli = UNITS(5);
        cap.amount_minor = 500;
        struct decision d = claim_units(l, "S2", 1);
        CHECK_INT(d.outcome, OUTCOME_REJECT);
        CHECK_TEXT(decision_reasons(d), "CAP_REACHED");
    }
}

/* The units that a cap refuses cost what was asked for them. */
TEST(a_cap_of_units_cuts_them_at_what_was_claimed)
{
    struct table t = TABLE(
        "left  claimed | paid  refused  cut   outcome",
        "5     1200    | 500   700      700   SHORT",
        "5     600     | 250   350      350   SHORT",
        "12    1200    | 1200  0        0     PASS",
        "0     1200    | 0     1200     1200  REJECT");
    while (table_next(&t)) {
        struct cap cap = { .scope = CAP_SCOPE_PARTNER, .period = PERIOD_PROGRAM, .has_qty = true,
                           .qty_milli = UNITS(20 + cell_int(&t, "left")) };
        struct ledger_fixture *l = ledger_under(&cap, 1, 0);
        claim_units(l, "S1", 20);
        struct line claim = a_claim("S2", 12, "Q-1", 20250510);
        claim.has_claimed_amount_minor = true;
        claim.claimed_amount_minor = cell_int(&t, "claimed");
        struct decision d = ledger_decide(l, (struct judged){ .line = claim });
        const struct judgement *j = d.verdict->judgement;
        CHECK_CELL_INT(&t, "paid", decision_paid(d, "EARNED"));
        CHECK_CELL_INT(&t, "refused", d.section->programs[0].refused_minor);
        CHECK_CELL_INT(&t, "cut", j->reason_count ? j->reasons[0].cut_minor : 0);
        CHECK_CELL(&t, "outcome", word_text(VOCABULARY_OUTCOME, (int)d.outcome));
    }
}

/* What a return gave back and another claim used since is given again by nobody's leave but a person's. */
TEST(the_cancel_of_a_return_passes_no_cap)
{
    struct table t = TABLE(
        "by      since | outcome  paid",
        "amount  2     | PASS     300",
        "amount  3     | HOLD     0",
        "qty     2     | PASS     300",
        "qty     3     | HOLD     0");
    while (table_next(&t)) {
        bool by_qty = slice_equal(cell(&t, "by"), SLICE("qty"));
        struct cap cap = { .scope = CAP_SCOPE_PARTNER, .period = PERIOD_PROGRAM, .has_qty = by_qty,
                           .has_amount = !by_qty, .qty_milli = UNITS(7), .amount_minor = 700 };
        struct ledger_fixture *l = ledger_under(&cap, 1, 0);
        struct decision first = claim_units(l, "S1", 5), back;
        struct line returned = a_claim("CM", -3, "Q-1", 20250512);
        returned.original_line_ref = first.line_id;
        back = ledger_decide(l, (struct judged){ .line = returned });
        CHECK_INT(decision_paid(back, "EARNED"), -300);
        claim_units(l, "S2", cell_int(&t, "since"));
        struct decision d =
            ledger_decide(l, (struct judged){ .line = a_cancel(back.line_id.bytes), .received = 20250601 });
        CHECK_CELL(&t, "outcome", word_text(VOCABULARY_OUTCOME, (int)d.outcome));
        CHECK_CELL_INT(&t, "paid", decision_paid(d, "EARNED"));
    }
}

/* --- claims that a seller's volume counts --- */

static struct program a_sellers_program(const struct tier *tiers, unsigned tier_count)
{
    struct program p = ledger_ship_debit("SP");
    p.incentive = INCENTIVE_SPIFF;
    p.payee = PAYEE_REP;
    p.claim = (struct claim_terms){ true, 400, ANCHOR_SHIP_DATE, 1 };
    p.spiff = (struct spiff_terms){ .serials = SERIAL_RULE_NONE };
    p.has_volume = true;
    p.volume = ledger_volume("SP", tiers, tier_count).volume;
    p.volume.aggregate = AGGREGATE_REP;
    p.volume.qualifier = QUALIFIER_QTY;
    return p;
}

/* A seller's claim under a volume block, and as many caps a month: what one accumulator is charged under each stands in
 * one list, and no claim is paid that has no room in it. */
TEST(no_charge_that_has_no_room_is_lost)
{
    enum { CAPS = 8 };
    static const struct tier tier = { .rate = RATE_PER_UNIT, .per_unit_micros = MICROS(1) };
    struct cap caps[CAPS];
    for (unsigned i = 0; i < CAPS; i++)
        caps[i] = (struct cap){ .scope = CAP_SCOPE_REP, .period = PERIOD_MONTH, .has_amount = true,
                                .amount_minor = 1000 };
    struct ledger_fixture *l = ledger_open();
    struct program p = a_sellers_program(&tier, 1);
    p.volume.period = PERIOD_PROGRAM;
    p.caps = caps;
    p.cap_count = CAPS;
    ledger_program(l, p);
    for (int32_t month = 0; month <= charged_cap_LIST_MAX / CAPS; month++) {
        char *invoice = arena_alloc(test_arena(), 16);
        snprintf(invoice, 16, "S%d", month);
        struct line claim = a_sale(invoice, 1, MICROS(100), 20250101 + month / 12 * 10000 + month % 12 * 100);
        claim.kind = KIND_SPIFF_CLAIM;
        claim.rep_id = SLICE("R1");
        struct decision d = ledger_decide(l, (struct judged){ .line = claim });
        bool has_room = month < charged_cap_LIST_MAX / CAPS;
        CHECK_INT(d.outcome, has_room ? OUTCOME_PASS : OUTCOME_HOLD);
        CHECK_INT(decision_paid(d, "EARNED"), has_room ? 100 : 0);
        CHECK_SLICE(decision_reasons(d), has_room ? SLICE("") : SLICE("NUMBER_OVERFLOW"));
    }
}

/* What a sale counts by itself they neither cut nor are charged for (5.0 R8). */
TEST(caps_of_a_sellers_program_bind_claims_alone)
{
    static const struct tier tier = { .rate = RATE_PER_UNIT, .per_unit_micros = MICROS(1) };
    static const struct cap cap = { .scope = CAP_SCOPE_REP, .period = PERIOD_PROGRAM, .has_qty = true,
                                    .qty_milli = UNITS(5) };
    struct ledger_fixture *l = ledger_open();
    struct program p = a_sellers_program(&tier, 1);
    p.spiff.trigger_pos = true;
    p.caps = &cap;
    p.cap_count = 1;
    ledger_program(l, p);
    struct line claim = a_sale("S1", 7, MICROS(100), 20250501), sale = a_sale("S2", 4, MICROS(100), 20250502);
    claim.kind = KIND_SPIFF_CLAIM;
    claim.rep_id = sale.rep_id = SLICE("R1");
    CHECK_INT(decision_paid(ledger_decide(l, (struct judged){ .line = claim }), "EARNED"), 500);
    CHECK_INT(decision_paid(ledger_decide(l, (struct judged){ .line = sale }), "EARNED"), 400);
}

struct world {
    struct ledger_fixture *l;
    uint64_t               seed;
    struct program         program;
    struct slice           ids[CLAIMS_KEPT];        /* of lines that live */
    unsigned               id_count, made;
    bool                   has_sales;
};

static int64_t pick(struct world *w, int64_t below)
{
    return (int64_t)(test_random(&w->seed) % (uint64_t)below);
}

static const struct tier *some_tiers(struct world *w, unsigned count)
{
    struct tier *tiers = ARENA_ARRAY(test_arena(), count, struct tier);
    for (unsigned i = 0; i < count; i++)
        tiers[i] = (struct tier){ .from_micros = MICROS(i * 10), .rate = RATE_PER_UNIT,
                                  .per_unit_micros = MICROS(w->has_sales ? 2 * i + 1 + pick(w, 2) : 1 + pick(w, 9)) };
    return tiers;
}

static void put_program(struct world *w)
{
    static const enum tier_method methods[] = { TIER_METHOD_MARGINAL, TIER_METHOD_RETROACTIVE, TIER_METHOD_ROLLING,
                                                TIER_METHOD_TOTAL };
    static const enum period_kind periods[] = { PERIOD_MONTH, PERIOD_QUARTER, PERIOD_YEAR, PERIOD_PROGRAM };
    unsigned tier_count = 1 + (unsigned)pick(w, 3);
    struct cap *caps = ARENA_ARRAY(test_arena(), 2, struct cap);
    for (unsigned i = 0; i < 2; i++) {
        bool has_qty = pick(w, 3) == 0;
        caps[i] = (struct cap){ .scope = pick(w, 2) ? CAP_SCOPE_REP : CAP_SCOPE_PARTNER, .period = periods[pick(w, 4)],
                                .has_amount = !has_qty, .amount_minor = 2000 + 100 * pick(w, 150),
                                .has_qty = has_qty, .qty_milli = UNITS(10 + pick(w, 60)) };
    }
    struct program p = a_sellers_program(some_tiers(w, tier_count), tier_count);
    p.spiff.trigger_pos = w->has_sales;
    p.volume.method = methods[pick(w, 4)];
    p.volume.period = pick(w, 2) ? PERIOD_QUARTER : PERIOD_YEAR;
    p.volume.returns_period = pick(w, 2) ? RETURNS_PERIOD_ORIGINAL : RETURNS_PERIOD_RETURN_DATE;
    p.caps = caps;
    p.cap_count = 1 + (unsigned)pick(w, 2);
    w->program = p;
    ledger_program(w->l, p);
}

static struct line a_line(struct world *w)
{
    char *invoice = arena_alloc(test_arena(), 16);
    snprintf(invoice, 16, "S%u", w->made++);
    struct line l = a_sale(invoice, 1 + pick(w, 12), MICROS(100), 20250101 + 100 * (int32_t)pick(w, 5));
    l.rep_id = pick(w, 3) ? SLICE("R1") : SLICE("R2");
    if (w->has_sales && pick(w, 2)) return l;
    l.kind = KIND_SPIFF_CLAIM;
    l.has_claimed_amount_minor = pick(w, 4) == 0;
    l.claimed_amount_minor = 100 + pick(w, 6000);
    return l;
}

static void cancel(struct world *w, unsigned at)
{
    struct judged j = { .line = a_cancel(w->ids[at].bytes), .received = 20250701 };
    struct decision d = ledger_decide(w->l, j);
    CHECK_INT(d.outcome, OUTCOME_PASS);
    CHECK(decision_verifies(d));
    w->ids[at] = w->ids[--w->id_count];
}

/* A return of a part of a claim, cancelled or left. */
static void return_some(struct world *w, unsigned at)
{
    struct line back = a_return(w->ids[at].bytes, 1, 20250601);
    struct decision d = ledger_decide(w->l, (struct judged){ .line = back, .received = 20250701 });
    CHECK(d.outcome == OUTCOME_PASS || d.outcome == OUTCOME_HOLD);
    if (d.outcome == OUTCOME_PASS && pick(w, 2))
        ledger_decide(w->l, (struct judged){ .line = a_cancel(d.line_id.bytes), .received = 20250701 });
}

static void take_step(struct world *w)
{
    int64_t what = w->id_count ? pick(w, 10) : 0;
    unsigned at = w->id_count ? (unsigned)pick(w, w->id_count) : 0;
    if (what > 6) {
        cancel(w, at);
    } else if (what == 6) {
        return_some(w, at);
    } else {
        struct decision d = ledger_decide(w->l, (struct judged){ .line = a_line(w), .received = 20250701 });
        bool stands = d.outcome == OUTCOME_PASS || d.outcome == OUTCOME_SHORT;
        if (stands && w->id_count < CLAIMS_KEPT) w->ids[w->id_count++] = d.line_id;
    }
}

struct rows { struct slice keys[ROWS_MAX]; const void *records[ROWS_MAX]; unsigned count; };

static const struct rows *rows_of(struct world *w, enum payout_table table)
{
    static struct rows rows;
    rows.count = ledger_rows(w->l, table, rows.keys, rows.records, ROWS_MAX);
    return &rows;
}

/* A part of a key (BOOKS_KEY): its length stands before each. */
static struct slice key_part(struct slice key, unsigned part)
{
    for (;; part--) {
        size_t size = (size_t)(uint8_t)key.bytes[0] << 8 | (uint8_t)key.bytes[1];
        if (part == 0) return slice_of(key.bytes + 2, size);
        key = slice_skip(key, 2 + size);
    }
}

/* Charged under one cap, in all its periods and for every seller; no row of it passes the limit. */
static struct cap_row used_under(struct world *w, unsigned cap)
{
    const struct cap *terms = &w->program.caps[cap];
    struct slice index = slice_of_int(test_arena(), cap);
    struct cap_row used = { 0 };
    const struct rows *rows = rows_of(w, PAYOUT_CAPS);
    for (unsigned i = 0; i < rows->count; i++) {
        const struct cap_row *row = rows->records[i];
        if (!slice_equal(key_part(rows->keys[i], 2), index)) continue;
        CHECK(row->used_minor >= 0 && (!terms->has_amount || row->used_minor <= terms->amount_minor));
        CHECK(row->used_milli >= 0 && (!terms->has_qty || row->used_milli <= terms->qty_milli));
        used.used_minor += row->used_minor;
        used.used_milli += row->used_milli;
    }
    return used;
}

/* Units of claims that live. */
static int64_t claimed_in_all(struct world *w)
{
    int64_t units = 0;
    const struct rows *rows = rows_of(w, PAYOUT_LINES);
    for (unsigned i = 0; i < rows->count; i++) {
        const struct line_row *line = rows->records[i];
        bool is_claim = line->kind == KIND_SPIFF_CLAIM && line->programs_count == 1;
        if (is_claim) units += line->programs[0].accepted_milli - line->programs[0].returned_milli;
    }
    return units;
}

static int64_t paid_in_all(struct world *w)
{
    int64_t paid = 0;
    const struct rows *rows = rows_of(w, PAYOUT_VOLUMES);
    for (unsigned i = 0; i < rows->count; i++) paid += ((const struct volume_row *)rows->records[i])->paid_minor;
    CHECK_INT(ledger_paid(w->l, "SP", "EARNED"), paid);
    return paid;
}

static void check_caps(struct world *w)
{
    int64_t paid = paid_in_all(w), claimed = claimed_in_all(w);
    for (unsigned cap = 0; cap < w->program.cap_count; cap++) {
        struct cap_row used = used_under(w, cap);
        CHECK_INT(used.used_milli, claimed);
        if (w->has_sales) CHECK(used.used_minor <= paid);      /* no cap asks a sale (5.0 R8) */
        else CHECK_INT(used.used_minor, paid);
    }
}

TEST(caps_are_charged_what_is_paid_whatever_was_cut_and_goes_back)
{
    uint64_t seed = test_seed();
    for (unsigned n = 0; n < WORLDS; n++) {
        struct world *w = ARENA_NEW(test_arena(), struct world);
        *w = (struct world){ .l = ledger_open(), .seed = test_random(&seed), .has_sales = n % 3 == 0 };
        put_program(w);
        for (unsigned i = 0; i < STEPS; i++) {
            take_step(w);
            if (i % 4 == 0) check_caps(w);
        }
        while (w->id_count) cancel(w, (unsigned)pick(w, w->id_count));
        check_caps(w);
        if (w->program.volume.returns_period == RETURNS_PERIOD_ORIGINAL) CHECK_INT(paid_in_all(w), 0);
    }
}
