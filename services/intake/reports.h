/* intake/reports.h: which documents make a report (feeds.md 6). The rule is one for the service, whose rows lie in its
 * register, and for a run, which keeps its own.
 *
 * A submitter that reports for several partners may number all their reports alike. So number and partner, whom its
 * documents name, tell a report: each pair has a row. Documents that name no partner share the row of the number; that
 * row says of each of them whose lines it has, so that it mixes up no partners either. */
#ifndef INTAKE_REPORTS_H
#define INTAKE_REPORTS_H

#include "intake/reader.h"
#include "wire/table_intake.h"

/* Rows by partner (zero: documents that name none) and number. Texts of a row live as long as the rows are in use. */
struct report_rows {
    void *context;
    enum err (*get)(void *context, const struct hash128 *partner, struct slice number, struct intake_report *row,
                    bool *found);
    enum err (*put)(void *context, const struct hash128 *partner, struct slice number,
                    const struct intake_report *row);
};

/* A document, and the report whose lines it posts or under whose number it undoes another. partner: whom the document
 * names, else zero. of_lines: whose line it is. */
struct reported { struct slice number; struct hash128 partner, of_lines; const uint8_t *document_id; uint32_t day; };

/* The report that a document means: the row, which of its documents (is_part), and whose lines of them (zero: all). */
struct report_found {
    enum target_standing standing;
    struct intake_report row;
    struct hash128       place, of_lines;           /* place: the partner of the row */
    struct slice         number;                    /* of the row */
    bool                 is_part[INTAKE_CHAIN_MAX];
};

/* The report of that number: of the partner whom the document names, else of those whom its lines name. Whether there
 * is one says found->standing. Errors of the rows. */
enum err reports_find(const struct report_rows *rows, const struct report_ref *ref,
                      struct report_found *found) MUST_CHECK;

/* Notes that a document posts a line of a report. A report that was cancelled starts over. */
enum err reports_post(const struct report_rows *rows, const struct reported *by) MUST_CHECK;

/* Notes that a document cancels, replaces, changes or sends again the report, under a number of its own.
 * PURPOSE_ORIGINAL: the document begins the report without a line, or posts it again after a cancel of its own. */
enum err reports_undo(const struct report_rows *rows, const struct reported *by, const struct report_ref *ref,
                      enum purpose purpose) MUST_CHECK;

#endif
