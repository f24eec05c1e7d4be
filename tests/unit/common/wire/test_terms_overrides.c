/* tests/unit/common/wire/test_terms_overrides.c */
#include "support/test.h"
#include "wire/terms.h"
#include "wire/yaml.h"

static struct problems problems;
static struct text_source source;

static const struct node *tree_of(const char *text)
{
    problems = problems_in(test_arena());
    source = (struct text_source){
        .arena = test_arena(), .file = SLICE("t.yaml"), .problems = &problems, .code = ERR_TERMS_INVALID
    };
    return yaml_read(&source, slice_from(text));
}

static struct slice render(const char *text, struct slice currency)
{
    struct slice out;
    const struct node *n = tree_of(text);
    bool good = terms_render_overrides(&source, node_find(n, SLICE("ship_debit")), node_find(n, SLICE("claim")),
                                       currency, &out);
    return good ? out : SLICE("refused");
}

static struct program base_program(const char *blocks)
{
    struct program p;
    struct text t = text_in(test_arena(), 1024);
    PUT(&t, "program: {id: SD, version: 1, incentive: SHIP_DEBIT, currency: USD, valid_from: 2026-01-01}\n");
    text_put(&t, slice_from(blocks));
    text_put_byte(&t, '\0');
    CHECK(terms_read_program(&source, tree_of(t.bytes), &p));
    return p;
}

TEST(overrides_are_rendered_in_one_form)
{
    CHECK_TEXT(
        render("claim: {anchor: AGREEMENT_END, window_days: 60}\nship_debit: {min_debit: 5, cost_basis: AVERAGE}\n",
               SLICE("USD")),
        "ship_debit: {cost_basis: \"AVERAGE\", min_debit: \"5\"}\nclaim: {window_days: \"60\", anchor: "
        "\"AGREEMENT_END\"}\n");
    CHECK_TEXT(render("{}", SLICE("USD")), "");
    CHECK_TEXT(render("claim: {}", SLICE("USD")), "");
}

TEST(overrides_that_are_no_terms_are_refused_when_they_are_rendered)
{
    CHECK_TEXT(render("ship_debit: {cost_basis: LIFO}\n", SLICE("USD")), "refused");
    CHECK_TEXT(render("ship_debit: {cost_bases: FIFO}\n", SLICE("USD")), "refused");
    CHECK_TEXT(render("ship_debit: {min_debit: \"0.005\"}\n", SLICE("USD")), "refused");
    CHECK_TEXT(render("claim: [1]\n", SLICE("USD")), "refused");
    CHECK_TEXT(render("ship_debit: {min_debit: \"0.005\"}\n", SLICE("KWD")), "ship_debit: {min_debit: \"0.005\"}\n");
    CHECK_TEXT(render("ship_debit: {min_debit: \"0.005\"}\n", SLICE("")), "ship_debit: {min_debit: \"0.005\"}\n");
}

TEST(what_an_agreement_says_stands_above_its_program_and_the_rest_stays)
{
    struct program base = base_program("ship_debit: {over_qty: REJECT, min_debit: 7}\nclaim: {tolerance: 3}\n"), out;
    struct slice yaml =
        render("ship_debit: {cost_basis: AVERAGE, min_debit: 5}\nclaim: {window_days: 60}\n", SLICE("USD"));
    CHECK_INT(terms_apply_overrides(test_arena(), &base, yaml, &out), OK);
    CHECK_INT(out.ship_debit.cost_basis, COST_BASIS_AVERAGE);
    CHECK_INT(out.ship_debit.min_debit_minor, 500);
    CHECK_INT(out.ship_debit.over_qty, OVER_QTY_REJECT);
    CHECK_INT(out.ship_debit.pos_wait_days, 30);
    CHECK_INT(out.claim.window_days, 60);
    CHECK_INT(out.claim.anchor, ANCHOR_SHIP_DATE);
    CHECK_INT(out.claim.tolerance_minor, 300);
    CHECK_TEXT(out.id, "SD");
    CHECK_INT(base.ship_debit.cost_basis, COST_BASIS_FIFO);
}

TEST(text_that_cannot_be_used_leaves_the_program_as_it_is)
{
    struct program base = base_program(""), out;
    static const char *const texts[] = { "ship_debit: {min_debit: \"0.005\"}\n", "ship_debit: [", "volume: {}",
                                         "ship_debit: {cost_basis: X, over_qty: REJECT}" };
    for (unsigned i = 0; i < 4; i++) {
        CHECK_INT(terms_apply_overrides(test_arena(), &base, slice_from(texts[i]), &out), ERR_TERMS_INVALID);
        CHECK(memcmp(&base, &out, sizeof base) == 0);
    }
    CHECK_INT(terms_apply_overrides(test_arena(), &base, SLICE(""), &out), OK);
    CHECK(memcmp(&base, &out, sizeof base) == 0);
}
