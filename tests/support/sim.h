/* tests/support/sim.h: the simulator: several workers a stage on the memory transport, each a coroutine that can be
 * stopped, killed or fenced before and after every effect (kafka.md 13, rung 2).
 *
 * A script is worked through phase by phase; between phases everything is let run dry, so that what a partition sees
 * does not depend on faults. After a run the committed records of every topic, the state and the changelogs must equal
 * those of the run without faults. The same seed gives the same run.
 *
 * On disk the state is that of lmdb_store.h, saved now and then between two batches; a killed worker leaves what it had
 * saved, and who opens the partition next replays the rest of its changelog. */
#ifndef TESTS_SUPPORT_SIM_H
#define TESTS_SUPPORT_SIM_H

#include "runtime/lmdb_store.h"
#include "runtime/memory_log.h"
#include "stage/loop.h"

enum { SIM_STAGES_MAX = 4, SIM_WORKERS_MAX = 3, SIM_PARTITIONS = 4 };

struct sim_record { enum topic topic; struct slice key, value; };

/* The clock, then records, then a datum that arrives from outside. */
struct sim_phase {
    const struct sim_record *records;
    unsigned                 record_count;
    void                   (*arrive)(void *context);            /* changes what `owns` knows; may be NULL */
    void                    *context;
    struct slice             wakes;
    instant_ms               now_unix_ms;           /* 0: stands still */
};

struct sim_script {
    const struct stage *const *stages;
    unsigned                stage_count;
    void *const            *owns;
    const struct catalogue *catalogue;
    struct profiles        *profiles;
    struct registry        *registry;
    const struct sim_phase *phases;
    unsigned                phase_count;
};

struct sim_options {
    uint64_t  seed;
    unsigned  workers;                              /* of each stage */
    unsigned  lines_max;                            /* of a batch */
    unsigned  crash_effect;                         /* the n-th effect of the run fails; 0 none */
    enum when crash_when;
    enum err  crash_error;                          /* ERR_SIMULATED_CRASH; other errors: of the n-th commit */
    bool      faults;                               /* at random: crashes, lost answers, aborts, stops, zombies */
    bool      on_disk;                              /* state tables in a scratch folder, else in memory */
    bool      ages_rows; /* in memory: whoever opens a store finds it as the earliest version that is read left it */
};

struct sim;

/* Runs the script to its end. NULL never. */
struct sim *sim_run(const struct sim_script *script, const struct sim_options *options);
void sim_close(struct sim *s);

/* The n-th effect was met, or some random fault was. */
bool sim_was_hurt(const struct sim *s);

struct sim_counts {
    unsigned effects, commits, crashes, lost, aborted, stops, zombies, origins[STATE_ORIGIN_COUNT];
    uint64_t saves, transactions, rolled_back;
};
struct sim_counts sim_counts(const struct sim *s);

struct memory_log *sim_log(struct sim *s);
struct store *sim_store(struct sim *s, unsigned stage, int32_t partition);

/* I1 to I4, I7 as far as they can be seen from outside: false, with a word to stdout, when the run differs from
 * `calm`. */
bool sim_equals(struct sim *calm, struct sim *s);
/* The same of the topics alone: rows of earlier versions are others. */
bool sim_sends_equal(struct sim *calm, struct sim *s);

#endif
