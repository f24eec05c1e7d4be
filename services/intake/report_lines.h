/* intake/report_lines.h: the lines of a report on file, found again in the documents that made it. */
#ifndef INTAKE_REPORT_LINES_H
#define INTAKE_REPORT_LINES_H

#include "intake/correction.h"
#include "intake/document.h"

/* Reads a document on file the same way once more. */
typedef enum err report_lines_again(const struct intake_job *job, const struct intake_events *events);

/* Reads the documents of a report once more, oldest first, but the one at work, whose lines of before a crash are on
 * file. Of a report that was cancelled nothing stands. */
enum err report_lines_read(struct correction *c, const struct intake_targets *targets, const struct report_ref *target,
                           struct slice but_of, report_lines_again *again) MUST_CHECK;

#endif
