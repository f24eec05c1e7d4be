/* compliance/registry_rebuild.c: what each line holds, sorted by receipt; what was given back since is struck out. */
#include "compliance/registry_rebuild.h"

#include "base/assert.h"
#include "compliance/prefetch.h"
#include "compliance/serials.h"
#include "domain/lookup.h"
#include "domain/rule.h"
#include "wire/dossier_codec.h"
#include "wire/limits.h"

#include <stdlib.h>

enum { SCRATCH_BYTES = 16 << 20, SCRATCH_RESERVE = 64 << 20, KEPT_BYTES = 256 << 20 };
#define KEPT_RESERVE ((size_t)64 << 30)                     /* address space; touched as lines come */

struct held_slot { struct registry_request request; bool is_free; struct held_slot *same_unit; };

/* A line, by its longest dossier. */
struct holding {
    struct slice      line_id, root_id, gives_back;         /* gives_back: the line that a CANCEL or REPLACE undoes */
    instant_ms        received_at_unix_ms;
    size_t            dossier_bytes;
    struct held_slot *slots;
    unsigned          slot_count;
    bool              is_released;                          /* people gave it the slots of another root */
    struct texts      returned;                             /* serials that came back */
};

struct registry_rebuild {
    struct registry_rebuild_options options;
    struct registry_rebuild_counts  counts;
    struct arena                    kept, scratch;
    struct lookup                   by_line, by_unit, by_slot;
    struct holding                **holdings;
    size_t                          count, capacity;
    bool                            is_settled;
};

enum err registry_rebuild_open(const struct registry_rebuild_options *options, struct registry_rebuild **rebuild)
{
    struct registry_rebuild *r = calloc(1, sizeof *r);
    if (!r) return ERR_MEMORY_EXHAUSTED;
    r->options = *options;
    enum err e = arena_open(&r->kept, KEPT_BYTES, KEPT_RESERVE);
    if (e == OK) e = arena_open(&r->scratch, SCRATCH_BYTES, SCRATCH_RESERVE);
    if (e != OK) {
        registry_rebuild_close(r);
        return e;
    }
    lookup_init(&r->by_line, &r->kept);
    lookup_init(&r->by_unit, &r->kept);
    lookup_init(&r->by_slot, &r->kept);
    *rebuild = r;
    return OK;
}

void registry_rebuild_close(struct registry_rebuild *r)
{
    if (!r) return;
    arena_close(&r->kept);
    arena_close(&r->scratch);
    free(r->holdings);
    free(r);
}

/* --- what a dossier says --- */

static bool gives(const struct judgement *j, enum reason_code code)
{
    for (unsigned i = 0; i < j->reason_count; i++)
        if (j->reasons[i].code == code) return true;
    return false;
}

static bool is_struck(const struct clearance *c, struct slice slot_key)
{
    for (unsigned i = 0; i < c->struck_count; i++) {
        struct slice program_id = c->struck[i].program_id;
        if (slice_starts_with(slot_key, program_id) && slot_key.size > program_id.size
            && slot_key.bytes[program_id.size] == ':')
            return true;
    }
    return false;
}

/* Kept from PASS to PARK, unless the registry never gave it. */
static bool is_kept(const struct clearance *c, const struct registry_request *q)
{
    const struct judgement *j = &c->judgement;
    if (j->outcome == OUTCOME_REJECT || gives(j, REASON_REGISTRY_UNAVAILABLE)) return false;
    if (q->family == REGISTRY_DEAL) return true;
    return !gives(j, REASON_SERIAL_OTHER_PARTNER) && !is_struck(c, q->key);
}

static bool is_released(const struct judgement *j)
{
    for (unsigned i = 0; i < j->rule_result_count; i++) {
        const struct rule_result *r = &j->rule_results[i];
        if (r->number != rule_row(RULE_SER_02)->number || r->value != TRUTH_FALSE) continue;
        return outcome_goes_on(j->outcome) && r->evidence_count > 0 && r->evidence[0].kind == EVIDENCE_REVIEW;
    }
    return false;
}

static struct registry_request copy_request(struct arena *a, const struct registry_request *q)
{
    struct registry_request copy = *q;
    copy.key = slice_copy(a, q->key);
    copy.claim.root_id = slice_copy(a, q->claim.root_id);
    copy.claim.line_id = slice_copy(a, q->claim.line_id);
    return copy;
}

static void take_slots(struct registry_rebuild *r, const struct dossier *d, struct holding *h)
{
    struct registry_request *requests;
    unsigned count = prefetch_slots(&r->scratch, d, r->options.catalogue, r->options.seed, &requests);
    if (!count) return;
    h->slots = ARENA_ARRAY(&r->kept, count, struct held_slot);
    for (unsigned i = 0; i < count; i++)
        if (is_kept(d->clearance, &requests[i]))
            h->slots[h->slot_count++].request = copy_request(&r->kept, &requests[i]);
}

static void take_returned(struct registry_rebuild *r, const struct dossier *d, struct holding *h)
{
    struct texts sorted = serials_sorted(&r->scratch, &d->line->serials);
    struct slice *items = ARENA_ARRAY(&r->kept, sorted.count, struct slice);
    for (unsigned i = 0; i < sorted.count; i++) items[i] = slice_copy(&r->kept, sorted.items[i]);
    h->returned = (struct texts){ items, sorted.count };
}

/* A line that went on takes effect on others: a return by its serials, a CANCEL or REPLACE on the line it names. */
static void fill(struct registry_rebuild *r, const struct dossier *d, struct holding *h)
{
    const struct judgement *j = &d->clearance->judgement;
    take_slots(r, d, h);
    h->is_released = is_released(j);
    if (!outcome_goes_on(j->outcome)) return;
    if (d->line->kind == KIND_POS_RETURN && d->line->serials.count) take_returned(r, d, h);
    bool undoes = d->line->kind == KIND_CANCEL || d->line->kind == KIND_REPLACE;
    if (undoes) h->gives_back = slice_copy(&r->kept, d->line->original_line_ref);
}

static struct holding *holding_of(struct registry_rebuild *r, const struct dossier *d)
{
    void **place = lookup_at(&r->by_line, d->receipt->line_id);
    if (*place) return *place;
    struct holding *h = *place = ARENA_NEW(&r->kept, struct holding);
    h->line_id = slice_copy(&r->kept, d->receipt->line_id);
    if (r->count == r->capacity) {
        r->capacity = r->capacity ? 2 * r->capacity : 1024;
        r->holdings = reallocarray(r->holdings, r->capacity, sizeof *r->holdings);
        ASSERT(r->holdings);
    }
    r->holdings[r->count++] = h;
    return h;
}

void registry_rebuild_take(struct registry_rebuild *r, struct slice bytes)
{
    struct dossier d = { 0 };
    ASSERT(!r->is_settled);
    arena_reset(&r->scratch);
    r->counts.dossiers++;
    if (dossier_decode(&r->scratch, bytes, &d) != OK) {
        r->counts.unreadable++;
        return;
    }
    if (dossier_is_case(&d) || !d.line || !d.receipt || !d.classification || !d.clearance) return;
    struct holding *h = holding_of(r, &d);
    if (bytes.size <= h->dossier_bytes) return;
    *h = (struct holding){ .line_id = h->line_id,
                           .dossier_bytes = bytes.size,
                           .received_at_unix_ms = d.receipt->received_at_unix_ms };
    h->root_id = slice_copy(&r->kept, d.classification->partner_root_id);
    fill(r, &d, h);
}

/* --- what was given back --- */

static int by_receipt(const void *a_, const void *b_)
{
    const struct holding *a = *(struct holding *const *)a_, *b = *(struct holding *const *)b_;
    if (a->received_at_unix_ms != b->received_at_unix_ms)
        return a->received_at_unix_ms < b->received_at_unix_ms ? -1 : 1;
    return slice_compare(a->line_id, b->line_id);
}

static struct slice unit_key(struct arena *a, struct slice root_id, struct slice serial)
{
    struct text t = text_in(a, root_id.size + serial.size + 1);
    text_put(&t, root_id);
    text_put_byte(&t, 0);
    text_put(&t, serial);
    return text_slice(&t);
}

/* The serial of program:serial; serials have letters and digits only. */
static struct slice serial_of(struct slice slot_key)
{
    size_t at = slot_key.size;
    while (at > 0 && slot_key.bytes[at - 1] != ':') at--;
    return slice_skip(slot_key, at);
}

static void note_unit(struct registry_rebuild *r, const struct holding *h, struct held_slot *slot)
{
    if (slot->request.family != REGISTRY_SERIAL) return;
    void **place = lookup_at(&r->by_unit, unit_key(&r->scratch, h->root_id, serial_of(slot->request.key)));
    slot->same_unit = *place;
    *place = slot;
}

static void give_back(struct registry_rebuild *r, const struct holding *h)
{
    struct holding *undone = h->gives_back.size ? lookup_find(&r->by_line, h->gives_back) : NULL;
    for (unsigned i = 0; undone && i < undone->slot_count; i++) undone->slots[i].is_free = true;
    for (unsigned i = 0; i < h->returned.count; i++) {
        struct held_slot *slot = lookup_find(&r->by_unit, unit_key(&r->scratch, h->root_id, h->returned.items[i]));
        for (; slot; slot = slot->same_unit) slot->is_free = true;
    }
}

static void settle(struct registry_rebuild *r)
{
    if (r->is_settled) return;
    r->is_settled = true;
    if (r->count) qsort(r->holdings, r->count, sizeof *r->holdings, by_receipt);
    for (size_t i = 0; i < r->count; i++) {
        struct holding *h = r->holdings[i];
        arena_reset(&r->scratch);
        give_back(r, h);
        for (unsigned s = 0; s < h->slot_count; s++) note_unit(r, h, &h->slots[s]);
    }
}

/* --- into the registry --- */

static struct slice look(struct registry_rebuild *r, const struct registry_request *q)
{
    void **place = lookup_at(&r->by_slot, q->key);
    if (!*place) *place = (void *)(uintptr_t)q;
    const struct registry_request *first = *place;
    return slice_equal(first->claim.line_id, q->claim.line_id) ? (struct slice){ 0 } : first->claim.line_id;
}

static enum err put(struct registry_rebuild *r, const struct registry_request *q)
{
    struct slice holder = { 0 };
    bool is_deal = q->family == REGISTRY_DEAL;
    if (r->options.redis.link) TRY(redis_registry_rebuild_add(&r->options.redis, &r->scratch, q, &holder));
    else if (!is_deal) holder = look(r, q);
    if (is_deal) r->counts.deals++;
    else r->counts.serials++;
    if (!holder.size) return OK;
    r->counts.conflicts++;
    if (r->options.conflict) r->options.conflict(r->options.context, q, holder);
    return OK;
}

static enum err put_those(struct registry_rebuild *r, bool released)
{
    for (size_t i = 0; i < r->count; i++) {
        const struct holding *h = r->holdings[i];
        if (h->is_released != released) continue;
        arena_reset(&r->scratch);
        r->counts.lines += h->slot_count > 0;
        for (unsigned s = 0; s < h->slot_count; s++)
            if (!h->slots[s].is_free) TRY(put(r, &h->slots[s].request));
    }
    return OK;
}

enum err registry_rebuild_finish(struct registry_rebuild *r, instant_ms now_unix_ms,
                                 struct registry_rebuild_counts *counts)
{
    bool writes = r->options.redis.link != NULL;
    r->counts.lines = r->counts.serials = r->counts.deals = r->counts.conflicts = 0;
    settle(r);
    if (writes) TRY(redis_registry_rebuild_begin(&r->options.redis));
    TRY(put_those(r, true));
    TRY(put_those(r, false));
    if (writes) TRY(redis_registry_rebuild_finish(&r->options.redis, now_unix_ms));
    *counts = r->counts;
    return OK;
}
