/* intake/x12_lists.c: lists that grow up to their bound, and control numbers seen. */
#include "intake/x12_envelope.h"

#include "base/hash.h"

#include <stdlib.h>

enum { CAPACITY_FIRST = 64 };

static uint64_t hash_of(const char *number)
{
    uint64_t value;
    struct hash128 h = hash_bytes(slice_from(number));
    memcpy(&value, h.bytes, sizeof value);
    return value ? value : 1;
}

static void put_number(struct x12_numbers *n, uint64_t hash)
{
    uint64_t at = hash % n->capacity;
    while (n->hashes[at]) at = (at + 1) % n->capacity;
    n->hashes[at] = hash;
}

/* Numbers by their hash; true when the number was there before (or no memory is left to tell). */
bool x12_number_is_taken(struct x12_numbers *n, const char *number)
{
    if (2 * (n->count + 1) > n->capacity) {
        struct x12_numbers grown = { .capacity = n->capacity ? 2 * n->capacity : 256, .count = n->count };
        grown.hashes = calloc(grown.capacity, sizeof *grown.hashes);
        if (!grown.hashes) return true;
        for (uint32_t k = 0; k < n->capacity; k++)
            if (n->hashes[k]) put_number(&grown, n->hashes[k]);
        free(n->hashes);
        *n = grown;
    }
    uint64_t hash = hash_of(number);
    for (uint64_t at = hash % n->capacity; n->hashes[at]; at = (at + 1) % n->capacity)
        if (n->hashes[at] == hash) return true;
    put_number(n, hash);
    n->count++;
    return false;
}

void x12_forget_numbers(struct x12_numbers *n)
{
    if (n->count > 0) memset(n->hashes, 0, n->capacity * sizeof *n->hashes);
    n->count = 0;
}

bool x12_grow(void **items, uint32_t *capacity, uint32_t count, uint32_t max, size_t size)
{
    if (count < *capacity) return true;
    if (count >= max) return false;
    uint32_t wanted = *capacity ? 2 * *capacity : CAPACITY_FIRST;
    if (wanted > max) wanted = max;
    void *grown = realloc(*items, wanted * size);
    if (!grown) return false;
    *items = grown;
    *capacity = wanted;
    return true;
}

/* Text of an element into a terminated field. */
void x12_keep_field(char *to, size_t size, struct slice from)
{
    struct slice head = slice_head(from, size - 1);
    if (head.size > 0) memcpy(to, head.bytes, head.size);
    to[head.size] = 0;
}
