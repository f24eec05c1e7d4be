/* classification/product.c: units of measure, exactly. */
#include "classification/product.h"

#include "base/assert.h"
#include "domain/decimal.h"
#include "domain/rounding.h"

struct slice product_part_of(const struct line *l)
{
    if (l->vendor_part.size) return l->vendor_part;
    return l->gtin.size ? l->gtin : l->partner_part;
}

static struct slice unit_or_each(struct slice uom)
{
    return uom.size ? uom : SLICE("EA");
}

bool product_unit(const struct product *p, struct slice uom, struct uom *unit)
{
    struct slice code = unit_or_each(uom);
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

enum base_quantity product_base_qty(const struct uom *unit, int64_t qty_milli, int64_t *base_qty_milli)
{
    __int128 product = (__int128)qty_milli * unit->num;
    if (product % unit->den != 0) return BASE_QUANTITY_UNEVEN;
    __int128 base = product / unit->den;
    if (base > QTY_MILLI_MAX || base < -(__int128)QTY_MILLI_MAX) return BASE_QUANTITY_TOO_LARGE;
    *base_qty_milli = (int64_t)base;
    return BASE_QUANTITY_EXACT;
}

static bool find_extra(const struct line *l, struct slice name, struct slice *value)
{
    for (unsigned i = 0; i < l->extra_count; i++)
        if (slice_equal(l->extras[i].name, name)) {
            *value = l->extras[i].value;
            return true;
        }
    return false;
}

/* 1:40, and 40 where the exponent was not written. */
static bool says_factor(struct slice text, const struct uom *unit)
{
    enum { SCALE = 6, ONE = 1000000 };
    struct slice rest = text, exponent = slice_cut(&rest, ':');
    struct slice multiplier = rest.bytes ? rest : exponent;
    int64_t factor;
    if (rest.bytes && exponent.size && !slice_equal(exponent, SLICE("1"))) return false;
    if (decimal_parse(multiplier, SCALE, DECIMAL_EXCESS_REFUSE, &factor, NULL) != OK) return false;
    return (__int128)factor * unit->den == (__int128)unit->num * ONE;
}

bool product_factor_differs(const struct line *l, const struct uom *unit, struct slice *sent)
{
    return l->extra_count && find_extra(l, SLICE("uom_factor"), sent) && !says_factor(*sent, unit);
}
