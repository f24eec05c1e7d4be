/* Terms written back are the terms that were read. */
#include "wire/yaml_text.h"

#include "support/test.h"
#include "wire/terms.h"
#include "wire/yaml.h"

#include <stdio.h>

static struct problems problems;
static struct text_source source;

static bool read_program(struct slice text, struct program *p)
{
    problems = problems_in(test_arena());
    source = (struct text_source){
        .arena = test_arena(), .file = SLICE("t.yaml"), .problems = &problems, .code = ERR_TERMS_INVALID
    };
    const struct node *n = yaml_read(&source, text);
    bool good = n && terms_read_program(&source, n, p);
    if (!good && problems.first)
        printf("  %.*s: %.*s\n", SLICE_ARGS(problems.first->member), SLICE_ARGS(problems.first->message));
    return good;
}

static struct slice echo(const struct program *p)
{
    struct text t = text_in(test_arena(), 1 << 16);
    yaml_put(&t, terms_write_program(test_arena(), p));
    CHECK(!t.full);
    return text_slice(&t);
}

#define HEAD(incentive, currency) \
    "program: {id: P, version: 1, incentive: " incentive ", currency: " currency ", valid_from: 2026-01-01}\n"

static const char *const texts[] = {
    HEAD("SHIP_DEBIT", "USD") "claim: {tolerance: \"0\"}\nship_debit: {cost_basis: AVERAGE, min_debit: \"1.50\"}\n",
    HEAD("SHIP_DEBIT", "JPY") "eligibility: {roles: [DISTRIBUTOR], products: {include: [\"sku:A \\\"b\\\" \\\\c*\"]}, "
                              "sold_to_roles: [UNKNOWN, VAR]}\n",
    HEAD("VOLUME_REBATE", "EUR") "volume: {tiers: [{from: \"0\", percent: \"1\"}, {from: \"5000.5\", percent: \"2\", "
                                 "fixed: \"10.00\"}], cap: \"500.00\","
                                 " guarantee: {amount: \"0.00\"}, coop_split: {percent: \"25\", program: M}, period: "
                                 "CUSTOM, custom_periods:"
                                 " [{label: A, from: 2026-01-01, to: 2026-06-30}]}\ncaps: [{scope: PARTNER, period: "
                                 "YEAR, percent_of_purchases: \"3\", base: PRIOR}]\n",
    HEAD("LOGISTICS", "USD") "volume: {qualifier: QTY, tiers: [{from: \"0\", per_block: {qty: \"24\", amount: "
                             "\"1.80\"}}, {from: \"10\"}]}\n",
    HEAD("MDF", "USD") "volume: {source: SELL_IN, tiers: [{from: \"0\", percent: \"2\"}]}\n"
                       "mdf: {preapproval: OVER, preapproval_over: \"2500.00\", activities: {EVENT: {proofs: "
                       "[INVOICE]}, WEB: {cap: \"5.00\"}}}\n",
    HEAD("MDF", "USD") "mdf: {kind: MDF, period: YEAR, fiscal_start_month: 4}\n",
    HEAD("SPIFF", "USD") "spiff: {rates: [{products: [\"sku:AP-9\"], per_unit: \"45.00\"}, {percent: \"1.5\"}]}\n",
    HEAD("DEAL_REGISTRATION", "USD") "deal: {bonus: {fixed: \"40.00\"}, min_qty: \"1.5\"}\n",
    HEAD("PRICE_PROTECTION", "USD"),
    HEAD("STOCK_ROTATION", "USD"),
};

TEST(terms_written_back_read_to_themselves)
{
    for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct program p, again;
        CHECK(read_program(slice_from(texts[i]), &p));
        struct slice first = echo(&p);
        CHECK(read_program(first, &again));
        CHECK_SLICE(echo(&again), first);
    }
}

TEST(every_default_is_written)
{
    struct program p;
    CHECK(read_program(SLICE(HEAD("STOCK_ROTATION", "JPY")), &p));
    CHECK_TEXT(
        echo(&p),
        "program:\n  id: P\n  version: 1\n  incentive: STOCK_ROTATION\n  status: ACTIVE\n  valid_from: 2026-01-01\n"
        "  valid_to: 2099-12-31\n  program_date: RECEIVED_DATE\n  currency: JPY\n  fx_table: default\n  "
        "payout_currency: JPY\n"
        "eligibility:\n  enrolment: NONE\nclaim:\n  anchor: SHIP_DATE\n  tolerance: 0\nrounding:\n  mode: HALF_UP\n  "
        "step_minor: 1\n"
        "stacking:\n  rank: 150\n  base: GROSS\n  reduces_lower: true\npayment:\n  method: CREDIT_MEMO\n  lag_days: 0\n"
        "  payee: PARTNER\n  tax_treatment: NONE\nrotation:\n  percent: 5\n  base_period: PRIOR\n  period: QUARTER\n"
        "  window_days: 0\n  price: LOT_COST\n  offset_order: REQUIRED\n");
}

TEST(tests_that_terms_carry_are_no_terms)
{
    struct program p;
    CHECK(read_program(SLICE(HEAD("STOCK_ROTATION", "USD") "tests: [{name: x, anything: [1, 2]}]\n"), &p));
}

TEST(texts_are_quoted_where_yaml_would_read_something_else)
{
    struct arena *a = test_arena();
    struct node *map = node_map(a, (struct position){ 0, 0 });
    static const char *const values[] = { "a: b", "-", "", "#x", "[", "\\\"", "a b", "1.50", "family:X", "true" };
    for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++) {
        char key[16];
        snprintf(key, sizeof key, "k%u", i);
        CHECK(node_put(a, map, slice_copy(a, slice_from(key)), (struct position){ 0, 0 },
                       node_scalar(a, (struct position){ 0, 0 }, slice_from(values[i]))));
    }
    struct text t = text_in(a, 4096);
    yaml_put(&t, map);
    problems = problems_in(a);
    source = (struct text_source){ .arena = a, .file = SLICE("t.yaml"), .problems = &problems };
    const struct node *again = yaml_read(&source, text_slice(&t));
    CHECK(again != NULL);
    unsigned i = 0;
    for (const struct node_entry *e = again ? again->first : NULL; e; e = e->next)
        CHECK_SLICE(e->value->text, slice_from(values[i++]));
    CHECK_INT(i, sizeof values / sizeof values[0]);
}
