/* claimctl/program_reasons.h: what was said of each program that a line met, over all stages. */
#ifndef CLAIMCTL_PROGRAM_REASONS_H
#define CLAIMCTL_PROGRAM_REASONS_H

#include "claimctl/standing.h"

enum { PROGRAMS_OF_A_LINE_MAX = 128 };

struct program_reasons { struct slice program_id; struct reason reasons[STANDING_REASONS_MAX]; unsigned count; };

/* Ids in stacking order as classification listed them, then those that only payout met; how many. They point into the
 * dossier. */
unsigned program_reasons_list(const struct dossier *d, struct slice ids[static PROGRAMS_OF_A_LINE_MAX]);

/* Reasons of a program from classification, compliance and payout, each once, in order of precedence; none of the
 * program that an explicit claim names, since they are the line's own (domain.md 11, R12). */
void program_reasons_gather(struct program_reasons *p, const struct standing *s, struct slice program_id);

#endif
