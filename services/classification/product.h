/* classification/product.h: the goods of a line in base units (domain.md 2.9). Pure. */
#ifndef CLASSIFICATION_PRODUCT_H
#define CLASSIFICATION_PRODUCT_H

#include "domain/catalogue.h"

/* True when the extra `uom_factor` (exponent:multiplier, feeds.md 5.6) says something else than the unit's own factor;
 * *sent is then what it says. */
bool product_factor_differs(const struct line *l, const struct uom *unit, struct slice *sent);

#endif
