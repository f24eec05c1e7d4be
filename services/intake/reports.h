/* intake/reports.h: which documents make a report (feeds.md 6): one rule for the service, whose rows lie in its
 * register, and for a run, which keeps its own.
 *
 * Who reports for several partners may number all their reports alike, so a report is told by its number and by the
 * partner whom its documents name: a row each. Documents that name none share the row of the number; of each the row
 * says whose lines it has, so that one partner's are not taken for another's there either. */
#ifndef INTAKE_REPORTS_H
#define INTAKE_REPORTS_H

#include "intake/reader.h"
#include "wire/table_intake.h"

/* Rows by partner (zero: of documents that name none) and number. Texts of a row live until the rows are left. */
struct report_rows {
    void *context;
    enum err (*get)(void *context, const struct hash128 *partner, struct slice number, struct intake_report *row,
                    bool *found);
    enum err (*put)(void *context, const struct hash128 *partner, struct slice number,
                    const struct intake_report *row);
};

/* A document and the report of which it posts lines, or under whose number it undoes one. partner: whom it names, else
 * zero; of_lines: whose line it is. */
struct reported { struct slice number; struct hash128 partner, of_lines; const uint8_t *document_id; uint32_t day; };

/* What a document speaks of: the row, those of its documents that are meant, and whose lines of them (zero: all). */
struct report_found {
    enum target_standing standing;
    struct intake_report row;
    struct hash128       place, of_lines;           /* place: the partner of the row */
    struct slice         number;                    /* of the row */
    bool                 is_part[INTAKE_CHAIN_MAX];
};

enum err reports_find(const struct report_rows *rows, const struct report_ref *ref,
                      struct report_found *found) MUST_CHECK;

/* A document posts a line of a report. One that was cancelled begins anew. */
enum err reports_post(const struct report_rows *rows, const struct reported *by) MUST_CHECK;

/* A document cancels, replaces, changes or sends again the report, under its own number; PURPOSE_ORIGINAL: begins it
 * without a line, or posts it anew behind a cancel of its own. */
enum err reports_undo(const struct report_rows *rows, const struct reported *by, const struct report_ref *ref,
                      enum purpose purpose) MUST_CHECK;

#endif
