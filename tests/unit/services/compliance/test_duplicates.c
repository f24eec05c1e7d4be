/* tests/unit/services/compliance/test_duplicates.c: domain.md 3.3, screening.md 7.1. */
#include "compliance/duplicates.h"

#include "support/compliance_desk.h"
#include "support/table.h"

#include <stdio.h>

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

/* A line of a kind with a value in every field that is a member of some K. */
static struct line full_line(enum kind kind)
{
    static const struct slice serials[] = { SLICE_INIT("A1001"), SLICE_INIT("A1002") };
    struct line l = desk_sale("INV-1");
    l.kind = kind;
    l.claim_id = SLICE("C-1");
    l.authorisation_no = SLICE("Q-1");
    l.rep_id = SLICE("R-1");
    l.order_no = SLICE("PO-1");
    l.rma_no = kind == KIND_ROTATION_CLAIM ? SLICE("RMA-1") : SLICE("");
    l.location_id = SLICE("L-1");
    l.order_date = l.price_change_date = 20260330;
    l.invoice_date = 20260329;
    l.serials = (struct texts){ serials, 2 };
    l.vendor = (struct party){ .name = SLICE("Hall"), .key = SLICE("V-1"), .country = SLICE("US") };
    l.vendor_invoice_no = SLICE("H-1");
    l.spend_amount_minor = 100000;
    if (kind == KIND_SELL_IN) l.ship_date = 0;
    return l;
}

/* One field changed. */
static bool change(struct line *l, struct slice field)
{
    static const struct slice others[] = { SLICE_INIT("A1001"), SLICE_INIT("A1003") };
    struct { const char *name; struct slice *text; } texts[] = {
        { "invoice_no", &l->invoice_no },     { "invoice_line", &l->invoice_line },
        { "part", &l->vendor_part },          { "authorisation_no", &l->authorisation_no },
        { "rep_id", &l->rep_id },             { "order_no", &l->order_no },
        { "rma_no", &l->rma_no },             { "location_id", &l->location_id },
        { "vendor", &l->vendor.key },         { "vendor_invoice_no", &l->vendor_invoice_no },
        { "sold_to", &l->sold_to.key },       { "claim_id", &l->claim_id },
    };
    struct { const char *name; int32_t *date; } dates[] = {
        { "ship_date", &l->ship_date }, { "order_date", &l->order_date }, { "invoice_date", &l->invoice_date },
        { "price_change_date", &l->price_change_date },
    };
    for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (slice_equal(field, slice_from(texts[i].name))) return *texts[i].text = SLICE("OTHER-9"), true;
    for (unsigned i = 0; i < sizeof dates / sizeof dates[0]; i++)
        if (slice_equal(field, slice_from(dates[i].name))) return *dates[i].date = 20260328, true;
    if (slice_equal(field, SLICE("qty"))) return l->qty_milli += 1000, true;
    if (slice_equal(field, SLICE("spend"))) return l->spend_amount_minor++, true;
    if (slice_equal(field, SLICE("serials"))) return l->serials = (struct texts){ others, 2 }, true;
    if (slice_equal(field, SLICE("nothing"))) return true;
    return false;
}

/* domain.md 3.3: what each kind is known by, and what of it may differ in a repetition. */
TEST(each_kind_is_known_by_the_members_of_its_key)
{
    struct table t = TABLE(
        "kind                    members                                                                   | not",
        "POS_SALE                invoice_no invoice_line part ship_date qty authorisation_no rep_id serials  | "
        "nothing order_date order_no location_id sold_to vendor",
        "SHIP_DEBIT_CLAIM        invoice_no invoice_line part ship_date qty authorisation_no rep_id serials  | "
        "nothing order_date order_no location_id claim_id",
        "SPIFF_CLAIM             invoice_no invoice_line part ship_date qty authorisation_no rep_id serials  | "
        "nothing order_date order_no location_id claim_id",
        "DEAL_CLAIM              invoice_no invoice_line part order_date order_no qty rep_id serials  | "
        "nothing ship_date location_id claim_id",
        "SELL_IN                 invoice_no invoice_line part invoice_date qty serials  | "
        "nothing order_date location_id",
        "MDF_CLAIM               vendor vendor_invoice_no spend  | nothing invoice_no part claim_id qty ship_date",
        "PRICE_PROTECTION_CLAIM  part location_id price_change_date order_no ship_date qty  | "
        "nothing invoice_no claim_id",
        "ROTATION_CLAIM          part location_id rma_no ship_date qty  | nothing order_no claim_id invoice_no",
        "TRANSFER_OUT            part location_id order_no ship_date qty  | nothing invoice_no claim_id",
        "STOCK_ADJUST            part location_id order_no ship_date qty  | nothing invoice_no claim_id");
    while (table_next(&t)) {
        for (int is_member = 0; is_member < 2; is_member++) {
            struct slice fields = cell(&t, is_member ? "members" : "not");
            while (fields.size) {
                struct desk d;
                desk_open(&d);
                struct line l = full_line(kind_find(cell(&t, "kind")));
                desk_judge(&d, "first", &l);
                struct slice field = slice_cut(&fields, ' ');
                CHECK(change(&l, field));
                struct slice said = desk_rule(desk_judge(&d, "second", &l), RULE_DUP_01);
                if (!slice_equal(said, is_member ? SLICE("FALSE") : SLICE("TRUE")))
                    printf("  %.*s %.*s\n", SLICE_ARGS(cell(&t, "kind")), SLICE_ARGS(field));
                CHECK_SLICE(said, is_member ? SLICE("FALSE") : SLICE("TRUE"));
                desk_close(&d);
            }
        }
    }
}

/* Also where one sells under several numbers: an agreement's goes before a deal's, that before a pre-approval's. */
TEST(a_summary_is_known_by_its_customer_and_place_too)
{
    static const char *const fields[] = { "sold_to", "location_id", "nothing" };
    for (unsigned i = 0; i < 3; i++) {
        struct desk d;
        desk_open(&d);
        struct line l = full_line(KIND_POS_SALE);
        l.summary = true;
        desk_judge(&d, "first", &l);
        CHECK(change(&l, slice_from(fields[i])));
        CHECK_SLICE(desk_rule(desk_judge(&d, "second", &l), RULE_DUP_01), i < 2 ? SLICE("FALSE") : SLICE("TRUE"));
        desk_close(&d);
    }
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

/* Whatever came after it, a release of the second has seen the first. */
TEST(a_claim_number_that_is_used_once_more_behind_a_line_holds_that_use_alone)
{
    struct desk d;
    desk_open(&d);
    d.policy.modes[RULE_DUP_03] = RULE_MODE_OFF;
    struct line first = desk_claim("C-1"), second = first, third = first;
    second.qty_milli = 12000;
    third.qty_milli = 13000;
    SAYS(&d, "first", &first, "PASS -");
    for (unsigned again = 0; again < 2; again++) {
        const struct verdict *v = desk_judge(&d, "second", &second);
        CHECK_TEXT(desk_says(v), "HOLD CLAIM_ID_REUSED");
        CHECK_SLICE(v->judgement->rule_results[0].evidence[0].id, desk_line_id("first"));
        d.now += 1000;
        SAYS(&d, "third", &third, "HOLD CLAIM_ID_REUSED");
    }
    desk_close(&d);
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
