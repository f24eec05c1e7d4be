/* tests/unit/services/compliance/test_originals.c: domain.md 6.2, 6.3, screening.md 4.4. */
#include "compliance/originals.h"

#include "compliance/duplicates.h"
#include "support/compliance_desk.h"
#include "support/table.h"

#define SAYS(d, name, l, literal) CHECK_TEXT(desk_says(desk_judge((d), (name), (l))), literal)

static struct line a_cancel(const char *of)
{
    return (struct line){ .kind = KIND_CANCEL, .partner_id = SLICE("N-100"), .original_line_ref = desk_line_id(of) };
}

/* A sale that waits: a mark on its rep's day. */
static void hold(struct desk *d, const char *name, struct line *l)
{
    d->policy.velocity_rep_day_lines = 0;
    l->rep_id = SLICE("R-1");
    SAYS(d, name, l, "HOLD PATTERN_REVIEW");
    d->policy.velocity_rep_day_lines = 20;
}

TEST(a_cancel_frees_the_key_so_that_the_line_may_come_again)
{
    struct desk d;
    desk_open(&d);
    struct line sale = desk_sale("INV-1"), cancel = a_cancel("sale");
    SAYS(&d, "sale", &sale, "PASS -");
    const struct verdict *v = desk_judge(&d, "cancel", &cancel);
    CHECK_TEXT(desk_says(v), "PASS -");
    CHECK_INT(v->withdraws.size, 0);
    SAYS(&d, "cancel", &cancel, "PASS -");
    SAYS(&d, "sale again", &sale, "PASS -");
    SAYS(&d, "and again", &sale, "REJECT DUPLICATE");
    desk_close(&d);
}

TEST(a_cancel_of_less_than_the_whole_frees_nothing)
{
    struct desk d;
    desk_open(&d);
    struct line sale = desk_sale("INV-1"), cancel = a_cancel("sale");
    SAYS(&d, "sale", &sale, "PASS -");
    cancel.qty_milli = -4000;
    SAYS(&d, "cancel", &cancel, "PASS -");                  /* payout says TARGET_UNKNOWN */
    SAYS(&d, "sale again", &sale, "REJECT DUPLICATE");
    desk_close(&d);
}

TEST(a_cancel_withdraws_an_original_that_waits_here_and_a_replay_says_the_same)
{
    struct desk d;
    desk_open(&d);
    struct line sale = desk_sale("INV-1"), cancel = a_cancel("sale");
    hold(&d, "sale", &sale);
    const struct verdict *v = desk_judge(&d, "cancel", &cancel);
    CHECK_TEXT(desk_says(v), "PASS -");
    CHECK_SLICE(v->withdraws, desk_line_id("sale"));
    CHECK_SLICE(v->judgement->withdrew_line_id, desk_line_id("sale"));
    v = desk_judge(&d, "cancel", &cancel);
    CHECK_SLICE(v->judgement->withdrew_line_id, desk_line_id("sale"));
    CHECK_INT(v->withdraws.size, 0);
    SAYS(&d, "sale again", &sale, "PASS -");
    desk_close(&d);
}

TEST(a_partial_cancel_and_a_return_wait_behind_an_original_that_waits)
{
    struct desk d;
    desk_open(&d);
    struct line sale = desk_sale("INV-1"), cancel = a_cancel("sale"), back = desk_sale("CM-1");
    hold(&d, "sale", &sale);
    cancel.qty_milli = -4000;
    const struct verdict *v = desk_judge(&d, "cancel", &cancel);
    CHECK_TEXT(desk_says(v), "PARK WAITING_FOR_TARGET");
    struct text want = text_in(test_arena(), 64);
    PUT(&want, WAIT_TARGET);
    text_put(&want, desk_line_id("sale"));
    CHECK_SLICE(v->judgement->waiting.on, text_slice(&want));
    back.kind = KIND_POS_RETURN;
    back.qty_milli = -4000;
    back.original_line_ref = desk_line_id("sale");
    SAYS(&d, "by line", &back, "PARK WAITING_FOR_TARGET");
    back.original_line_ref = (struct slice){ 0 };
    back.original_invoice_no = SLICE("INV-1");
    back.original_invoice_line = SLICE("1");
    SAYS(&d, "by invoice", &back, "PARK WAITING_FOR_TARGET");
    struct review_effect release = { .verb = VERB_RELEASE, .signature_count = 1,
                                     .reviewed = desk_judge(&d, "sale", &sale)->judgement };
    d.review = &release;
    SAYS(&d, "sale", &sale, "PASS -");
    SAYS(&d, "by invoice", &back, "PASS -");
    cancel.qty_milli = 0;
    desk_close(&d);
}

TEST(an_unlinked_return_waits_while_a_sale_that_would_match_waits_and_live_ones_do_not_cover_it)
{
    struct table t = TABLE(
        "live   waiting  returned  date      | says",
        "no     no       4000      20260401  | PASS -",     /* nothing waits: payout says RETURN_UNMATCHED */
        "no     yes      4000      20260401  | PARK WAITING_FOR_TARGET",
        "yes    yes      4000      20260401  | PASS -",
        "yes    yes      10000     20260401  | PASS -",
        "yes    yes      10001     20260401  | PARK WAITING_FOR_TARGET",
        "no     yes      4000      20260330  | PASS -",     /* the sale is later than the return */
        "no     yes      4000      20270331  | PARK WAITING_FOR_TARGET",
        "no     yes      4000      20270402  | PASS -");    /* beyond return_match_days */
    while (table_next(&t)) {
        struct desk d;
        desk_open(&d);
        d.policy.modes[RULE_DUP_03] = RULE_MODE_OFF;
        d.policy.future_days = 500;
        struct line sale = desk_sale("INV-1"), other = desk_sale("INV-2"), back = desk_sale("CM-1");
        if (cell_yes(&t, "live")) SAYS(&d, "live", &other, "PASS -");
        if (cell_yes(&t, "waiting")) hold(&d, "waiting", &sale);
        back.kind = KIND_POS_RETURN;
        back.qty_milli = -cell_int(&t, "returned");
        back.ship_date = (int32_t)cell_int(&t, "date");
        const struct verdict *v = desk_judge(&d, "return", &back);
        CHECK_CELL(&t, "says", desk_says(v));
        if (v->judgement->outcome == OUTCOME_PARK)          /* people are told which */
            CHECK_SLICE(v->judgement->reasons[0].arguments[0].value, desk_line_id("waiting"));
        desk_close(&d);
    }
}

TEST(a_matching_sale_that_is_decided_wakes_returns_that_wait_for_one)
{
    struct desk d;
    desk_open(&d);
    struct line sale = desk_sale("INV-1"), back = desk_sale("CM-1");
    hold(&d, "sale", &sale);
    back.kind = KIND_POS_RETURN;
    back.qty_milli = -4000;
    const struct verdict *v = desk_judge(&d, "return", &back);
    struct slice on = v->judgement->waiting.on;
    struct review_effect deny = { .verb = VERB_DENY, .note = SLICE("no such sale") };
    d.review = &deny;
    v = desk_judge(&d, "sale", &sale);
    CHECK_TEXT(desk_says(v), "REJECT DENIED_ON_REVIEW");
    CHECK_INT(v->wake_count, 1);
    CHECK_SLICE(v->wakes[0], on);
    SAYS(&d, "return", &back, "PASS -");
    desk_close(&d);
}

TEST(a_replace_leaves_the_key_of_its_original_and_adds_its_own)
{
    struct desk d;
    desk_open(&d);
    d.policy.modes[RULE_DUP_03] = RULE_MODE_OFF;
    struct line sale = desk_sale("INV-1"), better = desk_sale("INV-1");
    SAYS(&d, "sale", &sale, "PASS -");
    better.kind = KIND_REPLACE;
    better.replaces_kind = KIND_POS_SALE;
    better.original_line_ref = desk_line_id("sale");
    better.qty_milli = 8000;
    SAYS(&d, "better", &better, "PASS -");
    SAYS(&d, "sale again", &sale, "REJECT DUPLICATE");
    sale.qty_milli = 8000;
    SAYS(&d, "the new content again", &sale, "REJECT DUPLICATE");
    desk_close(&d);
}

TEST(a_replace_that_is_refused_leaves_its_original_as_it_was)
{
    struct desk d;
    desk_open(&d);
    struct line sale = desk_sale("INV-1"), worse = desk_sale("INV-1"), cancel = a_cancel("sale");
    hold(&d, "sale", &sale);
    worse.kind = KIND_REPLACE;
    worse.replaces_kind = KIND_POS_SALE;
    worse.original_line_ref = desk_line_id("sale");
    worse.ship_date = 20260501;
    const struct verdict *v = desk_judge(&d, "worse", &worse);
    CHECK_TEXT(desk_says(v), "REJECT SHIP_FUTURE");
    CHECK_INT(v->withdraws.size, 0);
    v = desk_judge(&d, "cancel", &cancel);
    CHECK_SLICE(v->withdraws, desk_line_id("sale"));
    desk_close(&d);
}

TEST(a_cancel_that_withdrew_in_classification_passes_and_keeps_saying_so)
{
    struct desk d;
    desk_open(&d);
    struct line cancel = a_cancel("elsewhere");
    SAYS(&d, "cancel", &cancel, "PASS -");
    desk_close(&d);
}
