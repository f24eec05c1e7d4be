/* domain/uom.h: units of measure of a product, exactly (domain.md 2.9). */
#ifndef DOMAIN_UOM_H
#define DOMAIN_UOM_H

#include "domain/catalogue.h"

/* The factor of a unit, base units = qty · num / den; an absent unit is EA; false when the product does not have it. */
bool uom_find(const struct product *p, struct slice code, struct uom *unit);

enum base_quantity { BASE_QUANTITY_EXACT, BASE_QUANTITY_UNEVEN, BASE_QUANTITY_TOO_LARGE };

/* qty_milli in base units. *base_qty_milli stays untouched unless the result is exact and within the bounds of
 * domain.md 2.2. */
enum base_quantity uom_base_qty(const struct uom *unit, int64_t qty_milli, int64_t *base_qty_milli);

/* What a correction names of its original, in base units: `base_qty_milli` where classification knew a part, else the
 * line's own quantity by the product of the original (6.3); of an unknown unit or product as it was sent. */
int64_t uom_corrected_qty(const struct catalogue *c, const struct line *l, int64_t base_qty_milli,
                          struct slice original_sku);

#endif
