/* intake/undoing.h: the report that a document cancels, replaces, changes or sends again (feeds.md 6), while its lines
 * are read: what each line does to what stands. Nothing is read and nothing handed over here. */
#ifndef INTAKE_UNDOING_H
#define INTAKE_UNDOING_H

#include "intake/correction.h"

struct undoing {
    struct correction *correction;                  /* what stands of the report; NULL: nothing is held against it */
    enum purpose       purpose;                     /* PURPOSE_ORIGINAL: no report is undone, its lines are kept */
    struct slice       target_id;                   /* of the report; empty until it is known to be on file */
    bool               takes_rest;                  /* what no line of the document met goes now */
    const struct standing_line *goes_too;           /* what the line that went last had been posted to replace */
};

/* A report that several sets of a document are about, as they left it. */
struct kept_report {
    struct hash128     number, partner;
    struct correction *correction;
    bool               is_cancelled;                /* by the last of them that undid it */
    bool               is_second_name;              /* the correction is another one's */
};
struct undoing_kept {
    struct kept_report *items;
    unsigned            count, capacity;
    struct correction  *alone;                      /* of a report that one set is about */
};
/* NULL: it is not kept. What is found stays where it is until the next is kept. */
struct kept_report *undoing_kept_find(const struct undoing_kept *k, const struct report_ref *report);
/* The correction is closed with the others; that of a report that is not shared when the next comes.
 * ERR_MEMORY_EXHAUSTED: it is closed. */
enum err undoing_keep(struct undoing_kept *k, const struct report_ref *report, struct correction *c,
                      bool is_shared) MUST_CHECK;
/* A report has a second number from here. ERR_MEMORY_EXHAUSTED. */
enum err undoing_keep_name(struct undoing_kept *k, const struct report_ref *second, struct correction *c) MUST_CHECK;
void undoing_forget(struct undoing_kept *k);

/* What stands is taken back or changed; of a report that is sent again it is not. */
bool undoing_takes_back(enum purpose purpose);

/* Holds a line against what stands in its place, which it meets. True: it is handed over, made a REPLACE where it takes
 * that place; a line of another partner takes it behind a CANCEL. *goes: the standing line that is cancelled before it,
 * NULL none; lives as long as the correction. deletes: the line takes its like out of the report. A refused line leaves
 * what stands until it comes corrected. */
bool undoing_meet(struct undoing *u, struct line *line, bool is_refused, bool deletes,
                  const struct standing_line **goes);

/* Of a report that is sent again: a line whose like a stage refused gets the number behind it. */
void undoing_number(struct undoing *u, struct line *line);

/* The lines that name a report are through: a replaced report loses what they did not meet (takes_rest), any other
 * undoing ends. */
void undoing_finish(struct undoing *u);

/* While takes_rest: the next line that goes, a REPLACE before the line that it names. NULL: none is left, and the
 * undoing has ended. */
const struct standing_line *undoing_rest(struct undoing *u);

/* No report is undone. */
void undoing_end(struct undoing *u);

#endif
