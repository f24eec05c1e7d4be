/* tests/support/rule_proofs.c: one line at a time that a rule has something to say of. */
#include "support/rule_proofs.h"

#include "compliance/registrations.h"
#include "domain/calendar.h"
#include "domain/name/screen.h"
#include "support/test.h"

/* Ended by a zero byte, for whoever takes a name. */
static struct slice number_text(const char *prefix, int64_t number)
{
    struct text t = text_in(test_arena(), 60);
    text_put(&t, slice_from(prefix));
    text_put_int(&t, number);
    struct slice written = text_slice(&t);
    text_put_byte(&t, 0);
    return written;
}

static struct slice letters(int64_t count)
{
    struct text t = text_in(test_arena(), (size_t)count);
    for (int64_t i = 0; i < count; i++) text_put_byte(&t, (char)('A' + i % 7));
    return text_slice(&t);
}

static struct texts one_text(struct slice text)
{
    struct slice *kept = ARENA_NEW(test_arena(), struct slice);
    *kept = text;
    return (struct texts){ kept, 1 };
}

/* --- the family DUP --------------------------------------------------------------------------------------------- */

static const struct verdict *key_on_file(struct desk *d, int64_t is_on_file)
{
    struct line l = desk_sale("INV-1");
    desk_judge(d, "first", &l);
    if (!is_on_file) l.qty_milli++;
    return desk_judge(d, "second", &l);
}

static const struct verdict *submission_behind_two(struct desk *d, int64_t number)
{
    struct line l = desk_sale("INV-1");
    l.submission_no = 2;
    desk_judge(d, "second", &l);
    l.submission_no = (uint32_t)number;
    return desk_judge(d, "other", &l);
}

static const struct verdict *key_after_days(struct desk *d, int64_t days)
{
    struct line l = desk_sale("INV-1");
    desk_judge(d, "first", &l);
    d->now += days * INSTANT_DAY_MS;
    return desk_judge(d, "again", &l);
}

static const struct verdict *claim_number_reused(struct desk *d, int64_t differs)
{
    struct line l = desk_claim("C-1");
    desk_judge(d, "first", &l);
    if (differs) l.qty_milli++;
    return desk_judge(d, "second", &l);
}

static const struct verdict *claim_number_after_days(struct desk *d, int64_t days)
{
    struct line l = desk_claim("C-1");
    desk_judge(d, "first", &l);
    d->now += days * INSTANT_DAY_MS;
    l.qty_milli++;
    return desk_judge(d, "second", &l);
}

/* The first pair of 7.3: 17 points. */
static const struct verdict *recycled_claim(struct desk *d, int64_t points_needed)
{
    struct line first = desk_sale("INV-00812"), second = desk_sale("812");
    second.ship_date = date_add_days(first.ship_date, -40);
    d->policy.duplicate_near_hold_points = points_needed;
    desk_judge(d, "first", &first);
    return desk_judge(d, "second", &second);
}

static const struct verdict *compared_for_days(struct desk *d, int64_t near_days)
{
    struct line first = desk_sale("INV-00812"), second = first;
    d->policy.duplicate_near_days = near_days;
    second.invoice_line = (struct slice){ 0 };
    desk_judge(d, "first", &first);
    d->now += (instant_ms)64 * INSTANT_DAY_MS;
    return desk_judge(d, "second", &second);
}

/* Of one blanket order: -4 +1 and all else equal is 9. */
static const struct verdict *blanket_order_at_price(struct desk *d, int64_t micros)
{
    struct line first = desk_sale("5001"), second = desk_sale("5002");
    first.order_no = second.order_no = SLICE("PO-7");
    second.resale_unit_micros = micros;
    desk_judge(d, "first", &first);
    return desk_judge(d, "second", &second);
}

/* Number and part are equal, 8; the dates make it 9 or not. */
static const struct verdict *days_apart(struct desk *d, int64_t days)
{
    struct line first = desk_sale("INV-00812"), second = first;
    first.sold_to = second.sold_to = (struct party){ 0 };
    second.ship_date = date_add_days(first.ship_date, -days);
    second.qty_milli = 77000;
    desk_judge(d, "first", &first);
    return desk_judge(d, "second", &second);
}

static const struct verdict *slip_in_number(struct desk *d, int64_t digits)
{
    struct line first = desk_sale(digits == 6 ? "123456" : "12345"),
                second = desk_sale(digits == 6 ? "1234566" : "123455");
    desk_judge(d, "first", &first);
    return desk_judge(d, "second", &second);
}

static const struct verdict *key_of_site(struct desk *d, int64_t is_another)
{
    struct line l = desk_sale("INV-1");
    desk_judge(d, "first", &l);
    if (is_another) l.partner_id = SLICE("N-100-WEST");
    return desk_judge(d, "second", &l);
}

static const struct verdict *proof_of_claim(struct desk *d, int64_t is_another)
{
    static struct document_proof proof = { .type = SLICE_INIT("INVOICE"), .has_sha256 = true, .sha256 = { 1 } };
    struct line first = desk_mdf("M-1"), second = desk_mdf("M-2");
    first.documents = second.documents = &proof;
    first.document_count = second.document_count = 1;
    if (!is_another) second.claim_id = first.claim_id;
    desk_judge(d, "first", &first);
    return desk_judge(d, "second", &second);
}

/* --- the family SER --------------------------------------------------------------------------------------------- */

static void put_spiff(struct desk *d, enum serial_rule serials)
{
    struct program p = {
        .id = SLICE("SPF"), .version = 1, .incentive = INCENTIVE_SPIFF, .status = PROGRAM_STATUS_ACTIVE,
        .valid_from = 20200101, .valid_to = 20991231, .currency = SLICE("USD"), .payout_currency = SLICE("USD"),
        .payee = PAYEE_REP, .spiff = { .serials = serials, .trigger_pos = true },
    };
    CHECK(catalogue_put_program(d->catalogue, &p) == OK);
    d->program_id = SLICE("SPF");
    d->facts.slots_standing = SLOTS_ANSWERED;
}

static struct line spiff_of(const char *name, struct texts serials)
{
    struct line l = desk_spiff(name);
    l.serials = serials;
    l.qty_milli = 1000 * (int64_t)serials.count;
    return l;
}

static const struct verdict *slot_of_the_root(struct desk *d, int64_t taken)
{
    static const struct slice own[] = { SLICE_INIT("K100"), SLICE_INIT("K200") }, other[] = { SLICE_INIT("K900") };
    put_spiff(d, SERIAL_RULE_REQUIRED);
    d->policy.modes[RULE_SPF_01] = RULE_MODE_OFF;
    struct line first = spiff_of("S-1", (struct texts){ taken ? own : other, 1 });
    struct line second = spiff_of("S-2", (struct texts){ own, 2 });
    desk_judge(d, "first", &first);
    return desk_judge(d, "second", &second);
}

/* Of two parts. */
static const struct verdict *serial_of_scope(struct desk *d, int64_t scope)
{
    put_spiff(d, SERIAL_RULE_REQUIRED);
    d->policy.serial_scope = (enum serial_scope)scope;
    d->policy.modes[RULE_SPF_01] = RULE_MODE_OFF;
    struct line first = spiff_of("S-1", one_text(SLICE("K100"))), second = spiff_of("S-2", first.serials);
    second.vendor_part = SLICE("SW-48");
    desk_judge(d, "first", &first);
    return desk_judge(d, "second", &second);
}

/* 0 nobody holds it, 1 another root does, 2 the registry is away. */
static const struct verdict *slot_elsewhere(struct desk *d, int64_t holder)
{
    struct slot_answer slot = { SLICE("SPF"), SLICE("K100"), holder == 1 ? SLICE("V-310") : (struct slice){ 0 },
                                SLICE("other") };
    put_spiff(d, SERIAL_RULE_REQUIRED);
    if (holder == 2) d->facts.slots_standing = SLOTS_AWAY;
    d->facts.slots = &slot;
    d->facts.slot_count = d->facts.slots_of_program = 1;
    struct line l = spiff_of("S-1", one_text(SLICE("K100")));
    return desk_judge(d, "claim", &l);
}

static const struct verdict *shipped_around_a_return(struct desk *d, int64_t ship_date)
{
    put_spiff(d, SERIAL_RULE_REQUIRED);
    struct line sale = desk_sale("INV-1"), back = desk_sale("CM-1"), claim = spiff_of("S-1", one_text(SLICE("K100")));
    sale.serials = back.serials = claim.serials;
    sale.qty_milli = 1000;
    sale.ship_date = 20260320;
    back.kind = KIND_POS_RETURN;
    back.qty_milli = -1000;
    back.ship_date = 20260325;
    back.original_line_ref = desk_line_id("sale");
    claim.ship_date = (int32_t)ship_date;
    desk_judge(d, "sale", &sale);
    desk_judge(d, "return", &back);
    return desk_judge(d, "claim", &claim);
}

static const struct verdict *units_of_one_serial(struct desk *d, int64_t milli)
{
    put_spiff(d, SERIAL_RULE_REQUIRED);
    struct line l = spiff_of("S-1", one_text(SLICE("K100")));
    l.qty_milli = milli;
    return desk_judge(d, "claim", &l);
}

static const struct verdict *serial_number(struct desk *d, int64_t number)
{
    put_spiff(d, SERIAL_RULE_REQUIRED);
    struct line l = spiff_of("S-1", one_text(number_text("", (int)number)));
    return desk_judge(d, "claim", &l);
}

static const struct verdict *serial_of_letters(struct desk *d, int64_t count)
{
    put_spiff(d, SERIAL_RULE_REQUIRED);
    struct line l = spiff_of("S-1", one_text(letters(count)));
    return desk_judge(d, "claim", &l);
}

/* --- INV-01 ----------------------------------------------------------------------------------------------------- */

static void open_ledger(struct desk *d, int32_t reported_to, int32_t sold_in)
{
    struct line v = { .kind = KIND_INVENTORY, .partner_id = SLICE("N-100"), .vendor_part = SLICE("SW-24"),
                      .qty_milli = 80000, .snapshot_date = 20260315 };
    struct line in = { .kind = KIND_SELL_IN, .partner_id = SLICE("N-100"), .vendor_part = SLICE("OTHER"),
                       .qty_milli = 1000, .invoice_no = SLICE("V-1"), .invoice_date = sold_in, .currency = SLICE("USD"),
                       .unit_price_micros = 1, .has_unit_price_micros = true, .report_to = reported_to };
    desk_judge(d, "inventory", &v);
    desk_judge(d, "watermark", &in);
}

static const struct verdict *units_above_stock(struct desk *d, int64_t milli)
{
    open_ledger(d, 20260401, 20260301);
    struct line l = desk_sale("INV-1");
    l.qty_milli = milli;
    return desk_judge(d, "sale", &l);
}

static const struct verdict *one_milli_above_stock(struct desk *d, int64_t tolerance)
{
    d->policy.inventory_tolerance_milli = tolerance;
    return units_above_stock(d, 80001);
}

static const struct verdict *fed_until(struct desk *d, int64_t date)
{
    open_ledger(d, (int32_t)date, 20260301);
    struct line l = desk_sale("INV-1");                     /* of 2026-03-31 */
    l.qty_milli = 100000;
    return desk_judge(d, "sale", &l);
}

static const struct verdict *sold_in_on(struct desk *d, int64_t date)
{
    open_ledger(d, 0, (int32_t)date);
    struct line l = desk_sale("INV-1");
    l.qty_milli = 100000;
    return desk_judge(d, "sale", &l);
}

/* --- the family AGR, DOC-02 ------------------------------------------------------------------------------------- */

static void put_agreement(struct desk *d, const struct party *customer, int32_t issued)
{
    struct agreement a = { .revision = 1, .issue_date = issued, .customers = customer, .customer_count = 1 };
    struct line l = { .kind = KIND_AGREEMENT, .partner_id = SLICE("N-100"), .authorisation_no = SLICE("Q-7731"),
                      .agreement = &a };
    desk_judge(d, "agreement", &l);
}

static const struct verdict *claim_of(struct desk *d, const char *customer)
{
    struct party alder = { .key = SLICE("C-ALDER"), .name = SLICE("Alder Systems"), .country = SLICE("US") };
    put_agreement(d, &alder, 20260101);
    struct line l = desk_claim("INV-1");
    l.sold_to = (struct party){ .key = SLICE("C-77"), .id = SLICE("C-77"), .name = slice_from(customer),
                                .country = SLICE("US") };
    return desk_judge(d, "claim", &l);
}

enum { ALDER_SISTEMS = 9588, ALDOR_BYSTEMS = 8532 };        /* what the two are alike to Alder Systems (6.3) */

static const struct verdict *accepted_from(struct desk *d, int64_t score)
{
    d->policy.customer_accept_score = score;
    return claim_of(d, "Alder Sistems Inc");
}

static const struct verdict *asked_from(struct desk *d, int64_t score)
{
    d->policy.customer_hold_score = score;
    return claim_of(d, "Aldor Bystems");
}

static const struct verdict *ship_to_words_of_a_forwarder(struct desk *d, int64_t words)
{
    struct line l = desk_sale("INV-1");
    l.ship_to = (struct party){ .name = words == 2 ? SLICE("Blue Freight Forwarding") : SLICE("Blue Freight"),
                                .country = SLICE("US"), .key = SLICE("SHIP-1") };
    return desk_judge(d, "sale", &l);
}

static const struct verdict *ship_to_own_site(struct desk *d, int64_t is_own)
{
    static const struct partner own = { .partner_id = SLICE_INIT("N-WEST"), .root_id = SLICE_INIT("N-100") };
    struct line l = desk_sale("INV-1");
    l.sold_to.role = ROLE_END_USER;
    l.ship_to = (struct party){ .name = SLICE("Northgate West"), .country = SLICE("US"), .key = SLICE("SHIP-1") };
    if (is_own) d->facts.ship_to = &own;
    return desk_judge(d, "sale", &l);
}

static const struct verdict *ship_to_excluded_country(struct desk *d, int64_t is_excluded)
{
    struct line l = desk_sale("INV-1");
    d->policy.agreement_excluded_countries = SLICE("YY XX");
    l.ship_to = (struct party){ .name = SLICE("Alder"), .country = is_excluded ? SLICE("XX") : SLICE("US"),
                                .key = SLICE("SHIP-1") };
    return desk_judge(d, "sale", &l);
}

static const struct verdict *ships_on(struct desk *d, int64_t date)
{
    struct line l = desk_sale("INV-1");
    l.ship_date = (int32_t)date;
    return desk_judge(d, "sale", &l);
}

static const struct verdict *ordered_on(struct desk *d, int64_t date)
{
    struct line l = desk_sale("INV-1");
    l.order_date = (int32_t)date;
    return desk_judge(d, "sale", &l);
}

static const struct verdict *claim_on_agreement(struct desk *d, int32_t ships, int32_t issued)
{
    static const struct party alder = { .key = SLICE_INIT("C-ALDER") };
    put_agreement(d, &alder, issued);
    struct line l = desk_claim("INV-1");
    l.ship_date = ships;
    return desk_judge(d, "claim", &l);
}

static const struct verdict *agreement_late_for(struct desk *d, int64_t ships)
{
    return claim_on_agreement(d, (int32_t)ships, 20260401);
}

static const struct verdict *agreement_issued_on(struct desk *d, int64_t issued)
{
    return claim_on_agreement(d, 20260404, (int32_t)issued);
}

static const struct verdict *live_since(struct desk *d, int64_t date)
{
    d->policy.agreement_backdate_since_date = (int32_t)date;
    return claim_on_agreement(d, 20260404, 20260401);
}

static const struct verdict *field_is_missing(struct desk *d, int64_t is_missing)
{
    struct line l = desk_sale("INV-1");
    if (is_missing) l.vendor_part = (struct slice){ 0 };
    return desk_judge(d, "sale", &l);
}

/* --- SPF-01, DRG-01, VEL-01 ------------------------------------------------------------------------------------- */

static const struct verdict *seller_on_roster(struct desk *d, int32_t from, int32_t to, struct slice site,
                                              enum role customer)
{
    struct rep_roster roster = { .valid_from = from, .valid_to = to };
    struct line l = { .kind = KIND_REP_ROSTER, .partner_id = site, .rep_id = SLICE("R-1"), .roster = &roster };
    put_spiff(d, SERIAL_RULE_NONE);
    struct slice program = d->program_id;
    d->program_id = (struct slice){ 0 };
    desk_judge(d, "roster", &l);
    d->program_id = program;
    l = desk_spiff("S-1");
    l.sold_to.role = customer;
    return desk_judge(d, "claim", &l);
}

static const struct verdict *roster_from(struct desk *d, int64_t date)
{
    return seller_on_roster(d, (int32_t)date, 0, SLICE("N-100"), ROLE_END_USER);
}

static const struct verdict *roster_until(struct desk *d, int64_t date)
{
    return seller_on_roster(d, 0, (int32_t)date, SLICE("N-100"), ROLE_END_USER);
}

static const struct verdict *roster_of_site(struct desk *d, int64_t is_another)
{
    return seller_on_roster(d, 0, 0, is_another ? SLICE("N-WEST") : SLICE("N-100"), ROLE_END_USER);
}

static const struct verdict *sold_to_government(struct desk *d, int64_t is_government)
{
    return seller_on_roster(d, 0, 0, SLICE("N-100"), is_government ? ROLE_GOVERNMENT : ROLE_END_USER);
}

struct registered {
    int64_t            qty_milli, value_minor;
    struct slice       currency;
    int32_t            closed_on;                   /* of the other root's; 0: it stands, -1: there is none */
    enum deal_approval approval;
    bool               is_away;
};

static const struct verdict *registration(struct desk *d, struct registered r)
{
    struct program p = {
        .id = SLICE("DR"), .version = 1, .incentive = INCENTIVE_DEAL_REGISTRATION, .status = PROGRAM_STATUS_ACTIVE,
        .valid_from = 20200101, .valid_to = 20991231, .currency = SLICE("USD"), .payout_currency = SLICE("USD"),
        .fx_table = SLICE("default"),
        .deal = { .conflict = DEAL_CONFLICT_EXCLUSIVE, .approval = r.approval, .protection_days = 90,
                  .min_value_minor = 500000, .min_qty_milli = 10000 },
    };
    struct deal_registration deal = { .revision = 1, .family = SLICE("SWITCH"), .qty_milli = r.qty_milli,
                                      .value_minor = r.value_minor };
    struct line l = { .kind = KIND_DEAL_REGISTRATION, .partner_id = SLICE("N-100"), .deal_reg_no = SLICE("A"),
                      .currency = r.currency.size ? r.currency : SLICE("USD"), .deal = &deal,
                      .end_customer = { .name = SLICE("Alder"), .key = SLICE("C-ALDER"), .country = SLICE("US") } };
    struct deal_claim claims[2];
    CHECK(catalogue_put_program(d->catalogue, &p) == OK);
    d->program_id = SLICE("DR");
    d->facts.slots_standing = r.is_away ? SLOTS_AWAY : SLOTS_ANSWERED;
    if (r.closed_on >= 0)
        claims[d->facts.deal_claim_count++] =
            (struct deal_claim){ SLICE("V-1"), registrations_holder(test_arena(), SLICE("V-1"), SLICE("B")),
                                 r.closed_on };
    claims[d->facts.deal_claim_count++] =
        (struct deal_claim){ SLICE("N-100"), registrations_holder(test_arena(), SLICE("N-100"), SLICE("A")), 0 };
    d->facts.deal_claims = claims;
    return desk_judge(d, "registration", &l);
}

static const struct verdict *opportunity_closed_on(struct desk *d, int64_t date)
{
    return registration(d, (struct registered){ 50000, 5000000, .closed_on = (int32_t)date });
}

static const struct verdict *deal_of_units(struct desk *d, int64_t milli)
{
    return registration(d, (struct registered){ milli, 5000000, .closed_on = -1 });
}

static const struct verdict *deal_of_value(struct desk *d, int64_t minor)
{
    return registration(d, (struct registered){ 50000, minor, .closed_on = -1 });
}

static const struct verdict *deal_for_people(struct desk *d, int64_t is_manual)
{
    enum deal_approval approval = is_manual ? DEAL_APPROVAL_MANUAL : DEAL_APPROVAL_AUTO;
    return registration(d, (struct registered){ 50000, 5000000, .closed_on = -1, .approval = approval });
}

static const struct verdict *deal_without_registry(struct desk *d, int64_t is_away)
{
    return registration(d, (struct registered){ 50000, 5000000, .closed_on = -1, .is_away = is_away });
}

static const struct verdict *deal_without_a_rate(struct desk *d, int64_t is_abroad)
{
    return registration(
        d, (struct registered){ 50000, 5000000, .currency = is_abroad ? SLICE("EUR") : SLICE("USD"), .closed_on = -1 });
}

/* Registered on the 8th of April. */
static const struct verdict *deal_by_the_rate_of(struct desk *d, int64_t date)
{
    struct fx_rate rate = { .rate_micros = 1100000, .valid_from = (int32_t)date };
    struct fx_pair pair = { .table_id = SLICE("default"), .from = SLICE("EUR"), .to = SLICE("USD"), .units = 1,
                            .rates = &rate, .rate_count = 1 };
    CHECK(catalogue_put_fx(d->catalogue, &pair) == OK);
    return deal_without_a_rate(d, 1);
}

static const struct verdict *spiff_on(struct desk *d, int32_t date, int number)
{
    struct line l = desk_spiff("S");
    l.claim_id = l.invoice_no = number_text("S-", number);
    l.ship_date = date;
    return desk_judge(d, number_text("line ", number).bytes, &l);
}

static const struct verdict *third_line_of_a_rep(struct desk *d, int64_t limit)
{
    d->policy.velocity_rep_day_lines = limit;
    for (int i = 1; i < 3; i++) spiff_on(d, 20260331, i);
    return spiff_on(d, 20260331, 3);
}

static const struct verdict *third_line_of_a_site(struct desk *d, int64_t limit)
{
    d->policy.velocity_site_day_lines = limit;
    for (int i = 1; i < 3; i++) spiff_on(d, 20260331, i);
    return spiff_on(d, 20260331, 3);
}

/* Two lines on the one active day before, nine on this one. */
static const struct verdict *ninth_line_at_ratio(struct desk *d, int64_t percent)
{
    d->policy.velocity_rep_day_lines = 1;
    d->policy.velocity_day_ratio_percent = percent;
    for (int i = 1; i < 11; i++) spiff_on(d, i < 3 ? 20260310 : 20260331, i);
    return spiff_on(d, 20260331, 11);
}

static const struct verdict *days_in_the_window(struct desk *d, int64_t days)
{
    d->policy.velocity_rep_day_lines = 0;
    spiff_on(d, 20260331, 1);
    return spiff_on(d, date_add_days(20260331, -days), 2);
}

/* --- SCR ---------------------------------------------------------------------------------------------------------- */

static struct name_list list;
static struct name_lists lists;

static void put_list(struct desk *d)
{
    static const struct list_name kestrel[] = { { .text = SLICE_INIT("KESTREL MARITIME TRADING") } };
    static struct list_entry entry;
    entry = (struct list_entry){ .entry_id = SLICE("T-1"), .kind = PARTY_KIND_ORGANISATION, .names = kestrel,
                                 .name_count = 1 };
    list = (struct name_list){ .id = SLICE("TINY"), .purpose = LIST_PURPOSE_DENIED, .required = true,
                               .is_loaded = true };
    list_seal(test_arena(), &list, &entry, 1);
    screen_prepare(test_arena(), &list, 1, &lists);
    d->facts.lists = &lists;
}

static const struct verdict *sale_to(struct desk *d, struct slice name, struct slice country, int64_t minor)
{
    struct line l = desk_claim("INV-1");
    if (!d->facts.lists) put_list(d);
    l.sold_to = (struct party){ .name = name, .country = country, .key = SLICE("C-1"), .id = SLICE("C-1") };
    l.has_claimed_debit_unit_micros = false;
    l.has_claimed_amount_minor = true;
    l.claimed_amount_minor = minor;
    return desk_judge(d, "claim", &l);
}

enum { KESTRAL_MARITIME = 8878, NORTH_LINES = 7194 };       /* what the two are alike to the entry */

static const struct verdict *likely_from(struct desk *d, int64_t score)
{
    d->policy.screening_likely_score = score;
    return sale_to(d, SLICE("Kestral Maritime"), SLICE("US"), 1);
}

static const struct verdict *weak_from(struct desk *d, int64_t score)
{
    d->policy.screening_weak_score = score;
    d->policy.screening_high_risk_countries = SLICE("KP IR");
    return sale_to(d, SLICE("Kestrel Maritime North Lines"), SLICE("IR"), 1);
}

static const struct verdict *weak_in_country_of_risk(struct desk *d, int64_t is_of_risk)
{
    d->policy.screening_high_risk_countries = SLICE("KP IR");
    return sale_to(d, SLICE("Kestrel Maritime North Lines"), is_of_risk ? SLICE("IR") : SLICE("US"), 1);
}

static const struct verdict *weak_at_stake(struct desk *d, int64_t minor)
{
    return sale_to(d, SLICE("Kestrel Maritime North Lines"), SLICE("US"), minor);
}

/* How far ownership reaches is proved in test_ownership.c. */
static const struct verdict *owned_by_blocked(struct desk *d, int64_t is_blocked)
{
    struct owner owner = { .party = { .name = SLICE("P. D."), .key = SLICE("TAX:77"), .id_type = SLICE("TAX"),
                                      .id = SLICE("77") }, .share_percent_micros = 50000000, .has_share = true };
    struct partner site = { .partner_id = SLICE("N-100"), .root_id = SLICE("N-100"), .name = SLICE("Northgate"),
                            .country = SLICE("US"), .owners = &owner, .owner_count = 1 };
    struct party_verdict verdict = { .party_key = SLICE("TAX:77"), .entry_id = SLICE("T-1"), .blocked = true };
    put_list(d);
    if (is_blocked) CHECK(catalogue_put_party(d->catalogue, &verdict) == OK);
    d->facts.site = d->facts.root = &site;
    struct line l = desk_sale("INV-1");
    return desk_judge(d, "sale", &l);
}

static const struct verdict *age_of_list(struct desk *d, int64_t ms)
{
    put_list(d);
    list.max_age_hours = 24;
    list.file_time_unix_ms = d->now - ms;
    d->facts.now_unix_ms = d->now;
    d->facts.ages_are_checked = true;
    return sale_to(d, SLICE("Birch Clinic"), SLICE("US"), 1);
}

static const struct verdict *list_missing(struct desk *d, int64_t is_missing)
{
    put_list(d);
    list.is_loaded = !is_missing;
    return sale_to(d, SLICE("Birch Clinic"), SLICE("US"), 1);
}

static const struct verdict *name_of_nothing(struct desk *d, int64_t is_nothing)
{
    return sale_to(d, is_nothing ? SLICE("***") : SLICE("Birch Clinic"), SLICE("US"), 1);
}

/* --- FIN, SYS ----------------------------------------------------------------------------------------------------- */

static const struct verdict *claimed(struct desk *d, int64_t minor)
{
    struct line l = desk_mdf("M-1");
    l.claimed_amount_minor = minor;
    return desk_judge(d, "claim", &l);
}

static const struct verdict *claimed_behind(struct desk *d, int64_t minor)
{
    claimed(d, minor);
    struct line l = desk_mdf("M-2");
    l.claimed_amount_minor = 40000;
    return desk_judge(d, "second", &l);
}

static const struct verdict *claimed_of_kind(struct desk *d, int64_t kind)
{
    struct line l = desk_claim("A-1");
    l.kind = (enum kind)kind;
    l.amount_minor = l.claimed_amount_minor = 100001;
    l.has_claimed_debit_unit_micros = false;
    l.has_claimed_amount_minor = true;
    return desk_judge(d, "line", &l);
}

static const struct verdict *sum_that_does_not_fit(struct desk *d, int64_t qty_milli)
{
    struct line l = desk_spiff("S-1");
    l.claimed_debit_unit_micros = 1000000000000000;
    l.has_claimed_debit_unit_micros = true;
    l.qty_milli = qty_milli;
    return desk_judge(d, "claim", &l);
}

static const struct verdict *requested_from_the_vendor(struct desk *d, int64_t is_request)
{
    struct mdf_preapproval p = { .status = is_request ? PREAPPROVAL_STATUS_REQUESTED : PREAPPROVAL_STATUS_APPROVED,
                                 .planned_spend_minor = 1 };
    struct line l = { .kind = KIND_MDF_PREAPPROVAL, .partner_id = SLICE("N-100"), .currency = SLICE("USD"),
                      .preapproval_no = SLICE("PA-1"), .preapproval = &p };
    return desk_judge(d, "request", &l);
}

static const struct verdict *sent_by_who_approves(struct desk *d, int64_t approves)
{
    d->facts.submitter_approves = approves;
    return claimed(d, 1);
}

static const struct verdict *return_behind(struct desk *d, int64_t is_held)
{
    struct line sale = desk_sale("INV-1"), back = sale;
    put_list(d);
    if (is_held) sale.sold_to.name = SLICE("Kestrel Maritime Trading");
    back.kind = KIND_POS_RETURN;
    back.qty_milli = -1000;
    back.invoice_no = SLICE("CM-1");
    back.original_line_ref = desk_line_id("sale");
    desk_judge(d, "sale", &sale);
    return desk_judge(d, "return", &back);
}

/* --- the rows --------------------------------------------------------------------------------------------------- */

const struct rule_proof rule_proofs[] = {
    { RULE_DUP_01, "K is on file", key_on_file, 1, "TRUE" },
    { RULE_DUP_01, "K is on file", key_on_file, 0, "FALSE" },
    { RULE_DUP_01, "submission number", submission_behind_two, 1, "TRUE" },
    { RULE_DUP_01, "submission number", submission_behind_two, 2, "TRUE" },
    { RULE_DUP_01, "submission number", submission_behind_two, 3, "FALSE" },
    { RULE_DUP_01, "gap of submissions", submission_behind_two, 3, "FALSE" },
    { RULE_DUP_01, "gap of submissions", submission_behind_two, 4, "TRUE" },
    { RULE_DUP_01, "duplicate.horizon_months", key_after_days, 1096, "TRUE" },
    { RULE_DUP_01, "duplicate.horizon_months", key_after_days, 1097, "FALSE" },
    { RULE_DUP_02, "content", claim_number_reused, 1, "TRUE" },
    { RULE_DUP_02, "content", claim_number_reused, 0, "FALSE" },
    { RULE_DUP_02, "duplicate.horizon_months", claim_number_after_days, 1096, "TRUE" },
    { RULE_DUP_02, "duplicate.horizon_months", claim_number_after_days, 1097, "FALSE" },
    { RULE_DUP_03, "duplicate.near_hold_points", recycled_claim, 17, "TRUE" },
    { RULE_DUP_03, "duplicate.near_hold_points", recycled_claim, 18, "FALSE" },
    { RULE_DUP_03, "duplicate.near_days", compared_for_days, 64, "TRUE" },
    { RULE_DUP_03, "duplicate.near_days", compared_for_days, 63, "FALSE" },
    { RULE_DUP_03, "value within 1 percent", blanket_order_at_price, 252525000, "TRUE" },
    { RULE_DUP_03, "value within 1 percent", blanket_order_at_price, 252526000, "FALSE" },
    { RULE_DUP_03, "120 days", days_apart, 120, "TRUE" },
    { RULE_DUP_03, "120 days", days_apart, 121, "FALSE" },
    { RULE_DUP_03, "keys of 6 characters", slip_in_number, 6, "TRUE" },
    { RULE_DUP_03, "keys of 6 characters", slip_in_number, 5, "FALSE" },
    { RULE_DUP_05, "site of the first line", key_of_site, 1, "TRUE" },
    { RULE_DUP_05, "site of the first line", key_of_site, 0, "FALSE" },
    { RULE_DUP_06, "claim of the proof", proof_of_claim, 1, "TRUE" },
    { RULE_DUP_06, "claim of the proof", proof_of_claim, 0, "FALSE" },
    { RULE_SER_01, "slots taken", slot_of_the_root, 1, "TRUE" },
    { RULE_SER_01, "slots taken", slot_of_the_root, 0, "FALSE" },
    { RULE_SER_01, "serial.scope", serial_of_scope, SERIAL_SCOPE_MANUFACTURER, "TRUE" },
    { RULE_SER_01, "serial.scope", serial_of_scope, SERIAL_SCOPE_PART, "FALSE" },
    { RULE_SER_02, "holder", slot_elsewhere, 1, "TRUE" },
    { RULE_SER_02, "holder", slot_elsewhere, 0, "FALSE" },
    { RULE_SER_02, "holder", slot_elsewhere, 2, "WAIT" },
    { RULE_SER_05, "day of the return", shipped_around_a_return, 20260325, "TRUE" },
    { RULE_SER_05, "day of the return", shipped_around_a_return, 20260326, "FALSE" },
    { RULE_SER_06, "whole units", units_of_one_serial, 1000, "FALSE" },
    { RULE_SER_06, "whole units", units_of_one_serial, 1001, "TRUE" },
    { RULE_SER_06, "whole units", units_of_one_serial, 999, "TRUE" },
    { RULE_SER_06, "4 to 40 characters", serial_of_letters, 3, "TRUE" },
    { RULE_SER_06, "4 to 40 characters", serial_of_letters, 4, "FALSE" },
    { RULE_SER_06, "4 to 40 characters", serial_of_letters, 40, "FALSE" },
    { RULE_SER_06, "4 to 40 characters", serial_of_letters, 41, "TRUE" },
    { RULE_SER_06, "serial.placeholders", serial_number, 12345677, "FALSE" },
    { RULE_SER_06, "serial.placeholders", serial_number, 12345678, "TRUE" },
    { RULE_SER_06, "serial.placeholders", serial_number, 12345679, "FALSE" },
    { RULE_INV_01, "available", units_above_stock, 80000, "FALSE" },
    { RULE_INV_01, "available", units_above_stock, 80001, "TRUE" },
    { RULE_INV_01, "inventory.tolerance_milli", one_milli_above_stock, 0, "TRUE" },
    { RULE_INV_01, "inventory.tolerance_milli", one_milli_above_stock, 1, "FALSE" },
    { RULE_INV_01, "watermark", fed_until, 20260330, "WAIT" },
    { RULE_INV_01, "watermark", fed_until, 20260331, "TRUE" },
    { RULE_INV_01, "inventory.sell_in_lag_days", sold_in_on, 20260402, "WAIT" },
    { RULE_INV_01, "inventory.sell_in_lag_days", sold_in_on, 20260403, "TRUE" },
    { RULE_AGR_06, "customer.accept_score", accepted_from, ALDER_SISTEMS, "FALSE" },
    { RULE_AGR_06, "customer.accept_score", accepted_from, ALDER_SISTEMS + 1, "TRUE" },
    { RULE_AGR_06, "customer.hold_score", asked_from, ALDOR_BYSTEMS, "TRUE" },
    { RULE_AGR_06, "customer.hold_score", asked_from, ALDOR_BYSTEMS + 1, "FALSE" },
    { RULE_AGR_07, "two words of forwarders", ship_to_words_of_a_forwarder, 2, "TRUE" },
    { RULE_AGR_07, "two words of forwarders", ship_to_words_of_a_forwarder, 1, "FALSE" },
    { RULE_AGR_07, "own site", ship_to_own_site, 1, "TRUE" },
    { RULE_AGR_07, "own site", ship_to_own_site, 0, "FALSE" },
    { RULE_AGR_07, "agreement.excluded_countries", ship_to_excluded_country, 1, "TRUE" },
    { RULE_AGR_07, "agreement.excluded_countries", ship_to_excluded_country, 0, "FALSE" },
    { RULE_AGR_08, "future_days", ships_on, 20260409, "FALSE" },
    { RULE_AGR_08, "future_days", ships_on, 20260410, "TRUE" },
    { RULE_AGR_08, "order_date", ordered_on, 20260409, "FALSE" },
    { RULE_AGR_08, "order_date", ordered_on, 20260410, "TRUE" },
    { RULE_AGR_09, "agreement.backdate_days", agreement_late_for, 20260405, "FALSE" },
    { RULE_AGR_09, "agreement.backdate_days", agreement_late_for, 20260404, "TRUE" },
    { RULE_AGR_09, "issued on or before", agreement_issued_on, 20260404, "TRUE" },
    { RULE_AGR_09, "issued on or before", agreement_issued_on, 20260405, "FALSE" },
    { RULE_AGR_09, "agreement.backdate_since_date", live_since, 20260408, "TRUE" },
    { RULE_AGR_09, "agreement.backdate_since_date", live_since, 20260409, "" },
    { RULE_DOC_02, "a field is missing", field_is_missing, 1, "TRUE" },
    { RULE_DOC_02, "a field is missing", field_is_missing, 0, "FALSE" },
    { RULE_SPF_01, "first day on the roster", roster_from, 20260331, "FALSE" },
    { RULE_SPF_01, "first day on the roster", roster_from, 20260401, "TRUE" },
    { RULE_SPF_01, "last day on the roster", roster_until, 20260331, "FALSE" },
    { RULE_SPF_01, "last day on the roster", roster_until, 20260330, "TRUE" },
    { RULE_SPF_01, "site of the roster", roster_of_site, 1, "TRUE" },
    { RULE_SPF_01, "site of the roster", roster_of_site, 0, "FALSE" },
    { RULE_SPF_01, "government", sold_to_government, 1, "TRUE" },
    { RULE_SPF_01, "government", sold_to_government, 0, "FALSE" },
    { RULE_DRG_01, "day on which the other closed", opportunity_closed_on, 20260408, "FALSE" },
    { RULE_DRG_01, "day on which the other closed", opportunity_closed_on, 20260409, "TRUE" },
    { RULE_DRG_01, "deal.min_qty", deal_of_units, 10000, "FALSE" },
    { RULE_DRG_01, "deal.min_qty", deal_of_units, 9999, "TRUE" },
    { RULE_DRG_01, "deal.min_value", deal_of_value, 500000, "FALSE" },
    { RULE_DRG_01, "deal.min_value", deal_of_value, 499999, "TRUE" },
    { RULE_DRG_01, "decided by people", deal_for_people, 1, "TRUE" },
    { RULE_DRG_01, "decided by people", deal_for_people, 0, "FALSE" },
    { RULE_DRG_01, "registry away", deal_without_registry, 1, "WAIT" },
    { RULE_DRG_01, "registry away", deal_without_registry, 0, "FALSE" },
    { RULE_DRG_01, "no rate", deal_without_a_rate, 1, "WAIT" },
    { RULE_DRG_01, "no rate", deal_without_a_rate, 0, "FALSE" },
    { RULE_DRG_01, "fx_max_age_days", deal_by_the_rate_of, 20260308, "FALSE" },
    { RULE_DRG_01, "fx_max_age_days", deal_by_the_rate_of, 20260307, "WAIT" },
    { RULE_VEL_01, "velocity.rep_day_lines", third_line_of_a_rep, 2, "TRUE" },
    { RULE_VEL_01, "velocity.rep_day_lines", third_line_of_a_rep, 3, "FALSE" },
    { RULE_VEL_01, "velocity.site_day_lines", third_line_of_a_site, 2, "TRUE" },
    { RULE_VEL_01, "velocity.site_day_lines", third_line_of_a_site, 3, "FALSE" },
    { RULE_VEL_01, "velocity.day_ratio_percent", ninth_line_at_ratio, 449, "TRUE" },
    { RULE_VEL_01, "velocity.day_ratio_percent", ninth_line_at_ratio, 450, "FALSE" },
    { RULE_VEL_01, "35 days", days_in_the_window, 34, "TRUE" },
    { RULE_VEL_01, "35 days", days_in_the_window, 35, "FALSE" },
    { RULE_SCR_01, "screening.likely_score", likely_from, KESTRAL_MARITIME, "TRUE" },
    { RULE_SCR_01, "screening.likely_score", likely_from, KESTRAL_MARITIME + 1, "FALSE" },
    { RULE_SCR_01, "screening.weak_score", weak_from, NORTH_LINES, "TRUE" },
    { RULE_SCR_01, "screening.weak_score", weak_from, NORTH_LINES + 1, "FALSE" },
    { RULE_SCR_01, "screening.high_risk_countries", weak_in_country_of_risk, 1, "TRUE" },
    { RULE_SCR_01, "screening.high_risk_countries", weak_in_country_of_risk, 0, "FALSE" },
    { RULE_SCR_01, "first limit", weak_at_stake, 100000, "FALSE" },
    { RULE_SCR_01, "first limit", weak_at_stake, 100001, "TRUE" },
    { RULE_SCR_01, "owner is blocked", owned_by_blocked, 1, "TRUE" },
    { RULE_SCR_01, "owner is blocked", owned_by_blocked, 0, "FALSE" },
    { RULE_SCR_02, "max_age_hours", age_of_list, 24 * (int64_t)INSTANT_HOUR_MS, "FALSE" },
    { RULE_SCR_02, "max_age_hours", age_of_list, 24 * (int64_t)INSTANT_HOUR_MS + 1, "WAIT" },
    { RULE_SCR_02, "list missing", list_missing, 1, "WAIT" },
    { RULE_SCR_02, "list missing", list_missing, 0, "FALSE" },
    { RULE_SCR_02, "name of nothing", name_of_nothing, 1, "FAULT" },
    { RULE_SCR_02, "name of nothing", name_of_nothing, 0, "FALSE" },
    { RULE_FIN_01, "first limit", claimed, 100000, "FALSE" },
    { RULE_FIN_01, "first limit", claimed, 100001, "TRUE" },
    { RULE_FIN_01, "claimed that day", claimed_behind, 60000, "FALSE" },
    { RULE_FIN_01, "claimed that day", claimed_behind, 60001, "TRUE" },
    { RULE_FIN_01, "approval.kinds", claimed_of_kind, KIND_SPIFF_CLAIM, "TRUE" },
    { RULE_FIN_01, "approval.kinds", claimed_of_kind, KIND_SHIP_DEBIT_CLAIM, "" },
    { RULE_FIN_01, "manual money", claimed_of_kind, KIND_ADJUSTMENT, "TRUE" },
    { RULE_FIN_01, "manual money", claimed_of_kind, KIND_REVERSE, "TRUE" },
    { RULE_FIN_01, "manual money", claimed_of_kind, KIND_RERATE, "TRUE" },
    { RULE_FIN_01, "a partner's request", requested_from_the_vendor, 1, "TRUE" },
    { RULE_FIN_01, "a partner's request", requested_from_the_vendor, 0, "FALSE" },
    { RULE_FIN_01, "a sum that does not fit", sum_that_does_not_fit, 1000000000000, "FAULT" },
    { RULE_FIN_02, "the submitter approves", sent_by_who_approves, 1, "TRUE" },
    { RULE_FIN_02, "the submitter approves", sent_by_who_approves, 0, "FALSE" },
    { RULE_SYS_01, "its original waits here", return_behind, 1, "WAIT" },
    { RULE_SYS_01, "its original waits here", return_behind, 0, "FALSE" },
};
const unsigned rule_proof_count = sizeof rule_proofs / sizeof rule_proofs[0];
