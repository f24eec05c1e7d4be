/* domain/rating/original.h: the line that a correction goes back to: its row, its transaction, its pool of lots. */
#ifndef DOMAIN_RATING_ORIGINAL_H
#define DOMAIN_RATING_ORIGINAL_H

#include "domain/rating/rating_parts.h"
#include "domain/rating/lots.h"

/* Its row in the books; found: it was decided here, or withdrawn (a row without outcome only expects its line,
 * late_original.h). */
struct line_row *original_to_change(struct rating *r, struct slice line_id);
const struct line_row *original_to_read(struct rating *r, struct slice line_id, bool *found);

/* Decided PASS or SHORT, and not ended since; something of it may have been returned. */
bool original_stands(const struct line_row *line);

/* Of it what returns have left, in units accepted; 0 where it does not stand. */
int64_t original_left(const struct line_row *line);

/* "live" of 1.1: decided PASS or SHORT, and something of it neither taken back nor returned. */
bool original_is_live(const struct line_row *line);

/* Sale or purchase: what stands on a transaction with its goods. */
bool original_is_sale(enum kind kind);

/* Where it stands: the key of its transaction (empty: it has none), the row of that, to change (a blank one without),
 * and its pool. */
struct slice original_transaction_key(struct rating *r, const struct line_row *line);
struct transaction_row *original_transaction(struct rating *r, const struct line_row *line);
struct pool original_pool(const struct line_row *line);

/* So many more units of it, or fewer, went from the vendor to its customer (lots_note_direct); else nothing. */
void original_sold_direct(struct rating *r, const struct line_row *line, int64_t units_milli);

/* The correction's row takes role, part and invoice of the line where it brought none. */
void original_adopt(struct rating *r, const struct line_row *line);

/* Of `moved_milli` that a claim moved, what no live sale of the transaction needs. */
int64_t original_goods_of_claim(struct rating *r, const struct transaction_row *txn, int64_t moved_milli);

/* Whether the line waits here; PARK after it: WAITING_FOR_TARGET; both: false when it does not wait. */
bool original_waits(struct rating *r, struct slice line_id);
void original_park_behind(struct rating *r, struct slice line_id);
bool original_await(struct rating *r, struct slice line_id);

/* Of a line refused here as a repetition: the one that it repeats. Empty: it was not. */
struct slice original_lived_beside(const struct line_row *line);

/* The line that lives or waits in the place of this one: itself, or the last of those that replaced it one after the
 * other, this line apart. Empty: nobody stands there, and another may. */
struct slice original_standing_for(struct rating *r, struct slice line_id);

#endif
