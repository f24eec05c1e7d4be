/* domain/currency.h: ISO 4217 codes and their exponents (currency.def). */
#ifndef DOMAIN_CURRENCY_H
#define DOMAIN_CURRENCY_H

#include "base/str.h"

struct currency { struct slice code; uint8_t exponent; };

/* The currency of a code of three capitals, NULL when it is not in the list. */
const struct currency *currency_find(struct slice code);

/* Digits after the point; asserts that the code is known (validated at the edge). */
unsigned currency_exponent(struct slice code);

/* 1234.50 of minor units, all digits of the currency; an unknown code prints two digits. */
void money_put(struct text *t, int64_t minor, struct slice currency);

/* a + b within AMOUNT_MINOR_MAX. ERR_ARITHMETIC_OVERFLOW leaves *sum untouched. */
enum err money_add(int64_t a_minor, int64_t b_minor, int64_t *sum_minor) MUST_CHECK;

#endif
