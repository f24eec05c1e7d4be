/* tests/unit/services/compliance/test_roster.c: domain.md 5.4 P1, P4, SPF-01. */
#include "compliance/roster.h"

#include "support/compliance_desk.h"
#include "support/table.h"

static void open_spiff(struct desk *d)
{
    desk_open(d);
    struct program p = {
        .id = SLICE("SPF"), .version = 1, .incentive = INCENTIVE_SPIFF, .status = PROGRAM_STATUS_ACTIVE,
        .valid_from = 20200101,
        .valid_to = 20991231, .currency = SLICE("USD"), .payout_currency = SLICE("USD"), .payee = PAYEE_REP,
        .spiff = { .serials = SERIAL_RULE_NONE, .trigger_pos = true },
    };
    CHECK(catalogue_put_program(d->catalogue, &p) == OK);
    d->policy.modes[RULE_DUP_02] = d->policy.modes[RULE_DUP_03] = RULE_MODE_OFF;
}

static void put_rep(struct desk *d, struct slice site, int32_t from, int32_t to, bool inactive)
{
    struct rep_roster roster = { .valid_from = from, .valid_to = to, .inactive = inactive };
    struct line l = { .kind = KIND_REP_ROSTER, .partner_id = site, .rep_id = SLICE("R-1"), .roster = &roster };
    CHECK_TEXT(desk_says(desk_judge(d, "roster", &l)), "PASS -");
}

TEST(a_seller_must_be_on_the_roster_of_the_site_on_that_day)
{
    struct table t = TABLE(
        "roster  from      to        inactive | says",
        "-       0         0         no       | REJECT REP_NOT_ENROLLED",
        "N-100   0         0         no       | PASS -",
        "N-100   20260331  20260331  no       | PASS -",
        "N-100   20260401  0         no       | REJECT REP_NOT_ENROLLED",
        "N-100   20260101  20260330  no       | REJECT REP_NOT_ENROLLED",
        "N-100   0         0         yes      | REJECT REP_NOT_ENROLLED",
        "N-WEST  0         0         no       | REJECT REP_NOT_AT_PARTNER",
        "N-WEST  0         0         yes      | REJECT REP_NOT_ENROLLED");
    while (table_next(&t)) {
        struct desk d;
        open_spiff(&d);
        if (cell(&t, "roster").size)
            put_rep(&d, cell(&t, "roster"), (int32_t)cell_int(&t, "from"), (int32_t)cell_int(&t, "to"),
                    cell_yes(&t, "inactive"));
        d.program_id = SLICE("SPF");
        struct line l = desk_spiff("S-1");
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "claim", &l)));
        desk_close(&d);
    }
}

TEST(a_roster_of_the_root_serves_its_sites_and_a_newer_line_supersedes)
{
    struct desk d;
    open_spiff(&d);
    put_rep(&d, SLICE("N-100"), 0, 0, false);
    d.program_id = SLICE("SPF");
    struct line l = desk_spiff("S-1");
    l.partner_id = SLICE("N-WEST");
    CHECK_TEXT(desk_says(desk_judge(&d, "west", &l)), "PASS -");
    d.program_id = (struct slice){ 0 };
    put_rep(&d, SLICE("N-100"), 0, 0, true);
    d.program_id = SLICE("SPF");
    l.invoice_no = l.claim_id = SLICE("S-2");
    CHECK_TEXT(desk_says(desk_judge(&d, "later", &l)), "REJECT REP_NOT_ENROLLED");
    desk_close(&d);
}

TEST(a_sale_to_a_government_asks_a_person)
{
    struct desk d;
    open_spiff(&d);
    put_rep(&d, SLICE("N-100"), 0, 0, false);
    d.program_id = SLICE("SPF");
    struct line l = desk_spiff("S-1");
    l.end_customer = (struct party){ .name = SLICE("Hazel County"), .country = SLICE("US"), .key = SLICE("C-HAZEL"),
                                     .role = ROLE_GOVERNMENT };
    CHECK_TEXT(desk_says(desk_judge(&d, "claim", &l)), "HOLD GOVERNMENT_END_USER");
    desk_close(&d);
}

TEST(on_a_sale_an_unknown_seller_strikes_the_program_alone)
{
    struct desk d;
    open_spiff(&d);
    d.program_id = SLICE("SPF");
    struct line l = desk_sale("INV-1");
    l.rep_id = SLICE("R-9");
    const struct verdict *v = desk_judge(&d, "sale", &l);
    CHECK_TEXT(desk_says(v), "PASS -");
    CHECK_TEXT(desk_rule(v, RULE_SPF_01), "TRUE");
    CHECK_INT(desk_clearance(v)->struck_count, 1);
    CHECK_INT(desk_clearance(v)->struck[0].reasons[0].code, REASON_REP_NOT_ENROLLED);
    desk_close(&d);
}

/* Of a sale the customer's role as classification knows it, or as the line says it; an end customer alone, where there
 * is one. */
TEST(a_government_is_known_by_either_role)
{
    static const struct { enum role sold_to, end; bool has_end, is_government; } rows[] = {
        { ROLE_GOVERNMENT, 0, false, true },          { ROLE_END_USER, 0, false, false },
        { ROLE_VAR, ROLE_GOVERNMENT, true, true },    { ROLE_GOVERNMENT, ROLE_END_USER, true, false },
    };
    for (unsigned i = 0; i < 4; i++) {
        struct desk d;
        open_spiff(&d);
        put_rep(&d, SLICE("N-100"), 0, 0, false);
        d.program_id = SLICE("SPF");
        struct line l = desk_spiff("S-1");
        l.sold_to.role = rows[i].sold_to;
        if (rows[i].has_end)
            l.end_customer = (struct party){ .name = SLICE("Elm"), .key = SLICE("C-2"), .role = rows[i].end };
        CHECK_SLICE(desk_says(desk_judge(&d, "claim", &l)),
                    rows[i].is_government ? SLICE("HOLD GOVERNMENT_END_USER") : SLICE("PASS -"));
        desk_close(&d);
    }
}

/* Known here, though not now, and active at another site: he is not enrolled. */
TEST(a_seller_who_was_here_is_no_seller_of_another_site)
{
    struct desk d;
    open_spiff(&d);
    put_rep(&d, SLICE("N-100"), 20270101, 0, false);
    put_rep(&d, SLICE("N-WEST"), 0, 0, false);
    d.program_id = SLICE("SPF");
    struct line l = desk_spiff("S-1");
    CHECK_TEXT(desk_says(desk_judge(&d, "claim", &l)), "REJECT REP_NOT_ENROLLED");
    desk_close(&d);
}

/* The oldest site makes room for one more than a row holds. */
TEST(a_seller_of_many_sites_keeps_the_newest)
{
    struct desk d;
    char name[16];
    open_spiff(&d);
    for (int i = 0; i <= ROSTER_SITES_MAX; i++) {
        struct text site = text_over(name, sizeof name);
        PUT(&site, "SITE-");
        text_put_int(&site, i);
        put_rep(&d, slice_copy(test_arena(), text_slice(&site)), 0, 0, false);
    }
    const struct roster_sites *sites = desk_record_at(&d, COMPLIANCE_ROSTER, 0);
    CHECK_INT(sites->site_count, ROSTER_SITES_MAX);
    CHECK_TEXT(sites->sites[0].site, "SITE-1");
    for (int i = 1; i < ROSTER_SITES_MAX; i++) CHECK(!slice_equal(sites->sites[i].site, sites->sites[i - 1].site));
    desk_close(&d);
}

/* No seller, no day: nothing to ask. */
TEST(only_a_seller_on_a_day_is_asked)
{
    struct desk d;
    open_spiff(&d);
    d.program_id = SLICE("SPF");
    struct line l = desk_sale("INV-1");
    CHECK_TEXT(desk_rule(desk_judge(&d, "none", &l), RULE_SPF_01), "");
    l.rep_id = SLICE("R-1");
    CHECK_TEXT(desk_rule(desk_judge(&d, "one", &l), RULE_SPF_01), "TRUE");
    l.kind = KIND_SHIP_DEBIT_CLAIM;
    CHECK_TEXT(desk_rule(desk_judge(&d, "debit", &l), RULE_SPF_01), "");
    l = desk_spiff("S-1");
    l.ship_date = 0;
    CHECK_TEXT(desk_rule(desk_judge(&d, "undated", &l), RULE_SPF_01), "");
    desk_close(&d);
}
