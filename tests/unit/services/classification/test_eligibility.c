/* tests/unit/services/classification/test_eligibility.c: each reason of domain.md 5.0 R3, and each cell of 1.3. */
#include "classification/eligibility.h"
#include "rig.h"

static struct slice faults_text(const struct applicant *who, const struct eligibility *e)
{
    struct candidate c = eligibility_candidate(test_arena(), who, e, ~0u);
    return reason_names(test_arena(), c.reasons, c.reason_count);
}

TEST(each_cell_of_the_matrix_asks_for_what_it_says)
{
    struct rig rig = rig_open();
    struct enrolment by_incentive[] = { { .incentive = INCENTIVE_MDF, .valid_from = 20260301, .valid_to = 20260331 } };
    struct table t = TABLE(
        "role            incentive         enrolled  date      | reasons            cell",
        "DISTRIBUTOR     SHIP_DEBIT        no        20260303  | -                  YES",
        "DISTRIBUTOR     LOGISTICS         no        20260303  | -                  YES",
        "DISTRIBUTOR     SPIFF             yes       20260303  | ROLE_NOT_ELIGIBLE  NO",
        "DISTRIBUTOR     MDF               no        20260303  | NOT_ENROLLED       CONDITIONAL",
        "DISTRIBUTOR     MDF               yes       20260228  | NOT_ENROLLED       CONDITIONAL",
        "DISTRIBUTOR     MDF               yes       20260301  | -                  CONDITIONAL",
        "DISTRIBUTOR     MDF               yes       20260331  | -                  CONDITIONAL",
        "DISTRIBUTOR     MDF               yes       20260401  | NOT_ENROLLED       CONDITIONAL",
        "VAR             SHIP_DEBIT        yes       20260303  | NOT_ENROLLED       CONDITIONAL",
        "VAR             MDF               no        20260303  | -                  YES",
        "VAR             STOCK_ROTATION    yes       20260303  | ROLE_NOT_ELIGIBLE  NO",
        "MSP             SHIP_DEBIT        no        20260303  | ROLE_NOT_ELIGIBLE  NO",
        "AGENT           DEAL_REGISTRATION  no        20260303  | -                  YES",
        "RETAILER        PRICE_PROTECTION  no        20260303  | NOT_ENROLLED       CONDITIONAL",
        "-               SPIFF             no        20260303  | -                  -");
    struct partner *p = rig_partner(&rig, "P");
    while (table_next(&t)) {
        struct program terms = a_program("X", (enum incentive)word_find(VOCABULARY_INCENTIVE, cell(&t, "incentive")));
        p->enrolments = by_incentive;
        p->enrolment_count = cell_yes(&t, "enrolled") ? 1 : 0;
        struct applicant who = { .partner = p,
                                 .root_id = SLICE("P"),
                                 .catalogue = rig.catalogue,
                                 .role = (enum role)word_find(VOCABULARY_ROLE, cell(&t, "role")) };
        struct eligibility e = eligibility_ask(&who, &terms, (int32_t)cell_int(&t, "date"));
        CHECK_CELL(&t, "reasons", faults_text(&who, &e));
        CHECK_CELL(&t, "cell", word_text(VOCABULARY_CELL, e.cell));
    }
    rig_close(&rig);
}

TEST(the_enrolment_of_the_program_itself_stands_before_that_of_its_incentive)
{
    struct rig rig = rig_open();
    struct enrolment both[] = { { .incentive = INCENTIVE_SHIP_DEBIT, .expected_volume = SLICE("1") },
                                { .program_id = SLICE("X"), .expected_volume = SLICE("2"), .baseline = SLICE("3") } };
    struct partner *p = rig_partner(&rig, "P");
    p->enrolments = both;
    p->enrolment_count = 2;
    struct program terms = a_program("X", INCENTIVE_SHIP_DEBIT);
    struct applicant who = { .partner = p, .root_id = SLICE("P"), .catalogue = rig.catalogue, .role = ROLE_VAR };
    struct eligibility e = eligibility_ask(&who, &terms, 20260303);
    struct candidate c = eligibility_candidate(test_arena(), &who, &e, ~0u);
    CHECK(c.enrolled);
    CHECK_TEXT(c.expected_volume, "2");
    CHECK_TEXT(c.baseline, "3");
    CHECK_INT(c.reason_count, 0);
    rig_close(&rig);
}

TEST(an_override_of_the_matrix_is_asked_by_region_and_product_line)
{
    struct rig rig = rig_open();
    struct matrix_override overrides[] = { { ROLE_VAR, INCENTIVE_MDF, SLICE("IN"), { 0 }, CELL_CONDITIONAL } };
    struct matrix m = { .version = 4, .valid_from = 20260301, .overrides = overrides, .override_count = 1 };
    m.cells[ROLE_VAR][INCENTIVE_MDF] = CELL_YES;
    CHECK_INT(catalogue_put_matrix(rig.catalogue, &m), OK);
    struct partner *p = rig_partner(&rig, "P");
    struct program terms = a_program("X", INCENTIVE_MDF);
    struct applicant who = { .partner = p, .root_id = SLICE("P"), .catalogue = rig.catalogue, .role = ROLE_VAR };
    struct eligibility e = eligibility_ask(&who, &terms, 20260301);
    CHECK_TEXT(faults_text(&who, &e), "");
    CHECK_INT(e.matrix_version, 4);
    p->country = SLICE("IN");
    e = eligibility_ask(&who, &terms, 20260301);
    CHECK_TEXT(faults_text(&who, &e), "NOT_ENROLLED");
    e = eligibility_ask(&who, &terms, 20260228);
    CHECK_TEXT(faults_text(&who, &e), "");
    CHECK_INT(e.matrix_version, 0);
    rig_close(&rig);
}

struct terms_row { const char *what; struct program terms; const char *reasons; };

TEST(each_term_of_eligibility_refuses_with_its_own_reason)
{
    struct rig rig = rig_open();
    struct tier_span tiers[] = { { SLICE("GOLD"), 20260101, 20260303 } };
    struct partner *p = rig_partner(&rig, "P");
    p->root_id = SLICE("ROOT");
    p->regions = some_texts("US-EAST");
    p->tiers = tiers;
    p->tier_count = 1;
    struct program base = a_program("X", INCENTIVE_SHIP_DEBIT);
    struct product goods = { .sku = SLICE("CAB-5"), .family = SLICE("CABLE"), .product_line = SLICE("NET") };
    struct terms_row rows[24];
    unsigned count = 0;
#define ROW(member, value, want) \
    do { struct program with = base; with.member = value; rows[count++] = \
    (struct terms_row){ #member " = " #value, with, want }; } while (0)
    ROW(rank, 7, "");
    ROW(roles, 1u << ROLE_DISTRIBUTOR, "");
    ROW(roles, 1u << ROLE_VAR, "ROLE_NOT_ELIGIBLE");
    ROW(enrolment_required, true, "NOT_ENROLLED");
    ROW(tiers_allowed, some_texts("GOLD SILVER"), "");
    ROW(tiers_allowed, some_texts("SILVER"), "TIER_NOT_ELIGIBLE");
    ROW(regions_allowed, some_texts("US"), "");
    ROW(regions_allowed, some_texts("US-EAST DE"), "");
    ROW(regions_allowed, some_texts("DE"), "REGION_NOT_ELIGIBLE");
    ROW(partners_include, some_texts("P"), "");
    ROW(partners_include, some_texts("ROOT"), "");
    ROW(partners_include, some_texts("Q"), "PARTNER_EXCLUDED");
    ROW(partners_exclude, some_texts("ROOT"), "PARTNER_EXCLUDED");
    ROW(partners_exclude, some_texts("P"), "PARTNER_EXCLUDED");
    ROW(products.include, some_texts("family:cable"), "");
    ROW(products.include, some_texts("sku:CAB*"), "");
    ROW(products.include, some_texts("line:SRV"), "PART_NOT_ELIGIBLE");
    ROW(products.exclude, some_texts("sku:CAB-5"), "PART_NOT_ELIGIBLE");
    ROW(status, PROGRAM_STATUS_SUSPENDED, "PROGRAM_SUSPENDED");
    ROW(status, PROGRAM_STATUS_ENDED, "OUTSIDE_PROGRAM_PERIOD");
#undef ROW
    for (unsigned i = 0; i < count; i++) {
        struct applicant who = { .partner = p,
                                 .root_id = SLICE("ROOT"),
                                 .catalogue = rig.catalogue,
                                 .role = ROLE_DISTRIBUTOR,
                                 .product = &goods,
                                 .part = SLICE("CAB-5") };
        struct eligibility e = eligibility_ask(&who, &rows[i].terms, 20260303);
        struct slice got = faults_text(&who, &e);
        if (!slice_equal(got, slice_from(rows[i].reasons))) printf("\n  %s\n", rows[i].what);
        CHECK_SLICE(got, slice_from(rows[i].reasons));
    }
    struct program gold = base;
    gold.tiers_allowed = some_texts("GOLD");
    struct applicant who = {
        .partner = p, .root_id = SLICE("ROOT"), .catalogue = rig.catalogue, .role = ROLE_DISTRIBUTOR
    };
    struct eligibility late = eligibility_ask(&who, &gold, 20260304);
    CHECK_TEXT(faults_text(&who, &late), "TIER_NOT_ELIGIBLE");
    rig_close(&rig);
}

TEST(a_partner_is_asked_whether_it_was_active_on_the_program_date)
{
    struct rig rig = rig_open();
    struct partner *p = rig_partner(&rig, "P");
    struct status_span spans[] = { { PARTNER_STATUS_ACTIVE, 20260201, 20260228 },
                                   { PARTNER_STATUS_SUSPENDED, 20260301, 20260331 } };
    p->statuses = spans;
    p->status_count = 2;
    struct program terms = a_program("X", INCENTIVE_SHIP_DEBIT);
    struct applicant who = {
        .partner = p, .root_id = SLICE("P"), .catalogue = rig.catalogue, .role = ROLE_DISTRIBUTOR
    };
    struct table t = TABLE("date      | reasons", "20260131  | PARTNER_NOT_ACTIVE", "20260201  | -", "20260228  | -",
                           "20260301  | PARTNER_NOT_ACTIVE");
    while (table_next(&t)) {
        struct eligibility e = eligibility_ask(&who, &terms, (int32_t)cell_int(&t, "date"));
        CHECK_CELL(&t, "reasons", faults_text(&who, &e));
    }
    rig_close(&rig);
}

TEST(a_sale_is_asked_to_whom_it_went)
{
    struct rig rig = rig_open();
    struct partner *p = rig_partner(&rig, "P");
    struct table t = TABLE(
        "allowed                sold_to      sells | reasons",
        "-                      VAR          yes   | -",
        "-                      -            yes   | -",
        "-                      END_USER     yes   | -",
        "-                      DISTRIBUTOR  yes   | CUSTOMER_IS_DISTRIBUTOR",
        "-                      DISTRIBUTOR  no    | -",
        "VAR END_USER           VAR          yes   | -",
        "VAR END_USER           END_USER     yes   | -",
        "VAR END_USER           MSP          yes   | CUSTOMER_NOT_ELIGIBLE",
        "VAR END_USER           GOVERNMENT   yes   | CUSTOMER_NOT_ELIGIBLE",
        "VAR END_USER           -            yes   | CUSTOMER_NOT_ELIGIBLE",
        "VAR END_USER           DISTRIBUTOR  yes   | CUSTOMER_IS_DISTRIBUTOR",
        "UNKNOWN                -            yes   | -",
        "DISTRIBUTOR            DISTRIBUTOR  yes   | -");
    while (table_next(&t)) {
        struct program terms = a_program("X", INCENTIVE_SHIP_DEBIT);
        struct slice rest = cell(&t, "allowed");
        terms.has_sold_to_roles = rest.size > 0;
        while (rest.bytes && rest.size) terms.sold_to_roles |= 1u << word_find(VOCABULARY_ROLE, slice_cut(&rest, ' '));
        struct applicant who = { .partner = p,
                                 .root_id = SLICE("P"),
                                 .catalogue = rig.catalogue,
                                 .role = ROLE_DISTRIBUTOR,
                                 .sells = cell_yes(&t, "sells"),
                                 .sold_to_role = (enum role)word_find(VOCABULARY_ROLE, cell(&t, "sold_to")) };
        struct eligibility e = eligibility_ask(&who, &terms, 20260303);
        CHECK_CELL(&t, "reasons", faults_text(&who, &e));
    }
    rig_close(&rig);
}

TEST(sellers_earn_a_spiff_only_where_their_employer_is_enrolled)
{
    struct rig rig = rig_open();
    struct partner *p = rig_partner(&rig, "P");
    struct enrolment enrolment[] = { { .program_id = SLICE("X") } };
    struct program terms = a_program("X", INCENTIVE_SPIFF);
    struct applicant who = { .partner = p, .root_id = SLICE("P"), .catalogue = rig.catalogue, .role = ROLE_VAR };
    struct eligibility e = eligibility_ask(&who, &terms, 20260303);
    CHECK_TEXT(faults_text(&who, &e), "");
    terms.spiff.opt_in = true;
    e = eligibility_ask(&who, &terms, 20260303);
    CHECK_TEXT(faults_text(&who, &e), "NOT_ENROLLED");
    p->enrolments = enrolment;
    p->enrolment_count = 1;
    e = eligibility_ask(&who, &terms, 20260303);
    CHECK_TEXT(faults_text(&who, &e), "");
    rig_close(&rig);
}

TEST(a_reason_says_what_the_partner_needs_to_know)
{
    struct rig rig = rig_open();
    struct partner *p = rig_partner(&rig, "P");
    struct program terms = a_program("X", INCENTIVE_SHIP_DEBIT);
    terms.tiers_allowed = some_texts("GOLD SILVER");
    terms.regions_allowed = some_texts("DE");
    terms.enrolment_required = true;
    struct status_span ended[] = { { PARTNER_STATUS_ENDED, 20260101, 0 } };
    p->statuses = ended;
    p->status_count = 1;
    struct applicant who = {
        .partner = p, .root_id = SLICE("P"), .catalogue = rig.catalogue, .role = ROLE_MSP, .part = SLICE("CAB-5")
    };
    struct eligibility e = eligibility_ask(&who, &terms, 20260303);
    e.faults |= FAULT_BIT(PART) | FAULT_BIT(EXCLUDED) | FAULT_BIT(OUTSIDE) | FAULT_BIT(CUSTOMER);
    struct candidate c = eligibility_candidate(test_arena(), &who, &e, ~0u);
    static const char *const sentences[] = {
        "Your account was not active on 2026-03-03.",
        "SHIP_DEBIT is not open to the role MSP.",
        "You are not enrolled in X on 2026-03-03.",
        "2026-03-03 is outside the period of X.",
        "X requires tier GOLD, SILVER.",
        "X does not cover US.",
        "X is not open to your account.",
        "Part CAB-5 is not covered by X.",
        "UNKNOWN is not an eligible customer type.",
    };
    CHECK_INT(c.reason_count, sizeof sentences / sizeof sentences[0]);
    for (unsigned i = 0; i < c.reason_count; i++) {
        struct text t = text_in(test_arena(), 256);
        reason_put_sentence(&t, &c.reasons[i]);
        CHECK_SLICE(text_slice(&t), slice_from(sentences[i]));
    }
    rig_close(&rig);
}

TEST(a_registration_is_refused_only_for_goods_that_are_surely_not_covered)
{
    struct rig rig = a_small_world();
    rig_product(&rig, "SW-24", "SWITCH");
    struct table t = TABLE(
        "include         exclude         products           family  | reasons",
        "-               -               sku:SW-24          -       | -",
        "family:SWITCH   -               sku:SW-24          -       | -",
        "family:CABLE    -               sku:SW-24          -       | PART_NOT_ELIGIBLE",
        "family:CABLE    -               sku:SW-24 sku:CAB-5  -     | -",
        "family:CABLE    -               sku:SW-24 sku:NEW  -       | -",
        "family:CABLE    -               sku:SW*            -       | -",
        "family:CABLE    -               -                  SWITCH  | PART_NOT_ELIGIBLE",
        "family:CABLE    -               -                  CABLE   | -",
        "sku:SW-24       -               -                  SWITCH  | -",
        "-               family:SWITCH   -                  SWITCH  | PART_NOT_ELIGIBLE",
        "-               sku:SW-24       -                  SWITCH  | -",
        "family:CABLE    -               -                  -       | -");
    while (table_next(&t)) {
        struct program terms = a_program("DR", INCENTIVE_DEAL_REGISTRATION);
        struct deal_registration deal = { .products = some_texts(slice_copy(test_arena(), cell(&t, "products")).bytes),
                                          .family = cell(&t, "family") };
        terms.products.include = some_texts(slice_copy(test_arena(), cell(&t, "include")).bytes);
        terms.products.exclude = some_texts(slice_copy(test_arena(), cell(&t, "exclude")).bytes);
        struct applicant who = { .partner = &rig.partners[1],
                                 .root_id = SLICE("V"),
                                 .catalogue = rig.catalogue,
                                 .role = ROLE_VAR,
                                 .deal = &deal };
        struct eligibility e = eligibility_ask(&who, &terms, 20260303);
        CHECK_CELL(&t, "reasons", faults_text(&who, &e));
    }
    rig_close(&rig);
}

TEST(every_fault_speaks_through_one_rule_of_this_stage)
{
    unsigned all = 0;
    static const enum rule_id rules[] = { RULE_ELG_01, RULE_ELG_02, RULE_ELG_03, RULE_ELG_06 };
    for (unsigned i = 0; i < 4; i++) {
        CHECK_INT(rule_row(rules[i])->stage, STAGE_CLASSIFICATION);
        CHECK_INT(all & eligibility_faults_of(rules[i]), 0);
        all |= eligibility_faults_of(rules[i]);
    }
    CHECK_INT(all, (1u << FAULT_COUNT) - 1);
}
