/* domain/name/list.c: entries in order, their revisions and the id of a snapshot. */
#include "domain/name/list.h"

#include "base/assert.h"

static void put_part(struct hash_sha256_stream *stream, struct slice part)
{
    uint8_t size[4] = { (uint8_t)(part.size >> 24), (uint8_t)(part.size >> 16), (uint8_t)(part.size >> 8),
                        (uint8_t)part.size };
    hash_sha256_add(stream, slice_of((const char *)size, sizeof size));
    hash_sha256_add(stream, part);
}

static void put_number(struct hash_sha256_stream *stream, int64_t number)
{
    char digits[24];
    struct text t = text_over(digits, sizeof digits);
    text_put_int(&t, number);
    put_part(stream, text_slice(&t));
}

/* Every member with its length in front, so that no two entries have the same bytes. */
static void put_entry(struct hash_sha256_stream *stream, const struct list_entry *e)
{
    put_part(stream, e->entry_id);
    put_number(stream, e->kind);
    put_number(stream, e->name_count);
    for (unsigned i = 0; i < e->name_count; i++) {
        put_part(stream, e->names[i].text);
        put_number(stream, e->names[i].strength * 2 + e->names[i].family_first);
    }
    put_number(stream, e->countries.count);
    for (unsigned i = 0; i < e->countries.count; i++) put_part(stream, e->countries.items[i]);
    put_number(stream, e->birth_count);
    for (unsigned i = 0; i < e->birth_count; i++) {
        put_number(stream, e->births[i].from);
        put_number(stream, e->births[i].to);
    }
    put_number(stream, e->identifier_count);
    for (unsigned i = 0; i < e->identifier_count; i++) {
        put_part(stream, e->identifiers[i].type);
        put_part(stream, e->identifiers[i].value);
        put_part(stream, e->identifiers[i].country);
    }
    put_part(stream, e->program);
    put_part(stream, e->remarks);
}

static uint64_t first_eight(const uint8_t digest[SHA256_BYTES])
{
    uint64_t value = 0;
    for (unsigned i = 0; i < 8; i++) value = value << 8 | digest[i];
    return value;
}

static uint64_t revision_of(const struct list_entry *e)
{
    uint8_t digest[SHA256_BYTES];
    struct hash_sha256_stream *stream = hash_sha256_open();
    put_entry(stream, e);
    hash_sha256_close(stream, digest);
    return first_eight(digest);
}

static void sort_by_id(struct arena *a, struct list_entry *entries, unsigned count)
{
    struct list_entry *from = entries, *to = ARENA_ARRAY(a, count + 1, struct list_entry);
    for (unsigned width = 1; width < count; width *= 2) {
        for (unsigned left = 0; left < count; left += 2 * width) {
            unsigned middle = left + width < count ? left + width : count,
                     right = left + 2 * width < count ? left + 2 * width : count;
            for (unsigned i = left, j = middle, k = left; k < right; k++)
                to[k] = j == right || (i < middle && slice_compare(from[i].entry_id, from[j].entry_id) <= 0)
                            ? from[i++]
                            : from[j++];
        }
        struct list_entry *swap = from;
        from = to;
        to = swap;
    }
    if (from != entries && count) memcpy(entries, from, count * sizeof *entries);
}

void list_seal(struct arena *a, struct name_list *list, struct list_entry *entries, unsigned count)
{
    struct hash_sha256_stream *stream = hash_sha256_open();
    sort_by_id(a, entries, count);
    for (unsigned i = 0; i < count; i++) {
        ASSERT(entries[i].name_count > 0);
        ASSERT(i == 0 || slice_compare(entries[i - 1].entry_id, entries[i].entry_id) < 0);
        entries[i].revision = revision_of(&entries[i]);
        put_entry(stream, &entries[i]);
    }
    hash_sha256_close(stream, list->sha256);
    list->entries = entries;
    list->entry_count = count;
    list->is_loaded = true;
}

struct slice list_revision(struct arena *a, const struct list_entry *e)
{
    uint8_t bytes[8];
    struct text t = text_in(a, LIST_REVISION_HEX);
    for (unsigned i = 0; i < 8; i++) bytes[i] = (uint8_t)(e->revision >> (56 - 8 * i));
    text_put_hex(&t, bytes, sizeof bytes);
    ASSERT(t.size == LIST_REVISION_HEX);
    return text_slice(&t);
}

const struct list_entry *list_find(const struct name_list *list, struct slice entry_id)
{
    unsigned low = 0, high = list->entry_count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        int order = slice_compare(entry_id, list->entries[middle].entry_id);
        if (order == 0) return &list->entries[middle];
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return NULL;
}

bool list_is_unfit(const struct name_list *list, instant_ms now_unix_ms)
{
    if (!list->is_loaded) return list->required;
    if (list->max_age_hours == 0) return false;
    return now_unix_ms - list->file_time_unix_ms > (int64_t)list->max_age_hours * INSTANT_HOUR_MS;
}

bool list_shrinks(const struct name_list *in_force, const struct name_list *next, int64_t percent)
{
    ASSERT(percent >= 0 && percent <= 100);
    return (int64_t)next->entry_count * 100 < (int64_t)in_force->entry_count * (100 - percent);
}
