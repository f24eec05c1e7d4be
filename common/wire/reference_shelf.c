/* wire/reference_shelf.c: merging what a person publishes with what is on file. */
#include "wire/reference_shelf.h"

#include "base/assert.h"
#include "domain/actor.h"
#include "wire/limits.h"

#include <stdlib.h>

struct item { bool is_partner; struct slice key, value; };

struct shelf {
    struct item *items;                             /* sorted: partners first, then by key */
    unsigned     count, capacity;
};

static const char proposal_mark[] = "?proposal";

/* --- what is on file --- */

struct shelf *shelf_open(void)
{
    return calloc(1, sizeof(struct shelf));
}

static void free_item(struct item *i)
{
    free((void *)(uintptr_t)i->key.bytes);
    free((void *)(uintptr_t)i->value.bytes);
}

void shelf_close(struct shelf *s)
{
    if (!s) return;
    for (unsigned i = 0; i < s->count; i++) free_item(&s->items[i]);
    free(s->items);
    free(s);
}

/* The place of a key; *found: it is there. */
static unsigned place_of(const struct shelf *s, bool is_partner, struct slice key, bool *found)
{
    unsigned low = 0, high = s->count;
    *found = false;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        const struct item *i = &s->items[middle];
        int order = i->is_partner == is_partner ? slice_compare(i->key, key) : i->is_partner ? -1 : 1;
        if (order == 0) *found = true;
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return low;
}

static struct slice kept(struct slice bytes)
{
    char *copy = malloc(bytes.size ? bytes.size : 1);
    ASSERT_MEMORY(copy);
    if (bytes.size) memcpy(copy, bytes.bytes, bytes.size);
    return slice_of(copy, bytes.size);
}

static void insert(struct shelf *s, unsigned at, struct item item)
{
    if (s->count == s->capacity) {
        s->capacity = s->capacity ? 2 * s->capacity : 64;
        s->items = realloc(s->items, s->capacity * sizeof *s->items);
        ASSERT_MEMORY(s->items);
    }
    memmove(s->items + at + 1, s->items + at, (s->count - at) * sizeof *s->items);
    s->items[at] = item;
    s->count++;
}

/* As proposal_key makes it. */
static bool is_proposal_key(struct slice key)
{
    return slice_find(key, '?') < key.size;
}

void shelf_put(struct shelf *s, bool is_partner, struct slice key, struct slice value)
{
    bool found;
    unsigned at = place_of(s, is_partner, key, &found);
    if (value.size == 0 && !is_proposal_key(key)) return;
    if (found) free_item(&s->items[at]);
    if (found && value.size == 0) memmove(s->items + at, s->items + at + 1, (--s->count - at) * sizeof *s->items);
    if (value.size == 0) return;
    struct item item = { is_partner, kept(key), kept(value) };
    if (found) s->items[at] = item;
    else insert(s, at, item);
}

struct slice shelf_find(const struct shelf *s, bool is_partner, struct slice key)
{
    bool found;
    unsigned at = place_of(s, is_partner, key, &found);
    return found ? s->items[at].value : (struct slice){ 0 };
}

void shelf_walk(const struct shelf *s, shelf_visit *visit, void *context)
{
    for (unsigned i = 0; i < s->count; i++)
        if (!visit(context, s->items[i].is_partner, s->items[i].key, s->items[i].value)) return;
}

/* --- publishing --- */

struct publishing {
    const struct shelf     *shelf;
    struct arena           *arena;
    const struct publisher *who;
    struct shelf_outcome    out;
};

static struct shelf_outcome answer(struct publishing *p, enum shelf_answer a)
{
    p->out.answer = a;
    return p->out;
}

static struct shelf_outcome refuse(struct publishing *p, enum err e)
{
    p->out = (struct shelf_outcome){ .answer = SHELF_REFUSED, .error = e };
    return p->out;
}

static void send(struct publishing *p, bool is_partner, struct slice key, struct slice value)
{
    ASSERT(p->out.send_count < SHELF_SENDS_MAX);
    p->out.sends[p->out.send_count++] = (struct shelf_send){ is_partner, key, value };
}

static struct slice proposal_key(struct arena *a, struct slice key)
{
    return SLICE_JOIN(a, key, slice_from(proposal_mark));
}

static struct publication signed_by(const struct publishing *p, struct slice author, struct slice approver)
{
    return (
        struct publication){ .author_id = author, .approver_id = approver, .published_at_unix_ms = p->who->at_unix_ms };
}

/* --- terms: proposals stand beside what is in force --- */

static struct shelf_outcome send_reference(struct publishing *p, const struct reference *r, enum shelf_answer a)
{
    struct slice bytes;
    enum err e = reference_encode(p->arena, r, &bytes);
    if (e != OK) return refuse(p, e);
    send(p, false, reference_key(p->arena, r), bytes);
    return answer(p, a);
}

/* The versions on file with the draft's in its place, ascending. */
static struct terms_version *merge_versions(struct publishing *p, const struct terms *on_file,
                                            const struct terms_version *v, unsigned *count)
{
    struct terms_version *all = ARENA_ARRAY(p->arena, on_file->version_count + 1, struct terms_version);
    bool placed = false;
    *count = 0;
    for (unsigned i = 0; i < on_file->version_count; i++) {
        const struct terms_version *old = &on_file->versions[i];
        if (!placed && old->version >= v->version) {
            all[(*count)++] = *v;
            placed = true;
        }
        if (old->version != v->version) all[(*count)++] = *old;
    }
    if (!placed) all[(*count)++] = *v;
    return all;
}

static struct shelf_outcome publish_version(struct publishing *p, const struct reference *r,
                                            const struct terms *on_file)
{
    struct terms_version v = r->terms->versions[0];
    const struct terms_version *old = NULL;
    for (unsigned i = 0; i < on_file->version_count; i++)
        if (on_file->versions[i].version == v.version) old = &on_file->versions[i];
    bool same = old && memcmp(old->sha256, v.sha256, sizeof v.sha256) == 0;
    bool in_force = old && publication_is_approved(&old->publication);
    bool is_own = old && actor_is_same(old->publication.author_id, p->who->actor_id);
    if (same) p->out.waits_for = old->publication.author_id;
    if (in_force) return answer(p, same ? SHELF_UNCHANGED : SHELF_CONFLICT);
    if (same && is_own && !p->who->approver_id.size) return answer(p, SHELF_WAITS);
    bool seconds = same && !is_own;
    v.publication = seconds ? signed_by(p, old->publication.author_id, p->who->actor_id)
                            : signed_by(p, p->who->actor_id, p->who->approver_id);
    struct terms merged;
    merged.versions = merge_versions(p, on_file, &v, &merged.version_count);
    struct reference whole = { .type = r->type, .id = r->id, .terms = &merged };
    return send_reference(p, &whole, publication_is_approved(&v.publication) ? SHELF_IN_FORCE : SHELF_PROPOSED);
}

/* --- books of the vendor: in force at once, rows of one key joined --- */

/* Rows that each hold from a day on. */
struct dated_rows { const void *rows; unsigned count; };
struct dated_kind { size_t bytes; int32_t (*from_of)(const void *row); };

/* The two lists in ascending order of days; of one day the newcomer's. */
static void *merge_rows(struct arena *a, const struct dated_kind *kind, struct dated_rows olds, struct dated_rows news,
                        unsigned *count)
{
    char *rows = arena_alloc_array(a, olds.count + news.count + 1, kind->bytes);
    const struct dated_rows lists[2] = { news, olds };
    *count = 0;
    for (unsigned side = 0; side < 2; side++)
        for (unsigned i = 0; i < lists[side].count; i++) {
            const char *row = (const char *)lists[side].rows + i * kind->bytes;
            unsigned at = *count;
            while (at > 0 && kind->from_of(rows + (at - 1) * kind->bytes) > kind->from_of(row)) at--;
            if (at > 0 && kind->from_of(rows + (at - 1) * kind->bytes) == kind->from_of(row)) continue;
            memmove(rows + (at + 1) * kind->bytes, rows + at * kind->bytes, (*count - at) * kind->bytes);
            memcpy(rows + at * kind->bytes, row, kind->bytes);
            ++*count;
        }
    return rows;
}

static int32_t price_from(const void *row)
{
    return ((const struct price *)row)->valid_from;
}

static int32_t rate_from(const void *row)
{
    return ((const struct fx_rate *)row)->valid_from;
}

static const struct dated_kind prices = { sizeof(struct price), price_from };
static const struct dated_kind rates = { sizeof(struct fx_rate), rate_from };

static struct shelf_outcome send_if_changed(struct publishing *p, const struct reference *r, struct slice on_file)
{
    struct slice bytes;
    enum err e = reference_encode(p->arena, r, &bytes);
    if (e != OK) return refuse(p, e);
    if (slice_equal(bytes, on_file)) return answer(p, SHELF_UNCHANGED);
    send(p, false, reference_key(p->arena, r), bytes);
    return answer(p, SHELF_IN_FORCE);
}

static struct shelf_outcome publish_prices(struct publishing *p, const struct reference *r, const struct reference *old,
                                           struct slice on_file)
{
    struct price_list list = *r->price_list;
    struct reference merged = *r;
    const struct price_list *before = old->price_list;
    if (before && !slice_equal(before->currency, list.currency)) return answer(p, SHELF_CONFLICT);
    struct dated_rows olds = { 0 }, news = { r->price_list->prices, r->price_list->price_count };
    if (before) olds = (struct dated_rows){ before->prices, before->price_count };
    list.prices = merge_rows(p->arena, &prices, olds, news, &list.price_count);
    merged.price_list = &list;
    return send_if_changed(p, &merged, on_file);
}

static struct shelf_outcome publish_rates(struct publishing *p, const struct reference *r, const struct reference *old,
                                          struct slice on_file)
{
    struct fx_pair pair = *r->fx;
    struct reference merged = *r;
    const struct fx_pair *before = old->fx;
    if (before && before->units != pair.units) return answer(p, SHELF_CONFLICT);
    struct dated_rows olds = { 0 }, news = { r->fx->rates, r->fx->rate_count };
    if (before) olds = (struct dated_rows){ before->rates, before->rate_count };
    pair.rates = merge_rows(p->arena, &rates, olds, news, &pair.rate_count);
    merged.fx = &pair;
    return send_if_changed(p, &merged, on_file);
}

/* --- records with one content: a proposal has a key of its own --- */

/* Content without signatures and revision, packed; empty when it cannot be. */
static struct slice content_of_partner(struct arena *a, const struct partner *p)
{
    struct partner bare = *p;
    struct slice bytes;
    bare.revision = 0;
    return partner_encode(a, &bare, (struct slice){ 0 }, (struct slice){ 0 }, 0, &bytes) == OK ? bytes
                                                                                               : (struct slice){ 0 };
}

static bool read_partner(struct arena *a, struct slice bytes, struct partner *p, struct publication *by)
{
    *p = (struct partner){ 0 };
    *by = (struct publication){ 0 };
    return bytes.size > 0 && partner_decode(a, bytes, p, by) == OK;
}

/* How the draft stands to what is in force and to what is proposed: decides who signs. False: the answer is given. */
static bool weigh(struct publishing *p, bool same_in_force, bool same_proposed, struct slice proposer,
                  struct publication *by, enum shelf_answer *a)
{
    bool is_own = actor_is_same(proposer, p->who->actor_id);
    *a = SHELF_UNCHANGED;
    if (same_in_force) return false;
    if (same_proposed) p->out.waits_for = proposer;
    *a = SHELF_WAITS;
    if (same_proposed && is_own && !p->who->approver_id.size) return false;
    bool seconds = same_proposed && !is_own;
    *by = seconds ? signed_by(p, proposer, p->who->actor_id) : signed_by(p, p->who->actor_id, p->who->approver_id);
    *a = publication_is_approved(by) ? SHELF_IN_FORCE : SHELF_PROPOSED;
    return true;
}

static struct shelf_outcome publish_partner(struct publishing *p, const struct partner *draft)
{
    struct partner old, proposed, next = *draft;
    struct publication by, proposed_by;
    enum shelf_answer a;
    struct slice key = draft->partner_id, side_key = proposal_key(p->arena, key), bytes;
    struct slice content = content_of_partner(p->arena, draft);
    bool has_old = read_partner(p->arena, shelf_find(p->shelf, true, key), &old, &by);
    bool has_proposal = read_partner(p->arena, shelf_find(p->shelf, true, side_key), &proposed, &proposed_by);
    bool same_in_force = has_old && slice_equal(content, content_of_partner(p->arena, &old));
    bool same_proposed = has_proposal && slice_equal(content, content_of_partner(p->arena, &proposed));
    if (!weigh(p, same_in_force, same_proposed, proposed_by.author_id, &by, &a)) return answer(p, a);
    next.revision = old.revision + 1;
    enum err e = partner_encode(p->arena, &next, by.author_id, by.approver_id, by.published_at_unix_ms, &bytes);
    if (e != OK) return refuse(p, e);
    send(p, true, a == SHELF_IN_FORCE ? key : side_key, bytes);
    if (a == SHELF_IN_FORCE && has_proposal) send(p, true, side_key, (struct slice){ 0 });
    return answer(p, a);
}

static bool same_verdict(const struct party_record *a, const struct party_verdict *b)
{
    return a && a->verdict.blocked == b->blocked && slice_equal(a->verdict.party_revision, b->party_revision) &&
           slice_equal(a->verdict.entry_revision, b->entry_revision);
}

static const struct party_record *read_party(struct arena *a, struct slice bytes)
{
    struct reference r;
    return bytes.size && reference_decode(a, bytes, &r) == OK ? r.party : NULL;
}

static struct shelf_outcome publish_party(struct publishing *p, const struct reference *r)
{
    struct party_record next = *r->party;
    struct reference whole = *r;
    enum shelf_answer a;
    struct slice key = reference_key(p->arena, r), side_key = proposal_key(p->arena, key), bytes;
    const struct party_record *old = read_party(p->arena, shelf_find(p->shelf, false, key));
    const struct party_record *proposed = read_party(p->arena, shelf_find(p->shelf, false, side_key));
    struct slice proposer = proposed ? proposed->publication.author_id : (struct slice){ 0 };
    if (!weigh(p, same_verdict(old, &next.verdict), same_verdict(proposed, &next.verdict), proposer, &next.publication,
               &a))
        return answer(p, a);
    whole.party = &next;
    enum err e = reference_encode(p->arena, &whole, &bytes);
    if (e != OK) return refuse(p, e);
    send(p, false, a == SHELF_IN_FORCE ? key : side_key, bytes);
    if (a == SHELF_IN_FORCE && proposed) send(p, false, side_key, (struct slice){ 0 });
    return answer(p, a);
}

static struct shelf_outcome publish_reference(struct publishing *p, const struct reference *r)
{
    static const struct terms none;
    struct reference old = { 0 };
    struct slice on_file = shelf_find(p->shelf, false, reference_key(p->arena, r));
    if (on_file.size && reference_decode(p->arena, on_file, &old) != OK) old = (struct reference){ 0 };
    switch (r->type) {
    case REFERENCE_PRODUCT:
    case REFERENCE_TAX_TABLE:  return send_if_changed(p, r, on_file);
    case REFERENCE_PRICE_LIST: return publish_prices(p, r, &old, on_file);
    case REFERENCE_FX_TABLE:   return publish_rates(p, r, &old, on_file);
    case REFERENCE_PARTY:      return publish_party(p, r);
    default:                   return publish_version(p, r, old.terms ? old.terms : &none);
    }
}

struct shelf_outcome shelf_publish(const struct shelf *s, struct arena *a, const struct reference_draft *draft,
                                   const struct publisher *who)
{
    struct publishing p = { .shelf = s, .arena = a, .who = who };
    ASSERT(who->actor_id.size > 0);
    return draft->partner ? publish_partner(&p, draft->partner) : publish_reference(&p, &draft->reference);
}
