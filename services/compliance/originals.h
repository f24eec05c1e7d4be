/* compliance/originals.h: the line that a CANCEL, REPLACE or return is about: waited for, withdrawn, or undone
 * (domain.md 6.2, 6.3, screening.md 4.4). */
#ifndef COMPLIANCE_ORIGINALS_H
#define COMPLIANCE_ORIGINALS_H

#include "compliance/judging.h"

/* Finds the original: j->original. Of a REPLACE that names one which waits, or was refused, that one is j->named, and
 * the original what it was to replace. Before the rules. */
void originals_find(struct judging *j);

/* What a REPLACE that classification refused was to replace; empty: none, or not known here. */
struct slice originals_of_refused(struct judging *j);

/* Opens the rows that originals_record will need. */
void originals_open(struct judging *j);

/* What becomes of a line that a correction ended while it waited in classification (domain.md 6.3): it stays ended
 * where that one went on, and waits with it; it goes back where that one was refused here. */
enum withdrawal { WITHDRAWAL_STANDS, WITHDRAWAL_WAITS, WITHDRAWAL_IS_VOID };
enum withdrawal originals_withdrawal(struct judging *j);

/* It stays ended, and a REPLACE ended it. */
bool originals_was_replaced(struct judging *j);

/* The same line, while that is open or when it goes back: who corrects it finds it. */
void originals_keep_withdrawn(struct judging *j, enum withdrawal is);

/* The line goes back behind the one that it means, which is on its way (j->goes_behind). */
void originals_keep_behind(struct judging *j);

/* It came back to life, and was corrected on its way, before it came here again: the correction. Empty: it was not. */
struct slice originals_ended_away(struct judging *j);

/* SYS-01, second half: the original waits here and this line cannot withdraw it. */
enum truth originals_wait(struct judging *j, struct finding *f);

/* A REPLACE is judged as if its original were gone already: gives back what the original holds. Before the rules. */
void originals_undo(struct judging *j);

/* Withdraws or marks the original, indexes the line itself under its T and as a sale that returns may match, and wakes
 * returns that wait for one. */
void originals_record(struct judging *j, enum outcome outcome);

/* A line that is on file now, and whose CANCEL or REPLACE came before it, stands for nothing: payout refuses it, or
 * ends it with that one. Its goods do not move, no return matches it, and after a CANCEL its K is free. */
void originals_end_late(struct judging *j);

#endif
