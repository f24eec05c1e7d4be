/* domain/currency.c: the list of currencies, and money as text. */
#include "domain/currency.h"

#include "base/assert.h"
#include "domain/decimal.h"
#include "domain/rounding.h"

static const struct currency currencies[] = {
#define CURRENCY(code, exponent) { SLICE_INIT(#code), exponent },
#include "domain/currency.def"
#undef CURRENCY
};

const struct currency *currency_find(struct slice code)
{
    unsigned low = 0, high = sizeof currencies / sizeof currencies[0];
    if (code.size != 3) return NULL;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        int order = memcmp(currencies[middle].code.bytes, code.bytes, 3);
        if (order == 0) return &currencies[middle];
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

unsigned currency_exponent(struct slice code)
{
    const struct currency *currency = currency_find(code);
    ASSERT(currency);
    return currency->exponent;
}

void money_put(struct text *t, int64_t minor, struct slice currency)
{
    const struct currency *known = currency_find(currency);
    decimal_put_fixed(t, minor, known ? known->exponent : 2);
}

enum err money_add(int64_t a_minor, int64_t b_minor, int64_t *sum_minor)
{
    int64_t sum;
    if (__builtin_add_overflow(a_minor, b_minor, &sum)) return ERR_ARITHMETIC_OVERFLOW;
    if (sum > AMOUNT_MINOR_MAX || sum < -AMOUNT_MINOR_MAX) return ERR_ARITHMETIC_OVERFLOW;
    *sum_minor = sum;
    return OK;
}
