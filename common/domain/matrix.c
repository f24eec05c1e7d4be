/* domain/matrix.c: the cell of a role and an incentive after overrides (domain.md 1.3). */
#include "domain/catalogue.h"

#include "base/assert.h"

static bool region_matches(const struct matrix_override *o, const struct texts *regions, struct slice country)
{
    if (slice_is_empty(o->region)) return true;
    if (slice_equal(o->region, country)) return true;
    for (unsigned i = 0; i < regions->count; i++)
        if (slice_equal(o->region, regions->items[i])) return true;
    return false;
}

static bool override_matches(const struct matrix_override *o, enum role role, enum incentive incentive,
                             const struct texts *regions, struct slice country, struct slice product_line)
{
    if (o->role != role || o->incentive != incentive) return false;
    if (!slice_is_empty(o->product_line) && !slice_equal_nocase(o->product_line, product_line)) return false;
    return region_matches(o, regions, country);
}

/* Region and product line, region, product line, neither. */
static int specificity(const struct matrix_override *o)
{
    return 2 * !slice_is_empty(o->region) + !slice_is_empty(o->product_line);
}

enum matrix_cell matrix_cell(const struct matrix *m, enum role role, enum incentive incentive,
                             const struct texts *regions, struct slice country, struct slice product_line)
{
    ASSERT(role < ROLE_COUNT && incentive < INCENTIVE_COUNT);
    const struct matrix_override *best = NULL;
    for (unsigned i = 0; i < m->override_count; i++) {
        const struct matrix_override *o = &m->overrides[i];
        if (!override_matches(o, role, incentive, regions, country, product_line)) continue;
        if (!best || specificity(o) > specificity(best)) best = o;
    }
    enum matrix_cell cell = best ? best->cell : m->cells[role][incentive];
    return cell == CELL_UNSPECIFIED ? CELL_NO : cell;
}
