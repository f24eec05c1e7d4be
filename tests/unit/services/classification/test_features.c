/* tests/unit/services/classification/test_features.c: behaviour as evidence of a role (screening.md 10.2). */
#include "classification/features.h"
#include "rig.h"

static struct role_judgement judged(const struct features_record *f, const struct partner *p)
{
    struct policy policy;
    policy_default(&policy);
    return features_judge(f, 364, p, &policy);
}

static uint32_t sum_of(const struct role_judgement *j)
{
    uint32_t sum = 0;
    for (unsigned i = 0; i < ROLE_COUNT; i++) sum += j->confidence_ppm[i];
    return sum;
}

TEST(the_exponential_is_a_table_that_falls_from_one_to_nothing)
{
    CHECK_INT(features_exp(0), 1000000000);
    CHECK_INT(features_exp(100), 367879441);
    CHECK_INT(features_exp(1), 990049834);
    CHECK_INT(features_exp(69), 501576069);
    CHECK_INT(features_exp(250), 82084998);
    CHECK_INT(features_exp(2200), 0);
    for (int64_t t = 1; t < 2300; t++) CHECK(features_exp(t) <= features_exp(t - 1));
}

TEST(without_data_every_role_is_as_likely_and_none_is_observed)
{
    struct features_record none = { 0 };
    struct partner p = { 0 };
    struct role_judgement j = judged(&none, &p);
    CHECK_INT(j.best, ROLE_UNSPECIFIED);
    CHECK_INT(j.observed, ROLE_UNSPECIFIED);
    CHECK_INT(j.evidence_tenths, 0);
    CHECK_INT(j.reason_count, 0);
    for (enum role role = ROLE_DISTRIBUTOR; role <= ROLE_CONSULTANT; role++) CHECK_INT(j.confidence_ppm[role], 142857);
}

TEST(what_was_measured_is_said_with_its_unit_and_a_share_is_never_more_than_all)
{
    struct partner p = { 0 };
    struct features_record f = { .sales.sold_milli = 1000000,
                                 .sell_in_milli = 3670000,
                                 .sell_in_lines = 400,
                                 .inventory_lines = 300,
                                 .inventory_milli = 112637,
                                 .sales.ship_lines = 200,
                                 .sales.ship_places = 0xfffff };
    struct role_judgement j = judged(&f, &p);
    char shown[200];
    struct text t = text_over(shown, sizeof shown);
    for (unsigned i = 0; i < j.reason_count; i++) {
        text_put(&t, feature_word(j.reasons[i].feature));
        text_put_byte(&t, ' ');
        feature_put_value(&t, j.reasons[i].feature, j.reasons[i].value);
        text_put_byte(&t, ';');
    }
    CHECK_SLICE(text_slice(&t), SLICE("holds_stock 40 days;buys_direct 100 %;ships_widely 20 places;"));
    f.sell_in_milli = 599999;
    j = judged(&f, &p);
    for (unsigned i = 0; i < j.reason_count; i++)
        CHECK(!slice_equal(feature_word(j.reasons[i].feature), SLICE("buys_direct")));
}

TEST(each_of_64_places_counts)
{
    struct table t = TABLE("low    high   | score",
                           "65535  0      | 64",
                           "0      65535  | 64",
                           "255    255    | 64",
                           "32767  0      | 0",                /* fifteen are not many */
                           "255    127    | 0");
    struct partner p = { 0 };
    while (table_next(&t)) {
        struct features_record f = { .sales.ship_lines = 200 };
        f.sales.ship_places = (uint64_t)cell_int(&t, "high") << 48 | (uint64_t)cell_int(&t, "low");
        struct role_judgement j = judged(&f, &p);
        CHECK_CELL_INT(&t, "score", j.reason_count ? j.reasons[0].score_tenths : 0);
    }
}

TEST(most_buyers_are_more_than_half_of_them)
{
    struct partner p = { 0 };
    struct features_record f = { .sales.buyer_lines = 61, .sales.consumer_lines = 31 }; /* 50.8 % */
    CHECK_INT(judged(&f, &p).best, ROLE_RETAILER);
    f.sales.consumer_lines = 30;
    CHECK_INT(judged(&f, &p).best, ROLE_UNSPECIFIED);
}

TEST(the_share_of_resellers_speaks_in_three_bands)
{
    struct partner p = { 0 };
    struct table t = TABLE(
        "reseller  known | word                 score",
        "80        100   | sells_to_resellers   146",     /* 22 · 100 / 150 */
        "79        100   | sells_to_both        13",
        "20        100   | sells_to_both        13",
        "19        100   | sells_to_end_users   40",      /* the best role is then another than DISTRIBUTOR */
        "0         100   | sells_to_end_users   40");
    while (table_next(&t)) {
        struct features_record f = { .sales.customer_lines = (uint64_t)cell_int(&t, "known"),
                                     .sales.reseller_lines = (uint64_t)cell_int(&t, "reseller") };
        struct role_judgement j = judged(&f, &p);
        CHECK_INT(j.reason_count, 1);
        CHECK_CELL(&t, "word", feature_word(j.reasons[0].feature));
        CHECK_CELL_INT(&t, "score", j.reasons[0].score_tenths);
        CHECK_INT(j.reasons[0].evidence_count, 100);
    }
}

TEST(a_distributor_a_retailer_and_an_agent_look_like_what_they_are)
{
    struct evidence agent_facts[] = { { .id = SLICE("commission"), .text = SLICE("yes"), .score = 40 },
                                      { .id = SLICE("takes_no_title"), .text = SLICE("yes"), .score = 40 } };
    struct pair shop_facts[] = { { SLICE("consumer_shops"), SLICE("3") }, { SLICE("takes_title"), SLICE("yes") } };
    struct partner distributor = { 0 }, agent = { .evidence = agent_facts, .evidence_count = 2 },
                   retailer = { .attributes = shop_facts, .attribute_count = 2 };
    struct features_record warehouse = { .sales.customer_lines = 900,
                                         .sales.reseller_lines = 880,
                                         .sales.sold_milli = 1000000,
                                         .sell_in_lines = 300,
                                         .sell_in_milli = 1100000,
                                         .inventory_lines = 200,
                                         .inventory_milli = 300000 };
    struct features_record shop = { .sales.buyer_lines = 900,
                                    .sales.consumer_lines = 880,
                                    .sales.sold_milli = 1000000,
                                    .sell_in_lines = 200,
                                    .sell_in_milli = 900000,
                                    .inventory_lines = 90,
                                    .inventory_milli = 200000 };
    struct features_record nothing = { 0 };
    struct role_judgement j = judged(&warehouse, &distributor);
    CHECK_INT(j.observed, ROLE_DISTRIBUTOR);
    CHECK(j.confidence_ppm[ROLE_DISTRIBUTOR] >= 800000);
    CHECK_INT(j.reason_count, 3);
    CHECK_TEXT(feature_word(j.reasons[0].feature), "sells_to_resellers");
    CHECK_INT(j.reasons[0].value, 97);
    CHECK(sum_of(&j) <= 1000000 && sum_of(&j) >= 999990);
    CHECK_INT(judged(&shop, &retailer).observed, ROLE_RETAILER);
    j = judged(&nothing, &agent);
    CHECK_INT(j.observed, ROLE_AGENT);
    CHECK(!feature_is_of_lines(j.reasons[0].feature));
}

TEST(an_agreement_on_file_speaks_for_the_role_it_names)
{
    struct evidence fact[] = { { .id = SLICE("agreement_role"), .text = SLICE("MSP"), .score = 45 } };
    struct partner p = { .evidence = fact, .evidence_count = 1 };
    struct features_record nothing = { 0 };
    struct role_judgement j = judged(&nothing, &p);
    CHECK_INT(j.best, ROLE_MSP);
    CHECK_INT(j.reasons[0].score_tenths, 225);          /* 25 · 45 / 50 */
    CHECK_INT(j.evidence_tenths, 225);
    CHECK_INT(j.observed, ROLE_UNSPECIFIED);            /* 22.5 of 30 points of evidence */
}

TEST(evidence_below_its_minimum_observes_nothing)
{
    struct policy policy;
    policy_default(&policy);
    struct partner p = { 0 };
    struct features_record f = { .sales.customer_lines = 100000,
                                 .sales.reseller_lines = 100000,
                                 .sell_in_lines = 1000000,
                                 .sell_in_milli = 10,
                                 .sales.sold_milli = 10 };
    struct role_judgement j = features_judge(&f, 364, &p, &policy);
    CHECK_INT(j.evidence_tenths, 318);                  /* 21.9 and 9.9 points: large n takes nearly all of them */
    CHECK_INT(j.observed, ROLE_DISTRIBUTOR);
    policy.role_evidence_min = 32;
    CHECK_INT(features_judge(&f, 364, &p, &policy).observed, ROLE_UNSPECIFIED);
}

TEST(lines_are_counted_by_kind)
{
    struct features_record f = { 0 };
    struct line sale = a_line_of(KIND_POS_SALE, "N"), stock = a_line_of(KIND_INVENTORY, "N"),
                bought = a_line_of(KIND_SELL_IN, "N");
    sale.sold_to.kind = PARTY_KIND_PERSON;
    sale.ship_to.postal_code = SLICE("10115");
    features_count(&f, &sale, KIND_POS_SALE, 5000, ROLE_END_USER);
    sale.direct_ship = true;
    features_count(&f, &sale, KIND_POS_SALE, 7000, ROLE_VAR);
    features_count(&f, &bought, KIND_SELL_IN, 9000, ROLE_UNSPECIFIED);
    features_count(&f, &stock, KIND_INVENTORY, 3000, ROLE_UNSPECIFIED);
    features_count(&f, &stock, KIND_INVENTORY, 4000, ROLE_UNSPECIFIED);
    stock.snapshot_date = 20260301;
    features_count(&f, &stock, KIND_INVENTORY, 100000, ROLE_UNSPECIFIED);
    CHECK_INT(f.sales.customer_lines, 2);
    CHECK_INT(f.sales.reseller_lines, 1);
    CHECK_INT(f.sales.buyer_lines, 2);
    CHECK_INT(f.sales.consumer_lines, 2);
    CHECK_INT(f.sales.sold_milli, 12000);
    CHECK_INT(f.sales.ship_lines, 1);
    CHECK_INT(__builtin_popcountll(f.sales.ship_places), 1);
    CHECK_INT(f.sell_in_lines, 1);
    CHECK_INT(f.sell_in_milli, 9000);
    CHECK_INT(f.inventory_lines, 3);
    CHECK_INT(f.inventory_milli, 7000);
    struct features_record later = { .inventory_lines = 1,
                                     .inventory_date = 20260401,
                                     .inventory_milli = 1,
                                     .sales.sold_milli = UINT64_MAX },
                           sum = f;
    features_add(&sum, &later);
    CHECK_INT(sum.inventory_milli, 1);
    features_add(&later, &f);
    CHECK_INT(later.inventory_milli, 1);
    CHECK_INT(later.sales.customer_lines, 2);
}

TEST(sums_never_wrap)
{
    struct features_record f = { .sales.sold_milli = UINT64_MAX - 5 };
    struct line sale = a_line_of(KIND_POS_SALE, "N");
    features_count(&f, &sale, KIND_POS_SALE, 100, ROLE_VAR);
    CHECK(f.sales.sold_milli == UINT64_MAX - 5);
}

TEST(confidences_are_shares_whatever_the_counts)
{
    uint64_t seed = test_seed();
    struct partner p = { 0 };
    for (unsigned i = 0; i < 2000; i++) {
        struct features_record f = { 0 };
        uint64_t *members = (uint64_t *)&f;
        for (unsigned k = 0; k < 11; k++) members[k] = test_random(&seed) >> (test_random(&seed) % 64);
        struct role_judgement j = judged(&f, &p);
        CHECK(sum_of(&j) <= 1000000 && sum_of(&j) >= 999990);
        CHECK(j.reason_count <= ROLE_REASONS_MAX);
        for (unsigned k = 1; k < j.reason_count; k++)
            CHECK((j.reasons[k].score_tenths < 0 ? -j.reasons[k].score_tenths : j.reasons[k].score_tenths)
                  <= (j.reasons[k - 1].score_tenths < 0 ? -j.reasons[k - 1].score_tenths
                                                        : j.reasons[k - 1].score_tenths));
    }
}
