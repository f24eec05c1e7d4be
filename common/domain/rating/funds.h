/* domain/rating/funds.h: marketing money of a partner root (domain.md 5.3, 8): one fund a program and earning period,
 * and what moves it. available = accrued + adjusted − reserved − paid − expired − converted.
 *
 * A fund holds at most 1 024 open reservations. Of a fund that its USAGE close has ended, what is left expires at once;
 * of one that its EARNING close has converted, what accrues is paid at once. */
#ifndef DOMAIN_RATING_FUNDS_H
#define DOMAIN_RATING_FUNDS_H

#include "domain/rating/award.h"

/* Which fund, and the version of the program that speaks for it: that of the last day of the earning period, clipped to
 * the program (domain.md 4.2 Version). */
struct fund_place { const struct program *version; struct period earning, usage; };

/* The fund whose usage period holds the date; false outside the program. */
bool funds_of_activity(const struct catalogue *c, struct slice program_id, int32_t date, struct fund_place *place);

/* The fund of an earning period by its label; usage.to is 0 where no period follows in which it could be used. */
bool funds_of_label(const struct catalogue *c, struct slice program_id, struct slice label, struct fund_place *place);

/* The period of the program that holds a date, whatever version; false when there is none. */
bool funds_period(const struct catalogue *c, struct slice program_id, int32_t date, struct period *period);

/* The row of a program and the label of its period: to be looked at, a row of zeros where there is none; to be
 * changed. */
const struct fund_row *funds_read(struct rating *r, struct slice program_id, struct slice label);
struct fund_row *funds_change(struct rating *r, const struct program *p, struct slice label);

/* What is left to pay and to reserve, in minor units of the program; below nothing when more was taken back than was
 * there. */
int64_t funds_available(const struct fund_row *fund);
/* The award's line took what is left from `before` to what is there now: of the balance just given. */
void funds_note_limit(struct award *a, const struct fund_row *fund, int64_t before);

/* The rest of a closed fund expires; a rest below nothing stays. To be called when money has come back. */
void funds_expire_rest(struct fund_row *fund);

/* Money arrives in the fund of a's program (of either sign): earned by volume, or granted. Into a converted fund it is
 * posted on ledger EARNED besides and converted at once: a->payout_minor is that amount in payout currency. What the
 * fund lacks is cured first, and no more is taken back than was converted: then a->payout_minor is that part's. */
struct fund_arrival { struct period earned; struct slice posted; int64_t amount_minor, qty_milli; bool granted; };
void funds_arrive(struct rating *r, struct award *a, const struct fund_arrival *arrival);

/* Reservations of a pre-approval in its fund. False: the list is full, and nothing was reserved. */
bool funds_reserve(struct rating *r, struct fund_row *fund, struct slice preapproval_no, int64_t minor);
void funds_release(struct fund_row *fund, struct slice preapproval_no, int64_t minor, bool all);

/* Whether so much more in a fund would be paid out at once: it is converted, and lacks less. */
bool funds_would_pay(const struct fund_row *fund, int64_t arriving_minor);

#endif
