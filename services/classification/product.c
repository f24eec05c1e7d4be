/* classification/product.c: units of measure, exactly. */
#include "classification/product.h"

#include "domain/decimal.h"

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
