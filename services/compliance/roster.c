/* compliance/roster.c: reps by site and time. Pure. */
#include "compliance/roster.h"

#include "domain/calendar.h"
#include "domain/partner.h"

static const struct roster_sites *sites_of(struct judging *j, struct slice rep_id)
{
    return judging_read(j, COMPLIANCE_ROSTER, BOOKS_KEY(j->arena, j->root, rep_id));
}

/* A roster sent for the root serves every site of it. */
static bool serves(const struct judging *j, const struct roster_site *s)
{
    return slice_equal(s->site, j->line->partner_id) || slice_equal(s->site, j->root);
}

static bool is_active(const struct judging *j, const struct roster_site *s)
{
    return !s->inactive && span_holds(s->valid_from, s->valid_to, j->date);
}

/* REASON_NONE: enrolled here on that day. */
static enum reason_code why_not(const struct judging *j, const struct roster_sites *r)
{
    bool known_here = false, active_elsewhere = false;
    for (unsigned i = 0; i < r->site_count; i++) {
        const struct roster_site *s = &r->sites[i];
        if (serves(j, s) && is_active(j, s)) return REASON_NONE;
        known_here |= serves(j, s);
        active_elsewhere |= !serves(j, s) && is_active(j, s);
    }
    return active_elsewhere && !known_here ? REASON_REP_NOT_AT_PARTNER : REASON_REP_NOT_ENROLLED;
}

static bool is_for_government(const struct judging *j)
{
    enum role end = j->line->end_customer.role;
    if (!party_is_absent(&j->line->end_customer)) return end == ROLE_GOVERNMENT;
    return j->class->sold_to_role == ROLE_GOVERNMENT || j->line->sold_to.role == ROLE_GOVERNMENT;
}

/* The claim's own program; on a sale with a rep every SPIFF that it would trigger. */
static bool is_sellers_program(const struct judging *j, const struct judged_program *p)
{
    if (j->is_explicit) return p == j->programs;
    return p->program && p->program->incentive == INCENTIVE_SPIFF && p->program->spiff.trigger_pos
        && !p->candidate->reason_count;
}

static enum truth judge_program(struct judging *j, struct judged_program *p, enum reason_code why, struct finding *f)
{
    if (why) {
        struct reason *r = judging_strike(j, p, f, why, OUTCOME_REJECT);
        reason_argument(r, SLICE("rep"), j->line->rep_id);
        reason_argument(r, SLICE("date"), date_text(j->arena, j->date));
        finding_observe(f, SLICE("ship_date"), date_text(j->arena, j->date));
    }
    if (is_for_government(j)) {
        judging_strike(j, p, f, REASON_GOVERNMENT_END_USER, OUTCOME_HOLD);
        if (!why) finding_observe(f, SLICE("sold_to role"), word_text(VOCABULARY_ROLE, ROLE_GOVERNMENT));
    }
    return why || is_for_government(j) ? TRUTH_TRUE : TRUTH_FALSE;
}

enum truth roster_seller_is_unfit(struct judging *j, struct finding *f)
{
    bool sells = j->kind == KIND_SPIFF_CLAIM || j->kind == KIND_POS_SALE;
    enum truth truth = TRUTH_UNSPECIFIED;
    if (!sells || !j->line->rep_id.size || !j->date) return truth;
    for (unsigned i = 0; i < j->program_count; i++) {
        if (!is_sellers_program(j, &j->programs[i])) continue;
        enum truth one = judge_program(j, &j->programs[i], why_not(j, sites_of(j, j->line->rep_id)), f);
        if (truth != TRUTH_TRUE) truth = one;
    }
    return truth;
}

struct slice roster_name(struct judging *j, struct slice rep_id)
{
    const struct roster_sites *r = sites_of(j, rep_id);
    for (unsigned i = r->site_count; i-- > 0;)
        if (r->sites[i].name.size) return r->sites[i].name;
    return (struct slice){ 0 };
}

void roster_record(struct judging *j, enum outcome outcome)
{
    const struct rep_roster *row = j->line->roster;
    if (j->kind != KIND_REP_ROSTER || !row || !outcome_goes_on(outcome) || !j->line->rep_id.size) return;
    struct roster_sites *r = judging_change(j, COMPLIANCE_ROSTER, BOOKS_KEY(j->arena, j->root, j->line->rep_id));
    unsigned at = 0;
    while (at < r->site_count && !slice_equal(r->sites[at].site, j->line->partner_id)) at++;
    if (at == ROSTER_SITES_MAX) {                           /* the oldest site makes room */
        memmove(&r->sites[0], &r->sites[1], (ROSTER_SITES_MAX - 1) * sizeof r->sites[0]);
        at = ROSTER_SITES_MAX - 1;
    }
    if (at >= r->site_count) r->site_count = at + 1;
    r->sites[at] = (struct roster_site){
        .site = j->line->partner_id, .name = row->name, .valid_from = row->valid_from, .valid_to = row->valid_to,
        .inactive = row->inactive,
    };
}
