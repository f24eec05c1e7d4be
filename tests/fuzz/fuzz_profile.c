/* Mapping profiles: read whole on top of the built-in one, or refused with a problem. */
#include "base/assert.h"
#include "wire/mapping_profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena a;
    if (!a.base) ASSERT(arena_open(&a, 32 << 20, 32 << 20) == OK);
    struct problems problems = problems_in(&a);
    struct mapping_profiles on_file = { 0 };
    struct slice text = slice_of((const char *)data, size <= 64 << 10 ? size : 64 << 10);
    const struct mapping_profile *p = mapping_profile_read(&a, SLICE("fuzz.yaml"), text, &on_file, &problems);
    ASSERT((p != NULL) == (problems.count == 0));
    if (p) {
        ASSERT(p->name.size > 0 && p->version > 0 && p->extends.size > 0);
        ASSERT(mapping_profiles_add(&a, &on_file, p) == OK && mapping_profiles_add(&a, &on_file, p) == OK
               && on_file.count == 1);
        ASSERT(mapping_profile_find(&on_file, p->name, 20991231) == p);
    }
    arena_reset(&a);
    return 0;
}
