/* tests/unit/common/wire/test_terms_program.c */
#include "support/table.h"
#include "wire/terms.h"
#include "wire/yaml.h"

#include <stdio.h>

static struct problems problems;
static struct program program;

static bool read_program(struct slice text)
{
    problems = problems_in(test_arena());
    struct text_source s = {
        .arena = test_arena(), .file = SLICE("p.yaml"), .problems = &problems, .code = ERR_TERMS_INVALID
    };
    const struct node *n = yaml_read(&s, text);
    bool good = n && terms_read_program(&s, n, &program);
    CHECK_INT(good, problems.count == 0);
    return good;
}

/* A program of an incentive with blocks after its header, one to a line from line 2 on. */
static bool read_blocks(const char *incentive, const char *blocks)
{
    char text[4096];
    snprintf(text, sizeof text,
             "program: {id: P, version: 1, incentive: %s, currency: USD, valid_from: 2026-01-01}\n%s", incentive,
             blocks);
    return read_program(slice_from(text));
}

static void check_refusal(const char *incentive, const char *blocks, uint32_t line, uint32_t column, const char *member,
                          const char *message)
{
    if (read_blocks(incentive, blocks)) printf("  accepted: %s\n", blocks);
    CHECK_INT(problems.count, 1);
    if (problems.count == 0) return;
    CHECK_SLICE(problems.first->message, slice_from(message));
    CHECK_SLICE(problems.first->member, slice_from(member));
    CHECK_INT(problems.first->at.line, line);
    CHECK_INT(problems.first->at.column, column);
    CHECK(problems.first->fix.size > 0);
}

static const char volume_block[] = "volume: {tiers: [{from: \"0\", percent: \"1\"}]}\n";

TEST(the_header_has_the_defaults_of_the_page)
{
    CHECK(read_blocks("SHIP_DEBIT", ""));
    CHECK_TEXT(program.id, "P");
    CHECK_INT(program.version, 1);
    CHECK_INT(program.status, PROGRAM_STATUS_ACTIVE);
    CHECK_INT(program.valid_from, 20260101);
    CHECK_INT(program.valid_to, 20991231);
    CHECK_TEXT(program.payout_currency, "USD");
    CHECK_TEXT(program.fx_table, "default");
    CHECK_INT(program.fx_date, DATE_BASIS_UNSPECIFIED);
    CHECK(!program.has_program_date && !program.has_budget && !program.has_sold_to_roles
          && !program.enrolment_required);
    CHECK_INT(program.roles, 0);
    CHECK_INT(program.cap_count, 0);
    CHECK_INT(program.rounding_mode, ROUNDING_HALF_UP);
    CHECK_INT(program.rounding_step_minor, 1);
    CHECK_INT(program.stack_base, STACK_BASE_GROSS);
    CHECK(program.reduces_lower);
    CHECK_INT(program.payment_method, PAYMENT_METHOD_CREDIT_MEMO);
    CHECK_INT(program.lag_days, 0);
    CHECK_TEXT(program.tax_treatment, "NONE");
}

TEST(what_an_incentive_has_by_itself)
{
    struct table t = TABLE(
        "incentive          block      rank  date               window  anchor             payee",
        "SHIP_DEBIT         -          200   SHIP_DATE          45      SHIP_DATE          PARTNER",
        "VOLUME_REBATE      pos        500   SHIP_DATE          -1      SHIP_DATE          PARTNER",
        "VOLUME_REBATE      sell_in    500   INVOICE_DATE       -1      SHIP_DATE          PARTNER",
        "LOGISTICS          sell_in    550   INVOICE_DATE       -1      SHIP_DATE          PARTNER",
        "PRICE_PROTECTION   -          100   PRICE_CHANGE_DATE  30      PRICE_CHANGE_DATE  PARTNER",
        "STOCK_ROTATION     -          150   RECEIVED_DATE      -1      SHIP_DATE          PARTNER",
        "MDF                -          600   ACTIVITY_FROM      45      PERIOD_END         PARTNER",
        "MDF                sell_in    600   INVOICE_DATE       45      PERIOD_END         PARTNER",
        "SPIFF              rates      400   SHIP_DATE          30      SHIP_DATE          REP",
        "DEAL_REGISTRATION  bonus      300   ORDER_DATE         90      ORDER_DATE         PARTNER");
    while (table_next(&t)) {
        struct slice block = cell(&t, "block");
        const char *text = slice_equal(block, SLICE("pos")) ? volume_block
                           : slice_equal(block, SLICE("sell_in"))
                               ? "volume: {source: SELL_IN, tiers: [{from: \"0\", percent: \"1\"}]}"
                           : slice_equal(block, SLICE("rates")) ? "spiff: {rates: [{per_unit: \"5\"}]}"
                           : slice_equal(block, SLICE("bonus")) ? "deal: {bonus: {percent: \"6\"}}"
                                                                : "";
        char incentive[32];
        snprintf(incentive, sizeof incentive, "%.*s", SLICE_ARGS(cell(&t, "incentive")));
        CHECK(read_blocks(incentive, text));
        CHECK_CELL_INT(&t, "rank", program.rank);
        CHECK_CELL(&t, "date", word_text(VOCABULARY_DATE_BASIS, program.program_date));
        CHECK_CELL_INT(&t, "window", program.claim.has_window ? (int)program.claim.window_days : -1);
        CHECK_CELL(&t, "anchor", word_text(VOCABULARY_ANCHOR, program.claim.anchor));
        CHECK_CELL(&t, "payee", word_text(VOCABULARY_PAYEE, program.payee));
        CHECK_INT(program.claim.tolerance_minor, 1);
    }
}

TEST(the_tolerance_is_a_hundredth_of_the_currency)
{
    struct table t = TABLE("currency  | minor", "USD  | 1", "JPY  | 0", "KWD  | 10");
    while (table_next(&t)) {
        char text[256];
        snprintf(text, sizeof text,
                 "program: {id: P, version: 1, incentive: SHIP_DEBIT, currency: %.*s, valid_from: 2026-01-01}",
                 SLICE_ARGS(cell(&t, "currency")));
        CHECK(read_program(slice_from(text)));
        CHECK_CELL_INT(&t, "minor", program.claim.tolerance_minor);
    }
}

TEST(blocks_that_are_absent_or_empty_have_their_defaults)
{
    for (int empty = 0; empty < 2; empty++) {
        CHECK(read_blocks("SHIP_DEBIT", empty ? "ship_debit: {}\nclaim: {}\neligibility: {}\nstacking: {}\n" : ""));
        const struct ship_debit_terms *s = &program.ship_debit;
        CHECK_INT(s->cost_basis, COST_BASIS_FIFO);
        CHECK_INT(s->lot_shortage, LOT_SHORTAGE_HOLD);
        CHECK_INT(s->over_qty, OVER_QTY_PAY_REMAINDER);
        CHECK_INT(s->resale_above, RESALE_ABOVE_REJECT);
        CHECK_INT(s->resale_share_percent_micros, 100000000);
        CHECK_INT(s->resale_tolerance_percent_micros, 0);
        CHECK_INT(s->min_debit_minor, 0);
        CHECK_INT(s->pos_match, POS_MATCH_NONE);
        CHECK_INT(s->pos_wait_days, 30);
        CHECK(!s->auto_claim);
        CHECK(!program.has_volume);
    }
}

TEST(a_volume_block_has_the_defaults_of_the_page)
{
    CHECK(read_blocks("VOLUME_REBATE", volume_block));
    const struct volume_terms *v = &program.volume;
    CHECK(program.has_volume);
    CHECK_INT(v->source, VOLUME_SOURCE_POS);
    CHECK_INT(v->price, UNIT_VALUE_RESALE);
    CHECK_INT(v->aggregate, AGGREGATE_PARTNER_ROOT);
    CHECK_INT(v->per, PER_NONE);
    CHECK_INT(v->period, PERIOD_QUARTER);
    CHECK_INT(v->fiscal_start_month, 1);
    CHECK_INT(v->method, TIER_METHOD_MARGINAL);
    CHECK_INT(v->edge, TIER_EDGE_FROM);
    CHECK_INT(v->qualifier, QUALIFIER_AMOUNT);
    CHECK(!v->has_cap && !v->has_guarantee && !v->has_coop_split && !v->has_expected_volume
          && !v->guarantee_cumulative);
    CHECK_INT(v->guarantee_paid, GUARANTEE_PAID_END);
    CHECK_INT(v->growth_baseline, BASELINE_PRIOR_YEAR);
    CHECK_INT(v->growth_pay_on, PAY_ON_INCREMENT);
    CHECK_INT(v->no_baseline, NO_BASELINE_HOLD);
    CHECK_INT(v->mix_pay_on, MIX_PAY_ON_FOCUS);
    CHECK_INT(v->tax_included_percent_micros, 0);
    CHECK(v->net_of_price_protection);
    CHECK_INT(v->returns_period, RETURNS_PERIOD_ORIGINAL);
    CHECK_INT(v->grace_days, 10);
    CHECK_INT(v->late_limit_days, 90);
    CHECK_INT(v->constraint_percent_micros, 100000000);
    CHECK_INT(v->tier_count, 1);
    CHECK_INT(v->tiers[0].rate, RATE_PERCENT);
    CHECK_INT(v->tiers[0].percent_micros, 1000000);
}

TEST(the_blocks_of_the_other_incentives_have_the_defaults_of_the_page)
{
    CHECK(read_blocks("SHIP_DEBIT", ""));
    CHECK_INT(program.mdf.kind, MDF_KIND_COOP);
    CHECK_INT(program.mdf.usage, MDF_USAGE_NEXT_PERIOD);
    CHECK_INT(program.mdf.threshold_minor, 0);
    CHECK_INT(program.mdf.preapproval, PREAPPROVAL_RULE_REQUIRED);
    CHECK_INT(program.mdf.share_percent_micros, 50000000);
    CHECK_INT(program.mdf.period, PERIOD_QUARTER);
    CHECK_INT(program.mdf.fiscal_start_month, 1);
    CHECK_INT(program.mdf.activity_count, 0);
    CHECK_INT(program.spiff.serials, SERIAL_RULE_REQUIRED);
    CHECK(program.spiff.trigger_pos && program.spiff.opt_in);
    CHECK_TEXT(program.spiff.tax_country, "US");
    CHECK_INT(program.deal.approval, DEAL_APPROVAL_AUTO);
    CHECK_INT(program.deal.conflict, DEAL_CONFLICT_EXCLUSIVE);
    CHECK_INT(program.deal.protection_days, 90);
    CHECK_INT(program.deal.max_extensions, 1);
    CHECK_INT(program.deal.extension_days, 90);
    CHECK_INT(program.deal.min_qty_milli + program.deal.min_value_minor + program.deal.qty_tolerance_percent_micros, 0);
    CHECK_INT(program.deal.bonus_of, BONUS_OF_RESALE);
    CHECK(!program.deal.auto_claim);
    CHECK_INT(program.price_protection.old_price, OLD_PRICE_LOT_COST);
    CHECK_INT(program.price_protection.window_days, 60);
    CHECK(!program.price_protection.in_transit);
    CHECK_INT(program.price_protection.direction, PRICE_DIRECTION_DECREASE_ONLY);
    CHECK_INT(program.price_protection.snapshot, SNAPSHOT_RULE_OPTIONAL);
    CHECK_INT(program.price_protection.snapshot_days, 3);
    CHECK_INT(program.rotation.percent_micros, 5000000);
    CHECK_INT(program.rotation.base_period, PURCHASE_BASE_PRIOR);
    CHECK_INT(program.rotation.period, PERIOD_QUARTER);
    CHECK_INT(program.rotation.window_days, 0);
    CHECK_INT(program.rotation.price, ROTATION_PRICE_LOT_COST);
    CHECK_INT(program.rotation.offset_order, OFFSET_ORDER_REQUIRED);
}

TEST(every_member_of_a_program_lands_in_its_place)
{
    CHECK(read_program(
        SLICE("program: {id: VR-25, version: 2, incentive: VOLUME_REBATE, status: SUSPENDED, currency: JPY, "
              "payout_currency: USD, fx_table: ECB,\n"
              "  fx_date: RECEIVED_DATE, valid_from: 2025-01-01, valid_to: 2025-12-31, program_date: INVOICE_DATE, "
              "budget: 5000}\n"
              "eligibility: {roles: [DISTRIBUTOR, MSP], tiers: [GOLD], regions: [US-EAST, DE], enrolment: REQUIRED,\n"
              "  products: {include: [\"family:SWITCH\", \"sku:AP-*\"], exclude: [\"line:OLD\"]}, partners: {include: "
              "[N-100], exclude: [V-310]},\n"
              "  sold_to_roles: [UNKNOWN, END_USER]}\n"
              "claim: {window_days: 12, anchor: ORDER_DATE, tolerance: 3}\n"
              "caps: [{scope: PARTNER, period: QUARTER, amount: \"100\"}, {scope: LINE, qty: \"2.5\"},\n"
              "  {scope: REP, period: PROGRAM, percent_of_purchases: \"1.5\", base: PRIOR}]\n"
              "rounding: {mode: DOWN, step_minor: 100}\n"
              "stacking: {rank: 7, base: NET_OF_HIGHER_RANK, reduces_lower: false, exclusive_group: G1}\n"
              "payment: {method: EFT, lag_days: 30, payee: REP, tax_treatment: VAT}\n"
              "volume: {source: SELL_IN, price: BOOK, aggregate: LOCATION, per: FAMILY, period: HALF, "
              "fiscal_start_month: 4, method: RETROACTIVE, edge: UP_TO,\n"
              "  qualifier: GROWTH_PERCENT, qualifier_products: {include: [\"line:A\"]}, benefit_products: {exclude: "
              "[\"sku:B\"]},\n"
              "  tiers: [{from: 0, per_block: {qty: 24, amount: \"1.80\", round: UP}}, {from: \"12.5\", per_block: "
              "{qty: 12, amount: \"2\"}, fixed: 500}],\n"
              "  cap: 900, guarantee: {amount: 50, cumulative: true, paid: BEGINNING}, growth: {baseline: FIXED, "
              "pay_on: TOTAL, no_baseline: ZERO},\n"
              "  mix_pay_on: TOTAL, tax_included_percent: 18, net_of_price_protection: false, returns_period: "
              "RETURN_DATE, grace_days: 5,\n"
              "  late_limit_days: 60, coop_split: {percent: 40, program: CO-1}, expected_volume: \"1000.5\", "
              "constraint_percent: 80}\n")));
    CHECK_INT(program.status, PROGRAM_STATUS_SUSPENDED);
    CHECK_TEXT(program.currency, "JPY");
    CHECK_TEXT(program.payout_currency, "USD");
    CHECK_TEXT(program.fx_table, "ECB");
    CHECK_INT(program.fx_date, DATE_BASIS_RECEIVED_DATE);
    CHECK_INT(program.program_date, DATE_BASIS_INVOICE_DATE);
    CHECK(program.has_program_date && program.has_budget && program.budget_minor == 5000);
    CHECK_INT(program.roles, 1u << ROLE_DISTRIBUTOR | 1u << ROLE_MSP);
    CHECK_TEXT(program.tiers_allowed.items[0], "GOLD");
    CHECK_TEXT(program.regions_allowed.items[1], "DE");
    CHECK(program.enrolment_required);
    CHECK_TEXT(program.products.include.items[1], "sku:AP-*");
    CHECK_TEXT(program.products.exclude.items[0], "line:OLD");
    CHECK_TEXT(program.partners_include.items[0], "N-100");
    CHECK_TEXT(program.partners_exclude.items[0], "V-310");
    CHECK(program.has_sold_to_roles);
    CHECK_INT(program.sold_to_roles, 1u | 1u << ROLE_END_USER);
    CHECK_INT(program.claim.window_days, 12);
    CHECK_INT(program.claim.anchor, ANCHOR_ORDER_DATE);
    CHECK_INT(program.claim.tolerance_minor, 3);
    CHECK_INT(program.cap_count, 3);
    CHECK(program.caps[0].has_amount && program.caps[0].amount_minor == 100
          && program.caps[0].period == PERIOD_QUARTER);
    CHECK(program.caps[1].has_qty && program.caps[1].qty_milli == 2500 && program.caps[1].period == PERIOD_LINE);
    CHECK(program.caps[2].has_percent && program.caps[2].percent_of_purchases_micros == 1500000
          && program.caps[2].base == PURCHASE_BASE_PRIOR);
    CHECK(program.rounding_mode == ROUNDING_DOWN && program.rounding_step_minor == 100);
    CHECK(program.rank == 7 && program.stack_base == STACK_BASE_NET_OF_HIGHER_RANK && !program.reduces_lower);
    CHECK_TEXT(program.exclusive_group, "G1");
    CHECK(program.payment_method == PAYMENT_METHOD_EFT && program.lag_days == 30 && program.payee == PAYEE_REP);
    CHECK_TEXT(program.tax_treatment, "VAT");
    const struct volume_terms *v = &program.volume;
    CHECK(v->source == VOLUME_SOURCE_SELL_IN && v->price == UNIT_VALUE_BOOK && v->aggregate == AGGREGATE_LOCATION
          && v->per == PER_FAMILY);
    CHECK(v->period == PERIOD_HALF && v->fiscal_start_month == 4 && v->method == TIER_METHOD_RETROACTIVE
          && v->edge == TIER_EDGE_UP_TO);
    CHECK_TEXT(v->qualifier_products.include.items[0], "line:A");
    CHECK_TEXT(v->benefit_products.exclude.items[0], "sku:B");
    CHECK_INT(v->tiers[0].block_qty_milli, 24000);
    CHECK_INT(v->tiers[0].block_amount_micros, 1800000);
    CHECK_INT(v->tiers[0].block_round, BLOCK_ROUND_UP);
    CHECK_INT(v->tiers[1].block_round, BLOCK_ROUND_DOWN);
    CHECK_INT(v->tiers[1].from_micros, 12500000);
    CHECK_INT(v->tiers[1].fixed_minor, 500);
    CHECK(v->has_cap && v->cap_minor == 900 && v->has_guarantee && v->guarantee_minor == 50 && v->guarantee_cumulative);
    CHECK_INT(v->guarantee_paid, GUARANTEE_PAID_BEGINNING);
    CHECK(v->growth_baseline == BASELINE_FIXED && v->growth_pay_on == PAY_ON_TOTAL
          && v->no_baseline == NO_BASELINE_ZERO);
    CHECK(v->mix_pay_on == MIX_PAY_ON_TOTAL && v->tax_included_percent_micros == 18000000
          && !v->net_of_price_protection);
    CHECK(v->returns_period == RETURNS_PERIOD_RETURN_DATE && v->grace_days == 5 && v->late_limit_days == 60);
    CHECK(v->has_coop_split && v->coop_split_percent_micros == 40000000 && v->has_expected_volume);
    CHECK_TEXT(v->coop_split_program, "CO-1");
    CHECK_INT(v->expected_volume_micros, 1000500000);
    CHECK_INT(v->constraint_percent_micros, 80000000);
}

TEST(the_examples_of_the_page_load)
{
    CHECK(read_blocks("MDF", "volume: {source: SELL_IN, period: HALF, tiers: [{from: \"0\", percent: \"1.2\"}]}\n"
                             "mdf: {kind: COOP, usage: NEXT_PERIOD, threshold: \"1000.00\", preapproval: OVER, "
                             "preapproval_over: \"500.00\", share_percent: \"60\",\n"
                             "  activities: {EVENT: {cap: \"7200.00\", proofs: [INVOICE, PHOTO, ATTENDEES]}, DIGITAL: "
                             "{share_percent: \"50\", proofs: [INVOICE]}}}\n"));
    CHECK_INT(program.mdf.activity_count, 2);
    CHECK_TEXT(program.mdf.activities[0].type, "EVENT");
    CHECK(program.mdf.activities[0].has_cap && !program.mdf.activities[0].has_share
          && program.mdf.activities[0].cap_minor == 720000);
    CHECK_TEXT(program.mdf.activities[0].proofs.items[2], "ATTENDEES");
    CHECK(program.mdf.activities[1].has_share);
    CHECK_INT(program.mdf.preapproval_over_minor, 50000);
    CHECK(read_blocks(
        "SPIFF",
        "eligibility: {roles: [VAR, MSP]}\n"
        "spiff: {rates: [{products: [\"sku:AP-9*\"], per_unit: \"45.00\"}, {percent: \"2\"}], serials: REQUIRED}\n"
        "caps: [{scope: REP, period: MONTH, amount: \"1000.00\"}, {scope: PARTNER, period: PROGRAM, amount: "
        "\"20000.00\"}]\n"));
    CHECK(program.spiff.rates[0].rate == RATE_PER_UNIT && program.spiff.rates[0].per_unit_micros == 45000000);
    CHECK(program.spiff.rates[1].rate == RATE_PERCENT && program.spiff.rates[1].percent_micros == 2000000);
    CHECK(read_blocks("DEAL_REGISTRATION", "deal: {conflict: SHARED_HALF, protection_days: 90, min_value: \"5000.00\", "
                                           "bonus: {percent: \"6\", of: RESALE}}\n"));
    CHECK(program.deal.bonus == RATE_PERCENT && program.deal.bonus_percent_micros == 6000000
          && program.deal.min_value_minor == 500000);
    CHECK(read_blocks("DEAL_REGISTRATION", "deal: {bonus: {fixed: \"250.00\"}}\n"));
    CHECK(program.deal.bonus == RATE_NONE && program.deal.bonus_fixed_minor == 25000);
    CHECK(read_blocks("PRICE_PROTECTION",
                      "price_protection: {old_price: PRICE_LIST, window_days: 0, in_transit: true}\n"));
    CHECK(program.price_protection.in_transit && program.price_protection.window_days == 0);
    CHECK(read_blocks("STOCK_ROTATION",
                      "rotation: {percent: \"7\", period: HALF, window_days: 30, price: LOWER, offset_order: NONE}\n"));
    CHECK(program.rotation.percent_micros == 7000000 && program.rotation.period == PERIOD_HALF
          && program.rotation.price == ROTATION_PRICE_LOWER);
    CHECK(read_blocks("MDF", "mdf: {kind: MDF, period: YEAR}\n"));
    CHECK_INT(program.mdf.usage, MDF_USAGE_SAME_PERIOD);
}

TEST(custom_periods_come_out_in_order)
{
    CHECK(read_blocks(
        "VOLUME_REBATE",
        "volume: {period: CUSTOM, tiers: [{from: 0, fixed: 5}], custom_periods: [\n"
        "  {label: P2, from: 2026-03-01, to: 2026-06-30}, {label: P1, from: 2026-01-01, to: 2026-02-28}]}\n"));
    CHECK_TEXT(program.volume.custom_periods[0].label, "P1");
    CHECK_INT(program.volume.custom_periods[1].to, 20260630);
    CHECK_INT(program.volume.tiers[0].rate, RATE_NONE);
}

TEST(a_header_that_cannot_be_used_is_refused_where_it_is_wrong)
{
    static const struct { const char *text; uint32_t line, column; const char *member, *message;
    } refusals[] = {
        { "eligibility: {}", 1, 1, "program", "program is missing" },
        { "program: [a]", 1, 10, "program", "this must be a map and is a list" },
        { "program: x", 1, 10, "program", "this must be a map and is a single value" },
        { "program: {version: 1, incentive: SHIP_DEBIT, currency: USD, valid_from: 2026-01-01}", 1, 10, "program.id",
          "id is missing" },
        { "program: {id: a b, version: 1, incentive: SHIP_DEBIT, currency: USD, valid_from: 2026-01-01}", 1, 15,
          "program.id", "\"a b\" is no id" },
        { "program: {id: '', version: 1, incentive: SHIP_DEBIT, currency: USD, valid_from: 2026-01-01}", 1, 15,
          "program.id", "\"\" is no id" },
        { "program: {id: P, version: 0, incentive: SHIP_DEBIT, currency: USD, valid_from: 2026-01-01}", 1, 27,
          "program.version", "0 is outside 1 to 4294967295" },
        { "program: {id: P, version: 1.5, incentive: SHIP_DEBIT, currency: USD, valid_from: 2026-01-01}", 1, 27,
          "program.version", "\"1.5\" is no whole number" },
        { "program: {id: P, version: 1, incentive: SHIPDEBIT, currency: USD, valid_from: 2026-01-01}", 1, 41,
          "program.incentive", "\"SHIPDEBIT\" is not known here" },
        { "program: {id: P, version: 1, incentive: SHIP_DEBIT, currency: usd, valid_from: 2026-01-01}", 1, 63,
          "program.currency", "\"usd\" is no currency of ISO 4217" },
        { "program: {id: P, version: 1, incentive: SHIP_DEBIT, currency: USD, payout_currency: EU, valid_from: "
          "2026-01-01}",
          1, 85, "program.payout_currency", "\"EU\" is no currency of ISO 4217" },
        { "program: {id: P, version: 1, incentive: SHIP_DEBIT, currency: USD, valid_from: 1.1.2026}", 1, 80,
          "program.valid_from", "\"1.1.2026\" is no date of 1990 to 2099" },
        { "program: {id: P, version: 1, incentive: SHIP_DEBIT, currency: USD, valid_from: 2026-02-01, valid_to: "
          "2026-01-31}",
          1, 102, "program.valid_to", "the program ends before it begins" },
        { "program: {id: P, version: 1, incentive: SHIP_DEBIT, currency: USD, valid_from: 2026-01-01, vaild_to: "
          "2026-01-31}",
          1, 92, "program", "\"vaild_to\" is no member of program" },
        { "program: {id: P, version: 1, incentive: SHIP_DEBIT, currency: JPY, budget: \"1.5\", valid_from: 2026-01-01}",
          1, 76, "program.budget", "\"1.5\" has more than 0 digits after the point" },
        { "program: {id: P, version: 1, incentive: SHIP_DEBIT, currency: USD, valid_from: 2026-01-01}\nelegibility: {}",
          2, 1, "", "\"elegibility\" is no member of a program" },
    };
    for (unsigned i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        CHECK(!read_program(slice_from(refusals[i].text)));
        CHECK_INT(problems.count, 1);
        CHECK_SLICE(problems.first->message, slice_from(refusals[i].message));
        CHECK_SLICE(problems.first->member, slice_from(refusals[i].member));
        CHECK_INT(problems.first->at.line, refusals[i].line);
        CHECK_INT(problems.first->at.column, refusals[i].column);
    }
}

TEST(an_unknown_member_names_the_nearest)
{
    CHECK(!read_blocks("SHIP_DEBIT", "claim: {window_dasy: 3}\n"));
    CHECK_TEXT(problems.first->fix, "did you mean window_days?");
    CHECK(!read_blocks("SHIP_DEBIT", "claim: {colour: 3}\n"));
    CHECK_TEXT(problems.first->fix, "remove it");
    CHECK(!read_blocks("SHIP_DEBIT", "claim: {anchor: SHIPDATE}\n"));
    CHECK(slice_starts_with(problems.first->fix, SLICE("did you mean SHIP_DATE? one of SHIP_DATE INVOICE_DATE")));
}

TEST(single_terms_that_cannot_be_are_refused_where_they_stand)
{
    check_refusal("SHIP_DEBIT", "claim: {window_days: -1}\n", 2, 22, "claim.window_days", "-1 is outside 0 to 36525");
    check_refusal("SHIP_DEBIT", "claim: {tolerance: \"0.001\"}\n", 2, 20, "claim.tolerance",
                  "\"0.001\" has more than 2 digits after the point");
    check_refusal("SHIP_DEBIT", "claim: {tolerance: \"1,5\"}\n", 2, 20, "claim.tolerance",
                  "\"1,5\" is no decimal number");
    check_refusal("SHIP_DEBIT", "ship_debit: {min_debit: -5}\n", 2, 25, "ship_debit.min_debit", "\"-5\" is negative");
    check_refusal("SHIP_DEBIT", "ship_debit: {resale_share_percent: 1000.1}\n", 2, 36,
                  "ship_debit.resale_share_percent", "\"1000.1\" is too large");
    check_refusal("SHIP_DEBIT", "ship_debit: {min_debit: 99999999999999}\n", 2, 25, "ship_debit.min_debit",
                  "\"99999999999999\" is too large");
    check_refusal("SHIP_DEBIT", "ship_debit: {auto_claim: yes}\n", 2, 26, "ship_debit.auto_claim",
                  "\"yes\" is neither true nor false");
    check_refusal("SHIP_DEBIT", "ship_debit: {cost_basis: [FIFO]}\n", 2, 26, "ship_debit.cost_basis",
                  "this must be a single value and is a list");
    check_refusal("SHIP_DEBIT", "eligibility: {roles: DISTRIBUTOR}\n", 2, 22, "eligibility.roles",
                  "this must be a list and is a single value");
    check_refusal("SHIP_DEBIT", "eligibility: {roles: [END_USER]}\n", 2, 23, "eligibility.roles[1]",
                  "\"END_USER\" is not known here");
    check_refusal("SHIP_DEBIT", "eligibility: {sold_to_roles: [UNKNOWN, NOBODY]}\n", 2, 40,
                  "eligibility.sold_to_roles[2]", "\"NOBODY\" is not known here");
    check_refusal("SHIP_DEBIT", "eligibility: {enrolment: MAYBE}\n", 2, 26, "eligibility.enrolment",
                  "\"MAYBE\" is not known here");
    check_refusal("SHIP_DEBIT", "eligibility: {products: {include: [CAB-5]}}\n", 2, 36,
                  "eligibility.products.include[1]", "\"CAB-5\" names no products");
    check_refusal("SHIP_DEBIT", "eligibility: {products: {include: [\"sku:\"]}}\n", 2, 36,
                  "eligibility.products.include[1]", "\"sku:\" names no products");
    check_refusal("SHIP_DEBIT", "eligibility: {products: {exclude: [\"sku:A*B\"]}}\n", 2, 36,
                  "eligibility.products.exclude[1]", "\"sku:A*B\" has a * inside");
    check_refusal("SHIP_DEBIT", "rounding: {step_minor: 0}\n", 2, 24, "rounding.step_minor",
                  "0 is outside 1 to 1000000000");
    check_refusal("SHIP_DEBIT", "stacking: {rank: 1000}\n", 2, 18, "stacking.rank", "1000 is outside 1 to 999");
    check_refusal("SHIP_DEBIT", "caps: [{scope: PARTNER, amount: 5}]\n", 2, 8, "caps[1].period", "period is missing");
    check_refusal("SHIP_DEBIT", "caps: [{scope: LINE}]\n", 2, 8, "caps[1]", "a cap limits exactly one thing");
    check_refusal("SHIP_DEBIT", "caps: [{scope: LINE, qty: 1}, {scope: LINE, amount: 5, qty: 1}]\n", 2, 31, "caps[2]",
                  "a cap limits exactly one thing");
    check_refusal("SHIP_DEBIT", "caps: [{scope: LINE, percent_of_purchases: 5}]\n", 2, 44, "caps[1].base",
                  "percent_of_purchases needs a base");
    check_refusal("SHIP_DEBIT", "caps: [{scope: LINE, amount: 5, base: SAME}]\n", 2, 39, "caps[1].base",
                  "base belongs to percent_of_purchases");
    check_refusal("SHIP_DEBIT", "caps: [{scope: LINE, period: CUSTOM, amount: 5}]\n", 2, 30, "caps[1].period",
                  "\"CUSTOM\" is not known here");
}

TEST(volume_terms_that_cannot_be_are_refused_where_they_stand)
{
    check_refusal("VOLUME_REBATE", "", 1, 1, "volume", "a VOLUME_REBATE program needs a block volume");
    check_refusal("LOGISTICS", "volume: {period: MONTH}\n", 2, 9, "volume.tiers", "tiers is missing");
    check_refusal("VOLUME_REBATE", "volume: {tiers: []}\n", 2, 17, "volume.tiers", "there is no tier");
    check_refusal("VOLUME_REBATE", "volume: {tiers: [{percent: 1}]}\n", 2, 18, "volume.tiers[1].from",
                  "from is missing");
    check_refusal("VOLUME_REBATE", "volume: {tiers: [{from: 0, percent: 1}, {from: 0, percent: 2}]}\n", 2, 48,
                  "volume.tiers", "tier 2 does not begin above tier 1");
    check_refusal("VOLUME_REBATE", "volume: {tiers: [{from: 10, percent: 1}, {from: 5, percent: 2}]}\n", 2, 49,
                  "volume.tiers", "tier 2 does not begin above tier 1");
    check_refusal("VOLUME_REBATE", "volume: {tiers: [{from: -1, percent: 1}]}\n", 2, 25, "volume.tiers[1].from",
                  "\"-1\" is negative");
    check_refusal("VOLUME_REBATE", "volume: {tiers: [{from: 0, percent: 1, per_unit: 2}]}\n", 2, 50,
                  "volume.tiers[1].per_unit", "a tier has one of percent, per_unit, per_block");
    check_refusal("VOLUME_REBATE", "volume: {tiers: [{from: 0, percent: 1}, {from: 5, per_unit: 2}]}\n", 2, 41,
                  "volume.tiers", "tier 2 has another kind of rate than the tiers before");
    check_refusal("VOLUME_REBATE", "volume: {tiers: [{from: 0, per_block: {qty: 0, amount: 2}}]}\n", 2, 45,
                  "volume.tiers[1].per_block.qty", "a block of 0 units");
    check_refusal("VOLUME_REBATE", "volume: {qualifier: GROWTH_PERCENT, tiers: [{from: 0, percent: 1}]}\n", 2, 21,
                  "volume.method", "GROWTH_PERCENT cannot be used with method MARGINAL");
    check_refusal("VOLUME_REBATE",
                  "volume: {qualifier: MIX_PERCENT, method: ROLLING, tiers: [{from: 0, percent: 1}]}\n", 2, 42,
                  "volume.method", "MIX_PERCENT cannot be used with method ROLLING");
    check_refusal("VOLUME_REBATE", "volume: {price: SELL_IN, tiers: [{from: 0, percent: 1}]}\n", 2, 17, "volume.price",
                  "lines of source POS have no such price");
    check_refusal("VOLUME_REBATE", "volume: {source: SELL_IN, price: RESALE, tiers: [{from: 0, percent: 1}]}\n", 2, 34,
                  "volume.price", "lines of source SELL_IN have no such price");
    check_refusal("VOLUME_REBATE", "volume: {period: LINE, tiers: [{from: 0, percent: 1}]}\n", 2, 18, "volume.period",
                  "\"LINE\" is not known here");
    check_refusal("VOLUME_REBATE", "volume: {period: CUSTOM, tiers: [{from: 0, percent: 1}]}\n", 2, 18,
                  "volume.custom_periods", "period CUSTOM needs custom_periods");
    check_refusal("VOLUME_REBATE", "volume: {fiscal_start_month: 13, tiers: [{from: 0, percent: 1}]}\n", 2, 30,
                  "volume.fiscal_start_month", "13 is outside 1 to 12");
    check_refusal("VOLUME_REBATE", "volume: {coop_split: {percent: 101, program: C}, tiers: [{from: 0, percent: 1}]}\n",
                  2, 32, "volume.coop_split.percent", "\"101\" is too large");
    check_refusal("VOLUME_REBATE", "volume: {guarantee: {paid: END}, tiers: [{from: 0, percent: 1}]}\n", 2, 21,
                  "volume.guarantee.amount", "amount is missing");
    check_refusal(
        "VOLUME_REBATE",
        "volume: {tiers: [{from: 0, percent: 1}], custom_periods: [{label: A, from: 2026-01-01, to: 2026-01-31}]}\n", 2,
        58, "volume.custom_periods", "custom_periods are used with period CUSTOM only");
    check_refusal("VOLUME_REBATE",
                  "volume: {period: CUSTOM, tiers: [{from: 0, percent: 1}], custom_periods: [\n {label: A, from: "
                  "2026-01-01, to: 2026-01-31},\n {label: B, from: 2026-01-31, to: 2026-02-28}]}\n",
                  4, 2, "volume.custom_periods", "period B overlaps A");
    check_refusal("VOLUME_REBATE",
                  "volume: {period: CUSTOM, tiers: [{from: 0, percent: 1}], custom_periods: [\n {label: A, from: "
                  "2026-01-01, to: 2026-01-31},\n {label: A, from: 2026-02-01, to: 2026-02-28}]}\n",
                  4, 2, "volume.custom_periods", "label A stands twice");
    check_refusal("VOLUME_REBATE",
                  "volume: {period: CUSTOM, tiers: [{from: 0, percent: 1}], custom_periods: [{label: A, from: "
                  "2026-02-01, to: 2026-01-31}]}\n",
                  2, 108, "volume.custom_periods[1].to", "the period ends before it begins");
    check_refusal("VOLUME_REBATE",
                  "volume: {period: CUSTOM, tiers: [{from: 0, percent: 1}], custom_periods: [{label: ABCDEFGHIJK, "
                  "from: 2026-01-01, to: 2026-01-31}]}\n",
                  2, 83, "volume.custom_periods[1].label", "\"ABCDEFGHIJK\" has 11 bytes, at most 10 are allowed");
}

TEST(a_program_has_as_many_tiers_as_its_workings_can_name)
{
    for (unsigned count = TIERS_MAX; count <= TIERS_MAX + 1; count++) {
        char blocks[2048];
        size_t at = (size_t)snprintf(blocks, sizeof blocks, "volume: {tiers: [");
        for (unsigned i = 0; i < count; i++)
            at += (size_t)snprintf(blocks + at, sizeof blocks - at, "{from: %u, percent: 1}, ", i);
        snprintf(blocks + at, sizeof blocks - at, "]}\n");
        if (count == TIERS_MAX) CHECK(read_blocks("VOLUME_REBATE", blocks));
        else
            check_refusal("VOLUME_REBATE", blocks, 2, 17, "volume.tiers",
                          "49 entries stand here, at most 48 are allowed");
    }
}

TEST(other_terms_that_cannot_be_are_refused_where_they_stand)
{
    check_refusal("SPIFF", volume_block, 2, 9, "volume.aggregate", "a SPIFF counts by rep");
    check_refusal("SPIFF", "", 1, 1, "spiff", "the program pays nothing");
    check_refusal("SPIFF",
                  "volume: {aggregate: REP, tiers: [{from: 0, percent: 1}],\n  coop_split: {percent: 40, program: CO}}\n",
                  3, 15, "volume.coop_split", "a seller's reward feeds no fund");
    check_refusal("SPIFF",
                  "spiff: {rates: [{per_unit: 1}]}\nvolume: {aggregate: REP, tiers: [{from: 0, percent: 1}]}\n", 3, 9,
                  "volume", "a block volume replaces rates");
    check_refusal("SPIFF", "spiff: {rates: [{per_unit: 1, percent: 2}]}\n", 2, 17, "spiff.rates[1]",
                  "a rate has exactly one of per_unit, percent");
    check_refusal("SPIFF", "spiff: {rates: [{per_unit: 1}], tax_country: USA}\n", 2, 46, "spiff.tax_country",
                  "\"USA\" is no country");
    check_refusal("DEAL_REGISTRATION", "deal: {conflict: EXCLUSIVE}\n", 2, 7, "deal.bonus", "the program pays nothing");
    check_refusal("DEAL_REGISTRATION", "deal: {bonus: {percent: 6, fixed: 2}}\n", 2, 15, "deal.bonus",
                  "a bonus has exactly one of percent, per_unit, fixed");
    check_refusal("DEAL_REGISTRATION", "deal: {conflict: INCUMBENT_FIRST, bonus: {fixed: 2}}\n", 2, 18, "deal.conflict",
                  "INCUMBENT_FIRST is planned and not offered yet");
    check_refusal("DEAL_REGISTRATION", "deal: {conflict: NONE_IF_MULTIPLE, bonus: {fixed: 2}}\n", 2, 18,
                  "deal.conflict", "NONE_IF_MULTIPLE is planned and not offered yet");
    check_refusal("MDF", "mdf: {preapproval: OVER}\n", 2, 20, "mdf.preapproval_over",
                  "preapproval OVER needs the amount above which it is required");
    check_refusal("MDF", "mdf: {preapproval_over: 5}\n", 2, 25, "mdf.preapproval_over",
                  "preapproval_over is used with preapproval OVER only");
    check_refusal("MDF", "mdf: {kind: MDF}\nvolume: {tiers: [{from: 0, percent: 1}]}\n", 3, 9, "volume",
                  "money of kind MDF is granted and does not accrue");
    check_refusal("MDF", "mdf: {period: YEAR}\nvolume: {tiers: [{from: 0, percent: 1}]}\n", 2, 15, "mdf",
                  "period stands in volume when the program accrues");
    check_refusal("MDF", "mdf: {activities: {EVENT: {share_percent: 101}}}\n", 2, 43,
                  "mdf.activities.EVENT.share_percent", "\"101\" is too large");
    check_refusal("MDF", "mdf: {activities: [EVENT]}\n", 2, 19, "mdf.activities", "this must be a map and is a list");
    check_refusal("STOCK_ROTATION", "rotation: {period: LINE}\n", 2, 20, "rotation.period",
                  "\"LINE\" is not known here");
    check_refusal("SHIP_DEBIT", "spiff: {}\n", 2, 1, "", "a SHIP_DEBIT program has no block spiff");
    check_refusal("SHIP_DEBIT", volume_block, 2, 1, "", "a SHIP_DEBIT program has no block volume");
}

TEST(all_errors_of_a_program_are_reported_in_the_order_of_the_file)
{
    CHECK(!read_program(
        SLICE("program: {id: SD, version: x, incentive: SHIP_DEBIT, currency: USX, valid_from: 2026-01-01}\n"
              "claim: {window_dayz: 4, anchor: NEVER}\n"
              "stacking: {rank: 0, basis: GROSS}\n")));
    CHECK_INT(problems.count, 6);
    static const uint32_t places[][2] = { { 1, 28 }, { 1, 64 }, { 2, 9 }, { 2, 33 }, { 3, 18 }, { 3, 21 } };
    const struct problem *p = problems.first;
    for (unsigned i = 0; i < 6 && p; i++, p = p->next) {
        CHECK_INT(p->at.line, places[i][0]);
        CHECK_INT(p->at.column, places[i][1]);
    }
}
