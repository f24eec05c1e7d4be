/* compliance/tick.c: what compliance does by itself, between lines. */
#include "compliance/expiry.h"
#include "compliance/outbox.h"
#include "compliance/prefetch.h"
#include "compliance/rescreening.h"
#include "compliance/restoration.h"

enum err compliance_tick_is_due(struct stage_env *env, bool *due)
{
    bool owing = false, restores = false, expires = false, screens;
    if (env->registry) {
        TRY(outbox_is_owing(env, &owing));
        TRY(restoration_is_due(env, &restores));
    }
    if (env->expire_keys_max) TRY(expiry_is_due(env, &expires));
    TRY(rescreening_is_due(env, &screens));
    *due = owing || restores || expires || screens;
    return OK;
}

enum err compliance_tick(struct stage_env *env)
{
    bool expires = false;
    if (env->expire_keys_max) TRY(expiry_is_due(env, &expires));
    if (expires) TRY(expiry_go_on(env));
    TRY(rescreening_go_on(env));
    if (!env->registry) return OK;
    TRY(restoration_go_on(env));
    return outbox_pay(env);
}
