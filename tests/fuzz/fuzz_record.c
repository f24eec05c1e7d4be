/* fuzz: records of submitters: events in both modes, frames in value and header. The first byte says which headers
 * come; the next bytes, up to a zero, are the value of the one that it names. */
#include "intake/record.h"

#include "base/assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena arena;
    static const struct framing_schema known[] = { { .id = 17 }, { .id = 18, .type = FRAMING_JSON } };
    if (!arena.base && arena_open(&arena, 4 << 20, 16 << 20) != OK) return 0;
    arena_reset(&arena);
    if (size < 1) return 0;
    struct slice bytes = slice_of((const char *)data + 1, size - 1);
    struct slice value = slice_head(bytes, slice_find(bytes, '\0'));
    const struct header modes[] = {
        { SLICE("content-type"), SLICE("application/cloudevents+json") },
        { SLICE("__value_schema_id"), value },
        { SLICE("ce_specversion"), SLICE("1.0") },
        { SLICE("ce_id"), value },
        { SLICE("ce_source"), SLICE("/erp") },
        { SLICE("ce_type"), value },
        { SLICE("content-type"), value },
    };
    struct header headers[8];
    struct record r = { .topic = TOPIC_CLAIMS_SUBMITTED, .value = bytes, .headers = headers };
    for (unsigned k = 0; k < 7; k++)
        if (data[0] >> k & 1) headers[r.header_count++] = modes[k];
    struct framing_schemas schemas = { .items = known, .count = 2, .deprecated_index_format = data[0] >> 7 };
    struct record_content c = record_read(&arena, &r, &schemas);
    if (c.issue == ISSUE_NONE) ASSERT(c.bytes.size > 0 || bytes.size > 0);
    return 0;
}
