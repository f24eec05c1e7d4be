/* compliance/sampling.h: lines that pass and are looked at all the same, to measure what the rules miss
 * (screening.md 2.2). Pure. */
#ifndef COMPLIANCE_SAMPLING_H
#define COMPLIANCE_SAMPLING_H

#include "compliance/judging.h"

/* Opens a SAMPLE case for review.sample_bp of 10 000 lines that pass: by a hash of line_id, so that a replay picks the
 * same. The case names the line and says nothing of what the rules saw: whoever reviews it is blind. */
void sampling_record(struct judging *j, enum outcome outcome);

#endif
