/* compliance/duplicates.h: the business key K, reused claim numbers and reused proofs (domain.md 3.3,
 * screening.md 7.1). */
#ifndef COMPLIANCE_DUPLICATES_H
#define COMPLIANCE_DUPLICATES_H

#include "compliance/judging.h"

/* Computes K and what is on file under it: j->key.hash, j->key.repeat, j->key.is_resubmission. Before the rules. */
void duplicates_prepare(struct judging *j);

/* DUP-01, DUP-05, DUP-02, DUP-06. */
enum truth duplicates_of_line(struct judging *j, struct finding *f);
enum truth duplicates_across_sites(struct judging *j, struct finding *f);
enum truth duplicates_of_claim_id(struct judging *j, struct finding *f);
enum truth duplicates_of_document(struct judging *j, struct finding *f);

/* Puts K, claim id and proofs on file as the outcome says (screening.md 2.3). */
void duplicates_record(struct judging *j, enum outcome outcome);

/* The K of a line that a CANCEL ended while it waited in classification, so that who replaces it finds who says it
 * again. */
void duplicates_keep_cancelled(struct judging *j, struct footprint *own);

/* A line that was ended there knows its K, if it has one; a REPLACE that ended it keeps that. */
void duplicates_note_refused(struct judging *j);
void duplicates_keep_replaced(struct judging *j, struct slice line_id, const struct footprint *of);

/* Frees the K of a line that is cancelled or withdrawn. */
void duplicates_free_key(struct judging *j, struct slice line_id, const struct footprint *of);

/* A line that was cancelled before is cancelled again, or one that was replaced is cancelled. A report that came in
 * its place may have been refused since payout had denied the first CANCEL, and payout may have refused the REPLACE:
 * who says the same asks payout. */
void duplicates_ask_again(struct judging *j, struct slice line_id, const struct footprint *of);

/* Of a line that a CANCEL ended while this REPLACE of it waited: the line that was sent again under its K; empty: none
 * was. */
struct slice duplicates_sent_again(struct judging *j, const struct footprint *of);

/* Of a line that classification ended for this correction: who says the same and stands or waits here, or what replaced
 * that. It is the same sale, told twice, so this correction means it, too. Empty: nobody. */
struct slice duplicates_says_it_too(struct judging *j);

/* The report that waits here with what this REPLACE says: the REPLACE is how it was to be sent, and ends it. */
struct original duplicates_waiting_for_it(struct judging *j);

/* A REPLACE stands for what it replaces: who comes under that one's K, where a CANCEL freed it, asks payout whether
 * the REPLACE lives. */
void duplicates_take_key(struct judging *j, const struct footprint *of);

/* The line that put the K on file is reversed: the K stays, ended. */
void duplicates_end_key(struct judging *j, struct slice line_id, const struct footprint *of);

#endif
