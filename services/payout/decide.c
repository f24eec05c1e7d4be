/* payout/decide.c: what the line is worth, and which rules said so. Pure: no clock, no I/O; memory from v->arena
 * only. */
#include "payout/decide.h"

#include "base/assert.h"
#include "domain/rating/rating.h"
#include "payout/facts.h"
#include "payout/rules.h"

static struct rating_input input_of(const struct dossier *d, const struct payout_facts *facts,
                                    const struct policy *policy)
{
    ASSERT(dossier_has(d, SECTION_CLASSIFICATION) && facts->catalogue);
    struct rating_input in = rating_input_of(d, facts->catalogue, policy, facts->now_unix_ms);
    in.overrides = &facts->overrides;
    in.overrides_invalid = facts->overrides_invalid;
    return in;
}

/* Compliance, which counts the places at an opportunity, took it for won by this line (domain.md 5.5, 8). What waits
 * here wins nothing until it is paid. */
static bool tells_of_deal(const struct dossier *d, const struct verdict *v)
{
    bool waited = dossier_has(d, SECTION_PAYOUT);           /* then that was told */
    bool wins = d->clearance && d->clearance->deal.place && !d->line->deal;
    return wins && !v->is_repeat && dossier_pays_deal(v->section) == waited;
}

void *payout_open(const struct dossier *d, const void *facts, const struct policy *policy, struct verdict *v)
{
    struct rating_input *in = ARENA_NEW(v->arena, struct rating_input);
    *in = input_of(d, facts, policy);
    return rating_open(in, v);
}

void payout_decide(const struct dossier *d, const void *facts, const struct policy *policy, struct verdict *v)
{
    struct rating_input in = { 0 };                         /* what was opened has its own */
    ASSERT(verdict_is_empty(v));
    if (!v->opened) in = input_of(d, facts, policy);
    rate_line(&in, v);
    if (v->books->missed) return;                           /* the loop brings those rows and asks again */
    rules_note(d, v);
    verdict_close(v);
    v->tells_back = tells_of_deal(d, v);
}

void payout_withdraw(const struct dossier *d, const struct policy *policy, struct verdict *v)
{
    ASSERT(d->line && d->receipt && d->classification);
    rating_withdraw(d, policy, v);
}
