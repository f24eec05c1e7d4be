/* stage/memory_profiles.c: two hash tables over borrowed profiles. */
#include "stage/memory_profiles.h"

#include "base/assert.h"
#include "stage/lookup_table.h"

#include <stdlib.h>

enum { KEY_BYTES_MAX = 512 };

/* A partner that was put with an identifier, in the order of ids; it may have given it up since. */
struct bearer { struct bearer *next; const struct partner *partner; };

struct memory_profiles {
    struct profiles     profiles;
    struct lookup_table by_id, by_identifier;
};

static struct memory_profiles *of(struct profiles *p)
{
    return (struct memory_profiles *)p;             /* its first member */
}

/* Nobody can ask for a longer one. */
static bool fits(struct slice type, struct slice value)
{
    return type.size + value.size + 1 <= KEY_BYTES_MAX;
}

static struct slice identifier_key(char *buffer, struct slice type, struct slice value)
{
    struct text t = text_over(buffer, KEY_BYTES_MAX);
    text_put(&t, type);
    text_put_byte(&t, 0);
    text_put(&t, value);
    ASSERT(!t.full);
    return text_slice(&t);
}

static const struct partner *find(struct profiles *profiles, struct slice partner_id, enum profile_source *source)
{
    if (source) *source = PROFILE_SOURCE_LOCAL;
    return lookup_table_get(&of(profiles)->by_id, partner_id);
}

/* As redis_profiles.c: the first id of those whose profile in force bears it. */
static const struct partner *find_by_identifier(struct profiles *profiles, struct slice type, struct slice value)
{
    char key[KEY_BYTES_MAX];
    if (!fits(type, value)) return NULL;
    for (const struct bearer *b = lookup_table_get(&of(profiles)->by_identifier, identifier_key(key, type, value)); b;
         b = b->next) {
        const struct partner *now = lookup_table_get(&of(profiles)->by_id, b->partner->partner_id);
        if (now && partner_bears(now, type, value)) return now;
    }
    return NULL;
}

static void renew(struct profiles *profiles)
{
    (void)profiles;
}

static void prefetch(struct profiles *profiles, const struct slice *partner_ids, unsigned count)
{
    (void)profiles, (void)partner_ids, (void)count;
}

static void put(struct profiles *profiles, const struct partner *p)
{
    memory_profiles_put(of(profiles), p);
}

static const struct profiles_ops ops = {
    .renew = renew, .prefetch = prefetch, .find = find, .find_by_identifier = find_by_identifier, .put = put,
};

struct memory_profiles *memory_profiles_open(void)
{
    struct memory_profiles *m = calloc(1, sizeof *m);
    if (m) m->profiles.ops = &ops;
    return m;
}

static void free_bearers(void *context, void *bearers)
{
    (void)context;
    for (struct bearer *b = bearers, *next; b; b = next) {
        next = b->next;
        free(b);
    }
}

void memory_profiles_close(struct memory_profiles *m)
{
    if (!m) return;
    lookup_table_close(&m->by_id);
    lookup_table_each(&m->by_identifier, free_bearers, NULL);
    lookup_table_close(&m->by_identifier);
    free(m);
}

struct profiles *memory_profiles_base(struct memory_profiles *m)
{
    return &m->profiles;
}

static void note_bearer(struct memory_profiles *m, struct slice key, const struct partner *p)
{
    struct bearer *first = lookup_table_get(&m->by_identifier, key), **at = &first;
    while (*at && slice_compare((*at)->partner->partner_id, p->partner_id) < 0) at = &(*at)->next;
    if (*at && slice_equal((*at)->partner->partner_id, p->partner_id)) return;
    struct bearer *b = malloc(sizeof *b);
    ASSERT_MEMORY(b);
    *b = (struct bearer){ *at, p };
    *at = b;
    lookup_table_put(&m->by_identifier, key, first);
}

void memory_profiles_put(struct memory_profiles *m, const struct partner *p)
{
    char key[KEY_BYTES_MAX];
    ASSERT(p->partner_id.size > 0);
    lookup_table_put(&m->by_id, p->partner_id, (void *)(uintptr_t)p);
    for (unsigned i = 0; i < p->identifier_count; i++) {
        struct slice type = p->identifiers[i].name, value = p->identifiers[i].value;
        if (fits(type, value)) note_bearer(m, identifier_key(key, type, value), p);
    }
}
