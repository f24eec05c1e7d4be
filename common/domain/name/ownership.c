/* domain/name/ownership.c: the set of listed parties and of what they own by half, to its fixed point. */
#include "domain/name/ownership.h"

#include "base/assert.h"
#include "domain/name/party_key.h"

enum { CHAIN_BYTES_MAX = 4096, MISSING_MAX = 64, NOBODY = -1 };

/* A party, once however often the trees name it. */
struct holder {
    struct slice        key, name;
    bool                is_member, starts;          /* in the set; from the beginning */
};

/* A direct share; of two statements about one pair the greater counts. */
struct share { unsigned owner, owned; int64_t percent_micros; };

struct holdings {
    struct arena  *arena;
    struct holder *holders;
    struct share  *shares;
    struct slice  *missing;
    unsigned       holder_count, share_count, missing_count;
    bool           is_cut;
};

static int find_or_add(struct holdings *h, const struct party *p, const struct ownership_ask *ask)
{
    struct slice key = slice_is_empty(p->key) ? party_key(h->arena, p) : p->key;
    for (unsigned i = 0; i < h->holder_count; i++)
        if (slice_equal(h->holders[i].key, key)) return (int)i;
    if (h->holder_count == OWNERSHIP_PARTIES_MAX) {
        h->is_cut = true;
        return NOBODY;
    }
    bool starts = ask->is_listed(ask->context, p);
    h->holders[h->holder_count] =
        (struct holder){ .key = key, .name = p->name.size ? p->name : key, .is_member = starts, .starts = starts };
    return (int)h->holder_count++;
}

static void note_missing(struct holdings *h, unsigned owner, unsigned owned)
{
    if (h->missing_count == MISSING_MAX) return;
    h->missing[h->missing_count++] = SLICE_JOIN(h->arena, h->holders[owner].name, SLICE(" of "),
                                                h->holders[owned].name);
}

static void add_share(struct holdings *h, unsigned owner, unsigned owned, int64_t percent_micros)
{
    for (unsigned i = 0; i < h->share_count; i++) {
        struct share *s = &h->shares[i];
        if (s->owner != owner || s->owned != owned) continue;
        if (percent_micros > s->percent_micros) s->percent_micros = percent_micros;
        return;
    }
    if (h->share_count == OWNERSHIP_PARTIES_MAX) h->is_cut = true;
    else
        h->shares[h->share_count++] =
            (struct share){ .owner = owner, .owned = owned, .percent_micros = percent_micros };
}

/* A level of a tree, its owners and theirs. The depth is bounded by the parties that fit. */
static void collect(struct holdings *h, unsigned owned, const struct owner *owners, unsigned count, unsigned depth,
                    const struct ownership_ask *ask)
{
    if (depth > OWNERSHIP_PARTIES_MAX) {
        h->is_cut = true;
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        int owner = find_or_add(h, &owners[i].party, ask);
        if (owner == NOBODY) return;
        if (!owners[i].has_share) note_missing(h, (unsigned)owner, owned);
        add_share(h, (unsigned)owner, owned, owners[i].has_share ? owners[i].share_percent_micros : 0);
        collect(h, (unsigned)owner, owners[i].owners, owners[i].owner_count, depth + 1, ask);
    }
}

static int64_t share_of_members(const struct holdings *h, unsigned owned)
{
    int64_t sum = 0;
    for (unsigned i = 0; i < h->share_count; i++)
        if (h->shares[i].owned == owned && h->holders[h->shares[i].owner].is_member) sum += h->shares[i].percent_micros;
    return sum;
}

/* " 50.5%" of 50500000. */
static void put_percent(struct text *t, int64_t percent_micros)
{
    int64_t fraction = percent_micros % 1000000;
    text_put_int(t, percent_micros / 1000000);
    if (fraction) text_put_byte(t, '.');
    for (int64_t digit = 100000; fraction; digit /= 10) {
        text_put_int(t, fraction / digit);
        fraction %= digit;
    }
    text_put_byte(t, '%');
}

/* "DORVANIK 60% of BELMORA": who made `owned` a member. */
static void put_reason(struct text *t, const struct holdings *h, unsigned owned)
{
    bool is_first = true;
    if (t->size) PUT(t, "; ");
    for (unsigned i = 0; i < h->share_count; i++) {
        const struct share *s = &h->shares[i];
        if (s->owned != owned || !h->holders[s->owner].is_member || s->percent_micros == 0) continue;
        if (!is_first) PUT(t, " + ");
        text_put(t, h->holders[s->owner].name);
        text_put_byte(t, ' ');
        put_percent(t, s->percent_micros);
        is_first = false;
    }
    PUT(t, " of ");
    text_put(t, h->holders[owned].name);
}

/* Adds what members own by half until nothing is added; each addition writes its reason. */
static void close_set(struct holdings *h, struct text *chain)
{
    for (bool grows = true; grows;) {
        grows = false;
        for (unsigned i = 0; i < h->holder_count; i++) {
            if (h->holders[i].is_member || share_of_members(h, i) < OWNERSHIP_THRESHOLD_PERCENT_MICROS) continue;
            put_reason(chain, h, i);
            h->holders[i].is_member = grows = true;
        }
    }
}

void ownership_judge(struct arena *a, const struct party *of, const struct owner *owners, unsigned owner_count,
                     const struct ownership_ask *ask, struct ownership *out)
{
    struct holdings h = { .arena = a,
                          .holders = ARENA_ARRAY(a, OWNERSHIP_PARTIES_MAX, struct holder),
                          .shares = ARENA_ARRAY(a, OWNERSHIP_PARTIES_MAX, struct share),
                          .missing = ARENA_ARRAY(a, MISSING_MAX, struct slice) };
    struct text chain = text_in(a, CHAIN_BYTES_MAX);
    int root = find_or_add(&h, of, ask);
    ASSERT(root == 0);
    collect(&h, 0, owners, owner_count, 0, ask);
    close_set(&h, &chain);
    bool is_blocked = h.holders[0].is_member;
    if (h.holders[0].starts) text_put(&chain, h.holders[0].name);
    *out = (struct ownership){ .is_blocked = is_blocked, .chain = is_blocked ? text_slice(&chain) : SLICE(""),
                               .missing_shares = { .items = h.missing, .count = h.missing_count }, .is_cut = h.is_cut };
}
