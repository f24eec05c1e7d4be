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

/* The three letters as a number of the same order. */
static uint32_t letters_of(const char *code)
{
    return (uint32_t)(uint8_t)code[0] << 16 | (uint32_t)(uint8_t)code[1] << 8 | (uint8_t)code[2];
}

const struct currency *currency_find(struct slice code)
{
    unsigned low = 0, high = sizeof currencies / sizeof currencies[0];
    if (code.size != 3) return NULL;
    uint32_t wanted = letters_of(code.bytes);
    while (low < high) {
        unsigned middle = (low + high) / 2;
        uint32_t there = letters_of(currencies[middle].code.bytes);
        if (there == wanted) return &currencies[middle];
        if (there < wanted) low = middle + 1;
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
