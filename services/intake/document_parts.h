/* intake/document_parts.h: what the parts of the way of a document share: document.c drives, document_undo.c is about
 * the reports that it takes back or changes, document_line.c about the line at work. */
#ifndef INTAKE_DOCUMENT_PARTS_H
#define INTAKE_DOCUMENT_PARTS_H

#include "intake/document.h"
#include "intake/report_lines.h"
#include "intake/undoing.h"

/* A document at work. Only its arenas outlive it: intake_again takes the next document into them. */
struct intake {
    struct arena         arena, line_arena;         /* the second is emptied with each line */

    /* what is read, by whom, and to whom it goes */
    struct intake_job    job;
    struct intake_events events;
    struct reader       *reader;
    struct typing        typing;
    struct slice         profile_names[READINGS_MAX];   /* as receipts say them: name@version */

    /* how far it is, and what came of it */
    bool                 is_rehearsal, is_ready, is_done, has_begun;
    struct intake_result result;

    /* the report that it takes back, changes or sends again */
    bool                 corrects;
    struct report_ref    target;                    /* of a document that undoes one as a whole */
    struct undoing       undoing;                   /* the report at work that this document undoes */
    struct undoing_kept  kept;
    report_lines_again  *again;                     /* reads a document on file */
    uint32_t             made;                      /* lines that stand in no document */
    struct report_watch  watch;

    /* the line at work: these are filled afresh for every line */
    struct draft         draft;
    struct typed         typed;
    struct receipt       receipt;
    uint32_t             warnings[WARNINGS_MAX];
};

/* The number of the report that the lines at work are of; empty: of none. */
struct slice document_report(const struct intake *i);

/* The line at work has this position and came at that time. */
void document_fill_receipt(struct intake *i, uint64_t position, instant_ms received);

/* Counts the line at work and gives it to the driver. */
enum err document_hand_over(struct intake *i, enum outcome outcome) MUST_CHECK;

/* What follows undoes that report, sends it again, or is a report that other sets undo (PURPOSE_ORIGINAL). */
enum err document_begin_undoing(struct intake *i, enum purpose purpose, const struct report_ref *target) MUST_CHECK;

/* Holds the line at work against the report. False: it is not handed over. */
enum err document_correct(struct intake *i, bool *is_handed_over) MUST_CHECK;

/* What is left of the report goes, a line a step. */
enum err document_cancel_next(struct intake *i) MUST_CHECK;

/* Before what the reader found is taken: a report of which nothing is posted begins all the same. */
enum err document_watch_report(struct intake *i, enum reader_step next) MUST_CHECK;

#endif
