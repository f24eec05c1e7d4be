/* domain/rating/program_periods.c: the periods of a program. */
#include "domain/rating/program_periods.h"

struct period_rule program_periods(const struct catalogue *c, const struct program *p)
{
    struct period_rule rule = { p->mdf.period,         p->mdf.fiscal_start_month,
                                p->mdf.custom_periods, p->mdf.custom_period_count,
                                p->valid_from,         p->valid_to };
    if (p->has_volume)
        rule = (struct period_rule){ p->volume.period, p->volume.fiscal_start_month, p->volume.custom_periods,
                                     p->volume.custom_period_count, p->valid_from, p->valid_to };
    const struct program_history *h = rule.kind == PERIOD_PROGRAM ? catalogue_program(c, p->id) : NULL;
    if (h) program_span(h, &rule.program_from, &rule.program_to);
    return rule;
}
