/* State records of payout from any bytes: decoded or refused, and what was decoded encodes and decodes again alike. */
#include "base/assert.h"
#include "wire/table_payout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena arena;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!arena.base) ASSERT(arena_open(&arena, (size_t)1 << 26, (size_t)1 << 26) == OK);
    arena_reset(&arena);
    if (size < 1) return 0;
    const struct book_codec *codec = &table_payout_codecs[data[0] % PAYOUT_TABLE_COUNT];
    void *record = arena_alloc(&arena, codec->bytes), *again = arena_alloc(&arena, codec->bytes);
    if (codec->decode(&arena, slice_of((const char *)data + 1, size - 1), record) != OK) return 0;
    struct slice bytes = codec->encode(&arena, record);
    if (bytes.size == 0) return 0;
    ASSERT(codec->decode(&arena, bytes, again) == OK);
    ASSERT(slice_equal(codec->encode(&arena, again), bytes));
    return 0;
}
