/* tests/unit/services/classification/test_behaviour.c: ELG-05 from lines to holds. */
#include "domain/classification_record.h"
#include "rig.h"

static struct rig a_watched_world(void)
{
    struct rig rig = a_small_world();
    rig.policy.modes[RULE_ELG_05] = RULE_MODE_ENFORCE;
    struct limits l = { .id = SLICE("default"), .version = 1, .valid_from = 20200101 };
    struct pair settings[] = { { SLICE("approval.auto_max"), SLICE("1000") } };
    l.settings = settings;
    l.setting_count = 1;
    CHECK_INT(catalogue_put_limits(rig.catalogue, &l), OK);
    return rig;
}

static struct verdict *sent_on(struct rig *rig, const struct line *l, const char *received_at)
{
    struct dossier *d = a_dossier_of(l, "L1");
    struct receipt *r = ARENA_NEW(test_arena(), struct receipt);
    *r = *d->receipt;
    CHECK_INT(instant_parse(slice_from(received_at), &r->received_at_unix_ms), OK);
    d->receipt = r;
    return rig_decide(rig, d);
}

/* A record of the site N under its key, as the table keeps it. */
static void put_record(struct rig *rig, enum classification_table table, const char *quarter, const void *record)
{
    struct slice n = SLICE("N");
    struct book_row row = { .table = table,
                            .key = quarter ? BOOKS_KEY(test_arena(), n, n, slice_from(quarter))
                                           : BOOKS_KEY(test_arena(), n, n) };
    rig_store(rig, &row, classification_stage.tables[table].codec.encode(test_arena(), record));
}

static void drift_begins(struct rig *rig)
{
    struct drift_record d = { .month = 202603, .state = DRIFT_SUSPECT, .suspect_months = 1 };
    struct features_record f = { .buyer_lines = 9000,
                                 .consumer_lines = 9000,
                                 .customer_lines = 9000,
                                 .sold_milli = 1000,
                                 .inventory_lines = 9000,
                                 .inventory_milli = 900 };
    put_record(rig, CLASSIFICATION_DRIFT, NULL, &d);
    put_record(rig, CLASSIFICATION_FEATURES, "8104", &f);                /* the first quarter of 2026 */
    static const struct evidence facts[] = {
        { .id = SLICE_INIT("consumer_shops"), .text = SLICE_INIT("yes"), .score = 100 },
        { .id = SLICE_INIT("takes_title"), .text = SLICE_INIT("yes"), .score = 100 }
    };
    rig->partners[0].evidence = facts;
    rig->partners[0].evidence_count = 2;
}

TEST(thin_evidence_is_noted_once_a_month_and_stops_nothing)
{
    struct rig rig = a_watched_world();
    struct line l = a_line_of(KIND_POS_SALE, "N");
    struct verdict *v = sent_on(&rig, &l, "2026-04-08T09:00:00Z");
    CHECK_TEXT(outcome_text(v), "PASS");
    CHECK_TEXT(verdict_text(v), "WEAK_EVIDENCE");
    CHECK_INT(section_of(v)->drift, DRIFT_NONE);
    CHECK(rule_is_false(v, RULE_ELG_05));
    CHECK_TEXT(verdict_text(sent_on(&rig, &l, "2026-04-30T23:59:59Z")), "");
    CHECK_TEXT(verdict_text(sent_on(&rig, &l, "2026-05-01T00:00:00Z")), "WEAK_EVIDENCE");
    CHECK_TEXT(verdict_text(sent_on(&rig, &l, "2026-04-30T23:59:59Z")), "");
    rig_close(&rig);
}

TEST(lines_without_a_role_are_not_judged_and_off_judges_nobody)
{
    struct rig rig = a_watched_world();
    struct line l = a_line_of(KIND_INVENTORY, "N");
    struct verdict *v = sent_on(&rig, &l, "2026-04-08T09:00:00Z");
    CHECK_TEXT(verdict_text(v), "");
    CHECK_TEXT(rule_text(v, RULE_ELG_05), "none");
    l = a_line_of(KIND_POS_SALE, "N");
    rig.policy.modes[RULE_ELG_05] = RULE_MODE_OFF;
    v = sent_on(&rig, &l, "2026-04-08T09:00:00Z");
    CHECK_TEXT(verdict_text(v), "");
    CHECK_INT(section_of(v)->drift, DRIFT_UNSPECIFIED);
    rig_close(&rig);
}

TEST(the_first_lines_of_a_distributor_are_not_held)
{
    struct rig rig = a_watched_world();
    for (unsigned i = 0; i < 40; i++) {
        struct line l = a_line_of(i % 2 ? KIND_POS_SALE : KIND_SHIP_DEBIT_CLAIM, "N");
        l.sold_to.role = i % 3 ? ROLE_END_USER : ROLE_UNSPECIFIED;
        CHECK_TEXT(outcome_text(sent_on(&rig, &l, i % 4 ? "2026-04-08T09:00:00Z" : "2026-05-08T09:00:00Z")), "PASS");
    }
    rig_close(&rig);
}

TEST(behaviour_is_counted_in_the_quarter_of_receipt_and_read_back_next_month)
{
    struct rig rig = a_watched_world();
    struct line l = a_line_of(KIND_POS_SALE, "N");
    l.sold_to.role = ROLE_VAR;
    for (unsigned i = 0; i < 60; i++) sent_on(&rig, &l, "2026-04-08T09:00:00Z");
    const struct classification *c = section_of(sent_on(&rig, &l, "2026-05-08T09:00:00Z"));
    CHECK_INT(c->role_evidence_count, 1);
    CHECK_TEXT(c->role_evidence[0].id, "sells_to_resellers");
    CHECK_TEXT(c->role_evidence[0].text, "100 %");
    CHECK_INT(c->role_evidence[0].revision, 60);
    CHECK_INT(c->role_evidence[0].score, 120);          /* 22 · 60 / 110 */
    CHECK_INT(c->observed_role, ROLE_UNSPECIFIED);
    CHECK(c->confidence_ppm > 300000);
    rig_close(&rig);
}

TEST(a_drifting_site_is_held_above_the_first_limit_and_scores_below_it)
{
    struct table t = TABLE(
        "kind              currency  claimed_minor | outcome  reasons     points",
        "SHIP_DEBIT_CLAIM  USD       100001        | HOLD     ROLE_DRIFT  0",
        "SHIP_DEBIT_CLAIM  USD       100000        | PASS     -           15",
        "SHIP_DEBIT_CLAIM  EUR       1             | HOLD     ROLE_DRIFT  0",
        "SHIP_DEBIT_CLAIM  EUR       0             | PASS     -           15",
        "POS_SALE          USD       100001        | PASS     -           15");
    while (table_next(&t)) {
        struct rig rig = a_watched_world();
        drift_begins(&rig);
        struct line l = a_line_of(kind_find(cell(&t, "kind")), "N");
        l.currency = cell(&t, "currency");
        l.claimed_amount_minor = cell_int(&t, "claimed_minor");
        l.has_claimed_amount_minor = true;
        struct verdict *v = sent_on(&rig, &l, "2026-04-08T09:00:00Z");
        CHECK_CELL(&t, "outcome", outcome_text(v));
        CHECK_CELL(&t, "reasons", verdict_text(v));
        CHECK_TEXT(rule_text(v, RULE_ELG_05), "TRUE");
        CHECK_INT(rule_result_of(v, RULE_ELG_05)->reason, REASON_ROLE_DRIFT);
        CHECK_CELL_INT(&t, "points", rule_result_of(v, RULE_ELG_05)->points);
        CHECK_INT(rule_result_of(v, RULE_ELG_05)->evidence_count, 3);
        CHECK_INT(section_of(v)->drift, DRIFT_DRIFT);
        CHECK_INT(section_of(v)->observed_role, ROLE_RETAILER);
        CHECK_INT(v->case_count, 1);
        CHECK_INT(v->cases[0]->case_kind, CASE_KIND_PARTNER);
        CHECK_TEXT(v->cases[0]->case_subject, "N");
        CHECK_INT(v->cases[0]->case_id.size, ID_HEX);
        v = sent_on(&rig, &l, "2026-04-09T09:00:00Z");
        CHECK_CELL(&t, "outcome", outcome_text(v));
        CHECK_INT(v->case_count, 0);
        rig_close(&rig);
    }
}

TEST(a_person_releases_or_confirms_a_drifting_site_for_this_line)
{
    struct rig rig = a_watched_world();
    drift_begins(&rig);
    struct line l = a_line_of(KIND_SHIP_DEBIT_CLAIM, "N");
    l.claimed_amount_minor = 100001;
    l.has_claimed_amount_minor = true;
    struct verdict *held = sent_on(&rig, &l, "2026-04-08T09:00:00Z");
    struct review_effect review = { .verb = VERB_RELEASE, .sequence = 1, .reviewed = held->judgement };
    rig.review = &review;
    struct verdict *v = sent_on(&rig, &l, "2026-04-08T09:00:00Z");
    CHECK_TEXT(outcome_text(v), "PASS");
    CHECK(rule_is_false(v, RULE_ELG_05));
    CHECK_INT(rule_result_of(v, RULE_ELG_05)->evidence[0].kind, EVIDENCE_REVIEW);
    review = (struct review_effect){
        .verb = VERB_ASSIGN_ROLE, .role = ROLE_DISTRIBUTOR, .sequence = 1, .reviewed = held->judgement
    };
    CHECK_TEXT(outcome_text(sent_on(&rig, &l, "2026-04-08T09:00:00Z")), "PASS");
    rig_close(&rig);
}

TEST(in_shadow_drift_is_recorded_and_stops_nothing)
{
    struct rig rig = a_watched_world();
    drift_begins(&rig);
    rig.policy.modes[RULE_ELG_05] = RULE_MODE_SHADOW;
    struct line l = a_line_of(KIND_SHIP_DEBIT_CLAIM, "N");
    l.claimed_amount_minor = 100001;
    l.has_claimed_amount_minor = true;
    struct verdict *v = sent_on(&rig, &l, "2026-04-08T09:00:00Z");
    CHECK_TEXT(outcome_text(v), "PASS");
    CHECK_TEXT(rule_text(v, RULE_ELG_05), "TRUE");
    CHECK_INT(v->case_count, 0);
    rig_close(&rig);
}

TEST(a_parked_line_neither_counts_nor_uses_up_the_month)
{
    struct rig rig = a_watched_world();
    struct line l = a_line_of(KIND_POS_SALE, "N");
    l.vendor_part = SLICE("CAB-55");
    struct verdict *v = sent_on(&rig, &l, "2026-04-08T09:00:00Z");
    CHECK_TEXT(verdict_text(v), "PART_UNKNOWN WEAK_EVIDENCE");
    for (unsigned i = 0; i < rig.row_count; i++)
        CHECK(rig.rows[i].table == CLASSIFICATION_ORIGINALS);
    l.vendor_part = SLICE("CAB-5");
    CHECK_TEXT(verdict_text(sent_on(&rig, &l, "2026-04-08T09:00:00Z")), "WEAK_EVIDENCE");
    rig_close(&rig);
}

TEST(a_line_needs_few_passes)
{
    struct rig rig = a_watched_world();
    struct line l = a_line_of(KIND_POS_SALE, "N");
    sent_on(&rig, &l, "2026-04-08T09:00:00Z");
    CHECK(rig.passes <= 3);
    sent_on(&rig, &l, "2026-04-08T09:00:00Z");
    CHECK_INT(rig.passes, 2);
    rig_close(&rig);
}
