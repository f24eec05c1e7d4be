/* What terms that can be read cannot mean. */
#include "claimctl/terms_lint.h"

#include "support/test.h"
#include "wire/yaml.h"

#include <stdio.h>

#define HEAD_OF(version, incentive, currency, from, to) \
    "program: {id: P, version: " version ", incentive: " incentive ", currency: " currency ", valid_from: " from \
    ", valid_to: " to "}\n"
#define HEAD(incentive) HEAD_OF("1", incentive, "USD", "2026-01-01", "2026-12-31")

static struct problems findings, doubts;

static const struct terms_file *file_of(const char *text)
{
    struct arena *a = test_arena();
    struct terms_file *f = ARENA_NEW(a, struct terms_file);
    struct problems problems = problems_in(a);
    struct text_source s = { .arena = a, .file = SLICE("t.yaml"), .problems = &problems, .code = ERR_TERMS_INVALID };
    *f = (struct terms_file){ .path = SLICE("t.yaml"), .tree = yaml_read(&s, slice_from(text)) };
    CHECK(f->tree && terms_read_program(&s, f->tree, &f->program));
    if (problems.first) printf("  %.*s\n", SLICE_ARGS(problems.first->message));
    return f;
}

static void lint(const char *text)
{
    struct catalogue *c = catalogue_open();
    findings = problems_in(test_arena());
    terms_lint_program(file_of(text), catalogue_matrix(c, 20260101), &findings);
    catalogue_close(c);
}

static void check_found(const char *text, const char *message, uint32_t line, uint32_t column)
{
    lint(text);
    CHECK_INT(findings.count, message ? 1 : 0);
    if (!findings.first) return;
    CHECK_SLICE(findings.first->message, slice_from(message ? message : "nothing"));
    CHECK_INT(findings.first->at.line, line);
    CHECK_INT(findings.first->at.column, column);
    CHECK(findings.first->fix.size > 0);
}

#define VOLUME(rest) HEAD("VOLUME_REBATE") "volume: {" rest "}\n"

/* What the limits are told, and whether another finding stands behind it. */
static void check_limits(const char *settings, const char *message)
{
    char text[256];
    struct arena *a = test_arena();
    struct problems problems = problems_in(a);
    struct text_source s = { .arena = a, .file = SLICE("l.yaml"), .problems = &problems, .code = ERR_TERMS_INVALID };
    snprintf(text, sizeof text, "limits: {id: default, version: 1, valid_from: 2026-01-01}\nsettings: {%s}\n",
             settings);
    struct terms_file f = { .path = SLICE("l.yaml"), .tree = yaml_read(&s, slice_from(text)) };
    findings = problems_in(a);
    terms_lint_limits(&f, &findings);
    CHECK_INT(findings.count, message ? 1 : 0);
    if (findings.first) CHECK_SLICE(findings.first->message, slice_from(message ? message : "nothing"));
}

TEST(a_limit_that_nothing_reads_is_told_where_it_says_what_does_not_hold)
{
    check_limits("payee.cooling_off_days: 5", "settings.payee.cooling_off_days has no effect: 10 holds");
    check_limits("payee.cooling_off_days: 10", NULL);
    check_limits("sod.enforced: false", NULL);
    check_limits("approval.auto_max: \"1\", stack_max_percent: 50", NULL);
}

/* What documents are kept for stands with claim-intake: whoever owes more hears how many days that takes. */
TEST(a_limit_on_keeping_is_told_where_documents_would_go_sooner_or_later)
{
    check_limits("retention.decisions_years: 7", NULL);                 /* ten are kept in any case */
    check_limits("retention.decisions_years: 10", NULL);
    check_limits("retention.decisions_years: 11",
                 "settings.retention.decisions_years needs documents for 4018 days; 3660 are kept unless told");
    check_limits("retention.proofs_months: 120", NULL);
    check_limits("retention.proofs_months: 121",
                 "settings.retention.proofs_months needs documents for 3684 days; 3660 are kept unless told");
    check_limits("privacy.erase_after_months: 119", "settings.privacy.erase_after_months is sooner than allowed");
    check_limits("privacy.erase_after_months: 120", NULL);
    check_limits("privacy.erase_after_months: 180",
                 "settings.privacy.erase_after_months needs documents for 5480 days; 3660 are kept unless told");
}

TEST(a_tier_that_pays_as_the_one_before_is_told)
{
    check_found(VOLUME("tiers: [{from: \"0\", percent: \"1\"}, {from: \"10\", percent: \"1\"}]"),
                "tier 2 pays what tier 1 pays", 2, 45);
    check_found(VOLUME("tiers: [{from: \"0\", percent: \"1\"}, {from: \"10\", percent: \"1\", fixed: \"0.01\"}]"), NULL,
                0, 0);
}

TEST(a_tier_behind_the_cap_is_told)
{
    check_found(VOLUME("cap: \"100.00\", tiers: [{from: \"0\", percent: \"1\"}, {from: \"10000\", percent: \"2\"}]"),
                "tier 2 is never reached: the cap of the volume comes before it", 2, 60);
    check_found(VOLUME("cap: \"100.00\", tiers: [{from: \"0\", percent: \"1\"}, {from: \"9999.99\", percent: \"2\"}]"),
                NULL, 0, 0);
    check_found(VOLUME("cap: \"100.01\", tiers: [{from: \"0\", percent: \"1\"}, {from: \"10000\", percent: \"2\"}]"),
                NULL, 0, 0);
}

TEST(a_share_above_everything_is_told)
{
    check_found(VOLUME("qualifier: MIX_PERCENT, method: TOTAL, tiers: [{from: \"0\", percent: \"1\"}, {from: "
                       "\"100.1\", percent: \"2\"}]"),
                "tier 2 is never reached: a share is at most 100 percent", 2, 84);
    check_found(VOLUME("qualifier: MIX_PERCENT, method: TOTAL, tiers: [{from: \"0\", percent: \"1\"}, {from: \"100\", "
                       "percent: \"2\"}]"),
                NULL, 0, 0);
}

TEST(days_without_a_period_are_told)
{
#define PERIODS(second) \
    VOLUME("tiers: [{from: \"0\", percent: \"1\"}], period: CUSTOM, custom_periods: [{label: A, from: 2026-01-01, to: 2026-06-30}, " \
                               "{label: B, from: " second ", to: 2026-12-31}]")
    check_found(PERIODS("2026-07-02"), "no period holds 2026-07-01 to 2026-07-01", 2, 78);
    check_found(PERIODS("2026-07-01"), NULL, 0, 0);
}

TEST(a_cap_behind_another_is_told)
{
    check_found(HEAD("SHIP_DEBIT") "caps: [{scope: PARTNER, period: MONTH, amount: \"50.00\"}, {scope: PARTNER, "
                                   "period: YEAR, amount: \"50.00\"}]\n",
                "cap 1 never binds: cap 2 is reached first", 2, 8);
    check_found(HEAD("SHIP_DEBIT") "caps: [{scope: LINE, amount: \"50.01\"}, {scope: AGREEMENT, period: YEAR, amount: "
                                   "\"50.00\"}]\n",
                "cap 1 never binds: cap 2 is reached first", 2, 8);
    check_found(HEAD("SHIP_DEBIT") "caps: [{scope: PARTNER, period: YEAR, qty: \"5\"}, {scope: PARTNER, period: YEAR, "
                                   "qty: \"5\"}]\n",
                "cap 2 never binds: cap 1 is reached first", 2, 50);
    check_found(HEAD("SHIP_DEBIT") "caps: [{scope: PARTNER, period: MONTH, amount: \"49.99\"}, {scope: PARTNER, "
                                   "period: YEAR, amount: \"50.00\"}]\n",
                NULL, 0, 0);
    check_found(HEAD("SHIP_DEBIT") "caps: [{scope: AGREEMENT, period: MONTH, amount: \"60.00\"}, {scope: PARTNER, "
                                   "period: YEAR, amount: \"50.00\"}]\n",
                NULL, 0, 0);
    check_found(HEAD("SHIP_DEBIT") "caps: [{scope: LINE, amount: \"0.00\"}]\n", "cap 1 lets nothing be paid", 2, 8);
}

TEST(caps_of_what_nobody_claims_are_told)
{
    static const char caps[] = "caps: [{scope: PARTNER, period: QUARTER, amount: \"20.00\"}]\n";
    char text[512];
    snprintf(text, sizeof text, "%s%s", VOLUME("tiers: [{from: \"0\", percent: \"1\"}]"), caps);
    check_found(text, "caps bind claims only, and nobody claims a VOLUME_REBATE", 3, 7);
    CHECK_TEXT(findings.first->fix, "write the most of a period as volume.cap");
    snprintf(text, sizeof text, "%s%s",
             HEAD("SPIFF") "volume: {aggregate: REP, tiers: [{from: \"0\", percent: \"1\"}]}\n", caps);
    check_found(text, NULL, 0, 0);
}

TEST(a_cap_behind_the_budget_is_told)
{
    check_found("program: {id: P, version: 1, incentive: SHIP_DEBIT, currency: USD, valid_from: 2026-01-01, budget: "
                "\"50.00\"}\n"
                "caps: [{scope: LINE, amount: \"50.00\"}]\n",
                "cap 1 alone lets the whole budget be spent, and a budget limits nothing", 2, 8);
}

TEST(eligibility_that_matches_nothing_is_told)
{
    check_found(HEAD("SHIP_DEBIT") "eligibility: {products: {include: [\"sku:AB*\", \"sku:X\"], exclude: [\"sku:a*\", "
                                   "\"sku:x\"]}}\n",
                "no product is left: all that is included is excluded", 2, 25);
    check_found(HEAD("SHIP_DEBIT") "eligibility: {products: {include: [\"sku:AB*\"], exclude: [\"sku:ABC*\"]}}\n", NULL,
                0, 0);
    check_found(HEAD("SHIP_DEBIT") "eligibility: {partners: {include: [N-1], exclude: [N-1, N-2]}}\n",
                "no partner is left: all that are included are excluded", 2, 25);
}

TEST(a_role_that_may_not_earn_is_told)
{
    check_found(HEAD("STOCK_ROTATION") "eligibility: {roles: [DISTRIBUTOR, CONSULTANT]}\n",
                "CONSULTANT never earns STOCK_ROTATION: the matrix says N", 2, 22);
    lint(HEAD("STOCK_ROTATION") "eligibility: {roles: [CONSULTANT]}\n");
    CHECK_INT(findings.count, 2);
}

TEST(a_percentage_above_the_whole_is_told)
{
    check_found(VOLUME("tiers: [{from: \"0\", percent: \"200\"}]"),
                "200 percent is more than what it is a percentage of", 2, 18);
    check_found(VOLUME("tiers: [{from: \"0\", percent: \"100\"}]"), NULL, 0, 0);
    check_found(HEAD("SPIFF") "spiff: {rates: [{per_unit: \"5\"}, {products: [\"sku:A\"], percent: \"101\"}]}\n",
                "101 percent is more than what it is a percentage of", 2, 34);
}

static struct catalogue *a_shop(void)
{
    struct catalogue *c = catalogue_open();
    const struct price prices[] = { { 1000000, 20260101 } };
    struct price_list list = {
        .list_id = SLICE("LIST"), .sku = SLICE("SW-24"), .currency = SLICE("USD"), .prices = prices, .price_count = 1
    };
    struct product product = { .sku = SLICE("SW-24"), .family = SLICE("SWITCH"), .base_uom = SLICE("EA") };
    CHECK(catalogue_put_product(c, &product) == OK);
    CHECK(catalogue_put_price_list(c, &list) == OK);
    list.sku = SLICE("SW-99");
    CHECK(catalogue_put_price_list(c, &list) == OK);
    return c;
}

TEST(what_nobody_sells_is_told)
{
    struct catalogue *shop = a_shop(), *empty = catalogue_open();
    const struct terms_file *f = file_of(HEAD("SHIP_DEBIT") "eligibility: {products: {include: "
                                         "[\"family:switch\", \"family:SWICH\", \"sku:SW*\"]}}\n");
    findings = problems_in(test_arena());
    terms_lint_products(f, shop, &findings);
    CHECK_INT(findings.count, 1);
    if (findings.first) CHECK_SLICE(findings.first->message, SLICE("family:SWICH matches no product"));
    if (findings.first) CHECK_INT(findings.first->at.column, 53);
    findings = problems_in(test_arena());
    terms_lint_prices(shop, SLICE("prices.csv"), &findings);
    CHECK_INT(findings.count, 1);
    if (findings.first)
        CHECK_SLICE(findings.first->message, SLICE("price list LIST has a price of SW-99, which is no product"));
    findings = problems_in(test_arena());
    terms_lint_products(f, empty, &findings);
    terms_lint_prices(empty, SLICE("prices.csv"), &findings);
    CHECK_INT(findings.count, 0);
    catalogue_close(shop);
    catalogue_close(empty);
}

static void check_ranks(const char *stacking, unsigned count)
{
    const char *other = "program: {id: Q, version: 1, incentive: SHIP_DEBIT, currency: USD, valid_from: 2026-01-01}\n";
    char text[512];
    snprintf(text, sizeof text, "%sstacking: %s\n", HEAD("SHIP_DEBIT"), stacking);
    const struct terms_file *files[] = { file_of(text), file_of(other) };
    findings = problems_in(test_arena());
    terms_lint_ranks(files, 2, &findings);
    CHECK_INT(findings.count, count);
}

TEST(a_program_that_is_net_of_its_own_rank_is_told)
{
    check_ranks("{rank: 200, base: NET_OF_HIGHER_RANK}", 1);
    check_ranks("{rank: 201, base: NET_OF_HIGHER_RANK}", 0);
    check_ranks("{rank: 200, base: GROSS}", 0);
}

TEST(a_fund_that_has_no_period_to_be_used_in_is_told)
{
    check_found(HEAD("MDF") "mdf: {kind: MDF, period: PROGRAM, usage: NEXT_PERIOD}\n",
                "the fund of PROGRAM has no next period to be used in", 2, 42);
    check_found(HEAD("MDF") "mdf: {kind: MDF, period: PROGRAM, usage: SAME_PERIOD}\n", NULL, 0, 0);
    check_found(HEAD("MDF") "mdf: {kind: MDF, period: YEAR, usage: NEXT_PERIOD}\n", NULL, 0, 0);
    check_found(HEAD("MDF") "volume: {period: PROGRAM, tiers: [{from: \"0\", percent: \"1\"}]}\nmdf: {kind: COOP}\n",
                "the fund of PROGRAM has no next period to be used in", 2, 18);
}

static void check_versions(const char *newer, const char *message)
{
    const struct terms_file *files[] = { file_of(newer), file_of(HEAD("SHIP_DEBIT")) };
    findings = problems_in(test_arena());
    doubts = problems_in(test_arena());
    terms_lint_versions(files, 2, &findings, &doubts);
    CHECK_INT(findings.count, message ? 1 : 0);
    if (findings.first) CHECK_SLICE(findings.first->message, slice_from(message ? message : "nothing"));
}

#define VOLUME_FROM(version, from, to, period) \
    HEAD_OF(version, "VOLUME_REBATE", "USD", from, to) \
    "volume: {period: " period ", tiers: [{from: \"0\", percent: \"1\"}]}\n"

static void check_begin(const char *older, const char *newer, const char *message)
{
    const struct terms_file *files[] = { file_of(older), file_of(newer) };
    findings = problems_in(test_arena());
    doubts = problems_in(test_arena());
    terms_lint_versions(files, 2, &findings, &doubts);
    CHECK_INT(findings.count, message ? 1 : 0);
    if (findings.first) CHECK_SLICE(findings.first->message, slice_from(message ? message : "nothing"));
}

TEST(a_version_that_begins_amid_a_period_is_told)
{
    check_begin(VOLUME_FROM("1", "2026-01-01", "2026-02-14", "QUARTER"),
                VOLUME_FROM("2", "2026-02-15", "2026-12-31", "QUARTER"),
                "2026-02-15 to 2026-03-31 keep version 1: a period has the version of its first day");
    check_begin(VOLUME_FROM("1", "2026-01-01", "2026-03-31", "QUARTER"),
                VOLUME_FROM("2", "2026-04-01", "2026-12-31", "QUARTER"), NULL);
    check_begin(VOLUME_FROM("1", "2026-01-01", "2026-03-31", "PROGRAM"),
                VOLUME_FROM("2", "2026-04-01", "2026-12-31", "PROGRAM"),
                "2026-04-01 to 2026-12-31 keep version 1: a period has the version of its first day");
}

/* Beside a fund of its own: what the folder holds is all there is to compare with. */
static void check_fund(const char *fund, const char *message)
{
    const struct terms_file *files[] = {
        file_of(HEAD("VOLUME_REBATE") "volume: {tiers: [{from: \"0\", percent: \"1\"}], "
                "coop_split: {percent: \"10\", program: CO}}\n"),
        file_of(fund),
    };
    findings = problems_in(test_arena());
    doubts = problems_in(test_arena());
    terms_lint_versions(files, 2, &findings, &doubts);
    CHECK_INT(findings.count, message ? 1 : 0);
    if (findings.first) CHECK_SLICE(findings.first->message, slice_from(message ? message : "nothing"));
}

TEST(a_fund_in_another_currency_is_told)
{
#define FUND_IN(incentive, currency) "program: {id: CO, version: 1, incentive: " incentive ", currency: " currency \
                                     ", valid_from: 2026-01-01}\n"
    check_fund(FUND_IN("MDF", "USD") "mdf: {kind: COOP, period: QUARTER}\n", NULL);
    check_fund(FUND_IN("MDF", "EUR") "mdf: {kind: COOP, period: QUARTER}\n", "program CO is in EUR, this one in USD");
    check_fund(FUND_IN("SHIP_DEBIT", "USD"), "CO is no MDF program");
    CHECK_INT(doubts.count, 0);
}

TEST(a_fund_that_stands_in_no_file_is_a_doubt_since_it_may_be_elsewhere)
{
    check_fund("program: {id: CX, version: 1, incentive: SHIP_DEBIT, currency: EUR, valid_from: 2026-01-01}\n", NULL);
    CHECK_INT(doubts.count, 1);
    CHECK_TEXT(doubts.first->message, "CO is no program of the files that were named");
    CHECK_INT(doubts.first->at.line, 2);
}

TEST(versions_that_do_not_follow_each_other_are_told)
{
    check_versions(HEAD_OF("2", "SHIP_DEBIT", "USD", "2027-01-01", "2027-12-31"), NULL);
    check_versions(HEAD_OF("2", "SHIP_DEBIT", "USD", "2027-01-02", "2027-12-31"),
                   "no version holds from 2027-01-01 to 2027-01-01");
    check_versions(HEAD_OF("2", "SHIP_DEBIT", "USD", "2026-12-31", "2027-12-31"),
                   "versions 1 and 2 overlap from 2026-12-31 to 2026-12-31; version 2 applies");
    check_versions(HEAD_OF("2", "SHIP_DEBIT", "USD", "2026-01-01", "2026-12-31"),
                   "version 1 never applies: version 2 holds on all its days");
    check_versions(HEAD_OF("2", "SHIP_DEBIT", "EUR", "2027-01-01", "2027-12-31"),
                   "version 2 is in EUR, version 1 in USD: balances of one program have one currency");
    check_versions(HEAD_OF("2", "SHIP_DEBIT", "USD, payout_currency: EUR, fx_table: ECB", "2027-01-01", "2027-12-31"),
                   "version 2 pays in EUR, version 1 in USD: corrections of a period stay in two currencies");
}
