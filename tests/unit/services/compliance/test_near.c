/* tests/unit/services/compliance/test_near.c: screening.md 7.2, 7.3. */
#include "compliance/near.h"

#include "domain/calendar.h"
#include "support/compliance_desk.h"
#include "support/table.h"

#include <stdio.h>

TEST(strips_words_and_leading_zeros_of_an_invoice_key)
{
    struct table t = TABLE(
        "key           | stripped  confusable",
        "INV00812      | 812       812",
        "INVOICE00812  | 812       812",
        "INVNO00812    | 812       812",
        "RE2026000012  | 2026000012  2026000012",
        "A00B007       | A0B7      A87",
        "A00C007       | A0C7      A0C7",
        "INV025703     | 25703     25703",
        "INVO257O3     | O257O3    25703",                  /* O as the zero in front */
        "INV017420     | 17420     17420",
        "INV0L7420     | 0L7420    17420",
        "INVOL7420     | OL7420    17420",
        "SI0029357     | SI29357   5129357",
        "SIOO29357     | SIOO29357  5129357",
        "SOLO500       | SOLO500   501500",                 /* SOL-0500 */
        "51OO29357     | 51OO29357  510029357",
        "IO2345        | IO2345    102345",
        "102345        | 102345    102345",
        "BOO12         | BOO12     80012",
        "A0O5          | A0O5      A5",
        "AOO5          | AOO5      A5",
        "I0O5          | I0O5      1005",
        "IOO5          | IOO5      1005",
        "A0B1S5        | A0B1S5    A8155",                  /* one number whichever of it is read as a letter */
        "AO8IS5        | AO8IS5    A8155",
        "A08155        | A8155     A8155",
        "LOT7          | LOT7      10T7",
        "12O           | 12O       120",                    /* no run begins there */
        "CO5           | CO5       C5",
        "INV21OO683    | 21OO683   2100683",                /* nor in the middle of one */
        "INV2O1O0683   | 2O1O683   2010683",
        "LO12SB        | LO12SB    101258",
        "0012          | -         -",                      /* under three characters */
        "ABCDE         | -         -",                      /* no digit */
        "000           | -         -",
        "100           | 100       100");
    while (table_next(&t)) {
        struct slice stripped = near_strip(test_arena(), cell(&t, "key"));
        CHECK_CELL(&t, "stripped", stripped);
        CHECK_CELL(&t, "confusable", near_confusable(test_arena(), stripped));
    }
}

TEST(a_slip_is_one_character_more_or_two_neighbours_exchanged)
{
    struct table t = TABLE(
        "a        b        | slip",
        "1234567  123456   | yes",
        "1234567  234567   | yes",
        "123567   1234567  | yes",
        "1234567  1243567  | yes",
        "1234567  1234576  | yes",
        "1234567  1234568  | no",                           /* one digit replaced is ordinary numbering */
        "1234567  1234567  | no",
        "1234567  12345    | no",
        "1234567  2134576  | no");
    while (table_next(&t)) {
        bool slip = near_is_one_slip(cell(&t, "a"), cell(&t, "b"));
        CHECK_CELL(&t, "slip", slip ? SLICE("yes") : SLICE("no"));
    }
}

TEST(the_core_of_a_number_is_its_longest_run_of_digits_that_is_no_year)
{
    struct table t = TABLE(
        "number               | core",
        "70001                | 70001",
        "70001A               | 70001",
        "A70001               | 70001",
        "70001/1              | 70001",
        "2026/70001           | 70001",
        "INV-2026-70001/2026  | 70001",
        "70001 copy           | 70001",
        "RH-8812              | 8812",
        "2026-8812            | 8812",
        "INV-00812            | 812",
        "2026                 | 2026",                      /* alone it is the number itself */
        "A-1999               | 1999",
        "2026-12              | -",
        "12A34                | -",
        "12-34                | -",                         /* two digits: under three */
        "000                  | -",
        "CASH                 | -");
    while (table_next(&t)) CHECK_CELL(&t, "core", near_core(cell(&t, "number")));
}

TEST(an_affix_stands_before_or_behind_a_number_and_is_no_digit_of_it)
{
    struct table t = TABLE(
        "a          b           core   | affixed",
        "70001      70001A      70001  | yes",
        "70001      A70001      70001  | yes",
        "70001      202670001   70001  | yes",              /* 2026/70001: the core is all of the other */
        "70001      700011      70001  | yes",              /* 70001/1 */
        "RH8812     RH8812B     8812   | yes",
        "RH8812     RH88121     8812   | yes",              /* RH-8812/1 */
        "RH8812     INVRH8812   8812   | yes",
        "8812RH     18812RH     8812   | yes",              /* 1/8812-RH */
        "70001      70001       70001  | no",
        "A70001     70001A      70001  | no",
        "88121      881212      8812   | no",               /* 8812-1, 8812-12 */
        "A88121     A881212     8812   | no",
        "8812       88          8812   | no");
    while (table_next(&t)) {
        struct slice a = cell(&t, "a"), b = cell(&t, "b"), core = cell(&t, "core");
        CHECK_CELL(&t, "affixed", near_is_affixed(a, b, core) ? SLICE("yes") : SLICE("no"));
        CHECK_CELL(&t, "affixed", near_is_affixed(b, a, core) ? SLICE("yes") : SLICE("no"));
    }
}

static int64_t points_of(const struct verdict *v)
{
    for (unsigned i = 0; i < v->judgement->rule_result_count; i++)
        if (v->judgement->rule_results[i].number == rule_row(RULE_DUP_03)->number)
            return v->judgement->rule_results[i].observed.value;
    return 0;
}

static struct slice text_of(const struct verdict *v)
{
    return v->judgement->rule_result_count ? v->judgement->rule_results[0].observed.text : (struct slice){ 0 };
}

/* The pairs of the page, one changed thing a row: _ is what the first line says. */
static struct line second_of(struct table *t, struct line l)
{
    if (!cell_is_default(t, "invoice")) l.invoice_no = cell(t, "invoice");
    if (!cell_is_default(t, "line")) l.invoice_line = cell(t, "line");
    if (!cell_is_default(t, "part")) l.vendor_part = cell(t, "part");
    if (!cell_is_default(t, "price")) l.resale_unit_micros = cell_int(t, "price");
    if (!cell_is_default(t, "qty")) l.qty_milli = cell_int(t, "qty");
    if (!cell_is_default(t, "order")) l.order_no = cell(t, "order");
    if (!cell_is_default(t, "customer")) l.sold_to.key = l.sold_to.name = cell(t, "customer");
    if (!cell_is_default(t, "date")) l.ship_date = (int32_t)cell_int(t, "date");
    return l;
}

TEST(holds_from_nine_points_on)
{
    struct table t = TABLE(
        "invoice    line  part   price      qty    order  customer  date      | says                  points",
        "812        _     _      _          _      _      _         20260315  | HOLD NEAR_DUPLICATE   17", /* recycled,
                                                                                                              40 days
                                                                                                              later */
        "_          -     _      _          _      _      _         _         | HOLD NEAR_DUPLICATE   18", /* line left
                                                                                                              out */
        "_          _     SW-48  300000000  _      _      _         _         | HOLD NEAR_DUPLICATE   13", /* altered */
        "INV-00813  _     _      _          _      _      C-OTHER   _         | PASS -                0",
        "INV-00813  _     _      _          _      _      _         _         | PASS -                0",  /* twice in a
                                                                                                              day: 8 */
        "INV-00813  _     _      _          _      PO-7   _         _         | HOLD NEAR_DUPLICATE   9",  /* a blanket
                                                                                                              order: + 1
                                                                                                            */
        "INV-00813  _     _      _          _      PO-7   _         20260315  | PASS -                0",  /* 8 */
        "INV-OO8I2  _     _      _          _      _      _         20251001  | HOLD NEAR_DUPLICATE   16", /* letters
                                                                                                              for zeros,
                                                                                                              too */
        "INV-8l2    _     _      _          _      _      _         20251001  | HOLD NEAR_DUPLICATE   16", /* L for 1 */
        "_          2     SW-48  _          _      _      _         _         | PASS -                0",  /* both
                                                                                                              differ: not
                                                                                                              compared */
        "_          2     _      _          _      _      _         _         | HOLD NEAR_DUPLICATE   15");
    while (table_next(&t)) {
        struct desk d;
        desk_open(&d);
        struct line first = desk_sale("INV-00812");
        first.ship_date = 20260203;
        first.order_no = SLICE("PO-7");
        if (cell_is_default(&t, "order")) first.order_no = (struct slice){ 0 };
        CHECK_TEXT(desk_says(desk_judge(&d, "first", &first)), "PASS -");
        struct line second = second_of(&t, first);
        const struct verdict *v = desk_judge(&d, "second", &second);
        CHECK_CELL(&t, "says", desk_says(v));
        CHECK_CELL_INT(&t, "points", points_of(v));
        desk_close(&d);
    }
}

TEST(numbers_too_short_for_a_key_are_compared_whole)
{
    struct table t = TABLE("first     second    qty  line  | says                  points",
                           "A1        A2        10   1     | PASS -                0", /* - 4 and all else equal: 8 */
                           "A1        A1        10   2     | HOLD NEAR_DUPLICATE   15",
                           "A1        A1        100  1     | HOLD NEAR_DUPLICATE   13", /* found by the number alone */
                           "INV-0042  0042      10   1     | HOLD NEAR_DUPLICATE   18",
                           "INV-0042  42        10   1     | PASS -                0",  /* without their zeros they are
                                                                                           too short to say anything */
                           "CASH      A1        10   1     | PASS -                0",  /* other words differ, too */
                           "FIRST     SECOND    10   1     | PASS -                0",
                           "PO-٤٧-KH  PO-47-KH  10   1     | HOLD NEAR_DUPLICATE   12", /* NFKC leaves POKH of it */
                           "CASH      CASH      10   2     | HOLD NEAR_DUPLICATE   12", /* a word is no number */
                           "CASH      CASH      100  1     | PASS -                0",
                           "-         A1        10   1     | HOLD NEAR_DUPLICATE   12"); /* one side without number */
    while (table_next(&t)) {
        struct desk d;
        desk_open(&d);
        struct line first = desk_sale("A1"), second = desk_sale("A2");
        first.invoice_no = cell(&t, "first");
        first.summary = second.summary = true;
        second.invoice_no = cell(&t, "second");
        second.invoice_line = cell(&t, "line");
        second.qty_milli = 1000 * cell_int(&t, "qty");
        desk_judge(&d, "first", &first);
        const struct verdict *v = desk_judge(&d, "second", &second);
        CHECK_CELL(&t, "says", desk_says(v));
        CHECK_CELL_INT(&t, "points", points_of(v));
        desk_close(&d);
    }
}

/* 7.3 gives numbers that differ - 4, and 8 to a sale whose everything else is equal: an affix is worth 0 on one day. */
TEST(a_number_with_an_affix_is_held_when_all_else_is_equal)
{
    struct table t = TABLE(
        "first     second               date      qty  line  customer  | says                  points",
        "70001     70001A               _         _    _     _         | HOLD NEAR_DUPLICATE   12",
        "70001     A70001               _         _    _     _         | HOLD NEAR_DUPLICATE   12",
        "70001     70001/1              _         _    _     _         | HOLD NEAR_DUPLICATE   12",
        "70001/1   70001                _         _    _     _         | HOLD NEAR_DUPLICATE   12",
        "70001     2026/70001           _         _    _     _         | HOLD NEAR_DUPLICATE   12",
        "70001     INV-2026-70001/2026  _         _    _     _         | HOLD NEAR_DUPLICATE   12",
        "70001     70001 copy           _         _    _     _         | HOLD NEAR_DUPLICATE   12",
        "8812      RH-8812              _         _    _     _         | HOLD NEAR_DUPLICATE   12",
        "RH-8812   8812                 _         _    _     _         | HOLD NEAR_DUPLICATE   12",
        "RH-881    RH-881/1             _         _    _     _         | HOLD NEAR_DUPLICATE   12",
        "RH-8812   RH-8812/1            _         _    _     _         | HOLD NEAR_DUPLICATE   16", /* a slip of six */
        "2100683   21OO683              _         _    _     _         | HOLD NEAR_DUPLICATE   18",
        "A0B1S5    AO8IS5               _         _    _     _         | HOLD NEAR_DUPLICATE   18",
        "2100683   21O0683              _         _    _     _         | HOLD NEAR_DUPLICATE   16", /* and of letters */
        "8812      RH-8812              _         _    -     _         | HOLD NEAR_DUPLICATE   12",
        "8812      RH-8812              _         _    _     -         | HOLD NEAR_DUPLICATE   9", /* a door without it
                                                                                                    */
        "8812      RH-8812              _         _    _     C-OTHER   | PASS -                0",
        "8812      RH-8812              _         _    2     _         | PASS -                0",
        "8812      RH-8812              20260401  _    _     _         | PASS -                0", /* on another day */
        "8812      RH-8812              _         11   _     _         | PASS -                0",
        "8812      RH-8813              _         _    _     _         | PASS -                0",
        "RH-8812   RA-8812              _         _    _     _         | PASS -                0", /* two series */
        "8812-1    8812-2               _         _    _     _         | PASS -                0",
        "8812-1    8812-12              _         _    _     _         | PASS -                0",
        "70001     70002                _         _    _     _         | PASS -                0",
        "70001     170001               _         _    _     _         | PASS -                0"); /* a longer number
                                                                                                     */
    while (table_next(&t)) {
        struct desk d;
        desk_open(&d);
        struct line first = desk_sale("70001"), second = first;
        first.invoice_no = cell(&t, "first");
        second.invoice_no = cell(&t, "second");
        if (!cell_is_default(&t, "date")) second.ship_date = (int32_t)cell_int(&t, "date");
        if (!cell_is_default(&t, "qty")) second.qty_milli = 1000 * cell_int(&t, "qty");
        if (!cell_is_default(&t, "line")) second.invoice_line = cell(&t, "line");
        if (!cell_is_default(&t, "customer")) second.sold_to.key = second.sold_to.name = cell(&t, "customer");
        CHECK_TEXT(desk_says(desk_judge(&d, "first", &first)), "PASS -");
        const struct verdict *v = desk_judge(&d, "second", &second);
        CHECK_CELL(&t, "says", desk_says(v));
        CHECK_CELL_INT(&t, "points", points_of(v));
        desk_close(&d);
    }
}

TEST(an_affix_is_another_number_unless_the_customer_is_the_same_or_one_is_not_named)
{
    struct desk d;
    desk_open(&d);
    struct line first = desk_sale("100.0"), second = desk_sale("1000.0");
    first.sold_to.key = SLICE("C-100");
    first.sold_to.name = SLICE("Elm Cable Trading");
    second.sold_to.key = SLICE("C-1000");
    second.sold_to.name = SLICE("Elm Cable Trading North");
    CHECK_TEXT(desk_says(desk_judge(&d, "first", &first)), "PASS -");
    CHECK_TEXT(desk_says(desk_judge(&d, "second", &second)), "PASS -");
    first.sold_to = second.sold_to = (struct party){ 0 };
    first.invoice_no = SLICE("200.0");
    second.invoice_no = SLICE("2000.0");
    CHECK_TEXT(desk_says(desk_judge(&d, "third", &first)), "PASS -");
    CHECK_TEXT(desk_says(desk_judge(&d, "fourth", &second)), "PASS -");
    desk_close(&d);
}

TEST(an_affix_makes_split_deliveries_of_one_order_no_duplicates)
{
    struct desk d;
    desk_open(&d);
    struct line first = desk_sale("70001"), second = desk_sale("70001-2");
    first.order_no = second.order_no = SLICE("PO-7");
    second.qty_milli = 2 * first.qty_milli;
    CHECK_TEXT(desk_says(desk_judge(&d, "first", &first)), "PASS -");
    CHECK_TEXT(desk_says(desk_judge(&d, "second", &second)), "PASS -");
    desk_close(&d);
}

TEST(tells_which_features_made_the_points)
{
    struct desk d;
    desk_open(&d);
    struct line first = desk_sale("INV-00812"), second = desk_sale("812");
    first.ship_date = 20260220;
    desk_judge(&d, "first", &first);
    d.now += INSTANT_HOUR_MS;
    const struct verdict *v = desk_judge(&d, "second", &second);
    d.now -= INSTANT_HOUR_MS;
    CHECK_TEXT(text_of(v), "number +6, part +2, quantity +2, value +3, customer +3, date +1");
    CHECK_SLICE(v->judgement->rule_results[0].evidence[0].id, desk_line_id("first"));
    CHECK_TEXT(desk_says(desk_judge(&d, "first", &first)), "PASS -");      /* the earlier one does not meet the later */
    CHECK_TEXT(desk_says(desk_judge(&d, "second", &second)), "HOLD NEAR_DUPLICATE");
    desk_close(&d);
}

TEST(lines_of_one_document_and_invoice_are_told_apart_by_line_or_part)
{
    struct desk d;
    desk_open(&d);
    d.document = SLICE("D1");
    struct line first = desk_sale("INV-00812"), second = first;
    second.invoice_line = SLICE("2");
    CHECK_TEXT(desk_says(desk_judge(&d, "first", &first)), "PASS -");
    CHECK_TEXT(desk_says(desk_judge(&d, "second", &second)), "PASS -");
    d.document = SLICE("D2");
    CHECK_TEXT(desk_says(desk_judge(&d, "elsewhere", &second)), "REJECT DUPLICATE,NEAR_DUPLICATE");
    desk_close(&d);
}

TEST(neighbours_exchanged_are_never_taken_for_one_number)
{
    static const char *const pairs[][2] = { { "A4824DG1FC3", "A4824D1GFC3" },
                                            { "AE14C2E95F1K3G", "AE41C2E95F1K3G" },
                                            { "A8GDD5CGDG4AC2", "A8DGD5CGDG4AC2" } };
    for (unsigned i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct desk d;
        desk_open(&d);
        d.document = SLICE("D1");
        struct line first = desk_sale(pairs[i][0]), second = desk_sale(pairs[i][1]);
        second.invoice_line = SLICE("2");
        CHECK_TEXT(desk_says(desk_judge(&d, "first", &first)), "PASS -");
        CHECK_TEXT(desk_says(desk_judge(&d, "second", &second)), "HOLD NEAR_DUPLICATE");
        desk_close(&d);
    }
}

TEST(claims_on_one_transaction_with_another_quantity_are_left_to_payout)
{
    struct desk d;
    desk_open(&d);
    d.policy.modes[RULE_DUP_02] = RULE_MODE_OFF;
    struct line first = desk_claim("INV-00812"), second = desk_claim("INV-00812");
    second.qty_milli = 4000;
    CHECK_TEXT(desk_says(desk_judge(&d, "first", &first)), "PASS -");
    CHECK_TEXT(desk_says(desk_judge(&d, "second", &second)), "PASS -");
    desk_close(&d);
}

TEST(only_lines_that_wait_or_live_are_candidates)
{
    struct desk d;
    desk_open(&d);
    struct line first = desk_sale("INV-00812"), second = desk_sale("812");
    first.ship_date = 20260501;
    CHECK_TEXT(desk_says(desk_judge(&d, "first", &first)), "REJECT SHIP_FUTURE");
    CHECK_TEXT(desk_says(desk_judge(&d, "second", &second)), "PASS -");
    struct line cancel = { .kind = KIND_CANCEL, .partner_id = SLICE("N-100"),
                           .original_line_ref = desk_line_id("second") };
    desk_judge(&d, "cancel", &cancel);
    second.ship_date = 20260330;
    CHECK_TEXT(desk_says(desk_judge(&d, "third", &second)), "PASS -");
    desk_close(&d);
}

TEST(a_monthly_retainer_with_its_own_invoice_each_time_is_free)
{
    static const char *const invoices[] = { "7001", "7187", "7302", "7455" };
    struct desk d;
    desk_open(&d);
    d.policy.approval_kinds = 0;
    for (unsigned i = 0; i < 4; i++) {
        struct line l = desk_mdf(invoices[i]);
        l.activity_from = date_add_months(20260101, (int32_t)i);
        CHECK_TEXT(desk_says(desk_judge(&d, invoices[i], &l)), "PASS -");
    }
    desk_close(&d);
}

static struct line order_of_deal(const char *claim_id, int32_t date)
{
    struct line l = desk_spiff(claim_id);
    l.kind = KIND_DEAL_CLAIM;
    l.deal_reg_no = SLICE("DR-1");
    l.order_no = SLICE("PO-77");
    l.invoice_no = l.invoice_line = l.rep_id = (struct slice){ 0 };
    l.ship_date = 0;
    l.order_date = date;
    return l;
}

TEST(one_earlier_line_in_two_buckets_is_no_regular_supply)
{
    struct desk d;
    desk_open(&d);
    struct line first = order_of_deal("G-1", 20260302), second = order_of_deal("G-2", 20260309),
        third = order_of_deal("G-3", 20260316);
    CHECK_TEXT(desk_says(desk_judge(&d, "first", &first)), "PASS -");
    CHECK_TEXT(text_of(desk_judge(&d, "second", &second)),
               "part +2, quantity +2, value +3, order +3, customer +3, date +1");
    CHECK_TEXT(text_of(desk_judge(&d, "third", &third)),
               "part +2, quantity +2, value +3, order +3, customer +3, date +1"); /* the second waits */
    desk_close(&d);
}

TEST(two_live_lines_of_one_rhythm_are_a_regular_supply_and_lines_that_wait_are_none)
{
    struct desk d;
    desk_open(&d);
    struct line first = order_of_deal("G-1", 20260302), second = order_of_deal("G-2", 20260309),
        third = order_of_deal("G-3", 20260316);
    d.policy.duplicate_near_hold_points = 99;
    CHECK_TEXT(desk_says(desk_judge(&d, "first", &first)), "PASS -");
    CHECK_TEXT(desk_says(desk_judge(&d, "second", &second)), "PASS -");
    d.policy.duplicate_near_hold_points = 9;
    CHECK_TEXT(text_of(desk_judge(&d, "third", &third)),
               "part +2, quantity +2, value +3, order +3, customer +3, date +1, supply -4");
    desk_close(&d);
}

TEST(a_line_older_than_the_days_of_comparison_is_none_to_compare_with)
{
    struct table t = TABLE(
        "days  shipped   | says",
        "64    20260408  | HOLD NEAR_DUPLICATE",            /* received 64 days before */
        "63    20260408  | PASS -",
        "64    20250101  | HOLD NEAR_DUPLICATE",            /* however old the sale was then */
        "63    20250101  | PASS -");
    while (table_next(&t)) {
        struct desk d;
        desk_open(&d);
        d.policy.duplicate_near_days = cell_int(&t, "days");
        struct line first = desk_sale("INV-00812"), second = first;
        first.ship_date = second.ship_date = (int32_t)cell_int(&t, "shipped");
        second.invoice_line = (struct slice){ 0 };
        desk_judge(&d, "first", &first);
        d.now += (instant_ms)64 * INSTANT_DAY_MS;
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "second", &second)));
        desk_close(&d);
    }
}

TEST(a_shared_proof_counts_and_a_slip_in_a_long_number_too)
{
    struct desk d;
    desk_open(&d);
    d.policy.modes[RULE_DUP_06] = RULE_MODE_OFF;
    struct document_proof proof = { .type = SLICE("INVOICE"), .has_sha256 = true, .sha256 = { 7 } };
    struct line first = desk_mdf("2026123456"), second = desk_mdf("2026124356");
    first.documents = second.documents = &proof;
    first.document_count = second.document_count = 1;
    second.activity_from = 20251001;
    second.spend_amount_minor = 777;
    second.claimed_amount_minor = 12345;
    CHECK_TEXT(desk_says(desk_judge(&d, "first", &first)), "PASS -");
    const struct verdict *v = desk_judge(&d, "second", &second);
    CHECK_TEXT(desk_says(v), "HOLD NEAR_DUPLICATE");
    CHECK_TEXT(text_of(v), "number +4, activity +2, proof +4, vendor +3");
    desk_close(&d);
}

TEST(proofs_are_one_by_the_whole_of_their_digest)
{
    struct desk d;
    desk_open(&d);
    struct document_proof one = { .type = SLICE("INVOICE"), .has_sha256 = true, .sha256 = { [31] = 1 } }, other = one;
    other.sha256[31] = 2;
    struct line first = desk_mdf("2026123456"), second = desk_mdf("2026124356");
    first.documents = &one;
    second.documents = &other;
    first.document_count = second.document_count = 1;
    second.activity_from = 20251001;
    second.spend_amount_minor = 777;
    second.claimed_amount_minor = 12345;
    CHECK_TEXT(desk_says(desk_judge(&d, "first", &first)), "PASS -");
    CHECK_TEXT(desk_says(desk_judge(&d, "second", &second)), "PASS -");
    desk_close(&d);
}

TEST(disjoint_complete_serials_are_different_units)
{
    struct table t = TABLE(
        "second  | says",
        "B100    | PASS -",
        "A100    | HOLD NEAR_DUPLICATE");
    while (table_next(&t)) {
        struct desk d;
        desk_open(&d);
        struct slice one = SLICE("A100"), two = cell(&t, "second");
        struct line first = desk_sale("INV-00812"), second = desk_sale("812");
        first.qty_milli = second.qty_milli = 1000;
        first.serials = (struct texts){ &one, 1 };
        second.serials = (struct texts){ &two, 1 };
        second.ship_date = 20260330;
        desk_judge(&d, "first", &first);
        CHECK_CELL(&t, "says", desk_says(desk_judge(&d, "second", &second)));
        desk_close(&d);
    }
}

TEST(a_bucket_offers_its_newest_lines_and_says_that_it_was_cut)
{
    struct desk d;
    desk_open(&d);
    for (int i = 0; i < 70; i++) {
        char *name = arena_alloc(test_arena(), 16);
        snprintf(name, 16, "N%d", 1000 + 7 * i);
        struct line l = desk_sale(name);
        l.ship_date = date_add_days(20260101, i);
        desk_judge(&d, name, &l);
    }
    const struct near_bucket *older = NULL, *young = NULL;
    for (unsigned i = 0; i < desk_row_count(&d, COMPLIANCE_NEAR); i++) {
        const struct near_bucket *b = desk_record_at(&d, COMPLIANCE_NEAR, i);
        if (b->has_older) young = b;
        else if (!older || b->ref_count > older->ref_count) older = b;
    }
    CHECK_INT(older->ref_count, 64);                        /* four times full */
    CHECK_INT(young->ref_count, 70 - 64);
    CHECK(young->is_cut);
    desk_close(&d);
}

TEST(a_line_is_found_among_the_older_ones_of_its_bucket_and_is_put_there_once)
{
    struct desk d;
    desk_open(&d);
    struct line first = desk_sale("INV-123456");
    desk_judge(&d, "first", &first);
    for (int i = 0; i < 40; i++) {
        char *name = arena_alloc(test_arena(), 16);
        snprintf(name, 16, "INV-%d", 500000 + 7 * i);
        struct line l = desk_sale(name);
        l.ship_date = date_add_days(20260101, i);
        desk_judge(&d, name, &l);
    }
    CHECK_TEXT(desk_says(desk_judge(&d, "first", &first)), "PASS -");
    unsigned refs = 0;
    for (unsigned i = 0; i < desk_row_count(&d, COMPLIANCE_NEAR); i++) {
        const struct near_bucket *b = desk_record_at(&d, COMPLIANCE_NEAR, i);
        if (b->has_older || b->ref_count > 1) refs += b->ref_count;
    }
    CHECK_INT(refs, 41);
    struct line slip = desk_sale("INV-123465");
    const struct verdict *v = desk_judge(&d, "slip", &slip);
    CHECK_TEXT(desk_says(v), "HOLD NEAR_DUPLICATE");
    CHECK_SLICE(v->judgement->rule_results[0].evidence[0].id, desk_line_id("first"));
    desk_close(&d);
}
