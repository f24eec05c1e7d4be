/* stage/memory_registry.c: slots in a hash table. A slot is a list: SERIAL keeps one claim, DEAL all in order of
 * arrival. */
#include "stage/memory_registry.h"

#include "base/assert.h"
#include "stage/lookup_table.h"

#include <stdlib.h>

enum { KEY_BYTES_MAX = 520 };

struct slot { struct registry_claim *claims; unsigned count, capacity; };

struct memory_registry {
    struct registry     registry;
    struct lookup_table slots;
    bool                away;
};

static struct memory_registry *of(struct registry *r)
{
    return (struct memory_registry *)r;             /* its first member */
}

static struct slice slot_key(char *buffer, enum registry_family family, struct slice key)
{
    struct text t = text_over(buffer, KEY_BYTES_MAX);
    text_put_byte(&t, (char)family);
    text_put(&t, key);
    ASSERT(!t.full);
    return text_slice(&t);
}

static struct slot *slot_of(struct memory_registry *m, enum registry_family family, struct slice key, bool make)
{
    char buffer[KEY_BYTES_MAX];
    struct slice full = slot_key(buffer, family, key);
    struct slot *slot = lookup_table_get(&m->slots, full);
    if (slot || !make) return slot;
    slot = calloc(1, sizeof *slot);
    ASSERT_MEMORY(slot);
    lookup_table_put(&m->slots, full, slot);
    return slot;
}

static unsigned place_of(const struct slot *slot, struct slice line_id)
{
    unsigned place = 0;
    while (place < slot->count && !slice_equal(slot->claims[place].line_id, line_id)) place++;
    return place;
}

/* Texts of a claim live in one allocation that starts at root_id. */
static struct registry_claim own(const struct registry_claim *c)
{
    struct registry_claim copy = *c;
    char *bytes = malloc(c->root_id.size + c->line_id.size + 1);
    ASSERT_MEMORY(bytes);
    if (c->root_id.size) memcpy(bytes, c->root_id.bytes, c->root_id.size);
    if (c->line_id.size) memcpy(bytes + c->root_id.size, c->line_id.bytes, c->line_id.size);
    copy.root_id.bytes = bytes;
    copy.line_id.bytes = bytes + c->root_id.size;
    return copy;
}

static void enter(struct slot *slot, const struct registry_claim *claim)
{
    if (slot->count == slot->capacity) {
        slot->capacity = slot->capacity ? 2 * slot->capacity : 1;
        slot->claims = reallocarray(slot->claims, slot->capacity, sizeof *slot->claims);
        ASSERT(slot->claims);
    }
    slot->claims[slot->count++] = own(claim);
}

static void answer(struct memory_registry *m, struct registry_request *q)
{
    struct slot *slot = slot_of(m, q->family, q->key, !q->only_looks);
    q->holders = NULL;
    q->holder_count = q->place = 0;
    if (!slot) return;
    bool is_free = q->family == REGISTRY_DEAL || slot->count == 0;
    if (!q->only_looks && is_free && place_of(slot, q->claim.line_id) == slot->count) enter(slot, &q->claim);
    q->holders = slot->claims;
    q->holder_count = slot->count;
    q->place = place_of(slot, q->claim.line_id);
}

/* All are entered before the first answer is given, since a list may move when it grows. */
static enum err ask(struct registry *r, struct registry_request *requests, unsigned count)
{
    if (of(r)->away) return ERR_REGISTRY_AWAY;
    for (unsigned i = 0; i < count; i++) answer(of(r), &requests[i]);
    for (unsigned i = 0; i < count; i++) answer(of(r), &requests[i]);
    return OK;
}

static enum err release(struct registry *r, enum registry_family family, struct slice key, struct slice line_id)
{
    if (of(r)->away) return ERR_REGISTRY_AWAY;
    struct slot *slot = slot_of(of(r), family, key, false);
    unsigned place = slot ? place_of(slot, line_id) : 0;
    if (!slot || place == slot->count) return OK;
    free((void *)(uintptr_t)slot->claims[place].root_id.bytes);
    memmove(&slot->claims[place], &slot->claims[place + 1], (slot->count - place - 1) * sizeof *slot->claims);
    slot->count--;
    return OK;
}

static enum err hand_over(struct registry *r, struct slice key, struct slice line_id, const struct registry_claim *to)
{
    if (of(r)->away) return ERR_REGISTRY_AWAY;
    struct slot *slot = slot_of(of(r), REGISTRY_SERIAL, key, false);
    unsigned place = slot ? place_of(slot, line_id) : 0;
    if (!slot || place == slot->count) return OK;
    struct registry_claim copy = own(to);
    free((void *)(uintptr_t)slot->claims[place].root_id.bytes);
    slot->claims[place] = copy;
    return OK;
}

static enum err close_deal(struct registry *r, struct slice key, struct slice line_id, int32_t closed_on)
{
    if (of(r)->away) return ERR_REGISTRY_AWAY;
    struct slot *slot = slot_of(of(r), REGISTRY_DEAL, key, false);
    unsigned place = slot ? place_of(slot, line_id) : 0;
    if (slot && place < slot->count) slot->claims[place].closed_on = closed_on;
    return OK;
}

static bool is_settled(struct registry *r, int32_t partition)
{
    (void)partition;
    return !of(r)->away;
}

/* What lives in this process is never another registry. */
static enum registry_standing look(struct registry *r, int32_t partition, const struct registry_sight *last,
                                   struct registry_sight *now)
{
    (void)partition;
    *now = *last;
    return of(r)->away ? REGISTRY_IS_AWAY : REGISTRY_IS_READY;
}

static enum err restore(struct registry *r, const struct registry_sight *now, struct registry_request *requests,
                        unsigned count)
{
    (void)now;
    return ask(r, requests, count);
}

static enum err announce(struct registry *r, int32_t partition, const struct registry_sight *now)
{
    (void)partition, (void)now;
    return of(r)->away ? ERR_REGISTRY_AWAY : OK;
}

static const struct registry_ops ops = {
    .ask = ask,
    .release = release,
    .hand_over = hand_over,
    .close_deal = close_deal,
    .is_settled = is_settled,
    .look = look,
    .restore = restore,
    .announce = announce,
};

struct memory_registry *memory_registry_open(void)
{
    struct memory_registry *m = calloc(1, sizeof *m);
    if (m) m->registry.ops = &ops;
    return m;
}

static void free_slot(void *context, void *value)
{
    struct slot *slot = value;
    (void)context;
    for (unsigned i = 0; i < slot->count; i++) free((void *)(uintptr_t)slot->claims[i].root_id.bytes);
    free(slot->claims);
    free(slot);
}

void memory_registry_close(struct memory_registry *m)
{
    if (!m) return;
    lookup_table_each(&m->slots, free_slot, NULL);
    lookup_table_close(&m->slots);
    free(m);
}

struct registry *memory_registry_base(struct memory_registry *m)
{
    return &m->registry;
}

void memory_registry_set_away(struct memory_registry *m, bool away)
{
    m->away = away;
}
