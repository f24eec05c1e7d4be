/* domain/partner.c: what a profile says on a date. */
#include "domain/partner.h"

struct slice partner_unknown_root(struct arena *a, struct slice partner_id)
{
    return SLICE_JOIN(a, SLICE("unknown:"), partner_id);
}

bool partner_bears(const struct partner *p, struct slice type, struct slice value)
{
    for (unsigned i = 0; i < p->identifier_count; i++)
        if (slice_equal(p->identifiers[i].name, type) && slice_equal(p->identifiers[i].value, value)) return true;
    return false;
}

bool span_holds(int32_t valid_from, int32_t valid_to, int32_t date)
{
    return valid_from <= date && (valid_to == 0 || date <= valid_to);
}

bool partner_is_active(const struct partner *p, int32_t date)
{
    if (p->status_count == 0) return true;
    bool active = false;                                /* of overlapping spans the later one in the list speaks */
    for (unsigned i = 0; i < p->status_count; i++)
        if (span_holds(p->statuses[i].valid_from, p->statuses[i].valid_to, date))
            active = p->statuses[i].status == PARTNER_STATUS_ACTIVE;
    return active;
}

enum role partner_first_role(const struct partner *p, int32_t date)
{
    for (unsigned i = 0; i < p->role_count; i++)
        if (span_holds(p->roles[i].valid_from, p->roles[i].valid_to, date)) return p->roles[i].role;
    return ROLE_UNSPECIFIED;
}

struct slice partner_tier(const struct partner *p, int32_t date)
{
    struct slice tier = { 0 };
    for (unsigned i = 0; i < p->tier_count; i++)
        if (span_holds(p->tiers[i].valid_from, p->tiers[i].valid_to, date)) tier = p->tiers[i].tier;
    return tier;
}

const struct enrolment *partner_enrolment(const struct partner *p, struct slice program_id, enum incentive incentive,
                                          int32_t date)
{
    const struct enrolment *found = NULL;
    for (unsigned i = 0; i < p->enrolment_count; i++) {
        const struct enrolment *e = &p->enrolments[i];
        if (!span_holds(e->valid_from, e->valid_to, date)) continue;
        if (e->program_id.size && slice_equal(e->program_id, program_id)) return e;
        if (!found && !e->program_id.size && e->incentive == incentive) found = e;
    }
    return found;
}
