/* intake/report_lines.h: the lines of a report on file, found again in the documents that made it. */
#ifndef INTAKE_REPORT_LINES_H
#define INTAKE_REPORT_LINES_H

#include "intake/correction.h"
#include "intake/document.h"

/* Reads a document on file the same way again. */
typedef enum err report_lines_again(const struct intake_job *job, const struct intake_events *events);

/* Reads the documents of a report again, oldest first, but the one at work, whose lines of before a crash are on
 * file. Of a report that was cancelled nothing stands. */
enum err report_lines_read(struct correction *c, const struct intake_targets *targets, const struct report_ref *target,
                           struct slice but_of, report_lines_again *again) MUST_CHECK;

/* The report at work of a document that posts: one of which it posts nothing (a nil report, or every line refused) is
 * on file all the same, so that what corrects it finds it, in the same document and in another one. */
enum { REPORT_NUMBER_BYTES = 256, REPORTS_BEGUN_MAX = 1000 };
struct report_watch {
    char              number[REPORT_NUMBER_BYTES];
    struct report_ref report;                       /* without a number: none is at work */
    uint64_t          passed;                       /* lines that had been posted before it */
    unsigned          begun;
    bool              has_refused, is_foreign;      /* a line was refused; one of a partner that is not the sender's */
};

/* Before each line and at the end: the report that it is of, empty none, and how many lines have been posted. */
enum err report_watch_step(struct report_watch *w, const struct reader *r, struct slice number, uint64_t passed,
                           const struct intake_events *events) MUST_CHECK;

/* A line of it was refused: whose it is, and whether its sender may speak for that partner, for whom else no report
 * begins. */
void report_watch_refused(struct report_watch *w, struct slice partner_id, bool is_allowed);

#endif
