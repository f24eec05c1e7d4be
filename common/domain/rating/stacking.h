/* domain/rating/stacking.h: what programs of one transaction do to each other (domain.md 5.8). */
#ifndef DOMAIN_RATING_STACKING_H
#define DOMAIN_RATING_STACKING_H

#include "domain/rating/award.h"

/* True when an exclusive program, or one of the same group, shuts this one out: EXCLUSIVE_PROGRAM_PAID is given. */
bool stacking_excludes(struct rating *r, struct award *a);

/* The same where the program has its posting on `txn` already: EXCLUSIVE_PROGRAM_PAID, else REASON_NONE. */
enum reason_code stacking_passed(const struct transaction_row *txn, const struct program *p);

/* H in the program's currency for a program with base NET_OF_HIGHER_RANK, zero for all others; STACKED_NET when H >
 * 0. */
struct rational stacking_higher(struct rating *r, struct award *a);

/* LIMITS stack_max_percent of the value of T, as the last cap of R8, for per-line programs: STACK_LIMIT. */
void stacking_limit(struct rating *r, struct award *a);

/* Notes on T what the program posted: its amount, or for a volume program round(F) of the line alone. */
void stacking_note(struct rating *r, const struct award *a, int64_t amount_minor, bool counted);

/* Takes back what a line of T posted under a program: `minor` of it, or all of it with its count. */
void stacking_take_back(struct transaction_row *txn, struct slice line_id, struct slice program_id, int64_t minor,
                        bool all);

/* Puts back what a return had taken from a line's posting, or the posting itself when nothing was left of it. */
void stacking_give_again(struct rating *r, struct transaction_row *txn, struct slice line_id, const struct program *p,
                         bool volume, bool counted, int64_t minor);

#endif
