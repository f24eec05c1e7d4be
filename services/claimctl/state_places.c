/* claimctl/state_places.c: every partition below a folder. */
#include "claimctl/state_places.h"

#include "runtime/lmdb_store.h"
#include "runtime/state_folder.h"

/* The tables of a former or a later program are no fault: who wrote them reads them, and a service makes its own. */
static void say_schema(const struct state_place *place, uint32_t schema)
{
    fprintf(stderr,
            "error[%s %d]: %s/p%03d: its tables are of schema %u, and this claimctl reads schema %u\n"
            "  read them with the claimctl that came with the service that wrote them (its `version` says the schema); "
            "a service of this version rebuilds them from its changelog when it starts\n",
            err_name(place->err), place->err, place->stage, place->partition, schema, STATE_SCHEMA_VERSION);
}

/* The whole place is left alone: of what is broken nobody can say which rows it hides. */
static void say_damage(const struct state_place *place)
{
    fprintf(stderr,
            "error[%s %d]: %s/p%03d: damaged: its pages or rows cannot be read, and nothing of it is shown\n"
            "  a service that finds it so discards it and rebuilds it from its changelog; to have that done at once, "
            "stop the service, remove the folder %s/p%03d and start it again\n",
            err_name(place->err), place->err, place->stage, place->partition, place->stage, place->partition);
}

static void say(const struct state_place *place)
{
    fprintf(stderr, "error[%s %d]: %s/p%03d: %s\n", err_name(place->err), place->err, place->stage, place->partition,
            err_text(place->err));
}

struct opening { struct state_places *places; const char *dir; };

static void open_place(void *context, struct slice stage, int32_t partition)
{
    struct opening *o = context;
    struct state_places *p = o->places;
    bool wanted = (!p->stage.size || slice_equal(p->stage, stage)) && (p->partition < 0 || p->partition == partition);
    if (!wanted || p->count == STATE_PLACES_MAX || stage.size >= STATE_STAGE_MAX) return;
    struct state_place *place = &p->places[p->count++];
    *place = (struct state_place){ .partition = partition };
    memcpy(place->stage, stage.bytes, stage.size);
    uint32_t schema = 0;
    place->err = lmdb_reader_open(o->dir, stage, partition, &place->reader, &schema);
    if (place->err == OK) return;
    place->reader = NULL;
    p->unreadable++;
    if (place->err == ERR_STATE_OUTDATED) say_schema(place, schema);
    else if (place->err == ERR_STATE_MALFORMED) say_damage(place);
    else say(place);
}

enum err state_places_open(struct state_places *p, const char *dir)
{
    struct opening o = { p, dir };
    enum err e = state_folder_list(dir, open_place, &o);
    if (e != OK)
        fprintf(stderr,
                "error[%s %d]: %s: there is no such folder, or it cannot be read\n"
                "  it is state.dir of the services: SERVICE --settings shows theirs\n",
                err_name(e), e, dir);
    return e;
}

void state_places_close(struct state_places *p)
{
    for (unsigned i = 0; i < p->count; i++) lmdb_reader_close(p->places[i].reader);
    p->count = 0;
}
