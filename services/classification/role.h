/* classification/role.h: the one role a line has (domain.md 1.4). Pure. */
#ifndef CLASSIFICATION_ROLE_H
#define CLASSIFICATION_ROLE_H

#include "domain/catalogue.h"

enum { ROLE_STEP_UNKNOWN = 1, ROLE_STEP_AMBIGUOUS = 8 };

struct role_question {
    const struct partner *partner;
    const struct line    *line;
    enum kind             kind;                     /* what the line earns as */
    enum incentive        incentive;                /* of a claim, registration, pre-approval; else unspecified */
    int32_t               line_date;
    enum role             sold_to_role;
    const struct matrix  *matrix;                   /* in force on the line date */
    struct slice          product_line;
};

/* The role, and the step of domain.md 1.4 that decided. No role: step 1 when none is held on the line date, step 8 when
 * several are and nothing tells which. */
struct role_answer { enum role role; uint32_t step; };
struct role_answer role_on_line(const struct role_question *q);

/* DISTRIBUTOR and the channel partners of domain.md 1.2: who resells or brokers; false for END_USER, GOVERNMENT. */
bool role_is_partner(enum role role);

/* The bits 1 << role of the roles that a partner holds on a date. */
unsigned roles_held(const struct partner *p, int32_t date);

#endif
