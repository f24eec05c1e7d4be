/* claimctl/json_node.h: a JSON value as the tree that terms and reference data are read from; numbers arrive as their
 * text. */
#ifndef CLAIMCTL_JSON_NODE_H
#define CLAIMCTL_JSON_NODE_H

#include "wire/node.h"

/* NULL when it is no JSON within the bounds of wire/node.h; null members are left out. Texts lie in the arena. */
const struct node *json_node_read(struct arena *a, struct slice json, uint32_t row);

#endif
