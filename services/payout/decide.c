/* payout/decide.c: what the line is worth, and which rules said so. Pure: no clock, no I/O; memory from v->arena only. */
#include "payout/decide.h"

#include "base/assert.h"
#include "domain/rating/rating.h"
#include "payout/facts.h"
#include "payout/rules.h"

void payout_decide(const struct dossier *d, const void *facts_, const struct policy *policy, struct verdict *v)
{
    const struct payout_facts *facts = facts_;
    ASSERT(dossier_has(d, SECTION_CLASSIFICATION) && facts->catalogue);
    ASSERT(verdict_is_empty(v));
    struct rating_input in = rating_input_of(d, facts->catalogue, policy, facts->now_unix_ms);
    in.overrides = &facts->overrides;
    in.overrides_invalid = facts->overrides_invalid;
    rate_line(&in, v);
    if (v->books->missed) return;                           /* the loop brings those rows and asks again */
    rules_note(d, v);
    verdict_close(v);
}

void payout_withdraw(const struct dossier *d, const struct policy *policy, struct verdict *v)
{
    ASSERT(d->line && d->receipt && d->classification);
    rating_withdraw(d, policy, v);
}
