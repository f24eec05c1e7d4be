/* compliance/screening.h: the parties of a line against the lists in force (screening.md 6.5, 6.6). */
#ifndef COMPLIANCE_SCREENING_H
#define COMPLIANCE_SCREENING_H

#include "compliance/judging.h"

/* Finds who is screened: the partner, its payee, the parties of the line; and opens the names on file of each. */
void screening_open(struct judging *j);

/* SCR-01: a party may be listed, is blocked, or is owned by half by those who are. Remembers its hits for cases. */
enum truth screening_finds_listed(struct judging *j, struct finding *f);

/* SCR-02: a list that is needed is missing or stale; a name cannot be compared. */
enum truth screening_cannot_judge(struct judging *j, struct finding *f);

/* Opens a case for each pair of party and entry, whatever the outcome of the line; a second finding adds the line. */
void screening_record(struct judging *j);

/* Puts the names of all who were screened on file, those of the line among them, so that a later list meets them too.
 * Owners are met with the next line. */
void screening_keep_names(struct judging *j);

/* The lists that the line was screened with. */
void screening_name_lists(struct judging *j, struct clearance *c);

#endif
