/* tests/unit/services/classification/test_rules.c: each rule of this stage TRUE, FALSE, unknown, and where it does not
 * apply. */
#include "classification/rules.h"
#include "rig.h"

/* One change to a valid claim or sale, by word. */
static void change(struct line *l, struct slice what)
{
    if (slice_equal(what, SLICE("none"))) return;
    if (slice_equal(what, SLICE("spiff"))) l->kind = KIND_SPIFF_CLAIM;
    else if (slice_equal(what, SLICE("stranger"))) l->partner_id = SLICE("NOBODY");
    else if (slice_equal(what, SLICE("var"))) l->partner_id = SLICE("V");
    else if (slice_equal(what, SLICE("gone"))) l->partner_id = SLICE("GONE");
    else if (slice_equal(what, SLICE("roleless"))) l->partner_id = SLICE("ROLELESS");
    else if (slice_equal(what, SLICE("two_roles"))) l->partner_id = SLICE("BOTH");
    else if (slice_equal(what, SLICE("no_program"))) l->program_id = SLICE("NONE");
    else if (slice_equal(what, SLICE("too_early"))) l->ship_date = 20251231;
    else if (slice_equal(what, SLICE("other_part"))) l->vendor_part = SLICE("SW-24");
    else if (slice_equal(what, SLICE("new_part"))) l->vendor_part = SLICE("NEW");
    else if (slice_equal(what, SLICE("no_part"))) l->vendor_part = (struct slice){ 0 };
    else if (slice_equal(what, SLICE("to_distributor"))) l->sold_to.role = ROLE_DISTRIBUTOR;
    else if (slice_equal(what, SLICE("to_nobody"))) l->sold_to = (struct party){ 0 };
    else if (slice_equal(what, SLICE("overflow"))) {
        l->uom = SLICE("LOAD");
        l->qty_milli = 2000000;
    } else NEVER();
}

static struct rig a_world_with_filters(void)
{
    struct rig rig = a_small_world();
    static const struct status_span ended[] = { { PARTNER_STATUS_ENDED, 20260101, 0 } };
    rig_product(&rig, "SW-24", "SWITCH");
    rig_roles(rig_partner(&rig, "GONE"), "DISTRIBUTOR");
    rig.partners[2].statuses = ended;
    rig.partners[2].status_count = 1;
    rig_partner(&rig, "ROLELESS");
    rig_roles(rig_partner(&rig, "BOTH"), "VAR MSP");
    struct program sd = a_program("SD-C", INCENTIVE_SHIP_DEBIT);
    sd.products.include = some_texts("family:CABLE");
    rig_put(&rig, sd);
    return rig;
}

TEST(each_rule_says_true_false_or_that_it_does_not_know)
{
    struct rig rig = a_world_with_filters();
    struct table t = TABLE(
        "kind              change          | ELG-01  ELG-02  ELG-03  ELG-04  ELG-06  SYS-01  reasons",
        "SHIP_DEBIT_CLAIM  none            | FALSE   FALSE   FALSE   FALSE   FALSE   FALSE   -",
        "SHIP_DEBIT_CLAIM  spiff           | TRUE    TRUE    FALSE   FALSE   FALSE   FALSE   ROLE_NOT_ELIGIBLE "
        "PROGRAM_NOT_FOUND",
        "SHIP_DEBIT_CLAIM  var             | TRUE    FALSE   FALSE   FALSE   FALSE   FALSE   NOT_ENROLLED",
        "SHIP_DEBIT_CLAIM  gone            | FALSE   TRUE    FALSE   FALSE   FALSE   FALSE   PARTNER_NOT_ACTIVE",
        "SHIP_DEBIT_CLAIM  no_program      | FALSE   TRUE    FALSE   FALSE   FALSE   FALSE   PROGRAM_NOT_FOUND",
        "SHIP_DEBIT_CLAIM  too_early       | FALSE   TRUE    FALSE   FALSE   FALSE   FALSE   OUTSIDE_PROGRAM_PERIOD",
        "SHIP_DEBIT_CLAIM  other_part      | FALSE   FALSE   TRUE    FALSE   FALSE   FALSE   PART_NOT_ELIGIBLE",
        "SHIP_DEBIT_CLAIM  to_distributor  | FALSE   FALSE   FALSE   FALSE   TRUE    FALSE   CUSTOMER_IS_DISTRIBUTOR",
        "SHIP_DEBIT_CLAIM  to_nobody       | FALSE   FALSE   FALSE   FALSE   FALSE   FALSE   -",
        "SHIP_DEBIT_CLAIM  stranger        | none    none    none    WAIT    none    none    PARTNER_UNKNOWN",
        "SHIP_DEBIT_CLAIM  roleless        | none    FALSE   FALSE   WAIT    FALSE   FALSE   ROLE_UNKNOWN",
        "SHIP_DEBIT_CLAIM  new_part        | FALSE   FALSE   FALSE   WAIT    FALSE   FALSE   PART_UNKNOWN",
        "SHIP_DEBIT_CLAIM  no_part         | FALSE   FALSE   FALSE   FALSE   FALSE   FALSE   -",
        "SHIP_DEBIT_CLAIM  overflow        | FALSE   FALSE   FALSE   FALSE   FALSE   FAULT   NUMBER_OVERFLOW",
        "POS_SALE          none            | FALSE   FALSE   FALSE   FALSE   FALSE   FALSE   -",
        "POS_SALE          var             | TRUE    FALSE   FALSE   FALSE   FALSE   FALSE   -",
        "POS_SALE          gone            | FALSE   TRUE    FALSE   FALSE   FALSE   FALSE   -",
        "POS_SALE          to_distributor  | FALSE   FALSE   FALSE   FALSE   TRUE    FALSE   -",
        "POS_SALE          two_roles       | none    FALSE   FALSE   TRUE    FALSE   FALSE   ROLE_AMBIGUOUS",
        "POS_SALE          roleless        | none    FALSE   FALSE   WAIT    FALSE   FALSE   ROLE_UNKNOWN",
        "SELL_IN           none            | FALSE   FALSE   FALSE   FALSE   none    FALSE   -",
        "MDF_CLAIM         var             | FALSE   TRUE    FALSE   FALSE   none    FALSE   PROGRAM_NOT_FOUND",
        "INVENTORY         new_part        | none    none    none    WAIT    none    FALSE   PART_UNKNOWN",
        "POS_RETURN        gone            | none    none    none    FALSE   none    FALSE   -",
        "AGREEMENT         gone            | none    TRUE    none    FALSE   none    FALSE   PARTNER_NOT_ACTIVE",
        "REP_ROSTER        none            | none    FALSE   none    FALSE   none    FALSE   -",
        "MDF_PREAPPROVAL   var             | FALSE   TRUE    FALSE   FALSE   none    FALSE   PROGRAM_NOT_FOUND",
        "ADJUSTMENT        gone            | none    none    none    none    none    FALSE   -");
    while (table_next(&t)) {
        struct slice kind = cell(&t, "kind"), what = cell(&t, "change");
        struct line l = a_line_of(kind_find(kind), "N");
        if (l.kind == KIND_SHIP_DEBIT_CLAIM) l.program_id = SLICE("SD-C");
        change(&l, what);
        if (l.kind == KIND_SPIFF_CLAIM) l.program_id = (struct slice){ 0 };
        struct verdict *v = rig_decide_line(&rig, &l);
        static const struct { const char *column; enum rule_id id;
        } columns[] = {
            { "ELG-01", RULE_ELG_01 }, { "ELG-02", RULE_ELG_02 }, { "ELG-03", RULE_ELG_03 },
            { "ELG-04", RULE_ELG_04 }, { "ELG-06", RULE_ELG_06 }, { "SYS-01", RULE_SYS_01 },
        };
        for (unsigned i = 0; i < sizeof columns / sizeof columns[0]; i++)
            CHECK_CELL(&t, columns[i].column, rule_text(v, columns[i].id));
        CHECK_CELL(&t, "reasons", verdict_text(v));
    }
    rig_close(&rig);
}

TEST(rules_come_in_the_order_of_the_catalogue_and_belong_to_this_stage)
{
    for (unsigned i = 0; i < classification_rule_count; i++) {
        const struct rule_row *row = rule_row(classification_rules[i].id);
        CHECK(row->stage == STAGE_CLASSIFICATION || row->stage == STAGE_UNSPECIFIED);
        if (i) CHECK(row->number > rule_row(classification_rules[i - 1].id)->number);
    }
}

TEST(a_result_names_what_was_seen_and_what_it_was_held_against)
{
    struct rig rig = a_world_with_filters();
    struct line l = a_line_of(KIND_SHIP_DEBIT_CLAIM, "V");
    const struct rule_result *r = rule_result_of(rig_decide_line(&rig, &l), RULE_ELG_01);
    CHECK_INT(r->mode, RULE_MODE_ENFORCE);
    CHECK_INT(r->version, 1);
    CHECK_INT(r->reason, REASON_NOT_ENROLLED);
    CHECK_TEXT(r->observed.name, "role");
    CHECK_TEXT(r->observed.text, "VAR");
    CHECK_TEXT(r->limit.name, "matrix version");
    CHECK_INT(r->evidence_count, 1);
    l = a_line_of(KIND_POS_SALE, "N");
    l.vendor_part = SLICE("NEW");
    r = rule_result_of(rig_decide_line(&rig, &l), RULE_ELG_04);
    CHECK_INT(r->reason, REASON_PART_UNKNOWN);
    CHECK_TEXT(r->observed.text, "NEW");
    l = a_line_of(KIND_POS_SALE, "BOTH");
    r = rule_result_of(rig_decide_line(&rig, &l), RULE_ELG_04);
    CHECK_INT(r->observed.value, 2);
    rig_close(&rig);
}
