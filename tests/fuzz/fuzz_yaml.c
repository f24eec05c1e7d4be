/* YAML as trees: what is read has a place for every value and no more depth than allowed. */
#include "base/assert.h"
#include "wire/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const struct node *n, unsigned depth)
{
    unsigned count = 0;
    ASSERT(depth <= NODE_DEPTH_MAX && n->at.line > 0 && n->at.column > 0);
    for (const struct node_entry *e = n->first; e; e = e->next, count++) {
        ASSERT(n->type != NODE_MAP || node_entry(n, e->key) == e);
        walk(e->value, depth + 1);
    }
    ASSERT(count == n->count && (n->type != NODE_SCALAR || count == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena a;
    if (!a.base) ASSERT(arena_open(&a, 32 << 20, 8 << 20) == OK);
    struct problems problems = problems_in(&a);
    struct text_source s = {
        .arena = &a, .file = SLICE("fuzz.yaml"), .problems = &problems, .code = ERR_TERMS_INVALID
    };
    const struct node *root = yaml_read(&s, slice_of((const char *)data, size));
    ASSERT((root != NULL) == (problems.count == 0));
    if (root) walk(root, 1);
    arena_reset(&a);
    return 0;
}
