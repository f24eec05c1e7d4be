/* domain/rating/close_reversal.c: guarantees and converted funds go back. */
#include "domain/rating/close_reversal.h"

#include "base/assert.h"
#include "domain/rating/adjustments.h"
#include "domain/rating/funds.h"
#include "domain/rating/reversal_entry.h"
#include "domain/rating/volume_accumulator.h"
#include "domain/rating/volume_correction.h"
#include "domain/rating/volume_period.h"

bool close_reversal_matches(const struct entry_row *entry, struct slice payout_id, const struct line_program *kept)
{
    if (kept->payout_id.size || !kept->volume) return slice_equal(kept->payout_id, payout_id);
    return entry->ledger != LEDGER_EARNED && slice_equal(entry->program_id, kept->program_id);
}

/* What lines earned since counts for them: the delta of V8, never more than the close paid. */
static void take_back_guarantee(struct rating *r, struct line_program *kept)
{
    struct volume_place place = { .aggregate = kept->aggregate, .group = kept->group };
    const struct program *version;
    if (!volume_period_terms(r, kept->program_id, kept->program_date, &place.period, &version)) {
        reversal_entry_hold(r, kept);
        return;
    }
    if (!award_has_room(r, AWARDS_OF_A_CHANGE)) return;
    volume_accumulator_change(r, kept->program_id, &place)->guarantee_minor = 0;
    if (volume_correction_of(r, kept, 0, 0, 0, NULL)) kept->ended = true;
}

/* A fund that is closed keeps nothing: what comes back expires (5.3). */
static void put_back(struct rating *r, const struct line_program *kept, int64_t minor)
{
    const struct program *p = reversal_entry_program(r, kept);
    ASSERT(p && minor >= 0);
    struct fund_row *fund = funds_change(r, p, kept->earned_period);
    fund->converted_minor -= minor < fund->converted_minor ? minor : fund->converted_minor;
    funds_expire_rest(fund);
}

void close_reversal_take_back(struct rating *r, const struct line_row *close, struct slice line_id,
                              struct line_program *kept)
{
    ASSERT(close->kind == KIND_PERIOD_CLOSE && !kept->ended);
    if (kept->volume) {
        take_back_guarantee(r, kept);
        return;
    }
    int64_t minor = kept->program_minor - kept->program_reversed_minor;
    adjustments_take_back(r, close, line_id, kept, 0, r->line->cause);
    if (kept->ended) put_back(r, kept, minor);
}
