/* tests/support/profile.c: see profile.h. */
#include "support/profile.h"

#include "stage/redis_profiles.h"
#include "support/test.h"
#include "wire/partner_codec.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct profile_copy profile_copy_open(void)
{
    struct profile_copy c = { .folder = "/tmp/profiles.XXXXXX" };
    CHECK(mkdtemp(c.folder) != NULL);
    struct partner_copy_options o = { .folder = c.folder, .cluster_id = "test", .map_bytes = 64 << 20 };
    CHECK_INT(partner_copy_open(&o, &c.copy, NULL), OK);
    return c;
}

void profile_copy_close(struct profile_copy *c)
{
    static const char *const names[] = { "data.mdb", "lock.mdb", "owner" };
    char path[128];
    partner_copy_close(c->copy);
    for (unsigned i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", c->folder, names[i]);
        unlink(path);
    }
    rmdir(c->folder);
}

static struct partner make(const char *partner_id, const char *name, uint64_t revision, const char *duns,
                           struct pair *identifier)
{
    *identifier = (struct pair){ .name = SLICE("1"), .value = slice_from(duns) };
    return (struct partner){ .partner_id = slice_from(partner_id),
                             .root_id = slice_from(partner_id),
                             .name = slice_from(name),
                             .revision = revision,
                             .identifiers = identifier,
                             .identifier_count = duns ? 1 : 0,
                             .sla_hours = 48 };
}

struct slice profile_bytes(const char *partner_id, const char *name, uint64_t revision, const char *duns)
{
    struct pair identifier;
    struct partner p = make(partner_id, name, revision, duns, &identifier);
    struct slice bytes = { 0 };
    CHECK_INT(partner_encode(test_arena(), &p, SLICE("author"), SLICE("approver"), 1, &bytes), OK);
    return bytes;
}

void profile_put(struct profile_copy *c, const char *partner_id, const char *name, uint64_t revision, const char *duns)
{
    struct pair identifier;
    struct partner p = make(partner_id, name, revision, duns, &identifier);
    CHECK_INT(redis_profiles_keep(c->copy, test_arena(), &p, revision, profile_bytes(partner_id, name, revision, duns)),
              OK);
    CHECK_INT(partner_copy_commit(c->copy, 1, 1), OK);
}
