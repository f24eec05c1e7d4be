/* claimctl/run_options.h: the options of `claimctl run` (first-hour.md 8). */
#ifndef CLAIMCTL_RUN_OPTIONS_H
#define CLAIMCTL_RUN_OPTIONS_H

#include "base/str.h"

enum { RUN_INPUTS_MAX = 256, RUN_SETS_MAX = 64 };

struct run_options {
    const char *world;                              /* folder */
    const char *name;                               /* of the sample or the folder's last part, for the summary */
    const char *inputs[RUN_INPUTS_MAX];
    unsigned    input_count;
    const char *results, *balances, *figures, *state;           /* NULL: not asked for; "-" stdout */
    const char *responses;                          /* folder for the 849s; NULL none */
    bool        explain, received_from_input;
    const char *partner, *currency, *profile;       /* defaults of the inputs, NULL none */
    uint64_t    seed;
    uint32_t    batch_lines;                        /* 0: batch.lines_max */
    const char *sets[RUN_SETS_MAX];                 /* KEY=VALUE */
    unsigned    set_count;
    const char *acts;                               /* that of the inputs which holds the acts since; NULL none */
};

/* Reads argv after the command's word. ERR_USAGE, ERR_NAME_UNKNOWN (a sample): said on stderr,
 * with the nearest that is known. */
enum err run_options_read(int argc, char **argv, struct run_options *o) MUST_CHECK;

/* A run of a world with nothing else asked for; `world` is borrowed. */
struct run_options run_options_default(const char *world);

/* The folder of a shipped sample: beside the sources, else where it is installed. NULL when there is none of that
 * name. */
const char *run_sample_folder(const char *name);

/* Says that there is no sample of that name, with the nearest that there is; EXIT_NOT_FOUND. */
int run_refuse_sample(struct slice name);

#endif
