/* compliance/restoration.h: the partition's side of the shared registry: it knows which registry it is, and sets its
 * slots again on a server that may have lost some, before anybody takes one there (screening.md 8.1). */
#ifndef COMPLIANCE_RESTORATION_H
#define COMPLIANCE_RESTORATION_H

#include "stage/registry.h"
#include "stage/stage.h"

/* Looks at the registry, if anything may have happened to it. *due: the partition has slots to set again, or it is
 * ready and lines wait for it. Reads only. */
enum err restoration_is_due(struct stage_env *env, bool *due) MUST_CHECK;

/* Sets some thousand slots again; after the last one the partition announces that it stands there. A slot in which
 * another line stands opens a case for both. Wakes what waits for the registry when it is ready. */
enum err restoration_go_on(struct stage_env *env) MUST_CHECK;

/* Every slot that the tables of the store know, serials first: for whoever rebuilds the registry or
 * compares it. The request lives in the arena of env until the next one; another answer than OK ends the walk. */
typedef enum err restoration_visit(void *context, struct registry_request *request);
enum err restoration_each_slot(struct stage_env *env, restoration_visit *visit, void *context) MUST_CHECK;

#endif
