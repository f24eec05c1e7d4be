/* classification/product.h: the goods of a line in base units (domain.md 2.9). Pure. */
#ifndef CLASSIFICATION_PRODUCT_H
#define CLASSIFICATION_PRODUCT_H

#include "domain/catalogue.h"

/* The part by which the line calls its product: vendor part, GTIN, the partner's own; empty when it names none. */
struct slice product_part_of(const struct line *l);

/* The factor of a unit, base units = qty · num / den; an absent unit is EA; false when the product does not have it. */
bool product_unit(const struct product *p, struct slice uom, struct uom *unit);

enum base_quantity { BASE_QUANTITY_EXACT, BASE_QUANTITY_UNEVEN, BASE_QUANTITY_TOO_LARGE };

/* qty_milli in base units. *base_qty_milli stays untouched unless the result is exact and within the bounds of
 * domain.md 2.2. */
enum base_quantity product_base_qty(const struct uom *unit, int64_t qty_milli, int64_t *base_qty_milli);

/* True when the extra `uom_factor` (exponent:multiplier, feeds.md 5.6) says something else than the unit's own factor;
 * *sent is then what it says. */
bool product_factor_differs(const struct line *l, const struct uom *unit, struct slice *sent);

#endif
