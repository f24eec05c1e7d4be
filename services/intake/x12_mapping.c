/* intake/x12_mapping.c: qualifiers to slots: the profile's maps in front of those of the page. */
#include "intake/x12.h"

#include "base/assert.h"

static uint32_t key_of(struct slice code)
{
    uint32_t key = 0;
    if (code.size > 3) return 0;
    for (size_t i = 0; i < code.size; i++) key = key << 8 | (uint8_t)code.bytes[i];
    return key;
}

uint32_t x12_qualifier(struct slice code)
{
    return key_of(code);
}

struct row { struct slice set, segment, qualifier; enum slot slot; };
static const struct row rows[] = {
#define MAP(set, segment, qualifier, slot) \
    { SLICE_INIT(#set), SLICE_INIT(#segment), SLICE_INIT(#qualifier), SLOT_##slot },
#include "intake/x12_mappings.def"
#undef MAP
};
enum { ROWS = sizeof rows / sizeof *rows, RANK_OF_PAGE = 100, RANK_MAX = 250 };

static void add(struct x12_mappings *to, struct slice set, struct slice segment, struct slice qualifier, enum slot slot,
                unsigned rank)
{
    to->rows[to->count++] = (struct x12_mapping){
        .set = slice_equal(set, SLICE("0")) ? 0 : key_of(set),
        .segment = x12_key(segment),
        .qualifier = key_of(qualifier),
        .slot = (uint16_t)slot,
        .rank = (uint8_t)(rank > RANK_MAX ? RANK_MAX : rank),
    };
}

void x12_mappings_read(struct arena *a, const struct profile_x12 *p, struct x12_mappings *out)
{
    unsigned count = ROWS;
    for (unsigned m = 0; m < p->map_count; m++) count += p->maps[m].qualifiers.count;
    *out = (struct x12_mappings){ .rows = ARENA_ARRAY(a, count, struct x12_mapping) };
    for (unsigned m = 0; m < p->map_count; m++) {
        enum slot slot = slot_find(p->maps[m].field);
        for (unsigned q = 0; slot != SLOT_NONE && q < p->maps[m].qualifiers.count; q++)
            add(out, p->maps[m].set, p->maps[m].segment, p->maps[m].qualifiers.items[q], slot, q);
    }
    for (unsigned s = 0; s < X12_MAPPING_SLOTS; s++) out->from[s] = UINT16_MAX;
    for (unsigned r = 0; r < ROWS; r++)
        add(out, rows[r].set, rows[r].segment, rows[r].qualifier, rows[r].slot, RANK_OF_PAGE + r);
    for (unsigned m = out->count; m-- > 0;)
        out->from[out->rows[m].segment % X12_MAPPING_SLOTS] = (uint16_t)(m < UINT16_MAX ? m : 0);
}

const struct x12_mapping *x12_mapping_find(const struct x12 *x, uint32_t set, uint32_t segment, uint32_t qualifier)
{
    const struct x12_mappings *all = &x->view->mappings;
    for (unsigned m = all->from[segment % X12_MAPPING_SLOTS]; m < all->count; m++) {
        const struct x12_mapping *map = &all->rows[m];
        if (map->qualifier == qualifier && map->segment == segment && (map->set == 0 || map->set == set)) return map;
    }
    return NULL;
}

enum kind x12_profile_kind(const struct mapping_profile *p, struct slice element, struct slice code)
{
    for (unsigned v = 0; v < p->value_count; v++) {
        if (!slice_equal(p->values[v].field, SLICE("kind"))) continue;
        for (unsigned n = 0; n < p->values[v].names.count; n++) {
            struct slice name = p->values[v].names.items[n], rest = slice_skip(name, element.size + 1);
            bool is_of_element =
                slice_starts_with(name, element) && name.size > element.size && name.bytes[element.size] == ':';
            if (is_of_element && slice_equal(rest, code)) return kind_find(p->values[v].value);
        }
    }
    return KIND_UNSPECIFIED;
}
