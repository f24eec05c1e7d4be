/* claimctl/json_node.c: jansson's values as nodes. */
#include "claimctl/json_node.h"

#include "intake/json_pass.h"

#include <jansson.h>

static struct node *read_value(struct arena *a, json_t *value, struct position at);

static struct node *read_map(struct arena *a, json_t *object, struct position at)
{
    struct node *map = node_map(a, at);
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) {
        struct node *child = read_value(a, value, at);
        if (child && !node_put(a, map, slice_copy(a, slice_from(key)), at, child)) return NULL;
    }
    return map;
}

static struct node *read_list(struct arena *a, json_t *array, struct position at)
{
    struct node *list = node_list(a, at);
    size_t index;
    json_t *value;
    json_array_foreach(array, index, value) {
        struct node *child = read_value(a, value, at);
        if (child) node_append(a, list, child);
    }
    return list;
}

static struct node *read_value(struct arena *a, json_t *value, struct position at)
{
    if (json_is_object(value)) return read_map(a, value, at);
    if (json_is_array(value)) return read_list(a, value, at);
    if (json_is_true(value)) return node_scalar(a, at, SLICE("true"));
    if (json_is_false(value)) return node_scalar(a, at, SLICE("false"));
    if (!json_is_string(value)) return NULL;
    return node_scalar(a, at, slice_copy(a, slice_of(json_string_value(value), json_string_length(value))));
}

const struct node *json_node_read(struct arena *a, struct slice json, uint32_t row)
{
    struct json_pass pass = { .quoted = arena_alloc(a, 2 * json.size + 16),
                              .offsets = arena_alloc_array(a, json.size / 2 + 2, sizeof(uint32_t)) };
    if (json_pass_record(&pass, json) != JSON_FINE) return NULL;
    json_t *root = json_loadb(pass.quoted, pass.quoted_size, JSON_REJECT_DUPLICATES, NULL);
    struct node *tree = root ? read_value(a, root, (struct position){ row, 1 }) : NULL;
    json_decref(root);
    return tree;
}
