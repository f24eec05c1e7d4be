/* wire/yaml.h: one YAML document as a tree of nodes, by libyaml's events (architecture.md 10).
 *
 * Anchors, aliases, tags, merge keys, several documents, repeated keys and keys that are no text are refused: none is
 * needed, and each hides what a file says. Depth, nodes and bytes are bounded. */
#ifndef WIRE_YAML_H
#define WIRE_YAML_H

#include "wire/problems.h"

enum { YAML_BYTES_MAX = 16 << 20 };

/* The root, or NULL: every error that can be told stands in the problems of the source. */
const struct node *yaml_read(const struct text_source *s, struct slice text);

#endif
