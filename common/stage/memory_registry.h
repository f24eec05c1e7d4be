/* stage/memory_registry.h: the shared registry of an embedded run; tests can send it away. */
#ifndef STAGE_MEMORY_REGISTRY_H
#define STAGE_MEMORY_REGISTRY_H

#include "stage/registry.h"

struct memory_registry;

/* NULL: no memory. */
struct memory_registry *memory_registry_open(void);
void memory_registry_close(struct memory_registry *m);
struct registry *memory_registry_base(struct memory_registry *m);

/* While it is away every answer is ERR_REGISTRY_AWAY. */
void memory_registry_set_away(struct memory_registry *m, bool away);

#endif
