/* classification/program_index.c: programs by what brings them into play. */
#include "classification/program_index.h"

#include "base/assert.h"

static bool counts_volume(const struct program *p, enum volume_source source)
{
    if (!p->has_volume || p->volume.source != source) return false;
    if (p->incentive == INCENTIVE_MDF) return p->mdf.kind == MDF_KIND_COOP;
    return p->incentive == INCENTIVE_VOLUME_REBATE || p->incentive == INCENTIVE_LOGISTICS;
}

static bool earns_on_pos(const struct program *p)
{
    switch (p->incentive) {
    case INCENTIVE_SPIFF:             return p->spiff.trigger_pos;
    case INCENTIVE_SHIP_DEBIT:        return p->ship_debit.auto_claim;
    case INCENTIVE_DEAL_REGISTRATION: return p->deal.auto_claim;
    default:                          return counts_volume(p, VOLUME_SOURCE_POS);
    }
}

bool program_is_triggered(const struct program *p, enum trigger t)
{
    switch (t) {
    case TRIGGER_POS:              return earns_on_pos(p);
    case TRIGGER_SELL_IN:
    case TRIGGER_ROTATION:         return counts_volume(p, VOLUME_SOURCE_SELL_IN);
    case TRIGGER_PRICE_PROTECTION: return counts_volume(p, VOLUME_SOURCE_SELL_IN) && p->volume.net_of_price_protection;
    case TRIGGER_NONE:
    case TRIGGER_COUNT:            break;
    }
    return false;
}

static bool any_version_is_triggered(const struct program_history *h, enum trigger t)
{
    for (unsigned i = 0; i < h->version_count; i++)
        if (h->versions[i]->status != PROGRAM_STATUS_DRAFT && program_is_triggered(h->versions[i], t)) return true;
    return false;
}

/* Insertion: a list is built once a batch and is short. */
static void add(struct program_list *list, const struct program_history *h)
{
    const struct program *highest = program_version_highest(h);
    unsigned at = list->count++;
    for (; at > 0; at--) {
        if (program_stacking_order(program_version_highest(list->items[at - 1]), highest) <= 0) break;
        list->items[at] = list->items[at - 1];
    }
    list->items[at] = h;
}

static void open_lists(struct arena *a, struct program_list *lists, unsigned list_count, unsigned capacity)
{
    for (unsigned i = 0; i < list_count; i++) lists[i].items = ARENA_ARRAY(a, capacity, const struct program_history *);
}

const struct program_index *program_index_build(struct arena *a, const struct catalogue *c)
{
    struct program_index *index = ARENA_NEW(a, struct program_index);
    unsigned count = catalogue_program_count(c);
    open_lists(a, index->by_trigger, TRIGGER_COUNT, count);
    open_lists(a, index->by_incentive, INCENTIVE_COUNT, count);
    for (unsigned i = 0; i < count; i++) {
        const struct program_history *h = catalogue_program_at(c, i);
        const struct program *highest = program_version_highest(h);
        if (!highest) continue;
        ASSERT(highest->incentive > INCENTIVE_UNSPECIFIED && highest->incentive < INCENTIVE_COUNT);
        add(&index->by_incentive[highest->incentive], h);
        for (enum trigger t = TRIGGER_NONE + 1; t < TRIGGER_COUNT; t++)
            if (any_version_is_triggered(h, t)) add(&index->by_trigger[t], h);
    }
    return index;
}
