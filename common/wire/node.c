/* wire/node.c: building and asking trees. */
#include "wire/node.h"

#include "base/assert.h"

static struct node *make(struct arena *a, enum node_type type, struct position at)
{
    struct node *n = ARENA_NEW(a, struct node);
    n->type = type;
    n->at = at;
    return n;
}

struct node *node_scalar(struct arena *a, struct position at, struct slice text)
{
    struct node *n = make(a, NODE_SCALAR, at);
    n->text = text;
    return n;
}

struct node *node_list(struct arena *a, struct position at)
{
    return make(a, NODE_LIST, at);
}

struct node *node_map(struct arena *a, struct position at)
{
    return make(a, NODE_MAP, at);
}

static void add_entry(struct arena *a, struct node *n, struct slice key, struct position at, struct node *value)
{
    struct node_entry *e = ARENA_NEW(a, struct node_entry);
    *e = (struct node_entry){ .key = key, .at = at, .value = value };
    if (n->last) n->last->next = e;
    else n->first = e;
    n->last = e;
    n->count++;
}

void node_append(struct arena *a, struct node *list, struct node *item)
{
    ASSERT(list->type == NODE_LIST && item);
    add_entry(a, list, (struct slice){ NULL, 0 }, item->at, item);
}

bool node_put(struct arena *a, struct node *map, struct slice key, struct position at, struct node *value)
{
    ASSERT(map->type == NODE_MAP && value);
    if (node_entry(map, key)) return false;
    add_entry(a, map, key, at, value);
    return true;
}

const struct node_entry *node_entry(const struct node *map, struct slice key)
{
    if (!map || map->type != NODE_MAP) return NULL;
    for (const struct node_entry *e = map->first; e; e = e->next)
        if (slice_equal(e->key, key)) return e;
    return NULL;
}

const struct node *node_find(const struct node *map, struct slice key)
{
    const struct node_entry *e = node_entry(map, key);
    return e ? e->value : NULL;
}

struct slice node_text(const struct node *map, const char *name)
{
    const struct node *n = node_find(map, slice_from(name));
    return n && n->type == NODE_SCALAR ? n->text : (struct slice){ 0 };
}

uint32_t node_number(const struct node *map, const char *name)
{
    uint64_t value;
    return slice_to_uint(node_text(map, name), UINT32_MAX, &value) ? (uint32_t)value : 0;
}
