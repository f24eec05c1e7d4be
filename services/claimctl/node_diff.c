/* claimctl/node_diff.c: what changed between two trees. */
#include "claimctl/node_diff.h"

enum { PATH_BYTES = 1024 };

struct comparison {
    node_differs *differs;
    void         *context;
    char          path[PATH_BYTES];
    struct text   at;
};

static void compare(struct comparison *c, const struct node *before, const struct node *after);

static const struct node *item_at(const struct node *n, unsigned index)
{
    const struct node_entry *e = n && n->type == NODE_LIST ? n->first : NULL;
    while (e && index-- > 0) e = e->next;
    return e ? e->value : NULL;
}

static void compare_member(struct comparison *c, struct slice key, const struct node *before, const struct node *after)
{
    size_t mark = c->at.size;
    if (mark) text_put_byte(&c->at, '.');
    text_put(&c->at, key);
    compare(c, before, after);
    c->at.size = mark;
}

static void compare_maps(struct comparison *c, const struct node *before, const struct node *after)
{
    for (const struct node_entry *e = before ? before->first : NULL; e; e = e->next)
        compare_member(c, e->key, e->value, node_find(after, e->key));
    for (const struct node_entry *e = after ? after->first : NULL; e; e = e->next)
        if (!node_find(before, e->key)) compare_member(c, e->key, NULL, e->value);
}

static void compare_lists(struct comparison *c, const struct node *before, const struct node *after)
{
    unsigned count = before ? before->count : 0;
    if (after && after->count > count) count = after->count;
    for (unsigned i = 0; i < count; i++) {
        size_t mark = c->at.size;
        text_put_byte(&c->at, '[');
        text_put_int(&c->at, i + 1);
        text_put_byte(&c->at, ']');
        compare(c, item_at(before, i), item_at(after, i));
        c->at.size = mark;
    }
}

/* Of two types: what was goes, what is comes. */
static void compare(struct comparison *c, const struct node *before, const struct node *after)
{
    enum node_type type = before ? before->type : after->type;
    if (before && after && before->type != after->type) {
        compare(c, before, NULL);
        compare(c, NULL, after);
    } else if (type == NODE_MAP) compare_maps(c, before, after);
    else if (type == NODE_LIST) compare_lists(c, before, after);
    else if (!before || !after || !slice_equal(before->text, after->text))
        c->differs(c->context, text_slice(&c->at), before, after);
}

void node_diff(const struct node *before, const struct node *after, node_differs *differs, void *context)
{
    struct comparison c = { .differs = differs, .context = context };
    c.at = text_over(c.path, sizeof c.path);
    compare(&c, before, after);
}
