/* domain/correctable.c: a table of kinds and standings. */
#include "domain/correctable.h"

#include "base/assert.h"

bool correctable_kind(const struct dossier *d, enum kind kind)
{
    const struct line *l = d->line;
    uint32_t granted = d->receipt->correctable_kinds;
    if (kind == KIND_UNSPECIFIED || kind == KIND_CANCEL) return false;
    if (granted && !(granted & KIND_BIT(kind))) return false;
    bool names_kind = l->kind == KIND_REPLACE && l->replaces_kind != KIND_UNSPECIFIED;
    return !names_kind || kind == l->replaces_kind;
}

int correctable_rank(enum kind kind, enum standing standing)
{
    static const int ranks[][2] = {                 /* claim, sale */
        [STANDING_ENDED] = { 1, 2 },
        [STANDING_WAITS] = { CORRECTABLE_IN_FORCE, 4 },
        [STANDING_LIVE] = { CORRECTABLE_IN_FORCE, 5 },
    };
    ASSERT((unsigned)standing < sizeof ranks / sizeof ranks[0]);
    return ranks[standing][kind == KIND_POS_SALE || kind == KIND_SELL_IN];
}
