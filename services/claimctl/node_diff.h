/* claimctl/node_diff.h: two trees compared member by member. Pure. */
#ifndef CLAIMCTL_NODE_DIFF_H
#define CLAIMCTL_NODE_DIFF_H

#include "wire/node.h"

/* Called for each scalar that differs, in the order of `before`, then what only `after` has; the absent side is NULL.
 * `path` as volume.tiers[2].from. */
typedef void node_differs(void *context, struct slice path, const struct node *before, const struct node *after);

/* Tells every member that one has and the other has not, or that is another one. */
void node_diff(const struct node *before, const struct node *after, node_differs *differs, void *context);

#endif
