/* wire/yaml_text.c: YAML from nodes. */
#include "wire/yaml_text.h"

#include "base/assert.h"

enum { INDENT = 2 };

static bool is_word_byte(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* Words, whole numbers and dates stand as they are; decimals and all else in quotes. */
static void put_scalar(struct text *t, struct slice s)
{
    bool plain = s.size && s.bytes[0] != '-';
    for (size_t i = 0; i < s.size; i++) plain &= is_word_byte(s.bytes[i]);
    if (plain) {
        text_put(t, s);
        return;
    }
    text_put_byte(t, '"');
    for (size_t i = 0; i < s.size; i++) {
        if (s.bytes[i] == '"' || s.bytes[i] == '\\') text_put_byte(t, '\\');
        text_put_byte(t, s.bytes[i]);
    }
    text_put_byte(t, '"');
}

/* {a: 1, b: [x, y]} */
static void put_flow(struct text *t, const struct node *n)
{
    if (n->type == NODE_SCALAR) {
        put_scalar(t, n->text);
        return;
    }
    text_put_byte(t, n->type == NODE_MAP ? '{' : '[');
    for (const struct node_entry *e = n->first; e; e = e->next) {
        if (e != n->first) PUT(t, ", ");
        if (n->type == NODE_MAP) {
            put_scalar(t, e->key);
            PUT(t, ": ");
        }
        put_flow(t, e->value);
    }
    text_put_byte(t, n->type == NODE_MAP ? '}' : ']');
}

static void put_indent(struct text *t, unsigned depth)
{
    for (unsigned i = 0; i < depth * INDENT; i++) text_put_byte(t, ' ');
}

static bool has_records(const struct node *n)
{
    return n->type == NODE_LIST && n->first && n->first->value->type == NODE_MAP;
}

static void put_map(struct text *t, const struct node *n, unsigned depth)
{
    ASSERT(depth <= NODE_DEPTH_MAX);
    for (const struct node_entry *e = n->first; e; e = e->next) {
        put_indent(t, depth);
        put_scalar(t, e->key);
        text_put_byte(t, ':');
        if (e->value->type == NODE_MAP && e->value->first) {
            text_put_byte(t, '\n');
            put_map(t, e->value, depth + 1);
        } else if (has_records(e->value)) {
            text_put_byte(t, '\n');
            for (const struct node_entry *item = e->value->first; item; item = item->next) {
                put_indent(t, depth + 1);
                PUT(t, "- ");
                put_flow(t, item->value);
                text_put_byte(t, '\n');
            }
        } else {
            text_put_byte(t, ' ');
            put_flow(t, e->value);
            text_put_byte(t, '\n');
        }
    }
}

void yaml_put(struct text *t, const struct node *n)
{
    if (n->type == NODE_MAP && n->first) {
        put_map(t, n, 0);
        return;
    }
    put_flow(t, n);
    text_put_byte(t, '\n');
}
