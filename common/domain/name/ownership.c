/* domain/name/ownership.c: the set of listed parties and of what they own by half, to its fixed point. */
#include "domain/name/ownership.h"

#include "base/assert.h"
#include "domain/name/party_key.h"

enum { CHAIN_BYTES_MAX = 4096 };

/* A party, once however often the trees name it. */
struct holder {
    struct slice        key, name;
    bool                is_member, starts;          /* in the set; from the beginning */
};

/* A direct share, 0 while nobody says it; of two statements about one pair the greater counts. */
struct share { unsigned owner, owned; int64_t percent_micros; bool is_said; };

struct holdings {
    struct arena  *arena;
    struct holder *holders;
    struct share  *shares;
    unsigned       holder_count, share_count;
};

static unsigned find_or_add(struct holdings *h, const struct party *p, const struct ownership_ask *ask)
{
    struct slice key = slice_is_empty(p->key) ? party_key(h->arena, p) : p->key;
    for (unsigned i = 0; i < h->holder_count; i++)
        if (slice_equal(h->holders[i].key, key)) return i;
    ASSERT(h->holder_count < OWNERSHIP_PARTIES_MAX);
    bool starts = ask->is_listed(ask->context, p);
    h->holders[h->holder_count] =
        (struct holder){ .key = key, .name = p->name.size ? p->name : key, .is_member = starts, .starts = starts };
    return h->holder_count++;
}

static struct share *share_of(struct holdings *h, unsigned owner, unsigned owned)
{
    for (unsigned i = 0; i < h->share_count; i++)
        if (h->shares[i].owner == owner && h->shares[i].owned == owned) return &h->shares[i];
    ASSERT(h->share_count < OWNERSHIP_PARTIES_MAX);
    h->shares[h->share_count] = (struct share){ .owner = owner, .owned = owned };
    return &h->shares[h->share_count++];
}

/* A level of a tree, its owners and theirs. */
static void collect(struct holdings *h, unsigned owned, const struct owner *owners, unsigned count,
                    const struct ownership_ask *ask)
{
    for (unsigned i = 0; i < count; i++) {
        unsigned owner = find_or_add(h, &owners[i].party, ask);
        struct share *s = share_of(h, owner, owned);
        int64_t said = owners[i].has_share ? owners[i].share_percent_micros : 0;
        s->is_said |= owners[i].has_share;
        if (said > s->percent_micros) s->percent_micros = said;
        collect(h, owner, owners[i].owners, owners[i].owner_count, ask);
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

/* "share unknown: BIRCH of ALDER, ELM of ALDER" */
static struct slice missing_shares(const struct holdings *h)
{
    struct text t = text_in(h->arena, CHAIN_BYTES_MAX);
    for (unsigned i = 0; i < h->share_count; i++) {
        const struct share *s = &h->shares[i];
        if (s->is_said) continue;
        text_put(&t, t.size ? SLICE(", ") : SLICE("share unknown: "));
        text_put(&t, h->holders[s->owner].name);
        PUT(&t, " of ");
        text_put(&t, h->holders[s->owned].name);
    }
    return text_slice(&t);
}

void ownership_judge(struct arena *a, const struct party *of, const struct owner *owners, unsigned owner_count,
                     const struct ownership_ask *ask, struct ownership *out)
{
    struct holdings h = { .arena = a,
                          .holders = ARENA_ARRAY(a, OWNERSHIP_PARTIES_MAX, struct holder),
                          .shares = ARENA_ARRAY(a, OWNERSHIP_PARTIES_MAX, struct share) };
    struct text chain = text_in(a, CHAIN_BYTES_MAX);
    unsigned root = find_or_add(&h, of, ask);
    collect(&h, root, owners, owner_count, ask);
    close_set(&h, &chain);
    bool is_blocked = h.holders[root].is_member;
    if (h.holders[root].starts) text_put(&chain, h.holders[root].name);
    *out = (struct ownership){ .is_blocked = is_blocked,
                               .chain = is_blocked ? text_slice(&chain) : SLICE(""),
                               .missing = missing_shares(&h) };
}
