/* domain/correctable.c: a table of kinds and standings. */
#include "domain/correctable.h"

#include "base/assert.h"

/* A CANCEL takes back what it names, so its quantity has the other sign (6.3); a REPLACE says the same kind of line
 * again. */
static bool has_its_sign(const struct line *l, int64_t qty_milli)
{
    if (l->kind == KIND_REPLACE) return (l->qty_milli < 0) == (qty_milli < 0);
    return l->qty_milli == 0 || (l->qty_milli < 0) != (qty_milli < 0);
}

static bool may_be_undone(const struct dossier *d, enum kind kind, int64_t qty_milli)
{
    const struct line *l = d->line;
    uint32_t granted = d->receipt->correctable_kinds;
    if (kind == KIND_UNSPECIFIED || kind == KIND_CANCEL) return false;
    if (granted && !(granted & KIND_BIT(kind))) return false;
    bool names_kind = l->kind == KIND_REPLACE && l->replaces_kind != KIND_UNSPECIFIED;
    return has_its_sign(l, qty_milli) && (!names_kind || kind == l->replaces_kind);
}

bool correctable_fits(const struct dossier *d, enum kind kind, int64_t qty_milli)
{
    enum kind own = d->line->kind;
    if (own == KIND_CANCEL || own == KIND_REPLACE) return may_be_undone(d, kind, qty_milli);
    return kind == (own == KIND_POS_RETURN ? KIND_POS_SALE : own) && qty_milli > 0;
}

int correctable_rank(enum kind kind, int64_t qty_milli, enum standing standing)
{
    static const int ranks[][3] = {                 /* return, claim, sale */
        [STANDING_ENDED] = { 1, 2, 3 },
        [STANDING_WAITS] = { CORRECTABLE_IN_FORCE, 5, 6 },
        [STANDING_LIVE] = { CORRECTABLE_IN_FORCE, 5, 7 },
    };
    ASSERT((unsigned)standing < sizeof ranks / sizeof ranks[0]);
    bool is_return = kind == KIND_POS_RETURN || qty_milli < 0;
    bool is_sale = kind == KIND_POS_SALE || kind == KIND_SELL_IN;
    return ranks[standing][is_return ? 0 : is_sale ? 2 : 1];
}
