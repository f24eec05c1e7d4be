/* domain/rating/units.c: whose unit it is, where payout alone knows. */
#include "domain/rating/units.h"

#include "domain/rating/original.h"

static bool is_more(const struct line_row *line, int64_t beside_milli)
{
    return !line->accepted_milli || original_left(line) > beside_milli;
}

/* It lives or waits; or it is a REPLACE that was refused, and what that was to replace lives. */
static bool lives(struct rating *r, struct slice line_id, int64_t beside_milli)
{
    for (unsigned n = 0; n < SUBMISSION_NO_MAX && line_id.size; n++) {
        bool found;
        const struct line_row *line = original_to_read(r, line_id, &found);
        if (original_waits(r, line_id) || (found && original_is_live(line) && is_more(line, beside_milli)))
            return true;
        line_id = found && line->outcome == OUTCOME_REJECT ? line->replaces : (struct slice){ 0 };
    }
    return false;
}

void units_limit(struct rating *r, struct award *a)
{
    const struct clearance *c = r->dossier->clearance;
    struct slice first = { 0 };
    int64_t held = 0;
    for (unsigned i = 0; c && i < c->units_held_count; i++) {
        const struct units_held *u = &c->units_held[i];
        if (!slice_equal(u->program_id, a->program->id) || !lives(r, u->line_id, 1000 * (int64_t)u->beside))
            continue;
        if (!held) first = u->serial;
        held += 1000 * (int64_t)u->count;
    }
    if (!held) return;
    bool is_left = a->is_target && a->accepted_milli > held;
    struct reason *given = award_give_as(r, a, REASON_SERIAL_DUPLICATE, is_left ? OUTCOME_SHORT : OUTCOME_REJECT);
    reason_argument(given, SLICE("serial"), first);
    if (!is_left) return;
    award_cut_qty(a, REASON_SERIAL_DUPLICATE, held);
    a->accepted_milli = a->qty_milli = a->accepted_milli - held;
}
