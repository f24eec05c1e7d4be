/* domain/rating/cancel.h: CANCEL and REPLACE (domain.md 6.3). */
#ifndef DOMAIN_RATING_CANCEL_H
#define DOMAIN_RATING_CANCEL_H

#include "domain/rating/rating_parts.h"

/* CANCEL: ends everything live of the line that it names, or withdraws it where it waits. */
void cancel_line(struct rating *r);

/* Cancels what a REPLACE names and sets r->kind. True: its own content is to be rated now, as a fresh line. */
bool cancel_for_replacement(struct rating *r) MUST_CHECK;

/* Ends a claim on its transaction under one program: the goods stay where they are. */
void cancel_claim(struct rating *r, const struct line_row *line, struct slice line_id, struct slice program_id);

/* Names the claims on the sale that the line took back, of programs that paid for more units than are sold now: they
 * stay as they were decided (6.3), and people look for them. */
void cancel_note_claims_left(struct rating *r, struct payout_section *section);

/* One that a person denies, or that is withdrawn: the row of a REPLACE names what it would have replaced, for who
 * replaces it. */
void cancel_note_target(struct rating *r);

#endif
