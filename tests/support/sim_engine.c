/* tests/support/sim_engine.c: intake as a function of a document, and a run with catalogue, profiles and registry of
 * its own. */
#include "support/sim_engine.h"

#include "base/assert.h"
#include "classification/stage.h"
#include "compliance/stage.h"
#include "intake/document.h"
#include "payout/stage.h"
#include "stage/memory_registry.h"
#include "support/test.h"
#include "wire/dossier_codec.h"

struct sim_named { struct slice name, line_id; };
struct posting { struct sim_engine *engine; struct sim_posted *posted; unsigned count, max, refused; };

static const struct stage *const stages[] = { &classification_stage, &compliance_stage, &payout_stage };

static enum err on_line(void *context, const struct intake_line *l)
{
    struct posting *p = context;
    struct slice bytes;
    if (l->outcome != OUTCOME_PASS) {
        p->refused++;
        return OK;
    }
    TRY(dossier_begin(test_arena(), l->line, l->receipt, &bytes));
    ASSERT(p->count < p->max);
    p->posted[p->count++] = (struct sim_posted){
        { TOPIC_CLAIMS_RECEIVED, slice_copy(test_arena(), l->receipt->partner_root_id), bytes },
        l->receipt->received_at_unix_ms
    };
    return OK;
}

static struct slice line_id_of(void *context, struct slice name)
{
    struct sim_engine *e = ((struct posting *)context)->engine;
    for (unsigned i = 0; i < e->name_count; i++)
        if (slice_equal(e->names[i].name, name)) return e->names[i].line_id;
    return (struct slice){ 0 };
}

static bool name_line(void *context, struct slice name, struct slice line_id)
{
    struct sim_engine *e = ((struct posting *)context)->engine;
    if (line_id_of(context, name).size) return false;
    ASSERT(e->name_count < SIM_ENGINE_LINES_MAX);
    e->names[e->name_count++] = (struct sim_named){ slice_copy(test_arena(), name), slice_copy(test_arena(), line_id) };
    return true;
}

static struct slice root_of(void *context, struct slice partner_id)
{
    const struct world *w = context;
    for (unsigned i = 0; i < w->partner_count; i++)
        if (slice_equal(w->partners[i].partner_id, partner_id))
            return w->partners[i].root_id.size ? w->partners[i].root_id : partner_id;
    return (struct slice){ 0 };
}

static void load_world(struct sim_engine *e)
{
    struct problems problems = problems_in(test_arena());
    e->catalogue = catalogue_open();
    CHECK_INT(world_load(test_arena(), e->folder, e->catalogue, &e->world, &problems), OK);
}

void sim_engine_open(struct sim_engine *e, struct slice folder, instant_ms received_at_unix_ms)
{
    *e = (struct sim_engine){ .folder = folder, .received_at_unix_ms = received_at_unix_ms };
    e->names = ARENA_ARRAY(test_arena(), SIM_ENGINE_LINES_MAX, struct sim_named);
    load_world(e);
    catalogue_close(e->catalogue);
}

unsigned sim_engine_post(struct sim_engine *e, struct slice ndjson, struct sim_posted *posted, unsigned max,
                         unsigned *refused)
{
    struct intake_submitter local = submitter_local();
    struct intake_partners on_file = { .context = &e->world, .root = root_of };
    struct spool spool = spool_over(ndjson);
    struct posting posting = { .engine = e, .posted = posted, .max = max };
    struct intake_events events = {
        .context = &posting, .on_line = on_line, .line_id_of = line_id_of, .name_line = name_line
    };
    struct intake_job job = { .spool = &spool, .file_name = SLICE("simulated.ndjson"), .door = DOOR_CLAIMCTL,
                              .submitter = &local, .partners = &on_file, .profile = mapping_profile_default(),
                              .received_at_unix_ms = e->received_at_unix_ms, .accepts_received_at = true };
    struct intake *intake;
    CHECK_INT(intake_open(&intake, &job, &events), OK);
    CHECK_INT(intake_post_all(intake), OK);
    intake_close(intake);
    *refused = posting.refused;
    return posting.count;
}

struct sim *sim_engine_run(struct sim_engine *e, const struct sim_options *options)
{
    struct memory_registry *registry = memory_registry_open();
    load_world(e);
    e->profiles = memory_profiles_open();
    for (unsigned i = 0; i < e->world.partner_count; i++) memory_profiles_put(e->profiles, &e->world.partners[i]);
    struct sim_script *script = ARENA_NEW(test_arena(), struct sim_script);
    *script = (struct sim_script){
        .stages = stages, .stage_count = 3, .catalogue = e->catalogue, .profiles = memory_profiles_base(e->profiles),
        .registry = memory_registry_base(registry), .phases = e->phases, .phase_count = e->phase_count,
    };
    struct sim *s = sim_run(script, options);
    memory_profiles_close(e->profiles);
    memory_registry_close(registry);
    catalogue_close(e->catalogue);
    return s;
}
