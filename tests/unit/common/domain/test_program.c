/* tests/unit/common/domain/test_program.c */
#include "domain/catalogue.h"
#include "support/table.h"

TEST(a_filter_takes_what_it_includes_and_does_not_exclude)
{
    struct table t = TABLE(
        "include         exclude        sku      family   line | matches",
        "-               -              SW-24    SWITCH   NET  | yes",
        "family:SWITCH   -              SW-24    SWITCH   NET  | yes",
        "family:switch   -              SW-24    SWITCH   NET  | yes",
        "family:SWITCH   -              CAB-5    CABLE    NET  | no",
        "sku:SW-*        -              SW-24    SWITCH   NET  | yes",
        "sku:SW-*        -              SW-      SWITCH   NET  | yes",
        "sku:SW-*        -              SW       SWITCH   NET  | no",
        "sku:SW-2        -              SW-24    SWITCH   NET  | no",
        "sku:*           -              SW-24    SWITCH   NET  | yes",
        "line:NET        sku:SW-24      SW-24    SWITCH   NET  | no",
        "-               family:SW*     SW-24    SWITCH   NET  | no",
        "-               family:SW*     CAB-5    CABLE    NET  | yes",
        "family:NET      -              SW-24    SWITCH   NET  | no");
    while (table_next(&t)) {
        struct slice include = cell(&t, "include"), exclude = cell(&t, "exclude");
        struct product_filter f = { { &include, include.size > 0 }, { &exclude, exclude.size > 0 } };
        bool matches = product_filter_matches(&f, cell(&t, "sku"), cell(&t, "family"), cell(&t, "line"));
        CHECK_CELL(&t, "matches", matches ? SLICE("yes") : SLICE("no"));
    }
}

TEST(programs_stand_by_rank_and_then_by_id)
{
    struct program a = { .id = SLICE("B"), .rank = 200 }, b = { .id = SLICE("A"), .rank = 300 },
                   c = { .id = SLICE("C"), .rank = 200 };
    CHECK(program_stacking_order(&a, &b) < 0);
    CHECK(program_stacking_order(&b, &a) > 0);
    CHECK(program_stacking_order(&a, &c) < 0);
    CHECK_INT(program_stacking_order(&a, &a), 0);
}

TEST(the_program_date_is_the_one_the_program_names)
{
    struct line l = { .kind = KIND_POS_SALE, .ship_date = 20260301, .invoice_date = 20260302, .activity_from = 20260303,
                      .price_change_date = 20260304 };
    struct table t = TABLE(
        "basis              | date",
        "SHIP_DATE          | 20260301",
        "INVOICE_DATE       | 20260302",
        "ORDER_DATE         | 20260301",
        "RECEIVED_DATE      | 20260408",
        "ACTIVITY_FROM      | 20260303",
        "PRICE_CHANGE_DATE  | 20260304");
    while (table_next(&t)) {
        struct program p = { .incentive = INCENTIVE_VOLUME_REBATE,
                             .program_date = (enum date_basis)word_find(VOCABULARY_DATE_BASIS, cell(&t, "basis")) };
        CHECK_CELL_INT(&t, "date", program_date_of(&p, &l, 20260408));
    }
}

TEST(some_kinds_have_a_date_of_their_own_under_any_program)
{
    struct program volume = { .incentive = INCENTIVE_VOLUME_REBATE, .program_date = DATE_BASIS_INVOICE_DATE };
    struct program coop = { .incentive = INCENTIVE_MDF, .program_date = DATE_BASIS_SHIP_DATE };
    struct line l = { .kind = KIND_PRICE_PROTECTION_CLAIM, .price_change_date = 20260304, .invoice_date = 20260302,
                      .ship_date = 20260301, .activity_from = 20260305 };
    CHECK_INT(program_date_of(&volume, &l, 20260408), 20260304);
    l.kind = KIND_ROTATION_CLAIM;
    CHECK_INT(program_date_of(&volume, &l, 20260408), 20260408);
    l.kind = KIND_MDF_CLAIM;
    CHECK_INT(program_date_of(&coop, &l, 20260408), 20260305);
    l.kind = KIND_POS_SALE;
    CHECK_INT(program_date_of(&coop, &l, 20260408), 20260301);
    l.kind = KIND_MDF_PREAPPROVAL;
    CHECK_INT(program_date_of(&coop, &l, 20260408), 20260408);
}

TEST(a_sell_in_line_without_ship_date_uses_its_invoice_date)
{
    struct program p = { .incentive = INCENTIVE_VOLUME_REBATE, .program_date = DATE_BASIS_SHIP_DATE };
    struct line l = { .kind = KIND_SELL_IN, .invoice_date = 20260302 };
    CHECK_INT(program_date_of(&p, &l, 20260408), 20260302);
    l.kind = KIND_REPLACE;
    l.replaces_kind = KIND_SELL_IN;
    CHECK_INT(program_date_of(&p, &l, 20260408), 20260302);
    l.kind = KIND_POS_SALE;
    CHECK_INT(program_date_of(&p, &l, 20260408), 0);
}

TEST(the_highest_version_in_force_is_found_and_drafts_are_not_seen)
{
    struct program v1 = { .version = 1, .status = PROGRAM_STATUS_ACTIVE, .valid_from = 20260101, .valid_to = 20261231 };
    struct program v2 = {
        .version = 2, .status = PROGRAM_STATUS_SUSPENDED, .valid_from = 20260401, .valid_to = 20260630
    };
    struct program v3 = { .version = 3, .status = PROGRAM_STATUS_DRAFT, .valid_from = 20260101, .valid_to = 20261231 };
    const struct program *all[] = { &v1, &v2, &v3 };
    struct program_history h = { .versions = all, .version_count = 3 };
    CHECK(program_version_on(&h, 20260331) == &v1);
    CHECK(program_version_on(&h, 20260401) == &v2);
    CHECK(program_version_on(&h, 20260630) == &v2);
    CHECK(program_version_on(&h, 20260701) == &v1);
    CHECK(program_version_on(&h, 20251231) == NULL);
    CHECK(program_version_on(&h, 20270101) == NULL);
    CHECK(program_version_highest(&h) == &v2);
    CHECK(program_version(&h, 3) == &v3);
    CHECK(program_version(&h, 4) == NULL);
}
