/* compliance/gather.c: profiles, the catalogue, the lists in force. */
#include "compliance/gather.h"

#include "base/assert.h"
#include "compliance/facts.h"
#include "compliance/stage.h"

static const struct partner *find_partner(struct stage_env *env, struct slice partner_id)
{
    enum profile_source source;
    return env->profiles && partner_id.size ? env->profiles->ops->find(env->profiles, partner_id, &source) : NULL;
}

/* The partner that ships to itself is known by the id or the identifier that the party bears. */
static const struct partner *find_party(struct stage_env *env, const struct party *p)
{
    if (!env->profiles || !p->id.size) return NULL;
    if (p->id_type.size) return env->profiles->ops->find_by_identifier(env->profiles, p->id_type, p->id);
    return find_partner(env, p->id);
}

static bool submitter_approves(const struct receipt *r)
{
    for (unsigned i = 0; i < r->text_count; i++)
        if (slice_equal(r->texts[i].name, SLICE("submitter_role")) && slice_equal(r->texts[i].value, SLICE("approver")))
            return true;
    return false;
}

enum err compliance_gather(struct stage_env *env, const struct dossier *d, void *facts_)
{
    static const struct compliance_own nothing;
    struct compliance_facts *facts = facts_;
    const struct compliance_own *own = env->own ? env->own : &nothing;
    ASSERT(d->line && d->classification);
    facts->catalogue = env->catalogue;
    facts->site = find_partner(env, d->line->partner_id);
    facts->root = slice_equal(d->line->partner_id, d->classification->partner_root_id)
                      ? facts->site
                      : find_partner(env, d->classification->partner_root_id);
    facts->ship_to = find_party(env, &d->line->ship_to);
    facts->seed = own->seed;
    facts->submitter_approves = submitter_approves(d->receipt);
    facts->lists = own->lists;
    facts->cache = own->cache;
    facts->ages_are_checked = own->ages_are_checked;
    facts->now_unix_ms = env->now_unix_ms;
    return OK;
}
