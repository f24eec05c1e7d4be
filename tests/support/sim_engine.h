/* tests/support/sim_engine.h: the judging stages of the product in the simulator, on a world of a folder.
 *
 * Everything lives in test_arena(). Reference data change during a run, so each run loads its own. */
#ifndef TESTS_SUPPORT_SIM_ENGINE_H
#define TESTS_SUPPORT_SIM_ENGINE_H

#include "stage/memory_profiles.h"
#include "support/sim.h"
#include "wire/world.h"

enum { SIM_ENGINE_LINES_MAX = 4096 };

struct sim_posted { struct sim_record record; instant_ms received_at_unix_ms; };

struct sim_engine {
    struct slice             folder;
    instant_ms               received_at_unix_ms;   /* of documents; lines may say their own */
    const struct sim_phase  *phases;
    unsigned                 phase_count;
    struct world             world;                 /* these three are of the run that goes on */
    struct catalogue        *catalogue;
    struct memory_profiles  *profiles;
    struct sim_named        *names;                 /* what lines were called by documents so far */
    unsigned                 name_count;
};

/* The world of a folder, for posting. */
void sim_engine_open(struct sim_engine *e, struct slice folder, instant_ms received_at_unix_ms);

/* One NDJSON document through intake: the lines that it posts, in their order. Returns how many; *refused: the
 * others. */
unsigned sim_engine_post(struct sim_engine *e, struct slice ndjson, struct sim_posted *posted, unsigned max,
                         unsigned *refused);

/* The phases of `e` through classification, compliance and payout. */
struct sim *sim_engine_run(struct sim_engine *e, const struct sim_options *options);

#endif
