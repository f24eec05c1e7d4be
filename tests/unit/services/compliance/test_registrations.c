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

TEST(the_place_decides_by_the_conflict_rule)
{
    struct table t = TABLE(
        "conflict     before    closed    | says                             share",
        "EXCLUSIVE    -         0         | PASS -                           100000000",
        "EXCLUSIVE    V-1       0         | REJECT COMPETING_REGISTRATION    0",
        "EXCLUSIVE    V-1       20260408  | PASS -                           100000000",     /* closed on that day */
        "EXCLUSIVE    V-1       20260409  | REJECT COMPETING_REGISTRATION    0",
        "SHARED_HALF  -         0         | PASS -                           100000000",
        "SHARED_HALF  V-1       0         | PASS SHARED_REGISTRATION         50000000",
        "SHARED_HALF  V-1 V-2   0         | REJECT COMPETING_REGISTRATION    0",
        "EXCLUSIVE    N-100     0         | REJECT DUPLICATE_REGISTRATION    0");
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
    desk_judge(&d, "second", &l);
    CHECK_INT(((const struct deal_holding *)desk_record(&d, COMPLIANCE_DEALS, key))->last_day, 20260806);
    desk_judge(&d, "third", &l);                            /* max_extensions */
    CHECK_INT(((const struct deal_holding *)desk_record(&d, COMPLIANCE_DEALS, key))->last_day, 20260806);
    CHECK_INT(desk_row_count(&d, COMPLIANCE_OUTBOX), 1);    /* the registry is told from when it blocks nobody */
    struct slice conflict = ((const struct deal_holding *)desk_record(&d, COMPLIANCE_DEALS, key))->conflict_key;
    struct slice closing = BOOKS_KEY(test_arena(), SLICE("N-100"), SLICE("close"), conflict);
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
        "AUTO      1775811600000  | 20260707",                  /* two days behind its receipt */
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
        d.reviewed = desk_clearance(held);
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
        "A       SWITCH  C-ALDER  20260708  90    | 20260708",  /* behind its last day */
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
        struct slice closing = BOOKS_KEY(test_arena(), SLICE("N-100"), SLICE("close"), conflict);
        struct line claim = deal_claim(cell(&t, "claims"), (int32_t)cell_int(&t, "ordered"));
        claim.end_customer.key = claim.end_customer.name = cell(&t, "by");
        d.now += cell_int(&t, "days") * INSTANT_DAY_MS;
        CHECK_TEXT(desk_says(desk_judge(&d, "claim", &claim)), "PASS -");
        const struct outbox_slot *owed = desk_record(&d, COMPLIANCE_OUTBOX, closing);
        CHECK_CELL_INT(&t, "closed_on", owed->closed_on);
        desk_close(&d);
    }
}

TEST(a_refused_registration_gives_its_place_back)
{
    struct desk d;
    open_deals(&d, DEAL_CONFLICT_EXCLUSIVE, DEAL_APPROVAL_AUTO);
    struct line l = registration(&deal, "A");
    put_claims(&d, SLICE("V-1"), registrations_holder(test_arena(), SLICE("N-100"), SLICE("A")), 0);
    desk_judge(&d, "registration", &l);
    CHECK_INT(desk_row_count(&d, COMPLIANCE_OUTBOX), 1);
    CHECK_INT(desk_row_count(&d, COMPLIANCE_DEALS), 0);
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
    other.family = SLICE("CABLE");
    CHECK(!slice_equal(registrations_key(&j, d.catalogue, 0), project));
    other.qty_milli = other.value_minor = 0;
    CHECK_INT(registrations_key(&j, d.catalogue, 0).size, 0);      /* no place is asked for */
    desk_close(&d);
}
