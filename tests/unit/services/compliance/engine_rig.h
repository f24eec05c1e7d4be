/* tests/unit/services/compliance/engine_rig.h: compliance alone in an embedded engine, fed as classification does. */
#ifndef TESTS_COMPLIANCE_ENGINE_RIG_H
#define TESTS_COMPLIANCE_ENGINE_RIG_H

#include "compliance/stage.h"
#include "stage/embedded.h"
#include "stage/memory_profiles.h"
#include "stage/memory_registry.h"
#include "support/test.h"
#include "wire/dossier_codec.h"

static struct catalogue *catalogue;
static struct memory_registry *registry;
static struct memory_profiles *profiles;
static struct embedded *engine;
static struct text told;                            /* the test's own: what it follows says */

static inline void rig_begin(void)
{
    told = text_in(test_arena(), 4096);
    catalogue = catalogue_open();
    registry = memory_registry_open();
    profiles = memory_profiles_open();
    CHECK(catalogue_set_policy(catalogue, SLICE("duplicate.near_hold_points"), SLICE("99")) == OK);
}

/* owns: of the stage, NULL none. */
static inline void rig_open(void *const *owns, int32_t partitions)
{
    static const struct stage *const stages[] = { &compliance_stage };
    struct embedded_options options = { .stages = stages, .stage_count = 1, .owns = owns, .seed = 1, .checks = true,
                                        .partitions = partitions, .catalogue = catalogue,
                                        .profiles = memory_profiles_base(profiles),
                                        .registry = memory_registry_base(registry) };
    CHECK_INT(embedded_open(&options, &engine), OK);
    CHECK_INT(embedded_advance(engine, 1775638800000), OK);
}

static inline void close_engine(void)
{
    embedded_close(engine);
    memory_profiles_close(profiles);
    memory_registry_close(registry);
    catalogue_close(catalogue);
}

/* A line as classification publishes it. */
static inline void rig_put(const struct line *l, struct slice line_id, instant_ms received_at_unix_ms,
                           struct classification *c)
{
    struct slice begun, packed, out;
    struct receipt r = { .line_id = line_id, .partner_root_id = c->partner_root_id, .submitter_id = SLICE("sender"),
                         .document_id = SLICE("0000000000000000000000000000000000000000000000000000000000000001"),
                         .door = DOOR_CLAIMCTL, .received_at_unix_ms = received_at_unix_ms };
    c->judgement = (struct judgement){ .outcome = OUTCOME_PASS, .decided_at_unix_ms = 1775638800000 };
    CHECK_INT(dossier_begin(test_arena(), l, &r, &begun), OK);
    CHECK_INT(section_encode(test_arena(), SECTION_CLASSIFICATION, c, &packed), OK);
    CHECK_INT(dossier_append(test_arena(), begun, packed, &out), OK);
    embedded_send(engine, TOPIC_CLAIMS_CLASSIFIED, c->partner_root_id, out);
}

#endif
