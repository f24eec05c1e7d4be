/* claimctl/line_name.h: the one name by which the commands print a line and take it back: DOCUMENT:ROW, or
 * DOCUMENT:POSITION when its document has no rows (X12). DOCUMENT is its file name, else the beginning of its id. */
#ifndef CLAIMCTL_LINE_NAME_H
#define CLAIMCTL_LINE_NAME_H

#include "base/str.h"
#include "domain/dossier.h"

/* Puts what people call it: document:row. */
void line_name_put(struct text *t, const struct receipt *r);

/* The same as a slice in the arena. */
struct slice line_name_in(struct arena *a, const struct receipt *r);

/* True when `word` is the line's name. */
bool line_name_is(const struct receipt *r, struct slice word);

/* True when `word` names the line's document: its file name, its id, or the short id that intake answers with
 * (d-005-…). */
bool line_name_is_of(const struct receipt *r, struct slice word);

#endif
