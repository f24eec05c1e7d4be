/* classification/prefetch.c: once a batch: the index of programs, and the profiles its lines name. */
#include "classification/facts.h"
#include "classification/program_index.h"
#include "classification/stage.h"
#include "stage/judge.h"

/* A role that was sent is enough (domain.md 3.1), unless the ruleset looks at who that is. */
static bool asks_who(const struct stage_env *env, const struct dossier *d)
{
    const struct line *l = d->line;
    if (slice_is_empty(l->sold_to.id)) return false;
    if (l->sold_to.role == ROLE_UNSPECIFIED) return true;
    return judge_policy(env->catalogue, d)->customer_role_on_file;
}

/* Whom sold_to names: by identifier, or without type by partner id. */
static const struct partner *customer_of(struct stage_env *env, const struct dossier *d)
{
    enum profile_source source;
    struct profiles *profiles = env->profiles;
    const struct party *customer = &d->line->sold_to;
    if (!asks_who(env, d)) return NULL;
    if (slice_is_empty(customer->id_type)) return profiles->ops->find(profiles, customer->id, &source);
    return profiles->ops->find_by_identifier(profiles, customer->id_type, customer->id);
}

static const struct partner *root_of(struct profiles *profiles, const struct partner *p)
{
    enum profile_source source;
    if (slice_is_empty(p->root_id) || slice_equal(p->root_id, p->partner_id)) return p;
    return profiles->ops->find(profiles, p->root_id, &source);
}

void classification_ask_profiles(struct stage_env *env, const struct dossier *d, struct classification_facts *facts)
{
    if (facts->profiles_asked || !d->line) return;
    facts->profiles_asked = true;
    facts->partner = env->profiles->ops->find(env->profiles, d->line->partner_id, &facts->profile_source);
    if (!facts->partner) return;
    facts->root = root_of(env->profiles, facts->partner);
    facts->customer = customer_of(env, d);
}

/* Partners that the lines of a window name, in two round trips at most: those that stand there, then their roots. */
enum { NAMED_OF_A_LINE = 2 };

static unsigned name_partners(const struct stage_env *env, const struct stage_item *items, unsigned count,
                              struct slice *ids)
{
    unsigned named = 0;
    for (unsigned i = 0; i < count; i++) {
        const struct line *l = items[i].dossier->line;
        if (!l) continue;
        ids[named++] = l->partner_id;
        if (slice_is_empty(l->sold_to.id_type) && asks_who(env, items[i].dossier)) ids[named++] = l->sold_to.id;
    }
    return named;
}

static unsigned name_roots(struct profiles *profiles, const struct stage_item *items, unsigned count, struct slice *ids)
{
    unsigned named = 0;
    for (unsigned i = 0; i < count; i++) {
        enum profile_source source;
        const struct line *l = items[i].dossier->line;
        const struct partner *p = l ? profiles->ops->find(profiles, l->partner_id, &source) : NULL;
        if (p && p->root_id.size && !slice_equal(p->root_id, p->partner_id)) ids[named++] = p->root_id;
    }
    return named;
}

static void prefetch_profiles(struct stage_env *env, const struct stage_item *items, unsigned count)
{
    struct slice *ids = ARENA_ARRAY(env->arena, (size_t)NAMED_OF_A_LINE * count, struct slice);
    profiles_prefetch(env->profiles, ids, name_partners(env, items, count, ids));
    profiles_prefetch(env->profiles, ids, name_roots(env->profiles, items, count, ids));
}

enum err classification_prefetch(struct stage_env *env, struct stage_item *items, unsigned count)
{
    if (count == 0) return OK;
    const struct program_index *programs = program_index_build(env->arena, env->catalogue);
    prefetch_profiles(env, items, count);
    for (unsigned i = 0; i < count; i++) {
        struct classification_facts *facts = items[i].facts;
        facts->programs = programs;
        classification_ask_profiles(env, items[i].dossier, facts);
    }
    return OK;
}
