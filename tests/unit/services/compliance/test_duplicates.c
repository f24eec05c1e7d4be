/* tests/unit/services/compliance/test_duplicates.c: domain.md 3.3, screening.md 7.1. */
#include "compliance/duplicates.h"

#include "support/compliance_desk.h"
#include "support/table.h"

static void says(struct desk *d, const char *name, const struct line *l, struct slice want)
{
    CHECK_SLICE(desk_says(desk_judge(d, name, l)), want);
}
#define SAYS(d, name, l, literal) says((d), (name), (l), SLICE(literal))

TEST(refuses_a_line_of_equal_key_and_names_the_first)
{
    struct desk d;
    desk_open(&d);
    struct line l = desk_sale("INV-1");
    SAYS(&d, "first", &l, "PASS -");
    const struct verdict *v = desk_judge(&d, "again", &l);
    CHECK_TEXT(desk_says(v), "REJECT DUPLICATE");
    CHECK_SLICE(v->judgement->reasons[0].arguments[0].value, desk_line_id("first"));
    CHECK_TEXT(desk_rule(v, RULE_DUP_01), "TRUE");
    CHECK_TEXT(desk_rule(v, RULE_DUP_05), "FALSE");
    l.invoice_no = SLICE("inv 1");                          /* the invoice key keeps letters and digits alone */
    SAYS(&d, "spelled otherwise", &l, "REJECT DUPLICATE");
    desk_close(&d);
}

TEST(every_member_of_the_key_makes_another_line)
{
    struct desk d;
    desk_open(&d);
    d.policy.modes[RULE_DUP_03] = RULE_MODE_OFF;
    struct line l = desk_sale("INV-1");
    SAYS(&d, "first", &l, "PASS -");
    struct line other = l;
    other.invoice_line = SLICE("2");
    SAYS(&d, "line", &other, "PASS -");
    other = l;
    other.qty_milli = 11000;
    SAYS(&d, "quantity", &other, "PASS -");
    other = l;
    other.ship_date = 20260330;
    SAYS(&d, "date", &other, "PASS -");
    other = l;
    other.vendor_part = SLICE("SW-48");
    SAYS(&d, "part", &other, "PASS -");
    other = l;
    other.rep_id = SLICE("R-1");
    SAYS(&d, "rep", &other, "PASS -");
    other = l;
    struct slice serials[] = { SLICE_INIT("SN-A1001") };
    other.serials = (struct texts){ serials, 1 };
    SAYS(&d, "serials", &other, "PASS -");
    other = l;
    other.resale_unit_micros = 1;                           /* no member: the same line at another price */
    SAYS(&d, "price", &other, "REJECT DUPLICATE");
    desk_close(&d);
}

TEST(a_duplicate_from_another_site_is_its_own_finding)
{
    struct desk d;
    desk_open(&d);
    struct line l = desk_sale("INV-1");
    SAYS(&d, "first", &l, "PASS -");
    l.partner_id = SLICE("N-100-WEST");
    const struct verdict *v = desk_judge(&d, "west", &l);
    CHECK_TEXT(desk_says(v), "REJECT DUPLICATE");
    CHECK_TEXT(desk_rule(v, RULE_DUP_01), "FALSE");
    CHECK_TEXT(desk_rule(v, RULE_DUP_05), "TRUE");
    desk_close(&d);
}

TEST(a_replay_meets_its_own_mark_and_no_other)
{
    struct desk d;
    desk_open(&d);
    struct line l = desk_sale("INV-1");
    SAYS(&d, "first", &l, "PASS -");
    SAYS(&d, "first", &l, "PASS -");
    SAYS(&d, "again", &l, "REJECT DUPLICATE");
    SAYS(&d, "again", &l, "REJECT DUPLICATE");
    SAYS(&d, "first", &l, "PASS -");
    desk_close(&d);
}

TEST(a_resubmission_needs_the_next_number_and_an_earlier_one_that_has_ended)
{
    struct table t = TABLE(
        "first     second  | says",
        "passed    1       | REJECT DUPLICATE",
        "passed    2       | PASS -",                       /* live ones are payout's to refuse */
        "refused   1       | REJECT DUPLICATE",             /* whatever the state */
        "refused   2       | PASS -",
        "refused   3       | REJECT RESUBMISSION_INVALID",  /* a gap */
        "held      1       | REJECT DUPLICATE",
        "held      2       | REJECT RESUBMISSION_INVALID");
    while (table_next(&t)) {
        struct desk d;
        desk_open(&d);
        d.policy.modes[RULE_DUP_02] = d.policy.modes[RULE_DUP_03] = RULE_MODE_OFF;
        struct line l = desk_mdf("M-1");
        if (slice_equal(cell(&t, "first"), SLICE("held"))) l.claimed_amount_minor = 100001;
        if (slice_equal(cell(&t, "first"), SLICE("refused"))) l.activity_type = (struct slice){ 0 };
        desk_judge(&d, "first", &l);
        l.activity_type = SLICE("EVENT");
        l.claimed_amount_minor = 50000;
        d.policy.approval_kinds = 0;
        l.submission_no = (uint32_t)cell_int(&t, "second");
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "second", &l)));
        desk_close(&d);
    }
}

TEST(a_number_above_one_with_nothing_on_file_is_taken_as_the_first)
{
    struct desk d;
    desk_open(&d);
    struct line l = desk_sale("INV-1");
    l.submission_no = 3;
    SAYS(&d, "third", &l, "PASS -");
    l.submission_no = 2;
    SAYS(&d, "second", &l, "REJECT DUPLICATE");
    desk_close(&d);
}

TEST(what_classification_refused_may_come_again_unchanged)
{
    struct desk d;
    desk_open(&d);
    struct line l = desk_sale("INV-1");
    d.refused = REASON_PARTNER_NOT_ACTIVE;
    SAYS(&d, "first", &l, "REJECT PARTNER_NOT_ACTIVE");
    SAYS(&d, "again", &l, "PASS -");
    desk_close(&d);
}

TEST(a_key_is_forgotten_behind_its_horizon)
{
    struct desk d;
    desk_open(&d);
    struct line l = desk_sale("INV-1");
    SAYS(&d, "first", &l, "PASS -");
    d.now += (instant_ms)36 * 30 * INSTANT_DAY_MS;
    SAYS(&d, "within 36 months", &l, "REJECT DUPLICATE");
    d.now += (instant_ms)30 * INSTANT_DAY_MS;
    SAYS(&d, "behind", &l, "PASS -");
    desk_close(&d);
}

TEST(holds_a_claim_number_with_other_content_in_another_document)
{
    struct table t = TABLE(
        "claim_id  claim_line  document  qty    number | says",
        "C-1       -           D2        11000  1      | HOLD CLAIM_ID_REUSED",
        "C-1       -           D1        11000  1      | PASS -",           /* the same document */
        "C-1       2           D2        11000  1      | PASS -",           /* another line of the claim */
        "C-2       -           D2        11000  1      | PASS -",
        "C-1       -           D2        11000  2      | PASS -",           /* a resubmission */
        "C-1       -           D2        10000  1      | REJECT DUPLICATE");
    while (table_next(&t)) {
        struct desk d;
        desk_open(&d);
        d.policy.modes[RULE_DUP_03] = RULE_MODE_OFF;
        struct line l = desk_claim("C-1");
        d.document = SLICE("D1");
        SAYS(&d, "first", &l, "PASS -");
        l.claim_id = cell(&t, "claim_id");
        l.claim_line = cell(&t, "claim_line");
        l.qty_milli = cell_int(&t, "qty");
        l.submission_no = (uint32_t)cell_int(&t, "number");
        d.document = cell(&t, "document");
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "second", &l)));
        desk_close(&d);
    }
}

TEST(names_the_fields_in_which_a_reused_claim_differs)
{
    struct desk d;
    desk_open(&d);
    d.policy.modes[RULE_DUP_03] = RULE_MODE_OFF;
    struct line l = desk_claim("C-1");
    SAYS(&d, "first", &l, "PASS -");
    l.qty_milli = 12000;
    l.ship_date = 20260330;
    const struct verdict *v = desk_judge(&d, "second", &l);
    CHECK_TEXT(desk_says(v), "HOLD CLAIM_ID_REUSED");
    CHECK_TEXT(v->judgement->rule_results[0].observed.text, "ship_date qty");
    desk_close(&d);
}

TEST(holds_a_proof_that_stands_on_a_live_line_of_another_claim)
{
    struct table t = TABLE(
        "claim  type        ended | says",
        "M-2    INVOICE     no    | HOLD DOCUMENT_REUSED",
        "M-1    INVOICE     no    | PASS -",                /* the same claim */
        "M-2    INVENTORY   no    | PASS -",
        "M-2    PRICE_LIST  no    | PASS -",
        "M-2    INVOICE     yes   | PASS -");
    while (table_next(&t)) {
        struct desk d;
        desk_open(&d);
        d.policy.modes[RULE_DUP_02] = d.policy.modes[RULE_DUP_03] = RULE_MODE_OFF;
        struct document_proof proof = { .type = cell(&t, "type"), .has_sha256 = true, .sha256 = { 1, 2, 3 } };
        struct line l = desk_mdf("M-1");
        l.documents = &proof;
        l.document_count = 1;
        if (cell_yes(&t, "ended")) l.expense_type = (struct slice){ 0 };
        desk_judge(&d, "first", &l);
        struct slice claim = slice_copy(test_arena(), cell(&t, "claim"));
        l = desk_mdf("M-9");
        l.claim_id = claim;
        l.documents = &proof;
        l.document_count = 1;
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "second", &l)));
        desk_close(&d);
    }
}
