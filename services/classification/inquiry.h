/* classification/inquiry.h: one line under judgement: what was found out about it so far. decide fills it step by step;
 * rules read it. Lives as long as one call of decide. */
#ifndef CLASSIFICATION_INQUIRY_H
#define CLASSIFICATION_INQUIRY_H

#include "classification/eligibility.h"
#include "classification/facts.h"
#include "classification/features.h"
#include "classification/role.h"
#include "domain/verdict.h"

enum { INQUIRY_CANDIDATES_MAX = 64 };

/* What is asked of a kind (domain.md 5.0 R3, screening.md 1.3). */
enum footing {
    FOOTING_AUTOMATIC,                              /* S I: a failing program is struck, the line stands */
    FOOTING_CLAIM,                                  /* D M P G W O: what fails the target acts on the line */
    FOOTING_REGISTRATION,                           /* DEAL_REGISTRATION, MDF_PREAPPROVAL: asked as a claim */
    FOOTING_REFERENCE,                              /* AGREEMENT, REP_ROSTER: partner and program in force */
    FOOTING_CORRECTION,                             /* R C, negative D, negative I of an original: follow it */
    FOOTING_STOCK,                                  /* T J V: partner and part known */
    FOOTING_OPERATOR,                               /* F K A Z Y E: the partner known */
};

struct inquiry {
    const struct dossier              *dossier;
    const struct line                 *line;
    const struct classification_facts *facts;
    const struct policy               *policy;
    struct verdict                    *verdict;
    struct classification             *section;

    enum kind          kind;                        /* replaces_kind of a REPLACE; unspecified when it names none */
    enum footing       footing;
    enum incentive     incentive;                   /* asked for by a claim, registration, agreement */
    int32_t            line_date, received_date;
    struct applicant   who;
    struct role_answer role;

    bool               part_is_unknown;             /* part ids are given and no product bears them */
    bool               quantity_overflows;

    struct eligibility *asked;                      /* programs asked, in stacking order */
    unsigned           asked_count;
    unsigned           asked_left_out;              /* programs that may pay, beyond what a section holds */
    struct eligibility target;                      /* of claims, registrations, agreements */
    bool               has_target;
    unsigned           line_faults;                 /* faults of no program: PART_INVALID */
    unsigned           acting;                      /* faults that have effect: of rules in ENFORCE, not released */

    struct slice        quarter_row;                /* key of the site's features of the day; empty: not made yet */
    struct drift_record drift;                      /* in force for the line, judged now or earlier this month */
    struct slice       drift_group;                 /* its agreement, where a hybrid is judged apart; else empty */
    bool               drift_is_judged_now, drift_begins;
    struct drift_record site_drift;                 /* of the rest of a hybrid, with which that was found */
    bool               site_is_judged_now;

    struct slice       original_id;                 /* the line that this one corrects, when it waits here */
    bool               withdraws_original;
    bool               is_covered;                  /* may be, for all this stage knows: by sales that live */
    int32_t            original_received_date;      /* of a REPLACE that ends a line that waits here */
    struct original_ref reaches;                    /* what that one, a REPLACE itself, was to replace */
    struct slice       reaches_sku;                 /* where it named that by its invoice: of its own part */
    struct texts       held_preapprovals;           /* of a USAGE close: quoted by claims that wait here */
    bool               asked_too_many_held;         /* there may be more of them */
};

/* Begins: kind, footing, root, dates, and what is known without state. `asked` has room for INQUIRY_CANDIDATES_MAX. */
void inquiry_open(struct inquiry *q, const struct dossier *d, const struct classification_facts *facts,
                  const struct policy *policy, struct verdict *v, struct eligibility *asked);

/* The date at the partner; of an unknown partner that of UTC. */
int32_t inquiry_date(const struct inquiry *q, instant_ms at_unix_ms);

/* The line has exactly one role, or should have (domain.md 1.4, last sentences). */
bool inquiry_needs_role(const struct inquiry *q);

/* The goods have been sold to somebody: sold_to_roles are asked (S D P G and their replacements). */
bool inquiry_is_a_sale(const struct inquiry *q);

/* What a person decided settles this hold of the reviewed section (screening.md 4.3 RELEASE). */
bool inquiry_is_released(const struct inquiry *q, enum reason_code code);

/* Role that a review assigns, ROLE_UNSPECIFIED when none does. */
enum role inquiry_assigned_role(const struct inquiry *q);

#endif
