/* classification/stage.h: the second stage, as data: what a newcomer opens first. */
#ifndef CLASSIFICATION_STAGE_H
#define CLASSIFICATION_STAGE_H

#include "stage/stage.h"

struct classification_facts;

extern const struct stage classification_stage;

enum err classification_prefetch(struct stage_env *env, struct stage_item *items, unsigned count) MUST_CHECK;
enum err classification_gather(struct stage_env *env, const struct dossier *d, void *facts) MUST_CHECK;

/* The profiles that a line names, once a line. */
void classification_ask_profiles(struct stage_env *env, const struct dossier *d, struct classification_facts *facts);

#endif
