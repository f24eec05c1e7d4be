/* domain/rating/rating.h: what a line is worth (domain.md 5, 6): one pure function for live payouts, for simulation and
 * for estimates. Rows are read and changed through v->books (rows.h), memory comes from v->arena, nothing else is
 * touched. */
#ifndef DOMAIN_RATING_RATING_H
#define DOMAIN_RATING_RATING_H

#include "domain/catalogue.h"
#include "domain/rating/rows.h"
#include "domain/verdict.h"
#include "domain/waiting.h"

/* What a line is rated on, besides its rows. Borrowed. */
struct rating_input {
    const struct dossier             *dossier;      /* line, receipt and classification are there */
    const struct catalogue           *catalogue;
    const struct policy              *policy;
    int32_t                           received_date;/* civil date at the partner */
    int32_t                           decided_date; /* of the review in force, else received_date */
    int32_t                           today;        /* civil date at the partner by the stage's clock: waiting only */
    const struct agreement_overrides *overrides;    /* AGREEMENT: what its text overrides; NULL none */
    bool                              overrides_invalid;
};

/* The date of the review in force, else of receipt, at the partner; `now_unix_ms` is the stage's clock. */
struct rating_input rating_input_of(const struct dossier *d, const struct catalogue *c, const struct policy *policy,
                                    instant_ms now_unix_ms);

/* Opens the rows that most lines of the kind need to be rated, so that rate_line misses none of them. Of an automatic
 * line it answers what was found on the way, for rate_line to go on from as v->opened; else NULL. `in` must live as
 * long as the arena. */
struct rating;
struct rating *rating_open(const struct rating_input *in, struct verdict *v);

/* Fills v->section (struct payout_section) with outcome, reasons, one program_result a program, and the payout entries;
 * changes rows unless the line ends HOLD, PARK or REJECT (domain.md 5.0 R12); does not close the verdict. Every line_id
 * that was decided before gets its recorded outcome again. */
void rate_line(const struct rating_input *in, struct verdict *v);

/* A line that waited in payout ends withdrawn: what it left in the rows for others to find goes. */
void rating_withdraw(const struct dossier *d, const struct policy *policy, struct verdict *v);

/* Recomputes the amounts of `entries` that belong to the program from its own workings alone, and each step from its
 * inputs. OK or ERR_VERIFICATION_DIFFERS; *step (may be NULL) names the first step that differs. */
enum err workings_verify(const struct program_result *program, const struct payout *entries, unsigned entry_count,
                         const struct step **step) MUST_CHECK;

/* The same for all a line's programs together: every step of each, and every entry explained by one of the results of
 * its program (a return in several pieces and a REPLACE have more than one). Names what differs. */
enum err workings_verify_section(const struct payout_section *section, const struct program_result **program,
                                 const struct step **step) MUST_CHECK;

#endif
