/* tests/unit/common/domain/test_catalogue.c */
#include "domain/catalogue.h"
#include "support/table.h"

static const struct texts none;

TEST(the_default_matrix_is_that_of_the_page)
{
    struct catalogue *c = catalogue_open();
    const struct matrix *m = catalogue_matrix(c, 20260101);
    struct table t = TABLE(
        "role                 SHIP_DEBIT   VOLUME_REBATE  PRICE_PROTECTION  STOCK_ROTATION  LOGISTICS  MDF  SPIFF  "
        "DEAL_REGISTRATION",
        "DISTRIBUTOR          YES          YES            YES               YES             YES        CONDITIONAL  NO "
        " NO",
        "VAR                  CONDITIONAL  CONDITIONAL    NO                NO              NO         YES  YES    YES",
        "SOLUTION_INTEGRATOR  CONDITIONAL  CONDITIONAL    NO                NO              NO         YES  YES    YES",
        "MSP                  NO           CONDITIONAL    NO                NO              NO         YES  YES    YES",
        "RETAILER             CONDITIONAL  CONDITIONAL    CONDITIONAL       CONDITIONAL     NO         YES  YES    "
        "CONDITIONAL",
        "AGENT                NO           NO             NO                NO              NO         CONDITIONAL  "
        "YES  YES",
        "CONSULTANT           NO           NO             NO                NO              NO         CONDITIONAL  "
        "YES  YES",
        "END_USER             NO           NO             NO                NO              NO         NO   NO     NO");
    CHECK_INT(m->version, 0);
    while (table_next(&t))
        for (int i = 1; i < INCENTIVE_COUNT; i++) {
            enum role role = (enum role)word_find(VOCABULARY_ROLE, cell(&t, "role"));
            enum matrix_cell got = matrix_cell(m, role, (enum incentive)i, &none, SLICE("US"), SLICE("NET"));
            CHECK_CELL(&t, word_text(VOCABULARY_INCENTIVE, i).bytes, word_text(VOCABULARY_CELL, got));
        }
    catalogue_close(c);
}

TEST(the_most_specific_override_of_a_cell_wins)
{
    struct matrix_override overrides[] = {
        { ROLE_VAR, INCENTIVE_MDF, SLICE_INIT(""), SLICE_INIT("NET"), CELL_CONDITIONAL },
        { ROLE_VAR, INCENTIVE_MDF, SLICE_INIT("IN"), SLICE_INIT(""), CELL_NO },
        { ROLE_VAR, INCENTIVE_MDF, SLICE_INIT("IN"), SLICE_INIT("NET"), CELL_YES },
    };
    struct matrix m = { .version = 1, .overrides = overrides, .override_count = 3 };
    m.cells[ROLE_VAR][INCENTIVE_MDF] = CELL_YES;
    struct slice regions[] = { SLICE("IN") };
    struct texts in = { regions, 1 };
    CHECK_INT(matrix_cell(&m, ROLE_VAR, INCENTIVE_MDF, &none, SLICE("US"), SLICE("SRV")), CELL_YES);
    CHECK_INT(matrix_cell(&m, ROLE_VAR, INCENTIVE_MDF, &none, SLICE("US"), SLICE("NET")), CELL_CONDITIONAL);
    CHECK_INT(matrix_cell(&m, ROLE_VAR, INCENTIVE_MDF, &none, SLICE("IN"), SLICE("SRV")), CELL_NO);
    CHECK_INT(matrix_cell(&m, ROLE_VAR, INCENTIVE_MDF, &in, SLICE("US"), SLICE("net")), CELL_YES);
    CHECK_INT(matrix_cell(&m, ROLE_MSP, INCENTIVE_MDF, &in, SLICE("US"), SLICE("NET")), CELL_NO);
}

TEST(the_matrix_in_force_is_the_highest_version_that_has_begun)
{
    struct catalogue *c = catalogue_open();
    struct matrix v2 = { .version = 2, .valid_from = 20260401 }, v1 = { .version = 1, .valid_from = 20260101 };
    struct matrix changed = { .version = 1, .valid_from = 20260102 };
    CHECK_INT(catalogue_put_matrix(c, &v2), OK);
    CHECK_INT(catalogue_put_matrix(c, &v1), OK);
    CHECK_INT(catalogue_put_matrix(c, &v1), OK);
    CHECK_INT(catalogue_put_matrix(c, &changed), ERR_TERMS_INVALID);
    CHECK_INT(catalogue_matrix(c, 20251231)->version, 0);
    CHECK_INT(catalogue_matrix(c, 20260101)->version, 1);
    CHECK_INT(catalogue_matrix(c, 20260331)->version, 1);
    CHECK_INT(catalogue_matrix(c, 20260401)->version, 2);
    catalogue_close(c);
}

TEST(programs_are_copied_and_come_back_in_order_of_id)
{
    struct catalogue *c = catalogue_open();
    char id[] = "VR-26";
    struct slice include[] = { SLICE("family:CABLE") };
    struct tier tiers[] = { { .from_micros = 0, .rate = RATE_PERCENT, .percent_micros = 1000000 } };
    struct program p = { .id = slice_from(id), .version = 1, .status = PROGRAM_STATUS_ACTIVE, .valid_from = 20260101,
                         .valid_to = 20261231, .products = { { include, 1 }, { NULL, 0 } }, .has_volume = true,
                         .volume = { .tiers = tiers, .tier_count = 1 } };
    CHECK_INT(catalogue_put_program(c, &p), OK);
    id[0] = 'A';
    CHECK_INT(catalogue_put_program(c, &p), OK);
    include[0] = SLICE("family:OTHER");
    tiers[0].percent_micros = 7;
    CHECK_INT(catalogue_program_count(c), 2);
    CHECK_TEXT(catalogue_program_at(c, 0)->id, "AR-26");
    CHECK_TEXT(catalogue_program_at(c, 1)->id, "VR-26");
    const struct program *found = program_version_on(catalogue_program(c, SLICE("VR-26")), 20260301);
    CHECK_TEXT(found->products.include.items[0], "family:CABLE");
    CHECK_INT(found->volume.tiers[0].percent_micros, 1000000);
    CHECK(catalogue_program(c, SLICE("XX")) == NULL);
    catalogue_close(c);
}

TEST(a_program_version_is_immutable)
{
    struct catalogue *c = catalogue_open();
    struct tier tiers[] = { { .percent_micros = 1000000 } };
    struct program p = { .id = SLICE("VR"), .version = 1, .volume = { .tiers = tiers, .tier_count = 1 } };
    CHECK_INT(catalogue_put_program(c, &p), OK);
    uint64_t revision = catalogue_revision(c);
    CHECK_INT(catalogue_put_program(c, &p), OK);
    CHECK_INT(catalogue_revision(c), revision);
    tiers[0].percent_micros = 2000000;
    CHECK_INT(catalogue_put_program(c, &p), ERR_TERMS_INVALID);
    p.version = 2;
    CHECK_INT(catalogue_put_program(c, &p), OK);
    CHECK_INT(catalogue_program(c, SLICE("VR"))->version_count, 2);
    CHECK(catalogue_revision(c) > revision);
    catalogue_close(c);
}

static void put_product(struct catalogue *c, struct slice sku, struct slice vendor_part, struct slice gtin,
                        struct slice partner_part)
{
    struct pair partner = { SLICE("N-100"), partner_part };
    struct product p = { .sku = sku,
                         .vendor_parts = { &vendor_part, vendor_part.size > 0 },
                         .gtins = { &gtin, gtin.size > 0 },
                         .partner_parts = &partner,
                         .partner_part_count = partner_part.size > 0 };
    CHECK_INT(catalogue_put_product(c, &p), OK);
}

TEST(a_product_is_found_by_the_first_part_number_on_file)
{
    struct catalogue *c = catalogue_open();
    put_product(c, SLICE("CAB-5"), SLICE("CAB5"), SLICE("0012345678905"), SLICE("NG-8805"));
    put_product(c, SLICE("SW-24"), SLICE(""), SLICE(""), SLICE(""));
    struct table t = TABLE(
        "root   vendor_part  gtin           partner_part | sku",
        "N-100  CAB5         -              -            | CAB-5",
        "N-100  cab5         -              -            | CAB-5",
        "N-100  CAB-5        -              -            | CAB-5",
        "N-100  SW-24        -              NG-8805      | SW-24",
        "N-100  XX           0012345678905  -            | CAB-5",
        "N-100  -            -              ng-8805      | CAB-5",
        "R-200  -            -              NG-8805      | -",
        "N-100  NG-8805      -              -            | -",
        "N-100  CAB-55       -              -            | -");
    while (table_next(&t)) {
        const struct product *p = catalogue_product_by_part(c, cell(&t, "root"), cell(&t, "vendor_part"),
                                                            cell(&t, "gtin"), cell(&t, "partner_part"));
        CHECK_CELL(&t, "sku", p ? p->sku : SLICE(""));
    }
    catalogue_close(c);
}

TEST(a_listed_vendor_part_stands_before_a_sku)
{
    struct catalogue *c = catalogue_open();
    put_product(c, SLICE("A"), SLICE(""), SLICE(""), SLICE(""));
    put_product(c, SLICE("B"), SLICE("A"), SLICE(""), SLICE(""));
    CHECK_TEXT(catalogue_product_by_part(c, SLICE("N"), SLICE("A"), SLICE(""), SLICE(""))->sku, "B");
    catalogue_close(c);
}

TEST(a_new_revision_of_a_product_gives_its_old_parts_back)
{
    struct catalogue *c = catalogue_open();
    put_product(c, SLICE("CAB-5"), SLICE("OLD"), SLICE(""), SLICE(""));
    put_product(c, SLICE("CAB-5"), SLICE("NEW"), SLICE(""), SLICE(""));
    CHECK(catalogue_product_by_part(c, SLICE("N"), SLICE("OLD"), SLICE(""), SLICE("")) == NULL);
    CHECK(catalogue_product_by_part(c, SLICE("N"), SLICE("NEW"), SLICE(""), SLICE("")) != NULL);
    catalogue_close(c);
}

TEST(a_price_is_the_latest_that_has_begun)
{
    struct catalogue *c = catalogue_open();
    struct price prices[] = { { 9000000, 20260101 }, { 9150000, 20260201 } },
                 falling[] = { { 1, 20260201 }, { 2, 20260101 } };
    struct price_list list = { SLICE("PL-US"), SLICE("CAB-5"), SLICE("USD"), prices, 2 };
    CHECK_INT(catalogue_put_price_list(c, &list), OK);
    const struct price_list *found = catalogue_price_list(c, SLICE("PL-US"), SLICE("CAB-5"));
    int64_t price = 0;
    CHECK(!price_list_on(found, 20251231, &price));
    CHECK(price_list_on(found, 20260131, &price) && price == 9000000);
    CHECK(price_list_on(found, 20260201, &price) && price == 9150000);
    CHECK(catalogue_price_list(c, SLICE("PL-US"), SLICE("CAB")) == NULL);
    list.prices = falling;
    CHECK_INT(catalogue_put_price_list(c, &list), ERR_TERMS_INVALID);
    catalogue_close(c);
}

static void put_rate(struct catalogue *c, int64_t rate, int32_t from, int32_t to, enum err want)
{
    struct fx_rate r = { rate, from, to };
    struct fx_pair p = { SLICE("default"), SLICE("EUR"), SLICE("USD"), SLICE("ECB"), 1, &r, 1 };
    CHECK_INT(catalogue_put_fx(c, &p), want);
}

TEST(a_rate_is_usable_until_its_end_and_for_so_many_days)
{
    struct catalogue *c = catalogue_open();
    put_rate(c, 1084200, 20260301, 0, OK);
    put_rate(c, 1070000, 20260101, 20260110, OK);
    put_rate(c, 1080000, 20260201, 0, OK);
    struct table t = TABLE(
        "date      age | rate",
        "20251231  31  | 0",
        "20260101  31  | 1070000",
        "20260110  31  | 1070000",
        "20260111  31  | 0",
        "20260201  31  | 1080000",
        "20260228  31  | 1080000",
        "20260301  31  | 1084200",
        "20260401  31  | 1084200",
        "20260402  31  | 0",
        "20260402  32  | 1084200");
    while (table_next(&t)) {
        const struct fx_rate *r = catalogue_fx(c, SLICE("default"), SLICE("EUR"), SLICE("USD"),
                                               (int32_t)cell_int(&t, "date"), cell_int(&t, "age"), NULL);
        CHECK_CELL_INT(&t, "rate", r ? r->rate_micros : 0);
    }
    CHECK(catalogue_fx(c, SLICE("default"), SLICE("USD"), SLICE("EUR"), 20260301, 31, NULL) == NULL);
    catalogue_close(c);
}

TEST(rates_of_a_pair_add_up_and_a_later_word_on_one_day_replaces)
{
    struct catalogue *c = catalogue_open();
    const struct fx_pair *pair = NULL;
    for (int32_t day = 28; day >= 1; day--) put_rate(c, day, 20260300 + day, 0, OK);
    put_rate(c, 99, 20260305, 0, OK);
    CHECK_INT(catalogue_fx(c, SLICE("default"), SLICE("EUR"), SLICE("USD"), 20260305, 31, &pair)->rate_micros, 99);
    CHECK_INT(pair->rate_count, 28);
    CHECK_TEXT(pair->source, "ECB");
    struct fx_pair hundred = { SLICE("default"), SLICE("EUR"), SLICE("USD"), SLICE(""), 100, pair->rates, 1 };
    CHECK_INT(catalogue_put_fx(c, &hundred), ERR_TERMS_INVALID);
    catalogue_close(c);
}

TEST(limits_of_a_currency_are_its_own_record_and_default_serves_dollars)
{
    struct catalogue *c = catalogue_open();
    struct pair one = { SLICE("approval.auto_max"), SLICE("1000") };
    struct limits v1 = { SLICE("default"), 1, 20200101, &one, 1 }, v2 = { SLICE("default"), 2, 20260101, NULL, 0 };
    struct limits eur = { SLICE("EUR"), 1, 20250101, &one, 1 };
    CHECK_INT(catalogue_put_limits(c, &v2), OK);
    CHECK_INT(catalogue_put_limits(c, &eur), OK);
    CHECK_INT(catalogue_put_limits(c, &v1), OK);
    CHECK_INT(catalogue_limits(c, SLICE("USD"), 20251231)->version, 1);
    CHECK_INT(catalogue_limits(c, SLICE(""), 20260101)->version, 2);
    CHECK_TEXT(catalogue_limits(c, SLICE("EUR"), 20260101)->id, "EUR");
    CHECK(catalogue_limits(c, SLICE("EUR"), 20241231) == NULL);
    CHECK(catalogue_limits(c, SLICE("JPY"), 20260101) == NULL);
    CHECK_TEXT(limits_setting(catalogue_limits(c, SLICE("USD"), 20251231), SLICE("approval.auto_max")), "1000");
    CHECK(slice_is_empty(limits_setting(catalogue_limits(c, SLICE("USD"), 20251231), SLICE("approval.one_max"))));
    v1.setting_count = 0;
    CHECK_INT(catalogue_put_limits(c, &v1), ERR_TERMS_INVALID);
    catalogue_close(c);
}

TEST(a_party_is_blocked_by_any_verdict_and_cleared_by_pair)
{
    struct catalogue *c = catalogue_open();
    struct party_verdict v = { .party_key = SLICE("1:08"), .entry_id = SLICE("E-1"), .blocked = true };
    CHECK_INT(catalogue_put_party(c, &v), OK);
    v.entry_id = SLICE("E-2");
    v.blocked = false;
    CHECK_INT(catalogue_put_party(c, &v), OK);
    CHECK(catalogue_party_is_blocked(c, SLICE("1:08")));
    CHECK(!catalogue_party(c, SLICE("1:08"), SLICE("E-2"))->blocked);
    CHECK(catalogue_party(c, SLICE("1:08"), SLICE("E-3")) == NULL);
    v.entry_id = SLICE("E-1");
    CHECK_INT(catalogue_put_party(c, &v), OK);
    CHECK(!catalogue_party_is_blocked(c, SLICE("1:08")));
    catalogue_close(c);
}

static void put_ruleset(struct catalogue *c)
{
    static const struct rule_setting off[] = { { RULE_DUP_03, RULE_MODE_OFF } },
                                     shadow[] = { { RULE_DUP_03, RULE_MODE_SHADOW } };
    static const struct pair base[] = { { SLICE_INIT("park_max_hours"), SLICE_INIT("10") } };
    static const struct pair by_incentive[] = { { SLICE_INIT("park_max_hours"), SLICE_INIT("20") } };
    static const struct pair by_root[] = { { SLICE_INIT("park_max_hours"), SLICE_INIT("30") } };
    static const struct pair by_program[] = { { SLICE_INIT("park_max_hours"), SLICE_INIT("40") } };
    static const struct pair by_both[] = { { SLICE_INIT("park_max_hours"), SLICE_INIT("50") } };
    struct ruleset_override overrides[] = {
        { .program_id = SLICE("SD"), .root_id = SLICE("N-100"), .settings = by_both, .setting_count = 1 },
        { .program_id = SLICE("SD"), .settings = by_program, .setting_count = 1, .rules = shadow, .rule_count = 1 },
        { .root_id = SLICE("N-100"), .settings = by_root, .setting_count = 1 },
        { .incentive = INCENTIVE_MDF, .settings = by_incentive, .setting_count = 1 },
    };
    struct ruleset r = { .id = SLICE("default"), .version = 7, .valid_from = 20260101, .rules = off, .rule_count = 1,
                         .settings = base, .setting_count = 1, .overrides = overrides, .override_count = 4 };
    CHECK_INT(catalogue_put_ruleset(c, &r), OK);
}

TEST(the_most_specific_override_of_a_ruleset_wins)
{
    struct catalogue *c = catalogue_open();
    put_ruleset(c);
    struct table t = TABLE(
        "date      root   program  incentive   | hours  version  mode",
        "20251231  N-100  SD       SHIP_DEBIT  | 72     0        ENFORCE",
        "20260101  V-310  VR       SHIP_DEBIT  | 10     7        OFF",
        "20260101  V-310  VR       MDF         | 20     7        OFF",
        "20260101  N-100  VR       MDF         | 30     7        OFF",
        "20260101  V-310  SD       MDF         | 40     7        SHADOW",
        "20260101  N-100  SD       MDF         | 50     7        SHADOW");
    while (table_next(&t)) {
        const struct policy *p =
            catalogue_policy(c, (int32_t)cell_int(&t, "date"), cell(&t, "root"), cell(&t, "program"),
                             (enum incentive)word_find(VOCABULARY_INCENTIVE, cell(&t, "incentive")));
        CHECK_CELL_INT(&t, "hours", p->park_max_hours);
        CHECK_CELL_INT(&t, "version", p->ruleset_version);
        CHECK_CELL(&t, "mode", word_text(VOCABULARY_RULE_MODE, p->modes[RULE_DUP_03]));
    }
    catalogue_close(c);
}

TEST(a_policy_is_resolved_once_for_all_that_no_override_tells_apart)
{
    struct catalogue *c = catalogue_open();
    put_ruleset(c);
    const struct policy *p = catalogue_policy(c, 20260101, SLICE("V-310"), SLICE("VR"), INCENTIVE_SPIFF);
    CHECK(p == catalogue_policy(c, 20260601, SLICE("R-200"), SLICE("DR"), INCENTIVE_DEAL_REGISTRATION));
    CHECK(p != catalogue_policy(c, 20260601, SLICE("N-100"), SLICE("DR"), INCENTIVE_DEAL_REGISTRATION));
    catalogue_close(c);
}

TEST(what_the_run_sets_stands_above_every_ruleset)
{
    struct catalogue *c = catalogue_open();
    put_ruleset(c);
    const struct policy *before = catalogue_policy(c, 20260101, SLICE("N-100"), SLICE("SD"), INCENTIVE_MDF);
    CHECK_INT(before->park_max_hours, 50);
    CHECK_INT(catalogue_set_policy(c, SLICE("park_max_hours"), SLICE("1")), OK);
    CHECK_INT(catalogue_policy(c, 20260101, SLICE("N-100"), SLICE("SD"), INCENTIVE_MDF)->park_max_hours, 1);
    CHECK_INT(before->park_max_hours, 50);
    CHECK_INT(catalogue_set_policy(c, SLICE("park_max_hours"), SLICE("x")), ERR_CONFIG_INVALID);
    CHECK_INT(catalogue_set_policy(c, SLICE("park_max"), SLICE("1")), ERR_CONFIG_INVALID);
    catalogue_close(c);
}
