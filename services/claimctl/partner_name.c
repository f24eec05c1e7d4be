/* claimctl/partner_name.c: names of partners, for people; what cannot be read has none. */
#include "claimctl/partner_name.h"

#include "claimctl/run_keep.h"
#include "claimctl/topic_reader.h"
#include "wire/partner_codec.h"
#include "wire/world.h"

enum { SCRATCH_BYTES = 512 << 20 };

struct search { struct arena *arena, *scratch; struct slice partner_id, name; };

static bool look(void *context, const struct record *record, instant_ms at_unix_ms)
{
    struct search *x = context;
    struct partner p;
    struct publication by;
    (void)at_unix_ms;
    if (!slice_equal(record->key, x->partner_id)) return true;
    arena_reset(x->scratch);
    if (partner_decode(x->scratch, record->value, &p, &by) == OK && publication_is_approved(&by))
        x->name = slice_copy(x->arena, p.name);
    return true;
}

static void look_in_topic(struct reading *r, struct search *x)
{
    static const enum topic topics[] = { TOPIC_PARTNERS };
    enum err e = topic_read_all(&r->broker, topics, 1, look, x);
    (void)e;
}

static void look_in_world(struct reading *r, struct search *x)
{
    struct slice folder = run_keep_world(x->scratch, &r->state);
    struct problems problems = problems_in(x->scratch);
    struct catalogue *c = catalogue_open();
    struct world world;
    bool is_read = c && folder.size && world_load(x->scratch, folder, c, &world, &problems) == OK;
    for (unsigned i = 0; is_read && i < world.partner_count; i++)
        if (slice_equal(world.partners[i].partner_id, x->partner_id))
            x->name = slice_copy(x->arena, world.partners[i].name);
    catalogue_close(c);
}

struct slice partner_name_find(struct reading *r, struct arena *a, struct slice partner_id)
{
    struct arena scratch;
    struct search x = { .arena = a, .scratch = &scratch, .partner_id = partner_id };
    if (arena_open(&scratch, SCRATCH_BYTES, SCRATCH_BYTES) != OK) return x.name;
    if (r->has_broker) look_in_topic(r, &x);
    else look_in_world(r, &x);
    arena_close(&scratch);
    return x.name;
}
