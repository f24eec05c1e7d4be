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

static struct verdict *sent_as(struct rig *rig, const struct line *l, const char *line_id, const char *received_at)
{
    struct dossier *d = a_dossier_of(l, line_id);
    struct receipt *r = ARENA_NEW(test_arena(), struct receipt);
    *r = *d->receipt;
    CHECK_INT(instant_parse(slice_from(received_at), &r->received_at_unix_ms), OK);
    d->receipt = r;
    return rig_decide(rig, d);
}

/* Each time another line. */
static struct verdict *sent_on(struct rig *rig, const struct line *l, const char *received_at)
{
    static unsigned number;
    struct text id = text_in(test_arena(), 12);
    PUT(&id, "L");
    text_put_int(&id, ++number);
    text_put_byte(&id, 0);
    return sent_as(rig, l, text_slice(&id).bytes, received_at);
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

static struct verdict *sent_under(struct rig *rig, const struct line *l, const char *root_id)
{
    struct dossier *d = a_dossier_of(l, root_id);
    struct receipt *r = ARENA_NEW(test_arena(), struct receipt);
    *r = *d->receipt;
    r->partner_root_id = slice_from(root_id);
    CHECK_INT(instant_parse(SLICE("2026-04-08T09:00:00Z"), &r->received_at_unix_ms), OK);
    d->receipt = r;
    return rig_decide(rig, d);
}

static void drift_begins(struct rig *rig)
{
    struct drift_record d = { .month = 202603, .state = DRIFT_SUSPECT, .suspect_months = 1 };
    struct features_record f = { .sales.buyer_lines = 9000,
                                 .sales.consumer_lines = 9000,
                                 .sales.customer_lines = 9000,
                                 .sales.sold_milli = 1000,
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

/* The site was unknown when the line came: its rows lie in the partition of its root. */
TEST(a_line_that_came_under_another_root_is_judged_where_no_rows_of_the_site_lie_and_counts_for_none)
{
    struct rig rig = a_watched_world();
    struct line l = a_line_of(KIND_POS_SALE, "N");
    rig.partners[0].root_id = SLICE("ROOT");
    struct verdict *v = sent_under(&rig, &l, "N");
    CHECK_TEXT(outcome_text(v), "PASS");
    CHECK_TEXT(verdict_text(v), "");
    CHECK_TEXT(rule_text(v, RULE_ELG_05), "none");
    CHECK_INT(rig.row_count, 0);
    CHECK_TEXT(verdict_text(sent_under(&rig, &l, "ROOT")), "WEAK_EVIDENCE");
    CHECK(rig.row_count > 0);
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

/* What a site sold in the second quarter of 2026 and the year before it, and a line of it in July. */
static const struct classification *judged_in_july(struct rig *rig, struct features_record *now,
                                                   struct features_record *before, const char *agreement)
{
    struct line l = a_line_of(KIND_POS_SALE, "N");
    l.authorisation_no = slice_from(agreement);
    put_record(rig, CLASSIFICATION_FEATURES, "8105", now);
    if (before) put_record(rig, CLASSIFICATION_FEATURES, "8101", before);
    return section_of(sent_on(rig, &l, "2026-07-08T09:00:00Z"));
}

static bool shows_stability(const struct classification *c)
{
    for (unsigned i = 0; i < c->role_evidence_count; i++)
        if (slice_equal(c->role_evidence[i].id, SLICE("stability_index"))) return true;
    return false;
}

TEST(a_reseller_share_that_moved_since_the_year_before_is_recorded_and_no_reason)
{
    struct table t = TABLE(
        "now  before | index",
        "80   80     | -",
        "80   56     | 0.274",
        "80   57     | 0.253",
        "80   58     | -",                                  /* 0.233 */
        "100  100    | -",
        "100  99     | -",
        "0    100    | 27.630",
        "80   -      | -");
    while (table_next(&t)) {
        struct rig rig = a_watched_world();
        bool has_before = cell(&t, "before").size > 0;
        struct features_record now = { .sales = { .customer_lines = 100 } }, before = now;
        now.sales.reseller_lines = (uint64_t)cell_int(&t, "now");
        if (has_before) before.sales.reseller_lines = (uint64_t)cell_int(&t, "before");
        const struct classification *c = judged_in_july(&rig, &now, has_before ? &before : NULL, "");
        bool is_shown = shows_stability(c);
        struct slice text = is_shown ? c->role_evidence[c->role_evidence_count - 1].text : SLICE("");
        CHECK_CELL(&t, "index", text);
        rig_close(&rig);
    }
}

/* A distributor's sales without an agreement, and a shop's under one. */
static struct features_record a_hybrid(uint64_t shop_cents)
{
    struct features_record f = { .sell_in_lines = 900, .sell_in_milli = 1900000, .group_count = 1 };
    struct sales_record trade = { .customer_lines = 900, .reseller_lines = 900, .ship_lines = 900,
                                  .ship_places = 0xffffff, .sold_milli = 1000000, .resale_cents = 100 - shop_cents };
    struct sales_record shop = { .customer_lines = 900, .buyer_lines = 900, .consumer_lines = 900,
                                 .sold_milli = 900000, .resale_cents = shop_cents };
    f.sales = trade;
    f.sales.customer_lines += shop.customer_lines;
    f.sales.buyer_lines += shop.buyer_lines;
    f.sales.consumer_lines += shop.consumer_lines;
    f.sales.sold_milli += shop.sold_milli;
    f.sales.resale_cents += shop.resale_cents;
    f.groups[0] = (struct sales_group){ SLICE("SHOP-1"), shop };
    return f;
}

TEST(two_parts_of_15_percent_that_look_like_two_roles_are_judged_each_for_itself)
{
    struct table t = TABLE(
        "agreement  shop_percent | observed",
        "-          15           | DISTRIBUTOR",
        "SHOP-1     15           | RETAILER",
        "SHOP-2     15           | DISTRIBUTOR",            /* of the rest */
        "-          14           | RETAILER",               /* too small: all of it is judged as one */
        "SHOP-1     85           | RETAILER",
        "-          86           | RETAILER");
    while (table_next(&t)) {
        struct rig rig = a_watched_world();
        struct features_record f = a_hybrid((uint64_t)cell_int(&t, "shop_percent"));
        char agreement[16];
        snprintf(agreement, sizeof agreement, "%.*s", SLICE_ARGS(cell(&t, "agreement")));
        const struct classification *c = judged_in_july(&rig, &f, NULL, agreement);
        CHECK_CELL(&t, "observed", c->observed_role ? word_text(VOCABULARY_ROLE, c->observed_role) : SLICE(""));
        rig_close(&rig);
    }
}

/* Of the site N, or of its part under an agreement. */
static struct drift_record kept_drift(struct rig *rig, const char *agreement)
{
    struct slice n = SLICE("N");
    struct book_row row = { .table = CLASSIFICATION_DRIFT,
                            .key = *agreement ? BOOKS_KEY(test_arena(), n, n, slice_from(agreement))
                                              : BOOKS_KEY(test_arena(), n, n) };
    struct drift_record d = { .month = 0 };
    struct slice stored = rig_stored(rig, &row);
    if (stored.size)
        CHECK_INT(classification_stage.tables[row.table].codec.decode(test_arena(), stored, &d), OK);
    return d;
}

TEST(a_part_of_a_hybrid_has_a_record_of_its_own)
{
    struct rig rig = a_watched_world();
    struct features_record f = a_hybrid(20);
    judged_in_july(&rig, &f, NULL, "");
    CHECK_INT(kept_drift(&rig, "").group_count, 1);
    CHECK_INT(kept_drift(&rig, "SHOP-1").month, 0);
    judged_in_july(&rig, &f, NULL, "SHOP-1");
    CHECK_INT(kept_drift(&rig, "SHOP-1").observed, ROLE_RETAILER);
    CHECK_INT(kept_drift(&rig, "").observed, ROLE_DISTRIBUTOR);
    rig_close(&rig);
}

TEST(a_line_that_waits_speaks_for_its_month_also_when_it_is_judged_again_and_counts_only_then)
{
    struct rig rig = a_watched_world();
    struct line waits = a_line_of(KIND_POS_SALE, "N"), passes = waits;
    waits.vendor_part = SLICE("CAB-55");
    struct verdict *v = sent_as(&rig, &waits, "W1", "2026-04-08T09:00:00Z");
    CHECK_TEXT(verdict_text(v), "PART_UNKNOWN WEAK_EVIDENCE");
    for (unsigned i = 0; i < rig.row_count; i++) CHECK(rig.rows[i].table != CLASSIFICATION_FEATURES);
    CHECK_TEXT(verdict_text(sent_as(&rig, &passes, "P1", "2026-04-09T09:00:00Z")), "");
    CHECK_TEXT(verdict_text(sent_as(&rig, &passes, "W1", "2026-04-08T09:00:00Z")), "WEAK_EVIDENCE");
    CHECK_TEXT(verdict_text(sent_as(&rig, &passes, "P2", "2026-04-10T09:00:00Z")), "");
    rig_close(&rig);
}

TEST(a_site_that_declares_no_role_uses_up_no_month)
{
    struct rig rig = a_watched_world();
    struct line l = a_line_of(KIND_POS_SALE, "N");
    drift_begins(&rig);
    unsigned role_count = rig.partners[0].role_count;
    rig.partners[0].role_count = 0;
    CHECK_TEXT(verdict_text(sent_as(&rig, &l, "W1", "2026-04-08T09:00:00Z")), "ROLE_UNKNOWN");
    CHECK_INT(kept_drift(&rig, "").month, 202603);
    rig.partners[0].role_count = role_count;
    CHECK_INT(section_of(sent_as(&rig, &l, "W1", "2026-04-08T09:00:00Z"))->drift, DRIFT_DRIFT);
    CHECK_INT(kept_drift(&rig, "").month, 202604);
    rig_close(&rig);
}
