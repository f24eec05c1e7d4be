/* claimctl/code_lists.h: what the numbers in messages mean, for systems that read them: Reason.number,
 * RuleResult.number and those of a receipt's warnings, as JSON arrays (schemas export). */
#ifndef CLAIMCTL_CODE_LISTS_H
#define CLAIMCTL_CODE_LISTS_H

#include "base/str.h"

/* number, name, outcome, sentence (of the partner, braces unfilled; absent: no partner is told), x12_901. */
void code_lists_put_reasons(struct text *t);

/* number, rule (DUP-01), name, stage, reasons. */
void code_lists_put_rules(struct text *t);

/* number, name, severity, reason that a line is refused with, sentence, fix, x12 {ta1, ak9, ak5, ak3, ak4}. */
void code_lists_put_issues(struct text *t);

#endif
