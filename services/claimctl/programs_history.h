/* claimctl/programs_history.h: `programs simulate --since`: other terms over what an installation received. */
#ifndef CLAIMCTL_PROGRAMS_HISTORY_H
#define CLAIMCTL_PROGRAMS_HISTORY_H

#include "claimctl/broker.h"
#include "claimctl/terms_file.h"

struct programs_history {
    struct arena            *arena;
    struct slice             since;                 /* 30d, an instant, beginning */
    const char              *lists;                 /* NULL: nobody is screened */
    const struct terms_file *programs;
    unsigned                 program_count;
};

/* Reads the topics of the broker, runs twice, prints. An exit code. */
int programs_history_simulate(struct programs_history *p, struct broker *b);

#endif
