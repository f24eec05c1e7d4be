/* Names from outside: whatever the bytes are, they fold within bounds, fold to themselves, and are themselves. The
 * first line is compared with the rest. */
#include "base/assert.h"
#include "domain/name/compare.h"
#include "domain/name/party_key.h"

#include <stddef.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena arena;

static int32_t plain_weight(const void *context, struct slice token)
{
    (void)context;
    (void)token;
    return COMPARE_WEIGHT_MAX;
}

static bool prepare(struct slice name, bool is_thing, struct name_form *form)
{
    struct name_weights weights = { .of = plain_weight };
    struct fold once, twice;
    fold_family_first(&arena, name, &once);
    fold_text(&arena, name, &once);
    fold_text(&arena, fold_join(&arena, &once), &twice);
    ASSERT(once.count <= FOLD_TOKENS_MAX);
    for (unsigned i = 0; i < once.count; i++)
        ASSERT(once.tokens[i].size > 0 && once.tokens[i].size <= FOLD_TOKEN_BYTES_MAX);
    ASSERT(once.is_cut || fold_equal(&once, &twice)
           || once.count == 1); /* a number word alone becomes digits in company */
    fold_strip_legal_form(&once);
    if (once.count == 0) return false;
    compare_prepare(&arena, &once, is_thing, &weights, form);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!arena.base && arena_open(&arena, 16 << 20, 16 << 20) != OK) return 0;
    struct slice entry = slice_of((const char *)data, size), query = slice_cut(&entry, '\n');
    struct name_form q, e;
    struct comparison c;
    struct party party = { .name = query, .id = slice_head(entry, 20), .address = entry };
    (void)party_key(&arena, &party);
    (void)line_invoice_key(&arena, query);
    for (unsigned is_thing = 0; is_thing < 2; is_thing++) {
        if (!prepare(query, is_thing, &q) || !prepare(entry, is_thing, &e)) continue;
        compare_names(&q, &e, is_thing, 0, &c);
        ASSERT(c.score >= 0 && c.score <= COMPARE_SCORE_MAX);
        (void)compare_alignment(&arena, &q, &e, &c);
    }
    arena_reset(&arena);
    return 0;
}
