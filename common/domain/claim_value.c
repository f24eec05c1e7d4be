/* domain/claim_value.c: what a claim asks for. */
#include "domain/claim_value.h"

#include "domain/currency.h"
#include "domain/rounding.h"

static struct rational magnitude(struct rational x)
{
    return rational_sign(x) < 0 ? rational_neg(x) : x;
}

struct claim_value claim_value_of(const struct line *l)
{
    const struct currency *currency = currency_find(l->currency);
    struct claim_value value = { .exact = RATIONAL_ZERO };
    if (!currency) return value;
    struct rational amount = rational_of_minor(l->claimed_amount_minor, currency->exponent);
    struct rational extended =
        rational_mul(rational_of_micros(l->claimed_debit_unit_micros), rational_of_milli(l->qty_milli));
    value.stated = l->has_claimed_amount_minor || l->has_claimed_debit_unit_micros;
    value.exact = l->has_claimed_amount_minor ? amount : l->has_claimed_debit_unit_micros ? extended : RATIONAL_ZERO;
    if (!l->has_claimed_amount_minor || !l->has_claimed_debit_unit_micros) return value;
    struct rational apart = magnitude(rational_sub(magnitude(amount), magnitude(extended)));
    value.mismatch = rational_compare(apart, rational_of_minor(1, currency->exponent)) > 0;
    if (value.mismatch && rational_compare(magnitude(extended), magnitude(amount)) < 0) value.exact = extended;
    return value;
}

bool claim_value_stated(const struct line *l, int64_t *claimed_minor)
{
    enum kind kind = l->kind == KIND_REPLACE ? l->replaces_kind : l->kind;
    *claimed_minor = 0;
    if (kind == KIND_UNSPECIFIED || !kind_is_claim(kind)) return false;
    struct claim_value value = claim_value_of(l);
    if (!value.stated) return false;
    return round_money(value.exact, currency_exponent(l->currency), ROUNDING_HALF_UP, 1, claimed_minor) == OK;
}
