/* tests/unit/services/compliance/test_customers.c: AGR-06, AGR-07, AGR-09. */
#include "compliance/customers.h"

#include "support/compliance_desk.h"
#include "support/table.h"

static void open_agreement(struct desk *d, const struct party *customers, unsigned count, int32_t issued)
{
    desk_open(d);
    d->policy.modes[RULE_DUP_02] = d->policy.modes[RULE_DUP_03] = RULE_MODE_OFF;
    struct agreement a = { .revision = 1, .issue_date = issued, .customers = customers, .customer_count = count,
                           .blanket = count == 0 };
    struct line l = { .kind = KIND_AGREEMENT, .partner_id = SLICE("N-100"), .authorisation_no = SLICE("Q-7731"),
                      .agreement = &a };
    CHECK_TEXT(desk_says(desk_judge(d, "agreement", &l)), "PASS -");
}

TEST(asks_about_a_customer_whose_name_is_near_and_resolves_one_that_is_the_same)
{
    struct table t = TABLE(
        "key      name               country  postal  | says                    resolved",
        "C-ALDER  Alder Systems      US       -       | PASS -                  -",
        "C-77     Alder Systems LLC  US       -       | PASS -                  C-ALDER",
        "C-77     Alder Systems      US       90210   | HOLD CUSTOMER_MISMATCH  -",        /* postal codes differ */
        "C-77     Alder Sistems Inc  US       -       | PASS -                  C-ALDER",
        "C-77     Aldor Bystems      US       -       | HOLD CUSTOMER_MISMATCH  -",
        "C-77     Birch Clinic       US       -       | PASS -                  -",        /* payout refuses */
        "C-77     Alder Systems      DE       -       | PASS -                  -");
    while (table_next(&t)) {
        struct desk d;
        struct party alder = { .key = SLICE("C-ALDER"), .name = SLICE("Alder Systems"), .country = SLICE("US"),
                               .postal_code = SLICE("10001") };
        open_agreement(&d, &alder, 1, 20260101);
        d.policy.modes[RULE_AGR_09] = RULE_MODE_OFF;
        struct line l = desk_claim("INV-1");
        l.sold_to = (struct party){ .key = cell(&t, "key"), .id = cell(&t, "key"), .name = cell(&t, "name"),
                                    .country = cell(&t, "country"),
                                    .postal_code = cell(&t, "postal") };
        const struct verdict *v = desk_judge(&d, "claim", &l);
        CHECK_CELL(&t, "says", desk_says(v));
        CHECK_CELL(&t, "resolved", desk_clearance(v)->resolved_customer_key);
        desk_close(&d);
    }
}

TEST(a_customer_listed_by_key_alone_is_known_by_the_names_that_lines_gave_it)
{
    struct desk d;
    struct party key_only = { .key = SLICE("C-ALDER") };
    open_agreement(&d, &key_only, 1, 20260101);
    d.policy.modes[RULE_AGR_09] = RULE_MODE_OFF;
    struct line sale = desk_sale("INV-0"), l = desk_claim("INV-1");
    desk_judge(&d, "sale", &sale);
    l.sold_to.key = l.sold_to.id = SLICE("C-77");
    const struct verdict *v = desk_judge(&d, "claim", &l);
    CHECK_TEXT(desk_says(v), "PASS -");
    CHECK_TEXT(desk_clearance(v)->resolved_customer_key, "C-ALDER");
    desk_close(&d);
}

TEST(a_blanket_agreement_and_an_unknown_one_are_not_asked)
{
    struct desk d;
    open_agreement(&d, NULL, 0, 20260101);
    struct line l = desk_claim("INV-1");
    CHECK_TEXT(desk_rule(desk_judge(&d, "blanket", &l), RULE_AGR_06), "");
    l.authorisation_no = SLICE("Q-unknown");
    l.invoice_no = l.claim_id = SLICE("INV-2");
    CHECK_TEXT(desk_rule(desk_judge(&d, "unknown", &l), RULE_AGR_06), "");
    desk_close(&d);
}

TEST(holds_goods_that_go_to_a_forwarder_or_stay_with_the_partner)
{
    struct table t = TABLE(
        "name                        country  role      own  | says",
        "Alder Systems               US       END_USER  no   | PASS -",
        "Blue Freight Forwarding     US       END_USER  no   | HOLD SHIP_TO_NOT_ALLOWED",
        "Blue Freight                US       END_USER  no   | PASS -",        /* one word of the trade */
        "Northgate West              US       END_USER  yes  | HOLD SHIP_TO_NOT_ALLOWED",
        "Northgate West              US       VAR       yes  | PASS -",
        "Alder Systems               XX       END_USER  no   | HOLD SHIP_TO_NOT_ALLOWED");
    while (table_next(&t)) {
        struct desk d;
        desk_open(&d);
        d.policy.agreement_excluded_countries = SLICE("YY XX");
        struct partner own = { .partner_id = SLICE("N-WEST"), .root_id = SLICE("N-100") };
        if (cell_yes(&t, "own")) d.facts.ship_to = &own;
        struct line l = desk_sale("INV-1");
        l.sold_to.role = (enum role)word_find(VOCABULARY_ROLE, cell(&t, "role"));
        l.ship_to = (struct party){ .name = cell(&t, "name"), .country = cell(&t, "country"), .key = SLICE("SHIP-1") };
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "sale", &l)));
        desk_close(&d);
    }
}

TEST(holds_a_claim_on_an_agreement_that_came_too_late_though_it_is_dated_before)
{
    struct table t = TABLE(
        "ships     issued    since     | says",
        "20260404  20260401  19900101  | HOLD BACKDATED",   /* arrived 2026-04-08: four days after */
        "20260405  20260401  19900101  | PASS -",
        "20260404  20260404  19900101  | HOLD BACKDATED",   /* on the day itself */
        "20260404  20260405  19900101  | PASS -",           /* payout says SHIP_BEFORE_AUTH */
        "20260404  20260401  20260409  | PASS -",           /* before the day of going live */
        "20260404  20260401  20260408  | HOLD BACKDATED");
    while (table_next(&t)) {
        struct desk d;
        struct party alder = { .key = SLICE("C-ALDER") };
        open_agreement(&d, &alder, 1, (int32_t)cell_int(&t, "issued"));
        d.policy.agreement_backdate_since_date = (int32_t)cell_int(&t, "since");
        struct line l = desk_claim("INV-1");
        l.ship_date = (int32_t)cell_int(&t, "ships");
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "claim", &l)));
        desk_close(&d);
    }
}

TEST(the_first_revision_dates_the_arrival_and_the_newest_lists_the_customers)
{
    struct desk d;
    struct party alder = { .key = SLICE("C-ALDER") },
        birch = { .key = SLICE("C-BIRCH"), .name = SLICE("Birch Clinic"), .country = SLICE("US") };
    open_agreement(&d, &alder, 1, 20260101);
    struct agreement a = { .revision = 2, .issue_date = 20260501, .customers = &birch, .customer_count = 1 };
    struct line l = { .kind = KIND_AGREEMENT, .partner_id = SLICE("N-100"), .authorisation_no = SLICE("Q-7731"),
                      .agreement = &a };
    d.now += 30 * (instant_ms)INSTANT_DAY_MS;
    desk_judge(&d, "revision", &l);
    struct slice key = BOOKS_KEY(test_arena(), SLICE("N-100"), SLICE("A"), SLICE("Q-7731"));
    const struct agreement_parties *p = desk_record(&d, COMPLIANCE_AGREEMENTS, key);
    CHECK_INT(p->arrived_on, 20260408);
    CHECK_INT(p->issue_date, 20260101);
    CHECK_INT(p->revision, 2);
    CHECK_TEXT(p->customers[0].key, "C-BIRCH");

    a = (struct agreement){ .revision = 1, .issue_date = 20260101, .customers = &alder, .customer_count = 1 };
    l.order_no = SLICE("again");
    desk_judge(&d, "an older revision", &l);
    p = desk_record(&d, COMPLIANCE_AGREEMENTS, key);
    CHECK_INT(p->revision, 2);
    CHECK_TEXT(p->customers[0].key, "C-BIRCH");

    a = (struct agreement){ .revision = 2, .issue_date = 20260501, .customers = &alder, .customer_count = 1 };
    l.order_no = SLICE("corrected");
    desk_judge(&d, "the same revision once more", &l);
    p = desk_record(&d, COMPLIANCE_AGREEMENTS, key);
    CHECK_TEXT(p->customers[0].key, "C-ALDER");
    desk_close(&d);
}

static const struct rule_result *result_of(const struct verdict *v, enum rule_id rule)
{
    static const struct rule_result none;
    for (unsigned i = 0; i < v->judgement->rule_result_count; i++)
        if (v->judgement->rule_results[i].number == rule_row(rule)->number) return &v->judgement->rule_results[i];
    return &none;
}

TEST(the_record_says_how_like_the_customer_is_and_when_the_agreement_came)
{
    struct desk d;
    struct party alder = { .key = SLICE("C-ALDER"), .name = SLICE("Alder Systems"), .country = SLICE("US") };
    open_agreement(&d, &alder, 1, 20260401);
    struct line l = desk_claim("INV-1");
    l.ship_date = 20260404;
    l.sold_to = (struct party){ .key = SLICE("C-77"), .name = SLICE("Aldor Bystems"), .country = SLICE("US") };
    const struct verdict *v = desk_judge(&d, "claim", &l);
    CHECK_TEXT(desk_says(v), "HOLD CUSTOMER_MISMATCH,BACKDATED");
    const struct rule_result *r = result_of(v, RULE_AGR_06);
    CHECK_TEXT(r->observed.name, "score");
    CHECK(r->observed.value >= d.policy.customer_hold_score && r->observed.value < d.policy.customer_accept_score);
    CHECK_INT(r->limit.value, d.policy.customer_accept_score);
    CHECK_INT(r->evidence_count, 1);
    if (r->evidence_count) CHECK_TEXT(r->evidence[0].id, "C-ALDER");
    r = result_of(v, RULE_AGR_09);
    CHECK_TEXT(r->observed.name, "arrived_on");
    CHECK_INT(r->observed.value, 20260408);
    CHECK_INT(r->limit.value, 20260407);
    desk_close(&d);
}

TEST(goods_for_an_end_customer_are_not_shipped_to_the_partner_itself)
{
    struct table t = TABLE("end_customer  role        | AGR-07",
                           "-             -           | FALSE",      /* sold to nobody of a known role */
                           "C-9           -           | TRUE",       /* who is named as one is one */
                           "C-9           END_USER    | TRUE",
                           "C-9           GOVERNMENT  | TRUE",
                           "C-9           VAR         | FALSE");
    while (table_next(&t)) {
        struct desk d;
        desk_open(&d);
        struct line l = desk_sale("INV-1");
        l.end_customer = (struct party){ .key = cell(&t, "end_customer"), .name = cell(&t, "end_customer") };
        l.end_customer.role = (enum role)word_find(VOCABULARY_ROLE, cell(&t, "role"));
        l.ship_to = (struct party){ .key = SLICE("N-100"), .id = SLICE("N-100") };
        CHECK_CELL(&t, "AGR-07", desk_rule(desk_judge(&d, "line", &l), RULE_AGR_07));
        desk_close(&d);
    }
}

TEST(rules_of_customers_say_false_only_where_they_apply)
{
    struct table t = TABLE(
        "kind   ships     to       | AGR-06  AGR-07  AGR-09",
        "sale   20260405  SHIP-1   | -       FALSE   -",
        "sale   20260405  -        | -       -       -",
        "sale   20260405  N-100    | -       TRUE    -",    /* the partner's own site by its number alone */
        "claim  20260405  SHIP-1   | FALSE   FALSE   FALSE",
        "claim  0         SHIP-1   | FALSE   FALSE   -",
        "mdf    20260405  SHIP-1   | -       -       -");
    while (table_next(&t)) {
        struct desk d;
        struct party alder = { .key = SLICE("C-ALDER"), .name = SLICE("Alder Systems"), .country = SLICE("US") };
        open_agreement(&d, &alder, 1, 20260401);
        struct slice kind = cell(&t, "kind");
        struct line l = slice_equal(kind, SLICE("sale")) ? desk_sale("INV-1")
            : slice_equal(kind, SLICE("claim")) ? desk_claim("INV-1") : desk_mdf("INV-1");
        l.ship_date = (int32_t)cell_int(&t, "ships");
        l.sold_to.role = ROLE_END_USER;
        l.ship_to = (struct party){ .key = cell(&t, "to"), .id = cell(&t, "to") };
        const struct verdict *v = desk_judge(&d, "line", &l);
        CHECK_CELL(&t, "AGR-06", desk_rule(v, RULE_AGR_06));
        CHECK_CELL(&t, "AGR-07", desk_rule(v, RULE_AGR_07));
        CHECK_CELL(&t, "AGR-09", desk_rule(v, RULE_AGR_09));
        desk_close(&d);
    }
}
