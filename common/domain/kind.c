/* domain/kind.c: what the list of kinds says. */
#include "domain/kind.h"

#include "base/assert.h"

#define KINDS_REPLACEABLE                                                                   \
    (KIND_BIT(KIND_POS_SALE) | KIND_BIT(KIND_SHIP_DEBIT_CLAIM) | KIND_BIT(KIND_SPIFF_CLAIM) \
     | KIND_BIT(KIND_MDF_CLAIM) | KIND_BIT(KIND_DEAL_CLAIM) | KIND_BIT(KIND_SELL_IN))

struct kind_row {
    struct slice    name;
    char            letter;
    enum kind_sign  sign;
    enum kind_stock stock;
    enum incentive  incentive;
};

#define INCENTIVE_NONE INCENTIVE_UNSPECIFIED            /* the word of kind.def */

static const struct kind_row rows[KIND_COUNT] = {
#define KIND(name, number, letter, sign, stock, incentive) \
    [number] = { SLICE_INIT(#name), letter, KIND_SIGN_##sign, KIND_STOCK_##stock, INCENTIVE_##incentive },
#include "domain/kind.def"
#undef KIND
};

static const struct kind_row *row_of(enum kind kind)
{
    ASSERT(kind > KIND_UNSPECIFIED && kind < KIND_COUNT);
    return &rows[kind];
}

struct slice kind_name(enum kind kind)
{
    return kind == KIND_UNSPECIFIED ? (struct slice){ 0 } : row_of(kind)->name;
}

enum kind kind_find(struct slice name)
{
    for (enum kind kind = KIND_UNSPECIFIED + 1; kind < KIND_COUNT; kind++)
        if (slice_equal(rows[kind].name, name)) return kind;
    return KIND_UNSPECIFIED;
}

char kind_letter(enum kind kind)
{
    return row_of(kind)->letter;
}

enum kind_sign kind_sign(enum kind kind)
{
    return row_of(kind)->sign;
}

enum incentive kind_incentive(enum kind kind)
{
    return row_of(kind)->incentive;
}

bool kind_is_claim(enum kind kind)
{
    return kind_incentive(kind) != INCENTIVE_UNSPECIFIED;
}

bool kind_is_automatic(enum kind kind)
{
    return kind == KIND_POS_SALE || kind == KIND_POS_RETURN || kind == KIND_SELL_IN;
}

bool kind_is_reference(enum kind kind)
{
    return kind >= KIND_AGREEMENT && kind <= KIND_REP_ROSTER;
}

bool kind_is_replaceable(enum kind kind)
{
    return (KINDS_REPLACEABLE & KIND_BIT(kind)) != 0;
}

bool kind_is_operator(enum kind kind)
{
    return kind >= KIND_FUND_ADJUSTMENT && kind <= KIND_SETTLEMENT;
}

bool kind_has_goods(enum kind kind)
{
    static const unsigned goods = KIND_BIT(KIND_POS_SALE) | KIND_BIT(KIND_POS_RETURN) | KIND_BIT(KIND_SHIP_DEBIT_CLAIM)
        | KIND_BIT(KIND_SPIFF_CLAIM) | KIND_BIT(KIND_DEAL_CLAIM) | KIND_BIT(KIND_PRICE_PROTECTION_CLAIM)
        | KIND_BIT(KIND_ROTATION_CLAIM) | KIND_BIT(KIND_SELL_IN) | KIND_BIT(KIND_TRANSFER_OUT)
        | KIND_BIT(KIND_TRANSFER_IN) | KIND_BIT(KIND_STOCK_ADJUST) | KIND_BIT(KIND_INVENTORY);
    return goods & KIND_BIT(kind);
}
