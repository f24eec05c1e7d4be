/* fuzz: records of a changelog: key and value, parted by the size of the key in the first byte. */
#include "runtime/changelog.h"

#include "base/assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum err take(void *context, uint8_t table, struct slice key, struct slice value)
{
    size_t *bytes = context;
    (void)table;
    ASSERT(key.size <= STORE_KEY_MAX);
    *bytes += key.size + value.size;
    return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t bytes = 0;
    if (size < 1) return 0;
    struct slice rest = slice_of((const char *)data + 1, size - 1);
    struct slice key = slice_head(rest, data[0]), value = slice_skip(rest, data[0]);
    enum err e = changelog_each(key, value, take, &bytes);
    ASSERT(e == OK || e == ERR_STATE_MALFORMED);
    ASSERT(bytes <= size);
    return 0;
}
