/* stage/stage_main.h: a judging stage as a process: workers on Kafka, each with its own catalogue and profiles from the
 * reference feed, one state writer, Redis beside them (architecture.md 6, 7). */
#ifndef STAGE_STAGE_MAIN_H
#define STAGE_STAGE_MAIN_H

#include "stage/process.h"
#include "stage/worker.h"

/* What a stage holds for the process beside its state, such as lists of names. */
struct stage_holder {
    /* Reads what the settings name. Errors: see problems. */
    enum err (*open)(const struct settings *settings, unsigned workers, struct problems *problems, void **held);
    /* stage_env.own of a worker. */
    void *(*own)(void *held, unsigned worker);
    /* Between two batches, by the worker: takes over what was read since. */
    worker_renew *renew;
    /* Looks whether there is something new; on a thread of its own, every poll_ms. */
    void (*poll)(void *held);
    enum setting_id poll_ms;
    /* Sets series of its own before metrics are shown, on the main thread. May be NULL. */
    void (*show)(void *held);
    void (*close)(void *held);
};

struct stage_service {
    const struct stage        *stage;
    const char                *what;                /* one line for --help */
    const struct stage_holder *holder;              /* NULL: nothing */
};

/* The whole life of the service; what main returns. */
int stage_main(const struct stage_service *service, int argc, char **argv);

#endif
