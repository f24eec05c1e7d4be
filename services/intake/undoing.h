/* intake/undoing.h: a document may cancel, replace, change or send again a report (feeds.md 6). While its lines are
 * read, this decides what each of them does to the lines that stand. It reads nothing and hands nothing over. */
#ifndef INTAKE_UNDOING_H
#define INTAKE_UNDOING_H

#include "intake/correction.h"

struct undoing {
    struct correction *correction;                  /* what stands of the report; NULL: nothing is held against it */
    enum purpose       purpose;                     /* PURPOSE_ORIGINAL: no report is undone, its lines are kept */
    struct slice       target_id;                   /* of the report; empty until it is known to be on file */
    bool               takes_rest;                  /* standing lines that no line of the document met go now */
    const struct standing_line *goes_too;           /* the line that the one which went last had replaced */
};

/* A report that several sets of one document are about, as the sets so far left it. */
struct kept_report {
    struct hash128     number, partner;
    struct correction *correction;
    bool               is_cancelled;                /* by the last set that undid it */
    bool               is_second_name;              /* the correction belongs to another item */
};
struct undoing_kept {
    struct kept_report *items;
    unsigned            count, capacity;
    struct correction  *alone;                      /* of a report that one set is about */
};
/* NULL: it is not kept. The pointer is good until the next report is kept. */
struct kept_report *undoing_kept_find(const struct undoing_kept *k, const struct report_ref *report);
/* Takes the correction. undoing_forget closes it; one of a report that is not shared is closed when the next comes.
 * ERR_MEMORY_EXHAUSTED: it is closed at once. */
enum err undoing_keep(struct undoing_kept *k, const struct report_ref *report, struct correction *c,
                      bool is_shared) MUST_CHECK;
/* Gives a report a second number from here on. ERR_MEMORY_EXHAUSTED. */
enum err undoing_keep_name(struct undoing_kept *k, const struct report_ref *second, struct correction *c) MUST_CHECK;
void undoing_forget(struct undoing_kept *k);

/* True when the purpose takes back or changes what stands; sending a report again does not. */
bool undoing_takes_back(enum purpose purpose);

/* Compares a line with the standing line in its place, which it meets. True: the line is handed over. It becomes a
 * REPLACE where it takes that place; a line of another partner takes the place after a CANCEL. *goes: the standing
 * line to cancel before it (NULL: none), good as long as the correction. deletes: the line takes its like out of the
 * report. A refused line leaves what stands until it comes corrected. */
bool undoing_meet(struct undoing *u, struct line *line, bool is_refused, bool deletes,
                  const struct standing_line **goes);

/* In a report that is sent again, a line whose like a stage refused gets the next submission number. */
void undoing_number(struct undoing *u, struct line *line);

/* The lines that name the report are through. A replaced report now loses the lines that they did not meet
 * (takes_rest); any other undoing ends. */
void undoing_finish(struct undoing *u);

/* While takes_rest: the next standing line that goes; a REPLACE goes before the line that it names. NULL: none is left,
 * and the undoing has ended. */
const struct standing_line *undoing_rest(struct undoing *u);

/* From here on no report is undone. */
void undoing_end(struct undoing *u);

#endif
