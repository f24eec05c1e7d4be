/* tests/unit/services/compliance/test_screening.c: screening.md 6.5, 6.6, SCR-01, SCR-02. */
#include "compliance/screening.h"

#include "compliance/list_hits.h"
#include "support/compliance_desk.h"
#include "support/table.h"

static struct name_list list;
static struct name_lists lists;

static void open_listed(struct desk *d)
{
    static const struct list_name kestrel[] = { { .text = SLICE_INIT("KESTREL MARITIME TRADING") } };
    static const struct list_name dorvanik[] = { { .text = SLICE_INIT("DORVANIK, Petr Olegovich"),
                                                   .family_first = true } };
    static const struct slice countries[] = { SLICE_INIT("RU") };
    static const struct list_identifier ids[] = { { .type = SLICE_INIT("TAX"), .value = SLICE_INIT("7701234567") } };
    static struct list_entry entries[2];
    entries[0] = (struct list_entry){ .entry_id = SLICE("T-1"), .kind = PARTY_KIND_ORGANISATION, .names = kestrel,
                                      .name_count = 1 };
    entries[1] = (struct list_entry){ .entry_id = SLICE("T-2"), .kind = PARTY_KIND_PERSON, .names = dorvanik,
                                      .name_count = 1,
                                      .countries = { countries, 1 }, .identifiers = ids, .identifier_count = 1 };
    desk_open(d);
    d->policy.modes[RULE_DUP_02] = d->policy.modes[RULE_DUP_03] = RULE_MODE_OFF;
    list = (struct name_list){ .id = SLICE("TINY"), .purpose = LIST_PURPOSE_DENIED, .required = true,
                               .is_loaded = true };
    list_seal(test_arena(), &list, entries, 2);
    screen_prepare(test_arena(), &list, 1, &lists);
    d->facts.lists = &lists;
}

static struct line sold_to(const char *invoice, const char *name)
{
    struct line l = desk_sale(invoice);
    l.sold_to.name = slice_from(name);
    l.sold_to.key = l.sold_to.id = SLICE("C-1");
    return l;
}

TEST(holds_a_party_that_may_be_listed_and_opens_a_case)
{
    struct desk d;
    open_listed(&d);
    struct line l = sold_to("INV-1", "Kestral Maritime");
    const struct verdict *v = desk_judge(&d, "first", &l);
    CHECK_TEXT(desk_says(v), "HOLD SANCTIONS_HIT");
    CHECK_INT(v->case_count, 1);
    CHECK_INT(v->cases[0]->case_kind, CASE_KIND_PARTY);
    CHECK_TEXT(v->cases[0]->case_subject, "C-1");
    CHECK_INT(v->cases[0]->case_line_ids.count, 1);
    struct slice case_id = v->cases[0]->case_id;
    l.invoice_no = SLICE("INV-2");
    v = desk_judge(&d, "second", &l);
    CHECK_SLICE(v->cases[0]->case_id, case_id);
    CHECK_INT(v->cases[0]->case_line_ids.count, 2);
    v = desk_judge(&d, "second", &l);
    CHECK_INT(v->cases[0]->case_line_ids.count, 2);
    CHECK_INT(desk_clearance(v)->list_count, 1);
    desk_close(&d);
}

TEST(the_band_and_what_is_at_stake_decide)
{
    struct table t = TABLE(
        "name                          country  amount  | says",
        "Kestrel Maritime Trading      US       1       | HOLD SANCTIONS_HIT",
        "Kestral Maritime              US       1       | HOLD SANCTIONS_HIT",
        "Kestrel Maritime North Lines  US       1       | PASS -",              /* weak: recorded */
        "Kestrel Maritime North Lines  IR       1       | HOLD SANCTIONS_HIT",  /* a country of high risk */
        "Kestrel Maritime North Lines  US       100001  | HOLD SANCTIONS_HIT",  /* C over the first limit */
        "Alder Systems                 IR       100001  | PASS -");
    while (table_next(&t)) {
        struct desk d;
        open_listed(&d);
        d.policy.screening_high_risk_countries = SLICE("KP IR");
        struct line l = desk_claim("INV-1");
        l.sold_to = (struct party){ .name = cell(&t, "name"), .country = cell(&t, "country"), .key = SLICE("C-1"),
                                    .id = SLICE("C-1") };
        l.has_claimed_amount_minor = true;
        l.has_claimed_debit_unit_micros = false;
        l.claimed_amount_minor = cell_int(&t, "amount");
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "claim", &l)));
        desk_close(&d);
    }
}

/* One party that buys here and takes there: what a country of high risk asks is asked wherever it stands. */
TEST(a_party_is_a_subject_in_each_of_its_countries)
{
    struct desk d;
    open_listed(&d);
    d.policy.screening_high_risk_countries = SLICE("KP IR");
    struct line l = sold_to("INV-1", "Kestrel Maritime North Lines");       /* weak: held in such a country alone */
    l.sold_to.country = SLICE("US");
    l.end_customer = l.sold_to;
    CHECK_TEXT(desk_says(desk_judge(&d, "here", &l)), "PASS -");
    l.invoice_no = SLICE("INV-2");
    l.end_customer.country = SLICE("IR");
    CHECK_TEXT(desk_says(desk_judge(&d, "there", &l)), "HOLD SANCTIONS_HIT");
    desk_close(&d);
}

TEST(every_party_of_a_line_is_a_subject)
{
    static const char *const subjects[] = { "sold_to", "ship_to", "end_customer", "vendor", "partner", "payee", "rep" };
    for (unsigned i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
        struct desk d;
        open_listed(&d);
        struct line l = desk_sale("INV-1");
        struct party listed = { .name = SLICE("Kestrel Maritime Trading"), .key = SLICE("C-9"),
                                .country = SLICE("US") };
        struct partner site = { .partner_id = SLICE("N-100"), .root_id = SLICE("N-100"), .name = SLICE("Northgate"),
                                .country = SLICE("US"),
                                .payee = { .payee_id = SLICE("N-100"), .name = SLICE("Northgate Inc") } };
        struct rep_roster roster = { .name = SLICE("Petr Olegovich Dorvanik") };
        if (i == 0) l.sold_to = listed;
        if (i == 1) l.ship_to = listed;
        if (i == 2) l.end_customer = listed;
        if (i == 3) l.vendor = listed;
        if (i == 4) site.name = listed.name;
        if (i == 5) site.payee.name = listed.name;
        d.facts.site = d.facts.root = &site;
        if (i == 6) {
            l = (struct line){ .kind = KIND_REP_ROSTER, .partner_id = SLICE("N-100"), .rep_id = SLICE("R-1"),
                               .roster = &roster };
            CHECK_TEXT(desk_says(desk_judge(&d, "roster", &l)), "HOLD SANCTIONS_HIT");
        } else {
            CHECK_TEXT(desk_says(desk_judge(&d, subjects[i], &l)), "HOLD SANCTIONS_HIT");
        }
        desk_close(&d);
    }
}

/* Screening.md 6.3, 8: the profile says more of a partner than any line. */
TEST(what_a_partner_bears_in_its_profile_is_compared)
{
    struct table t = TABLE(
        "type          value           country | says", "TAX           7701234567      RU      | HOLD SANCTIONS_HIT",
        "TAX_ID        77-01.234/567   RU      | HOLD SANCTIONS_HIT", /* as an id type of files; without separators */
        "FI            7701234567      -       | HOLD SANCTIONS_HIT", "TAX           7701234568      RU      | PASS -",
        "REGISTRATION  7701234567      RU      | PASS -", /* another type */
        "SHOE_SIZE     7701234567      RU      | PASS -");
    while (table_next(&t)) {
        struct desk d;
        open_listed(&d);
        d.policy.review_sample_bp = 0;
        struct pair bears[2] = { { SLICE("DUNS"), SLICE("998877665") }, { cell(&t, "type"), cell(&t, "value") } };
        struct partner site = { .partner_id = SLICE("N-100"),
                                .root_id = SLICE("N-100"),
                                .name = SLICE("Northgate"),
                                .country = cell(&t, "country"),
                                .identifiers = bears,
                                .identifier_count = 2 };
        d.facts.site = d.facts.root = &site;
        struct line l = desk_sale("INV-1");
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "first", &l)));
        site.name = SLICE("");                              /* nothing else to be known by */
        l.invoice_no = SLICE("INV-2");
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "second", &l)));
        desk_close(&d);
    }
}

TEST(a_verdict_on_what_a_profile_bears_ends_when_it_bears_something_else)
{
    struct desk d;
    struct party_verdict verdict;
    open_listed(&d);
    d.policy.review_sample_bp = 0;
    struct pair bears[2] = { { SLICE("TAX"), SLICE("7701234567") }, { SLICE("DUNS"), SLICE("998877665") } };
    struct partner site = { .partner_id = SLICE("N-100"),
                            .root_id = SLICE("N-100"),
                            .name = SLICE("Northgate"),
                            .identifiers = bears,
                            .identifier_count = 1 };
    d.facts.site = d.facts.root = &site;
    struct line l = desk_sale("INV-1");
    const struct verdict *v = desk_judge(&d, "first", &l);
    CHECK_TEXT(desk_says(v), "HOLD SANCTIONS_HIT");
    CHECK_INT(v->case_count, 1);
    CHECK(list_hits_verdict(test_arena(), v->cases[0], false, &verdict));
    CHECK(catalogue_put_party(d.catalogue, &verdict) == OK);
    l.invoice_no = SLICE("INV-2");
    CHECK_TEXT(desk_says(desk_judge(&d, "second", &l)), "PASS -");
    site.identifier_count = 2;
    l.invoice_no = SLICE("INV-3");
    CHECK_TEXT(desk_says(desk_judge(&d, "third", &l)), "HOLD SANCTIONS_HIT");
    desk_close(&d);
}

TEST(a_party_with_an_id_is_compared_under_every_name_that_lines_gave_it)
{
    struct desk d;
    open_listed(&d);
    struct line first = sold_to("INV-1", "Kestrel Maritime Trading"), later = sold_to("INV-2", "Harmless Boats");
    desk_judge(&d, "first", &first);
    CHECK_TEXT(desk_says(desk_judge(&d, "later", &later)), "HOLD SANCTIONS_HIT");
    desk_close(&d);
}

TEST(a_party_without_a_name_is_compared_by_its_identifier)
{
    struct table t = TABLE(
        "type  id          | says",
        "TAX   7701234567  | HOLD SANCTIONS_HIT",
        "TAX   7701234568  | PASS -");                      /* no name is no name that cannot be read */
    while (table_next(&t)) {
        struct desk d;
        open_listed(&d);
        struct line l = desk_sale("INV-1");
        l.ship_to = (struct party){ .id_type = cell(&t, "type"), .id = cell(&t, "id"), .key = cell(&t, "id") };
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "sale", &l)));
        desk_close(&d);
    }
}

TEST(a_name_that_met_nothing_is_asked_again_for_who_bears_more)
{
    struct table t = TABLE(
        "name            type  id          country | says",
        "Harmless Boats  -     -           -       | PASS -",
        "Harmless Boats  TAX   7701234567  -       | HOLD SANCTIONS_HIT",
        "Harmless Boats  TAX   7701234568  -       | PASS -",
        "Petr Dorvanik   -     -           RU      | HOLD SANCTIONS_HIT");
    while (table_next(&t)) {
        struct desk d;
        open_listed(&d);
        d.policy.review_sample_bp = 0;
        struct line l = sold_to("INV-1", "Harmless Boats");
        l.ship_to = (struct party){ .name = cell(&t, "name"),
                                    .id_type = cell(&t, "type"),
                                    .id = cell(&t, "id"),
                                    .key = SLICE("C-2"),
                                    .country = cell(&t, "country") };
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "sale", &l)));
        desk_close(&d);
    }
}

/* What met nothing for one kind, country or year is asked again for another. */
TEST(silence_of_a_name_is_of_its_kind_and_country)
{
    static const struct party persons[] = { { .kind = PARTY_KIND_PERSON }, { .kind = PARTY_KIND_ORGANISATION },
                                            { .kind = PARTY_KIND_UNSPECIFIED } };
    static const bool says[] = { false, true, true };
    for (unsigned i = 0; i < 3; i++) {
        struct desk d;
        open_listed(&d);
        struct line l = sold_to("INV-1", "Kestral Maritime");
        l.sold_to.kind = PARTY_KIND_PERSON;                 /* 1 500 less: nothing */
        l.end_customer = (struct party){ .name = SLICE("Kestral Maritime"), .key = SLICE("C-2"),
                                         .kind = persons[i].kind, .country = l.sold_to.country };
        CHECK_SLICE(desk_says(desk_judge(&d, "sale", &l)), says[i] ? SLICE("HOLD SANCTIONS_HIT") : SLICE("PASS -"));
        desk_close(&d);
    }
    static const struct { const char *country; int32_t year; bool hits; } others[] = {
        { "FR", 0, false }, { "RU", 0, true }, { "", 0, true },
    };
    for (unsigned i = 0; i < 3; i++) {
        struct desk d;
        open_listed(&d);
        struct line l = sold_to("INV-1", "Petr Dorvanyk");
        l.sold_to.country = SLICE("FR");                    /* listed for RU: 1 000 less */
        l.end_customer = (struct party){ .name = SLICE("Petr Dorvanyk"), .key = SLICE("C-2"),
                                         .country = slice_from(others[i].country) };
        CHECK_SLICE(desk_says(desk_judge(&d, "sale", &l)),
                    others[i].hits ? SLICE("HOLD SANCTIONS_HIT") : SLICE("PASS -"));
        desk_close(&d);
    }
}

/* A clean site of a root that is listed. */
TEST(the_root_of_a_site_is_screened_and_its_owners)
{
    static const char *const names[] = { "Northgate Group", "Kestrel Maritime Trading" };
    struct owner owner = { .party = { .name = SLICE("Petr Olegovich Dorvanik"), .key = SLICE("P-1"),
                                      .country = SLICE("RU") } };
    for (unsigned i = 0; i < 3; i++) {
        struct desk d;
        open_listed(&d);
        struct partner site = { .partner_id = SLICE("N-WEST"), .root_id = SLICE("N-100"), .name = SLICE("Northgate"),
                                .country = SLICE("US") };
        struct partner root = { .partner_id = SLICE("N-100"), .root_id = SLICE("N-100"), .country = SLICE("US"),
                                .name = slice_from(names[i % 2]), .owners = &owner, .owner_count = i == 2 };
        d.facts.site = &site;
        d.facts.root = &root;
        struct line l = desk_sale("INV-1");
        CHECK_SLICE(desk_says(desk_judge(&d, "line", &l)), i ? SLICE("HOLD SANCTIONS_HIT") : SLICE("PASS -"));
        desk_close(&d);
    }
}

TEST(a_verdict_on_the_pair_clears_it_until_the_entry_changes_and_a_block_is_final)
{
    struct table t = TABLE(
        "verdict   entry  revision | says",
        "cleared   T-1    -        | PASS -",
        "cleared   T-1    same     | PASS -",
        "cleared   T-1    other    | HOLD SANCTIONS_HIT",
        "cleared   T-2    -        | HOLD SANCTIONS_HIT",
        "blocked   T-1    -        | HOLD SANCTIONS_HIT");
    while (table_next(&t)) {
        struct desk d;
        open_listed(&d);
        struct party_verdict verdict = { .party_key = SLICE("C-1"), .entry_id = cell(&t, "entry"),
                                         .blocked = slice_equal(cell(&t, "verdict"), SLICE("blocked")) };
        struct slice revision = cell(&t, "revision");
        if (slice_equal(revision, SLICE("same"))) revision = list_revision(test_arena(), &list.entries[0]);
        verdict.entry_revision = revision;
        CHECK(catalogue_put_party(d.catalogue, &verdict) == OK);
        struct line l = sold_to("INV-1", "Kestrel Maritime Trading");
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "line", &l)));
        desk_close(&d);
    }
}

TEST(the_verdict_on_a_case_binds_the_pair_that_the_case_shows)
{
    struct table t = TABLE(
        "verdict   next                       country | says",
        "cleared   Kestral_Maritime           US      | PASS -",
        "cleared   Kestral_Maritime           CA      | HOLD SANCTIONS_HIT",
        "cleared   Kestrel_Maritime_Trading   US      | HOLD SANCTIONS_HIT",
        "blocked   Kestral_Maritime           US      | HOLD SANCTIONS_HIT",
        "blocked   Harmless_Boats             US      | HOLD SANCTIONS_HIT");
    while (table_next(&t)) {
        struct desk d;
        struct party_verdict verdict;
        open_listed(&d);
        bool blocked = slice_equal(cell(&t, "verdict"), SLICE("blocked"));
        struct line l = sold_to("INV-1", "Kestral Maritime");
        l.sold_to.country = SLICE("US");
        const struct verdict *v = desk_judge(&d, "first", &l);
        CHECK_INT(v->case_count, 1);
        CHECK(list_hits_verdict(test_arena(), v->cases[0], blocked, &verdict));
        CHECK_TEXT(verdict.party_key, "C-1");
        CHECK_TEXT(verdict.entry_id, "T-1");
        CHECK_SLICE(verdict.party_revision, list_hits_party_revision(test_arena(), &l.sold_to, NULL));
        CHECK_SLICE(verdict.entry_revision, list_revision(test_arena(), &list.entries[0]));
        CHECK(catalogue_put_party(d.catalogue, &verdict) == OK);
        struct slice next = slice_copy(test_arena(), cell(&t, "next"));
        for (size_t i = 0; i < next.size; i++)
            if (next.bytes[i] == '_') ((char *)next.bytes)[i] = ' ';
        struct line second = sold_to("INV-2", next.bytes);
        second.sold_to.country = cell(&t, "country");
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "second", &second)));
        desk_close(&d);
    }
}

TEST(each_entry_that_a_party_may_be_needs_a_verdict_of_its_own)
{
    static const struct list_name trading[] = { { .text = SLICE_INIT("KESTREL MARITIME TRADING") } };
    static const struct list_name lines[] = { { .text = SLICE_INIT("KESTREL MARITIME") } };
    struct list_entry two[2] = {
        { .entry_id = SLICE("T-1"), .kind = PARTY_KIND_ORGANISATION, .names = trading, .name_count = 1 },
        { .entry_id = SLICE("T-3"), .kind = PARTY_KIND_ORGANISATION, .names = lines, .name_count = 1 },
    };
    struct desk d;
    struct party_verdict verdict;
    open_listed(&d);
    d.policy.review_sample_bp = 0;
    list_seal(test_arena(), &list, two, 2);
    screen_prepare(test_arena(), &list, 1, &lists);
    struct line l = sold_to("INV-1", "Kestrel Maritime Trading");
    const struct verdict *v = desk_judge(&d, "first", &l);
    CHECK_INT(v->case_count, 2);
    const struct clearance *cases[2] = { v->cases[0], v->cases[1] };
    for (unsigned i = 0; i < 2; i++) {
        l.invoice_no = i ? SLICE("INV-3") : SLICE("INV-2");
        CHECK(list_hits_verdict(test_arena(), cases[i], false, &verdict));
        CHECK(catalogue_put_party(d.catalogue, &verdict) == OK);
        v = desk_judge(&d, i ? "third" : "second", &l);
        CHECK_SLICE(desk_says(v), i ? SLICE("PASS -") : SLICE("HOLD SANCTIONS_HIT"));
        CHECK_INT(v->case_count, 1 - i);
    }
    CHECK_TEXT(desk_rule(v, RULE_SCR_01), "FALSE");
    const struct rule_result *cleared = NULL;
    for (unsigned i = 0; i < v->judgement->rule_result_count; i++)
        if (v->judgement->rule_results[i].number == rule_row(RULE_SCR_01)->number)
            cleared = &v->judgement->rule_results[i];
    CHECK(cleared && cleared->evidence_count == 2 && cleared->evidence[0].kind == EVIDENCE_REVIEW);
    desk_close(&d);
}

TEST(a_case_that_does_not_say_what_was_compared_makes_no_verdict)
{
    struct evidence evidence[2] = { { .kind = EVIDENCE_PARTY, .id = SLICE("C-1"), .revision = 1 },
                                    { .kind = EVIDENCE_LIST_ENTRY, .id = SLICE("TINY/T-1"), .revision = 2 } };
    struct rule_result result = { .evidence = evidence, .evidence_count = 2 };
    struct clearance c = { .judgement = { .rule_results = &result, .rule_result_count = 1 },
                           .case_kind = CASE_KIND_PARTY };
    struct party_verdict verdict;
    CHECK(list_hits_verdict(test_arena(), &c, false, &verdict));
    CHECK_TEXT(verdict.party_revision, "0000000000000001");
    CHECK_TEXT(verdict.entry_id, "T-1");
    c.case_kind = CASE_KIND_PARTNER;
    CHECK(!list_hits_verdict(test_arena(), &c, false, &verdict));
    c.case_kind = CASE_KIND_PARTY;
    evidence[0].revision = 0;
    CHECK(!list_hits_verdict(test_arena(), &c, false, &verdict));
    evidence[0].revision = 1;
    result.evidence_count = 1;
    CHECK(!list_hits_verdict(test_arena(), &c, false, &verdict));
}

TEST(two_people_release_a_hit_and_nobody_a_blocked_party)
{
    struct table t = TABLE(
        "people blocked | says",
        "1      no      | HOLD SANCTIONS_HIT",
        "2      no      | PASS -",
        "2      yes     | HOLD SANCTIONS_HIT");
    while (table_next(&t)) {
        struct desk d;
        open_listed(&d);
        struct party_verdict verdict = { .party_key = SLICE("C-1"), .entry_id = SLICE("T-1"), .blocked = true };
        if (slice_starts_with(slice_trim(slice_skip(table_row(&t), 6)), SLICE("yes")))
            CHECK(catalogue_put_party(d.catalogue, &verdict) == OK);
        struct line l = sold_to("INV-1", "Kestrel Maritime Trading");
        const struct verdict *held = desk_judge(&d, "line", &l);
        struct review_effect release = { .verb = VERB_RELEASE,
                                         .signature_count = (unsigned)(table_row(&t).bytes[0] - '0'),
                                         .reviewed = held->judgement };
        d.review = &release;
        const struct verdict *v = desk_judge(&d, "line", &l);
        CHECK(slice_ends_with(table_row(&t), desk_says(v)));
        desk_close(&d);
    }
}

/* Who released it saw another entry of that number. */
TEST(an_entry_that_changed_between_the_look_and_the_release_holds_again)
{
    static const struct list_name trading[] = { { .text = SLICE_INIT("KESTREL MARITIME TRADING") } };
    static const struct slice countries[] = { SLICE_INIT("US") };
    for (unsigned changes = 0; changes < 2; changes++) {
        struct list_entry now = { .entry_id = SLICE("T-1"), .kind = PARTY_KIND_ORGANISATION, .names = trading,
                                  .name_count = 1, .countries = { countries, changes } };
        struct desk d;
        open_listed(&d);
        struct line l = sold_to("INV-1", "Kestrel Maritime Trading");
        const struct verdict *held = desk_judge(&d, "line", &l);
        list_seal(test_arena(), &list, &now, 1);
        screen_prepare(test_arena(), &list, 1, &lists);
        struct review_effect release = { .verb = VERB_RELEASE, .signature_count = 2, .reviewed = held->judgement };
        d.review = &release;
        const struct verdict *v = desk_judge(&d, "line", &l);
        CHECK_SLICE(desk_says(v), changes ? SLICE("HOLD SANCTIONS_HIT") : SLICE("PASS -"));
        desk_close(&d);
    }
}

TEST(a_list_that_is_missing_or_stale_parks_and_a_name_of_nothing_is_held)
{
    struct desk d;
    open_listed(&d);
    struct line l = sold_to("INV-1", "\u2603 \u2603");
    CHECK_TEXT(desk_says(desk_judge(&d, "unreadable", &l)), "HOLD RULE_ERROR");
    l = sold_to("INV-2", "Alder Systems");
    list.max_age_hours = 24;
    d.facts.now_unix_ms = d.now;
    list.file_time_unix_ms = d.now - 24 * (instant_ms)INSTANT_HOUR_MS - 1;
    CHECK_TEXT(desk_says(desk_judge(&d, "in a world", &l)), "PASS -");
    d.facts.ages_are_checked = true;
    l.invoice_no = SLICE("INV-3");
    CHECK_TEXT(desk_says(desk_judge(&d, "stale", &l)), "PARK LIST_STALE");
    list.file_time_unix_ms = d.now - 24 * (instant_ms)INSTANT_HOUR_MS;
    CHECK_TEXT(desk_says(desk_judge(&d, "stale", &l)), "PASS -");
    list.is_loaded = false;
    l.invoice_no = SLICE("INV-4");
    CHECK_TEXT(desk_says(desk_judge(&d, "missing", &l)), "PARK LIST_STALE");
    list.required = false;
    l.invoice_no = SLICE("INV-5");
    CHECK_TEXT(desk_says(desk_judge(&d, "not required", &l)), "PASS -");
    list.required = true;
    list.purpose = LIST_PURPOSE_FORWARDER;
    l.invoice_no = SLICE("INV-6");
    CHECK_TEXT(desk_says(desk_judge(&d, "of forwarders", &l)), "PASS -");
    desk_close(&d);
}

TEST(a_refused_line_is_screened_too)
{
    struct desk d;
    open_listed(&d);
    struct line l = sold_to("INV-1", "Kestrel Maritime Trading");
    d.refused = REASON_PARTNER_NOT_ACTIVE;
    const struct verdict *v = desk_judge(&d, "line", &l);
    CHECK_TEXT(desk_says(v), "REJECT PARTNER_NOT_ACTIVE,SANCTIONS_HIT");
    CHECK_INT(v->case_count, 1);
    desk_close(&d);
}

TEST(half_owned_by_listed_parties_counts_as_listed)
{
    struct desk d;
    open_listed(&d);
    struct owner owner = { .party = { .name = SLICE("P. D."), .key = SLICE("TAX:7701234567"), .id_type = SLICE("TAX"),
                                      .id = SLICE("7701234567"),
                                      .country = SLICE("RU") }, .share_percent_micros = 50000000, .has_share = true };
    struct partner site = { .partner_id = SLICE("N-100"), .root_id = SLICE("N-100"), .name = SLICE("Northgate"),
                            .country = SLICE("US"),
                            .owners = &owner, .owner_count = 1 };
    struct party_verdict verdict = { .party_key = SLICE("TAX:7701234567"), .entry_id = SLICE("T-2"), .blocked = true };
    CHECK(catalogue_put_party(d.catalogue, &verdict) == OK);
    d.facts.site = d.facts.root = &site;
    struct line l = desk_sale("INV-1");
    CHECK_TEXT(desk_says(desk_judge(&d, "line", &l)), "HOLD SANCTIONS_HIT");
    desk_close(&d);
}

/* The last two pieces of evidence: the chain, and what nobody said of it. */
TEST(a_share_that_nobody_says_counts_nothing_and_is_shown)
{
    enum { UNSAID = -1 };
    static const struct { int listed, other; const char *evidence; } rows[] = {
        { 50, 50, "P. D. 50% of Northgate" },
        { 60, UNSAID, "share unknown: Elm of Northgate" },
        { UNSAID, 50, "share unknown: P. D. of Northgate" },
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk d;
        open_listed(&d);
        struct party listed = { .name = SLICE("P. D."), .key = SLICE("TAX:7701234567"), .id_type = SLICE("TAX"),
                                .id = SLICE("7701234567"), .country = SLICE("RU") },
                     elm = { .name = SLICE("Elm"), .country = SLICE("US") };
        struct owner owners[2] = { { .party = listed }, { .party = elm } };
        for (unsigned k = 0; k < 2; k++) {
            int share = k ? rows[i].other : rows[i].listed;
            owners[k].has_share = share != UNSAID;
            owners[k].share_percent_micros = owners[k].has_share ? share * 1000000 : 0;
        }
        struct partner site = { .partner_id = SLICE("N-100"), .root_id = SLICE("N-100"), .name = SLICE("Northgate"),
                                .country = SLICE("US"), .owners = owners, .owner_count = 2 };
        d.facts.site = d.facts.root = &site;
        struct line l = desk_sale("INV-1");
        const struct verdict *v = desk_judge(&d, "line", &l);
        CHECK_TEXT(desk_says(v), "HOLD SANCTIONS_HIT");
        const struct rule_result *r = v->judgement->rule_results;
        CHECK_SLICE(r->evidence[r->evidence_count - 1].text, slice_from(rows[i].evidence));
        owners[0] = owners[1];                              /* nobody listed: nothing to show */
        site.owner_count = 1;
        l.invoice_no = SLICE("INV-2");
        CHECK_TEXT(desk_rule(desk_judge(&d, "second", &l), RULE_SCR_01), "FALSE");
        desk_close(&d);
    }
}

TEST(no_list_no_screening_and_operators_are_not_screened)
{
    struct desk d;
    open_listed(&d);
    struct line l = { .kind = KIND_SETTLEMENT, .partner_id = SLICE("N-100") };
    CHECK_TEXT(desk_rule(desk_judge(&d, "settlement", &l), RULE_SCR_01), "");
    d.facts.lists = NULL;
    l = sold_to("INV-1", "Kestrel Maritime Trading");
    CHECK_TEXT(desk_says(desk_judge(&d, "line", &l)), "PASS -");
    desk_close(&d);
}

/* What is in force when a line is judged decides it, answers that are kept or not; the record names the snapshot. */
TEST(a_list_that_changes_between_two_lines_decides_the_later_one)
{
    static const struct list_name elm[] = { { .text = SLICE_INIT("ELM TREE WORKS") } };
    struct desk d;
    struct arena own;
    open_listed(&d);
    CHECK(arena_open(&own, 1 << 20, 8 << 20) == OK);
    d.facts.cache = screen_cache_open(&own, 64);
    struct list_entry entry = { .entry_id = SLICE("T-3"), .kind = PARTY_KIND_ORGANISATION, .names = elm,
                                .name_count = 1 };
    struct name_list other = { .id = SLICE("TINY"), .purpose = LIST_PURPOSE_DENIED, .required = true,
                               .is_loaded = true };
    struct name_lists later;
    list_seal(test_arena(), &other, &entry, 1);
    screen_prepare(test_arena(), &other, 1, &later);
    struct line l = sold_to("INV-1", "Elm Tree Works"), k = sold_to("INV-2", "Kestrel Maritime Trading");
    k.sold_to.key = k.sold_to.id = SLICE("C-2");            /* or each would be asked under both names */
    CHECK_TEXT(desk_says(desk_judge(&d, "elm", &l)), "PASS -");
    const struct verdict *v = desk_judge(&d, "kestrel", &k);
    CHECK_TEXT(desk_says(v), "HOLD SANCTIONS_HIT");
    uint8_t before[32];
    memcpy(before, desk_clearance(v)->lists[0].sha256, sizeof before);
    d.facts.lists = &later;
    l.invoice_no = SLICE("INV-3");
    k.invoice_no = SLICE("INV-4");
    v = desk_judge(&d, "elm later", &l);
    CHECK_TEXT(desk_says(v), "HOLD SANCTIONS_HIT");
    CHECK(memcmp(before, desk_clearance(v)->lists[0].sha256, sizeof before) != 0);
    CHECK_TEXT(desk_says(desk_judge(&d, "kestrel later", &k)), "PASS -");
    d.facts.lists = &lists;
    l.invoice_no = SLICE("INV-5");
    v = desk_judge(&d, "elm at last", &l);
    CHECK_TEXT(desk_says(v), "PASS -");
    CHECK(memcmp(before, desk_clearance(v)->lists[0].sha256, sizeof before) == 0);
    arena_close(&own);
    desk_close(&d);
}
