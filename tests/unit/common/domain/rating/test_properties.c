/* The invariants of domain.md 9 that one ledger can show, on seeded random lines of every kind the spine has. */
#include "support/ledger.h"

#include "domain/rating/tiers.h"
#include "domain/rounding.h"

#include <stdio.h>

enum { LINES = 260, WORLDS = 6, SALES_KEPT = 200 };

struct world {
    struct ledger_fixture *l;
    uint64_t               seed;
    struct slice           ids[SALES_KEPT];         /* of lines to return, cancel, replace */
    unsigned               id_count;
    int64_t                claimed, paid_within;
    unsigned               outcomes[OUTCOME_COUNT];
};

static int64_t pick(struct world *w, int64_t below)
{
    return (int64_t)(test_random(&w->seed) % (uint64_t)below);
}

static int32_t a_day(struct world *w)
{
    return 20250100 + 100 * (int32_t)pick(w, 6) + 1 + (int32_t)pick(w, 28);
}

static const char *invoice_of(struct world *w, int64_t number)
{
    (void)w;
    char *text = arena_alloc(test_arena(), 16);
    snprintf(text, 16, "S%d", (int)number);
    return text;
}

static void put_programs(struct world *w)
{
    static const enum tier_method methods[] = { TIER_METHOD_MARGINAL, TIER_METHOD_RETROACTIVE, TIER_METHOD_ROLLING,
                                                TIER_METHOD_TOTAL };
    static const enum cost_basis bases[] = { COST_BASIS_FIFO, COST_BASIS_AVERAGE, COST_BASIS_BOOK_AT_SHIP,
                                             COST_BASIS_FIFO };
    struct tier *tiers = ARENA_ARRAY(test_arena(), 3, struct tier);
    struct cap *cap = ARENA_NEW(test_arena(), struct cap);
    for (int i = 0; i < 3; i++)
        tiers[i] = (struct tier){ .from_micros = MICROS(i * (500 + pick(w, 900))),
                                  .rate = RATE_PERCENT,
                                  .percent_micros = (i + 1) * (900000 + pick(w, 999999)) };
    struct program p = ledger_volume("VR", tiers, 3);
    p.volume.method = methods[pick(w, 4)];
    p.volume.edge = pick(w, 2) ? TIER_EDGE_FROM : TIER_EDGE_UP_TO;
    p.volume.has_cap = pick(w, 2);
    p.volume.cap_minor = 5000 + pick(w, 20000);
    p.rounding_mode = (enum rounding_mode)(1 + pick(w, 3));
    p.rounding_step_minor = pick(w, 3) ? 1 : 5;
    ledger_program(w->l, p);
    *cap = (struct cap){
        .scope = CAP_SCOPE_PARTNER, .period = PERIOD_MONTH, .has_amount = true, .amount_minor = 3000 + pick(w, 9000)
    };
    p = ledger_ship_debit("SD");
    p.ship_debit.cost_basis = bases[pick(w, 4)];
    p.ship_debit.lot_shortage = pick(w, 2) ? LOT_SHORTAGE_HOLD : LOT_SHORTAGE_BOOK;
    p.caps = cap;
    p.cap_count = 1;
    p.payout_currency = pick(w, 2) ? SLICE("USD") : SLICE("EUR");
    p.stack_base = pick(w, 3) ? STACK_BASE_GROSS : STACK_BASE_NET_OF_HIGHER_RANK;
    ledger_program(w->l, p);
    ledger_rate(w->l, "USD", "EUR", 1, 923510, 20250101);
    ledger_price(w->l, "P", MICROS(11), 20250101);
}

static struct world *world_of(uint64_t seed)
{
    struct world *w = ARENA_NEW(test_arena(), struct world);
    w->l = ledger_open();
    w->seed = seed;
    put_programs(w);
    ledger_policy(w->l)->fx_max_age_days = 400;
    struct agreement_line line = { .method = (enum debit_method)(1 + pick(w, 3)),
                                   .term_micros = 7 * 1000000 + pick(w, 4000000),
                                   .authorised_qty_milli = UNITS(100 + pick(w, 400)) };
    if (line.method == DEBIT_METHOD_DOWN_BY_AMOUNT) line.term_micros = 500000 + pick(w, 1999999);
    if (line.method == DEBIT_METHOD_DOWN_BY_PERCENT) line.term_micros = 1000000 * (5 + pick(w, 20));
    ledger_decide(w->l, (struct judged){ .line = an_agreement(w->l, "Q-1", (struct agreement){ 0 }, line),
                                         .received = 20250102 });
    return w;
}

static struct line random_line(struct world *w)
{
    int64_t kind = pick(w, 100), invoice = pick(w, 60);
    struct slice id = w->id_count ? w->ids[pick(w, w->id_count)] : SLICE("none");
    if (kind < 12)
        return a_sell_in(invoice_of(w, 1000 + invoice), 1 + pick(w, 80), MICROS(8) + pick(w, 5000000), a_day(w));
    if (kind < 45) return a_sale(invoice_of(w, invoice), 1 + pick(w, 40), MICROS(12) + pick(w, 9000000), a_day(w));
    if (kind < 70) {
        struct line claim = a_claim(invoice_of(w, invoice), 1 + pick(w, 40), "Q-1", a_day(w));
        claim.has_claimed_amount_minor = pick(w, 2);
        claim.claimed_amount_minor = 100 + pick(w, 9000);
        return claim;
    }
    if (kind < 84) {
        struct line back = a_return(id.bytes, 1 + pick(w, 12), a_day(w));
        if (pick(w, 3) == 0) back.original_line_ref = SLICE("");
        return back;
    }
    if (kind < 94) return a_cancel(id.bytes);
    struct line x = pick(w, 2) ? a_sale(invoice_of(w, invoice), 1 + pick(w, 40), MICROS(12), a_day(w))
                               : a_claim(invoice_of(w, invoice), 1 + pick(w, 20), "Q-1", a_day(w));
    x.replaces_kind = x.kind;
    x.kind = KIND_REPLACE;
    x.original_line_ref = id;
    return x;
}

/* What does not verify, in words. */
static void print_steps(struct decision d)
{
    for (unsigned i = 0; i < d.section->program_count; i++) {
        const struct step *bad = NULL;
        const struct program_result *p = &d.section->programs[i];
        if (workings_verify(p, NULL, 0, &bad) == OK) continue;
        printf("  %.*s: step %.*s gives %lld/%lld %.*s\n", SLICE_ARGS(p->program_id), SLICE_ARGS(bad->rule),
               (long long)bad->result.value, (long long)bad->result.divisor, SLICE_ARGS(bad->result.text));
        for (unsigned k = 0; k < bad->input_count; k++)
            printf("    %.*s = %lld/%lld %.*s\n", SLICE_ARGS(bad->inputs[k].name), (long long)bad->inputs[k].value,
                   (long long)bad->inputs[k].divisor, SLICE_ARGS(bad->inputs[k].text));
    }
}

/* 8, 13, and that what is written can be computed again. */
static void check_decision(struct world *w, const struct line *line, struct decision d)
{
    w->outcomes[d.outcome]++;
    if (!decision_verifies(d)) print_steps(d);
    CHECK(decision_verifies(d));
    bool corrects = line->kind == KIND_POS_RETURN || line->kind == KIND_CANCEL || line->kind == KIND_REPLACE;
    for (unsigned i = 0; i < d.section->entry_count; i++) {
        const struct payout *e = &d.section->entries[i];
        bool volume = slice_equal(e->program_id, SLICE("VR"));
        CHECK(volume || corrects || e->amount_minor > 0);
    }
    if (line->kind != KIND_SHIP_DEBIT_CLAIM || d.section->program_count == 0) return;
    const struct program_result *p = &d.section->programs[0];
    CHECK(p->paid_minor >= 0 && p->paid_minor <= p->claim_minor);
    if (d.outcome == OUTCOME_PASS || d.outcome == OUTCOME_SHORT)
        CHECK_INT(p->paid_minor + p->refused_minor, p->claim_minor);
    int64_t cuts = 0;
    for (unsigned i = 0; i < d.verdict->judgement->reason_count; i++)
        cuts += d.verdict->judgement->reasons[i].cut_minor;
    if (d.outcome == OUTCOME_SHORT) CHECK(cuts <= p->refused_minor && p->refused_minor - cuts <= 1);
}

static void run_line(struct world *w)
{
    struct line line = random_line(w);
    struct decision d = ledger_decide(w->l, (struct judged){ .line = line, .received = 20250701 });
    check_decision(w, &line, d);
    /* A return is not cancelled here: what it gave back may be spent, and its CANCEL posts its entries' negative all
     * the same. */
    bool stands = (d.outcome == OUTCOME_PASS || d.outcome == OUTCOME_SHORT) && line.kind != KIND_POS_RETURN;
    if (stands && w->id_count < SALES_KEPT && line.kind != KIND_CANCEL) w->ids[w->id_count++] = d.line_id;
}

static unsigned rows_of(struct world *w, enum payout_table table, const void ***records)
{
    static struct slice keys[4096];
    *records = ARENA_ARRAY(test_arena(), 4096, const void *);
    return ledger_rows(w->l, table, keys, *records, 4096);
}

/* 3: what was posted is what the totals earn. */
static void check_volumes(struct world *w)
{
    const void **rows;
    int64_t paid = 0;
    const struct program_history *h = catalogue_program(ledger_catalogue(w->l), SLICE("VR"));
    const struct program *p = program_version_highest(h);
    for (unsigned i = rows_of(w, PAYOUT_VOLUMES, &rows); i-- > 0;) {
        const struct volume_row *row = rows[i];
        struct rational q = rational_of_minor(row->amount_minor, 2);
        int64_t target = 0;
        CHECK(round_money(tiers_earned(&p->volume, 2, q, q, NULL, NULL), 2, p->rounding_mode, p->rounding_step_minor,
                          &target)
              == OK);
        if (p->volume.has_cap && target > p->volume.cap_minor) target = p->volume.cap_minor;
        CHECK_INT(row->paid_minor, target);
        CHECK(row->amount_minor >= 0 && row->qty_milli >= 0);
        paid += row->paid_minor;
    }
    CHECK_INT(ledger_paid(w->l, "VR", "EARNED"), paid);
}

/* 5, 14: what is consumed, paid and charged is what lives. */
static void check_balances(struct world *w)
{
    const void **rows;
    const struct agreement_line_row *row = ledger_row(w->l, PAYOUT_AGREEMENT_LINES,
                                                      LEDGER_KEY(w->l, SLICE("Q-1"), SLICE("1")));
    int64_t live = 0, live_paid = 0, used = 0;
    for (unsigned i = rows_of(w, PAYOUT_LINES, &rows); i-- > 0;) {
        const struct line_row *line = rows[i];
        if (line->pieces_count) continue;
        for (unsigned k = 0; k < line->programs_count; k++) {
            const struct line_program *p = &line->programs[k];
            if (p->volume || p->of_line.size) continue;
            live += p->paid_milli - p->paid_returned_milli;
            live_paid += p->program_minor - p->program_reversed_minor;
            CHECK(p->paid_returned_milli >= 0 && p->paid_returned_milli <= p->paid_milli);
            if (p->returned_milli == p->accepted_milli) CHECK_INT(p->program_reversed_minor, p->program_minor);
            if (p->returned_milli == p->accepted_milli) CHECK_INT(p->payout_reversed_minor, p->payout_minor);
        }
    }
    CHECK_INT(row->consumed_milli, live);
    CHECK_INT(row->paid_minor, live_paid);
    CHECK(row->consumed_milli >= 0 && row->consumed_milli <= row->highest_authorised_milli);
    CHECK_INT(ledger_paid(w->l, "SD", "EARNED"), live_paid);
    const struct program *p = program_version_highest(catalogue_program(ledger_catalogue(w->l), SLICE("SD")));
    for (unsigned i = rows_of(w, PAYOUT_CAPS, &rows); i-- > 0;) {
        const struct cap_row *cap = rows[i];
        CHECK(cap->used_minor >= 0 && cap->used_minor <= p->caps[0].amount_minor);
        used += cap->used_minor;
    }
    CHECK_INT(used, live_paid);
}

/* 7: stock in = stock out, by lot and in all. */
static void check_lots(struct world *w)
{
    const void **rows;
    int64_t received = 0, moved = 0, net = 0, remaining = 0;
    for (unsigned i = rows_of(w, PAYOUT_LOTS, &rows); i-- > 0;) {
        const struct lots_row *pool = rows[i];
        net += pool->net_milli;
        for (unsigned k = 0; k < pool->lots_count; k++) {
            CHECK(pool->lots[k].remaining_milli >= 0 && pool->lots[k].remaining_milli <= pool->lots[k].qty_milli);
            remaining += pool->lots[k].remaining_milli;
            CHECK(k == 0 || pool->lots[k - 1].receipt_date <= pool->lots[k].receipt_date);
        }
    }
    for (unsigned i = rows_of(w, PAYOUT_STOCK_DAYS, &rows); i-- > 0;) {
        const struct stock_day_row *day = rows[i];
        received += day->in_milli;
        moved += day->out_milli;
        CHECK(day->served_to_milli <= day->uncovered_milli || day->served_count == 0);
    }
    CHECK_INT(net, received - moved);
    CHECK(remaining >= net);
    for (unsigned i = rows_of(w, PAYOUT_TRANSACTIONS, &rows); i-- > 0;) {
        const struct transaction_row *txn = rows[i];
        for (unsigned k = 0; k < txn->lines_count; k++)
            CHECK(txn->lines[k].returned_milli <= txn->lines[k].accepted_milli);
    }
}

TEST(books_balance_after_every_seeded_world)
{
    uint64_t seed = test_seed();
    unsigned outcomes[OUTCOME_COUNT] = { 0 };
    for (unsigned n = 0; n < WORLDS; n++) {
        struct world *w = world_of(test_random(&seed));
        for (unsigned i = 0; i < LINES; i++) run_line(w);
        check_volumes(w);
        check_balances(w);
        check_lots(w);
        for (unsigned o = 0; o < OUTCOME_COUNT; o++) outcomes[o] += w->outcomes[o];
    }
    CHECK(outcomes[OUTCOME_PASS] > 100 && outcomes[OUTCOME_SHORT] > 10 && outcomes[OUTCOME_REJECT] > 10
          && outcomes[OUTCOME_HOLD] > 10);
}

/* 3: the order of the lines of an open period changes nothing. */
TEST(the_order_of_counted_lines_changes_no_accumulator)
{
    uint64_t seed = test_seed();
    for (unsigned n = 0; n < 4; n++) {
        uint64_t start = test_random(&seed);
        struct world *a = world_of(start), *b = world_of(start);
        struct line sales[40];
        for (unsigned i = 0; i < 40; i++)
            sales[i] = a_sale(invoice_of(a, i), 1 + pick(a, 40), MICROS(12) + pick(a, 9000000), a_day(a));
        for (unsigned i = 0; i < 40; i++) ledger_decide(a->l, (struct judged){ .line = sales[i] });
        for (unsigned i = 40; i-- > 0;) ledger_decide(b->l, (struct judged){ .line = sales[i] });
        CHECK_INT(ledger_paid(a->l, "VR", "EARNED"), ledger_paid(b->l, "VR", "EARNED"));
        CHECK_SLICE(ledger_dump(a->l, 1u << PAYOUT_VOLUMES), ledger_dump(b->l, 1u << PAYOUT_VOLUMES));
    }
}

/* 10: a line, its CANCEL, and the line again is the line alone. */
TEST(a_line_cancelled_and_sent_again_is_the_line_alone)
{
    static const unsigned tables = 1u << PAYOUT_AGREEMENT_LINES | 1u << PAYOUT_VOLUMES | 1u << PAYOUT_CAPS
                                   | 1u << PAYOUT_PURCHASES | 1u << PAYOUT_AGREEMENTS;
    uint64_t seed = test_seed();
    for (unsigned n = 0; n < 40; n++) {
        uint64_t start = test_random(&seed);
        struct world *a = world_of(start), *b = world_of(start);
        for (unsigned i = 0; i < 8; i++) {
            struct line sale = a_sale(invoice_of(a, i), 20, MICROS(14), 20250105 + (int32_t)i),
                        lot = a_sell_in(invoice_of(a, 100 + i), 30, MICROS(9) + i * 777777, 20250103);
            ledger_decide(a->l, (struct judged){ .line = lot });
            ledger_decide(b->l, (struct judged){ .line = lot });
            ledger_decide(a->l, (struct judged){ .line = sale });
            ledger_decide(b->l, (struct judged){ .line = sale });
        }
        struct line line = pick(a, 2) ? a_claim("S3", 1 + pick(a, 15), "Q-1", 20250108)
                                      : a_sale("S99", 1 + pick(a, 15), MICROS(15), 20250109);
        struct decision once = ledger_decide(a->l, (struct judged){ .line = line, .id = "one" });
        struct decision first = ledger_decide(b->l, (struct judged){ .line = line, .id = "first" });
        ledger_decide(b->l, (struct judged){ .line = a_cancel("first") });
        struct decision again = ledger_decide(b->l, (struct judged){ .line = line, .id = "again" });
        CHECK_INT(once.outcome, first.outcome);
        CHECK_INT(once.outcome, again.outcome);
        CHECK_INT(decision_paid(once, "EARNED"), decision_paid(again, "EARNED"));
        CHECK_SLICE(ledger_dump(a->l, tables), ledger_dump(b->l, tables));
    }
}
