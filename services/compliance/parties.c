/* compliance/parties.c: who was called what. Pure. */
#include "compliance/parties.h"

#include "domain/calendar.h"
#include "domain/name/screen.h"

/* A number that stands for a party key in rows; 0 for none. */
static uint64_t hash_of(const struct judging *j, struct slice party_key)
{
    uint64_t number = 0;
    if (!party_key.size) return 0;
    struct hash128 hash = hash_key(j->facts->seed, party_key);
    memcpy(&number, hash.bytes, sizeof number);
    return number ? number : 1;
}

static struct slice row_key(struct judging *j, uint64_t hash)
{
    return BOOKS_KEY(j->arena, j->root, slice_of((const char *)&hash, sizeof hash));
}

const struct party_names *parties_by_hash(struct judging *j, uint64_t hash)
{
    static const struct party_names none;
    return hash ? judging_read(j, COMPLIANCE_PARTIES, row_key(j, hash)) : &none;
}

const struct party_names *parties_on_file(struct judging *j, struct slice party_key)
{
    return parties_by_hash(j, hash_of(j, party_key));
}

static bool differ(struct slice a, struct slice b)
{
    return a.size && b.size && !slice_equal_nocase(a, b);
}

int32_t parties_score(struct judging *j, const struct party *p, const struct party_names *on_file, bool *postal_differs)
{
    int32_t best = 0;
    *postal_differs = false;
    for (unsigned i = 0; i < on_file->name_count; i++) {
        const struct party_name *n = &on_file->names[i];
        if (differ(n->country, p->country)) continue;
        int32_t score = screen_best(j->arena, j->facts->lists, p->name, &n->name, 1);
        if (score <= best) continue;
        best = score;
        *postal_differs = differ(n->postal_code, p->postal_code);
    }
    return best;
}

static bool is_on_file(const struct party_names *names, const struct party *p)
{
    for (unsigned i = 0; i < names->name_count; i++)
        if (slice_equal(names->names[i].name, p->name) && slice_equal(names->names[i].country, p->country)) return true;
    return false;
}

/* A row is written for a new name, and once a month so that its age is known. */
static void put_name(struct judging *j, const struct party *p, uint64_t hash)
{
    if (!hash || !p->name.size) return;
    const struct party_names *names = parties_by_hash(j, hash);
    bool known = is_on_file(names, p);
    if (known && names->last_seen / 100 >= j->class->received_date / 100) return;
    struct party_names *now = judging_change(j, COMPLIANCE_PARTIES, row_key(j, hash));
    now->key = p->key;
    now->last_seen = j->class->received_date;
    if (known) return;
    if (now->name_count == PARTY_NAMES_MAX) {
        memmove(&now->names[0], &now->names[1], (PARTY_NAMES_MAX - 1) * sizeof now->names[0]);
        now->name_count--;
    }
    now->names[now->name_count++] = (struct party_name){ p->name, p->country, p->postal_code };
}

/* Who is paid by the profile; the legal entity that is the partner itself is no party of its own. */
static struct party payee_of(const struct judging *j)
{
    const struct partner *p = j->facts->site;
    if (!p || !p->payee.name.size || slice_equal(p->payee.payee_id, p->partner_id)) return (struct party){ 0 };
    return (struct party){ .name = p->payee.name, .key = p->payee.payee_id, .country = p->payee.country };
}

void parties_keep(struct judging *j, const struct party *p, struct slice key, const struct party_names *on_file)
{
    if (on_file->last_seen / 100 >= j->class->received_date / 100 && is_on_file(on_file, p)) return;
    struct party named = *p;
    named.key = key;
    put_name(j, &named, hash_of(j, key));
}

void parties_prepare(struct judging *j)
{
    const struct line *l = j->line;
    j->after.sold_to = hash_of(j, l->sold_to.key);
    j->after.end_customer = hash_of(j, l->end_customer.key);
    j->after.ship_to = hash_of(j, l->ship_to.key);
    j->after.vendor = hash_of(j, l->vendor.key);
    j->after.payee = hash_of(j, payee_of(j).key);
    j->after.rep = hash_of(j, l->rep_id);
}

/* Those whose names are kept, so that the pass that judges the line misses none of them. */
void parties_open(struct judging *j)
{
    const struct line *l = j->line;
    parties_by_hash(j, j->after.sold_to);
    parties_by_hash(j, j->after.end_customer);
    if (l->ship_to.name.size) parties_by_hash(j, j->after.ship_to);
    if (l->vendor.name.size) parties_by_hash(j, j->after.vendor);
}

void parties_record(struct judging *j)
{
    put_name(j, &j->line->sold_to, j->after.sold_to);
    put_name(j, &j->line->end_customer, j->after.end_customer);
    put_name(j, &j->line->ship_to, j->after.ship_to);
    put_name(j, &j->line->vendor, j->after.vendor);
}
