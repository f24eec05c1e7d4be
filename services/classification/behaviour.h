/* classification/behaviour.h: the behaviour of the line's site, between a line and the tables `features` and `drift`
 * (screening.md 10.2, 10.3). Pure. */
#ifndef CLASSIFICATION_BEHAVIOUR_H
#define CLASSIFICATION_BEHAVIOUR_H

#include "classification/inquiry.h"

/* The rows of a site: its record of drift, and what it did in the quarters up to the one of `date`. A hybrid has a
 * record for each agreement that is judged apart, and the site's own for the rest; agreement empty: the site's own. */
const struct drift_record *behaviour_drift(struct books *b, struct slice root_id, struct slice site_id,
                                           struct slice agreement);
struct features_record behaviour_window(struct books *b, struct slice root_id, struct slice site_id, int32_t date,
                                        const struct policy *policy);

/* Days of that window. */
int64_t behaviour_window_days(const struct policy *policy);

/* Opens the rows that judging and counting will need. */
void behaviour_open_rows(struct inquiry *q);

/* Puts the drift record in force into q->drift, judged again with the first line of a month of the site, or of the part
 * of it that the line belongs to, and what it says into the section. */
void behaviour_judge(struct inquiry *q);

/* The line is the one with which q->drift was judged: now, or when it came and had to wait. */
bool behaviour_speaks_with(const struct inquiry *q);

/* Keeps what was judged now, also with a line that waits: what its month is judged by does not depend on when it is
 * woken. Opens the PARTNER case of a site that begins to drift. */
void behaviour_keep_drift(struct inquiry *q);

/* Counts a line that was let through. */
void behaviour_count(struct inquiry *q);

#endif
