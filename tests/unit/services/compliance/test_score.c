/* tests/unit/services/compliance/test_score.c: points, caps and thresholds (screening.md 2.2), and what a release leaves
 * of waits and faults (4.3). Classification's points count here, too: they stand for those of any family. */
#include "compliance/decide.h"

#include "domain/name/screen.h"
#include "support/compliance_desk.h"
#include "support/table.h"

enum { RESULTS_MAX = 40 };

static void open_quiet(struct desk *d)
{
    desk_open_quiet(d);
    d->policy.approval_kinds = 0;
}

/* "705:15 705S:15 1203F:30": number of the rule, a letter for what makes points of none, points. */
static void put_points(struct desk *d, struct slice text)
{
    struct rule_result *results = ARENA_ARRAY(test_arena(), RESULTS_MAX, struct rule_result);
    d->found = results;
    for (d->found_count = 0; text.size; d->found_count++) {
        struct slice points = slice_cut(&text, ' '), number = slice_cut(&points, ':');
        struct rule_result *r = &results[d->found_count];
        char mark = number.bytes[number.size - 1];
        uint64_t value = 0, digits = 0;
        *r = (struct rule_result){ .mode = mark == 'S' ? RULE_MODE_SHADOW : RULE_MODE_ENFORCE,
                                   .value = mark == 'F' ? TRUTH_FAULT : mark == 'W' ? TRUTH_WAIT : TRUTH_TRUE };
        if (mark > '9') number.size--;
        CHECK(slice_to_uint(number, 9999, &digits) && slice_to_uint(points, 999, &value));
        r->number = (uint32_t)digits;
        r->points = (int32_t)value;
    }
}

/* Family by family: VEL 12, PRC 4, MDF 9, INV 3 to 30, COL 13 to 40, DRG 11, ELG 7 to 20. */
TEST(points_add_up_to_the_cap_of_their_family)
{
    struct table t = TABLE(
        "points                                       | score  counted",
        "-                                            | 0      0",
        "1203:15                                      | 15     1",
        "1202:15 1203:15                              | 30     2",
        "1202:15 1203:16                              | 30     2",
        "402:29                                       | 29     1",
        "402:31                                       | 30     1",
        "904:29                                       | 29     1",
        "904:31                                       | 30     1",
        "302:29                                       | 29     1",
        "302:31                                       | 30     1",
        "1302:39                                      | 39     1",
        "1302:41                                      | 40     1",
        "1102:19                                      | 19     1",
        "1102:21                                      | 20     1",
        "705:19                                       | 19     1",
        "705:15 705:15                                | 20     2",
        "1202:15 1203:15 1303:10                      | 40     3",
        "1202:40 402:40 904:40 302:40 1302:50 1102:40 705:40 | 200  7",
        "705S:15                                      | 0      0",          /* in SHADOW it has no effect */
        "705F:15                                      | 0      0",
        "705W:15                                      | 0      0",
        "705:0                                        | 0      0",
        "1203:1                                       | 1      1",
        "102:50                                       | 0      1");         /* a family without points */
    while (table_next(&t)) {
        struct desk d;
        open_quiet(&d);
        d.policy.score_hold_points = 1000;
        put_points(&d, cell(&t, "points"));
        struct line l = desk_spiff("S-1");
        const struct clearance *c = desk_clearance(desk_judge(&d, "line", &l));
        CHECK_CELL_INT(&t, "score", c->score_points);
        CHECK_CELL_INT(&t, "counted", c->contribution_count);
        if (c->contribution_count) CHECK(c->contributions[0].rule == d.found[0].number);
        CHECK_INT(c->threshold_points, 1000);
        desk_close(&d);
    }
}

TEST(a_score_holds_from_its_threshold_on_which_is_lower_above_the_first_limit)
{
    struct table t = TABLE(
        "points                    claimed  | says                 threshold",
        "1203:30 402:29            100000   | PASS -               60",
        "1203:30 402:30            100000   | HOLD FRAUD_REVIEW    60",
        "1302:39                   100001   | PASS -               40",
        "1302:40                   100001   | HOLD FRAUD_REVIEW    40",
        "1302:40                   100000   | PASS -               60");
    while (table_next(&t)) {
        struct desk d;
        open_quiet(&d);
        put_points(&d, cell(&t, "points"));
        struct line l = desk_spiff("S-1");
        l.has_claimed_amount_minor = true;
        l.claimed_amount_minor = cell_int(&t, "claimed");
        const struct verdict *v = desk_judge(&d, "line", &l);
        CHECK_CELL(&t, "says", desk_says(v));
        CHECK_CELL_INT(&t, "threshold", desk_clearance(v)->threshold_points);
        desk_close(&d);
    }
}

/* What is refused, held or parked for itself is no matter of points. */
TEST(a_score_is_no_second_reason)
{
    struct table t = TABLE(
        "why     | says",
        "future  | REJECT SHIP_FUTURE",
        "burst   | HOLD PATTERN_REVIEW",
        "none    | HOLD FRAUD_REVIEW");
    while (table_next(&t)) {
        struct desk d;
        open_quiet(&d);
        put_points(&d, SLICE("1203:30 402:30"));
        struct line l = desk_spiff("S-1");
        if (slice_equal(cell(&t, "why"), SLICE("future"))) l.ship_date = 20260501;
        if (slice_equal(cell(&t, "why"), SLICE("burst"))) d.policy.velocity_rep_day_lines = 0;
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "line", &l)));
        desk_close(&d);
    }
}

TEST(a_release_stands_up_to_the_score_that_was_seen)
{
    struct table t = TABLE(
        "verb     then              | says",
        "RELEASE  1203:30 402:30    | PASS -",
        "RELEASE  1203:30 402:29    | PASS -",
        "RELEASE  1203:30 402:30 705:1 | HOLD FRAUD_REVIEW",
        "ADJUST   1203:30 402:30    | SHORT REVIEW_ADJUSTED",
        "DENY     1203:30 402:30    | REJECT DENIED_ON_REVIEW,FRAUD_REVIEW",
        "ASSIGN_ROLE  1203:30 402:30  | HOLD FRAUD_REVIEW");
    while (table_next(&t)) {
        struct desk d;
        open_quiet(&d);
        put_points(&d, SLICE("1203:30 402:30"));
        struct line l = desk_spiff("S-1");
        const struct verdict *held = desk_judge(&d, "line", &l);
        CHECK_TEXT(desk_says(held), "HOLD FRAUD_REVIEW");
        struct review_effect review = { .verb = (enum verb)word_find(VOCABULARY_VERB, cell(&t, "verb")),
                                        .accepted_qty_milli = 4000, .note = SLICE("seen"), .signature_count = 1,
                                        .reviewed = held->judgement,
                                        .reviewed_points = desk_clearance(held)->score_points };
        put_points(&d, cell(&t, "then"));
        d.review = &review;
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "line", &l)));
        desk_close(&d);
    }
}

/* --- waits and faults ------------------------------------------------------------------------------------------- */

/* Held as a wait that expired: two people release what it waited for; nobody a stale list, or a wait that runs. */
TEST(an_expired_wait_is_released_by_two)
{
    struct table t = TABLE(
        "verb     people  expired  | says",
        "RELEASE  2       yes      | PASS -",
        "RELEASE  1       yes      | PARK FEED_INCOMPLETE",
        "RELEASE  3       no       | PARK FEED_INCOMPLETE",
        "ADJUST   2       yes      | SHORT REVIEW_ADJUSTED",
        "DENY     2       yes      | REJECT DENIED_ON_REVIEW,FEED_INCOMPLETE");
    while (table_next(&t)) {
        struct desk d;
        open_quiet(&d);
        struct line stock = { .kind = KIND_INVENTORY, .partner_id = SLICE("N-100"), .vendor_part = SLICE("SW-24"),
                              .qty_milli = 5000, .snapshot_date = 20260315 };
        desk_judge(&d, "inventory", &stock);
        struct line l = desk_sale("INV-1");
        const struct verdict *v = desk_judge(&d, "line", &l);
        CHECK_TEXT(desk_says(v), "PARK FEED_INCOMPLETE");
        struct judgement held = *v->judgement;
        struct reason reasons[2] = { { .code = REASON_PARK_EXPIRED, .outcome = OUTCOME_HOLD }, held.reasons[0] };
        if (cell_yes(&t, "expired")) {
            held.outcome = OUTCOME_HOLD;
            held.reasons = reasons;
            held.reason_count = 2;
        }
        struct review_effect review = { .verb = (enum verb)word_find(VOCABULARY_VERB, cell(&t, "verb")),
                                        .accepted_qty_milli = 4000, .note = SLICE("seen"),
                                        .signature_count = (unsigned)cell_int(&t, "people"), .reviewed = &held };
        d.review = &review;
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "line", &l)));
        desk_close(&d);
    }
}

TEST(nobody_releases_a_stale_list)
{
    struct desk d;
    open_quiet(&d);
    struct name_list list = { .id = SLICE("TINY"), .purpose = LIST_PURPOSE_DENIED, .required = true };
    struct name_lists lists;
    screen_prepare(test_arena(), &list, 1, &lists);
    d.facts.lists = &lists;
    struct line l = desk_sale("INV-1");
    const struct verdict *v = desk_judge(&d, "line", &l);
    CHECK_TEXT(desk_says(v), "PARK LIST_STALE");
    struct judgement held = *v->judgement;
    struct reason reasons[2] = { { .code = REASON_PARK_EXPIRED, .outcome = OUTCOME_HOLD }, held.reasons[0] };
    held.reasons = reasons;
    held.reason_count = 2;
    struct review_effect review = { .verb = VERB_RELEASE, .signature_count = 3, .reviewed = &held };
    d.review = &review;
    CHECK_TEXT(desk_says(desk_judge(&d, "line", &l)), "PARK LIST_STALE");
    desk_close(&d);
}

/* A fault that was seen counts as FALSE; another one, or a finding in its place, holds again. */
TEST(a_release_settles_the_fault_that_was_seen)
{
    struct desk d;
    open_quiet(&d);
    d.policy.approval_kinds = KIND_BIT(KIND_SPIFF_CLAIM);
    struct name_list list = { .id = SLICE("TINY"), .purpose = LIST_PURPOSE_DENIED, .is_loaded = true };
    struct name_lists lists;
    screen_prepare(test_arena(), &list, 1, &lists);
    d.facts.lists = &lists;
    struct line l = desk_sale("INV-1");
    l.sold_to.name = SLICE("...");
    const struct verdict *held = desk_judge(&d, "line", &l);
    CHECK_TEXT(desk_says(held), "HOLD RULE_ERROR");
    struct review_effect release = { .verb = VERB_RELEASE, .signature_count = 1, .reviewed = held->judgement,
                                     .sequence = 7 };
    d.review = &release;
    const struct verdict *v = desk_judge(&d, "line", &l);
    CHECK_TEXT(desk_says(v), "PASS -");
    CHECK_TEXT(desk_rule(v, RULE_SCR_02), "FALSE");
    CHECK_INT(v->judgement->rule_results[0].evidence[0].kind, EVIDENCE_REVIEW);
    CHECK_TEXT(v->judgement->rule_results[0].evidence[0].id, "7");
    desk_close(&d);
}

/* Whoever released it saw that claim and no other one. */
TEST(evidence_that_the_reviewer_did_not_see_holds_again)
{
    struct table t = TABLE(
        "between  | says",
        "no       | PASS -",
        "yes      | HOLD DOCUMENT_REUSED");
    while (table_next(&t)) {
        static struct document_proof proofs[2] = {
            { .type = SLICE_INIT("INVOICE"), .has_sha256 = true, .sha256 = { 1 } },
            { .type = SLICE_INIT("INVOICE"), .has_sha256 = true, .sha256 = { 2 } },
        };
        struct desk d;
        open_quiet(&d);
        struct line first = desk_mdf("M-1"), second = desk_mdf("M-2"), third = desk_mdf("M-3");
        first.documents = third.documents = second.documents = proofs;
        first.document_count = 1;
        second.document_count = third.document_count = 2;
        desk_judge(&d, "first", &first);
        const struct verdict *held = desk_judge(&d, "second", &second);
        CHECK_TEXT(desk_says(held), "HOLD DOCUMENT_REUSED");
        if (cell_yes(&t, "between")) {
            third.documents = &proofs[1];
            third.document_count = 1;
            desk_judge(&d, "third", &third);
        }
        struct review_effect release = { .verb = VERB_RELEASE, .signature_count = 1, .reviewed = held->judgement };
        d.review = &release;
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "second", &second)));
        desk_close(&d);
    }
}

/* Of more than eight only the count is recorded, and who released ten has seen ten. */
TEST(evidence_beyond_eight_is_counted_and_one_more_holds_again)
{
    enum { PROOFS = 6 };
    struct table t = TABLE("before  between  | says                  left_out",
                           "4       no       | PASS -                0",    /* a document and a line each */
                           "4       yes      | HOLD DOCUMENT_REUSED  0",
                           "5       no       | PASS -                2",
                           "5       yes      | HOLD DOCUMENT_REUSED  2");
    while (table_next(&t)) {
        static struct document_proof proofs[PROOFS];
        static const char *const names[PROOFS] = { "a", "b", "c", "d", "e", "f" };
        struct desk d;
        open_quiet(&d);
        struct line reused = desk_mdf("M-X"), earlier[PROOFS];
        int64_t before = cell_int(&t, "before");
        for (unsigned i = 0; i < PROOFS; i++) {
            proofs[i] = (struct document_proof){ .type = SLICE("INVOICE"), .has_sha256 = true };
            proofs[i].sha256[0] = (uint8_t)(i + 1);
            earlier[i] = desk_mdf(names[i]);
            earlier[i].documents = &proofs[i];
            earlier[i].document_count = 1;
            if (i < before) desk_judge(&d, names[i], &earlier[i]);
        }
        reused.documents = proofs;
        reused.document_count = PROOFS;
        const struct verdict *held = desk_judge(&d, "reused", &reused);
        CHECK_TEXT(desk_says(held), "HOLD DOCUMENT_REUSED");
        CHECK_INT(held->judgement->rule_results[0].evidence_count, 8);
        CHECK_CELL_INT(&t, "left_out", held->judgement->rule_results[0].evidence_left_out);
        if (cell_yes(&t, "between")) desk_judge(&d, names[before], &earlier[before]);
        struct review_effect release = { .verb = VERB_RELEASE, .signature_count = 1, .reviewed = held->judgement };
        d.review = &release;
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "reused", &reused)));
        desk_close(&d);
    }
}

/* --- SHADOW ----------------------------------------------------------------------------------------------------- */

/* Whatever a rule in SHADOW finds, only the record knows: no place of a deal, no program struck, no customer. */
TEST(a_shadow_rule_leaves_neither_strike_nor_place)
{
    struct table t = TABLE("mode     | says                         struck  place",
                           "ENFORCE  | PASS SHARED_REGISTRATION     0       2",
                           "SHADOW   | PASS -                       0       0");
    while (table_next(&t)) {
        struct desk d;
        open_quiet(&d);
        struct program p = {
            .id = SLICE("DR"), .version = 1, .incentive = INCENTIVE_DEAL_REGISTRATION, .valid_from = 20200101,
            .status = PROGRAM_STATUS_ACTIVE, .valid_to = 20991231, .currency = SLICE("USD"),
            .deal = { .conflict = DEAL_CONFLICT_SHARED_HALF, .protection_days = 90 },
        };
        CHECK(catalogue_put_program(d.catalogue, &p) == OK);
        d.program_id = SLICE("DR");
        d.facts.slots_standing = SLOTS_ANSWERED;
        struct deal_claim claims[] = { { SLICE("V-1"), SLICE("V-1/B"), 0 }, { SLICE("N-100"), SLICE("N-100/A"), 0 } };
        d.facts.deal_claims = claims;
        d.facts.deal_claim_count = 2;
        d.policy.modes[RULE_DRG_01] = (enum rule_mode)word_find(VOCABULARY_RULE_MODE, cell(&t, "mode"));
        struct deal_registration deal = { .revision = 1, .family = SLICE("SWITCH"), .qty_milli = 50000 };
        struct line l = { .kind = KIND_DEAL_REGISTRATION, .partner_id = SLICE("N-100"), .deal_reg_no = SLICE("A"),
                          .currency = SLICE("USD"), .deal = &deal,
                          .end_customer = { .name = SLICE("Alder"), .key = SLICE("C-1"), .country = SLICE("US") } };
        const struct verdict *v = desk_judge(&d, "registration", &l);
        CHECK_CELL(&t, "says", desk_says(v));
        CHECK_CELL_INT(&t, "struck", desk_clearance(v)->struck_count);
        CHECK_CELL_INT(&t, "place", desk_clearance(v)->deal.place);
        desk_close(&d);
    }
}
