/* claimctl/run_figures.h: what a run took of the machine: time, and memory by what it holds. */
#ifndef CLAIMCTL_RUN_FIGURES_H
#define CLAIMCTL_RUN_FIGURES_H

#include "claimctl/output.h"
#include "claimctl/run_engine.h"

/* One JSON object. State is what the stages know of lines, with what is kept free for more; peak_bytes counts the pages
 * of files that happen to be in memory, which the system takes back when it needs them. */
void run_figures_write(const struct run_engine *engine, uint64_t lines, uint64_t elapsed_ms, struct output *out);

#endif
