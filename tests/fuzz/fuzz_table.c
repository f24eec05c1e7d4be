/* State records from any bytes, of this version of a stage or of an earlier one that it reads: decoded or refused, and
 * what was decoded encodes and decodes again alike. The first byte chooses the stage, the second its table; then come
 * the bytes of a row, its version in front. */
#include "base/assert.h"
#include "classification/stage.h"
#include "compliance/stage.h"
#include "payout/stage.h"
#include "stage/row_versions.h"
#include "stage/waiting.h"
#include "wire/table_intake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena arena;

static void read_row(const struct stage *stage, uint8_t table, struct slice value)
{
    const struct book_codec *codec = table < stage->table_count ? &stage->tables[table].codec : &waiting_codec;
    void *record = arena_alloc(&arena, codec->bytes), *again = arena_alloc(&arena, codec->bytes);
    struct slice row;
    if (codec == &waiting_codec) {
        if (waiting_check_version(value) == OK) (void)!codec->decode(&arena, slice_skip(value, 1), record);
        return;
    }
    if (row_versions_read(stage, codec, &arena, value, &row) != OK || codec->decode(&arena, row, record) != OK) return;
    struct slice bytes = codec->encode(&arena, record);
    if (bytes.size == 0) return;
    ASSERT(codec->decode(&arena, bytes, again) == OK);
    ASSERT(slice_equal(codec->encode(&arena, again), bytes));
}

#define READ_INTAKE(name, value) \
    do { \
        struct intake_##name row, again; \
        if (table_intake_take_##name(value, &row) != OK) break; \
        struct slice bytes = table_intake_put_##name(&arena, &row); \
        ASSERT(table_intake_take_##name(bytes, &again) == OK); \
        ASSERT(slice_equal(table_intake_put_##name(&arena, &again), bytes)); \
    } while (0)

static void read_intake_row(uint8_t table, struct slice value)
{
    switch (table) {
    case INTAKE_DOCUMENTS: READ_INTAKE(document, value); return;
    case INTAKE_KEYS:      READ_INTAKE(key, value); return;
    case INTAKE_REQUESTS:  READ_INTAKE(request, value); return;
    case INTAKE_REPORTS:   READ_INTAKE(report, value); return;
    case INTAKE_PARKED:    READ_INTAKE(parked, value); return;
    case INTAKE_NUMBERS:   READ_INTAKE(numbers, value); return;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct stage *const stages[] = { &classification_stage, &compliance_stage, &payout_stage };
    if (!arena.base) ASSERT(arena_open(&arena, (size_t)1 << 26, (size_t)1 << 26) == OK);
    arena_reset(&arena);
    if (size < 3) return 0;
    struct slice value = slice_of((const char *)data + 2, size - 2);
    if (data[0] % 4 == 3) read_intake_row(data[1], value);
    else read_row(stages[data[0] % 4], data[1], value);
    return 0;
}
