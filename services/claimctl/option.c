/* claimctl/option.c: options out of argv. */
#include "claimctl/option.h"

#include "base/assert.h"
#include "claimctl/command.h"

#include <stdio.h>

static const struct option_slot *find(struct slice name, const struct option_slot *slots, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (slice_equal(slice_from(slots[i].name), name)) return &slots[i];
    return NULL;
}

/* The first of these. False: none is left. */
static bool take_one(int *argc, char **argv, const struct option_slot *slots, unsigned count)
{
    for (int i = 0; i < *argc && strcmp(argv[i], "--") != 0; i++) {
        struct slice value = slice_from(argv[i]);
        const struct option_slot *o = find(slice_cut(&value, '='), slots, count);
        if (!o) continue;
        int size = o->flag || value.bytes ? 1 : 2;
        ASSERT(i + size <= *argc);
        if (o->flag) *o->flag = true;
        else *o->value = size == 1 ? value : slice_from(argv[i + 1]);
        memmove(&argv[i], &argv[i + size], (size_t)(*argc - i - size + 1) * sizeof *argv);
        *argc -= size;
        return true;
    }
    return false;
}

void option_pick(int *argc, char **argv, const struct option_slot *slots, unsigned count)
{
    while (take_one(argc, argv, slots, count)) continue;
}

void option_take(int *argc, char **argv, const struct option_slot *slots, unsigned count)
{
    int end = 0;
    option_pick(argc, argv, slots, count);
    while (end < *argc && strcmp(argv[end], "--") != 0) end++;
    if (end == *argc) return;
    memmove(&argv[end], &argv[end + 1], (size_t)(*argc - end) * sizeof *argv);
    --*argc;
}

const char *option_pick_text(int *argc, char **argv, const char *name)
{
    struct slice value = { 0 };
    const struct option_slot slot = { name, &value, NULL };
    option_pick(argc, argv, &slot, 1);
    return value.bytes;
}

bool option_pick_flag(int *argc, char **argv, const char *name)
{
    bool stands = false;
    const struct option_slot slot = { name, NULL, &stands };
    option_pick(argc, argv, &slot, 1);
    return stands;
}

unsigned option_pick_each(int *argc, char **argv, const char *name, const char **values, unsigned max)
{
    struct slice value;
    const struct option_slot slot = { name, &value, NULL };
    unsigned count = 0;
    while (count < max && take_one(argc, argv, &slot, 1)) values[count++] = value.bytes;
    return count;
}

int option_usage(const char *form)
{
    fprintf(stderr, "error[USAGE %d]: %s\n", ERR_USAGE, form);
    return EXIT_USAGE;
}
