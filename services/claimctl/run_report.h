/* claimctl/run_report.h: what a run ends with: results, sentences, totals, the books, one payout explained. */
#ifndef CLAIMCTL_RUN_REPORT_H
#define CLAIMCTL_RUN_REPORT_H

#include "claimctl/books_check.h"
#include "claimctl/output.h"
#include "claimctl/run_engine.h"
#include "claimctl/standing.h"
#include "claimctl/sums.h"

enum { REPORT_DOCUMENTS_SHOWN = 20 };

struct run_report {
    struct run_engine  *engine;
    struct arena        arena;                      /* of the line at hand */
    char               *buffer;                     /* of its text, used again for each */
    uint64_t            lines, counts[OUTCOME_COUNT];
    struct sums         earned;                     /* by incentive */
    uint32_t            story;                      /* entry to explain + 1, 0 none */
    int                 story_rank;
    uint32_t            example_row;                /* of the story's line, and its document */
    struct slice        example_document;
    struct books_check  books;
    bool                conserved;
    bool                refused;                    /* a line ended REJECT or DEAD */
};

/* Walks all lines once: results and sentences go out (either may be NULL), totals are taken, the books are checked. */
enum err run_report_walk(struct run_report *r, struct output *results, struct output *sentences) MUST_CHECK;
void run_report_close(struct run_report *r);

/* The summary for people. */
void run_report_print(struct run_report *r, struct output *out, uint64_t elapsed_ms);

#endif
