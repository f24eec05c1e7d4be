/* domain/uom.c: factors of units. */
#include "domain/uom.h"

#include "base/assert.h"
#include "domain/line.h"
#include "domain/rounding.h"

static struct slice unit_or_each(struct slice uom)
{
    return uom.size ? uom : SLICE("EA");
}

bool uom_find(const struct product *p, struct slice code, struct uom *unit)
{
    code = unit_or_each(code);
    *unit = (struct uom){ code, 1, 1 };
    if (slice_equal_nocase(code, unit_or_each(p->base_uom))) return true;
    for (unsigned i = 0; i < p->uom_count; i++)
        if (slice_equal_nocase(p->uoms[i].code, code)) {
            *unit = p->uoms[i];
            ASSERT(unit->num > 0 && unit->den > 0);     /* the reader of terms saw to it */
            return true;
        }
    return false;
}

enum base_quantity uom_base_qty(const struct uom *unit, int64_t qty_milli, int64_t *base_qty_milli)
{
    __int128 product = (__int128)qty_milli * unit->num;
    if (product % unit->den != 0) return BASE_QUANTITY_UNEVEN;
    __int128 base = product / unit->den;
    if (base > QTY_MILLI_MAX || base < -(__int128)QTY_MILLI_MAX) return BASE_QUANTITY_TOO_LARGE;
    *base_qty_milli = (int64_t)base;
    return BASE_QUANTITY_EXACT;
}

static bool names_a_part(const struct line *l)
{
    return l->vendor_part.size || l->gtin.size || l->partner_part.size;
}

int64_t uom_corrected_qty(const struct catalogue *c, const struct line *l, int64_t base_qty_milli,
                          struct slice original_sku)
{
    struct uom unit;
    int64_t qty_milli = base_qty_milli ? base_qty_milli : l->qty_milli;
    const struct product *p = original_sku.size ? catalogue_product(c, original_sku) : NULL;
    if (names_a_part(l) || !p || !uom_find(p, l->uom, &unit)) return qty_milli;
    (void)uom_base_qty(&unit, l->qty_milli, &qty_milli);
    return qty_milli;
}
