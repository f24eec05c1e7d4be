/* tests/unit/services/classification/test_product.c: units of measure (domain.md 2.9). */
#include "classification/product.h"
#include "domain/rounding.h"
#include "domain/uom.h"
#include "rig.h"

TEST(a_quantity_becomes_base_units_exactly_or_not_at_all)
{
    struct rig rig = a_small_world();
    struct table t = TABLE(
        "qty_milli      uom    | outcome  reasons          base_qty_milli",
        "3000           CASE   | PASS     -                72000",
        "3000           case   | PASS     -                72000",
        "3000           EA     | PASS     -                3000",
        "3000           -      | PASS     -                3000",
        "3              THIRD  | PASS     -                1",
        "1              THIRD  | REJECT   UOM_INVALID      1",
        "1000           THIRD  | REJECT   UOM_INVALID      1000",
        "1000           BOX    | REJECT   UOM_INVALID      1000",
        "1000000        LOAD   | PASS     -                1000000000000",
        "1000001        LOAD   | HOLD     NUMBER_OVERFLOW  1000001");
    while (table_next(&t)) {
        struct line l = a_line_of(KIND_POS_SALE, "N");
        l.qty_milli = cell_int(&t, "qty_milli");
        l.uom = cell(&t, "uom");
        struct verdict *v = rig_decide_line(&rig, &l);
        CHECK_CELL(&t, "outcome", outcome_text(v));
        CHECK_CELL(&t, "reasons", verdict_text(v));
        CHECK_CELL_INT(&t, "base_qty_milli", section_of(v)->base_qty_milli);
        l.kind = KIND_POS_RETURN;
        l.qty_milli = -l.qty_milli;
        v = rig_decide_line(&rig, &l);
        CHECK_CELL(&t, "reasons", verdict_text(v));
        CHECK_CELL_INT(&t, "base_qty_milli", -section_of(v)->base_qty_milli);
    }
    rig_close(&rig);
}

TEST(a_factor_sent_with_the_unit_is_compared_and_never_applied)
{
    struct rig rig = a_small_world();
    struct table t = TABLE(
        "uom    factor   | reasons",
        "CASE   1:24     | -",
        "CASE   24       | -",
        "CASE   :24      | -",
        "CASE   1:24.0   | -",
        "CASE   1:40     | UOM_FACTOR_DIFFERS",
        "CASE   2:24     | UOM_FACTOR_DIFFERS",
        "CASE   1:       | UOM_FACTOR_DIFFERS",
        "CASE   1:x      | UOM_FACTOR_DIFFERS",
        "EA     1:1      | -",
        "EA     1:12     | UOM_FACTOR_DIFFERS",
        "BOX    1:12     | UOM_INVALID");
    while (table_next(&t)) {
        struct line l = a_line_of(KIND_POS_SALE, "N");
        struct pair extra = { SLICE("uom_factor"), cell(&t, "factor") };
        l.uom = cell(&t, "uom");
        l.extras = &extra;
        l.extra_count = 1;
        struct verdict *v = rig_decide_line(&rig, &l);
        CHECK_CELL(&t, "reasons", verdict_text(v));
        if (!verdict_has(v, REASON_UOM_FACTOR_DIFFERS)) continue;
        struct text sentence = text_in(test_arena(), 256);
        reason_put_sentence(&sentence, &v->judgement->reasons[0]);
        if (slice_equal(extra.value, SLICE("1:40")))
            CHECK_TEXT(text_slice(&sentence), "A CASE of CAB-5 holds 24 by our records, 1:40 as you sent it.");
    }
    rig_close(&rig);
}

TEST(the_bounds_of_a_base_quantity_are_inclusive_at_both_ends)
{
    struct uom each = { SLICE("EA"), 1, 1 }, two = { SLICE("TWO"), 2, 1 };
    int64_t base = 5;
    CHECK_INT(uom_base_qty(&each, QTY_MILLI_MAX, &base), BASE_QUANTITY_EXACT);
    CHECK_INT(base, QTY_MILLI_MAX);
    CHECK_INT(uom_base_qty(&each, -QTY_MILLI_MAX, &base), BASE_QUANTITY_EXACT);
    CHECK_INT(base, -QTY_MILLI_MAX);
    CHECK_INT(uom_base_qty(&each, QTY_MILLI_MAX + 1, &base), BASE_QUANTITY_TOO_LARGE);
    CHECK_INT(uom_base_qty(&two, INT64_MIN, &base), BASE_QUANTITY_TOO_LARGE);
    CHECK_INT(base, -QTY_MILLI_MAX);
}

TEST(the_part_of_a_line_is_the_vendors_then_the_gtin_then_its_own)
{
    struct line l = { .vendor_part = SLICE("A"), .gtin = SLICE("12345670"), .partner_part = SLICE("MY-A") };
    CHECK_TEXT(line_part(&l), "A");
    l.vendor_part = (struct slice){ 0 };
    CHECK_TEXT(line_part(&l), "12345670");
    l.gtin = (struct slice){ 0 };
    CHECK_TEXT(line_part(&l), "MY-A");
}
