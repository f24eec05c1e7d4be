/* wire/yaml_text.h: a tree of nodes as YAML that wire/yaml.h reads back to the same tree. */
#ifndef WIRE_YAML_TEXT_H
#define WIRE_YAML_TEXT_H

#include "wire/node.h"

/* Maps as blocks, lists of texts and items of lists in one line. What does not fit sets `full`. */
void yaml_put(struct text *t, const struct node *n);

#endif
