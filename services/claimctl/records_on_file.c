/* claimctl/records_on_file.c: records of a shelf applied one by one, as a worker does. */
#include "claimctl/records_on_file.h"

#include "runtime/topic.h"
#include "stage/reference_apply.h"

enum { KEPT_BYTES = 512 << 20, SCRATCH_BYTES = 64 << 20 };

struct applying { struct reference_target target; struct arena scratch; };

static bool apply(void *applying, bool is_partner, struct slice key, struct slice value)
{
    struct applying *x = applying;
    struct record record = { .topic = is_partner ? TOPIC_PARTNERS : TOPIC_PROGRAMS, .key = key, .value = value };
    arena_reset(&x->scratch);
    reference_apply(&x->target, &x->scratch, &record);
    return true;
}

bool records_on_file_open(struct records_on_file *r, const struct shelf *shelf)
{
    struct reference_keeper keeper = { .arena = &r->kept };
    struct applying x = { .target = { .put_partner = reference_keep_partner, .partners = &keeper } };
    *r = (struct records_on_file){ .catalogue = catalogue_open(), .profiles = memory_profiles_open() };
    bool good = r->catalogue && r->profiles && arena_open(&r->kept, KEPT_BYTES, KEPT_BYTES) == OK
                && arena_open(&x.scratch, SCRATCH_BYTES, SCRATCH_BYTES) == OK;
    keeper.profiles = r->profiles;
    x.target.catalogue = r->catalogue;
    if (good) shelf_walk(shelf, apply, &x);
    arena_close(&x.scratch);
    return good;
}

void records_on_file_close(struct records_on_file *r)
{
    memory_profiles_close(r->profiles);
    catalogue_close(r->catalogue);
    arena_close(&r->kept);
    *r = (struct records_on_file){ 0 };
}
