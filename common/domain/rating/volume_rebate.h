/* domain/rating/volume_rebate.h: volume rebates, logistics, and every accrual through a `volume:` block
 * (domain.md 5.2, 6.4). */
#ifndef DOMAIN_RATING_VOLUME_REBATE_H
#define DOMAIN_RATING_VOLUME_REBATE_H

#include "domain/rating/award.h"

/* What a line adds to an accumulator. */
struct volume_change {
    struct slice  aggregate, group;
    struct period period;
    int64_t       value_minor, qty_milli;           /* signed */
    bool          qualifies, benefits;
};

/* What an accumulator pays, from its sums. */
struct volume_target {
    struct rational qualifier, benefit, earned;     /* Q, B, F */
    int64_t         target_minor;                   /* t */
    int64_t         estimated_minor;                /* e of V10; t without an expected volume */
    bool            capped, awaits_baseline;
};

bool volume_rebate_is_triggered(struct rating *r, const struct program *p);
void volume_rebate_rate(struct rating *r, struct award *a);
void volume_rebate_write(struct rating *r, struct award *a);

/* Opens the accumulator that the program of that date counts the line in. */
void volume_rebate_open(struct rating *r, const struct program *p, int32_t date);

/* Opens the accumulator that a correction of what the line counted changes. */
void volume_rebate_open_kept(struct rating *r, const struct line_program *kept);

/* The period of a date, and the version that all its lines use (4.2). False: outside the program. */
bool volume_rebate_period(const struct catalogue *c, struct slice program_id, int32_t date, struct period *period,
                          const struct program **version);

/* The same for a line of the root now: a period that was closed keeps the version that it was closed with. */
bool volume_rebate_terms(struct rating *r, struct slice program_id, int32_t date, struct period *period,
                         const struct program **version);

/* Where it stands that the root's period was closed, and with which version. */
struct slice volume_rebate_close_key(struct rating *r, struct slice program_id, const struct period *period);

/* The period of that label, by the calendar of the highest version that has it, and the version that all its lines
 * use. */
bool volume_rebate_find_period(const struct catalogue *c, struct slice program_id, struct slice label,
                               struct period *period, const struct program **version);

/* One accumulator of the whole root a period; a program with another aggregate or with groups has more
 * (accumulators_row), among them one that bears the name of the root where that is a partner itself. */
bool volume_rebate_is_whole(const struct program *p);

/* The program's expected volume, where no enrolment brought one: also of an accumulator that no counted line began
 * (V10). */
void volume_rebate_expect(const struct program *p, struct volume_row *row);

/* t and e of an accumulator; notes V5 to V7 in the workings when `notes`. */
struct volume_target volume_rebate_target(struct rating *r, struct award *a, struct slice aggregate, struct slice group,
                                          const struct period *period, const struct volume_row *row, bool notes);

/* The own date of a return where the program counts returns by it (6.4): its program date, else that of its shipment or
 * invoice; 0: the line is none, or counts in the period of its original. */
int32_t volume_rebate_return_date(const struct rating *r, const struct program *p);

/* Takes back (or adds) a contribution that a line made, at once: V4 to V10 with the period's version and the exchange
 * rate that the line kept. Reasons and workings go to a fresh award marked as a correction; posted in the period of the
 * received date. `undone`: the return that a CANCEL takes back, NULL none. Answers the award, NULL when the program is
 * gone. */
struct award *volume_rebate_correct(struct rating *r, const struct line_program *kept, int64_t value_minor,
                                    int64_t qty_milli, const struct line_row *undone);

/* What leaves a sell-in base beside its claim (5.2): `qty` units (0: a credit without units, which only programs with
 * net_of_price_protection count) worth the sum of `values`. Every candidate that counts purchases posts its delta as a
 * correction, in the period of `date`. */
struct volume_value { struct slice currency; struct rational amount; };
void volume_rebate_leave(struct rating *r, int32_t date, const struct volume_value *values, unsigned value_count,
                         int64_t qty_milli);

/* Between rate and write: what the line adds to the target of its accumulator, and how much of that is posted now (a
 * claim may ask for less; the next line posts the rest). */
int64_t volume_rebate_delta(const struct award *a);
void volume_rebate_pay(struct award *a, int64_t delta_minor);

/* Brings an accumulator to its target and posts the differences (V8 to V10). */
void volume_rebate_post(struct rating *r, struct award *a, const struct volume_change *change, struct volume_row *row,
                        const struct volume_target *target, int64_t qty_milli, struct slice reverses_payout_id);

#endif
