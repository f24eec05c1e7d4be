/* intake/correction.h: the lines of a report on file, as they stand after all documents that made and changed it,
 * against which a document that cancels, replaces or changes the report is held (feeds.md 6). Who reads the documents
 * again adds their lines, oldest document first: correction_begin, correction_add …, correction_apply. */
#ifndef INTAKE_CORRECTION_H
#define INTAKE_CORRECTION_H

#include "intake/reader.h"

/* A line that stands. Texts live as long as the correction. */
struct standing_line {
    struct hash128 place, content;                  /* place: invoice, line, part */
    struct slice   line_id, partner_id;
    enum kind      kind;                            /* of what it says: the replaced kind of a REPLACE */
    uint32_t       submission_no;                   /* 1 and up */
    bool           is_gone, is_met;                 /* undone by an earlier document; met by the one at work */
    uint32_t replaced;                              /* 1 + index of the line that a REPLACE names, 0 none */
    uint32_t next, head,
        tail; /* of the same place, 1 + index: the next, 0 none; of the first: where to look, the last */
};

struct correction;

/* A report of which nothing stands yet. ERR_MEMORY_EXHAUSTED. `targets` (who knows what was refused) outlives it. */
enum err correction_open(const struct intake_targets *targets, struct correction **out) MUST_CHECK;
void correction_close(struct correction *c);

/* A line that the document at work posted for the report, under this id; nothing stands or goes before
 * correction_apply. resubmits: of a document that sends its report again. ERR_MEMORY_EXHAUSTED. */
enum err correction_add(struct correction *c, const struct line *line, struct slice line_id, bool resubmits) MUST_CHECK;

/* The document at work is read: what it added stands, what it cancelled or replaced is gone.
 * ERR_MEMORY_EXHAUSTED: only correction_close is left. */
enum err correction_apply(struct correction *c) MUST_CHECK;

/* The first standing line of the same place that was not met; it is met from here. NULL: there is none. *is_same: its
 * typed content is equal. */
struct standing_line *correction_meet(struct correction *c, const struct line *line, bool *is_same);

/* The first standing line of the same place that was not met, when a stage refused it; it is met from here. NULL: there
 * is none, or it was not refused. */
struct standing_line *correction_meet_refused(struct correction *c, const struct line *line);

/* Forgets who was met. */
void correction_begin(struct correction *c);

/* What that line, a REPLACE, was posted to replace; NULL: none. A REPLACE that a stage refused, or that waits, has
 * replaced nothing: who takes its place back takes both back. */
const struct standing_line *correction_replaced(const struct correction *c, const struct standing_line *line);

/* The next standing line that was not met, in the order of the report; it is met from here. NULL: none is left. */
struct standing_line *correction_unmet(struct correction *c);

#endif
