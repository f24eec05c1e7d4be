/* domain/record_copy.h: deep copies of global records, and a digest that says whether two are the same. */
#ifndef DOMAIN_RECORD_COPY_H
#define DOMAIN_RECORD_COPY_H

#include "base/hash.h"
#include "domain/catalogue.h"

enum record_shape {
    RECORD_SHAPE_PROGRAM, RECORD_SHAPE_MATRIX, RECORD_SHAPE_PRODUCT, RECORD_SHAPE_PRICE_LIST, RECORD_SHAPE_FX,
    RECORD_SHAPE_TAX, RECORD_SHAPE_LIMITS, RECORD_SHAPE_RULESET, RECORD_SHAPE_PARTY,
};

/* A copy of the record and of everything it points to, in the arena. */
void *record_copy(struct arena *a, enum record_shape shape, const void *record);

/* Equal for records of equal content wherever they lie. The arena serves as scratch and is left as it was. */
struct hash128 record_copy_digest(struct arena *a, enum record_shape shape, const void *record);

#endif
