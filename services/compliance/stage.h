/* compliance/stage.h: compliance as data for the loop, and what a process holds for it. */
#ifndef COMPLIANCE_STAGE_H
#define COMPLIANCE_STAGE_H

#include "domain/name/screen.h"
#include "stage/stage.h"

extern const struct stage compliance_stage;

/* stage_env.own: the lists in force, swapped between batches. NULL: no list, seed 0 (a world that says `denied:
 * none`). */
struct compliance_own {
    const struct name_lists *lists;                 /* NULL: none */
    struct screen_cache     *cache;                 /* NULL: every name is compared afresh */
    uint64_t                 seed;                  /* of state keys: the installation's secret */
    bool                     ages_are_checked;      /* never in a world (screening.md 6.4) */
};

#endif
