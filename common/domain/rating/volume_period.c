/* domain/rating/volume_period.c: from dates and labels to periods. */
#include "domain/rating/volume_period.h"

#include "domain/rating/program_periods.h"

static int32_t first_day_of(const struct program_history *h, const struct period *period)
{
    int32_t starts, ends;
    program_span(h, &starts, &ends);
    return period->from > starts ? period->from : starts;
}

static bool find_on(const struct catalogue *c, const struct program_history *h, int32_t date, struct period *period,
                    const struct program **version)
{
    const struct program *on_date = h && date ? program_version_on(h, date) : NULL;
    if (!on_date) return false;
    struct period_rule rule = program_periods(c, on_date);
    if (!period_of(&rule, date, period)) return false;
    *version = program_version_on(h, first_day_of(h, period));
    return *version != NULL;
}

bool volume_period_on(const struct catalogue *c, struct slice program_id, int32_t date, struct period *period,
                      const struct program **version)
{
    return find_on(c, catalogue_program(c, program_id), date, period, version);
}

bool volume_period_find(const struct catalogue *c, struct slice program_id, struct slice label,
                               struct period *period, const struct program **version)
{
    const struct program_history *h = catalogue_program(c, program_id);
    for (unsigned i = h ? h->version_count : 0; i-- > 0;) {
        const struct program *p = h->versions[i];
        struct period_rule rule = program_periods(c, p);
        if (p->status == PROGRAM_STATUS_DRAFT || !period_find(&rule, label, period)) continue;
        int32_t first = first_day_of(h, period);
        if (first <= period->to && find_on(c, h, first, period, version)
            && slice_equal(period_label(period), label))
            return true;
    }
    return false;
}

/* Only a program with another version in the period can have been closed with one that was superseded since. */
static bool may_be_superseded(const struct program_history *h, const struct program *version,
                              const struct period *period)
{
    for (unsigned i = 0; i < h->version_count; i++) {
        const struct program *p = h->versions[i];
        if (p != version && p->status != PROGRAM_STATUS_DRAFT && p->valid_from <= period->to
            && p->valid_to >= period->from)
            return true;
    }
    return false;
}

bool volume_period_terms(struct rating *r, struct slice program_id, int32_t date, struct period *period,
                         const struct program **version)
{
    const struct program_history *h = catalogue_program(r->in->catalogue, program_id);
    if (!find_on(r->in->catalogue, h, date, period, version)) return false;
    if (!may_be_superseded(h, *version, period)) return true;
    const struct close_row *close =
        books_read(r->books, PAYOUT_CLOSES, volume_period_close_key(r, program_id, period), NULL);
    const struct program *closed_with = close->version ? program_version(h, close->version) : NULL;
    if (closed_with) *version = closed_with;
    return true;
}

struct slice volume_period_close_key(struct rating *r, struct slice program_id, const struct period *period)
{
    return RATING_KEY(r, program_id, period_label(period));
}
