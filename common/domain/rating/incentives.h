/* domain/rating/incentives.h: where an incentive plugs into rate_line: a new one is a row of the table in
 * incentives.c. */
#ifndef DOMAIN_RATING_INCENTIVES_H
#define DOMAIN_RATING_INCENTIVES_H

#include "domain/rating/award.h"

/* An incentive. `begin` finds the program of an explicit claim (NULL: classification's target at the program date); it
 * may give reasons to the verdict and answer NULL. `rate` fills the award; on an automatic line it may answer by
 * leaving a->program's amounts zero, and withdraws the award with award_drop when the program says nothing. `write`
 * changes rows and posts entries; it is called only when the award stands (PASS or SHORT). */
struct incentive_steps {
    struct award *(*begin)(struct rating *r);
    void          (*rate)(struct rating *r, struct award *a);
    void          (*write)(struct rating *r, struct award *a);
    bool (*is_triggered)(struct rating *r, const struct program *p); /* by an automatic line; may read rows */
    bool is_per_transaction;                                         /* 3.3: SHIP_DEBIT, SPIFF, DEAL */
    /* A reversal gives back what only this incentive keeps: `minor` and `qty` that were paid; FRAUD restores no
     * quantity. */
    void (*restore)(struct rating *r, const struct line_program *kept, int64_t minor, int64_t qty_milli,
                    enum cause cause);
    /* How far the balances that only this incentive keeps are used beyond their limits, after a restore that gave a
     * line its own again. NULL: it has none. */
    struct excess (*passed)(struct rating *r, const struct program *p, const struct line_row *line,
                            const struct line_program *kept);
    /* Opens the rows that an automatic line will need for the program of that date; NULL: what it needs is missed
     * first. */
    void          (*open)(struct rating *r, const struct program *p, int32_t date);
};

/* The steps of an incentive; NULL when none is built. */
const struct incentive_steps *incentives_find(enum incentive incentive);

#endif
