/* classification/gather.c: completes the facts of one line; what prefetch brought stays. */
#include "classification/facts.h"
#include "classification/program_index.h"
#include "classification/stage.h"

enum err classification_gather(struct stage_env *env, const struct dossier *d, void *facts_)
{
    struct classification_facts *facts = facts_;
    facts->catalogue = env->catalogue;
    if (!facts->programs) facts->programs = program_index_build(env->arena, env->catalogue);
    classification_ask_profiles(env, d, facts);
    return OK;
}
