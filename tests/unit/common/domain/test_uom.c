/* tests/unit/common/domain/test_uom.c: units of measure (domain.md 2.9, 6.3). */
#include "domain/uom.h"

#include "domain/line.h"
#include "support/table.h"

static const struct uom units[] = { { SLICE_INIT("CASE"), 24, 1 }, { SLICE_INIT("THIRD"), 1, 3 },
                                    { SLICE_INIT("LOAD"), 1000000, 1 } };
static const struct product cable = { .sku = SLICE_INIT("CAB-5"), .base_uom = SLICE_INIT("EA"), .uoms = units,
                                      .uom_count = 3 };

TEST(a_unit_is_found_by_its_code_and_an_absent_one_is_each)
{
    struct table t = TABLE(
        "code   | found  num  den",
        "CASE   | 1      24   1",
        "case   | 1      24   1",
        "THIRD  | 1      1    3",
        "EA     | 1      1    1",
        "-      | 1      1    1",
        "BOX    | 0      1    1");
    while (table_next(&t)) {
        struct uom unit;
        CHECK_CELL_INT(&t, "found", uom_find(&cable, cell(&t, "code"), &unit));
        CHECK_CELL_INT(&t, "num", unit.num);
        CHECK_CELL_INT(&t, "den", unit.den);
    }
    struct product metre = { .base_uom = SLICE("M") };
    struct uom unit;
    CHECK(uom_find(&metre, SLICE("M"), &unit) && !uom_find(&metre, SLICE("EA"), &unit));
}

/* A part that the correction names has been measured by classification; else the product of the original measures. */
TEST(a_correction_without_a_part_is_measured_by_the_product_of_its_original)
{
    struct catalogue *c = catalogue_open();
    struct table t = TABLE(
        "part   sku    qty_milli  uom    base    | milli",
        "-      CAB-5  -3000      CASE   -3000   | -72000",
        "-      CAB-5  -3000      -      -3000   | -3000",
        "-      CAB-5  -3000      THIRD  -3000   | -1000",
        "-      CAB-5  -1000      THIRD  -1000   | -1000",       /* no whole milli: as it was sent */
        "-      CAB-5  -3000      BOX    -3000   | -3000",
        "-      CAB-5  -2000000   LOAD   -1      | -1",          /* beyond the bounds: what stood before */
        "-      NONE   -3000      CASE   -3000   | -3000",
        "-      -      -3000      CASE   -3000   | -3000",
        "CAB-5  CAB-5  -3000      CASE   -72000  | -72000",
        "-      CAB-5  0          CASE   0       | 0");
    CHECK(catalogue_put_product(c, &cable) == OK);
    while (table_next(&t)) {
        struct line l = { .vendor_part = cell(&t, "part"), .qty_milli = cell_int(&t, "qty_milli"),
                          .uom = cell(&t, "uom") };
        CHECK_CELL_INT(&t, "milli", uom_corrected_qty(c, &l, cell_int(&t, "base"), cell(&t, "sku")));
    }
    catalogue_close(c);
}
