/* tests/unit/common/wire/test_terms_overrides.c */
#include "domain/rating/rows.h"
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

/* Each term by itself, so that one that is not taken, or taken for another, is seen. */
TEST(what_an_agreement_names_is_taken_and_nothing_else)
{
    static const struct { const char *text; uint32_t bit; size_t at; int64_t value; bool is_wide; } said[] = {
#define SAID(text, bit, member, value) \
    { text, AGREEMENT_OVERRIDES_##bit, offsetof(struct agreement_overrides, member), value, \
      sizeof ((struct agreement_overrides *)0)->member == 8 }
        SAID("ship_debit: {cost_basis: AVERAGE}", COST_BASIS, cost_basis, COST_BASIS_AVERAGE),
        SAID("ship_debit: {lot_shortage: BOOK}", LOT_SHORTAGE, lot_shortage, LOT_SHORTAGE_BOOK),
        SAID("ship_debit: {over_qty: REJECT}", OVER_QTY, over_qty, OVER_QTY_REJECT),
        SAID("ship_debit: {resale_above: PAY}", RESALE_ABOVE, resale_above, RESALE_ABOVE_PAY),
        SAID("ship_debit: {resale_share_percent: 50}", RESALE_SHARE, resale_share_percent_micros, 50000000),
        SAID("ship_debit: {resale_tolerance_percent: 0}", RESALE_TOLERANCE, resale_tolerance_percent_micros, 0),
        SAID("ship_debit: {min_debit: 5}", MIN_DEBIT, min_debit_minor, 500),
        SAID("ship_debit: {pos_match: REQUIRED}", POS_MATCH, pos_match, POS_MATCH_REQUIRED),
        SAID("ship_debit: {pos_wait_days: 9}", POS_WAIT_DAYS, pos_wait_days, 9),
        SAID("claim: {window_days: 60}", WINDOW_DAYS, window_days, 60),
        SAID("claim: {anchor: AGREEMENT_END}", ANCHOR, anchor, ANCHOR_AGREEMENT_END),
        SAID("claim: {tolerance: 3}", TOLERANCE, tolerance_minor, 300),
#undef SAID
    };
    for (unsigned i = 0; i < sizeof said / sizeof said[0]; i++) {
        struct agreement_overrides out;
        CHECK_INT(terms_read_overrides(test_arena(), render(said[i].text, SLICE("USD")), SLICE("USD"), &out), OK);
        CHECK_INT(out.present, said[i].bit);
        const char *at = (const char *)&out + said[i].at;
        CHECK_INT(said[i].is_wide ? *(const int64_t *)at : *(const int32_t *)at, said[i].value);
    }
}

TEST(what_is_named_false_is_named_too)
{
    struct agreement_overrides out;
    struct slice text =
        render("ship_debit: {auto_claim: false, min_debit: 5}\nclaim: {window_days: 60}\n", SLICE("USD"));
    CHECK_INT(terms_read_overrides(test_arena(), text, SLICE("USD"), &out), OK);
    CHECK_INT(out.present,
              AGREEMENT_OVERRIDES_AUTO_CLAIM | AGREEMENT_OVERRIDES_MIN_DEBIT | AGREEMENT_OVERRIDES_WINDOW_DAYS);
    CHECK(!out.auto_claim);
    CHECK_INT(terms_read_overrides(test_arena(), render("ship_debit: {auto_claim: true}", SLICE("USD")), SLICE("USD"),
                                   &out), OK);
    CHECK(out.auto_claim);
}

TEST(text_that_cannot_be_used_names_nothing)
{
    static const char *const texts[] = { "ship_debit: {min_debit: \"0.005\"}\n", "ship_debit: [", "volume: {}",
                                         "ship_debit: {cost_basis: X, over_qty: REJECT}" };
    struct agreement_overrides out;
    for (unsigned i = 0; i < 4; i++) {
        CHECK_INT(terms_read_overrides(test_arena(), slice_from(texts[i]), SLICE("USD"), &out), ERR_TERMS_INVALID);
        CHECK_INT(out.present, 0);
    }
    CHECK_INT(terms_read_overrides(test_arena(), slice_from(texts[0]), SLICE("KWD"), &out), OK);
    CHECK_INT(out.min_debit_minor, 5);
    CHECK_INT(terms_read_overrides(test_arena(), SLICE(""), SLICE("USD"), &out), OK);
    CHECK_INT(out.present, 0);
}
