/* claimctl/results.h: the results of a run as NDJSON, one object a line in order of acceptance (first-hour.md 8). */
#ifndef CLAIMCTL_RESULTS_H
#define CLAIMCTL_RESULTS_H

#include "claimctl/output.h"
#include "claimctl/standing.h"

/* Writes the object of one line. `name`: what it was called in the input, empty none; first_seq: of its first entry. */
void results_put_line(struct text *t, const struct standing *s, struct slice name, uint32_t first_seq);

/* {"case_id","case","subject","line_ids"} of an open case. */
void results_put_case(struct text *t, const struct clearance *c);

#endif
