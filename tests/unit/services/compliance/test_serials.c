/* tests/unit/services/compliance/test_serials.c: screening.md 8.1, 8.2, domain.md 5.4 P4. */
#include "compliance/serials.h"

#include "support/compliance_desk.h"
#include "support/table.h"

static void put_program(struct desk *d, enum serial_rule serials)
{
    struct program p = {
        .id = SLICE("SPF"), .version = 1, .incentive = INCENTIVE_SPIFF, .status = PROGRAM_STATUS_ACTIVE,
        .valid_from = 20200101,
        .valid_to = 20991231, .currency = SLICE("USD"), .payout_currency = SLICE("USD"), .payee = PAYEE_REP,
        .spiff = { .serials = serials, .trigger_pos = true },
    };
    CHECK(catalogue_put_program(d->catalogue, &p) == OK);
    d->program_id = SLICE("SPF");
}

static void open_spiff(struct desk *d, enum serial_rule serials)
{
    desk_open(d);
    put_program(d, serials);
    d->facts.slots_standing = SLOTS_ANSWERED;
    d->policy.modes[RULE_SPF_01] = d->policy.modes[RULE_DUP_02] = d->policy.modes[RULE_DUP_03] = RULE_MODE_OFF;
}

static struct texts words(struct slice rest)
{
    struct slice *items = ARENA_ARRAY(test_arena(), 16, struct slice);
    unsigned count = 0;
    while (rest.size) items[count++] = slice_cut(&rest, ' ');
    return (struct texts){ items, count };
}

static struct line spiff_with(const char *invoice, struct slice serials)
{
    struct line l = desk_spiff(invoice);
    l.serials = words(serials);
    l.qty_milli = 1000 * (int64_t)l.serials.count;
    return l;
}

TEST(normalises_what_scanners_and_people_add)
{
    struct table t = TABLE(
        "serial        | normal",
        "sn-ab12cd     | AB12CD",
        "SERIAL:AB12   | AB12",
        "AB 12.34/x    | AB1234X",
        "SNAP          | AP",
        "ＡＢ１２５      | AB125",                            /* full width */
        "АB-1234       | AB1234",                           /* a Cyrillic A beside a Latin B */
        "А-1234        | A1234",
        "AB12é         | AB12E");
    while (table_next(&t)) CHECK_CELL(&t, "normal", serial_normalise(test_arena(), cell(&t, "serial")));
}

TEST(a_serial_has_a_form)
{
    struct table t = TABLE(
        "serial     mask      check  | valid",
        "AB1        -         -      | no",                 /* three characters */
        "AB12       -         -      | yes",
        "0123456789012345678901234567890123456789   -  -  | yes",
        "01234567890123456789012345678901234567890  -  -  | no",
        "AAAAA      -         -      | no",
        "12345678   -         -      | no",                 /* a placeholder */
        "AB12       AANN      -      | yes",
        "AB1X       AANN      -      | no",
        "AB1X       AANX      -      | yes",
        "AB123      AANN      -      | no",
        "AB12       ABNN      -      | yes",                /* B is no A nor N: itself */
        "79927398713  -       LUHN   | yes",
        "79927398710  -       LUHN   | no",
        "7992A398713  -       LUHN   | no");
    struct policy policy;
    policy_default(&policy);
    while (table_next(&t)) {
        struct product product = { .serial_mask = cell(&t, "mask"), .serial_check = cell(&t, "check") };
        bool valid = serial_is_valid(&policy, &product, cell(&t, "serial"));
        CHECK_CELL(&t, "valid", valid ? SLICE("yes") : SLICE("no"));
    }
}

TEST(sorts_any_list_and_keeps_repeats)
{
    struct texts in = words(SLICE("K5 K1 K4 K1 K3 K2")), out = serials_sorted(test_arena(), &in);
    CHECK_INT(out.count, 6);
    for (unsigned i = 1; i < out.count; i++) CHECK(slice_compare(out.items[i - 1], out.items[i]) <= 0);
    uint64_t state = test_seed();
    for (int round = 0; round < 50; round++) {
        struct slice items[64];
        for (unsigned i = 0; i < 64; i++) {
            struct text t = text_in(test_arena(), 24);
            text_put_int(&t, (int64_t)(test_random(&state) % 90));
            items[i] = text_slice(&t);
        }
        struct texts many = { items, 64 };
        out = serials_sorted(test_arena(), &many);
        for (unsigned i = 1; i < out.count; i++) CHECK(slice_compare(out.items[i - 1], out.items[i]) <= 0);
    }
}

TEST(units_whose_slot_is_taken_are_cut_and_none_left_is_refused)
{
    struct table t = TABLE(
        "first       second           | says                   qty",
        "K100 K200   K300 K400        | PASS -                 2000",
        "K100 K200   K200 K300        | SHORT SERIAL_DUPLICATE  1000",
        "K100 K200   K100 K200        | REJECT SERIAL_DUPLICATE  2000",
        "K900        K100 K200 K200   | SHORT SERIAL_DUPLICATE  2000");        /* repeated in the line */
    while (table_next(&t)) {
        struct desk d;
        open_spiff(&d, SERIAL_RULE_REQUIRED);
        struct line first = spiff_with("S-1", cell(&t, "first")), second = spiff_with("S-2", cell(&t, "second"));
        CHECK_TEXT(desk_says(desk_judge(&d, "first", &first)), "PASS -");
        const struct verdict *v = desk_judge(&d, "second", &second);
        const struct clearance *c = desk_clearance(v);
        CHECK_CELL(&t, "says", desk_says(v));
        CHECK_CELL_INT(&t, "qty", c->has_accepted_qty ? c->accepted_qty_milli : second.qty_milli);
        desk_close(&d);
    }
}

TEST(a_line_finds_its_own_slot_and_a_denied_one_gives_it_back)
{
    struct desk d;
    open_spiff(&d, SERIAL_RULE_REQUIRED);
    d.policy.velocity_rep_day_lines = 0;
    struct line first = spiff_with("S-1", SLICE("K100")), second = spiff_with("S-2", SLICE("K100"));
    const struct verdict *held = desk_judge(&d, "first", &first);
    CHECK_TEXT(desk_says(held), "HOLD PATTERN_REVIEW");
    CHECK_TEXT(desk_says(desk_judge(&d, "first", &first)), "HOLD PATTERN_REVIEW");
    d.policy.velocity_rep_day_lines = 20;
    CHECK_TEXT(desk_says(desk_judge(&d, "second", &second)), "REJECT SERIAL_DUPLICATE");
    struct review_effect deny = { .verb = VERB_DENY };
    d.review = &deny;
    desk_judge(&d, "first", &first);
    second.submission_no = 2;
    CHECK_TEXT(desk_says(desk_judge(&d, "third", &second)), "PASS -");
    struct slice key = BOOKS_KEY(test_arena(), SLICE("N-100"), SLICE("K100"), (struct slice){ 0 });
    const struct serial_history *h = desk_record(&d, COMPLIANCE_SERIALS, key);
    CHECK_INT(h->slot_count, 1);
    CHECK_INT(h->slots[0].generation, 1);
    CHECK_SLICE(h->slots[0].line_id, desk_line_id("third"));
    CHECK_INT(desk_row_count(&d, COMPLIANCE_OUTBOX), 1);
    desk_close(&d);
}

TEST(a_program_that_needs_serials_counts_them_and_checks_their_form)
{
    struct table t = TABLE(
        "rule      serials       qty    | says",
        "REQUIRED  K100 K200     2000   | PASS -",
        "REQUIRED  K100 K200     3000   | REJECT SERIAL_COUNT_MISMATCH",
        "REQUIRED  -             1000   | REJECT SERIAL_COUNT_MISMATCH",
        "REQUIRED  K100 NA       2000   | REJECT SERIAL_INVALID",
        "REQUIRED  K100 NA       3000   | REJECT SERIAL_INVALID,SERIAL_COUNT_MISMATCH",
        "OPTIONAL  -             1000   | PASS -",
        "OPTIONAL  NA            1000   | REJECT SERIAL_INVALID",
        "NONE      NA            5000   | PASS -");
    while (table_next(&t)) {
        struct desk d;
        open_spiff(&d, (enum serial_rule)word_find(VOCABULARY_SERIAL_RULE, cell(&t, "rule")));
        struct line l = spiff_with("S-1", cell(&t, "serials"));
        l.qty_milli = cell_int(&t, "qty");
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "line", &l)));
        desk_close(&d);
    }
}

TEST(the_form_of_serials_speaks_also_on_a_line_of_the_wrong_role)
{
    struct desk d;
    open_spiff(&d, SERIAL_RULE_REQUIRED);
    struct line l = spiff_with("S-1", SLICE("K100"));
    l.qty_milli = 2000;
    d.refused = REASON_ROLE_NOT_ELIGIBLE;
    CHECK_TEXT(desk_says(desk_judge(&d, "line", &l)), "REJECT SERIAL_COUNT_MISMATCH,ROLE_NOT_ELIGIBLE");
    desk_close(&d);
}

TEST(another_root_holds_and_a_registry_that_is_away_parks)
{
    struct table t = TABLE(
        "registry  holder  | says",
        "answered  -       | PASS -",
        "answered  N-100   | PASS -",
        "answered  V-310   | HOLD SERIAL_OTHER_PARTNER",
        "away      -       | PARK REGISTRY_UNAVAILABLE",
        "unasked   -       | PARK REGISTRY_UNAVAILABLE");
    while (table_next(&t)) {
        struct desk d;
        open_spiff(&d, SERIAL_RULE_REQUIRED);
        struct slot_answer slot = { SLICE("SPF"), SLICE("K100"), cell(&t, "holder"), SLICE("other") };
        int standing = cell_word(&t, "registry", "unasked answered away");
        d.facts.slots_standing = (enum slots_standing)standing;
        d.facts.slots = &slot;
        d.facts.slot_count = d.facts.slots_of_program = 1;
        struct line l = spiff_with("S-1", SLICE("K100"));
        const struct verdict *v = desk_judge(&d, "line", &l);
        CHECK_CELL(&t, "says", desk_says(v));
        if (standing != 1) CHECK_TEXT(v->judgement->waiting.on, WAIT_REGISTRY);
        desk_close(&d);
    }
}

TEST(a_second_line_of_the_root_that_does_not_hold_the_slot_either_is_no_duplicate)
{
    struct desk d;
    open_spiff(&d, SERIAL_RULE_OPTIONAL);
    struct slot_answer slots[] = { { SLICE("SPF"), SLICE("K100"), SLICE("V-310"), SLICE("other") } };
    d.facts.slots = slots;
    d.facts.slot_count = d.facts.slots_of_program = 1;
    struct line first = spiff_with("S-1", SLICE("K100 K200")), second = spiff_with("S-2", SLICE("K100")),
                third = spiff_with("S-3", SLICE("K100 K200 K300"));
    CHECK_TEXT(desk_says(desk_judge(&d, "first", &first)), "HOLD SERIAL_OTHER_PARTNER");
    CHECK_TEXT(desk_says(desk_judge(&d, "second", &second)), "HOLD SERIAL_OTHER_PARTNER");
    CHECK_TEXT(desk_says(desk_judge(&d, "third", &third)), "HOLD SERIAL_OTHER_PARTNER,SERIAL_DUPLICATE");
    desk_close(&d);
}

TEST(a_registry_that_is_away_parks_no_line_without_serials)
{
    struct desk d;
    open_spiff(&d, SERIAL_RULE_OPTIONAL);
    d.facts.slots_standing = SLOTS_AWAY;
    struct line l = desk_spiff("S-1");
    CHECK_TEXT(desk_says(desk_judge(&d, "line", &l)), "PASS -");
    desk_close(&d);
}

TEST(on_a_sale_serial_findings_strike_the_program_and_the_sale_stands)
{
    struct desk d;
    open_spiff(&d, SERIAL_RULE_REQUIRED);
    struct line claim = spiff_with("S-1", SLICE("K100")), sale = desk_sale("INV-1");
    CHECK_TEXT(desk_says(desk_judge(&d, "claim", &claim)), "PASS -");
    sale.rep_id = SLICE("R-1");
    sale.serials = words(SLICE("K100 K200"));
    sale.qty_milli = 2000;
    const struct verdict *v = desk_judge(&d, "sale", &sale);
    const struct clearance *c = desk_clearance(v);
    CHECK_TEXT(desk_says(v), "PASS -");
    CHECK(!c->has_accepted_qty);
    CHECK_INT(c->struck_count, 1);
    CHECK_SLICE(c->struck[0].program_id, SLICE("SPF"));
    CHECK_INT(c->struck[0].reasons[0].code, REASON_SERIAL_DUPLICATE);
    desk_close(&d);
}

TEST(what_strikes_a_program_is_said_in_order_of_precedence)
{
    struct desk d;
    open_spiff(&d, SERIAL_RULE_REQUIRED);
    struct slot_answer slot = { SLICE("SPF"), SLICE("K100"), SLICE("V-310"), SLICE("other") };
    struct line sale = desk_sale("INV-1");
    d.facts.slots = &slot;
    d.facts.slot_count = d.facts.slots_of_program = 1;
    sale.rep_id = SLICE("R-1");
    sale.serials = words(SLICE("K100 K200"));
    sale.qty_milli = 3000;
    const struct clearance *c = desk_clearance(desk_judge(&d, "sale", &sale));
    CHECK_INT(c->struck_count, 1);
    CHECK_INT(c->struck[0].reason_count, 2);
    CHECK_INT(c->struck[0].reasons[0].code, REASON_SERIAL_COUNT_MISMATCH);
    CHECK_INT(c->struck[0].reasons[1].code, REASON_SERIAL_OTHER_PARTNER);
    desk_close(&d);
}

TEST(a_returned_serial_earns_nothing_until_it_is_sold_again)
{
    struct table t = TABLE(
        "ships     resold    | says",
        "20260320  0         | REJECT SERIAL_RETURNED",
        "20260325  0         | REJECT SERIAL_RETURNED",     /* returned on that day */
        "20260326  0         | PASS -",                     /* the return was before */
        "20260320  20260326  | PASS -");
    while (table_next(&t)) {
        struct desk d;
        open_spiff(&d, SERIAL_RULE_REQUIRED);
        struct line sale = desk_sale("INV-1"), back = desk_sale("CM-1"), claim = spiff_with("S-1", SLICE("K100"));
        sale.serials = back.serials = claim.serials;
        sale.qty_milli = 1000;
        sale.ship_date = 20260320;
        back.kind = KIND_POS_RETURN;
        back.qty_milli = -1000;
        back.ship_date = 20260325;
        back.original_line_ref = desk_line_id("sale");
        claim.ship_date = (int32_t)cell_int(&t, "ships");
        CHECK_TEXT(desk_says(desk_judge(&d, "sale", &sale)), "PASS -");
        CHECK_TEXT(desk_says(desk_judge(&d, "return", &back)), "PASS -");
        if (cell_int(&t, "resold")) {
            struct line again = sale;
            again.invoice_no = SLICE("INV-9");
            again.ship_date = (int32_t)cell_int(&t, "resold");
            CHECK_TEXT(desk_says(desk_judge(&d, "again", &again)), "PASS -");
        }
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "claim", &claim)));
        desk_close(&d);
    }
}

TEST(a_return_opens_a_new_generation_of_the_slots_of_its_serials)
{
    struct desk d;
    open_spiff(&d, SERIAL_RULE_REQUIRED);
    struct line claim = spiff_with("S-1", SLICE("K100")), back = desk_sale("CM-1"),
        second = spiff_with("S-2", SLICE("K100"));
    struct line sale = desk_sale("S-1");
    desk_judge(&d, "sale", &sale);
    desk_judge(&d, "claim", &claim);
    back.kind = KIND_POS_RETURN;
    back.qty_milli = -1000;
    back.ship_date = 20260401;
    back.serials = claim.serials;
    back.original_line_ref = desk_line_id("sale");
    CHECK_TEXT(desk_says(desk_judge(&d, "return", &back)), "PASS -");
    second.ship_date = 20260402;
    CHECK_TEXT(desk_says(desk_judge(&d, "second", &second)), "PASS -");
    desk_close(&d);
}

static const struct outbox_slot *owed_on(struct desk *d, struct slice serial)
{
    return desk_record(d, COMPLIANCE_OUTBOX,
                       BOOKS_KEY(test_arena(), SLICE("N-100"), SLICE("serial"), SLICE("SPF"), serial));
}

/* A sale is struck and gives its slot up; the strike falls away before the registry was told. */
/* What was paid under another invoice stays paid: its unit does not come back with this one. */
TEST(a_return_frees_no_slot_of_another_invoice)
{
    static const struct { const char *invoice, *original; struct slice part, customer; bool frees; } rows[] = {
        { "S-1", "sale", SLICE_INIT("SW-24"), SLICE_INIT("C-ALDER"), true },
        { "S-9", "sale", SLICE_INIT("SW-24"), SLICE_INIT("C-ALDER"), false },       /* a claim of another invoice */
        { "S-1", NULL, SLICE_INIT("SW-24"), SLICE_INIT("C-ALDER"), true },          /* any sale of part and customer */
        { "S-1", NULL, SLICE_INIT("SW-24"), SLICE_INIT("C-ELM"), false },
        { "S-9", NULL, SLICE_INIT("SW-24"), SLICE_INIT("C-ALDER"), false },
        { "S-1", "nobody", SLICE_INIT("SW-24"), SLICE_INIT("C-ALDER"), false },     /* held by payout */
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk d;
        open_spiff(&d, SERIAL_RULE_REQUIRED);
        struct line sale = desk_sale("S-1"), claim = spiff_with(rows[i].invoice, SLICE("K100")),
                    back = desk_sale("CM-1"), second = spiff_with("S-2", SLICE("K100"));
        desk_judge(&d, "sale", &sale);
        desk_judge(&d, "claim", &claim);
        back.kind = KIND_POS_RETURN;
        back.qty_milli = -1000;
        back.ship_date = 20260401;
        back.serials = claim.serials;
        back.vendor_part = rows[i].part;
        back.sold_to.key = rows[i].customer;
        if (rows[i].original) back.original_line_ref = desk_line_id(rows[i].original);
        desk_judge(&d, "return", &back);
        second.ship_date = 20260402;
        CHECK_SLICE(desk_says(desk_judge(&d, "second", &second)),
                    rows[i].frees ? SLICE("PASS -") : SLICE("REJECT SERIAL_DUPLICATE"));
        desk_close(&d);
    }
}

TEST(a_slot_that_is_given_up_and_taken_again_is_not_freed_behind_the_lines_back)
{
    struct desk d;
    open_spiff(&d, SERIAL_RULE_REQUIRED);
    struct slot_answer slot = { SLICE("SPF"), SLICE("K100"), { 0 }, { 0 } };
    struct line sale = desk_sale("INV-1");
    d.facts.slots = &slot;
    d.facts.slot_count = d.facts.slots_of_program = 1;
    sale.rep_id = SLICE("R-1");
    sale.serials = words(SLICE("K100"));
    sale.qty_milli = 1000;
    d.policy.serial_placeholders = SLICE("K100");
    CHECK_TEXT(desk_says(desk_judge(&d, "sale", &sale)), "PASS -");
    CHECK_SLICE(owed_on(&d, SLICE("K100"))->line_id, desk_line_id("sale"));
    CHECK_INT(owed_on(&d, SLICE("K100"))->next_line_id.size, 0);
    d.policy.serial_placeholders = (struct slice){ 0 };
    slot.holder_root_id = SLICE("N-100");
    slot.holder_line_id = desk_line_id("sale");             /* not told yet */
    CHECK_TEXT(desk_says(desk_judge(&d, "sale", &sale)), "PASS -");
    CHECK_SLICE(owed_on(&d, SLICE("K100"))->line_id, desk_line_id("sale"));
    CHECK_SLICE(owed_on(&d, SLICE("K100"))->next_line_id, desk_line_id("sale"));     /* only asks */
    CHECK(!owed_on(&d, SLICE("K100"))->next_is_released);
    desk_close(&d);
}

TEST(a_cancelled_line_that_comes_again_keeps_no_slot)
{
    struct desk d;
    open_spiff(&d, SERIAL_RULE_REQUIRED);
    struct slot_answer slot = { SLICE("SPF"), SLICE("K100"), { 0 }, { 0 } };
    struct line claim = spiff_with("S-1", SLICE("K100"));
    struct line cancel = { .kind = KIND_CANCEL,
                           .partner_id = SLICE("N-100"),
                           .original_line_ref = desk_line_id("claim") };
    d.facts.slots = &slot;
    d.facts.slot_count = d.facts.slots_of_program = 1;
    desk_judge(&d, "claim", &claim);
    desk_judge(&d, "cancel", &cancel);
    *(struct outbox_slot *)(uintptr_t)owed_on(&d, SLICE("K100")) = (struct outbox_slot){ 0 };     /* paid */
    desk_judge(&d, "claim", &claim);
    CHECK_SLICE(owed_on(&d, SLICE("K100"))->line_id, desk_line_id("claim"));
    desk_close(&d);
}

TEST(a_cancel_gives_the_slot_back)
{
    struct desk d;
    open_spiff(&d, SERIAL_RULE_REQUIRED);
    struct line claim = spiff_with("S-1", SLICE("K100")), second = spiff_with("S-2", SLICE("K100"));
    struct line cancel = { .kind = KIND_CANCEL, .partner_id = SLICE("N-100"),
                           .original_line_ref = desk_line_id("claim") };
    desk_judge(&d, "claim", &claim);
    CHECK_TEXT(desk_says(desk_judge(&d, "second", &second)), "REJECT SERIAL_DUPLICATE");
    desk_judge(&d, "cancel", &cancel);
    second.submission_no = 2;
    CHECK_TEXT(desk_says(desk_judge(&d, "third", &second)), "PASS -");
    desk_close(&d);
}

TEST(a_reversal_gives_serials_back_unless_fraud_is_its_cause)
{
    struct table t = TABLE(
        "cause       | says",
        "DATA_ERROR  | PASS -",
        "FRAUD       | REJECT SERIAL_DUPLICATE");
    while (table_next(&t)) {
        struct desk d;
        open_spiff(&d, SERIAL_RULE_REQUIRED);
        struct line claim = spiff_with("S-1", SLICE("K100")), second = spiff_with("S-2", SLICE("K100"));
        struct slice refs[] = { desk_line_id("claim") };
        struct line reverse = { .kind = KIND_REVERSE, .partner_id = SLICE("N-100"), .line_refs = { refs, 1 },
                                .reason_text = SLICE("x"), .cause = (enum cause)word_find(VOCABULARY_CAUSE,
                                    cell(&t, "cause")) };
        desk_judge(&d, "claim", &claim);
        d.approvals[d.approval_count++] = (struct pair){ SLICE("approved_by"), SLICE("ann") };
        d.approvals[d.approval_count++] = (struct pair){ SLICE("approved_by"), SLICE("bob") };
        CHECK_TEXT(desk_says(desk_judge(&d, "reverse", &reverse)), "PASS -");
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "second", &second)));
        desk_close(&d);
    }
}

/* A unit sold, returned and sold again: the report of its return comes last. */
TEST(a_late_return_frees_no_slot_of_the_sale_behind_it)
{
    struct table t = TABLE(
        "returned  | says",
        "20260320  | REJECT SERIAL_DUPLICATE",              /* before the claim that holds the slot shipped */
        "20260325  | PASS -",                               /* on its day: it came back */
        "20260401  | PASS -");
    while (table_next(&t)) {
        struct desk d;
        open_spiff(&d, SERIAL_RULE_REQUIRED);
        struct line claim = spiff_with("S-1", SLICE("K100")), back = desk_sale("CM-1"),
                    second = spiff_with("S-2", SLICE("K100"));
        struct line sale = desk_sale("S-1");                /* of the claim's invoice line: it goes back with it */
        desk_judge(&d, "sale", &sale);
        claim.ship_date = 20260325;
        desk_judge(&d, "claim", &claim);
        back.kind = KIND_POS_RETURN;
        back.original_line_ref = desk_line_id("sale");
        back.qty_milli = -1000;
        back.ship_date = (int32_t)cell_int(&t, "returned");
        back.serials = claim.serials;
        CHECK_TEXT(desk_says(desk_judge(&d, "return", &back)), "PASS -");
        second.ship_date = 20260402;
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "second", &second)));
        desk_close(&d);
    }
}

/* The newest sale and return count, in whatever order they are reported. */
TEST(late_reports_do_not_hide_newer_ones)
{
    struct desk d;
    open_spiff(&d, SERIAL_RULE_REQUIRED);
    struct line sale = desk_sale("INV-1"), back = desk_sale("CM-1"), older = desk_sale("INV-0"),
                claim = spiff_with("S-1", SLICE("K100"));
    sale.serials = back.serials = older.serials = claim.serials;
    sale.qty_milli = older.qty_milli = 1000;
    sale.ship_date = 20260401;
    back.kind = KIND_POS_RETURN;
    back.qty_milli = -1000;
    back.ship_date = 20260325;
    older.ship_date = 20260310;
    claim.ship_date = 20260320;
    CHECK_TEXT(desk_says(desk_judge(&d, "sale", &sale)), "PASS -");
    CHECK_TEXT(desk_says(desk_judge(&d, "older", &older)), "PASS -");
    CHECK_TEXT(desk_says(desk_judge(&d, "return", &back)), "PASS -");
    CHECK_TEXT(desk_says(desk_judge(&d, "claim", &claim)), "PASS -");       /* sold again on 1 April */
    desk_close(&d);
}

static const struct rule_result *serial_result(const struct verdict *v, enum rule_id rule)
{
    static const struct rule_result none;
    for (unsigned i = 0; i < v->judgement->rule_result_count; i++)
        if (v->judgement->rule_results[i].number == rule_row(rule)->number) return &v->judgement->rule_results[i];
    return &none;
}

TEST(the_record_says_which_serials_and_how_many)
{
    struct desk d;
    open_spiff(&d, SERIAL_RULE_REQUIRED);
    struct line l = spiff_with("S-1", SLICE("K100 K200"));
    l.qty_milli = 3000;
    const struct verdict *v = desk_judge(&d, "count", &l);
    CHECK_TEXT(desk_says(v), "REJECT SERIAL_COUNT_MISMATCH");
    const struct rule_result *r = serial_result(v, RULE_SER_06);
    CHECK_INT(r->value, TRUTH_TRUE);
    CHECK_INT(r->observed.value, 2000);
    CHECK_INT(r->limit.value, 3000);
    CHECK_TEXT(v->judgement->reasons[0].arguments[0].value, "2");
    CHECK_TEXT(v->judgement->reasons[0].arguments[1].value, "3");
    l = spiff_with("S-2", SLICE("K100 AAAA"));
    v = desk_judge(&d, "form", &l);
    CHECK_TEXT(desk_says(v), "REJECT SERIAL_INVALID");
    r = serial_result(v, RULE_SER_06);
    CHECK_INT(r->evidence[0].kind, EVIDENCE_SERIAL);
    CHECK_TEXT(r->evidence[0].id, "AAAA");
    l = spiff_with("S-3", SLICE("K300 K400"));
    CHECK_TEXT(desk_rule(desk_judge(&d, "fit", &l), RULE_SER_06), "FALSE");
    desk_close(&d);
}

TEST(what_a_taken_serial_cuts_stands_in_the_reason)
{
    struct desk d;
    open_spiff(&d, SERIAL_RULE_REQUIRED);
    struct line first = spiff_with("S-1", SLICE("K100")), second = spiff_with("S-2", SLICE("K100 K200 K300"));
    desk_judge(&d, "first", &first);
    const struct verdict *v = desk_judge(&d, "second", &second);
    CHECK_TEXT(desk_says(v), "SHORT SERIAL_DUPLICATE");
    CHECK_INT(v->judgement->reasons[0].cut_qty_milli, 1000);
    const struct rule_result *r = serial_result(v, RULE_SER_01);
    CHECK_INT(r->observed.value, 1);
    CHECK_INT(r->evidence_count, 2);
    CHECK_SLICE(r->evidence[1].id, desk_line_id("first"));
    desk_close(&d);
}

TEST(a_line_that_waits_for_the_registry_is_counted_in_no_window)
{
    struct desk d;
    open_spiff(&d, SERIAL_RULE_REQUIRED);
    d.policy.velocity_rep_day_lines = 1;
    d.policy.velocity_day_ratio_percent = 0;
    d.facts.slots_standing = SLOTS_AWAY;
    struct line first = spiff_with("S-1", SLICE("K100")), second = spiff_with("S-2", SLICE("K200"));
    CHECK_TEXT(desk_says(desk_judge(&d, "first", &first)), "PARK REGISTRY_UNAVAILABLE");
    d.facts.slots_standing = SLOTS_ANSWERED;
    CHECK_TEXT(desk_says(desk_judge(&d, "second", &second)), "PASS -");
    desk_close(&d);
}
