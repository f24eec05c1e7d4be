/* intake/x12_resend.h: what was refused of an X12 document as a document of its own, to be corrected and sent again
 * (feeds.md 12). */
#ifndef INTAKE_X12_RESEND_H
#define INTAKE_X12_RESEND_H

#include "intake/answer.h"
#include "intake/x12.h"

/* Writes each interchange with its refused sets whole, and of accepted sets the header and the movements with refused
 * lines, these lines alone; delimiters, sender and group as sent, counts of their own, ISA13 renumbered so that it
 * cannot be taken for the first (TA1 025). A set that replaces its report becomes one that changes it, since it no
 * longer names every line. After the last line. False: nothing was written. */
bool x12_resend(struct reader *r, const struct refused_lines *refused, const struct answer_sink *sink);

#endif
