/* Dossiers from outside: whatever the bytes are, they are read or refused; what is read can be written, and what was
 * written reads as the same bytes again. */
#include "base/assert.h"
#include "wire/dossier_codec.h"
#include "wire/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena arena;

static void write_section(struct slice *rebuilt, enum section s, const void *section)
{
    struct slice packed;
    enum err e = section ? section_encode(&arena, s, section, &packed) : OK;
    if (section && e == OK) e = dossier_append(&arena, *rebuilt, packed, rebuilt);
    ASSERT(e == OK);
}

static struct slice rebuild(const struct dossier *d)
{
    struct slice rebuilt = { 0 };
    write_section(&rebuilt, SECTION_SUBMISSION, d->line);
    write_section(&rebuilt, SECTION_RECEIPT, d->receipt);
    write_section(&rebuilt, SECTION_CLASSIFICATION, d->classification);
    write_section(&rebuilt, SECTION_CLEARANCE, d->clearance);
    write_section(&rebuilt, SECTION_PAYOUT, d->payout);
    for (unsigned i = 0; i < d->review_count; i++) write_section(&rebuilt, SECTION_REVIEW, &d->reviews[i]);
    return rebuilt;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = slice_of((const char *)data, size), first, second;
    struct dossier d;
    struct dossier_peek peek;
    if (!arena.base) ASSERT(arena_open(&arena, 64 << 20, 64 << 20) == OK);
    enum err peeked = dossier_peek(bytes, &peek);
    if (dossier_decode(&arena, bytes, &d) == OK) {
        ASSERT(peeked == OK);
        first = rebuild(&d);
        ASSERT(dossier_decode(&arena, first, &d) == OK);
        second = rebuild(&d);
        ASSERT(slice_equal(first, second));
    }
    arena_reset(&arena);
    return 0;
}
