/* wire/node.h: a record as a tree of texts, lists and maps with the position of every key and value.
 *
 * It is what YAML, JSON and CSV have in common, so that one schema (wire/schema.h) types them all. Every scalar is text
 * until its member types it: NO is Norway. Trees live in an arena; files and keys are borrowed from it. */
#ifndef WIRE_NODE_H
#define WIRE_NODE_H

#include "base/str.h"

enum { NODE_DEPTH_MAX = 32, NODE_MEMBERS_MAX = 1024, NODES_MAX = 1 << 20 };

/* 1-based; 0 where a source has no such position. */
struct position { uint32_t line, column; };

enum node_type { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node {
    enum node_type     type;
    struct position    at;
    struct slice       text;                        /* scalar */
    struct node_entry *first, *last;                /* list, map */
    unsigned           count;
};

struct node_entry {
    struct slice       key;                         /* of a map */
    struct position    at;                          /* of the key; in a list of the item */
    struct node       *value;
    struct node_entry *next;
};

struct node *node_scalar(struct arena *a, struct position at, struct slice text);   /* text is borrowed */
struct node *node_list(struct arena *a, struct position at);
struct node *node_map(struct arena *a, struct position at);
void node_append(struct arena *a, struct node *list, struct node *item);

/* Adds a member; false when the map has that key already (nothing is added). */
bool node_put(struct arena *a, struct node *map, struct slice key, struct position at, struct node *value);

/* The entry, the value of a key; NULL when `map` is NULL, no map or has no such key. */
const struct node_entry *node_entry(const struct node *map, struct slice key);
const struct node *node_find(const struct node *map, struct slice key);

/* That member as a text, empty when it is absent or no text; as a whole number, 0 when it is none. */
struct slice node_text(const struct node *map, const char *name);
uint32_t node_number(const struct node *map, const char *name);

#endif
