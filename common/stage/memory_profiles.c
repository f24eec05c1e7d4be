/* stage/memory_profiles.c: two hash tables over borrowed profiles. */
#include "stage/memory_profiles.h"

#include "base/assert.h"
#include "stage/lookup_table.h"

#include <stdlib.h>

enum { KEY_BYTES_MAX = 512 };

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

static bool bears(const struct partner *p, struct slice type, struct slice value)
{
    for (unsigned i = 0; i < p->identifier_count; i++)
        if (slice_equal(p->identifiers[i].name, type) && slice_equal(p->identifiers[i].value, value)) return true;
    return false;
}

/* A later revision may have given an identifier up: the profile in force is asked. */
static const struct partner *find_by_identifier(struct profiles *profiles, struct slice type, struct slice value)
{
    char key[KEY_BYTES_MAX];
    if (!fits(type, value)) return NULL;
    const struct partner *noted = lookup_table_get(&of(profiles)->by_identifier, identifier_key(key, type, value));
    const struct partner *now = noted ? lookup_table_get(&of(profiles)->by_id, noted->partner_id) : NULL;
    return now && bears(now, type, value) ? now : NULL;
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

void memory_profiles_close(struct memory_profiles *m)
{
    if (!m) return;
    lookup_table_close(&m->by_id);
    lookup_table_close(&m->by_identifier);
    free(m);
}

struct profiles *memory_profiles_base(struct memory_profiles *m)
{
    return &m->profiles;
}

void memory_profiles_put(struct memory_profiles *m, const struct partner *p)
{
    char key[KEY_BYTES_MAX];
    ASSERT(p->partner_id.size > 0);
    lookup_table_put(&m->by_id, p->partner_id, (void *)(uintptr_t)p);
    for (unsigned i = 0; i < p->identifier_count; i++) {
        struct slice type = p->identifiers[i].name, value = p->identifiers[i].value;
        if (fits(type, value)) lookup_table_put(&m->by_identifier, identifier_key(key, type, value), (void *)(uintptr_t)p);
    }
}
