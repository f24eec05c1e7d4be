/* compliance/prefetch.c: asks for the partners and the slots of the shared registry before the first line of a window
 * is judged. */
#include "compliance/prefetch.h"

#include "base/assert.h"
#include "compliance/facts.h"
#include "compliance/registrations.h"
#include "compliance/stored_rows.h"
#include "compliance/serials.h"
#include "compliance/stage.h"
#include "stage/judge.h"
#include "stage/registry.h"

/* Requests of all lines of a window, and where those of each line begin. */
struct asking {
    struct registry_request *requests;
    struct slice            *program_ids, *serials; /* of each request; a deal has none */
    unsigned                 count, capacity;
};

static void grow(struct arena *a, struct asking *q)
{
    unsigned capacity = q->capacity ? 2 * q->capacity : 32;
    struct registry_request *requests = ARENA_ARRAY(a, capacity, struct registry_request);
    struct slice *programs = ARENA_ARRAY(a, capacity, struct slice), *serials = ARENA_ARRAY(a, capacity, struct slice);
    if (q->count) {
        memcpy(requests, q->requests, q->count * sizeof *requests);
        memcpy(programs, q->program_ids, q->count * sizeof *programs);
        memcpy(serials, q->serials, q->count * sizeof *serials);
    }
    *q = (struct asking){ requests, programs, serials, q->count, capacity };
}

static void add(struct arena *a, struct asking *q, struct registry_request request, struct slice program_id,
                struct slice serial)
{
    if (q->count == q->capacity) grow(a, q);
    q->requests[q->count] = request;
    q->program_ids[q->count] = program_id;
    q->serials[q->count++] = serial;
}

static void ask_for_serials(struct judging *j, struct asking *q)
{
    struct registry_claim claim = { .root_id = j->root, .line_id = j->line_id,
                                    .received_at_unix_ms = j->receipt->received_at_unix_ms };
    struct texts sorted = { 0 };
    for (unsigned i = 0; i < j->program_count; i++) {
        if (!serials_bind(j, &j->programs[i])) continue;
        if (!sorted.count) sorted = serials_units(j);
        for (unsigned s = 0; s < sorted.count; s++) {
            if (s > 0 && slice_equal(sorted.items[s], sorted.items[s - 1])) continue;
            struct slice program_id = j->programs[i].candidate->program_id;
            struct registry_request r = { .family = REGISTRY_SERIAL, .claim = claim,
                                          .key = serials_slot_key(j->arena, program_id, sorted.items[s]) };
            add(j->arena, q, r, program_id, sorted.items[s]);
        }
    }
}

static void ask_for_deal(struct judging *j, const struct catalogue *catalogue, uint64_t seed, struct asking *q)
{
    struct slice key = registrations_key(j, catalogue, seed), none = { 0 };
    if (!key.size || !j->line->deal_reg_no.size) return;
    struct registry_request r = { .family = REGISTRY_DEAL, .key = key, .claim = {
        .root_id = j->root, .line_id = registrations_holder(j->arena, j->root, j->line->deal_reg_no),
        .received_at_unix_ms = j->receipt->received_at_unix_ms } };
    add(j->arena, q, r, none, none);
}

/* Most lines ask for nothing: that is seen before anything is prepared. */
static bool may_ask(const struct dossier *d)
{
    return d->classification->judgement.outcome != OUTCOME_REJECT && !dossier_has(d, SECTION_PAYOUT)
        && (d->line->serials.count > 0 || d->line->kind == KIND_DEAL_REGISTRATION);
}

/* ask_for_serials asks for the same serials of each program, in order: those of the first end where one starts over. */
static unsigned count_of_first(const struct slot_answer *slots, unsigned count)
{
    unsigned first = count > 0;
    while (first < count && slice_compare(slots[first - 1].serial, slots[first].serial) < 0) first++;
    ASSERT(first == 0 || count % first == 0);
    return first;
}

/* Answers are copied: what is given back during the batch changes the registry's own memory. */
static void take_serials(struct arena *a, const struct asking *q, unsigned from, unsigned to,
                         struct compliance_facts *facts)
{
    struct slot_answer *slots = ARENA_ARRAY(a, to - from, struct slot_answer);
    for (unsigned i = from; i < to; i++) {
        if (q->requests[i].family != REGISTRY_SERIAL) continue;
        struct slot_answer *slot = &slots[facts->slot_count++];
        *slot = (struct slot_answer){ .program_id = q->program_ids[i], .serial = q->serials[i] };
        if (!q->requests[i].holder_count) continue;
        slot->holder_root_id = slice_copy(a, q->requests[i].holders[0].root_id);
        slot->holder_line_id = slice_copy(a, q->requests[i].holders[0].line_id);
    }
    facts->slots = slots;
    facts->slots_of_program = count_of_first(slots, facts->slot_count);
}

static void take_deals(struct arena *a, const struct registry_request *r, struct compliance_facts *facts)
{
    struct deal_claim *claims = ARENA_ARRAY(a, r->holder_count, struct deal_claim);
    for (unsigned i = 0; i < r->holder_count; i++)
        claims[i] = (struct deal_claim){ slice_copy(a, r->holders[i].root_id), slice_copy(a, r->holders[i].line_id),
                                         r->holders[i].closed_on };
    facts->deal_claims = claims;
    facts->deal_claim_count = r->holder_count;
}

static void hand_out(struct arena *a, struct stage_item *items, unsigned count, const struct asking *q,
                     const unsigned *ends, enum err e)
{
    for (unsigned i = 0, from = 0; i < count; from = ends[i++]) {
        struct compliance_facts *facts = items[i].facts;
        facts->slots_standing = e == OK ? SLOTS_ANSWERED : SLOTS_AWAY;
        if (e != OK || ends[i] == from) continue;
        if (q->requests[from].family == REGISTRY_DEAL) take_deals(a, &q->requests[from], facts);
        else take_serials(a, q, from, ends[i], facts);
    }
}

/* Whom gather will ask for: site, root, and the partner that a ship-to names by its id. */
static void prefetch_profiles(struct stage_env *env, const struct stage_item *items, unsigned count)
{
    struct slice *ids = ARENA_ARRAY(env->arena, (size_t)3 * count, struct slice);
    unsigned named = 0;
    for (unsigned i = 0; i < count; i++) {
        const struct dossier *d = items[i].dossier;
        ids[named++] = d->line->partner_id;
        ids[named++] = d->classification->partner_root_id;
        if (!d->line->ship_to.id_type.size) ids[named++] = d->line->ship_to.id;
    }
    profiles_prefetch(env->profiles, ids, named);
}

enum err compliance_prefetch(struct stage_env *env, struct stage_item *items, unsigned count)
{
    const struct compliance_own *own = env->own;
    struct asking q = { 0 };
    unsigned *ends = ARENA_ARRAY(env->arena, count, unsigned);
    if (env->profiles) prefetch_profiles(env, items, count);
    for (unsigned i = 0; i < count; i++) {
        if (may_ask(items[i].dossier)) {
            struct judging j;
            judging_outline(&j, items[i].dossier, env->catalogue, env->arena);
            j.policy = judge_policy(env->catalogue, items[i].dossier);
            ask_for_serials(&j, &q);
            ask_for_deal(&j, env->catalogue, own ? own->seed : 0, &q);
        }
        ends[i] = q.count;
    }
    enum err e = !env->registry ? ERR_REGISTRY_AWAY : q.count ? registry_ask(env->registry, q.requests, q.count) : OK;
    if (e != OK && e != ERR_REGISTRY_AWAY) return e;
    hand_out(env->arena, items, count, &q, ends, e);
    return OK;
}

static void take_restored(struct arena *a, const struct slots_wanted *wanted, const struct registry_request *requests,
                          struct compliance_facts *facts)
{
    struct slot_answer *slots = ARENA_ARRAY(a, wanted->count, struct slot_answer);
    for (unsigned i = 0; i < wanted->count; i++) {
        slots[i] = (struct slot_answer){ .program_id = slice_copy(a, wanted->items[i].program_id),
                                         .serial = slice_copy(a, wanted->items[i].serial) };
        if (!requests[i].holder_count) continue;
        slots[i].holder_root_id = slice_copy(a, requests[i].holders[0].root_id);
        slots[i].holder_line_id = slice_copy(a, requests[i].holders[0].line_id);
    }
    facts->restored = slots;
    facts->restored_count = wanted->count;
}

enum err compliance_ask(struct stage_env *env, const void *wants, void *facts_)
{
    const struct slots_wanted *wanted = wants;
    struct compliance_facts *facts = facts_;
    struct registry_request *requests = ARENA_ARRAY(env->arena, wanted->count, struct registry_request);
    for (unsigned i = 0; i < wanted->count; i++) {
        const struct slot_wanted *w = &wanted->items[i];
        requests[i] = (struct registry_request){
            .family = REGISTRY_SERIAL, .key = serials_slot_key(env->arena, w->program_id, w->serial),
            .claim = { .root_id = w->root_id, .line_id = w->line_id, .received_at_unix_ms = w->received_at_unix_ms } };
    }
    enum err e = env->registry ? registry_ask(env->registry, requests, wanted->count) : ERR_REGISTRY_AWAY;
    facts->restored_standing = e == OK ? SLOTS_ANSWERED : SLOTS_AWAY;
    if (e == OK) take_restored(env->arena, wanted, requests, facts);
    return e == ERR_REGISTRY_AWAY ? OK : e;
}
