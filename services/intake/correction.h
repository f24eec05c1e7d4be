/* intake/correction.h: the lines of a report on file, as they stand after all documents that made and changed it,
 * against which a document that cancels, replaces or changes the report is held (feeds.md 6). */
#ifndef INTAKE_CORRECTION_H
#define INTAKE_CORRECTION_H

#include "intake/document.h"

/* A line that stands. Texts live as long as the correction. */
struct standing_line {
    struct hash128 place, content;                  /* place: invoice, line, part */
    struct slice   line_id, partner_id;
    enum kind      kind;                            /* of what it says: the replaced kind of a REPLACE */
    uint32_t       submission_no;                   /* 1 and up */
    bool           is_gone, is_met;                 /* undone by an earlier document; met by the one at work */
    uint32_t next, head,
        tail; /* of the same place, 1 + index: the next, 0 none; of the first: where to look, the last */
};

struct correction;

/* Reads the report's documents again, oldest first, and keeps what stands. */
enum err correction_open(const struct intake_targets *targets, struct slice report_id,
                         struct correction **out) MUST_CHECK;
void correction_close(struct correction *c);

/* The first standing line of the same place that was not met; it is met from here. NULL: there is none. *is_same: its
 * typed content is equal. */
struct standing_line *correction_meet(struct correction *c, const struct line *line, bool *is_same);

/* The first standing line of the same place that was not met, when a stage refused it; it is met from here. NULL: there
 * is none, or it was not refused. */
struct standing_line *correction_meet_refused(struct correction *c, const struct line *line);

/* Forgets who was met. */
void correction_begin(struct correction *c);

/* The next standing line that was not met, in the order of the report; it is met from here. NULL: none is left. */
struct standing_line *correction_unmet(struct correction *c);

/* A REPLACE can take its place. */
bool correction_is_replaceable(const struct standing_line *line);

#endif
