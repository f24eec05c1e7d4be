/* Invariants 6 and 16 of domain.md 9 on seeded random lines: sales, returns, grants, pre-approvals, claims, cancels,
 * reversals, closes and settlements of one program after the other, checked after every line. */
#include "support/ledger.h"
#include "support/table.h"

#include "domain/rating/funds.h"

#include <stdio.h>

enum { LINES = 300, WORLDS = 6, KEPT = 128, ROWS = 64, PAPERS = 12 };

static const char *const periods[] = { "2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4" };

struct world {
    struct ledger_fixture *l;
    uint64_t               seed;
    struct slice           sales[KEPT], claims[KEPT], payouts[KEPT];
    unsigned               sale_count, claim_count, payout_count;
    int64_t                arrived, claimed, settled;   /* Σ FUND, Σ EARNED of claims, Σ SETTLED */
    unsigned               outcomes[OUTCOME_COUNT];
};

static int64_t pick(struct world *w, int64_t below)
{
    return (int64_t)(test_random(&w->seed) % (uint64_t)below);
}

static void keep(struct slice *list, unsigned *count, struct slice id)
{
    if (*count < KEPT) list[(*count)++] = id;
}

static const char *numbered(const char *what, int64_t number)
{
    char *text = arena_alloc(test_arena(), 16);
    snprintf(text, 16, "%s%d", what, (int)number);
    return text;
}

static int32_t a_day(struct world *w)
{
    return 20250100 + 100 * (int32_t)pick(w, 12) + 1 + (int32_t)pick(w, 28);
}

static struct program a_coop(struct world *w)
{
    static struct tier tiers[] = { { .rate = RATE_PERCENT, .percent_micros = 1200000 },
                                   { .from_micros = MICROS(2000), .rate = RATE_PERCENT, .percent_micros = 2500000 } };
    struct program p = ledger_volume("CO", tiers, 2);
    p.incentive = INCENTIVE_MDF;
    p.volume.method = pick(w, 2) ? TIER_METHOD_RETROACTIVE : TIER_METHOD_MARGINAL;
    p.claim = (struct claim_terms){ true, 45, ANCHOR_PERIOD_END, 1 };
    p.mdf = (struct mdf_terms){ .kind = MDF_KIND_COOP,
                                .usage = pick(w, 2) ? MDF_USAGE_NEXT_PERIOD : MDF_USAGE_SAME_PERIOD,
                                .threshold_minor = pick(w, 8000),
                                .preapproval = pick(w, 2) ? PREAPPROVAL_RULE_NONE : PREAPPROVAL_RULE_OVER,
                                .preapproval_over_minor = 4000,
                                .share_percent_micros = 50000000 };
    return p;
}

static struct line operator_line(struct world *w, enum kind kind)
{
    return (struct line){ .kind = kind,
                          .partner_id = SLICE("N"),
                          .program_id = SLICE("CO"),
                          .currency = SLICE("USD"),
                          .period_label = slice_from(periods[pick(w, 4)]),
                          .cause = CAUSE_AUDIT,
                          .reason_text = SLICE("x") };
}

static struct line a_request(struct world *w)
{
    static const enum preapproval_status states[] = { PREAPPROVAL_STATUS_APPROVED, PREAPPROVAL_STATUS_APPROVED,
                                                      PREAPPROVAL_STATUS_WITHDRAWN };
    static int64_t revision;
    struct mdf_preapproval *p = ARENA_NEW(test_arena(), struct mdf_preapproval);
    *p = (struct mdf_preapproval){ .revision = ++revision,
                                   .approved_amount_minor = 1 + pick(w, 9000),
                                   .status = states[pick(w, 3)] };
    struct line l = operator_line(w, KIND_MDF_PREAPPROVAL);
    l.preapproval_no = slice_from(numbered("P", pick(w, PAPERS)));
    l.activity_from = a_day(w);
    l.activity_to = 20251231;
    l.preapproval = p;
    return l;
}

static struct line a_spend(struct world *w)
{
    static const struct document_proof proof = { .type = SLICE_INIT("INVOICE") };
    struct line l = operator_line(w, KIND_MDF_CLAIM);
    l.activity_from = l.activity_to = a_day(w);
    l.activity_type = SLICE("EVENT");
    l.spend_amount_minor = 1 + pick(w, 9000);
    l.claimed_amount_minor = 1 + pick(w, 5000);
    l.has_claimed_amount_minor = true;
    l.vendor.key = SLICE("V");
    l.vendor_invoice_no = slice_from(numbered("I", pick(w, 40)));
    l.documents = &proof;
    l.document_count = 1;
    l.final_claim = pick(w, 5) == 0;
    if (pick(w, 2)) l.preapproval_no = slice_from(numbered("P", pick(w, PAPERS)));
    return l;
}

static struct line a_money_line(struct world *w, enum kind kind)
{
    struct line l = operator_line(w, kind);
    l.amount_minor = pick(w, 9000) - 2000;
    if (l.amount_minor == 0) l.amount_minor = 1;
    l.payee_id = SLICE("N");
    if (kind == KIND_SETTLEMENT && w->payout_count)
        l.payout_ids = (struct texts){ &w->payouts[pick(w, w->payout_count)], 1 };
    if (kind == KIND_REVERSE && w->claim_count) l.line_refs = (struct texts){ &w->claims[pick(w, w->claim_count)], 1 };
    if (kind == KIND_PERIOD_CLOSE) l.close = pick(w, 3) ? CLOSE_EARNING : CLOSE_USAGE;
    return l;
}

static struct line next_line(struct world *w, int number)
{
    int64_t kind = pick(w, 100);
    if (kind < 30 || w->sale_count == 0)
        return a_sale(numbered("S", number), 1 + pick(w, 20), MICROS(1 + pick(w, 90)), a_day(w));
    struct slice sale = w->sales[pick(w, w->sale_count)];
    if (kind < 40) {
        struct line back = a_return("", 1 + pick(w, 4), a_day(w));
        back.original_line_ref = sale;
        return back;
    }
    if (kind < 52) return a_request(w);
    if (kind < 72) return a_spend(w);
    if (kind < 78) return a_money_line(w, KIND_FUND_ADJUSTMENT);
    if (kind < 82) return a_money_line(w, KIND_SETTLEMENT);
    if (kind < 86) return a_money_line(w, KIND_REVERSE);
    if (kind < 90) return a_money_line(w, KIND_PERIOD_CLOSE);
    struct line c = a_cancel("");
    c.original_line_ref = kind < 94 || !w->claim_count ? sale : w->claims[pick(w, w->claim_count)];
    return c;
}

/* What the entries say, to be compared with what the rows say. */
static void count_entries(struct world *w, const struct line *line, struct decision d)
{
    for (unsigned i = 0; i < d.section->entry_count; i++) {
        const struct payout *e = &d.section->entries[i];
        bool earned = slice_equal(e->ledger, SLICE("EARNED"));
        if (slice_equal(e->ledger, SLICE("FUND"))) w->arrived += e->program_amount_minor;
        if (slice_equal(e->ledger, SLICE("SETTLED"))) w->settled += e->program_amount_minor;
        if (earned
            && (line->kind == KIND_MDF_CLAIM || line->kind == KIND_REVERSE
                || (line->kind == KIND_CANCEL && e->qty_milli == 0)))
            w->claimed += e->program_amount_minor;
        if (earned) keep(w->payouts, &w->payout_count, e->payout_id);
    }
    if (d.outcome != OUTCOME_PASS && d.outcome != OUTCOME_SHORT) return;
    if (line->kind == KIND_POS_SALE) keep(w->sales, &w->sale_count, d.line_id);
    if (line->kind == KIND_MDF_CLAIM) keep(w->claims, &w->claim_count, d.line_id);
}

static int64_t reserved_of(struct world *w, struct slice period)
{
    struct slice keys[ROWS];
    const void *records[ROWS];
    int64_t sum = 0;
    unsigned count = ledger_rows(w->l, PAYOUT_PREAPPROVALS, keys, records, ROWS);
    for (unsigned i = 0; i < count; i++) {
        const struct preapproval_row *p = records[i];
        CHECK(p->reserved_minor >= 0 && p->paid_minor >= 0);
        if (p->status != PREAPPROVAL_STATUS_APPROVED) CHECK_INT(p->reserved_minor, 0);
        if (slice_equal(p->period, period)) sum += p->reserved_minor;
    }
    return sum;
}

/* 6: what came in is somewhere, nothing is less than nothing, reserved is the open reservations. */
/* A part of a key: each is its size in two bytes, then its text. */
static struct slice key_part(struct slice key, unsigned nth)
{
    for (;;) {
        size_t size = (size_t)((uint8_t)key.bytes[0] << 8 | (uint8_t)key.bytes[1]);
        if (nth-- == 0) return slice_head(slice_skip(key, 2), size);
        key = slice_skip(key, 2 + size);
    }
}

static void check_funds(struct world *w)
{
    struct slice keys[ROWS];
    const void *records[ROWS];
    int64_t arrived = 0, paid = 0;
    unsigned count = ledger_rows(w->l, PAYOUT_FUNDS, keys, records, ROWS);
    for (unsigned i = 0; i < count; i++) {
        const struct fund_row *f = records[i];
        int64_t available = f->accrued_minor + f->adjusted_minor - f->reserved_minor - f->paid_minor - f->expired_minor
                            - f->converted_minor;
        CHECK(f->reserved_minor >= 0 && f->paid_minor >= 0 && f->expired_minor >= 0);
        CHECK_INT(f->reserved_minor, reserved_of(w, key_part(keys[i], 2)));
        if (f->is_closed) CHECK(available <= 0);
        arrived += f->accrued_minor + f->adjusted_minor;
        paid += f->paid_minor;
    }
    CHECK_INT(arrived, w->arrived);
    CHECK_INT(paid, w->claimed);
}

/* 16: settled is what the ERP reported, payout by payout. */
static void check_settlements(struct world *w)
{
    struct slice keys[KEPT];
    const void *records[KEPT];
    int64_t settled = 0;
    unsigned count = ledger_rows(w->l, PAYOUT_SETTLEMENTS, keys, records, KEPT);
    for (unsigned i = 0; i < count; i++) settled += ((const struct settlement_row *)records[i])->settled_minor;
    CHECK_INT(settled, w->settled);
    CHECK_INT(settled, ledger_paid(w->l, "CO", "SETTLED"));
}

static int32_t received_for(struct world *w, const struct line *line)
{
    if (line->kind == KIND_PERIOD_CLOSE) return 20260601;
    int32_t least = line->ship_date > line->activity_to ? line->ship_date : line->activity_to;
    return least ? date_add_days(least, 1 + pick(w, 20)) : 20251215;
}

static void end_all_claims(struct world *w)
{
    for (unsigned i = 0; i < w->claim_count; i++) {
        struct line c = a_cancel("");
        c.original_line_ref = w->claims[i];
        struct decision d = ledger_decide(w->l, (struct judged){ .line = c, .received = 20260701 });
        count_entries(w, &c, d);
        CHECK(decision_verifies(d));
    }
}

TEST(a_fund_keeps_what_came_in_and_settlements_add_up)
{
    uint64_t seed = test_seed();
    unsigned outcomes[OUTCOME_COUNT] = { 0 };
    for (int n = 0; n < WORLDS; n++) {
        struct world *w = ARENA_NEW(test_arena(), struct world);
        unsigned failed = CU_get_number_of_failures();
        w->seed = seed + (uint64_t)n;
        w->l = ledger_open();
        ledger_program(w->l, a_coop(w));
        for (int i = 0; i < LINES && CU_get_number_of_failures() == failed; i++) {
            struct line line = next_line(w, i);
            struct decision d =
                ledger_decide(w->l, (struct judged){ .line = line, .received = received_for(w, &line) });
            outcomes[d.outcome]++;
            CHECK(decision_verifies(d));
            count_entries(w, &line, d);
            check_funds(w);
            check_settlements(w);
        }
        end_all_claims(w);
        check_funds(w);
        CHECK_INT(w->claimed, 0);
    }
    CHECK(outcomes[OUTCOME_PASS] > 100 && outcomes[OUTCOME_SHORT] > 5 && outcomes[OUTCOME_REJECT] > 20);
}

TEST(a_line_that_takes_a_limit_past_nine_tenths_is_noted_once)
{
    struct table t = TABLE("limit       before      after     | nears",
                           "1000        0           899       | no",
                           "1000        0           900       | yes",
                           "1000        899         1000      | yes",
                           "1000        900         901       | no",
                           "1000        950         800       | no",
                           "1000        800         1200      | yes",
                           "0           0           10        | no",
                           "-5          0           10        | no",
                           "9000000000000000000  0  8100000000000000000 | yes");
    while (table_next(&t)) {
        struct balance balances[2] = { { .before = 1 }, { .before = 2 } };
        struct award a = { .balances = balances, .balance_count = 2 };
        award_note_limit(&a, LIMIT_FUND, cell_int(&t, "limit"), cell_int(&t, "before"), cell_int(&t, "after"));
        CHECK_INT(balances[0].nears, LIMIT_FAR);
        CHECK_INT(balances[1].nears, cell_yes(&t, "nears") ? LIMIT_FUND : LIMIT_FAR);
    }
    struct award none = { 0 };
    award_note_limit(&none, LIMIT_CAP, 10, 0, 10);          /* more balances than are kept: nobody is told */
}

TEST(a_fund_is_near_its_end_by_what_is_left_of_it)
{
    struct fund_row fund = { .accrued_minor = 900, .adjusted_minor = 100, .paid_minor = 850, .reserved_minor = 50 };
    struct balance balance = { 0 };
    struct award a = { .balances = &balance, .balance_count = 1 };
    funds_note_limit(&a, &fund, 101);
    CHECK_INT(balance.nears, LIMIT_FUND);
    balance.nears = LIMIT_FAR;
    funds_note_limit(&a, &fund, 100);
    CHECK_INT(balance.nears, LIMIT_FAR);
}
