/* compliance/windows.h: lines of a rep or site by transaction date (screening.md 8.4). */
#ifndef COMPLIANCE_WINDOWS_H
#define COMPLIANCE_WINDOWS_H

#include "compliance/judging.h"

/* VEL-01: more lines of one date than a rep or a site has otherwise. */
enum truth windows_burst(struct judging *j, struct finding *f);

/* Counts the line once, at its first decision that is not PARK, and remembers its number in the day. */
void windows_record(struct judging *j, enum outcome outcome);

#endif
