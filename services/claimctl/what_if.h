/* claimctl/what_if.h: a run of a world under other terms or with more lines, of which nothing is kept: the same engine,
 * for `payouts estimate`, and for `simulate` and `test` of programs and rules. */
#ifndef CLAIMCTL_WHAT_IF_H
#define CLAIMCTL_WHAT_IF_H

#include "claimctl/run_engine.h"
#include "claimctl/standing.h"
#include "claimctl/terms_file.h"

struct what_if {
    struct run_options       options;               /* world and inputs */
    const struct node       *record;                /* terms put in force before the first document; NULL none */
    struct slice             record_file;
    const struct terms_file *programs;              /* more of them */
    unsigned                 program_count;
    const struct node       *records;               /* a list of other records put in force before it; NULL none */
    struct slice             records_file;          /* where they stand, for messages */
    bool                     is_again;              /* of the same documents: nothing is told of them again */
    struct run_engine        engine;
    struct arena             arena;                 /* of the line at hand */
};

/* Runs it to its end. An exit code, EXIT_DONE when it ran; errors are said on stderr. Close it whatever it was. */
int what_if_run(struct what_if *w);
void what_if_close(struct what_if *w);

/* The first document that is no document of the world: an input. */
uint32_t what_if_first_input(const struct what_if *w);

/* Called for each entry in order of acceptance, what intake refused too: then `s` is NULL and `refused` its object. */
typedef void what_if_visit(struct what_if *w, const struct transcript_entry *e, const struct standing *s,
                           const struct node *refused, void *context);

/* Walks what became of all. False: said on stderr. */
bool what_if_walk(struct what_if *w, what_if_visit *visit, void *context);

#endif
