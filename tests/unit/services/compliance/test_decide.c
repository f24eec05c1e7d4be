/* tests/unit/services/compliance/test_decide.c: screening.md 2, 4, 5.2, 11. */
#include "compliance/decide.h"

#include "compliance/rules.h"
#include "compliance/stage.h"
#include "domain/name/fold.h"
#include "support/compliance_desk.h"
#include "support/table.h"
#include "wire/dossier_codec.h"

#define SAYS(d, name, l, literal) CHECK_TEXT(desk_says(desk_judge((d), (name), (l))), literal)

TEST(the_stage_and_its_decision_speak_of_the_same_structs)
{
    CHECK_INT(compliance_stage.section_bytes, sizeof(struct clearance));
    CHECK_INT(compliance_stage.facts_bytes, sizeof(struct compliance_facts));
    CHECK_INT(compliance_stage.table_count, COMPLIANCE_TABLE_COUNT);
    for (unsigned i = 0; i < compliance_stage.table_count; i++) {
        CHECK(compliance_stage.tables[i].number > 0 && compliance_stage.tables[i].codec.bytes > 0);
        for (unsigned k = 0; k < i; k++) CHECK(compliance_stage.tables[k].number != compliance_stage.tables[i].number);
    }
    for (unsigned i = 0; i < COMPLIANCE_RULE_COUNT; i++) {
        enum stage_id stage = rule_row(rules_at(i)->id)->stage;
        CHECK(stage == STAGE_COMPLIANCE || stage == STAGE_UNSPECIFIED);
        CHECK(reason_is_given_by(rules_at(i)->holds, 'S'));
        if (i) CHECK(rule_row(rules_at(i)->id)->number > rule_row(rules_at(i - 1)->id)->number);
    }
}

TEST(says_everything_that_is_wrong_in_order_of_precedence)
{
    struct table t = TABLE(
        "duplicate  ships     lines  amount  | says",
        "yes        20260501  21     100001  | REJECT DUPLICATE,SHIP_FUTURE,PATTERN_REVIEW,APPROVAL_REQUIRED",
        "no         20260501  21     100001  | REJECT SHIP_FUTURE,PATTERN_REVIEW,APPROVAL_REQUIRED",
        "no         20260331  21     100001  | HOLD PATTERN_REVIEW,APPROVAL_REQUIRED",
        "no         20260331  20     100001  | HOLD APPROVAL_REQUIRED",
        "no         20260331  21     100000  | HOLD PATTERN_REVIEW",
        "no         20260331  20     100000  | PASS -");
    while (table_next(&t)) {
        struct desk d;
        desk_open_quiet(&d);
        d.policy.approval_kinds = 0;
        struct line l = desk_spiff("S-1");
        l.ship_date = (int32_t)cell_int(&t, "ships");
        l.has_claimed_amount_minor = true;
        l.claimed_amount_minor = cell_int(&t, "amount");
        d.policy.future_days = 99;
        if (cell_yes(&t, "duplicate")) desk_judge(&d, "first", &l);
        d.policy.future_days = 1;
        d.policy.approval_kinds = KIND_BIT(KIND_SPIFF_CLAIM);
        d.policy.velocity_rep_day_lines = cell_int(&t, "lines") > 20 ? 0 : 20;
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "line", &l)));
        desk_close(&d);
    }
}

TEST(a_refusal_of_classification_is_decided_here_with_all_reasons)
{
    struct desk d;
    desk_open_quiet(&d);
    d.policy.velocity_rep_day_lines = 0;
    struct line l = desk_spiff("S-1");
    l.ship_date = 20260501;
    d.refused = REASON_ROLE_NOT_ELIGIBLE;
    const struct verdict *v = desk_judge(&d, "line", &l);
    CHECK_TEXT(desk_says(v), "REJECT ROLE_NOT_ELIGIBLE,SHIP_FUTURE");
    CHECK_TEXT(desk_rule(v, RULE_VEL_01), "");              /* takes from state: not asked */
    CHECK_TEXT(desk_rule(v, RULE_DOC_02), "FALSE");
    l = desk_spiff("S-1");
    d.refused = REASON_ROLE_NOT_ELIGIBLE;
    SAYS(&d, "line", &l, "REJECT ROLE_NOT_ELIGIBLE");
    desk_close(&d);
}

TEST(every_mode_is_obeyed)
{
    struct table t = TABLE(
        "mode     | says                 rule",
        "ENFORCE  | HOLD PATTERN_REVIEW  TRUE",
        "SHADOW   | PASS -               TRUE",
        "OFF      | PASS -               -");
    while (table_next(&t)) {
        struct desk d;
        desk_open_quiet(&d);
        d.policy.velocity_rep_day_lines = 0;
        d.policy.modes[RULE_VEL_01] = (enum rule_mode)word_find(VOCABULARY_RULE_MODE, cell(&t, "mode"));
        struct line l = desk_spiff("S-1");
        const struct verdict *v = desk_judge(&d, "line", &l);
        CHECK_CELL(&t, "says", desk_says(v));
        CHECK_CELL(&t, "rule", desk_rule(v, RULE_VEL_01));
        desk_close(&d);
    }
}

TEST(a_shadow_rule_records_also_what_is_false)
{
    struct desk d;
    desk_open_quiet(&d);
    d.policy.modes[RULE_VEL_01] = RULE_MODE_SHADOW;
    struct line l = desk_spiff("S-1");
    const struct verdict *v = desk_judge(&d, "line", &l);
    CHECK_INT(v->judgement->rule_result_count, 1);
    CHECK_INT(v->judgement->rule_results[0].mode, RULE_MODE_SHADOW);
    CHECK_INT(v->judgement->rule_results[0].value, TRUTH_FALSE);
    desk_close(&d);
}

TEST(the_record_names_what_it_was_judged_with)
{
    struct desk d;
    desk_open_quiet(&d);
    struct partner site = { .partner_id = SLICE("N-100"), .root_id = SLICE("N-100"), .name = SLICE("Northgate"),
                            .country = SLICE("US"), .revision = 9 };
    d.facts.site = d.facts.root = &site;
    d.policy.ruleset_version = 7;
    struct line l = desk_sale("INV-1");
    const struct clearance *c = desk_clearance(desk_judge(&d, "line", &l));
    CHECK_INT(c->ruleset_version, 7);
    CHECK_INT(c->folding_version, FOLDING_VERSION);
    CHECK_INT(c->judgement.profile_revision, 9);
    CHECK_INT(c->threshold_points, d.policy.score_hold_points);
    desk_close(&d);
}

/* A CANCEL finds what classification refused, and that it ended (domain.md 6.3). */
TEST(what_classification_refused_leaves_a_trace_and_counts_nowhere)
{
    struct desk d;
    desk_open_quiet(&d);
    struct line l = desk_sale("INV-1");
    d.refused = REASON_ROLE_NOT_ELIGIBLE;
    desk_judge(&d, "refused", &l);
    struct slice row = tables_line_key(test_arena(), SLICE("N-100"), desk_line_id("refused"));
    const struct footprint *f = desk_record(&d, COMPLIANCE_LINES, row);
    CHECK_INT(f->state, FOOTPRINT_ENDED);
    CHECK_INT(f->kind, KIND_POS_SALE);
    CHECK_INT(f->received_at_unix_ms, d.now);
    CHECK(!f->has_key);
    SAYS(&d, "again", &l, "PASS -");
    struct line cancel = { .kind = KIND_CANCEL, .partner_id = SLICE("N-100"),
                           .original_line_ref = desk_line_id("refused") };
    SAYS(&d, "cancel", &cancel, "PASS -");
    d.refused = REASON_ROLE_NOT_ELIGIBLE;
    desk_judge(&d, "again", &l);                            /* judged again and refused by now: it had gone on */
    row = tables_line_key(test_arena(), SLICE("N-100"), desk_line_id("again"));
    CHECK_INT(((const struct footprint *)desk_record(&d, COMPLIANCE_LINES, row))->state, FOOTPRINT_ACCEPTED);
    desk_close(&d);
}

static struct review_effect a_review(enum verb verb, const struct verdict *of, unsigned signatures)
{
    static const struct slice people[] = { SLICE_INIT("ann"), SLICE_INIT("bob"), SLICE_INIT("cec") };
    return (struct review_effect){
        .verb = verb, .note = SLICE("seen"), .sequence = 1, .signature_count = signatures,
        .actors = { people, signatures },
        .approvers = { people, signatures },
        .reviewed = of->judgement,
    };
}

TEST(a_release_makes_the_holds_it_saw_false_and_judges_the_rest_afresh)
{
    struct desk d;
    desk_open_quiet(&d);
    d.policy.velocity_rep_day_lines = 0;
    struct line l = desk_spiff("S-1");
    const struct verdict *held = desk_judge(&d, "line", &l);
    CHECK_TEXT(desk_says(held), "HOLD PATTERN_REVIEW");
    struct review_effect release = a_review(VERB_RELEASE, held, 1);
    d.review = &release;
    const struct verdict *v = desk_judge(&d, "line", &l);
    CHECK_TEXT(desk_says(v), "PASS -");
    CHECK_TEXT(desk_rule(v, RULE_VEL_01), "FALSE");
    CHECK_INT(v->judgement->rule_results[0].evidence[0].kind, EVIDENCE_REVIEW);
    desk_close(&d);
}

TEST(a_new_finding_holds_a_released_line_again)
{
    struct desk d;
    desk_open_quiet(&d);
    struct line l = desk_spiff("S-1");
    l.has_claimed_amount_minor = true;
    l.claimed_amount_minor = 100001;
    const struct verdict *held = desk_judge(&d, "line", &l);
    CHECK_TEXT(desk_says(held), "HOLD APPROVAL_REQUIRED");
    struct review_effect release = a_review(VERB_RELEASE, held, 1);
    d.policy.modes[RULE_DUP_02] = RULE_MODE_ENFORCE;
    struct line other = l;
    other.qty_milli = 9000;
    other.claimed_amount_minor = 1;
    desk_judge(&d, "other", &other);
    d.review = &release;
    SAYS(&d, "line", &l, "HOLD CLAIM_ID_REUSED");
    desk_close(&d);
}

/* Two findings, each released by itself: the second decision takes nothing back, and its own line alone approves. */
TEST(what_was_released_stays_so_when_a_new_finding_is)
{
    struct desk d;
    desk_open_quiet(&d);
    struct line l = desk_spiff("S-1"), other = l;
    l.has_claimed_amount_minor = true;
    l.claimed_amount_minor = 2500001;
    const struct verdict *held = desk_judge(&d, "line", &l);
    struct review_effect first = a_review(VERB_RELEASE, held, 2);
    d.policy.modes[RULE_DUP_02] = RULE_MODE_ENFORCE;
    other.qty_milli = 9000;
    desk_judge(&d, "other", &other);
    d.review = &first;
    held = desk_judge(&d, "line", &l);
    CHECK_TEXT(desk_says(held), "HOLD CLAIM_ID_REUSED");
    struct review_effect second = a_review(VERB_RELEASE, held, 1);
    second.before = &first;
    second.sequence = 3;
    second.approvers.count = 0;
    d.policy.velocity_rep_day_lines = 0;
    d.review = &second;
    held = desk_judge(&d, "line", &l);
    CHECK_TEXT(desk_says(held), "HOLD PATTERN_REVIEW");
    CHECK_INT(held->judgement->rule_results[0].evidence[0].kind, EVIDENCE_REVIEW);
    CHECK_TEXT(held->judgement->rule_results[0].evidence[0].id, "3");
    struct review_effect third = a_review(VERB_ADJUST, held, 1), fourth = third;
    third.accepted_qty_milli = 1000;
    third.before = &second;
    d.review = &third;
    CHECK_TEXT(desk_says(desk_judge(&d, "line", &l)), "SHORT REVIEW_ADJUSTED");
    fourth.verb = VERB_RELEASE;
    fourth.before = &third;
    d.review = &fourth;
    SAYS(&d, "line", &l, "SHORT REVIEW_ADJUSTED");
    desk_close(&d);
}

TEST(a_reviewers_word_is_no_approval)
{
    struct desk d;
    desk_open_quiet(&d);
    struct line l = desk_spiff("S-1");
    l.has_claimed_amount_minor = true;
    l.claimed_amount_minor = 2500001;
    const struct verdict *held = desk_judge(&d, "line", &l);
    struct review_effect release = a_review(VERB_RELEASE, held, 2);
    release.approvers.count = 1;
    d.review = &release;
    SAYS(&d, "line", &l, "HOLD APPROVAL_REQUIRED");
    desk_close(&d);
}

TEST(a_release_never_undoes_what_is_refused)
{
    struct desk d;
    desk_open_quiet(&d);
    d.policy.velocity_rep_day_lines = 0;
    struct line l = desk_spiff("S-1");
    const struct verdict *held = desk_judge(&d, "line", &l);
    struct review_effect release = a_review(VERB_RELEASE, held, 2);
    l.ship_date = 20260501;
    d.review = &release;
    SAYS(&d, "line", &l, "REJECT SHIP_FUTURE");
    desk_close(&d);
}

TEST(a_release_counts_as_many_signatures_as_the_amount_asks_for)
{
    struct table t = TABLE(
        "minor     people | says",
        "100001    1      | PASS -",
        "2500001   1      | HOLD APPROVAL_REQUIRED",
        "2500001   2      | PASS -",
        "25000001  2      | HOLD APPROVAL_REQUIRED",
        "25000001  3      | PASS -");
    while (table_next(&t)) {
        struct desk d;
        desk_open_quiet(&d);
        struct line l = desk_mdf("M-1");
        l.claimed_amount_minor = cell_int(&t, "minor");
        const struct verdict *held = desk_judge(&d, "line", &l);
        CHECK_TEXT(desk_says(held), "HOLD APPROVAL_REQUIRED");
        struct review_effect release = a_review(VERB_RELEASE, held, (unsigned)cell_int(&t, "people"));
        d.review = &release;
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "line", &l)));
        desk_close(&d);
    }
}

TEST(an_adjustment_releases_and_cuts_the_quantity)
{
    struct table t = TABLE(
        "accepted | says                    qty",
        "7000     | SHORT REVIEW_ADJUSTED   7000",
        "10000    | PASS -                  10000",
        "0        | REJECT REVIEW_ADJUSTED  10000");
    while (table_next(&t)) {
        struct desk d;
        desk_open_quiet(&d);
        d.policy.velocity_rep_day_lines = 0;
        struct line l = desk_spiff("S-1");
        const struct verdict *held = desk_judge(&d, "line", &l);
        struct review_effect adjust = a_review(VERB_ADJUST, held, 1);
        adjust.accepted_qty_milli = cell_int(&t, "accepted");
        d.review = &adjust;
        const struct verdict *v = desk_judge(&d, "line", &l);
        const struct clearance *c = desk_clearance(v);
        CHECK_CELL(&t, "says", desk_says(v));
        CHECK_CELL_INT(&t, "qty", c->has_accepted_qty ? c->accepted_qty_milli : 10000);
        desk_close(&d);
    }
}

TEST(a_denial_refuses_with_its_note_and_ends_the_key)
{
    struct desk d;
    desk_open_quiet(&d);
    d.policy.velocity_rep_day_lines = 0;
    struct line l = desk_spiff("S-1");
    const struct verdict *held = desk_judge(&d, "line", &l);
    struct review_effect deny = a_review(VERB_DENY, held, 1);
    d.review = &deny;
    const struct verdict *v = desk_judge(&d, "line", &l);
    CHECK_TEXT(desk_says(v), "REJECT DENIED_ON_REVIEW,PATTERN_REVIEW");
    CHECK_TEXT(v->judgement->reasons[0].arguments[0].value, "seen");
    d.policy.velocity_rep_day_lines = 20;
    SAYS(&d, "again", &l, "REJECT DUPLICATE");
    l.submission_no = 2;
    SAYS(&d, "resubmitted", &l, "PASS -");
    desk_close(&d);
}

/* A random day of claims, some of them wrong, judged and judged again. */
static struct line random_line(uint64_t *state, const char *invoice)
{
    struct line l;
    switch (test_random(state) % 4) {
    case 0: l = desk_sale(invoice); break;
    case 1: l = desk_claim(invoice); break;
    case 2: l = desk_spiff(invoice); break;
    default: l = desk_mdf(invoice); break;
    }
    if (test_random(state) % 4 == 0 && l.kind != KIND_MDF_CLAIM) l.ship_date = 20260501;
    if (test_random(state) % 4 == 0) l.submission_no = 2;
    if (test_random(state) % 4 == 0) l.claimed_amount_minor = 900000;
    if (test_random(state) % 8 == 0) l.currency = (struct slice){ 0 };
    return l;
}

static bool is_unknown_of_weight(const struct verdict *v)
{
    for (unsigned i = 0; i < v->judgement->rule_result_count; i++) {
        const struct rule_result *r = &v->judgement->rule_results[i];
        bool unknown = r->value == TRUTH_WAIT || r->value == TRUTH_FAULT;
        if (unknown && r->mode == RULE_MODE_ENFORCE) return true;
    }
    return false;
}

static bool is_sure(const struct verdict *v)
{
    for (unsigned i = 0; i < v->judgement->rule_result_count; i++)
        if (v->judgement->rule_results[i].value == TRUTH_TRUE) return true;
    return false;
}

TEST(nothing_passes_while_a_rule_is_unknown_and_nothing_is_refused_for_it)
{
    static const char *const names[] = { "A", "B", "C", "D", "E", "F", "G", "H" };
    uint64_t state = test_seed();
    for (int round = 0; round < 20; round++) {
        struct desk d;
        desk_open(&d);
        d.policy.velocity_rep_day_lines = 2;
        for (int i = 0; i < 12; i++) {
            const char *name = names[test_random(&state) % 8];
            struct line l = random_line(&state, name);
            const struct verdict *v = desk_judge(&d, name, &l);
            bool goes_on = v->judgement->outcome == OUTCOME_PASS || v->judgement->outcome == OUTCOME_SHORT;
            CHECK(!(goes_on && is_unknown_of_weight(v)));
            CHECK(v->judgement->outcome != OUTCOME_REJECT || is_sure(v));
            CHECK(d.passes <= 6);
        }
        desk_close(&d);
    }
}

TEST(a_replay_in_order_of_receipt_yields_byte_equal_clearances)
{
    static const char *const names[] = { "A", "B", "C", "D", "E", "F" };
    struct desk one, two;
    desk_open(&one);
    desk_open(&two);
    one.policy.velocity_rep_day_lines = two.policy.velocity_rep_day_lines = 2;
    uint64_t first = test_seed(), second = test_seed();
    for (int i = 0; i < 200; i++) {
        struct slice a, b;
        const char *name = names[test_random(&first) % 6];
        struct line l = random_line(&first, name);
        CHECK_INT(section_encode(test_arena(), SECTION_CLEARANCE, desk_clearance(desk_judge(&one, name, &l)), &a), OK);
        name = names[test_random(&second) % 6];
        l = random_line(&second, name);
        CHECK_INT(section_encode(test_arena(), SECTION_CLEARANCE, desk_clearance(desk_judge(&two, name, &l)), &b), OK);
        CHECK(slice_equal(a, b));
    }
    CHECK_INT(one.row_count, two.row_count);
    desk_close(&one);
    desk_close(&two);
}
