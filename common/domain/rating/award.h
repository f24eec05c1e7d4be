/* domain/rating/award.h: what one program makes of a line (domain.md 5.0).
 *
 * Each incentive fills an award: reasons, entitlement E, workings. award_settle.h does R7 to R11, and award_post notes
 * the entries. An award reaches the rows only when its program stands (R12): incentives write in their `write` step
 * alone. */
#ifndef DOMAIN_RATING_AWARD_H
#define DOMAIN_RATING_AWARD_H

#include "domain/rating/exchange.h"
#include "domain/rating/rating_parts.h"
#include "domain/rounding.h"

enum {
    AWARD_STEPS_MAX = 1100,                         /* one a lot of a pool, and what comes after */
    AWARD_INPUTS_MAX = 16,
    AWARD_BALANCES_MAX = 48,                        /* its 32 caps, and what an incentive keeps itself */
    AWARD_LOTS_MAX = 500,
    AWARD_CUTS_MAX = 16,
    AWARDS_OF_A_CHANGE = 2,                         /* of a program and of the fund that shares in it */
    ENTRIES_OF_A_CHANGE = 5                         /* of both, at most */
};

/* What a reason cuts, in step order. A quantity counts C/Q a unit (domain.md 7 Money). */
struct cut { unsigned reason; int64_t qty_milli; int64_t minor; bool all_the_rest; };

struct year_to_date;

/* What is beyond a limit: accepted units, paid units, and money of the program. `by` is the reason that a claim
 * would get for it; REASON_NONE: nothing is beyond. */
struct excess { enum reason_code by; int64_t accepted_milli, paid_milli, minor; };

/* Adds to `sum` what is beyond another limit. The first reason stays. */
void award_add_excess(struct excess *sum, struct excess more);

/* One program on this line. Money in the program's currency unless named otherwise. */
struct award {
    const struct program   *program;                /* the version that applies */
    const struct candidate *candidate;              /* classification's, NULL when it named none */
    int32_t                 program_date, fx_date;
    bool                    is_target;              /* of an explicit claim: its reasons are the line's */
    bool                    is_claim;               /* D P G W O M: has a claim value */
    bool                    is_correction;          /* its notes stay under the program (domain.md 11) */
    bool                    is_ended;               /* a *stop* ended its list of reasons */
    bool                    claims_differ;          /* both claim values were sent, more than 1 minor unit apart */
    struct exchange         from_claim;             /* currency of C to program currency */
    struct reason          *reasons;
    unsigned                reason_count;
    enum outcome            outcome;                /* the strongest so far */
    struct exchange         to_payout;              /* program currency to payout currency */
    unsigned                exponent, payout_exponent;
    int64_t                 accepted_milli;         /* A of the line under this program */
    int64_t                 qty_milli;              /* q, payable */
    int64_t                 paid_milli;             /* Q of 6.1: units that are paid */
    bool                    has_claim;
    struct rational         claim;                  /* C exactly */
    int64_t                 claim_minor, refused_minor;
    struct rational         entitled;               /* E */
    struct rational         reduced;                /* what a resale above the maximum took of it (5.1 S9) */
    struct rational         payable;                /* X */
    int64_t                 amount_minor, payout_minor;
    int64_t                 target_minor;           /* t of a volume program */
    int64_t                 tolerance_minor;        /* claim.tolerance */
    bool                    has_first_limit;        /* stands before caps[]: amount_limit of an agreement */
    int64_t                 first_limit_minor, first_used_minor;
    void (*limit)(struct rating *r, struct award *a); /* lowers X after R7 by balances of its own; NULL none */
    int64_t                 least_left_minor;       /* least balance that R8 or an incentive compared; INT64_MAX none */
    struct cut              cuts[AWARD_CUTS_MAX];
    unsigned                cut_count;
    struct step            *steps;
    unsigned                step_count;
    struct balance         *balances;
    unsigned                balance_count;
    struct lot_use         *lots;
    unsigned                lot_count;
    struct charged_cap     *caps;                   /* what R8 charges, written by caps_charge */
    unsigned                cap_count;
    struct slice            minor_unit, micros_unit;/* "minor:USD", "micros:USD" */
    struct period           period;                 /* earned */
    struct slice            payee, payee_id;
    struct slice            authorisation_no, deal_reg_no, preapproval_no, claim_id;
    uint32_t                auth_line;
    bool                    tax_reportable;
    struct line_program     kept;                   /* goes to the line's row when the program stands */
    const struct year_to_date *tax;                 /* what a payment to a person adds to its year; NULL none */
    void                   *own;                    /* the incentive's, from rate to write */
};

/* An entry that will be made. Within a program the order is reversals, EARNED, FUND, ESTIMATED, SETTLED (domain.md
 * 5.0). */
struct posting {
    const struct program *program;
    enum ledger           ledger;
    bool                  reversal;
    int64_t               qty_milli, amount_minor, program_minor;
    struct slice          currency, earned_period, posted_period, reverses_payout_id, cause, payee, payee_id;
    struct exchange       fx;
    int32_t               payable_on;
    bool                  tax_reportable;
    struct slice          authorisation_no, deal_reg_no, preapproval_no, claim_id;
    enum role             role;                     /* of a correction: that of its original */
    const struct award   *award;                    /* whose reasons it names; NULL none */
    struct line_program  *kept;                     /* gets the payout_id of an EARNED entry */
    unsigned              done_no;                  /* so does programs[done_no - 1] of the correction's row; 0: none */
};

/* True when a person released that finding of the section under review (screening.md 4.3). */
bool award_is_released(const struct rating *r, enum reason_code code);

/* Starts an award of a program version on the line. FX to the payout currency is looked up: FX_RATE_MISSING. */
struct award *award_begin(struct rating *r, const struct program *p, int32_t program_date);

/* True when the line has room for so many more awards and their entries; else DATA_CONFLICT is given. */
bool award_has_room(struct rating *r, unsigned awards);

/* Takes an award away again: the program says nothing about the line. */
void award_drop(struct rating *r, struct award *a);

/* True when a candidate may pay an automatic line: neither classification refused it nor compliance struck it. */
bool award_candidate_stands(const struct rating *r, const struct candidate *c);

/* Puts the award under other terms of its program, with their currencies and rates: the version of a volume period. */
void award_take_terms(struct rating *r, struct award *a, const struct program *p);

/* PROGRAM_SUSPENDED of a program that the line's own paper names (4.2): classification judged its candidates. */
void award_ask_program(struct rating *r, struct award *a);

/* Adds a reason once. A HOLD that was released, and every later call for the same code, changes nothing. The pointer is
 * for arguments, and never NULL. */
struct reason *award_give(struct rating *r, struct award *a, enum reason_code code);
struct reason *award_give_as(struct rating *r, struct award *a, enum reason_code code, enum outcome outcome);

/* The same where the page says *stop*: nothing after it is asked, not even R7. */
struct reason *award_stop(struct rating *r, struct award *a, enum reason_code code);
bool award_has(const struct award *a, enum reason_code code);
/* True when the award ends there: REJECT, HOLD or PARK. */
bool award_is_stopped(const struct award *a);

/* Notes what the last given reason of that code cut. */
void award_cut_qty(struct award *a, enum reason_code code, int64_t qty_milli);
void award_cut_minor(struct award *a, enum reason_code code, int64_t minor);
void award_cut_rest(struct award *a, enum reason_code code);

/* Lowers q to `left`, if it is above; the reason says what that cut. */
void award_limit_qty(struct award *a, enum reason_code code, int64_t left_milli);
/* Notes that in the workings: A, what is left (INT64_MAX: no limit), and the q that follows. */
void award_note_qty_limit(struct rating *r, struct award *a, struct slice rule, int64_t left_milli);

/* Price per base unit in the line's currency of a price per line unit; exact. */
struct rational award_per_base_unit(const struct rating *r, int64_t price_micros);

/* Book price of the line's part in the program's currency: of its partner's price list on that date, exact. False:
 * there is none, and COST_BASIS_MISSING is given. */
bool award_book_price(struct rating *r, struct award *a, int32_t date, struct rational *unit);

/* Arguments of reasons as text in the arena. */
struct slice award_money_text(struct rating *r, const struct award *a, int64_t minor);
struct slice award_micros_text(struct rating *r, int64_t micros);
struct slice award_qty_text(struct rating *r, int64_t milli);

/* Workings. A step takes its inputs one by one; its result closes it. Beyond AWARD_STEPS_MAX steps are dropped and a
 * step named "…" says so (workings_verify then checks what is there). */
struct step *award_step(struct rating *r, struct award *a, struct slice rule);
void award_input(struct rating *r, struct step *s, struct slice name, int64_t value, int64_t divisor,
                 struct slice unit);
void award_input_exact(struct rating *r, struct step *s, struct slice name, struct rational value, struct slice unit);
/* How the result was rounded: exponent, step and mode of the program. */
void award_input_rounding(struct rating *r, struct step *s, const struct award *a);
void award_input_text(struct rating *r, struct step *s, struct slice name, struct slice text);
void award_result(struct step *s, struct slice name, int64_t value, struct slice unit);
void award_result_exact(struct rating *r, struct step *s, struct slice name, struct rational value, struct slice unit);
void award_balance(struct rating *r, struct award *a, struct slice kind, struct slice id, int64_t before, int64_t after,
                   struct slice unit);
/* Notes that the line takes the use of `limit` (0: there is none) from below nine tenths to there, for the balance that
 * was given last. */
void award_note_limit(struct award *a, enum limit_neared what, int64_t limit, int64_t used_before, int64_t used_after);
void award_lot(struct rating *r, struct award *a, struct slice lot_id, int64_t qty_milli, int64_t cost_micros,
               int64_t debit_micros, struct slice currency);

/* round(x) (2.4). award_round takes step and mode of the program; award_measure rounds to one minor unit whatever
 * its step (measured volumes, C); award_round_to is told everything. A result that does not fit sets r->overflow and
 * is 0. */
int64_t award_round(struct rating *r, const struct award *a, struct rational x);
int64_t award_measure(struct rating *r, const struct award *a, struct rational x);
int64_t award_round_to(struct rating *r, struct rational x, unsigned exponent, enum rounding_mode mode,
                       int64_t step_minor);

/* The rate into the payout currency at which an entry of that program on an earlier line was paid (6: copied). */
struct exchange award_exchange_kept(const struct rating *r, const struct line_program *kept, struct slice currency);

/* Notes in the workings which rate was used, of which day and table; once for each currency. */
void award_note_exchange(struct rating *r, struct award *a, const struct exchange *x);

/* The rate from a currency to the program's on its fx_date; FX_RATE_MISSING and the datum to wait for when it is
 * missing. */
struct exchange award_exchange(struct rating *r, struct award *a, struct slice from);
/* The same, but says nothing when the rate is missing. */
struct exchange award_find_exchange(const struct rating *r, const struct award *a, struct slice from);
void award_wait_for_rate(struct rating *r, struct award *a, const struct exchange *x);

/* The version that rates an explicit claim, by the program date (R2). NULL with FIELD_MISSING where the line has no
 * such date, OUTSIDE_PROGRAM_PERIOD where no version holds, PROGRAM_NOT_FOUND where there is no history. */
const struct program *award_version(struct rating *r, const struct program_history *h, struct slice program_id,
                                    int32_t *date);

/* The date of the line that the program's claim window runs from; the program date where the line has none. */
int32_t award_anchor_date(const struct rating *r, const struct award *a);

/* LATE_CLAIM when the received date is after anchor + window_days (R4); never without a window or an anchor date. */
void award_claim_window(struct rating *r, struct award *a, const struct claim_terms *claim, int32_t anchor_date);

/* Notes an EARNED entry of the award's amount. The caller gives ledger and quantity. */
struct posting *award_post(struct rating *r, struct award *a, enum ledger ledger, int64_t qty_milli,
                           int64_t program_minor, int64_t payout_minor);

/* The day from which lag_days count: the end of the period under a program with a volume block, else that of the
 * decision (5.0). A claim on marketing money counts from its decision in either case (11). */
int32_t award_payable_from(const struct rating *r, const struct award *a, const struct period *earned);

/* Fills a->kept: what 6.1 needs of a per-line program. */
void award_keep(struct award *a);

/* Label of the calendar month of a date, and of the program's own period where it has one. */
struct period award_month(int32_t date);

#endif
