/* intake/rejects.h: the refused lines of a document in its sender's own layout, to be corrected and sent back (feeds.md 12):
 * text with its header, delimiter and columns as they were, JSON as it was, everything else as JSON line objects; each with
 * claimstream_line_id, claimstream_codes and claimstream_message behind it. */
#ifndef INTAKE_REJECTS_H
#define INTAKE_REJECTS_H

#include "intake/document.h"

#include <stdio.h>

struct rejects;

/* NULL: no memory. `document`: its bytes, `layout`: how its survey found it. */
struct rejects *rejects_open(FILE *to, struct slice format, struct slice document, const struct reader_layout *layout);
/* A line; those that passed are passed over. */
void rejects_take(struct rejects *r, const struct intake_line *line);
/* False: something could not be written. */
bool rejects_close(struct rejects *r);

#endif
