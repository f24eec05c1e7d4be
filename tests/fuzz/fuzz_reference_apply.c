/* Any bytes as a record of partners.v1 or programs.v1: put in force, proposed or refused, never a broken promise. */
#include "stage/reference_apply.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena a;
    if (size < 2) return 0;
    if (!a.base && arena_open(&a, 64 << 20, 64 << 20) != OK) abort();
    struct reference_target t = { .catalogue = catalogue_open() };
    if (!t.catalogue) abort();
    size_t key = data[0] % 64;
    if (key > size - 1) key = size - 1;
    struct record r = { .topic = data[0] & 128 ? TOPIC_PARTNERS : TOPIC_PROGRAMS,
                        .key = slice_of((const char *)data + 1, key),
                        .value = slice_of((const char *)data + 1 + key, size - 1 - key) };
    arena_reset(&a);
    reference_apply(&t, &a, &r);
    catalogue_close(t.catalogue);
    return 0;
}
