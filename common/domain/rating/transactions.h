/* domain/rating/transactions.h: the transaction T of a line (domain.md 1.1, 3.3, 4.4): which lines are live on it, what
 * its goods took from the lots, and how much of it a program may still pay. A row holds at most 64 lines and 500
 * moves. */
#ifndef DOMAIN_RATING_TRANSACTIONS_H
#define DOMAIN_RATING_TRANSACTIONS_H

#include "domain/rating/award.h"
#include "domain/rating/lots.h"

/* Key of T; empty without an invoice. Side: 'I' for SELL_IN, 'S' for resale. */
struct slice transactions_key(struct rating *r, char side, struct slice invoice_no, struct slice invoice_line,
                              struct slice sku);

/* The row of a key, to read; transactions_touch marks r->txn as changed. */
struct transaction_row *transactions_row(struct rating *r, struct slice key);
void transactions_touch(struct rating *r);

/* Opens T of the line into r->txn: a blank row of this line alone when it has no invoice. */
void transactions_open(struct rating *r);

/* "pos:<root>/<invoice key>/<line>/<sku>" (domain/waiting.h). */
struct slice transactions_pos_datum(struct rating *r);

/* The line that the CANCEL or REPLACE `d` means by T (domain/correctable.h; 6.3: cancelled before is no error); NULL:
 * none was there. */
const struct transaction_line *transactions_named(const struct transaction_row *txn, const struct dossier *d);

/* The line in its row; NULL when it is not there. */
struct transaction_line *transactions_find(struct transaction_row *txn, struct slice line_id);

/* Σ live POS_SALE (or SELL_IN) of T, net of returns; false when there is none. */
bool transactions_sold(const struct transaction_row *txn, int64_t *milli);

/* The same less what the vendor shipped: what those sales take from the partner's stock. */
int64_t transactions_sold_from_stock(struct rating *r, const struct transaction_row *txn);

/* Resale value of the live sales of T net of returns in program currency, each from its own; false when there is none,
 * or one without a price. */
bool transactions_value(struct rating *r, struct award *a, struct rational *value);

/* 3.3: one program pays T once. Cuts a->accepted_milli and a->qty_milli (INVOICE_OVERCLAIMED), or gives
 * DUPLICATE_TRANSACTION and answers false. */
bool transactions_limit(struct rating *r, struct award *a);

/* Units of T that the live claims of a program hold. */
int64_t transactions_held(const struct transaction_row *txn, struct slice program_id);

/* How much more of T they hold than is invoiced, or than the `before` that were accepted once: INVOICE_OVERCLAIMED. */
struct excess transactions_passed(const struct transaction_row *txn, struct slice program_id, int64_t before_milli);

/* Puts the line on T: a sale without program, a claim under its program (of a sale with auto_claim too: as the claim's
 * kind). `unit` is its value per base unit in `currency`; den 0: none. False when T is full. */
struct transaction_line *transactions_add(struct rating *r, enum kind kind, struct slice program_id,
                                          int64_t accepted_milli, struct rational unit);

/* A released correction expects its line on that T: it stands there as a line of its own kind that ended, until that
 * comes or room is needed. Of a line of T the correction that does so; empty: it is one that was rated. */
void transactions_expect(struct rating *r, struct slice key, struct slice correction_id);
struct slice transactions_expected_by(const struct transaction_line *l);

/* Takes this line's claim under a program off T again: the program of an automatic line refused it. */
void transactions_drop(struct rating *r, struct slice program_id);

/* Lets the moves of the transaction follow what was credited to their lots since (5.6 K9). */
void transactions_follow_credits(struct rating *r);

/* A sale consumes what T's live sales need beyond what T consumed already. */
void transactions_consume_sale(struct rating *r, struct transaction_line *line);

/* Units of T for a claim of that program: the first that no live claim of it has, consuming what T lacks; they are
 * noted in the line's ranges. Answers the pieces (at most max). */
unsigned transactions_claim_units(struct rating *r, struct transaction_line *line, int64_t qty_milli,
                                  struct lot_piece *pieces, unsigned max);

/* Σ(remaining · cost)/Σ remaining of the pool just before T consumed, exact, in the program's currency (domain.md 5.1
 * S11). False when nothing was there then. */
bool transactions_average_cost(struct rating *r, struct award *a, struct rational *cost);

/* `qty` of the goods of T go back, dated `date`; a claim's ranges end where T's units now end. */
void transactions_restore(struct rating *r, struct transaction_row *txn, struct pool pool, int64_t qty_milli,
                          int32_t date);

/* A claim whose return was cancelled takes up to `most` again, where T's units do not cover its program's claims. */
void transactions_claim_again(struct rating *r, struct transaction_row *txn, struct pool pool, struct slice line_id,
                              int64_t most_milli);

#endif
