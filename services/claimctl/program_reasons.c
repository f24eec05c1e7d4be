/* claimctl/program_reasons.c: reasons by program, gathered from the sections of a dossier. */
#include "claimctl/program_reasons.h"

static void add_reasons(struct program_reasons *p, const struct reason *reasons, unsigned count)
{
    bool in_order = p->count == 0;
    for (unsigned i = 0; i < count; i++) standing_add_reason(p->reasons, &p->count, reasons[i], in_order);
}

static void add_candidates(struct program_reasons *p, const struct candidate *candidates, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (slice_equal(candidates[i].program_id, p->program_id))
            add_reasons(p, candidates[i].reasons, candidates[i].reason_count);
}

static bool is_target(const struct standing *s, struct slice program_id)
{
    if (!kind_is_claim(standing_kind(s->dossier->line))) return false;
    if (s->target) return slice_equal(s->target->program_id, program_id);
    const struct classification *c = s->dossier->classification;
    return c && c->candidate_count && slice_equal(c->candidates[0].program_id, program_id);
}

/* What was withdrawn shows that alone (domain.md 11). */
static bool is_withdrawn(const struct standing *s)
{
    return s->reason_count && s->reasons[0].code == REASON_WITHDRAWN;
}

unsigned program_reasons_list(const struct dossier *d, struct slice ids[static PROGRAMS_OF_A_LINE_MAX])
{
    unsigned count = 0;
    const struct classification *c = d->classification;
    for (unsigned i = 0; c && i < c->candidate_count && count < PROGRAMS_OF_A_LINE_MAX; i++)
        ids[count++] = c->candidates[i].program_id;
    for (unsigned i = 0; d->payout && i < d->payout->program_count && count < PROGRAMS_OF_A_LINE_MAX; i++) {
        bool known = false;
        for (unsigned k = 0; k < count; k++) known |= slice_equal(ids[k], d->payout->programs[i].program_id);
        if (!known) ids[count++] = d->payout->programs[i].program_id;
    }
    return count;
}

void program_reasons_gather(struct program_reasons *p, const struct standing *s, struct slice program_id)
{
    const struct dossier *d = s->dossier;
    p->program_id = program_id;
    p->count = 0;
    if (is_target(s, program_id) || is_withdrawn(s)) return;
    for (unsigned i = 0; d->payout && i < d->payout->program_count; i++)
        if (slice_equal(d->payout->programs[i].program_id, program_id))
            add_reasons(p, d->payout->programs[i].reasons, d->payout->programs[i].reason_count);
    if (d->clearance) add_candidates(p, d->clearance->struck, d->clearance->struck_count);
    if (d->classification) add_candidates(p, d->classification->candidates, d->classification->candidate_count);
}
