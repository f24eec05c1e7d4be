/* tests/unit/services/compliance/test_approval.c: domain.md 10, FIN-01, FIN-02. */
#include "compliance/approval.h"

#include "support/compliance_desk.h"
#include "support/table.h"

static struct slice approvers_asked(const struct verdict *v)
{
    for (unsigned i = 0; i < v->judgement->reason_count; i++)
        if (v->judgement->reasons[i].code == REASON_APPROVAL_REQUIRED)
            return v->judgement->reasons[i].arguments[0].value;
    return SLICE("0");
}

static void put_limits(struct desk *d, const char *id, const char *first)
{
    const struct pair settings[] = {
        { SLICE("approval.auto_max"), slice_from(first) }, { SLICE("approval.one_max"), SLICE("2000") },
        { SLICE("approval.two_max"), SLICE("3000") },
    };
    struct limits l = { .id = slice_from(id), .version = 1, .valid_from = 20200101, .settings = settings,
                        .setting_count = 3 };
    CHECK(catalogue_put_limits(d->catalogue, &l) == OK);
}

TEST(an_amount_asks_for_people_by_the_limits_of_its_currency)
{
    struct table t = TABLE(
        "currency  minor  | approvers",
        "USD       100000 | 0",
        "USD       100001 | 1",
        "USD       200000 | 1",
        "USD       200001 | 2",
        "USD       300000 | 2",
        "USD       300001 | 3",
        "EUR       50000  | 0",
        "EUR       50001  | 1",
        "JPY       1      | 3");                            /* no record: every amount over zero asks */
    while (table_next(&t)) {
        struct desk d;
        desk_open(&d);
        put_limits(&d, "default", "1000");
        put_limits(&d, "EUR", "500");
        struct line l = desk_mdf("M-1");
        l.currency = cell(&t, "currency");
        l.claimed_amount_minor = cell_int(&t, "minor");
        CHECK_CELL(&t, "approvers", approvers_asked(desk_judge(&d, "line", &l)));
        desk_close(&d);
    }
}

TEST(without_a_record_the_limits_of_the_page_hold_for_dollars)
{
    struct desk d;
    desk_open(&d);
    d.policy.modes[RULE_DUP_03] = RULE_MODE_OFF;
    struct line l = desk_mdf("M-1");
    l.claimed_amount_minor = 100000;
    CHECK_TEXT(desk_says(desk_judge(&d, "line", &l)), "PASS -");
    l = desk_mdf("M-2");
    l.claimed_amount_minor = 1;
    CHECK_TEXT(desk_says(desk_judge(&d, "second", &l)), "HOLD APPROVAL_REQUIRED");
    desk_close(&d);
}

TEST(claims_of_one_payee_program_and_day_add_up)
{
    struct desk d;
    desk_open(&d);
    d.policy.modes[RULE_DUP_03] = RULE_MODE_OFF;
    struct line first = desk_mdf("M-1"), second = desk_mdf("M-2"), third = desk_mdf("M-3"), later = desk_mdf("M-4");
    first.claimed_amount_minor = 60000;
    second.claimed_amount_minor = 40000;
    third.claimed_amount_minor = later.claimed_amount_minor = 1;
    CHECK_TEXT(desk_says(desk_judge(&d, "first", &first)), "PASS -");
    CHECK_TEXT(desk_says(desk_judge(&d, "second", &second)), "PASS -");
    CHECK_TEXT(desk_says(desk_judge(&d, "third", &third)), "HOLD APPROVAL_REQUIRED");
    CHECK_TEXT(desk_says(desk_judge(&d, "second", &second)), "PASS -");    /* a replay stands where it stood */
    d.now += INSTANT_DAY_MS;
    CHECK_TEXT(desk_says(desk_judge(&d, "later", &later)), "PASS -");
    desk_close(&d);
}

/* Judged again it meets what stood there when it came, and nothing that came after it. */
TEST(a_claim_keeps_the_day_that_it_came_to)
{
    struct desk d;
    desk_open(&d);
    d.policy.modes[RULE_DUP_03] = RULE_MODE_OFF;
    struct line lines[] = { desk_mdf("M-1"), desk_mdf("M-2"), desk_mdf("M-3") };
    static const char *const names[] = { "first", "second", "third" };
    static const char *const says[] = { "PASS -", "HOLD APPROVAL_REQUIRED", "HOLD APPROVAL_REQUIRED" };
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 3; i++) {
            lines[i].claimed_amount_minor = 60000;
            CHECK_SLICE(desk_says(desk_judge(&d, names[i], &lines[i])), slice_from(says[i]));
        }
    desk_close(&d);
}

/* A day is a payee's: the seller's where the program pays sellers, for one of them each. */
TEST(what_a_program_pays_sellers_adds_up_by_seller)
{
    static const struct { enum payee_kind payee; const char *second; bool asks; } rows[] = {
        { PAYEE_REP, "R-2", false }, { PAYEE_REP, "R-1", true }, { PAYEE_PARTNER, "R-2", true },
    };
    for (unsigned i = 0; i < 3; i++) {
        struct desk d;
        desk_open(&d);
        d.policy.modes[RULE_DUP_03] = d.policy.modes[RULE_SPF_01] = RULE_MODE_OFF;
        struct program p = { .id = SLICE("SPF"), .version = 1, .incentive = INCENTIVE_SPIFF, .valid_from = 20200101,
                             .status = PROGRAM_STATUS_ACTIVE, .valid_to = 20991231, .payee = rows[i].payee };
        CHECK(catalogue_put_program(d.catalogue, &p) == OK);
        d.program_id = p.id;
        struct line first = desk_spiff("S-1"), second = desk_spiff("S-2");
        first.has_claimed_amount_minor = second.has_claimed_amount_minor = true;
        first.claimed_amount_minor = second.claimed_amount_minor = 60000;
        second.rep_id = slice_from(rows[i].second);
        CHECK_TEXT(desk_says(desk_judge(&d, "first", &first)), "PASS -");
        CHECK_SLICE(desk_says(desk_judge(&d, "second", &second)),
                    rows[i].asks ? SLICE("HOLD APPROVAL_REQUIRED") : SLICE("PASS -"));
        desk_close(&d);
    }
}

/* Who wrote the terms of the line's candidate, and who is nobody, approve nothing. */
TEST(no_author_and_nobody_approves)
{
    static const struct { const char *actor; bool approves; } rows[] = {
        { "tess", false }, { "ann", true }, { "...", false }, { " ", false },
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk d;
        desk_open(&d);
        struct program terms = { .id = SLICE("MDF-26"), .version = 1, .incentive = INCENTIVE_MDF,
                                 .valid_from = 20200101, .valid_to = 20991231, .status = PROGRAM_STATUS_ACTIVE };
        CHECK(catalogue_put_program(d.catalogue, &terms) == OK
              && catalogue_put_author(d.catalogue, terms.id, 1, SLICE("tess")) == OK);
        d.program_id = terms.id;
        d.approvals[d.approval_count++] = (struct pair){ SLICE("approved_by"), slice_from(rows[i].actor) };
        struct line l = desk_mdf("M-1");
        l.claimed_amount_minor = 150000;
        const struct verdict *v = desk_judge(&d, "line", &l);
        CHECK_SLICE(desk_says(v), rows[i].approves ? SLICE("PASS -") : SLICE("HOLD APPROVAL_REQUIRED"));
        desk_close(&d);
    }
}

TEST(a_claim_that_is_refused_claimed_nothing)
{
    struct desk d;
    desk_open(&d);
    d.policy.modes[RULE_DUP_03] = RULE_MODE_OFF;
    struct line first = desk_mdf("M-1"), second = desk_mdf("M-2");
    first.claimed_amount_minor = 100001;
    second.claimed_amount_minor = 100000;
    CHECK_TEXT(desk_says(desk_judge(&d, "first", &first)), "HOLD APPROVAL_REQUIRED");
    struct review_effect deny = { .verb = VERB_DENY };
    d.review = &deny;
    CHECK_TEXT(desk_says(desk_judge(&d, "first", &first)), "REJECT DENIED_ON_REVIEW,APPROVAL_REQUIRED");
    CHECK_TEXT(desk_says(desk_judge(&d, "second", &second)), "PASS -");
    desk_close(&d);
}

TEST(signatures_are_different_people_who_are_neither_submitter_nor_rep_nor_payee_nor_author_of_the_terms)
{
    struct table t = TABLE(
        "actors            | says",
        "-                 | HOLD APPROVAL_REQUIRED",
        "ann               | HOLD APPROVAL_REQUIRED",
        "ann ann           | HOLD APPROVAL_REQUIRED",
        "ann northgate     | HOLD APPROVAL_REQUIRED",       /* the submitter */
        "ann N-100         | HOLD APPROVAL_REQUIRED",       /* the payee */
        "ann local         | HOLD APPROVAL_REQUIRED",
        "ann Ann           | HOLD APPROVAL_REQUIRED",       /* one person however it is typed */
        "ann NorthGate     | HOLD APPROVAL_REQUIRED",
        "ann n-100         | HOLD APPROVAL_REQUIRED",
        "ann LOCAL         | HOLD APPROVAL_REQUIRED",
        "ann Tess          | HOLD APPROVAL_REQUIRED",
        "ann tess          | HOLD APPROVAL_REQUIRED",       /* wrote the program */
        "ann bob           | PASS -");
    while (table_next(&t)) {
        struct desk d;
        desk_open(&d);
        put_limits(&d, "default", "1000");
        struct program terms = { .id = SLICE("MDF-26"), .version = 1 };
        CHECK(catalogue_put_program(d.catalogue, &terms) == OK
              && catalogue_put_author(d.catalogue, terms.id, 1, SLICE("tess")) == OK);
        struct slice rest = cell(&t, "actors");
        while (rest.size)
            d.approvals[d.approval_count++] = (struct pair){ SLICE("approved_by"), slice_cut(&rest, ' ') };
        struct line l = desk_mdf("M-1");
        l.claimed_amount_minor = 250000;
        l.program_id = terms.id;
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "line", &l)));
        desk_close(&d);
    }
}

TEST(approvals_answer_the_amount_and_no_other_finding)
{
    struct desk d;
    desk_open(&d);
    d.policy.modes[RULE_SPF_01] = RULE_MODE_OFF;
    d.policy.velocity_rep_day_lines = 0;
    d.approvals[d.approval_count++] = (struct pair){ SLICE("approved_by"), SLICE("ann") };
    struct line l = desk_spiff("S-1");
    l.claimed_amount_minor = 150000;
    l.has_claimed_amount_minor = true;
    CHECK_TEXT(desk_says(desk_judge(&d, "line", &l)), "HOLD PATTERN_REVIEW");
    desk_close(&d);
}

TEST(manual_money_asks_for_two_and_a_claim_on_agreed_terms_for_nobody)
{
    struct table t = TABLE(
        "kind              | approvers",
        "ADJUSTMENT        | 2",
        "REVERSE           | 2",
        "RERATE            | 2",
        "FUND_ADJUSTMENT   | 0",
        "SETTLEMENT        | 0",
        "SHIP_DEBIT_CLAIM  | 0");
    while (table_next(&t)) {
        struct desk d;
        desk_open(&d);
        struct line l = { .kind = kind_find(cell(&t, "kind")), .partner_id = SLICE("N-100"), .currency = SLICE("USD"),
                          .amount_minor = 99999999, .claimed_amount_minor = 99999999,
                          .has_claimed_amount_minor = true };
        CHECK_CELL(&t, "approvers", approvers_asked(desk_judge(&d, "line", &l)));
        desk_close(&d);
    }
}

TEST(a_partners_request_for_marketing_money_always_asks_and_a_vendors_approval_does_not)
{
    struct table t = TABLE(
        "status     minor    | approvers",
        "REQUESTED  1        | 1",
        "REQUESTED  100001   | 1",
        "REQUESTED  2500001  | 2",
        "APPROVED   2500001  | 0",
        "WITHDRAWN  1        | 0");
    while (table_next(&t)) {
        struct desk d;
        desk_open(&d);
        struct mdf_preapproval p = {
            .status = (enum preapproval_status)word_find(VOCABULARY_PREAPPROVAL_STATUS, cell(&t, "status")),
            .planned_spend_minor = cell_int(&t, "minor"),
        };
        struct line l = { .kind = KIND_MDF_PREAPPROVAL, .partner_id = SLICE("N-100"), .currency = SLICE("USD"),
                          .preapproval_no = SLICE("PA-1"), .preapproval = &p };
        CHECK_CELL(&t, "approvers", approvers_asked(desk_judge(&d, "line", &l)));
        desk_close(&d);
    }
}

TEST(who_may_approve_does_not_approve_what_he_sent)
{
    struct desk d;
    desk_open(&d);
    d.facts.submitter_approves = true;
    struct line l = desk_mdf("M-1");
    CHECK_TEXT(desk_says(desk_judge(&d, "line", &l)), "HOLD APPROVAL_REQUIRED");
    d.approvals[d.approval_count++] = (struct pair){ SLICE("approved_by"), SLICE("ann") };
    CHECK_TEXT(desk_says(desk_judge(&d, "line", &l)), "PASS -");
    desk_close(&d);
}

/* LIMITS sod.enforced: false: what the sender does beside is recorded with the rule, and no more. */
TEST(where_duties_may_mix_who_may_approve_sends_and_signs)
{
    for (int mix = 0; mix < 2; mix++) {
        struct desk d;
        desk_open(&d);
        d.policy.modes[RULE_DUP_03] = RULE_MODE_OFF;
        struct pair said = { SLICE("sod.enforced"), mix ? SLICE("false") : SLICE("true") };
        struct limits l = { .id = SLICE("default"), .version = 1, .valid_from = 20200101, .settings = &said,
                            .setting_count = 1 };
        CHECK(catalogue_put_limits(d.catalogue, &l) == OK);
        d.facts.submitter_approves = true;
        struct line claim = desk_mdf("M-1");
        const struct verdict *v = desk_judge(&d, "line", &claim);
        CHECK_SLICE(desk_says(v), mix ? SLICE("PASS -") : SLICE("HOLD APPROVAL_REQUIRED"));
        CHECK_SLICE(desk_rule(v, RULE_FIN_02), mix ? SLICE("FALSE") : SLICE("TRUE"));
        claim = desk_mdf("M-2");
        claim.claimed_amount_minor = 100001;
        d.facts.submitter_approves = false;
        d.approvals[d.approval_count++] = (struct pair){ SLICE("approved_by"), d.submitter };
        v = desk_judge(&d, "large", &claim);
        CHECK_SLICE(desk_says(v), mix ? SLICE("PASS -") : SLICE("HOLD APPROVAL_REQUIRED"));
        desk_close(&d);
    }
}

TEST(a_sum_that_does_not_fit_is_held_and_never_wraps)
{
    struct desk d;
    desk_open(&d);
    struct line l = desk_spiff("S-1");
    d.policy.modes[RULE_SPF_01] = RULE_MODE_OFF;
    l.claimed_debit_unit_micros = 1000000000000000;
    l.has_claimed_debit_unit_micros = true;
    l.qty_milli = 1000000000000;
    const struct verdict *v = desk_judge(&d, "line", &l);
    CHECK_TEXT(desk_says(v), "HOLD NUMBER_OVERFLOW");
    CHECK_TEXT(desk_rule(v, RULE_FIN_01), "FAULT");
    desk_close(&d);
}

static const struct rule_result *fin_01(const struct verdict *v)
{
    static const struct rule_result none;
    for (unsigned i = 0; i < v->judgement->rule_result_count; i++)
        if (v->judgement->rule_results[i].number == rule_row(RULE_FIN_01)->number)
            return &v->judgement->rule_results[i];
    return &none;
}

TEST(the_record_says_the_sum_the_limit_and_what_of_it_is_this_line)
{
    struct desk d;
    desk_open(&d);
    d.policy.modes[RULE_DUP_03] = RULE_MODE_OFF;
    struct line first = desk_mdf("M-1"), second = desk_mdf("M-2"), claim = desk_claim("INV-1");
    first.claimed_amount_minor = 60000;
    second.claimed_amount_minor = 40001;
    const struct verdict *v = desk_judge(&d, "first", &first);
    CHECK_TEXT(desk_rule(v, RULE_FIN_01), "FALSE");
    CHECK_TEXT(desk_rule(v, RULE_FIN_02), "FALSE");
    v = desk_judge(&d, "second", &second);
    const struct rule_result *r = fin_01(v);
    CHECK_TEXT(r->observed.name, "claimed");
    CHECK_INT(r->observed.value, 100001);
    CHECK_INT(r->limit.value, 100000);
    CHECK_TEXT(r->observed.text, "all of the payee, program and day; this line 400.01");
    CHECK_TEXT(approvers_asked(v), "1");
    CHECK_TEXT(desk_rule(desk_judge(&d, "claim", &claim), RULE_FIN_01), "");
    desk_close(&d);
}

TEST(a_claim_that_is_refused_twice_is_taken_from_the_day_once)
{
    struct desk d;
    desk_open(&d);
    d.policy.modes[RULE_DUP_03] = RULE_MODE_OFF;
    struct line first = desk_mdf("M-1"), second = desk_mdf("M-2"), third = desk_mdf("M-3");
    first.claimed_amount_minor = 60000;
    second.claimed_amount_minor = 40000;
    third.claimed_amount_minor = 40001;
    CHECK_TEXT(desk_says(desk_judge(&d, "first", &first)), "PASS -");
    CHECK_TEXT(desk_says(desk_judge(&d, "second", &second)), "PASS -");
    for (int i = 0; i < 2; i++) {
        struct review_effect deny = { .verb = VERB_DENY };
        d.review = &deny;
        CHECK_TEXT(desk_says(desk_judge(&d, "second", &second)), "REJECT DENIED_ON_REVIEW");
    }
    CHECK_TEXT(desk_says(desk_judge(&d, "third", &third)), "HOLD APPROVAL_REQUIRED");
    desk_close(&d);
}
