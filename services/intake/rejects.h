/* intake/rejects.h: the refused lines of a document in its sender's own layout, to be corrected and sent back (feeds.md
 * 12): text with its header, delimiter, encoding and columns as they were, a workbook with its sheet and cells, JSON as
 * it was, X12 as CSV of field names or as an interchange of its own. After each line, but those of X12's own form,
 * stand claimstream_line_id, claimstream_codes and claimstream_message. */
#ifndef INTAKE_REJECTS_H
#define INTAKE_REJECTS_H

#include "intake/document.h"

#include <stdio.h>

/* REJECTS_OWN: for X12 CSV of field names; REJECTS_X12: of X12 an interchange with its refused sets and lines, else as
 * REJECTS_OWN. */
enum rejects_form { REJECTS_OWN, REJECTS_X12 };

struct rejects;

/* NULL: no memory. `document`: its bytes, `layout`: how its survey found it. */
struct rejects *rejects_open(FILE *to, enum rejects_form form, struct slice format, struct slice document,
                             const struct reader_layout *layout);
/* A line; those that passed are passed over. */
void rejects_take(struct rejects *r, const struct intake_line *line);
/* After the last line, before intake_close. An X12 document of which whole sets were refused and no line is written in
 * its own form whatever was asked for: these sets never became lines. False: something could not be written. */
bool rejects_close(struct rejects *r, struct intake *intake);

/* What a file of rejects is, by its first bytes: a media type, and the end of a file's name (`.rejects.csv`). */
struct rejects_type { struct slice media, ending; };
struct rejects_type rejects_type_of(struct slice first_bytes);

#endif
