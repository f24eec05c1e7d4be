/* payout/gather.c: facts of a line. The text of an agreement's own terms is read here, once, so that decide stays
 * pure. */
#include "payout/gather.h"

#include "base/assert.h"
#include "payout/facts.h"
#include "wire/terms.h"

/* That of the program, in which the terms hold. */
static struct slice currency_of(const struct stage_env *env, const struct line *l)
{
    const struct program_history *h = catalogue_program(env->catalogue, l->program_id);
    const struct program *p = h ? program_version_highest(h) : NULL;
    return p ? p->currency : l->currency;
}

enum err payout_gather(struct stage_env *env, const struct dossier *d, void *facts_)
{
    struct payout_facts *facts = facts_;
    ASSERT(d->line && env->catalogue);
    facts->catalogue = env->catalogue;
    facts->now_unix_ms = env->now_unix_ms;
    const struct agreement *a = d->line->agreement;
    if (a && a->overrides_yaml.size)
        facts->overrides_invalid = terms_read_overrides(env->arena, a->overrides_yaml, currency_of(env, d->line),
                                                        &facts->overrides) != OK;
    return OK;
}
