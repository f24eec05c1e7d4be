/* claimctl/changelog.h: the tables of a stage as its changelog has them, all partitions in one store: their keys begin
 * with the partner root, so that none stands twice. */
#ifndef CLAIMCTL_CHANGELOG_H
#define CLAIMCTL_CHANGELOG_H

#include "claimctl/broker.h"
#include "runtime/memory_store.h"

/* The caller closes *store, whatever the answer. Errors of reading, ERR_MEMORY_EXHAUSTED. */
enum err changelog_replay(struct broker *b, enum topic changelog, struct memory_store **store) MUST_CHECK;

#endif
