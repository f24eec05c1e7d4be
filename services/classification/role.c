/* classification/role.c: the eight steps from held roles to the role of a line. */
#include "classification/role.h"

#include "base/assert.h"

enum {
    ROLE_STEP_ONLY = 2, ROLE_STEP_AGREEMENT, ROLE_STEP_LOCATION, ROLE_STEP_INCENTIVE, ROLE_STEP_CUSTOMER,
    ROLE_STEP_SELL_IN
};

#define ROLE_BIT(role) (1u << (role))

bool role_is_partner(enum role role)
{
    return role >= ROLE_DISTRIBUTOR && role <= ROLE_CONSULTANT;
}

unsigned roles_held(const struct partner *p, int32_t date)
{
    unsigned held = 0;
    for (unsigned i = 0; i < p->role_count; i++)
        if (span_holds(p->roles[i].valid_from, p->roles[i].valid_to, date)) held |= ROLE_BIT(p->roles[i].role);
    return held;
}

/* The one role in a set, ROLE_UNSPECIFIED when there is none or more than one. */
static enum role only_role(unsigned roles)
{
    return roles && !(roles & (roles - 1)) ? (enum role)__builtin_ctz(roles) : ROLE_UNSPECIFIED;
}

static unsigned roles_of_agreement(const struct role_question *q)
{
    unsigned named = 0;
    for (unsigned i = 0; i < q->partner->role_count; i++) {
        const struct role_span *span = &q->partner->roles[i];
        if (!span_holds(span->valid_from, span->valid_to, q->line_date)) continue;
        if (texts_have(&span->agreements, q->line->authorisation_no)
            || texts_have(&span->agreements, q->line->deal_reg_no))
            named |= ROLE_BIT(span->role);
    }
    return named;
}

static unsigned roles_of_location(const struct role_question *q)
{
    unsigned named = 0;
    for (unsigned i = 0; i < q->partner->role_count; i++) {
        const struct role_span *span = &q->partner->roles[i];
        if (!span_holds(span->valid_from, span->valid_to, q->line_date)) continue;
        if (texts_have(&span->locations, q->line->location_id)) named |= ROLE_BIT(span->role);
    }
    return named;
}

/* "The one held role whose cell is Y, else the one whose cell is not N." */
static enum role role_for_incentive(const struct role_question *q, unsigned held)
{
    unsigned yes = 0, open = 0;
    if (q->incentive == INCENTIVE_UNSPECIFIED) return ROLE_UNSPECIFIED;
    for (enum role role = ROLE_UNSPECIFIED + 1; role < ROLE_COUNT; role++) {
        if (!(held & ROLE_BIT(role))) continue;
        enum matrix_cell cell =
            matrix_cell(q->matrix, role, q->incentive, &q->partner->regions, q->partner->country, q->product_line);
        if (cell == CELL_YES) yes |= ROLE_BIT(role);
        if (cell == CELL_YES || cell == CELL_CONDITIONAL) open |= ROLE_BIT(role);
    }
    return only_role(yes) ? only_role(yes) : only_role(open);
}

static enum role first_role_but_distributor(const struct partner *p, int32_t date)
{
    for (unsigned i = 0; i < p->role_count; i++)
        if (p->roles[i].role != ROLE_DISTRIBUTOR && span_holds(p->roles[i].valid_from, p->roles[i].valid_to, date))
            return p->roles[i].role;
    return ROLE_UNSPECIFIED;
}

static enum role role_for_customer(const struct role_question *q, unsigned held)
{
    if (role_is_partner(q->sold_to_role))
        return held & ROLE_BIT(ROLE_DISTRIBUTOR) ? ROLE_DISTRIBUTOR : ROLE_UNSPECIFIED;
    return q->sold_to_role == ROLE_END_USER ? first_role_but_distributor(q->partner, q->line_date) : ROLE_UNSPECIFIED;
}

static enum role role_for_sell_in(const struct role_question *q, unsigned held)
{
    if (q->kind != KIND_SELL_IN) return ROLE_UNSPECIFIED;
    return held & ROLE_BIT(ROLE_DISTRIBUTOR) ? ROLE_DISTRIBUTOR : partner_first_role(q->partner, q->line_date);
}

struct role_answer role_on_line(const struct role_question *q)
{
    ASSERT(q->partner && q->line && q->matrix);
    enum role role;
    unsigned held = roles_held(q->partner, q->line_date);
    if (!held) return (struct role_answer){ ROLE_UNSPECIFIED, ROLE_STEP_UNKNOWN };
    if ((role = only_role(held))) return (struct role_answer){ role, ROLE_STEP_ONLY };
    if ((role = only_role(roles_of_agreement(q)))) return (struct role_answer){ role, ROLE_STEP_AGREEMENT };
    if ((role = only_role(roles_of_location(q)))) return (struct role_answer){ role, ROLE_STEP_LOCATION };
    if ((role = role_for_incentive(q, held))) return (struct role_answer){ role, ROLE_STEP_INCENTIVE };
    if ((role = role_for_customer(q, held))) return (struct role_answer){ role, ROLE_STEP_CUSTOMER };
    if ((role = role_for_sell_in(q, held))) return (struct role_answer){ role, ROLE_STEP_SELL_IN };
    return (struct role_answer){ ROLE_UNSPECIFIED, ROLE_STEP_AMBIGUOUS };
}
