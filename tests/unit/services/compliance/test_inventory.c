/* tests/unit/services/compliance/test_inventory.c: screening.md 8.3, INV-01. */
#include "compliance/inventory.h"

#include "support/compliance_desk.h"
#include "support/table.h"

#include <stdio.h>

static void open_ledger(struct desk *d, int64_t reported_milli, int32_t snapshot_date, int32_t sell_in_to)
{
    desk_open(d);
    d->policy.modes[RULE_DUP_02] = d->policy.modes[RULE_DUP_03] = RULE_MODE_OFF;
    struct line v = { .kind = KIND_INVENTORY, .partner_id = SLICE("N-100"), .vendor_part = SLICE("SW-24"),
                      .qty_milli = reported_milli, .snapshot_date = snapshot_date };
    CHECK_TEXT(desk_says(desk_judge(d, "inventory", &v)), "PASS -");
    struct line in = { .kind = KIND_SELL_IN, .partner_id = SLICE("N-100"), .vendor_part = SLICE("OTHER"),
                       .qty_milli = 1000,
                       .invoice_no = SLICE("V-1"), .invoice_date = 20260301, .currency = SLICE("USD"),
                       .unit_price_micros = 1,
                       .has_unit_price_micros = true, .report_to = sell_in_to };
    CHECK_TEXT(desk_says(desk_judge(d, "watermark", &in)), "PASS -");
}

static int64_t available(struct desk *d)
{
    struct slice key = BOOKS_KEY(test_arena(), SLICE("N-100"), (struct slice){ 0 }, SLICE("SW-24"));
    return ((const struct pool_ledger *)desk_record(d, COMPLIANCE_INVENTORY, key))->available_milli;
}

TEST(what_is_above_the_stock_is_held_or_cut_and_what_is_covered_waits_for_nothing)
{
    struct table t = TABLE(
        "shortage  qty     tolerance  feed      | says                    qty_left",
        "HOLD      80000   0          20260401  | PASS -                  80000",
        "HOLD      80001   0          20260401  | HOLD INVENTORY_SHORT    80001",
        "HOLD      80001   1          20260401  | PASS -                  80001",
        "SHORT     80000   0          20260401  | PASS -                  80000",
        "SHORT     80001   0          20260401  | SHORT INVENTORY_LIMIT   80000",
        "SHORT     80001   1          20260401  | PASS -                  80001",
        "SHORT     100000  0          20260401  | SHORT INVENTORY_LIMIT   80000",
        "SHORT     80001   0          20260330  | PARK FEED_INCOMPLETE    80001",
        "HOLD      100000  0          20260330  | PARK FEED_INCOMPLETE    100000",
        "HOLD      100000  0          20260331  | HOLD INVENTORY_SHORT    100000",
        "HOLD      80000   0          20260330  | PASS -                  80000");
    while (table_next(&t)) {
        struct desk d;
        open_ledger(&d, 80000, 20260315, (int32_t)cell_int(&t, "feed"));
        d.policy.inventory_shortage = (enum shortage)word_find(VOCABULARY_SHORTAGE, cell(&t, "shortage"));
        d.policy.inventory_tolerance_milli = cell_int(&t, "tolerance");
        struct line l = desk_sale("INV-1");
        l.qty_milli = cell_int(&t, "qty");
        const struct verdict *v = desk_judge(&d, "sale", &l);
        const struct clearance *c = desk_clearance(v);
        CHECK_CELL(&t, "says", desk_says(v));
        CHECK_CELL_INT(&t, "qty_left", c->has_accepted_qty ? c->accepted_qty_milli : l.qty_milli);
        desk_close(&d);
    }
}

TEST(an_explicit_claim_with_nothing_covered_is_refused)
{
    struct desk d;
    open_ledger(&d, 0, 20260315, 20260401);
    d.policy.inventory_shortage = SHORTAGE_SHORT;
    struct line l = desk_claim("INV-1");
    CHECK_TEXT(desk_says(desk_judge(&d, "claim", &l)), "REJECT INVENTORY_LIMIT");
    desk_close(&d);
}

TEST(an_explicit_claim_with_nothing_covered_is_not_refused_while_something_is_in_question)
{
    struct desk d;
    open_ledger(&d, 0, 20260315, 20260401);
    d.policy.inventory_shortage = SHORTAGE_SHORT;
    d.policy.agreement_excluded_countries = SLICE("XX");
    struct line l = desk_claim("INV-1");
    l.ship_to = (struct party){ .name = SLICE("Alder"), .country = SLICE("XX"), .key = SLICE("SHIP-1") };
    const struct verdict *v = desk_judge(&d, "claim", &l);
    CHECK_TEXT(desk_says(v), "HOLD SHIP_TO_NOT_ALLOWED,INVENTORY_LIMIT");
    CHECK(!desk_clearance(v)->has_accepted_qty);
    desk_close(&d);
}

TEST(the_rule_does_not_apply_before_the_first_report_nor_to_what_moves_nothing)
{
    struct desk d;
    desk_open(&d);
    struct line l = desk_sale("INV-1");
    CHECK_TEXT(desk_rule(desk_judge(&d, "no ledger", &l), RULE_INV_01), "");
    desk_close(&d);
    open_ledger(&d, 0, 20260315, 20260401);
    l.invoice_no = SLICE("INV-2");
    l.direct_ship = true;
    CHECK_TEXT(desk_says(desk_judge(&d, "direct", &l)), "PASS -");
    l = desk_sale("INV-3");
    l.ship_date = 20260315;                                 /* the report knows it already */
    CHECK_TEXT(desk_says(desk_judge(&d, "before", &l)), "PASS -");
    desk_close(&d);
}

TEST(kinds_move_the_ledger_by_their_sign)
{
    struct table t = TABLE(
        "kind             qty    | available",
        "POS_SALE         10000  | 90000",
        "POS_RETURN       -4000  | 104000",
        "TRANSFER_OUT     5000   | 95000",
        "TRANSFER_IN      5000   | 105000",
        "STOCK_ADJUST     -3000  | 97000",
        "SELL_IN          20000  | 120000",
        "SELL_IN          -2000  | 98000",
        "SPIFF_CLAIM      5000   | 100000",
        "SHIP_DEBIT_CLAIM  10000  | 90000");
    while (table_next(&t)) {
        struct desk d;
        open_ledger(&d, 100000, 20260315, 20260401);
        d.policy.modes[RULE_SPF_01] = RULE_MODE_OFF;
        struct line l = desk_claim("INV-1");
        l.kind = kind_find(cell(&t, "kind"));
        l.qty_milli = cell_int(&t, "qty");
        l.rep_id = SLICE("R-1");
        l.invoice_date = 20260331;
        l.has_unit_price_micros = true;
        l.original_line_ref = SLICE("unknown");
        CHECK_TEXT(desk_says(desk_judge(&d, "line", &l)), "PASS -");
        CHECK_TEXT(desk_says(desk_judge(&d, "line", &l)), "PASS -");       /* a replay moves nothing twice */
        CHECK_CELL_INT(&t, "available", available(&d));
        desk_close(&d);
    }
}

TEST(a_unit_sold_leaves_once_by_claim_and_sale)
{
    struct desk d;
    open_ledger(&d, 100000, 20260315, 20260401);
    struct line claim = desk_claim("INV-1"), sale = desk_sale("INV-1"), second = desk_claim("INV-1");
    claim.qty_milli = 4000;
    CHECK_TEXT(desk_says(desk_judge(&d, "claim", &claim)), "PASS -");
    CHECK_INT(available(&d), 96000);
    CHECK_TEXT(desk_says(desk_judge(&d, "sale", &sale)), "PASS -");
    CHECK_INT(available(&d), 90000);
    second.qty_milli = 6000;
    CHECK_TEXT(desk_says(desk_judge(&d, "second", &second)), "PASS -");
    CHECK_INT(available(&d), 90000);
    desk_close(&d);
}

TEST(a_cancel_and_a_replace_put_back_what_their_original_moved)
{
    struct desk d;
    open_ledger(&d, 100000, 20260315, 20260401);
    struct line sale = desk_sale("INV-1"), better = desk_sale("INV-1");
    struct line cancel = { .kind = KIND_CANCEL, .partner_id = SLICE("N-100"),
                           .original_line_ref = desk_line_id("better") };
    desk_judge(&d, "sale", &sale);
    CHECK_INT(available(&d), 90000);
    better.kind = KIND_REPLACE;
    better.replaces_kind = KIND_POS_SALE;
    better.original_line_ref = desk_line_id("sale");
    better.qty_milli = 100000;                              /* covered only when the original is gone */
    CHECK_TEXT(desk_says(desk_judge(&d, "better", &better)), "PASS -");
    CHECK_INT(available(&d), 0);
    desk_judge(&d, "cancel", &cancel);
    CHECK_INT(available(&d), 100000);
    desk_close(&d);
}

TEST(a_sale_that_came_back_in_part_gives_back_what_is_left)
{
    struct table t =
        TABLE("first   second  third  | available", "return  -       -      | 94000",
              "return  sale    -      | 100000", /* not 104000 */
              "return  sale    back   | 100000", /* neither happened */
              "return  back    -      | 90000", "return  back    sale   | 100000",
              "return  better  -      | 95000", /* five are sold: a replacement is a cancel and a new line */
              "return  better  back   | 95000", /* what came back was of a sale that is no more */
              "sale    -       -      | 100000");
    while (table_next(&t)) {
        static const char *const steps[] = { "first", "second", "third" };
        struct desk d;
        open_ledger(&d, 100000, 20260315, 20260401);
        struct line sale = desk_sale("INV-1"), back = sale, better = sale;
        struct line cancel = { .kind = KIND_CANCEL, .partner_id = SLICE("N-100") };
        back.kind = KIND_POS_RETURN;
        back.invoice_no = SLICE("CM-1");
        back.qty_milli = -4000;
        back.original_line_ref = better.original_line_ref = desk_line_id("sale");
        better.kind = KIND_REPLACE;
        better.replaces_kind = KIND_POS_SALE;
        better.qty_milli = 5000;
        desk_judge(&d, "sale", &sale);
        for (unsigned i = 0; i < 3; i++) {
            struct slice step = cell(&t, steps[i]);
            if (slice_equal(step, SLICE("return"))) desk_judge(&d, "back", &back);
            if (slice_equal(step, SLICE("better"))) desk_judge(&d, "better", &better);
            cancel.original_line_ref = desk_line_id(slice_equal(step, SLICE("back")) ? "back" : "sale");
            if (slice_equal(step, SLICE("sale")) || slice_equal(step, SLICE("back")))
                desk_judge(&d, i == 1 ? "cancel" : "cancel too", &cancel);
        }
        CHECK_CELL_INT(&t, "available", available(&d));
        desk_close(&d);
    }
}

TEST(a_report_resets_the_ledger_with_what_moved_since)
{
    struct desk d;
    open_ledger(&d, 100000, 20260315, 20260401);
    struct line sale = desk_sale("INV-1"),
        report = { .kind = KIND_INVENTORY, .partner_id = SLICE("N-100"), .vendor_part = SLICE("SW-24"),
                                                     .qty_milli = 70000, .snapshot_date = 20260330 };
    desk_judge(&d, "sale", &sale);                          /* of 2026-03-31 */
    CHECK_TEXT(desk_says(desk_judge(&d, "report", &report)), "PASS -");
    CHECK_INT(available(&d), 60000);
    report.snapshot_date = 20260301;                        /* an older one changes nothing */
    report.qty_milli = 1;
    desk_judge(&d, "older", &report);
    CHECK_INT(available(&d), 60000);
    report.snapshot_date = 20260331;                        /* what moved on its day is in it */
    report.qty_milli = 58000;
    desk_judge(&d, "of the day", &report);
    CHECK_INT(available(&d), 58000);
    desk_close(&d);
}

TEST(reports_of_the_locations_of_a_pool_add_up)
{
    struct desk d;
    open_ledger(&d, 100000, 20260315, 20260401);
    struct line report = { .kind = KIND_INVENTORY, .partner_id = SLICE("N-100"), .vendor_part = SLICE("SW-24"),
                           .location_id = SLICE("EAST"),
                           .qty_milli = 5000, .snapshot_date = 20260315 };
    desk_judge(&d, "east", &report);
    CHECK_INT(available(&d), 105000);
    desk_close(&d);
    open_ledger(&d, 100000, 20260315, 20260401);
    d.lot_pool_location = true;
    desk_judge(&d, "east", &report);
    CHECK_INT(available(&d), 100000);                       /* its own pool */
    desk_close(&d);
}

TEST(sell_in_that_arrives_wakes_lines_that_wait_for_the_feed)
{
    struct desk d;
    open_ledger(&d, 0, 20260315, 20260316);
    struct line sale = desk_sale("INV-1"),
        in = { .kind = KIND_SELL_IN, .partner_id = SLICE("N-100"), .vendor_part = SLICE("SW-24"),
        .qty_milli = 20000, .invoice_no = SLICE("V-2"), .invoice_date = 20260320, .currency = SLICE("USD"),
        .unit_price_micros = 1,
        .has_unit_price_micros = true };
    const struct verdict *v = desk_judge(&d, "sale", &sale);
    CHECK_TEXT(desk_says(v), "PARK FEED_INCOMPLETE");
    CHECK_TEXT(v->judgement->waiting.on, "feed:N-100:sell_in");
    v = desk_judge(&d, "sell-in", &in);
    CHECK_INT(v->wake_count, 1);
    CHECK_TEXT(v->wakes[0], "feed:N-100:sell_in");
    CHECK_TEXT(desk_says(desk_judge(&d, "sale", &sale)), "PASS -");
    desk_close(&d);
}

TEST(what_moved_over_the_end_of_a_year_is_behind_the_report_too)
{
    struct desk d;
    open_ledger(&d, 100000, 20251110, 20260401);
    struct line before = desk_sale("INV-1"), behind = desk_sale("INV-2"), newer = desk_sale("INV-3"),
        report = { .kind = KIND_INVENTORY, .partner_id = SLICE("N-100"), .vendor_part = SLICE("SW-24"),
                   .qty_milli = 50000, .snapshot_date = 20251215 };
    before.ship_date = 20251201;
    behind.ship_date = 20251220;
    newer.ship_date = 20260105;
    before.qty_milli = 1000;
    behind.qty_milli = 2000;
    newer.qty_milli = 4000;
    desk_judge(&d, "before", &before);
    desk_judge(&d, "behind", &behind);
    desk_judge(&d, "newer", &newer);
    CHECK_INT(available(&d), 93000);
    CHECK_TEXT(desk_says(desk_judge(&d, "report", &report)), "PASS -");
    CHECK_INT(available(&d), 44000);
    desk_close(&d);
}

TEST(of_too_many_locations_the_oldest_report_is_forgotten)
{
    struct desk d;
    open_ledger(&d, 1000, 20260315, 20260401);              /* of no location */
    struct line report = { .kind = KIND_INVENTORY, .partner_id = SLICE("N-100"), .vendor_part = SLICE("SW-24"),
                           .qty_milli = 1000, .snapshot_date = 20260315 };
    static char names[POOL_LOCATIONS_MAX][8];
    for (unsigned i = 0; i < POOL_LOCATIONS_MAX; i++) {
        snprintf(names[i], sizeof names[i], "L%02u", i);
        report.location_id = slice_from(names[i]);
        desk_judge(&d, names[i], &report);
    }
    CHECK_INT(available(&d), POOL_LOCATIONS_MAX * 1000);
    report.qty_milli = 5000;
    report.location_id = SLICE("L01");                      /* it is known: its own report is replaced */
    desk_judge(&d, "again", &report);
    CHECK_INT(available(&d), (POOL_LOCATIONS_MAX - 1) * 1000 + 5000);
    desk_close(&d);
}

TEST(a_claim_on_a_sale_that_lives_moves_nothing_and_one_of_rotation_is_asked)
{
    struct desk d;
    open_ledger(&d, 10000, 20260315, 20260401);
    struct line sale = desk_sale("INV-1"), claim = desk_claim("INV-1");
    sale.qty_milli = 5000;
    claim.qty_milli = 8000;                                 /* more than was sold: payout says so */
    CHECK_TEXT(desk_says(desk_judge(&d, "sale", &sale)), "PASS -");
    CHECK_TEXT(desk_says(desk_judge(&d, "claim", &claim)), "PASS -");
    CHECK_INT(available(&d), 5000);
    struct line rotation = desk_claim("INV-2");
    rotation.kind = KIND_ROTATION_CLAIM;
    rotation.qty_milli = 5001;
    CHECK_TEXT(desk_rule(desk_judge(&d, "rotation", &rotation), RULE_INV_01), "WAIT");
    rotation.qty_milli = 5000;
    CHECK_TEXT(desk_rule(desk_judge(&d, "covered", &rotation), RULE_INV_01), "FALSE");
    desk_close(&d);
}

/* What was taken from no stock comes back to none: the units of a claim on a sale are the sale's. */
TEST(a_claim_taken_back_gives_back_what_its_original_moved)
{
    struct table t = TABLE(
        "sale  original  direct  | available",
        "-     claim     -       | 100000",
        "yes   claim     -       | 90000",
        "-     -         -       | 90000",
        "-     nobody    -       | 90000",
        "-     claim     yes     | 90000");
    while (table_next(&t)) {
        struct desk d;
        open_ledger(&d, 100000, 20260315, 20260401);
        struct line sale = desk_sale("INV-1"), claim = desk_claim("INV-1"), back = desk_claim("INV-1");
        claim.qty_milli = 10000;
        back.qty_milli = -10000;
        back.direct_ship = cell(&t, "direct").size > 0;
        if (cell(&t, "sale").size > 0) desk_judge(&d, "sale", &sale);
        desk_judge(&d, "claim", &claim);
        if (slice_equal(cell(&t, "original"), SLICE("claim"))) back.original_line_ref = desk_line_id("claim");
        else back.original_line_ref = cell(&t, "original");
        desk_judge(&d, "back", &back);
        CHECK_CELL_INT(&t, "available", available(&d));
        desk_close(&d);
    }
}
