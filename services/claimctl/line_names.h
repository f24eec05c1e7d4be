/* claimctl/line_names.h: from a line_id, as reasons carry it, to the name by which people know the line. */
#ifndef CLAIMCTL_LINE_NAMES_H
#define CLAIMCTL_LINE_NAMES_H

#include "claimctl/transcript.h"

/* Sentences name lines by this transcript from here on; NULL: by their ids again. It must outlive its use. */
void line_names_use(struct transcript *t);

/* Puts the name of the line; false: no line of the transcript has that id, nothing was put. The first question of a
 * transcript without an index of ids (a folder of a run) reads all of its lines. */
bool line_names_put(struct text *t, struct slice line_id);

#endif
