/* classification/eligibility.h: may this program pay this line (domain.md 1.3, 4.2, 5.0 R3)? Pure.
 *
 * The answer is a set of faults; none: it may. What is not known (role, product) is not asked, so nothing is refused
 * for it. */
#ifndef CLASSIFICATION_ELIGIBILITY_H
#define CLASSIFICATION_ELIGIBILITY_H

#include "domain/catalogue.h"

enum eligibility_fault {
#define FAULT(id, reason, rule) FAULT_##id,
#include "classification/eligibility.def"
#undef FAULT
    FAULT_COUNT
};
#define FAULT_BIT(id) (1u << FAULT_##id)

/* Who asks, with what: the same for all programs of a line. */
struct applicant {
    const struct partner   *partner;
    struct slice            root_id;
    enum role               role;                   /* ROLE_UNSPECIFIED: not known, matrix and roles are not asked */
    const struct product   *product;                /* NULL: none or not known, filters are not asked */
    struct slice            part;                   /* as the line calls it */
    const struct deal_registration *deal;           /* of a registration, which names goods in its own way; else NULL */
    bool                    sells;                  /* the line has a sold-to: sold_to_roles are asked */
    enum role               sold_to_role;           /* ROLE_UNSPECIFIED: UNKNOWN */
    const struct catalogue *catalogue;
};

struct eligibility {
    const struct program   *program;                /* NULL: none found, only partner and matrix were asked */
    struct slice            program_id;             /* of the program, or as the line named it */
    enum incentive          incentive;
    int32_t                 date;                   /* program date */
    uint32_t                matrix_version;
    enum matrix_cell        cell;
    const struct enrolment *enrolment;              /* that holds on the date; NULL none */
    unsigned                faults;                 /* FAULT_BIT(…) */
};

/* Asks everything of R3 of one version on its program date. */
struct eligibility eligibility_ask(const struct applicant *who, const struct program *program, int32_t date);

/* The same as far as it can be asked without a version: partner, matrix, enrolment. `fault` says what is amiss with the
 * program; 0: nothing, the line has none. */
struct eligibility eligibility_without_version(const struct applicant *who, struct slice program_id,
                                               enum incentive incentive, int32_t date, unsigned fault);

/* Only whether the partner is active on the date: all that agreements and rosters are asked besides their program. */
struct eligibility eligibility_of_reference(const struct applicant *who, const struct program *program, int32_t date);

/* The reason of a fault, and that with its arguments. */
enum reason_code eligibility_code(enum eligibility_fault fault);
struct reason eligibility_reason(struct arena *a, const struct applicant *who, const struct eligibility *e,
                                 enum eligibility_fault fault);

/* All faults that speak through a rule; of a rule that is known here nothing is left to ask. */
static inline unsigned eligibility_faults_of(enum rule_id rule)
{
    unsigned faults = 0;
#define FAULT(id, reason, of) if (rule == RULE_##of) faults |= FAULT_BIT(id);
#include "classification/eligibility.def"
#undef FAULT
    return faults;
}

/* The candidate of the section; reasons for the faults in `faults` only, in order of precedence. */
struct candidate eligibility_candidate(struct arena *a, const struct applicant *who, const struct eligibility *e,
                                       unsigned faults);

#endif
