/* tests/unit/services/compliance/test_registrations.c: domain.md 5.5, DRG-01. */
#include "compliance/registrations.h"

#include "support/compliance_desk.h"
#include "support/table.h"

static void open_deals(struct desk *d, enum deal_conflict conflict, enum deal_approval approval)
{
    desk_open(d);
    struct program p = {
        .id = SLICE("DR"), .version = 1, .incentive = INCENTIVE_DEAL_REGISTRATION, .status = PROGRAM_STATUS_ACTIVE,
        .valid_from = 20200101,
        .valid_to = 20991231, .currency = SLICE("USD"), .payout_currency = SLICE("USD"), .fx_table = SLICE("default"),
        .deal = { .conflict = conflict, .approval = approval, .protection_days = 90, .max_extensions = 1,
                  .extension_days = 30,
                  .min_value_minor = 500000, .min_qty_milli = 10000 },
    };
    CHECK(catalogue_put_program(d->catalogue, &p) == OK);
    d->program_id = SLICE("DR");
    d->facts.slots_standing = SLOTS_ANSWERED;
}

static struct deal_registration deal = { .revision = 1, .family = SLICE_INIT("SWITCH"), .qty_milli = 50000,
                                         .value_minor = 5000000 };

static struct line registration(struct deal_registration *of, const char *number)
{
    return (struct line){
        .kind = KIND_DEAL_REGISTRATION, .partner_id = SLICE("N-100"), .deal_reg_no = slice_from(number),
        .currency = SLICE("USD"), .deal = of,
        .end_customer = { .name = SLICE("Alder"), .key = SLICE("C-ALDER"), .country = SLICE("US") },
    };
}

/* "V-1 V-2": who stands at the key before this one. */
static void put_claims(struct desk *d, struct slice roots, struct slice own, int32_t closed_on)
{
    struct deal_claim *claims = ARENA_ARRAY(test_arena(), 8, struct deal_claim);
    unsigned count = 0;
    while (roots.size) {
        struct slice root = slice_cut(&roots, ' ');
        claims[count++] = (struct deal_claim){ root, registrations_holder(test_arena(), root, SLICE("B")), closed_on };
    }
    claims[count++] = (struct deal_claim){ SLICE("N-100"), own, 0 };
    d->facts.deal_claims = claims;
    d->facts.deal_claim_count = count;
}

static struct slice closing_key(struct slice conflict, const char *number)
{
    struct slice holder = registrations_holder(test_arena(), SLICE("N-100"), slice_from(number));
    return BOOKS_KEY(test_arena(), SLICE("N-100"), SLICE("close"), conflict, holder);
}

TEST(the_place_decides_by_the_conflict_rule)
{
    struct table t = TABLE(
        "conflict     before    closed    | says                             share      place  other",
        "EXCLUSIVE    -         0         | PASS -                           100000000  1      -",
        "EXCLUSIVE    V-1       0         | REJECT COMPETING_REGISTRATION    0          0      -",
        "EXCLUSIVE    V-1       20260408  | PASS -                           100000000  1      -",   /* that day */
        "EXCLUSIVE    V-1       20260409  | REJECT COMPETING_REGISTRATION    0          0      -",
        "SHARED_HALF  -         0         | PASS -                           100000000  1      -",
        "SHARED_HALF  V-1       0         | PASS SHARED_REGISTRATION         50000000   2      50",
        "SHARED_HALF  V-1 V-2   0         | REJECT COMPETING_REGISTRATION    0          0      -",
        "EXCLUSIVE    N-100     0         | REJECT DUPLICATE_REGISTRATION    0          0      B");
    while (table_next(&t)) {
        struct desk d;
        open_deals(&d, (enum deal_conflict)word_find(VOCABULARY_DEAL_CONFLICT, cell(&t, "conflict")),
                   DEAL_APPROVAL_AUTO);
        struct line l = registration(&deal, "A");
        put_claims(&d, cell(&t, "before"), registrations_holder(test_arena(), SLICE("N-100"), SLICE("A")),
                   (int32_t)cell_int(&t, "closed"));
        const struct verdict *v = desk_judge(&d, "registration", &l);
        CHECK_CELL(&t, "says", desk_says(v));
        CHECK_CELL_INT(&t, "share", desk_clearance(v)->deal.share_percent_micros);
        CHECK_CELL_INT(&t, "place", desk_clearance(v)->deal.place);
        bool has_argument = v->judgement->reason_count && v->judgement->reasons[0].argument_count;
        CHECK_CELL(&t, "other", has_argument ? v->judgement->reasons[0].arguments[0].value : SLICE(""));
        desk_close(&d);
    }
}

TEST(a_deal_has_a_smallest_size_and_both_faults_are_said)
{
    struct table t = TABLE(
        "qty    value    before  | says",
        "10000  500000   -       | PASS -",
        "9999   500000   -       | REJECT DEAL_TOO_SMALL",
        "10000  499999   -       | REJECT DEAL_TOO_SMALL",
        "0      500000   -       | PASS -",                 /* not said: not compared */
        "9999   500000   V-1     | REJECT DEAL_TOO_SMALL,COMPETING_REGISTRATION");
    while (table_next(&t)) {
        struct desk d;
        open_deals(&d, DEAL_CONFLICT_EXCLUSIVE, DEAL_APPROVAL_AUTO);
        struct deal_registration small = deal;
        small.qty_milli = cell_int(&t, "qty");
        small.value_minor = cell_int(&t, "value");
        struct line l = registration(&small, "A");
        put_claims(&d, cell(&t, "before"), registrations_holder(test_arena(), SLICE("N-100"), SLICE("A")), 0);
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "registration", &l)));
        desk_close(&d);
    }
}

TEST(a_value_in_another_currency_is_compared_by_the_rate_of_the_day)
{
    struct table t = TABLE(
        "currency  qty    value   rate    | says                     waits",
        "EUR       10000  400000  1250000 | PASS -                   -",
        "EUR       10000  399999  1250000 | REJECT DEAL_TOO_SMALL    -",           /* 4 999.9875 USD */
        "JPY       10000  500001  10000   | PASS -                   -",           /* yen have no minor units */
        "JPY       10000  499999  10000   | REJECT DEAL_TOO_SMALL    -",
        "EUR       10000  900000  0       | PARK REFERENCE_BEHIND    fx:default/EUR/USD",
        "EUR       9999   900000  0       | REJECT DEAL_TOO_SMALL    -",
        "USD       10000  500000  0       | PASS -                   -");
    while (table_next(&t)) {
        struct desk d;
        open_deals(&d, DEAL_CONFLICT_EXCLUSIVE, DEAL_APPROVAL_AUTO);
        struct deal_registration abroad = deal;
        abroad.qty_milli = cell_int(&t, "qty");
        abroad.value_minor = cell_int(&t, "value");
        struct line l = registration(&abroad, "A");
        l.currency = cell(&t, "currency");
        struct fx_rate rate = { .rate_micros = cell_int(&t, "rate"), .valid_from = 20260401 };
        struct fx_pair pair = { .table_id = SLICE("default"),
                                .from = l.currency,
                                .to = SLICE("USD"),
                                .units = 1,
                                .rates = &rate,
                                .rate_count = 1 };
        if (rate.rate_micros) CHECK(catalogue_put_fx(d.catalogue, &pair) == OK);
        put_claims(&d, SLICE(""), registrations_holder(test_arena(), SLICE("N-100"), SLICE("A")), 0);
        const struct verdict *v = desk_judge(&d, "registration", &l);
        CHECK_CELL(&t, "says", desk_says(v));
        CHECK_CELL(&t, "waits", v->judgement->waiting.on);
        desk_close(&d);
    }
}

TEST(a_registry_that_is_away_parks_and_a_decision_by_people_holds_until_released)
{
    struct desk d;
    open_deals(&d, DEAL_CONFLICT_EXCLUSIVE, DEAL_APPROVAL_MANUAL);
    struct line l = registration(&deal, "A");
    d.facts.slots_standing = SLOTS_AWAY;
    CHECK_TEXT(desk_says(desk_judge(&d, "registration", &l)), "PARK REGISTRY_UNAVAILABLE");
    d.facts.slots_standing = SLOTS_ANSWERED;
    const struct verdict *held = desk_judge(&d, "registration", &l);
    CHECK_TEXT(desk_says(held), "HOLD REG_DECISION_DUE");
    struct review_effect release = { .verb = VERB_RELEASE, .signature_count = 1, .reviewed = held->judgement };
    d.review = &release;
    CHECK_TEXT(desk_says(desk_judge(&d, "registration", &l)), "PASS -");
    desk_close(&d);
}

TEST(protection_runs_from_the_received_date_and_extensions_move_it_on)
{
    struct desk d;
    open_deals(&d, DEAL_CONFLICT_EXCLUSIVE, DEAL_APPROVAL_AUTO);
    struct line l = registration(&deal, "A");
    desk_judge(&d, "first", &l);
    struct slice key = BOOKS_KEY(test_arena(), SLICE("N-100"), SLICE("A"));
    CHECK_INT(((const struct deal_holding *)desk_record(&d, COMPLIANCE_DEALS, key))->last_day, 20260707);
    struct deal_registration more = deal;
    more.revision = 2;
    more.extension = true;
    l.deal = &more;
    desk_judge(&d, "second", &l);
    CHECK_INT(((const struct deal_holding *)desk_record(&d, COMPLIANCE_DEALS, key))->last_day, 20260806);
    desk_judge(&d, "second", &l);
    CHECK_INT(((const struct deal_holding *)desk_record(&d, COMPLIANCE_DEALS, key))->last_day, 20260806);
    desk_judge(&d, "third", &l);                            /* max_extensions */
    CHECK_INT(((const struct deal_holding *)desk_record(&d, COMPLIANCE_DEALS, key))->last_day, 20260806);
    CHECK_INT(desk_row_count(&d, COMPLIANCE_OUTBOX), 1);    /* the registry is told from when it blocks nobody */
    struct slice conflict = ((const struct deal_holding *)desk_record(&d, COMPLIANCE_DEALS, key))->conflict_key;
    struct slice closing = closing_key(conflict, "A");
    CHECK_INT(((const struct outbox_slot *)desk_record(&d, COMPLIANCE_OUTBOX, closing))->closed_on, 20260807);
    more.withdrawn = true;
    CHECK_TEXT(desk_says(desk_judge(&d, "withdrawn", &l)), "PASS -");
    CHECK_INT(desk_row_count(&d, COMPLIANCE_OUTBOX), 2);
    desk_close(&d);
}

/* Whatever the clock says when it is judged, for the first time or in a replay. */
TEST(a_deal_that_people_decide_is_protected_from_the_day_of_their_decision)
{
    struct table t = TABLE(
        "approval  at             | last",
        "AUTO      1775811600000  | 20260707",                  /* two days after its receipt */
        "MANUAL    1775811600000  | 20260709",
        "MANUAL    0              | 20260707");
    while (table_next(&t)) {
        struct desk d;
        open_deals(&d, DEAL_CONFLICT_EXCLUSIVE,
                   (enum deal_approval)word_find(VOCABULARY_DEAL_APPROVAL, cell(&t, "approval")));
        struct line l = registration(&deal, "A");
        const struct verdict *held = desk_judge(&d, "registration", &l);
        struct review act = { .act = ACT_PROPOSE, .verb = VERB_RELEASE, .at_unix_ms = cell_int(&t, "at") };
        struct review_effect release = { .verb = VERB_RELEASE, .signature_count = 1, .reviewed = held->judgement };
        d.facts.now_unix_ms = 1800000000000;
        d.review = &release;
        d.act = &act;
        desk_judge(&d, "registration", &l);
        struct slice key = BOOKS_KEY(test_arena(), SLICE("N-100"), SLICE("A"));
        CHECK_CELL_INT(&t, "last", ((const struct deal_holding *)desk_record(&d, COMPLIANCE_DEALS, key))->last_day);
        desk_close(&d);
    }
}

static struct line deal_claim(struct slice deal_reg_no, int32_t ordered)
{
    return (struct line){ .kind = KIND_DEAL_CLAIM,
                          .partner_id = SLICE("N-100"),
                          .deal_reg_no = deal_reg_no,
                          .claim_id = SLICE("K-1"),
                          .invoice_no = SLICE("I-1"),
                          .order_date = ordered,
                          .vendor_part = SLICE("SW-24"),
                          .qty_milli = 1000,
                          .sold_to = { .name = SLICE("Alder"), .country = SLICE("US"), .key = SLICE("c") },
                          .end_customer = { .name = SLICE("Alder"), .country = SLICE("US"), .key = SLICE("c") } };
}

/* Received on 2026-04-08: 90 days of protection end on 2026-07-07. */
TEST(the_first_claim_that_goes_on_within_the_protection_keeps_the_place)
{
    struct table t = TABLE(
        "claims  of      by       ordered   days  | closed_on",
        "A       SWITCH  C-ALDER  20260408  1     | 0",
        "A       SWITCH  C-ALDER  20260707  90    | 0",
        "A       SWITCH  C-ALDER  20260407  1     | 20260708",  /* ordered before the registration */
        "A       SWITCH  C-ALDER  20260708  90    | 20260708",  /* after its last day */
        "A       SWITCH  C-ALDER  20260707  91    | 20260708",  /* it had ended by then */
        "A       SWITCH  C-ELM    20260408  1     | 20260708",  /* by another customer */
        "A       CABLE   C-ALDER  20260408  1     | 20260708",  /* another family was registered */
        "B       SWITCH  C-ALDER  20260408  1     | 20260708"); /* another deal's */
    while (table_next(&t)) {
        struct desk d;
        open_deals(&d, DEAL_CONFLICT_EXCLUSIVE, DEAL_APPROVAL_AUTO);
        struct deal_registration registered = deal;
        registered.family = cell(&t, "of");
        struct line l = registration(&registered, "A");
        desk_judge(&d, "registration", &l);
        struct slice key = BOOKS_KEY(test_arena(), SLICE("N-100"), SLICE("A"));
        struct slice conflict = ((const struct deal_holding *)desk_record(&d, COMPLIANCE_DEALS, key))->conflict_key;
        struct slice closing = closing_key(conflict, "A");
        struct line claim = deal_claim(cell(&t, "claims"), (int32_t)cell_int(&t, "ordered"));
        claim.end_customer.key = claim.end_customer.name = cell(&t, "by");
        d.now += cell_int(&t, "days") * INSTANT_DAY_MS;
        CHECK_TEXT(desk_says(desk_judge(&d, "claim", &claim)), "PASS -");
        const struct outbox_slot *owed = desk_record(&d, COMPLIANCE_OUTBOX, closing);
        CHECK_CELL_INT(&t, "closed_on", owed->closed_on);
        desk_close(&d);
    }
}

static enum kind cell_kind(struct slice word)
{
    enum kind kind = kind_find(word);
    CHECK(kind != KIND_UNSPECIFIED);
    return kind;
}

/* A sale claims by itself where the terms say so; what was struck, summed up or cancelled claims nothing. */
TEST(a_sale_wins_a_deal_where_it_claims_by_itself)
{
    struct table t = TABLE(
        "kind        auto  as           site    deal  | won",
        "POS_SALE    yes   POS_SALE     N-100   A     | yes",
        "POS_SALE    no    POS_SALE     N-100   A     | no",
        "POS_SALE    yes   POS_SALE     N-100   -     | no",
        "POS_SALE    yes   CANCEL       N-100   A     | no",
        "POS_SALE    yes   summary      N-100   A     | no",
        "DEAL_CLAIM  no    DEAL_CLAIM   N-100   A     | yes",
        "DEAL_CLAIM  no    DEAL_CLAIM   N-WEST  A     | yes",        /* registered for the root: all its sites */
        "SPIFF_CLAIM  yes  SPIFF_CLAIM  N-100   A    | no");
    while (table_next(&t)) {
        struct desk d;
        open_deals(&d, DEAL_CONFLICT_EXCLUSIVE, DEAL_APPROVAL_AUTO);
        struct program p = *program_version(catalogue_program(d.catalogue, SLICE("DR")), 1);
        p.version = 2;
        p.deal.auto_claim = cell_yes(&t, "auto");
        struct program won = p;
        won.version = 1;
        won.id = SLICE("DX");
        CHECK(catalogue_put_program(d.catalogue, &won) == OK);
        struct line l = registration(&deal, "A");
        desk_judge(&d, "registration", &l);
        d.program_id = SLICE("DX");
        struct line claim = deal_claim(cell(&t, "deal"), 20260408);
        claim.end_customer.key = claim.end_customer.name = SLICE("C-ALDER");
        claim.kind = cell_kind(cell(&t, "kind"));
        claim.ship_date = 20260408;
        claim.partner_id = cell(&t, "site");
        claim.rep_id = SLICE("R-1");
        d.policy.modes[RULE_SPF_01] = RULE_MODE_OFF;
        if (slice_equal(cell(&t, "as"), SLICE("summary"))) claim.summary = true;
        if (slice_equal(cell(&t, "as"), SLICE("CANCEL"))) claim.kind = KIND_CANCEL;
        d.now += INSTANT_DAY_MS;
        desk_judge(&d, "claim", &claim);
        struct slice key = BOOKS_KEY(test_arena(), SLICE("N-100"), SLICE("A"));
        const struct deal_holding *held = desk_record(&d, COMPLIANCE_DEALS, key);
        CHECK_CELL(&t, "won", held->claim_count ? SLICE("yes") : SLICE("no"));
        desk_close(&d);
    }
}

/* Registered for a site it is that site's. */
TEST(a_deal_of_a_site_is_won_by_no_other_site)
{
    static const struct { struct slice site; bool won; } rows[] = {
        { SLICE_INIT("N-WEST"), true }, { SLICE_INIT("N-EAST"), false }, { SLICE_INIT("N-100"), false },
    };
    for (unsigned i = 0; i < 3; i++) {
        struct desk d;
        open_deals(&d, DEAL_CONFLICT_EXCLUSIVE, DEAL_APPROVAL_AUTO);
        struct line l = registration(&deal, "A");
        l.partner_id = SLICE("N-WEST");
        desk_judge(&d, "registration", &l);
        struct line claim = deal_claim(SLICE("A"), 20260408);
        claim.end_customer.key = claim.end_customer.name = SLICE("C-ALDER");
        claim.partner_id = rows[i].site;
        desk_judge(&d, "claim", &claim);
        struct slice key = BOOKS_KEY(test_arena(), SLICE("N-100"), SLICE("A"));
        CHECK(((const struct deal_holding *)desk_record(&d, COMPLIANCE_DEALS, key))->claim_count == rows[i].won);
        desk_close(&d);
    }
}

/* An outage refuses nobody: the claim waits for the registration that waits for its place, and for no other one. */
TEST(a_claim_waits_behind_its_registration_while_that_has_no_place)
{
    static const struct { enum slots_standing slots; enum deal_approval approval; const char *says; } rows[] = {
        { SLOTS_AWAY, DEAL_APPROVAL_AUTO, "PARK WAITING_FOR_TARGET" },
        { SLOTS_ANSWERED, DEAL_APPROVAL_MANUAL, "PASS -" },         /* payout says that it is not approved */
        { SLOTS_ANSWERED, DEAL_APPROVAL_AUTO, "PASS -" },
    };
    for (unsigned i = 0; i < 3; i++) {
        struct desk d;
        open_deals(&d, DEAL_CONFLICT_EXCLUSIVE, rows[i].approval);
        d.facts.slots_standing = rows[i].slots;
        struct line l = registration(&deal, "A");
        desk_judge(&d, "registration", &l);
        struct line claim = deal_claim(SLICE("A"), 20260408);
        claim.end_customer.key = claim.end_customer.name = SLICE("C-ALDER");
        CHECK_SLICE(desk_says(desk_judge(&d, "claim", &claim)), slice_from(rows[i].says));
        desk_close(&d);
    }
}

/* The place that revision 1 holds stays when revision 2 is refused; one that moved to another key gives back what it
 * asked for there. */
TEST(a_refused_revision_leaves_the_deal_where_it_is)
{
    static const struct { const char *family; unsigned owed; } rows[] = { { "SWITCH", 1 }, { "CABLE", 2 } };
    for (unsigned i = 0; i < 2; i++) {
        struct desk d;
        open_deals(&d, DEAL_CONFLICT_EXCLUSIVE, DEAL_APPROVAL_AUTO);
        struct line l = registration(&deal, "A");
        struct slice key = BOOKS_KEY(test_arena(), SLICE("N-100"), SLICE("A"));
        desk_judge(&d, "first", &l);
        CHECK_INT(desk_row_count(&d, COMPLIANCE_OUTBOX), 1);            /* until when it blocks others */
        desk_judge(&d, "first", &l);
        CHECK_INT(desk_row_count(&d, COMPLIANCE_OUTBOX), 1);
        struct deal_registration small = deal;
        small.revision = 2;
        small.family = slice_from(rows[i].family);
        small.value_minor = 1;
        l.deal = &small;
        CHECK_TEXT(desk_says(desk_judge(&d, "second", &l)), "REJECT DEAL_TOO_SMALL");
        const struct deal_holding *held = desk_record(&d, COMPLIANCE_DEALS, key);
        CHECK(held->is_held && held->revision == 1 && slice_equal(held->line_id, desk_line_id("first")));
        CHECK_INT(desk_row_count(&d, COMPLIANCE_OUTBOX), rows[i].owed);
        desk_close(&d);
    }
}

TEST(an_extension_counts_on_the_last_day_and_not_behind_it)
{
    static const struct { int days; int32_t last_day; } rows[] = { { 90, 20260806 }, { 91, 20260707 } };
    for (unsigned i = 0; i < 2; i++) {
        struct desk d;
        open_deals(&d, DEAL_CONFLICT_EXCLUSIVE, DEAL_APPROVAL_AUTO);
        struct line l = registration(&deal, "A");
        desk_judge(&d, "first", &l);
        struct deal_registration more = deal;
        more.revision = 2;
        more.extension = true;
        l.deal = &more;
        d.now += (instant_ms)rows[i].days * INSTANT_DAY_MS;
        desk_judge(&d, "second", &l);
        struct slice key = BOOKS_KEY(test_arena(), SLICE("N-100"), SLICE("A"));
        CHECK_INT(((const struct deal_holding *)desk_record(&d, COMPLIANCE_DEALS, key))->last_day, rows[i].last_day);
        desk_close(&d);
    }
}

/* The registry is told after the batch. */
TEST(who_left_a_place_in_this_batch_stands_there_no_longer)
{
    struct desk d;
    open_deals(&d, DEAL_CONFLICT_EXCLUSIVE, DEAL_APPROVAL_AUTO);
    struct deal_registration withdrawn = deal;
    withdrawn.revision = 2;
    withdrawn.withdrawn = true;
    struct line l = registration(&deal, "B"), leaves = registration(&withdrawn, "B"), next = registration(&deal, "A");
    desk_judge(&d, "first", &l);
    put_claims(&d, SLICE("N-100"), registrations_holder(test_arena(), SLICE("N-100"), SLICE("A")), 0);
    CHECK_TEXT(desk_says(desk_judge(&d, "next", &next)), "REJECT DUPLICATE_REGISTRATION");
    CHECK_TEXT(desk_says(desk_judge(&d, "withdrawn", &leaves)), "PASS -");
    CHECK_TEXT(desk_says(desk_judge(&d, "again", &next)), "PASS -");
    desk_close(&d);
}

TEST(a_deal_that_comes_again_in_this_batch_stands_behind_who_came_in_between)
{
    struct table t = TABLE(
        "between  | says                           owed",
        "-        | PASS -                         0",
        "V-1      | REJECT COMPETING_REGISTRATION  1");
    while (table_next(&t)) {
        struct desk d;
        open_deals(&d, DEAL_CONFLICT_EXCLUSIVE, DEAL_APPROVAL_AUTO);
        struct deal_registration again = deal;
        again.revision = 2;
        again.withdrawn = true;
        struct line l = registration(&deal, "A"), next = registration(&again, "A");
        desk_judge(&d, "first", &l);
        struct slice row = BOOKS_KEY(test_arena(), SLICE("N-100"), SLICE("A"));
        const struct deal_holding *held = desk_record(&d, COMPLIANCE_DEALS, row);
        struct slice key = slice_copy(test_arena(), held->conflict_key);
        desk_judge(&d, "withdrawn", &next);
        again.revision = 3;
        again.withdrawn = false;
        struct slice own = registrations_holder(test_arena(), SLICE("N-100"), SLICE("A"));
        struct deal_claim claims[] = { { SLICE("N-100"), own, 0 }, { cell(&t, "between"), SLICE("V-1/B"), 0 } };
        d.facts.deal_claims = claims;
        d.facts.deal_claim_count = claims[1].root_id.size ? 2 : 1;
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "again", &next)));
        const struct outbox_slot *owed = desk_record(&d, COMPLIANCE_OUTBOX,
                                                     BOOKS_KEY(test_arena(), SLICE("N-100"), SLICE("deal"), key, own));
        CHECK_CELL_INT(&t, "owed", owed->line_id.size > 0);
        desk_close(&d);
    }
}

TEST(each_deal_of_a_root_gives_its_own_place_back)
{
    struct desk d;
    open_deals(&d, DEAL_CONFLICT_EXCLUSIVE, DEAL_APPROVAL_AUTO);
    struct deal_registration small = deal;
    small.value_minor = 1;
    struct line first = registration(&small, "A"), second = registration(&small, "B");
    desk_judge(&d, "first", &first);
    desk_judge(&d, "second", &second);
    CHECK_INT(desk_row_count(&d, COMPLIANCE_OUTBOX), 2);
    desk_close(&d);
}

TEST(a_refused_registration_gives_its_place_back)
{
    struct desk d;
    open_deals(&d, DEAL_CONFLICT_EXCLUSIVE, DEAL_APPROVAL_AUTO);
    struct line l = registration(&deal, "A");
    put_claims(&d, SLICE("V-1"), registrations_holder(test_arena(), SLICE("N-100"), SLICE("A")), 0);
    desk_judge(&d, "registration", &l);
    CHECK_INT(desk_row_count(&d, COMPLIANCE_OUTBOX), 1);
    struct slice key = BOOKS_KEY(test_arena(), SLICE("N-100"), SLICE("A"));
    CHECK(!((const struct deal_holding *)desk_record(&d, COMPLIANCE_DEALS, key))->is_held);     /* known, no more */
    desk_close(&d);
}

TEST(the_conflict_key_is_customer_country_family_and_project)
{
    struct desk d;
    open_deals(&d, DEAL_CONFLICT_EXCLUSIVE, DEAL_APPROVAL_AUTO);
    struct line l = registration(&deal, "A");
    struct judging j = { .line = &l, .kind = KIND_DEAL_REGISTRATION, .arena = test_arena() };
    struct slice key = registrations_key(&j, d.catalogue, 0);
    CHECK_INT(key.size, 32);
    struct deal_registration other = deal;
    l.deal = &other;
    other.project = SLICE("Campus 2");
    struct slice project = registrations_key(&j, d.catalogue, 0);
    other.project = SLICE("CAMPUS-2");
    CHECK_SLICE(registrations_key(&j, d.catalogue, 0), project);
    CHECK(!slice_equal(project, key));
    l.end_customer.country = SLICE("CA");
    CHECK(!slice_equal(registrations_key(&j, d.catalogue, 0), project));
    l.end_customer.country = SLICE("US");
    l.end_customer.key = SLICE("C-ELM");
    CHECK(!slice_equal(registrations_key(&j, d.catalogue, 0), project));
    l.end_customer.key = SLICE("C-ALDER");
    CHECK_SLICE(registrations_key(&j, d.catalogue, 0), project);
    other.family = SLICE("CABLE");
    CHECK(!slice_equal(registrations_key(&j, d.catalogue, 0), project));
    other.qty_milli = other.value_minor = 0;
    CHECK_INT(registrations_key(&j, d.catalogue, 0).size, 0);      /* no place is asked for */
    desk_close(&d);
}

/* The family said, else that of the first product: named so, that of the part, or a part not on file by its name. */
TEST(products_stand_for_their_family)
{
    static const struct { const char *family, *products; bool is_switch; } rows[] = {
        { "SWITCH", "-", true },       { "switch", "-", true },          { "CABLE", "family:SWITCH", false },
        { "", "family:SWITCH", true }, { "", "family:CABLE", false },    { "", "sku:SW-24", true },
        { "", "SWITCH", true },        { "", "sku:SWITCH", true },       { "", "sku:SW-99", false },
        { "", "line:SWITCH", false },  { "", "family:SWITCH x", true },
    };
    struct desk d;
    open_deals(&d, DEAL_CONFLICT_EXCLUSIVE, DEAL_APPROVAL_AUTO);
    struct product sw = { .sku = SLICE("SW-24"), .family = SLICE("SWITCH") };
    CHECK(catalogue_put_product(d.catalogue, &sw) == OK);
    struct line l = registration(&deal, "A");
    struct judging j = { .line = &l, .kind = KIND_DEAL_REGISTRATION, .arena = test_arena() };
    struct slice key = registrations_key(&j, d.catalogue, 0);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct deal_registration of = deal;
        struct slice items[2], rest = slice_from(rows[i].products);
        of.family = slice_from(rows[i].family);
        if (!slice_equal(rest, SLICE("-")))
            while (rest.size) items[of.products.count++] = slice_cut(&rest, ' ');
        of.products.items = items;
        l.deal = &of;
        CHECK(slice_equal(registrations_key(&j, d.catalogue, 0), key) == rows[i].is_switch);
    }
    CHECK_TEXT(registrations_holder(test_arena(), SLICE("N-100"), SLICE("A")), "N-100/A");
    desk_close(&d);
}

/* Of one family a claim must be; of several products, or a line of them, payout asks for the part. */
TEST(a_deal_of_several_products_is_won_by_a_part_of_any)
{
    static const struct { const char *products; bool won; } rows[] = {
        { "family:CABLE", false }, { "family:SWITCH", true }, { "family:CABLE sku:X", true }, { "line:CABLE", true },
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk d;
        open_deals(&d, DEAL_CONFLICT_EXCLUSIVE, DEAL_APPROVAL_AUTO);
        struct deal_registration of = deal;
        struct slice items[2], rest = slice_from(rows[i].products);
        of.family = SLICE("");
        while (rest.size) items[of.products.count++] = slice_cut(&rest, ' ');
        of.products.items = items;
        struct line l = registration(&of, "A");
        desk_judge(&d, "registration", &l);
        struct line claim = deal_claim(SLICE("A"), 20260408);
        claim.end_customer.key = claim.end_customer.name = SLICE("C-ALDER");
        desk_judge(&d, "claim", &claim);
        struct slice key = BOOKS_KEY(test_arena(), SLICE("N-100"), SLICE("A"));
        CHECK(((const struct deal_holding *)desk_record(&d, COMPLIANCE_DEALS, key))->claim_count == rows[i].won);
        desk_close(&d);
    }
}

/* What payout tells of a claim counts once, however often it comes: whole topics may be read again (domain.md 9.2). */
TEST(a_claim_that_is_not_paid_wins_nothing_however_often_it_is_told)
{
    static const struct { const char *claim; enum { JUDGED, UNPAID, PAID } is; unsigned counted; } rows[] = {
        { "one", JUDGED, 1 }, { "two", JUDGED, 2 }, { "one", UNPAID, 1 }, { "one", UNPAID, 1 }, { "one", JUDGED, 1 },
        { "two", UNPAID, 0 }, { "two", PAID, 1 },   { "two", PAID, 1 },   { "one", UNPAID, 1 },
    };
    struct payout bonus = { .ledger = SLICE("EARNED"), .deal_reg_no = SLICE("A"), .program_amount_minor = 25000 };
    const struct payout_section unpaid = { 0 }, paid = { .entries = &bonus, .entry_count = 1 };
    struct desk d;
    open_deals(&d, DEAL_CONFLICT_EXCLUSIVE, DEAL_APPROVAL_AUTO);
    struct line l = registration(&deal, "A"), claim = deal_claim(SLICE("A"), 20260408);
    claim.end_customer.key = claim.end_customer.name = SLICE("C-ALDER");
    desk_judge(&d, "registration", &l);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        claim.invoice_no = claim.claim_id = slice_from(rows[i].claim);
        d.told = rows[i].is == JUDGED ? NULL : rows[i].is == PAID ? &paid : &unpaid;
        desk_judge(&d, rows[i].claim, &claim);
        const struct deal_holding *held =
            desk_record(&d, COMPLIANCE_DEALS, BOOKS_KEY(test_arena(), SLICE("N-100"), SLICE("A")));
CHECK_INT(held->claim_count, rows[i].counted);
    }
    desk_close(&d);
}
